"""MaXIM-11 (RFC 2162): every row of vectors/x400.jsonl that it has, compared as attributes, and all roads back."""

from __future__ import annotations

import contextlib
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpaths import AddressSyntaxError, ConversionError, Mailbox, MailPathsError
from mailpaths.testing import hostile_texts, mailboxes
from mailpaths.x400 import ORAddress, Teletex
from mailpaths.x400.mail11 import (
    InMailbox,
    Mail11Address,
    Mail11Gateway,
    from_mailbox,
    from_or,
    to_mailbox,
    to_or,
    unwrap,
    wrap,
)
from tests.support import Row, x400_rows

ROWS = x400_rows("mail11-to-or", "or-to-mail11", "mail11-quote", "mail11-to-rfc")

HERE = ORAddress.parse("C=it; ADMD=garr")
# RFC 2162 5.2.1: the node is .IT.DM.X4TDEC, in Phase IV X4TDEC. Which of them a gateway writes is a setting of its
# host (5.2), and the examples were written under both.
OSI = Mail11Gateway(".IT.DM.X4TDEC", HERE, ("OMNI",), "X4TDEC", frozenset({"IT", "FR", "GB"}))
PHASE_IV = Mail11Gateway("X4TDEC", HERE, ("OMNI",), ".IT.DM.X4TDEC", frozenset({"IT", "FR", "GB"}))
HEP = Mail11Gateway("X4TDEC", HERE, ("HEP",))
GATEWAYS = {"x400-195": OSI, "x400-217": HEP}

# Rows that are not met, and what comes out instead: the value of DD.Mail-11, or the text.
NOT_MET = {
    "x400-199": (
        "the RFC prints MBX34:MYC3 on one side and MBX34::MYC3 on the other",
        "UCLA13::MVAX93::MRGATE::(q)MBOX1::MBX34:MYC3::BOB(q)",
    ),
    "x400-208": (
        "the RFC leaves ';' as it is, which is not in PrintableString, and folds the line with a blank",
        "X4TDEC::gw(p)(q)C=zz(059)ADMD= (059)PRMD=Botwa(059)O=Miner(059)S=Chiuaw(059)(q)",
    ),
    "x400-205": (
        "the notation with ';', which RFC 2162 4.3 and 5.4 allow as well and 5.3.1 uses: the order of units is clear",
        'X4TDEC::gw%"C=gb;ADMD=G400;PRMD=AC.UK;O=ucl;S=Clay;"',
    ),
}


def of_kind(kind: str) -> list[Row]:
    return [row for row in ROWS if row["kind"] == kind and row["id"] not in NOT_MET]


def gateway_of(row: Row) -> Mail11Gateway:
    return GATEWAYS.get(row["id"], PHASE_IV)


def label(row: Row) -> str:
    return str(row["id"])


def test_all_rows_are_here() -> None:
    assert len(ROWS) == 13
    assert NOT_MET.keys() <= {row["id"] for row in ROWS}
    for row in ROWS:
        gateway = gateway_of(row)
        if "gwnode" in row["context"]:
            assert ORAddress.parse(row["context"]["gateway_or"]) == gateway.or_address
            assert row["context"]["gwnode"] == ".IT.DM.X4TDEC alias X4TDEC"
            assert {gateway.node, gateway.alias} == {".IT.DM.X4TDEC", "X4TDEC"}
            assert row["context"]["net"] == gateway.nets[0]


@pytest.mark.parametrize("row", of_kind("mail11-to-or"), ids=label)
def test_to_or_rows(row: Row) -> None:
    gateway = gateway_of(row)
    found = to_or(row["input"], gateway)
    assert found == ORAddress.parse(row["expected"])
    back = from_or(found, gateway)
    if row["id"] == "x400-200":
        assert str(back) == (
            'X4TDEC::gw%"C=it;ADMD=garr;DD.Dnet=ENET;DD.Mail-11=.US.CENTRAL.MIAMI2::George.Rosenthal;"'
        )
    else:
        assert str(back) == row["input"]


