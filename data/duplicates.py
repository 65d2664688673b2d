"""Records that are probably one product under several names and codes: proposed with a score and the evidence.

Codes decide first (the same barcode, an item's own code), then what contradicts forbids (numbers, sizes, colours), then
names are scored; prices, categories and the shape of sales weigh a little. Nothing is merged here: a person decides.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from data.company import Company
from data.name_candidates import candidates
from data.name_match import forbidden, likeness, told_by_one
from data.product_names import Name, parsed

PROPOSAL_COLUMNS = ["score", "system", "system_sku", "name", "sku", "item_name", "evidence"]
CODES = ("barcode", "ean", "gtin", "upc", "article", "article_code", "mpn")
SAME_CODE = 0.99
CANDIDATES = 12
# Where a second item is as near, up to this, the name does not tell which one is meant: the score is cut.
AS_NEAR, UNCLEAR = 0.04, 0.6
# Prices further apart than the first are hardly one product's; nearer than the second they speak for it.
PRICE_APART, PRICE_ALIKE = 0.6, 0.9
PRICE_WEIGHT, CATEGORY_WEIGHT, SALES_WEIGHT = 0.10, 0.05, 0.03
FEWEST_WEEKS, ALIKE_SALES = 26, 0.5
# Two items as alike as that are one family: a record that is near both is not unclear.
FAMILY = 0.8


@dataclass(frozen=True)
class Records:
    """Product records: what is known of each (a dict of the table's columns), and its name taken apart."""

    rows: list[dict[Any, Any]]
    names: list[Name]

    @classmethod
    def of(cls, table: pd.DataFrame) -> "Records":
        return cls(table.to_dict(orient="records"), [parsed(str(name)) for name in table["name"]])


@dataclass(frozen=True)
class Match:
    """A record and an item that may be it: positions, score 0..1, the evidence in words, and whether a code or every
    word, number, size and colour is the same."""

    record: int
    item: int
    score: float
    evidence: tuple[str, ...]
    exact: bool

    def cut(self, why: str) -> "Match":
        """The same, less sure."""
        return replace(self, score=self.score * UNCLEAR, evidence=(*self.evidence, why))


Refused = frozenset[tuple[str, str, str]]
"""(system, system_sku, sku) of pairs that a person called different products."""


def proposals(
    items: pd.DataFrame, records: pd.DataFrame, weekly: pd.DataFrame, least: float, refused: Refused = frozenset()
) -> pd.DataFrame:
    """Which record is probably which item (``PROPOSAL_COLUMNS``), the surest first; each record at most once.

    ``items`` indexed by sku: name, and where known category, price and codes (``CODES``). ``records``: system,
    system_sku, name and the same. ``weekly``: units sold by sku (rows) and week, NaN before its first.
    ``system`` is blank where the record is itself an item: of two, the one that sold less is to become the other.
    ``least``: the lowest score that is told.
    """
    own = Records.of(items.reset_index(names="system_sku").assign(system=""))
    others = Records.of(records)
    twins = _twins(own, weekly, refused)
    families = {match.record: match.item for match in twins if match.score >= FAMILY}
    found = [_told(own, own, match) for match in twins]
    found += [_told(others, own, match) for match in _best(_matches(others, own, weekly, refused), families)]
    table = pd.DataFrame(found, columns=PROPOSAL_COLUMNS)
    table = table[table["score"] >= least].astype({"score": float})
    order = ["score", "system", "system_sku"]
    return table.sort_values(order, ascending=[False, True, True], kind="stable").reset_index(drop=True)


def weekly_sales(company: Company) -> pd.DataFrame:
    """Units sold by sku and week, over all locations; NaN before a sku's first sale."""
    units = pd.DataFrame(company.history.units, index=company.series, columns=company.history.weeks)
    return units.groupby(level="sku").sum(min_count=1)


def _told(records: Records, items: Records, match: Match) -> dict[str, object]:
    record, item = records.rows[match.record], items.rows[match.item]
    return {
        "score": match.score,
        **{column: record[column] for column in ("system", "system_sku", "name")},
        "sku": item["system_sku"],
        "item_name": item["name"],
        "evidence": "; ".join(match.evidence),
    }


def _twins(items: Records, weekly: pd.DataFrame, refused: Refused) -> list[Match]:
    """Items that are probably one product: each at most once as the record, never into one that itself goes."""
    sold = weekly.sum(axis=1).reindex([row["system_sku"] for row in items.rows]).fillna(0.0).to_numpy()
    pairs = []
    for match in _matches(items, items, weekly, refused):
        less, more = sorted((match.record, match.item), key=lambda at: (sold[at], -at))
        if match.record == less and match.item == more:
            pairs.append(match)
    gone: set[int] = set()
    kept: set[int] = set()
    twins: list[Match] = []
    for match in sorted(_doubted(list(_best(pairs, {})), pairs), key=lambda m: (-m.score, m.record)):
        if match.record not in kept and match.item not in gone:
            twins.append(match)
            gone.add(match.record)
            kept.add(match.item)
    return twins


def _doubted(best: list[Match], pairs: list[Match]) -> Iterator[Match]:
    """The matches, cut where another record is as much the item but is no match of this one: they are its variants."""
    alike = {frozenset((m.record, m.item)) for m in pairs if m.score >= FAMILY}
    of_item: dict[int, list[Match]] = {}
    for match in best:
        of_item.setdefault(match.item, []).append(match)
    for match in best:
        rivals = [m for m in of_item[match.item] if m.record != match.record and match.score - m.score <= AS_NEAR]
        variants = [m for m in rivals if frozenset((m.record, match.record)) not in alike]
        if variants and not match.exact:
            yield match.cut("unclear: the item has variants")
        else:
            yield match


def _best(matches: list[Match], families: dict[int, int]) -> Iterator[Match]:
    """The best item of each record; cut where another one, not of its family, is as near."""
    of_record: dict[int, list[Match]] = {}
    for match in matches:
        of_record.setdefault(match.record, []).append(match)
    for record in sorted(of_record):
        first, *rest = sorted(of_record[record], key=lambda m: (-m.score, m.item))
        family = families.get(first.item, first.item)
        as_near = [m for m in rest if families.get(m.item, m.item) != family and first.score - m.score <= AS_NEAR]
        if any(m.exact for m in as_near) or (as_near and not first.exact):
            yield first.cut(f"unclear: {len(as_near)} other item{'s are' if len(as_near) > 1 else ' is'} as near")
        else:
            yield first


def _matches(records: Records, items: Records, weekly: pd.DataFrame, refused: Refused) -> list[Match]:
    """Every pair that can be one product, scored."""
    worth, unknown = _worth(records.names + items.names)
    by_code = _by_code(records, items)
    found = []
    for record, near in enumerate(candidates(records.names, items.names, CANDIDATES)):
        for item in sorted({*map(int, near), *by_code[record]}):
            if (records is items and item == record) or _is_refused(records.rows[record], items.rows[item], refused):
                continue
            if item in by_code[record]:
                found.append(Match(record, item, SAME_CODE, (by_code[record][item],), exact=True))
            elif not forbidden(records.names[record], items.names[item]):
                text = likeness(records.names[record], items.names[item], worth, unknown)
                found += [_weighed(records, items, record, item, text, weekly)] if text > 0 else []
    return found


def _is_refused(one: dict[Any, Any], other: dict[Any, Any], refused: Refused) -> bool:
    code, sku = str(one["system_sku"]), str(other["system_sku"])
    return (one["system"], code, sku) in refused or (not one["system"] and ("", sku, code) in refused)


def _worth(names: list[Name]) -> tuple[dict[str, float], float]:
    """What each word tells, by how few names have it; and what a word tells that only one has."""
    words = pd.Series([word for name in names for word in name.words], dtype=object).value_counts()
    return {str(word): float(np.log1p(len(names) / count)) for word, count in words.items()}, np.log1p(len(names))


def _by_code(records: Records, items: Records) -> list[dict[int, str]]:
    """For each record the items with the same code, and which code it is."""
    named: dict[tuple[str, str], list[int]] = {}
    for at, row in enumerate(items.rows):
        for kind, code in _codes(row):
            named.setdefault((kind, code), []).append(at)
    found: list[dict[int, str]] = []
    for at, row in enumerate(records.rows):
        hits = [(item, f"the same {kind}") for kind, code in _codes(row) for item in named.get((kind, code), [])]
        found.append({item: told for item, told in hits if records is not items or item != at})
    return found


def _codes(row: dict[Any, Any]) -> Iterator[tuple[str, str]]:
    """The record's codes by kind, without spaces, dashes and leading zeros."""
    for kind in ("system_sku", *CODES):
        code = re.sub(r"[\W_]+", "", str(row.get(kind, "") or "")).casefold().lstrip("0")
        if code and code != "nan":
            yield "code" if kind == "system_sku" else kind, code


def _weighed(records: Records, items: Records, record: int, item: int, text: float, weekly: pd.DataFrame) -> Match:
    one, other = records.rows[record], items.rows[item]
    names = records.names[record], items.names[item]
    missing = told_by_one(*names) + told_by_one(*reversed(names))
    evidence = [f"names alike {text:.0%}", *(f"only one name tells a {part}" for part in missing)]
    score = text
    for weight, told in (_price(one, other), _category(one, other), _sales(one, other, weekly)):
        score += weight
        evidence += [told] if told else []
    return Match(record, item, float(np.clip(score, 0.0, 0.98)), tuple(evidence), exact=text >= 1.0)


def _price(one: dict[Any, Any], other: dict[Any, Any]) -> tuple[float, str]:
    here, there = (float(row.get("price") or np.nan) for row in (one, other))
    if not (here > 0 and there > 0):
        return 0.0, ""
    ratio = min(here, there) / max(here, there)
    told = f"prices {here:g} and {there:g}"
    if ratio >= PRICE_ALIKE:
        return PRICE_WEIGHT / 3, told
    return (-PRICE_WEIGHT * 2 if ratio < PRICE_APART else -PRICE_WEIGHT / 3), told


def _category(one: dict[Any, Any], other: dict[Any, Any]) -> tuple[float, str]:
    here, there = (str(row.get("category") or "") for row in (one, other))
    if not here or not there:
        return 0.0, ""
    return (CATEGORY_WEIGHT / 2, "the same category") if here == there else (-CATEGORY_WEIGHT, "other categories")


def _sales(one: dict[Any, Any], other: dict[Any, Any], weekly: pd.DataFrame) -> tuple[float, str]:
    """Whether two items rise and fall together."""
    if one["system"] or not {one["system_sku"], other["system_sku"]} <= set(weekly.index):
        return 0.0, ""
    sold = weekly.loc[[one["system_sku"], other["system_sku"]]].dropna(axis=1)
    both = np.log1p(sold.clip(lower=0.0).to_numpy(dtype=float))
    if both.shape[1] < FEWEST_WEEKS or not both.std(axis=1).all():
        return 0.0, ""
    alike = float(np.corrcoef(both)[0, 1])
    return (SALES_WEIGHT, f"sales move together ({alike:.0%})") if alike >= ALIKE_SALES else (0.0, "")
