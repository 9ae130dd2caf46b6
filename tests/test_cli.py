"""The command line, called as a function where that is enough, and as a process where the process matters."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tracemalloc
from typing import TYPE_CHECKING

import pytest

import mailpaths
from mailpaths import policy
from mailpaths.addresses import ORAddress, dialects
from mailpaths.cli.facts import MOST_HOPS, explanation
from mailpaths.cli.options import DIALECTS, POLICIES
from mailpaths.errors import UnknownNameError
from mailpaths.translation import targets
from tests.support import Result, Run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

KEYS = ["input", "status", "notation", "output", "route", "warnings", "error"]
AMBIGUOUS = "ihnp4!cmucsg!ern@UT-SALLY.ARPA"
MIXED = [
    ("seismo!mcvax!piet", "piet%mcvax@seismo", "ok"),
    ("piet%mcvax@seismo", "piet%mcvax@seismo", "ok"),
    ("seismo!!piet", "", "error"),
    ("", "", "error"),
    (AMBIGUOUS, "ern%cmucsg%ihnp4@UT-SALLY.ARPA", "ambiguous"),
    ("Jones at Registry", "Jones@Registry", "ok"),
    ("a!\x00b", "", "error"),
    ("a!b\rc", "", "error"),
    ('"x%y"@z', "", "error"),
    ("Ünal <ü@bücher.example>", "ü@bücher.example", "ok"),
]


@pytest.fixture(autouse=True)
def plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "COLUMNS", "PYTHONIOENCODING"):
        monkeypatch.delenv(name, raising=False)


def process(
    *arguments: str | bytes, stdin: bytes | None = b"", env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "mailpaths", *arguments],
        input=stdin,
        capture_output=True,
        env={**os.environ, **(env or {})},
        check=False,
        timeout=120,
    )


def in_a_locale(name: str) -> dict[str, str]:
    return {
        "LC_ALL": name,
        "LANG": name,
        "PYTHONIOENCODING": "ascii",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
    }


# --- translate


def test_one_address(run: Run) -> None:
    assert run("translate", "--to", "percent", "seismo!mcvax!piet") == Result(0, "piet%mcvax@seismo\n", "")


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("bang", "seismo!mcvax!piet"),
        ("bang-dotted", "seismo!mcvax.!piet"),
        ("percent", "piet%mcvax@seismo"),
        ("route-addr", "<@seismo:piet@mcvax>"),
        ("hybrid", "mcvax!piet@seismo"),
    ],
)
def test_every_style(run: Run, style: str, expected: str) -> None:
    assert run("translate", "--to", style, "piet%mcvax@seismo").out == f"{expected}\n"


def test_a_bad_address_gives_an_empty_line_and_a_caret(run: Run) -> None:
    assert run("translate", "seismo!mcvax!piet", "seismo!!piet", "a!b") == Result(
        65,
        "piet%mcvax@seismo\n\nb@a\n",
        "mailpaths: expected a host name between '!' and '!'\n  seismo!!piet\n         ^\n",
    )


def test_lines_are_numbered(run: Run) -> None:
    assert run("translate", stdin=b"a!b\n\nseismo!!piet\n") == Result(
        65,
        "b@a\n\n\n",
        "mailpaths: line 2: expected an address, found nothing\n"
        "mailpaths: line 3: expected a host name between '!' and '!'\n"
        "  seismo!!piet\n"
        "         ^\n",
    )


def test_what_the_style_cannot_carry_has_a_caret_where_the_place_is_plain(run: Run) -> None:
    assert run("translate", '"x%y"@z').err == (
        "mailpaths: '%' in the user 'x%y' would be read as another hop\n" + '  "x%y"@z\n    ^\n'
    )


def test_an_error_without_a_place_shows_the_address(run: Run) -> None:
    assert run("translate", "--policy", "sendmail", "u@a@b").err == (
        "mailpaths: sendmail takes no address with several '@': u@a@b\n  u@a@b\n"
    )


def test_warnings(run: Run) -> None:
    found = run("translate", AMBIGUOUS)
    assert (found.status, found.out) == (0, "ern%cmucsg%ihnp4@UT-SALLY.ARPA\n")
    assert found.err == (
        f"mailpaths: {AMBIGUOUS}: warning: other policies read this as ihnp4 → cmucsg → UT-SALLY.ARPA: ern (uucp)\n"
    )
    assert run("translate", stdin=AMBIGUOUS.encode()).err.startswith("mailpaths: line 1: warning: other policies")


def test_quiet(run: Run) -> None:
    found = run("translate", "-q", AMBIGUOUS, "seismo!!piet")
    assert found == Result(65, "ern%cmucsg%ihnp4@UT-SALLY.ARPA\n\n", "")


def test_from(run: Run) -> None:
    (row,) = run("translate", "--json", "--from", "bang", "a!b@c").rows
    assert (row["notation"], row["route"]) == ("bang", {"hosts": ["a", "c"], "user": "b"})
    assert run("translate", "--from", "rfc822", "a!b").status == 65
    assert run("translate", "--from", "rfc822", "Jones at Registry").status == 65
    assert run("translate", "--from", "rfc822", "Jones@Registry").out == "Jones@Registry\n"


def test_policy_with_switches(run: Run) -> None:
    assert run("translate", "-q", "--policy", "postfix", "--to", "bang", "a!b%c@d").out == "d!a!c!b\n"
    swapped = run("translate", "-q", "--policy", "postfix:swap_bangpath=no", "--to", "bang", "x%c@d", "b%c")
    assert swapped.out == "d!c!x\nc!b\n"


def test_an_address_that_looks_like_an_option(run: Run) -> None:
    assert run("translate", "--", "-x@y").out == "-x@y\n"
    found = run("translate", "-x@y")
    assert (found.status, found.out) == (64, "")
    assert re.fullmatch(
        r"mailpaths: no such option:? '?-x'?\. An address that begins with '-' goes after '--'\.\n"
        r"Try 'mailpaths translate --help' for help\.\n",
        found.err,
    )


def test_a_row(run: Run) -> None:
    found = run("translate", "--json", "seismo!mcvax!piet")
    assert found.out == (
        '{"input": "seismo!mcvax!piet", "status": "ok", "notation": "bang", "output": "piet%mcvax@seismo", '
        '"route": {"hosts": ["seismo", "mcvax"], "user": "piet"}, "warnings": [], "error": null}\n'
    )


def test_rows_of_faults(run: Run) -> None:
    found = run("translate", "--json", "seismo!!piet", '"x%y"@z', "--policy", "internet")
    assert (found.status, found.err) == (65, "")
    assert found.rows == [
        {
            "input": "seismo!!piet",
            "status": "error",
            "notation": None,
            "output": None,
            "route": None,
            "warnings": [],
            "error": {"message": "expected a host name between '!' and '!'", "span": [7, 8], "kind": "syntax"},
        },
        {
            "input": '"x%y"@z',
            "status": "error",
            "notation": "rfc822",
            "output": None,
            "route": {"hosts": ["z"], "user": "x%y"},
            "warnings": [],
            "error": {
                "message": "'%' in the user 'x%y' would be read as another hop",
                "span": None,
                "kind": "conversion",
            },
        },
    ]
    refused = run("translate", "--json", "--policy", "sendmail", "u@a@b").rows[0]
    assert (refused["error"]["kind"], refused["notation"], refused["route"]) == ("reading", "rfc822", None)


def test_an_ambiguous_row(run: Run) -> None:
    (row,) = run("translate", "--json", AMBIGUOUS).rows
    assert row["status"] == "ambiguous"
    assert row["warnings"] == ["other policies read this as ihnp4 → cmucsg → UT-SALLY.ARPA: ern (uucp)"]


# --- batches


def test_lines_end_at_line_feeds_only(run: Run) -> None:
    found = run(
        "translate", "--json", stdin=b"\xef\xbb\xbfa!b\r\nc!d\x0be\n\x0c\n\x1c\n\xc2\x85!x\n\xe2\x80\xa8\nlast!one"
    )
    assert [row["input"] for row in found.rows] == ["a!b", "c!d\x0be", "\x0c", "\x1c", "\x85!x", "\u2028", "last!one"]
    assert len(found.out.splitlines()) == 7  # not even str.splitlines finds an end of line inside a row


def test_no_lines_at_all(run: Run) -> None:
    assert run("translate", stdin=b"") == Result(0, "", "")
    assert run("translate", stdin=b"\n").out == "\n"


def test_ten_thousand_mixed_lines_give_ten_thousand_rows() -> None:
    cases = MIXED * 1000
    text = "".join([f"{line}\n" for line, _output, _status in cases]).encode()
    plain = process("translate", stdin=text)
    assert plain.returncode == 65
    assert plain.stdout.decode().split("\n") == [*[output for _line, output, _status in cases], ""]
    assert b"Traceback" not in plain.stderr
    assert b"mailpaths: line 9993: expected a host name between '!' and '!'\n  seismo!!piet\n" in plain.stderr
    rows = process("translate", "--json", stdin=text)
    assert (rows.returncode, rows.stderr) == (65, b"")
    found = [json.loads(line) for line in rows.stdout.split(b"\n")[:-1]]
    assert [(row["input"], row["output"] or "", row["status"]) for row in found] == cases
    assert all(list(row) == KEYS for row in found)


def test_a_fault_of_the_library_does_not_stop_the_batch(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(text: str) -> mailpaths.Address:
        if text == "b!c":
            raise ZeroDivisionError
        return mailpaths.parse(text)

    monkeypatch.setattr("mailpaths.cli.translate.parse", parse)
    found = run("translate", "a!b", "b!c", "!", "c!d")
    assert (found.status, found.out) == (70, "b@a\n\n\nd@c\n")
    assert "a fault of mailpaths itself, please report it: ZeroDivisionError()" in found.err
    (row,) = run("translate", "--json", "b!c").rows
    assert row["error"]["kind"] == "internal"


def test_memory_does_not_grow(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    del resource
    script = (
        "import resource, sys; from mailpaths.cli import main; status = main(['translate', '-q']);"
        "sys.stderr.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)); sys.exit(status)"
    )
    peaks = []
    for count in (100, 100_000):
        path = tmp_path / str(count)
        path.write_bytes(b"seismo!mcvax!piet\n" * count)
        with path.open("rb") as lines:
            found = subprocess.run([sys.executable, "-c", script], stdin=lines, capture_output=True, check=True)
        assert found.stdout.count(b"\n") == count
        peaks.append(int(found.stderr))
    assert peaks[1] < peaks[0] * 1.2


@pytest.mark.parametrize("arguments", [["translate"], ["translate", "--json", "--alternatives"], ["explain", "--json"]])
def test_a_line_without_end_needs_no_memory(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: Sequence[str]
) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"a!b\n" + b"\0" * 20_000_000 + b"\r\nc!d\n")
    run(*arguments, "a!b")  # what is made once is made by now
    with path.open(encoding="ascii") as lines:
        monkeypatch.setattr(sys, "stdin", lines)
        tracemalloc.start()
        try:
            found = run(*arguments)
            _now, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert found.status == 65
    assert found.out.count("\n") == 3  # the line after it is read as ever
    assert peak < 5_000_000


@pytest.mark.parametrize("character", ["x", "\U0001f600"])
def test_a_line_that_is_too_long_is_one_row_that_says_so(run: Run, character: str) -> None:
    lines = f"a!b\n{character * 65_536}\n{character * 65_537}\n{character * 600_000}\nc!d".encode()
    rows = run("translate", "--json", stdin=lines).rows
    assert [len(row["input"]) for row in rows] == [3, 65_536, 65_536, 65_536, 3]
    assert [row["status"] for row in rows] == ["ok", "error", "error", "error", "ok"]
    assert "limit" not in rows[1]["error"]["message"]
    for row in rows[2:4]:
        assert row["input"] == character * 65_536
        assert (row["notation"], row["route"], row["error"]) == (
            None,
            None,
            {
                "message": "more than 65,536 characters, the limit of an address; the rest is left out here",
                "span": [65_536, 65_536],
                "kind": "syntax",
            },
        )


def test_a_line_that_is_too_long_is_never_read_by_its_beginning(run: Run) -> None:
    path = "a!" * 40_000 + "u"
    found = run("translate", stdin=f"{path}\n".encode())
    assert (found.status, found.out) == (65, "\n")
    assert found.err.startswith("mailpaths: line 1: more than 65,536 characters, the limit of an address;")
    assert len(found.err) < 300
    shown = run("explain", path).out
    assert "\nNo address: more than 65,536 characters" in shown
    assert "would" not in shown


# --- braces


@pytest.mark.parametrize("text", ["{ihnp4,hplabs}!gw!sam", "x at {a|b}!c d"])
def test_braces_in_what_is_no_address_have_a_hint(run: Run, text: str) -> None:
    hint = "; braces stand for several addresses: write each on a line of its own, or give --alternatives"
    assert run("translate", text).err.partition("\n")[0].endswith(hint)
    assert run("translate", "--json", text).rows[0]["error"]["message"].endswith(hint)
    shown = run("explain", text)
    assert shown.out.split("\n")[2].endswith(hint)
    assert shown.err.partition("\n")[0].endswith(hint)


@pytest.mark.parametrize("text", ["{ihnp4!!b", "{a}!!b,c", "{,}!!b", "{a,b}" * 9 + "!!c"])
def test_other_braces_have_none(run: Run, text: str) -> None:
    assert "braces" not in run("translate", text).err


def test_alternatives(run: Run) -> None:
    found = run("translate", "--alternatives", stdin=b"{ihnp4,hplabs}!gw!sam\na!b\n{a | b}!!c\n")
    assert (found.status, found.out) == (65, "sam%gw@ihnp4\nsam%gw@hplabs\nb@a\n\n\n")
    assert found.err.count("mailpaths: line 3: expected a host name between '!' and '!'\n") == 2
    rows = run("translate", "--alternatives", "--json", "{ihnp4,hplabs}!gw!sam", "{a,b}" * 9 + "!c").rows
    assert [row["input"] for row in rows] == ["ihnp4!gw!sam", "hplabs!gw!sam", "{a,b}" * 9 + "!c"]
    assert [row["output"] for row in rows] == ["sam%gw@ihnp4", "sam%gw@hplabs", None]
    assert rows[2]["error"]["message"] == "braces that stand for more than 256 addresses"
    one, two = run("explain", "a!u").out, run("explain", "b!u").out
    assert run("explain", "--alternatives", "{a,b}!u").out == f"{one}\n{two}"


# --- bytes and locales


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_any_locale(locale: str) -> None:
    lines = "é!ü\nbad!!é\n".encode() + b"\xff!x\n"
    found = process("translate", stdin=lines, env=in_a_locale(locale))
    assert (found.returncode, found.stdout) == (65, "ü@é\n\n\n".encode())
    assert b"mailpaths: line 3: byte 0xFF is not UTF-8 text\n" in found.stderr
    found = process("translate", "é!ü".encode(), env=in_a_locale(locale))
    assert found.stdout == "ü@é\n".encode()
    found = process("explain", b"\xff!x", "é!ü".encode(), env=in_a_locale(locale))
    assert found.returncode == 65
    assert "é: ü" in found.stdout.decode()
    assert b"Traceback" not in found.stderr


def test_bytes_that_are_no_text_are_kept_in_a_row() -> None:
    found = process("translate", "--json", stdin=b"\xffa!b\xe9\n", env=in_a_locale("C"))
    assert found.stdout.isascii()
    assert json.loads(found.stdout)["input"].encode("utf-8", "surrogateescape") == b"\xffa!b\xe9"
    assert process("translate", "--policy", b"\xff", "a!b").returncode == 64


def test_no_control_character_reaches_a_terminal_by_way_of_a_message(run: Run) -> None:
    found = run("translate", "a!\x1b[31mb", "--", '"\x1b]0;x\x07!b"@c')
    assert "\x1b" not in found.err
    assert "\x1b" not in run("explain", '"\x1b]0;x\x07!b"@c').out


# --- explain

EXPLAINED = """\
ihnp4!cmucsg!ern@UT-SALLY.ARPA

