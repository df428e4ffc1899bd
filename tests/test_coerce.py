"""Cells as people type them, read as the type of their column: one table per type."""

from datetime import datetime
from decimal import Decimal

import polars as pl
import pytest
from conftest import pipe_rows
from hypothesis import given, settings
from hypothesis import strategies as st

from ltc_xl.model.tables import Column
from ltc_xl.workbook.coerce import Reading, Typed, typed
from ltc_xl.workbook.grid import SCHEMA
from ltc_xl.workbook.styles import Styles

KIND_OF = {
    "number": "n",
    "text": "s",
    "flag": "b",
    "error": "e",
    "iso": "d",
    "day": "n",
    "padded": "n",
    "share": "n",
}
STYLE_OF = {"day": 7, "padded": 8, "share": 9}
READING = Reading(styles=Styles(frozenset({7}), ((8, 6),), frozenset({9})))


def read(
    type_: str, cells: list[tuple[str, str | None]], reading: Reading = READING, enum: str = ""
) -> Typed:
    """Return typed cells, each given as (what it is, text)."""
    frame = pl.DataFrame(
        {
            "row": range(1, len(cells) + 1),
            "column": 1,
            "kind": [KIND_OF[kind] for kind, _ in cells],
            "style": [STYLE_OF.get(kind) for kind, _ in cells],
            "formula": None,
            "text": [text for _, text in cells],
        },
        schema=SCHEMA,
    )
    return typed(frame, Column("x", "x", "x", type_, enum=enum or None), reading)


def check(type_: str, text: str, reading: Reading = READING, enum: str = "") -> None:
    """Hold the cells of a pipe table to the values and findings it states; '' is none."""
    rows = list(pipe_rows(text))
    found = read(type_, [(row["cell"], row["as typed"]) for row in rows], reading, enum)
    codes = dict(found.problems.select("cell", "code").iter_rows())
    shown = [("" if value is None else str(value), codes.get(n, "")) for n, value in enumerate(found.values)]
    assert shown == [(row["value"], row["finding"]) for row in rows]


def table_of(test: object) -> str:
    return test.__doc__ or ""


def test_amounts() -> None:
    """
    | cell   | as typed           | value        | finding |
    | number | 12.5               | 12.50        |         |
    | number | 1.0049999999999999 | 1.01         |         |
    | number | -0.125             | -0.13        |         |
    | number | 1.5E+3             | 1500.00      |         |
    | number | 1E+20              |              | V-03    |
    | text   | 12万               | 120000.00    |         |
    | text   | 1.2亿              | 120000000.00 |         |
    | text   | 50w                | 500000.00    |         |
    | text   | 3千                | 3000.00      |         |
    | text   | 350k               | 350000.00    |         |
    | text   | 1,234.50           | 1234.50      |         |
    | text   | 1 234              | 1234.00      |         |
    | text   | ¥1,234             | 1234.00      |         |
    | text   | ￥ 1,234元         | 1234.00      |         |
    | text   | 人民币300元整      | 300.00       |         |
    | text   | １２．５万元       | 125000.00    |         |
    | text   | (123)              | -123.00      |         |
    | text   | （123.4）          | -123.40      |         |
    | text   | -5                 | -5.00        |         |
    | text   | −5                 | -5.00        |         |
    | text   | ¥-5                | -5.00        |         |
    | text   | +5                 | 5.00         |         |
    | text   | .5                 | 0.50         |         |
    | text   | 约12               |              | V-03    |
    | text   | 12万左右           |              | V-03    |
    | text   | 12-15万            |              | V-03    |
    | text   | 12,34              |              | V-03    |
    | text   | 1.234,5            |              | V-03    |
    | text   | 12 34              |              | V-03    |
    | text   | (5                 |              | V-03    |
    | text   | (-5)               |              | V-03    |
    | text   | 30%                |              | V-03    |
    | text   | $5                 |              | V-03    |
    | text   | 30天               |              | V-03    |
    | text   | 待定               |              | V-03    |
    | text   | -                  |              | V-03    |
    | day    | 46142              |              | V-03    |
    | flag   | 1                  |              | V-03    |
    | error  | #DIV/0!            |              | V-01    |
    """
    check("money", table_of(test_amounts))


def test_rates() -> None:
    """
    | cell   | as typed           | value      | finding |
    | number | 0.3                | 0.30000000 |         |
    | number | 0.065              | 0.06500000 |         |
    | text   | 30%                | 0.30000000 |         |
    | text   | ３０％             | 0.30000000 |         |
    | text   | 12.5 %             | 0.12500000 |         |
    | text   | 0.3                | 0.30000000 |         |
    | text   | 三成               |            | V-03    |
    """
    check("rate", table_of(test_rates))


