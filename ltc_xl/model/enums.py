"""Closed lists of words: one code, a word in each language. The data stand in ``enums.toml``."""

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Literal

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Word:
    """One entry of a list; ``kind`` and ``win`` only for states and stages."""

    code: str
    zh: str
    en: str
    kind: str = ""
    win: Decimal | None = None
    profile: str = "starter"
    also: tuple[str, ...] = ()

    def label(self, lang: Lang) -> str:
        """Return the word a person sees."""
        return self.zh if lang == "zh" else self.en


def folded(text: str) -> str:
    """Return the text for comparison: width, case and outer blanks do not matter.

    >>> folded(" ＧＴＸ Ｐｒｏ ")
    'gtx pro'
    """
    return unicodedata.normalize("NFKC", text).strip().casefold()


@cache
def enums() -> Mapping[str, tuple[Word, ...]]:
    """Return every list, in the order of ``enums.toml``."""
    data = tomllib.loads(files("ltc_xl.model").joinpath("enums.toml").read_text("utf-8"))
    return {
        name: tuple(
            Word(
                code,
                entry["zh"],
                entry["en"],
                entry.get("kind", ""),
                Decimal(entry["win"]) if "win" in entry else None,
                entry.get("profile", "starter"),
                tuple(entry.get("also", ())),
            )
            for code, entry in words.items()
        )
        for name, words in data.items()
    }


def words(name: str, profile: str = "full") -> tuple[Word, ...]:
    """Return the words of one list that a profile offers."""
    return tuple(w for w in enums()[name] if profile == "full" or w.profile != "full")


def codes_of_kind(name: str, *kinds: str) -> tuple[str, ...]:
    """Return the codes of a list whose kind is one of ``kinds``.

    >>> codes_of_kind("opp_stage", "won", "lost")
    ('WON', 'LOST')
    """
    return tuple(w.code for w in enums()[name] if w.kind in kinds)


def label(name: str, code: str | None, lang: Lang) -> str:
    """Return the word for a code; an unknown code stands for itself, none for ''."""
    found = next((w for w in enums()[name] if w.code == code), None)
    return found.label(lang) if found else code or ""


@cache
def by_word(name: str) -> Mapping[str, str]:
    """Return folded word (either language, code, synonyms) -> code."""
    return {folded(text): w.code for w in reversed(enums()[name]) for text in (*w.also, w.en, w.zh, w.code)}