@pytest.mark.parametrize("row", of_kind("or-to-mail11"), ids=label)
def test_from_or_rows(row: Row) -> None:
    address = ORAddress.parse(row["input"])
    found = from_or(address, gateway_of(row))
    assert str(found) == row["expected"]
    assert to_or(found, gateway_of(row)) == address


@pytest.mark.parametrize("row", of_kind("mail11-quote"), ids=label)
def test_quote_rows(row: Row) -> None:
    box = Mailbox.parse(row["input"])
    assert str(wrap(box)) == row["expected"]
    assert unwrap(Mail11Address.parse(row["expected"])) == box


@pytest.mark.parametrize("row", of_kind("mail11-to-rfc"), ids=label)
def test_to_rfc_rows(row: Row) -> None:
    found = to_mailbox(row["input"], "lohost.mydom.edu", row["context"]["net"])
    assert str(found) == row["expected"]
    assert from_mailbox(found) == InMailbox(Mail11Address.parse(row["input"]), "OMNI")


@pytest.mark.parametrize("row", [row for row in ROWS if row["id"] in NOT_MET], ids=label)
def test_rows_that_are_not_met(row: Row) -> None:
    written = NOT_MET[row["id"]][1]
    if row["kind"] == "or-to-mail11":
        address = ORAddress.parse(row["input"])
        assert str(from_or(address, PHASE_IV)) == written != row["expected"]
        assert to_or(row["expected"], PHASE_IV) == to_or(written, PHASE_IV) == address
    else:
        found = to_or(row["input"], PHASE_IV)
        assert found.value("DD.Mail-11") == written
        assert written not in row["expected"]


def test_the_other_examples_of_rfc_2162() -> None:
    for text, value in (
        ("MYNODE::BETTY", "MYNODE::BETTY"),
        (".DE.UNI-BN.PHYS.NODE18::MARY34", ".DE.UNI-BN.PHYS.NODE18::MARY34"),
        ('MRGATE::"C=xx::A=bbb::P=ppp::S=Joe"', "X4TDEC::MRGATE::(q)C=xx::A=bbb::P=ppp::S=Joe(q)"),
        ("RELAY::MYNODE::BETTY", "RELAY::MYNODE::BETTY"),
    ):
        assert to_or(text, PHASE_IV) == ORAddress([*HERE.attributes, ("DD.Dnet", "OMNI"), ("DD.Mail-11", value)])
    assert to_or('X4TDEC::gw%"C=fr;ADMD=atlas;PRMD=ifip;O=poly;S=Moreau;"', OSI) == ORAddress.parse(
        "C=fr; ADMD=atlas; PRMD=ifip; O=poly; S=Moreau;"
    )
    assert to_or('X4TDEC::gw%"/C=gb/A=Gold 400/P=AC.UK/O=UCL/OU=cs/G=Jim/S=Clay"', OSI) == ORAddress.parse(
        "C=gb; ADMD=Gold 400; PRMD=AC.UK; O=UCL; OU=cs; G=Jim; S=Clay;"
    )
    address = ORAddress.parse("C=gb; ADMD=G400; PRMD=AC.UK; O=ucl; S=Clay;")
    assert str(from_or(address, OSI)) == 'OMNI:.IT.DM.X4TDEC::gw%"C=gb;ADMD=G400;PRMD=AC.UK;O=ucl;S=Clay;"'


