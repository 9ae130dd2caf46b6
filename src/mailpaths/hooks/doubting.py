"""`doubts`: settings that are no fault, and may let through more than is meant, or less."""

from __future__ import annotations

from collections.abc import Iterator

from mailpaths.daemon.endpoint import Endpoint
from mailpaths.hooks.allowing import HostNames
from mailpaths.hooks.settings import Settings

__all__ = ["doubts"]

# Routers that answer for any host, and so know none by its name.
_KNOW_NOBODY = ("smarthost:", "gateways:", "path:")
# Exim's readsocket waits 3 s in the configuration that mailpaths prints, and the answer takes its time on the way.
_LONG_DEADLINE = 2.5


def doubts(settings: Settings) -> tuple[str, ...]:
    """Return what a postmaster should look at once more, a line each.

    >>> doubts(Settings(names=("relay.example",), next_hops=("mx.example",)))
    ('allow.next_hops: whoever mails to relay.example can reach anybody behind mx.example',)
    """
    return tuple(_doubts(settings))


def _doubts(settings: Settings) -> Iterator[str]:
    yield from _about_allowing(settings)
    if settings.routers and not settings.next_hops:
        yield "roads.routers: roads begin at next hops, and allow.next_hops lists none"
    if not settings.in_address and not settings.transports:
        yield "roads.in_address: the road is left to the transport, and [transport] says nothing"
    if settings.deadline > _LONG_DEADLINE:
        yield f"limits.deadline: Exim waits 3 s for an answer, and {settings.deadline:g} s may pass"
    for listener in settings.listeners:
        if listener.public and isinstance(listener.address, Endpoint) and not listener.address.is_loopback:
            yield f"listen: whoever reaches {listener.address} may ask, and learns who is listed"


def _about_allowing(settings: Settings) -> Iterator[str]:
    hosts = HostNames(settings.zone)
    if not (settings.next_hops or settings.domains or settings.mapped or settings.x400):
        yield "nothing is allowed: no next hop, no domain, no mapped host, so no address is rewritten"
    for host in settings.next_hops:
        if "." in hosts.key(host):
            yield f"allow.next_hops: whoever mails to {settings.names[0]} can reach anybody behind {host}"
    for domain in settings.domains:
        if domain.startswith(".") and "." not in domain[1:].rstrip(".") and not _is_pseudo(domain):
            yield f"allow.domains: {domain} is every host of a whole top-level domain"
    if settings.mapped and all(url.startswith(_KNOW_NOBODY) for url in settings.routers):
        yield "allow.mapped: there is no router in [roads] that knows hosts by name, as map: and paths: do"
    x400 = settings.x400
    if x400 is not None and (x400.next_hop is None) != (not x400.management_domains):
        which, other = ("next_hop", "management_domains") if x400.next_hop else ("management_domains", "next_hop")
        yield f"x400.{which}: without x400.{other} no O/R address goes to X.400"


def _is_pseudo(domain: str) -> bool:
    """Tell whether a top-level domain is one of networks that were never in the DNS (or nobody's: RFC 6761)."""
    return domain.strip(".").lower() in _PSEUDO


_PSEUDO = frozenset(
    {"arpanet", "bitnet", "csnet", "decnet", "earn", "fidonet", "mailnet", "oz", "span", "uucp", "test", "example"}
)
