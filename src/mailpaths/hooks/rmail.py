"""`recipients`: what rmail is handed by UUCP, and what the real rmail is handed in its place.

uuxqt runs ``rmail`` with what a neighbour has written: ``rmail host!user``. A path without a domain begins here (RFC
976 2.5): the rules are to have ``bare_paths``. It is all or nothing, since uuxqt knows no recipients apart: by exit
status 75 (EX_TEMPFAIL) it keeps a message and tries again; by any other but 0 it puts its files aside and tells its
administrator. The sender gets a notice without the text, and none at all where his host has called ``uux -n``, as
Postfix does. So whom we only might refuse, the real rmail is handed: a mail server returns mail whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from mailpaths.errors import MailPathsError
from mailpaths.hooks import maps
from mailpaths.hooks.decision import Deferred, Rewritten
from mailpaths.hooks.rules import Rules

__all__ = ["BAD_RECIPIENT", "TRY_AGAIN", "WRONG_CALL", "NotHandedOverError", "recipients"]

WRONG_CALL = 64  # sysexits EX_USAGE
BAD_RECIPIENT = 65  # sysexits EX_DATAERR
TRY_AGAIN = 75  # sysexits EX_TEMPFAIL

# What no shell on the way, no older uux and no sendmail takes for itself: printable ASCII, but for double quotes,
# parentheses, separators, redirections, substitutions, patterns and escapes; and at the beginning no home directory, no
# file and no list. An apostrophe stands in names of people, and the hook lets it out to uux, too.
_HARMLESS = re.compile(r"(?![~/:])[!#%'+./0-9:=?@A-Z^_a-z~-]+\Z")


class NotHandedOverError(MailPathsError):
    """The message is not handed on; ``status`` is the exit status that says to uuxqt what becomes of it."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message, status)
        self.message = message
        self.status = status

    def __str__(self) -> str:
        """Return the message."""
        return self.message


def recipients(rules: Rules, arguments: Sequence[str]) -> tuple[str, ...]:
    """Return the recipients for the real rmail, each once; one that the rules leave alone goes on as it came.

    Raises `NotHandedOverError`: with 64 where there is none, or an option among them, for none of those is a
    neighbour's to give; with 65 for one that holds what a shell might obey; with 75 where the rules have no answer now.
    The first two set the message aside, for the administrator of UUCP; nothing is dropped.

    >>> from mailpaths.hooks import Rules, Settings
    >>> rules = Rules(Settings(names=("relay.example",), next_hops=("host",), bare_paths=True))
    >>> recipients(rules, ["host!user", "user@elsewhere.example"])
    ('user@host.uucp', 'user@elsewhere.example')
    """
    if not arguments:
        raise NotHandedOverError("no recipient", WRONG_CALL)
    return tuple(dict.fromkeys(_handed(rules, arguments)))


def _handed(rules: Rules, arguments: Iterable[str]) -> Iterable[str]:
    for argument in arguments:
        # uux wants parentheses about an address, so that its ! is not taken for a file's host; uuxqt takes them off.
        inner = argument[1:-1] if argument.startswith("(") and argument.endswith(")") else argument
        if inner.startswith("-"):
            raise NotHandedOverError(f"an option among the recipients: {inner!r}", WRONG_CALL)
        if not _HARMLESS.match(inner):
            raise NotHandedOverError(f"no recipient that a command may be handed: {inner!r}", BAD_RECIPIENT)
        decision = rules.rewrite(inner, maps.RCPT)
        if isinstance(decision, Deferred):
            raise NotHandedOverError(f"no answer now about {inner!r}: {decision.reason}", TRY_AGAIN)
        if not isinstance(decision, Rewritten):
            yield inner
        elif _HARMLESS.match(decision.value):
            yield decision.value
        else:
            raise NotHandedOverError(
                f"no recipient that a command may be handed: {decision.value!r}, from {inner!r}", BAD_RECIPIENT
            )
