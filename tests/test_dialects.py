"""The dialects of O/R addresses: each read and written, the guess with every refusal, bounds, historic spellings."""

from __future__ import annotations

import pytest

from mailpaths import AddressSyntaxError, ConversionError, ORAddress
from mailpaths.addresses import dialects
from mailpaths.addresses.values import Value
from mailpaths.x400 import DIALECTS, Teletex

Pairs = list[tuple[str, Value]]

YEN = Teletex(b"\xa5", printable="yen")


def why(text: str, dialect: str | None = None, *, bounds: bool = True) -> tuple[str, str]:
    """Return the message about a text and the part of it that it points at."""
    with pytest.raises(AddressSyntaxError) as caught:
        ORAddress.parse(text, dialect, bounds=bounds)
    assert caught.value.text == text
    start, end = caught.value.span
    return caught.value.message, text[start:end]


def why_not(pairs: Pairs, dialect: str) -> tuple[str, str | None]:
    """Return why a dialect does not carry the attributes, and the character in the way."""
    with pytest.raises(ConversionError) as caught:
        ORAddress(pairs).to_text(dialect)
    assert caught.value.part == "attribute"
    return caught.value.message, caught.value.character


# --- Five dresses of one address (RFC 1506 3.1.3), and the others

DRESSES = {
    "mixer": "/G=jo/S=plork/OU=you/OU=owe/O=a bank/PRMD=fhbo/ADMD=ade/C=zz/",
    "f401": "G=jo; S=plork; O=a bank; OU1=owe; OU2=you; P=fhbo; A=ade; C=zz",
    "f401-slash": "/G=jo/S=plork/O=a bank/OU1=owe/OU2=you/P=fhbo/A=ade/C=zz",
    "f401-table": "G    jo\nS    plork\nO    a bank\nOU1  owe\nOU2  you\nP    fhbo\nA    ade\nC    zz",
    "self-explanatory": "Given name (G)    jo\nSurname (S)       plork\nOrganization (O)  a bank\n"
    "Org. Unit (OU1)   owe\nOrg. Unit (OU2)   you\nPRMD (P)          fhbo\nADMD (A)          ade\nCountry (C)       zz",
    "exchange": "X400:c=zz;a=ade;p=fhbo;o=a bank;ou1=owe;ou2=you;s=plork;g=jo;",
    "ean": "G=jo; S=plork; OU=you; OU=owe; O=a bank; PRMD=fhbo; ADMD=ade; C=zz",
    "rare": "C=zz; ADMD=ade; PRMD=fhbo; O=a bank; OU=owe; OU=you; S=plork; G=jo",
    "dmn-or": "G$jo.S$plork.OU$you.OU$owe.O$a bank.PRMD$fhbo.ADMD$ade.C$zz",
}
PLORK = ORAddress(
    [
        ("C", "zz"),
        ("ADMD", "ade"),
        ("PRMD", "fhbo"),
        ("O", "a bank"),
        ("OU", "owe"),
        ("OU", "you"),
        ("S", "plork"),
        ("G", "jo"),
    ]
)


@pytest.mark.parametrize("name", DRESSES)
def test_one_address_in_every_dress(name: str) -> None:
    assert PLORK.to_text(name) == DRESSES[name]
    assert ORAddress.parse(DRESSES[name], name) == PLORK
    assert ORAddress.parse(DRESSES[name]) == PLORK


@pytest.mark.parametrize("name", [name for name in DRESSES if name != "exchange"])
def test_the_guess_of_a_dress(name: str) -> None:
    guessed = "f401-table" if name == "self-explanatory" else name
    assert str(dialects.guess(DRESSES[name])) == guessed


def test_a_px_name() -> None:
    node = ORAddress([("C", "GB"), ("ADMD", " "), ("PRMD", "ACME"), ("OU", "sales dept."), ("OU", "x-y")])
    assert node.to_text("px") == "OU-x-h-y.OU-sales-b-dept-d.O.PRMD-ACME.ADMDb.C-GB"
    assert ORAddress.parse(node.to_text("px")) == ORAddress.parse(node.to_text("px") + ".", "px") == node
    assert why_not([("C", "GB"), ("S", "Doe")], "px") == (
        "px names C, ADMD, PRMD, O and OU in printable form, not S",
        None,
    )
    assert why_not([("C", "GB"), ("O", YEN)], "px") == (
        "px names C, ADMD, PRMD, O and OU in printable form, not O",
        None,
    )


def test_every_dialect_is_spoken() -> None:
    assert {*DRESSES, "px"} == set(DIALECTS)
    assert all(dialect.rule for dialect in DIALECTS.values())
    assert [name for name, dialect in DIALECTS.items() if dialect.ascending] == ["mixer", "ean", "dmn-or", "px"]


# --- What each reads


