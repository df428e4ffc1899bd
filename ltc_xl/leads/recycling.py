"""The service: leads nobody works on go back to the pool, each with the rule and what it counted."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from ltc_xl.leads.one_lead import lead_data
from ltc_xl.leads.phrases import Phrases
from ltc_xl.leads.unmet import Unmet
from ltc_xl.messages import say
from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, SetColumn, applied
from ltc_xl.model.enums import Lang
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.checks.leads import WITH_SALES
from ltc_xl.rules.giving_back import given_back
from ltc_xl.rules.lead_steps import lead_steps
from ltc_xl.rules.recycling import idle_leads
from ltc_xl.rules.refusals import Refusal


def recycle(book: Book, rulebook: Rulebook, as_of: date, *, lang: Lang | None = None) -> Outcome:
    """Return the leads that go back to the pool, and those that should and may not.

    Args:
        book: as read.
        rulebook: 公海规则 and 阶段流转.
        as_of: the day: idle days and work hours end with the night before it.
        lang: language of the answer; what is written into the book is in the book's own.
    """
    found = idle_leads(book, rulebook, as_of)
    leads = found.with_columns(
        pl.Series("told", _reasons(found, book.lang, "recycled"), dtype=pl.String),
        pl.Series("pooled", _reasons(found, book.lang, "pooled"), dtype=pl.String),
    ).with_columns(reason=pl.coalesce("reason", "pooled"))
    moved = leads.filter(pl.col("state").is_in(WITH_SALES))
    refused = _refused(moved, book, rulebook, as_of)
    back = leads.filter(~pl.col(UID).is_in(list({one.row_id for one in refused}))).with_columns(
        state=pl.when(pl.col("state").is_in(WITH_SALES)).then(pl.lit("RETURNED")).otherwise("state")
    )
    asked = lang or book.lang
    told = dict(zip(found[UID], _reasons(found, asked, "recycled"), strict=True))
    words = Unmet(book, Phrases(asked, as_of))
    by_row: dict[str, list[Refusal]] = {}
    for one in refused:
        by_row.setdefault(one.row_id, []).append(one)
    return Outcome(
        changes=given_back(book, back.select(UID, "state", "reason", "cooldown_to", "told"), as_of)
        if back.height
        else Changes(),
        data={
            "recycled": [_entry(row, told[row[UID]]) for row in back.iter_rows(named=True)],
            "kept": [
                {
                    **_entry(row, told[row[UID]]),
                    "unmet": words.steps(by_row[row[UID]]),
                }
                for row in leads.join(back, on=UID, how="anti", maintain_order="left").iter_rows(named=True)
            ],
        },
    )


def _refused(moved: pl.DataFrame, book: Book, rulebook: Rulebook, as_of: date) -> tuple[Refusal, ...]:
    """Return why leads may not be set to returned; a step that takes a role is a person's."""
    if moved.is_empty():
        return ()
    reasons = book.rows("leads").select(UID, old="reason").join(moved.select(UID, new="reason"), on=UID)
    reasoned = applied(book, Changes((SetColumn("leads", "reason", reasons),)))
    wanted = moved.select(UID, new=pl.lit("RETURNED"))
    return lead_steps(reasoned, rulebook, as_of, wanted, "")[1]


def _reasons(found: pl.DataFrame, lang: Lang, part: str) -> Sequence[str]:
    """Return why each lead goes back: ``recycled`` with what was counted, ``pooled`` the same for a rule."""
    columns = ("why", "rule", "count", "limit", "owner")
    return [
        say(f"handover.{part}.{row['why']}", lang, **{name: row[name] for name in columns})
        for row in found.select(columns).iter_rows(named=True)
    ]


def _entry(row: dict[str, object], reason: str) -> dict[str, object]:
    day = row["cooldown_to"]
    return {
        **lead_data(row),
        "owner": row["owner"],
        "why": row["why"],
        "rule": row["rule"],
        "reason": reason,
        "cooldown_to": day.isoformat() if isinstance(day, date) else None,
    }
