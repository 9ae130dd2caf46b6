"""What came before and beside MIXER: RFC 987, RFC 1137, RFC 1328, RFC 2294, by the rows of vectors/x400.jsonl."""

from __future__ import annotations

import contextlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpaths import AddressSyntaxError, ConversionError, Mailbox, MailPathsError
from mailpaths.testing import hostile_texts
from mailpaths.x400 import ORAddress, Teletex
from mailpaths.x400.directory import from_dn, to_dn
from mailpaths.x400.downgrade import downgrade, is_1984, upgrade
from mailpaths.x400.legacy import decode_987, decode_restricted, encode_987, encode_restricted
from tests.support import Row, x400_rows


def label(row: Row) -> str:
    return str(row["id"])


def test_every_kind_has_its_rows() -> None:
    found = x400_rows(
        "ps-encode-987",
        "ps-decode-987",
        "restricted822-encode",
        "restricted822-decode",
        "downgrade",
        "or2dn",
    )
    assert Counter(row["kind"] for row in found) == {
        "ps-encode-987": 2,
        "ps-decode-987": 3,
        "restricted822-encode": 3,
        "restricted822-decode": 2,
        "downgrade": 2,
        "or2dn": 2,
    }


# --- RFC 987 ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", x400_rows("ps-encode-987"), ids=label)
def test_encode_987_rows(row: Row) -> None:
    assert encode_987(row["input"]) == row["expected"]


@pytest.mark.parametrize("row", x400_rows("ps-decode-987"), ids=label)
def test_decode_987_rows(row: Row) -> None:
    assert decode_987(row["input"]) == row["expected"]


def test_the_one_way_examples_of_rfc_987() -> None:
    """RFC 987 3.3.3, its arrows of one head."""
    assert decode_987("(a)") == "@"
    assert encode_987("(a)") == "(a)"
    assert decode_987("(040)(a)") == "(@"
    assert encode_987("(@") == "((a)"
    assert decode_987("((a)") == "((a)"


def test_987_knows_no_code_for_brackets() -> None:
    assert decode_987("(l)x(r)") == "(l)x(r)"
    assert decode_987("(A)") == "@"
    assert decode_987("(128)(a)") == "(128)(a)"
    assert decode_987("a_b(a)") == "a_b(a)"


@given(st.text(st.characters(max_codepoint=0x7F, exclude_characters="(\r\n\0"), max_size=20))
def test_987_comes_back_without_brackets(text: str) -> None:
    assert decode_987(encode_987(text)) == text


# --- RFC 1137 -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", x400_rows("restricted822-encode"), ids=label)
def test_restrict_rows(row: Row) -> None:
    box = Mailbox.parse(row["input"])
    assert f"{encode_restricted(box.local_part)}@{box.domain}" == row["expected"]
    assert Mailbox(decode_restricted(encode_restricted(box.local_part)), box.domain) == box


@pytest.mark.parametrize("row", x400_rows("restricted822-decode"), ids=label)
def test_unrestrict_rows(row: Row) -> None:
    box = Mailbox.parse(row["input"])
    assert Mailbox(decode_restricted(box.local_part), box.domain) == Mailbox.parse(row["expected"])


def test_every_code_of_rfc_1137() -> None:
    assert decode_restricted("_#u##l##r##m##c##b##h##e##s##126##U#") == " _(),:\\#=/~_"
    assert encode_restricted(' _(),:\\#=/~"<a@b.c>') == "_#u##l##r##m##c##b##h#=/#126##034##060#a@b.c#062#"


@pytest.mark.parametrize("text", ["a#b", "#x#", "#128#", 'a"b', "a b", "#12#"])
def test_what_is_not_so_encoded_means_itself(text: str) -> None:
    assert decode_restricted(text) == text


@given(st.text(st.characters(max_codepoint=0x7F, exclude_characters="\r\n\0"), max_size=20))
def test_restricted_comes_back(text: str) -> None:
    coded = encode_restricted(text)
    assert decode_restricted(coded) == text
    assert not set(coded) & set('"(),:;<>[\\]~ \t\x7f')


