"""References in formulas: what follows a cell that moves, and what only looks like a reference."""

from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from office_rows import deleted_by_office

from ltc_xl.model.errors import CannotPatch
from ltc_xl.workbook.area import Area
from ltc_xl.workbook.references import copied_formula, moved_formula, moved_rule
from ltc_xl.workbook.removal import Removal

BODY = Area(4, 2, 10, 6)
"""The data rows B4:F10 of a table on the sheet Leads."""


def removal(*rows: int, whole: bool) -> Removal:
    """Return how rows of the table go."""
    return Removal(Area(3, 2, 10, 6), 10 - len(rows), rows, whole=whole)


def without(text: str, *rows: int, home: str = "Leads", whole: bool = False) -> str:
    """Return a formula once rows of the table went."""
    return moved_formula(text, home, {"Leads": removal(*rows, whole=whole).moved})


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("C4+C5+C6", "C4+#REF!+C5"),
        ("$C$6+C$6+$C6", "$C$5+C$5+$C5"),
        ("c6+LEADS!c6", "c5+LEADS!c5"),
        ("SUM(C4:C10)", "SUM(C4:C9)"),
        ("SUM(C5:C7)", "SUM(C5:C6)"),
        ("SUM(C5:C5)", "SUM(#REF!)"),
        ("SUM(C10:C4)", "SUM(C9:C4)"),
        ("SUM($B$4:F$10)", "SUM($B$4:F$9)"),
        ("SUM(A4:C10)", "SUM(A4:C10)"),
        ("SUM(C4:C20)", "SUM(C4:C20)"),
        ("SUM(C:C)+SUM(4:6)", "SUM(C:C)+SUM(4:6)"),
        ("H6+C3+C11", "H6+C3+C11"),
        ("Other!C6+'Leads'!C6", "Other!C6+'Leads'!C5"),
        ("[1]Leads!C6+'[1]Leads'!C6", "[1]Leads!C6+'[1]Leads'!C6"),
        ("[0]Leads!C6", "[0]Leads!C5"),
        ('"C6"&C6&"a""C6"', '"C6"&C5&"a""C6"'),
        ("tbl[[#This Row],[C6]]+tbl[C6]+tbl['[C6']]", "tbl[[#This Row],[C6]]+tbl[C6]+tbl['[C6']]"),
        ("LOG10(C6)+C6_rate+rate.C6+Q1C6", "LOG10(C5)+C6_rate+rate.C6+Q1C6"),
        ("1E6+0.5C6", "1E6+0.5C6"),
        ("C6%-C6^2&C6", "C5%-C5^2&C5"),
        ("Leads!C6_rate+Leads!rate", "Leads!C6_rate+Leads!rate"),
        ("#REF!C6+Leads!#REF!", "#REF!C6+Leads!#REF!"),
        ("OFFSET(C6,1,0):C8", "OFFSET(C5,1,0):C7"),
        ("C6:INDEX(C:C,9)", "C5:INDEX(C:C,9)"),
        ("ABCD6+XFE6", "ABCD6+XFE6"),
        ("{1,2;3,4}+C6#", "{1,2;3,4}+C5#"),
        ("_xlfn.SINGLE(C6)+@C6", "_xlfn.SINGLE(C5)+@C5"),
        ("收入C6+C6", "收入C6+C5"),
        ("SUM(C6 B6:D6)", "SUM(C5 B5:D5)"),
    ],
)
def test_references_follow_their_cells_when_row_5_of_the_table_goes(text: str, after: str) -> None:
    assert without(text, 5) == after


def test_where_sheet_rows_go_whole_every_column_follows() -> None:
    assert without("H6+A6:H9+SUM(5:7)+A:A+C20", 5, whole=True) == "H5+A5:H8+SUM(5:6)+A:A+C19"
    assert without("SUM(C1:C1048576)+H5", 5, whole=True) == "SUM(C1:C1048576)+#REF!"


