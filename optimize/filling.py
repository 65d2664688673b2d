"""What fills a Pyomo model whose rules are written once: its sets and parameters as arrays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from pyomo.environ import AbstractModel, ConcreteModel, Reals

from optimize.stock_flow import Flags, Floats, Integers


@dataclass(frozen=True)
class Lists:
    """Sets that an index chooses: that of the i-th index is ``members[starts[i]:starts[i + 1]]``."""

    starts: Integers
    members: Integers

    @classmethod
    def of_each(cls, members: Sequence[Integers]) -> "Lists":
        """From the members of each set."""
        sizes = np.array([len(own) for own in members], dtype=np.int64)
        return cls.of_sizes(sizes, np.concatenate([np.zeros(0, dtype=np.int64), *members]))

    @classmethod
    def of_sizes(cls, sizes: Integers, members: Integers) -> "Lists":
        """From the members of all sets, one set after the other, and how many each has."""
        return cls(np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64), members)

    def of(self, position: int) -> list[int]:
        """The members of one set."""
        chosen: list[int] = self.members[self.starts[position] : self.starts[position + 1]].tolist()
        return chosen


@dataclass(frozen=True)
class Data:
    """What fills a model, by the name of its component.

    ``sets``: members, ascending integers; ``lists``: sets that an index chooses, in the order of their index set;
    ``values``: parameters, an axis for each of their index sets; ``continuous``: decisions that need not be whole
    though their domain is, one flag per index.
    """

    sets: dict[str, Integers]
    lists: dict[str, Lists] = field(default_factory=dict)
    values: dict[str, Floats] = field(default_factory=dict)
    continuous: dict[str, Flags] = field(default_factory=dict)

    def places(self, name: str, members: Integers) -> Integers:
        """The positions of members in a set; raises KeyError for those that are not in it."""
        own = self.sets[name]
        places = members if _is_range(own) else np.searchsorted(own, members)
        inside = (places >= 0) & (places < len(own))
        if not inside.all() or not np.array_equal(own[places], members):
            raise KeyError(f"{name} lacks some of the indices that a rule asks it for")
        return places


def _is_range(members: Integers) -> bool:
    return bool(len(members)) and members[0] == 0 and int(members[-1]) == len(members) - 1


def index_sets(index_set: Any) -> Iterator[Any]:
    """The sets that an index set is the product of."""
    return iter(index_set.subsets())


def index_names(component: Any) -> tuple[str, ...]:
    """The names of a component's index sets."""
    return tuple(part.local_name for part in index_sets(component.index_set())) if component.is_indexed() else ()


def instantiate(model: AbstractModel, data: Data) -> ConcreteModel:
    """The model filled by Pyomo itself, an object for each row and column: to compare with, slow."""
    filling: dict[str, Any] = {name: {None: members.tolist()} for name, members in data.sets.items()}
    for name, lists in data.lists.items():
        (index,) = index_names(model.component(name))
        filling[name] = {member: lists.of(i) for i, member in enumerate(data.sets[index].tolist())}
    for name, values in data.values.items():
        axes = [data.sets[one].tolist() for one in index_names(model.component(name))]
        flat = values.reshape(-1).tolist()
        filling[name] = dict(zip(_tuples(axes), flat, strict=True))
    instance = model.create_instance({None: filling})
    for name, freed in data.continuous.items():
        for var in np.array(list(instance.component(name).values()), dtype=object)[freed].tolist():
            low, high = var.bounds
            var.domain = Reals
            var.setlb(low)
            var.setub(high)
    return instance


def _tuples(axes: list[list[int]]) -> Iterator[Any]:
    """The indices over some sets, the last running fastest: plain members of one set, tuples of several."""
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes)).tolist()
    return iter(one[0] if len(axes) == 1 else tuple(one) for one in grid)
