"""A scenario: a small typed patch on a frozen input, written in TOML."""

import difflib
import tomllib
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

SEGMENT = ("sku", "category", "supplier", "location", "promo")

Operation = Literal["set", "add", "multiply"]


class WrongScenario(Exception):
    """A scenario that cannot be read or applied; the text names file, override, field and remedy."""


class Override(BaseModel):
    """One change. ``first`` and ``last``: the days from and to which it holds, None: the horizon's ends.

    A blank part of the segment (sku, category, supplier, location, promo) holds for all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    field: str
    operation: Operation = "set"
    value: float | date | str
    sku: str = ""
    category: str = ""
    supplier: str = ""
    location: str = ""
    promo: str = ""
    first: date | None = Field(None, alias="from")
    last: date | None = Field(None, alias="to")

    @model_validator(mode="after")
    def _sound(self) -> "Override":
        if self.first and self.last and self.last < self.first:
            raise ValueError("it ends before it begins")
        return self


class Scenario(BaseModel):
    """A what-if. ``priority``: of scenarios that are combined the higher acts later, and so has the last word."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    why: str = ""
    priority: int = 0
    override: tuple[Override, ...] = ()


def read_scenario(path: Path) -> Scenario:
    """The scenario of a file; raises WrongScenario."""
    try:
        return parsed(tomllib.loads(path.read_text(encoding="utf-8-sig")), path.name)
    except OSError as error:
        raise WrongScenario(f"{path}: cannot be read ({error.strerror}).") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongScenario(f"{path.name} is not valid TOML: {error}. Correct the line; the file is UTF-8.") from error


def parsed(content: dict[str, Any], source: str) -> Scenario:
    """The scenario of a parsed file, ``source`` its name for messages; raises WrongScenario."""
    try:
        return Scenario.model_validate(content)
    except ValidationError as error:
        raise WrongScenario(f"{source}: " + " ".join(_told(one) for one in error.errors())) from error


def _told(error: Any) -> str:
    place = [part + 1 if isinstance(part, int) else part for part in error["loc"]]
    where = " ".join(str(part) for part in place)
    if error["type"] != "extra_forbidden":
        return f"{where}: {error['msg'][:1].lower()}{error['msg'][1:]} (found {str(error['input'])[:80]!r})."
    model: type[BaseModel] = Override if len(error["loc"]) > 1 else Scenario
    known = [info.alias or name for name, info in model.model_fields.items()]
    near = difflib.get_close_matches(str(error["loc"][-1]), known, 1)
    remedy = f"Did you mean {near[0]}?" if near else f"Known keys: {', '.join(known)}."
    return f"{where}: the key is not known. {remedy}"
