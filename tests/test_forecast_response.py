"""Response: what drivers do to demand is learnt, spikes teach little, rivals count, and no origin sees its future."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.company import Company
from forecast.candidates import Demand
from forecast.known_ahead import known_ahead
from forecast.response import Response
from forecast.rivals import lowest_rivals, rivals

WEEKS, SERIES, HORIZON = 60, 8, 4
Build = Callable[..., Company]


def driven(company: Build, units: np.ndarray, price: np.ndarray) -> Demand:
    """One price per sku and week, known past the end of the history."""
    known = company({f"A{i}": list(row) for i, row in enumerate(units)})
    weeks = pd.date_range(known.history.weeks[0], periods=price.shape[1], freq="7D")
    rows = [
        {"date": week, "sku": f"A{i}", "location": None, "price": price[i, t]}
        for i in range(len(price))
        for t, week in enumerate(weeks)
    ]
    known = replace(known, drivers=pd.DataFrame(rows))
    return Demand(known, known.history.weeks, units, units >= 0, known.history.price)


def prices(seed: int = 3) -> np.ndarray:
    return np.where(np.random.default_rng(seed).random((SERIES, WEEKS + HORIZON)) < 0.3, 6.0, 10.0)


def elastic(price: np.ndarray, rivals_price: float | np.ndarray = 10.0) -> np.ndarray:
    """Demand of price elasticity -2, and of 1.5 towards the rivals' mean price."""
    return np.round(200 * (price / 10.0) ** -2 * (rivals_price / 10.0) ** 1.5)


def test_a_price_cut_sells_by_the_elasticity_learnt(small_company: Build) -> None:
    price = prices()
    demand = driven(small_company, elastic(price)[:, :WEEKS], price)
    mean, problems = Response().forecast(demand, [50, WEEKS], HORIZON, seed=0)
    assert problems == []
    assert mean[1] == pytest.approx(elastic(price)[:, WEEKS:], rel=0.2)


def test_rivals_prices_count(small_company: Build) -> None:
    price = prices()
    others = np.exp((np.log(price).sum(axis=0) - np.log(price)) / (SERIES - 1))
    truth = elastic(price, others)
    demand = driven(small_company, truth[:, :WEEKS], price)
    mean, _ = Response().forecast(demand, [WEEKS], HORIZON, seed=0)
    assert mean[0] == pytest.approx(truth[:, WEEKS:], rel=0.2)


def test_a_price_cut_that_is_featured_sells_more(small_company: Build) -> None:
    """A price cut doubles demand; one that is featured makes it sixfold, a feature alone does nothing."""
    rng = np.random.default_rng(8)
    price = np.where(prices() < 10, rng.choice([6.0, 7.0], (SERIES, WEEKS + HORIZON)), 10.0)
    feature = (rng.random(price.shape) < 0.5).astype(float)
    truth = np.where(price < 10, np.where(feature > 0, 600.0, 200.0), 100.0)
    demand = driven(small_company, truth[:, :WEEKS], price)
    table = demand.company.drivers.assign(feature=feature.ravel())
    demand = replace(demand, company=replace(demand.company, drivers=table))
    mean, _ = Response().forecast(demand, [WEEKS], HORIZON, seed=0)
    cut, featured = price[:, WEEKS:] < 10, feature[:, WEEKS:] > 0
    by_kind = {kind: mean[0][(cut == kind[0]) & (featured == kind[1])].mean() for kind in np.ndindex(2, 2)}
    assert by_kind[1, 1] / by_kind[1, 0] > 1.5 * by_kind[0, 1] / by_kind[0, 0]


def test_a_spike_that_nothing_explains_teaches_little(small_company: Build) -> None:
    price = prices()
    units = elastic(price)[:, :WEEKS]
    units[2, 40] *= 20
    mean, _ = Response().forecast(driven(small_company, units, price), [WEEKS], HORIZON, seed=0)
    assert mean[0, 3:] == pytest.approx(elastic(price)[3:, WEEKS:], rel=0.2)


def test_no_origin_sees_its_future(small_company: Build) -> None:
    price = prices()
    units = elastic(price)[:, :WEEKS]
    changed = units.copy()
    changed[:, 50:] = 7777.0
    demand = driven(small_company, units, price)
    before, after = (Response().forecast(replace(demand, units=u), [50], HORIZON, seed=0)[0] for u in (units, changed))
    np.testing.assert_array_equal(before, after)


def test_it_abstains_for_few_units_and_where_nothing_is_known_ahead(small_company: Build) -> None:
    price = prices()
    units = elastic(price)[:, :WEEKS]
    units[0] = 3.0
    demand = driven(small_company, units, price)
    mean, _ = Response().forecast(demand, [WEEKS], HORIZON, seed=0)
    assert np.isnan(mean[0, 0]).all()
    assert np.isfinite(mean[0, 1:]).all()
    silent = replace(demand, company=replace(demand.company, drivers=demand.company.drivers.iloc[:0]))
    assert np.isnan(Response().forecast(silent, [WEEKS], HORIZON, seed=0)[0]).all()


def test_rivals_are_the_others_of_the_category_and_place(small_company: Build) -> None:
    company = small_company({"A": [1.0] * 3, "B": [1.0] * 3, "C": [1.0] * 3})
    own = np.array([[1.0, 2.0], [3.0, np.nan], [8.0, 4.0]])
    told = rivals(company, {"own": own, "holiday": np.tile([0.0, 1.0], (3, 1))})
    assert list(told) == ["own"]
    np.testing.assert_allclose(told["own"], [[5.5, 4.0], [4.5, 3.0], [2.0, 2.0]])
    alone = small_company({"A": [1.0] * 3})
    assert rivals(alone, {"own": own[:1]}) == {}
    assert known_ahead(alone, alone.history.weeks) == {}


def test_the_lowest_rival_is_never_the_item_itself(small_company: Build) -> None:
    company = small_company({sku: [1.0, 1.0] for sku in "ABC"})
    price = np.array([[5.0, 9.0], [7.0, np.nan], [8.0, np.nan]])
    told = lowest_rivals(company, {"price": price})["price"]
    np.testing.assert_array_equal(told, [[7.0, np.nan], [5.0, 9.0], [5.0, 9.0]])
