"""The load generator against a hook of its own: all replies are right, in order (benchmarks.hook_table has times)."""

from __future__ import annotations

from benchmarks.hook_table import sample

LOOKUPS = 2_000


def test_every_reply_under_load_is_right() -> None:
    """A reply that is not the expected one, or not in its turn, raises."""
    assert sample(LOOKUPS) >= LOOKUPS