@pytest.mark.parametrize(
    ("dialect", "text", "pairs"),
    [
        ("mixer", "/C=US/O=x", [("C", "US"), ("O", "x")]),
        ("mixer", "C=US/O=x/", [("C", "US"), ("O", "x")]),
        ("mixer", "C=US;O=x", [("C", "US"), ("O", "x")]),
        ("mixer", "/C=US; O=x/S=d;", [("C", "US"), ("O", "x"), ("S", "d")]),
        ("mixer", "/OU2=b/OU1=a/C=US/", [("C", "US"), ("OU", "a"), ("OU", "b")]),
        ("mixer", "/DD2.x=2/DD1.x=1/C=US/", [("C", "US"), ("DD.x", "1"), ("DD.x", "2")]),
        ("mixer", "/DD.x=2/DDA:y=1/C=US/", [("C", "US"), ("DD.y", "1"), ("DD.x", "2")]),
        ("mixer", "/DD.a$=b=c$/d/", [("DD.a=b", "c/d")]),
        ("mixer", "/O=a$b/", [("O", "ab")]),
        ("mixer", "/RFC-822=u(a)d/", [("DD.RFC-822", "u(a)d")]),
        ("mixer", "/NET-PSAP=$'0001$'H$/X/", [("NET-PSAP", "'0001'H/X")]),
        ("f401", "C=US;O=x;", [("C", "US"), ("O", "x")]),
        ("f401", "  C=US; \tO=x ", [("C", "US"), ("O", "x ")]),
        ("f401", "DDA:a==b=c=d; O=x=y", [("O", "x=y"), ("DD.a=b", "c=d")]),
        ("f401", "DDA:x=a;;b;C=US", [("C", "US"), ("DD.x", "a;b")]),
        ("f401", "O=a//b", [("O", "a//b")]),
        ("f401", "OU=a; OU=b", [("OU", "a"), ("OU", "b")]),
        ("f401", "X.400: C=US; O=x", [("C", "US"), ("O", "x")]),
        ("f401", "x.400 C=US; O=x", [("C", "US"), ("O", "x")]),
        ("f401-slash", "/C=US/O=a//b/", [("C", "US"), ("O", "a/b")]),
        ("f401-slash", "/C=US/ O=a/", [("C", "US"), ("O", "a")]),
        ("f401-slash", "X.400:/C=US/O=a", [("C", "US"), ("O", "a")]),
        ("f401-slash", "/DDA:x=//y///C=US", [("C", "US"), ("DD.x", "/y/")]),
        ("f401-table", "C  US", [("C", "US")]),
        ("f401-table", "\n C\tUS \r\n\nO   a  b=c\n", [("C", "US"), ("O", "a  b=c")]),
        ("f401-table", "O  x\nA ", [("ADMD", ""), ("O", "x")]),
        ("f401-table", "DDA:RFC-822   u(a)d", [("DD.RFC-822", "u(a)d")]),
        ("self-explanatory", "Fornavn (G)   Per\nLand( c )  no", [("C", "no"), ("G", "Per")]),
        ("exchange", "c=US;a= ;o=a//b;dda:x//y=1;", [("C", "US"), ("ADMD", " "), ("O", "a/b"), ("DD.x/y", "1")]),
        ("exchange", "X400:o=a/b", [("O", "a/b")]),
        ("exchange", "[X400:c=US;a= ;o=x]", [("C", "US"), ("ADMD", " "), ("O", "x")]),
        ("exchange", "dda:SMTP=u@d;c=US", [("C", "US"), ("DD.SMTP", "u@d")]),
        ("ean", "DD.x=2; DD.y=1; OU=b; OU=a", [("OU", "a"), ("OU", "b"), ("DD.y", "1"), ("DD.x", "2")]),
        ("rare", "OU=a; OU=b; DD.y=1; DD.x=2", [("OU", "a"), ("OU", "b"), ("DD.y", "1"), ("DD.x", "2")]),
        ("dmn-or", r"O$@.PRMD$a\.b.ADMD$ .C$US", [("C", "US"), ("ADMD", " "), ("PRMD", "a.b")]),
        ("dmn-or", r"~ROLE$Big\.Chief.ADMD$ATT.C$US", [("C", "US"), ("ADMD", "ATT"), ("DD.ROLE", "Big.Chief")]),
        ("dmn-or", "O$a=b.C$US", [("C", "US"), ("O", "a=b")]),
        ("px", "PRMD-main-h-400-h-a.ADMD.C-us", [("C", "us"), ("PRMD", "main-400-a")]),
        ("px", "O--H-x.c-US", [("C", "US"), ("O", "-x")]),
    ],
)
def test_read(dialect: str, text: str, pairs: Pairs) -> None:
    address = ORAddress.parse(text, dialect)
    assert address.attributes == ORAddress(pairs).attributes
    assert str(address) == text


# --- What each writes

