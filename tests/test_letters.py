"""Payment reminders: who gets one, that every form shows one total, and that it is what is truly overdue."""

import json
import re
import shutil
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
import typst
from conftest import written_book
from firms import firm, rulebook
from printed import pages_of, text_of
from seen import texts_of
from shell import answered, ltc

from ltc_xl.collect import letters
from ltc_xl.demo.firm import faulty_firm
from ltc_xl.messages import sentence_of
from ltc_xl.model.book import Book, book_of
from ltc_xl.model.defaults import settings_rows
from ltc_xl.model.enums import LANGS, Lang
from ltc_xl.model.errors import UsageError, WorldError
from ltc_xl.model.outcome import Outcome, Paper
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.render import draw, fonts, pdf
from ltc_xl.render.letter import letter_texts
from ltc_xl.render.rmb import rmb_words
from ltc_xl.rules import bind_rulebook
from ltc_xl.shipped import shipped

DAY = date(2026, 11, 20)
needs_poppler = pytest.mark.needs_program("pdftotext")
Key = tuple[str, str]

LONG_NAME = "中国华东地区新能源汽车热管理系统与智能座舱电子零部件联合制造（苏州工业园区）有限公司"
MARKUP = '#panic("x") [Sons] $5$ \\ <Co> & *Ltd*'
MADE = f"""
    lines
    | line_id | customer    | contract_no    | item       | amount     | triggered_on | days | currency |
    | RC-01   | 恒立汽配    | HY-2026-001    | DELIVERY   | 168,000.00 | 2026-06-01   | 30   |          |
    | RC-02   | 恒立汽配    | HY-2026-001    | ACCEPTANCE | 105,000.05 | 2026-08-03   | 30   | CNY      |
    | RC-03   | 恒立汽配    | HY-2026-001    | RETENTION  | 21,000.00  | 2026-08-03   | 365  |          |
    | RC-04   | 恒立汽配    | HY-2026-009    | DELIVERY   | 12,345.60  | 2026-09-01   | 30   | USD      |
    | RC-05   | {MARKUP}    |                | MONTHLY    | 0.05       | 2026-09-01   | 30   |          |
    | RC-06   | {LONG_NAME} | HY-2026-A-0002 | DELIVERY   | 86,000.00  | 2026-02-02   | 30   |          |
    | RC-07   | 苏杭食品    | HY-2026-003    | MONTHLY    | 42,000.00  | 2026-11-02   | 60   |          |
    | RC-08   | 先付食品    | HY-2026-004    | MONTHLY    | 42,000.00  | 2026-03-20   | 30   |          |
    | RC-09   | 全额承诺    | HY-2026-005    | MONTHLY    | 10,000.00  | 2026-03-20   | 30   |          |
    | RC-10   | 付清的客户  | HY-2026-006    | MONTHLY    | 9,000.00   | 2026-03-20   | 30   |          |
    customers
    | name        | customer_id | billing_contact |
    | 恒立汽配    | K-SH-0001H  | 王女士          |
    | {LONG_NAME} | K-SH-0002J  | 财务部          |
    | 苏杭食品    | K-SH-0003K  |                 |
    receipts
    | receipt_id | on         | amount    | customer    | payer  | currency |
    | P-01       | 2026-10-08 | 40,000.00 | {LONG_NAME} |        |          |
    | P-02       | 2026-11-18 | 1,000.00  | 先付食品    |        |          |
    | P-03       | 2026-11-02 | 9,000.00  | 付清的客户  |        |          |
    | P-04       | 2026-11-03 | 345.60    | 恒立汽配    |        | USD      |
    | P-05       | 2026-11-19 | 700.00    |             | 无名氏 |          |
    | P-06       | 2026-11-25 | 86,000.00 | {LONG_NAME} |        |          |
    allocations
    | receipt | line  | amount    | effective_on |
    | P-01    | RC-06 | 40,000.00 | 2026-10-08   |
    | P-03    | RC-10 | 9,000.00  | 2026-11-02   |
    | P-04    | RC-04 | 345.60    | 2026-11-03   |
    | P-06    | RC-06 | 46,000.00 | 2026-11-25   |
    adjustments
    | line  | kind    | amount   | effective_on |
    | RC-06 | QUALITY | 3,200.00 | 2026-10-08   |
"""
FIRM = {
    "company": "苏州衡远能控科技有限公司",
    "address": "苏州工业园区星湖街 328 号",
    "phone": "0512-6288 0101",
    "bank": "中国工商银行苏州工业园区支行",
    "bank_account": "1102026509000123456",
    "tax_no": "91320594MA1X0000X0",
    "finance_contact": "周敏",
}


