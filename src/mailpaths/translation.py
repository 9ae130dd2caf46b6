"""From one notation to another in one call: parse, read, spell, and cross the bridge where X.400 is on one side."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailpaths import policy as policies_room
from mailpaths.addresses import Address, BangPath, Mailbox, ORAddress, coerce
from mailpaths.errors import ReadingError, UnknownNameError
from mailpaths.policy import INTERNET, Policy
from mailpaths.reading import hops, read, readings
from mailpaths.route import Route
from mailpaths.spelling import PERCENT, STYLES, Style, spell
from mailpaths.step import Step

if TYPE_CHECKING:
    from mailpaths.addresses.dialects import Dialect
    from mailpaths.routing.answer import Found
    from mailpaths.routing.router import Router
    from mailpaths.x400.gateway import Crossing, Gateway

__all__ = ["RFC822", "Translation", "open_envelope", "targets", "translate"]

#: The mailbox that a gateway or a header gives, as it is; a bang path becomes one in the style percent.
RFC822 = Style("rfc822", "percent", "RFC 822 6.1: a mailbox as it is, a path as user%host@relay", PERCENT.safe)

# An O/R address, or none at all, in a mailbox of Exchange ([MS-OXCMAIL] 2.1.3.1.8).
_ENVELOPE = re.compile(r"IMCEA(?:X400|INVALID)-", re.IGNORECASE)
_PLAIN = re.compile(r'[^!%:"@]*+@[^!%:"@]*+\Z')
_NOTATION_RULES = {
    "bang": ("a bang path", "RFC 976 2.2"),
    "rfc822": ("an RFC 822 mailbox", "RFC 822 6.1, RFC 5322 3.4"),
    "x400": ("an X.400 O/R address", "X.402 18, RFC 2156 4.1"),
}
# Of a path of thousands of hops each step would show nearly all: what a person reads is the beginning.
_SHOWN = 120


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _named(policies: tuple[Policy, ...]) -> str:
    """Return the names in one line; a variant that agrees with its program is not worth a word."""
    every = [str(policy) for policy in policies]
    return ", ".join([name for name in every if ":" not in name or name.partition(":")[0] not in every])


@dataclass(frozen=True, slots=True)
class Translation:
    """What `translate` found: the new ``address`` and how it came about.

    ``source`` is what was parsed, ``route`` what it means under ``policy`` (``None`` where X.400 is on both sides, or
    where the policy reads no route and none was needed), ``style`` how the new address is written. ``crossing`` is what
    the gateway between RFC 822 and X.400 did, where there was one to cross. ``road`` is what the router said of the
    first host, where one was asked; its hosts are part of the ``route``. `str` is the new address.
    """

    source: Address
    route: Route | None
    address: Address
    policy: Policy
    style: Style | Dialect
    crossing: Crossing[BangPath | Mailbox] | Crossing[ORAddress] | None = None
    road: Found | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step from the text to the new address, each with its rule."""
        what, rule = _NOTATION_RULES[self.source.notation]
        steps = [Step(f"parsed {self.source} as {what}", rule)]
        read_from = self._hop_address
        if self.crossing is not None and isinstance(self.source, ORAddress):
            steps += self.crossing.steps
        route = self._read_route
        if read_from is not None and route is not None and isinstance(self.style, Style):
            steps += [
                Step(f"{hop.operator.rstrip(',')} asks {hop.host}, which gets {_cut(hop.rest)}", hop.rule)
                for hop in hops(read_from, self.policy)
            ]
            steps.append(Step(f"read as {route}", f"policy {self.policy}: {self.policy.rule}"))
            if isinstance(read_from, Mailbox) and (read_from.display_name is not None or read_from.comments):
                steps.append(
                    Step("left out the display name and comments: they are no part of a route", "RFC 822 3.4.3, 6.1")
                )
        if self.road is not None:
            cost = "" if self.road.cost is None else f", cost {self.road.cost:,}"
            road = " → ".join(self.road.hosts) or "that ends here"
            steps.append(Step(f"took the road {_cut(road)} to {self.asked}{cost}", self.road.source))
        if self.crossing is not None and not isinstance(self.source, ORAddress):
            steps += self.crossing.steps
        kind = "style" if isinstance(self.style, Style) else "dialect"
        steps.append(Step(f"spelled {self.address}", f"{kind} {self.style}: {self.style.rule}"))
        return tuple(steps)

    @property
    def losses(self) -> tuple[str, ...]:
        """What the new address no longer says of the old one, where the gateway lost something."""
        return () if self.crossing is None else self.crossing.losses

    @property
    def warnings(self) -> tuple[str, ...]:
        """What may go wrong with the new address or the old: one line for each way in which other hosts read it.

        A host that only knows fewer operators, and so hands the whole rest to the same next host, is no cause for one.
        What a gateway lost stands here too, and what may stop a message on the road that a router found.
        """
        found = tuple([f"lost: {loss}" for loss in self.losses])
        if self.road is not None:
            found += tuple([f"the road may not work: {obstacle}" for obstacle in self.road.obstacles])
        source = self._hop_address
        route = self._read_route
        if source is None or route is None or not isinstance(self.style, Style):
            return found
        if isinstance(source, Mailbox) and not source.route and _PLAIN.match(source.addr_spec):
            return found
        return found + tuple(
            [
                f"other policies read this as {reading.route} ({_named(reading.policies)})"
                for reading in readings(source)
                if reading.route != route and reading.route.hosts != route.hosts[: len(reading.route.hosts)]
            ]
        )

    @property
    def asked(self) -> str | None:
        """The host that a router was asked for the road to, where one was: the first that is not the asking host."""
        read_as = self._read_route
        if self.road is None or read_as is None or self.route is None:
            return None
        # The road stands for the hosts of the address less those that came behind it.
        return read_as.hosts[len(read_as.hosts) - len(self.route.hosts) + len(self.road.hosts) - 1]

    @property
    def _read_route(self) -> Route | None:
        """The route that the address was read as, before a router had its say."""
        source = self._hop_address
        return self.route if self.road is None or source is None else read(source, self.policy)

    @property
    def _hop_address(self) -> BangPath | Mailbox | None:
        """The address that the route was read from: the source, or what the gateway made of it."""
        if not isinstance(self.source, ORAddress):
            return self.source
        made = None if self.crossing is None else self.crossing.address
        return None if isinstance(made, ORAddress) else made

    def __str__(self) -> str:
        """Return the new address."""
        return str(self.address)


