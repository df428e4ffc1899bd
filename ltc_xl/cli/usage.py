"""What is wrong with a command line, as a sentence."""

import click

from ltc_xl.cli.words import Lang, text


def usage_sentence(error: click.UsageError, lang: Lang) -> str:
    """Return what is wrong, and where the help is."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return error.format_message()
    path = error.ctx.command_path if error.ctx else "ltc-xl"
    return f"{_fault(error, lang)}\n{text('usage.help', lang, command=path)}"


def _fault(error: click.UsageError, lang: Lang) -> str:
    match error:
        case click.NoSuchOption():
            return text("usage.no_option", lang, name=error.option_name)
        case click.NoSuchCommand():
            return text("usage.no_command", lang, name=error.command_name)
        case click.MissingParameter():
            return text("usage.missing", lang, name=_name(error))
        case click.BadParameter():
            return text("usage.bad", lang, name=_name(error), why=_why(error, lang))
    return text("usage.other", lang, why=error.format_message())


def _name(error: click.BadParameter) -> str:
    if isinstance(error.param, click.Option):
        return error.param.opts[-1]
    return error.param.make_metavar(error.ctx) if error.param and error.ctx else ""


def _why(error: click.BadParameter, lang: Lang) -> str:
    kind = error.param.type if error.param else None
    if isinstance(kind, click.Choice):
        return text("usage.no_choice", lang, choices=" ".join(map(str, kind.choices)))
    if isinstance(kind, click.IntRange):
        return text("usage.no_number", lang, least=kind.min, most=kind.max)
    if isinstance(kind, click.Path):
        return text("usage.no_folder", lang)
    return error.message
