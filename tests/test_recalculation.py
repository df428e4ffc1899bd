"""LibreOffice recalculates every formula of a workbook of ours; what we wrote beside it must be the same.

It does so for new workbooks, for one whose firm calls things otherwise, and after rows have changed.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from filled import filled_rows
from ooxml import faults
from recalculating import formulas, profile_in, recalculated, values

from ltc_xl.model.change import Changes, applied, differences
from ltc_xl.model.defaults import default_rows
from ltc_xl.model.enums import LANGS, Lang
from ltc_xl.workbook import build_book, edits_of, look_edits, patch, read_book

pytestmark = pytest.mark.needs_program("soffice")

ERRORS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"}
TODAY = date.today()  # noqa: DTZ011  formulas with TODAY() are recalculated on the machine's own day
Book = tuple[Path, Path]


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return profile_in(tmp_path_factory.mktemp("soffice"))


def same(ours: object, theirs: object) -> bool:
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return ours == pytest.approx(theirs, abs=1e-6, rel=1e-12)
    return ours == theirs


def test_the_control_shows_that_libreoffice_recalculates(profile: Path, tmp_path: Path) -> None:
    control = tmp_path / "control.xlsx"
    with xlsxwriter.Workbook(str(control)) as book:
        sheet = book.add_worksheet()
        for row, formula in enumerate(("=1/0", "=NOSUCH(1)", "=1+1")):
            sheet.write_formula(row, 0, formula, None, 1)
    (result,) = recalculated([control], profile, tmp_path / "out")
    assert list(values(result).values()) == ["#DIV/0!", "#NAME?", 2]


def made(path: Path, lang: Lang, rows: Mapping[str, pl.DataFrame]) -> Path:
    build_book(path, lang=lang, profile="starter", site="SH", store_id="", rows=rows, as_of=TODAY)
    return path


def renamed() -> pl.DataFrame:
    """Return the choices of a firm that calls every state and stage otherwise; three rows it has deleted."""
    kept = default_rows("choices").filter(~pl.col("code").is_in(["CLEAN", "HOLD", "VOID"]))
    spoken = pl.col("set") != "currency"
    own = {"zh": pl.col("zh") + "者", "en": pl.col("en") + " x"}
    return kept.with_columns(pl.when(spoken).then(own[lang]).otherwise(lang).alias(lang) for lang in own)


def changed(source: Path, path: Path) -> Path:
    """Write into a workbook as a command does: cells, new rows, rows gone, a word renamed."""
    book = read_book(source)
    leads, lines, choices = book.rows("leads"), book.rows("lines"), book.rows("choices")
    moved = leads.with_columns(
        state=pl.when(pl.col("state") == "NEW").then(pl.lit("CONVERTED")).otherwise("state"),
        next_on=pl.lit(TODAY - timedelta(days=3)),
    )
    paid = lines.with_columns(received=(pl.col("amount") / 2).cast(lines.schema["received"]))
    word = pl.when(pl.col("code") == "FOLLOWING").then(pl.lit("盯着")).otherwise("zh")
    new = leads.head(5).with_columns(pl.format("new{}", pl.int_range(pl.len())).alias("_uid"), _row=None)
    changes = (
        differences("leads", leads, moved, ["state", "next_on"])
        + differences("lines", lines, paid, ["received"])
        + differences("choices", choices, choices.with_columns(zh=word), ["zh"])
        + Changes(inserts={"leads": new.select(leads.columns)})
        + Changes(deletes={"opportunities": book.rows("opportunities").head(2)})
    )
    looks = look_edits(source, applied(book, changes), TODAY)
    patch(source, path, [*edits_of(book, changes, TODAY), *looks])
    return path


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory, profile: Path) -> dict[tuple[Lang, str], Book]:
    """Build the workbooks in both languages as of today; recalculate them in one go."""
    folder, filled, paths = tmp_path_factory.mktemp("books"), filled_rows(TODAY), {}
    for lang in LANGS:
        paths[lang, "empty"] = made(folder / f"empty-{lang}.xlsx", lang, {})
        paths[lang, "filled"] = made(folder / f"filled-{lang}.xlsx", lang, filled)
        own = {**filled, "choices": renamed()}
        paths[lang, "renamed"] = made(folder / f"renamed-{lang}.xlsx", lang, own)
    paths["zh", "changed"] = changed(paths["zh", "filled"], folder / "changed-zh.xlsx")
    results = recalculated(list(paths.values()), profile, folder / "out")
    return dict(zip(paths, zip(paths.values(), results, strict=True), strict=True))


@pytest.mark.parametrize(
    ("lang", "kind"),
    [*((lang, kind) for lang in LANGS for kind in ("empty", "filled", "renamed")), ("zh", "changed")],
)
def test_every_cached_value_is_the_recalculated_one_and_none_is_an_error(
    books: dict[tuple[Lang, str], Book], lang: Lang, kind: str
) -> None:
    book, result = books[lang, kind]
    ours, theirs, live = values(book), values(result), formulas(book)
    assert len(live) > 150
    errors = {cell: value for cell, value in theirs.items() if value in ERRORS}
    both = {cell: (ours.get(cell), theirs.get(cell)) for cell in live}
    assert not errors
    assert {cell: pair for cell, pair in both.items() if not same(*pair)} == {}
    assert faults(book) == []


def test_a_firms_own_words_change_no_figure(books: dict[tuple[Lang, str], Book]) -> None:
    """Days of open rows, amounts, counts; what differs is what things are called."""
    plain, own = (values(books["zh", kind][1]) for kind in ("filled", "renamed"))
    for sheet in ("线索", "商机", "看板", "开始"):
        numbers = {cell: v for cell, v in plain.items() if cell[0] == sheet and isinstance(v, int | float)}
        assert len(numbers) > 3
        assert {cell: own.get(cell) for cell in numbers} == numbers
    labels = {value for (sheet, cell), value in own.items() if sheet == "看板" and cell.startswith("B")}
    assert {"新建者", "已清洗", "无效者"} <= labels
