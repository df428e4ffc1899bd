"""Every cell of 100,000 leads of 25 columns held to the model and to 字段: plain masks beside pandera.

``python benchmarks/fields.py [ROWS]``: both paths in turn on the same rows, some 4,000 cells of which are
wrong; the schema built; each failure made a finding with its cell; pandera imported by a fresh program.
"""

import platform
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from importlib.metadata import version

import polars as pl

from ltc_xl.model.book import Book, BookTable, Place, book_of
from ltc_xl.model.own_columns import own_columns
from ltc_xl.model.tables import ROW, UID, table
from ltc_xl.rules import bind_rulebook
from ltc_xl.rules.case import Case
from ltc_xl.rules.cell_checks import CellCheck
from ltc_xl.rules.cell_masks import mask_failures
from ltc_xl.rules.checks.cells import checks_of, found_cells, listed_words
from ltc_xl.rules.schema import schema_failures, schema_of

ROWS = 100_000
TURNS = 5
LIMITS = {"masks": 0.08, "schema": 0.3, "build": 0.01, "mapping": 0.025}
MAPPED = 5_000
FAULTS = 250
AS_OF = date(2026, 4, 30)
CODES = (
    "lead_id", "company", "contact", "mobile", "wechat", "need", "product", "budget", "timeline", "city",
    "channel", "state", "owner", "next_on", "reason", "grade", "uscc", "email", "region", "industry",
    "created_on",
)  # fmt: skip
OWN = {"微信等级": "CHOICE", "会员号": "CODE", "折扣": "RATE", "合作起": "DATE"}
ASKED = (
    {"field": "城市", "choices": "苏州、上海、无锡、南京"},
    {"field": "联系人", "required": "YES"},
    {"field": "预算", "minimum": "1000", "maximum": "1亿"},
    {"field": "微信", "pattern": r"^[a-zA-Z][-_a-zA-Z0-9]{5,19}$"},
    {"field": "地区", "choices": "华东、华南、华北", "required": "YES"},
    {"field": "采购时间", "choices": "3个月内、3-6个月"},
    {"field": "微信等级", "type": "CHOICE", "choices": "A、B、C", "required": "YES"},
    {"field": "会员号", "type": "CODE", "pattern": r"^M\d{6}$"},
    {"field": "折扣", "type": "RATE", "minimum": "0", "maximum": "50%"},
    {"field": "合作起", "type": "DATE", "minimum": "2010-01-01", "maximum": "TODAY()"},
)
WRONG = {
    "company": None, "contact": None, "mobile": "12", "wechat": "一个号", "budget": -5, "timeline": "SOON",
    "city": "拉萨", "channel": None, "state": None, "next_on": date(1926, 1, 1), "uscc": "9111",
    "email": "li.na@", "region": None, "x_微信等级": "E", "x_会员号": "M12", "x_折扣": 0.6,
    "x_合作起": date(2030, 1, 1),
}  # fmt: skip
"""Column -> a cell that is wrong: some break two rules at once."""


def leads_book(count: int) -> Book:
    """Return a book of so many leads in which a few cells of most columns are wrong."""
    fields = pl.DataFrame([{"table": "LEADS", **row} for row in ASKED], schema=table("fields").schema)
    fields = fields.with_columns(_uid=pl.format("f{}", pl.int_range(pl.len())))
    model = table("leads").with_more(own_columns(fields)["leads"])
    rows = broken(right_rows(count), count)
    missing = [
        pl.lit(None, dtype).alias(code) for code, dtype in model.schema.items() if code not in rows.columns
    ]
    frame = rows.with_columns(missing).select(
        pl.col(code).cast(dtype) for code, dtype in model.schema.items()
    )
    numbers = {code: number for number, code in enumerate((*CODES, *(f"x_{name}" for name in OWN)), 1)}
    place = Place(model.zh, model.excel, 1, 2, count + 1, numbers)
    book = book_of(fields=fields)
    return Book(book.name, tables={**book.tables, "leads": BookTable(model, frame, place)})


