"""`Connection`: one caller of the server - its commands taken one after the other, each with its one reply."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from time import perf_counter, thread_time
from typing import TYPE_CHECKING

from mailpaths.daemon.limits import peer_key
from mailpaths.daemon.link import Link, cancel
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


class Connection(Link):
    """The server's end of a connection."""

    __slots__ = (
        "_caller",
        "_is_queued",
        "_key",
        "_peer",
        "_postponed",
        "_protocol",
        "_requests",
        "_server",
        "_turn_timer",
        "_work_in_hand",
    )

    def __init__(self, server: PathServer) -> None:
        super().__init__(server.buffer, idle=server.limits.idle, drain=server.limits.drain)
        self._server = server
        self._protocol = ServerProtocol()
        self._caller = Caller()
        self._key: str | None = None  # set once the turnstile let it in
        self._peer = ""
        self._requests = 0
        # The command that waits for its turn; the one whose reply a thread works on, as long as somebody waits for it.
        self._postponed: Command | BadLine | None = None
        self._work_in_hand: _Work | None = None
        self._is_queued = False
        self._turn_timer: asyncio.TimerHandle | None = None

    # What a link leaves to its server.

    def _begin(self) -> None:
        """Greet, or say why not."""
        _take_urgent_octets(self._transport)
        peername = self._transport.get_extra_info("peername")
        self._peer = str(peername[0]) if isinstance(peername, tuple) else "local"
        refusal = self._server.admit(self, self._peer)
        if refusal is not None:
            self._transport.write(bytes(refusal))
            self._end(f"refused-{refusal.code}")
            return
        self._key = peer_key(self._peer)
        self._transport.write(bytes(self._server.service.greeting()))

    def _take(self, octets: bytes) -> None:
        """Take octets."""
        self._protocol.receive_data(octets)
        if self._protocol.telnet_commands > _MOST_TELNET:
            self._end("telnet")
        else:
            self._go_on()

    def _say_idle(self) -> None:
        """Say that no command came for too long."""
        self._transport.write(bytes(_TIMED_OUT))

    def _is_hurried(self) -> bool:
        """Whether so many are refused that nobody can wait until each has heard it."""
        return self._server.is_crowded

    def _lost(self, reason: str, error: Exception | None) -> None:
        """Forget it all."""
        if self._work_in_hand is not None:
            cancel(self._work_in_hand.timer)
            self._work_in_hand = None
        cancel(self._turn_timer)
        self._turn_timer = None
        self._server.lost(self, self._key, reason)
        self._server.journal.info(
            "connection",
            peer=self._peer,
            reason=reason,
            seconds=self._loop.time() - self._since,
            requests=self._requests,
            octets=self._octets,
            error=None if error is None else type(error).__name__,
        )

    # What the server calls.

    def give_notice(self) -> None:
        """Tell whoever still waits for answers that they do not come, each in its turn, and end."""
        if self._ending:
            return
        events: list[tuple[Command | BadLine, float]] = []
        if self._work_in_hand is not None:
            events.append((self._work_in_hand.event, self._work_in_hand.start))
            cancel(self._work_in_hand.timer)
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

    # Commands and replies.

    def _is_waiting(self) -> bool:
        """Whether the next command must wait: for a thread, for its turn, or for the caller to take its replies."""
        is_timed = self._turn_timer is not None or super()._is_waiting()
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
        cancel(work.timer)
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


class _Work:
    """A command whose reply a thread is to find, and when it was taken."""

    __slots__ = ("event", "start", "timer")

    def __init__(self, event: Command | BadLine, start: float) -> None:
        self.event = event
        self.start = start
        self.timer: asyncio.TimerHandle | None = None


def _take_urgent_octets(transport: asyncio.Transport) -> None:
    """Have urgent octets stand among the others.

    TELNET's "synch" sends DM as urgent data; out of band, it would leave its IAC to the next letter.
    """
    found = transport.get_extra_info("socket")
    if found is not None and found.family in {socket.AF_INET, socket.AF_INET6}:
        with suppress(OSError):
            found.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)


def _verb(event: Command | BadLine) -> str:
    return event.verb if isinstance(event, Command) and event.verb in _VERBS else "other"
