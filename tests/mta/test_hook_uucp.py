"""The whole way of mail by UUCP, through the real programs: SMTP, Postfix, the hook, uux, uucico, uuxqt, rmail, SMTP.

As root on Debian: see programs.py. Host alpha is the gateway ``relay.example``; its neighbour beta is a gateway, too,
and knows gamma. At alpha and beta a Postfix runs, and the hook; whatever leaves them by SMTP comes to one sink.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

import mailpaths
from mailpaths.hooks import printed
from tests.mta.hook import Hook, running_hook
from tests.mta.places import wait_until
from tests.mta.postfix_server import Postfix, private_postfix
from tests.mta.sink import Sink, smtp_sink
from tests.mta.smtp import Session
from tests.mta.uucp_site import UucpSite, uucp_sites

pytestmark = pytest.mark.mta

ALPHA = """\
names = ["relay.example", "relay"]
[allow]
next_hops = ["beta"]
domains = ["host.csnet"]
[transport]
".uucp" = "uucp:{next_hop}"
"""
BETA = """\
names = ["beta.example", "beta"]
[allow]
next_hops = ["gamma"]
"""
# The file that the docs have a postmaster write.
RMAIL = """\
#!/bin/sh
PYTHONPATH={source}
export PYTHONPATH
exec {python} -m mailpaths rmail {config} /usr/sbin/rmail -- "$@"
"""
SENDER = "anybody@elsewhere.example"
TEXT = (
    "From: anybody@elsewhere.example\nTo: somebody@elsewhere.example\nSubject: hello\n\nFrom here\n.\n..\n\nthe end\n"
)
# What rmail reads (RFC 976 2.4): somebody at beta has written.
UUCP_TEXT = f"From joe Fri Nov 27 00:00:00 1987 remote from beta\n{TEXT}"


@dataclass
class Host:
    """A host: its site, its hook, its Postfix that asks it, and one that does not."""

    site: UucpSite
    hook: Hook
    postfix: Postfix
    plain: Postfix

    @property
    def config(self) -> Path:
        """What ``mailpaths rmail`` reads here."""
        return self.site.folder / "mailpaths.toml"

    def is_idle(self) -> bool:
        return self.postfix.queue() + self.plain.queue() == []

    def has_our_rmail(self) -> None:
        """Have uuxqt run ``mailpaths rmail``."""
        source = Path(mailpaths.__file__).parents[1]
        self.site.has_rmail(RMAIL.format(source=source, python=sys.executable, config=self.config))


@dataclass
class World:
    """Both hosts, and where mail comes that leaves them by SMTP."""

    alpha: Host
    beta: Host
    sink: Sink

    def smtp(self, recipients: Sequence[str]) -> None:
        """Hand alpha a message by SMTP, and wait until it is in the queue of UUCP, or has been delivered."""
        with Session(self.alpha.postfix.port) as session:
            replies = session.send(SENDER, recipients, TEXT)
        assert [reply.code for reply in replies] == [250] * (len(recipients) + 2)
        wait_until(lambda: self.alpha.postfix.queue() == [], "Postfix has handed the message to uux")


@pytest.fixture(scope="module")
def whole_world(home: Path) -> Iterator[World]:
    with ExitStack() as stack:
        sink = stack.enter_context(smtp_sink())
        hosts: list[Host] = []
        for site, text in zip(stack.enter_context(uucp_sites(home, "alpha", "beta")), (ALPHA, BETA), strict=True):
            hook = stack.enter_context(running_hook(home, text))
            postfixes = [
                stack.enter_context(
                    private_postfix(
                        home,
                        relay=sink.port,
                        main_cf=lines,
                        master_cf=site.master_cf,
                        name=f"{site.name}.example",
                        packages=("rmail", "postfix"),
                    )
                )
                for lines in (f"{printed('postfix', hook.settings)}myorigin = {hook.settings.names[0]}\n", "")
            ]
            (site.folder / "mailpaths.toml").write_text(text)
            hosts.append(Host(site, hook, *postfixes))
        alpha, beta = hosts
        yield World(alpha, beta, sink)


@pytest.fixture
def world(whole_world: World) -> Iterator[World]:
    """The world, with nothing on its way before and after."""
    whole_world.sink.forget()
    for host in (whole_world.alpha, whole_world.beta):
        host.site.forget()
        host.site.has_rmail(None)
    yield whole_world
    for host in (whole_world.alpha, whole_world.beta):
        assert host.site.waiting() == []
        wait_until(host.is_idle, "the queues are empty")


def settled(text: str) -> str:
    """Return a message without what is another one each time."""
    text = re.sub(r"\b\w{3}, +\d+ \w{3} \d{4} \d\d:\d\d:\d\d \+0000 \(UTC\)", "DATE", text)
    text = re.sub(r"<\d{14}\.[0-9A-F]+@", "<ID@", text)
    return re.sub(r"\bid [0-9A-F]{8,}\b", "id ID", text)


ARRIVED = """\
Received: by beta.example (Postfix, from userid 10)
\tid ID; DATE
Received: from client.example (unknown [127.0.0.1])
\tby alpha.example (Postfix) with ESMTP id ID
\tfor <relay!beta!gamma!user@relay.example>; DATE
From: anybody@elsewhere.example
To: somebody@elsewhere.example
Subject: hello
Message-Id: <ID@alpha.example>
Date: DATE

