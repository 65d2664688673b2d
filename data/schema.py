"""Every input table and each of its columns, declared once: loader, checks and data dictionary come from here."""

from typing import Any

from data.columns import MOST_MONEY, MOST_UNITS, MOST_WEEKS, Column, Table

QUANTILE_COLUMNS = tuple(f"q{percent:02d}" for percent in range(1, 100))
OPERATIONS = ("set", "add", "multiply")
APPROVED_FIGURES = ("unit_cost", "value", "firm")
SALES_KINDS = ("sale", "return", "cancellation", "adjustment")


def _key(name: str, meaning: str, **more: Any) -> Column:
    return Column(name, "text", meaning, **{"required": True, "key": True, "if_bad": "row", **more})


def _sku(**more: Any) -> Column:
    return _key("sku", "item", **{"refers": "items", **more})


def _some_sku(note: str, **more: Any) -> Column:
    return Column("sku", "text", "item", default="", default_note=note, refers="items", if_bad="row", **more)


def _location(default: str, note: str = "", key: bool = True) -> Column:
    return Column("location", "text", "shop or warehouse", default=default, default_note=note, key=key, if_bad="row")


def _supplier(note: str, key: bool = True) -> Column:
    return Column("supplier", "text", "supplier", default="", default_note=note, key=key, if_bad="row")


def _text(name: str, meaning: str, note: str = "", **more: Any) -> Column:
    return Column(name, "text", meaning, **{"default": "", "default_note": note, **more})


def _units(name: str, meaning: str, **more: Any) -> Column:
    settings = {"kind": "number", "unit": "sales units", "low": 0, "high": MOST_UNITS, "if_bad": "row"}
    return Column(name, meaning=meaning, **{**settings, **more})


def _money(name: str, meaning: str, **more: Any) -> Column:
    return Column(name, "number", meaning, **{"unit": "money per unit", "low": 0, "high": MOST_MONEY, **more})


def _weeks(name: str, meaning: str, **more: Any) -> Column:
    return Column(name, "whole", meaning, **{"unit": "weeks", "low": 0, "high": MOST_WEEKS, **more})


def _day(name: str, meaning: str, **more: Any) -> Column:
    return Column(name, "date", meaning, **more)


SALES = Table(
    "sales",
    "What was sold: one row per week, per day or per receipt line; they are added up to Monday weeks.",
    (
        _day("date", "day of the sale, or any day of its week", required=True, if_bad="row"),
        _sku(key=False),
        _location("main", key=False),
        _units("units", "units sold; negative: given back or cancelled", required=True, low=-MOST_UNITS),
        Column("in_stock", "share", "share of the period in which it could be sold", default=1.0),
        _money("price", "selling price", above_low=True, default_note="unknown"),
        _text(
            "kind",
            "sale, return, cancellation, or adjustment (a correction of stock, which is no demand)",
            "sale; return if units are negative",
        ),
        _text("document", "number of the receipt or invoice: tells two equal sales from one that was exported twice"),
        _text("customer", "buyer: lets a return find the sale that it undoes"),
        _text("description", "the item's name as the selling system wrote it"),
    ),
    required=True,
    left_out="The row is left out: its units are missing from the history.",
)

ITEMS = Table(
    "items",
    "What is bought and sold.",
    (
        _key("sku", "item"),
        _money("unit_cost", "what a unit costs to buy", required=True, if_bad="row"),
        _money("price", "selling price", required=True, if_bad="row"),
        _text("name", "name shown to people"),
        _text("category", "group that budgets, promotions and scenarios refer to"),
        _money(
            "holding_cost",
            "cost of holding a unit for a week",
            unit="money per unit and week",
            default_note="unit_cost x carrying rate / 52",
        ),
        _money("shortage_cost", "loss per unit of lost sales", default_note="price - unit_cost, at least 0"),
        _money("salvage_value", "what a unit left at season_end or end_of_life brings", default_note="unit_cost"),
        _day("season_start", "first day of its season", default_note="no season"),
        _day("season_end", "last day of its season", default_note="no season"),
        _day(
            "end_of_life",
            "last day on which it is sold; nothing is ordered for later",
            default_note="none",
        ),
        Column(
            "service_floor",
            "number",
            "least expected fill rate: the share of demand that is met from stock, over all its locations",
            unit="share",
            default=0.0,
            default_note="no floor of its own",
            low=0,
            high=1,
        ),
        _text("like_sku", "an older item whose demand this new one is expected to follow", refers="items"),
        _money("volume", "what a unit takes of a container", unit="volume per unit", default_note="nothing"),
        _money("weight", "what a unit weighs in a container", unit="weight per unit", default_note="nothing"),
    ),
    required=True,
    extra="attributes",
    left_out="The item is left out of the run.",
)

