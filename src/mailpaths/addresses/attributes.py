"""The attributes of an O/R address: the one table that drives parsers, printers, validation and DER.

Source of each column: keys, alternates and encodings RFC 2156 4.1.1; labels RFC 1685 tables F.1 to F.3; bounds and
extension numbers X.411 as RFC 5280 appendix A.1 prints it (``ub-…`` and the integers that tag extension attributes).
"""

from __future__ import annotations

import enum
import sys
from dataclasses import dataclass
from typing import NamedTuple

__all__ = [
    "BY_KEY",
    "HIERARCHY",
    "LABELS",
    "TABLE",
    "TERMINAL_TYPES",
    "UNBOUNDED",
    "Attribute",
    "Label",
    "Syntax",
    "label_of",
]


#: The bound of a value to which no text sets one, longer than any value: X.411 has none for a PresentationAddress
#: (RFC 5280 appendix A.1).
UNBOUNDED = sys.maxsize


class Syntax(enum.Enum):
    """How an attribute's value is encoded (RFC 2156 4.1.1, column "Enc")."""

    PRINTABLE = "P"
    NUMERIC = "N"
    #: PrintableString, or NumericString where it is digits only: country and the management domains.
    PRINTABLE_OR_NUMERIC = "P or N"
    TELETEX = "P/T"
    INTEGER = "I"
    POSTAL = "UPA"
    PRESENTATION = "X"

    def __repr__(self) -> str:
        """Return an expression that evaluates to the member."""
        return f"Syntax.{self.name}"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: what it is called in every dialect, how it is encoded, how long it may be.

    ``key`` is MIXER's, ``label`` that of F.401 (``None`` where it has none), ``alternates`` are taken on input only.
    ``bound`` counts characters, `UNBOUNDED` where no text sets one. ``extension`` is the number of the extension
    attribute of 1988 that holds it, and ``teletex_extension`` the one of its teletex twin; both ``None`` for what
    X.400(84) had.

    >>> BY_KEY["PRMD"].name, BY_KEY["PRMD"].label, BY_KEY["PRMD"].bound
    ('private management domain', 'P', 16)
    """

    key: str
    name: str
    label: str | None
    syntax: Syntax
    bound: int
    alternates: tuple[str, ...] = ()
    extension: int | None = None
    teletex_extension: int | None = None


_P, _N, _PN, _T = Syntax.PRINTABLE, Syntax.NUMERIC, Syntax.PRINTABLE_OR_NUMERIC, Syntax.TELETEX

#: Every attribute, the most significant first (RFC 2156 4.3.3): the order in which an `ORAddress` keeps them.
TABLE: tuple[Attribute, ...] = (
    Attribute("C", "country", "C", _PN, 3),
    Attribute("ADMD", "administration management domain", "A", _PN, 16),
    Attribute("PRMD", "private management domain", "P", _PN, 16),
    Attribute("O", "organization", "O", _T, 64, teletex_extension=3),
    Attribute("OU", "organizational unit", "OU", _T, 32, teletex_extension=5),
    Attribute("CN", "common name", "CN", _T, 64, extension=1, teletex_extension=2),
    Attribute("S", "surname", "S", _T, 40, teletex_extension=4),
    Attribute("G", "given name", "G", _T, 16, teletex_extension=4),
    Attribute("I", "initials", "I", _T, 5, teletex_extension=4),
    Attribute("GQ", "generation qualifier", "Q", _T, 3, teletex_extension=4),
    Attribute("UA-ID", "numeric user identifier", "N-ID", _N, 32),
    Attribute("X121", "X.121 network address", "X.121", _N, 16),
    Attribute("T-ID", "terminal identifier", "T-ID", _P, 24),
    Attribute("T-TY", "terminal type", "T-TY", Syntax.INTEGER, 256, extension=23),
    Attribute("NET-NUM", "E.163 or E.164 number", "ISDN", _N, 15, ("E.164",), extension=22),
    Attribute("NET-SUB", "E.163 or E.164 sub-address", None, _N, 40, extension=22),
    Attribute("NET-PSAP", "PSAP address", "PSAP", Syntax.PRESENTATION, UNBOUNDED, extension=22),
    Attribute("PD-SERVICE", "physical delivery service name", "PD-SN", _P, 16, extension=7),
    Attribute("PD-C", "physical delivery country", "PD-C", _PN, 3, extension=8),
    Attribute("PD-CODE", "postal code", "PD-PC", _PN, 16, extension=9),
    Attribute("PD-OFFICE", "physical delivery office name", "PD-OF", _T, 30, extension=10),
    Attribute(
        "PD-OFFICE-NUM", "physical delivery office number", "PD-OFN", _T, 30, ("PD-OFFICE NUMBER",), extension=11
    ),
    Attribute("PD-EXT-ADDRESS", "extension of postal O/R address", "PD-EA", _T, 30, extension=12),
    Attribute("PD-PN", "physical delivery personal name", "PD-PN", _T, 30, extension=13),
    Attribute("PD-O", "physical delivery organization", "PD-O", _T, 30, extension=14),
    Attribute("PD-EXT-DELIVERY", "extension of physical delivery address", "PD-ED", _T, 30, extension=15),
    Attribute("PD-ADDRESS", "unformatted postal address", "PD-A", Syntax.POSTAL, 30, extension=16),
    Attribute("PD-STREET", "street address", "PD-S", _T, 30, extension=17),
    Attribute("PD-BOX", "post office box", "PD-B", _T, 30, extension=18),
    Attribute("PD-RESTANTE", "poste restante", "PD-R", _T, 30, extension=19),
    Attribute("PD-UNIQUE", "unique postal name", "PD-U", _T, 30, extension=20),
    Attribute("PD-LOCAL", "local postal attributes", "PD-L", _T, 30, extension=21),
    Attribute("DD", "domain-defined attribute", "DDA", _T, 128, teletex_extension=6),
)

#: Each attribute under its MIXER key.
BY_KEY = {attribute.key: attribute for attribute in TABLE}

#: What a domain name can stand for, most significant first (RFC 2156 4.2); ``OU`` up to four times.
HIERARCHY = ("C", "ADMD", "PRMD", "O", "OU")

#: The terminal types and their numbers (RFC 2156 4.1.1).
TERMINAL_TYPES = {"tlx": 3, "ttx": 4, "g3fax": 5, "g4fax": 6, "ia5": 7, "vtx": 8}


class Label(NamedTuple):
    """What a label means: the attribute, and which of the numbered ones it is (0: not numbered)."""

    attribute: Attribute
    number: int


def _labels() -> dict[str, Label]:
    found: dict[str, Label] = {}
    for attribute in TABLE:
        for name in (attribute.key, attribute.label, *attribute.alternates):
            if name is not None:
                found[name] = Label(attribute, 0)
    del found["DD"], found["DDA"]  # they never stand alone: see `label_of`
    found["X.121"] = found["X121"]
    for number in (1, 2, 3, 4):
        found[f"OU{number}"] = Label(BY_KEY["OU"], number)
    for number in (1, 2, 3, 4, 5, 6):
        found[f"PD-A{number}"] = Label(BY_KEY["PD-ADDRESS"], number)
    return found


#: Every label of every dialect, in capitals. The domain-defined attributes and ``PN`` are not here: see `label_of`.
LABELS = _labels()


def label_of(text: str) -> Label | None:
    """Return what a label means, blind to case, or ``None`` where no dialect has it.

    >>> label_of("a").attribute.key, label_of("ou2").number
    ('ADMD', 2)
    """
    # A letter beyond ASCII may have a capital within: U+017F, the long s, is "S" in capitals.
    return LABELS.get(text.upper()) if text.isascii() else None