@pytest.mark.parametrize("code", [encode_987, decode_987, encode_restricted, decode_restricted])
def test_only_ascii_and_no_control_that_ends_a_line(code) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    with pytest.raises(ConversionError, match=r"\A'ë' has no code: it is beyond ASCII\Z"):
        code("Zoë")
    with pytest.raises(ConversionError) as caught:
        code("a\nb")
    assert str(caught.value) == r"'\n' is a control character that no address holds"


@pytest.mark.parametrize(("code", "text"), [(decode_987, "a(010)"), (decode_restricted, "a#010#")])
def test_a_code_of_a_control_is_refused(code, text: str) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    with pytest.raises(ConversionError) as caught:
        code(text)
    assert str(caught.value) == f"{text[1:]} is a control character that no address holds"


# --- RFC 1328 -----------------------------------------------------------------------------------------------------

GATEWAY = ORAddress.parse("O=MHS-Relay; PRMD=UK.AC; C=GB;")


@pytest.mark.parametrize("row", x400_rows("downgrade"), ids=label)
def test_downgrade_rows(row: Row) -> None:
    gateway = ORAddress.parse(row["context"]["gateway_or"]) if row["context"] else None
    address, expected = ORAddress.parse(row["input"]), ORAddress.parse(row["expected"])
    assert downgrade(address, gateway) == expected
    assert upgrade(expected) == address
    assert not is_1984(address)
    assert is_1984(expected)


def test_an_address_of_1984_comes_back_as_it_is() -> None:
    address = ORAddress.parse("G=Jo; S=Doe; OU=a; O=Acme; ADMD=X; C=US; DD.x=y")
    assert downgrade(address) is address
    assert upgrade(address) is address


def test_brackets_and_teletex_go_through_the_gateway() -> None:
    address = ORAddress([("C", "JP"), ("ADMD", " "), ("O", Teletex(b"\xa5", "yen")), ("CN", "Box (1)")])
    found = downgrade(address, GATEWAY)
    assert found.domain_defined == (("X400-88", "/CN=Box (l)1(r)/O=yen(042)(123)165(125)/ADMD= /C=JP/"),)
    assert upgrade(found) == address


def test_a_long_address_takes_more_attributes() -> None:
    address = ORAddress([("C", "US"), ("PD-ADDRESS", "|".join(["x" * 29 + str(line) for line in range(6)]))])
    found = downgrade(address, GATEWAY)
    assert [kind for kind, _ in found.domain_defined] == ["X400-88", "X400-C1"]
    assert [len(value) for _, value in found.domain_defined] == [128, 95]
    assert upgrade(found) == address


def test_a_common_name_beside_another_common() -> None:
    """Two attributes Common would not come back as what they were."""
    address = ORAddress([("C", "GB"), ("O", "A"), ("CN", "Postmaster"), ("DD.common", "x")])
    with pytest.raises(ConversionError, match=r"\AX.400\(1984\) has no CN: a gateway has to carry it\Z"):
        downgrade(address)
    assert upgrade(downgrade(address, GATEWAY)) == address
    both = ORAddress([("C", "GB"), ("CN", "a"), ("DD.Common", "b")])
    assert upgrade(both) is both


def test_what_cannot_be_downgraded() -> None:
    long = ORAddress([("C", "US"), *[(f"DD.T{number}", "(" * 128) for number in range(3)], ("CN", "x")])
    with pytest.raises(ConversionError) as caught:
        downgrade(ORAddress([*long.attributes, ("NET-NUM", "1")]), GATEWAY)
    assert str(caught.value) == "1194 characters; 4 domain-defined attributes hold 512"
    with pytest.raises(ConversionError, match=r"\Athe gateway's own address is none of X.400\(1984\)\Z"):
        downgrade(ORAddress([("C", "US"), ("NET-NUM", "1")]), ORAddress([("CN", "x")]))


