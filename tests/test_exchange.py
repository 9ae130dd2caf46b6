"""Exchange: IMCEA, legacy DNs, proxy addresses; the rows of vectors/x400.jsonl, and the scripts' favourite mistakes."""

from __future__ import annotations

import contextlib
import pickle
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpaths import AddressSyntaxError, ConversionError, Mailbox, MailPathsError, UnknownNameError
from mailpaths.testing import hostile_texts, mailboxes
from mailpaths.x400 import ORAddress
from mailpaths.x400.exchange import (
    Encapsulated,
    LegacyDN,
    ListForm,
    ProxyAddress,
    duplicate_primaries,
    parse_proxy_list,
)
from tests.support import Row, x400_rows

ROWS = x400_rows("imcea-encode", "imcea-decode", "ms-proxy-parse", "ms-proxy-list")

# Rows that are not met, and why.
NOT_MET = {
    "x400-253": "a template whose surname a script appends: S= has no value, and an attribute without one is refused",
}
REFUSED = {
    "x400-249": "the '/' in the given name 'URS / F' reads as the start of another attribute (the row: ambiguous)",
}


def label(row: Row) -> str:
    return str(row["id"])


def why(call: str, text: str) -> str:
    """Return the whole error of parsing a text."""
    with pytest.raises(AddressSyntaxError) as caught:
        {"imcea": Encapsulated.parse, "dn": LegacyDN.parse, "proxy": ProxyAddress.parse}[call](text)
    start, end = caught.value.span
    assert 0 <= start <= end <= len(text)
    assert caught.value.text == text
    return str(caught.value)


def test_every_kind_has_its_rows() -> None:
    counted = Counter(row["kind"] for row in ROWS)
    assert counted == {"imcea-encode": 1, "imcea-decode": 5, "ms-proxy-parse": 4, "ms-proxy-list": 1}
    assert NOT_MET.keys() | REFUSED.keys() <= {row["id"] for row in ROWS}


# --- IMCEA --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", x400_rows("imcea-decode"), ids=label)
def test_decode_rows(row: Row) -> None:
    found = Encapsulated.parse(row["input"])
    assert found == Encapsulated(**row["expected"])
    assert {"type": found.type, "address": found.address, "domain": found.domain} == row["expected"]
    assert str(found) == row["input"]


@pytest.mark.parametrize("row", x400_rows("imcea-encode"), ids=label)
def test_encode_rows(row: Row) -> None:
    found = Encapsulated(**row["input"])
    assert str(found) == row["expected"]
    assert Encapsulated.parse(row["expected"]) == found


def test_the_prefix_and_the_codes_are_blind_to_case() -> None:
    assert Encapsulated.parse("imceaex-_O=A_cn=b+5fc@D.example") == Encapsulated("EX", "/O=A/cn=b_c", "D.example")


def test_an_underscore_is_decoded_before_no_other() -> None:
    """Scripts replace '+5F' first and '_' second, and so lose every underscore."""
    assert Encapsulated.parse("IMCEAEX-_o=A_cn=a+5Fb+2B5F@x").address == "/o=A/cn=a_b+5F"


def test_what_is_beyond_ascii_is_utf_8() -> None:
    wrapped = Encapsulated("EX", "/o=Bücher/cn=Zoë", "example.com")
    assert str(wrapped) == "IMCEAEX-_o=B+C3+BCcher_cn=Zo+C3+AB@example.com"
    assert Encapsulated.parse(str(wrapped)) == wrapped


def test_a_type_that_is_not_alphanumeric_is_escaped() -> None:
    """Note 20 of [MS-OXCMAIL]: the whole string may be escaped, the type in it."""
    wrapped = Encapsulated("CC:MAIL", "a at b", "x.example")
    assert str(wrapped) == "IMCEACC+3AMAIL-a+20at+20b@x.example"
    assert Encapsulated.parse(str(wrapped)) == wrapped
    assert str(Encapsulated("A/B", "/", None)) == "IMCEAA+2FB-_"


