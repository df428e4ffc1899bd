"""A wrong cell in a rule sheet: named where it stands, in both languages; what was sound before goes on."""

import json
import shutil
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from desk import forgetting
from other_hands import by_openpyxl
from shell import SPEAKING, ltc

from ltc_xl import session
from ltc_xl.demo import DEMO_DAY
from ltc_xl.demo.month.hand import Hand
from ltc_xl.model.address import column_letters
from ltc_xl.model.book import Book, Place
from ltc_xl.model.enums import LANGS, Lang
from ltc_xl.model.tables import UID
from ltc_xl.workbook import read_book

Firm = Callable[[Lang], Path]
Cell = tuple[int, str, object]
"""Row below the header (0 is the header), column, what somebody wrote there."""

A_DAY = datetime(2023, 3, 15)  # noqa: DTZ001  a day in a cell has no zone
BROKEN: Mapping[str, tuple[Cell, ...]] = {
    "grading": (
        (1, "budget", ">>=100"),
        (2, "grade", "Z"),
        (3, "need_level", "Pressing"),
        (4, "score", A_DAY),
        (5, "completeness", A_DAY),
        (0, "industry", "Trade"),
    ),
    "assignment": (
        (1, "region", ">=5.."),
        (2, "team", None),
        (3, "method", "Somehow"),
        (4, "cap", A_DAY),
        (0, "industry", "Trade"),
    ),
    "transitions": (
        (21, "condition", "Budget>>high"),
        (1, "to", "Nowhere"),
        (2, "object", "Thing"),
        (3, "needs", A_DAY),
        (0, "message", "Advice"),
    ),
}
"""A condition, a result, a word of a list, a number with the format of a date, a header."""

USES = {
    "grading": ("leads", "grade"),
    "assignment": ("leads", "assign"),
    "transitions": ("check", "--no-write"),
}


def address(place: Place, row: int, column: str) -> str:
    return f"{column_letters(place.columns[column])}{place.header_row + row}"


def breaks(book: Path, name: str) -> set[tuple[str, str]]:
    """Write every wrong cell into a rule sheet, as another program does; return where they stand."""
    place = read_book(book).place(name)
    assert place

    def written(held: Any) -> None:  # noqa: ANN401  openpyxl's
        sheet = held[place.sheet]
        for row, column, value in BROKEN[name]:
            cell = sheet[address(place, row, column)]
            cell.value = value
            if not row:
                sheet.tables[place.excel_table].tableColumns[place.columns[column] - 1].name = value

    by_openpyxl(book, written)
    return {(place.sheet, address(place, row, column)) for row, column, _ in BROKEN[name]}


def work_for_every_rule(book: Path) -> Mapping[str, str]:
    """Type what each sheet would act on: a lead without grade, one without owner, and a legal move.

    The one without owner is a customer's: it needs no queue, which grading would have to give.
    """
    read = read_book(book)
    leads = read.rows("leads").filter(pl.col("state").is_in(["ASSIGNED", "FOLLOWING"]))
    known = pl.col("company").is_in(read.rows("customers")["name"].implode())
    unowned, ungraded = leads.filter(known)[UID][0], leads.filter(~known)[UID][0]
    deal = read.rows("opportunities").filter(stage="PROPOSAL")[UID][0]

    def edits(held: Book) -> Any:  # noqa: ANN401  as the session takes them
        hand = Hand(held)
        hand.writes("leads", ungraded, grade=None, score=None)
        hand.writes("leads", unowned, owner=None, assigned_at=None)
        hand.writes("opportunities", deal, stage="NEGOTIATING")
        return hand.edits

    session.save_typed(book, edits)
    return {"grading": ungraded, "assignment": unowned, "transitions": deal}


