"""Examples of leads that may go to sales or not: which rows of 移交标准 one does not meet."""

from collections.abc import Mapping
from datetime import date

from ltc_xl.rules.decisions import DecisionTable, Hit, Rule
from ltc_xl.rules.guards.tree import columns_in
from ltc_xl.rules.rule_set import RuleSet
from ltc_xl.rules.transfer import CRITERIA, Criteria

MET = frozenset({"满足", "可以移交", "met", "ready"})
UNMET = frozenset({"不满足", "不可移交", "not met", "not ready"})


def criteria_set(criteria: Criteria) -> RuleSet:
    """Return the criteria as a rule set whose rules are called like them; each tests what must hold."""
    rules = tuple(Rule(one.name, one.row_id, {CRITERIA: one.guard}) for one in criteria.rows)
    fields = {
        column.field.code: column.field for one in criteria.rows for column in columns_in(one.guard.tree)
    }
    table = DecisionTable(tuple(fields), {}, rules, Hit.COLLECT)
    return RuleSet(CRITERIA, criteria.problems, table, fields=fields, kept=criteria.kept)


def unmet(rules: RuleSet, lead: Mapping[str, object], as_of: date) -> tuple[Rule, ...]:
    """Return the criteria that a lead of some values, and nothing else, does not meet; a blank meets none."""
    held = dict.fromkeys(rules.fields) | dict(lead)
    return tuple(rule for rule in rules.table.rules if not rule.fits_row(held, as_of))
