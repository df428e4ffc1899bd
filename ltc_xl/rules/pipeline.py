"""The pipeline: deals that are open on a day, by stage, owner and month of expected signing.

What a past day looked like is told by dates: a deal was open from its creation to its closing. Its stage on
that day is known only if it stood in today's stage by then; where it did not, the stage is null.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.enums import by_word, codes_of_kind, folded, words
from ltc_xl.model.money import cents, product, total
from ltc_xl.model.paper import Number
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.own_keys import own_key

WINDOW_DAYS = 365
"""Win rate and cycle of the velocity are those of the deals closed in so many days."""
MONTH_DAYS = 30
_COLUMNS = (
    "name",
    "customer",
    "owner",
    "amount",
    "expected_close",
    "next_step",
    "next_on",
    "created_on",
    "stage_since",
    "decision_maker",
)


def open_deals(book: Book, rulebook: Rulebook, as_of: date, own: str | None = None) -> pl.DataFrame:
    """Return the deals open on a day, largest first, in any currency.

    Args:
        book: with its computed columns filled.
        rulebook: gives the firm's currency and the longest stay in each stage.
        as_of: the day.
        own: the name of a column of the firm's own; what it says stands in ``own``.

    Returns:
        ``stage`` null where it is not known; ``weighted`` amount x win rate of the stage; ``stuck`` longer in
        the stage than its limit; ``late`` when the expected signing has passed and the deal is not on hold.
    """
    open_now, later = pl.col("stage").is_in(codes_of_kind("opp_stage", "open")), pl.col("closed_on") > as_of
    known = pl.col("created_on").is_null() | (pl.col("created_on") <= as_of)
    told = open_now & (pl.col("stage_since").is_null() | (pl.col("stage_since") <= as_of))
    days = (pl.lit(as_of) - pl.col("stage_since")).dt.total_days()
    rows = (
        book.rows("opportunities")
        .filter(known & (open_now | later))
        .select(
            UID,
            *_COLUMNS,
            own_key(book, "opportunities", own),
            opp_id=pl.coalesce("opp_id", "source_id"),
            currency=pl.col("currency").fill_null(rulebook.currency),
            stage=pl.when(told).then("stage"),
            probability=pl.when(told).then("probability"),
            days_in_stage=pl.when(told).then(days),
        )
        .join(stage_limits(rulebook), on="stage", how="left", maintain_order="left")
    )
    late = (pl.col("expected_close") < as_of) & pl.col("stage").ne_missing("HOLD")
    return rows.with_columns(
        weighted=product(pl.col("amount"), pl.col("probability")),
        listed=pl.col("amount"),
        stuck=(pl.col("days_in_stage") > pl.col("max_days")).fill_null(value=False),
        late=late.fill_null(value=False),
        month=pl.col("expected_close").dt.strftime("%Y-%m"),
    ).sort("amount", "opp_id", UID, descending=[True, False, False], nulls_last=True)


def stage_limits(rulebook: Rulebook) -> pl.DataFrame:
    """Return ``stage`` (code) and ``max_days``, the longest stay that the sheet 阶段 allows."""
    rows = rulebook.rows("stages").filter(pl.col("object") == "OPPORTUNITY").drop_nulls(["stage", "max_days"])
    codes = {word: by_word("opp_stage").get(folded(word), word) for word in rows["stage"]}
    return rows.select(pl.col("stage").replace(codes), "max_days").unique("stage", keep="first").sort("stage")


_SUMS = (
    pl.len().cast(pl.Int64).alias("count"),
    total(pl.col("amount")).alias("amount"),
    total(pl.col("weighted")).alias("weighted_amount"),
    pl.col("days_in_stage").mean().round(1).alias("mean_days_in_stage"),
    pl.col("stuck").sum().cast(pl.Int64).alias("stuck"),
    pl.col("late").sum().cast(pl.Int64).alias("late"),
)


def pipeline_stages(deals: pl.DataFrame) -> pl.DataFrame:
    """Return count, amounts, mean days, limit and how many are stuck or late per stage, in their order."""
    order = {word.code: place for place, word in enumerate(words("opp_stage"))}
    place = pl.col("stage").replace_strict(order, default=None, return_dtype=pl.Int64)
    return (
        deals.group_by("stage")
        .agg(*_SUMS, pl.col("max_days").first())
        .sort(place, nulls_last=True)
        .with_columns(pl.col("stage").fill_null(""))
    )


def pipeline_by(deals: pl.DataFrame, key: str) -> pl.DataFrame:
    """Return the same figures per owner, largest first, or per month, earliest first; no key is ''."""
    rows = deals.group_by(pl.col(key).fill_null("").alias(key)).agg(_SUMS)
    if key == "month":
        return rows.sort((pl.col(key) == ""), key)
    return rows.sort(["weighted_amount", "amount", key], descending=[True, True, False])


def pipeline_total(deals: pl.DataFrame) -> dict[str, Number | None]:
    """Return the same figures over all deals."""
    return deals.select(_SUMS).row(0, named=True)


def other_pipelines(deals: pl.DataFrame, currency: str) -> pl.DataFrame:
    """Return count and amounts of the open deals in each other currency."""
    others = deals.filter(pl.col("currency") != currency)
    return others.group_by("currency").agg(_SUMS[:3]).sort("currency")


@dataclass(frozen=True, slots=True)
class Velocity:
    """What the pipeline yields: open amount x win rate / cycle days.

    Attributes:
        open_amount: number of open deals x their mean amount.
        won, lost: deals closed in the window.
        cycle_days: median days from creation to signing of those won; None where none tells.
    """

    open_amount: Decimal
    won: int
    lost: int
    cycle_days: Decimal | None

    @property
    def win_rate_pct(self) -> Decimal | None:
        """Return won / (won + lost) in percent; None where nothing was closed."""
        closed = self.won + self.lost
        return (Decimal(100 * self.won) / closed).quantize(Decimal("0.0001")) if closed else None

    @property
    def per_month(self) -> Decimal | None:
        """Return the amount that is signed in thirty days at this pace; None where history cannot tell."""
        if not self.cycle_days or not self.won:
            return None
        won_share = Decimal(self.won) / (self.won + self.lost)
        return cents(self.open_amount * won_share / self.cycle_days * MONTH_DAYS)


def velocity(book: Book, deals: pl.DataFrame, as_of: date) -> Velocity:
    """Return the velocity of open deals of one currency at the pace of the last year."""
    start = as_of - timedelta(days=WINDOW_DAYS)
    closed = book.rows("opportunities").filter((pl.col("closed_on") > start) & (pl.col("closed_on") <= as_of))
    won = closed.filter(pl.col("stage") == "WON")
    days = won.select((pl.col("closed_on") - pl.col("created_on")).dt.total_days().median()).item()
    return Velocity(
        open_amount=deals.select(total(pl.col("amount"))).item(),
        won=won.height,
        lost=closed.filter(pl.col("stage") == "LOST").height,
        cycle_days=None if days is None else Decimal(str(days)),
    )
