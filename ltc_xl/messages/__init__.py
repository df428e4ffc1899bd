"""Every sentence a person reads, in both languages: ``zh/`` and ``en/``, one TOML file per topic.

A text names its values in braces. A spec after a colon says how a value is shown: ``{stage:opp_stage}`` is
a code of that list, ``{missing:column}`` the header of a column (or several) of the finding's table,
``{tested:field}`` that of ``table.column``, ``{kind:table}`` the sheet of a table, ``{problems:each}``
several errors, one line each, ``{read:cells}`` cells by the code of their column, ``{next:stages}`` stages
that may follow, ``{message:remark}`` a sentence of the firm's own, or nothing, ``{message:said}`` the one of
several languages that is read, ``{asked:asked}`` where the firm asks for it, ``{why:problem}`` and
``{why:remedy}`` what is wrong with the text of a rule and what to write, ``{left:kind}`` the kind of a
value, ``{example:facts}`` fields and what they hold, ``{since:day}`` a day in words, ``{who:owner}`` who is
in charge, or nothing. Without a spec, amounts get thousands marks and days ISO form.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, partial
from importlib.resources import files
from string import Formatter
from typing import Any

from ltc_xl.model.enums import Lang, enums, label, words
from ltc_xl.model.errors import LtcError
from ltc_xl.model.finding import Finding
from ltc_xl.model.own_columns import own_name
from ltc_xl.model.tables import Table, table, tables

CHOICES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Words:
    """A finding in words: the rule's title, what was found, what to do."""

    title: str
    found: str
    cure: str


@cache
def topic(name: str, lang: Lang) -> Mapping[str, object]:
    """Return one file of texts, e.g. ``topic("findings", "zh")``."""
    return tomllib.loads(files("ltc_xl.messages").joinpath(lang, f"{name}.toml").read_text("utf-8"))


def shown(value: object, lang: Lang) -> str:
    """Return a value as a person reads it.

    >>> shown(Decimal("1234567.5"), "zh"), shown(["a", 2], "en"), shown(None, "zh")
    ('1,234,567.50', 'a, 2', '')
    """
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list | tuple):
        return ("、" if lang == "zh" else ", ").join(shown(v, lang) for v in value)
    return str(value)


