"""The day of the stages: four moves in one save, each with its own outcome; what was missing filled in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import polars as pl

from ltc_xl.demo.month.hand import Hand
from ltc_xl.demo.month.office import Office
from ltc_xl.demo.month.scene import Scene
from ltc_xl.demo.month.week import Week
from ltc_xl.demo.telling import at_work
from ltc_xl.model.book import Book
from ltc_xl.model.tables import UID
from ltc_xl.session import Result

AMOUNT, COST = Decimal(364_000), Decimal(240_000)
_SIGNING_DAYS = 60
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Cast:
    """Who plays: a deal that moves, one that jumps, one that lacks what it needs, a contract not paid."""

    legal: Row
    jump: Row
    bare: Row
    unpaid: Row

    @property
    def rows(self) -> frozenset[str]:
        """Return the deals and the contract, so that nobody else types on them."""
        return frozenset(str(row[UID]) for row in (self.legal, self.jump, self.bare, self.unpaid))

    @property
    def going_on(self) -> frozenset[str]:
        """Return the deal that somebody types on to the end."""
        return frozenset({str(self.bare[UID])})


def cast(office: Office) -> Cast:
    """Return who plays on any day: the first that fit and bear no fault."""
    deals = _sound(office, "opportunities")
    checking = deals.filter(pl.col("stage") == "VALIDATING")
    contracts, lines = _sound(office, "contracts"), office.garden.frames["lines"]
    open_lines = lines.filter(pl.col("amount") > pl.col("received") + pl.col("adjusted"))
    last_due = open_lines.group_by("contract_no").agg(
        due=pl.col("due_on").max(), waits=pl.col("due_on").null_count()
    )
    orders = contracts.filter(kind="ORDER", state="COLLECTING").join(last_due, on="contract_no")
    return Cast(
        legal=_first(deals.filter(pl.col("stage") == "PROPOSAL")),
        jump=_first(checking.filter(pl.col("amount").is_not_null())),
        bare=_first(checking.filter(pl.col("amount").is_null())),
        unpaid=_first(orders.filter(pl.col("waits") == 0).sort("due", "contract_no")),
    )


def _sound(office: Office, name: str) -> pl.DataFrame:
    return office.garden.frames[name].filter(~pl.col(UID).is_in(list(office.garden.touched)))


def _first(rows: pl.DataFrame) -> Row:
    return rows.row(0, named=True)


def four_moves(office: Office, players: Cast) -> Scene:
    """Return the scene of four moves in one save."""
    day = office.days.stages
    week = Week(office, day, office.days.fair, players.rows)

    def typing(hand: Hand) -> None:
        week.typed(hand)
        hand.writes("opportunities", players.legal[UID], stage="NEGOTIATING", **office.note("legal", day))
        hand.writes("opportunities", players.jump[UID], stage="SIGNING", **office.note("jump", day))
        hand.writes("opportunities", players.bare[UID], stage="APPROVED", **office.note("bare", day))
        hand.writes("contracts", players.unpaid[UID], state="CLOSED")

    office.types(typing)
    synced = office.syncs(day)
    refused = {(f.row_id, f.code): f for f in synced.refused}
    seen = {
        "legal": stage_of(synced.book, players.legal),
        "jump": _codes(synced, players.jump),
        "unmet": _codes(synced, players.unpaid),
        "missing": _codes(synced, players.bare),
        "refused": len(refused),
        "stands": [stage_of(synced.book, row) for row in (players.jump, players.bare)],
    }
    expected = {
        "legal": "NEGOTIATING",
        "jump": ["T-01"],
        "unmet": ["T-02"],
        "missing": ["T-03"],
        "refused": 3,
        "stands": ["VALIDATING", "VALIDATING"],
    }
    command = office.command("sync", office.path.name, "--as-of", day)
    told = {name: getattr(players, name)["name"] for name in ("legal", "jump", "bare", "unpaid")}
    return office.scene("four_moves", day, [command], expected, seen, accepted=synced.accepted, **told)


def stage_of(book: Book, row: Row) -> str:
    """Return the stage in which a deal stands."""
    return str(book.rows("opportunities").filter(pl.col(UID) == row[UID])["stage"][0])


def _codes(synced: Result, row: Row) -> Sequence[str]:
    return sorted({f.code for f in synced.refused if f.row_id == row[UID]})


def filled_in(office: Office, players: Cast) -> Scene:
    """Return the scene in which what approval needs is filled in, and the deal moves by itself."""
    day = office.days.stages
    office.types(partial(_fills_in, office=office, row=players.bare, day=day))
    synced = office.syncs(day)
    seen = {"stage": stage_of(synced.book, players.bare), "still_refused": len(_codes(synced, players.bare))}
    expected = {"stage": "APPROVED", "still_refused": 0}
    command = office.command("sync", office.path.name, "--as-of", day)
    return office.scene("filled_in", day, [command], expected, seen, deal=players.bare["name"])


def _fills_in(hand: Hand, *, office: Office, row: Row, day: date) -> None:
    hand.writes(
        "opportunities",
        row[UID],
        amount=AMOUNT,
        cost_est=COST,
        expected_close=at_work(day + timedelta(days=_SIGNING_DAYS)),
        ati_result="GO",
        ati_on=day,
        ati_by=office.garden.word("adjusted_by", "sales"),
    )