Written as a mailbox, local-part@domain (RFC 822)
  local part  ihnp4!cmucsg!ern
  domain      UT-SALLY.ARPA

Reading 1 of 3: UT-SALLY.ARPA → ihnp4 → cmucsg: ern
  Send it to UT-SALLY.ARPA. It goes on to ihnp4, then to cmucsg, for the user ern there.
    @  UT-SALLY.ARPA  gets  ihnp4!cmucsg!ern  [RFC 822 6.2.4: the domain reads the local part]
    !  ihnp4          gets  cmucsg!ern        [RFC 976 2.2: host!host!user]
    !  cmucsg         gets  ern               [RFC 976 2.2: host!host!user]
  read so by  internet; sendmail; postfix; smail; mmdf; pmdf
  because     internet: RFC 822 6.2.7: '@' and routes; RFC 1123 5.2.16: '%'
              binds last, so it is peeled before '!'; RFC 976 2.1: (a!b)@c

Reading 2 of 3: ihnp4 → cmucsg → UT-SALLY.ARPA: ern
  Send it to ihnp4. It goes on to cmucsg, then to UT-SALLY.ARPA, for the user ern there.
    !  ihnp4          gets  cmucsg!ern@UT-SALLY.ARPA  [RFC 976 2.2: host!host!user]
    !  cmucsg         gets  ern@UT-SALLY.ARPA         [RFC 976 2.2: host!host!user]
    @  UT-SALLY.ARPA  gets  ern                       [RFC 822 6.2.4: the domain reads the local part]
  read so by  uucp
  because     uucp: RFC 976 2.1: a!(b@c), the de facto standard of UUCP
              software

