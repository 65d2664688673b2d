"""Value kept, told: a page, CSV tables, and a few lines on the terminal."""

import json
import math
from pathlib import Path

from restock.call import Call
from restock.export import AMOUNT, CHANCE, UNITS, WHOLE, Writer, csv, date, name
from restock.files import prepared, write_text
from restock.report import environment
from restock.terminal import safe, screen
from restock.wording import UNKNOWN, Money, counted, day, number, share
from scenarios.state import known_state
from scenarios.value import KEPT, RULE, Value, value

MEASURES = {
    "cost": "Cost",
    "stock_turns": "Turns a year",
    "stock_out_rate": "Weeks that ran out",
    "stock_value": "Stock",
    "overstock": "Overstock",
    "fill_rate": "Fill rate",
}
WEEKLY: dict[str, Writer] = {"policy": name, "week": date, "cost": AMOUNT, "stock_value": AMOUNT, "lost": UNITS}
FORECAST: dict[str, Writer] = {
    "run_id": name,
    "as_of": date,
    "weeks": WHOLE,
    **dict.fromkeys(("wape", "naive_wape", "value_added"), CHANCE),
}


def run_value(call: Call, folder: Path, store: str, out: Path) -> None:
    """The command: value.html and value.csv, value_weekly.csv and value_forecast.csv beside it."""
    kept = value(known_state(folder, store))
    prepared(out)
    measures = kept.policies.melt("policy", var_name="measure", value_name="value")
    write_text(out / "value.csv", csv(measures, {"policy": name, "measure": name, "value": UNITS}))
    write_text(out / "value_weekly.csv", csv(kept.weekly, WEEKLY))
    write_text(out / "value_forecast.csv", csv(kept.forecast, FORECAST))
    write_text(out / "value.html", page(kept))
    call.answer(_machine(kept) | {"out": str(out)}, lambda: _show(kept, out))


def verdict(kept: Value) -> str:
    """What was kept, in two sentences."""
    money, by_policy = Money(kept.currency), kept.policies.set_index("policy")
    ours, rule = by_policy.loc[KEPT], by_policy.loc[RULE]
    saved = float(rule["cost"] - ours["cost"])
    word = "less" if saved >= 0 else "more"
    part = f" ({share(abs(saved) / float(rule['cost']), 1)})" if rule["cost"] > 0 else ""
    turns = f"{number(float(ours['stock_turns']), 1)} against {number(float(rule['stock_turns']), 1)}"
    outs = f"{share(float(ours['stock_out_rate']), 1)} against {share(float(rule['stock_out_rate']), 1)}"
    return (
        f"Since {day(kept.first)} ({counted(kept.weeks, 'week')}) stock, lost sales and ordering cost "
        f"{money(abs(saved))}{part} {word} than with the rule of thumb ({RULE}). Stock turns: {turns}; weeks that ran "
        f"out: {outs}."
    )


def forecast_line(kept: Value) -> str:
    """What the forecast added over the 13-week average."""
    scored = kept.forecast[kept.forecast["weeks"].gt(0)]
    if scored.empty:
        return "No forecast can be scored yet."
    weight = scored["weeks"] / scored["weeks"].sum()
    ours, naive = (float((scored[column] * weight).sum()) for column in ("wape", "naive_wape"))
    return (
        f"The forecasts of the next four weeks erred by {share(ours, 1)} of demand, the 13-week average by "
        f"{share(naive, 1)}: forecast value added {points(naive - ours)}."
    )


def cells(kept: Value) -> list[tuple[str, list[str]]]:
    """Each policy with its figures under ``MEASURES``."""
    money = Money(kept.currency)
    shown = {"cost": money, "stock_value": money, "overstock": money}
    rows = kept.policies.to_dict(orient="records")

    def cell(measure: str, figure: float) -> str:
        if measure in shown:
            return shown[measure](figure)
        return number(figure, 1) if measure == "stock_turns" else share(figure, 1)

    return [(str(row["policy"]), [cell(measure, float(row[measure])) for measure in MEASURES]) for row in rows]


def page(kept: Value) -> str:
    """value.html: one file, no network needed."""
    template = environment().get_template("value.html.j2")
    weeks = kept.weekly.pivot(index="week", columns="policy", values="cost").sort_index()
    return template.render(
        kept=kept,
        verdict=verdict(kept),
        forecast_line=forecast_line(kept),
        headers=list(MEASURES.values()),
        policies=cells(kept),
        ours=KEPT,
        rule=RULE,
        weeks=[(week, row[KEPT], row[RULE]) for week, row in weeks.iterrows()],
        money=Money(kept.currency),
        forecasts=kept.forecast.to_dict(orient="records"),
        share=share,
        points=points,
    )


def points(added: float) -> str:
    """0.0112 -> +1.1 points."""
    return f"{100 * added:+.1f} points" if math.isfinite(added) else UNKNOWN


def _machine(kept: Value) -> dict[str, object]:
    told = json.loads(kept.policies.to_json(orient="records", double_precision=4))
    scored = json.loads(kept.forecast.to_json(orient="records", date_format="iso", double_precision=4))
    return {
        "first": f"{kept.first:%Y-%m-%d}",
        "weeks": kept.weeks,
        "policies": {one.pop("policy"): one for one in told},
        "forecast": scored,
        "message": verdict(kept),
    }


def _show(kept: Value, out: Path) -> None:
    from rich.table import Table

    console = screen()
    console.print(f"[bold]{safe(verdict(kept))}[/]\n{safe(forecast_line(kept))}\n")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Policy", no_wrap=True)
    for header in MEASURES.values():
        table.add_column(header, justify="right")
    for policy, figures in cells(kept):
        table.add_row(policy, *figures, style="bold" if policy == KEPT else "")
    console.print(table)
    console.print(f"\n[bold]Read {safe(str(out / 'value.html'))}[/] (open it in a browser).")