def test_references_of_another_sheet_must_name_theirs() -> None:
    assert without("C6+Leads!C6", 5, home="Board") == "C6+Leads!C5"
    assert without("C6+Leads!C6", 5, home="") == "C6+Leads!C5"


@pytest.mark.parametrize(
    ("sheet", "text"), [("O'Hara", "'O''Hara'!C5"), ("线索（一）", "线索（一）!C5"), ("Q1-Q2", "'Q1-Q2'!C5")]
)
def test_sheets_are_known_under_any_name(sheet: str, text: str) -> None:
    up = {sheet: removal(4, whole=False).moved}
    assert moved_formula(text, "Board", up) == text.replace("C5", "C4")


def test_cells_of_several_sheets_at_once_are_refused_where_one_of_them_moves() -> None:
    assert without("SUM(Jan:Dec!C3)", 5) == "SUM(Jan:Dec!C3)"
    for text in ("SUM(Jan:Dec!C6)", "SUM('Jan 1:Dec'!C6)"):
        with pytest.raises(CannotPatch) as refusal:
            without(text, 5)
        assert (refusal.value.key, refusal.value.values["cells"]) == ("patch_rows_pointed_at", text[4:-1])


@pytest.mark.parametrize(
    ("text", "rows", "columns", "after"),
    [
        ("C4*2", 3, 0, "C7*2"),
        ("$C4+C$4+$C$4", 1, 1, "$C5+D$4+$C$4"),
        ("SUM(C$4:C4)", 2, 0, "SUM(C$4:C6)"),
        ("Other!C4+[1]Other!C4", 1, 0, "Other!C5+[1]Other!C5"),
        ("C4+C1", -2, 0, "C2+#REF!"),
        ("A4+XFD4", 0, 1, "B4+#REF!"),
        ('tbl[C4]&"C4"', 1, 1, 'tbl[C4]&"C4"'),
    ],
)
def test_a_copied_formula_reads_as_in_its_new_cell(text: str, rows: int, columns: int, after: str) -> None:
    assert copied_formula(text, rows, columns) == after


@pytest.mark.parametrize(
    ("text", "before", "gone", "after"),
    [
        ("$C4>5", Area(4, 2, 10, 6), 4, "$C4>5"),
        ("$C4>5", Area(4, 2, 10, 6), 6, "$C4>5"),
        ("$C6>$C$4", Area(6, 3, 10, 3), 5, "$C5>$C$4"),
        ("$C6>$C$4", Area(6, 3, 10, 3), 4, "$C5>#REF!"),
        ("COUNTIF($C$4:$C$10,$C4)>1", Area(4, 3, 10, 3), 10, "COUNTIF($C$4:$C$9,$C4)>1"),
        ("COUNTIF(C$4:C4,C4)>1", Area(4, 3, 10, 3), 4, "COUNTIF(C$4:C4,C4)>1"),
        ("$C5<>$C4", Area(5, 3, 10, 3), 7, "$C5<>$C4"),
        ("$C1>5", Area(1, 1, 99, 9), 7, "$C1>5"),
        ("$C4>5", Area(4, 1, 20, 9), 4, "$C4>5"),
        ("$C$6>5", Area(1, 8, 3, 8), 5, "$C$5>5"),
        ("C6>5", Area(1, 8, 1, 8), 5, "C5>5"),
        ("C6>5", Area(1, 8, 3, 8), 5, None),
        ("MATCH(C4,Other!$A$4:$A$9,0)", Area(4, 3, 10, 3), 5, "MATCH(C4,Other!$A$4:$A$9,0)"),
    ],
)
def test_a_rule_goes_on_saying_the_same_of_its_rows(
    text: str, before: Area, gone: int, after: str | None
) -> None:
    moved = removal(gone, whole=False).moved
    new = moved(before)
    assert new
    assert moved_rule(text, "Leads", {"Leads": moved}, [before], [new]) == after


