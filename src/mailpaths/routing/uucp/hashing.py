"""The order of hosts in the hash table of pathalias: where its answers hang on it, so do ours.

pathalias looks for hosts that nobody can reach in the order of its table, and a tie between two of them is broken by
who comes first. The table has open addressing with double hashing; its function is a checksum of 31 bits (addnode.c
9.7). Here the table is filled once, when the order is asked for, and not while the map is read.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mailpaths.routing.uucp.world import World

__all__ = ["checksum", "checksums", "table_order"]

_POLYNOMIAL = 0x48000000
_CRC = [0] * 128
for _byte in range(128):
    for _bit in range(7):
        if _byte & (1 << _bit):
            _CRC[_byte] ^= _POLYNOMIAL >> _bit

# The sizes of the table; pathalias has none after 56311 and gives up there ("too many hosts"). The rest of its rule is
# followed: primes, each a little below a multiple of 1024, each about the sum of the two before.
_SIZES = (1021, 2039, 3067, 5113, 8179, 13309, 21499, 34807, 56311)
# The table grows when 79 parts of 100 are full.
_FULL = 79


def checksum(name: str) -> int:
    """Return the checksum of a name (fold() of addnode.c).

    >>> checksum("seismo")
    637808022
    """
    return checksums((name,))[0]


def checksums(names: Iterable[str]) -> list[int]:
    """Return the checksum of each name."""
    crc = _CRC
    found: list[int] = []
    for name in names:
        total = 0
        for byte in name.encode("utf-8", "surrogateescape"):
            total = (total >> 7) ^ crc[(total ^ byte) & 0x7F]
        found.append(total)
    return found


def table_order(world: World, home: int | None = None) -> list[int]:
    """Return the numbers of the hosts in the order of the table, as if ``home`` had been named when the map was read.

    It comes first then; but a home that the map deletes, and that was made anew, comes at its own time.
    """
    table = _Table(world.checksums)
    entries: Sequence[int] = world.entries
    late = world.late
    if home is None or home == world.home:
        # Public hosts come into the table as they are made: the number of one is how many were known before.
        table.enter(entries, [late.get(number, number) for number in entries] if late else entries)
    else:
        others = [number for number in entries if number != home]
        known = [late.get(number, number + 1 if number < home else number) for number in others]
        table.enter([home, *others], [0, *known])
    if world.settled:
        table.make_room(len(world.names))
    return table.numbers()


class _Table:
    def __init__(self, checksums: Sequence[int]) -> None:
        self._checksums = checksums
        self._sizes = iter(_sizes())
        self._size = next(self._sizes)
        self._slots: list[int | None] = [None] * self._size
        # Where the last search ended for each checksum: equal names, of private hosts, would each search all of them.
        self._ends: dict[int, int] = {}

    def numbers(self) -> list[int]:
        return [number for number in self._slots if number is not None]

    def enter(self, numbers: Sequence[int], known: Sequence[int]) -> None:
        """Put hosts into the table, each when so many hosts are known; these counts only grow."""
        done = 0
        while done < len(numbers):
            self.make_room(known[done])
            end = bisect_left(known, self._limit, done)
            self._put(numbers[done:end])
            done = end

    @property
    def _limit(self) -> int:
        """How many known hosts fill the table so far that it must grow (isfull of addnode.c)."""
        return -(-(_FULL * self._size * 128 // 100) // 128)

    def make_room(self, known: int) -> None:
        """Let the table grow as long as it is full."""
        while known >= self._limit:
            old = self._slots
            self._size = next(self._sizes)
            self._slots = [None] * self._size
            self._ends.clear()
            self._put([number for number in reversed(old) if number is not None])

    def _put(self, numbers: Iterable[int]) -> None:
        size, slots, checksums, ends = self._size, self._slots, self._checksums, self._ends
        for number in numbers:
            total = checksums[number]
            place = total % size
            if slots[place] is not None:
                step = size - 2 - total % (size - 2)
                place = ends.get(total, place)
                while slots[place] is not None:
                    if place < step:
                        place += size
                    place -= step
                ends[total] = place
            slots[place] = number


def _sizes() -> Iterator[int]:
    yield from _SIZES
    one, two = _SIZES[-2:]
    while True:
        one, two = two, _prime_below(one + two)
        yield two


def _prime_below(limit: int) -> int:
    """Return the largest prime below a multiple of 1024 near this number."""
    number = limit // 1024 * 1024 - 1
    while any(number % divisor == 0 for divisor in range(3, int(number**0.5) + 1, 2)):
        number -= 2
    return number
