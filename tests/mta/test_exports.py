"""Exported tables, loaded by the real programs: the whole world of 1988, and a small one with every kind of row.

As root on Debian: see witness.py. What is expected comes from the router (`UUCPMap.resolve`, RFC 976 3), and not from
the room that writes the tables.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailpaths.routing import Found, PathTable, UUCPMap
from mailpaths.routing.exports import FORMATS, LeftOut, write
from tests.mta import ask_postfix, ask_sendmail, programs

pytestmark = pytest.mark.mta

# A table with every kind of row: the home with two names, a domain of its own below one that is far away, a hop by
# UUCP, one by SMTP (to a host that Exim finds without DNS), a host in a domain, a domain in a domain.
SMALL = """\
unc	%s
unc.edu	%s
.unc.edu	%s
.edu	duke!%s
.mit.edu	phs!eddie!%s
athena.mit.edu	duke!athena!%s
duke	duke!%s
research	duke!research!%s
.cs.net	%s@localhost
.local	%s
"""
# What each program says of an address at such a host: what carries it, and where to.
UUCP_DUKE, UUCP_PHS, SMTP_RELAY, SMART, LOCAL = "uucp duke", "uucp phs", "smtp localhost", "smart", "local"
EXPECTED_OF_SMALL = {
    "duke": UUCP_DUKE,
    "duke.uucp": UUCP_DUKE,
    "Research.UUCP": UUCP_DUKE,
    "gatech.edu": UUCP_DUKE,
    "a.b.gatech.edu": UUCP_DUKE,
    "x.mit.edu": UUCP_PHS,
    "x.y.mit.edu": UUCP_PHS,
    "athena.mit.edu": UUCP_DUKE,
    "ubc.cs.net": SMTP_RELAY,
    "cs.unc.edu": SMART,
    "a.cs.unc.edu": SMART,
    "host.local": SMART,
    "nobody.example": SMART,
    "unc.edu": SMART,
    "unc.uucp": SMART,
}
ANY = "no neighbour"


@pytest.fixture(scope="module")
def place(home: Path) -> Path:
    """A folder that the programs' own users may read and that sendmail trusts, as it does not those of pytest."""
    found = home / "exports-run"
    shutil.rmtree(found, ignore_errors=True)
    found.mkdir()
    return found


@pytest.fixture(scope="module")
def world() -> UUCPMap:
    return UUCPMap.bundled()


@pytest.fixture(scope="module")
def sample(world: UUCPMap) -> list[str]:
    """Names of every sort: hosts, names with dots, and hosts that only their domain knows."""
    known = sorted(line.name for line in world.roads())
    hosts = [name for name in known if "." not in name]
    full = [name for name in known if "." in name and not name.startswith(".") and not name.endswith(".")]
    domains = [name for name in known if name.startswith(".")]
    return [
        *hosts[::500],
        *[f"{name}.UUCP" for name in hosts[250::500]],
        *full[::200],
        *[f"no-such-host{name}" for name in domains[::40]],
        *[f"deep.er{name}" for name in domains[20::80]],
        *["mcvax", "ihnp4.uucp", "no-such-host.rutgers.edu", "no-such-host.com", "rutgers.edu", "gs.gs.co"],
    ]


def expected(world: UUCPMap, name: str) -> str:
    """Return the first hop to a name, or ``ANY`` where the home serves the name itself."""
    answer = world.resolve(name)
    assert isinstance(answer, Found)
    if answer.next_hop is None or (answer.matched.startswith(".") and answer.hosts == (name,)):
        return ANY
    return answer.next_hop


def export(source: UUCPMap | PathTable, name: str, file: Path) -> Path:
    """Write a table; every name must have its row."""
    left_out: list[LeftOut] = []
    file.write_text("".join(write(source, name, tell=left_out.append)), encoding="ascii")
    assert left_out == []
    return file


def rows_of(file: Path) -> list[str]:
    return [line for line in file.read_text().splitlines() if not line.startswith("#")]


def called(command: Sequence[str | Path], text: str = "", **environment: str) -> str:
    done = subprocess.run(
        command,
        input=text,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**programs.environment(), **environment},
    )
    assert done.stderr == "", done.stderr[-2000:]
    return done.stdout


# Postfix


@contextmanager
def rewriter(home: Path, table: Path) -> Iterator[Path]:
    """A private Postfix with a transport table: the socket of its trivial-rewrite."""
    with pytest.MonkeyPatch.context() as patch:
        config = programs.Config("postfix", (f"transport_maps=hash:{table}",))
        patch.setitem(programs.MORE_CONFIGS, "postfix:exported", config)
        with ask_postfix.running_postfix(home) as sockets:
            path, _ = sockets["postfix:exported"]
            yield path.parent.parent / "private" / path.name.replace("smtpd", "rewrite")


