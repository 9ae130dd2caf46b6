"""What the three servers tell whom while the hook is down: to come again, and nothing that only it could decide."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from mailpaths.daemon import Endpoint
from mailpaths.hooks import Listener, Settings
from mailpaths.hooks.netstring import NetstringReader, netstring
from tests.mta.configured import SERVERS, MailServer, Server, configured
from tests.mta.hook import running_hook
from tests.mta.sink import smtp_sink
from tests.mta.smtp import Session

pytestmark = pytest.mark.mta

PLAIN = """\
names = ["relay.example", "relay"]
[allow]
next_hops = ["host", "gamma"]
domains = ["host.csnet"]
"""
TRUSTED, STRANGER = "127.0.0.1", "127.0.0.9"
# Recipients, and the replies to a trusted client and to a stranger, by Postfix, Exim and Sendmail. 554 is what Postfix
# says where others say 550.
REPLIES = {
    # Listed, and nothing behind: who asks is put off.
    "user%host@relay.example": ((451, 451), (451, 451), (451, 451)),
    "User%HOST.uucp@Relay": ((451, 451), (451, 451), (451, 451)),
    "user%host.csnet@relay.example": ((451, 451), (451, 451), (451, 451)),
    # Whether it is listed nobody knows now.
    "user%far.example@relay.example": ((451, 451), (451, 451), (451, 451)),
    '"user%far.example"@relay.example': ((451, 451), (451, 451), (451, 451)),
    # Paths and second hops are not for strangers, whatever the hook says.
    "relay!host!user@relay.example": ((451, 554), (451, 550), (451, 451)),
    "host!a!user@relay.example": ((451, 554), (451, 550), (451, 451)),
    "user%a%host@relay.example": ((451, 554), (451, 550), (451, 451)),
    "far.example!user@relay.example": ((451, 554), (451, 550), (451, 451)),
    '"user@far.example"@relay.example': ((451, 554), (451, 550), (451, 451)),
    # Sendmail queues what it could deliver to a user of its own, and looks again then.
    "user@relay.example": ((451, 451), (451, 451), (250, 250)),
    "/S=user/PRMD=Evil/ADMD=X/C=US/@relay.example": ((451, 451), (451, 451), (250, 250)),
    "postmaster@relay.example": ((451, 451), (250, 250), (250, 250)),
    # Mail that has nothing to do with us: Postfix asks for every recipient.
    "user@far.example": ((451, 451), (250, 550), (250, 550)),
    "user%a@far.example": ((451, 554), (250, 550), (250, 550)),
    "user@host.uucp": ((451, 451), (250, 550), (250, 550)),
}


@pytest.fixture(scope="module")
def servers(home: Path) -> Iterator[dict[Server, MailServer]]:
    """The three, whose hook is no more."""
    with running_hook(home, PLAIN) as hook, smtp_sink() as sink, ExitStack() as stack:
        found = {name: stack.enter_context(configured(home, name, hook.settings, relay=sink.port)) for name in SERVERS}
        hook.stop()
        yield found


@pytest.mark.parametrize("recipient", list(REPLIES))
def test_who_is_told_what(servers: dict[Server, MailServer], recipient: str) -> None:
    found = []
    for server in servers.values():
        codes = []
        for client in (TRUSTED, STRANGER):
            with Session(server.port, client=client) as session:
                assert session.mail("someone@far.example").code == 250
                codes.append(session.rcpt(recipient).code)
        found.append(tuple(codes))
    assert tuple(found) == REPLIES[recipient]


def test_what_they_say(servers: dict[Server, MailServer]) -> None:
    said = {}
    for name, server in servers.items():
        with Session(server.port) as session:
            session.mail("someone@far.example")
            said[name] = str(session.rcpt("user%host@relay.example"))
    assert said == {
        "postfix": "451 4.3.0 <user%host@relay.example>: Temporary lookup failure",
        "exim": "451 the rewrite hook does not answer",
        "sendmail": "451 4.3.0 The rewrite hook does not answer",
    }


class Scripted(socketserver.StreamRequestHandler):
    """One connection of a socketmap that answers by a script, map by map; the last answer stays."""

    server: ScriptedServer

    def handle(self) -> None:
        strings = NetstringReader(most=1_000)
        while data := self.connection.recv(1_000):
            strings.feed(data)
            while (question := strings.next_string()) is not None:
                self.server.asked.append(question)
                script = self.server.scripts[question.split(b" ")[0]]
                self.wfile.write(netstring(script.pop(0) if len(script) > 1 else script[0]))


class ScriptedServer(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Scripted)
        self.scripts: dict[bytes, list[bytes]] = {}
        self.asked: list[bytes] = []


@pytest.fixture(scope="module")
def scripted(home: Path) -> Iterator[tuple[ScriptedServer, MailServer]]:
    """A Sendmail, and whom it asks."""
    with ScriptedServer() as hook, smtp_sink() as sink:
        threading.Thread(target=hook.serve_forever, args=(0.05,), daemon=True).start()
        listener = Listener(address=Endpoint("127.0.0.1", hook.server_address[1]))
        settings = Settings(names=("relay.example", "relay"), listeners=(listener,))
        with configured(home, "sendmail", settings, relay=sink.port) as sendmail:
            yield hook, sendmail
        hook.shutdown()


OK, LATER, NONE = b"OK user@host.uucp", b"TEMP later", b"NOTFOUND "


@pytest.mark.parametrize("recipient", ["relay!host!user@relay.example", "user%host@relay.example", "relay!host!user"])
@pytest.mark.parametrize("exists", [[b"OK OK"], [LATER], [LATER, b"OK OK"]], ids=["ok", "later", "then-ok"])
@pytest.mark.parametrize(
    "rcpt",
    [[LATER], [LATER, OK], [OK, LATER], [OK, LATER, OK], [LATER, LATER, OK], [OK, OK, LATER]],
    ids=["later", "later-ok", "ok-later", "ok-later-ok", "later-later-ok", "ok-ok-later"],
)
def test_sendmail_bounces_nothing_that_was_put_off_once(
    scripted: tuple[ScriptedServer, MailServer], rcpt: list[bytes], exists: list[bytes], recipient: str
) -> None:
    """It asks several times about one recipient, and the hook may come or go between."""
    hook, sendmail = scripted
    hook.asked.clear()
    hook.scripts = {b"rcpt": list(rcpt), b"exists": list(exists), b"sender": [NONE]}
    with Session(sendmail.port) as session:
        assert session.mail("someone@far.example").code == 250
        assert session.rcpt(recipient).code in (250, 451)
    key = recipient.encode()
    assert set(hook.asked) <= {b"rcpt " + key, b"exists " + key}
