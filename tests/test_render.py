"""Papers: their samples, one figure in every form, pages that stand alone, workbooks that calculate."""

import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from firms import DAY, firm, rulebook
from recalculating import formulas, profile_in, recalculated, values
from seen import numbers_in, texts_of
from test_recalculation import ERRORS, same

from ltc_xl.collect import aging, metrics
from ltc_xl.messages import topic
from ltc_xl.messages.papers import cell_words
from ltc_xl.model.book import Book
from ltc_xl.model.enums import LANGS, Lang
from ltc_xl.model.outcome import Outcome, Paper
from ltc_xl.model.paper import Report
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.render import render_paper
from ltc_xl.report import funnel, management, pipeline

SAMPLES = Path(__file__).parents[1] / "reports" / "samples"
SERVICES: dict[str, Callable[..., Outcome]] = {
    "aging": aging,
    "metrics": metrics,
    "funnel": funnel,
    "pipeline": pipeline,
    "management": management,
}
CASES = [(name, lang) for name in SERVICES for lang in LANGS]
Papers = Mapping[tuple[str, Lang], dict[str, Path]]
each_paper = pytest.mark.parametrize(("name", "lang"), CASES)


def outcome_of(name: str, lang: Lang) -> Outcome:
    return SERVICES[name](firm(lang), rulebook(lang), DAY)


def paper_of(name: str, book: Book, rules: Rulebook) -> Paper:
    """Return the paper as page and workbook; what its PDF looks like depends on the fonts of the machine."""
    (paper,) = SERVICES[name](book, rules, DAY).papers
    return replace(paper, formats=("html", "xlsx"))


def rendered(name: str, lang: Lang, folder: Path) -> dict[str, Path]:
    paper = paper_of(name, firm(lang), rulebook(lang))
    return {path.suffix: path for path in render_paper(paper, lang, folder)}


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    """Return every paper of the small firm, rendered once: (name, language) -> ending -> file."""
    return {
        (name, lang): rendered(name, lang, tmp_path_factory.mktemp(f"{name}-{lang}")) for name, lang in CASES
    }


def without_drawings(page: str) -> str:
    """Return the page with each chart reduced to its name: drawings depend on the fonts of the machine."""
    return re.sub(r'(<svg [^>]*aria-label="[^"]*")[^>]*>.*?</svg>', r"\1></svg>", page, flags=re.DOTALL)


@each_paper
def test_a_paper_looks_like_its_sample(
    name: str, lang: Lang, papers: Papers, request: pytest.FixtureRequest
) -> None:
    page = papers[name, lang][".html"].read_text("utf-8")
    sample = SAMPLES / f"{name}.{lang}.html"
    if request.config.getoption("--update-samples"):
        sample.write_text(page, "utf-8")
    assert without_drawings(page) == without_drawings(sample.read_text("utf-8"))


@each_paper
def test_a_page_needs_nothing_beside_it(name: str, lang: Lang, papers: Papers) -> None:
    page = papers[name, lang][".html"].read_text("utf-8")
    outside = re.sub(r'xmlns(:\w+)?="[^"]*"', "", page)
    assert not re.findall(r"https?:|<script|<link|@import|src=", outside)
    assert page.startswith(f'<!DOCTYPE html>\n<html lang="{"zh-CN" if lang == "zh" else "en"}">')


@each_paper
def test_every_chart_is_drawn_named_and_has_ids_of_its_own(name: str, lang: Lang, papers: Papers) -> None:
    page = papers[name, lang][".html"].read_text("utf-8")
    charts = re.findall(r'<svg role="img" aria-label="([^"]+)".*?</svg>', page, flags=re.DOTALL)
    words = topic("reports", lang)["charts"]
    assert isinstance(words, dict)
    assert charts == [text for key, text in words.items() if key.startswith(f"{name}_")]
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_chart_labels_are_text_in_the_language_of_the_reader(papers: Papers) -> None:
    zh, en = (papers["aging", lang][".html"].read_text("utf-8") for lang in LANGS)
    seen_zh, seen_en = texts_of(zh, drawings=True), texts_of(en, drawings=True)
    assert seen_zh.count("未到期") > texts_of(zh).count("未到期")
    assert seen_en.count("Not yet due") > texts_of(en).count("Not yet due")
    assert "万 CNY" in seen_zh
    assert "k CNY" in seen_en


# ---------------------------------------------------------------- the same figure in every form


@pytest.mark.parametrize("lang", LANGS)
def test_the_total_is_one_figure_in_json_page_and_workbook_and_it_is_the_ledgers(
    lang: Lang, papers: Papers
) -> None:
    outcome = outcome_of("aging", lang)
    files = papers["aging", lang]
    data: Any = outcome.data
    page = texts_of(files[".html"].read_text("utf-8"))
    cells = [Decimal(str(value)) for _, _, value in numbers_in(files[".xlsx"])]
    for amount in (*data["total"].values(), data["open_amount"], data["ledger_amount"]):
        assert cell_words(Decimal(amount), "money", lang) in page
        assert Decimal(amount) in cells
    ledger = Decimal(data["ledger_amount"])
    assert sum(map(Decimal, data["total"].values())) - Decimal(data["unapplied_amount"]) == ledger


