"""Reading and writing O/R addresses: ``tox -e bench``.

No Python package for them was found. Beside ours stand what programs do without one - split the text and hope, which
understands neither an escape nor a second unit - and `email.utils.parseaddr` on an addr-spec, the yardstick of the
other benchmarks.
"""

from __future__ import annotations

from collections.abc import Callable
from email.utils import parseaddr

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from mailpaths.x400 import ORAddress

# Nine attributes, one of them written twice: most real addresses are shorter.
ATTRIBUTES = [
    ("C", "GB"),
    ("ADMD", "GOLD 400"),
    ("PRMD", "UK.AC"),
    ("O", "University College London"),
    ("OU", "Computer Science"),
    ("OU", "Networks"),
    ("S", "Linnimouth"),
    ("G", "John"),
    ("I", "J"),
]
TEXTS = {
    "mixer": "/G=John/I=J/S=Linnimouth/OU=Networks/OU=Computer Science/O=University College London/PRMD=UK.AC"
    "/ADMD=GOLD 400/C=GB/",
    "exchange": "X400:c=GB;a=GOLD 400;p=UK.AC;o=University College London;ou1=Computer Science;ou2=Networks;"
    "s=Linnimouth;g=John;i=J;",
}


def _naive(text: str) -> dict[str, str]:
    separator = "/" if text.startswith("/") else ";"
    return dict(pair.split("=") for pair in text.split(separator) if pair)  # and hope


PARSERS: dict[str, Callable[[str], object]] = {
    "mailpaths": ORAddress.parse,
    "split and hope": _naive,
    "email.utils": lambda _text: parseaddr("J.Linnimouth@networks.cs.ucl.ac.uk"),
}


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("dialect", TEXTS)
def test_parse(benchmark: BenchmarkFixture, dialect: str, parser: str) -> None:
    """Read an address of nine attributes."""
    benchmark.group = f"O/R address: read, {dialect}"
    text = TEXTS[dialect]
    found = benchmark(PARSERS[parser], text)
    right = isinstance(found, ORAddress) and found.attributes == tuple(ATTRIBUTES)
    benchmark.extra_info["right"] = right
    # The second unit is lost on a dict, or stands under a key of its own.
    assert right is (parser == "mailpaths")


@pytest.mark.parametrize("dialect", TEXTS)
def test_print(benchmark: BenchmarkFixture, dialect: str) -> None:
    """Write an address of nine attributes."""
    benchmark.group = "O/R address: write"
    address = ORAddress(ATTRIBUTES)
    assert benchmark(address.to_text, dialect) == TEXTS[dialect]


def test_compare(benchmark: BenchmarkFixture) -> None:
    """Tell that two addresses, differently written, are one."""
    benchmark.group = "O/R address: compare"
    one, other = (ORAddress.parse(text) for text in TEXTS.values())
    assert benchmark(lambda: one == other)
