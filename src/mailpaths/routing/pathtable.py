"""`PathTable`: the router over a table of roads, such as pathalias prints and smail and sendmail+IDA read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from mailpaths import names
from mailpaths.errors import AddressSyntaxError, MapError
from mailpaths.policy import UUCP, Policy
from mailpaths.routing.answer import Answer, Found, NotFound
from mailpaths.routing.lookup import keys, near_misses
from mailpaths.routing.tablefile import Row, TableFault, bounded, rows
from mailpaths.routing.template import RouteTemplate

__all__ = ["PathTable"]


class PathTable:
    r"""A router over a table from one host: names of hosts and domains with their roads.

    ``policy`` says how a road such as ``a!%s@b`` is read. Where a name stands twice, the cheaper road stays, or the
    first. `faults` holds the lines that were left out.

    >>> from mailpaths.routing import PathTable
    >>> table = PathTable.from_text("mcvax\tseismo!mcvax!%s\n.edu\trutgers!%s\n")
    >>> table.resolve("mcvax.uucp").template.text
    'seismo!mcvax!%s'
    >>> table.resolve("gatech.edu").template.text
    'rutgers!gatech.edu!%s'
    """

    def __init__(self, found: Iterable[Row], *, policy: Policy = UUCP, name: str = "path table") -> None:
        self.name = name
        self.policy = policy
        self.faults: tuple[TableFault, ...] = ()
        self._rows: dict[str, Row] = {}
        self._answers: dict[str, Found] = {}
        self._ordered: list[str] | None = None
        for row in found:
            self._add(row)

    @classmethod
    def load(cls, path: str | Path, *, policy: Policy = UUCP) -> PathTable:
        """Return the table in a file. Raises `MapError` where it cannot be read."""
        try:
            with Path(path).open(encoding="utf-8", errors="surrogateescape", newline="\n") as stream:
                return cls._read(bounded(stream), str(path), policy)
        except OSError as error:
            raise MapError(f"{path}: {error.strerror or error}") from error
        except ValueError as error:  # a NUL in the name, or what no file system can hold
            raise MapError(f"{path!r}: {error}") from error

    @classmethod
    def from_text(cls, text: str, *, policy: Policy = UUCP, name: str = "[text]") -> PathTable:
        """Return the table that a text holds."""
        return cls._read(text.split("\n"), name, policy)

    @classmethod
    def _read(cls, lines: Iterable[str], name: str, policy: Policy) -> PathTable:
        table = cls((), policy=policy, name=name)
        faults: list[TableFault] = []
        for one in rows(lines, name, policy):
            if isinstance(one, Row):
                table._add(one)
            else:
                faults.append(one)
        table.faults = tuple(faults)
        return table

    def _add(self, row: Row) -> None:
        key = names.fold(row.name)
        known = self._rows.get(key)
        if known is None or (known.cost is not None and row.cost is not None and row.cost < known.cost):
            self._rows[key] = row

    def resolve(self, host: str, *, origin: str | None = None) -> Answer:  # noqa: ARG002 - a table has one origin
        """Return the road to a host: see `mailpaths.routing.Router.resolve`; RFC 976 3 (b) says how it is found."""
        # Most questions name a host as the table does: that is one look into it, or two.
        known = self._answers.get(host)
        if known is not None:
            return known
        for key, is_parent in keys(host):
            row = self._rows.get(key)
            answer = None if row is None else self._answers.get(key) or self._answer(key, row)
            if answer is None:
                continue
            if not is_parent:
                return answer
            template = answer.template.on_to(names.without_dot(host))
            return Found(template, answer.cost, answer.source, answer.matched)
        if self._ordered is None:
            self._ordered = sorted(self._rows)
        return NotFound(near_misses(host, self._rows, self._ordered))

    def _answer(self, key: str, row: Row) -> Found | None:
        try:
            template = RouteTemplate.parse(row.route, self.policy)
        except AddressSyntaxError:  # a row that somebody made, and no file
            return None
        self._answers[key] = answer = Found(template, row.cost, self.name, row.name)
        return answer

    def hosts(self) -> tuple[str, ...]:
        """Return the names of all hosts in the table, in its order; no domains."""
        return tuple([row.name for row in self._rows.values() if not row.name.startswith(".")])

    def __iter__(self) -> Iterator[Row]:
        """Return the rows, in the order in which they were added."""
        return iter(self._rows.values())

    def __len__(self) -> int:
        """Return how many names the table knows."""
        return len(self._rows)

    def __repr__(self) -> str:
        """Return what it is, for people."""
        return f"<PathTable {self.name}: {len(self._rows):,} names>"
