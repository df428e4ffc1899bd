"""Whether a decision table is sound: rows no rule catches, rules that dispute, repeat or shadow others."""

from collections.abc import Iterator
from datetime import date
from itertools import combinations

from ltc_xl.model.finding import Finding
from ltc_xl.rules.decisions import DecisionTable, Hit, Row
from ltc_xl.rules.rule_set import RuleSet
from ltc_xl.rules.soundness.facts import facts
from ltc_xl.rules.soundness.regions import Regions, places, regions

NO_RULE_FITS = "R-10"
_DISPUTED = frozenset({Hit.UNIQUE, Hit.ANY})
_ALL_COUNT = frozenset({Hit.COLLECT, Hit.SUM})


def table_findings(rules: RuleSet, as_of: date) -> Iterator[Finding]:
    """Yield what is doubtful about the rules of a decision table that are in force.

    Args:
        rules: of one sheet; without any while it has an error.
        as_of: what ``TODAY()`` means.
    """
    decided = rules.table
    if not decided.rules:
        return
    found = regions_of(rules, as_of)
    yield from _gap(rules, found)
    twins = dict(_twins(found))
    told_already = {problem.row_id for problem in rules.problems}
    told = {place for place, rule in enumerate(decided.rules) if rule.row_id in told_already}
    for later, first in twins.items():
        same = {"first": decided.rules[first].no}
        yield Finding("R-13", rules.name, decided.rules[later].row_id, "no", same, "warning")
    yield from _idle(rules, found, {*twins, *told})
    yield from _alike(rules, found, set(twins))


def regions_of(rules: RuleSet, as_of: date) -> Regions:
    """Return which rules of a sheet rows can meet together."""
    return regions(rules.table, rules.fields, as_of, rules.always)


def disputes(rules: RuleSet, as_of: date) -> Iterator[Finding]:
    """Yield each pair of rules that fit one row and contradict each other (R-11): an error."""
    decided = rules.table
    if decided.hit not in _DISPUTED or not decided.rules:
        return
    seen: set[tuple[int, int]] = set()
    for met, row in regions_of(rules, as_of).overlaps():
        for first, later in combinations(met, 2):
            agree = decided.hit is Hit.ANY and _outputs(decided, first) == _outputs(decided, later)
            if not agree and (first, later) not in seen:
                seen.add((first, later))
                told = {"first": decided.rules[first].no, "example": example(row, rules)}
                yield Finding("R-11", rules.name, decided.rules[later].row_id, "no", told)


def _gap(rules: RuleSet, found: Regions) -> Iterator[Finding]:
    """Yield a row that no rule fits (R-10); points may well be given to few."""
    if found.gap is not None and rules.table.hit not in _ALL_COUNT:
        yield Finding(NO_RULE_FITS, rules.name, None, None, {"example": example(found.gap, rules)}, "warning")


def _idle(rules: RuleSet, found: Regions, told: set[int]) -> Iterator[Finding]:
    """Yield the rules that no row comes to, since those above catch all of theirs (R-12)."""
    decided = rules.table
    if not found.proved:
        return
    counts = found.first_hits() if decided.hit is Hit.FIRST else _met(found)
    for place, rule in enumerate(decided.rules):
        if place not in counts and place not in told:
            yield Finding("R-12", rules.name, rule.row_id, "no", {}, "warning")


def _met(found: Regions) -> frozenset[int]:
    return frozenset(place for met in found.trails for place in places(met))


def _twins(found: Regions) -> Iterator[tuple[int, int]]:
    """Yield place of a rule -> place of the first one above it that tests the same, however it is written."""
    seen: dict[tuple[int, ...], int] = {}
    for place, passing in enumerate(found.passing):
        tests = tuple(passing.values())
        if tests in seen:
            yield place, seen[tests]
        seen.setdefault(tests, place)


def _alike(rules: RuleSet, found: Regions, twins: set[int]) -> Iterator[Finding]:
    """Yield neighbours that give the same and differ in one column alone: one row would do (R-15)."""
    decided = rules.table
    for place in range(1, 0 if decided.hit in _ALL_COUNT else len(decided.rules)):
        one, other = found.passing[place - 1], found.passing[place]
        differs = [code for code in one if one[code] != other[code]]
        same = _outputs(decided, place - 1) == _outputs(decided, place)
        if same and len(differs) == 1 and place not in twins and _both_test(decided, place, differs[0]):
            told = {"first": decided.rules[place - 1].no, "tested": rules.fields[differs[0]].place}
            yield Finding("R-15", rules.name, decided.rules[place].row_id, "no", told, "info")


def _both_test(decided: DecisionTable, place: int, code: str) -> bool:
    return code in decided.rules[place - 1].tests and code in decided.rules[place].tests


def _outputs(decided: DecisionTable, place: int) -> tuple[object, ...]:
    return tuple(decided.rules[place].outputs.get(code) for code in decided.outputs)


def example(row: Row, rules: RuleSet) -> list[dict[str, object]]:
    """Return what a message shows of a row: the fields that some rule tests, and their values."""
    tested = {code for rule in rules.table.rules for code in rule.tests}
    return facts(row, [rules.fields[code] for code in rules.table.inputs if code in tested])
