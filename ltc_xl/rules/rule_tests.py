"""规则测试: examples of rows with the answers they must get, tried on the rules as they stand."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ltc_xl.model.book import Book
from ltc_xl.model.enums import LANGS, folded
from ltc_xl.model.finding import Finding
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID, table
from ltc_xl.rules.actor import named_apart
from ltc_xl.rules.criteria_tests import MET, UNMET, criteria_set, unmet
from ltc_xl.rules.decisions import Rule
from ltc_xl.rules.guards import Field, Fields, GuardError, Lexicon, cell_values, fields_of, lexicon
from ltc_xl.rules.guards.marks import folded_marks
from ltc_xl.rules.move_tests import allowing, stage_meant, steps_of
from ltc_xl.rules.moves import STAGES
from ltc_xl.rules.moves_sheet import TABLES
from ltc_xl.rules.rule_set import RuleSet
from ltc_xl.rules.rule_sheets import Row, RuleSheet, rule_sheet, tested_columns
from ltc_xl.rules.rulesets import ASSIGNMENT, GRADING, TRANSITIONS
from ltc_xl.rules.transfer import CRITERIA, Criteria

TESTS = "rule_tests"
_INPUTS = ("budget", "industry", "need_level", "completeness", "queue", "region")
LISTS = {"grade": "grade", "method": "assign_method"}
"""Answer of a rule -> the list it is of."""
_BLANK = frozenset({"", "-", "空", "blank", "空白"})
_TESTS_ONLY = frozenset("<>=[!")
_NONE = frozenset({"无", "none", "没有", "不允许", "不行", "refused", "not allowed"})
_ALLOWED = frozenset({"允许", "可以", "allowed"})


@dataclass(frozen=True)
class Tried:
    """One example.

    Attributes:
        row_id, no, expected: the row of the sheet, its number, the answer it must get.
        name: the rule table it is for; None where that cannot be told.
        rules: those that count for it; None where it could not be tried.
        passed: whether that is what it must get.
    """

    row_id: str
    no: str
    expected: str
    name: str | None
    rules: tuple[Rule, ...] | None
    passed: bool = False

    @property
    def got(self) -> Mapping[str, Mapping[str, object]]:
        """Return what each rule that counts gives, by its number."""
        return {rule.no: dict(rule.outputs) for rule in self.rules or ()}


@dataclass(frozen=True)
class Trials:
    """All examples of a book, tried.

    Attributes:
        tried: in the order of the sheet.
        problems: cells and headers that cannot be read (R-01, R-06, R-52).
        sets: the rule sheets that can be tested.
    """

    tried: tuple[Tried, ...]
    problems: tuple[Finding, ...]
    sets: Mapping[str, RuleSet]

    def rules(self, name: str) -> tuple[Rule, ...]:
        """Return the rules of a sheet; of a move its number alone."""
        rules = self.sets[name]
        return (*rules.table.rules, *(Rule(step.no, step.row_id) for step in rules.rows))

    def untried(self, name: str) -> tuple[Rule, ...]:
        """Return the rules of a sheet that no example comes to."""
        met = {rule.row_id for one in self.tried if one.name == name for rule in one.rules or ()}
        return tuple(rule for rule in self.rules(name) if rule.row_id not in met)

    def tests(self, name: str) -> int:
        """Return how many examples of a sheet were tried."""
        return sum(one.name == name and one.rules is not None for one in self.tried)


def trials(book: Book, rulebook: Rulebook, sets: Mapping[str, RuleSet], as_of: date) -> Trials:
    """Return the examples of a book, tried on its rules; a book without the sheet has none.

    Args:
        book: as read.
        rulebook: its rule sheets.
        sets: the rule sets that can be tested: grading, assignment, moves between stages, transfer criteria.
        as_of: what ``TODAY()`` means.
    """
    if not book.rows(TESTS).height:
        return Trials((), (), sets)
    sheet = rule_sheet(TESTS, book, rulebook)
    worked_out = [field for rules in sets.values() for field in rules.fields.values()]
    fields = {name: fields_of(name, book) for name in STAGES}
    every = Fields((*worked_out, *(field for one in fields.values() for field in one.fields)))
    columns = tested_columns(sheet, _INPUTS, every, "leads")
    known = lexicon(book)
    tried = tuple(
        _Example(sheet, row, columns, sets, known, fields).tried(rulebook, as_of) for row in sheet.rows
    )
    return Trials(tried, tuple(sheet.problems), sets)


def testable(
    grading: RuleSet, assignment: RuleSet, moves: RuleSet, criteria: Criteria
) -> Mapping[str, RuleSet]:
    """Return the rule sets that can be tested, by the names of their sheets."""
    known = {GRADING: grading, ASSIGNMENT: assignment, TRANSITIONS: moves}
    return known | {CRITERIA: criteria_set(criteria)}


@dataclass
class _Example:
    """One row of the sheet; what cannot be read is noted there."""

    sheet: RuleSheet
    row: Row
    columns: Mapping[str, Field]
    sets: Mapping[str, RuleSet]
    known: Lexicon
    fields: Mapping[str, Fields]

    def tried(self, rulebook: Rulebook, as_of: date) -> Tried:
        """Return what the rules say of it."""
        before = len(self.sheet.problems)
        name, expected = self._name(), self.row["expected"] or ""
        if not expected.strip():
            self.sheet.report_missing(self.row, "expected")
        met = self._met(name, rulebook, as_of) if name else ()
        one = Tried(str(self.row[UID]), self.row["no"] or "", expected, name, None)
        if name is None or len(self.sheet.problems) > before:
            return one
        return Tried(one.row_id, one.no, expected, name, met, self._is_expected(name, expected, met))

    def _met(self, name: str, rulebook: Rulebook, as_of: date) -> tuple[Rule, ...]:
        """Return the rules that count for it; none too where it cannot be read."""
        if name == TRANSITIONS:
            return tuple(self._moves(rulebook, as_of))
        rules = self.sets[name]
        inputs = dict(self._inputs(rules.fields.values()))
        if name == CRITERIA:
            return unmet(rules, inputs, as_of)
        return rules.table.counting({code: inputs.get(code) for code in rules.fields}, as_of)

    def _moves(self, rulebook: Rulebook, as_of: date) -> Iterator[Rule]:
        """Yield the rows that allow its move."""
        if self.row["object"] not in TABLES:
            self.sheet.report_missing(self.row, "object")
            return
        held = dict(self._inputs(self.fields[TABLES[str(self.row["object"])]].fields))
        ways = [self._stage(column) for column in ("from", "to")]
        steps = steps_of(self.row, self.sets[TRANSITIONS].rows, rulebook, as_of)
        if ways[0] and ways[1]:
            moves = allowing((ways[0], ways[1]), self.row, held, steps)
            yield from (Rule(step.no, step.row_id) for step in moves)

    def _stage(self, column: str) -> str | None:
        try:
            return stage_meant(self.row, column, self.known)
        except GuardError as error:
            self._report(column, error.problem)
            return None

    def _name(self) -> str | None:
        """Return the rule table it is for."""
        said = folded(self.row["rule_table"] or "")
        for name, rules in self.sets.items():
            model = table(name)
            if said in {folded(one) for one in (name, model.excel, *map(model.sheet, LANGS))}:
                if rules.sound:
                    return name
                self._report("rule_table", {"key": "sheet_off"})
                return None
        self._report("rule_table", {"key": "no_rule_table", "known": list(self.sets)})
        return None

    def _inputs(self, fields: Iterable[Field]) -> Iterator[tuple[str, object]]:
        """Yield those of some fields that the example fills, with what it says of them."""
        named = Fields(tuple(fields))
        for column, field in self.columns.items():
            text = (self.row[column] or "").strip()
            tested = named.get(column) or named.get(field.code)
            if tested is None or folded(text) in _BLANK:
                continue
            try:
                yield tested.code, _value(text, tested)
            except GuardError as error:
                self._report(column, error.problem)

    def _report(self, column: str, why: Mapping[str, object]) -> None:
        told = {"found": self.row[column], "why": why}
        self.sheet.problems.append(Finding("R-52", TESTS, self.row[UID], column, told))

    def _is_expected(self, name: str, expected: str, met: Sequence[Rule]) -> bool:
        """Return whether every part of what is expected is a number or an answer of the rules that count."""
        parts = [folded(part) for part in named_apart(expected)]
        nothing, anything = (_NONE | MET, UNMET) if name == CRITERIA else (_NONE, _ALLOWED)
        if not met or not parts:
            return not met and all(part in nothing for part in parts)
        parts = [part for part in parts if part not in anything]
        answers = {answer for rule in met for answer in self._answers(rule)}
        return all(part in answers for part in parts)

    def _answers(self, rule: Rule) -> Iterator[str]:
        """Yield what people call a rule's number and answers."""
        yield folded(rule.no)
        for code, value in rule.outputs.items():
            yield folded(str(value))
            if code in LISTS:
                words = self.known.words(LISTS[code])
                yield from (folded(words.written[key]) for key, held in words.by_key.items() if held == value)


def _value(text: str, field: Field) -> object:
    """Return the value that an example gives a field.

    Raises:
        GuardError: it gives none such, or several.
    """
    if field.kind == "text" and field.words is None:
        return text
    found = () if folded_marks(text).text[:1] in _TESTS_ONLY else cell_values(text, field)
    if len(found) != 1:
        raise GuardError("one_value", 1)
    return found[0].value
