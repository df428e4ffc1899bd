"""A week's typing: what people noted of the leads, deals and bills that were due, and when they come next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

import polars as pl

from ltc_xl.demo.month.hand import Hand
from ltc_xl.demo.month.office import Office
from ltc_xl.demo.telling import at_work, words
from ltc_xl.model.calendar import month_end
from ltc_xl.model.enums import codes_of_kind
from ltc_xl.model.tables import UID

_STEPS = {"NEW": "CLEAN", "CLEAN": "QUALIFIED", "QUALIFIED": "ASSIGNED", "ASSIGNED": "FOLLOWING"}
"""The step that an early lead takes once somebody has called."""

_AGAIN = {"NURTURE": (25, 60), "RETURNED": (15, 40), "HOLD": (20, 45)}
_SOON = (4, 12)
"""After how many days the next call is planned."""

_AHEAD, _PUT_OFF = 10, 30
"""So many days before its day a signing is put off, and by how many."""


@dataclass(frozen=True)
class Week:
    """The typing of a week that ends on a day; planted faults stay as they are.

    Attributes:
        office: where.
        day: on which it is saved; ``before`` the save before.
        apart: rows that somebody else types on.
    """

    office: Office
    day: date
    before: date
    apart: frozenset[str] = frozenset()

    def typed(self, hand: Hand) -> None:
        """Type everything that was due."""
        dice = self.office.dice(self.day)
        for step in (self._leads, self._deals, self._late_lines, self._bills, self._months, self._accepted):
            step(hand, dice)

    def _due(self, hand: Hand, name: str, state: str, codes: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
        """Yield the open rows somebody follows: whose call was due, or new to them; planted days stay."""
        days = {fault.row_id for fault in self.office.garden.planted if fault.column == "next_on"}
        rows = hand.book.rows(name).filter(
            pl.col(state).is_in(codes),
            (pl.col("next_on").fill_null(self.before) <= self.day) | (pl.col(state) == "ASSIGNED"),
            pl.col("owner").is_not_null(),
            ~pl.col(UID).is_in([*self.apart, *days, *self.office.left_alone]),
        )
        return rows.iter_rows(named=True)

    def _next(self, dice: Random, state: str) -> date:
        first, last = _AGAIN.get(state, _SOON)
        return at_work(self.day + timedelta(days=dice.randint(first, last)))

    def _leads(self, hand: Hand, dice: Random) -> None:
        told = words(self.office.lang)
        for lead in self._due(hand, "leads", "state", codes_of_kind("lead_state", "open")):
            state = self._state(lead)
            note, plan = dice.choice(told["lead_notes"][state]), dice.choice(told["lead_steps"][state])
            hand.writes("leads", lead[UID], note=note, next_step=plan, next_on=self._next(dice, state))
            if state != lead["state"]:
                hand.writes("leads", lead[UID], state=state)

    def _state(self, lead: Mapping[str, Any]) -> str:
        """Return the state a lead is in after a call; one that bears a fault stays where it is."""
        step = _STEPS.get(lead["state"], lead["state"])
        held = lead[UID] in self.office.faulty or (
            step == "QUALIFIED" and not (lead["company"] and lead["need"])
        )
        return str(lead["state"] if held else step)

    def _deals(self, hand: Hand, dice: Random) -> None:
        told = words(self.office.lang)
        for deal in self._due(hand, "opportunities", "stage", codes_of_kind("opp_stage", "open")):
            stage = deal["stage"]
            note, plan = dice.choice(told["opp_notes"][stage]), dice.choice(told["opp_steps"][stage])
            hand.writes(
                "opportunities", deal[UID], note=note, next_step=plan, next_on=self._next(dice, stage)
            )
        self._put_off(hand)

    def _put_off(self, hand: Hand) -> None:
        """Move the signing of deals that are not ready, and the closing day of their bids."""
        ahead = self.day + timedelta(days=_AHEAD)
        late = hand.book.rows("opportunities").filter(
            pl.col("stage").is_in(codes_of_kind("opp_stage", "open")),
            pl.col("expected_close") < ahead,
        )
        for deal in late.iter_rows(named=True):
            close = at_work(ahead + timedelta(days=_PUT_OFF))
            hand.writes("opportunities", deal[UID], expected_close=close)
        bids = hand.book.rows("opportunities").filter(
            pl.col("stage").is_in(codes_of_kind("opp_stage", "open")), pl.col("bid_due") < ahead
        )
        for deal in bids.iter_rows(named=True):
            hand.writes("opportunities", deal[UID], bid_due=at_work(ahead + timedelta(days=_PUT_OFF)))

    def _late_lines(self, hand: Hand, dice: Random) -> None:
        """Note what was said about late money, and the day it was promised for anew."""
        told = words(self.office.lang)["line_notes"]["overdue"]
        late = hand.book.rows("lines").filter(
            pl.col("due_on") < self.day,
            pl.col("amount") > pl.col("received") + pl.col("adjusted"),
            pl.col("promised_on").fill_null(pl.col("next_on")).fill_null(pl.col("due_on")) < self.day,
            ~pl.col(UID).is_in(list(self.apart)),
        )
        for line in late.iter_rows(named=True):
            values: dict[str, object] = {"next_on": self._next(dice, "")}
            if line["promised_on"]:
                values |= {"promised_on": self._next(dice, ""), "note": dice.choice(told)}
            hand.writes("lines", line[UID], **values)

    def _bills(self, hand: Hand, _dice: Random) -> None:
        """Note that bills which matured were cashed."""
        due = hand.book.rows("bills").filter(
            pl.col("status") == "HELD",
            pl.col("due_on") <= self.day,
            ~pl.col(UID).is_in(list(self.office.faulty)),
        )
        for bill in due.iter_rows(named=True):
            hand.writes("bills", bill[UID], status="COLLECTED", status_on=bill["due_on"])

    def _accepted(self, hand: Hand, _dice: Random) -> None:
        """Note that the biggest work delivered was accepted, and that money is due for it: one a week."""
        if self.day <= self.office.days.stages:
            return
        lines = hand.book.rows("lines")
        behind = lines.filter(
            pl.col("due_on") < self.office.days.opening,
            pl.col("amount") > pl.col("received") + pl.col("adjusted"),
        )
        ready = hand.book.rows("contracts").filter(
            pl.col("state") == "DELIVERING",
            pl.col("delivered_on").is_not_null(),
            ~pl.col("contract_no").is_in(behind["contract_no"].implode()),
            ~pl.col(UID).is_in(list(self.office.faulty)),
        )
        for contract in ready.sort("gross", "contract_no", descending=True).head(1).iter_rows(named=True):
            hand.writes("contracts", contract[UID], state="ACCEPTED", accepted_on=self.day)
            due = lines.filter(contract_no=contract["contract_no"], trigger="ACCEPTANCE", item="ACCEPTANCE")
            for line in due.iter_rows(named=True):
                hand.writes("lines", line[UID], triggered_on=self.day)

    def _months(self, hand: Hand, dice: Random) -> None:
        """Enter what partners took in a month that has ended: a line to be paid in sixty days."""
        end = month_end(self.before)
        if not self.before <= end <= self.day:
            return
        lines = hand.book.rows("lines").filter(pl.col("item") == "MONTHLY")
        frames = hand.book.rows("contracts").filter(pl.col("kind") == "FRAME")
        taken = lines.join(frames.select("contract_no"), on="contract_no", maintain_order="left")
        for contract, months in taken.group_by("contract_no", maintain_order=True):
            line = dice.choice(months.to_dicts())
            hand.adds(
                "lines",
                customer=line["customer"],
                contract_no=contract[0],
                item="MONTHLY",
                amount=line["amount"],
                trigger="INVOICE_EOM",
                days=line["days"],
                triggered_on=end,
            )
