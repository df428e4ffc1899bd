"""The cell checks of a table as plain masks: all in one select, a fraction of what a schema takes."""

from collections.abc import Sequence

import polars as pl

from ltc_xl.rules.cell_checks import CellCheck


def mask_failures(checks: Sequence[CellCheck], rows: pl.DataFrame) -> pl.DataFrame:
    """Return every cell that fails on its own: the place of its ``check``, and the ``row`` of the frame."""
    masks = rows.select(check.fails.alias(str(place)) for place, check in enumerate(checks))
    found = [
        pl.DataFrame({"row": mask.arg_true()}).select(pl.lit(place, pl.UInt32).alias("check"), "row")
        for place, mask in enumerate(masks)
        if mask.any()
    ]
    return pl.concat(found) if found else pl.DataFrame(schema={"check": pl.UInt32, "row": pl.UInt32})
