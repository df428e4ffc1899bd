"""Papers: pages, workbooks and PDF files from what the services put on them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile, rmtree
from tempfile import mkdtemp
from weakref import finalize

from ltc_xl.model.enums import Lang
from ltc_xl.model.errors import FontMissing
from ltc_xl.model.letter import Letter
from ltc_xl.model.outcome import Paper
from ltc_xl.model.paper import Report
from ltc_xl.render.html import page
from ltc_xl.render.xlsx import workbook

ENDINGS = ("html", "xlsx", "pdf")


@dataclass(frozen=True)
class Drawn:
    """Papers drawn, in a folder of their own that goes when nobody needs it any more.

    Attributes:
        desk: that folder; five hundred letters need not be held in memory.
        names: of the files, in the order of the papers.
        replaces: patterns of names; files that fit one and are not among these are out of date.
        left_out: names of PDF files that could not be made for want of a font.
    """

    desk: Path
    names: list[str]
    replaces: Sequence[str]
    left_out: list[str]

    def write(self, folder: Path) -> list[Path]:
        """Put the files into a folder and take away those they replace; return what was written."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in self.names:
            copyfile(self.desk / name, folder / name)
        for path in self._out_of_date(folder):
            path.unlink()
        return [folder / name for name in self.names]

    def content(self, name: str) -> bytes:
        """Return the bytes of a file."""
        return (self.desk / name).read_bytes()

    def _out_of_date(self, folder: Path) -> list[Path]:
        older = {path for pattern in self.replaces for path in folder.glob(pattern)}
        return [path for path in older if path.suffix[1:] in ENDINGS and path.name not in self.names]


def draw(papers: Sequence[Paper], lang: Lang) -> Drawn:
    """Return papers in each of their formats, before anything is written where people look.

    Where the machine has no Chinese font, a paper that is there in other formats too does without its PDF.

    Raises:
        WorldError: a font is missing for a letter, or a template has a mistake.
    """
    older = [pattern for paper in papers for pattern in paper.replaces]
    drawn = Drawn(Path(mkdtemp(prefix="ltc-xl-")), [], older, [])
    finalize(drawn, rmtree, drawn.desk, ignore_errors=True)
    for paper, kind in [(each, kind) for each in papers for kind in each.formats]:
        name = f"{paper.name}.{kind}"
        try:
            (drawn.desk / name).write_bytes(_drawn(paper, kind, lang))
        except FontMissing:
            if len(paper.formats) == 1:
                raise
            drawn.left_out.append(name)
        else:
            drawn.names.append(name)
    return drawn


def render_paper(paper: Paper, lang: Lang, out_dir: Path) -> list[Path]:
    """Write a paper in each of its formats and return the files, named after the paper."""
    return draw([paper], lang).write(out_dir)


def _drawn(paper: Paper, kind: str, lang: Lang) -> bytes:
    if kind == "pdf":
        from ltc_xl.render.pdf import pdf  # typst loads only where a PDF is asked for

        return pdf(_shown(paper), paper.template, lang)
    report = _shown(paper)
    if not isinstance(report, Report):
        raise TypeError(paper.name)
    return _RENDERERS[kind](report, paper.template, lang)


_RENDERERS: dict[str, Callable[[Report, str, Lang], bytes]] = {"html": page, "xlsx": workbook}


def _shown(paper: Paper) -> Report | Letter:
    """Return what a paper shows."""
    shown = paper.data.get("report", paper.data.get("letter"))
    if not isinstance(shown, Report | Letter):
        raise TypeError(paper.name)
    return shown


__all__ = ["Drawn", "draw", "render_paper"]
