"""Mail through the servers by the printed configuration: where it goes, who may send it, and that none is lost.

Nothing here is asked of the hook alone: letters go in by SMTP and come out at a sink.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailpaths.pathservice import running
from mailpaths.routing import Answer, PathTable
from tests.mta.configured import SERVERS, MailServer, Server, configured
from tests.mta.hook import Hook, running_hook
from tests.mta.places import PATIENCE, wait_until
from tests.mta.sink import Message, Sink, smtp_sink
from tests.mta.smtp import Session
from tests.mta.stream import Letter, Stream

pytestmark = pytest.mark.mta

PLAIN = """\
names = ["relay.example", "relay"]
[allow]
next_hops = ["host", "gamma"]
domains = ["host.csnet", ".bitnet"]
"""
TRUSTED, STRANGER = "127.0.0.1", "127.0.0.9"


class Served:
    """A hook, a mail server that asks it, and the sink behind it."""

    def __init__(self, hook: Hook, server: MailServer, sink: Sink) -> None:
        self.hook = hook
        self.server = server
        self.sink = sink

    def reply(self, recipient: str, *, client: str = TRUSTED) -> int:
        """Return the code of the reply to a recipient, to whom nothing is sent."""
        with Session(self.server.port, client=client) as session:
            session.mail("someone@far.example")
            return session.rcpt(recipient).code


@contextmanager
def serving(home: Path, server: Server, text: str, sink: Sink) -> Iterator[Served]:
    with (
        running_hook(home, text) as hook,
        configured(home, server, hook.settings, relay=sink.port) as mail_server,
    ):
        yield Served(hook, mail_server, sink)


@pytest.fixture(scope="module", params=SERVERS)
def served(request: pytest.FixtureRequest, home: Path) -> Iterator[Served]:
    with smtp_sink() as sink, serving(home, request.param, PLAIN, sink) as found:
        yield found


# Where it goes


def test_recipients_and_headers_are_rewritten(served: Served) -> None:
    served.sink.forget()
    recipients = [
        "relay!host!user@relay.example",
        "user%b%gamma@relay.example",
        "user%x.bitnet@relay",
        "user@far.example",
    ]
    text = (
        'From: "A. User" <user@host.uucp>\n'
        "To: relay!host!user@relay.example, Another <user%b%gamma@relay.example>\n"
        "Cc: user%x.bitnet@relay,\n\tuser@far.example\n"
        "Subject: relay!host!user@relay.example stays\n\nuser%host@relay.example stays.\n"
    )
    with Session(served.server.port) as session:
        codes = [reply.code for reply in session.send("user@host.uucp", recipients, text)]
    assert codes == [250] * (len(recipients) + 2)
    wait_until(lambda: sum(len(one.recipients) for one in served.sink.messages) >= len(recipients), "all arrive")
    assert sorted(to for one in served.sink.messages for to in one.recipients) == [
        "user%b@gamma.uucp",
        "user@far.example",
        "user@host.uucp",
        "user@x.bitnet",
    ]
    assert {_as_sent(one) for one in served.sink.messages} == {
        (
            "user%host.uucp@relay.example",
            ('"A. User" <user%host.uucp@relay.example>',),
            ("user@host.uucp, Another <user%b@gamma.uucp>",),
            ("user@x.bitnet, user@far.example",),
            ("relay!host!user@relay.example stays",),
            "user%host@relay.example stays.",
        )
    }


def _as_sent(message: Message) -> tuple[object, ...]:
    fields = [tuple(message.field(name)) for name in ("From", "To", "Cc", "Subject")]
    return (message.sender, *[tuple(" ".join(value.split()) for value in field) for field in fields], message.body)


def test_the_postmaster_is_reached_at_our_names(served: Served) -> None:
    served.sink.forget()
    with Session(served.server.port, client=STRANGER) as session:
        replies = session.send(
            "user@far.example", ["postmaster@relay.example", "Postmaster@relay"], "Subject: x\n\nx\n"
        )
    assert [reply.code for reply in replies] == [250] * 4
    wait_until(lambda: served.sink.messages, "it arrives")
    hosts = {to for one in served.sink.messages for to in one.recipients}
    assert {to.lower() for to in hosts} <= {"postmaster@localhost", "postmaster@people.example"}


# Who may send it: recipients, and what a trusted client and a stranger are told of each.
WHO_MAY = {
    "user@host.uucp": (250, None),  # its own result: see LISTED
    "relay!host!user@relay.example": (250, 550),
    "host!user@relay.example": (250, 550),
    "user%host@relay.example": (250, 250),
    "User%HOST.uucp@Relay.Example": (250, 250),
    "user%host@relay": (250, 250),
    "user%host.csnet@relay.example": (250, 250),
    "user%x.bitnet@relay.example": (250, 250),
    "host!a!user@relay.example": (250, 550),
    "user%a%host@relay.example": (250, 550),
    "user%far.example%host@relay.example": (250, 550),
    "a!user%host@relay.example": (250, 550),
    "user%far.example@relay.example": (550, 550),
    "far.example!user@relay.example": (550, 550),
    "user%a%host.csnet@relay.example": (550, 550),
    '"user@far.example"@relay.example': (550, 550),
    '"user%far.example"@relay.example': (550, 550),
    "/S=user/PRMD=evil/C=us/@relay.example": (550, 550),
    "user=far.example@relay.example": (550, 550),
    "user@relay.example": (550, 550),
    "user@relay": (550, 550),
    "user@far.example": (250, 550),
    "user%far.example@host.uucp": (250, 550),
    "host!user@far.example": (250, 550),
}
# Postfix also asks whether strangers may write to a listed host by its own name.
LISTED = {"Postfix": 250, "Exim": 550, "Sendmail": 550}


def test_strangers_reach_listed_hosts_and_nobody_behind_them(served: Served) -> None:
    expected = {one: (friend, 550 if code is None else code) for one, (friend, code) in WHO_MAY.items()}
    expected["user@host.uucp"] = (250, LISTED[type(served.server).__name__])
    found = {
        # 554 is Postfix's word for "Relay access denied"; what matters is that it is for good.
        one: tuple(550 if code == 554 else code for code in (served.reply(one), served.reply(one, client=STRANGER)))
        for one in WHO_MAY
    }
    assert found == expected


# That none is lost

LETTERS = 500
SENDER = "someone@far.example"
# The road to far is known to a path server, which takes its time at times.
STREAM = """\
names = ["relay.example", "relay"]
[allow]
next_hops = ["host", "gamma"]
domains = ["far"]
[roads]
routers = ["path://{path_server}"]
[transport]
".uucp" = "smtp:[127.0.0.1]:{sink}"
"""
# In turn; and where each goes.
FORMS = {
    "relay!host!user{}@relay.example": "user{}@host.uucp",
    "user{}%a%gamma@relay.example": "user{}%a@gamma.uucp",
    "user{}%far@relay": "user{}%far@host.uucp",
    "user{}@elsewhere.example": "user{}@elsewhere.example",
}


class Gate:
    """A router that answers only while it is open."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.open.set()
        self._table = PathTable.from_text("far\thost!far!%s\n")

    def resolve(self, host: str, *, origin: str | None = None) -> Answer:
        self.open.wait(PATIENCE)
        return self._table.resolve(host, origin=origin)

    def slow_down(self, _: Hook, wait: Callable[[], None]) -> None:
        """Say nothing until letters wait for it."""
        self.open.clear()
        wait()
        self.open.set()


