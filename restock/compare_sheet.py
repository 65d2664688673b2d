"""A scenario's sheet in compare.xlsx: every measure beside the base's, what reacting adds, and the weeks."""

from typing import Any

import numpy as np
from xlsxwriter.utility import xl_rowcol_to_cell as cell

from data.company import Floats
from restock.compare_charts import STEPS
from restock.compare_words import Effect, gap, three
from restock.sheets import Sheets
from scenarios.comparison import Comparison
from scenarios.finance_measures import BY_NAME, COST, COST_TERMS

HEAD = 4
COLUMNS = {
    "Measure": 30,
    "Unit": 8,
    "Base": 15,
    "As committed": 15,
    "to base": 14,
    "± error": 14,
    "Re-optimised": 15,
    "to base ": 14,
    "± error ": 14,
    "Reacting adds": 14,
    "± error  ": 14,
    "P10": 15,
    "P90": 15,
}
BASE, STAYS, REACTS = 2, 3, 6
DIFFERENCES = {4: (STAYS, BASE), 7: (REACTS, BASE), 9: (REACTS, STAYS)}
"""Columns of differences: which column less which; behind each stands its standard error."""
WEEKLY = ("cash_flow", "payments", "working_capital")
FORMATS = {"money": "units", "units": "units", "share": "share1", "times": "times"}
CHANGES = {"money": "change", "units": "change", "share": "change_share", "times": "change_times"}


class ScenarioSheet:
    """One sheet being written."""

    def __init__(self, sheets: Sheets, sheet: Any, compared: Comparison, effect: Effect) -> None:
        self.sheets, self.sheet, self.compared, self.effect = sheets, sheet, compared, effect
        self.formats = sheets.formats
        base, stays, reacts = three(compared, effect.name)
        self.outcomes = {BASE: base, STAYS: stays, REACTS: reacts}
        self.row_of = {name: HEAD + 1 + place for place, name in enumerate(BY_NAME)}

    def write(self) -> None:
        """Title, sentence, measures, sums to check them by, weeks."""
        self.sheet.write_string(0, 0, self.effect.name, self.formats["title"])
        self.sheet.write_string(1, 0, self.effect.why, self.formats["text"])
        self.sheet.merge_range(2, 0, 2, len(COLUMNS) - 1, "", self.formats["wrap"])
        self.sheets.paragraph(self.sheet, 2, 0, self.effect.sentence, 0.9 * sum(COLUMNS.values()))
        for place, (title, width) in enumerate(COLUMNS.items()):
            self.sheet.set_column(place, place, width)
            style = "header" if place < BASE else "header_right"
            self.sheet.write_string(HEAD, place, title.strip(), self.formats[style])
        for name in BY_NAME:
            self.measure(name)
        self.sums(HEAD + len(BY_NAME) + 2)
        self.weeks(HEAD + len(BY_NAME) + 6)
        self.sheet.freeze_panes(HEAD + 1, 1)
        self.sheet.set_h_pagebreaks([HEAD + len(BY_NAME) + 6])

    def measure(self, name: str) -> None:
        """A measure's row; its differences are formulas."""
        row, known = self.row_of[name], BY_NAME[name]
        style = self.formats[FORMATS[known.unit]]
        self.sheet.write_string(row, 0, known.label, self.formats["text"])
        self.sheet.write_string(row, 1, known.unit, self.formats["text"])
        for place, outcome in self.outcomes.items():
            self.sheet.write_number(row, place, float(outcome.totals[name].mean()), style)
        for place, (after, before) in DIFFERENCES.items():
            apart = gap(self.outcomes[after], self.outcomes[before], name)
            told, changed = f"={cell(row, after)}-{cell(row, before)}", self.formats[CHANGES[known.unit]]
            self.sheet.write_formula(row, place, told, changed, apart.mean)
            self.sheet.write_number(row, place + 1, apart.error, style)
        for place, level in zip((11, 12), np.quantile(self.outcomes[REACTS].totals[name], [0.1, 0.9]), strict=True):
            self.sheet.write_number(row, place, float(level), style)

    def sums(self, row: int) -> None:
        """Profit and total cost added up from their parts, for whoever wants to check them."""
        parts = {
            "Profit, added up": [(name, sign) for name, (_, sign) in STEPS.items()],
            "Total cost, added up": [(COST + term, 1) for term in COST_TERMS],
        }
        for offset, (title, terms) in enumerate(parts.items()):
            self.sheet.write_string(row + offset, 0, title, self.formats["bold"])
            for place, outcome in self.outcomes.items():
                told = "".join(f"{'+' if sign > 0 else '-'}{cell(self.row_of[name], place)}" for name, sign in terms)
                value = sum(sign * float(outcome.totals[name].mean()) for name, sign in terms)
                self.sheet.write_formula(row + offset, place, f"={told.lstrip('+')}", self.formats["units"], value)

    def weeks(self, row: int) -> None:
        """Cash flow, payments and working capital by week: base, committed, re-optimised and its difference."""
        weeks = self.compared.base.forecast.paths.weeks
        self.sheet.write_string(row, 0, "By week", self.formats["header"])
        self.sheet.write_string(row + 1, 0, "Week", self.formats["header"])
        for offset, week in enumerate(weeks, start=2):
            self.sheet.write_datetime(row + offset, 0, week.to_pydatetime(), self.formats["date"])
        for place, name in enumerate(WEEKLY):
            self.weekly(row, 1 + 4 * place, name)
        self.chart(row, len(weeks))

    def weekly(self, row: int, column: int, name: str) -> None:
        """A measure's four columns."""
        self.sheet.merge_range(row, column, row, column + 3, BY_NAME[name].label, self.formats["header_right"])
        for place, title in enumerate(("Base", "As committed", "Re-optimised", "to base")):
            self.sheet.write_string(row + 1, column + place, title, self.formats["header_right"])
        means: list[Floats] = [one.weekly[name].mean(axis=0) for one in self.outcomes.values()]
        for offset in range(len(means[0])):
            line = row + 2 + offset
            for place, values in enumerate(means):
                self.sheet.write_number(line, column + place, float(values[offset]), self.formats["units"])
            told = f"={cell(line, column + 2)}-{cell(line, column)}"
            apart = float(means[2][offset] - means[0][offset])
            self.sheet.write_formula(line, column + 3, told, self.formats["change"], apart)

    def chart(self, row: int, weeks: int) -> None:
        """Working capital by week as a picture beside its figures."""
        chart = self.sheets.book.add_chart({"type": "line"})
        name, column = self.sheet.get_name(), 1 + 4 * WEEKLY.index("working_capital")
        for place, title in enumerate(("Base", "As committed", "Re-optimised")):
            chart.add_series(
                {
                    "name": title,
                    "categories": [name, row + 2, 0, row + 1 + weeks, 0],
                    "values": [name, row + 2, column + place, row + 1 + weeks, column + place],
                }
            )
        chart.set_title({"name": BY_NAME["working_capital"].label})
        chart.set_x_axis({"date_axis": True, "num_format": "d mmm", "major_unit": 28, "major_unit_type": "days"})
        chart.set_y_axis({"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#D7DEE5"}}})
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 900, "height": 320})
        self.sheet.insert_chart(row + weeks + 3, 0, chart)
