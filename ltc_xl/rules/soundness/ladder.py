"""Whether the dunning ladder rises: no level falls as days go by, and no day lies between two levels."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise, product

from ltc_xl.model.finding import Finding
from ltc_xl.rules.decisions import Rule
from ltc_xl.rules.ladder import BALANCE, DAYS, DISPUTED, LADDER
from ltc_xl.rules.rule_set import RuleSet
from ltc_xl.rules.soundness.witnesses import witnesses

Step = tuple[int, Rule | None]
"""A day and the rule that a line so many days overdue meets."""


def ladder_findings(rules: RuleSet, as_of: date) -> Iterator[Finding]:
    """Yield where the ladder falls or has a hole (R-40), once for each of its rows.

    A line is followed from its first letter on, for every balance and dispute the rows tell apart.
    """
    seen: set[tuple[str, str | None]] = set()
    for found in _faults(rules, as_of) if rules.name == LADDER and rules.table.rules else ():
        key = (str(found.values["why"]), found.row_id)
        if key not in seen:
            seen.add(key)
            yield found


def _faults(rules: RuleSet, as_of: date) -> Iterator[Finding]:
    days, balances, disputes = (_values(rules, code, as_of) for code in (DAYS, BALANCE, DISPUTED))
    whole = sorted({day + more for day in days if isinstance(day, int) and day > 0 for more in (0, 1)})
    for balance, disputed in product(balances, disputes):
        rows = ({DAYS: day, BALANCE: balance, DISPUTED: disputed} for day in whole)
        steps = [(day, rules.table.decided(row, as_of)) for day, row in zip(whole, rows, strict=True)]
        for before, after in pairwise(steps):
            yield from _fault(before, after)


def _values(rules: RuleSet, code: str, as_of: date) -> list[object]:
    """Return the values of an input that the rules can tell apart, without the blank."""
    tests = [rule.tests[code] for rule in rules.table.rules if code in rule.tests]
    return witnesses(rules.fields[code], tests, as_of)[:-1]


def _fault(before: Step, after: Step) -> Iterator[Finding]:
    (earlier, above), (later, below) = before, after
    if above is None:
        return
    told = {"before": earlier, "days": later, "higher": above.outputs["level"]}
    if below is None:
        yield _finding(above, DAYS, {"key": "ladder_hole", **told})
    elif _level(below) < _level(above):
        yield _finding(below, "level", {"key": "ladder_falls", **told, "level": below.outputs["level"]})


def _finding(rule: Rule, column: str, why: dict[str, object]) -> Finding:
    return Finding("R-40", LADDER, rule.row_id, column, {"why": why}, "warning")


def _level(rule: Rule) -> int:
    level = rule.outputs["level"]
    return level if isinstance(level, int) else 0