ODD: Pairs = [("C", "US"), ("O", "a/b"), ("DD.t=/.", "v;=.".replace(";", "")), ("DD.y", YEN)]


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("mixer", "/DD.y=yen*{165}/DD.t$=$/.=v$=./O=a$/b/C=US/"),
        ("f401", "DDA:t==/.=v=.; DDA:y=yen*{165}; O=a/b; C=US"),
        ("f401-slash", "/DDA:t==//.=v=./DDA:y=yen*{165}/O=a//b/C=US"),
        ("exchange", "X400:c=US;a= ;o=a/b;dda:t==/.=v=.;dda:y=yen*{165};"),
        ("ean", "DD.y=yen*{165}; DD.t==/.=v=.; O=a/b; C=US"),
        ("rare", "C=US; O=a/b; DD.t==/.=v=.; DD.y=yen*{165}"),
        ("dmn-or", r"~y$yen*{165}.~t=/\.$v=\..O$a/b.PRMD$@.ADMD$@.C$US"),
    ],
)
def test_marks_that_are_meant(dialect: str, text: str) -> None:
    address = ORAddress(ODD)
    assert address.to_text(dialect) == text
    assert ORAddress.parse(text, dialect) == address


EVERYTHING = ORAddress(
    [
        ("C", "US"),
        ("ADMD", " "),
        ("PRMD", "p"),
        ("O", "o"),
        ("OU", "u"),
        ("CN", "cn"),
        ("S", "s"),
        ("G", "given"),
        ("I", "i"),
        ("GQ", "Jr"),
        ("UA-ID", "1"),
        ("X121", "2"),
        ("T-ID", "t"),
        ("T-TY", "5"),
        ("NET-NUM", "3"),
        ("NET-PSAP", "x"),
        ("PD-SERVICE", "sn"),
        ("PD-C", "US"),
        ("PD-CODE", "4"),
        ("PD-OFFICE", "of"),
        ("PD-OFFICE-NUM", "ofn"),
        ("PD-EXT-ADDRESS", "ea"),
        ("PD-PN", "pn"),
        ("PD-O", "po"),
        ("PD-EXT-DELIVERY", "ed"),
        ("PD-ADDRESS", "a1|a2"),
        ("PD-STREET", "st"),
        ("PD-BOX", "b"),
        ("PD-RESTANTE", "r"),
        ("PD-UNIQUE", "uq"),
        ("PD-LOCAL", "l"),
        ("DD.x", "y"),
    ]
)


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        (
            "mixer",
            (
                "/DD.x=y/PD-LOCAL=l/PD-UNIQUE=uq/PD-RESTANTE=r/PD-BOX=b/PD-STREET=st/PD-ADDRESS=a1|a2/PD-EXT-DELIVERY=ed"
                "/PD-O=po/PD-PN=pn/PD-EXT-ADDRESS=ea/PD-OFFICE-NUM=ofn/PD-OFFICE=of/PD-CODE=4/PD-C=US/PD-SERVICE=sn"
                "/NET-PSAP=x/NET-NUM=3/T-TY=g3fax(5)/T-ID=t/X121=2/UA-ID=1/G=given/I=i/S=s/GQ=Jr/CN=cn/OU=u/O=o/PRMD=p"
                "/ADMD= /C=US/"
            ),
        ),
        (
            "f401",
            (
                "DDA:x=y; N-ID=1; X.121=2; T-ID=t; T-TY=g3fax; ISDN=3; PSAP=x; PD-SN=sn; PD-C=US; PD-PC=4; PD-OF=of; "
                "PD-OFN=ofn; PD-EA=ea; PD-PN=pn; PD-O=po; PD-ED=ed; PD-A1=a1; PD-A2=a2; PD-S=st; PD-B=b; PD-R=r; "
                "PD-U=uq; PD-L=l; G=given; I=i; S=s; Q=Jr; CN=cn; O=o; OU1=u; P=p; A= ; C=US"
            ),
        ),
        (
            "exchange",
            (
                "X400:c=US;a= ;p=p;o=o;ou1=u;cn=cn;s=s;g=given;i=i;q=Jr;n-id=1;x.121=2;t-id=t;t-ty=g3fax;isdn=3;psap=x;"
                "pd-sn=sn;pd-c=US;pd-pc=4;pd-of=of;pd-ofn=ofn;pd-ea=ea;pd-pn=pn;pd-o=po;pd-ed=ed;pd-a1=a1;pd-a2=a2;pd-s=st;"
                "pd-b=b;pd-r=r;pd-u=uq;pd-l=l;dda:x=y;"
            ),
        ),
    ],
)
def test_every_attribute_has_its_label(dialect: str, text: str) -> None:
    assert EVERYTHING.to_text(dialect) == text
    assert ORAddress.parse(text) == EVERYTHING


@pytest.mark.parametrize("name", [name for name in DIALECTS if name != "px"])
def test_every_attribute_in_every_dialect(name: str) -> None:
    assert ORAddress.parse(EVERYTHING.to_text(name), name) == EVERYTHING


