"""The demo's month: five days of work on the firm's book, each scene with the outcome the script expects."""

from ltc_xl.demo.month.days import days_of
from ltc_xl.demo.month.fair import moving_in
from ltc_xl.demo.month.office import Office, free
from ltc_xl.demo.month.scene import Scene
from ltc_xl.demo.month.story import month

__all__ = ["Office", "Scene", "days_of", "free", "month", "moving_in"]
