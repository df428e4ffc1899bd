"""Trace: one chain from any number in it, what is left of it, and whether it ties."""

import io
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from conftest import written_book
from oracle import added
from shell import ltc

from ltc_xl.cli import branches
from ltc_xl.demo.firm import firm
from ltc_xl.model.book import Book, book_of
from ltc_xl.model.enums import Lang
from ltc_xl.model.errors import UsageError
from ltc_xl.model.tables import UID, table
from ltc_xl.rules import bind_rulebook
from ltc_xl.rules.chain import DOWN, UP
from ltc_xl.rules.untraced import untraced_contracts
from ltc_xl.trace import trace, untraced
from ltc_xl.trace.shapes import SHAPES
from ltc_xl.workbook import AppendRows, patch
from ltc_xl.workbook.read import read_book

DAY = date(2026, 6, 30)

CHAIN = """
    leads
    | lead_id | company | channel | owner | state     | created_on | merged_into | source_id |
    | L-1     | 甲      | 官网    | 陈    | CONVERTED | 2026-01-02 |             | BD-77     |
    | L-2     | 甲厂    | 工博会  |       | DUPLICATE | 2026-01-05 | L-1         |           |
    | L-9     | 乙      | 官网    | 王    | NEW       | 2026-01-02 |             |           |
    touches
    | touch_id | lead | on         | channel |
    | H-1      | L-1  | 2026-01-05 | 工博会  |
    opportunities
    | opp_id | name | customer | owner | stage | amount  | lead | created_on | ati_result | ati_on     |
    | O-1    | 一期 | 甲       | 陈    | WON   | 1000.00 | L-1  | 2026-02-01 | GO         | 2026-02-10 |
    | O-9    | 别的 | 乙       | 王    | WON   | 9.00    |      | 2026-02-01 | GO         | 2026-02-10 |
    reviews
    | review_id | object_id | gate | decision | decided_on |
    | G-1       | O-1       | ATC  | GO       | 2026-02-20 |
    contracts
    | contract_no | customer | name | gross   | owner | state      | opportunity | signed_on  | terms |
    | HT-1        | 甲       | 一期 | 1000.00 | 陈    | COLLECTING | O-1         | 2026-03-01 | 5-5   |
    | HT-9        | 乙       | 别的 | 9.00    | 王    | SIGNED     | O-9         | 2026-03-01 | 10    |
    lines
    | line_id | contract_no | customer | item    | amount | triggered_on | due_override |
    | RC-1    | HT-1        | 甲       | PREPAY  | 500.00 | 2026-03-01   | 2026-03-31   |
    | RC-2    | HT-1        | 甲       | PROGRESS | 300.00 | 2026-05-01  | 2026-05-31   |
    | RC-3    | HT-1        | 甲       | RETENTION | 200.00 |             |              |
    | RC-9    | HT-9        | 乙       | PREPAY  | 9.00   | 2026-03-01   | 2026-03-31   |
    invoices
    | invoice_no | issued_on  | customer | line | contract_no | gross  |
    | 88001      | 2026-03-05 | 甲       | RC-1 |             | 500.00 |
    | 88009      | 2026-03-05 | 乙       | RC-9 |             | 9.00   |
    receipts
    | receipt_id | on         | amount | payer | customer | contract_no |
    | P-1        | 2026-03-20 | 600.00 | 甲    | 甲       | HT-1        |
    | P-2        | 2026-07-20 | 50.00  | 甲    | 甲       | HT-1        |
    allocations
    | allocation_id | receipt | line | amount | effective_on |
    | A-1           | P-1     | RC-1 | 500.00 | 2026-03-20   |
    | A-2           | P-1     | RC-2 | 80.00  | 2026-03-20   |
    | A-3           | P-2     | RC-2 | 50.00  | 2026-07-20   |
    adjustments
    | adjustment_id | line | kind     | amount | effective_on | approved_by |
    | J-1           | RC-2 | ROUNDING | 20.00  | 2026-05-20   | 总          |
"""


