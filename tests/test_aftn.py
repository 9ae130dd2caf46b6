"""AFTN and AMHS: every row of vectors/aftn.jsonl, the register's lookups and files, and addresses that are neither."""

from __future__ import annotations

import contextlib
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpaths import AddressSyntaxError, ConversionError, MailPathsError
from mailpaths.testing import hostile_texts
from mailpaths.x400 import ORAddress
from mailpaths.x400.aftn import ManagementDomain, Register, RegisterError, Unit, from_or, scheme_of
from mailpaths.x400.tables import TableError
from tests.support import Row, rows

ROWS = rows("aftn.jsonl")

# What the rows themselves say of the register: only so much, and in the file's own form.
REGISTER = Register.parse(
    """
    # management domains: nationality;C;A;P;scheme
    EG;XX;ICAO;EG;XF
    RP;XX;ICAO;RP;XF
    RPLLPALX;XX;ICAO;SITA;XF
    AYPYANGM;XX;ICAO;SITA;XF
    LO;XX;ICAO;AUSTRIA;CAAS
    VH;XX;ICAO;HONGKONG;CAAS
    VV;XX;ICAO;VIETNAM;CAAS
    VT;XX;ICAO;THAILAND;CAAS
    SU;XX;ICAO;URUGUAY;CAAS
    IU;XX;ICAO;IUTLAND;CAAS
    ED;XX;ICAO;GERMANY;CAAS
    # units: C;A;P;O;key
    XX;ICAO;AUSTRIA;LOVV;LOWM
    XX;ICAO;HONGKONG;HKGCAD;VH**
    XX;ICAO;VIETNAM;VVTS;VV**
    XX;ICAO;THAILAND;VTBB;VT**
    XX;ICAO;URUGUAY;SUMU;SU**
    XX;ICAO;IUTLAND;IUT-REGION;IU**
    XX;ICAO;GERMANY;EDDD;ED**
    """
)
# Viet Nam's addresses before it moved to CAAS (the note of aftn-16).
OLDER = Register((ManagementDomain("VV", "VV", "XF"),))

# Rows that are not met, and why; each is refused with the error given.
NOT_AN_ADDRESS = {
    "aftn-05": (
        "OU1=VH** is the key of the register's table, no value",
        "'*' in the organizational unit is no well-formed teletex",
    ),
    "aftn-22": ("a template of a program, with braces for its variables", "'{' in the private management domain is "),
}
WRONG = {
    "aftn-21": (
        "EDGG is Germany's, and the row says Belgium: wrong data",
        (
            "the register has EDGGZQZX as C=XX; ADMD=ICAO; PRMD=GERMANY; O=EDDD; OU=EDGG; CN=EDGGZQZX, "
            "not C=XX; ADMD=ICAO; PRMD=BELGIUM; O=EDGG; OU=EDGG; CN=EDGGZQZX"
        ),
    ),
    "aftn-23": ("C=IT instead of XX", "the country of an address of AMHS is XX, not 'IT'"),
}
NO_ROW = {"aftn-24": "a remark: no address in it"}
OLDER_ROWS = {"aftn-07", "aftn-08", "aftn-16"}
NOT_MET = NOT_AN_ADDRESS.keys() | WRONG.keys() | NO_ROW.keys()


def label(row: Row) -> str:
    return str(row["id"])


def test_every_row_is_met_or_has_its_reason() -> None:
    assert [row["id"] for row in ROWS] == [f"aftn-{number:02}" for number in range(1, 25)]
    assert {row["id"] for row in ROWS} >= NOT_MET | OLDER_ROWS
    assert [row["id"] for row in ROWS if row["or_address"] is None] == list(NO_ROW)
    assert all(row["source"] for row in ROWS)


@pytest.mark.parametrize("row", [row for row in ROWS if row["id"] not in NOT_MET], ids=label)
def test_rows(row: Row) -> None:
    address = ORAddress.parse(row["or_address"])
    register = OLDER if row["id"] in OLDER_ROWS else REGISTER
    assert register.to_or(row["aftn"]) == address
    assert register.from_or(address) == row["aftn"]
    assert from_or(address) == row["aftn"]
    assert scheme_of(address) == row["scheme"]


