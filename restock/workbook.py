"""orders.xlsx: the orders for people, a sheet per supplier, with live totals."""

from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from data.problems import problems_table
from restock.files import whole
from restock.headline import Headline
from restock.moved_sheets import moved_sheets
from restock.sheet_names import reference
from restock.sheets import OPTIONS, Column, Sheets, letter
from restock.stock_tables import count_list
from restock.wording import Money, day
from scenarios.run import Run

MOST_ISSUES = 2_000
ORDER_LINES = {
    "sku": Column("SKU", 22, "text"),
    "product": Column("Product", 42, "text"),
    "location": Column("Location", 12, "text"),
    "order_date": Column("Order date", 14, "date"),
    "arrival_date": Column("Sellable from", 16, "date"),
    "expedite": Column("Rush", 9, "text"),
    "units": Column("Units", 11, "units"),
    "unit_cost": Column("Unit cost", 18, "price"),
    "value": Column("Line value", 19, "money", "={units}*{unit_cost}"),
    "reason": Column("Why", 64, "wrap"),
}
OUTLOOK = {"supplier": Column("Supplier", 16, "text"), **ORDER_LINES, "firm": Column("Decided", 10, "text")}
SENT_BACK = {
    **ORDER_LINES,
    "supplier": Column("Supplier", 16, "text"),
    "hold": Column("Hold", 8, "text"),
    "why": Column("Why changed", 30, "wrap"),
}
"""The sheets that come back edited, for approval: a line is held back by a yes in Hold."""
ALERTS = {
    "rank": Column("Rank", 9, "units"),
    "kind": Column("Kind", 18, "text"),
    "sku": Column("SKU", 16, "text"),
    "location": Column("Location", 12, "text"),
    "supplier": Column("Supplier", 14, "text"),
    "week": Column("Week", 11, "date"),
    "probability": Column("Chance", 11, "share"),
    "money_at_risk": Column("Money at risk", 22, "money"),
    "deadline": Column("Act by", 11, "date"),
    "action": Column("What to do", 50, "wrap"),
    "message": Column("What it is about", 70, "wrap"),
}
COUNT_LIST = {
    "rank": Column("Rank", 9, "units"),
    "sku": Column("SKU", 16, "text"),
    "name": Column("Product", 36, "text"),
    "location": Column("Location", 12, "text"),
    "trusted": Column("Trusted", 11, "units"),
    "lowest": Column("Lowest", 11, "units"),
    "highest": Column("Highest", 11, "units"),
    "order_at_highest": Column("Ordered now at most", 12, "units"),
    "order_at_trusted": Column("If the trusted is right", 12, "units"),
    "order_at_lowest": Column("If the lowest is right", 12, "units"),
    "decision": Column("Order", 9, "text"),
    "value_at_stake": Column("Hangs on it", 20, "money"),
    "difference_value": Column("Difference at cost", 20, "money"),
    "counted": Column("Counted", 11, "units"),
    "why": Column("What is said", 70, "wrap"),
}
ISSUES = {
    "severity": Column("Severity", 10, "text"),
    "table": Column("Table", 14, "text"),
    "row": Column("Line", 10, "units"),
    "sku": Column("SKU", 16, "text"),
    "field": Column("Column", 16, "text"),
    "value": Column("Value", 20, "text"),
    "problem": Column("Problem", 50, "wrap"),
    "remedy": Column("What to do", 50, "wrap"),
    "effect": Column("What restock did", 50, "wrap"),
}


def write_workbook(run: Run, headline: Headline, target: Path) -> None:
    """Writes orders.xlsx; the same run gives the same bytes."""
    with whole(target) as part, xlsxwriter.Workbook(str(part), OPTIONS) as book:
        book.set_properties({"title": f"Orders of {day(run.as_of)}", "created": run.as_of.to_pydatetime()})
        book.set_calc_mode("auto")
        _Writer(book, run, headline).write()


