"""The sample company's products, suppliers and ways to buy: all names are invented."""

import re
from typing import NamedTuple

import numpy as np
import pandas as pd

from data.sample_story import HISTORY, JACKET_COST, JACKET_SALVAGE, rows, stream

LOCATIONS = pd.DataFrame(
    [("hangzhou", "Hangzhou 杭州", "e-commerce", 18_000), ("chengdu", "Chengdu 成都", "west", 6_500)],
    columns=["location", "city", "channel", "floor_m2"],
)


class Line(NamedTuple):
    """A product line: its variants share a price and sell ``weekly`` units each, at all locations together."""

    category: str
    group: str
    name: str
    variants: str
    price: float
    weekly: float
    supplier: str


LINES = (
    Line("baby", "diapers", "Cloudsoft diapers 纸尿裤", "NB 96|S 84|M 72|L 60|XL 48", 109, 95, "SUZ"),
    Line("baby", "diapers", "Cloudsoft pull-ups 拉拉裤", "M 54|L 48|XL 42|XXL 36", 99, 75, "SUZ"),
    Line("baby", "wipes", "婴儿湿巾", "80x5|80x10|20x8", 45, 100, "SUZ"),
    Line("baby", "nursing", "Nursing pads 防溢乳垫", "50|100|200", 35, 30, "SUZ"),
    Line("baby", "feeding", "Glass bottle 玻璃奶瓶", "120 ml|160 ml|240 ml", 59, 28, "HZB"),
    Line("baby", "feeding", "PPSU bottle", "160 ml|240 ml|330 ml", 89, 32, "NUR"),
    Line("baby", "feeding", "Silicone teat 奶嘴", "S|M|L", 25, 55, "NUR"),
    Line("baby", "food", "Rice cereal 米粉", "original|iron|vegetable|6-12 months", 49, 45, "HZB"),
    Line("baby", "food", "Fruit puree pouch", "apple|pear|prune|mango|carrot|banana", 15, 60, "HZB"),
    Line("baby", "bath", "Baby wash 沐浴露", "250 ml|500 ml", 55, 35, "HZB"),
    Line("baby", "bath", "Face cream 宝宝面霜", "30 g|50 g|100 g", 65, 25, "NUR"),
    Line("baby", "clothes", "婴儿连体衣 白色", "59|66|73|80|90", 69, 30, "DGT"),
    Line("baby", "clothes", "婴儿连体衣 黄色", "59|66|73|80|90", 69, 18, "DGT"),
    Line("baby", "clothes", "Muslin swaddle", "stars|bears|plain|clouds", 59, 22, "DGT"),
    Line("baby", "clothes", "Sleeping bag 睡袋", "70 cm|80 cm|90 cm|110 cm", 149, 15, "DGT"),
    Line("baby", "toys", "Wooden blocks 积木", "24|50|100", 79, 20, "DGT"),
    Line("baby", "toys", "Bath duck set", "4|8", 29, 25, "DGT"),
    Line("baby", "toys", "摇铃", "red|blue|green", 29, 20, "DGT"),
    Line("baby", "gear", "Light stroller 婴儿推车", "grey|black|red", 599, 4, "NUR"),
    Line("baby", "gear", "Baby carrier", "0-12 months|0-36 months", 299, 8, "NUR"),
    Line("baby", "gear", "Breast pump 吸奶器", "manual|electric", 269, 9, "NUR"),
    Line("baby", "gear", "Ear thermometer 耳温枪", "basic|pro", 159, 8, "HZB"),
    Line("baby", "gear", "Safety gate 门栏", "75-85 cm|85-105 cm", 169, 5, "HZB"),
    Line("baby", "gear", "爬行垫", "150x200|180x200", 199, 7, "DGT"),
    Line("baby", "bibs", "Silicone bib", "pink|mint|grey", 35, 24, "DGT"),
    Line("winter", "down jackets", "Arctic Fox long down jacket 长款羽绒服 black", "S|M|L|XL", 499, 30, "CSD"),
    Line("winter", "down jackets", "Arctic Fox long down jacket 长款羽绒服 red", "S|M|L|XL", 499, 20, "CSD"),
    Line("winter", "kids down", "儿童羽绒服 蓝色", "110|120|130|140|150", 329, 9, "CSD"),
    Line("winter", "kids down", "Kids down jacket pink", "110|120|130|140|150", 329, 7, "CSD"),
    Line("winter", "down vests", "Light down vest 羽绒马甲", "S|M|L|XL", 199, 10, "CSD"),
    Line("winter", "snowsuits", "Baby snowsuit 婴儿连体羽绒", "66|73|80|90", 259, 10, "CSD"),
    Line("winter", "knitwear", "Wool scarf 羊毛围巾", "grey|camel|red|navy", 129, 14, "NBK"),
    Line("winter", "knitwear", "Knitted beanie", "grey|black|red|kids", 59, 18, "NBK"),
    Line("winter", "knitwear", "Touch gloves 触屏手套", "S|M|L|kids", 49, 20, "NBK"),
    Line("winter", "thermals", "保暖内衣套装", "S|M|L|XL|110|130", 119, 22, "NBK"),
    Line("winter", "thermals", "Fleece pullover", "S|M|L|XL", 139, 12, "NBK"),
    Line("winter", "boots", "Snow boots 雪地靴", "36|37|38|39|40|41", 229, 8, "NBK"),
    Line("winter", "warmers", "Hand warmer 暖手宝", "5000 mAh|10000 mAh", 79, 30, "YWM"),
    Line("winter", "warmers", "Heated blanket 电热毯", "80 cm|150 cm", 149, 14, "FSH"),
    Line("evergreen", "storage", "Storage box 收纳箱", "20 l|35 l|50 l|80 l", 45, 28, "FSH"),
    Line("evergreen", "kitchen", "保温杯", "350 ml|500 ml|750 ml", 89, 30, "FSH"),
    Line("evergreen", "kitchen", "Bamboo board", "S|M|L", 55, 9, "FSH"),
    Line("evergreen", "kitchen", "Lunch box 饭盒", "2 tiers|3 tiers|kids", 65, 20, "FSH"),
    Line("evergreen", "textiles", "Cotton towel 毛巾", "white|grey|blue|beige", 25, 45, "YWM"),
    Line("evergreen", "textiles", "Bath towel 浴巾", "white|grey|blue", 59, 18, "YWM"),
    Line("evergreen", "textiles", "Bed sheet set 四件套", "150 cm|180 cm|200 cm", 199, 9, "FSH"),
    Line("evergreen", "socks", "纯棉袜", "35-38 5 pairs|39-42 5 pairs|43-46 5 pairs", 39, 50, "YWM"),
    Line("evergreen", "care", "Laundry liquid 洗衣液", "1 l|2 l|3 l", 35, 60, "YWM"),
    Line("evergreen", "care", "Lint roller", "2|5", 19, 30, "YWM"),
    Line("evergreen", "umbrellas", "Folding umbrella 雨伞", "black|blue", 59, 14, "YWM"),
    Line("evergreen", "lights", "Night light 小夜灯", "bear|moon|rabbit", 49, 12, "FSH"),
    Line("evergreen", "spares", "Stroller wheel 推车轮", "front|rear", 79, 0.5, "NUR"),
    Line("evergreen", "spares", "Pump valve set 阀门", "manual|electric", 39, 0.7, "NUR"),
    Line("evergreen", "spares", "Bottle brush head 刷头", "S|M|L", 12, 0.9, "HZB"),
    Line("evergreen", "spares", "Zip puller 拉链头", "black|red|silver", 9, 0.4, "YWM"),
    Line("evergreen", "furniture", "Kids desk 儿童书桌", "80 cm|100 cm|120 cm", 699, 0.6, "FSH"),
    Line("evergreen", "furniture", "Bookshelf 书架", "3 tiers|4 tiers|5 tiers", 259, 0.8, "FSH"),
    Line("evergreen", "furniture", "Cot 婴儿床", "white|oak|grey", 899, 0.6, "FSH"),
)

