"""Worksheet names that every spreadsheet accepts: at most 31 characters, unique whatever their case."""

import re

LONGEST = 31
FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
RESERVED = "history"


class SheetNames:
    """Hands out names; the first that asks for one gets it, later ones get a number behind it."""

    def __init__(self) -> None:
        self._taken = {RESERVED}

    def claim(self, wanted: str) -> str:
        """A legal, unused name as near to ``wanted`` as can be."""
        base = FORBIDDEN.sub("-", wanted).strip().strip("'").strip() or "Sheet"
        name, number = _cut(base, LONGEST), 1
        while name.casefold() in self._taken:
            number += 1
            ending = f" ({number})"
            name = _cut(base, LONGEST - len(ending)) + ending
        self._taken.add(name.casefold())
        return name


def _cut(text: str, length: int) -> str:
    """The text's beginning; counted as spreadsheets do, in UTF-16 units, so that a rare sign counts twice."""
    while len(text.encode("utf-16-le", errors="replace")) // 2 > length:
        text = text[:-1]
    return text.rstrip().rstrip("'")


def reference(sheet: str, cell: str) -> str:
    """A cell of another sheet, as a formula names it."""
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!{cell}"
