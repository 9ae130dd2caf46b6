"""How long requests took: each class holds its bound, and a share is kept by the bound that reaches it."""

from __future__ import annotations

import pytest

from mailpaths.daemon.latency import BOUNDS, Latency


def test_a_bound_belongs_to_its_class() -> None:
    latency = Latency()
    for seconds in (0.0, 0.0001, 0.00011, 10.0, 10.1):
        latency.add(seconds)
    assert latency.counts == [2, 1, *[0] * 10, 1, 1]
    assert latency.seconds == pytest.approx(20.10021)
    totals = [("0.0001", 2.0), *[(str(bound), 3.0) for bound in BOUNDS[1:-1]], ("10.0", 4.0), ("+Inf", 5.0)]
    assert latency.buckets() == totals


def test_the_bound_that_a_share_keeps() -> None:
    latency = Latency()
    assert latency.quantile(0.5) is None
    for seconds in (0.0001, 0.001, 0.01, 0.1):
        latency.add(seconds)
    assert [latency.quantile(share) for share in (0.25, 0.5, 0.51, 0.75, 1.0)] == [0.0001, 0.001, 0.01, 0.01, 0.1]
    latency.add(11.0)
    assert latency.quantile(1.0) is None
