r"""Tables that mail servers load, out of a UUCP map seen from a home, or out of a table of roads.

Two kinds of programs want two kinds of tables. smail and pathalias's other readers send a message along a whole road
(``seismo!mcvax!piet``) and want that. Postfix, Exim and Sendmail send it to the next host, which has a table of its
own, and want the first hop alone.

    postfix    transport(5): mcvax uucp:mimsy, .edu uucp:allegra
    exim       lsearch file (the Exim specification, 9.3 and 9.7): mcvax: mimsy, *.edu: allegra
    sendmail   mailertable (cf/README of Sendmail 8): mcvax uucp-dom:mimsy, .edu uucp-dom:allegra
    smail      paths of smail 2.5: key, road and cost of the first hop, with tabs between; lower case, sorted by octets
    pathalias  what pathalias -c prints, sorted
    json       JSON Lines, one row a name

What a name means is kept, whatever the server does by default:

* The home, its other names and the domains that it is itself the gateway of are never handed to UUCP: its first hop to
  them would be the home, and the message would go round. Nor are they merely left out, since a larger domain's row
  would catch them then. Their row says "as if there were no table": ``:`` in Postfix, nothing in Exim. Sendmail has no
  such word, so a name of the home is ``local:``, and a domain of it goes to the host itself by SMTP, where another row
  would catch it, and has no row otherwise.
* Exim finds ``*.edu`` for the name ``edu`` too, and so a domain's row is also that of the domain's own name where that
  has none. Its pipe transport gives ``$host`` and ``$pipe_addresses`` to ``uux``, but refuses ``$local_part``, as
  tainted.
* A first hop that is not written ``host!user`` is no neighbour by UUCP. Such a row names another transport, by default
  SMTP.
* A name, or a host on its road, that could be read as more than a name is left out and told, never escaped: a second
  row, a comment, an option of ``uux`` or a path to a program are made of little.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import dropwhile
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from mailpaths import names
from mailpaths.errors import AddressSyntaxError, UnknownNameError
from mailpaths.grammar.uucpcost import SYMBOLS
from mailpaths.routing.answer import Obstacle
from mailpaths.routing.lookup import is_name
from mailpaths.routing.pathtable import PathTable
from mailpaths.routing.template import RouteTemplate

if TYPE_CHECKING:
    from mailpaths.routing.uucp.roads import Roads
    from mailpaths.routing.uucp.uucpmap import UUCPMap

__all__ = ["FORMATS", "Entry", "Format", "LeftOut", "coerce", "entries", "write"]

# What a link costs that a map calls DEAD. The dearest road of 1988 without one costs half as much, and pathalias's
# penalty for an obstacle is a hundred times as much, so that a cost alone tells of both.
_DEAD = SYMBOLS["DEAD"]
# A name in a server's table, and a host that is handed to uux or to a transport: nothing but a host name is safe in all
# the places where it comes to stand.
_NAME = re.compile(r"\.?[A-Za-z0-9_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*\Z")
# Names and roads in tables of roads may hold more. Blanks, controls and '#' would end a field or a line; quotes,
# brackets and commas would be read as mail syntax; '-', '/' and '|' at the beginning, as an option, a file, a program.
_WORD = re.compile(r"(?![-/])[^\x00-\x20\x7f-\U0010ffff!%@:,;<>()\[\]\\\"|#]+\Z")
_ROAD = re.compile(r"(?![-/])[^\x00-\x20\x7f-\U0010ffff,;<>()\[\]\\\"|#]+\Z")
_encode = json.JSONEncoder().encode  # ASCII alone: no octet of a map can break a line


class LeftOut(NamedTuple):
    """A name that a table does not hold, and why not."""

    name: str
    reason: str

    def __str__(self) -> str:
        """Return the name and the reason, on one line whatever the name holds."""
        return f"left out {self.name!r}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of any table: a host or a domain (with its dot), and the road to it.

    ``route`` has ``%s`` for the user; ``hosts`` are its hosts, none where the home serves the name itself. ``cost`` is
    the whole road's, ``first_hop_cost`` that of its first hop, each ``None`` where it is not known. A table has no
    obstacles: they are what a map knows.
    """

    name: str
    route: str
    hosts: tuple[str, ...]
    cost: int | None = None
    first_hop_cost: int | None = None
    obstacles: tuple[Obstacle, ...] = ()

    @property
    def first_hop(self) -> str | None:
        """The host to which a message goes next, ``None`` where it stays."""
        return self.hosts[0] if self.hosts else None

    @property
    def is_domain(self) -> bool:
        """Whether this is about the hosts of a domain."""
        return self.name.startswith(".")

    @property
    def is_reliable(self) -> bool:
        """Whether nothing is known that may stop a message: no obstacle, and no cost that only a dead link has."""
        return not self.obstacles and (self.cost is None or self.cost < _DEAD)


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of table.

    ``uucp`` is what carries a message to a neighbour by UUCP, ``smtp`` what carries it to another first hop, in the
    server's own words; both are empty where the table does not say. Each host without a dot in its name is also
    written in each of the ``zones``, as people type it: ``mcvax.uucp``.

    >>> print(FORMATS["postfix"], FORMATS["postfix"].zones)
    postfix ('uucp',)
    >>> FORMATS["sendmail"].replace(uucp="uucp-new").uucp
    'uucp-new'
    """

    name: str
    rule: str
    uucp: str = ""
    smtp: str = ""
    zones: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check that transports and zones are names. Raises `AddressSyntaxError` where one is none."""
        for transport in filter(None, (self.uucp, self.smtp)):
            if not _NAME.match(transport) or transport.startswith("."):
                raise AddressSyntaxError("expected the name of a transport", transport, (0, len(transport)))
        for zone in self.zones:
            if not _NAME.match(zone) or zone.startswith("."):
                raise AddressSyntaxError("expected a domain without its dot", zone, (0, len(zone)))

    def replace(
        self, *, uucp: str | None = None, smtp: str | None = None, zones: Iterable[str] | None = None
    ) -> Format:
        """Return the format with other transports or zones. Raises `AddressSyntaxError` where one is no name."""
        return replace(
            self,
            uucp=self.uucp if uucp is None else uucp,
            smtp=self.smtp if smtp is None else smtp,
            zones=self.zones if zones is None else tuple(zones),
        )

    def __str__(self) -> str:
        """Return the name."""
        return self.name


