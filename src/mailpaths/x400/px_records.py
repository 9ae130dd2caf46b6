"""`PXRecord`: a row of a mapping table as the DNS carries it (RFC 2163 4), made of tables and read back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

from mailpaths import names
from mailpaths.addresses.dialects import px_label
from mailpaths.addresses.oraddress import ORAddress
from mailpaths.errors import AddressSyntaxError, ConversionError
from mailpaths.grammar import oraddress as grammar
from mailpaths.x400.levels import DOMAIN, KEYS, Level, format_node, levels_of, node_address, parse_node, present_end
from mailpaths.x400.tables import Tables

__all__ = ["Answer", "PXRecord", "owner_name", "read_answer", "records", "rows"]

#: RFC 2163 4.1: "for current use, the PREFERENCE value should be fixed to a value of 50".
_PREFERENCE = 50
_MAX_PREFERENCE = 0xFFFF
_BRANCH = "X42D"
_GATE = ".G."

# <name> [<class>] [<TTL>] PX <preference> <map822> <mapx400>, class and TTL in either order (RFC 1035 5.1).
_LINE = re.compile(
    r"(?P<owner>[^\s;]++)\s++(?:(?:IN|[0-9]++)\s++){0,2}+PX\s++(?P<preference>[0-9]{1,5})\s++"
    r"(?P<map822>[^\s;]++)\s++(?P<mapx400>[^\s;]++)\s*+(?:;.*)?\Z",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?:\*\.)?(?>(?:[A-Za-z0-9_-]{1,63}+\.)+)\Z")


@dataclass(frozen=True, slots=True)
class PXRecord:
    """A PX record: a row of a mapping table in the DNS. Names end with the root's dot. `str` is its zone-file line.

    Raises `AddressSyntaxError` for a name that is none, and for a preference beyond 65535. Source: RFC 2163 4.

    >>> record = PXRecord.parse("*.ab.fr.  IN  PX  50  ab.fr.  PRMD-ab.ADMD-ac.C-fr.")
    >>> record
    PXRecord(owner='*.ab.fr.', preference=50, map822='ab.fr.', mapx400='PRMD-ab.ADMD-ac.C-fr.')
    >>> print(record)
    *.ab.fr. IN PX 50 ab.fr. PRMD-ab.ADMD-ac.C-fr.
    """

    owner: str
    preference: int
    map822: str
    mapx400: str

    def __post_init__(self) -> None:
        """Check what was given."""
        for name in (self.owner, self.map822, self.mapx400):
            if not _NAME.match(name):
                raise AddressSyntaxError("expected a domain name with a final dot", name, (0, len(name)))
        if not 0 <= self.preference <= _MAX_PREFERENCE:
            text = str(self.preference)
            raise AddressSyntaxError("the preference of a record goes from 0 to 65535", text, (0, len(text)))

    @classmethod
    def parse(cls, line: str) -> PXRecord:
        """Return the record of a zone file's line; class, TTL and a comment may stand there. Raises as the class."""
        found = _LINE.match(line.strip())
        if found is None:
            raise AddressSyntaxError("expected <name> IN PX <preference> <map822> <mapx400>", line, (0, len(line)))
        return cls(found["owner"], int(found["preference"]), found["map822"], found["mapx400"])

    def __str__(self) -> str:
        """Return the line of a zone file."""
        return f"{self.owner} IN PX {self.preference} {self.map822} {self.mapx400}"


def owner_name(node: ORAddress | Sequence[Level]) -> str:
    r"""Return the name under which the DNS keeps what it knows of a node: the country convention of RFC 2163 4.2.3.

    ``node`` is an address, of which everything below the units goes, or its levels from the country down. Raises
    `ConversionError` for a node without a country.

    >>> owner_name(("gb", " ", "ux.av"))
    'PRMD-ux-d-av.ADMDb.X42D.gb.'
    """
    if isinstance(node, ORAddress):
        levels: Sequence[Level] = levels_of(node)
        levels = levels[: present_end(levels)]
    else:
        levels = node
    if not levels or levels[0] is None:
        raise ConversionError("a name in the DNS needs a country (RFC 2163 4.2.3)", part="attribute")
    return f"{_labels(levels[1:], 1)}{_BRANCH}.{levels[0]}."


def _labels(levels: Sequence[Level], first: int) -> str:
    labels = [px_label(key, level) for key, level in zip(KEYS[first:], levels, strict=False)]
    return "".join([f"{label}." for label in reversed(labels)])