# --- the value ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "nodes", "local_part", "net", "foreign"),
    [
        ("USER47", (), "USER47", None, None),
        ("BOSTON::CLUS02::GOOFY1::MARY34", ("BOSTON", "CLUS02", "GOOFY1"), "MARY34", None, None),
        ('IN%"M.P.Tracy@Dicdum.cc.edu"', (), 'IN%"M.P.Tracy@Dicdum.cc.edu"', None, ("IN", "M.P.Tracy@Dicdum.cc.edu")),
        (
            'UCLA13::MVAX93::MRGATE::"MBOX1::MBX34::MYC3::BOB"',
            ("UCLA13", "MVAX93"),
            'MRGATE::"MBOX1::MBX34::MYC3::BOB"',
            None,
            ("MRGATE", "MBOX1::MBX34::MYC3::BOB"),
        ),
        ("OMNI:.US.GOV.LB.GOOFY1::MARY34", (".US.GOV.LB.GOOFY1",), "MARY34", "OMNI", None),
        (
            'OMNI:.DE.TEST.V1.GWY32::GX409A::x400%"/C=xx/A=aaa/P=ppp/S=Lee"',
            (".DE.TEST.V1.GWY32", "GX409A"),
            'x400%"/C=xx/A=aaa/P=ppp/S=Lee"',
            "OMNI",
            ("x400", "/C=xx/A=aaa/P=ppp/S=Lee"),
        ),
        ("1.24::SYSTEM", ("1.24",), "SYSTEM", None, None),
        ("deliver%swan", (), "deliver%swan", None, None),
        ("A::B:C", ("A",), "B:C", None, None),
    ],
)
def test_parse(
    text: str, nodes: tuple[str, ...], local_part: str, net: str | None, foreign: tuple[str, str] | None
) -> None:
    found = Mail11Address.parse(text)
    assert (found.nodes, found.local_part, found.net, found.foreign) == (nodes, local_part, net, foreign)
    assert str(found) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "expected a user\n  \n  ^"),
        ("NODE::", "expected a user\n  NODE::\n        ^"),
        ("NODE::a b", 'expected a user, or protocol%"address"\n  NODE::a b\n        ^~~'),
        ('NODE::in%"a', 'expected a user, or protocol%"address"\n  NODE::in%"a\n        ^~~~~'),
        ('NODE::""', 'expected a user, or protocol%"address"\n  NODE::""\n  ^~~~~~~~'),
        ("NODE::Zoë", 'expected a user, or protocol%"address"\n  NODE::Zoë\n        ^~~'),
        ("NODE::a\n", "a line feed may not stand in an address\n  NODE::a␊\n         ^"),
    ],
)
def test_what_is_no_mail_11_address(text: str, expected: str) -> None:
    with pytest.raises(AddressSyntaxError) as caught:
        Mail11Address.parse(text)
    assert str(caught.value) == expected


def test_parts_that_make_none() -> None:
    for parts in (
        (("A B",), "u"),
        ((), "A::u"),
        ((), ""),
        (("A",), "u", "NET"),
        ((".A",), "u", "N T"),
        ((".A..B",), "u"),
    ):
        with pytest.raises(AddressSyntaxError):
            Mail11Address(*parts)


def test_gateways_are_checked() -> None:
    for parts in (("a b", HERE, ("OMNI",)), ("A", HERE, ("a:b",)), ("A", HERE, ()), ("A", HERE, ("N",), "")):
        with pytest.raises(AddressSyntaxError):
            Mail11Gateway(*parts)
    with pytest.raises(AddressSyntaxError, match=r"\Anot the name of a mail protocol\n"):
        Mail11Gateway("A", HERE, ("OMNI",), prefixes=("g w",))


# --- X.400 --------------------------------------------------------------------------------------------------------


def test_a_recipient_without_a_node_is_on_the_senders() -> None:
    assert to_or("BETTY", PHASE_IV, node="MYNODE").get("DD.Mail-11") == "MYNODE::BETTY"


def test_networks_have_aliases_to_read_and_one_name_to_write() -> None:
    assert to_or("hepnet:.A.B::U", OSI).get("DD.Dnet") == "OMNI"
    held = ORAddress([*HERE.attributes, ("DD.dnet", "Span"), ("DD.mail-11", "A::U")])
    assert str(from_or(held, PHASE_IV)) == "A::U"


