"""Reads restock.toml; what is wrong in it is named key by key."""

import difflib
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from data.findings import Findings
from data.policy import Policy

NAME = "restock.toml"


def read_policy(path: Path, found: Findings) -> Policy:
    """The policy of the file; the defaults if there is no file or it holds errors (then with blocking problems)."""
    if not path.is_file():
        return Policy()
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        remedy = "Correct the line; the file is TOML in UTF-8."
        found.add("block", NAME, "the file is not valid TOML", remedy, "The run stops.", value=str(error))
        return Policy()
    try:
        return Policy.model_validate(content)
    except ValidationError as error:
        for one in error.errors():
            _report(one, found)
        return Policy()


def _report(error: Any, found: Findings) -> None:
    key = ".".join(str(part) for part in error["loc"])
    value = str(error["input"])[:200]
    if error["type"] != "extra_forbidden":
        problem = f"the value does not fit: {error['msg'][:1].lower()}{error['msg'][1:]}"
        found.add("block", NAME, problem, "Correct the value.", "The run stops.", field=key, value=value)
        return
    near = difflib.get_close_matches(str(error["loc"][-1]), _known_keys(Policy), 1, cutoff=0.5)
    remedy = f"Did you mean {near[0]}?" if near else f"Known keys: {', '.join(_known_keys(Policy))}."
    found.add("block", NAME, "the key is not known", remedy, "The run stops.", field=key, value=value)


def _known_keys(model: type[BaseModel]) -> list[str]:
    keys = []
    for name, field in model.model_fields.items():
        keys.append(name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            keys += _known_keys(field.annotation)
    return keys
