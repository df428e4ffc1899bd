"""The rows that a person means: by number, by the number it had elsewhere, by identity, by name."""

from collections.abc import Callable, Iterator, Sequence

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.enums import folded
from ltc_xl.model.errors import UsageError
from ltc_xl.model.tables import UID, Table, table
from ltc_xl.rules.chain import TABLES, Uids
from ltc_xl.rules.names import proposals

Test = Callable[[pl.Expr], pl.Expr]

MOST = 20
"""So many rows of one name are traced; more of them need a number."""

_MISTYPED = ("leads", "opportunities", "contracts", "lines", "customers")
_LETTERS = 2
_LOOKED_AT = 20_000
_ELSEWHERE = ("source_id", "bank_ref")


def asked_rows(book: Book, said: str) -> Uids:
    """Return table -> the rows that may be meant; a number counts before a name.

    Raises:
        UsageError: there is no such row, or there are too many of that name.
    """
    for columns in (_numbers, _elsewhere, _labels):
        for same in (_exactly, _nearly):
            named = {name: frozenset(_named(book, name, columns(table(name)), same(said))) for name in TABLES}
            count = sum(map(len, named.values()))
            if count > MOST:
                raise UsageError("trace_many", found=said, count=count)
            if count:
                return {name: uids for name, uids in named.items() if uids}
    near = proposals([said], _near(book, said)).get(said)
    if near:
        raise UsageError("trace_unknown_near", found=said, near=near.name)
    raise UsageError("trace_unknown", found=said, file=book.name)


def _numbers(owner: Table) -> list[str]:
    return [code for code in (owner.numbered, owner.key) if code] + [UID]


def _elsewhere(owner: Table) -> list[str]:
    return [code for code in _ELSEWHERE if code in owner.by_code]


def _labels(owner: Table) -> list[str]:
    is_name = owner.label and owner.by_code[owner.label].dtype == pl.String
    return [owner.label] if is_name and owner.label else []


def _named(book: Book, name: str, columns: Sequence[str], same: Test) -> Iterator[str]:
    rows = book.rows(name)
    if columns and rows.height:
        yield from rows.filter(pl.any_horizontal(same(pl.col(code)) for code in dict.fromkeys(columns)))[UID]


def _exactly(said: str) -> Test:
    return lambda text: text == said.strip()


def _nearly(said: str) -> Test:
    """Return whether a text is the same whatever its width and case; that takes longer to find."""
    return lambda text: text.str.normalize("NFKC").str.strip_chars().str.to_lowercase() == folded(said)


def _near(book: Book, said: str) -> Iterator[str]:
    """Yield numbers and names that may have been meant: as long, but for a letter or two, and begun alike."""
    least, most = len(said) - _LETTERS, len(said) + _LETTERS
    for name in _MISTYPED:
        names = book.rows(name)[table(name).key or UID].drop_nulls().to_frame("name")
        begun = pl.col("name").str.to_lowercase().str.starts_with(said.strip().lower()[:1])
        yield from names.filter(pl.col("name").str.len_chars().is_between(least, most), begun)["name"].head(
            _LOOKED_AT
        )
