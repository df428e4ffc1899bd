"""Papers as self-contained HTML pages, from the templates a consultant may edit."""

from functools import partial

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from ltc_xl import __version__
from ltc_xl.messages import say
from ltc_xl.messages.papers import cell_words, change_words, heading, rows_words
from ltc_xl.model.enums import Lang
from ltc_xl.model.paper import NUMBERS, Report
from ltc_xl.render.charts import chart_svg, chart_title
from ltc_xl.shipped import shipped

_LOCALES: dict[Lang, str] = {"zh": "zh-CN", "en": "en"}


def page(report: Report, template: str, lang: Lang) -> bytes:
    """Return a report as one HTML file that needs nothing beside it."""
    environment = _environment(report, lang)
    text = environment.get_template(f"{template}.html.j2").render(report=report)
    return text.encode()


def _environment(report: Report, lang: Lang) -> SandboxedEnvironment:
    """Return what a template may use: words, values as text, charts."""
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(shipped("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "locale": _LOCALES[lang],
        "version": __version__,
        "numbers": NUMBERS,
        "say": partial(_say, lang),
        "cell": partial(cell_words, lang=lang),
        "heading": partial(heading, lang=lang),
        "change": partial(change_words, lang=lang),
        "rows_of": partial(rows_words, report, lang=lang),
        "chart": partial(_chart, report, lang),
        "chart_title": partial(chart_title, report, lang=lang),
    }
    return environment


def _say(lang: Lang, key: str, **values: object) -> str:
    return say(f"reports.{key}", lang, **values)


def _chart(report: Report, lang: Lang, name: str) -> Markup:
    return Markup(chart_svg(report, name, lang))  # noqa: S704  SVG of vl-convert, whose texts are escaped
