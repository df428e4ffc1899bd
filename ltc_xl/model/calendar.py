"""Days: month arithmetic and the work calendar."""

import calendar as _calendar
from collections.abc import Collection
from datetime import date, timedelta

SATURDAY = 5


def add_months(day: date, months: int) -> date:
    """Return the same day some months later, clamped to the month's end.

    >>> add_months(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = _calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def month_end(day: date) -> date:
    """Return the last day of the month.

    >>> month_end(date(2024, 2, 3))
    datetime.date(2024, 2, 29)
    """
    return day.replace(day=_calendar.monthrange(day.year, day.month)[1])


def is_workday(day: date, holidays: Collection[date], make_up_days: Collection[date]) -> bool:
    """Return whether people work: Monday to Friday but for holidays, and the make-up days."""
    return day in make_up_days or (day.weekday() < SATURDAY and day not in holidays)


def next_workday(day: date, holidays: Collection[date], make_up_days: Collection[date]) -> date:
    """Return the day itself when it is a workday, else the next one."""
    while not is_workday(day, holidays, make_up_days):
        day += timedelta(days=1)
    return day
