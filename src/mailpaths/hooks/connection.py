"""`Connection`: one mail server that asks - its requests taken one after the other, each with its one reply."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import TYPE_CHECKING

from mailpaths.daemon.link import Link, cancel
from mailpaths.hooks.decision import Decision, Deferred
from mailpaths.hooks.wire import Conversation, Question, WireError

if TYPE_CHECKING:
    from mailpaths.hooks.server import HookServer

__all__ = ["Connection"]

# Seconds for which one peer is answered before others have their turn.
_TURN = 0.001
# Seconds that somebody who is one too many may take to ask what he is not answered.
_SHORT = 5.0
_TOO_LATE = Deferred("no answer in time")
_GOING_DOWN = Deferred("the hook is going down")
_TOO_MANY = Deferred("too many connections")


class Connection(Link):
    """The server's end of a connection, in the protocol that its ``conversation`` speaks.

    Whoever is one too many is answered, too, and told to try again: Exim takes a connection that closes without an
    answer for "no such user", and bounces.
    """

    __slots__ = ("_conversation", "_has_more", "_is_one_too_many", "_requests", "_server", "_work")

    def __init__(self, server: HookServer, conversation: Conversation) -> None:
        idle = max(server.limits.idle, conversation.patience)
        super().__init__(server.buffer, idle=idle, drain=server.limits.drain)
        self._server = server
        self._conversation = conversation
        self._requests = 0
        self._is_one_too_many = False
        # Whether more requests may be here that wait for their turn.
        self._has_more = False
        # The request that threads work on, as long as somebody waits for it.
        self._work: _Work | None = None

    # What a link leaves to its server.

    def _begin(self) -> None:
        """Begin."""
        self._is_one_too_many = not self._server.admit(self)
        if self._is_one_too_many:
            self._idle = _SHORT
            if self._server.is_crowded:
                self.abort("crowded")

    def _take(self, octets: bytes) -> None:
        """Take octets."""
        self._conversation.receive_data(octets)
        self._go_on()

    def _is_waiting(self) -> bool:
        """Whether the next request must wait."""
        return self._work is not None or super()._is_waiting()

    def _say_idle(self) -> None:
        """Say nothing: who asks nothing waits for no reply, and would take one for that to its next question."""

    def _is_hurried(self) -> bool:
        """Whether so many have come that nobody can wait until each has heard its last reply."""
        return self._server.is_crowded

    def _lost(self, reason: str, error: Exception | None) -> None:
        """Forget it all."""
        if self._work is not None:
            self._work.forget()
            self._work = None
        self._server.lost(self, reason, is_counted=not self._is_one_too_many)
        if error is not None or reason not in _ORDINARY:
            self._server.service.journal.warning(
                "connection",
                reason=reason,
                seconds=self._loop.time() - self._since,
                requests=self._requests,
                octets=self._octets,
                error=None if error is None else type(error).__name__,
            )

    # Requests and replies.

    def give_notice(self) -> None:
        """Tell a peer that still waits for an answer that it does not come, and end."""
        if self._ending:
            return
        work, self._work = self._work, None
        if work is not None:
            work.forget()
            self._transport.write(self._replied(work.questions, [_GOING_DOWN] * len(work.questions), work.start))
        self._end("stopped")

    def _go_on(self) -> None:
        """Answer what was asked, as far as that can be now."""
        if self._ending or self._is_waiting():
            return
        out: list[bytes] = []
        try:
            reason = self._answer(out)
        except WireError as error:
            self._server.service.journal.warning("malformed", detail=error)
            out.append(self._conversation.last_words(f"no request: {error}"))
            reason = "malformed"
        if out:
            self._transport.write(out[0] if len(out) == 1 else b"".join(out))
        if reason is not None:
            self._end(reason)
        else:
            # Nothing else is read while a request waits: one has come, and maybe more behind it.
            self._read(on=not (self._is_waiting() or self._has_more))

    def _answer(self, out: list[bytes]) -> str | None:
        """Answer requests until there are no more, or one takes its time, or others are to have their turn.

        Returns why the connection ends now, ``None`` where it goes on.
        """
        end = perf_counter() + _TURN
        service = self._server.service
        self._has_more = False
        while True:
            questions = self._conversation.next_request()
            if questions is None:
                return self._reason_to_end()
            start = perf_counter()
            if self._is_one_too_many and questions:
                out.append(self._replied(questions, [_TOO_MANY] * len(questions), start))
                return "one-too-many"
            if not all(map(service.is_quick, questions)):
                self._ask(questions, start)
                return None
            out.append(self._replied(questions, [service.decide(one) for one in questions], start))
            if perf_counter() >= end:
                self._has_more = True
                self._loop.call_soon(self._go_on)
                return None

    def _reason_to_end(self) -> str | None:
        if self._conversation.is_over:
            return "quit"
        if self._eof:
            return "eof"
        return "stopped" if self._server.is_stopping else None

    def _replied(self, questions: Sequence[Question], decisions: Sequence[Decision], start: float) -> bytes:
        """Return the reply to a request, which is counted."""
        self._requests += 1
        self._set_deadline()
        service = self._server.service
        for question, decision in zip(questions, decisions, strict=True):
            service.note(question, decision)
        reply = self._conversation.reply(decisions)
        if questions:
            service.statistics.latency.add(perf_counter() - start)
        return reply

    def _ask(self, questions: Sequence[Question], start: float) -> None:
        """Have a thread decide; what it has not decided when the time is up is deferred."""
        work = _Work(questions, start)
        self._work = work
        work.timer = self._loop.call_later(self._server.deadline, self._settle, work)
        work.future = self._loop.run_in_executor(self._server.threads, work.run, self._server.service.decide)
        work.future.add_done_callback(lambda done: None if done.cancelled() else self._settle(work))

    def _settle(self, work: _Work) -> None:
        """Reply to a request, unless it has had its reply."""
        if self._work is not work or self._ending:
            return
        self._work = None
        work.forget()
        decisions = work.decisions + [_TOO_LATE] * (len(work.questions) - len(work.decisions))
        self._transport.write(self._replied(work.questions, decisions, work.start))
        self._go_on()


# How a connection ends that nobody needs to look at.
_ORDINARY = frozenset({"eof", "idle", "quit", "stopped"})


class _Work:
    """A request that a thread is to decide, and what it has decided so far."""

    __slots__ = ("_found", "future", "is_wanted", "questions", "start", "timer")

    def __init__(self, questions: Sequence[Question], start: float) -> None:
        self.questions = questions
        self.start = start
        self.timer: asyncio.TimerHandle | None = None
        self.future: asyncio.Future[None] | None = None
        self.is_wanted = True
        self._found: list[Decision] = []

    def run(self, decide: Callable[[Question], Decision]) -> None:
        """Decide, in a thread, as long as somebody waits for it."""
        for question in self.questions:
            if not self.is_wanted:
                return
            self._found.append(decide(question))

    @property
    def decisions(self) -> list[Decision]:
        """What is decided so far, as it is now: the thread may go on."""
        return list(self._found)

    def forget(self) -> None:
        """Wait no more."""
        self.is_wanted = False
        cancel(self.timer)
        if self.future is not None:
            self.future.cancel()
