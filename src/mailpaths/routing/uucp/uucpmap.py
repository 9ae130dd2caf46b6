"""`UUCPMap`: the router that finds roads over UUCP maps, from any host in them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO

from mailpaths import names
from mailpaths.errors import MapError, UnknownHostError
from mailpaths.grammar.uucpcost import SYMBOLS
from mailpaths.routing.answer import Ambiguous, Answer, Found, NotFound
from mailpaths.routing.lookup import UUCP_ZONE, keys, near_misses
from mailpaths.routing.uucp import sources as sources_room
from mailpaths.routing.uucp.flags import DOMAIN, NET, PRIVATE
from mailpaths.routing.uucp.printing import Line
from mailpaths.routing.uucp.reading import read
from mailpaths.routing.uucp.roads import MODES, Mode, Road, Roads
from mailpaths.routing.uucp.sources import Trouble
from mailpaths.routing.uucp.world import Message, World

__all__ = ["BUNDLED_HOME", "UUCPMap", "this_host"]

#: The home of the bundled map: the host at which the UUCP map was put together and from which it was sent out.
BUNDLED_HOME = "rutgers"
_BUNDLED = "uucp-map-1988-12-31.map.xz"
# A table of the roads from one host takes a few megabytes.
_MOST_ORIGINS = 16
_NO_HOME = "expected the host at which the roads begin: this map has no home"


def this_host() -> str:
    """Return the name of this host, which pathalias takes for the home where none is named (local.c, main.c)."""
    import socket  # loads where nothing else is said

    return socket.gethostname() or "lostinspace"


class UUCPMap:
    r"""A router over UUCP maps. Any host of the map can be the origin; its roads are computed when first asked for.

    ``home`` is the origin where a question names none. ``mode`` says how roads are computed: ``"pathalias"``, exactly
    as pathalias 10 does, or ``"best"``, the cheapest that there are, with costs that people can read. Roads from the
    last 16 origins are kept. A map can be shared between threads. Raises `UnknownHostError` for a home that is not in
    the map.

    >>> from mailpaths.routing import UUCPMap
    >>> roads = UUCPMap.from_text("unc duke(HOURLY), phs(HOURLY*4)\nduke research(DAILY/2), phs(DEMAND)", home="unc")
    >>> roads.resolve("research").template.text, roads.resolve("research").cost
    ('duke!research!%s', 3000)
    >>> roads.resolve("phs", origin="duke").template.text
    'phs!%s'
    """

    def __init__(
        self,
        world: World,
        *,
        home: str | None = None,
        mode: Mode = "pathalias",
        name: str = "the map",
        troubles: Iterable[Trouble] = (),
    ) -> None:
        if mode not in MODES:
            raise MapError(f"unknown mode {mode!r} of a map; there are {' and '.join(MODES)}")
        self.home = home
        self.mode: Mode = mode
        self.name = name
        #: Files of the map that could not be read.
        self.troubles = tuple(troubles)
        self._world = world
        self._computed: OrderedDict[int, Roads] = OrderedDict()
        # One lock for what is kept, and one an origin: whose roads are known already waits for no others.
        self._lock = threading.Lock()
        self._at_work: dict[int, threading.Lock] = {}
        if home is not None and self._number(home) is None:
            raise self._unknown(home)

    @classmethod
    def load(
        cls,
        *paths: str | Path | IO[bytes],
        home: str | None = None,
        mode: Mode = "pathalias",
        fold_case: bool = True,
        symbols: Mapping[str, int] = SYMBOLS,
    ) -> UUCPMap:
        """Return the router over files: names, directories, patterns, ``-`` for standard input, or open files.

        Files that end in ``.gz``, ``.xz`` or ``.bz2`` are unpacked. What is wrong in them is no error: it stands in
        `messages`, and what cannot be read at all in `troubles`. Raises `MapError` where nothing could be read.
        """
        found = sources_room.find(paths)
        text = read(found, fold_case=fold_case, symbols=symbols)
        if len(text.troubles) == len(found) and not text.world.names:
            raise MapError("; ".join([str(one) for one in text.troubles]) or "no map is named")
        name = found[0].name if len(found) == 1 else f"{found[0].name} and {len(found) - 1} more"
        return cls(text.world, home=home, mode=mode, name=name, troubles=text.troubles)

    @classmethod
    def from_text(
        cls,
        text: str,
        *,
        home: str | None = None,
        mode: Mode = "pathalias",
        fold_case: bool = True,
        symbols: Mapping[str, int] = SYMBOLS,
    ) -> UUCPMap:
        """Return the router over a map that is a text."""
        found = read([sources_room.of_text(text, "[text]")], fold_case=fold_case, symbols=symbols)
        return cls(found.world, home=home, mode=mode, name="[text]")

    @classmethod
    def bundled(cls, *, home: str = BUNDLED_HOME, mode: Mode = "pathalias") -> UUCPMap:
        """Return the router over the map that comes with mailpaths: the UUCP world of 31 December 1988.

        >>> UUCPMap.bundled().resolve("mcvax").hosts
        ('mimsy', 'uunet', 'mcvax')
        """
        from importlib.resources import files

        with files("mailpaths.routing").joinpath("data", _BUNDLED).open("rb") as stream:
            import lzma  # loads with the one map that is packed so

            with lzma.open(stream) as unpacked:
                found = sources_room.of_octets(unpacked.read(), _BUNDLED)
        text = read([found], fold_case=True)
        return cls(text.world, home=home, mode=mode, name="the UUCP map of December 1988")

    @property
    def messages(self) -> tuple[Message, ...]:
        """What is wrong in the map, in the words of pathalias."""
        return tuple(self._world.messages)

    @property
    def world(self) -> World:
        """The hosts and links of the map."""
        return self._world

    def hosts(self) -> tuple[str, ...]:
        """Return the names of all hosts that are known everywhere, in the order of the map; no nets, no domains."""
        world = self._world
        return tuple(
            [name for name, kind in zip(world.names, world.kinds, strict=True) if not kind & (NET | DOMAIN | PRIVATE)]
        )

    def resolve(self, host: str, *, origin: str | None = None) -> Answer:
        """Return the road to a host: see `mailpaths.routing.Router.resolve`.

        A name is looked up as RFC 976 3 (b) says: itself, in the zone .UUCP without that, then its domains from
        specific to general. A name that only exists privately, in several files, is `Ambiguous`. From an origin that is
        not in the map nothing is found. Raises `MapError` where there is no origin, the map's home included.
        """
        if origin is None and self.home is None:
            raise MapError(_NO_HOME)
        roads = self._roads_or_none(origin)
        if roads is None:
            return NotFound()
        found = self._line(host, roads)
        if found is not None:
            line, is_parent = found
            template = roads.template(line)
            if is_parent:
                template = template.on_to(names.without_dot(host))
            source = f"{self.name}, from {roads.origin}"
            return Found(template, line.cost, source, line.name, roads.obstacles(line))
        return self._not_found(host, roads)

    def road(self, host: str, *, origin: str | None = None) -> Road | None:
        """Return the road to a host or domain hop by hop, ``None`` where there is none by that name or a parent's.

        Raises `UnknownHostError` for an origin that is not in the map.
        """
        roads = self.roads(origin)
        found = self._line(host, roads)
        return None if found is None else roads.road(found[0])

    def roads(self, origin: str | None = None) -> Roads:
        """Return all roads from a host, computed or remembered.

        Raises `UnknownHostError` for one that is not in the map, `MapError` where none is named and there is no home.
        """
        origin = origin if origin is not None else self.home
        if origin is None:
            raise MapError(_NO_HOME)
        found = self._roads_or_none(origin)
        if found is None:
            raise self._unknown(origin)
        return found

    def has_origin(self, host: str) -> bool:
        """Tell whether roads can begin at a host."""
        return self._number(host) is not None

    def has_roads(self, origin: str | None = None) -> bool:
        """Tell whether the roads from a host are computed already, so that an answer takes no time."""
        origin = origin if origin is not None else self.home
        number = None if origin is None else self._number(origin)
        return number in self._computed

    def at(self, home: str) -> UUCPMap:
        """Return the same map as seen from another home. Raises `UnknownHostError` for one that is not in it."""
        return UUCPMap(self._world, home=home, mode=self.mode, name=self.name, troubles=self.troubles)

    def _unknown(self, origin: str) -> UnknownHostError:
        near = near_misses(origin, self._world.numbers)
        hint = f"; there is {', '.join(near)}" if near else ""
        return UnknownHostError(f"no host {origin!r} is in {self.name}, so no road begins there{hint}", origin, near)

    @staticmethod
    def _line(host: str, roads: Roads) -> tuple[Line, bool] | None:
        """Return the line of a table about a host, and whether it is that of a domain that the host is in."""
        for key in keys(host):
            line = roads.line(key.name)
            if line is None:
                continue
            if key.is_parent and key.name == UUCP_ZONE and not (line.before or line.behind):
                return None  # the origin is a gateway of the zone itself: whom it does not know, nobody does
            return line, key.is_parent
        return None

    def _roads_or_none(self, origin: str | None) -> Roads | None:
        origin = origin if origin is not None else self.home
        number = None if origin is None else self._number(origin)
        if number is None:
            return None
        with self._lock:
            found = self._computed.get(number)
            if found is not None:
                self._computed.move_to_end(number)
                return found
            work = self._at_work.setdefault(number, threading.Lock())
        with work:
            found = self._computed.get(number)
            if found is None:
                found = Roads(self._world, number, self.mode)
                with self._lock:
                    self._computed[number] = found
                    self._at_work.pop(number, None)
                    while len(self._computed) > _MOST_ORIGINS:
                        self._computed.popitem(last=False)
        return found

    def _number(self, origin: str) -> int | None:
        numbers = self._world.numbers
        if origin in numbers:
            return numbers[origin]
        for key in keys(origin):
            if key.is_parent:
                break
            if key.name in numbers:
                return numbers[key.name]
        return None

    def _not_found(self, host: str, roads: Roads) -> Answer:
        name = names.fold(names.without_dot(host)).removesuffix(UUCP_ZONE)
        world = self._world
        private = [number for number in world.late if world.names[number].lower() == name]
        if len(private) > 1:
            return Ambiguous(tuple([f"{world.names[number]} in {self._file_of(number)}" for number in private]))
        return NotFound(near_misses(host, roads, roads.ordered))

    def _file_of(self, number: int) -> str:
        links = self._world.links[number]
        return self._world.place(links[0]).file if links else "a file"

    def __repr__(self) -> str:
        """Return what it is, for people."""
        return f"<UUCPMap {self.name}: {len(self._world.names):,} names, home {self.home}, {self.mode}>"