def test_what_cannot_be_upgraded() -> None:
    for value, expected in (
        ("Postmaster", "no address in X400-88: 'Postmaster': expected '=' and a value"),
        ("/C=GB/(x)", "not encoded as RFC 2156 3.4 says: '/C=GB/(x)'"),
    ):
        with pytest.raises(ConversionError) as caught:
            upgrade(ORAddress([("C", "GB"), ("DD.X400-88", value)]))
        assert str(caught.value).startswith(expected)
    with pytest.raises(ConversionError, match=r"\Ano common name: 'a_b'\Z"):
        upgrade(ORAddress([("C", "GB"), ("DD.Common", "a_b")]))


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        (
            [("DD.X400-88", "*{165}"), ("DD.X400-C1", "/S=evil/A=b/C=US/")],
            "X400-88 has a teletex form, which X.400(1984) has not: *{165}",
        ),
        (
            [("DD.X400-88", "/S=a/A=b/"), ("DD.X400-C1", Teletex(b"\xa5", "C=US/"))],
            "X400-C1 has a teletex form, which X.400(1984) has not: C=US/*{165}",
        ),
        (
            [("DD.X400-88", "/S=a/"), ("DD.X400-C2", "A=b/C=US/")],
            "a later part of the address is there, but no X400-C1 (RFC 1328 3.1)",
        ),
        (
            [("DD.X400-C1", "/S=a/A=b/C=US/")],
            "a later part of the address is there, but no X400-88 (RFC 1328 3.1)",
        ),
        (
            [("DD.X400-88", "/S=a/A=b/C=US/"), ("DD.x400-88", "/S=c/A=b/C=US/")],
            "X400-88 stands there twice (RFC 1328 3.1)",
        ),
        (
            [("DD.X400-88", "/S=a/"), ("DD.X400-C1", "A=b/C=US/"), ("DD.x400-c1", "A=c/C=US/")],
            "X400-C1 stands there twice (RFC 1328 3.1)",
        ),
    ],
)
def test_parts_that_make_no_whole(pairs: list[tuple[str, str | Teletex]], expected: str) -> None:
    address = ORAddress([("C", "GB"), ("ADMD", "q"), *pairs])
    with pytest.raises(ConversionError) as caught:
        upgrade(address)
    assert str(caught.value) == expected


def test_parts_in_any_order_make_a_whole() -> None:
    address = ORAddress([("C", "GB"), ("DD.x400-c1", "A=b/C=US/"), ("DD.X400-88", "/S=a/")])
    assert upgrade(address) == ORAddress([("C", "US"), ("ADMD", "b"), ("S", "a")])


# --- RFC 2294 -----------------------------------------------------------------------------------------------------

MCGAMS = "CN=X.400 to RFC 822, OU=MIXER MCGAMs, O=Zydeco Plc, C=GB"


def test_the_example_of_rfc_2294() -> None:
    row = next(row for row in x400_rows("or2dn") if row["id"] == "x400-178")
    # The RFC prints a comma between two of its attributes, which is no separator of this dialect.
    assert row["input"] == "I=S; S=Kille; OU1=CS; O=UCL, P=UK.AC; A=Gold 400; C=GB;"
    with pytest.raises(AddressSyntaxError, match=r"\Aexpected a separator before 'P='\n"):
        ORAddress.parse(row["input"])
    address = ORAddress.parse(row["input"].replace(", P", "; P"))
    assert to_dn(address) == row["expected"]
    assert from_dn(row["expected"]) == address


def test_the_example_of_rfc_2164() -> None:
    row = next(row for row in x400_rows("or2dn") if row["id"] == "x400-179")
    address = ORAddress.parse(row["input"])
    assert to_dn(address, MCGAMS) == row["expected"].replace("Plc,  C", "Plc, C")
    assert from_dn(row["expected"], MCGAMS) == address


