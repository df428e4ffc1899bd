"""Moves between stages: which of them the rows of 阶段流转 allow, for all rows of a table at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from ltc_xl.model.enums import folded
from ltc_xl.model.rulebook import CheckRule, Rulebook
from ltc_xl.rules.moves_sheet import Transition

STAGES: Mapping[str, str] = {"leads": "state", "opportunities": "stage", "contracts": "state"}
"""Table -> the column whose moves are judged."""

_ASKED = CheckRule("error")


@dataclass(frozen=True)
class Steps:
    """The rows of 阶段流转 for one table, as they stand; and which reasons the firm has switched on."""

    rows: Sequence[Transition]
    rulebook: Rulebook
    as_of: date

    @cached_property
    def _by_way(self) -> Mapping[tuple[str, str], Sequence[Transition]]:
        ways: dict[tuple[str, str], list[Transition]] = {}
        for step in self.rows:
            for before in step.from_:
                for after in step.to:
                    ways.setdefault((before, after), []).append(step)
        return ways

    def between(self, before: str, after: str) -> Sequence[Transition]:
        """Return the rows that list a move."""
        return self._by_way.get((before, after), ())

    def after(self, before: str) -> tuple[str, ...]:
        """Return the stages that may follow, in the order of the rows."""
        return self._after.get(before, ())

    @cached_property
    def _after(self) -> Mapping[str, tuple[str, ...]]:
        stages = dict.fromkeys(before for before, _ in self._by_way)
        return {stage: tuple(to for at, to in self._by_way if at == stage) for stage in stages}

    def asked(self, ways: Iterable[tuple[str, str]]) -> set[str]:
        """Return the columns that some moves depend on."""
        steps = [step for before, after in ways for step in self.between(before, after)]
        read = {code for step in steps if step.condition for code in step.condition.codes}
        return read | {code for step in steps for code in step.needs}

    def asks(self, code: str) -> bool:
        """Return whether the firm lets a reason refuse; a check that nobody sees refuses nothing."""
        rule = self.rulebook.checks.get(code, _ASKED)
        return rule.active and rule.level == "basic"

    def may(self, step: Transition, roles: frozenset[str]) -> bool:
        """Return whether somebody with these roles (folded) may take a step."""
        needed = {folded(role) for role in step.roles}
        return not needed or bool(needed & roles) or not self.asks("T-04")

    def allowed(self, before: str | None, after: str | None, roles: frozenset[str]) -> pl.Expr:
        """Return, as a column over rows, whether a move is allowed; a row without a stage may take any."""
        if before is None:
            return pl.lit(value=True)
        if after is None:
            return pl.lit(not self.asks("T-06"))
        listed = self.between(before, after)
        if not listed:
            return pl.lit(not self.asks("T-01"))
        return pl.any_horizontal(
            self._met(step) if self.may(step, roles) else pl.lit(value=False) for step in listed
        )

    def _met(self, step: Transition) -> pl.Expr:
        tests = [pl.lit(value=True)]
        if step.condition and self.asks("T-02"):
            tests.append(step.condition.expr(self.as_of).fill_null(value=False))
        if self.asks("T-03"):
            tests += [pl.col(code).is_not_null() for code in step.needs]
        return pl.all_horizontal(tests)


def judged_moves(
    moves: pl.DataFrame, steps: Steps, roles: frozenset[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the moves that are allowed and those that are not.

    Args:
        moves: the rows as they would be, with ``from_`` and ``wanted`` beside their columns.
        steps: what is listed for their table.
        roles: of whoever typed the stages, folded.
    """
    verdicts = [
        part.with_columns(allowed=steps.allowed(before, after, roles))
        for (before, after), part in moves.partition_by("from_", "wanted", as_dict=True).items()
    ]
    if not verdicts:
        return moves, moves
    judged = pl.concat(verdicts)
    return judged.filter("allowed"), judged.filter(~pl.col("allowed"))
