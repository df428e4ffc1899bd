"""Nurturing: which leads enter a track, which leave it and why, and what each of the others is due."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.change import SetColumn
from ltc_xl.model.finding import Finding
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.lead_steps import lead_steps
from ltc_xl.rules.nurture_list import due_content, marked_as_sent, with_plans
from ltc_xl.rules.nurture_tracks import Tracks, nurture_tracks
from ltc_xl.rules.nurture_ways import judged_leads, outcomes, terms_of, tracked, wanting
from ltc_xl.rules.refusals import Refusal
from ltc_xl.rules.rulebook import setting_number
from ltc_xl.rules.transfer import transfer_criteria

_BEFORE = ("NEW", "CLEAN", "QUALIFIED", "RETURNED")
"""States that nurturing turns into 培育, where 阶段流转 lets anybody take that step."""

_ON_TRACK = ("row_id", "number", "company", "owner", "track", "entered_on")
Steps = tuple[tuple[SetColumn, ...], tuple[Refusal, ...]]


@dataclass(frozen=True)
class Nurturing:
    """What becomes of the leads that are nurtured, or should be.

    Attributes:
        tracks: as the sheet has them.
        sent: what somebody has marked as sent: ``lead``, ``company``, ``track``, ``content``, ``on``.
        entered: the leads that enter a track now, each as ``row_id`` with ``track`` and ``why``; ``_uid`` is
            that of the new row of 培育记录.
        left: the rows of 培育记录 that end now, with their lead and the ``outcome``.
        stuck: those that would be ready, and whose state 阶段流转 does not let go on yet.
        due: what leads are due and have not been sent, as ``nurture_list`` shows it.
        homeless: leads that should be nurtured and find no track; ``is_through`` where they have been
            through one already.
        states: the states of leads that enter or leave.
        refused: why others keep theirs.
        problems: what is wrong with 移交标准.
    """

    tracks: Tracks
    sent: pl.DataFrame
    entered: pl.DataFrame
    left: pl.DataFrame
    stuck: pl.DataFrame
    due: pl.DataFrame
    homeless: pl.DataFrame
    states: tuple[SetColumn, ...]
    refused: tuple[Refusal, ...]
    problems: tuple[Finding, ...]


def nurturing(book: Book, rulebook: Rulebook, as_of: date) -> Nurturing:
    """Return what becomes of the leads of a book that are nurtured, on a day; scores are as they stand.

    While 移交标准 is wrong nobody can tell which leads are ready: none enters, none leaves.
    """
    tracks, criteria = nurture_tracks(book), transfer_criteria(book, rulebook, as_of)
    bar = int(setting_number(rulebook, "nurture_below"))
    terms = terms_of(tracks, bar)
    leads = judged_leads(book, rulebook, criteria, bar)
    named = _named(leads)
    sent = marked_as_sent(book, as_of).join(named, on="lead", how="left", maintain_order="left")
    past = book.rows("touches").select("lead", "track", "content").join(named, on="lead")
    touched = pl.concat([frame.select("row_id", "track", "content") for frame in (past, sent)])
    known = book.rows("nurturing").join(named, on="lead", how="left", maintain_order="left")
    running = known.filter(pl.col("left_on").is_null()).join(
        leads, on="row_id", how="left", maintain_order="left"
    )
    ends = outcomes(running, tracks, touched, terms, as_of)
    ends = ends.drop_nulls("outcome") if criteria.sound else ends.clear()
    ready = ends.filter(pl.col("outcome") == "READY", pl.col("state") == "NURTURE")
    qualified, kept = _stepped(ready, "QUALIFIED", book, rulebook, as_of)
    is_stuck = pl.col("row_id").is_in([one.row_id for one in kept])
    stuck, left = ends.filter(is_stuck), ends.filter(~is_stuck.fill_null(value=False))
    staying = running.join(left, on=UID, how="anti", maintain_order="left")
    asked = wanting(book, leads, pl.concat([frame.select("row_id") for frame in (staying, ready)]))
    ended = pl.concat([frame.select("row_id", "track", "outcome") for frame in (known, left)])
    entered, homeless = tracked(asked if criteria.sound else asked.clear(), ended, tracks, terms, as_of)
    begun, missed = _stepped(entered.filter(pl.col("state").is_in(_BEFORE)), "NURTURE", book, rulebook, as_of)
    on_track = pl.concat([frame.select(_ON_TRACK) for frame in (staying, entered)])
    due = with_plans(due_content(on_track, tracks, touched, as_of), book, as_of)
    return Nurturing(
        tracks=tracks,
        sent=sent,
        entered=entered,
        left=left,
        stuck=stuck,
        due=due,
        homeless=homeless,
        states=(*qualified, *begun),
        refused=(*kept, *missed),
        problems=criteria.problems,
    )


def _stepped(leads: pl.DataFrame, state: str, book: Book, rulebook: Rulebook, as_of: date) -> Steps:
    """Return the states of leads that may take a step, and why the others may not."""
    if leads.is_empty():
        return (), ()
    wanted = leads.select(pl.col("row_id").alias(UID), new=pl.lit(state))
    return lead_steps(book, rulebook, as_of, wanted, "")


def _named(leads: pl.DataFrame) -> pl.DataFrame:
    """Return what other tables call a lead -> ``row_id``: its number, or its identity while it had none."""
    by_number = leads.select("row_id", lead="number")
    by_identity = leads.select("row_id", lead="row_id")
    return pl.concat([by_number, by_identity]).unique("lead", keep="first", maintain_order=True)
