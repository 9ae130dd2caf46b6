"""`ORAddress`, the value: how it is made, what it tells, what it equals, and what it refuses with which place."""

from __future__ import annotations

import copy
import dataclasses
import pickle

import pytest

from mailpaths import AddressSyntaxError, ConversionError, ORAddress, UnknownNameError, parse
from mailpaths.addresses import personal_name
from mailpaths.addresses.attributes import BY_KEY, HIERARCHY, LABELS, TABLE, label_of
from mailpaths.addresses.values import Value, fold
from mailpaths.x400 import Teletex

YEN = Teletex(b"\xa5", printable="yen")

#: An address with one of everything that a person's has.
PERSON = ORAddress(
    [
        ("C", "GB"),
        ("ADMD", "Gold 400"),
        ("PRMD", "UK.AC"),
        ("O", "UCL"),
        ("OU", "CS"),
        ("OU", "Networks"),
        ("CN", "J. Doe"),
        ("S", "Doe"),
        ("G", "John"),
        ("I", "JQ"),
        ("GQ", "III"),
        ("DD.RFC-822", "john(a)example.com"),
        ("DD.x", "y"),
    ]
)


# --- Made of labels and values


def test_attributes_stand_in_their_order() -> None:
    address = ORAddress(
        [("G", "Jo"), ("C", "US"), ("OU", "a"), ("DD.t", "v"), ("O", "Acme"), ("OU", "b"), ("S", "Doe")]
    )
    assert address.attributes == (
        ("C", "US"),
        ("O", "Acme"),
        ("OU", "a"),
        ("OU", "b"),
        ("S", "Doe"),
        ("G", "Jo"),
        ("DD.t", "v"),
    )


@pytest.mark.parametrize(
    ("label", "value", "key", "kept"),
    [
        ("c", "us", "C", "us"),
        ("A", " ", "ADMD", " "),
        ("admd", "", "ADMD", ""),
        ("p", "x", "PRMD", "x"),
        ("Q", "Jr", "GQ", "Jr"),
        ("ou1", "a", "OU", "a"),
        ("N-ID", "12 3", "UA-ID", "12 3"),
        ("X.121", "234", "X121", "234"),
        ("x121", "234", "X121", "234"),
        ("E.164", "+44 171-380", "NET-NUM", "44171380"),
        ("ISDN", "44171380", "NET-NUM", "44171380"),
        ("PSAP", '"256"/NS+a4', "NET-PSAP", '"256"/NS+a4'),
        ("T-TY", "g3fax", "T-TY", "5"),
        ("T-TY", "G3FAX(5)", "T-TY", "5"),
        ("T-TY", "other(99)", "T-TY", "99"),
        ("T-TY", "007", "T-TY", "7"),
        ("PD-A1", "The Dome", "PD-ADDRESS", "The Dome"),
        ("PD-A", "The Dome|The Square", "PD-ADDRESS", "The Dome|The Square"),
        ("pd-office number", "1", "PD-OFFICE-NUM", "1"),
        ("PD-OFN", "1", "PD-OFFICE-NUM", "1"),
        ("DDA:t", "v", "DD.t", "v"),
        ("dda.t", "v", "DD.t", "v"),
        ("DD:t", "v", "DD.t", "v"),
        ("dd1.t", "v", "DD.t", "v"),
        ("rfc-822", "v", "DD.rfc-822", "v"),
        ("DD.a=b/c", "v", "DD.a=b/c", "v"),
        ("DD.{165}", "v", "DD.{165}", "v"),
        ("DD.SMTP", "u@example.com", "DD.SMTP", "u@example.com"),
        ("O", "yen*{165}", "O", YEN),
        ("O", "{165}", "O", Teletex(b"\xa5")),
        ("O", "*yen", "O", "yen"),
        ("O", "yen*yen", "O", "yen"),
        ("O", "yen*sen", "O", Teletex(b"sen", "yen")),
        ("O", YEN, "O", YEN),
        ("O", Teletex(b"yen"), "O", "yen"),
        ("O", Teletex(b"yen", "yen"), "O", "yen"),
        ("PD-ADDRESS", "a|b*a{010}b", "PD-ADDRESS", Teletex(b"a\nb", "a|b")),
        ("PD-ADDRESS", "*yen", "PD-ADDRESS", Teletex(b"yen")),  # 180 octets without lines: no line of 30 characters
        ("PD-ADDRESS", Teletex(b"yen"), "PD-ADDRESS", Teletex(b"yen")),
        ("PD-ADDRESS", "yen*yen", "PD-ADDRESS", "yen"),
    ],
)
def test_labels_and_values_of_any_dialect(label: str, value: Value, key: str, kept: Value) -> None:
    assert ORAddress([(label, value)]).attributes == ((key, kept),)