CODES = {"baby": ("B", 1000), "winter": ("W", 2000), "evergreen": ("E", 3000)}
COST_SHARE = {"baby": 0.56, "winter": 0.50, "evergreen": 0.60}
"""Unit cost as a share of the price."""

SALVAGE_SHARE = 0.4
"""What a winter item left at the season's end brings, as a share of its cost."""

SEASON = (pd.Timestamp("2026-09-28"), pd.Timestamp("2027-02-28"))

BEST_SELLERS = "down jackets"
"""The group of the winter's best sellers."""

EAGERNESS = {"diapers": 1.4, "wipes": 1.3, "gear": 1.6, "nursing": 1.2, "clothes": 0.7, "bibs": 0.5, "toys": 0.6}
"""How a promotion lifts the sales of a group, against the others'."""

LAUNCHED_WEEKS_AGO = {"B-1019": 14, "B-1047": 9, "B-1055": 5, "E-3013": 11, "E-3030": 6}
"""New products with a short history; each follows its older neighbour (the code before)."""

NEVER_SOLD = {"W-2018": "W-2017", "W-2026": "W-2025", "W-2038": "W-2037"}
"""This winter's new products and the older ones that they are expected to follow."""

REENTERED = 12
"""Products that somebody entered a second time in the ERP, under another code and name ..."""

