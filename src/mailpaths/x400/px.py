"""`PXTables`: the DNS as mapping tables, each row of them a `PXRecord` there (RFC 2163).

A row of table1 or gate1 stands in a branch under the country's top-level domain, one of table2 or gate2 at the domain
itself; a gate row ends in ``G.``::

    *.PRMD-ab.ADMD-ac.X42D.fr. IN PX 50 ab.fr. PRMD-ab.ADMD-ac.C-fr.

What the printed text gets wrong, and what is done instead:

* RFC 2163 5 says that the DNS "by itself returns the longest possible match". A wildcard does not cover its own node,
  nor anything below a node that exists between it and the question (RFC 1034 4.3.3, RFC 4592 2.2.2). `records` fills
  such nodes, and a lookup asks for the wildcard itself where the name has no record.
* RFC 2163 4.3 prints the gate2 rows of its example without a wildcard, against 4.1, its own rule and the example of
  5.1. `records` gives both: the name and the wildcard.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from mailpaths import names
from mailpaths.addresses.oraddress import fold
from mailpaths.x400.levels import DOMAIN, KEYS, Level, node_address, present_end
from mailpaths.x400.px_records import Answer, PXRecord, owner_name, read_answer, records, rows
from mailpaths.x400.px_resolver import DNSResolver, LookupFailedError, Resolver
from mailpaths.x400.tables import DomainMatch, NodeMatch, Tables

__all__ = ["DNSResolver", "LookupFailedError", "PXRecord", "PXTables", "Resolver", "owner_name", "records", "rows"]

#: A domain name in text, with its final dot and without the "*." that a question may need.
_MAX_NAME = names.MAX_DOMAIN - 1
# How many answers are kept, and for how many seconds: a gateway asks for the same few domains again and again.
_KEPT = 1024
_KEPT_FOR = 60


class PXTables:
    """The DNS as mapping tables: `tables` gives the four, each a view that asks one question a lookup.

    ``resolver`` is any `Resolver`; without one, `DNSResolver` is made when the first question comes. Answers are kept
    for a minute, and one serves both table and gate table. What comes back is looked at hard: a record whose own name
    is not the beginning of what was asked for is no answer, nor is one that spells no row. Source: RFC 2163 5.

    >>> from mailpaths.x400 import Gateway
    >>> class Zone:
    ...     def px(self, name):
    ...         return [(50, "pkz.de.", "ADMD-pkz.C-de.")] if name.endswith(".admd-pkz.x42d.de.") else []
    >>> gateway = Gateway(PXTables(Zone()).tables(), domain="gw.example")
    >>> print(gateway.to_rfc822("C=de; A=pkz; P=nfc; O=top; S=Muster"))
    Muster@top.nfc.pkz.de
    """

    def __init__(self, resolver: Resolver | None = None) -> None:
        """Make tables of the DNS: see the class."""
        self._resolver = resolver
        self._kept = lru_cache(maxsize=_KEPT)(self._ask)

    def tables(self) -> Tables:
        """Return table1, table2, gate1 and gate2, to make a `mailpaths.x400.Gateway` of."""
        return Tables(
            _DomainView(self, gate=False),
            _NodeView(self, gate=False),
            _DomainView(self, gate=True),
            _NodeView(self, gate=True),
        )

    def answers(self, questions: Sequence[str]) -> tuple[Answer, ...]:
        """Return what is at the first of several names that has any record, the most preferred first."""
        for name in questions:
            found = self._kept(names.fold(name), int(time.monotonic() // _KEPT_FOR))
            if found:
                return found
        return ()

    def _ask(self, name: str, _minute: int) -> tuple[Answer, ...]:
        if self._resolver is None:
            self._resolver = DNSResolver()
        found = [read_answer(*record) for record in self._resolver.px(name)]
        # Of two that are preferred alike, the one that says more.
        return tuple(
            sorted(
                [one for one in found if one is not None],
                key=lambda one: (one.preference, -len(one.levels), -one.domain.count(".")),
            )
        )


def _questions(name: str, omitted: str | None = None) -> list[str]:
    """Return what to ask for a name: itself, and then the wildcard that does not cover it.

    ``omitted`` is the label of the level below it, where an address leaves that out: a row may name the omission. Such
    a name has the wildcard above it for an answer, unless the row is there.
    """
    kept = name
    while len(kept) > _MAX_NAME - 2 or len(kept.partition(".")[0]) > names.MAX_LABEL:
        kept = kept.partition(".")[2]
    # No name in the DNS is longer, so what is known of this one is known of what lies below the rest.
    while (long := _long_label(kept)) is not None:
        kept = kept[long:]
    if kept != name:
        return [f"*.{kept}"] if kept else []
    if omitted is None:
        return [name, f"*.{name}"]
    below = f"{omitted}.{name}"
    return [name, below, f"*.{below}"] if len(below) <= _MAX_NAME - 2 else [name, f"*.{name}"]


def _long_label(name: str) -> int | None:
    """Return the place behind a label that is longer than a label can be; ``None`` where there is none."""
    place = 0
    for label in name.split("."):
        place += len(label) + 1
        if len(label) > names.MAX_LABEL:
            return place
    return None


@dataclass(frozen=True, slots=True)
class _DomainView:
    """Table1 or gate1, as the DNS has it."""

    source: PXTables
    gate: bool

    def find(self, levels: Sequence[Level]) -> DomainMatch | None:
        """Return the longest match for the levels: see `mailpaths.x400.tables.ToDomain`."""
        end = present_end(levels)
        if not end or not DOMAIN.match(levels[0] or ""):
            return None
        omitted = KEYS[end] if end < len(levels) else None
        # As in a table, an absent ADMD is looked for as omitted, and then as the single space that it means.
        spellings: list[list[Level]] = [list(levels)]
        if len(levels) > 1 and levels[1] is None:
            spellings.append([levels[0], " ", *levels[2:]])
        best: DomainMatch | None = None
        for spelling in spellings:
            stop = max(end, 2) if spelling[1:2] == [" "] else end
            for one in self.source.answers(_questions(owner_name(spelling[:stop]), omitted)):
                if one.gate is self.gate and _begins(spelling, one.levels):
                    if best is None or len(one.levels) > best.levels:
                        best = DomainMatch(one.domain, len(one.levels), f"PX record: {one.mapx400}")
                    break
        return best


@dataclass(frozen=True, slots=True)
class _NodeView:
    """Table2 or gate2, as the DNS has it."""

    source: PXTables
    gate: bool

    def find(self, labels: Sequence[str]) -> NodeMatch | None:
        """Return the longest match for the labels: see `mailpaths.x400.tables.ToNode`."""
        asked = names.fold(".".join(labels))
        if not DOMAIN.match(asked):
            return None
        for one in self.source.answers(_questions(f"{asked}.")):
            if one.gate is self.gate and f".{asked}".endswith(f".{names.fold(one.domain)}"):
                source = f"PX record: {one.domain}. {one.mapx400}"
                return NodeMatch(one.levels, one.domain.count(".") + 1, source, node_address(one.levels))
        return None


def _begins(levels: Sequence[Level], prefix: Sequence[Level]) -> bool:
    return len(prefix) <= len(levels) and all(
        (None if one is None else fold(one)) == (None if other is None else fold(other))
        for one, other in zip(prefix, levels, strict=False)
    )