def test_numbers_put_units_lines_and_domain_defined_attributes_in_order() -> None:
    pairs = [("OU2", "b"), ("OU1", "a"), ("DD2.x", "2"), ("DD1.x", "1"), ("PD-A2", "two"), ("PD-A1", "one")]
    assert ORAddress(pairs).attributes == (
        ("OU", "a"),
        ("OU", "b"),
        ("PD-ADDRESS", "one|two"),
        ("DD.x", "1"),
        ("DD.x", "2"),
    )


def test_a_personal_name_in_one_piece() -> None:
    assert ORAddress([("PN", "Marshall.M.T.Rose"), ("GQ", "Jr")]).attributes == (
        ("S", "Rose"),
        ("G", "Marshall"),
        ("I", "MT"),
        ("GQ", "Jr"),
    )


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Rose", (("S", "Rose"),)),
        ("M.Rose", (("I", "M"), ("S", "Rose"))),
        ("Joe.St. John", (("G", "Joe"), ("S", "St. John"))),
        ("O'Brien", (("S", "O'Brien"),)),
        (".x", None),
        ("x.", None),
        ("J.", None),
        ("A.B.", None),
        ("Jo..Doe", None),
        ("a_b", None),
        ("", None),
    ],
)
def test_personal_names(text: str, parts: tuple[tuple[str, str], ...] | None) -> None:
    assert personal_name.decode(text) == parts
    if parts is not None:
        assert personal_name.encode(dict(parts)) == text


@pytest.mark.parametrize(
    "parts",
    [
        {"G": "J", "S": "Doe"},
        {"G": "Jo.Ann", "S": "Doe"},
        {"I": "A-B", "S": "Doe"},
        {"S": "St. John"},
        {"S": "D.oe", "G": "Jo"},
        {"S": ""},
        {"G": "Jo"},
        {"S": "Doe", "GQ": "Jr"},
    ],
)
def test_names_that_have_no_one_piece(parts: dict[str, str]) -> None:
    assert personal_name.encode(parts) is None


