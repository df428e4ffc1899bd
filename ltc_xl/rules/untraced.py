"""Contracts that no lead can be found for: where the way back ends."""

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.rules.billing import first_rows


def untraced_contracts(book: Book) -> pl.DataFrame:
    """Return the contracts whose way back ends before a lead, with where: ``missing``.

    ``missing`` is ``opportunity`` where no deal is known, ``lead`` where the deal names none that is there.
    An order goes back by its frame contract, too.
    """
    deals = first_rows(book.rows("opportunities"), "opp_id").select("opp_id", "lead", "contract_no")
    leads = book.rows("leads")["lead_id"].drop_nulls().unique()
    led = deals.with_columns(is_led=pl.col("lead").is_in(leads.implode()).fill_null(value=False))
    by_opp = led.select("is_led", opportunity="opp_id")
    by_no = first_rows(led, "contract_no").select("contract_no", named_led="is_led")
    contracts = (
        book.rows("contracts")
        .join(by_opp, on="opportunity", how="left", maintain_order="left")
        .join(by_no, on="contract_no", how="left", maintain_order="left")
        .with_columns(led=pl.coalesce("is_led", "named_led"))
    )
    frames = first_rows(contracts, "contract_no").select(frame_no="contract_no", frame_led="led")
    known = contracts.join(frames, on="frame_no", how="left", maintain_order="left")
    led_at_all = pl.any_horizontal(pl.col("led", "frame_led").fill_null(value=False))
    where = pl.when(pl.coalesce("led", "frame_led").is_null()).then(pl.lit("opportunity"))
    return (
        known.filter(~led_at_all)
        .with_columns(missing=where.otherwise(pl.lit("lead")))
        .select(*book.rows("contracts").columns, "missing")
    )
