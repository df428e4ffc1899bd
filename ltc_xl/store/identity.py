"""Who a workbook is: the ids and the base token that travel in its hidden sheet."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes
from ltc_xl.model.errors import WorldError
from ltc_xl.model.ids import mint_uids


@dataclass(frozen=True, slots=True)
class Identity:
    """What the hidden sheet says.

    Attributes:
        store_id: the firm's store; one for all its workbooks.
        workbook_id: this workbook and its copies.
        base_token: the commit whose state the workbook shows; blank before the first.
        template_version: the template it was made from.
    """

    store_id: str
    workbook_id: str
    base_token: str = ""
    template_version: str = ""

    def at(self, token: str) -> "Identity":
        """Return the same workbook at another commit."""
        return replace(self, base_token=token)

    def adopted(self) -> "Identity":
        """Return the same workbook at the start of a store of its own."""
        return Identity(mint_uids(1)[0], self.workbook_id, template_version=self.template_version)

    def changes(self, book: Book, told: Mapping[str, str] | None = None) -> Changes:
        """Return what makes the hidden sheet say so, and what else it shall tell; the other keys stay."""
        rows = {**_meta(book), **{key: value for key, value in asdict(self).items() if value}, **(told or {})}
        if not self.base_token and "base_token" in rows:
            rows["base_token"] = ""
        body = pl.DataFrame({"key": list(rows), "value": list(rows.values())}, schema_overrides=_TEXTS)
        return Changes(puts={"meta": body})


_TEXTS = {"key": pl.String, "value": pl.String}


def identity_of(book: Book) -> Identity:
    """Return a workbook's identity; ids it lacks are minted.

    Raises:
        WorldError: the workbook has no hidden sheet, so it was not made from the template.
    """
    if book.place("meta") is None:
        raise WorldError("book_without_ids", path=book.name)
    told = {key: value or "" for key, value in _meta(book).items()}
    store_id, workbook_id = (told.get(key) or mint_uids(1)[0] for key in ("store_id", "workbook_id"))
    return Identity(store_id, workbook_id, told.get("base_token", ""), told.get("template_version", ""))


def _meta(book: Book) -> Mapping[str, str | None]:
    return dict(book.rows("meta").select("key", "value").drop_nulls("key").iter_rows())