REENTERED_SHARE = 0.12
"""... and the sales that the second record draws, as a share of the first one's."""

SUPPLIERS = pd.DataFrame(
    [
        ("SUZ", "Suzhou Softcare 苏州柔护", 150, 8_000, 1, 0, 2_600, 30),
        ("HZB", "Hangzhou Little Spoon 杭州小勺", 200, 5_000, 1, 0, None, 30),
        ("DGT", "Dongguan Play & Cotton 东莞童趣", 300, 12_000, 2, 0, 3_000, 45),
        ("NUR", "Rheintal Baby Import", 900, 40_000, 4, 0, None, 0),
        ("CSD", "Changshu Down Works 常熟羽绒", 600, 60_000, 2, 0, 1_200, 60),
        ("NBK", "Ningbo Northern Knits 宁波针织", 400, 15_000, 2, 1, 2_500, 45),
        ("YWM", "Yiwu Corner Wholesale 义乌批发", 80, 0, 1, 0, None, 0),
        ("FSH", "Foshan Home 佛山家居", 350, 10_000, 2, 1, None, 30),
    ],
    columns=[
        *("supplier", "name", "order_cost", "min_order_value", "order_every_weeks", "cycle_offset"),
        *("capacity_units", "payment_days"),
    ],
)


class Terms(NamedTuple):
    """How a supplier sells: lead times in weeks, minimum and pack in units, express surcharge as a share of cost."""

    lead: int
    lead_sd: float
    moq: int
    pack: int
    express_lead: int | None = None
    express_surcharge: float = 0.0


TERMS = {
    "SUZ": Terms(2, 0.3, 24, 12),
    "HZB": Terms(3, 0.4, 12, 6),
    "DGT": Terms(6, 0.7, 30, 10, 3, 0.17),
    "NUR": Terms(12, 1.0, 40, 20, 4, 0.25),
    "CSD": Terms(14, 1.6, 40, 10, 5, 0.20),
    "NBK": Terms(8, 0.8, 24, 6, 4, 0.15),
    "YWM": Terms(1, 0.0, 1, 1),
    "FSH": Terms(4, 0.5, 12, 6),
}

SECOND_SOURCES = {
    "diapers": ("YWM", 1.12),
    "wipes": ("YWM", 1.10),
    "down jackets": ("NBK", 1.09),
    "kitchen": ("YWM", 1.08),
}
"""Groups with a second source, and its cost against the first one's."""

TIERS = ((240, 0.98), (480, 0.96))
"""All-units discounts: from so many units, the price of all of them is this share of the list's."""


def products(seed: int) -> pd.DataFrame:
    """What items.csv says, one row each, how it sells (weekly, growth, eagerness, first) and its true ``product``."""
    table = pd.DataFrame([row for line in LINES for row in _variants(line)])
    number = table.groupby("category").cumcount() + 1
    prefix, base = table["category"].map(lambda c: CODES[c][0]), table["category"].map(lambda c: CODES[c][1])
    table.insert(0, "sku", prefix + "-" + (base + number).astype(str))
    rng = stream(seed, "products")
    table["weekly"] *= rng.lognormal(-0.08, 0.4, len(table))
    table["growth"] = rng.normal(0.05, 0.06, len(table))
    table["eagerness"] = table["group"].map(EAGERNESS).fillna(1.0) * rng.lognormal(-0.01, 0.15, len(table))
    return _reentered(_lives(_money(table, rng)), rng)


def _variants(line: Line) -> list[dict[str, object]]:
    shared = line._asdict() | {"line": line.name}
    shared.pop("variants")
    return [shared | {"variant": v, "name": f"{line.name} {v}"} for v in line.variants.split("|")]


