"""One product under several names: found with a score, merged only where a person says so, and undone."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.company import Company
from data.duplicates import proposals, weekly_sales
from data.gate import read_company
from data.name_match import forbidden, likeness
from data.problems import Problem
from data.product_names import parsed
from data.product_review import review
from data.sample import tables, true_products

NO_SALES = pd.DataFrame()
NO_RECORDS = pd.DataFrame(columns=["system", "system_sku", "name"])


def _items(**names: str) -> pd.DataFrame:
    return pd.DataFrame({"name": list(names.values())}, index=pd.Index(list(names), name="sku"))


def _records(*names: str) -> pd.DataFrame:
    return pd.DataFrame({"system": "shop", "system_sku": [f"T{n}" for n in range(len(names))], "name": names})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Winter coat black M", "fleece-lined coat, BLACK (m)"),
        ("Warm coat black M", "加絨外套 黑色 M"),
        ("Storage box 收纳箱 0.5 l", "收納箱 500ml"),
        ("纯棉袜 35-38 5 pairs", "纯棉袜 35-385PAIRS"),
    ],
)
def test_one_product_in_other_words(one: str, other: str) -> None:
    names = parsed(one), parsed(other)
    assert forbidden(*names) == ""
    assert likeness(*names, {}, 1.0) > 0.8


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("Glass bottle 500 ml", "Glass bottle 750 ml", "numbers"),
        ("Glass bottle 1 l", "Glass bottle 1 ml", "numbers"),
        ("Down jacket black S", "Down jacket black XL", "sizes"),
        ("羽绒服 黑色", "羽绒服 红色", "colours"),
        ("Beanie grey", "Beanie kids", "kinds of part"),
    ],
)
def test_what_forbids_that_two_names_are_one(one: str, other: str, why: str) -> None:
    assert forbidden(parsed(one), parsed(other)) == why


def test_words_that_contradict_each_other_are_no_match() -> None:
    assert likeness(parsed("Muslin swaddle stars"), parsed("Muslin swaddle bears"), {}, 1.0) < 0.6


def test_a_name_that_leaves_open_which_item_it_means_is_unclear() -> None:
    red_and_blue = _items(B="Scarf striped wool red", C="Scarf striped wool blue")
    found = proposals(red_and_blue, _records("striped scarf"), NO_SALES, 0.0)
    assert "unclear: 1 other item is as near" in found["evidence"].iloc[-1]
    assert found["score"].iloc[-1] < 0.6
    items = _items(A="Scarf wool", B="Scarf wool striped", C="Scarf wool dotted")
    sure = proposals(items, _records("SCARF WOOL DOTTED"), NO_SALES, 0.75)
    assert sure[["system", "system_sku", "sku"]].to_numpy().tolist() == [["shop", "T0", "C"]]


def test_the_same_barcode_decides_whatever_the_names_say() -> None:
    items = _items(A="Ear thermometer", B="Snow boots").assign(barcode=["0690 1234", ""])
    records = _records("something else").assign(barcode="6901234")
    found = proposals(items, records, NO_SALES, 0.75).iloc[0]
    assert (found["sku"], found["evidence"], found["score"]) == ("A", "the same barcode", 0.99)


def test_what_was_refused_is_not_proposed_again() -> None:
    items = _items(A="Snow boots 38", X="SNOW BOOTS (38)")
    sales = pd.DataFrame({0: [9.0, 1.0]}, index=["A", "X"])
    assert proposals(items, NO_RECORDS, sales, 0.75)[["system_sku", "sku"]].to_numpy().tolist() == [["X", "A"]]
    assert proposals(items, NO_RECORDS, sales, 0.75, frozenset({("", "X", "A")})).empty


def test_the_samples_planted_duplicates_are_found_without_its_aliases() -> None:
    """Precision at least 0.95 where recall is 0.8; benchmarks/duplicates.py prints both over several seeds."""
    sample, truth = tables(7), true_products(7)
    product = {(row.system, row.system_sku): row.sku for row in truth.itertuples()}
    items = sample["items"].set_index("sku")[["name", "category", "price"]]
    found = proposals(items, sample["records"], NO_SALES, 0.75)
    right = np.array(
        [
            product[row.system or "erp", row.system_sku] == product["erp", row.sku]
            for row in found.itertuples(index=False)
        ]
    )
    repeats = truth["sku"].duplicated().sum()
    first = int(np.flatnonzero(right.cumsum() >= 0.8 * repeats)[0]) + 1
    assert right[:first].mean() >= 0.95
    assert right.sum() >= 0.9 * repeats


TABLES = {
    "sales": "date,sku,units,description\n"
    + "".join(f"2026-0{1 + w // 4}-{5 + 7 * (w % 4):02d},{s},{u},\n" for w in range(8) for s, u in (("A", 9), ("X", 2)))
    + "2026-02-02,T9,3,SNOW BOOTS 38\n",
    "items": "sku,unit_cost,price,name,like_sku\nA,4,10,Snow boots 38,\nX,4,10,Snow boots (38),A\nB,5,9,Hat,X\n",
    "sourcing": "sku,supplier,lead_time_weeks,moq\nA,S,2,10\nX,S,5,50\nX,T,1,1\nB,S,1,1\n",
    "stock": "sku,on_hand,system\nA,7,wms\nX,5,erp\nX,6,wms\nB,1,wms\n",
    "open_orders": "po,sku,units,due,supplier\n1,A,10,2026-04-06,S\n1,X,10,2026-04-06,S\n",
    "receipts": "po,sku,units,supplier,ordered_on,received_on\n0,A,4,S,2026-01-05,2026-01-19\n"
    "0,X,4,S,2026-01-05,2026-01-19\n",
    "aliases": "system,system_sku,sku\nshop,x1,X\n",
}
HEADER = "system,system_sku,sku,decision,who\n"


def _gate(folder: Path, products: str = "") -> tuple[Company, list[Problem]]:
    for name, text in (TABLES | ({"products": HEADER + products} if products else {})).items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return read_company(folder, pd.Timestamp("2026-03-02"))


def _told(problems: list[Problem]) -> set[str]:
    return {problem.problem for problem in problems if problem.table == "products"}


def test_a_confirmed_merge_loses_nothing_and_is_undone_by_removing_its_row(tmp_path: Path) -> None:
    before, _ = _gate(tmp_path)
    after, problems = _gate(tmp_path, ",X,A,yes,Li\n")
    assert list(after.items.index) == ["A", "B"]
    assert "items were merged as the products table says" in _told(problems)
    assert np.nansum(after.history.units) == np.nansum(before.history.units)
    assert after.stock["on_hand"].tolist() == [12.0, 1.0] == [before.stock.loc[["A", "X"], "on_hand"].sum(), 1.0]
    assert after.open_orders[["sku", "units"]].to_numpy().tolist() == [["A", 20.0]]
    assert after.receipts["units"].tolist() == [8.0]
    assert after.items["like_sku"].tolist() == ["", "A"]
    lanes = after.sourcing[["sku", "supplier", "lead_time_weeks", "moq"]].to_numpy().tolist()
    assert lanes == [["A", "S", 2, 10.0], ["A", "T", 1, 1.0], ["B", "S", 1, 1.0]]
    (tmp_path / "products.csv").unlink()
    again, _ = _gate(tmp_path)
    assert again.input_digest == before.input_digest
    pd.testing.assert_frame_equal(again.stock, before.stock)


def test_a_refused_or_undecided_row_changes_nothing(tmp_path: Path) -> None:
    before, _ = _gate(tmp_path)
    after, problems = _gate(tmp_path, ",X,A,no,Li\n,B,A,,\n")
    assert list(after.items.index) == list(before.items.index)
    assert not _told(problems)


def test_a_record_of_another_system_becomes_an_alias(tmp_path: Path) -> None:
    before, found = _gate(tmp_path)
    assert any(problem.problem == "sku is not in items" for problem in found)
    after, _ = _gate(tmp_path, "sales,T9,A,yes,Li\n")
    assert np.nansum(after.history.units) == np.nansum(before.history.units) + 3


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (",X,A,perhaps,\n", "the decision is neither yes nor no"),
        (",Z,A,yes,\n", "the record is no item"),
        (",X,A,yes,\n,X,B,yes,\n", "the record is said to be several products"),
        (",X,A,yes,\n,A,X,yes,\n", "items become each other in a circle"),
        ("shop,x1,A,yes,\n", "the aliases table says that it is another item"),
    ],
)
def test_decisions_that_cannot_be_followed_are_named_and_left_out(tmp_path: Path, rows: str, problem: str) -> None:
    company, problems = _gate(tmp_path, rows)
    assert problem in _told(problems)
    assert list(company.items.index) == ["A", "B", "X"]


def test_two_codes_of_one_item_in_one_system_add_up(tmp_path: Path) -> None:
    for name, text in TABLES.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    (tmp_path / "aliases.csv").write_text("system,system_sku,sku\nwms,y1,A\nwms,y2,A\n", encoding="utf-8")
    (tmp_path / "stock.csv").write_text("sku,on_hand,system\ny1,3,wms\ny2,4,wms\nB,1,wms\n", encoding="utf-8")
    company, problems = read_company(tmp_path, pd.Timestamp("2026-03-02"))
    assert company.stock["on_hand"].tolist() == [7.0, 1.0, 0.0]
    assert "one item is named by several codes" in {problem.problem for problem in problems}


def test_the_review_holds_proposals_then_decisions(tmp_path: Path) -> None:
    company, _ = _gate(tmp_path, ",B,A,no,Li\n")
    table = review(tmp_path, company, 0.75)
    assert table[["system", "system_sku", "sku", "decision"]].to_numpy().tolist() == [
        ["", "X", "A", ""],
        ["sales", "T9", "A", ""],
        ["", "B", "A", "no"],
    ]
    assert weekly_sales(company).loc["A"].sum() == 72
