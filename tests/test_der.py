"""O/R addresses in DER: vectors, a second opinion (pyasn1-modules), round trips, and every kind of damage."""

from __future__ import annotations

import copy
import pickle
import string
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpaths import ConversionError, MailPathsError
from mailpaths.addresses import attributes as table
from mailpaths.x400 import ORAddress, Teletex, psap
from mailpaths.x400.der import (
    DERError,
    ForeignExtension,
    from_der,
    from_general_name,
    read_der,
    to_der,
    to_general_name,
)
from mailpaths.x400.psap import PresentationAddress
from tests import asn1
from tests.support import Row, rows

ROWS = rows("der.jsonl")
OCTETS = [bytes.fromhex(row["der_hex"]) for row in ROWS]
#: Every attribute at once, twins included: what no one writes, and everything in it.
EVERYTHING = ORAddress(
    [
        ("C", "GB"),
        ("ADMD", " "),
        ("PRMD", "282"),
        ("O", Teletex(b"Soci\xe9t\xe9", "Societe")),
        ("OU", Teletex(b"\xe9", "e")),
        ("OU", "Sales"),
        ("CN", Teletex(b"yen\xa5", "yen")),
        ("S", Teletex(b"Andr\xe9", "Andre")),
        ("G", "Jo"),
        ("I", "JM"),
        ("GQ", "Jr"),
        ("UA-ID", "12 34"),
        ("X121", "1234567890"),
        ("T-ID", "ABC"),
        ("T-TY", "256"),
        ("NET-NUM", "441234567890"),
        ("NET-SUB", "42"),
        ("PD-SERVICE", "Post"),
        ("PD-C", "826"),
        ("PD-CODE", "12345"),
        *[(key, "x") for key in ("PD-OFFICE", "PD-OFFICE-NUM", "PD-EXT-ADDRESS", "PD-PN", "PD-O", "PD-EXT-DELIVERY")],
        ("PD-ADDRESS", Teletex(b"The Dome\r\nThe \xa7", "The Dome|The Square")),
        ("PD-STREET", Teletex(b"Rue \xe9")),
        ("PD-BOX", Teletex(b"\xa5", "yen")),
        *[(key, "x") for key in ("PD-RESTANTE", "PD-UNIQUE", "PD-LOCAL")],
        ("DD.RFC-822", "foo(a)example.com"),
        ("DD.x", Teletex(b"\xe9", "e")),
        ("DD.y", "e"),
    ]
)


def fault(octets: bytes, *, bounds: bool = True) -> tuple[str, int]:
    """Return message and offset of what is wrong with the octets."""
    with pytest.raises(DERError) as found:
        from_der(octets, bounds=bounds)
    assert found.value.octets == octets
    return found.value.message, found.value.offset


def refusal(*attributes: tuple[str, str | Teletex], bounds: bool = True) -> str:
    """Return why an address cannot be written."""
    with pytest.raises(ConversionError) as found:
        to_der(ORAddress(attributes), bounds=bounds)
    assert found.value.part == "attribute"
    return found.value.message


# --- vectors ------------------------------------------------------------------------------------------------------


