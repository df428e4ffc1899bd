"""Which lines stay open, so that the shares the facts name come out on any day."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from ltc_xl.demo.telling import Row, Telling, facts

_ROUND = Decimal(1000)


def story(line: Row) -> str:
    """Return the name of a line in the facts: contract/item."""
    return f"{line['contract']}/{line['item']}"


def open_amounts(told: Telling, customers: Mapping[str, Row], lines: Sequence[Row]) -> dict[str, Decimal]:
    """Return ``line_id`` -> what is open of it; a line that is not named is paid.

    Open are what is not triggered yet, what the facts tell a story of, and of the rest so much that the
    overdue share and the share of the biggest customer are those of the facts.
    """
    aims = facts()["receivables"]
    pinned = [line for line in lines if story(line) in facts()["open_lines"]]
    home = [line for line in pinned if line["currency"] == "CNY"]
    biggest = customers[aims["biggest_customer"]]["name"]
    big = _sum(line for line in home if line["customer"] == biggest)
    total = big / Decimal(aims["biggest"])
    overdue = total * Decimal(aims["overdue"])
    told_of = {**facts()["open_lines"], **facts()["paid"]}
    free = [
        line for line in lines if line["due_on"] and line["currency"] == "CNY" and story(line) not in told_of
    ]
    since = told.as_of - timedelta(days=aims["window"])
    return {
        **{line["line_id"]: line["amount"] for line in lines if not line["due_on"] or line in pinned},
        **kept_open([x for x in free if since < x["due_on"] < told.as_of], overdue - _sum(home) + big),
        **kept_open([x for x in free if x["due_on"] >= told.as_of], total - overdue - big),
    }


def kept_open(lines: Sequence[Row], target: Decimal) -> dict[str, Decimal]:
    """Return ``line_id`` -> what stays open, so that it adds up to the target; the youngest stay open.

    The line that would go beyond is paid in part, a round thousand left.
    """
    held: dict[str, Decimal] = {}
    for line in sorted(lines, key=lambda row: (row["due_on"], row["line_id"]), reverse=True):
        room = max(target - sum(held.values()), Decimal(0))
        held[line["line_id"]] = line["amount"] if line["amount"] <= room else room // _ROUND * _ROUND
    return held


def _sum(lines: Iterable[Row]) -> Decimal:
    return sum((line["amount"] for line in lines), Decimal(0))
