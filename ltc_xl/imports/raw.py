"""A table of a foreign file: every cell text as found, under the header that was found."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl

from ltc_xl.model.book import column_letters
from ltc_xl.model.enums import folded

LINE = "_line"
SEARCHED = 60


@dataclass(frozen=True, slots=True)
class Layout:
    """What a map says about the file; what it leaves out is found out."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = None


@dataclass(frozen=True)
class RawTable:
    """A foreign table.

    Attributes:
        name: the file's name, for messages.
        header: headers as found; a second one of the same name has its number behind it, a column
            without one is named by its letters.
        rows: one text column per header, blank cells null, and ``_line``: the row in the file, as a
            spreadsheet counts them.
        sheet: the sheet's name, None for a text file.
        digest: sha256 of the file.
    """

    name: str
    header: tuple[str, ...]
    rows: pl.DataFrame
    sheet: str | None = None
    digest: str = ""


def raw_table(  # noqa: PLR0913  a table has a name, cells, a place and a proof of origin
    name: str,
    cells: pl.DataFrame,
    wanted: Collection[str],
    *,
    header_row: int | None = None,
    sheet: str | None = None,
    digest: str = "",
) -> RawTable:
    """Return the table whose header is the row that has most of the wanted headers.

    Args:
        name: the file's name.
        cells: the whole sheet or file as text, one frame row per row.
        wanted: headers that somebody will ask for.
        header_row: where the header stands, 1 is the first row; believed when it has a wanted header.
        sheet: the sheet's name.
        digest: sha256 of the file.
    """
    cleaned = cells.select(_cleaned(pl.col(c)) for c in cells.columns)
    at = _header_at(cleaned.head(max(SEARCHED, header_row or 0)).rows(), wanted, header_row)
    header = _header(cleaned.row(at)) if cleaned.height else ()
    body = cleaned.rename(dict(zip(cleaned.columns, header, strict=True)))
    body = body.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).alias(LINE)).slice(at + 1)
    kept = tuple(h for h, typed in zip(header, cleaned.row(at), strict=True) if typed or body[h].count())
    return RawTable(name, kept, body.select(*kept, LINE), sheet, digest)


def _cleaned(cell: pl.Expr) -> pl.Expr:
    """Return a cell without outer blanks and the ="007" that keeps Excel from reading a number."""
    bare = cell.str.strip_chars("﻿").str.strip_chars()
    return bare.str.replace(r'^="([^"]*)"$', "$1").replace("", None)


def _header_at(top: Sequence[tuple[str | None, ...]], wanted: Collection[str], header_row: int | None) -> int:
    names = {folded(w) for w in wanted}
    found = [len(names & {folded(cell) for cell in row if cell}) for row in top]
    if header_row and header_row <= len(top) and (found[header_row - 1] or not any(found)):
        return header_row - 1
    filled = [sum(cell is not None for cell in row) for row in top]
    score = found if any(found) else filled
    return score.index(max(score)) if score else 0


def _header(row: Sequence[str | None]) -> tuple[str, ...]:
    """Return unique headers.

    >>> _header(["备注", None, "备注"])
    ('备注', '(B)', '备注 (2)')
    """
    seen: Counter[str] = Counter()
    header = []
    for number, cell in enumerate(row, start=1):
        name = cell or f"({column_letters(number)})"
        seen[name] += 1
        header.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(header)
