"""restock products: which records are one product, for a person to decide."""

from datetime import date
from pathlib import Path

import pandas as pd

from data.company import Company
from data.gate import read_company
from data.product_review import review
from restock.call import Call
from restock.export import CHANCE, Writer, csv, name, words
from restock.files import WrongCall, prepared, write_text
from restock.terminal import safe, screen
from restock.wording import counted, share

PRODUCTS: dict[str, Writer] = {
    "score": CHANCE,
    **dict.fromkeys(("system", "system_sku"), name),
    "name": words,
    "sku": name,
    "item_name": words,
    "evidence": words,
    "decision": name,
    "who": words,
}
SHOWN = 12


def run_products(call: Call, source: str, as_of: date | None, least: float, out: Path) -> None:
    """Proposals into OUT/products.csv, with what was decided before."""
    target = prepared(out, source) / "products.csv"
    company, _ = read_company(source, None if as_of is None else pd.Timestamp(as_of), call.progress)
    call.progress("products", 0.0)
    table = review(source, company, least)
    _keep_decisions(target, table)
    write_text(target, csv(table, PRODUCTS))
    call.progress("products", 1.0)
    open_rows = table[table["decision"].eq("")]
    machine: dict[str, object] = {
        "proposed": len(open_rows),
        "decided": len(table) - len(open_rows),
        "value_of_stock": round(_stock_value(company, open_rows), 2),
        "products_csv": str(target),
    }
    call.answer(machine, lambda: _show(open_rows, target))


def _keep_decisions(target: Path, table: pd.DataFrame) -> None:
    """Raises WrongCall where the file that is there holds decisions that the input does not know yet."""
    if not target.exists():
        return
    try:
        there = pd.read_csv(target, dtype=str, keep_default_na=False)[["system", "system_sku", "sku", "decision"]]
    except (KeyError, ValueError):
        raise WrongCall(f"{target} is not a list of products as restock writes it. Give another folder.") from None
    made = there[there["decision"].str.strip() != ""]
    known = pd.MultiIndex.from_frame(table.loc[table["decision"].ne(""), ["system", "system_sku", "sku"]])
    if not pd.MultiIndex.from_frame(made[["system", "system_sku", "sku"]]).isin(known).all():
        raise WrongCall(
            f"{target} holds decisions that the input does not know. Copy it into the input as the table products, "
            "or give another folder."
        )


def _stock_value(company: Company, rows: pd.DataFrame) -> float:
    """What lies on the shelves of the items named, at cost."""
    value = company.stock["on_hand"] * company.items["unit_cost"].reindex(company.series, level="sku").to_numpy()
    return float(value.groupby(level="sku").sum().reindex(rows["sku"].unique()).sum())


def _show(rows: pd.DataFrame, target: Path) -> None:
    console = screen()
    if rows.empty:
        console.print(f"No record looks like another one's product. What was decided is in {safe(str(target))}.")
        return
    found = counted(len(rows), "record looks", "records look")
    console.print(f"[bold]{found} like a product that is known under another name.[/]")
    for row in rows.head(SHOWN).to_dict(orient="records"):
        where = f"{row['system']} {row['system_sku']}".strip()
        console.print(f"  {share(float(row['score']))}  {safe(where)} [dim]{safe(row['name'])}[/]")
        console.print(f"       is {safe(row['sku'])} [dim]{safe(row['item_name'])}; {safe(row['evidence'])}[/]")
    if len(rows) > SHOWN:
        console.print(f"… and {counted(len(rows) - SHOWN, 'more', 'more')}.")
    console.print(
        f"Nothing was merged. Write yes or no into the column decision of {safe(str(target))}, and copy the file into "
        "the input as products.csv: the next run does as you decided. A row that is removed is undone."
    )
