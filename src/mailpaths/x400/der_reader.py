"""The octets of an O/R address, read: ORAddress of X.411 (RFC 5280 appendix A.1), strictly as DER has it."""

from __future__ import annotations

from typing import NamedTuple

from mailpaths.addresses import attributes as table
from mailpaths.addresses.attributes import Attribute
from mailpaths.addresses.oraddress import ORAddress
from mailpaths.x400 import tlv
from mailpaths.x400.der_attributes import EXTENSIONS, STANDARD, Read, defined_attributes
from mailpaths.x400.der_extensions import MAX_EXTENSION, ForeignExtension
from mailpaths.x400.der_found import Found
from mailpaths.x400.tlv import DERError, check_end, expect

__all__ = ["read"]


class _BuiltIn(NamedTuple):
    rank: int
    name: str
    attribute: Attribute
    read: Read


_BUILT_IN = {
    tag: _BuiltIn(rank, f"the {name}", table.BY_KEY[key], read) for rank, (tag, key, name, read) in enumerate(STANDARD)
}


def read(
    octets: bytes, tag: int, what: str, *, bounds: bool, foreign: list[ForeignExtension] | None = None
) -> ORAddress:
    """Return the address that the octets are, all of them, behind this tag.

    ``foreign`` is where to put the extensions that no address holds; ``None`` refuses them. Raises `DERError`.
    """
    start, stop = expect(octets, 0, len(octets), tag, what)
    check_end(octets, stop, len(octets), what)
    found = Found(octets, bounds=bounds, foreign=foreign)
    _address(found, start, stop)
    return found.address()


def _address(found: Found, start: int, end: int) -> None:
    """Take the contents of ORAddress: standard, domain-defined and extension attributes."""
    octets = found.octets
    inside, place = expect(octets, start, end, tlv.SEQUENCE, "the built-in standard attributes")
    _standard(found, inside, place)
    if place < end and octets[place] == tlv.SEQUENCE:
        inside, place = expect(octets, place, end, tlv.SEQUENCE, "the domain-defined attributes")
        defined_attributes(found, inside, place)
    if place < end and octets[place] == tlv.SET:
        inside, place = expect(octets, place, end, tlv.SET, "the extension attributes")
        _extensions(found, inside, place)
    if place < end:
        raise tlv.tag_fault(octets, place, tlv.SET, "the extension attributes")


def _standard(found: Found, place: int, end: int) -> None:
    octets = found.octets
    last = -1
    while place < end:
        tag = octets[place]
        known = _BUILT_IN.get(tag)
        if known is None:
            other = next((one for one in _BUILT_IN if one ^ tag == tlv.CONSTRUCTED), None)
            if other is not None:
                raise tlv.tag_fault(octets, place, other, _BUILT_IN[other].name)
            raise DERError(f"no built-in standard attribute has the tag 0x{tag:02x}", octets, place)
        if known.rank <= last:
            what = "is there twice" if known.rank == last else "stands behind a later attribute"
            raise DERError(f"{known.name} {what}", octets, place)
        last = known.rank
        inside, behind = expect(octets, place, end, tag, known.name)
        read_to = known.read(found, inside, behind, known.attribute)
        check_end(octets, read_to, behind, known.name)
        place = behind


def _extensions(found: Found, place: int, end: int) -> None:
    octets = found.octets
    seen: set[int] = set()
    before = b""
    if place == end:
        raise DERError("no extension attribute in their SET (X.411: at least one)", octets, place)
    while place < end:
        inside, behind = expect(octets, place, end, tlv.SEQUENCE, "an extension attribute")
        start, stop = expect(octets, inside, behind, 0x80, "the number of an extension attribute")
        number = tlv.natural(octets, start, stop, "the number of an extension attribute")
        if number > MAX_EXTENSION:
            raise DERError(f"extension attribute {number}; the bound is {MAX_EXTENSION}", octets, start)
        if number in seen:
            raise DERError(f"a second extension attribute {number}", octets, place)
        seen.add(number)
        coded = octets[place:behind]
        if coded < before:
            raise DERError(f"extension attribute {number} is out of the order of DER (X.690 11.6)", octets, place)
        before = coded
        start, stop = expect(octets, stop, behind, 0xA1, "the value of an extension attribute")
        if stop != behind:
            check_end(octets, stop, behind, f"extension attribute {number}")
        known = EXTENSIONS.get(number)
        if known is None:
            found.keep(number, start, stop)
        else:
            take, attribute = known
            read_to = take(found, start, stop, attribute)
            if read_to != stop:
                check_end(octets, read_to, stop, f"the value of extension attribute {number}")
        place = behind