def test_every_row_says_where_it_is_from() -> None:
    assert len(ROWS) == 11
    assert all(row["source"] and row["pyasn1_modules"] == "ok" for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_vector(row: Row) -> None:
    octets = bytes.fromhex(row["der_hex"])
    address = from_der(octets)
    assert [[key, str(value)] for key, value in address.attributes] == row["attributes"]
    assert to_der(address) == octets
    assert read_der(octets) == (address, ())
    name = bytes.fromhex(row["general_name_hex"])
    assert from_general_name(name) == address
    assert to_general_name(address) == name


# --- a second opinion ---------------------------------------------------------------------------------------------


def test_every_attribute_is_written_and_read() -> None:
    octets = to_der(EVERYTHING)
    assert from_der(octets).attributes == EVERYTHING.attributes
    assert asn1.read_again(octets) == octets
    written = {"DD" if key.startswith("DD.") else key for key, _ in EVERYTHING.attributes}
    assert written == {one.key for one in table.TABLE} - {"NET-PSAP"}


@pytest.mark.parametrize("octets", OCTETS, ids=[row["id"] for row in ROWS])
def test_pyasn1_builds_the_vectors(octets: bytes) -> None:
    assert asn1.build(from_der(octets)) == octets
    assert asn1.read_again(octets) == octets


PRINTABLE = string.ascii_letters + string.digits + " '()+,-./:=?"
SINGLE = [
    one
    for one in table.TABLE
    if one.key not in {"C", "ADMD", "PRMD", "OU", "S", "G", "I", "GQ", "NET-NUM", "NET-SUB", "NET-PSAP", "DD"}
]


def texts(bound: int, letters: str = PRINTABLE) -> st.SearchStrategy[str]:
    return st.text(letters, min_size=1, max_size=bound)


def twins(bound: int) -> st.SearchStrategy[Teletex]:
    """Return values with a teletex form that says something else than the printable one."""
    octets = st.binary(max_size=bound - 1).map(lambda octets: octets + b"\xa5")
    return st.builds(Teletex, octets, texts(bound) | st.none())


def _value(one: table.Attribute) -> st.SearchStrategy[str | Teletex]:
    if one.syntax is table.Syntax.INTEGER:
        return st.integers(0, 256).map(str)
    if one.syntax is table.Syntax.NUMERIC:
        return texts(one.bound, "0123456789 ")
    if one.key == "PD-C":
        return st.sampled_from(["GB", "826"])
    if one.syntax is table.Syntax.POSTAL:
        lines = st.lists(texts(one.bound), min_size=1, max_size=6).map("|".join)
        return lines | st.builds(Teletex, st.binary(max_size=179).map(lambda octets: octets + b"\r"), lines | st.none())
    if one.syntax is table.Syntax.TELETEX:
        return texts(one.bound) | twins(one.bound)
    return texts(one.bound)


#: Names and units are all of one make: those of two are a matter of their own, see below.
MAKERS: list[Callable[[int], st.SearchStrategy[str | Teletex]]] = [texts, twins]


@st.composite
def addresses(draw: st.DrawFn) -> ORAddress:
    """Return O/R addresses that X.411 has a place for, twins in all of the names and units, or in none."""
    found: list[tuple[str, str | Teletex]] = [("C", draw(st.sampled_from(["GB", "XX", "826"])))]
    domain = texts(16) | texts(16, "0123456789")
    found += [(key, draw(domain)) for key in ("ADMD", "PRMD") if draw(st.booleans())]
    found += [(one.key, draw(_value(one))) for one in draw(st.lists(st.sampled_from(SINGLE), unique=True, max_size=6))]
    names = draw(st.sampled_from([(), ("S",), ("S", "G"), ("S", "I", "GQ"), ("S", "G", "I", "GQ")]))
    values: Callable[[int], st.SearchStrategy[str | Teletex]] = draw(st.sampled_from(MAKERS))
    text = draw(st.none() | st.just("x"))
    found += [(key, _with_text(draw(values(table.BY_KEY[key].bound)), text)) for key in names]
    found += [("OU", _with_text(draw(values(32)), text)) for _ in range(draw(st.integers(0, 4)))]
    found += [(f"DD.{draw(texts(8))}", draw(texts(128) | twins(128))) for _ in range(draw(st.integers(0, 4)))]
    match draw(st.integers(0, 3)):
        case 1:
            found.append(("NET-NUM", draw(texts(15, "0123456789"))))
        case 2:
            found += [("NET-NUM", draw(texts(15, "0123456789"))), ("NET-SUB", draw(texts(40, "0123456789 ")))]
        case 3:
            selectors = draw(st.lists(st.binary(max_size=4), max_size=3))
            networks = draw(st.lists(st.binary(min_size=1, max_size=8), min_size=1, max_size=3))
            absent: list[bytes | None] = [None] * (3 - len(selectors))
            written = psap.write(
                psap.from_parts([*absent, *selectors], sorted(networks, key=lambda one: (len(one), one)))
            )
            assert written is not None
            found.append(("NET-PSAP", written))
    return ORAddress(found)


def _with_text(value: str | Teletex, text: str | None) -> str | Teletex:
    return Teletex(value.octets, text) if isinstance(value, Teletex) else value


@given(addresses())
def test_what_is_written_is_read(address: ORAddress) -> None:
    try:
        octets = to_der(address)
    except ConversionError as error:
        assert "nothing in DER that tells which is which" in error.message  # noqa: PT017 - one of two good outcomes
        return
    assert from_der(octets).attributes == address.attributes
    assert from_general_name(to_general_name(address)) == address


@given(addresses().filter(lambda address: len({key for key, _ in address.attributes}) == len(address.attributes)))
def test_pyasn1_writes_the_same_octets(address: ORAddress) -> None:
    octets = to_der(address)
    assert asn1.read_again(octets) == octets
    if not any(key.startswith("DD.") and isinstance(value, Teletex) for key, value in address.attributes):
        assert asn1.build(address) == octets


# --- damage -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("octets", [*OCTETS, to_der(EVERYTHING)], ids=[*[row["id"] for row in ROWS], "everything"])
def test_every_truncation_and_every_tail_is_refused(octets: bytes) -> None:
    for length in range(len(octets)):
        fault(octets[:length])
    for tail in (b"\0", b"\x30", octets):
        count = "1 octet" if len(tail) == 1 else f"{len(tail)} octets"
        assert fault(octets + tail) == (f"{count} behind the O/R address", len(octets))


def _canonical(octets: bytes) -> bytes:
    """Return octets of the vectors with what an address does not keep written one way (see mailpaths.x400.der)."""
    teletex_alone = bytes.fromhex("800102a10314"), bytes.fromhex("800101a10313")
    return octets.replace(*teletex_alone).replace(b"\x13", b"\x12")


@pytest.mark.parametrize("octets", OCTETS, ids=[row["id"] for row in ROWS])
def test_no_octet_can_be_changed_into_anything_but_an_address_or_a_fault(octets: bytes) -> None:
    """What is still read is DER: written again, it is the same octets."""
    damaged = bytearray(octets)
    for place, before in enumerate(octets):
        for octet in range(256):
            damaged[place] = octet
            hurt = bytes(damaged)
            try:
                address = from_der(hurt)
            except DERError as error:
                assert 0 <= error.offset <= len(octets)  # noqa: PT017 - one of two good outcomes
                continue
            again = to_der(address)
            assert again == hurt or _canonical(again) == _canonical(hurt), hurt.hex()
        damaged[place] = before


@given(st.binary(max_size=60) | st.binary(max_size=60).map(lambda tail: b"\x30\x80" + tail))
def test_hostile_octets_raise_a_fault_of_ours(octets: bytes) -> None:
    for read in (from_der, from_general_name, read_der):
        try:
            read(octets)
        except DERError as error:
            assert str(error)  # noqa: PT017 - one of two good outcomes


@given(st.sampled_from([*OCTETS, to_der(EVERYTHING)]), st.data())
def test_spliced_octets_raise_a_fault_of_ours(octets: bytes, data: st.DataObject) -> None:
    start, stop = sorted([data.draw(st.integers(0, len(octets))), data.draw(st.integers(0, len(octets)))])
    hurt = octets[:start] + data.draw(st.binary(max_size=8)) + octets[stop:]
    for bounds in (True, False):
        try:
            address, foreign = read_der(hurt, bounds=bounds)
            to_der(address, foreign, bounds=bounds)
        except MailPathsError as error:
            assert str(error)  # noqa: PT017 - one of two good outcomes


STANDARD = "610413024742"  # C=GB


def standard(contents: str) -> str:
    """Return an ORAddress, in hexadecimal, with these built-in standard attributes behind the country."""
    inner = bytes.fromhex(STANDARD + contents)
    return f"30{len(inner) + 2:02x}30{len(inner):02x}{inner.hex()}"


def extended(*extensions: str) -> str:
    """Return an ORAddress, in hexadecimal, with these extensions; each is what follows the SEQUENCE's length."""
    coded = [bytes.fromhex(one) for one in extensions]
    inner = b"".join([bytes([0x30, len(one)]) + one for one in coded])
    behind = bytes.fromhex("3006" + STANDARD) + bytes([0x31, len(inner)]) + inner
    return f"30{len(behind):02x}{behind.hex()}"


FAULTS = [
    # Lengths and tags.
    ("", "expected the O/R address (SEQUENCE), found nothing more", 0),
    ("30", "the octets end within the O/R address", 0),
    ("30083006610413024742ff", "1 octet behind the O/R address", 10),
    ("3080300661041302474200 00", "an indefinite length, which is not DER (X.690 10.1)", 1),
    ("308108 3006610413024742", "a length in more octets than it needs, which is not DER (X.690 10.1)", 1),
    ("30820008 3006610413024742", "a length in more octets than it needs, which is not DER (X.690 10.1)", 1),
    ("30ff", "a length of 127 octets", 1),
    ("3088ffffffffffffffff", "the octets end within the O/R address", 0),
    ("3082", "the octets end within the O/R address", 0),
    ("3106610413024742", "expected the O/R address (SEQUENCE), found SET", 0),
    ("1006610413024742", "the O/R address is primitive, and DER has it constructed", 0),
    ("a3083006610413024742", "expected the O/R address (SEQUENCE), found [3]", 0),
    ("3006610413024742", "expected the built-in standard attributes (SEQUENCE), found [APPLICATION 1]", 2),
    ("3000", "expected the built-in standard attributes (SEQUENCE), found nothing more", 2),
    ("30023000", "expected an O/R address, found no attribute", 0),
    ("3009300661041302474202", "expected the extension attributes (SET), found INTEGER", 10),
    # The built-in standard attributes.
    ("3008300661051302 4742", "the country is longer than what holds it", 4),
    ("30083006610413034742", "the country is longer than what holds it", 6),
    ("3008300661041402 4742", "expected the country (PrintableString), found TeletexString", 6),
    ("3008300661043302 4742", "the country is constructed, and DER has it primitive", 6),
    ("3008300641041302 4742", "the country is primitive, and DER has it constructed", 4),
    (standard("610413024742"), "the country is there twice", 10),
    (standard("83014f6203130141"), "the administration management domain stands behind a later attribute", 13),
    (standard("630413024742"), "no built-in standard attribute has the tag 0x63", 10),
    (standard("830140"), "0x40 in the organization is not in PrintableString", 12),
    (standard("8300"), "expected a value for the organization", 12),
    (standard("840141"), "0x41 in the numeric user identifier is not in NumericString", 12),
    (standard("a2021300"), "expected a value for the private management domain", 14),
    (standard("a20613015813 0159"), "3 octets behind the private management domain", 15),
    ("3009300761051303474258", "the country is three digits in NumericString or two letters in PrintableString", 8),
    ("3008300661041302 4731", "country: a country is two letters (ISO 3166) or three digits (X.121)", 8),
    (standard("a503810147"), "the personal name has no surname", 12),
    (standard("a500"), "the personal name has no surname", 12),
    (standard("a506820149800153"), "the surname is out of the order of DER (X.690 10.3)", 15),
    (standard("a506800153800153"), "the surname is out of the order of DER (X.690 10.3)", 15),
    (standard("a503840153"), "the personal name has no part with the tag 0x84", 12),
    (standard("a600"), "expected an organizational unit (PrintableString), found nothing more", 12),
    (standard("a603140141"), "expected an organizational unit (PrintableString), found TeletexString", 12),
    (
        standard("a60f" + "130141" * 5),
        "organizational units: 5 of them; the bound is 4",
        12,
    ),
    # The domain-defined ones.
    ("300a30066104130247423000", "expected a domain-defined attribute (SEQUENCE), found nothing more", 12),
    (
        "300f300661041302474230053003130174",
        "expected the value of a domain-defined attribute (PrintableString), found nothing more",
        17,
    ),
    ("30123006610413024742300830061301741301 40", "0x40 in a domain-defined attribute is not in PrintableString", 19),
    (
        "3015300661041302474230 0b3009130174130141130142",
        "3 octets behind a domain-defined attribute",
        20,
    ),
    # The extension attributes.
    ("300a30066104130247423100", "no extension attribute in their SET (X.411: at least one)", 12),
    (extended("800101a103130158", "800101a103130158"), "a second extension attribute 1", 22),
    (
        extended("800102a103140158", "800101a103130158"),
        "extension attribute 1 is out of the order of DER (X.690 11.6)",
        22,
    ),
    (
        extended("80020001a103130158"),
        "the number of an extension attribute is in more octets than it needs, which is not DER (X.690 8.3.2)",
        16,
    ),
    (extended("8001ffa103130158"), "the number of an extension attribute is below 0", 16),
    (extended("8000a103130158"), "expected a number for the number of an extension attribute", 16),
    (extended("80020101a103130158"), "extension attribute 257; the bound is 256", 16),
    (extended("80050100000000a103130158"), "the number of an extension attribute is a number of 5 octets", 16),
    (extended("800101a006130158130158"), "expected the value of an extension attribute ([1]), found [0]", 17),
    (extended("800101a106130158130158"), "3 octets behind the value of extension attribute 1", 22),
    (extended("800101a1031301580500"), "2 octets behind extension attribute 1", 22),
    (
        extended("800102a103130158"),
        "expected the teletex form of the common name (TeletexString), found PrintableString",
        19,
    ),
    (extended("80010aa1023100"), "expected a value for the physical delivery office name", 21),
    (
        extended("80010aa108310614 0158130158"),
        "3 octets behind the physical delivery office name",
        24,
    ),
    (
        extended("800110a1043102300 0".replace(" ", "")),
        "expected a line of the unformatted postal address (PrintableString), found nothing more",
        23,
    ),
    (extended("800117a1030201ff"), "the terminal type is below 0", 21),
    (extended("800117a10402020101"), "terminal type: 257; the bound is 256", 21),
    (extended("800117a10402020fff"), "expected a terminal type: tlx, ttx, g3fax, g4fax, ia5, vtx or a number", 21),
    (extended("800116a10530 03810131"), "expected the E.163 or E.164 number ([0]), found [1]", 21),
    (extended("800116a1053003800120"), "not a value of the E.163 or E.164 number: ' '", 23),
    (extended("800116a1053003800141"), "0x41 in the E.163 or E.164 number is not in NumericString", 23),
    (extended("800116a102a000"), "expected the network addresses ([3]), found nothing more", 21),
    (extended("800116a106a004a3023100"), "expected a network address (OCTET STRING), found nothing more", 25),
    (extended("800116a108a006a30431020400"), "expected a value for a network address", 27),
    (
        extended("800116a10ca00aa3083106040102040101"),
        "the network addresses are out of the order of DER (X.690 11.6)",
        28,
    ),
    (
        extended("800118a104310230 00"),
        (
            "extension attribute 24, the universal form of the common name, has no place in an ORAddress "
            "(read_der puts it aside)"
        ),
        19,
    ),
    (
        extended("800163a1020500"),
        "extension attribute 99, which RFC 5280 does not have, has no place in an ORAddress (read_der puts it aside)",
        19,
    ),
]


@pytest.mark.parametrize(("octets", "message", "offset"), FAULTS)
def test_fault(octets: str, message: str, offset: int) -> None:
    assert fault(bytes.fromhex(octets)) == (message, offset)


def test_fault_in_the_twins_of_units() -> None:
    units = bytearray(to_der(ORAddress([("C", "GB"), ("OU", Teletex(b"\xe9", "e")), ("OU", "f")])))
    place = units.index(bytes.fromhex("a606130165130166"))
    hurt = bytes(units).replace(bytes.fromhex("a606130165130166"), bytes.fromhex("a606130465130166"))
    assert fault(hurt) == ("0x13 in an organizational unit is not in PrintableString", place + 5)


def test_as_many_teletex_units_as_printable_ones() -> None:
    octets = bytes.fromhex("301d300b610413024742a603130141310e300c800105a1073005140141140142"[:0])
    one, two = ORAddress([("C", "GB"), ("OU", "A")]), ORAddress([("C", "GB"), ("OU", Teletex(b"\xe9")), ("OU", "B")])
    printable, teletex = to_der(one)[2:], to_der(two)
    octets = printable + teletex[teletex.index(0x31) :]
    octets = bytes([0x30, len(octets)]) + octets
    assert fault(octets) == ("1 organizational unit and 2 in teletex form: nothing tells which is which", 26)


def test_a_fault_shows_its_place() -> None:
    with pytest.raises(DERError) as found:
        from_der(OCTETS[0][:-1] + b"@")
    assert str(found.value) == (
        "0x40 in the common name is not in PrintableString\n  … 08 53 55 4d 55 59 45 59 40\n  " + " " * 26 + "^~"
    )


def test_faults_are_values() -> None:
    with pytest.raises(DERError) as found:
        from_der(b"\x31\x00")
    for again in (pickle.loads(pickle.dumps(found.value)), copy.copy(found.value)):  # noqa: S301 - our own
        assert type(again) is DERError
        assert str(again) == "expected the O/R address (SEQUENCE), found SET\n  31 00\n  ^~"
        assert (again.message, again.octets, again.offset) == (found.value.message, b"\x31\x00", 0)


def test_other_general_names_are_named() -> None:
    for octets, message in [
        (b"\x82\x01a", "expected an x400Address, found dNSName"),
        (b"\xa4\x00", "expected an x400Address, found directoryName"),
        (b"\x83\x00", "the x400Address is primitive, and DER has it constructed"),
        (b"\x30\x00", "expected the x400Address ([3]), found SEQUENCE"),
        (b"\x89\x00", "expected the x400Address ([3]), found [9]"),
        (b"", "expected the x400Address ([3]), found nothing more"),
    ]:
        with pytest.raises(DERError) as found:
            from_general_name(octets)
        assert found.value.message == message


# --- what an address cannot hold ----------------------------------------------------------------------------------


def test_foreign_extensions_are_put_aside_and_put_back() -> None:
    universal = "3106020100 1e0141".replace(" ", "")
    octets = bytes.fromhex(extended("800101a103130158", "800118a108" + universal))
    address, foreign = read_der(octets)
    assert address.attributes == (("C", "GB"), ("CN", "X"))
    assert foreign == (ForeignExtension(24, bytes.fromhex(universal)),)
    assert to_der(address, foreign) == octets
    assert to_general_name(address, foreign)[1:] == octets[1:]


def test_foreign_extensions_have_names() -> None:
    assert [ForeignExtension(number, b"").name for number in (24, 25, 26, 27, 28, 29, 35, 40, 41, 22)] == [
        "the universal form of the common name",
        "the universal form of the organization",
        "the universal form of the personal name",
        "the universal form of the organizational unit",
        "the universal form of the domain-defined attribute",
        "the universal form of the physical delivery office name",
        "the universal form of the unformatted postal address",
        "the universal form of the local postal attributes",
        "which RFC 5280 does not have",
        "a PSAP address that RFC 1278 cannot write",
    ]


def test_a_foreign_extension_must_be_der_and_no_second_one() -> None:
    address = ORAddress([("C", "GB"), ("CN", "X")])
    for number, octets, message in [
        (1, b"\x05\0", "a second extension attribute 1"),
        (-1, b"\x05\0", "extension attribute -1; the bound is 256"),
        (257, b"\x05\0", "extension attribute 257; the bound is 256"),
    ]:
        with pytest.raises(ConversionError) as refused:
            to_der(address, [ForeignExtension(number, octets)])
        assert refused.value.message == message
    for octets, message in [
        (b"", "expected the value of extension attribute 24, found nothing more"),
        (b"\x05\0\0", "1 octet behind the value of extension attribute 24"),
        (b"\x30\x80\0\0", "an indefinite length, which is not DER (X.690 10.1)"),
        (b"\x30\x02\x05\x01", "a part of the value of extension attribute 24 is longer than what holds it"),
        (b"\x1f\x80\x01\0", "a tag in more octets than it needs, which is not DER (X.690 8.1.2.4)"),
        (b"\x1f\x05\0", "a tag in more octets than it needs, which is not DER (X.690 8.1.2.4)"),
        (b"\x1f", "the octets end within the value of extension attribute 24"),
    ]:
        with pytest.raises(DERError) as found:
            to_der(address, [ForeignExtension(24, octets)])
        assert found.value.message == message
    assert read_der(to_der(address, [ForeignExtension(24, b"\x1f\x81\x05\0")])).foreign[0].octets == b"\x1f\x81\x05\0"


def test_depth_is_no_danger() -> None:
    nested = b""
    for _ in range(5000):
        length = len(nested)
        head = bytes([length]) if length < 128 else b"\x82" + length.to_bytes(2, "big")
        if 128 <= length < 256:
            head = bytes([0x81, length])
        nested = b"\x30" + head + nested
    octets = to_der(ORAddress([("C", "GB")]), [ForeignExtension(99, nested)])
    assert read_der(octets).foreign == (ForeignExtension(99, nested),)


def test_a_psap_address_without_text_is_foreign() -> None:
    """A presentation selector with no transport selector below it: RFC 1278 has no way to write that."""
    value = bytes.fromhex("a00fa003040170a3083106040147040148")
    octets = bytes.fromhex(extended("800116a111" + value.hex()))
    address, foreign = read_der(octets)
    assert foreign == (ForeignExtension(22, value),)
    assert to_der(address, foreign) == octets
    assert fault(octets)[0] == (
        "extension attribute 22, a PSAP address that RFC 1278 cannot write, has no place in an ORAddress "
        "(read_der puts it aside)"
    )


# --- what DER cannot hold -----------------------------------------------------------------------------------------


def test_what_x411_has_no_place_for_is_refused() -> None:
    long = "u" * 100 + "@" + "d" * 26
    assert refusal(("C", "GB"), ("G", "Jo")) == "G: a given name without a surname, which X.411 demands"
    assert refusal(("C", "GB"), ("I", "J")) == "I: initials without a surname, which X.411 demands"
    assert refusal(("C", "GB"), ("S", Teletex(b"\xe9")), ("G", Teletex(b"\xe9", "e"))) == (
        "G: a value with a printable form while the surname has none, which X.411 has no place for"
    )
    assert refusal(("C", "GB"), ("OU", Teletex(b"\xe9")), ("OU", Teletex(b"\xe9", "e"))) == (
        "OU: a value with a printable form while another unit has none, which X.411 has no place for"
    )
    assert refusal(("C", "GB"), ("DD.{233}", Teletex(b"\xe9", "e"))) == (
        "DD.{233}: a value with a printable form while its type has none, which X.411 has no place for"
    )
    assert refusal(("C", "GB"), ("DD.t", Teletex(b"\xe9")), ("DD.t", "a")) == (
        "DD: several attributes of one type, some in teletex alone, and nothing in DER that tells which is which"
    )
    assert refusal(("C", "GB"), ("DD.SMTP", "u@d")) == (
        "'@' in DD.SMTP is no PrintableString, and DER carries nothing else"
    )
    assert refusal(("C", "GB"), ("RFC-822", long)) == (
        "DD.RFC-822 is 129 characters once encoded (RFC 2156 3.4); the bound is 128"
    )
    assert refusal(("C", "GB"), ("NET-SUB", "1")) == "NET-SUB without NET-NUM, which X.411 demands"
    assert refusal(("C", "GB"), ("NET-NUM", "1"), ("NET-PSAP", "NS+47")) == (
        "NET-PSAP beside NET-NUM or NET-SUB: X.411 has one of them in an address"
    )
    assert refusal(("C", "GB"), ("O", "x" * 65)) == "organization: 65 characters; the bound is 64"
    assert refusal(("C", "GBR")) == "country: a country is two letters (ISO 3166) or three digits (X.121)"


def test_the_refused_character_is_told() -> None:
    with pytest.raises(ConversionError) as found:
        to_der(ORAddress([("C", "GB"), ("DD.SMTP", "u@d")]))
    assert found.value.character == "@"


def test_an_rfc_822_attribute_is_completed() -> None:
    """RFC 2156 4.3.2 and 3.4; what is encoded already stays."""
    for written, read in [("u@d", "u(a)d"), ("u(a)d", "u(a)d"), ('"a b"@d', "(q)a b(q)(a)d")]:
        address = from_der(to_der(ORAddress([("C", "GB"), ("RFC-822", written)])))
        assert address.attributes == (("C", "GB"), ("DD.RFC-822", read))


def test_without_bounds_long_values_are_written_and_read() -> None:
    address = ORAddress([("C", "GBR"), ("O", "x" * 300), *[("OU", "y")] * 9, ("RFC-822", "u" * 200)])
    octets = to_der(address, bounds=False)
    assert from_der(octets, bounds=False).attributes == address.attributes
    assert from_general_name(to_general_name(address, bounds=False), bounds=False) == address
    assert read_der(octets, bounds=False).address == address
    assert fault(octets) == (
        "the country is three digits in NumericString or two letters in PrintableString",
        octets.index(b"GBR"),
    )


def test_a_postal_address_in_teletex_has_octets_and_no_lines() -> None:
    """X.411: the lines of UnformattedPostalAddress have 30 characters, its teletex-string 180 octets."""
    pairs = [("C", "GB"), ("PD-C", "GB"), ("PD-CODE", "M1")]
    address = ORAddress([*pairs, ("PD-ADDRESS", Teletex(b"x" * 180))])
    octets = to_der(address)
    assert from_der(octets).attributes == address.attributes
    assert asn1.build(address) == asn1.read_again(octets) == octets
    assert refusal(*pairs, ("PD-ADDRESS", Teletex(b"x" * 181))) == (
        "unformatted postal address: 181 octets; the bound is 180"
    )


def test_a_psap_address_has_no_bound() -> None:
    """RFC 5280 appendix A.1: nAddresses [3] EXPLICIT SET SIZE (1..MAX) OF OCTET STRING."""
    address = ORAddress([("C", "GB"), ("NET-PSAP", f"NS+{'47' * 300}")])
    assert from_der(to_der(address)).attributes == address.attributes


# --- twins --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "attributes",
    [
        [("S", "Andre"), ("G", Teletex(b"Ren\xe9", "Rene"))],
        [("S", "Andre"), ("G", Teletex(b"Ren\xe9"))],
        [("S", Teletex(b"Andr\xe9")), ("G", "Rene"), ("GQ", Teletex(b"\xe9"))],
        [("OU", "a"), ("OU", Teletex(b"\xe9"))],
        [("OU", "a"), ("OU", Teletex(b"\xe9", "e"))],
        [("DD.a", "1"), ("DD.b", Teletex(b"\xe9")), ("DD.c", "3")],
        [("DD.b", Teletex(b"\xe9")), ("DD.a", "1"), ("DD.c", Teletex(b"\xe9", "e"))],
        [("DD.t", "1"), ("DD.t", Teletex(b"\xe9", "e"))],
        [("DD.t", "1"), ("DD.t", Teletex(b"\xe9"))],
        [("DD.{233}", "1"), ("DD.a{233}b", Teletex(b"\xe9")), ("DD.a", "1")],
    ],
    ids=lambda attributes: " ".join([f"{key}={value}" for key, value in attributes]),
)
def test_twins_are_split_and_joined(attributes: list[tuple[str, str | Teletex]]) -> None:
    address = ORAddress([("C", "GB"), *attributes])
    octets = to_der(address)
    assert from_der(octets).attributes == address.attributes
    assert asn1.read_again(octets) == octets


