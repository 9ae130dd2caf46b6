"""`Roads`: from the hosts that an address still has to visit to those that the mail visits, if it may.

Mail may go to a neighbour with whatever lies behind it, which is the neighbour's to judge. To any other host it may go
only if every host that it visits is a destination: listed by name or by domain, or known by name to a router, where
``mapped`` allows that. A smart host knows nobody by name, and so makes no destination of anybody.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from mailpaths.hooks.allowing import AllowList, HostNames
from mailpaths.hooks.decision import Deferred, Unchanged
from mailpaths.hooks.settings import Settings
from mailpaths.routing.answer import Ambiguous, Found, NotFound, TemporaryFailure
from mailpaths.routing.router import Router

__all__ = ["Roads"]

Hosts = tuple[str, ...]


class Roads:
    """Who may be reached, and over whom. ``is_own`` tells our own names, at which no mail may come by again."""

    def __init__(
        self, settings: Settings, hosts: HostNames, router: Router | None, *, is_own: Callable[[str], bool]
    ) -> None:
        self._hosts = hosts
        self._allowed = AllowList(hosts, next_hops=settings.next_hops, domains=settings.domains)
        self._router = router
        self._is_own = is_own
        self._mapped = settings.mapped
        self._most_hops = settings.hops

    def allow(self, asked: Hosts) -> Unchanged | Deferred | None:
        """Return why mail may not visit these hosts, ``None`` where it may."""
        if len(asked) > self._most_hops:
            return _refused(f"{len(asked)} hops, and the limit is {self._most_hops}")
        for host in asked:
            if self._is_own(host):
                return _refused(f"it would come through {host} again")
        if self._allowed.is_next_hop(asked[0]):
            return None
        for host in asked:
            trouble = self._destination(host)
            if trouble is not None:
                return trouble
        return None

    def _destination(self, host: str) -> Unchanged | Deferred | None:
        if self._allowed.is_destination(host):
            return None
        if self._mapped and self._router is not None and (key := self._hosts.key(host)):
            answer = self._router.resolve(key)
            if isinstance(answer, TemporaryFailure):
                return Deferred(f"no answer now about the road to {key}: {answer.reason}")
            # The domain of a host may be known where nobody has heard of the host.
            if isinstance(answer, Found) and answer.matched and not answer.matched.startswith("."):
                return None
        return _refused(f"{host} is not on the allow-list")

    def find(self, asked: Hosts) -> Hosts | Unchanged | Deferred:
        """Return the hosts that mail visits which may visit these, from here on; or why there is no road."""
        first = asked[0]
        if self._allowed.is_next_hop(first):
            return asked
        if self._router is None:
            return self._first(asked)
        answer = self._router.resolve(self._hosts.key(first))
        match answer:
            case Found():
                return self._found(answer.hosts, asked)
            case NotFound():
                # What is a destination by its name is reached by its name, by whoever carries mail from here.
                return self._first(asked) if self._allowed.is_destination(first) else _refused(f"no road to {first}")
            case Ambiguous(candidates):
                return _refused(f"{first} is several hosts: {', '.join(candidates)}")
            case TemporaryFailure(reason):
                return Deferred(f"no answer now about the road to {first}: {reason}")
            case _:
                assert_never(answer)

    def _found(self, road: Hosts, asked: Hosts) -> Hosts | Unchanged | Deferred:
        if not road:
            return _refused(f"the road to {asked[0]} ends here")
        found = (*road, *asked[1:])
        if len(found) > self._most_hops:
            return _refused(f"a road of {len(found)} hops, and the limit is {self._most_hops}")
        for host in road:
            if self._is_own(host):
                return _refused(f"the road to {asked[0]} comes through {host} again")
        # A router may send mail for one host to another, whom nobody has listed.
        if self._hosts.key(road[0]) != self._hosts.key(asked[0]):
            trouble = self._destination(road[0])
            if trouble is not None:
                return (
                    trouble if isinstance(trouble, Deferred) else _refused(f"the road to {asked[0]}: {trouble.reason}")
                )
        return self._first(found)

    def asks_router(self, asked: Hosts) -> bool:
        """Tell whether a router is asked about mail that is to visit these hosts."""
        if self._router is None or not asked or self._allowed.is_next_hop(asked[0]):
            return False
        return self._mapped or self._allowed.is_destination(asked[0])

    def _first(self, hosts: Hosts) -> Hosts | Unchanged:
        """Return the hosts, if the first of them may be handed what lies behind it."""
        if len(hosts) > 1 and not self._allowed.is_next_hop(hosts[0]):
            return _refused(f"{hosts[0]} is no next hop on the allow-list, and {' → '.join(hosts[1:])} lies behind it")
        return hosts


def _refused(reason: str) -> Unchanged:
    return Unchanged(reason, refused=True)
