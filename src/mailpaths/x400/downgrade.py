"""Downgrading: an O/R address of X.400(1988) for systems of 1984, and back (RFC 1328 3)."""

from __future__ import annotations

from mailpaths.addresses import attributes as table
from mailpaths.addresses.oraddress import ORAddress, Teletex
from mailpaths.errors import AddressSyntaxError, ConversionError
from mailpaths.x400 import ps

__all__ = ["downgrade", "is_1984", "upgrade"]

_MAX_VALUE = 128  # X.411 ub-domain-defined-attribute-value-length
_MAX_DEFINED = 4  # X.411 ub-domain-defined-attributes
_COMMON = "DD.COMMON"
# RFC 1328 3.1: the attribute, and those for what does not go into it.
_WHOLE = ("X400-88", "X400-C1", "X400-C2", "X400-C3")
_FOLDED_WHOLE = {kind.casefold(): place for place, kind in enumerate(_WHOLE)}


def is_1984(address: ORAddress) -> bool:
    """Tell whether X.400(1984) can hold the address: no extension attribute, nothing in teletex.

    >>> is_1984(ORAddress.parse("CN=Postmaster; O=A; ADMD=B; C=GB;"))
    False
    """
    return not _extensions(address)


def _extensions(address: ORAddress) -> set[str]:
    """Return the keys of the attributes that X.400(1984) does not have."""
    return {
        key
        for key, value in address.attributes
        if isinstance(value, Teletex) or (key[:3] != "DD." and table.BY_KEY[key].extension is not None)
    }


def downgrade(address: ORAddress, gateway: ORAddress | None = None) -> ORAddress:
    """Return the address as X.400(1984) can hold it; one that it can hold already comes back as it is.

    A common name becomes the domain-defined attribute Common (RFC 1328 3.2). Anything else of 1988 is written whole
    into X400-88 at the ``gateway`` between the two worlds (3.1). Raises `ConversionError` where a gateway is needed and
    not given, or cannot be named in X.400(1984) itself, and for an address too long for four attributes.

    >>> print(downgrade(ORAddress.parse("CN=Postmaster; O=A; ADMD=B; C=GB;")).to_text("ean"))
    DD.Common=Postmaster; O=A; ADMD=B; C=GB
    """
    extensions = _extensions(address)
    if not extensions:
        return address
    name = address.value("CN")
    types = [key.upper() for key, _ in address.attributes if key[:3] == "DD."]
    if extensions == {"CN"} and isinstance(name, str) and _COMMON not in types and len(types) < _MAX_DEFINED:
        pairs = [pair for pair in address.attributes if pair[0] != "CN"]
        return ORAddress([*pairs, ("DD.Common", name)])
    if gateway is None:
        raise ConversionError(
            f"X.400(1984) has no {', '.join(sorted(extensions))}: a gateway has to carry it", part="attribute"
        )
    if _extensions(gateway):
        raise ConversionError("the gateway's own address is none of X.400(1984)", part="host")
    text = ps.encode(address.to_text("mixer"))
    pieces = [text[start : start + _MAX_VALUE] for start in range(0, len(text), _MAX_VALUE)]
    room = _MAX_DEFINED - len(gateway.domain_defined)
    if len(pieces) > room:
        raise ConversionError(
            f"{len(text)} characters; {room} domain-defined attributes hold {room * _MAX_VALUE}", part="attribute"
        )
    held = [(f"DD.{kind}", piece) for kind, piece in zip(_WHOLE, pieces, strict=False)]
    return ORAddress([*gateway.attributes, *held])


def upgrade(address: ORAddress) -> ORAddress:
    """Return the address of 1988 that one of 1984 holds; one that holds none comes back as it is.

    Beside X400-88 all other attributes are only the road to the gateway. Common becomes the common name, if there is
    none. Raises `ConversionError` for an X400-88 attribute that holds no address, and for parts of one that do not make
    a whole: one twice, in teletex, or without the one before it.

    >>> print(upgrade(ORAddress.parse("DD.Common=Postmaster; O=A; ADMD=B; C=GB;")).to_text("ean"))
    CN=Postmaster; O=A; ADMD=B; C=GB
    """
    text = "".join(_held(address))
    if text:
        try:
            return ORAddress.parse(ps.decode(text), "mixer", bounds=False)
        except AddressSyntaxError as error:
            raise ConversionError(f"no address in X400-88: {text!r}: {error.message}", part="attribute") from None
    name = address.value("DD.Common")
    if not isinstance(name, str) or address.value("CN") is not None:
        return address
    pairs = list(address.attributes)
    pairs.remove(next(pair for pair in pairs if pair[0].upper() == _COMMON))
    try:
        return ORAddress([*pairs, ("CN", name)])
    except AddressSyntaxError:
        raise ConversionError(f"no common name: {name!r}", part="attribute") from None


def _held(address: ORAddress) -> list[str]:
    """Return the parts of an address of 1988 in their order, none where it holds none (RFC 1328 3.1).

    A part that is left out, or taken for another, would make another address of what is left.
    """
    parts: dict[int, str] = {}
    for key, value in address.attributes:
        place = _FOLDED_WHOLE.get(key[3:].casefold()) if key.startswith("DD.") else None
        if place is None:
            continue
        if place in parts:
            raise ConversionError(f"{_WHOLE[place]} stands there twice (RFC 1328 3.1)", part="attribute")
        if isinstance(value, Teletex):
            raise ConversionError(
                f"{_WHOLE[place]} has a teletex form, which X.400(1984) has not: {value}", part="attribute"
            )
        parts[place] = value
    if sorted(parts) != list(range(len(parts))):
        missing = next(place for place in range(len(_WHOLE)) if place not in parts)
        raise ConversionError(
            f"a later part of the address is there, but no {_WHOLE[missing]} (RFC 1328 3.1)", part="attribute"
        )
    return [parts[place] for place in sorted(parts)]
