"""X.400 on the command line: `translate` over the bridge, `explain` beyond it, and `x400 show` and `x400 tables`."""

from __future__ import annotations

import base64
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from mailpaths.addresses import dialects
from mailpaths.cli.plain import block
from mailpaths.cli.shown import certificate, show
from mailpaths.errors import MailPathsError
from mailpaths.testing import hostile_texts
from mailpaths.translation import targets
from mailpaths.x400 import ORAddress
from mailpaths.x400.der import to_general_name
from tests import asn1
from tests.support import Result, Run

if TYPE_CHECKING:
    from collections.abc import Sequence

KEYS = ["input", "status", "notation", "output", "route", "warnings", "error"]
DAVIS = "X400:c=US;a= ;p=First Organizati;o=Exchange;s=Davis;g=John;"
IMCEA = "IMCEAX400-c=US+3Ba=+20+3Bp=MS+3Bo=PARIS+3Bs=user+3B@host.example.com"
MAILER = "C=GB; A= ; P=mailer"
LOST = "the attributes that named the gateway"


@pytest.fixture(autouse=True)
def plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "COLUMNS", "PYTHONIOENCODING"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A directory of tables, named as a user would: by a path from here."""
    folder = tmp_path / "tables"
    folder.mkdir()
    rows = "# a comment\nPRMD$UK\\.AC.ADMD$GOLD 400.C$GB#AC.UK#\nPRMD$First Organizati.ADMD$ .C$US#first.example#\n"
    (folder / "table1").write_text(rows, encoding="utf-8")
    (folder / "table2.txt").write_text("AC.UK#PRMD$UK\\.AC.ADMD$GOLD 400.C$GB#\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return "tables"


@pytest.fixture
def faulty(tables: str) -> str:
    """The same with one row that cannot be read, and one that is read although it breaks a rule."""
    with Path(tables, "table2.txt").open("a", encoding="utf-8") as rows:
        rows.write("bad row\nXX.UK#O$a.ADMD$b.C$GB#\n")
    return tables


FAULTS = (
    "tables/table2.txt:2: error: expected domain#O/R address# (RFC 2156 appendix F)\n"
    "tables/table2.txt:3: warning: PRMD is left out without '@' (RFC 2156 appendix F.3)\n"
)


# --- translate


def test_the_examples_of_the_issue(run: Run, tables: str) -> None:
    assert run("translate", "--to", "x400", "--gateway", MAILER, "decvax!user") == Result(
        0, "/RFC-822=decvax(b)user/PRMD=mailer/ADMD= /C=GB/\n", ""
    )
    assert run("translate", "--to", "rfc822", DAVIS, "--tables", f"{tables}/") == Result(
        0, "John.Davis@Exchange.first.example\n", ""
    )
    assert run("x400", "show", IMCEA).status == 0


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("x400", "/S=Doe/OU=Sales/O=Acme/ADMD=X/C=US/\n"),
        ("x400:mixer", "/S=Doe/OU=Sales/O=Acme/ADMD=X/C=US/\n"),
        ("x400:f401", "S=Doe; O=Acme; OU1=Sales; A=X; C=US\n"),
        ("x400:f401-slash", "/S=Doe/O=Acme/OU1=Sales/A=X/C=US\n"),
        ("x400:f401-table", "S    Doe\nO    Acme\nOU1  Sales\nA    X\nC    US\n\n"),
        (
            "x400:self-explanatory",
            (
                "Surname (S)       Doe\nOrganization (O)  Acme\nOrg. Unit (OU1)   Sales\n"
                "ADMD (A)          X\nCountry (C)       US\n\n"
            ),
        ),
        ("x400:exchange", "X400:c=US;a=X;o=Acme;ou1=Sales;s=Doe;\n"),
        ("x400:ean", "S=Doe; OU=Sales; O=Acme; ADMD=X; C=US\n"),
        ("x400:rare", "C=US; ADMD=X; O=Acme; OU=Sales; S=Doe\n"),
        ("x400:dmn-or", "S$Doe.OU$Sales.O$Acme.PRMD$@.ADMD$X.C$US\n"),
    ],
)
def test_every_dialect(run: Run, target: str, expected: str) -> None:
    address = "S=Doe; O=Acme; OU1=Sales; A=X; C=US"
    assert run("translate", "--to", target, address) == Result(0, expected, "")
    assert run("translate", "--json", "--to", target, address).rows[0]["output"] == expected.rstrip("\n")


def test_every_target_is_taken(run: Run) -> None:
    for name in targets():
        assert run("translate", "--to", name, stdin=b"") == Result(0, "", "")


def test_an_address_of_several_lines_ends_with_an_empty_one(run: Run) -> None:
    found = run("translate", "--to", "x400:f401-table", "C=US; S=Doe", "C=US;;", "C=GB; S=Roe")
    assert (found.status, found.out) == (65, "S  Doe\nC  US\n\n\nS  Roe\nC  GB\n\n")
    assert run("translate", "--from", "x400:f401-table", "--to", "x400", "S  Doe\nC  US").out == "/S=Doe/C=US/\n"


def test_rows_over_the_bridge(run: Run) -> None:
    found = run(
        "translate", "--json", "--to", "x400", "--gateway", MAILER, "a!b@c", "Jo <jo@x.org>", "C=US; S=Doe", "u@ü.org"
    )
    assert (found.status, found.err) == (0, "")
    assert found.rows == [
        {
            "input": "a!b@c",
            "status": "ok",
            "notation": "rfc822",
            "output": "/RFC-822=a(b)b(a)c/PRMD=mailer/ADMD= /C=GB/",
            "route": {"hosts": ["c", "a"], "user": "b"},
            "warnings": [],
            "error": None,
        },
        {
            "input": "Jo <jo@x.org>",
            "status": "lossy",
            "notation": "rfc822",
            "output": "/RFC-822=jo(a)x.org/PRMD=mailer/ADMD= /C=GB/",
            "route": {"hosts": ["x.org"], "user": "jo"},
            "warnings": ["lost: the envelope has no room for the display name and comments; a header's descriptor has"],
            "error": None,
        },
        {
            "input": "C=US; S=Doe",
            "status": "ok",
            "notation": "x400",
            "output": "/S=Doe/C=US/",
            "route": None,
            "warnings": [],
            "error": None,
        },
        {
            "input": "u@ü.org",
            "status": "ok",
            "notation": "rfc822",
            "output": "/RFC-822=u(a)xn--tda.org/PRMD=mailer/ADMD= /C=GB/",
            "route": {"hosts": ["ü.org"], "user": "u"},
            "warnings": [],
            "error": None,
        },
    ]


def test_what_a_gateway_lost_is_a_warning(run: Run) -> None:
    wrapped = "C=US; A=I; P=I; DDA:RFC-822=ihnp4(b)ern(a)UT.ARPA"
    found = run("translate", "--to", "bang", wrapped)
    assert (found.status, found.out) == (0, "UT.ARPA!ihnp4!ern\n")
    assert found.err == "".join(
        [
            f"mailpaths: {wrapped}: warning: {doubt}\n"
            for doubt in (
                f"lost: C/ADMD/PRMD: {LOST}",
                "other policies read this as ihnp4 → UT.ARPA: ern (uucp)",
            )
        ]
    )
    assert [row["status"] for row in run("translate", "--json", wrapped, wrapped.replace("ihnp4(b)", "")).rows] == [
        "ambiguous",
        "lossy",
    ]
    assert run("translate", "-q", "--to", "bang", wrapped) == Result(0, "UT.ARPA!ihnp4!ern\n", "")


def test_without_a_gateway(run: Run) -> None:
    assert run("translate", "--to", "x400", "u@x.org") == Result(
        65,
        "\n",
        "mailpaths: no table knows a gateway for u@x.org, and this gateway's own O/R address is not given; "
        "--gateway gives it\n  u@x.org\n",
    )
    assert run("translate", "--to", "rfc822", "C=US; S=Doe") == Result(
        65,
        "\n",
        "mailpaths: no table has a domain for this O/R address, and this gateway's own domain is not given; "
        "--gateway gives it\n  C=US; S=Doe\n",
    )
    (row,) = run("translate", "--json", "--to", "rfc822", "C=US; S=Doe").rows
    assert (row["status"], row["notation"], row["route"]) == ("error", "x400", None)
    assert row["error"]["kind"] == "conversion"


def test_a_gateway_has_a_domain_and_an_address(run: Run) -> None:
    both = ("--gateway", "gw.example", "--gateway", MAILER)
    assert run("translate", "--to", "rfc822", *both, "C=US; S=Doe").out == "/S=Doe/C=US/@gw.example\n"
    assert run("translate", "--to", "x400:f401", *both, "u@x.org").out == (
        "DDA:RFC-822=u(a)x.org; P=mailer; A= ; C=GB\n"
    )


def test_an_encapsulation_is_the_address_inside(run: Run) -> None:
    assert run("translate", "--to", "x400:f401", IMCEA).out == "S=user; O=PARIS; P=MS; A= ; C=US\n"
    assert run("translate", "--to", "x400", f"A User <{IMCEA.lower()}>").out == "/S=user/O=paris/PRMD=ms/ADMD= /C=us/\n"
    assert run("translate", "--to", "rfc822", IMCEA).out == f"{IMCEA}\n"
    assert run("translate", "--to", "x400", "imceax400-c=US+3Bq@h.example") == Result(
        65,
        "\n",
        "mailpaths: in the decoded address: expected '=' and a value, found nothing more\n"
        "  imceax400-c=US+3Bq@h.example\n",
    )


def test_the_dialect_of_the_input(run: Run) -> None:
    text = "C=US; ADMD=X; OU=a; OU=b"
    assert run("translate", "--from", "x400:rare", "--to", "x400:f401", text).out == "OU1=a; OU2=b; A=X; C=US\n"
    assert run("translate", "--from", "x400:ean", "--to", "x400:f401", text).out == "OU1=b; OU2=a; A=X; C=US\n"
    assert run("translate", "--from", "x400", "--to", "x400:rare", "S=Doe; C=US").out == "C=US; S=Doe\n"
    assert run("translate", "--from", "x400", "u@x.org").status == 65


def test_a_bad_o_r_address_has_a_caret(run: Run) -> None:
    assert run("translate", "--to", "x400", "C=US; S=Doe; P=a very long domain", "C=US; S=Doe").err == (
        "mailpaths: private management domain: 18 characters; the bound is 16\n"
        "  C=US; S=Doe; P=a very long domain\n"
        "                 ^~~~~~~~~~~~~~~~~~\n"
    )


def test_a_batch_over_the_bridge_never_stops(run: Run) -> None:
    lines = ["C=US; S=Doe", "u@x.org", "", "C=US;;", IMCEA, "a!!b", "/S=Doe/O=Acme/", "ü@x.org"] * 100
    text = "".join([f"{line}\n" for line in lines]).encode()
    found = run("translate", "--json", "--to", "x400", "--gateway", MAILER, "--gateway", "gw.example", stdin=text)
    assert found.status == 65
    assert [row["input"] for row in found.rows] == lines
    assert {tuple(row) for row in found.rows} == {tuple(KEYS)}
    assert [row["status"] for row in found.rows[:8]] == ["ok", "ok", "error", "error", "lossy", "error", "ok", "error"]
    back = run("translate", "--json", "--to", "rfc822", "--gateway", "gw.example", stdin=text)
    assert [row["status"] for row in back.rows[:8]] == ["ok", "ok", "error", "error", "ok", "error", "lossy", "ok"]


# --- tables and gateways of a call


def test_faults_of_tables_are_told_once(run: Run, faulty: str) -> None:
    address = "J.Linnimouth@R-D.Salford.AC.UK"
    expected = "/I=J/S=Linnimouth/OU=R-D/O=Salford/PRMD=UK.AC/ADMD=GOLD 400/C=GB/\n"
    call = ("translate", "--to", "x400", "--tables", faulty)
    assert run(*call, address, address) == Result(0, expected * 2, FAULTS)
    assert run(*call, "--quiet", address) == Result(0, expected, "")
    assert run(*call, "--json", address).err == FAULTS
    assert run("explain", "--tables", faulty, address).err == FAULTS


@pytest.mark.parametrize(
    "call",
    [
        ["translate", "--tables", "nowhere", "a!b"],
        ["explain", "--tables", "nowhere", "a!b"],
        ["x400", "tables", "nowhere"],
    ],
)
def test_tables_that_cannot_be_read(run: Run, tables: str, call: Sequence[str]) -> None:
    assert run(*call) == Result(66, "", "mailpaths: nowhere: cannot be read: No such file or directory\n")
    Path("nowhere").mkdir()
    assert run(*call) == Result(66, "", "mailpaths: nowhere: no file named table1, table2, gate1 or gate2 is here\n")
    assert tables


def test_the_name_of_a_directory_in_any_locale(tables: str) -> None:
    Path(tables).rename("tàbles")
    locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
    found = subprocess.run(
        [sys.executable, "-m", "mailpaths", "x400", "tables", "tàbles".encode()],
        capture_output=True,
        env={**os.environ, **locale},
        check=False,
    )
    assert (found.returncode, found.stdout) == (0, b"table1: 2 rows\ntable2: 1 row\ngate1: 0 rows\ngate2: 0 rows\n")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["a.example", "b.example"], "a gateway has one domain; this is a second one."),
        ([MAILER, MAILER], "a gateway has one O/R address; this is a second one."),
        (["O=Acme"], "a gateway's O/R address needs a country\n  O=Acme\n  ^~~~~~"),
        (["a b"], "not a domain\n  a b\n  ^~~"),
        (["C=GB;;P"], "';' in the country is not in PrintableString (RFC 2156 3.3.3)\n  C=GB;;P\n      ^"),
    ],
)
def test_a_gateway_that_is_none_is_a_wrong_call(run: Run, values: Sequence[str], message: str) -> None:
    options = [word for value in values for word in ("--gateway", value)]
    assert run("translate", *options, "a!b") == Result(
        64,
        "",
        f"mailpaths: invalid value for '--gateway': {message}\nTry 'mailpaths translate --help' for help.\n",
    )


# --- explain

EXPLAINED = f"""\
{DAVIS}

