"""`SocketmapClient`: a socketmap asked as a mail server asks it - our own, or somebody else's."""

from __future__ import annotations

import os
import socket
import time
from types import TracebackType
from typing import NamedTuple, Self

from mailpaths.daemon.endpoint import Endpoint, UnixSocket
from mailpaths.errors import MailPathsError
from mailpaths.hooks.netstring import NetstringReader, netstring
from mailpaths.hooks.wire import WireError

__all__ = ["MAX_REPLY", "SocketmapClient", "SocketmapError", "SocketmapReply"]

#: Octets of a reply: what Postfix takes (socketmap_max_reply_size).
MAX_REPLY = 100_000
_OCTETS = 65_536


class SocketmapError(MailPathsError):
    """A server cannot be reached, or does not answer, or not in this protocol."""


class SocketmapReply(NamedTuple):
    """What a server said: the ``status``, its first word, and the ``data`` behind it.

    ``data`` is ``None`` where not even a blank stood behind the status: to Sendmail 8.17 a difference that it does not
    survive.
    """

    status: str
    data: str | None

    def __str__(self) -> str:
        """Return the reply as it came."""
        return self.status if self.data is None else f"{self.status} {self.data}"


class SocketmapClient:
    """A connection to a socketmap server, made when the first question is asked.

    ``timeout`` are the seconds that each answer may take, however slowly it comes; connecting is part of the first.

    >>> from mailpaths.daemon import Endpoint
    >>> client = SocketmapClient(Endpoint("127.0.0.1", 9))
    >>> try:
    ...     client.ask("rcpt", "relay!host!user")
    ... except SocketmapError as error:
    ...     print(error)
    cannot connect to inet:127.0.0.1:9: Connection refused
    """

    def __init__(self, server: Endpoint | UnixSocket, *, timeout: float = 10.0) -> None:
        self.server = server
        self._timeout = timeout
        self._socket: socket.socket | None = None
        self._strings = NetstringReader(most=MAX_REPLY)

    def ask(self, map: str, key: str | bytes) -> SocketmapReply:  # noqa: A002 - what mail servers call it
        """Return what the server says of a key in a map. Raises `SocketmapError` where it says nothing of the kind.

        Octets that are no UTF-8 stand for themselves, in both directions (PEP 383).
        """
        octets = key if isinstance(key, bytes) else _octets(key)
        name = _octets(map)
        if b" " in name:
            raise SocketmapError(f"the name of a map ends at a blank: {map!r}")
        try:
            reply = self._exchange(netstring(name + b" " + octets))
        except BaseException:
            self.close()  # what still comes would be taken for the answer to the next question
            raise
        status, blank, data = reply.decode("utf-8", "surrogateescape").partition(" ")
        return SocketmapReply(status, data if blank else None)

    def _exchange(self, request: bytes) -> bytes:
        end = time.monotonic() + self._timeout
        link = self._socket or self._connect()
        try:
            link.settimeout(_left(end))
            link.sendall(request)
            while (found := self._strings.next_string()) is None:
                link.settimeout(_left(end))
                octets = link.recv(_OCTETS)
                if not octets:
                    what = "in the middle of a reply" if self._strings.is_amid else "without a reply"
                    raise SocketmapError(f"{self._name} closed the connection {what}")
                self._strings.feed(octets)
            if self._strings.is_amid:
                raise SocketmapError(f"{self._name} says more than one reply to a question")
        except WireError as error:
            raise SocketmapError(f"{self._name} does not speak socketmap: {error}") from error
        except TimeoutError as error:
            raise SocketmapError(f"no answer from {self._name} in {self._timeout:g} s") from error
        except OSError as error:
            raise SocketmapError(f"no answer from {self._name}: {_reason(error)}") from error
        return found

    def _connect(self) -> socket.socket:
        server = self.server
        try:
            if isinstance(server, Endpoint):
                made = socket.create_connection((server.host, server.port), self._timeout)
            else:
                made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                try:
                    made.settimeout(self._timeout)
                    made.connect(server.path)
                except BaseException:
                    made.close()
                    raise
        except (OSError, ValueError) as error:  # ValueError: a host name that IDNA refuses
            reason = _reason(error) if isinstance(error, OSError) else str(error)
            raise SocketmapError(f"cannot connect to {self._name}: {reason}") from error
        self._socket = made
        self._strings = NetstringReader(most=MAX_REPLY)
        return made

    @property
    def _name(self) -> str:
        return f"inet:{self.server}" if isinstance(self.server, Endpoint) else str(self.server)

    def close(self) -> None:
        """End the connection; the next question makes a new one."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def __enter__(self) -> Self:
        """Return the client."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the connection."""
        self.close()


def _octets(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise SocketmapError(f"no octets stand for {text[error.start : error.end]!r}") from error


def _left(end: float) -> float:
    """Return the seconds until then. Raises `TimeoutError` where there are none."""
    found = end - time.monotonic()
    if found <= 0:
        raise TimeoutError
    return found


def _reason(error: OSError) -> str:
    number = error.errno or 0
    return os.strerror(number) if number > 0 else error.strerror or str(error)
