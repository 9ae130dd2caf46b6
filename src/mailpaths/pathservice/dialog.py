"""`Dialog`: what a client of the path service does, step by step, without doing it.

Each step is an action that a shell carries out, with a socket or in an event loop, and hands the outcome back. So the
rules stand here once: the greeting, one connection for many questions, the one new connection where the old one has
died, the time that there is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

from mailpaths.daemon.endpoint import Endpoint
from mailpaths.errors import MailPathsError
from mailpaths.pathservice.codes import Code
from mailpaths.pathservice.protocol import ClientProtocol, command_line, is_last_word
from mailpaths.pathservice.reply import Reply, WireError

__all__ = [
    "DEFAULT_TIMEOUT",
    "Action",
    "Connect",
    "Dialog",
    "LinkError",
    "PathServiceError",
    "Receive",
    "Send",
    "Step",
    "Steps",
]

#: Seconds for an answer, with the connection that may have to be made for it.
DEFAULT_TIMEOUT = 10.0
# Seconds that are for ever: sockets and locks take no number of them.
_FOR_EVER = 86_400.0
# Seconds of silence after a line that promised another one, as the last line does in an example of RFC 915.
_AMID = 1.0


class PathServiceError(MailPathsError):
    """A path server gave no reply to a question: it cannot be reached, it refuses, or it does not speak RFC 915.

    ``endpoint`` is the server. ``reply`` is what it said where it refused to serve (codes 410, 412 and 510).
    """

    def __init__(self, endpoint: Endpoint, reason: str, reply: Reply | None = None) -> None:
        super().__init__(endpoint, reason, reply)
        self.endpoint = endpoint
        self.reason = reason
        self.reply = reply

    def __str__(self) -> str:
        """Return the server and what is wrong."""
        return f"path server {self.endpoint}: {self.reason}"


class OriginError(PathServiceError):
    """A path server knows no roads from the host where they should begin (520), or from any but its own (501)."""

    reply: Reply

    def __init__(self, endpoint: Endpoint, origin: str, reply: Reply) -> None:
        super().__init__(endpoint, f"no roads from {origin}: {reply}", reply)
        self.args = (endpoint, origin, reply)
        self.origin = origin


class LinkError(Exception):
    """What a shell throws into a dialog: the connection cannot be made, or is no more."""


class Step(Enum):
    """An action of a shell that needs nothing more said."""

    HANG_UP = auto()
    #: Read what is there already, without waiting; the outcome is as that of `Receive`.
    GLANCE = auto()


@dataclass(frozen=True, slots=True)
class Connect:
    """Connect to the server."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Send:
    """Send these octets."""

    data: bytes
    seconds: float


@dataclass(frozen=True, slots=True)
class Receive:
    """Wait so long for octets: they are the outcome, none of them at the end of the stream, ``None`` if none came."""

    seconds: float


Action: TypeAlias = Step | Connect | Send | Receive
#: A shell carries out what is yielded, and sends back what came of it; in the end there is a reply.
Steps: TypeAlias = Generator[Action, bytes | None, Reply]
_Part: TypeAlias = Generator[Action, bytes | None, None]


class Dialog:
    """One client's side of one connection at a time.

    ``timeout`` is the seconds from a question to its answer. Raises `PathServiceError` (from the steps) where there is
    none, and `WireError` for a question that no line can carry.
    """

    def __init__(self, endpoint: Endpoint, *, timeout: float, clock: Callable[[], float] = time.monotonic) -> None:
        if not 0 < timeout <= _FOR_EVER:
            raise ValueError("a path server needs more than no time to answer, and not for ever")
        self.endpoint = endpoint
        self.timeout = timeout
        self.greeting: Reply | None = None
        self._clock = clock
        self._protocol: ClientProtocol | None = None
        self._origin: str | None = None
        # Whether the rest of the last reply may still come, and would be taken for the next one.
        self._is_late = False
        self._deadline = 0.0

    def ask(self, verb: str, argument: str = "", *, origin: str | None = None, seconds: float | None = None) -> Steps:
        """Ask a question, of a road from ``origin`` where one is named, and return the reply; ``seconds`` are left.

        Raises `OriginError` where the server refuses that origin. A connection that was used before may have died
        in the meantime; then there is a new one, once.
        """
        line = command_line(verb, argument)
        begin = command_line("FROM", origin or "")
        self._deadline = self._clock() + (self.timeout if seconds is None else seconds)
        while True:
            if self._protocol is not None:
                yield from self._check()
            is_fresh = self._protocol is None
            try:
                reply = yield from self._attempt(line, None if origin == self._origin else (begin, origin))
                if not is_last_word(reply):
                    return reply
                fault = PathServiceError(self.endpoint, f"it says {reply}", reply)
            except LinkError as error:
                reply, fault = None, PathServiceError(self.endpoint, str(error))
            except WireError as error:
                yield from self._hang_up()
                raise PathServiceError(self.endpoint, str(error)) from error
            except OriginError:
                raise
            except PathServiceError:
                yield from self._hang_up()
                raise
            yield from self._hang_up()
            if reply is not None and reply.code == Code.CLOSING:
                return reply
            if is_fresh:
                raise fault

    def _attempt(self, line: bytes, start: tuple[bytes, str | None] | None) -> Steps:
        """Ask over the connection that there is, or over a new one; first say where roads begin, if that changes."""
        if self._protocol is None:
            yield from self._connect()
        if start is not None:
            reply = yield from self._exchange(start[0])
            if is_last_word(reply):
                return reply
            if not reply.is_positive:
                raise OriginError(self.endpoint, start[1] or "", reply)
            self._origin = start[1]
        return (yield from self._exchange(line))

    def hang_up(self) -> None:
        """Forget the connection: whoever calls this has closed it."""
        self._protocol = None
        self._origin = None
        self._is_late = False

    def _hang_up(self) -> _Part:
        self.hang_up()
        yield Step.HANG_UP

    def _check(self) -> _Part:
        """Give a connection up on which something came or may come that nobody asked for: its end, 412, a late line."""
        assert self._protocol is not None  # noqa: S101 - for the type checker
        found = yield Step.GLANCE
        if found is not None or self._is_late or not self._protocol.is_at_rest:
            yield from self._hang_up()

    def _connect(self) -> _Part:
        yield Connect(self._left())
        self._protocol = ClientProtocol()
        self.greeting = greeting = yield from self._reply()
        if greeting.code != Code.READY:
            raise PathServiceError(self.endpoint, f"it says {greeting}", greeting)

    def _exchange(self, line: bytes) -> Steps:
        yield Send(line, self._left())
        return (yield from self._reply())

    def _reply(self) -> Steps:
        """Wait for a whole reply."""
        protocol = self._protocol
        assert protocol is not None  # noqa: S101 - for the type checker
        while True:
            reply = protocol.next_reply()
            if reply is not None:
                return reply
            left = self._left()
            data = yield Receive(min(left, _AMID) if protocol.is_amid else left)
            if data:
                protocol.receive_data(data)
                if answers := protocol.data_to_send():
                    yield Send(answers, self._left())
                continue
            reply = protocol.finish()
            if reply is not None:
                self._is_late = True
                return reply
            if data is not None:
                raise LinkError("it closed the connection")

    def _left(self) -> float:
        """Return the seconds that are left. Raises `PathServiceError` where none are."""
        left = self._deadline - self._clock()
        if left <= 0:
            raise PathServiceError(self.endpoint, f"no answer within {self.timeout:g} s")
        return left