@pytest.mark.parametrize(
    ("pairs", "message", "place"),
    [
        ([], "expected an O/R address, found no attribute", ""),
        ([("C", "US"), ("X", "a")], "'X' is the label of no attribute", "X"),
        ([("", "a")], "'' is the label of no attribute", ""),
        ([("x" * 30, "a")], f"'{'x' * 24}…' is the label of no attribute", "x" * 30),
        ([("\u017f", "Doe")], "'\u017f' is the label of no attribute", "\u017f"),
        ([("C", "US"), ("O", "a_b")], "'_' in the organization is not in PrintableString (RFC 2156 3.3.3)", "_"),
        ([("O", "\u0130")], "'\u0130' in the organization is not in PrintableString (RFC 2156 3.3.3)", "\u0130"),
        ([("C", "U@")], "'@' in the country is not in PrintableString (RFC 2156 3.3.3)", "@"),
        ([("X121", "12a")], "'a' in the X.121 network address is not in NumericString (RFC 2156 3.3.2)", "a"),
        ([("NET-NUM", "+4x")], "'x' in the E.163 or E.164 number is not in NumericString (RFC 2156 3.3.2)", "x"),
        ([("O", "")], "expected a value for the organization (O)", ""),
        ([("O", "{16}")], "'{' in the organization is no well-formed teletex (RFC 2156 3.3.4)", "{"),
        ([("O", "{256}")], "'{' in the organization is no well-formed teletex (RFC 2156 3.3.4)", "{"),
        ([("O", "a*")], "'*' in the organization is no well-formed teletex (RFC 2156 3.3.4)", "*"),
        ([("O", "a*b*c")], "'*' in the organization is no well-formed teletex (RFC 2156 3.3.4)", "*"),
        (
            [("ADMD", "*{165}")],
            "'*' in the administration management domain is not in PrintableString (RFC 2156 3.3.3)",
            "*",
        ),
        ([("ADMD", YEN)], "the administration management domain has no teletex form", "yen*{165}"),
        ([("O", Teletex(b""))], "expected a value for the organization (O)", "*"),
        ([("O", Teletex(b"\xa5", "a_b"))], "'_' in the organization is not in PrintableString (RFC 2156 3.3.3)", "_"),
        ([("O", Teletex(b"\xa5", ""))], "not a value of the organization: ''", "*{165}"),
        ([("PD-ADDRESS", "a||b")], "an empty line in the unformatted postal address", "a||b"),
        (
            [("PD-ADDRESS", "a|b_c")],
            "'_' in the unformatted postal address is not in PrintableString (RFC 2156 3.3.3)",
            "_",
        ),
        ([("T-TY", "phone")], "expected a terminal type: tlx, ttx, g3fax, g4fax, ia5, vtx or a number", "phone"),
        (
            [("T-TY", "\u017f(5)")],
            "expected a terminal type: tlx, ttx, g3fax, g4fax, ia5, vtx or a number",
            "\u017f(5)",
        ),
        ([("O", "a"), ("o", "b")], "a second organization (o)", "o=b"),
        ([("ADMD", " "), ("A", "b")], "a second administration management domain (A)", "A=b"),
        ([("OU1", "a"), ("OU1", "b")], "a second organizational unit 1 (OU1)", "OU1=b"),
        ([("OU1", "a"), ("OU3", "b")], "OU3 without OU2", "OU3=b"),
        ([("OU4", "a"), ("OU3", "b")], "OU3 without OU1", "OU3=b"),
        ([("OU1", "a"), ("OU", "b")], "OU together with OU1 to OU4 (RFC 2156 4.1.1)", "OU=b"),
        ([("PD-A2", "a")], "PD-A2 without PD-A1", "PD-A2=a"),
        ([("PD-A1", "a"), ("PD-A1", "b")], "a second line 1 of the postal address (PD-A1)", "PD-A1=b"),
        ([("PD-A1", "a|b")], "PD-A1 is one printable line of the postal address", "a|b"),
        ([("PD-A1", YEN)], "PD-A1 is one printable line of the postal address", "yen*{165}"),
        (
            [("PD-A1", "a"), ("PD-A", "b")],
            "PD-ADDRESS together with PD-A1 to PD-A6 (RFC 2156 4.1.1)",
            "PD-A=b",
        ),
        ([("DD.", "a")], "a domain-defined attribute without a type", "DD."),
        (
            [("DD.a_b", "c")],
            "'_' in the type of a domain-defined attribute is not in PrintableString (RFC 2156 3.3.3)",
            "_",
        ),
        ([("DD.x", "")], "expected a value for the domain-defined attribute (DD)", ""),
        ([("DD.x", "\t")], "'\\t' in the domain-defined attribute is not in PrintableString (RFC 2156 3.3.3)", "\t"),
        ([("DD1.x", "a"), ("DD1.y", "b")], "a second domain-defined attribute 1 (DD1)", "DD1.y=b"),
        ([("DD1.x", "a"), ("DD3.y", "b")], "DD3 without DD2", "DD3.y=b"),
        ([("DD1.x", "a"), ("DD.y", "b")], "numbered and unnumbered domain-defined attributes together", "DD.y=b"),
        ([("DD", "a")], "'DD' is the label of no attribute", "DD"),
        ([("PN", "Jo.Doe"), ("PN", "Rose")], "a second personal name (PN)", "PN=Rose"),
        ([("S", "Doe"), ("PN", "Rose")], "a second personal name (PN)", "PN=Rose"),
        ([("PN", "Rose"), ("S", "Doe")], "a second surname (S)", "S=Doe"),
        ([("PN", ".x")], "not a personal name: [given.] *(initial.) surname", ".x"),
        ([("PN", YEN)], "not a personal name: [given.] *(initial.) surname", "yen*{165}"),
    ],
)
def test_the_constructor_refuses(pairs: list[tuple[str, Value]], message: str, place: str) -> None:
    with pytest.raises(AddressSyntaxError) as caught:
        ORAddress(pairs)
    assert caught.value.message == message
    assert caught.value.text == "; ".join([f"{label}={value}" for label, value in pairs])
    start, end = caught.value.span
    assert caught.value.text[start:end] == place


