"""`Statistics`: what a server counts - connections, requests by command and code, how long they took."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable

__all__ = ["BUCKETS", "Statistics"]

#: Upper bounds of the classes of latency, in seconds.
BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 10.0)


_SHARE = 0.99


class Statistics:
    """Counts since the start; of nothing that a peer can choose, so that it does not grow.

    ``latencies`` counts requests by the first bound of `BUCKETS` that they do not exceed, and behind these the rest.

    >>> counts = Statistics()
    >>> counts.request("PATH", 220, 0.0004)
    >>> counts.requests[("PATH", 220)], counts.quantile(0.99)
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
        self.latencies = [0] * (len(BUCKETS) + 1)
        self.seconds = 0.0
        #: By outcome: ``ok`` and ``failed``.
        self.reloads: Counter[str] = Counter()
        #: Faults of the server itself or of its router: bugs.
        self.faults = 0
        self.hosts = 0

    def request(self, verb: str, code: int, seconds: float) -> None:
        """Count a request that was answered; ``verb`` is one of the server's own, or ``other``."""
        self.requests[verb, code] += 1
        self.latencies[bisect_left(BUCKETS, seconds)] += 1
        self.seconds += seconds

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

    def quantile(self, share: float) -> float | None:
        """Return a bound in seconds that this share of all requests kept.

        Returns ``None`` where it is beyond all bounds, and where there was no request.
        """
        most = share * sum(self.latencies)
        if not most:
            return None
        count = 0
        for bound, number in zip(BUCKETS, self.latencies, strict=False):
            count += number
            if count >= most:
                return bound
        return None

    def lines(self) -> list[str]:
        """Return the counts for the command STAT: a line each, a name, a colon and numbers."""
        codes: Counter[int] = Counter()
        for (_, code), number in self.requests.items():
            codes[code] += number
        bound = self.quantile(_SHARE)
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
