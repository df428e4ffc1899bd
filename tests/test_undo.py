"""Undo: every command's commit can be taken back, cell by cell, unless something stands on it."""

import getpass
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from desk import DAY, appending, cells, checked, deleting, made, ran, stages, state, store_of, typing, wishes

from ltc_xl.messages import sentence_of
from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, SetColumn
from ltc_xl.model.errors import ConflictError, StoreAway, UsageError
from ltc_xl.model.ids import mint_uids
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.session import How, Result, run, undo
from ltc_xl.workbook.read import read_book


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a workbook and its state, all of it committed."""
    folder = tmp_path_factory.mktemp("committed")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("LTC_XL_STATE", str(folder / "state"))
        made(folder / "客户A.xlsx")
    return folder


@pytest.fixture
def book(committed: Path, tmp_path: Path) -> Path:
    """Return a copy of it for one test."""
    shutil.copytree(committed, tmp_path, dirs_exist_ok=True)
    return tmp_path / "客户A.xlsx"


def undone(path: Path, target: object, **how: object) -> Result:
    return undo(path, str(target), DAY, How(**{"papers": False, **how}))  # type: ignore[arg-type]  # How's own fields


def importing(batch: str = "B1") -> Callable[[Book, Rulebook], Outcome]:
    """Return a service that brings a lead with an unknown column, and changes a customer."""

    def service(book: Book, _rules: Rulebook) -> Outcome:
        uid = mint_uids(1)[0]
        lead = pl.DataFrame({UID: [uid], "company": ["新客"], "note": ["两行\n文字"]})
        city = (
            book.rows("customers")
            .filter(pl.col("name") == "恒远")
            .select(UID, old="city", new=pl.lit("苏州"))
        )
        extra = {
            "leads": pl.DataFrame({UID: [uid], "extra": ['{"微信号": "x"}']}),
            "customers": city.select(UID, extra=pl.lit('{"老板": "张"}')),
        }
        changes = Changes((SetColumn("customers", "city", city),), {"leads": lead}, extra=extra)
        return Outcome(changes, data={"batch": batch})

    return service


def tidying(book: Book, _rules: Rulebook) -> Outcome:
    """Delete a deal and set the other one's stage, as a program may."""
    deals = book.rows("opportunities")
    stage = deals.filter(pl.col("name") == "柜一").select(UID, old="stage", new=pl.lit("HOLD"))
    gone = deals.filter(pl.col("name") == "柜二")
    return Outcome(Changes((SetColumn("opportunities", "stage", stage),), deletes={"opportunities": gone}))


def extras(path: Path) -> list[tuple[object, ...]]:
    store = store_of(path)
    with store._transaction() as connection:  # noqa: SLF001  what no command shows
        rows = [
            tuple(row)
            for name in ("leads", "customers")
            for row in connection.exec_driver_sql(f"SELECT _extra FROM state_{name} WHERE _deleted IS NULL")  # noqa: S608  our own names
        ]
    store.close()
    return sorted(rows, key=str)


def test_typing_an_import_a_tidying_and_a_check_are_taken_back_one_after_another(book: Path) -> None:
    """Book and store are, after every step back, what they were before the step; then again forwards."""
    path = [(state(book), cells(book), extras(book))]
    steps: list[int] = []

    def step(result: Result) -> None:
        steps.append(result.commit or 0)
        path.append((state(book), cells(book), extras(book)))

    typing(book, "opportunities", "u0x", stage="搁置", note="先放一放", next_step=None)
    appending(book, "tblOpps", 商机名称="柜三", 客户="恒远", 负责人="王芳")
    deleting(book, "customers", "u1x")
    step(ran(book))
    step(run(book, "import", importing(), DAY, How(papers=False)))
    step(run(book, "leads", tidying, DAY, How(papers=False)))
    step(checked(book))
    assert steps == [3, 4, 5, 6]
    for number, (seq, before) in enumerate(zip(reversed(steps), reversed(path[:-1]), strict=True), 7):
        assert undone(book, seq).commit == number
        assert (state(book), cells(book), extras(book)) == before
    for seq, after in zip((10, 9, 8, 7), path[1:], strict=True):
        undone(book, seq)
        assert (state(book), cells(book), extras(book)) == after
    left = book.read_bytes()
    assert ran(book).commit is None
    assert book.read_bytes() == left


