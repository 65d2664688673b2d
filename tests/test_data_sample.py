"""The sample company obeys the contract, tells DESIGN.md's story in its own rows, and is the same every time."""

import tomllib
from pathlib import Path

import pandas as pd
import pytest

from data.calendar import monday_of
from data.gate import read_company
from data.problems import Problem
from data.sample import AS_OF, true_products, write_sample
from data.schema import TABLES

FESTIVAL = pd.Timestamp("2025-11-03")
DATES = [
    "date",
    "due",
    "as_of",
    "start",
    "end",
    "ordered_on",
    "promised_on",
    "received_on",
    "season_start",
    "season_end",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample")
    write_sample(path)
    return path


@pytest.fixture(scope="module")
def tables(folder: Path) -> dict[str, pd.DataFrame]:
    read = {path.stem: pd.read_csv(path) for path in folder.glob("*.csv")}
    for table in read.values():
        for column in set(DATES) & set(table.columns):
            table[column] = pd.to_datetime(table[column])
    return read


@pytest.fixture(scope="module")
def baby(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Sales of baby goods with the Monday of their week."""
    items = tables["items"]
    sales = tables["sales"]
    sales = sales[sales["sku"].isin(items.loc[items["category"].eq("baby"), "sku"])]
    return sales.assign(week=monday_of(sales["date"]))


def test_the_columns_are_the_contracts(tables: dict[str, pd.DataFrame]) -> None:
    assert set(tables) == set(TABLES) - {"forecast", "markdowns", "transfers", "approved", "products"}
    for name, table in tables.items():
        declared = TABLES[name]
        missing = {column.name for column in declared.columns if column.required} - set(table.columns)
        unknown = set(table.columns) - {column.name for column in declared.columns}
        assert not missing, name
        assert not unknown or declared.extra, (name, unknown)


def test_the_same_seed_writes_the_same_bytes_and_another_seed_does_not(folder: Path, tmp_path: Path) -> None:
    write_sample(tmp_path / "again")
    write_sample(tmp_path / "other", seed=7)
    for path in folder.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes(), path.name
    assert (tmp_path / "other" / "sales.csv").read_bytes() != (folder / "sales.csv").read_bytes()


def test_it_says_that_it_is_synthetic(folder: Path) -> None:
    assert "synthetic" in (folder / "README.txt").read_text(encoding="utf-8")


def test_the_size_is_that_of_the_story(tables: dict[str, pd.DataFrame]) -> None:
    sales = tables["sales"]
    assert AS_OF.weekday() == 0
    assert 190 <= len(tables["items"]) <= 220
    assert set(tables["locations"]["location"]) == set(sales["location"])
    assert len(tables["suppliers"]) == 8
    assert monday_of(sales["date"]).nunique() == 156
    assert sales["date"].max() < AS_OF
    year = sales[sales["date"] >= AS_OF - pd.Timedelta(weeks=52)]
    assert 10e6 < (year["units"] * year["price"]).sum() < 20e6
    assert set(tables["sourcing"]["lead_time_weeks"]) >= {1, 14}


def test_the_festival_sold_8000_where_the_average_said_5000(
    tables: dict[str, pd.DataFrame], baby: pd.DataFrame
) -> None:
    before = baby[baby["week"].between(FESTIVAL - pd.Timedelta(weeks=13), FESTIVAL - pd.Timedelta(weeks=1))]
    during = baby[baby["week"].between(FESTIVAL, FESTIVAL + pd.Timedelta(weeks=1))]
    receipts = tables["receipts"]
    assert before["units"].sum() / 13 * 2 == pytest.approx(5000, rel=0.03)
    assert during["units"].sum() == pytest.approx(8000, rel=0.03)
    assert receipts.loc[receipts["po"].str.startswith("FEST"), "units"].sum() == 5000
    assert receipts.loc[receipts["po"].str.startswith("EXPRESS"), "units"].sum() == pytest.approx(3000, rel=0.1)


def test_a_fifth_of_the_festivals_shelves_ran_out(baby: pd.DataFrame) -> None:
    during = baby[baby["week"].between(FESTIVAL, FESTIVAL + pd.Timedelta(weeks=1))]
    shelf = during.groupby(["sku", "location", "week"])["in_stock"].min()
    assert (shelf < 1).mean() == pytest.approx(0.22, abs=0.01)


def test_the_next_festival_is_four_weeks_ahead_and_undercovered(
    tables: dict[str, pd.DataFrame], baby: pd.DataFrame
) -> None:
    coming = tables["promotions"].query("start > @AS_OF and kind == 'festival' and category == 'baby'")
    assert list(coming["start"]) == [AS_OF + pd.Timedelta(weeks=4)]
    key = ["sku", "location"]
    weekly = baby[baby["week"] >= AS_OF - pd.Timedelta(weeks=13)].groupby(key)["units"].sum() / 13
    stock, orders = tables["stock"], tables["open_orders"]
    shelf = stock[stock["system"].eq("logistics") & stock["counted"].eq(0)].groupby(key)["on_hand"].sum()
    due = orders[orders["due"] <= coming["end"].iloc[0]].groupby(key)["units"].sum()
    cover = shelf.add(due, fill_value=0).reindex(weekly.index) / weekly
    assert (cover < 4 + 2 * 1.6).mean() > 0.5
    assert (cover > 20).mean() > 0.05
    assert (cover < 1).mean() > 0.05


def test_down_jackets_are_overdue_by_15_days_again(tables: dict[str, pd.DataFrame]) -> None:
    items, orders, receipts = tables["items"], tables["open_orders"], tables["receipts"]
    jackets = items.loc[items["group"].eq("down jackets"), "sku"]
    overdue = orders[orders["due"] < AS_OF]
    assert set((AS_OF - overdue["due"]).dt.days) == {15}
    assert set(jackets) <= set(overdue["sku"])
    maker = receipts[receipts["supplier"].eq("CSD")].drop_duplicates("po")
    late = (maker["received_on"] - maker["promised_on"]).dt.days
    assert late[maker["promised_on"].eq("2025-10-06")].tolist() == [15]
    years = maker["promised_on"].dt.year
    assert late.groupby(years).mean().loc[2023:2025].is_monotonic_increasing


def test_a_fifth_of_the_jackets_was_left_and_lost_120000(tables: dict[str, pd.DataFrame]) -> None:
    items = tables["items"].set_index("sku")
    jackets = items[items["group"].eq("down jackets")]
    sales, receipts = tables["sales"], tables["receipts"]
    winter = sales["sku"].isin(jackets.index) & sales["date"].between("2025-09-01", "2026-02-28")
    sold = sales[winter].groupby("sku")["units"].sum()
    waves = receipts["sku"].isin(jackets.index) & receipts["promised_on"].between("2025-09-01", "2026-02-28")
    bought = receipts[waves].groupby("sku")["units"].sum()
    left = bought - sold
    assert left.sum() / bought.sum() == pytest.approx(0.20, abs=0.02)
    lost = (left * (jackets["unit_cost"] - jackets["salvage_value"])).sum()
    assert lost == pytest.approx(120_000, rel=0.1)


def test_the_warm_winter_hit_all_winter_goods(tables: dict[str, pd.DataFrame]) -> None:
    sales = tables["sales"].merge(tables["items"][["sku", "category", "group"]], on="sku")
    winter = sales[sales["category"].eq("winter") & sales["date"].dt.month.isin([11, 12, 1])]
    season = winter["date"].dt.year - winter["date"].dt.month.eq(1)
    by_group = winter.groupby(["group", season])["units"].sum().unstack()
    assert (by_group[2024] < 0.9 * by_group[[2023, 2025]].mean(axis=1)).all()


def test_the_four_systems_disagree(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    stock = tables["stock"].query("counted == 0")
    article = stock[stock["sku"].eq("W-2002") & stock["location"].eq("hangzhou")].set_index("system")["on_hand"]
    assert (article["erp"], article["shop"]) == (1000, 20)
    trust = tomllib.loads((folder / "restock.toml").read_text(encoding="utf-8"))["stock"]["trust"]
    assert set(trust) == set(stock["system"])
    assert trust[0] == "logistics"
    assert stock.groupby("system")["as_of"].nunique().eq(1).all()


def test_the_ledger_of_a_counted_shelf_settles_whom_to_believe(folder: Path) -> None:
    company, _ = read_company(folder, AS_OF)
    seen = company.stock_picture
    article = seen.loc[("W-2002", "hangzhou")]
    assert article["book"] == pytest.approx(article["on_hand"], abs=1)
    assert not article["disputed"]
    assert "erp says 1000" in article["why"]
    assert "ledger says 47.4 (2026-09-22)" in article["why"]
    counted = seen[seen["book"].notna()]
    assert set(company.items.loc[counted.index.get_level_values("sku"), "category"]) == {"winter"}
    assert (counted["book"] - counted["on_hand"]).abs().le(2).all()
    assert seen.loc[seen["book"].isna(), "disputed"].sum() > 10


def test_codes_of_other_systems_are_aliases(tables: dict[str, pd.DataFrame]) -> None:
    stock, aliases, items = tables["stock"], tables["aliases"], tables["items"]
    own = stock[~stock["sku"].isin(items["sku"])]
    known = set(zip(aliases["system"], aliases["system_sku"], strict=True))
    assert len(own) > 50
    assert set(zip(own["system"], own["sku"], strict=True)) <= known
    assert set(aliases["sku"]) <= set(items["sku"])


def test_45_percent_of_the_product_records_repeat_another(tables: dict[str, pd.DataFrame]) -> None:
    records = true_products()
    assert records["sku"].duplicated().mean() == pytest.approx(0.45, abs=0.01)
    erp = records[records["system"].eq("erp")]
    assert set(erp["system_sku"]) == set(tables["items"]["sku"])
    assert erp["sku"].duplicated().sum() == 12
    assert not records.duplicated(["system", "system_sku"]).any()


def test_there_are_censored_weeks_a_tail_and_new_products(tables: dict[str, pd.DataFrame]) -> None:
    sales, items = tables["sales"], tables["items"]
    assert 0.01 < (sales["in_stock"] < 1).mean() < 0.1
    weeks = sales[sales["units"] > 0].groupby(["sku", "location"])["date"].nunique()
    assert (weeks < 0.6 * 156).sum() > 20
    new = items[items["like_sku"].notna()]
    assert len(new) >= 6
    assert set(new["like_sku"]) <= set(items["sku"])
    assert (~new["sku"].isin(sales["sku"])).sum() == 3


def test_the_gate_accepts_it_and_lists_what_is_wrong(folder: Path, tables: dict[str, pd.DataFrame]) -> None:
    company, problems = read_company(folder, AS_OF)
    assert company.as_of == AS_OF
    assert len(company.history.weeks) == 156
    assert set(company.items.index) == set(tables["items"]["sku"])
    assert "block" not in {problem.severity for problem in problems}
    assert _count(problems, "sales", "repeats") == 12
    assert _count(problems, "sales", "not in items") == 3
    assert _count(problems, "open_orders", "overdue") == tables["open_orders"]["due"].lt(AS_OF).sum()
    assert _count(problems, "stock", "disagree") > 100


def _count(problems: list[Problem], table: str, words: str) -> int:
    return sum(problem.table == table and words in problem.problem for problem in problems)