@pytest.mark.parametrize("row", [row for row in ROWS if row["id"] in NOT_AN_ADDRESS], ids=label)
def test_rows_that_are_no_addresses(row: Row) -> None:
    with pytest.raises(AddressSyntaxError) as caught:
        ORAddress.parse(row["or_address"])
    assert caught.value.message.startswith(NOT_AN_ADDRESS[row["id"]][1])


@pytest.mark.parametrize("row", [row for row in ROWS if row["id"] in WRONG], ids=label)
def test_rows_that_are_wrong(row: Row) -> None:
    with pytest.raises(ConversionError) as caught:
        REGISTER.from_or(ORAddress.parse(row["or_address"]))
    assert str(caught.value) == WRONG[row["id"]][1]


def test_a_state_that_moved_is_noticed() -> None:
    before = OLDER.to_or("VVTSYFYX")
    assert from_or(before) == "VVTSYFYX"
    with pytest.raises(ConversionError) as caught:
        REGISTER.from_or(before)
    assert str(caught.value) == (
        "the register has VVTSYFYX as C=XX; ADMD=ICAO; PRMD=VIETNAM; O=VVTS; OU=VVTS; CN=VVTSYFYX, "
        "not C=XX; ADMD=ICAO; PRMD=VV; O=AFTN; OU=VVTSYFYX"
    )


# --- to O/R addresses ---------------------------------------------------------------------------------------------


def test_the_longest_prefix_wins() -> None:
    register = Register.parse(
        "R;XX;ICAO;REGION;XF\nRP;XX;ICAO;RP;XF\nRPLL;XX;ICAO;MANILA;CAAS\nRPLLPALX;XX;ICAO;SITA;XF\n"
        "XX;ICAO;MANILA;ALL;RP**\nXX;ICAO;MANILA;AIRPORT;RPLL"
    )
    found = {name: register.to_or(name) for name in ("RJTTYNYX", "RPVVYNYX", "RPLLYNYX", "RPLLPALX")}
    assert {name: (one.prmd, one.organization) for name, one in found.items()} == {
        "RJTTYNYX": ("REGION", "AFTN"),
        "RPVVYNYX": ("RP", "AFTN"),
        "RPLLYNYX": ("MANILA", "AIRPORT"),
        "RPLLPALX": ("SITA", "AFTN"),
    }


def test_indicators_and_rows_are_blind_to_case() -> None:
    register = Register((ManagementDomain("lo", "Austria", "CAAS"),), (Unit("AUSTRIA", "Lovv", "lowm"),))
    assert register.to_or("lowmybyx").attributes == (
        ("C", "XX"),
        ("ADMD", "ICAO"),
        ("PRMD", "Austria"),
        ("O", "Lovv"),
        ("OU", "LOWM"),
        ("CN", "LOWMYBYX"),
    )


@pytest.mark.parametrize("text", ["", "EGHIZTZ", "EGHIZTZXX", "EGHI1TZX", "EGHI TZX", "ÉGHIZTZX", "EGHIZTZX\n"])
def test_what_is_no_indicator(text: str) -> None:
    with pytest.raises(AddressSyntaxError) as caught:
        REGISTER.to_or(text)
    assert caught.value.message == "expected an AFTN indicator: eight letters"


def test_what_the_register_does_not_know() -> None:
    with pytest.raises(ConversionError, match=r"\Athe register has no management domain for KJFKYNYX\Z"):
        REGISTER.to_or("KJFKYNYX")
    with pytest.raises(ConversionError, match=r"\Athe register has no unit of AUSTRIA for LOWWYBYX\Z"):
        REGISTER.to_or("LOWWYBYX")


