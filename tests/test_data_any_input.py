"""Whatever the cells hold: the gate rejects the input with its reasons, or gives a company that holds together."""

import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.company import Company
from data.gate import read_company
from data.problems import Rejected

TABLES = {
    "sales": [
        "date,sku,location,units,in_stock,price,kind,document",
        *(f"2026-0{1 + week // 4}-{1 + 7 * (week % 4):02d},A,main,{week},1,10,,D{week}" for week in range(8)),
        *(f"2026-0{1 + week // 4}-{2 + 7 * (week % 4):02d},B,west,{week},1,20,,E{week}" for week in range(8)),
    ],
    "items": [
        "sku,unit_cost,price,name,category,season_start,season_end,like_sku",
        "A,4,10,Anorak,coats,2026-01-01,2026-09-01,",
        "B,8,20,Boots,shoes,,,A",
    ],
    "sourcing": ["sku,supplier,lead_time_weeks,location,moq,expedite_lead_time_weeks", "A,S,2,,10,1", "B,T,3,west,,"],
    "stock": ["sku,on_hand,location,system,as_of,reserved", "A,7,main,erp,2026-02-20,1", "b2,9,west,shop,,"],
    "open_orders": ["po,sku,units,due,supplier,location", "1,A,5,2026-04-01,S,main", "2,B,5,2026-02-01,,west"],
    "promotions": ["promo,start,end,sku,category", "p,2026-01-01,2026-01-10,,coats", "q,2026-04-01,2026-04-10,A,"],
    "aliases": ["system,system_sku,sku", "shop,b2,B"],
    "forecast": ["sku,week,mean,location,q10", "B,2026-03-02,4,west,1"],
}
WORDS = [
    *("", "NaN", "inf", "-1", "0", "1e99", "abc", "2026-13-45", "03/04/2025", "25/04/2025", "=cmd|x", "A", "B", "Z"),
    *('"', '"x\ny"', "a,b", ";", "1,5", "true", "2.5", "羽绒", "\0", "\r", "9" * 40, "cancellation", "2099-01-01"),
]
CHANGES = st.lists(
    st.tuples(st.sampled_from(sorted(TABLES)), st.integers(0, 16), st.integers(0, 7), st.sampled_from(WORDS)),
    max_size=4,
)


def holds_together(company: Company) -> None:
    series = set(company.series)
    for table in (company.sourcing, company.open_orders, company.forecast):
        assert set(zip(table["sku"], table["location"], strict=True)) <= series
    assert set(company.sourcing["supplier"]) <= set(company.suppliers.index)
    assert (company.stock["on_hand"] >= 0).all()
    assert company.items[["holding_cost", "shortage_cost", "salvage_value"]].notna().all(axis=None)
    assert (company.open_orders["week"] >= company.as_of).all()
    assert not (company.history.units < 0).any()
    assert (company.history.in_stock >= 0).all()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(CHANGES)
def test_the_gate_rejects_or_gives_a_company(changes: list[tuple[str, int, int, str]]) -> None:
    tables = {name: [line.split(",") for line in lines] for name, lines in TABLES.items()}
    for name, line, cell, word in changes:
        row = tables[name][line % len(tables[name])]
        row[cell % len(row)] = word
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in tables.items():
            Path(folder, f"{name}.csv").write_text("\n".join(map(",".join, rows)), encoding="utf-8")
        with suppress(Rejected):
            company, _ = read_company(folder)
            holds_together(company)
