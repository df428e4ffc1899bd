"""Import: rows of foreign files become rows of the book, each new, changed, unchanged or rejected.

Nothing is guessed: what cannot be read, names that are almost known and columns nobody mapped are told.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

import polars as pl

from ltc_xl.imports.form_map import FormMap
from ltc_xl.imports.forms import forms
from ltc_xl.imports.items import FILE, Items, footers, items_of, reasons
from ltc_xl.imports.mangled import mangled
from ltc_xl.imports.raw import LINE, RawTable
from ltc_xl.imports.typed import AT, typed_rows
from ltc_xl.intake.names import Named, Told, named_texts, new_names, with_lookups
from ltc_xl.intake.parts import Part, parts
from ltc_xl.intake.preview import preview
from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes
from ltc_xl.model.enums import folded
from ltc_xl.model.errors import UsageError
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID, table
from ltc_xl.rules.upsert import Upsert, upsert

__all__ = ["intake", "preview"]


@dataclass(frozen=True)
class _Reading:
    """The rows as they were understood.

    Attributes:
        values: ``_at`` and what the files say, typed; of the rows that are taken.
        constants: ``_at`` and what the map says of each of them.
        rejects: ``_at``, ``why``, ``column``, ``value`` of the others.
        unread: ``_at``, ``column``, ``value`` of cells that stay blank.
        footers: how many rows were totals.
    """

    values: pl.DataFrame
    constants: pl.DataFrame
    rejects: pl.DataFrame
    unread: pl.DataFrame
    footers: int


def intake(  # noqa: PLR0913, PLR0917  every service starts with book, rulebook and day
    book: Book,
    rulebook: Rulebook,  # noqa: ARG001  every service is called alike
    as_of: date,
    form_map: FormMap,
    files: Mapping[str, RawTable],
    lookups: Mapping[str, RawTable] | None = None,
) -> Outcome:
    """Return what the files change in the book, and everything that is doubtful about them.

    Args:
        book: the book.
        rulebook: its rules.
        as_of: the day of the import.
        form_map: what the columns mean.
        files: the data by file name.
        lookups: the files of ``[lookup.…]`` by column.

    Raises:
        UsageError: a constant of the map cannot be read.
    """
    items = items_of(files, form_map)
    named = with_lookups(named_texts(book, form_map, items.texts, lookups or {}), form_map, lookups or {})
    fixed = named_texts(book, form_map, _constants(form_map), {})
    reading = _read(book, form_map, named.texts, fixed.texts)
    done = _upserts(book, parts(book, as_of, form_map, reading.values, reading.constants))
    both = pl.concat([reading.values, _only(reading.constants, reading.values)], how="horizontal")
    also = new_names(book, forms()[form_map.form], both, named.near)
    extra = _extra(items, named, reading.unread, form_map, done)
    changes = sum((one.changes for one in done.values()), Changes()) + Changes(inserts=also, extra=extra)
    told = [*named.told, *fixed.told, *_told_unread(reading), *_told_kept(done)]
    told += _told_mangled(items, form_map)
    return Outcome(
        changes,
        data={
            "form": form_map.form,
            **_counts(reading, done),
            "batch": _batch(form_map, files, as_of),
            "unmapped": list(items.unmapped),
            "rejects_file": None,
            "unmatched": told,
            "also": {name: rows.height for name, rows in also.items()},
            "skipped": reading.footers,
            "diff": _diff(items, form_map, reading.values, done),
            "rejects": _rejects(items, form_map, reading.rejects),
        },
        exit_status=1 if reading.rejects.height else 0,
    )


def _constants(form_map: FormMap) -> pl.DataFrame:
    return pl.DataFrame({AT: [0], **{c: [v or None] for c, v in form_map.constants.items()}}, strict=False)


def _own_words(book: Book) -> dict[str, dict[str, str]]:
    """Return what the book calls its codes, by list."""
    words: dict[str, dict[str, str]] = {}
    for name, code, *texts in book.rows("choices").select("set", "code", "zh", "en").iter_rows():
        words.setdefault(name, {}).update({folded(text): code for text in texts if text})
    return words


def _read(book: Book, form_map: FormMap, texts: pl.DataFrame, constant_texts: pl.DataFrame) -> _Reading:
    """Return the rows typed, without those that are turned away."""
    form = forms()[form_map.form]
    words = _own_words(book)
    values, unread = typed_rows(texts, form_map, words)
    constant, wrong = typed_rows(constant_texts, form_map, words)
    for column, value in wrong.select("column", "value").iter_rows():
        raise UsageError("map_constant", column=column, found=value)
    constants = values.select(AT).join(constant.drop(AT), how="cross", maintain_order="left")
    whole = _filled(values, constants)
    why = reasons(form, whole, unread)
    totals = footers(texts).join(why, on=AT, how="semi")
    taken = values.join(why, on=AT, how="anti", maintain_order="left")
    return _Reading(
        taken,
        constants.join(why, on=AT, how="anti", maintain_order="left"),
        why.join(totals, on=AT, how="anti", maintain_order="left"),
        unread.join(why, on=AT, how="anti", maintain_order="left"),
        totals.height,
    )


def _filled(values: pl.DataFrame, constants: pl.DataFrame) -> pl.DataFrame:
    """Return the values with constants where a row has none."""
    both = [pl.coalesce(values[c], constants[c]).alias(c) for c in constants.columns if c in values.columns]
    return pl.concat([values.with_columns(both), _only(constants, values)], how="horizontal")


def _only(constants: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    return constants.select(c for c in constants.columns if c not in values.columns)


def _upserts(book: Book, made: Sequence[Part]) -> dict[str, Upsert]:
    """Return what each part changes, by table; a part may refer to rows of those before it."""
    done: dict[str, Upsert] = {}
    for part in made:
        refs = {column: _numbers(book, name, done[name]) for column, name in part.refs.items()}
        rows = part.rows.with_columns(
            pl.col(column).replace_strict(known[AT], known["ref"], default=None, return_dtype=pl.String)
            for column, known in refs.items()
        )
        done[part.table] = upsert(table(part.table), book.rows(part.table), rows, part.keys, part.defaults)
    return done


def _numbers(book: Book, name: str, found: Upsert) -> pl.DataFrame:
    """Return ``_at`` -> ``ref``: the number of the row it became, its ``_uid`` while it has none."""
    numbers = book.rows(name).select(UID, number=table(name).numbered or UID)
    return found.rows.join(numbers, on=UID, how="left").select(AT, ref=pl.coalesce("number", UID))


def _counts(reading: _Reading, done: Mapping[str, Upsert]) -> dict[str, int]:
    """Return how many rows of the files are new, changed, unchanged and rejected.

    A row is new when the first table it goes to gets a new row; whatever else it brings is a change.
    """
    ranks = pl.col("status").replace_strict({"unchanged": 0, "changed": 1, "new": 2}, return_dtype=pl.Int8)
    firsts = pl.concat([rows.select(AT, rank=ranks) for rows in _by_first_table(done).values()])
    others = [one.rows.select(AT, rank=ranks.clip(upper_bound=1)) for one in done.values()]
    best = pl.concat([firsts, *others]).group_by(AT).agg(pl.col("rank").max())
    counted = dict(best["rank"].value_counts().iter_rows())
    names = ("unchanged", "changed", "new")
    return {
        **{name: counted.get(rank, 0) for rank, name in reversed(list(enumerate(names)))},
        "rejected": reading.rejects[AT].n_unique(),
    }


def _by_first_table(done: Mapping[str, Upsert]) -> dict[str, pl.DataFrame]:
    """Return ``_at``, ``_uid`` and ``status`` of each row in the first table it goes to."""
    seen = pl.DataFrame(schema={AT: pl.UInt32()})
    found = {}
    for name, one in done.items():
        found[name] = one.rows.join(seen, on=AT, how="anti", maintain_order="left")
        seen = pl.concat([seen, found[name].select(AT)])
    return found


def _batch(form_map: FormMap, files: Mapping[str, RawTable], as_of: date) -> str:
    """Return the batch id: the same files by the same map on the same day are the same batch."""
    said = [
        *sorted(raw.digest for raw in files.values()),
        *(f"{k}={_plain(v)}" for k, v in asdict(form_map).items()),
    ]
    return f"{as_of:%Y%m%d}-{hashlib.sha256(repr(said).encode()).hexdigest()[:8]}"


def _plain(value: object) -> object:
    """Return a value without sets, whose order is not the same in every run."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return sorted(value) if isinstance(value, frozenset) else value


