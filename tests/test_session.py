"""The session on real workbooks: one way to write, whatever moment it is stopped at."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from conftest import typed_rows

from ltc_xl import rollout
from ltc_xl.check import check
from ltc_xl.messages import sentence_of
from ltc_xl.model.book import Book, column_letters
from ltc_xl.model.change import Changes, SetColumn
from ltc_xl.model.errors import (
    BookHasChanged,
    BookIsOpen,
    CannotPatch,
    ConflictError,
    StoreAway,
    UsageError,
    WorldError,
)
from ltc_xl.model.ids import business_number, mint_uids
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID, table
from ltc_xl.rollout import Plan
from ltc_xl.session import How, Result, Service, desk, make_book, new_book, run, running
from ltc_xl.store import Identity, Store, identity_of, lock, state_dir, typed_changes
from ltc_xl.workbook import AppendRows, CellEdit, DeleteRows, patch, replace_book
from ltc_xl.workbook.read import read_book

DAY = date(2026, 4, 30)
LEADS = """
| company | budget | city |
| 恒远    | 100.00 | 苏州 |
| 衡达    |        | 上海 |
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a new workbook with two leads that nobody has committed yet."""
    path = tmp_path_factory.mktemp("made") / "客户A.xlsx"
    new_book(path, plan(leads=typed_rows("leads", LEADS)))
    return path


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once."""
    monkeypatch.setattr(running, "PAUSE", 0)


@pytest.fixture
def book(made: Path, tmp_path: Path) -> Path:
    """Return a copy of it for one test."""
    return Path(shutil.copy(made, tmp_path))


