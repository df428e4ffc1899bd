"""The one writer: opens a workbook, runs a service on it, commits, patches the file, prints the papers."""

from ltc_xl.session.bringing import run_import
from ltc_xl.session.how import How, Result, Service, Typing
from ltc_xl.session.making import build_templates, make_book, new_book, save_typed
from ltc_xl.session.papers import printed
from ltc_xl.session.running import run
from ltc_xl.session.undoing import undo

__all__ = [
    "How",
    "Result",
    "Service",
    "Typing",
    "build_templates",
    "make_book",
    "new_book",
    "printed",
    "run",
    "run_import",
    "save_typed",
    "undo",
]
