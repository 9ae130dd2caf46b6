"""`HookService`: the rules at work - questions in, decisions out, counted and told to the journal.

It knows neither sockets nor protocols. Its `decide` never raises: a fault of ours costs the mail a delay, and no more.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache
from typing import assert_never

from mailpaths.daemon.logs import Journal
from mailpaths.hooks.decision import Decision, Deferred, Rewritten, Unchanged
from mailpaths.hooks.maps import MAPS
from mailpaths.hooks.naming import AddressNames
from mailpaths.hooks.rules import MAX_KEY, Rules
from mailpaths.hooks.statistics import HookStatistics
from mailpaths.hooks.wire import Question

__all__ = ["HookService"]

# Decisions that are remembered: each is of a key of MAX_KEY octets at the most.
_REMEMBERED = 1024
_NOT_YET = Deferred("the rules are being read")
_FAULT = Deferred("a fault of the hook")
_TOO_LONG = Unchanged(f"longer than {MAX_KEY} octets, which is more than SMTP carries")
_NO_TEXT = Unchanged("not UTF-8")


class HookService:
    """Answers the questions of mail servers by the rules that it was last given.

    >>> import logging
    >>> from mailpaths.hooks import Settings
    >>> service = HookService(Journal(logging.getLogger("example")), AddressNames("hidden"))
    >>> service.decide(Question("rcpt", b"relay!host!user"))
    Deferred(reason='the rules are being read')
    >>> service.load(Rules(Settings(names=("relay",), next_hops=("host",))))
    >>> service.decide(Question("rcpt", b"relay!host!user"))
    Rewritten(value='user@host.uucp', reason='user at host')
    """

    def __init__(self, journal: Journal, names: AddressNames, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.journal = journal
        self.names = names
        self.statistics = HookStatistics()
        self._rules: Rules | None = None
        self._rewrite: Callable[[str, str], Decision] = _not_yet
        self._clock = clock
        self._delayed = 0
        self._next_note = 0.0

    @property
    def rules(self) -> Rules | None:
        """The rules, ``None`` until there are some."""
        return self._rules

    def load(self, rules: Rules) -> None:
        """Decide by these rules from now on."""
        # Postfix asks about one recipient three times and more: in smtpd, in cleanup, for a header, and of the answer.
        # What a router said that asks others is its own to remember.
        self._rewrite = lru_cache(_REMEMBERED)(rules.rewrite) if rules.is_quick else rules.rewrite
        self._rules = rules
        self.statistics.loaded()

    def is_quick(self, question: Question) -> bool:
        """Tell whether `decide` answers this from memory; where not, it is to be called in a thread."""
        rules = self._rules
        return (
            rules is None or rules.is_quick or len(question.key) > MAX_KEY or rules.answers_at_once(*_asked(question))
        )

    def decide(self, question: Question) -> Decision:
        """Return the decision on a key, which may be any octets at all. Never raises."""
        rules = self._rules
        if rules is None:
            return _NOT_YET
        if len(question.key) > MAX_KEY:
            return _TOO_LONG
        address, map_name = _asked(question)
        if not address.isascii() and any("\udc80" <= letter <= "\udcff" for letter in address):
            return _NO_TEXT
        try:
            return self._rewrite(address, map_name) if map_name in MAPS else rules.rewrite(address, map_name)
        except Exception as error:  # noqa: BLE001 - a fault of ours delays one mail, and stops nobody else's
            self.statistics.faults += 1
            asked = self.names.of(address)
            self.journal.error("fault", map=map_name, asked=asked, error=type(error).__name__, detail=error)
            return _FAULT

    def note(self, question: Question, decision: Decision) -> None:
        """Count a lookup; write a line of a rewrite, of a refusal, and of a delay."""
        self.statistics.lookup(question.map, decision)
        if isinstance(decision, Unchanged) and not decision.refused:
            return
        address, map_name = _asked(question)
        asked = self.names.of(address)
        match decision:
            case Rewritten(value):
                self.journal.info("rewrite", map=map_name, asked=asked, answered=self.names.of(value))
            case Unchanged(reason):
                self.journal.info("refused", map=map_name, asked=asked, detail=reason)
            case Deferred(reason):
                self._note_delay(map_name, asked, reason)
            case _:
                assert_never(decision)

    def _note_delay(self, map_name: str, asked: str | None, reason: str) -> None:
        """Write of delays once a second at most: how many, and the last of them. A router that is down delays all."""
        if self._rules is None:  # while the first rules are read, that is no news
            return
        self._delayed += 1
        now = self._clock()
        if now >= self._next_note:
            self._next_note = now + 1.0
            self.journal.warning("deferred", count=self._delayed, map=map_name, asked=asked, detail=reason)
            self._delayed = 0


def _not_yet(_address: str, _map: str) -> Decision:
    return _NOT_YET


def _asked(question: Question) -> tuple[str, str]:
    return question.key.decode("utf-8", "surrogateescape"), question.map
