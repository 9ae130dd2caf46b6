"""The milter under the real servers: what is rewritten arrives so, nothing else is touched, and nothing is lost.

As root on Debian: see programs.py.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailpaths.hooks.printing import printed
from tests.mta.hook import Hook, running_hook
from tests.mta.places import free_port, wait_until
from tests.mta.postfix_server import Postfix, private_postfix
from tests.mta.sendmail_server import Sendmail, private_sendmail
from tests.mta.sink import Message, Sink, smtp_sink
from tests.mta.smtp import Session

pytestmark = pytest.mark.mta

# Older versions leave out steps and white space; Postfix speaks each when told to.
VERSIONS = ("6", "4", "3", "2")
STRANGER = "127.0.0.9"

CONFIG = """\
names = ["relay.example", "relay"]
[allow]
next_hops = ["host", "gamma"]
"""
MILTER = """\
[[listen]]
protocol = "milter"
address = "inet:127.0.0.1:{port}"
"""
# Where nothing but the milter rewrites, our names are relay domains: in virtual alias domains Postfix itself refuses
# whom no map rewrites, before any milter is told. The map ``exists`` refuses whom the hook does not know.
ALONE = """\
mydestination = localhost
relay_domains = relay.example, relay
relay_recipient_maps = socketmap:inet:127.0.0.1:{socketmap}:exists
swap_bangpath = no
allow_percent_hack = no
smtpd_milters = inet:127.0.0.1:{milter}
non_smtpd_milters = inet:127.0.0.1:{milter}
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
"""


@pytest.fixture(scope="module")
def milter() -> int:
    """The port on which we speak the milter's protocol."""
    return free_port()


@pytest.fixture(scope="module")
def hook(home: Path, milter: int) -> Iterator[Hook]:
    with running_hook(home, CONFIG, listen=MILTER.format(port=milter)) as found:
        yield found


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    with smtp_sink() as found:
        yield found


@pytest.fixture(autouse=True)
def nothing_came_yet(sink: Sink) -> None:
    sink.forget()


@pytest.fixture(scope="module")
def ports() -> dict[str, int]:
    """The port on which Postfix speaks each version to us; the newest is its own."""
    return {version: free_port() for version in VERSIONS[1:]}


@pytest.fixture(scope="module")
def postfix(home: Path, hook: Hook, milter: int, sink: Sink, ports: dict[str, int]) -> Iterator[Postfix]:
    """A Postfix in which the milter alone rewrites."""
    services = "".join(
        [f"127.0.0.1:{port} inet n - n - - smtpd -o milter_protocol={version}\n" for version, port in ports.items()]
    )
    main_cf = ALONE.format(milter=milter, socketmap=hook.port)
    with private_postfix(home, relay=sink.port, main_cf=main_cf, master_cf=services) as found:
        yield found


def with_milter(lines: str, comment: str) -> str:
    """Return printed lines with those of the milter no longer commented out."""
    found = re.sub(
        rf"(?m)^{comment}(?=smtpd_milters|non_smtpd_milters|milter_default_action|INPUT_MAIL_FILTER)", "", lines
    )
    assert found != lines
    return found


@pytest.fixture(scope="module")
def both(home: Path, hook: Hook, sink: Sink) -> Iterator[Postfix]:
    """A Postfix with all lines that are printed: the maps for envelopes, and the milter, which headers need."""
    main_cf = "mydestination = localhost\nlocal_header_rewrite_clients =\n" + with_milter(
        printed("postfix", hook.settings), "#"
    )
    with private_postfix(home, relay=sink.port, main_cf=main_cf) as found:
        yield found


@pytest.fixture(scope="module")
def sendmail(home: Path, hook: Hook, sink: Sink) -> Iterator[Sendmail]:
    """A Sendmail with the maps and the milter."""
    with private_sendmail(home, relay=sink.port, mc=with_milter(printed("sendmail", hook.settings), "dnl ")) as found:
        yield found


def text(*fields: str) -> str:
    """Return a message with these fields, and with those that a mail server would add."""
    always = ("Message-Id: <1@client.example>", "Date: Thu, 26 Nov 2026 12:00:00 +0000")
    return "\n".join([*fields, *always, "", "Hello.", ""])


def untraced(found: Message) -> str:
    """Return a message's text without the Received fields that mail servers put before it."""
    return re.sub(r"\AReceived:.*\n(?:[ \t].*\n)*", "", found.text) + "\n"


