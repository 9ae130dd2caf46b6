"""`Mailbox`: an address as RFC 822 writes it, with all that may stand about it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

from mailpaths import names
from mailpaths.errors import AddressSyntaxError
from mailpaths.grammar import faults, lexical, rfc822

if TYPE_CHECKING:
    from mailpaths.addresses.defects import Defect
    from mailpaths.grammar.rfc822 import MailboxRecord

__all__ = ["Mailbox"]

_DOT_ATOM = re.compile(rf"{lexical.DOT_ATOM}\Z")
_DOMAIN = re.compile(rf"{lexical.DOMAIN}\Z")
# A display name that needs no quotes: RFC 5322 3.2.5 phrase of atoms.
_PLAIN_PHRASE = re.compile(rf"{lexical.ATOM}(?>(?: {lexical.ATOM})*)\Z")
_QUOTED = re.compile(lexical.QUOTED_STRING)
# What means the same without quotes and hides no routing operator (RFC 822 6.2.4: quotes are spelling).
_NEEDS_NO_QUOTES = re.compile(rf"(?!.*[%!]){lexical.DOT_ATOM}\Z")
# A quoted string that an operator or a colon joins to something is another matter.
_JOINS = re.compile(r"[%!:@]")


@dataclass(frozen=True, slots=True, init=False, eq=False, repr=False)
class Mailbox:
    r"""An RFC 822 mailbox: ``[display name] <[route] local part @ domain>`` and its comments.

    The local part has two forms, always named: ``local_part`` is *unquoted* (``john doe``), ``quoted_local_part`` is
    what an address writes (``"john doe"``). What a local part means is for its domain alone to say (RFC 822 6.2.4):
    see `mailpaths.read`. ``domain`` is ``None`` where none was written. `str` gives back what was parsed, letter for
    letter; `addr_spec` is the bare address. Two mailboxes are equal when all parts are, domains compared blind to
    case. Source: RFC 822 6.1, RFC 5322 3.4 and 4.4, RFC 6532 3.2.

    >>> box = Mailbox.parse('"Piet B." <@seismo.css.gov:piet(he)@mcvax.uucp>')
    >>> box.local_part, box.domain, box.route, box.display_name, box.comments
    ('piet', 'mcvax.uucp', ('seismo.css.gov',), 'Piet B.', ('he',))
    >>> box.addr_spec
    'piet@mcvax.uucp'
    >>> Mailbox("john doe", "example.com")
    Mailbox(local_part='john doe', domain='example.com')
    >>> print(Mailbox("john doe", "example.com"))
    "john doe"@example.com
    """

    quoted_local_part: str
    domain: str | None
    route: tuple[str, ...]
    display_name: str | None
    comments: tuple[str, ...]
    _written: str | None = field(repr=False)

    notation: ClassVar[Literal["rfc822"]] = "rfc822"

    def __init__(  # noqa: PLR0913 - a mailbox has so many parts, all but two by keyword
        self,
        local_part: str,
        domain: str | None = None,
        *,
        route: tuple[str, ...] = (),
        display_name: str | None = None,
        comments: tuple[str, ...] = (),
        quoted_local_part: str | None = None,
    ) -> None:
        """Make a mailbox from its parts, the local part unquoted; quotes are added where it needs them.

        ``quoted_local_part`` is for the few that another quoting tells apart: ``u@a`` at b (RFC 733), ``"a!b"`` that
        its quotes keep whole. Raises `AddressSyntaxError` for a part that cannot stand in a mailbox.
        """
        if quoted_local_part is None:
            quoted_local_part = local_part if _DOT_ATOM.match(local_part) else lexical.quote(local_part)
        lexical.check_characters(quoted_local_part)
        if lexical.unquote(quoted_local_part) != local_part:
            raise AddressSyntaxError(
                f"not a quoted form of {local_part!r}", quoted_local_part, (0, len(quoted_local_part))
            )
        for name in (*route, *(() if domain is None else (domain,))):
            lexical.check_characters(name)
            if not _DOMAIN.match(name):
                raise AddressSyntaxError("not a domain", name, (0, len(name)))
        for text in (*comments, *(() if display_name is None else (display_name,))):
            lexical.check_characters(text)
        _set(self, quoted_local_part, domain, tuple(route), display_name, tuple(comments), None)
        found = rfc822.match(lexical.Masked(self.path, ()))
        if found is None or (found.quoted_local_part, found.domain, found.route) != (
            quoted_local_part,
            domain,
            self.route,
        ):
            raise AddressSyntaxError("not a local part and domain that stand together", self.path, (0, len(self.path)))

    @classmethod
    def parse(cls, text: str) -> Mailbox:
        """Return the mailbox that the text is. Raises `AddressSyntaxError`, with the place, where it is none."""
        lexical.check_characters(text)
        if len(text) <= lexical.MAX_ADDRESS:
            found = rfc822.match(lexical.mask(text))
            if found is not None:
                return from_record(found, text)
        raise faults.mailbox_fault(text)

    @property
    def local_part(self) -> str:
        """The unquoted local part."""
        return lexical.unquote(self.quoted_local_part)

    @property
    def addr_spec(self) -> str:
        """The bare address, ``local-part@domain``, quoted as it must be and without route, name or comments."""
        return self.quoted_local_part if self.domain is None else f"{self.quoted_local_part}@{self.domain}"

    @property
    def path(self) -> str:
        """The address with its source route, as it stands between angle brackets: ``@a,@b:user@c``."""
        if not self.route:
            return self.addr_spec
        return f"{','.join(['@' + node for node in self.route])}:{self.addr_spec}"

    @property
    def ascii_domain(self) -> str | None:
        """The domain with its U-labels as A-labels. Raises `ConversionError` when it has no such form."""
        return None if self.domain is None else names.to_ascii(self.domain)

    @property
    def defects(self) -> tuple[Defect, ...]:
        """What is doubtful about the address as written, worst first: see `mailpaths.Defect`."""
        from mailpaths.addresses import defects  # found only when asked for; that room knows this one

        return defects.find(str(self))

    def __str__(self) -> str:
        """Return the mailbox as it was written."""
        if self._written is not None:
            return self._written
        text = self.path
        if self.display_name is not None:
            name = self.display_name
            text = f"{name if _PLAIN_PHRASE.match(name) else lexical.quote(name)} <{text}>"
        elif self.route:
            text = f"<{text}>"
        return " ".join([text, *[f"({lexical.escape_comment(comment)})" for comment in self.comments]])

    def __repr__(self) -> str:
        """Return an expression that makes an equal mailbox."""
        local_part = self.local_part
        parts = [f"local_part={local_part!r}"]
        if self.domain is not None:
            parts.append(f"domain={self.domain!r}")
        if self.route:
            parts.append(f"route={self.route!r}")
        if self.display_name is not None:
            parts.append(f"display_name={self.display_name!r}")
        if self.comments:
            parts.append(f"comments={self.comments!r}")
        if self.quoted_local_part != (local_part if _DOT_ATOM.match(local_part) else lexical.quote(local_part)):
            parts.append(f"quoted_local_part={self.quoted_local_part!r}")
        return f"Mailbox({', '.join(parts)})"

    def __eq__(self, other: object) -> bool:
        """Compare all parts; domains blind to case, local parts letter for letter but for needless quotes."""
        return self._key() == other._key() if isinstance(other, Mailbox) else NotImplemented

    def __hash__(self) -> int:
        """Return a hash that goes with `==`."""
        return hash(self._key())

    def _key(self) -> tuple[object, ...]:
        local = self.quoted_local_part
        if '"' in local and not _JOINS.search(rfc822.outside_quotes(local)):
            local = _QUOTED.sub(_plain_word, local)
        return (
            local,
            None if self.domain is None else names.fold(self.domain),
            tuple([names.fold(node) for node in self.route]),
            self.display_name,
            self.comments,
        )


def _plain_word(found: re.Match[str]) -> str:
    """Return a quoted string in the one form by which it is compared."""
    meant = lexical.unquote(found[0])
    return meant if _NEEDS_NO_QUOTES.match(meant) else lexical.quote(meant)


# See addresses/bang.py: the slots' own descriptors, because this is where the time of a batch goes.
_set_local = Mailbox.__dict__["quoted_local_part"].__set__
_set_domain = Mailbox.__dict__["domain"].__set__
_set_route = Mailbox.__dict__["route"].__set__
_set_display_name = Mailbox.__dict__["display_name"].__set__
_set_comments = Mailbox.__dict__["comments"].__set__
_set_written = Mailbox.__dict__["_written"].__set__


def _set(  # noqa: PLR0913, PLR0917 - one argument a slot
    box: Mailbox,
    quoted_local_part: str,
    domain: str | None,
    route: tuple[str, ...],
    display_name: str | None,
    comments: tuple[str, ...],
    written: str | None,
) -> None:
    _set_local(box, quoted_local_part)
    _set_domain(box, domain)
    _set_route(box, route)
    _set_display_name(box, display_name)
    _set_comments(box, comments)
    _set_written(box, written)


def from_addr_spec(quoted_local_part: str, domain: str | None, written: str | None) -> Mailbox:
    """Return the mailbox of a bare address whose parts were checked before: the fast path."""
    box = object.__new__(Mailbox)
    _set_local(box, quoted_local_part)
    _set_domain(box, domain)
    _set_route(box, ())
    _set_display_name(box, None)
    _set_comments(box, ())
    _set_written(box, written)
    return box


def from_record(found: MailboxRecord, written: str) -> Mailbox:
    """Return the mailbox that the grammar found, without checking it again."""
    box = object.__new__(Mailbox)
    comments = tuple([comment.text for comment in found.comments])
    _set(box, found.quoted_local_part, found.domain, found.route, found.display_name, comments, written)
    return box


def with_route(quoted_local_part: str, domain: str, route: tuple[str, ...]) -> Mailbox:
    """Return the route-addr of parts that were checked before."""
    box = object.__new__(Mailbox)
    _set(box, quoted_local_part, domain, route, None, (), None)
    return box
