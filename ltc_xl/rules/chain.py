"""The chain of a record: from lead to receipt, whatever of it one begins with.

Rows are found by what they name of each other, never by looking at all pairs: first up to the leads (or
deals, contracts) everything came from, then down to all that came of those.
"""

from collections.abc import Mapping

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.tables import UID
from ltc_xl.rules.billing import billed_invoices

Uids = Mapping[str, frozenset[str]]
"""Table -> the ``_uid``s of its rows."""

Link = tuple[str, str, str, str]
"""A table and its column, another table and its column: rows that hold the same belong together.

A link from a table to itself is followed as far as it goes.
"""

UP: tuple[Link, ...] = (
    ("receipts", "receipt_id", "allocations", "receipt"),
    ("allocations", "line", "lines", "line_id"),
    ("adjustments", "line", "lines", "line_id"),
    ("invoices", "line", "lines", "line_id"),
    ("invoices", "invoice_no", "lines", "invoice_no"),
    ("invoices", "contract_no", "contracts", "contract_no"),
    ("receipts", "contract_no", "contracts", "contract_no"),
    ("lines", "contract_no", "contracts", "contract_no"),
    ("contracts", "frame_no", "contracts", "contract_no"),
    ("contracts", "opportunity", "opportunities", "opp_id"),
    ("contracts", "contract_no", "opportunities", "contract_no"),
    ("reviews", "object_id", "opportunities", "opp_id"),
    ("reviews", "object_id", "contracts", "contract_no"),
    ("activities", "object_id", "opportunities", "opp_id"),
    ("activities", "object_id", "leads", "lead_id"),
    ("deposits", "object_id", "opportunities", "opp_id"),
    ("deposits", "object_id", "contracts", "contract_no"),
    ("touches", "lead", "leads", "lead_id"),
    ("contacts", "customer", "customers", "name"),
    ("opportunities", "lead", "leads", "lead_id"),
    ("leads", "merged_into", "leads", "lead_id"),
)

DOWN: tuple[Link, ...] = (
    ("customers", "name", "leads", "customer"),
    ("customers", "name", "opportunities", "customer"),
    ("customers", "name", "contracts", "customer"),
    ("customers", "name", "lines", "customer"),
    ("customers", "name", "receipts", "customer"),
    ("leads", "lead_id", "leads", "merged_into"),
    ("leads", "lead_id", "touches", "lead"),
    ("leads", "lead_id", "opportunities", "lead"),
    ("opportunities", "opp_id", "contracts", "opportunity"),
    ("opportunities", "contract_no", "contracts", "contract_no"),
    ("contracts", "contract_no", "contracts", "frame_no"),
    ("leads", "lead_id", "activities", "object_id"),
    ("leads", UID, "activities", "object_id"),
    ("opportunities", "opp_id", "activities", "object_id"),
    ("opportunities", UID, "activities", "object_id"),
    ("opportunities", "opp_id", "reviews", "object_id"),
    ("contracts", "contract_no", "reviews", "object_id"),
    ("contracts", "contract_no", "lines", "contract_no"),
    ("contracts", "contract_no", "invoices", "contract_no"),
    ("contracts", "contract_no", "receipts", "contract_no"),
    ("lines", "line_id", "invoices", "line"),
    ("lines", "invoice_no", "invoices", "invoice_no"),
    ("lines", "line_id", "allocations", "line"),
    ("lines", "line_id", "adjustments", "line"),
    ("allocations", "receipt", "receipts", "receipt_id"),
)

TABLES = tuple(dict.fromkeys(name for link in (*UP, *DOWN) for name in (link[0], link[2])))


def chain(book: Book, begun: Uids) -> Mapping[str, pl.DataFrame]:
    """Return table -> the rows of the chain, as they stand in the book.

    Args:
        book: as read; a credit note has the line and contract of its original.
        begun: the rows to begin with.
    """
    rows = {name: book.rows(name) for name in TABLES}
    rows["invoices"] = billed_invoices(book).select(rows["invoices"].columns)
    top = _followed(rows, begun, UP)
    whole = _followed(rows, top, DOWN)
    return {
        name: frame.filter(pl.col(UID).is_in(whole.get(name, frozenset()))) for name, frame in rows.items()
    }


def _followed(rows: Mapping[str, pl.DataFrame], begun: Uids, links: tuple[Link, ...]) -> Uids:
    """Return some rows and all that links lead to, one after the other."""
    found = {name: set(uids) for name, uids in begun.items()}
    for name, column, other, key in links:
        new = found.get(name, set())
        while new:
            named = rows[name].filter(pl.col(UID).is_in(new))[column].drop_nulls().unique()
            met = set(rows[other].filter(pl.col(key).is_in(named.implode()))[UID])
            again = met - found.get(other, set()) if other == name else set()
            found.setdefault(other, set()).update(met)
            new = again
    return {name: frozenset(uids) for name, uids in found.items()}
