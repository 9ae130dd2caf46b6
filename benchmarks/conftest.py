"""The corpus for the benchmarks under pytest, and a word about a peer that is absent."""

import pytest

from benchmarks.corpus import Sample, build
from benchmarks.subjects import flanker_absent


@pytest.fixture(scope="session")
def corpus() -> dict[str, tuple[Sample, ...]]:
    """Return the whole corpus, by form."""
    return build()


def pytest_report_header() -> str | None:
    """Say so when flanker cannot be measured."""
    return f"flanker: absent ({flanker_absent})" if flanker_absent else None
