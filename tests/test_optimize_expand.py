"""Rules expanded by arrays are the rows that Pyomo itself makes of them; what cannot be expanded is refused."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyomo.environ import (
    AbstractModel,
    Binary,
    ConcreteModel,
    Constraint,
    NonNegativeReals,
    Objective,
    Param,
    Reals,
    Set,
    Var,
    inequality,
)
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

from data.company import Company
from optimize.expand import Expanded, Rules
from optimize.figures import figures
from optimize.filling import Data, Lists, instantiate
from optimize.instance import Instance
from optimize.model import planning_model, rules
from optimize.prepare import prepare

Build = Callable[..., Company]
Row = tuple[float, float, tuple[tuple[str, float], ...]]


def _named(component: str, index: Any) -> str:
    return f"{component}{list(index) if isinstance(index, tuple) else [index]}"


def _row(low: float, high: float, terms: dict[str, float]) -> Row:
    """A row that reads the same however it is turned: its first term, by name, is positive."""
    kept = {name: value for name, value in sorted(terms.items()) if value}
    sign = np.sign(next(iter(kept.values()), 1.0))
    low, high = (low, high) if sign > 0 else (-high, -low)
    turned = tuple((name, round(float(sign * value), 9)) for name, value in kept.items())
    return round(float(low), 9) + 0.0, round(float(high), 9) + 0.0, turned


def _of_pyomo(model: ConcreteModel) -> tuple[list[Row], dict[str, tuple[float, float, bool, float]], float]:
    """Rows, columns (bounds, whole, cost) and offset of Pyomo's own standard form."""
    form = LinearStandardFormCompiler().write(model, mixed_form=True)
    names = [_named(var.parent_component().local_name, var.index()) for var in form.columns]
    dense, cost = form.A.toarray(), form.c.toarray().ravel()
    rows = []
    for values, right, row in zip(dense, form.rhs, form.rows, strict=True):
        low, high = (-np.inf if row.bound_type == 1 else right), (np.inf if row.bound_type == -1 else right)
        rows.append(_row(low, high, dict(zip(names, values, strict=True))))
    columns = {}
    for name, var, value in zip(names, form.columns, cost, strict=True):
        low = -np.inf if var.lb is None else var.lb
        high = np.inf if var.ub is None else var.ub
        columns[name] = (low, high, not var.is_continuous(), round(value, 9))
    return sorted(rows, key=lambda row: (row[2], row[:2])), columns, round(float(form.c_offset[0]), 6)


def _of_arrays(found: Expanded, only: set[str]) -> tuple[list[Row], dict[str, tuple[float, float, bool, float]], float]:
    """The same of expanded rules; columns that no row and no cost names are left out, as Pyomo leaves them out."""
    arrays, names = found.arrays, [""] * len(found.arrays.cost)
    for name, columns in found.columns.items():
        sets = [found.data.sets[one].tolist() for one in found.index[name]]
        grid = np.stack(np.meshgrid(*sets, indexing="ij"), -1).reshape(-1, len(sets)).tolist() if sets else [[None]]
        for column, index in zip(range(columns.start, columns.stop), grid, strict=True):
            names[column] = _named(name, index[0] if len(index) == 1 else tuple(index))
    rows = []
    for low, high, values in zip(arrays.row_lower, arrays.row_upper, arrays.matrix.toarray(), strict=True):
        ranged = np.isfinite(low) and np.isfinite(high) and low < high  # of which Pyomo makes two rows
        halves = [(low, np.inf), (-np.inf, high)] if ranged else [(low, high)]
        rows += [_row(*half, dict(zip(names, values, strict=True))) for half in halves]
    parts = zip(names, arrays.lower, arrays.upper, arrays.whole, arrays.cost, strict=True)
    columns = {name: (low, high, bool(whole), round(value, 9)) for name, low, high, whole, value in parts}
    kept = [row for row in rows if row[2]]
    return (
        sorted(kept, key=lambda row: (row[2], row[:2])),
        {name: columns[name] for name in only},
        round(arrays.offset, 6),
    )


def _assert_alike(model: AbstractModel, data: Data) -> Expanded:
    found = Rules(model).expand(data)
    expected = _of_pyomo(instantiate(model, data))
    assert _of_arrays(found, set(expected[1])) == expected
    return found


def _everything(build: Build, seed: int) -> Instance:
    """A company with each sort of term that the model knows."""
    rng = np.random.default_rng(seed)
    terms = {"order_cost": 9.0, "min_order_value": 40.0, "capacity_units": float(rng.integers(5, 20))}
    every = int(rng.integers(1, 3))
    lanes = [
        {
            "sku": sku,
            "supplier": str(rng.choice(["S", "T"])),
            "pack_size": float(rng.choice([1, 6])),
            "moq": float(rng.choice([0, 12])),
            "line_cost": float(rng.choice([0, 3])),
            "expedite_lead_time_weeks": float(rng.choice([0, np.nan])),
            "expedite_unit_cost": 5.0,
        }
        for sku in "abc"
    ]
    company = build(
        {sku: [1.0] for sku in "abc"}, suppliers={"S": terms, "T": {"order_every_weeks": every}}, lanes=lanes
    )
    dates = {"start": [company.as_of], "end": [company.as_of + pd.Timedelta(weeks=3)]}
    budget = pd.DataFrame({**dates, "amount": [90.0], "supplier": [""], "category": [""]})
    return prepare(replace(company, budgets=budget), rng.poisson(4.0, (5, 3, 6)).astype(float))


