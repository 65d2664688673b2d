"""The tables of docs/what_if.md: what a scenario may change and what finance's measures count, each declared once.

python -m scenarios.guide docs/what_if.md renews them between their markers in that file.
"""

import sys
from math import isfinite
from pathlib import Path

from pydantic.fields import FieldInfo

from data.dictionary import filled
from scenarios.fields import FIELDS, Field
from scenarios.finance_measures import COST, COST_TERMS, MEASURES, Measure
from scenarios.patch import NewSource

FIELD_HEAD = ["| field | meaning | limited by | operations | result |", "|---|---|---|---|---|"]
MEASURE_HEAD = ["| measure | in words | unit | what it counts | over the horizon |", "|---|---|---|---|---|"]
TOTALS = {"sum": "sum of the weeks", "mean": "mean of the weeks", "own": "see left"}


def renewed(text: str) -> str:
    """The guide with its tables renewed. ValueError if a marker is missing."""
    return filled(filled(filled(text, "fields", fields()), "measures", measures()), "terms", terms())


def fields() -> str:
    """Every field that a scenario may change, and the terms of a new source."""
    rows = [_field(name, field) for name, field in FIELDS.items()]
    source = ", ".join(name if info.is_required() else f"{name} ({info.default})" for name, info in _terms())
    return "\n".join([*FIELD_HEAD, *rows, "", f"A new source's terms, with their defaults: {source}."]) + "\n"


def _terms() -> list[tuple[str, FieldInfo]]:
    return list(NewSource.model_fields.items())


def _field(name: str, field: Field) -> str:
    limits = ", ".join([*field.segment, *(["weeks"] if field.weeks else [])])
    bounds = [f"at least {field.low:g}"] * (field.low > 0) + [f"at most {field.high:g}"] * isfinite(field.high)
    result = ", ".join([*bounds, *(["rounded up to whole numbers"] if field.whole else [])])
    return f"| {name} | {field.meaning} | {limits} | {', '.join(field.operations)} | {result} |"


def measures() -> str:
    """Finance's measures."""
    return "\n".join([*MEASURE_HEAD, *map(_measure, MEASURES)]) + "\n"


def _measure(one: Measure) -> str:
    total = TOTALS[one.total] if one.weekly else "only there"
    return f"| {one.name} | {one.label} | {one.unit} | {one.meaning} | {total} |"


def terms() -> str:
    """The cost terms of the planner."""
    rows = [f"| {COST}{term} | {meaning} |" for term, meaning in COST_TERMS.items()]
    return "\n".join(["| measure | what it counts |", "|---|---|", *rows]) + "\n"


if __name__ == "__main__":
    for place in sys.argv[1:]:
        Path(place).write_text(renewed(Path(place).read_text(encoding="utf-8")), encoding="utf-8")
