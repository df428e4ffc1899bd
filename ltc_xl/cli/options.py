"""Options that several commands share, and what a person asked for with them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ltc_xl.cli.help import GIVEN_LANG, face_lang
from ltc_xl.cli.words import Lang, text
from ltc_xl.model.errors import NotAWorkbook

if TYPE_CHECKING:
    from ltc_xl.session import How

Command = Callable[..., int]
Decorator = Callable[[Command], Command]


class Day(click.ParamType[date]):
    """A day as people write it: 2026-04-30, 2026/4/30, 20260430."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day."""
        if isinstance(value, date):
            return value
        for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y.%m.%d"):
            try:
                return datetime.strptime(str(value), form).date()  # noqa: DTZ007  a day has no zone
            except ValueError:
                continue
        return self.fail(text("usage.no_day", _lang(ctx), value=value), param, ctx)


def _lang(ctx: click.Context | None) -> Lang:
    return face_lang(ctx) if ctx else "en"


def today() -> date:
    """Return the machine's day: the only clock that is asked, and only where no day was given."""
    return datetime.now().astimezone().date()


def time_of(day: date) -> time:
    """Return the time of the machine's clock where a day is today; the beginning of any other day."""
    now = datetime.now().astimezone()
    return now.time().replace(second=0, microsecond=0) if day == now.date() else time()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the shared options say.

    ``face`` is the language to speak before a workbook is read; ``lang`` is None when nobody chose one.
    """

    as_of: date
    face: Lang
    json: bool = False
    dry_run: bool = False
    out: Path | None = None
    store: str | None = None
    adopt: bool = False
    lang: Lang | None = None
    reason: str | None = None
    force: bool = False
    yes: bool = False

    def how(self, *, write: bool = True, shows_problems: bool = False) -> "How":
        """Return how the session runs: with ``--json`` papers are printed only where ``--out`` is given."""
        from ltc_xl.session import How

        return How(
            write=write,
            dry_run=self.dry_run,
            store=self.store,
            adopt=self.adopt,
            lang=self.lang,
            out=self.out,
            papers=self.out is not None or not self.json,
            reason=self.reason,
            force=self.force,
            shows_problems=shows_problems,
        )


def book_argument() -> Decorator:
    """Return the workbook every command works on; a name without an ending means an .xlsx."""
    return click.argument("book", type=click.Path(path_type=Path), metavar="BOOK", callback=_with_ending)


def books_argument() -> Decorator:
    """Return the workbooks of a command that takes several."""
    return click.argument(
        "books",
        nargs=-1,
        required=True,
        type=click.Path(path_type=Path),
        metavar="BOOK...",
        callback=lambda ctx, param, books: tuple(
            dict.fromkeys(_with_ending(ctx, param, one) for one in books)
        ),
    )


def _with_ending(_ctx: click.Context, _param: click.Parameter, book: Path) -> Path:
    if book.is_dir():
        raise NotAWorkbook("file_is_folder", file=str(book))
    return book if book.suffix or book.exists() else book.with_suffix(".xlsx")


def lang_option() -> Decorator:
    """Return ``--lang``."""
    return click.option("--lang", type=click.Choice(["zh", "en"]))


def as_of_option() -> Decorator:
    """Return ``--as-of``; the day is today unless it is given."""
    return click.option("--as-of", type=Day(), metavar="DATE", default=today, show_default=False)


def asking(*names: str) -> Decorator:
    """Return a decorator that adds shared options and hands them over as one ``asked``.

    Args:
        names: of ``json``, ``dry_run``, ``out``, ``store`` (with ``adopt``), ``past`` (``store`` alone),
            ``reason``, ``force``, ``yes``, besides ``as_of`` and ``lang``.
    """
    options: dict[str, list[Decorator]] = {
        "json": [click.option("--json", is_flag=True)],
        "dry_run": [click.option("--dry-run", is_flag=True)],
        "out": [click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")],
        "store": [click.option("--store", metavar="URL"), click.option("--adopt", is_flag=True)],
        "past": [click.option("--store", metavar="URL")],
        "reason": [click.option("--reason", metavar="TEXT")],
        "force": [click.option("--force", is_flag=True)],
        "yes": [click.option("--yes", is_flag=True)],
    }
    added: list[Decorator] = [as_of_option(), *(o for name in names for o in options[name]), lang_option()]
    keys = {"as_of", "lang", *names, *(["adopt"] if "store" in names else [])}
    keys = {"store" if key == "past" else key for key in keys}

    def decorate(command: Command) -> Command:
        def asked(**given: Any) -> int:  # noqa: ANN401  what click parsed
            shared = {key: given.pop(key) for key in keys}
            context = click.get_current_context()
            shared["lang"] = shared["lang"] or context.meta.get(GIVEN_LANG)
            status: int = command(asked=Asked(face=face_lang(context), **shared), **given)
            return status

        asked.__name__, asked.__doc__ = command.__name__, command.__doc__
        asked.__click_params__ = getattr(command, "__click_params__", [])  # type: ignore[attr-defined]  # click's own
        for option in reversed(added):
            option(asked)
        return asked

    return decorate
