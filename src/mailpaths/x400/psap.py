"""Presentation addresses as text (RFC 1278): three selectors and the network addresses, ``"p"/"s"/"t"/NS+47000580``.

Selectors are understood in each of their forms, network addresses as NSAP octets alone: the macros, which build them
out of telephone numbers and the like (``TELEX+00728722+…``), are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mailpaths.errors import ConversionError
from mailpaths.x400 import tlv
from mailpaths.x400.tlv import DERError, check_end, element, expect

__all__ = ["PresentationAddress", "contents", "from_contents", "from_parts", "read", "write"]

# RFC 1278 3: other, of which the IA5 form of a selector is made; what is not written so is written in hexadecimal.
_IA5 = re.compile(rb"[0-9A-Za-z+\-.]++\Z")
_SELECTOR = re.compile(
    r"""(?:"(?P<ia5>[0-9A-Za-z+\-.]++)"|\#(?P<number>[0-9]{1,5})|'(?P<hex>(?>(?:[0-9A-Fa-f]{2})*))'[Hh]|)\Z"""
)
_NETWORK = re.compile(r"NS\+((?>(?:[0-9A-Fa-f]{2})+))\Z", re.IGNORECASE)
_MAX_SELECTORS = 3
_MAX_NUMBER = 0xFFFF
# What an explicit tag of number 0 looks like.
_EXPLICIT = 0xA0


class PresentationAddress(NamedTuple):
    """The parts of a presentation address; an absent selector is ``None``, an empty one ``b""``."""

    presentation: bytes | None
    session: bytes | None
    transport: bytes | None
    networks: tuple[bytes, ...]


def read(text: str) -> PresentationAddress:
    r"""Return the parts that a text names. Raises `ConversionError` for one that is no address, or holds a macro.

    >>> read('"256"/NS+a433bb93c1_NS+aa3106').networks
    (b'\xa43\xbb\x93\xc1', b'\xaa1\x06')
    """
    *selectors, networks = text.split("/")
    if len(selectors) > _MAX_SELECTORS:
        raise ConversionError(
            f"NET-PSAP: {len(selectors)} selectors in {text!r}, and there are three", part="attribute"
        )
    found = [_selector(one, text) for one in selectors]
    absent: list[bytes | None] = [None] * (_MAX_SELECTORS - len(found))
    # RFC 1278 prints "_" between network addresses; ISODE, where the notation comes from, has "|".
    parts = [_NETWORK.match(one) for one in networks.replace("|", "_").split("_")]
    octets = tuple([bytes.fromhex(part[1]) for part in parts if part is not None])
    if len(octets) < len(parts):
        raise ConversionError(
            f"NET-PSAP: {networks!r} is not NS+ and hexadecimal octets, the one form of RFC 1278 that DER is made of",
            part="attribute",
        )
    return from_parts([*absent, *found], octets)


def from_parts(selectors: Sequence[bytes | None], networks: Iterable[bytes]) -> PresentationAddress:
    """Return the address of three selectors and any network addresses."""
    presentation, session, transport = selectors
    return PresentationAddress(presentation, session, transport, tuple(networks))


def _selector(written: str, text: str) -> bytes:
    found = _SELECTOR.match(written)
    if found is None or int(found["number"] or 0) > _MAX_NUMBER:
        raise ConversionError(f"NET-PSAP: {written!r} in {text!r} is no selector (RFC 1278 3)", part="attribute")
    if found["ia5"] is not None:
        return found["ia5"].encode("ascii")
    if found["number"] is not None:
        return int(found["number"]).to_bytes(2, "big")
    return bytes.fromhex(found["hex"] or "")


def write(address: PresentationAddress) -> str | None:
    r"""Return the text of an address; ``None`` where there is none, as a selector is absent between or below others.

    >>> write(PresentationAddress(None, b"", b"\x00\x01", (b"\x47\x00",)))
    "/'0001'H/NS+4700"
    """
    selectors = [address.presentation, address.session, address.transport]
    while selectors and selectors[0] is None:
        del selectors[0]
    pieces: list[str] = []
    for selector in selectors:
        if selector is None:
            return None
        if _IA5.match(selector):
            pieces.append(f'"{selector.decode("ascii")}"/')
        else:
            pieces.append(f"'{selector.hex()}'H/" if selector else "/")
    return "".join(pieces) + "_".join([f"NS+{network.hex()}" for network in address.networks])


def from_contents(octets: bytes, start: int, stop: int) -> PresentationAddress:
    """Return the address whose DER contents stand there (RFC 5280 appendix A.1).

    PresentationAddress ::= SEQUENCE { selectors [0] to [2] OPTIONAL, nAddresses [3] SET OF OCTET STRING }, all of them
    EXPLICIT. Raises `DERError`.
    """
    selectors: list[bytes | None] = [None, None, None]
    place = start
    for number, what in enumerate(("the presentation selector", "the session selector", "the transport selector")):
        if place < stop and octets[place] == _EXPLICIT + number:
            inside, place = expect(octets, place, stop, _EXPLICIT + number, what)
            selectors[number] = octets[slice(*_only(octets, inside, place, tlv.OCTET_STRING, what))]
    what = "the network addresses"
    inside, end = _only(octets, place, stop, _EXPLICIT + _MAX_SELECTORS, what)
    place, end = _only(octets, inside, end, tlv.SET, what)
    networks: list[bytes] = []
    before = b""
    while place < end or not networks:
        inside, behind = expect(octets, place, end, tlv.OCTET_STRING, "a network address")
        if inside == behind:
            raise DERError("expected a value for a network address", octets, inside)
        coded = octets[place:behind]
        if coded < before:
            raise DERError("the network addresses are out of the order of DER (X.690 11.6)", octets, place)
        networks.append(octets[inside:behind])
        before, place = coded, behind
    return from_parts(selectors, networks)


def _only(octets: bytes, place: int, end: int, tag: int, what: str) -> tuple[int, int]:
    """Return where the contents of the one element there start and stop."""
    start, stop = expect(octets, place, end, tag, what)
    check_end(octets, stop, end, what)
    return start, stop


def contents(address: PresentationAddress) -> bytes:
    """Return the DER contents of an address: see `from_contents`."""
    pieces = [
        element(_EXPLICIT + number, element(tlv.OCTET_STRING, selector))
        for number, selector in enumerate(address[:_MAX_SELECTORS])
        if isinstance(selector, bytes)
    ]
    networks = sorted([element(tlv.OCTET_STRING, network) for network in address.networks])
    pieces.append(element(_EXPLICIT + _MAX_SELECTORS, element(tlv.SET, b"".join(networks))))
    return b"".join(pieces)