class _Writer(Sheets):
    """One workbook being written."""

    def __init__(self, book: Any, run: Run, headline: Headline) -> None:
        super().__init__(book, Money(run.company.policy.money.currency))
        self.run, self.headline = run, headline

    def write(self) -> None:
        """The sheets in the order in which they are read."""
        summary = self.sheet("Summary")
        lines = order_lines(self.run)
        now = lines[lines["order_date"].eq(self.run.as_of)]
        totals = [self.supplier(str(supplier), rows) for supplier, rows in now.groupby("supplier", sort=True)]
        self.summary(summary, totals)
        later = lines[lines["order_date"].gt(self.run.as_of)]
        self.table("Outlook", OUTLOOK, later, "No later orders are planned.")
        moved_sheets(self, self.run)
        self.table("Alerts", ALERTS, self.run.alerts, "No alerts.")
        if len(self.run.company.disputes):
            self.table("Count list", COUNT_LIST, count_list(self.run.company).assign(counted=""), "Nothing to count.")
        self.table(
            "Data issues", ISSUES, problems_table(self.run.problems), "Nothing wrong found in the input.", MOST_ISSUES
        )

    def supplier(self, supplier: str, rows: pd.DataFrame) -> tuple[str, str, int, float]:
        """A supplier's order of today; returns supplier, sheet, number of lines and total."""
        sheet = self.sheet(supplier)
        known = self.run.company.suppliers.loc[supplier]
        total = round(float(rows["value"].sum()), 2)
        first, last, column = 5, 4 + len(rows), letter(ORDER_LINES, "value")
        title = f"{known['name']} ({supplier})" if known["name"] not in ("", supplier) else supplier
        sheet.write_string(0, 0, f"{title}: order of {day(self.run.as_of)}", self.formats["title"])
        sheet.write_string(1, 0, "Order total", self.formats["bold"])
        sheet.write_formula(1, 1, f"=SUM({column}{first}:{column}{last})", self.formats["headline"], total)
        self.minimum(sheet, float(known["min_order_value"]), total)
        self.rows(sheet, 3, SENT_BACK, rows)
        return supplier, sheet.get_name(), len(rows), total

    def minimum(self, sheet: Any, least: float, total: float) -> None:
        """The supplier's minimum beside the total, with a live verdict for whoever edits units."""
        if least <= 0:
            return
        verdict = "reached" if total >= least else "not reached"
        sheet.write_string(2, 0, "Minimum order value", self.formats["bold"])
        sheet.write_number(2, 1, least, self.formats["headline"])
        sheet.write_formula(2, 2, '=IF(B2>=B3,"reached","not reached")', self.formats["text"], verdict)

    def summary(self, sheet: Any, totals: list[tuple[str, str, int, float]]) -> None:
        """Headline figures, then each supplier's total, linked to its sheet."""
        sheet.set_portrait()
        for column, width in enumerate((34, 22, 10, 20)):
            sheet.set_column(column, column, width)
        sheet.write_string(0, 0, f"Orders of {day(self.run.as_of)}", self.formats["title"])
        sheet.merge_range(1, 0, 1, 4, "", self.formats["wrap"])
        sheet.write_string(1, 0, self.headline.sentence, self.formats["wrap"])
        sheet.set_row(1, 36)
        row = 3
        for tile in self.headline.tiles:
            sheet.write_string(row, 0, tile.title, self.formats["bold"])
            sheet.write_string(row, 1, tile.figure, self.formats["figure"])
            sheet.write_string(row, 2, tile.note, self.formats["text"])
            row += 1
        self.supplier_totals(sheet, row + 1, totals)

    def supplier_totals(self, sheet: Any, row: int, totals: list[tuple[str, str, int, float]]) -> None:
        """One line per supplier and the sum of all."""
        if not totals:
            sheet.write_string(row, 0, "Nothing to order this week.", self.formats["bold"])
            return
        for column, (title, kind) in enumerate(
            {"Supplier": "text", "Sheet": "text", "Lines": "units", "Order total": "amount"}.items()
        ):
            self.heading(sheet, row, column, Column(title, 0, kind))
        for offset, (supplier, name, lines, total) in enumerate(totals, start=1):
            sheet.write_string(row + offset, 0, self.title(supplier), self.formats["text"])
            sheet.write_url(row + offset, 1, f"internal:{reference(name, 'A1')}", self.formats["link"], name)
            sheet.write_number(row + offset, 2, lines, self.formats["units"])
            sheet.write_formula(row + offset, 3, f"={reference(name, 'B2')}", self.formats["amount"], total)
        end = row + len(totals) + 1
        sheet.write_string(end, 0, "All suppliers", self.formats["bold"])
        for place, column, kind in (("C", 2, "total_units"), ("D", 3, "total")):
            value = sum(line[column] for line in totals)  # type: ignore[misc]
            sheet.write_formula(end, column, f"=SUM({place}{row + 2}:{place}{end})", self.formats[kind], value)

    def title(self, supplier: str) -> str:
        """The supplier's name, or its id where it has none."""
        return str(self.run.company.suppliers.at[supplier, "name"] or supplier)


def order_lines(run: Run) -> pd.DataFrame:
    """The plan's orders with the product's name, and yes and no as words."""
    orders = run.plan.orders
    named = orders["sku"].map(run.company.items["name"])
    return orders.assign(
        product=named.fillna(""),
        expedite=orders["expedite"].astype(bool).map({True: "rush", False: ""}),
        firm=orders["firm"].astype(bool).map({True: "decided", False: "outlook"}),
        hold="",
        why="",
    )
