"""清洗规则: what a lead must say, must not say, and what the program may put right by itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.finding import Finding
from ltc_xl.model.rulebook import Kept, Rulebook
from ltc_xl.rules.actor import named_apart
from ltc_xl.rules.guards import Field, Fields, GuardError, fields_of
from ltc_xl.rules.rule_index import rest_of
from ltc_xl.rules.rule_set import has_errors
from ltc_xl.rules.rule_sheets import Row, RuleSheet, rule_sheet

CLEANING = "cleaning"

Kind = Literal["REQUIRED", "PATTERN", "BLACKLIST", "FILL", "TIDY"]


DEMANDS = frozenset({"REQUIRED", "PATTERN", "BLACKLIST"})
"""What a lead may fail; the others put it right."""


@dataclass(frozen=True, slots=True)
class CleanRule:
    """One row: of several required fields one is enough.

    ``value`` is a pattern, or the constant that fills a blank; ``words`` are those of a blacklist, ``source``
    the field that fills a blank.
    """

    no: str
    fields: tuple[str, ...]
    kind: Kind
    value: str = ""
    words: tuple[str, ...] = ()
    source: str | None = None
    cure: str | None = None


@dataclass(frozen=True)
class CleanRules:
    """The rules in force; none while a cell is wrong and there is no older version (``kept``)."""

    problems: tuple[Finding, ...]
    rules: tuple[CleanRule, ...]
    kept: Kept | None = None
    rests: bool = False

    @property
    def sound(self) -> bool:
        """Return whether the rules may be used."""
        return not self.rests and (self.kept is not None or not has_errors(self.problems))


def cleaning_rules(book: Book, rulebook: Rulebook, as_of: date | None = None) -> CleanRules:
    """Return what the sheet says; a cell that cannot be read switches all rules off.

    Without a day they are looked at as if they counted.
    """
    sheet = rule_sheet(CLEANING, book, rulebook)
    for header in sheet.own:
        sheet.report_header(header, "no_column", owner=CLEANING)
    fields = fields_of("leads", book)
    rules = tuple(_rules(sheet, fields))
    problems = tuple(sheet.problems)
    told = problems if sheet.kept is None else (*sheet.kept.problems, *problems)
    rest = rest_of(CLEANING, rulebook, as_of) if as_of else None
    if rest:
        return CleanRules((*told, rest), (), sheet.kept, rests=True)
    return CleanRules(told, ()) if has_errors(problems) else CleanRules(told, rules, sheet.kept)


def _rules(sheet: RuleSheet, fields: Fields) -> Iterator[CleanRule]:
    for row in sheet.rows:
        missing = [column for column in ("field", "kind") if not row[column]]
        missing += ["value"] if row["kind"] in {"PATTERN", "BLACKLIST", "FILL"} and not row["value"] else []
        for column in missing:
            sheet.report_missing(row, column)
        if missing:
            continue
        try:
            yield _rule(row, fields)
        except GuardError as error:
            sheet.report(error, row, str(error.values.pop("column")))


def _rule(row: Row, fields: Fields) -> CleanRule:
    kind, text = cast("Kind", row["kind"]), row["value"] or ""
    tested = tuple(_field(name, fields, kind) for name in named_apart(row["field"] or ""))
    if kind == "PATTERN":
        _check_pattern(text)
    source = fields.get(text) if kind == "FILL" else None
    return CleanRule(
        row["no"] or "",
        tuple(field.code for field in tested),
        kind,
        text,
        tuple(named_apart(text)) if kind == "BLACKLIST" else (),
        source.code if source and source.dtype == pl.String else None,
        row["cure"],
    )


def _field(name: str, fields: Fields, kind: Kind) -> Field:
    """Return the field of a name; all but ``REQUIRED`` look into texts."""
    found = fields.get(name)
    if found is None:
        near = fields.names.near(name)
        told = {"found": name, "column": "field"}
        raise GuardError("no_field_near", 1, near=near, **told) if near else GuardError("no_field", 1, **told)
    if kind != "REQUIRED" and found.kind != "text":
        raise GuardError("no_text", 1, found=name, column="field")
    return found


def _check_pattern(text: str) -> None:
    """Refuse what is no pattern for the engine that will use it."""
    try:
        pl.Series([""]).str.contains(text)
    except pl.exceptions.ComputeError as error:
        raise GuardError("no_pattern", 1, found=text, column="value") from error
