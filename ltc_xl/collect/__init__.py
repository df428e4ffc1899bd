"""Collection: what is open and how late (``aging``), how fast money comes in (``metrics``), ``letters``."""

from ltc_xl.collect.letters import letters
from ltc_xl.collect.overdue import aging
from ltc_xl.collect.speed import metrics

__all__ = ["aging", "letters", "metrics"]
