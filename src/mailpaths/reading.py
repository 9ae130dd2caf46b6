"""From what was written to what it means: an address read under a policy is a `Route`.

A reading supposes that every host on the way reads as the policy does: the first hop peels its operator and hands the
rest on, the next one peels again, until no operator is left and what stands there is the user. One pass, linear in
the length: an operator that is not found in what is left is never looked for again, since what is left only shrinks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from mailpaths import names
from mailpaths import policy as policies_room
from mailpaths.addresses import Address, BangPath, Mailbox, ORAddress, coerce
from mailpaths.errors import ReadingError
from mailpaths.grammar import lexical
from mailpaths.grammar.rfc822 import outside_quotes
from mailpaths.policy import ALL, INTERNET, Operator, Policy
from mailpaths.route import Route, from_parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Hop", "Reading", "hops", "read", "readings"]


@dataclass(frozen=True, slots=True, init=False, eq=False, repr=False)
class Hop:
    """One step of a reading: the ``host`` that is asked, and the ``rest`` (quoted, as written) that it is handed.

    ``operator`` is the mark that was peeled: ``@``, ``%``, ``!``, ``::``, ``:``, or ``@,`` for a source route's node.
    """

    host: str
    operator: str
    # The rest is cut out of the whole when asked for: a path of thousands of hops would hold millions of characters.
    _whole: str
    _start: int
    _end: int

    def __init__(self, host: str, rest: str, operator: str) -> None:
        """Make a hop from its parts."""
        _set_hop(self, host, operator, rest, (0, len(rest)))

    @property
    def rule(self) -> str:
        """The rule behind the operator (RFC and section, or another document)."""
        return _RULES[self.operator]

    @property
    def rest(self) -> str:
        """What the host is handed, quoted as it was written."""
        return self._whole[self._start : self._end]

    def __repr__(self) -> str:
        """Return an expression that makes an equal hop."""
        return f"Hop(host={self.host!r}, rest={self.rest!r}, operator={self.operator!r})"

    def __eq__(self, other: object) -> bool:
        """Compare all three parts."""
        return self._key() == other._key() if isinstance(other, Hop) else NotImplemented

    def __hash__(self) -> int:
        """Return a hash that goes with `==`."""
        return hash(self._key())

    def _key(self) -> tuple[str, str, str]:
        return self.host, self.rest, self.operator


# See addresses/bang.py for why the slots' own descriptors.
_set_host = Hop.__dict__["host"].__set__
_set_operator = Hop.__dict__["operator"].__set__
_set_whole = Hop.__dict__["_whole"].__set__
_set_start = Hop.__dict__["_start"].__set__
_set_end = Hop.__dict__["_end"].__set__


def _set_hop(hop: Hop, host: str, operator: str, whole: str, span: tuple[int, int]) -> None:
    _set_host(hop, host)
    _set_operator(hop, operator)
    _set_whole(hop, whole)
    _set_start(hop, span[0])
    _set_end(hop, span[1])


_RULES = {
    "@": "RFC 822 6.2.4: the domain reads the local part",
    "@,": "RFC 822 6.2.7: a source route is visited from left to right",
    "%": "RFC 1123 5.2.16: user%domain@relay",
    "!": "RFC 976 2.2: host!host!user",
    "::": "RFC 2162 4.3: node::user",
    ":": "4.2BSD mailaddr(7): host:user",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One answer to what an address means.

    The ``route``, the ``policies`` that give it, and the ``rule`` behind the first of them.
    """

    route: Route
    policies: tuple[Policy, ...]
    rule: str


