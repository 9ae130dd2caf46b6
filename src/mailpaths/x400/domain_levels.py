"""`DomainLevels`: what a domain stands for in an O/R address by the tables, and the domain that levels have.

Source: RFC 2156 4.3.4 step 8, and 4.3.5 mapping B, steps 3 and 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mailpaths import names
from mailpaths.addresses.oraddress import ORAddress, Value
from mailpaths.step import Step
from mailpaths.x400.levels import DOMAIN_SYNTAX, KEYS, Level, levels_of, present_end
from mailpaths.x400.tables import Tables, ToNode

__all__ = [
    "MAPPING_B",
    "DomainLevels",
    "FoundDomain",
    "assumed",
    "domain_of",
    "levels_for",
    "levels_of_gateway",
    "listed",
    "pairs",
    "shown",
]

#: How the steps of 4.3.5 mapping B are called.
MAPPING_B = "RFC 2156 4.3.5 mapping B"
# The bounds of RFC 2156 4.3.4 step 8.
_BOUNDS = {"C": 3, "ADMD": 16, "PRMD": 16, "O": 64, "OU": 32}
# Country, ADMD and PRMD: what a gateway adds of its own address.
_OWN = 3


@dataclass(frozen=True, slots=True)
class DomainLevels:
    """What a domain stands for: ``levels``, the first ``given`` of them by a row, the rest by its labels."""

    levels: tuple[Level, ...]
    given: int
    source: str
    #: Every label found its level.
    whole: bool
    #: They stand beside attributes that are spelled out, and beside nothing else.
    spelled: bool = False

    def kept(self, left: set[str]) -> tuple[Level, ...]:
        """Return the levels that are taken beside what the left side has: step 8, merging."""
        for key, count in (("ADMD", 1), ("PRMD", 2), ("O", 3)):
            if key in left:
                return self.levels[:count]
        return self.levels


def levels_for(domain: str | None, table2: ToNode) -> DomainLevels | None:
    """Return what a table makes of a domain: step 8 without the merging; ``None`` where it knows none of it."""
    if domain is None or names.is_literal(domain):
        return None
    labels = names.without_dot(domain).split(".")
    for label in labels:
        if not DOMAIN_SYNTAX.match(label):
            return None
    match = table2.find(labels)
    if match is None:
        return None
    levels = list(match.levels)
    whole = True
    for label in reversed(labels[: len(labels) - match.labels]):
        place = len(levels)
        if place >= len(KEYS) or len(label) > _BOUNDS[KEYS[place]]:
            whole = False
            break
        levels.append(label)
    return DomainLevels(tuple(levels), len(match.levels), match.source, whole)


def levels_of_gateway(address: ORAddress) -> DomainLevels:
    """Return what a gateway's own domain stands for beside attributes that are spelled out.

    No RFC says so; users of such gateways write ``"/g=George/s=Jetson/o=Spacely Sprockets/"@x400.acme.com`` (PMDF 6.1
    User's Guide) and let the gateway add its country and management domains.
    """
    levels = levels_of(address)[:_OWN]
    return DomainLevels(
        levels[: present_end(levels)], len(levels), "this gateway's own O/R address", whole=True, spelled=True
    )


class FoundDomain(NamedTuple):
    """A domain, how many levels it stands for, and how many of these by a table's row."""

    domain: str
    levels: int
    given: int


def assumed(levels: Sequence[Level], found: FoundDomain) -> DomainLevels:
    """Return what the domain that was found for levels stands for, if the tables mirror each other."""
    below = list(zip(KEYS, levels, strict=False))[found.given : found.levels]
    whole = all(level is not None and len(level) <= _BOUNDS[key] for key, level in below)
    return DomainLevels(tuple(levels[: found.levels]), found.given, "the way back", whole)


def domain_of(
    levels: Sequence[Level], tables: Tables, steps: list[Step], losses: list[str], *, walk: bool
) -> FoundDomain | None:
    """Return the domain of levels, and how many of them it stands for: mapping B, steps 3 and 4.

    ``walk`` goes on from the domain that the table has. ``None`` where neither table1 nor gate1 has one. What a gate
    table's row names is left out, as in the RFC's fourth example: only the gateway chosen can put it back.
    """
    if not levels or levels[0] is None:
        return None
    match = tables.table1.find(levels)
    if match is not None:
        labels, count = _walk(match.domain, levels, match.levels) if walk else ([match.domain], 0)
        domain = ".".join(labels)
        if "." in domain:
            steps.append(Step(f"found the domain {match.domain} ({match.source})", f"{MAPPING_B}, step 3"))
            if len(labels) > 1:
                steps.append(Step(f"went on to {domain}", f"{MAPPING_B}, step 4"))
            return FoundDomain(domain, count, min(match.levels, count))
        steps.append(Step(f"a domain of one label, {domain}, would not route", f"{MAPPING_B}, step 3"))
    match = tables.gate1.find(levels)
    if match is not None and "." in match.domain:
        steps.append(Step(f"chose the gateway {match.domain} ({match.source})", f"{MAPPING_B}, step 3"))
        if walk:
            losses.append(f"{shown(levels[: match.levels])}: left for the gateway {match.domain} to add")
        count = match.levels if walk else 0
        return FoundDomain(match.domain, count, count)
    return None


def _walk(domain: str, levels: Sequence[Level], start: int) -> tuple[list[str], int]:
    """Return the labels of the domain with those of the levels below it, and how many levels they stand for.

    Step 4: each next level that fits a label becomes one; the first that does not, or is omitted, ends it.
    """
    labels = [domain]
    length = len(domain)
    place = start
    for level in levels[start:]:
        if level is None or not DOMAIN_SYNTAX.match(level) or len(level) > names.MAX_LABEL:
            break
        length += len(level) + 1
        if length > names.MAX_DOMAIN:
            break
        labels.insert(0, level)
        place += 1
    return labels, place


def pairs(levels: Sequence[Level]) -> list[tuple[str, Value]]:
    """Return levels as the attributes that they are."""
    return [(key, level) for key, level in zip(KEYS, levels, strict=False) if level is not None]


def shown(levels: Sequence[Level]) -> str:
    """Return levels as a step of the crossing tells them."""
    return listed(pairs(levels))


def listed(attributes: Iterable[tuple[str, Value]]) -> str:
    """Return attributes as a step of the crossing tells them."""
    return "; ".join([f"{key}={value}" for key, value in attributes])