def right_rows(count: int) -> pl.DataFrame:
    """Return leads without a fault."""
    number = pl.int_range(count)
    spread = pl.DataFrame({"n": range(count)}).select(
        pl.format("u{}", number).alias(UID),
        (number + 2).cast(pl.UInt32).alias(ROW),
        company=pl.format("客户{}有限公司", number),
        contact=pl.format("联系人{}", number % 997),
        mobile=pl.format("138{}", (number + 10_000_000).cast(pl.String)),
        wechat=pl.format("wx_{}", number + 10_000),
        need=pl.lit("机房改造"),
        product=pl.lit("GTX"),
        budget=(number % 9_000 + 1_000).cast(pl.Decimal(18, 2)),
        email=pl.format("li.na{}@taihu.com.cn", number % 5_000),
        next_on=pl.lit(AS_OF),
        created_on=pl.lit(AS_OF),
    )
    cycled = {
        "timeline": ("M0_3", "M3_6", None), "city": ("苏州", "上海", "无锡", "南京"),
        "channel": ("官网", "展会"), "state": ("NEW", "FOLLOWING", "NURTURE"), "owner": ("王强", "李敏"),
        "grade": ("A", "B", None), "region": ("华东", "华南", "华北"), "industry": ("电信", "能源"),
        "uscc": ("91110000600037341L", None),
        "x_微信等级": ("A", "B", "C"), "x_会员号": ("M000001", "M123456", None), "x_折扣": (0.1, 0.25, None),
        "x_合作起": (date(2020, 1, 1), date(2025, 6, 30)),
    }  # fmt: skip
    more = {
        code: pl.Series(values).gather(pl.int_range(count, eager=True) % len(values))
        for code, values in cycled.items()
    }
    return spread.with_columns(**more)


def broken(rows: pl.DataFrame, count: int) -> pl.DataFrame:
    """Return the rows with some cells of every kind that can be wrong."""
    rng = random.Random(2026)  # noqa: S311  rows to measure with
    for code, wrong in WRONG.items():
        places = rng.sample(range(count), min(FAULTS, count))
        hit = pl.int_range(count, eager=True).is_in(places)
        rows = rows.with_columns(pl.when(hit).then(pl.lit(wrong)).otherwise(pl.col(code)).alias(code))
    return rows


def seconds(*works: Callable[[], object]) -> list[float]:
    """Return the median time of each work, all of them in turn."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(TURNS):
        for work, taken in zip(works, times, strict=True):
            start = time.perf_counter()
            work()
            taken.append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in times]


def mapped(checks: list[CellCheck], failing: pl.DataFrame, book: Book) -> list[tuple[str, str] | None]:
    """Return the cell of each failure, its finding made on the way."""
    held = book.tables["leads"]
    return [book.cell("leads", one.row_id, one.column) for one in found_cells(checks, failing, held)]


def importing() -> float:
    """Return how long a fresh program that has polars takes to import pandera."""
    lines = (
        "import polars, time; t = time.perf_counter(); import pandera.polars; print(time.perf_counter() - t)"
    )
    runs = (
        subprocess.run([sys.executable, "-c", lines], check=True, capture_output=True) for _ in range(TURNS)
    )
    return statistics.median(float(run.stdout) for run in runs)


def line(name: str, took: float, note: str, key: str = "") -> None:
    """Print a figure, held to its limit where it has one."""
    limit = LIMITS.get(key)
    verdict = (
        "" if limit is None else f"  limit {limit * 1e3:.0f} ms  {'ok' if took <= limit else 'TOO SLOW'}"
    )
    print(f"{name:26} {took * 1e3:8.1f} ms  {note}{verdict}")


def main() -> None:
    """Print the two paths, their ratio, the building of the schema, the mapping, the import, the versions."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    book = leads_book(count)
    case = Case(book, bind_rulebook(book), AS_OF)
    held, lists = book.tables["leads"], listed_words(case)
    checks = checks_of(case, held, lists)
    fast, declared, build = seconds(
        lambda: mask_failures(checks, held.rows),
        lambda: schema_failures(checks, held.rows),
        lambda: schema_of(checks_of(Case(book, case.rulebook, AS_OF), held, lists)),
    )
    failing = mask_failures(checks, held.rows)
    same = failing.sort("check", "row").equals(schema_failures(checks, held.rows).sort("check", "row"))
    many = pl.concat([failing] * (MAPPED // failing.height + 1)).head(MAPPED)
    (mapping,) = seconds(lambda: mapped(checks, many, book))
    placed = sum(cell is not None for cell in mapped(checks, failing, book))
    line("plain masks", fast, f"{len(checks)} checks, {failing.height:,} failures", "masks")
    line(
        "pandera schema", declared, f"{declared / fast:.1f} times the masks, same failures: {same}", "schema"
    )
    line("schema from 字段 and model", build, "", "build")
    line(f"{MAPPED:,} failures to cells", mapping, f"{placed:,} of {failing.height:,} have one", "mapping")
    line("import pandera", importing(), "beside polars, by a fresh program")
    print(f"{count:,} rows, {len(held.place.columns) if held.place else 0} columns", end="  ")
    versions = "  ".join(f"{name} {version(name)}" for name in ("polars", "pandera"))
    print(f"python {platform.python_version()}  {versions}  median of {TURNS}")


if __name__ == "__main__":
    main()