LOCATIONS = Table(
    "locations",
    "The shops and warehouses.",
    (_key("location", "shop or warehouse"),),
    extra="attributes",
)

SUPPLIERS = Table(
    "suppliers",
    "Who delivers, and on what terms. A supplier that is not listed has the defaults.",
    (
        _key("supplier", "supplier"),
        _text("name", "name shown to people"),
        _money("order_cost", "fixed cost of an order", unit="money per order", default=0.0),
        _money("min_order_value", "least value of an order", unit="money", default=0.0),
        _weeks("order_every_weeks", "weeks from one order to the next", default=1.0, low=1),
        _day("first_order", "a day of an order week: anchors the cycle", default_note="the cycle starts anywhere"),
        _units("capacity_units", "most units per order week", default_note="no limit", if_bad="cell"),
        Column("payment_days", "number", "days from arrival to payment", unit="days", default=0.0, low=0, high=3650),
        _money("container_volume", "what a container holds", unit="volume", above_low=True, default_note="no limit"),
        _money("container_weight", "what a container carries", unit="weight", above_low=True, default_note="no limit"),
        _money("container_cost", "cost of each container that is started", unit="money per container", default=0.0),
    ),
)

SOURCING = Table(
    "sourcing",
    "Which supplier delivers which item, how fast and in what lots.",
    (
        _sku(),
        _key("supplier", "supplier"),
        _weeks("lead_time_weeks", "from the order to the Monday when it can be sold", required=True, if_bad="row"),
        _location("", "all"),
        _money("unit_cost", "what a unit costs from this supplier", default_note="the item's unit_cost"),
        Column(
            "lead_time_sd",
            "number",
            "standard deviation of the lead time",
            unit="weeks",
            default=0.0,
            low=0,
            high=MOST_WEEKS,
        ),
        _units("moq", "least units per order", default=0.0, if_bad="cell"),
        _units("pack_size", "orders are multiples of it", kind="whole", default=1.0, low=1, if_bad="cell"),
        _units("max_units", "most units per order", default_note="no limit", if_bad="cell"),
        _money("line_cost", "fixed cost of an order line, whatever its units", unit="money per line", default=0.0),
        _weeks("expedite_lead_time_weeks", "lead time by express", default_note="no express"),
        _money("expedite_unit_cost", "what a unit costs by express", default_note="unit_cost"),
    ),
    required=True,
    left_out="The row is left out: the item is not ordered from this source.",
)

PRICE_BREAKS = Table(
    "price_breaks",
    "All-units discounts: the whole order line costs the price of the highest step that it reaches.",
    (
        _sku(),
        _key("supplier", "supplier"),
        _units("from_units", "least units of the step", required=True, key=True),
        _money("unit_cost", "what a unit costs from this step on", required=True, if_bad="row"),
    ),
    left_out="The row is left out: the price step is not used.",
)

STOCK = Table(
    "stock",
    "What each system says lies on the shelf on the run's Monday before opening.",
    (
        _sku(),
        _units("on_hand", "units on the shelf", required=True),
        _location("main"),
        _text("system", "system that says so", default="main", key=True),
        _day("as_of", "day on which it said so", key=True, default_note="unknown: older than any other"),
        _units("reserved", "units promised to somebody, not for sale", default=0.0, if_bad="cell"),
    ),
    required=True,
    left_out="The row is left out: these units are not counted; with no other row the stock is 0.",
)

