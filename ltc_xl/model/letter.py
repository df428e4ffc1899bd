"""A letter to a customer, without words and without form: who writes to whom, and what is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from ltc_xl.model.outcome import Paper

LetterReason = Literal["disputed", "promised"]


@dataclass(frozen=True, slots=True)
class Sender:
    """The firm as its settings describe it; '' for what it has not filled in."""

    company: str = ""
    address: str = ""
    phone: str = ""
    tax_no: str = ""
    bank: str = ""
    bank_account: str = ""
    finance_contact: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """An overdue line and the part of it that is asked for."""

    contract_no: str
    item: str
    invoices: tuple[str, ...]
    due_on: date
    days_overdue: int
    amount: Decimal
    asked: Decimal


@dataclass(frozen=True, slots=True)
class Apart:
    """A part of an overdue line that the letter names and does not ask for."""

    contract_no: str
    item: str
    amount: Decimal
    reason: LetterReason
    promised_on: date | None = None


@dataclass(frozen=True)
class Letter:
    """One letter: a customer, a currency, a level.

    Attributes:
        number: what it is filed under, ``20261120-K-SH-0001H``; the same for the same customer and day.
        contact: who reads it; '' when nobody is named.
        pay_by: the day asked for.
        receipts_to: the day up to which receipts are booked; None when there are none.
        asked, apart: the lines, longest overdue first.
    """

    number: str
    customer: str
    contact: str
    currency: str
    level: int
    as_of: date
    pay_by: date
    receipts_to: date | None
    sender: Sender
    asked: Sequence[Asked]
    apart: Sequence[Apart]

    @property
    def amount(self) -> Decimal:
        """Return what is asked for in all."""
        return sum((line.asked for line in self.asked), Decimal("0.00"))

    @property
    def name(self) -> str:
        """Return the stem of its file, ``COMMAND-DATE-ID``."""
        day = self.as_of.isoformat()
        return f"letters-{day}-{self.number.removeprefix(f'{self.as_of:%Y%m%d}-')}"


def letter_paper(letter: Letter) -> Paper:
    """Return a letter as a paper, set by the template ``letter.typ``."""
    return Paper(letter.name, "letter", {"letter": letter}, ("pdf",))
