"""`GatewayDomains`: the router that knows the pseudo-domains of the old networks, and who led into them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from mailpaths import names
from mailpaths.errors import AddressSyntaxError
from mailpaths.route import Route
from mailpaths.routing.answer import Answer, Found, NotFound
from mailpaths.routing.lookup import is_name
from mailpaths.routing.template import RouteTemplate

__all__ = ["GatewayDomain", "GatewayDomains", "known_gateways"]


@dataclass(frozen=True, slots=True)
class GatewayDomain:
    """One way into a pseudo-domain: ``domain`` (``.bitnet``), and ``via`` which hosts, the first of them first.

    ``becomes`` says how the host is called there: ``None``, as written; ``""``, without the domain; ``".dnet"``, with
    this domain in the other's place. ``longer`` is for names of more labels than one before the domain: ``keep`` them
    as a name, take them as ``hops``, or ``refuse`` them. Only a ``default`` row answers of itself. ``native`` domains
    are in the DNS and need no gateway. ``source`` is where it is said, ``era`` the days for which it is known to hold.
    """

    domain: str
    via: tuple[str, ...] = ()
    becomes: str | None = None
    longer: Literal["keep", "hops", "refuse"] = "keep"
    default: bool = True
    native: bool = False
    network: str = ""
    era: tuple[str | None, str | None] = (None, None)
    source: str = "user"
    note: str = ""

    def __post_init__(self) -> None:
        """Check the names. Raises `AddressSyntaxError` for what is no domain or no host."""
        if not self.domain.startswith(".") or self.domain == ".":
            raise AddressSyntaxError("expected a domain that begins with a dot", self.domain, (0, len(self.domain)))
        if self.becomes and not (self.becomes.startswith(".") and is_name(self.becomes[1:])):
            raise AddressSyntaxError("expected a domain that begins with a dot", self.becomes, (0, len(self.becomes)))
        Route((self.domain, *self.via), "")

    def hosts(self, host: str) -> tuple[str, ...] | None:
        """Return the hosts on the way to a host of the domain, ``None`` where this way is not for it."""
        labels = host[: -len(self.domain)].split(".")
        if self.longer == "refuse" and len(labels) > 1:
            return None
        tail = host[-len(self.domain) :] if self.becomes is None else self.becomes
        if self.longer == "hops":
            return (*self.via, labels[-1] + tail, *reversed(labels[:-1]))
        return (*self.via, ".".join(labels) + tail)


class GatewayDomains:
    """A router for hosts of pseudo-domains: ``.BITNET``, ``.CSNET``, ``.MAILNET``, ``.UUCP`` and others.

    ``own`` rows come before those that mailpaths knows of the same domain: rows, or a mapping of domains to gateways.
    ``known`` may be set to nothing, so that only the own ones count. The networks are gone, and so are most gateways:
    these roads explain old mail; a server that delivers should name its own gateways.

    >>> from mailpaths.routing import GatewayDomains
    >>> GatewayDomains().resolve("pucc.BITNET").template.text
    '%s%%pucc.BITNET@cunyvm.cuny.edu'
    >>> GatewayDomains({".bitnet": "gw.example"}).resolve("pucc.BITNET").hosts
    ('gw.example', 'pucc.BITNET')
    """

    def __init__(
        self,
        own: Iterable[GatewayDomain] | Mapping[str, str] = (),
        *,
        known: Iterable[GatewayDomain] | None = None,
    ) -> None:
        mine = (
            [GatewayDomain(names.fold(domain), tuple(gateway.split("!"))) for domain, gateway in own.items()]
            if isinstance(own, Mapping)
            else list(own)
        )
        self._ways: dict[str, list[GatewayDomain]] = {}
        for way in [*mine, *(known_gateways() if known is None else known)]:
            self._ways.setdefault(names.fold(way.domain), []).append(way)

    def ways(self) -> tuple[GatewayDomain, ...]:
        """Return the ways in by which it answers: of each domain those that are taken unasked, the own ones first."""
        return tuple([way for ways in self._ways.values() for way in ways if way.default])

    def resolve(self, host: str, *, origin: str | None = None) -> Answer:
        """Return the road to a host of a pseudo-domain; any other is not found, and neither is a gateway's own way."""
        name = names.without_dot(host)
        if not is_name(name) or name.startswith("."):
            return NotFound()
        place = name.find(".", 1)
        while place >= 0:
            ways = self._ways.get(names.fold(name[place:]))
            if ways is not None:
                return self._answer(name, ways, origin)
            place = name.find(".", place + 1)
        return NotFound()

    @staticmethod
    def _answer(name: str, ways: Iterable[GatewayDomain], origin: str | None) -> Answer:
        for way in ways:
            if not way.default:
                continue
            hosts = way.hosts(name)
            if hosts is None:
                continue
            if way.via and names.same(name, way.via[-1]):
                hosts = way.via  # the gateway itself, where it is in its own domain
            if origin is not None and way.via and names.same(origin, way.via[0]):
                return NotFound()  # the gateway itself must know the way on
            try:
                hosts = Route(hosts, "").hosts
            except AddressSyntaxError:
                return NotFound()
            first, *rest = [one.replace("%", "%%") for one in hosts]
            tail = "".join([f"%%{one}" for one in reversed(rest)])
            source = f"gateway of {way.domain} ({way.source})"
            return Found(RouteTemplate(f"%s{tail}@{first}", hosts), None, source, way.domain)
        return NotFound()

    def __repr__(self) -> str:
        """Return what it is, for people."""
        return f"<GatewayDomains: {', '.join(sorted(self._ways))}>"


@lru_cache(maxsize=1)
def known_gateways() -> tuple[GatewayDomain, ...]:
    """Return the ways that mailpaths knows, each with its source; the first way into a domain is the one to take."""
    import json  # loads with the data
    from importlib.resources import files

    text = files("mailpaths.routing").joinpath("data", "gateways.jsonl").read_text(encoding="utf-8")
    return tuple([_way(json.loads(line)) for line in text.splitlines()])


def _way(row: dict[str, object]) -> GatewayDomain:
    """Return the row of the data file as a way; the file is ours, and a test reads every row of it."""
    era = row["era"]
    via = row["via"]
    assert isinstance(via, list)  # noqa: S101 - for the type checker
    days = (era["from"], era["until"]) if isinstance(era, dict) else (None, None)
    longer = row["longer"]
    assert longer in {"keep", "hops", "refuse"}  # noqa: S101 - for the type checker
    return GatewayDomain(
        domain=str(row["domain"]),
        via=tuple([str(one) for one in via]),
        becomes=None if row["becomes"] is None else str(row["becomes"]),
        longer="keep" if longer == "keep" else "hops" if longer == "hops" else "refuse",
        default=bool(row["default"]),
        native=bool(row["native"]),
        network=str(row["network"]),
        era=days,
        source=str(row["source"]),
        note=str(row["note"] or ""),
    )
