"""Headers as people write them: compared without regard to width, case and blanks."""

import unicodedata


def header_key(text: str) -> str:
    """Return a header for comparison: width, case and all blanks do not matter.

    >>> header_key("金额（含税）") == header_key(" 金额 (含税)"), header_key("Next date")
    (True, 'nextdate')
    """
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
