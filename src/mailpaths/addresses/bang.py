"""`BangPath`: an address as UUCP wrote it, ``seismo!mcvax!piet``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

from mailpaths import names
from mailpaths.errors import AddressSyntaxError
from mailpaths.grammar import bang, faults, lexical

if TYPE_CHECKING:
    from mailpaths.addresses.defects import Defect

__all__ = ["BangPath"]

_HOST = re.compile(rf"(?!\.\Z){bang.HOST}\Z")
_USER_AT = re.compile(rf"{bang.USER_AT}\Z")
# A user that needs no quotes, and one that needs none to keep it whole either.
_BARE_USER = re.compile(rf"(?!\"){bang.USER}\Z")
_PLAIN_USER = re.compile(rf"(?!.*[%:]|\"){bang.USER}\Z")


def _quoted(user: str) -> str:
    """Return the user as a path writes it: in quotes only where it could not stand without."""
    return user if _BARE_USER.match(user) else lexical.quote(user)


@dataclass(frozen=True, slots=True, init=False, eq=False, repr=False)
class BangPath:
    """A UUCP bang path: ``hosts`` in the order in which they are visited, then the ``user`` at the last one.

    The hosts are as written, case and RFC 976's final dot included; ``user`` is unquoted. `str` gives back what was
    parsed, letter for letter. Two paths are equal when their hosts are the same but for case and their users are the
    same. Source: RFC 976 2.2 and 5.

    >>> path = BangPath.parse("seismo!mcvax!piet")
    >>> path
    BangPath(hosts=('seismo', 'mcvax'), user='piet')
    >>> print(path)
    seismo!mcvax!piet
    """

    hosts: tuple[str, ...]
    quoted_user: str
    _written: str | None = field(repr=False)

    notation: ClassVar[Literal["bang"]] = "bang"

    def __init__(self, hosts: tuple[str, ...], user: str, *, quoted_user: str | None = None) -> None:
        """Make a path from its parts, the user unquoted; quotes are added where it needs them.

        ``quoted_user`` is for the few that another quoting tells apart: ``"x%y"`` that its quotes keep whole, ``b@c``
        that old rmail hands on. Raises `AddressSyntaxError` for a host or user that no path can hold.
        """
        hosts = tuple(hosts)
        if not hosts:
            raise AddressSyntaxError("a bang path has at least one host", user, (0, 0))
        for host in hosts:
            lexical.check_characters(host)
            if not _HOST.match(host):
                raise AddressSyntaxError("not a host name of a bang path", host, (0, len(host)))
        lexical.check_characters(user)
        if quoted_user is None:
            quoted_user = _quoted(user)
        lexical.check_characters(quoted_user)
        if not _USER_AT.match(quoted_user) or lexical.unquote(quoted_user) != user:
            raise AddressSyntaxError(f"not a quoted form of {user!r}", quoted_user, (0, len(quoted_user)))
        _set(self, hosts, quoted_user, None)

    @classmethod
    def parse(cls, text: str) -> BangPath:
        """Return the path that the text is. Raises `AddressSyntaxError`, with the place, where it is none.

        Unlike `mailpaths.parse` this takes ``a!b@c`` for what old rmail made of it, ``a!(b@c)`` (RFC 976 2.1).
        """
        lexical.check_characters(text)
        found = bang.match(text, at=True) if len(text) <= lexical.MAX_ADDRESS else None
        if found is None:
            raise faults.bang_fault(text, at=True)
        return from_record(found, text)

    @property
    def user(self) -> str:
        """The unquoted user."""
        return lexical.unquote(self.quoted_user)

    @property
    def defects(self) -> tuple[Defect, ...]:
        """What is doubtful about the path as written, worst first: see `mailpaths.Defect`."""
        from mailpaths.addresses import defects  # found only when asked for

        return defects.find_in_path(str(self))

    def __str__(self) -> str:
        """Return the path as it was written."""
        return self._written if self._written is not None else f"{'!'.join(self.hosts)}!{self.quoted_user}"

    def __repr__(self) -> str:
        """Return an expression that makes an equal path."""
        user = self.user
        quoted = "" if self.quoted_user == _quoted(user) else f", quoted_user={self.quoted_user!r}"
        return f"BangPath(hosts={self.hosts!r}, user={user!r}{quoted})"

    def __eq__(self, other: object) -> bool:
        """Compare hosts blind to case, users letter for letter."""
        return self._key() == other._key() if isinstance(other, BangPath) else NotImplemented

    def __hash__(self) -> int:
        """Return a hash that goes with `==`."""
        return hash(self._key())

    def _key(self) -> tuple[tuple[str, ...], str]:
        quoted = self.quoted_user
        if quoted.startswith('"'):
            user = self.user
            quoted = user if _PLAIN_USER.match(user) else lexical.quote(user)
        return tuple([names.fold(names.without_dot(host)) for host in self.hosts]), quoted


# A frozen dataclass sets its fields through object.__setattr__, which looks each name up; the slots' own descriptors
# do the same in a third of the time, and millions of addresses are made here.
_set_hosts = BangPath.__dict__["hosts"].__set__
_set_user = BangPath.__dict__["quoted_user"].__set__
_set_written = BangPath.__dict__["_written"].__set__


def _set(path: BangPath, hosts: tuple[str, ...], quoted_user: str, written: str | None) -> None:
    _set_hosts(path, hosts)
    _set_user(path, quoted_user)
    _set_written(path, written)


def from_record(found: bang.BangRecord, written: str) -> BangPath:
    """Return the path that the grammar found, without checking it again."""
    path = object.__new__(BangPath)
    _set(path, found.hosts, found.quoted_user, written)
    return path


def from_plain(text: str) -> BangPath:
    """Return the path of names alone that the text is: the fast path."""
    *hosts, user = text.split("!")
    path = object.__new__(BangPath)
    _set_hosts(path, tuple(hosts))
    _set_user(path, user)
    _set_written(path, text)
    return path


def from_parts(hosts: tuple[str, ...], quoted_user: str) -> BangPath:
    """Return the path of parts that were checked before."""
    path = object.__new__(BangPath)
    _set(path, hosts, quoted_user, None)
    return path
