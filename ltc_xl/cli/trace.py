"""``ltc-xl trace``: the whole chain of a record, lead to receipt."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from ltc_xl.cli import show
from ltc_xl.cli.face import Command
from ltc_xl.cli.options import Asked, asking, book_argument
from ltc_xl.cli.words import Lang

Data = Mapping[str, Any]


@click.command(cls=Command)
@book_argument()
@click.argument("record", required=False, metavar="[ID]")
@asking("json", "past")
def trace(*, asked: Asked, book: Path, record: str | None) -> int:
    """Tell the chain of a record, from its lead to the last receipt; or which contracts have no lead."""
    from ltc_xl import session

    if record is None:
        return _untraced(asked, book)
    from ltc_xl.cli.branches import print_trees
    from ltc_xl.session.tracing import with_history
    from ltc_xl.trace import trace as traced

    with show.working(book.name):
        result = session.run(
            book,
            "trace",
            lambda read, rules: traced(read, rules, asked.as_of, record),
            asked.as_of,
            asked.how(write=False),
        )
        data: Any = result.outcome.data
        chains = with_history(result.book, data["chains"], asked.how())
    lang = asked.lang or result.book.lang
    if asked.json:
        show.print_json("trace", {**data, "chains": chains})
    else:
        print_trees(chains, result.book, data["currency"], lang)
        _print_residual(data, lang)
    return result.outcome.exit_status


def _untraced(asked: Asked, book: Path) -> int:
    """Tell which contracts cannot be traced to a lead."""
    from ltc_xl import session
    from ltc_xl.messages import shown
    from ltc_xl.trace import untraced

    with show.working(book.name):
        how = asked.how(write=False)
        result = session.run(book, "trace", lambda read, _: untraced(read), asked.as_of, how)
    lang, data = asked.lang or result.book.lang, result.outcome.data
    if asked.json:
        show.print_json("trace", data)
        return 0
    rows: Any = data["untraced"]
    show.say(
        _words("untraced_count" if rows else "untraced_none", lang, count=len(rows), all=data["contracts"])
    )
    if rows:
        columns = ("contract_no", "customer", "signed_on", "gross", "owner")
        headers = [_header(code, lang) for code in columns] + [_words("headers.missing", lang)]
        cells = [
            [*(shown(row[code], lang) for code in columns), _words(f"missing.{row['missing']}", lang)]
            for row in rows
        ]
        show.print_listing(show.Listing(headers, cells, frozenset({columns.index("gross")})))
    return 0


def _header(code: str, lang: Lang) -> str:
    from ltc_xl.model.tables import table

    return table("contracts").by_code[code].label(lang)


def _words(key: str, lang: Lang, **values: object) -> str:
    from ltc_xl.messages import say

    return say(f"trace.{key}", lang, **values)


def _print_residual(data: Data, lang: Lang) -> None:
    """Print what is left of each contract and in all, and say loudly what does not tie."""
    rows = data["contracts"]
    if rows:
        show.heading(_words("residual", lang, as_of=data["as_of"]))
        several = len(rows) > 1
        headers = [_words(f"headers.{code}", lang) for code in ("contract", *_SUMS)]
        listing = show.Listing(
            headers,
            [[_named(row, lang), *_amounts(row)] for row in rows],
            frozenset(range(1, len(headers))),
            _total(data["totals"], lang) if several else (),
        )
        show.print_listing(listing)
    for one in data["untraced"]:
        show.say(_words(f"untraced.{one['missing']}", lang, number=one["contract_no"]))
    _print_ties(data["ties"], lang, any_money=bool(rows))


_SUMS = ("lines", "allocated", "adjusted", "balance", "waiting")


def _named(row: Data, lang: Lang) -> str:
    number = row["contract_no"] or _words("no_contract", lang)
    return f"{number} {row['currency']}"


def _amounts(row: Data) -> list[str]:
    return [f"{Decimal(row[code]):,.2f}" for code in _SUMS]


def _total(totals: Sequence[Data], lang: Lang) -> Sequence[str]:
    """Return the foot; amounts of two currencies have no sum."""
    if len(totals) != 1:
        return ()
    return [f"{_words('total', lang)} {totals[0]['currency']}", *_amounts(totals[0])]


def _print_ties(ties: Sequence[Data], lang: Lang, *, any_money: bool) -> None:
    if not ties and any_money:
        show.say(_words("ties", lang))
    for tie in ties:
        line = _words(f"broken.{tie['kind']}", lang, **{**tie, "number": tie["number"] or "–"})
        click.secho(line, fg="red" if show.colourful() else None, bold=show.colourful())