def test_every_keyword_of_table_3() -> None:
    address = ORAddress(
        [
            ("C", "234"),
            ("PRMD", "UK.AC"),
            ("X121", "23421920014853"),
            ("UA-ID", "1"),
            ("O", "Acme, Inc."),
            ("OU", "big"),
            ("OU", "small"),
            ("CN", "a=b + c"),
            ("S", "Kille"),
            ("G", "Steve"),
            ("I", "S E"),
            ("GQ", "Jr"),
            ("T-ID", "x"),
            ("DD.first", 'a "b"'),
            ("DD.second", Teletex(b"\xe9")),
        ]
    )
    text = to_dn(address)
    assert text == (
        'MHS-DDA-Type=second + MHS-DDA-Value=é, MHS-DDA-Type=first + MHS-DDA-Value="a \\"b\\"", MHS-T-ID=x, '
        'MHS-CN="a=b + c", MHS-G=Steve + MHS-I=S E + MHS-S=Kille + MHS-GQ=Jr, MHS-OU=small, MHS-OU=big, '
        'MHS-O="Acme, Inc.", MHS-UA-ID=1, MHS-X121=23421920014853, PRMD=UK.AC, ADMD=" ", MHS-Numeric-Country=234'
    )
    assert from_dn(text) == address


@pytest.mark.parametrize(
    ("octets", "written"),
    [
        (b"\r\nX", "{013010}X"),
        (b"\xe9\0", "{233000}"),
        (b"\x85", "{133}"),
        (b"a#b", "a{035}b"),
        (b"{", "{123}"),
        (b"{\xe9*", "{é*"),
    ],
)
def test_a_teletex_value_in_the_directory(octets: bytes, written: str) -> None:
    """By its characters, but for controls, and for ASCII that would be read as something else."""
    value = Teletex(octets)
    address = ORAddress([("C", "US"), ("ADMD", "b"), ("O", value), ("S", value), ("DD.t", value)])
    name = to_dn(address)
    assert name == f"MHS-DDA-Type=t + MHS-DDA-Value={written}, MHS-S={written}, MHS-O={written}, ADMD=b, C=US"
    assert from_dn(name) == address


def test_a_directory_name_is_read_in_any_dress() -> None:
    assert from_dn('mhs-s = O\\,Brien ;  prmd="UK.AC";admd=\\ ,c=GB') == ORAddress(
        [("C", "GB"), ("ADMD", " "), ("PRMD", "UK.AC"), ("S", "O,Brien")]
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "expected keyword=value of a directory name\n  \n  ^"),
        ("PRMD=x", "expected a country to end the name\n  PRMD=x\n        ^"),
        (
            "PRMD=x, L=y, C=GB",
            "'L' is no keyword of an O/R address (RFC 2294 table 3)\n  PRMD=x, L=y, C=GB\n          ^",
        ),
        (
            "ADMD=x, PRMD=y, C=GB",
            "not in the order of the tree (RFC 2294 table 1)\n  ADMD=x, PRMD=y, C=GB\n          ^~~~~~",
        ),
        (
            "PRMD=x, PRMD=y, C=GB",
            "not in the order of the tree (RFC 2294 table 1)\n  PRMD=x, PRMD=y, C=GB\n          ^~~~~~",
        ),
        (
            "MHS-O=x + MHS-OU=y, C=GB",
            "these do not make one node of the tree (RFC 2294 1)\n  MHS-O=x + MHS-OU=y, C=GB\n  ^~~~~~~~~~~~~~~~~~",
        ),
        (
            "MHS-DDA-Type=x, C=GB",
            "these do not make one node of the tree (RFC 2294 1)\n  MHS-DDA-Type=x, C=GB\n  ^~~~~~~~~~~~~~",
        ),
        ("C=GB, O=x", "nothing stands above the country\n  C=GB, O=x\n       ^~~~"),
        ("MHS-O=λ, C=GB", "no teletex value (ISO 8859-1)\n  MHS-O=λ, C=GB\n  ^~~~~~~"),
        (
            "PRMD=é, C=GB",
            (
                "no O/R address: 'é' in the private management domain is not in PrintableString (RFC 2156 3.3.3)\n"
                "  PRMD=é, C=GB\n  ^~~~~~~~~~~~"
            ),
        ),
    ],
)
def test_what_is_no_directory_name_of_an_or_address(text: str, expected: str) -> None:
    with pytest.raises(AddressSyntaxError) as caught:
        from_dn(text)
    assert str(caught.value) == expected


