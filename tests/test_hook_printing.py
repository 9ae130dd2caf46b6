"""The lines for mail servers, whole: tests/mta has the programs themselves read them."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from mailpaths import MailPathsError
from mailpaths.daemon import Endpoint, UnixSocket
from mailpaths.hooks import SERVERS, Listener, PrintingError, Settings, printed

EXPECTED = Path(__file__).parent / "vectors" / "hooks"
PLAIN = Settings(names=("relay.example", "relay"), transports=((".uucp", "uucp:{next_hop}"),))
FULL = replace(
    PLAIN,
    through_us=(".uucp", ".old.net"),
    routers=("path://paths.example",),
    listeners=(
        Listener(address=UnixSocket("/var/spool/postfix/mailpaths/hook.sock", mode=0o660, group="postfix")),
        Listener(protocol="milter", address=Endpoint("127.0.0.1", 9004), name="milter"),
        Listener(protocol="tcp_table", map="rcpt", address=Endpoint("::1", 9003), name="table"),
    ),
)


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize(("name", "settings"), [("plain", PLAIN), ("full", FULL)])
def test_the_lines_for_each_server(server: str, name: str, settings: Settings) -> None:
    expected = (EXPECTED / f"{name}.{server}").read_text(encoding="ascii")
    assert printed(server, settings) == expected


def test_nobody_else_needs_lines() -> None:
    with pytest.raises(MailPathsError) as caught:
        printed("qmail", PLAIN)
    assert str(caught.value) == "unknown server 'qmail'; there are postfix, exim, sendmail, systemd"


@pytest.mark.parametrize(("server", "word"), [("postfix", "Postfix"), ("exim", "Exim"), ("sendmail", "Sendmail")])
def test_a_server_needs_a_socketmap(server: str, word: str) -> None:
    settings = replace(PLAIN, listeners=(FULL.listeners[1],))
    with pytest.raises(PrintingError) as caught:
        printed(server, settings)
    assert str(caught.value) == f"{word} asks by socketmap, and no [[listen]] has that protocol"


@pytest.mark.parametrize("server", ["postfix", "exim", "sendmail"])
@pytest.mark.parametrize("name", ["bücher.example", "a b", "a\nb", "a,b", "$(x)", "-a", "a}", "{{a", "a:b", ""])
def test_no_name_becomes_configuration(server: str, name: str) -> None:
    with pytest.raises(PrintingError) as caught:
        printed(server, replace(PLAIN, names=("relay.example", name)))
    assert str(caught.value) == f"the name {name!r} would mean more than itself in a mail server's configuration"


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("path", ["/a b", "/a\nb", "/a}", "/a,b", "/$a", "/a`", "/a'", "/a\\"])
def test_no_path_becomes_configuration(server: str, path: str) -> None:
    with pytest.raises(PrintingError) as caught:
        printed(server, replace(PLAIN, listeners=(Listener(address=UnixSocket(path)),)))
    assert str(caught.value) == f"the path {path!r} would mean more than itself in a mail server's configuration"


@pytest.mark.parametrize("server", ["exim", "sendmail"])
def test_no_domain_becomes_configuration(server: str) -> None:
    with pytest.raises(PrintingError) as caught:
        printed(server, replace(PLAIN, through_us=(".uucp", ".a b")))
    assert str(caught.value) == "the domain '.a b' would mean more than itself in a mail server's configuration"


@pytest.mark.parametrize("server", ["postfix", "exim", "sendmail"])
@pytest.mark.parametrize(("every", "own"), [("0.0.0.0", "127.0.0.1"), ("::", "::1")])  # noqa: S104 - nothing listens
def test_who_listens_everywhere_is_asked_at_home(server: str, every: str, own: str) -> None:
    everywhere = replace(PLAIN, listeners=(Listener(address=Endpoint(every, 9001), public=True),))
    at_home = replace(PLAIN, listeners=(Listener(address=Endpoint(own, 9001)),))
    assert printed(server, everywhere) == printed(server, at_home)


def test_postfix_asks_proxymap_for_a_socket_that_its_chroot_hides() -> None:
    settings = replace(PLAIN, listeners=(Listener(address=UnixSocket("/run/mailpaths/hook.sock")),))
    expected = printed("postfix", PLAIN).replace(
        "socketmap:inet:127.0.0.1:9001:", "proxy:socketmap:unix:/run/mailpaths/hook.sock:"
    )
    assert printed("postfix", settings) == expected


@pytest.mark.parametrize("server", ["postfix", "exim", "sendmail"])
def test_a_port_that_nobody_knows_is_none(server: str) -> None:
    with pytest.raises(PrintingError) as caught:
        printed(server, replace(PLAIN, listeners=(Listener(address=Endpoint("127.0.0.1", 0)),)))
    assert str(caught.value) == "a mail server cannot know the port behind 127.0.0.1:0"


def test_sendmail_reads_a_path_with_an_at_sign_as_a_port() -> None:
    with pytest.raises(PrintingError) as caught:
        printed("sendmail", replace(PLAIN, listeners=(Listener(address=UnixSocket("/run/a@b")),)))
    assert str(caught.value) == "Sendmail takes '/run/a@b' for a port and a host"


@pytest.mark.parametrize("settings", [PLAIN, FULL], ids=["plain", "full"])
def test_systemd_takes_the_units(settings: Settings, tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd-analyze on this machine")
    form = re.compile(r"^# --- /etc/systemd/system/(\S+) ---\n(.*?)(?=^# --- |\Z)", re.MULTILINE | re.DOTALL)
    units = dict(form.findall(printed("systemd", settings)))
    for name, text in units.items():
        # The command need not be there to be verified; systemd looks for it.
        (tmp_path / name).write_text(text.replace("/opt/mailpaths/bin/mailpaths", "/bin/true"))
    done = subprocess.run(
        [analyze, "verify", *[str(tmp_path / name) for name in units]], capture_output=True, text=True, check=False
    )
    complaints = [line for line in done.stderr.splitlines() if str(tmp_path) in line]
    assert complaints == []
    assert list(units)[-1] == "mailpaths-hook.service"
    assert len(units) == 1 + len(settings.listeners)
