"""The attributes of an O/R address in DER: how X.411 writes each (RFC 5280 appendix A.1), and how each is read.

Every reader takes its attribute out of the octets from a place on, puts it where `Found` keeps it, and returns where it
ends. Each raises `DERError` for what is not the DER of its type.
"""

from __future__ import annotations

from collections.abc import Callable

from mailpaths.addresses import attributes as table
from mailpaths.addresses.attributes import Attribute, Syntax
from mailpaths.x400 import psap, tlv, twins
from mailpaths.x400.der_extensions import BY_EXTENSION, DEFINED, NAMES, NETWORK, UNITS
from mailpaths.x400.der_found import Found
from mailpaths.x400.tlv import DERError, check_end, expect

__all__ = ["EXTENSIONS", "STANDARD", "Read", "defined_attributes"]

_BY_KEY = table.BY_KEY
# ExtendedNetworkAddress: psap-address [0], a SEQUENCE.
_PSAP = 0xA0
_PERSON_TAGS = {0x80 + number: key for number, key in enumerate(twins.PERSON)}

# What the attributes are called in faults, made once: most addresses have none.
_THE = {one.key: f"the {one.name}" for one in table.TABLE}
_TELETEX_OF = {key: f"the teletex form of {name}" for key, name in _THE.items()}

Span = tuple[int, int]
#: Where a value begins, where what holds it ends, and which attribute it is; returned is where it ends.
Read = Callable[[Found, int, int, Attribute], int]


# --- one value, after its syntax ------------------------------------------------------------------------------------


def _implicit(found: Found, start: int, stop: int, attribute: Attribute) -> int:
    """Take a string whose tag the attribute's own one has replaced."""
    numeric = attribute.syntax is Syntax.NUMERIC
    found.printable[attribute.key] = found.text(start, stop, _THE[attribute.key], numeric=numeric)
    found.places[attribute.key] = start
    return stop


def _string(found: Found, place: int, end: int, attribute: Attribute) -> int:
    """Take a PrintableString."""
    start, stop = expect(found.octets, place, end, tlv.PRINTABLE_STRING, _THE[attribute.key])
    return _implicit(found, start, stop, attribute)


def _choice(found: Found, place: int, end: int, attribute: Attribute) -> int:
    """Take CHOICE { NumericString, PrintableString }."""
    key, name = attribute.key, _THE[attribute.key]
    numeric = place < end and found.octets[place] == tlv.NUMERIC_STRING
    tag = tlv.NUMERIC_STRING if numeric else tlv.PRINTABLE_STRING
    start, stop = expect(found.octets, place, end, tag, name)
    # X.411: ub-domain-name-length is from 0 on for the ADMD alone.
    found.printable[key] = "" if start == stop and key == "ADMD" else found.text(start, stop, name, numeric=numeric)
    found.places[key] = start
    if found.bounds and key in {"C", "PD-C"} and stop - start != (3 if numeric else 2):
        raise DERError(
            f"{name} is three digits in NumericString or two letters in PrintableString", found.octets, start
        )
    return stop


def _teletex(found: Found, place: int, end: int, attribute: Attribute) -> int:
    """Take a TeletexString, the twin of an attribute's printable form."""
    name = _TELETEX_OF[attribute.key]
    start, stop = expect(found.octets, place, end, tlv.TELETEX_STRING, name)
    found.t61[attribute.key] = found.teletex(start, stop, name)
    found.places.setdefault(attribute.key, start)
    return stop


def _number(found: Found, place: int, end: int, attribute: Attribute) -> int:
    """Take the INTEGER of a terminal type."""
    start, stop = expect(found.octets, place, end, tlv.INTEGER, _THE[attribute.key])
    found.printable[attribute.key] = str(tlv.natural(found.octets, start, stop, _THE[attribute.key]))
    found.places[attribute.key] = start
    return stop


# --- several values -------------------------------------------------------------------------------------------------


def _each(octets: bytes, place: int, end: int, tag: int, what: str) -> list[Span]:
    """Return the contents of every element of SEQUENCE SIZE (1..) OF."""
    spans = [expect(octets, place, end, tag, what)]
    while spans[-1][1] < end:
        spans.append(expect(octets, spans[-1][1], end, tag, what))
    return spans


