"""What a person is asked about products: which records are probably which item, beside what was decided before."""

from pathlib import Path

import pandas as pd

from data.check import check_table
from data.company import Company
from data.duplicates import CODES, PROPOSAL_COLUMNS, proposals, weekly_sales
from data.findings import Findings, RawTable
from data.load import load
from data.merges import NO, YES

REVIEW_COLUMNS = [*PROPOSAL_COLUMNS, "decision", "who"]
SALES = "sales"
"""The system of names that only sales rows use."""


def review(source: str | Path, company: Company, least: float) -> pd.DataFrame:
    """Proposals of at least ``least`` that nobody has decided, the surest first, then the decided rows as they were
    (``REVIEW_COLUMNS``): the whole can be sent back as the table products.
    """
    raws = load(source, Findings())
    decided = _decided(raws)
    known = _known(raws, decided)
    records = pd.concat([_listed(raws), _sold(raws, company, known)], ignore_index=True)
    pairs = pd.MultiIndex.from_frame(records[["system", "system_sku"]])
    refused = frozenset(zip(decided["system"], decided["system_sku"], decided["sku"], strict=True))
    named = ["name", "category", "price", *(name for name in CODES if name in company.items)]
    found = proposals(company.items[named], records[~pairs.isin(known)], weekly_sales(company), least, refused)
    return pd.concat([found.assign(decision="", who=""), decided], ignore_index=True)[REVIEW_COLUMNS]


def _frame(raws: dict[str, RawTable], name: str) -> pd.DataFrame:
    """The table's rows that can be read, as plain text and numbers; without a row if it is not given."""
    checked = check_table(raws[name], "", Findings()) if name in raws else None
    if checked is None:
        return pd.DataFrame()
    frame = checked.frame
    return frame.astype(dict.fromkeys(frame.columns[frame.dtypes == "category"], object))


def _decided(raws: dict[str, RawTable]) -> pd.DataFrame:
    rows = _frame(raws, "products")
    if rows.empty:
        empty = pd.DataFrame(columns=REVIEW_COLUMNS, dtype=object)
        return empty.astype({"score": float})
    return rows.loc[rows["decision"].str.lower().isin(YES | NO), REVIEW_COLUMNS]


def _known(raws: dict[str, RawTable], decided: pd.DataFrame) -> set[tuple[str, str]]:
    """Records of which it is known which item they are."""
    aliases = _frame(raws, "aliases")
    said = decided[decided["decision"].str.lower().isin(YES)]
    known = set(zip(said["system"], said["system_sku"], strict=True))
    return known | (set(zip(aliases["system"], aliases["system_sku"], strict=True)) if len(aliases) else set())


def _listed(raws: dict[str, RawTable]) -> pd.DataFrame:
    rows = _frame(raws, "records")
    return rows if len(rows) else pd.DataFrame(columns=["system", "system_sku", "name"], dtype=object)


def _sold(raws: dict[str, RawTable], company: Company, known: set[tuple[str, str]]) -> pd.DataFrame:
    """Names in the sales that are no item's, with the description that most of their rows bear."""
    nobody = pd.DataFrame(columns=["system", "system_sku", "name"], dtype=object)
    if SALES not in raws or not {"sku", "description"} <= set(raws[SALES].text.columns):
        return nobody
    text = raws[SALES].text
    elsewhere = {code for _, code in known} | set(company.items.index)
    strange = ~text["sku"].isin(elsewhere | {""}) & (text["description"] != "")
    rows = text.loc[strange, ["sku", "description"]].astype(object)
    if rows.empty:
        return nobody
    names = rows.groupby("sku")["description"].agg(lambda told: told.value_counts().sort_index(kind="stable").idxmax())
    return pd.DataFrame({"system": SALES, "system_sku": names.index, "name": names.to_numpy()})
