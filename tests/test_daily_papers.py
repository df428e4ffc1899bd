"""Letters and management report of the demo firm, from its workbook through the command line."""

import json
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import typst
from desk import state
from printed import text_of
from seen import numbers_in, texts_of
from shell import SPEAKING, ltc

from ltc_xl.demo import DEMO_DAY
from ltc_xl.model.enums import LANGS, Lang
from ltc_xl.render import fonts

Firm = Callable[[Lang], Path]
needs_poppler = pytest.mark.needs_program("pdftotext")


def answered(lang: Lang, *args: object) -> Any:  # noqa: ANN401  what was printed
    result = ltc(*args, "--as-of", DEMO_DAY, "--json", "--lang", lang, env=SPEAKING[lang])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def aging_of(lang: Lang, firm: Path) -> Any:  # noqa: ANN401  what was printed
    """Return what is open in the firm's own currency; of the other one nothing is overdue."""
    own, other = answered(lang, "collect", "aging", firm)["currencies"]
    assert (own["currency"], other["overdue_amount"], other["tie_out"]) == ("CNY", "0.00", "0.00")
    return own


def money(amount: object) -> str:
    return f"{Decimal(str(amount)):,.2f}"


@needs_poppler
@pytest.mark.parametrize("lang", LANGS)
def test_every_letter_asks_for_what_is_overdue_and_not_held(
    lang: Lang, synced_firm: Firm, tmp_path: Path
) -> None:
    """PDF = list = ``--json`` = overdue of the ageing, customer by customer."""
    firm = synced_firm(lang)
    letters = answered(lang, "collect", "letters", firm, "--out", tmp_path / "out")
    aging = aging_of(lang, firm)
    held: dict[str, Decimal] = defaultdict(Decimal)
    for part in letters["held"]:
        held[part["customer"]] += Decimal(part["amount"])
    asked = {one["customer"]: Decimal(one["amount"]) for one in letters["letters"]}
    overdue = {row["name"]: _overdue(row, aging["buckets"]) for row in aging["rows"]}
    expected = {name: amount - held[name] for name, amount in overdue.items() if amount > held[name]}
    assert asked == expected
    assert len(asked) < len(overdue)
    assert sum(asked.values()) + sum(held.values()) == Decimal(aging["overdue_amount"])
    assert (letters["tie_out"], Decimal(letters["total"]["CNY"])) == ("0.00", sum(asked.values()))
    page = texts_of((tmp_path / "out" / f"letters-{DEMO_DAY}.html").read_text("utf-8"))
    for one in letters["letters"]:
        told = text_of(tmp_path / "out" / one["file"])
        assert money(one["amount"]) in told
        assert "".join(one["customer"].split()) in told
        assert money(one["amount"]) in page
    assert any(money(letters["total"]["CNY"]) in text for text in page)
    pdfs = {path.name for path in (tmp_path / "out").glob("*.pdf")}
    assert pdfs == {one["file"] for one in letters["letters"]}


def _overdue(row: dict[str, str], buckets: list[str]) -> Decimal:
    return sum((Decimal(row[label]) for label in buckets if label != "current"), Decimal(0))


def test_without_a_font_no_file_and_no_commit(
    synced_firm: Firm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm = synced_firm("zh")
    before, held, commits = firm.read_bytes(), state(firm), len(answered("zh", "history", firm)["commits"])
    monkeypatch.setattr(fonts, "installed", lambda _folders: typst.Fonts(include_system_fonts=False))
    for lang in LANGS:
        result = ltc(
            "collect", "letters", firm, "--as-of", DEMO_DAY, "--out", tmp_path / "out", env=SPEAKING[lang]
        )
        assert (result.exit_code, result.stdout) == (3, ""), result.output
        assert fonts.FOLDERS in result.stderr
        assert len(result.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()
    assert (firm.read_bytes(), state(firm)) == (before, held)
    assert len(answered("zh", "history", firm)["commits"]) == commits


@needs_poppler
@pytest.mark.parametrize("lang", LANGS)
def test_a_figure_of_the_management_report_is_one_in_all_its_forms(
    lang: Lang, synced_firm: Firm, tmp_path: Path
) -> None:
    firm = synced_firm(lang)
    data = answered(lang, "report", "management", firm, "--out", tmp_path / "out")
    aging = aging_of(lang, firm)
    page, book, sheet = (
        tmp_path / "out" / f"management-{DEMO_DAY}.{kind}" for kind in ("html", "xlsx", "pdf")
    )
    texts, printed = texts_of(page.read_text("utf-8")), text_of(sheet)
    cells = {Decimal(str(value)).quantize(Decimal("0.01")) for _, _, value in numbers_in(book)}
    cash = data["cash"]
    amounts = {
        *(
            data["figures"][name]["value"]
            for name in ("weighted_amount", "won_month_amount", "overdue_amount")
        ),
        *data["aging"].values(),
        data["pipeline"]["total"]["weighted_amount"],
        cash["open_amount"],
    }
    for amount in amounts:
        assert any(money(amount) in text for text in texts), amount
        assert money(amount) in printed, amount
        assert Decimal(amount) in cells, amount
    assert data["aging"] == aging["total"]
    assert data["figures"]["overdue_amount"]["value"] == aging["overdue_amount"]
    assert cash["tie_out"] == aging["tie_out"] == "0.00"


def test_a_pdf_that_wants_a_font_is_named_and_the_other_forms_are_there(
    synced_firm: Firm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "installed", lambda _folders: typst.Fonts(include_system_fonts=False))
    command = ("report", "management", synced_firm("zh"), "--as-of", DEMO_DAY, "--out", tmp_path / "made")
    result = ltc(*command, env=SPEAKING["zh"])
    assert result.exit_code == 0
    assert "fonts-noto-cjk" in result.stderr
    assert {path.suffix for path in (tmp_path / "made").iterdir()} == {".html", ".xlsx"}
