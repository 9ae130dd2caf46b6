"""The grammar of UUCP bang paths: RFC 976 2.2 and 5, and what was really written.

    bang-path  =  1*( host "!" ) user        ; hosta!hostb!user
    host       =  1*( atext / "." / ":" ) / domain-literal
    user       =  1*( atext / "." / ":" ) / quoted-string

``atext`` is RFC 5322's less ``!``. A domain written as a host is `domain!user`, and one of a single label carries a
final dot, `att.!Mark.Horton` (RFC 976 2.2). The colons belong to DECnet's ``node::user`` and Berknet's ``host:user``
behind a path. A user may hold ``@`` only when the notation was named: RFC 976 2.1 reads ``a!b@c`` as ``(a!b)@c``.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from mailpaths.grammar import lexical

__all__ = ["BANG_PATH", "BANG_PATH_AT", "HOST", "PLAIN_PATH", "USER", "USER_AT", "BangRecord", "match"]

# A name in a path: atext less "!", the dot of domains, the colon of DECnet and Berknet.
_NAME = r'[^\x00-\x20!"(),;<>@\[\\\]\x7f]++'

# A dot alone would leave no name behind when RFC 976's final dot is taken off.
HOST = rf"(?:(?!\.!){_NAME}|{lexical.DOMAIN_LITERAL})"
USER = rf"(?:{_NAME}|{lexical.QUOTED_STRING})"
# Under a named notation the user may be an address of its own, as old rmail hands it on: a!(b@c).
USER_AT = rf"(?:(?>(?:{_NAME}|@)+)|{lexical.QUOTED_STRING})"

#: The whole path: what the fast path matches and the grammar of record is made of.
BANG_PATH = re.compile(rf"((?>(?:{HOST}!)+))({USER})\Z")
BANG_PATH_AT = re.compile(rf"((?>(?:{HOST}!)+))({USER_AT})\Z")

#: The common path, names alone: what the shortest way takes, a part of `BANG_PATH`.
PLAIN_PATH = re.compile(rf"(?>(?:(?!\.!){_NAME}!)+){_NAME}\Z")

_HOSTS = re.compile(rf"({HOST})!")


class BangRecord(NamedTuple):
    """What stands in a bang path: the hosts as written, and the user as written (quoted where it was)."""

    hosts: tuple[str, ...]
    quoted_user: str


def match(text: str, *, at: bool = False) -> BangRecord | None:
    """Return the record of a text that is a bang path from end to end, or ``None``."""
    found = (BANG_PATH_AT if at else BANG_PATH).match(text)
    if found is None:
        return None
    path, user = found.groups()
    hosts = _HOSTS.findall(path) if "[" in path else path.split("!")[:-1]
    return BangRecord(tuple(hosts), user)
