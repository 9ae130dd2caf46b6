"""`AllowList`: which hosts are neighbours and which are destinations; and `HostNames`, by which they are compared."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from mailpaths import names
from mailpaths.routing.lookup import is_name

__all__ = ["AllowList", "Domains", "HostNames"]

# What a resolver takes for an address, also in its old forms: 10.1, 0x7f.1, 2130706433 (inet_aton(3)).
_NUMERIC = re.compile(r"(?:.*\.)?(?:[0-9]+|0[xX][0-9A-Fa-f]*)\.?\Z")

_REMEMBERED = 4096


class HostNames:
    """How hosts are compared: blind to case, to the root's dot, and to the zone of hosts that have no domain.

    >>> hosts = HostNames("uucp")
    >>> hosts.key("Gamma.UUCP"), hosts.key("gamma."), hosts.written("gamma"), hosts.written("gamma.example")
    ('gamma', 'gamma', 'gamma.uucp', 'gamma.example')
    """

    def __init__(self, zone: str) -> None:
        self._suffix = f".{names.fold(names.without_dot(zone))}" if zone else ""
        # The same few hosts are compared again and again; whoever asks for others makes it forget some.
        self._key = lru_cache(_REMEMBERED)(self._made_key)

    def key(self, host: str) -> str:
        """Return what two names of a host have in common; ``""`` for what is no host name, such as a literal."""
        return self._key(host)

    def _made_key(self, host: str) -> str:
        found = names.fold(names.without_dot(host))
        if self._suffix and found.endswith(self._suffix):
            found = found[: -len(self._suffix)]
        return found if is_name(found) and found.isascii() and found[0] != "." and not _NUMERIC.match(found) else ""

    def written(self, host: str) -> str:
        """Return the host as the domain of an address: with the zone where it has no domain of its own."""
        found = names.without_dot(host)
        if not found.isascii():
            found = names.fold(found)
        return found if "." in found else f"{found}{self._suffix}"


class Domains:
    """Patterns of domains: a name stands for itself, and one with a leading dot for every host below it.

    >>> domains = Domains(HostNames("uucp"), [".csnet", "host.example", "gamma"])
    >>> domains.best("a.b.CSNET"), domains.best("Gamma.UUCP"), domains.best("xhost.example"), domains.best("csnet")
    ('.csnet', 'gamma', None, None)
    """

    def __init__(self, hosts: HostNames, patterns: Iterable[str]) -> None:
        self._hosts = hosts
        self._exact: dict[str, str] = {}
        self._below: list[tuple[str, str]] = []
        for pattern in patterns:
            if not pattern.startswith("."):
                self._exact[hosts.key(pattern)] = pattern
            elif len(pattern) > 1:
                self._below.append((f".{names.fold(names.without_dot(pattern[1:]))}", pattern))
        self._exact.pop("", None)
        # The longest says most about a host.
        self._below.sort(key=lambda one: len(one[0]), reverse=True)

    def best(self, host: str) -> str | None:
        """Return the pattern that fits a host and says most about it, ``None`` where none fits."""
        key = self._hosts.key(host)
        if not key:
            return None
        if key in self._exact:
            return self._exact[key]
        name = names.fold(self._hosts.written(host))
        return next((pattern for below, pattern in self._below if name.endswith(below)), None)


class AllowList:
    """The hosts that mail may go to.

    >>> allowed = AllowList(HostNames("uucp"), next_hops=["gamma"], domains=[".csnet", "host.example"])
    >>> allowed.is_next_hop("GAMMA.uucp"), allowed.is_destination("a.b.csnet"), allowed.is_destination("csnet")
    (True, True, False)
    """

    def __init__(self, hosts: HostNames, *, next_hops: Iterable[str], domains: Iterable[str]) -> None:
        self._hosts = hosts
        self._next_hops = frozenset(map(hosts.key, next_hops)) - {""}
        self._domains = Domains(hosts, domains)

    def is_next_hop(self, host: str) -> bool:
        """Tell whether the host is a neighbour, who is handed whatever lies behind it."""
        return self._hosts.key(host) in self._next_hops

    def is_destination(self, host: str) -> bool:
        """Tell whether mail may go to the host; what lies behind it is another question."""
        return self._hosts.key(host) in self._next_hops or self._domains.best(host) is not None
