"""`HookStatistics`: what the hook counts - lookups by map and result, connections, reloads, how long answers took."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

from mailpaths.daemon.latency import Latency
from mailpaths.hooks.decision import Decision, Deferred, Rewritten
from mailpaths.hooks.maps import MAPS

__all__ = ["HookStatistics", "result_of"]


def result_of(decision: Decision) -> str:
    """Return a decision in one word: ``ok``, ``notfound``, ``refused`` or ``temp``.

    >>> result_of(Rewritten("user@host.uucp"))
    'ok'
    """
    if isinstance(decision, Rewritten):
        return "ok"
    if isinstance(decision, Deferred):
        return "temp"
    return "refused" if decision.refused else "notfound"


class HookStatistics:
    """Counts since the start; of nothing that a peer can choose, so that it does not grow.

    >>> counts = HookStatistics()
    >>> counts.lookup("rcpt", Rewritten("user@host.uucp"))
    >>> counts.lookups
    Counter({('rcpt', 'ok'): 1})
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started = clock()
        self._loaded: float | None = None
        #: By map and result.
        self.lookups: Counter[tuple[str, str]] = Counter()
        self.latency = Latency()
        self.open = 0
        self.accepted = 0
        #: Connections beyond the limit, whose requests were answered with a temporary failure.
        self.refused = 0
        #: Connections that ended, by reason.
        self.closed: Counter[str] = Counter()
        #: Rules that were loaded, or not, by outcome: ``ok`` and ``failed``.
        self.reloads: Counter[str] = Counter()
        #: Faults of the hook itself or of a router: bugs.
        self.faults = 0

    def lookup(self, map_name: str, decision: Decision) -> None:
        """Count a lookup; a map that there is not counts as ``other``."""
        self.lookups[map_name if map_name in MAPS else "other", result_of(decision)] += 1

    def loaded(self) -> None:
        """Note that rules were loaded."""
        self.reloads["ok"] += 1
        self._loaded = self._clock()

    @property
    def uptime(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._started

    @property
    def rules_age(self) -> float | None:
        """Seconds since rules were loaded, ``None`` where there are none yet."""
        return None if self._loaded is None else self._clock() - self._loaded
