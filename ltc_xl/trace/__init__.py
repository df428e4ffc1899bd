"""Trace: the whole chain of a record, lead to receipt, from any number in it, and what is left of it."""

from ltc_xl.trace.service import trace, untraced

__all__ = ["trace", "untraced"]
