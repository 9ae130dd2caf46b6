"""`Telnet`: what a TELNET client says beside its text, taken out, and every option refused.

RFC 915 (Design Goals) has people talk to the server with TELNET: the server "understands TELNET options but refuses all
option negotiations that disagree with the NVT", the network virtual terminal of RFC 854, and does not echo.
"""

from __future__ import annotations

__all__ = ["Telnet"]

IAC = 255  # RFC 854: "interpret as command"; the same octet twice is one octet of text
SE = 240  # end of a subnegotiation
SB = 250  # its begin
WILL, WONT, DO, DONT = 251, 252, 253, 254
_ANSWERS = {WILL: DONT, DO: WONT}
_NEGOTIATIONS = frozenset({WILL, WONT, DO, DONT})

# Where between two octets of a command we are.
_TEXT, _COMMAND, _OPTION, _SUB, _SUB_COMMAND = range(5)


class Telnet:
    r"""Takes TELNET commands out of a stream, wherever it is cut, and keeps what is to be answered.

    WILL is answered by DONT and DO by WONT, so that both sides stay with the NVT; WONT and DONT ask for nothing and get
    no answer (RFC 854, page 2, rule b: no loops). All else, subnegotiations too, is taken out and forgotten: a person's
    own terminal edits the line.

    >>> telnet = Telnet()
    >>> telnet.text(b"HE\xff\xfd\x01LP")
    b'HELP'
    >>> telnet.answers()
    b'\xff\xfc\x01'
    """

    __slots__ = ("_answers", "_state", "_verb", "commands")

    def __init__(self) -> None:
        self._state = _TEXT
        self._verb = 0
        self._answers = bytearray()
        #: How many commands came; what follows an IAC within a subnegotiation counts, too.
        self.commands = 0

    def text(self, data: bytes) -> bytes:
        """Return the text in the octets that came."""
        if self._state == _TEXT and IAC not in data:
            return data
        self.commands += data.count(IAC)
        found = bytearray()
        place, end = 0, len(data)
        while place < end:
            if self._state == _TEXT:
                stop = data.find(IAC, place)
                stop = end if stop < 0 else stop
                found += data[place:stop]
                place = stop + 1
                if stop < end:
                    self._state = _COMMAND
            elif self._state == _SUB:
                stop = data.find(IAC, place)
                place = end if stop < 0 else stop + 1
                if stop >= 0:
                    self._state = _SUB_COMMAND
            else:
                self._step(data[place], found)
                place += 1
        return bytes(found)

    def _step(self, octet: int, found: bytearray) -> None:
        """Take the octet behind an IAC, or the option behind a verb."""
        if self._state == _OPTION:
            answer = _ANSWERS.get(self._verb)
            if answer is not None:
                self._answers += bytes((IAC, answer, octet))
            self._state = _TEXT
        elif self._state == _SUB_COMMAND:
            self._state = _TEXT if octet == SE else _SUB
        elif octet in _NEGOTIATIONS:
            self._verb = octet
            self._state = _OPTION
        elif octet == SB:
            self._state = _SUB
        else:
            if octet == IAC:
                found.append(IAC)
            self._state = _TEXT

    def answers(self) -> bytes:
        """Return what is to be sent back now, once."""
        if not self._answers:
            return b""
        found = bytes(self._answers)
        self._answers.clear()
        return found
