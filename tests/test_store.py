"""The store: commits, numbers, state, history, and what a book has missed."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from conftest import typed_rows

from ltc_xl.model.book import Book, Place, book_of
from ltc_xl.model.change import Changes, SetColumn, applied
from ltc_xl.model.errors import BookHasChanged, ConflictError, StoreAway, UsageError
from ltc_xl.model.ids import business_number
from ltc_xl.model.tables import UID, table, tables
from ltc_xl.model.wish import Wish
from ltc_xl.store import Committed, Note, Store, missed_changes, schema, sqlite_file, store_url, typed_changes
from ltc_xl.store.place import refuse_shared_folder
from ltc_xl.store.values import loaded, recalled, remembered, stored

NOTHING = Changes()


def placed(**rows: pl.DataFrame) -> Book:
    """Return a book whose tables stand on sheets that show every column."""
    book = book_of("book.xlsx", "zh", **rows)
    held = {}
    for name, one in book.tables.items():
        columns = {code: n for n, code in enumerate([*table(name).by_code, UID], start=1)}
        held[name] = replace(one, place=Place(name, one.table.excel, 1, 2, one.rows.height + 1, columns))
    return replace(book, tables=held)


def leads(text: str = "| company | budget |\n| 恒远 | 100.00 |") -> pl.DataFrame:
    return typed_rows("leads", text)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "firm.sqlite", "FIRM")
    yield opened
    opened.close()


def commit(  # noqa: PLR0913  the parts of a commit, each with the value that most tests want
    store: Store,
    book: Book,
    typed: Changes = NOTHING,
    given: Changes = NOTHING,
    *,
    parent: str = "",
    wb: str = "W",
) -> Committed:
    with store.writing(book.name, parent) as writing:
        return writing.commit(Note(wb, "check", "li"), book, "SH", typed=typed, given=given)


def inserting(**rows: pl.DataFrame) -> Changes:
    return Changes(inserts=rows)


def setting(name: str, column: str, uid: str, old: object, new: object) -> Changes:
    dtype = table(name).by_code[column].dtype
    cells = pl.DataFrame(
        {UID: [uid], "old": [old], "new": [new]}, {UID: pl.String, "old": dtype, "new": dtype}
    )
    return Changes((SetColumn(name, column, cells),))


def test_every_tracked_table_and_column_has_a_state_column(store: Store) -> None:
    with sqlite3.connect(store.file) as db:
        for owner in schema.tracked():
            found = {row[1] for row in db.execute(f"PRAGMA table_info(state_{owner.name})")}
            assert {c.code for c in owner.columns if not c.live} | {"_tenant", UID, "_extra", "_rev"} <= found
    db.close()


def test_no_column_of_the_model_has_a_name_the_store_needs() -> None:
    taken = {"_tenant", "_uid", "_extra", "_rev", "_deleted"}
    assert not {c.code for t in tables().values() for c in t.columns} & taken


def test_the_migrations_make_the_tables_that_the_code_speaks_of(store: Store) -> None:
    engine = sa.create_engine(f"sqlite:///{store.file}")
    found = sa.inspect(engine)
    for name, wanted in schema.fixed.tables.items():
        columns = {c["name"]: (str(c["type"]), c["nullable"]) for c in found.get_columns(name)}
        sql = {c.name: (c.type.compile(engine.dialect), c.nullable) for c in wanted.columns}
        assert columns == sql
        key = [c.name for c in wanted.primary_key.columns]
        assert found.get_pk_constraint(name)["constrained_columns"] == key
    engine.dispose()


def test_a_column_that_the_model_has_gained_is_added_and_nothing_is_lost(store: Store) -> None:
    commit(store, placed(leads=leads()), typed=inserting(leads=leads()))
    store.close()
    with sqlite3.connect(store.file) as db:
        db.execute("ALTER TABLE state_leads DROP COLUMN budget")
    db.close()
    reopened = Store(store.file, "FIRM")
    assert reopened.rows("leads").select("company", "budget").rows() == [("恒远", None)]
    reopened.close()


def test_a_store_written_by_a_newer_version_is_left_alone(store: Store) -> None:
    store.close()
    with sqlite3.connect(store.file) as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    db.close()
    with pytest.raises(StoreAway) as refused:
        Store(store.file, "FIRM")
    assert refused.value.key == "store_newer"


def test_values_come_back_exactly() -> None:
    """Every type, its blank, and the amounts at which floats give up."""
    book = typed_rows("contracts", "| gross | signed_on |\n| 9999999999999999.99 | 2026-02-28 |\n| -0.01 | |")
    assert loaded(stored(book).rows(), book.schema).equals(book)
    for name, dtype in book.schema.items():
        there_and_back = book.select(remembered(pl.col(name), dtype)).select(recalled(pl.col(name), dtype))
        assert there_and_back.to_series().equals(book[name]), name


def test_numbers_start_after_the_highest_in_store_and_book(store: Store) -> None:
    typed = leads(f"| company | lead_id |\n| a | {business_number('L', 'SH', 41)} |\n| b | |")
    done = commit(store, placed(leads=typed), typed=inserting(leads=typed))
    assert store.rows("leads")["lead_id"].to_list()[1] == business_number("L", "SH", 42)
    imported = leads("| _uid | company |\n| n1 | c |\n| n2 | d |").select(UID, "company")
    again = commit(store, placed(leads=store_rows(store)), given=inserting(leads=imported), parent=done.token)
    numbers = again.changes.inserts["leads"]["lead_id"].to_list()
    assert numbers == [business_number("L", "SH", 43), business_number("L", "SH", 44)]


def store_rows(store: Store) -> pl.DataFrame:
    rows = book_of(leads=store.rows("leads")).rows("leads")
    return rows.with_columns(_row=pl.int_range(2, pl.len() + 2).cast(pl.UInt32))


def test_a_number_of_a_deleted_row_is_never_given_again(store: Store) -> None:
    first = commit(store, placed(leads=leads()), typed=inserting(leads=leads()))
    none = placed(leads=leads().clear())
    gone = commit(store, none, typed=Changes(deletes={"leads": store.rows("leads")}), parent=first.token)
    fresh = leads("| _uid | company |\n| n1 | c |")
    commit(store, placed(leads=fresh), typed=inserting(leads=fresh), parent=gone.token)
    assert store.rows("leads")["lead_id"].to_list() == [business_number("L", "SH", 2)]


def test_a_number_that_was_wiped_in_the_sheet_comes_back(store: Store) -> None:
    first = commit(store, placed(leads=leads()), typed=inserting(leads=leads()))
    wiped = placed(leads=leads())
    typed = typed_changes(wiped, store)
    done = commit(store, wiped, typed=typed, parent=first.token)
    assert done.changes.sets[0].cells["new"].to_list() == [business_number("L", "SH", 1)]


def test_a_row_copied_with_its_number_gets_one_of_its_own(store: Store) -> None:
    number = business_number("L", "SH", 1)
    both = leads(f"| _uid | company | lead_id |\n| a | 恒远 | {number} |\n| b | 恒远 | {number} |")
    book = placed(leads=both)
    held = replace(book.tables["leads"], fresh=frozenset({"b"}))
    copied = replace(book, tables={"leads": held})
    commit(store, copied, typed=inserting(leads=both))
    assert store.rows("leads")["lead_id"].to_list() == [number, business_number("L", "SH", 2)]


def test_a_reference_to_a_new_row_becomes_the_number_it_was_given(store: Store) -> None:
    """An import makes a line and the allocation that pays it, before either has a number."""
    book = placed(**{n: table(n).empty() for n in ("lines", "receipts", "allocations")})
    given = inserting(
        lines=pl.DataFrame({UID: ["l1"], "customer": ["恒远"]}),
        receipts=pl.DataFrame({UID: ["r1"], "amount": [Decimal("10.00")]}),
        allocations=pl.DataFrame({UID: ["a1"], "line": ["l1"], "receipt": ["r1"]}),
    )
    done = commit(store, book, given=given)
    expected = (business_number("RC", "SH", 1), business_number("P", "SH", 1))
    assert done.changes.inserts["allocations"].select("line", "receipt").row(0) == expected
    assert store.rows("allocations").select("line", "receipt").row(0) == expected


def test_history_keeps_one_record_per_new_row_and_one_per_changed_cell(store: Store) -> None:
    first = commit(store, placed(leads=leads()), typed=inserting(leads=leads()))
    book = placed(leads=store_rows(store))
    given = setting("leads", "budget", "u0x", Decimal("100.00"), Decimal("250.50"))
    commit(store, book, given=given, parent=first.token)
    told = store.since(0).select("seq", "column", "kind", "old", "new").rows()
    whole = '{"company":"恒远","budget":"100.00"}'
    assert told == [
        (1, "", "typed", None, whole),
        (1, "lead_id", "program", None, business_number("L", "SH", 1)),
        (2, "budget", "program", "100.00", "250.50"),
    ]


def test_a_commit_says_who_when_and_by_which_command(store: Store) -> None:
    done = commit(store, placed(leads=leads()), typed=inserting(leads=leads()))
    with sqlite3.connect(store.file) as db:
        row = db.execute('SELECT tenant, seq, commit_id, command, actor, date(at) FROM "commit"').fetchone()
        today = db.execute("SELECT date('now')").fetchone()[0]
    db.close()
    assert row == ("FIRM", 1, done.token, "check", "li", today)


def test_a_block_that_raises_commits_nothing(store: Store) -> None:
    with pytest.raises(KeyError):
        stopped(store, placed(leads=leads()))
    assert store.head == 0
    assert store.rows("leads").height == 0


def stopped(store: Store, book: Book) -> None:
    """Commit twice in a block, and stop."""
    with store.writing(book.name, "") as writing:
        done = writing.commit(Note("W", "edit", "li"), book, "SH", typed=inserting(leads=leads()))
        given = setting("leads", "city", "u0x", None, "苏州")
        writing.commit(Note("W", "check", "li"), applied(book, done.changes), "SH", given=given)
        raise KeyError


def test_a_commit_on_an_outdated_base_is_refused(store: Store) -> None:
    first = commit(store, placed(leads=leads()), typed=inserting(leads=leads()))
    commit(store, placed(leads=store_rows(store)), parent=first.token)
    with pytest.raises(BookHasChanged):
        commit(store, placed(leads=store_rows(store)), parent=first.token)
    assert store.head == 2


def test_a_set_that_does_not_meet_the_old_value_is_our_mistake(store: Store) -> None:
    first = commit(store, placed(leads=leads()), typed=inserting(leads=leads()))
    wrong = setting("leads", "budget", "u0x", Decimal("99.00"), Decimal("1.00"))
    with pytest.raises(AssertionError):
        commit(store, placed(leads=store_rows(store)), given=wrong, parent=first.token)
    assert store.head == 1


def test_a_column_nobody_mapped_is_kept_beside_the_row(store: Store) -> None:
    extra = pl.DataFrame({UID: ["u0x"], "extra": ['{"微信号": "x"}']})
    given = Changes(inserts={"leads": leads()}, extra={"leads": extra})
    commit(store, placed(leads=leads().clear()), given=given)
    with sqlite3.connect(store.file) as db:
        assert db.execute("SELECT _extra FROM state_leads").fetchall() == [('{"微信号": "x"}',)]
    db.close()


def typed_book(store: Store) -> tuple[Book, str]:
    """Return a book that the store knows, and its token."""
    rows = leads("| company | budget | city |\n| 恒远 | 100.00 | 苏州 |\n| 衡达 | | 上海 |")
    done = commit(store, placed(leads=rows), typed=inserting(leads=rows))
    return placed(leads=store_rows(store)), done.token


def test_what_was_typed_is_what_differs_from_the_state(store: Store) -> None:
    book, _ = typed_book(store)
    assert not typed_changes(book, store)
    new = leads("| _uid | company |\n| n1 | 新的 |")
    edited = book.rows("leads").filter(pl.col("company") == "恒远").with_columns(city=pl.lit("无锡"))
    typed = typed_changes(book.with_rows("leads", pl.concat([edited, new])), store)
    assert [(s.column, s.cells.rows()) for s in typed.sets] == [("city", [("u0x", "苏州", "无锡")])]
    assert typed.inserts["leads"]["company"].to_list() == ["新的"]
    assert typed.deletes["leads"]["company"].to_list() == ["衡达"]


def test_a_cell_that_cannot_be_read_is_not_taken_for_cleared(store: Store) -> None:
    book, _ = typed_book(store)
    blank = book.rows("leads").with_columns(budget=pl.lit(None, pl.Decimal(18, 2)))
    unread = replace(book.with_rows("leads", blank), unread=frozenset({("leads", "u0x", "budget")}))
    assert not typed_changes(unread, store)


def test_a_column_the_sheet_lacks_is_not_taken_for_cleared(store: Store) -> None:
    book, _ = typed_book(store)
    place = book.tables["leads"].place
    assert place is not None
    columns = {code: n for code, n in place.columns.items() if code != "city"}
    narrow = book.with_rows("leads", book.rows("leads").with_columns(city=pl.lit(None, pl.String)))
    held = replace(narrow.tables["leads"], place=replace(place, columns=columns))
    assert not typed_changes(replace(narrow, tables={"leads": held}), store)


def test_a_book_left_behind_misses_exactly_what_was_committed_since(store: Store) -> None:
    book, token = typed_book(store)
    new = leads("| _uid | company |\n| n1 | 新的 |").select(UID, "company")
    given = inserting(leads=new) + setting("leads", "city", "u1x", "上海", "无锡")
    commit(store, book, given=given, parent=token)
    missed = missed_changes(book, store, 1, "W")
    assert missed.inserts["leads"].select("company", "lead_id").row(0) == (
        "新的",
        business_number("L", "SH", 3),
    )
    assert [(s.column, s.cells.rows()) for s in missed.sets] == [("city", [("u1x", "上海", "无锡")])]


def test_a_cell_typed_after_a_stopped_command_stays_with_the_person(store: Store) -> None:
    book, token = typed_book(store)
    commit(store, book, given=setting("leads", "city", "u1x", "上海", "无锡"), parent=token)
    typed = book.rows("leads").with_columns(city=pl.lit("常州"))
    later = book.with_rows("leads", typed)
    assert not missed_changes(later, store, 1, "W")
    assert ("u1x", "无锡", "常州") in typed_changes(later, store).sets[0].cells.rows()


def test_a_cell_changed_in_two_workbooks_waits_for_a_person(store: Store) -> None:
    book, token = typed_book(store)
    commit(store, book, given=setting("leads", "city", "u1x", "上海", "无锡"), parent=token, wb="OTHER")
    later = book.with_rows("leads", book.rows("leads").with_columns(city=pl.lit("常州")))
    with pytest.raises(ConflictError) as refused:
        missed_changes(later, store, 1, "W")
    assert refused.value.values["cell"] == "leads!J3"


def test_a_row_deleted_and_typed_again_comes_back(store: Store) -> None:
    book, token = typed_book(store)
    gone = Changes(deletes={"leads": book.rows("leads").head(1)})
    done = commit(store, placed(leads=book.rows("leads").tail(1)), typed=gone, parent=token)
    commit(store, book, typed=typed_changes(book, store), parent=done.token)
    assert sorted(store.rows("leads")["company"]) == ["恒远", "衡达"]


def test_four_processes_lose_no_commit(tmp_path: Path) -> None:
    """Each takes the head and adds a lead; every number is given once."""
    script = """
