"""A backtest told: a table for people, backtest.csv and backtest.json for programs."""

import math
from pathlib import Path

from restock import accuracy_lines
from restock.export import csv, fixed, name, write_accuracy
from restock.files import write_json, write_text
from restock.wording import Money, counted, day, number, share
from scenarios.backtest import FORESIGHT, RESTOCK, Backtest
from scenarios.measures import COST_TERMS

TITLES = {
    "holding": "Holding",
    "lost_margin": "Lost margin",
    "order_charges": "Order charges",
    "surcharge": "Surcharge",
    "write_down": "Write-down",
}


def write(played: Backtest, out: Path) -> None:
    """backtest.csv (policy, measure, value), accuracy.csv, value_added.csv; backtest.json: the same, and seconds."""
    measures = played.policies.drop(columns="description").melt("policy", var_name="measure", value_name="value")
    write_text(out / "backtest.csv", csv(measures, {"policy": name, "measure": name, "value": fixed(4)}))
    write_accuracy(played.accuracy, played.value_added, out)
    write_json(out / "backtest.json", machine(played))


def machine(played: Backtest) -> dict[str, object]:
    """The backtest's summary for JSON: what is not known is null."""
    cleaned = _clean(played.summary)
    told = cleaned if isinstance(cleaned, dict) else {}
    return told | {
        "accuracy": accuracy_lines.machine(played.accuracy),
        "value_added": accuracy_lines.value_machine(played.value_added),
    }


def _clean(value: object) -> object:
    if isinstance(value, dict):
        return {key: _clean(inner) for key, inner in value.items()}
    if isinstance(value, float):
        return round(value, 4) + 0.0 if math.isfinite(value) else None
    return value


def show(played: Backtest, currency: str, out: Path) -> None:
    """The policies side by side, restock first, perfect foresight last."""
    from restock.terminal import screen

    console = screen()
    figures = played.summary
    console.print(
        f"[bold]{counted(played.rounds, 'Monday')} from {day(played.first)} on[/], each planned with what was "
        f"known then and met with what really sold ({counted(figures['weeks_counted'], 'week')} count).\n"
    )
    console.print(_table(played, Money(currency)))
    console.print(f"\n{verdict(played)}")
    console.print(f"{forecast_value(played, Money(currency))}\n")
    accuracy_lines.show(played.accuracy, "What was forecast then")
    accuracy_lines.show_value(played.value_added)
    console.print(f"[dim]Figures: {out / 'backtest.csv'}, {out / 'accuracy.csv'}, {out / 'backtest.json'}[/]")


def verdict(played: Backtest) -> str:
    """One sentence: restock against the best rule of thumb and against perfect foresight."""
    best, saving = played.summary["best_rule"], float(played.summary["saving"])
    costs = played.policies.set_index("policy")["cost"]
    word = "less" if saving >= 0 else "more"
    told = f"restock cost {share(abs(saving), 1)} {word} than the best rule of thumb ({best})."
    room = float(costs[best] - costs[FORESIGHT])
    if room <= 0 or saving < 0:
        return told
    reached = share(float(costs[best] - costs[RESTOCK]) / room)
    floor = share(room / float(costs[best]), 1)
    foresight = f"Perfect foresight would have cost {floor} less than that rule"
    return f"{told} {foresight}: restock reached {reached} of this saving."


def forecast_value(played: Backtest, money: Money) -> str:
    """One sentence: what the same planning model would have cost on the best simple forecast."""
    earned: dict[str, float] = played.summary["forecast_value"]
    if not earned:
        return "What the better forecast earned in money was left out."
    best = min(earned, key=lambda rule: earned[rule])
    cost = float(played.policies.set_index("policy")["cost"][RESTOCK])
    told = f"The same planning model would have cost {money(abs(earned[best]))}"
    by = f" ({share(abs(earned[best]) / cost, 1)})" if cost else ""
    if earned[best] < 0:
        return f"{told} less{by} on a simple forecast, the {best}: here restock's forecast did not pay."
    return f"{told} more{by} on the best simple forecast, the {best}: that is what restock's forecast earned."


def _table(played: Backtest, money: Money) -> object:
    from rich.table import Table

    terms = [term for term in COST_TERMS if played.policies[term].abs().gt(0.005).any()]
    headers = ["Cost", *(TITLES[term] for term in terms), "Fill rate", "Turns a year", "To best rule"]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Policy", no_wrap=True)
    for header in headers:
        table.add_column(header, justify="right")
    best = float(played.policies.set_index("policy")["cost"][played.summary["best_rule"]])
    for row in played.policies.to_dict(orient="records"):
        cells = [money(row["cost"]), *(money(row[term]) for term in terms)]
        cells += [share(row["fill_rate"], 1), number(row["stock_turns"], 1), _difference(row["cost"], best)]
        table.add_row(str(row["policy"]), *cells, style="bold" if row["policy"] == RESTOCK else "")
    return table


def _difference(cost: float, best: float) -> str:
    if not best:
        return share(math.nan)
    percent = 100 * (cost / best - 1)
    return f"{percent:+.1f}%" if abs(percent) >= 0.05 else "0.0%"