Written as an X.400 O/R address, dialect exchange (Microsoft: the X400 proxy address)
  C     country                           US
  ADMD  administration management domain  " " (any of the country)
  PRMD  private management domain         First Organizati
  O     organization                      Exchange
  S     surname                           Davis
  G     given name                        John
  form  mnemonic
"""


def test_explain_an_o_r_address(run: Run) -> None:
    assert run("explain", DAVIS) == Result(0, EXPLAINED, "")


def test_explain_an_o_r_address_through_a_gateway(run: Run, tables: str) -> None:
    assert run("explain", "--tables", tables, DAVIS) == Result(
        0,
        f"""\
{EXPLAINED}
Through the gateway: John.Davis@Exchange.first.example
  1  found the domain first.example (table1: PRMD$First Organizati.ADMD$ .C$US)  [RFC 2156 4.3.5 mapping B, step 3]
  2  went on to Exchange.first.example  [RFC 2156 4.3.5 mapping B, step 4]
  3  wrote the personal name as John.Davis  [RFC 2156 4.3.5 mapping B, step 5; 4.1.2]
""",
        "",
    )


def test_explain_what_a_gateway_drops(run: Run) -> None:
    found = run("explain", "--gateway", "gw.example", "C=US; A=0; P=I; T-TY=g3fax; DDA:RFC-822=u(a)x.org").out
    assert found == (
        "C=US; A=0; P=I; T-TY=g3fax; DDA:RFC-822=u(a)x.org\n"
        "\n"
        "Written as an X.400 O/R address, dialect f401 (RFC 1685 F.3.2: labelled, between semicolons)\n"
        "  C           country                           US\n"
        "  ADMD        administration management domain  0 (the PRMD is connected to none)\n"
        "  PRMD        private management domain         I\n"
        "  T-TY        terminal type                     5 (g3fax)\n"
        "  DD.RFC-822  domain-defined attribute          u(a)x.org (u@x.org)\n"
        "  form       none of X.402 18.5\n"
        "  violation  none of X121, NET-NUM and NET-PSAP is there [X.402 18.5]\n"
        "\n"
        "Through the gateway: u@x.org\n"
        "  1     decoded the attribute RFC-822 to u@x.org  [RFC 2156 4.3.5 mapping A]\n"
        "  2     dropped C/ADMD/PRMD/T-TY  [RFC 2156 4.3.5 mapping A]\n"
        f"  lost  C/ADMD/PRMD: {LOST}\n"
        "  lost  T-TY: dropped beside the RFC-822 attribute\n"
    )


def test_explain_the_other_side_of_a_path(run: Run) -> None:
    bare = run("explain", "--policy", "uucp", "decvax!user").out
    found = run("explain", "--policy", "uucp", "--gateway", MAILER, "decvax!user").out
    crossed = """\
