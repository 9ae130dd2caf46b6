"""Files of roads, as pathalias writes and smail reads them: a host, its road, and maybe a cost on each line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TextIO

from mailpaths import names
from mailpaths.errors import AddressSyntaxError
from mailpaths.policy import UUCP, Policy
from mailpaths.routing.template import PLAIN, RouteTemplate

__all__ = ["Row", "TableFault", "bounded", "rows"]

_INTEGER = re.compile(r"-?[0-9]{1,18}\Z")
_LONGEST = 65_536


class Row(NamedTuple):
    """One line of a table: ``name``, a host or a domain with its dot; its road with ``%s``; its cost or ``None``."""

    name: str
    route: str
    cost: int | None = None


class TableFault(NamedTuple):
    """A line of a table that is left out."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        """Return the fault as programs print one."""
        return f"{self.file}:{self.line}: {self.message}"


def bounded(stream: TextIO) -> Iterator[str]:
    """Yield the lines of a file; of one longer than any road no more than shows that, so that none fills memory."""
    most = _LONGEST + 1
    while line := stream.readline(most):
        yield line
        while len(line) == most and not line.endswith("\n"):
            line = stream.readline(most)


def rows(lines: Iterable[str], file: str, policy: Policy = UUCP) -> Iterator[Row | TableFault]:
    """Yield each line's row, or its fault.

    A line is ``name route``, ``cost name route`` (pathalias -c) or ``name route cost`` (smail), its fields apart by a
    tab or blanks. Empty lines and comments (``#``) are passed over.
    """
    for number, line in enumerate(lines, 1):
        text = line.rstrip("\r\n")
        if not text.strip() or text.lstrip(" \t").startswith("#"):
            continue
        try:
            yield _row(text, policy)
        except AddressSyntaxError as error:
            yield TableFault(file, number, error.message)


def _row(text: str, policy: Policy) -> Row:
    if len(text) > _LONGEST:
        raise AddressSyntaxError("a line too long for any road", text[:80], (0, 80))
    fields = [field.strip(" ") for field in text.split("\t")] if "\t" in text else text.split()
    match fields:
        case [name, route]:
            cost = ""
        case [cost, name, route] if _INTEGER.match(cost) and "%s" in route:
            pass
        case [name, route, cost] if not cost or _INTEGER.match(cost):
            pass
        case _:
            raise AddressSyntaxError("expected a host, its route and maybe a cost", text, (0, len(text)))
    if not name:
        raise AddressSyntaxError("expected a host before the route", text, (0, 0))
    if not PLAIN.match(route):  # nothing about a plain path needs to be parsed now
        RouteTemplate.parse(route, policy)
    return Row(names.without_dot(name), route, int(cost) if cost else None)