# See addresses/bang.py for why the slots' own descriptors.
_set_source = Translation.__dict__["source"].__set__
_set_route = Translation.__dict__["route"].__set__
_set_address = Translation.__dict__["address"].__set__
_set_policy = Translation.__dict__["policy"].__set__
_set_style = Translation.__dict__["style"].__set__
_set_crossing = Translation.__dict__["crossing"].__set__
_set_road = Translation.__dict__["road"].__set__


def translate(
    text: Address | str,
    to: Style | Dialect | str = PERCENT,
    *,
    policy: Policy | str = INTERNET,
    router: Router | None = None,
    gateway: Gateway | None = None,
) -> Translation:
    """Return the address in another notation.

    ``to`` is a style's name (see `mailpaths.spell`) or a `Style`; ``"rfc822"``, any mailbox; ``"x400"`` or
    ``"x400:"`` and a dialect's name (see `mailpaths.x400.DIALECTS`) or a `Dialect`. The address is read under
    ``policy`` (a `Policy` or its name). Between RFC 822 and X.400 the ``gateway`` decides; without one only those
    addresses cross that bring all they need, such as an RFC-822 attribute. Exchange's envelope ``IMCEAX400-…`` is
    opened on the way to X.400.

    Where a route is spelled, a ``router`` is asked for the road to its first host (see `mailpaths.routing`); of an O/R
    address there is none, and no router is asked on the way to one.

    Raises `AddressSyntaxError`, `ReadingError`, `ConversionError`, `UnknownNameError` or, for what the router says,
    `RoutingError`, all of them `MailPathsError`; never returns an address of somebody else.

    >>> print(translate("seismo!mcvax!piet"))
    piet%mcvax@seismo
    >>> print(translate("ihnp4!cmucsg!ern@UT-SALLY.ARPA", to="bang"))
    UT-SALLY.ARPA!ihnp4!cmucsg!ern
    >>> translate("ihnp4!cmucsg!ern@UT-SALLY.ARPA", to="bang").warnings
    ('other policies read this as ihnp4 → cmucsg → UT-SALLY.ARPA: ern (uucp)',)
    >>> from mailpaths.x400 import Gateway
    >>> print(translate("decvax!user", to="x400", gateway=Gateway(or_address="C=GB; A= ; P=mailer")))
    /RFC-822=decvax(b)user/PRMD=mailer/ADMD= /C=GB/
    >>> from mailpaths.routing import UUCPMap
    >>> print(translate("piet@mcvax.uucp", to="bang", router=UUCPMap.bundled()))
    mimsy!uunet!mcvax!piet
    >>> print(translate("C=us; A=Internet; P=Internet; DDA:RFC-822=user(a)some.place.edu", to="bang"))
    some.place.edu!user
    """
    if isinstance(policy, str):
        policy = policies_room.named(policy)
    style = _target(to)
    source = coerce(text)
    if not isinstance(style, Style) or isinstance(source, ORAddress) or style is RFC822:
        return _over_the_bridge(source, style, policy, router, gateway)
    route = read(source, policy)
    if router is not None:
        route, road = _expanded(route, router)
        return _made(source, route, spell(route, style), policy, style, None, road)
    return _made(source, route, spell(route, style), policy, style, None)


