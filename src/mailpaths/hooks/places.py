"""`line_of`: the line of a TOML text on which a key stands, which the standard library's reader does not tell.

Nothing here knows TOML's grammar but `tomllib` itself: it reads ever longer beginnings of the text, and the key stands
where it first appears. That takes a while for a long text, and is done only to tell of a fault.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence

__all__ = ["Key", "line_of"]

#: The way to a value: names of tables and keys, and numbers of elements.
Key = tuple[str | int, ...]


def line_of(text: str, key: Key) -> int | None:
    r"""Return the number of the line on which a key's value begins, ``None`` where there is no such key.

    >>> text = 'names = ["relay"]\n\n[allow]\nnext_hops = [\n  "host",\n]\n'
    >>> line_of(text, ("allow", "next_hops")), line_of(text, ("allow", "next_hops", 0))
    (4, 5)
    """
    lines = text.split("\n")
    # The first line behind the last beginning that is whole and has no such key.
    first = 0
    for count in range(1, len(lines) + 1):
        begun = "\n".join(lines[:count])
        found = _parsed(begun)
        if found is None:  # in the middle of a value of several lines
            if isinstance(key[-1], int) and _has(_parsed(f"{begun}\n]"), key):
                return count
            continue
        if _has(found, key):
            # An element that came with the end of its array; anything else began where the last beginning ended.
            return count if isinstance(key[-1], int) else first + 1
        first = count
    return None


def _parsed(text: str) -> dict[str, object] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
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
