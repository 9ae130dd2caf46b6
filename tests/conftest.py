"""Two Hypothesis profiles: the quick one for every run, and ``MAILPATHS_FUZZ=long`` with 20,000 examples a property."""

from __future__ import annotations

import io
import os
import sys

import pytest
from hypothesis import HealthCheck, settings

from tests.support import Result, Run

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


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Return the command line as a function."""
    from mailpaths.cli import main

    def call(*arguments: str, stdin: bytes | None = None) -> Result:
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="ascii"))
        status = main(arguments)
        out, err = capsysbinary.readouterr()
        return Result(status, out.decode(), err.decode())

    return call
