"""Real rows of others through import, check and reports: every figure is the reference's."""

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from seen import numbers_in, texts_of

from ltc_xl.cli import main
from ltc_xl.collect import aging
from ltc_xl.messages.papers import cell_words
from ltc_xl.rules import bind_rulebook
from ltc_xl.workbook import PutRows, patch, read_book

MAPS = Path(__file__).parents[1] / "docs/examples/maps"
Json = dict[str, Any]

OLIST_DAY = "2018-11-30"
MAVEN_DAY = "2017-12-31"
IBM_DAY, IBM_STRESS_DAY, IBM_LAST_DAY = "2013-06-30", "2013-12-31", "2014-01-31"
IBM_FILE = "WA_Fn-UseC_-Accounts-Receivable.csv"
LABELS = {"current": "current", "1-30": "1-30", "31-60": "31-60", "61-90": "61-90", ">90": "90+"}
"""Our label of a bucket -> the reference's, once the bucket table says 0, 30, 60, 90."""


def answered(*args: object) -> Json:
    """Return the JSON document of a command."""
    result = CliRunner().invoke(main, [*map(str, args), "--json"], prog_name="ltc-xl")
    assert result.exit_code in (0, 1), result.stderr
    document: Json = json.loads(result.stdout)
    return document


def new_book(path: Path, lang: str = "zh") -> Path:
    answered("new", path, "--lang", lang, "--as-of", "2013-01-01")
    return path


def imported(book: Path, file: Path, map_name: str, day: str) -> Json:
    """Import a file; a second import must find every row as it stands."""
    options = (book, file, "--map", MAPS / map_name, "--as-of", day)
    done = answered("import", *options, "--apply")
    again = answered("import", *options)
    assert (done["changed"], done["unchanged"], done["rejected"]) == (0, 0, 0)
    assert (again["new"], again["changed"], again["rejected"]) == (0, 0, 0)
    assert again["unchanged"] == done["new"]
    return done


def checked(book: Path, day: str) -> dict[tuple[str, str], int]:
    """Return (code, column) -> how often a check finds it; a second check must leave the file's bytes."""
    document = answered("check", book, "--as-of", day)
    before = book.read_bytes()
    answered("check", book, "--as-of", day)
    assert book.read_bytes() == before
    counted: dict[tuple[str, str], int] = defaultdict(int)
    for finding in document["findings"]:
        counted[finding["code"], finding["column"]] += 1
    return dict(counted)


def synced(book: Path, day: str) -> Json:
    """Return what a sync led to, the report's figures with it; a second one must leave the file's bytes."""
    done: Json = answered("sync", book, "--as-of", day)["books"][0]
    before = book.read_bytes()
    assert answered("sync", book, "--as-of", day)["books"][0]["commit"] is None
    assert book.read_bytes() == before
    assert (done["rejected"], done["conflicts"], done["unassigned"]) == (0, 0, [])
    cash = answered("report", "management", book, "--as-of", day)["cash"]
    assert (cash["tie_out"], cash["open_amount"]) == ("0.00", cash["ledger_amount"])
    return done


def unmatched(done: Json) -> list[tuple[object, ...]]:
    return [(e["column"], e["value"], e["rows"], e["proposal"]) for e in done["unmatched"]]


def by_key(document: Json, *names: str) -> dict[str, Json]:
    return {row["key"]: {name: row[name] for name in names} for row in document["rows"]}


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return a file as the standard library reads it."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a folder for the workbooks of this module, with the state they belong to."""
    made = tmp_path_factory.mktemp("real")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("LTC_XL_STATE", str(made / "state"))
        yield made


@pytest.fixture(scope="module")
def reference(data_dir: Path) -> Callable[[str], Json]:
    def read(name: str) -> Json:
        document: Json = json.loads((data_dir / "reference" / f"{name}.json").read_text("utf-8"))
        return document

    return read


# ---------------------------------------------------------------- a marketplace's leads


