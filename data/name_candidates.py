"""Which items a record may be at all: the few whose names share its rarest pieces."""

from collections.abc import Iterator

import numpy as np
from scipy.sparse import csr_array

from data.product_names import Name

PREFIX = 4
TOGETHER = 2000


def candidates(names: list[Name], items: list[Name], most: int) -> list[np.ndarray[tuple[int], np.dtype[np.intp]]]:
    """For each of ``names`` the positions in ``items`` of those that share most with it, the nearest first.

    Each name is a vector of its pieces, weighed by rarity; nearness is their cosine. Some names at a time, so that the
    memory does not grow with both lists.
    """
    if not names or not items:
        return [np.zeros(0, dtype=np.intp) for _ in names]
    places = {piece: place for place, piece in enumerate(sorted({p for name in items for p in _pieces(name)}))}
    known = _vectors(items, places)
    rarity = np.log1p(len(items) / np.maximum(np.bincount(known.indices, minlength=len(places)), 1))
    known, asked = _weighed(known, rarity), _weighed(_vectors(names, places), rarity)
    found = []
    for first in range(0, len(names), TOGETHER):
        near = csr_array(asked[first : first + TOGETHER] @ known.T)
        found += [_nearest(near, row, most) for row in range(near.shape[0])]
    return found


def _nearest(near: csr_array, row: int, most: int) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    part = slice(near.indptr[row], near.indptr[row + 1])
    order = np.lexsort((near.indices[part], -near.data[part]))[:most]
    positions: np.ndarray[tuple[int], np.dtype[np.intp]] = near.indices[part][order].astype(np.intp)
    return positions


def _vectors(names: list[Name], places: dict[str, int]) -> csr_array:
    columns = [sorted({places[piece] for piece in _pieces(name) if piece in places}) for name in names]
    ends = np.cumsum([0, *(len(row) for row in columns)])
    indices = np.array([place for row in columns for place in row], dtype=np.intp)
    return csr_array((np.ones(len(indices)), indices, ends), shape=(len(names), len(places)))


def _weighed(vectors: csr_array, rarity: np.ndarray[tuple[int], np.dtype[np.float64]]) -> csr_array:
    """Rows of length 1, each piece weighed by its rarity."""
    data = vectors.data * rarity[vectors.indices]
    rows = np.repeat(np.arange(vectors.shape[0]), np.diff(vectors.indptr))
    length = np.sqrt(np.bincount(rows, data**2, minlength=vectors.shape[0]))
    return csr_array((data / length[rows], vectors.indices, vectors.indptr), shape=vectors.shape)


def _pieces(name: Name) -> Iterator[str]:
    """Words, their beginnings (or pairs of Chinese characters), numbers, sizes and colours."""
    for word in name.words:
        yield word
        if word >= "\u4e00":
            yield from (word[at : at + 2] for at in range(len(word) - 1))
        elif len(word) > PREFIX:
            yield word[:PREFIX]
    yield from (f"#{number}" for number in name.numbers)
    yield from (f"size {size}" for size in name.sizes)
    yield from (f"colour {colour}" for colour in name.colours)
