"""The command line: help, JSON, exit statuses, what commands print and write."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click
import openpyxl
import pytest
from conftest import typed_rows
from shell import CHINESE, answered, ltc, process

from ltc_xl import rollout, session
from ltc_xl.cli import main
from ltc_xl.cli.show import cell_width
from ltc_xl.cli.words import texts
from ltc_xl.model.enums import LANGS, Lang
from ltc_xl.session import desk
from ltc_xl.workbook import AppendRows, CellEdit, patch
from ltc_xl.workbook.read import read_book

DAY = "2026-04-30"
ROWS = {
    "leads": """
        | company | channel | mobile      | state | owner |
        | 恒远    | 官网    | 13812345678 | NEW   |       |
        | 衡达    | 官网    | 1381        | NEW   | 无名  |
    """,
    "channels": "| channel |\n| 官网 |",
    "members": "| member |\n| 王芳 |",
    "customers": "| name |\n| 恒远 |",
    "lines": """
        | customer | item    | amount | days | triggered_on |
        | 恒远     | OPENING | 100.00 | 30   | 2026-03-01   |
        | 恒远     | OPENING | 50.00  | 30   | 2026-04-20   |
    """,
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workbook with a bad mobile number, an unknown owner, and an overdue receivable."""
    path = tmp_path_factory.mktemp("made") / "客户A.xlsx"
    rows = {name: typed_rows(name, text) for name, text in ROWS.items()}
    plan = rollout.new(lang="zh", site="SH", store_id="", as_of=date.fromisoformat(DAY), rows=rows)
    session.new_book(path, plan)
    return path


@pytest.fixture
def book(made: Path, tmp_path: Path) -> Path:
    """Return a copy of it for one test."""
    return Path(shutil.copy(made, tmp_path))


# ---------------------------------------------------------------- help


