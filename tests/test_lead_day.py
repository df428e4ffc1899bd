"""The day's work on leads: six steps as one commit, and which of them the daily run does."""

import json
from datetime import date, time
from pathlib import Path
from typing import Any

import polars as pl
from conftest import typed_rows, written_book
from shell import CHINESE, ltc
from test_leads import PEOPLE

from ltc_xl import leads, rollout, session
from ltc_xl.model.book import Book
from ltc_xl.model.change import applied
from ltc_xl.model.enums import LANGS
from ltc_xl.rules import bind_rulebook
from ltc_xl.rules.daily_steps import STEPS, daily_steps
from ltc_xl.session import new_book
from ltc_xl.sync import steps, sync
from ltc_xl.workbook.read import read_book

DAY = date(2026, 11, 23)
LEADS = """
    leads
    | lead_id | company          | contact | mobile      | need | budget       | timeline | tags | state    | owner | touched_on | created_on | channel |
    | L-1     | 苏州恒远有限公司 | 张 三   | 13800138000 | 配电 | 1,200,000.00 | M0_3     |      | NEW      |       |            | 2026-11-20 | 官网    |
    | L-2     | 苏州恒远有限公司 | 张三    | 13800138000 | 配电 | 1,200,000.00 | M0_3     |      | NEW      |       |            | 2026-11-21 | 官网    |
    | L-3     | 杭州瑞达有限公司 | 李四    | 13900139000 |      |              |          | 节能 | NEW      |       |            | 2026-11-21 | 官网    |
    | L-4     | 无锡华科有限公司 | 王五    | 13700137000 | 能耗 | 300,000.00   | M3_6     |      | ASSIGNED | 吴用  |            | 2026-09-01 | 官网    |
    """  # noqa: E501  one row per lead
TRACKS = """
    nurture_tracks
    | track | day | content  | owner |
    | 节能  | 0   | 节能手册 | 方媛  |
    """


def day_of(book: Book) -> Any:  # noqa: ANN401  the answer as the command line reads it
    return leads.run(book, bind_rulebook(book), DAY).data


def test_the_steps_follow_each_other_and_each_sees_what_the_ones_before_did() -> None:
    book = written_book(LEADS + PEOPLE + TRACKS)
    outcome = leads.run(book, bind_rulebook(book), DAY)
    data: Any = outcome.data
    assert list(data) == ["clean", "dedupe", "grade", "recycle", "assign", "nurture"]
    assert [(one["a"], one["b"]) for one in data["dedupe"]["pairs"]] == [("L-1", "L-2")]
    assert [one["lead_id"] for one in data["recycle"]["recycled"]] == ["L-4"]
    assert {one["lead_id"] for one in data["assign"]["assigned"]} == {"L-1", "L-2", "L-3", "L-4"}
    assert [one["lead_id"] for one in data["nurture"]["entered"]] == ["L-3"]
    after = applied(book, outcome.changes)
    told = {
        row["lead_id"]: (row["contact"], row["grade"], row["state"])
        for row in after.rows("leads").rows(named=True)
    }
    assert told["L-1"] == ("张三", "A", "ASSIGNED")
    assert after.rows("nurture")["content"].to_list() == ["节能手册"]


def test_each_cell_is_changed_once_however_many_steps_have_touched_it() -> None:
    book = written_book(LEADS + PEOPLE + TRACKS)
    changes = leads.run(book, bind_rulebook(book), DAY).changes
    columns = [(one.table, one.column) for one in changes.sets]
    assert len(columns) == len(set(columns))


def test_a_second_run_of_the_day_changes_nothing_but_what_was_decided() -> None:
    book = written_book(LEADS + PEOPLE + TRACKS)
    first = applied(book, leads.run(book, bind_rulebook(book), DAY).changes)
    second = leads.run(first, bind_rulebook(first), DAY)
    data: Any = second.data
    assert [(one["merged"], one["into"]) for one in data["dedupe"]["merged"]] == [("L-2", "L-1")]
    third = applied(first, second.changes)
    last = leads.run(third, bind_rulebook(third), DAY)
    assert not last.changes.sets
    assert not last.changes.inserts


def test_a_step_without_rules_says_which_sheet_is_empty() -> None:
    book = written_book(LEADS + PEOPLE)
    rulebook = bind_rulebook(book)
    bare = {**rulebook.tables, "cleaning": rulebook.tables["cleaning"].clear()}
    data = leads.run(book, type(rulebook)(**{**vars(rulebook), "tables": bare}), DAY).data
    assert data["clean"] == {"skipped": "cleaning"}
    assert data["nurture"] == {"skipped": "nurture_tracks"}