def _money(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    cost = table["price"] * table["category"].map(COST_SHARE) * rng.uniform(0.94, 1.06, len(table))
    best = table["group"].eq(BEST_SELLERS)
    winter = table["category"].eq("winter")
    table["unit_cost"] = cost.where(~best, JACKET_COST).round(2)
    table["salvage_value"] = (table["unit_cost"] * SALVAGE_SHARE).where(winter).where(~best, JACKET_SALVAGE).round(2)
    bulky = table["group"].isin(["diapers", "gear", "furniture", "storage"])
    table["holding_cost"] = (table["unit_cost"] * 0.35 / 52).where(bulky).round(4)
    return table


def _lives(table: pd.DataFrame) -> pd.DataFrame:
    """From which week of the history on each product is sold (``first``, a position; 156: not yet), and its season."""
    weeks = len(HISTORY)
    older = table["sku"].shift(1)
    launched = weeks - table["sku"].map(LAUNCHED_WEEKS_AGO)
    never = table["sku"].isin(list(NEVER_SOLD))
    table["first"] = launched.fillna(0).astype(int).where(~never, weeks)
    table["like_sku"] = older.where(launched.notna(), table["sku"].map(NEVER_SOLD))
    winter = table["category"].eq("winter")
    table["season_start"] = pd.Series(SEASON[0], table.index).where(winter)
    table["season_end"] = pd.Series(SEASON[1], table.index).where(winter)
    return table


def _reentered(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Adds the second records of some products; ``product`` holds the code of the true one."""
    table["product"] = table["sku"]
    candidates = table.index[table["category"].ne("winter") & table["weekly"].gt(8) & table["like_sku"].isna()]
    again = table.loc[np.sort(rng.choice(candidates, REENTERED, replace=False))].copy()
    again["sku"] = [f"X-{7001 + n}" for n in range(REENTERED)]
    again["name"] = [rewritten(row.line, row.variant, rng) for row in rows(again)]
    again["weekly"] *= REENTERED_SHARE
    again["first"] = rng.integers(20, 120, REENTERED)
    return pd.concat([table, again], ignore_index=True)


def rewritten(line: str, variant: str, rng: np.random.Generator) -> str:
    """The product's name as another hand would have typed it: abbreviated, reordered or in one tongue."""
    latin = " ".join(re.sub(r"[\u4e00-\u9fff]+", " ", line).split())
    chinese = " ".join(re.findall(r"[\u4e00-\u9fff]+", line))
    short = " ".join(word[:5] + "." if len(word) > 6 else word for word in line.split())
    forms = [
        f"{line} {variant.replace(' ', '')}".upper(),
        f"{chinese or latin} {variant}",
        f"{latin or chinese} ({variant})",
        f"{short} {variant}",
        f"Nuanbao {line}, {variant}",
    ]
    return forms[int(rng.integers(len(forms)))]


def suppliers() -> pd.DataFrame:
    """suppliers.csv: the cycle is anchored so that most suppliers, not all, take orders on ``AS_OF``."""
    table = SUPPLIERS.copy()
    table.insert(5, "first_order", HISTORY[0] + pd.to_timedelta(7 * table.pop("cycle_offset"), unit="D"))
    table["capacity_units"] = table["capacity_units"].astype("Int64")
    return table


def sourcing(items: pd.DataFrame) -> pd.DataFrame:
    """sourcing.csv: every product's own supplier, second sources for some groups."""
    first = [_way(item.sku, item.supplier, item.unit_cost, None) for item in rows(items)]
    seconds = [(item, *SECOND_SOURCES[item.group]) for item in rows(items) if item.group in SECOND_SOURCES]
    second = [_way(item.sku, supplier, item.unit_cost, factor) for item, supplier, factor in seconds]
    table = pd.DataFrame(first + second).sort_values(["sku", "supplier"], ignore_index=True)
    return table.astype({"expedite_lead_time_weeks": "Int64", "max_units": "Int64"})


def _way(sku: str, supplier: str, cost: float, factor: float | None) -> dict[str, object]:
    terms = TERMS[supplier]
    own_cost = round(cost * factor, 2) if factor else None
    express_cost = round(cost * (factor or 1) * (1 + terms.express_surcharge), 2) if terms.express_lead else None
    return {
        "sku": sku,
        "supplier": supplier,
        "lead_time_weeks": terms.lead,
        "unit_cost": own_cost,
        "lead_time_sd": terms.lead_sd,
        "moq": terms.moq,
        "pack_size": terms.pack,
        "max_units": 600 if supplier == "YWM" else None,
        "expedite_lead_time_weeks": terms.express_lead,
        "expedite_unit_cost": express_cost,
    }


def price_breaks(items: pd.DataFrame) -> pd.DataFrame:
    """price_breaks.csv: diapers and wipes get cheaper by the pallet."""
    tiered = items[items["group"].isin(["diapers", "wipes"])]
    tiers = [tiered.assign(from_units=units, unit_cost=(tiered["unit_cost"] * f).round(2)) for units, f in TIERS]
    table = pd.concat(tiers)[["sku", "supplier", "from_units", "unit_cost"]]
    return table.sort_values(["sku", "from_units"], ignore_index=True)
