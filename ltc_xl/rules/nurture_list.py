"""培育清单: what leads on a track are due, what was marked as sent, and what came of each track."""

from datetime import date

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.tables import table
from ltc_xl.rules.nurture_tracks import Tracks

QUALIFIED = ("READY", "TAKEN", "CONVERTED")
"""Outcomes that are what nurturing is for."""

ENDED = ("EXPIRED", "DONE")
"""Outcomes after which a lead does not enter the same track again."""


def marked_as_sent(book: Book, as_of: date) -> pl.DataFrame:
    """Return the touches that marks on the list make; a day to come is a plan, and waits."""
    marked = book.rows("nurture").filter(pl.col("sent_on") <= as_of).drop_nulls(["lead", "content", "track"])
    done = book.rows("touches").select("lead", "track", "content")
    return (
        marked.select("lead", "track", "content", "company", on="sent_on")
        .unique(["lead", "track", "content"], keep="first", maintain_order=True)
        .join(done, on=["lead", "track", "content"], how="anti", maintain_order="left")
    )


def due_content(on_track: pl.DataFrame, tracks: Tracks, touched: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Return the content that leads on a track are due and have not been sent, oldest first."""
    each = on_track.join(tracks.sent, on="track", how="inner", maintain_order="left")
    due = each.with_columns(due_on=pl.col("entered_on") + pl.duration(days=pl.col("day")))
    waiting = due.filter(pl.col("due_on") <= as_of).join(
        touched, on=["row_id", "track", "content"], how="anti", maintain_order="left"
    )
    return waiting.with_columns(owner=pl.coalesce("owner", "maker")).sort(
        "due_on", "number", "day", "content", maintain_order=True
    )


def with_plans(due: pl.DataFrame, book: Book, as_of: date) -> pl.DataFrame:
    """Return the list with the days to come on which somebody means to send something."""
    plans = book.rows("nurture").filter(pl.col("sent_on") > as_of)
    marks = plans.select("track", "content", "sent_on", number="lead").unique(["number", "track", "content"])
    return due.join(marks, on=["number", "track", "content"], how="left", maintain_order="left")


def nurture_list(due: pl.DataFrame) -> pl.DataFrame:
    """Return what is due as 培育清单 shows it."""
    model = table("nurture")
    return due.select(
        pl.col("number" if column.code == "lead" else column.code).cast(column.dtype).alias(column.code)
        for column in model.columns
    )


def by_track(runs: pl.DataFrame, tracks: Tracks) -> pl.DataFrame:
    """Return per track what came of the leads that entered it, in the order of the sheet.

    Args:
        runs: 培育记录 as it stands now.
        tracks: those of today; tracks of the past follow.

    Returns:
        ``track``, ``entered``, ``active``, ``qualified``, ``ended`` (time up, or all sent), ``lost`` (all
        other ways out) and ``qualified_rate``: qualified over entered, those under way among the entered.
    """
    order = [track.name for track in tracks.tracks]
    names = pl.DataFrame(
        {"track": list(dict.fromkeys([*order, *runs["track"].drop_nulls()]))}, schema={"track": pl.String}
    )
    outcome = pl.col("outcome")
    counts = runs.group_by("track").agg(
        entered=pl.len(),
        active=pl.col("left_on").is_null().sum(),
        qualified=outcome.is_in(QUALIFIED).sum(),
        ended=outcome.is_in(ENDED).sum(),
    )
    numbers = ("entered", "active", "qualified", "ended")
    rate = (pl.col("qualified") / pl.col("entered")).round(4)
    return (
        names.join(counts, on="track", how="left", maintain_order="left")
        .with_columns(pl.col(numbers).fill_null(0).cast(pl.Int64))
        .with_columns(
            lost=pl.col("entered") - pl.col("active") - pl.col("qualified") - pl.col("ended"),
            qualified_rate=pl.when(pl.col("entered") > 0).then(rate),
        )
    )
