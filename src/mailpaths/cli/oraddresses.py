"""What `explain` and `x400 show` know of an O/R address, and of its way through a gateway.

This room loads where somebody asks for it: a batch of other addresses does without.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailpaths.addresses import ORAddress, dialects
from mailpaths.addresses import attributes as table
from mailpaths.addresses.oraddress import Teletex
from mailpaths.cli import streams
from mailpaths.cli.sections import Section
from mailpaths.errors import AddressSyntaxError, ConversionError, MailPathsError
from mailpaths.translation import open_envelope
from mailpaths.x400 import aftn, ps

if TYPE_CHECKING:
    from mailpaths.addresses import Address, BangPath, Mailbox
    from mailpaths.addresses.dialects import Dialect
    from mailpaths.addresses.oraddress import Value
    from mailpaths.x400 import Crossing, Form, Gateway, Level, Violation
    from mailpaths.x400.aftn import Scheme

__all__ = ["Crossed", "Description", "Spelled", "cross", "describe", "dialect_of", "spelled", "spelled_section"]

_PREFIX = re.compile(r"[ \t]*+\[?(X\.?400)(:|[ \t])[ \t]*+", re.IGNORECASE)
_TERMINAL_TYPES = {str(number): name for name, number in table.TERMINAL_TYPES.items()}


@dataclass(frozen=True, slots=True)
class Description:
    """An O/R address, the ``dialect`` it was written in if it was written, and what is wrong with it at a level.

    ``aftn`` is its indicator where the address is one of AMHS, the mail of aviation.
    """

    address: ORAddress
    dialect: Dialect | None
    level: Level
    forms: tuple[Form, ...]
    violations: tuple[Violation, ...]
    aftn: str | None
    scheme: Scheme | None

    @property
    def section(self) -> Section:
        """What it is written in, its attributes, its forms, and what is wrong with it."""
        if self.dialect is None:
            return Section("An X.400 O/R address", "", self.tables)
        return Section(
            "Written as ", f"an X.400 O/R address, dialect {self.dialect} ({self.dialect.rule})", self.tables
        )

    @property
    def tables(self) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """The attributes with their full names, a line each; forms and violations."""
        several = len(self.address.values("OU")) > 1
        unit = 0
        rows: list[tuple[str, ...]] = []
        for key, value in self.address.attributes:
            name = key
            if key == "OU" and several:
                unit += 1
                name = f"OU{unit}"
            rows.append((name, _attribute(key).name, _shown(key, value)))
        forms = "; ".join([form.value for form in self.forms]) or "none of X.402 18.5"
        facts: list[tuple[str, ...]] = [("form", forms)]
        if self.aftn is not None:
            facts.append(("AFTN", f"{self.aftn} (AMHS, scheme {self.scheme})"))
        facts += [("violation", str(one)) for one in self.violations]
        return (tuple(rows), tuple(facts))

    @property
    def attributes(self) -> list[dict[str, object]]:
        """The attributes for a row, with all their keys."""
        return [
            {
                "key": key,
                "name": _attribute(key).name,
                "value": value.text if isinstance(value, Teletex) else value,
                "teletex": value.encoded if isinstance(value, Teletex) else None,
            }
            for key, value in self.address.attributes
        ]

    def row(self) -> dict[str, object]:
        """Return what is known but the attributes, for a row."""
        return {
            "dialect": None if self.dialect is None else self.dialect.name,
            "forms": [form.value for form in self.forms],
            "level": self.level,
            "violations": [{"key": one.key, "message": one.message, "rule": one.rule} for one in self.violations],
            "aftn": None if self.aftn is None else {"indicator": self.aftn, "scheme": self.scheme},
        }


def describe(address: ORAddress, dialect: Dialect | None, level: Level = "rfc") -> Description:
    """Return what is known of an O/R address."""
    scheme = aftn.scheme_of(address)
    indicator = None if scheme is None else aftn.from_or(address)
    return Description(address, dialect, level, address.forms(), address.validate(level), indicator, scheme)


def dialect_of(text: str) -> Dialect | None:
    """Return the dialect in which `ORAddress.parse` takes a text that it takes, out of bounds or not.

    >>> print(dialect_of("X400:c=US;a= ;o=Acme;s=Doe;"), dialect_of("X.400: S=Doe; O=Acme; C=US"))
    exchange f401
    """
    prefix = _PREFIX.match(text)
    rest = text if prefix is None else text[prefix.end() :]
    if prefix is not None and prefix[2] == ":" and "." not in prefix[1] and rest[:1] != "/":
        return dialects.DIALECTS["exchange"]
    try:
        return dialects.guess(rest.removesuffix("]"), bounds=False)
    except AddressSyntaxError:
        return None


def _attribute(key: str) -> table.Attribute:
    return table.BY_KEY["DD" if key.startswith("DD.") else key]


def _shown(key: str, value: Value) -> str:
    """Return a value for a person: what cannot be seen in quotes, what is coded with what it means."""
    if isinstance(value, Teletex):
        return f"{value} (teletex {Teletex(value.octets).text})"
    shown = value if value and value == value.strip(" ") else f'"{value}"'
    meaning = ""
    if key == "ADMD" and not value.strip(" "):
        meaning = "any of the country"
    elif key == "ADMD" and value == "0":
        meaning = "the PRMD is connected to none"
    elif key == "T-TY":
        meaning = _TERMINAL_TYPES.get(value, "")
    elif key.upper() == "DD.RFC-822":
        with suppress(MailPathsError):
            decoded = ps.decode(value, lenient=True)
            meaning = decoded if decoded != value else ""
    return f"{shown} ({meaning})" if meaning else shown


# --- in other dialects -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spelled:
    """An O/R address in a dialect, or the reason why this one cannot carry it."""

    dialect: Dialect
    text: str | None
    reason: str | None


def spelled(address: ORAddress) -> tuple[Spelled, ...]:
    """Return the address in every dialect."""
    found: list[Spelled] = []
    for dialect in dialects.DIALECTS.values():
        try:
            found.append(Spelled(dialect, address.to_text(dialect), None))
        except ConversionError as error:
            found.append(Spelled(dialect, None, error.message))
    return tuple(found)


def spelled_section(found: tuple[Spelled, ...]) -> Section:
    """Return the section that shows them: the lines of a table under each other, and the reasons."""
    rows: list[tuple[str, ...]] = []
    for one in found:
        first, *rest = [f"no: {one.reason}"] if one.text is None else one.text.split("\n")
        rows += [(one.dialect.name, first), *[("", line) for line in rest]]
    return Section("In every dialect", "", (tuple(rows),))


# --- through a gateway -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Crossed:
    """What a gateway made of an address, or why it made nothing."""

    crossing: Crossing[ORAddress] | Crossing[BangPath | Mailbox] | None
    error: Exception | None

    @property
    def section(self) -> Section:
        """What the gateway did step by step, each step with its rule, and what it lost."""
        if self.crossing is None:
            reason = "" if self.error is None else streams.message(self.error, "")
            return Section("Not through the gateway: ", reason)
        rows = [(f"{place}", str(step)) for place, step in enumerate(self.crossing.steps, 1)]
        rows += [("lost", loss) for loss in self.crossing.losses]
        return Section("Through the gateway: ", str(self.crossing), (tuple(rows),))

    def row(self) -> dict[str, object]:
        """Return the same for a row, with all its keys."""
        row: dict[str, object] = {
            "output": None,
            "notation": None,
            "free_form_name": None,
            "steps": [],
            "losses": [],
            "error": None if self.error is None else streams.fault(self.error, ""),
        }
        if self.crossing is None:
            return row
        return row | {
            "output": str(self.crossing),
            "notation": self.crossing.address.notation,
            "free_form_name": self.crossing.free_form_name,
            "steps": [{"action": step.action, "rule": step.rule} for step in self.crossing.steps],
            "losses": self.crossing.losses,
        }


def cross(value: Address, gateway: Gateway) -> Crossed:
    """Return what the gateway makes of an address on the other side. Raises nothing that an address can cause."""
    try:
        if isinstance(value, ORAddress):
            return Crossed(gateway.to_rfc822(value), None)
        return Crossed(open_envelope(value) or gateway.to_x400(value), None)
    except MailPathsError as error:
        return Crossed(None, error)