#: The formats by their names.
FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        one.name: one
        for one in (
            Format("postfix", "transport(5), for postmap", uucp="uucp", smtp="smtp", zones=("uucp",)),
            # No transport for UUCP: the router has one. remote_smtp is what Exim's own configuration calls it.
            Format("exim", "lsearch file, for a manualroute router", smtp="remote_smtp", zones=("uucp",)),
            Format("sendmail", "mailertable, for makemap", uucp="uucp-dom", smtp="esmtp", zones=("uucp",)),
            Format("smail", "paths of smail 2.5: name, road, cost of the first hop"),
            Format("pathalias", "pathalias -c, sorted: cost, name, road"),
            Format("json", "JSON Lines: one object a name"),
        )
    }
)


def coerce(format: Format | str) -> Format:  # noqa: A002 - what it is called on the command line
    """Return the format itself, or the one of that name. Raises `UnknownNameError` for any other name."""
    if isinstance(format, Format):
        return format
    found = FORMATS.get(format)
    if found is None:
        raise UnknownNameError(f"unknown format {format!r}; there are {', '.join(FORMATS)}")
    return found


def write(
    source: UUCPMap | Roads | PathTable,
    format: Format | str,  # noqa: A002 - what it is called on the command line
    *,
    reliable: bool = False,
    tell: Callable[[LeftOut], object] | None = None,
) -> Iterator[str]:
    r"""Yield the lines of a table, each with its line end; the same source gives the same lines, sorted by name.

    With ``reliable``, roads that something may stop are left out: those with an `Obstacle`, and those that cost
    1,000,000 or more, what a map calls ``DEAD``. ``tell`` is called for each name that is left out because the format
    cannot hold it. Raises `UnknownNameError` for an unknown format; of a map also `MapError` where it has no home.

    >>> from mailpaths.routing import PathTable
    >>> table = PathTable.from_text("here\t%s\nmcvax\tseismo!mcvax!%s\n.edu\tallegra!%s\n")
    >>> for line in write(table, "postfix"):
    ...     print(line, end="")  # doctest: +ELLIPSIS
    # Postfix transport(5) table by mailpaths...
    .edu uucp:allegra
    here :
    here.uucp :
    mcvax uucp:seismo
    mcvax.uucp uucp:seismo
    """
    chosen = coerce(format)
    tell = _tell_nobody if tell is None else tell
    whole = _SAFE[chosen.name] is not _next_hops
    return _write(_entries(source, tell, whole=whole), chosen, tell, reliable=reliable)


