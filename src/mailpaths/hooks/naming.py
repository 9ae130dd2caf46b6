"""`Naming`: how addresses stand in the log - as they are, as a keyed hash, or not at all."""

from __future__ import annotations

import hashlib
import secrets

from mailpaths.hooks.settings import Naming

__all__ = ["AddressNames"]

# Octets of a hash, as many as tell a million addresses apart.
_OCTETS = 8


class AddressNames:
    """What the log calls an address.

    A hash is the same for the same address as long as the process lives, and nobody can try addresses against it
    later: its key is made at the start and is kept nowhere else. Capitals count, as they do in a local part.

    >>> AddressNames("shown").of("user@host.uucp"), AddressNames("hidden").of("user@host.uucp")
    ('user@host.uucp', None)
    """

    def __init__(self, naming: Naming) -> None:
        self._naming = naming
        self._key = secrets.token_bytes(32)

    def of(self, address: str) -> str | None:
        """Return the name of an address, ``None`` where it has none."""
        if self._naming == "shown":
            return address
        if self._naming == "hidden":
            return None
        octets = address.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(octets, key=self._key, digest_size=_OCTETS).hexdigest()
