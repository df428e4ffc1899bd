"""Why a lead has its grade, or none: the rule of 线索评级 that counts now, and those it nearly met."""

from datetime import date

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.grading import grading, sources
from ltc_xl.rules.rule_version import rule_version
from ltc_xl.rules.rulesets import GRADING
from ltc_xl.ruling.telling import Teller, Told

_WRITTEN = ("grade", "score")


def grade_told(uid: str, book: Book, rulebook: Rulebook, as_of: date, tell: Teller) -> Told:
    """Return what 线索评级 says of one lead; ``why_not`` says why it says nothing."""
    alone = book.with_rows("leads", book.rows("leads").filter(pl.col(UID) == uid))
    found = grading(alone, rulebook, as_of)
    rules = found.rules
    told: Told = {
        "rules": GRADING,
        "version": rule_version(GRADING, book, rulebook),
        "hit": rules.table.hit,
        "why_not": None,
    }
    if not rules.sound:
        return {**told, "why_not": "off", "cells": tell.off(rules)}
    if not found.leads.height:
        return {**told, "why_not": "closed"}
    row = found.leads.row(0, named=True)
    if row["doubt"] == "score_off":
        return {**told, "why_not": "score_off", "cells": tell.off(found.points.rules)}
    if row["doubt"] == "unread":
        return {**told, "why_not": "unread", "cells": tell.unread("leads", uid, sources(found.asked))}
    why = rules.table.explain({**row, "score": row["new_score"]} if found.points.is_used else row, as_of)
    given = tell.given(rules, why.rule.outputs if why.rule else {})
    return {
        **told,
        "why_not": None if why.rule else "clash" if why.clash else "no_fit",
        **tell.explained(rules, why),
        "given": given if why.rule else [],
        "stands": {code: row[code] for code in _WRITTEN},
        "changes": why.rule is not None and any(row[code] != why.rule.outputs.get(code) for code in _WRITTEN),
    }
