"""The order of hosts in the hash table of pathalias: where its answers hang on it, so do ours.

pathalias looks for hosts that nobody can reach in the order of its table, and a tie between two of them is broken by
who comes first. The table has open addressing with double hashing; its function is a checksum of 31 bits (addnode.c
9.7). Here the table is filled once, when the order is asked for, and not while the map is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mailpaths.routing.uucp.world import World

__all__ = ["checksum", "table_order"]

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
    total = 0
    crc = _CRC
    for byte in name.encode("utf-8", "surrogateescape"):
        total = (total >> 7) ^ crc[(total ^ byte) & 0x7F]
    return total


def table_order(world: World, home: int | None = None) -> list[int]:
    """Return the numbers of the hosts in the order of the table, as if ``home`` had been the first of them."""
    table = _Table(world.checksums)
    entries: Sequence[int] = world.entries
    if home is not None and (not entries or entries[0] != home):
        table.enter(home, 0)
        entries = [number for number in entries if number != home]
    moved = 0 if home is None or not world.entries or world.entries[0] == home else home
    late = world.late
    for number in entries:
        known = late.get(number)
        if known is None:
            known = number + 1 if number < moved else number
        table.enter(number, known)
    if world.settled:
        table.make_room(len(world.names))
    return table.numbers()


class _Table:
    def __init__(self, checksums: Sequence[int]) -> None:
        self._checksums = checksums
        self._sizes = iter(_sizes())
        self._size = next(self._sizes)
        self._slots: list[int | None] = [None] * self._size

    def numbers(self) -> list[int]:
        return [number for number in self._slots if number is not None]

    def enter(self, number: int, known: int) -> None:
        """Put a host into the table when so many hosts are known."""
        self.make_room(known)
        self._put(number)

    def make_room(self, known: int) -> None:
        """Let the table grow as long as it is full."""
        while known * 128 >= _FULL * self._size * 128 // 100:
            old = self._slots
            self._size = next(self._sizes)
            self._slots = [None] * self._size
            for number in reversed(old):
                if number is not None:
                    self._put(number)

    def _put(self, number: int) -> None:
        size, slots = self._size, self._slots
        total = self._checksums[number]
        step = size - 2 - total % (size - 2)
        place = total % size
        while slots[place] is not None:
            if place < step:
                place += size
            place -= step
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
