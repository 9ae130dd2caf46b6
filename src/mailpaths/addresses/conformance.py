"""What X.402 and X.411 ask of an O/R address: its forms, the bounds, and every way in which one falls short."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

from mailpaths.addresses import attributes as table
from mailpaths.addresses.attributes import Syntax
from mailpaths.addresses.oraddress import MAX_REPEATED, ORAddress, Teletex, Value
from mailpaths.errors import UnknownNameError
from mailpaths.grammar.oraddress import PS_CHAR

__all__ = ["LEVELS", "BoundFault", "Form", "Level", "Violation", "first_bound_fault", "forms", "validate"]

#: The levels of `ORAddress.validate`.
Level = Literal["rfc", "deployed", "exchange"]
LEVELS: tuple[Level, ...] = ("rfc", "deployed", "exchange")

# X.411 ub-domain-defined-attribute-type-length, ub-pds-parameter-length of six lines.
_TYPE_BOUND = 8
_TYPE_RULE = "X.411 ub-domain-defined-attribute-type-length"
_MAX_LINES = 6
_TELETEX_ADDRESS_BOUND = 180
# Microsoft's tables and X.411 of 1988: ub-x121-address-length was 15 before 16.
_X121_EXCHANGE = 15
_COUNTRY = re.compile(r"(?:[A-Za-z]{2}|[0-9]{3})\Z")
_RAW = re.compile(rf"(?!{PS_CHAR}).")


class Form(enum.Enum):
    """A form of O/R address (X.402 18.5): a choice of attributes that names a user, a postbox or a terminal."""

    MNEMONIC = "mnemonic"
    NUMERIC = "numeric"
    POSTAL_FORMATTED = "postal, formatted"
    POSTAL_UNFORMATTED = "postal, unformatted"
    TERMINAL = "terminal"

    def __repr__(self) -> str:
        """Return an expression that evaluates to the member."""
        return f"Form.{self.name}"


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which an address falls short: the attribute's ``key``, a ``message``, and the ``rule`` broken."""

    key: str
    message: str
    rule: str

    def __str__(self) -> str:
        """Return the violation as a line."""
        return f"{self.key}: {self.message} [{self.rule}]" if self.key else f"{self.message} [{self.rule}]"


class BoundFault(NamedTuple):
    """A value that is too long, or an attribute that is there too often; ``place`` is that of the attribute."""

    key: str
    name: str
    message: str
    value: str
    bound: int
    rule: str
    place: int


_PERSON = frozenset({"S", "G", "I", "GQ"})
_MNEMONIC = frozenset({"C", "ADMD", "PRMD", "O", "OU", "CN", "DD"}) | _PERSON
_NUMERIC = frozenset({"C", "ADMD", "PRMD", "UA-ID", "DD"})
_UNFORMATTED = frozenset({"C", "ADMD", "PRMD", "PD-SERVICE", "PD-C", "PD-CODE", "PD-ADDRESS"})
_FORMATTED = frozenset({"C", "ADMD", "PRMD"}) | {
    one.key for one in table.TABLE if one.key.startswith("PD-") and one.key != "PD-ADDRESS"
}
_NETWORK = frozenset({"X121", "NET-NUM", "NET-PSAP"})
_TERMINAL = frozenset({"C", "ADMD", "PRMD", "NET-SUB", "T-ID", "T-TY", "DD"}) | _NETWORK
_PERSONAL = frozenset({"O", "OU", "CN"}) | _PERSON
_IDENTIFYING = frozenset({"PRMD"}) | _PERSONAL


def _keys(address: ORAddress) -> set[str]:
    return {"DD" if key.startswith("DD.") else key for key, _ in address.attributes}


def forms(address: ORAddress, *, admd: bool = False) -> tuple[Form, ...]:
    """Return the forms that the address has all of, and no attribute that is foreign to them.

    An absent ADMD counts as the single space that it means beside a country (RFC 2156 4.1.3), unless ``admd`` asks
    for one.
    """
    keys = _keys(address)
    if "ADMD" not in keys and "C" in keys and not admd:
        keys.add("ADMD")
    domain = {"C", "ADMD"} <= keys
    found: list[Form] = []
    if domain and keys <= _MNEMONIC and keys & _IDENTIFYING and ("S" in keys or not keys & _PERSON):
        found.append(Form.MNEMONIC)
    if domain and "UA-ID" in keys and keys <= _NUMERIC:
        found.append(Form.NUMERIC)
    postal = domain and {"PD-C", "PD-CODE"} <= keys
    if postal and keys <= _FORMATTED:
        found.append(Form.POSTAL_FORMATTED)
    if postal and "PD-ADDRESS" in keys and keys <= _UNFORMATTED:
        found.append(Form.POSTAL_UNFORMATTED)
    if keys & _NETWORK and keys <= _TERMINAL:
        found.append(Form.TERMINAL)
    return tuple(found)


