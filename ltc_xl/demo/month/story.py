"""The month told: every scene in its order."""

from collections.abc import Iterator

from ltc_xl.demo.month.closing import last_day, printed
from ltc_xl.demo.month.fair import two_lists
from ltc_xl.demo.month.letters import letters_written, money_comes_in, paid_after_letters
from ltc_xl.demo.month.mistakes import broken_rule, wrong_list
from ltc_xl.demo.month.office import Office
from ltc_xl.demo.month.pool import back_to_the_pool
from ltc_xl.demo.month.scene import Scene
from ltc_xl.demo.month.stages import cast, filled_in, four_moves
from ltc_xl.demo.month.trail import converted, trail


def month(office: Office) -> Iterator[Scene]:
    """Yield the scenes of the month as they happen."""
    players = cast(office)
    yield from two_lists(office)
    yield four_moves(office, players)
    yield filled_in(office, players)
    yield wrong_list(office)
    yield broken_rule(office, players)
    yield back_to_the_pool(office)
    letters, sent = letters_written(office, players)
    yield letters
    yield converted(office)
    paid = money_comes_in(office, players, sent)
    answers = printed(office)
    yield paid_after_letters(office, sent, paid, answers["letters"])
    yield from last_day(office, players, paid.synced, answers)
    yield trail(office)
