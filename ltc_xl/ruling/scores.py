"""Why a lead has its score: the rules of 线索打分 that give points, and what caps and time leave of them."""

from collections.abc import Iterator
from datetime import date

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.freshness import with_touches
from ltc_xl.rules.grading import asked_inputs, grading, sources, unread_leads, with_inputs
from ltc_xl.rules.rule_version import rule_version
from ltc_xl.rules.scoring import SCORING, Scoring, with_live
from ltc_xl.rules.waiting import open_leads
from ltc_xl.ruling.telling import Teller, Told


def score_told(uid: str, book: Book, rulebook: Rulebook, as_of: date, tell: Teller) -> Iterator[Told]:
    """Yield what 线索打分 gives one lead; nothing where the firm gives no points."""
    alone = book.with_rows("leads", book.rows("leads").filter(pl.col(UID) == uid))
    found = grading(alone, rulebook, as_of)
    points, rules = found.points, found.points.rules
    if not points.is_used:
        return
    told: Told = {
        "rules": SCORING,
        "version": rule_version(SCORING, book, rulebook),
        "hit": rules.table.hit,
        "why_not": None,
    }
    stands = alone.rows("leads")["score"].to_list()
    if not rules.sound:
        yield {**told, "why_not": "off", "cells": tell.off(rules)}
    elif not points.scores.height:
        yield {**told, "why_not": "closed"}
    elif unread_leads(alone, sources(asked_inputs(rules))):
        cells = tell.unread("leads", uid, sources(asked_inputs(rules)))
        yield {**told, "why_not": "unread", "cells": cells}
    else:
        leads = with_live(with_inputs(open_leads(alone)), asked_inputs(rules), as_of)
        seen = with_touches(leads, book, as_of)
        why = rules.table.explain(seen.row(0, named=True), as_of)
        score = points.scores["points"][0]
        yield {
            **told,
            "score": score,
            "stands": {"score": stands[0]},
            "changes": score != stands[0],
            "groups": _groups(points),
            "hits": tell.hits(rules, why),
            "missed": tell.explained(rules, why)["missed"],
        }


def _groups(points: Scoring) -> list[Told]:
    """Return what each group of rules gives, and what its cap and the days since the last contact leave."""
    rules = points.rules.table.rules
    return [
        {
            "group": rules[row["group"]].outputs.get("group"),
            "rules": [rules[rule].no for rule in points.fired.filter(group=row["group"])["rule"]],
            "points": row["points"],
            "cap": row["cap"],
            "half_life": row["half_life"],
            "days": row["stale_days"],
            "rate": round(float(row["rate"]), 4),
            "counted": round(float(row["counted"]), 4),
        }
        for row in points.groups.iter_rows(named=True)
    ]