FORMULAS = (  # noqa: SIM905  a list of sixty lines shows less
    "C4 C5 C6 C9 C11 $C$6 C$7 $C9 G6 H6+C6 C20 C1048576 SUM(C4:C10) SUM(C4:C9) SUM(C6:C10) SUM($C$4:$C$10)"
    " SUM(C3:C10) SUM(C5:C6) SUM(C6:C8) SUM(B4:D10) SUM(A4:F10) SUM(A1:H20) SUM(C:C) SUM($B:$D) SUM(5:5)"
    ' SUM(4:10) SUM($6:$8) SUM(C10:C15) SUM(C11:C15) SUM(C8:C20) SUM(C4:C10,C6,C7) C4*C6+C7 C6&"C6:C7"'
    ' LOG10(C6) SUM(C6:INDEX(C:C,9)) VLOOKUP(C6,B4:D10,2,FALSE) COUNTIF(C4:C10,">"&C8) -C6% C6^2'
    " SUM(C1:C1048576) SUM(C9:C1048576) SUM(G4:G10) SUM(A5:G5) SUM(E4:G10) ROW(C7) OFFSET(C4,1,0) Other!C6"
    " SUM(Other!C4:C10) SUM(C20:C30) SUM(B6:D6) 'O''Hara'!C6 SUM('O''Hara'!C4:C10)+Leads!C8 Leads!C6"
    " SUM(Leads!C4:C10) Leads!$B$6:$D$8 SUM(Leads!C5:C6,Leads!C8) COUNTIF(Leads!$C$4:$C$10,Leads!C9)"
).split()
DELETIONS = [
    ((5,), True),
    ((5,), False),
    ((4, 5), True),
    ((4, 5), False),
    ((6, 8, 9), True),
    ((6, 8, 9), False),
]


def formula_book(path: Path, formulas: dict[str, list[str]]) -> Path:
    """Make a workbook with formulas in row 1 of Leads, above the table, and of Board."""
    with xlsxwriter.Workbook(path) as book:
        sheets = {name: book.add_worksheet(name) for name in ("Leads", "Board", "Other", "O'Hara")}
        for row in range(2, 30):
            sheets["Leads"].write_row(row, 1, [row] * 5)
        for name, texts in formulas.items():
            for column, text in enumerate(texts):
                sheets[name].write_formula(0, 20 + column, f"={text}")
    return path


def formulas_of(path: Path) -> list[str]:
    """Return the formulas; whatever became of a reference that went."""
    book = openpyxl.load_workbook(path)
    return [str(cell.value) for name in ("Leads", "Board") for cell in book[name][1][20:]]


@pytest.mark.needs_program("soffice")
def test_formulas_read_as_libreoffice_makes_them_when_it_deletes_the_same_rows(tmp_path: Path) -> None:
    formulas = {"Leads": FORMULAS, "Board": FORMULAS}
    source = formula_book(tmp_path / "book.xlsx", formulas)
    jobs: list[dict[str, object]] = []
    for i, (rows, whole) in enumerate(DELETIONS):
        moved = {"Leads": removal(*rows, whole=whole).moved}
        ours = {
            name: [moved_formula(text, name, moved) for text in texts] for name, texts in formulas.items()
        }
        area = {} if whole else {"area": [2, 10, 6]}
        made = formula_book(tmp_path / f"ours{i}.xlsx", ours)
        for path, target, gone in ((source, f"theirs{i}", rows), (made, f"saved{i}", ())):
            job = {"source": str(path), "target": str(tmp_path / f"{target}.xlsx"), "sheet": "Leads"}
            jobs.append({**job, "rows": list(gone), **area})
    deleted_by_office(tmp_path, jobs)
    for i, _ in enumerate(DELETIONS):
        ours_saved, theirs = (
            formulas_of(tmp_path / f"saved{i}.xlsx"),
            formulas_of(tmp_path / f"theirs{i}.xlsx"),
        )
        assert len(theirs) == 2 * len(FORMULAS)
        assert ours_saved == theirs
        assert theirs != formulas_of(source)