def traced(book: Book, said: str, day: date = DAY) -> Mapping[str, Any]:
    return trace(book, bind_rulebook(book), day, said).data


def walked(nodes: list[Any], depth: int = 0) -> Iterator[tuple[int, Any]]:
    for node in nodes:
        yield depth, node
        yield from walked(node["children"], depth + 1)


def outline(book: Book, said: str, day: date = DAY) -> list[str]:
    """Return the numbers of a chain, indented as they hang."""
    return ["  " * depth + node["id"] for depth, node in walked(traced(book, said, day)["chains"])]


WHOLE = [
    "L-1",
    "  L-2",
    "  H-1",
    "  O-1",
    "    G-1",
    "    HT-1",
    "      RC-1",
    "        88001",
    "        A-1",
    "      RC-2",
    "        A-2",
    "        J-1",
    "      RC-3",
    "      P-1",
]


@pytest.fixture
def firm_book() -> Book:
    """Return a firm of one chain, and one beside it."""
    return written_book(CHAIN)


@pytest.mark.parametrize(
    "said",
    ["L-1", "L-2", "BD-77", "H-1", "O-1", "G-1", "HT-1", "ｈｔ-1 ", "RC-2", "88001", "A-1", "J-1", "P-1"],
)
def test_every_number_of_a_chain_leads_to_the_whole_chain(firm_book: Book, said: str) -> None:
    assert outline(firm_book, said) == WHOLE


def test_a_row_is_also_found_by_its_identity_and_by_its_name(firm_book: Book) -> None:
    uid = firm_book.rows("contracts")[UID][0]
    assert outline(firm_book, uid) in (WHOLE, outline(firm_book, "乙") + WHOLE)
    assert outline(firm_book, "一期") == WHOLE


def test_the_row_that_was_asked_for_is_marked(firm_book: Book) -> None:
    data = traced(firm_book, "RC-2")
    assert [node["id"] for _, node in walked(data["chains"]) if node["asked"]] == ["RC-2"]
    assert [one["table"] for one in data["asked"]] == ["lines"]


def test_each_row_has_its_day_amount_owner_and_state(firm_book: Book) -> None:
    rows = {node["id"]: node for _, node in walked(traced(firm_book, "L-1")["chains"])}
    told = {
        no: [rows[no][key] for key in ("on", "amount", "owner", "state")]
        for no in ("L-1", "O-1", "HT-1", "A-2")
    }
    amounts = {no: one[1] and f"{one[1]:.2f}" for no, one in told.items()}
    assert amounts == {"L-1": None, "O-1": "1000.00", "HT-1": "1000.00", "A-2": "80.00"}
    assert [told[no][2] for no in told] == ["陈", "陈", "陈", None]
    assert [told[no][3] for no in told] == ["CONVERTED", "WON", "COLLECTING", None]
    assert [str(told[no][0]) for no in told] == ["2026-01-02", "2026-02-01", "2026-03-01", "2026-03-20"]
    assert [rows[no]["state"] for no in ("RC-1", "RC-2", "RC-3")] == ["PAID", "OVERDUE", "WAITING"]
    assert rows["RC-2"]["facts"]["days_overdue"] == 30
    assert rows["O-1"]["facts"]["ati_result"] == "GO"


def test_what_is_left_is_added_up_again_from_the_entries_of_the_day(firm_book: Book) -> None:
    def left(day: date) -> dict[str, str]:
        (total,) = traced(firm_book, "L-1", day)["totals"]
        return {key: f"{value:.2f}" for key, value in total.items() if key != "currency"}

    assert left(DAY) == {
        "lines": "1000.00",
        "allocated": "580.00",
        "adjusted": "20.00",
        "balance": "400.00",
        "waiting": "200.00",
    }
    assert left(date(2026, 7, 31))["balance"] == "350.00"
    assert left(date(2026, 4, 30)) | {"waiting": ""} == {
        "lines": "1000.00",
        "allocated": "580.00",
        "adjusted": "0.00",
        "balance": "420.00",
        "waiting": "",
    }
    assert "A-3" not in [line.strip() for line in outline(firm_book, "L-1")]
    assert "        A-3" in outline(firm_book, "L-1", date(2026, 7, 31))


