"""Rules that are written once, in Pyomo, expanded over their index sets by numpy.

The model is a Pyomo AbstractModel: every constraint, cost and bound a rule, every set and parameter a name; the Data
that fill it are arrays. Pyomo calls each rule once, with symbols in place of indices (its template expressions), and
what the rule answers is then computed for all its rows at once. filling.instantiate is Pyomo's own way to the same.

A rule may add, subtract, multiply and divide by what is known, sum over a set or over a set that an index chooses, and
use a parameter as an index. It may not branch, skip or loop: a condition belongs in a set.
"""

from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from pyomo.core.expr import numeric_expr, relational_expr
from pyomo.core.expr.template_expr import (
    GetItemExpression,
    IndexTemplate,
    TemplateSumExpression,
    templatize_constraint,
    templatize_rule,
)
from pyomo.environ import AbstractModel, ConcreteModel, Constraint, Objective, Param, Set, Var
from scipy.sparse import csc_array

from optimize.filling import Data, index_names, index_sets
from optimize.highs import Arrays
from optimize.stock_flow import Flags, Floats, Integers

Term = tuple[Integers, Integers, Floats]


@dataclass(frozen=True)
class Expanded:
    """A filled model as arrays: the columns of each variable and the rows of each constraint, in the order of their
    index sets, the last index running fastest; ``index``: the names of those.
    """

    data: Data
    arrays: Arrays
    columns: dict[str, slice]
    rows: dict[str, slice]
    index: dict[str, tuple[str, ...]]

    def row(self, constraint: str, member: int) -> int:
        """The row of a constraint at a member of its only index set."""
        (name,) = self.index[constraint]
        first: int = self.rows[constraint].start
        return first + int(self.data.places(name, np.array([member]))[0])


@dataclass(frozen=True)
class _Frame:
    """Rows that are computed at once, and what each symbol stands for in them (rows,)."""

    size: int
    symbols: dict[int, Integers]


@dataclass(frozen=True)
class _Linear:
    """A linear expression in each row of a frame: ``constant`` (rows,) and terms of rows, columns, coefficients."""

    constant: Floats
    terms: tuple[Term, ...] = ()

    def __add__(self, other: "_Linear") -> "_Linear":
        return _Linear(self.constant + other.constant, self.terms + other.terms)

    def times(self, factor: Floats) -> "_Linear":
        scaled = tuple((rows, columns, value * factor[rows]) for rows, columns, value in self.terms)
        return _Linear(self.constant * factor, scaled)


class Rules:
    """The templates of a model's rules, made once; ``expand`` fills them with data."""

    def __init__(self, model: AbstractModel) -> None:
        witness = _witness(model)
        self.variables = [_Variable(witness, var) for var in witness.component_objects(Var)]
        self.constraints = [
            (one.local_name, index_names(one), *_rule(one)) for one in witness.component_objects(Constraint)
        ]
        (objective,) = witness.component_objects(Objective)
        self.cost = templatize_rule(witness, objective.rule, objective.index_set())[0]

    def expand(self, data: Data) -> Expanded:
        """The filled model as arrays. Raises KeyError where a rule asks a set for an index that it lacks."""
        sizes = [int(np.prod([len(data.sets[name]) for name in one.index], dtype=int)) for one in self.variables]
        starts = np.concatenate([[0], np.cumsum(sizes)]).tolist()
        columns = {one.name: slice(starts[i], starts[i + 1]) for i, one in enumerate(self.variables)}
        filled = _Filled(data, {one.name: (one.index, starts[i]) for i, one in enumerate(self.variables)})
        cost = filled.linear(self.cost, _Frame(1, {}))
        bounds = [one.bounds(filled, size) for one, size in zip(self.variables, sizes, strict=True)]
        matrix, row_lower, row_upper, rows = self._rows(filled, starts[-1])
        arrays = Arrays(
            cost=_dense(cost, starts[-1]),
            lower=np.concatenate([low for low, _, _ in bounds]),
            upper=np.concatenate([high for _, high, _ in bounds]),
            matrix=matrix,
            row_lower=row_lower,
            row_upper=row_upper,
            whole=np.concatenate([whole for _, _, whole in bounds]),
            offset=float(cost.constant[0]),
        )
        index = {name: index for name, index, _, _ in self.constraints} | {v.name: v.index for v in self.variables}
        return Expanded(data, arrays, columns, rows, index)

    def _rows(self, filled: "_Filled", width: int) -> tuple[csc_array, Floats, Floats, dict[str, slice]]:
        rows: dict[str, slice] = {}
        terms: list[Term] = []
        lower: list[Floats] = []
        upper: list[Floats] = []
        height = 0
        for name, index, symbols, template in self.constraints:
            frame = filled.frame(index, symbols)
            low, body, high = filled.sides(template, frame)
            rows[name] = slice(height, height + frame.size)
            terms += [(part + height, columns, value) for part, columns, value in body.terms]
            lower.append(low)
            upper.append(high)
            height += frame.size
        place_row, place_column, value = (np.concatenate(parts) for parts in zip(*terms, strict=True))
        matrix = csc_array((value, (place_row, place_column)), shape=(height, width))
        return matrix, np.concatenate(lower), np.concatenate(upper), rows


