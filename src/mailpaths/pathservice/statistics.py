"""`Statistics`: what a server counts - connections, requests by command and code, how long they took."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

from mailpaths.daemon.latency import Latency

__all__ = ["Statistics"]

_SHARE = 0.99


class Statistics:
    """Counts since the start; of nothing that a peer can choose, so that it does not grow.

    >>> counts = Statistics()
    >>> counts.request("PATH", 220, 0.0004)
    >>> counts.requests[("PATH", 220)], counts.latency.quantile(0.99)
    (1, 0.0005)
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started = clock()
        self._loaded: float | None = None
        self.open = 0
        self.accepted = 0
        #: Connections that were answered 410 or 510 at once, by code; all that ended, by reason.
        self.refused: Counter[str] = Counter()
        self.closed: Counter[str] = Counter()
        self.requests: Counter[tuple[str, int]] = Counter()
        #: From a command to its reply.
        self.latency = Latency()
        #: By outcome: ``ok`` and ``failed``.
        self.reloads: Counter[str] = Counter()
        #: Faults of the server itself or of its router: bugs.
        self.faults = 0
        self.hosts = 0

    def request(self, verb: str, code: int, seconds: float) -> None:
        """Count a request that was answered; ``verb`` is one of the server's own, or ``other``."""
        self.requests[verb, code] += 1
        self.latency.add(seconds)

    def loaded(self, hosts: int) -> None:
        """Note that a database of so many hosts was loaded."""
        self.reloads["ok"] += 1
        self.hosts = hosts
        self._loaded = self._clock()

    @property
    def uptime(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._started

    @property
    def database_age(self) -> float | None:
        """Seconds since the database was loaded, ``None`` where there is none yet."""
        return None if self._loaded is None else self._clock() - self._loaded

    def lines(self) -> list[str]:
        """Return the counts for the command STAT: a line each, a name, a colon and numbers."""
        codes: Counter[int] = Counter()
        for (_, code), number in self.requests.items():
            codes[code] += number
        bound = self.latency.quantile(_SHARE)
        within = "more than 10 s" if bound is None else f"{bound * 1000:g} ms"
        age = self.database_age
        return [
            f"uptime: {self.uptime:.0f} s",
            f"database: {self.hosts} hosts, loaded {'never' if age is None else f'{age:.0f} s ago'}",
            f"connections: {self.open} open, {self.accepted} accepted, {self.refused.total()} refused",
            f"closed: {_counted(self.closed)}",
            f"requests: {_counted({str(code): codes[code] for code in sorted(codes)})}",
            f"latency: {f'{_SHARE * 100:g} % within {within}' if self.requests else 'none'}",
            f"reloads: {self.reloads['ok']} ok, {self.reloads['failed']} failed",
            f"faults: {self.faults}",
        ]


def _counted(counts: dict[str, int] | Counter[str]) -> str:
    return ", ".join([f"{name} {number}" for name, number in counts.items()]) or "none"
