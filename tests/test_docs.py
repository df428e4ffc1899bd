"""The documents say what the program does."""

import re
import sys
from pathlib import Path

import click
import pytest

from ltc_xl.cli import main
from ltc_xl.model.tables import tables

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")
sys.path.insert(0, str(ROOT / "docs"))


def paths(command: click.Command, path: str = "ltc-xl") -> list[str]:
    if not isinstance(command, click.Group):
        return [path]
    context = click.Context(command)
    below = [(name, command.get_command(context, name)) for name in command.list_commands(context)]
    return [found for name, sub in below if sub for found in paths(sub, f"{path} {name}")]


def test_the_reference_is_what_the_program_says() -> None:
    import generate

    assert generate.stale() == [], "run `just docs`"


@pytest.mark.parametrize("command", [p for p in paths(main) if "rollout" not in p])
def test_each_command_of_daily_use_is_in_the_readme(command: str) -> None:
    assert command in README


def test_the_readme_names_no_command_that_is_not_there() -> None:
    known = paths(main)
    word = r"ltc-xl (?:(?:collect|report|rollout|leads|rules) \w+|\w+)"
    named = {m.group(0).strip() for m in re.finditer(word, README)}

    assert {name for name in named if name not in known} == set()


def test_the_readme_has_two_commands_that_do_all_the_setting_up() -> None:
    lines = [line for line in README.splitlines() if line.startswith("python3 -m venv")]

    assert [line.rsplit("&& ", 1)[1] for line in lines] == [
        ".venv/bin/ltc-xl demo",
        ".venv/bin/python -m pytest",
    ]


def test_every_link_and_picture_of_the_readme_is_there() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", README)

    assert [target for target in targets if not (ROOT / target).exists()] == []


@pytest.mark.parametrize(
    "model", [t for t in tables().values() if t.group == "work" and t.profile == "starter"]
)
def test_the_glossary_explains_every_work_sheet(model: object) -> None:
    assert f"| {getattr(model, 'zh', '')} |" in GLOSSARY
    assert getattr(model, "name", "") in GLOSSARY


def test_no_file_names_a_package_registry_or_a_machine_path() -> None:
    bad = re.compile(
        r"py" + r"pi\.org|python" + r"hosted|registry\.npm|deb\.deb" + r"ian|/wo" + r"rk/|/ro" + r"ot/"
    )
    suffixes = {".py", ".toml", ".md", ".txt", ".j2", ".html", ".json", ".typ"}
    files = (
        p
        for p in ROOT.rglob("*")
        if p.suffix in suffixes and ".venv" not in p.parts and ".git" not in p.parts
    )

    assert [str(p.relative_to(ROOT)) for p in files if bad.search(p.read_text("utf-8"))] == []
