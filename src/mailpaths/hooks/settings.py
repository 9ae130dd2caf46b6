"""`Settings`: all that a postmaster decides about the hook, as values; `mailpaths.hooks.configfile` reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from mailpaths.daemon.endpoint import Endpoint, UnixSocket
from mailpaths.policy import INTERNET, Policy

__all__ = ["DEFAULT_ENDPOINT", "Listener", "Naming", "Protocol", "Settings", "Spelling", "X400Settings"]

#: Where the hook is asked unless another place is named.
DEFAULT_ENDPOINT = Endpoint("127.0.0.1", 9001)
#: What is spoken on a listener.
Protocol = Literal["socketmap", "tcp_table", "milter"]
#: How hops behind the next one are written: ``user%b%a@next`` or ``a!b!user@next``.
Spelling = Literal["percent", "hybrid"]
#: How addresses stand in the log: as they are, as a keyed hash, or not at all.
Naming = Literal["shown", "hashed", "hidden"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Where mail servers ask, and in which protocol.

    ``map`` is the one that a tcp_table answers from, since that protocol names none. ``public`` lets it listen beyond
    the loopback: no protocol here asks who asks. ``name`` is what systemd calls the socket, if it opens it.

    >>> Listener(address=UnixSocket("/run/mailpaths/hook.sock")).protocol
    'socketmap'
    """

    protocol: Protocol = "socketmap"
    address: Endpoint | UnixSocket = DEFAULT_ENDPOINT
    map: str | None = None
    public: bool = False
    name: str = "socketmap"


@dataclass(frozen=True, slots=True, kw_only=True)
class X400Settings:
    """The way to X.400: mapping ``tables`` (a directory), this gateway's ``domain`` and ``or_address``.

    ``next_hop`` is the host that takes O/R addresses in local parts; only those of the ``management_domains`` go there,
    each an O/R address of country, ADMD and maybe PRMD.

    >>> X400Settings(next_hop="x400.example", management_domains=("/PRMD=Acme/ADMD=X/C=US/",)).tables is None
    True
    """

    tables: str | None = None
    domain: str | None = None
    or_address: str | None = None
    next_hop: str | None = None
    management_domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What ``mailpaths.toml`` says. Every choice but ``names`` has a value that denies.

    >>> Settings(names=("relay.example",)).next_hops
    ()
    """

    #: Our own names; the first is the one that senders are written under.
    names: tuple[str, ...]
    #: How addresses at our names are read.
    policy: Policy = INTERNET
    style: Spelling = "percent"
    #: The pseudo-domain behind a next hop of one label, ``""`` for none.
    zone: str = "uucp"
    #: Whether a path without a domain, such as ``host!user``, begins here.
    bare_paths: bool = False
    #: [allow] Hosts that are handed whatever lies behind them, and domains that are destinations and no more.
    next_hops: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    #: Whether the hosts that a router knows by name are destinations, too.
    mapped: bool = False
    #: [roads] Who knows the roads, by URL; whether the road is written into the address, or left to the transport.
    routers: tuple[str, ...] = ()
    in_address: bool = True
    #: [transport] Domains, and what carries mail there: ``uucp:{next_hop}``.
    transports: tuple[tuple[str, str], ...] = ()
    #: [sender] Domains that outside hosts cannot reply to: senders there are written through us.
    through_us: tuple[str, ...] = (".uucp",)
    x400: X400Settings | None = None
    #: [limits] Hops in one address; octets of a local part; seconds for an answer; connections; idle seconds.
    hops: int = 20
    local_part: int = 64
    deadline: float = 1.0
    connections: int = 500
    idle: float = 300.0
    #: [[listen]]
    listeners: tuple[Listener, ...] = field(default_factory=lambda: (Listener(),))
    #: [log]
    addresses: Naming = "shown"
    #: [metrics] Where Prometheus asks, over HTTP.
    metrics: Endpoint | None = None
