"""Plain O/R addresses, read the short way: texts that hold nothing that any dialect escapes.

They are split at their separators. Whatever is out of the ordinary is left to the long way, which knows every rule and
every place (`mailpaths.addresses.dialects`): a test holds the two equal.
"""

from __future__ import annotations

import re
from typing import TypeAlias

from mailpaths.addresses import attributes as table
from mailpaths.addresses.attributes import Syntax
from mailpaths.addresses.dialect import Dialect
from mailpaths.addresses.evidence import evidence_against, family
from mailpaths.addresses.gathering import domain_defined_type
from mailpaths.addresses.oraddress import MAX_REPEATED
from mailpaths.addresses.values import Value
from mailpaths.grammar.oraddress import PS_CHAR

__all__ = ["read_plain"]

_PLAIN = re.compile(rf"[{PS_CHAR[1:-1]};]++\Z")
_COUNTRY = re.compile(r"(?:[A-Za-z]{2}|[0-9]{3})\Z")
_PLAIN_SYNTAX = {Syntax.TELETEX, Syntax.PRINTABLE, Syntax.PRINTABLE_OR_NUMERIC}
# Ranks are the attributes' places in the table, with room for several of a kind.
_ROOM = 8
_UNITS = table.TABLE.index(table.BY_KEY["OU"]) * _ROOM
_DEFINED = table.TABLE.index(table.BY_KEY["DD"]) * _ROOM
_TYPE_BOUND = 8
_VALUE_BOUND = table.BY_KEY["DD"].bound

_Attributes: TypeAlias = tuple[tuple[str, Value], ...]
_Pair: TypeAlias = tuple[str, str]


def _plain_labels() -> dict[str, tuple[int, str, int]]:
    """Return rank, key and bound of each label whose value may be any PrintableString, in capitals and small."""
    found: dict[str, tuple[int, str, int]] = {}
    for label, (attribute, number) in table.LABELS.items():
        if attribute.syntax in _PLAIN_SYNTAX and attribute.key != "PD-C":
            rank = table.TABLE.index(attribute) * _ROOM + number
            found[label] = found[label.lower()] = (rank, attribute.key, attribute.bound)
    return found


_PLAIN_LABELS = _plain_labels()


def read_plain(text: str, which: Dialect | None) -> _Attributes | None:
    """Return the attributes of a plain text that keeps every rule and bound; ``None`` sends it the long way."""
    pieces = _plain_pieces(text, which)
    plain = None if pieces is None else _plain_attributes(pieces)
    if pieces is None or plain is None:
        return None
    found, units, defined = plain
    if len(units) > 1 or len(defined) > 1:
        if which is None:
            which = _told_by_labels(text, [piece.partition("=")[0].upper() for piece in pieces])
        if which is None or max(len(units), len(defined)) > MAX_REPEATED:
            return None
        if which.ascending:
            units.reverse()
            defined.reverse()
    return _in_order(found, units, defined)


def _plain_attributes(pieces: list[str]) -> tuple[dict[int, _Pair], list[_Pair], list[_Pair]] | None:
    """Return the attributes under their ranks, the units without numbers, and the domain-defined attributes."""
    found: dict[int, _Pair] = {}
    units: list[_Pair] = []
    defined: list[_Pair] = []
    for piece in pieces:
        label, _equals, value = piece.partition("=")
        plain = _PLAIN_LABELS.get(label)
        rank, key, bound = (_DEFINED, _plain_type(label), _VALUE_BOUND) if plain is None else plain
        if key is None or not 0 < len(value) <= bound or "=" in value or rank in found:
            return None
        if rank == _UNITS:
            units.append((key, value))
        elif rank == _DEFINED:
            defined.append((key, value))
        else:
            found[rank] = (key, value)
    return None if 0 in found and _COUNTRY.match(found[0][1]) is None else (found, units, defined)


def _in_order(found: dict[int, _Pair], units: list[_Pair], defined: list[_Pair]) -> _Attributes | None:
    """Return the attributes in the order of their ranks, or ``None`` where numbered units do not go on from one."""
    numbered = sum(1 for rank in found if _UNITS < rank < _UNITS + _ROOM)
    if numbered and (units or any(_UNITS + number not in found for number in range(1, numbered + 1))):
        return None
    found.update(enumerate(units, _UNITS))
    found.update(enumerate(defined, _DEFINED))
    return tuple([found[rank] for rank in sorted(found)]) or None


def _plain_pieces(text: str, which: Dialect | None) -> list[str] | None:
    """Return what stands between the separators of a plain text, or ``None`` where that may be read in two ways."""
    if _PLAIN.match(text) is None or "//" in text:
        return None
    prefixed = text[4:5] == ":" and text[:4] in {"X400", "x400"}
    if prefixed:
        text = text[5:]
    shape = None if which is None else which.shape
    if text[:1] == "/":
        if ";" in text or shape not in {None, "dollar", "slashes"}:
            return None
        pieces = text[1:].split("/")
    else:
        if shape not in {None, "dollar", "semicolons"}:
            return None
        if "/" in text and (shape == "dollar" or (shape is None and not prefixed)):
            return None
        pieces = text.replace("; ", ";").split(";")
    if not pieces[-1]:
        del pieces[-1]
    return pieces


def _plain_type(label: str) -> str | None:
    """Return the key of a domain-defined attribute, or ``None`` for a label that is none or is one of two."""
    name = domain_defined_type(label)
    if not name or len(name) > _TYPE_BOUND or " " in name or label[2:3].isdigit() or label[:4].upper() == "DDA.":
        return None
    return f"DD.{name}"


def _told_by_labels(text: str, labels: list[str]) -> Dialect | None:
    """Return the dialect of a plain text; ``None`` where the long way must tell."""
    if text[:1] in {"X", "x"}:
        return None
    dialect = family(labels, slashes=text[:1] == "/")
    return dialect if evidence_against(labels, dialect) is None else None
