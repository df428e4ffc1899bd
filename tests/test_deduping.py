"""leads dedupe and unmerge: the sheet of pairs, decisions read back, merges taken back exactly."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from conftest import typed_rows, written_book
from desk import store_of
from hypothesis import given, settings
from hypothesis import strategies as st
from shell import CHINESE, ltc

from ltc_xl import leads, rollout
from ltc_xl.model.book import Book, book_of
from ltc_xl.model.change import applied
from ltc_xl.model.errors import UsageError
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.tables import UID
from ltc_xl.rules import bind_rulebook
from ltc_xl.session import new_book, save_typed
from ltc_xl.workbook import CellEdit
from ltc_xl.workbook.read import read_book

DAY = date(2026, 4, 30)
LEADS = """
    leads
    | _uid | lead_id | company                  | contact | mobile        | need | budget    | channel | tags | state     | owner | created_on |
    | lax  | L-1     | 苏州恒远电子科技有限公司 | 陈敏    | 13812345678   | 配电 |           | 官网    | 重点 | NEW       |       | 2026-04-01 |
    | lbx  | L-2     | 恒远电子科技             | 陈敏    | 138 1234 5678 |      | 500000.00 | 工博会  | 展会 | NEW       |       | 2026-04-09 |
    | lcx  | L-3     | 恒远（苏州）电子科技     | 李强    | 13900000001   |      |           | 转介绍  |      | FOLLOWING | 王磊  | 2026-04-11 |
    | ldx  | L-4     | 无锡恒远电子科技         | 赵刚    | 13900000002   |      |           | 官网    |      | NEW       |       | 2026-04-12 |
    | lex  | L-5     | 衡达食品                 | 周婷    | 13700000003   |      |           | 官网    |      | NEW       |       | 2026-04-13 |
    """  # noqa: E501  a table
CUSTOMERS = """
    customers
    | _uid | customer_id | name             | aliases  | owner | city |
    | cax  | K-1         | 衡达食品有限公司 | 衡达食品 | 李静  |      |
    """


def deduped(book: Book) -> Outcome:
    return leads.dedupe(book, bind_rulebook(book), DAY)


def pairs(outcome: Outcome) -> list[tuple[object, ...]]:
    data: Any = outcome.data
    return [(one["a"], one["b"], one["band"], one["decision"]) for one in data["pairs"]]


def deciding(book: Book, **decisions: str | None) -> Book:
    """Return the book with its pairs listed and decisions typed beside them: ``L_1__L_2="MERGE"``."""
    listed = applied(book, deduped(book).changes)
    rows = listed.rows("duplicates")
    typed = {tuple(key.replace("_", "-").split("--")): value for key, value in decisions.items()}
    said = [typed.get(pair) for pair in rows.select("a", "b").rows()]
    return listed.with_rows("duplicates", rows.with_columns(decision=pl.Series(said, dtype=pl.String)))


def lead(book: Book, number: str) -> Mapping[str, Any]:
    return book.rows("leads").row(by_predicate=pl.col("lead_id") == number, named=True)


def test_pairs_are_listed_with_band_score_reasons_and_what_is_proposed() -> None:
    outcome = deduped(written_book(LEADS))
    assert pairs(outcome) == [
        ("L-1", "L-2", "duplicate", "MERGE"),
        ("L-1", "L-3", "suspect", None),
        ("L-2", "L-3", "suspect", None),
    ]
    data: Any = outcome.data
    assert data["pairs"][0]["reasons"] == ["手机相同，名称也对得上", "联系人同名"]
    assert data["pairs"][1]["reasons"][0] == "去掉地名和“有限公司”之后同名（恒远电子科技）"
    assert data["groups"] == 1


def test_the_sheet_says_the_same_and_the_later_lead_names_the_other() -> None:
    book = applied(written_book(LEADS), deduped(written_book(LEADS)).changes)
    sheet = book.rows("duplicates").select("a", "b", "band", "score", "decision").row(0)
    assert sheet == ("L-1", "L-2", "DUPLICATE", 98, "MERGE")
    assert (lead(book, "L-2")["dup_of"], lead(book, "L-1")["dup_of"]) == ("L-1", None)


def test_a_run_that_finds_what_stands_there_changes_nothing() -> None:
    book = applied(written_book(LEADS), deduped(written_book(LEADS)).changes)
    kept = book.with_rows("duplicates", book.rows("duplicates").with_columns(decision=pl.lit("KEEP")))
    settled = applied(kept, deduped(kept).changes)
    again = deduped(settled)
    assert not again.changes.sets
    assert not again.changes.inserts
    assert settled.rows("duplicates")["decision"].to_list() == ["KEEP"] * 3
    assert again.data["pairs"] == []
    assert again.data["kept"] == 3


def test_a_merge_keeps_both_touches_fills_blanks_and_marks_the_row_that_goes() -> None:
    book = deciding(written_book(LEADS), L_1__L_2="MERGE")
    outcome = deduped(book)
    after = applied(book, outcome.changes)
    stays, gone = lead(after, "L-1"), lead(after, "L-2")
    assert outcome.data["merged"] == [{"table": "leads", "merged": "L-2", "into": "L-1"}]
    assert (gone["state"], gone["merged_into"], gone["dup_of"]) == ("DUPLICATE", "L-1", "L-1")
    assert (stays["budget"], stays["need"], stays["tags"]) == (500_000, "配电", "重点；展会")
    assert after.rows("touches").select("lead", "channel").rows() == [("L-1", "官网"), ("L-1", "工博会")]
    assert set(after.rows("merges")["field"]) == {"budget", "tags", "_row", "merged_into", "state"}


def test_of_three_that_are_one_the_lead_that_is_furthest_on_stays() -> None:
    book = deciding(written_book(LEADS), L_1__L_2="MERGE", L_2__L_3="MERGE")
    after = applied(book, deduped(book).changes)
    assert after.rows("leads").select("lead_id", "merged_into").rows()[:3] == [
        ("L-1", "L-3"),
        ("L-2", "L-3"),
        ("L-3", None),
    ]
    assert lead(after, "L-3")["mobile"] == "13900000001", "another person's number is not mixed in"


def test_unmerging_restores_every_cell_and_row_exactly() -> None:
    book = deciding(written_book(LEADS), L_1__L_2="MERGE", L_1__L_3="MERGE")
    after = applied(book, deduped(book).changes)
    back = after
    for number in ("L-2", "L-1"):
        back = applied(back, leads.unmerge(back, bind_rulebook(back), DAY, number).changes)
    for name in ("leads", "touches", "merges"):
        columns = [c for c in book.rows(name).columns if c != "dup_of"]
        before = book.rows(name).select(columns)
        assert back.rows(name).select(columns).equals(before), name


def test_what_was_unmerged_is_not_proposed_again() -> None:
    book = deciding(written_book(LEADS), L_1__L_2="MERGE")
    after = applied(book, deduped(book).changes)
    assert ("L-1", "L-2") not in after.rows("duplicates").select("a", "b").rows()
    back = applied(after, leads.unmerge(after, bind_rulebook(after), DAY, "L-2").changes)
    assert back.rows("duplicates").select("a", "b", "decision").rows()[-1] == ("L-1", "L-2", "KEEP")
    assert pairs(deduped(back)) == [("L-1", "L-3", "suspect", None), ("L-2", "L-3", "suspect", None)]
    assert lead(applied(back, deduped(back).changes), "L-2")["state"] == "NEW"


def test_cells_that_were_changed_after_the_merge_stay_and_are_named() -> None:
    book = deciding(written_book(LEADS), L_1__L_2="MERGE")
    after = applied(book, deduped(book).changes)
    rows = after.rows("leads")
    typed = pl.when(pl.col("lead_id") == "L-1").then(pl.lit("重点；老板")).otherwise("tags")
    changed = after.with_rows("leads", rows.with_columns(tags=typed))
    outcome = leads.unmerge(changed, bind_rulebook(changed), DAY, "l-2")
    assert [one["column"] for one in outcome.data["kept"]] == ["标签"]  # type: ignore[attr-defined]  # a list of entries
    assert lead(applied(changed, outcome.changes), "L-1")["tags"] == "重点；老板"


def test_a_row_that_was_never_merged_is_refused() -> None:
    book = written_book(LEADS)
    with pytest.raises(UsageError):
        leads.unmerge(book, bind_rulebook(book), DAY, "L-1")


def test_a_customers_lead_is_linked_and_is_no_duplicate() -> None:
    book = written_book(LEADS + CUSTOMERS)
    outcome = deduped(book)
    assert outcome.data["linked"] == [
        {"lead_id": "L-5", "company": "衡达食品", "customer": "衡达食品有限公司"}
    ]
    assert lead(applied(book, outcome.changes), "L-5")["customer"] == "衡达食品有限公司"
    assert all("L-5" not in pair for pair in pairs(outcome))


def test_customers_that_are_merged_hand_over_whoever_names_them() -> None:
    book = written_book(
        """
        customers
        | _uid | customer_id | name                 | city | owner |
        | cax  | K-1         | 苏州恒远科技有限公司 | 苏州 | 王磊  |
        | cbx  | K-2         | 恒远科技             | 苏州 | 王磊  |
        contacts
        | _uid | contact_id | customer | name | mobile      |
        | nax  | N-1        | 恒远科技 | 陈敏 | 13812345678 |
        | nbx  | N-2        | 恒远科技 | 陈敏 | 13812345678 |
        contracts
        | _uid | contract_no | customer |
        | tax  | HT-1        | 恒远科技 |
        """
    )
    ready = deciding(book, K_1__K_2="MERGE", N_1__N_2="MERGE")
    after = applied(ready, deduped(ready).changes)
    assert after.rows("contracts")["customer"].to_list() == ["苏州恒远科技有限公司"]
    assert after.rows("customers")["aliases"].to_list() == ["恒远科技", None]
    assert after.rows("contacts").select("customer", "merged_into").rows() == [
        ("苏州恒远科技有限公司", None),
        ("苏州恒远科技有限公司", "N-1"),
    ]
    back = applied(after, leads.unmerge(after, bind_rulebook(after), DAY, "K-2").changes)
    assert back.rows("contracts")["customer"].to_list() == ["恒远科技"]


def test_leads_of_two_owners_wait_for_a_person() -> None:
    owned = LEADS.replace("| NEW       |       | 2026-04-01", "| FOLLOWING | 李静  | 2026-04-01").replace(
        "| NEW       |       | 2026-04-09", "| FOLLOWING | 王磊  | 2026-04-09"
    )
    assert pairs(deduped(written_book(owned)))[0] == ("L-1", "L-2", "duplicate", None)


def test_the_commands_merge_and_unmerge_in_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "客户A.xlsx"
    rows = typed_rows("leads", "\n".join(LEADS.splitlines()[2:])).with_columns(
        lead_id=pl.lit(None, pl.String)
    )
    new_book(path, rollout.new(lang="zh", site="SH", store_id="", as_of=DAY, rows={"leads": rows}))
    first = json.loads(ltc("leads", "dedupe", path, "--as-of", DAY, "--json").stdout)
    assert [one["decision"] for one in first["pairs"]] == ["MERGE", None, None]

    def keep(book: Book) -> list[CellEdit]:
        place = book.tables["duplicates"].place
        assert place is not None
        sheet = f"{place.sheet}", f"H{place.first_row + 1}"
        return [CellEdit(*sheet, "都保留")]

    save_typed(path, keep)
    second = json.loads(ltc("leads", "dedupe", path, "--as-of", DAY, "--json").stdout)
    assert second["kept"] == 1
    (merged,) = second["merged"]
    book = read_book(path)
    assert lead(book, merged["merged"])["state"] == "DUPLICATE"
    assert book.rows("touches").height == 2
    told = ltc("leads", "unmerge", path, merged["merged"], "--as-of", DAY, env=CHINESE)
    assert told.exit_code == 0, told.output
    assert "已从" in told.output
    restored = read_book(path)
    assert lead(restored, merged["merged"])["state"] == "NEW"
    assert restored.rows("touches").height == 0
    store = store_of(path)
    assert store.rows("leads").select(UID, "merged_into")["merged_into"].to_list() == [None] * 5
    store.close()


def sheet_of(book: Book) -> list[tuple[object, ...]]:
    return book.rows("duplicates").select("a", "b", "band", "decision").rows()


def test_a_look_at_some_rows_finds_what_a_look_at_all_finds_of_them() -> None:
    book = written_book(LEADS + CUSTOMERS)
    rulebook = bind_rulebook(book)
    all_of = deduped(book).data
    for uid in book.rows("leads")[UID]:
        number = book.rows("leads").filter(pl.col(UID) == uid)["lead_id"][0]
        some = leads.dedupe(book, rulebook, DAY, only=[uid])
        listed: Any = all_of["pairs"]
        assert some.data["pairs"] == [one for one in listed if number in (one["a"], one["b"])]


def test_a_look_at_some_rows_leaves_other_pairs_and_decisions_as_they_stand() -> None:
    book = deciding(written_book(LEADS), L_1__L_2="MERGE", L_1__L_3="KEEP")
    outcome = leads.dedupe(book, bind_rulebook(book), DAY, only=["ldx"])
    after = applied(book, outcome.changes)
    assert outcome.data["merged"] == []
    assert sorted(sheet_of(after), key=str) == sorted(sheet_of(book), key=str)
    assert after.rows("leads")["dup_of"].to_list() == [None, "L-1", "L-2", None, None]


def test_a_look_at_no_rows_changes_nothing() -> None:
    book = deciding(written_book(LEADS), L_1__L_2="MERGE")
    outcome = leads.dedupe(book, bind_rulebook(book), DAY, only=[])
    assert outcome.changes == leads.dedupe(written_book(LEADS), bind_rulebook(book), DAY, only=()).changes
    assert applied(book, outcome.changes).rows("duplicates").equals(book.rows("duplicates"))


def test_a_changed_contact_speaks_for_its_customer() -> None:
    book = written_book(
        """
        leads
        | _uid | lead_id | company | mobile      | state |
        | lax  | L-1     |         | 13812345678 | NEW   |
        customers
        | _uid | customer_id | name     |
        | cax  | K-1         | 恒远科技 |
        contacts
        | _uid | customer | name | mobile      |
        | nax  | 恒远科技 | 陈敏 | 13812345678 |
        """
    )
    outcome = leads.dedupe(book, bind_rulebook(book), DAY, only=["nax"])
    assert [one["customer"] for one in outcome.data["linked"]] == ["恒远科技"]  # type: ignore[attr-defined]  # a list of entries


def test_what_too_many_have_in_common_is_told(tmp_path: Path) -> None:
    rows = pl.DataFrame({"company": ["金叶便利店"] * 70, "contact": [f"店长{n}" for n in range(70)]})
    rows = rows.with_columns(
        company=pl.col("company") + pl.Series([f"{n}分店" for n in range(70)]),
        email=pl.lit("a") + pl.int_range(70).cast(pl.String) + "@jinye.cn",
        state=pl.lit("NEW"),
        channel=pl.lit("官网"),
    )
    path = tmp_path / "客户A.xlsx"
    new_book(path, rollout.new(lang="zh", site="SH", store_id="", as_of=DAY, rows={"leads": rows}))
    found = json.loads(ltc("leads", "dedupe", path, "--as-of", DAY, "--json", "--dry-run").stdout)
    assert {"by": "domain", "name": "jinye.cn", "parties": 70} in found["crowded"]
    told = ltc("leads", "dedupe", path, "--as-of", DAY, "--dry-run", env=CHINESE)
    assert "70 家的邮箱是同一个域名（如 jinye.cn）" in told.output


NAMES = ["苏州恒远科技有限公司", "恒远科技", "恒远（苏州）科技", "Hengyuan Tech", None]
SOME = st.one_of(st.none(), st.sampled_from(["甲", "乙", "丙"]))
LEAD = st.fixed_dictionaries(
    {
        "company": st.sampled_from(NAMES),
        "contact": SOME,
        "mobile": st.sampled_from(["13812345678", "13900000001", None]),
        "need": SOME,
        "tags": SOME,
        "campaign": SOME,
        "owner": SOME,
        "channel": st.sampled_from(["官网", "工博会", "转介绍"]),
        "state": st.sampled_from(["NEW", "CLEAN", "FOLLOWING"]),
    }
)


@settings(max_examples=15, deadline=None)
@given(
    rows=st.lists(LEAD, min_size=3, max_size=6),
    joined=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=4),
)
def test_whatever_is_merged_is_exactly_as_before_once_it_is_unmerged(
    rows: list[dict[str, str | None]], joined: list[tuple[int, int]]
) -> None:
    uids = [f"l{letter}x" for letter in "bcdfgh"[: len(rows)]]
    numbers = [f"L-{n}" for n in range(len(rows))]
    firm = book_of(
        leads=pl.DataFrame(
            {
                UID: uids,
                "lead_id": numbers,
                "created_on": [date(2026, 4, day + 1) for day in range(len(rows))],
                **{code: pl.Series([row[code] for row in rows], dtype=pl.String) for code in rows[0]},
            }
        )
    )
    pairs = {(a, b) for a, b in joined if a < b < len(rows)}
    said = pl.DataFrame(
        {"a": [numbers[a] for a, _ in pairs], "b": [numbers[b] for _, b in pairs], "decision": "MERGE"},
        schema={"a": pl.String, "b": pl.String, "decision": pl.String},
    )
    book = firm.with_rows(
        "duplicates",
        pl.concat([firm.rows("duplicates"), said], how="diagonal").select(firm.rows("duplicates").columns),
    )
    outcome = deduped(book)
    after = back = applied(book, outcome.changes)
    merged: Any = outcome.data["merged"]
    came = {(row["channel"], date(2026, 4, n + 1)) for n, row in enumerate(rows)}
    assert set(after.rows("touches").select("channel", "on").rows()) <= came
    for one in reversed(merged):
        kept = after.rows("touches").filter(pl.col("lead") == one["into"])
        gone = lead(book, one["merged"])
        assert (gone["channel"], gone["created_on"]) in kept.select("channel", "on").rows()
        undone = leads.unmerge(back, bind_rulebook(back), DAY, one["merged"])
        assert undone.data["kept"] == []
        back = applied(back, undone.changes)
    for name in ("leads", "touches", "merges"):
        columns = [code for code in book.rows(name).columns if code not in {"dup_of", "customer"}]
        assert back.rows(name).select(columns).equals(book.rows(name).select(columns)), name


def test_where_rows_stand_on_the_sheet_decides_nothing() -> None:
    book = written_book(LEADS)
    turned = book.with_rows("leads", book.rows("leads").reverse())
    one, other = (applied(firm, deduped(firm).changes) for firm in (book, turned))
    assert one.rows("duplicates").equals(other.rows("duplicates"))
    named = [firm.rows("leads").sort(UID).select(UID, "dup_of") for firm in (one, other)]
    assert named[0].equals(named[1])
