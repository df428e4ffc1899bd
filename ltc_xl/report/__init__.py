"""Management reports: the ``funnel`` from lead to signed deal."""

from ltc_xl.report.funnel import funnel

__all__ = ["funnel"]
