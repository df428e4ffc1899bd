"""Why a lead goes to whom it goes, or to nobody: the rule, who came into question, what decides."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.assignment import assignment
from ltc_xl.rules.lead_desk import Given, Kept, Lead, Route, Standing
from ltc_xl.rules.rule_version import rule_version
from ltc_xl.rules.rulesets import ASSIGNMENT, assignment_rules
from ltc_xl.rules.waiting import open_leads
from ltc_xl.ruling.telling import Teller, Told

LEAST_OPEN = ("in_hand", "share_of_limit", "last_given", "given_that_day", "name")
IN_TURN = ("last_given", "given_that_day", "name")
"""What decides between those who are free, one after the other."""


def owner_told(uid: str, book: Book, rulebook: Rulebook, as_of: date, tell: Teller) -> Told:
    """Return who would get a lead now, if nobody had it; ``why_not`` says why nobody would.

    The leads that wait before it are served first, as ``leads assign`` does.
    """
    rules = assignment_rules(book, rulebook, as_of)
    told: Told = {
        "rules": ASSIGNMENT,
        "version": rule_version(ASSIGNMENT, book, rulebook),
        "hit": rules.table.hit,
        "why_not": None,
    }
    if not rules.sound:
        return {**told, "why_not": "rules_off", "cells": tell.off(rules)}
    mine = pl.col(UID) == uid
    leads = book.rows("leads")
    if not open_leads(book.with_rows("leads", leads.filter(mine))).height:
        return {**told, "why_not": "closed"}
    stands = leads.row(by_predicate=mine, named=True)["owner"]
    freed = leads.with_columns(owner=pl.when(mine).then(None).otherwise("owner"))
    found = assignment(book.with_rows("leads", freed), rulebook, as_of)
    answers: tuple[Given | Kept, ...] = (*found.given, *found.kept)
    answer = next(one for one in answers if one.lead.row_id == uid)
    return {
        **told,
        "stands": stands,
        "queue": answer.lead.queue,
        "unmet": list(answer.lead.unmet),
        **_by_rules(answer.lead, as_of, tell, book, rulebook),
        **(_given(answer) if isinstance(answer, Given) else _kept(answer)),
        **_routed(answer.route, is_one_team=found.is_one_team),
        "customer": answer.lead.customer,
        "customer_owner_out": answer.refusal.owner if answer.refusal else None,
    }


def _by_rules(lead: Lead, as_of: date, tell: Teller, book: Book, rulebook: Rulebook) -> Told:
    """Return which rule of the sheet the lead meets; none is asked of a lead that is in doubt."""
    if lead.doubt:
        return {"rule": None, "passed": [], "clash": [], "missed": []}
    rules = assignment_rules(book, rulebook, as_of)
    return tell.explained(rules, rules.table.explain({**lead.asked, "queue": lead.queue}, as_of))


def _routed(route: Route | None, *, is_one_team: bool) -> Told:
    if route is None:
        return {"group": None, "method": None, "cap": None, "fallback": None, "everybody": False}
    return {
        "group": route.group,
        "method": route.method,
        "cap": route.cap,
        "fallback": route.fallback,
        "everybody": is_one_team,
    }


def _given(given: Given) -> Told:
    route, limited = given.route, given.tried is None
    cap = route.cap if route else None
    return {
        "owner": given.chosen.member.name,
        "by_fallback": not limited,
        "decided_by": _decided(given),
        "candidates": [_candidate(one, cap, limited=limited) for one in given.standings],
        "tried": [_candidate(one, cap) for one in given.tried or ()],
    }


def _kept(kept: Kept) -> Told:
    cap = kept.route.cap if kept.route else None
    return {
        "why_not": kept.why,
        "owner": None,
        "by_fallback": False,
        "decided_by": None,
        "candidates": [_candidate(one, cap, limited=False) for one in kept.spare],
        "tried": [_candidate(one, cap) for one in kept.tried],
    }


def _candidate(one: Standing, cap: int | None, *, limited: bool = True) -> Told:
    """Return how somebody stood before the lead was given; ``out`` says why they were not free."""
    return {
        "name": one.member.name,
        "in_hand": one.load.in_hand,
        "month": one.load.month,
        "capacity": one.member.capacity,
        "week": one.load.week,
        "cap": cap,
        "last_on": one.load.last_on,
        "out": one.out(cap, limited=limited),
    }


def _decided(given: Given) -> str:
    """Return what told the owner from the next best of those who were free."""
    if given.route is None:
        return "customer"
    cap, limited = given.route.cap, given.tried is None
    others = [
        one for one in given.standings if one is not given.chosen and one.out(cap, limited=limited) is None
    ]
    if not others:
        return "only"
    if given.route.method == "IN_TURN":
        return _first_difference(given.chosen.in_turn, min(one.in_turn for one in others), IN_TURN)
    return _first_difference(given.chosen.least_open, min(one.least_open for one in others), LEAST_OPEN)


def _first_difference(one: Sequence[object], other: Sequence[object], names: Sequence[str]) -> str:
    return next(name for name, a, b in zip(names, one, other, strict=True) if a != b)
