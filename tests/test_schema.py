"""The schema and the masks made from the model say of every cell what a plain reading of the model says."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_cells import DAY, TYPED, wrongs

from ltc_xl.model.book import Book, BookTable, book_of
from ltc_xl.model.enums import words
from ltc_xl.model.ids import business_number
from ltc_xl.model.tables import ROW, UID, Table, table
from ltc_xl.rules import bind_rulebook
from ltc_xl.rules.case import Case
from ltc_xl.rules.cell_checks import CellCheck, cell_checks
from ltc_xl.rules.cell_masks import mask_failures
from ltc_xl.rules.checks import CHECKS
from ltc_xl.rules.checks.cells import listed_words
from ltc_xl.rules.checks.keys import check_keys_are_unique
from ltc_xl.rules.checks.references import check_references_exist
from ltc_xl.rules.schema import schema_failures

TABLES = ("leads", "opportunities", "customers", "contracts", "lines", "receipts", "invoices", "settings")


@st.composite
def tables_of_cells(draw: st.DrawFn) -> tuple[Table, pl.DataFrame]:
    model = table(draw(st.sampled_from(TABLES)))
    count = draw(st.integers(1, 4))
    columns = {}
    for column in model.columns:
        choices = TYPED.get(column.type, ())
        if column.enum:
            choices = (*(word.code for word in words(column.enum)), "SOMETHING")
        cells = st.lists(st.sampled_from([None, *choices]), min_size=count, max_size=count)
        columns[column.code] = pl.Series(column.code, draw(cells), dtype=column.dtype)
    frame = pl.DataFrame(columns).with_columns(pl.format("u{}", pl.int_range(pl.len())).alias(UID))
    return model, frame.with_columns(pl.lit(None, pl.UInt32).alias(ROW))


def checks_of(model: Table) -> list[CellCheck]:
    return cell_checks(model, model.by_code, DAY, listed_words(case_of(book_of())))


def named(checks: list[CellCheck], failing: pl.DataFrame, rows: pl.DataFrame) -> set[tuple[str, str, str]]:
    """Return the cells that fail, each with the code of what is wrong."""
    return {
        (rows[UID][row], checks[place].column.code, checks[place].code) for place, row in failing.iter_rows()
    }


@given(tables_of_cells())
@settings(max_examples=60, deadline=None)
def test_schema_masks_and_model_agree_on_every_cell(drawn: tuple[Table, pl.DataFrame]) -> None:
    model, rows = drawn
    checks = checks_of(model)
    by_schema, by_masks = schema_failures(checks, rows), mask_failures(checks, rows)
    assert by_schema.sort("check", "row").equals(by_masks.sort("check", "row"))
    assert named(checks, by_masks, rows) == {
        (row[UID], column.code, code)
        for row in rows.iter_rows(named=True)
        for column in model.columns
        if not column.live
        for code in wrongs(model, column, row)
    }


def case_of(book: Book) -> Case:
    return Case(book, bind_rulebook(book), DAY)


def test_every_failing_row_of_many_is_found_with_its_cell() -> None:
    count = 3000
    rows = pl.DataFrame({"company": [f"客户{n}" for n in range(count)], "channel": "官网", "state": "NEW"})
    wrong = rows.with_columns(
        budget=pl.when(pl.int_range(count) % 3 == 0).then(-1).otherwise(1).cast(pl.Decimal(18, 2)),
        mobile=pl.when(pl.int_range(count) % 7 == 0).then(pl.lit("12")),
    )
    held = book_of(leads=wrong).rows("leads")
    checks = checks_of(table("leads"))
    for failures in (schema_failures, mask_failures):
        assert named(checks, failures(checks, held), held) == {
            *((f"u{n}x", "budget", "V-11") for n in range(0, count, 3)),
            *((f"u{n}x", "mobile", "V-14") for n in range(0, count, 7)),
        }


def test_a_word_the_firm_added_to_its_choices_is_on_the_list() -> None:
    model = table("choices")
    added = pl.DataFrame({"set": ["timeline"], "code": ["SOON"], "zh": ["马上"], "en": ["Soon"]})
    book = book_of(choices=added)
    assert "SOON" in listed_words(case_of(book))["timeline"]
    assert model.by_code["set"].required


@given(st.integers(1, 6), st.integers(0, 30), st.randoms())
@settings(max_examples=20, deadline=None)
def test_a_book_whose_keys_are_unique_and_refs_exist_has_no_finding_of_either(
    customers: int, leads: int, chance: object
) -> None:
    """And one copied row, or one renamed customer, is found."""
    assert hasattr(chance, "choice")
    names = [f"客户{n}有限公司" for n in range(customers)]
    book = book_of(
        customers=pl.DataFrame({"name": names}),
        leads=pl.DataFrame(
            {
                "lead_id": [business_number("L", "SH", n) for n in range(1, leads + 1)],
                "customer": [chance.choice([*names, None]) for _ in range(leads)],
            },
            schema={"lead_id": pl.String, "customer": pl.String},
        ),
    )
    assert check_keys_are_unique(case_of(book)) == []
    assert check_references_exist(case_of(book)) == []
    copied = pl.concat(
        [book.rows("customers"), book.rows("customers").head(1).with_columns(_uid=pl.lit("c"))]
    )
    twice = check_keys_are_unique(case_of(book.with_rows("customers", copied)))
    assert {(f.code, f.row_id) for f in twice} == {("K-05", "u0x"), ("K-05", "c")}
    renamed = book.rows("customers").with_columns(name=pl.lit("另一家") + pl.col("name"))
    lost = check_references_exist(case_of(book.with_rows("customers", renamed)))
    assert len(lost) == book.rows("leads")["customer"].count()


def test_no_check_stumbles_over_empty_tables() -> None:
    """Every check runs on a book whose tables have no rows at all."""
    names = ("leads", "lines", "contracts", "receipts", "invoices", "bills", "terms")
    empty = Book("client.xlsx", tables={n: BookTable(table(n), table(n).empty()) for n in names})
    assert [f for check_rule in CHECKS for f in check_rule(case_of(empty))] == []
