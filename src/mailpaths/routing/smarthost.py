"""`SmartHost`: the router that hands everything to one host which knows better."""

from __future__ import annotations

from dataclasses import dataclass

from mailpaths import names
from mailpaths.errors import AddressSyntaxError
from mailpaths.route import Route
from mailpaths.routing.answer import Answer, Found, NotFound
from mailpaths.routing.lookup import is_name
from mailpaths.routing.template import RouteTemplate

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
        if not is_name(names.without_dot(host)) and not names.is_literal(host):
            return NotFound()
        try:
            hosts = Route((*self.relay.split("!"), host), "").hosts
            if names.same(hosts[-1], hosts[-2]):
                hosts = hosts[:-1]
            template = RouteTemplate.parse("!".join([one.replace("%", "%%") for one in (*hosts, "")]) + "%s")
        except AddressSyntaxError:
            return NotFound()
        return Found(template, source=f"smart host {self.relay}") if template.hosts == hosts else NotFound()
