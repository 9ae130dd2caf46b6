"""`Directory`: the router for people, who know a part of a host's name or another name of it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Protocol, runtime_checkable

from mailpaths import names
from mailpaths.errors import MapError
from mailpaths.routing.answer import Ambiguous, Answer, Found, NotFound
from mailpaths.routing.leaves import answers_from_memory, leaves
from mailpaths.routing.lookup import UUCP_ZONE, is_name
from mailpaths.routing.pathtable import PathTable
from mailpaths.routing.router import Router
from mailpaths.routing.smarthost import SmartHost
from mailpaths.routing.uucp.uucpmap import UUCPMap

__all__ = ["MOST_CANDIDATES", "Directory", "Listed", "check_successor"]

#: Hosts that are told of one name: what a person can choose from.
MOST_CANDIDATES = 50
_MOST_NEAR_MISSES = 5
_NOBODY = "a-host-that-nobody-knows"
# Fewer hosts than this share of the old ones are no change that somebody meant.
_LEAST_SHARE = 0.5
_RESTART = "taken for a file that was cut off; a restart takes it as it is"


@runtime_checkable
class Listed(Protocol):
    """A router that can say which hosts it knows."""

    def hosts(self) -> Iterable[str]:
        """Return the names of the hosts, domains not among them."""
        ...


class Directory:
    r"""A router that also finds a host by the beginning of its name, as RFC 915 (Path Command Arguments) asks.

    A name is first looked up as any router does, but who knows it itself comes before who knows a domain of it. If
    nobody knows it, it is taken for the beginning of one: ``vax1`` and ``vax1.cent`` both find
    ``vax1.cent.lanc.ac.uk`` in a table. Where several hosts begin so and different roads lead to them, they are all
    told (`Ambiguous`).

    A name without a dot is sought in every map and table: ``pitt`` of one and ``pitt.CSNET`` of another are two hosts
    with one nickname. Within one map or table a name that stands there is whole: ``a`` means ``a``, although
    ``a.cc.umich.edu`` begins so.

    >>> from mailpaths.routing import PathTable
    >>> table = PathTable.from_text("vax1.cent.lanc.ac.uk\t%s%%vax1.cent.lanc@UCL-CS.ARPA\n")
    >>> Directory(table).resolve("vax1.cent").matched
    'vax1.cent.lanc.ac.uk'
    """

    def __init__(self, router: Router) -> None:
        self.router = router
        parts = leaves(router)
        # Whoever takes everything knows nothing: it is asked when all others do not know either.
        self._relays = [one for one in parts if isinstance(one, SmartHost)]
        self._knowing = [one for one in parts if not isinstance(one, SmartHost)]
        #: Whether every answer comes from memory, so that nobody who waits for one keeps others waiting.
        self.is_quick = all(answers_from_memory(one) for one in self._knowing)
        #: The maps in it, which know roads from any of their hosts.
        self.maps = tuple([one for one in self._knowing if isinstance(one, UUCPMap)])
        # A router of somebody else may have a plain attribute of that name.
        listed = [one for one in self._knowing if isinstance(one, Listed) and callable(one.hosts)]
        self._longer = {id(one): _Names(one.hosts()) for one in listed}

    @property
    def size(self) -> int:
        """How many hosts the maps and tables list."""
        return sum(names.size for names in self._longer.values())

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong in the texts of the maps and tables, each with its place."""
        found: list[object] = []
        for one in self._knowing:
            if isinstance(one, UUCPMap):
                found += one.messages
            elif isinstance(one, PathTable):
                found += one.faults
        return tuple([str(one) for one in found])

    def prepare(self) -> None:
        """Compute what the first question would: a map's roads, the order of names that near misses are sought in.

        Raises what a router raises that cannot answer at all, such as `MapError` for a map without a home.
        """
        for one in self.maps:
            one.resolve(_NOBODY)

    def has_origin(self, host: str) -> bool:
        """Tell whether a map is here on which roads can begin at a host."""
        return any(one.has_origin(host) for one in self.maps)

    def has_roads(self, origin: str) -> bool:
        """Tell whether the roads that begin there are computed, on each map that has them."""
        return all(one.has_roads(origin) or not one.has_origin(origin) for one in self.maps)

    def answers_now(self, origin: str | None) -> bool:
        """Tell whether a question can be answered from memory, with roads that begin there."""
        return self.is_quick and (origin is None or self.has_roads(origin))

    def resolve(self, host: str, *, origin: str | None = None) -> Answer:
        """Return the road to a host: see `mailpaths.routing.Router.resolve`."""
        if "." not in host and len(self._longer) > 1:
            answer = self._nickname(host, origin)
        else:
            answer = self._whole(host, origin)
            if isinstance(answer, NotFound):
                found = self._begun(host, self._knowing, origin)
                answer = _one_of(found) if found else answer
        if not isinstance(answer, NotFound):
            return answer
        for relay in self._relays:
            beyond = relay.resolve(host, origin=origin)
            if not isinstance(beyond, NotFound):
                return beyond
        return NotFound(self._near(host, answer, origin))

    def _whole(self, host: str, origin: str | None) -> Answer:
        """Return what the first router says that knows the name as it is, else the first that knows a domain of it."""
        near: list[str] = []
        over_domain: Found | None = None
        for one in self._knowing:
            answer = one.resolve(host, origin=origin)
            if isinstance(answer, NotFound):
                near += answer.near_misses
            elif not isinstance(answer, Found):
                return over_domain or answer
            elif not answer.matched.startswith("."):
                return answer
            elif over_domain is None:
                over_domain = answer
        return NotFound(tuple(dict.fromkeys(near))) if over_domain is None else over_domain

    def _nickname(self, host: str, origin: str | None) -> Answer:
        """Return what a name without a dot means in all maps and tables together."""
        near: list[str] = []
        found: list[tuple[str, Found]] = []
        for one in self._knowing:
            answer = one.resolve(host, origin=origin)
            if isinstance(answer, Found):
                found.append((f"{host}{UUCP_ZONE.upper()}", answer))
            elif isinstance(answer, NotFound):
                near += answer.near_misses
                found += self._begun(host, [one], origin)
            else:
                return answer
        return _one_of(found) if found else NotFound(tuple(dict.fromkeys(near)))

    def _begun(self, host: str, where: Iterable[Router], origin: str | None) -> list[tuple[str, Found]]:
        """Return the hosts whose names begin so, each with the road to it."""
        name = names.fold(names.without_dot(host)).removesuffix(UUCP_ZONE)
        found: list[tuple[str, Found]] = []
        if not is_name(name) or name.startswith("."):
            return found
        for one in where:
            longer = self._longer.get(id(one))
            if longer is None:
                continue
            # One more than are told, so that the last of them is known to be the last.
            for full in islice(longer.after(name), MOST_CANDIDATES + 1):
                answer = one.resolve(full, origin=origin)
                if isinstance(answer, Found):
                    found.append((full, answer))
        return found

    def _near(self, host: str, answer: NotFound, origin: str | None) -> tuple[str, ...]:
        """Return names that may be meant: letters apart, or the host's own name in another domain."""
        own, dot, _ = names.without_dot(host).partition(".")
        broken: list[str] = []
        if dot and is_name(own) and isinstance(self._whole(own, origin), Found):
            broken.append(f"{own}{UUCP_ZONE.upper()}")
        if dot and is_name(own):
            broken += [full for full, _ in self._begun(own, self._knowing, origin)]
        near = dict.fromkeys([*answer.near_misses, *broken])
        # A domain is no host that anybody could ask for.
        return tuple([one for one in near if not names.same(one, host) and one[0] != "."])[:_MOST_NEAR_MISSES]

    def __repr__(self) -> str:
        """Return the call that makes it."""
        return f"Directory({self.router!r})"


