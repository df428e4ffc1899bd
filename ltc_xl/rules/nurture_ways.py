"""Ways into nurturing and out of it: which leads should be on a track, and what ends that."""

from datetime import date

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.enums import codes_of_kind
from ltc_xl.model.ids import mint_uids
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.grading import grading, unread_leads
from ltc_xl.rules.nurture_list import ENDED
from ltc_xl.rules.nurture_tracks import Track, Tracks
from ltc_xl.rules.transfer import Criteria, leads_as_asked
from ltc_xl.rules.waiting import open_leads

ENTERING = ("NEW", "CLEAN", "NURTURE", "QUALIFIED", "ASSIGNED", "RETURNED")
"""States in which a lead may begin to be nurtured: nobody is talking to it yet."""

_READ = ("state", "tags", "owner", "score")


def judged_leads(book: Book, rulebook: Rulebook, criteria: Criteria, bar: int) -> pl.DataFrame:
    """Return every lead as nurturing sees it.

    Returns:
        ``row_id``, ``number``, ``company``, ``owner``, ``state``, ``tags``, ``score``, ``is_low``,
        ``is_unmet``, ``is_ready`` (score and criteria are as they must be, and one of them is asked for)
        and ``has_deal``.
    """
    unmet: list[str] = []
    if criteria.rows:
        asked = leads_as_asked(book, grading(book, rulebook, criteria.as_of))
        unmet = list(criteria.unmet(asked))
    deals = book.rows("opportunities")["lead"].drop_nulls().implode()
    low = (pl.col("score") < bar).fill_null(value=False)
    missed = pl.col(UID).is_in(unmet)
    tells = pl.col("score").is_not_null() | pl.lit(bool(criteria.rows))
    return book.rows("leads").select(
        pl.col(UID).alias("row_id"),
        pl.coalesce("lead_id", UID).alias("number"),
        "company",
        "owner",
        "state",
        "tags",
        "score",
        is_low=low,
        is_unmet=missed,
        is_ready=~missed & tells,
        has_deal=pl.col("lead_id").is_in(deals).fill_null(value=False),
    )


def outcomes(
    running: pl.DataFrame, tracks: Tracks, touched: pl.DataFrame, terms: pl.DataFrame, as_of: date
) -> pl.DataFrame:
    """Return the leads on a track with the ``outcome`` that ends it today; null for those that go on."""
    left_over = tracks.sent.join(running.select("row_id", "track"), on="track").join(
        touched, on=["row_id", "track", "content"], how="anti"
    )
    open_ = left_over.select("row_id", "track", goes_on=True).unique()
    seen = running.join(terms, on="track", how="left", maintain_order="left").join(
        open_, on=["row_id", "track"], how="left", maintain_order="left"
    )
    ready = pl.col("is_ready") & (pl.col("score") >= pl.col("exit_score")).fill_null(value=True)
    expired = pl.col("entered_on") + pl.duration(days=pl.col("exit_days")) <= as_of
    outcome = (
        pl.when(pl.col("state").is_null() | (pl.col("state") == "DUPLICATE"))
        .then(pl.lit("GONE"))
        .when((pl.col("state") == "CONVERTED") | pl.col("has_deal"))
        .then(pl.lit("CONVERTED"))
        .when(~pl.col("state").is_in(codes_of_kind("lead_state", "open")))
        .then(pl.lit("INVALID"))
        .when(pl.col("state") == "FOLLOWING")
        .then(pl.lit("TAKEN"))
        .when(pl.col("exit_score").is_null())
        .then(pl.lit("STOPPED"))
        .when(pl.when(pl.col("why") == "HAND").then(pl.col("state") == "QUALIFIED").otherwise(ready))
        .then(pl.lit("READY"))
        .when(expired)
        .then(pl.lit("EXPIRED"))
        .when(pl.col("exit_days").is_null() & pl.col("goes_on").is_null())
        .then(pl.lit("DONE"))
    )
    columns = [*running.columns, "new_outcome"]
    found = seen.with_columns(new_outcome=outcome).select(columns)
    return found.drop("outcome").rename({"new_outcome": "outcome"})


def terms_of(tracks: Tracks, bar: int) -> pl.DataFrame:
    """Return ``track``, and at which score and after how many days its leads leave it."""
    rows = [
        (one.name, bar if one.exit_score is None else one.exit_score, one.exit_days) for one in tracks.tracks
    ]
    schema = {"track": pl.String, "exit_score": pl.Int64, "exit_days": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def wanting(book: Book, leads: pl.DataFrame, staying: pl.DataFrame) -> pl.DataFrame:
    """Return the leads that should be nurtured and are on no track, with ``why``.

    Whoever has an owner is nurtured for a low score alone, or because somebody has said so.
    """
    why = (
        pl.when(pl.col("is_unmet") & pl.col("owner").is_null())
        .then(pl.lit("CRITERIA"))
        .when(pl.col("is_low"))
        .then(pl.lit("SCORE"))
        .when(pl.col("state") == "NURTURE")
        .then(pl.lit("HAND"))
    )
    unread = unread_leads(book, _READ)
    open_ = open_leads(book).select(row_id=UID)
    return (
        leads.join(open_, on="row_id", how="semi", maintain_order="left")
        .filter(pl.col("state").is_in(ENTERING), ~pl.col("row_id").is_in(unread))
        .join(staying, on="row_id", how="anti", maintain_order="left")
        .with_columns(why=why)
        .drop_nulls("why")
    )


def tracked(
    wanting: pl.DataFrame, ended: pl.DataFrame, tracks: Tracks, terms: pl.DataFrame, as_of: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the leads that enter a track now, and those for which there is none any more."""
    through: dict[str, list[str]] = {}
    for row_id, track in ended.filter(pl.col("outcome").is_in(ENDED)).select("row_id", "track").iter_rows():
        through.setdefault(row_id, []).append(track)
    found = [
        _name(tracks.of(tags, through.get(row_id, ())))
        for row_id, tags in wanting.select("row_id", "tags").iter_rows()
    ]
    placed = wanting.with_columns(
        pl.Series("track", found, dtype=pl.String),
        entered_on=pl.lit(as_of),
        is_through=pl.col("row_id").is_in(list(through)),
    ).join(terms, on="track", how="left", maintain_order="left")
    at_goal = (pl.col("why") == "SCORE") & (pl.col("score") >= pl.col("exit_score"))
    entered = placed.drop_nulls("track").filter(~at_goal.fill_null(value=False))
    uids = pl.Series(UID, mint_uids(entered.height), dtype=pl.String)
    return entered.with_columns(uids), placed.filter(pl.col("track").is_null())


def _name(track: Track | None) -> str | None:
    return track.name if track else None
