"""What `x400 show` knows of a text of the X.400 world: what it is, what it wraps up, and the O/R address in it.

This room loads with the subcommand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mailpaths.addresses import BangPath, Mailbox, ORAddress, dialects, parse
from mailpaths.cli import oraddresses, streams
from mailpaths.cli.sections import Section
from mailpaths.errors import AddressSyntaxError, ConversionError, MailPathsError
from mailpaths.x400 import der, telephone
from mailpaths.x400.certificate import x400_names
from mailpaths.x400.exchange import Encapsulated, LegacyDN, ProxyAddress
from mailpaths.x400.telephone import TelephoneAddress

if TYPE_CHECKING:
    from mailpaths.addresses.dialects import Dialect
    from mailpaths.cli.oraddresses import Description
    from mailpaths.x400 import Level, Violation
    from mailpaths.x400.exchange import ExchangeAddress

__all__ = ["Shown", "Wrapping", "certificate", "failed", "show"]

_IMCEA = re.compile(r"[ \t]*+IMCEA", re.IGNORECASE)
_PROXY = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*+:(?!:)")
# What Exchange makes a legacy DN of; no O/R address does without a country.
_DN_KEYS = frozenset({"o", "ou", "cn"})


@dataclass(frozen=True, slots=True)
class Wrapping:
    """What an address stood in: its ``kind``, the ``title`` of that, and its parts by name.

    ``qualifiers`` are those of a telephone address; one may be there twice.
    """

    kind: str
    title: str
    parts: tuple[tuple[str, str | bool | None], ...]
    qualifiers: tuple[tuple[str, str], ...] = ()

    @property
    def section(self) -> Section:
        """The same to be read."""
        words = {True: "yes", False: "no", None: "(none)"}
        rows = [(name, part if isinstance(part, str) else words[part]) for name, part in self.parts]
        return Section(self.title, "", ((*rows, *self.qualifiers),))

    def row(self) -> dict[str, object]:
        """Return the same for a row."""
        row: dict[str, object] = {"kind": self.kind}
        row |= {name.replace(" ", "_").lower(): part for name, part in self.parts}
        return row | {"qualifiers": self.qualifiers} if self.kind == "telephone" else row


@dataclass(frozen=True, slots=True)
class Shown:
    """All that is shown of one text; ``other`` is the address in it where that is none of X.400."""

    text: str
    wrapping: Wrapping | None = None
    described: Description | None = None
    other: LegacyDN | Mailbox | str | None = None
    warnings: tuple[str, ...] = ()
    error: Exception | None = None

    @property
    def sound(self) -> bool:
        """Tell whether there is an O/R address or another one, and nothing wrong with it."""
        return self.error is None and not self.violations

    @property
    def violations(self) -> tuple[Violation, ...]:
        """What is wrong with the O/R address, if there is one."""
        return () if self.described is None else self.described.violations

    def failing(self, error: Exception) -> Shown:
        """Return what is left to show of the text after an error."""
        return failed(self.text, error)

    def sections(self) -> list[Section]:
        """Return what is shown to a person."""
        found: list[Section] = []
        if self.wrapping is not None:
            found.append(self.wrapping.section)
        if self.described is not None:
            found += [
                self.described.section,
                oraddresses.spelled_section(oraddresses.spelled(self.described.address)),
            ]
        if isinstance(self.other, LegacyDN):
            rows = tuple(self.other.rdns)
            found.append(Section("A legacy DN of Exchange: ", str(self.other), (rows, (("proxy", self.other.proxy),))))
        elif isinstance(self.other, Mailbox):
            found.append(Section("A mailbox: ", str(self.other)))
        elif self.other is not None:
            found.append(Section("An address of another world: ", self.other))
        if self.warnings:
            found.append(Section("Remarks", "", (tuple([("remark", one) for one in self.warnings]),)))
        if self.error is not None:
            excerpt = streams.excerpt(self.error, self.text)
            found.append(Section("No address of X.400: ", streams.message(self.error, self.text), (), excerpt))
        return found

    def line(self, dialect: Dialect) -> str:
        """Return the O/R address in a dialect. Raises what is wrong, and `ConversionError` where there is none."""
        if self.error is not None:
            raise self.error
        if self.described is None:
            what = "a legacy DN" if isinstance(self.other, LegacyDN) else f"{self.other}"
            raise ConversionError(f"there is no O/R address in it, but {what}")
        return self.described.address.to_text(dialect)

    def row(self, to: Dialect | None) -> dict[str, object]:
        """Return the JSON object, with all its keys.

        Without a dialect to write, no address is bad only because the one of RFC 2156 cannot carry it.
        """
        error, output = self.error, None
        if error is None and self.described is None and to is None:
            output = _output(self.other)
        elif error is None:
            try:
                output = self.line(to or dialects.DIALECTS["mixer"])
            except MailPathsError as fault:
                error = None if to is None else fault
        facts: dict[str, object] = {"dialect": None, "forms": [], "level": None, "violations": [], "aftn": None}
        return {
            "input": self.text,
            "status": "error" if error is not None else "ok" if self.sound else "invalid",
            "notation": self._notation,
            "output": output,
            "route": None,
            "warnings": self.warnings,
            "error": None if error is None else streams.fault(error, self.text),
            "wrapping": None if self.wrapping is None else self.wrapping.row(),
            "attributes": None if self.described is None else self.described.attributes,
            **(facts if self.described is None else self.described.row()),
            "dialects": None if self.described is None else _spelled_row(self.described.address),
        }

    @property
    def _notation(self) -> str | None:
        if self.described is not None:
            return "x400"
        return "rfc822" if isinstance(self.other, Mailbox) else None


def _output(other: LegacyDN | Mailbox | str | None) -> str | None:
    return other.proxy if isinstance(other, LegacyDN) else None if other is None else str(other)


def _spelled_row(address: ORAddress) -> dict[str, object]:
    return {one.dialect.name: {"text": one.text, "reason": one.reason} for one in oraddresses.spelled(address)}


def failed(text: str, error: Exception) -> Shown:
    """Return what is shown of a text that nobody can read."""
    return Shown(text, error=error)


def show(text: str, dialect: Dialect | None = None, level: Level = "rfc") -> Shown:
    """Return what is shown of a text; a ``dialect`` says that it is an O/R address, and in which hand.

    Values may be longer than X.411 allows: that is shown as a violation. Raises nothing but what is a bug.
    """
    try:
        return _show(text, dialect, level)
    except MailPathsError as error:
        return failed(text, error)


def _show(text: str, dialect: Dialect | None, level: Level) -> Shown:
    if dialect is not None:
        return _or_address(text, text, dialect, level)
    if _IMCEA.match(text):
        return _encapsulated(text, text.strip(" \t"), level)
    name = _legacy_dn(text)
    if name is not None:
        return Shown(text, other=name)
    if telephone.recognise(text):
        return _telephone(text, level)
    if _PROXY.match(text) and (not dialects.looks_like(text) or text[:5].upper() == "X400:"):
        return _proxy(text, level)
    box = _mailbox(text)
    if box is not None:
        return _in_mailbox(text, box, level)
    return _or_address(text, text, None, level)


def _or_address(text: str, written: str, dialect: Dialect | None, level: Level) -> Shown:
    address = ORAddress.parse(written, dialect, bounds=False)
    return Shown(text, described=oraddresses.describe(address, dialect or oraddresses.dialect_of(written), level))


def _mailbox(text: str) -> Mailbox | BangPath | None:
    """Return the RFC 822 address that a text is, if it is one rather than an O/R address."""
    if "@" not in text and "!" not in text:
        return None
    try:
        found = parse(text)
    except AddressSyntaxError:
        return None
    return None if isinstance(found, ORAddress) else found


def _in_mailbox(text: str, box: Mailbox | BangPath, level: Level) -> Shown:
    """Return what is shown of the O/R address that stands in a local part (RFC 2156 4.1)."""
    if isinstance(box, Mailbox):
        if _IMCEA.match(box.local_part):
            return _encapsulated(text, box.addr_spec, level)
        inside = dialects.parse_local_part(box.local_part)
        if inside is not None:
            wrapping = Wrapping(
                "mailbox",
                "A mailbox whose local part is an O/R address (RFC 2156 4.1)",
                (("local part", box.local_part), ("domain", box.domain)),
            )
            described = oraddresses.describe(inside, dialects.DIALECTS["mixer"], level)
            adds = (f"a gateway may know what {box.domain} adds to it (RFC 2156 4.3.4)",)
            return Shown(text, wrapping, described, warnings=adds if described.violations and box.domain else ())
    what = "a mailbox" if isinstance(box, Mailbox) else "a bang path"
    raise ConversionError(f"this is {what}; a gateway takes it to X.400: mailpaths translate --to x400 --gateway")


def _legacy_dn(text: str) -> LegacyDN | None:
    if text[:3].lower() != "/o=" or text.endswith("/"):
        return None
    try:
        name = LegacyDN.parse(text)
    except AddressSyntaxError:
        return None
    return name if {key.lower() for key, _ in name.rdns} <= _DN_KEYS else None


def _encapsulated(text: str, written: str, level: Level) -> Shown:
    found = Encapsulated.parse(written)
    wrapping = Wrapping(
        "imcea",
        "An encapsulation of Exchange, IMCEA ([MS-OXCMAIL] 2.1.3.1.8)",
        (("type", found.type), ("address", found.address), ("domain", found.domain)),
    )
    return _unwrapped(text, wrapping, found, level)


def _proxy(text: str, level: Level) -> Shown:
    found = ProxyAddress.parse(text)
    wrapping = Wrapping(
        "proxy",
        "A proxy address of Exchange, a line of proxyAddresses",
        (("type", found.type), ("value", found.value), ("primary", found.primary)),
    )
    return _unwrapped(text, wrapping, found, level)


def _unwrapped(text: str, wrapping: Wrapping, found: Encapsulated | ProxyAddress, level: Level) -> Shown:
    """Return what is shown of the address inside; one that cannot be read leaves its wrapping to be seen."""
    inner = found.address if isinstance(found, Encapsulated) else found.value
    try:
        value: ExchangeAddress | None = found.value() if isinstance(found, Encapsulated) else found.address
        if isinstance(value, ORAddress):
            dialect = oraddresses.dialect_of(f"X400:{inner}")
            return Shown(text, wrapping, oraddresses.describe(value, dialect, level))
    except MailPathsError as error:
        return Shown(text, wrapping, error=error)
    return Shown(text, wrapping, other=inner if value is None else value)


def _telephone(text: str, level: Level) -> Shown:
    found = TelephoneAddress.parse(text)
    wrapping = Wrapping(
        "telephone",
        "A telephone address (RFC 3191), no O/R address",
        (("service", found.service), ("number", found.number), ("MTA", found.mta)),
        found.qualifiers,
    )
    try:
        made = telephone.to_or(found)
    except ConversionError as error:
        return Shown(text, wrapping, other=str(found), warnings=(error.message,))
    lost = tuple([f"the O/R address does not say {loss}" for loss in made.lost])
    return Shown(text, wrapping, oraddresses.describe(made.address, None, level), warnings=lost)


def certificate(file: str, octets: bytes, level: Level = "rfc") -> list[Shown]:
    """Return what is shown of a certificate, in DER or PEM: every O/R address among its alternative names.

    Raises `ModuleNotFoundError` where the extra ``x509`` is not installed.
    """
    try:
        subject, issuer = x400_names(octets)
    except MailPathsError as error:
        return [failed(file, _plain(error))]
    fields = [("subjectAltName", name) for name in subject] + [("issuerAltName", name) for name in issuer]
    if not fields:
        return [failed(file, ConversionError("no x400Address among the alternative names of this certificate"))]
    return [_in_certificate(file, field, name, level) for field, name in fields]


def _in_certificate(file: str, field: str, octets: bytes, level: Level) -> Shown:
    shown = Shown(file, Wrapping("certificate", "A name in an X.509 certificate (RFC 5280 4.2.1)", (("field", field),)))
    try:
        found = der.read_der(octets, bounds=False)
    except MailPathsError as error:
        return replace(shown, error=_plain(error))
    warnings = tuple([f"extension {one.number}, {one.name}, has no text form" for one in found.foreign])
    return replace(shown, described=oraddresses.describe(found.address, None, level), warnings=warnings)


def _plain(error: MailPathsError) -> MailPathsError:
    """Return an error about octets as one about a text: its caret stands under octets that nobody sees here."""
    if isinstance(error, der.DERError):
        return AddressSyntaxError(f"{error.message} (octet {error.offset})", "", (0, 0))
    return error
