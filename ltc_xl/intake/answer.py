"""What an import answers: how many rows, which cells, what is doubtful, what was turned away."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date

import polars as pl

from ltc_xl.imports.form_map import FormMap
from ltc_xl.imports.items import FILE, Items
from ltc_xl.imports.mangled import mangled
from ltc_xl.imports.raw import LINE, RawTable
from ltc_xl.imports.typed import AT
from ltc_xl.intake.names import Told
from ltc_xl.intake.reading import Reading
from ltc_xl.rules.upsert import Upsert


def document(
    items: Items,
    form_map: FormMap,
    reading: Reading,
    done: Mapping[str, Upsert],
    also: Mapping[str, pl.DataFrame],
) -> dict[str, object]:
    """Return the machine form of an import, without its batch and what is doubtful."""
    return {
        "form": form_map.form,
        **_counts(reading, done),
        "unmapped": list(items.unmapped),
        "rejects_file": None,
        "also": {name: rows.height for name, rows in also.items()},
        "skipped": reading.footers,
        "diff": _differing_cells(items, form_map, reading.values, done),
        "rejects": _rejected_rows(items, form_map, reading.rejects),
    }


def told_values(items: Items, form_map: FormMap, reading: Reading, done: Mapping[str, Upsert]) -> list[Told]:
    """Return the values that are doubtful, names aside: unread, kept as the book has them, mangled."""
    return [*_told_unread(reading), *_told_kept(done), *_told_mangled(items, form_map)]


def _counts(reading: Reading, done: Mapping[str, Upsert]) -> dict[str, int]:
    """Return how many rows of the files are new, changed, unchanged and rejected.

    A row is new when the first table it goes to gets a new row; whatever else it brings is a change.
    """
    ranks = pl.col("status").replace_strict({"unchanged": 0, "changed": 1, "new": 2}, return_dtype=pl.Int8)
    firsts = pl.concat([rows.select(AT, rank=ranks) for rows in by_first_table(done).values()])
    others = [one.rows.select(AT, rank=ranks.clip(upper_bound=1)) for one in done.values()]
    best = pl.concat([firsts, *others]).group_by(AT).agg(pl.col("rank").max())
    counted = dict(best["rank"].value_counts().iter_rows())
    names = ("unchanged", "changed", "new")
    return {
        **{name: counted.get(rank, 0) for rank, name in reversed(list(enumerate(names)))},
        "rejected": reading.rejects[AT].n_unique(),
    }


def by_first_table(done: Mapping[str, Upsert]) -> dict[str, pl.DataFrame]:
    """Return ``_at``, ``_uid`` and ``status`` of each row in the first table it goes to."""
    seen = pl.DataFrame(schema={AT: pl.UInt32()})
    found = {}
    for name, one in done.items():
        found[name] = one.rows.join(seen, on=AT, how="anti", maintain_order="left")
        seen = pl.concat([seen, found[name].select(AT)])
    return found


def batch_of(form_map: FormMap, files: Mapping[str, RawTable], as_of: date) -> str:
    """Return the batch id: the same files by the same map on the same day are the same batch."""
    said = [
        *sorted(raw.digest for raw in files.values()),
        *(f"{k}={_plain(v)}" for k, v in asdict(replace(form_map, own=())).items() if k != "own"),
    ]
    return f"{as_of:%Y%m%d}-{hashlib.sha256(repr(said).encode()).hexdigest()[:8]}"


def _plain(value: object) -> object:
    """Return a value without sets, whose order is not the same in every run."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return sorted(value) if isinstance(value, frozenset) else value


def _told_unread(reading: Reading) -> list[Told]:
    counted = reading.unread.group_by("column", "value", maintain_order=True).len("rows")
    return [
        {"column": c, "value": v, "rows": n, "proposal": None, "why": "unread"}
        for c, v, n in counted.iter_rows()
    ]


def _told_kept(done: Mapping[str, Upsert]) -> list[Told]:
    """Return the names that the book has otherwise, of rows that were known by something else."""
    kept = pl.concat([one.kept for one in done.values()])
    counted = kept.group_by("column", "new", "old", maintain_order=True).len("rows")
    return [
        {"column": c, "value": new, "rows": n, "proposal": old, "why": "kept"}
        for c, new, old, n in counted.iter_rows()
    ]


def _told_mangled(items: Items, form_map: FormMap) -> list[Told]:
    """Return the values of columns without days that a spreadsheet has turned into days."""
    form = form_map.held_to
    plain = [c for c in form_map.columns if form.column(c).type in {"text", "id"}]
    found = [(c, mangled(items.texts[c], known=True), items.texts[c]) for c in plain]
    found += [(h, mangled(items.raw[h], known=False), items.raw[h]) for h in items.unmapped]
    return [
        {
            "column": column,
            "value": value,
            "rows": int((texts == value).sum()),
            "proposal": before,
            "why": "mangled",
        }
        for column, ranges, texts in found
        for value, before in ranges.items()
    ]


def _differing_cells(
    items: Items, form_map: FormMap, values: pl.DataFrame, done: Mapping[str, Upsert]
) -> list[dict[str, object]]:
    """Return every cell that changes, with its row in the file and what that row is known by."""
    keys = [c for key in form_map.held_to.keys for c in key if c in values.columns]
    known_by = values.select(AT, key=pl.coalesce(*dict.fromkeys(keys)).cast(pl.String)) if keys else None
    cells = pl.concat([one.diff.with_columns(table=pl.lit(name)) for name, one in done.items()])
    if known_by is None or not cells.height:
        return []
    rows = cells.join(items.places, on=AT).join(known_by, on=AT).sort(AT, maintain_order=True)
    return rows.select(
        pl.col(FILE).alias("file"), pl.col(LINE).alias("row"), "key", "table", "column", "old", "new"
    ).to_dicts()


def _rejected_rows(items: Items, form_map: FormMap, rejects: pl.DataFrame) -> list[dict[str, object]]:
    """Return the rows that were turned away, each with all its reasons."""
    headers = {column: _headers_of(column, form_map) for column in rejects["column"].unique()}
    reason = pl.struct("why", "column", "value", header=pl.col("column").replace(headers))
    rows = rejects.group_by(AT, maintain_order=True).agg(reason.alias("reasons")).join(items.places, on=AT)
    return rows.sort(AT).select(pl.col(FILE).alias("file"), pl.col(LINE).alias("row"), "reasons").to_dicts()


def _headers_of(column: str, form_map: FormMap) -> str:
    """Return the headers of a column, or of the alternatives that were missing, as the file has them.

    >>> _headers_of("due_date | base_date+terms", FormMap("receivables", {"due_date": "Due"}))
    'Due'
    """
    ways = [way.strip().split("+") for way in column.split("|")]
    fed = [way for way in ways if all(c in form_map.filled for c in way)] or ways
    return " / ".join("+".join(form_map.columns.get(c, c) for c in way) for way in fed)