def postmap(home: Path, *arguments: str | Path, text: str = "") -> str:
    etc = home / "exports-run" / "postfix"
    etc.mkdir(exist_ok=True)
    (etc / "main.cf").write_text(ask_postfix.MAIN_CF.format(postfix=home / "postfix", run=etc))
    libraries = str(home / "postfix/usr/lib/postfix")
    return called([home / "postfix/usr/sbin/postmap", "-c", etc, *arguments], text, LD_LIBRARY_PATH=libraries)


def ask_rewriter(path: Path, address: str) -> str:
    """Return what carries an address, and where to, as trivial-rewrite resolves what a user typed."""
    written = ask_postfix._resolve(path, "request", "rewrite", "rule", "local", "address", address)["address"]
    found = ask_postfix._resolve(path, "request", "resolve", "sender", "", "address", written)
    if found["transport"] == "smtp" and found["nexthop"] == found["recipient"].rpartition("@")[2]:
        return SMART  # as if there were no table: by DNS to the host itself
    return f"{found['transport']} {found['nexthop']}"


def test_postfix_loads_the_whole_world(home: Path, place: Path, world: UUCPMap, sample: list[str]) -> None:
    table = export(world, "postfix", place / "transport")
    rows = dict(line.split(" ", 1) for line in rows_of(table))
    postmap(home, f"hash:{table}")
    answers = postmap(home, "-q", "-", f"hash:{table}", text="".join(f"{name}\n" for name in rows))
    assert dict(line.split("\t", 1) for line in answers.splitlines()) == rows
    assert len(rows) == 25442
    with rewriter(home, table) as path:
        wrong = [
            (name, found)
            for name in sample
            if (found := ask_rewriter(path, f"piet@{name}").removeprefix("uucp "))
            != expected(world, name).replace(ANY, SMART)
        ]
        assert wrong == []
        assert ask_rewriter(path, "mcvax!piet") == "uucp mimsy"


def test_postfix_reads_every_kind_of_row(home: Path, place: Path) -> None:
    table = export(PathTable.from_text(SMALL), "postfix", place / "small-transport")
    postmap(home, f"hash:{table}")
    with rewriter(home, table) as path:
        assert {name: ask_rewriter(path, f"u@{name}") for name in EXPECTED_OF_SMALL} == EXPECTED_OF_SMALL


# Exim

EXIM_CONF = """\
primary_hostname = gw.example
exim_path = {exim}
deliver_drop_privilege
spool_directory = {run}/spool
log_file_path = {run}/log/%slog
pid_file_path = {run}/exim.pid
keep_environment =
host_lookup =
tls_advertise_hosts =
never_users =
begin routers
uucp:
  driver = manualroute
  route_data = ${{lookup{{$domain}}partial1-lsearch{{{table}}}}}
  transport = uucp
  self = send
rest:
  driver = manualroute
  route_list = * 127.0.0.1 byname
  self = send
  transport = smart
begin transports
uucp:
  driver = pipe
  user = Debian-exim
  command = {run}/uux - -r $host!rmail $pipe_addresses
remote_smtp:
  driver = smtp
smart:
  driver = smtp
"""


def ask_exim(home: Path, table: Path, hosts: Sequence[str]) -> dict[str, str]:
    run = home / "exports-run" / "exim"
    for name in ("spool", "log"):
        (run / name).mkdir(parents=True, exist_ok=True)
        shutil.chown(run / name, "Debian-exim")
    exim = home / "exim4-daemon-light/usr/sbin/exim4"
    (run / "conf").write_text(EXIM_CONF.format(run=run, table=table, exim=exim))
    printed = called([exim, "-C", run / "conf", "-bt"], "".join(f"u@{host}\n" for host in hosts))
    blocks = printed.removeprefix("> ").split("\n> ")[: len(hosts)]
    return dict(zip(hosts, map(_read_exim, blocks), strict=True))


def _read_exim(block: str) -> str:
    found = re.search(r"router = (\S+), transport = (\S+)\n  host (\S+)", block)
    assert found, block
    router, transport, host = found.groups()
    return SMART if router == "rest" else f"{transport.removeprefix('remote_')} {host}"


def test_exim_loads_the_whole_world(home: Path, place: Path, world: UUCPMap, sample: list[str]) -> None:
    table = export(world, "exim", place / "routes")
    assert len(rows_of(table)) == 25442
    answers = ask_exim(home, table, sample)
    wrong = [
        (name, found)
        for name, found in answers.items()
        if found.removeprefix("uucp ") != expected(world, name).replace(ANY, SMART)
    ]
    assert wrong == []


def test_exim_reads_every_kind_of_row(home: Path, place: Path) -> None:
    table = export(PathTable.from_text(SMALL), "exim", place / "small-routes")
    assert ask_exim(home, table, list(EXPECTED_OF_SMALL)) == EXPECTED_OF_SMALL


