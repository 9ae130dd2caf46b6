"""The network mail path service without a socket: octets in, commands or replies out, for either side.

RFC 915, The Protocol. Nothing here waits, and nothing grows: a line has `MAX_LINE` octets, a reply `MAX_REPLY_LINES`
lines, and what comes in between is forgotten.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailpaths.pathservice.codes import LAST_WORDS
from mailpaths.pathservice.lines import MAX_LINE, TOO_LONG, LineReader
from mailpaths.pathservice.reply import Reply, ReplyReader, WireError
from mailpaths.pathservice.telnet import Telnet

__all__ = ["BadLine", "ClientProtocol", "Command", "ServerProtocol", "command_line", "is_last_word"]

# <cmdline>: what is no text is found before the line is cut up. A TAB is white space.
_NO_TEXT = re.compile(rb"[^\t\x20-\x7e]")


@dataclass(frozen=True, slots=True)
class Command:
    """A command line: the ``verb`` in capitals, and the ``argument`` without the white space about it, maybe empty.

    >>> Command("PATH", "root@inria.uucp").verb
    'PATH'
    """

    verb: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no command line, and why; it gets its reply like any other."""

    reason: str


_EMPTY = BadLine("expected a command, found an empty line")
_LONG = BadLine(f"a line has at most {MAX_LINE} characters (RFC 821 4.5.3)")


class ServerProtocol:
    r"""The server's side: takes what came, gives `Command` and `BadLine` one after the other.

    TELNET commands are taken out, and `data_to_send` has the answers to them. Whoever runs this must send the one reply
    to each event before it asks for the next: that is how replies keep the order of the commands.

    >>> server = ServerProtocol()
    >>> server.receive_data(b"path  root@inria.uucp \r\nhelp\n")
    >>> server.next_event()
    Command(verb='PATH', argument='root@inria.uucp')
    >>> server.next_event()
    Command(verb='HELP', argument='')
    >>> server.next_event()
    """

    __slots__ = ("_lines", "_telnet")

    def __init__(self) -> None:
        self._telnet = Telnet()
        self._lines = LineReader()

    def receive_data(self, data: bytes) -> None:
        """Take octets that came."""
        self._lines.feed(self._telnet.text(data))

    def next_event(self) -> Command | BadLine | None:
        """Return the next command, ``None`` where more must come first."""
        line = self._lines.next_line()
        if line is None:
            return None
        if not isinstance(line, bytes):
            return _LONG
        found = _NO_TEXT.search(line)
        if found is not None:
            octet = line[found.start()]
            return BadLine(f"octet {octet} (0x{octet:02x}) at place {found.start() + 1} is not printable ASCII")
        words = line.decode("ascii").split(None, 1)
        if not words:
            return _EMPTY
        return Command(words[0].upper(), words[1].rstrip(" \t") if len(words) > 1 else "")

    def data_to_send(self) -> bytes:
        """Return the answers to TELNET commands, once."""
        return self._telnet.answers()

    @property
    def telnet_commands(self) -> int:
        """How many TELNET commands came."""
        return self._telnet.commands

    @property
    def has_line(self) -> bool:
        """Whether the next event is here already."""
        return self._lines.has_line


class ClientProtocol:
    r"""The client's side: takes what came, gives replies.

    >>> client = ClientProtocol()
    >>> client.receive_data(b"220 philabs!mcvax!inria!root@SEISMO.ARPA\r\n")
    >>> client.next_reply()
    Reply(code=220, lines=('philabs!mcvax!inria!root@SEISMO.ARPA',))
    """

    __slots__ = ("_lines", "_replies", "_telnet")

    def __init__(self) -> None:
        self._telnet = Telnet()
        self._lines = LineReader()
        self._replies = ReplyReader()

    def receive_data(self, data: bytes) -> None:
        """Take octets that came. Raises `WireError` where they are no replies."""
        self._lines.feed(self._telnet.text(data))
        while (line := self._lines.next_line()) is not None:
            if line is TOO_LONG or not isinstance(line, bytes):
                raise WireError(f"a reply line of more than {MAX_LINE} characters (RFC 821 4.5.3)")
            self._replies.take(line)

    def next_reply(self) -> Reply | None:
        """Return the next whole reply, ``None`` where more must come first."""
        return self._replies.next_reply()

    def finish(self) -> Reply | None:
        """Return the reply whose last line promised another one that did not come, ``None`` where there is none."""
        self._replies.finish()
        return self._replies.next_reply()

    @property
    def is_amid(self) -> bool:
        """Whether a reply has begun whose last line promised another one."""
        return self._replies.is_amid

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing is here of a reply that nobody took."""
        return self._lines.is_empty and self._replies.is_empty

    def data_to_send(self) -> bytes:
        """Return the answers to TELNET commands, once."""
        return self._telnet.answers()


def command_line(verb: str, argument: str = "") -> bytes:
    r"""Return a command as it goes over the wire.

    Raises `WireError` for what would be another command, or none: anything but printable ASCII, too long a line.

    >>> command_line("PATH", "root@inria.uucp")
    b'PATH root@inria.uucp\r\n'
    """
    text = f"{verb} {argument}".rstrip(" ")
    if not text:
        raise WireError("expected a command")
    try:
        line = text.encode("ascii")
    except UnicodeEncodeError as error:
        raise WireError(f"not ASCII, as a command must be: {text!r}") from error
    if _NO_TEXT.search(line) or len(line) > MAX_LINE - 2:
        raise WireError(f"not a line of up to {MAX_LINE - 2} printable characters: {text[:80]!r}")
    return line + b"\r\n"


def is_last_word(reply: Reply) -> bool:
    """Tell whether a reply is about the connection, which ends with it, and no answer to a question."""
    return reply.code in LAST_WORDS