FIELDS = (
    "Subject: relay!host!user",
    'To: "J\udcf6rg, host" <relay!host!user@relay.example> (at\n home), user%host.uucp@relay.example,\n\tx@y.example',
    "CC:  Crew: user%gamma@relay.example;",
    "To:\trelay!gamma!joe@relay.example",
    "From: me@host.uucp (Me)",
    "Reply-To: other@elsewhere.example",
)
REWRITTEN = (
    "Subject: relay!host!user",
    'To: "J\udcf6rg, host" <user@host.uucp> (at\n home), user@host.uucp,\n\tx@y.example',
    "CC:  Crew: user@gamma.uucp;",
    "To:\tjoe@gamma.uucp",
    "From: me%host.uucp@relay.example (Me)",
    "Reply-To: other@elsewhere.example",
)
PLAIN = text("To: a@b.example", "From: a@b.example")
SENDER = "me@host.uucp"
# Three ways to one mailbox, one of which is its address already.
RECIPIENTS = (
    "relay!host!user",
    "user%host.uucp@relay.example",
    "user@host.uucp",
    "relay!gamma!a!b",
    "x@y.example",
)
DELIVERED = ("b%a@gamma.uucp", "user@host.uucp", "x@y.example")
ACCEPTED = [250] * 7


def codes(session: Session, sender: str, recipients: tuple[str, ...], content: str) -> list[int]:
    return [reply.code for reply in session.send(sender, recipients, content)]


@pytest.mark.parametrize("version", VERSIONS)
def test_postfix_delivers_what_is_rewritten(postfix: Postfix, sink: Sink, ports: dict[str, int], version: str) -> None:
    with Session(ports.get(version, postfix.port)) as session:
        assert codes(session, SENDER, RECIPIENTS, text(*FIELDS)) == ACCEPTED
    (found,) = sink.wait()
    assert found.sender == "me%host.uucp@relay.example"
    assert tuple(sorted(found.recipients)) == DELIVERED
    # Before version 6 a value has a blank before it, whatever stood there.
    expected = text(*REWRITTEN)
    assert untraced(found) == (expected if version == "6" else expected.replace("To:\t", "To: \t"))


def test_messages_of_one_session(postfix: Postfix, sink: Sink) -> None:
    with Session(postfix.port) as session:
        assert session.mail(SENDER).code == 250
        assert session.rcpt("relay!host!gone").code == 250
        assert session.say("RSET").code == 250
        for _ in range(3):
            assert codes(session, "", ("relay!host!user",), PLAIN) == [250] * 3
    found = sink.wait(3)
    assert [(one.sender, one.recipients, untraced(one)) for one in found] == [("", ("user@host.uucp",), PLAIN)] * 3


def test_mail_that_is_not_ours_is_not_touched(postfix: Postfix, sink: Sink) -> None:
    content = text("To: a!b!c@elsewhere.example, user%host@elsewhere.example", "From: x@y.example")
    with Session(postfix.port) as session:
        assert codes(session, "x@y.example", ("user%host@elsewhere.example",), content) == [250] * 3
    (found,) = sink.wait()
    assert (found.sender, found.recipients) == ("x@y.example", ("user%host@elsewhere.example",))
    assert untraced(found) == content


def test_a_header_that_is_too_long_is_not_touched(postfix: Postfix, sink: Sink) -> None:
    content = text(
        "To: " + ",\n ".join([f"user{number}%host@relay.example" for number in range(2_000)]), "From: a@b.example"
    )
    with Session(postfix.port) as session:
        assert codes(session, "", ("relay!host!user",), content) == [250] * 3
    (found,) = sink.wait()
    assert found.recipients == ("user@host.uucp",)
    assert untraced(found) == content


@pytest.mark.parametrize("recipient", ["relay!host!user", "relay!host!user@relay.example", "user%host@relay.example"])
def test_a_user_of_this_machine(postfix: Postfix, sink: Sink, recipient: str) -> None:
    """Postfix tells of what it has made of the recipient, and has to delete what was given."""
    content = text("To: relay!host!user@relay.example", "From: me@host.uucp")
    postfix.call("/usr/sbin/sendmail", "-f", SENDER, recipient, text=content)
    (found,) = sink.wait()
    wait_until(lambda: postfix.queue() == [], "all is delivered")
    assert len(sink.messages) == 1
    assert (found.sender, found.recipients) == ("me%host.uucp@relay.example", ("user@host.uucp",))
    assert untraced(found) == text("To: user@host.uucp", "From: me%host.uucp@relay.example")


# What strangers try: the lists of nmap's smtp-open-relay and of Metasploit's smtp_relay, X.400, and the quoted.
FORMS = (
    "victim@evil.example",
    '"victim@evil.example"',
    "victim%evil.example",
    "victim%evil.example@relay.example",
    '"victim%evil.example"@relay.example',
    '"victim@evil.example"@relay.example',
    "victim@evil.example@relay.example",
    "@relay.example:victim@evil.example",
    "evil.example!victim",
    "evil.example!victim@relay.example",
    "relay!evil.example!victim",
    "relay!evil!victim@relay.example",
    "relay.example!relay!evil!victim",
    "victim%host%evil.example@relay.example",
    "evil.example!host!victim@relay.example",
    "/S=user/PRMD=evil/C=us/@relay.example",
    "user=host@relay.example",
    "victim=evil.example@relay.example",
    '"relay!host!user"@relay.example',
    '"user%victim.example"@relay.example',
    "nobody@relay.example",
)