OPEN_ORDERS = Table(
    "open_orders",
    "Purchase orders that have not arrived.",
    (
        _key("po", "number of the purchase order"),
        _sku(),
        _units("units", "units still to come", required=True, if_bad="block"),
        _day("due", "day of arrival now promised", required=True, key=True, if_bad="block"),
        _supplier("unknown", key=False),
        _location("", "the only location, or main"),
        _day("ordered_on", "day of the order"),
        _day("shipped_on", "day on which the supplier handed it to the carrier", default_note="not known"),
        _money("cancel_cost", "what cancelling costs, the goods then not paid", default_note="it cannot be cancelled"),
        _day("expedite_due", "day of arrival if it is rushed", default_note="it cannot be rushed"),
        _money("expedite_cost", "what rushing it costs", default=0.0),
    ),
    left_out="The row is left out: these units are not expected.",
    parts=True,
)

RECEIPTS = Table(
    "receipts",
    "Purchase orders that arrived: how long suppliers really take.",
    (
        _key("po", "number of the purchase order"),
        _sku(),
        _units("units", "units received", required=True),
        _key("supplier", "supplier", key=False),
        _day("ordered_on", "day of the order", required=True, if_bad="row"),
        _day("promised_on", "day of arrival promised"),
        _day("received_on", "day of arrival", required=True, key=True, if_bad="row"),
        _day("shipped_on", "day on which the supplier handed it to the carrier", default_note="not known"),
    ),
    left_out="The row is left out: lead times are judged without it.",
    parts=True,
)

PROMOTIONS = Table(
    "promotions",
    "Promotions of the past and of the future.",
    (
        _key("promo", "the promotion's name"),
        _day("start", "first day", required=True, key=True, if_bad="row"),
        _day("end", "last day", required=True, if_bad="row"),
        _some_sku("all of the category", key=True),
        _text("category", "group of items", "all", key=True),
        _location("", "all"),
        _text("kind", "what sort of promotion, such as festival or clearance"),
        Column("discount", "number", "price cut, as a share of the price", unit="share", low=0, high=1),
        Column(
            "expected_uplift",
            "number",
            "demand as a multiple of normal demand",
            unit="factor",
            low=0,
            high=1000,
            default_note="learned from past promotions",
        ),
    ),
    left_out="The row is left out: the promotion is not known to the forecast.",
)

DRIVERS = Table(
    "drivers",
    "What moves demand and is known ahead, in numeric columns of any name (price, deal, holiday ...).",
    (
        _day("date", "day, or any day of the week", required=True, key=True, if_bad="row"),
        _some_sku("all", key=True),
        _location("", "all"),
    ),
    extra="numbers",
    left_out="The row is left out: the forecast does not see it.",
)

BUDGETS = Table(
    "budgets",
    "The most money that may be ordered in a period, at cost.",
    (
        _day("start", "first day", required=True, key=True, if_bad="block"),
        _day("end", "last day", required=True, key=True, if_bad="block"),
        _money(
            "amount", "limit of the orders placed in the period", unit="money", required=True, if_bad="block", high=1e15
        ),
        _supplier("all"),
        _text("category", "group of items", "all", key=True),
    ),
)

MARKDOWNS = Table(
    "markdowns",
    "What goods bring when they are cleared before the season's end. In each week the rows that began last count; "
    "several that began together are steps: so many units at one value, more at the next.",
    (
        _money("value", "what a unit brings", required=True, if_bad="row", key=True),
        _some_sku("all", key=True),
        _text("category", "group of items", "all", key=True),
        _location("", "all"),
        _day("from_date", "first day", key=True, default_note="the run's Monday"),
        _weeks("weeks_before_end", "weeks before season_end in which it begins", key=True, default_note="any"),
        _units("most_units", "most units a week at this value", default_note="no limit", if_bad="cell"),
    ),
    left_out="The row is left out: nothing is cleared at this value.",
)

TRANSFERS = Table(
    "transfers",
    "Between which locations goods can be moved.",
    (
        _key("from_location", "where they leave"),
        _key("to_location", "where they arrive"),
        _weeks("lead_time_weeks", "from leaving to the Monday when they can be sold", required=True, if_bad="row"),
        _some_sku("all", key=True),
        _money("unit_cost", "what moving a unit costs", default=0.0),
        _units("most_units", "most units of an item a week", default_note="no limit", if_bad="cell"),
    ),
    left_out="The row is left out: nothing is moved that way.",
)

