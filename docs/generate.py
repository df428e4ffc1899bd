"""Write ``docs/reference/`` from the program itself; ``--check`` fails when a page is not what it says."""

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import click

from ltc_xl.cli import main as program
from ltc_xl.messages import topic
from ltc_xl.model.defaults import default_rows
from ltc_xl.model.enums import LANGS, enums
from ltc_xl.model.tables import Column, Table, tables

REFERENCE = Path(__file__).parent / "reference"
HEADS = {"starter": "从一开始就有 · from the start", "prepared": "用到时显示 · shown when first used"}
HEADS["full"] = "完整版 · full profile"
BY = {"person": "人填 · typed", "program": "程序写 · program", "formula": "公式 · live formula"}


def pipe(*cells: object) -> str:
    """Return one row of a markdown table."""
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def condition(column: Column) -> str:
    """Return when a column must be filled."""
    when = column.required_when
    if when is None:
        return "✱" if column.required else ""
    return f"✱ {' '.join(when.columns)} {when.test} {' '.join(when.codes)}".strip()


def names_of(column: Column) -> str:
    """Return what a column may hold: a list, a reference, a format, bounds."""
    parts = [
        f"list `{column.enum}`" if column.enum else "",
        f"format {column.format}" if column.format else "",
    ]
    parts.append(f"→ `{column.ref.table}.{column.ref.column}`" if column.ref else "")
    parts.append(f"≥ {column.min}" if column.min is not None else "")
    parts.append(f"≤ {column.max}" if column.max is not None else "")
    return ", ".join(part for part in parts if part)


def table_section(model: Table) -> Iterator[str]:
    """Yield the lines about one table."""
    yield f"### {model.zh} · {model.en} — `{model.name}` ({model.excel})"
    yield ""
    yield f"{model.purpose_zh}。 {model.purpose_en}. _{HEADS[model.profile]}_"
    yield ""
    yield pipe("列", "Column", "Code", "Type", "Filled by", "Required", "May hold")
    yield pipe(*["---"] * 7)
    for c in model.columns:
        shown = f"{c.zh}（隐藏 hidden）" if c.hidden else c.zh
        yield pipe(shown, c.en, f"`{c.code}`", c.type, BY[c.by], condition(c), names_of(c))
    yield ""


def tables_page() -> Iterator[str]:
    """Yield the page of tables and lists."""
    yield "# 数据表 · Tables"
    yield ""
    yield "由 `ltc_xl/model/tables.toml` 生成。 Generated from `ltc_xl/model/tables.toml`."
    yield ""
    for model in tables().values():
        yield from table_section(model)
    yield "## 选项 · Lists"
    yield ""
    yield pipe("List", "Code", "中文", "English")
    yield pipe(*["---"] * 4)
    for name, entries in enums().items():
        for word in entries:
            yield pipe(f"`{name}`", f"`{word.code}`", word.zh, word.en)


def findings_page() -> Iterator[str]:
    """Yield the page of every finding, in both languages."""
    severities = dict(default_rows("checks").select("code", "severity").iter_rows())
    yield "# 检查 · Findings"
    yield ""
    yield "每条检查的例子见 `tests/findings/`。 An example of each stands in `tests/findings/`."
    for code in topic("findings", "zh"):
        yield ""
        yield f"## {code} ({str(severities.get(code, '')).lower()})"
        for lang in LANGS:
            words = topic("findings", lang)[code]
            assert isinstance(words, Mapping)  # noqa: S101  narrowing of parsed TOML
            yield ""
            yield f"**{words['title']}** {words['found']} {words['cure']}"


def contexts(context: click.Context) -> Iterator[click.Context]:
    """Yield the context of a command, or of every command below a group."""
    command = context.command
    if not isinstance(command, click.Group):
        yield context
        return
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None  # noqa: S101  it was listed
        yield from contexts(click.Context(found, context, info_name=name, max_content_width=96))


def commands_page() -> Iterator[str]:
    """Yield the page of commands: their own help in both languages."""
    yield "# 命令 · Commands"
    roots = [click.Context(program, info_name="ltc-xl", obj=lang) for lang in LANGS]
    for pair in zip(*(contexts(root) for root in roots), strict=True):
        yield ""
        yield f"## {pair[0].command_path}"
        for context in pair:
            yield ""
            yield "```text"
            yield context.command.get_help(context).rstrip()
            yield "```"


PAGES: Mapping[str, Callable[[], Iterator[str]]] = {
    "tables.md": tables_page,
    "findings.md": findings_page,
    "commands.md": commands_page,
}


def text_of(page: str) -> str:
    """Return a page as it must stand on disk."""
    return "\n".join(PAGES[page]()).rstrip() + "\n"


def stale() -> list[str]:
    """Return the pages on disk that are not what the program says."""
    return [
        page
        for page in PAGES
        if not (REFERENCE / page).exists() or (REFERENCE / page).read_text("utf-8") != text_of(page)
    ]


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(f"run `just docs`: {', '.join(found)} not up to date" if (found := stale()) else 0)
    for page in PAGES:
        (REFERENCE / page).write_text(text_of(page), "utf-8")