@pytest.fixture(scope="module")
def half_done(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the workbook and its state; ids, typed cells and new rows are all pending."""
    folder = tmp_path_factory.mktemp("half")
    path = Path(shutil.copy(made, folder))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("LTC_XL_STATE", str(folder / "state"))
        ran(path)
    typing(path, "u0x", "city", "无锡")
    typed(path, AppendRows("tblLeads", [{"公司": "手工录入"}]))
    return folder


@pytest.fixture
def pending(half_done: Path, tmp_path: Path) -> Path:
    """Return a copy of it for one test."""
    shutil.copytree(half_done, tmp_path, dirs_exist_ok=True)
    return tmp_path / "客户A.xlsx"


def plan(site: str = "SH", **rows: pl.DataFrame) -> Plan:
    return rollout.new(lang="zh", site=site, store_id="", as_of=DAY, rows=rows)


def nothing(_book: Book, _rules: Rulebook) -> Outcome:
    return Outcome()


def importing(*companies: str) -> Service:
    """Return a service that adds the leads which the book lacks, each time with new identities."""

    def service(read: Book, _rules: Rulebook) -> Outcome:
        known = set(read.rows("leads")["company"])
        new = [company for company in companies if company not in known]
        uids = mint_uids(len(new))
        rows = pl.DataFrame({UID: uids, "company": new}, {UID: pl.String, "company": pl.String})
        return Outcome(Changes(inserts={"leads": rows}))

    return service


def moving(city: str) -> Service:
    """Return a service that sets every lead's city."""

    def service(read: Book, _rules: Rulebook) -> Outcome:
        cells = read.rows("leads").select(UID, old="city", new=pl.lit(city))
        return Outcome(Changes((SetColumn("leads", "city", cells),)))

    return service


def ran(path: Path, service: Service = nothing, **how: object) -> Result:
    return run(path, "check", service, DAY, How(**how))  # type: ignore[arg-type]  # How's own fields


def leads(path: Path) -> list[tuple[object, ...]]:
    """Return number, company and city of each lead as the file shows them."""
    return read_book(path).rows("leads").select("lead_id", "company", "city").rows()


def identity(path: Path) -> Identity:
    return identity_of(read_book(path))


def store_of(path: Path) -> Store:
    known = identity(path)
    return Store(state_dir() / f"{known.store_id}.sqlite", known.store_id)


def typing(path: Path, uid: str, column: str, value: object) -> None:
    """Type into a cell, as a person would in Excel."""
    cell = read_book(path).cell("leads", uid, column)
    assert cell is not None
    typed(path, CellEdit(*cell, value))  # type: ignore[arg-type]  # a plain value


def typed(path: Path, edit: CellEdit | AppendRows) -> None:
    saved = path.with_name("saved.xlsx")
    patch(path, saved, [edit])
    saved.replace(path)


def number(counter: int) -> str:
    return business_number("L", "SH", counter)


def test_the_first_run_gives_numbers_and_the_second_leaves_the_bytes(book: Path) -> None:
    assert ran(book).commit == 1
    assert leads(book) == [(number(1), "恒远", "苏州"), (number(2), "衡达", "上海")]
    before = book.read_bytes()
    assert ran(book).commit is None
    assert book.read_bytes() == before


def test_after_a_run_the_store_and_the_file_say_the_same(book: Path) -> None:
    """Every type of cell: what was committed is what is read back, so nothing looks typed."""
    rows = table("leads").empty().clear(1).with_columns(
        company=pl.lit("  前后有空格 "), budget=pl.lit(Decimal("0.10")), next_on=pl.lit(date(2026, 5, 1)),
        state=pl.lit("NEW"), mobile=pl.lit("013812345678"), note=pl.lit("两行\n文字"), score=pl.lit(3),
        _uid=pl.lit("NEWROWNEWROW"),
    )  # fmt: skip

    def service(read: Book, _rules: Rulebook) -> Outcome:
        known = read.rows("leads").filter(pl.col(UID) == "NEWROWNEWROW").height
        return Outcome() if known else Outcome(Changes(inserts={"leads": rows}))

    ran(book, service)
    store = store_of(book)
    changes = typed_changes(read_book(book), store)
    store.close()
    assert not changes
    before = book.read_bytes()
    ran(book, service)
    assert book.read_bytes() == before


def test_what_a_person_typed_is_history_of_its_own_kind(book: Path) -> None:
    ran(book)
    typing(book, "u0x", "city", "无锡")
    ran(book, importing("新客"))
    store = store_of(book)
    told = store.since(1).select("kind", "column", "old", "new").rows()
    store.close()
    assert told[0] == ("typed", "city", "苏州", "无锡")
    assert [kind for kind, *_ in told[1:]] == ["program"]
    assert leads(book)[0] == (number(1), "恒远", "无锡")


def test_a_row_typed_into_the_sheet_gets_identity_and_number(book: Path) -> None:
    ran(book)
    typed(book, AppendRows("tblLeads", [{"公司": "手工录入"}]))
    ran(book)
    assert leads(book)[2] == (number(3), "手工录入", None)
    held = read_book(book).tables["leads"]
    assert not held.fresh
    before = book.read_bytes()
    ran(book)
    assert book.read_bytes() == before


def test_a_row_deleted_in_the_sheet_is_deleted_in_the_store_and_its_number_is_gone(book: Path) -> None:
    ran(book)
    read = read_book(book)
    saved = book.with_name("saved.xlsx")
    patch(book, saved, [DeleteRows("tblLeads", [read.tables["leads"].row_of["u1x"]])])
    saved.replace(book)
    ran(book, importing("新客"))
    assert leads(book) == [(number(1), "恒远", "苏州"), (number(3), "新客", None)]


@pytest.mark.parametrize("how", [{"write": False}, {"dry_run": True}])
def test_a_run_that_may_not_write_leaves_file_and_store_alone(book: Path, how: dict[str, bool]) -> None:
    before = book.read_bytes()
    result = ran(book, importing("新客"), **how)
    assert result.changes.inserts["leads"].height == 1
    assert book.read_bytes() == before
    assert not state_dir().exists()


def test_a_copy_on_another_machine_is_refused_with_two_ways_on(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran(book)
    home = f"sqlite:///{state_dir()}/{identity(book).store_id}.sqlite"
    monkeypatch.setenv("LTC_XL_STATE", str(tmp_path / "elsewhere"))
    before = book.read_bytes()
    with pytest.raises(StoreAway) as refused:
        ran(book, importing("新客"))
    assert refused.value.key == "store_unknown"
    assert book.read_bytes() == before
    assert not list((tmp_path / "elsewhere").glob("*.sqlite"))
    assert ran(book, importing("新客"), store=home).commit == 2


def test_an_adopted_workbook_starts_a_store_of_its_own_and_keeps_its_numbers(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran(book)
    old = identity(book)
    monkeypatch.setenv("LTC_XL_STATE", str(tmp_path / "elsewhere"))
    assert ran(book, importing("新客"), adopt=True).commit == 2
    assert identity(book).store_id != old.store_id
    assert leads(book) == [
        (number(1), "恒远", "苏州"),
        (number(2), "衡达", "上海"),
        (number(3), "新客", None),
    ]
    assert ran(book).commit is None


def test_a_restored_backup_is_brought_up_to_date(book: Path) -> None:
    ran(book)
    backup = book.read_bytes()
    typing(book, "u0x", "city", "无锡")
    ran(book, importing("新客"))
    newest = leads(book)
    book.write_bytes(backup)
    ran(book)
    assert leads(book) == newest


def test_a_cell_changed_in_two_copies_waits_for_a_person(book: Path) -> None:
    ran(book)
    copy = Path(shutil.copy(book, book.with_name("客户A 副本.xlsx")))
    typing(book, "u0x", "city", "无锡")
    typing(copy, "u1x", "city", "常州")
    ran(book)
    ran(copy)
    assert [city for *_, city in leads(copy)] == ["无锡", "常州"]
    typing(book, "u1x", "city", "南通")
    before = book.read_bytes()
    with pytest.raises(ConflictError):
        ran(book)
    assert book.read_bytes() == before


def test_a_change_that_cannot_be_written_is_not_committed(book: Path) -> None:
    """Excel keeps 15 digits; the amount has 18."""

    def service(read: Book, _rules: Rulebook) -> Outcome:
        cells = read.rows("leads").select(UID, old="budget", new=pl.lit(Decimal("1234567890123456.78")))
        return Outcome(Changes((SetColumn("leads", "budget", cells),)))

    ran(book)
    before = book.read_bytes()
    with pytest.raises(CannotPatch):
        ran(book, service)
    store = store_of(book)
    assert store.head == 1
    store.close()
    assert book.read_bytes() == before


def saving(book: Path, *cities: str) -> Callable[[], None]:
    """Return what saves the workbook with another city each time it is called, as long as there are any."""
    left = list(cities)

    def save() -> None:
        if left:
            typing(book, "u0x", "city", left.pop(0))

    return save


def test_a_file_saved_before_the_commit_is_read_again(book: Path) -> None:
    ran(book)
    save = saving(book, "常州", "南通")

    def slow(read: Book, rules: Rulebook) -> Outcome:
        save()
        return importing("新客")(read, rules)

    result = ran(book, slow)
    assert (result.typed_commit, result.commit, result.accepted) == (2, 3, 1)
    assert leads(book) == [
        (number(1), "恒远", "南通"),
        (number(2), "衡达", "上海"),
        (number(3), "新客", None),
    ]
    assert ran(book).commit is None


def test_a_file_saved_after_the_commit_catches_up_and_the_answer_stands(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The typed city is kept for the next run; the import is not done a second time."""
    ran(book)
    save, swap, asked = saving(book, "常州", "南通"), replace_book, []

    def disturbed(*args: Path, **kwargs: Path) -> Path:
        save()
        return swap(*args, **kwargs)  # type: ignore[arg-type]  # as it was called

    def counting(read: Book, rules: Rulebook) -> Outcome:
        asked.append(1)
        return importing("新客")(read, rules)

    monkeypatch.setattr(desk, "replace_book", disturbed)
    result = ran(book, counting)
    assert (len(asked), result.commit, result.changes.inserts["leads"].height) == (1, 2, 1)
    assert leads(book) == [
        (number(1), "恒远", "南通"),
        (number(2), "衡达", "上海"),
        (number(3), "新客", None),
    ]
    assert (ran(book).typed_commit, ran(book).commit) == (3, None)


def test_a_file_saved_five_times_before_the_commit_ends_in_a_sentence(book: Path) -> None:
    ran(book)
    save = saving(book, *"甲乙丙丁戊己")

    def slow(read: Book, rules: Rulebook) -> Outcome:
        save()
        return importing("新客")(read, rules)

    with pytest.raises(BookHasChanged) as refused:
        ran(book, slow)
    assert (refused.value.key, refused.value.exit_status) == ("book_saved_again", 3)
    assert "什么都没有写入" in sentence_of(refused.value, "zh")
    assert leads(book) == [(number(1), "恒远", "戊"), (number(2), "衡达", "上海")]
    store = store_of(book)
    assert store.head == 1
    store.close()
    assert ran(book, importing("新客")).commit == 3


def test_a_file_saved_five_times_after_the_commit_says_what_is_safe(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran(book)
    save, swap = saving(book, *"甲乙丙丁戊"), replace_book

    def disturbed(*args: Path, **kwargs: Path) -> Path:
        save()
        return swap(*args, **kwargs)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(desk, "replace_book", disturbed)
    with pytest.raises(WorldError) as refused:
        ran(book, importing("新客"))
    told = sentence_of(refused.value, "en")
    assert (refused.value.exit_status, "Commit 2 is safe" in told, "run the same command again" in told) == (
        3,
        True,
        True,
    )
    assert leads(book) == [(number(1), "恒远", "戊"), (number(2), "衡达", "上海")]
    ran(book, importing("新客"))
    assert leads(book) == [(number(1), "恒远", "戊"), (number(2), "衡达", "上海"), (number(3), "新客", None)]
    assert not list(book.parent.glob(".*tmp"))


def test_two_commands_do_not_work_on_one_workbook(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE", 0)

    def meanwhile(_read: Book, _rules: Rulebook) -> Outcome:
        with pytest.raises(BookIsOpen) as refused:
            ran(book)
        assert refused.value.key == "book_busy"
        return Outcome()

    ran(book, meanwhile)


@pytest.mark.parametrize("lock_name", ["~$客户A.xlsx", ".~lock.客户A.xlsx#"])
def test_an_open_workbook_is_refused_before_anything_is_written(book: Path, lock_name: str) -> None:
    book.with_name(lock_name).write_bytes(b"\x02Li")
    before = book.read_bytes()
    with pytest.raises(BookIsOpen):
        ran(book)
    assert book.read_bytes() == before


def test_the_last_file_is_kept_as_a_backup(book: Path) -> None:
    ran(book)
    before = book.read_bytes()
    ran(book, importing("新客"))
    backups = sorted((state_dir() / "backups" / identity(book).workbook_id).iterdir())
    assert backups[-1].read_bytes() == before


def test_saved_by_another_program_nothing_has_changed(book: Path) -> None:
    """openpyxl writes every part anew: other bytes, the same rows."""
    ran(book)
    other = openpyxl.load_workbook(book)
    other.save(book)
    assert ran(book).commit is None


def test_a_workbook_that_is_not_ours_can_be_checked_but_not_written(book: Path) -> None:
    foreign = openpyxl.load_workbook(book)
    del foreign["_ltc"]
    foreign.save(book)
    with pytest.raises(WorldError) as refused:
        ran(book)
    assert refused.value.key == "book_without_ids"
    ran(book, write=False)


def test_the_check_of_a_filled_workbook_settles_in_one_run(book: Path) -> None:
    def checked(read: Book, rules: Rulebook) -> Outcome:
        return check(read, rules, DAY)

    assert ran(book, checked).outcome.findings
    assert read_book(book).rows("findings").height
    before = book.read_bytes()
    ran(book, checked)
    assert book.read_bytes() == before


def test_a_new_workbook_never_takes_the_place_of_a_file(book: Path) -> None:
    before = book.read_bytes()
    with pytest.raises(WorldError):
        new_book(book, plan())
    assert book.read_bytes() == before


@pytest.mark.parametrize("site", ["1", "S", "TOOLONG", "上海"])
def test_a_site_code_that_cannot_be_part_of_a_number_is_a_wrong_usage(site: str) -> None:
    with pytest.raises(UsageError):
        plan(site)


def test_a_workbook_is_made_with_what_people_typed_and_the_program_then_did(tmp_path: Path) -> None:
    def typing_a_city(read: Book) -> list[CellEdit]:
        cell = read.cell("leads", "u0x", "city")
        assert cell is not None
        return [CellEdit(*cell, "常熟")]

    path = tmp_path / "示例.xlsx"
    filled = plan(leads=typed_rows("leads", LEADS))
    make_book(path, filled, typing_a_city, importing("新客"))
    assert leads(path) == [(None, "恒远", "常熟"), (None, "衡达", "上海"), (None, "新客", None)]
    assert not identity_of(read_book(path)).base_token
    assert sorted(p.name for p in tmp_path.iterdir()) == ["示例.xlsx"]


def test_two_machines_give_the_same_numbers_to_the_same_rows(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Identities are random on each; the numbers go by the order of the rows."""
    typed(book, AppendRows("tblLeads", [{"公司": f"手工{n}", "跟进记录": "电话"} for n in range(5)]))
    seen = []
    for machine in ("a", "b"):
        copy = book.parent / machine / book.name
        copy.parent.mkdir()
        shutil.copy(book, copy)
        monkeypatch.setenv("LTC_XL_STATE", str(copy.parent / "state"))
        ran(copy, importing("新客一", "新客二"))
        read = read_book(copy)
        rows = [read.rows(name).drop(UID).rows() for name in ("leads", "activities")]
        seen.append((rows, leads(copy)))
    assert seen[0] == seen[1]
    assert [lead[0] for lead in seen[0][1]] == [number(n) for n in range(1, 10)]


# ---------------------------------------------------------------- stopped at any moment

STEPS = {
    "before the new ids are in the file": ("replace_book", 1, "before"),
    "after the new ids are in the file": ("replace_book", 1, "after"),
    "before the new file is made": ("look_edits", 1, "before"),
    "after the new file is made, before the commit": ("patch", 2, "after"),
    "after the commit, before the swap": ("replace_book", 2, "before"),
    "after the swap": ("replace_book", 2, "after"),
}
SCRIPT = """
import os, signal, sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from ltc_xl.session import desk
from test_session import importing, ran

calls = 0
real = desk.{name}

def watched(*args, **kwargs):
    global calls
    calls += 1
    if calls == {nth} and {when!r} == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    answer = real(*args, **kwargs)
    if calls == {nth}:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer

desk.{name} = watched
ran(Path({book!r}), importing("新客一", "新客二"))
"""


def killed(book: Path, step: tuple[str, int, str]) -> None:
    name, nth, when = step
    tests = str(Path(__file__).parent)
    script = SCRIPT.format(tests=tests, name=name, nth=nth, when=when, book=str(book))
    stopped = subprocess.run([sys.executable, "-c", script], check=False)  # noqa: S603  our own script
    assert stopped.returncode == -signal.SIGKILL


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_killed_at_any_step_the_same_command_finishes(pending: Path, step: tuple[str, int, str]) -> None:
    killed(pending, step)
    ran(pending, importing("新客一", "新客二"))
    assert sorted(map(str, leads(pending))) == sorted(map(str, expected()))
    settled(pending)


def expected() -> list[tuple[object, ...]]:
    """Return what an undisturbed run leads to; numbers go by the order of commits."""
    return [
        (number(1), "恒远", "无锡"),
        (number(2), "衡达", "上海"),
        (number(3), "手工录入", None),
        (number(4), "新客一", None),
        (number(5), "新客二", None),
    ]


def settled(book: Path) -> None:
    """Hold file and store to each other: nothing is typed, nothing is missed, nothing is written."""
    store = store_of(book)
    rows = store.rows("leads").select("lead_id", "company", "city").rows()
    assert sorted(map(str, rows)) == sorted(map(str, expected()))
    assert not typed_changes(read_book(book), store)
    store.close()
    before = book.read_bytes()
    ran(book, importing("新客一", "新客二"))
    assert book.read_bytes() == before


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_what_is_typed_between_the_stop_and_the_next_run_is_kept(pending: Path) -> None:
    killed(pending, STEPS["after the commit, before the swap"])
    typing(pending, "u1x", "city", "常州")
    ran(pending)
    moved = [(n, c, "常州" if c == "衡达" else city) for n, c, city in expected()]
    assert sorted(map(str, leads(pending))) == sorted(map(str, moved))


def test_a_copy_of_a_workbook_that_was_never_synced_does_not_fall_into_its_store(
    book: Path, tmp_path: Path
) -> None:
    """A consultant copies one empty workbook for two clients: neither may see the other's rows."""
    other = Path(shutil.copy(book, tmp_path / "other.xlsx"))
    ran(book)
    before = other.read_bytes()
    with pytest.raises(StoreAway) as told:
        ran(other)
    assert told.value.key == "store_of_another"
    assert other.read_bytes() == before
    assert ran(other, adopt=True).commit
    assert identity(other).store_id != identity(book).store_id


def completing(city: str) -> Service:
    """Return a service that fills the city where there is none."""

    def service(book: Book, _rules: Rulebook) -> Outcome:
        blank = book.rows("leads").filter(pl.col("city").is_null())
        cells = blank.select(UID, old="city", new=pl.lit(city))
        return Outcome(Changes((SetColumn("leads", "city", cells),)))

    return service


def test_a_cell_typed_over_and_then_set_in_a_run_that_was_stopped_is_taken_in_once(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped between commit and swap, the file shows what was typed, the store what the program set."""
    ran(book, completing("苏州"))
    typing(book, "u1x", "city", None)
    with monkeypatch.context() as stop:
        stop.setattr("ltc_xl.session.desk.replace_book", stopping)
        with pytest.raises(KeyboardInterrupt):
            ran(book, completing("无锡"))
    store = store_of(book)
    committed = store.head
    assert ran(book, completing("无锡")).typed_commit is None
    assert store.head == committed
    store.close()
    cities = dict(read_book(book).rows("leads").select(UID, "city").iter_rows())
    assert cities["u1x"] == "无锡"


def stopping(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_sheet_that_lost_its_identities_is_refused_with_a_way_out(book: Path) -> None:
    """Somebody deletes the hidden column _uid: rows cannot be told apart, and a silent history would lie."""
    ran(book)
    opened = openpyxl.load_workbook(book)
    sheet = opened["线索"]
    place = read_book(book).place("leads")
    assert place is not None
    listed = sheet.tables["tblLeads"]
    last = place.columns[UID]
    sheet.delete_cols(last)
    listed.ref = f"{listed.ref.split(':')[0]}:{column_letters(last - 1)}{place.last_row}"
    listed.tableColumns.pop()
    listed.autoFilter = None
    opened.save(book)
    before = book.read_bytes()
    with pytest.raises(WorldError) as told:
        ran(book)
    assert (told.value.key, told.value.values["sheets"]) == ("identities_gone", ["线索"])
    assert book.read_bytes() == before
