"""From ``user@host`` to a question, and from a router's answer to the reply: RFC 915, PATH."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, assert_never

from mailpaths import names
from mailpaths.addresses import Mailbox, parse
from mailpaths.errors import AddressSyntaxError, ConversionError, MailPathsError
from mailpaths.pathservice.codes import Code
from mailpaths.pathservice.directory import MOST_CANDIDATES
from mailpaths.pathservice.reply import Reply, is_text, printable
from mailpaths.policy import INTERNET
from mailpaths.reading import read
from mailpaths.route import Route
from mailpaths.routing.answer import Ambiguous, Answer, Found, NotFound, TemporaryFailure
from mailpaths.routing.lookup import is_name
from mailpaths.routing.template import RouteTemplate
from mailpaths.spelling import HYBRID, spell

__all__ = ["Question", "reply_to"]

# A user that stands in a road as it is: a dot-atom that hides no operator and is no option to rmail.
_PLAIN_USER = re.compile(r"(?!-)[A-Za-z0-9#$&'*+/=?^_`{|}~-]++(?>(?:\.[A-Za-z0-9#$&'*+/=?^_`{|}~-]++)*)\Z")
# The usual question: a user and a host of letters, digits and hyphens, with nothing quoted, no operator and no defect.
_PLAIN = re.compile(
    r"([A-Za-z0-9][A-Za-z0-9+_.-]{0,63}(?<!\.))@"
    r"((?=.{1,128}\Z)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*)\Z"
)
# What stands for the user where a road is tried out; no host is called so.
_SAMPLE = "a-user-of-no-host"
_SAMPLE_HOST = "host.example"


@dataclass(frozen=True, slots=True)
class Question:
    """Who is asked for: the ``user`` as written, the ``host`` to find, and the hosts that come ``behind`` that one.

    RFC 915 has ``<user>@<host>``, and what is before the last ``@`` is the host's own affair. Where it names hosts, as
    in ``mcvax!piet@seismo``, they are read as RFC 976 and RFC 1123 say, so that the answer means the same.
    """

    written: str
    user: str
    host: str
    behind: tuple[str, ...] = ()

    @classmethod
    def parse(cls, argument: str) -> Question:
        """Return the question of an argument of PATH. Raises `MailPathsError` where it is no ``user@host``."""
        # A short way for nearly every question; a test holds it equal to the long one.
        plain = _PLAIN.match(argument)
        if plain is not None and ".." not in argument:
            user, host = plain.groups()
            return cls(user, user, host)
        return cls._parse_any(argument)

    @classmethod
    def _parse_any(cls, argument: str) -> Question:
        """Return the question of any argument, the long way."""
        local, at, host = argument.rpartition("@")
        host = names.without_dot(host)
        if not at:
            raise AddressSyntaxError("expected user@host", argument, (0, len(argument)))
        # A host's own name may be none of RFC 822 (mcgill- of the map of 1988), so the user is read beside another.
        is_plain = is_name(host) and not host.startswith(".")
        box = parse(f"{local}@{_SAMPLE_HOST}" if is_plain else argument, "rfc822")
        if box.domain is None or box.display_name or box.comments or box.route:
            raise AddressSyntaxError("expected user@host and nothing else", argument, (0, len(argument)))
        route = read(box, INTERNET)
        first, *behind = route.hosts
        return cls(box.quoted_local_part, route.user, host if is_plain else first, tuple(behind))


class _Form(NamedTuple):
    """A road as an address: what stands before the user, behind the user, and the domain."""

    before: str
    behind: str
    domain: str


@lru_cache(maxsize=16_384)
def _form(template: RouteTemplate) -> _Form | None:
    """Return how RFC 915 writes a road: ``local-part@domain``; ``None`` where that cannot be.

    A road that is written so already stays as it is, so that a table decides how its networks are spelled. Any other,
    such as a bang path, becomes ``path!user@relay`` (RFC 976 2.1).
    """
    try:
        text = template.fill(_SAMPLE)
        box = _mailbox(text)
        before, _, rest = text.partition(_SAMPLE)
        behind, _, domain = rest.rpartition("@")
        # Nothing about it: no name, no comment, no <@route:>; and a domain that is one.
        is_domain = domain == template.hosts[0] and (is_name(domain) or names.is_literal(domain))
        is_bare = is_domain and text == box.path and not box.route
        if is_bare and text.count(_SAMPLE) == 1 and read(box, INTERNET) == Route(template.hosts, _SAMPLE):
            return _Form(before, behind, domain)
    except MailPathsError:
        pass
    try:
        local = str(spell(Route(template.hosts, _SAMPLE), HYBRID)).rpartition("@")[0]
    except MailPathsError:
        return None
    return _Form(local.removesuffix(_SAMPLE), "", template.hosts[0])


def _mailbox(text: str) -> Mailbox:
    if "@" not in text:
        raise AddressSyntaxError("no domain", text, (0, len(text)))
    return Mailbox.parse(text)


def _address(question: Question, found: Found) -> str | None:
    """Return the address that goes over a road; ``None`` where no ``local-part@domain`` of SMTP can say it."""
    user = question.user
    if found.hosts and not question.behind and _PLAIN_USER.match(user):
        form = _form(found.template)
        text = None if form is None else f"{form.before}{user}{form.behind}@{form.domain}"
    else:
        # The host that is asked for may be this one, and then it is its own domain.
        hosts = found.hosts or (question.host,)
        try:
            text = str(spell(Route((*hosts, *question.behind), user), HYBRID))
        except MailPathsError:
            return None
    return text if text is not None and is_text(text) else None


def reply_to(question: Question, answer: Answer, *, in_domains: bool = False) -> Reply:
    """Return the reply to PATH; ``in_domains`` where the DNS knows the host (code 230).

    >>> from mailpaths.routing import Found, RouteTemplate
    >>> road = Found(RouteTemplate.parse("seismo!mcvax!inria!%s"))
    >>> reply_to(Question.parse("root@inria.uucp"), road)
    Reply(code=220, lines=('mcvax!inria!root@seismo',))
    """
    match answer:
        case Found():
            address = _address(question, answer)
            if address is None:
                # For any user: then there is no such host for SMTP. For this one: then the argument is wrong.
                code = Code.NOT_FOUND if _PLAIN_USER.match(question.user) else Code.NOT_IMPLEMENTED
                text = f"There is a road to '{question.host}', but no address of SMTP says it for this user."
                return Reply(code, printable(text))
            return Reply(Code.ROUTE_AND_DOMAIN if in_domains else Code.ROUTE, address)
        case NotFound(near_misses):
            direct = _at(question, question.host)
            if in_domains and is_text(direct):
                return Reply(Code.ROUTE_AND_DOMAIN, direct)
            if not near_misses:
                return Reply(Code.NOT_FOUND, printable(f"No host found under the name of '{question.host}'."))
            head = f"No host found under the name of '{question.host}', did you mean:"
            return Reply(Code.NOT_FOUND, _listed(question, head, near_misses))
        case Ambiguous(candidates):
            head = f"Several hosts found under the name of '{question.host}', try one of:"
            return Reply(Code.AMBIGUOUS, _listed(question, head, candidates))
        case TemporaryFailure(reason):
            return Reply(Code.DATABASE_TROUBLE, printable(f"{Code.DATABASE_TROUBLE.meaning} ({reason})"))
        case _:
            assert_never(answer)


def _at(question: Question, host: str) -> str:
    return f"{question.written}@{host}"


def _in_ascii(host: str) -> str:
    try:
        return names.to_ascii(host)
    except ConversionError:
        return host


def _listed(question: Question, head: str, hosts: tuple[str, ...]) -> tuple[str, ...]:
    """Return a line for each host: as it may be asked for, where that is a name."""
    told = [
        _at(question, _in_ascii(host)) if is_name(host) and not host.startswith(".") else host
        for host in hosts[:MOST_CANDIDATES]
    ]
    if len(hosts) > MOST_CANDIDATES:
        told.append(f"and more than these {MOST_CANDIDATES}")
    return tuple([printable(line) for line in (head, *told)])