def test_an_error_shows_its_place() -> None:
    with pytest.raises(AddressSyntaxError) as caught:
        ORAddress.parse("G=Jo; S=Doe; O=a_b; C=US")
    assert str(caught.value) == (
        "'_' in the organization is not in PrintableString (RFC 2156 3.3.3)\n"
        "  G=Jo; S=Doe; O=a_b; C=US\n"
        "                  ^"
    )


# --- What it tells


def test_properties() -> None:
    assert PERSON.country == "GB"
    assert PERSON.admd == "Gold 400"
    assert PERSON.prmd == "UK.AC"
    assert PERSON.organization == "UCL"
    assert PERSON.organizational_units == ("CS", "Networks")
    assert PERSON.common_name == "J. Doe"
    assert PERSON.surname == "Doe"
    assert PERSON.given_name == "John"
    assert PERSON.initials == "JQ"
    assert PERSON.generation == "III"
    assert PERSON.domain_defined == (("RFC-822", "john(a)example.com"), ("x", "y"))
    assert PERSON.notation == "x400"


def test_properties_of_what_is_absent() -> None:
    address = ORAddress([("X121", "1")])
    assert [
        address.country,
        address.admd,
        address.prmd,
        address.organization,
        address.common_name,
        address.surname,
        address.given_name,
        address.initials,
        address.generation,
    ] == [None] * 9
    assert address.organizational_units == ()
    assert address.domain_defined == ()


def test_properties_of_teletex_are_text() -> None:
    address = ORAddress([("O", YEN), ("OU", Teletex(b"\xe9")), ("DD.x", YEN)])
    assert (address.organization, address.organizational_units) == ("yen", ("é",))
    assert address.domain_defined == (("x", "yen"),)


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("C", "GB"),
        ("c", "GB"),
        ("A", "Gold 400"),
        ("OU", "CS"),
        ("OU1", "CS"),
        ("ou2", "Networks"),
        ("OU3", None),
        ("Q", "III"),
        ("RFC-822", "john(a)example.com"),
        ("DDA:rfc-822", "john(a)example.com"),
        ("DD.X", "y"),
        ("DD.z", None),
        ("X121", None),
        ("PN", None),
        ("nonsense", None),
        ("\u017f", None),
    ],
)
def test_get(label: str, value: str | None) -> None:
    assert PERSON.get(label) == PERSON.value(label) == value


def test_value_keeps_teletex_apart() -> None:
    address = ORAddress([("O", YEN), ("DD.x", Teletex(b"\xe9"))])
    assert (address.get("O"), address.value("O")) == ("yen", YEN)
    assert (address.get("DD.x"), address.value("DD.x")) == ("é", Teletex(b"\xe9"))


def test_lines_of_a_postal_address() -> None:
    address = ORAddress([("PD-A1", "The Dome"), ("PD-A2", "The Square")])
    assert [address.get(label) for label in ("PD-ADDRESS", "PD-A1", "PD-A2", "PD-A3")] == [
        "The Dome|The Square",
        "The Dome",
        "The Square",
        None,
    ]
    teletex = ORAddress([("PD-ADDRESS", Teletex(b"a\nb"))])
    assert (teletex.get("PD-ADDRESS"), teletex.get("PD-A1")) == ("a{010}b", None)
    assert ORAddress([("C", "US")]).get("PD-A1") is None


def test_values() -> None:
    address = ORAddress([*PERSON.attributes, ("DD.X", "z")])
    assert address.values("OU") == address.values("ou1") == ("CS", "Networks")
    assert address.values("DD.x") == address.values("dda:X") == ("y", "z")
    assert address.values("o") == ("UCL",)
    assert address.values("X121") == address.values("nonsense") == ()


