"""What the three servers tell whom while the hook is down: to come again, and nothing that only it could decide."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

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
