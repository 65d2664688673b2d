"""What cannot be true together, what other tables must know, and which stock is trusted."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from data.company import Company
from data.gate import read_company
from data.problems import Problem, Rejected, problems_table

TABLES = {
    "sales": "date,sku,location,units\n2026-01-05,A,main,5\n2026-01-05,B,main,2\n2026-01-12,A,west,4\n",
    "items": "sku,unit_cost,price,category\nA,4,10,coats\nB,8,20,shoes\n",
    "sourcing": "sku,supplier,lead_time_weeks\nA,S,2\nB,S,3\n",
    "stock": "sku,on_hand,location\nA,7,main\nB,1,main\nA,2,west\n",
}
Read = Callable[..., tuple[Company, list[Problem]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads the small company with some files' contents changed."""

    def run(**changed: str) -> tuple[Company, list[Problem]]:
        for name, content in (TABLES | changed).items():
            (tmp_path / ("restock.toml" if name == "policy" else f"{name}.csv")).write_text(content, encoding="utf-8")
        return read_company(tmp_path)

    return run


def said(problems: list[Problem]) -> list[tuple[str, str, int | None, str]]:
    return [(problem.severity, problem.table, problem.row, problem.problem) for problem in problems]


def test_defaults_are_filled_in(read: Read) -> None:
    company, problems = read()
    assert problems == []
    item, lane = company.items.loc["A"], company.sourcing.iloc[0]
    assert item["holding_cost"] == pytest.approx(4 * 0.25 / 52)
    assert (item["shortage_cost"], item["salvage_value"]) == (6, 4)
    assert (lane["unit_cost"], lane["moq"], lane["pack_size"], lane["max_units"]) == (4, 0, 1, float("inf"))
    terms = [0, 0, 1, float("inf"), 0, float("inf"), float("inf"), 0]
    assert company.suppliers.loc["S"].drop(["name", "first_order"]).tolist() == terms
    assert (len(company.markdowns), len(company.transfers)) == (0, 0)
    assert company.locations.index.tolist() == ["main", "west"]


def test_carrying_rate_of_the_policy_is_used(read: Read) -> None:
    company, _ = read(policy="[money]\ncarrying_rate = 0.52\n")
    assert company.items["holding_cost"].tolist() == pytest.approx([0.04, 0.08])


def test_sourcing_for_one_location_goes_before_sourcing_for_all(read: Read) -> None:
    company, _ = read(sourcing="sku,supplier,lead_time_weeks,location\nA,S,2,\nA,S,5,west\nB,S,3,\n")
    lead_times = company.sourcing.set_index(["sku", "location"])["lead_time_weeks"]
    assert lead_times.to_dict() == {("A", "main"): 2, ("A", "west"): 5, ("B", "main"): 3}


def test_a_new_item_is_planned_at_every_location(read: Read) -> None:
    company, problems = read(items=TABLES["items"] + "C,1,2,coats\n", sourcing=TABLES["sourcing"] + "C,S,1\n")
    assert [pair for pair in company.series if pair[0] == "C"] == [("C", "main"), ("C", "west")]
    assert {problem.problem for problem in problems} == {"no system says what is on the shelf"}


def test_an_item_that_takes_no_part_is_noted(read: Read) -> None:
    company, problems = read(items=TABLES["items"] + "C,1,2,coats\n")
    assert said(problems) == [("info", "items", None, "the item is neither sold, stocked nor bought")]
    assert "C" not in company.series.get_level_values("sku")


def test_attributes_travel_along(read: Read) -> None:
    items = "sku,unit_cost,price,colour,weight,code\nA,4,10,red,1.5,007\nB,8,20,blue,,12\n"
    company, problems = read(items=items, locations="location,city\nmain,Bern\nwest,Genf\n")
    assert problems == []
    assert company.items["colour"].tolist() == ["red", "blue"]
    assert company.items["weight"].isna().tolist() == [False, True]
    assert company.items["code"].tolist() == ["007", "12"]
    assert company.locations["city"].tolist() == ["Bern", "Genf"]


