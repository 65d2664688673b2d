"""The report's table of limits: which bind, and what one unit more of each would save."""

from dataclasses import dataclass

from restock.wording import Money, near_day, number
from scenarios.run import Run

MOST_LIMITS = 40
KINDS = {
    "budget": "Budget",
    "capacity": "Supplier capacity",
    "container_volume": "Room in containers",
    "container_weight": "Weight in containers",
    "line_maximum": "Most per order",
    "line_minimum": "Minimum per order",
    "minimum_order_value": "Minimum order value",
    "order_charge": "Charge per order",
    "price_step": "Price step",
    "service_floor": "Service floor",
}


@dataclass(frozen=True)
class BindingLimit:
    """A limit that binds, as read."""

    kind: str
    name: str
    week: str
    monday: str
    used: str
    amount: str
    unit: str
    price: str


def binding_limits(run: Run) -> list[BindingLimit]:
    """The limits that would save the most if they were one unit looser, over all kinds in turn."""
    table = run.plan.limits
    money = Money(run.company.policy.money.currency)
    turn = table.groupby("kind").cumcount()
    shown = table.assign(turn=turn).sort_values(["turn", "kind"], kind="stable").head(MOST_LIMITS)
    return [
        BindingLimit(
            kind=KINDS.get(row["kind"], str(row["kind"]).replace("_", " ").capitalize()),
            name=str(row["name"]),
            week=near_day(row["week"]),
            monday=f"{row['week']:%Y-%m-%d}",
            used=number(float(row["used"]), 1 if row["unit"] == "% of demand" else 0),
            amount=number(float(row["amount"]), 1 if row["unit"] == "% of demand" else 0),
            unit=str(row["unit"]),
            price=money(float(row["price"]), 2),
        )
        for row in shown.sort_values(["kind", "turn"], kind="stable").to_dict(orient="records")
    ]
