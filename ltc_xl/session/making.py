"""Workbooks made anew, and what a person types into one: of no commit yet."""

from collections.abc import Sequence
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from ltc_xl.model.change import applied, needed
from ltc_xl.model.errors import UsageError, WorldError
from ltc_xl.model.ids import mint_uids
from ltc_xl.rollout import TEMPLATES, Plan, template_plan
from ltc_xl.rules.rulebook import bind_rulebook
from ltc_xl.session.desk import beside
from ltc_xl.session.how import Service, Typing
from ltc_xl.session.papers import told_if_unwritable
from ltc_xl.workbook import Edit, build_book, edits_of, look_edits, mark_edits, patch
from ltc_xl.workbook.read import read_book


def new_book(path: Path, plan: Plan, typed: Typing | None = None) -> None:
    """Make a firm's workbook, with a store of its own; ``typed`` is what a person then types into it.

    Raises:
        UsageError: the name ends in something that Excel takes for another kind of file.
        WorldError: a file of that name is there, or its folder cannot be written.
    """
    if path.suffix.casefold() != ".xlsx":
        raise UsageError("book_ending", file=path.name, proposal=f"{path.stem}.xlsx")
    if path.exists():
        raise WorldError("book_exists", path=str(path))
    own = Plan(**{**plan, "store_id": plan["store_id"] or mint_uids(1)[0]})
    make_book(path, own, typed)


def make_book(
    path: Path,
    plan: Plan,
    typed: Typing | None = None,
    service: Service | None = None,
    *,
    small: bool = False,
) -> None:
    """Write a workbook that nobody works in yet, as it is shipped: in place of an older one, of no commit.

    Args:
        path: where; the file appears there whole.
        plan: what it is made of.
        typed: what a person types into it.
        service: what the program then does in it.
        small: pack it as small as can be; equal contents give equal bytes.
    """
    with told_if_unwritable(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        made = beside(path)
        made.touch()
        build_book(made, **plan)
        if typed:
            save_typed(made, typed)
        if service:
            book = read_book(made)
            wanted, day = needed(book, service(book, bind_rulebook(book)).changes), plan["as_of"]
            looks = look_edits(made, applied(book, wanted), day)
            _patch_in_place(made, [*edits_of(book, wanted, day), *looks, *mark_edits(book, wanted)])
        if small:
            _pack(made)
        made.replace(path)


def save_typed(path: Path, typed: Typing) -> None:
    """Type into a workbook and save it, as a person would: no store, no commit."""
    _patch_in_place(path, typed(read_book(path)))


def _patch_in_place(path: Path, edits: Sequence[Edit]) -> None:
    patched = beside(path)
    patch(path, patched, edits)
    patched.replace(path)


def _pack(path: Path) -> None:
    """Write the parts again as small as deflate makes them, all of one day."""
    packed = beside(path)
    with ZipFile(path) as old, ZipFile(packed, "w") as new:
        for part in old.infolist():
            plain = ZipInfo(part.filename, (1980, 1, 1, 0, 0, 0))
            new.writestr(plain, old.read(part), ZIP_DEFLATED, compresslevel=9)
    packed.replace(path)


def build_templates(folder: Path) -> tuple[Path, ...]:
    """Write the templates that are shipped; equal models give equal bytes."""
    for name, lang in TEMPLATES.items():
        make_book(folder / name, template_plan(lang))
    return tuple(folder / name for name in TEMPLATES)
