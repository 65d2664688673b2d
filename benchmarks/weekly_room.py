"""The weekly round as the policy of a replay: each Monday's tables go in, exported purchase orders come out.

On a Monday the company as it is known then is written as an input folder, and the public commands run on it, all the
time in one state: weekly, approve, export. What the exported files say is what was ordered. The ERP enters a purchase
order a week after it was exported, unless goods of it came before; until then restock's own store alone knows of it.
What came is in the receipts of the next Monday, under the order's number. The round is called twice, as a scheduler
that forgot would: the second time it must run and export nothing.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from typer.testing import CliRunner

from data.calendar import WEEK
from data.company import Company
from restock.cli import app
from scenarios.purchase import LINE_COLUMNS, LINE_TYPES

AS_THEY_ARE = ("sourcing", "price_breaks", "open_orders", "receipts", "promotions", "drivers", "budgets", "overrides")
LINE = ["po", "sku", "location", "due"]
COMING = [*LINE, "units", "supplier", "ordered_on"]
CAME = ["po", "sku", "location", "units", "supplier", "ordered_on", "promised_on", "received_on"]


class WeeklyRoom:
    """A ``scenarios.replay.Decide`` that decides by the commands; ``folder``: to work in, ``policy``: restock.toml.

    ``exported``: the lines of all exported files, ``LINE_COLUMNS`` and po; ``came``: the receipts told so far.
    """

    def __init__(self, folder: Path, policy: str) -> None:
        self.input, self.state, self.out = (folder / name for name in ("input", "state", "purchase_orders"))
        self.input.mkdir(parents=True)
        (self.input / "restock.toml").write_text(policy, encoding="utf-8")
        self.exported = pd.DataFrame(columns=["po", *LINE_COLUMNS]).astype(LINE_TYPES)
        self.came = pd.DataFrame(columns=CAME)
        self.coming = pd.DataFrame(columns=COMING)

    def __call__(self, known: Company) -> pd.DataFrame:
        """What the exported files of the known company's Monday order."""
        told = self.as_told(known)
        write_tables(told, self.input)
        lines, again = self._round(told.as_of), self._round(told.as_of)
        if len(again):
            raise RuntimeError(f"exported twice: {', '.join(again['po'].unique())}")
        new = lines.rename(columns={"arrival_date": "due", "order_date": "ordered_on"})[COMING]
        self.coming = joined(self._numbered(known), new)
        self.exported = joined(self.exported, lines)
        return lines[LINE_COLUMNS]

    def as_told(self, known: Company) -> Company:
        """The company as its systems tell it: orders under their numbers, entered late, and what came as receipts."""
        orders = self._numbered(known)
        still = pd.MultiIndex.from_frame(self.coming[LINE]).isin(pd.MultiIndex.from_frame(orders[LINE]))
        came = self.coming[~still].rename(columns={"due": "promised_on"}).assign(received_on=known.as_of - WEEK)
        self.came = joined(self.came, came[CAME])
        new = self.exported.loc[self.exported["order_date"].eq(known.as_of - WEEK), "po"]
        untold = orders["po"].isin(new) & ~orders["po"].isin(self.came["po"])
        told = orders[~untold].reset_index(drop=True)
        return replace(known, open_orders=told, receipts=joined(known.receipts, self.came))

    def _numbered(self, known: Company) -> pd.DataFrame:
        """The open orders under the numbers that the export gave them."""
        orders = known.open_orders
        given = self.exported.drop_duplicates("po").set_index(["order_date", "supplier"])["po"]
        numbers = given.reindex(pd.MultiIndex.from_frame(orders[["ordered_on", "supplier"]])).to_numpy()
        return orders.assign(po=np.where(pd.isna(numbers), orders["po"], numbers))[COMING]

    def _round(self, monday: pd.Timestamp) -> pd.DataFrame:
        """The lines of the files that one call of the round exports."""
        self.call("weekly", self.input, "--as-of", f"{monday:%Y-%m-%d}")
        self.call("approve", "latest", "--who", "the replay")
        files = [self.out / order["file"] for order in self.call("export", "--out", self.out)["orders"]]
        if not files:
            return self.exported.iloc[:0]
        lines = joined(*(pd.read_csv(path, dtype=dict.fromkeys(LINE[:3], str)) for path in files))
        named = lines.rename(columns={"ordered_on": "order_date", "due": "arrival_date"})
        return named[["po", *LINE_COLUMNS]].astype(LINE_TYPES)

    def call(self, *words: object) -> dict[str, Any]:
        """What a command answers; RuntimeError if it does not end well."""
        done = CliRunner().invoke(app, [*map(str, words), "--state", str(self.state), "--json"])
        if done.exit_code != 0:
            raise RuntimeError(f"{words[0]} ended with {done.exit_code}: {done.output}")
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def told(self) -> str:
        """How many runs restock's own history has, and what it says became of the exported lines."""
        runs, lines = self.call("runs")["runs"], pd.DataFrame(self.call("orders")["orders"], columns=["state"])
        states = ", ".join(f"{state} {count}" for state, count in lines["state"].value_counts().items())
        return f"{len(runs)} runs; {len(self.exported)} lines exported, once each; {len(lines)} tracked: {states}"


def joined(*tables: pd.DataFrame) -> pd.DataFrame:
    """The rows of all tables; an empty one says nothing of its types."""
    return pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)


def write_tables(company: Company, folder: Path) -> None:
    """The company as input tables: the gate makes the same company of them."""
    history = company.history
    row, week = np.nonzero(np.isfinite(history.units))
    sold = {name: getattr(history, name)[row, week] for name in ("units", "in_stock", "price")}
    tables = {name: getattr(company, name) for name in AS_THEY_ARE} | {
        "sales": history.series.to_frame(index=False).iloc[row].assign(date=history.weeks[week], **sold),
        "items": company.items.reset_index(),
        "locations": company.locations.reset_index(),
        "suppliers": company.suppliers.reset_index(),
        "stock": company.stock.reset_index().assign(as_of=company.as_of),
    }
    for name, table in tables.items():
        plain = table.drop(columns={"week", "row"} & set(table.columns)).replace(np.inf, np.nan)
        plain.to_csv(folder / f"{name}.csv", index=False, date_format="%Y-%m-%d")