APPROVED = Table(
    "approved",
    "The order plan that was approved, such as the orders.csv of an earlier run: the new plan keeps to it where that "
    "costs little ([stability] in restock.toml).",
    (
        _day("order_date", "day of the order", required=True, key=True, if_bad="row"),
        _key("supplier", "supplier"),
        _sku(),
        _units("units", "units ordered", required=True),
        _location("", "the only location, or main"),
        Column("expedite", "share", "1: by express", default=0.0, key=True),
        Column("held", "share", "1: ordered exactly so, whatever it costs", default=0.0),
        _day("arrival_date", "as in orders.csv; not read", default_note="not read"),
        *(Column(name, "number", "as in orders.csv; not read", default_note="not read") for name in APPROVED_FIGURES),
        _text("reason", "as in orders.csv; not read", "not read"),
    ),
    left_out="The row is left out: this order line is not kept.",
    parts=True,
)

ALIASES = Table(
    "aliases",
    "What other systems call an item.",
    (
        _key("system", "system that uses the name"),
        _key("system_sku", "the item's name there"),
        _sku(key=False),
    ),
    left_out="The row is left out: the name is not translated.",
)

RECORDS = Table(
    "records",
    "The other systems' own lists of products: restock products looks for the company's items among them. Nothing else "
    "reads it.",
    (
        _key("system", "system that keeps the list"),
        _key("system_sku", "the product's code there"),
        _key("name", "the product's name there", key=False),
        _text("barcode", "EAN, UPC or another number printed on the product"),
        _text("category", "group of items"),
        _money("price", "selling price", default_note="unknown"),
    ),
    extra="attributes",
    left_out="The row is left out: no item is looked for.",
)

PRODUCTS = Table(
    "products",
    "Which records are one product: the products.csv that restock products proposed, with a person's decisions.",
    (
        _text("system", "system that keeps the record", "the record is itself an item", key=True),
        _key("system_sku", "the record's code there; of an item: its sku"),
        _sku(),
        _text("decision", "yes: the record is this item; no: it is not", "not decided: nothing changes"),
        _text("who", "who decided"),
        Column("score", "number", "as in products.csv; not read", default_note="not read"),
        *(_text(name, "as in products.csv; not read", "not read") for name in ("name", "item_name", "evidence")),
    ),
    left_out="The row is left out: the record stays as it is.",
)

FORECAST = Table(
    "forecast",
    "A forecast from elsewhere, used instead of restock's for the items that it names; "
    "columns q01 to q99 hold quantiles, without them it is taken as certain.",
    (
        _sku(),
        _day("week", "the week's Monday", required=True, key=True, if_bad="row"),
        _units("mean", "expected demand", required=True),
        _location("", "the only location, or main"),
    ),
    extra="quantiles",
    left_out="The row is left out: the week counts as one without a forecast.",
)

OVERRIDES = Table(
    "overrides",
    "What planners know better than the forecast: it enters over the forecast, and its value is measured.",
    (
        _key("who", "the planner", key=False),
        _day("made_on", "day on which it was made: a run sees it from then on", required=True, if_bad="row"),
        _some_sku("all of the category"),
        _text("category", "group of items", "all"),
        _location("", "all", key=False),
        _day("start", "first day", required=True, if_bad="row"),
        _day("end", "last day", required=True, if_bad="row"),
        _key("operation", "set, add or multiply", key=False),
        _units(
            "value",
            "demand a week of all that the row names together; of multiply: the factor",
            unit="sales units, or a factor",
            required=True,
            low=-MOST_UNITS,
        ),
        _text("why", "what the planner knows"),
        _day("until", "last day on which it holds; then it must be made anew", default_note="no end"),
    ),
    left_out="The row is left out: the forecast stays as it is.",
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        *(SALES, ITEMS, LOCATIONS, SUPPLIERS, SOURCING, PRICE_BREAKS, STOCK, OPEN_ORDERS),
        *(RECEIPTS, PROMOTIONS, DRIVERS, BUDGETS, MARKDOWNS, TRANSFERS, APPROVED, ALIASES, RECORDS),
        *(PRODUCTS, FORECAST, OVERRIDES),
    )
}
