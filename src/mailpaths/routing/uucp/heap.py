"""`Heap`: hosts by the cost of their roads, in the very order in which pathalias's heap gives them.

The source is heapup() and heapdown() of mapit.c 9.16 of pathalias 10 (1992). Where costs are equal, who comes first
hangs on how the heap was filled, and on nets and domains being moved up: so no other heap will do.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["DOMAIN_RANK", "NET_RANK", "NOWHERE", "PASSED_OVER", "Heap"]

#: What rises among equal costs; a host has rank 0.
NET_RANK = 1
DOMAIN_RANK = 2

#: The place of a host that is not in the heap: it was not there yet, or is never to be there.
NOWHERE = 0
PASSED_OVER = -1


class Heap:
    """A binary heap whose items begin at place 1. ``costs`` and ``ranks`` are read as they are when they are needed.

    ``places`` says where each host is, or was when it left.
    """

    def __init__(self, costs: Sequence[int], ranks: Sequence[int]) -> None:
        self._costs = costs
        self._ranks = ranks
        self.items = [-1]
        self.places = [NOWHERE] * len(costs)

    def __len__(self) -> int:
        """Return how many hosts are in the heap."""
        return len(self.items) - 1

    def push(self, number: int) -> None:
        """Put a host in."""
        self.places[number] = len(self.items)
        self.items.append(number)
        self.rise(number)

    def pop(self) -> int:
        """Take the first host out."""
        items = self.items
        number = items[1]
        last = items.pop()
        if len(items) > 1:
            items[1] = last
            self.places[last] = 1
            self.sink(last)
        return number

    def rise(self, number: int) -> None:
        """Move a host up the heap (heapup): among equal costs a net rises above domains."""
        heap, places, costs = self.items, self.places, self._costs
        cost = costs[number]
        place = places[number]
        is_net = self._ranks[number] == NET_RANK
        while place > 1:
            above = place >> 1
            other = heap[above]
            other_cost = costs[other]
            if cost > other_cost or (cost == other_cost and not (is_net and self._ranks[other] == DOMAIN_RANK)):
                break
            heap[place] = other
            places[other] = place
            place = above
        heap[place] = number
        places[number] = place

    def sink(self, number: int) -> None:
        """Move a host down the heap (heapdown): among equal costs nets rise above hosts, and domains above hosts."""
        heap, places, costs, ranks = self.items, self.places, self._costs, self._ranks
        cost = costs[number]
        rank = ranks[number]
        place = places[number]
        size = len(heap)
        below = place * 2
        while below < size:
            child = heap[below]
            child_cost = costs[child]
            if below + 1 < size:
                other = heap[below + 1]
                other_cost = costs[other]
                if child_cost > other_cost or (child_cost == other_cost and ranks[other]):
                    child = other
                    child_cost = other_cost
                    below += 1
            if cost < child_cost:
                break
            if cost == child_cost:
                child_rank = ranks[child]
                if not child_rank or (rank and child_rank == DOMAIN_RANK):
                    break
            heap[place] = child
            places[child] = place
            place = below
            below *= 2
        heap[place] = number
        places[number] = place
