"""A chart's points: words for the categories and series, floats in a readable unit for the values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ltc_xl.messages import say
from ltc_xl.messages.papers import cell_words, heading
from ltc_xl.model.enums import Lang
from ltc_xl.model.paper import Chart, Field, Grid, Shape
from ltc_xl.render.palette import LAYERS, SERIES, STEPS, age_colours
from ltc_xl.render.scale import Scale, scale_of


@dataclass(frozen=True)
class Drawing:
    """What is drawn.

    Attributes:
        points: ``category``, ``series``, ``value``, ``label``, ``place`` (its order), one dict each; in a
            funnel also ``note``, what stands beside the step.
        categories, series: the words of each, in order.
        colours: one per series; one per category where the categories are ageing buckets.
        axis: what the values are in.
    """

    points: Sequence[Mapping[str, object]]
    categories: Sequence[str]
    series: Sequence[str]
    colours: Sequence[str]
    axis: str


def drawing(chart: Chart, grid: Grid, currency: str, lang: Lang) -> Drawing:
    """Return the points of a chart over the first rows of its grid."""
    fields = {field.code: field for field in grid.fields}
    rows = grid.rows[: chart.limit]
    values = [fields[value] for value in chart.values]
    money = values[0].kind == "money"
    scale = scale_of((_number(row[f.code]) for row in rows for f in values), lang) if money else Scale(1, "")
    categories = [_category(row[chart.category], fields[chart.category], lang) for row in rows]
    points = [
        _point(category, heading(field, lang), _number(row[field.code]), scale)
        for category, row in zip(categories, rows, strict=True)
        for field in values
    ]
    if chart.beside:
        noted = fields[chart.beside]
        notes = [cell_words(row[noted.code], noted.kind, lang) for row in rows]
        points = [{**point, "note": note} for point, note in zip(points, notes, strict=True)]
    return Drawing(
        [{**point, "place": place} for place, point in enumerate(points)],
        categories,
        [heading(field, lang) for field in values],
        _colours(chart, fields, len(rows)),
        " ".join(part for part in (scale.unit, currency if money else "") if part),
    )


_OWN: Mapping[Shape, Sequence[str]] = {"layers": LAYERS, "funnel": STEPS}


def _number(value: object) -> float:
    return float(value) if isinstance(value, Decimal | int | float) else 0.0


def _category(value: object, field: Field, lang: Lang) -> str:
    return cell_words(value, field.kind, lang) or say("reports.frame.unnamed", lang)


def _point(category: str, series: str, value: float, scale: Scale) -> Mapping[str, object]:
    label = scale.text(value) if value else ""
    return {"category": category, "series": series, "value": value / scale.size, "label": label}


def _colours(chart: Chart, fields: Mapping[str, Field], rows: int) -> Sequence[str]:
    if chart.shape in _OWN:
        return _OWN[chart.shape]
    if fields[chart.category].kind == "bucket":
        return age_colours(rows)
    return age_colours(len(chart.values)) if fields[chart.values[0]].bucket else SERIES