def _told_unread(reading: _Reading) -> list[Told]:
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
    form = forms()[form_map.form]
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


def _diff(
    items: Items, form_map: FormMap, values: pl.DataFrame, done: Mapping[str, Upsert]
) -> list[dict[str, object]]:
    """Return every cell that changes, with its row in the file and what that row is known by."""
    keys = [c for key in forms()[form_map.form].keys for c in key if c in values.columns]
    known_by = values.select(AT, key=pl.coalesce(*dict.fromkeys(keys)).cast(pl.String)) if keys else None
    cells = pl.concat([one.diff.with_columns(table=pl.lit(name)) for name, one in done.items()])
    if known_by is None or not cells.height:
        return []
    rows = cells.join(items.places, on=AT).join(known_by, on=AT).sort(AT, maintain_order=True)
    return rows.select(
        pl.col(FILE).alias("file"), pl.col(LINE).alias("row"), "key", "table", "column", "old", "new"
    ).to_dicts()


def _headers_of(column: str, form_map: FormMap) -> str:
    """Return the headers of a column, or of the alternatives that were missing, as the file has them.

    >>> _headers_of("due_date | base_date+terms", FormMap("receivables", {"due_date": "Due"}))
    'Due'
    """
    ways = [way.strip().split("+") for way in column.split("|")]
    fed = [way for way in ways if all(c in form_map.filled for c in way)] or ways
    return " / ".join("+".join(form_map.columns.get(c, c) for c in way) for way in fed)


