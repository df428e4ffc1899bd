"""Why leads came back from sales or were invalid: the quality of a channel, an owner, a month or a team."""

import polars as pl

from ltc_xl.rules.funnel import FunnelKey


def lead_exits(leads: pl.DataFrame, by: FunnelKey) -> pl.DataFrame:
    """Return one row per key, way out and reason, most leads first within a key.

    A lead counts as returned however often, and whoever has it by now; once it is invalid, as that alone.

    Returns:
        ``key``, ``exit`` (``returned``, ``invalid``), ``reason`` ('' where nobody wrote one), ``leads``, and
        ``share_pct`` of all leads of the key.
    """
    back = (pl.col("state") == "RETURNED") | (pl.col("return_count").fill_null(0) > 0)
    exit_ = pl.when(pl.col("state") == "INVALID").then(pl.lit("invalid")).when(back).then(pl.lit("returned"))
    keyed = leads.with_columns(
        key=pl.col(by).fill_null(""), exit=exit_, reason=pl.col("reason").fill_null("").str.strip_chars()
    )
    counts = keyed.group_by("key").agg(all=pl.len())
    out = keyed.drop_nulls("exit").group_by("key", "exit", "reason").agg(leads=pl.len().cast(pl.Int64))
    return (
        out.join(counts, on="key")
        .with_columns(share_pct=(100 * pl.col("leads") / pl.col("all")).round(4))
        .sort("key", "leads", "exit", "reason", descending=[False, True, True, False])
        .select("key", "exit", "reason", "leads", "share_pct")
    )
