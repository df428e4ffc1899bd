"""Management reports: the ``funnel``, the ``pipeline``, and ``management``, the director's page."""

from ltc_xl.report.funnel import funnel
from ltc_xl.report.management import management
from ltc_xl.report.pipeline import pipeline

__all__ = ["funnel", "management", "pipeline"]
