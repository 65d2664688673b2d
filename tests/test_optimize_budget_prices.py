"""Prices of budgets: searched beyond while all are on one side, between once they are on both."""

import numpy as np
import pytest

from optimize.budget_prices import Goal, PriceSearch, settled
from optimize.decide import Proof
from optimize.highs import Limits
from optimize.instance import Budget
from optimize.pool import Pool
from optimize.priced import Offer
from optimize.stock_flow import Floats

LIMITS = Limits(gap=0.0, nodes=0, seconds=3600.0, seed=0)


def _pool(amount: float) -> Pool:
    return Pool([Budget(name="all", week=0, amount=amount, overspent=0.0, over_price=3.0, slots=())])


def _prices(*excess: float) -> list[float]:
    """What is asked next after each excess, from a price of 1 on."""
    prices, search, found = np.array([1.0]), PriceSearch(np.array([1.0]), _pool(100.0)), list[float]()
    for one in excess:
        prices = search.next(prices, np.array([one]))
        found.append(float(prices[0]))
    return found


def test_prices_go_beyond_as_the_last_two_tell_then_between_in_proportion() -> None:
    assert _prices(50.0, 20.0, -10.0, 5.0, 2.0) == pytest.approx([1.75, 2.375, 13 / 6, 2.2361, 2.2758], abs=1e-4)


def test_prices_go_at_most_twice_as_far_and_stay_within_what_a_budget_may_be_worth() -> None:
    assert _prices(20.0, 19.0, 19.0) == pytest.approx([1.3, 1.9, 3.0])
    assert _prices(-60.0, -60.0) == pytest.approx([0.1, 0.0])


def _offers(prices: Floats) -> list[Offer]:
    """Two parts that buy 10 units each at cost 1, worth 3 and 2 to them, as long as these pay."""
    found = []
    for worth in (3.0, 2.0):
        spent = 10.0 if worth > 1.0 + prices[0] else 0.0
        cost = (1.0 - worth) * spent
        found.append(Offer(cost, np.array([spent]), Proof(cost + prices[0] * spent)))
    return found


def test_the_settled_price_and_mixture_spend_the_budget_on_what_is_worth_most() -> None:
    found = settled(_offers, _pool(15.0), np.zeros(1), Goal(1e-6, 50), LIMITS)
    assert found.close
    assert found.prices == pytest.approx([1.0])
    assert found.bound == pytest.approx(-25.0)
    assert found.mixture is not None
    assert found.mixture.cost == pytest.approx(-25.0)


def test_without_an_offer_nothing_is_settled() -> None:
    found = settled(lambda _: [Offer.missing(1, LIMITS)], _pool(15.0), np.zeros(1), Goal(1e-6, 50), LIMITS)
    assert found.mixture is None
    assert not found.close
