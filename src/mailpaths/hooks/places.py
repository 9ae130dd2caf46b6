"""`Places`: the lines of a TOML text on which its keys stand, which the standard library's reader does not tell.

Nothing here knows TOML's grammar but `tomllib` itself: it reads beginnings of the text, and a key stands on the line
behind the last beginning that lacks it. What a beginning holds, a longer one holds, too, so the search can halve.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache

__all__ = ["Key", "Places"]

#: The way to a value: names of tables and keys, and numbers of elements.
Key = tuple[str | int, ...]

# Beginnings that are kept: the longest text has many, and each is about as large as the text.
_REMEMBERED = 32


class Places:
    r"""Where the keys of a ``text`` stand, which is TOML.

    >>> places = Places('names = ["relay"]\n\n[allow]\nnext_hops = [\n  "host",\n]\n')
    >>> places.line_of(("allow", "next_hops")), places.line_of(("allow", "next_hops", 0))
    (4, 5)
    """

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._beginning = lru_cache(_REMEMBERED)(self._read)

    def line_of(self, key: Key) -> int | None:
        """Return the number of the line on which a key, or an element, begins; ``None`` where there is none."""
        whole = len(self._lines)
        if not _has(self._beginning(whole), key):
            return None
        # So many lines lack the key, and so many have it, but for those that cannot be read in between.
        least, most = 0, whole
        while least + 1 < most:
            middle = (least + most) // 2
            readable = next((count for count in range(middle, most) if self._beginning(count) is not None), None)
            if readable is None:
                most = middle
            elif _has(self._beginning(readable), key):
                most = readable
            else:
                least = readable
        return least + 1

    def _read(self, count: int) -> dict[str, object] | None:
        """Return what so many lines hold, ``None`` where they end in the middle of a value."""
        begun = "\n".join(self._lines[:count])
        # An array can be closed anywhere between two elements.
        for text in (begun, f"{begun}\n]"):
            try:
                return tomllib.loads(text)
            except tomllib.TOMLDecodeError:
                continue
        return None


def _has(value: object, key: Key) -> bool:
    for step in key:
        if isinstance(step, int):
            if not isinstance(value, Sequence) or isinstance(value, str) or step >= len(value):
                return False
            value = value[step]
        else:
            if not isinstance(value, Mapping) or step not in value:
                return False
            value = value[step]
    return True
