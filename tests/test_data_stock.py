"""One trusted picture of stock: who is trusted and why, the ledger, how sure, and what is in dispute."""

from pathlib import Path

import pandas as pd
import pytest

from data.company import Company
from data.gate import read_company

AS_OF = pd.Timestamp("2026-03-02")
TABLES = {
    "items": "sku,unit_cost,price\nA,4,10\n",
    "sourcing": "sku,supplier,lead_time_weeks\nA,S,2\n",
    "sales": "date,sku,units\n" + "".join(f"{AS_OF - pd.Timedelta(weeks=w):%Y-%m-%d},A,14\n" for w in range(1, 9)),
}
HEADER = "sku,system,as_of,on_hand,reserved,counted\n"


def _company(folder: Path, stock: str, policy: str = "", **more: str) -> Company:
    for name, text in {**TABLES, "stock": HEADER + stock, **more}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "restock.toml").write_text('[stock]\ntrust = ["wms", "erp", "shop"]\n' + policy, encoding="utf-8")
    return read_company(folder, AS_OF)[0]


def _seen(folder: Path, stock: str, policy: str = "", **more: str) -> pd.Series:
    company = _company(folder, stock, policy, **more)
    seen: pd.Series = company.stock_picture.iloc[0]
    assert company.stock["on_hand"].iloc[0] == seen["sellable"]
    return seen


def test_one_system_is_trusted_and_sure(tmp_path: Path) -> None:
    seen = _seen(tmp_path, "A,wms,2026-03-02,50,8,\n")
    assert seen[["on_hand", "reserved", "sellable", "lowest", "highest"]].tolist() == [50, 8, 42, 42, 42]
    assert (seen["sure"], seen["disputed"], seen["system"]) == (1.0, False, "wms")
    assert seen["why"] == "wms alone says anything: 42 on 2026-03-02"


def test_the_first_alone_against_two_is_in_dispute(tmp_path: Path) -> None:
    """Weights 1, 1/2 and 1/4: wms alone has 1 of 1.75."""
    seen = _seen(tmp_path, "A,wms,2026-03-02,50,,\nA,erp,2026-02-25,1000,,\nA,shop,2026-03-02,20,,\n")
    assert (seen["sellable"], seen["lowest"], seen["highest"]) == (50, 20, 1000)
    assert seen["sure"] == pytest.approx(1 / 1.75)
    assert seen["disputed"]
    assert seen["difference_value"] == 980 * 4
    assert "erp says 1000 (2026-02-25); shop says 20 (2026-03-02)" in seen["why"]


def test_two_that_agree_within_the_tolerance_outvote_the_third(tmp_path: Path) -> None:
    stock = "A,wms,2026-03-02,100,,\nA,erp,2026-03-02,104,,\nA,shop,2026-03-02,20,,\n"
    seen = _seen(tmp_path, stock)
    assert seen["sure"] == pytest.approx(1.5 / 1.75)
    assert not seen["disputed"]
    assert _seen(tmp_path, stock, "tolerance = 0.01\n")["disputed"]
    assert not _seen(tmp_path, stock, "tolerance = 0.01\nsure = 0\n")["disputed"]


def test_what_is_too_old_is_not_credible(tmp_path: Path) -> None:
    seen = _seen(tmp_path, "A,wms,2026-03-02,50,,\nA,shop,2026-01-05,500,,\n")
    assert (seen["highest"], seen["sure"]) == (50, 1.0)
    assert "shop says 500" in seen["why"]


def test_a_fresh_count_goes_before_the_order_of_trust(tmp_path: Path) -> None:
    seen = _seen(tmp_path, "A,wms,2026-03-02,50,,\nA,shop,2026-03-01,44,,1\n")
    assert (seen["sellable"], seen["why"].split(";")[0]) == (44, "shop counted 44 on 2026-03-01")


def test_the_ledger_opens_with_the_last_count(tmp_path: Path) -> None:
    """Counted 100 on a Thursday; 4 of 7 days' sales of 14, then 14 a week; 30 came, 7 were given back."""
    receipts = (
        "po,sku,units,supplier,ordered_on,received_on\n1,A,30,S,2026-02-01,2026-02-16\n0,A,9,S,2026-01-01,2026-02-02\n"
    )
    sales = TABLES["sales"] + "2026-02-25,A,-7\n"
    stock = "A,wms,2026-02-12,100,,1\nA,shop,2026-02-12,55,,\n"
    seen = _seen(tmp_path, stock, receipts=receipts, sales=sales)
    assert seen["book"] == pytest.approx(100 + 30 - (14 * 4 / 7 + 14 + 14 - 7))
    assert seen["sellable"] == seen["book"]
    assert seen["why"].startswith("the ledger opened by the count on 2026-02-12 says 101: no system spoke since")


def test_the_ledger_and_a_fresh_report_are_held_against_each_other(tmp_path: Path) -> None:
    """The count of two weeks ago weighs half to the power of 2/26, the ERP's word half of the first system's."""
    seen = _seen(tmp_path, "A,wms,2026-02-16,100,,1\nA,erp,2026-03-02,40,,\n")
    assert (seen["sellable"], seen["book"], seen["lowest"], seen["highest"]) == (72, 72, 40, 72)
    weight = 0.5 ** (2 / 26)
    assert seen["sure"] == pytest.approx(weight / (weight + 0.5))
    assert seen["disputed"]


def test_the_book_is_unknown_where_receipts_do_not_say_where_to(tmp_path: Path) -> None:
    sales = TABLES["sales"].replace("date,sku,units\n", "date,sku,location,units\n").replace(",A,", ",A,main,")
    receipts = "po,sku,units,supplier,ordered_on,received_on\n1,A,30,S,2026-02-01,2026-02-20\n"
    stock = "A,wms,2026-02-16,100,,1\n"
    extra = {"sales": sales + "2026-02-23,A,west,1\n", "receipts": receipts}
    assert pd.isna(_company(tmp_path, stock, **extra).stock_picture["book"].iloc[0])


def test_no_word_at_all_counts_as_nothing(tmp_path: Path) -> None:
    company = _company(
        tmp_path, "A,wms,2026-03-02,5,,\n", items=TABLES["items"] + "B,1,2\n", sourcing=TABLES["sourcing"] + "B,S,1\n"
    )
    seen = company.stock_picture.loc[("B", "main")]
    assert (seen["sellable"], seen["sure"]) == (0.0, 1.0)
    assert seen["why"] == "no system says anything: it counts as 0"
