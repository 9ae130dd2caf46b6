"""O/R addresses as the documents print them: rows of vectors/x400.jsonl that are about one address and its text.

The rows that cross to RFC 822, the tables and Exchange's encapsulation are other modules' business.
"""

from __future__ import annotations

import pytest

from mailpaths import AddressSyntaxError, ORAddress
from mailpaths.addresses import personal_name
from mailpaths.addresses.writing import px_label
from mailpaths.grammar import oraddress as grammar
from mailpaths.x400 import Teletex
from tests.support import Row, x400_rows

KINDS = {
    "std-or-parse": 4,
    "f401-parse": 2,
    "f401-table-parse": 2,
    "f401-delimiter": 1,
    "ortext-parse": 11,
    "ortext-convert": 2,
    "ortext-validate": 1,
    "ms-proxy-parse": 4,
    "dmn-or-parse": 1,
    "dmn-or-format": 1,
    "teletex-encode": 1,
    "teletex-and-or-ps": 1,
    "pn-encode": 3,
    "pn-decode": 2,
    "px-encode": 6,
    "px-decode": 9,
}
ROWS = x400_rows(*KINDS)
BY_ID = {row["id"]: row for row in ROWS}

#: Rows whose expectation is not met, and why. Each has a test below that shows the difference.
EXCEPTIONS = {
    "x400-111": "the tutorial writes P and A; RFC 2156 appendix F.3 asks for the standard types PRMD and ADMD",
    "x400-169": "the tutorial writes P and A; RFC 2156 4.1.3 generates PRMD and ADMD",
    "x400-239": "Exchange doubles every '/' of an address that holds one; a single one is read the same",
    "x400-240": "the gateway kept the order and the labels of its source; RFC 2156 4.3.3 puts the country last",
    "x400-253": "a template whose surname is still to come: an empty value is refused, not dropped",
    "x400-266": "the delimiter of one connector's address space, not of an address",
}

#: What is said about the texts that are to be refused.
REFUSED = {
    "x400-249": ("expected '=' and a value before '/'", (50, 51)),
    "x400-253": ("expected a value for the surname (S)", (45, 45)),
    "x400-258": ("expected '=' and a value, found nothing more", (68, 68)),
    "x400-263": ("'F/S' is the label of no attribute", (29, 32)),
}


def of_kind(*kinds: str) -> list[Row]:
    return [row for row in ROWS if row["kind"] in kinds and row["id"] not in EXCEPTIONS]


def label(row: Row) -> str:
    return f"{row['id']}-{row['source']}"


def expected_address(row: Row) -> ORAddress:
    """Return the address that a row expects; what is left out on purpose is ``null`` there."""
    return ORAddress([(key, value) for key, value in row["expected"] if value is not None])


def test_every_row_of_these_kinds_is_here() -> None:
    assert {kind: sum(1 for row in ROWS if row["kind"] == kind) for kind in KINDS} == KINDS
    assert set(EXCEPTIONS) <= set(BY_ID)


READS = of_kind("std-or-parse", "f401-parse", "f401-table-parse", "ortext-parse", "ms-proxy-parse", "dmn-or-parse")


@pytest.mark.parametrize("row", [row for row in READS if isinstance(row["expected"], list)], ids=label)
def test_a_text_has_these_attributes(row: Row) -> None:
    found = ORAddress.parse(row["input"])
    wanted = expected_address(row)
    assert found == wanted
    # An empty ADMD is kept as it was written, and means the single space that the rows expect.
    written = [(key, " " if key == "ADMD" and value == "" else value) for key, value in found.attributes]
    assert written == list(wanted.attributes)
    assert str(found) == row["input"]


@pytest.mark.parametrize("row", of_kind("std-or-parse"), ids=label)
def test_std_or_is_mixer(row: Row) -> None:
    assert ORAddress.parse(row["input"], "mixer") == ORAddress.parse(row["input"])


@pytest.mark.parametrize("row", [row for row in READS if isinstance(row["expected"], dict)], ids=label)
def test_a_text_has_this_value(row: Row) -> None:
    found = ORAddress.parse(row["input"], "mixer")
    assert set(row["expected"]) == {key for key, _value in found.attributes}
    for key, value in row["expected"].items():
        if isinstance(value, list):
            assert found.get(key) == "|".join(value)
            assert [found.get(f"PD-A{number}") for number in range(1, len(value) + 1)] == value
        else:
            assert found.value(key) == Teletex(bytes.fromhex(value["teletex_hex"]), value["printable"])
    assert found.to_text() == row["input"]


@pytest.mark.parametrize("row", [row for row in READS if isinstance(row["expected"], str)], ids=label)
def test_a_text_is_refused_with_its_place(row: Row) -> None:
    assert row["expected"] in {"error", "ambiguous"}
    with pytest.raises(AddressSyntaxError) as caught:
        ORAddress.parse(row["input"])
    assert (caught.value.message, caught.value.span) == REFUSED[row["id"]]
    assert caught.value.text == row["input"]


