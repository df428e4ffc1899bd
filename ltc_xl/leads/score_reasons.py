"""Why a lead has its score: groups of points with the rules that gave them, caps, and what went stale."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from ltc_xl.leads.phrases import Phrases
from ltc_xl.model.tables import UID
from ltc_xl.rules.scoring import Scoring, group_terms

Group = Mapping[str, object]
_TENTH = Decimal("0.1")


class ScoreReasons:
    """Says in one language what every lead got its points for."""

    def __init__(self, points: Scoring, say: Phrases) -> None:
        self.say, self.rules = say, points.rules.table.rules
        self._caps = group_terms(self.rules, "cap")
        fired: dict[tuple[str, int], list[tuple[int, int]]] = {}
        for uid, rule, group, given in points.fired.iter_rows():
            fired.setdefault((uid, group), []).append((rule, given))
        self._groups: dict[str, list[Group]] = {}
        columns = (UID, "group", "points", "counted", "rate", "stale_days")
        for uid, group, summed, counted, rate, days in points.groups.select(columns).iter_rows():
            told = {
                "group": self.rules[group].outputs.get("group"),
                "points": summed,
                "cap": self._caps[group],
                "rate": rate,
                "days": days,
                "counted": counted,
                "rules": fired[uid, group],
            }
            self._groups.setdefault(uid, []).append(told)

    def why(self, uid: str, score: object) -> str:
        """Return why a lead has its score."""
        groups = self._groups.get(uid, [])
        if not groups:
            return self.say("score.none", score=score)
        parts = self.say("score.between").join(map(self._group, groups))
        return self.say("score.why", score=score, parts=parts)

    def data(self, uid: str) -> list[dict[str, object]]:
        """Return the same as data: one entry per group of rules that fit."""
        return [
            {
                **{code: group[code] for code in ("group", "points", "cap", "days")},
                "rate": round(float(str(group["rate"])), 4),
                "counted": round(float(str(group["counted"])), 4),
                "rules": [
                    {"no": self.rules[place].no, "points": given, "note": self.rules[place].note}
                    for place, given in self._fired(group)
                ],
            }
            for group in self._groups.get(uid, [])
        ]

    def _fired(self, group: Group) -> Sequence[tuple[int, int]]:
        fired = group["rules"]
        assert isinstance(fired, list)  # noqa: S101  narrowing of what the constructor put there
        return fired

    def _group(self, group: Group) -> str:
        rules = self.say("score.between").join(self._rules(group))
        is_stale = group["rate"] != 1
        words = {"days": group["days"], "rate": f"{group['rate']:.0%}", "counted": _signed(group["counted"])}
        if group["group"] is None:
            return self.say(
                "score.alone", rule=rules, stale=self.say("score.stale_alone", **words) if is_stale else ""
            )
        is_capped = isinstance(group["cap"], int) and int(str(group["points"])) > group["cap"]
        return self.say(
            "score.group",
            group=group["group"],
            rules=rules,
            counted=words["counted"],
            cap=self.say("score.cap", cap=group["cap"]) if is_capped else "",
            stale=self.say("score.stale", **words) if is_stale else "",
        )

    def _rules(self, group: Group) -> Iterator[str]:
        for place, given in self._fired(group):
            rule = self.rules[place]
            key = "score.rule_noted" if rule.note else "score.rule"
            yield self.say(key, no=rule.no, note=rule.note, points=f"{given:+d}")


def _signed(points: object) -> str:
    """Return points with their sign, to a tenth where they are not whole.

    >>> _signed(Decimal("15.00000000")), _signed(Decimal("-2.5")), _signed(Decimal("7.07106781"))
    ('+15', '-2.5', '+7.1')
    """
    tenths = Decimal(str(points)).quantize(_TENTH, ROUND_HALF_UP)
    return f"{tenths:+f}".removesuffix(".0")
