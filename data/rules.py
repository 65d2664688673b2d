"""Rules on several cells of a row: what cannot be true together, and what it does to the run."""

import numpy as np
import pandas as pd

from data.calendar import monday_of
from data.check import Checked, Mask, leave_out, warn
from data.findings import Findings
from data.policy import Policy
from data.schema import OPERATIONS, QUANTILE_COLUMNS
from data.words import has_word, reworded

BLANK = "The cells count as blank."
NO_MARGIN = "A lost sale counts as costing nothing, so the item is hardly worth ordering."


def sound_items(items: Checked, found: Findings) -> Checked:
    """Items whose prices leave a margin and whose seasons end after they start."""
    frame = items.frame
    assumed = frame["shortage_cost"].isna()
    free = ((frame["price"] == 0) & assumed).to_numpy()
    loss = ((frame["price"] < frame["unit_cost"]) & assumed).to_numpy() & ~free
    remedy = "Write the price, or what a lost sale costs into shortage_cost."
    warn(items, free, "price", "price is 0", remedy, NO_MARGIN, found)
    warn(items, loss, "price", "price is below unit_cost", remedy, NO_MARGIN, found)
    turned = (frame["season_end"] < frame["season_start"]).to_numpy()
    problem = "the season ends before it starts"
    warn(items, turned, "season_end", problem, "Write both dates with their years.", BLANK, found)
    for name in ("season_start", "season_end"):
        items = items.with_column(name, frame[name].mask(turned))
    return items


def sound_sourcing(sourcing: Checked, policy: Policy, found: Findings) -> Checked:
    """Sources from which an order can arrive within the horizon, in lots that can be ordered."""
    frame, horizon = sourcing.frame, policy.horizon.weeks
    late = (frame["lead_time_weeks"] >= horizon).to_numpy()
    express = (frame["expedite_lead_time_weeks"] < horizon).to_numpy()
    problem = f"the lead time reaches beyond the horizon of {horizon} weeks"
    remedy = "Correct the lead time, or set more weeks under [horizon] in restock.toml."
    effect = "Only express orders from this source are proposed."
    warn(sourcing, late & express, "lead_time_weeks", problem, remedy, effect, found)
    slower = (frame["expedite_lead_time_weeks"] >= frame["lead_time_weeks"]).to_numpy()
    message = "express is not faster than the regular lead time"
    effect = "Express orders from this source are not proposed."
    warn(sourcing, slower, "expedite_lead_time_weeks", message, "Correct one of the two.", effect, found)
    impossible = (frame["moq"] > frame["max_units"]).to_numpy()
    kept = leave_out(sourcing, late & ~express, "lead_time_weeks", problem, remedy, found)
    message = "moq is above max_units: no order fits"
    return leave_out(kept, impossible[~(late & ~express)], "moq", message, "Correct one of the two.", found)


def sound_periods(table: Checked, found: Findings) -> Checked:
    """Rows whose period does not end before it starts; a budget of such a period stops the run."""
    turned = (table.frame["end"] < table.frame["start"]).to_numpy()
    problem, remedy = "the period ends before it starts", "Swap or correct the dates."
    if table.table.name == "budgets":
        rows = table.frame.index[turned]
        found.rows("block", table.raw, rows, "end", problem, remedy, "The run stops.")
        return table
    return leave_out(table, turned, "end", problem, remedy, found)


def sound_transfers(transfers: Checked, found: Findings) -> Checked:
    """Routes that lead from one location to another."""
    circle = (
        transfers.frame["from_location"].astype(object) == transfers.frame["to_location"].astype(object)
    ).to_numpy()
    problem = "goods would be moved to where they are"
    return leave_out(transfers, circle, "to_location", problem, "Name another location.", found)


def sound_markdowns(markdowns: Checked, items: Checked, found: Findings) -> Checked:
    """Markdowns that can begin: those that count back from a season's end need an item that has one."""
    seasonal = set(items.frame.loc[items.frame["season_end"].notna(), "sku"].astype(object))
    named = markdowns.frame["sku"].astype(object)
    ended = named.isin(seasonal) if seasonal else pd.Series(False, index=named.index)
    endless = ((markdowns.frame["weeks_before_end"].notna()) & ~(ended | ((named == "") & bool(seasonal)))).to_numpy()
    remedy = "Write season_end into items, or from_date here."
    problem = "the item has no season_end to count back from"
    return leave_out(markdowns, endless, "weeks_before_end", problem, remedy, found)


