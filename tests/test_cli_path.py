"""``mailpaths serve path`` and ``mailpaths pathto``: the commands, as processes where that is what they are."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailpaths.pathservice import PathClient, PathService, Reply, running
from mailpaths.routing import PathTable, UUCPMap
from tests.pathservers import scripted
from tests.processes import PATIENCE, daemon
from tests.support import Result, Run

MAP = "a b(5)\nb c(5), a(5)\nc b(5)\n"
MORE = MAP + "c d(5)\nd c(5)\n"


@pytest.fixture(autouse=True)
def no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)


# pathto


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server over the bundled map and a table of another network."""
    table = PathTable.from_text("pitt.CSNET %s%%pitt@CSNET-RELAY.ARPA\nlong " + "!".join(["hop"] * 200) + "!%s\n")
    from mailpaths.routing import Chain

    with running(PathService(Chain([UUCPMap.bundled(), table]))) as found:
        yield str(found)


def test_the_address_of_a_mailbox(run: Run, server: str) -> None:
    assert run("pathto", "root@inria.uucp", "--server", server) == Result(0, "uunet!mcvax!inria!root@mimsy\n", "")
    assert run("pathto", "root@inria.uucp", "--server", f"path://{server}").out == "uunet!mcvax!inria!root@mimsy\n"


def test_line_n_of_the_output_is_line_n_of_the_input(run: Run, server: str) -> None:
    lines = b"root@inria\nnobody@mcvxa\n\nmcvax!piet\nno address\nbrad@pitt\nx@long\n"
    assert run("pathto", "--server", server, stdin=lines) == Result(
        68,
        "uunet!mcvax!inria!root@mimsy\n\n\nuunet!mcvax!piet@mimsy\n\n\n\n",
        "mailpaths: line 2: 520 No host found under the name of 'mcvxa', did you mean: nobody@mcvax\n"
        "  nobody@mcvxa\n"
        "mailpaths: line 3: expected an address, found nothing\n"
        "mailpaths: line 5: expected '@' and a domain, found nothing more\n"
        "  no address\n"
        "            ^\n"
        "mailpaths: line 6: 521 Several hosts found under the name of 'pitt', try one of: brad@pitt.UUCP, "
        "brad@pitt.CSNET\n"
        "  brad@pitt\n"
        "mailpaths: line 7: 520 There is a road to 'long', but no address of SMTP says it for this user.\n"
        "  x@long\n",
    )


def test_a_bang_path_is_asked_as_the_mailbox_that_it_is(run: Run, server: str) -> None:
    found = run("pathto", "mcvax!cwi!piet", "cwi!piet@mcvax", "--server", server)
    assert found == Result(0, "uunet!mcvax!cwi!piet@mimsy\n" * 2, "")


def test_roads_from_elsewhere(run: Run, server: str) -> None:
    found = run("pathto", "--from", "ihnp4", "piet@mcvax", "--server", server)
    assert found == Result(0, "pbi!uunet!mcvax!piet@upba\n", "")
    found = run("pathto", "--from", "nowhere", "piet@mcvax", "--server", server)
    assert found == Result(
        68,
        "\n",
        f"mailpaths: path server {server}: no roads from nowhere: 520 No host found under the name of 'nowhere'.\n"
        "  piet@mcvax\n",
    )


def test_all_that_the_server_says(run: Run, server: str) -> None:
    found = run("pathto", "--all", "piet@mcvax", "brad@pitt", "x@mcvxa", "x@nowhere", "--server", server)
    assert found == Result(
        68,
        "uunet!mcvax!piet@mimsy\n\n"
        "220 Rigid format route given. 3 hops\n"
        "  road  mimsy → uunet → mcvax: piet\n\n"
        "brad@pitt\n\n"
        "521 Several hosts found under the name of 'pitt', try one of:\n"
        "  brad@pitt.UUCP   pitt!brad@psuvax1\n"
        "  brad@pitt.CSNET  brad%pitt@CSNET-RELAY.ARPA\n\n"
        "x@mcvxa\n\n"
        "520 No host found under the name of 'mcvxa', did you mean:\n"
        "    x@mcvax\n\n"
        "x@nowhere\n\n"
        "520 No host found under the name of 'nowhere'.\n",
        "",
    )


