"""`LineReader`: lines out of a stream that is cut anywhere, and of a line that is too long only the news of it."""

from __future__ import annotations

from typing import Final

__all__ = ["MAX_LINE", "TOO_LONG", "LineReader"]

#: Octets in a line, its end included. RFC 915 sets no limit and names SMTP's parts; RFC 821 4.5.3 allows a command line
#: and a reply line 512 each. Nobody has to keep more of a peer's line than that.
MAX_LINE = 512


class _TooLong:
    """The line that was too long."""

    def __repr__(self) -> str:
        """Return its name."""
        return "TOO_LONG"


#: Stands for a line of more than `MAX_LINE` octets, which nobody kept.
TOO_LONG: Final = _TooLong()


class LineReader:
    r"""Takes octets and gives lines without their ends: CR LF, or LF alone as people and small programs send it.

    More than one CR before the LF is an end, too: a telnet that is fed CR LF sends CR CR LF.

    >>> reader = LineReader()
    >>> reader.feed(b"HELP\r\nQU")
    >>> reader.next_line(), reader.next_line()
    (b'HELP', None)
    """

    __slots__ = ("_buffer", "_limit", "_searched", "_skipping")

    def __init__(self, limit: int = MAX_LINE) -> None:
        self._limit = limit
        self._buffer = bytearray()
        # Octets at the front that hold no LF, so that a line that trickles in is searched once.
        self._searched = 0
        self._skipping = False

    def feed(self, data: bytes) -> None:
        """Take octets that came."""
        if self._skipping and not self._buffer:
            # The tail of a line that is too long: nothing of it is kept, however long it takes.
            end = data.find(b"\n")
            if end < 0:
                return
            data = data[end:]
        self._buffer += data

    def next_line(self) -> bytes | _TooLong | None:
        """Return the next whole line, `TOO_LONG` for one that was, ``None`` where more must come first."""
        buffer = self._buffer
        end = buffer.find(b"\n", self._searched)
        if end < 0:
            self._searched = len(buffer)
            if len(buffer) >= self._limit:
                self._skipping = True
                buffer.clear()
                self._searched = 0
            return None
        self._searched = 0
        line = bytes(buffer[:end])
        del buffer[: end + 1]
        if self._skipping or end >= self._limit:
            self._skipping = False
            return TOO_LONG
        return line.rstrip(b"\r")

    @property
    def is_empty(self) -> bool:
        """Whether nothing is here, not even the beginning of a line."""
        return not self._buffer and not self._skipping

    @property
    def has_line(self) -> bool:
        """Whether a whole line is here."""
        return self._buffer.find(b"\n", self._searched) >= 0