@pytest.mark.parametrize("server", SERVERS)
def test_no_letter_is_lost_and_none_comes_twice(home: Path, server: Server) -> None:
    forms = list(FORMS)
    letters = [Letter(number, forms[number % len(forms)].format(number)) for number in range(LETTERS)]
    gate = Gate()
    with smtp_sink() as sink, running(gate) as path_server:
        text = STREAM.format(path_server=path_server, sink=sink.port)
        with serving(home, server, text, sink) as served:
            stream = Stream(served.server.port, SENDER, letters)
            stream.start()
            for at, disturb in enumerate([_stop, _kill, _stall, _reload, gate.slow_down], start=1):
                stream.wait_for(at * LETTERS // 7)
                disturb(served.hook, _trouble(served, stream))
            stream.finish()
            assert stream.refused == []
            wait_until(lambda: _is_delivered(served), "all is delivered", seconds=2 * PATIENCE)
            found = sorted((int(*one.field("X-Number")), one.sender, one.recipients) for one in _letters(sink))
            # Nothing came back to the sender. Postfix tells its postmaster of lookups that fail (notify_classes).
            others = {(one.sender, one.recipients) for one in sink.messages if not one.field("X-Number")}
            assert others <= {("double-bounce@gw.example", ("postmaster@gw.example",))}
    results = list(FORMS.values())
    assert found == [(number, SENDER, (results[number % len(results)].format(number),)) for number in range(LETTERS)]


def _letters(sink: Sink) -> list[Message]:
    return [one for one in sink.messages if one.field("X-Number")]


def _is_delivered(served: Served) -> bool:
    """Try what waits, and tell whether nothing waits any more."""
    if len(_letters(served.sink)) >= LETTERS and not served.server.queue():
        return True
    served.server.flush()
    return False


def _trouble(served: Served, stream: Stream) -> Callable[[], None]:
    """Return what waits until the mail server is in trouble: letters are put off, or put in its queue."""

    def wait() -> None:
        put_off, queued = stream.put_off, len(served.server.queue())
        wait_until(
            lambda: stream.put_off > put_off + 3 or len(served.server.queue()) > queued + 3 or stream.refused,
            "the mail server misses the hook",
        )

    return wait


def _stop(hook: Hook, wait: Callable[[], None]) -> None:
    hook.stop()
    wait()
    hook.start()


def _kill(hook: Hook, wait: Callable[[], None]) -> None:
    hook.stop(signal.SIGKILL)
    wait()
    hook.start()


def _stall(hook: Hook, _: Callable[[], None]) -> None:
    """Say nothing for longer than Exim waits."""
    hook.send(signal.SIGSTOP)
    time.sleep(4)
    hook.send(signal.SIGCONT)


def _reload(hook: Hook, _: Callable[[], None]) -> None:
    """Read it anew, then with a fault in it, then as it was."""
    good = hook.file.read_text()
    hook.reload()
    hook.file.write_text(f"{good}\nno TOML")
    hook.reload(said="event=reload-failed")
    hook.file.write_text(good)
    hook.reload()
