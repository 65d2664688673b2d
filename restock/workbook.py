"""orders.xlsx: the orders for people, a sheet per supplier, with live totals."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from data.problems import problems_table
from restock.files import whole
from restock.headline import Headline
from restock.sheet_names import SheetNames, reference
from restock.wording import Money, counted, day
from scenarios.run import Run

LONGEST_TEXT = 32_000
MOST_ROWS = 20_000
MOST_ISSUES = 2_000
OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
    "default_date_format": "yyyy-mm-dd",
}


@dataclass(frozen=True)
class Column:
    """A column of a sheet: its title, width in characters and number format."""

    title: str
    width: float
    format: str


ORDER_LINES = {
    "sku": Column("SKU", 22, "text"),
    "product": Column("Product", 42, "text"),
    "location": Column("Location", 12, "text"),
    "order_date": Column("Order date", 14, "date"),
    "arrival_date": Column("Sellable from", 16, "date"),
    "expedite": Column("Rush", 9, "text"),
    "units": Column("Units", 11, "units"),
    "unit_cost": Column("Unit cost", 18, "price"),
    "value": Column("Line value", 19, "product"),
    "reason": Column("Why", 64, "wrap"),
}
OUTLOOK = {"supplier": Column("Supplier", 16, "text"), **ORDER_LINES, "firm": Column("Decided", 10, "text")}
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


class _Writer:
    """One workbook being written."""

    def __init__(self, book: Any, run: Run, headline: Headline) -> None:
        self.book, self.run, self.headline, self.names = book, run, headline, SheetNames()
        self.money = Money(run.company.policy.money.currency)
        self.formats = _formats(book, self.money)

    def write(self) -> None:
        """The sheets in the order in which they are read."""
        summary = self.sheet("Summary")
        lines = order_lines(self.run)
        now = lines[lines["order_date"].eq(self.run.as_of)]
        totals = [self.supplier(str(supplier), rows) for supplier, rows in now.groupby("supplier", sort=True)]
        self.summary(summary, totals)
        later = lines[lines["order_date"].gt(self.run.as_of)]
        self.table("Outlook", OUTLOOK, later, "No later orders are planned.")
        self.table("Alerts", ALERTS, self.run.alerts, "No alerts.")
        self.table(
            "Data issues", ISSUES, problems_table(self.run.problems), "Nothing wrong found in the input.", MOST_ISSUES
        )

    def sheet(self, wanted: str) -> Any:
        """A new sheet that prints on landscape pages as wide as it is."""
        sheet = self.book.add_worksheet(self.names.claim(wanted))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&RPage &P of &N")
        return sheet

    def supplier(self, supplier: str, rows: pd.DataFrame) -> tuple[str, str, int, float]:
        """A supplier's order of today; returns supplier, sheet, number of lines and total."""
        sheet = self.sheet(supplier)
        known = self.run.company.suppliers.loc[supplier]
        total = round(float(rows["value"].sum()), 2)
        first, last, column = 5, 4 + len(rows), _letter(ORDER_LINES, "value")
        title = f"{known['name']} ({supplier})" if known["name"] not in ("", supplier) else supplier
        sheet.write_string(0, 0, f"{title}: order of {day(self.run.as_of)}", self.formats["title"])
        sheet.write_string(1, 0, "Order total", self.formats["bold"])
        sheet.write_formula(1, 1, f"=SUM({column}{first}:{column}{last})", self.formats["headline"], total)
        self.minimum(sheet, float(known["min_order_value"]), total)
        self.rows(sheet, 3, ORDER_LINES, rows)
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
        for letter, column, kind in (("C", 2, "total_units"), ("D", 3, "total")):
            value = sum(line[column] for line in totals)  # type: ignore[misc]
            sheet.write_formula(end, column, f"=SUM({letter}{row + 2}:{letter}{end})", self.formats[kind], value)

    def title(self, supplier: str) -> str:
        """The supplier's name, or its id where it has none."""
        return str(self.run.company.suppliers.at[supplier, "name"] or supplier)

    def table(
        self, wanted: str, columns: dict[str, Column], rows: pd.DataFrame, empty: str, most: int = MOST_ROWS
    ) -> None:
        """A sheet that is one table; says so where it is empty or longer than a sheet should be."""
        sheet = self.sheet(wanted)
        if rows.empty:
            sheet.write_string(0, 0, empty, self.formats["bold"])
            return
        self.rows(sheet, 0, columns, rows.head(most))
        if len(rows) > most:
            left = f"{counted(len(rows) - most, 'more line')} in the CSV file."
            sheet.write_string(most + 1, 0, left, self.formats["bold"])

    def rows(self, sheet: Any, top: int, columns: dict[str, Column], rows: pd.DataFrame) -> None:
        """Header and rows from ``top`` on, frozen and filtered; ``value`` is units times unit cost, live."""
        for place, (field, column) in enumerate(columns.items()):
            sheet.set_column(place, place, column.width)
            self.heading(sheet, top, place, column)
            for offset, value in enumerate(rows[field].tolist(), start=1):
                if column.format == "product":
                    product = _line_value(columns, top + offset + 1)
                    sheet.write_formula(top + offset, place, product, self.formats["money"], round(value, 2))
                else:
                    self.cell(sheet, top + offset, place, value, column.format)
        sheet.freeze_panes(top + 1, 1)
        sheet.autofilter(top, 0, top + len(rows), len(columns) - 1)
        sheet.repeat_rows(top)

    def heading(self, sheet: Any, row: int, place: int, column: Column) -> None:
        """A column's title, above its figures to the right, with the currency where the cells leave it out."""
        currency = self.money.currency if column.format in ("price", "money", "product") else ""
        title = f"{column.title} ({currency})" if currency else column.title
        style = "header" if column.format in ("text", "wrap", "date") else "header_right"
        sheet.write_string(row, place, title, self.formats[style])

    def cell(self, sheet: Any, row: int, column: int, value: Any, kind: str) -> None:
        """One cell, by its kind: text stays text whatever it looks like, what is not known stays empty."""
        style = self.formats[kind]
        if pd.isna(value) or value == "" or (isinstance(value, float) and not math.isfinite(value)):
            sheet.write_blank(row, column, None, style)
        elif kind == "date":
            sheet.write_datetime(row, column, pd.Timestamp(value).to_pydatetime(), style)
        elif kind in ("text", "wrap"):
            sheet.write_string(row, column, str(value)[:LONGEST_TEXT], style)
        else:
            sheet.write_number(row, column, float(value), style)


