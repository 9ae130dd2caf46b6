"""`Route`: what an address means - the hosts to visit, in order, and the user at the last one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailpaths import names
from mailpaths.errors import AddressSyntaxError
from mailpaths.grammar import lexical

__all__ = ["Route"]

# What no host of a route may hold: a space, a control, a comma, quotes, brackets that do not close a literal.
_HOST = re.compile(rf'(?>(?:[^\x00-\x20"(),;<>@\[\\\]\x7f]++|{lexical.DOMAIN_LITERAL})+)\Z')
# A part in which a key would show one more host, or quotes that are not the key's own.
_AMBIGUOUS = re.compile(r'[!"]')


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """The hosts that a message visits, first hop first, and the ``user`` at the last of them.

    Bang paths, percent-hack addresses and source routes are three spellings of a route (`mailpaths.spell`); which
    route an address means is a question of policy (`mailpaths.read`). No hosts at all means a user of the host that
    reads. The user is unquoted, and a host's final dot (RFC 976 2.2, or the root's) is no part of it. Routes are
    equal when their hosts are the same but for case and their users are the same.

    >>> Route(hosts=("seismo", "mcvax"), user="piet") == Route(("SEISMO", "mcvax"), "piet")
    True
    """

    hosts: tuple[str, ...]
    user: str

    def __post_init__(self) -> None:
        """Check the parts. Raises `AddressSyntaxError` for a host that is no name, or for CR, LF or NUL in the user."""
        object.__setattr__(self, "hosts", tuple([names.without_dot(host) for host in self.hosts]))
        for host in self.hosts:
            lexical.check_characters(host)
            if not _HOST.match(host) or host == ".":
                raise AddressSyntaxError("not a host name", host, (0, len(host)))
        lexical.check_characters(self.user)

    @property
    def key(self) -> str:
        """One key for one mailbox however it was spelled: the folded hosts and the user, as a bang path.

        Different routes have different keys: what holds ``!`` or a quote stands in quotes.

        >>> Route(("Seismo", "mcvax"), "piet").key
        'seismo!mcvax!piet'
        """
        parts = [*map(names.fold, self.hosts), self.user]
        return "!".join([lexical.quote(part) if _AMBIGUOUS.search(part) else part for part in parts])

    def __str__(self) -> str:
        """Return the route for people to read: the hosts, and what happens there.

        >>> print(Route(("seismo", "mcvax"), "piet"))
        seismo → mcvax: piet
        """
        return f"{' → '.join(self.hosts)}: {self.user}" if self.hosts else f"here: {self.user}"

    def __eq__(self, other: object) -> bool:
        """Compare hosts blind to case, users letter for letter."""
        return self._key() == other._key() if isinstance(other, Route) else NotImplemented

    def __hash__(self) -> int:
        """Return a hash that goes with `==`."""
        return hash(self._key())

    def _key(self) -> tuple[tuple[str, ...], str]:
        return tuple([names.fold(host) for host in self.hosts]), self.user


_set_hosts = Route.__dict__["hosts"].__set__
_set_user = Route.__dict__["user"].__set__


def from_parts(hosts: tuple[str, ...], user: str) -> Route:
    """Return the route of parts that came out of an address, which was checked already."""
    route = object.__new__(Route)
    _set_hosts(route, hosts)
    _set_user(route, user)
    return route