Through the gateway: /RFC-822=decvax(b)user/PRMD=mailer/ADMD= /C=GB/
  1  not of the form local-part@domain: no O/R address on the left  [RFC 2156 4.3.4 stage I, step 1]
  2  encoded decvax!user as the domain-defined attribute RFC-822  [RFC 2156 4.3.4 stage II, step 1 to 2]
  3  put it at this gateway, C=GB; ADMD= ; PRMD=mailer  [RFC 2156 4.3.4 stage II, step 3]

"""
    assert found.replace(crossed, "") == bare
    assert crossed in found


def test_explain_what_no_gateway_takes(run: Run) -> None:
    found = run("explain", "--gateway", "gw.example", "u@x.org")
    assert found.status == 0
    assert (
        "\n\nNot through the gateway: no table knows a gateway for u@x.org, and this gateway's own O/R address is not "
        "given\n\nA host named gw.example would\n"
    ) in found.out


def test_explain_rows(run: Run) -> None:
    one, other, third = run(
        "explain", "--json", "--gateway", "gw.example", "C=US; CN=a*{165}; A= ", "u@x.org", "C=US;;"
    ).rows
    assert one == {
        "input": "C=US; CN=a*{165}; A= ",
        "status": "ok",
        "notation": "x400",
        "output": None,
        "route": None,
        "warnings": [],
        "error": None,
        "parts": {
            "attributes": [
                {"key": "C", "name": "country", "value": "US", "teletex": None},
                {"key": "ADMD", "name": "administration management domain", "value": " ", "teletex": None},
                {"key": "CN", "name": "common name", "value": "a", "teletex": "{165}"},
            ]
        },
        "defects": [],
        "readings": [],
        "refusals": [],
        "here": ["gw.example"],
        "next_hops": [],
        "x400": {"dialect": "f401", "forms": ["mnemonic"], "level": "rfc", "violations": [], "aftn": None},
        "gateway": {
            "output": '"/CN=a*{165}/ADMD= /C=US/"@gw.example',
            "notation": "rfc822",
            "free_form_name": None,
            "steps": [
                {"action": "took this gateway's domain, gw.example", "rule": "RFC 2156 4.3.5 mapping B, step 3"},
                {
                    "action": "wrote what is left as /CN=a*{165}/ADMD= /C=US/",
                    "rule": "RFC 2156 4.3.5 mapping B, step 5; 4.1.3",
                },
            ],
            "losses": [],
            "error": None,
        },
    }
    assert list(other) == list(third) == list(one)
    assert other["x400"] is None
    assert other["gateway"] == {
        "output": None,
        "notation": None,
        "free_form_name": None,
        "steps": [],
        "losses": [],
        "error": {
            "message": "no table knows a gateway for u@x.org, and this gateway's own O/R address is not given",
            "span": None,
            "kind": "conversion",
        },
    }
    assert (third["status"], third["x400"], third["gateway"]) == ("error", None, None)


@pytest.mark.parametrize("width", [40, 60, 100])
@pytest.mark.parametrize("call", [["explain", "--gateway", "gw.example"], ["x400", "show"]])
def test_a_terminal(run: Run, monkeypatch: pytest.MonkeyPatch, width: int, call: Sequence[str]) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm-256color")
    found = run(*call, DAVIS, "C=US; DD.a=[bold]", "C=US; T-TY=99", "C=US;;").out
    bare = re.sub(r"\x1b\[[0-9;]*m", "", found)
    assert "\x1b[" in found
    assert "\x1b" not in bare
    assert all(len(line) <= width for line in bare.split("\n"))
    assert not re.search(r"(?<!A|\)|D) $", bare, re.MULTILINE)
    assert "[bold]" in bare
    assert {"Organizati", "(any", "violation", "No"} <= set(bare.split())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", run(*call, DAVIS).out)


# --- x400 show

SHOWN = f"""\
{IMCEA}

