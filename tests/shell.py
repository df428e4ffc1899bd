"""Commands as a person gives them: in this process, or as a program of its own."""

import json
import os
import subprocess
import sys

from click.testing import CliRunner, Result

from ltc_xl.cli import main
from ltc_xl.model.enums import Lang

ENGLISH = {"LANG": "en_US.UTF-8", "LC_ALL": "", "LC_MESSAGES": ""}
CHINESE = {**ENGLISH, "LANG": "zh_CN.UTF-8"}
SPEAKING: dict[Lang, dict[str, str]] = {"zh": CHINESE, "en": ENGLISH}


def ltc(*args: object, env: dict[str, str] = ENGLISH) -> Result:
    """Run a command in this process."""
    return CliRunner(env=env).invoke(main, [str(arg) for arg in args], prog_name="ltc-xl")


def answered(*args: object) -> dict[str, object]:
    """Return the JSON document of a command that ends well."""
    result = ltc(*args, "--json")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    document: dict[str, object] = json.loads(result.stdout)
    assert document["schema"] == "ltc-xl/1"
    return document


def process(*args: object, **env: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command as a person's shell would."""
    command = [sys.executable, "-m", "ltc_xl", *map(str, args)]
    return subprocess.run(command, capture_output=True, check=False, env={**os.environ, **ENGLISH, **env})  # noqa: S603  our own program
