"""Workbooks: sheets of tables that print, freeze and filter alike, figures live where they follow from others."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from restock.sheet_names import SheetNames
from restock.wording import Money, counted

LONGEST_TEXT = 32_000
LINE_HEIGHT, CHARACTERS, MOST_LINES = 15, 1.1, 27
"""Of a line: its height in points, how many characters of running text fit into one of a column's width, and how many
lines a row can show."""
MOST_ROWS = 20_000
OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
    "default_date_format": "yyyy-mm-dd",
}


@dataclass(frozen=True)
class Column:
    """A column of a sheet: its title, width in characters and number format.

    ``formula``: what the cell computes from others of its row, their fields in braces; the value is kept beside it.
    """

    title: str
    width: float
    format: str
    formula: str = ""


class Sheets:
    """The sheets of one workbook being written."""

    def __init__(self, book: Any, money: Money) -> None:
        self.book, self.money, self.names = book, money, SheetNames()
        self.formats = _formats(book, money)

    def sheet(self, wanted: str) -> Any:
        """A new sheet that prints on landscape pages as wide as it is."""
        sheet = self.book.add_worksheet(self.names.claim(wanted))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&RPage &P of &N")
        return sheet

    def paragraph(self, sheet: Any, row: int, column: int, text: str, width: float) -> None:
        """Text that wraps within a width."""
        sheet.write_string(row, column, text[:LONGEST_TEXT], self.formats["wrap"])
        self.room(sheet, row, [(text, width)])

    def room(self, sheet: Any, row: int, texts: Iterable[tuple[Any, float]]) -> None:
        """Makes a row as high as its texts need within their columns' widths, for not every reader does."""
        lines = max((math.ceil(len(str(text)) / (CHARACTERS * width)) for text, width in texts), default=1)
        if lines > 1:
            sheet.set_row(row, LINE_HEIGHT * min(lines, MOST_LINES))

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
        """Header and rows from ``top`` on, frozen and filtered."""
        self.room(sheet, top, [(self.heading_of(column), column.width) for column in columns.values()])
        for place, (field, column) in enumerate(columns.items()):
            sheet.set_column(place, place, column.width)
            self.heading(sheet, top, place, column)
            for offset, value in enumerate(rows[field].tolist(), start=1):
                if column.formula:
                    told = column.formula.format(**cells(columns, top + offset + 1))
                    sheet.write_formula(top + offset, place, told, self.formats[column.format], value)
                else:
                    self.cell(sheet, top + offset, place, value, column.format)
        wrapped = {field: column.width for field, column in columns.items() if column.format == "wrap"}
        for offset, texts in enumerate(zip(*(rows[field] for field in wrapped), strict=True), start=1):
            self.room(sheet, top + offset, zip(texts, wrapped.values(), strict=True))
        sheet.freeze_panes(top + 1, 1)
        sheet.autofilter(top, 0, top + len(rows), len(columns) - 1)
        sheet.repeat_rows(top)

    def heading(self, sheet: Any, row: int, place: int, column: Column) -> None:
        """A column's title, above its figures to the right."""
        style = "header" if column.format in ("text", "wrap", "date") else "header_right"
        sheet.write_string(row, place, self.heading_of(column), self.formats[style])

    def heading_of(self, column: Column) -> str:
        """A column's title, with the currency where the cells leave it out."""
        currency = self.money.currency if column.format in ("price", "money") else ""
        return f"{column.title} ({currency})" if currency else column.title

    def cell(self, sheet: Any, row: int, column: int, value: Any, kind: str) -> None:
        """One cell, by its kind: text stays text whatever it looks like, what is not known stays empty."""
        style = self.formats[kind]
        if pd.isna(value) or value == "" or (isinstance(value, float) and not math.isfinite(value)):
            sheet.write_blank(row, column, None, style)
        elif kind == "date":
            sheet.write_datetime(row, column, pd.Timestamp(value).to_pydatetime(), style)
        elif kind in ("text", "wrap") or isinstance(value, str):
            sheet.write_string(row, column, str(value)[:LONGEST_TEXT], style)
        else:
            sheet.write_number(row, column, float(value), style)


def cells(columns: dict[str, Column], row: int) -> dict[str, str]:
    """The cell of each field in the sheet's row ``row`` (the first is 1)."""
    return {field: f"{letter(columns, field)}{row}" for field in columns}


def letter(columns: dict[str, Column], field: str) -> str:
    """The letter of a field's column."""
    return chr(ord("A") + list(columns).index(field))


def _formats(book: Any, money: Money) -> dict[str, Any]:
    """The cell styles, by kind."""
    prefix = f'"{money.prefix}"' if money.prefix else ""
    amount, top, head = f"{prefix}#,##0.00", {"valign": "top"}, {"bold": True, "bg_color": "#E8EDF2", "bottom": 1}
    styles: dict[str, dict[str, Any]] = {
        "title": {"bold": True, "font_size": 14},
        "bold": {"bold": True, **top},
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
        "number": {"num_format": "#,##0.00##", **top},
        "money": {"num_format": "#,##0.00", **top},
        "amount": {"num_format": amount, **top},
        "share": {"num_format": "0%", **top},
        "share1": {"num_format": "0.0%", **top},
        "times": {"num_format": "0.0", **top},
        "change": {"num_format": "+#,##0;-#,##0;0", **top},
        "change_share": {"num_format": "+0.0%;-0.0%;0.0%", **top},
        "change_times": {"num_format": "+0.0;-0.0;0.0", **top},
        "broken": {"num_format": "#,##0.00", "italic": True, "font_color": "#7A7A7A", **top},
        "total": {"num_format": amount, "bold": True, "top": 1, **top},
        "total_units": {"num_format": "#,##0", "bold": True, "top": 1, **top},
    }
    return {kind: book.add_format(style) for kind, style in styles.items()}
