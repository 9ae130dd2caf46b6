"""What a server allows its peers: how many connections, in all and from one address, and how many requests a second."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Limits", "Turnstile", "peer_key"]

#: Seconds for which a request waits for its turn; one that would wait longer is refused.
MOST_PATIENCE = 2.0
# A household has a /64 of IPv6 addresses to itself (RFC 6177), and would otherwise count as 2**64 peers.
_IPV6_PREFIX = 64
_FEW = 64
# One address may have a fourth of the time of all, once it has had its first second's worth.
_SHARE = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a server gives, 0 for no limit.

    ``connections`` in all, ``per_address`` from one address, ``requests`` a second from one address (the first second's
    worth at once); ``idle`` seconds without a command, ``drain`` seconds for a peer to take its replies. Raises
    `ValueError` for less than nothing, and where a peer would have no time at all.

    >>> Limits(per_address=10).connections
    1000
    """

    connections: int = 1000
    per_address: int = 100
    requests: float = 1000.0
    idle: float = 120.0
    drain: float = 30.0

    def __post_init__(self) -> None:
        """Check the numbers."""
        counts, times = (self.connections, self.per_address, self.requests), (self.idle, self.drain)
        if not all(count >= 0 for count in counts) or not all(seconds > 0 for seconds in times):  # nan is neither
            raise ValueError("limits are counts from 0 on, and times of more than no seconds")


def peer_key(host: str) -> str:
    """Return what counts as one address: an IPv4 address, also one that comes over IPv6, or an IPv6 network of 64 bits.

    >>> peer_key("::ffff:192.0.2.1"), peer_key("2001:db8::1:2:3:4")
    ('192.0.2.1', '2001:db8::/64')
    """
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:  # a socket of another family
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, _IPV6_PREFIX), strict=False))


class Turnstile:
    """Counts connections and requests by address. Not for several threads: it lives in one event loop.

    What is kept of an address goes soon after its last connection and its last request.

    >>> turnstile = Turnstile(Limits(per_address=1))
    >>> turnstile.enter("192.0.2.1"), turnstile.enter("192.0.2.1")
    (None, 'too many connections from your address')
    """

    def __init__(self, limits: Limits, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self._clock = clock
        self._count = 0
        self._inside: dict[str, int] = {}
        # By address: when all that it asked so far is paid for.
        self._paid: dict[str, float] = {}
        self._most_paid = _FEW

    def enter(self, key: str) -> str | None:
        """Let a connection in and return ``None``, or return why not."""
        limits = self.limits
        if limits.connections and self._count >= limits.connections:
            return "too many connections"
        mine = self._inside.get(key, 0)
        if limits.per_address and mine >= limits.per_address:
            return "too many connections from your address"
        self._count += 1
        self._inside[key] = mine + 1
        return None

    def leave(self, key: str) -> None:
        """Count off a connection that was let in."""
        self._count -= 1
        rest = self._inside[key] - 1
        if rest:
            self._inside[key] = rest
        else:
            del self._inside[key]

    def wait(self, key: str) -> float | None:
        """Return the seconds that a request must wait for its turn, or ``None`` where it is refused.

        A refused request costs nothing, so that a peer which slows down is soon served again.
        """
        rate = self.limits.requests
        if not rate:
            return 0.0
        now = self._clock()
        # The first second's worth is free: whoever was quiet may ask in a burst.
        paid = max(self._paid.get(key, 0.0), now)
        late = paid - now - 1.0
        if late > MOST_PATIENCE:
            return None
        if len(self._paid) >= self._most_paid:
            # What is paid for says nothing any more. Twice what is left may come before the next look: each is cheap.
            self._paid = {one: until for one, until in self._paid.items() if until > now}
            self._most_paid = 2 * len(self._paid) + _FEW
        self._paid[key] = paid + 1.0 / rate
        return max(late, 0.0)

    def charge(self, key: str, seconds: float, requests: int) -> None:
        """Have an address pay for the seconds that its requests took, where that is more than their number costs.

        What a request costs others is time, and some take a hundred times as long as most.
        """
        rate = self.limits.requests
        dear = _SHARE * seconds - requests / rate if rate else 0.0
        if dear > 0.0 and key in self._paid:
            self._paid[key] += dear

    def __len__(self) -> int:
        """Return how many connections are inside."""
        return self._count