def test_exim_runs_uux_with_the_first_hop(home: Path, place: Path) -> None:
    table = export(PathTable.from_text(SMALL), "exim", place / "uux-routes")
    ask_exim(home, table, ["research"])  # which writes the configuration
    run = place / "exim"
    said = run / "said"
    said.touch()
    said.chmod(0o666)
    (run / "uux").write_text(f'#!/bin/sh\necho "$*" > {said}\ncat >> {said}\n')
    (run / "uux").chmod(0o755)
    exim = home / "exim4-daemon-light/usr/sbin/exim4"
    message = "From: me@gw.example\n\nhello\n"
    called([exim, "-C", run / "conf", "-odi", "-f", "me@gw.example", "piet@research.uucp"], message)
    first, *rest = said.read_text().splitlines()
    assert first == "- -r duke!rmail piet@research.uucp"
    assert "hello" in rest


# Sendmail

# The configuration of ask_sendmail.py, with a mailertable and UUCP; what that does not name goes by `relay`.
SENDMAIL_MC = f"{ask_sendmail.SENDMAIL_MC.replace('`esmtp:', '`relay:')}MAILER(`uucp')dnl\n"


def sendmail_answers(home: Path, table: Path, questions: Sequence[str]) -> list[str]:
    """Return what test mode prints about each question."""
    run = home / "exports-run" / "sendmail"
    (run / "queue").mkdir(parents=True, exist_ok=True)
    (run / "switch").write_text("hosts files\naliases files\npasswd files\n")
    mailertable = f"FEATURE(`mailertable',`hash {table}')dnl"
    (run / "table.mc").write_text(SENDMAIL_MC.format(run=run, defines="", features=mailertable))
    macros = home / "sendmail-cf/usr/share/sendmail/cf"
    (run / "table.cf").write_text(
        programs.run(["m4", f"-D_CF_DIR_={macros}/", f"{macros}/m4/cf.m4", str(run / "table.mc")])
    )
    binary = home / "sendmail-bin/usr/libexec/sendmail/sendmail"
    # A name space of its own for the host name: see ask_sendmail.py.
    own_name = ["unshare", "--uts", "sh", "-c", 'hostname gw.example; exec "$@"', "sh"]
    text = "".join(f"{question}\n" for question in questions)
    printed = called([*own_name, str(binary), "-bt", "-C", str(run / "table.cf")], text)
    return printed.split("\n> ")[-len(questions) - 1 : -1]


def makemap(home: Path, table: Path) -> None:
    binary = home / "sendmail-bin/usr/libexec/sendmail/makemap"
    called([binary, "-C", "/dev/null", "hash", table], table.read_text())


def parsed(home: Path, table: Path, hosts: Sequence[str]) -> dict[str, str]:
    """Return what carries an address at each host, and where to."""
    blocks = sendmail_answers(home, table, [f"/parse u@{host}" for host in hosts])
    return {host: _read_sendmail(block, host) for host, block in zip(hosts, blocks, strict=True)}


def _read_sendmail(block: str, host: str) -> str:
    line = next(line for line in reversed(block.split("\n")) if line.startswith("mailer "))
    found = re.match(r"mailer ([^,]+)(?:, host ([^,]+))?, user ", line)
    assert found, block
    mailer, hop = found.groups()
    if mailer == "local":
        return LOCAL
    if mailer == "relay" or (mailer == "esmtp" and hop == host):
        return SMART  # where everything goes, or by SMTP to the host itself
    return f"{ {'uucp-dom': 'uucp', 'esmtp': 'smtp'}[mailer] } {hop}"


def test_sendmail_loads_the_whole_world(home: Path, place: Path, world: UUCPMap, sample: list[str]) -> None:
    table = export(world, "sendmail", place / "mailertable")
    rows = dict(line.split("\t", 1) for line in rows_of(table))
    makemap(home, table)
    assert len(rows) == 25428  # less the 14 domains of the home, below no domain of another
    names = list(rows)[::10]
    answers = sendmail_answers(home, table, [f"/map mailertable {name}" for name in names])
    assert {name: re.findall(r"returns (\S+)", answer)[-1] for name, answer in zip(names, answers, strict=True)} == {
        name: rows[name] for name in names
    }
    wrong = [
        (name, found)
        for name, found in parsed(home, table, sample).items()
        if {SMART: ANY, LOCAL: ANY}.get(found, found.removeprefix("uucp ")) != expected(world, name)
    ]
    assert wrong == []


def test_sendmail_reads_every_kind_of_row(home: Path, place: Path) -> None:
    table = export(PathTable.from_text(SMALL), "sendmail", place / "small-mailertable")
    makemap(home, table)
    assert parsed(home, table, list(EXPECTED_OF_SMALL)) == EXPECTED_OF_SMALL | {"unc.edu": LOCAL, "unc.uucp": LOCAL}


def test_all_formats_of_servers_are_asked() -> None:
    assert [one.name for one in FORMATS.values() if one.smtp] == ["postfix", "exim", "sendmail"]
