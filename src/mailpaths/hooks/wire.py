"""What every protocol of the hook looks like to whoever runs it: octets in, questions out, decisions in, octets out.

No socket here, and no rule: a `Conversation` knows how its mail server asks, and how it is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from mailpaths.errors import MailPathsError
from mailpaths.hooks.decision import Decision

__all__ = ["Conversation", "Question", "WireError"]


class WireError(MailPathsError):
    """What a peer sends is nothing that the protocol knows, and where the next request begins nobody can tell."""


class Question(NamedTuple):
    """A map, and the key to look up in it: the octets of an address, in whatever encoding the mail server has it.

    >>> Question("rcpt", b"relay!host!user")
    Question(map='rcpt', key=b'relay!host!user')
    """

    map: str
    key: bytes


class Conversation(Protocol):
    """One mail server's side of a connection; `SocketmapConversation` shows one at work.

    Whoever runs it hands over what comes, and then takes requests and gives the reply to each before it asks for the
    next: that is how replies keep the order of the requests.
    """

    def receive_data(self, data: bytes) -> None:
        """Take octets that came. Keeps no more than the longest request that the protocol has."""
        ...

    def next_request(self) -> Sequence[Question] | None:
        """Return the questions of the next request, maybe none at all; ``None`` where more must come first.

        Raises `WireError` where what came is no request; then the connection has no future, and `last_words` is what is
        left to say.
        """
        ...

    def reply(self, decisions: Sequence[Decision]) -> bytes:
        """Return the reply to that request, with a decision for each of its questions; maybe no octets."""
        ...

    def last_words(self, reason: str) -> bytes:
        """Return what a peer is told, unasked, where the connection ends for a reason; maybe no octets."""
        ...

    @property
    def is_over(self) -> bool:
        """Whether the peer has said that it wants no more."""
        ...

    @property
    def patience(self) -> float:
        """Seconds of silence that are nothing out of the ordinary here: a connection lives so long, if not longer."""
        ...
