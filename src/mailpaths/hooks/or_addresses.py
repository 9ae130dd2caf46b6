"""`ORAddresses`: O/R addresses in local parts at our names, and domains of ours that live in X.400.

RFC 2156 is a relay by design: ``/S=user/PRMD=evil/C=us/@relay.example`` names a mailbox elsewhere, and an ``RFC-822``
attribute names any mailbox at all, in letters that no mail server takes for routing. So what the gateway makes of an
address is judged like any other: an RFC 822 address by its hosts, an O/R address by its management domain, which must
be listed.
"""

from __future__ import annotations

from collections.abc import Iterable

from mailpaths import names
from mailpaths.addresses import BangPath, Mailbox, ORAddress
from mailpaths.errors import MailPathsError
from mailpaths.hooks.decision import Unchanged, reason_of
from mailpaths.x400 import Gateway
from mailpaths.x400.domain_levels import levels_for
from mailpaths.x400.levels import fold_level, levels_of
from mailpaths.x400.rfc822_in_x400 import is_carrier

__all__ = ["ORAddresses"]


class ORAddresses:
    """What the gateway makes of an address, and which O/R addresses may go to X.400: those of the management domains.

    ``next_hop`` takes them in local parts; without one, none goes there.
    """

    def __init__(self, gateway: Gateway, *, next_hop: str | None, management_domains: Iterable[str]) -> None:
        self._gateway = gateway
        self.next_hop = next_hop
        # A gateway without tables writes every attribute into the local part: the form that the next hop reads.
        self._writer = None if next_hop is None else Gateway(domain=next_hop)
        self._domains = tuple([_management_domain(ORAddress.parse(one)) for one in management_domains])

    @staticmethod
    def is_local_part(user: str) -> bool:
        """Tell whether a local part looks like an O/R address (RFC 2156 4.3.1).

        >>> ORAddresses.is_local_part("/S=Doe/O=Acme/C=US/"), ORAddresses.is_local_part("jo=host.example")
        (True, False)
        """
        return user.startswith("/") and "=" in user

    def outward(self, user: str) -> BangPath | Mailbox | Unchanged:
        """Return the address outside X.400 of an O/R address in a local part at our name; or what stops it.

        Where no table has a domain for it, the result is an O/R address in a local part at the next hop.
        """
        try:
            source = ORAddress.parse(user)
            made = self._gateway.to_rfc822(source).address
        except MailPathsError as error:
            return Unchanged(f"no O/R address that can be carried: {reason_of(error)}", refused=True)
        if isinstance(made, Mailbox) and self.is_local_part(made.local_part):
            return self._to_next_hop(source)
        return made

    def inward(self, box: Mailbox) -> Mailbox | Unchanged | None:
        """Return the O/R address of a mailbox, in a local part at the next hop; ``None`` where no table knows it.

        Only its whole domain counts, as a table has it: `x.example` in a table makes nobody of `example` an O/R
        address.
        """
        if self.next_hop is None or levels_for(box.domain, self._gateway.tables.table2) is None:
            return None
        try:
            made = self._gateway.to_x400(box).address
        except MailPathsError as error:
            return Unchanged(f"no O/R address: {reason_of(error)}", refused=True)
        return None if is_carrier(made) else self._to_next_hop(made)

    def _to_next_hop(self, address: ORAddress) -> Mailbox | Unchanged:
        if self._writer is None:
            return Unchanged("an O/R address for X.400, and no x400.next_hop is configured", refused=True)
        own = _management_domain(address)
        if not any(_is_within(own, listed) for listed in self._domains):
            return Unchanged("its management domain is not among x400.management_domains", refused=True)
        if is_carrier(address):
            return Unchanged("an RFC 822 address in X.400 is not for X.400 to deliver", refused=True)
        try:
            made = self._writer.to_rfc822(address).address
        except MailPathsError as error:
            return Unchanged(f"no local part for X.400: {reason_of(error)}", refused=True)
        assert isinstance(made, Mailbox)  # noqa: S101 - for the type checker: no carrier, so no path
        return made

    def is_at_next_hop(self, box: Mailbox) -> bool:
        """Tell whether a mailbox is an O/R address at the next hop that `outward` or `inward` may have made."""
        if self.next_hop is None or box.domain is None or not names.same(box.domain, self.next_hop):
            return False
        if not self.is_local_part(box.local_part):
            return False
        try:
            address = ORAddress.parse(box.local_part)
        except MailPathsError:
            return False
        own = _management_domain(address)
        return any(_is_within(own, listed) for listed in self._domains) and not is_carrier(address)


_Domain = tuple[str, str, str]


def _management_domain(address: ORAddress) -> _Domain:
    """Return country, ADMD and PRMD, folded; ``""`` where one is absent."""
    country, admd, prmd = [fold_level(level) or "" for level in levels_of(address)[:3]]
    return country, admd, prmd


def _is_within(one: _Domain, listed: _Domain) -> bool:
    """Tell whether an address is of a listed domain; a list that names no PRMD means every one of the ADMD."""
    return one[:2] == listed[:2] and (not listed[2] or one[2] == listed[2])
