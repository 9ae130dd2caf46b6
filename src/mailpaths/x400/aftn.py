"""AFTN indicators as O/R addresses: how the mail of aviation (AMHS) names the addresses of the older telegram network.

Two schemes (ICAO Doc 9880 part II, as the regional AMHS manuals restate it):

* XF: ``C=XX;A=ICAO;P=EG;O=AFTN;OU1=EGHIZTZX``, for any State.
* CAAS: ``C=XX;A=ICAO;P=AUSTRIA;O=LOVV;OU1=LOWM;CN=LOWMYBYX``, with an organization that only a register knows.

Which State uses which is in the register of the ATS Messaging Management Centre; it is not part of mailpaths: see
`Register.load`.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

from mailpaths.addresses.oraddress import ORAddress, Teletex
from mailpaths.errors import AddressSyntaxError, ConversionError
from mailpaths.grammar.oraddress import PS_CHAR
from mailpaths.x400.table_files import TableError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ManagementDomain", "Register", "RegisterError", "Scheme", "Unit", "from_or", "scheme_of"]

#: The addressing schemes of AMHS.
Scheme = Literal["XF", "CAAS"]

_COUNTRY, _ADMD, _XF_ORGANIZATION = "XX", "ICAO", "AFTN"
_INDICATOR = re.compile(r"[A-Za-z]{8}\Z")
_PREFIX = re.compile(r"[A-Za-z]{1,8}\Z")
# "LOWM", or "VH**": the stars stand for any letter of a location indicator.
_KEY = re.compile(r"(?=[A-Za-z*]{1,8}\Z)([A-Za-z]++)\**\Z")
_PRINTABLE = re.compile(rf"{PS_CHAR}++\Z")
_SCHEMES: dict[str, Scheme] = {"XF": "XF", "CAAS": "CAAS"}
_FIELDS = 5
_LOCATION = 4
_MAX_INDICATOR = 8
_MAX_NAME = 16  # X.411 ub-domain-name-length
_MAX_ORGANIZATION = 64  # X.411 ub-organization-name-length


class RegisterError(TableError):
    """A register cannot be read: ``message``, ``file`` and ``line`` (0 for the whole file), as with any other table."""


class ManagementDomain(NamedTuple):
    """Indicators that begin so belong to the management domain ``name`` (P), which uses the ``scheme``."""

    prefix: str
    name: str
    scheme: Scheme


class Unit(NamedTuple):
    """In the management domain ``name``, locations that the ``key`` matches belong to the ``organization`` (O)."""

    name: str
    organization: str
    key: str


@dataclass(frozen=True, slots=True)
class Register:
    """What says where an AFTN indicator lives: management domains, and the units of those that use CAAS.

    The longest prefix wins, up to a whole indicator: ``RPLLPALX`` may be SITA's while ``RP`` is the Philippines'. A
    unit's key is a location indicator or the beginning of one (``VH**``); the longest wins as well. Raises
    `AddressSyntaxError` for a row that cannot be one, and for two rows that differ.

    >>> register = Register(
    ...     domains=(ManagementDomain("EG", "EG", "XF"), ManagementDomain("LO", "AUSTRIA", "CAAS")),
    ...     units=(Unit("AUSTRIA", "LOVV", "LO**"),),
    ... )
    >>> print(register.to_or("LOWMYBYX").to_text("rare"))
    C=XX; ADMD=ICAO; PRMD=AUSTRIA; O=LOVV; OU=LOWM; CN=LOWMYBYX
    >>> register.from_or(register.to_or("EGHIZTZX"))
    'EGHIZTZX'
    """

    domains: tuple[ManagementDomain, ...]
    units: tuple[Unit, ...] = ()
    _domains: dict[str, ManagementDomain] = field(init=False, repr=False, compare=False)
    _units: dict[tuple[str, str], Unit] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check every row, and index the rows."""
        object.__setattr__(self, "_domains", {})
        object.__setattr__(self, "_units", {})
        for domain in self.domains:
            _enter_domain(self._domains, domain)
        for unit in self.units:
            _enter_unit(self._units, unit)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Register:
        """Return the register of a text file: see `parse`. Raises `RegisterError` with file and line."""
        try:
            text = Path(path).read_text(encoding="utf-8-sig")
        except OSError as error:
            raise RegisterError(f"cannot be read: {error.strerror}", os.fspath(path), 0) from error
        except UnicodeDecodeError as error:
            raise RegisterError(f"not UTF-8 text: {error.reason}", os.fspath(path), 0) from error
        return cls.parse(text, os.fspath(path))

    @classmethod
    def parse(cls, text: str, file: str = "<register>") -> Register:
        r"""Return the register of a text, a row a line; empty lines and those that begin with ``#`` are comments.

        ``nationality;C;A;P;scheme`` is a management domain, ``C;A;P;O;key`` a unit of one that uses CAAS. Raises
        `RegisterError` with file and line.

        >>> Register.parse("RP;XX;ICAO;RP;XF\nXX;ICAO;HONGKONG;HKGCAD;VH**").units
        (Unit(name='HONGKONG', organization='HKGCAD', key='VH**'),)
        """
        domains: dict[str, ManagementDomain] = {}
        units: dict[tuple[str, str], Unit] = {}
        for number, line in enumerate(text.split("\n"), 1):
            row = line.strip()
            if row and row[0] != "#":
                try:
                    _read_row(row, domains, units)
                except AddressSyntaxError as error:
                    raise RegisterError(f"{error.message}: {error.text!r}", file, number) from None
        return cls(tuple(domains.values()), tuple(units.values()))

    def to_or(self, indicator: str) -> ORAddress:
        """Return the O/R address of an AFTN indicator.

        Raises `AddressSyntaxError` for a text that is not eight letters, and `ConversionError` for one of which the
        register knows no management domain, or no unit.
        """
        if not _INDICATOR.match(indicator):
            raise AddressSyntaxError("expected an AFTN indicator: eight letters", indicator, (0, len(indicator)))
        name = indicator.upper()
        domain = _longest(self._domains, [name[:length] for length in range(_MAX_INDICATOR, 0, -1)])
        if domain is None:
            raise ConversionError(f"the register has no management domain for {name}", part="host")
        top = [("C", _COUNTRY), ("ADMD", _ADMD), ("PRMD", domain.name)]
        if domain.scheme == "XF":
            return ORAddress([*top, ("O", _XF_ORGANIZATION), ("OU", name)])
        keys = [(domain.name.upper(), name[:length]) for length in range(_MAX_INDICATOR, 0, -1)]
        unit = _longest(self._units, keys)
        if unit is None:
            raise ConversionError(f"the register has no unit of {domain.name} for {name}", part="host")
        return ORAddress([*top, ("O", unit.organization), ("OU", name[:_LOCATION]), ("CN", name)])

    def from_or(self, address: ORAddress) -> str:
        """Return the AFTN indicator of an O/R address, if this is the address that the register has for it.

        Raises `ConversionError` for an address that is not of AMHS, or not the register's; `from_or` of the module
        does without a register.
        """
        indicator = from_or(address)
        expected = self.to_or(indicator)
        if expected != address:
            raise ConversionError(
                f"the register has {indicator} as {expected.to_text('rare')}, not {address.to_text('rare')}",
                part="host",
            )
        return indicator


