"""What letters are written from: the overdue lines split, the firm, its customers and their file numbers."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.enums import folded
from ltc_xl.model.errors import UsageError
from ltc_xl.model.letter import Apart, Asked, Letter, LetterReason, Sender
from ltc_xl.model.money import total
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.billing import first_rows
from ltc_xl.rules.derived import derived
from ltc_xl.rules.dunning import REASONS, claims, pay_by, receipts_complete_to, unmatched_cash
from ltc_xl.rules.ledger import LedgerView, ledger_views

LEVEL = 1
_UNFIT = re.compile(r'[\x00-\x1f\\/:*?"<>|#%\s]+')
_LONGEST = 40


@dataclass(frozen=True)
class Desk:
    """What the letters are written from.

    Attributes:
        lines: the overdue lines, split (``rules.dunning.claims``).
        views: the ledger per currency, the firm's own first.
        addressees: customer -> number and contact.
        cash: receipts that pay no line yet.
        only: the one customer that is written to, or None.
    """

    book: Book
    rulebook: Rulebook
    as_of: date
    lines: pl.DataFrame
    views: Sequence[LedgerView]
    addressees: Mapping[str, Mapping[str, Any]]
    cash: pl.DataFrame
    only: str | None

    @property
    def sender(self) -> Sender:
        """Return the firm as its settings describe it."""
        settings = self.rulebook.settings
        return Sender(**{field.name: settings.get(field.name, "").strip() for field in fields(Sender)})

    @property
    def blank_settings(self) -> tuple[str, ...]:
        """Return the settings a letter would show and that are not filled in."""
        return tuple(field.name for field in fields(Sender) if not getattr(self.sender, field.name))

    @property
    def receipts_to(self) -> date | None:
        """Return the day up to which receipts are booked."""
        return receipts_complete_to(self.book, self.rulebook, self.as_of)

    @property
    def differences(self) -> Mapping[str, Decimal]:
        """Return currency -> asked + held - overdue of the ledger; must be 0.00."""
        return {
            view.currency: parted_amount(self.of(view.currency)) - self.overdue_of(view)
            for view in self.views
        }

    def of(self, currency: str) -> pl.DataFrame:
        """Return the overdue lines of a currency."""
        return self.lines.filter(pl.col("currency") == currency)

    def overdue_of(self, view: LedgerView) -> Decimal:
        """Return what the ledger says is overdue, of the one customer where there is one."""
        if self.only is None:
            return view.overdue_amount
        return replace(view, lines=view.lines.filter(pl.col("customer") == self.only)).overdue_amount

    def letters(self) -> Iterator[Letter]:
        """Yield the letters by number: customers of whom something is asked."""
        asked = self.lines.filter(pl.col("asked") > 0).select("customer", "currency").unique()
        numbers = self._numbers()
        letters = [
            self._letter(numbers[customer, currency], customer, currency)
            for customer, currency in asked.iter_rows()
        ]
        yield from sorted(letters, key=lambda letter: letter.number)

    def _numbers(self) -> Mapping[tuple[str, str], str]:
        """Return customer and currency -> what the letter is filed under; no two are the same."""
        parties = self.lines.drop_nulls("customer").select("customer", "currency").unique()
        several = parties.filter(pl.col("customer").is_duplicated())["customer"].to_list()
        numbers: dict[tuple[str, str], str] = {}
        for customer, currency in parties.sort("customer", "currency").iter_rows():
            currency_id = f"-{currency}" if customer in several else ""
            number = f"{self.as_of:%Y%m%d}-{self.file_id(customer)}{currency_id}"
            numbers[customer, currency] = _free(number, numbers.values())
        return numbers

    def file_id(self, customer: str) -> str:
        """Return what stands for a customer in the name of a file: number, else the plain name."""
        return str(self.addressees.get(customer, {}).get("customer_id") or _fit(customer))

    def _letter(self, number: str, customer: str, currency: str) -> Letter:
        lines = self.of(currency).filter(pl.col("customer") == customer)
        oldest_first = lines.sort("due_on", "contract_no", "line_id", UID).iter_rows(named=True)
        rows = [
            row | {"contract_no": row["contract_no"] or "", "item": row["item"] or ""} for row in oldest_first
        ]
        return Letter(
            number=number,
            customer=customer,
            contact=str(self.addressees.get(customer, {}).get("billing_contact") or ""),
            currency=currency,
            level=LEVEL,
            as_of=self.as_of,
            pay_by=pay_by(self.rulebook, self.as_of),
            receipts_to=self.receipts_to,
            sender=self.sender,
            asked=[_asked(row) for row in rows if row["asked"] > 0],
            apart=[part for row in rows for part in _apart(row)],
        )


def letters_desk(book: Book, rulebook: Rulebook, as_of: date, customer: str | None) -> Desk:
    """Return the desk with everything that letters on a day need; of one customer where one is named.

    Raises:
        UsageError: there is no such customer.
    """
    full = derived(book, rulebook, as_of)
    views = sorted(
        ledger_views(full, rulebook, as_of),
        key=lambda view: (view.currency != rulebook.currency, view.currency),
    )
    split = claims(full, views, as_of)
    only = _named(customer, full) if customer is not None else None
    customers = first_rows(full.rows("customers"), "name").select("name", "customer_id", "billing_contact")
    return Desk(
        book=full,
        rulebook=rulebook,
        as_of=as_of,
        lines=split.filter(pl.col("customer") == only) if only else split,
        views=views,
        addressees={row["name"]: row for row in customers.iter_rows(named=True)},
        cash=unmatched_cash(full, as_of),
        only=only,
    )


def _named(wanted: str, book: Book) -> str:
    """Return the customer of a name or number.

    Raises:
        UsageError: there is none; the sentence proposes the nearest name.
    """
    rows = book.rows("customers").select("name", "customer_id").drop_nulls("name")
    lines = book.rows("lines")["customer"].drop_nulls().unique().to_list()
    known: dict[str, str] = {folded(name): name for name in (*lines, *rows["name"])}
    known |= {folded(number): name for name, number in rows.iter_rows() if number}
    found = known.get(folded(wanted))
    if found is None:
        holding = [name for name in known if folded(wanted) in name]
        near = holding or get_close_matches(folded(wanted), known, 1, 0.5)
        if near:
            raise UsageError("letters_customer_near", found=wanted, proposal=known[near[0]])
        raise UsageError("letters_customer", found=wanted)
    return found


def _fit(name: str) -> str:
    """Return a name as it may stand in the name of a file.

    >>> _fit('A/B <Sons> "x"')
    'A-B-Sons-x'
    """
    return _UNFIT.sub("-", name)[:_LONGEST].strip("-. ") or "customer"


def _free(number: str, taken: Collection[str]) -> str:
    """Return the number, or the first one after it that is not taken.

    >>> _free("A", ["A", "B"])
    'A-2'
    """
    others = (f"{number}-{place}" for place in range(2, len(taken) + 3))
    return next(each for each in (number, *others) if each not in taken)


def _asked(row: Mapping[str, Any]) -> Asked:
    return Asked(
        contract_no=row["contract_no"],
        item=row["item"],
        invoices=tuple(row["invoices"] or ()),
        due_on=row["due_on"],
        days_overdue=row["days_overdue"],
        amount=row["recognised"],
        asked=row["asked"],
    )


def _apart(row: Mapping[str, Any]) -> Iterator[Apart]:
    """Yield the parts of a line that the customer knows about: in dispute, promised."""
    reasons: tuple[LetterReason, ...] = ("disputed", "promised")
    for reason in reasons:
        if row[reason] > 0:
            day = row["promised_on"] if reason == "promised" else None
            yield Apart(row["contract_no"], row["item"], row[reason], reason, day)


def parted_amount(lines: pl.DataFrame) -> Decimal:
    """Return what is asked and held in all."""
    amounts = lines.select(total(pl.col(name)) for name in ("asked", *REASONS)).row(0)
    return sum(amounts, Decimal("0.00"))
