"""New workbooks: what a firm's first one and the shipped templates are made of. Writes nothing itself."""

import re
from collections.abc import Mapping
from datetime import date
from typing import TypedDict

import polars as pl

from ltc_xl.model.enums import Lang
from ltc_xl.model.errors import UsageError

TEMPLATES: Mapping[str, Lang] = {"ltc_template.xlsx": "zh", "ltc_template.en.xlsx": "en"}
TEMPLATE_DAY = date(2026, 1, 1)  # so that a template changes only when the model does
SITE = re.compile("[A-Z]{2,4}")


class Plan(TypedDict):
    """The arguments of ``workbook.build_book`` but for the file: ``build_book(path, **plan)``."""

    lang: Lang
    profile: str
    site: str
    store_id: str
    rows: Mapping[str, pl.DataFrame]
    as_of: date
    company: str


def new(  # noqa: PLR0913  what makes one firm's workbook unlike another's
    *,
    lang: Lang,
    site: str,
    store_id: str,
    as_of: date,
    profile: str = "starter",
    company: str = "",
    rows: Mapping[str, pl.DataFrame] | None = None,
) -> Plan:
    """Return the plan of a firm's first workbook; ``rows`` by table, none for a blank one.

    >>> new(lang="zh", site="sh", store_id="x", as_of=TEMPLATE_DAY)["site"]
    'SH'

    Raises:
        UsageError: the site code is not two to four letters; it becomes part of every business number.
    """
    code = site.strip().upper()
    if not SITE.fullmatch(code):
        raise UsageError("site_wrong", site=site)
    return Plan(
        lang=lang,
        profile=profile,
        site=code,
        store_id=store_id,
        rows=rows or {},
        as_of=as_of,
        company=company.strip(),
    )


def template_plan(lang: Lang, profile: str = "starter", site: str = "SH") -> Plan:
    """Return the plan of a shipped template: blank, without a store, the same on every day."""
    return new(lang=lang, profile=profile, site=site, store_id="", as_of=TEMPLATE_DAY)
