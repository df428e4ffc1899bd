"""The director's page: where the firm stands, what changed in the month, the cash to come, whom to call."""

from datetime import date

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.money import money_text
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.report.document import Texts, definitions, figure_data, records, texts
from ltc_xl.report.figures import SALES_WINDOW, headline_figures
from ltc_xl.report.management_paper import cash_tie_out, management_paper
from ltc_xl.report.pipeline import pipeline_table
from ltc_xl.report.standing import Standing
from ltc_xl.rules.aging import aging_totals
from ltc_xl.rules.calls import calls
from ltc_xl.rules.derived import derived
from ltc_xl.rules.forecast import WEEKS, forecast
from ltc_xl.rules.funnel import deals, funnel_leads, funnel_steps, in_currency, main_currency
from ltc_xl.rules.headline import headline, headline_then, ledger_on, previous_month_end
from ltc_xl.rules.ledger import currency_of, ledger_views
from ltc_xl.rules.movements import movements


def management(book: Book, rulebook: Rulebook, as_of: date) -> Outcome:
    """Return the director's page of a day, compared with the end of the month before.

    Amounts are in the firm's currency (where nothing is, in the one most rows are in); what is in others
    stands apart. The exit status is 1 where the cash to come does not tie to the ledger.
    """
    full = derived(book, rulebook, as_of)
    standing = _standing(full, rulebook, as_of)
    return Outcome(
        papers=(management_paper(standing, full, rulebook),),
        data=_document(standing, full),
        exit_status=int(not cash_tie_out(standing).ties),
    )


def _currency(full: Book, rulebook: Rulebook, as_of: date) -> str:
    """Return the currency of the page: the firm's own where any deal or receivable is in it."""
    rows = (deals(full, as_of).select("currency"), full.rows("lines").select(currency_of(rulebook)))
    return main_currency(pl.concat(rows), rulebook.currency)


def _standing(full: Book, rulebook: Rulebook, as_of: date) -> Standing:
    currency, since = _currency(full, rulebook, as_of), previous_month_end(as_of)
    view = ledger_on(full, rulebook, as_of, currency)
    table = pipeline_table(full, rulebook, as_of, currency)
    own = in_currency(deals(full, as_of), currency, rulebook.currency)
    return Standing(
        as_of=as_of,
        currency=currency,
        now=headline(full, rulebook, as_of, currency),
        then=headline_then(full, rulebook, since, currency),
        funnel=funnel_steps(funnel_leads(full, as_of), own),
        pipeline=table,
        ledger=view,
        buckets=aging_totals(view.lines, rulebook.bucket_edges),
        cash=forecast(view, full, rulebook),
        movements=movements(full, rulebook, since, view),
        calls=calls(full, view, table.deals.filter(pl.col("currency") == currency)),
        others=tuple(v for v in ledger_views(full, rulebook, as_of) if v.currency != currency),
    )


def _document(standing: Standing, book: Book) -> Texts:
    tie_out, cash = cash_tie_out(standing), standing.cash
    figures = [one for f in headline_figures(standing.now, standing.then) for one in (f, f.beside) if one]
    waiting = ("planned", "plan_passed", "unplanned")
    return {
        "as_of": standing.as_of.isoformat(),
        "compared_with": standing.then.as_of.isoformat(),
        "currency": standing.currency,
        "figures": {figure.name: figure_data(figure) for figure in figures},
        "funnel": records(standing.funnel),
        "pipeline": {
            "total": texts(standing.pipeline.total),
            "stages": records(standing.pipeline.stages),
        },
        "aging": texts(standing.buckets),
        "cash": {
            "weeks": records(cash.weeks),
            **{name: money_text(amount) for name, amount in tie_out.sides.items()},
            "untriggered": {
                **{name: money_text(cash.amount(name)) for name in waiting},
                "planned_later": money_text(cash.amount("planned", later=True)),
            },
            "open_amount": money_text(standing.ledger.open_amount),
            "ledger_amount": money_text(tie_out.target_amount),
            "tie_out": money_text(tie_out.difference),
        },
        "changes": records(standing.movements),
        "calls": records(standing.calls),
        "other_currencies": records(standing.pipeline.others),
        "other_receivables": {view.currency: money_text(view.open_amount) for view in standing.others},
        "definitions": definitions(
            [figure.name for figure in figures], book.lang, days=SALES_WINDOW, weeks=WEEKS
        ),
    }
