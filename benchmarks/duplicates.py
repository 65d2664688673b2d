"""Planted duplicates of the sample company through `restock products`: precision and recall, without its aliases.

45% of the product records of the sample's four systems repeat a product that another record names already. Its aliases
are taken away, so that the matcher sees names, codes and items only; data.sample.true_products tells which is right. A
record counts as found if it is proposed for its own product (under whichever of the product's skus). Yardstick, in the
same run: the plain token-set ratio of rapidfuzz against the nearest item's name, without rules.

    python benchmarks/duplicates.py            # seeds 2026, 1, 2, 3, 4
"""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from bench import restock
from rapidfuzz import fuzz, process

from data.sample import true_products, write_sample

SEEDS = (2026, 1, 2, 3, 4)
RECALL = 0.8


def main() -> None:
    """One line per seed."""
    lines = [_line(seed) for seed in SEEDS]
    table = pd.DataFrame(lines, index=pd.Index(SEEDS, name="seed"))
    table.loc["mean"] = table.mean()
    print(table.to_string(float_format="{:.3f}".format))


def _line(seed: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as scratch:
        source, out = Path(scratch) / "input", Path(scratch) / "out"
        write_sample(source, seed)
        (source / "aliases.csv").unlink()
        seconds = restock("products", source, "--out", out).seconds
        found = pd.read_csv(out / "products.csv", dtype=str, keep_default_na=False)
        items = pd.read_csv(source / "items.csv", dtype=str)[["sku", "name"]]
        records = pd.read_csv(source / "records.csv", dtype=str)
    truth = true_products(seed)
    product = {(row.system, row.system_sku): row.sku for row in truth.itertuples()}
    repeats = int(truth["sku"].duplicated().sum())
    told = f"at recall {RECALL}"
    ours, plain = _right(found, product), _right(_plain(items, records), product)
    return {
        "repeats": repeats,
        "proposed": len(ours),
        "precision": ours.mean(),
        "recall": ours.sum() / repeats,
        told: _precision_at(ours, repeats),
        f"plain {told}": _precision_at(plain, repeats),
        "seconds": seconds,
    }


def _right(found: pd.DataFrame, product: dict[tuple[str, str], str]) -> "np.ndarray":
    """Which proposals, the surest first, are right."""
    rows = found[["system", "system_sku", "sku"]].itertuples(index=False)
    return np.array([product[row.system or "erp", row.system_sku] == product["erp", row.sku] for row in rows])


def _precision_at(right: "np.ndarray", repeats: int) -> float:
    enough = np.flatnonzero(right.cumsum() >= RECALL * repeats)
    return float(right[: enough[0] + 1].mean()) if len(enough) else float("nan")


def _plain(items: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """Every record with the item whose name is nearest."""
    own = items.rename(columns={"sku": "system_sku"}).assign(system="")
    asked = pd.concat([own, records], ignore_index=True)
    names = items["name"].str.casefold().tolist()
    scores = process.cdist(asked["name"].str.casefold().tolist(), names, scorer=fuzz.token_set_ratio)
    scores[np.arange(len(items)), np.arange(len(items))] = 0
    nearest = asked.assign(sku=items["sku"].to_numpy()[scores.argmax(axis=1)], score=scores.max(axis=1))
    return nearest.sort_values("score", ascending=False, kind="stable")


if __name__ == "__main__":
    main()
