"""Default rows of the rule tables. The data stand in ``defaults.toml``."""

import tomllib
from functools import cache
from importlib.resources import files

import polars as pl

from ltc_xl.model.enums import Lang
from ltc_xl.model.tables import table


@cache
def _defaults() -> dict[str, list[dict[str, object]]]:
    text = files("ltc_xl.model").joinpath("defaults.toml").read_text("utf-8")
    return tomllib.loads(text)


def default_rows(name: str, lang: Lang = "zh") -> pl.DataFrame:
    """Return the rows a new workbook's rule table starts with, typed as the table; without ``_uid``s."""
    model = table(name)
    rows = [
        {code: value[lang] if isinstance(value, dict) else value for code, value in entry.items()}
        for entry in _defaults().get(name, [])
    ]
    columns = {
        column.code: pl.Series(
            column.code, [None if r.get(column.code) is None else r[column.code] for r in rows], strict=False
        ).cast(column.dtype)
        for column in model.columns
    }
    return pl.DataFrame(columns)
