r"""tcp_table, the older protocol of Postfix (tcp_table(5)): a line a request, and no name of a map in it.

    C: get relay!host!user@gw.example\n        S: 200 user@host.uucp\n

So each listener answers from one map. ``%XX`` in a line is an octet by its number in hexadecimal. Postfix asks ten
times, a second apart, where nobody answers: socketmap is better in every way, and this is for those who have nothing
else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import assert_never

from mailpaths.hooks.decision import Decision, Deferred, Rewritten, Unchanged
from mailpaths.hooks.wire import Question, WireError

__all__ = ["MAX_LINE", "TcpTableConversation"]

#: Octets of a request and of a reply, with the line's end (tcp_table(5): 4096).
MAX_LINE = 4096
_MAX_REASON = 200

_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
# What a reply says as it is: printable, and neither a blank nor the mark of an escape.
_PLAIN = re.compile(rb"[^\x21-\x24\x26-\x7e]")


class TcpTableConversation:
    r"""The server's side of a connection on which Postfix looks up keys in one map.

    >>> conversation = TcpTableConversation("rcpt")
    >>> conversation.receive_data(b"get user%25host@relay.example\n")
    >>> conversation.next_request()
    (Question(map='rcpt', key=b'user%host@relay.example'),)
    >>> conversation.reply([Rewritten("user%a@host.uucp")])
    b'200 user%25a@host.uucp\n'
    """

    __slots__ = ("_data", "_map", "_searched")

    is_over = False
    #: It keeps a connection open only to be quicker, and makes another.
    patience = 0.0

    def __init__(self, map_name: str) -> None:
        self._map = map_name
        self._data = bytearray()
        # No line ends before this place.
        self._searched = 0

    def receive_data(self, data: bytes) -> None:
        """Take octets that came."""
        self._data += data

    def next_request(self) -> tuple[Question] | None:
        """Return the next question, ``None`` where more must come first. Raises `WireError` for what is no request."""
        end = self._data.find(b"\n", self._searched)
        if (end if end >= 0 else len(self._data)) >= MAX_LINE:
            raise WireError(f"a line of more than {MAX_LINE} octets")
        if end < 0:
            self._searched = len(self._data)
            return None
        line = bytes(self._data[:end])
        del self._data[: end + 1]
        self._searched = 0
        verb, blank, key = line.partition(b" ")
        if verb != b"get" or not blank or _BAD_ESCAPE.search(key):
            raise WireError("expected get, a blank and a key")
        return (Question(self._map, _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), key)),)

    def reply(self, decisions: Sequence[Decision]) -> bytes:
        """Return the reply to the last question."""
        (decision,) = decisions
        match decision:
            case Rewritten(value):
                return b"200 %b\n" % _escaped(value)
            case Unchanged():
                return b"500 not%20found\n"
            case Deferred(reason):
                return b"400 %b\n" % _escaped(reason[:_MAX_REASON] or "try later")
            case _:
                assert_never(decision)

    def last_words(self, reason: str) -> bytes:
        """Return what whoever waits for a reply takes as one: to try again."""
        return self.reply([Deferred(reason)])


def _escaped(text: str) -> bytes:
    return _PLAIN.sub(lambda found: b"%%%02X" % found[0][0], text.encode("utf-8", "replace"))
