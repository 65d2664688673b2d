"""compare.xlsx: a comparison for finance: a sheet per scenario, one that pivots, differences live."""

from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from restock.compare_regret_sheet import write_regret
from restock.compare_sheet import ScenarioSheet
from restock.compare_words import HOW_TO_READ, Effect, effects, opening, precision
from restock.files import whole
from restock.sheet_names import reference
from restock.sheets import OPTIONS, Column, Sheets
from restock.wording import Money, day
from scenarios.comparison import Comparison
from scenarios.finance_measures import BY_NAME

MOST_FIGURES = 1_000_000
WIDE = 100
FIGURES = {
    "scenario": Column("Scenario", 26, "text"),
    "orders": Column("Orders", 13, "text"),
    "measure": Column("Measure", 24, "text"),
    "label": Column("Name", 28, "text"),
    "unit": Column("Unit", 9, "text"),
    "span": Column("Span", 9, "text"),
    "week": Column("Week", 12, "date"),
    "mean": Column("Mean", 17, "number"),
    "q10": Column("P10", 17, "number"),
    "q90": Column("P90", 17, "number"),
    "base": Column("Base", 17, "number"),
    "difference": Column("Difference", 17, "number", "={mean}-{base}"),
    "standard_error": Column("Standard error", 17, "number"),
}
OVERRIDES = {
    "scenario": Column("Scenario", 26, "text"),
    "priority": Column("Priority", 10, "units"),
    "field": Column("Field", 20, "text"),
    "operation": Column("Operation", 12, "text"),
    "value": Column("Value", 14, "number"),
    "sku": Column("SKU", 16, "text"),
    **{name: Column(name.capitalize(), 16, "text") for name in ("category", "supplier", "location", "promo")},
    "from": Column("From", 12, "date"),
    "to": Column("To", 12, "date"),
    "changed": Column("Figures changed", 12, "units"),
}
CHANGES = {
    "scenario": Column("Scenario", 26, "text"),
    "sku": Column("SKU", 14, "text"),
    "product": Column("Product", 36, "text"),
    "location": Column("Location", 12, "text"),
    "supplier": Column("Supplier", 11, "text"),
    "order_date": Column("Order date", 12, "date"),
    "expedite": Column("Rush", 8, "text"),
    "units_base": Column("Base", 10, "units"),
    "units_scenario": Column("Scenario", 10, "units"),
    "change": Column("Change", 10, "units", "={units_scenario}-{units_base}"),
    "unit_cost": Column("Item's cost", 12, "price"),
    "value": Column("Change at cost", 16, "money", "={change}*{unit_cost}"),
    "why": Column("Why", 110, "wrap"),
}
CURVE = {
    "field": Column("Field", 18, "text"),
    "value": Column("Value", 10, "number"),
    "amount": Column("Amount", 17, "number"),
    "plan": Column("Plan", 24, "text"),
    "spend": Column("Orders placed", 17, "money"),
    "cost": Column("Total cost", 17, "money"),
    "profit": Column("Profit", 17, "money"),
    "fill_rate": Column("Fill rate", 11, "share1"),
    "over_budget": Column("Over budgets", 17, "money"),
    "marginal_value": Column("One more saves", 17, "price"),
}
FAILED = {"scenario": Column("Scenario", 30, "text"), "problem": Column("What stood against it", 100, "wrap")}


def write_workbook(compared: Comparison, money: Money, target: Path) -> None:
    """Writes compare.xlsx; the same comparison gives the same bytes."""
    as_of = compared.base.as_of
    with whole(target) as part, xlsxwriter.Workbook(str(part), OPTIONS) as book:
        book.set_properties({"title": f"What if, {day(as_of)}", "created": as_of.to_pydatetime()})
        book.set_calc_mode("auto")
        _Writer(book, compared, money).write()