def test_a_local_part_alone() -> None:
    assert Encapsulated.parse("IMCEAEX-_o=A") == Encapsulated("EX", "/o=A")
    assert str(Encapsulated("EX", "/o=A")) == "IMCEAEX-_o=A"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\u0131mcEAEX-a@b", "expected 'IMCEA' and the type of an address\n  \u0131mcEAEX-a@b\n  ^~~~~"),
        ("user@host", "expected 'IMCEA' and the type of an address\n  user@host\n  ^~~~~"),
        ("IMCEA-a@b", "expected a type of one to 8 characters\n  IMCEA-a@b\n       ^"),
        ("IMCEALONGERTYPE-a@b", "expected a type of one to 8 characters\n  IMCEALONGERTYPE-a@b\n       ^~~~~~~~~~"),
        ("IMCEAEX@b", "expected '-' after the type\n  IMCEAEX@b\n         ^"),
        ("IMCEAEX-@b", "expected an address after '-'\n  IMCEAEX-@b\n         ^"),
        ("IMCEAEX-a@", "expected a domain after '@'\n  IMCEAEX-a@\n            ^"),
        ("IMCEAEX-a@b c", "expected a domain after '@'\n  IMCEAEX-a@b c\n            ^~~"),
        ("IMCEAEX-a+2@b", "expected two hexadecimal digits after '+'\n  IMCEAEX-a+2@b\n           ^~"),
        ("IMCEAEX-a+ZZb@b", "expected two hexadecimal digits after '+'\n  IMCEAEX-a+ZZb@b\n           ^~~"),
        (
            "IMCEAEX-a+0D+0ABcc+3A@b",
            "the code +0D is a control character that no address holds\n  IMCEAEX-a+0D+0ABcc+3A@b\n           ^~~",
        ),
        (
            "IMCEAEX-a+00@b",
            "the code +00 is a control character that no address holds\n  IMCEAEX-a+00@b\n           ^~~",
        ),
        ("IMCEAEX-a+FF@b", "the codes are not UTF-8 text\n  IMCEAEX-a+FF@b\n          ^~~~"),
        (
            "IMCEAEX-a+C2+85@b",
            "decoded, U+0085 is not a text character\n  IMCEAEX-a+C2+85@b\n          ^~~~~~~",
        ),
    ],
)
def test_what_is_no_encapsulation(text: str, expected: str) -> None:
    assert why("imcea", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<IMCEAEX-_o=A@h.example>", Encapsulated("EX", "/o=A", "h.example")),
        ('"IMCEAEX-_o=A"@h.example', Encapsulated("EX", "/o=A", "h.example")),
        (" \tIMCEAEX-_o=A@h.example ", Encapsulated("EX", "/o=A", "h.example")),
        (' < "IMCEAEX-_o=A+2B"@h.example > ', Encapsulated("EX", "/o=A+", "h.example")),
        ('"IMCEAEX-\\_o=A"', Encapsulated("EX", "/o=A")),
        ('"IMCEASMTP-a@b"', Encapsulated("SMTP", "a@b")),
        ('"IMCEASMTP-a@b"@h', Encapsulated("SMTP", "a@b", "h")),
    ],
)
def test_the_ways_in_which_bounces_print_one(text: str, expected: Encapsulated) -> None:
    assert Encapsulated.parse(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<>", "expected 'IMCEA' and the type of an address\n  <>\n   ^"),
        ("<IMCEAEX-a@h", "expected 'IMCEA' and the type of an address\n  <IMCEAEX-a@h\n  ^~~~~"),
        ('"IMCEAEX-a@h', "expected 'IMCEA' and the type of an address\n  \"IMCEAEX-a@h\n  ^~~~~"),
        ('"IMCEAEX-a"b@h', "expected '@' behind the quoted local part\n  \"IMCEAEX-a\"b@h\n             ^"),
        ('"IMCEAEX-a"@', "expected a domain after '@'\n  \"IMCEAEX-a\"@\n              ^"),
        (" <IMCEAEX-a+ZZ@h>", "expected two hexadecimal digits after '+'\n   <IMCEAEX-a+ZZ@h>\n             ^~~"),
        (
            '"IMCEAEX\\-a\\+0D"@h',
            'the code +0D is a control character that no address holds\n  "IMCEAEX\\-a\\+0D"@h\n              ^~~',
        ),
    ],
)
def test_faults_in_the_ways_of_bounces(text: str, expected: str) -> None:
    assert why("imcea", text) == expected


@pytest.mark.parametrize(
    ("wrapped", "expected"),
    [
        (
            Encapsulated("X400", "c=US;a=X;s=a_b"),
            (
                "in the decoded address: '_' in the surname is not in PrintableString (RFC 2156 3.3.3)\n"
                "  c=US;a=X;s=a_b\n              ^"
            ),
        ),
        (
            Encapsulated("EX", "o=a"),
            "in the decoded address: expected '/', a key and '=' to begin a legacy DN\n  o=a\n  ^",
        ),
        (
            Encapsulated("SMTP", "a@@b"),
            "in the decoded address: expected a domain between '@' and '@'\n  a@@b\n    ^",
        ),
    ],
)
def test_a_fault_in_what_is_wrapped_up(wrapped: Encapsulated, expected: str) -> None:
    with pytest.raises(AddressSyntaxError) as caught:
        wrapped.value()
    assert str(caught.value) == expected


def test_parts_that_cannot_be_wrapped_up() -> None:
    for parts in (
        ("A-B", "a"),
        ("", "a"),
        ("EX", ""),
        ("EX", "a\nb"),
        ("EX", "a", "b c"),
        ("TOOLONGTYPE", "a"),
        ("ß", "a"),
    ):
        with pytest.raises(AddressSyntaxError):
            Encapsulated(*parts)


def test_each_type_has_its_value() -> None:
    wrapped = Encapsulated.parse(
        "IMCEAX400-c=US+3Ba=+20+3Bp=Ticketmaster+3Bdda+3ASMTP=KAZAM+40CITYSEARCH+2ECOM+3B@T.com"
    )
    assert wrapped.or_address() == ORAddress(
        [("C", "US"), ("ADMD", " "), ("PRMD", "Ticketmaster"), ("DD.SMTP", "KAZAM@CITYSEARCH.COM")]
    )
    assert Encapsulated.parse("IMCEASMTP-swadmin+40corporate+2Ecom@*").mailbox() == Mailbox("swadmin", "corporate.com")
    name = Encapsulated.parse("IMCEAEX-_O=CONTOSO_cn=john+5Fjacob+2Esmith@contoso.com").legacy_dn()
    assert name.proxy == "X500:/O=CONTOSO/cn=john_jacob.smith"
    assert Encapsulated("FAX", "J@+1 202 555 0100", "x").value() is None


def test_another_type_is_refused_by_name() -> None:
    wrapped = Encapsulated("EX", "/o=A/cn=b", "x")
    with pytest.raises(ConversionError, match=r"\Aan address of the type EX, not X400\Z"):
        wrapped.or_address()
    with pytest.raises(ConversionError, match=r"\Aan address of the type EX, not SMTP\Z"):
        wrapped.mailbox()
    with pytest.raises(ConversionError, match=r"\Aan address of the type FAX, not EX\Z"):
        Encapsulated("FAX", "1", "x").legacy_dn()


def test_invalid_can_be_shown_and_not_be_used() -> None:
    wrapped = Encapsulated.parse("IMCEAINVALID-Ooi@namprd11.prod.outlook.com")
    assert (wrapped.type, wrapped.address) == ("INVALID", "Ooi")
    for ask in (wrapped.value, wrapped.or_address, wrapped.legacy_dn, wrapped.mailbox):
        with pytest.raises(ConversionError) as caught:
            ask()
        assert str(caught.value) == "IMCEAINVALID marks a text that Exchange could not read as an address: 'Ooi'"


def test_wrap() -> None:
    address = ORAddress.parse("X400:c=US;a= ;p=MS;o=PARIS;s=user;")
    assert str(Encapsulated.wrap(address, "h.example")) == (
        "IMCEAX400-c=US+3Ba=+20+3Bp=MS+3Bo=PARIS+3Bs=user+3B@h.example"
    )
    assert Encapsulated.wrap(address, "h.example").or_address() == address
    assert str(Encapsulated.wrap(Mailbox("u", "d.example"), "h.example")) == "IMCEASMTP-u+40d+2Eexample@h.example"


texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029"), min_size=1, max_size=20
)
types = st.text(st.sampled_from("ABCX4090:./+_"), min_size=1, max_size=8)


@given(types, texts, st.sampled_from([None, "example.com", "*", "[192.0.2.1]"]))
def test_an_encapsulation_comes_back(kind: str, address: str, domain: str | None) -> None:
    wrapped = Encapsulated(kind, address, domain)
    assert Encapsulated.parse(str(wrapped)) == wrapped
    assert re.fullmatch(r"IMCEA[A-Za-z0-9=_+-]+", str(wrapped).rpartition("@")[0] if domain else str(wrapped))


@given(mailboxes())
def test_a_mailbox_comes_back(box: Mailbox) -> None:
    again = Encapsulated.parse(str(Encapsulated.wrap(box, "x.example"))).mailbox()
    assert again.addr_spec == box.addr_spec


# --- legacy DNs ---------------------------------------------------------------------------------------------------


def test_a_legacy_dn_keeps_order_and_spelling() -> None:
    name = LegacyDN.parse("/o=Org/ou=First Administrative Group/cn=Recipients/CN=Joe / Smit")
    assert name.rdns == (
        ("o", "Org"),
        ("ou", "First Administrative Group"),
        ("cn", "Recipients"),
        ("CN", "Joe / Smit"),
    )
    assert str(name) == "/o=Org/ou=First Administrative Group/cn=Recipients/CN=Joe / Smit"
    assert name == LegacyDN.parse(str(name).upper())
    assert hash(name) == hash(LegacyDN.parse(str(name).upper()))
    assert name != LegacyDN.parse("/o=Org")
    assert name != str(name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "expected '/', a key and '=' to begin a legacy DN\n  \n  ^"),
        ("o=a/cn=b", "expected '/', a key and '=' to begin a legacy DN\n  o=a/cn=b\n  ^"),
        ("/=a", "expected '/', a key and '=' to begin a legacy DN\n  /=a\n  ^"),
        ("/o=/cn=b", "expected a value for o\n  /o=/cn=b\n     ^"),
        ("/o=a/cn=", "expected a value for cn\n  /o=a/cn=\n          ^"),
    ],
)
def test_what_is_no_legacy_dn(text: str, expected: str) -> None:
    assert why("dn", text) == expected


def test_pairs_that_would_be_other_pairs() -> None:
    for rdns in ((), (("o", ""),), (("", "a"),), (("o", "a/cn=b"),), (("o p", "a"),), (("o", "a\n"),)):
        with pytest.raises(AddressSyntaxError):
            LegacyDN(rdns)


@given(st.lists(st.tuples(st.sampled_from(["o", "ou", "cn", "CN"]), texts), min_size=1, max_size=5))
def test_a_legacy_dn_comes_back(rdns: list[tuple[str, str]]) -> None:
    try:
        name = LegacyDN(tuple(rdns))
    except AddressSyntaxError:
        assert any(re.search("/[a-zA-Z]", value) for _, value in rdns)
        return
    again = LegacyDN.parse(str(name))
    assert again.rdns == name.rdns
    assert Encapsulated.parse(str(Encapsulated.wrap(name, "x"))).legacy_dn().rdns == name.rdns


# --- proxy addresses ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row", [row for row in x400_rows("ms-proxy-parse") if row["id"] not in NOT_MET | REFUSED], ids=label
)
def test_proxy_rows(row: Row) -> None:
    proxy = ProxyAddress.parse(row["input"])
    assert (proxy.type, proxy.primary, str(proxy)) == ("X400", True, row["input"])
    assert proxy.address == ORAddress([tuple(pair) for pair in row["expected"]])


@pytest.mark.parametrize("row", [row for row in ROWS if row["id"] in NOT_MET | REFUSED], ids=label)
def test_proxy_rows_that_are_refused(row: Row) -> None:
    proxy = ProxyAddress.parse(row["input"])
    with pytest.raises(AddressSyntaxError) as caught:
        _ = proxy.address
    expected = {
        "x400-249": "expected '=' and a value before '/'",
        "x400-253": "expected a value for the surname (S)",
    }
    assert caught.value.message == expected[row["id"]]


@pytest.mark.parametrize("row", x400_rows("ms-proxy-list"), ids=label)
def test_list_rows(row: Row) -> None:
    assert [str(proxy) for proxy in parse_proxy_list(row["input"])] == row["expected"]


def test_capitals_are_the_primary_address() -> None:
    assert [ProxyAddress.parse(text).primary for text in ("SMTP:a@b", "smtp:a@b", "Smtp:a@b", "x400:c=US;")] == [
        True,
        False,
        False,
        False,
    ]
    assert str(ProxyAddress.parse("Smtp:a@b")) == "smtp:a@b"
    assert str(ProxyAddress("smtp", "a@b", primary=True)) == "SMTP:a@b"
    assert str(ProxyAddress("SMTP", "a@b", primary=False)) == "smtp:a@b"


def test_each_type_of_proxy_has_its_value() -> None:
    assert ProxyAddress.parse("SMTP:a@b").address == Mailbox("a", "b")
    assert ProxyAddress.parse("X500:/o=A/cn=b").address == LegacyDN((("o", "A"), ("cn", "b")))
    assert ProxyAddress.parse("x400:C=US;A= ;P=Microsoft;CN=PaulBon").address == ORAddress(
        [("C", "US"), ("ADMD", " "), ("PRMD", "Microsoft"), ("CN", "PaulBon")]
    )
    for text in ("SIP:a@b", "EUM:1234;phone-context=x", "MS:NET/PO/USER", "CCMAIL:Black, Maria at California"):
        assert ProxyAddress.parse(text).address is None
        assert str(ProxyAddress.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a@b", "expected a type and ':', such as 'SMTP:'\n  a@b\n  ^~~"),
        (":a@b", "expected a type and ':', such as 'SMTP:'\n  :a@b\n  ^~~~"),
        ("SMTP:", "expected an address after ':'\n  SMTP:\n      ^"),
    ],
)
def test_what_is_no_proxy_address(text: str, expected: str) -> None:
    assert why("proxy", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "x400:c=US;a=X;s=a_b",
            (
                "'_' in the surname is not in PrintableString (RFC 2156 3.3.3)\n  x400:c=US;a=X;s=a_b\n"
                "                   ^"
            ),
        ),
        ("X500:o=a", "expected '/', a key and '=' to begin a legacy DN\n  X500:o=a\n       ^"),
        ("SMTP:a@@b", "expected a domain between '@' and '@'\n  SMTP:a@@b\n         ^"),
    ],
)
def test_a_fault_in_the_address_of_a_proxy(text: str, expected: str) -> None:
    with pytest.raises(AddressSyntaxError) as caught:
        _ = ProxyAddress.parse(text).address
    assert str(caught.value) == expected


def test_parts_that_make_no_proxy_address() -> None:
    for kind, value in (("SM:TP", "a"), ("", "a"), ("SMTP", ""), ("SMTP", "a\r"), ("ß", "a")):
        with pytest.raises(AddressSyntaxError):
            ProxyAddress(kind, value, primary=True)


def test_the_directory_export_of_exchange_5_5() -> None:
    cell = (
        '"CCMAIL:Black, Maria at California%CUSTOM:Black, Maria at \\\\\\\\SANFRANCISCO01%MS:A/B\\%C%'
        'SMTP:MariaB@California.example%X400:c=US;a= ;p=Ferguson ? Barde;o=California;s=Black;g=Maria;"'
    )
    assert [str(proxy) for proxy in parse_proxy_list(cell, "export")] == [
        "CCMAIL:Black, Maria at California",
        "CUSTOM:Black, Maria at \\\\SANFRANCISCO01",
        "MS:A/B%C",
        "SMTP:MariaB@California.example",
        "X400:c=US;a= ;p=Ferguson ? Barde;o=California;s=Black;g=Maria;",
    ]


def test_csvde() -> None:
    cell = r"SMTP:a@b.example;X400:c=US\;a= \;p=Acme\;s=Doe\;;smtp:c@b.example"
    assert [str(proxy) for proxy in parse_proxy_list(cell, "csvde")] == [
        "SMTP:a@b.example",
        "X400:c=US;a= ;p=Acme;s=Doe;",
        "smtp:c@b.example",
    ]


def test_slashes_need_no_quotes() -> None:
    cell = "SMTP:mariab@litware.com;X400:/C=US/A= /P=NWTraders/G=Joe/S=Parkes;"
    found = parse_proxy_list(cell)
    assert [str(proxy) for proxy in found] == cell.removesuffix(";").split(";")
    assert found[1].address == ORAddress.parse("X400:C=US;A= ;P=NWTraders;G=Joe;S=Parkes")


def test_a_list_that_is_none() -> None:
    with pytest.raises(AddressSyntaxError) as caught:
        parse_proxy_list('SMTP:a@b;"X400:c=US')
    assert str(caught.value) == (
        'expected a proxy address and a separator\n  SMTP:a@b;"X400:c=US\n           ^~~~~~~~~~'
    )
    with pytest.raises(UnknownNameError, match=r"\Aunknown form 'xml'; there are migration, csvde, export\Z"):
        parse_proxy_list("SMTP:a@b", "xml")  # type: ignore[arg-type]
    assert parse_proxy_list("") == ()


MIGRATION = "an attribute of the X.400 address before it: a ';' in a value needs quotes about the value"
CSVDE = "an attribute of the X.400 address before it: a ';' in a value is written '\\;'"
EXPORT = "an attribute of the X.400 address before it: a '%' in a value is written '\\%'"


@pytest.mark.parametrize(
    ("cell", "form", "message", "place"),
    [
        ("X400:c=us;DDA:RFC-822=u(a)h.com", "migration", MIGRATION, "DDA:RFC-822="),
        ("X400:c=us;DDA:x", "migration", MIGRATION, "DDA:x"),
        ("X400:c=us;a= ;s=Doe;SMTP:a@b", "migration", MIGRATION, "a="),
        ("SMTP:a@b;x400:/c=us;;Ou1 =x", "migration", MIGRATION, "Ou1 ="),
        ('"SMTP:a@b;""X400:c=us;a= "";DD1:x=y"', "migration", MIGRATION, "DD1:x="),
        ('"SMTP:a@b;""X400:c=us;a= "";""oops"""', "migration", "expected a type and ':', such as 'SMTP:'", "oops"),
        ("SMTP:a@b;oops;SMTP:c@d", "migration", "expected a type and ':', such as 'SMTP:'", "oops"),
        ('"SMTP:a@b;smtp:"', "migration", "expected an address after ':'", ":"),
        (r"X400:c=us\;a= ;DDA:t=x", "csvde", CSVDE, "DDA:t="),
        (r'"SMTP:a\\b@c;oo\;ps;x:y"', "csvde", "expected a type and ':', such as 'SMTP:'", r"oo\;ps"),
        ('"SMTP:a\\', "csvde", "expected a proxy address and a separator", '"SMTP:a\\'),
        ("X400:c=us;a= %dda:t=x", "export", EXPORT, "dda:t="),
    ],
)
def test_a_fault_in_a_cell_has_its_place_in_the_whole(cell: str, form: ListForm, message: str, place: str) -> None:
    with pytest.raises(AddressSyntaxError) as caught:
        parse_proxy_list(cell, form)
    start, end = caught.value.span
    assert (caught.value.message, caught.value.text, cell[start:end]) == (message, cell, place)
    assert start == cell.rindex(place)


def test_what_is_no_attribute_may_stand_behind_an_x400_address() -> None:
    cell = "X400:/c=us/s=a;smtp:s=x@b;X400:/c=us/s=b;X500:/o=a;DDA:x"
    assert [str(one) for one in parse_proxy_list(cell)] == cell.split(";")


def test_duplicate_primaries() -> None:
    proxies = parse_proxy_list("SMTP:a@x;X400:/c=US/s=a;X400:/c=US/s=b;smtp:b@x;SMTP:c@x;SIP:a@x")
    assert duplicate_primaries(proxies) == ("SMTP", "X400")
    assert duplicate_primaries(proxies[:2]) == ()


# --- all ----------------------------------------------------------------------------------------------------------


def test_values_pickle_and_print_themselves() -> None:
    for value in (
        Encapsulated("EX", "/o=A", "b"),
        LegacyDN((("o", "A"),)),
        ProxyAddress("SMTP", "a@b", primary=False),
    ):
        assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - our own bytes
        assert eval(repr(value)) == value  # noqa: S307 - our own repr


PIECES = st.lists(
    st.sampled_from(["IMCEA", "EX", "X400", "-", "+", "5F", "_", "/o=", "a", ";", '"', "\\", "%", "SMTP:", "@", "\r"])
    | st.text(max_size=2),
    max_size=12,
).map("".join)


@given(hostile_texts() | PIECES | hostile_texts().map("IMCEAX400-".__add__) | hostile_texts().map("X400:".__add__))
def test_only_our_own_errors_escape(text: str) -> None:
    for call in (Encapsulated.parse, LegacyDN.parse, ProxyAddress.parse):
        with contextlib.suppress(MailPathsError):
            value = call(text)
            if isinstance(value, Encapsulated):
                value.value()
            elif isinstance(value, ProxyAddress):
                _ = value.address
    for form in ("migration", "csvde", "export"):
        with contextlib.suppress(MailPathsError):
            parse_proxy_list(text, form)
    for make in (
        lambda: LegacyDN((("o", text),)),
        lambda: Encapsulated("EX", text, text),
        lambda: Encapsulated(text, "a"),
    ):
        with contextlib.suppress(MailPathsError):
            str(make())