def ties(book: Book, day: date = DAY) -> list[tuple[str, str, str]]:
    found = trace(book, bind_rulebook(book), day, "HT-1")
    told: Any = found.data["ties"]
    assert found.exit_status == int(bool(told))
    return [(one["kind"], one["number"], f"{one['difference']:.2f}") for one in told]


def test_a_chain_that_ties_says_so_and_each_way_it_may_not_is_named(firm_book: Book) -> None:
    later = date(2026, 7, 31)
    assert ties(firm_book) == []
    less = firm_book.rows("contracts").with_columns(gross=pl.col("gross") - 1)
    assert ties(firm_book.with_rows("contracts", less)) == [("gross", "HT-1", "1.00")]
    frame = less.with_columns(kind=pl.lit("FRAME"))
    assert ties(firm_book.with_rows("contracts", frame)) == []
    gone = firm_book.rows("receipts").filter(pl.col("receipt_id") != "P-1")
    assert ties(firm_book.with_rows("receipts", gone)) == [("unbacked", "P-1", "580.00")]
    small = firm_book.rows("receipts").with_columns(amount=pl.col("amount") - 40)
    assert ties(firm_book.with_rows("receipts", small)) == [
        ("overdrawn", "P-1", "20.00"),
        ("overdrawn", "P-2", "40.00"),
    ]
    stale = firm_book.rows("lines").with_columns(received=pl.when(line_id="RC-2").then(pl.col("amount") - 20))
    grey = firm_book.with_rows("lines", stale.with_columns(adjusted=pl.when(line_id="RC-2").then(20)))
    assert ties(grey, later) == [("book", "HT-1", "-150.00")]
    assert ties(grey) == [], "grey cells speak of today, not of a day that cash came after"


def test_a_customer_has_all_its_chains_and_loose_lines_below_it(book: Book) -> None:
    """
    customers
    | name | owner | customer_id |
    | 甲   | 陈    | K-1         |
    opportunities
    | opp_id | name | customer | stage |
    | O-1    | 一   | 甲       | WON   |
    | O-2    | 二   | 甲       | LOST  |
    contracts
    | contract_no | customer | opportunity |
    | HT-1        | 甲       | O-1         |
    | HT-2        | 甲       |             |
    lines
    | line_id | customer | contract_no | amount |
    | RC-1    | 甲       | HT-1        | 1.00   |
    | RC-2    | 甲       |             | 2.00   |
    receipts
    | receipt_id | customer | on         | amount |
    | P-1        | 甲       | 2026-01-01 | 5.00   |
    """
    assert (
        outline(book, "K-1")
        == outline(book, "甲")
        == [
            "K-1",
            "  O-1",
            "    HT-1",
            "      RC-1",
            "  O-2",
            "  HT-2",
            "  RC-2",
            "  P-1",
        ]
    )
    assert [one["contract_no"] for one in traced(book, "K-1")["contracts"]] == ["HT-1", None, "HT-2"]


def test_orders_hang_below_their_frame_and_merged_leads_below_the_last_survivor(book: Book) -> None:
    """
    leads
    | lead_id | company | merged_into |
    | L-1     | 甲      | L-2         |
    | L-2     | 甲      | L-3         |
    | L-3     | 甲      |             |
    | L-4     | 乙      | L-5         |
    | L-5     | 乙      | L-4         |
    contracts
    | contract_no | customer | frame_no | kind  |
    | HT-1        | 甲       |          | FRAME |
    | HT-2        | 甲       | HT-1     | ORDER |
    """
    assert outline(book, "L-1") == ["L-3", "  L-2", "    L-1"]
    assert outline(book, "HT-2") == ["HT-1", "  HT-2"]
    assert sorted(line.strip() for line in outline(book, "L-4")) == ["L-4", "L-5"]


