"""Strangers try to be relayed, in every form that there is, through each server by its printed lines and the hook.

As root on Debian: see programs.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.mta.configured import SERVERS, MailServer, Server, configured
from tests.mta.hook import Hook, running_hook
from tests.mta.places import wait_until
from tests.mta.sink import Sink, smtp_sink
from tests.mta.smtp import Reply, Session
from tests.strangers import Attempt, attempts

pytestmark = pytest.mark.mta

# As much as a postmaster may know and allow, and the victim is none of it: a smart host knows a road to everybody.
CONFIG = """\
names = ["relay.example", "relay"]
[allow]
next_hops = ["host", "gamma"]
domains = ["host.csnet", ".bitnet"]
mapped = true
[roads]
routers = ["smarthost:gamma"]
[x400]
domain = "relay.example"
or_address = "/PRMD=Gate/ADMD=X/C=US/"
next_hop = "x400.example"
management_domains = ["/PRMD=Acme/ADMD=X/C=US/"]
"""
FRIEND, STRANGER = "127.0.0.1", "127.0.0.9"
TEXT = "Subject: buy\n\n.\n"
# What any server takes for an address of another domain, and a trusted client may send there: user%evil@relay, in
# brackets, is no name of ours to Sendmail, and neither is what stands in a comment to anybody.
_OURS = re.compile(r"[^<>(),]*@relay(?:\.example)?\Z")


class Site(NamedTuple):
    """A mail server that asks the hook, and where all that leaves it comes."""

    server: MailServer
    hook: Hook
    sink: Sink


@pytest.fixture(scope="module", params=SERVERS)
def site(request: pytest.FixtureRequest, home: Path) -> Iterator[Site]:
    server: Server = request.param
    with (
        smtp_sink() as sink,
        running_hook(home, CONFIG) as hook,
        configured(home, server, hook.settings, relay=sink.port) as found,
    ):
        yield Site(found, hook, sink)


def all_attempts() -> list[Attempt]:
    """Return what can be said in a line of SMTP; the rules are asked about the rest elsewhere."""
    found = [one for victim in ("evil.example", "evil") for one in attempts(victim, address="127.0.0.1")]
    return [one for one in found if not re.search(r"[\r\n]", one.recipient)]


def tried(site: Site, one: Attempt, client: str) -> list[Reply]:
    """Return the replies to an attempt. Each has a connection of its own: servers lose patience with errors."""
    session = Session(site.server.port, client=client)
    try:
        return session.send(one.sender, [one.recipient], TEXT)
    finally:
        session.hang_up()


def rewritten(site: Site) -> list[str]:
    """Return what the log says of recipients that the hook rewrote."""
    return re.findall(r"event=rewrite map=rcpt (asked=\S+ answered=\S+)", site.hook.log)


def test_no_stranger_is_relayed(site: Site) -> None:
    replies = {f"{one.id} {one.recipient!r}": tried(site, one, STRANGER)[-1] for one in all_attempts()}
    assert len(replies) > 600
    assert {name: str(reply) for name, reply in replies.items() if not 500 <= reply.code <= 599} == {}
    assert (rewritten(site), site.server.queue(), site.sink.messages) == ([], [], [])


def test_no_friend_is_relayed_by_the_hook(site: Site) -> None:
    """A trusted client may mail to anybody, but not through our names."""
    ours = [one for one in all_attempts() if _OURS.match(one.recipient)]
    replies = {f"{one.id} {one.recipient!r}": tried(site, one, FRIEND)[-1] for one in ours}
    assert len(replies) > 300
    assert {name: str(reply) for name, reply in replies.items() if not 500 <= reply.code <= 599} == {}
    assert (rewritten(site), site.server.queue(), site.sink.messages) == ([], [], [])


@pytest.mark.parametrize("client", [STRANGER, FRIEND])
@pytest.mark.parametrize(
    ("recipient", "arrives"),
    [
        ("user%host@relay.example", "user@host.uucp"),
        ("user%any.bitnet@relay.example", "user%any.bitnet@gamma.uucp"),
        ("/S=user/PRMD=Acme/ADMD=X/C=US/@relay.example", "/S=user/PRMD=Acme/ADMD=X/C=US/@x400.example"),
    ],
)
def test_who_is_listed_is_reached(site: Site, client: str, recipient: str, arrives: str) -> None:
    """So that the tests above can fail."""
    site.sink.forget()
    replies = tried(site, Attempt("", "anybody@elsewhere.example", recipient), client)
    assert [reply.code for reply in replies] == [250, 250, 250]
    (message,) = site.sink.wait()
    assert (message.sender, message.recipients) == ("anybody@elsewhere.example", (arrives,))
    wait_until(lambda: site.server.queue() == [], "the queue is empty")


def test_a_friend_reaches_whoever_lies_behind_a_neighbour(site: Site) -> None:
    """A stranger does not: to the neighbour it would be mail of ours."""
    site.sink.forget()
    one = Attempt("", "anybody@elsewhere.example", "user%evil.example%host@relay.example")
    assert 500 <= tried(site, one, STRANGER)[-1].code <= 599
    assert [reply.code for reply in tried(site, one, FRIEND)] == [250, 250, 250]
    (message,) = site.sink.wait()
    assert message.recipients == ("user%evil.example@host.uucp",)