@pytest.mark.parametrize("row", of_kind("teletex-encode", "teletex-and-or-ps"), ids=label)
def test_teletex(row: Row) -> None:
    given = row["input"]
    if row["kind"] == "teletex-encode":
        value = Teletex(bytes.fromhex(given["bytes_hex"]))
        assert (value.encoded, str(value)) == (row["expected"], f"*{row['expected']}")
        assert ORAddress.parse(f"/O={row['expected']}/").value("O") == value
    else:
        value = Teletex(bytes.fromhex(given["teletex_hex"]), given["printable"])
        assert str(value) == row["expected"]
    assert ORAddress.parse(f"/O={value}/").value("O") == value


@pytest.mark.parametrize("row", of_kind("pn-encode"), ids=label)
def test_a_personal_name_is_written(row: Row) -> None:
    assert personal_name.encode(row["input"]) == row["expected"]


@pytest.mark.parametrize("row", of_kind("pn-decode"), ids=label)
def test_a_personal_name_is_read(row: Row) -> None:
    assert personal_name.decode(row["input"]) == tuple(row["expected"].items())
    assert ORAddress.parse(f"/PN={row['input']}/") == ORAddress(row["expected"].items())


def as_px(text: str) -> str:
    """Return a dmn-or-address, of any level, as a domain name."""
    parts = grammar.domain_fields(text)
    assert parts is not None
    return ".".join([px_label(part.label, None if part.value == "@" else part.value) for part in parts])


def as_dmn(text: str) -> str:
    """Return a domain name as a dmn-or-address."""
    parts = grammar.px_fields(text)
    assert parts is not None
    return ".".join([f"{part.label}${part.value.replace('.', chr(92) + '.')}" for part in parts])


@pytest.mark.parametrize("row", of_kind("px-encode"), ids=label)
def test_a_px_name_is_written(row: Row) -> None:
    assert as_px(row["input"]) == row["expected"]
    assert as_dmn(row["expected"]) == row["input"]


@pytest.mark.parametrize("row", of_kind("px-decode"), ids=label)
def test_a_px_name_is_read(row: Row) -> None:
    assert as_dmn(row["input"]) == row["expected"]
    assert as_px(row["expected"]) == row["input"]


@pytest.mark.parametrize("row", [row for row in of_kind("px-encode") if "C$" in row["input"]], ids=label)
def test_a_whole_px_name_is_an_address(row: Row) -> None:
    address = ORAddress.parse(row["input"], "dmn-or")
    assert address.to_text("px") == row["expected"]
    assert ORAddress.parse(row["expected"]) == address
    assert address.to_text("dmn-or") == row["input"]


# --- The exceptions really differ


def test_keys_of_the_tutorial() -> None:
    row = BY_ID["x400-111"]
    address = ORAddress(row["input"])
    assert address.to_text("dmn-or") == "OU$you.OU$owe.O$a bank.PRMD$fhbo.ADMD$ade.C$zz"
    assert address.to_text("dmn-or") != row["expected"]
    assert ORAddress.parse(row["expected"]) == address
    row = BY_ID["x400-169"]
    address = ORAddress.parse(row["input"])
    assert address.to_text() == "/G=jo/S=plork/OU=you/OU=owe/O=a bank/PRMD=fhbo/ADMD=ade/C=zz/"
    assert address.to_text() != row["expected"]
    assert ORAddress.parse(row["expected"]) == address


def test_slashes_of_exchange() -> None:
    row = BY_ID["x400-239"]
    address = ORAddress.parse(row["input"])
    assert address.to_text("exchange") == "X400:c=FR;a=MyProvider;p=MyCompany;dda:a/b/c=A/B/C;"
    assert row["expected"] not in address.to_text("exchange")
    assert ORAddress.parse(row["expected"], "exchange") == address
    with pytest.raises(AddressSyntaxError) as caught:
        ORAddress.parse(row["expected"])
    assert caught.value.message == "f401 and exchange read this differently: name the dialect"
    assert caught.value.span == (row["expected"].index("//"), row["expected"].index("//") + 2)


def test_the_order_of_a_gateway() -> None:
    row = BY_ID["x400-240"]
    address = ORAddress.parse(row["input"])
    assert address.to_text() == "/G=JOHN/S=STEEL/O=P$/Q/PRMD=ABC/ADMD=TELENET/C=US/"
    assert address.to_text() != row["expected"]
    assert ORAddress.parse(row["expected"]) == address


def test_a_template() -> None:
    row = BY_ID["x400-253"]
    assert ORAddress.parse(row["input"].removesuffix("S=")) == expected_address(row)
    with pytest.raises(AddressSyntaxError) as caught:
        ORAddress.parse(row["input"])
    assert (caught.value.message, caught.value.span) == REFUSED[row["id"]]


def test_an_address_space_with_the_wrong_delimiter() -> None:
    row = BY_ID["x400-266"]
    assert row["expected"] == "error"
    address = ORAddress.parse(row["input"])
    assert address.attributes == (("C", "XX"), ("ADMD", "VOID"))
    assert [str(one) for one in address.validate("exchange")] == [
        "none of PRMD, O, OU, a personal name or CN is there [X.402 18.5]"
    ]
