"""The list of letters: who is written to, what is held and why, what must be invoiced first."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import polars as pl

from ltc_xl.collect.letters_desk import Desk
from ltc_xl.model.defaults import default_rows
from ltc_xl.model.letter import Letter
from ltc_xl.model.money import total
from ltc_xl.model.outcome import Paper
from ltc_xl.model.paper import Chart, Field, Figure, Grid, Report, TieOut, Where, paper_of
from ltc_xl.rules.dunning import REASONS
from ltc_xl.rules.ledger import TABLES, LedgerView, currency_of

_APART = tuple(reason for reason in REASONS if reason != "uninvoiced")


def letters_paper(desk: Desk, view: LedgerView, written: Sequence[Letter], *ids: str) -> Paper:
    """Return the list of one currency; ``ids`` end the name of its file."""
    lines = desk.of(view.currency)
    own = [letter for letter in written if letter.currency == view.currency]
    grids = (
        _letters(lines, own),
        _held(lines, desk),
        _to_invoice(lines),
        _unclaimed(desk, view.currency),
        _missing(desk),
    )
    report = Report(
        name="letters",
        firm=desk.sender.company,
        source=desk.book.name,
        as_of=desk.as_of,
        currency=view.currency,
        basis=view.basis,
        figures=_figures(lines, own, desk.overdue_of(view)),
        grids={grid.name: grid for grid in grids},
        charts={"letters": Chart("letters", "letters", "bars", "customer", ("asked_amount",), limit=10)},
        tie_out=_tie_out(lines, desk.overdue_of(view)),
        unread=desk.book.unread_places(*TABLES),
        definitions=("letters_asked", "letters_held", "letters_tie_out", "letters_receipts", "days_overdue"),
        values={"receipts_to": desk.receipts_to or "–"},
    )
    return paper_of(report, *ids)


def _figures(lines: pl.DataFrame, own: Sequence[Letter], overdue: Decimal) -> tuple[Figure, ...]:
    asked = lines.select(total(pl.col("asked"))).item()
    oldest = lines.filter(pl.col("asked") > 0)["days_overdue"].max()
    return (
        Figure("letters", len(own), "count"),
        Figure("asked_amount", asked, "money"),
        Figure("held_amount", _held_amount(lines), "money"),
        Figure("overdue_amount", overdue, "money"),
        Figure("max_days_overdue", oldest if isinstance(oldest, int) else None, "count"),
    )


def _held_amount(lines: pl.DataFrame) -> Decimal:
    held: Decimal = lines.select(total(pl.sum_horizontal(REASONS))).item()
    return held


def _tie_out(lines: pl.DataFrame, overdue: Decimal) -> TieOut:
    """Return asked + held = overdue of the ledger; a reason nothing is held for is left out."""
    sums = lines.select(total(pl.col(name)).alias(name) for name in ("asked", *REASONS)).row(0, named=True)
    sides = {f"letter_{name}": amount for name, amount in sums.items() if amount or name == "asked"}
    return TieOut(sides, "ledger_overdue", overdue)


def _letters(lines: pl.DataFrame, own: Sequence[Letter]) -> Grid:
    fields = (
        Field("customer", "text"),
        Field("billing_contact", "text"),
        Field("lines", "count"),
        Field("oldest_due_on", "date"),
        Field("max_days_overdue", "days"),
        Field("overdue_amount", "money"),
        Field("held_amount", "money"),
        Field("asked_amount", "money"),
        Field("letter_no", "text"),
    )
    rows = sorted((_letter_row(lines, letter) for letter in own), key=_largest_first)
    sums = {name: _sum(rows, name) for name in ("overdue_amount", "held_amount", "asked_amount")}
    count = sum(len(letter.asked) for letter in own)
    return Grid("letters", fields, rows, {"lines": count, **sums}, where="sheet")


def _letter_row(lines: pl.DataFrame, letter: Letter) -> Mapping[str, object]:
    of_customer = lines.filter(pl.col("customer") == letter.customer)
    overdue = of_customer.select(total(pl.col("balance"))).item()
    return {
        "customer": letter.customer,
        "billing_contact": letter.contact or None,
        "lines": len(letter.asked),
        "oldest_due_on": min(line.due_on for line in letter.asked),
        "max_days_overdue": max(line.days_overdue for line in letter.asked),
        "overdue_amount": overdue,
        "held_amount": overdue - letter.amount,
        "asked_amount": letter.amount,
        "letter_no": letter.number,
    }


def _largest_first(row: Mapping[str, object]) -> tuple[Decimal, str]:
    return -Decimal(str(row["asked_amount"])), str(row["customer"])


def _sum(rows: Sequence[Mapping[str, object]], name: str) -> Decimal:
    return sum((Decimal(str(row[name])) for row in rows), Decimal("0.00"))


_LINE = (
    Field("customer", "text"),
    Field("line_id", "text"),
    Field("contract_no", "text"),
    Field("item", "item"),
    Field("due_on", "date"),
    Field("days_overdue", "days"),
)


def _held(lines: pl.DataFrame, desk: Desk) -> Grid:
    """Return every part that is held and is not for want of an invoice, with what is known of it."""
    fields = (*_LINE, Field("held_amount", "money"), Field("held_why", "entry"), Field("held_note", "text"))
    cash = _cash_notes(desk)
    parts = pl.concat(
        lines.filter(pl.col(reason) != 0).with_columns(
            held_amount=pl.col(reason), held_why=pl.lit(f"letter_{reason}"), held_note=_note(reason)
        )
        for reason in _APART
    )
    noted = parts.join(cash, on="customer", how="left", maintain_order="left").with_columns(
        held_note=pl.when(pl.col("held_why") == "letter_unapplied").then("cash").otherwise("held_note")
    )
    rows = noted.sort("customer", "due_on", "line_id").select(field.code for field in fields).to_dicts()
    return Grid("held", fields, rows, {"held_amount": _sum(rows, "held_amount")}, where="sheet")


def _note(reason: str) -> pl.Expr:
    notes = {"disputed": pl.col("dispute_reason"), "promised": pl.col("promised_on").cast(pl.String)}
    return notes.get(reason, pl.lit(None, pl.String))


def _cash_notes(desk: Desk) -> pl.DataFrame:
    """Return customer -> their receipts that pay no line yet, each with number, day and amount."""
    words = pl.format("{} {} {}", pl.col("receipt_id").fill_null(""), "on", "unmatched")
    cash = desk.cash.drop_nulls("customer").sort("on", "receipt_id")
    return cash.group_by("customer").agg(cash=words.str.strip_chars().str.join("; "))


def _to_invoice(lines: pl.DataFrame) -> Grid:
    """Return the overdue lines without an invoice, in dispute or promised though they may be."""
    fields = (*_LINE, Field("to_invoice_amount", "money"))
    named = lines.filter(pl.col("to_invoice") > 0).rename({"to_invoice": "to_invoice_amount"})
    rows = named.sort("customer", "due_on", "line_id").select(field.code for field in fields).to_dicts()
    return Grid(
        "to_invoice", fields, rows, {"to_invoice_amount": _sum(rows, "to_invoice_amount")}, where="sheet"
    )


def _unclaimed(desk: Desk, currency: str) -> Grid:
    """Return the receipts of unknown payers: one of those who get a letter may have paid."""
    fields = (
        Field("receipt_id", "text"),
        Field("on", "date"),
        Field("payer", "text"),
        Field("unmatched", "money"),
    )
    unknown = desk.cash.filter(pl.col("customer").is_null(), currency_of(desk.rulebook) == currency)
    rows = unknown.sort("on", "receipt_id").select(field.code for field in fields).to_dicts()
    return Grid("unclaimed", fields, rows, {"unmatched": _sum(rows, "unmatched")}, _where(rows))


def _missing(desk: Desk) -> Grid:
    """Return the settings that a letter would show and that are blank, as the sheet calls them."""
    usual, own = default_rows("settings", desk.book.lang), desk.rulebook.rows("settings")
    names = dict(pl.concat([rows.select("key", "what") for rows in (usual, own)]).drop_nulls().iter_rows())
    rows = [{"setting": names[key]} for key in desk.blank_settings]
    return Grid("missing", (Field("setting", "text"),), rows, where=_where(rows))


def _where(rows: Sequence[Mapping[str, object]]) -> Where:
    """Return where a grid stands that need not be there."""
    return "overview" if rows else "nowhere"