def test_what_is_wrong_with_a_sheet_is_told_once_and_the_other_steps_go_on() -> None:
    broken = "grading\n| no | grade |\n| G1 | Z |\n"
    book = written_book(LEADS + PEOPLE + broken)
    outcome = leads.run(book, bind_rulebook(book), DAY)
    assert outcome.exit_status == 1
    assert [one.code for one in outcome.findings if one.table == "grading"] == ["R-04"]
    data: Any = outcome.data
    assert data["recycle"]["recycled"]


# ---------------------------------------------------------------- on a workbook


def a_book(folder: Path) -> Path:
    rows = {
        name: typed_rows(name, text.split("\n", 2)[2])
        for name, text in (("leads", LEADS), ("members", PEOPLE), ("nurture_tracks", TRACKS))
    }
    path = folder / "firm.xlsx"
    plan = rollout.new(lang="zh", site="SH", store_id="", as_of=DAY, rows=rows)
    new_book(path, plan)
    return path


def test_the_day_is_one_commit_with_the_data_of_every_step(tmp_path: Path) -> None:
    path = a_book(tmp_path)
    dry = ltc("leads", "run", path, "--dry-run", "--as-of", DAY, env=CHINESE)
    assert dry.exit_code == 0, dry.output
    for line in ("1. 清洗", "2. 查重", "3. 评级", "4. 收回", "5. 分配", "6. 培育"):
        assert line in dry.output
    done = ltc("leads", "run", path, "--json", "--as-of", DAY, env=CHINESE)
    document = json.loads(done.stdout)
    assert document["command"] == "leads run"
    assert document["commit"] is not None
    assert set(STEPS) <= set(document)
    book = read_book(path)
    assert book.rows("nurture")["content"].to_list() == ["节能手册"]
    assert book.rows("duplicates")["decision"].to_list() == ["MERGE"]
    (made,) = (one.commit for one in session.history(path).commits if one.commit.command == "leads run")
    assert made.seq == document["commit"]


def test_leads_given_out_today_bear_the_time_of_day_and_others_none(tmp_path: Path) -> None:
    path = a_book(tmp_path)
    sync(path, DAY, session.How(papers=False), at=time(14, 30))
    given = read_book(path).rows("leads").filter(pl.col("owner").is_not_null())["assigned_at"].drop_nulls()
    assert set(given.dt.strftime("%Y-%m-%d %H:%M")) == {"2026-11-23 14:30"}
    again = sync(path, DAY, session.How(papers=False), at=time(15, 0))
    assert again.commit is None


# ---------------------------------------------------------------- the daily run


def named(text: str) -> tuple[str, ...]:
    return daily_steps(bind_rulebook(written_book(f"settings\n| key | value |\n| daily_steps | {text} |")))


def test_the_daily_run_does_the_steps_that_the_settings_name_in_their_own_order() -> None:
    assert named("分配、查重，CLEAN；喝茶") == ("clean", "dedupe", "assign")
    for lang in LANGS:
        shipped = daily_steps(bind_rulebook(written_book("", lang)))
        assert shipped == ("clean", "dedupe", "grade", "assign", "nurture")


def test_the_daily_run_leaves_out_what_the_firm_has_no_rules_for() -> None:
    book = written_book(LEADS)
    assert list(steps(book, bind_rulebook(book))) == ["clean", "dedupe", "grade", "assign", "today", "check"]


def test_the_daily_run_lists_duplicates_and_decides_nothing_that_nobody_has_decided() -> None:
    book = written_book(LEADS)
    rulebook = bind_rulebook(book)
    first = applied(book, steps(book, rulebook)["dedupe"](book, rulebook, DAY).changes)
    assert first.rows("duplicates")["decision"].to_list() == [None]
    assert first.rows("leads")["dup_of"].to_list()[:2] == [None, "L-1"]
    again: Any = steps(first, rulebook)["dedupe"](first, rulebook, DAY).data
    assert again["merged"] == []
    said = first.with_rows("duplicates", first.rows("duplicates").with_columns(decision=pl.lit("MERGE")))
    done: Any = steps(said, rulebook)["dedupe"](said, rulebook, DAY).data
    assert [(one["merged"], one["into"]) for one in done["merged"]] == [("L-2", "L-1")]


def test_where_rows_stand_on_the_sheet_decides_nothing_of_the_day() -> None:
    book = written_book(LEADS + PEOPLE + TRACKS)
    turned = book.with_rows("leads", book.rows("leads").reverse())
    told = []
    for one in (book, turned.with_rows("members", turned.rows("members").reverse())):
        rows = applied(one, leads.run(one, bind_rulebook(one), DAY).changes)
        told.append(rows.rows("leads").sort("lead_id").drop("_row").rows())
        told.append(rows.rows("duplicates").select("a", "b", "decision").rows())
    assert told[:2] == told[2:]
