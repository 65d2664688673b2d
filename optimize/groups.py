"""Which series must be planned together: those that share a supplier's order, its capacity or a budget."""

from optimize.instance import Instance

BATCH = 100


def groups(instance: Instance) -> list[list[int]]:
    """Independent groups of series, each in ascending order; series that share nothing go in batches."""
    parent = list(range(len(instance.series)))
    for members in _ties(instance):
        root = _root(parent, members[0])
        for one in members[1:]:
            parent[_root(parent, one)] = root
    tied: dict[int, list[int]] = {}
    for one in range(len(parent)):
        tied.setdefault(_root(parent, one), []).append(one)
    alone = [one for members in tied.values() if len(members) == 1 for one in members]
    batches = [alone[start : start + BATCH] for start in range(0, len(alone), BATCH)]
    return [members for members in tied.values() if len(members) > 1] + batches


def _root(parent: list[int], one: int) -> int:
    while parent[one] != one:
        parent[one] = parent[parent[one]]
        one = parent[one]
    return one


def _ties(instance: Instance) -> list[list[int]]:
    """Sets of series that something ties together."""
    slots = instance.slots
    shared = [
        sorted({slots[q].lane.series for q in members})
        for (k, _), members in instance.supplier_orders.items()
        if instance.suppliers[k].joins
    ]
    return shared + [sorted({slots[q].lane.series for q in budget.slots}) for budget in instance.budgets]