def test_rows(run: Run, server: str) -> None:
    found = run("pathto", "--json", "piet@mcvax", "brad@pitt", "piet", "--server", server)
    assert (found.status, found.err) == (68, "")
    one, two, three = found.rows
    assert one == {
        "input": "piet@mcvax",
        "status": "ok",
        "notation": "rfc822",
        "output": "uunet!mcvax!piet@mimsy",
        "route": {"hosts": ["mimsy", "uunet", "mcvax"], "user": "piet"},
        "warnings": [],
        "error": None,
        "code": 220,
        "reply": ["uunet!mcvax!piet@mimsy"],
    }
    head = "Several hosts found under the name of 'pitt', try one of:"
    assert two == {
        "input": "brad@pitt",
        "status": "error",
        "notation": "rfc822",
        "output": None,
        "route": None,
        "warnings": [],
        "error": {
            "message": f"521 {head} brad@pitt.UUCP, brad@pitt.CSNET",
            "span": None,
            "kind": "ambiguous-host",
        },
        "code": 521,
        "reply": [head, "brad@pitt.UUCP", "brad@pitt.CSNET"],
    }
    assert three["error"]["kind"] == "syntax"
    assert (three["code"], three["reply"]) == (501, ["expected user@host"])


def test_no_server_is_there_and_soon_nobody_asks_any_more(run: Run) -> None:
    lines = b"a@b\n" * 5
    found = run("pathto", "--server", "127.0.0.1:1", stdin=lines)
    refused = "mailpaths: line {}: path server 127.0.0.1:1: Connection refused\n  a@b\n"
    given_up = "mailpaths: line {}: path server 127.0.0.1:1: not asked, after no reply to those before\n  a@b\n"
    assert found == Result(
        69,
        "\n" * 5,
        "".join([refused.format(one) for one in (1, 2, 3)] + [given_up.format(one) for one in (4, 5)]),
    )
    (row,) = run("pathto", "--json", "a@b", "--server", "127.0.0.1:1").rows
    assert row["error"] == {
        "message": "path server 127.0.0.1:1: Connection refused",
        "span": None,
        "kind": "unreachable",
    }


def test_a_server_that_has_no_answer_now(run: Run) -> None:
    with running(PathService()) as busy:
        found = run("pathto", "a@b", "--server", str(busy))
    assert found == Result(75, "\n", "mailpaths: 420 Database problems. Try again later.\n  a@b\n")


@pytest.mark.parametrize(
    ("said", "status", "message"),
    [
        (b"410 Busy.\r\n", 75, "it says 410 Busy."),
        (b"510 Never.\r\n", 69, "it says 510 Never."),
        (b"hello\r\n", 69, "expected a three-digit code from 200 to 599, found 'hello'"),
        (b"210 Hi.\r\n220 a@b, c@d\r\n", 69, "no address of one mailbox: 'a@b, c@d'"),
        (b"210 Hi.\r\n220 \x1b[2Ja@b\r\n", 69, "no address of one mailbox: '?[2Ja@b'"),
        (b"210 Hi.\r\n220-a@b\r\n220 c@d\r\n", 69, "no address of one mailbox: 'a@b'"),
    ],
)
def test_servers_that_are_none(run: Run, said: bytes, status: int, message: str) -> None:
    def play(peer: socket.socket) -> None:
        peer.sendall(said)
        peer.recv(100)
        time.sleep(0.2)

    with scripted(play) as server:
        found = run("pathto", "x@y", "--server", str(server))
    assert found == Result(status, "\n", f"mailpaths: path server {server}: {message}\n  x@y\n")


def test_an_address_of_somebody_else_is_told_of(run: Run) -> None:
    def lie(peer: socket.socket) -> None:
        peer.sendall(b"210 Hi.\r\n")
        lines = peer.makefile("rb")
        while lines.readline().startswith(b"PATH"):
            peer.sendall(b"220 evil@host\r\n")

    with scripted(lie, lie, lie) as server:
        found = run("pathto", "root@inria", "--server", str(server))
        (row,) = run("pathto", "--json", "root@inria", "--server", str(server)).rows
        shown = run("pathto", "--all", "root@inria", "--server", str(server))
    said = "the server gave an address of the user 'evil'"
    assert found == Result(0, "evil@host\n", f"mailpaths: root@inria: warning: {said}\n")
    assert (row["status"], row["warnings"]) == ("doubtful", [said])
    assert shown.out.endswith(f"  road   host: evil\n  doubt  {said}\n")