def test_drivers_keep_their_numbers(read: Read) -> None:
    company, problems = read(drivers="date,sku,holiday,deal,note\n2026-01-05,A,1,,sunny\n2026-01-12,,0,0.5,\n")
    assert company.drivers[["holiday", "deal"]].fillna(-1).to_numpy().tolist() == [[1, -1], [0, 0.5]]
    assert said(problems) == [("info", "drivers", None, "no cell of the column is a number")]


def test_unknown_columns_are_noted(read: Read) -> None:
    _, problems = read(stock="sku,on_hand,location,reservd\nA,7,main,1\nB,1,main,0\nA,2,west,0\n")
    assert said(problems) == [("info", "stock", None, "the column is not known")]
    assert problems[0].remedy == "Rename it reserved, if it is that."


def test_supplier_without_terms_is_reported_where_others_have_them(read: Read) -> None:
    company, problems = read(suppliers="supplier,order_cost\nT,50\n")
    assert [(problem.severity, problem.value) for problem in problems] == [("warn", "S")]
    assert company.suppliers["order_cost"].to_dict() == {"S": 0, "T": 50}


def test_unlisted_location_counts_with_a_warning(read: Read) -> None:
    company, problems = read(locations="location\nmain\n")
    assert {(problem.severity, problem.table, problem.value) for problem in problems} == {
        ("warn", "sales", "west"),
        ("warn", "stock", "west"),
    }
    assert ("A", "west") in company.series


def test_open_orders_become_sellable_on_mondays(read: Read) -> None:
    orders = "1,A,5,2026-01-19,main\n2,A,6,2026-01-20,main\n3,A,7,2026-01-02,west\n4,B,1,2026-01-21,east\n"
    company, problems = read(open_orders="po,sku,units,due,location\n" + orders)
    assert company.open_orders.set_index("po")["week"].dt.strftime("%m-%d").to_dict() == {
        "1": "01-19",
        "2": "01-26",
        "3": "01-26",
    }
    assert said(problems) == [
        ("warn", "open_orders", 5, "the location is not known"),
        ("warn", "open_orders", 4, "the order is overdue"),
    ]


def test_parts_of_an_order_line_add_up_and_repeats_do_not(read: Read) -> None:
    orders = "1,A,5,2026-01-19,main\n1,A,7,2026-01-19,main\n1,A,5,2026-01-19,main\n"
    company, problems = read(open_orders="po,sku,units,due,location\n" + orders)
    assert company.open_orders["units"].tolist() == [5, 7]
    key = "po and sku and due and location"
    assert said(problems)[0] == ("warn", "open_orders", 2, f"rows of the same {key} differ")
    assert said(problems)[-1] == ("warn", "open_orders", 4, f"the row repeats another of the same {key}")


def test_an_order_line_that_came_to_two_places_on_one_day_is_no_problem(read: Read) -> None:
    came = "1,A,5,S,2025-12-01,2026-01-02,east\n1,A,5,S,2025-12-01,2026-01-02,west\n"
    company, problems = read(receipts="po,sku,units,supplier,ordered_on,received_on,location\n" + came)
    assert company.receipts["location"].tolist() == ["east", "west"]
    assert "receipts" not in {problem.table for problem in problems}


def test_blank_location_of_an_order_is_the_only_one(read: Read) -> None:
    company, _ = read(
        sales="date,sku,location,units\n2026-01-05,A,shop,5\n2026-01-05,B,shop,5\n",
        stock="sku,on_hand,location\nA,7,shop\nB,1,shop\n",
        open_orders="po,sku,units,due\n1,A,5,2026-01-19\n",
    )
    assert company.open_orders["location"].tolist() == ["shop"]
    assert set(company.series.get_level_values("location")) == {"shop"}