def test_a_teletex_form_that_says_the_same_is_no_value_of_its_own() -> None:
    """RFC 2156 4.1.1: a single printable string stands for both, and for a teletex one of such characters alone."""
    both = bytes.fromhex(extended("800101a103130158", "800102a103140158"))
    alone = bytes.fromhex(extended("800102a103140158"))
    assert from_der(both).attributes == from_der(alone).attributes == (("C", "GB"), ("CN", "X"))


def test_digits_are_one_value_in_either_string() -> None:
    """RFC 2156 4.1.1: either form is read, and digits are written as NumericString."""
    printable = bytes.fromhex(standard("a2051303323832"))
    assert from_der(printable).attributes == (("C", "GB"), ("PRMD", "282"))
    assert to_der(from_der(printable)) == bytes.fromhex(standard("a2051203323832"))


def test_an_empty_admd_is_kept() -> None:
    """X.411: ub-domain-name-length, from 0 on for the ADMD."""
    octets = bytes.fromhex(standard("62021300"))
    assert from_der(octets).attributes == (("C", "GB"), ("ADMD", ""))
    assert to_der(from_der(octets)) == octets


# --- presentation addresses ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("NS+4700", (None, None, None, (b"\x47\0",))),
        ('"256"/NS+a433bb93c1_NS+aa3106', (None, None, b"256", (b"\xa43\xbb\x93\xc1", b"\xaa1\x06"))),
        ("'3a'H//\"t\"/NS+47", (b":", b"", b"t", (b"G",))),
        ("/NS+47", (None, None, b"", (b"G",))),
    ],
)
def test_psap_text(text: str, parts: tuple[bytes | None, bytes | None, bytes | None, tuple[bytes, ...]]) -> None:
    assert psap.read(text) == parts
    assert psap.write(PresentationAddress(*parts)) == text


