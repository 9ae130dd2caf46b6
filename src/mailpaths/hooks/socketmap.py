r"""socketmap, in which Postfix (socketmap_table(5)) and Sendmail (``Kname socket``) ask, and Exim by ``readsocket``.

A request is a netstring of a map's name, a blank and a key; a reply is one of a status, a blank and what it says.

    C: 28:rcpt relay!host!user@gw.example,     S: 17:OK user@host.uucp,

What the programs make of replies decides which are given here. ``OK`` without data ends Sendmail 8.17 by a
segmentation fault, and an empty one is an error to Postfix. ``PERM`` bounces nothing: Postfix takes it for a fault of
its own configuration, Sendmail for "not found", and delivers to the address as it was. So there are three replies:
``OK`` and an address, ``NOTFOUND``, and ``TEMP``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from mailpaths.hooks.decision import Decision, Deferred, Rewritten, Unchanged
from mailpaths.hooks.netstring import NetstringReader, netstring
from mailpaths.hooks.wire import Question, WireError

__all__ = ["MAX_REQUEST", "NOT_FOUND", "SocketmapConversation", "reply_to"]

#: Octets of a request. Postfix sends back what a map answered, and takes answers of 100,000 (socketmap_max_reply_size).
MAX_REQUEST = 100_000
# Octets of a map's name.
_MAX_NAME = 40
# Octets of a reason: a person reads it in a log.
_MAX_REASON = 200

#: The reply to what is not rewritten.
NOT_FOUND = netstring(b"NOTFOUND ")


def reply_to(decision: Decision) -> bytes:
    """Return the reply that a decision is.

    >>> reply_to(Rewritten("user@host.uucp")), reply_to(Unchanged()), reply_to(Deferred("no map yet"))
    (b'17:OK user@host.uucp,', b'9:NOTFOUND ,', b'15:TEMP no map yet,')
    """
    match decision:
        case Rewritten(value):
            return netstring(b"OK " + value.encode("ascii"))
        case Unchanged():
            return NOT_FOUND
        case Deferred(reason):
            return netstring(b"TEMP " + _words(reason))
        case _:
            assert_never(decision)


class SocketmapConversation:
    """The server's side of a connection on which somebody looks up keys.

    >>> conversation = SocketmapConversation()
    >>> conversation.receive_data(b"20:rcpt relay!host!user,")
    >>> conversation.next_request()
    (Question(map='rcpt', key=b'relay!host!user'),)
    >>> conversation.reply([Rewritten("user@host.uucp")])
    b'17:OK user@host.uucp,'
    """

    __slots__ = ("_strings",)

    #: A client says that it wants no more by closing its side.
    is_over = False
    #: It keeps a connection open only to be quicker, and makes another.
    patience = 0.0

    def __init__(self) -> None:
        self._strings = NetstringReader(most=MAX_REQUEST)

    def receive_data(self, data: bytes) -> None:
        """Take octets that came."""
        self._strings.feed(data)

    def next_request(self) -> tuple[Question] | None:
        """Return the next question, ``None`` where more must come first. Raises `WireError` for what is no request."""
        found = self._strings.next_string()
        if found is None:
            return None
        name, blank, key = found.partition(b" ")
        if not blank:
            raise WireError("expected a map's name, a blank and a key")
        # No map of ours has a name so long, and nobody reads one in a log.
        return (Question(name[:_MAX_NAME].decode("ascii", "replace"), key),)

    def reply(self, decisions: Sequence[Decision]) -> bytes:
        """Return the reply to the last question."""
        (decision,) = decisions
        return reply_to(decision)

    def last_words(self, reason: str) -> bytes:
        """Return what whoever waits for a reply takes as one: to try again."""
        return reply_to(Deferred(reason))


def _words(reason: str) -> bytes:
    """Return a reason as it may stand in a reply: printable, and never empty."""
    text = reason.encode("ascii", "replace").decode("ascii")
    return "".join([letter if letter.isprintable() else "?" for letter in text[:_MAX_REASON]]).encode() or b"try later"
