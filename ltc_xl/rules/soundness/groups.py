"""Whether somebody takes the leads that 线索分配 gives to a group."""

from collections.abc import Iterator
from datetime import date

import polars as pl

from ltc_xl.model.enums import folded
from ltc_xl.model.finding import Finding
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rules.actor import named_apart
from ltc_xl.rules.rule_set import RuleSet

ASSIGNMENT = "assignment"


def group_findings(rules: RuleSet, rulebook: Rulebook, as_of: date) -> Iterator[Finding]:
    """Yield the groups that have people of whom none takes leads: all have left, or may have none (R-31)."""
    if rules.name != ASSIGNMENT:
        return
    people = rulebook.rows("members").with_columns(
        takes=((pl.col("left_on") > as_of) | pl.col("left_on").is_null())
        & (pl.col("capacity_30d").is_null() | (pl.col("capacity_30d") > 0))
    )
    listed = people.drop_nulls("team").select("team", "takes").iter_rows()
    teams = [(folded(team), takes) for cell, takes in listed for team in named_apart(cell)]
    there, taking = {team for team, _ in teams}, {team for team, takes in teams if takes}
    for rule in rules.table.rules:
        groups = [folded(team) for team in named_apart(str(rule.outputs.get("team") or ""))]
        if groups and there.issuperset(groups) and not taking.intersection(groups):
            told = {"team": rule.outputs["team"]}
            yield Finding("R-31", ASSIGNMENT, rule.row_id, "team", told, "warning")