def _write(
    found: Iterable[Entry], chosen: Format, tell: Callable[[LeftOut], object], *, reliable: bool
) -> Iterator[str]:
    kept = (entry for entry in found if not reliable or entry.is_reliable)
    safe = _SAFE[chosen.name](kept, tell)
    table = _in_zones(safe, chosen.zones)
    yield from _LAYOUTS[chosen.name]([table[key] for key in sorted(table)], chosen)


def entries(source: UUCPMap | Roads | PathTable, tell: Callable[[LeftOut], object] | None = None) -> Iterator[Entry]:
    """Yield the rows that a source has, in its order. ``tell`` is called for each name that has a road and no row.

    Raises `MapError` for a map without a home.
    """
    return _entries(source, _tell_nobody if tell is None else tell, whole=True)


def _entries(source: UUCPMap | Roads | PathTable, tell: Callable[[LeftOut], object], *, whole: bool) -> Iterator[Entry]:
    if isinstance(source, PathTable):
        return _of_table(source, tell)
    from mailpaths.routing.uucp.uucpmap import UUCPMap  # loads where there is a map

    if isinstance(source, UUCPMap):
        roads = source.roads()
        _tell_unsound(source, roads, tell)
        return _of_roads(roads, whole=whole)
    return _of_roads(source, whole=whole)


def _of_roads(roads: Roads, *, whole: bool) -> Iterator[Entry]:
    """Yield the rows of roads; unless ``whole``, with the hosts that a server's table can need and no more.

    On a long chain the hosts of all roads are far more than its hosts: each has all those before it.
    """
    for line, found in roads.summaries():
        toll: int | None = line.cost
        if found.lead:
            known = roads.line(names.fold(found.lead[0])) if found.is_first_hop_doubtful else None
            # As pathalias -f has it, with the penalty that only the line of the first hop's own knows.
            toll = found.first_hop_cost if known is None else known.cost
        hosts = found.hosts() if whole else found.lead
        yield Entry(line.name, line.route, hosts, line.cost, toll, found.obstacles)


def _of_table(table: PathTable, tell: Callable[[LeftOut], object]) -> Iterator[Entry]:
    templates: list[tuple[str, RouteTemplate, int | None]] = []
    tolls: dict[str, int | None] = {}
    for row in table:
        try:
            template = RouteTemplate.parse(row.route, table.policy)
        except AddressSyntaxError as error:  # a row that somebody made, and no file
            tell(LeftOut(row.name, error.message))
            continue
        templates.append((row.name, template, row.cost))
        if len(template.hosts) == 1 and names.same(template.hosts[0], row.name):
            tolls[names.fold(row.name)] = row.cost
    for name, template, cost in templates:
        # A table says what it counts in no place. Where one hop is all, both counts are one; a hop's own row has its.
        near = len(template.hosts) <= 1
        toll = cost if near else tolls.get(names.fold(template.hosts[0]))
        yield Entry(name, template.text, template.hosts, cost, toll)


