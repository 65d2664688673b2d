"""How often a series is ordered, by its supplier's cycle, minimums and charges."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from data.company import Company
from optimize.ground import ground
from optimize.order_intervals import order_intervals

Build = Callable[..., Company]


def _weeks(build: Build, supplier: dict[str, Any], lane: dict[str, Any], sold: float = 4.0) -> int:
    """Of article a, which sells 4 a week at a holding cost of 0.5 and a unit cost of 4; b sells 12 from elsewhere."""
    lanes = [{"sku": "a", "supplier": "S"} | lane, {"sku": "b", "supplier": "T"}]
    company = build({"a": [1.0], "b": [1.0]}, suppliers={"S": supplier, "T": {}}, lanes=lanes)
    demand = np.broadcast_to(np.array([sold, 12.0])[:, None], (5, 2, 10)).copy()
    found = order_intervals(company, ground(company, demand).lanes, demand)
    assert found[1] == 1
    return int(found[0])


@pytest.mark.parametrize(
    ("supplier", "lane", "weeks"),
    [
        ({}, {}, 1),
        ({"order_every_weeks": 3}, {}, 3),
        ({}, {"moq": 20.0}, 5),
        ({}, {"pack_size": 12}, 3),
        ({"min_order_value": 64.0}, {}, 4),
        ({"order_cost": 9.0}, {}, 3),
        ({"container_cost": 16.0}, {}, 4),
        ({}, {"line_cost": 25.0}, 5),
        ({"order_every_weeks": 2, "order_cost": 9.0}, {"moq": 20.0}, 5),
        ({"order_cost": 900.0}, {}, 10),
    ],
)
def test_the_longest_of_cycle_minimums_and_economic_intervals_counts(
    small_company: Build, supplier: dict[str, Any], lane: dict[str, Any], weeks: int
) -> None:
    assert _weeks(small_company, supplier, lane) == weeks


def test_what_sells_nothing_is_ordered_once(small_company: Build) -> None:
    assert _weeks(small_company, {}, {}, sold=0.0) == 10


def test_series_of_one_supplier_share_its_charge(small_company: Build) -> None:
    company = small_company({"a": [1.0], "b": [1.0]}, suppliers={"S": {"order_cost": 36.0}})
    demand = np.broadcast_to(np.array([4.0, 12.0])[:, None], (5, 2, 10)).copy()
    assert order_intervals(company, ground(company, demand).lanes, demand).tolist() == [3, 3]