import sys
import polars as pl
from pathlib import Path
from test_store import commit, inserting, leads, placed
from ltc_xl.model.errors import BookHasChanged
from ltc_xl.store import Store
store, done = Store(Path(sys.argv[1]), "FIRM"), 0
while done < 3:
    rows = leads(f"| _uid | company |\\n| {sys.argv[2]}x{done} | c |")
    try:
        commit(store, placed(leads=rows), typed=inserting(leads=rows), parent=store.token_of(store.head))
        done += 1
    except BookHasChanged:
        pass
"""
    file = tmp_path / "firm.sqlite"
    store = Store(file, "FIRM")
    command = [sys.executable, "-c", script, str(file)]
    folder = Path(__file__).parent
    runs = [
        subprocess.Popen(  # noqa: S603  our own script
            [*command, f"p{n}"], cwd=folder
        )
        for n in range(4)
    ]
    assert [run.wait() for run in runs] == [0] * 4
    assert store.head == 12
    numbers = store.rows("leads")["lead_id"]
    assert sorted(numbers) == [business_number("L", "SH", n) for n in range(1, 13)]
    store.close()


@pytest.mark.parametrize(
    "folder", ["OneDrive - 衡远", "Dropbox", "我的坚果云", "Mobile Documents", "Google Drive"]
)
def test_a_folder_that_a_cloud_drive_syncs_is_refused(tmp_path: Path, folder: str) -> None:
    with pytest.raises(StoreAway) as refused:
        Store(tmp_path / folder / "firm.sqlite", "FIRM")
    assert refused.value.values["folder"] == folder
    assert not (tmp_path / folder).exists()


def test_a_network_path_is_refused() -> None:
    with pytest.raises(StoreAway):
        refuse_shared_folder(Path(r"\\server\share\firm.sqlite"))


def test_a_damaged_store_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "firm.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreAway) as refused:
        Store(tmp_path / "firm.sqlite", "FIRM")
    assert refused.value.key == "store_unreachable"


@pytest.mark.parametrize("url", ["x", "postgresql://u:secret@host/db", "sqlite://"])
def test_a_store_url_that_cannot_be_used_is_a_wrong_usage(url: str) -> None:
    with pytest.raises(UsageError) as refused:
        sqlite_file(url)
    assert "secret" not in str(refused.value)


def test_the_store_is_named_by_option_then_environment_then_its_id(
    monkeypatch: pytest.MonkeyPatch, own_state_dir: Path
) -> None:
    assert sqlite_file(store_url("FIRM")) == own_state_dir / "FIRM.sqlite"
    monkeypatch.setenv("LTC_XL_STORE", "sqlite:////elsewhere/a.sqlite")
    assert sqlite_file(store_url("FIRM")) == Path("/elsewhere/a.sqlite")
    assert store_url("FIRM", "sqlite:////b.sqlite") == "sqlite:////b.sqlite"


def test_two_firms_in_one_file_do_not_see_each_other(store: Store) -> None:
    commit(store, placed(leads=leads()), typed=inserting(leads=leads()))
    other = Store(store.file, "OTHER")
    assert (other.head, other.rows("leads").height, other.since(0).height) == (0, 0, 0)
    commit(other, placed(leads=leads()), typed=inserting(leads=leads()))
    assert other.rows("leads")["lead_id"].to_list() == [business_number("L", "SH", 1)]
    other.close()


@pytest.mark.parametrize("revision", ["0001", "0002", "0003"])
def test_a_store_of_an_earlier_version_is_brought_up_with_its_rows(tmp_path: Path, revision: str) -> None:
    """Made by the first migrations, filled as the first version filled it."""
    file = tmp_path / "firm.sqlite"
    earlier_version(file, revision)
    store = Store(file, "FIRM")
    assert store.rule_versions() == {}
    assert (store.head, store.token_of(1), store.left_at("W")) == (1, "TOKEN", 1)
    assert store.rows("leads").select(UID, "company", "budget").rows() == [("u0x", "恒远", Decimal("100.00"))]
    assert store.since(0).select("column", "kind", "new").rows() == [("", "typed", '{"company":"恒远"}')]
    told = store.commits()[0]
    assert (told.command, told.actor, told.as_of, told.undone_by) == ("check", "li", None, None)
    assert (store.open_wishes(), store.backups("W")) == ((), [])
    done = commit(
        store,
        placed(leads=store_rows(store)),
        given=setting("leads", "city", "u0x", None, "苏州"),
        parent="TOKEN",
    )
    assert done.seq == 2
    store.close()


FILLED = """
INSERT INTO head VALUES ('FIRM', 1);
INSERT INTO "commit" (tenant, seq, commit_id, workbook_id, command, actor, tool_version)
  VALUES ('FIRM', 1, 'TOKEN', 'W', 'check', 'li', '0.1.0');