def test_wrong_calls(run: Run) -> None:
    found = run("pathto", "a@b", "--server", "a:b:c@")
    assert found.status == 64
    assert found.err.startswith("mailpaths: invalid value for '--server': expected HOST:PORT with a port up to 65535")
    assert run("pathto", "--all", "--json", "a@b").err.startswith("mailpaths: --all is for people")
    assert run("pathto", "a@b", "--timeout", "0").status == 64


# serve path


@pytest.fixture
def world(tmp_path: Path) -> Path:
    path = tmp_path / "world.map"
    path.write_text(MAP, encoding="ascii")
    return path


def options(world: Path, *more: str) -> list[str]:
    return ["--listen", "127.0.0.1:0", "--router", f"map:{world}?from=a", "--name", "test", *more]


def test_the_four_commands(tmp_path: Path) -> None:
    with daemon(tmp_path, "path", "--listen", "127.0.0.1:0", "--router", "map:") as one:
        server = one.endpoint

        def command(*arguments: str) -> str:
            done = subprocess.run(
                [sys.executable, "-m", "mailpaths", *arguments],
                capture_output=True,
                text=True,
                check=True,
                timeout=PATIENCE,
            )
            return done.stdout + done.stderr

        assert command("pathto", "root@inria.uucp", "--server", server) == "uunet!mcvax!inria!root@mimsy\n"
        translated = command("translate", "--to", "hybrid", "--router", f"path://{server}", "piet@mcvax.uucp")
        assert translated == "uunet!mcvax!piet@mimsy\n"
        with socket.create_connection(("127.0.0.1", int(server.rpartition(":")[2])), timeout=PATIENCE) as typed:
            typed.sendall(b"HELP\r\nPATH root@inria.uucp\r\nQUIT\r\n")
            heard = b"".join(iter(lambda: typed.recv(4096), b"")).decode()
        assert heard.startswith("210-Welcome to the ")
        assert heard.endswith("\r\n220 uunet!mcvax!inria!root@mimsy\r\n211 Bye bye.\r\n")
        assert one.end() == 0


def test_a_log_line_for_each_connection(tmp_path: Path, world: Path) -> None:
    with daemon(tmp_path, "path", *options(world)) as one:
        with PathClient(one.endpoint) as client:
            client.path("x@c")
        one.until("reason=quit")
        assert one.end() == 0
        time_ = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
        assert re.fullmatch(
            rf"{time_} event=listening endpoints=127\.0\.0\.1:\d+\n"
            rf'{time_} event=ready status="serving 3 hosts on 127\.0\.0\.1:\d+"\n'
            rf"{time_} event=connection reason=quit seconds=\d+\.\d\d\d requests=2 octets=16\n"
            rf"{time_} event=stopping\n",
            one.text,
        )


def test_peers_are_named_when_that_is_wanted_and_a_quiet_log_is_empty(tmp_path: Path, world: Path) -> None:
    with daemon(tmp_path, "path", *options(world, "--log-peers")) as one:
        PathClient(one.endpoint).close()
        with PathClient(one.endpoint) as client:
            client.help()
        one.until(r"event=connection peer=127\.0\.0\.1 reason=quit")
    with daemon(tmp_path, "path", *options(world, "-q", "--listen", free := f"127.0.0.1:{_free_port()}")) as one:
        _connected(free)
        assert one.end() == 0
        assert one.text == ""


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def _connected(server: str) -> PathClient:
    """Wait until a server answers."""
    client = PathClient(server)
    end = time.monotonic() + PATIENCE
    while True:
        try:
            if client.help("uucp").is_positive:
                client.close()
                return client
        except ValueError:
            assert time.monotonic() < end
        time.sleep(0.05)


