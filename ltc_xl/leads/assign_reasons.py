"""Why a lead went to whom it went, or to nobody: the rule, everybody who was asked, what decided."""

from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

from ltc_xl.leads.facts import Facts
from ltc_xl.rules.lead_desk import Given, Kept, Lead, Refusal, Route, Standing

MOST_NAMED = 12
"""So many people stand in one reason; of a larger group the rest are counted."""


class Terms(NamedTuple):
    """On what terms people were asked: the weekly cap, whether limits counted, and whether turns decided."""

    cap: int | None = None
    limited: bool = True
    by_turn: bool = False


class AssignReasons:
    """Says the reasons of assignments in one language.

    What is said of a person is said anew only once they have got another lead.
    """

    def __init__(self, facts: Facts, *, is_one_team: bool = False) -> None:
        self.facts, self.say, self.is_one_team = facts, facts.say, is_one_team
        self._said: dict[tuple[Standing, Terms], str] = {}

    def given(self, given: Given) -> str:
        """Return why a lead went to its owner."""
        owner, route = given.chosen.member.name, given.route
        if route is None:
            return self.say("given.by_customer", customer=given.lead.customer, owner=owner)
        words = {
            "no": route.no,
            "queue": self._queue(given.lead),
            "group": self._group(route),
            "pick": self._picked(given, route),
        }
        if given.tried is None:
            text = self.say("given.by_rule", **words)
        else:
            tried = self._tried(given.tried, route)
            text = self.say("given.by_fallback", tried=tried, fallback=route.fallback, **words)
        return self._with_refusal(text, given.refusal)

    def kept(self, kept: Kept) -> str:
        """Return why a lead found nobody."""
        words: dict[str, object] = {
            "queue": self._queue(kept.lead),
            "asked": self._asked(kept.lead),
            "unmet": self.say.listed(kept.lead.unmet),
        }
        if kept.route:
            tried, spare = self._tried(kept.tried, kept.route), self._spare(kept, kept.route)
            words |= {"no": kept.route.no, "group": kept.route.group, "tried": tried, "spare": spare}
        return self._with_refusal(self.say(f"kept.{kept.why}.reason", **words), kept.refusal)

    def cure(self, kept: Kept) -> str:
        """Return what to do about a lead that found nobody."""
        return self.say(f"kept.{kept.why}.cure", group=kept.route.group if kept.route else "")

    def _asked(self, lead: Lead) -> str:
        """Return what else the rules ask for, and what the lead says."""
        facts = self.facts
        nothing = self.say("kept.no_rule.nothing")
        asked = (
            (facts.label(code), nothing if value is None else facts.worded(code, value))
            for code, value in lead.asked.items()
        )
        told = [self.say("kept.no_rule.asked", label=label, value=value) for label, value in asked]
        return self.say("kept.no_rule.besides", asked=self.say.listed(told)) if told else ""

    def _group(self, route: Route) -> str:
        return self.say("given.everybody", group=route.group) if self.is_one_team else route.group

    def _queue(self, lead: Lead) -> str:
        return lead.queue or self.say("given.no_queue")

    def _with_refusal(self, text: str, refusal: Refusal | None) -> str:
        """Return the text with why the customer's own owner did not get the lead."""
        if refusal is None:
            return text
        why, day = ("unknown", None) if refusal.away is None else (refusal.away.why, refusal.away.day)
        told = self._absence(refusal.owner, why, self.say.day(day))
        return self.say("given.refused", text=text, refusal=told)

    def _absence(self, name: str, why: str, day: str) -> str:
        key = "leave_open" if why == "leave" and not day else why
        return self.say(f"standing.{key}", name=name, day=day)

    # ------------------------------------------------------------ what decided

    def _picked(self, given: Given, route: Route) -> str:
        """Return what decided for the owner, and how the others stood."""
        terms = Terms(route.cap, limited=given.tried is None, by_turn=route.method == "IN_TURN")
        others = [one for one in given.standings if one is not given.chosen]
        free = [one for one in others if one.out(terms.cap, limited=terms.limited) is None]
        pick = self._turn(given.chosen, free) if terms.by_turn else self._least(given.chosen, free)
        return self.say("given.others", pick=pick, others=self._stood(others, terms)) if others else pick

    def _least(self, chosen: Standing, free: list[Standing]) -> str:
        """Return in what the owner had less than everybody else who was free."""
        words = {"owner": chosen.member.name, "count": chosen.load.in_hand}
        best = min(free, key=lambda one: one.least_open, default=None)
        if best is None:
            return self.say("given.pick.only", **words)
        if chosen.load.in_hand < best.load.in_hand:
            return self.say("given.pick.in_hand", **words)
        if chosen.ratio < best.ratio:
            return self.say("given.pick.ratio", used=f"{chosen.ratio:.0%}", **words)
        if chosen.in_turn[:2] < best.in_turn[:2]:
            return self.say("given.pick.last", last=self._last(chosen), **words)
        return self.say("given.pick.name", **words)

    def _turn(self, chosen: Standing, free: list[Standing]) -> str:
        """Return since when the owner had waited, and whether others had as long."""
        level = any(one.in_turn[:2] == chosen.in_turn[:2] for one in free)
        pick = "only" if not free else "turn_name" if level else "turn"
        return self.say(f"given.pick.{pick}", owner=chosen.member.name, last=self._last(chosen))

    def _last(self, one: Standing) -> str:
        """Return when a person was last given a lead; of today also how many."""
        day, count = one.load.last_on, one.load.last_count
        if day is None:
            return self.say("standing.never")
        key = "standing.last_of_day" if day == self.say.as_of else "standing.last"
        return self.say(key, day=self.say.day(day), count=count)

    # ------------------------------------------------------------ how people stood

    def _tried(self, tried: Sequence[Standing], route: Route) -> str:
        """Return why a group could not take a lead."""
        if not tried:
            return self.say("given.nobody_there")
        return self.say("given.nobody_free", who=self._stood(tried, Terms(route.cap)))

    def _spare(self, kept: Kept, route: Route) -> str:
        """Return why the fallback could not take a lead either."""
        if not route.fallback:
            return self.say("spare.none")
        if not kept.spare:
            return self.say("spare.unknown", fallback=route.fallback)
        who = self._stood(kept.spare, Terms(limited=False))
        return self.say("spare.away", fallback=route.fallback, who=who)

    def _stood(self, people: Sequence[Standing], terms: Terms) -> str:
        """Return how each of some people stood; of many, those who came next."""
        shown = people
        if len(people) > MOST_NAMED:
            order = "in_turn" if terms.by_turn else "least_open"
            shown = sorted(people, key=attrgetter(order))[:MOST_NAMED]
        told = [self._one(one, terms) for one in shown]
        more = [self.say("standing.more", count=len(people) - MOST_NAMED)] if shown is not people else []
        return self.say("standing.between").join([*told, *more])

    def _one(self, one: Standing, terms: Terms) -> str:
        if (one, terms) not in self._said:
            self._said[one, terms] = self._standing(one, terms)
        return self._said[one, terms]

    def _standing(self, one: Standing, terms: Terms) -> str:
        """Return why a person was not free, else what they have in hand, or had last."""
        name, load, capacity = one.member.name, one.load, one.member.capacity
        if one.away:
            return self._absence(name, one.away.why, self.say.day(one.away.day))
        out = one.out(terms.cap, limited=terms.limited)
        reached = {
            "month": (load.month, capacity),
            "week": (load.week, terms.cap),
            "day": (load.last_count, one.limits.day),
            "stock": (load.in_hand, one.limits.stock),
        }
        if out in reached:
            count, cap = reached[out]
            return self.say(f"standing.{out}", name=name, count=count, cap=cap)
        if terms.by_turn:
            return self.say("standing.turn", name=name, last=self._last(one))
        key = "standing.in_hand" if capacity is None else "standing.in_hand_of"
        return self.say(key, name=name, count=load.in_hand, month=load.month, capacity=capacity)
