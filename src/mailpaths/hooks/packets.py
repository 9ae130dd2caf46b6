"""The packets of the milter protocol: a length in four octets, a command, and what belongs to it.

The protocol has no RFC: it is what Sendmail's libmilter speaks, and Postfix with it. The names of commands, replies,
actions and steps are those of its documentation, less their prefixes (SMFIC_, SMFIR_, SMFIF_, SMFIP_).
"""

from __future__ import annotations

from enum import IntFlag
from typing import NamedTuple

from mailpaths.hooks.wire import WireError

__all__ = ["MAX_PACKET", "Action", "Command", "Packet", "PacketReader", "Reply", "Step", "packet", "strings"]

#: The longest packet, its command included. Sendmail sends 65,536 octets, or up to this where its administrator allows
#: (MilterMaxDataSize=1m); Postfix sends bodies in chunks of 65,535, and headers up to header_size_limit: 102,400.
MAX_PACKET = 1 << 20
_LENGTH = 4


class Command:
    """What a mail server says. Each is one octet."""

    NEGOTIATE = b"O"
    MACROS = b"D"
    CONNECT = b"C"
    HELO = b"H"
    MAIL = b"M"
    RCPT = b"R"
    DATA = b"T"
    HEADER = b"L"
    END_OF_HEADERS = b"N"
    BODY = b"B"
    END_OF_MESSAGE = b"E"
    UNKNOWN = b"U"
    ABORT = b"A"
    QUIT = b"Q"
    QUIT_NEW_CONNECTION = b"K"


class Reply:
    """What a milter says. Each is one octet."""

    CONTINUE = b"c"
    TEMPFAIL = b"t"
    PROGRESS = b"p"
    CHANGE_FROM = b"e"
    DELETE_RCPT = b"-"
    ADD_RCPT = b"+"
    ADD_RCPT_WITH_PARAMETERS = b"2"
    CHANGE_HEADER = b"m"


class Action(IntFlag):
    """What a mail server lets a milter do, as far as we would."""

    ADD_RCPT = 0x04
    DELETE_RCPT = 0x08
    CHANGE_HEADERS = 0x10
    CHANGE_FROM = 0x40
    ADD_RCPT_WITH_PARAMETERS = 0x80


class Step(IntFlag):
    """What a milter does not want to be told, or not to answer, and how it wants to see headers, as far as we do."""

    NO_CONNECT = 0x01
    NO_HELO = 0x02
    NO_BODY = 0x10
    NO_END_OF_HEADERS = 0x40
    NO_REPLY_TO_HEADER = 0x80
    NO_UNKNOWN = 0x100
    NO_DATA = 0x200
    #: White space behind a header's colon belongs to its value, for either side.
    LEADING_SPACE = 0x10_0000


class Packet(NamedTuple):
    """A command, one octet, and its data."""

    command: bytes
    data: bytes


class PacketReader:
    r"""Puts packets together from octets that are cut anywhere.

    Keeps no more than one packet and what came behind it: a mail server waits for replies, and one that does not is
    heard no further.

    >>> reader = PacketReader()
    >>> reader.feed(b"\0\0\0\x0fM<a@b.exa")
    >>> reader.next_packet()
    >>> reader.feed(b"mple>\0\0\0")
    >>> reader.next_packet()
    Packet(command=b'M', data=b'<a@b.example>\x00')
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._is_flooded = False

    def feed(self, data: bytes) -> None:
        """Take octets that came."""
        if len(self._buffer) <= _LENGTH + MAX_PACKET:
            self._buffer += data
        else:
            self._is_flooded = True

    def next_packet(self) -> Packet | None:
        """Return the next packet, ``None`` where more must come first.

        Raises `WireError` at a length that no packet has, or where packets came without end; another call raises it
        again.
        """
        if self._is_flooded:
            raise WireError(f"more than {MAX_PACKET} octets before anything was answered")
        if len(self._buffer) < _LENGTH:
            return None
        length = int.from_bytes(self._buffer[:_LENGTH])
        if not 0 < length <= MAX_PACKET:
            del self._buffer[_LENGTH:]  # there is no telling what it would be
            raise WireError(f"a milter packet has 1 to {MAX_PACKET} octets, not {length}")
        end = _LENGTH + length
        if len(self._buffer) < end:
            return None
        found = Packet(bytes(self._buffer[_LENGTH : _LENGTH + 1]), bytes(self._buffer[_LENGTH + 1 : end]))
        del self._buffer[:end]
        return found


def packet(command: bytes, data: bytes = b"") -> bytes:
    r"""Return a packet as it is sent.

    >>> packet(Reply.DELETE_RCPT, b"<relay!host!user>\0")
    b'\x00\x00\x00\x13-<relay!host!user>\x00'
    """
    return (len(data) + 1).to_bytes(_LENGTH) + command + data


def strings(data: bytes) -> list[bytes]:
    r"""Return the strings in a packet's data, each of which a NUL ends; one that nothing ends is one, too.

    >>> strings(b"<a@b.example>\0SIZE=100\0")
    [b'<a@b.example>', b'SIZE=100']
    """
    return data.removesuffix(b"\0").split(b"\0") if data else []