class _Names:
    """The names of several labels that a router knows, in the order of their letters."""

    def __init__(self, hosts: Iterable[str]) -> None:
        every = list(hosts)
        self.size = len(every)
        spelled = {names.fold(host): host for host in every if "." in host[1:]}
        self._folded = sorted(spelled)
        self._spelled = spelled

    def after(self, name: str) -> Iterator[str]:
        """Yield the names that go on behind this one with a dot."""
        begin = f"{name}."
        for place in range(bisect_left(self._folded, begin), len(self._folded)):
            folded = self._folded[place]
            if not folded.startswith(begin):
                return
            yield self._spelled[folded]


def _one_of(found: list[tuple[str, Found]]) -> Answer:
    """Return the road that all of these hosts have in common, else which hosts they are.

    Where they all have one name, nobody could choose: it is the first one's, as of any chain of routers.
    """
    candidates = tuple(dict.fromkeys([full for full, _ in found]))
    if len(candidates) == 1 or len({(answer.template.text, answer.hosts) for _, answer in found}) == 1:
        return found[0][1]
    return Ambiguous(candidates)


def check_successor(new: Directory, old: Directory) -> None:
    """Raise `MapError` where a directory that is to follow another looks like one of a file that was cut off.

    That is one with fewer than half of the hosts, and one with faults in its text where the old one had none: how a
    full disk leaves a map.
    """
    if new.size < old.size * _LEAST_SHARE:
        raise MapError(f"it lists {new.size:,}, after {old.size:,} hosts; {_RESTART}")
    if new.faults and not old.faults:
        raise MapError(f"faults ({len(new.faults):,}) after none, the first: {new.faults[0]}; {_RESTART}")
