"""The pairs of a book: which rows of which tables may be one, by their identities."""

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.tables import UID
from ltc_xl.rules.duplicates.evidence import suspicions
from ltc_xl.rules.duplicates.parties import parties
from ltc_xl.rules.duplicates.people import people_met, uid_pairs

FACTS = ("mobile", "email", "domain", "contact", "place", "core")
"""What else is told of a pair: whether it agrees, or differs, in these."""


def paired(book: Book) -> pl.DataFrame:
    """Return the pairs, the surest first.

    ``a_table``, ``a`` and ``b_table``, ``b`` name two rows by ``_uid``: two leads, a lead and a customer, two
    customers or two contacts. ``rule``, ``band`` and ``score`` say how sure it is; ``same.…`` and ``other.…``
    what else agrees and differs; ``ratio`` how like the names are, ``core`` and ``place`` what they share.
    """
    known = parties(book)
    found = suspicions(known).pairs
    left, right = (known[found[side]] for side in ("a", "b"))
    met = found.with_columns(
        left[UID].alias("a"),
        right[UID].alias("b"),
        _table(left["kind"]).alias("a_table"),
        _table(right["kind"]).alias("b_table"),
        left["core"].alias("core"),
        pl.Series("place", left["place"]).fill_null(right["place"]),
    )
    contacts = book.rows("contacts")
    people = uid_pairs(contacts, people_met(contacts)).with_columns(
        a_table=pl.lit("contacts"), b_table=pl.lit("contacts")
    )
    both = pl.concat([met, people], how="diagonal")
    best = both.sort("score", descending=True, maintain_order=True)
    return best.unique(["a_table", "a", "b_table", "b"], keep="first", maintain_order=True)


def _table(kind: pl.Series) -> pl.Series:
    """Return the table of a party; people speak for their customer."""
    return kind.replace("contacts", "customers")
