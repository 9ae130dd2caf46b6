"""Rows: a mapping table in memory, from levels to a domain or from a domain to levels (RFC 2156 4.2, appendix F).

All lookups take the longest match and never scan: one step a level.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from mailpaths import names
from mailpaths.addresses.oraddress import ORAddress
from mailpaths.x400.levels import Level, fold_level, format_node, levels_of, node_address

__all__ = ["DomainMatch", "DomainRows", "NodeMatch", "NodeRows"]

_NO_ADMD = (None, " ")


class DomainMatch(NamedTuple):
    """A domain, and how many levels of the O/R address it stands for."""

    domain: str
    levels: int
    source: str


class NodeMatch(NamedTuple):
    """What a domain's last ``labels`` stand for: the ``levels`` of an O/R address, or a gateway's whole ``address``."""

    levels: tuple[Level, ...]
    labels: int
    source: str
    address: ORAddress


class DomainRows:
    """Rows from O/R address to domain: table1 or gate1."""

    __slots__ = ("_deepest", "_matches", "_rows", "_source")

    def __init__(self, rows: Iterable[tuple[Sequence[Level], str]] = (), *, source: str = "table1") -> None:
        """Make a table of pairs: the levels from the country down, and the domain."""
        self._rows: dict[tuple[Level, ...], tuple[tuple[Level, ...], str]] = {}
        # A row's match is always the same: it is made when the row is first found.
        self._matches: dict[tuple[Level, ...], DomainMatch] = {}
        self._source = source
        self._deepest = 0
        for levels, domain in rows:
            self.add(levels, domain)

    def add(self, levels: Sequence[Level], domain: str) -> bool:
        """Add a row; tell whether its key was new. The first row of a key stands."""
        key = tuple([fold_level(level) for level in levels])
        if key in self._rows:
            return False
        self._rows[key] = (tuple(levels), domain)
        self._deepest = max(self._deepest, len(key))
        return True

    def find(self, levels: Sequence[Level]) -> DomainMatch | None:
        """Return the domain of the longest row that the levels begin with.

        An ADMD that is absent or blank - the same, for both mean any (RFC 2156 4.1.3) - is looked for as the single
        space and then as omitted (``@``).
        """
        if not self._rows:
            return None
        folded = tuple([fold_level(level) for level in levels[: self._deepest]])
        omitted: tuple[Level, ...] | None = None
        if len(folded) > 1 and folded[1] in _NO_ADMD:
            omitted = (folded[0], None, *folded[2:])
            folded = (folded[0], " ", *folded[2:])
        for count in range(len(folded), 0, -1):
            key = folded[:count]
            if key not in self._rows:
                if omitted is None or omitted[:count] not in self._rows:
                    continue
                key = omitted[:count]
            match = self._matches.get(key)
            if match is None:
                written, domain = self._rows[key]
                match = self._matches[key] = DomainMatch(domain, count, f"{self._source}: {format_node(written)}")
            return match
        return None

    def __contains__(self, levels: object) -> bool:
        """Tell whether there is a row for these very levels, blind to case."""
        return isinstance(levels, tuple) and tuple([fold_level(level) for level in levels]) in self._rows

    def __repr__(self) -> str:
        """Return what it is and how much: the rows themselves may be many thousands."""
        return f"<{type(self).__name__} {self._source}: {len(self._rows):,} rows>"

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._rows)

    def __iter__(self) -> Iterator[tuple[tuple[Level, ...], str]]:
        """Go through the rows as they were added: the levels and the domain."""
        return iter(self._rows.values())


class NodeRows:
    """Rows from domain to O/R address: table2 or gate2."""

    __slots__ = ("_deepest", "_matches", "_rows", "_source")

    def __init__(self, rows: Iterable[tuple[str, Sequence[Level] | ORAddress]] = (), *, source: str = "table2") -> None:
        """Make a table of pairs: the domain, and the levels from the country down, or a gateway's whole address."""
        self._rows: dict[str, tuple[str, tuple[Level, ...] | ORAddress]] = {}
        self._matches: dict[str, NodeMatch] = {}
        self._source = source
        self._deepest = 0
        for domain, node in rows:
            self.add(domain, node)

    def add(self, domain: str, node: Sequence[Level] | ORAddress) -> bool:
        """Add a row; tell whether its key was new. The first row of a key stands."""
        written = names.without_dot(domain)
        key = names.fold(written)
        if key in self._rows:
            return False
        self._rows[key] = (written, node if isinstance(node, ORAddress) else tuple(node))
        self._deepest = max(self._deepest, key.count(".") + 1)
        return True

    def find(self, labels: Sequence[str]) -> NodeMatch | None:
        """Return what the longest row means that the labels end with."""
        if not self._rows:
            return None
        start = max(0, len(labels) - self._deepest)
        key = names.fold(".".join(labels[start:]))
        while key:
            if key in self._rows:
                match = self._matches.get(key)
                if match is None:
                    match = self._matches[key] = self._match(key)
                return match
            key = key.partition(".")[2]
        return None

    def _match(self, key: str) -> NodeMatch:
        domain, node = self._rows[key]
        labels, source = key.count(".") + 1, f"{self._source}: {domain}"
        if isinstance(node, ORAddress):
            return NodeMatch(levels_of(node), labels, source, node)
        return NodeMatch(node, labels, source, node_address(node))

    def __contains__(self, domain: object) -> bool:
        """Tell whether there is a row for this very domain, blind to case."""
        return isinstance(domain, str) and names.fold(names.without_dot(domain)) in self._rows

    def __repr__(self) -> str:
        """Return what it is and how much: the rows themselves may be many thousands."""
        return f"<{type(self).__name__} {self._source}: {len(self._rows):,} rows>"

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._rows)

    def __iter__(self) -> Iterator[tuple[str, tuple[Level, ...] | ORAddress]]:
        """Go through the rows as they were added: the domain, and what it stands for."""
        return iter(self._rows.values())
