"""How a name is looked up in a table of hosts and domains, and which names look like one that is not there."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

from mailpaths import names

__all__ = ["UUCP_ZONE", "Key", "is_name", "keys", "near_misses"]

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-."
_MOST_NEAR_MISSES = 5
# No name of a host is longer, so nothing else is looked for (RFC 1035 2.3.4).
_LONGEST = names.MAX_DOMAIN
#: UUCP's own pseudo-domain: ucbvax.UUCP is the host that UUCP knows as ucbvax (RFC 976 2).
UUCP_ZONE = ".uucp"
# What no name of a host holds: it would be read as more than a name, as an option, or as no text at all.
_NO_NAME = re.compile(r'[\x00-\x20!%@:,;<>()\[\]\\"\x7f-\x9f\u2028\u2029\ud800-\udfff]|\A-|\.\.')


class Key(NamedTuple):
    """A name to look for, folded; ``is_parent`` where it is a domain that the host is in and not the host itself."""

    name: str
    is_parent: bool


def is_name(text: str) -> bool:
    """Tell whether a text can be the name of a host or domain, and be written in a road as that and nothing else.

    >>> is_name("osgd.cb.ATT.COM"), is_name("osgd!root@att")
    (True, False)
    """
    return 0 < len(text) <= _LONGEST and not _NO_NAME.search(text)


def keys(host: str) -> Iterator[Key]:
    """Yield the names to look for, from specific to general (RFC 976 3, step b); none for what is no name.

    The whole name; in the UUCP zone the host's own name; then each domain that the host is in.

    >>> [key.name for key in keys("osgd.cb.ATT.COM")]
    ['osgd.cb.att.com', '.cb.att.com', '.att.com', '.com']
    >>> [key.name for key in keys("mcvax.UUCP")]
    ['mcvax.uucp', 'mcvax', '.uucp']
    """
    name = names.without_dot(host)
    if not is_name(name):
        return
    name = names.fold(name)
    yield Key(name, is_parent=False)
    if name.startswith("."):  # a domain: nobody in the one above could do anything with its name
        return
    if name.endswith(UUCP_ZONE) and len(name) > len(UUCP_ZONE):
        yield Key(name.removesuffix(UUCP_ZONE), is_parent=False)
    place = name.find(".", 1)
    while place >= 0:
        yield Key(name[place:], is_parent=True)
        place = name.find(".", place + 1)


def near_misses(host: str, known: Container[str], ordered: Sequence[str] | None = None) -> tuple[str, ...]:
    """Return known names that differ from a host's in one letter, or in two that changed places; at most five.

    ``known`` holds folded names. ``ordered`` are the same, sorted: with them a name takes no longer than the longest
    beginning that it has in common with a known one.
    """
    name = names.fold(names.without_dot(host)).removesuffix(UUCP_ZONE)
    if not name or len(name) > _LONGEST:
        return ()
    return tuple(sorted({other for other in _neighbours(name, ordered) if other in known})[:_MOST_NEAR_MISSES])


def _neighbours(name: str, ordered: Sequence[str] | None) -> Iterator[str]:
    for place in range(len(name) + 1):
        head, tail = name[:place], name[place:]
        if ordered is not None:
            # All neighbours from here on begin so.
            first = bisect_left(ordered, head)
            if first == len(ordered) or not ordered[first].startswith(head):
                return
        if tail:
            yield head + tail[1:]
            yield from (head + letter + tail[1:] for letter in _LETTERS if letter != tail[0])
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        yield from (head + letter + tail for letter in _LETTERS)