def test_psap_forms_that_are_read_only() -> None:
    assert psap.read("#63/#41/#12/NS+47|ns+48") == PresentationAddress(b"\0\x3f", b"\0\x29", b"\0\x0c", (b"G", b"H"))
    assert psap.read("''H/NS+47").transport == b""


def test_network_addresses_are_a_set() -> None:
    """X.690 11.6: DER puts them in the order of their octets."""
    one, other = [to_der(ORAddress([("NET-PSAP", text)])) for text in ("NS+48_NS+47", "NS+47_NS+48")]
    assert one == other
    assert from_der(one).attributes == (("NET-PSAP", "NS+47_NS+48"),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "TELEX+00728722+X.25(80)+02+00002340555",
            (
                "NET-PSAP: 'TELEX+00728722+X.25(80)+02+00002340555' is not NS+ and hexadecimal octets, the one form "
                "of RFC 1278 that DER is made of"
            ),
        ),
        ("NS+4", "NET-PSAP: 'NS+4' is not NS+ and hexadecimal octets, the one form of RFC 1278 that DER is made of"),
        ("x/NS+47", "NET-PSAP: 'x' in 'x/NS+47' is no selector (RFC 1278 3)"),
        ("#65536/NS+47", "NET-PSAP: '#65536' in '#65536/NS+47' is no selector (RFC 1278 3)"),
        ("////NS+47", "NET-PSAP: 4 selectors in '////NS+47', and there are three"),
    ],
)
def test_psap_text_that_is_refused(text: str, message: str) -> None:
    assert refusal(("NET-PSAP", text)) == message
