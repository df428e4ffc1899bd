"""The service: what people decided about duplicates is done, and those still open are listed with reasons."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from ltc_xl.leads.duplicate_reasons import DuplicateReasons, Row
from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, applied, differences
from ltc_xl.model.enums import Lang
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID, table
from ltc_xl.rules.deciding import Decisions, Place, decisions, grouped
from ltc_xl.rules.duplicates.pairing import paired
from ltc_xl.rules.merging import NUMBERS, merges
from ltc_xl.rules.waiting import open_leads

Named = Mapping[tuple[str, str], tuple[str, str | None, str | None]]
"""Table and ``_uid`` -> number, name, owner."""

MOST_CROWDED = 5
"""So many things that too many have in common are told."""


def dedupe(
    book: Book,
    _rulebook: Rulebook,
    as_of: date,
    *,
    lang: Lang | None = None,
    only: Collection[str] | None = None,
) -> Outcome:
    """Return the merges and links that were decided, and the pairs that wait for a decision.

    A lead whose keys say that it is a customer's is linked to the customer at once. Of a pair that the keys
    call one, the sheet proposes to merge it: the next run does so unless somebody has decided otherwise.

    Args:
        book: as read; the decisions stand in its 查重.
        as_of: the day.
        lang: language of the answer; the reasons in the book are in the book's own.
        only: ``_uid`` of rows that are new or have changed: a look at these alone. Pairs of others stay as
            they are listed, and decisions wait for a run that looks at all.
    """
    if only is not None and not only:
        return Outcome(data=_data([], Decisions({}, (), {}), {}, [], DuplicateReasons(lang or book.lang)))
    decided = decisions(book) if only is None else replace(decisions(book), merges={}, links=())
    changes = sum((merges(book, name, pairs, as_of) for name, pairs in decided.merges.items()), Changes())
    changes += _links(applied(book, changes), decided.links)
    after = applied(book, changes)
    pairing = paired(_in_order(after), only)
    pairs = _open_pairs(after, pairing.pairs)
    sure = pairs.filter((pl.col("b_table") == "customers") & (pl.col("a_table") == "leads"))
    known = [(("leads", a), ("customers", b)) for a, b in _surest(sure)]
    linked = _links(after, known)
    changes, after = changes + linked, applied(after, linked)
    named = _named(after)
    rows = [_row(pair, named, decided) for pair in pairs.rows(named=True)]
    words = DuplicateReasons(book.lang)
    body = _body(rows, words)
    if only is not None:
        body = _with_others(after, body, only)
    changes += _suspected(after, body) + Changes(puts={"duplicates": body})
    told = words if lang in {None, book.lang} else DuplicateReasons(lang or book.lang)
    data = _data(rows, decided, _named(book), known, told)
    return Outcome(changes=changes, data=data | {"crowded": pairing.crowded.head(MOST_CROWDED).to_dicts()})


def _in_order(book: Book) -> Book:
    """Return the book with its rows by age and number: where they stand on a sheet decides nothing."""
    for name, number in NUMBERS.items():
        rows = book.rows(name)
        if name in book.tables:
            order = [code for code in ("created_on", number, UID) if code in rows.columns]
            book = book.with_rows(name, rows.sort(order, nulls_last=True))
    return book


def _open_pairs(book: Book, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs, customers last in each, without leads that are linked to the customer."""
    turned = pairs.with_columns(
        *(
            pl.when(_is_turned()).then(f"b{part}").otherwise(f"a{part}").alias(f"a{part}")
            for part in ("", "_table")
        ),
        *(
            pl.when(_is_turned()).then(f"a{part}").otherwise(f"b{part}").alias(f"b{part}")
            for part in ("", "_table")
        ),
    )
    leads = book.rows("leads").drop_nulls("customer").select(a=UID, b_name="customer")
    customers = book.rows("customers").select(b=UID, b_name="name")
    done = leads.join(customers, on="b_name").with_columns(
        a_table=pl.lit("leads"), b_table=pl.lit("customers")
    )
    return turned.join(done, on=["a_table", "a", "b_table", "b"], how="anti", maintain_order="left")


def _is_turned() -> pl.Expr:
    return (pl.col("a_table") == "customers") & (pl.col("b_table") == "leads")


def _surest(pairs: pl.DataFrame) -> list[tuple[str, str]]:
    """Return the customer that keys give a lead; none where they give it two."""
    sure = pairs.filter(pl.col("band") == "duplicate")
    return sure.filter(pl.col("b").n_unique().over("a") == 1).select("a", "b").rows()


def _links(book: Book, links: Sequence[tuple[Place, Place]]) -> Changes:
    """Return leads with the customer they are linked to; of two linked leads the later names the other."""
    customers = dict(book.rows("customers").select(UID, "name").iter_rows())
    new = {
        left[1]: customers[right[1]] for left, right in links if (left[0], right[0]) == ("leads", "customers")
    }
    leads = book.rows("leads")
    linked = leads.with_columns(
        customer=pl.col(UID).replace_strict(new, default=pl.col("customer"), return_dtype=pl.String)
    )
    return differences("leads", leads, linked, ["customer"])


def _named(book: Book) -> Named:
    shown = {
        "leads": pl.coalesce("company", "contact"),
        "customers": pl.col("name"),
        "contacts": pl.col("name"),
    }
    found: dict[tuple[str, str], tuple[str, str | None, str | None]] = {}
    for name, number in NUMBERS.items():
        owner = pl.col("owner") if "owner" in table(name).by_code else pl.lit(None, pl.String)
        rows = book.rows(name).select(UID, pl.coalesce(number, UID), shown=shown[name], owner=owner)
        found |= {(name, uid): (no, called, who) for uid, no, called, who in rows.iter_rows()}
    return found


