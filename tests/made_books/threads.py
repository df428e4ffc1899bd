"""A conversation in a cell, as Excel 365 saves it: a thread, its people, and a note for older programs."""

from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from made_books.added import BOOK_PART, MICROSOFT, Link, Part, dressed
from made_books.base import DATA_PART, orders_book

_SPACE = f"{MICROSOFT}/spreadsheetml/2018/threadedcomments"
_FIRST, _SECOND = "{6B1F7A5E-0000-4000-8000-000000000001}", "{6B1F7A5E-0000-4000-8000-000000000002}"
_WANG = "{6B1F7A5E-0000-4000-8000-0000000000AA}"
THREAD_PART = "xl/threadedComments/threadedComment1.xml"


def thread_book(path: Path) -> Path:
    """Make the orders with a question and its answer in 数据!C3, and a plain note in 数据!H2."""

    def dress(_: xlsxwriter.Workbook, data: Worksheet, __: Worksheet) -> None:
        shown = "[Threaded comment]\n\nComment:\n    是南区吗?\nReply:\n    是的"
        data.write_comment("C3", shown, {"author": f"tc={_FIRST}"})
        data.write_comment("H2", "旁注", {"author": "王芳"})

    def said(number: str, text: str, parent: str = "") -> str:
        answers = f' parentId="{parent}"' if parent else ""
        return (
            f'<threadedComment ref="C3" dT="2026-01-05T08:00:00.00" personId="{_WANG}" id="{number}"'
            f"{answers}><text>{text}</text></threadedComment>"
        )

    thread = f'<ThreadedComments xmlns="{_SPACE}">{said(_FIRST, "是南区吗?")}'
    thread += f"{said(_SECOND, '是的', _FIRST)}</ThreadedComments>"
    people = f'<personList xmlns="{_SPACE}"><person displayName="王芳" id="{_WANG}" userId="wf"'
    people += ' providerId="None"/></personList>'
    kinds = f"{MICROSOFT}/2017/10/relationships"
    return dressed(
        orders_book(path, dress),
        [
            Part(THREAD_PART, "application/vnd.ms-excel.threadedcomments+xml", thread),
            Part("xl/persons/person.xml", "application/vnd.ms-excel.person+xml", people),
        ],
        [
            Link(DATA_PART, "rIdThread", f"{kinds}/threadedComment", THREAD_PART),
            Link(BOOK_PART, "rIdPeople", f"{kinds}/person", "xl/persons/person.xml"),
        ],
    )
