"""Work time: how many work minutes lie between two moments, by work hours, holidays and make-up days."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import polars as pl

from ltc_xl.model.calendar import is_workday
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rules.rulebook import default_settings

Spans = tuple[tuple[int, int], ...]
"""Parts of a day in which people work, as minutes since midnight."""

_SPAN = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-~–—－至到]\s*(\d{1,2})[:：](\d{2})")
_BETWEEN = re.compile(r"[\s,，;；、和]*")
_MOST_DAYS = 4000
"""No due moment is looked for beyond so many days: then there are no work hours at all."""


def spans_in(text: str) -> Spans | None:
    """Return the work hours a text means, in order; None where it means none.

    >>> spans_in("9:00-12:00，13:30～18:00".replace("～", "~"))
    ((540, 720), (810, 1080))
    >>> spans_in("nine to five") is None, spans_in("18:00-9:00") is None
    (True, True)
    """
    if _BETWEEN.fullmatch(_SPAN.sub("", text)) is None:
        return None
    numbers = [tuple(map(int, found)) for found in _SPAN.findall(text)]
    spans = tuple(sorted((h * 60 + m, to_h * 60 + to_m) for h, m, to_h, to_m in numbers))
    edges = [0, *(edge for span in spans for edge in span), 24 * 60]
    rises = all(first < last for first, last in spans) and edges == sorted(edges)
    return spans if spans and rises else None


@dataclass(frozen=True)
class WorkTime:
    """The hours in which a firm works: the usual ones, and the days that are different.

    Attributes:
        usual: the hours of a workday.
        holidays, make_up_days: exceptions from Monday to Friday.
        own: the hours of days that have their own.
    """

    usual: Spans
    holidays: frozenset[date] = frozenset()
    make_up_days: frozenset[date] = frozenset()
    own: Mapping[date, Spans] = field(default_factory=dict)

    def spans(self, day: date) -> Spans:
        """Return the hours in which people work on a day."""
        if not is_workday(day, self.holidays, self.make_up_days):
            return ()
        return self.own.get(day, self.usual)

    def minutes(self, rows: pl.DataFrame, begin: str, end: str) -> pl.Series:
        """Return the work minutes between two columns of moments; null where one of them is blank."""
        moments = pl.concat([rows[begin], rows[end]]).drop_nulls()
        if moments.is_empty():
            return pl.Series([None] * rows.height, dtype=pl.Int64)
        days = self._days(min(moments).date(), max(moments).date())
        begun, ended = (_worked(rows[column], days) for column in (begin, end))
        return ended - begun

    def due(self, begin: datetime, minutes: int) -> datetime | None:
        """Return the moment at which so many work minutes have passed since another; None if never.

        >>> from datetime import datetime
        >>> WorkTime(((540, 720), (780, 1080))).due(datetime(2026, 11, 20, 17), 120)
        datetime.datetime(2026, 11, 23, 10, 0)
        """
        left = minutes
        for day in (begin.date() + timedelta(place) for place in range(_MOST_DAYS)):
            midnight = datetime.combine(day, time())
            since = int((begin - midnight).total_seconds() // 60)
            for first, last in self.spans(day):
                from_ = max(first, since)
                if last - from_ >= left:
                    return midnight + timedelta(minutes=max(from_, first) + left)
                left -= max(last - from_, 0)
        return None

    def _days(self, first: date, last: date) -> pl.DataFrame:
        """Return ``day``, the minutes worked ``before`` it, and where its spans begin and end."""
        days = [first + timedelta(place) for place in range((last - first).days + 1)]
        spans = [self.spans(day) for day in days]
        most = max(map(len, spans), default=0)
        columns = {
            f"{edge}{place}": [_edge(one, place, side) for one in spans]
            for place in range(most)
            for side, edge in enumerate(("from", "to"))
        }
        worked = pl.Series([sum(to - from_ for from_, to in one) for one in spans], dtype=pl.Int64)
        before = worked.cum_sum() - worked
        return pl.DataFrame({"day": days, "before": before, **columns})


def _edge(spans: Spans, place: int, side: int) -> int:
    return spans[place][side] if place < len(spans) else 0


def _worked(moments: pl.Series, days: pl.DataFrame) -> pl.Series:
    """Return the minutes worked from the first of some days up to each moment."""
    at = pl.col("at")
    minute = at.dt.hour().cast(pl.Int64) * 60 + at.dt.minute()
    starts = [name for name in days.columns if name.startswith("from")]
    parts = [(minute.clip(pl.col(s), pl.col(s.replace("from", "to"))) - pl.col(s)) for s in starts]
    seen = moments.to_frame("at").with_columns(day=at.dt.date())
    joined = seen.join(days, on="day", how="left", maintain_order="left")
    return joined.select(worked=pl.sum_horizontal("before", *parts, ignore_nulls=False))["worked"]


def work_time(rulebook: Rulebook) -> WorkTime:
    """Return the work hours of 设置 and 工作日历; hours that cannot be read are the shipped ones (M-07)."""
    usual = spans_in(rulebook.settings.get("work_hours", "")) or spans_in(default_settings()["work_hours"])
    return WorkTime(usual or (), rulebook.holidays, rulebook.make_up_days, dict(_own(rulebook)))


def _own(rulebook: Rulebook) -> Iterator[tuple[date, Spans]]:
    rows: Sequence[tuple[date, str]] = (
        rulebook.rows("calendar").drop_nulls(["day", "hours"]).select("day", "hours").rows()
    )
    for day, text in rows:
        spans = spans_in(text)
        if spans:
            yield day, spans
