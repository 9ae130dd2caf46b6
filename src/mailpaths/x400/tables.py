r"""Mapping tables: which domain stands for which part of the X.400 world, and the other way.

Four tables (RFC 2156 4.2 and appendix F): ``table1`` from O/R address to domain, ``table2`` from domain to O/R address
- the MCGAMs - and ``gate1``, ``gate2``, the same for the preferred gateway. A file has a row a line::

    PRMD$UK\.AC.ADMD$GOLD 400.C$GB#AC.UK#

A table is whatever finds the longest match: rows in memory (`DomainRows`, `NodeRows`), or the DNS.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from mailpaths.x400 import table_files
from mailpaths.x400.levels import Level, format_node, levels_of, node_address, parse_node
from mailpaths.x400.table_files import RowFault, TableError
from mailpaths.x400.table_rows import DomainMatch, DomainRows, NodeMatch, NodeRows

__all__ = [
    "DomainMatch",
    "DomainRows",
    "Level",
    "NodeMatch",
    "NodeRows",
    "RowFault",
    "TableError",
    "Tables",
    "ToDomain",
    "ToNode",
    "format_node",
    "levels_of",
    "node_address",
    "parse_node",
]


class ToDomain(Protocol):
    """What finds the domain for the top of an O/R address: a table, or the DNS."""

    def find(self, levels: Sequence[Level]) -> DomainMatch | None:
        """Return the longest match for the levels, the country first; ``None`` where there is none."""
        ...


class ToNode(Protocol):
    """What finds the top of an O/R address for a domain: a table, or the DNS."""

    def find(self, labels: Sequence[str]) -> NodeMatch | None:
        """Return the longest match for the labels of a domain, the last one last; ``None`` where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Tables:
    r"""The four mapping tables of a gateway; any of them may be the DNS's (`mailpaths.x400.px.PXTables`).

    ``faults`` are the rows that break a rule, where the tables were read from files. Source: RFC 2156 4.2, appendix F.

    >>> tables = Tables.parse(table1=r"PRMD$UK\.AC.ADMD$GOLD 400.C$GB#AC.UK#")
    >>> tables.table1.find(("gb", "Gold 400", "uk.ac", "UCL"))
    DomainMatch(domain='AC.UK', levels=3, source='table1: PRMD$UK\\.AC.ADMD$GOLD 400.C$GB')
    """

    table1: ToDomain = field(default_factory=DomainRows)
    table2: ToNode = field(default_factory=NodeRows)
    gate1: ToDomain = field(default_factory=lambda: DomainRows(source="gate1"))
    gate2: ToNode = field(default_factory=lambda: NodeRows(source="gate2"))
    faults: tuple[RowFault, ...] = ()

    @classmethod
    def parse(cls, *, table1: str = "", table2: str = "", gate1: str = "", gate2: str = "") -> Tables:
        """Return the tables of four texts in the format of RFC 2156 appendix F.

        A row that cannot be read is left out and stands in ``faults``, and so does one that bends a rule and is kept.
        """
        return cls(*table_files.read([("table1", table1), ("table2", table2), ("gate1", gate1), ("gate2", gate2)]))

    @classmethod
    def load(cls, path: Path | str) -> Tables:
        """Return the tables of a directory: files named table1 (mapping1, or2rfc), table2, gate1, gate2 (gate).

        An ending such as ``.txt`` or ``.in.txt`` is no part of the name, and case makes no difference. Raises
        `TableError` for a directory or a file that cannot be read, none of these files, or two of one.
        """
        return cls(*table_files.load(path))