def test_names_of_the_self_explanatory_format() -> None:
    pairs: Pairs = [
        ("C", "US"),
        ("X121", "1"),
        ("NET-PSAP", "x"),
        ("PD-EXT-ADDRESS", "y"),
        ("DD.x", "z"),
        ("ADMD", " "),
    ]
    assert ORAddress(pairs).to_text("self-explanatory").split("\n") == [
        "Domain-defined attribute (DDA:x)         z",
        "X.121 network address (X.121)            1",
        "PSAP address (PSAP)                      x",
        "Extension of postal O/R address (PD-EA)  y",
        "ADMD (A) ",
        "Country (C)                              US",
    ]


def test_exchange_writes_a_blank_for_an_absent_admd() -> None:
    assert ORAddress([("C", "US"), ("O", "x")]).to_text("exchange") == "X400:c=US;a= ;o=x;"
    assert ORAddress([("C", "US"), ("ADMD", ""), ("O", "x")]).to_text("exchange") == "X400:c=US;a=;o=x;"
    assert ORAddress([("O", "x")]).to_text("exchange") == "X400:o=x;"


def test_raw_values() -> None:
    """Exchange writes domain-defined values as they are; elsewhere RFC 2156 4.3.2 has them encoded, or they stay."""
    raw: Pairs = [("C", "US"), ("DD.RFC-822", 'a_b%c!"d"@e[')]
    assert ORAddress(raw).to_text("exchange") == 'X400:c=US;a= ;dda:RFC-822=a_b%c!"d"@e[;'
    assert ORAddress(raw).to_text() == "/RFC-822=a(u)b(p)c(b)(q)d(q)(a)e(091)/C=US/"
    assert ORAddress(raw).to_text("f401") == "DDA:RFC-822=a(u)b(p)c(b)(q)d(q)(a)e(091); C=US"
    assert ORAddress([("DD.SMTP", "a;b")]).to_text("exchange") == "X400:dda:SMTP=a;;b;"
    for name in set(DIALECTS) - {"exchange", "px"}:
        assert why_not([("DD.SMTP", "a;b")], name) == (
            f"';' in DD.SMTP is no PrintableString, and {name} carries nothing else",
            ";",
        )


@pytest.mark.parametrize(
    ("pairs", "dialect", "message", "character"),
    [
        ([("NET-SUB", "1")], "f401", "f401 has no label for the E.163 or E.164 sub-address", None),
        ([("NET-SUB", "1")], "exchange", "exchange has no label for the E.163 or E.164 sub-address", None),
        ([("PD-ADDRESS", Teletex(b"a"))], "f401", "f401 has no teletex form of a postal address", None),
        ([("PD-ADDRESS", Teletex(b"\xa5"))], "f401", "f401 has no teletex form of a postal address", None),
        (
            [("PD-ADDRESS", "1|2|3|4|5|6|7")],
            "f401-slash",
            "f401-slash has labels for six lines of a postal address, and here are 7",
            None,
        ),
        ([("OU", "x")] * 5, "f401", "f401 has labels for four organizational units, and here are 5", None),
        ([("O", "a, P=b")], "f401", "'a, P=b' would be read as two attributes in f401", "="),
        ([("O", "a, P=b")], "f401-slash", "'a, P=b' would be read as two attributes in f401-slash", "="),
        ([("O", "a P =b")], "ean", "'a P =b' would be read as two attributes in ean", "="),
        ([("PD-ADDRESS", "x|DDA:y=b")], "exchange", "'DDA:y=b' would be read as two attributes in exchange", "="),
        ([("O", "=a")], "rare", "in rare a value cannot begin with '=': '=a'", "="),
        ([("DD.x", "=a")], "f401", "in f401 a value cannot begin with '=': '=a'", "="),
        ([("O", " a")], "f401-table", "f401-table cannot carry outer spaces: ' a'", " "),
        ([("O", " ")], "self-explanatory", "self-explanatory cannot carry outer spaces: ' '", " "),
        ([("DD.a=b", "x")], "f401-table", "f401-table cannot carry the type 'a=b'", None),
        ([("DD.a b", "x")], "self-explanatory", "self-explanatory cannot carry the type 'a b'", None),
        ([("NET-PSAP", "a$b")], "mixer", "mixer has no way to write '$' in the PSAP address", "$"),
        ([("NET-PSAP", "a;b")], "mixer", "mixer has no way to write ';' in the PSAP address", ";"),
        ([("NET-PSAP", "a\\b")], "dmn-or", "dmn-or has no way to write a backslash in the PSAP address", "\\"),
    ],
)
def test_what_a_dialect_cannot_carry(pairs: Pairs, dialect: str, message: str, character: str | None) -> None:
    assert why_not(pairs, dialect) == (message, character)


def test_the_same_values_go_where_the_marks_are_others() -> None:
    address = ORAddress([("C", "US"), ("O", "a, P=b"), ("S", "=x")])
    assert address.to_text() == "/S=$=x/O=a, P$=b/C=US/"
    assert ORAddress.parse("/S=$=x/O=a, P$=b/C=US/") == address
    assert address.to_text("f401-table") == "S  =x\nO  a, P=b\nC  US"
    assert ORAddress.parse("S  =x\nO  a, P=b\nC  US") == address