def test_a_map_is_replaced_under_a_connection(tmp_path: Path, world: Path) -> None:
    with daemon(tmp_path, "path", *options(world)) as one, PathClient(one.endpoint) as client:
        assert client.path("x@d").code == 520
        world.write_text(MORE, encoding="ascii")
        one.process.send_signal(signal.SIGHUP)
        one.until("event=reloaded")
        assert client.path("x@d") == Reply(220, "c!d!x@b")
        assert client.ask("STAT").lines[2].startswith("connections: 1 open, 1 accepted")


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda path: path.unlink(), r"MapError: .*world\.map: No such file or directory"),
        (lambda path: path.write_text("", encoding="ascii"), "UnknownHostError: "),
        (
            lambda path: path.write_text("a b(5)\nb c(5", encoding="ascii"),
            r"MapError: faults \(1\) after none, the first: ",
        ),
        (lambda path: path.write_text("z y(5)\n", encoding="ascii"), "UnknownHostError: "),
        (lambda path: path.write_text("a\n", encoding="ascii"), "MapError: it lists 1, after 3 hosts; "),
    ],
    ids=["gone", "empty", "cut off", "another", "much smaller"],
)
def test_a_bad_map_changes_nothing(tmp_path: Path, world: Path, spoil: Callable[[Path], object], error: str) -> None:
    with daemon(tmp_path, "path", *options(world)) as one, PathClient(one.endpoint) as client:
        spoil(world)
        one.process.send_signal(signal.SIGHUP)
        one.until(rf'event=reload-failed error="?.*{error}')
        assert client.path("x@c") == Reply(220, "c!x@b")
        world.write_text(MORE, encoding="ascii")
        one.process.send_signal(signal.SIGHUP)
        one.until("event=reloaded")
        assert client.path("x@d") == Reply(220, "c!d!x@b")


