"""What people noted of calls, visits and meetings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ltc_xl.demo.telling import Row, Telling

_TALKED_OF = {"NURTURE", "FOLLOWING", "ASSIGNED", "CONVERTED", "RETURNED"}
_EVERY = 8
_OPEN_STAGES = {"VALIDATING", "APPROVED", "PROPOSAL", "NEGOTIATING", "SIGNING", "HOLD"}


@dataclass(frozen=True)
class Activities:
    """Tells activities: the last touch of leads, the work on open deals, the calls about late money."""

    told: Telling
    marketer: str

    def rows(self, leads: Sequence[Row], opportunities: Sequence[Row], lines: Sequence[Row]) -> list[Row]:
        """Return the activities, oldest first, numbered."""
        rows = [*self._of_leads(leads), *self._of_deals(opportunities), *self._of_lines(lines)]
        rows.sort(key=lambda row: row["on"])
        self.told.numbered("activities", rows)
        return rows

    def _of_leads(self, leads: Sequence[Row]) -> Iterator[Row]:
        for place, lead in enumerate(leads):
            if lead["state"] in _TALKED_OF and place % _EVERY == 0:
                kind = self.told.dice.choice(("CALL", "WECHAT", "VISIT", "CALL"))
                yield self._row(lead["touched_on"], lead.get("owner") or self.marketer, lead["lead_id"], kind)

    def _of_deals(self, opportunities: Sequence[Row]) -> Iterator[Row]:
        for opp in opportunities:
            if opp["stage"] in _OPEN_STAGES:
                for kind in ("VISIT", "MEETING"):
                    ago = self.told.dice.randint(0, 20)
                    yield self._row(
                        max(self.told.day(ago), opp["created_on"]), opp["owner"], opp["opp_id"], kind
                    )

    def _of_lines(self, lines: Sequence[Row]) -> Iterator[Row]:
        for line in lines:
            if line.get("note") and line["due_on"] and line["due_on"] < self.told.as_of:
                kind = self.told.dice.choice(("CALL", "LETTER", "PROMISE"))
                yield self._row(self.told.day_between(1, 12), line["owner"], line["line_id"], kind)

    def _row(self, on: date, member: str, about: str, kind: str) -> Row:
        return {
            "on": on,
            "member": member,
            "object_id": about,
            "kind": kind,
            "summary": self.told.pick("activities", kind),
        }
