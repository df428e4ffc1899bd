"""Papers: pages and workbooks from what the services put on them."""

from collections.abc import Callable
from pathlib import Path

from ltc_xl.model.enums import Lang
from ltc_xl.model.outcome import Paper
from ltc_xl.model.paper import Report
from ltc_xl.render.html import page
from ltc_xl.render.xlsx import workbook

_RENDERERS: dict[str, Callable[[Report, str, Lang], bytes]] = {"html": page, "xlsx": workbook}


def render_paper(paper: Paper, lang: Lang, out_dir: Path) -> list[Path]:
    """Write a paper in each of its formats and return the files, named after the paper."""
    report = paper.data["report"]
    if not isinstance(report, Report):
        raise TypeError(paper.name)
    out_dir.mkdir(parents=True, exist_ok=True)
    paths = []
    for kind in paper.formats:
        path = out_dir / f"{paper.name}.{kind}"
        path.write_bytes(_RENDERERS[kind](report, paper.template, lang))
        paths.append(path)
    return paths


__all__ = ["render_paper"]
