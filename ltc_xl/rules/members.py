"""The people who take leads: the teams and roles they belong to, and why one cannot take any on a day."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

import polars as pl

from ltc_xl.model.enums import folded
from ltc_xl.rules.actor import named_apart

Absence = Literal["left", "leave", "cooldown"]


@dataclass(frozen=True, slots=True)
class Away:
    """Why somebody takes no lead on a day; ``day``: when they left, else the end of leave or cooldown."""

    why: Absence
    day: date | None


@dataclass(frozen=True)
class Member:
    """A person of the sheet 人员, as assignment needs them."""

    name: str
    teams: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    capacity: int | None = None
    leave_from: date | None = None
    leave_to: date | None = None
    left_on: date | None = None

    @cached_property
    def key(self) -> str:
        """Return the name as names are compared."""
        return folded(self.name)

    def away(self, as_of: date) -> Away | None:
        """Return why the person takes no lead on a day; a leave without an end goes on.

        >>> Member("王磊", leave_to=date(2026, 11, 30)).away(date(2026, 11, 30))
        Away(why='leave', day=datetime.date(2026, 11, 30))
        >>> Member("王磊", left_on=date(2026, 11, 30)).away(date(2026, 11, 29)) is None
        True
        """
        if self.left_on and self.left_on <= as_of:
            return Away("left", self.left_on)
        begun = self.leave_from is None or self.leave_from <= as_of
        lasts = self.leave_to is None or as_of <= self.leave_to
        named = self.leave_from or self.leave_to
        return Away("leave", self.leave_to) if named and begun and lasts else None


def listed(text: str | None) -> tuple[str, ...]:
    """Return the names that one cell lists, folded.

    >>> listed("大客户组；直销组, East ")
    ('大客户组', '直销组', 'east')
    """
    return tuple(dict.fromkeys(folded(name) for name in named_apart(text)))


@dataclass(frozen=True)
class Crew:
    """Everybody of the sheet, in the order of their names: found by team, role or name, however spelled."""

    members: tuple[Member, ...]

    @cached_property
    def is_one_team(self) -> bool:
        """Return whether nobody has a team: then everybody is of every team."""
        return bool(self.members) and not any(member.teams for member in self.members)

    def group(self, text: str | None) -> tuple[Member, ...]:
        """Return the people of the teams that a cell lists."""
        teams = set(listed(text))
        return tuple(one for one in self.members if self.is_one_team or not teams.isdisjoint(one.teams))

    def known_as(self, text: str | None) -> tuple[Member, ...]:
        """Return whom a cell means that lists people, teams and roles."""
        wanted = set(listed(text))
        return tuple(
            member
            for member in self.members
            if member.key in wanted or not wanted.isdisjoint(member.teams + member.roles)
        )


def crew_of(rows: pl.DataFrame) -> Crew:
    """Return the people of the sheet 人员; of two rows with one name the first by content counts (K-02)."""
    columns = ("member", "team", "roles", "capacity_30d", "leave_from", "leave_to", "left_on")
    known = rows.drop_nulls("member").select(columns).sort(columns, nulls_last=True)
    members = [
        Member(name.strip(), listed(team), listed(roles), *rest)
        for name, team, roles, *rest in known.iter_rows()
    ]
    first = {member.key: member for member in reversed(members)}
    return Crew(tuple(first[key] for key in sorted(first) if key))
