"""Which columns of a table can be marked, and how marks call them."""

from collections.abc import Mapping

from ltc_xl.model.tables import UID, Table
from ltc_xl.workbook.edges import Wanted


def wanted_edges(model: Table, columns: Mapping[str, int]) -> Wanted:
    """Return the edges that a table on a sheet must have; none where its rows have no identity there.

    Args:
        model: which table.
        columns: code -> column of the sheet.
    """
    if not model.tracked or UID not in columns:
        return frozenset()
    ours = {code: number for code, number in columns.items() if code in model.by_code}
    seen = [number for code, number in ours.items() if not model.by_code[code].hidden]
    whole_row = {(min(seen), "")} if seen else set()
    return frozenset({(number, code) for code, number in ours.items()} | whole_row)
