"""Money: the bank's list, what it pays, and the letters to those who have not paid."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import polars as pl

from ltc_xl.collect import letters
from ltc_xl.demo.month.hand import Hand
from ltc_xl.demo.month.office import Office
from ltc_xl.demo.month.scene import Scene
from ltc_xl.demo.month.stages import Cast
from ltc_xl.demo.month.week import Week
from ltc_xl.demo.telling import words
from ltc_xl.model.book import Book
from ltc_xl.model.errors import WorldError
from ltc_xl.model.tables import UID
from ltc_xl.rules.rulebook import bind_rulebook
from ltc_xl.session import Result

COLUMNS = ("on", "amount", "payer", "customer", "contract_no", "method", "summary", "bank_ref")
_SLOW = 3
"""So many of the lines that fell due nobody pays in time: the smallest."""
_LATE_PAYERS = 2
"""So many customers pay once they have the letter."""


@dataclass(frozen=True)
class Payment:
    """A line that is paid: by what line of the bank, on which day."""

    line: Mapping[str, Any]
    on: date
    bank_ref: str

    @property
    def amount(self) -> Decimal:
        """Return what was open of the line."""
        line = self.line
        paid: Decimal = line["amount"] - line["received"] - line["adjusted"]
        return paid

    def as_booked(self) -> Mapping[str, object]:
        """Return the line of the bank's list."""
        line = self.line
        return {
            "on": self.on,
            "amount": self.amount,
            "payer": line["customer"],
            "customer": line["customer"],
            "contract_no": line["contract_no"],
            "method": "TRANSFER",
            "summary": line["contract_no"],
            "bank_ref": self.bank_ref,
        }


def open_lines(book: Book) -> pl.DataFrame:
    """Return the lines in the firm's currency that are due some day and not paid, the biggest first."""
    lines = book.rows("lines").filter(
        pl.col("due_on").is_not_null(),
        pl.col("amount") > pl.col("received") + pl.col("adjusted"),
        pl.col("currency").fill_null("CNY") == "CNY",
    )
    return lines.sort("amount", "line_id", descending=[True, False])


def payments(office: Office, lines: pl.DataFrame, since: date, until: date) -> list[Payment]:
    """Return how lines are paid between two days, each near the day it was due."""
    dice = office.dice(until)
    made = []
    for place, line in enumerate(lines.iter_rows(named=True)):
        on = max(since, min(until, line["due_on"] + timedelta(days=dice.randint(-3, 4))))
        made.append(Payment(line, on, f"{on:%Y%m%d}{place:06d}"))
    return made


def booked(
    office: Office, name: str, made: Sequence[Payment], day: date, typed: Callable[[Hand], None]
) -> Result:
    """Bring in the bank's list, write down what each line of it pays, and sync."""
    file = office.lays(name, "receipts", COLUMNS, [payment.as_booked() for payment in made])
    office.imports(file, "receipts", day)
    office.types(partial(_allocates, made=made, day=day, typed=typed, office=office))
    return office.syncs(day, papers=day == office.days.close)


def _allocates(
    hand: Hand, *, made: Sequence[Payment], day: date, typed: Callable[[Hand], None], office: Office
) -> None:
    """Write down what the receipts pay, and up to which day they are complete."""
    typed(hand)
    numbers = dict(hand.book.rows("receipts").select("bank_ref", "receipt_id").iter_rows())
    for payment in made:
        hand.adds(
            "allocations",
            receipt=numbers[payment.bank_ref],
            line=payment.line["line_id"],
            amount=payment.amount,
            effective_on=payment.on,
            by="MANUAL",
            why=office.garden.word("allocation_why", "contract"),
        )
    complete = hand.book.rows("settings").filter(pl.col("key") == "receipts_complete_to")
    hand.writes("settings", complete[UID][0], value=(day - timedelta(days=1)).isoformat())


# ---------------------------------------------------------------- the scenes