Reading 3 of 3: UT-SALLY.ARPA: ihnp4!cmucsg!ern
  Send it to UT-SALLY.ARPA, for the user ihnp4!cmucsg!ern there.
    @  UT-SALLY.ARPA  gets  ihnp4!cmucsg!ern  [RFC 822 6.2.4: the domain reads the local part]
  read so by  rfc733; exim; postfix:swap_bangpath=no;
              postfix:swap_bangpath=no,allow_percent_hack=no; sendmail:nouucp
  because     rfc733: RFC 733 IV.A.1.f: the right-most node first, the rest is
              passed on

A host named gw.example would
  pass on ihnp4!cmucsg!ern to UT-SALLY.ARPA
    under internet; sendmail; postfix; exim
"""


def test_explain(run: Run) -> None:
    assert run("explain", AMBIGUOUS) == Result(0, EXPLAINED, "")


def test_explain_says_what_is_doubtful(run: Run) -> None:
    found = run("explain", '"Piet B" <@x.org,@y.org:u@z.org> (hey)', "u@a.org@b.org").out
    assert "  display name  Piet B\n  route         x.org y.org\n  local part    u\n" in found
    assert "  remark        a source route (RFC 5322 4.4, RFC 5321 C) - still understood, no longer" in found
    assert "Not read by sendmail; exim\n  takes no address with several '@': u@a.org@b.org\n" in found


def test_explain_what_is_no_address(run: Run) -> None:
    found = run("explain", "a!!b")
    assert found.status == 65
    assert found.out.startswith(
        "a!!b\n\nNo address: expected a host name between '!' and '!'\n  a!!b\n    ^\n\nA host named gw.example would\n"
    )
    assert found.err == "mailpaths: expected a host name between '!' and '!'\n  a!!b\n    ^\n"


def test_explain_several(run: Run) -> None:
    one, two = run("explain", "a!b").out, run("explain", "").out
    assert two.startswith("(an empty address)\n\nNo address: expected an address, found nothing\n")
    assert run("explain", stdin=b"a!b\n\na!b\n").out == f"{one}\n{two}\n{one}"


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("u@h.org", 0),
        ("Jones at Registry", 0),
        ("u%g@h.org", 2),
        ("<@g.org:u@h.org>", 2),
        ('"u!g"@h.org', 2),
        ("a!b", 2),
    ],
)
def test_explain_gives_reasons_where_there_is_something_to_decide(run: Run, text: str, reasons: int) -> None:
    assert run("explain", text).out.count("\n  because     ") == reasons


def test_explain_limits_the_policies_and_names_the_host(run: Run) -> None:
    found = run("explain", "--policy", "uucp", "--here", "a", "--here", "b.example", "a!c!d").out
    assert "Reading 1 of 1: a → c: d\n" in found
    assert found.endswith("A host named a or b.example would\n  pass on d to c\n    under uucp\n")
    variants = run("explain", "--policy", "exim", "--policy", "exim:percent_hack", "a@b.org").out
    assert "  read so by  exim; exim:percent_hack\n" in variants


def test_explain_a_very_long_road(run: Run) -> None:
    path = "a!" * (MOST_HOPS + 1) + "u"
    assert "gets" not in run("explain", "--policy", "uucp", path).out
    (row,) = run("explain", "--json", "--policy", "uucp", path).rows
    assert row["readings"][0]["hops"] is None
    assert len(row["route"]["hosts"]) == MOST_HOPS + 1


def test_explain_row(run: Run) -> None:
    (row,) = run("explain", "--json", "--policy", "internet", "--policy", "sendmail", "b%c@d.org").rows
    assert list(row)[: len(KEYS)] == KEYS
    assert row == {
        "input": "b%c@d.org",
        "status": "ok",
        "notation": "rfc822",
        "output": None,
        "route": {"hosts": ["d.org", "c"], "user": "b"},
        "warnings": [],
        "error": None,
        "parts": {
            "display_name": None,
            "route": [],
            "local_part": "b%c",
            "quoted_local_part": "b%c",
            "domain": "d.org",
            "comments": [],
        },
        "defects": [],
        "readings": [
            {
                "route": {"hosts": ["d.org", "c"], "user": "b"},
                "policies": ["internet", "sendmail"],
                "rule": policy.INTERNET.rule,
                "hops": [
                    {
                        "operator": "@",
                        "host": "d.org",
                        "rest": "b%c",
                        "rule": "RFC 822 6.2.4: the domain reads the local part",
                    },
                    {"operator": "%", "host": "c", "rest": "b", "rule": "RFC 1123 5.2.16: user%domain@relay"},
                ],
            }
        ],
        "refusals": [],
        "here": ["gw.example"],
        "next_hops": [
            {
                "action": "relay",
                "host": "d.org",
                "rest": "b%c",
                "user": None,
                "reason": None,
                "policies": ["internet", "sendmail"],
            }
        ],
        "x400": None,
        "gateway": None,
    }


def test_explain_rows_of_faults(run: Run) -> None:
    rows = run("explain", "--json", "a!!b", "", "Jones at Registry").rows
    assert [row["status"] for row in rows] == ["error", "error", "ok"]
    assert rows[0]["error"]["span"] == [2, 3]
    defect = rows[2]["defects"][0]
    assert rows[2]["input"][slice(*defect.pop("span"))].strip().startswith("at")
    assert defect == {
        "kind": "at-word",
        "category": "error",
        "message": "the word 'at' for '@': RFC 733's form, which RFC 822 dropped",
        "source": "RFC 822 C.5.5",
    }
    (refused,) = run("explain", "--json", "--policy", "sendmail", "u@a@b").rows
    assert refused["error"] == {
        "message": "sendmail takes no address with several '@': u@a@b",
        "span": None,
        "kind": "reading",
    }
    assert refused["refusals"] == [{"message": "takes no address with several '@': u@a@b", "policies": ["sendmail"]}]


def test_explain_groups_every_answer_once() -> None:
    found = explanation(AMBIGUOUS)
    named = [one for decision in found.decisions for one in decision.policies]
    assert len(named) == len(set(named))
    assert {str(one) for one in named} >= {"internet", "postfix", "exim", "sendmail"}


@pytest.mark.parametrize("width", [30, 60, 100])
def test_explain_on_a_terminal(run: Run, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm-256color")
    found = run("explain", AMBIGUOUS, "[bold]x[/bold]@y.org", "a!!b").out
    bare = re.sub(r"\x1b\[[0-9;]*m", "", found)
    assert "\x1b[" in found
    assert "\x1b" not in bare
    assert "[bold]" not in found.replace("[bold]x[/bold]", "")
    assert all(len(line) <= width for line in bare.split("\n"))
    assert all(word in bare for word in ("ihnp4", "Reading 3 of 3", "under", "No address", "uucp: RFC"))
    assert bare.count("RFC 976 2.2:") == 4  # the rule of each hop, however narrow it is
    assert bool(re.search(r"^       RFC 976 2\.2:", bare, re.MULTILINE)) == (width < 80)
    assert not re.search(r" $", bare, re.MULTILINE)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", run("explain", AMBIGUOUS).out)


# --- wrong calls, help


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "missing command."),
        (["nope"], "no such command 'nope'."),
        (["translate", "--to", "nope", "a!b"], "invalid value for '--to': 'nope' is not one of 'bang', "),
        (["translate", "--policy", "nope", "a!b"], "invalid value for '--policy': unknown policy 'nope'; there are "),
        (["explain", "--policy", "postfix:x", "a!b"], "invalid value for '--policy': unknown switch 'x' of policy "),
        (["translate", "--from", "vms", "a!b"], "invalid value for '--from': 'vms' is not one of 'bang', 'rfc822', "),
        (["translate", "--to", "x400:nope", "a!b"], "invalid value for '--to': 'x400:nope' is not one of 'bang', "),
        (["translate", "--from", "x400:", "C=US"], "invalid value for '--from': 'x400:' is not one of 'bang', "),
        (["translate", "--nope"], "no such option"),
    ],
)
def test_a_wrong_call(run: Run, arguments: Sequence[str], message: str) -> None:
    found = run(*arguments, stdin=b"a!b\n")
    assert (found.status, found.out) == (64, "")
    assert found.err.startswith(f"mailpaths: {message}")
    assert found.err.endswith(" --help' for help.\n")


def test_a_terminal_for_input_is_a_wrong_call(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal())
    found = run("translate")
    assert found.status == 64
    assert found.err.startswith("mailpaths: no address: give some as arguments, or one a line on standard input\n")


def test_version(run: Run) -> None:
    assert run("--version").out == f"mailpaths {mailpaths.__version__}\n"


@pytest.mark.parametrize("subcommand", ["", "translate", "explain", "x400", "x400 show"])
def test_the_examples_of_the_help_are_true(run: Run, subcommand: str) -> None:
    text = run(*subcommand.split(), "--help").out
    examples = [block for block in re.split(r"\n\n(?=  \S)", text) if "    $ mailpaths " in block]
    assert examples
    for example in "".join(examples).split("    $ mailpaths ")[1:]:
        command, _newline, output = example.partition("\n")
        shown = "\n".join([line.removeprefix("    ") for line in output.rstrip().split("\n")]) + "\n"
        found = run(*shlex.split(command))
        if "--json" in command:  # broken into lines for the eye
            assert json.loads(shown.replace("(all on one line)", "")) == json.loads(found.out)
        else:
            assert found.out == shown


def test_the_help_knows_every_policy_and_style(run: Run) -> None:
    text = run("translate", "--help").out
    assert list(POLICIES) == list(policy.NAMED)
    assert all(f"\n    {name} " in text for name in (*targets(), *policy.NAMED))
    for name, line in POLICIES.items():
        with pytest.raises(UnknownNameError) as raised:
            policy.named(f"{name}:?")
        switches = str(raised.value).rpartition("it has ")[2].split(", ")
        assert all(switch in line for switch in switches if switch != "none")


def test_the_help_knows_every_dialect_and_writes_it_so() -> None:
    assert list(DIALECTS) == list(dialects.DIALECTS)
    address = ORAddress.parse("C=US; ADMD=X; O=Acme; OU=Sales; S=Doe", "rare")
    for name, line in DIALECTS.items():
        example = line.partition("  RFC ")[0].removesuffix("  Microsoft")
        if name == "px":
            assert example == "O-Acme.PRMD.ADMD-X.C-US, no persons"
            assert ORAddress.parse("O=Acme; ADMD=X; C=US", "ean").to_text(name) == example.partition(",")[0]
        elif dialects.DIALECTS[name].shape == "columns":
            assert "\n" in address.to_text(name)
        else:
            assert address.to_text(name) == example


# --- the process


def test_module_and_streams() -> None:
    found = process("translate", "seismo!mcvax!piet")
    assert (found.returncode, found.stdout, found.stderr) == (0, b"piet%mcvax@seismo\n", b"")


@pytest.mark.parametrize("arguments", [["translate"], ["translate", "--json"], ["explain"]])
def test_a_broken_pipe_ends_quietly(arguments: Sequence[str]) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "mailpaths", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as command:
        assert command.stdin is not None
        assert command.stdout is not None
        assert command.stderr is not None
        command.stdout.close()
        try:
            command.stdin.write(b"seismo!mcvax!piet\n" * 3000)
            command.stdin.close()
        except BrokenPipeError:
            pass
        err = command.stderr.read()
        assert (command.wait(60), err) == (141, b"")


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_an_interrupt_ends_quietly() -> None:
    # A shell's background job, and so perhaps the test run, ignores interrupts; a person's command does not.
    script = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "from mailpaths.cli import main; sys.exit(main(['translate']))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as command:
        assert command.stdin is not None
        assert command.stdout is not None
        assert command.stderr is not None
        command.stdin.write(b"seismo!mcvax!piet\n" * 3000)
        command.stdin.flush()
        command.stdout.read(10)  # it works by now
        command.send_signal(signal.SIGINT)
        out, err = command.stdout.read(), command.stderr.read()
        assert (command.wait(60), err.strip()) == (130, b"")
    assert out.endswith(b"\n")  # what was ready is written


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")  # noqa: PTH110 - a device, not a path of ours
@pytest.mark.parametrize("arguments", [["translate", "a!b"], ["explain", "--json", "a!b"], ["--help"]])
def test_a_full_disk_is_told(arguments: Sequence[str]) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - the same
        found = subprocess.run(
            [sys.executable, "-m", "mailpaths", *arguments], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert (found.returncode, found.stderr) == (74, b"mailpaths: cannot write: No space left on device\n")


def test_rows_and_complaints_keep_step_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "both"
    with path.open("wb") as both:
        subprocess.run(
            [sys.executable, "-m", "mailpaths", "translate", "a!b", "a!!b", "c!d"],
            stdout=both,
            stderr=subprocess.STDOUT,
            check=False,
        )
    assert path.read_text() == ("b@a\n\nmailpaths: expected a host name between '!' and '!'\n  a!!b\n    ^\nd@c\n")


@pytest.mark.parametrize("missing", [["click"], ["rich"], ["click", "rich"]])
def test_without_the_extra(missing: Sequence[str]) -> None:
    script = (
        f"import sys; sys.modules.update(dict.fromkeys({missing!r}));"
        "from mailpaths.cli import main; sys.exit(main(['--help']))"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    needs = " and ".join(missing)
    assert (found.returncode, found.stdout) == (69, "")
    assert found.stderr == f"mailpaths: the command line needs {needs}; type: pip install 'mailpaths[cli]'\n"


@pytest.mark.parametrize(
    "arguments", [["translate", "a!b"], ["translate", "--to", "rfc822", "u@h"], ["explain", "a!b"]]
)
def test_a_batch_loads_neither_rich_nor_x400(arguments: Sequence[str]) -> None:
    script = (
        f"import sys; from mailpaths.cli import main; main({arguments!r});"
        "heavy = ['rich', 'mailpaths.x400', 'mailpaths.addresses.dialects', 'mailpaths.addresses.conformance'];"
        "print(*[name for name in heavy if name in sys.modules], file=sys.stderr)"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stderr == "\n"


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_a_progress_bar_for_a_long_batch(tmp_path: Path) -> None:
    import pty

    script = (
        "import sys; from mailpaths.cli import main, progress; progress.PATIENCE = progress.PACE = 0;"
        "sys.exit(main(['translate']))"
    )
    source = tmp_path / "lines"
    source.write_bytes(b"seismo!mcvax!piet\nseismo!!piet\n" * 20)
    try:
        own, theirs = pty.openpty()
    except OSError as error:
        pytest.skip(f"no pseudo-terminal here (is /dev/pts mounted?): {error}")
    with source.open("rb") as lines:
        found = subprocess.run(
            [sys.executable, "-c", script],
            stdin=lines,
            stdout=subprocess.PIPE,
            stderr=theirs,
            env={**os.environ, "TERM": "xterm"},
            check=False,
        )
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(own, 65536):
            shown += piece
    except OSError:  # Linux: the other end is closed
        pass
    os.close(own)
    assert found.stdout == b"piet%mcvax@seismo\n\n" * 20
    assert b" lines" in shown
    assert b"line 40: expected a host name between" in shown
