"""`MessageIdentifier`: how a message is named in X.400, and as an RFC 822 ``Message-ID`` (RFC 2156 4.7.3).

The mapping asks no table, so that every gateway makes the same name of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailpaths.addresses import Mailbox, dialects
from mailpaths.addresses.oraddress import ORAddress
from mailpaths.errors import AddressSyntaxError, ConversionError, MailPathsError
from mailpaths.grammar.oraddress import PS_CHAR
from mailpaths.x400 import ps

__all__ = ["MessageIdentifier"]

_PRINTABLE = re.compile(rf"{PS_CHAR}*+\Z")
_BRACKETED = re.compile(r"[ \t]*+<(.*)>[ \t]*+\Z")
_DOMAIN = "MHS"


@dataclass(frozen=True, slots=True)
class MessageIdentifier:
    """An interpersonal message's identifier: the ``user`` that named it, and the name ``relative`` to that user.

    One without a user is an RFC 822 identifier in PrintableString. Raises `ConversionError` for a name that is not
    PrintableString. Source: RFC 2156 4.7.3; X.420's IPMIdentifier.

    >>> found = MessageIdentifier.parse('<"147*/S=Dietrich/O=Siemens/ADMD=DBP/C=DE/"@MHS>')
    >>> found.relative, found.user.surname
    ('147', 'Dietrich')
    >>> print(found)
    <147*/S=Dietrich/O=Siemens/ADMD=DBP/C=DE/@MHS>
    >>> MessageIdentifier.parse("<a_b@example.com>").relative
    'a(u)b(a)example.com'
    """

    relative: str
    user: ORAddress | None = None

    def __post_init__(self) -> None:
        """Check the name."""
        if not _PRINTABLE.match(self.relative):
            raise ConversionError(f"{self.relative!r} is not PrintableString (RFC 2156 3.3.3)", part="user")

    @classmethod
    def parse(cls, text: str) -> MessageIdentifier:
        """Return what an RFC 822 msg-id means in X.400, whichever side made it (RFC 2156 4.7.3.3).

        Raises `AddressSyntaxError` for a text that is no msg-id, `ConversionError` for one beyond ASCII.
        """
        found = _BRACKETED.match(text)
        if found is None:
            raise AddressSyntaxError("expected a message identifier, <local-part@domain>", text, (0, len(text)))
        try:
            box = Mailbox.parse(found[1])
        except AddressSyntaxError as error:
            start, end = error.span
            raise AddressSyntaxError(error.message, text, (start + found.start(1), end + found.start(1))) from None
        # RFC 822 4.6: msg-id = "<" addr-spec ">", nothing beside it.
        if box.domain is None or box.addr_spec != found[1].strip(" \t"):
            raise AddressSyntaxError("expected a message identifier, <local-part@domain>", text, (0, len(text)))
        if box.domain.upper() == _DOMAIN:
            relative, star, address = box.local_part.partition("*")
            user = dialects.parse_local_part(address) if address else None
            if star and _PRINTABLE.match(relative) and (user is not None or not address):
                return cls(relative, user)
        return cls(ps.encode(found[1].strip(" \t")))

    def __str__(self) -> str:
        """Return the msg-id (RFC 2156 4.7.3.4): an RFC 822 one decoded, any other at the domain ``MHS``."""
        if self.user is None:
            try:
                text = f"<{ps.decode(self.relative)}>"
                if MessageIdentifier.parse(text) == self:
                    return text
            except MailPathsError:
                pass
        address = "" if self.user is None else self.user.to_text()
        return f"<{Mailbox(f'{self.relative}*{address}', _DOMAIN).addr_spec}>"
