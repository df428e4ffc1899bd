"""The one writer: opens a workbook, runs a service on it, commits, patches the file, prints the papers."""

from ltc_xl.session.bringing import run_import
from ltc_xl.session.deciding import Decision, decisions
from ltc_xl.session.how import How, Result, Service, Typing
from ltc_xl.session.making import build_templates, make_book, new_book, save_typed
from ltc_xl.session.papers import printed
from ltc_xl.session.restoring import BackupTold, Restored, backups, chosen, restore
from ltc_xl.session.rule_history import VersionTold, rule_history
from ltc_xl.session.running import run
from ltc_xl.session.showing import rule_sheets, show_rules
from ltc_xl.session.story import CommitTold, Event, History, RowTold, history
from ltc_xl.session.undoing import undo

__all__ = [
    "BackupTold",
    "CommitTold",
    "Decision",
    "Event",
    "History",
    "How",
    "Restored",
    "Result",
    "RowTold",
    "Service",
    "Typing",
    "VersionTold",
    "backups",
    "build_templates",
    "chosen",
    "decisions",
    "history",
    "make_book",
    "new_book",
    "printed",
    "restore",
    "rule_history",
    "rule_sheets",
    "run",
    "run_import",
    "save_typed",
    "show_rules",
    "undo",
]
