"""`Decision`: what the rules say of an address under a map - rewritten, unchanged, or deferred; made for ``match``."""

from __future__ import annotations

from dataclasses import dataclass

from mailpaths.errors import MailPathsError

__all__ = ["Decision", "Deferred", "Rewritten", "Unchanged", "reason_of"]


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The mail server is to go on with ``value``: another address; of the map ``transport``, a transport.

    It is never empty, holds nothing but printable ASCII, and is one address. ``reason`` says how it came about.

    >>> Rewritten("user@host.uucp", "host is a next hop")
    Rewritten(value='user@host.uucp', reason='host is a next hop')
    """

    value: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The rules have nothing to say of the address, or refuse to: the mail server goes on as without them.

    ``reason`` says why; ``refused`` where it was for us to rewrite, and is not allowed.

    >>> Unchanged("not at one of our names").refused
    False
    """

    reason: str = ""
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Deferred:
    """No answer now, for this ``reason``: the mail server keeps the mail and asks again.

    >>> Deferred("no answer in time")
    Deferred(reason='no answer in time')
    """

    reason: str


#: What the rules decide. A ``match`` over the three kinds ends in `typing.assert_never`.
Decision = Rewritten | Unchanged | Deferred


def reason_of(error: MailPathsError) -> str:
    r"""Return an error as a decision's reason: its first line. Its source and caret are for whoever reads at a shell.

    >>> reason_of(MailPathsError("nobody is named\n  host!\n      ^"))
    'nobody is named'
    """
    return str(error).partition("\n")[0]
