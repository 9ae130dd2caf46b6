"""`Rules`: the one place that decides what becomes of an address.

A mail server that asks says neither who sends the mail nor whether it trusts him, so every answer is one for a
stranger: nothing is touched but what stands at our own names, nothing comes out but what is listed, and what comes out
is printed, parsed and read again before it goes.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from mailpaths import names
from mailpaths.addresses import BangPath, Mailbox, ORAddress, parse
from mailpaths.errors import AddressSyntaxError, ConversionError, MailPathsError, ReadingError
from mailpaths.hooks import maps
from mailpaths.hooks.allowing import Domains, HostNames
from mailpaths.hooks.checking import fault_of, fault_of_transport
from mailpaths.hooks.decision import Decision, Deferred, Rewritten, Unchanged, reason_of
from mailpaths.hooks.or_addresses import ORAddresses
from mailpaths.hooks.roads import Hosts, Roads
from mailpaths.hooks.settings import Settings
from mailpaths.policy import INTERNET
from mailpaths.reading import read
from mailpaths.route import Route
from mailpaths.routing.leaves import answers_from_memory
from mailpaths.routing.router import Router
from mailpaths.routing.urls import open_router
from mailpaths.spelling import PERCENT, STYLES, spell
from mailpaths.x400 import Gateway, Tables

__all__ = ["MAX_KEY", "Rules"]

#: Octets of a key that is looked at: what one line of SMTP can name (Postfix: line_length_limit).
MAX_KEY = 2048

_NULL_SENDER = frozenset({"", '""', "<>"})  # Postfix asks for the two quotes (smtpd(8), MAIL FROM:<>)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NEXT_HOP = "{next_hop}"
# What Postfix takes for a permission where a map is one of restrictions (access(5)); elsewhere any text would do.
_PERMIT = "OK"


_NOT_OURS = Unchanged("not at one of our names")


class _Read(NamedTuple):
    """An address, and the route that it means."""

    address: BangPath | Mailbox
    route: Route


class Rules:
    """What `Settings` decide, with the routers and tables that they name.

    ``router`` and ``gateway`` come in place of those that the settings name; `open` opens these.

    >>> rules = Rules(Settings(names=("relay.example", "relay"), next_hops=("host",)))
    >>> rules.rewrite("relay!host!user@relay.example", "rcpt").value
    'user@host.uucp'
    >>> rules.rewrite("user%elsewhere@relay.example", "rcpt")
    Unchanged(reason='elsewhere is not on the allow-list', refused=True)
    >>> rules.rewrite("user@elsewhere.example", "rcpt")
    Unchanged(reason='not at one of our names', refused=False)
    """

    def __init__(self, settings: Settings, *, router: Router | None = None, gateway: Gateway | None = None) -> None:
        self.settings = settings
        self.router = router
        #: Whether every decision comes from memory, so that nobody who waits for one keeps others waiting.
        self.is_quick = router is None or answers_from_memory(router)
        self._hosts = HostNames(settings.zone)
        self._own = frozenset(map(self._hosts.key, settings.names)) - {""}
        if not self._own:
            raise MailPathsError("the rules need a name of our own that is a host name")
        self._ours = re.compile("|".join(map(re.escape, self._own)), re.IGNORECASE)
        self._style = STYLES[settings.style]
        self._name = _ascii(names.without_dot(settings.names[0]))
        self._roads = Roads(settings, self._hosts, router, is_own=self._is_own)
        self._transports = dict(settings.transports)
        self._carried = Domains(self._hosts, self._transports)
        self._through_us = Domains(self._hosts, settings.through_us)
        x400 = settings.x400
        self._x400 = None
        if x400 is not None:
            own_gateway = Gateway(domain=x400.domain, or_address=x400.or_address) if gateway is None else gateway
            self._x400 = ORAddresses(own_gateway, next_hop=x400.next_hop, management_domains=x400.management_domains)

    @classmethod
    def open(cls, settings: Settings) -> Rules:
        """Return the rules with the routers and tables that the settings name.

        Raises `MailPathsError` where one of them cannot be opened: see `mailpaths.routing.open_router` and
        `mailpaths.x400.Tables`.
        """
        router = open_router(settings.routers) if settings.routers else None
        x400 = settings.x400
        gateway = None
        if x400 is not None:
            tables = Tables() if x400.tables is None else Tables.load(x400.tables)
            gateway = Gateway(tables, domain=x400.domain, or_address=x400.or_address)
        return cls(settings, router=router, gateway=gateway)

    def answers_at_once(self, address: str, map: str) -> bool:  # noqa: A002 - what mail servers call it
        """Tell whether no router is asked about an address: most mail is nothing to us, and waits for nobody."""
        if map not in maps.MAPS or len(address) > MAX_KEY or (map == maps.TRANSPORT and not self._transports):
            return True
        if map == maps.RCPT and not self._may_be_ours(address):
            return True
        found = self._read(address)
        if isinstance(found, Unchanged):
            return True
        left = self._beyond_us(*found)
        if left is None:
            return map == maps.RCPT or not self._roads.asks_router(found.route.hosts)
        # What X.400 makes of a mailbox of ours may be anywhere.
        return not self._roads.asks_router(left) if left else self._x400 is None

    def rewrite(self, address: str, map: str = maps.RCPT) -> Decision:  # noqa: A002 - what mail servers call it
        """Return what becomes of an address under a map: `MAPS` has their names.

        Nothing is raised for any text. An address that is none is `Unchanged`; a map that is none is `Deferred`, so
        that a slip in a mail server's configuration is seen, and loses no mail.

        ``rcpt``: the address at which mail goes on that came for one of our names. ``sender``: the address at one of
        our names that brings replies to a sender whom outside hosts do not know. ``transport``: what carries mail to an
        address, and where. ``exists``: ``OK`` for an address that ``rcpt`` rewrites, or rewrote.
        """
        if map not in maps.MAPS:
            return Deferred(f"there is no map of this name; there are {', '.join(maps.MAPS)}")
        if len(address) > MAX_KEY:
            return Unchanged(f"longer than {MAX_KEY} octets, which is more than SMTP carries")
        if _CONTROL.search(address):
            return Unchanged("a control character is in it")
        if map == maps.RCPT:
            return self._recipient(address)
        if map == maps.SENDER:
            return self._sender(address)
        if map == maps.TRANSPORT:
            return self._transport(address)
        return self._exists(address)

    # The map rcpt.

    def _recipient(self, text: str) -> Decision:
        made = self._once(text)
        if not isinstance(made, Rewritten):
            return made
        # What came out is looked at once more, as if a mail server had handed it back: Postfix does.
        again = self._once(made.value)
        if made.value == text or not isinstance(again, Unchanged) or again.refused:
            return Unchanged(f"{made.value} would be rewritten again", refused=True)
        return made

    def _once(self, text: str) -> Decision:
        if not self._may_be_ours(text):
            return _NOT_OURS
        found = self._read(text)
        if isinstance(found, Unchanged):
            return found
        address, route = found
        left = self._beyond_us(address, route)
        if left is None:
            return _NOT_OURS
        return self._by_road(left, route.user) if left else self._at_home(address, route)

    def _at_home(self, address: BangPath | Mailbox, route: Route) -> Decision:
        """Return the decision on an address at our names, behind which no host is left: it may be one of X.400."""
        crossed: BangPath | Mailbox | Unchanged | None = None
        if ORAddresses.is_local_part(route.user):
            if self._x400 is None:
                return Unchanged("an O/R address, and no [x400] is configured", refused=True)
            crossed = self._x400.outward(route.user)
        elif self._x400 is not None and isinstance(address, Mailbox) and address.local_part == route.user:
            crossed = self._x400.inward(address)
        if crossed is None:
            return Unchanged("a mailbox at one of our names")
        if isinstance(crossed, Unchanged):
            return crossed
        if isinstance(crossed, Mailbox) and ORAddresses.is_local_part(crossed.local_part):
            return self._printed(str(crossed), f"an O/R address for {crossed.domain}", or_address=True)
        try:
            found = read(crossed, INTERNET)
        except ReadingError as error:
            return Unchanged(str(error), refused=True)
        if not found.hosts:
            return Unchanged("an O/R address that names no host", refused=True)
        return self._by_road(found.hosts, found.user)

    def _by_road(self, left: Hosts, user: str) -> Decision:
        """Return the decision on a user at the last of these hosts, which are visited in turn."""
        trouble = self._roads.allow(left)
        if trouble is not None:
            return trouble
        road = self._roads.find(left)
        if isinstance(road, Unchanged | Deferred):
            return road
        reason = f"{user} at {left[-1]}"
        if len(left) > 1:
            reason += f" behind {' → '.join(left[:-1])}"
        if road != left:
            reason += f", by the road {' → '.join(road)}"
        return self._spelled(road if self.settings.in_address else left, user, reason)

    # The other maps.

    def _sender(self, text: str) -> Decision:
        if text in _NULL_SENDER:
            return Unchanged("the null sender")
        found = self._read(text)
        if isinstance(found, Unchanged):
            return found
        route = found.route
        if not route.hosts:
            return Unchanged("no host in it")
        if self._is_own(route.hosts[0]):
            return Unchanged("replies come to us already")
        first = route.hosts[0]
        if "." in self._hosts.key(first) and self._through_us.best(first) is None:
            return Unchanged(f"outside hosts reply to {first} themselves")
        return self._through(route)

    def _through(self, route: Route) -> Decision:
        """Return the address at our first name that leads to a route, if mail for it would go there."""
        try:
            candidate = str(spell(Route((self._name, *map(_ascii, route.hosts)), route.user), PERCENT))
        except MailPathsError as error:
            return Unchanged(reason_of(error), refused=True)
        onward = self._recipient(candidate)
        return (
            self._printed(candidate, f"mail for it goes to {onward.value}") if isinstance(onward, Rewritten) else onward
        )

    def _transport(self, text: str) -> Decision:
        if not self._transports:
            return Unchanged("no [transport] is configured")
        found = self._read(text)
        if isinstance(found, Unchanged):
            return found
        route = found.route
        if not route.hosts or self._is_own(route.hosts[0]):
            return Unchanged("it stays here")
        first = names.fold(self._hosts.written(route.hosts[0]))
        pattern = self._carried.best(route.hosts[0])
        if pattern is None:
            return Unchanged(f"no transport for {first}")
        trouble = self._roads.allow(route.hosts)
        if trouble is not None:
            return trouble
        road = self._roads.find(route.hosts)
        if isinstance(road, Unchanged | Deferred):
            return road
        next_hop = self._hosts.key(road[0])
        if not next_hop:
            return Unchanged(f"the road to {first} begins at {road[0]}, which is no name of a host", refused=True)
        value = self._transports[pattern].replace(_NEXT_HOP, next_hop)
        fault = fault_of_transport(value)
        return Rewritten(value, f"{first} by {road[0]}") if fault is None else Unchanged(fault, refused=True)

    def _exists(self, text: str) -> Decision:
        rewritten = self._recipient(text)
        if isinstance(rewritten, Rewritten):
            return Rewritten(_PERMIT, f"mail for it goes to {rewritten.value}")
        if isinstance(rewritten, Deferred) or rewritten.refused:
            return rewritten
        found = self._read(text)
        if isinstance(found, Unchanged):
            return found
        address, route = found
        if self._x400 is not None and isinstance(address, Mailbox) and self._x400.is_at_next_hop(address):
            return Rewritten(_PERMIT, "an O/R address for X.400")
        is_bare = isinstance(address, BangPath) or address.domain is None
        if not route.hosts or self._is_own(route.hosts[0]) or is_bare:
            return rewritten  # a path that begins here is one of ours, or nobody's
        through = self._through(route)
        return Rewritten(_PERMIT, through.reason) if isinstance(through, Rewritten) else through

    # What they share.

    def _is_own(self, host: str) -> bool:
        return self._hosts.key(host) in self._own

    def _may_be_ours(self, text: str) -> bool:
        """Tell quickly of nearly every address that it names none of our hosts."""
        return self._ours.search(text) is not None or not text.isascii() or self._takes_bare(text)

    def _takes_bare(self, text: str) -> bool:
        return self.settings.bare_paths and "@" not in text

    def _read(self, text: str) -> _Read | Unchanged:
        """Return what a text is, and means under the policy of the settings; or why it is nothing of ours."""
        try:
            address = parse(text)
            if isinstance(address, ORAddress):
                return Unchanged("an O/R address, and none of our names behind it")
            if isinstance(address, Mailbox):
                if address.display_name is not None or address.comments:
                    return Unchanged("more than a bare address")
                # With quotes it would be a mailbox and without them a route (RFC 733): mail servers ask both ways.
                if "@" in address.local_part:
                    return Unchanged("a second '@' is in it", refused=True)
            return _Read(address, read(address, self.settings.policy))
        except AddressSyntaxError as error:
            return Unchanged(f"no address: {error.message}")
        except MailPathsError as error:
            return Unchanged(reason_of(error))

    def _beyond_us(self, address: BangPath | Mailbox, route: Route) -> Hosts | None:
        """Return the hosts behind our own names, ``None`` where an address does not begin at one."""
        hosts = route.hosts
        place = 0
        while place < len(hosts) and self._is_own(hosts[place]):
            place += 1
        if place:
            return hosts[place:]
        is_bare = isinstance(address, BangPath) or address.domain is None
        return hosts if hosts and is_bare and self.settings.bare_paths else None

    def _spelled(self, hosts: Hosts, user: str, reason: str) -> Decision:
        try:
            route = Route((self._hosts.written(hosts[0]), *map(_ascii, hosts[1:])), user)
            value = str(spell(route, self._style))
            meant = read(value, self.settings.policy)
        except (AddressSyntaxError, ConversionError, ReadingError) as error:
            return Unchanged(reason_of(error), refused=True)
        if meant != route:
            return Unchanged(f"{self.settings.policy} would read it as {meant}", refused=True)
        return self._printed(value, reason)

    def _printed(self, value: str, reason: str, *, or_address: bool = False) -> Decision:
        """Return the decision to write an address, if it may leave us."""
        fault = fault_of(value, local_part=self.settings.local_part, or_address=or_address)
        return Rewritten(value, reason) if fault is None else Unchanged(f"{value}: {fault}", refused=True)


def _ascii(host: str) -> str:
    """Return a host as SMTP carries it: by its A-label where it has one."""
    return host if host.isascii() else names.fold(host)
