"""O/R addresses in DER: ours and pyasn1 with pyasn1-modules on the same octets, in the same run (``tox -e bench``).

The peer decodes the values of extension attributes only where it is told to (``decodeOpenTypes``); it is told, as ours
always does. What it hands out is a tree of values, not an address.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pyasn1.codec.der import decoder, encoder
from pyasn1_modules import rfc5280
from pytest_benchmark.fixture import BenchmarkFixture

from mailpaths.x400.der import from_der, to_der

_VECTORS = Path(__file__).parent.parent / "tests" / "vectors" / "der.jsonl"

Do = Callable[[bytes], object]


def _octets() -> list[bytes]:
    with _VECTORS.open(encoding="utf-8") as lines:
        _meta, *rows = [json.loads(line) for line in lines]
    return [bytes.fromhex(row["der_hex"]) for row in rows]


def _decode_with_pyasn1(octets: bytes) -> object:
    return decoder.decode(octets, asn1Spec=rfc5280.ORAddress(), decodeOpenTypes=True)[0]


def _each(do: Callable[[object], object], values: list[object]) -> None:
    for value in values:
        do(value)


DECODERS: dict[str, Do] = {"mailpaths": from_der, "pyasn1-modules": _decode_with_pyasn1}
ENCODERS: dict[str, tuple[Do, Callable[..., bytes]]] = {
    "mailpaths": (from_der, to_der),
    "pyasn1-modules": (_decode_with_pyasn1, encoder.encode),
}


@pytest.mark.parametrize("subject", DECODERS)
def test_decode(benchmark: BenchmarkFixture, subject: str) -> None:
    """Decode every vector."""
    octets = _octets()
    benchmark.group = f"DER: decode {len(octets)} O/R addresses"
    benchmark(_each, DECODERS[subject], octets)


@pytest.mark.parametrize("subject", ENCODERS)
def test_encode(benchmark: BenchmarkFixture, subject: str) -> None:
    """Encode every vector, from what the same subject decoded."""
    octets = _octets()
    benchmark.group = f"DER: encode {len(octets)} O/R addresses"
    decode, encode = ENCODERS[subject]
    values = [decode(one) for one in octets]
    assert [encode(value) for value in values] == octets
    benchmark(_each, encode, values)