@pytest.mark.needs_data("olist_funnel")
def test_the_funnel_of_a_marketplace(
    folder: Path, data_dir: Path, reference: Callable[[str], Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LTC_XL_STATE", str(folder / "state"))
    book, source, expected = new_book(folder / "olist.xlsx"), data_dir / "olist_funnel", reference("olist")
    leads = imported(
        book, source / "olist_marketing_qualified_leads_dataset.csv", "olist_leads.toml", OLIST_DAY
    )
    won = imported(book, source / "olist_closed_deals_dataset.csv", "olist_won.toml", OLIST_DAY)
    assert (leads["new"], won["new"]) == (expected["leads"], expected["won"])
    assert unmatched(won) == [("average_stock", "05.jan", 6, "1-5"), ("average_stock", "20.máj", 13, "5-20")]
    deals = expected["won"]
    assert checked(book, OLIST_DAY) == {("K-01", "customer"): deals, ("K-02", "amount"): deals}
    names = ("leads", "won", "conversion_pct")
    document = answered("report", "funnel", book, "--as-of", OLIST_DAY)
    assert by_key(document, *names) == expected["by_origin"]
    assert {name: document["total"][name] for name in names} == {name: expected[name] for name in names}
    months = answered("report", "funnel", book, "--by", "month", "--as-of", OLIST_DAY)
    assert by_key(months, *names) == expected["by_contact_month"]
    waiting = expected["leads"] - deals
    done = synced(book, OLIST_DAY)
    assert (done["graded"], len(done["assigned"])) == (waiting, waiting)
    assert checked(book, OLIST_DAY) == {
        ("K-01", "customer"): deals,
        ("K-02", "amount"): deals,
    }


# ---------------------------------------------------------------- a sales team's pipeline


def open_at_list(source: Path) -> dict[str, Decimal]:
    """Return owner -> list prices of the open deals, as the files say it."""
    prices = {row["product"]: Decimal(row["sales_price"]) for row in rows_of(source / "products.csv")}
    prices["GTXPro"] = prices["GTX Pro"]
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for deal in rows_of(source / "sales_pipeline.csv"):
        if deal["deal_stage"] in {"Prospecting", "Engaging"}:
            sums[deal["sales_agent"]] += prices[deal["product"]]
    return sums


@pytest.mark.needs_data("maven_crm")
def test_the_pipeline_of_a_sales_team(
    folder: Path, data_dir: Path, reference: Callable[[str], Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LTC_XL_STATE", str(folder / "state"))
    book, source, expected = new_book(folder / "maven.xlsx", "en"), data_dir / "maven_crm", reference("maven")
    done = [
        imported(book, source / name, f"maven_{form}.toml", MAVEN_DAY)
        for form, name in (
            ("customers", "accounts.csv"),
            ("products", "products.csv"),
            ("opportunities", "sales_pipeline.csv"),
        )
    ]
    assert [one["new"] for one in done] == [85, 7, expected["deals"]]
    assert unmatched(done[2]) == [("product", "GTXPro", 1001, "GTX Pro")]
    assert done[2]["also"] == {"members": 20}
    stages = expected["by_stage"]
    blank = stages["Engaging"]["without_account"] + stages["Prospecting"]["without_account"]
    found = checked(book, MAVEN_DAY)
    assert found["K-01", "customer"] == blank
    assert found["K-02", "lost_reason"] == stages["Lost"]["deals"]
    assert found["K-02", "amount"] == stages["Engaging"]["deals"]
    assert not {code for code, _ in found} - {"K-01", "K-02", "O-04", "O-09", "R-41"}
    document = answered("report", "funnel", book, "--by", "owner", "--as-of", MAVEN_DAY)
    _holds_the_deals(document["rows"], expected["by_agent"])
    at_list = {row["key"]: Decimal(row["open_amount_at_list"]) for row in document["rows"]}
    assert {key: amount for key, amount in at_list.items() if amount} == open_at_list(source)
    total = document["total"]
    assert Decimal(total["open_amount_at_list"]) == sum(
        map(int, expected["open_pipeline_list_value"].values())
    )
    assert (Decimal(total["won_amount"]), total["win_rate_pct"], total["median_cycle_days_won"]) == (
        expected["won_value"],
        expected["win_rate_pct"],
        expected["cycle_days"]["Won"]["median"],
    )
    regions = answered("report", "funnel", book, "--by", "team", "--as-of", MAVEN_DAY)
    _holds_the_deals(regions["rows"], expected["by_region"])
    assert synced(book, MAVEN_DAY)["counts"]["error"] == sum(
        found[k] for k in found if k[0] in {"K-01", "K-02"}
    )


def _holds_the_deals(rows: list[Json], expected: Mapping[str, Json]) -> None:
    names = {
        "opportunities": "deals",
        **{name: name for name in ("won", "lost", "open", "win_rate_pct", "median_cycle_days_won")},
    }
    deals = {row["key"]: row for row in rows if row["opportunities"]}
    assert {key: {theirs: row[ours] for ours, theirs in names.items()} for key, row in deals.items()} == {
        key: {theirs: agent[theirs] for theirs in names.values()} for key, agent in expected.items()
    }
    assert {key: Decimal(row["won_amount"]) for key, row in deals.items()} == {
        key: Decimal(agent["won_value"]) for key, agent in expected.items()
    }


# ---------------------------------------------------------------- a shared-service centre's invoices


def money(number: float) -> Decimal:
    """Return an amount of the reference, which holds floats, to the cent."""
    return Decimal(str(number)).quantize(Decimal("0.01"))


def with_buckets(book: Path, *edges: int) -> None:
    """Type other edges into the bucket table, as a person does."""
    header = read_book(book).tables["buckets"].table.by_code["to_days"].label("zh")
    new = book.with_name("typed.xlsx")
    patch(book, new, [PutRows("cfgBuckets", [{header: edge} for edge in edges])])
    new.replace(book)


def in_buckets(row: Mapping[str, Any]) -> dict[str, Decimal]:
    return {theirs: Decimal(row[ours]) for ours, theirs in LABELS.items()}


def ibm_book(path: Path, source: Path) -> Path:
    book = new_book(path)
    with_buckets(book, 0, 30, 60, 90)
    done = imported(book, source, "ibm_receivables.toml", IBM_LAST_DAY)
    assert (done["new"], done["also"]) == (1267, {"customers": 50})
    return book


@pytest.fixture(scope="module")
def ibm(folder: Path, data_dir: Path) -> Path:
    """Return the workbook of the invoices and the cash that settled them, checked on a later day: clean."""
    book = ibm_book(folder / "ibm.xlsx", data_dir / "ibm_ar" / IBM_FILE)
    assert checked(book, IBM_LAST_DAY) == {}
    return book


@pytest.mark.needs_data("ibm_ar")
def test_open_invoices_by_days_overdue_and_customer(ibm: Path, reference: Callable[[str], Json]) -> None:
    expected = reference("ibm_ar")
    document = answered("collect", "aging", ibm, "--as-of", IBM_DAY)
    assert document["buckets"] == list(LABELS)
    assert in_buckets(document["total"]) == {
        label: money(row["amount"]) for label, row in expected["aging_total"].items()
    }
    assert document["open_lines"] == expected["open_invoices"]
    assert Decimal(document["open_amount"]) == Decimal(document["ledger_amount"])
    assert Decimal(document["open_amount"]) == money(expected["open_amount"])
    assert Decimal(document["overdue_amount"]) == money(expected["overdue_amount"])
    assert Decimal(document["apart"]["disputed"]) == money(expected["disputed_open_amount"])
    assert document["tie_out"] == "0.00"
    customers = {
        row["key"]: {
            **in_buckets(row),
            "total": Decimal(row["total"]),
            "max_days_overdue": row["max_days_overdue"],
        }
        for row in document["rows"]
    }
    assert customers == {
        key: {
            **{name: money(row[name]) for name in (*LABELS.values(), "total")},
            "max_days_overdue": row["max_days_overdue"],
        }
        for key, row in expected["aging_by_customer"].items()
    }


@pytest.mark.needs_data("ibm_ar")
def test_days_of_sales_that_stand_open(ibm: Path, reference: Callable[[str], Json]) -> None:
    expected = reference("ibm_ar")["dso"]
    for days, key in ((90, "period_90"), (365, "period_365")):
        document = answered("collect", "metrics", ibm, "--as-of", IBM_DAY, "--days", days)
        assert document["dso_simple"] == expected[key]


@pytest.mark.needs_data("ibm_ar")
def test_any_month_end_is_replayed_from_the_rows(ibm: Path, reference: Callable[[str], Json]) -> None:
    book = read_book(ibm)
    rulebook = bind_rulebook(book)
    for end, expected in reference("ibm_ar")["month_end_open"].items():
        data: Any = aging(book, rulebook, date.fromisoformat(end)).data
        assert data["open_lines"] == expected["invoices"], end
        assert Decimal(data["open_amount"]) == money(expected["amount"]), end
        assert Decimal(data["overdue_amount"]) == money(expected["overdue"]), end
        assert Decimal(data["tie_out"]) == 0, end


@pytest.mark.needs_data("ibm_ar")
def test_the_daily_run_of_a_service_centre_finds_nothing_to_say(
    ibm: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LTC_XL_STATE", str(folder / "state"))
    done = synced(ibm, IBM_LAST_DAY)
    assert (done["counts"], done["graded"]) == ({"error": 0, "warning": 0, "info": 0}, 0)


def ledger_total(source: Path, day: date) -> Decimal:
    """Return what is open on a day by the file itself: invoiced, not yet settled."""

    def on(text: str) -> date:
        return datetime.strptime(text, "%m/%d/%Y").date()  # noqa: DTZ007  a day has no zone

    return sum(
        (
            Decimal(row["InvoiceAmount"])
            for row in rows_of(source)
            if on(row["InvoiceDate"]) <= day < on(row["SettledDate"])
        ),
        Decimal(0),
    )


@pytest.mark.needs_data("ibm_ar")
def test_a_total_is_one_figure_in_page_workbook_and_json_and_it_is_the_ledgers(
    ibm: Path, data_dir: Path, tmp_path: Path
) -> None:
    document = answered("collect", "aging", ibm, "--as-of", IBM_DAY, "--out", tmp_path, "--lang", "en")
    page, workbook = (tmp_path / f"aging-{IBM_DAY}.{kind}" for kind in ("html", "xlsx"))
    ledger = ledger_total(data_dir / "ibm_ar" / IBM_FILE, date.fromisoformat(IBM_DAY))
    assert ledger == Decimal(document["open_amount"]) == Decimal(document["ledger_amount"])
    texts = texts_of(page.read_text("utf-8"))
    cells = {Decimal(str(value)).quantize(Decimal("0.01")) for _, _, value in numbers_in(workbook)}
    for amount in (ledger, *map(Decimal, document["total"].values())):
        assert cell_words(amount, "money", "en") in texts
        assert amount in cells
    for row in document["rows"]:
        assert cell_words(Decimal(row["total"]), "money", "en") in texts[texts.index(row["name"]) :]
    assert totals_by_customer(workbook) == {r["name"]: Decimal(r["total"]) for r in document["rows"]}


def totals_by_customer(workbook: Path) -> dict[str, Decimal]:
    """Return what the sheet of customers shows in its column of totals."""
    sheet = openpyxl.load_workbook(workbook, data_only=True)["Ageing"]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    head = next(n for n, row in enumerate(rows) if "Total" in row)
    column = rows[head].index("Total")
    return {
        str(row[0]): money(float(str(row[column])))
        for row in rows[head + 1 :]
        if row[0] and row[0] != "Total" and row[column] is not None
    }


def without_cash_after(source: Path, target: Path, day: date) -> Path:
    """Return a copy whose later cash never came."""
    rows = rows_of(source)
    for row in rows:
        if datetime.strptime(row["SettledDate"], "%m/%d/%Y").date() > day:  # noqa: DTZ007  a day has no zone
            row["SettledDate"] = ""
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return target


@pytest.mark.needs_data("ibm_ar")
def test_the_year_end_of_a_firm_whose_customers_stopped_paying(
    folder: Path,
    data_dir: Path,
    reference: Callable[[str], Json],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LTC_XL_STATE", str(folder / "state"))
    expected = reference("ibm_ar")["stress_no_cash_after_2013-08-31_as_of_2013-12-31"]
    source = data_dir / "ibm_ar" / IBM_FILE
    book = ibm_book(
        folder / "stress.xlsx", without_cash_after(source, tmp_path / "stress.csv", date(2013, 8, 31))
    )
    assert checked(book, IBM_LAST_DAY) == {}
    document = answered("collect", "aging", book, "--as-of", IBM_STRESS_DAY)
    assert document["open_lines"] == expected["open_invoices"]
    assert Decimal(document["open_amount"]) == money(expected["open_amount"])
    assert in_buckets(document["total"]) == {
        label: money(row["amount"]) for label, row in expected["aging_total"].items()
    }
    assert {row["key"]: in_buckets(row) for row in document["rows"]} == {
        key: {label: money(amount) for label, amount in row.items()}
        for key, row in expected["aging_by_customer"].items()
    }
    assert document["tie_out"] == "0.00"