def read(address: Address | str, policy: Policy | str = INTERNET) -> Route:
    """Return the route that the address means under the policy.

    Raises `ReadingError` where the policy reads no route out of it, as out of no O/R address; `AddressSyntaxError` for
    text that is no address.

    >>> read("seismo!mcvax!piet")
    Route(hosts=('seismo', 'mcvax'), user='piet')
    >>> read("piet%mcvax@seismo")
    Route(hosts=('seismo', 'mcvax'), user='piet')
    >>> read("ihnp4!cmucsg!ern@UT-SALLY.ARPA")
    Route(hosts=('UT-SALLY.ARPA', 'ihnp4', 'cmucsg'), user='ern')
    >>> read("ihnp4!cmucsg!ern@UT-SALLY.ARPA", "uucp")
    Route(hosts=('ihnp4', 'cmucsg', 'UT-SALLY.ARPA'), user='ern')
    """
    if isinstance(address, str):
        address = coerce(address)
    if isinstance(policy, str):
        policy = policies_room.named(policy)
    if isinstance(address, ORAddress):
        raise ReadingError(_NO_HOSTS)
    return _read_simple(address, policy) or _read_any(address, policy)


# Idea 4 of the design: a route is hops, an O/R address is attributes, and only a gateway makes the one of the other.
_NO_HOSTS = "an O/R address names no hosts: a gateway must make an RFC 822 address of it first"


def _read_simple(address: BangPath | Mailbox, policy: Policy) -> Route | None:
    """Return the route of an address whose marks are all of one kind, so that no order is in question, or ``None``.

    A short way for nearly every address; a test holds it equal to the long one.
    """
    operators = policy.operators
    if isinstance(address, BangPath):
        if Operator.BANG not in operators or _MIXED.search(str(address)):
            return None
        return from_parts(tuple([names.without_dot(host) for host in address.hosts]), address.user)
    local = address.quoted_local_part
    if address.domain is None or address.route or operators[:1] != _AT_FIRST or _HARD.search(local):
        return None
    hosts = [address.domain]
    if "%" in local:
        if "!" in local or Operator.PERCENT not in operators:
            return None
        local, *relays = local.split("%")
        hosts += relays[::-1]
    elif "!" in local:
        if Operator.BANG not in operators:
            return None
        *path, local = local.split("!")
        hosts += path
    if not local or "" in hosts or "." in hosts:
        return None
    return from_parts(tuple([host if host[-1] != "." else names.without_dot(host) for host in hosts]), local)


def _read_any(address: BangPath | Mailbox, policy: Policy) -> Route:
    """Return the route of any address, operator by operator."""
    steps, user = _walk(address, policy)
    return from_parts(tuple([names.without_dot(step.host) for step in steps]), lexical.unquote(user))


def hops(address: Address | str, policy: Policy | str = INTERNET) -> tuple[Hop, ...]:
    """Return the steps of `read` one by one, each with what its host is handed. Raises as `read` does.

    >>> for hop in hops("ihnp4!cmucsg!ern@UT-SALLY.ARPA"):
    ...     print(hop.operator, hop.host, hop.rest)
    @ UT-SALLY.ARPA ihnp4!cmucsg!ern
    ! ihnp4 cmucsg!ern
    ! cmucsg ern
    """
    address = coerce(address)
    if isinstance(address, ORAddress):
        raise ReadingError(_NO_HOSTS)
    steps, _user = _walk(address, policies_room.coerce(policy))
    found: list[Hop] = []
    for step in steps:
        hop = object.__new__(Hop)
        _set_hop(hop, names.without_dot(step.host), step.mark, step.text, (step.start, step.end))
        found.append(hop)
    return tuple(found)


def readings(address: Address | str, policies: Iterable[Policy | str] | Policy | str = ALL) -> tuple[Reading, ...]:
    """Return every different route that the policies read out of the address, in the order of the policies.

    A policy that refuses the address gives no reading, and an O/R address has none. Raises `AddressSyntaxError` for
    text that is no address.

    >>> for reading in readings("a!b%c", ["internet", "uucp", "sendmail", "rfc733"]):
    ...     print(reading.route, "-", ", ".join(map(str, reading.policies)))
    c → a: b - internet
    a → c: b - uucp, sendmail
    here: a!b%c - rfc733
    """
    address = coerce(address)
    if isinstance(address, ORAddress):
        return ()
    if isinstance(policies, str | Policy):
        policies = (policies,)
    traits = _traits(address)
    groups = _groups_of_all(traits) if policies is ALL else _groups(tuple(map(policies_room.coerce, policies)), traits)
    # Keyed by spelling, not by equality: two routes that differ in case are one answer only if nothing was respelled.
    found: dict[tuple[tuple[str, ...], str], list[tuple[int, Policy]]] = {}
    for group in groups:
        try:
            route = read(address, group[0][1])
        except ReadingError:
            continue
        found.setdefault((route.hosts, route.user), []).extend(group)
    answers = [(sorted(by, key=itemgetter(0)), parts) for parts, by in found.items()]
    answers.sort(key=lambda answer: answer[0][0][0])  # the place of the first policy behind it
    return tuple([Reading(from_parts(*parts), tuple([one for _, one in by]), by[0][1].rule) for by, parts in answers])


