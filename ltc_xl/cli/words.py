"""Texts of the command line, read by themselves: help must not wait for the libraries behind ``messages``."""

import locale
import os
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

Lang = Literal["zh", "en"]


@cache
def texts(lang: Lang) -> Mapping[str, Any]:
    """Return ``messages/{lang}/cli.toml``."""
    file = Path(__file__).parents[1] / "messages" / lang / "cli.toml"
    return tomllib.loads(file.read_text("utf-8"))


def text(key: str, lang: Lang, **values: object) -> str:
    """Return one text, ``section.name``, with its values filled in."""
    found: Any = texts(lang)
    for part in key.split("."):
        found = found[part]
    return str(found).format_map(values)


def chosen_lang(args: Sequence[str]) -> Lang | None:
    """Return the language that ``--lang`` names, before the arguments are parsed.

    >>> chosen_lang(["check", "a.xlsx", "--lang", "en"]), chosen_lang(["--lang=zh"]), chosen_lang(["check"])
    ('en', 'zh', None)
    """
    for place, arg in enumerate(args):
        value = arg.removeprefix("--lang=") if arg.startswith("--lang=") else None
        if arg == "--lang" and place + 1 < len(args):
            value = args[place + 1]
        if value in {"zh", "en"}:
            return "zh" if value == "zh" else "en"
    return None


def system_lang() -> Lang:
    """Return the language of the person's system: Chinese, or else English."""
    named = next((os.environ[n] for n in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(n)), None)
    found = (named or locale.getlocale()[0] or "").casefold()
    return "zh" if found.startswith(("zh", "chinese")) else "en"