def records(tables: Tables) -> tuple[PXRecord, ...]:
    """Return the records that publish the rows of tables; `str` of each is a line for a zone file.

    Where the DNS would not give the longest match by itself, the same row stands at further names: see
    `mailpaths.x400.px`. A row of a gate table whose key is in a table is left out (RFC 2163 4.4). Raises
    `ConversionError` for a gateway that a record cannot name, one with attributes below the units. Source: RFC 2163 4.2
    to 4.4.

    >>> for record in records(Tables.parse(table1="PRMD$ab.ADMD$ac.C$fr#ab.fr#", gate2="mw#PRMD$nrc.ADMD$acme.C$it#")):
    ...     print(record)
    *.PRMD-ab.ADMD-ac.X42D.fr. IN PX 50 ab.fr. PRMD-ab.ADMD-ac.C-fr.
    mw. IN PX 50 mw. PRMD-nrc.ADMD-acme.C-it.G.
    *.mw. IN PX 50 mw. PRMD-nrc.ADMD-acme.C-it.G.
    """
    below_country: dict[str, PXRecord] = {}
    for table, suffix in ((tables.table1, "."), (tables.gate1, _GATE)):
        for levels, domain in cast("Iterable[tuple[tuple[Level, ...], str]]", _rows_of(table)):
            name = owner_name(levels)
            mapx400 = _labels(levels, 0).removesuffix(".") + suffix
            below_country.setdefault(names.fold(name), PXRecord(f"*.{name}", _PREFERENCE, f"{domain}.", mapx400))
    at_domain: dict[str, PXRecord] = {}
    for table2, suffix in ((tables.table2, "."), (tables.gate2, _GATE)):
        for domain, node in cast("Iterable[tuple[str, tuple[Level, ...] | ORAddress]]", _rows_of(table2)):
            mapx400 = _node_name(domain, node).removesuffix(".") + suffix
            at_domain.setdefault(f"{names.fold(domain)}.", PXRecord(f"*.{domain}.", _PREFERENCE, f"{domain}.", mapx400))
    found: list[PXRecord] = []
    for branch in (below_country, at_domain):
        for record in branch.values():
            if record.mapx400.endswith(_GATE) and branch is at_domain:
                found.append(PXRecord(record.owner[2:], record.preference, record.map822, record.mapx400))
            found.append(record)
        found += _fillers(branch)
    return tuple(found)


def _rows_of(table: object) -> Iterable[object]:
    if isinstance(table, Iterable):
        return table
    raise ConversionError("only tables of rows can be published, not what is looked up elsewhere")


def _node_name(domain: str, node: tuple[Level, ...] | ORAddress) -> str:
    if not isinstance(node, ORAddress):
        return _labels(node, 0)
    levels = levels_of(node)
    levels = levels[: present_end(levels)]
    if not levels or node != node_address(levels):
        raise ConversionError(
            f"a PX record cannot name the gateway of {domain}, {node}: it has more than C, ADMD, PRMD, O and OU "
            "(RFC 2163 4.2)",
            part="attribute",
        )
    return _labels(levels, 0)


def _fillers(branch: dict[str, PXRecord]) -> Iterator[PXRecord]:
    """Return a record for every node that exists only because a row lies below it, and hides a row above it."""
    seen = set(branch)
    for below in branch.values():
        node = below.owner[2:].partition(".")[2]
        while node and (key := names.fold(node)) not in seen:
            seen.add(key)
            above = key.partition(".")[2]
            while above and above not in branch:
                above = above.partition(".")[2]
            if above:
                row = branch[above]
                yield PXRecord(f"*.{node}", row.preference, row.map822, row.mapx400)
            node = node.partition(".")[2]


def rows(published: Iterable[PXRecord]) -> dict[str, tuple[str, ...]]:
    r"""Return records as rows of RFC 2156 appendix F, under the name of their table: table1, table2, gate1, gate2.

    Several records of one row give it once, the most preferred first. A record that holds for one name alone, without
    a wildcard, becomes a row for everything below too: the tables know nothing else (RFC 2163 4.1). Raises
    `AddressSyntaxError` for a record that is no row.

    >>> rows([PXRecord.parse("*.bd.it. IN PX 50 bd.it. PRMD-uk-d-bd.ADMDb.C-it.")])["table2"]
    ('bd.it#PRMD$uk\\.bd.ADMD$ .C$it#',)
    """
    found: dict[str, dict[str, None]] = {"table1": {}, "table2": {}, "gate1": {}, "gate2": {}}
    for record in sorted(published, key=lambda record: record.preference):
        answer = read_answer(record.preference, record.map822, record.mapx400)
        if answer is None:
            raise AddressSyntaxError("not a row of a mapping table (RFC 2163 4)", str(record), (0, len(str(record))))
        node = format_node(answer.levels)
        kind = "gate" if answer.gate else "table"
        if names.fold(record.owner.removesuffix(".")).split(".")[-2:-1] == [_BRANCH.lower()]:
            found[f"{kind}1"][f"{node}#{answer.domain}#"] = None
        else:
            found[f"{kind}2"][f"{answer.domain}#{node}#"] = None
    return {kind: tuple(lines) for kind, lines in found.items()}


class Answer(NamedTuple):
    """A record that was understood."""

    preference: int
    domain: str
    levels: tuple[Level, ...]
    gate: bool
    mapx400: str


def read_answer(preference: int, map822: str, mapx400: str) -> Answer | None:
    """Return what a record says; ``None`` for one that says nothing a table can hold."""
    domain = map822.removesuffix(".")
    dotted = f"{mapx400.removesuffix('.')}."
    gate = dotted[-len(_GATE) :].upper() == _GATE
    coded = dotted.removesuffix(".") if not gate else dotted[: -len(_GATE)]
    fields = grammar.px_fields(coded)
    if fields is None or not DOMAIN.match(domain):
        return None
    pieces: list[str] = []
    for field in fields:
        omitted = field.middle == field.end
        if field.value == "@" and not omitted:
            return None  # a coded "@", which no value holds
        pieces.append(f"{field.label}${'@' if omitted else field.value.replace('.', chr(92) + '.')}")
    try:
        return Answer(preference, domain, parse_node(".".join(pieces)), gate, dotted)
    except AddressSyntaxError:
        return None