@each_paper
def test_totals_of_a_workbook_are_formulas_with_the_value_of_the_paper(
    name: str, lang: Lang, papers: Papers
) -> None:
    path = papers[name, lang][".xlsx"]
    formulas, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    checked = 0
    for sheet in formulas.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("=SUBTOTAL"):
                    column: Any = next(values[sheet.title].iter_cols(cell.column, cell.column, 5, cell.row))
                    *above, total = (each.value or 0 for each in column)
                    assert total == pytest.approx(sum(above), abs=0.001)
                    checked += 1
    assert checked >= 3


@each_paper
def test_equal_papers_are_equal_bytes(name: str, lang: Lang, papers: Papers, tmp_path: Path) -> None:
    for kind, path in rendered(name, lang, tmp_path).items():
        assert path.read_bytes() == papers[name, lang][kind].read_bytes()


@each_paper
def test_a_workbook_has_native_charts_with_their_figures_and_words(
    name: str, lang: Lang, papers: Papers
) -> None:
    with zipfile.ZipFile(papers[name, lang][".xlsx"]) as package:
        charts = [package.read(p).decode() for p in package.namelist() if p.startswith("xl/charts/chart")]
        drawing = package.read("xl/drawings/drawing1.xml").decode()
    (paper,) = outcome_of(name, lang).papers
    report = paper.data["report"]
    assert isinstance(report, Report)
    assert len(charts) == len(report.charts) == drawing.count("descr=")
    assert all("<c:numCache>" in chart and "<c:v>" in chart for chart in charts)


def test_text_from_a_workbook_stays_text(tmp_path: Path) -> None:
    name = '=HYPERLINK("http://x.example","<b>{{ 7*7 }}</b>")'
    book: Book = firm("en")
    lines = book.rows("lines")
    book = book.with_rows(
        "lines", lines.with_columns(customer=lines["customer"].replace("Hengli Parts", name))
    )
    (paper,) = aging(book, rulebook("en"), DAY).papers
    page, workbook = render_paper(paper, "en", tmp_path)
    assert name in texts_of(page.read_text("utf-8"))
    assert "{{ 7*7 }}</b>" not in page.read_text("utf-8")
    sheet = openpyxl.load_workbook(workbook)["Ageing"]
    assert (sheet["A5"].value, sheet["A5"].data_type) == (name, "s")


# ---------------------------------------------------------------- what must be loud


def broken_paper(lang: Lang) -> Paper:
    """Return the paper of a book in which an allocation names a receipt that is not there."""
    book = firm(lang)
    allocations = book.rows("allocations")
    missing = allocations.with_columns(receipt=allocations["receipt"].replace("P-02", "P-99"))
    (paper,) = aging(book.with_rows("allocations", missing), rulebook(lang), DAY).papers
    return paper


@pytest.mark.parametrize("lang", LANGS)
def test_a_tie_out_that_fails_is_said_first_and_how_to_mend_it(lang: Lang, tmp_path: Path) -> None:
    page, workbook = render_paper(broken_paper(lang), lang, tmp_path)
    html = page.read_text("utf-8")
    (banner,) = re.findall(r'<div class="tie bad" role="alert">(.*?)</div>', html)
    assert "-40,000.00" in banner
    assert html.index("tie bad") < html.index("<table")
    overview = openpyxl.load_workbook(workbook, data_only=True).worksheets[0]
    assert -40000 in [cell.value for row in overview.iter_rows() for cell in row]


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("lang", LANGS)
def test_an_empty_firm_gets_a_paper_too(name: str, lang: Lang, tmp_path: Path) -> None:
    page, _ = render_paper(paper_of(name, Book("empty.xlsx", lang), Rulebook()), lang, tmp_path)
    assert "0.00" in texts_of(page.read_text("utf-8"))


@each_paper
def test_every_text_of_a_paper_is_there_in_both_languages(name: str, lang: Lang) -> None:
    zh, en = (topic("reports", each) for each in LANGS)
    assert {key: set(part) for key, part in zh.items() if isinstance(part, dict)} == {
        key: set(part) for key, part in en.items() if isinstance(part, dict)
    }
    assert outcome_of(name, lang).papers


# ---------------------------------------------------------------- recalculated by another program


@pytest.mark.needs_program("soffice")
def test_libreoffice_works_out_the_figures_that_stand_beside_our_formulas(
    papers: Papers, tmp_path: Path
) -> None:
    profile = profile_in(tmp_path)
    books = [papers[name, "zh"][".xlsx"] for name in SERVICES]
    for ours, theirs in zip(books, recalculated(books, profile, tmp_path / "again"), strict=True):
        cached, again = values(ours), values(theirs)
        assert {at for at in formulas(ours) if not same(cached.get(at), again.get(at))} == set()
        assert not ERRORS & set(again.values())


@pytest.mark.parametrize("lang", LANGS)
def test_a_paper_names_the_cells_its_figures_do_without(lang: Lang, tmp_path: Path) -> None:
    (paper,) = outcome_of("aging", lang).papers
    report = replace(paper.data["report"], unread=["应收!E4", "收款!B9"])  # type: ignore[type-var]  # a Report
    page, book = render_paper(replace(paper, data={"report": report}), lang, tmp_path)

    assert "应收!E4  收款!B9" in page.read_text("utf-8")
    shown = openpyxl.load_workbook(book).worksheets[0].iter_rows(values_only=True)
    assert any("应收!E4  收款!B9" in str(cell) for row in shown for cell in row)
