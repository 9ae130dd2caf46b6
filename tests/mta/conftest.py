"""What the tests of the real programs share: where these lie, or why nobody asked them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.mta import programs


def _unpacked(unpack: Callable[[], Path]) -> Path:
    """Return where programs lie. Without them a test is skipped, or fails where ``MAILPATHS_REQUIRE_MTA=1``."""
    try:
        return unpack()
    except programs.NoWitnessError as problem:
        if os.environ.get("MAILPATHS_REQUIRE_MTA") == "1":
            pytest.fail(f"MAILPATHS_REQUIRE_MTA=1, but the real programs cannot be had: {problem}")
        pytest.skip(f"THE REAL PROGRAMS WERE NOT ASKED: {problem}")


@pytest.fixture(scope="session")
def home() -> Path:
    """The unpacked mail programs, and those of UUCP."""
    return _unpacked(programs.unpack)


@pytest.fixture(scope="session")
def terminals() -> Path:
    """The unpacked telnet and nc."""
    return _unpacked(programs.unpack_terminals)