_Key = TypeVar("_Key")
_Row = TypeVar("_Row", ManagementDomain, Unit)


def _longest(rows: Mapping[_Key, _Row], keys: list[_Key]) -> _Row | None:
    return next((rows[key] for key in keys if key in rows), None)


def _enter_domain(rows: dict[str, ManagementDomain], domain: ManagementDomain) -> None:
    _check(_PREFIX.match(domain.prefix), "expected one to eight letters to begin an indicator", domain.prefix)
    _check(_is_name(domain.name, _MAX_NAME), "not the name of a management domain", domain.name)
    _check(domain.scheme in _SCHEMES, "not a scheme: XF or CAAS", domain.scheme)
    known = rows.setdefault(domain.prefix.upper(), domain)
    _check(known == domain, "a second row for these letters that says otherwise", domain.prefix)


def _enter_unit(rows: dict[tuple[str, str], Unit], unit: Unit) -> None:
    found = _KEY.match(unit.key)
    _check(_is_name(unit.name, _MAX_NAME), "not the name of a management domain", unit.name)
    _check(_is_name(unit.organization, _MAX_ORGANIZATION), "not an organization", unit.organization)
    if found is None:
        raise AddressSyntaxError("expected letters and perhaps '*' behind them", unit.key, (0, len(unit.key)))
    known = rows.setdefault((unit.name.upper(), found[1].upper()), unit)
    _check(known == unit, "a second row for this key that says otherwise", unit.key)