def works(book: Path, rows: Mapping[str, str]) -> dict[str, bool]:
    """Return which sheets did their work: a grade, an owner, and the day of the accepted stage."""
    read = read_book(book)
    leads, deals = read.rows("leads"), read.rows("opportunities")
    return {
        "grading": leads.filter(pl.col(UID) == rows["grading"])["grade"].item() is not None,
        "assignment": leads.filter(pl.col(UID) == rows["assignment"])["owner"].item() is not None,
        "transitions": deals.filter(pl.col(UID) == rows["transitions"])["stage_since"].item() == DEMO_DAY,
    }


def answered(lang: Lang, *args: object) -> dict[str, Any]:
    result = ltc(*args, "--as-of", DEMO_DAY, "--json", "--lang", lang, env=SPEAKING[lang])
    assert result.exit_code == 1, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


CASES = [("grading", "zh"), ("assignment", "en"), ("transitions", "zh")]


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_every_wrong_cell_is_named_and_the_sheet_goes_by_its_last_sound_version(
    name: str, lang: Lang, synced_firm: Firm
) -> None:
    book = synced_firm(lang)
    rows = work_for_every_rule(book)
    wrong = breaks(book, name)
    for told in LANGS:
        found = answered(told, "check", book, "--no-write")["findings"]
        mine = [one for one in found if one["table"] == name and one["severity"] == "error"]
        assert {(one["sheet"], one["cell"]) for one in mine} == wrong
        assert all(one["message"] and one["cure"] for one in mine)
        assert [one["table"] for one in found if one["code"] == "R-45"] == [name]
    used = ltc(*USES[name], book, "--dry-run", "--as-of", DEMO_DAY, "--lang", lang)
    assert used.exit_code == 1, used.output
    _names_all(used.stdout, wrong)
    done = ltc("sync", book, "--as-of", DEMO_DAY, "--lang", lang)
    assert done.exit_code == 1, done.output
    _names_all(done.stdout, wrong)
    assert works(book, rows) == dict.fromkeys(BROKEN, True)


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_a_sheet_of_which_no_sound_version_is_known_rests_and_no_other(
    name: str, lang: Lang, synced_firm: Firm
) -> None:
    book = synced_firm(lang)
    forgetting(book, name)
    sound = Path(shutil.copy(book, book.with_name("sound.xlsx")))
    rows = work_for_every_rule(book)
    wrong = breaks(book, name)
    done = ltc("sync", book, "--as-of", DEMO_DAY, "--lang", lang)
    assert done.exit_code == 1, done.output
    _names_all(done.stdout, wrong)
    assert works(book, rows) == {each: each != name for each in BROKEN}
    if name == "transitions":
        _waits_until_the_sheet_is_mended(book, sound, rows)


def _names_all(told: str, wrong: set[tuple[str, str]]) -> None:
    for place in wrong:
        assert "!".join(place) in told, told


def _waits_until_the_sheet_is_mended(book: Path, sound: Path, rows: Mapping[str, str]) -> None:
    """The stage that nobody could judge stands in its cell as typed, and counts once the rules are back."""
    deals = read_book(book).rows("opportunities")
    assert deals.filter(_uid=rows["transitions"])["stage"].item() == "NEGOTIATING"

    def mended(held: Any) -> None:  # noqa: ANN401  openpyxl's
        was = read_book(sound).place("transitions")
        assert was
        before = _openpyxl(sound)[was.sheet]
        sheet = held[was.sheet]
        for row, column, _ in BROKEN["transitions"]:
            at = address(was, row, column)
            sheet[at].value, sheet[at].number_format = before[at].value, before[at].number_format
            if not row:
                sheet.tables[was.excel_table].tableColumns[was.columns[column] - 1].name = before[at].value

    by_openpyxl(book, mended)
    result = ltc("sync", book, "--as-of", DEMO_DAY)
    assert "T-05" not in json.dumps(read_book(book).rows("findings")["code"].to_list()), result.output
    assert works(book, rows)["transitions"]


def _openpyxl(book: Path) -> Any:  # noqa: ANN401  openpyxl's
    import openpyxl

    return openpyxl.load_workbook(book)
