"""The desk where leads are given out: to the one with the least in hand, or whose turn it is.

Loads move with every lead, so the leads are served one by one; all else is prepared in columns before. What
is decided hangs on names, days and loads alone: two machines give the same owners.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from types import MappingProxyType
from typing import Literal, NamedTuple

from ltc_xl.model.enums import folded
from ltc_xl.rules.members import Away, Crew, Member
from ltc_xl.rules.workload import Workload

Method = Literal["LEAST_OPEN", "IN_TURN"]
Doubt = Literal[
    "owner_unread", "no_grade", "criteria_off", "criteria_unread", "not_ready", "returned_often",
    "grading_off", "unread", "no_fit",
]  # fmt: skip
Why = Literal[Doubt, "rules_off", "no_rule", "empty_group", "nobody_free"]
Out = Literal["left", "leave", "cooldown", "month", "week", "day", "stock"]

CUSTOMER = "customer"
"""The rule that stands before all others: a customer's lead goes to the customer's owner."""


@dataclass(frozen=True, slots=True)
class Route:
    """What an assignment rule says of the leads that fit it."""

    no: str
    group: str
    method: Method = "LEAST_OPEN"
    cap: int | None = None
    fallback: str | None = None


class Lead(NamedTuple):
    """A lead that waits for an owner, as the rules see it.

    ``asked`` is what the lead says in the other columns that rules ask for. ``doubt`` says why no rule may be
    asked; while it is one of ``_UNASKED``, not even whose customer it is. ``route`` is the place of the first
    rule that fits, or None. ``unmet`` names the transfer criteria it does not meet. ``barred`` is its former
    owner, who does not get it again up to ``barred_to``.
    """

    row_id: str
    queue: str | None
    doubt: Doubt | None
    route: int | None
    customer: str | None
    customer_owner: str | None
    asked: Mapping[str, object] = MappingProxyType({})
    unmet: tuple[str, ...] = ()
    barred: str | None = None
    barred_to: date | None = None


class Limits(NamedTuple):
    """What nobody goes beyond, whatever rule gives a lead: leads of the day ``on``, and leads in hand."""

    on: date | None = None
    day: int | None = None
    stock: int | None = None


class Standing:
    """A candidate at the moment a lead is given out: who, with how much, and who is before whom.

    A new one is made when the person gets a lead; leads in between share it.
    """

    __slots__ = ("away", "in_turn", "least_open", "limits", "load", "member", "ratio")

    def __init__(
        self, member: Member, load: Workload, away: Away | None, limits: Limits | None = None
    ) -> None:
        self.member, self.load, self.away = member, load, away
        self.limits = limits or Limits()
        self.ratio = load.month / member.capacity if member.capacity else 0.0
        last = load.last_on.toordinal() if load.last_on else 0
        self.in_turn = (last, load.last_count, member.key)
        self.least_open = (load.in_hand, self.ratio, *self.in_turn)

    def out(self, cap: int | None, *, limited: bool = True) -> Out | None:
        """Return why the person gets no lead of a rule with this weekly cap, or None.

        Whom a rule falls back to is not ``limited``: only absence counts.
        """
        if self.away:
            return self.away.why
        if not limited:
            return None
        if self.member.capacity is not None and self.load.month >= self.member.capacity:
            return "month"
        if cap is not None and self.load.week >= cap:
            return "week"
        return self._pool_out

    @property
    def _pool_out(self) -> Out | None:
        """Return which limit of the pool the person has come to."""
        on, day, stock = self.limits
        today = self.load.last_count if self.load.last_on == on else 0
        if day is not None and today >= day:
            return "day"
        return "stock" if stock is not None and self.load.in_hand >= stock else None

    def with_one_more(self, on: date) -> "Standing":
        """Return how the person stands once the lead is theirs."""
        return Standing(self.member, self.load.with_one_more(on), self.away, self.limits)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a customer's own owner does not get the customer's lead: away, or (``away`` None) not known."""

    owner: str
    away: Away | None


