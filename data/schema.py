"""Every input table and each of its columns, declared once: loader, checks and data dictionary come from here."""

from data.column_kinds import day, key, location, money, sku, some_sku, supplier, text, units, weeks
from data.columns import MOST_UNITS, MOST_WEEKS, Column, Table

QUANTILE_COLUMNS = tuple(f"q{percent:02d}" for percent in range(1, 100))
OPERATIONS = ("set", "add", "multiply")
APPROVED_FIGURES = ("unit_cost", "value", "firm")
SALES_KINDS = ("sale", "return", "cancellation", "adjustment")

SALES = Table(
    "sales",
    "What was sold: one row per week, per day or per receipt line; they are added up to Monday weeks.",
    (
        day("date", "day of the sale, or any day of its week", required=True, if_bad="row"),
        sku(key=False),
        location("main", key=False),
        units("units", "units sold; negative: given back or cancelled", required=True, low=-MOST_UNITS),
        Column("in_stock", "share", "share of the period in which it could be sold", default=1.0),
        money("price", "selling price", above_low=True, default_note="unknown"),
        text(
            "kind",
            "sale, return, cancellation, or adjustment (a correction of stock, which is no demand)",
            "sale; return if units are negative",
        ),
        text("document", "number of the receipt or invoice: tells two equal sales from one that was exported twice"),
        text("customer", "buyer: lets a return find the sale that it undoes"),
        text("description", "the item's name as the selling system wrote it"),
    ),
    required=True,
    left_out="The row is left out: its units are missing from the history.",
)

