"""The bank's list: which lines are paid when, and how that comes into the workbook."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import polars as pl

from ltc_xl.demo.month.hand import Hand
from ltc_xl.demo.month.office import Office
from ltc_xl.demo.telling import words
from ltc_xl.model.book import Book
from ltc_xl.model.tables import UID
from ltc_xl.session import Result

COLUMNS = ("on", "amount", "payer", "customer", "contract_no", "method", "summary", "bank_ref")


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


def is_a_story(office: Office) -> pl.Expr:
    """Return whether a line is one that nobody pays soon, for a reason that its note tells."""
    stories = list(words(office.lang)["stories"].values())
    told = pl.col("note").is_in(stories).fill_null(value=False)
    return told & (pl.col("due_on") < office.days.opening)


def unmatched(book: Book, made: Iterable[Payment]) -> int:
    """Return how many of the bank's lines pay nothing yet."""
    refs = [payment.bank_ref for payment in made]
    receipts = book.rows("receipts").filter(pl.col("bank_ref").is_in(refs))
    return receipts.filter(pl.col("allocated") != pl.col("amount")).height + len(refs) - receipts.height


def paid_amount(made: Iterable[Payment]) -> Decimal:
    """Return what payments come to."""
    return sum((payment.amount for payment in made), Decimal(0))