def test_a_contract_without_a_lead_is_told_with_where_the_way_ends(firm_book: Book, book: Book) -> None:
    """
    leads
    | lead_id | company |
    | L-1     | 甲      |
    opportunities
    | opp_id | name | lead | contract_no |
    | O-1    | 一   | L-1  | HT-4        |
    | O-2    | 二   |      |             |
    | O-3    | 三   | L-8  |             |
    contracts
    | contract_no | opportunity | frame_no |
    | HT-1        | O-1         |          |
    | HT-2        | O-2         |          |
    | HT-3        | O-3         |          |
    | HT-4        |             |          |
    | HT-5        |             |          |
    | HT-6        |             | HT-1     |
    """
    assert untraced_contracts(book).select("contract_no", "missing").rows() == [
        ("HT-2", "lead"),
        ("HT-3", "lead"),
        ("HT-5", "opportunity"),
    ]
    assert traced(firm_book, "HT-1")["untraced"] == []
    assert traced(firm_book, "HT-9")["untraced"] == [{"contract_no": "HT-9", "missing": "lead"}]


def test_contracts_without_a_lead_are_listed_the_latest_first(firm_book: Book) -> None:
    rows = firm_book.rows("contracts")
    draft = rows.filter(contract_no="HT-9").with_columns(contract_no=pl.lit("HT-8"), state=pl.lit("DRAFT"))
    late = rows.filter(contract_no="HT-9").with_columns(
        contract_no=pl.lit("HT-10"), signed_on=pl.lit(date(2026, 4, 1)), opportunity=pl.lit(None, pl.String)
    )
    data: Any = untraced(firm_book.with_rows("contracts", pl.concat([rows, draft, late]))).data
    assert data["contracts"] == 4
    assert [(one["contract_no"], one["missing"]) for one in data["untraced"]] == [
        ("HT-10", "opportunity"),
        ("HT-9", "lead"),
    ]


def test_what_is_not_there_is_refused_with_what_is_near(firm_book: Book) -> None:
    with pytest.raises(UsageError, match="trace_unknown_near") as near:
        traced(firm_book, "HT1")
    assert near.value.values["near"] == "HT-1"
    with pytest.raises(UsageError, match="trace_unknown:"):
        traced(firm_book, "没有这个")


def test_a_name_of_many_rows_needs_a_number() -> None:
    many = pl.DataFrame({"lead_id": [f"L-{n}" for n in range(30)], "company": ["甲"] * 30})
    with pytest.raises(UsageError, match="trace_many"):
        traced(book_of("many.xlsx", leads=many), "甲")


def test_every_link_and_shape_names_columns_that_there_are() -> None:
    for name, column, other, key in (*UP, *DOWN):
        assert column in table(name).schema
        assert key in table(other).schema
    for name, shape in SHAPES.items():
        own = {shape.day, shape.amount, shape.owner, shape.state, *(one.own for one in shape.parents)} - {""}
        assert own <= set(table(name).schema)


def test_the_demo_firms_chains_add_up_to_its_receivables() -> None:
    day = date(2026, 11, 20)
    book = book_of("demo.xlsx", "zh", **firm(day, "zh"))
    rules = bind_rulebook(book)
    for number in book.rows("contracts")["contract_no"].head(12):
        data = trace(book, rules, day, number).data
        told: Any = data["chains"]
        lines = [node for _, node in walked(told) if node["table"] == "lines" and node["id"]]
        total: Any = data["totals"]
        assert added(node["balance"] for node in lines) == added(one["balance"] for one in total)
        assert [node["id"] for _, node in walked(told) if node["asked"]] == [number]


