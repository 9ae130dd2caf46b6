"""Telephone numbers as mailboxes: ``FAX=+12027653000/T33S=1387@faxworld.org`` (RFC 3191, RFC 3192, RFC 2846).

They look like O/R addresses and are none: RFC 2846 3.2 keeps their labels apart from those of F.401 on purpose, and
`TelephoneAddress.parse` refuses a label that X.400 has.

No RFC maps them to X.400. What `to_or` and `from_or` do follows from the attributes' own definitions (RFC 2156 4.1.1,
X.402's terminal form): the number is NET-NUM, an ISDN sub-address NET-SUB, a fax machine T-TY g3fax. Everything else
goes as domain-defined attributes under its own keyword, rather than lost.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import NamedTuple

from mailpaths import names
from mailpaths.addresses import attributes as table
from mailpaths.addresses.mailbox import Mailbox
from mailpaths.addresses.oraddress import ORAddress, domain_defined_type
from mailpaths.errors import AddressSyntaxError, ConversionError
from mailpaths.grammar import lexical
from mailpaths.grammar.oraddress import PS_CHAR

__all__ = ["SERVICES", "FromOR", "TelephoneAddress", "ToOR", "from_or", "recognise", "to_or"]

#: The services that IANA has registered (GSTN address element extensions), and SMS of RFC 3191's examples.
SERVICES = ("FAX", "VOICE", "SMS", "VPIM", "AMIS")

# RFC 3191 2: service-selector = 1*( DIGIT / ALPHA / "-" ), and the same for a keyword.
_KEYWORD = re.compile(r"[A-Za-z0-9-]++\Z")
_START = re.compile(r"/?([A-Za-z0-9-]++)=")
_NEXT = re.compile(r"/([A-Za-z0-9-]++)=")
# RFC 3191 2.1: global-phone = "+" 1*( DIGIT / written-sep ), with a digit in it to dial.
_GLOBAL = re.compile(r"\+[.-]*+[0-9][0-9.-]*+\Z")
# RFC 2846 2.1: local-phone = [ exit-code ] [ dial-number ], both of DTMF, pauses and separators.
_PHONE = re.compile(r"[0-9#*A-DPWa-dpw.-]*+\Z")
_SEPARATORS = re.compile(r"[.-]")
# RFC 3191 2: string = PCHAR, %x20-7E
_STRING = re.compile(r"[\x20-\x7e]*+\Z")
_PRINTABLE = re.compile(rf"{PS_CHAR}++\Z")
# RFC 3192 2, RFC 2846 2.2 and 2.3: what is a value of these is fixed.
_VALUES = {
    "T33S": (re.compile(r"[0-9]++\Z"), "digits"),
    "ISUB": (re.compile(r"[.-]*+[0-9][0-9.-]*+\Z"), "digits"),
    "POSTD": (re.compile(r"[0-9#*A-DPWa-dpw.-]++\Z"), "tones to dial"),
}
_SUB_ADDRESSES = ("ISUB", "T33S")
_MAX_SPLIT = 100
_MAX_NUMBER = 15  # X.411 ub-e163-4-number-length
_MAX_SUB_ADDRESS = 40  # X.411 ub-e163-4-sub-address-length
_MAX_TYPE, _MAX_VALUE, _MAX_DEFINED = 8, 128, 4  # X.411 on domain-defined attributes


@dataclass(frozen=True, slots=True, eq=False)
class TelephoneAddress:
    """A pstn-address: a ``service`` at a ``number``, ``qualifiers`` as pairs, and the ``mta`` that can dial.

    ``mta`` is ``None`` for a local part alone. Two are equal blind to the case of service and keywords, and to the
    separators in the number, which mean nothing (RFC 3191 2.1). Raises `AddressSyntaxError` for parts that make none.
    Source: RFC 3191 2, RFC 3192 2, RFC 2846 2 and 3.

    >>> fax = TelephoneAddress.parse("FAX=+1.202.7653000/T33S=6377@faxserv.org")
    >>> fax
    TelephoneAddress(service='FAX', number='+1.202.7653000', qualifiers=(('T33S', '6377'),), mta='faxserv.org')
    >>> fax == TelephoneAddress.parse("/fax=+12027653000/t33s=6377/@FAXSERV.ORG")
    True
    """

    service: str
    number: str
    qualifiers: tuple[tuple[str, str], ...] = ()
    mta: str | None = None

    def __post_init__(self) -> None:
        """Check the parts, and that they can be told apart again."""
        text = self.local_part
        whole = (0, len(text))
        if not _KEYWORD.match(self.service):
            raise AddressSyntaxError("expected a service of letters, digits and '-'", text, whole)
        if _is_label(self.service):
            raise AddressSyntaxError(f"{self.service!r} is a label of X.400, not a service", text, whole)
        if not _GLOBAL.match(self.number) and not _PHONE.match(self.number):
            raise AddressSyntaxError(f"not a telephone number: {self.number!r}", text, whole)
        for keyword, value in self.qualifiers:
            if not _KEYWORD.match(keyword):
                raise AddressSyntaxError("expected a keyword of letters, digits and '-'", text, whole)
            if not _STRING.match(value) or _NEXT.search(value):
                raise AddressSyntaxError(f"not a value of {keyword}: {value!r}", text, whole)
            rule = _VALUES.get(keyword.upper())
            if rule is not None and not rule[0].match(value):
                raise AddressSyntaxError(f"{keyword} is {rule[1]}, not {value!r}", text, whole)
        if not self.number and not self.qualifiers:
            raise AddressSyntaxError("expected a telephone number", text, whole)
        if self.mta is not None:
            Mailbox("x", self.mta)

    @classmethod
    def parse(cls, text: str) -> TelephoneAddress:
        """Return the address of a mailbox, or of its unquoted local part alone.

        A ``/`` before and behind is what some gateways add, and is taken (RFC 3191 4). Raises `AddressSyntaxError`,
        with the place, for a text that is none.
        """
        lexical.check_characters(text)
        if len(text) > lexical.MAX_ADDRESS:
            raise AddressSyntaxError("too long for an address", text, (lexical.MAX_ADDRESS, len(text)))
        if "@" not in text:
            return _read(text, None)
        box = Mailbox.parse(text)
        return _read(box.local_part, box.domain)

    @property
    def local_part(self) -> str:
        """The unquoted local part, without the slashes that RFC 3191 4 asks not to generate."""
        pieces = [f"{self.service}={self.number}", *[f"/{keyword}={value}" for keyword, value in self.qualifiers]]
        # A last "/" would be taken for the one that gateways add.
        return "".join(pieces) + ("/" if pieces[-1].endswith("/") else "")

    @property
    def mailbox(self) -> Mailbox:
        """The address as a mailbox. Raises `ConversionError` where the MTA is not known."""
        if self.mta is None:
            raise ConversionError("no MTA: who dials the number is not said", part="host")
        return Mailbox(self.local_part, self.mta)

    @property
    def dialled(self) -> str:
        """The number without separators."""
        return _SEPARATORS.sub("", self.number)

    def qualifier(self, keyword: str) -> str | None:
        """Return the first value of a keyword, blind to case; ``None`` where it is absent."""
        sought = keyword.upper()
        return next((value for name, value in self.qualifiers if name.upper() == sought), None)

    def split(self) -> tuple[TelephoneAddress, ...]:
        """Return one address for each of several sub-addresses: an MTA is handed one alone (RFC 3191 4.1).

        Raises `ConversionError` where they are more than a hundred.

        >>> [str(one) for one in TelephoneAddress.parse("FAX=+1202/T33S=1/T33S=2@f.example").split()]
        ['FAX=+1202/T33S=1@f.example', 'FAX=+1202/T33S=2@f.example']
        """
        count = math.prod([max(1, self._count(keyword)) for keyword in _SUB_ADDRESSES])
        if count > _MAX_SPLIT:
            raise ConversionError(f"{count:,} sub-addresses; at most {_MAX_SPLIT} are split", part="user")
        found = [self.qualifiers]
        for keyword in _SUB_ADDRESSES:
            found = [one for before in found for one in _each(before, keyword)]
        return tuple([TelephoneAddress(self.service, self.number, one, self.mta) for one in found])

    def _count(self, keyword: str) -> int:
        return sum(1 for name, _ in self.qualifiers if name.upper() == keyword)

    def __str__(self) -> str:
        """Return the mailbox, quoted where it must be; the unquoted local part where no MTA is known."""
        if self.mta is None:
            # An "@" in it would be taken for the one before the MTA.
            return self.local_part if "@" not in self.local_part else lexical.quote(self.local_part)
        return str(self.mailbox)

    def __eq__(self, other: object) -> bool:
        """Compare blind to case and separators; values of qualifiers letter for letter."""
        return self._key() == other._key() if isinstance(other, TelephoneAddress) else NotImplemented

    def __hash__(self) -> int:
        """Return a hash that goes with `==`."""
        return hash(self._key())

    def _key(self) -> tuple[object, ...]:
        qualifiers = tuple([(keyword.upper(), value) for keyword, value in self.qualifiers])
        mta = None if self.mta is None else names.fold(self.mta)
        return self.service.upper(), self.dialled.upper(), qualifiers, mta


def _is_label(text: str) -> bool:
    """Tell whether a word is the label of an attribute of X.400, so that it can be no service."""
    return (
        table.label_of(text) is not None or text.upper() in {"PN", "DD", "DDA"} or domain_defined_type(text) is not None
    )


def _each(qualifiers: tuple[tuple[str, str], ...], keyword: str) -> list[tuple[tuple[str, str], ...]]:
    """Return the qualifiers once for each of those of the keyword, the others of it left out."""
    places = [place for place, (name, _) in enumerate(qualifiers) if name.upper() == keyword]
    if not places:
        return [qualifiers]
    return [
        tuple([one for place, one in enumerate(qualifiers) if place == kept or place not in places]) for kept in places
    ]


def _read(local: str, mta: str | None) -> TelephoneAddress:
    start = _START.match(local)
    if start is None:
        raise AddressSyntaxError("expected a service and '=', such as 'FAX='", local, (0, len(local)))
    if _is_label(start[1]):
        raise AddressSyntaxError(f"{start[1]!r} is a label of X.400, not a service", local, start.span(1))
    end = len(local) - 1 if local.endswith("/") else len(local)
    # A "/" that no keyword follows belongs to the value it stands in.
    marks = list(_NEXT.finditer(local, start.end(), end))
    ends = [*[mark.start() for mark in marks], end]
    number = local[start.end() : ends[0]]
    if not _GLOBAL.match(number) and not _PHONE.match(number):
        raise AddressSyntaxError("expected a telephone number", local, (start.end(), ends[0]))
    qualifiers: list[tuple[str, str]] = []
    for mark, close in zip(marks, ends[1:], strict=True):
        value = local[mark.end() : close]
        rule = _VALUES.get(mark[1].upper())
        if not _STRING.match(value):
            raise AddressSyntaxError(f"a value of {mark[1]} is printable ASCII", local, (mark.end(), close))
        if rule is not None and not rule[0].match(value):
            raise AddressSyntaxError(f"expected {rule[1]} after {mark[1]}=", local, (mark.end(), close))
        qualifiers.append((mark[1], value))
    return TelephoneAddress(start[1], number, tuple(qualifiers), mta)


def recognise(text: str) -> bool:
    """Tell whether a text is meant as a telephone address: an international number, or a service that is registered.

    Less than `TelephoneAddress.parse` takes: any service may have a local number (RFC 2846 2.1), but ``bounce=1234``
    is more likely a mailbox of another kind.

    >>> recognise("FAX=+12027653000/T33S=1387@faxworld.org"), recognise("/S=Doe/O=Acme/@gw.example")
    (True, False)
    """
    try:
        found = TelephoneAddress.parse(text)
    except AddressSyntaxError:
        return False
    return found.number[:1] == "+" or found.service.upper() in SERVICES


class ToOR(NamedTuple):
    """An O/R address for a telephone address, and what it could not carry."""

    address: ORAddress
    lost: tuple[str, ...]


class FromOR(NamedTuple):
    """A telephone address for an O/R address, and what it could not carry."""

    address: TelephoneAddress
    lost: tuple[str, ...]


def to_or(telephone: TelephoneAddress, domain: ORAddress | None = None) -> ToOR:
    """Return the terminal form of a fax number: NET-NUM, NET-SUB, T-TY, and a DDA for each other qualifier.

    ``domain`` names the management domain that has the access unit; its C, ADMD and PRMD are taken. Lost are the
    separators in numbers, and the MTA, whose place the domain takes. Raises `ConversionError` for a service but FAX,
    since T-TY knows no telephones, for a number that is not international, for several sub-addresses (see
    `TelephoneAddress.split`), and for what no attribute can hold.

    >>> to_or(TelephoneAddress.parse("FAX=+12027653000/T33S=1387")).address
    ORAddress([('T-TY', '5'), ('NET-NUM', '12027653000'), ('DD.T33S', '1387')])
    """
    if telephone.service.upper() != "FAX":
        raise ConversionError(f"X.400 has no terminal type for the service {telephone.service}", part="user")
    if telephone.number[:1] != "+":
        raise ConversionError(
            f"{telephone.number!r} is dialled at one place only; E.164 numbers begin with '+'", part="user"
        )
    for keyword in _SUB_ADDRESSES:
        if telephone._count(keyword) > 1:  # noqa: SLF001 - the value's own module
            raise ConversionError(f"several sub-addresses ({keyword}): an O/R address has one", part="user")
    number = telephone.dialled[1:]
    if len(number) > _MAX_NUMBER:
        raise ConversionError(f"{len(number)} digits; the bound of NET-NUM is {_MAX_NUMBER}", part="user")
    lost = [] if len(number) + 1 == len(telephone.number) else ["the separators in the number"]
    if telephone.mta is not None:
        lost.append(f"the MTA {telephone.mta}")
    pairs = [("T-TY", "5"), ("NET-NUM", number)]
    if domain is not None:
        pairs += [(key, value) for key, value in domain.attributes if key in _DOMAIN and isinstance(value, str)]
    pairs += _qualifier_pairs(telephone, lost)
    return ToOR(ORAddress(pairs), tuple(lost))


def _qualifier_pairs(telephone: TelephoneAddress, lost: list[str]) -> list[tuple[str, str]]:
    """Return the qualifiers as attributes, and add to what is lost."""
    pairs: list[tuple[str, str]] = []
    defined = 0
    for keyword, value in telephone.qualifiers:
        if keyword.upper() == "ISUB":
            digits = _SEPARATORS.sub("", value)
            if len(digits) > _MAX_SUB_ADDRESS:
                raise ConversionError(f"{len(digits)} digits; the bound of NET-SUB is {_MAX_SUB_ADDRESS}", part="user")
            if digits != value:
                lost.append("the separators in ISUB")
            pairs.append(("NET-SUB", digits))
        else:
            defined += 1
            _check_defined(keyword, value, defined)
            pairs.append((f"DD.{keyword}", value))
    return pairs


_DOMAIN = {"C", "ADMD", "PRMD"}


def _check_defined(keyword: str, value: str, count: int) -> None:
    if len(keyword) > _MAX_TYPE or len(value) > _MAX_VALUE:
        raise ConversionError(f"{keyword}={value} is too long for a domain-defined attribute", part="user")
    if count > _MAX_DEFINED:
        raise ConversionError("more qualifiers than the four domain-defined attributes of an O/R address", part="user")
    if not _PRINTABLE.match(value):
        bad = next((one for one in value if not _PRINTABLE.match(one)), None)
        raise ConversionError(f"not PrintableString: {keyword}={value}", character=bad, part="user")


def from_or(address: ORAddress, mta: str | None = None) -> FromOR:
    """Return the fax number that an O/R address in terminal form names; the MTA is for the caller to say.

    Lost are C, ADMD, PRMD and the terminal's group (3 or 4). Raises `ConversionError` for an address that names no
    fax machine by its E.164 number, or holds what no qualifier can.

    >>> print(from_or(ORAddress.parse("/T-TY=g3fax(5)/NET-NUM=12027653000/C=US/"), "fax.example").address)
    FAX=+12027653000@fax.example
    """
    number, kind = address.get("NET-NUM"), address.get("T-TY")
    if number is None:
        raise ConversionError("no E.164 number (NET-NUM): not a telephone's address", part="attribute")
    if kind not in _FAX:
        raise ConversionError("no fax machine (T-TY g3fax or g4fax): not a telephone's address", part="attribute")
    lost: list[str] = ["the terminal type g4fax"] if kind == _FAX[1] else []
    qualifiers: list[tuple[str, str]] = []
    for key, value in address.attributes:
        if key in _DOMAIN:
            lost.append(f"{key}={value}")
        elif key == "NET-SUB":
            qualifiers.append(("ISUB", str(value).replace(" ", "")))
        elif key.startswith("DD.") and isinstance(value, str) and key[3:].upper() not in _RFC_822:
            qualifiers.append((key[3:], value))
        elif key not in {"NET-NUM", "T-TY"}:
            raise ConversionError(f"a telephone address has no place for {key}", part="attribute")
    try:
        return FromOR(
            TelephoneAddress("FAX", "+" + number.replace(" ", ""), tuple(qualifiers), mta),
            tuple(lost),
        )
    except AddressSyntaxError as error:
        raise ConversionError(error.message, part="attribute") from None


# g3fax and g4fax (RFC 2156 4.1.1).
_FAX = ("5", "6")
# RFC 2156 4.3.2: these hold another address, for which all the rest is only the road.
_RFC_822 = {"RFC-822", "RFC822C1", "RFC822C2", "RFC822C3"}
