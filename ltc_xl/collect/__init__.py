"""Collection: what is open and how late (``aging``), and how fast money comes in (``metrics``)."""

from ltc_xl.collect.overdue import aging
from ltc_xl.collect.speed import metrics

__all__ = ["aging", "metrics"]