def test_whole_numbers() -> None:
    """
    | cell   | as typed           | value           | finding |
    | number | 30                 | 30              |         |
    | number | 23058430093        | 23058430093     |         |
    | number | 999999999999999    | 999999999999999 |         |
    | number | 29.999999999999996 | 30              |         |
    | number | 3.5                |                 | V-03    |
    | text   | 30天               | 30              |         |
    | text   | 12个月             | 12              |         |
    | text   | 30 days            | 30              |         |
    | text   | 三十               |                 | V-03    |
    """
    check("int", table_of(test_whole_numbers))


def test_days() -> None:
    """
    | cell   | as typed            | value      | finding |
    | day    | 46142               | 2026-04-30 |         |
    | day    | 46142.9999          | 2026-04-30 |         |
    | day    | 1                   | 1900-01-01 |         |
    | day    | 59                  | 1900-02-28 |         |
    | day    | 60                  |            | V-04    |
    | day    | 61                  | 1900-03-01 |         |
    | day    | 0                   |            | V-04    |
    | day    | 0.5                 |            | V-04    |
    | day    | 2958465             | 9999-12-31 |         |
    | day    | 2958466             |            | V-04    |
    | number | 46142               | 2026-04-30 |         |
    | number | 20260301            | 2026-03-01 |         |
    | number | 2026                |            | V-04    |
    | number | 202603              |            | V-04    |
    | number | -1                  |            | V-04    |
    | iso    | 2026-03-01T00:00:00 | 2026-03-01 |         |
    | text   | 2026-03-01          | 2026-03-01 |         |
    | text   | 2026-3-1            | 2026-03-01 |         |
    | text   | 2026/3/1            | 2026-03-01 |         |
    | text   | 2026.03.01          | 2026-03-01 |         |
    | text   | 2026年3月1日        | 2026-03-01 |         |
    | text   | 2026 年 3 月 1 日   | 2026-03-01 |         |
    | text   | ２０２６／３／１    | 2026-03-01 |         |
    | text   | 20260301            | 2026-03-01 |         |
    | text   | 2026-03-01 14:30    | 2026-03-01 |         |
    | text   | 1 Mar 2026          | 2026-03-01 |         |
    | text   | Mar 1, 2026         | 2026-03-01 |         |
    | text   | 2026-02-30          |            | V-04    |
    | text   | 2026-13-01          |            | V-04    |
    | text   | 20260230            |            | V-04    |
    | text   | 3/1/2026            |            | V-04    |
    | text   | 26-3-1              |            | V-04    |
    | text   | 2026年3月           |            | V-04    |
    | text   | 下周一              |            | V-04    |
    """
    check("date", table_of(test_days))


def test_days_of_the_1904_system() -> None:
    """
    | cell   | as typed            | value      | finding |
    | day    | 44680               | 2026-04-30 |         |
    | day    | 0                   | 1904-01-01 |         |
    | number | 44680               | 2026-04-30 |         |
    | number | 20260301            | 2026-03-01 |         |
    """
    check("date", table_of(test_days_of_the_1904_system), Reading(date1904=True, styles=READING.styles))


def test_moments() -> None:
    """
    | cell   | as typed            | value               | finding |
    | day    | 46142.75            | 2026-04-30 18:00:00 |         |
    | text   | 2026-04-30 9:05     | 2026-04-30 09:05:00 |         |
    | text   | 2026-04-30T09:05:07 | 2026-04-30 09:05:07 |         |
    | text   | 2026-04-30 25:00    |                     | V-04    |
    """
    check("datetime", table_of(test_moments))


def test_identities() -> None:
    """
    | cell   | as typed               | value           | finding |
    | text   | 00123                  | 00123           |         |
    | text   | 31010000000000000001   | 31010000000000000001 |    |
    | text   | 3-4-2.5-0.5            | 3-4-2.5-0.5     |         |
    | number | 13800138000            | 13800138000     | V-07    |
    | number | 1.3800138E+10          | 13800138000     | V-07    |
    | number | 999999999999999        | 999999999999999 | V-07    |
    | number | 1000000000000000       |                 | V-05    |
    | number | 3.1010000000000001E+19 |                 | V-05    |
    | number | 3.5                    | 3.5             | V-07    |
    | padded | 123                    | 000123          | V-07    |
    | day    | 46085                  |                 | V-05    |
    | error  | #N/A                   |                 | V-01    |
    """
    check("id", table_of(test_identities))


def test_tax_rates() -> None:
    """
    | cell   | as typed | value | finding |
    | number | 0.13     | 13%   |         |
    | number | 13       | 13%   |         |
    | number | 0.065    | 6.5%  |         |
    | number | 0        | 0%    |         |
    | text   | 13 %     | 13%   |         |
    | text   | １３％   | 13%   |         |
    | text   | 0.13     | 13%   |         |
    | text   | 免税     | 免税  |         |
    """
    check("tax", table_of(test_tax_rates))