def validate(address: ORAddress, level: Level = "rfc") -> tuple[Violation, ...]:
    """Return everything that is wrong at the level: see `ORAddress.validate`."""
    if level not in LEVELS:
        raise UnknownNameError(f"unknown level {level!r}; there are {', '.join(LEVELS)}")
    found = [
        Violation(fault.key, fault.message, fault.rule)
        for fault in bound_faults(address, _X121_EXCHANGE if level == "exchange" else None)
    ]
    found += _value_faults(address, level)
    found += _form_faults(address, level)
    return tuple(found)


def _value_faults(address: ORAddress, level: Level) -> list[Violation]:
    found: list[Violation] = []
    for key, value in address.attributes:
        if isinstance(value, Teletex):
            if level == "exchange":
                found.append(Violation(key, "a teletex value, which a proxy address cannot hold", "MS KB Q182798"))
        elif key.startswith("DD.") and level == "rfc":
            raw = _RAW.search(value)
            if raw is not None:
                found.append(Violation(key, f"{raw[0]!r} is not in PrintableString", "RFC 2156 3.3.3"))
    keys = _keys(address)
    if "NET-SUB" in keys and "NET-NUM" not in keys:
        found.append(Violation("NET-SUB", "the sub-address of no number", "X.411: ExtendedNetworkAddress"))
    if {"NET-NUM", "NET-PSAP"} <= keys:
        found.append(
            Violation("NET-PSAP", "there is room for one, a number or a PSAP", "X.411: ExtendedNetworkAddress")
        )
    return found


def _form_faults(address: ORAddress, level: Level) -> list[Violation]:
    """Return what keeps the address from every form, told for the form that it is nearest to."""
    if forms(address, admd=level == "rfc"):
        return []
    keys = _keys(address)
    rule = "X.402 18.5"
    allowed, needed, name = _nearest(keys)
    found = [
        Violation(key, f"has no place in a {name} address", rule)
        for key in [one.key for one in table.TABLE]
        if key in keys and key not in allowed
    ]
    if "C" in needed and "C" not in keys:
        found.append(Violation("C", "missing, and every form needs it", rule))
    if "ADMD" in needed and "ADMD" not in keys and (level == "rfc" or "C" not in keys):
        found.append(Violation("ADMD", "missing, and every form needs it", rule))
    found += [
        Violation(key, f"missing, and a {name} address needs it", rule)
        for key in ("UA-ID", "PD-C", "PD-CODE", "PD-ADDRESS")
        if key in needed and key not in keys
    ]
    if name == "terminal" and not keys & _NETWORK:
        found.append(Violation("", "none of X121, NET-NUM and NET-PSAP is there", rule))
    if name == "mnemonic":
        if not keys & _IDENTIFYING:
            found.append(Violation("", "none of PRMD, O, OU, a personal name or CN is there", rule))
        if keys & _PERSON and "S" not in keys:
            found.append(Violation("S", "missing, and a personal name needs it", "X.411: PersonalName"))
    return found


def _nearest(keys: set[str]) -> tuple[frozenset[str], set[str], str]:
    """Return the attributes allowed and needed by the form that an address most likely means, and its name."""
    if keys & _NETWORK or (keys & {"T-ID", "T-TY", "NET-SUB"} and not keys & _PERSONAL):
        return _TERMINAL, set(), "terminal"
    if "UA-ID" in keys:
        return _NUMERIC, {"C", "ADMD", "UA-ID"}, "numeric"
    if "PD-ADDRESS" in keys:
        return _UNFORMATTED, {"C", "ADMD", "PD-C", "PD-CODE", "PD-ADDRESS"}, "postal"
    if any(key.startswith("PD-") for key in keys):
        return _FORMATTED, {"C", "ADMD", "PD-C", "PD-CODE"}, "postal"
    return _MNEMONIC, {"C", "ADMD"}, "mnemonic"


_RULES = {
    "C": "ub-country-name",
    "ADMD": "ub-domain-name-length",
    "PRMD": "ub-domain-name-length",
    "O": "ub-organization-name-length",
    "OU": "ub-organizational-unit-name-length",
    "CN": "ub-common-name-length",
    "S": "ub-surname-length",
    "G": "ub-given-name-length",
    "I": "ub-initials-length",
    "GQ": "ub-generation-qualifier-length",
    "UA-ID": "ub-numeric-user-id-length",
    "X121": "ub-x121-address-length",
    "T-ID": "ub-terminal-id-length",
    "T-TY": "ub-integer-options",
    "NET-NUM": "ub-e163-4-number-length",
    "NET-SUB": "ub-e163-4-sub-address-length",
    "PD-SERVICE": "ub-pds-name-length",
    "PD-CODE": "ub-postal-code-length",
    "DD": "ub-domain-defined-attribute-value-length",
}
_BOUNDS = {one.key: one.bound for one in table.TABLE}


