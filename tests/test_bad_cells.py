"""Cells that are no rule: refused when the workbook is read, each where it stands, with what to write.

``bad_cells.toml`` lists them: where somebody wrote what, the finding, and what is said in both languages.
"""

import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from reading import Cell, Styled, book_file

from ltc_xl.check import check_rules
from ltc_xl.leads import assign, clean, grade
from ltc_xl.messages import say, words_of
from ltc_xl.model.address import column_letters
from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, SetColumn
from ltc_xl.model.enums import LANGS, Lang
from ltc_xl.model.finding import Finding
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID, table
from ltc_xl.rules import bind_rulebook
from ltc_xl.rules.rulesets import grading_rules
from ltc_xl.rules.transitions import judged
from ltc_xl.workbook import read_book

AS_OF = date(2026, 4, 30)
BAD = tomllib.loads(Path(__file__).with_name("bad_cells.toml").read_text("utf-8"))["cell"]
LEAST = 105 + 50
COLUMNS = {
    "grading": [
        "no", "budget", "industry", "need_level", "completeness", "grade", "score", "queue",
        "渠道", "采购时间", "下次跟进", "未跟进天数",
    ],
    "assignment": ["no", "queue", "region", "industry", "team", "method", "cap", "fallback"],
    "transitions": ["no", "object", "from", "to", "condition", "needs", "role", "gate"],
    "transfer_criteria": ["criterion", "condition"],
    "cleaning": ["no", "field", "kind", "value"],
    "scoring": ["no", "channel", "need", "budget", "points"],
}  # fmt: skip
"""The sheets, with columns of grading that a consultant has added."""

SOUND: Mapping[str, Mapping[str, Cell]] = {
    "grading": {"grade": "D"},
    "assignment": {"team": "直销组"},
    "transitions": {"object": "OPPORTUNITY", "from": "谈判", "to": "待签约"},
    "transfer_criteria": {"criterion": "有公司", "condition": "公司 非空"},
    "cleaning": {"field": "公司", "kind": "规整"},
    "scoring": {"points": "5"},
}
"""What stands beside a bad cell."""

Bad = Mapping[str, Cell]
CHANNELS: list[dict[str, Cell]] = [{"channel": "转介绍"}, {"channel": "官网"}]


def place_of(bad: Bad) -> tuple[str, str]:
    """Return the table and the column of a bad cell."""
    name, _, column = str(bad["at"]).partition(".")
    return name, column


def row_of(bad: Bad, no: int) -> dict[str, Cell]:
    """Return the rule that a bad cell is in."""
    name, column = place_of(bad)
    own = {"no": f"N{no}"} if "no" in COLUMNS[name] else {}
    beside = {key: value for key, value in bad.items() if key in COLUMNS[name]}
    return {**own, **SOUND[name], **beside, column: bad["text"]}


def cell_of(bad: Bad) -> tuple[str, str]:
    """Return sheet and cell of a bad one in the workbook that holds them all."""
    name, column = place_of(bad)
    row = [one for one in BAD if place_of(one)[0] == name].index(bad) + 2
    return table(name).zh, f"{column_letters(COLUMNS[name].index(column) + 1)}{row}"


def rules_of(*bad: Bad) -> dict[str, list[dict[str, Cell]]]:
    """Return the rows of rule sheets that hold some bad cells, each in a rule of its own."""
    rows: dict[str, list[dict[str, Cell]]] = {"channels": list(CHANNELS)}
    for one in bad:
        held = rows.setdefault(place_of(one)[0], [])
        held.append(row_of(one, len(held) + 1))
    return rows


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, str] | None, list[Finding]]:
    """Return what `rules check` finds in a workbook with every bad cell, by sheet and cell."""
    path = book_file(tmp_path_factory.mktemp("bad") / "book.xlsx", rules_of(*BAD), codes=COLUMNS)
    book = read_book(path)
    told: dict[tuple[str, str] | None, list[Finding]] = {}
    for one in check_rules(book, bind_rulebook(book), AS_OF).findings:
        if one.severity == "error":
            told.setdefault(book.cell(one.table, one.row_id, one.column), []).append(one)
    return told


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: f"{bad['at']}: {str(bad['text'])[:40]}")
def test_a_bad_cell_is_refused_where_it_stands_and_told_what_to_write(
    bad: Bad, found: Mapping[tuple[str, str], list[Finding]]
) -> None:
    (finding,) = found[cell_of(bad)]
    why = finding.values.get("why", {})
    assert isinstance(why, dict)
    assert (finding.code, why.get("position")) == (bad["code"], bad.get("place"))
    assert told(finding) == {lang: bad[lang] for lang in LANGS}


def told(finding: Finding) -> dict[str, str]:
    """Return what is said of a cell: what is wrong with it and what to write; not what every finding says."""
    why = finding.values.get("why")
    if not isinstance(why, dict):
        said = {lang: words_of(finding, lang) for lang in LANGS}
        return {lang: f"{words.found} {words.cure}" for lang, words in said.items()}
    values = {key: value for key, value in why.items() if key != "key"}
    return {lang: _joined(why["key"], values, lang) for lang in LANGS}


def _joined(key: str, values: Mapping[str, object], lang: Lang) -> str:
    parts = (say(f"guards.{key}.{part}", lang, **values) for part in ("found", "cure"))
    return "。".join(parts) + "。" if lang == "zh" else ". ".join(parts) + "."


def test_nothing_else_is_refused_in_their_workbook(
    found: Mapping[tuple[str, str] | None, list[Finding]],
) -> None:
    assert len(BAD) >= LEAST
    assert set(found) == {cell_of(bad) for bad in BAD}