def test_a_gateway_on_two_networks() -> None:
    two = Mail11Gateway("X4TDEC", HERE, ("OMNI", "ENET"))
    assert str(from_or(to_or("ENET:.US.MIAMI2::George", two), two)) == "ENET:.US.MIAMI2::George"
    with pytest.raises(ConversionError) as caught:
        from_or(ORAddress([*HERE.attributes, ("DD.Dnet", "ENET"), ("DD.Mail-11", "A::U")]), two)
    assert str(caught.value) == "a Phase IV address cannot name its network, ENET: 'A::U'"


def test_a_country_that_x400_does_not_know_stays_in_mail_11() -> None:
    text = 'X4TDEC::gw%"C=zz;ADMD= ;PRMD=Botwa;O=Miner;S=Chiuaw;"'
    assert to_or(text, PHASE_IV).get("DD.Dnet") == "OMNI"
    assert to_or(text, HEP) == ORAddress.parse("C=zz; ADMD= ; PRMD=Botwa; O=Miner; S=Chiuaw;")
    # No country, or no O/R address at all: the same.
    assert to_or('X4TDEC::gw%"O=Miner;S=Chiuaw;"', HEP).get("DD.Mail-11") == (
        "X4TDEC::gw(p)(q)O=Miner(059)S=Chiuaw(059)(q)"
    )
    assert to_or('X4TDEC::gw%"piet@mcvax"', HEP).get("DD.Mail-11") == "X4TDEC::gw(p)(q)piet(a)mcvax(q)"


def test_the_order_of_units_comes_back() -> None:
    address = ORAddress([("C", "gb"), ("O", "UCL"), ("OU", "big"), ("OU", "small"), ("S", "Clay")])
    assert to_or(from_or(address, PHASE_IV), PHASE_IV) == address
    assert to_or('X4TDEC::gw%"/C=gb/A=X/O=UCL/OU=big/OU=small/S=Clay"', PHASE_IV).organizational_units == (
        "big",
        "small",
    )


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("DD.Dnet", "OMNI"), ("DD.Mail-11", "A::b c")], "no Mail-11 address: 'A::b c': expected a user, or "),
        ([("DD.Dnet", "OMNI"), ("DD.Mail-11", "OMNI:.A::b")], "a second network stands in 'OMNI:.A::b'"),
        ([("DD.Dnet", "OMNI"), ("DD.Mail-11", "A::(010)")], "(010) is a control character that no address holds"),
        ([("DD.Dnet", "OMNI"), ("DD.Mail-11", Teletex(b"\xa5"))], "a Mail-11 address has no teletex form"),
        ([("NET-PSAP", '"x"')], "a quote would end the quotes of a Mail-11 address"),
    ],
)
def test_what_mail_11_cannot_carry(pairs: list[tuple[str, str]], expected: str) -> None:
    with pytest.raises(ConversionError) as caught:
        from_or(ORAddress([("C", "it"), *pairs]), PHASE_IV)
    assert str(caught.value).startswith(expected)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        (
            [("DD.Dnet", "OMNI"), ("DD.Mail-11", "A::b"), ("DD.mail-11", "C::d")],
            "DD.Mail-11 stands there 2 times (RFC 2162 5.3)",
        ),
        (
            [("DD.Dnet", "OMNI"), ("DD.dnet", "HEP"), ("DD.Mail-11", "A::b")],
            "DD.Dnet stands there 2 times (RFC 2162 5.3)",
        ),
        ([("DD.Mail-11", "A::b"), ("DD.Mail-11", "A::b")], "DD.Mail-11 stands there 2 times (RFC 2162 5.3)"),
        (
            [("DD.Dnet", Teletex(b"\xe9", "OMNI")), ("DD.Mail-11", "A::b")],
            "a Mail-11 address has no teletex form: DD.Dnet=OMNI*{233}",
        ),
        (
            [("DD.Dnet", "OMNI"), ("DD.Mail-11", Teletex(b"\xe9", "b"))],
            "a Mail-11 address has no teletex form: DD.Mail-11=b*{233}",
        ),
    ],
)
def test_an_address_that_is_there_twice_is_none(pairs: list[tuple[str, str | Teletex]], expected: str) -> None:
    address = ORAddress([*HERE.attributes, *pairs])
    with pytest.raises(ConversionError) as caught:
        from_or(address, PHASE_IV)
    assert str(caught.value) == expected


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("/DD.Mail-11=A::b/DD.Mail-11=C::d", "DD.Mail-11 stands there 2 times (RFC 2162 5.3)"),
        ("/DD.Mail-11=A::b/DD.dnet=OMNI/DD.dnet=HEP", "DD.Dnet stands there 2 times (RFC 2162 5.3)"),
    ],
)
def test_a_mailbox_that_has_one_twice(local: str, expected: str) -> None:
    with pytest.raises(ConversionError) as caught:
        from_mailbox(Mailbox(local, "gw.example"))
    assert str(caught.value) == expected


