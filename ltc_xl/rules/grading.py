"""Grades of open leads: the first rule of 线索评级 that fits what a lead says, and how complete it is.

Where the firm gives points in 线索打分, they are the score of a lead, and rules of grades may ask for it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.money import RATE
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.rule_set import RuleSet
from ltc_xl.rules.rulesets import grading_rules
from ltc_xl.rules.scoring import Scoring, scoring, with_live
from ltc_xl.rules.waiting import open_leads

REACHABLE = ("mobile", "wechat", "email")
"""Ways to reach the contact; one of them is enough."""

TOLD = ("company", "contact", "need", "budget", "timeline", "city")
"""What a complete lead says, besides how to reach the contact."""

SOURCES = {"need_level": ("need", "timeline"), "completeness": (*TOLD, *REACHABLE)}
"""Inputs of the rules that no column of a lead holds, and the columns they come from."""

_ANSWERS = {"rule": pl.Int16, "queue": pl.String, "grade": pl.String, "score": pl.Int64}
_PARTS = len(TOLD) + 1
_SHARES = [(Decimal(filled) / _PARTS).quantize(Decimal("1e-8")) for filled in range(_PARTS + 1)]


@dataclass(frozen=True)
class Grading:
    """What the rules say of the open leads.

    Attributes:
        rules: the rule set; while it is not sound, ``leads`` is empty.
        leads: the open leads with ``need_level`` and ``completeness``, and what the rules answer: ``rule``
            (its place), ``new_grade``, ``new_score``, ``queue``. All but the score, where it is points, are
            null where ``doubt`` is filled: ``unread`` where a cell that counts cannot be read, ``no_fit``
            where no rule fits, ``score_off`` where nobody knows the score that the rules ask for.
        points: what 线索打分 gives the open leads.
    """

    rules: RuleSet
    leads: pl.DataFrame
    points: Scoring

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """Return the inputs that some rule asks for."""
        return asked_inputs(self.rules)


def asked_inputs(rules: RuleSet) -> tuple[str, ...]:
    """Return the inputs that some rule of a set asks for, in the order of the sheet."""
    return tuple(code for code in rules.table.inputs if any(code in rule.tests for rule in rules.table.rules))


def grading(book: Book, rulebook: Rulebook, as_of: date) -> Grading:
    """Return what the rules say of the open leads of a book on a day."""
    rules = grading_rules(book, rulebook, as_of)
    asked = asked_inputs(rules)
    leads = with_live(with_inputs(open_leads(book)), asked, as_of)
    points = scoring(book, rulebook, as_of, leads)
    unscored = unread_leads(book, sources(asked_inputs(points.rules))) if points.is_used else []
    scored = _scored(leads, points, unscored)
    if not rules.sound:
        return Grading(rules, _answered(leads.clear(), pl.DataFrame(schema=_ANSWERS)), points)
    by_score = points.is_used and "score" in asked
    answers = rules.table.decide(scored, as_of)
    if points.is_used:
        answers = answers.with_columns(scored["score"])
    unread = unread_leads(book, sources(asked)) + (unscored if by_score else [])
    doubt = (
        pl.when(pl.col(UID).is_in(unread))
        .then(pl.lit("unread"))
        .when(pl.lit(by_score and not points.rules.sound))
        .then(pl.lit("score_off"))
        .when(pl.col("rule").is_null())
        .then(pl.lit("no_fit"))
    )
    given = ("rule", "queue", "new_grade", *([] if points.is_used else ["new_score"]))
    told = pl.when(pl.col("doubt").is_null())
    return Grading(
        rules,
        _answered(leads, answers)
        .with_columns(doubt=doubt)
        .with_columns(told.then(pl.col(code)).alias(code) for code in given),
        points,
    )


def _scored(leads: pl.DataFrame, points: Scoring, unscored: Collection[str]) -> pl.DataFrame:
    """Return the leads with the points of today as their score; what cannot be told keeps what stands."""
    new = points.scores.filter(~pl.col(UID).is_in(list(unscored)))
    joined = leads.join(new, on=UID, how="left", maintain_order="left")
    return joined.with_columns(score=pl.coalesce("points", "score")).drop("points")


def _answered(leads: pl.DataFrame, answers: pl.DataFrame) -> pl.DataFrame:
    """Return the leads with what the rules answer beside what stands."""
    renamed = answers.select("rule", "queue", new_grade="grade", new_score="score")
    return leads.hstack(renamed.get_columns()).with_columns(doubt=pl.lit(None, pl.String))


def with_inputs(leads: pl.DataFrame) -> pl.DataFrame:
    """Return the leads with how clear the need is, and the filled share of what a complete lead says.

    A need is urgent when it is written down and wanted within three months.
    """
    need = _filled("need")
    level = (
        pl.when(need & (pl.col("timeline") == "M0_3"))
        .then(pl.lit("URGENT"))
        .when(need)
        .then(pl.lit("CLEAR"))
        .otherwise(pl.lit("VAGUE"))
    )
    parts = [*map(_filled, TOLD), pl.any_horizontal(*map(_filled, REACHABLE))]
    filled = pl.sum_horizontal(part.cast(pl.UInt32) for part in parts)
    share = filled.replace_strict(range(_PARTS + 1), pl.Series(_SHARES, dtype=RATE), return_dtype=RATE)
    return leads.with_columns(need_level=level, completeness=share)


def _filled(column: str) -> pl.Expr:
    """Return whether a cell says anything."""
    return pl.col(column).cast(pl.String).str.strip_chars().fill_null("") != ""


def unread_leads(book: Book, columns: Collection[str]) -> list[str]:
    """Return the leads of which a cell of some columns could not be read: it is null, and yet not blank."""
    return sorted(uid for name, uid, column in book.unread if name == "leads" and column in columns)


def sources(inputs: Iterable[str]) -> frozenset[str]:
    """Return the columns of a lead that some inputs of the rules come from."""
    return frozenset(source for code in inputs for source in SOURCES.get(code, (code,)))
