"""The text of a rule with one spelling for each mark, and the way back to the character that was typed."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_MARKS = {
    "≥": ">=", "≧": ">=", "⩾": ">=", "≤": "<=", "≦": "<=", "⩽": "<=", "≠": "<>", "、": ",", "×": "*",
    "÷": "/", "“": '"', "”": '"', "„": '"', "「": '"', "」": '"', "『": '"', "』": '"', "‘": "'", "’": "'",
    "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "【": "[", "】": "]", "〔": "[", "〕": "]",
    "\u200b": "", "\u200c": "", "\u200d": "", "\ufeff": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in plain marks; ``at`` gives the place of each of its characters in what was typed, from 1."""

    text: str
    at: tuple[int, ...]

    def position(self, index: int) -> int:
        """Return the place of a character in what was typed; behind the last one for the end."""
        return self.at[index] if index < len(self.at) else (self.at[-1] + 1 if self.at else 1)


def plain_mark(char: str) -> str:
    """Return a character in plain marks: full-width ones narrow, ``≥`` as ``>=``.

    >>> [plain_mark(char) for char in "≥＞，（、Ａ"]
    ['>=', '>', ',', '(', ',', 'A']
    """
    if char.isascii():
        return " " if char.isspace() else char
    marked = _MARKS.get(char)
    return (
        "".join(_MARKS.get(part, part) for part in unicodedata.normalize("NFKC", char))
        if marked is None
        else marked
    )


def folded_marks(text: str) -> Folded:
    """Return a text in plain marks.

    >>> folded_marks("金额≥１０万")
    Folded(text='金额>=10万', at=(1, 2, 3, 3, 4, 5, 6))
    """
    parts = [(plain, place) for place, char in enumerate(text, 1) for plain in plain_mark(char)]
    return Folded("".join(plain for plain, _ in parts), tuple(place for _, place in parts))


@lru_cache(maxsize=8192)
def name_key(text: str) -> str:
    """Return a label or word for comparison: marks, case and all blanks do not matter.

    >>> name_key("金额（含税）") == name_key(" 金额 (含税)"), name_key("Next date")
    (True, 'nextdate')
    """
    return "".join(folded_marks(text).text.lower().split())
