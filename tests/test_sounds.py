"""Sounds: the table of syllables reads each character as the dictionary it was taken from does."""

import polars as pl
from pypinyin import Style, pinyin

from ltc_xl.rules.duplicates.sounds import sounds, syllables


def test_each_character_is_read_as_in_the_dictionary_it_was_taken_from() -> None:
    letters = list(syllables())
    assert len(letters) > 20_000
    said = pinyin(letters, style=Style.NORMAL)
    assert [readings[0] for readings in said] == list(syllables().values())


def test_names_of_one_sound_are_equal_and_letters_have_none() -> None:
    names = pl.Series(["恒远科技", "衡源科技", "Acme", None, "㐀甲"])
    first, second, *others = sounds(names).to_list()
    assert first == second == "heng yuan ke ji "
    assert others == [None, None, "㐀jia "]