def _pairs(octets: bytes, place: int, end: int, tag: int, what: str) -> list[tuple[Span, Span]]:
    """Return the contents of type and value of every domain-defined attribute."""
    spans: list[tuple[Span, Span]] = []
    for start, stop in _each(octets, place, end, tlv.SEQUENCE, what):
        kind = expect(octets, start, stop, tag, f"the type of {what}")
        value = expect(octets, kind[1], stop, tag, f"the value of {what}")
        check_end(octets, value[1], stop, what)
        spans.append((kind, value))
    return spans


def _names(found: Found, place: int, end: int, _attribute: Attribute) -> int:
    """Take the contents of PersonalName."""
    for key, (start, stop) in _person(found, place, end, "the personal name"):
        found.printable[key] = found.text(start, stop, _THE[key])
    return end


def _teletex_names(found: Found, place: int, end: int, _attribute: Attribute) -> int:
    """Take TeletexPersonalName."""
    what = "the teletex form of the personal name"
    start, stop = expect(found.octets, place, end, tlv.SET, what)
    for key, span in _person(found, start, stop, what):
        found.t61[key] = found.teletex(*span, _TELETEX_OF[key])
    return stop


def _person(found: Found, place: int, end: int, what: str) -> list[tuple[str, Span]]:
    """Return the contents of the parts of a personal name, each under its key."""
    octets = found.octets
    parts: list[tuple[str, Span]] = []
    start, last = place, 0
    while place < end:
        tag = octets[place]
        key = _PERSON_TAGS.get(tag)
        if key is None:
            raise DERError(f"{what} has no part with the tag 0x{tag:02x}", octets, place)
        if tag <= last:
            raise DERError(f"the {_BY_KEY[key].name} is out of the order of DER (X.690 10.3)", octets, place)
        last = tag
        span = expect(octets, place, end, tag, _THE[key])
        parts.append((key, span))
        found.places.setdefault(key, span[0])
        place = span[1]
    if not parts or parts[0][0] != "S":
        raise DERError(f"{what} has no surname", octets, start)
    return parts


def _several(found: Found, place: int, end: int, attribute: Attribute) -> int:
    """Take the contents of OrganizationalUnitNames."""
    name = f"an {attribute.name}"
    for span in _each(found.octets, place, end, tlv.PRINTABLE_STRING, name):
        found.units.append(found.text(*span, name))
    found.places[attribute.key] = place
    return end


def _teletex_several(found: Found, place: int, end: int, attribute: Attribute) -> int:
    """Take TeletexOrganizationalUnitNames."""
    name = f"the teletex form of an {attribute.name}"
    start, stop = expect(found.octets, place, end, tlv.SEQUENCE, f"{name}s")
    for span in _each(found.octets, start, stop, tlv.TELETEX_STRING, name):
        found.t61_units.append(found.teletex(*span, name))
    found.places[attribute.key] = start
    return stop


def defined_attributes(found: Found, place: int, end: int) -> None:
    """Take the contents of BuiltInDomainDefinedAttributes."""
    found.places["DD"] = place
    name = "a domain-defined attribute"
    for kind, value in _pairs(found.octets, place, end, tlv.PRINTABLE_STRING, name):
        found.defined.append((found.text(*kind, f"the type of {name}"), found.text(*value, name)))


def _teletex_defined(found: Found, place: int, end: int, _attribute: Attribute) -> int:
    """Take TeletexDomainDefinedAttributes."""
    name = "a teletex domain-defined attribute"
    start, stop = expect(found.octets, place, end, tlv.SEQUENCE, "the teletex domain-defined attributes")
    for kind, value in _pairs(found.octets, start, stop, tlv.TELETEX_STRING, name):
        found.t61_defined.append((found.teletex(*kind, f"the type of {name}"), found.teletex(*value, name)))
    found.places.setdefault("DD", start)
    return stop


# --- postal and network addresses -----------------------------------------------------------------------------------