From here
.
..

the end"""


@pytest.mark.parametrize("rmail", ["Debian's", "ours"])
@pytest.mark.parametrize(
    ("recipient", "command", "arrives"),
    [
        ("relay!beta!gamma!user@relay.example", "rmail user%gamma@beta.uucp", "user@gamma.uucp"),
        ("user%gamma%beta@relay.example", "rmail user%gamma@beta.uucp", "user@gamma.uucp"),
        ("beta!gamma!a!b!user@relay.example", "rmail user%b%a%gamma@beta.uucp", "user%b%a@gamma.uucp"),
        # For beta itself, and the hook has nothing to do with it there.
        ("user%beta@relay.example", "rmail user@beta.uucp", "user@beta.uucp"),
        ("beta!o'brien@relay.example", "rmail o'brien@beta.uucp", "o'brien@beta.uucp"),
        # Debian's line of master.cf has pipe(8) write small letters (flags=…u).
        ("Beta!Gamma!User@relay.example", "rmail user%gamma@beta.uucp", "user@gamma.uucp"),
    ],
)
def test_from_smtp_by_uucp_to_smtp(world: World, rmail: str, recipient: str, command: str, arrives: str) -> None:
    """Where rmail is Debian's, Postfix asks the hook; where it is ours, Postfix knows of none."""
    beta = world.beta
    if rmail == "ours":
        beta.has_our_rmail()
    world.smtp([recipient])
    assert world.alpha.site.log == [f"uux beta uucp Queuing {command} (D.ID)"]
    world.alpha.site.call()
    assert (len(beta.site.waiting()), world.sink.messages) == (1, [])
    beta.site.uuxqt((beta.plain if rmail == "ours" else beta.postfix).inside)
    assert beta.site.executed() == [command]
    (message,) = world.sink.wait()
    assert (message.sender, message.recipients) == (SENDER, (arrives,))
    expected = ARRIVED.replace("relay!beta!gamma!user@relay.example", recipient)
    assert settled(message.text) == expected
    assert (beta.site.waiting(), beta.site.failed()) == ([], [])


def test_several_recipients_are_one_command_and_one_message(world: World) -> None:
    world.beta.has_our_rmail()
    world.smtp(["beta!gamma!a@relay.example", "beta!b@relay.example", "c%gamma%beta@relay.example"])
    world.alpha.site.call()
    world.beta.site.uuxqt(world.beta.plain.inside)
    (command,) = world.beta.site.executed()
    assert sorted(command.split()) == ["a%gamma@beta.uucp", "b@beta.uucp", "c%gamma@beta.uucp", "rmail"]
    (message,) = world.sink.wait()
    assert (message.sender, sorted(message.recipients)) == (SENDER, ["a@gamma.uucp", "b@beta.uucp", "c@gamma.uucp"])


def test_from_uucp_to_smtp_and_on_by_uucp(world: World) -> None:
    """Beta sends to alpha: out to SMTP, back to itself, and to somebody whom alpha's rules do not touch."""
    world.alpha.has_our_rmail()
    recipients = ("relay!host.csnet!joe", "beta!gamma!jim", "jack@elsewhere.example")
    world.beta.site.uux(*recipients, text=UUCP_TEXT)
    world.alpha.site.call()
    world.alpha.site.uuxqt(world.alpha.postfix.inside)
    assert world.alpha.site.executed() == [f"rmail {' '.join(recipients)}"]
    (message,) = world.sink.wait()
    assert (message.sender, sorted(message.recipients), message.body) == (
        "beta!joe@relay.example",
        ["jack@elsewhere.example", "joe@host.csnet"],
        "From here\n.\n..\n\nthe end",
    )
    wait_until(lambda: world.alpha.postfix.queue() == [], "Postfix has handed the rest to uux")
    world.beta.has_our_rmail()
    world.alpha.site.call()
    world.beta.site.uuxqt(world.beta.plain.inside)
    assert world.beta.site.executed() == ["rmail jim%gamma@beta.uucp"]
    assert world.sink.wait(2)[1].recipients == ("jim@gamma.uucp",)


def test_who_wrote_by_uucp_is_replied_to(world: World) -> None:
    """Where the domain that Postfix puts behind a path is one of the hook's."""
    world.beta.site.uux("jack@elsewhere.example", text=UUCP_TEXT)
    world.alpha.site.call()
    world.alpha.site.uuxqt(world.alpha.postfix.inside)
    (message,) = world.sink.wait()
    world.smtp([message.sender])
    assert world.alpha.site.log[-1] == "uux beta uucp Queuing rmail joe@beta.uucp (D.ID)"
    world.alpha.site.call()
    world.beta.site.uuxqt(world.beta.plain.inside)
    assert world.sink.wait(2)[1].recipients == ("joe@beta.uucp",)


# What becomes of mail while something is missing.