class _Traits(NamedTuple):
    """What of an address can make one policy's reading differ from another's."""

    marks: tuple[str, ...]
    routed: bool
    quoted: bool
    several_at: bool
    doubled_percent: bool


def _traits(address: BangPath | Mailbox) -> _Traits:
    # What is peeled, not what was written: comments and display names have marks of their own, and "at" is an "@".
    text = address.addr_spec if isinstance(address, Mailbox) else f"{'!'.join(address.hosts)}!{address.quoted_user}"
    return _Traits(
        tuple([mark for mark in _MARKS if mark in text]),
        isinstance(address, Mailbox) and bool(address.route),
        '"' in text,
        text.count("@") > 1,
        "%%" in text,
    )


_MARKS = tuple([operator.value for operator in Operator])
_Group = tuple[tuple[int, Policy], ...]


def _groups(policies: tuple[Policy, ...], traits: _Traits) -> tuple[_Group, ...]:
    """Return the policies, each with its place, in groups that give an address with these traits the same reading."""
    groups: dict[object, list[tuple[int, Policy]]] = {}
    for place, policy in enumerate(policies):
        likeness = (
            tuple([operator for operator in policy.operators if operator.value in traits.marks]),
            policy.after_at,
            traits.routed and policy.follows_routes,
            policy.inside_quotes if traits.quoted else (),
            traits.several_at and policy.several_at,
            traits.doubled_percent and policy.doubled_percent,
        )
        groups.setdefault(likeness, []).append((place, policy))
    return tuple([tuple(group) for group in groups.values()])


@lru_cache(maxsize=512)
def _groups_of_all(traits: _Traits) -> tuple[_Group, ...]:
    """Return `_groups` of every policy, found ready for nearly every address: they are of few kinds."""
    return _groups(ALL, traits)


class _Step(NamedTuple):
    """A hop before its texts are cut out, so that a path of thousands of hops costs no copy for each."""

    host: str
    mark: str
    text: str
    start: int
    end: int


# Marks that make a bang path more than one operator's affair, and the quotes that could hide them.
_MIXED = re.compile(r'[@%:"\[]')
_AT_FIRST = (Operator.AT,)
# What takes the long way: quotes, several "@", the colons of DECnet and Berknet.
_HARD = re.compile(r'[:@"]')
_DOMAIN = re.compile(rf"{lexical.DOMAIN}\Z")
# What no host can hold; an operator beside it is none.
_NO_HOST = re.compile(r'[\x00-\x20"(),;<>\\]')
_NEEDS_NO_QUOTES = re.compile(rf"{lexical.DOT_ATOM}\Z")
_WHOLE_QUOTED = re.compile(rf"{lexical.QUOTED_STRING}\Z")


def _walk(address: BangPath | Mailbox, policy: Policy) -> tuple[list[_Step], str]:
    """Return the steps of the reading and the user, quoted as it stood."""
    steps: list[_Step] = []
    if isinstance(address, BangPath):
        text = "!".join([*address.hosts, address.quoted_user])
        if "@" in outside_quotes(address.quoted_user) and Operator.BANG in policy.operators:
            # Whoever made it a bang path has said that the hosts come first (RFC 976 2.1: a!(b@c)); the rest is the
            # last host's to read.
            steps.extend(_path_steps(address))
            text = address.quoted_user
    else:
        text = address.addr_spec
        if not policy.several_at and "@" in outside_quotes(address.quoted_local_part):
            raise ReadingError(f"{policy} takes no address with several '@': {text}")
        if address.route and policy.follows_routes:
            steps.extend(_route_steps(address))
    operators = policy.operators
    while True:
        start, end = _peel(text, operators, policy, steps)
        if policy.after_at is not None and any(step.mark == Operator.AT.value for step in steps):
            operators = policy.after_at
            text, start = text[start:end], 0
            start, end = _peel(text, operators, policy, steps)
        text = text[start:end]
        if not policy.inside_quotes or not _WHOLE_QUOTED.match(text):
            return steps, text
        inner = lexical.unquote(text)
        count = len(steps)
        start, end = _peel(inner, _inside(inner, operators, policy), policy, steps)
        if len(steps) == count:
            return steps, text
        text = inner[start:end]


