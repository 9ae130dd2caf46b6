"""Header fields that hold addresses: which map each goes through, and its value with other addresses in it.

Mail servers hand the value over as octets: in any encoding or none, and folded at a bare LF.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from mailpaths.addresses.lists import AddressList
from mailpaths.addresses.mailbox import Mailbox
from mailpaths.errors import MailPathsError
from mailpaths.hooks.maps import RCPT, SENDER

__all__ = ["FIELDS", "MAX_VALUE", "AddressField"]

#: Octets of a value that is looked into: some 200 recipients. A longer one is left as it is, since the others that ask
#: us wait while it is read.
MAX_VALUE = 8_192
# So many more ``@`` than separators are no list of addresses, and the dearest to find it out about.
_MOST_AT = 8

#: Fields by their names in lower case, and the map for their addresses: who gets the mail, and whom answers go to.
#: RFC 5322 3.6.2, 3.6.3, 3.6.6; RFC 8098 2.1 for Disposition-Notification-To, which some software compares with the
#: envelope's sender, so that both have to change together; Return-Receipt-To and Errors-To stood in its place before
#: (RFC 2076 3.6). Not Return-Path: whoever delivers writes it, from the envelope (RFC 5321 4.4).
FIELDS: Mapping[bytes, str] = MappingProxyType(
    dict.fromkeys([b"to", b"cc", b"bcc", b"resent-to", b"resent-cc", b"resent-bcc"], RCPT)
    | dict.fromkeys(
        [
            b"from",
            b"sender",
            b"reply-to",
            b"resent-from",
            b"resent-sender",
            b"resent-reply-to",
            b"disposition-notification-to",
            b"return-receipt-to",
            b"errors-to",
        ],
        SENDER,
    )
)

_LINE_BREAK = re.compile(r"\r\n|[\r\n]")
# What no address holds, and a name may: octets that are no UTF-8, C1 controls, line separators. For as long as a value
# is read, each is a letter that counts as one.
_NO_TEXT = re.compile("[\x80-\x9f\u2028\u2029\udc80-\udcff\ufffd]")
_STAND_IN = "\ufffd"


def _is_worth_reading(value: bytes) -> bool:
    separators = value.count(b",") + value.count(b";") + value.count(b":")
    return len(value) <= MAX_VALUE and value.count(b"@") <= 2 * separators + _MOST_AT


class AddressField:
    r"""The value of a header field, with the addresses in it; none of them where it is no list of addresses.

    A value that no rule understands has nothing to rewrite, and is passed on: it is not for us to refuse mail for its
    headers. RFC 5322 3.4.

    >>> field = AddressField(b' "J\xf6rg" <relay!host!joerg> (at\n home), sam@host.example')
    >>> field.addresses
    (b'relay!host!joerg', b'sam@host.example')
    >>> field.rewritten({b"relay!host!joerg": "joerg@host.uucp"})
    b' "J\xf6rg" <joerg@host.uucp> (at\n home), sam@host.example'
    """

    __slots__ = ("_break", "_list", "_stood", "addresses", "value")

    def __init__(self, value: bytes) -> None:
        self.value = value
        self.addresses: tuple[bytes, ...] = ()
        self._list = self._read() if _is_worth_reading(value) else None
        if self._list is not None:
            self.addresses = tuple(dict.fromkeys([_key(box) for box in self._list if _STAND_IN not in box.path]))

    def _read(self) -> AddressList | None:
        """Return the list of addresses that the value is, with folds of CRLF and nothing that is no text."""
        text = self.value.decode("utf-8", "surrogateescape")
        breaks = set(_LINE_BREAK.findall(text))
        # Folds of two kinds in one value come from nobody, and cannot be put back.
        if len(breaks) > 1 or "\r" in breaks:
            return None
        self._break = breaks.pop() if breaks else "\n"
        self._stood = _NO_TEXT.findall(text)
        try:
            return AddressList.parse(_NO_TEXT.sub(_STAND_IN, _LINE_BREAK.sub("\r\n", text)))
        except MailPathsError:
            return None

    def rewritten(self, answers: Mapping[bytes, str]) -> bytes:
        """Return the value with these addresses in the place of those, and every other octet as it was.

        A comment inside of an address that goes follows the new one. The value stays where it cannot hold an answer.
        """
        if self._list is None:
            return self.value
        try:
            text = self._list.rewrite(lambda box: None if _STAND_IN in box.path else answers.get(_key(box)))
        except MailPathsError:
            return self.value
        pieces = text.split(_STAND_IN)
        if len(pieces) != len(self._stood) + 1:  # an answer that brings one
            return self.value
        text = "".join([piece for pair in zip(pieces, [*self._stood, ""], strict=True) for piece in pair])
        return text.replace("\r\n", self._break).encode("utf-8", "surrogateescape")


def _key(box: Mailbox) -> bytes:
    """Return the address to ask about, its route with it: what stands between angle brackets."""
    return box.path.encode("utf-8", "surrogateescape")
