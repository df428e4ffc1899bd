"""The cell checks of a table as plain masks: a fraction of what a schema takes."""

from collections.abc import Sequence

import polars as pl

from ltc_xl.rules.cell_checks import CellCheck


def mask_failures(checks: Sequence[CellCheck], rows: pl.DataFrame) -> pl.DataFrame:
    """Return every cell that fails on its own: the place of its ``check``, and the ``row`` of the frame.

    All checks stand in one select, but for those that judge values in Python: side by side they wait for
    each other longer than they work.
    """
    numbered = list(enumerate(checks))
    plain = {str(place): check.fails for place, check in numbered if not check.by_value}
    masks = {int(mask.name): mask for mask in rows.select(**plain)}
    masks |= {place: rows.select(check.fails).to_series() for place, check in numbered if check.by_value}
    found = [
        pl.DataFrame({"row": mask.arg_true()}).select(pl.lit(place, pl.UInt32).alias("check"), "row")
        for place, mask in sorted(masks.items())
        if mask.any()
    ]
    return pl.concat(found) if found else pl.DataFrame(schema={"check": pl.UInt32, "row": pl.UInt32})