# --- Faults, each with its place


@pytest.mark.parametrize(
    ("text", "dialect", "message", "place"),
    [
        ("/X=a/C=US/", None, "'X' is the label of no attribute", "X"),
        ("C=US; foo bar=a", None, "'foo bar' is the label of no attribute", "foo bar"),
        ("/\u017f=Doe/C=US/", None, "'\u017f' is the label of no attribute", "\u017f"),
        ("/O=a$=b_c/C=US/", None, "'_' in the organization is not in PrintableString (RFC 2156 3.3.3)", "_"),
        ("O=a;;b; C=US", "f401", "';' in the organization is not in PrintableString (RFC 2156 3.3.3)", ";"),
        ("/X121=12a/", None, "'a' in the X.121 network address is not in NumericString (RFC 2156 3.3.2)", "a"),
        ("O=x; OU1=a; OU3=c; C=US", None, "OU3 without OU2", "OU3=c"),
        ("O=x; OU=a; OU1=c; C=US", None, "OU together with OU1 to OU4 (RFC 2156 4.1.1)", "OU=a"),
        ("O=x; O=y; C=US", None, "a second organization (O)", "O=y"),
        ("O  x\nO  y", None, "a second organization (O)", "O  y"),
        ("O$x.O$y", "dmn-or", "a second organization (O)", "O$y"),
        ("/PN=Jo.Doe/PN=Rose/C=US/", None, "a second personal name (PN)", "PN=Rose"),
        ("/O=a$", None, "expected '/', '=' or another PrintableString character after '$'", "$"),
        ("/O=a$_/", None, "expected '/', '=' or another PrintableString character after '$'", "$"),
        ("/O=/C=US/", None, "expected a value for the organization (O)", ""),
        ("C  US\nO  ", None, "expected a value for the organization (O)", ""),
        ("/O=a b/C", None, "expected '=' and a value, found nothing more", ""),
        ("/O=a b/C/", None, "expected '=' and a value before '/'", "/"),
        ("/O=a=b/PRMD=x/", None, "expected '/' or ';'; a value holds '=' as '$='", "="),
        ("/O=a//PRMD=x/", "mixer", "expected a label before '/'", "/"),
        ("C=US", "f401-slash", "expected '/' before the first label", "C"),
        ("/=x/", None, "expected a label", "="),
        ("O=UCL, P=UK.AC; C=GB", None, "expected a separator before 'P='", "P=UK.AC"),
        ("O=UCL C=GB", None, "expected a separator before 'C='", "C=GB"),
        ("C=US;O=x/A=y", "f401", "expected a separator before 'A='", "A=y"),
        ("/C=US;O=x/", "f401-slash", "expected a separator before 'O='", "O=x"),
        ("O=x DDA:y=z;C=US", None, "expected a separator before 'DDA:y='", "DDA:y=z"),
        ("O=x; dda.type=SMTP; C=US", None, "expected DDA.VALUE behind DDA.TYPE", "dda.type=SMTP"),
        ("O=x; C=US; dda.type=SMTP", None, "expected DDA.VALUE behind DDA.TYPE", "dda.type=SMTP"),
        ("O=x; dda.value=u; C=US", None, "expected DDA.TYPE before DDA.VALUE", "dda.value=u"),
        ("O=x; dda=SMTP; C=US", None, "expected DDA=type:value", "SMTP"),
        ("O=x; dda=:u; C=US", None, "a domain-defined attribute without a type", ""),
        ("C=US\nO=x", None, "expected a label and a value in two columns", "C=US"),
        ("C  US\nfoo", None, "expected a label and a value in two columns", "foo"),
        ("O$x.C", None, "expected KEY$value (RFC 2156 appendix F.3)", "C"),
        ("O$x.C$US.", None, "expected KEY$value between dots (RFC 2156 appendix F.3)", "O$x.C$US."),
        (r"O$a\b.C$US", None, "expected KEY$value between dots (RFC 2156 appendix F.3)", r"O$a\b.C$US"),
        ("O-a-z.C-US", None, "not a name of a PX record (RFC 2163 4.2.1)", "O-a-z.C-US"),
        ("O--064-.C-US", "px", "'@' in the organization is not in PrintableString (RFC 2156 3.3.3)", "-064-"),
        ("", None, "expected an O/R address, found nothing", ""),
        (" \t", None, "expected an O/R address, found nothing", " \t"),
        ("hello", None, "expected an O/R address: label=value and so on", "hello"),
        ("/////", None, "expected an O/R address: label=value and so on", "/////"),
        ("", "mixer", "expected an address, found nothing", ""),
        ("", "f401-table", "expected an O/R address, found nothing", ""),
        ("/C=US/\n", None, "a line feed may not stand in an address", "\n"),
        ("C=US\nO=x", "f401", "a line feed may not stand in an address", "\n"),
        ("C  US\n\x00", None, "a NUL may not stand in an address", "\x00"),
        ("C  US\rO  x", "f401-table", "a carriage return may not stand in an address", "\r"),
        ("[X400:c=US;a= ", None, "expected ']' to end the one-off address", "[X400:c=US;a= "),
        ("[X400:c=USA;a= ]", None, "country: a country is two letters (ISO 3166) or three digits (X.121)", "USA"),
        ("ADMD$@.C$@", None, "expected an O/R address, found no attribute", "ADMD$@.C$@"),
    ],
)
def test_faults(text: str, dialect: str | None, message: str, place: str) -> None:
    assert why(text, dialect) == (message, place)


