"""RFC 822 encoded in X.400: an address in the domain-defined attribute ``RFC-822`` and three more (RFC 2156 4.3.2).

`check` and `encode` are stage II of 4.3.4, `text_of` and `parse_text` are mapping A of 4.3.5.
"""

from __future__ import annotations

import re

from mailpaths.addresses import BangPath, Mailbox, parse
from mailpaths.addresses.defects import Category, DefectKind
from mailpaths.addresses.oraddress import ORAddress, Teletex, Value
from mailpaths.errors import AddressSyntaxError, ConversionError, MailPathsError
from mailpaths.grammar import rfc822
from mailpaths.x400 import ps

__all__ = ["TYPES", "carried", "check", "decode_again", "encode", "is_carrier", "parse_text", "text_of"]

#: The attributes that an address goes on in, and how much of it one takes.
TYPES = ("RFC-822", "RFC822C1", "RFC822C2", "RFC822C3")
_CHUNK = 128
_FOLDED_TYPES = {name.casefold(): place for place, name in enumerate(TYPES)}
_ENCODED_TWICE = re.compile(r'([^@!"()]*+)\([aA]\)([^@!"()]*+)\Z')
_HARMLESS = frozenset({DefectKind.HYPHEN, DefectKind.FINAL_DOT})
# A bracket that is not part of a code of RFC 2156 3.4.
_NO_CODE = re.compile(r"\((?!(?:[apbqulr]|[0-9]{3})\))|(?<!\([apbqulr])(?<!\([0-9]{3})\)", re.IGNORECASE)


def is_carrier(address: ORAddress) -> bool:
    """Tell whether an O/R address is one of RFC 822 encoded: it has a single ``RFC-822`` attribute (4.3.5)."""
    return len([key for key, _ in address.attributes if key[:3] == "DD." and key.casefold() == "dd.rfc-822"]) == 1


def check(address: BangPath | Mailbox) -> None:
    """Refuse what `parse` takes, and RFC 822 does not: mapped, it would be an address that nobody wrote.

    Raises `AddressSyntaxError` with the first defect of the category `Category.ERROR`. A label with a hyphen at its end
    is one for RFC 822, a final dot is the root's, and behind a route the last domain may be missing (RFC 2162 6.3.3):
    they are no fault here. Nor are bang paths, but for hosts left out.
    """
    text = str(address)
    if isinstance(address, BangPath):
        if ".." not in text:
            return
    elif rfc822.ADDR_SPEC.match(text) is not None:
        return
    harmless = _HARMLESS if isinstance(address, BangPath) or not address.route else _HARMLESS | {DefectKind.NO_DOMAIN}
    for defect in address.defects:
        if defect.category is Category.ERROR and defect.kind not in harmless:
            raise AddressSyntaxError(defect.message, text, defect.span)


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
    """Return the ASCII of an attribute's value."""
    _check_brackets(encoded)
    return ps.decode(encoded, lenient=True)


def decode_again(parts: list[Value], text: str) -> str | None:
    """Return what a text means that was encoded twice, or ``None`` for any other.

    Exchange 5.5 encoded again what was encoded before (Microsoft KB Q254725). Only a text that cannot be an address
    as it stands, and has one code for ``@`` and no other bracket, is taken for one: a comment may look like a code.
    """
    if any(isinstance(part, Teletex) for part in parts):
        return None
    found = _ENCODED_TWICE.match(text)
    return None if found is None else f"{found[1]}@{found[2]}"


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
