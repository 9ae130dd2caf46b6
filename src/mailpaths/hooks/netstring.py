r"""Netstrings: ``5:hello,`` - octets with their number before them, so that no octet is special.

D. J. Bernstein, "Netstrings" (1997). `NetstringReader` takes octets as they come, in any pieces.
"""

from __future__ import annotations

import re

from mailpaths.hooks.wire import WireError

__all__ = ["NetstringReader", "netstring"]

# No length begins with a zero but zero itself, so that each string has one form.
_LENGTH = re.compile(rb"(?:0|[1-9][0-9]*)\Z")


def netstring(octets: bytes) -> bytes:
    """Return octets as a netstring.

    >>> netstring(b"rcpt relay!host!user")
    b'20:rcpt relay!host!user,'
    """
    return b"%d:%b," % (len(octets), octets)


class NetstringReader:
    r"""Takes octets, gives the strings in them one after the other; ``most`` is the length of the longest.

    Keeps no more than one string and what came behind it.

    >>> reader = NetstringReader(most=100)
    >>> reader.feed(b"5:hello,5:wor")
    >>> reader.next_string(), reader.next_string()
    (b'hello', None)
    >>> reader.feed(b"ld,")
    >>> reader.next_string()
    b'world'
    """

    __slots__ = ("_data", "_digits", "_end", "_most", "_start")

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._digits = len(str(most))
        self._data = bytearray()
        # Where the next string begins and ends, once its length is known: -1 until then.
        self._start = 0
        self._end = -1

    def feed(self, data: bytes) -> None:
        """Take octets that came."""
        if self._start:
            del self._data[: self._start]
            if self._end >= 0:
                self._end -= self._start
            self._start = 0
        self._data += data

    def next_string(self) -> bytes | None:
        """Return the next string, ``None`` where more must come first. Raises `WireError` for what is no netstring."""
        data = self._data
        if self._end < 0 and not self._read_length():
            return None
        if len(data) <= self._end:
            return None
        if data[self._end] != ord(","):
            raise WireError("expected a comma behind a netstring")
        found = bytes(data[self._start : self._end])
        self._start = self._end + 1
        self._end = -1
        return found

    def _read_length(self) -> bool:
        """Read the length, if all of it is here."""
        colon = self._data.find(b":", self._start, self._start + self._digits + 1)
        digits = bytes(self._data[self._start : colon if colon >= 0 else None])
        if colon < 0 and len(digits) <= self._digits and (not digits or digits.isdigit()):
            return False
        if len(digits) > self._digits or not _LENGTH.match(digits):
            raise WireError("expected the length of a netstring and a colon")
        length = int(digits)
        if length > self._most:
            raise WireError(f"a netstring of {length} octets, and the limit is {self._most}")
        self._start = colon + 1
        self._end = self._start + length
        return True

    @property
    def is_amid(self) -> bool:
        """Whether a string has begun that is not whole."""
        return self._end >= 0 or self._start < len(self._data)
