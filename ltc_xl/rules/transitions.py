"""Stages that people type: which moves count, which are refused and why, and what becomes of old wishes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, SetColumn, applied
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.model.wish import Wish
from ltc_xl.rules.court import Court, Moves, moves_of
from ltc_xl.rules.moves import STAGES
from ltc_xl.rules.refusals import Refusal, continued
from ltc_xl.rules.rulesets import transition_rules

__all__ = ["STAGES", "Judgement", "Refusal", "judged"]


@dataclass(frozen=True)
class Judgement:
    """What becomes of typed stages.

    Attributes:
        accepted: what was typed without the stages that do not count, plus the wishes that are granted.
        refused: every reason why a typed stage does not count.
        standing: every reason why an older wish still waits; one without ``wish`` is new.
        closed: ids of the wishes that are granted, given up or overtaken, or whose reason is gone.
        granted: one wish of each move that is made now; its author is not today's.
        off: whether nobody can tell what is allowed: a cell of 阶段流转 is broken.
        waiting: the typed stages that neither count nor are refused because of that (T-05).
    """

    accepted: Changes
    refused: tuple[Refusal, ...] = ()
    standing: tuple[Refusal, ...] = ()
    closed: tuple[str, ...] = ()
    granted: tuple[Wish, ...] = ()
    off: bool = False
    waiting: tuple[Refusal, ...] = ()


def judged(  # noqa: PLR0913, PLR0917  what was typed where, by what rules, when, by whom, and what is still open
    typed: Changes,
    book: Book,
    rulebook: Rulebook,
    as_of: date,
    actor: str,
    wishes: Sequence[Wish] = (),
    withdrawn: Collection[str] = (),
) -> Judgement:
    """Return which typed stages count.

    Args:
        typed: what people did; ``old`` of a stage is the store's.
        book: as typed.
        rulebook: the roles of the people and the switches of the checks.
        as_of: the day.
        actor: login name of who typed.
        wishes: moves refused before that are still open.
        withdrawn: ids of the wishes that somebody gave up; one reason given up gives up its move.
    """
    moves = moves_of(typed.sets)
    alive = _alive(wishes, withdrawn, moves, book)
    if not moves and not alive:
        return Judgement(typed, closed=tuple(wish.id for wish in wishes))
    rules = transition_rules(book, rulebook, as_of)
    rests = rules.rest is not None
    court = Court(applied(book, Changes(_asked(alive))), rulebook, as_of, rules.rows, rests)
    if not rules.sound and not rests:
        standing = tuple(_as_it_stood(wish) for wish in alive)
        waiting = tuple(court.waiting(moves, actor))
        return Judgement(
            _accepted(typed, {}), (), standing, _closed(wishes, standing), off=True, waiting=waiting
        )
    made, refused = court.verdict(moves, actor)
    granted, standing = _heard(court, alive)
    accepted = _accepted(typed, made) + Changes(_asked(granted))
    return Judgement(accepted, refused, standing, _closed(wishes, standing), granted)


def _accepted(typed: Changes, made: Moves) -> Changes:
    """Return what was typed with the stages of the moves that are made, and no others."""
    sets = (_only(entry, made) if STAGES.get(entry.table) == entry.column else entry for entry in typed.sets)
    return replace(typed, sets=tuple(entry for entry in sets if entry.cells.height))


def _only(entry: SetColumn, made: Moves) -> SetColumn:
    allowed = made.get(entry.table, entry.cells.clear())
    return replace(entry, cells=entry.cells.join(allowed, on=UID, how="semi", maintain_order="left"))


# ---------------------------------------------------------------- wishes


def _alive(wishes: Sequence[Wish], withdrawn: Collection[str], moves: Moves, book: Book) -> tuple[Wish, ...]:
    """Return the wishes that nobody gave up and whose row stands as it did, no other stage being typed."""
    given_up = {(wish.table, wish.row_id) for wish in wishes if wish.id in withdrawn}
    stands: dict[tuple[str, str], str | None] = {}
    typed: set[tuple[str, str]] = set()
    for name in {wish.table for wish in wishes}:
        mine = pl.col(UID).is_in([wish.row_id for wish in wishes if wish.table == name])
        stages = book.rows(name).filter(mine).select(UID, STAGES[name])
        stands |= {(name, uid): stage for uid, stage in stages.iter_rows()}
        if name in moves:
            typed |= {(name, uid) for uid in moves[name].filter(mine)[UID]}
    return tuple(
        wish
        for wish in wishes
        if (row := (wish.table, wish.row_id)) not in given_up | typed and stands.get(row) == wish.from_
    )


def _asked(wishes: Sequence[Wish]) -> tuple[SetColumn, ...]:
    """Return the moves that are wished for, as cells to set."""
    ways: dict[str, dict[str, tuple[str | None, str | None]]] = {}
    for wish in wishes:
        ways.setdefault(wish.table, {})[wish.row_id] = (wish.from_, wish.wanted or None)
    return tuple(
        SetColumn(name, STAGES[name], _cells([(uid, *way) for uid, way in rows.items()]))
        for name, rows in ways.items()
    )


def _cells(rows: Sequence[tuple[str | None, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys((UID, "old", "new"), pl.String()), orient="row")


def _heard(court: Court, wishes: Sequence[Wish]) -> tuple[tuple[Wish, ...], tuple[Refusal, ...]]:
    """Return the wishes that are granted, one of each row, and why the others still wait.

    Each is judged by the roles of whoever wished.
    """
    granted: list[Wish] = []
    standing: list[Refusal] = []
    for actor in dict.fromkeys(wish.actor for wish in wishes):
        own = [wish for wish in wishes if wish.actor == actor]
        made, refused = court.verdict(moves_of(_asked(own)), actor)
        rows = {(name, uid) for name, cells in made.items() for uid in cells[UID]}
        by_row = {(wish.table, wish.row_id): wish for wish in own}
        granted += (wish for row, wish in by_row.items() if row in rows)
        standing += (continued(refusal, own) for refusal in refused)
    return tuple(granted), tuple(standing)


def _as_it_stood(wish: Wish) -> Refusal:
    return Refusal(
        wish.table,
        wish.row_id,
        wish.column,
        wish.from_ or "",
        wish.wanted,
        wish.code,
        wish.values,
        wish.actor,
        wish.id,
    )


def _closed(wishes: Sequence[Wish], standing: Sequence[Refusal]) -> tuple[str, ...]:
    kept = {refusal.wish for refusal in standing}
    return tuple(wish.id for wish in wishes if wish.id not in kept)
