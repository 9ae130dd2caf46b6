"""The sentences of `explain`: what it says in words, for plain text and terminal alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailpaths.addresses import BangPath, Category, ORAddress
from mailpaths.nexthop import Local, Relay

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailpaths.addresses import Address, Defect
    from mailpaths.nexthop import Outcome
    from mailpaths.policy import Policy
    from mailpaths.route import Route

__all__ = ["directions", "names", "notation", "remark", "verdict"]

# How far an address with such a defect gets (see `mailpaths.Category`).
_CATEGORIES = {
    Category.RFC6531: "needs a host with SMTPUTF8",
    Category.RFC5321: "unusual, but SMTP carries it",
    Category.CFWS: "fit for a message, not for an envelope",
    Category.DEPRECATED: "still understood, no longer to be written",
    Category.RFC5322: "SMTP does not carry it",
    Category.ERROR: "no RFC 822 address, but people wrote such",
}
# A longer road is clearer as a list than as a sentence.
_SENTENCE = 8
_NAME = 60


def notation(value: Address) -> str:
    """Return what the address is written in."""
    if isinstance(value, ORAddress):
        return "an X.400 O/R address"
    if isinstance(value, BangPath):
        return "a UUCP bang path, host!host!user (RFC 976)"
    if value.domain is None:
        return "a mailbox without a domain"
    return "a mailbox, local-part@domain (RFC 822)"


def remark(defect: Defect) -> str:
    """Return what is doubtful, its source, and what follows from it."""
    return f"{defect} - {_CATEGORIES[defect.category]}"


def directions(route: Route) -> str:
    """Return the way of a message in a sentence, for somebody who never saw a bang path."""
    hosts = route.hosts
    user = f"the user {_short(route.user)}" if route.user else "nobody in particular"
    if not hosts:
        return f"It goes nowhere else: {user} is here, on the host that reads it."
    if len(hosts) == 1:
        return f"Send it to {hosts[0]}, for {user} there."
    if len(hosts) > _SENTENCE:
        return f"Send it to {hosts[0]}. It goes on over {len(hosts) - 2:,} hosts to {hosts[-1]}, for {user} there."
    return f"Send it to {hosts[0]}. It goes on to {', then to '.join(hosts[1:])}, for {user} there."


def _short(text: str) -> str:
    """Return a name that fits into a sentence; the whole of it stands elsewhere."""
    return text if len(text) <= _NAME else f"{text[: _NAME - 1]}…"


def verdict(outcome: Outcome) -> tuple[str, str, str]:
    """Return what is done next as three pieces: what is done, with what, and where to."""
    if isinstance(outcome, Local):
        return ("deliver to the local user", outcome.user, "")
    if isinstance(outcome, Relay):
        return ("pass on", outcome.rest, outcome.host)
    return ("refuse:", outcome.reason, "")


def names(policies: Sequence[Policy], *, every: bool = False) -> str:
    """Return the names of policies, without the variants that go with their program unless ``every`` one is wanted.

    Semicolons stand between them, since a name may hold commas.
    """
    shown = {policy.name for policy in policies}
    return "; ".join([policy.name for policy in policies if every or not _goes_without_saying(policy.name, shown)])


def _goes_without_saying(name: str, shown: set[str]) -> bool:
    program, colon, _switches = name.partition(":")
    return bool(colon) and program in shown
