"""The words that formulas and colours speak of, looked up on 选项 (choices), where a firm may rename them.

They stand on the hidden sheet of lists, one column per list, those of a kind together; names lead to them.
Each word stands there twice: as the firm calls it, and as it was shipped, since older cells keep that one.
"""

from collections.abc import Iterator

from ltc_xl.model.defaults import lists_of
from ltc_xl.model.enums import Lang, Word, words
from ltc_xl.model.tables import column_reference, words_name
from ltc_xl.workbook.builder.styles import tone

COUNTED = ("contract_kind",)
"""Lists without kinds and colours that a figure of the dashboard asks for a word of."""

TWICE = 2

Block = tuple[str, int, int]


def spoken_of(profile: str) -> tuple[str, ...]:
    """Return the lists whose words formulas or colours name: with kinds, with colours, or counted by."""
    return tuple(
        name for name in lists_of(profile) if name in COUNTED or any(w.kind or tone(w) for w in words(name))
    )


def in_order(enum: str) -> list[Word]:
    """Return every word of a list, those of a kind together.

    >>> [word.code for word in in_order("opp_stage")][-5:]
    ['SIGNING', 'HOLD', 'WON', 'LOST', 'DROPPED']
    """
    kinds = list(dict.fromkeys(word.kind for word in words(enum)))
    return sorted(words(enum), key=lambda word: kinds.index(word.kind))


def blocks(enum: str) -> Iterator[Block]:
    """Yield the name of the whole list and of each kind, with its first and last cell, from 0."""
    listed = in_order(enum)
    yield words_name(enum), 0, len(listed) * TWICE - 1
    for kind in dict.fromkeys(word.kind for word in listed if word.kind):
        places = [place for place, word in enumerate(listed) if word.kind == kind]
        yield words_name(enum, kind), places[0] * TWICE, places[-1] * TWICE + 1


def word_reference(enum: str, code: str) -> str:
    """Return the formula of a word as the firm calls it.

    >>> word_reference("opp_stage", "WON")
    'INDEX(ltc_opp_stage,25)'
    """
    return f"INDEX({words_name(enum)},{_place(enum, code)})"


def _place(enum: str, code: str) -> int:
    return 1 + TWICE * [word.code for word in in_order(enum)].index(code)


def _either(enum: str, code: str) -> str:
    """Return the two cells of a word."""
    return f"{word_reference(enum, code)}:INDEX({words_name(enum)},{_place(enum, code) + 1})"


def among_words(cells: str, enum: str, codes: tuple[str, ...]) -> str:
    """Return the test, over cells, that they hold one of some words: zeros and ones.

    >>> among_words("A1", "opp_stage", ("WON", "LOST"))
    '((ISNUMBER(MATCH(A1,ltc_opp_stage_won,0))+ISNUMBER(MATCH(A1,ltc_opp_stage_lost,0)))>0)'
    >>> among_words("A1", "opp_stage", ("SIGNING",))
    'ISNUMBER(MATCH(A1,INDEX(ltc_opp_stage,21):INDEX(ltc_opp_stage,22),0))'
    """
    kinds = [word.kind for word in words(enum) if word.code in codes]
    whole = [kind for kind in dict.fromkeys(kinds) if kind and kinds.count(kind) == _size(enum, kind)]
    single = [word.code for word in words(enum) if word.code in codes and word.kind not in whole]
    lists = [words_name(enum, kind) for kind in whole] + [_either(enum, code) for code in single]
    tests = [f"ISNUMBER(MATCH({cells},{each},0))" for each in lists]
    return tests[0] if len(tests) == 1 else f"(({'+'.join(tests)})>0)"


def _size(enum: str, kind: str) -> int:
    return sum(word.kind == kind for word in words(enum))


def lookup(enum: str, word: Word, lang: Lang) -> str:
    """Return the formula that looks a word up on 选项; the shipped one while its row is gone or blank."""
    shown, keys = column_reference("choices", lang, lang), column_reference("choices", "choice", lang)
    value, otherwise = f'INDEX({shown},MATCH("{enum}.{word.code}",{keys},0))', word.label(lang)
    return f'IFERROR(IF({value}="","{otherwise}",{value}&""),"{otherwise}")'


def shipped(enum: str, word: Word, own_cell: str, lang: Lang) -> str:
    """Return the formula of the word as it was shipped; the firm's own once another entry is called so."""
    sets, shown = column_reference("choices", "set", lang), column_reference("choices", lang, lang)
    text = word.label(lang)
    return f'IF(COUNTIFS({sets},"{enum}",{shown},"{text}")>0,{own_cell},"{text}")'
