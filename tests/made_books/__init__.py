"""Workbooks with the things that users build in Excel and few test files have, each made by code."""

from collections.abc import Callable, Mapping
from pathlib import Path

from made_books.arrays import cell_image_book, dynamic_array_book
from made_books.base import orders_book
from made_books.charts import chart_book, modern_chart_book
from made_books.controls import control_book
from made_books.dialects import absolute_book, odd_case_book, prefixed_book, strict_book
from made_books.guests import custom_xml_book, external_link_book, macro_book, query_book
from made_books.locked import encrypted_book, signed_book
from made_books.pivots import named_pivot_book, pivot_book, pivot_slicer_book, timeline_book
from made_books.rules import bar_book, choice_book, sparkline_book
from made_books.slicers import slicer_book
from made_books.threads import thread_book

SOUND: Mapping[str, Callable[[Path], Path]] = {
    "plain": orders_book,
    "chart": chart_book,
    "modern chart": modern_chart_book,
    "table slicer": slicer_book,
    "pivot table": pivot_book,
    "pivot table by name": named_pivot_book,
    "pivot slicer": pivot_slicer_book,
    "timeline": timeline_book,
    "sparklines": sparkline_book,
    "data bars": bar_book,
    "choices": choice_book,
    "threads": thread_book,
    "controls": control_book,
    "dynamic arrays": dynamic_array_book,
    "images in cells": cell_image_book,
    "custom XML": custom_xml_book,
    "external links": external_link_book,
    "macros": macro_book,
    "query table": query_book,
    "strict": strict_book,
    "prefixes": prefixed_book,
    "absolute names": absolute_book,
    "odd case": odd_case_book,
}
"""Name -> what makes a workbook that Excel opens without a word."""

__all__ = ["SOUND", "encrypted_book", "orders_book", "signed_book"]
