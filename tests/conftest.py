"""Two Hypothesis profiles: the quick one for every run, and ``MAILPATHS_FUZZ=long`` with 20,000 examples a property."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Shared machines stall: a deadline for one example would only make tests flaky. Speed has tests of its own.
_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("quick", max_examples=60, deadline=None, suppress_health_check=_SLOW, database=None)
settings.register_profile(
    "long",
    max_examples=int(os.environ.get("MAILPATHS_FUZZ_EXAMPLES", "20000")),
    deadline=None,
    suppress_health_check=_SLOW,
    print_blob=True,
)
settings.load_profile("long" if os.environ.get("MAILPATHS_FUZZ") == "long" else "quick")
