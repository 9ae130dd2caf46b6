"""`SmartHost`: the router that hands everything to one host which knows better."""

from __future__ import annotations

from dataclasses import dataclass

from mailpaths import names
from mailpaths.errors import AddressSyntaxError
from mailpaths.route import Route
from mailpaths.routing.answer import Answer, Found, NotFound
from mailpaths.routing.template import HERE, RouteTemplate

__all__ = ["SmartHost"]


@dataclass(frozen=True, slots=True)
class SmartHost:
    """A router that sends every host's mail over ``relay``: RFC 976 3 (b), the entry that matches any name.

    ``relay`` is a host, or a whole path to one. Raises `AddressSyntaxError` when made with what is neither.

    >>> SmartHost("gw!relay").resolve("mcvax").template.text
    'gw!relay!mcvax!%s'
    """

    relay: str

    def __post_init__(self) -> None:
        """Check the relay."""
        if not self.relay:
            raise AddressSyntaxError("expected a host, or a path to one", self.relay, (0, 0))
        Route(tuple(self.relay.split("!")), "")

    def resolve(self, host: str, *, origin: str | None = None) -> Answer:  # noqa: ARG002 - the same from everywhere
        """Return the road over the relay; the relay itself is not asked to send to itself."""
        try:
            hosts = Route((*self.relay.split("!"), host), "").hosts
        except AddressSyntaxError:
            return NotFound()
        if names.same(hosts[-1], hosts[-2]):
            hosts = hosts[:-1]
        text = "".join([f"{one.replace('%', '%%')}!" for one in hosts])
        return Found(
            RouteTemplate(f"{text}%s", hosts) if hosts else HERE, source=f"smart host {self.relay}", matched=""
        )