def test_str_is_what_was_written() -> None:
    for text in ("X400:c=US;a= ;o=x;", " /C=US/O=x", "G=jo;S=Doe;C=US;A=", "C  US\nO  x\n"):
        assert str(ORAddress.parse(text)) == text
    assert str(ORAddress([("C", "US"), ("O", "x")])) == "/O=x/C=US/"
    assert str(ORAddress(ORAddress.parse("C=US;O=x").attributes)) == "/O=x/C=US/"


def test_repr() -> None:
    assert repr(ORAddress([("o", "yen*{165}"), ("c", "US")])) == (
        "ORAddress([('C', 'US'), ('O', Teletex(octets=b'\\xa5', printable='yen'))])"
    )


# --- What it equals


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/O=Acme/C=US/", "/O=ACME/C=us/"),
        ("/O=a  b/C=US/", "/O= A b /C=US/"),
        ("/ADMD= /C=US/", "/ADMD=/C=US/"),
        ("/ADMD=  /C=US/", "/O=x/C=US/".replace("/O=x", "")),
        ("/OU=b/OU=a/O=x/C=US/", "O=x; OU1=a; OU2=b; C=US"),
        ("/DD.SMTP=x/C=US/", "/dd.smtp=x/C=US/"),
        ("/S=Doe/G=Jo/C=US/", "/PN=Jo.Doe/C=US/"),
        ("/T-TY=g3fax/X121=1/", "/T-TY=g3fax(5)/X121=1/"),
        ("/O=*yen/C=US/", "/O=Yen/C=US/"),
        ("/O=Yen*{165}/C=US/", "/O=yen*{165}/C=US/"),
    ],
)
def test_equal(one: str, other: str) -> None:
    first, second = ORAddress.parse(one), ORAddress.parse(other)
    assert first == second
    assert hash(first) == hash(second)
    assert str(first) != str(second)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/O=Acme/C=US/", "/O=Acme/C=GB/"),
        ("/O=Acme/C=US/", "/O=Acme/ADMD=0/C=US/"),
        ("/OU=b/OU=a/O=x/C=US/", "/OU=a/OU=b/O=x/C=US/"),
        ("/DD.x=a/C=US/", "/DD.x=A/C=US/"),
        ("/DD.x=a/DD.y=b/C=US/", "/DD.y=b/DD.x=a/C=US/"),
        ("/O=yen*{165}/C=US/", "/O=yen/C=US/"),
        ("/O={165}/C=US/", "/O=yen*{165}/C=US/"),
        ("/O={165}/C=US/", "/O={164}/C=US/"),
        ("/O=x/C=US/", "/O=xx/C=US/"),
    ],
)
def test_not_equal(one: str, other: str) -> None:
    assert ORAddress.parse(one, "mixer") != ORAddress.parse(other, "mixer")


def test_nothing_else_is_equal() -> None:
    assert ORAddress([("C", "US")]) != "/C=US/"
    assert ORAddress([("C", "US")]) != parse("a@b")


def test_folding() -> None:
    assert fold("  A   b ") == "a b"
    assert fold(" ") == ""


def test_frozen_slotted_copied_pickled() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        PERSON.attributes = ()  # type: ignore[misc]
    assert not hasattr(PERSON, "__dict__")
    written = ORAddress.parse("c=US;o=x")
    again = pickle.loads(pickle.dumps(written))  # noqa: S301 - our own
    for made in (again, copy.copy(written), copy.deepcopy(written)):
        assert (made, str(made), repr(made)) == (written, "c=US;o=x", repr(written))
    assert {PERSON: 1}[ORAddress(PERSON.attributes)] == 1


# --- Teletex