An encapsulation of Exchange, IMCEA ([MS-OXCMAIL] 2.1.3.1.8)
  type     X400
  address  c=US;a= ;p=MS;o=PARIS;s=user;
  domain   host.example.com

Written as an X.400 O/R address, dialect exchange (Microsoft: the X400 proxy address)
  C     country                           US
  ADMD  administration management domain  " " (any of the country)
  PRMD  private management domain         MS
  O     organization                      PARIS
  S     surname                           user
  form  mnemonic

In every dialect
  mixer             /S=user/O=PARIS/PRMD=MS/ADMD= /C=US/
  f401              S=user; O=PARIS; P=MS; A= ; C=US
  f401-slash        /S=user/O=PARIS/P=MS/A= /C=US
  f401-table        S  user
                    O  PARIS
                    P  MS
                    A\N{SPACE}
                    C  US
  self-explanatory  Surname (S)       user
                    Organization (O)  PARIS
                    PRMD (P)          MS
                    ADMD (A)\N{SPACE}
                    Country (C)       US
  exchange          X400:c=US;a= ;p=MS;o=PARIS;s=user;
  ean               S=user; O=PARIS; PRMD=MS; ADMD= ; C=US
  rare              C=US; ADMD= ; PRMD=MS; O=PARIS; S=user
  dmn-or            S$user.O$PARIS.PRMD$MS.ADMD$ .C$US
  px                no: px names C, ADMD, PRMD, O and OU in printable form, not S
