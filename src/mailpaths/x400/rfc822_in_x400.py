"""RFC 822 encoded in X.400: an address in the domain-defined attribute ``RFC-822`` and three more (RFC 2156 4.3.2).

`encode` is stage II of 4.3.4, `text_of` and `parse_text` are mapping A of 4.3.5.
"""

from __future__ import annotations

import re

from mailpaths.addresses import BangPath, Mailbox, parse
from mailpaths.addresses.oraddress import ORAddress, Teletex, Value
from mailpaths.errors import AddressSyntaxError, ConversionError, MailPathsError
from mailpaths.x400 import ps

__all__ = ["TYPES", "carried", "encode", "is_carrier", "parse_text", "text_of"]

#: The attributes that an address goes on in, and how much of it one takes.
TYPES = ("RFC-822", "RFC822C1", "RFC822C2", "RFC822C3")
_CHUNK = 128
_FOLDED_TYPES = {name.casefold(): place for place, name in enumerate(TYPES)}
# A bracket that is not part of a code of RFC 2156 3.4.
_NO_CODE = re.compile(r"\((?!(?:[apbqulr]|[0-9]{3})\))|(?<!\([apbqulr])(?<!\([0-9]{3})\)", re.IGNORECASE)


def is_carrier(address: ORAddress) -> bool:
    """Tell whether an O/R address is one of RFC 822 encoded: it has a single ``RFC-822`` attribute (4.3.5)."""
    return len([key for key, _ in address.attributes if key[:3] == "DD." and key.casefold() == "dd.rfc-822"]) == 1


def encode(text: str) -> list[tuple[str, Value]]:
    """Return the domain-defined attributes that carry an address.

    Raises `ConversionError` for a text that is not ASCII, and for one that is longer than 512 characters once encoded.
    """
    encoded = ps.encode(text)
    chunks = [encoded[start : start + _CHUNK] for start in range(0, len(encoded), _CHUNK)]
    if len(chunks) > len(TYPES):
        raise ConversionError(
            f"{len(encoded):,} characters in PrintableString, and domain-defined attributes carry "
            f"{_CHUNK * len(TYPES)} (RFC 2156 4.3.2)"
        )
    return [(f"DD.{name}", chunk) for name, chunk in zip(TYPES, chunks, strict=False)]


def carried(address: ORAddress) -> tuple[list[Value], list[str]]:
    """Return the values that carry an address, in order, and the keys of all others.

    Raises `ConversionError` where one is there twice, or a later one without the one before it.
    """
    parts: dict[int, Value] = {}
    others: list[str] = []
    for key, value in address.attributes:
        place = _FOLDED_TYPES.get(key[3:].casefold()) if key.startswith("DD.") else None
        if place is None:
            others.append(key)
        elif place in parts:
            raise ConversionError(f"{key} stands there twice (RFC 2156 4.3.2)", part="attribute")
        else:
            parts[place] = value
    if sorted(parts) != list(range(len(parts))):
        missing = next(place for place in range(len(TYPES)) if place not in parts)
        raise ConversionError(f"a later part of the address is there, but no {TYPES[missing]}", part="attribute")
    return [parts[place] for place in sorted(parts)], others


def text_of(parts: list[Value]) -> str:
    """Return what the values that carry an address say (RFC 2156 4.3.2, 4.3.5 mapping A).

    Raises `ConversionError` for what is not encoded as RFC 2156 3.4 says, and for two forms that differ.
    """
    teletex = [part for part in parts if isinstance(part, Teletex)]
    if not teletex:
        return _decode("".join([str(part) for part in parts]))
    # Teletex that is more than PrintableString is not encoded; beside a printable form it must say the same. A part
    # that is PrintableString stands for both forms (RFC 2156 4.1.1).
    text = "".join([part.octets.decode("latin-1") if isinstance(part, Teletex) else part for part in parts])
    printable = [part.printable if isinstance(part, Teletex) else part for part in parts]
    if any(part.printable is not None for part in teletex):
        given = [part for part in printable if part is not None]
        if len(given) < len(printable) or _decode("".join(given)) != text:
            raise ConversionError(
                "the printable and teletex forms of the RFC-822 attribute differ (RFC 2156 4.3.2)", part="attribute"
            )
    return text


def _decode(encoded: str) -> str:
    """Return the ASCII of an attribute's value; one that was encoded twice is decoded twice.

    Exchange 5.5 encoded again what was encoded before (Microsoft KB Q254725): no address is left without ``@`` or
    ``!``, and a code for ``@`` stands where it should be.
    """
    _check_brackets(encoded)
    text = ps.decode(encoded, lenient=True)
    if "@" not in text and "(a)" in text.lower():
        _check_brackets(text)
        return ps.decode(text, lenient=True)
    return text


def _check_brackets(encoded: str) -> None:
    """Refuse a bracket that is no code: read as a comment, it would make another address of this one."""
    found = _NO_CODE.search(encoded)
    if found is not None:
        raise ConversionError(
            f"{encoded!r} in the RFC-822 attribute is not encoded as RFC 2156 3.4 says",
            character=found[0][0],
            part="attribute",
        )


def parse_text(text: str) -> Mailbox | BangPath:
    """Return the address that was carried. Raises `ConversionError` for a text that is none, or more than one."""
    try:
        made = parse(text)
    except MailPathsError as error:
        reason = error.message if isinstance(error, AddressSyntaxError) else str(error)
        raise ConversionError(
            f"the RFC-822 attribute holds no address, {text!r}: {reason}", part="attribute"
        ) from error
    if isinstance(made, ORAddress):
        raise ConversionError(f"the RFC-822 attribute holds an O/R address, {text!r}", part="attribute")
    if (made.path if isinstance(made, Mailbox) else str(made)) not in text:
        # White space or a comment in the middle: leaving it out would make another address of it.
        raise ConversionError(f"the RFC-822 attribute holds more than an address, {text!r}", part="attribute")
    return made