class _Writer(Sheets):
    """One workbook being written."""

    def __init__(self, book: Any, compared: Comparison, money: Money) -> None:
        super().__init__(book, money)
        self.compared, self.effects = compared, effects(compared, money)

    def write(self) -> None:
        """The sheets in the order in which they are read."""
        first = self.sheet("How to read")
        names = [self.scenario(effect) for effect in self.effects]
        self.how_to_read(first, names)
        if len(self.compared.regret):
            write_regret(self, self.sheet("Robust choice"), self.compared.regret)
        if len(self.compared.curve):
            self.table("Trade-off", CURVE, self.compared.curve, "")
        self.table("Overrides", OVERRIDES, self.compared.applied, "No override changed anything.")
        self.table("Orders changed", CHANGES, self.changes(), "No scenario changes the orders.")
        self.table("Figures", FIGURES, self.figures(), "No scenario ran.", MOST_FIGURES)
        if len(self.compared.failed):
            self.table("Not run", FAILED, self.compared.failed, "")

    def scenario(self, effect: Effect) -> str:
        """A scenario's sheet; returns its name."""
        sheet = self.sheet(effect.name)
        ScenarioSheet(self, sheet, self.compared, effect).write()
        name: str = sheet.get_name()
        return name

    def how_to_read(self, sheet: Any, names: list[str]) -> None:
        """What the workbook says, where to find what, and what each measure counts."""
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, WIDE)
        sheet.write_string(0, 0, f"Scenarios beside the plan of {day(self.compared.base.as_of)}", self.formats["title"])
        told = [
            ("In short", opening(self.compared, self.effects, self.money)),
            ("How to read it", f"{HOW_TO_READ} {precision(self.compared, self.money)}"),
            (
                "Two plans",
                "As committed: the base plan's orders as they stand, in the scenario's world. Re-optimised: orders "
                "planned anew for it. The difference is what reacting is worth.",
            ),
            (
                "Live figures",
                "Differences are formulas. “Figures” is one flat table for a pivot table; where Span is "
                "total, Week is empty.",
            ),
        ]
        row = 2
        for title, words in told:
            sheet.write_string(row, 0, title, self.formats["bold"])
            self.paragraph(sheet, row, 1, words, WIDE)
            row += 1
        row = self.contents(sheet, row + 1, names)
        sheet.write_string(row, 0, "What each measure counts", self.formats["header"])
        sheet.write_string(row, 1, "", self.formats["header"])
        for place, measure in enumerate(BY_NAME.values(), start=row + 1):
            sheet.write_string(place, 0, measure.label, self.formats["text"])
            self.paragraph(sheet, place, 1, measure.meaning, WIDE)
        sheet.freeze_panes(2, 1)

    def contents(self, sheet: Any, row: int, names: list[str]) -> int:
        """Each scenario in a sentence, linked to its sheet; returns the next free row but one."""
        sheet.write_string(row, 0, "Scenario", self.formats["header"])
        sheet.write_string(row, 1, "What it does", self.formats["header"])
        for place, (effect, name) in enumerate(zip(self.effects, names, strict=True), start=row + 1):
            sheet.write_url(place, 0, f"internal:{reference(name, 'A1')}", self.formats["link"], effect.name)
            self.paragraph(sheet, place, 1, effect.sentence, WIDE)
        if not names:
            sheet.write_string(row + 1, 0, "No scenario could be run.", self.formats["bold"])
        return row + max(len(names), 1) + 2

    def changes(self) -> pd.DataFrame:
        """The order lines that change, with product and cost."""
        table, items = self.compared.changes, self.compared.base.company.items
        cost = table["sku"].map(items["unit_cost"]).astype(float)
        return table.assign(
            product=table["sku"].map(items["name"]).fillna(""),
            expedite=table["expedite"].astype(bool).map({True: "rush", False: ""}),
            unit_cost=cost,
            value=table["change"].astype(float) * cost,
        )

    def figures(self) -> pd.DataFrame:
        """compare.csv's table with names, units and the base's figure beside each."""
        table = self.compared.table
        known = table["measure"].map(BY_NAME)
        return table.assign(
            label=[one.label for one in known],
            unit=[self.money.currency if one.unit == "money" and self.money.currency else one.unit for one in known],
            span=table["week"].isna().map({True: "total", False: "week"}),
            base=table["mean"] - table["difference"],
        )
