"""Compute the cheapest roads of a UUCP world: pathalias's costs and rules, without its greed.

pathalias keeps one road a host, and its rules make costs hang on the road so far (a mixed road costs more, and so does
one over a terminal host). So the one road that it keeps may be dearer to go on from than one that it dropped. Here a
host is kept once for each state that the rules look at: which sides of the user hosts stand on, whether the road
has paid a penalty, whether it ends at a terminal host. Then the cheapest road is the cheapest, on every host.

A domain is kept once more for each way to be called that its road gives it: one that is entered out of another domain
has no line of its own, or, out of a private one, a longer name. So the cheapest road of every name is there, whatever
else is cheaper to the same domain.

Three things more are told otherwise than pathalias tells them. A cost is the sum of the costs of the links, and
penalties are no part of it but `Obstacle`s. Where only the way out of a host is declared, the way in costs what the way
out does. And a host that is only reached so is reached over as few such links as possible.
"""

from __future__ import annotations

from heapq import heappop, heappush

from mailpaths.routing.uucp.flags import (
    ALIAS,
    DEAD,
    DEAD_HOST,
    DOMAIN,
    GATEWAY,
    INFINITY,
    LEFT,
    NET,
    PRIVATE,
    TERMINAL,
)
from mailpaths.routing.uucp.world import Step, World

__all__ = ["Labels", "find_labels"]

_HAS_LEFT = 1
_HAS_RIGHT = 2
_AT_TERMINAL = 4
_PAID = 8
_STATES = 16
_SIDES = _HAS_LEFT | _HAS_RIGHT
# How a domain is called that a link leads to: by its own name, by none, or (from here on) after the private domain
# before it.
_OWN = 0
_NONE = 1
_AFTER = 2

# In the heap: what the road costs with penalties, its hops, host and state as one number, the label before, the link.
_Entry = tuple[int, int, int, int, int]


class Labels:
    """Roads from one home, one a label, each the best for its host, state and name; a road's labels come before it.

    ``hosts`` says where each label's road ends, ``before`` which label it goes on from (-1 at home), ``links`` over
    which link, ``costs`` what it costs. ``of_host`` is the best label of each host that has one.
    """

    def __init__(self, world: World, home: int) -> None:
        self.home = home
        self.names, self.kinds, self.marks, self.link_costs = world.names, world.kinds, world.marks, world.costs
        self._targets = world.targets
        self.hosts: list[int] = []
        self.before: list[int] = []
        self.links: list[int] = []
        self.costs: list[int] = []
        self.of_host: dict[int, int] = {}
        #: Hosts that no road leads to.
        self.unreachable: list[int] = []

    @staticmethod
    def original(number: int) -> int:
        """Return the host of the world that a host is: itself, since labels have no copies."""
        return number

    def parent(self, label: int) -> int:
        """Return the label from which a label's road goes on, -1 at home."""
        return self.before[label]

    def last_step(self, label: int) -> Step | None:
        """Return the last link of a label's road, ``None`` at home."""
        before, link = self.before[label], self.links[label]
        if before < 0:
            return None
        return Step(self.hosts[before], self.hosts[label], link, link, self.is_turned(label))

    def steps(self, label: int) -> list[Step]:
        """Return the links of a label's road, from home on."""
        found: list[Step] = []
        while (step := self.last_step(label)) is not None:
            found.append(step)
            label = self.before[label]
        found.reverse()
        return found

    def is_turned(self, label: int) -> bool:
        """Tell whether the last link of a label's road is declared the other way round."""
        return self._targets[self.links[label]] != self.hosts[label]


def find_labels(world: World, home: int) -> Labels:
    """Return the best roads from a host."""
    labels = Labels(world, home)
    search = _Search(world, labels)
    search.start(home)
    search.spread()
    # Each round goes one link against its direction, so that no road has more of them than it must.
    while search.turn_round():
        search.spread()
    labels.unreachable = [number for number in world.entries if number not in labels.of_host and number != home]
    return labels