ITEMS = Table(
    "items",
    "What is bought and sold.",
    (
        key("sku", "item"),
        money("unit_cost", "what a unit costs to buy", required=True, if_bad="row"),
        money("price", "selling price", required=True, if_bad="row"),
        text("name", "name shown to people"),
        text("category", "group that budgets, promotions and scenarios refer to"),
        money(
            "holding_cost",
            "cost of holding a unit for a week",
            unit="money per unit and week",
            default_note="unit_cost x carrying rate / 52",
        ),
        money("shortage_cost", "loss per unit of lost sales", default_note="price - unit_cost, at least 0"),
        money("salvage_value", "what a unit left at season_end or end_of_life brings", default_note="unit_cost"),
        day("season_start", "first day of its season; a new item is not sold before it", default_note="no season"),
        day("season_end", "last day of its season", default_note="no season"),
        day(
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
        text("like_sku", "an older item whose demand this new one is expected to follow", refers="items"),
        money("volume", "what a unit takes of a container", unit="volume per unit", default_note="nothing"),
        money("weight", "what a unit weighs in a container", unit="weight per unit", default_note="nothing"),
    ),
    required=True,
    extra="attributes",
    left_out="The item is left out of the run.",
)

LOCATIONS = Table(
    "locations",
    "The shops and warehouses.",
    (key("location", "shop or warehouse"),),
    extra="attributes",
)

SUPPLIERS = Table(
    "suppliers",
    "Who delivers, and on what terms. A supplier that is not listed has the defaults.",
    (
        key("supplier", "supplier"),
        text("name", "name shown to people"),
        money("order_cost", "fixed cost of an order", unit="money per order", default=0.0),
        money("min_order_value", "least value of an order", unit="money", default=0.0),
        weeks("order_every_weeks", "weeks from one order to the next", default=1.0, low=1),
        day("first_order", "a day of an order week: anchors the cycle", default_note="the cycle starts anywhere"),
        units("capacity_units", "most units per order week", default_note="no limit", if_bad="cell"),
        Column("payment_days", "number", "days from arrival to payment", unit="days", default=0.0, low=0, high=3650),
        money("container_volume", "what a container holds", unit="volume", above_low=True, default_note="no limit"),
        money("container_weight", "what a container carries", unit="weight", above_low=True, default_note="no limit"),
        money("container_cost", "cost of each container that is started", unit="money per container", default=0.0),
    ),
)

SOURCING = Table(
    "sourcing",
    "Which supplier delivers which item, how fast and in what lots.",
    (
        sku(),
        key("supplier", "supplier"),
        weeks("lead_time_weeks", "from the order to the Monday when it can be sold", required=True, if_bad="row"),
        location("", "all"),
        money("unit_cost", "what a unit costs from this supplier", default_note="the item's unit_cost"),
        Column(
            "lead_time_sd",
            "number",
            "standard deviation of the lead time",
            unit="weeks",
            default=0.0,
            low=0,
            high=MOST_WEEKS,
        ),
        units("moq", "least units per order", default=0.0, if_bad="cell"),
        units("pack_size", "orders are multiples of it", kind="whole", default=1.0, low=1, if_bad="cell"),
        units("max_units", "most units per order", default_note="no limit", if_bad="cell"),
        money("line_cost", "fixed cost of an order line, whatever its units", unit="money per line", default=0.0),
        weeks("expedite_lead_time_weeks", "lead time by express", default_note="no express"),
        money("expedite_unit_cost", "what a unit costs by express", default_note="unit_cost"),
    ),
    required=True,
    left_out="The row is left out: the item is not ordered from this source.",
)

PRICE_BREAKS = Table(
    "price_breaks",
    "All-units discounts: the whole order line costs the price of the highest step that it reaches.",
    (
        sku(),
        key("supplier", "supplier"),
        units("from_units", "least units of the step", required=True, key=True),
        money("unit_cost", "what a unit costs from this step on", required=True, if_bad="row"),
    ),
    left_out="The row is left out: the price step is not used.",
)

STOCK = Table(
    "stock",
    "What each system says lies on the shelf on the run's Monday before opening.",
    (
        sku(),
        units("on_hand", "units on the shelf", required=True),
        location("main"),
        text("system", "system that says so", default="main", key=True),
        day("as_of", "day on which it said so", key=True, default_note="unknown: older than any other"),
        units("reserved", "units promised to somebody, not for sale", default=0.0, if_bad="cell"),
        Column("counted", "share", "1: the shelf was counted on that day, which opens its ledger", default=0.0),
    ),
    required=True,
    left_out="The row is left out: these units are not counted; with no other row the stock is 0.",
)

OPEN_ORDERS = Table(
    "open_orders",
    "Purchase orders that have not arrived.",
    (
        key("po", "number of the purchase order"),
        sku(),
        units("units", "units still to come", required=True, if_bad="block"),
        day("due", "day of arrival now promised", required=True, key=True, if_bad="block"),
        supplier("unknown", key=False),
        location("", "the only location, or main"),
        day("ordered_on", "day of the order"),
        day("shipped_on", "day on which the supplier handed it to the carrier", default_note="not known"),
        money("cancel_cost", "what cancelling costs, the goods then not paid", default_note="it cannot be cancelled"),
        day("expedite_due", "day of arrival if it is rushed", default_note="it cannot be rushed"),
        money("expedite_cost", "what rushing it costs", default=0.0),
    ),
    left_out="The row is left out: these units are not expected.",
    parts=True,
)

RECEIPTS = Table(
    "receipts",
    "Purchase orders that arrived: how long suppliers really take.",
    (
        key("po", "number of the purchase order"),
        sku(),
        units("units", "units received", required=True),
        key("supplier", "supplier", key=False),
        day("ordered_on", "day of the order", required=True, if_bad="row"),
        day("promised_on", "day of arrival promised"),
        day("received_on", "day of arrival", required=True, key=True, if_bad="row"),
        location("", "not told"),
        day("shipped_on", "day on which the supplier handed it to the carrier", default_note="not known"),
    ),
    left_out="The row is left out: lead times are judged without it.",
    parts=True,
)

PROMOTIONS = Table(
    "promotions",
    "Promotions of the past and of the future.",
    (
        key("promo", "the promotion's name"),
        day("start", "first day", required=True, key=True, if_bad="row"),
        day("end", "last day", required=True, if_bad="row"),
        some_sku("all of the category", key=True),
        text("category", "group of items", "all", key=True),
        location("", "all"),
        text("kind", "what sort of promotion, such as festival or clearance"),
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
        day("date", "day, or any day of the week", required=True, key=True, if_bad="row"),
        some_sku("all", key=True),
        location("", "all"),
    ),
    extra="numbers",
    left_out="The row is left out: the forecast does not see it.",
)

BUDGETS = Table(
    "budgets",
    "The most money that may be ordered in a period, at cost.",
    (
        day("start", "first day", required=True, key=True, if_bad="block"),
        day("end", "last day", required=True, key=True, if_bad="block"),
        money(
            "amount", "limit of the orders placed in the period", unit="money", required=True, if_bad="block", high=1e15
        ),
        supplier("all"),
        text("category", "group of items", "all", key=True),
    ),
)

MARKDOWNS = Table(
    "markdowns",
    "What goods bring when they are cleared before the season's end. In each week the rows that began last count; "
    "several that began together are steps: so many units at one value, more at the next.",
    (
        money("value", "what a unit brings", required=True, if_bad="row", key=True),
        some_sku("all", key=True),
        text("category", "group of items", "all", key=True),
        location("", "all"),
        day("from_date", "first day", key=True, default_note="the run's Monday"),
        weeks("weeks_before_end", "weeks before season_end in which it begins", key=True, default_note="any"),
        units("most_units", "most units a week at this value", default_note="no limit", if_bad="cell"),
    ),
    left_out="The row is left out: nothing is cleared at this value.",
)

TRANSFERS = Table(
    "transfers",
    "Between which locations goods can be moved.",
    (
        key("from_location", "where they leave"),
        key("to_location", "where they arrive"),
        weeks("lead_time_weeks", "from leaving to the Monday when they can be sold", required=True, if_bad="row"),
        some_sku("all", key=True),
        money("unit_cost", "what moving a unit costs", default=0.0),
        units("most_units", "most units of an item a week", default_note="no limit", if_bad="cell"),
    ),
    left_out="The row is left out: nothing is moved that way.",
)

APPROVED = Table(
    "approved",
    "The order plan that was approved, such as the orders.csv of an earlier run: the new plan keeps to it where that "
    "costs little ([stability] in restock.toml).",
    (
        day("order_date", "day of the order", required=True, key=True, if_bad="row"),
        key("supplier", "supplier"),
        sku(),
        units("units", "units ordered", required=True),
        location("", "the only location, or main"),
        Column("expedite", "share", "1: by express", default=0.0, key=True),
        Column("held", "share", "1: ordered exactly so, whatever it costs", default=0.0),
        day("arrival_date", "as in orders.csv; not read", default_note="not read"),
        *(Column(name, "number", "as in orders.csv; not read", default_note="not read") for name in APPROVED_FIGURES),
        text("reason", "as in orders.csv; not read", "not read"),
    ),
    left_out="The row is left out: this order line is not kept.",
    parts=True,
)

ALIASES = Table(
    "aliases",
    "What other systems call an item.",
    (
        key("system", "system that uses the name"),
        key("system_sku", "the item's name there"),
        sku(key=False),
    ),
    left_out="The row is left out: the name is not translated.",
)

RECORDS = Table(
    "records",
    "The other systems' own lists of products: restock products looks for the company's items among them. Nothing else "
    "reads it.",
    (
        key("system", "system that keeps the list"),
        key("system_sku", "the product's code there"),
        key("name", "the product's name there", key=False),
        text("barcode", "EAN, UPC or another number printed on the product"),
        text("category", "group of items"),
        money("price", "selling price", default_note="unknown"),
    ),
    extra="attributes",
    left_out="The row is left out: no item is looked for.",
)

PRODUCTS = Table(
    "products",
    "Which records are one product: the products.csv that restock products proposed, with a person's decisions.",
    (
        text("system", "system that keeps the record", "the record is itself an item", key=True),
        key("system_sku", "the record's code there; of an item: its sku"),
        sku(),
        text("decision", "yes: the record is this item; no: it is not", "not decided: nothing changes"),
        text("who", "who decided"),
        Column("score", "number", "as in products.csv; not read", default_note="not read"),
        *(text(name, "as in products.csv; not read", "not read") for name in ("name", "item_name", "evidence")),
    ),
    left_out="The row is left out: the record stays as it is.",
)

FORECAST = Table(
    "forecast",
    "A forecast from elsewhere, used instead of restock's for the items that it names; "
    "columns q01 to q99 hold quantiles, without them it is taken as certain.",
    (
        sku(),
        day("week", "the week's Monday", required=True, key=True, if_bad="row"),
        units("mean", "expected demand", required=True),
        location("", "the only location, or main"),
    ),
    extra="quantiles",
    left_out="The row is left out: the week counts as one without a forecast.",
)

OVERRIDES = Table(
    "overrides",
    "What planners know better than the forecast: it enters over the forecast, and its value is measured.",
    (
        key("who", "the planner", key=False),
        day("made_on", "day on which it was made: a run sees it from then on", required=True, if_bad="row"),
        some_sku("all of the category"),
        text("category", "group of items", "all"),
        location("", "all", key=False),
        day("start", "first day", required=True, if_bad="row"),
        day("end", "last day", required=True, if_bad="row"),
        key("operation", "set, add or multiply", key=False),
        units(
            "value",
            "demand a week of all that the row names together; of multiply: the factor",
            unit="sales units, or a factor",
            required=True,
            low=-MOST_UNITS,
        ),
        text("why", "what the planner knows"),
        day("until", "last day on which it holds; then it must be made anew", default_note="no end"),
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
