"""What a mail host does next with an address: `next_hop`.

`generic` peels by a policy's operators; `postfix`, `exim` and `sendmail` stand in for the real programs, held to a
table of the programs' own answers, which is a vector file of the project's tests: mta_next_hop.jsonl.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailpaths import policy as policies_room
from mailpaths.addresses import Address, BangPath, Mailbox, ORAddress, parse
from mailpaths.errors import AddressSyntaxError
from mailpaths.grammar import lexical
from mailpaths.nexthop import generic
from mailpaths.nexthop.outcome import Local, Outcome, Relay, Unroutable
from mailpaths.policy import INTERNET, Policy

__all__ = ["Local", "Outcome", "Relay", "Unroutable", "next_hop"]

_DRESSED = re.compile(r"[^<]*<[^<>]*>[^<>]*\Z")


def next_hop(address: Address | str, policy: Policy | str = INTERNET, here: Sequence[str] = ("gw.example",)) -> Outcome:
    """Return what a host named as in ``here`` does with the address: `Local`, `Relay` or `Unroutable`.

    ``here`` lists the host's own names, the primary one first; an address without a domain belongs to that one. Under
    ``postfix``, ``exim`` and ``sendmail`` (and their variants) the answer is that of Postfix 3.7, Exim 4.96 and
    Sendmail 8.17 as Debian ships them, next host and all: Postfix looks into quotes at its own name, Sendmail appends
    ``.UUCP``.

    Text that is no address is `Unroutable`, not an error; only `UnknownNameError` is raised, for an unknown policy.

    >>> next_hop("a!b!user%c@gw.example")
    Relay(host='c', rest='a!b!user')
    >>> next_hop("a!b!user%c@gw.example", "postfix")
    Relay(host='a', rest='b!user%c')
    >>> next_hop("a!b!user%c@gw.example", "sendmail")
    Relay(host='a.UUCP', rest='b!user%c')
    >>> next_hop("a!b!user%c@gw.example", "exim")
    Local(user='a!b!user%c')
    """
    policy = policies_room.coerce(policy)
    here = (here,) if isinstance(here, str) else tuple(here)
    if policy.program is None:
        try:
            return generic.next_hop(parse(address) if isinstance(address, str) else address, policy, here)
        except AddressSyntaxError as error:
            return Unroutable(error.message)
    try:
        text = _envelope(address)
    except AddressSyntaxError as error:
        return Unroutable(error.message)
    # Each model loads when first asked for: most users of the library simulate no program, or one.
    settings = dict(policy.settings)
    if policy.program == "postfix":
        from mailpaths.nexthop import postfix

        return postfix.next_hop(text, here, **settings)
    if policy.program == "sendmail":
        from mailpaths.nexthop import sendmail

        return sendmail.next_hop(text, here, **settings)
    from mailpaths.nexthop import exim

    return exim.next_hop(text, here, **settings)


def _envelope(address: Address | str) -> str:
    """Return the bare address that a program is handed: text as it is, so that its own faults are its own to find.

    Of ``phrase <address>`` only the address reaches an envelope; CR, LF and NUL are refused.
    """
    if isinstance(address, BangPath | ORAddress):
        return str(address)
    if isinstance(address, Mailbox):
        return address.path
    lexical.check_characters(address)
    if not _DRESSED.match(address):
        return address
    try:
        parsed = parse(address)
    except AddressSyntaxError:
        return address
    return parsed.path if isinstance(parsed, Mailbox) else str(parsed)