class _Variable:
    """A variable component: its index sets, and the template of its bounds."""

    def __init__(self, witness: ConcreteModel, var: Any) -> None:
        self.name, self.index = var.local_name, index_names(var)
        domain = next(iter(var.values())).domain
        self.domain, self.whole = domain.bounds(), domain.isdiscrete()
        self.symbols: tuple[Any, ...] = ()
        self.limits: tuple[Any, Any] = (None, None)
        if var._rule_bounds is not None:
            self.limits, self.symbols = templatize_rule(witness, var._rule_bounds, var.index_set())

    def bounds(self, filled: "_Filled", size: int) -> tuple[Floats, Floats, Flags]:
        """Lower and upper bounds, and which are whole, (size,)."""
        frame = filled.frame(self.index, self.symbols)
        low, high = (
            [filled.linear(one, frame).constant for one in pair if one is not None]
            for pair in zip(self.limits, self.domain, strict=True)
        )
        freed = filled.data.continuous.get(self.name, np.zeros(size, dtype=bool))
        lower, upper = np.full(size, -np.inf), np.full(size, np.inf)
        return reduce(np.maximum, low, lower), reduce(np.minimum, high, upper), self.whole & ~freed


class _Filled:
    """Templates computed with data: every node of an expression for all rows of a frame."""

    def __init__(self, data: Data, variables: dict[str, tuple[tuple[str, ...], int]]) -> None:
        self.data, self.variables = data, variables

    def frame(self, index: tuple[str, ...], symbols: tuple[Any, ...]) -> _Frame:
        """The rows of a component over its index sets."""
        shape = [len(self.data.sets[name]) for name in index]
        size = int(np.prod(shape, dtype=int))
        axes = np.indices(shape).reshape(len(index), size)
        members = [self.data.sets[name][axis] for name, axis in zip(index, axes, strict=True)]
        return _Frame(size, {one._id: own for one, own in zip(symbols, members, strict=False)})

    def sides(self, template: Any, frame: _Frame) -> tuple[Floats, _Linear, Floats]:
        """A relation as lower <= body <= upper, constants on the outside."""
        parts = [self.linear(one, frame) for one in template.args]
        nothing = np.full(frame.size, np.inf)
        if isinstance(template, relational_expr.RangedExpression):
            low, body, high = parts
            return low.constant - body.constant, body, high.constant - body.constant
        left, right = parts
        body = left + right.times(np.full(frame.size, -1.0))
        equal = isinstance(template, relational_expr.EqualityExpression)
        return (-body.constant if equal else -nothing), body, -body.constant

    def linear(self, node: Any, frame: _Frame) -> _Linear:
        """An expression in every row of a frame."""
        if isinstance(node, int | float):
            return _Linear(np.full(frame.size, float(node)))
        if isinstance(node, IndexTemplate):
            return _Linear(frame.symbols[node._id].astype(float))
        if isinstance(node, GetItemExpression):
            return self.item(node.args[0], node.args[1:], frame)
        if isinstance(node, TemplateSumExpression):
            return self.total(node, frame)
        if isinstance(node, numeric_expr.SumExpression):
            return reduce(_Linear.__add__, (self.linear(one, frame) for one in node.args))
        if isinstance(node, numeric_expr.NegationExpression):
            return self.linear(node.args[0], frame).times(np.full(frame.size, -1.0))
        if isinstance(node, numeric_expr.ProductExpression | numeric_expr.DivisionExpression):
            return self.product(node, frame)
        if getattr(node, "is_variable_type", bool)() and not node.is_indexed() and node.index() is None:
            return self.item(node, (), frame)
        raise TypeError(f"{type(node).__name__} in a rule cannot be expanded: {node}")

    def product(self, node: Any, frame: _Frame) -> _Linear:
        left, right = (self.linear(one, frame) for one in node.args)
        divides = isinstance(node, numeric_expr.DivisionExpression)
        if right.terms and not divides:
            left, right = right, left
        if right.terms:
            raise TypeError(f"a rule is not linear: {node}")
        return left.times(1.0 / right.constant if divides else right.constant)

    def item(self, component: Any, arguments: tuple[Any, ...], frame: _Frame) -> _Linear:
        """A parameter or a variable at its indices."""
        name = component.local_name
        place = self.place(index_names(component), arguments, frame)
        if name in self.data.values:
            return _Linear(self.data.values[name].reshape(-1)[place].astype(float))
        rows = np.arange(frame.size)
        return _Linear(np.zeros(frame.size), ((rows, self.variables[name][1] + place, np.ones(frame.size)),))

    def place(self, index: tuple[str, ...], arguments: tuple[Any, ...], frame: _Frame) -> Integers:
        """Where in its component each row's index stands."""
        place = np.zeros(frame.size, dtype=np.int64)
        for name, argument in zip(index, arguments, strict=True):
            members = self.linear(argument, frame).constant.astype(np.int64)
            place = place * len(self.data.sets[name]) + self.data.places(name, members)
        return place

    def total(self, node: Any, frame: _Frame) -> _Linear:
        """A sum: its body in a wider frame, one row for each member, then added up."""
        inner, owner = frame, np.arange(frame.size)
        for symbols in node.template_iters():
            inner, parent = self.wider(inner, symbols)
            owner = owner[parent]
        body = self.linear(node.template_args()[0], inner)
        constant: Floats = np.bincount(owner, body.constant, frame.size).astype(float)
        return _Linear(constant, tuple((owner[rows], columns, value) for rows, columns, value in body.terms))

    def wider(self, frame: _Frame, symbols: tuple[Any, ...]) -> tuple[_Frame, Integers]:
        """The frame with a row for each member of the set that the symbols run over, and the row each came from."""
        over = symbols[0]._set
        if isinstance(over, GetItemExpression):
            lists = self.data.lists[over.args[0].local_name]
            place = self.place(index_names(over.args[0]), over.args[1:], frame)
            counts = lists.starts[place + 1] - lists.starts[place]
            parent = np.repeat(np.arange(frame.size), counts)
            offset = np.arange(len(parent)) - np.repeat(np.cumsum(counts) - counts, counts)
            own = {symbols[0]._id: lists.members[lists.starts[place][parent] + offset]}
        else:
            one = self.frame(tuple(part.local_name for part in index_sets(over)), symbols)
            parent = np.repeat(np.arange(frame.size), one.size)
            own = {symbol: np.tile(members, frame.size) for symbol, members in one.symbols.items()}
        kept = {symbol: members[parent] for symbol, members in frame.symbols.items()}
        return _Frame(len(parent), kept | own), parent


