"""``ltc-xl --help`` against ``import click``: what a person waits before anything is asked of the program."""

import platform
import statistics
import subprocess
import sys
import time
from importlib.metadata import version

RUNS = 9
LIMIT = 0.2


def seconds(*command: str) -> float:
    """Return the median time of a command."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    """Print the figure, the rival and the limit."""
    rival = seconds(sys.executable, "-c", "import click")
    for command in ([], ["collect"], ["check"]):
        ours = seconds(sys.executable, "-m", "ltc_xl", *command, "--help")
        verdict = "ok" if ours <= LIMIT else "TOO SLOW"
        name = " ".join(["ltc-xl", *command, "--help"])
        print(f"{name:24} {ours:.3f} s  import click {rival:.3f} s  limit {LIMIT} s  {verdict}")
    print(f"python {platform.python_version()}  click {version('click')}  median of {RUNS}")


if __name__ == "__main__":
    main()