def test_an_address_too_long_for_its_attribute() -> None:
    with pytest.raises(ConversionError) as caught:
        to_or("A::" + "u" * 126, PHASE_IV)
    assert str(caught.value) == "129 characters; the bound of a domain-defined attribute is 128"


# --- RFC 822 ------------------------------------------------------------------------------------------------------


def test_mailboxes_in_mail_11() -> None:
    box = Mailbox.parse("Jim <@relay.example:Jim.Clay(comment)@cs.UCL.AC.UK>")
    found = wrap(box, "In", ("NVXA23", "SMTPGW"))
    assert str(found) == 'NVXA23::SMTPGW::In%"@relay.example:Jim.Clay@cs.UCL.AC.UK"'
    assert unwrap(found) == Mailbox("Jim.Clay", "cs.UCL.AC.UK", route=("relay.example",))
    assert unwrap(Mail11Address.parse("A::U")) is None
    assert unwrap(Mail11Address.parse('A::in%"a b c"')) is None
    with pytest.raises(ConversionError) as caught:
        wrap(Mailbox("Zoë", "x.example"))
    assert str(caught.value) == ("Mail-11 cannot carry 'Zoë@x.example': expected a user, or protocol%\"address\"")


@pytest.mark.parametrize(
    ("text", "net", "expected"),
    [
        ("MYNODE::BETTY", None, '"MYNODE::BETTY"@gw.example'),
        ("OMNI:.US.A::BETTY", None, '"OMNI:.US.A::BETTY"@gw.example'),
        ("MYNODE::BETTY", "OMNI", '"/DD.Mail-11=MYNODE::BETTY/DD.dnet=OMNI"@gw.example'),
        ("BETTY", None, '"/DD.Mail-11=BETTY"@gw.example'),
        ("listserv%my-private.list.A1", None, '"/DD.Mail-11=listserv%my-private.list.A1"@gw.example'),
        ("A::x=y/z%q", None, '"/DD.Mail-11=A::x$=y$/z%q"@gw.example'),
        ("A::x;y", None, '"/DD.Mail-11=A::x(059)y"@gw.example'),
        ("/DD.Mail-11=A::x", None, '"/DD.Mail-11=$/DD.Mail-11$=A::x"@gw.example'),
        ("A::SYS$X%q", None, '"/DD.Mail-11=A::SYS(036)X(p)q"@gw.example'),
        ('A::in%"u@h"', "OMNI", '"/DD.Mail-11=A::in(p)(q)u(a)h(q)/DD.dnet=OMNI"@gw.example'),
        ('OMNI:.A.B::in%"u@h"', None, '"/DD.Mail-11=.A.B::in(p)(q)u(a)h(q)/DD.dnet=OMNI"@gw.example'),
    ],
)
def test_mail_11_in_mailboxes(text: str, net: str | None, expected: str) -> None:
    address = Mail11Address.parse(text)
    box = to_mailbox(text, "gw.example", net)
    assert str(box) == expected
    assert from_mailbox(box) == InMailbox(address, address.net or net)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("piet%mcvax@gw.example", "no Mail-11 address in the local part 'piet%mcvax'"),
        ('"A::b c"@gw.example', "no Mail-11 address: 'A::b c': expected a user, or protocol%\"address\""),
        ("/S=Doe/O=Acme/@gw.example", "no Mail-11 address in the local part '/S=Doe/O=Acme/'"),
        ('"/DD.Mail-11=A::(x)/"@gw.example', "not encoded as RFC 2156 3.4 says: 'A::(x)'"),
    ],
)
def test_mailboxes_without_a_mail_11_address(text: str, expected: str) -> None:
    with pytest.raises(ConversionError) as caught:
        from_mailbox(Mailbox.parse(text))
    assert str(caught.value) == expected


