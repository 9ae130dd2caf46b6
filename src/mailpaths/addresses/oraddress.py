"""`ORAddress`: an address of X.400, a set of attributes rather than a road."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

from mailpaths.addresses import attributes as table
from mailpaths.addresses.dialect import Dialect
from mailpaths.addresses.gathering import Gathered, domain_defined_type
from mailpaths.addresses.values import Teletex, Value, fold
from mailpaths.errors import ConversionError

if TYPE_CHECKING:
    from mailpaths.addresses.conformance import Form, Level, Violation

__all__ = [
    "MAX_REPEATED",
    "Gathered",
    "ORAddress",
    "Teletex",
    "Value",
    "domain_defined_type",
    "fold",
    "from_attributes",
]

#: At most so many organizational units, and so many domain-defined attributes (X.411: ub-organizational-units,
#: ub-domain-defined-attributes).
MAX_REPEATED = 4


@dataclass(frozen=True, slots=True, init=False, eq=False, repr=False)
class ORAddress:
    """An X.400 O/R address: what X.400 calls a user, as a set of attributes.

    ``attributes`` are pairs of MIXER key (RFC 2156 4.1.1) and value, the most significant first: country, management
    domains, organization, organizational units from the largest to the smallest, the person, everything else, and the
    domain-defined attributes (``DD.type``) in their own order. A value is a `str`, or `Teletex` where it has a T.61
    form. `str` gives back what was parsed, letter for letter, else the form of RFC 2156 4.1.3; `to_text` writes any
    dialect.

    Two addresses are equal when the same attributes have the same values, blind to case and to doubled or outer
    spaces; a domain-defined value is compared letter for letter. An ADMD that is absent, empty or a single space is
    one and the same (RFC 2156 4.1.3, RFC 1685 F.4). Source: X.402 18, X.411, RFC 2156 4.1.

    >>> address = ORAddress.parse("/G=John/S=Doe/OU=Sales/O=Acme/PRMD=X/ADMD= /C=US/")
    >>> address.surname, address.organization, address.organizational_units
    ('Doe', 'Acme', ('Sales',))
    >>> ORAddress([("C", "GB"), ("ADMD", ""), ("DD.RFC-822", "u(a)example.com")])
    ORAddress([('C', 'GB'), ('ADMD', ''), ('DD.RFC-822', 'u(a)example.com')])
    >>> print(address.to_text("exchange"))
    X400:c=US;a= ;p=X;o=Acme;ou1=Sales;s=Doe;g=John;
    """

    attributes: tuple[tuple[str, Value], ...]
    _written: str | None = field(repr=False)

    notation: ClassVar[Literal["x400"]] = "x400"

    def __init__(self, attributes: Iterable[tuple[str, Value]]) -> None:
        """Make an address of labels and values.

        Any dialect's label will do; units, domain-defined attributes and the lines of a postal address come the most
        significant first. Raises `AddressSyntaxError` for an unknown label, a value that the attribute cannot have,
        or an attribute that is there twice. How long a value may be, `validate` tells.
        """
        gathered = Gathered()
        pairs = tuple(attributes)
        text = "; ".join([f"{label}={value}" for label, value in pairs])  # what a fault shows
        start = 0
        for label, value in pairs:
            middle = start + len(label) + 1
            end = middle + len(value if isinstance(value, str) else str(value))
            gathered.add(label, value, text, (middle, end), label_span=(start, middle - 1))
            start = end + 2
        _set_attributes(self, gathered.finish(text, (0, len(text))))
        _set_written(self, None)

    @classmethod
    def parse(cls, text: str, dialect: Dialect | str | None = None, *, bounds: bool = True) -> ORAddress:
        """Return the O/R address that the text is, in the ``dialect`` named (see `mailpaths.x400.DIALECTS`).

        Without one the text itself must tell; where two dialects would read it differently, it is refused rather than
        guessed. ``bounds=False`` takes values that are longer than X.411 allows. Raises `AddressSyntaxError` with the
        place, or `UnknownNameError` for a dialect that is not there.

        >>> ORAddress.parse("X400:c=US;a= ;p=First Organizati;o=Exchange;s=Davis;g=John;").surname
        'Davis'
        """
        from mailpaths.addresses import dialects  # that room knows this one

        return dialects.parse(text, dialect, bounds=bounds)

    def to_text(self, dialect: Dialect | str = "mixer") -> str:
        """Return the address in a dialect. Raises `ConversionError` for what the dialect cannot carry.

        >>> ORAddress.parse("/G=Jo/S=Doe/O=Acme/ADMD=X/C=US/").to_text("f401")
        'G=Jo; S=Doe; O=Acme; A=X; C=US'
        """
        from mailpaths.addresses import dialects  # that room knows this one

        return dialects.write(self, dialect)

    def get(self, label: str) -> str | None:
        """Return an attribute as a person reads it, by its label in any dialect; ``None`` where it is absent.

        >>> ORAddress.parse("/OU=b/OU=a/O=Acme/C=US/").get("ou2")
        'b'
        """
        value = self.value(label)
        return value.text if isinstance(value, Teletex) else value

    def value(self, label: str) -> Value | None:
        """Return an attribute's value with its teletex form kept apart: see `get`."""
        found = table.label_of(label)
        number = 0 if found is None else found.number
        values = self.values(label)
        if number and found is not None and found.attribute.key == "PD-ADDRESS":
            whole = values[0] if values else None
            values = tuple(whole.split("|")) if isinstance(whole, str) else ()
        place = max(number - 1, 0)
        return values[place] if place < len(values) else None

    def values(self, label: str) -> tuple[Value, ...]:
        """Return every value of an attribute, by its label in any dialect: organizational units may be several.

        >>> ORAddress.parse("/OU=b/OU=a/O=Acme/C=US/").values("OU")
        ('a', 'b')
        """
        name = domain_defined_type(label)
        if name is not None:
            sought = name.casefold()
            return tuple([value for kind, value in self._domain_defined() if kind.casefold() == sought])
        found = table.label_of(label)
        key = None if found is None else found.attribute.key
        return tuple([value for name, value in self.attributes if name == key])

    def _domain_defined(self) -> list[tuple[str, Value]]:
        return [(key[3:], value) for key, value in self.attributes if key.startswith("DD.")]

    @property
    def country(self) -> str | None:
        """The country (C): two letters of ISO 3166 or three digits of X.121."""
        return self.get("C")

    @property
    def admd(self) -> str | None:
        """The administration management domain (A): ``None`` where it is absent, ``" "`` for any of the country."""
        return self.get("ADMD")

    @property
    def prmd(self) -> str | None:
        """The private management domain (P)."""
        return self.get("PRMD")

    @property
    def organization(self) -> str | None:
        """The organization (O)."""
        return self.get("O")

    @property
    def organizational_units(self) -> tuple[str, ...]:
        """The organizational units, OU1 - the most significant - first."""
        return tuple([unit.text if isinstance(unit, Teletex) else unit for unit in self.values("OU")])

    @property
    def common_name(self) -> str | None:
        """The common name (CN)."""
        return self.get("CN")

    @property
    def surname(self) -> str | None:
        """The surname (S) of the personal name."""
        return self.get("S")

    @property
    def given_name(self) -> str | None:
        """The given name (G) of the personal name."""
        return self.get("G")

    @property
    def initials(self) -> str | None:
        """The initials (I) of the personal name, all but the surname's."""
        return self.get("I")

    @property
    def generation(self) -> str | None:
        """The generation qualifier (Q) of the personal name: ``Jr``, ``III``."""
        return self.get("GQ")

    @property
    def domain_defined(self) -> tuple[tuple[str, str], ...]:
        """The domain-defined attributes, type and value, in their order."""
        return tuple(
            [(kind, value.text if isinstance(value, Teletex) else value) for kind, value in self._domain_defined()]
        )

    def forms(self) -> tuple[Form, ...]:
        """Return the forms of X.402 18.5 that the address has all of: see `mailpaths.x400.Form`."""
        from mailpaths.addresses import conformance  # that room knows this one

        return conformance.forms(self)

    def validate(self, level: Level = "rfc") -> tuple[Violation, ...]:
        """Return everything that is wrong with the address at that level, not only the first.

        ``"rfc"`` is X.402 and X.411 as written, ``"deployed"`` what real systems sent and took, ``"exchange"`` what
        Exchange takes in a proxy address. Raises `UnknownNameError` for any other level.

        >>> for violation in ORAddress([("C", "US"), ("PRMD", "Griddle MHS Providers")]).validate():
        ...     print(violation)
        PRMD: 21 characters; the bound is 16 [X.411 ub-domain-name-length]
        ADMD: missing, and every form needs it [X.402 18.5]
        """
        from mailpaths.addresses import conformance  # that room knows this one

        return conformance.validate(self, level)

    def __str__(self) -> str:
        """Return the address as it was written, else in MIXER's form (RFC 2156 4.1.3).

        What MIXER cannot write, a raw ``@`` in a domain-defined attribute, stands there as it is.
        """
        if self._written is not None:
            return self._written
        try:
            return self.to_text()
        except ConversionError:
            return "".join([f"/{key}={value}" for key, value in reversed(self.attributes)]) + "/"

    def __repr__(self) -> str:
        """Return an expression that makes an equal address."""
        return f"ORAddress({list(self.attributes)!r})"

    def __eq__(self, other: object) -> bool:
        """Compare attributes blind to case and to doubled spaces, domain-defined values letter for letter."""
        return self._key() == other._key() if isinstance(other, ORAddress) else NotImplemented

    def __hash__(self) -> int:
        """Return a hash that goes with `==`."""
        return hash(self._key())

    def _key(self) -> tuple[tuple[str, object], ...]:
        found: list[tuple[str, object]] = []
        for key, value in self.attributes:
            if key.startswith("DD."):
                found.append((key.casefold(), value))
            elif isinstance(value, Teletex):
                found.append((key, (None if value.printable is None else fold(value.printable), value.octets)))
            elif key != "ADMD" or value.strip(" "):
                found.append((key, fold(value)))
        return tuple(found)


_set_attributes = ORAddress.__dict__["attributes"].__set__
_set_written = ORAddress.__dict__["_written"].__set__


def from_attributes(attributes: tuple[tuple[str, Value], ...], written: str | None) -> ORAddress:
    """Return the address of attributes that are checked and in their order, as it was ``written``."""
    address = object.__new__(ORAddress)
    _set_attributes(address, attributes)
    _set_written(address, written)
    return address
