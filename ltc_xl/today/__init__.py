"""Today: what each person has to do, oldest first, linked to its row; the body of the sheet 今日."""

from ltc_xl.today.item import Day, Item
from ltc_xl.today.service import LIMIT, today

__all__ = ["LIMIT", "Day", "Item", "today"]
