"""What the daily run does with leads: the steps that 设置 names, in their fixed order."""

from collections.abc import Mapping

from ltc_xl.model.enums import folded
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rules.actor import named_apart

STEPS: Mapping[str, tuple[str, ...]] = {
    "clean": ("清洗", "Clean"),
    "dedupe": ("查重", "Dedupe"),
    "grade": ("评级", "Grade"),
    "recycle": ("收回", "Recycle"),
    "assign": ("分配", "Assign"),
    "nurture": ("培育", "Nurture"),
}
"""Step -> what people call it; the order is that of the work, however a firm lists them."""

SHEETS: Mapping[str, str] = {
    "clean": "cleaning",
    "grade": "grading",
    "recycle": "pools",
    "assign": "assignment",
    "nurture": "nurture_tracks",
}
"""Step -> the sheet without which it has nothing to go by."""

SETTING = "daily_steps"
_KNOWN = {folded(name): step for step, names in STEPS.items() for name in (step, *names)}


def daily_steps(rulebook: Rulebook) -> tuple[str, ...]:
    """Return the steps of a firm's day; words that name none are left out (M-08)."""
    named = {_KNOWN.get(folded(name)) for name in named_apart(rulebook.settings.get(SETTING))}
    return tuple(step for step in STEPS if step in named)


def unknown_steps(text: str | None) -> tuple[str, ...]:
    """Return the words of a cell that name no step.

    >>> unknown_steps("清洗，收回, 喝茶")
    ('喝茶',)
    """
    return tuple(name for name in named_apart(text) if folded(name) not in _KNOWN)
