"""A rule sheet as it stands: its rows, the columns of its own, and what cannot be taken as it stands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.enums import folded
from ltc_xl.model.finding import Finding
from ltc_xl.model.rulebook import Kept, Rulebook
from ltc_xl.model.tables import UID, table
from ltc_xl.rules.guards import Field, Fields, GuardError

Row = Mapping[str, str | None]
_ARROWS = ("→", "->", "=>")
_SHOWN = 60


@dataclass
class RuleSheet:
    """One rule sheet while it is read; ``problems`` grows with what is found.

    Attributes:
        name: canonical name of its table.
        rows: column code, or header of a column of the firm's own -> text; ``_uid``.
        own: the headers of the firm's own columns that hold anything.
        problems: findings so far; those of the reader come first.
        kept: the older version whose rows these are; None where they are those of the sheet.
        rulebook: it is of.
    """

    name: str
    rows: Sequence[Row]
    own: tuple[str, ...] = ()
    problems: list[Finding] = field(default_factory=list)
    kept: Kept | None = None
    rulebook: Rulebook = field(default_factory=Rulebook)

    def report(self, error: GuardError, row: Row, column: str) -> None:
        """Note a cell whose text is not as it must be."""
        told = {"found": shortened(row[column] or ""), "why": error.problem}
        self.problems.append(Finding(error.finding, self.name, row[UID], column, told))

    def report_header(self, header: str, key: str, **values: object) -> None:
        """Note a header that names no column, or one that another column has already (R-01)."""
        told = {"found": header, "why": {"key": key, "found": header, **values}}
        self.problems.append(Finding("R-01", self.name, None, header, told))

    def report_missing(self, row: Row, column: str) -> None:
        """Note a blank cell without which a rule says nothing; one that could not be read is no blank."""
        told = {(one.row_id, one.column) for one in self.problems}
        if (row[UID], column) not in told:
            self.problems.append(Finding("K-01", self.name, row[UID], column))


def shortened(text: str) -> str:
    """Return as much of a text as a message shows.

    >>> len(shortened("(" * 20_000))
    60
    """
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def rule_sheet(name: str, book: Book, rulebook: Rulebook) -> RuleSheet:
    """Return the rules of a table that are in force: of its sheet in a book, else the shipped ones.

    Repeated rule numbers are noted (R-06). An older version was sound once; only what it names may be gone.
    """
    kept = rulebook.kept.get(name)
    texts = kept.held.own if kept else own_texts(name, book, rulebook)
    own = tuple(header for header in texts.columns if header != UID) if texts is not None else ()
    rows = rulebook.rows(name)
    whole = rows.hstack(texts.select(own)) if texts is not None else rows
    sheet = RuleSheet(name, whole.rows(named=True), own, [] if kept else unread(name, book), kept, rulebook)
    sheet.problems.extend(_repeated(sheet))
    return sheet


def own_texts(name: str, book: Book, rulebook: Rulebook) -> pl.DataFrame | None:
    """Return ``_uid`` and the firm's own columns of a rule sheet that hold anything, or None."""
    rows, held = rulebook.rows(name), book.tables.get(name)
    if held is None or held.texts is None or not held.texts[UID].equals(rows[UID]):
        return None
    filled = [header for header in held.texts.columns if header != UID and held.texts[header].count()]
    return held.texts.select(UID, *filled) if filled else None


def unread(name: str, book: Book) -> list[Finding]:
    """Return what the reader could not take of the cells and headers that make rules."""
    remarks = {column.code for column in table(name).columns if column.type == "text"}
    return [one for one in book.findings if one.table == name and _counts(one) and one.column not in remarks]


def _counts(finding: Finding) -> bool:
    return finding.severity == "error"


def _repeated(sheet: RuleSheet) -> Iterator[Finding]:
    seen: set[str] = set()
    for row in sheet.rows:
        no = folded(row.get("no") or "")
        if no and no in seen:
            yield Finding("R-06", sheet.name, row[UID], "no", {"found": row["no"]})
        seen.add(no)


def tested_columns(sheet: RuleSheet, usual: Sequence[str], fields: Fields, owner: str) -> dict[str, Field]:
    """Return column of the sheet -> the field it tests: the usual ones, and those the firm has added.

    Args:
        sheet: problems of its headers are noted there (R-01).
        usual: the model's columns that hold tests; their codes are those of their fields.
        fields: what a column may be called after.
        owner: the table the fields are of.
    """
    bound = {code: field for code in usual if (field := fields.get(code))}
    for header in sheet.own:
        found = None if header.strip().startswith(_ARROWS) else fields.get(header)
        twin = next((one for one in bound.values() if found and one.code == found.code), None)
        if header.strip().startswith(_ARROWS):
            sheet.report_header(header, "no_output")
        elif found is None:
            _report_stranger(sheet, header, fields, owner)
        elif twin is not None:
            sheet.report_header(header, "column_twice", field=twin.place)
        else:
            bound[header] = found
    return bound


def _report_stranger(sheet: RuleSheet, header: str, fields: Fields, owner: str) -> None:
    near = fields.names.near(header)
    if near:
        sheet.report_header(header, "no_column_near", owner=owner, near=near)
    else:
        sheet.report_header(header, "no_column", owner=owner)
