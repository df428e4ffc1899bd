"""The court of stages: judges moves of every table by the rows of 阶段流转, as of a day."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.change import SetColumn
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID, with_live_columns
from ltc_xl.rules.actor import roles_of
from ltc_xl.rules.derived import derived
from ltc_xl.rules.moves import STAGES, Steps, judged_moves
from ltc_xl.rules.moves_sheet import Transition
from ltc_xl.rules.refusals import Judge, Refusal

Moves = Mapping[str, pl.DataFrame]
"""Table -> ``_uid``, ``old`` and ``new`` of the stages that somebody wants to change."""


def moves_of(sets: Iterable[SetColumn]) -> Moves:
    """Return the moves among cells to set."""
    moves: dict[str, list[pl.DataFrame]] = {}
    for entry in sets:
        if STAGES.get(entry.table) == entry.column and entry.cells.height:
            moves.setdefault(entry.table, []).append(entry.cells)
    return {name: pl.concat(cells) for name, cells in moves.items()}


@dataclass(frozen=True)
class Court:
    """What moves are judged by; the rows of ``book`` stand in the stages that are wanted.

    ``rests`` says that 规则目录 switches the rules off: every move is allowed.
    """

    book: Book
    rulebook: Rulebook
    as_of: date
    rules: Sequence[Transition]
    rests: bool = False

    def verdict(self, moves: Moves, actor: str) -> tuple[Moves, tuple[Refusal, ...]]:
        """Return the moves that are allowed, and every reason why the others are not."""
        if self.rests:
            return moves, ()
        allowed: dict[str, pl.DataFrame] = {}
        refused: list[Refusal] = []
        roles = roles_of(self.rulebook, actor, self.as_of)
        for name, cells in moves.items():
            judge = self._judge(name, actor, roles)
            made, others = judged_moves(self._rows(name, cells, judge.steps), judge.steps, roles)
            allowed[name] = cells.join(made, on=UID, how="semi", maintain_order="left")
            refused += (one for row in others.iter_rows(named=True) for one in judge.refusals(row))
        return allowed, tuple(refused)

    def waiting(self, moves: Moves, actor: str) -> Iterator[Refusal]:
        """Yield that every move waits, because a cell of 阶段流转 is broken."""
        for name, cells in moves.items():
            judge = self._judge(name, actor, frozenset())
            for row in cells.rename({"old": "from_", "new": "wanted"}).iter_rows(named=True):
                yield judge.waiting(row)

    def _judge(self, name: str, actor: str, roles: frozenset[str]) -> Judge:
        steps = Steps([rule for rule in self.rules if rule.table == name], self.rulebook, self.as_of)
        return Judge(name, self.book, steps, actor, roles)

    def _rows(self, name: str, moves: pl.DataFrame, steps: Steps) -> pl.DataFrame:
        """Return what the steps ask of the rows that move; what is not asked is not computed."""
        model = self.book.table(name)
        wanted = moves.select(UID, from_="old", wanted="new")
        asked = sorted(steps.asked(wanted.select("from_", "wanted").unique().iter_rows()))
        columns = [model.by_code[code] for code in asked]
        book = self.book if all(column.typed for column in columns) else self._computed
        rows = book.rows(name).join(wanted, on=UID, maintain_order="left")
        if any(column.live for column in columns):
            rows = with_live_columns(model, rows, self.as_of)
        return rows.select(UID, "from_", "wanted", *asked)

    @cached_property
    def _computed(self) -> Book:
        return derived(self.book, self.rulebook, self.as_of)
