"""Compute roads exactly as pathalias does: Dijkstra's algorithm with one label a host, and all of its heuristics.

The source is mapit.c 9.16 and mapaux.c 9.4 of pathalias 10 (1992). Its answers hang on the order in which equal costs
leave the heap, on the order of the links, and on the order of the hash table, so all three are the same here. What is
computed for one home is a `Tree`; the world itself is only read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailpaths.routing.uucp.flags import (
    ALIAS,
    DEAD,
    DEAD_HOST,
    DOMAIN,
    GATEWAY,
    INFINITY,
    LEFT,
    NET,
    TERMINAL,
    TREE,
)
from mailpaths.routing.uucp.hashing import table_order
from mailpaths.routing.uucp.heap import DOMAIN_RANK, NET_RANK, NOWHERE, PASSED_OVER, Heap
from mailpaths.routing.uucp.tree import BY_ALIAS, HAS_LEFT, HAS_RIGHT, IS_TERMINAL, Tree

if TYPE_CHECKING:
    from mailpaths.routing.uucp.world import World

__all__ = ["map_world"]

_SIDES = HAS_LEFT | HAS_RIGHT

# Where nets and other names of hosts lie behind a terminal link, a copy may lead to a copy without an end. There
# pathalias dies ("too many terminal links") or runs for ever; here what is beyond these bounds is passed over. The maps
# of 1987 and 1988, with -D too, make 1,200 copies at most, and no more than five from each other.
_DEEPEST = 200
_MORE_COPIES = 2_000


def map_world(world: World, home: int) -> Tree:
    """Return the tree of roads from a host."""
    tree = Tree(world, home)
    _Mapper(tree).run()
    return tree


class _Mapper:
    """All that changes while a tree grows."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        size = len(tree.names)
        self.ranks = bytearray([DOMAIN_RANK if kind & DOMAIN else NET_RANK if kind & NET else 0 for kind in tree.kinds])
        self.heap = Heap(tree.costs, self.ranks)
        # Whether one enters by gateways only (GATEWAYED).
        self.gated = bytearray(
            [bool(kind & DOMAIN or kind & (NET | DEAD_HOST) == NET | DEAD_HOST) for kind in tree.kinds]
        )
        self.table = table_order(tree.world, tree.home)
        self.table_places = [0] * size
        for place, number in enumerate(self.table):
            self.table_places[number] = place
        #: Where the hosts begin that are not reached.
        self.reached = 0
        #: The links back that each host gets in this round.
        self.turned: dict[int, list[int]] = {}
        #: How many copies lead to each copy, one made for the other; and how many hosts there may be with all copies.
        self.depths: dict[int, int] = {}
        self.most = size + len(tree.targets) + _MORE_COPIES

    def run(self) -> None:
        tree = self.tree
        home = tree.home
        self._leave_table(home)
        self.heap.push(home)
        while self.heap:
            self._spread()
            self._link_back()
        tree.unreachable = [number for number in self.table[self.reached :] if number >= 0]

    # The main loop

    def _spread(self) -> None:  # noqa: C901, PLR0912, PLR0915 - one loop over all links: what it needs stays local
        """Take one host after the other out of the heap and look where one gets from there (mapit, heapchildren)."""
        tree, heap, places = self.tree, self.heap, self.heap.places
        links, targets, link_costs, marks = tree.links, tree.targets, tree.link_costs, tree.marks
        parents, via, costs, mapped, states, kinds = (
            tree.parents,
            tree.via,
            tree.costs,
            tree.mapped,
            tree.states,
            tree.kinds,
        )
        ranks, gated, table, table_places = self.ranks, self.gated, self.table, self.table_places
        special = TERMINAL | TREE
        while heap:
            number = heap.pop()
            link = via[number]
            if link >= 0:
                marks[link] |= TREE
            mapped[number] = 1
            here = costs[number]
            state = states[number]
            is_net = ranks[number]
            is_terminal = state & IS_TERMINAL
            # What it costs to leave at all, and to leave over a link of either side.
            if not is_net and (kinds[number] & DEAD_HOST or is_terminal):
                left_toll = right_toll = INFINITY
            else:
                left_toll = INFINITY if state & HAS_RIGHT and not is_net else 0
                right_toll = INFINITY if state & HAS_LEFT and not is_net else 0
            for link in links[number]:
                to = targets[link]
                mark = marks[link]
                if mark & special or (is_terminal and mark & ALIAS):
                    if mark & TREE:
                        continue
                    if mark & TERMINAL:
                        to = self._copy(number, link)
                    if is_terminal and mark & ALIAS and to >= 0:
                        if self._goes_round(number, to):
                            continue
                        to = self._copy(number, link)
                    if to < 0:
                        continue
                if mapped[to]:
                    continue
                if mark & ALIAS:
                    cost = here
                else:
                    cost = here + link_costs[link]
                    if cost >= INFINITY:
                        cost += 1
                    elif mark & DEAD or (gated[to] and not mark & GATEWAY):
                        cost += INFINITY
                    else:
                        cost += left_toll if mark & LEFT else right_toll
                place = places[to]
                if place == NOWHERE:
                    old = cost
                    costs[to] = cost
                    parents[to] = number
                    via[to] = link
                    # Out of the table, in exchange for the first there that is not reached.
                    first = self.reached
                    other = table[first]
                    place = table_places[to]
                    table[place] = other
                    table_places[other] = place
                    table[first] = to
                    self.reached = first + 1
                    heap.push(to)
                else:
                    old = costs[to]
                    if gated[to]:
                        if self._is_worse(to, number, link, cost):
                            continue
                    elif cost > old or place == PASSED_OVER or (cost == old and self._keeps_parent(to, number)):
                        continue
                    parents[to] = number
                    via[to] = link
                    if cost != old:
                        costs[to] = cost
                        if cost < old:
                            heap.rise(to)
                        else:
                            heap.sink(to)
                # setheapbits(): by an alias, and which sides the road has.
                found = state & _SIDES | (HAS_LEFT if mark & LEFT else HAS_RIGHT) | states[to] & IS_TERMINAL
                if mark & ALIAS:
                    found |= BY_ALIAS | is_terminal
                states[to] = found

    def _is_worse(self, to: int, parent: int, link: int, cost: int) -> bool:
        """Tell whether a road to what has gateways is no better than the one we have (skiplink)."""
        tree = self.tree
        if self.heap.places[to] == PASSED_OVER:
            return True
        old_gateway = tree.marks[tree.via[to]] & GATEWAY
        new_gateway = tree.marks[link] & GATEWAY
        if old_gateway != new_gateway:
            return bool(old_gateway)
        old = tree.costs[to]
        return cost > old or (cost == old and self._keeps_parent(to, parent))

    def _leave_table(self, number: int) -> None:
        """Take a host out of the hosts that are not reached, in exchange for the first of them (dehash)."""
        first, place = self.reached, self.table_places[number]
        other = self.table[first]
        self.table[place] = other
        self.table_places[other] = place
        self.table[first] = number
        self.table_places[number] = first
        self.reached = first + 1

    def _make_room(self) -> None:
        """Let the table begin earlier: pathalias has empty places there."""
        room = len(self.table)
        self.table[:0] = [-1] * room
        self.table_places[:] = [place + room for place in self.table_places]
        self.reached += room

    # Ties

    def _keeps_parent(self, to: int, new: int) -> bool:
        """Tell whether a host keeps its parent when another offers the same cost (tiebreaker)."""
        tree = self.tree
        old = tree.parents[to]
        gated = self.gated
        if gated[new] != gated[old]:
            return bool(gated[new])
        # Real parents, no nets.
        old, new = self._real(old), self._real(new)
        fewer = self._height(old) - self._height(new)
        if fewer:
            return fewer < 0
        return _keeps_name(_octets(tree.names[old]), _octets(tree.names[new]), _octets(tree.names[to]))

    def _real(self, number: int) -> int:
        kinds, parents = self.tree.kinds, self.tree.parents
        while kinds[number] & NET and parents[number] >= 0:
            number = parents[number]
        return number

    def _height(self, number: int) -> int:
        """Return the hops to a host: hosts and domains count, nets do not."""
        kinds, parents = self.tree.kinds, self.tree.parents
        height = 0
        number = parents[number]
        while number >= 0:
            if kinds[number] & DOMAIN or not kinds[number] & NET:
                height += 1
            number = parents[number]
        return height

    # Terminal links

    def _copy(self, parent: int, link: int) -> int:
        """Return the copy of a host that a terminal link leads to (ncopy); -1 where there are too many of them."""
        tree = self.tree
        number = tree.targets[link]
        states = tree.states
        first = tree.copies[number]
        if (
            not states[number] & IS_TERMINAL
            and states[first] & IS_TERMINAL
            and not states[first] & BY_ALIAS
            and not tree.marks[link] & ALIAS
        ):
            tree.targets[link] = first
            return first
        copy = len(tree.names)
        depth = self.depths.get(parent, 0) + 1
        if depth > _DEEPEST or copy >= self.most:
            return -1
        self.depths[copy] = depth
        tree.names.append(tree.names[number])
        tree.kinds.append(tree.kinds[number])
        tree.parents.append(-1)
        tree.via.append(-1)
        tree.costs.append(0)
        tree.mapped.append(0)
        tree.states.append(IS_TERMINAL)
        tree.originals.append(tree.originals[number])
        tree.copies.append(first)
        tree.copies[number] = copy
        self.heap.places.append(NOWHERE)
        self.ranks.append(self.ranks[number])
        self.gated.append(self.gated[number])
        # It stands before all that are not reached; as the next to be reached it leaves that place at once. Where both
        # reasons for a copy meet, the first of the two is never reached, and stays.
        if not self.reached:
            self._make_room()
        self.reached -= 1
        self.table[self.reached] = copy
        self.table_places.append(self.reached)
        tree.targets[link] = copy
        # After the copy is in the ring: a link back to the host itself counts as any other.
        tree.links.append(self._copied_links(parent, number))
        return copy

    def _copied_links(self, parent: int, number: int) -> list[int]:
        """Return copies of a host's links: no terminal ones, none to hosts that have roads, none back (lcopy)."""
        tree = self.tree
        found: list[int] = []
        origin = tree.originals[parent]
        onward = TERMINAL if self.ranks[number] else 0
        for link in tree.links[number]:
            to = tree.targets[link]
            if tree.mapped[to] or tree.marks[link] & TERMINAL or tree.originals[to] == origin:
                continue
            copy = len(tree.targets)
            tree.made_from[copy] = tree.made_from.get(link, link)
            if link in tree.back_links:
                tree.back_links.add(copy)
            found.append(copy)
            tree.targets.append(to)
            tree.link_costs.append(tree.link_costs[link])
            tree.marks.append(tree.marks[link] & ~TREE | onward)
        return found

    def _goes_round(self, number: int, to: int) -> bool:
        """Tell whether a terminal host was reached over names of the one that it leads to (skipterminalalias)."""
        tree = self.tree
        origin = tree.originals[to]
        while tree.states[number] & BY_ALIAS:
            number = tree.parents[number]
            if tree.originals[number] == origin:
                return True
        return False

    # Hosts that only know the way out

    def _link_back(self) -> None:
        """Give each host that is not reached a link from its cheapest neighbour (backlinks): it may know the way."""
        tree = self.tree
        for place in range(self.reached, len(self.table)):
            number = self.table[place]
            if tree.copies[number] != number:
                # A copy of it is reached.
                self._leave_table(number)
                self.table[self.table_places[number]] = -1
                self.heap.places[number] = PASSED_OVER
                continue
            child, known = self._cheapest_neighbour(number)
            if child < 0:
                continue
            self._leave_table(number)
            link = self._add_back_link(child, number)
            tree.made_from[link] = known
            tree.parents[number] = child
            tree.via[number] = link
            tree.costs[number] = self._cost_back(child, link)
            self.heap.push(number)
        for host, links in self.turned.items():
            self._put_first(host, links)
        self.turned.clear()

    def _cost_back(self, child: int, link: int) -> int:
        """Return what a host costs that is reached from its neighbour by a link back (costof).

        The neighbour's own cost is in the link already, and so counts twice, as in pathalias. Most often that is
        infinite; only from neighbours that cost less than nothing is there something left to pay.
        """
        tree = self.tree
        number = tree.targets[link]
        cost = tree.costs[child] + tree.link_costs[link]
        if cost >= INFINITY:
            return cost + 1
        is_host = not self.ranks[child]
        is_dead = bool(tree.kinds[child] & DEAD_HOST or tree.states[child] & IS_TERMINAL)
        penalized = (
            tree.marks[link] & DEAD or self.gated[number] or (is_host and (is_dead or tree.states[child] & HAS_RIGHT))
        )
        return cost + INFINITY if penalized else cost

    def _cheapest_neighbour(self, number: int) -> tuple[int, int]:
        """Return the cheapest host that a host has a link to, and that link; -1 where no such host has a road."""
        tree = self.tree
        child = known = -1
        for link in tree.links[number]:
            to = tree.targets[link]
            if tree.kinds[to] & DOMAIN:  # never out of a domain
                continue
            to = self._mapped_copy(to)
            if to < 0:
                continue
            if child >= 0:
                if tree.costs[to] > tree.costs[child]:
                    continue
                if tree.costs[to] == tree.costs[child]:
                    tree.parents[number] = child
                    if self._keeps_parent(number, to):
                        continue
            child, known = to, link
        return child, known

    def _mapped_copy(self, number: int) -> int:
        tree = self.tree
        if tree.mapped[number]:
            return number
        copy = tree.copies[number]
        while copy != number:
            if tree.mapped[copy]:
                return copy
            copy = tree.copies[copy]
        return -1

    def _add_back_link(self, host: int, to: int) -> int:
        tree = self.tree
        link = len(tree.targets)
        tree.targets.append(to)
        cost = INFINITY + tree.costs[host]
        tree.link_costs.append(cost)
        tree.marks.append(LEFT if cost >= 0 else LEFT | DEAD)
        self.turned.setdefault(host, []).append(link)
        tree.back_links.add(link)
        return link

    def _put_first(self, host: int, new: list[int]) -> None:
        """Put links before all others of a host but the dead ones, the last of them first (addlink)."""
        links, marks = self.tree.links[host], self.tree.marks
        place = 0
        while place < len(links) and marks[links[place]] & DEAD:
            place += 1
        dead = [link for link in new if marks[link] & DEAD]
        alive = [link for link in reversed(new) if not marks[link] & DEAD]
        self.tree.links[host] = [*links[:place], *dead, *alive, *links[place:]]


def _octets(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")


def _keeps_name(old: bytes, new: bytes, name: bytes) -> bool:
    """Tell which of two names wins a tie: the one that goes on with the host's own name, the shorter, the larger."""
    size = 0
    for mine, first, second in zip(name, old, new, strict=False):
        if not mine == first == second:
            break
        size += 1
    rest = name[size : size + 1]
    if old[size : size + 1] == rest:
        return True
    if new[size : size + 1] == rest:
        return False
    if len(old) != len(new):
        return len(old) < len(new)
    return old[size:] >= new[size:]