def _tell_unsound(found: UUCPMap, roads: Roads, tell: Callable[[LeftOut], object]) -> None:
    """Tell of the hosts and domains that roads leave out: in quotes a map may call them anything."""
    if not found.world.has_odd_names:
        return
    unreachable = set(roads.unreachable)
    for name in found.hosts():
        if names.fold(names.without_dot(name)) not in roads and name not in unreachable:
            tell(LeftOut(name, "its name, or one on its road, is no name of a host"))
    for name in found.world.names:
        if name.startswith(".") and not is_name(name):
            tell(LeftOut(name, "no name of a domain"))


# What is safe: each takes the rows of a source, yields those that a format can hold, and tells of the others.


def _any_rows(found: Iterable[Entry], _tell: Callable[[LeftOut], object]) -> Iterator[Entry]:
    yield from found


def _whole_roads(found: Iterable[Entry], tell: Callable[[LeftOut], object]) -> Iterator[Entry]:
    """Yield the rows that are safe in a table of roads, with their first hosts alone: the road itself has them all."""
    safe: set[str] = set()  # hosts that were looked at: most stand on many roads
    for entry in _without_dots(found):
        fresh = set(entry.hosts) - safe
        if len(entry.name) > names.MAX_DOMAIN:
            tell(LeftOut(f"{entry.name[:60]}…", "longer than any host name"))
        elif not _WORD.match(entry.name):
            tell(LeftOut(entry.name, "not a name that stands in a table of roads"))
        elif not _ROAD.match(entry.route) or not all(map(_WORD.match, fresh)):
            tell(LeftOut(entry.name, f"its road {entry.route!r} holds what could be read as more than hosts"))
        else:
            safe |= fresh
            yield replace(entry, hosts=entry.hosts[:1])


def _next_hops(found: Iterable[Entry], tell: Callable[[LeftOut], object]) -> Iterator[Entry]:
    """Yield the rows that are safe in a server's table, their hosts without what is at home.

    A road that begins with a name of the home goes on from there: handed to UUCP it would come back.
    """
    rows = list(_without_dots(found))
    here = {names.fold(entry.name) for entry in rows if not entry.hosts and not entry.is_domain}
    for entry in rows:
        hosts = tuple(dropwhile(lambda host: names.fold(host) in here, map(names.without_dot, entry.hosts)))
        if len(entry.name) > names.MAX_DOMAIN:
            tell(LeftOut(f"{entry.name[:60]}…", "longer than any host name"))
        elif not _NAME.match(entry.name):
            tell(LeftOut(entry.name, "not a host name of letters, digits, '-', '_' and '.'"))
        elif hosts and (not _NAME.match(hosts[0]) or hosts[0].startswith(".")):
            what = f"its first hop {hosts[0]!r} is not a host name of letters, digits, '-', '_' and '.'"
            tell(LeftOut(entry.name, what))
        else:
            yield entry if hosts == entry.hosts else replace(entry, hosts=hosts)


def _without_dots(found: Iterable[Entry]) -> Iterator[Entry]:
    """Yield the rows without final dots (RFC 976 2.2): nobody keeps one when a name is looked up."""
    dotted: list[Entry] = []
    for entry in found:
        if entry.name.endswith("."):
            dotted.append(replace(entry, name=names.without_dot(entry.name)))
        else:
            yield entry
    yield from dotted  # last, since a name that stands for itself goes before


_SAFE: Mapping[str, Callable[[Iterable[Entry], Callable[[LeftOut], object]], Iterator[Entry]]] = {
    "postfix": _next_hops,
    "exim": _next_hops,
    "sendmail": _next_hops,
    "smail": _whole_roads,
    "pathalias": _whole_roads,
    "json": _any_rows,
}


def _in_zones(found: Iterable[Entry], zones: tuple[str, ...]) -> dict[str, Entry]:
    """Return the rows by their folded names, hosts also in the zones; what a source says itself goes before that."""
    table: dict[str, Entry] = {}
    for entry in found:
        table.setdefault(names.fold(entry.name), entry)
    for zone in zones:
        for key, entry in list(table.items()):
            if "." not in key:
                table.setdefault(f"{key}.{names.fold(zone)}", replace(entry, name=f"{entry.name}.{zone}"))
    return table