def test_what_is_said_is_whole_sentences_without_words_of_programmers() -> None:
    for bad in BAD:
        zh, en = str(bad["zh"]), str(bad["en"])
        assert zh.endswith("。"), zh
        assert en.endswith("."), en
        assert not any(word in en for word in ("token", "syntax", "parse", "null ", "operand", "literal")), en


# ---- no row is changed by rules of which one cannot be read

LEADS: list[dict[str, Cell]] = [
    {"company": "恒远精密", "need": "一台柜", "budget": 1_500_000, "timeline": "3个月内", "channel": "官网"},
    {
        "company": " 新 禾 ",
        "need": "询价",
        "budget": 90_000,
        "channel": "转介绍",
        "state": "待分配",
        "grade": "B",
    },
]
DEALS: list[dict[str, Cell]] = [{"name": "二期", "customer": "恒远精密", "owner": "周敏", "stage": "待签约"}]
MEMBERS: list[dict[str, Cell]] = [{"member": "周敏", "team": "直销组", "roles": "销售"}]
Run = Callable[[Book, Rulebook, date], Outcome]
RUNS: Mapping[str, Run] = {
    "grading": grade,
    "assignment": assign,
    "transfer_criteria": assign,
    "cleaning": clean,
}
ONE_OF_EACH = list({(place_of(bad), bad["code"], str(bad["zh"])[-12:]): bad for bad in BAD}.values())


@pytest.mark.parametrize("name", RUNS)
def test_sound_rules_change_the_same_rows(name: str, tmp_path: Path) -> None:
    """Or else that bad ones do not would prove nothing."""
    rows = {"channels": CHANNELS, name: [dict(SOUND[name])], "leads": LEADS, "members": MEMBERS}
    book = read_book(book_file(tmp_path / "book.xlsx", rows))
    assert RUNS[name](book, bind_rulebook(book), AS_OF).changes


@pytest.mark.parametrize("bad", ONE_OF_EACH, ids=lambda bad: f"{bad['at']}: {str(bad['text'])[:40]}")
def test_rules_with_a_bad_cell_change_no_row(bad: Bad, tmp_path: Path) -> None:
    name, _ = place_of(bad)
    rows = rules_of(bad) | {"leads": LEADS, "opportunities": DEALS, "members": MEMBERS}
    path = book_file(tmp_path / "book.xlsx", rows, codes={name: COLUMNS[name]})
    book = read_book(path)
    rulebook = bind_rulebook(book)
    if name in RUNS:
        assert not RUNS[name](book, rulebook, AS_OF).changes
    elif name == "transitions":
        typed = Changes((SetColumn("opportunities", "stage", moved(book)),))
        verdict = judged(typed, book, rulebook, AS_OF, "")
        assert verdict.off
        assert not verdict.accepted.sets
    else:
        assert "score" not in {entry.column for entry in grade(book, rulebook, AS_OF).changes.sets}


def moved(book: Book) -> pl.DataFrame:
    """Return that somebody typed the stage of the only opportunity over."""
    rows = book.rows("opportunities")
    return rows.select(UID, old=pl.lit("NEGOTIATING"), new=pl.col("stage"))


# ---- odd cells that are good

GOOD: list[tuple[str, Cell, object, object]] = [
    ("budget", ">= 100,000", Decimal(100_000), Decimal(500)),
    ("budget", "≥１０万", Decimal(100_000), Decimal("99999.99")),
    ("budget", "＞100", Decimal("100.01"), Decimal(100)),
    ("budget", "not(100)", Decimal(101), Decimal(100)),
    ("budget", "[10万..100万)", Decimal(100_000), Decimal(1_000_000)),
    ("budget", 1_000_000, Decimal(1_000_000), Decimal(10)),
    ("budget", "空", None, Decimal(0)),
    ("industry", "金融，电信", "电信", "食品"),
    ("industry", "＜＞金融", "电信", "金融"),
    ("need_level", "Urgent、明确", "CLEAR", "VAGUE"),
    ("completeness", ">=30%", Decimal("0.3"), Decimal("0.29")),
    ("completeness", Styled(0.8, "0%"), Decimal("0.8"), Decimal("0.3")),
    ("下次跟进", ">=TODAY()-30", date(2026, 3, 31), date(2026, 3, 30)),
    ("下次跟进", date(2026, 4, 30), AS_OF, date(2026, 5, 1)),
    ("采购时间", "Within 3 months", "M0_3", None),
]
CODES = {"下次跟进": "next_on", "采购时间": "timeline"}


def test_odd_cells_that_are_good_mean_what_people_mean(tmp_path: Path) -> None:
    """Full-width marks, units, percents, thousands, days of Excel's own; a dash and a blank let all pass."""
    rows = [
        {"no": f"N{n}", "grade": "D", "industry": "-", column: text}
        for n, (column, text, *_) in enumerate(GOOD)
    ]
    path = book_file(tmp_path / "book.xlsx", {"grading": rows}, codes={"grading": COLUMNS["grading"]})
    book = read_book(path)
    found = grading_rules(book, bind_rulebook(book), AS_OF)
    assert found.problems == ()
    for rule, (column, _, fits, misses) in zip(found.table.rules, GOOD, strict=True):
        code = CODES.get(column, column)
        assert rule.fits_row(dict.fromkeys(found.fields) | {code: fits}, AS_OF), rule
        assert not rule.fits_row(dict.fromkeys(found.fields) | {code: misses}, AS_OF), rule
