"""A UUCP world: hosts, nets and domains with the links between them, as a map says them.

Every host has a number, in the order in which pathalias would make its nodes, and so has every link. What is kept is
lists, one entry a host or a link, since a world has tens of thousands of both and a route visits them all.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from functools import cached_property
from typing import NamedTuple

from mailpaths.routing.uucp.flags import DOMAIN, NET
from mailpaths.routing.uucp.hashing import checksums

__all__ = ["Message", "Place", "Step", "World"]


_ODD = re.compile(r"[^-0-9A-Za-z._]")


class Place(NamedTuple):
    """A line of a file."""

    file: str
    line: int

    def __str__(self) -> str:
        """Return the place as programs print one."""
        return f"{self.file}:{self.line}"


class Message(NamedTuple):
    """A fault of a map in pathalias's own words.

    ``file`` is ``None`` where the fault belongs to no place. ``statement`` is the text of the statement at
    fault, empty where it is not known, and ``start`` its first line.
    """

    file: str | None
    line: int
    text: str
    statement: str = ""
    start: int = 0

    def __str__(self) -> str:
        """Return the message as pathalias prints it, without the last line end."""
        return f'"{self.file}", line {self.line}: {self.text}' if self.file is not None else f"pathalias: {self.text}"


class Step(NamedTuple):
    """One link of a road: from the host ``start`` to the host ``number``.

    ``declared`` is the link of the world behind it; where ``turned``, that is the way back, and this one a guess.
    """

    start: int
    number: int
    link: int
    declared: int
    turned: bool


class World:
    """What a map says: hosts with their names and kinds, and links with their targets, costs and marks.

    `mailpaths.routing.uucp.building` fills it. Once that is done nothing in it changes any more, so that roads from
    many hosts can be computed over one world, in several threads too.
    """

    def __init__(self) -> None:
        #: The name of each host as the map spells it (in lower case if that was asked for).
        self.names: list[str] = []
        #: The marks of each host (see `mailpaths.routing.uucp.flags`).
        self.kinds: list[int] = []
        #: The numbers of each host's links, in the order in which pathalias walks along them.
        self.links: list[list[int]] = []
        #: Where each link leads, what it costs, and its marks.
        self.targets: list[int] = []
        self.costs: list[int] = []
        self.marks = bytearray()
        #: The host that was the home when the map was read, ``None`` where none was named.
        self.home: int | None = None
        #: The number of each public name.
        self.numbers: dict[str, int] = {}
        #: Hosts in the order in which they come into the hash table of pathalias, which decides some ties.
        self.entries: list[int] = []
        #: How many hosts there were when a private one came into that table: they come late.
        self.late: dict[int, int] = {}
        #: Whether a name was looked up after the last host was made: the table grows then.
        self.settled = False
        #: What is wrong with the map.
        self.messages: list[Message] = []
        # For each statement with links: its first link, and its line; for each file its first statement.
        self._first_links = array("q")
        self._lines = array("q")
        self._files: list[str] = []
        self._file_starts: list[int] = []

    @cached_property
    def checksums(self) -> list[int]:
        """The checksum of each name: its place in the hash table."""
        return checksums(self.names)

    @cached_property
    def has_odd_names(self) -> bool:
        """Whether some name is not made of the characters of host names: in quotes a map may say anything."""
        return any(_ODD.search(name) for name in self.names)

    def is_net(self, number: int) -> bool:
        """Tell whether a number is that of a net or a domain, and no host."""
        return bool(self.kinds[number] & (NET | DOMAIN))

    def mark_file(self, name: str) -> None:
        """Say in which file the statements stand that follow."""
        self._files.append(name)
        self._file_starts.append(len(self._lines))

    def mark_statement(self, line: int) -> None:
        """Say in which line the links stand that follow."""
        self._first_links.append(len(self.targets))
        self._lines.append(line)

    def place(self, link: int) -> Place:
        """Return where a link is declared: the line where its statement begins, or where a list adds to it."""
        statement = bisect_right(self._first_links, link) - 1
        if statement < 0:
            return Place("", 0)
        file = bisect_right(self._file_starts, statement) - 1
        return Place(self._files[file] if file >= 0 else "", self._lines[statement])
