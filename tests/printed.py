"""A PDF as its reader sees it: the words of each page, blanks left out."""

import subprocess
from pathlib import Path


def pages_of(path: Path) -> list[str]:
    """Return the text of each page without blanks, in the order in which it stands there (poppler)."""
    done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)  # noqa: S603, S607  a program of the machine
    return ["".join(page.split()) for page in done.stdout.decode().split("\f")[:-1]]


def text_of(path: Path) -> str:
    """Return the text of a PDF without blanks."""
    return "".join(pages_of(path))
