"""What `explain` knows of an address, gathered once for every way of showing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailpaths.addresses import BangPath, Defect, Mailbox, ORAddress, parse
from mailpaths.cli import streams
from mailpaths.errors import AddressSyntaxError, ReadingError
from mailpaths.nexthop import Local, Outcome, Relay, next_hop
from mailpaths.policy import ALL, Operator
from mailpaths.reading import Hop, hops, read, readings
from mailpaths.spelling import PERCENT
from mailpaths.translation import Translation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mailpaths.addresses import Address
    from mailpaths.cli.oraddresses import Crossed, Description
    from mailpaths.policy import Policy
    from mailpaths.route import Route
    from mailpaths.x400 import Gateway

__all__ = ["MOST_HOPS", "PROGRAMS", "Decision", "Explanation", "Refusal", "Road", "Stop", "explanation"]

#: Whom `explain` asks what they would do next: the documents' own reading and the programs that still run.
PROGRAMS: tuple[Policy, ...] = tuple(
    [policy for policy in ALL if policy.program is not None or policy.name == "internet"]
)
#: Roads longer than this are not shown hop by hop: each hop is handed all the rest, and the text grows by the square.
MOST_HOPS = 64
_OPERATORS = frozenset("".join([operator.value for operator in Operator]))


@dataclass(frozen=True, slots=True)
class Stop:
    """One hop of a road, with the rule by which its operator is read."""

    hop: Hop
    rule: str


@dataclass(frozen=True, slots=True)
class Road:
    """One reading: its route, hop by hop (nothing where that is too long), the policies behind it, and why.

    ``rule`` is that of the first policy; ``because`` names it, and is empty where no policy could read otherwise.
    """

    route: Route
    stops: tuple[Stop, ...]
    policies: tuple[Policy, ...]
    rule: str
    because: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """The policies that read no route out of the address, and why not."""

    message: str
    policies: tuple[Policy, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What the hosts that run these programs do next."""

    outcome: Outcome
    policies: tuple[Policy, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that `explain` shows of one address. ``error`` is there when the text is none, or when nobody can read it.

    ``described`` is there for an O/R address, which has no roads; ``crossed`` where a gateway was given.
    """

    text: str
    here: tuple[str, ...]
    value: Address | None = None
    error: Exception | None = None
    defects: tuple[Defect, ...] = ()
    roads: tuple[Road, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    warnings: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()
    described: Description | None = None
    crossed: Crossed | None = None

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """The parts of a path or mailbox as written, each with the field's own name for it."""
        value = self.value
        if value is None or isinstance(value, ORAddress):
            return ()
        if isinstance(value, BangPath):
            return (("hosts", " ".join(value.hosts)), ("user", value.user))
        found = [
            ("display name", value.display_name),
            ("route", " ".join(value.route) or None),
            ("local part", value.quoted_local_part),
            ("domain", value.domain),
            *[("comment", comment) for comment in value.comments],
        ]
        return tuple([(name, text) for name, text in found if text is not None])

    def row(self) -> dict[str, object]:
        """Return the JSON object; ``route`` is the first reading's."""
        route = self.roads[0].route if self.roads else None
        return {
            "input": self.text,
            "status": "error" if self.error else "ambiguous" if self.warnings else "ok",
            "notation": None if self.value is None else self.value.notation,
            "output": None,
            "route": None if route is None else _route(route),
            "warnings": self.warnings,
            "error": None if self.error is None else streams.fault(self.error, self.text),
            "parts": {"attributes": self.described.attributes} if self.described is not None else _parts(self.value),
            "defects": [
                {
                    "kind": defect.kind.value,
                    "category": defect.category.name.lower(),
                    "message": defect.message,
                    "source": defect.kind.source,
                    "span": defect.span,
                }
                for defect in self.defects
            ],
            "readings": [
                {
                    "route": _route(road.route),
                    "policies": _names(road.policies),
                    "rule": road.rule,
                    "hops": [
                        {"operator": stop.hop.operator, "host": stop.hop.host, "rest": stop.hop.rest, "rule": stop.rule}
                        for stop in road.stops
                    ]
                    if road.stops or not road.route.hosts
                    else None,
                }
                for road in self.roads
            ],
            "refusals": [
                {"message": refusal.message, "policies": _names(refusal.policies)} for refusal in self.refusals
            ],
            "here": self.here,
            "next_hops": [
                {**_outcome(decision.outcome), "policies": _names(decision.policies)} for decision in self.decisions
            ],
            "x400": None if self.described is None else self.described.row(),
            "gateway": None if self.crossed is None else self.crossed.row(),
        }


def explanation(
    text: str,
    policies: Sequence[Policy] = (),
    here: Sequence[str] = ("gw.example",),
    gateway: Gateway | None = None,
) -> Explanation:
    """Return all that is known of an address; only these policies are asked, where some are given. Raises nothing.

    The programs are not asked about an O/R address: they would take its text for something else.
    """
    here = tuple(here)
    try:
        value = parse(text)
    except AddressSyntaxError as error:
        return Explanation(text, here, error=error, decisions=tuple(_decisions(text, policies or PROGRAMS, here)))
    crossed: Crossed | None = None
    if gateway is not None:
        from mailpaths.cli import oraddresses  # loads where X.400 is spoken

        crossed = oraddresses.cross(value, gateway)
    if isinstance(value, ORAddress):
        from mailpaths.cli import oraddresses

        described = oraddresses.describe(value, oraddresses.dialect_of(text))
        return Explanation(text, here, value, described=described, crossed=crossed)
    decisions = tuple(_decisions(text, policies or PROGRAMS, here))
    asked = tuple(policies) or ALL
    found = readings(value, asked)
    plain = _is_plain(value)
    roads = tuple(
        [
            Road(
                one.route,
                _stops(value, one.route, one.policies[0]),
                one.policies,
                one.rule,
                "" if plain else f"{one.policies[0]}: {one.rule}",
            )
            for one in found
        ]
    )
    refusals = tuple(_refusals(value, asked, {policy for one in found for policy in one.policies}))
    refused = None if roads else ReadingError(f"{asked[0]} {refusals[0].message}")
    defects = () if isinstance(value, BangPath) else value.defects
    # What `translate` would warn of, whatever the style.
    doubts = Translation(value, roads[0].route, value, roads[0].policies[0], PERCENT).warnings if roads else ()
    return Explanation(text, here, value, refused, defects, roads, refusals, doubts, decisions, crossed=crossed)


def _stops(value: BangPath | Mailbox, route: Route, policy: Policy) -> tuple[Stop, ...]:
    if not 0 < len(route.hosts) <= MOST_HOPS:
        return ()
    # The first step of a translation is the parsing, the next ones are the hops.
    steps = Translation(value, route, value, policy, PERCENT).steps[1:]
    return tuple([Stop(hop, step.rule) for hop, step in zip(hops(value, policy), steps, strict=False)])


def _is_plain(value: Address) -> bool:
    """Tell whether the address is ``user@domain`` and nothing more: there is no order of operators to speak of."""
    return isinstance(value, Mailbox) and not value.route and not _OPERATORS & set(value.quoted_local_part)


def _refusals(value: Address, asked: Iterable[Policy], content: set[Policy]) -> Iterable[Refusal]:
    """Yield why the other policies refuse."""
    why: dict[str, list[Policy]] = {}
    for policy in asked:
        if policy not in content:
            try:
                read(value, policy)
            except ReadingError as error:
                # The policy stands beside the message, so that equal messages meet.
                why.setdefault(str(error).removeprefix(f"{policy} "), []).append(policy)
    return [Refusal(message, tuple(by)) for message, by in why.items()]


def _decisions(text: str, programs: Iterable[Policy], here: tuple[str, ...]) -> Iterable[Decision]:
    """Return what each program would do, equal answers together."""
    found: dict[Outcome, list[Policy]] = {}
    for policy in programs:
        found.setdefault(next_hop(text, policy, here), []).append(policy)
    return [Decision(outcome, tuple(by)) for outcome, by in found.items()]


def _parts(value: Address | None) -> dict[str, object] | None:
    if value is None or isinstance(value, ORAddress):
        return None
    if isinstance(value, BangPath):
        return {"hosts": value.hosts, "user": value.user}
    return {
        "display_name": value.display_name,
        "route": value.route,
        "local_part": value.local_part,
        "quoted_local_part": value.quoted_local_part,
        "domain": value.domain,
        "comments": value.comments,
    }


def _route(route: Route) -> dict[str, object]:
    return {"hosts": route.hosts, "user": route.user}


def _names(policies: Iterable[Policy]) -> list[str]:
    return [policy.name for policy in policies]


def _outcome(outcome: Outcome) -> dict[str, object]:
    """Return the outcome with all its keys: an action, and what goes with it."""
    row: dict[str, object] = {"action": "refuse", "host": None, "rest": None, "user": None, "reason": None}
    if isinstance(outcome, Local):
        return row | {"action": "keep", "user": outcome.user}
    if isinstance(outcome, Relay):
        return row | {"action": "relay", "host": outcome.host, "rest": outcome.rest}
    return row | {"reason": outcome.reason}
