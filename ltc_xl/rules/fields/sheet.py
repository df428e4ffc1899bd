"""字段: its rows, each about a column of a table, taken apart cell by cell; all problems at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from ltc_xl.model.book import Book
from ltc_xl.model.finding import Finding, Severity
from ltc_xl.model.own_columns import can_have_own, column_named, is_own, table_called
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import ROW, UID, Column, Table
from ltc_xl.rules.fields.demand import FIELDS, Bound, Demand, FieldRules
from ltc_xl.rules.fields.limits import bound, choices, pattern, reference
from ltc_xl.rules.fields.looser import too_loose, within
from ltc_xl.rules.guards import Field, Fields, GuardError, fields_of, names_of
from ltc_xl.rules.rule_sheets import Row, RuleSheet, rule_sheet, shortened

UNREADABLE, TWICE, NOT_THERE, LOOSER, HEADER = "R-61", "R-62", "R-63", "R-64", "R-65"
Found = TypeVar("Found")


@dataclass
class _Reader:
    """The sheet while it is read; what is wrong with it is noted in ``sheet.problems``."""

    book: Book
    sheet: RuleSheet
    read: dict[str, dict[str, Demand]] = field(default_factory=dict)
    known: dict[str, Fields] = field(default_factory=dict)

    def note(self, row: Row, column: str, error: GuardError, code: str = UNREADABLE) -> None:
        told = {"found": _as_shown(row[column], column, self.book), "why": error.problem}
        severity: Severity = "error" if code in {UNREADABLE, TWICE} else "warning"
        self.sheet.problems.append(Finding(code, FIELDS, row[UID], column, told, severity))

    def fields(self, name: str) -> Fields:
        if name not in self.known:
            self.known[name] = fields_of(name, self.book)
        return self.known[name]

    def take(self, row: Row) -> None:
        """Take one row in: find its column, then what is asked of it."""
        missing = [column for column in ("table", "field") if not row[column]]
        for column in missing:
            self.sheet.report_missing(row, column)
        owner = None if missing else table_called(row["table"] or "")
        if owner is None:
            return
        found = self._column(row, owner)
        if found is not None:
            self._demand(row, self.book.table(owner.name), found)

    def _column(self, row: Row, owner: Table) -> Column | None:
        """Return the column a row is about; None, with the reason noted, where nothing can be asked of it."""
        name = row["field"] or ""
        found = column_named(self.book.table(owner.name), name)
        try:
            _must_be_typed(owner, found, name, self.book, self.fields(owner.name))
        except GuardError as error:
            self.note(row, "field", error)
            return None
        first = self.read.get(owner.name, {}).get(found.code) if found else None
        if first is not None:
            told = {"found": name, "owner": owner.name, "first": first.row}
            self.sheet.problems.append(Finding(TWICE, FIELDS, row[UID], "field", told))
            return None
        self._note_absent(row, owner, found)
        return found

    def _note_absent(self, row: Row, owner: Table, column: Column | None) -> None:
        """Note a column that its sheet does not have."""
        place = self.book.place(owner.name)
        if place is None or (column is not None and column.code in place.columns):
            return
        name = row["field"] or ""
        of_model = (one for one in self.fields(owner.name).fields if not is_own(one.code))
        meant = Fields(tuple(of_model)).get(name)
        near = meant.labels[0] if meant else names_of((header, header) for header in place.extra).near(name)
        told: dict[str, object] = {"owner": owner.name, "found": row["field"]}
        error = GuardError("not_on_sheet_near", 1, near=near, **told) if near else None
        self.note(row, "field", error or GuardError("not_on_sheet", 1, **told), NOT_THERE)

    def _demand(self, row: Row, owner: Table, column: Column) -> None:
        for cell, error in too_loose(row, owner, column):
            self.note(row, cell, error, LOOSER)
        tested = next(one for one in self.fields(owner.name).fields if one.code == column.code)
        if row["type"] == "CHOICE" and not row["choices"] and not column.enum:
            self.note(row, "type", GuardError("empty_choices", 1))
        least, most = self._bounds(row, column, tested)
        self.read.setdefault(owner.name, {})[column.code] = Demand(
            row=_number(row),
            column=column,
            required=row["required"] == "YES",
            is_unique=row["is_unique"] == "YES",
            choices=self._taken(row, "choices", lambda text: choices(text, tested, self.book)),
            pattern=self._taken(row, "pattern", lambda text: pattern(text, tested)),
            least=least,
            most=most,
            ref=self._taken(row, "refers_to", lambda text: reference(text, tested, self.book)),
            hint={lang: text for lang in ("zh", "en") if (text := row[f"hint_{lang}"])},
        )

    def _bounds(self, row: Row, column: Column, tested: Field) -> tuple[Bound | None, Bound | None]:
        """Return the least and the greatest value; of two that leave nothing between them neither counts."""
        least = self._taken(
            row, "minimum", lambda text: within(bound(text, ">=", tested), column, least=True)
        )
        most = self._taken(
            row, "maximum", lambda text: within(bound(text, "<=", tested), column, least=False)
        )
        if least and most and _crossed(least, most):
            self.note(row, "maximum", GuardError("least_above_most", 1, low=least.text, high=most.text))
            return None, None
        return least, most

    def _taken(self, row: Row, column: str, read: Callable[[str], Found]) -> Found | None:
        """Return what a cell means; None where it is blank, or wrong, which is noted."""
        text = (row[column] or "").strip()
        try:
            return read(text) if text else None
        except GuardError as error:
            self.note(row, column, error, LOOSER if error.key.startswith("looser") else UNREADABLE)
            return None


def field_rules(book: Book, rulebook: Rulebook) -> FieldRules:
    """Return what 字段 asks of columns; a cell that cannot be read asks nothing, the others do."""
    sheet = rule_sheet(FIELDS, book, rulebook)
    reader = _Reader(book, sheet)
    sheet.problems.extend(unknown_headers(sheet))
    for row in sheet.rows:
        reader.take(row)
    return FieldRules(tuple(sheet.problems), reader.read)


def unknown_headers(sheet: RuleSheet) -> Iterator[Finding]:
    """Yield the headers that the sheet does not know, so that no misspelt one is lost in silence (R-65)."""
    for header in sheet.own:
        yield Finding(HEADER, sheet.name, None, header, {"found": header}, "warning")


def _must_be_typed(owner: Table, column: Column | None, name: str, book: Book, known: Fields) -> None:
    """Raise for a table that the workbook lacks, a field it has not, and what no person fills in."""
    if book.tables and owner.name not in book.tables:
        raise GuardError("no_such_sheet", 1, owner=owner.name)
    if column is None and not can_have_own(owner):
        near = known.names.near(name)
        told: dict[str, object] = {"owner": owner.name, "found": name}
        raise GuardError("no_own_near", 1, near=near, **told) if near else GuardError("no_own", 1, **told)
    if column is not None and not column.typed and not is_own(column.code):
        raise GuardError("not_typed", 1, field=f"{owner.name}.{column.code}")


def _crossed(least: Bound, most: Bound) -> bool:
    if least.value is None or most.value is None:
        return False
    return bool(least.value > most.value)  # type: ignore[operator]  # both are of the one column's kind


def _number(row: Row) -> int | None:
    found: object = row.get(ROW)
    return found if isinstance(found, int) else None


def _as_shown(text: str | None, column: str, book: Book) -> str:
    """Return what stands in a cell: the word where the frame holds its code."""
    lists = {"required": "yes_no", "is_unique": "yes_no", "type": "field_type", "refers_to": "field_table"}
    words = book.labels(lists[column]) if column in lists else {}
    return words.get(text or "", shortened(text or ""))