def commands(group: click.Group = main, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the full name of every command."""
    context = click.Context(group)
    for name in group.list_commands(context):
        yield (*path, name)
        found = group.get_command(context, name)
        if isinstance(found, click.Group):
            yield from commands(found, (*path, name))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("command", [(), *commands()], ids=" ".join)
def test_every_command_explains_itself_in_both_languages(command: tuple[str, ...], lang: Lang) -> None:
    result = ltc(*command, "--help", "--lang", lang)
    assert result.exit_code == 0, result.output
    assert texts(lang)["heads"]["options"] in result.stdout
    if not command or command not in {("collect",), ("report",), ("rollout",)}:
        assert "\n  ltc-xl " in result.stdout


def test_help_speaks_the_language_of_the_system() -> None:
    assert ltc("--help", env=CHINESE).stdout.startswith("用法")
    assert ltc("--help").stdout.startswith("Usage")


def test_both_languages_have_the_same_texts() -> None:
    def keys(entry: object, path: str = "") -> set[str]:
        if not isinstance(entry, dict):
            return {path}
        return {key for name, one in entry.items() for key in keys(one, f"{path}.{name}")}

    assert keys(texts("zh")) == keys(texts("en"))


def test_help_loads_nothing_that_is_heavy() -> None:
    """What a person waits for is measured by benchmarks/help.py; here only what must not be loaded."""
    code = (
        "import sys\nfrom ltc_xl.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "print(sorted({'polars', 'sqlalchemy', 'rich', 'fastexcel', 'jinja2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)  # noqa: S603  our own program
    assert done.stdout.decode().splitlines()[-1] == "[]"


# ---------------------------------------------------------------- wrong usage


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("chek",), "chek"),
        (("check",), "BOOK"),
        (("check", "a.xlsx", "--bla"), "--bla"),
        (("check", "a.xlsx", "--as-of", "30.4."), "2026-04-30"),
        (("collect", "aging", "a.xlsx", "--by", "colour"), "customer contract owner line"),
        (("import", "a.xlsx"), "FILE"),
        (("new", "a.xlsx", "--site", "1"), "SH"),
        (("check", "a.xlsx", "--store", "nowhere"), "sqlite:"),
        (("check", "a.xlsx", "--only", "ZZ-9"), "K-01"),
        (("collect", "aging", "a.xlsx", "--out", __file__), "name a folder"),
        (("new", "a.xls"), "a.xlsx"),
        (("new", "a.v2"), "a.xlsx"),
        (("collect", "metrics", "a.xlsx", "--days", "0"), "3660"),
    ],
)
def test_a_wrong_command_line_is_told_in_a_sentence(
    args: tuple[str, ...], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    if args[0] == "check":
        shutil.copy(made, tmp_path / "a.xlsx")
    result = ltc(*args)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""


def test_an_interrupt_ends_in_a_word_not_in_a_trace(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = book.read_bytes()
    monkeypatch.setattr(desk, "read_book", lambda _path: signal.raise_signal(signal.SIGINT))
    result = ltc("check", book)
    assert (result.exit_code, result.stderr.strip()) == (130, "Stopped.")
    assert book.read_bytes() == before


def test_our_own_mistakes_crash(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken(_path: Path) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(desk, "read_book", mistaken)
    assert isinstance(ltc("check", book).exception, ZeroDivisionError)


# ---------------------------------------------------------------- check


def test_check_prints_findings_and_writes_them(book: Path) -> None:
    result = ltc("check", book, "--as-of", DAY, "--lang", "en")
    assert result.exit_code == 1
    assert "线索!D" in result.stdout
    assert read_book(book).rows("findings").height
    before = book.read_bytes()
    assert ltc("check", book, "--as-of", DAY).exit_code == 1
    assert book.read_bytes() == before


def test_check_speaks_the_language_of_the_workbook_unless_told_otherwise(book: Path) -> None:
    assert "错误" in ltc("check", book, "--no-write").stdout
    assert "错误" not in ltc("check", book, "--no-write", "--lang", "en").stdout
    assert "错误" not in ltc("--lang", "en", "check", book, "--no-write").stdout


def test_check_as_json_is_the_document_of_the_contract(book: Path) -> None:
    document = answered("check", book, "--as-of", DAY, "--no-write", "--lang", "en")
    assert document["rows"]["leads"] == 2  # type: ignore[index]  # JSON
    assert set(document["counts"]) == {"error", "warning", "info"}  # type: ignore[call-overload]  # JSON
    found = next(f for f in document["findings"] if f["column"] == "mobile")  # type: ignore[attr-defined]  # JSON
    wanted = {"code", "severity", "table", "row_id", "sheet", "cell", "column", "value", "message", "cure"}
    assert wanted <= set(found)
    assert (found["table"], found["sheet"], found["cell"]) == ("leads", "线索", "D5")


def test_no_write_and_dry_run_leave_the_file_alone(book: Path) -> None:
    before = book.read_bytes()
    assert ltc("check", book, "--no-write").exit_code == 1
    dry = answered("check", book, "--dry-run")
    assert dry["dry_run"] is True
    assert dry["would_write"]["findings"]["put"] >= 1  # type: ignore[index]  # JSON
    assert "nothing was written" in ltc("check", book, "--dry-run", "--lang", "en").stdout
    assert book.read_bytes() == before


def test_only_asks_for_some_codes_and_the_sheet_still_shows_all(book: Path) -> None:
    document = answered("check", book, "--only", "v-14")
    assert {finding["code"] for finding in document["findings"]} == {"V-14"}  # type: ignore[attr-defined]  # JSON
    assert read_book(book).rows("findings")["code"].n_unique() > 1


def test_json_alone_is_on_stdout_whatever_the_console_can_show(book: Path) -> None:
    done = process("check", book, "--json", "--no-write", "--lang", "zh", PYTHONIOENCODING="gbk")
    assert done.returncode == 1
    assert done.stdout.isascii()
    assert json.loads(done.stdout)["command"] == "check"


def test_a_gbk_console_shows_what_it_can(book: Path) -> None:
    done = process("check", book, "--no-write", "--lang", "zh", PYTHONIOENCODING="gbk", NO_COLOR="1")
    assert done.returncode == 1
    assert "电话号码" in done.stdout.decode("gbk")
    assert b"\x1b" not in done.stdout


# ---------------------------------------------------------------- reports


def test_aging_prints_its_paper_and_writes_its_sheet(book: Path) -> None:
    result = ltc("collect", "aging", book, "--as-of", DAY)
    assert result.exit_code == 0, result.output
    assert "150.00" in result.stdout
    papers = {path.name for path in (book.parent / "reports").iterdir()}
    assert papers == {f"aging-{DAY}.html", f"aging-{DAY}.xlsx"}
    assert read_book(book).rows("aging")["amount"].sum() == 150


def test_aging_as_json_leaves_the_workbook_and_prints_papers_only_where_asked(book: Path) -> None:
    before = book.read_bytes()
    document = answered("collect", "aging", book, "--as-of", DAY)
    assert document["total"]["1-30"] == "100.00"  # type: ignore[index]  # JSON
    assert document["tie_out"] == "0.00"
    assert not (book.parent / "reports").exists()
    out = book.parent / "elsewhere"
    answered("collect", "aging", book, "--as-of", DAY, "--out", out)
    assert len(list(out.iterdir())) == 2
    assert book.read_bytes() == before


def test_a_report_names_the_cells_its_figures_do_without(book: Path) -> None:
    """An amount nobody can read is not in the ledger: the tie-out holds, and yet money is missing."""
    held = openpyxl.load_workbook(book)
    held["应收"]["E4"], held["线索"]["M4"] = "约3万", "随便"
    held.save(book)
    said = ltc("collect", "aging", book, "--as-of", DAY, env=CHINESE).stdout
    assert "应收!E4" in said
    assert "线索!M4" not in said
    done = ltc("report", "funnel", book, "--as-of", DAY, "--json", env=CHINESE)
    assert json.loads(done.stdout)["command"] == "report funnel"
    assert "线索!M4" in done.stderr


@pytest.mark.parametrize(
    ("command", "key"), [(("collect", "metrics"), "dso_simple"), (("report", "funnel"), "stages")]
)
def test_reports_answer_with_their_keys_and_by_their_own_figures(
    book: Path, command: tuple[str, ...], key: str
) -> None:
    document = answered(*command, book, "--as-of", DAY)
    assert document["command"] == " ".join(command)
    assert key in document
    assert ltc(*command, book, "--as-of", DAY).exit_code == 0


# ---------------------------------------------------------------- new, import, rollout


def test_a_sample_workbook_is_clean(tmp_path: Path) -> None:
    book = tmp_path / "sample.xlsx"
    assert ltc("new", book, "--sample", "--as-of", DAY).exit_code == 0
    assert ltc("check", book, "--as-of", DAY, "--no-write").exit_code == 0


def test_new_takes_language_site_and_name_and_never_overwrites(tmp_path: Path) -> None:
    book = tmp_path / "ClientA"
    document = answered("new", book, "--lang", "en", "--site", "bj", "--company", "Acme")
    assert (document["lang"], document["site"]) == ("en", "BJ")
    read = read_book(book.with_suffix(".xlsx"))
    assert read.lang == "en"
    assert "Acme" in read.rows("settings")["value"].to_list()
    assert ltc("new", book).exit_code == 3


def foreign(tmp_path: Path) -> Path:
    path = tmp_path / "旧台账.csv"
    path.write_text("公司,手机,渠道\n新客户,13900000001,官网\n,,官网\n", encoding="utf-8")
    return path


def test_import_previews_applies_once_and_keeps_what_it_turned_away(book: Path, tmp_path: Path) -> None:
    source = foreign(tmp_path)
    before = book.read_bytes()
    preview = answered("import", book, source, "--form", "leads")
    assert (preview["new"], preview["rejected"], preview["applied"]) == (1, 1, False)
    assert book.read_bytes() == before
    done = answered("import", book, source, "--form", "leads", "--apply")
    assert (done["commit"], done["new"]) == (2, 1)  # the rows that stood there already are commit 1
    assert Path(str(done["rejects_file"])).name == "旧台账.rejected.xlsx"
    assert "新客户" in read_book(book).rows("leads")["company"].to_list()
    settled = book.read_bytes()
    again = ltc("import", book, source, "--form", "leads", "--apply", env=CHINESE)
    assert again.exit_code == 1
    assert book.read_bytes() == settled


def test_import_wants_to_know_what_the_columns_mean(book: Path, tmp_path: Path) -> None:
    result = ltc("import", book, foreign(tmp_path))
    assert result.exit_code == 2
    assert "--map" in result.stderr


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("lead", ("leads",)),
        ("receivables", ("应收金额 / Amount", "到期日 / Due date", "起算日 / Base date + 账期 / Terms")),
    ],
)
def test_a_form_that_does_not_fit_is_told_by_headers_of_both_languages(
    form: str, words: tuple[str, ...], book: Path, tmp_path: Path
) -> None:
    (tmp_path / "旧.csv").write_text("公司,手机\n甲,13812345678\n", encoding="gb18030")
    result = ltc("import", book, tmp_path / "旧.csv", "--form", form)
    assert result.exit_code == 2
    assert all(word in result.stderr for word in words)
    assert f"{form} 有误" not in result.stderr


def test_rows_turned_away_from_several_files_say_which_file(book: Path, tmp_path: Path) -> None:
    for name in ("一.csv", "二.csv"):
        (tmp_path / name).write_text("公司,渠道\n,官网\n", encoding="utf-8")
    result = ltc(
        "import", book, tmp_path / "一.csv", tmp_path / "二.csv", "--form", "leads", "--apply", env=CHINESE
    )
    assert result.exit_code == 1
    for name in ("一", "二"):
        assert f"{name}.csv 第 2 行" in result.stdout
        assert f"{name}.rejected.xlsx" in result.stdout


def test_a_map_without_a_form_is_told_to_name_one(book: Path, tmp_path: Path) -> None:
    (tmp_path / "旧.csv").write_text("公司\n甲\n", encoding="utf-8")
    (tmp_path / "图.toml").write_text('[columns]\ncompany = "公司"\n', encoding="utf-8")
    result = ltc("import", book, tmp_path / "旧.csv", "--map", tmp_path / "图.toml")
    assert result.exit_code == 2
    assert 'form = "leads"' in result.stderr


def test_rollout_builds_templates_and_demo_the_same_every_time(tmp_path: Path) -> None:
    made = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        assert ltc("rollout", "build", "--dir", folder).exit_code == 0
        made.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert set(made[0]) == {"ltc_template.xlsx", "ltc_template.en.xlsx", "ltc_demo.xlsx"}
    assert made[0] == made[1]


def test_the_whole_way_from_foreign_rows_to_papers(tmp_path: Path) -> None:
    book, source = tmp_path / "b.xlsx", tmp_path / "open.csv"
    source.write_text(
        "客户,发票号,开票日,到期日,应收金额,币种\n恒远,10000001,2026-03-01,2026-03-31,113.00,CNY\n", "utf-8"
    )
    map_file = tmp_path / "m.toml"
    map_file.write_text(
        'form = "receivables"\n[columns]\ncustomer = "客户"\ninvoice_no = "发票号"\n'
        'invoice_date = "开票日"\ndue_date = "到期日"\namount = "应收金额"\ncurrency = "币种"\n',
        "utf-8",
    )
    assert ltc("new", book, "--lang", "zh").exit_code == 0
    assert ltc("import", book, source, "--map", map_file, "--apply").exit_code == 0
    assert ltc("check", book, "--as-of", DAY).exit_code == 0
    document = answered("collect", "aging", book, "--as-of", DAY)
    assert (document["open_amount"], document["tie_out"]) == ("113.00", "0.00")
    assert ltc("report", "funnel", book, "--as-of", DAY).exit_code == 0


def test_a_cured_cell_loses_its_finding(book: Path) -> None:
    ltc("check", book, "--as-of", DAY)
    cell = read_book(book).cell("leads", "u1x", "mobile")
    assert cell is not None
    saved = book.with_name("saved.xlsx")
    patch(book, saved, [CellEdit(*cell, "13812345679"), AppendRows("tblLeads", [])])
    saved.replace(book)
    ltc("check", book, "--as-of", DAY)
    assert "V-14" not in read_book(book).rows("findings")["code"].to_list()


def test_columns_of_a_console_are_counted_in_cells() -> None:
    assert cell_width("客户A") == 5
