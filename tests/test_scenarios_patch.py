"""Scenario files: what may be written, and what is said of the rest."""

from pathlib import Path

import pytest

from scenarios import what_if
from scenarios.fields import FIELDS
from scenarios.patch import WrongScenario, combined, parsed, read_scenario

OVERRIDE = 'name = "x"\n[[override]]\n'
CONTRACT = """name = "festival +60%"
why = "last year's festival sold 8,000 against 5,000 bought"

[[override]]
field = "demand"
operation = "multiply"
value = 1.6
category = "baby"
from = 2026-06-01
to = 2026-06-21
"""


def _file(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_file_of_the_contract(tmp_path: Path) -> None:
    found = what_if.load(_file(tmp_path, CONTRACT))
    override = found.override[0]
    assert (found.name, override.field, override.operation, override.number) == (
        "festival +60%",
        "demand",
        "multiply",
        1.6,
    )
    assert (override.category, str(override.first), str(override.last)) == ("baby", "2026-06-01", "2026-06-21")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name = ", "not valid TOML"),
        ('nam = "x"\n', 'Did you mean "name"?'),
        (OVERRIDE + 'field = "demnd"\nvalue = 1\n', "there is no field 'demnd'. Did you mean \"demand\"?"),
        (OVERRIDE + 'field = "price"\nvalue = "high"\n', "the value must be a number"),
        (OVERRIDE + 'field = "price"\nvalue = -1\n', "to take something away, add a negative number"),
        (OVERRIDE + 'field = "price"\nvalue = 1\nsupplier = "S"\n', "cannot be limited by supplier. Possible: sku"),
        (OVERRIDE + 'field = "price"\nvalue = 1\nfrom = 2026-01-01\n', "leave out from and to"),
        (OVERRIDE + 'field = "demand"\nvalue = 1\nfrom = 2026-02-01\nto = 2026-01-01\n', "it ends before it begins"),
        (OVERRIDE + 'field = "demand"\nvalue = 1\noperation = "times"\n', "'set', 'add' or 'multiply'"),
        (OVERRIDE + 'field = "duty"\nvalue = 1\noperation = "multiply"\n', "Possible: set, add"),
        (OVERRIDE + 'field = "supplier"\nvalue = "away"\n', 'the only value is "gone"'),
        (OVERRIDE + 'field = "source"\nvalue = { lead_time_weeks = 2 }\n', "name its supplier"),
        (OVERRIDE + 'field = "source"\nvalue = { lead_time = 2 }\nsupplier = "N"\n', "lead_time_weeks is missing"),
        (OVERRIDE + 'field = "demand"\nvalue = inf\n', "finite number"),
        (OVERRIDE + 'field = "demand"\nvalue = 1e300\n', "thousand million"),
        (OVERRIDE + 'field = "service_floor"\nvalue = 95\n', "at most 1, not 95"),
        ('name = "x"\n[override]\nfield = "demand"\nvalue = 1\n', "two brackets, [[override]]"),
        ("", "name is missing"),
    ],
)
def test_what_is_wrong_is_named_with_file_place_and_remedy(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(WrongScenario) as wrong:
        read_scenario(_file(tmp_path, text))
    assert str(wrong.value).startswith("mine.toml")
    assert told in str(wrong.value)


def test_scenarios_combine_by_priority_then_as_they_are_asked_for() -> None:
    def one(name: str, priority: int, value: float) -> dict[str, object]:
        return {"name": name, "priority": priority, "override": [{"field": "price", "value": value}]}

    last, first, second = (parsed(one(*it), "") for it in (("last", 5, 3), ("first", 0, 1), ("second", 0, 2)))
    both = combined([last, first, second])
    assert both.name == "last + first + second"
    assert [override.number for override in both.in_order] == [1, 2, 3]
    assert [override.priority for override in both.in_order] == [0, 0, 5]


def test_ready_scenarios_are_loaded_and_combined_by_name() -> None:
    names = [one.name for one in what_if.library()]
    assert names == [
        "best supplier 15 days late",
        "budget -20%",
        "carrying rate +5 points",
        "demand +20%",
        "demand -20%",
        "festival +60%",
        "freight x1.5",
    ]
    both = what_if.load("festival +60% + budget -20%")
    assert [override.field for override in both.override] == ["demand", "budget"]
    with pytest.raises(WrongScenario, match='Did you mean "budget -20%"'):
        what_if.load("budget -25%")
    with pytest.raises(WrongScenario, match=r"There is no file 'none.toml'\."):
        what_if.load("none.toml")


def test_every_field_says_what_it_is_and_can_be_limited_only_by_parts_of_a_segment() -> None:
    known = {"sku", "category", "supplier", "location", "promo"}
    assert all(field.meaning and set(field.segment) <= known and field.operations for field in FIELDS.values())
