"""How alike two product names are: first what forbids that they are one product, then a score over their words."""

from collections.abc import Mapping

from rapidfuzz import fuzz

from data.product_names import Name

CONTRADICTION, LEFT_OUT = 2.0, 0.08
"""What a word costs against a matched one's worth: where both names have words that the other lacks, and where only one
does (a brand, a second tongue)."""

LEAST_AGAINST = 0.75
"""A contradiction counts at least as this share of a word that only one name has, however common its words are."""

MISSING = {"number": 0.15, "size": 0.10, "colour": 0.10}
"""What it costs that one name tells a number, size or colour and the other does not."""

ABBREVIATED, INSIDE = 0.95, 0.9
LEAST_LETTERS, LEAST_RATIO = 4, 0.85


def forbidden(one: Name, other: Name) -> str:
    """Why the two cannot be one product: the kind of part in which they contradict each other; empty: they can be."""
    if one.numbers and other.numbers and one.numbers != other.numbers and not _glued(one, other):
        return "numbers"
    if not (one.sizes <= other.sizes or other.sizes <= one.sizes):
        return "sizes"
    if not (one.colours <= other.colours or other.colours <= one.colours):
        return "colours"
    here, there = (told_by_one(*names) for names in ((one, other), (other, one)))
    return "kinds of part" if here and there else ""


def _glued(one: Name, other: Name) -> bool:
    """Whether one name ran two numbers together, as 35-385pairs does for 35-38 5 pairs."""
    return len(one.numbers) != len(other.numbers) and one.digits == other.digits


def likeness(one: Name, other: Name, worth: Mapping[str, float], unknown: float) -> float:
    """0 (nothing in common) to 1 (the same words and measures). ``worth``: of a word, the rarer the more."""
    left = list(other.words)
    matched, alone = 0.0, 0.0
    for word in one.words:
        near, best = _nearest(word, left)
        if near:
            matched += best * worth.get(near, unknown)
            left.remove(near)
        else:
            alone += worth.get(word, unknown)
    rest = sum(worth.get(word, unknown) for word in left)
    if not matched:
        return 0.0
    mine, theirs = told_by_one(one, other), told_by_one(other, one)
    against = max(min(alone, rest), LEAST_AGAINST * unknown) if (alone or mine) and (rest or theirs) else 0.0
    extra = max(alone, rest) - min(alone, rest, against)
    score = matched / (matched + CONTRADICTION * against + LEFT_OUT * extra)
    return max(score - sum(MISSING[part] for part in (*mine, *theirs)), 0.0)


def told_by_one(one: Name, other: Name) -> list[str]:
    """The kinds of part that the first name tells and the other leaves out."""
    parts = {
        "number": (one.numbers, other.numbers),
        "size": (one.sizes, other.sizes),
        "colour": (one.colours, other.colours),
    }
    return [part for part, (here, there) in parts.items() if here and not there]


def _nearest(word: str, others: list[str]) -> tuple[str, float]:
    """The word that is the same, an abbreviation or a slip of the pen, and how surely; "" if there is none."""
    if word in others:
        return word, 1.0
    best = max(((_same(word, other), other) for other in others), default=(0.0, ""))
    return (best[1], best[0]) if best[0] > 0 else ("", 0.0)


def _same(word: str, other: str) -> float:
    short, long = sorted((word, other), key=len)
    if short >= "\u4e00":
        return INSIDE if len(short) > 1 and short in long else 0.0
    if len(short) >= LEAST_LETTERS and long.startswith(short):
        return ABBREVIATED
    if len(short) <= LEAST_LETTERS:
        return 0.0
    ratio = fuzz.ratio(word, other) / 100
    return ratio if ratio >= LEAST_RATIO else 0.0
