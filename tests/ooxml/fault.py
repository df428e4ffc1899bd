"""What is wrong with a package."""

from typing import NamedTuple


class Fault(NamedTuple):
    """A rule that a part breaks; ``what`` says where and how."""

    part: str
    rule: str
    what: str
