"""Decision tables: the first rule that fits counts, on frames as on rows, and can be explained."""

from datetime import date
from decimal import Decimal

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from ltc_xl.model.book import book_of
from ltc_xl.model.money import MONEY
from ltc_xl.rules.decisions import CLASH, RULE, RULES, DecisionTable, Hit, Rule, Trial
from ltc_xl.rules.guards import cell_test, fields_of

AS_OF = date(2026, 4, 30)
FIELDS = fields_of("leads", book_of())
INPUTS = ("budget", "timeline", "city")


def table_of(*lines: str, hit: Hit = Hit.FIRST) -> DecisionTable:
    """Return a table of rules; a line holds the cells of the inputs and what is given: a grade, or points."""
    rules = []
    for place, line in enumerate(lines, 1):
        *cells, given_ = (cell.strip() for cell in line.split("|"))
        tests = {
            code: cell_test(text, FIELDS.names.by_key[code]) for code, text in zip(INPUTS, cells, strict=True)
        }
        kept = {code: test for code, test in tests.items() if not test.is_any}
        outputs: dict[str, object] = {"grade": given_ or None}
        if hit is Hit.SUM:
            outputs = {"points": Decimal(given_) if given_ else None}
        rules.append(Rule(f"G{place:02}", f"u{place}x", kept, outputs))
    types: dict[str, pl.DataType] = {"points": MONEY} if hit is Hit.SUM else {"grade": pl.String()}
    return DecisionTable(INPUTS, types, tuple(rules), hit)


GRADES = table_of(
    ">=100万         | 3个月内 | -    | A",
    "[20万..100万)   | -       | 苏州 | B",
    "空              | -       | -    |",
    "<20万           | -       | <>苏州 | C",
)


def leads(*rows: tuple[str | None, str | None, str | None]) -> pl.DataFrame:
    budgets, timelines, cities = zip(*rows, strict=True)
    amounts = [None if text is None else Decimal(text) for text in budgets]
    return pl.DataFrame(
        {"budget": amounts, "timeline": timelines, "city": cities, "grade": ["old"] * len(rows)},
        schema={"budget": MONEY, "timeline": pl.String, "city": pl.String, "grade": pl.String},
    )


def test_the_first_rule_that_fits_gives_its_outputs() -> None:
    frame = leads(
        ("1000000", "M0_3", None), ("1000000", "M3_6", None), ("200000", None, "苏州"), (None, None, None),
        ("100", None, "无锡"), ("100", None, None),
    )  # fmt: skip
    decided = GRADES.decide(frame, AS_OF)
    assert decided[RULE].to_list() == [0, None, 1, 2, 3, None]
    assert decided["grade"].to_list() == ["A", None, "B", None, "C", None]
    assert decided["budget"].equals(frame["budget"])
    assert decided[RULE].dtype == pl.Int16


def test_no_rules_and_no_rows_decide_nothing() -> None:
    frame = leads(("1", None, None))
    assert DecisionTable(INPUTS, {"grade": pl.String()}, ()).decide(frame, AS_OF)["grade"].to_list() == [None]
    assert GRADES.decide(frame.clear(), AS_OF).schema == GRADES.decide(frame, AS_OF).schema
    everything = table_of("- | - | - | D")
    assert everything.decide(leads(*[("1", None, None)] * 3), AS_OF)["grade"].to_list() == ["D"] * 3


def test_an_explanation_names_what_was_passed_and_the_nearest_miss() -> None:
    row = {"budget": Decimal("200000.00"), "timeline": None, "city": "苏州"}
    why = GRADES.explain(row, AS_OF)
    assert why.rule is GRADES.rules[1]
    assert why.passed == (
        Trial("budget", "[20万..100万)", row["budget"], holds=True),
        Trial("city", "苏州", "苏州", holds=True),
    )
    ((missed, failed),) = why.missed
    assert missed.no == "G01"
    assert failed == (
        Trial("budget", ">=100万", row["budget"], holds=False),
        Trial("timeline", "3个月内", None, holds=None),
    )


def test_a_row_that_no_rule_fits_is_told_the_nearest_ones() -> None:
    why = GRADES.explain({"budget": Decimal(100), "timeline": "M0_3", "city": None}, AS_OF)
    assert (why.rule, why.passed) == (None, ())
    assert [rule.no for rule, _ in why.missed] == ["G01", "G03", "G04"]
    assert why.missed[2][1] == (Trial("city", "<>苏州", None, holds=None),)


