"""Where a lead, deal or contract may go from its stage, and what stands in the way of the other moves."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from ltc_xl.messages import words_of
from ltc_xl.model.book import Book
from ltc_xl.model.enums import folded
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.actor import roles_of
from ltc_xl.rules.case import Case
from ltc_xl.rules.court import Court
from ltc_xl.rules.derived import derived
from ltc_xl.rules.guards import field_of
from ltc_xl.rules.moves import STAGES, Steps
from ltc_xl.rules.moves_sheet import Transition
from ltc_xl.rules.rule_version import rule_version
from ltc_xl.rules.rulesets import TRANSITIONS, transition_rules
from ltc_xl.ruling.telling import Teller, Told


def moves_told(  # noqa: PLR0913, PLR0917  which row of which book, by what rules, when, asked by whom, told how
    name: str, uid: str, book: Book, rulebook: Rulebook, as_of: date, actor: str, tell: Teller
) -> Told:
    """Return every move that 阶段流转 lists from the stage of a row, and whether it may be made now."""
    rules = transition_rules(book, rulebook)
    told: Told = {
        "rules": TRANSITIONS,
        "version": rule_version(TRANSITIONS, book, rulebook),
        "why_not": None,
    }
    if not rules.sound:
        return {**told, "why_not": "off", "cells": tell.off(rules)}
    stage = book.rows(name).row(by_predicate=pl.col(UID) == uid, named=True)[STAGES[name]]
    place = f"{name}.{STAGES[name]}"
    told |= {"stage": stage, "shown": None if stage is None else tell.word(stage, place), "actor": actor}
    if stage is None:
        return {**told, "why_not": "no_stage"}
    steps = Steps([row for row in rules.rows if row.table == name], rulebook, as_of)
    moves = [_Move(name, uid, stage, wanted, book, steps, actor, tell).told for wanted in steps.after(stage)]
    return {**told, "why_not": None if moves else "no_moves", "moves": moves}


@dataclass(frozen=True)
class _Move:
    """One move of one row, as if it were typed now."""

    name: str
    uid: str
    stage: str
    wanted: str
    book: Book
    steps: Steps
    actor: str
    tell: Teller

    @property
    def told(self) -> Told:
        """Return whether it is allowed, the rules that list it, and what stands in its way."""
        court = Court(self._moved, self.steps.rulebook, self.steps.as_of, self.steps.rows)
        cells = pl.DataFrame({UID: [self.uid], "old": [self.stage], "new": [self.wanted]})
        allowed, refused = court.verdict({self.name: cells}, self.actor)
        place = f"{self.name}.{STAGES[self.name]}"
        return {
            "to": self.wanted,
            "shown": self.tell.word(self.wanted, place),
            "allowed": bool(allowed[self.name].height),
            "steps": [self._step(step) for step in self.steps.between(self.stage, self.wanted)],
            "reasons": [
                {"code": one.code, "message": words_of(one.finding(), self.tell.lang).found}
                for one in refused
            ],
        }

    @cached_property
    def _moved(self) -> Book:
        """Return the book with this row alone in its table, in the stage that is wanted."""
        rows = self.book.rows(self.name).filter(pl.col(UID) == self.uid)
        return self.book.with_rows(self.name, rows.with_columns(pl.lit(self.wanted).alias(STAGES[self.name])))

    @cached_property
    def _row(self) -> dict[str, object]:
        full = derived(self._moved, self.steps.rulebook, self.steps.as_of)
        return Case(full, self.steps.rulebook, self.steps.as_of).rows(self.name).row(0, named=True)

    def _step(self, step: Transition) -> Told:
        """Return one rule that lists the move, with what it asks and what the row says."""
        roles = roles_of(self.steps.rulebook, self.actor, self.steps.as_of)
        return {
            "no": step.no,
            "cell": self.tell.cell(TRANSITIONS, step.row_id),
            "condition": step.condition.text if step.condition else None,
            "holds": step.condition.verdict(self._row, self.steps.as_of).holds if step.condition else True,
            "read": list(self._read(step.condition.codes if step.condition else ())),
            "needs": [{**one, "filled": one["value"] is not None} for one in self._read(step.needs)],
            "roles": list(step.roles),
            "has_role": not step.roles or bool({folded(role) for role in step.roles} & roles),
        }

    def _read(self, codes: tuple[str, ...]) -> Iterator[Told]:
        for code in codes:
            value = self._row[code]
            field = field_of(self.name, code, self.book)
            yield {
                "column": code,
                "label": self.tell.label(field.place),
                "value": value,
                "shown": self.tell.shown(value, field),
            }