def rules(book: Book, **typed: str) -> Rulebook:
    usual = bind_rulebook(book)
    return replace(usual, settings={**usual.settings, **FIRM, **typed})


SAID: Mapping[str, Mapping[str, object]] = {
    "RC-01": {"disputed_amount": Decimal(20_000), "dispute_reason": "少发两台"},
    "RC-02": {"promised_on": date(2026, 12, 1), "promised_amount": Decimal(5_000)},
    "RC-09": {"promised_on": DAY},
}
"""What the customers have said of their lines."""


def made(lang: Lang = "zh") -> Book:
    book = written_book(MADE, lang)
    rows = [{**row, **SAID.get(row["line_id"], {})} for row in book.rows("lines").to_dicts()]
    return book.with_rows("lines", pl.DataFrame(rows, schema=book.rows("lines").schema))


def demo(lang: Lang) -> Book:
    return book_of("demo.xlsx", lang, **faulty_firm(DAY, lang).frames)


def written(book: Book, customer: str | None = None, **typed: str) -> Outcome:
    return letters(book, rules(book, **typed), DAY, customer)


def by_customer(outcome: Outcome) -> dict[Key, Any]:
    data: Any = outcome.data
    return {(each["customer"], each["currency"]): each for each in data["letters"]}


def printed(outcome: Outcome, folder: Path, lang: Lang = "zh") -> dict[str, Path]:
    return {path.name: path for path in draw(outcome.papers, lang).write(folder)}


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    """Return the letters of the made firm."""
    return written(made())