@dataclass(frozen=True, slots=True)
class Given:
    """A lead that found its owner.

    Attributes:
        lead: as the rules saw it.
        chosen: the owner, as they stood before.
        route: the rule; None where the customer's owner got it.
        standings: everybody who came into question, as they stood.
        tried: the rule's group, where none of it was free and the fallback got the lead.
        refusal: why the customer's owner did not get it.
    """

    lead: Lead
    chosen: Standing
    route: Route | None = None
    standings: tuple[Standing, ...] = ()
    tried: tuple[Standing, ...] | None = None
    refusal: Refusal | None = None

    @property
    def rule(self) -> str:
        """Return the number of the rule that gave it."""
        return self.route.no if self.route else CUSTOMER


@dataclass(frozen=True, slots=True)
class Kept:
    """A lead that found none: why, and who was tried, the rule's group and its fallback."""

    lead: Lead
    why: Why
    route: Route | None = None
    tried: tuple[Standing, ...] = ()
    spare: tuple[Standing, ...] = ()
    refusal: Refusal | None = None


_UNASKED: tuple[Doubt, ...] = (
    "owner_unread", "no_grade", "criteria_off", "criteria_unread", "not_ready", "returned_often",
)  # fmt: skip
_ORDERS = {"LEAST_OPEN": attrgetter("least_open"), "IN_TURN": attrgetter("in_turn")}


class Desk:
    """Gives leads out one after the other; ``standings`` move with each."""

    def __init__(
        self, crew: Crew, loads: Mapping[str, Workload], as_of: date, limits: Limits | None = None
    ) -> None:
        self.crew, self.as_of = crew, as_of
        self.standings = {
            member.key: Standing(member, loads.get(member.key, Workload()), member.away(as_of), limits)
            for member in crew.members
        }
        self._named: dict[tuple[str | None, bool], tuple[str, ...]] = {}

    def give(self, lead: Lead, routes: Sequence[Route] | None) -> Given | Kept:
        """Give one lead out; ``routes`` is None while the rules are off."""
        if routes is None:
            return Kept(lead, "rules_off")
        if lead.doubt in _UNASKED:
            return Kept(lead, lead.doubt)
        refusal = None
        if lead.customer_owner:
            owner = self._standing(folded(lead.customer_owner), lead)
            if owner and not owner.away:
                return self._given(Given(lead, owner))
            refusal = Refusal(lead.customer_owner, owner.away if owner else None)
        if lead.doubt:
            return Kept(lead, lead.doubt, refusal=refusal)
        if lead.route is None:
            return Kept(lead, "no_rule", refusal=refusal)
        return self._by_rule(lead, routes[lead.route], refusal)

    def _by_rule(self, lead: Lead, route: Route, refusal: Refusal | None) -> Given | Kept:
        """Give a lead to the rule's group, else to its fallback, for whom no cap counts."""
        group = self._standings(lead, route.group, by_team=True)
        free = [one for one in group if one.out(route.cap) is None]
        if free:
            chosen = min(free, key=_ORDERS[route.method])
            return self._given(Given(lead, chosen, route, group, refusal=refusal))
        spare = self._standings(lead, route.fallback, by_team=False)
        here = [one for one in spare if not one.away]
        if here:
            chosen = min(here, key=_ORDERS[route.method])
            return self._given(Given(lead, chosen, route, spare, tried=group, refusal=refusal))
        why: Why = "nobody_free" if group or spare else "empty_group"
        return Kept(lead, why, route, group, spare, refusal)

    def _given(self, given: Given) -> Given:
        chosen = given.chosen
        self.standings[chosen.member.key] = chosen.with_one_more(self.as_of)
        return given

    def _standing(self, key: str, lead: Lead) -> Standing | None:
        """Return how a person stands to a lead; whoever had it before is away to it for a while."""
        standing = self.standings.get(key)
        if standing is None or standing.away or key != lead.barred:
            return standing
        away = Away("cooldown", lead.barred_to)
        return Standing(standing.member, standing.load, away, standing.limits)

    def _standings(self, lead: Lead, text: str | None, *, by_team: bool) -> tuple[Standing, ...]:
        """Return how the people stand whom a cell names: a team, or a team, a role or a person."""
        if (text, by_team) not in self._named:
            found = self.crew.group(text) if by_team else self.crew.known_as(text)
            self._named[text, by_team] = tuple(member.key for member in found)
        keys = self._named[text, by_team]
        if lead.barred in keys:
            return tuple(filter(None, (self._standing(key, lead) for key in keys)))
        return tuple([self.standings[key] for key in keys])
