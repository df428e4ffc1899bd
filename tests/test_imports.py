"""Foreign files: encodings, delimiters, headers, maps, and the file of rows turned away."""

import tomllib
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from foreign import raw_of

from ltc_xl.imports.delimited import encoding_of
from ltc_xl.imports.form_map import FormMap
from ltc_xl.imports.forms import forms, known_headers
from ltc_xl.imports.mangled import mangled
from ltc_xl.imports.map_file import map_of
from ltc_xl.imports.raw import LINE, Layout, RawTable
from ltc_xl.imports.rejects import rejects_path, write_rejects
from ltc_xl.imports.sources import read_sources, read_table
from ltc_xl.imports.typed import AT, days, typed_rows
from ltc_xl.messages import sentence_of, topic
from ltc_xl.model.enums import LANGS, Lang
from ltc_xl.model.errors import LtcError, UsageError, WorldError
from ltc_xl.model.tables import table, tables

LEDGER = "客户,金额\n恒远,12万\n“衡达”,5\n"


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def read(path: Path, data: bytes, *wanted: str, layout: Layout | None = None) -> RawTable:
    return read_table(written(path, data), layout, wanted)


def cells(raw: RawTable) -> list[tuple[object, ...]]:
    return raw.rows.rows()


# ---------------------------------------------------------------- text files


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_the_encoding_of_a_chinese_file_is_found(tmp_path: Path, encoding: str) -> None:
    raw = read(tmp_path / "a.csv", LEDGER.encode(encoding), "客户")
    assert raw.header == ("客户", "金额")
    assert cells(raw) == [("恒远", "12万", 2), ("“衡达”", "5", 3)]


def test_western_text_is_not_taken_for_chinese() -> None:
    western = "Kunde;Größe\nMüller & Söhne;5\nJäger;7\n".encode("cp1252")
    assert western.decode(encoding_of(western)) == "Kunde;Größe\nMüller & Söhne;5\nJäger;7\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_though_others_stand_in_cells(tmp_path: Path, delimiter: str) -> None:
    lines = (("name", "amount"), ('"a; b|c"', "1"), ('"d\te"', "2"))
    text = "\r\n".join(delimiter.join(line) for line in lines)
    raw = read(tmp_path / "a.csv", text.encode(), "amount")
    assert cells(raw) == [("a; b|c", "1", 2), ("d\te", "2", 3)]


def test_a_header_below_a_title_is_searched_for_and_rows_keep_their_number(tmp_path: Path) -> None:
    text = "应收台账\n制表,2026-01-31\n\n客户,金额\n恒远,1\n\n衡达,2\n"
    assert cells(read(tmp_path / "a.csv", text.encode(), "金额")) == [
        ("恒远", "1", 5),
        (None, None, 6),
        ("衡达", "2", 7),
    ]


def test_a_header_row_that_holds_no_header_is_not_believed(tmp_path: Path) -> None:
    raw = read(tmp_path / "a.csv", LEDGER.encode(), "客户", layout=Layout(header_row=3))
    assert raw.header == ("客户", "金额")


def test_blank_and_double_headers_get_names_of_their_own(tmp_path: Path) -> None:
    raw = read(tmp_path / "a.csv", "客户,备注,,备注\n恒远,a,b,c\n".encode(), "客户")
    assert raw.header == ("客户", "备注", "(C)", "备注 (2)")


def test_tabs_blanks_and_excel_quotes_round_a_cell_are_not_part_of_it(tmp_path: Path) -> None:
    raw = read(tmp_path / "a.csv", b'no,account\n"\t62220 ","=""0071"""\n', "no")
    assert cells(raw) == [("62220", "0071", 2)]


def test_a_cell_may_hold_a_line_break_and_a_row_may_be_short_or_long(tmp_path: Path) -> None:
    raw = read(tmp_path / "a.csv", b'a,b\n"x\ny"\n1,2,3\n', "a")
    assert raw.rows.to_dicts() == [
        {"a": "x\ny", "b": None, "(C)": None, LINE: 2},
        {"a": "1", "b": "2", "(C)": "3", LINE: 3},
    ]