# --- all ----------------------------------------------------------------------------------------------------------


def test_values_pickle_and_print_themselves() -> None:
    for value in (Mail11Address.parse("OMNI:.A::U"), OSI):
        assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - our own bytes
        assert eval(repr(value)) == value  # noqa: S307 - our own repr


words = st.text("ABCxyz019$_-", min_size=1, max_size=5)
users = st.text("abcXYZ019%!/=.:$()@;,_~", min_size=1, max_size=8)
foreign = st.builds('{}%"{}"'.format, words, st.text("abc @!()/=;.%", min_size=1, max_size=10))


@st.composite
def addresses(draw: st.DrawFn) -> Mail11Address:
    nodes = tuple(draw(st.lists(words, max_size=3)))
    net = None
    if draw(st.booleans()):
        nodes = ("." + ".".join(draw(st.lists(words, min_size=1, max_size=3))), *nodes)
        net = draw(st.sampled_from([None, "OMNI"]))
    while True:
        with contextlib.suppress(AddressSyntaxError):
            return Mail11Address(nodes, draw(users | foreign), net)


@given(addresses())
def test_an_address_comes_back(address: Mail11Address) -> None:
    assert Mail11Address.parse(str(address)) == address
    once = to_or(address, PHASE_IV)
    again = from_or(once, PHASE_IV)
    assert to_or(again, PHASE_IV) == once
    assert again.local_part == address.local_part
    assert [node for node in again.nodes if node != "X4TDEC"] == [node for node in address.nodes if node != "X4TDEC"]


@given(addresses(), st.sampled_from([None, "OMNI"]))
def test_an_address_comes_back_from_rfc_822(address: Mail11Address, net: str | None) -> None:
    found = from_mailbox(to_mailbox(address, "gw.example", net))
    assert found.address.path == address.path
    assert found.net == (address.net or net)


@given(mailboxes())
def test_a_mailbox_comes_back(box: Mailbox) -> None:
    try:
        found = wrap(box)
    except ConversionError:
        assert not box.path.isprintable() or not box.path.isascii()
        return
    assert unwrap(found) == Mailbox.parse(f"<{box.path}>")


PIECES = st.lists(
    st.sampled_from(["::", ":", ".A", "A", "%", '"', "gw", "C=it;", "/S=x", "(q)", "(010)", " "]) | st.text(max_size=2),
    max_size=10,
).map("".join)


@given(hostile_texts() | PIECES | PIECES.map('X4TDEC::gw%"{}"'.format))
def test_only_our_own_errors_escape(text: str) -> None:
    with contextlib.suppress(MailPathsError):
        from_or(to_or(text, OSI), OSI)
    with contextlib.suppress(MailPathsError):
        from_or(ORAddress([("C", "it"), ("DD.Dnet", "OMNI"), ("DD.Mail-11", text)]), OSI)
    with contextlib.suppress(MailPathsError):
        from_mailbox(to_mailbox(text, "gw.example"))
    with contextlib.suppress(MailPathsError):
        from_mailbox(Mailbox(text, "gw.example"))
    with contextlib.suppress(MailPathsError):
        unwrap(wrap(Mailbox.parse(text), text[:3]))
    with contextlib.suppress(MailPathsError):
        Mail11Gateway(text, HERE, (text,))
