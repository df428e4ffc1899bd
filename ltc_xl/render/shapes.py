"""The shapes of charts as Vega-Lite specifications.

Source: vega.github.io/vega-lite/docs (version 6).
"""

from collections.abc import Callable, Mapping

from ltc_xl.model.paper import Shape
from ltc_xl.render.drawing import Drawing
from ltc_xl.render.palette import FONTS, HAIR, INK, MUTED, SERIES

Spec = dict[str, object]

_WIDTH = 430
_LYING = 310
_SLIM = 300
_HEIGHT = 220
_BAR = 26
_PAIR = 36
_ROOMY = 0.14
"""So much of the widest bar must one be to hold its number."""


def spec(shape: Shape, drawing: Drawing) -> Spec:
    """Return the specification of a drawing in a shape."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "data": {"values": list(drawing.points)},
        "config": _CONFIG,
        "padding": 4,
        **_SHAPES[shape](drawing),
    }


def _columns(drawing: Drawing) -> Spec:
    """Return upright bars, one colour each, with their amounts on top."""
    colour = {"field": "category", "type": "nominal", "legend": None, "sort": None}
    scale = {"domain": list(drawing.categories), "range": list(drawing.colours)}
    bars = {"mark": _bar(size=36), "encoding": {"color": {**colour, "scale": scale}}}
    return {
        "width": _WIDTH,
        "height": _HEIGHT,
        "encoding": {"x": _upright_names(), "y": _amounts(drawing)},
        "layer": [bars, _labels(dy=-8)],
    }


def _bars(drawing: Drawing) -> Spec:
    """Return lying bars with their numbers at the end."""
    return {
        "width": _LYING,
        "height": {"step": _BAR},
        "encoding": {"y": _lying_names(), "x": _amounts(drawing)},
        "layer": [{"mark": _bar(size=18, color=SERIES[0])}, _labels(dx=5, align="left")],
    }


def _stacked(drawing: Drawing) -> Spec:
    """Return lying bars, each split by series."""
    return {
        "width": _LYING,
        "height": {"step": _BAR},
        "mark": {"type": "bar", "size": 16},
        "encoding": {
            "y": _lying_names(),
            "x": _amounts(drawing),
            "color": _legend(drawing),
            "order": {"field": "place", "type": "quantitative"},
        },
    }


def _grouped(drawing: Drawing) -> Spec:
    """Return upright bars side by side, for a few short categories such as months."""
    return {
        "width": _WIDTH,
        "height": _HEIGHT,
        "mark": _bar(),
        "encoding": {
            "x": _upright_names(),
            "xOffset": _beside(drawing),
            "y": _amounts(drawing),
            "color": _legend(drawing),
        },
    }


def _paired(drawing: Drawing) -> Spec:
    """Return lying bars side by side."""
    return {
        "width": _LYING,
        "height": {"step": _PAIR, "for": "position"},
        "mark": _bar(),
        "encoding": {
            "y": _lying_names(),
            "yOffset": _beside(drawing),
            "x": _amounts(drawing),
            "color": _legend(drawing),
        },
    }


def _layers(drawing: Drawing) -> Spec:
    """Return upright bars, each of layers that lie on one another."""
    return {
        "width": _WIDTH,
        "height": _HEIGHT,
        "mark": {"type": "bar", "size": 20},
        "encoding": {
            "x": _upright_names(labelFontSize=10),
            "y": _amounts(drawing),
            "color": _legend(drawing),
            "order": {"field": "place", "type": "quantitative"},
        },
    }


def _funnel(drawing: Drawing) -> Spec:
    """Return bars about one middle, their numbers in or beside them, a note on each at the right."""
    widest = max((float(str(point["value"])) for point in drawing.points), default=0) or 1
    values = [_centred(point, widest) for point in drawing.points]
    colour = {"field": "category", "type": "nominal", "legend": None, "sort": None}
    scale = {"domain": list(drawing.categories), "range": list(drawing.colours)}
    across = {"type": "quantitative", "axis": None, "scale": {"domain": [0, 1.3 * widest], "nice": False}}
    bars = {
        "mark": {"type": "bar", "size": 34, "cornerRadius": 3},
        "encoding": {
            "x": {"field": "left", **across},
            "x2": {"field": "right"},
            "color": {**colour, "scale": scale},
        },
    }
    inside, outside = ({"transform": [{"filter": test}]} for test in ("datum.wide", "!datum.wide"))
    number = {"field": "label", "type": "nominal"}
    notes = {
        "mark": {"type": "text", "fontSize": 12, "color": MUTED, "align": "right"},
        "encoding": {"x": {"datum": 1.3 * widest, **across}, "text": {"field": "note", "type": "nominal"}},
    }
    return {
        "data": {"values": values},
        "width": _SLIM,
        "height": {"step": 46},
        "encoding": {"y": _lying_names()},
        "layer": [
            bars,
            {
                **inside,
                "mark": _bold("white"),
                "encoding": {"x": {"field": "middle", **across}, "text": number},
            },
            {
                **outside,
                "mark": _bold(INK, align="left", dx=6),
                "encoding": {"x": {"field": "right", **across}, "text": number},
            },
            notes,
        ],
    }


def _centred(point: Mapping[str, object], widest: float) -> Spec:
    """Return a point of a funnel with its ends; ``wide`` when its number has room inside."""
    value = float(str(point["value"]))
    ends = {"left": (widest - value) / 2, "right": (widest + value) / 2, "middle": widest / 2}
    label = point["label"] or "0"
    return {**point, **ends, "label": label, "wide": value > _ROOMY * widest}


def _bold(colour: str, **options: object) -> Spec:
    return {"type": "text", "fontWeight": "bold", "fontSize": 13, "color": colour, **options}


_SHAPES: Mapping[Shape, Callable[[Drawing], Spec]] = {
    "columns": _columns,
    "bars": _bars,
    "stacked": _stacked,
    "grouped": _grouped,
    "paired": _paired,
    "layers": _layers,
    "funnel": _funnel,
}


# ---------------------------------------------------------------- parts


def _bar(**options: object) -> Spec:
    return {"type": "bar", "cornerRadiusEnd": 2, **options}


def _labels(**options: object) -> Spec:
    mark = {"type": "text", "fontWeight": "bold", "fontSize": 11, "color": INK, **options}
    return {"mark": mark, "encoding": {"text": {"field": "label", "type": "nominal"}}}


def _upright_names(**options: object) -> Spec:
    axis = {"title": None, "labelAngle": 0, "labelLimit": 120, **options}
    return {"field": "category", "type": "nominal", "sort": None, "axis": axis}


def _lying_names() -> Spec:
    axis = {"title": None, "labelLimit": 200, "domain": False, "ticks": False}
    return {"field": "category", "type": "nominal", "sort": None, "axis": axis}


def _amounts(drawing: Drawing) -> Spec:
    axis = {"title": drawing.axis or None, "tickCount": 5, "format": ",~f", "domain": False, "ticks": False}
    return {"field": "value", "type": "quantitative", "axis": axis}


def _beside(drawing: Drawing) -> Spec:
    return {"field": "series", "type": "nominal", "sort": list(drawing.series)}


def _legend(drawing: Drawing) -> Spec:
    colours = list(drawing.colours[: len(drawing.series)])
    scale = {"domain": list(drawing.series), "range": colours}
    legend = {"title": None, "orient": "top", "columns": 4, "symbolType": "square"}
    return {"field": "series", "type": "nominal", "sort": None, "scale": scale, "legend": legend}


_CONFIG: Spec = {
    "font": ", ".join(FONTS),
    "background": "white",
    "view": {"stroke": None},
    "axis": {
        "gridColor": HAIR,
        "domainColor": HAIR,
        "tickColor": HAIR,
        "labelColor": INK,
        "labelFontSize": 12,
        "titleColor": MUTED,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
    },
    "legend": {"labelFontSize": 12, "labelColor": INK, "labelLimit": 200, "offset": 8},
}
