"""Kill a hundred syncs at random moments, and hold what each leaves behind to an undisturbed run.

``python benchmarks/kills.py [COUNT] [SEED]``. Half of the kills fall on the demo workbook as it is shipped,
whose first sync stamps, grades and commits everything, half on a workbook that LibreOffice saved, with
stages, notes and new leads typed into it. Papers are printed too; reruns must print the same ones.
"""

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from killing import demo_case, kills, libreoffice_case, spread

COUNT = 100
CASES = {"saved by LibreOffice": libreoffice_case, "the demo, first sync": demo_case}


def main(count: int, seed: str) -> int:
    bad = 0
    for name, made_of in CASES.items():
        with tempfile.TemporaryDirectory() as folder:
            case = replace(made_of(Path(folder) / "case"), papers=True)
            began = time.perf_counter()
            made = kills(case, count // len(CASES), seed, Path(folder))
        taken = time.perf_counter() - began
        wrong = [kill for kill in made if kill.wrong]
        bad += len(wrong)
        alive = sum(kill.killed for kill in made)
        print(f"{name:<24} {len(made):3} runs, {alive} killed, {len(wrong)} wrong, {taken:.0f} s")
        print("  " + "  ".join(f"{when}: {times}" for when, times in spread(made).items()), flush=True)
        for kill in wrong:
            print(f"  at {kill.at:.3f} s, {kill.when}: {'; '.join(kill.wrong)[:2000]}")
    return int(bad > 0)


if __name__ == "__main__":
    count, seed = [*sys.argv[1:], *(str(COUNT), "soak")[len(sys.argv) - 1 :]]
    sys.exit(main(int(count), seed))