@pytest.mark.parametrize("name", [None, *DIALECTS])
def test_a_megabyte_of_slashes(name: str | None) -> None:
    message, _place = why("/" * 1_000_000, name)
    assert message == "an address of 1,000,000 characters; the limit is 65,536"


def test_the_last_separator_may_be_missing_or_there() -> None:
    for text in ("/C=US/O=x", "/C=US/O=x/", "C=US;O=x", "C=US;O=x;", "C=US; O=x; ", "X400:C=US;O=x", "x400:C=US;O=x;"):
        assert ORAddress.parse(text) == ORAddress([("C", "US"), ("O", "x")])


# --- Bounds


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        (
            "/PRMD=12345678901234567/C=US/",
            "private management domain: 17 characters; the bound is 16",
            "12345678901234567",
        ),
        ("/C=USA/O=x/", "country: a country is two letters (ISO 3166) or three digits (X.121)", "USA"),
        ("/C=U/O=U/", "country: a country is two letters (ISO 3166) or three digits (X.121)", "U"),
        ("OU=v/OU=w/OU=x/OU=y/OU=z/O=o/C=US/", "organizational units: 5 of them; the bound is 4", "OU=v"),
        ("C=US;O=o;OU=v;OU=w;OU=x;OU=y;OU=z", "organizational units: 5 of them; the bound is 4", "OU=z"),
        ("/DD.ninechars=x/C=US/", "domain-defined attribute: 9 characters of type; the bound is 8", "ninechars"),
        (
            "X400:" + "".join([f"dda:{letter}=1;" for letter in "abcde"]) + "c=US",
            "domain-defined attributes: 5 of them; the bound is 4",
            "dda:e=1",
        ),
        (f"/DD.x={'v' * 129}/C=US/", "domain-defined attribute: 129 characters; the bound is 128", "v" * 129),
        (f"PD-A1=x; PD-A2={'y' * 31}", "unformatted postal address: 31 characters; the bound is 30", "y" * 31),
        (f"/PD-ADDRESS=x|{'y' * 31}/", "unformatted postal address: 31 characters; the bound is 30", "y" * 31),
        (f"/O=x*{'{165}' * 65}/", "organization: 65 octets; the bound is 64", f"O=x*{'{165}' * 65}"),
        ("/T-TY=257/", "terminal type: 257; the bound is 256", "257"),
        (f"/O={'a$/' * 33}/", "organization: 66 characters; the bound is 64", "a$/" * 33),
    ],
)
def test_bounds(text: str, message: str, place: str) -> None:
    assert why(text) == (message, place)
    address = ORAddress.parse(text, bounds=False)
    assert str(address) == text
    assert address.validate("deployed")
    assert ORAddress.parse(address.to_text(), "mixer", bounds=False) == address


# --- The guess


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("/OU=a/OU=b/", "mixer"),
        ("/OU1=a/OU2=b/", "f401-slash"),
        ("/S=x/C=US/", "f401-slash"),
        ("/DD.x=1/DD.y=2/C=US/", "mixer"),
        ("/DDA:x=1/DDA:y=2/C=US/", "f401-slash"),
        ("/O=a$/b/C=US/", "mixer"),
        ("/O=a//b/C=US/", "f401-slash"),
        ("/C=US;O=x/", "mixer"),
        ("C=US/O=x", "mixer"),
        ("C=US;O=a$/b", "mixer"),
        ("C=US;O=a/b", "f401"),
        ("DDA:x=1;DDA:y=2", "f401"),
        ("C=US;DDA:x=a;;b", "f401"),
        ("OU=x;OU=y;O=z", "ean"),
        ("O=z;OU=x;OU=y", "rare"),
        ("PRMD=x", "rare"),
        ("O=z;OU=x;DD.a=1;DD.b=2", "rare"),
        ("DD.a=1;DD.b=2;OU=x;O=z", "ean"),
        ("O=z;RFC-822=x", "rare"),
        ("C  US\nO  x", "f401-table"),
        ("Country (C)  US\r\nO  x", "f401-table"),
        ("O$x.C$US", "dmn-or"),
        ("O$a=b.C$US", "dmn-or"),
        ("O-x.C-US", "px"),
        ("C-505.", "px"),
    ],
)
def test_guess(text: str, name: str) -> None:
    assert str(dialects.guess(text)) == name
    assert ORAddress.parse(text) == ORAddress.parse(text, name)


