"""`Answer`: what a router says of the road to a host, in four kinds made for ``match``."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from mailpaths.routing.template import RouteTemplate

__all__ = ["Ambiguous", "Answer", "Found", "NotFound", "Obstacle", "TemporaryFailure"]


class Obstacle(Enum):
    """What may stop a message on a road, and what pathalias charges 100,000,000 for."""

    ONE_WAY = "only the other way is declared"
    DEAD_LINK = "a dead link"
    DEAD_HOST = "a host that passes nothing on"
    NO_GATEWAY = "into a domain or net elsewhere than at its gateways"
    MIXED_SYNTAX = "host!user and user@host on the same road"
    PAST_TERMINAL = "on from a host that only takes its own mail"

    @property
    def word(self) -> str:
        """The obstacle as one word, for programs: ``one-way``."""
        return self.name.lower().replace("_", "-")

    def __str__(self) -> str:
        """Return the obstacle in words."""
        return self.value


@dataclass(frozen=True, slots=True)
class Found:
    """There is a road: ``template`` says which, ``cost`` what it costs (``None`` where nobody counts).

    ``source`` is where the knowledge comes from, for people to read: a file, a map, a server. ``matched`` is the name
    under which the host was known: itself, or the domain that it is in (``.edu``). ``obstacles`` is what may go wrong.

    >>> Found(RouteTemplate.parse("seismo!mcvax!%s"), cost=395).next_hop
    'seismo'
    """

    template: RouteTemplate
    cost: int | None = None
    source: str = ""
    matched: str = ""
    obstacles: tuple[Obstacle, ...] = ()

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts on the road, the destination last."""
        return self.template.hosts

    @property
    def next_hop(self) -> str | None:
        """The first host of the road, ``None`` where a message stays where it is."""
        return self.template.next_hop


@dataclass(frozen=True, slots=True)
class NotFound:
    """Nobody knows the host; ``near_misses`` are known names that look like it, the likeliest first."""

    near_misses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The name means several hosts: ``candidates`` tells them apart."""

    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TemporaryFailure:
    """No answer now, for this ``reason``; the same question may be answered later."""

    reason: str


#: What a router answers. A ``match`` over the four kinds ends in `typing.assert_never`.
Answer = Found | NotFound | Ambiguous | TemporaryFailure
