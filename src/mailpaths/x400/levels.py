"""Levels: country, ADMD, PRMD, organization and units, each the value of one, on which O/R address and domain meet.

As text they are a dmn-or-address (RFC 2156 4.2 and appendix F.3).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailpaths.addresses import attributes as attribute_table
from mailpaths.addresses.oraddress import ORAddress, Teletex, fold
from mailpaths.errors import AddressSyntaxError
from mailpaths.grammar import faults, lexical, oraddress

__all__ = [
    "DOMAIN",
    "DOMAIN_SYNTAX",
    "KEYS",
    "Level",
    "fold_level",
    "format_node",
    "levels_of",
    "node_address",
    "parse_node",
    "present_end",
    "read_node",
]

#: The value of a level of the hierarchy, ``None`` where it is omitted.
Level = str | None

#: RFC 2156 4.2: domain-syntax, what a level must be to be a label, and dotted.
DOMAIN_SYNTAX = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*+(?<!-))?\Z")
DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*+(?<!-))?(?>(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*+(?<!-))?)*)\Z")
# RFC 2156 appendix F.3: dmn-printablestring, less the teletex of it, for which no domain stands.
_LEVEL_VALUE = re.compile(rf"{oraddress.PS_CHAR}*+\Z")
_UNITS = 4
#: The attribute of each level, the most significant first.
KEYS = (*attribute_table.HIERARCHY, *["OU"] * (_UNITS - 1))
_RANKS = {key: rank for rank, key in enumerate(attribute_table.HIERARCHY)}


def levels_of(address: ORAddress) -> tuple[Level, ...]:
    """Return country, ADMD, PRMD, O and the units of an address, ``None`` where one is absent.

    The first that has a teletex form ends them: no domain stands for it, and what lies below it is not omitted.
    """
    found: list[Level] = [None] * len(_RANKS)
    units: list[Level] = []
    for key, value in address.attributes:  # the most significant first
        if key not in _RANKS:
            continue
        if isinstance(value, Teletex):
            return (*found[:-1], *units)[: _RANKS[key] + len(units)]
        if key == "OU":
            units.append(value)
        else:
            found[_RANKS[key]] = value
    return (*found[:-1], *units, *[None] * (_UNITS - len(units)))


def parse_node(text: str) -> tuple[Level, ...]:
    r"""Return the levels of a dmn-or-address that ends at some level of the hierarchy, the country first.

    Raises `AddressSyntaxError` for what is none.

    >>> parse_node(r"O$@.PRMD$GMD.ADMD$DBP.C$DE")
    ('DE', 'DBP', 'GMD', None)
    """
    return read_node(text)[0]


def read_node(text: str) -> tuple[tuple[Level, ...], str | None]:
    """Return the levels as `parse_node` does, and which rule the text bends; ``None`` where it bends none."""
    lexical.check_characters(text)
    parts = oraddress.domain_fields(text)
    if parts is None:
        raise faults.domain_form_fault(text, 0)
    levels: list[Level] = []
    skipped: list[str] = []
    for part in reversed(parts):
        label = attribute_table.LABELS.get(part.label.upper())
        if label is None or label.attribute.key not in _RANKS:
            raise AddressSyntaxError(
                "a mapping table knows C, ADMD, PRMD, O and OU alone (RFC 2156 appendix F.3)",
                text,
                (part.start, part.end),
            )
        rank = _RANKS[label.attribute.key]
        if rank < len(levels) and not (rank == _RANKS["OU"] and len(levels) < len(_RANKS) - 1 + _UNITS):
            raise AddressSyntaxError(
                "the attributes must go up to the country on the right, each once", text, (part.start, part.end)
            )
        while rank > len(levels):
            # RFC 2156 appendix F.3(b) asks for "@"; its own example in F.5 skips the PRMD.
            skipped.append(attribute_table.HIERARCHY[len(levels)])
            levels.append(None)
        if part.value == "@":
            levels.append(None)
        elif not _LEVEL_VALUE.match(part.value):
            raise AddressSyntaxError(
                f"a value of a mapping table is PrintableString, not {part.value!r}", text, (part.middle, part.end)
            )
        else:
            levels.append(part.value or " ")
    if levels[0] is None:
        raise AddressSyntaxError("expected a country on the right", text, (0, len(text)))
    if not skipped:
        return tuple(levels), None
    what = " and ".join([*filter(None, [", ".join(skipped[:-1])]), skipped[-1]])
    return tuple(levels), f"{what} {'is' if len(skipped) == 1 else 'are'} left out without '@' (RFC 2156 appendix F.3)"


def format_node(levels: Sequence[Level]) -> str:
    r"""Return levels as a dmn-or-address (RFC 2156 appendix F.3).

    >>> print(format_node(("GB", "GOLD 400", "UK.AC")))
    PRMD$UK\.AC.ADMD$GOLD 400.C$GB
    """
    return ".".join(
        [
            f"{key}$" + ("@" if value is None else value.replace(".", "\\."))
            for key, value in reversed(list(zip(KEYS, levels, strict=False)))
        ]
    )


def node_address(levels: Sequence[Level]) -> ORAddress:
    """Return the address that has these levels and nothing else."""
    return ORAddress([(key, value) for key, value in zip(KEYS, levels, strict=False) if value is not None])


def fold_level(value: Level) -> Level:
    """Return a level as tables compare it: see `mailpaths.addresses.values.fold`; one of spaces is a single space."""
    if value is None:
        return None
    if value and "  " not in value and value[0] != " " and value[-1] != " ":
        return value.lower()
    return fold(value) or " "


def present_end(levels: Sequence[Level]) -> int:
    """Return the number of levels up to the last that is there."""
    return max((place + 1 for place, level in enumerate(levels) if level is not None), default=0)
