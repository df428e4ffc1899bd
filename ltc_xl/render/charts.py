"""Charts as static SVG: text stays text, nothing to load, and the figures stand in the table beside it."""

import re
from xml.sax.saxutils import quoteattr

import vl_convert

from ltc_xl.messages import say
from ltc_xl.model.enums import Lang
from ltc_xl.model.paper import Report
from ltc_xl.render.drawing import drawing
from ltc_xl.render.shapes import spec


def chart_title(report: Report, name: str, lang: Lang) -> str:
    """Return what a chart shows."""
    return say(f"reports.charts.{report.name}_{name}", lang)


def chart_svg(report: Report, name: str, lang: Lang) -> str:
    """Return a chart of a report as an SVG element; '' where its grid has no rows."""
    chart = report.charts[name]
    drawn = drawing(chart, report.grids[chart.grid], report.currency, lang)
    if not drawn.points:
        return ""
    svg = vl_convert.vegalite_to_svg(spec(chart.shape, drawn), vl_version="6.4")
    return _embedded(svg, f"{report.name}-{name}", chart_title(report, name, lang))


def _embedded(svg: str, name: str, title: str) -> str:
    """Return the drawing as part of a page: named for those who cannot see it, scalable, its ids its own."""
    ids = {found: f"{name}-{place}" for place, found in enumerate(re.findall(r' id="([^"]+)"', svg))}
    own = re.sub(r'(?<= id=")[^"]+|(?<=url\(#)[^)]+', lambda match: ids[match[0]], svg)
    head = f'<svg role="img" aria-label={quoteattr(title)} class="chart"'
    sized = rf'{head} style="max-width:\1px" width="\1"'
    return re.sub(r'<svg .*?class="marks" width="(\d+)"', sized, own, count=1)
