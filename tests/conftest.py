"""Fixtures: a table in a docstring is the input of a test; marks say what a test needs."""

import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from watch import Watch

from ltc_xl.demo import DEMO_DAY
from ltc_xl.demo.book import new_firm_book
from ltc_xl.model.book import Book, book_of
from ltc_xl.model.enums import Lang
from ltc_xl.model.tables import DTYPES, table, tables
from ltc_xl.sync import sync
from ltc_xl.workbook import patcher

DATA = Path(__file__).parents[2] / "shared" / "data"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that rewrites reports/samples with what the papers look like now."""
    parser.addoption(
        "--update-samples", action="store_true", help="rewrite reports/samples; then read the diff"
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what the machine lacks; a missing program fails where CI is set, missing data never does."""
    for mark in item.iter_markers("needs_program"):
        if shutil.which(mark.args[0]) is None:
            reason = f"{mark.args[0]} is not installed on this machine"
            pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    for mark in item.iter_markers("needs_data"):
        if not (DATA / mark.args[0]).exists():
            pytest.skip(f"the data set {mark.args[0]} is not beside the project")


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Return the folder of the real data sets (use with the mark needs_data)."""
    return DATA


@pytest.fixture(scope="session")
def watch() -> Iterator[Watch]:
    """Return what judges each package the patcher writes."""
    watch = Watch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(patcher, "write_package", watch.write, raising=False)
        yield watch


@pytest.fixture(autouse=True)
def sound_packages(watch: Watch) -> Iterator[None]:
    """Let no test pass in which a package was written that Excel would repair and did not before."""
    yield
    assert not watch.told()


@pytest.fixture(autouse=True)
def own_state_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep stores and backups of a test in its own folder."""
    state = tmp_path / "state"
    monkeypatch.setenv("LTC_XL_STATE", str(state))
    return state


@pytest.fixture(scope="session")
def synced_firms(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Lang], Path]:
    """Return what makes the demo firm, synced once, and says in which folder it lies with its state."""

    @cache
    def made(lang: Lang) -> Path:
        folder = tmp_path_factory.mktemp(f"synced-{lang}")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LTC_XL_STATE", str(folder / "state"))
            new_firm_book(folder / "firm.xlsx", lang, DEMO_DAY)
            sync(folder / "firm.xlsx", DEMO_DAY)
        return folder

    return made


@pytest.fixture
def synced_firm(
    synced_firms: Callable[[Lang], Path], tmp_path: Path, own_state_dir: Path
) -> Callable[[Lang], Path]:
    """Return what gives a test its own copy of the synced firm's workbook, and of its state."""

    def copied(lang: Lang) -> Path:
        shutil.copytree(synced_firms(lang), tmp_path, dirs_exist_ok=True)
        assert own_state_dir == tmp_path / "state"
        return tmp_path / "firm.xlsx"

    return copied


@pytest.fixture
def book(request: pytest.FixtureRequest) -> Book:
    """Return the book written in the test's docstring: names of tables, each with its pipe table below."""
    return written_book(request.function.__doc__ or "")


def written_book(text: str, lang: Lang = "zh") -> Book:
    """Return the book of a text in which a line with the name of a table stands over its pipe table."""
    parts: dict[str, list[str]] = {}
    for line in map(str.strip, text.splitlines()):
        if line in tables():
            parts[line] = []
        elif line.startswith("|"):
            parts[list(parts)[-1]].append(line)
    return book_of(
        "client.xlsx", lang, **{name: typed_rows(name, "\n".join(rows)) for name, rows in parts.items()}
    )


def pipe_rows(text: str) -> Iterator[dict[str, str]]:
    """Yield one dict per row of a pipe table; cells are text as typed."""
    lines = [line.strip() for line in text.splitlines() if line.strip().startswith("|")]
    head, *body = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
    for cells in body:
        if set("".join(cells)) - {"-", ":"}:
            yield dict(zip(head, cells, strict=True))


def typed_rows(name: str, text: str) -> pl.DataFrame:
    """Return a pipe table as rows of a model table; '' is blank; ``_uid`` is u0x, u1x ... unless given."""
    model = table(name)
    rows = list(pipe_rows(text))
    columns = {
        code: pl.Series(code, [row[code] or None for row in rows], dtype=pl.String)
        for code in (rows[0] if rows else {})
    }
    frame = pl.DataFrame(columns)
    typed = [_typed(pl.col(c), c, model.schema.get(c, DTYPES["text"])) for c in frame.columns]
    frame = frame.select(typed)
    missing = [pl.lit(None, t).alias(c) for c, t in model.schema.items() if c not in frame.columns]
    frame = frame.with_columns(missing)
    if "_uid" not in columns:
        frame = frame.with_columns(_uid=pl.format("u{}x", pl.int_range(pl.len())))
    frame = frame.with_columns(_row=pl.int_range(2, pl.len() + 2).cast(pl.UInt32))
    return frame.select(model.schema.names())


def _typed(text: pl.Expr, code: str, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.Date:
        return text.str.to_date("%Y-%m-%d").alias(code)
    if isinstance(dtype, pl.Datetime):
        return text.str.to_datetime("%Y-%m-%d %H:%M", time_unit="us").alias(code)
    if dtype.is_decimal():
        return text.str.replace_all(",", "").cast(dtype).alias(code)
    return text.cast(dtype).alias(code)
