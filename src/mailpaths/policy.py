"""`Policy`: who binds first.

``a!b%c`` has two readings that are equally well documented, and ``a!b@c`` has had two. A policy is a value that says
which one is meant: the routing operators in the order in which a host peels them off, each from its own side. Nothing
in mailpaths reads an address without one, and none is read from the environment.

Each named policy stands for a document or a program; a program's own switches follow a colon, in the program's own
words: ``postfix:swap_bangpath=no,allow_percent_hack=no``.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from mailpaths.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "ALL",
    "EXIM",
    "INTERNET",
    "MMDF",
    "NAMED",
    "PMDF",
    "POSTFIX",
    "RFC733",
    "SENDMAIL",
    "SMAIL",
    "UUCP",
    "Operator",
    "Policy",
    "coerce",
    "named",
]


class Operator(enum.Enum):
    """A routing operator and the side of the address that names the next host.

    The value is the mark as it is written.
    """

    #: ``rest@host``: the last ``@``.
    AT = "@"
    #: ``rest%host``: the last ``%``.
    PERCENT = "%"
    #: ``host!rest``: the first ``!``.
    BANG = "!"
    #: ``node::rest``: DECnet's, the first one (RFC 2162).
    DECNET = "::"
    #: ``host:rest``: Berknet's, the first single colon (4.2BSD mailaddr(7)).
    BERKNET = ":"

    def __repr__(self) -> str:
        """Return an expression that names the operator."""
        return f"Operator.{self.name}"

    @property
    def from_left(self) -> bool:
        """Whether the host stands left of the mark."""
        return self._value_ not in "@%"


_AT, _PERCENT, _BANG = Operator.AT, Operator.PERCENT, Operator.BANG


@dataclass(frozen=True, slots=True)
class Policy:
    """How a host, or a document, reads routing operators.

    ``operators`` are tried in order, and the first that stands in the address is peeled; then all over again with
    what is left. ``after_at``, where given, takes their place once an ``@`` was peeled. ``follows_routes`` says
    whether ``<@a,@b:u@c>`` visits a and b or goes straight to c; ``quotes_protect`` whether operators in a quoted
    local part are plain characters; ``several_at`` whether ``u@a@b`` is read at all; ``doubled_percent`` whether
    ``%%`` is a plain character. ``program`` and ``settings`` tell `mailpaths.next_hop` which program to stand in for.
    ``rule`` is the source.

    >>> from mailpaths import policy, read
    >>> str(policy.INTERNET)
    'internet'
    >>> mine = policy.Policy("mine", (policy.Operator.AT, policy.Operator.BANG), "our own rules of 1986")
    >>> read("a!b%c", mine)
    Route(hosts=('a',), user='b%c')
    """

    name: str
    operators: tuple[Operator, ...]
    rule: str
    after_at: tuple[Operator, ...] | None = None
    follows_routes: bool = True
    inside_quotes: tuple[Operator, ...] = ()
    several_at: bool = True
    doubled_percent: bool = False
    program: str | None = None
    settings: tuple[tuple[str, bool], ...] = ()

    @property
    def quotes_protect(self) -> bool:
        """Whether every operator in a quoted local part is a plain character."""
        return not self.inside_quotes

    def setting(self, name: str, *, default: bool) -> bool:
        """Return what one of the program's switches stands at."""
        return dict(self.settings).get(name, default)

    def __str__(self) -> str:
        """Return the name by which `named` gives the policy back."""
        return self.name