AMOUNTS = st.sampled_from([None, "0", "199999.99", "200000", "999999.99", "1000000"])


@given(
    st.lists(
        st.tuples(AMOUNTS, st.sampled_from([None, "M0_3", "M12"]), st.sampled_from([None, "苏州", "无锡"])),
        min_size=1,
    )
)
@settings(max_examples=60, deadline=None)
def test_a_frame_is_decided_as_its_rows_are(rows: list[tuple[str | None, str | None, str | None]]) -> None:
    frame = leads(*rows)
    places = GRADES.decide(frame, AS_OF)[RULE].to_list()
    rules = [None if place is None else GRADES.rules[place] for place in places]
    assert rules == [GRADES.decided(row, AS_OF) for row in frame.iter_rows(named=True)]
    assert rules == [GRADES.explain(row, AS_OF).rule for row in frame.iter_rows(named=True)]


OVERLAPPING = (
    ">=20万   | -       | -    | 10",
    "-        | 3个月内 | -    | 5",
    ">=100万  | -       | 苏州 | 10",
    "空       | -       | -    |",
)
SHIFTED = leads(
    ("1000000", "M0_3", "苏州"), ("1000000", None, "苏州"), ("200000", "M0_3", None), ("1", "M0_3", None),
    ("1", None, None), (None, None, None),
)  # fmt: skip


def test_rules_that_must_be_alone_contradict_each_other_where_two_fit() -> None:
    decided = table_of(*OVERLAPPING, hit=Hit.UNIQUE).decide(SHIFTED, AS_OF)
    assert decided[RULE].to_list() == [None, None, None, 1, None, 3]
    assert decided[CLASH].to_list() == [[0, 1, 2], [0, 2], [0, 1], None, None, None]
    assert decided["grade"].to_list() == [None, None, None, "5", None, None]


def test_any_of_several_rules_counts_where_they_give_the_same() -> None:
    decided = table_of(*OVERLAPPING, hit=Hit.ANY).decide(SHIFTED, AS_OF)
    assert decided[RULE].to_list() == [None, 0, None, 1, None, 3]
    assert decided[CLASH].to_list() == [[0, 1, 2], None, [0, 1], None, None, None]


def test_collected_rules_are_all_told() -> None:
    decided = table_of(*OVERLAPPING, hit=Hit.COLLECT).decide(SHIFTED, AS_OF)
    assert decided[RULES].to_list() == [[0, 1, 2], [0, 2], [0, 1], [1], [], [3]]
    assert decided["grade"].to_list() == [["10", "5", "10"], ["10", "10"], ["10", "5"], ["5"], None, [None]]


def test_points_are_added_up() -> None:
    decided = table_of(*OVERLAPPING, hit=Hit.SUM).decide(SHIFTED, AS_OF)
    assert decided["points"].to_list() == [
        Decimal(25),
        Decimal(20),
        Decimal(15),
        Decimal(5),
        None,
        Decimal(0),
    ]
    assert decided.schema["points"] == MONEY
    why = table_of(*OVERLAPPING, hit=Hit.SUM).explain(SHIFTED.row(2, named=True), AS_OF)
    assert [rule.no for rule, _ in why.hits] == ["G01", "G02"]
    assert [rule.no for rule, _ in why.missed] == ["G04", "G03"]


@given(
    st.lists(
        st.tuples(AMOUNTS, st.sampled_from([None, "M0_3"]), st.sampled_from([None, "苏州"])), max_size=5
    ),
    st.sampled_from(Hit),
    st.lists(st.sampled_from([*OVERLAPPING, "- | - | - | 5"]), max_size=4),
)
@settings(max_examples=100, deadline=None)
def test_by_every_policy_a_frame_is_decided_as_its_rows_are(
    rows: list[tuple[str | None, str | None, str | None]], hit: Hit, lines: list[str]
) -> None:
    frame, found = leads(*rows) if rows else SHIFTED.clear(), table_of(*lines, hit=hit)
    decided = found.decide(frame, AS_OF)
    for before, after in zip(frame.iter_rows(named=True), decided.iter_rows(named=True), strict=True):
        assert found.given(before, AS_OF) == {code: after[code] for code in found.outputs}
        why = found.explain(before, AS_OF)
        assert tuple(rule for rule, _ in why.hits) == found.counting(before, AS_OF)
        torn = [found.rules[place] for place in after.get(CLASH) or ()]
        assert [rule for rule, _ in why.clash] == torn