COUNTRY_FIRST = (
    "the greater stands before the less, but the last of several units (or domain-defined attributes) is the most "
    "significant in "
    "MIXER: name the dialect"
)
NOTHING_TELLS = (
    "nothing tells which of several units (or domain-defined attributes) is the most significant: name the dialect"
)


@pytest.mark.parametrize(
    ("text", "message", "place", "meanings"),
    [
        ("/C=US/O=x/OU=a/OU=b/", COUNTRY_FIRST, "/C=US/O=x/OU=a/OU=b/", ("mixer", "f401-slash")),
        ("/C=US/PRMD=x/DD.a=1/DD.b=2/", COUNTRY_FIRST, "/C=US/PRMD=x/DD.a=1/DD.b=2/", ("mixer", "f401-slash")),
        ("/C=US/O=x/DD.a=1/RFC-822=2/", COUNTRY_FIRST, "/C=US/O=x/DD.a=1/RFC-822=2/", ("mixer", "f401-slash")),
        ("C=US; O=a$/b; OU=x; OU=y", COUNTRY_FIRST, "C=US; O=a$/b; OU=x; OU=y", ("mixer",)),
        ("OU=a; OU=b; S=x", NOTHING_TELLS, "OU=a; OU=b; S=x", ("ean", "rare")),
        ("DD.a=1; DD.b=2; C=US", NOTHING_TELLS, "DD.a=1; DD.b=2; C=US", ("ean", "rare")),
        ("RFC-822=1; DD.b=2; C=US", NOTHING_TELLS, "RFC-822=1; DD.b=2; C=US", ("ean", "rare")),
        ("OU=a; C=US; OU=b; O=x", NOTHING_TELLS, "OU=a; C=US; OU=b; O=x", ("ean", "rare")),
        (
            "X400:ou=a;ou=b;o=x;c=US",
            "exchange numbers its units, and these have no numbers: name the dialect",
            "ou=a;ou=b;o=x;c=US",
            ("ean", "exchange"),
        ),
        ("DD.x=a/S=b; C=US", "rare and mixer read this differently: name the dialect", "/", ("rare", "mixer")),
        ("DDA:x=a/S=b", "mixer and f401 read this differently: name the dialect", "/", ("f401", "mixer")),
        (
            "/DDA:x=a;S=b/C=US/",
            "mixer and f401-slash read this differently: name the dialect",
            ";",
            ("f401-slash", "mixer"),
        ),
        (
            "/DDA:x=a$//C=US/",
            "mixer and f401-slash read this differently: name the dialect",
            "$",
            ("f401-slash", "mixer"),
        ),
        ("DDA:x=a$b;C=US", "mixer and f401 read this differently: name the dialect", "$", ("f401", "mixer")),
        ("O$U=x.C$US", "mixer and dmn-or read this differently: name the dialect", "$", ("dmn-or", "mixer")),
        ("DDA:x  a=b", "f401 and f401-table read this differently: name the dialect", "  ", ("f401", "f401-table")),
        ("C=US; O=a//b", "f401 and exchange read this differently: name the dialect", "//", ("f401", "exchange")),
    ],
)
def test_the_guess_refuses_what_two_would_read_differently(
    text: str, message: str, place: str, meanings: tuple[str, ...]
) -> None:
    assert why(text) == (message, place)
    found = [ORAddress.parse(text, name) for name in meanings]
    assert len(set(found)) == len(meanings)
    assert all(str(address) == text for address in found)


