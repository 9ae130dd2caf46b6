"""The next hop under a policy that stands for a document, or for a program that runs nowhere any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailpaths import names, reading
from mailpaths.errors import MailPathsError
from mailpaths.nexthop.outcome import Local, Outcome, Relay, Unroutable

if TYPE_CHECKING:
    from mailpaths.addresses import Address
    from mailpaths.policy import Policy

__all__ = ["next_hop"]


def next_hop(address: Address, policy: Policy, here: tuple[str, ...]) -> Outcome:
    """Return what a host that reads by the policy does: its own names are peeled off, the first other one is asked.

    A host name that begins with ``-`` is refused, as smail3 (addr.c) does: it would reach a program as an option.
    """
    own = {names.fold(names.without_dot(name)) for name in here}
    try:
        for hop in reading.hops(address, policy):
            if names.fold(hop.host) in own:
                continue
            if hop.host.startswith("-"):
                return Unroutable(f"the host {hop.host!r} begins with '-'")
            return Relay(hop.host, hop.rest)
        return Local(reading.read(address, policy).user)
    except MailPathsError as error:
        return Unroutable(str(error))
