"""Rule sheets bound to the fields they name and compiled; one with a problem switches its rule set off."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.finding import Finding
from ltc_xl.model.money import RATE
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID, table
from ltc_xl.rules.actor import named_apart
from ltc_xl.rules.decisions import DecisionTable, Hit, Rule
from ltc_xl.rules.guards import (
    Field,
    Guard,
    GuardError,
    cell_test,
    fields_of,
    lexicon,
    names_of,
)
from ltc_xl.rules.moves_sheet import transitions
from ltc_xl.rules.rule_index import hit_of, no_match_of, rest_of
from ltc_xl.rules.rule_outputs import Output, given, text_output, whole_output, word_output
from ltc_xl.rules.rule_set import RuleSet
from ltc_xl.rules.rule_sheets import Row, RuleSheet, rule_sheet, tested_columns
from ltc_xl.rules.soundness.tables import disputes

GRADING, ASSIGNMENT, TRANSITIONS, POOLS = "grading", "assignment", "transitions", "pools"


def grading_rules(book: Book, rulebook: Rulebook, as_of: date) -> RuleSet:
    """Return the rules that grade leads; inputs are fields of a lead, how pressing and how complete it is."""
    sheet, known = rule_sheet(GRADING, book, rulebook), lexicon(book)
    outputs = (
        word_output(GRADING, "grade", known.words("grade"), needed=True),
        whole_output(GRADING, "score"),
        text_output(GRADING, "queue"),
    )
    level = worked_out(
        GRADING, "need_level", Field("need_level", "word", pl.String(), "", (), known.words("need_level"))
    )
    complete = worked_out(GRADING, "completeness", Field("completeness", "number", RATE, "", is_share=True))
    fields = fields_of("leads", book).with_more([level, complete])
    columns = tested_columns(sheet, ("budget", "industry", "need_level", "completeness"), fields, "leads")
    decided = decision_table(sheet, columns, outputs, hit_of(sheet, rulebook, as_of=as_of))
    return rule_set(sheet, decided, as_of, columns.values(), frozenset({level.code, complete.code}))


def assignment_rules(book: Book, rulebook: Rulebook, as_of: date) -> RuleSet:
    """Return the rules that give leads to groups; inputs are fields of a lead and its queue."""
    sheet, known = rule_sheet(ASSIGNMENT, book, rulebook), lexicon(book)
    outputs = (
        text_output(ASSIGNMENT, "team", needed=True),
        word_output(ASSIGNMENT, "method", known.words("assign_method")),
        whole_output(ASSIGNMENT, "cap"),
        text_output(ASSIGNMENT, "fallback"),
    )
    queue = worked_out(ASSIGNMENT, "queue", Field("queue", "text", pl.String(), ""))
    fields = fields_of("leads", book).with_more([queue])
    columns = tested_columns(sheet, ("queue", "region", "industry"), fields, "leads")
    decided = decision_table(sheet, columns, outputs, hit_of(sheet, rulebook, as_of=as_of))
    given_out = rulebook.rows(GRADING)["queue"]
    queues = list(dict.fromkeys(given_out.drop_nulls()))
    listed = replace(queue, words=names_of((name, name) for name in queues))
    if book.rows(ASSIGNMENT).height:
        sheet.problems.extend(_idle_groups(sheet, rulebook))
        sheet.problems.extend(_idle_queues(sheet, listed, queues))
    tested = (listed if one is queue else one for one in columns.values())
    always = frozenset({queue.code}) if not given_out.null_count() else frozenset[str]()
    return rule_set(sheet, decided, as_of, tested, always)


def _idle_groups(sheet: RuleSheet, rulebook: Rulebook) -> Iterator[Finding]:
    """Yield the groups nobody is in (R-41); while no team is written down, everybody is of every group."""
    cells = rulebook.rows("members")["team"].drop_nulls()
    teams = names_of((team, team) for cell in cells for team in named_apart(cell))
    for row in sheet.rows if teams.by_key else ():
        for team in named_apart(row["team"]):
            if teams.get(team) is None:
                told = {"team": team, "known": teams.listed}
                yield Finding("R-41", ASSIGNMENT, row[UID], "team", told, "warning")


def _idle_queues(sheet: RuleSheet, queue: Field, given_out: Sequence[str]) -> Iterator[Finding]:
    """Yield the rules for a queue that grading never gives (R-44)."""
    for row in sheet.rows:
        try:
            cell_test(row["queue"] or "", queue)
        except GuardError as error:
            if error.finding == "R-04":
                told = {"queue": error.values["found"], "known": given_out}
                yield Finding("R-44", ASSIGNMENT, row[UID], "queue", told, "warning")


def transition_rules(book: Book, rulebook: Rulebook, as_of: date | None = None) -> RuleSet:
    """Return the allowed moves of leads, opportunities and contracts, as they stand on the sheet.

    Without a day they are looked at as if they counted.
    """
    sheet = rule_sheet(TRANSITIONS, book, rulebook)
    for header in sheet.own:
        sheet.report_header(header, "no_column", owner=TRANSITIONS)
    moves = tuple(transitions(sheet, book, rulebook.rows("members")))
    rest = rest_of(TRANSITIONS, rulebook, as_of) if as_of else None
    return RuleSet(sheet.name, tuple(sheet.problems), rows=moves, kept=sheet.kept, rest=rest).settled


def rule_set(
    sheet: RuleSheet,
    decided: DecisionTable,
    as_of: date,
    tested: Iterable[Field],
    always: frozenset[str] = frozenset(),
) -> RuleSet:
    """Return what the sheet says, or no rules while there is a problem; rules that dispute a row are one."""
    fields = {one.code: one for one in tested}
    rest = rest_of(sheet.name, sheet.rulebook, as_of)
    no_match = no_match_of(sheet.name, sheet.rulebook, as_of)
    problems = tuple(sheet.problems)
    found = RuleSet(sheet.name, problems, decided, (), fields, always, sheet.kept, rest, no_match)
    if not found.has_errors:
        found = replace(found, problems=(*found.problems, *disputes(found, as_of)))
    return found.settled


def worked_out(sheet: str, code: str, field: Field) -> Field:
    """Return a field that is no column of a lead, under the header it has on the rule sheet."""
    column = table(sheet).by_code[code]
    return replace(field, place=f"{sheet}.{code}", labels=(column.zh, column.en))


def decision_table(
    sheet: RuleSheet, columns: Mapping[str, Field], outputs: tuple[Output, ...], hit: Hit
) -> DecisionTable:
    """Return the rules of a sheet, compiled; cells that cannot be read are noted there."""
    rules = tuple(
        Rule(
            row["no"] or "",
            row[UID],
            _tests(sheet, row, columns),
            given(sheet, row, outputs),
            row.get("reason"),
        )
        for row in sheet.rows
    )
    types = {output.code: output.field.dtype for output in outputs}
    return DecisionTable(tuple(tested.code for tested in columns.values()), types, rules, hit)


def _tests(sheet: RuleSheet, row: Row, columns: Mapping[str, Field]) -> dict[str, Guard]:
    """Return field -> test of a row, without the columns where anything goes."""
    tests = {}
    for column, tested in columns.items():
        try:
            test = cell_test(row[column] or "", tested)
        except GuardError as error:
            sheet.report(error, row, column)
        else:
            if not test.is_any:
                tests[tested.code] = test
    return tests
