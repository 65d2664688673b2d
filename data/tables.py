"""All tables together: which are there, which names they share, what is left of them."""

from dataclasses import dataclass

from data.check import Checked, check_table, empty_table
from data.findings import Findings, RawTable
from data.policy import Policy
from data.products import Names
from data.references import known_articles, known_like_sku, one_row_per_key
from data.sales_rows import told_apart
from data.schema import TABLES

FOLLOW_ITEMS = [name for name in TABLES if name not in ("items", "aliases")]


@dataclass(frozen=True)
class Tables:
    """Every table of the contract by its name, checked; those that the input lacks are empty."""

    checked: dict[str, Checked]

    def __getitem__(self, name: str) -> Checked:
        return self.checked[name]

    def given(self, name: str) -> bool:
        """Whether the table holds any row."""
        return len(self.checked[name].frame) > 0


def check_tables(raws: dict[str, RawTable], policy: Policy, found: Findings) -> Tables:
    """Every check that needs no clock; blocking problems are left for the caller to raise."""
    _missing(raws, found)
    checked = {}
    for name in TABLES:
        table = check_table(raws[name], policy.input.date_order, found) if name in raws else None
        checked[name] = empty_table(name) if table is None else table
    checked["sales"] = told_apart(checked["sales"], found)
    if len(checked["items"].frame):
        checked = _one_language(checked, found)
    return Tables({name: one_row_per_key(table, found) for name, table in checked.items()})


def _missing(raws: dict[str, RawTable], found: Findings) -> None:
    for name, table in TABLES.items():
        reported = any(problem.severity == "block" and problem.table == name for problem in found.problems)
        optional = not table.required or (name == "sales" and len(raws.get("forecast", ())) > 0)
        if name in raws and not len(raws[name]):
            _absent(name, "the table has no rows", optional, found)
        elif name not in raws and not reported and not optional:
            _absent(name, "the table is missing", optional, found)


def _absent(name: str, problem: str, optional: bool, found: Findings) -> None:
    if optional:
        found.add("info", name, problem, "None needed if there is nothing to tell.", "It counts as not given.")
    else:
        expected = ", ".join(column.name for column in TABLES[name].columns if column.required)
        remedy = f"Add the table {name} with the columns {expected}."
        found.add("block", name, problem, remedy, "The run stops.")


def _one_language(checked: dict[str, Checked], found: Findings) -> dict[str, Checked]:
    """Every table speaks of articles that the items have, by the names that the items use."""
    items = set(checked["items"].frame["sku"])
    nobody = Names(empty_table("aliases"), items)
    aliases = known_articles(checked["aliases"], nobody, items, found)
    names = Names(aliases, items)
    followed = {"items": known_like_sku(checked["items"], names, found), "aliases": aliases}
    for name in FOLLOW_ITEMS:
        table = checked[name]
        if "sku" in table.frame.columns:
            table = known_articles(names.translated(table, "sku", found), names, items, found)
        followed[name] = table
    return {name: followed[name] for name in TABLES}