INSERT INTO change VALUES ('FIRM', 1, 'leads', 'u0x', '', 'typed', NULL, '{"company":"恒远"}');
INSERT INTO state_leads (_tenant, _uid, company, budget, _rev) VALUES ('FIRM', 'u0x', '恒远', 10000, 1);
INSERT INTO "left" VALUES ('FIRM', 'W', 1, 'digest')
"""


def earlier_version(file: Path, revision: str) -> None:
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", "ltc_xl.store:migrations")
        config.set_main_option("path_separator", "os")
        command.upgrade(config, revision)
        schema.state().create_all(connection)
        for statement in FILLED.strip().split(";\n"):
            connection.exec_driver_sql(statement)
    engine.dispose()


def test_two_commits_are_one_transaction_and_the_second_sees_the_first(store: Store) -> None:
    book = placed(leads=leads())
    with store.writing(book.name, "") as writing:
        first = writing.commit(Note("W", "edit", "li"), book, "SH", typed=inserting(leads=leads()))
        assert writing.rows("leads")["company"].to_list() == ["恒远"]
        numbered = applied(book, first.changes)
        given = setting("leads", "city", "u0x", None, "苏州")
        second = writing.commit(
            Note("W", "check", "li", as_of=date(2026, 4, 30)), numbered, "SH", given=given
        )
    assert (first.seq, second.seq, writing.token) == (1, 2, second.token)
    assert [(one.command, one.as_of) for one in store.commits()] == [
        ("edit", None),
        ("check", date(2026, 4, 30)),
    ]
    assert second.changes.sets[0].column == "city"
    assert len(second.changes.sets) == 1


def test_a_look_into_the_store_from_within_a_commit_is_our_mistake(store: Store) -> None:
    """It would wait half a minute for itself."""
    with store.writing("book.xlsx", ""), pytest.raises(AssertionError):
        store.rows("leads")
    assert store.head == 0


def test_nothing_committed_takes_no_number(store: Store) -> None:
    with store.writing("book.xlsx", "") as writing:
        assert writing.seq == 0
    assert store.head == 0


def test_an_activity_about_a_new_row_names_it_by_its_number(store: Store) -> None:
    book = placed(leads=leads(), activities=table("activities").empty())
    about = pl.DataFrame({UID: ["a1"], "object_id": ["u0x"], "summary": ["电话"]})
    with store.writing(book.name, "") as writing:
        writing.commit(
            Note("W", "edit", "li"),
            book,
            "SH",
            typed=inserting(leads=leads()),
            given=inserting(activities=about),
        )
    assert store.rows("activities")["object_id"].to_list() == [business_number("L", "SH", 1)]


def test_a_number_cell_that_cannot_be_read_keeps_its_number(store: Store) -> None:
    book, token = typed_book(store)
    wiped = book.with_rows("leads", book.rows("leads").with_columns(lead_id=pl.lit(None, pl.String)))
    unread = replace(wiped, unread=frozenset(("leads", uid, "lead_id") for uid in ("u0x", "u1x")))
    done = commit(store, unread, given=setting("leads", "city", "u1x", "上海", "无锡"), parent=token)
    assert [entry.column for entry in done.changes.sets] == ["city"]
    assert store.rows("leads")["lead_id"].null_count() == 0


def wish(code: str = "T-01", row: str = "u0x") -> Wish:
    return Wish("", "leads", row, "state", "NEW", "CONVERTED", code, {"allowed": ["无效"]}, "li")


def test_wishes_are_open_until_a_commit_closes_them(store: Store) -> None:
    book = placed(leads=leads())
    with store.writing(book.name, "") as writing:
        writing.commit(Note("W", "edit", "li"), book, "SH", typed=inserting(leads=leads()))
        writing.open_wishes([wish(), wish("T-03")])
        assert writing.waiting == 2
    held = store.open_wishes()
    assert sorted((one.code, one.seq, one.values["allowed"]) for one in held) == [
        ("T-01", 1, ["无效"]),
        ("T-03", 1, ["无效"]),
    ]
    numbered = placed(leads=store_rows(store))
    with store.writing(book.name, writing.token) as later:
        later.commit(Note("W", "edit", "li"), numbered, "SH")
        later.close_wishes([held[0].id], "withdrawn")
    assert [one.id for one in store.open_wishes()] == [held[1].id]
    told = {one.wish.id: (one.closed_seq, one.closed_why) for one in store.wishes()}
    assert told[held[0].id] == (2, "withdrawn")


def test_bodies_are_kept_for_ten_commits_and_the_last_of_each_table_for_good(store: Store) -> None:
    """What a commit replaced comes back only while no later commit has written the sheet again."""
    book = placed(findings=table("findings").empty(), today=table("today").empty())
    token = ""
    for n in range(14):
        body = pl.DataFrame({"code": [f"C-{n}"], "mark": ["u0x|state"]})
        today = {"today": pl.DataFrame({"member": ["王芳"]})} if n == 0 else {}
        done = commit(store, book, given=Changes(puts={"findings": body, **today}), parent=token)
        book, token = book.with_rows("findings", body), done.token
    assert store.bodies_since("W", 0)["findings"]["code"].to_list() == ["C-13"]
    assert store.bodies_since("W", 0)["today"]["member"].to_list() == ["王芳"]
    assert store.bodies_since("W", 14) == {}
    assert store.bodies_since("OTHER", 0) == {}
    assert store.bodies_replaced("W", [14])["findings"]["code"].to_list() == ["C-12"]
    assert store.bodies_replaced("W", [13, 14])["findings"]["code"].to_list() == ["C-11"]
    assert "findings" not in store.bodies_replaced("W", [13])
    with sqlite3.connect(store.file) as db:
        kept = db.execute("SELECT entity, min(seq), count(*) FROM put GROUP BY entity ORDER BY 1").fetchall()
    db.close()
    assert kept == [("findings", 5, 10), ("today", 1, 1)]


def test_the_hidden_sheet_is_nobodys_body(store: Store) -> None:
    meta = pl.DataFrame({"key": ["base_token"], "value": ["x"]})
    commit(store, placed(meta=table("meta").empty()), given=Changes(puts={"meta": meta}))
    assert store.bodies_since("W", 0) == {}


def test_what_no_column_holds_has_a_history_once_it_changes(store: Store) -> None:
    first = pl.DataFrame({UID: ["u0x"], "extra": ['{"微信号": "x"}']})
    done = commit(
        store,
        placed(leads=leads().clear()),
        given=Changes(inserts={"leads": leads()}, extra={"leads": first}),
    )
    book = placed(leads=store_rows(store))
    again = pl.DataFrame({UID: ["u0x"], "extra": ['{"微信号": "y"}']})
    commit(store, book, given=Changes(extra={"leads": again}), parent=done.token)
    told = store.since(0).filter(pl.col("column") == "_extra").select("seq", "old", "new").rows()
    assert told == [(2, '{"微信号": "x"}', '{"微信号": "y"}')]
    assert not missed_changes(book, store, 1, "W")


def test_what_was_refused_gives_way_in_a_book_left_behind(store: Store) -> None:
    rows = leads("| company | state |\n| 恒远 | NEW |")
    done = commit(store, placed(leads=rows), typed=inserting(leads=rows))
    typed = placed(leads=store_rows(store).with_columns(state=pl.lit("CONVERTED")))
    with store.writing(typed.name, done.token) as writing:
        writing.commit(Note("W", "edit", "li"), typed, "SH")
        writing.open_wishes([wish(), wish("T-03")])
    missed = missed_changes(typed, store, 1, "W")
    assert [(s.column, s.cells.rows()) for s in missed.sets] == [("state", [("u0x", "CONVERTED", "NEW")])]
    other = typed.with_rows("leads", typed.rows("leads").with_columns(state=pl.lit("INVALID")))
    assert not missed_changes(other, store, 1, "W")
    assert not missed_changes(typed, store, 2, "W")