def _dense(row: _Linear, width: int) -> Floats:
    cost = np.zeros(width)
    for _, columns, value in row.terms:
        np.add.at(cost, columns, value)
    return cost


def _rule(constraint: Any) -> tuple[tuple[Any, ...], Any]:
    template, symbols = templatize_constraint(constraint)
    if not isinstance(template, relational_expr.RelationalExpression):
        raise TypeError(f"the rule of {constraint.local_name} is no relation: {template}")
    return symbols, template


def _witness(model: AbstractModel) -> ConcreteModel:
    """The model with one member in each set: Pyomo calls rules with symbols only where there is something to find."""
    witness = model.clone()
    for component in witness.component_objects((Set, Param, Var)):
        dimension = component.index_set().dimen if component.is_indexed() else 0
        index = None if dimension == 0 else 0 if dimension == 1 else (0,) * dimension
        if component.ctype is Param and dimension == 0:
            raise TypeError(f"{component.local_name}: a parameter without an index would be fixed for good")
        filling = {Set: {index: [0]}, Param: {index: 0}, Var: None}[component.ctype]
        component.construct(filling if component.ctype is not Set or not _is_product(component) else None)
    return witness


def _is_product(component: Any) -> bool:
    return not component.is_indexed() and len(list(index_sets(component))) > 1
