"""One item, several names: what other systems call it becomes the company's own sku."""

import pandas as pd

from data.check import Checked
from data.findings import Findings
from data.words import reworded


class Names:
    """The aliases table, ready to translate.

    An alias belongs to a system. In a table that says which system speaks, that system's alias counts first. Else an
    alias counts where the name is no item's own sku and means the same item in every system that uses it.
    """

    def __init__(self, aliases: Checked, items: set[str]) -> None:
        rows = aliases.frame[["system", "system_sku", "sku"]].astype(str)
        self._by_system = {(r.system, r.system_sku): str(r.sku) for r in rows.itertuples(index=False)}
        meanings = rows.groupby("system_sku")["sku"].agg(set)
        self._anywhere = {str(name): min(to) for name, to in meanings.items() if len(to) == 1 and name not in items}
        self.ambiguous = {str(name) for name, to in meanings.items() if len(to) > 1 and name not in items}

    def translated(self, table: Checked, column: str, found: Findings) -> Checked:
        """The table with the aliases in the column replaced; says once how many rows that changed."""
        if not self._by_system or not len(table.frame):
            return table
        text: pd.Series = table.frame[column]
        new = self._translate(text)
        if "system" in table.frame.columns:
            new = self._translate_by_system(text, table.frame["system"], new)
        changed = int((new.astype(object) != text.astype(object)).sum()) if new is not text else 0
        if changed:
            problem = "names from other systems were translated by the aliases table"
            effect = "The rows count for the item that the alias names."
            found.add(
                "info", table.table.name, problem, "None needed.", effect, field=column, value=f"{changed:,} rows"
            )
        return table.with_column(column, new)

    def _translate(self, text: pd.Series) -> pd.Series:
        return reworded(text, [self._anywhere.get(word, word) for word in text.cat.categories])

    def _translate_by_system(self, text: pd.Series, system: pd.Series, otherwise: pd.Series) -> pd.Series:
        pairs = zip(system.astype(object), text.astype(object), otherwise.astype(object), strict=True)
        words = [self._by_system.get((who, name), other) for who, name, other in pairs]
        return pd.Series(words, index=text.index, dtype=object).astype("category")
