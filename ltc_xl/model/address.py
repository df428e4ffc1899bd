"""Addresses of cells."""


def column_letters(number: int) -> str:
    """Return the letters of a column, 1 is A.

    >>> column_letters(1), column_letters(28), column_letters(16384)
    ('A', 'AB', 'XFD')
    """
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
