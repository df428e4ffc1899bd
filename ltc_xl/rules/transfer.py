"""移交标准: what marketing and sales agreed must be true of a lead before it goes to sales."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.finding import Finding
from ltc_xl.model.money import RATE
from ltc_xl.model.rulebook import Kept, Rulebook
from ltc_xl.model.tables import UID, table, with_live_columns
from ltc_xl.rules.grading import Grading, with_inputs
from ltc_xl.rules.guards import Field, Fields, Guard, GuardError, fields_of, guard, lexicon
from ltc_xl.rules.rule_index import rest_of
from ltc_xl.rules.rule_set import has_errors
from ltc_xl.rules.rule_sheets import Row, RuleSheet, rule_sheet
from ltc_xl.rules.waiting import open_leads

CRITERIA = "transfer_criteria"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One row of 移交标准: what people call it, and what must hold."""

    name: str
    guard: Guard
    row_id: str | None = None


@dataclass(frozen=True)
class Criteria:
    """The criteria in force on a day; none while a cell of the sheet is wrong and there is no older version.

    Attributes:
        problems: what is wrong with the sheet as it stands.
        rows: the criteria, as they stand.
        as_of: the day.
        kept: the older version that these are; None where they are those of the sheet.
    """

    problems: tuple[Finding, ...]
    rows: tuple[Criterion, ...]
    as_of: date
    kept: Kept | None = None

    @property
    def sound(self) -> bool:
        """Return whether the criteria may be used."""
        return self.kept is not None or not has_errors(self.problems)

    @property
    def asked(self) -> tuple[str, ...]:
        """Return the inputs that some criterion looks at."""
        return tuple(dict.fromkeys(code for row in self.rows for code in row.guard.codes))

    def unmet(self, leads: pl.DataFrame) -> Mapping[str, tuple[Criterion, ...]]:
        """Return ``_uid`` -> the criteria a lead does not meet, of those that miss any; a blank meets none.

        Args:
            leads: with ``need_level``, ``completeness`` and ``queue`` beside their own columns.
        """
        if not self.rows or leads.is_empty():
            return {}
        model = table("leads")
        if any(model.by_code[code].live for code in self.asked if code in model.by_code):
            leads = with_live_columns(model, leads, self.as_of)
        held = leads.select(
            UID,
            *(
                row.guard.expr(self.as_of).fill_null(value=False).alias(str(place))
                for place, row in enumerate(self.rows)
            ),
        )
        missed = held.filter(~pl.all_horizontal(pl.exclude(UID)))
        return {
            uid: tuple(row for row, holds in zip(self.rows, holding, strict=True) if not holds)
            for uid, *holding in missed.iter_rows()
        }


def leads_as_asked(book: Book, graded: Grading) -> pl.DataFrame:
    """Return the open leads with all that criteria may look at; no queue is known while grading is off."""
    if graded.rules.sound:
        return graded.leads
    return with_inputs(open_leads(book)).with_columns(queue=pl.lit(None, pl.String))


def transfer_criteria(book: Book, rulebook: Rulebook, as_of: date) -> Criteria:
    """Return the criteria in force on a day; what cannot be read of them switches all of them off."""
    sheet = rule_sheet(CRITERIA, book, rulebook)
    for header in sheet.own:
        sheet.report_header(header, "no_column", owner=CRITERIA)
    fields = _fields(book)
    rows = tuple(_criteria(sheet, fields, as_of))
    problems = tuple(sheet.problems)
    told = problems if sheet.kept is None else (*sheet.kept.problems, *problems)
    rest = rest_of(CRITERIA, rulebook, as_of)
    if rest:
        return Criteria((*told, rest), (), as_of, sheet.kept)
    return Criteria(told, (), as_of) if has_errors(problems) else Criteria(told, rows, as_of, sheet.kept)


def _criteria(sheet: RuleSheet, fields: Fields, as_of: date) -> Iterator[Criterion]:
    for row in sheet.rows:
        condition = _condition(sheet, row, fields)
        begins = row["valid_from"]
        is_in_force = not isinstance(begins, date) or begins <= as_of
        if condition and is_in_force:
            yield Criterion(row["criterion"] or condition.text, condition, row[UID])


def _condition(sheet: RuleSheet, row: Row, fields: Fields) -> Guard | None:
    text = row["condition"]
    if text is None:
        sheet.report_missing(row, "condition")
        return None
    try:
        return guard(text, fields)
    except GuardError as error:
        sheet.report(error, row, "condition")
        return None


def _fields(book: Book) -> Fields:
    """Return the fields of a lead, and what is worked out of it: need, completeness, queue."""
    levels = lexicon(book).words("need_level")
    worked_out = (
        _worked_out("grading", Field("need_level", "word", pl.String(), "", words=levels)),
        _worked_out("grading", Field("completeness", "number", RATE, "", is_share=True)),
        _worked_out("assignment", Field("queue", "text", pl.String(), "")),
    )
    known = fields_of("leads", book)
    return known.with_more(one for one in worked_out if known.get(one.labels[0]) is None)


def _worked_out(sheet: str, field_: Field) -> Field:
    """Return a field under the header it has on the rule sheet."""
    column = table(sheet).by_code[field_.code]
    labels = (column.zh, column.en) if field_.code != "need_level" else (column.zh, field_.code)
    return Field(
        field_.code,
        field_.kind,
        field_.dtype,
        f"{sheet}.{field_.code}",
        labels,
        field_.words,
        field_.is_share,
    )
