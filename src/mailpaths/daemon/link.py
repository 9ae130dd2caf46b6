"""`Link`: one peer's connection, of which nothing is read that nobody works on, and nothing kept that nobody takes."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

__all__ = ["BUFFER", "Link", "cancel"]

#: Octets that are read at once, into a buffer that all links of a server share.
BUFFER = 16 * 1024
# Octets of replies that wait for a peer; while more do, nothing of it is read.
_MOST_UNSENT = 32 * 1024
# Seconds for the last reply to arrive: to close a socket with octets unread would take the reply back (RFC 1122
# 4.2.2.13: RST).
_LINGER = 2.0


class Link(asyncio.BufferedProtocol):
    """The server's end of a connection; who serves fills in the methods that raise `NotImplementedError`.

    It never has more to read than the ``buffer`` and a request, and never more to send than `_MOST_UNSENT` and a batch
    of replies: while something waits, nothing is read. ``idle`` are the seconds without a request, ``drain`` those for
    a peer to take its replies.
    """

    __slots__ = (
        "_buffer",
        "_deadline",
        "_drain",
        "_drain_timer",
        "_ending",
        "_eof",
        "_idle",
        "_idle_timer",
        "_is_reading",
        "_loop",
        "_octets",
        "_reason",
        "_since",
        "_transport",
    )

    _transport: asyncio.Transport

    def __init__(self, buffer: memoryview, *, idle: float, drain: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._buffer = buffer
        self._idle = idle
        self._drain = drain
        self._since = self._loop.time()
        self._octets = 0
        self._reason: str | None = None
        self._eof = False
        self._ending = False
        self._is_reading = True
        self._deadline = 0.0
        self._idle_timer: asyncio.TimerHandle | None = None
        self._drain_timer: asyncio.TimerHandle | None = None

    # What a server fills in.

    def _begin(self) -> None:
        """Greet a peer that has come, or end at once."""
        raise NotImplementedError

    def _take(self, octets: bytes) -> None:
        """Take octets that came, and go on."""
        raise NotImplementedError

    def _go_on(self) -> None:
        """Answer what was asked, as far as that can be now; at the end of the stream, end."""
        raise NotImplementedError

    def _is_waiting(self) -> bool:
        """Whether the next request must wait; a subclass has reasons of its own beside this one."""
        return self._drain_timer is not None

    def _say_idle(self) -> None:
        """Say that no request came for too long."""
        raise NotImplementedError

    def _lost(self, reason: str, error: Exception | None) -> None:
        """Forget it all: the connection is closed, for this reason; ``error`` is set where the peer ended it so."""
        raise NotImplementedError

    def give_notice(self) -> None:
        """Tell a peer that still waits for an answer that it does not come, and end."""
        raise NotImplementedError

    def _is_hurried(self) -> bool:
        """Whether nobody can wait until the last reply has arrived."""
        raise NotImplementedError

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - for the type checker
        self._transport = transport
        transport.set_write_buffer_limits(high=_MOST_UNSENT)
        _keep_alive(transport)
        self._begin()
        if not self._ending and self._reason is None:  # `_begin` may have ended it
            self._set_deadline()
            self._idle_timer = self._loop.call_at(self._deadline, self._look_at_the_clock)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - asyncio's own signature
        """Return where octets are put. A selector loop fills it and hands it over at once, so one serves all."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Take octets."""
        self._octets += nbytes
        if not self._ending:
            self._take(bytes(self._buffer[:nbytes]))

    def eof_received(self) -> bool:
        """Answer what was asked, then end: a peer may close its own side first."""
        self._eof = True
        if self._ending:
            self._transport.close()
        else:
            self._go_on()
        return True

    def pause_writing(self) -> None:
        """Wait for a peer that does not take its replies, but not for ever."""
        if self._drain_timer is None:
            self._drain_timer = self._loop.call_later(self._drain, self.abort, "slow")

    def resume_writing(self) -> None:
        """Go on."""
        if not self._ending:
            cancel(self._drain_timer)
            self._drain_timer = None
            self._go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it all."""
        self._ending = True
        cancel(self._idle_timer)
        self._idle_timer = None
        cancel(self._drain_timer)
        self._drain_timer = None
        if self._reason is not None:
            exc = None  # what a peer does after its last reply is its own affair
        self._lost(self._reason or "reset", exc)

    # What a server calls.

    def stop(self) -> None:
        """Answer what was asked already, then end."""
        if not self._ending:
            self._go_on()

    def abort(self, reason: str = "stopped") -> None:
        """End now, whatever waits."""
        self._reason = self._reason or reason
        self._transport.abort()

    # What a subclass calls.

    def _read(self, *, on: bool) -> None:
        """Read from the peer, or let it wait."""
        if on != self._is_reading:
            self._is_reading = on
            if on:
                self._transport.resume_reading()
            else:
                self._transport.pause_reading()

    def _set_deadline(self) -> None:
        self._deadline = self._loop.time() + self._idle

    def _look_at_the_clock(self) -> None:
        """End a connection on which no request came in time. One timer, that looks again, is cheaper than many."""
        if self._is_waiting():
            self._set_deadline()
        elif self._loop.time() >= self._deadline:
            self._idle_timer = None
            self._say_idle()
            self._end("idle")
            return
        self._idle_timer = self._loop.call_at(self._deadline, self._look_at_the_clock)

    def _end(self, reason: str) -> None:
        """Close once the last reply has arrived: what the peer still says is read and forgotten until then."""
        self._ending = True
        self._reason = self._reason or reason
        cancel(self._idle_timer)
        self._idle_timer = None
        transport = self._transport
        if self._eof or self._is_hurried():
            transport.close()
        else:
            with suppress(OSError):  # the peer is gone: ENOTCONN, of which the transport hears when it reads
                if transport.can_write_eof():
                    transport.write_eof()
            self._read(on=True)
        if self._drain_timer is None:
            patience = self._drain if transport.get_write_buffer_size() else _LINGER
            self._drain_timer = self._loop.call_later(patience, self.abort)


def cancel(timer: asyncio.TimerHandle | None) -> None:
    """Cancel a timer, if there is one."""
    if timer is not None:
        timer.cancel()


def _keep_alive(transport: asyncio.Transport) -> None:
    """Have the system find out whether a silent peer is still there."""
    found = transport.get_extra_info("socket")
    if found is not None and found.family in {socket.AF_INET, socket.AF_INET6}:
        with suppress(OSError):
            found.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