#: RFC 822 for "@" and routes, RFC 976 2.1 for "!" beside "@", RFC 1123 5.2.16 for "%" against "!". The default.
INTERNET = Policy(
    "internet",
    (_AT, _PERCENT, _BANG),
    "RFC 822 6.2.7: '@' and routes; RFC 1123 5.2.16: '%' binds last, so it is peeled before '!'; RFC 976 2.1: (a!b)@c",
)
#: rmail of the UUCP world: the leftmost "!" first, whatever else stands there.
UUCP = Policy("uucp", (_BANG, _AT, _PERCENT), "RFC 976 2.1: a!(b@c), the de facto standard of UUCP software")
#: RFC 733 of 1977: "@" or "at", right-most first, several of them; no other operator.
RFC733 = Policy("rfc733", (_AT,), "RFC 733 IV.A.1.f: the right-most node first, the rest is passed on")
SENDMAIL = Policy(
    "sendmail",
    (_AT, _BANG, _PERCENT),
    "sendmail 8 cf/README, ruleset canonify: '@', then the first '!', then the last '%'; routes are pruned",
    follows_routes=False,
    inside_quotes=(_AT, _BANG, _PERCENT),
    several_at=False,
    program="sendmail",
)
POSTFIX = Policy(
    "postfix",
    (_AT, _BANG, _PERCENT),
    "Postfix trivial-rewrite(8), postconf(5) swap_bangpath, allow_percent_hack: '@', the first '!', the last '%'",
    follows_routes=False,
    # Measured: where the quotes are needed, "%" goes before "!"; needless ones are gone before anything is looked at.
    inside_quotes=(_AT, _PERCENT, _BANG),
    program="postfix",
)
EXIM = Policy(
    "exim",
    (_AT,),
    "Exim specification, 'percent_hack_domains' (unset) and 'bang paths': neither '%' nor '!' is an operator",
    follows_routes=False,
    several_at=False,
    program="exim",
)
SMAIL = Policy(
    "smail",
    (_AT, _BANG, Operator.DECNET, Operator.BERKNET, _PERCENT),
    "smail3 addr.c: route, '@', '!', '::', ':', '%'",
)
MMDF = Policy("mmdf", (_AT, _PERCENT, _BANG), "MMDF (SCO OpenServer Mail and Messaging Guide): precedence @ % !")
PMDF = Policy(
    "pmdf",
    (_AT, _PERCENT, _BANG),
    "PMDF System Manager's Guide 2.2.3.1: route, '@', the last single '%', then the first '!'",
    doubled_percent=True,
)

#: Every base policy under its name.
NAMED = {policy.name: policy for policy in (INTERNET, UUCP, RFC733, SENDMAIL, POSTFIX, EXIM, SMAIL, MMDF, PMDF)}


def _without(*operators: Operator) -> Callable[[Policy], Policy]:
    return lambda policy: replace(policy, operators=tuple([one for one in policy.operators if one not in operators]))


def _postfix(policy: Policy) -> Policy:
    """Return Postfix with its operators as its switches leave them."""
    dropped = []
    if not policy.setting("swap_bangpath", default=True):
        dropped.append(_BANG)
    if not policy.setting("allow_percent_hack", default=True):
        dropped.append(_PERCENT)
    policy = _without(*dropped)(policy)
    looks_inside = policy.setting("resolve_dequoted_address", default=True)
    inside = tuple([one for one in policy.inside_quotes if one in policy.operators])
    return replace(policy, inside_quotes=inside if looks_inside else ())


def _sendmail(policy: Policy) -> Policy:
    operators = [_AT, _BANG, _PERCENT]
    if policy.setting("nouucp", default=False):
        operators.remove(_BANG)
    if policy.setting("decnet", default=False):
        operators.insert(operators.index(_PERCENT), Operator.DECNET)
    return replace(policy, operators=tuple(operators), inside_quotes=tuple(operators))


def _exim(policy: Policy) -> Policy:
    hack = policy.setting("percent_hack", default=False)
    # Measured: "u%h" in quotes goes to h all the same, while an "@" in them stays where it is.
    return replace(policy, operators=(_AT, _PERCENT), inside_quotes=(_PERCENT,)) if hack else policy


def _smail(policy: Policy) -> Policy:
    dropped = []
    if not policy.setting("USE_DECNET", default=True):
        dropped.append(Operator.DECNET)
    if not policy.setting("USE_BERKENET", default=True):
        dropped.append(Operator.BERKNET)
    policy = _without(*dropped)(policy)
    if policy.setting("switch_percent_and_bang", default=False):
        # The swap is for what an "@" left behind; a bare path keeps the old order.
        rest = tuple([one for one in policy.operators if one not in {_AT, _PERCENT, _BANG}])
        return replace(policy, after_at=(_AT, _PERCENT, _BANG, *rest))
    return policy


def _pmdf(policy: Policy) -> Policy:
    swapped = policy.setting("bangoverpercent", default=False)
    return replace(policy, operators=(_AT, _BANG, _PERCENT) if swapped else (_AT, _PERCENT, _BANG))


