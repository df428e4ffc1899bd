"""A workbook of many leads, as the template builds it: the input of the benchmarks.

``python benchmarks/make.py BOOK.xlsx [ROWS]``; the same rows for the same number.
"""

import random
import sys
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl

from ltc_xl.model.defaults import default_rows
from ltc_xl.model.enums import words
from ltc_xl.model.ids import business_number
from ltc_xl.model.tables import ROW, UID, Column, table
from ltc_xl.workbook import build_book

AS_OF = date(2026, 4, 30)
ROWS = 100_000
_CITIES = ("苏州", "上海", "无锡", "南京", "杭州", "宁波", "合肥")
_TRADES = ("汽车零部件", "食品", "纺织", "电子", "医药", "物流")
_NEEDS = ("能耗监测", "配电改造", "网关更换", "能管平台", "电力监控柜")
_NAMES = ("陈敏", "王磊", "李静", "赵强", "周婷", "吴昊")
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"


def leads(count: int = ROWS) -> pl.DataFrame:
    """Return rows of the table of leads: plausible, without faults, nearly every column filled."""
    chance = random.Random(count)  # noqa: S311  made-up rows, no secret
    model = table("leads")
    columns = {
        column.code: pl.Series(column.code, _values(column, count, chance), dtype=column.dtype)
        for column in model.columns_of("starter")
        if not column.live and column.code not in {"dup_of", "customer", "reason"}
    }
    uids = ["".join(chance.choices(_LETTERS, k=12)) for _ in range(count)]
    frame = pl.DataFrame(columns).with_columns(pl.Series(UID, uids))
    return frame.with_columns(pl.lit(None, model.schema[ROW]).alias(ROW))


def _values(column: Column, count: int, chance: random.Random) -> list[object]:
    made = _MADE.get(column.code) or _OF_TYPE.get(column.type)
    if made is None:
        choices = [word.code for word in words(column.enum or "", "starter")]
        return [chance.choice(choices) for _ in range(count)]
    return [made(number, chance) for number in range(1, count + 1)]


Maker = Callable[[int, random.Random], object]
_CHANNELS = default_rows("channels")["channel"].to_list()
_MADE: dict[str, Maker] = {
    "lead_id": lambda n, _: business_number("L", "SH", n),
    "company": lambda n, c: f"{c.choice(_CITIES)}{c.choice(_TRADES)}{n:06d}有限公司",
    "contact": lambda _, c: c.choice(_NAMES),
    "mobile": lambda n, _: f"13{n:09d}",
    "email": lambda n, _: f"buyer{n}@example.com",
    "uscc": lambda _n, _c: None,
    "need": lambda _, c: c.choice(_NEEDS),
    "city": lambda _, c: c.choice(_CITIES),
    "channel": lambda _, c: c.choice(_CHANNELS),
    "owner": lambda _, c: c.choice(_NAMES),
    "state": lambda _, c: c.choice(["NEW", "CLEAN", "QUALIFIED", "FOLLOWING"]),
    "source_id": lambda n, _: f"CRM-{n:08d}",
}
_OF_TYPE: dict[str, Maker] = {
    "text": lambda n, c: f"{c.choice(_NEEDS)} {n % 997}",
    "id": lambda n, _: f"wx{n:07d}",
    "money": lambda _, c: Decimal(c.randrange(100_000, 250_000_000)) / 100,
    "int": lambda _, c: c.randrange(0, 100),
    "date": lambda _, c: AS_OF - timedelta(days=c.randrange(0, 20)),
    "datetime": lambda _, c: datetime.combine(AS_OF - timedelta(days=c.randrange(0, 20)), time()),
}


def members() -> pl.DataFrame:
    """Return the people who own the leads."""
    return pl.DataFrame({"member": _NAMES})


def make(target: Path, count: int = ROWS) -> None:
    """Write the workbook."""
    rows = {"leads": leads(count), "members": members()}
    build_book(target, lang="zh", profile="starter", site="SH", store_id="benchmark", rows=rows, as_of=AS_OF)


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else ROWS)  # noqa: PLR2004  the row count
