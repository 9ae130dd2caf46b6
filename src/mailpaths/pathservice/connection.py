"""`Connection`: one caller of the server - its commands taken one after the other, each with its one reply."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from time import perf_counter, thread_time
from typing import TYPE_CHECKING

from mailpaths.daemon.limits import peer_key
from mailpaths.pathservice.codes import Code
from mailpaths.pathservice.helping import BASIC, EXTENSIONS
from mailpaths.pathservice.protocol import BadLine, Command, ServerProtocol
from mailpaths.pathservice.reply import Reply
from mailpaths.pathservice.service import Caller

if TYPE_CHECKING:
    from mailpaths.pathservice.server import PathServer
    from mailpaths.pathservice.service import Later

__all__ = ["Connection"]

# Seconds for which one caller is answered before others have their turn.
_TURN = 0.001
# Octets of replies that wait for a caller; while more do, nothing of it is read.
_MOST_UNSENT = 32 * 1024
# Seconds for the last reply to arrive: to close a socket with octets unread would take the reply back (RFC 1122
# 4.2.2.13: RST).
_LINGER = 2.0
# Seconds that a router in a thread may take.
_MOST_WORK = 30.0
# TELNET commands on one connection: a person's TELNET says a dozen. They are no requests, and no turnstile counts them.
_MOST_TELNET = 1000
_VERBS = frozenset({*BASIC, *EXTENSIONS})
_TOO_FAST = Reply(Code.DATABASE_TROUBLE, "Too many requests from your address. Try again later.")
_NO_ANSWER = Reply(Code.DATABASE_TROUBLE, "No answer in time. Try again later.")
_FAULT = Reply(Code.DATABASE_TROUBLE, "A fault of this server. Try again later.")
_TIMED_OUT = Reply(Code.TIMED_OUT, "No command for too long. Bye bye.")
_GOING_DOWN = Reply(Code.DOWN, "The server is going down. Try again later.")


class Connection(asyncio.BufferedProtocol):
    """The server's end of a connection.

    It never has more to read than a buffer of the server and a line, and never more to send than `_MOST_UNSENT` and a
    batch of replies: while something waits, nothing is read.
    """

    __slots__ = (
        "_caller",
        "_deadline",
        "_drain_timer",
        "_ending",
        "_eof",
        "_idle_timer",
        "_is_queued",
        "_is_reading",
        "_key",
        "_loop",
        "_octets",
        "_peer",
        "_postponed",
        "_protocol",
        "_reason",
        "_requests",
        "_server",
        "_since",
        "_transport",
        "_turn_timer",
        "_work_in_hand",
    )

    _transport: asyncio.Transport

    def __init__(self, server: PathServer) -> None:
        self._server = server
        self._loop = server.loop
        self._protocol = ServerProtocol()
        self._caller = Caller()
        self._key: str | None = None  # set once the turnstile let it in
        self._peer = ""
        self._since = self._loop.time()
        self._requests = 0
        self._octets = 0
        self._reason: str | None = None
        # The command that waits for its turn; the one whose reply a thread works on, as long as somebody waits for it.
        self._postponed: Command | BadLine | None = None
        self._work_in_hand: _Work | None = None
        self._is_queued = False
        self._eof = False
        self._ending = False
        self._is_reading = True
        self._deadline = 0.0
        self._idle_timer: asyncio.TimerHandle | None = None
        self._turn_timer: asyncio.TimerHandle | None = None
        self._drain_timer: asyncio.TimerHandle | None = None

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet, or say why not."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - for the type checker
        self._transport = transport
        transport.set_write_buffer_limits(high=_MOST_UNSENT)
        _keep_alive(transport)
        peername = transport.get_extra_info("peername")
        self._peer = str(peername[0]) if isinstance(peername, tuple) else "local"
        refusal = self._server.admit(self, self._peer)
        if refusal is not None:
            transport.write(bytes(refusal))
            self._end(f"refused-{refusal.code}")
            return
        self._key = peer_key(self._peer)
        transport.write(bytes(self._server.service.greeting()))
        self._set_deadline()
        self._idle_timer = self._loop.call_at(self._deadline, self._look_at_the_clock)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - asyncio's own signature
        """Return where octets are put. A selector loop fills it and hands it over at once, so one serves all."""
        return self._server.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Take octets."""
        self._octets += nbytes
        if not self._ending:
            self._protocol.receive_data(bytes(self._server.buffer[:nbytes]))
            if self._protocol.telnet_commands > _MOST_TELNET:
                self._end("telnet")
            else:
                self._go_on()

    def eof_received(self) -> bool:
        """Answer what was asked, then end: a caller may close its own side first."""
        self._eof = True
        if self._ending:
            self._transport.close()
        else:
            self._go_on()
        return True

    def pause_writing(self) -> None:
        """Wait for a caller that does not take its replies, but not for ever."""
        if self._drain_timer is None:
            self._drain_timer = self._loop.call_later(self._server.limits.drain, self.abort, "slow")

    def resume_writing(self) -> None:
        """Go on."""
        if not self._ending:
            _cancel(self._drain_timer)
            self._drain_timer = None
            self._go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it all."""
        self._ending = True
        if self._work_in_hand is not None:
            _cancel(self._work_in_hand.timer)
            self._work_in_hand = None
        _cancel(self._idle_timer)
        self._idle_timer = None
        _cancel(self._turn_timer)
        self._turn_timer = None
        _cancel(self._drain_timer)
        self._drain_timer = None
        if self._reason is not None:
            exc = None  # what a peer does after its last reply is its own affair
        reason = self._reason or "reset"
        self._server.lost(self, self._key, reason)
        self._server.journal.info(
            "connection",
            peer=self._peer,
            reason=reason,
            seconds=self._loop.time() - self._since,
            requests=self._requests,
            octets=self._octets,
            error=None if exc is None else type(exc).__name__,
        )

    # What the server calls.

    def stop(self) -> None:
        """Answer what was asked already, then end."""
        if not self._ending:
            self._go_on()

    def give_notice(self) -> None:
        """Tell whoever still waits for answers that they do not come, each in its turn, and end."""
        if self._ending:
            return
        events: list[tuple[Command | BadLine, float]] = []
        if self._work_in_hand is not None:
            events.append((self._work_in_hand.event, self._work_in_hand.start))
            _cancel(self._work_in_hand.timer)
            self._work_in_hand = None
        event = self._postponed or self._protocol.next_event()
        self._postponed = None
        while event is not None:
            events.append((event, perf_counter()))
            event = self._protocol.next_event()
        for event, start in events:
            self._count(event, _GOING_DOWN, start)
        self._transport.write(bytes(_GOING_DOWN) * max(len(events), 1))
        self._end("stopped")

    def abort(self, reason: str = "stopped") -> None:
        """End now, whatever waits."""
        self._reason = self._reason or reason
        self._transport.abort()

    # Commands and replies.

    def _is_waiting(self) -> bool:
        """Whether the next command must wait: for a thread, for its turn, or for the caller to take its replies."""
        is_timed = self._turn_timer is not None or self._drain_timer is not None
        return is_timed or self._is_queued or self._work_in_hand is not None

    def _go_on(self) -> None:
        """Answer what was asked, as far as that can be now."""
        if self._ending or self._is_waiting():
            return
        out: list[bytes] = []
        if answers := self._protocol.data_to_send():
            out.append(answers)
        begin, count = thread_time(), self._requests
        reason = self._answer(out)
        self._server.charge(self._key, thread_time() - begin, self._requests - count)
        if out:
            self._transport.write(out[0] if len(out) == 1 else b"".join(out))
        if reason is not None:
            self._end(reason)
        else:
            # More than a line may wait now: nothing else is read before it is answered.
            self._read(on=not (self._is_waiting() or self._protocol.has_line))

    def _answer(self, out: list[bytes]) -> str | None:
        """Answer commands until there are no more, or one takes its time, or others are to have their turn.

        Returns why the connection ends now, ``None`` where it goes on.
        """
        end = perf_counter() + _TURN
        start = 0.0
        while start < end:
            event, is_its_turn = self._postponed, True
            if event is None:
                event, is_its_turn = self._protocol.next_event(), False
            self._postponed = None
            if event is None:
                if self._eof:
                    return "eof"
                if self._server.is_stopping:
                    out.append(bytes(_GOING_DOWN))
                    return "stopped"
                return None
            start = perf_counter()
            reply = self._reply(event, start, is_its_turn=is_its_turn)
            if reply is None:
                return None
            out.append(bytes(reply))
            self._count(event, reply, start)
            if reply.code == Code.CLOSING:
                return "quit"
        self._loop.call_soon(self._go_on)
        return None

    def _reply(self, event: Command | BadLine, start: float, *, is_its_turn: bool) -> Reply | None:
        """Return the reply, or ``None`` where the command must wait for it."""
        if not is_its_turn:
            wait = self._server.turn(self._key)
            if wait is None:
                return _TOO_FAST
            if wait:
                self._postponed = event
                self._turn_timer = self._loop.call_later(wait, self._take_turn)
                return None
        try:
            reply = self._server.service.answer(event, self._caller)
        except Exception as error:  # noqa: BLE001 - a fault costs one reply, never the server
            return self._failed(event, error)
        if isinstance(reply, Reply):
            return reply
        if self._server.has_hands(self._key):
            self._ask(event, reply, start)
        else:
            self._postponed = event
            self._is_queued = True
            self._server.queue(self._key, self)
        return None

    def take_hands(self) -> None:
        """Go on with a command that waited for a thread."""
        self._is_queued = False
        self._go_on()

    def _take_turn(self) -> None:
        self._turn_timer = None
        self._go_on()

    def _ask(self, event: Command | BadLine, later: Later, start: float) -> None:
        """Have a thread find the reply."""
        work = _Work(event, start)
        self._work_in_hand = work
        work.timer = self._loop.call_later(_MOST_WORK, self._give_up, work)
        threads = self._server.road_makers if later.computes else self._server.threads
        self._server.set_to_work(self._key, 1)
        future = self._loop.run_in_executor(threads, later)
        future.add_done_callback(lambda done: self._found(work, done))

    def _give_up(self, work: _Work) -> None:
        """Wait no more; what the thread still finds, an origin too, is for a caller who is no more."""
        origin = self._caller.origin
        self._caller = Caller()
        self._caller.origin = origin
        self._settle(work, _NO_ANSWER)

    def _found(self, work: _Work, done: asyncio.Future[Reply]) -> None:
        """Take what a thread found; an answer that nobody waits for any more is seen, and forgotten."""
        self._server.set_to_work(self._key, -1)
        if done.cancelled():
            self._settle(work, _GOING_DOWN)
            return
        error = done.exception()
        self._settle(work, done.result() if error is None else self._failed(work.event, error))

    def _settle(self, work: _Work, reply: Reply) -> None:
        """Give a command its one reply, unless it had it."""
        if self._work_in_hand is not work or self._ending:
            return
        self._work_in_hand = None
        _cancel(work.timer)
        self._transport.write(bytes(reply))
        self._count(work.event, reply, work.start)
        self._go_on()

    def _failed(self, event: Command | BadLine, error: BaseException) -> Reply:
        self._server.service.statistics.faults += 1
        self._server.journal.error(
            "fault",
            peer=self._peer,
            verb=_verb(event),
            address=event.argument if isinstance(event, Command) else None,
            error=type(error).__name__,
            detail=error,
        )
        return _FAULT

    def _count(self, event: Command | BadLine, reply: Reply, start: float) -> None:
        self._requests += 1
        self._set_deadline()
        self._server.service.statistics.request(_verb(event), reply.code, perf_counter() - start)
        self._server.note(reply)

    def _read(self, *, on: bool) -> None:
        """Read from the caller, or let it wait."""
        if on != self._is_reading:
            self._is_reading = on
            if on:
                self._transport.resume_reading()
            else:
                self._transport.pause_reading()

    # The end.

    def _set_deadline(self) -> None:
        self._deadline = self._loop.time() + self._server.limits.idle

    def _look_at_the_clock(self) -> None:
        """End a connection on which no command came in time. One timer, that looks again, is cheaper than many."""
        loop = self._loop
        if self._is_waiting():
            self._set_deadline()
        elif loop.time() >= self._deadline:
            self._idle_timer = None
            self._transport.write(bytes(_TIMED_OUT))
            self._end("idle")
            return
        self._idle_timer = loop.call_at(self._deadline, self._look_at_the_clock)

    def _end(self, reason: str) -> None:
        """Close once the last reply has arrived: what the caller still says is read and forgotten until then."""
        self._ending = True
        self._reason = self._reason or reason
        _cancel(self._idle_timer)
        self._idle_timer = None
        transport = self._transport
        if self._eof or self._server.is_crowded:
            transport.close()
        else:
            with suppress(OSError):  # the caller is gone: ENOTCONN, of which the transport hears when it reads
                if transport.can_write_eof():
                    transport.write_eof()
            self._read(on=True)
        if self._drain_timer is None:
            patience = self._server.limits.drain if transport.get_write_buffer_size() else _LINGER
            self._drain_timer = self._loop.call_later(patience, self.abort)


class _Work:
    """A command whose reply a thread is to find, and when it was taken."""

    __slots__ = ("event", "start", "timer")

    def __init__(self, event: Command | BadLine, start: float) -> None:
        self.event = event
        self.start = start
        self.timer: asyncio.TimerHandle | None = None


def _verb(event: Command | BadLine) -> str:
    return event.verb if isinstance(event, Command) and event.verb in _VERBS else "other"


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    """Cancel a timer, if there is one."""
    if timer is not None:
        timer.cancel()


def _keep_alive(transport: asyncio.Transport) -> None:
    """Have the system find out whether a silent peer is still there."""
    found = transport.get_extra_info("socket")
    if found is not None and found.family in {socket.AF_INET, socket.AF_INET6}:
        with suppress(OSError):
            found.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            # TELNET's "synch" sends DM as urgent data; out of band, it would leave its IAC to the next letter.
            found.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