def test_periods_and_receipts_run_forward(read: Read) -> None:
    company, problems = read(
        promotions="promo,start,end,category\np,2026-02-01,2026-01-01,coats\nq,2026-01-01,2026-02-01,hats\nr,2026-01-01,2026-02-01,coats\n",
        receipts="po,sku,units,supplier,ordered_on,received_on\n1,A,5,S,2026-01-05,2026-01-01\n2,A,5,S,2025-12-01,2026-01-02\n3,A,5,S,2025-12-01,2026-03-02\n",
    )
    assert said(problems) == [
        ("warn", "promotions", 2, "the period ends before it starts"),
        ("warn", "receipts", 2, "the order arrived before it was placed"),
        ("warn", "promotions", 3, "no item is in this category"),
    ]
    assert company.promotions["promo"].tolist() == ["r"]
    assert company.receipts["po"].tolist() == ["2"]


def test_budget_that_ends_before_it_starts_stops_the_run(read: Read) -> None:
    with pytest.raises(Rejected) as rejection:
        read(budgets="start,end,amount\n2026-02-01,2026-01-01,100\n")
    assert said(rejection.value.problems) == [("block", "budgets", 2, "the period ends before it starts")]


def test_budget_of_nobody_is_reported(read: Read) -> None:
    _, problems = read(budgets="start,end,amount,supplier,category\n2026-01-01,2026-02-01,100,T,hats\n")
    assert {problem.field for problem in problems} == {"supplier", "category"}
    assert {problem.effect for problem in problems} == {"The budget limits nothing."}


def test_season_that_ends_before_it_starts_is_none(read: Read) -> None:
    company, problems = read(
        items="sku,unit_cost,price,season_start,season_end\nA,4,10,2026-10-01,2026-03-01\nB,8,20,,2026-03-01\n"
    )
    assert said(problems) == [("warn", "items", 2, "the season ends before it starts")]
    assert company.items["season_end"].isna().tolist() == [True, False]


def test_price_below_cost_leaves_no_margin(read: Read) -> None:
    company, problems = read(items="sku,unit_cost,price,shortage_cost\nA,14,10,\nB,18,10,3\n")
    assert said(problems) == [("warn", "items", 2, "price is below unit_cost")]
    assert company.items["shortage_cost"].tolist() == [0, 3]


def test_lots_and_express_that_cannot_be(read: Read) -> None:
    sourcing = (
        "sku,supplier,lead_time_weeks,moq,max_units,expedite_lead_time_weeks\nA,S,2,50,10,\nA,T,2,,,2\nB,S,3,,,1\n"
    )
    company, problems = read(sourcing=sourcing)
    assert said(problems) == [
        ("warn", "sourcing", 3, "express is not faster than the regular lead time"),
        ("warn", "sourcing", 2, "moq is above max_units: no order fits"),
    ]
    assert set(zip(company.sourcing["sku"], company.sourcing["supplier"], strict=True)) == {("A", "T"), ("B", "S")}


def test_a_lead_time_beyond_the_horizon_with_express_stays(read: Read) -> None:
    company, problems = read(sourcing="sku,supplier,lead_time_weeks,expedite_lead_time_weeks\nA,S,30,2\nB,S,3,\n")
    assert [(problem.row, problem.effect) for problem in problems] == [
        (2, "Only express orders from this source are proposed.")
    ]
    assert company.sourcing["lead_time_weeks"].tolist() == [30, 30, 3]


def test_price_steps_belong_to_a_source_and_fall(read: Read) -> None:
    company, problems = read(price_breaks="sku,supplier,from_units,unit_cost\nA,S,10,3.5\nA,S,20,3.8\nA,T,10,1\n")
    assert said(problems) == [
        ("warn", "price_breaks", 4, "the supplier does not deliver the item"),
        ("warn", "price_breaks", 3, "a larger quantity costs more per unit"),
    ]
    assert company.price_breaks["from_units"].tolist() == [10, 20]


