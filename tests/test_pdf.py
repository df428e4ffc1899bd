"""PDF: what stands in a workbook stays text, a template reads nothing else, equal papers are equal bytes."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from firms import DAY, firm, rulebook
from printed import text_of

from ltc_xl.collect import aging, metrics
from ltc_xl.messages import sentence_of
from ltc_xl.messages.papers import cell_words
from ltc_xl.model.enums import LANGS, Lang
from ltc_xl.model.errors import WorldError
from ltc_xl.model.paper import Report
from ltc_xl.render import pdf as pdf_module
from ltc_xl.render.pdf import compiled, pdf
from ltc_xl.report import funnel
from ltc_xl.shipped import shipped

MARKUP = '#panic("x") [a] $b$ \\ <x> `y` *z* #read("/etc/passwd") // c'
needs_poppler = pytest.mark.needs_program("pdftotext")


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a consultant's own copy of the templates, in use."""
    folder = tmp_path / "templates"
    shutil.copytree(shipped("templates"), folder)
    monkeypatch.setattr(pdf_module, "shipped", lambda _name: folder)
    return folder


def made(template: str, **texts: object) -> bytes:
    return compiled(template, texts, "en", date(2026, 1, 31))


def wrong(template: str) -> str:
    with pytest.raises(WorldError) as told:
        made(template)
    assert told.value.exit_status == 3
    return sentence_of(told.value, "en")


@needs_poppler
def test_text_of_a_workbook_is_never_markup(templates: Path) -> None:
    (templates / "plain.typ").write_text('#import "house.typ": data\n#data.words', "utf-8")
    file = templates / "plain.pdf"
    file.write_bytes(made("plain", words=MARKUP))
    assert text_of(file) == "".join(MARKUP.split())


@pytest.mark.parametrize("path", ["/../outside.txt", "../outside.txt", "../../outside.txt"])
def test_a_template_reads_nothing_outside_its_folder(path: str, templates: Path) -> None:
    (templates.parent / "outside.txt").write_text("secret", "utf-8")
    (templates / "nosy.typ").write_text(f'#read("{path}")', "utf-8")
    assert "outside of the project" in wrong("nosy") or "escape" in wrong("nosy")


def test_a_template_that_wants_a_package_of_the_network_is_refused_before_anything_is_fetched(
    templates: Path,
) -> None:
    (templates / "fancy.typ").write_text('#import "@preview/tablex:0.0.9": tablex', "utf-8")
    assert "fancy.typ" in wrong("letter")
    assert "#import" in wrong("letter")


def test_a_mistake_in_a_template_is_told_with_its_place(templates: Path) -> None:
    (templates / "typo.typ").write_text("First line\n#dta.words", "utf-8")
    told = wrong("typo")
    assert "typo.typ:2:" in told
    assert "unknown variable: dta" in told


def test_the_shipped_templates_import_no_package() -> None:
    assert not [t.name for t in shipped("templates").glob("*.typ") if "@preview" in t.read_text("utf-8")]


def test_a_file_is_dated_its_day_tagged_and_of_its_language(templates: Path) -> None:
    (templates / "plain.typ").write_text('#set text(lang: "en")\n= Title\nText', "utf-8")
    file = made("plain")
    assert b"D:20260131000000Z" in file
    assert b"/Marked true" in file
    assert b"/Lang(en)" in file


SERVICES = {"aging": aging, "metrics": metrics, "funnel": funnel}


def report_of(name: str, lang: Lang) -> Report:
    (paper,) = SERVICES[name](firm(lang), rulebook(lang), DAY).papers  # type: ignore[operator]  # each takes these
    report = paper.data["report"]
    assert isinstance(report, Report)
    return report


@needs_poppler
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", SERVICES)
def test_any_report_is_printed_with_its_figures_tables_and_definitions(
    name: str, lang: Lang, tmp_path: Path
) -> None:
    report = report_of(name, lang)
    file = tmp_path / f"{name}.pdf"
    file.write_bytes(pdf(report, name, lang))
    text = text_of(file)
    wanted = [cell_words(figure.value, figure.kind, lang) for figure in report.figures]
    wanted += [
        cell_words(row[field.code], field.kind, lang)
        for grid in report.grids.values()
        if grid.where != "nowhere"
        for row in grid.rows
        for field in grid.fields
        if field.kind == "money"
    ]
    assert [words for words in wanted if words.replace(" ", "") not in text] == []
    if report.tie_out:
        assert cell_words(report.tie_out.target_amount, "money", lang) in text


@pytest.mark.parametrize("lang", LANGS)
def test_equal_reports_are_equal_bytes(lang: Lang) -> None:
    first, again = (pdf(report_of("metrics", lang), "metrics", lang) for _ in range(2))
    assert first == again
    assert first.startswith(b"%PDF-")


def test_a_report_uses_a_template_of_its_own_where_there_is_one(templates: Path) -> None:
    usual = pdf(report_of("metrics", "en"), "metrics", "en")
    (templates / "metrics.typ").write_text('#import "house.typ": data\n#data.title', "utf-8")
    assert len(pdf(report_of("metrics", "en"), "metrics", "en")) < len(usual) / 2
