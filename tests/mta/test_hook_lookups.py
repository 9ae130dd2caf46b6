"""What each server's own test mode says of an address, through the running hook and by the printed configuration.

``tests/vectors/hooks/lookups.jsonl`` has a row for each server and address: ``how`` is the map that ``postmap -q`` is
asked for, or the mode of Exim or Sendmail; ``expected`` is the whole answer, ``null`` for "not found".
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TypedDict

import pytest

from tests.mta.configured import HOST, configured_exim, configured_sendmail
from tests.mta.exim_server import Exim
from tests.mta.hook import Hook, running_hook
from tests.mta.places import PATIENCE, free_port, installed
from tests.mta.programs import environment
from tests.mta.sendmail_server import Sendmail
from tests.mta.sink import smtp_sink

pytestmark = pytest.mark.mta


class Row(TypedDict):
    """One line of the file."""

    id: str
    server: str
    hook: str
    how: str
    input: str
    expected: str | None
    source: str


VECTORS = Path(__file__).parents[1] / "vectors" / "hooks" / "lookups.jsonl"
ROWS: list[Row] = [json.loads(line) for line in VECTORS.read_text(encoding="utf-8").splitlines()]

PLAIN = """\
names = ["relay.example", "relay"]
[allow]
next_hops = ["host", "gamma"]
domains = ["host.csnet", ".bitnet"]
[transport]
".uucp" = "uucp:{next_hop}"
[x400]
domain = "relay.example"
or_address = "/PRMD=Relay/ADMD= /C=US/"
next_hop = "x400.example"
management_domains = ["/PRMD=Acme/ADMD=X/C=US/"]
"""
# Hosts that a path server knows may be reached, too, and nobody listens where it should.
TROUBLE = """\
names = ["relay.example", "relay"]
[allow]
next_hops = ["host"]
mapped = true
[roads]
routers = ["path://127.0.0.1:{port}"]
[transport]
".uucp" = "uucp:{{next_hop}}"
"""


@pytest.fixture(scope="module")
def hooks(home: Path) -> Iterator[dict[str, Hook]]:
    """The hooks that the rows name."""
    with running_hook(home, PLAIN) as plain, running_hook(home, TROUBLE.format(port=free_port())) as trouble:
        yield {"plain": plain, "trouble": trouble}


def rows_of(server: str, hook: str) -> list[Row]:
    return [row for row in ROWS if row["server"] == server and row["hook"] == hook]


def test_there_are_enough_of_every_kind() -> None:
    assert {
        server: sum(row["server"] == server for row in ROWS) >= 40 for server in ("postfix", "exim", "sendmail")
    } == {
        "postfix": True,
        "exim": True,
        "sendmail": True,
    }
    maps = ("rcpt", "sender", "transport", "exists")
    asked = {(row["how"], row["expected"] is None, row["expected"] == "TEMP") for row in rows_of("postfix", "plain")}
    asked |= {(row["how"], row["expected"] is None, row["expected"] == "TEMP") for row in rows_of("postfix", "trouble")}
    kinds = ((False, False), (True, False), (False, True))
    assert {(name, *kind) for name in maps for kind in kinds} <= asked
    assert len({row["id"] for row in ROWS}) == len(ROWS)


# Postfix


@pytest.mark.parametrize("hook", ["plain", "trouble"])
def test_postmap(home: Path, hooks: dict[str, Hook], tmp_path: Path, hook: str) -> None:
    (tmp_path / "main.cf").write_text("compatibility_level = 3.6\n")
    inside = [*installed(home, ["postfix"], hostname=HOST), "postmap", "-c", str(tmp_path)]
    found: dict[str, str | None] = {}
    for row in rows_of("postfix", hook):
        table = f"socketmap:inet:127.0.0.1:{hooks[hook].port}:{row['how']}"
        done = subprocess.run(
            [*inside, "-q", row["input"], table],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            env=environment(),
        )
        found[row["id"]] = _said_by_postmap(done.returncode, done.stdout, done.stderr)
    assert found == {row["id"]: row["expected"] for row in rows_of("postfix", hook)}


def _said_by_postmap(status: int, out: str, err: str) -> str | None:
    if status == 0:
        return out.removesuffix("\n") + err
    if out or status != 1:
        return f"exit {status}: {out}{err}"
    if not err:
        return None
    lines = [re.sub(r"socketmap:\S+", "TABLE", line) for line in err.splitlines()]
    is_temporary = len(lines) == 2 and lines[1].startswith("postmap: fatal: table TABLE query error")
    return "TEMP" if is_temporary and "temporary error" in lines[0] else err


# Exim


@pytest.mark.parametrize("hook", ["plain", "trouble"])
def test_exim(home: Path, hooks: dict[str, Hook], hook: str) -> None:
    with smtp_sink() as sink, configured_exim(home, hooks[hook].settings, relay=sink.port) as exim:
        found = {row["id"]: _said_by_exim(exim, row["how"], row["input"]) for row in rows_of("exim", hook)}
    assert found == {row["id"]: row["expected"] for row in rows_of("exim", hook)}


def _said_by_exim(exim: Exim, mode: str, address: str) -> str:
    """Return what is printed, but for the host that everything goes to; of ``-brw``, what the envelope's sender is."""
    if mode == "-brw":
        lines = exim.ask(mode, address)
        (sender,) = [line for line in lines if line.startswith("env-from")]
        return sender.removeprefix("env-from: ")
    first, *rest = [line for line in exim.ask(mode, address) if not line.startswith("host ")]
    if rest and rest[0].startswith("<-- "):
        first = f"{first} {rest.pop(0)}"
    return "; ".join([first, *rest])


# Sendmail


@pytest.mark.parametrize("hook", ["plain", "trouble"])
def test_sendmail(home: Path, hooks: dict[str, Hook], hook: str) -> None:
    rows = rows_of("sendmail", hook)
    with smtp_sink() as sink, configured_sendmail(home, hooks[hook].settings, relay=sink.port) as sendmail:
        found = _said_by_sendmail(sendmail, [f"{row['how']} {row['input']}" for row in rows])
    assert dict(zip([row["id"] for row in rows], found, strict=True)) == {row["id"]: row["expected"] for row in rows}


# The numbers are those of sysexits(3): no such host, temporary failure.
_LOOKED_UP = re.compile(r"map_lookup: \S+ \(.*\) (?:returns (?P<value>.*) \(0\)|no match \((?P<status>\d+)\))")


def _said_by_sendmail(sendmail: Sendmail, questions: list[str]) -> list[str | None]:
    printed = sendmail.call("-bt", text="".join(f"{question}\n" for question in questions))
    blocks = printed.split("\n> ")[-len(questions) - 1 : -1]
    return [_read_block(block) for block in blocks]


def _read_block(block: str) -> str | None:
    lookup = _LOOKED_UP.search(block)
    if lookup is not None:
        return {"68": None, "75": "TEMP"}[lookup["status"]] if lookup["value"] is None else lookup["value"]
    lines = [line for line in block.split("\n") if not re.search(r"(?: input|returns): ", line)]
    transient = [line for line in lines if line.endswith("message queued for future delivery")]
    return (transient or lines)[-1]