def _parameter(found: Found, place: int, end: int, attribute: Attribute) -> int:
    """Take PDSParameter ::= SET { PrintableString OPTIONAL, TeletexString OPTIONAL }, or the like of it."""
    octets, key, name = found.octets, attribute.key, _THE[attribute.key]
    postal = attribute.syntax is Syntax.POSTAL
    start, stop = expect(octets, place, end, tlv.SET, name)
    if start == stop:
        raise DERError(f"expected a value for {name}", octets, start)
    if octets[start] == (tlv.SEQUENCE if postal else tlv.PRINTABLE_STRING):
        if postal:
            inside, behind = expect(octets, start, stop, tlv.SEQUENCE, f"the lines of {name}")
            lines = _each(found.octets, inside, behind, tlv.PRINTABLE_STRING, f"a line of {name}")
            found.printable[key] = "|".join([found.text(*line, f"a line of {name}") for line in lines])
            found.places[key], start = inside, behind
        else:
            start = _string(found, start, stop, attribute)
    if start < stop:
        start = _teletex(found, start, stop, attribute)
    check_end(octets, start, stop, name)
    return stop


def _network(found: Found, place: int, end: int, _attribute: Attribute) -> int:
    """Take ExtendedNetworkAddress ::= CHOICE { e163-4-address SEQUENCE, psap-address [0] }."""
    octets = found.octets
    if place < end and octets[place] == _PSAP:
        start, stop = expect(octets, place, end, _PSAP, "the PSAP address")
        _psap(found, place, start, stop)
        return stop
    start, stop = expect(octets, place, end, tlv.SEQUENCE, "the extended network address")
    for tag, key in ((0x80, "NET-NUM"), (0x81, "NET-SUB")):
        if start < stop or key == "NET-NUM":
            inside, start = expect(octets, start, stop, tag, _THE[key])
            _implicit(found, inside, start, _BY_KEY[key])
    check_end(octets, start, stop, "the extended network address")
    return stop


def _psap(found: Found, outer: int, start: int, stop: int) -> None:
    text = psap.write(psap.from_contents(found.octets, start, stop))
    if text is None:
        found.keep(NETWORK, outer, stop)
    else:
        found.printable["NET-PSAP"] = text
        found.places["NET-PSAP"] = start


# --- where they stand -----------------------------------------------------------------------------------------------

#: X.411: BuiltInStandardAttributes, in its order; the tags are context-specific or of the application, and constructed
#: where they are explicit or hold a SET or SEQUENCE: tag, key, name and how it is read.
STANDARD: tuple[tuple[int, str, str, Read], ...] = (
    (0x61, "C", "country", _choice),
    (0x62, "ADMD", "administration management domain", _choice),
    (0x80, "X121", "X.121 network address", _implicit),
    (0x81, "T-ID", "terminal identifier", _implicit),
    (0xA2, "PRMD", "private management domain", _choice),
    (0x83, "O", "organization", _implicit),
    (0x84, "UA-ID", "numeric user identifier", _implicit),
    (0xA5, "S", "personal name", _names),
    (0xA6, "OU", "organizational units", _several),
)


def _extension_readers() -> dict[int, tuple[Read, Attribute]]:
    """Return how each extension attribute is read: the table says it, the three that hold several things apart."""
    found: dict[int, tuple[Read, Attribute]] = {}
    for one in table.TABLE:
        if one.teletex_extension is not None:
            found[one.teletex_extension] = (_teletex, one)
    for number, one in BY_EXTENSION.items():
        if (one.syntax is Syntax.TELETEX and one.teletex_extension is None) or one.syntax is Syntax.POSTAL:
            found[number] = (_parameter, one)
        elif one.syntax is Syntax.PRINTABLE_OR_NUMERIC:
            found[number] = (_choice, one)
        elif one.syntax is Syntax.INTEGER:
            found[number] = (_number, one)
        else:
            found[number] = (_string, one)
    found[NAMES] = (_teletex_names, _BY_KEY["S"])
    found[UNITS] = (_teletex_several, _BY_KEY["OU"])
    found[DEFINED] = (_teletex_defined, _BY_KEY["DD"])
    found[NETWORK] = (_network, _BY_KEY["NET-NUM"])
    return found


#: How each extension attribute is read, under its number.
EXTENSIONS = _extension_readers()
