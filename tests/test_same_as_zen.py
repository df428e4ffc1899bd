"""Decision tables and conditions answer as another engine does: zen, an engine for tables of the same kind.

A test is made of parts, each written twice: as people write it in a cell, and in zen's own language. So what
is held together is the reading, the frames and the rows of this house, against a program that shares nothing
with it.

What zen does not know and is therefore written out for it: a blank is unknown and not false, so that every
comparison is preceded by ``!= null`` and a condition has two expressions, one for true, one for false; days
come as ISO texts, ``TODAY()`` as the day. What it cannot say and is not tried here: texts alike but for case
and width (it gets them folded), LEN of Chinese (it counts bytes), ROUND of halves below zero, quotients to
eight places.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltc_xl.model.book import book_of
from ltc_xl.rules.decisions import CLASH, RULE, RULES, DecisionTable, Hit, Rule
from ltc_xl.rules.guards import Field, cell_test, fields_of, guard

zen = pytest.importorskip("zen", reason="zen-engine, the other engine, is not installed")

AS_OF = date(2026, 4, 30)
LEADS, DEALS = fields_of("leads", book_of()), fields_of("opportunities", book_of())
Value = Decimal | date | str | int | None


@dataclass(frozen=True)
class Test:
    """One test of one column, as people write it and as zen does with ``$`` for the value."""

    ours: str
    zens: str

    __test__ = False


def filled(zens: str) -> str:
    """Return a test of zen that a blank does not pass."""
    return f"($ != null and ({zens}))"


# ---- the cells

AMOUNTS = [Decimal(text) for text in ("0", "0.01", "9999.99", "100000", "200000.5", "1000000")]
SPELT = {
    Decimal(100_000): ["100000", "10万", "100,000", "１０万", "100k"],
    Decimal(1_000_000): ["1000000", "100万", "1,000,000.00", "1m"],
}
SCORES = [0, 5, 6, 7, 80]
DAYS = [AS_OF - timedelta(30), AS_OF - timedelta(1), AS_OF, AS_OF + timedelta(1), date(2026, 12, 31)]
CITIES = ["苏州", "无锡", "st. pölten", "3m"]
TIMES = {"M0_3": ["3个月内", "Within 3 months", "M0_3"], "M3_6": ["3-6个月"], "M12": ["一年以后"]}
ORDERS = {
    ">=": [">=", "≥", "大于等于"],
    "<": ["<", "＜"],
    ">": [">"],
    "<=": ["<=", "不超过"],
    "<>": ["<>", "≠"],
    "=": ["", "="],
}
ZENS = {"<>": "!=", "=": "=="}


def zen_of(value: Value) -> str:
    """Return a constant as zen writes it."""
    if isinstance(value, date):
        return f"date('{value.isoformat()}')"
    return f"'{value}'" if isinstance(value, str) else f"{value}"


def written(value: Value) -> st.SearchStrategy[str]:
    """Return the ways people write a constant."""
    if isinstance(value, Decimal):
        return st.sampled_from(SPELT.get(value, [f"{value}"]))
    if isinstance(value, date):
        off = (value - AS_OF).days
        ways = [
            value.isoformat(),
            f"{value.year}/{value.month}/{value.day}",
            f"TODAY(){off:+d}" if off else "今天",
        ]
        return st.sampled_from(ways)
    return st.sampled_from(TIMES[value] if isinstance(value, str) and value in TIMES else [f"{value}"])


@st.composite
def compared(draw: st.DrawFn, values: Sequence[Value], orders: Sequence[str]) -> Test:
    value, order = draw(st.sampled_from(values)), draw(st.sampled_from(orders))
    ours = draw(st.sampled_from(ORDERS[order])) + draw(written(value))
    left = "date($)" if isinstance(value, date) else "$"
    return Test(ours, filled(f"{left} {ZENS.get(order, order)} {zen_of(value)}"))


@st.composite
def ranged(draw: st.DrawFn, values: Sequence[Value]) -> Test:
    low, high = sorted(draw(st.lists(st.sampled_from(values), min_size=2, max_size=2, unique=True)))  # type: ignore[type-var]  # all of one kind
    opener, closer = draw(st.sampled_from("[(]")), draw(st.sampled_from("])["))
    ours = f"{opener}{draw(written(low))}..{draw(written(high))}{closer}"
    left = "date($)" if isinstance(low, date) else "$"
    above, below = ">=" if opener == "[" else ">", "<=" if closer == "]" else "<"
    return Test(ours, filled(f"{left} {above} {zen_of(low)} and {left} {below} {zen_of(high)}"))


@st.composite
def listed(draw: st.DrawFn, values: Sequence[Value], mark: str) -> Test:
    chosen = draw(st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True))
    ours = mark.join(draw(written(value)) for value in chosen)
    zens = f"$ in [{','.join(map(zen_of, chosen))}]"
    turned = draw(st.sampled_from(["", "非(", "not(", "<>"]))
    if not turned:
        return Test(ours, filled(zens))
    return Test(f"{turned}{ours}{')' if turned.endswith('(') else ''}", filled(f"not ({zens})"))


@st.composite
def joined(draw: st.DrawFn, values: Sequence[Value]) -> Test:
    """Draw two tests of which both, or one, must hold."""
    one, other = draw(compared(values, (">=", "<"))), draw(compared(values, (">", "<=")))
    word, zens = draw(st.sampled_from([(" 且 ", "and"), (" and ", "and"), (";", "or")]))
    return Test(f"{one.ours}{word}{other.ours}", f"({one.zens} {zens} {other.zens})")


BLANKS = st.sampled_from([Test("空", "$ == null"), Test("非空", "$ != null"), Test("blank", "$ == null")])
ANY = st.sampled_from([Test("-", ""), Test("", ""), Test("不限", "")])
SIZES = (">=", ">", "<", "<=", "<>", "=")


def sized(values: Sequence[Value], *more: st.SearchStrategy[Test]) -> st.SearchStrategy[Test]:
    """Return the tests of a column of numbers or days."""
    return st.one_of(ANY, BLANKS, compared(values, SIZES), ranged(values), joined(values), *more)


CELLS: Mapping[str, st.SearchStrategy[Test]] = {
    "budget": sized(AMOUNTS, listed(AMOUNTS, ";")),
    "score": sized(SCORES, listed(SCORES, ";")),
    "next_on": sized(DAYS),
    "city": st.one_of(ANY, BLANKS, listed(CITIES, ",")),
    "timeline": st.one_of(ANY, BLANKS, listed(list(TIMES), "，")),
}
NEAR: Mapping[str, Sequence[Value]] = {
    "budget": [
        None,
        *(amount + step for amount in AMOUNTS for step in (Decimal("-0.01"), Decimal(0), Decimal("0.01"))),
    ],
    "score": [None, *(score + step for score in SCORES for step in (-1, 0, 1))],
    "next_on": [None, *(day + timedelta(step) for day in DAYS for step in (-1, 0, 1))],
    "city": [None, *CITIES, "南京"],
    "timeline": [None, *TIMES, "M6_12"],
}
"""Values at the constants of the tests and right beside them, and the blank."""

ROWS = st.lists(
    st.fixed_dictionaries({c: st.sampled_from(values) for c, values in NEAR.items()}), min_size=1, max_size=12
)
LINES = st.lists(
    st.tuples(st.fixed_dictionaries(CELLS), st.sampled_from(["5", "10", "10", "-3"])), min_size=1, max_size=6
)
Line = tuple[Mapping[str, Test], str]


def field(code: str) -> Field:
    found = LEADS.get(code)
    assert found is not None
    return found


def our_table(lines: Sequence[Line], hit: Hit) -> DecisionTable:
    """Return the table as this house reads it; it gives points."""
    rules = []
    for place, (cells, points) in enumerate(lines):
        tests = {code: cell_test(test.ours, field(code)) for code, test in cells.items()}
        kept = {code: test for code, test in tests.items() if not test.is_any}
        rules.append(Rule(f"G{place}", None, kept, {"points": int(points)}))
    return DecisionTable(tuple(CELLS), {"points": pl.Int64()}, tuple(rules), hit)


def named(test: Test, code: str) -> str:
    """Return a test of zen over a column; one it cannot read would silently never fit."""
    text = test.zens.replace("$", code)
    assert not text or zen.validate_expression(text) is None, text
    return text


def zen_table(lines: Sequence[Line], hit: str) -> Callable[[Mapping[str, object]], object]:
    """Return the table as zen reads it; it gives the place of a rule."""
    columns = [{"id": code, "name": code} for code in CELLS]
    rules = [
        {"_id": f"{place}", **{code: named(test, code) for code, test in cells.items()}, "place": f"{place}"}
        for place, (cells, _) in enumerate(lines)
    ]
    outputs = [{"id": "place", "name": "place", "field": "place"}]
    content = {"hitPolicy": hit, "inputs": columns, "outputs": outputs, "rules": rules}
    nodes = [
        {"id": name, "type": kind, "name": name, "position": {"x": 0, "y": 0}, "content": content}
        for name, kind in (("in", "inputNode"), ("table", "decisionTableNode"), ("out", "outputNode"))
    ]
    for node in nodes[::2]:
        del node["content"]
    ways = [("in", "table"), ("table", "out")]
    edges = [{"id": a + b, "type": "edge", "sourceId": a, "targetId": b} for a, b in ways]
    decision = zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))
    return lambda row: decision.evaluate(row)["result"]


def plain(row: Mapping[str, Value]) -> dict[str, object]:
    """Return a row as zen takes it: money as a number, days as ISO texts."""
    shown: dict[str, object] = {}
    for code, value in row.items():
        if isinstance(value, Decimal):
            shown[code] = float(value)
        else:
            shown[code] = value.isoformat() if isinstance(value, date) else value
    return shown


def frame_of(rows: Sequence[Mapping[str, Value]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={code: field(code).dtype for code in CELLS}, orient="row")


@given(LINES, ROWS)
@settings(max_examples=100, deadline=None)
def test_the_first_rule_is_the_one_of_zen_on_frames_and_on_rows(
    lines: list[Line], rows: list[dict[str, Value]]
) -> None:
    decided = our_table(lines, Hit.FIRST)
    theirs = list(map(zen_table(lines, "first"), map(plain, rows)))
    expected = [answer["place"] if isinstance(answer, dict) and answer else None for answer in theirs]
    assert decided.decide(frame_of(rows), AS_OF)[RULE].to_list() == expected
    by_row = [decided.decided(row, AS_OF) for row in rows]
    assert [None if rule is None else decided.rules.index(rule) for rule in by_row] == expected
    assert [decided.explain(row, AS_OF).rule for row in rows] == by_row


@given(LINES, ROWS, st.sampled_from([Hit.UNIQUE, Hit.ANY, Hit.COLLECT, Hit.SUM]))
@settings(max_examples=100, deadline=None)
def test_by_the_other_policies_the_rules_that_fit_are_those_of_zen(
    lines: list[Line], rows: list[dict[str, Value]], hit: Hit
) -> None:
    """Zen collects; what follows for rules that must be alone, agree or add up, is reckoned here."""
    decided, collect = our_table(lines, hit), zen_table(lines, "collect")
    found = decided.decide(frame_of(rows), AS_OF).rows(named=True)
    points = [int(given_) for _, given_ in lines]
    for row, ours in zip(rows, found, strict=True):
        answers = collect(plain(row))
        assert isinstance(answers, list)
        fitting = [answer["place"] for answer in answers]
        told = [points[place] for place in fitting]
        assert [decided.rules[place] for place in fitting] == [
            r for r in decided.rules if r.fits_row(row, AS_OF)
        ]
        if hit is Hit.COLLECT:
            assert (ours[RULES], ours["points"]) == (fitting, told or None)
        elif hit is Hit.SUM:
            assert (ours[RULES], ours["points"]) == (fitting, sum(told) if told else None)
        else:
            torn = len(fitting) > 1 and (hit is Hit.UNIQUE or len(set(told)) > 1)
            assert ours[RULE] == (None if torn or not fitting else fitting[0])
            assert ours[CLASH] == (fitting if torn else None)


# ---- conditions of moves between stages


@dataclass(frozen=True)
class Condition:
    """A condition, and for zen when it is true and when it is false; else it is unknown."""

    ours: str
    true: str
    false: str


DEAL: Mapping[str, Sequence[Value]] = {
    "amount": [None, Decimal("999999.99"), Decimal(1_000_000), Decimal("1000000.01"), Decimal(0)],
    "cost_est": [None, Decimal(750_000), Decimal("749999.99"), Decimal(0)],
    "probability": [None, Decimal("0.4"), Decimal("0.39999999"), Decimal(1)],
    "expected_close": [None, AS_OF, AS_OF + timedelta(30), AS_OF + timedelta(31)],
    "days_in_stage": [None, 9, 10, 11],
    "stage": [None, "NEGOTIATING", "SIGNING", "WON"],
    "competitor": [None, "华为", "abb"],
}
PARTS = (
    (("金额>=100万", "[Amount]≥1,000,000", "amount >= 1m"), "amount >= 1000000"),
    (("金额-预计成本>=金额*25%",), "amount - cost_est >= amount * 0.25"),
    (("MAX(金额;预计成本)>100万",), "max([amount, cost_est]) > 1000000"),
    (("MIN(金额;预计成本)<75万",), "min([amount, cost_est]) < 750000"),
    (("ABS(预计成本-金额)=250000",), "abs(cost_est - amount) == 250000"),
    (("赢率>=40%", "Win % >= 40%"), "probability >= 0.4"),
    (
        ("预计签约日<=TODAY()+30", "DAYS(预计签约日;TODAY())<=30"),
        "date(expected_close) <= date('2026-05-30')",
    ),
    (("停留天数>10天", "停留天数 大于 10"), "days_in_stage > 10"),
    (("停留天数 属于 [9..11)",), "days_in_stage >= 9 and days_in_stage < 11"),
    (
        ("阶段 属于 [谈判,待签约]", "Stage in (Negotiating,To be signed)"),
        "stage in ['NEGOTIATING','SIGNING']",
    ),
    (("阶段<>赢单",), "stage != 'WON'"),
    (("竞争对手=华为", '竞争对手="华为"'), "competitor == '华为'"),
    (("LEFT(竞争对手,2)=AB",), "startsWith(competitor, 'ab')"),
)
BLANK = ("竞争对手 空", "ISBLANK([竞争对手])", "竞争对手=空")


@st.composite
def parts(draw: st.DrawFn) -> Condition:
    ways, zens = draw(st.sampled_from(PARTS))
    known = " and ".join(f"{code} != null" for code in DEAL if re.search(rf"\b{code}\b", zens))
    return Condition(draw(st.sampled_from(ways)), f"({known} and ({zens}))", f"({known} and not ({zens}))")


@st.composite
def blanks(draw: st.DrawFn) -> Condition:
    return Condition(draw(st.sampled_from(BLANK)), "(competitor == null)", "(competitor != null)")


def both(one: Condition, other: Condition) -> Condition:
    return Condition(
        f"({one.ours} 且 {other.ours})", f"({one.true} and {other.true})", f"({one.false} or {other.false})"
    )


def either(one: Condition, other: Condition) -> Condition:
    return Condition(
        f"OR({one.ours};{other.ours})", f"({one.true} or {other.true})", f"({one.false} and {other.false})"
    )


def opposite(one: Condition) -> Condition:
    return Condition(f"非({one.ours})", one.false, one.true)


CONDITIONS = st.recursive(
    st.one_of(parts(), blanks()),
    lambda inner: st.one_of(
        st.builds(both, inner, inner), st.builds(either, inner, inner), st.builds(opposite, inner)
    ),
    max_leaves=5,
)
MOVED = st.lists(
    st.fixed_dictionaries({c: st.sampled_from(values) for c, values in DEAL.items()}), min_size=1, max_size=10
)


@given(CONDITIONS, MOVED)
@settings(max_examples=200, deadline=None)
def test_conditions_of_moves_are_true_false_or_open_as_in_zen(
    condition: Condition, rows: list[dict[str, Value]]
) -> None:
    found = guard(condition.ours, DEALS)
    true, false = (zen.compile_expression(text) for text in (condition.true, condition.false))
    known = {field.code: field.dtype for field in DEALS.fields}
    frame = pl.DataFrame(rows, schema={code: known[code] for code in DEAL}, orient="row")
    on_frame = frame.with_columns(answer=found.expr(AS_OF))["answer"].to_list()
    for row, answer in zip(rows, on_frame, strict=True):
        theirs = plain(row)
        expected = True if true.evaluate(theirs) else False if false.evaluate(theirs) else None
        assert answer is expected
        assert found.verdict(row, AS_OF).holds is expected


def test_the_translation_is_no_yes_man() -> None:
    """One constant that is one cent off is told apart."""
    lines: list[Line] = [
        ({code: Test("", "") for code in CELLS} | {"budget": Test(">=10万", filled("$ >= 100000.01"))}, "5")
    ]
    row: dict[str, Value] = dict.fromkeys(CELLS) | {"budget": Decimal(100_000)}
    assert our_table(lines, Hit.FIRST).decided(row, AS_OF) is not None
    assert not zen_table(lines, "first")(plain(row))
