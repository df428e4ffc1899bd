"""The language of rules: what each text means, what is refused and why, one answer on frames and rows."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from string import Formatter

import polars as pl
import pytest
from conftest import typed_rows
from hypothesis import given, settings
from hypothesis import strategies as st

from ltc_xl.messages import say
from ltc_xl.model.book import Book, book_of
from ltc_xl.model.enums import LANGS
from ltc_xl.rules.guards import Field, Fields, Guard, GuardError, cell_test, fields_of, guard

AS_OF = date(2026, 4, 30)
BOOK = book_of(
    choices=typed_rows(
        "choices",
        """
        | set       | code        | zh       | en          | active |
        | opp_stage | NEGOTIATING | 商务谈判 | Talks       | YES    |
        | opp_stage | PILOT       | 试点     | Pilot       | YES    |
        """,
    ),
    channels=typed_rows("channels", "| channel |\n| 转介绍 |\n| 工博会 |\n| 3M |\n| 且慢或再说 |"),
)
DEALS, LEADS = fields_of("opportunities", BOOK), fields_of("leads", BOOK)
DEAL: Mapping[str, object] = {
    "amount": Decimal("1200000.00"),
    "cost_est": Decimal("900000.00"),
    "probability": Decimal("0.4"),
    "expected_close": date(2026, 5, 20),
    "bid_due": None,
    "stage": "NEGOTIATING",
    "route": "BID",
    "product": "ＧＴＸ Pro ",
    "competitor": None,
    "customer": "太湖精密",
    "name": "二期网关",
    "days_in_stage": 12,
}
LEAD: Mapping[str, object] = {
    "budget": Decimal("200000.00"),
    "channel": "转介绍",
    "timeline": "M3_6",
    "industry": "食品",
    "city": None,
    "next_on": date(2026, 4, 30),
    "assigned_at": datetime(2026, 4, 28, 16, 30),  # noqa: DTZ001  the book knows no zones
    "score": 80,
    "state": "NEW",
}


def pipe(text: str) -> list[tuple[str, str]]:
    """Return the two columns of a table; the second stands behind the last bar of its line."""
    rows = (line.strip().strip("|").rsplit("|", 1) for line in text.splitlines() if line.strip())
    return [(left.strip(), right.strip()) for left, right in rows]


HOLDS = pipe("""
| 金额>=100万 且 赢率>=40%                              | yes |
| 金额(含税)≥1,200,000                                  | yes |
| 金额（含税）＞１２０万                                | no  |
| [金额]>1199999.99 and [Win %] < 50%                   | yes |
| AND([Amount]>=500000, [Expected signing]<=2026-06-30) | yes |
| AND(Amount>=500000;OR(Route=Bid;Route=Direct))        | yes |
| Expected  signing > 2026/5/1                          | yes |
| 阶段=谈判                                             | yes |
| 阶段=商务谈判                                         | yes |
| stage = talks                                         | yes |
| 阶段 属于 [验证，谈判]                                | yes |
| Stage in [Proposal / bid, Negotiating]                | yes |
| 阶段 不属于 (方案/投标；待签约)                       | yes |
| AND(阶段 属于 谈判, 金额>1, 产品 in gtx pro)          | yes |
| 阶段<>谈判                                            | no  |
| not (amount > 5)                                      | no  |
| 非(金额≥5) 或 方式=招标                               | yes |
| 产品="GTX Pro"                                        | yes |
| 产品=gtx pro 且 竞争对手 空                           | yes |
| 客户=“太湖精密”                                       | yes |
| 竞争对手 非空                                         | no  |
| 竞争对手=空 且 金额<>空                               | yes |
| competitor is blank and amount is not blank           | yes |
| ISBLANK([竞争对手])                                   | yes |
| 竞争对手=""                                           | yes |
| 金额-预计成本>=金额*25%                               | yes |
| 金额/预计成本>1.3333                                  | yes |
| MAX(金额;预计成本)=120万 且 ABS(预计成本-金额)=30万   | yes |
| LEN([商机名称])>4                                     | no  |
| LEFT([客户],2)=太湖                                   | yes |
| LEFT(产品;3)<>“gtx”                                   | no  |
| LEFT(竞争对手,2)=华为                                 | ?   |
| ROUND(金额/70000,2)=17.14                             | yes |
| ROUND(金额/-70000,1)=-17.1                            | yes |
| ROUND(2.5,0)=3 and ROUND(-2.5,0)=-3                   | yes |
| DAYS([Expected signing], TODAY())<=20                 | yes |
| DAYS(投标截止,TODAY())>5                              | ?   |
| 金额>=IF(方式=招标,200万,100万)                       | no  |
| IF(金额>1;预计签约日;TODAY())>=2026-05-01             | yes |
| IF(竞争对手=华为,金额,预计成本)>1                     | ?   |
| IF(金额>=100万,赢率>=40%,赢率>=10%)                   | yes |
| 预计签约日-TODAY()<=20                                | yes |
| 预计签约日>=TODAY()+21                                | no  |
| 10万<=金额                                            | yes |
| "谈判"=阶段                                           | yes |
| amount = 5                                            | no  |
| 金额 大于 100万 且 金额不超过120万                    | yes |
| 金额 in [100万..120万]                                | yes |
| 金额 属于 [100万..120万)                              | no  |
| =金额>100                                             | yes |
| -金额 < -1                                            | yes |
| 停留天数>10天                                         | yes |
| 竞争对手=华为                                         | ?   |
| 金额>1 且 竞争对手<>华为                              | ?   |
| 金额>1 或 竞争对手<>华为                              | yes |
| 金额<1 且 竞争对手<>华为                              | no  |
| 金额/(赢率-40%)>1                                     | ?   |
| 投标截止>2026-01-01                                   | ?   |
""")


@pytest.mark.parametrize(("text", "answer"), HOLDS)
def test_a_guard_is_read_as_people_mean_it(text: str, answer: str) -> None:
    """A question mark is the answer that a blank leaves open."""
    found = guard(text, DEALS)
    assert found.verdict(DEAL, AS_OF).holds == {"yes": True, "no": False, "?": None}[answer]
    assert on_frame(found, DEALS, DEAL) == found.verdict(DEAL, AS_OF).holds


def on_frame(found: Guard, fields: Fields, *rows: Mapping[str, object]) -> object:
    """Return what the expression answers of one row."""
    schema = {one.code: one.dtype for one in fields.fields if one.code in rows[0]}
    frame = pl.DataFrame(list(rows), schema=schema, orient="row")
    return frame.with_columns(answer=found.expr(AS_OF))["answer"][0]


def test_an_open_guard_names_the_blanks_that_leave_it_open() -> None:
    found = guard("投标截止>2026-01-01 或 (竞争对手=华为 且 金额<1) 或 金额<预计成本", DEALS)
    assert found.verdict(DEAL, AS_OF).blank == ("bid_due",)
    assert found.codes == ("bid_due", "competitor", "amount", "cost_est")


CELLS = pipe("""
| budget: >=100000               | yes |
| budget: ≥10万                  | yes |
| budget: ＞ 200,000             | no  |
| budget: 20万                   | yes |
| budget: [20万..100万)          | yes |
| budget: (20万..100万)          | no  |
| budget: ［１０万．．２０万］   | yes |
| budget: ]10万..20万]           | yes |
| budget: <10万;>=20万           | yes |
| budget: >=10万 且 <20万        | no  |
| budget: 10;20万                | yes |
| budget: 非(10万;20万)          | no  |
| budget: not(100)               | yes |
| budget: 非空                   | yes |
| budget: 大于等于20万           | yes |
| budget: 20万元                 | yes |
| channel: 转介绍,工博会         | yes |
| channel: 转介绍、工博会        | yes |
| channel: <>工博会              | yes |
| channel: <>转介绍，工博会      | no  |
| channel: 非(转介绍，工博会)    | no  |
| channel: 且慢或再说            | no  |
| channel: 3M                    | no  |
| industry: 金融                 | no  |
| industry: 金融,食品            | yes |
| industry: "金融,食品"          | no  |
| industry: ＜＞金融             | yes |
| industry: 100                  | no  |
| industry: 空调                 | no  |
| timeline: 3个月内,3-6个月      | yes |
| timeline: Within 3 months      | no  |
| timeline: 3 to 6 Months        | yes |
| city: 空                       | yes |
| city: blank                    | yes |
| city: not blank                | no  |
| city: 非(空)                   | no  |
| city: 苏州,空                  | yes |
| city: 苏州(园区)               | ?   |
| city: <>苏州                   | ?   |
| next_on: >=2026-01-01          | yes |
| next_on: [2026-04-01..2026/4/30] | yes |
| next_on: >=TODAY()-30          | yes |
| next_on: <今天                 | no  |
| next_on: 2026年4月30日         | yes |
| assigned_at: 2026-04-28        | yes |
| score: 80                      | yes |
| score: >80.5                   | no  |
| industry: -                    | yes |
| industry: －                   | yes |
| budget:                        | yes |
| budget: any                    | yes |
| budget: 不限                   | yes |
""")


@pytest.mark.parametrize(("cell", "answer"), CELLS)
def test_a_cell_of_a_decision_table_is_read_as_people_mean_it(cell: str, answer: str) -> None:
    code, _, text = cell.partition(":")
    found = cell_test(text.strip(), field(LEADS, code))
    assert found.verdict(LEAD, AS_OF).holds == {"yes": True, "no": False, "?": None}[answer]
    assert on_frame(found, LEADS, LEAD) == found.verdict(LEAD, AS_OF).holds


def field(fields: Fields, code: str) -> Field:
    found = fields.get(code)
    assert found is not None
    return found


def test_a_line_break_in_a_cell_separates_like_a_comma() -> None:
    found = cell_test("金融,\n食品\n", field(LEADS, "industry"))
    assert found.verdict(LEAD, AS_OF).holds


def assert_worded(error: GuardError) -> None:
    values = {key: value for key, value in error.problem.items() if key != "key"}
    for lang in LANGS:
        assert all(say(f"guards.{error.key}.{part}", lang, **values) for part in ("found", "cure"))


def test_no_text_is_too_long_or_too_deep_to_be_refused() -> None:
    for text, key in (
        ("(" * 20_000, "too_long"),
        ("(" * 40 + "1" + ")" * 40, "too_deep"),
        ("非 " * 100 + "金额>1", "too_deep"),
        ("-" * 200 + "1>金额", "too_deep"),
        ("金额>1 且 " * 50 + "金额>1", None),
        ("金额+" * 80 + "1>1", "too_big"),
    ):
        if key is None:
            assert guard(text, DEALS).verdict(DEAL, AS_OF).holds
        else:
            with pytest.raises(GuardError) as refused:
                guard(text, DEALS)
            assert refused.value.key == key


def test_every_refusal_has_its_sentence_in_both_languages() -> None:
    from ltc_xl.messages import topic

    zh, en = (topic("guards", lang) for lang in LANGS)
    assert {key: values_named(text) for key, text in zh.items()} == {
        key: values_named(text) for key, text in en.items()
    }


def values_named(texts: object) -> set[str]:
    """Return the values that the sentences of a refusal name."""
    assert isinstance(texts, dict)
    parsed = Formatter().parse(texts["found"] + texts["cure"])
    return {f"{name}:{spec}" for _, name, spec, _ in parsed if name}


def renamed() -> Book:
    from dataclasses import replace

    from gallery import placed

    held = placed("leads", typed_rows("leads", "| company |\n| 恒远 |"))
    assert held.place is not None
    place = replace(held.place, headers={"budget": "预 算"})
    return replace(book_of(), tables={"leads": replace(held, place=place)})


def test_fields_go_by_code_label_and_own_header_and_by_a_label_without_its_bracket() -> None:
    fields = fields_of("leads", renamed())
    assert {field(fields, name).code for name in ("budget", "Budget", "预算", " 预 算 ")} == {"budget"}
    assert field(DEALS, "金额").code == field(DEALS, "金额（含税）").code == "amount"
    assert DEALS.get("含税") is None


# ---- one answer, however it is asked

NUMBERS = st.one_of(
    st.none(), st.sampled_from(["0", "1", "-1", "99999.99", "100000", "100000.01"]).map(Decimal),
    st.decimals(-10**12, 10**12, places=2),
)  # fmt: skip
RATES = st.one_of(st.none(), st.sampled_from(["0", "0.3", "1"]).map(Decimal), st.decimals(-9, 9, places=8))
DAYS = st.one_of(st.none(), st.sampled_from([AS_OF]), st.dates(date(2025, 1, 1), date(2027, 1, 1)))
TEXTS = st.one_of(st.none(), st.sampled_from(["金融", "电信", "ＡＢc", "abc", " a b "]), st.text(max_size=4))
STAGES = st.sampled_from([None, "NEGOTIATING", "VALIDATING", "WON", "PILOT"])
WHOLE = st.one_of(st.none(), st.integers(-5, 400))
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "amount": NUMBERS, "cost_est": NUMBERS, "probability": RATES, "expected_close": DAYS,
            "customer": TEXTS, "product": TEXTS, "stage": STAGES, "days_in_stage": WHOLE,
        }
    ),
    min_size=1, max_size=8,
)  # fmt: skip

ORDER = st.sampled_from([">=", "<=", ">", "<", "=", "<>", "≥", "＝"])
AMOUNTS = st.one_of(
    st.sampled_from(["金额", "[预计成本]", "赢率", "停留天数", "10万", "1,000", "0.01", "30%"]),
    st.decimals(-(10**6), 10**6, places=3).map(lambda number: f"({number:f})"),
)
SUMS = st.recursive(
    AMOUNTS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/"]), inner).map(lambda part: f"({''.join(part)})"),
        inner.map(lambda part: f"ABS({part})"),
        st.tuples(inner, inner).map(lambda part: f"MIN({part[0]}; {part[1]})"),
        inner.map(lambda part: f"ROUND({part}; 1)"),
        st.tuples(inner, inner).map(lambda part: f"IF(客户 空; {part[0]}; {part[1]})"),
    ),
    max_leaves=3,
)
TESTS = st.one_of(
    st.tuples(SUMS, ORDER, SUMS).map("".join),
    st.tuples(
        st.sampled_from(["预计签约日", "TODAY()-7"]),
        ORDER,
        st.sampled_from(["2026-04-30", "TODAY()", "今天+30"]),
    ).map("".join),
    st.tuples(st.sampled_from(["预计签约日-TODAY()", "DAYS(TODAY(), 预计签约日)"]), ORDER, AMOUNTS).map(
        "".join
    ),
    st.sampled_from(
        [
            "客户=金融",
            "客户<>“ABC”",
            "客户 in [电信, abc]",
            "客户=[产品]",
            "LEN(客户)>=3",
            "客户 空",
            "LEFT(客户,1)=a",
        ]
    ),
    st.sampled_from(["阶段=谈判", "阶段<>试点", "阶段 in [谈判,赢单]", "阶段 不属于 [验证]", "阶段 非空"]),
)
GUARDS = st.recursive(
    TESTS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" 且 ", " or "]), inner).map(lambda part: f"({''.join(part)})"),
        inner.map(lambda part: f"非({part})"),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"AND({'; '.join(parts)})"),
    ),
    max_leaves=4,
)


@given(GUARDS, ROWS)
@settings(max_examples=200, deadline=None)
def test_a_frame_and_its_rows_answer_alike(text: str, rows: list[dict[str, object]]) -> None:
    try:
        found = guard(text, DEALS)
    except GuardError as error:
        assert error.key in {"too_big", "too_long", "needs_percent", "whole_days"}, text  # noqa: PT017  what else may be refused
        return
    frame = pl.DataFrame(rows, schema={code: field(DEALS, code).dtype for code in rows[0]})
    answers = frame.with_columns(answer=found.expr(AS_OF))["answer"].to_list()
    verdicts = [found.verdict(row, AS_OF) for row in rows]
    assert answers == [verdict.holds for verdict in verdicts], text
    for row, verdict in zip(rows, verdicts, strict=True):
        assert all(row[code] is None for code in verdict.blank)
        assert verdict.holds is None or not verdict.blank


BOUNDS = st.sampled_from(["0", "10万", "1,000", "99999.99", "100000", "-5"])
AMOUNT_CELLS = st.one_of(
    st.tuples(ORDER, BOUNDS).map("".join),
    st.lists(BOUNDS, min_size=1, max_size=3).map("; ".join),
    st.lists(BOUNDS, min_size=1, max_size=3).map(lambda parts: f"非({';'.join(parts)})"),
    st.tuples(st.sampled_from("[(]"), BOUNDS, BOUNDS, st.sampled_from("])[")).map(
        lambda p: f"{p[0]}{p[1]}..{p[2]}{p[3]}"
    ),
    st.sampled_from(["空", "非空", "-", ">=1 且 <100000", "空;>5"]),
)
WORD_CELLS = st.sampled_from(
    ["谈判", "谈判,赢单", "<>试点", "非(验证,谈判)", "空", "not blank", "-", "空,赢单"]
)
TEXT_CELLS = st.sampled_from(["金融", "abc,电信", "<>金融", "非(金融,ABC)", "空", "-", '"a b"'])


@given(AMOUNT_CELLS, WORD_CELLS, TEXT_CELLS, ROWS)
@settings(max_examples=100, deadline=None)
def test_cells_answer_alike_on_a_frame_and_its_rows(
    amount: str, word: str, text: str, rows: list[dict[str, object]]
) -> None:
    frame = pl.DataFrame(rows, schema={code: field(DEALS, code).dtype for code in rows[0]})
    for code, cell in (("amount", amount), ("stage", word), ("customer", text)):
        try:
            found = cell_test(cell, field(DEALS, code))
        except GuardError as error:
            assert error.finding == "R-05", cell  # noqa: PT017  only a range may be refused
            continue
        answers = frame.with_columns(answer=found.expr(AS_OF))["answer"].to_list()
        assert answers == [found.verdict(row, AS_OF).holds for row in rows], (code, cell)


WORDS = """
金额 [预计成本] 阶段 谈判 客户 预计签约日 赢率 且 或 非 非空 空 属于 in not ( ) [ ] .. , ; ， >= < <> = ! ~ -
+ * / 10万 1,000 30% 2026-02-30 2026-01-01 TODAY() TODAY 今天 AND( MAX( LEN( ISBLANK( ABS( " ' “ 是 true # {
𝟙 ﷺ ½ Ⅷ İ
"""
SCRAPS = st.sampled_from([*WORDS.split(), " ", "\n", "\\"])


@given(st.one_of(st.lists(SCRAPS, max_size=9).map("".join), st.text(max_size=12)), ROWS)
@settings(max_examples=200, deadline=None)
def test_whatever_stands_in_a_cell_is_read_or_refused(text: str, rows: list[dict[str, object]]) -> None:
    """Nothing crashes, every refusal has words, and what is read answers alike on a frame and its rows."""
    frame = pl.DataFrame(rows, schema={code: field(DEALS, code).dtype for code in rows[0]})
    for code in ("", "amount", "probability", "expected_close", "customer", "stage", "days_in_stage"):
        try:
            found = cell_test(text, field(DEALS, code)) if code else guard(text, DEALS)
        except GuardError as error:
            assert_worded(error)
            assert 1 <= error.position <= len(text) + 1  # noqa: PT017  any text may be refused
            continue
        if set(found.codes) <= set(frame.columns):
            answers = frame.with_columns(answer=found.expr(AS_OF))["answer"].to_list()
            assert answers == [found.verdict(row, AS_OF).holds for row in rows], text
