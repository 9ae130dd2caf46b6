"""`Found`: what the octets of one O/R address have held so far, and the `ORAddress` that it makes in the end."""

from __future__ import annotations

import re

from mailpaths.addresses import conformance
from mailpaths.addresses.gathering import Gathered
from mailpaths.addresses.oraddress import ORAddress, from_attributes
from mailpaths.addresses.values import Value, join
from mailpaths.errors import AddressSyntaxError
from mailpaths.grammar.oraddress import PS_CHAR
from mailpaths.x400 import tlv, twins
from mailpaths.x400.der_extensions import ForeignExtension
from mailpaths.x400.tlv import DERError, count

__all__ = ["Found"]

_PRINTABLE = re.compile(rf"{PS_CHAR}++\Z".encode())
_NUMERIC = re.compile(rb"[0-9 ]++\Z")


class Found:
    """The octets of one address, and what was found in them so far, the two forms of each value apart."""

    __slots__ = (
        "bounds",
        "defined",
        "foreign",
        "octets",
        "places",
        "printable",
        "t61",
        "t61_defined",
        "t61_units",
        "units",
    )

    def __init__(self, octets: bytes, *, bounds: bool, foreign: list[ForeignExtension] | None = None) -> None:
        self.octets = octets
        self.bounds = bounds
        self.printable: dict[str, str] = {}
        self.t61: dict[str, bytes] = {}
        self.units: list[str] = []
        self.t61_units: list[bytes] = []
        self.defined: list[tuple[str, str]] = []
        self.t61_defined: list[tuple[bytes, bytes]] = []
        self.places: dict[str, int] = {}
        #: Where to put what no address holds; ``None`` refuses it.
        self.foreign = foreign

    def keep(self, number: int, start: int, stop: int) -> None:
        """Put an extension aside that no address holds, or refuse it with a `DERError`."""
        tlv.check_value(self.octets, start, stop, f"the value of extension attribute {number}")
        one = ForeignExtension(number, self.octets[start:stop])
        if self.foreign is None:
            raise DERError(
                f"extension attribute {number}, {one.name}, has no place in an ORAddress (read_der puts it aside)",
                self.octets,
                start,
            )
        self.foreign.append(one)

    def text(self, start: int, stop: int, what: str, *, numeric: bool = False) -> str:
        """Return the PrintableString, or NumericString, that is there. Raises `DERError` for what is none."""
        octets = self.octets
        if not (_NUMERIC if numeric else _PRINTABLE).match(octets, start, stop):
            raise self._text_fault(start, stop, what, numeric=numeric)
        return octets[start:stop].decode("ascii")

    def _text_fault(self, start: int, stop: int, what: str, *, numeric: bool) -> DERError:
        if start == stop:
            return DERError(f"expected a value for {what}", self.octets, start)
        pattern = _NUMERIC if numeric else _PRINTABLE
        place = next(place for place in range(start, stop) if not pattern.match(self.octets, place, place + 1))
        kind = "NumericString" if numeric else "PrintableString"
        return DERError(f"0x{self.octets[place]:02x} in {what} is not in {kind}", self.octets, place)

    def teletex(self, start: int, stop: int, what: str) -> bytes:
        """Return the octets of the TeletexString that is there. Raises `DERError` where there are none."""
        if start == stop:
            raise DERError(f"expected a value for {what}", self.octets, start)
        return self.octets[start:stop]

    def address(self) -> ORAddress:
        """Return the address of what was found. Raises `DERError` for what makes none."""
        units = twins.merge_units(self.units, self.t61_units)
        if units is None:
            raise DERError(
                f"{count(len(self.units), 'organizational unit')} and {len(self.t61_units)} in teletex form: nothing "
                "tells which is which",
                self.octets,
                self.places["OU"],
            )
        single: dict[str, Value] = dict(self.printable)
        for key, octets in self.t61.items():
            single[key] = join(self.printable.get(key), octets, postal=key == "PD-ADDRESS")
        gathered = Gathered()
        try:
            # The spans are of octets here, so that a fault tells the offset.
            for key, value in single.items():
                gathered.add(key, value, "", (self.places[key], self.places[key]))
            for unit in units:
                gathered.add("OU", unit, "", (self.places["OU"], self.places["OU"]))
            for name, value in twins.merge_defined(self.defined, self.t61_defined):
                gathered.add_defined(name, value, "", (self.places["DD"], self.places["DD"]))
            address = from_attributes(gathered.finish("", (0, 0)), None)
        except AddressSyntaxError as fault:
            raise DERError(fault.message, self.octets, fault.span[0]) from fault
        if self.bounds:
            found = conformance.first_bound_fault(address)
            if found is not None:
                place = self.places["DD" if found.key[:3] == "DD." else found.key]
                raise DERError(f"{found.name}: {found.message}", self.octets, place)
        return address
