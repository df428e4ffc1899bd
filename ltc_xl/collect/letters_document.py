"""The letters in their machine form."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from ltc_xl.collect.letters_desk import Desk
from ltc_xl.model.letter import Letter
from ltc_xl.model.money import money_text, total
from ltc_xl.rules.dunning import REASONS


def letters_document(desk: Desk, written: Sequence[Letter]) -> dict[str, object]:
    """Return the answer of ``collect letters --json``.

    ``held`` has an entry per customer, currency and reason, also of those with a letter, so that in each
    currency total + held = ledger_overdue; ``tie_out`` is the sum of what misses that.
    """
    asked = {
        view.currency: desk.of(view.currency).select(total(pl.col("asked"))).item() for view in desk.views
    }
    missed = sum((abs(difference) for difference in desk.differences.values()), Decimal(0))
    return {
        "as_of": desk.as_of.isoformat(),
        "letters": [_letter_document(letter, desk) for letter in written],
        "held": _held_documents(desk.lines),
        "total": {currency: money_text(amount) for currency, amount in asked.items()},
        "ledger_overdue": {view.currency: money_text(desk.overdue_of(view)) for view in desk.views},
        "tie_out": money_text(missed),
        "receipts_to": desk.receipts_to.isoformat() if desk.receipts_to else None,
        "blank_settings": list(desk.blank_settings),
    }


def _letter_document(letter: Letter, desk: Desk) -> dict[str, object]:
    lines = desk.of(letter.currency).filter(pl.col("customer") == letter.customer)
    held = _held_documents(lines)
    return {
        "number": letter.number,
        "customer": letter.customer,
        "currency": letter.currency,
        "level": letter.level,
        "amount": money_text(letter.amount),
        "overdue_amount": money_text(lines.select(total(pl.col("balance"))).item()),
        "held": [{"reason": part["reason"], "amount": part["amount"]} for part in held],
        "pay_by": letter.pay_by.isoformat(),
        "lines": [_line_document(row) for row in lines.filter(pl.col("asked") > 0).iter_rows(named=True)],
        "file": f"{letter.name}.pdf",
    }


def _line_document(row: Mapping[str, Any]) -> dict[str, object]:
    return {
        "line_id": row["line_id"],
        "contract_no": row["contract_no"],
        "item": row["item"],
        "invoices": row["invoices"],
        "due_on": row["due_on"].isoformat(),
        "days_overdue": row["days_overdue"],
        "amount": money_text(row["recognised"]),
        "open_amount": money_text(row["balance"]),
        "asked": money_text(row["asked"]),
    }


def _held_documents(lines: pl.DataFrame) -> list[dict[str, object]]:
    """Return one entry per customer, currency and reason for which something is held."""
    sums = lines.group_by("customer", "currency").agg(total(pl.col(name)).alias(name) for name in REASONS)
    held = (
        sums.unpivot(REASONS, index=["customer", "currency"], variable_name="reason", value_name="amount")
        .filter(pl.col("amount") != 0)
        .sort("customer", "currency", "reason")
    )
    return [row | {"amount": money_text(row["amount"])} for row in held.iter_rows(named=True)]