@pytest.mark.parametrize(
    ("data", "layout", "key"),
    [
        (b"", None, "import_empty"),
        (b"\n \n", None, "import_empty"),
        (b"PK\x03\x04 no workbook", None, "import_unreadable"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), None, "import_unreadable"),
        ("客户".encode("gbk"), Layout(encoding="utf-8"), "import_encoding"),
        (b"a,b", Layout(encoding="utf-9"), "import_encoding_unknown"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, data: bytes, layout: Layout | None, key: str
) -> None:
    with pytest.raises(LtcError) as caught:
        read(tmp_path / "a.csv", data, "a", layout=layout)
    assert caught.value.key == key
    assert len({sentence_of(caught.value, lang) for lang in LANGS}) == 2


def test_a_file_that_is_not_there_is_an_error_of_the_world(tmp_path: Path) -> None:
    with pytest.raises(WorldError, match="import_no_file"):
        read_table(tmp_path / "none.csv")


# ---------------------------------------------------------------- workbooks


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("说明").write(0, 0, "客户台账")
        sheet = book.add_worksheet("应收")
        sheet.write_row(3, 1, ["客户", "金额", "到期日", "发票号"])
        sheet.write_row(4, 1, ["恒远", 12.5])
        sheet.write_datetime(4, 3, datetime(2026, 1, 31), book.add_format({"num_format": "yyyy/m/d"}))  # noqa: DTZ001
        sheet.write_string(4, 4, "00071")
        sheet.write_row(6, 1, ["衡达", 1000])
    return path


def test_a_workbook_is_read_from_the_sheet_that_has_the_headers(workbook: Path) -> None:
    raw = read_table(workbook, None, ["客户", "金额"])
    assert raw.sheet == "应收"
    assert cells(raw) == [
        ("恒远", "12.5", "2026-01-31 00:00:00", "00071", 5),
        (None, None, None, None, 6),
        ("衡达", "1000", None, None, 7),
    ]


def test_a_sheet_that_is_not_there_is_named_with_those_that_are(workbook: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read_table(workbook, Layout(sheet="台账"), ["客户"])
    assert "说明、应收" in sentence_of(caught.value, "zh")


# ---------------------------------------------------------------- forms and maps


def test_every_form_fills_columns_that_its_tables_have() -> None:
    for form in forms().values():
        assert form.table in tables()
        for column in form.columns:
            assert form.kinds.get(column) in {"terms", "disputed"} or form.column(column).code
        named = {c for key in form.keys for c in key} | {
            *form.alone,
            *form.apart,
            *form.same_if,
            *form.strict,
        }
        assert named | form.must_read | {*form.together, *form.together.values()} <= set(form.columns)
        assert set(form.aliases.values()) <= set(form.columns)
        assert {c for key in form.keys for c in key} <= set(table(form.table).by_code)


def test_every_form_has_a_name_in_both_languages() -> None:
    for lang in LANGS:
        names = topic("intake", lang)["form"]
        assert isinstance(names, dict)
        assert set(names) == set(forms())


def test_a_column_is_known_by_its_labels_its_code_and_other_names() -> None:
    assert known_headers(forms()["leads"], "company")[:3] == ("公司", "Company", "company")
    assert "单位名称" in known_headers(forms()["leads"], "company")


@pytest.mark.parametrize("path", sorted((Path(__file__).parents[1] / "docs/examples/maps").glob("*.toml")))
def test_every_example_map_is_a_map(path: Path) -> None:
    assert map_of(tomllib.loads(path.read_text("utf-8")), path.name).filled


def problems_of(data: dict[str, object], lang: Lang = "en") -> list[str]:
    with pytest.raises(UsageError) as caught:
        map_of(data)
    return sentence_of(caught.value, lang).split("\n  ")[1:]


def test_a_map_names_all_its_mistakes_at_once_each_with_what_was_meant() -> None:
    found = problems_of(
        {
            "form": "products",
            "colums": {},
            "columns": {"product": "p", "list_prise": "x"},
            "formats": {"unit": "many", "decimal": ";", "date": "D.M.Y"},
            "file": {"header_row": "3", "delimiter": ";;", "sheets": "a"},
            "lookup": {"unit": {"file": "u.csv", "keys": "k"}},
        }
    )
    assert found == [
        "A map has no entry colums; did you mean columns?",
        "[file] has no entry sheets; did you mean sheet?",
        "formats.unit says many, which cannot be understood; write it like 10000.",
        'formats.decimal says ;, which cannot be understood; write it like "." / ",".',
        'formats.date says D.M.Y, which cannot be understood; write it like "%m/%d/%Y".',
        "file.header_row says 3, which cannot be understood; write it like 3.",
        'file.delimiter says ;;, which cannot be understood; write it like ";".',
        "[columns] list_prise is no column of the form products; did you mean list_price?",
        "[lookup.unit] has no entry keys; did you mean key?",
        "[lookup.unit] lacks: key, value.",
    ]


def test_a_map_must_feed_what_every_row_needs() -> None:
    found = problems_of({"form": "receivables", "columns": {"customer": "c", "base_date": "d"}})
    assert [line.split("needs ")[1].split(";")[0].split(",")[0] for line in found] == [
        "amount",
        "one of: due_date",
        "one of: source_id",
    ]


def test_a_meaning_that_is_no_word_of_its_list_is_told() -> None:
    data: dict[str, object] = {
        "form": "opportunities",
        "columns": {"stage": "s"},
        "values": {"stage": {"x": "WIN"}},
    }
    assert problems_of(data) == ["WIN is no value of stage; did you mean WON?"]


def test_an_unknown_form_is_told_with_the_one_that_was_meant() -> None:
    assert "did you mean leads" in problems_of({"form": "lead"})[0]


def test_a_lookup_goes_by_the_column_of_its_keys_name_else_by_the_header() -> None:
    data: dict[str, object] = {
        "form": "opportunities",
        "columns": {"stage": "s", "owner": "sales_agent", "product": "P"},
        "lookup": {
            "list_price": {"file": "p.csv", "key": "product", "value": "v"},
            "team": {"file": "t.csv", "key": "Sales_Agent", "value": "v"},
            "customer": {"file": "t.csv", "key": "k", "value": "v", "from": "owner"},
        },
    }
    sources = {column: lookup.source for column, lookup in map_of(data).lookups.items()}
    assert sources == {"list_price": "product", "team": "owner", "customer": "owner"}


def test_a_map_may_use_another_name_of_a_column() -> None:
    assert map_of({"form": "customers", "columns": {"customer": "c"}}).columns == {"name": "c"}


def test_a_header_the_file_lacks_is_told_with_the_one_that_was_meant(tmp_path: Path) -> None:
    data = written(tmp_path / "a.csv", b"Invoice No,Amount\n1,2\n")
    plan = written(
        tmp_path / "m.toml", b'form="products"\n[columns]\nproduct="InvoiceNo"\nlist_price="Sum"\n'
    )
    with pytest.raises(UsageError) as caught:
        read_sources([data], plan)
    text = sentence_of(caught.value, "en")
    assert "a.csv has no column InvoiceNo; did you mean Invoice No?" in text
    assert "a.csv has no column Sum. It has: Invoice No, Amount." in text


@pytest.mark.parametrize("text", ["form = ", "form = 'x'\n[columns\n"])
def test_a_map_that_is_no_toml_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match="map_no_toml"):
        read_sources([], written(tmp_path / "m.toml", text.encode()))


def test_a_lookup_file_stands_beside_the_map_or_beside_the_data(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    plan = written(
        tmp_path / "m.toml",
        b'form="opportunities"\n[columns]\nstage="s"\nproduct="p"\n'
        b'[lookup.list_price]\nfile="prices.csv"\nkey="product"\nvalue="price"\n',
    )
    data = written(tmp_path / "data" / "a.csv", b"s,p\nWON,A\n")
    written(tmp_path / "data" / "prices.csv", b"product,price\nA,5\n")
    assert cells(read_sources([data], plan).lookups["list_price"]) == [("A", "5", 2)]
    written(tmp_path / "prices.csv", b"product,price\nA,7\n")
    assert cells(read_sources([data], plan).lookups["list_price"]) == [("A", "7", 2)]


def test_files_without_a_map_are_known_by_their_headers(tmp_path: Path) -> None:
    data = written(
        tmp_path / "a.csv", "单位名称,手机号码,来源,录入日期\n恒远,13812345678,官网,2026-01-02\n".encode()
    )
    found = read_sources([data], form="leads").form_map
    assert found.columns == {
        "company": "单位名称",
        "mobile": "手机号码",
        "channel": "来源",
        "created_on": "录入日期",
    }


def test_a_file_whose_headers_nobody_knows_needs_a_map(tmp_path: Path) -> None:
    data = written(tmp_path / "a.csv", "客户,数\n恒远,1\n".encode())
    with pytest.raises(UsageError) as caught:
        read_sources([data], form="receivables")
    assert "应收金额" in sentence_of(caught.value, "zh")
    assert "--map" in sentence_of(caught.value, "en")


# ---------------------------------------------------------------- values


@pytest.mark.parametrize(
    ("texts", "layout", "expected"),
    [
        (["2018.02.01", "2017.12.05 2:00"], None, [date(2018, 2, 1), date(2017, 12, 5)]),
        (["2018.02.01", "2017.12.05 2:00"], "%Y.%m.%d", [date(2018, 2, 1), date(2017, 12, 5)]),
        (["2017.12.05 2:00"], "%Y.%m.%d %H:%M", [date(2017, 12, 5)]),
        (["1/26/2013", "3/3/2012"], "%m/%d/%Y", [date(2013, 1, 26), date(2012, 3, 3)]),
        (["26/1/2013", "3/4/2012"], None, [date(2013, 1, 26), date(2012, 4, 3)]),
        (["1/26/2013", "3/4/2012"], None, [date(2013, 1, 26), date(2012, 3, 4)]),
        (["3/4/2012", "5/6/2012"], None, [None, None]),
        (["26/1/2013", "1/26/2013"], None, [None, None]),
        (["2026-01-31 00:00:00"], "%m/%d/%Y", [date(2026, 1, 31)]),
        (["2026年3月1日", "20260302", "46082"], None, [date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 1)]),
        (["1/2/13"], "%m/%d/%Y", [None]),
        (["30.02.2026"], "%d.%m.%Y", [None]),
    ],
)
def test_a_day_is_read_by_its_layout_and_never_guessed(
    texts: list[str], layout: str | None, expected: list[date | None]
) -> None:
    assert days(pl.Series(texts), layout).to_list() == expected


RECEIVABLES: dict[str, object] = {
    "form": "receivables",
    "columns": {"amount": "a", "customer": "c", "due_date": "d", "invoice_no": "i"},
}


def test_values_take_the_type_of_their_column_and_the_rest_is_told() -> None:
    texts = pl.DataFrame(
        {
            AT: [0, 1],
            "amount": ["12.5", "约12"],
            "currency": ["美元", "Taler"],
            "terms": ["月结60天", "下次"],
            "disputed": ["Y", "1.2"],
            "invoice_no": ["25312000000012300288", "25312000000012345678"],
        }
    )
    values, unread = typed_rows(texts, map_of(RECEIVABLES | {"formats": {"unit": 10000}}))
    assert values.drop(AT).rows() == [
        (pytest.approx(125000), "USD", "月结60天", "YES", None),
        (None, None, None, "12000.00", "25312000000012345678"),
    ]
    assert unread.rows() == [
        (1, "amount", "约12"),
        (1, "currency", "Taler"),
        (1, "terms", "下次"),
        (0, "invoice_no", "25312000000012300288"),
    ]


def test_ranges_that_became_days_are_found_where_no_days_belong() -> None:
    stock = pl.Series(["50-200", "20.máj", None, "05.jan", "20.máj"])
    assert mangled(stock, known=False) == {"20.máj": "5-20", "05.jan": "1-5"}
    assert mangled(pl.Series(["5-Jan", "6-Feb"]), known=False) == {}
    assert mangled(pl.Series(["5-Jan", "2026-05-20 00:00:00"]), known=True) == {
        "5-Jan": "1-5",
        "2026-05-20 00:00:00": "5-20",
    }


# ---------------------------------------------------------------- rows turned away


@pytest.mark.parametrize("lang", LANGS)
def test_rejected_rows_are_written_with_their_reasons_and_read_back(tmp_path: Path, lang: Lang) -> None:
    raw = raw_of(
        """
        | 单号 | 金额   |
        | 001  | 1      |
        | 002  | =1+1   |
        """
    )
    reason = {"why": "unreadable", "column": "amount", "header": "金额", "value": "=1+1"}
    path = rejects_path(tmp_path / "a.csv")
    write_rejects(path, raw, [{"row": 3, "reasons": [reason]}], lang)
    back = read_table(path, Layout(header_row=4), ["单号"])
    assert back.rows.rows()[0][:2] == ("002", "=1+1")
    assert "金额" in back.rows.rows()[0][2]
    assert path.name == "a.rejected.xlsx"
    assert rejects_path(path) == path


def test_the_map_of_nothing_is_empty() -> None:
    assert FormMap("leads").filled == ()
