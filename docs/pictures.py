"""Pictures of every visible sheet of a workbook and of every paper, as they print.

``python docs/pictures.py BOOK.xlsx PAPER.html ... --out docs/pictures`` needs soffice, pdftoppm, pdftotext
and chromium. Each sheet becomes ``BOOK-NN-SHEET.png`` (a second page ``…-2``),
each paper ``PAPER.png``.
"""

import argparse
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from openpyxl import load_workbook

DPI = 110
PAGES = 2  # of one sheet: a wide table prints on two side by side
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


def as_pdf(book: Path, folder: Path) -> Path:
    """Print a workbook to PDF with LibreOffice."""
    run(
        "soffice",
        "--headless",
        f"-env:UserInstallation=file://{folder}/profile",
        "--convert-to",
        "pdf",
        "--outdir",
        str(folder),
        str(book),
        FONTCONFIG_FILE=str(font_file(folder)),
    )
    return folder / f"{book.stem}.pdf"


def visible_sheets(book: Path) -> list[str]:
    """Return the sheets a person sees, in order."""
    sheets = load_workbook(book, read_only=True).worksheets
    return [sheet.title for sheet in sheets if sheet.sheet_state == "visible"]


def sheet_of_page(pdf: Path, page: int, sheets: list[str]) -> str:
    """Return the sheet a page belongs to: its footer begins with the sheet's name."""
    text = run("pdftotext", "-layout", "-f", str(page), "-l", str(page), str(pdf), "-")
    footer = text.strip().splitlines()[-1].strip()
    return max((name for name in sheets if footer.startswith(name)), key=len)


def sheet_pictures(book: Path, out: Path) -> Iterator[Path]:
    """Draw the first printed pages of every sheet of a workbook; yield the files."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        pdf, sheets = as_pdf(book, folder), visible_sheets(book)
        run("pdftoppm", "-r", str(DPI), "-png", str(pdf), str(folder / "page"))
        seen: dict[str, int] = {}
        for page, picture in enumerate(sorted(folder.glob("page-*.png")), 1):
            name = sheet_of_page(pdf, page, sheets)
            seen[name] = seen.get(name, 0) + 1
            if seen[name] > PAGES:
                continue
            more = f"-{seen[name]}" if seen[name] > 1 else ""
            target = out / f"{book.stem}-{sheets.index(name) + 1:02d}-{name}{more}.png"
            target.write_bytes(picture.read_bytes())
            yield target


def paper_picture(paper: Path, out: Path) -> Path:
    """Draw a paper (html) with Chromium, printed to PDF first so that the page is what is shown."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        pdf = folder / "paper.pdf"
        run(
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            f"--user-data-dir={folder}/profile",
            "--no-pdf-header-footer",
            f"--print-to-pdf={pdf}",
            paper.resolve().as_uri(),
        )
        target = out / f"{paper.stem}.png"
        run("pdftoppm", "-r", str(DPI), "-png", "-singlefile", str(pdf), str(target.with_suffix("")))
        return target


def main() -> None:
    """Draw what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=Path("docs/pictures"))
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    for file in given.files:
        drawn = (
            sheet_pictures(file, given.out) if file.suffix == ".xlsx" else [paper_picture(file, given.out)]
        )
        for picture in drawn:
            print(picture)  # noqa: T201  a script says what it made


if __name__ == "__main__":
    main()
