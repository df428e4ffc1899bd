"""Commands and groups that speak two languages; groups import a command when it is called."""

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import click

from ltc_xl.cli.help import GIVEN_LANG, write_help
from ltc_xl.cli.usage import usage_sentence
from ltc_xl.cli.words import Lang, chosen_lang, system_lang, text
from ltc_xl.model.errors import LtcError

STOPPED = 130


class Command(click.Command):
    """A command whose help stands in ``cli.toml``."""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help in the person's language."""
        write_help(self, ctx, formatter)


class Group(click.Group):
    """A group of commands whose help stands in ``cli.toml``.

    Args:
        lazy: command -> ``module:attribute``, imported when it is called.
    """

    command_class = Command

    def __init__(self, *args: Any, lazy: Mapping[str, str] | None = None, **kwargs: Any) -> None:  # noqa: ANN401  click's own
        super().__init__(*args, **kwargs)
        self.lazy = dict(lazy or {})
        choice = click.Choice(["zh", "en"])
        self.params.append(click.Option(["--lang"], type=choice, callback=_remember_lang, expose_value=False))

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which they are used."""
        return [*self.lazy, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, importing it when it is a lazy one."""
        if cmd_name not in self.lazy:
            return super().get_command(ctx, cmd_name)
        module, _, name = self.lazy[cmd_name].partition(":")
        found: click.Command = getattr(import_module(module), name)
        return found

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help in the person's language."""
        write_help(self, ctx, formatter)


def _remember_lang(context: click.Context, _param: click.Parameter, lang: Lang | None) -> None:
    """Keep a language that was named before the command, for the command."""
    if lang:
        context.meta[GIVEN_LANG] = lang


class Main(Group):
    """The program: chooses the language, turns errors of the world into a sentence and an exit status."""

    def main(self, args: Sequence[str] | None = None, **extra: Any) -> Any:  # type: ignore[override]  # noqa: ANN401  the program is called by its name alone, never by place
        """Run and exit; an error that is ours crashes with its trace."""
        given = list(sys.argv[1:] if args is None else args)
        lang = chosen_lang(given) or system_lang()
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(
                    errors="replace"
                )  # a GBK console lacks many signs: rather a ? than a crash
        try:
            status = super().main(given, **extra | {"standalone_mode": False, "obj": lang})
        except (LtcError, click.Abort, click.UsageError) as error:
            status = _told(error, lang)
        sys.exit(status or 0)


def _told(error: LtcError | click.Abort | click.UsageError, lang: Lang) -> int:
    """Say on stderr what happened; return the exit status."""
    if isinstance(error, click.Abort):
        click.echo(text("usage.stopped", lang), err=True)
        return STOPPED
    if isinstance(error, click.UsageError):
        click.echo(usage_sentence(error, lang), err=True)
        return error.exit_code
    from ltc_xl.messages import sentence_of

    click.echo(sentence_of(error, lang), err=True)
    return error.exit_status
