"""`Latency`: how long requests took, counted in classes, so that a million cost no more than one."""

from __future__ import annotations

from bisect import bisect_left

__all__ = ["BOUNDS", "Latency"]

#: Upper bounds of the classes, in seconds.
BOUNDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 10.0)


class Latency:
    """Counts requests by the first of `BOUNDS` that they do not exceed, and behind these the rest.

    >>> latency = Latency()
    >>> latency.add(0.0004)
    >>> latency.quantile(0.99)
    0.0005
    """

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0

    def add(self, seconds: float) -> None:
        """Count a request."""
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds

    def quantile(self, share: float) -> float | None:
        """Return a bound in seconds that this share of all requests kept.

        Returns ``None`` where it is beyond all bounds, and where there was no request.
        """
        most = share * sum(self.counts)
        if not most:
            return None
        count = 0
        for bound, number in zip(BOUNDS, self.counts, strict=False):
            count += number
            if count >= most:
                return bound
        return None

    def buckets(self) -> list[tuple[str, float]]:
        """Return for each bound, infinity the last, how many requests kept it: the form of Prometheus's histograms."""
        total = 0
        found = []
        for bound, number in zip((*map(str, BOUNDS), "+Inf"), tuple(self.counts), strict=True):
            total += number
            found.append((bound, float(total)))
        return found
