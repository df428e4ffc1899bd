"""``ltc-xl import``: foreign rows into a workbook."""

from pathlib import Path

import click

from ltc_xl.cli import show
from ltc_xl.cli.face import Command
from ltc_xl.cli.options import Asked, asking, book_argument


@click.command("import", cls=Command)
@book_argument()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--map", "map_file", type=click.Path(path_type=Path), metavar="MAP.toml")
@click.option("--form", metavar="FORM")
@click.option("--apply", is_flag=True)
@asking("json", "dry_run", "store")
def intake(  # noqa: PLR0913  the options of CLI.md
    *, asked: Asked, book: Path, files: tuple[Path, ...], map_file: Path | None, form: str | None, apply: bool
) -> int:
    """Bring rows of foreign files into a workbook."""
    from ltc_xl import session
    from ltc_xl.intake import preview

    with show.working(", ".join(file.name for file in files)):
        result = session.run_import(
            book, files, map_file=map_file, form=form, as_of=asked.as_of, how=asked.how(write=apply)
        )
    lang = asked.lang or result.book.lang
    if asked.json:
        show.print_json("import", {**show.as_document(asked, result), "applied": apply and not asked.dry_run})
    else:
        for line in preview(result.outcome.data, lang, applied=apply and not asked.dry_run):
            show.say(line)
        show.print_written(asked, result, lang)
    return result.outcome.exit_status