NEIGHBOURS = ("relay!host!user", "user%gamma@relay.example")


@pytest.mark.parametrize("form", FORMS)
def test_strangers_reach_nobody_else(postfix: Postfix, both: Postfix, form: str) -> None:
    for port in (postfix.port, both.port):
        with Session(port, client=STRANGER) as session:
            assert session.mail("me@stranger.example").code == 250
            assert session.rcpt(form).code // 100 == 5


def test_strangers_reach_nobody_else_by_sendmail(sendmail: Sendmail, sink: Sink) -> None:
    """What they may send, after all that they may not, arrives alone."""
    with Session(sendmail.port, client=STRANGER) as session:
        for form in (*FORMS, "relay!host!user", "user%host@relay.example"):
            session.send("me@stranger.example", [form], PLAIN)
    assert [(one.sender, one.recipients) for one in sink.wait()] == [("me@stranger.example", ("user@host.uucp",))]


def test_strangers_reach_no_neighbour_where_the_milter_is_alone(postfix: Postfix) -> None:
    """Postfix refuses strangers whatever it takes for a route, and that before any milter is told."""
    with Session(postfix.port, client=STRANGER) as session:
        assert codes(session, "me@stranger.example", NEIGHBOURS, PLAIN) == [250, 554, 554]


def test_maps_and_milter_together(both: Postfix, sink: Sink) -> None:
    """The maps do envelopes. Headers of mail that comes from elsewhere they leave alone, and the milter does not."""
    with Session(both.port) as session:
        assert codes(session, SENDER, RECIPIENTS, text(*FIELDS)) == ACCEPTED
    (found,) = sink.wait()
    assert (found.sender, tuple(sorted(found.recipients))) == ("me%host.uucp@relay.example", DELIVERED)
    assert untraced(found) == text(*REWRITTEN)


def test_sendmail_delivers_what_is_rewritten(sendmail: Sendmail, sink: Sink) -> None:
    with Session(sendmail.port) as session:
        assert codes(session, SENDER, RECIPIENTS, text(*FIELDS)) == ACCEPTED
    found = sink.wait()
    assert [(one.sender, tuple(sorted(one.recipients))) for one in found] == [("me%host.uucp@relay.example", DELIVERED)]
    # Sendmail sets each list of addresses anew, whoever has written it.
    assert untraced(found[0]) == text(*REWRITTEN).replace(",\n\t", ", ").replace("To:\t", "To: ")


def takes_mail_only_with(hook: Hook, port: int, sink: Sink) -> None:
    hook.stop()
    try:
        with Session(port) as session:
            assert codes(session, SENDER, RECIPIENTS, text(*FIELDS)) == [451]
    finally:
        hook.start()
    with Session(port) as session:
        assert codes(session, SENDER, RECIPIENTS, text(*FIELDS)) == ACCEPTED
    (found,) = sink.wait()
    assert tuple(sorted(found.recipients)) == DELIVERED


def test_sendmail_takes_nothing_while_the_hook_is_down(sendmail: Sendmail, sink: Sink, hook: Hook) -> None:
    takes_mail_only_with(hook, sendmail.port, sink)


def test_nothing_is_taken_while_the_hook_is_down(postfix: Postfix, sink: Sink, hook: Hook) -> None:
    takes_mail_only_with(hook, postfix.port, sink)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_message_amid_which_the_hook_ends_is_put_off(
    postfix: Postfix, sink: Sink, hook: Hook, how: signal.Signals
) -> None:
    with Session(postfix.port) as session:
        assert session.mail(SENDER).code == 250
        assert session.rcpt("relay!host!user").code == 250
        hook.stop(how)
        try:
            assert session._smtp.data(b"To: relay!host!user\r\n\r\nHello.\r\n")[0] == 451
        finally:
            hook.start()
        # The session began without the hook, as far as Postfix knows; the next one has it again.
    with Session(postfix.port) as session:
        assert codes(session, SENDER, RECIPIENTS, text(*FIELDS)) == ACCEPTED
    (found,) = sink.wait()
    assert tuple(sorted(found.recipients)) == DELIVERED
    wait_until(lambda: postfix.queue() == [], "all is delivered")
    assert len(sink.messages) == 1


def test_what_a_user_hands_in_while_the_hook_is_down_waits(postfix: Postfix, sink: Sink, hook: Hook) -> None:
    hook.stop()
    try:
        postfix.call("/usr/sbin/sendmail", "-f", SENDER, "relay!host!user", text=PLAIN)
        wait_until(lambda: "try again later" in postfix.log, "it was tried")
        assert sink.messages == []
    finally:
        hook.start()
    postfix.flush()
    (found,) = sink.wait()
    assert (found.sender, found.recipients) == ("me%host.uucp@relay.example", ("user@host.uucp",))