def test_the_base_must_be_there() -> None:
    with pytest.raises(AddressSyntaxError) as caught:
        from_dn("ADMD=x, C=FI, O=Acme, C=GB", "O=Zydeco Plc, C=GB")
    assert caught.value.message == "expected 'O=Zydeco Plc, C=GB' above the country"
    assert caught.value.span == (13, 26)


def test_what_has_no_place_in_the_directory() -> None:
    with pytest.raises(ConversionError, match=r"\Athe directory has no place for PD-CODE\Z"):
        to_dn(ORAddress([("C", "GB"), ("PD-CODE", "1")]))
    with pytest.raises(ConversionError, match=r"\Aan O/R address without a country has no place in the directory\Z"):
        to_dn(ORAddress([("O", "Acme")]))


# --- all ----------------------------------------------------------------------------------------------------------

VALUES = st.text("abcXYZ019 '()+,-./:=?", min_size=1, max_size=12)
SINGLE = st.sampled_from(["ADMD", "PRMD", "O", "CN", "S", "G", "I", "GQ", "T-ID"])


@st.composite
def or_addresses(draw: st.DrawFn, *, postal: bool) -> ORAddress:
    pairs: dict[str, str | Teletex] = {"C": draw(st.sampled_from(["GB", "us", "234"]))}
    for key in draw(st.sets(SINGLE)):
        pairs[key] = draw(VALUES)
    if postal and draw(st.booleans()):
        pairs["PD-CODE"] = draw(VALUES)
        pairs["O"] = Teletex(b"\xe9", draw(VALUES))
    units = draw(st.lists(VALUES, max_size=4))
    defined = draw(st.lists(st.tuples(st.sampled_from(["DD.a", "DD.B c"]), VALUES), max_size=3))
    return ORAddress([*pairs.items(), *[("OU", unit) for unit in units], *defined])


@given(or_addresses(postal=True))
def test_a_downgraded_address_comes_back(address: ORAddress) -> None:
    try:
        found = downgrade(address, GATEWAY)
    except ConversionError as error:
        assert "hold 512" in error.message  # noqa: PT017 - the one reason there is
        return
    assert is_1984(found)
    assert upgrade(found).attributes == address.attributes


@given(or_addresses(postal=False))
def test_a_directory_name_comes_back(address: ORAddress) -> None:
    assert from_dn(to_dn(address)) == address
    assert from_dn(to_dn(address, MCGAMS), MCGAMS) == address


PIECES = st.lists(
    st.sampled_from(
        ["C=GB", "PRMD=", ", ", " + ", '"', "\\", "MHS-S=x", "MHS-DDA-Type=a", "MHS-DDA-Value=", "(a)", "#u#"]
    )
    | st.text(max_size=2),
    max_size=10,
).map("".join)


@given(hostile_texts() | PIECES)
def test_only_our_own_errors_escape(text: str) -> None:
    for code in (encode_987, decode_987, encode_restricted, decode_restricted):
        with contextlib.suppress(MailPathsError):
            code(text)
    with contextlib.suppress(MailPathsError):
        assert from_dn(to_dn(from_dn(text))) == from_dn(text)
    with contextlib.suppress(MailPathsError):
        from_dn(text, text)
    for pairs in ([("C", "GB"), ("DD.Common", text)], [("C", "GB"), ("DD.X400-88", text)], [("C", "GB"), ("CN", text)]):
        with contextlib.suppress(MailPathsError):
            upgrade(ORAddress(pairs))
        with contextlib.suppress(MailPathsError):
            downgrade(ORAddress(pairs), GATEWAY)
        with contextlib.suppress(MailPathsError):
            to_dn(ORAddress(pairs))