# --- from O/R addresses -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/C=XX/A=ATT/P=EG/O=AFTN/OU1=EGHIZTZX", "the ADMD of an address of AMHS is ICAO, not 'ATT'"),
        ("/A=ICAO/P=EG/O=AFTN/OU1=EGHIZTZX", "the country of an address of AMHS is XX, not None"),
        ("/C=XX/A=ICAO/O=AFTN/OU1=EGHIZTZX", "an address of AMHS has a management domain (P), and this one has none"),
        ("/C=XX/A=ICAO/P=EG/OU1=EGHIZTZX", "an address of AMHS has an organization, and this one has none"),
        ("/C=XX/A=ICAO/P=EG/O=AFTN", "an address of AMHS has an organizational unit, and this one has none"),
        (
            "/C=XX/A=ICAO/P=EG/O=AFTN/OU1=EGHIZTZX/OU2=A",
            "an address of AMHS has one organizational unit, not 2",
        ),
        ("/C=XX/A=ICAO/P=EG/O=AFTN/OU1=EGHI", "the unit beside O=AFTN is no AFTN indicator of eight letters: 'EGHI'"),
        (
            "/C=XX/A=ICAO/P=EG/O=AFTN/OU1=EGHIZTZX/CN=EGHIZTZY",
            "the common name EGHIZTZY is not the unit EGHIZTZX",
        ),
        ("/C=XX/A=ICAO/P=AUSTRIA/O=LOVV/OU1=LOWM", "an address of CAAS has a common name, and this one has none"),
        (
            "/C=XX/A=ICAO/P=AUSTRIA/O=LOVV/OU1=LOWM/CN=Tower",
            "the common name is no AFTN indicator of eight letters: 'TOWER'",
        ),
        (
            "/C=XX/A=ICAO/P=AUSTRIA/O=LOVV/OU1=LOWW/CN=LOWMYBYX",
            "the unit LOWW is not the location of LOWMYBYX, LOWM",
        ),
        ("/C=XX/A=ICAO/P=EG/O=AFTN/OU1=EGHIZTZX/S=Doe", "no address of AMHS has S so: Doe"),
    ],
)
def test_what_is_of_neither_scheme(text: str, expected: str) -> None:
    address = ORAddress.parse(text, "f401-slash")
    with pytest.raises(ConversionError) as caught:
        from_or(address)
    assert str(caught.value) == expected
    assert scheme_of(address) is None


def test_a_common_name_that_agrees_does_no_harm() -> None:
    assert from_or(ORAddress.parse("/C=XX/A=ICAO/P=EG/O=AFTN/OU1=EGHIZTZX/CN=eghiztzx", "f401-slash")) == "EGHIZTZX"


# --- the register's file ------------------------------------------------------------------------------------------


def test_load(tmp_path: Path) -> None:
    path = tmp_path / "register.txt"
    path.write_bytes(b"\xef\xbb\xbfRP;xx;icao;RP;xf;\r\n\r\n# a remark\r\nXX;ICAO;HONGKONG;HKGCAD;vh**\r\n")
    assert Register.load(path) == Register((ManagementDomain("RP", "RP", "XF"),), (Unit("HONGKONG", "HKGCAD", "VH**"),))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("EG;XX;ICAO;EG", "r:1: expected nationality;XX;ICAO;P;scheme or XX;ICAO;P;O;key: 'EG;XX;ICAO;EG'"),
        ("\nEG;GB;ICAO;EG;XF", "r:2: expected nationality;XX;ICAO;P;scheme or XX;ICAO;P;O;key: 'EG;GB;ICAO;EG;XF'"),
        ("EG;XX;ICAO;EG;FX", "r:1: not a scheme: XF or CAAS: 'FX'"),
        ("ß;XX;ICAO;EG;XF", "r:1: expected one to eight letters to begin an indicator: 'ß'"),
        ("E1;XX;ICAO;EG;XF", "r:1: expected one to eight letters to begin an indicator: 'E1'"),
        ("EG;XX;ICAO;E_G;XF", "r:1: not the name of a management domain: 'E_G'"),
        ("EG;XX;ICAO;SEVENTEEN LETTERS;XF", "r:1: not the name of a management domain: 'SEVENTEEN LETTERS'"),
        ("XX;ICAO;A;;LOWM", "r:1: not an organization: ''"),
        ("XX;ICAO;A;B;L*WM", "r:1: expected letters and perhaps '*' behind them: 'L*WM'"),
        (
            "EG;XX;ICAO;EG;XF\nEG;XX;ICAO;EG;XF\nEG;XX;ICAO;UK;XF",
            "r:3: a second row for these letters that says otherwise: 'EG'",
        ),
        ("XX;ICAO;A;B;LO**\nXX;ICAO;A;C;LO", "r:2: a second row for this key that says otherwise: 'LO'"),
    ],
)
def test_rows_that_are_refused(text: str, expected: str) -> None:
    with pytest.raises(RegisterError) as caught:
        Register.parse(text, "r")
    assert str(caught.value) == expected


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(RegisterError) as caught:
        Register.load(tmp_path / "none")
    assert str(caught.value) == f"{tmp_path / 'none'}: cannot be read: No such file or directory"
    path = tmp_path / "latin"
    path.write_bytes(b"EG;XX;ICAO;\xe9;XF")
    with pytest.raises(RegisterError) as caught:
        Register.load(path)
    assert str(caught.value) == f"{path}: not UTF-8 text: invalid continuation byte"


