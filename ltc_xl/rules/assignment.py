"""Assignment: what the rules of 线索分配 make of the leads that wait for an owner, on a day."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import repeat
from typing import Any

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.enums import folded, words
from ltc_xl.model.finding import Finding
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.decisions import Rule
from ltc_xl.rules.grading import Grading, asked_inputs, grading, sources, unread_leads
from ltc_xl.rules.lead_desk import Desk, Given, Kept, Lead, Limits, Method, Route
from ltc_xl.rules.members import crew_of
from ltc_xl.rules.moves import Steps, judged_moves
from ltc_xl.rules.rule_set import RuleSet
from ltc_xl.rules.rulebook import setting_number
from ltc_xl.rules.rulesets import assignment_rules, transition_rules
from ltc_xl.rules.transfer import Criteria, leads_as_asked, transfer_criteria
from ltc_xl.rules.waiting import waiting_leads
from ltc_xl.rules.workload import workloads

CHANGED = ("owner", "assigned_at", "state", "customer", "assign_why")
"""The columns of a lead that an assignment fills."""


@dataclass(frozen=True)
class Assignment:
    """What becomes of the leads that wait, in the order in which they were served.

    Attributes:
        waiting: the leads as they stand.
        given: those that found an owner.
        kept: those that did not.
        is_one_team: whether nobody has a team, so that everybody came into question.
        problems: what is wrong with the rule sheets that were asked.
    """

    waiting: pl.DataFrame
    given: tuple[Given, ...]
    kept: tuple[Kept, ...]
    is_one_team: bool
    problems: tuple[Finding, ...]


def assignment(book: Book, rulebook: Rulebook, as_of: date) -> Assignment:
    """Return who gets which of the leads that wait, and why the others find nobody."""
    graded, rules = grading(book, rulebook, as_of), assignment_rules(book, rulebook, as_of)
    criteria = transfer_criteria(book, rulebook, as_of)
    waiting = waiting_leads(book)
    loads = workloads(book.rows("leads"), as_of)
    desk = Desk(crew_of(rulebook.rows("members")), loads, as_of, _limits(rulebook, as_of))
    routes = list(map(_route, rules.table.rules)) if rules.sound else None
    asked = _Asked(book, rulebook, as_of, graded, rules, criteria)
    answers = [desk.give(lead, routes) for lead in _leads(asked, waiting)]
    return Assignment(
        waiting,
        tuple(answer for answer in answers if isinstance(answer, Given)),
        tuple(answer for answer in answers if isinstance(answer, Kept)),
        desk.crew.is_one_team,
        (*graded.rules.problems, *rules.problems, *criteria.problems),
    )


def _limits(rulebook: Rulebook, as_of: date) -> Limits:
    """Return the limits of 公海规则; of several rows the lowest counts."""
    least = rulebook.rows("pools").select(pl.col("day_limit", "stock_limit").min())
    return Limits(as_of, *least.row(0))


def _route(rule: Rule) -> Route:
    given: Mapping[str, Any] = rule.outputs
    method: Method = "IN_TURN" if given.get("method") == "IN_TURN" else "LEAST_OPEN"
    return Route(rule.no, given["team"], method, given.get("cap"), given.get("fallback"))


@dataclass(frozen=True)
class _Asked:
    """The rules that are asked, and of what book on what day."""

    book: Book
    rulebook: Rulebook
    as_of: date
    graded: Grading
    rules: RuleSet
    criteria: Criteria

    def bars(self, unready: Collection[str]) -> pl.Expr:
        """Return why a lead may not be handed over at all: criteria it does not meet, too many returns."""
        unread = unread_leads(self.book, sources(self.criteria.asked)) if self.criteria.rows else []
        most = int(setting_number(self.rulebook, "max_returns"))
        return (
            pl.when(pl.lit(not self.criteria.sound))
            .then(pl.lit("criteria_off"))
            .when(pl.col(UID).is_in(unread))
            .then(pl.lit("criteria_unread"))
            .when(pl.col(UID).is_in(list(unready)))
            .then(pl.lit("not_ready"))
            .when((pl.col("return_count") >= most).fill_null(value=False))
            .then(pl.lit("returned_often"))
        )

    def unmet(self, waiting: pl.DataFrame) -> Mapping[str, tuple[str, ...]]:
        """Return ``_uid`` -> the names of the transfer criteria a waiting lead does not meet."""
        if not self.criteria.rows:
            return {}
        asked = leads_as_asked(self.book, self.graded).join(waiting, on=UID, how="semi")
        missed = self.criteria.unmet(asked)
        return {uid: tuple(one.name for one in criteria) for uid, criteria in missed.items()}


def _leads(by: _Asked, waiting: pl.DataFrame) -> Iterator[Lead]:
    """Yield the leads as the rules see them; a lead without a region is looked for by its city."""
    book, graded, rules, as_of = by.book, by.graded, by.rules, by.as_of
    unmet = by.unmet(waiting)
    asked = [code for code in asked_inputs(rules) if code != "queue"]
    queues = graded.leads.select(UID, "queue", "doubt")
    barred = waiting.with_columns(bar=by.bars(unmet))
    seen = barred.join(queues, on=UID, how="left", maintain_order="left").with_columns(
        region=pl.coalesce("region", "city"),
        doubt=pl.when(pl.col(UID).is_in(unread_leads(book, {"owner"})))
        .then(pl.lit("owner_unread"))
        .when(pl.col("grade").is_null())
        .then(pl.lit("no_grade"))
        .when(pl.col("bar").is_not_null())
        .then("bar")
        .when(pl.col(UID).is_in(unread_leads(book, {*asked, *(["city"] if "region" in asked else [])})))
        .then(pl.lit("unread"))
        .otherwise("doubt" if graded.rules.sound else pl.lit("grading_off")),
    )
    routes = rules.table.decide(seen, as_of)["rule"] if rules.sound else pl.Series([None] * seen.height)
    facts = seen.select(asked).iter_rows(named=True) if asked else repeat({})
    columns = (UID, "queue", "doubt", "route", "known_customer", "customer_owner")
    former = zip(*(seen[column].to_list() for column in ("returned_from", "cooldown_to")), strict=True)
    rows = seen.with_columns(route=routes).select(columns).iter_rows()
    for told, fact, (name, day) in zip(rows, facts, former, strict=False):
        barred_by = folded(name) if name and day and day >= as_of else None
        yield Lead._make((*told, fact, unmet.get(told[0], ()), barred_by, day))


def handed_over(found: Assignment, book: Book, rulebook: Rulebook, now: datetime) -> pl.DataFrame:
    """Return the leads that found an owner as they stand from a moment on; ``assign_why`` is not filled.

    Their state becomes ``ASSIGNED`` where 阶段流转 lets anybody take that step.
    """
    columns = [
        (one.lead.row_id, one.chosen.member.name, one.lead.customer, one.route is None) for one in found.given
    ]
    schema = {UID: pl.String, "owner": pl.String, "found": pl.String, "is_customer": pl.Boolean}
    given = pl.DataFrame(columns, schema=schema, orient="row")
    owned = (
        found.waiting.drop("owner")
        .join(given, on=UID, maintain_order="left")
        .with_columns(
            assigned_at=pl.lit(now, pl.Datetime("us")),
            customer=pl.when("is_customer").then(pl.coalesce("found", "customer")).otherwise("customer"),
        )
    )
    state = pl.when(pl.col(UID).is_in(_movable(owned, book, rulebook, now.date()))).then(pl.lit("ASSIGNED"))
    return owned.with_columns(state=state.otherwise("state"))


def _movable(owned: pl.DataFrame, book: Book, rulebook: Rulebook, as_of: date) -> list[str]:
    """Return the leads that a listed step calls assigned; one that asks for a role is a person's."""
    rules = transition_rules(book, rulebook, as_of)
    if rules.rest:
        return owned[UID].to_list()
    if not rules.sound:
        return []
    steps = Steps([row for row in rules.rows if row.table == "leads"], rulebook, as_of)
    before = [word.code for word in words("lead_state") if steps.between(word.code, "ASSIGNED")]
    moves = owned.filter(pl.col("state").is_in(before)).with_columns(from_="state", wanted=pl.lit("ASSIGNED"))
    allowed, _ = judged_moves(moves, steps, frozenset())
    return allowed[UID].to_list()