def test_what_was_asked_is_answered_before_the_end(tmp_path: Path, world: Path) -> None:
    with daemon(tmp_path, "path", *options(world, "--max-rate", "0")) as one:
        port = int(one.endpoint.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as asking:
            asking.sendall(b"PATH x@c\r\n" * 2000)
            lines = asking.makefile("rb")
            assert [lines.readline()[:4] for _ in range(3)] == [b"210-", b"210 ", b"220 "]
            assert one.end() == 0
            rest = lines.read().split(b"\r\n")
        # Every request that was read has its reply; those that were not are told that the server is going.
        *answers, last, empty = rest
        assert set(answers) == {b"220 c!x@b"}
        assert (last, empty) == (b"410 The server is going down. Try again later.", b"")


def test_what_is_counted_is_written(tmp_path: Path, world: Path) -> None:
    metrics = tmp_path / "path.prom"
    with daemon(tmp_path, "path", *options(world, "--metrics", str(metrics))) as one:
        with PathClient(one.endpoint) as client:
            client.path("x@c")
            client.path("x@nowhere")
        one.until("reason=quit")
        assert one.end() == 0
    text = metrics.read_text(encoding="utf-8")
    figures = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert figures['mailpaths_path_service_requests_total{code="220",verb="PATH"}'] == "1.0"
    assert figures['mailpaths_path_service_requests_total{code="520",verb="PATH"}'] == "1.0"
    assert figures['mailpaths_path_service_latency_seconds_bucket{le="+Inf"}'] == "3.0"
    assert figures["mailpaths_path_service_latency_seconds_count"] == "3.0"
    assert figures['mailpaths_path_service_closed_total{reason="quit"}'] == "1.0"
    assert figures["mailpaths_path_service_hosts"] == "3.0"


def test_a_disk_that_is_full_stops_nobody(world: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("only Linux has a device that is always full")
    # The metrics cannot be written, in a directory that is none; and neither can the log.
    process = [sys.executable, "-m", "mailpaths", "serve", "path", *options(world, "--metrics", "/dev/full/x.prom")]
    port = _free_port()
    with Path("/dev/full").open("wb") as full:
        one = subprocess.Popen([*process, "--listen", f"127.0.0.1:{port}"], stdout=full, stderr=full)
    try:
        client = _connected(f"127.0.0.1:{port}")
        assert client.path("x@c") == Reply(220, "c!x@b")
        world.write_text(MORE, encoding="ascii")
        one.send_signal(signal.SIGHUP)
        end = time.monotonic() + PATIENCE
        while client.path("x@d").code != 220:
            assert time.monotonic() < end
            time.sleep(0.05)
        client.close()
    finally:
        one.terminate()
    assert one.wait(PATIENCE) == 0


def test_systemd_is_told_and_its_sockets_are_taken(tmp_path: Path, world: Path) -> None:
    """Type=notify-reload and a socket unit, played by this test."""
    notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notices.bind(str(tmp_path / "notify"))
    notices.settimeout(PATIENCE)
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]

    # LISTEN_PID is the process's own, so the shell that becomes the server says it.
    heard_by_journal, journal = os.pipe()
    state = os.fstat(journal)
    script = 'LISTEN_PID=$$ exec "$@" 3<&' + str(listener.fileno())
    command = ["bash", "-c", script, "bash", sys.executable, "-m", "mailpaths", "serve", "path", *options(world)]
    one = subprocess.Popen(
        command,
        env={
            **os.environ,
            "NOTIFY_SOCKET": str(tmp_path / "notify"),
            "LISTEN_FDS": "1",
            "WATCHDOG_USEC": "60000000",
            "JOURNAL_STREAM": f"{state.st_dev}:{state.st_ino}",
        },
        pass_fds=[listener.fileno()],
        stdout=subprocess.DEVNULL,
        stderr=journal,
    )
    os.close(journal)
    try:
        heard: list[str] = []

        def hear(until: str) -> None:
            while not heard or until not in heard[-1]:
                heard.append(notices.recv(4096).decode())

        hear("READY=1")
        with PathClient(f"127.0.0.1:{port}") as client:
            assert client.path("x@c") == Reply(220, "c!x@b")
            one.send_signal(signal.SIGHUP)
            hear("RELOADING=1")
            hear("READY=1")
            world.unlink()
            one.send_signal(signal.SIGHUP)
            hear("a reload failed")
            one.terminate()
            hear("STOPPING=1")
    finally:
        one.terminate()
        one.wait(PATIENCE)
        with os.fdopen(heard_by_journal, "rb") as stream:
            log = stream.read()
        notices.close()
        listener.close()
    assert one.returncode == 0
    assert heard.count("WATCHDOG=1") == 1
    told = [notice for notice in heard if notice != "WATCHDOG=1"]
    serving = f"STATUS=serving 3 hosts on 127.0.0.1:{port}"
    assert told[0] == told[2] == f"READY=1\n{serving}"
    assert re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=\d+", told[1])
    assert told[4].startswith(f"READY=1\n{serving} (a reload failed: ")
    assert told[-1] == "STOPPING=1"
    # The journal adds the time itself.
    assert log.decode().startswith(f"event=listening endpoints=127.0.0.1:{port}\nevent=ready ")


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--router", "map:/no/such.map"], 66, "mailpaths: /no/such.map: No such file or directory"),
        (["--router", "map:?from=nowhere"], 68, "mailpaths: no host 'nowhere' is in the UUCP map of December 1988"),
        (["--router", "ftp:"], 64, "mailpaths: invalid value: unknown router 'ftp:'"),
        (["--listen", "a:b:c@"], 64, "mailpaths: invalid value for '--listen': expected HOST:PORT"),
        (["--listen", "192.0.2.1:1117"], 69, "mailpaths: cannot listen on 192.0.2.1:1117: "),
        (["--listen", "no-such-host.invalid:1117"], 69, "mailpaths: cannot listen on no-such-host.invalid:1117: "),
        (["--allow", "192.0.2.1/8"], 64, "mailpaths: invalid value for '--allow': 192.0.2.1/8 has host bits set."),
        (["--idle", "0"], 64, "mailpaths: invalid value for '--idle'"),
        (["--max-connections", "-1"], 64, "mailpaths: invalid value for '--max-connections'"),
    ],
)
def test_calls_that_do_not_serve(arguments: list[str], status: int, message: str) -> None:
    listen = [] if "--listen" in arguments else ["--listen", "127.0.0.1:0"]
    done = subprocess.run(
        [sys.executable, "-m", "mailpaths", "serve", "path", "-q", *listen, *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == status
    assert done.stderr.startswith(message)
    assert done.stdout == ""


def test_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = f"127.0.0.1:{taken.getsockname()[1]}"
        done = subprocess.run(
            [sys.executable, "-m", "mailpaths", "serve", "path", "--listen", server],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    assert (done.returncode, done.stdout) == (69, "")
    assert done.stderr.endswith(f"mailpaths: cannot listen on {server}: Address already in use\n")


def test_only_some_are_served(tmp_path: Path, world: Path) -> None:
    with daemon(tmp_path, "path", *options(world, "--allow", "192.0.2.0/24", "--allow", "2001:db8::/32")) as one:
        port = int(one.endpoint.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as refused:
            assert refused.makefile("rb").read() == b"510 The server is unavailable to your address.\r\n"


def test_a_server_that_only_speaks_the_rfc(tmp_path: Path, world: Path) -> None:
    with daemon(tmp_path, "path", *options(world, "--rfc-only")) as one, PathClient(one.endpoint) as client:
        assert client.ask("FROM", "b").code == 501
        assert client.ask("STAT").code == 501
        assert json.dumps(client.help().lines[-1]) == '"ARPA-Internet mail address."'