@pytest.fixture(scope="module")
def files(outcome: Outcome, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return its papers, printed once."""
    return printed(outcome, tmp_path_factory.mktemp("letters"))


# ---------------------------------------------------------------- an oracle of its own


class Oracle:
    """What is overdue, worked out row by row from what is typed, with none of the program's rules."""

    def __init__(self, book: Book) -> None:
        self.book = book
        contracts = {row["contract_no"]: row["customer"] for row in self.rows("contracts")}
        days = {row["day"]: row["workday"] for row in bind_rulebook(book).rows("calendar").to_dicts()}
        self.off = {day for day, workday in days.items() if workday == "NO"}
        self.on = {day for day, workday in days.items() if workday == "YES"}
        self.overdue: dict[Key, Decimal] = defaultdict(Decimal)
        for line in self.rows("lines"):
            party = contracts.get(line["contract_no"]) or line["customer"]
            balance, due = self.balance(line), self.due(line)
            if due and due < DAY and balance:
                self.overdue[party, line["currency"] or "CNY"] += balance

    def rows(self, name: str) -> list[dict[str, Any]]:
        return self.book.rows(name).to_dicts()

    def balance(self, line: Mapping[str, Any]) -> Decimal:
        if not line["triggered_on"] or line["triggered_on"] > DAY or line["amount"] is None:
            return Decimal(0)
        lowered = [
            row["amount"]
            for name in ("allocations", "adjustments")
            for row in self.rows(name)
            if row["line"] == line["line_id"] and row["amount"] and row["effective_on"] <= DAY
        ]
        return Decimal(line["amount"]) - sum(lowered, Decimal(0))

    def due(self, line: Mapping[str, Any]) -> date | None:
        if line["due_override"] or not line["triggered_on"]:
            return line["due_override"]  # type: ignore[no-any-return]  # a day as typed
        day: date = line["triggered_on"]
        if line["trigger"] == "INVOICE_EOM":
            day = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        day += timedelta(days=line["days"] or 0)
        while day not in self.on and (day in self.off or day.weekday() >= 5):
            day += timedelta(days=1)
        return day

    def totals(self) -> dict[str, Decimal]:
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for (_, currency), amount in self.overdue.items():
            sums[currency] += amount
        return sums


BOOKS = [("made", "zh"), ("demo", "zh"), ("demo", "en")]
each_book = pytest.mark.parametrize(("name", "lang"), BOOKS)


def book_named(name: str, lang: Lang) -> Book:
    return made(lang) if name == "made" else demo(lang)


@each_book
def test_asked_and_held_are_what_is_overdue_per_customer_and_in_all(name: str, lang: Lang) -> None:
    book = book_named(name, lang)
    outcome, oracle = written(book), Oracle(book)
    data: Any = outcome.data
    found: dict[Key, Decimal] = defaultdict(Decimal)
    for letter in data["letters"]:
        found[letter["customer"], letter["currency"]] += Decimal(letter["amount"])
    for part in data["held"]:
        found[part["customer"], part["currency"]] += Decimal(part["amount"])
    assert found == oracle.overdue
    told = {
        currency: Decimal(amount) for currency, amount in data["ledger_overdue"].items() if Decimal(amount)
    }
    assert told == oracle.totals()
    assert (data["tie_out"], outcome.exit_status) == ("0.00", 0)


@each_book
def test_a_letter_is_the_sum_of_its_lines_and_asks_for_something(name: str, lang: Lang) -> None:
    for letter in by_customer(written(book_named(name, lang))).values():
        asked = sum(Decimal(line["asked"]) for line in letter["lines"])
        held = sum(Decimal(part["amount"]) for part in letter["held"])
        assert Decimal(letter["amount"]) == asked > 0
        assert Decimal(letter["overdue_amount"]) == asked + held
        assert letter["level"] == 1


# ---------------------------------------------------------------- who gets a letter


def test_each_customer_and_currency_gets_one_letter_and_nobody_else(outcome: Outcome) -> None:
    found = {key: letter["amount"] for key, letter in by_customer(outcome).items()}
    assert found == {
        ("恒立汽配", "CNY"): "248000.05",
        ("恒立汽配", "USD"): "12000.00",
        (MARKUP, "CNY"): "0.05",
        (LONG_NAME, "CNY"): "42800.00",
    }


def test_what_is_held_is_named_with_its_reason(outcome: Outcome) -> None:
    data: Any = outcome.data
    assert {(part["customer"], part["reason"], part["amount"]) for part in data["held"]} == {
        ("恒立汽配", "disputed", "20000.00"),
        ("恒立汽配", "promised", "5000.00"),
        ("先付食品", "unapplied", "42000.00"),
        ("全额承诺", "promised", "10000.00"),
    }
    letter = by_customer(outcome)["恒立汽配", "CNY"]
    assert letter["held"] == [
        {"reason": "disputed", "amount": "20000.00"},
        {"reason": "promised", "amount": "5000.00"},
    ]


def test_files_are_named_after_the_customers_number_and_the_currency_where_there_are_two(
    outcome: Outcome,
) -> None:
    assert [letter["file"] for letter in by_customer(outcome).values()] == [
        "letters-2026-11-20-K-SH-0001H-CNY.pdf",
        "letters-2026-11-20-K-SH-0001H-USD.pdf",
        "letters-2026-11-20-K-SH-0002J.pdf",
        "letters-2026-11-20-panic(-x-)-[Sons]-$5$-Co-&-Ltd.pdf",
    ]


def test_two_customers_whose_names_look_alike_in_a_file_name_get_two_files(book: Book) -> None:
    """
    lines
    | line_id | customer | item     | amount | triggered_on | days |
    | RC-1    | A/B      | DELIVERY | 100.00 | 2026-03-02   | 30   |
    | RC-2    | A:B      | DELIVERY | 100.00 | 2026-03-02   | 30   |
    """
    files = [letter["file"] for letter in by_customer(written(book)).values()]
    assert files == ["letters-2026-11-20-A-B.pdf", "letters-2026-11-20-A-B-2.pdf"]


def test_a_firm_to_which_nothing_is_overdue_gets_a_list_without_letters(tmp_path: Path) -> None:
    outcome = written(Book("empty.xlsx"))
    assert dict(outcome.data)["letters"] == []
    assert set(printed(outcome, tmp_path)) == {"letters-2026-11-20.html", "letters-2026-11-20.xlsx"}


@pytest.mark.parametrize("wanted", ["恒立汽配", "k-sh-0001h", " 恒立汽配 "])
def test_one_customer_alone_is_found_by_name_or_number(wanted: str) -> None:
    outcome = written(made(), wanted)
    data: Any = outcome.data
    assert {letter["customer"] for letter in data["letters"]} == {"恒立汽配"}
    assert data["ledger_overdue"] == {"CNY": "273000.05", "USD": "12000.00"}
    assert data["tie_out"] == "0.00"


def test_a_customer_that_is_not_there_is_refused_with_the_nearest_name() -> None:
    for wanted in ("恒力汽配", "立汽"):
        with pytest.raises(UsageError) as told:
            written(made(), wanted)
        assert "恒立汽配" in sentence_of(told.value, "zh")
    with pytest.raises(UsageError) as told:
        written(made(), "Nobody")
    assert "Nobody" in sentence_of(told.value, "en")


def test_receipts_that_are_confirmed_too_long_ago_stop_all_letters_and_name_the_day() -> None:
    with pytest.raises(WorldError) as told:
        written(made(), receipts_complete_to="2026-11-12")
    assert told.value.exit_status == 3
    assert "2026-11-13" in sentence_of(told.value, "zh")


# ---------------------------------------------------------------- what the letter says


@needs_poppler
@each_book
def test_the_total_is_one_figure_in_letter_list_and_json(name: str, lang: Lang, tmp_path: Path) -> None:
    outcome = written(book_named(name, lang))
    files = printed(outcome, tmp_path, lang)
    page = texts_of(files["letters-2026-11-20.html"].read_text("utf-8"))
    for (_, currency), letter in by_customer(outcome).items():
        amount = f"{Decimal(letter['amount']):,.2f}"
        text = text_of(files[letter["file"]])
        total = "合计" if lang == "zh" else "Total"
        assert re.findall(rf"{total}([\d,.]+\.\d\d)", text)[0] == amount
        if lang == "zh" and currency == "CNY":
            assert f"人民币¥{amount}（大写：{rmb_words(Decimal(letter['amount']))}）" in text
        else:
            assert f"{currency}{amount}" in text
        if currency == "CNY":
            assert amount in page


@needs_poppler
def test_a_letter_shows_firm_customer_lines_and_account(files: dict[str, Path]) -> None:
    text = text_of(files["letters-2026-11-20-K-SH-0001H-CNY.pdf"])
    for words in (
        *("".join(value.split()) for value in FIRM.values()),
        *("付款提醒函", "致：恒立汽配", "王女士收", "催字〔2026〕1120-K-SH-0001H-CNY号"),
        *("2026-07-01", "142168,000.00148,000.00", "2026-09-02", "79105,000.05100,000.05"),
        *("20,000.00双方核实中", "5,000.00贵司已告知于2026年12月1日前支付"),
        *("烦请贵司于2026年11月27日前", "截至2026年11月19日入账", "不必理会本函", "回执"),
    ):
        assert words in text, words
    assert "少发两台" not in text
    assert "质保" not in text


@needs_poppler
def test_an_english_letter_reads_as_one(tmp_path: Path) -> None:
    outcome = written(made("en"))
    text = text_of(printed(outcome, tmp_path, "en")["letters-2026-11-20-K-SH-0001H-USD.pdf"])
    for words in ("PaymentReminder", "USD12,000.00", "DearSirorMadam", "27November2026", "Yoursfaithfully"):
        assert words.casefold() in text.casefold(), words


@needs_poppler
def test_names_with_markup_and_very_long_names_stand_as_they_are(files: dict[str, Path]) -> None:
    texts = {name: text_of(path) for name, path in files.items() if name.endswith(".pdf")}
    assert "".join(f"致：{MARKUP}".split()) in texts["letters-2026-11-20-panic(-x-)-[Sons]-$5$-Co-&-Ltd.pdf"]
    assert LONG_NAME in texts["letters-2026-11-20-K-SH-0002J.pdf"]
    page = texts_of(files["letters-2026-11-20.html"].read_text("utf-8"))
    assert MARKUP in page
    sheet = openpyxl.load_workbook(files["letters-2026-11-20.xlsx"]).worksheets[1]
    assert MARKUP in [cell.value for cell in sheet["A"]]


def many_lines(count: int) -> Book:
    lines = pl.DataFrame(
        {
            "line_id": [f"RC-{n:03d}" for n in range(count)],
            "contract_no": [f"HY-2026-{n:03d}" for n in range(count)],
            "amount": [Decimal(1000 + n) for n in range(count)],
        }
    ).with_columns(customer=pl.lit("恒立汽配"), item=pl.lit("DELIVERY"), days=pl.lit(30, pl.Int64))
    return book_of("many.xlsx", lines=lines.with_columns(triggered_on=pl.lit(date(2026, 6, 1))))


def pages_of_many(count: int, folder: Path) -> list[str]:
    outcome = written(many_lines(count))
    (letter,) = [paper for paper in outcome.papers if paper.template == "letter"]
    return pages_of(draw([letter], "zh").write(folder)[0])


@needs_poppler
def test_a_letter_of_sixty_lines_repeats_its_head_and_shows_its_total_once(tmp_path: Path) -> None:
    *full, last = pages_of_many(60, tmp_path)
    assert len(full) in {1, 2}
    assert all("合同号款项到期日" in page for page in full)
    assert "".join([*full, last]).count("合计61,770.00") == 1
    assert all(f"HY-2026-{n:03d}" in "".join([*full, last]) for n in range(60))
    assert all(f"第{n}页，共{len(full) + 1}页" in page for n, page in enumerate([*full, last], 1))


@needs_poppler
@pytest.mark.parametrize("count", [12, 15, 16, 36, 38, 40, 41, 42])
def test_neither_total_nor_signature_stands_alone_on_a_page(count: int, tmp_path: Path) -> None:
    pages = pages_of_many(count, tmp_path)
    total = f"合计{sum(range(1000, 1000 + count)):,}.00"
    (with_total,) = [page for page in pages if total in page]
    (signed,) = [page for page in pages if "公司（盖章）" in page]
    assert f"HY-2026-{count - 1:03d}" in with_total
    assert "不必理会本函" in signed


def test_two_runs_are_equal_bytes(files: dict[str, Path], tmp_path: Path) -> None:
    again = printed(written(made()), tmp_path)
    assert {name: path.read_bytes() for name, path in files.items()} == {
        name: path.read_bytes() for name, path in again.items()
    }


# ---------------------------------------------------------------- the list


def grids(outcome: Outcome, place: int = 0) -> dict[str, list[Mapping[str, Any]]]:
    report: Any = outcome.papers[place].data["report"]
    return {name: list(grid.rows) for name, grid in report.grids.items()}


def test_the_list_says_why_something_is_held_and_which_cash_is_unmatched(outcome: Outcome) -> None:
    held = {row["customer"]: (row["held_why"], row["held_note"]) for row in grids(outcome)["held"]}
    assert held["先付食品"] == ("letter_unapplied", "P-02 2026-11-18 1000.00")
    assert held["全额承诺"] == ("letter_promised", "2026-11-20")


def test_the_list_names_receipts_of_unknown_payers(outcome: Outcome) -> None:
    (unknown,) = grids(outcome)["unclaimed"]
    assert (unknown["receipt_id"], unknown["payer"], unknown["unmatched"]) == (
        "P-05",
        "无名氏",
        Decimal("700.00"),
    )


@pytest.mark.parametrize("lang", LANGS)
def test_settings_that_are_blank_are_left_out_of_the_letter_and_named_on_the_list(
    lang: Lang, tmp_path: Path
) -> None:
    outcome = written(made(lang), bank_account="", tax_no=" ")
    data: Any = outcome.data
    assert data["blank_settings"] == ["tax_no", "bank_account"]
    names = {row["setting"] for row in grids(outcome)["missing"]}
    assert names == ({"税号", "银行账号"} if lang == "zh" else {"Tax number", "Bank account"})
    page = printed(outcome, tmp_path, lang)["letters-2026-11-20.html"].read_text("utf-8")
    assert all(name in page for name in names)


def test_each_currency_has_a_list_of_its_own_that_ties(outcome: Outcome) -> None:
    reports: Sequence[Any] = [paper.data["report"] for paper in outcome.papers[:2]]
    assert [
        (paper.name, report.currency) for paper, report in zip(outcome.papers, reports, strict=False)
    ] == [
        ("letters-2026-11-20", "CNY"),
        ("letters-2026-11-20-USD", "USD"),
    ]
    assert all(report.tie_out.ties for report in reports)


def test_a_total_that_does_not_tie_ends_with_status_1_and_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from ltc_xl.collect import letters_desk
    from ltc_xl.rules.dunning import claims

    monkeypatch.setattr(letters_desk, "claims", lambda *given: claims(*given).head(-1))
    outcome = written(made())
    assert outcome.exit_status == 1
    assert dict(outcome.data)["tie_out"] != "0.00"
    page = printed(outcome, tmp_path)["letters-2026-11-20-USD.html"].read_text("utf-8")
    assert 'class="tie bad"' in page


# ---------------------------------------------------------------- what the papers look like

SAMPLES = Path(__file__).parents[1] / "reports" / "samples"


@pytest.mark.parametrize("lang", LANGS)
def test_letter_and_list_are_what_their_samples_show(lang: Lang, request: pytest.FixtureRequest) -> None:
    book = firm(lang)
    known = rulebook(lang)
    own = replace(known, settings={**known.settings, **FIRM, "company": known.settings["company"]})
    page, letter = letters(book, own, date(2026, 4, 30)).papers[:2]
    shown: Any = letter.data["letter"]
    words = json.dumps(letter_texts(shown, lang), ensure_ascii=False, indent=2) + "\n"
    html = draw([page], lang).content("letters-2026-04-30.html").decode()
    seen = {f"letters.{lang}.html": html, f"letter.{lang}.json": words}
    for name, text in seen.items():
        if request.config.getoption("--update-samples"):
            (SAMPLES / name).write_text(text, "utf-8")
        assert text == (SAMPLES / name).read_text("utf-8")


# ---------------------------------------------------------------- files of the same day


def copied(files: dict[str, Path], folder: Path) -> dict[str, bytes]:
    folder.mkdir(exist_ok=True)
    for path in files.values():
        shutil.copyfile(path, folder / path.name)
    return {name: path.read_bytes() for name, path in files.items()}


def test_a_second_run_of_the_day_takes_away_the_letters_that_no_longer_hold(
    files: dict[str, Path], tmp_path: Path
) -> None:
    copied(files, tmp_path)
    (tmp_path / "letters-2026-11-20-note.docx").write_text("mine")
    (tmp_path / "letters-2026-11-19-K-SH-0002J.pdf").write_text("yesterday's")
    paid = (
        made()
        .rows("receipts")
        .with_columns(on=pl.when(pl.col("receipt_id") == "P-06").then(DAY).otherwise("on"))
    )
    printed(written(made().with_rows("receipts", paid)), tmp_path)
    left = {path.name for path in tmp_path.iterdir()}
    assert "letters-2026-11-20-K-SH-0002J.pdf" not in left
    assert {"letters-2026-11-20-note.docx", "letters-2026-11-19-K-SH-0002J.pdf"} < left
    assert "letters-2026-11-20-K-SH-0001H-USD.pdf" in left


def test_a_run_for_one_customer_touches_no_letter_of_another(files: dict[str, Path], tmp_path: Path) -> None:
    before = set(copied(files, tmp_path))
    made_now = set(printed(written(made(), "恒立汽配"), tmp_path))
    assert made_now == {
        *("letters-2026-11-20-K-SH-0001H.html", "letters-2026-11-20-K-SH-0001H.xlsx"),
        *("letters-2026-11-20-K-SH-0001H-USD.html", "letters-2026-11-20-K-SH-0001H-USD.xlsx"),
        *("letters-2026-11-20-K-SH-0001H-CNY.pdf", "letters-2026-11-20-K-SH-0001H-USD.pdf"),
    }
    assert before | made_now == {path.name for path in tmp_path.iterdir()}


def test_a_letter_that_cannot_be_set_leaves_the_folder_as_it_was(
    files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = copied(files, tmp_path / "reports")
    shutil.copytree(shipped("templates"), tmp_path / "templates")
    (tmp_path / "templates" / "letter.typ").write_text("#nothing-of-the-kind", "utf-8")
    monkeypatch.setattr(pdf, "shipped", lambda _name: tmp_path / "templates")
    with pytest.raises(WorldError):
        printed(written(made(), "恒立汽配"), tmp_path / "reports")
    assert before == {path.name: path.read_bytes() for path in (tmp_path / "reports").iterdir()}


def test_the_machine_form_is_plain_json(outcome: Outcome) -> None:
    document = json.loads(json.dumps(dict(outcome.data)))
    assert set(document) >= {"as_of", "letters", "held", "total", "ledger_overdue", "tie_out"}
    assert document["total"] == {"CNY": "290800.10", "USD": "12000.00"}


def test_papers_of_a_kind_unknown_are_our_own_mistake() -> None:
    with pytest.raises(TypeError):
        draw([Paper("x", "letter", {"nothing": 1}, ("pdf",))], "zh")


# ---------------------------------------------------------------- the command


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workbook of the made firm, with its settings typed."""
    from ltc_xl import rollout, session

    path = tmp_path_factory.mktemp("firm") / "firm.xlsx"
    named = ("lines", "customers", "receipts", "allocations", "adjustments")
    rows = {name: made().rows(name).drop("_row") for name in named}
    rows["settings"] = settings_rows("zh", **FIRM)
    session.make_book(path, rollout.new(lang="zh", site="SH", store_id="", as_of=DAY, rows=rows))
    return path


@pytest.fixture
def own(workbook: Path, tmp_path: Path) -> Path:
    """Return a copy of it that a test may change."""
    return Path(shutil.copyfile(workbook, tmp_path / "firm.xlsx"))


def test_the_command_answers_programs_with_data_and_prints_only_where_out_says(
    own: Path, outcome: Outcome, tmp_path: Path
) -> None:
    before = own.read_bytes()
    document = answered("collect", "letters", own, "--as-of", DAY)
    assert document["letters"] == dict(outcome.data)["letters"]
    assert not (tmp_path / "reports").exists()
    answered("collect", "letters", own, "--as-of", DAY, "--out", tmp_path / "out")
    assert len(list((tmp_path / "out").iterdir())) == 8
    assert own.read_bytes() == before


def test_the_command_prints_letters_and_list_beside_the_workbook(own: Path, tmp_path: Path) -> None:
    result = ltc("collect", "letters", own, "--as-of", DAY, "--customer", "K-SH-0002J", "--lang", "zh")
    assert result.exit_code == 0, result.output
    assert {path.name for path in (tmp_path / "reports").iterdir()} == {
        f"letters-2026-11-20-K-SH-0002J.{kind}" for kind in ("html", "xlsx", "pdf")
    }
    assert "42,800.00" in result.output


def test_a_dry_run_of_the_command_writes_nothing(own: Path, tmp_path: Path) -> None:
    before = own.read_bytes()
    result = ltc("collect", "letters", own, "--as-of", DAY, "--dry-run")
    assert result.exit_code == 0, result.output
    assert not (tmp_path / "reports").exists()
    assert own.read_bytes() == before


def test_without_a_chinese_font_the_command_says_the_cure_and_leaves_everything_alone(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = typst.Fonts(include_system_fonts=False)
    monkeypatch.setattr(fonts, "installed", lambda _folders: bare)
    monkeypatch.setattr("platform.system", lambda: "Linux")
    ltc(
        "collect", "aging", own, "--as-of", DAY, "--out", tmp_path / "aging"
    )  # so that its rows have their ids
    before = own.read_bytes()
    result = ltc("collect", "letters", own, "--as-of", DAY)
    assert result.exit_code == 3, result.output
    assert "fonts-noto-cjk" in result.output
    assert not (tmp_path / "reports").exists()
    assert own.read_bytes() == before


def test_an_unknown_customer_is_wrong_usage(own: Path) -> None:
    assert ltc("collect", "letters", own, "--as-of", DAY, "--customer", "nobody at all").exit_code == 2
