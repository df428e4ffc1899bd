"""Letters: none while nobody knows who has paid, then one to each who has not, none to those who have."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from ltc_xl.collect import letters
from ltc_xl.demo.month.bank import (
    Payment,
    booked,
    is_a_story,
    open_lines,
    paid_amount,
    payments,
    unmatched,
)
from ltc_xl.demo.month.hand import Hand
from ltc_xl.demo.month.office import Office
from ltc_xl.demo.month.scene import Scene
from ltc_xl.demo.month.stages import Cast
from ltc_xl.demo.month.week import Week
from ltc_xl.model.book import Book
from ltc_xl.model.errors import WorldError
from ltc_xl.model.tables import UID
from ltc_xl.rules.rulebook import bind_rulebook
from ltc_xl.session import Result

_SLOW = 3
"""So many of the lines that fell due nobody pays in time: the smallest."""
_LATE_PAYERS = 2
"""So many customers pay once they have the letter."""


def letters_written(office: Office, players: Cast) -> tuple[Scene, Mapping[str, Any]]:
    """Return the scene in which letters wait for the bank's list, and what the letters say."""
    day = office.days.letters
    refusal = _refused(office, day)
    made = _paid_in_time(office, players)
    synced = booked(office, "bank", made, day, _typing(office, players))
    sent: Any = office.serves("collect letters", lambda b, rules: letters(b, rules, day), day).outcome.data
    seen = {
        "refused": refusal,
        "unmatched": unmatched(synced.book, made),
        "contract": _contract_state(synced.book, players.unpaid),
        "blank_on_the_letterhead": sent["blank_settings"],
        **_letters_seen(synced.book, sent),
    }
    expected = {
        "refused": "receipts_not_confirmed",
        "unmatched": 0,
        "contract": "CLOSED",
        "blank_on_the_letterhead": [],
        **_LETTERS_EXPECTED,
    }
    asked = office.command("collect", "letters", office.path.name, "--as-of", day)
    told = {"receipts": len(made), "paid": paid_amount(made), "unpaid": players.unpaid["name"]}
    commands = [asked, *_commands(office, "bank", day)]
    return office.scene("letters", day, commands, expected, seen, **told, **_letters_told(sent)), sent


def _paid_in_time(office: Office, players: Cast) -> list[Payment]:
    """Return what has come in: what fell due, but for the stories and the smallest lines."""
    day, since = office.days.letters, office.days.opening
    due = open_lines(office.book)
    closing = pl.col("contract_no") == players.unpaid["contract_no"]
    fell_due = due.filter(pl.col("due_on") <= day, ~closing, ~is_a_story(office))
    paid = pl.concat([due.filter(closing), fell_due.head(max(fell_due.height - _SLOW, 0))])
    return payments(office, paid, since + timedelta(days=1), day - timedelta(days=1))


def _typing(office: Office, players: Cast) -> Callable[[Hand], None]:
    """Return what is typed on the day of the letters: the week's notes, and the deal of the story goes on."""
    day = office.days.letters
    week = Week(office, day, office.days.mistakes, players.going_on)

    def typed(hand: Hand) -> None:
        week.typed(hand)
        note = office.note("negotiating", day)
        hand.writes("opportunities", players.bare[UID], stage="NEGOTIATING", **note)

    return typed


def _commands(office: Office, list_name: str, day: date) -> list[str]:
    file = str(office.words("files")[list_name])
    return [
        office.command("import", office.path.name, file, "--form", "receipts", "--apply", "--as-of", day),
        office.command("sync", office.path.name, "--as-of", day),
        office.command("collect", "letters", office.path.name, "--as-of", day),
    ]


@dataclass(frozen=True)
class Paid:
    """What came in after the letters: who paid what, and the last sync of the month."""

    customers: list[str]
    made: Sequence[Payment]
    synced: Result


def money_comes_in(office: Office, players: Cast, sent: Mapping[str, Any]) -> Paid:
    """Let some of those who had a letter pay, and sync the month's last day."""
    day, since = office.days.close, office.days.letters
    payers = late_payers(office, sent)
    due = open_lines(office.book).filter(pl.col("customer").is_in(payers), pl.col("due_on") < day)
    made = payments(office, due, since + timedelta(days=1), day - timedelta(days=1))
    week = Week(office, day, since, players.going_on)
    return Paid(payers, made, booked(office, "bank_again", made, day, week.typed))


def paid_after_letters(
    office: Office, sent: Mapping[str, Any], paid: Paid, again: Mapping[str, Any]
) -> Scene:
    """Return the scene in which those who have paid get no letter any more."""
    day, payers = office.days.close, set(paid.customers)
    seen = {
        "had_a_letter": sorted(_customers(sent) & payers),
        "have_one_now": sorted(_customers(again) & payers),
        **_letters_seen(paid.synced.book, again),
    }
    expected = {"had_a_letter": sorted(payers), "have_one_now": [], **_LETTERS_EXPECTED}
    commands = _commands(office, "bank_again", day)
    told = {"payers": len(payers), "paid": paid_amount(paid.made), "before": len(sent["letters"])}
    return office.scene("paid", day, commands, expected, seen, **told, **_letters_told(again))


def late_payers(office: Office, sent: Mapping[str, Any]) -> list[str]:
    """Return who pays once the letter is there: those with the smallest amounts, the stories aside."""
    lines = office.book.rows("lines")
    told = set(lines.filter(is_a_story(office))["customer"])
    amounts = {
        one["customer"]: Decimal(one["amount"])
        for one in sent["letters"]
        if one["currency"] == "CNY" and one["customer"] not in told
    }
    return sorted(amounts, key=lambda name: (amounts[name], name))[:_LATE_PAYERS]


def _refused(office: Office, day: date) -> str:
    """Return why letters are not written while nobody knows who has paid."""
    try:
        letters(office.book, bind_rulebook(office.book), day)
    except WorldError as error:
        return error.key
    return ""


def _contract_state(book: Book, row: Mapping[str, Any]) -> str:
    return str(book.rows("contracts").filter(pl.col(UID) == row[UID])["state"][0])


def _letters_seen(book: Book, sent: Mapping[str, Any]) -> dict[str, object]:
    """Return who is overdue by the ledger and neither written to nor named with a reason."""
    overdue = book.rows("customers").filter(pl.col("overdue_amount") > 0)["name"]
    named = {str(one["customer"]) for one in (*sent["letters"], *sent["held"])}
    return {"without_a_letter": sorted(set(overdue) ^ named), "tie_out": sent["tie_out"]}


_LETTERS_EXPECTED: Mapping[str, object] = {"without_a_letter": [], "tie_out": "0.00"}


def _letters_told(sent: Mapping[str, Any]) -> dict[str, object]:
    return {"letters": len(sent["letters"]), "amount": Decimal(sent["total"]["CNY"])}


def _customers(sent: Mapping[str, Any]) -> set[str]:
    return {str(one["customer"]) for one in sent["letters"]}
