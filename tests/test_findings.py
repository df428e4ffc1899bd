"""The gallery: every finding code has a page with a table that fails, its words, and its cure."""

import re
from collections.abc import Iterable
from string import Formatter

import polars as pl
import pytest
from gallery import Page, pages

from ltc_xl.check import check, check_rules
from ltc_xl.messages import finding_codes, title_of, topic, words_of
from ltc_xl.model.book import Book
from ltc_xl.model.defaults import default_rows
from ltc_xl.model.enums import LANGS, Lang, label
from ltc_xl.model.finding import Finding
from ltc_xl.model.tables import table
from ltc_xl.rules import bind_rulebook
from ltc_xl.rules.in_force import InForce

PAGES = pages()


def findings_of(book: Book, page: Page) -> tuple[Finding, ...]:
    if page.of_rules:
        return check_rules(book, bind_rulebook(book), page.as_of).findings
    rules = InForce(book, bind_rulebook(book), page.as_of, page.known)
    return check(book, rules.rulebook, page.as_of, level="strict").findings


def said(book: Book, found: Iterable[Finding], lang: Lang) -> list[str]:
    """Return what the check says of a book: place, severity and finding, then the cure, on two lines each."""
    lines = []
    for finding in found:
        words = words_of(finding, lang)
        cell = book.cell(finding.table, finding.row_id, finding.column)
        place = table(finding.table).sheet(lang) + (f"!{cell[1]}" if cell and finding.column else "")
        severity = label("severity", finding.severity.upper(), lang)
        lines += [f"{place} {severity}: {words.found}", f"  {words.cure} ({finding.code})"]
    return lines


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.code)
def test_the_check_says_of_a_page_what_stands_on_it(page: Page) -> None:
    book = page.book
    found = findings_of(book, page)
    assert {finding.code for finding in found} == {page.code, *page.beside}
    for lang in LANGS:
        assert said(book, found, lang) == page.texts[lang]


@pytest.mark.parametrize("page", [page for page in PAGES if page.cured], ids=lambda page: page.code)
def test_a_cured_table_has_no_finding_left(page: Page) -> None:
    assert findings_of(page.cured_book, page) == ()


def test_every_code_has_a_page_and_words_in_both_languages() -> None:
    codes = list(finding_codes())
    assert list(topic("findings", "en")) == codes
    assert sorted(page.code for page in PAGES) == sorted(codes)


def test_both_languages_name_the_same_values() -> None:
    for code in finding_codes():
        zh, en = (values_named(topic("findings", lang)[code]) for lang in LANGS)
        assert zh == en, code


def values_named(texts: object) -> set[str]:
    """Return the values that found and cure of a finding name."""
    assert isinstance(texts, dict)
    assert not re.search(r"[{}]", texts["title"]), "a title names no values"
    parsed = Formatter().parse(texts["found"] + texts["cure"])
    return {f"{name}:{spec}" for _, name, spec, _ in parsed if name}


def test_the_rule_sheet_lists_every_check_under_its_title() -> None:
    for lang in LANGS:
        rows = default_rows("checks", lang).select("code", "title")
        assert dict(rows.iter_rows()) == {code: title_of(code, lang) for code in finding_codes()}
        assert rows["code"].is_unique().all()
    assert default_rows("checks").select(pl.col("severity", "level", "active").null_count()).row(0) == (
        0,
        0,
        0,
    )