def letters_written(office: Office, players: Cast) -> tuple[Scene, Mapping[str, Any]]:
    """Return the scene in which letters wait for the bank's list, and what the letters say."""
    day = office.days.letters
    refusal = _refused(office, day)
    due = open_lines(office.book)
    closing = pl.col("contract_no") == players.unpaid["contract_no"]
    settled = due.filter(closing)
    fell_due = due.filter(pl.col("due_on") <= day, ~closing, ~_is_a_story(office))
    paid = pl.concat([settled, fell_due.head(max(fell_due.height - _SLOW, 0))])
    made = payments(office, paid, office.days.opening + timedelta(days=1), day - timedelta(days=1))
    week = Week(office, day, office.days.mistakes, players.rows)

    def typing(hand: Hand) -> None:
        week.typed(hand)
        note = office.note("negotiating", day)
        hand.writes("opportunities", players.bare[UID], stage="NEGOTIATING", **note)

    synced = booked(office, "bank", made, day, typing)
    sent: Any = office.serves("collect letters", lambda b, rules: letters(b, rules, day), day).outcome.data
    seen = {
        "refused": refusal,
        "unmatched": _unmatched(synced.book, made),
        "contract": _contract_state(synced.book, players.unpaid),
        "blank_on_the_letterhead": sent["blank_settings"],
        **_letters_seen(synced.book, sent),
    }
    expected = {
        "refused": "receipts_not_confirmed",
        "unmatched": 0,
        "contract": "CLOSED",
        "blank_on_the_letterhead": [],
        "without_a_letter": [],
        "tie_out": "0.00",
    }
    file = str(office.words("files")["bank"])
    commands = [
        office.command("collect", "letters", office.path.name, "--as-of", day),
        office.command("import", office.path.name, file, "--form", "receipts", "--apply", "--as-of", day),
        office.command("sync", office.path.name, "--as-of", day),
        office.command("collect", "letters", office.path.name, "--as-of", day),
    ]
    told = {
        "receipts": len(made),
        "paid": _sum(made),
        "unpaid": players.unpaid["name"],
        **_letters_told(sent),
    }
    return office.scene("letters", day, commands, expected, seen, **told), sent


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
    week = Week(office, day, since, players.rows)
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
    expected = {
        "had_a_letter": sorted(payers),
        "have_one_now": [],
        "without_a_letter": [],
        "tie_out": "0.00",
    }
    file = str(office.words("files")["bank_again"])
    commands = [
        office.command("import", office.path.name, file, "--form", "receipts", "--apply", "--as-of", day),
        office.command("sync", office.path.name, "--as-of", day),
        office.command("collect", "letters", office.path.name, "--as-of", day),
    ]
    told = {"payers": len(payers), "paid": _sum(paid.made), "before": len(sent["letters"])}
    return office.scene("paid", day, commands, expected, seen, **told, **_letters_told(again))


def late_payers(office: Office, sent: Mapping[str, Any]) -> list[str]:
    """Return who pays once the letter is there: those with the smallest amounts, the stories aside."""
    lines = office.book.rows("lines")
    told = set(lines.filter(_is_a_story(office))["customer"])
    amounts = {
        one["customer"]: Decimal(one["amount"])
        for one in sent["letters"]
        if one["currency"] == "CNY" and one["customer"] not in told
    }
    return sorted(amounts, key=lambda name: (amounts[name], name))[:_LATE_PAYERS]


def _is_a_story(office: Office) -> pl.Expr:
    """Return whether a line is one that nobody pays soon, for a reason that its note tells."""
    stories = list(words(office.lang)["stories"].values())
    told = pl.col("note").is_in(stories).fill_null(value=False)
    return told & (pl.col("due_on") < office.days.opening)


def _refused(office: Office, day: date) -> str:
    """Return why letters are not written while nobody knows who has paid."""
    try:
        letters(office.book, bind_rulebook(office.book), day)
    except WorldError as error:
        return error.key
    return ""


def _unmatched(book: Book, made: Iterable[Payment]) -> int:
    """Return how many of the bank's lines pay nothing yet."""
    refs = [payment.bank_ref for payment in made]
    receipts = book.rows("receipts").filter(pl.col("bank_ref").is_in(refs))
    return receipts.filter(pl.col("allocated") != pl.col("amount")).height + len(refs) - receipts.height


def _contract_state(book: Book, row: Mapping[str, Any]) -> str:
    return str(book.rows("contracts").filter(pl.col(UID) == row[UID])["state"][0])


def _letters_seen(book: Book, sent: Mapping[str, Any]) -> dict[str, object]:
    """Return who is overdue by the ledger and neither written to nor named with a reason."""
    overdue = book.rows("customers").filter(pl.col("overdue_amount") > 0)["name"]
    named = {str(one["customer"]) for one in (*sent["letters"], *sent["held"])}
    return {"without_a_letter": sorted(set(overdue) ^ named), "tie_out": sent["tie_out"]}


def _letters_told(sent: Mapping[str, Any]) -> dict[str, object]:
    return {"letters": len(sent["letters"]), "amount": Decimal(sent["total"]["CNY"])}


def _customers(sent: Mapping[str, Any]) -> set[str]:
    return {str(one["customer"]) for one in sent["letters"]}


def _sum(made: Iterable[Payment]) -> Decimal:
    return sum((payment.amount for payment in made), Decimal(0))