@settings(derandomize=True, max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000), exact_weeks=st.sampled_from([0, 2, 6]))
def test_the_planning_model_is_what_pyomo_makes_of_it(small_company: Build, seed: int, exact_weeks: int) -> None:
    instance = _everything(small_company, seed)
    _assert_alike(planning_model(), figures(instance, range(3), exact_weeks))


def test_the_rules_are_made_ready_once(small_company: Build) -> None:
    assert rules() is rules()
    one, other = (rules().expand(figures(_everything(small_company, seed), range(3), 6)) for seed in (1, 2))
    assert one.arrays.matrix.shape != other.arrays.matrix.shape


def _toy() -> tuple[AbstractModel, Data]:
    """Two sets with gaps, their product, a set chosen by an index, and each operation that rules may use."""
    m = AbstractModel()
    m.A, m.B = Set(dimen=1), Set(dimen=1)
    m.SOME = Set(within=m.A, dimen=1)
    m.NEAR, m.PAIRED = Set(m.A, dimen=1), Set(m.B, dimen=1)
    m.size, m.price, m.owner = Param(m.A), Param(m.A, m.B), Param(m.B)
    m.x = Var(m.A, m.B, domain=NonNegativeReals, bounds=lambda m, a, b: (m.price[a, b] / 4 - 1, m.size[a]))
    m.y, m.z = Var(m.SOME, domain=Binary), Var(domain=Reals, bounds=(-5, 7))
    m.cost = Objective(rule=lambda m: sum(m.price[a, b] * m.x[a, b] for a in m.A for b in m.B) - m.z + 3)
    m.pairs = Constraint(m.A, m.B, rule=lambda m, a, b: m.x[a, b] <= m.size[a] / 2 - m.z * m.price[a, b])
    m.between = Constraint(m.B, rule=lambda m, b: inequality(m.owner[b], sum(m.x[a, b] for a in m.PAIRED[b]) - 1, 30))
    m.chosen = Constraint(m.B, rule=lambda m, b: m.x[m.owner[b], b] == m.y[m.owner[b]] * 2)
    nested = Constraint(
        m.A, rule=lambda m, a: sum(m.size[c] * (1 + sum(m.x[c, b] for b in m.B)) for c in m.NEAR[a]) >= m.z + m.size[a]
    )
    m.nested = nested
    m.one = Constraint(rule=lambda m: sum(m.y[a] for a in m.SOME) + m.z >= 1)
    data = Data(
        sets={"A": np.array([2, 5, 7]), "B": np.array([0, 1, 3, 4]), "SOME": np.array([2, 7])},
        lists={
            "NEAR": Lists(np.array([0, 2, 2, 3]), np.array([5, 7, 2])),
            "PAIRED": Lists(np.array([0, 1, 3, 4, 6]), np.array([2, 5, 7, 2, 2, 7])),
        },
        values={
            "size": np.array([3.0, 4.0, 9.0]),
            "price": np.arange(12.0).reshape(3, 4),
            "owner": np.array([2.0, 7.0, 2.0, 7.0]),
        },
    )
    return m, data


def test_every_operation_is_what_pyomo_makes_of_it() -> None:
    found = _assert_alike(*_toy())
    assert found.arrays.matrix.shape == (12 + 4 + 4 + 3 + 1, 12 + 2 + 1)
    assert (found.row("chosen", 3), found.row("one", 0) if found.index["one"] else 23) == (18, 23)


def test_empty_sets_leave_nothing() -> None:
    model, data = _toy()
    empty = replace(data, sets=data.sets | {"SOME": np.zeros(0, dtype=int)})
    without = {name: getattr(model, name) for name in ("chosen", "one")}
    for name in without:
        model.del_component(name)
    assert len(_assert_alike(model, empty).arrays.cost) == 13


def test_whole_decisions_may_be_freed() -> None:
    model, data = _toy()
    freed = replace(data, continuous={"y": np.array([True, False])})
    assert _assert_alike(model, freed).arrays.whole.tolist() == [False] * 13 + [True, False]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (lambda m, a: m.x[a, 0] * m.z <= 1, "not linear"),
        (lambda m, a: m.size[a] / m.z <= 1, "not linear"),
        (lambda m, a: m.z ** m.size[a] <= 1, "cannot be expanded"),
    ],
)
def test_what_is_not_linear_is_refused(rule: Any, words: str) -> None:
    model, data = _toy()
    model.bad = Constraint(model.A, rule=rule)
    with pytest.raises(TypeError, match=words):
        Rules(model).expand(data)


def test_an_index_outside_its_set_is_refused() -> None:
    model, data = _toy()
    with pytest.raises(KeyError, match="SOME lacks"):
        Rules(model).expand(replace(data, sets=data.sets | {"SOME": np.array([2])}))


def test_a_parameter_without_an_index_is_refused() -> None:
    model, _ = _toy()
    model.alone = Param()
    with pytest.raises(TypeError, match="alone"):
        Rules(model)


def test_a_rule_that_is_no_relation_is_refused() -> None:
    model, _ = _toy()
    model.bad = Constraint(model.A, rule=lambda m, a: m.x[a, 0])
    with pytest.raises(TypeError, match="the rule of bad"):
        Rules(model)
