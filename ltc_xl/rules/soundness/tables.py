"""Whether a decision table is sound: rows no rule catches, rules that dispute, repeat or shadow others."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import combinations

from ltc_xl.model.finding import Finding
from ltc_xl.rules.decisions import DecisionTable, Hit, Row
from ltc_xl.rules.guards import Field
from ltc_xl.rules.rule_set import RuleSet
from ltc_xl.rules.soundness.regions import Regions, places, regions
from ltc_xl.rules.soundness.witnesses import OTHER_TEXT

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
    """Return a row as what a message shows: the place of each field that some rule tests, and its value."""
    tested = {code for rule in rules.table.rules for code in rule.tests}
    return [
        {
            "field": rules.fields[code].place,
            "value": _worded(row[code], rules.fields[code]),
            "is_other": row[code] == OTHER_TEXT,
        }
        for code in rules.table.inputs
        if code in tested
    ]


def _worded(value: object, field: Field) -> str | None:
    """Return a value as people write it in a rule; None for a blank."""
    if value is None:
        return None
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return f"{Decimal(value) * 100:f}".rstrip("0").rstrip(".") + "%" if field.is_share else f"{value:,f}"
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}"
    return _word(str(value), field)


def _word(code: str, field: Field) -> str:
    names: Mapping[str, str] = {}
    if field.words is not None:
        listed = dict.fromkeys(field.words.by_key.values())
        names = dict(zip(listed, field.words.listed, strict=True))
    return names.get(code, code)
