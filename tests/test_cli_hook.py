"""``mailpaths serve socketmap`` and ``mailpaths hook``: the commands, as processes where that is what they are."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailpaths.daemon import Endpoint, UnixSocket
from mailpaths.hooks import Rules, SocketmapClient, SocketmapReply, printed, running
from mailpaths.hooks.configfile import load
from tests.hookservers import SETTINGS
from tests.pathservers import scripted
from tests.processes import PATIENCE, daemon
from tests.support import Result, Run

CONFIG = """\
names = ["relay.example", "relay"]

[allow]
next_hops = ["host", "gamma"]
domains = ["host.csnet"]

[transport]
".uucp" = "uucp:{next_hop}"

[[listen]]
address = "inet:127.0.0.1:0"
"""
FOUND = SocketmapReply("OK", "user@host.uucp")
ASKED = "host!user@relay.example"


@pytest.fixture(autouse=True)
def no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "mailpaths.toml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def server() -> Iterator[Endpoint]:
    with running(Rules(SETTINGS)) as found:
        yield found


# hook test


def test_what_each_map_answers_and_why(run: Run, config: Path) -> None:
    assert run("hook", "test", "--config", str(config), "relay!host!user", "user@host.uucp", "x%evil@relay") == Result(
        0,
        "relay!host!user\n\n"
        "What the maps answer\n"
        "  rcpt       OK user@host.uucp  user at host\n"
        "  sender     NOTFOUND           replies come to us already\n"
        "  transport  NOTFOUND           it stays here\n"
        "  exists     OK OK              mail for it goes to user@host.uucp\n\n"
        "user@host.uucp\n\n"
        "What the maps answer\n"
        "  rcpt       NOTFOUND                         not at one of our names\n"
        "  sender     OK user%host.uucp@relay.example  mail for it goes to user@host.uucp\n"
        "  transport  OK uucp:host                     host.uucp by host.uucp\n"
        "  exists     OK OK                            mail for it goes to user@host.uucp\n\n"
        "x%evil@relay\n\n"
        "What the maps answer\n"
        "  rcpt       NOTFOUND  evil is not on the allow-list\n"
        "  sender     NOTFOUND  replies come to us already\n"
        "  transport  NOTFOUND  it stays here\n"
        "  exists     NOTFOUND  evil is not on the allow-list\n",
        "",
    )


def test_rows_of_what_each_map_answers(run: Run, config: Path) -> None:
    lines = b"relay!host!user\nno address\nx%evil@relay\n"
    found = run("hook", "test", "--config", str(config), "--json", "--map", "rcpt", stdin=lines)
    assert (found.status, found.err) == (0, "")
    refusal = "evil is not on the allow-list"
    assert found.rows == [
        {
            "input": "relay!host!user",
            "status": "ok",
            "maps": {
                "rcpt": {
                    "result": "ok",
                    "value": "user@host.uucp",
                    "reason": "user at host",
                    "reply": "17:OK user@host.uucp,",
                }
            },
        },
        {
            "input": "no address",
            "status": "unchanged",
            "maps": {
                "rcpt": {
                    "result": "notfound",
                    "value": None,
                    "reason": "not at one of our names",
                    "reply": "9:NOTFOUND ,",
                }
            },
        },
        {
            "input": "x%evil@relay",
            "status": "refused",
            "maps": {"rcpt": {"result": "refused", "value": None, "reason": refusal, "reply": "9:NOTFOUND ,"}},
        },
    ]


def test_an_answer_to_try_again(run: Run, config: Path) -> None:
    with config.open("a", encoding="utf-8") as file:
        file.write('[roads]\nrouters = ["path://127.0.0.1:1?timeout=0.5"]\n')
    found = run("hook", "test", "--config", str(config), "--json", "--map", "rcpt", "user%host.csnet@relay")
    (row,) = found.rows
    assert (found.status, row["status"]) == (75, "later")
    answer = row["maps"]["rcpt"]
    assert (answer["result"], answer["value"]) == ("temp", None)
    assert answer["reason"].startswith("no answer now about the road to host.csnet: ")


# hook query


def test_a_running_hook_is_asked(run: Run, server: Endpoint) -> None:
    for words in ([f"inet:{server}", "rcpt"], [f"socketmap:inet:{server}", "rcpt"], [f"socketmap:inet:{server}:rcpt"]):
        assert run("hook", "query", *words, ASKED) == Result(0, "user@host.uucp\n", "")
        assert run("hook", "query", *words, stdin=ASKED.encode()) == Result(0, "user@host.uucp\n", "")
    assert run("hook", "query", f"inet:{server}", "rcpt", stdin=f"{ASKED}\na@b\n".encode()) == Result(
        1, "user@host.uucp\n\n", "mailpaths: line 2: not found\n"
    )
    no_map = "TEMP there is no map of this name; there are rcpt, sender, transport, exists"
    assert run("hook", "query", f"inet:{server}", "nomap", "a@b") == Result(
        75, "\n", f"mailpaths: a@b: try again later: {no_map}\n"
    )
    assert run("hook", "query", f"inet:{server}", "rcpt", "--quiet", "a@b") == Result(1, "\n", "")
    assert run("hook", "query", f"inet:{server}", "rcpt", "--json", ASKED, "a@b").rows == [
        {"input": ASKED, "status": "ok", "output": "user@host.uucp", "error": None, "reply": "OK user@host.uucp"},
        {"input": "a@b", "status": "notfound", "output": None, "error": "not found", "reply": "NOTFOUND "},
    ]


@pytest.mark.parametrize(
    ("said", "status", "complaint"),
    [
        (b"2:OK,", 69, "the server says OK and nothing behind it, which ends Sendmail by a fault"),
        (b"3:OK ,", 69, "the server says OK and nothing behind it, which ends Sendmail by a fault"),
        (b"15:NOTFOUND nobody,", 1, "not found: nobody"),
        (b"9:TIMEOUT x,", 75, "try again later: TIMEOUT x"),
        (b"6:PERM x,", 69, "the server says PERM x"),
        (b"5:HELLO,", 69, "the server says HELLO"),
        (b"", 69, "inet:{} closed the connection without a reply"),
    ],
)
def test_what_other_servers_say(run: Run, said: bytes, status: int, complaint: str) -> None:
    def script(peer: socket.socket) -> None:
        peer.recv(100)
        peer.sendall(said)

    with scripted(script) as other:
        found = run("hook", "query", f"inet:{other}", "map", "key")
        assert found == Result(status, "\n", f"mailpaths: key: {complaint.format(other)}\n")


@pytest.mark.parametrize("words", [["unix:{}", "rcpt"], ["socketmap:unix:{}:rcpt"]])
def test_a_socket_that_is_not_there(run: Run, tmp_path: Path, words: list[str]) -> None:
    path = str(tmp_path / "hook.sock")
    assert run("hook", "query", *[word.format(path) for word in words], "a@b") == Result(
        69, "\n", f"mailpaths: a@b: cannot connect to unix:{path}: No such file or directory\n"
    )


@pytest.mark.parametrize("server", ["inet:127.0.0.1:9001", "socketmap:inet:[::1]:9001", "socketmap:unix:/hook.sock"])
def test_no_map(run: Run, server: str) -> None:
    assert run("hook", "query", server) == Result(
        64, "", "mailpaths: missing argument 'MAP'.\nTry 'mailpaths hook query --help' for help.\n"
    )


def test_a_place_that_is_none(run: Run) -> None:
    found = run("hook", "query", "localhost:9001", "rcpt", "a@b")
    assert (found.status, found.out) == (64, "")
    expected = 'expected "inet:HOST:PORT" or "unix:/PATH", found \'localhost:9001\''
    assert found.err == (
        f"mailpaths: invalid value for 'SERVER': {expected}.\nTry 'mailpaths hook query --help' for help.\n"
    )


# hook check-config, hook print-config


def test_a_file_without_a_fault(run: Run, config: Path) -> None:
    assert run("hook", "check-config", str(config)) == Result(
        0, f"{config}: 2 names, 2 next hops, 1 domain, 0 routers, 1 listener: no fault\n", ""
    )


def test_what_may_let_through_more_than_is_meant(run: Run, config: Path) -> None:
    config.write_text(CONFIG.replace('"gamma"', '"mx.example"').replace("host.csnet", ".com"), encoding="utf-8")
    assert run("hook", "check-config", str(config)) == Result(
        0,
        f"{config}: 2 names, 2 next hops, 1 domain, 0 routers, 1 listener: no fault\n",
        f"mailpaths: {config}: warning: allow.next_hops: whoever mails to relay.example can reach anybody behind "
        "mx.example\n"
        f"mailpaths: {config}: warning: allow.domains: .com is every host of a whole top-level domain\n",
    )


@pytest.mark.parametrize(
    "command", [["check-config"], ["test", "a@b", "--config"], ["print-config", "exim", "--config"]]
)
def test_a_file_with_faults(run: Run, config: Path, command: list[str]) -> None:
    config.write_text(CONFIG.replace("next_hops", "nexthops") + "[limits]\nhops = true\n", encoding="utf-8")
    assert run("hook", *command, str(config)) == Result(
        78,
        "",
        f"mailpaths: {config}:4: allow.nexthops: there is no such key; did you mean next_hops?\n"
        f"{config}:13: limits.hops: expected a whole number, found true\n",
    )


@pytest.mark.parametrize(
    ("routers", "status", "message"),
    [
        ("map:/no/such/file", 66, "/no/such/file: No such file or directory"),
        (
            "map:?from=nowhere-at-all",
            68,
            "no host 'nowhere-at-all' is in the UUCP map of December 1988, so no road begins there",
        ),
    ],
)
def test_a_router_that_cannot_be_opened(run: Run, config: Path, routers: str, status: int, message: str) -> None:
    config.write_text(f'{CONFIG}[roads]\nrouters = ["{routers}"]\n', encoding="utf-8")
    assert run("hook", "check-config", str(config)) == Result(status, "", f"mailpaths: {message}\n")


def test_no_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "none.toml"
    expected = Result(66, "", f"mailpaths: cannot read {path}: No such file or directory\n")
    assert run("hook", "check-config", str(path)) == expected
    assert run("serve", "socketmap", "--config", str(path)) == expected


@pytest.mark.parametrize("name", ["postfix", "exim", "sendmail", "systemd"])
def test_the_lines_for_a_server(run: Run, config: Path, name: str) -> None:
    config.write_text(CONFIG.replace(":0", ":9001"), encoding="utf-8")
    assert run("hook", "print-config", name, "--config", str(config)) == Result(0, printed(name, load(config)), "")


def test_a_file_that_no_server_can_use(run: Run, config: Path) -> None:
    config.write_text(f'{CONFIG}protocol = "milter"\n', encoding="utf-8")
    assert run("hook", "print-config", "exim", "--config", str(config)) == Result(
        78, "", f"mailpaths: {config}: Exim asks by socketmap, and no [[listen]] has that protocol\n"
    )


# serve socketmap


def test_the_daemon_answers_reloads_and_ends(tmp_path: Path, config: Path) -> None:
    with daemon(tmp_path, "socketmap", "--config", str(config)) as one:
        with SocketmapClient(Endpoint.parse(one.endpoint, port=0)) as client:
            assert client.ask("rcpt", ASKED) == FOUND
            assert client.ask("rcpt", "user%delta@relay") == SocketmapReply("NOTFOUND", "")
            config.write_text(CONFIG.replace('"gamma"', '"delta"'), encoding="utf-8")
            one.process.send_signal(signal.SIGHUP)
            one.until("event=reloaded")
            assert client.ask("rcpt", "user%delta@relay") == SocketmapReply("OK", "user@delta.uucp")
            assert one.end() == 0
        time_ = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
        where = r"inet:127\.0\.0\.1:\d+"
        status = rf'status="rewriting for relay\.example, relay on {where}"'
        refused = r'asked=user%delta@relay detail="delta is not on the allow-list"'
        assert re.fullmatch(
            rf"{time_} event=listening endpoints={where}\n"
            rf"{time_} event=ready {status}\n"
            rf"{time_} event=rewrite map=rcpt asked=host!user@relay\.example answered=user@host\.uucp\n"
            rf"{time_} event=refused map=rcpt {refused}\n"
            rf"{time_} event=reloaded {status}\n"
            rf"{time_} event=rewrite map=rcpt asked=user%delta@relay answered=user@delta\.uucp\n"
            rf"{time_} event=stopping\n",
            one.text,
        )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("names = [", r"ConfigError: .*:1: no TOML: .*"),
        ("", r"ConfigError: .*mailpaths.toml: names: expected our own names, .*"),
        ('names = ["relay"]\n', r"MapError: it allows nothing, after next hops or domains; .*"),
        (f'{CONFIG}[roads]\nrouters = ["map:/no/such/file"]\n', r"MapError: .*"),
    ],
)
def test_a_bad_file_changes_nothing(tmp_path: Path, config: Path, text: str, message: str) -> None:
    with (
        daemon(tmp_path, "socketmap", "--config", str(config)) as one,
        SocketmapClient(Endpoint.parse(one.endpoint, port=0)) as client,
    ):
        config.write_text(text, encoding="utf-8")
        one.process.send_signal(signal.SIGHUP)
        one.until(f'event=reload-failed error="{message}"')
        assert client.ask("rcpt", ASKED) == FOUND
        config.write_text(CONFIG, encoding="utf-8")
        one.process.send_signal(signal.SIGHUP)
        one.until("event=reloaded")
        assert client.ask("rcpt", ASKED) == FOUND


def test_what_only_a_start_can_change_is_told(tmp_path: Path, config: Path) -> None:
    with daemon(tmp_path, "socketmap", "--config", str(config)) as one:
        place = Endpoint.parse(one.endpoint, port=0)
        config.write_text(f'{CONFIG}name = "other"\n[limits]\nidle = 5\nhops = 1\n', encoding="utf-8")
        one.process.send_signal(signal.SIGHUP)
        one.until("event=needs-restart settings=listeners,idle\n")
        with SocketmapClient(place) as client:
            assert client.ask("rcpt", "host!a!user@relay") == SocketmapReply("NOTFOUND", "")


def test_metrics_over_http(tmp_path: Path, config: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config.write_text(f'{CONFIG}[metrics]\nlisten = "127.0.0.1:{port}"\n', encoding="utf-8")
    with daemon(tmp_path, "socketmap", "--config", str(config)) as one:
        with SocketmapClient(Endpoint.parse(one.endpoint, port=0)) as client:
            client.ask("rcpt", ASKED)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE) as reply:
            text = reply.read().decode()
        assert one.end() == 0
    lines = [line for line in text.splitlines() if line.startswith("mailpaths_hook_lookups_total")]
    assert lines == ['mailpaths_hook_lookups_total{map="rcpt",result="ok"} 1.0']


def test_a_place_that_is_taken(config: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        config.write_text(CONFIG.replace(":0", f":{port}"), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "mailpaths", "serve", "socketmap", "-q", "--config", str(config)],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    assert (done.returncode, done.stdout) == (69, "")
    assert done.stderr == f"mailpaths: cannot listen on 127.0.0.1:{port}: Address already in use\n"


def test_a_killed_daemon_leaves_a_socket_that_the_next_one_takes(tmp_path: Path, config: Path) -> None:
    path = tmp_path / "hook.sock"
    config.write_text(CONFIG.replace("inet:127.0.0.1:0", f"unix:{path}"), encoding="utf-8")
    with daemon(tmp_path, "socketmap", "--config", str(config)) as one:
        one.until("event=ready")
        one.process.kill()
        one.process.wait(PATIENCE)
    assert path.exists()
    with daemon(tmp_path, "socketmap", "--config", str(config)) as one:
        one.until("event=ready")
        with SocketmapClient(UnixSocket(str(path))) as client:
            assert client.ask("rcpt", ASKED) == FOUND
        assert one.end() == 0
    assert not path.exists()


@pytest.mark.parametrize(("name", "starts"), [("socketmap", True), ("other", False)])
def test_sockets_of_systemd_by_their_names(config: Path, name: str, *, starts: bool) -> None:
    """A socket unit, played by this test."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    # LISTEN_PID is the process's own, so the shell that becomes the server says it.
    script = 'LISTEN_PID=$$ exec "$@" 3<&' + str(listener.fileno())
    command = [sys.executable, "-m", "mailpaths", "serve", "socketmap", "--config", str(config)]
    one = subprocess.Popen(
        ["bash", "-c", script, "bash", *command],
        env={**os.environ, "LISTEN_FDS": "1", "LISTEN_FDNAMES": name},
        pass_fds=[listener.fileno()],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        if starts:
            with SocketmapClient(Endpoint("127.0.0.1", port), timeout=PATIENCE) as client:
                while client.ask("rcpt", ASKED).status == "TEMP":  # while it reads the rules
                    pass
                assert client.ask("rcpt", ASKED) == FOUND
            one.terminate()
        _, err = one.communicate(timeout=PATIENCE)
    finally:
        one.kill()
        listener.close()
    if starts:
        assert one.returncode == 0
    else:
        assert one.returncode == 69
        message = "systemd gives a socket named 'other', and the listeners are socketmap"
        assert err.decode().endswith(f"mailpaths: {message}\n")


def test_every_command_shows_an_example(run: Run) -> None:
    for command in ("serve socketmap", "hook test", "hook query", "hook check-config", "hook print-config"):
        found = run(*command.split(), "--help")
        assert (found.status, found.err) == (0, "")
        assert re.search(rf"^    \$ mailpaths {command} ", found.out, re.MULTILINE)


def test_rows_are_json(run: Run, config: Path) -> None:
    found = run("hook", "test", "--config", str(config), "--json", "a\u2028@b\udcff")
    assert [sorted(json.loads(line)) for line in found.out.splitlines()] == [["input", "maps", "status"]]
