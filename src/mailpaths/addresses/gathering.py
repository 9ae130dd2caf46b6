"""`Gathered`: the attributes of one O/R address while they come in, each checked and put in its place."""

from __future__ import annotations

import operator
from typing import NamedTuple, TypeAlias

from mailpaths.addresses import attributes as table
from mailpaths.addresses import personal_name
from mailpaths.addresses.values import Value, check_type, check_value, shorten
from mailpaths.errors import AddressSyntaxError

__all__ = ["Gathered", "Place", "domain_defined_type"]

Span: TypeAlias = tuple[int, int]

_BEHIND_UNITS = table.TABLE.index(table.BY_KEY["OU"]) + 1
_ORDER = tuple([attribute.key for attribute in table.TABLE if attribute.key != "DD"])
_DEFINED = table.BY_KEY["DD"]


def domain_defined_type(label: str) -> str | None:
    """Return the type of a domain-defined attribute's label (``DD.t``, ``DDA:t``, ``RFC-822``); ``None`` for others."""
    head = label[:4].upper()
    if head == "RFC-":
        return label if label.upper() == "RFC-822" else None
    if head[:2] != "DD":
        return None
    if head in {"DDA.", "DDA:"}:
        return label[4:]
    if head[2:3] in {".", ":"}:
        return label[3:]
    if head[2:3] in {"1", "2", "3", "4"} and head[3:] in {".", ":"}:
        return label[4:]
    return None


class Place(NamedTuple):
    """Where an attribute stands in the source: where its label begins, and from where to where its value goes."""

    start: int
    middle: int
    end: int

    @property
    def whole(self) -> Span:
        """The place of label and value."""
        return self.start, self.end


