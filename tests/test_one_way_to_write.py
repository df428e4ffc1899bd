"""Only the session writes a book or the store: a search over the syntax tree of every other module."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import ltc_xl

PACKAGE = Path(ltc_xl.__file__).parent
WRITERS = {
    "patch", "replace_book", "place_book", "build_book", "write_rejects", "draw", "render_paper",
    "Store", "Writing", "opened_store", "known_store", "past_store", "writing", "leave", "back_up",
}  # fmt: skip
"""What writes a book, the store, or a paper."""

TOUCHES = {
    "replace",
    "rename",
    "write_bytes",
    "write_text",
    "unlink",
    "touch",
    "copyfile",
    "copy",
    "move",
    "open",
}
"""Methods by which a file changes; a text has a ``replace`` of two arguments, a path one of one."""

HOMES = {"session", "workbook", "store", "render", "imports"}
"""The session, and the borders it calls: nobody above calls them."""

TEXTS = {"codes", "flags", "numbers", "texts"}
"""Columns of texts, which have a ``replace`` of one argument too."""

FILES = {
    "workbook/swap.py": "puts a finished file in its place",
    "workbook/patcher.py": "makes the new file beside the old one",
    "workbook/locks.py": "asks Windows whether somebody holds a file",
    "render/__init__.py": "writes papers into their folder",
    "demo/month/office.py": "lays lists beside the workbook, as they come by mail",
    "session/making.py": "a workbook that is made appears whole",
    "session/calendar.py": "a calendar file appears whole",
    "session/showing.py": "a copy that shows no sheet more goes away again",
    "session/desk.py": "the backup of a stamped file gives way to the next one",
}
"""Modules that change files, and what for."""


def modules() -> Iterator[tuple[str, ast.Module]]:
    for file in sorted(PACKAGE.rglob("*.py")):
        yield file.relative_to(PACKAGE).as_posix(), ast.parse(file.read_text("utf-8"))


def strangers(name: str, tree: ast.Module) -> Iterator[str]:
    """Yield where a module reaches for what writes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ltc_xl"):
            named = {alias.name for alias in node.names}
            if named & WRITERS or (node.module or "").startswith("ltc_xl.store"):
                yield f"{name}:{node.lineno}"
        if isinstance(node, ast.Attribute) and node.attr in WRITERS:
            yield f"{name}:{node.lineno}"


def file_changes(tree: ast.Module) -> Iterator[ast.Call]:
    """Yield calls that change a file: ``beside.replace(path)``, ``path.write_bytes(data)`` and their like."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in TOUCHES:
            if node.func.attr in {"replace", "rename"} and not _moves(node):
                continue
            if node.func.attr in {"open", "copy"} and not writes(node):
                continue
            yield node


def _moves(call: ast.Call) -> bool:
    """Return whether a file gets another name: one that is held in a variable, and to one argument."""
    assert isinstance(call.func, ast.Attribute)
    file = call.func.value
    plain = len(call.args) == 1 and not call.keywords and isinstance(call.args[0], ast.Name | ast.BinOp)
    return plain and not (isinstance(file, ast.Name) and file.id in TEXTS) and not isinstance(file, ast.Call)


def writes(call: ast.Call) -> bool:
    """Return whether a file is opened for writing, or copied by ``shutil``."""
    func = call.func
    if isinstance(func, ast.Attribute) and func.attr == "copy":
        return isinstance(func.value, ast.Name) and func.value.id == "shutil"
    modes = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "mode")]
    return any(
        isinstance(mode, ast.Constant)
        and isinstance(mode.value, str)
        and set(mode.value) & set("wax+")
        and len(mode.value) <= 3
        for mode in modes
    )


def test_only_the_session_calls_what_writes() -> None:
    found = [
        place
        for name, tree in modules()
        if name.split("/", maxsplit=1)[0].removesuffix(".py") not in HOMES
        for place in strangers(name, tree)
    ]
    assert found == []


def test_files_change_in_few_modules_each_for_a_reason() -> None:
    found = {name for name, tree in modules() if any(file_changes(tree))}
    assert found == set(FILES)


@pytest.mark.parametrize(
    "line",
    [
        "from ltc_xl.store import Store",
        "from ltc_xl.workbook import patch",
        "import ltc_xl.workbook\nltc_xl.workbook.replace_book(a, b, c, d)",
        "with store.writing(name, token) as w: pass",
    ],
)
def test_the_search_finds_who_writes(line: str) -> None:
    assert list(strangers("x.py", ast.parse(line)))


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("beside.replace(path)", 1),
        ("path.write_bytes(data)", 1),
        ("path.open('wb')", 1),
        ("shutil.copy(a, b)", 1),
        ("text.replace('a', 'b')", 0),
        ("path.open('rb')", 0),
        ("frame.copy()", 0),
    ],
)
def test_the_search_knows_a_file_from_a_text(line: str, count: int) -> None:
    assert len(list(file_changes(ast.parse(line)))) == count
