"""The extension attributes of X.411 (1988) in DER: their numbers, and those that no `ORAddress` can hold."""

from __future__ import annotations

from typing import NamedTuple

from mailpaths.addresses import attributes as table

__all__ = ["BY_EXTENSION", "DEFINED", "MAX_EXTENSION", "NAMES", "NETWORK", "UNITS", "ForeignExtension"]

#: The extension attributes that hold several things: TeletexPersonalName, TeletexOrganizationalUnitNames,
#: TeletexDomainDefinedAttributes, ExtendedNetworkAddress.
NAMES, UNITS, DEFINED, NETWORK = 4, 5, 6, 22
#: X.411: ub-extension-attributes
MAX_EXTENSION = 256
#: Each attribute under the number of its extension attribute.
BY_EXTENSION = {one.extension: one for one in table.TABLE if one.extension is not None}


class ForeignExtension(NamedTuple):
    """An extension attribute that no `ORAddress` can hold: its ``number``, and the DER of its value.

    Those of later editions of X.411 are 24 to 40: the values of numbers 1 to 21 in Unicode (``universal-common-name``
    and so on), which no text form has.
    """

    number: int
    octets: bytes

    @property
    def name(self) -> str:
        """What the extension is, in words."""
        twin = _UNIVERSAL.get(self.number)
        if twin is not None:
            return f"the universal form of the {twin}"
        if self.number == NETWORK:
            return "a PSAP address that RFC 1278 cannot write"
        return "which RFC 5280 does not have"


# X.411 (1999): 24 to 28 are CN, O, the personal name, OU and the domain-defined attributes, 29 to 40 those of 10 to 21.
_UNIVERSAL = {
    24: table.BY_KEY["CN"].name,
    25: table.BY_KEY["O"].name,
    26: "personal name",
    27: table.BY_KEY["OU"].name,
    28: table.BY_KEY["DD"].name,
} | {number + 19: BY_EXTENSION[number].name for number in range(10, 22)}
