"""One lead that a person names: its row, and how it is named in an answer."""

from collections.abc import Mapping

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.enums import folded
from ltc_xl.model.errors import UsageError
from ltc_xl.model.tables import UID
from ltc_xl.rules.names import proposals

Lead = Mapping[str, object]


def lead_named(book: Book, text: str) -> Lead:
    """Return the row of a lead by its number, its source number or its identity.

    Raises:
        UsageError: no lead, or more than one, is called so.
    """
    leads, wanted = book.rows("leads"), folded(text)
    for key in ("lead_id", UID, "source_id"):
        called = leads.filter(pl.col(key).str.strip_chars().str.to_lowercase() == wanted)
        if called.height == 1:
            return called.row(0, named=True)
        if called.height:
            raise UsageError("lead_not_alone", found=text, count=called.height)
    near = proposals([text], leads["lead_id"].drop_nulls()).get(text)
    if near:
        raise UsageError("lead_unknown_near", found=text, near=near.name)
    raise UsageError("lead_unknown", found=text)


def lead_data(lead: Lead) -> dict[str, object]:
    """Return how a person knows a lead."""
    return {"lead_id": lead["lead_id"] or lead[UID], "uid": lead[UID], "company": lead["company"]}
