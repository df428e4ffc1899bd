"""How papers name things and show figures, in both languages: headings, codes, amounts, days, shares."""

from datetime import date
from decimal import Decimal

from ltc_xl.messages import say, shown
from ltc_xl.model.enums import Lang, label
from ltc_xl.model.paper import Field, Kind

_NOTHING = "–"


def bucket_words(bucket: str, lang: Lang) -> str:
    """Return an ageing bucket as a person reads it.

    >>> bucket_words("current", "zh"), bucket_words("31-60", "en"), bucket_words(">365", "zh")
    ('未到期', '31-60', '>365 天')
    """
    return say(
        "reports.buckets.current" if bucket == "current" else "reports.buckets.days", lang, days=bucket
    )


def stage_words(stage: str, lang: Lang) -> str:
    """Return a step of the funnel as a person reads it.

    >>> stage_words("LEAD", "zh"), stage_words("WON", "en")
    ('线索', 'Won')
    """
    if stage in {"LEAD", "QUALIFIED"}:
        return say(f"reports.stages.{stage}", lang)
    return label("opp_stage", stage, lang)


def heading(field: Field, lang: Lang) -> str:
    """Return the heading of a column."""
    return bucket_words(field.code, lang) if field.bucket else say(f"reports.columns.{field.code}", lang)


def cell_words(value: object, kind: Kind, lang: Lang) -> str:
    """Return a value as it stands on a page.

    >>> cell_words(Decimal("1234.5"), "money", "zh"), cell_words(Decimal("62.7521"), "percent", "en")
    ('1,234.50', '62.75%')
    >>> cell_words(Decimal("76.32"), "days", "en"), cell_words(-3, "days", "zh")
    ('76.3', '-3')
    """
    if value is None:
        return "" if kind in {"text", "date"} else _NOTHING
    if isinstance(value, Decimal | float | int):
        return _number_words(value, kind)
    if isinstance(value, date):
        return value.isoformat()
    return code_words(str(value), kind, lang)


def _number_words(value: Decimal | float, kind: Kind) -> str:
    if kind == "money":
        return f"{value:,.2f}"
    if kind == "percent":
        return f"{value:.2f}%"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def code_words(code: str, kind: Kind, lang: Lang) -> str:
    """Return the words for a code of a kind; text stands for itself."""
    if kind == "bucket":
        return bucket_words(code, lang)
    if kind == "stage":
        return stage_words(code, lang)
    if kind == "item":
        return label("line_item", code, lang)
    if kind in {"basis", "entry"}:
        return say(f"reports.entries.{code}", lang)
    return shown(code, lang)