def test_a_batch_and_a_row_are_taken_back_by_name(book: Path) -> None:
    held = state(book)
    run(book, "import", importing("B7"), DAY, How(papers=False))
    assert undone(book, "B7").outcome.data["undone"] == [3]
    assert state(book) == held
    typing(book, "opportunities", "u0x", next_step="拜访")
    typing(book, "opportunities", "u1x", next_step="拜访")
    ran(book)
    number = read_book(book).rows("opportunities").sort("name")["opp_id"][0]
    undone(book, number.lower())
    steps = read_book(book).rows("opportunities").sort("name")["next_step"].to_list()
    assert steps == ["电话", "拜访"]


def test_what_stands_on_it_is_named_all_at_once_and_nothing_is_changed(book: Path) -> None:
    """The same cell changed again, a row deleted since, a row that names one which would go."""
    typing(book, "opportunities", "u0x", next_step="拜访")
    typing(book, "opportunities", "u1x", next_step="拜访")
    appending(book, "tblCustomers", 名称="新华")
    ran(book)
    typing(book, "opportunities", "u0x", next_step="报价", customer="新华")
    deleting(book, "opportunities", "u1x")
    ran(book)
    before, held = book.read_bytes(), state(book)
    with pytest.raises(ConflictError) as refused:
        undone(book, 3)
    told = sentence_of(refused.value, "zh")
    assert refused.value.exit_status == 4
    lines = [line.strip().split("，20")[0] for line in told.splitlines()[1:]]
    step, customer = (
        "!".join(read_book(book).cell("opportunities", "u0x", c) or ()) for c in ("next_step", "customer")
    )
    assert lines == [
        "商机（O-SH-0002K 柜二）：提交 4 已把这一行删除",
        f"{step}（O-SH-0001B 柜一，下一步）：提交 4 又改过",
        f"{customer}（O-SH-0001B 柜一，客户）：用到了会被删除的“K-SH-0003C 新华”，来自提交 4",
    ]
    assert told.count(getpass.getuser()) == 3
    assert (book.read_bytes(), state(book)) == (before, held)


def test_a_change_that_is_only_typed_stands_in_the_way_too(book: Path) -> None:
    typing(book, "opportunities", "u0x", next_step="拜访")
    ran(book)
    typing(book, "opportunities", "u0x", next_step="报价")
    with pytest.raises(ConflictError):
        undone(book, 3)
    with pytest.raises(ConflictError) as refused:
        undone(book, 3, dry_run=True)
    assert "还没有提交" in sentence_of(refused.value, "zh")


def test_an_undo_takes_typing_into_a_commit_of_its_own_first(book: Path) -> None:
    typing(book, "opportunities", "u0x", next_step="拜访")
    ran(book)
    typing(book, "opportunities", "u1x", next_step="报价")
    result = undone(book, 3)
    assert (result.typed_commit, result.commit) == (4, 5)
    assert read_book(book).rows("opportunities").sort("name")["next_step"].to_list() == ["电话", "报价"]


def test_a_wish_is_taken_back_with_the_typing_it_came_from(book: Path) -> None:
    typing(book, "opportunities", "u0x", stage="赢单", next_step="拜访")
    checked(book)
    undone(book, 3)
    assert wishes(book) == [("T-01", "WON", "undone")]
    checked(book)
    assert (stages(book)[0], wishes(book)) == (["VALIDATING", "VALIDATING"], [("T-01", "WON", "undone")])


def test_taken_back_twice_or_never_made_is_a_wrong_usage(book: Path) -> None:
    typing(book, "opportunities", "u0x", next_step="拜访")
    ran(book)
    undone(book, 3, reason="写错了")
    before = book.read_bytes()
    for target, key in ((3, "undo_done"), (99, "undo_no_target"), ("没有", "undo_no_target")):
        with pytest.raises(UsageError) as refused:
            undone(book, target)
        assert refused.value.key == key
    assert book.read_bytes() == before
    store = store_of(book)
    last = store.commits()[-1]
    store.close()
    assert (last.command, last.reason, last.undoes) == ("undo", "写错了", "3")


def test_a_dry_run_says_what_would_come_back(book: Path) -> None:
    typing(book, "opportunities", "u0x", next_step="拜访")
    ran(book)
    before = book.read_bytes()
    result = undone(book, 3, dry_run=True)
    assert [(s.column, s.cells["new"].to_list()) for s in result.changes.sets] == [("next_step", ["电话"])]
    assert book.read_bytes() == before


def test_on_another_machine_there_is_nothing_to_take_back(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LTC_XL_STATE", str(book.parent / "elsewhere"))
    with pytest.raises(StoreAway) as refused:
        undone(book, 1)
    assert refused.value.key == "store_unknown"