class _Search:
    def __init__(self, world: World, labels: Labels) -> None:
        self.world = world
        self.labels = labels
        self.heap: list[_Entry] = []
        self.settled: dict[int, int] = {}
        # For each host, its labels so far: cost with penalties and state.
        self.known: dict[int, list[tuple[int, int]]] = {}
        self.closed = bytearray(len(world.names))
        # The links into each host, for the way back; found when first needed.
        self.ways_back: dict[int, list[tuple[int, int]]] | None = None
        self.fresh: list[int] = []
        # For each label, how a domain is called that is entered from there.
        self.calls: list[int] = []
        # To make one number of a host and how it is called, and of its state as well.
        self.size = len(world.names)

    def start(self, home: int) -> None:
        heappush(self.heap, (0, 0, home * _STATES, -1, -1))

    def spread(self) -> None:  # noqa: C901, PLR0912, PLR0915 - one loop over all links: what it needs stays local
        """Settle all that can be reached from what is in the heap."""
        world, labels, heap, settled = self.world, self.labels, self.heap, self.settled
        links, targets, costs, marks, kinds = world.links, world.targets, world.costs, world.marks, world.kinds
        fresh, calls, size = self.fresh, self.calls, self.size
        closed = self.closed
        while heap:
            cost, hops, key, before, link = heappop(heap)
            number, state = divmod(key, _STATES)
            kind = kinds[number]
            called = calls[before] if kind & DOMAIN and before >= 0 else _OWN
            key += called * size * _STATES
            if key in settled or self._is_beaten(number + called * size, cost, state):
                continue
            # By another name there may be a label that is as good for all that comes next, but for names.
            is_named_only = bool(kind & DOMAIN) and self._is_beaten(-1 - number, cost, state)
            label = len(labels.hosts)
            settled[key] = label
            labels.hosts.append(number)
            labels.before.append(before)
            labels.links.append(link)
            labels.costs.append(0 if link < 0 else labels.costs[before] + (0 if marks[link] & ALIAS else costs[link]))
            if number not in labels.of_host:
                labels.of_host[number] = label
                fresh.append(number)
            if not kind & DOMAIN:
                call = _OWN
            elif kind & PRIVATE and called != _NONE:
                call = _AFTER + number
            else:
                call = _NONE
            calls.append(call)
            if is_named_only and call == _NONE:
                continue
            lift = call * size * _STATES
            is_net = kind & (NET | DOMAIN)
            is_terminal = state & _AT_TERMINAL
            if is_net:
                left_toll = right_toll = 0
            elif kind & DEAD_HOST or is_terminal:
                left_toll = right_toll = INFINITY
            else:
                left_toll = INFINITY if state & _HAS_RIGHT else 0
                right_toll = INFINITY if state & _HAS_LEFT else 0
            further = hops if is_net else hops + 1
            for one in links[number]:
                to = targets[one]
                if closed[to] or (is_named_only and not kinds[to] & DOMAIN):
                    continue
                mark = marks[one]
                onward = state | (_HAS_LEFT if mark & LEFT else _HAS_RIGHT)
                if mark & ALIAS:
                    total = cost
                else:
                    total = cost + costs[one]
                    if total >= INFINITY:
                        total += 1
                    elif mark & DEAD or (not mark & GATEWAY and _has_gateways(kinds[to])):
                        total += INFINITY
                    else:
                        total += left_toll if mark & LEFT else right_toll
                    if not (mark & TERMINAL or (is_terminal and is_net)):
                        onward &= ~_AT_TERMINAL
                    else:
                        onward |= _AT_TERMINAL
                    if total >= INFINITY:
                        onward |= _PAID
                key = to * _STATES + onward
                if (key + lift if lift and kinds[to] & DOMAIN else key) not in settled:
                    heappush(heap, (total, further, key, label, one))

    def _is_beaten(self, number: int, cost: int, state: int) -> bool:
        """Tell whether a label is no use: another of its host is as cheap whatever comes next. Else note it.

        ``number`` is any number that stands for the host, or for the host as it is called.
        """
        known = self.known.get(number)
        if known is None:
            self.known[number] = [(cost, state)]
            return False
        paid = state & _PAID
        for other_cost, other in known:
            # The other may pay its penalty later, where this one has paid it already.
            rival = other_cost + INFINITY if paid and not other & _PAID else other_cost
            if rival <= cost and not other & ~state & ~_PAID and (paid or not other & _PAID):
                return True
        known.append((cost, state))
        return False

    def turn_round(self) -> bool:
        """Put into the heap what can be reached against one link; false where nothing can."""
        world, labels = self.world, self.labels
        for number in self.fresh:
            self.closed[number] = 1
        if self.ways_back is None:
            ways_back: dict[int, list[tuple[int, int]]] = {}
            self.ways_back = ways_back
            for number in range(len(world.names)):
                if number not in labels.of_host:
                    for link in world.links[number]:
                        ways_back.setdefault(world.targets[link], []).append((number, link))
        candidates = self.fresh
        self.fresh = []
        found = False
        for number in candidates:
            if world.kinds[number] & DOMAIN:  # never out of a domain
                continue
            label = labels.of_host[number]
            for host, link in self.ways_back.get(number, ()):
                if host in labels.of_host:
                    continue
                found = True
                cost = labels.costs[label] + (0 if world.marks[link] & ALIAS else world.costs[link])
                heappush(self.heap, (INFINITY + cost, 1, host * _STATES + _PAID + _HAS_LEFT, label, link))
        return found


def _has_gateways(kind: int) -> bool:
    return bool(kind & DOMAIN) or kind & (NET | DEAD_HOST) == NET | DEAD_HOST