def order_lines(run: Run) -> pd.DataFrame:
    """The plan's orders with the product's name, and yes and no as words."""
    orders = run.plan.orders
    named = orders["sku"].map(run.company.items["name"])
    return orders.assign(
        product=named.fillna(""),
        expedite=orders["expedite"].astype(bool).map({True: "rush", False: ""}),
        firm=orders["firm"].astype(bool).map({True: "decided", False: "outlook"}),
    )


def _line_value(columns: dict[str, Column], row: int) -> str:
    """The formula of a line's value in the sheet's row ``row`` (the first is 1)."""
    return f"={_letter(columns, 'units')}{row}*{_letter(columns, 'unit_cost')}{row}"


def _letter(columns: dict[str, Column], field: str) -> str:
    return chr(ord("A") + list(columns).index(field))


def _formats(book: Any, money: Money) -> dict[str, Any]:
    """The cell styles, by kind."""
    prefix = f'"{money.prefix}"' if money.prefix else ""
    amount, top, head = f"{prefix}#,##0.00", {"valign": "top"}, {"bold": True, "bg_color": "#E8EDF2", "bottom": 1}
    styles: dict[str, dict[str, Any]] = {
        "title": {"bold": True, "font_size": 14},
        "bold": {"bold": True},
        "figure": {"bold": True, "align": "right"},
        "headline": {"bold": True, "align": "left", "num_format": amount},
        "header": {**head, "text_wrap": True, "align": "left", "indent": 1, **top},
        "header_right": {**head, "text_wrap": True, "align": "right", **top},
        "text": {"align": "left", "indent": 1, **top},
        "wrap": {"text_wrap": True, "align": "left", "indent": 1, **top},
        "link": {"font_color": "#0B5CAD", "underline": 1, "align": "left", "indent": 1, **top},
        "date": {"num_format": "yyyy-mm-dd", "align": "left", "indent": 1, **top},
        "units": {"num_format": "#,##0", **top},
        "price": {"num_format": "#,##0.00##", **top},
        "money": {"num_format": "#,##0.00", **top},
        "amount": {"num_format": amount, **top},
        "share": {"num_format": "0%", **top},
        "total": {"num_format": amount, "bold": True, "top": 1, **top},
        "total_units": {"num_format": "#,##0", "bold": True, "top": 1, **top},
    }
    return {kind: book.add_format(style) for kind, style in styles.items()}
