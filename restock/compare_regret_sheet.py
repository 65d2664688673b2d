"""The sheet of robust choice in compare.xlsx: what every plan costs in every world, and its regret there, live."""

from typing import Any

import pandas as pd
from xlsxwriter.utility import xl_rowcol_to_cell as cell

from restock.sheets import Sheets
from scenarios.regret import exceeds, least_regret

TOP, WIDE = 4, 18
BROKEN = (
    "Grey italics: it goes beyond a budget or a capacity of that world and cannot be placed there as it stands; what "
    "it exceeds counts as the planner weighs it, at more than it can earn."
)


def write_regret(sheets: Sheets, sheet: Any, regret: pd.DataFrame) -> None:
    """Costs by plan (row) and world (column), the best of each world, and what every plan costs more."""
    worlds, plans = (list(dict.fromkeys(regret[name])) for name in ("world", "plan"))
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, len(worlds) + 1, WIDE)
    choice, formats = least_regret(regret), sheets.formats
    sheet.write_string(0, 0, f"Least worst regret: the plan for “{choice.plan}”", formats["title"])
    sheet.write_string(1, 0, BROKEN, formats["text"])
    _head(sheets, sheet, TOP - 1, ["Total cost of the plan for … in", *worlds])
    best, below = TOP + len(plans), TOP + len(plans) + 3
    sheet.write_string(best, 0, "Best", formats["bold"])
    _head(sheets, sheet, below - 1, ["Regret of the plan for … in", *worlds, "At worst"])
    rows = regret.assign(broken=exceeds(regret)).set_index(["plan", "world"])
    for i, plan in enumerate(plans):
        for line in (TOP + i, below + i):
            sheet.write_string(line, 0, plan, formats["bold"])
        for j, world in enumerate(worlds, start=1):
            own = rows.loc[(plan, world)]
            style = formats["broken" if own["broken"] else "money"]
            sheet.write_number(TOP + i, j, float(own["cost"]), style)
            sheet.write_number(best, j, float(own["cost"] - own["regret"]), formats["money"])
            sheet.write_formula(below + i, j, f"={cell(TOP + i, j)}-{cell(best, j)}", style, float(own["regret"]))
        span = f"{cell(below + i, 1)}:{cell(below + i, len(worlds))}"
        worst = float(rows.loc[plan]["regret"].max())
        sheet.write_formula(below + i, len(worlds) + 1, f"=MAX({span})", formats["money"], worst)
    sheet.freeze_panes(0, 1)


def _head(sheets: Sheets, sheet: Any, row: int, titles: list[str]) -> None:
    for place, title in enumerate(titles):
        sheet.write_string(row, place, title, sheets.formats["header_right" if place else "header"])
    sheets.room(sheet, row, [(title, WIDE) for title in titles[1:]])
