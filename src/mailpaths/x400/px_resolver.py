"""`Resolver`: what asks the DNS for PX records, and `DNSResolver`, which asks it by dnspython."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from mailpaths.errors import MailPathsError

if TYPE_CHECKING:
    from dns.resolver import Resolver as DNSPythonResolver

__all__ = ["DNSResolver", "LookupFailedError", "Resolver"]


class LookupFailedError(MailPathsError):
    """The DNS gave no answer, neither a record nor that there is none: try again later (RFC 2163 5).

    ``name`` is what was asked for, ``reason`` what went wrong.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        self.name = name
        self.reason = reason

    def __str__(self) -> str:
        """Return what was asked for, and what went wrong."""
        return f"no answer about {self.name}: {self.reason}; try again later (RFC 2163 5)"


class Resolver(Protocol):
    """What asks the DNS for PX records."""

    def px(self, name: str) -> Sequence[tuple[int, str, str]]:
        """Return preference, map822 and mapx400 of every PX record at a name, wildcards applied; none is no fault.

        Raises `LookupFailedError` where there is no answer: a time-out, SERVFAIL.
        """
        ...


class DNSResolver:
    """Asks the DNS by dnspython: ``resolver`` is one of its own, else the one of this machine's configuration.

    A question may take ``lifetime`` seconds. Routing by records that anybody can forge is as safe as the resolver is:
    RFC 2163 10 asks for one that validates. Making it raises `ModuleNotFoundError` without ``mailpaths[dns]``.
    """

    def __init__(self, resolver: DNSPythonResolver | None = None, *, lifetime: float = 5.0) -> None:
        """Make a resolver: see the class."""
        try:
            import dns.resolver
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(
                "asking the DNS needs dnspython, which is not installed: pip install 'mailpaths[dns]'", name="dns"
            ) from error
        self._lifetime = lifetime
        try:
            self._resolver = dns.resolver.get_default_resolver() if resolver is None else resolver
        except dns.resolver.NoResolverConfiguration as error:
            raise LookupFailedError("the DNS", f"this machine's resolver is not configured ({error})") from error

    def px(self, name: str) -> list[tuple[int, str, str]]:
        """Return the PX records at a name: see `Resolver`."""
        import dns.exception
        import dns.rdatatype
        import dns.rdtypes.IN.PX
        import dns.resolver

        try:
            answer = self._resolver.resolve(name, dns.rdatatype.PX, lifetime=self._lifetime, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.DNSException as error:
            raise LookupFailedError(name, str(error) or type(error).__name__) from error
        return [
            (record.preference, record.map822.to_text(), record.mapx400.to_text())
            for record in answer
            if isinstance(record, dns.rdtypes.IN.PX.PX)
        ]
