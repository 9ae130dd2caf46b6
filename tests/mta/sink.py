"""Where mail goes: an SMTP server that keeps what it is sent, for tests to look at."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from tests.mta.places import PATIENCE

__all__ = ["Message", "Sink", "smtp_sink"]

_PATH = re.compile(r"(?:MAIL FROM|RCPT TO):\s*<(?P<address>.*)>[^<>]*\Z", re.IGNORECASE)


class Message(NamedTuple):
    """What came in one transaction: the addresses between their brackets, and the text with ``\\n`` at line ends."""

    sender: str
    recipients: tuple[str, ...]
    text: str

    @property
    def header(self) -> list[tuple[str, str]]:
        """The header fields, unfolded, in their order."""
        lines = re.sub(r"\n(?=[ \t])", "", self.text.partition("\n\n")[0]).split("\n")
        return [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]

    def field(self, name: str) -> list[str]:
        """Return the values of each header field of this name."""
        return [value for found, value in self.header if found.lower() == name.lower()]

    @property
    def body(self) -> str:
        return self.text.partition("\n\n")[2]


class Sink:
    """What `smtp_sink` gives: ``port``, the ``messages`` so far, and ``refusal``, the reply to each RCPT while set."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.refusal: str | None = None
        self._messages: list[Message] = []
        self._came = threading.Condition()

    @property
    def messages(self) -> list[Message]:
        with self._came:
            return list(self._messages)

    def keep(self, message: Message) -> None:
        with self._came:
            self._messages.append(message)
            self._came.notify_all()

    def forget(self) -> None:
        """Begin anew, with no messages."""
        with self._came:
            self._messages.clear()

    def wait(self, count: int = 1, *, seconds: float = PATIENCE) -> list[Message]:
        """Return all messages as soon as there are so many of them."""
        with self._came:
            enough = self._came.wait_for(lambda: len(self._messages) >= count, seconds)
            assert enough, f"{len(self._messages)} of {count} messages came in {seconds} s"
            return list(self._messages)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128
    sink: Sink


class _Conversation(socketserver.StreamRequestHandler):
    """One connection: plain SMTP (RFC 5321), in lock step or pipelined, with 8BITMIME and no other extension."""

    disable_nagle_algorithm = True
    server: _Server

    def handle(self) -> None:
        try:
            self._talk()
        except OSError:
            return

    def _talk(self) -> None:
        sender, recipients = "", list[str]()
        self._say("220 sink.example")
        while line := self.rfile.readline().decode("utf-8", "surrogateescape").rstrip("\r\n"):
            verb = line[:4].upper()
            if verb in ("MAIL", "RCPT"):
                found = _PATH.match(line)
                if found is None:
                    self._say("501 5.5.4 no path")
                elif verb == "MAIL":
                    sender, recipients = found["address"], []
                    self._say("250 2.1.0 ok")
                elif self.server.sink.refusal is not None:
                    self._say(self.server.sink.refusal)
                else:
                    recipients.append(found["address"])
                    self._say("250 2.1.5 ok")
            elif verb == "DATA" and recipients:
                self._say("354 go on")
                message = Message(sender, tuple(recipients), self._text())
                recipients = []
                self.server.sink.keep(message)
                self._say("250 2.0.0 kept")
            elif verb == "QUIT":
                self._say("221 2.0.0 bye")
                return
            else:
                replies = {"EHLO": "250-sink.example\r\n250 8BITMIME", "DATA": "503 5.5.1 no recipients"}
                known = ("HELO", "RSET", "NOOP")
                self._say(replies.get(verb, "250 2.0.0 ok" if verb in known else "502 5.5.1 unknown"))
                if verb in ("EHLO", "HELO", "RSET"):
                    recipients = []

    def _text(self) -> str:
        lines = []
        while (line := self.rfile.readline().decode("utf-8", "surrogateescape").rstrip("\r\n")) != ".":
            lines.append(line.removeprefix("."))
        return "\n".join(lines)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def smtp_sink() -> Iterator[Sink]:
    """A sink on a port of its own for as long as the block runs."""
    with _Server(("127.0.0.1", 0), _Conversation) as server:
        server.sink = Sink(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server.sink
        finally:
            server.shutdown()
            thread.join(10)
