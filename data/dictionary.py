"""The data dictionary in Markdown, from the schema and the policy.

python -m data.dictionary prints it; python -m data.dictionary docs/input.md renews it between its markers in that file.
"""

import sys
from pathlib import Path

from pydantic import BaseModel

from data.columns import Column, Table
from data.policy import Policy
from data.schema import TABLES

NAME = "data dictionary"
FORMS = """\
`*` marks a required column; a blank cell elsewhere means what the table says. Dates are ISO (2026-03-30), money is in
the company's currency, units are sales units. No figure may exceed a thousand million, budgets aside."""
EXTRA = {
    "unused": "",
    "attributes": "Further columns are attributes: they travel along and may serve the forecast.",
    "numbers": "Further numeric columns are the drivers.",
    "quantiles": "`q01` .. `q99`: quantiles of the demand, any of them.",
}
COLUMNS = ["| column | meaning | unit | blank means | allowed |", "|---|---|---|---|---|"]
KEYS = ["| key | meaning | default |", "|---|---|---|"]


def markdown() -> str:
    """Every input table with its columns, and every key of restock.toml."""
    return "\n\n".join([FORMS, *map(_table, TABLES.values()), _policy()]) + "\n"


def renewed(text: str) -> str:
    """The text with the dictionary between its markers. ValueError if a marker is missing."""
    return filled(text, NAME, markdown())


def filled(text: str, name: str, content: str) -> str:
    """The text with ``content`` between the markers of that name. ValueError if a marker is missing."""
    start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, rest = text.split(start, 1) if start in text else (text, "")
    if end not in rest:
        raise ValueError(f"the text has no {start.strip()} followed by {end}")
    return before + start + content + end + rest.split(end, 1)[1]


def _table(table: Table) -> str:
    meaning = table.meaning + (f" One row per {', '.join(table.key)}." if table.key else "")
    title = f"## {table.name}{' (required)' if table.required else ''}"
    lines = [title, "", meaning, "", *COLUMNS, *map(_row, table.columns)]
    if EXTRA[table.extra]:
        lines += ["", EXTRA[table.extra]]
    return "\n".join(lines)


def _row(column: Column) -> str:
    name = column.name + (r"\*" if column.required else "")
    return f"| {name} | {column.meaning} | {column.unit} | {_blank(column)} | {_allowed(column)} |"


def _blank(column: Column) -> str:
    if column.default_note or column.default is None:
        return column.default_note
    return column.default if isinstance(column.default, str) else f"{column.default:g}"


def _allowed(column: Column) -> str:
    if column.refers:
        return f"a sku of {column.refers}"
    if column.kind == "date":
        return "a date"
    return f"whole, {column.range()}" if column.kind == "whole" else column.range()


def _policy() -> str:
    meaning = "The policy, beside the tables. Every key may be left out."
    return "\n".join(["## restock.toml", "", meaning, "", *KEYS, *_keys(Policy, "")])


def _keys(model: type[BaseModel], section: str) -> list[str]:
    rows, later = [], []
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            later += _keys(field.annotation, f"[{name}] ")
        else:
            rows.append(f"| {section}{name} | {field.description} | {_shown(field.default)} |")
    return rows + later


def _shown(default: object) -> str:
    return "" if default in ("", (), {}) else str(default)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        print(markdown(), end="")
    for name in sys.argv[1:]:
        Path(name).write_text(renewed(Path(name).read_text(encoding="utf-8")), encoding="utf-8")