def _check(good: object, message: str, text: str) -> None:
    if not good:
        raise AddressSyntaxError(message, text, (0, len(text)))


def _is_name(text: str, bound: int) -> bool:
    return len(text) <= bound and _PRINTABLE.match(text) is not None


def _read_row(row: str, domains: dict[str, ManagementDomain], units: dict[tuple[str, str], Unit]) -> None:
    """Read a row of one kind or the other: which is told by the place of ``XX;ICAO``."""
    fields = [one.strip() for one in row.removesuffix(";").split(";")]
    marks = [one.upper() if one.isascii() else one for one in fields]
    if len(fields) == _FIELDS and marks[1:3] == [_COUNTRY, _ADMD]:
        scheme = _SCHEMES.get(marks[4])
        if scheme is None:
            raise AddressSyntaxError("not a scheme: XF or CAAS", fields[4], (0, len(fields[4])))
        _enter_domain(domains, ManagementDomain(marks[0], fields[3], scheme))
    elif len(fields) == _FIELDS and marks[:2] == [_COUNTRY, _ADMD]:
        _enter_unit(units, Unit(fields[2], fields[3], marks[4]))
    else:
        raise AddressSyntaxError("expected nationality;XX;ICAO;P;scheme or XX;ICAO;P;O;key", row, (0, len(row)))


def scheme_of(address: ORAddress) -> Scheme | None:
    """Return the scheme of an address of AMHS, ``None`` for one that is of neither.

    >>> scheme_of(ORAddress.parse("/C=XX/A=ICAO/P=EG/O=AFTN/OU1=EGHIZTZX"))
    'XF'
    """
    try:
        from_or(address)
    except ConversionError:
        return None
    return "XF" if address.common_name is None or _frame(address)[1] == _XF_ORGANIZATION else "CAAS"


def from_or(address: ORAddress) -> str:
    """Return the AFTN indicator of an O/R address: the unit beside ``O=AFTN``, else the common name.

    Needs no register, and does not tell whether the address is the right one for its indicator: `Register.from_or`
    does. Raises `ConversionError` for an address that is of neither scheme, saying why.

    >>> from_or(ORAddress.parse("/CN=SUMUYEYE/OU=SUMU/O=SUMU/PRMD=URUGUAY/ADMD=ICAO/C=XX/"))
    'SUMUYEYE'
    """
    unit, organization = _frame(address)
    common_name = None if address.common_name is None else address.common_name.strip(" ").upper()
    if organization == _XF_ORGANIZATION:
        if common_name not in {None, unit}:
            raise ConversionError(f"the common name {common_name} is not the unit {unit}", part="attribute")
        return _indicator(unit, "unit beside O=AFTN")
    if common_name is None:
        raise ConversionError("an address of CAAS has a common name, and this one has none", part="attribute")
    indicator = _indicator(common_name, "common name")
    if unit != indicator[:_LOCATION]:
        raise ConversionError(
            f"the unit {unit} is not the location of {indicator}, {indicator[:_LOCATION]}", part="attribute"
        )
    return indicator


def _frame(address: ORAddress) -> tuple[str, str]:
    """Return unit and organization of an address whose attributes are those of AMHS."""
    for key, value in address.attributes:
        if key not in {"C", "ADMD", "PRMD", "O", "OU", "CN"} or isinstance(value, Teletex):
            raise ConversionError(f"no address of AMHS has {key} so: {value}", part="attribute")
    for key, name, wanted in (("C", "country", _COUNTRY), ("ADMD", "ADMD", _ADMD)):
        if (address.get(key) or "").strip(" ").upper() != wanted:
            raise ConversionError(
                f"the {name} of an address of AMHS is {wanted}, not {address.get(key)!r}", part="attribute"
            )
    for key, name in (("PRMD", "a management domain (P)"), ("O", "an organization"), ("OU", "an organizational unit")):
        if address.get(key) is None:
            raise ConversionError(f"an address of AMHS has {name}, and this one has none", part="attribute")
    unit, *others = [unit.strip(" ").upper() for unit in address.organizational_units]
    if others:
        raise ConversionError(
            f"an address of AMHS has one organizational unit, not {len(others) + 1}", part="attribute"
        )
    return unit, (address.organization or "").strip(" ").upper()


def _indicator(text: str, what: str) -> str:
    if not _INDICATOR.match(text):
        raise ConversionError(f"the {what} is no AFTN indicator of eight letters: {text!r}", part="user")
    return text
