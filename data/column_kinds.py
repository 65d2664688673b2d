"""The kinds of column that tables share: what names an item, a place, a day, units and money."""

from typing import Any

from data.columns import MOST_MONEY, MOST_UNITS, MOST_WEEKS, Column


def key(name: str, meaning: str, **more: Any) -> Column:
    return Column(name, "text", meaning, **{"required": True, "key": True, "if_bad": "row", **more})


def sku(**more: Any) -> Column:
    return key("sku", "item", **{"refers": "items", **more})


def some_sku(note: str, **more: Any) -> Column:
    return Column("sku", "text", "item", default="", default_note=note, refers="items", if_bad="row", **more)


def location(default: str, note: str = "", key: bool = True) -> Column:
    return Column("location", "text", "shop or warehouse", default=default, default_note=note, key=key, if_bad="row")


def supplier(note: str, key: bool = True) -> Column:
    return Column("supplier", "text", "supplier", default="", default_note=note, key=key, if_bad="row")


def text(name: str, meaning: str, note: str = "", **more: Any) -> Column:
    return Column(name, "text", meaning, **{"default": "", "default_note": note, **more})


def units(name: str, meaning: str, **more: Any) -> Column:
    settings = {"kind": "number", "unit": "sales units", "low": 0, "high": MOST_UNITS, "if_bad": "row"}
    return Column(name, meaning=meaning, **{**settings, **more})


def money(name: str, meaning: str, **more: Any) -> Column:
    return Column(name, "number", meaning, **{"unit": "money per unit", "low": 0, "high": MOST_MONEY, **more})


def weeks(name: str, meaning: str, **more: Any) -> Column:
    return Column(name, "whole", meaning, **{"unit": "weeks", "low": 0, "high": MOST_WEEKS, **more})


def day(name: str, meaning: str, **more: Any) -> Column:
    return Column(name, "date", meaning, **more)
