"""A scenario: a small typed patch on a frozen input, written in TOML."""

import difflib
import tomllib
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError, model_validator

from data.columns import MOST_MONEY
from scenarios.fields import FIELDS

SEGMENT = ("sku", "category", "supplier", "location", "promo")
WORDS = {"promotion": "cancelled", "supplier": "gone"}
JOIN = " + "
TAGS = ("number", "day", "table", "text")

Operation = Literal["set", "add", "multiply"]


class WrongScenario(Exception):
    """A scenario that cannot be read or applied; the text names what is wrong and what to do."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False)


class NewSource(_Strict):
    """The terms of a new source. Without ``unit_cost``: the item's, times ``cost_factor``."""

    lead_time_weeks: int = Field(ge=0, le=260)
    lead_time_sd: float = Field(0.0, ge=0)
    unit_cost: float | None = Field(None, ge=0)
    cost_factor: float = Field(1.0, gt=0)
    moq: float = Field(0.0, ge=0)
    pack_size: int = Field(1, ge=1)
    max_units: float | None = Field(None, gt=0)
    line_cost: float = Field(0.0, ge=0)


def _kind(value: Any) -> str:
    return {dict: "table", NewSource: "table", date: "day", str: "text"}.get(type(value), "number")


Value = Annotated[
    Annotated[float, Tag("number")]
    | Annotated[date, Tag("day")]
    | Annotated[NewSource, Tag("table")]
    | Annotated[str, Tag("text")],
    Discriminator(_kind),
]


class Override(_Strict):
    """One change. ``first``, ``last`` (from and to): the days for which it holds, None: the horizon's ends.

    A blank part of the segment (sku, category, supplier, location, promo) holds for all. ``priority`` None: the
    scenario's.
    """

    field: str
    operation: Operation = "set"
    value: Value
    sku: str = ""
    category: str = ""
    supplier: str = ""
    location: str = ""
    promo: str = ""
    first: date | None = Field(None, alias="from")
    last: date | None = Field(None, alias="to")
    priority: int | None = None

    @model_validator(mode="after")
    def _sound(self) -> "Override":
        if self.field not in FIELDS:
            raise ValueError(f"there is no field {self.field!r}. {nearest(self.field, FIELDS)}")
        problem = self._misplaced() or self._unfit()
        if problem:
            raise ValueError(f"{self.field}: {problem}")
        return self

    def _misplaced(self) -> str:
        field = FIELDS[self.field]
        given = [name for name in SEGMENT if getattr(self, name) and name not in field.segment]
        if given:
            return f"it cannot be limited by {given[0]}. Possible: {', '.join(field.segment) or 'nothing'}"
        if self.operation not in field.operations:
            return f"{self.operation} makes no sense here. Possible: {', '.join(field.operations)}"
        if (self.first or self.last) and not field.weeks:
            return "it holds for the whole horizon: leave out from and to"
        if self.first and self.last and self.last < self.first:
            return "it ends before it begins"
        return ""

    def _unfit(self) -> str:
        """What is wrong with the value, if anything."""
        if self.field in WORDS:
            return "" if self.value == WORDS[self.field] else f'the only value is "{WORDS[self.field]}"'
        if self.field == "source":
            return self._unfit_source()
        if self.field == "promotion_start" and self.operation == "set":
            return "" if isinstance(self.value, date) else "the value must be a date such as 2026-11-05"
        if not isinstance(self.value, float):
            return f"the value must be a number, not {self.value!r}"
        if self.value < 0 and self.operation != "add":
            return "the value must not be below 0; to take something away, add a negative number"
        high = FIELDS[self.field].high
        if self.operation == "set" and self.value > high:
            return f"the value must be at most {high:g}, not {self.value:g}"
        too_large = abs(self.value) > MOST_MONEY and self.field != "budget"
        return "no figure may exceed a thousand million" if too_large else ""

    def _unfit_source(self) -> str:
        if not isinstance(self.value, NewSource):
            return "the value must be a table such as { lead_time_weeks = 2, cost_factor = 0.9 }"
        return "" if self.supplier else "name its supplier"

    @property
    def number(self) -> float:
        """The value of a field that takes numbers; raises WrongScenario for any other."""
        if not isinstance(self.value, float):
            raise WrongScenario(f"{self.field}: the value must be a number, not {self.value!r}.")
        return self.value

    def changed(self, value: Any) -> Any:
        """A number or array after the operation, within the field's bounds."""
        told = np.full_like(value, self.number, dtype=float)
        if self.operation != "set":
            told = value + self.number if self.operation == "add" else value * self.number
        return np.clip(told, FIELDS[self.field].low, FIELDS[self.field].high)


class Scenario(_Strict):
    """A what-if. ``priority``: of overrides that meet, those of the higher act later, and so have the last word.

    ``weight``: in the plan that is optimised over several scenarios at once.
    """

    name: str = Field(min_length=1)
    why: str = ""
    priority: int = 0
    weight: float = Field(1.0, ge=0)
    override: tuple[Override, ...] = ()

    @property
    def in_order(self) -> list[Override]:
        """The overrides as they act: by priority, then as they are written; each with its priority."""
        told = [
            one.model_copy(update={"priority": self.priority if one.priority is None else one.priority})
            for one in self.override
        ]
        return sorted(told, key=lambda one: one.priority or 0)


def combined(scenarios: Sequence[Scenario]) -> Scenario:
    """Several scenarios at once."""
    return Scenario(
        name=JOIN.join(one.name for one in scenarios),
        why=" ".join(one.why for one in scenarios if one.why),
        weight=min(one.weight for one in scenarios),
        override=tuple(override for one in scenarios for override in one.in_order),
    )


def nearest(word: str, known: Iterable[str]) -> str:
    """What somebody may have meant by an unknown word."""
    names = sorted({str(name) for name in known if name})
    folded = {name.casefold(): name for name in names}
    near = difflib.get_close_matches(word.casefold(), folded, 1, cutoff=0.4)
    if near:
        return f'Did you mean "{folded[near[0]]}"?'
    return f"Known: {', '.join(names[:12])}{' ...' if len(names) > 12 else ''}." if names else "There is none."


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
        told = list(dict.fromkeys(_told(one) for one in error.errors()))
        raise WrongScenario(f"{source}: " + " ".join(told)) from error


def _told(error: Any) -> str:
    place = [part + 1 if isinstance(part, int) else part for part in error["loc"] if part not in TAGS]
    where = " ".join(str(part) for part in place)
    if error["type"] == "value_error":
        return f"{where}: {error['ctx']['error']}" + ("" if str(error["ctx"]["error"]).endswith(("?", ".")) else ".")
    if error["type"] == "missing":
        return f"{where} is missing."
    if error["type"] == "tuple_type" and place == ["override"]:
        return "override: it stands in two brackets, [[override]], before each change."
    if error["type"] != "extra_forbidden":
        return f"{where}: {error['msg'][:1].lower()}{error['msg'][1:]} (found {str(error['input'])[:80]!r})."
    model: type[BaseModel] = Override if "override" in place else Scenario
    model = NewSource if "value" in place else model
    known = [info.alias or name for name, info in model.model_fields.items()]
    return f"{where}: the key is not known. {nearest(str(error['loc'][-1]), known)}"
