"""Rules told: why a row got its answer, and what the firm's own tests of its rules say."""

from ltc_xl.ruling.explaining import explain

__all__ = ["explain"]
