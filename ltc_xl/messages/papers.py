"""How papers name things and show figures, in both languages: headings, codes, amounts, days, shares."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from ltc_xl.messages import say, shown, topic
from ltc_xl.model.enums import Lang, label
from ltc_xl.model.paper import Field, Figure, Kind, Phrase, Report

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
    if stage in _steps(lang):
        return say(f"reports.stages.{stage}", lang)
    return label("opp_stage", stage, lang)


def _steps(lang: Lang) -> Mapping[str, str]:
    return topic("reports", lang)["stages"]  # type: ignore[return-value]  # a table of texts


def heading(field: Field, lang: Lang) -> str:
    """Return the heading of a column."""
    if field.heading:
        return field.heading
    return bucket_words(field.code, lang) if field.bucket else say(f"reports.columns.{field.code}", lang)


def cell_words(value: object, kind: Kind, lang: Lang) -> str:
    """Return a value as it stands on a page.

    >>> cell_words(Decimal("1234.5"), "money", "zh"), cell_words(Decimal("62.7521"), "percent", "en")
    ('1,234.50', '62.75%')
    >>> cell_words(Decimal("76.32"), "days", "en"), cell_words(-3, "days", "zh")
    ('76.3', '-3')
    """
    if value is None:
        return "" if kind in {"text", "date", "phrase"} else _NOTHING
    if isinstance(value, Phrase):
        return say(f"reports.phrases.{value.key}", lang, **value.values)
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


def change_words(figure: Figure, lang: Lang) -> str:
    """Return how a figure moved since the earlier day, or that nobody can tell; '' where none is compared."""
    change = figure.change
    if change is None:
        return ""
    month = f"{change.since.month}" if lang == "zh" else f"{change.since:%Y-%m}"
    since = say(
        f"reports.change.{'whole' if change.whole else 'since'}",
        lang,
        since=f"{change.since:%m-%d}",
        month=month,
    )
    if change.before is None or figure.value is None:
        return say("reports.change.unknown", lang, since=since)
    if figure.value == change.before:
        return say("reports.change.same", lang, since=since)
    if figure.moved is None:
        return say("reports.change.from_nothing", lang, since=since)
    return say(f"reports.change.{_UNITS.get(figure.kind, 'count')}", lang, since=since, moved=_signed(figure))


_UNITS: Mapping[Kind, str] = {"money": "money", "percent": "points", "days": "days"}


def _signed(figure: Figure) -> str:
    """Return a move with its sign; a true minus, as wide as the plus."""
    moved = f"{figure.moved:+,.0f}" if figure.kind == "count" else f"{figure.moved:+,.1f}"
    return moved.replace("-", "−")


def rows_words(report: Report, figure: Figure, lang: Lang) -> str:
    """Return where the rows of a figure are: a sheet of the Excel version, and how many; '' if none."""
    if figure.rows is None:
        return ""
    sheet = say(f"reports.sheets.{report.name}_{figure.rows[0]}", lang)
    return say("reports.frame.rows", lang, sheet=sheet, count=figure.rows[1])
