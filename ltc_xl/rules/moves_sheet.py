"""阶段流转: the moves that are allowed, with their conditions, required fields and roles."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.enums import codes_of_kind
from ltc_xl.model.finding import Finding
from ltc_xl.model.tables import UID
from ltc_xl.rules.actor import named_apart
from ltc_xl.rules.guards import (
    Field,
    Fields,
    Guard,
    GuardError,
    Names,
    cell_values,
    fields_of,
    guard,
    lexicon,
    names_of,
)
from ltc_xl.rules.rule_sheets import Row, RuleSheet

TABLES = {"LEAD": "leads", "OPPORTUNITY": "opportunities", "CONTRACT": "contracts"}
STAGE_LISTS = {"LEAD": "lead_state", "OPPORTUNITY": "opp_stage", "CONTRACT": "contract_state"}
STAGE_COLUMNS = {"LEAD": "state", "OPPORTUNITY": "stage", "CONTRACT": "state"}
_NO_CONDITION = frozenset({"", "-"})


@dataclass(frozen=True)
class Transition:
    """One allowed move.

    Attributes:
        no: its number on the sheet.
        row_id: its ``_uid``.
        object: ``LEAD``, ``OPPORTUNITY`` or ``CONTRACT``.
        from_, to: codes of stages.
        condition: what must hold besides.
        needs: columns that must be filled.
        roles: who may, in the firm's words; anybody where there are none.
        gate: the review it goes through.
        message: what the firm says when it is refused.
    """

    no: str
    row_id: str
    object: str
    from_: tuple[str, ...]
    to: tuple[str, ...]
    condition: Guard | None = None
    needs: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    gate: str | None = None
    message: str | None = None

    @property
    def table(self) -> str:
        """Return the table whose rows move."""
        return TABLES[self.object]

    @property
    def condition_text(self) -> str:
        """Return the condition as it stands on the sheet."""
        return self.condition.text if self.condition else ""


@dataclass(frozen=True)
class _Mover:
    """What may be named in the rows of one kind of object."""

    object: str
    fields: Fields
    stages: Field
    columns: Field


def transitions(sheet: RuleSheet, book: Book, members: pl.DataFrame) -> Iterator[Transition]:
    """Yield the moves of the sheet; what cannot be taken is noted on it."""
    movers = {object_: _mover(object_, book) for object_ in TABLES}
    roles = _roles(members)
    for row in sheet.rows:
        mover = movers.get(row["object"] or "")
        if mover is None:
            sheet.report_missing(row, "object")
        else:
            yield _transition(sheet, row, mover, roles)


def _mover(object_: str, book: Book) -> _Mover:
    fields = fields_of(TABLES[object_], book)
    stages = lexicon(book).words(STAGE_LISTS[object_])
    columns = names_of((fields.names.written[key], field.code) for key, field in fields.names.by_key.items())
    return _Mover(
        object_,
        fields,
        Field("stage", "word", pl.String(), f"{TABLES[object_]}.{STAGE_COLUMNS[object_]}", words=stages),
        Field("needs", "word", pl.String(), "transitions.needs", words=columns),
    )


def _roles(members: pl.DataFrame) -> Names[str] | None:
    """Return the roles people have; None while the people sheet is empty."""
    listed = members["roles"].drop_nulls().to_list()
    return names_of((role, role) for cell in listed for role in named_apart(cell)) if members.height else None


def _transition(sheet: RuleSheet, row: Row, mover: _Mover, roles: Names[str] | None) -> Transition:
    sheet.problems.extend(_role_findings(row, roles))
    return Transition(
        row["no"] or "",
        row[UID] or "",
        mover.object,
        _stages(sheet, row, "from", mover),
        _stages(sheet, row, "to", mover),
        _condition(sheet, row, mover.fields),
        _needs(sheet, row, mover.columns),
        _named_roles(row),
        row["gate"],
        row["message"],
    )


def _stages(sheet: RuleSheet, row: Row, column: str, mover: _Mover) -> tuple[str, ...]:
    """Return the stages of a cell; a dash before the move means every open one."""
    text = row[column]
    if text is None:
        sheet.report_missing(row, column)
        return ()
    try:
        found = tuple(str(one.value) for one in cell_values(text, mover.stages))
    except GuardError as error:
        sheet.report(error, row, column)
        return ()
    if not found and column == "to":
        sheet.report_missing(row, column)
    return found or codes_of_kind(STAGE_LISTS[mover.object], "open")


def _condition(sheet: RuleSheet, row: Row, fields: Fields) -> Guard | None:
    text = row["condition"]
    if text is None or text.strip() in _NO_CONDITION:
        return None
    try:
        return guard(text, fields)
    except GuardError as error:
        sheet.report(error, row, "condition")
        return None


def _needs(sheet: RuleSheet, row: Row, columns: Field) -> tuple[str, ...]:
    """Return the columns that must be filled; an unknown one is noted (R-26)."""
    text = row["needs"]
    try:
        return tuple(str(one.value) for one in cell_values(text or "", columns))
    except GuardError as error:
        known = {"no_word": "no_field", "no_word_near": "no_field_near", "no_plain_text": "only_fields"}
        told = {"found": text, "why": {**error.problem, "key": known.get(error.key, error.key)}}
        sheet.problems.append(Finding("R-26", sheet.name, row[UID], "needs", told))
        return ()


def _named_roles(row: Row) -> tuple[str, ...]:
    return tuple(role for role in named_apart(row["role"]) if role not in _NO_CONDITION)


def _role_findings(row: Row, roles: Names[str] | None) -> Iterator[Finding]:
    """Yield the roles of a move that nobody has (R-24), or can have while nobody is listed (R-25)."""
    for role in _named_roles(row):
        if roles is None:
            yield Finding("R-25", "transitions", row[UID], "role", {"role": role}, "warning")
        elif roles.get(role) is None:
            told = {"role": role, "near": roles.near(role) or "", "known": list(roles.written.values())}
            yield Finding("R-24", "transitions", row[UID], "role", told, "warning")
