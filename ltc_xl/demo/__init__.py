"""The demo firm 苏州衡远能控科技（虚构）: told for any day, in two languages, with faults to be found."""

from ltc_xl.demo.book import DEMO_DAY, shipped_demo
from ltc_xl.demo.firm import firm, planted
from ltc_xl.demo.garden import Planted
from ltc_xl.demo.job import DemoResult, run_demo

__all__ = ["DEMO_DAY", "DemoResult", "Planted", "firm", "planted", "run_demo", "shipped_demo"]
