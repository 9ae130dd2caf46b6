"""`RouteTemplate`: a road to a host, with a place for the user."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailpaths.addresses import parse
from mailpaths.errors import AddressSyntaxError, ReadingError
from mailpaths.grammar import lexical
from mailpaths.policy import UUCP
from mailpaths.reading import read
from mailpaths.route import Route
from mailpaths.routing.lookup import is_name

if TYPE_CHECKING:
    from mailpaths.policy import Policy

__all__ = ["HERE", "PLAIN", "RouteTemplate", "from_parts"]

# The user that is read in the place of %s; no host is called so.
_USER = "a-user-of-no-host"
# A path of names alone, the usual one: no policy reads it otherwise.
PLAIN = re.compile(r"(?>(?:[^\x00-\x20!%@:,;<>()\[\]\\\"\x7f-\x9f\u2028\u2029\ud800-\udfff]++!)+)%s\Z")
_PERCENT = re.compile(r"%(.?)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class RouteTemplate:
    """A road to a host, as tables of roads write it: an address with ``%s`` for the user and ``%%`` for a percent sign.

    ``hosts`` are the hosts that it visits, in their order, the destination last; none where that is the host itself
    that asks. pathalias, smail and Exim write roads so. Where hosts stand on both sides of the user, only ``hosts``
    says in which order they are visited: ``a!%s@b`` is one text for two roads.

    >>> road = RouteTemplate.parse("seismo!mcvax!%s")
    >>> road.hosts, road.fill("piet")
    (('seismo', 'mcvax'), 'seismo!mcvax!piet')
    >>> print(road.route("piet"))
    seismo → mcvax: piet
    """

    text: str
    hosts: tuple[str, ...]

    def __post_init__(self) -> None:
        """Check the parts. Raises `AddressSyntaxError` for a text without one ``%s``, CR, LF or NUL, or no host."""
        lexical.check_characters(self.text)
        _filled(self.text, "")
        object.__setattr__(self, "hosts", Route(tuple(self.hosts), "").hosts)

    @classmethod
    def parse(cls, text: str, policy: Policy = UUCP) -> RouteTemplate:
        """Return the road that a text writes, its hosts in the order in which ``policy`` reads the address.

        Raises `AddressSyntaxError` where the text has no ``%s``, more than one, or is no address with it.

        >>> RouteTemplate.parse("%s%%mcvax@seismo").hosts
        ('seismo', 'mcvax')
        """
        if PLAIN.match(text) and "." not in {text[0], text[-4]} and ".!" not in text:
            return from_parts(text, tuple(text[:-3].split("!")))
        filled = _filled(text, _USER)
        if filled == _USER:
            return HERE
        try:
            route = read(parse(filled), policy)
        except (AddressSyntaxError, ReadingError) as error:
            message = error.message if isinstance(error, AddressSyntaxError) else str(error)
            raise AddressSyntaxError(f"no route: {message}", text, (0, len(text))) from error
        if route.user != _USER:
            raise AddressSyntaxError("expected %s to be the user", text, (0, len(text)))
        return from_parts(text, route.hosts)

    @property
    def next_hop(self) -> str | None:
        """The first host of the road, to which a message goes next; ``None`` where it stays."""
        return self.hosts[0] if self.hosts else None

    def fill(self, user: str) -> str:
        """Return the address of a user at the road's end. Raises `AddressSyntaxError` for CR, LF or NUL in the user."""
        lexical.check_characters(user)
        return _filled(self.text, user)

    def route(self, user: str) -> Route:
        """Return the route to a user at the road's end."""
        return Route(self.hosts, user)

    def on_to(self, host: str) -> RouteTemplate:
        """Return the road that goes on to one more host.

        RFC 976 3 (f): a gateway of a domain is handed the whole name, ``gateway!host.dom.ain!user``. Raises
        `AddressSyntaxError` for what is no name.

        >>> RouteTemplate.parse("rutgers!%s").on_to("gatech.edu").text
        'rutgers!gatech.edu!%s'
        >>> RouteTemplate.parse("%s@relay.cs.net").on_to("ubc.csnet").text
        '%s%%ubc.csnet@relay.cs.net'
        """
        if not is_name(host):
            raise AddressSyntaxError("not a host name", host, (0, len(host)))
        name = host.replace("%", "%%")
        link = f"{name}!%s" if self.text.endswith("%s") else f"%s%%{name}"
        text = _PERCENT.sub(lambda found: link if found[1] == "s" else found[0], self.text)
        return from_parts(text, (*self.hosts, host))

    def __str__(self) -> str:
        """Return the text."""
        return self.text


_set_text = RouteTemplate.__dict__["text"].__set__
_set_hosts = RouteTemplate.__dict__["hosts"].__set__


def from_parts(text: str, hosts: tuple[str, ...]) -> RouteTemplate:
    """Return the template of parts that were checked already: a table has tens of thousands."""
    made = object.__new__(RouteTemplate)
    _set_text(made, text)
    _set_hosts(made, hosts)
    return made


#: The road that ends where it begins.
HERE = from_parts("%s", ())


def _filled(text: str, user: str) -> str:
    """Return the text with the user in its place. Raises `AddressSyntaxError` where there is no such place."""
    places = 0

    def put(found: re.Match[str]) -> str:
        nonlocal places
        if found[1] == "%":
            return "%"
        if found[1] != "s":
            raise AddressSyntaxError("expected %s or %% in a route", text, found.span())
        places += 1
        return user

    filled = _PERCENT.sub(put, text)
    if places != 1:
        raise AddressSyntaxError("expected one %s in a route, for the user", text, (0, len(text)))
    return filled
