"""Fonts: Chinese text is printed in a font that has it, or not at all."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import typst
from firms import DAY, firm, rulebook

from ltc_xl.cli import show
from ltc_xl.cli.options import Asked
from ltc_xl.collect import metrics
from ltc_xl.messages import sentence_of
from ltc_xl.model.enums import LANGS, Lang
from ltc_xl.model.errors import WorldError
from ltc_xl.model.outcome import Outcome
from ltc_xl.render import draw, fonts
from ltc_xl.render.fonts import LATIN, families, needs_chinese
from ltc_xl.session import Result

ROOT = Path(__file__).parents[1]


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the program the fonts of a machine that has none: those inside typst."""
    bare = typst.Fonts(include_system_fonts=False)
    monkeypatch.setattr(fonts, "installed", lambda _folders: bare)


@pytest.mark.parametrize("text", ["衡远", "Hengyuan，", "（1）", "￥", "〔2026〕", "𠮷野"])
def test_chinese_is_seen_in_words_brackets_and_rare_characters(text: str) -> None:
    assert needs_chinese(["plain", text])


@pytest.mark.parametrize("text", ["", "Müller & Søn", "Công ty Việt Nam", "¥ 1,000.00 – “paid”"])
def test_latin_needs_no_font_of_the_machine(text: str) -> None:
    assert not needs_chinese([text])


@pytest.mark.usefixtures("bare_machine")
def test_english_is_printed_on_a_machine_without_fonts() -> None:
    assert families(["Hengyuan Energy Control"], "en") == (LATIN,)


@pytest.mark.usefixtures("bare_machine")
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("system", "cure"),
    [
        ("Linux", "apt install fonts-noto-cjk"),
        ("Windows", "LTC_XL_FONTS"),
        ("Darwin", "LTC_XL_FONTS"),
    ],
)
def test_chinese_without_a_font_stops_with_the_cure_for_the_system(
    system: str, cure: str, lang: Lang, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.system", lambda: system)
    with pytest.raises(WorldError) as told:
        families(["恒立汽配"], lang)
    assert cure in sentence_of(told.value, lang)


@pytest.mark.usefixtures("bare_machine")
def test_a_report_that_is_there_in_other_formats_does_without_its_pdf() -> None:
    (paper,) = metrics(firm("zh"), rulebook("zh"), DAY).papers
    drawn = draw([replace(paper, formats=("html", "pdf"))], "zh")
    assert drawn.names == ["metrics-2026-04-30.html"]
    assert drawn.left_out == ["metrics-2026-04-30.pdf"]
    told = sentence_of(WorldError("pdf_left_out", names=drawn.left_out), "zh")
    assert "metrics-2026-04-30.pdf" in told


def test_a_program_that_asks_for_data_is_told_which_pdf_is_missing() -> None:
    asked = Asked(lang="zh", face="zh", as_of=DAY, json=True)
    made = Result(firm("zh"), Outcome(), left_out=("metrics-2026-04-30.pdf",))
    assert show.as_document(asked, made)["left_out"] == ("metrics-2026-04-30.pdf",)
    assert "left_out" not in show.as_document(asked, replace(made, left_out=()))


def test_the_best_chinese_family_there_is_leads_in_chinese_and_follows_in_english(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Two:
        def families(self) -> list[str]:
            return ["SimSun", "PingFang SC", "Comic Sans MS"]

    monkeypatch.setattr(fonts, "installed", lambda _folders: Two())
    assert families(["恒立"], "zh") == ("PingFang SC", LATIN)
    assert families(["恒立"], "en") == (LATIN, "PingFang SC")


NO_FONTS = '<?xml version="1.0"?><fontconfig><dir>{}</dir></fontconfig>'
SCRIPT = """
import sys
from datetime import date
from pathlib import Path
sys.path.insert(0, "tests")
from firms import firm, rulebook
from ltc_xl.collect import letters
from ltc_xl.messages import sentence_of
from ltc_xl.model.errors import WorldError
from ltc_xl.render import draw
lang, folder = sys.argv[1], Path(sys.argv[2])
try:
    draw(letters(firm(lang), rulebook(lang), date(2026, 4, 30)).papers, lang).write(folder)
except WorldError as error:
    print(sentence_of(error, "en"))
    sys.exit(error.exit_status)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="hides the font folders by way of fontconfig")
@pytest.mark.parametrize(("lang", "status"), [("zh", 3), ("en", 0)])
def test_with_the_fonts_of_the_system_hidden_chinese_letters_are_refused_and_english_ones_printed(
    lang: Lang, status: int, tmp_path: Path
) -> None:
    (tmp_path / "fonts.conf").write_text(NO_FONTS.format(tmp_path / "none"), "utf-8")
    hidden = {"FONTCONFIG_FILE": str(tmp_path / "fonts.conf"), "HOME": str(tmp_path), "LTC_XL_FONTS": ""}
    run = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-c", SCRIPT, lang, tmp_path / "reports"],
        cwd=ROOT,
        env={**os.environ, **hidden},
        capture_output=True,
        check=False,
    )
    assert run.returncode == status, run.stderr.decode()
    assert ("fonts-noto-cjk" in run.stdout.decode()) == (lang == "zh")
    assert (tmp_path / "reports").exists() == (lang == "en")


def test_a_folder_of_fonts_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = next((Path(f.path) for f in typst.Fonts().fonts() if f.path and "CJK" in f.family), None)
    if own is None:
        pytest.skip("no Chinese font on this machine to put into a folder")
    (tmp_path / own.name).symlink_to(own)
    without_system = typst.Fonts(include_system_fonts=False, font_paths=[str(tmp_path)])
    monkeypatch.setenv("LTC_XL_FONTS", str(tmp_path))
    asked: list[tuple[str, ...]] = []

    def installed(folders: tuple[str, ...]) -> typst.Fonts:
        asked.append(folders)
        return without_system

    monkeypatch.setattr(fonts, "installed", installed)
    assert "CJK" in families(["恒立"], "zh")[0]
    assert asked == [(str(tmp_path),)]
