"""The colours and fonts of every paper."""

from collections.abc import Sequence

INK = "#0f172a"
MUTED = "#64748b"
HAIR = "#e2e8f0"
PANEL = "#f8fafc"
NAVY = "#1f3a5f"
GOOD = "#166534"
BAD = "#b3261e"
SERIES = ("#2f6690", "#f2a541", "#1f3a5f", "#3a8fb7")
LAYERS = ("#2f6690", "#f2a541", "#cbd5e1")
"""Of amounts that lie on one another: sure, promised, only planned."""
STEPS = ("#1f3a5f", "#2f6690", "#3a8fb7", "#f2a541")
"""Of a funnel, from its mouth to what comes out."""
_AGES = ("#1f3a5f", "#2f6690", "#3a8fb7", "#f2a541", "#e4572e", "#b3261e", "#7a1418")
FONTS = (
    "Segoe UI",
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "PingFang SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "sans-serif",
)


def age_colours(count: int) -> Sequence[str]:
    """Return one colour per ageing bucket, from calm to alarming.

    >>> age_colours(2)
    ['#1f3a5f', '#7a1418']
    """
    steps = max(count - 1, 1)
    return [_AGES[round(place * (len(_AGES) - 1) / steps)] for place in range(count)]
