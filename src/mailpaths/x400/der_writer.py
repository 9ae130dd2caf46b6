"""An O/R address, written as octets: ORAddress of X.411 (RFC 5280 appendix A.1) in DER."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from mailpaths.addresses import attributes as table
from mailpaths.addresses import conformance
from mailpaths.addresses.attributes import Syntax
from mailpaths.addresses.oraddress import ORAddress
from mailpaths.addresses.values import Teletex, Value
from mailpaths.errors import ConversionError
from mailpaths.grammar.oraddress import PS_CHAR
from mailpaths.x400 import ps, psap, tlv, twins
from mailpaths.x400.der_attributes import STANDARD
from mailpaths.x400.der_extensions import DEFINED, MAX_EXTENSION, NAMES, NETWORK, UNITS, ForeignExtension
from mailpaths.x400.tlv import element

__all__ = ["contents"]

_DEFINED_BOUND = table.BY_KEY["DD"].bound
_RFC_822_TYPES = {"RFC-822", "RFC822C1", "RFC822C2", "RFC822C3"}
_BUILT_IN = {key for _tag, key, _name, _read in STANDARD}
_DIGITS = re.compile(r"[0-9]++\Z")
_PS_VALUE = re.compile(rf"{PS_CHAR}++\Z")
_NOT_PS = re.compile(rf"(?!{PS_CHAR}).", re.DOTALL)


def contents(address: ORAddress, foreign: Iterable[ForeignExtension], *, bounds: bool) -> bytes:
    """Return the contents of ORAddress: see `mailpaths.x400.der.to_der`."""
    if bounds:
        fault = conformance.first_bound_fault(address)
        if fault is not None:
            raise ConversionError(f"{fault.name}: {fault.message}", part="attribute")
    single: dict[str, Value] = {}
    units: list[Value] = []
    defined: list[tuple[str, Value]] = []
    for key, value in address.attributes:
        if key == "OU":
            units.append(value)
        elif key[:3] == "DD.":
            defined.append((key[3:], _completed(key, value, bounds=bounds)))
        else:
            single[key] = value
    extensions: dict[int, bytes] = {}
    pieces = [element(tlv.SEQUENCE, _standard(single, units, extensions))]
    printable, t61 = twins.split_defined(defined)
    if printable:
        pieces.append(element(tlv.SEQUENCE, _pairs(printable, tlv.PRINTABLE_STRING)))
    if t61:
        extensions[DEFINED] = element(tlv.SEQUENCE, _pairs(t61, tlv.TELETEX_STRING))
    _extend(single, extensions)
    _put_back(foreign, extensions)
    if extensions:
        # X.690 11.6: a SET OF is in the order of its elements' octets.
        coded = [
            element(tlv.SEQUENCE, element(0x80, tlv.natural_octets(number)) + element(0xA1, octets))
            for number, octets in extensions.items()
        ]
        pieces.append(element(tlv.SET, b"".join(sorted(coded))))
    return b"".join(pieces)


def _put_back(foreign: Iterable[ForeignExtension], extensions: dict[int, bytes]) -> None:
    for number, octets in foreign:
        if not 0 <= number <= MAX_EXTENSION:
            raise ConversionError(f"extension attribute {number}; the bound is {MAX_EXTENSION}", part="attribute")
        if number in extensions:
            raise ConversionError(f"a second extension attribute {number}", part="attribute")
        tlv.check_value(octets, 0, len(octets), f"the value of extension attribute {number}")
        extensions[number] = octets


def _standard(single: Mapping[str, Value], units: list[Value], extensions: dict[int, bytes]) -> bytes:
    """Return the built-in standard attributes; what they have in teletex goes to the extensions."""
    unit_texts, unit_octets = twins.split_units(units)
    if unit_octets:
        extensions[UNITS] = element(tlv.SEQUENCE, _each(unit_octets, tlv.TELETEX_STRING))
    name_texts, name_octets = twins.split_names(single)
    if name_octets:
        extensions[NAMES] = element(tlv.SET, _parts(name_octets))
    pieces: list[bytes] = []
    for tag, key, _name, _read in STANDARD:
        if key == "OU":
            coded = _each(unit_texts, tlv.PRINTABLE_STRING)
        elif key == "S":
            coded = _parts(name_texts)
        elif key in single:
            coded = _built_in(key, single[key], extensions)
        else:
            continue
        if coded:
            pieces.append(element(tag, coded))
    return b"".join(pieces)


def _built_in(key: str, value: Value, extensions: dict[int, bytes]) -> bytes:
    """Return the contents of a standard attribute: none where it has a teletex form alone."""
    attribute = table.BY_KEY[key]
    text, octets = twins.forms(value)
    if octets is not None and attribute.teletex_extension is not None:
        extensions[attribute.teletex_extension] = element(tlv.TELETEX_STRING, octets)
    if text is None:
        return b""
    return _choice(text) if attribute.syntax is Syntax.PRINTABLE_OR_NUMERIC else text.encode("ascii")


def _each(values: list[bytes], tag: int) -> bytes:
    return b"".join([element(tag, value) for value in values])


def _parts(parts: list[tuple[int, bytes]]) -> bytes:
    return b"".join([element(0x80 + number, value) for number, value in parts])


def _choice(text: str) -> bytes:
    """Return CHOICE { NumericString, PrintableString } (RFC 2156 4.1.1: NumericString for digits and only digits)."""
    return element(tlv.NUMERIC_STRING if _DIGITS.match(text) else tlv.PRINTABLE_STRING, text.encode("ascii"))


def _completed(key: str, value: Value, *, bounds: bool) -> Value:
    """Return a domain-defined value in PrintableString: what was not encoded of an RFC-822 one is encoded now."""
    if isinstance(value, Teletex) or _PS_VALUE.match(value):
        return value
    if key[3:].upper() not in _RFC_822_TYPES:
        character = next((found[0] for found in _NOT_PS.finditer(value)), "")
        raise ConversionError(
            f"{character!r} in {key} is no PrintableString, and DER carries nothing else",
            character=character,
            part="attribute",
        )
    coded = _NOT_PS.sub(lambda found: ps.encode(found[0]), value)
    if bounds and len(coded) > _DEFINED_BOUND:
        raise ConversionError(
            f"{key} is {len(coded)} characters once encoded (RFC 2156 3.4); the bound is {_DEFINED_BOUND}",
            part="attribute",
        )
    return coded


def _pairs(pairs: list[tuple[bytes, bytes]], tag: int) -> bytes:
    return b"".join([element(tlv.SEQUENCE, element(tag, kind) + element(tag, value)) for kind, value in pairs])


def _extend(single: Mapping[str, Value], extensions: dict[int, bytes]) -> None:
    """Put every attribute that is no built-in one among the extensions."""
    for key, value in single.items():
        attribute = table.BY_KEY[key]
        if key in _BUILT_IN or key in twins.PERSON or attribute.extension is None:
            continue
        text, octets = twins.forms(value)
        if attribute.extension == NETWORK:
            if NETWORK not in extensions:
                extensions[NETWORK] = _network(single)
        elif attribute.syntax is Syntax.INTEGER:
            extensions[attribute.extension] = element(tlv.INTEGER, tlv.natural_octets(int(text or 0)))
        elif attribute.syntax is Syntax.PRINTABLE_OR_NUMERIC:
            extensions[attribute.extension] = _choice(text or "")
        elif attribute.syntax is Syntax.PRINTABLE or attribute.teletex_extension is not None:
            if text is not None:
                extensions[attribute.extension] = element(tlv.PRINTABLE_STRING, text.encode("ascii"))
            if octets is not None and attribute.teletex_extension is not None:
                extensions[attribute.teletex_extension] = element(tlv.TELETEX_STRING, octets)
        else:
            extensions[attribute.extension] = element(tlv.SET, _parameter(text, octets, attribute.syntax))


def _parameter(text: str | None, octets: bytes | None, syntax: Syntax) -> bytes:
    """Return the contents of PDSParameter, or of UnformattedPostalAddress, which is the like of it in lines."""
    pieces: list[bytes] = []
    if text is not None:
        lines = [element(tlv.PRINTABLE_STRING, line.encode("ascii")) for line in text.split("|")]
        pieces.append(element(tlv.SEQUENCE, b"".join(lines)) if syntax is Syntax.POSTAL else lines[0])
    if octets is not None:
        pieces.append(element(tlv.TELETEX_STRING, octets))
    return b"".join(pieces)


def _network(single: Mapping[str, Value]) -> bytes:
    """Return ExtendedNetworkAddress: a number, perhaps with a sub-address, or a PSAP address."""
    number, sub, address = single.get("NET-NUM"), single.get("NET-SUB"), single.get("NET-PSAP")
    if isinstance(address, str):
        if number is not None or sub is not None:
            raise ConversionError(
                "NET-PSAP beside NET-NUM or NET-SUB: X.411 has one of them in an address", part="attribute"
            )
        return element(0xA0, psap.contents(psap.read(address)))
    if number is None:
        raise ConversionError("NET-SUB without NET-NUM, which X.411 demands", part="attribute")
    coded = element(0x80, twins.t61_form(number))
    return element(tlv.SEQUENCE, coded if sub is None else coded + element(0x81, twins.t61_form(sub)))