# What a base policy's switches are, and what they change. A switch stands as "name", "name=yes" or "name=no".
_SWITCHES: dict[str, tuple[tuple[str, ...], Callable[[Policy], Policy]]] = {
    "postfix": (
        (
            "swap_bangpath",
            "allow_percent_hack",
            "resolve_dequoted_address",
            "append_dot_mydomain",
            "resolve_null_domain",
        ),
        _postfix,
    ),
    "sendmail": (("nouucp", "decnet"), _sendmail),
    "exim": (("percent_hack", "allow_domain_literals", "strip_trailing_dot"), _exim),
    "smail": (("switch_percent_and_bang", "USE_DECNET", "USE_BERKENET"), _smail),
    "pmdf": (("bangoverpercent",), _pmdf),
}
_WORDS = {"yes": True, "no": False, "true": True, "false": False}


@lru_cache(maxsize=256)
def named(name: str) -> Policy:
    """Return the policy of that name; a program's own switches follow a colon.

    ``internet``, ``uucp``, ``rfc733``, ``mmdf``; ``postfix`` (``swap_bangpath``, ``allow_percent_hack``,
    ``resolve_dequoted_address``, ``append_dot_mydomain``, ``resolve_null_domain``, each ``=yes`` or ``=no``);
    ``sendmail`` (``nouucp`` for FEATURE(`nouucp', `nospecial'), ``decnet`` for _USE_DECNET_SYNTAX_); ``exim``
    (``percent_hack`` for percent_hack_domains with the own names, ``allow_domain_literals``, ``strip_trailing_dot``);
    ``smail`` (``switch_percent_and_bang``, ``USE_DECNET``, ``USE_BERKENET``); ``pmdf`` (``bangoverpercent``).
    Raises `UnknownNameError` for any other name or switch.

    >>> from mailpaths import policy, read
    >>> read("a!b%c", policy.named("postfix"))
    Route(hosts=('a', 'c'), user='b')
    >>> read("a!b%c", policy.named("postfix:swap_bangpath=no"))
    Route(hosts=('c',), user='a!b')
    """
    base_name, colon, words = name.partition(":")
    base = NAMED.get(base_name.strip())
    if base is None:
        raise UnknownNameError(f"unknown policy {base_name!r}; there are {', '.join(NAMED)}")
    if not colon:
        return base
    switches, apply = _SWITCHES.get(base.name, ((), _without()))
    settings: dict[str, bool] = {}
    for word in words.split(","):
        key, equals, value = (part.strip() for part in word.partition("="))
        state = _WORDS.get(value.lower()) if equals else True
        if key not in switches:
            known = f"it has {', '.join(switches)}" if switches else "it has none"
            raise UnknownNameError(f"unknown switch {key!r} of policy {base.name!r}; {known}")
        if state is None:
            raise UnknownNameError(f"switch {key!r} of policy {base.name!r} is yes or no, not {value!r}")
        if key in settings:
            raise UnknownNameError(f"switch {key!r} of policy {base.name!r} stands twice")
        settings[key] = state
    # One name for one policy: the switches in their own order, and none that stands where it stands anyway.
    changed = {key: settings[key] for key in switches if settings.get(key, key in _DEFAULT_ON) != (key in _DEFAULT_ON)}
    if not changed:
        return base
    spelled = ",".join([f"{key}=no" if key in _DEFAULT_ON else _written(base, key) for key in changed])
    return apply(replace(base, name=f"{base.name}:{spelled}", settings=tuple(changed.items())))


def _written(base: Policy, key: str) -> str:
    """Return a switch that is on, as its program's configuration writes it: Postfix has "=yes", the others a word."""
    return f"{key}=yes" if base.name == "postfix" else key


# Switches that are on unless turned off: written with their value, since the bare word would say nothing.
_DEFAULT_ON = frozenset(
    {"swap_bangpath", "allow_percent_hack", "resolve_dequoted_address", "USE_DECNET", "USE_BERKENET"}
)


def coerce(policy: Policy | str) -> Policy:
    """Return the policy itself, or the one of that name."""
    return named(policy) if isinstance(policy, str) else policy


#: Every base policy, and the variants that their programs' own documentation offers: what `mailpaths.readings` asks.
ALL: tuple[Policy, ...] = (
    *NAMED.values(),
    named("postfix:swap_bangpath=no"),
    named("postfix:allow_percent_hack=no"),
    named("postfix:swap_bangpath=no,allow_percent_hack=no"),
    named("postfix:resolve_dequoted_address=no"),
    named("sendmail:nouucp"),
    named("sendmail:decnet"),
    named("exim:percent_hack"),
    named("smail:switch_percent_and_bang"),
    named("pmdf:bangoverpercent"),
)
