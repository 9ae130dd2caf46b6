"""`Code`: the reply codes of RFC 915, each with its own words."""

from __future__ import annotations

from enum import IntEnum
from typing import Self

__all__ = ["HIGHEST", "LAST_WORDS", "LOWEST", "Code"]

#: Codes lie in the range from 200 to 599 (RFC 915, The Protocol).
LOWEST, HIGHEST = 200, 599


class Code(IntEnum):
    """A reply code and what RFC 915 says that it means (Detailed Protocol Description).

    The first digit says whether it worked: 2 yes, 4 not now, 5 no. The second says what it is about: 0 the command,
    1 the connection, 2 the database, 3 the move to domains.

    >>> Code.NOT_FOUND.value, Code.NOT_FOUND.meaning
    (520, 'No such host found in database.')
    """

    meaning: str

    def __new__(cls, number: int, meaning: str) -> Self:
        """Make a code."""
        made = int.__new__(cls, number)
        made._value_ = number
        made.meaning = meaning
        return made

    HELP = 200, "General or specific documentation given."
    READY = 210, "Greeting message indicating the server is ready."
    CLOSING = 211, "Close the connection down."
    ROUTE = 220, "Rigid format route given."
    ROUTE_AND_DOMAIN = 230, "Rigid format route given. Domain servers should be used."
    DOWN = 410, "The server is down for some unknown reason for a short time."
    TIMED_OUT = 412, "The server has been waiting for more than 2 minutes."
    DATABASE_TROUBLE = 420, "Database problems. Try again later."
    UNAVAILABLE_NOW = 421, "Service temporarily unavailable."
    NOT_IMPLEMENTED = 501, "Command not implemented, topic not known, or invalid or null argument given."
    UNAVAILABLE = 510, "The server is unavailable."
    NOT_FOUND = 520, "No such host found in database."
    AMBIGUOUS = 521, "Host name is ambiguous."


#: Codes that say that the connection is at its end, whatever was asked.
LAST_WORDS = frozenset({Code.DOWN, Code.TIMED_OUT, Code.UNAVAILABLE, Code.CLOSING})