def _rejects(items: Items, form_map: FormMap, rejects: pl.DataFrame) -> list[dict[str, object]]:
    """Return the rows that were turned away, each with all its reasons."""
    headers = {column: _headers_of(column, form_map) for column in rejects["column"].unique()}
    reason = pl.struct("why", "column", "value", header=pl.col("column").replace(headers))
    rows = rejects.group_by(AT, maintain_order=True).agg(reason.alias("reasons")).join(items.places, on=AT)
    return rows.sort(AT).select(pl.col(FILE).alias("file"), pl.col(LINE).alias("row"), "reasons").to_dicts()


def _extra(
    items: Items, named: Named, unread: pl.DataFrame, form_map: FormMap, done: Mapping[str, Upsert]
) -> dict[str, pl.DataFrame]:
    """Return what nobody mapped, and what stands in the book otherwise than in the file, as JSON by row."""
    kept = [pl.col(header) for header in items.unmapped]
    before, after = items.texts, named.texts
    for column, header in form_map.columns.items():
        lost = unread.filter(pl.col("column") == column)[AT].implode()
        differs = before[column].ne_missing(after[column]) | before[AT].is_in(lost)
        if differs.any():
            kept.append(pl.when(differs).then(before[column]).alias(header))
    if not kept:
        return {}
    rows = items.raw.select(AT, _json(kept).alias("extra")).drop_nulls("extra")
    found = {name: ids.join(rows, on=AT).select(UID, "extra") for name, ids in _by_first_table(done).items()}
    return {name: frame for name, frame in found.items() if frame.height}


def _json(columns: Sequence[pl.Expr]) -> pl.Expr:
    """Return a JSON object of the columns that are filled, null when none is."""
    entries = [
        pl.when(column.is_not_null()).then(pl.struct(column).struct.json_encode().str.slice(1).str.head(-1))
        for column in columns
    ]
    joined = pl.concat_str(entries, separator=",", ignore_nulls=True)
    return pl.when(joined != "").then(pl.concat_str(pl.lit("{"), joined, pl.lit("}")))
