"""Five hundred payment reminders, from the rows of the book to the bytes of the PDF files.

``python benchmarks/letters.py [LETTERS] [zh|en]``: prints time and memory beside their limits.
"""

import platform
import random
import resource
import sys
import time
from datetime import date, timedelta
from decimal import Decimal
from importlib.metadata import version

import polars as pl

from ltc_xl.collect import letters
from ltc_xl.model.book import Book, book_of
from ltc_xl.model.enums import Lang
from ltc_xl.render import draw
from ltc_xl.rules import bind_rulebook

LETTERS = 500
LINES = 6
LIMIT, MEMORY = 20.0, 200
AS_OF = date(2026, 11, 20)


def dunned(count: int, lang: Lang) -> Book:
    """Return a book in which so many customers owe some lines each."""
    rng = random.Random(2026)  # noqa: S311  rows to measure with
    names = [
        f"苏州第{n:03d}精密机械有限公司" if lang == "zh" else f"Customer {n:03d} & Sons" for n in range(count)
    ]
    rows = [
        {
            "line_id": f"RC-{place:05d}",
            "customer": name,
            "contract_no": f"HY-2026-{place:05d}",
            "item": rng.choice(["DELIVERY", "ACCEPTANCE", "MONTHLY"]),
            "amount": Decimal(rng.randrange(100_000, 90_000_000)) / 100,
            "triggered_on": AS_OF - timedelta(days=rng.randrange(40, 400)),
            "days": 30,
            "invoice_no": f"2432200000{place:010d}",
        }
        for place, name in enumerate(name for name in names for _ in range(LINES))
    ]
    customers = pl.DataFrame({"name": names, "customer_id": [f"K-SH-{n:04d}X" for n in range(count)]})
    return book_of("dunned.xlsx", lang, lines=pl.DataFrame(rows), customers=customers)


def main() -> None:
    """Print what was measured."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else LETTERS
    lang: Lang = "en" if "en" in sys.argv[2:] else "zh"
    book = dunned(count, lang)
    start = time.perf_counter()
    outcome = letters(book, bind_rulebook(book), AS_OF)
    ready = time.perf_counter()
    drawn = draw(outcome.papers, lang)
    done = time.perf_counter()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sizes = [len(drawn.content(name)) for name in drawn.names if name.endswith(".pdf")]
    verdict = "ok" if done - start <= LIMIT and memory <= MEMORY else "TOO MUCH"
    each = 1000 * (done - ready) / len(sizes)
    print(f"{len(sizes)} letters of {LINES} lines  {done - start:.1f} s  limit {LIMIT:.0f} s  {verdict}")
    print(f"  rules and data {ready - start:.2f} s, then {each:.1f} ms a letter, the list included")
    print(f"  memory {memory:.0f} MB, limit {MEMORY} MB; {sum(sizes) / len(sizes) / 1024:.0f} KiB a letter")
    print(f"python {platform.python_version()}  typst {version('typst')}  polars {version('polars')}")


if __name__ == "__main__":
    main()