def test_texts_of_rules_are_what_a_person_sees() -> None:
    """
    | cell   | as typed            | value      | finding |
    | text   | [20万..100万)       | [20万..100万) |      |
    | text   | =100                | =100       |         |
    | number | 1000000             | 1000000    |         |
    | number | 0.8                 | 0.8        |         |
    | share  | 0.8                 | 80%        |         |
    | share  | 0.80500000000000005 | 80.5%      |         |
    | share  | 1                   | 100%       |         |
    | day    | 46085               | 2026-03-04 |         |
    | flag   | 1                   | TRUE       |         |
    | error  | #NAME?              |            | V-01    |
    """
    check("rule", table_of(test_texts_of_rules_are_what_a_person_sees))


def test_words() -> None:
    """
    | cell   | as typed | value    | finding |
    | text   | 赢单     | WON      |         |
    | text   | won      | WON      |         |
    | text   | ＷＯＮ   | WON      |         |
    | text   | 投标     | PROPOSAL |         |
    | text   | 快赢了   |          | V-06    |
    | number | 1        |          | V-06    |
    """
    check("enum", table_of(test_words), enum="opp_stage")


def test_the_firms_own_words_go_before_the_shipped_ones() -> None:
    """
    | cell   | as typed | value    | finding |
    | text   | 投标     | BIDDING  |         |
    | text   | 赢单     | WON      |         |
    """
    own = Reading(words={"opp_stage": {"投标": "BIDDING"}})
    check("enum", table_of(test_the_firms_own_words_go_before_the_shipped_ones), own, "opp_stage")


def test_flags() -> None:
    """
    | cell   | as typed | value | finding |
    | flag   | 1        | True  |         |
    | flag   | 0        | False |         |
    | text   | 是       | True  |         |
    | text   | No       | False |         |
    | text   | √        | True  |         |
    | number | 1        | True  |         |
    | text   | 也许     |       | V-06    |
    """
    check("flag", table_of(test_flags))


def test_texts_are_what_people_see() -> None:
    """
    | cell   | as typed            | value               | finding |
    | text   | 甲                  | 甲                  |         |
    | number | 14                  | 14                  |         |
    | number | 0.30000000000000004 | 0.3                 |         |
    | number | 1E+20               | 100000000000000000000 |       |
    | padded | 7                   | 000007              |         |
    | day    | 46142               | 2026-04-30          |         |
    | day    | 46142.5             | 2026-04-30 12:00:00 |         |
    | flag   | 1                   | TRUE                |         |
    | error  | #REF!               |                     | V-01    |
    """
    check("text", table_of(test_texts_are_what_people_see))


def test_what_was_found_is_told_as_a_person_sees_it() -> None:
    cells = [
        ("number", "2.5000000000000004"),
        ("day", "46142"),
        ("flag", "0"),
        ("text", "约3"),
        ("error", "#N/A"),
    ]
    found = read("int", list(cells)).problems["found"].to_list()
    assert found == ["2.5", "2026-04-30", "FALSE", "约3", "#N/A"]


@pytest.mark.parametrize(
    "type_", ["text", "id", "money", "int", "date", "enum", "flag", "tax", "rate", "rule"]
)
def test_a_blank_is_no_value_and_no_problem(type_: str) -> None:
    found = read(type_, [("text", None)], enum="opp_stage")
    assert found.values.to_list() == [None]
    assert found.problems.height == 0


@settings(max_examples=200, deadline=None)
@given(st.decimals(-(10**12), 10**12, places=2))
def test_an_amount_is_the_same_as_number_as_text_and_with_thousands_marks(amount: Decimal) -> None:
    cells = [("number", f"{float(amount):.17g}"), ("text", f"{amount:f}"), ("text", f"¥{amount:,.2f}")]
    assert read("money", list(cells)).values.to_list() == [amount] * 3


@settings(max_examples=100, deadline=None)
@given(st.datetimes(datetime(1900, 3, 1), datetime(2199, 12, 31)).map(lambda d: d.replace(microsecond=0)))  # noqa: DTZ001  cells know no zone
def test_a_moment_is_the_same_as_serial_and_as_text(moment: datetime) -> None:
    since = moment - datetime(1899, 12, 30)  # noqa: DTZ001  likewise
    serial = since.days + since.seconds / 86_400
    cells = [("day", f"{serial:.17g}"), ("text", f"{moment:%Y/%m/%d %H:%M:%S}")]
    assert read("datetime", list(cells)).values.to_list() == [moment] * 2
