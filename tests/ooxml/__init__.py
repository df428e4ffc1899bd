"""A judge of .xlsx packages that shares no code with the program: what Excel would repair or refuse."""

from ooxml.fault import Fault
from ooxml.judge import faults, new_faults

__all__ = ["Fault", "faults", "new_faults"]
