"""Money: Decimal to the cent, half away from zero.

Polars Decimals round half to even at the operand's scale, widen in sums and turn to float in means, so
every product, quotient and rounding of amounts goes through this module.
"""

from decimal import ROUND_HALF_UP, Decimal

import polars as pl

MONEY = pl.Decimal(18, 2)
RATE = pl.Decimal(12, 8)
_WIDE = pl.Decimal(38, 8)
CENT = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    """Round to the cent, half away from zero.

    >>> cents(Decimal("0.025")), cents(Decimal("-0.025"))
    (Decimal('0.03'), Decimal('-0.03'))
    """
    return amount.quantize(CENT, ROUND_HALF_UP)


def _rounded(value: pl.Expr) -> pl.Expr:
    return value.cast(_WIDE).round(2, mode="half_away_from_zero").cast(MONEY)


def product(amount: pl.Expr, rate: pl.Expr) -> pl.Expr:
    """Amount times a rate of at most eight decimals, to the cent."""
    return _rounded(amount.cast(_WIDE) * rate.cast(_WIDE))


def net_of_tax(gross: pl.Expr, rate: pl.Expr) -> pl.Expr:
    """Gross less the VAT it includes at a rate (0 to 1), to the cent."""
    return _rounded(gross.cast(_WIDE) / (rate.cast(_WIDE) + 1))


def total(amount: pl.Expr) -> pl.Expr:
    """Sum of amounts, still money; 0.00 over no rows."""
    return amount.sum().cast(MONEY)


def money_text(amount: Decimal | None) -> str:
    """Two decimals, no thousands mark: the machine form.

    >>> money_text(Decimal("1234.5"))
    '1234.50'
    """
    return f"{cents(amount or Decimal(0)):f}"


def split(amount: Decimal, shares: list[Decimal]) -> list[Decimal]:
    """Split an amount by shares that add up to 1; the last part takes the remaining cent.

    >>> split(Decimal("999999.99"), [Decimal("0.3"), Decimal("0.4"), Decimal("0.25"), Decimal("0.05")])
    [Decimal('300000.00'), Decimal('400000.00'), Decimal('250000.00'), Decimal('49999.99')]
    """
    parts = [cents(amount * share) for share in shares[:-1]]
    return [*parts, amount - sum(parts, Decimal(0))]