def test_forecast_moves_to_mondays_and_its_quantiles_are_checked(read: Read) -> None:
    forecast = "sku,week,mean,location,q10,q90,p50\nA,2026-01-20,3,main,2,5,1\nB,2026-01-19,3,main,4,2,1\n"
    company, problems = read(forecast=forecast)
    assert company.forecast["week"].unique().tolist() == [pd.Timestamp("2026-01-19")]
    assert [column for column in company.forecast.columns if column.startswith("q")] == ["q10", "q90"]
    assert said(problems) == [
        ("info", "forecast", None, "the column is not known"),
        ("info", "forecast", 2, "week is not a Monday"),
        ("warn", "forecast", 3, "a higher quantile is below a lower one"),
    ]


STOCK = (
    "sku,on_hand,location,system,as_of,reserved\n"
    "A,1000,main,erp,2026-01-18,\nA,20,main,shop,2026-01-19,\nA,2,west,erp,,\n"
)


def test_the_later_report_of_stock_is_trusted(read: Read) -> None:
    company, problems = read(stock=STOCK + "B,9,main,erp,2026-01-19,\nB,7,main,shop,2026-01-19,\n")
    assert company.stock["on_hand"].to_dict() == {("A", "main"): 20, ("A", "west"): 2, ("B", "main"): 7}
    first = problems[0]
    assert (first.row, first.sku, first.value) == (2, "A", "1000")
    assert "shop is trusted: 20 units; erp says 1000 at main, +980 units, +3,920.00 at cost." in first.effect


def test_the_policys_order_of_trust_goes_first(read: Read) -> None:
    company, _ = read(stock=STOCK + "B,9,main,erp,2026-01-19,\n", policy='[stock]\ntrust = ["erp"]\n')
    assert company.stock["on_hand"].to_dict() == {("A", "main"): 1000, ("A", "west"): 2, ("B", "main"): 9}


def test_reserved_units_are_not_sellable(read: Read) -> None:
    company, problems = read(stock="sku,on_hand,location,reserved\nA,7,main,3\nB,1,main,4\nA,2,west,\n")
    assert company.stock["on_hand"].tolist() == [4, 2, 0]
    assert said(problems) == [("warn", "stock", 3, "more units are reserved than are on hand")]


def test_old_and_future_stock_is_reported(read: Read) -> None:
    stock = "sku,on_hand,location,as_of\nA,7,main,2026-01-11\nB,1,main,2026-01-20\nA,2,west,2026-01-12\n"
    _, problems = read(stock=stock)
    assert said(problems) == [
        ("warn", "stock", 2, "the stock is older than a week"),
        ("warn", "stock", 3, "the stock is of a day after the run's Monday"),
    ]


def test_the_digest_knows_contents_not_their_order(read: Read) -> None:
    first, _ = read()
    head, *rows = TABLES["sales"].splitlines()
    again, _ = read(sales="\n".join([head, *reversed(rows)]) + "\n")
    other, _ = read(sales=TABLES["sales"].replace("A,west,4", "A,west,5"))
    strict, _ = read(policy="seed = 7\n", sales=TABLES["sales"])
    assert first.input_digest == again.input_digest
    assert len({first.input_digest, other.input_digest, strict.input_digest}) == 3


def test_problems_are_shown_worst_first() -> None:
    kinds = [Problem(severity, "t", "p", "r", "e") for severity in ("info", "block", "warn", "block")]
    assert problems_table(kinds)["severity"].tolist() == ["block", "block", "warn", "info"]


OVERRIDES = "who,made_on,sku,category,location,start,end,operation,value,why,until\n"