@pytest.mark.parametrize(
    ("octets", "encoded"),
    [
        (b"a\xa5b", "a{165}b"),
        (b"\xa5\xa6", "{165166}"),
        (b"a/b=c", "a/b=c"),
        (b"a_b*", "a{095}b{042}"),
        (b"\x00\xff", "{000255}"),
        (b"a\x1bbc", "a{027098099}"),
        (b"\xa5\x1b", "{165027}"),
        (b"\xa5b\x1bc", "{165}b{027099}"),
    ],
)
def test_teletex_text(octets: bytes, encoded: str) -> None:
    value = Teletex(octets)
    assert value.encoded == encoded
    assert str(value) == f"*{encoded}"
    assert str(Teletex(octets, "p")) == f"p*{encoded}"
    wanted = value if encoded != "a/b=c" else "a/b=c"
    assert ORAddress([("O", f"*{encoded}")]).value("O") == wanted


def test_teletex_is_a_value() -> None:
    assert (Teletex(b"\xe9").text, YEN.text) == ("é", "yen")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Teletex(b"\r\nX"), "{013010}X"),
        (Teletex(b"\0a\x1f \x7f\x80\x9f\xa0\xff"), "{000}a{031} {127128159}\xa0\xff"),
        (Teletex(b"\x1b$Bx"), "{027}$Bx"),
        (Teletex(b"x", "a\nb"), "a{010}b"),
    ],
)
def test_a_control_character_is_shown_by_its_code(value: Teletex, text: str) -> None:
    """RFC 2156 3.3.4; the octets stay as they are."""
    assert value.text == text


def test_no_reading_of_an_address_ends_a_line() -> None:
    address = ORAddress.parse("/S=*{013010}X/OU=*{000}/DD.t=*{010}/A=b/C=US/")
    assert (address.surname, address.organizational_units, address.domain_defined) == (
        "{013010}X",
        ("{000}",),
        (("t", "{010}"),),
    )
    assert address.value("S") == Teletex(b"\r\nX")
    assert repr(YEN) == "Teletex(octets=b'\\xa5', printable='yen')"
    assert {YEN: 1}[Teletex(b"\xa5", "yen")] == 1


# --- The table


def test_the_table_is_whole() -> None:
    assert [one.key for one in TABLE if one.key in HIERARCHY] == list(HIERARCHY)
    assert len(BY_KEY) == len(TABLE) == 33
    for attribute in TABLE[:-1]:
        for name in (attribute.key, attribute.label, *attribute.alternates):
            assert name is None or LABELS[name] == label_of(name.lower()) == (attribute, 0)
    assert label_of("DD") is label_of("DDA") is label_of("PN") is label_of("\u0131") is None
    assert repr(BY_KEY["C"].syntax) == "Syntax.PRINTABLE_OR_NUMERIC"


# --- What goes through it


def test_unknown_names() -> None:
    message = (
        "unknown dialect 'x.400'; there are mixer, f401, f401-slash, f401-table, self-explanatory, exchange, ean, "
        "rare, dmn-or, px"
    )
    with pytest.raises(UnknownNameError) as caught:
        ORAddress.parse("/C=US/", "x.400")
    assert str(caught.value) == message
    with pytest.raises(UnknownNameError) as caught:
        PERSON.to_text("x.400")
    assert str(caught.value) == message


def test_to_text_says_what_is_in_the_way() -> None:
    with pytest.raises(ConversionError) as caught:
        ORAddress([("DD.SMTP", "a@b")]).to_text()
    error = caught.value
    assert str(error) == "'@' in DD.SMTP is no PrintableString, and mixer carries nothing else"
    assert (error.character, error.part) == ("@", "attribute")


def test_parse_of_any_notation() -> None:
    assert parse("/S=Doe/O=Acme/C=US/") == ORAddress([("S", "Doe"), ("O", "Acme"), ("C", "US")])
    assert parse("X400:c=US;a= ;s=Doe", "x400") == ORAddress([("S", "Doe"), ("C", "US")])
    assert isinstance(parse("/S=Doe/O=Acme/@gw.example"), type(parse("a@b")))


def test_text_of_what_mixer_cannot_write() -> None:
    """Printing never fails; whoever wants a dialect's own text is told what stands in its way."""
    address = ORAddress([("C", "US"), ("DD.SMTP", "u@h.example")])
    assert str(address) == "/DD.SMTP=u@h.example/C=US/"
    with pytest.raises(ConversionError):
        address.to_text()
