"""The files of a purchase order: CSV and JSON for the supplier, and an Order of UBL 2.1 for any ERP.

UBL: OASIS Universal Business Language 2.1 (ISO/IEC 19845), document type Order.
"""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd

from restock.export import AMOUNT, WHOLE, Writer, csv, name, price, words
from restock.files import write_text
from scenarios.purchase_orders import PurchaseOrder

COLUMNS: dict[str, Writer] = {
    **dict.fromkeys(("po", "line", "supplier", "sku", "location", "ordered_on", "due"), name),
    "units": WHOLE,
    "unit_cost": price,
    "value": AMOUNT,
    "expedite": WHOLE,
}
TRACKING: dict[str, Writer] = {
    **dict.fromkeys(("order", "state", "supplier", "sku", "location"), name),
    "units": WHOLE,
    "value": AMOUNT,
    **dict.fromkeys(("ordered_on", "promised", "received_on"), name),
    **dict.fromkeys(("received_units", "days_late"), WHOLE),
    **dict.fromkeys(("who", "why"), words),
    **dict.fromkeys(("approved_at", "until", "run_id"), name),
}
UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
ROOT, PARTS, FIELDS = f"{{{UBL}Order-2}}", f"{{{UBL}CommonAggregateComponents-2}}", f"{{{UBL}CommonBasicComponents-2}}"
PIECE = "C62"
"""UN/ECE Recommendation 20: one piece."""
NO_CURRENCY = "XXX"
"""ISO 4217: no currency."""


def write_purchase_orders(orders: list[PurchaseOrder], folder: Path, currency: str) -> None:
    """The three files of each order; the same orders give the same bytes."""
    for order in orders:
        table = lines_table(order)
        (folder / f"{order.name}.csv").write_text(csv(table, COLUMNS), encoding="utf-8")
        (folder / f"{order.name}.json").write_text(_json(order, table, currency), encoding="utf-8")
        (folder / f"{order.name}.xml").write_bytes(_ubl(order, table, currency))


def write_tracking(table: pd.DataFrame, out: Path) -> None:
    """tracking.csv: what became of every approved line."""
    write_text(out / "tracking.csv", csv(table, TRACKING))


def lines_table(order: PurchaseOrder) -> pd.DataFrame:
    """The order's lines with the columns of its CSV."""
    table = pd.DataFrame(order.lines)
    numbered = table.assign(po=order.po, ordered_on=order.ordered_on, line=[str(at + 1) for at in range(len(table))])
    return numbered.assign(value=table["units"] * table["unit_cost"])[list(COLUMNS)]


def _json(order: PurchaseOrder, table: pd.DataFrame, currency: str) -> str:
    names = ["line", "sku", "location", "units", "unit_cost", "value", "due", "expedite"]
    figures = dict.fromkeys(("line", "units", "expedite"), int)
    content = {
        "po": order.po,
        "supplier": order.supplier,
        "ordered_on": order.ordered_on,
        "currency": currency,
        "value": round(order.value, 2),
        "lines": table.round({"unit_cost": 6, "value": 2}).astype(figures)[names].to_dict(orient="records"),
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _ubl(order: PurchaseOrder, table: pd.DataFrame, currency: str) -> bytes:
    money = currency if len(currency) == 3 and currency.isascii() and currency.isupper() else NO_CURRENCY
    root = ElementTree.Element(f"{ROOT}Order")
    _field(root, "UBLVersionID", "2.1")
    _field(root, "ID", order.po)
    _field(root, "IssueDate", order.ordered_on)
    _field(root, "DocumentCurrencyCode", money)
    _part(root, "BuyerCustomerParty")
    seller = _part(_part(root, "SellerSupplierParty"), "Party")
    _field(_part(seller, "PartyIdentification"), "ID", order.supplier)
    total = _part(root, "AnticipatedMonetaryTotal")
    _field(total, "PayableAmount", f"{order.value:.2f}", currencyID=money)
    for line in table.to_dict(orient="records"):
        _ubl_line(_part(_part(root, "OrderLine"), "LineItem"), line, money)
    for prefix, space in (("", ROOT), ("cac", PARTS), ("cbc", FIELDS)):
        ElementTree.register_namespace(prefix, space[1:-1])
    ElementTree.indent(root)
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _ubl_line(item: ElementTree.Element, line: dict[Any, Any], money: str) -> None:
    _field(item, "ID", str(line["line"]))
    if line["expedite"] > 0:
        _field(item, "Note", "Express")
    _field(item, "Quantity", f"{line['units']:.0f}", unitCode=PIECE)
    _field(item, "LineExtensionAmount", f"{line['value']:.2f}", currencyID=money)
    delivery = _part(item, "Delivery")
    _field(_part(_part(delivery, "DeliveryLocation"), "Address"), "ID", line["location"])
    _field(_part(delivery, "RequestedDeliveryPeriod"), "EndDate", line["due"])
    _field(_part(item, "Price"), "PriceAmount", price(pd.Series([line["unit_cost"]]))[0], currencyID=money)
    goods = _part(item, "Item")
    _field(goods, "Name", line["sku"])
    _field(_part(goods, "BuyersItemIdentification"), "ID", line["sku"])


def _part(parent: ElementTree.Element, name: str) -> ElementTree.Element:
    return ElementTree.SubElement(parent, f"{PARTS}{name}")


def _field(parent: ElementTree.Element, name: str, text: str, **attributes: str) -> None:
    ElementTree.SubElement(parent, f"{FIELDS}{name}", attributes).text = "".join(s for s in text if s.isprintable())
