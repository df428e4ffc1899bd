"""What somebody has undertaken to do by a day: conditions of a go, disputes, risks, actions, roll-out."""

from collections.abc import Iterator
from datetime import date, timedelta

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rules.agenda.item import SOON_DAYS, item
from ltc_xl.rules.agenda.parties import deals_and_contracts
from ltc_xl.rules.billing import first_rows


def items(book: Book, rulebook: Rulebook, as_of: date) -> Iterator[pl.DataFrame]:
    """Yield the lines of tasks that are not closed."""
    soon = as_of + timedelta(days=SOON_DAYS)

    def due(name: str) -> pl.DataFrame:
        return book.rows(name).filter(pl.col("closed_on").is_null() & (pl.col("due_on") <= soon))

    common = {"owner": pl.col("owner"), "due_on": pl.col("due_on"), "currency": pl.lit(rulebook.currency)}
    objects = deals_and_contracts(book, rulebook).select("object_id", "about")
    reviews = first_rows(book.rows("reviews"), "review_id").select("object_id", review="review_id")
    conditions = due("conditions").join(reviews, on="review", how="left", maintain_order="left")
    of_object = {"id": pl.col("object_id"), "about": pl.col("about")}
    for kind, name, text, rows in (
        ("condition_due", "conditions", "condition", conditions),
        ("risk_due", "risks", "risk", due("risks")),
    ):
        told = rows.join(objects, on="object_id", how="left", maintain_order="left")
        yield item(told, kind, name, "closed_on", next_step=text, **of_object, **common)
    yield _disputes(due("disputes"), book, rulebook)
    for kind, name, text in (
        ("action_due", "retro_actions", "action"),
        ("task_due", "rollout_tasks", "task"),
    ):
        yield item(due(name), kind, name, "closed_on", next_step=text, **common)


def _disputes(due: pl.DataFrame, book: Book, rulebook: Rulebook) -> pl.DataFrame:
    lines = first_rows(book.rows("lines"), "line_id").select("customer", "currency", line="line_id")
    return item(
        due.join(lines, on="line", how="left", maintain_order="left"),
        "dispute_due",
        "disputes",
        "closed_on",
        owner="owner",
        due_on="due_on",
        id="line",
        about="customer",
        amount="amount",
        currency=pl.col("currency").fill_null(rulebook.currency),
    )