def test_a_prefix_tells_much() -> None:
    assert ORAddress.parse("X400:c=US;o=a//b").organization == "a/b"
    assert ORAddress.parse("X.400: c=US;o=a/b").organization == "a/b"
    assert ORAddress.parse("X400:/c=US/o=a$/b").organization == "a/b"
    assert ORAddress.parse("X400:c=US;o=x;ou=a;ou=b").organizational_units == ("a", "b")
    assert ORAddress.parse("X.400: OU=b; OU=a; O=x; C=US").organizational_units == ("a", "b")
    assert why("X.400: OU=b; OU=a; C=US; O=x") == (NOTHING_TELLS, "OU=b; OU=a; C=US; O=x")


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("X400:anything", True),
        ("x.400: c=US", True),
        ("[X400:c=US]", True),
        ("/G=x/", True),
        ("/G=x", True),
        (" o=x; c=US", True),
        ("DDA:x=y/C=US", True),
        ("dda=x:y;p=z", True),
        ("dt=x/dv=y/C=US", True),
        ("PN=x/S=y", True),
        ("O=x;PD-OFFICE NUMBER=1", True),
        ("O=x;foo=1;C=US", True),
        # Names that a mail system may know: RFC 822 has them as they are.
        ("a=b", False),
        ("C=US", False),
        ("s=x/y", False),
        ("s=x;foo=y", False),
        ("foo=x; C=US; A=b", True),
        ("/o=Example/cn=ada", False),
        ("/o=Example/ou=Site/cn=Recipients/cn=ada", False),
        ("/o=Example/ou=Site/cn=ada/c=US", True),
        ("FAX=+390402/T33S=1387", False),
        ("x=y", False),
        ("C", False),
        ("DD.=y", False),
        ("", False),
    ],
)
def test_looks_like(text: str, looks: bool) -> None:  # noqa: FBT001
    assert dialects.looks_like(text) is looks


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("/S=Doe/O=x/", [("S", "Doe"), ("O", "x")]),
        ("S=Doe;O=x", [("S", "Doe"), ("O", "x")]),
        ("/S=Doe/PRMD=12345678901234567/", [("S", "Doe"), ("PRMD", "12345678901234567")]),
        ("/RFC-822=u(a)d", [("DD.RFC-822", "u(a)d")]),
        ("S=Doe", None),
        ("FAX=+390402/T33S=1387", None),
        ("/FAX=+390402/T33S=1387", None),
        ("X400:C=US;O=x", None),
        ("a;b", None),
        ("/", None),
        ("", None),
    ],
)
def test_local_parts(text: str, pairs: Pairs | None) -> None:
    found = dialects.parse_local_part(text)
    assert found == (None if pairs is None else ORAddress(pairs))
    if found is not None:
        assert str(found) == found.to_text()


# --- Historic spellings


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("c=US;a=X;dda.type=SMTP;dda.value=u@d", [("DD.SMTP", "u@d")]),
        ("c=US;a=X;dda-type=SMTP;dda-value=u(a)d", [("DD.SMTP", "u(a)d")]),
        ("/c=US/a=X/dt=WPMail/dv=USER.BOB", [("DD.WPMail", "USER.BOB")]),
        ("/c=US/a=X/dda.type=ms/dda.value=net$/po$/box", [("DD.ms", "net/po/box")]),
        ("c=US;a=X;dda=SMTP:u:d@e", [("DD.SMTP", "u:d@e")]),
        ("C=US; A=X; DDA:ID=1", [("DD.ID", "1")]),
        ("C=US; ADMD=X; DD:ID=1", [("DD.ID", "1")]),
        ("C=US; ADMD=X; DDA.ID=1", [("DD.ID", "1")]),
        ("C=US; A=X; PD-OFFICE NUMBER=1", [("PD-OFFICE-NUM", "1")]),
        ("C=US; A=X; E.164=+1 2", [("NET-NUM", "12")]),
        ("C=US; A=X; X121=1", [("X121", "1")]),
        ("C=US; A=X; PN=Jo.Doe; Q=Jr", [("G", "Jo"), ("S", "Doe"), ("GQ", "Jr")]),
        ("/C=US/A=X/PN=Jo.Doe/", [("G", "Jo"), ("S", "Doe")]),
    ],
)
def test_historic_spellings(text: str, pairs: Pairs) -> None:
    assert ORAddress.parse(text) == ORAddress([("C", "US"), ("ADMD", "X"), *pairs])


@pytest.mark.parametrize(
    ("text", "message", "span"),
    [
        ("S=x/PRMD=evil; A=b; C=US", "expected a separator before 'PRMD='", (4, 13)),
        ("C=GB; A= ; O=x/S=y", "expected a separator before 'S='", (15, 18)),
        ("S=y/O=x;C=GB", "expected a separator before 'O='", (4, 7)),
    ],
)
def test_the_guess_mixes_no_separators(text: str, message: str, span: tuple[int, int]) -> None:
    """Only MIXER mixes them, and its hand begins with a slash."""
    with pytest.raises(AddressSyntaxError) as caught:
        ORAddress.parse(text)
    assert (caught.value.message, caught.value.span) == (message, span)
    assert ORAddress.parse("/S=y;O=x/C=GB/") == ORAddress.parse(text if text[0] == "/" else "S=y/O=x;C=GB", "mixer")


@pytest.mark.parametrize("text", ["OU  a\nOU  b\nO  z\nA  x\nC  US", "OU  a\nOU  b\nC  US", "Org (OU)  a\nOrg (OU)  b"])
def test_a_table_numbers_its_units(text: str) -> None:
    with pytest.raises(AddressSyntaxError) as caught:
        ORAddress.parse(text)
    assert caught.value.message == "f401-table numbers its units, and these have no numbers: name the dialect"
    assert ORAddress.parse(text, "f401-table").organizational_units == ("a", "b")


def test_an_order_that_tells_nothing_about_units_is_no_evidence() -> None:
    address = ORAddress.parse("/DD.b=1/DD.a=2/S=x/C=US/A=z/")
    assert address.domain_defined == (("a", "2"), ("b", "1"))
