"""The days of the month on which something happens."""

from dataclasses import dataclass
from datetime import date, timedelta

from ltc_xl.demo.telling import at_work, is_at_work

WEEKS = 4


@dataclass(frozen=True, slots=True)
class Days:
    """When what happens: the book is opened, a list from the fair, one save a week, the month is closed."""

    opening: date
    fair: date
    stages: date
    mistakes: date
    letters: date
    close: date


def days_of(as_of: date) -> Days:
    """Return the days of the four weeks that end on a day: workdays, each later than the one before.

    >>> found = days_of(date(2026, 11, 20))
    >>> found.fair.isoformat(), found.letters.isoformat()
    ('2026-10-26', '2026-11-13')
    """
    opening = as_of - timedelta(weeks=WEEKS)
    fair = at_work(opening + timedelta(days=1))
    stages = _after(fair, opening + timedelta(days=8))
    mistakes = _after(stages, opening + timedelta(days=15))
    letters = _after(mistakes, opening + timedelta(days=22))
    return Days(opening, fair, stages, mistakes, letters, as_of)


def _after(before: date, wanted: date) -> date:
    """Return the wanted day or the last workday before it, but a workday after another day."""
    while not is_at_work(wanted):
        wanted -= timedelta(days=1)
    return max(wanted, at_work(before + timedelta(days=1)))
