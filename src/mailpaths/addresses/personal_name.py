"""A personal name in one piece, as people write it: ``Marshall.M.T.Rose`` (RFC 2156 4.1.2, encoded-pn)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mailpaths.grammar.oraddress import PS_CHAR

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["decode", "encode"]

_NO_DOT = PS_CHAR.replace("./", "/")
# RFC 2156 4.1.2: encoded-pn = [ given "." ] *( initial "." ) surname; given = 2*<ps-char not including ".">
_ENCODED = re.compile(rf"(?:(?P<given>{_NO_DOT}{{2,}}+)\.)?(?P<initials>(?>(?:[A-Za-z]\.)*))(?P<surname>{PS_CHAR}++)\Z")
_GIVEN = re.compile(rf"{_NO_DOT}{{2,}}+\Z")
_INITIALS = re.compile(r"[A-Za-z]++\Z")
_SURNAME = re.compile(rf"{_NO_DOT}(?:{_NO_DOT}{PS_CHAR}*+)?\Z")


def decode(text: str) -> tuple[tuple[str, str], ...] | None:
    """Return the parts under their keys G, I and S, or ``None`` for a text that is no encoded-pn.

    A surname is any printable string, so nearly every text is one; what `encode` could not write is refused, though:
    ``.x`` and ``x.`` have no part that the other side would give back.

    >>> decode("Marshall.M.T.Rose")
    (('G', 'Marshall'), ('I', 'MT'), ('S', 'Rose'))
    """
    found = _ENCODED.match(text)
    if found is None:
        return None
    parts = {"G": found["given"], "I": found["initials"].replace(".", ""), "S": found["surname"]}
    kept = {key: part for key, part in parts.items() if part}
    return tuple(kept.items()) if encode(kept) == text else None


def encode(parts: Mapping[str, str]) -> str | None:
    """Return the name of the parts S and perhaps G, I in one piece; ``None`` where RFC 2156 4.1.2 does not allow it.

    >>> encode({"I": "MT", "S": "Rose"})
    'M.T.Rose'
    """
    surname = parts.get("S", "")
    given, initials = parts.get("G"), parts.get("I")
    if not _SURNAME.match(surname) or parts.keys() - {"S", "G", "I"}:
        return None
    if given is None and initials is None:
        return None if "." in surname else surname
    if (given is not None and not _GIVEN.match(given)) or (initials is not None and not _INITIALS.match(initials)):
        return None
    pieces = [] if given is None else [given]
    return ".".join([*pieces, *(initials or ""), surname])
