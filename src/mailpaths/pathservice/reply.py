"""`Reply`: a coded reply of one line or several, and `ReplyReader`, which reads one from a server that errs."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass

from mailpaths.errors import MailPathsError
from mailpaths.pathservice.codes import HIGHEST, LOWEST

__all__ = ["MAX_REPLY_LINES", "MAX_TEXT", "Reply", "ReplyReader", "WireError", "is_text", "printable"]

#: Characters of text in a line: RFC 821 4.5.3 allows a reply line 512 octets, three digits, a mark and CR LF with it.
MAX_TEXT = 506
#: Lines in a reply. RFC 915 sets no limit. A list of hosts that share a name is for a person to choose from.
MAX_REPLY_LINES = 100

# <rtext>: RFC 915 means the printable ASCII characters, 32 to 126.
_NO_TEXT = re.compile(r"[^\x20-\x7e]")
# <rspline>; a server of somebody's own may say the code alone.
_LINE = re.compile(rb"([2-5][0-9][0-9])(?:([ -])(.*))?\Z", re.DOTALL)


class WireError(MailPathsError):
    """What is no line of RFC 915: a reply that is none or too large, or a question that no command line can carry."""


def is_text(text: str) -> bool:
    """Tell whether a reply may carry the text as it is."""
    return len(text) <= MAX_TEXT and not _NO_TEXT.search(text)


def printable(text: str) -> str:
    r"""Return the text as a reply may carry it: ``?`` for what is not printable ASCII, and cut to the longest line.

    >>> printable("Grüß\r\n220 evil@host")
    'Gr????220 evil@host'
    """
    shown = _NO_TEXT.sub("?", text)
    return shown if len(shown) <= MAX_TEXT else f"{shown[: MAX_TEXT - 3]}..."


@dataclass(frozen=True, slots=True)
class Reply:
    r"""A code and its lines of text; `bytes` is what goes over the wire.

    Raises `WireError` for a code outside 200 to 599 and for text that a reply cannot carry: anything but printable
    ASCII, no line at all, or more and longer lines than `MAX_REPLY_LINES` and `MAX_TEXT`. Source: RFC 915, <rspline>.

    >>> bytes(Reply(521, ("Which one?", "brad@pitt.UUCP")))
    b'521-Which one?\r\n521 brad@pitt.UUCP\r\n'
    >>> Reply(220, "piet@mcvax").is_positive
    True
    """

    code: int
    lines: tuple[str, ...]

    def __init__(self, code: int, lines: str | tuple[str, ...]) -> None:
        """Make a reply of a line, or of several."""
        object.__setattr__(self, "code", int(code))
        object.__setattr__(self, "lines", (lines,) if isinstance(lines, str) else lines)
        if not LOWEST <= code <= HIGHEST:
            raise WireError(f"a reply code lies between {LOWEST} and {HIGHEST}, and {int(code)} does not")
        if not 0 < len(self.lines) <= MAX_REPLY_LINES:
            raise WireError(f"a reply has 1 to {MAX_REPLY_LINES} lines, and not {len(self.lines)}")
        for line in self.lines:
            if not is_text(line):
                raise WireError(f"not the text of a reply, up to {MAX_TEXT} printable ASCII characters: {line[:80]!r}")

    @property
    def text(self) -> str:
        """The first line: of a path, the address."""
        return self.lines[0]

    @property
    def is_positive(self) -> bool:
        """Whether the code is 2xx."""
        return self.code < 300  # noqa: PLR2004 - 2xx, RFC 915

    @property
    def is_temporary(self) -> bool:
        """Whether the code is 4xx: the same may work later."""
        return 400 <= self.code < 500  # noqa: PLR2004 - 4xx, RFC 915

    def __bytes__(self) -> bytes:
        """Return the octets, each line with CR LF: a dash behind the code says that more lines follow."""
        lines = self.lines
        if len(lines) == 1:
            return f"{self.code} {lines[0]}\r\n".encode("ascii")
        code = self.code
        return "".join([*[f"{code}-{line}\r\n" for line in lines[:-1]], f"{code} {lines[-1]}\r\n"]).encode("ascii")

    def __str__(self) -> str:
        """Return the lines for a person."""
        return "\n".join([f"{self.code} {line}".rstrip() for line in self.lines])


class ReplyReader:
    """Puts lines together to replies.

    RFC 915's own example of code 521 ends in a line that promises another one. A line with another code ends such a
    reply too, and so does the reader's patience (`finish`).

    >>> reader = ReplyReader()
    >>> for line in (b"521-Which one?", b"521-brad@pitt.UUCP", b"220 brad%pitt@CSNET-RELAY.ARPA"):
    ...     reader.take(line)
    >>> reader.next_reply()
    Reply(code=521, lines=('Which one?', 'brad@pitt.UUCP'))
    """

    __slots__ = ("_code", "_lines", "_whole")

    def __init__(self) -> None:
        self._code = 0
        self._lines: list[str] = []
        self._whole: deque[Reply] = deque()

    def take(self, line: bytes) -> None:
        """Take a line. Raises `WireError` for one that is no line of a reply, and for one line too many."""
        found = _LINE.match(line)
        if found is None:
            raise WireError(f"expected a three-digit code from 200 to 599, found {printable(line.decode('latin-1'))!r}")
        code = int(found[1])
        if self._lines and code != self._code:
            self.finish()
        if len(self._lines) >= MAX_REPLY_LINES:
            raise WireError(f"a reply of more than {MAX_REPLY_LINES} lines")
        self._code = code
        # What a terminal would obey is no text; the line is kept, so that a reply stays one reply.
        self._lines.append(printable((found[3] or b"").decode("latin-1")))
        if found[2] != b"-":
            self.finish()

    def finish(self) -> None:
        """Take the lines so far for a whole reply."""
        if self._lines:
            self._whole.append(Reply(self._code, tuple(self._lines)))
            self._lines = []

    @property
    def is_amid(self) -> bool:
        """Whether the last line promised another one."""
        return bool(self._lines)

    @property
    def is_empty(self) -> bool:
        """Whether there is no reply, not even the beginning of one."""
        return not self._lines and not self._whole

    def next_reply(self) -> Reply | None:
        """Return the next whole reply, ``None`` where more must come first."""
        return self._whole.popleft() if self._whole else None
