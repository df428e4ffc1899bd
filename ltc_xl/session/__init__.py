"""The one writer: opens a workbook, runs a service on it, commits, patches the file, prints the papers."""

from ltc_xl.session.bringing import run_import
from ltc_xl.session.how import How, Result, Service, Typing
from ltc_xl.session.making import build_templates, make_book, new_book, save_typed
from ltc_xl.session.papers import printed
from ltc_xl.session.restoring import BackupTold, Restored, backup_of, backups, restore
from ltc_xl.session.running import run
from ltc_xl.session.story import CommitTold, Event, History, history
from ltc_xl.session.undoing import undo

__all__ = [
    "BackupTold",
    "CommitTold",
    "Event",
    "History",
    "How",
    "Restored",
    "Result",
    "Service",
    "Typing",
    "backup_of",
    "backups",
    "build_templates",
    "history",
    "make_book",
    "new_book",
    "printed",
    "restore",
    "run",
    "run_import",
    "save_typed",
    "undo",
]
