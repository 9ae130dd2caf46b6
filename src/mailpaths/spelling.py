"""From a route to an address: the same mailbox in any of the hop notations.

A `Style` says how. What a style cannot carry without changing who is meant is refused with a `ConversionError` that
names the character: a wrong address is worse than none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from mailpaths.addresses import BangPath, Mailbox
from mailpaths.addresses import bang as bang_values
from mailpaths.addresses import mailbox as mailbox_values
from mailpaths.errors import ConversionError, UnknownNameError
from mailpaths.grammar import lexical
from mailpaths.policy import ALL, Policy
from mailpaths.route import Route

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["BANG", "BANG_DOTTED", "DOMAIN", "HYBRID", "PERCENT", "ROUTE_ADDR", "STYLES", "Style", "coerce", "spell"]

Form = Literal["bang", "percent", "route-addr", "hybrid", "domain"]


@dataclass(frozen=True, slots=True)
class Style:
    """How a route is written.

    ``form`` is the notation; ``dotted`` puts RFC 976's dot after a last host of a single label
    (``att.!Mark.Horton``), so that it is taken for a domain. ``safe`` are the policies under which the written
    address, parsed and read, is the same route again, for every route that the style accepts. ``rule`` is the source.

    >>> from mailpaths import Route, spell
    >>> from mailpaths.spelling import BANG
    >>> print(spell(Route(("att",), "Mark.Horton"), BANG.replace(dotted=True)))
    att.!Mark.Horton
    """

    name: str
    form: Form
    rule: str
    safe: tuple[Policy, ...]
    dotted: bool = False

    def replace(self, *, dotted: bool) -> Style:
        """Return the style with another choice."""
        return replace(self, dotted=dotted)

    def __str__(self) -> str:
        """Return the name."""
        return self.name


def _safe(*, at: bool = False, bang: bool = False, percent: bool = False, routes: bool = False) -> tuple[Policy, ...]:
    """Return the policies that know all these operators, ``@`` peeled before any other where it stands with one."""
    marks = {mark for mark, needed in (("@", at), ("!", bang), ("%", percent)) if needed}
    found = []
    for policy in ALL:
        known = [operator.value for operator in policy.operators]
        at_first = not (at and bang) or known.index("@") == 0
        if marks <= set(known) and at_first and (policy.follows_routes or not routes):
            found.append(policy)
    return tuple(found)


BANG = Style("bang", "bang", "RFC 976 5: hosta!hostb!user", _safe(bang=True))
BANG_DOTTED = Style(
    "bang-dotted", "bang", "RFC 976 2.2: a dot after a domain of one label", _safe(bang=True), dotted=True
)
PERCENT = Style("percent", "percent", "RFC 1123 5.2.16: user%domain@relay", _safe(at=True, percent=True))
ROUTE_ADDR = Style("route-addr", "route-addr", "RFC 822 6.2.7: <@a,@b:user@c>", _safe(at=True, routes=True))
HYBRID = Style(
    "hybrid", "hybrid", "RFC 976 2.1, RFC 915: path!user@relay is (path!user)@relay", _safe(at=True, bang=True)
)
DOMAIN = Style("domain", "domain", "RFC 822 6.1: user@domain", _safe(at=True))

#: Every style under its name.
STYLES = {style.name: style for style in (BANG, BANG_DOTTED, PERCENT, ROUTE_ADDR, HYBRID, DOMAIN)}

# What a host may be in every style: a dot-atom without operators that is no option to some program; RFC 976 2.2 and 5.
_NAME = r'[^\x00-\x20"(),.:;<>@\[\\\]%!\x7f]++'
_HOST = re.compile(rf"(?!-){_NAME}(?>(?:\.{_NAME})*)\Z")
# A user that needs no quotes and hides no operator.
_USER = re.compile(rf"{_NAME}(?>(?:\.{_NAME})*)\Z")
_OPERATOR = re.compile(r"[@%!]|::")
_UNSAFE_HOST = re.compile(r'[\x00-\x20"(),:;<>@\[\\\]%!\x7f]|\A-|\A\.|\.\.|\.\Z')
_SPECIAL = re.compile(r'[\x00-\x20"(),:;<>\[\\\]\x7f]|\A\.|\.\.|\.\Z')
# What a style writes beside hosts, marks and user: brackets, a dot, the colon of a route.
_MARGIN = 8
# A user of a bang path may have its dots anywhere: rmail knows no dot-atoms.
_PATH_USER = re.compile(r'(?!\.*\Z)[^\x00-\x20"(),:;<>@\[\\\]%!\x7f]++\Z')
_LITERAL = re.compile(r"\[[^\x00-\x20\[\\\]@%!]++\]\Z")


def coerce(style: Style | str) -> Style:
    """Return the style itself, or the one of that name. Raises `UnknownNameError` for any other name."""
    if isinstance(style, Style):
        return style
    found = STYLES.get(style)
    if found is None:
        raise UnknownNameError(f"unknown style {style!r}; there are {', '.join(STYLES)}")
    return found


def spell(route: Route, style: Style | str = PERCENT) -> BangPath | Mailbox:
    """Return the route as an address in the style: bang, bang-dotted, percent, route-addr, hybrid or domain.

    A route without hosts is a bare user in every style but domain and route-addr. Raises `ConversionError` for a user
    or host that the style cannot carry (in a path also a user that begins with ``-``, an option to rmail), and for a
    route that is too long for it; `UnknownNameError` for an unknown style.

    >>> route = Route(hosts=("seismo", "mcvax"), user="piet")
    >>> for style in ("bang", "percent", "route-addr", "hybrid"):
    ...     print(spell(route, style))
    seismo!mcvax!piet
    piet%mcvax@seismo
    <@seismo:piet@mcvax>
    mcvax!piet@seismo
    """
    style = coerce(style)
    hosts = route.hosts
    for place, host in enumerate(hosts):
        if not _HOST.match(host):
            _check_host(host, place, style)
    user = route.user
    if not (_USER if style.form != "bang" or not hosts else _PATH_USER).match(user):
        user = _carry(user, len(hosts), style)
    elif user[0] == "-" and len(hosts) > {"bang": 0, "hybrid": 1}.get(style.form, len(hosts)):
        # The last hop of a path hands the user to rmail as an argument (RFC 976 2.2).
        raise ConversionError(
            f"'-' begins the user {user!r}, which rmail would take for an option", character="-", part="user"
        )
    if len("!".join(hosts)) + len(user) > lexical.MAX_ADDRESS - _MARGIN:
        raise ConversionError(f"{len(hosts):,} hosts make an address longer than {lexical.MAX_ADDRESS:,} characters")
    if hosts:
        return _WRITERS[style.form](hosts, user, style)
    if style.form in {"domain", "route-addr"}:
        raise ConversionError(f"the user {route.user!r} has no host, and {style} needs one")
    return mailbox_values.from_addr_spec(user, None, None)


def _percent(hosts: tuple[str, ...], user: str, _style: Style) -> Mailbox:
    local = user if len(hosts) == 1 else "%".join([user, *hosts[:0:-1]])
    return mailbox_values.from_addr_spec(local, hosts[0], None)


def _bang(hosts: tuple[str, ...], user: str, style: Style) -> BangPath:
    if style.dotted and "." not in hosts[-1]:
        hosts = (*hosts[:-1], hosts[-1] + ".")
    return bang_values.from_parts(hosts, user)


def _hybrid(hosts: tuple[str, ...], user: str, _style: Style) -> Mailbox:
    return mailbox_values.from_addr_spec("!".join([*hosts[1:], user]), hosts[0], None)


def _route_addr(hosts: tuple[str, ...], user: str, _style: Style) -> Mailbox:
    return mailbox_values.with_route(user, hosts[-1], hosts[:-1])


def _domain(hosts: tuple[str, ...], user: str, _style: Style) -> Mailbox:
    if len(hosts) > 1:
        raise ConversionError(f"{len(hosts)} hosts, and user@domain carries one; styles percent and hybrid carry more")
    return mailbox_values.from_addr_spec(user, hosts[0], None)


_WRITERS: dict[Form, Callable[[tuple[str, ...], str, Style], BangPath | Mailbox]] = {
    "bang": _bang,
    "percent": _percent,
    "route-addr": _route_addr,
    "hybrid": _hybrid,
    "domain": _domain,
}


def _check_host(host: str, place: int, style: Style) -> None:
    """Refuse a host that is no plain name, unless it is a literal in a place where the style writes a domain."""
    written_as_domain = style.form == "route-addr" or (style.form != "bang" and place == 0)
    if _LITERAL.match(host) and written_as_domain:
        return
    found = _UNSAFE_HOST.search(host)
    character = "" if found is None else found[0]
    if character == "-":
        fault = "begins with '-', which a program would take for an option"
    elif "." in character:
        fault = "has an empty label"
    else:
        fault = f"holds {character!r}, which style {style} cannot carry there"
    raise ConversionError(f"the host {host!r} {fault}", character=character[:1], part="host")


def _carry(user: str, hosts: int, style: Style) -> str:
    """Return a user that is no plain dot-atom in quoted form, or refuse it.

    An operator is refused even where quotes could hold it: Postfix and Sendmail look into the quotes at their own
    names and peel it all the same (Postfix: resolve_dequoted_address). Anything else may stand in quotes, but only
    where the quoted string is all of the local part: ``"john doe"%mcvax@seismo`` is no RFC 822 address, and in
    ``"john doe%mcvax"@seismo`` the hop has vanished into the user.
    """
    found = _OPERATOR.search(user)
    if found is not None:
        raise ConversionError(
            f"{found[0]!r} in the user {user!r} would be read as another hop", character=found[0], part="user"
        )
    found = _SPECIAL.search(user)
    character = "" if found is None else found[0]
    if style.form == "bang" or (hosts > 1 and style.form in {"percent", "hybrid"}) or not hosts:
        what = f"{character!r} in the user" if character else "an empty user"
        raise ConversionError(
            f"{what} {user!r} needs quotes, which style {style} cannot carry",
            character=character[:1] or None,
            part="user",
        )
    return lexical.quote(user)