def _row(pair: Row, named: Named, decided: Decisions) -> dict[str, object]:
    """Return a pair as the sheet and the answer show it."""
    left, right = (named[str(pair[f"{side}_table"]), str(pair[side])] for side in ("a", "b"))
    customer = pair["a_table"] != pair["b_table"]
    band = "CUSTOMER" if customer else str(pair["band"]).upper()
    stated = decided.stated.get((left[0], right[0])) or decided.stated.get((right[0], left[0]))
    shared = left[2] is None or right[2] is None or left[2] == right[2]
    proposed = "MERGE" if band == "DUPLICATE" and shared else None
    return {
        **pair,
        "a_no": left[0],
        "b_no": right[0],
        "a_name": left[1],
        "b_name": right[1],
        "shown_band": band,
        "decision": stated if stated in {"KEEP", "LINK"} else proposed,
        "settled": stated in {"KEEP", "LINK"},
    }


def _body(rows: list[dict[str, object]], words: DuplicateReasons) -> pl.DataFrame:
    """Return the sheet: what waits for a decision first, what was settled last."""
    ordered = sorted(rows, key=lambda row: (bool(row["settled"]), -int(str(row["score"]))))
    types = {column.code: column.dtype for column in table("duplicates").columns}
    lines = [
        (
            *(row["a_no"], row["a_name"], row["b_no"], row["b_name"]),
            *(row["shown_band"], row["score"], words.text(row), row["decision"]),
        )
        for row in ordered
    ]
    return pl.DataFrame(lines, schema=types, orient="row")


def _with_others(book: Book, body: pl.DataFrame, only: Collection[str]) -> pl.DataFrame:
    """Return the sheet with the pairs of rows that nobody looked at, as they stand on it."""
    numbers = _numbers(book)
    asked = numbers.filter(pl.col(UID).is_in(list(only)))["no"].implode()
    standing = numbers["no"].implode()
    others = book.rows("duplicates").filter(
        pl.all_horizontal(pl.col(side).is_in(standing) & ~pl.col(side).is_in(asked) for side in ("a", "b"))
    )
    both = pl.concat([body, others.select(body.columns)]).unique(
        ["a", "b"], keep="first", maintain_order=True
    )
    settled = pl.col("decision").is_in(["KEEP", "LINK"]).fill_null(value=False)
    return both.sort(settled, "score", descending=[False, True], maintain_order=True)


def _numbers(book: Book) -> pl.DataFrame:
    """Return ``_uid`` and number of every row that was not merged."""
    tables = (
        book.rows(name).filter(pl.col("merged_into").is_null()).select(UID, no=pl.coalesce(number, UID))
        for name, number in NUMBERS.items()
    )
    return pl.concat(tables)


def _suspected(book: Book, body: pl.DataFrame) -> Changes:
    """Return the open leads with the other they may be, where nobody has said that both are to be kept."""
    leads = open_leads(book)
    number = pl.coalesce("lead_id", UID)
    mine = leads.select(number)["lead_id"].implode()
    maybe = body.filter(
        pl.col("a").is_in(mine),
        pl.col("b").is_in(mine),
        (pl.col("decision") == "KEEP").fill_null(value=False).not_(),
    )
    firsts = maybe.unique("b", keep="first", maintain_order=True)
    numbers = dict(firsts.select("b", "a").iter_rows())
    new = number.replace_strict(numbers, default=None, return_dtype=pl.String)
    return differences("leads", leads, leads.with_columns(dup_of=new), ["dup_of"])


def _data(
    rows: list[dict[str, object]],
    decided: Decisions,
    named: Named,
    known: list[tuple[Place, Place]],
    words: DuplicateReasons,
) -> dict[str, object]:
    open_rows = [row for row in rows if not row["settled"]]
    pairs = [_pair(row, words) for row in open_rows if row["shown_band"] != "CUSTOMER"]
    linked = dict.fromkeys(known)
    asked = [
        _pair(row, words)
        for row in open_rows
        if row["shown_band"] == "CUSTOMER" and (("leads", row["a"]), ("customers", row["b"])) not in linked
    ]
    done = ((name, uid, into) for name, some in decided.merges.items() for uid, into in some)
    links = dict.fromkeys([*(one for one in decided.links if one[1][0] == "customers"), *linked])
    return {
        "pairs": pairs,
        "groups": len(set(grouped([(str(p["a"]), str(p["b"])) for p in pairs]).values())),
        "customers": asked,
        "merged": [
            {"table": name, "merged": named[name, uid][0], "into": named[name, into][0]}
            for name, uid, into in done
        ],
        "linked": [
            {"lead_id": named[lead][0], "company": named[lead][1], "customer": named[to][1]}
            for lead, to in links
        ],
        "kept": sum(decision == "KEEP" for decision in decided.stated.values()),
        "crowded": [],
        "problems": [],
    }


def _pair(row: Row, words: DuplicateReasons) -> dict[str, object]:
    return {
        "table": row["b_table"],
        "a": row["a_no"],
        "a_name": row["a_name"],
        "b": row["b_no"],
        "b_name": row["b_name"],
        "band": row["band"],
        "score": row["score"],
        "reasons": words.of(row),
        "decision": row["decision"],
    }