def test_overrides_are_read_with_their_line_and_blank_means_all(read: Read) -> None:
    row = "Ann,2026-01-10,A,,,2026-02-02,2026-02-15,Multiply,1.5,fair,2026-03-01\n"
    company, problems = read(overrides=OVERRIDES + row + "Bob,2026-01-11,,coats,west,2026-02-02,2026-02-08,set,40,,\n")
    assert problems == []
    table = company.overrides
    assert table[["who", "operation", "value", "why", "row"]].to_numpy().tolist() == [
        ["Ann", "multiply", 1.5, "fair", 2],
        ["Bob", "set", 40.0, "", 3],
    ]
    assert table[["sku", "category", "location"]].to_numpy().tolist() == [["A", "", ""], ["", "coats", "west"]]
    assert table["until"].isna().tolist() == [False, True]
    assert company.as_known_on(
        pd.Timestamp("2026-01-10") + pd.Timedelta(days=2 - 7), company.stock, company.open_orders
    ).overrides.empty


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("Ann,2026-01-10,A,,,2026-02-02,2026-02-15,replace,5,,", "operation is not known"),
        ("Ann,2026-01-10,A,,,2026-02-02,2026-02-15,set,-5,,", "demand is set to or multiplied by less than 0"),
        ("Ann,2026-01-10,A,,,2026-02-16,2026-02-15,set,5,,", "the period ends before it starts"),
        ("Ann,2026-01-10,A,,,2026-02-02,2026-02-15,set,5,,2026-01-09", "the override ceases to hold before it is made"),
        ("Ann,2026-01-10,Z,,,2026-02-02,2026-02-15,set,5,,", "sku is not in items"),
        ("Ann,2026-01-10,,hats,,2026-02-02,2026-02-15,set,5,,", "no item is in this category"),
        ("Ann,2026-01-10,A,,moon,2026-02-02,2026-02-15,set,5,,", "the location is not known"),
        (",2026-01-10,A,,,2026-02-02,2026-02-15,set,5,,", "who is blank, but required"),
    ],
)
def test_an_override_that_cannot_be_meant_is_left_out(read: Read, row: str, problem: str) -> None:
    company, problems = read(overrides=OVERRIDES + row + "\n")
    assert company.overrides.empty
    assert said(problems) == [("warn", "overrides", 2, problem)]


def test_units_may_be_taken_away(read: Read) -> None:
    company, problems = read(overrides=OVERRIDES + "Ann,2026-01-10,A,,,2026-02-02,2026-02-15,add,-5,,\n")
    assert (company.overrides["value"].tolist(), problems) == ([-5.0], [])


def test_an_item_is_sold_until_its_season_or_its_life_ends(read: Read) -> None:
    head = "sku,unit_cost,price,category,season_end,end_of_life\n"
    company, problems = read(items=head + "A,4,10,coats,2026-09-01,2026-08-01\nB,8,20,shoes,,\n")
    assert problems == []
    assert company.items["season_end"].tolist() == [pd.Timestamp("2026-08-01"), pd.NaT]
    assert company.items["end_of_life"].tolist() == [pd.Timestamp("2026-08-01"), pd.NaT]


def test_markdowns_and_transfers_without_a_most_have_no_limit(read: Read) -> None:
    company, problems = read(
        markdowns="value,category,from_date,most_units\n3,coats,2026-02-02,5\n2,,2026-03-02,\n",
        transfers="from_location,to_location,lead_time_weeks\nmain,west,1\n",
    )
    assert problems == []
    assert company.markdowns["most_units"].tolist() == [5, float("inf")]
    assert company.transfers[["unit_cost", "most_units"]].iloc[0].tolist() == [0, float("inf")]


def test_markdowns_and_transfers_that_cannot_be_are_left_out(read: Read) -> None:
    company, problems = read(
        markdowns="value,sku,category,weeks_before_end\n3,A,,2\n2,,hats,\n",
        transfers="from_location,to_location,lead_time_weeks\nmain,main,1\nmain,moon,1\n",
    )
    assert len(company.markdowns) == len(company.transfers) == 0
    assert said(problems) == [
        ("warn", "markdowns", 2, "the item has no season_end to count back from"),
        ("warn", "transfers", 2, "goods would be moved to where they are"),
        ("warn", "transfers", 3, "the location is not known"),
        ("warn", "markdowns", 3, "no item is in this category"),
    ]