def _expanded(route: Route, router: Router | None) -> tuple[Route, Found | None]:
    if router is None:
        return route, None
    from mailpaths.routing.expansion import expand  # loads where a router is asked

    found = expand(route, router)
    return found.route, found.road


def _made(  # noqa: PLR0913, PLR0917 - one argument a slot
    source: Address,
    route: Route | None,
    address: Address,
    policy: Policy,
    style: Style | Dialect,
    crossing: Crossing[BangPath | Mailbox] | Crossing[ORAddress] | None,
    road: Found | None = None,
) -> Translation:
    made = object.__new__(Translation)
    _set_source(made, source)
    _set_route(made, route)
    _set_address(made, address)
    _set_policy(made, policy)
    _set_style(made, style)
    _set_crossing(made, crossing)
    _set_road(made, road)
    return made


def targets() -> dict[str, Style | Dialect]:
    """Return every name that `translate` takes as its target: the styles, ``rfc822``, ``x400`` and its dialects."""
    from mailpaths.addresses import dialects  # loads where X.400 is spoken

    named = {f"x400:{name}": dialect for name, dialect in dialects.DIALECTS.items()}
    return {**STYLES, "rfc822": RFC822, "x400": dialects.MIXER, **named}


def _target(to: Style | Dialect | str) -> Style | Dialect:
    """Return the style or dialect of that name. Raises `UnknownNameError` for any other name."""
    if not isinstance(to, str):
        return to
    style = STYLES.get(to)
    if style is not None:
        return style
    every = targets()
    if to not in every:
        raise UnknownNameError(f"unknown style {to!r}; there are {', '.join(every)}")
    return every[to]


def _over_the_bridge(
    source: Address, style: Style | Dialect, policy: Policy, router: Router | None, gateway: Gateway | None
) -> Translation:
    """Return a translation that has X.400 on one side or on both, or takes a mailbox as it is."""
    if not isinstance(style, Style):
        from mailpaths.addresses import dialects  # loads where X.400 is spoken

        if isinstance(source, ORAddress):
            return _made(source, None, dialects.respell(source, style), policy, style, None)
        inward = open_envelope(source) or (gateway or _bare_gateway()).to_x400(source)
        address = dialects.respell(inward.address, style)
        return _made(source, _route_or_none(source, policy), address, policy, style, inward)
    outward: Crossing[BangPath | Mailbox] | None = None
    base: BangPath | Mailbox
    if isinstance(source, ORAddress):
        outward = (gateway or _bare_gateway()).to_rfc822(source)
        base = outward.address
    else:
        base = source
    if style is RFC822 and isinstance(base, Mailbox) and router is None:
        return _made(source, _route_or_none(base, policy), Mailbox.parse(base.path), policy, style, outward)
    route, road = _expanded(read(base, policy), router)
    return _made(source, route, spell(route, style), policy, style, outward, road)


def open_envelope(source: BangPath | Mailbox) -> Crossing[ORAddress] | None:
    """Return the O/R address in a mailbox ``IMCEAX400-…`` of Exchange; ``None`` for any other address.

    Raises `ConversionError` for ``IMCEAINVALID-…``, which stands for an address that there is not.
    """
    if not isinstance(source, Mailbox) or not _ENVELOPE.match(source.local_part):
        return None
    from mailpaths.x400.exchange import Encapsulated  # loads where Exchange's envelopes are
    from mailpaths.x400.gateway import Crossing

    found = Encapsulated.parse(source.addr_spec)
    step = Step(f"took the O/R address out of the envelope {found.type}", "[MS-OXCMAIL] 2.1.3.1.8")
    losses = () if found.domain is None else (f"{found.domain}: the Exchange host that made the envelope",)
    return Crossing(source, found.or_address(), None, (step,), losses)


def _route_or_none(address: BangPath | Mailbox, policy: Policy) -> Route | None:
    try:
        return read(address, policy)
    except ReadingError:
        return None


def _bare_gateway() -> Gateway:
    """Return the gateway that knows nothing: enough for addresses that bring all they need."""
    from mailpaths.x400.gateway import Gateway  # loads where somebody crosses

    return Gateway()