def test_a_register_fails_as_any_table_does() -> None:
    error = RegisterError("no good", "r", 3)
    assert isinstance(error, TableError)
    assert (error.message, error.file, error.line, str(error)) == ("no good", "r", 3, "r:3: no good")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (type(again), str(again)) == (RegisterError, "r:3: no good")


def test_a_register_made_by_hand_is_checked_too() -> None:
    with pytest.raises(AddressSyntaxError, match=r"\Anot a scheme: XF or CAAS\n"):
        Register((ManagementDomain("EG", "EG", "FX"),))  # type: ignore[arg-type]
    with pytest.raises(AddressSyntaxError, match=r"\Aa second row for these letters that says otherwise\n"):
        Register((ManagementDomain("EG", "EG", "XF"), ManagementDomain("eg", "UK", "XF")))


# --- all ----------------------------------------------------------------------------------------------------------


def test_a_register_pickles_and_prints_itself() -> None:
    assert pickle.loads(pickle.dumps(REGISTER)) == REGISTER  # noqa: S301 - our own bytes
    assert eval(repr(REGISTER)) == REGISTER  # noqa: S307 - our own repr
    assert hash(eval(repr(REGISTER))) == hash(REGISTER)  # noqa: S307 - our own repr
    assert pickle.loads(pickle.dumps(REGISTER)).to_or("EGHIZTZX").prmd == "EG"  # noqa: S301 - our own bytes


letters = st.text("ABEGLOPRVXZ", min_size=6, max_size=6)


@given(st.sampled_from(["EG", "RP", "VH", "VV", "SU", "IU"]), letters)
def test_an_indicator_comes_back(start: str, rest: str) -> None:
    assert REGISTER.from_or(REGISTER.to_or(start + rest)) == start + rest


CELLS = st.sampled_from(["XX", "ICAO", "EG", "XF", "CAAS", "VH**", "", "#", "AFTN"]) | st.text(max_size=3)


@given(hostile_texts() | st.lists(CELLS, max_size=7).map(";".join))
def test_only_our_own_errors_escape(text: str) -> None:
    with contextlib.suppress(MailPathsError):
        Register.parse(text)
    with contextlib.suppress(MailPathsError):
        REGISTER.to_or(text)
    with contextlib.suppress(MailPathsError):
        Register((ManagementDomain(text, text, "XF"),), (Unit(text, text, text),))


@given(st.lists(st.tuples(st.sampled_from(["C", "A", "P", "O", "OU", "CN", "S", "DD.x"]), CELLS), max_size=7))
def test_only_our_own_errors_escape_from_any_address(pairs: list[tuple[str, str]]) -> None:
    with contextlib.suppress(MailPathsError):
        address = ORAddress(pairs)
        assert (scheme_of(address) is None) or from_or(address)
        REGISTER.from_or(address)
