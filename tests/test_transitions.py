"""Stages that people type: what counts, what is refused and why, what becomes of wishes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from gallery import placed_book, typed_over
from hypothesis import given, settings
from hypothesis import strategies as st

from ltc_xl.messages import words_of
from ltc_xl.model.book import book_of
from ltc_xl.model.change import Changes, SetColumn
from ltc_xl.model.defaults import default_rows
from ltc_xl.model.enums import LANGS, Lang, codes_of_kind, words
from ltc_xl.model.rulebook import CheckRule
from ltc_xl.model.tables import UID, table
from ltc_xl.model.wish import Wish
from ltc_xl.rules import bind_rulebook
from ltc_xl.rules.rulesets import transition_rules
from ltc_xl.rules.transitions import STAGES, Judgement, Refusal, judged

TODAY = date(2026, 4, 30)
MEMBERS = """
    | member | roles              | login   | left_on    |
    | 周敏   | 客户经理           | zhoumin |            |
    | 陈立   | 财务；销售总监     | ChenLi  |            |
    | 王磊   | 销售总监           | wanglei | 2026-04-30 |
    """
RULES = """
    | no | object | from          | to        | condition  | needs      | role     | message        |
    | 1  | LEAD   | 新建          | 已清洗    |            |            |          |                |
    | 2  | LEAD   | 新建，已清洗  | 待分配    | 预算>=10万 | 公司；需求 |          | 先问清楚       |
    | 3  | LEAD   | 待分配        | 无效,重复 | 预算<100万 | 原因       | 销售总监 |                |
    | 4  | LEAD   | 待分配        | 无效      |            | 原因、邮箱 |          | 写上原因和邮箱 |
    """


def judgement(tables: Mapping[str, str], actor: str = "zhoumin", lang: Lang = "zh") -> Judgement:
    """Return what becomes of what was typed over some stages (``old → new``)."""
    book, typed = typed_over(dict(tables), lang)
    return judged(typed, book, bind_rulebook(book), TODAY, actor)


def leads(text: str, **tables: str) -> dict[str, str]:
    return {"leads": text, "transitions": RULES, "members": MEMBERS, **tables}


def moves(changes: Changes) -> list[tuple[str | None, ...]]:
    """Return the stages among the cells of changes."""
    return [row for entry in changes.sets if entry.column in STAGES.values() for row in entry.cells.rows()]


def reasons(refusals: Sequence[Refusal]) -> dict[str, list[str]]:
    """Return row -> the codes of its refusals."""
    told: dict[str, list[str]] = {}
    for refusal in refusals:
        told.setdefault(refusal.row_id, []).append(refusal.code)
    return told


# ---------------------------------------------------------------- one save


ONE_SAVE = {
    "leads": """
        | company  | need | state                |
        | 太湖精工 | 打磨 | NEW → CONVERTED      |
        | 澄湖包装 |      | NEW → QUALIFIED      |
        | 石湖     |      | NEW → CLEAN          |
        """,
    "opportunities": """
        | name | amount | expected_close | ati_result | stage                 |
        | 柜   | 120000 | 2026-08-01     | NO_GO      | VALIDATING → APPROVED |
        | 泵   | 80000  | 2026-09-01     | GO         | VALIDATING → APPROVED |
        """,
}


def test_a_jump_an_unmet_condition_a_missing_field_and_a_legal_move_in_one_save() -> None:
    verdict = judgement(ONE_SAVE)
    assert {entry.table: entry.cells.rows() for entry in verdict.accepted.sets} == {
        "leads": [("u2x", "NEW", "CLEAN")],
        "opportunities": [("u1x", "VALIDATING", "APPROVED")],
    }
    assert [(one.table, one.row_id, one.code) for one in verdict.refused] == [
        ("leads", "u0x", "T-01"),
        ("leads", "u1x", "T-03"),
        ("opportunities", "u0x", "T-02"),
    ]
    jump, missing, unmet = (one.values for one in verdict.refused)
    assert (jump["from"], jump["wanted"]) == ("新建", "已转化")
    assert jump["allowed"] == ["已清洗", "待分配", "培育", "已分配", "无效", "重复"]
    assert missing["missing"] == ["need"]
    assert unmet["read"] == {"ati_result": "不同意"}
    assert (verdict.standing, verdict.closed, verdict.waiting, verdict.off) == ((), (), (), False)


def test_the_rest_of_a_row_whose_stage_is_refused_is_accepted() -> None:
    verdict = judgement(leads("| company | budget | state |\n| 甲 → 乙 | 1 → 2 | NEW → INVALID |"))
    assert [entry.column for entry in verdict.accepted.sets] == ["company", "budget"]


def test_rows_that_come_and_go_and_rows_without_a_stage_are_not_judged() -> None:
    book, typed = typed_over(leads("| company | state |\n| 甲 |  → CONVERTED |"))
    rows = book.rows("leads")
    typed = replace(typed, inserts={"leads": rows}, deletes={"contracts": table("contracts").empty()})
    verdict = judged(typed, book, bind_rulebook(book), TODAY, "")
    assert moves(verdict.accepted) == [("u0x", None, "CONVERTED")]
    assert (verdict.accepted.inserts, verdict.accepted.deletes) == (typed.inserts, typed.deletes)
    assert judged(replace(typed, sets=()), book, bind_rulebook(book), TODAY, "").accepted.sets == ()


# ---------------------------------------------------------------- reasons


@pytest.mark.parametrize(
    ("row", "actor", "codes"),
    [
        ("| 甲 | 打磨 | 100000 |      |   | NEW → QUALIFIED |", "", []),
        ("| 甲 | 打磨 | 99999  |      |   | NEW → QUALIFIED |", "", ["T-02"]),
        ("| 甲 | 打磨 |        |      |   | NEW → QUALIFIED |", "", ["T-02"]),
        ("|    |      | 100000 |      |   | CLEAN → QUALIFIED |", "", ["T-03"]),
        ("|    | 打磨 | 1      |      |   | CLEAN → QUALIFIED |", "", ["T-02", "T-03"]),
        ("| 甲 | 打磨 |        | 撞单 |   | QUALIFIED → DUPLICATE |", "zhoumin", ["T-02", "T-04"]),
        ("| 甲 | 打磨 | 1      |      |   | QUALIFIED → DUPLICATE |", "nobody", ["T-03", "T-04"]),
        ("| 甲 | 打磨 | 1      | 撞单 |   | QUALIFIED → DUPLICATE |", "wanglei", ["T-04"]),
        ("| 甲 | 打磨 | 1      | 撞单 |   | QUALIFIED → DUPLICATE |", "chenli", []),
        ("| 甲 | 打磨 | 1      | 撞单 |   | QUALIFIED → INVALID |", "chenli", []),
        ("| 甲 | 打磨 | 1      | 撞单 | a@b.cn | QUALIFIED → INVALID |", "zhoumin", []),
        ("| 甲 | 打磨 | 1      | 撞单 |   | QUALIFIED → NEW |", "zhoumin", ["T-01"]),
        ("| 甲 | 打磨 | 1      | 撞单 |   | QUALIFIED → |", "zhoumin", ["T-06"]),
    ],
)
def test_every_reason_of_the_nearest_rule_is_told_at_once(row: str, actor: str, codes: list[str]) -> None:
    verdict = judgement(leads("| company | need | budget | reason | email | state |\n" + row), actor)
    assert [one.code for one in verdict.refused] == codes
    assert len(moves(verdict.accepted)) == (not codes)


def test_of_several_rules_for_a_move_the_one_that_lacks_least_is_told() -> None:
    lead = "| budget | state |\n| 2000000 | QUALIFIED → INVALID |"
    (one,) = judgement(leads(lead)).refused
    assert (one.code, one.values["no"], one.values["message"]) == ("T-03", "4", "写上原因和邮箱")
    assert one.values["missing"] == ["reason", "email"]


def test_a_blank_that_must_be_filled_anyhow_is_told_once() -> None:
    deal = "| amount | expected_close | stage |\n| 1 | 2026-08-01 | VALIDATING → APPROVED |"
    (one,) = judgement({"opportunities": deal}).refused
    assert (one.code, one.values["missing"]) == ("T-03", ["ati_result"])


def test_a_cell_that_nobody_could_read_counts_as_missing() -> None:
    book, typed = typed_over(
        leads("| company | need | budget | state |\n| 甲 | | 100000 | NEW → QUALIFIED |")
    )
    book = replace(book, unread=frozenset({("leads", "u0x", "need")}))
    verdict = judged(typed, book, bind_rulebook(book), TODAY, "")
    assert [one.values["missing"] for one in verdict.refused] == [["need"]]


@pytest.mark.parametrize(
    ("code", "row"),
    [
        ("T-01", "| | | NEW → CONVERTED |"),
        ("T-02", "| 甲 | 1 | NEW → QUALIFIED |"),
        ("T-03", "| | 100000 | NEW → QUALIFIED |"),
        ("T-04", "| 甲 | 1 | QUALIFIED → DUPLICATE |"),
        ("T-06", "| 甲 | | NEW → |"),
    ],
)
@pytest.mark.parametrize("rule", [CheckRule("error", active=False), CheckRule("error", "strict")])
def test_a_reason_that_the_firm_does_not_check_refuses_nothing(code: str, row: str, rule: CheckRule) -> None:
    rules = RULES.replace("公司；需求", "公司").replace("原因     ", "")
    book, typed = typed_over(leads("| company | budget | state |\n" + row, transitions=rules))
    rulebook = bind_rulebook(book)
    assert [one.code for one in judged(typed, book, rulebook, TODAY, "").refused] == [code]
    lenient = replace(rulebook, checks={**rulebook.checks, code: rule})
    assert moves(judged(typed, book, lenient, TODAY, "").accepted) == moves(typed)


def test_words_are_those_of_the_book_and_values_fit_into_json() -> None:
    renamed = "| set | code | zh | en |\n| opp_stage | APPROVED | 已立项 | Go |"
    deal = "| ati_result | stage |\n| NO_GO | HOLD → APPROVED |"
    rules = "| no | object | from | to | condition |\n| 1 | OPPORTUNITY | HOLD | APPROVED | ati_result=Go |"
    said: dict[Lang, tuple[str, str]] = {"zh": ("已立项", "不同意"), "en": ("Go", "No go")}
    for lang, (wanted, answer) in said.items():
        (one,) = judgement(
            {"opportunities": deal, "choices": renamed, "transitions": rules}, lang=lang
        ).refused
        assert (one.values["wanted"], one.values["read"]) == (wanted, {"ati_result": answer})
        assert json.loads(json.dumps(one.values)) == one.values
        assert wanted in words_of(one.finding(), lang).found


# ---------------------------------------------------------------- computed columns


CLOSING = {
    "contracts": """
        | contract_no | kind    | gross  | state             |
        | HT-1        | ONE_OFF | 100.00 | ACCEPTED → CLOSED |
        | HT-2        | FRAME   |        | ACCEPTED → CLOSED |
        | HT-3        | ONE_OFF | 50.00  | COLLECTING → CLOSED |
        """,
    "lines": """
        | line_id | contract_no | amount |
        | A       | HT-1        | 100.00 |
        | B       | HT-3        | 50.00  |
        """,
    "receipts": "| receipt_id | on | amount |\n| P | 2026-04-01 | 150.00 |",
    "allocations": """
        | receipt | line | amount | effective_on |
        | P       | A    | 99.50  | 2026-04-01   |
        | P       | B    | 50.00  | 2026-05-01   |
        """,
    "adjustments": "| line | kind | amount | effective_on |\n| A | ROUNDING | 0.50 | 2026-04-02 |",
}


def test_a_contract_closes_when_its_lines_are_settled_whatever_its_grey_cells_say() -> None:
    verdict = judgement(CLOSING)
    assert [row[0] for row in moves(verdict.accepted)] == ["u0x", "u1x"]
    (open_one,) = verdict.refused
    assert open_one.values["read"] == {"kind": "单项", "balance": "50.00"}


# ---------------------------------------------------------------- wishes


WISHED = leads("| company | need | budget | state |\n| 甲 | | 1 | NEW |\n| 乙 | | | NEW |")
WISHES = (
    Wish("w1", "leads", "u0x", "state", "NEW", "QUALIFIED", "T-02", {"no": "2"}, "zhoumin", 3),
    Wish("w2", "leads", "u0x", "state", "NEW", "QUALIFIED", "T-03", {"no": "2"}, "zhoumin", 3),
)


def heard(
    tables: dict[str, str],
    wishes: Sequence[Wish] = WISHES,
    withdrawn: Sequence[str] = (),
    actor: str = "chenli",
) -> Judgement:
    """Return what becomes of wishes after some typing."""
    book, typed = typed_over(tables)
    return judged(typed, book, bind_rulebook(book), TODAY, actor, wishes, withdrawn)


def test_a_wish_stands_while_nothing_changes() -> None:
    verdict = heard(WISHED)
    assert [(one.wish, one.code) for one in verdict.standing] == [("w1", "T-02"), ("w2", "T-03")]
    assert verdict.closed == ()
    assert not verdict.accepted
    assert verdict.standing[0].values["read"] == {"budget": "1.00"}
    assert {one.actor for one in verdict.standing} == {"zhoumin"}


def test_a_wish_is_granted_once_everything_is_there() -> None:
    done = leads("| company | need | budget | state |\n| 甲 |  → 打磨 | 1 → 100000 | NEW |")
    verdict = heard(done)
    assert [(one.row_id, one.actor) for one in verdict.granted] == [("u0x", "zhoumin")]
    assert verdict.closed == ("w1", "w2")
    assert verdict.standing == ()
    assert [entry.column for entry in verdict.accepted.sets] == ["need", "budget", "state"]
    assert moves(verdict.accepted) == [("u0x", "NEW", "QUALIFIED")]


def test_a_reason_that_is_gone_is_closed_and_the_others_stand_in_new_words() -> None:
    half = leads("| company | need | budget | state |\n|  |  → 打磨 | 1 → 2 | NEW |")
    verdict = heard(half)
    assert [(one.wish, one.code) for one in verdict.standing] == [("w1", "T-02"), ("w2", "T-03")]
    assert verdict.standing[1].values["missing"] == ["company"]
    verdict = heard(leads("| company | need | budget | state |\n| 甲 |  → 打磨 | 1 | NEW |"))
    assert [one.wish for one in verdict.standing] == ["w1"]
    assert verdict.closed == ("w2",)
    assert verdict.standing[0].finding().code == "T-02"


def test_a_new_reason_of_an_old_wish_stands_without_a_wish_of_its_own() -> None:
    verdict = heard(WISHED, WISHES[:1])
    assert [(one.wish, one.code) for one in verdict.standing] == [("w1", "T-02"), (None, "T-03")]


@pytest.mark.parametrize(
    ("state", "made"),
    [
        ("NEW → CLEAN", "CLEAN"),
        ("NEW → CONVERTED", None),
        ("NEW → QUALIFIED", None),
        ("CLEAN → NEW", None),
    ],
)
def test_a_wish_is_overtaken_when_the_stage_is_typed_again(state: str, made: str | None) -> None:
    verdict = heard(leads(f"| company | budget | state |\n| 甲 | 1 | {state} |"))
    assert verdict.closed == ("w1", "w2")
    assert verdict.standing == ()
    assert [row[2] for row in moves(verdict.accepted)] == ([made] if made else [])
    assert bool(verdict.refused) == (made is None)


def test_a_wish_is_overtaken_when_the_stage_moved_otherwise() -> None:
    verdict = heard(leads("| company | need | budget | state |\n| 甲 | 打磨 | 100000 | CLEAN |"))
    assert (verdict.closed, moves(verdict.accepted)) == (("w1", "w2"), [])


def test_a_wish_is_given_up_with_one_of_its_reasons() -> None:
    done = leads("| company | need | budget | state |\n| 甲 | 打磨 | 100000 | NEW |")
    verdict = heard(done, withdrawn=["w2"])
    assert (verdict.closed, verdict.standing, moves(verdict.accepted)) == (("w1", "w2"), (), [])


def test_a_wish_goes_with_its_row() -> None:
    assert heard(leads("| company | state |")).closed == ("w1", "w2")


def test_a_wish_is_judged_by_the_roles_of_whoever_wished() -> None:
    lead = leads("| budget | reason | state |\n| 1 | 撞单 | QUALIFIED |")
    wish = Wish("w", "leads", "u0x", "state", "QUALIFIED", "DUPLICATE", "T-04", {}, "zhoumin")
    assert [one.wish for one in heard(lead, [wish], actor="chenli").standing] == ["w"]
    assert heard(lead, [replace(wish, actor="chenli")], actor="zhoumin").granted


def test_two_people_s_wishes_are_heard_in_one_go_and_a_cleared_stage_is_never_granted() -> None:
    wishes = (
        *WISHES,
        Wish("w3", "leads", "u1x", "state", "NEW", "CLEAN", "T-01", {}, "chenli"),
        Wish("w4", "contracts", "u0x", "state", "SIGNED", "", "T-06", {}, "chenli"),
    )
    verdict = heard(WISHED | {"contracts": "| contract_no | state |\n| HT-1 | SIGNED |"}, wishes)
    assert [one.id for one in verdict.granted] == ["w3"]
    assert [one.wish for one in verdict.standing] == ["w1", "w2", "w4"]


def test_a_wish_for_a_contract_to_close_is_granted_by_the_money() -> None:
    tables = CLOSING | {"contracts": CLOSING["contracts"].replace(" → CLOSED", "")}
    wish = Wish("w", "contracts", "u0x", "state", "ACCEPTED", "CLOSED", "T-02", {}, "zhoumin")
    assert heard(tables, [wish]).granted == (wish,)
    other = replace(wish, row_id="u2x", from_="COLLECTING")
    assert [one.wish for one in heard(tables, [other]).standing] == ["w"]


# ---------------------------------------------------------------- the shipped table


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("profile", ["starter", "full"])
@pytest.mark.parametrize(
    ("kind", "list_"),
    [("LEAD", "lead_state"), ("OPPORTUNITY", "opp_stage"), ("CONTRACT", "contract_state")],
)
def test_the_shipped_moves_reach_every_stage_and_leave_every_open_one(
    kind: str, list_: str, profile: str, lang: Lang
) -> None:
    rows = default_rows("transitions", lang, profile)
    book = book_of("x.xlsx", lang, transitions=rows)
    rules = [rule for rule in transition_rules(book, bind_rulebook(book)).rows if rule.object == kind]
    stages = [word.code for word in words(list_, profile)]
    reached, open_ones = {stages[0]}, codes_of_kind(list_, "open")
    for _ in stages:
        reached |= {to for rule in rules for to in rule.to if reached & set(rule.from_)}
    assert reached == set(stages)
    assert {code for rule in rules for code in rule.from_} >= set(stages) & set(open_ones)


# ---------------------------------------------------------------- laws


LEADS = st.lists(
    st.tuples(
        st.sampled_from(["NEW", "CLEAN", "QUALIFIED", "INVALID", None]),
        st.sampled_from(["CLEAN", "QUALIFIED", "INVALID", "DUPLICATE", "CONVERTED", None]),
        st.sampled_from([None, "甲"]),
        st.sampled_from([None, "打磨"]),
        st.sampled_from([None, 1, 100000, 2000000]),
        st.sampled_from([None, "撞单"]),
        st.sampled_from([None, "a@b.cn"]),
    ),
    max_size=25,
)
ALLOWED = {
    ("NEW", "CLEAN"),
    ("NEW", "QUALIFIED"),
    ("CLEAN", "QUALIFIED"),
    ("QUALIFIED", "INVALID"),
    ("QUALIFIED", "DUPLICATE"),
}


@given(LEADS, st.sampled_from(["", "zhoumin", "chenli"]))
@settings(max_examples=80, deadline=None)
def test_what_is_accepted_and_what_is_refused_make_up_what_was_typed(
    rows: list[tuple[object, ...]], actor: str
) -> None:
    columns = ["old", "state", "company", "need", "budget", "reason", "email"]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns), orient="row", strict=False)
    types = {"old": pl.String(), **table("leads").schema}
    frame = frame.select(pl.col(name).cast(types[name]) for name in columns)
    frame = frame.with_columns(pl.format("u{}x", pl.int_range(pl.len())).alias(UID))
    book = placed_book({"transitions": RULES, "members": MEMBERS}).with_rows("leads", frame.drop("old"))
    cells = frame.select(UID, "old", new="state").filter(pl.col("old").ne_missing(pl.col("new")))
    typed = Changes((SetColumn("leads", "state", cells),))
    verdict = judged(typed, book, bind_rulebook(book), TODAY, actor)
    accepted, refused = moves(verdict.accepted), set(reasons(verdict.refused))
    assert len(accepted) + len(refused) == cells.height
    assert {row[0] for row in accepted} | refused == set(cells[UID])
    assert all(old is None or (old, new) in ALLOWED for _, old, new in accepted)
    assert [row[0] for row in accepted] == [uid for uid in cells[UID] if uid not in refused]


# ---------------------------------------------------------------- a broken sheet


BROKEN = RULES.replace("预算>=10万", "预算>>10万")


def test_while_a_cell_of_the_sheet_is_broken_typed_stages_wait_and_all_else_is_accepted() -> None:
    tables = leads(
        "| company | state |\n| 甲 → 乙 | NEW → CLEAN |\n| 丙 | NEW → CONVERTED |\n| 丁 |  → NEW |",
        transitions=BROKEN,
    )
    verdict = judgement(tables)
    assert verdict.off
    assert [entry.column for entry in verdict.accepted.sets] == ["company"]
    assert [(one.row_id, one.code, one.values["wanted"]) for one in verdict.waiting] == [
        ("u0x", "T-05", "已清洗"),
        ("u1x", "T-05", "已转化"),
        ("u2x", "T-05", "新建"),
    ]
    assert verdict.waiting[2].values["from"] == ""
    assert verdict.refused == ()


def test_while_a_cell_of_the_sheet_is_broken_wishes_stand_as_they_stood() -> None:
    done = leads("| company | need | budget | state |\n| 甲 | 打磨 | 100000 | NEW |", transitions=BROKEN)
    verdict = heard(done)
    assert verdict.off
    assert [(one.wish, one.values) for one in verdict.standing] == [("w1", {"no": "2"}), ("w2", {"no": "2"})]
    assert heard(done, withdrawn=["w1"]).closed == ("w1", "w2")