# The layouts: each takes the rows, sorted, and yields the lines.


def _postfix(table: list[Entry], chosen: Format) -> Iterator[str]:
    yield "# Postfix transport(5) table by mailpaths, for postmap and transport_maps.\n"
    yield f"# It needs a pipe(8) service {chosen.uucp!r} in master.cf. The home itself serves a name with ':' alone.\n"
    for entry in table:
        yield f"{entry.name.lower()} {_carrier(entry, chosen)}:{entry.first_hop or ''}\n"


def _exim(table: list[Entry], chosen: Format) -> Iterator[str]:
    yield "# Exim lsearch table by mailpaths, for a manualroute router with a transport that runs uux:\n"
    yield "#   route_data = ${lookup{$domain}partial1-lsearch{FILE}}\n"
    yield "# The home itself serves a name without a host: there the router declines.\n"
    for entry in table:
        star = "*" if entry.is_domain else ""
        yield " ".join(filter(None, (f"{star}{entry.name.lower()}:", entry.first_hop, _carrier(entry, chosen)))) + "\n"


def _sendmail(table: list[Entry], chosen: Format) -> Iterator[str]:
    yield "# Sendmail mailertable by mailpaths, for makemap and FEATURE(`mailertable').\n"
    yield "# It needs MAILER(`smtp') and then MAILER(`uucp'). A name with 'local:' is the home itself.\n"
    away = {entry.name.lower() for entry in table if entry.is_domain and entry.hosts}
    for entry in table:
        name = entry.name.lower()
        if entry.hosts:
            yield f"{name}\t{_carrier(entry, chosen)}:{entry.first_hop}\n"
        elif not entry.is_domain:
            yield f"{name}\tlocal:\n"
        elif any(parent in away for parent in _parents(name)):
            # %1 is what stands before the domain (cf/README), so this is the very host that was asked for.
            yield f"{name}\t{chosen.smtp}:%1{name}\n"


def _smail(table: list[Entry], _chosen: Format) -> Iterator[str]:
    for entry in table:
        toll = "" if entry.first_hop_cost is None else f"\t{entry.first_hop_cost}"
        yield f"{entry.name.lower()}\t{entry.route}{toll}\n"


def _pathalias(table: list[Entry], _chosen: Format) -> Iterator[str]:
    for entry in table:
        cost = "" if entry.cost is None else f"{entry.cost}\t"
        yield f"{cost}{entry.name}\t{entry.route}\n"


def _json(table: list[Entry], _chosen: Format) -> Iterator[str]:
    for entry in table:
        row = {
            "name": entry.name,
            "cost": entry.cost,
            "first_hop": entry.first_hop,
            "first_hop_cost": entry.first_hop_cost,
            "hosts": entry.hosts,
            "route": entry.route,
            "obstacles": [one.name.lower().replace("_", "-") for one in entry.obstacles],
        }
        yield f"{_encode(row)}\n"


_LAYOUTS: Mapping[str, Callable[[list[Entry], Format], Iterator[str]]] = {
    "postfix": _postfix,
    "exim": _exim,
    "sendmail": _sendmail,
    "smail": _smail,
    "pathalias": _pathalias,
    "json": _json,
}


def _carrier(entry: Entry, chosen: Format) -> str:
    """Return what carries a message to the first hop: UUCP if the hop is written ``hop!user``; nothing at home."""
    if not entry.hosts:
        return ""
    hop, road = entry.hosts[0], entry.route
    is_first = road.startswith((f"{hop}!", f"{hop}.!"))
    return chosen.uucp if is_first or f"!{hop}!" in road or f"!{hop}.!" in road else chosen.smtp


def _parents(domain: str) -> Iterator[str]:
    """Yield the domains that a domain is in, its dot kept."""
    place = domain.find(".", 1)
    while place >= 0:
        yield domain[place:]
        place = domain.find(".", place + 1)


def _tell_nobody(_left: LeftOut) -> None:
    """Say nothing."""
