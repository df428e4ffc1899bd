"""Help in two languages: the texts stand in ``cli.toml`` under the command's full name."""

from collections.abc import Mapping
from typing import Any

import click

from ltc_xl.cli.words import Lang, texts

GIVEN_LANG = "ltc_xl.lang"


def face_lang(context: click.Context) -> Lang:
    """Return the language in which a command speaks before a workbook is read."""
    found: Lang = context.find_root().obj
    return found


def write_help(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """Write what a command does, its commands and options, and an example."""
    lang = face_lang(ctx)
    heads, words = texts(lang)["heads"], _words(ctx)
    pieces = " ".join(command.collect_usage_pieces(ctx))
    own = words["ltc-xl"] if ctx.parent is None else words
    formatter.write(f"{heads['usage']}{ctx.command_path} {pieces}\n\n{own['help'].strip()}\n")
    if isinstance(command, click.Group):
        with formatter.section(heads["commands"]):
            formatter.write_dl([(name, words[name]["short"]) for name in command.list_commands(ctx)])
    with formatter.section(heads["options"]):
        options = (param for param in command.get_params(ctx) if isinstance(param, click.Option))
        formatter.write_dl([_option_record(option, ctx, lang) for option in options])
    if "example" in own:
        lines = "\n".join(f"  {line}" for line in own["example"].strip().splitlines())
        formatter.write(f"\n{heads['example']}\n{lines}\n")


def _words(ctx: click.Context) -> Mapping[str, Any]:
    found: Mapping[str, Any] = texts(face_lang(ctx))["commands"]
    for part in ctx.command_path.split()[1:]:
        found = found[part]
    return found


def _option_record(option: click.Option, ctx: click.Context, lang: Lang) -> tuple[str, str]:
    """Return an option as it is written, and what it means."""
    record = option.get_help_record(ctx) or ("", "")
    return record[0], texts(lang)["options"][option.opts[0].strip("-").replace("-", "_")]