class Gathered:
    """The attributes of one address while they come in, each checked and put in its place.

    Every one is kept with the place where it stands in the source, so that a fault found at the end still has one;
    ``places`` has them, in the order of the attributes, when `finish` has run.
    """

    __slots__ = ("_defined", "_lines", "_numbered", "_single", "_units", "places")

    def __init__(self) -> None:
        self._single: dict[str, tuple[Value, Place]] = {}
        self._units: list[tuple[Value, Place]] = []
        self._numbered: dict[int, tuple[Value, Place]] = {}
        self._lines: dict[int, tuple[str, Place]] = {}
        self._defined: list[tuple[int, str, Value, Place]] = []
        self.places: tuple[Place, ...] = ()

    def add(self, label: str, value: Value, text: str, span: Span, *, label_span: Span | None = None) -> None:
        """Take one attribute, whose value stands at ``span`` of ``text`` and whose label at ``label_span``.

        Raises `AddressSyntaxError` for what it cannot be, with the place of the part that is wrong.
        """
        if label_span is None:
            label_span = span
        found = table.LABELS.get(label) or table.label_of(label)
        if found is None:
            self._add_other(label, value, text, span, label_span)
            return
        attribute, number = found
        value = check_value(attribute, value, text, span)
        place = Place(label_span[0], *span)
        if number:
            self._add_numbered(found, value, text, place)
        elif attribute.key == "OU":
            self._units.append((value, place))
        elif attribute.key in self._single:
            raise AddressSyntaxError(f"a second {attribute.name} ({label})", text, place.whole)
        else:
            self._single[attribute.key] = value, place

    def _add_numbered(self, label: table.Label, value: Value, text: str, place: Place) -> None:
        """Take an organizational unit, or a line of a postal address, that says which one it is."""
        attribute, number = label
        if attribute.key == "OU":
            if number in self._numbered:
                raise AddressSyntaxError(f"a second {attribute.name} {number} (OU{number})", text, place.whole)
            self._numbered[number] = value, place
            return
        if number in self._lines:
            message = f"a second line {number} of the postal address (PD-A{number})"
            raise AddressSyntaxError(message, text, place.whole)
        if not isinstance(value, str) or "|" in value:
            message = f"PD-A{number} is one printable line of the postal address"
            raise AddressSyntaxError(message, text, (place.middle, place.end))
        self._lines[number] = value, place

    def _add_other(self, label: str, value: Value, text: str, span: Span, label_span: Span) -> None:
        """Take a domain-defined attribute, or a personal name in one piece."""
        if label.upper() == "PN":
            self._add_name(value, text, span, label_span)
            return
        name = domain_defined_type(label)
        if name is None:
            raise AddressSyntaxError(f"{shorten(label)!r} is the label of no attribute", text, label_span)
        number = int(label[2]) if label[2:3].isdigit() else 0
        self.add_defined(name, value, text, span, number, name_span=label_span)

    def _add_name(self, value: Value, text: str, span: Span, label_span: Span) -> None:
        """Take a personal name in one piece (RFC 2156 4.1.2)."""
        parts = personal_name.decode(value) if isinstance(value, str) else None
        if parts is None:
            raise AddressSyntaxError("not a personal name: [given.] *(initial.) surname", text, span)
        if "S" in self._single:
            raise AddressSyntaxError("a second personal name (PN)", text, (label_span[0], span[1]))
        for key, part in parts:
            self.add(key, part, text, span, label_span=label_span)

    def add_defined(  # noqa: PLR0913 - a type, a value, and where each stands
        self, name: str, value: Value, text: str, span: Span, number: int = 0, *, name_span: Span | None = None
    ) -> None:
        """Take a domain-defined attribute of the type ``name``."""
        name_span = span if name_span is None else name_span
        check_type(name, text, name_span)
        value = check_value(_DEFINED, value, text, span)
        place = Place(name_span[0], *span)
        if number and any(number == other for other, *_rest in self._defined):
            raise AddressSyntaxError(f"a second domain-defined attribute {number} (DD{number})", text, place.whole)
        self._defined.append((number, name, value, place))

    def turn_round(self) -> None:
        """Take the units and domain-defined attributes for the least significant first (RFC 2156 4.3.3)."""
        self._units.reverse()
        self._defined.reverse()

    def finish(self, text: str, span: Span) -> tuple[tuple[str, Value], ...]:
        """Return the attributes in their order. Raises `AddressSyntaxError` for what does not fit together."""
        single = self._single
        if self._numbered:
            self._order_units(text)
        if self._lines:
            self._join_lines(text)
        found = [(key, *single[key]) for key in _ORDER[:_BEHIND_UNITS] if key in single]
        found += [("OU", *unit) for unit in self._units]
        if len(found) < len(single) + len(self._units):
            found += [(key, *single[key]) for key in _ORDER[_BEHIND_UNITS:] if key in single]
        if self._defined:
            self._order_defined(text)
            found += [(f"DD.{name}", value, place) for _number, name, value, place in self._defined]
        if not found:
            raise AddressSyntaxError("expected an O/R address, found no attribute", text, span)
        self.places = tuple([place for _key, _value, place in found])
        return tuple([(key, value) for key, value, _place in found])

    def _order_units(self, text: str) -> None:
        if self._units:
            message = "OU together with OU1 to OU4 (RFC 2156 4.1.1)"
            raise AddressSyntaxError(message, text, self._units[0][1].whole)
        places = {number: place for number, (_value, place) in self._numbered.items()}
        self._units = [self._numbered[number] for number in _consecutive("OU", places, text)]

    def _join_lines(self, text: str) -> None:
        if "PD-ADDRESS" in self._single:
            message = "PD-ADDRESS together with PD-A1 to PD-A6 (RFC 2156 4.1.1)"
            raise AddressSyntaxError(message, text, self._single["PD-ADDRESS"][1].whole)
        places = {number: place for number, (_line, place) in self._lines.items()}
        joined = "|".join([self._lines[number][0] for number in _consecutive("PD-A", places, text)])
        first, last = min(places.values()), max(places.values())
        self._single["PD-ADDRESS"] = joined, Place(first.start, first.middle, last.end)

    def _order_defined(self, text: str) -> None:
        places = {number: place for number, _name, _value, place in self._defined if number}
        if not places:
            return
        for number, _name, _value, place in self._defined:
            if not number:
                message = "numbered and unnumbered domain-defined attributes together"
                raise AddressSyntaxError(message, text, place.whole)
        _consecutive("DD", places, text)
        self._defined.sort(key=operator.itemgetter(0))


def _consecutive(label: str, places: dict[int, Place], text: str) -> list[int]:
    """Return the numbers in their order. Raises `AddressSyntaxError` at the first behind a gap."""
    found = sorted(places)
    for wanted, number in enumerate(found, 1):
        if number != wanted:
            raise AddressSyntaxError(f"{label}{number} without {label}{wanted}", text, places[number].whole)
    return found