def test_uuxqt_keeps_the_mail_while_our_rmail_says_so(world: World) -> None:
    """Status 75: a file that is not there, one with a fault, a router that is down, a program that is not there."""
    beta = world.beta
    beta.has_our_rmail()
    ours = (beta.site.folder / "commands/rmail").read_text()
    world.smtp(["beta!gamma!user@relay.example"])
    world.alpha.site.call()
    beta.config.unlink()
    beta.site.uuxqt(beta.plain.inside)
    beta.config.write_text("names = 1\n")
    beta.site.uuxqt(beta.plain.inside)
    beta.config.write_text(
        BETA.replace('"gamma"', '"delta"') + 'mapped = true\n[roads]\nrouters = ["path://127.0.0.1:1"]\n'
    )
    beta.site.uuxqt(beta.plain.inside)
    beta.config.write_text(BETA)
    beta.site.has_rmail(ours.replace("/usr/sbin/rmail", "/usr/sbin/no-rmail"))
    beta.site.uuxqt(beta.plain.inside)
    once = [
        "uuxqt alpha uucp Executing X.ID (rmail user%gamma@beta.uucp)",
        "uuxqt alpha uucp ERROR: Execution: Exit status 75",
        "uuxqt alpha uucp Will retry later (X.ID)",
    ]
    assert [line for line in beta.site.log if line.startswith("uuxqt")] == once * 4
    assert (len(beta.site.waiting()), beta.site.failed(), world.sink.messages) == (1, [], [])
    beta.has_our_rmail()
    beta.site.uuxqt(beta.plain.inside)
    assert [message.recipients for message in world.sink.wait()] == [("user@gamma.uucp",)]
    beta.site.uuxqt(beta.plain.inside)
    assert len(beta.site.executed()) == 5
    assert (beta.site.waiting(), len(world.sink.messages)) == ([], 1)


def test_postfix_keeps_the_mail_while_its_hook_is_down(world: World) -> None:
    """To uuxqt the mail is delivered then: Postfix has it."""
    beta = world.beta
    world.smtp(["beta!gamma!user@relay.example"])
    world.alpha.site.call()
    beta.hook.stop()
    try:
        beta.site.uuxqt(beta.postfix.inside)
        assert (beta.site.executed(), beta.site.waiting()) == (["rmail user%gamma@beta.uucp"], [])
        assert world.sink.messages == []
    finally:
        beta.hook.start()

    def has_come() -> bool:
        # pickup looks once a minute, unless it is told to; it may hang up before postkick is done.
        beta.postfix.call("sh", "-c", "postkick public pickup W || :")
        return len(world.sink.messages) == 1

    wait_until(has_come, "the message is delivered")
    wait_until(beta.is_idle, "Postfix has no other")
    assert [message.recipients for message in world.sink.messages] == [("user@gamma.uucp",)]


def test_nothing_is_queued_for_uucp_while_the_hook_is_down(world: World) -> None:
    world.alpha.hook.stop()
    try:
        with Session(world.alpha.postfix.port) as session:
            replies = session.send(SENDER, ["beta!gamma!user@relay.example"], TEXT)
        assert [reply.code for reply in replies] == [250, 451]
        assert world.alpha.site.log == []
    finally:
        world.alpha.hook.start()


NOTICE = "Message from UUCP on beta DATE\n\nExecution request failed:\n\trmail {0}\nStandard error output was:\n{1}"


@pytest.mark.parametrize("argument", ["-oQ/tmp", "--config=/etc/passwd"])
@pytest.mark.parametrize(
    ("options", "told"),
    [
        # As Postfix calls uux, and as Exim's manual does.
        (["-n", "-z", f"-a{SENDER}"], []),
        (["-z", f"-a{SENDER}"], [SENDER]),
    ],
)
def test_what_is_refused_is_kept_and_told_to_the_administrator(
    world: World, argument: str, options: list[str], told: list[str]
) -> None:
    """Any other status than 75 returns nothing: the sender is told without the text, or not at all (uux -n)."""
    beta = world.beta
    beta.has_our_rmail()
    world.alpha.site.uux("gamma!joe", argument, text=UUCP_TEXT, options=options)
    world.alpha.site.call()
    beta.site.uuxqt(beta.plain.inside)
    assert [line for line in beta.site.log if line.startswith("uuxqt")] == [
        f"uuxqt alpha uucp Executing X.ID (rmail gamma!joe {argument})",
        "uuxqt alpha uucp ERROR: Execution: Exit status 64",
        "uuxqt alpha uucp Execution failed (X.ID)",
    ]
    assert (beta.site.waiting(), beta.site.failed()[0]) == ([], UUCP_TEXT)
    messages = {message.recipients[0]: message for message in world.sink.wait(len(told) + 1)}
    assert messages.keys() == {"uucp@beta.example", *told}
    assert messages["uucp@beta.example"].field("Subject") == ["UUCP execution files saved after failure"]
    for one in told:
        said = re.sub(r"\w{3} \w{3} [ \d]\d [\d:]{8} \d{4}", "DATE", messages[one].body)
        assert said == NOTICE.format(
            f"gamma!joe {argument}", f"mailpaths: an option among the recipients: {argument!r}"
        )
