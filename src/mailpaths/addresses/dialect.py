"""`Dialect`: one way of writing O/R addresses, and the ten that there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mailpaths.errors import UnknownNameError

__all__ = [
    "DIALECTS",
    "DMN_OR",
    "EAN",
    "EXCHANGE",
    "F401",
    "F401_SLASH",
    "F401_TABLE",
    "MIXER",
    "PAIRED",
    "PX",
    "RARE",
    "SELF_EXPLANATORY",
    "Dialect",
    "Shape",
    "coerce",
]

Shape = Literal["dollar", "semicolons", "slashes", "columns", "domain", "px"]
#: The shapes that are labels and values with "=" between: the ones that may have a prefix.
PAIRED: frozenset[Shape] = frozenset({"dollar", "semicolons", "slashes"})


@dataclass(frozen=True, slots=True)
class Dialect:
    """How an O/R address is written: its ``name``, the ``rule`` that says so, and the ``shape`` of the text.

    ``ascending`` dialects name the least significant unit and domain-defined attribute first.

    >>> from mailpaths.x400 import DIALECTS
    >>> print(", ".join(DIALECTS))
    mixer, f401, f401-slash, f401-table, self-explanatory, exchange, ean, rare, dmn-or, px
    """

    name: str
    rule: str
    shape: Shape
    ascending: bool = False

    def __str__(self) -> str:
        """Return the name."""
        return self.name


MIXER = Dialect("mixer", "RFC 2156 4.1.3: std-or-address", "dollar", ascending=True)
F401 = Dialect("f401", "RFC 1685 F.3.2: labelled, between semicolons", "semicolons")
F401_SLASH = Dialect("f401-slash", "RFC 1685 F.3.2: labelled, between slashes", "slashes")
F401_TABLE = Dialect("f401-table", "RFC 1685 F.3.2.1: labelled, in two columns", "columns")
SELF_EXPLANATORY = Dialect("self-explanatory", "RFC 1685 F.3.3: named, the label in brackets", "columns")
EXCHANGE = Dialect("exchange", "Microsoft: the X400 proxy address", "semicolons")
EAN = Dialect("ean", "RFC 1506 3.1.3: DFN-EAN, the country last", "semicolons", ascending=True)
RARE = Dialect("rare", "RFC 1506 3.1.3: RARE WG-MSG, the country first", "semicolons")
DMN_OR = Dialect("dmn-or", "RFC 2156 appendix F.3: dmn-or-address", "domain", ascending=True)
PX = Dialect("px", "RFC 2163 4.2.1: the name in a PX record", "px", ascending=True)

#: Every dialect under its name.
DIALECTS = {
    one.name: one for one in (MIXER, F401, F401_SLASH, F401_TABLE, SELF_EXPLANATORY, EXCHANGE, EAN, RARE, DMN_OR, PX)
}


def coerce(dialect: Dialect | str) -> Dialect:
    """Return the dialect itself, or the one of that name. Raises `UnknownNameError` for any other name."""
    name = dialect.name if isinstance(dialect, Dialect) else dialect
    found = DIALECTS.get(name)
    if found is None:
        raise UnknownNameError(f"unknown dialect {name!r}; there are {', '.join(DIALECTS)}")
    return found
