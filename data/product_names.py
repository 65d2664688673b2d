"""A product's name taken apart: what it is, how many or how large, which size, which colour."""

import re
import unicodedata
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from data.product_words import COLOURS, COUNTED, MEASURES, SIZES, STOP_WORDS, SYNONYMS

CHINESE = "\u4e00-\u9fff"
PIECES = re.compile(rf"\d+(?:\.\d+)?|[{CHINESE}]+|[^\W\d_{CHINESE}]+")


@dataclass(frozen=True)
class Name:
    """A name's parts. ``words``: what the product is, in order, synonyms as one; ``numbers``: sorted, measures in
    their smallest unit; ``digits``: all digits as they were written, in order; ``sizes`` and ``colours``: by one name.
    """

    words: tuple[str, ...]
    numbers: tuple[str, ...]
    digits: str
    sizes: frozenset[str]
    colours: frozenset[str]


def parsed(name: str) -> Name:
    """The parts of a product's name, in whatever script, width and case it was typed."""
    text = _one_word_for_each_thing(simplified(unicodedata.normalize("NFKC", name).casefold().replace("'", "")))
    pieces = _sizes_with_digits(PIECES.findall(text))
    words, numbers, sizes, colours = [], [], set(), set()
    for place, piece in enumerate(pieces):
        before, after = pieces[place - 1] if place else "", pieces[place + 1] if place + 1 < len(pieces) else ""
        if piece[0].isdigit() and piece not in SIZES:
            numbers.append(f"{float(piece) * MEASURES.get(after, 1.0):g}")
        elif before[:1].isdigit() and before not in SIZES and (piece in MEASURES or piece in COUNTED):
            continue
        elif piece in SIZES:
            sizes.add(SIZES[piece])
        elif piece in COLOURS:
            colours.add(COLOURS[piece])
        elif piece not in STOP_WORDS and (len(piece) > 1 or "\u4e00" <= piece <= "\u9fff"):
            words.append(piece)
    digits = "".join(re.findall(r"\d", text))
    return Name(tuple(dict.fromkeys(words)), tuple(sorted(numbers)), digits, frozenset(sizes), frozenset(colours))


def simplified(text: str) -> str:
    """Traditional Chinese characters as simplified ones."""
    return _converter()(text) if re.search(rf"[{CHINESE}]", text) else text


@cache
def _converter() -> Callable[[str], str]:
    with warnings.catch_warnings():
        # zhconv leaves the file of its table open.
        warnings.simplefilter("ignore", ResourceWarning)
        import zhconv

        zhconv.convert("中", "zh-cn")
    return lambda text: str(zhconv.convert(text, "zh-cn"))


@cache
def _phrases() -> tuple[re.Pattern[str], dict[str, str]]:
    """What to look for, the longest first, and what stands for it: sizes and colours stand apart from other words."""
    one_word = {phrase: together[0].replace(" ", "_") for together in SYNONYMS for phrase in together}
    one_word |= {word: word for word in (*SIZES, *COLOURS) if re.match(rf"[{CHINESE}]", word)}
    longest = sorted(one_word, key=lambda phrase: (-len(phrase), phrase))
    bounded = [re.escape(p) if re.match(rf"[{CHINESE}]", p) else rf"\b{re.escape(p)}\b" for p in longest]
    return re.compile("|".join(bounded)), one_word


def _one_word_for_each_thing(text: str) -> str:
    pattern, one_word = _phrases()
    return pattern.sub(lambda match: f" {_word(one_word[match.group()])} ", text)


def _word(phrase: str) -> str:
    """A phrase as one piece: letters only."""
    return re.sub(r"[_\s-]+", "", phrase)


def _sizes_with_digits(pieces: list[str]) -> list[str]:
    """2 and xl are one piece: 2xl."""
    joined: list[str] = []
    for piece in pieces:
        if joined and joined[-1] in ("2", "3") and piece == "xl":
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined
