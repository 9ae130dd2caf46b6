"""Telephone addresses: the examples of RFC 2846, 3191 and 3192, never taken for O/R addresses, and fax in X.400."""

from __future__ import annotations

import contextlib
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpaths import AddressSyntaxError, ConversionError, Mailbox, MailPathsError, parse
from mailpaths.addresses import attributes, dialects
from mailpaths.testing import hostile_texts
from mailpaths.x400 import ORAddress
from mailpaths.x400.telephone import SERVICES, TelephoneAddress, from_or, recognise, to_or
from tests.support import Row, x400_rows

ROWS = x400_rows("gstn-parse")

# RFC 2846 5.1 to 5.4, RFC 3191 2.2 and 4.2, RFC 3192 2.2 and 4.2: the examples that are no rows.
EXAMPLES = [
    ("FAX=0103940226338", ("FAX", "0103940226338")),
    ("XYZ=+49.81.7856345/ISUB=1234", ("XYZ", "+49.81.7856345", (("ISUB", "1234"),))),
    (
        "FAX=+1-202-455-7622/T33S=8745/PostD=p1w7005393w373",
        ("FAX", "+1-202-455-7622", (("T33S", "8745"), ("PostD", "p1w7005393w373"))),
    ),
    ("FAX=003940226338/Isub=9823/T33S=4312", ("FAX", "003940226338", (("Isub", "9823"), ("T33S", "4312")))),
    ("FAX=9p040p22.63.38/t33s=4312", ("FAX", "9p040p22.63.38", (("t33s", "4312"),))),
    ("FAX=/postd=w6743w99p51", ("FAX", "", (("postd", "w6743w99p51"),))),
    ("XYZ=+3940226338/ATTN=Mark.Collins", ("XYZ", "+3940226338", (("ATTN", "Mark.Collins"),))),
    (
        "FAX=9p040p226338/T33S=4312/OFNO=T2-33A/OFNA=Q-C@faxgw",
        ("FAX", "9p040p226338", (("T33S", "4312"), ("OFNO", "T2-33A"), ("OFNA", "Q-C")), "faxgw"),
    ),
    ("/SMS=+33-1-88335215/@telecom.com", ("SMS", "+33-1-88335215", (), "telecom.com")),
    ("/FAX=+33-1-88335215/@faxworld.org", ("FAX", "+33-1-88335215", (), "faxworld.org")),
    (
        '"FAX=+390402/STR=45, Main.Street/OFNA=Sales.dept"@faxgw',
        ("FAX", "+390402", (("STR", "45, Main.Street"), ("OFNA", "Sales.dept")), "faxgw"),
    ),
]


def why(text: str) -> str:
    with pytest.raises(AddressSyntaxError) as caught:
        TelephoneAddress.parse(text)
    start, end = caught.value.span
    assert 0 <= start <= end <= len(caught.value.text)
    return str(caught.value)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_rows(row: Row) -> None:
    found = TelephoneAddress.parse(row["input"])
    expected = row["expected"]
    quals = tuple([(keyword, value) for keyword, value in expected.get("quals", [])])
    assert (found.service, found.number, found.qualifiers, found.mta) == (
        expected["service"],
        expected["number"],
        quals,
        expected["mta"],
    )
    assert str(found) == row["input"].replace("/@", "@")
    assert recognise(row["input"])


def test_all_rows_are_here() -> None:
    assert [row["id"] for row in ROWS] == ["x400-221", "x400-222", "x400-225", "x400-228", "x400-230"]


@pytest.mark.parametrize(("text", "parts"), EXAMPLES, ids=[text for text, _ in EXAMPLES])
def test_the_examples_of_the_rfcs(text: str, parts: tuple[str, str]) -> None:
    found = TelephoneAddress.parse(text)
    assert found == TelephoneAddress(*parts)
    assert (found.service, found.number) == parts[:2]
    assert TelephoneAddress.parse(str(found)) == found


# --- no O/R address -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [row["input"] for row in ROWS] + [text for text, _ in EXAMPLES])
def test_never_mistaken_for_an_or_address(text: str) -> None:
    local = TelephoneAddress.parse(text).local_part
    for form in (local, f"/{local}", f"/{local}/", f"{local}/"):
        assert dialects.parse_local_part(form) is None
        assert not dialects.looks_like(form)
    assert isinstance(parse(text), Mailbox)


@pytest.mark.parametrize(
    "label", [*attributes.LABELS, "PN", "DD", "DDA", "RFC-822", "c", "Prmd", "isdn"], ids=lambda label: label
)
def test_no_label_of_x400_is_a_service(label: str) -> None:
    for text in (f"{label}=+12027653000@gw.example", f"/{label}=+12027653000/@gw.example"):
        assert not recognise(text)
        with pytest.raises(AddressSyntaxError):
            TelephoneAddress.parse(text)
    with pytest.raises(AddressSyntaxError):
        TelephoneAddress(label, "+12027653000")


def test_recognise_asks_for_more_than_parse() -> None:
    assert [text for text in ("bounce=1234@list.example", "a=1", "FAX=9p040", "x=+1") if recognise(text)] == [
        "FAX=9p040",
        "x=+1",
    ]
    assert TelephoneAddress.parse("bounce=1234@list.example").service == "bounce"
    assert [service for service in SERVICES if not recognise(f"{service.lower()}=1")] == []
    assert not recognise("piet@mcvax")
    assert not recognise("/G=John/S=Doe/O=Acme/@gw.example")


# --- the value ----------------------------------------------------------------------------------------------------


def test_equal_is_blind_to_case_and_separators() -> None:
    one = TelephoneAddress.parse("FAX=+1.202-765/T33S=1@A.example")
    assert one == TelephoneAddress.parse("/fax=+1202765/t33s=1/@a.EXAMPLE")
    assert hash(one) == hash(TelephoneAddress.parse("fax=+1202765/t33s=1@a.example"))
    assert one != TelephoneAddress.parse("FAX=1202765/T33S=1@a.example")
    assert one != TelephoneAddress.parse("FAX=+1202765/T33S=1")
    assert one != str(one)
    assert (one.dialled, one.qualifier("t33s"), one.qualifier("isub")) == ("+1202765", "1", None)


def test_a_slash_that_begins_no_keyword_belongs_to_the_value() -> None:
    found = TelephoneAddress.parse("FAX=+1/ATTN=A/B Smith/OFNO=1/2/@x")
    assert found.qualifiers == (("ATTN", "A/B Smith"), ("OFNO", "1/2"))
    kept = TelephoneAddress("FAX", "+1", (("ATTN", "a/"), ("OFNO", "b/")), "x.example")
    assert str(kept) == "FAX=+1/ATTN=a//OFNO=b//@x.example"
    assert TelephoneAddress.parse(str(kept)) == kept


def test_a_local_part_with_an_at() -> None:
    kept = TelephoneAddress("FAX", "+1", (("ATTN", "a@b"),))
    assert str(kept) == '"FAX=+1/ATTN=a@b"'
    assert TelephoneAddress.parse(str(kept)) == kept


def test_the_mailbox() -> None:
    assert TelephoneAddress.parse("FAX=+1@x.example").mailbox == Mailbox("FAX=+1", "x.example")
    with pytest.raises(ConversionError, match=r"\Ano MTA: who dials the number is not said\Z"):
        _ = TelephoneAddress("FAX", "+1").mailbox


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "expected a service and '=', such as 'FAX='\n  \n  ^"),
        ("piet@mcvax", "expected a service and '=', such as 'FAX='\n  piet\n  ^~~~"),
        ("//FAX=+1", "expected a service and '=', such as 'FAX='\n  //FAX=+1\n  ^~~~~~~~"),
        ("FAX=", "expected a telephone number\n  FAX=\n  ^~~~"),
        ("FAX=+", "expected a telephone number\n  FAX=+\n      ^"),
        ("FAX=+1p2", "expected a telephone number\n  FAX=+1p2\n      ^~~~"),
        ("FAX=1+2", "expected a telephone number\n  FAX=1+2\n      ^~~"),
        ("FAX=+1/T33S=a/X=y", "expected digits after T33S=\n  FAX=+1/T33S=a/X=y\n              ^"),
        ("FAX=+1/isub=", "expected digits after isub=\n  FAX=+1/isub=\n              ^"),
        ("FAX=+1/POSTD=x", "expected tones to dial after POSTD=\n  FAX=+1/POSTD=x\n               ^"),
        ("FAX=+1/ATTN=Zoë", "a value of ATTN is printable ASCII\n  FAX=+1/ATTN=Zoë\n              ^~~"),
        ("O=+1/T33S=1", "'O' is a label of X.400, not a service\n  O=+1/T33S=1\n  ^"),
        ("FAX=+1@", "expected a domain after '@'\n  FAX=+1@\n        ^"),
    ],
)
def test_what_is_no_telephone_address(text: str, expected: str) -> None:
    assert why(text) == expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("F X", "+1"), "expected a service of letters, digits and '-'"),
        (("DD.x", "+1"), "expected a service of letters, digits and '-'"),
        (("FAX", "one"), "not a telephone number: 'one'"),
        (("FAX", "+1", (("", "a"),)), "expected a keyword of letters, digits and '-'"),
        (("FAX", "+1", (("ATTN", "a/B=c"),)), "not a value of ATTN: 'a/B=c'"),
        (("FAX", "+1", (("T33S", "1#2"),)), "T33S is digits, not '1#2'"),
        (("FAX", ""), "expected a telephone number"),
    ],
)
def test_parts_that_make_none(parts: tuple[str, str], expected: str) -> None:
    with pytest.raises(AddressSyntaxError) as caught:
        TelephoneAddress(*parts)
    assert caught.value.message == expected


def test_split() -> None:
    found = TelephoneAddress.parse("FAX=+1/ISUB=1/T33S=2/ISUB=3/ATTN=x/T33S=4@m").split()
    assert [str(one) for one in found] == [
        "FAX=+1/ISUB=1/T33S=2/ATTN=x@m",
        "FAX=+1/ISUB=1/ATTN=x/T33S=4@m",
        "FAX=+1/T33S=2/ISUB=3/ATTN=x@m",
        "FAX=+1/ISUB=3/ATTN=x/T33S=4@m",
    ]
    one = TelephoneAddress.parse("FAX=+1@m")
    assert one.split() == (one,)
    many = TelephoneAddress("FAX", "+1", (("ISUB", "1"), ("T33S", "1")) * 11)
    with pytest.raises(ConversionError, match=r"\A121 sub-addresses; at most 100 are split\Z"):
        many.split()


# --- X.400 --------------------------------------------------------------------------------------------------------


def test_a_fax_number_in_terminal_form() -> None:
    fax = TelephoneAddress.parse("FAX=+1.202.7653000/T33S=1387/Isub=12-34/ATTN=Mark.Collins@faxworld.org")
    found = to_or(fax, ORAddress.parse("/O=gone/PRMD=FaxCo/ADMD=ATT/C=US/"))
    assert found.address == ORAddress(
        [
            ("C", "US"),
            ("ADMD", "ATT"),
            ("PRMD", "FaxCo"),
            ("T-TY", "g3fax"),
            ("NET-NUM", "12027653000"),
            ("NET-SUB", "1234"),
            ("DD.T33S", "1387"),
            ("DD.ATTN", "Mark.Collins"),
        ]
    )
    assert found.lost == ("the separators in the number", "the MTA faxworld.org", "the separators in ISUB")
    assert found.address.validate() == ()
    back = from_or(found.address, "faxworld.org")
    assert str(back.address) == "FAX=+12027653000/ISUB=1234/T33S=1387/ATTN=Mark.Collins@faxworld.org"
    assert back.lost == ("C=US", "ADMD=ATT", "PRMD=FaxCo")


def test_nothing_is_lost_of_the_plain_number() -> None:
    assert to_or(TelephoneAddress.parse("FAX=+12027653000")).lost == ()
    assert from_or(ORAddress([("T-TY", "g3fax"), ("NET-NUM", "1202")])).lost == ()
    assert from_or(ORAddress([("T-TY", "g4fax"), ("NET-NUM", "1202")])).lost == ("the terminal type g4fax",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("VOICE=+1202", "X.400 has no terminal type for the service VOICE"),
        ("FAX=9p040", "'9p040' is dialled at one place only; E.164 numbers begin with '+'"),
        ("FAX=+1234567890123456", "16 digits; the bound of NET-NUM is 15"),
        ("FAX=+1/ISUB=" + "1" * 41, "41 digits; the bound of NET-SUB is 40"),
        ("FAX=+1/T33S=1/T33S=2", "several sub-addresses (T33S): an O/R address has one"),
        ("FAX=+1/LONGERKEY=1", "LONGERKEY=1 is too long for a domain-defined attribute"),
        (
            "FAX=+1/A1=1/A2=2/A3=3/A4=4/A5=5",
            "more qualifiers than the four domain-defined attributes of an O/R address",
        ),
        ("FAX=+1/POSTD=w67#1", "not PrintableString: POSTD=w67#1"),
        ("FAX=+1/ATTN=", "not PrintableString: ATTN="),
    ],
)
def test_what_x400_has_no_place_for(text: str, expected: str) -> None:
    with pytest.raises(ConversionError) as caught:
        to_or(TelephoneAddress.parse(text))
    assert str(caught.value) == expected


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("T-TY", "g3fax")], "no E.164 number (NET-NUM): not a telephone's address"),
        ([("NET-NUM", "1")], "no fax machine (T-TY g3fax or g4fax): not a telephone's address"),
        ([("NET-NUM", "1"), ("T-TY", "tlx")], "no fax machine (T-TY g3fax or g4fax): not a telephone's address"),
        ([("NET-NUM", "1"), ("T-TY", "5"), ("T-ID", "x")], "a telephone address has no place for T-ID"),
        ([("NET-NUM", "1"), ("T-TY", "5"), ("DD.RFC-822", "a")], "a telephone address has no place for DD.RFC-822"),
        ([("NET-NUM", "1"), ("T-TY", "5"), ("DD.T33S", "x")], "T33S is digits, not 'x'"),
        ([("NET-NUM", "1"), ("T-TY", "5"), ("DD.a b", "x")], "expected a keyword of letters, digits and '-'"),
    ],
)
def test_what_is_no_fax_machine(pairs: list[tuple[str, str]], expected: str) -> None:
    with pytest.raises(ConversionError) as caught:
        from_or(ORAddress(pairs))
    assert str(caught.value) == expected


# --- all ----------------------------------------------------------------------------------------------------------


def test_a_value_pickles_and_prints_itself() -> None:
    fax = TelephoneAddress.parse("FAX=+1/ATTN=x@m")
    assert pickle.loads(pickle.dumps(fax)) == fax  # noqa: S301 - our own bytes
    assert eval(repr(fax)) == fax  # noqa: S307 - our own repr


numbers = st.text("0123456789.-", max_size=8).map("+1".__add__)
local_numbers = st.text("0123456789#*ABCDpw.-", min_size=1, max_size=8)
visible = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=8)
keywords = st.sampled_from(["ATTN", "OFNO", "x-1", "ORG"])
qualifiers = st.lists(st.tuples(keywords, visible) | st.tuples(st.just("T33S"), st.just("42")), max_size=3).map(tuple)


@given(
    st.sampled_from(["FAX", "voice", "X-9"]),
    numbers | local_numbers,
    qualifiers,
    st.sampled_from([None, "x.example", "[192.0.2.1]"]),
)
def test_an_address_comes_back(service: str, number: str, quals: tuple[tuple[str, str], ...], mta: str | None) -> None:
    try:
        address = TelephoneAddress(service, number, quals, mta)
    except AddressSyntaxError as error:
        assert error.message.startswith("not a value of ")  # noqa: PT017 - "/x=" in it
        return
    again = TelephoneAddress.parse(str(address))
    assert again == address
    assert (again.number, again.qualifiers) == (number, quals)


@given(st.text("0123456789", min_size=1, max_size=14), st.booleans(), st.booleans())
def test_a_fax_number_comes_back_from_x400(digits: str, isub: bool, attn: bool) -> None:  # noqa: FBT001
    quals = [*[("ISUB", "12")] * isub, *[("ATTN", "Smiths")] * attn]
    fax = TelephoneAddress("FAX", f"+{digits}", tuple(quals))
    assert from_or(to_or(fax).address).address == fax


PIECES = st.lists(
    st.sampled_from(["FAX", "=", "+1", "/", "T33S", "ISUB=1", "ATTN=", "@", "x", "O", '"', "."]) | st.text(max_size=2),
    max_size=12,
).map("".join)


@given(hostile_texts() | PIECES | hostile_texts().map("FAX=+1/ATTN=".__add__))
def test_only_our_own_errors_escape(text: str) -> None:
    assert isinstance(recognise(text), bool)
    with contextlib.suppress(MailPathsError):
        address = TelephoneAddress.parse(text)
        assert dialects.parse_local_part(f"/{address.local_part}/") is None
        assert TelephoneAddress.parse(str(address)) == address
        from_or(to_or(address).address)
    with contextlib.suppress(MailPathsError):
        str(TelephoneAddress("FAX", "+1", ((text, text),), text))
    with contextlib.suppress(MailPathsError):
        str(TelephoneAddress(text, text))