def first_bound_fault(address: ORAddress) -> BoundFault | None:
    """Return the first value that is out of its bounds, or ``None``: quick where there is none."""
    units = defined = 0
    for key, value in address.attributes:
        length = len(value) if isinstance(value, str) else max(len(value.octets), len(value.printable or ""))
        if key[:3] == "DD.":
            defined += 1
            if len(key) > _KEY_BOUND or length > _BOUNDS["DD"]:
                break
            continue
        if key == "OU":
            units += 1
        if length > _BOUNDS[key] or key in _SPECIAL or (key == "C" and _COUNTRY.match(str(value)) is None):
            break
    else:
        if units <= MAX_REPEATED and defined <= MAX_REPEATED:
            return None
    return next(iter(bound_faults(address)), None)


_SPECIAL = frozenset({"PD-ADDRESS", "T-TY", "PD-C"})
_KEY_BOUND = len("DD.") + _TYPE_BOUND


def bound_faults(address: ORAddress, x121: int | None = None) -> list[BoundFault]:
    """Return every value that is out of its bounds (X.411 as in RFC 5280 appendix A.1)."""
    found: list[BoundFault] = []
    for place, (key, value) in enumerate(address.attributes):
        kind = "DD" if key[:3] == "DD." else key
        for message, written, bound, rule in _out_of_bounds(kind, key, value, x121):
            found.append(BoundFault(key, table.BY_KEY[kind].name, message, written, bound, rule, place))
    for kind, what, rule in (
        ("OU", "organizational units", "X.411 ub-organizational-units"),
        ("DD", "domain-defined attributes", "X.411 ub-domain-defined-attributes"),
    ):
        places = [place for place, (key, _) in enumerate(address.attributes) if key == kind or key[:3] == f"{kind}."]
        if len(places) > MAX_REPEATED:
            message = f"{len(places)} of them; the bound is {MAX_REPEATED}"
            found.append(BoundFault(kind, what, message, "", MAX_REPEATED, rule, places[MAX_REPEATED]))
    return found


class _Excess(NamedTuple):
    message: str
    value: str
    bound: int
    rule: str


def _out_of_bounds(kind: str, key: str, value: Value, x121: int | None) -> list[_Excess]:
    """Return what is too long about one value."""
    attribute = table.BY_KEY[kind]
    rule = f"X.411 {_RULES.get(kind, 'ub-pds-parameter-length')}"
    bound = attribute.bound if kind != "X121" or x121 is None else x121
    if kind in {"C", "PD-C"}:
        good = isinstance(value, str) and _COUNTRY.match(value) is not None
        message = "a country is two letters (ISO 3166) or three digits (X.121)"
        return [] if good else [_Excess(message, str(value), 0, "X.411: CountryName")]
    if attribute.syntax is Syntax.INTEGER:
        good = isinstance(value, str) and int(value) <= bound
        return [] if good else [_Excess(f"{value}; the bound is {bound}", str(value), bound, rule)]
    found: list[_Excess] = []
    if kind == "DD":
        name = key.removeprefix("DD.")
        found += _too_long(name, len(name), _TYPE_BOUND, _TYPE_RULE, "characters of type")
    printable = value.printable if isinstance(value, Teletex) else value
    if attribute.syntax is Syntax.POSTAL:
        return found + _postal_excess(value, printable, bound, rule)
    if printable is not None:
        found += _too_long(printable, len(printable), bound, rule, "characters")
    if isinstance(value, Teletex):
        found += _too_long("", len(value.octets), bound, rule, "octets")
    return found


def _postal_excess(value: Value, printable: str | None, bound: int, rule: str) -> list[_Excess]:
    lines = [] if printable is None else printable.split("|")
    found = [excess for line in lines for excess in _too_long(line, len(line), bound, rule, "characters")]
    found += _too_long("", len(lines), _MAX_LINES, "X.411 ub-pds-physical-address-lines", "lines")
    if isinstance(value, Teletex):
        octets = len(value.octets)
        found += _too_long("", octets, _TELETEX_ADDRESS_BOUND, "X.411 ub-unformatted-address-length", "octets")
    return found


def _too_long(value: str, length: int, bound: int, rule: str, what: str) -> list[_Excess]:
    return [_Excess(f"{length} {what}; the bound is {bound}", value, bound, rule)] if length > bound else []