class _Sentence(Formatter):
    """Formats a text; knows the language and the table a finding speaks of."""

    def __init__(self, lang: Lang, owner: Table | None) -> None:
        self.lang, self.owner = lang, owner
        self._named = {
            "column": self._header, "choices": self._choices, "table": self._sheet, "field": self._field,
            "kind": self._kind, "arguments": self._arguments,
        }  # fmt: skip
        self._whole: Mapping[str, Callable[[Any], str]] = {
            "each": self._each,
            "problem": partial(self._problem, part="found"),
            "remedy": partial(self._problem, part="cure"),
            "cells": self._cells,
            "stages": self._stages,
            "remark": self._remark,
            "said": self._said,
            "asked": self._asked,
            "facts": self._facts,
            "day": self._day,
            "owner": self._owner,
        }

    def format_field(self, value: object, spec: str) -> str:
        """Return one value, or each of several, in words."""
        if spec in self._whole:
            return self._whole[spec](value)
        if spec and isinstance(value, list | tuple):
            return shown([self.format_field(one, spec) for one in value], self.lang)
        if spec in self._named:
            return self._named[spec](str(value))
        if spec in enums():
            return label(spec, None if value is None else str(value), self.lang)
        return str(super().format_field(value, spec)) if spec else shown(value, self.lang)

    def _header(self, code: str) -> str:
        column = self.owner.by_code.get(code) if self.owner else None
        return column.label(self.lang) if column else own_name(code)

    def _each(self, errors: Iterable[LtcError]) -> str:
        return "".join(f"\n  {sentence_of(one, self.lang)}" for one in errors)

    def _cells(self, cells: Mapping[str, object]) -> str:
        """Return cells by their headers, with what stands in them."""
        named = [(self._header(code), text) for code, text in cells.items()]
        blank_or_not = ("check.cell", "check.cell_blank")
        said = [say(blank_or_not[text is None], self.lang, header=h, value=text) for h, text in named]
        return shown(said, self.lang)

    def _stages(self, words: Sequence[str]) -> str:
        return shown(words, self.lang) if words else say("check.no_stage", self.lang)

    def _remark(self, text: str) -> str:
        """Return a sentence that follows another one, ended as one; nothing for none."""
        ended = text if not text or text[-1] in "。.！!？?" else text + ("。" if self.lang == "zh" else ".")
        return f" {ended}" if ended and self.lang == "en" else ended

    def _said(self, texts: Mapping[str, str]) -> str:
        """Return a sentence of the firm's own in the language that is read, else in the other."""
        return self._remark(texts.get(self.lang) or next(iter(texts.values()), ""))

    def _asked(self, asked: Mapping[str, Any] | None) -> str:
        """Return which row of 字段 asks for something, with its hint; nothing where the program does."""
        if asked is None:
            return ""
        hint = asked["hint"].get(self.lang) or next(iter(asked["hint"].values()), "")
        key = "check.asked_hint" if hint else "check.asked"
        return self._remark(say(key, self.lang, row=asked["row"], hint=hint))

    def _facts(self, facts: Iterable[Mapping[str, object]]) -> str:
        """Return fields by their headers with what they hold: 预算 500,000、行业 空、城市 其他."""
        return shown([f"{self._field(str(fact['field']))} {self._held(fact)}" for fact in facts], self.lang)

    def _held(self, fact: Mapping[str, object]) -> object:
        """Return what a field holds: a value, nothing, or one that no rule names."""
        if fact["is_other"]:
            return say("kinds.other", self.lang)
        return say("kinds.blank", self.lang) if fact["value"] is None else fact["value"]

    def _day(self, day: date) -> str:
        """Return a day as people say it."""
        if self.lang == "zh":
            return f"{day.year} 年 {day.month} 月 {day.day} 日"
        return f"{day.day} {day:%B %Y}"

    def _owner(self, name: str) -> str:
        """Return who is in charge, as an aside; nothing where nobody is named."""
        return say("check.owner", self.lang, name=name) if name else ""

    def _sheet(self, name: str) -> str:
        return table(name).sheet(self.lang) if name in tables() else name

    def _problem(self, problem: Mapping[str, Any], part: str) -> str:
        """Return what is wrong with the text of a rule, or what to write instead."""
        values = {name: value for name, value in problem.items() if name != "key"}
        return say(f"guards.{problem['key']}.{part}", self.lang, **values)

    def _field(self, place: str) -> str:
        """Return the header of ``table.column``."""
        name, _, code = place.partition(".")
        column = tables()[name].by_code.get(code) if name in tables() else None
        return column.label(self.lang) if column else own_name(code) if name in tables() else place

    def _kind(self, kind: str) -> str:
        return say(f"kinds.{kind}", self.lang)

    def _arguments(self, function: str) -> str:
        return say(f"kinds.arguments_{function.lower()}", self.lang)

    def _choices(self, code: str) -> str:
        """Return the first words of a column's list; the dropdown shows all."""
        column = self.owner.by_code.get(code) if self.owner else None
        offered = words(column.enum, "starter") if column and column.enum else ()
        first = [word.label(self.lang) for word in offered[:CHOICES_SHOWN]]
        return shown(first + ["…"] * (len(offered) > CHOICES_SHOWN), self.lang)


def say(key: str, lang: Lang, **values: object) -> str:
    """Return the text ``topic.name`` with its values filled in.

    Raises:
        KeyError: no such text, or a value it names is missing: our mistake.
    """
    name, _, rest = key.partition(".")
    text: object = topic(name, lang)
    for part in rest.split("."):
        text = text[part]  # type: ignore[index]  # a wrong key must crash
    return _Sentence(lang, None).vformat(str(text), (), values)


def words_of(finding: Finding, lang: Lang) -> Words:
    """Return a finding in words."""
    entry = topic("findings", lang)[finding.code]
    assert isinstance(entry, dict)  # noqa: S101  narrowing of parsed TOML
    sentence = _Sentence(lang, tables().get(finding.table))
    values = {"column": finding.column, "table": finding.table, "asked": None, **finding.values}
    return Words(*(sentence.vformat(entry[part], (), values) for part in ("title", "found", "cure")))


def title_of(code: str, lang: Lang) -> str:
    """Return the title of a check; it names no values."""
    entry = topic("findings", lang)[code]
    assert isinstance(entry, dict)  # noqa: S101  narrowing of parsed TOML
    return str(entry["title"])


def finding_codes() -> Iterable[str]:
    """Return every finding code that has words."""
    return topic("findings", "zh").keys()


def sentence_of(error: LtcError, lang: Lang) -> str:
    """Return an error of the world in words, cause and next step."""
    return say(f"errors.{error.key}", lang, **error.values)
