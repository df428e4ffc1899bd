"""Rows deleted by LibreOffice, a spreadsheet program that is not ours: run as a program of its own.

Its bridge changes how Python imports, so it must not be loaded into the tests' own process.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

DIST_PACKAGES = "/usr/lib/python3/dist-packages"
SCRIPT = Path(__file__)


def deleted_by_office(folder: Path, jobs: "list[dict[str, object]]") -> None:
    """Let LibreOffice do jobs: open ``source``, delete ``rows`` of ``sheet``, save as ``target``.

    A job with ``area`` (left, bottom, right; from 1) moves up the cells of these columns alone, and leaves
    blank ones at the bottom row.
    """
    task = folder / "jobs.json"
    task.write_text(json.dumps({"folder": str(folder), "jobs": jobs}), "utf-8")
    done = subprocess.run(  # noqa: S603  a fixed command on files of our own
        [sys.executable, str(SCRIPT), str(task)], check=False, capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 0, done.stderr


def _connected(pipe: str) -> Any:  # noqa: ANN401  the bridge has no types
    import uno  # type: ignore[import-not-found]  # of the system's Python

    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(300):
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except Exception:  # noqa: BLE001  its error class is known only once the bridge is loaded
            time.sleep(0.2)
    raise TimeoutError(pipe)


def _property(name: str, value: object) -> Any:  # noqa: ANN401  likewise
    from com.sun.star.beans import PropertyValue  # type: ignore[import-not-found]  # likewise

    held = PropertyValue()
    held.Name, held.Value = name, value
    return held


def _delete(book: Any, job: dict[str, Any]) -> None:  # noqa: ANN401  likewise
    from com.sun.star.sheet.CellDeleteMode import UP  # type: ignore[import-not-found]  # likewise
    from com.sun.star.sheet.CellInsertMode import DOWN  # type: ignore[import-not-found]  # likewise

    for row in sorted(job["rows"], reverse=True):
        sheet = book.Sheets.getByName(job["sheet"])
        if "area" not in job:
            sheet.Rows.removeByIndex(row - 1, 1)
            continue
        left, bottom, right = job["area"]
        gone = sheet.getCellRangeByPosition(left - 1, row - 1, right - 1, row - 1).RangeAddress
        sheet.removeRange(gone, UP)
        sheet = book.Sheets.getByName(job["sheet"])  # the one at hand has lost its lowest row
        blank = sheet.getCellRangeByPosition(left - 1, bottom - 1, right - 1, bottom - 1).RangeAddress
        sheet.insertCells(blank, DOWN)


def main(task: Path) -> None:
    """Do the jobs of a task."""
    sys.path.append(DIST_PACKAGES)
    held = json.loads(task.read_text("utf-8"))
    pipe = f"rows{time.monotonic_ns()}"
    profile = f"-env:UserInstallation=file://{held['folder']}/office"
    command = ["soffice", "--headless", "--norestore", profile, f"--accept=pipe,name={pipe};urp;"]
    with subprocess.Popen(command) as office:  # noqa: S603  a fixed command
        desktop = _connected(pipe)
        try:
            for job in held["jobs"]:
                source = Path(job["source"]).as_uri()
                book = desktop.loadComponentFromURL(source, "_blank", 0, (_property("Hidden", value=True),))
                if job["rows"]:
                    _delete(book, job)
                saved = _property("FilterName", "Calc MS Excel 2007 XML")
                book.storeToURL(Path(job["target"]).as_uri(), (saved,))
                book.close(True)  # noqa: FBT003  its own signature
        finally:
            desktop.terminate()
            office.wait(30)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
