"""Pictures of the demo: every visible sheet of its workbook and every paper, zh and en, as they print.

``python docs/pictures.py`` makes the demo in both languages and draws it into ``docs/pictures/LANG``: sheets
as ``NN-TABLE.png`` (a second page ``…-2.png``), papers as ``PAPER.png``. ``python docs/pictures.py FILE...``
draws some workbooks and pages instead. Needs soffice, pdftoppm, pdftotext and chromium.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from openpyxl import load_workbook
from PIL import Image

from ltc_xl.messages import say
from ltc_xl.model.enums import LANGS
from ltc_xl.model.tables import tables

DPI = 100
COLOURS = 256
LETTERS = 2
PAGES = 2  # of a sheet: a wide table prints on two side by side
DAY = "2026-11-21"
OUT = Path(__file__).parent / "pictures"

FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  {aliases}
</fontconfig>
"""
ALIAS = """<match target="pattern"><test name="family"><string>{family}</string></test>
  <edit name="family" mode="assign" binding="strong"><string>{stand_in}</string></edit></match>
"""
# Fonts of Windows that a build machine lacks, and what stands in for them
STAND_INS = {
    "Microsoft YaHei": "Noto Sans CJK SC",
    "Calibri": "Noto Sans CJK SC",
    "Consolas": "Noto Sans Mono CJK SC",
}
CHROMIUM = (
    "chromium",
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-pdf-header-footer",
)


def run(*command: str, **environment: str) -> str:
    """Run a program and return what it prints."""
    done = subprocess.run(  # noqa: S603  fixed programs, our own files
        command, check=True, capture_output=True, text=True, env={**os.environ, **environment}
    )
    return done.stdout


def font_file(folder: Path) -> Path:
    """Write the font settings with the stand-ins."""
    aliases = "".join(ALIAS.format(family=a, stand_in=b) for a, b in STAND_INS.items())
    path = folder / "fonts.conf"
    path.write_text(FONTS.format(aliases=aliases))
    return path


def book_as_pdf(book: Path, folder: Path) -> Path:
    """Print a workbook with LibreOffice."""
    fonts = str(font_file(folder))
    profile = f"-env:UserInstallation=file://{folder}/profile"
    to_pdf = ("--convert-to", "pdf", "--outdir", str(folder))
    run("soffice", "--headless", profile, *to_pdf, str(book), FONTCONFIG_FILE=fonts)
    return folder / f"{book.stem}.pdf"


def page_as_pdf(page: Path, folder: Path) -> Path:
    """Print a page (html) with Chromium."""
    pdf = folder / f"{page.stem}.pdf"
    run(*CHROMIUM, f"--user-data-dir={folder}/profile", f"--print-to-pdf={pdf}", page.resolve().as_uri())
    return pdf


def canonical(sheet: str) -> str:
    """Return the name of a sheet in file names: that of its table, else the sheet's own."""
    names = {table.sheet(lang): name for lang in LANGS for name, table in tables().items()}
    looks = {say(f"sheets.{name}.sheet", lang): name for lang in LANGS for name in ("start", "dashboard")}
    return {**names, **looks}.get(sheet, sheet)


def visible_sheets(book: Path) -> list[str]:
    """Return the sheets a person sees, in order."""
    sheets = load_workbook(book, read_only=True).worksheets
    return [sheet.title for sheet in sheets if sheet.sheet_state == "visible"]


def is_firm_book(book: Path) -> bool:
    """Return whether a workbook is a firm's, and no list that came in or was put aside."""
    return len(visible_sheets(book)) > 1


def pages(pdf: Path, folder: Path) -> Iterator[tuple[Path, str]]:
    """Draw the pages of a PDF; yield each picture and the last line of its text."""
    run("pdftoppm", "-r", str(DPI), "-png", str(pdf), str(folder / "page"))
    texts = run("pdftotext", "-layout", str(pdf), "-").split("\f")
    for picture, text in zip(sorted(folder.glob("page-*.png")), texts, strict=False):
        yield picture, text.strip().rsplit("\n", 1)[-1].strip()


def sheet_pictures(book: Path, out: Path) -> Iterator[Path]:
    """Draw the first printed pages of every sheet of a workbook; its footers begin with their names."""
    with tempfile.TemporaryDirectory() as temporary:
        folder, sheets, seen = Path(temporary), visible_sheets(book), dict[str, int]()
        for picture, footer in pages(book_as_pdf(book, folder), folder):
            sheet = max((s for s in sheets if footer.startswith(s)), key=len)
            seen[sheet] = seen.get(sheet, 0) + 1
            if seen[sheet] <= PAGES:
                more = f"-{seen[sheet]}" if seen[sheet] > 1 else ""
                yield keep(picture, out / f"{sheets.index(sheet) + 1:02d}-{canonical(sheet)}{more}.png")


def as_it_is(paper: Path, _folder: Path) -> Path:
    """Return a paper that is a PDF already."""
    return paper


PRINTERS = {".html": page_as_pdf, ".xlsx": book_as_pdf, ".pdf": as_it_is}


def paper_pictures(paper: Path, out: Path) -> Iterator[Path]:
    """Draw every printed page of a paper, be it a page (html), a workbook or a PDF."""
    stem = paper.stem if paper.suffix == ".html" else f"{paper.stem}-{paper.suffix[1:]}"
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        pdf = PRINTERS[paper.suffix](paper, folder)
        for number, (picture, _) in enumerate(pages(pdf, folder), 1):
            yield keep(picture, out / f"{stem}{f'-{number}' if number > 1 else ''}.png")


def keep(picture: Path, target: Path) -> Path:
    """Put a picture in its place, in 256 colours: a third of the size, rare ones kept."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(picture) as drawn:
        drawn.convert("RGB").quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
            target, optimize=True
        )
    return target


def demo_pictures(lang: str) -> Iterator[Path]:
    """Make the demo in a language; draw its workbook, its papers and the workbooks of its papers."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        command = ("demo", "--dir", str(folder), "--lang", lang, "--as-of", DAY)
        run(sys.executable, "-m", "ltc_xl", *command, LTC_XL_STATE=str(folder / "state"))
        for book in filter(is_firm_book, sorted(folder.glob("*.xlsx"))):
            yield from sheet_pictures(book, OUT / lang)
        for paper in papers_of(folder / "reports"):
            yield from paper_pictures(paper, OUT / lang)


def papers_of(folder: Path) -> list[Path]:
    """Return the papers of the day: pages, workbooks, and of the letters, which look alike, the first two."""
    made = sorted(path for path in folder.glob("*.*") if DAY in path.name)
    letters = [path for path in made if path.suffix == ".pdf" and path.name.startswith("letters-")]
    return [path for path in made if path.suffix != ".pdf"] + letters[:LETTERS]


def main() -> None:
    """Draw what the command line names, else the demo."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    drawn: list[Iterator[Path]] = [] if given.files else [demo_pictures(lang) for lang in LANGS]
    for file in given.files:
        draw = sheet_pictures if file.suffix == ".xlsx" else paper_pictures
        drawn.append(draw(file, given.out / file.stem))
    for picture in (picture for some in drawn for picture in some):
        print(picture)  # noqa: T201  a script says what it made


if __name__ == "__main__":
    main()
