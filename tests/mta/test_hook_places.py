"""The printed lines wherever the hook listens, and for paths without a domain, whose lines are printed as comments."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from mailpaths.daemon import UnixSocket
from mailpaths.hooks import Listener, Settings, printed
from tests.mta.configured import HOST, SERVERS, Server, configured, sections_of_exim
from tests.mta.exim_server import private_exim
from tests.mta.hook import running_hook
from tests.mta.places import private_folder
from tests.mta.postfix_server import private_postfix
from tests.mta.sink import Sink, smtp_sink
from tests.mta.smtp import Session

pytestmark = pytest.mark.mta

PLAIN = """\
names = ["relay.example", "relay"]
[allow]
next_hops = ["host"]
"""
SOCKET = """
[[listen]]
name = "socket"
address = "unix:{path}"
mode = "{mode}"
group = "{group}"
"""


@contextmanager
def hook_at(home: Path, path: Path, *, mode: str = "0666", group: str = "root") -> Iterator[Settings]:
    """A hook that listens at a path, too; the settings that lines are to be printed from have that place first."""
    with running_hook(home, PLAIN, listen=SOCKET.format(path=path, mode=mode, group=group)) as hook:
        yield replace(hook.settings, listeners=hook.settings.listeners[::-1])


def delivered(port: int, recipient: str, sink: Sink) -> list[tuple[str, ...]]:
    """Return whom a letter to this recipient reached; it must be accepted."""
    with Session(port) as session:
        replies = session.send("someone@far.example", [recipient], "Subject: x\n\nx\n")
    assert [reply.code for reply in replies] == [250, 250, 250]
    return [one.recipients for one in sink.wait()]


@pytest.mark.parametrize("server", SERVERS)
def test_a_socket_in_the_file_system(home: Path, server: Server) -> None:
    with (
        private_folder(home, "socket") as folder,
        hook_at(home, folder / "hook.sock") as settings,
        smtp_sink() as sink,
        configured(home, server, settings, relay=sink.port) as mail_server,
    ):
        assert delivered(mail_server.port, "host!user@relay.example", sink) == [("user@host.uucp",)]


def test_postfix_asks_proxymap_for_a_socket_that_its_chroot_hides(home: Path) -> None:
    with (
        private_folder(home, "socket") as folder,
        hook_at(home, folder / "hook.sock", mode="0660", group="postfix") as settings,
        smtp_sink() as sink,
        private_postfix(home, relay=sink.port, main_cf=printed("postfix", settings), name=HOST, chroot=True) as postfix,
    ):
        assert delivered(postfix.port, "host!user@relay.example", sink) == [("user@host.uucp",)]


def test_postfix_finds_a_socket_in_its_chroot(home: Path) -> None:
    """The lines are those for /var/spool/postfix, where this one's queue is not: they must not depend on it."""
    there = Listener(address=UnixSocket("/var/spool/postfix/mailpaths/hook.sock"))
    lines = printed("postfix", Settings(names=("relay.example", "relay"), listeners=(there,)))
    with (
        smtp_sink() as sink,
        private_postfix(home, relay=sink.port, main_cf=lines, name=HOST, chroot=True) as postfix,
    ):
        folder = postfix.run / "spool/mailpaths"
        folder.mkdir()
        shutil.chown(folder, "postfix")
        with hook_at(home, folder / "hook.sock", mode="0660", group="postfix"):
            assert delivered(postfix.port, "host!user@relay.example", sink) == [("user@host.uucp",)]


def uncommented(lines: str, *settings: str) -> str:
    """Return lines with some of those that are comments made settings; each must be there."""
    for setting in settings:
        assert lines.count(f"\n#{setting} = ") == 1
        lines = lines.replace(f"\n#{setting} = ", f"\n{setting} = ")
    return lines


@pytest.mark.parametrize("path", ["relay!host!user", "host!user", "relay.example!relay!host!user"])
def test_paths_without_a_domain_at_postfix(home: Path, path: str) -> None:
    with running_hook(home, PLAIN) as hook, smtp_sink() as sink:
        lines = uncommented(printed("postfix", hook.settings), "myorigin")
        with private_postfix(home, relay=sink.port, main_cf=lines, name=HOST) as postfix:
            assert delivered(postfix.port, path, sink) == [("user@host.uucp",)]


@pytest.mark.parametrize("path", ["relay!host!user", "host!user", "relay.example!relay!host!user"])
def test_paths_without_a_domain_at_exim(home: Path, path: str) -> None:
    with running_hook(home, PLAIN) as hook, smtp_sink() as sink:
        lines = uncommented(printed("exim", hook.settings), "recipient_unqualified_hosts", "qualify_recipient")
        with private_exim(home, relay=sink.port, **sections_of_exim(lines), name=HOST) as exim:
            assert delivered(exim.port, path, sink) == [("user@host.uucp",)]


@pytest.mark.parametrize("bare", [True, False])
@pytest.mark.parametrize("path", ["relay!host!user", "host!user", "relay.example!relay!host!user"])
def test_paths_without_a_domain_at_sendmail(home: Path, path: str, *, bare: bool) -> None:
    """Sendmail asks for a path as it is; ``bare_paths`` decides about one that does not begin with our name."""
    with (
        running_hook(home, ("bare_paths = true\n" if bare else "") + PLAIN) as hook,
        smtp_sink() as sink,
        configured(home, "sendmail", hook.settings, relay=sink.port) as sendmail,
    ):
        if bare or path.startswith("relay"):
            assert delivered(sendmail.port, path, sink) == [("user@host.uucp",)]
            return
        with Session(sendmail.port) as session:
            session.mail("someone@far.example")
            assert str(session.rcpt(path)) == f"550 5.1.1 <{path}>... User unknown"
