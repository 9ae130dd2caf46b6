"""The whole way of a message over UUCP: SMTP in, Postfix, the hook, uux, uucico, uuxqt, rmail, Postfix, out by SMTP."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest

from mailpaths.hooks import printed
from tests.mta.hook import Hook, running_hook
from tests.mta.places import call, wait_until
from tests.mta.postfix_server import Postfix, private_postfix
from tests.mta.sink import Sink, smtp_sink
from tests.mta.smtp import Session
from tests.mta.uucp_site import Site, calling, transport, two_sites

pytestmark = pytest.mark.mta

# The gateway; and its neighbour, who knows a host behind itself.
RELAY = """\
names = ["relay.example", "relay"]
[allow]
next_hops = ["beta"]
[transport]
".uucp" = "uucp:{next_hop}"
"""
BETA = """\
names = ["beta.example", "beta"]
[allow]
next_hops = ["gamma"]
"""
TEXT = "Subject: a way\nTo: {}\n\nFrom here on, by foot.\n.\nThe end.\n"
RMAIL = '#!/bin/sh\nexec /usr/sbin/rmail "$@"\n'


class Chain(NamedTuple):
    """All that stands between a client and the sink."""

    relay: Postfix
    alpha: Site
    beta: Site
    server: Postfix
    hooks: tuple[Hook, Hook]
    sink: Sink

    def send(self, recipient: str) -> None:
        """Hand a message to the gateway, and wait until it waits for a call."""
        before = len(self.spooled())
        with Session(self.relay.port) as session:
            replies = session.send("me@elsewhere.example", [recipient], TEXT.format(recipient))
        assert [reply.code for reply in replies] == [250, 250, 250], replies
        wait_until(lambda: len(self.spooled()) > before, "uux has it")

    def spooled(self) -> list[Path]:
        """What waits for a call: a command file for each message."""
        return [file for file in (self.alpha.folder / "spool").rglob("C.*") if file.is_file()]

    def call(self) -> None:
        """Call the neighbour, who takes what waits."""
        call([*self.relay.inside, *calling(self.alpha, self.beta)])

    def execute(self) -> None:
        """Have the neighbour run what came, where its own Postfix is the one that is installed."""
        call([*self.server.inside, *self.beta.command("/usr/sbin/uuxqt")])


@pytest.fixture(scope="module")
def chain(home: Path) -> Iterator[Chain]:
    with ExitStack() as stack:
        alpha, beta = stack.enter_context(two_sites(home, "alpha", "beta"))
        sink = stack.enter_context(smtp_sink())
        ours = stack.enter_context(running_hook(home, RELAY))
        theirs = stack.enter_context(running_hook(home, BETA))
        relay = stack.enter_context(
            private_postfix(
                home,
                relay=sink.port,
                main_cf=printed("postfix", ours.settings) + "uucp_destination_recipient_limit = 1\n",
                master_cf=transport(alpha),
                name="gw.example",
                packages=("postfix", "uucp"),
            )
        )
        server = stack.enter_context(
            private_postfix(
                home,
                relay=sink.port,
                main_cf=printed("postfix", theirs.settings),
                name="beta-gw.example",
                packages=("postfix", "rmail", "uucp"),
            )
        )
        yield Chain(relay, alpha, beta, server, (ours, theirs), sink)


@pytest.fixture(autouse=True)
def nothing_yet(chain: Chain) -> None:
    chain.sink.forget()
    chain.beta.offer(RMAIL)


def arrived(chain: Chain) -> tuple[str, tuple[str, ...], str, list[str]]:
    """Return what arrived, as far as it is the same in every run: envelope, body, and the field To."""
    (found,) = chain.sink.wait()
    return found.sender, found.recipients, found.body, found.field("To")


def executed(chain: Chain) -> list[str]:
    """Run what came, and return the commands that these were by the log of UUCP."""
    before = chain.beta.log
    chain.execute()
    return re.findall(r"Executing \S+ \((.*)\)", chain.beta.log.removeprefix(before))


def last_errors(chain: Chain) -> list[str]:
    """Return how the last command ended, by the log of UUCP, where that was in error."""
    return re.findall(r"ERROR: Execution: (.*)", chain.beta.log)[-1:]


BODY = TEXT.partition("\n\n")[2].removesuffix("\n")
SENDER = "me@elsewhere.example"


@pytest.mark.parametrize(
    ("typed", "run", "recipient"),
    [
        ("relay!beta!gamma!joe@relay.example", "joe%gamma@beta.uucp", "joe@gamma.uucp"),
        ("joe%gamma%beta@relay.example", "joe%gamma@beta.uucp", "joe@gamma.uucp"),
        ("joe%deep%gamma%beta@relay.example", "joe%deep%gamma@beta.uucp", "joe%deep@gamma.uucp"),
    ],
)
def test_the_whole_way(chain: Chain, typed: str, run: str, recipient: str) -> None:
    chain.send(typed)
    chain.call()
    assert executed(chain) == [f"rmail {run}"]
    # Postfix rewrites no headers of mail that a gateway hands in (sendmail -G).
    assert arrived(chain) == (SENDER, (recipient,), BODY, [run])
    assert chain.beta.waiting == []


def ours(chain: Chain) -> str:
    """Return the script by which beta runs mailpaths as its rmail.

    The Python that runs these tests may be where the user uucp may not go, so a shell of root's goes there for it.
    """
    command = f'{sys.executable} -m mailpaths rmail {chain.hooks[1].file} /usr/sbin/rmail "$@"'
    return f"#!/bin/sh\nexec {chain.beta.roots_shell} -p -c 'exec {command}' rmail \"$@\"\n"


def test_mailpaths_as_rmail(chain: Chain) -> None:
    chain.beta.offer(ours(chain))
    chain.send("joe%gamma%beta@relay.example")
    chain.call()
    assert executed(chain) == ["rmail joe%gamma@beta.uucp"]
    assert arrived(chain) == (SENDER, ("joe@gamma.uucp",), BODY, ["joe%gamma@beta.uucp"])


def test_mail_waits_while_rmail_cannot_tell(chain: Chain) -> None:
    """75: UUCP keeps it, and it comes once."""
    chain.beta.offer(ours(chain).replace("mailpaths.toml", "not-yet.toml"))
    chain.send("joe%gamma%beta@relay.example")
    chain.call()
    for _ in range(2):
        assert executed(chain) == ["rmail joe%gamma@beta.uucp"]
        assert last_errors(chain) == ["Exit status 75"]
        assert len(chain.beta.waiting) == 1
        assert chain.sink.messages == []
    chain.beta.offer(ours(chain))
    assert executed(chain) == ["rmail joe%gamma@beta.uucp"]
    assert arrived(chain) == (SENDER, ("joe@gamma.uucp",), BODY, ["joe%gamma@beta.uucp"])
    assert chain.beta.waiting == []


def test_mail_waits_while_the_neighbours_hook_is_down(chain: Chain) -> None:
    """Its rmail hands over to Postfix, which keeps what it cannot look up."""
    chain.send("joe%gamma%beta@relay.example")
    chain.call()
    chain.hooks[1].stop(signal.SIGKILL)
    try:
        assert executed(chain) == ["rmail joe%gamma@beta.uucp"]
        assert chain.sink.messages == []
    finally:
        chain.hooks[1].start()
    # What a local program hands in waits in maildrop until cleanup can look it up.
    chain.server.flush()
    assert arrived(chain) == (SENDER, ("joe@gamma.uucp",), BODY, ["joe%gamma@beta.uucp"])


@pytest.mark.parametrize("argument", ["-oQ/tmp", "--config=/etc/passwd"])
def test_a_neighbours_option_is_none(chain: Chain, argument: str) -> None:
    """It comes as a recipient, by a uux of his own, and goes back to him."""
    chain.beta.offer(ours(chain))
    uux = chain.alpha.command("/usr/bin/uux", "-r", "-n", "-z", "-", f"beta!rmail ({argument}) (joe%gamma@beta)")
    call([*chain.relay.inside, *uux], "From x Mon Jan  4 00:00:00 1988\n\nx\n")
    chain.call()
    assert executed(chain) == [f"rmail {argument} joe%gamma@beta"]
    assert last_errors(chain) == ["Exit status 64"]
    # UUCP tells whoever asked for it.
    (found,) = chain.sink.wait()
    assert found.recipients == ("uucp@beta-gw.example",)
