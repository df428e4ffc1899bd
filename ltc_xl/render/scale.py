"""Large amounts in charts: ten thousands (万) for a Chinese reader, thousands or millions in English."""

from collections.abc import Iterable
from dataclasses import dataclass

from ltc_xl.model.enums import Lang

_STEPS: dict[Lang, tuple[tuple[int, str], ...]] = {
    "zh": ((100_000_000, "亿"), (10_000, "万"), (1, "")),
    "en": ((1_000_000, "m"), (1_000, "k"), (1, "")),
}


@dataclass(frozen=True, slots=True)
class Scale:
    """Amounts are divided by ``size``; ``unit`` says so."""

    size: int
    unit: str

    def text(self, amount: float) -> str:
        """Return an amount in this unit, short.

        >>> Scale(10_000, "万").text(1_234_500), Scale(1, "").text(80)
        ('123.5', '80')
        """
        scaled = amount / self.size
        return f"{scaled:,.0f}" if self.size == 1 or abs(scaled) >= 1000 else f"{scaled:,.1f}"  # noqa: PLR2004  four digits need no decimals


def scale_of(amounts: Iterable[float], lang: Lang) -> Scale:
    """Return the unit in which the largest amount has at least two digits before the point.

    >>> scale_of([1_234_500.0, 20.0], "zh").unit, scale_of([9_000.0], "zh").unit
    ('万', '')
    """
    largest = max((abs(amount) for amount in amounts), default=0)
    return next(Scale(size, unit) for size, unit in _STEPS[lang] if largest >= 10 * size or size == 1)