def _inside(inner: str, operators: tuple[Operator, ...], policy: Policy) -> tuple[Operator, ...]:
    """Return the operators to look for in what a quoted string held, in their order.

    What needed no quotes is read as if it had none.
    """
    if _NEEDS_NO_QUOTES.match(inner):
        return tuple([operator for operator in operators if operator in policy.inside_quotes])
    return policy.inside_quotes


def _path_steps(path: BangPath) -> Iterator[_Step]:
    """Yield the hosts of a bang path whose user is an address of its own."""
    text = "!".join([*path.hosts, path.quoted_user])
    start = 0
    for host in path.hosts:
        start += len(host) + 1
        yield _Step(host, Operator.BANG.value, text, start, len(text))


def _route_steps(box: Mailbox) -> Iterator[_Step]:
    """Yield the nodes of a source route: each is handed the route without itself (RFC 822 6.2.7)."""
    path = box.path
    start = 0
    for node in box.route:
        start += len(node) + 2  # "@", the node, and "," or ":"
        yield _Step(node, "@,", path, start, len(path))


def _peel(text: str, operators: tuple[Operator, ...], policy: Policy, steps: list[_Step]) -> tuple[int, int]:
    """Peel operators off the text until none is left, noting each step; return where the rest stands."""
    hidden = outside_quotes(text)
    odd = _NO_HOST.search(hidden) is not None
    live = list(operators)
    start, end = 0, len(text)
    place = 0
    while place < len(live):
        operator = live[place]
        mark = _find(hidden, operator, start, end, doubled=policy.doubled_percent)
        behind = mark + len(operator.value)
        if operator.from_left:
            host_start, host_end, rest_start, rest_end = start, mark, behind, end
        else:
            host_start, host_end, rest_start, rest_end = behind, end, start, mark
        if (
            mark < 0
            or host_start >= host_end
            or rest_start >= rest_end
            or text[host_start:host_end] == "."
            or (operator.from_left and hidden.find("@", host_start, host_end) >= 0)
            or (odd and _is_no_host(text[host_start:host_end], hidden[host_start:host_end]))
        ):
            # What is left only shrinks: an operator that is not there now, or that has nothing on one side, never
            # will be.
            del live[place]
            continue
        start, end = rest_start, rest_end
        steps.append(_Step(text[host_start:host_end], operator.value, text, start, end))
        if operator is Operator.AT and policy.after_at is not None and operators is policy.operators:
            break
        place = 0
    return start, end


def _is_no_host(host: str, hidden: str) -> bool:
    """Tell whether what stands beside an operator is no host: quotes, blanks, specials. A literal is one."""
    return _NO_HOST.search(hidden) is not None and not _DOMAIN.match(host)


def _find(hidden: str, operator: Operator, start: int, end: int, *, doubled: bool) -> int:
    """Return where the operator stands that is to be peeled, or -1."""
    if operator is Operator.BANG or operator is Operator.DECNET:
        return hidden.find(operator.value, start, end)
    if operator is Operator.AT:
        return hidden.rfind("@", start, end)
    if operator is Operator.PERCENT:
        mark = hidden.rfind("%", start, end)
        while doubled and mark > start and hidden[mark - 1] == "%":
            mark = hidden.rfind("%", start, mark - 1)  # PMDF: "%%" is a plain character
        return mark
    mark = hidden.find(":", start, end)
    while mark >= 0 and hidden.startswith("::", mark):
        mark = hidden.find(":", mark + 2, end)  # Berknet's colon is a single one
    return mark