def sound_receipts(receipts: Checked, found: Findings) -> Checked:
    """Receipts that arrived after they were ordered."""
    turned = (receipts.frame["received_on"] < receipts.frame["ordered_on"]).to_numpy()
    problem = "the order arrived before it was placed"
    kept = leave_out(receipts, turned, "received_on", problem, "Correct the dates.", found)
    shipped = kept.frame["shipped_on"]
    wrong = ((shipped < kept.frame["ordered_on"]) | (shipped > kept.frame["received_on"])).to_numpy()
    warn(kept, wrong, "shipped_on", "the order was not shipped between order and arrival", "Correct it.", BLANK, found)
    return kept.with_column("shipped_on", shipped.mask(wrong))


def sound_open_orders(orders: Checked, found: Findings) -> Checked:
    """Open orders that rushing brings sooner than promised, or cannot be rushed."""
    later = (orders.frame["expedite_due"] >= orders.frame["due"]).to_numpy()
    problem, effect = "rushing brings the order no sooner than it is due", "It counts as one that cannot be rushed."
    warn(orders, later, "expedite_due", problem, "Correct one of the two dates.", effect, found)
    return orders.with_column("expedite_due", orders.frame["expedite_due"].mask(later))


def sound_approved(approved: Checked, sourcing: Checked, found: Findings) -> Checked:
    """Approved lines of suppliers that deliver the item."""
    unsourced = ~_pairs(approved, ["sku", "supplier"]).isin(_pairs(sourcing, ["sku", "supplier"]))
    problem, remedy = "the supplier does not deliver the item", "Add the supplier to the item's sourcing."
    return leave_out(approved, unsourced, "supplier", problem, remedy, found)


def sound_overrides(overrides: Checked, found: Findings) -> Checked:
    """Overrides that say what to do with the forecast, and hold on some day."""
    written = overrides.frame["operation"]
    overrides = overrides.with_column("operation", reworded(written, [word.lower() for word in written.cat.categories]))
    unknown = ~has_word(overrides.frame["operation"], set(OPERATIONS))
    remedy = f"Write one of {', '.join(OPERATIONS)}."
    known = leave_out(overrides, unknown, "operation", "operation is not known", remedy, found)
    negative = ((known.frame["value"] < 0) & (known.frame["operation"] != "add")).to_numpy()
    problem, remedy = "demand is set to or multiplied by less than 0", "Write add to take units away."
    possible = leave_out(known, negative, "value", problem, remedy, found)
    over = (possible.frame["until"] < possible.frame["made_on"]).to_numpy()
    problem = "the override ceases to hold before it is made"
    return leave_out(possible, over, "until", problem, "Correct the dates.", found)


def sound_forecast(forecast: Checked, found: Findings) -> Checked:
    """The forecast on Mondays, with quantiles that do not fall."""
    week = forecast.frame["week"]
    monday = monday_of(week)
    moved = (monday != week).to_numpy()
    rows = forecast.frame.index[moved]
    problem, effect = "week is not a Monday", "It counts for the week's Monday."
    found.rows("info", forecast.raw, rows, "week", problem, "Write the Monday.", effect)
    levels = [name for name in QUANTILE_COLUMNS if name in forecast.frame.columns]
    values = forecast.frame[levels].ffill(axis=1).to_numpy(dtype=float)
    falls: Mask = np.asarray(np.any(values[:, 1:] < values[:, :-1], axis=1))
    problem, effect = "a higher quantile is below a lower one", "It counts as equal to the lower one."
    warn(forecast, falls, "mean", problem, "Sort the quantiles.", effect, found)
    return forecast.with_column("week", monday)


def sound_price_breaks(breaks: Checked, sourcing: Checked, found: Findings) -> Checked:
    """Steps of suppliers that deliver the item, at prices that fall as the quantity rises."""
    steps, sources = (_pairs(table, ["sku", "supplier"]) for table in (breaks, sourcing))
    unsourced = ~steps.isin(sources)
    remedy = "Add the supplier to the item's sourcing, or drop the row."
    kept = leave_out(breaks, unsourced, "supplier", "the supplier does not deliver the item", remedy, found)
    by_quantity = kept.frame.sort_values("from_units")
    rises = by_quantity.groupby(["sku", "supplier"], observed=True)["unit_cost"].diff() > 0
    wrong: Mask = rises.reindex(kept.frame.index).to_numpy(dtype=bool)
    effect = "Such a step is never worth reaching."
    warn(kept, wrong, "unit_cost", "a larger quantity costs more per unit", "Correct the price.", effect, found)
    return kept


def _pairs(table: Checked, names: list[str]) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(table.frame[names].astype(object))
