"""`DomainCheck`: whether the domain name system knows a host, in which case RFC 915 has code 230 say so."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

from mailpaths import names
from mailpaths.routing.lookup import is_name

if TYPE_CHECKING:
    from dns.resolver import Resolver

__all__ = ["DNSDomains", "DomainCheck"]

_MOST = 10_000
_TTL = 600.0


class DomainCheck(Protocol):
    """What tells whether a host is part of the domain name system."""

    def knows(self, host: str) -> bool:
        """Return whether it does; ``False`` too where it cannot be asked now. Never raises; may take its time."""
        ...


class DNSDomains:
    """Asks the DNS by dnspython for the mail exchangers and addresses of a host, and remembers what it said.

    ``resolver`` is one of dnspython's own, else the one of this machine's configuration. Each of up to three questions
    may take ``lifetime`` seconds. A name without a dot is none of the DNS, and neither is one of a pseudo-domain,
    unless it is registered one day. Making one raises `ModuleNotFoundError` without ``mailpaths[dns]``.
    """

    def __init__(
        self, resolver: Resolver | None = None, *, lifetime: float = 2.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Make a check: see the class."""
        if find_spec("dns") is None:
            raise ModuleNotFoundError(
                "asking the DNS needs dnspython, which is not installed: pip install 'mailpaths[dns]'", name="dns"
            )
        self._resolver = resolver
        self._lifetime = lifetime
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, bool]] = OrderedDict()
        self._lock = threading.Lock()

    def knows(self, host: str) -> bool:
        """Return whether the DNS has a mail exchanger or an address for the host."""
        name = names.fold(names.without_dot(host))
        if "." not in name or name[0] == "." or not is_name(name) or not name.isascii():
            return False
        with self._lock:
            end, known = self._known.get(name, (0.0, False))
            if end > self._clock():
                self._known.move_to_end(name)
                return known
        answer = self._ask(name)
        if answer is None:
            return False
        with self._lock:
            self._known[name] = (self._clock() + _TTL, answer)
            while len(self._known) > _MOST:
                self._known.popitem(last=False)
        return answer

    def _ask(self, name: str) -> bool | None:
        """Return what the DNS says, ``None`` where it says nothing now."""
        import dns.exception
        import dns.resolver

        try:
            resolver = self._resolver or dns.resolver.get_default_resolver()
            for kind in ("MX", "A", "AAAA"):
                try:
                    resolver.resolve(f"{name}.", kind, lifetime=self._lifetime, search=False)
                except dns.resolver.NoAnswer:
                    continue
                return True
        except dns.resolver.NXDOMAIN:
            return False
        except (dns.exception.DNSException, OSError):
            return None
        return False
