"""培育路径: which leads get which content on which day, who makes it, and when they leave."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.rules.members import listed

HELD = ("REVISE", "STOP")
"""Verdicts on content that is not sent."""


@dataclass(frozen=True)
class Track:
    """One track.

    Attributes:
        name: as people call it.
        tags: the tags of its leads, folded; without any it takes the leads that no other track takes.
        exit_score: the score at which a lead leaves; None where the sheet does not say.
        exit_days: after so many days a lead leaves; None for not before all content is sent.
    """

    name: str
    tags: frozenset[str]
    exit_score: int | None
    exit_days: int | None


@dataclass(frozen=True)
class Tracks:
    """The tracks of a firm, in the order of the sheet.

    Attributes:
        tracks: each once, however many rows it has.
        contents: ``track``, ``day``, ``content``, ``kind``, ``maker``, ``verdict``: one row per content.
    """

    tracks: tuple[Track, ...]
    contents: pl.DataFrame

    @cached_property
    def sent(self) -> pl.DataFrame:
        """Return the contents that are fit to be sent."""
        return self.contents.filter(~pl.col("verdict").is_in(HELD).fill_null(value=False))

    def of(self, tags: str | None, barred: Iterable[str] = ()) -> Track | None:
        """Return the track that leads with some tags take: by tag, else the first that asks for none.

        Args:
            tags: as the lead's cell has them.
            barred: tracks the lead has been through.
        """
        mine, left = set(listed(tags)), set(barred)
        open_ = [track for track in self.tracks if track.name not in left]
        tagged = (track for track in open_ if not track.tags.isdisjoint(mine))
        return next(tagged, None) or next((track for track in open_ if not track.tags), None)


def nurture_tracks(book: Book) -> Tracks:
    """Return the tracks of a book; rows without track, day or content say nothing (K-01)."""
    rows = book.rows("nurture_tracks").drop_nulls(["track", "day", "content"])
    contents = rows.select("track", "day", "content", "kind", "verdict", maker="owner").unique(
        ["track", "content"], keep="first", maintain_order=True
    )
    names = rows["track"].unique(maintain_order=True)
    return Tracks(tuple(_track(name, rows.filter(pl.col("track") == name)) for name in names), contents)


def _track(name: str, rows: pl.DataFrame) -> Track:
    """Return one track; of what its rows say about leaving it the first word counts."""
    tags = frozenset(tag for cell in rows["tag"] for tag in listed(cell))
    return Track(name, tags, _first(rows["exit_score"]), _first(rows["exit_days"]))


def _first(cells: pl.Series) -> int | None:
    said: Sequence[int] = cells.drop_nulls().to_list()
    return said[0] if said else None