def test_one_chain_in_a_hundred_thousand_rows_is_found_without_looking_at_each(firm_book: Book) -> None:
    many = pl.int_range(100_000, eager=True)
    more = {
        name: pl.concat(
            [
                firm_book.rows(name),
                pl.DataFrame({key: pl.select(pl.format("x-{}", many)).to_series()}).with_columns(
                    pl.format("z{}", many).alias(UID)
                ),
            ],
            how="diagonal_relaxed",
        )
        for name, key in (("leads", "lead_id"), ("opportunities", "opp_id"), ("lines", "line_id"))
    }
    book = firm_book
    for name, rows in more.items():
        book = book.with_rows(name, rows)
    outline(book, "RC-1")
    begun = time.perf_counter()
    assert outline(book, "RC-2") == WHOLE
    seconds = time.perf_counter() - begun
    assert seconds < 3, f"{seconds:.2f} s"


# ---------------------------------------------------------------- on the terminal


def test_a_console_that_has_only_chinese_characters_shows_the_whole_chain(
    synced_firm: Callable[[Lang], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    path = synced_firm("zh")
    day = date(2026, 11, 20)
    chains = traced(read_book(path), "HY-2026-007", day)["chains"]
    shown = ltc("trace", path, "HY-2026-007", "--as-of", day).stdout
    assert all(node["id"] in shown for _, node in walked(chains))
    assert "\x1b" not in shown
    assert "└─ 应收" in shown.encode("gbk").decode("gbk")
    assert "其中未达收款条件" in shown


@pytest.mark.parametrize(
    ("encoding", "drawn"), [("gbk", "├─ "), ("utf-8", "├─ "), ("ascii", "|- "), ("cp1252", "|- ")]
)
def test_a_tree_is_drawn_with_what_the_console_has(
    encoding: str, drawn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
    assert branches.glyphs().child == drawn


def test_the_machine_form_has_history_and_nothing_is_written(synced_firm: Callable[[Lang], Path]) -> None:
    path = synced_firm("zh")
    before = path.read_bytes()
    result = ltc("trace", path, "HY-2026-007", "--as-of", "2026-11-20", "--json")
    document = json.loads(result.stdout)
    assert (path.read_bytes() == before, result.exit_code) == (True, 0)
    (lead,) = document["chains"]
    assert (lead["table"], lead["history"][0]["event"]) == ("leads", "new")
    assert document["tie_out"] == "0.00"
    (contract,) = document["contracts"]
    assert (contract["lines"], contract["balance"]) == ("404000.00", "121200.00")
    assert lead["place"].startswith("线索!")


def test_without_a_number_the_command_lists_contracts_without_a_lead(
    synced_firm: Callable[[Lang], Path],
) -> None:
    path = synced_firm("zh")
    assert "份合同都追溯得到线索" in ltc("trace", path).stdout
    signed_by_hand(path, "HY-2026-999")
    document = json.loads(ltc("trace", path, "--json").stdout)
    (one,) = document["untraced"]
    assert (one["contract_no"], one["missing"]) == ("HY-2026-999", "opportunity")
    shown = ltc("trace", path).stdout
    assert f"{document['contracts']} 份合同里，1 份" in shown
    assert "HY-2026-999" in shown


def signed_by_hand(path: Path, contract: str) -> None:
    """Type a contract that no deal is known for below the others."""
    book = read_book(path)
    (customer,) = book.rows("contracts").filter(contract_no="HY-2026-007")["customer"]
    columns = book.tables["contracts"].table.by_code
    typed = {"contract_no": contract, "customer": customer, "state": "已签", "signed_on": date(2026, 11, 2)}
    row = {columns[code].label("zh"): value for code, value in typed.items()}
    patch(path, path.with_name("typed.xlsx"), [AppendRows("tblContracts", [row])])
    path.with_name("typed.xlsx").replace(path)


def test_a_number_nobody_knows_is_wrong_usage(synced_firm: Callable[[Lang], Path]) -> None:
    result = ltc("trace", synced_firm("en"), "nothing-like-it")
    assert result.exit_code == 2
    assert "nothing-like-it" in result.stderr