"""


def test_show(run: Run) -> None:
    assert run("x400", "show", IMCEA) == Result(0, SHOWN, "")


@pytest.mark.parametrize(
    ("text", "wrapping", "notation", "output"),
    [
        ("S=Doe; O=Acme; A=X; C=US", None, "x400", "/S=Doe/O=Acme/ADMD=X/C=US/"),
        ("PRMD-ab.ADMD-ac.C-fr", None, "x400", "/PRMD=ab/ADMD=ac/C=fr/"),
        ("PRMD$a.ADMD$b.C$GB", None, "x400", "/PRMD=a/ADMD=b/C=GB/"),
        ("[X400:C=US;A=X;S=Doe]", None, "x400", "/S=Doe/ADMD=X/C=US/"),
        ("X.400: S=Doe; A=X; C=US", None, "x400", "/S=Doe/ADMD=X/C=US/"),
        (
            "x400:c=US;a=X;s=Doe;",
            {"kind": "proxy", "type": "X400", "value": "c=US;a=X;s=Doe;", "primary": False},
            "x400",
            "/S=Doe/ADMD=X/C=US/",
        ),
        (
            "SMTP:u@x.example",
            {"kind": "proxy", "type": "SMTP", "value": "u@x.example", "primary": True},
            "rfc822",
            "u@x.example",
        ),
        (
            "X500:/o=Contoso/ou=Site/cn=user",
            {"kind": "proxy", "type": "X500", "value": "/o=Contoso/ou=Site/cn=user", "primary": True},
            None,
            "X500:/o=Contoso/ou=Site/cn=user",
        ),
        (
            "ms:NET/PO/USER",
            {"kind": "proxy", "type": "MS", "value": "NET/PO/USER", "primary": False},
            None,
            "NET/PO/USER",
        ),
        ("/o=Contoso/ou=Site/cn=user", None, None, "X500:/o=Contoso/ou=Site/cn=user"),
        (
            "IMCEAEX-_o=Contoso_cn=john+5Fsmith@contoso.com",
            {"kind": "imcea", "type": "EX", "address": "/o=Contoso/cn=john_smith", "domain": "contoso.com"},
            None,
            "X500:/o=Contoso/cn=john_smith",
        ),
        (
            "A User <IMCEASMTP-u+40x.example@contoso.com>",
            {"kind": "imcea", "type": "SMTP", "address": "u@x.example", "domain": "contoso.com"},
            "rfc822",
            "u@x.example",
        ),
        (
            "IMCEAFAX-Sales+40+2B1202",
            {"kind": "imcea", "type": "FAX", "address": "Sales@+1202", "domain": None},
            None,
            "Sales@+1202",
        ),
        (
            '"/S=Doe/O=Acme/ADMD= /C=US/"@gw.example',
            {"kind": "mailbox", "local_part": "/S=Doe/O=Acme/ADMD= /C=US/", "domain": "gw.example"},
            "x400",
            "/S=Doe/O=Acme/ADMD= /C=US/",
        ),
        (
            "FAX=+12027653000/T33S=1/T33S=2@f.example",
            {
                "kind": "telephone",
                "service": "FAX",
                "number": "+12027653000",
                "mta": "f.example",
                "qualifiers": [["T33S", "1"], ["T33S", "2"]],
            },
            None,
            "FAX=+12027653000/T33S=1/T33S=2@f.example",
        ),
        (
            "FAX=+12027653000@f.example",
            {"kind": "telephone", "service": "FAX", "number": "+12027653000", "mta": "f.example", "qualifiers": []},
            "x400",
            "/NET-NUM=12027653000/T-TY=g3fax(5)/",
        ),
    ],
)
def test_what_a_text_is(
    run: Run, text: str, wrapping: dict[str, object] | None, notation: str | None, output: str
) -> None:
    (row,) = run("x400", "show", "--json", text).rows
    assert (row["wrapping"], row["notation"], row["output"]) == (wrapping, notation, output)
    shown = run("x400", "show", text).out
    assert shown.startswith(f"{text}\n\n")
    assert "No address of X.400" not in shown


def test_show_a_row(run: Run) -> None:
    (row,) = run("x400", "show", "--json", "--level", "deployed", "C=XX; A=ICAO; P=EG; O=AFTN; OU1=EGHIZTZX").rows
    assert list(row)[: len(KEYS)] == KEYS
    assert {name for name, one in row["dialects"].items() if one["text"] is None} == set()
    assert list(row.pop("dialects")) == list(dialects.DIALECTS)
    assert row == {
        "input": "C=XX; A=ICAO; P=EG; O=AFTN; OU1=EGHIZTZX",
        "status": "ok",
        "notation": "x400",
        "output": "/OU=EGHIZTZX/O=AFTN/PRMD=EG/ADMD=ICAO/C=XX/",
        "route": None,
        "warnings": [],
        "error": None,
        "wrapping": None,
        "attributes": [
            {"key": "C", "name": "country", "value": "XX", "teletex": None},
            {"key": "ADMD", "name": "administration management domain", "value": "ICAO", "teletex": None},
            {"key": "PRMD", "name": "private management domain", "value": "EG", "teletex": None},
            {"key": "O", "name": "organization", "value": "AFTN", "teletex": None},
            {"key": "OU", "name": "organizational unit", "value": "EGHIZTZX", "teletex": None},
        ],
        "dialect": "f401",
        "forms": ["mnemonic"],
        "level": "deployed",
        "violations": [],
        "aftn": {"indicator": "EGHIZTZX", "scheme": "XF"},
    }


def test_show_every_row_has_every_key(run: Run) -> None:
    texts = ["C=US; S=Doe", "SMTP:u@x", "/o=a/cn=b", "u@x.org", "FAX=+1202@f.org", "", "C=US;;", IMCEA]
    rows = run("x400", "show", "--json", *texts).rows
    assert [row["input"] for row in rows] == texts
    assert len({tuple(row) for row in rows}) == 1
    assert [row["status"] for row in rows] == ["invalid", "ok", "ok", "error", "ok", "error", "error", "ok"]
    assert rows[0]["violations"] == [
        {"key": "ADMD", "message": "missing, and every form needs it", "rule": "X.402 18.5"}
    ]
    assert rows[6]["error"]["span"] == [4, 5]


def test_show_one_line_a_line(run: Run) -> None:
    lines = f"{IMCEA}\nSMTP:u@x.org\n/o=a/cn=b\n{DAVIS}\nu@x.org\n".encode()
    assert run("x400", "show", "--to", "f401", stdin=lines) == Result(
        65,
        "S=user; O=PARIS; P=MS; A= ; C=US\n\n\nG=John; S=Davis; O=Exchange; P=First Organizati; A= ; C=US\n\n",
        (
            "mailpaths: line 2: there is no O/R address in it, but u@x.org\n  SMTP:u@x.org\n"
            "mailpaths: line 3: there is no O/R address in it, but a legacy DN\n  /o=a/cn=b\n"
            "mailpaths: line 5: this is a mailbox; a gateway takes it to X.400: mailpaths translate --to x400 "
            "--gateway\n  u@x.org\n"
        ),
    )
    assert run("x400", "show", "--to", "f401-table", "C=US; S=Doe", "?", "C=GB; S=Roe").out == (
        "S  Doe\nC  US\n\n\nS  Roe\nC  GB\n\n"
    )
    refused = run("x400", "show", "--to", "px", "C=US; S=Doe")
    assert (refused.status, refused.out) == (65, "\n")
    (row,) = run("x400", "show", "--json", "--to", "px", "C=US; S=Doe").rows
    assert (row["status"], row["output"], row["error"]["kind"]) == ("error", None, "conversion")
    assert run("x400", "show", "--json", "--to", "f401", "/o=a/cn=b").rows[0]["status"] == "error"


def test_show_an_address_that_no_mixer_can_carry(run: Run) -> None:
    (row,) = run("x400", "show", "--json", "X400:c=US;a= ;p=x;dda:SMTP=u@x.org;").rows
    assert (row["status"], row["output"], row["error"]) == ("invalid", None, None)
    assert row["dialects"]["exchange"] == {"text": "X400:c=US;a= ;p=x;dda:SMTP=u@x.org;", "reason": None}


def test_show_levels_and_check(run: Run) -> None:
    text = "C=US; P=x; S=Doe"
    assert run("x400", "show", "--to", "mixer", "--check", "--level", "deployed", text) == Result(
        0, "/S=Doe/PRMD=x/C=US/\n", ""
    )
    assert run("x400", "show", "--to", "mixer", "--check", text) == Result(
        65,
        "/S=Doe/PRMD=x/C=US/\n",
        f"mailpaths: {text}: ADMD: missing, and every form needs it [X.402 18.5]\n",
    )
    assert run("x400", "show", text).status == 0
    found = run("x400", "show", "--check", text)
    assert (found.status, found.err) == (65, "")
    assert "\n  violation  ADMD: missing, and every form needs it [X.402 18.5]\n" in found.out
    checked = run("x400", "show", "--check", "--json", text)
    assert (checked.status, checked.rows[0]["status"], checked.rows[0]["error"]) == (65, "invalid", None)


def test_show_values_beyond_their_bounds(run: Run) -> None:
    found = run("x400", "show", "C=US; A=X; P=Griddle MHS Providers; S=Doe")
    assert found.status == 0
    assert "\n  violation  PRMD: 21 characters; the bound is 16 [X.411 ub-domain-name-length]\n" in found.out


def test_show_a_dialect_by_name(run: Run) -> None:
    text = "C=US; A=X; OU=a; OU=b"
    assert run("x400", "show", "--dialect", "rare", "--to", "f401", text).out == "OU1=a; OU2=b; A=X; C=US\n"
    assert run("x400", "show", "--dialect", "ean", "--to", "f401", text).out == "OU1=b; OU2=a; A=X; C=US\n"
    assert "\nOU1" not in run("x400", "show", "--dialect", "rare", text).out
    assert "\n  OU1   organizational unit               a\n  OU2 " in run("x400", "show", "--dialect", "rare", text).out
    assert run("x400", "show", "--dialect", "mixer", "u@x.org").status == 65
    assert run("x400", "show", "--dialect", "nope", "x").err.startswith(
        "mailpaths: invalid value for '--dialect': 'nope' is not one of 'mixer', 'f401', "
    )


def test_show_a_telephone_and_an_incomplete_mailbox(run: Run) -> None:
    found = run("x400", "show", "FAX=+1.202.7653000@faxserv.org", "VOICE=+1202@v.org", "/S=Doe/O=Acme/@gw.example").out
    assert "A telephone address (RFC 3191), no O/R address\n  service  FAX\n  number   +1.202.7653000\n" in found
    assert "\nRemarks\n  remark  the O/R address does not say the separators in the number\n" in found
    assert "\n  remark  X.400 has no terminal type for the service VOICE\n" in found
    assert "\n  remark  a gateway may know what gw.example adds to it (RFC 2156 4.3.4)\n" in found


@pytest.mark.parametrize(
    ("text", "block"),
    [
        (
            "IMCEAINVALID-foo@x.org",
            (
                "An encapsulation of Exchange, IMCEA ([MS-OXCMAIL] 2.1.3.1.8)\n"
                "  type     INVALID\n  address  foo\n  domain   x.org\n\n"
                "No address of X.400: IMCEAINVALID marks a text that Exchange could not read as an address: 'foo'\n"
                "  IMCEAINVALID-foo@x.org\n"
            ),
        ),
        (
            "C=US; S=Do_e",
            (
                "No address of X.400: '_' in the surname is not in PrintableString (RFC 2156 3.3.3)\n"
                "  C=US; S=Do_e\n            ^\n"
            ),
        ),
        ("", "No address of X.400: expected an O/R address, found nothing\n"),
    ],
)
def test_show_what_is_none(run: Run, text: str, block: str) -> None:
    found = run("x400", "show", text)
    assert (found.status, found.out) == (65, f"{text or '(an empty address)'}\n\n{block}")
    assert found.err == "mailpaths: " + block.rpartition("No address of X.400: ")[2]


def test_show_several(run: Run) -> None:
    one, two = run("x400", "show", IMCEA).out, run("x400", "show", "x").out
    assert run("x400", "show", stdin=f"{IMCEA}\nx\n{IMCEA}\n".encode()).out == f"{one}\n{two}\n{one}"


def test_show_quietly(run: Run) -> None:
    assert run("x400", "show", "--to", "mixer", "--check", "-q", "C=US; S=Doe", "?") == Result(
        65, "/S=Doe/C=US/\n\n", ""
    )
    assert run("x400", "show", "--quiet", "x").err == ""


@pytest.mark.parametrize("arguments", [[], ["--json"], ["--to", "mixer"]])
def test_a_fault_of_the_library_does_not_stop_the_batch(
    run: Run, monkeypatch: pytest.MonkeyPatch, arguments: Sequence[str]
) -> None:
    def to_text(address: ORAddress, dialect: object = None) -> str:
        if address.surname == "Doe":
            raise ZeroDivisionError
        return f"{address.surname} {dialect}"

    monkeypatch.setattr(ORAddress, "to_text", to_text)
    found = run("x400", "show", *arguments, "C=US; A=X; S=Doe", "C=US; A=X; S=Roe")
    assert found.status == 70
    assert "a fault of mailpaths itself, please report it: ZeroDivisionError()" in found.out + found.err
    assert "Roe mixer" in found.out


@settings(max_examples=150, deadline=None)
@given(hostile_texts())
def test_any_text_can_be_shown(text: str) -> None:
    found = show(text)
    assert found.error is None or isinstance(found.error, MailPathsError)
    assert block(text, found.sections()).endswith("\n")
    assert json.loads(json.dumps(found.row(None)))["input"] == text


# --- certificates

AMHS = ORAddress.parse("/CN=SUMUYEYE/OU=SUMU/O=SUMU/PRMD=URUGUAY/ADMD=ICAO/C=XX/")
OTHER = ORAddress.parse("/S=Doe/PRMD=A very long domain/ADMD=X/C=US/", bounds=False)


def test_show_a_certificate(run: Run, tmp_path: Path) -> None:
    octets = asn1.certificate([to_general_name(AMHS)], [to_general_name(OTHER, bounds=False)])
    file = tmp_path / "amhs.pem"
    file.write_bytes(b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(octets) + b"-----END CERTIFICATE-----\n")
    found = run("x400", "show", "--certificate", str(file))
    assert (found.status, found.err) == (0, "")
    assert found.out.startswith(
        f"{file}\n\nA name in an X.509 certificate (RFC 5280 4.2.1)\n  field  subjectAltName\n\nAn X.400 O/R address\n"
        "  C     country                           XX\n"
    )
    assert "\n  AFTN  SUMUYEYE (AMHS, scheme CAAS)\n" in found.out
    file.write_bytes(octets)
    rows = run("x400", "show", "--certificate", str(file), "--json", "S=Doe; A=X; C=US").rows
    assert [(row["input"], row["wrapping"], row["status"], row["output"]) for row in rows] == [
        (str(file), {"kind": "certificate", "field": "subjectAltName"}, "ok", AMHS.to_text()),
        (str(file), {"kind": "certificate", "field": "issuerAltName"}, "invalid", OTHER.to_text()),
        ("S=Doe; A=X; C=US", None, "ok", "/S=Doe/ADMD=X/C=US/"),
    ]


def test_a_certificate_with_what_no_text_form_has() -> None:
    name = bytes.fromhex("a31e300b610413024e4e6203130141310f300d800118a10831060201001e0141")
    (found,) = certificate("x.der", asn1.certificate([name]))
    assert found.warnings == ("extension 24, the universal form of the common name, has no text form",)
    assert found.row(None)["output"] == "/ADMD=A/C=NN/"


def test_what_is_no_certificate(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = Path("x")
    file.write_bytes(b"hello")
    message = "expected a certificate: DER, or PEM with a line -----BEGIN CERTIFICATE----- (octet 0)"
    assert run("x400", "show", "--to", "f401", "--certificate", str(file)) == Result(
        65, "\n", f"mailpaths: {message}\n  {file}\n"
    )
    assert run("x400", "show", "--json", "--certificate", str(file)).rows[0]["error"] == {
        "message": message,
        "span": None,
        "kind": "syntax",
    }
    file.write_bytes(asn1.certificate([b"\x82\x0agw.example"]))
    assert run("x400", "show", "--to", "f401", "--certificate", str(file)).err == (
        f"mailpaths: no x400Address among the alternative names of this certificate\n  {file}\n"
    )
    file.write_bytes(b"0" * 1_000_001)
    assert run("x400", "show", "--certificate", str(file)) == Result(
        66, "", f"mailpaths: {file}: more than 1,000,000 octets, and so no certificate\n"
    )
    file.unlink()
    assert run("x400", "show", "--certificate", str(file), "C=US") == Result(
        66, "", f"mailpaths: {file}: cannot be read: No such file or directory\n"
    )


def test_without_the_extra(tmp_path: Path) -> None:
    file = tmp_path / "x.der"
    file.write_bytes(asn1.certificate([to_general_name(AMHS)]))
    script = (
        "import sys; sys.modules.update(dict.fromkeys(['pyasn1', 'pyasn1.codec', 'pyasn1.codec.der']));"
        f"from mailpaths.cli import main; sys.exit(main(['x400', 'show', '--certificate', {str(file)!r}]))"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (69, "")
    assert found.stderr == (
        "mailpaths: reading certificates needs pyasn1 and pyasn1-modules: pip install 'mailpaths[x509]'\n"
    )


# --- x400 tables

COUNTS = "table1: 2 rows\ntable2: {} row{}\ngate1: 0 rows\ngate2: 0 rows\n"


def test_check_tables(run: Run, tables: str) -> None:
    assert run("x400", "tables", tables) == Result(0, COUNTS.format(1, ""), "")


def test_check_faulty_tables(run: Run, faulty: str) -> None:
    assert run("x400", "tables", faulty) == Result(65, COUNTS.format(2, "s") + FAULTS, "")
    (row,) = run("x400", "tables", "--json", faulty).rows
    assert row == {
        "rows": {"table1": 2, "table2": 2, "gate1": 0, "gate2": 0},
        "faults": [
            {
                "file": "tables/table2.txt",
                "line": 2,
                "kept": False,
                "message": "expected domain#O/R address# (RFC 2156 appendix F)",
            },
            {
                "file": "tables/table2.txt",
                "line": 3,
                "kept": True,
                "message": "PRMD is left out without '@' (RFC 2156 appendix F.3)",
            },
        ],
    }


def test_tables_as_records(run: Run, faulty: str) -> None:
    found = run("x400", "tables", "--px", faulty)
    assert (found.status, found.err) == (65, FAULTS)
    assert found.out.split("\n")[:2] == [
        "*.PRMD-UK-d-AC.ADMD-GOLD-b-400.X42D.GB. IN PX 50 AC.UK. PRMD-UK-d-AC.ADMD-GOLD-b-400.C-GB.",
        "*.PRMD-First-b-Organizati.ADMDb.X42D.US. IN PX 50 first.example. PRMD-First-b-Organizati.ADMDb.C-US.",
    ]
    Path(faulty, "gate2").write_text("x.example#S$a.ADMD$b.C$GB#\n", encoding="utf-8")
    refused = run("x400", "tables", "--px", faulty)
    assert (refused.status, refused.out) == (65, "")
    assert refused.err.startswith("mailpaths: a PX record cannot name the gateway of x.example, ")


def test_the_example_of_the_help_of_tables_is_true(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("gateway").mkdir()
    Path("gateway/table1").write_text("ADMD$a.C$GB#a.example#\nADMD$b.C$GB#b.example#\n", encoding="utf-8")
    Path("gateway/table2.txt").write_text("#\na.example#ADMD$a.C$GB#\na.example ADMD$a.C$GB\n", encoding="utf-8")
    text = run("x400", "tables", "--help").out
    command, _, rest = text.partition("    $ mailpaths ")[2].partition("\n")
    example = rest.partition("\n\n")[0]
    assert run(*shlex.split(command)).out == "".join([f"{line[4:]}\n" for line in example.split("\n")])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["x400"], "missing command.\nTry 'mailpaths x400 --help' for help.\n"),
        (["x400", "tables"], "missing argument 'DIR'.\nTry 'mailpaths x400 tables --help' for help.\n"),
        (
            ["x400", "show", "--level", "nope", "x"],
            (
                "invalid value for '--level': 'nope' is not one of 'rfc', 'deployed', 'exchange'.\n"
                "Try 'mailpaths x400 show --help' for help.\n"
            ),
        ),
    ],
)
def test_a_wrong_call(run: Run, arguments: Sequence[str], message: str) -> None:
    assert run(*arguments) == Result(64, "", f"mailpaths: {message}")


def test_what_a_shell_completes() -> None:
    from click.shell_completion import ShellComplete

    from mailpaths.cli.program import command

    completion = ShellComplete(command, {}, "mailpaths", "_MAILPATHS_COMPLETE")

    def completed(*words: str) -> list[tuple[str, str]]:
        return [(one.value, one.type) for one in completion.get_completions(list(words[:-1]), words[-1])]

    assert completed("translate", "--to", "x400:f") == [
        ("x400:f401", "plain"),
        ("x400:f401-slash", "plain"),
        ("x400:f401-table", "plain"),
    ]
    assert completed("translate", "--from", "b") == [("bang", "plain")]
    assert completed("explain", "--policy", "uu") == [("uucp", "plain")]
    assert completed("x400", "show", "--dialect", "e") == [("exchange", "plain"), ("ean", "plain")]
    assert completed("x400", "show", "--certificate", "a") == [("a", "file")]
    assert completed("x400", "tables", "a") == completed("translate", "--tables", "a") == [("a", "dir")]


def test_zone_lines_or_json(run: Run, tmp_path: Path) -> None:
    (tmp_path / "table1").write_text("ADMD$a.C$it#a.it#\n")
    found = run("x400", "tables", "--px", "--json", str(tmp_path))
    assert found.status == 64
    assert found.err == (
        "mailpaths: --px writes lines of a zone file, and --json something else: one of the two\n"
        "Try 'mailpaths x400 tables --help' for help.\n"
    )
