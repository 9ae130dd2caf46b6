"""Microsoft Exchange's addresses of other worlds: proxy addresses, legacy DNs, and both wrapped up for SMTP (IMCEA).

* `Encapsulated`: ``IMCEAX400-c=US+3Ba=+20+3B…@host``, any address made into a mailbox ([MS-OXCMAIL] 2.1.3.1.8).
* `ProxyAddress`: ``SMTP:u@d``, ``X400:c=US;…``, ``X500:/o=…``, the values of the attribute proxyAddresses.
* `LegacyDN`: ``/o=…/ou=…/cn=…``, a legacyExchangeDN.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from mailpaths.addresses.attributes import label_of
from mailpaths.addresses.mailbox import Mailbox
from mailpaths.addresses.oraddress import ORAddress, domain_defined_type
from mailpaths.errors import AddressSyntaxError, ConversionError, UnknownNameError
from mailpaths.grammar import lexical
from mailpaths.x400.pieces import Piece

__all__ = [
    "Encapsulated",
    "ExchangeAddress",
    "LegacyDN",
    "ListForm",
    "ProxyAddress",
    "duplicate_primaries",
    "parse_proxy_list",
]

#: What [MS-OXCMAIL] 2.1.3.1.8 allows the type of an address, in characters.
_MAX_TYPE = 8
_PREFIX = re.compile(r"IMCEA", re.IGNORECASE | re.ASCII)
# [MS-OXCMAIL] 2.1.3.1.8: Normal-chars = ALPHA / DIGIT / "-" / "="; "_" stands for "/", "+" and two digits for an octet.
_CODED = re.compile(rb"[^A-Za-z0-9=/-]")
_ESCAPE = re.compile(r"_|\+([0-9A-Fa-f]{2})?")
_HOST = re.compile(r"[A-Za-z0-9]++(?>(?:[.-][A-Za-z0-9]++)*)\Z")
# A type in a mailbox is written as it is; one that is not alphanumeric is escaped (note 20 of [MS-OXCMAIL]).
_TYPE = re.compile(r"[!-,.-~]{1,8}\Z")
_RDN = re.compile(r"/([A-Za-z][A-Za-z0-9]*+)=")
_RDN_KEY = re.compile(r"[A-Za-z][A-Za-z0-9]*+\Z")
# The local part of a mailbox in quotes (RFC 5321 4.1.2), and the pairs in it.
_QUOTED = re.compile(r'"((?>(?:[^"\\]++|\\.)*))"')
_PAIR = re.compile(r"\\.")
_PROXY = re.compile(r"([A-Za-z][A-Za-z0-9_.-]*+):")


@dataclass(frozen=True, slots=True, eq=False)
class LegacyDN:
    """A legacyExchangeDN: ``rdns`` are its pairs of attribute and value, the root first.

    `str` gives it back as it was written; two are equal blind to case, as Exchange compares them. A ``/`` that begins
    no ``key=`` belongs to the value before it. Raises `AddressSyntaxError` for pairs that make none.

    >>> name = LegacyDN.parse("/o=Contoso/ou=Site/cn=Recipients/cn=john_jacob.smith")
    >>> name.rdns[-1], name.proxy
    (('cn', 'john_jacob.smith'), 'X500:/o=Contoso/ou=Site/cn=Recipients/cn=john_jacob.smith')
    """

    rdns: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        """Check that the pairs, written and read again, are the same pairs."""
        text = str(self)
        good = all(_RDN_KEY.match(key) and value for key, value in self.rdns)
        if not self.rdns or not good or _read(text) != self.rdns:
            raise AddressSyntaxError("expected /key=value pairs of a legacy DN", text, (0, len(text)))
        lexical.check_characters(text)

    @classmethod
    def parse(cls, text: str) -> LegacyDN:
        """Return the legacy DN that the text is. Raises `AddressSyntaxError`, with the place, where it is none."""
        lexical.check_characters(text)
        if _RDN.match(text) is None:
            raise AddressSyntaxError("expected '/', a key and '=' to begin a legacy DN", text, (0, min(1, len(text))))
        rdns = _read(text)
        for place, (_key, value) in enumerate(rdns):
            if not value:
                end = sum(len(one) + len(other) + 2 for one, other in rdns[: place + 1])
                raise AddressSyntaxError(f"expected a value for {rdns[place][0]}", text, (end, min(end + 1, len(text))))
        return cls(rdns)

    @property
    def proxy(self) -> str:
        """The proxy address under which Exchange finds the name again: ``X500:/o=…``."""
        return f"X500:{self}"

    def __str__(self) -> str:
        """Return the name as it was written."""
        return "".join([f"/{key}={value}" for key, value in self.rdns])

    def __eq__(self, other: object) -> bool:
        """Compare blind to case."""
        return str(self).casefold() == str(other).casefold() if isinstance(other, LegacyDN) else NotImplemented

    def __hash__(self) -> int:
        """Return a hash that goes with `==`."""
        return hash(str(self).casefold())


def _read(text: str) -> tuple[tuple[str, str], ...]:
    """Return the pairs of a text that begins with one."""
    starts = [(found.start(), found.end(), found[1]) for found in _RDN.finditer(text)]
    ends = [start for start, _middle, _key in starts[1:]]
    return tuple([(key, text[middle:end]) for (_, middle, key), end in zip(starts, [*ends, len(text)], strict=False)])


#: What an address of Exchange's turns out to be.
ExchangeAddress: TypeAlias = Mailbox | ORAddress | LegacyDN


@dataclass(frozen=True, slots=True)
class Encapsulated:
    """An address of any ``type``, wrapped up as a mailbox at ``domain``: IMCEA ([MS-OXCMAIL] 2.1.3.1.8, 2.2.3.1.2).

    ``type`` is in capitals, at most eight characters; ``address`` is the decoded text; ``domain`` is ``None`` for a
    local part alone. `str` encodes them again, with codes in capitals. Raises `AddressSyntaxError` for parts that
    cannot be wrapped up. The local part is often longer than the 64 octets of RFC 5321; that is how Exchange sends it.

    >>> wrapped = Encapsulated.parse("IMCEAX400-c=US+3Ba=+20+3Bp=MS+3Bo=PARIS+3Bs=user+3B@host.microsoft.com")
    >>> wrapped
    Encapsulated(type='X400', address='c=US;a= ;p=MS;o=PARIS;s=user;', domain='host.microsoft.com')
    >>> wrapped.or_address().surname
    'user'
    """

    type: str
    address: str
    domain: str | None = None

    def __post_init__(self) -> None:
        """Check the three parts."""
        if not _TYPE.match(self.type):
            raise AddressSyntaxError(
                f"expected a type of one to {_MAX_TYPE} visible characters but '-'", self.type, (0, len(self.type))
            )
        object.__setattr__(self, "type", self.type.upper())
        if not self.address:
            raise AddressSyntaxError("expected an address to wrap up, found nothing", self.address, (0, 0))
        lexical.check_characters(self.address)
        if self.domain is not None:
            Mailbox("x", self.domain)

    @classmethod
    def parse(cls, text: str) -> Encapsulated:
        """Return what is wrapped up in a mailbox, or in its local part alone.

        As in a bounce, blanks and angle brackets may stand about it, and quotes about the local part. One pass from
        left to right: ``_`` is ``/``, ``+5F`` is ``_``. Anything else stands for itself, which is how [MS-OXCMAIL]
        2.2.3.1.2 decodes. Codes are UTF-8. Raises `AddressSyntaxError`, with the place, for a text that is no
        encapsulation, for a ``+`` without two hexadecimal digits, and for codes of CR, LF, NUL or what is no text.

        >>> Encapsulated.parse(' <"IMCEAEX-_o=Contoso_cn=john+5Fsmith"@contoso.com>')
        Encapsulated(type='EX', address='/o=Contoso/cn=john_smith', domain='contoso.com')
        """
        lexical.check_characters(text)
        bare, at = _bare(text)
        try:
            return cls._read(bare.text, at)
        except AddressSyntaxError as error:
            raise bare.moved(error, text) from None

    @classmethod
    def _read(cls, text: str, at: int) -> Encapsulated:
        """Return what is wrapped up in a bare text; ``at`` is the place of its ``@``, or its end."""
        if not _PREFIX.match(text):
            raise AddressSyntaxError("expected 'IMCEA' and the type of an address", text, (0, min(5, len(text))))
        domain = text[at + 1 :] if at < len(text) else None
        if domain is not None and not _is_domain(domain):
            raise AddressSyntaxError("expected a domain after '@'", text, (at + 1, len(text)))
        hyphen = text.find("-", 0, at)
        if hyphen < 0:
            raise AddressSyntaxError("expected '-' after the type", text, (at, at))
        kind = _decode(text, 5, hyphen)
        if not _TYPE.match(kind):
            raise AddressSyntaxError(f"expected a type of one to {_MAX_TYPE} characters", text, (5, hyphen))
        address = _decode(text, hyphen + 1, at)
        if not address:
            raise AddressSyntaxError("expected an address after '-'", text, (hyphen, hyphen + 1))
        return cls(kind, address, domain)

    @classmethod
    def wrap(cls, address: ExchangeAddress, domain: str | None = None) -> Encapsulated:
        """Return an address wrapped up: type X400, EX or SMTP. Raises `ConversionError` for what Exchange cannot say.

        >>> print(Encapsulated.wrap(LegacyDN.parse("/o=Contoso/cn=john_smith"), "contoso.com"))
        IMCEAEX-_o=Contoso_cn=john+5Fsmith@contoso.com
        """
        if isinstance(address, ORAddress):
            return cls("X400", address.to_text("exchange").removeprefix("X400:"), domain)
        if isinstance(address, LegacyDN):
            return cls("EX", str(address), domain)
        return cls("SMTP", address.addr_spec, domain)

    def value(self) -> ExchangeAddress | None:
        """Return the address as the value of its type, ``None`` for a type that only its own gateway understands.

        Raises `AddressSyntaxError` for an address that its type cannot have: its text is the decoded ``address``, which
        the message says. Raises `ConversionError` for the type INVALID: Exchange wraps up so what it could not read,
        and no mail goes there (550 5.1.0).
        """
        if self.type == "INVALID":
            raise ConversionError(
                f"IMCEAINVALID marks a text that Exchange could not read as an address: {self.address!r}", part="user"
            )
        try:
            return _value(self.type, self.address)
        except AddressSyntaxError as error:
            raise AddressSyntaxError(f"in the decoded address: {error.message}", error.text, error.span) from None

    def or_address(self) -> ORAddress:
        """Return the O/R address of the type X400. Raises `ConversionError` for another type: see `value`."""
        found = self.value()
        if not isinstance(found, ORAddress):
            raise self._other("X400")
        return found

    def legacy_dn(self) -> LegacyDN:
        """Return the legacy DN of the type EX. Raises `ConversionError` for another type: see `value`."""
        found = self.value()
        if not isinstance(found, LegacyDN):
            raise self._other("EX")
        return found

    def mailbox(self) -> Mailbox:
        """Return the mailbox of the type SMTP. Raises `ConversionError` for another type: see `value`."""
        found = self.value()
        if not isinstance(found, Mailbox):
            raise self._other("SMTP")
        return found

    def _other(self, wanted: str) -> ConversionError:
        return ConversionError(f"an address of the type {self.type}, not {wanted}", part="user")

    def __str__(self) -> str:
        """Return the mailbox, encoded."""
        local = f"IMCEA{_encode(self.type, '')}-{_encode(self.address, '_')}"
        return local if self.domain is None else f"{local}@{self.domain}"


def _value(kind: str, address: str) -> ExchangeAddress | None:
    """Return the address of a type; an error's text is the address."""
    if kind == "X400":
        prefix = "X400:"
        try:
            return ORAddress.parse(f"{prefix}{address}", bounds=False)
        except AddressSyntaxError as error:
            start, end = [max(place - len(prefix), 0) for place in error.span]
            raise AddressSyntaxError(error.message, address, (start, end)) from None
    if kind in {"EX", "X500"}:
        return LegacyDN.parse(address)
    return Mailbox.parse(address) if kind == "SMTP" else None


def _bare(text: str) -> tuple[Piece, int]:
    """Return a mailbox without blanks, angle brackets and quotes about it, and the place of its ``@``, or its end."""
    piece = Piece.whole(text).stripped()
    if piece.text[:1] == "<" and piece.text[-1:] == ">":
        piece = piece.cut(1, len(piece.text) - 1).stripped()
    quoted = _QUOTED.match(piece.text)
    if quoted is None:
        at = piece.text.rfind("@")
        return piece, at if at >= 0 else len(piece.text)
    local, rest = piece.cut(*quoted.span(1)).without_first(_PAIR), piece.cut(quoted.end(), len(piece.text))
    if rest.text and rest.text[0] != "@":
        raise rest.moved(AddressSyntaxError("expected '@' behind the quoted local part", rest.text, (0, 1)), text)
    return local.joined(rest), len(local.text)


def _is_domain(domain: str) -> bool:
    if _HOST.match(domain):
        return True
    try:
        Mailbox("x", domain)
    except AddressSyntaxError:
        return False
    return True


def _encode(text: str, slash: str) -> str:
    coded = _CODED.sub(lambda found: b"+%02X" % ord(found[0]), text.encode("utf-8")).decode("ascii")
    return coded.replace("/", slash or "+2F")


def _decode(text: str, start: int, end: int) -> str:
    """Return the part of a text with its codes undone."""
    octets = bytearray()
    done = start
    for found in _ESCAPE.finditer(text, start, end):
        octets += text[done : found.start()].encode("utf-8")
        if found[0] == "_":
            octets += b"/"
        elif found[1] is None:
            raise AddressSyntaxError(
                "expected two hexadecimal digits after '+'", text, (found.start(), min(found.start() + 3, end))
            )
        elif int(found[1], 16) in b"\0\r\n":
            raise AddressSyntaxError(
                f"the code {found[0]} is a control character that no address holds", text, found.span()
            )
        else:
            octets.append(int(found[1], 16))
        done = found.end()
    octets += text[done:end].encode("utf-8")
    try:
        decoded = octets.decode("utf-8")
        lexical.check_characters(decoded)
    except UnicodeDecodeError:
        raise AddressSyntaxError("the codes are not UTF-8 text", text, (start, end)) from None
    except AddressSyntaxError as error:
        raise AddressSyntaxError(f"decoded, {error.message}", text, (start, end)) from None
    return decoded


@dataclass(frozen=True, slots=True)
class ProxyAddress:
    """One value of proxyAddresses: ``type`` in capitals, the ``value`` as text, and whether it is the ``primary`` one.

    A type all in capitals marks the primary address, the one that stands in what the mailbox sends; `str` writes the
    type of any other in small letters, that of ``Smtp:`` too.

    >>> ProxyAddress.parse("smtp:mariab@litware.com")
    ProxyAddress(type='SMTP', value='mariab@litware.com', primary=False)
    >>> ProxyAddress.parse("X400:c=US;a= ;p=First Organizati;o=Exchange;s=Davis;g=John;").address.surname
    'Davis'
    """

    type: str
    value: str
    primary: bool

    def __post_init__(self) -> None:
        """Check type and value."""
        text = f"{self.type}:{self.value}"
        found = _PROXY.match(text)
        if found is None or found.end() != len(self.type) + 1 or not self.value:
            raise AddressSyntaxError("expected a type, ':' and a value", text, (0, len(text)))
        lexical.check_characters(text)
        object.__setattr__(self, "type", self.type.upper())

    @classmethod
    def parse(cls, text: str) -> ProxyAddress:
        """Return the proxy address that the text is. Raises `AddressSyntaxError`, with the place, where it is none."""
        lexical.check_characters(text)
        found = _PROXY.match(text)
        if found is None:
            raise AddressSyntaxError("expected a type and ':', such as 'SMTP:'", text, (0, len(text)))
        if found.end() == len(text):
            raise AddressSyntaxError("expected an address after ':'", text, (found.end() - 1, found.end()))
        return cls(found[1], text[found.end() :], primary=found[1] == found[1].upper())

    @property
    def address(self) -> ExchangeAddress | None:
        """The address as a value; ``None`` for a type that is plain text here (SIP, EUM, MS, CCMAIL and so on).

        Raises `AddressSyntaxError`, with the place in the whole proxy address, for a text that its type cannot have.
        """
        try:
            return _value(self.type, self.value)
        except AddressSyntaxError as error:
            start, end = [place + len(self.type) + 1 for place in error.span]
            raise AddressSyntaxError(error.message, str(self), (start, end)) from None

    def __str__(self) -> str:
        """Return the value as Exchange writes it: the type in capitals if it is the primary one, else in small ones."""
        return f"{self.type if self.primary else self.type.lower()}:{self.value}"


#: How a cell holds several values: see `parse_proxy_list`.
ListForm = Literal["migration", "csvde", "export"]

_ITEM: dict[ListForm, re.Pattern[str]] = {
    "migration": re.compile(r'(?:"(?P<quoted>(?>(?:[^"]++|"")*))"|(?P<plain>[^;"]*+))(?:;|\Z)'),
    "csvde": re.compile(r"(?P<plain>(?>(?:[^;\\]++|\\.)*))(?:;|\Z)"),
    "export": re.compile(r"(?P<plain>(?>(?:[^%\\]++|\\.)*))(?:%|\Z)"),
}
#: What protects a mark in a value, and is none of the value.
_PROTECTION: dict[ListForm, re.Pattern[str]] = {"migration": re.compile('""'), "csvde": _PAIR, "export": _PAIR}
_HOW: dict[ListForm, str] = {
    "migration": "a ';' in a value needs quotes about the value",
    "csvde": r"a ';' in a value is written '\;'",
    "export": r"a '%' in a value is written '\%'",
}


def parse_proxy_list(text: str, form: ListForm = "migration") -> tuple[ProxyAddress, ...]:
    r"""Return the proxy addresses of one cell of a file, in their order.

    ``"migration"`` is that of the Exchange Migration Guide: values between ``;``, one with a ``;`` of its own in
    doubled quotes, the whole cell in quotes. ``"csvde"`` has ``\;`` for a ``;`` in a value; ``"export"``, the
    directory export of Exchange 5.5, has ``%`` between values and a backslash before a ``%`` or a backslash. Outer
    quotes of the cell may stand or be off. Raises `AddressSyntaxError`, with the place in the whole cell, for one that
    is not so made, and `UnknownNameError` for another form. An attribute of X.400 behind an X.400 address, as in
    ``X400:c=us;s=a``, was cut off by a ``;`` that nothing protects, and is refused.

    >>> cell = 'SMTP:mariab@litware.com;"X400:C=US;A= ;P=NWTraders;G=Joe;S=Parkes"'
    >>> [str(proxy) for proxy in parse_proxy_list(cell)]
    ['SMTP:mariab@litware.com', 'X400:C=US;A= ;P=NWTraders;G=Joe;S=Parkes']
    """
    item = _ITEM.get(form)
    if item is None:
        raise UnknownNameError(f"unknown form {form!r}; there are {', '.join(_ITEM)}")
    lexical.check_characters(text)
    cell = _unquote(Piece.whole(text))
    found: list[ProxyAddress] = []
    place = 0
    while place < len(cell.text):
        one = item.match(cell.text, place)
        if one is None or one.lastgroup is None:
            error = AddressSyntaxError("expected a proxy address and a separator", cell.text, (place, len(cell.text)))
            raise cell.moved(error, text)
        # nothing stands between two separators, or behind the last
        if one[one.lastgroup]:
            value = cell.cut(*one.span(one.lastgroup)).without_first(_PROTECTION[form])
            try:
                if found and found[-1].type == "X400":
                    _check_type(value.text, form)
                found.append(ProxyAddress.parse(value.text))
            except AddressSyntaxError as error:
                raise value.moved(error, text) from None
        place = one.end()
    return tuple(found)


def _check_type(value: str, form: ListForm) -> None:
    """Refuse an attribute of the X.400 address before it, which would pass for an address of the type ``DDA``."""
    label, equals, _ = value.partition("=")
    name = label.strip(" ")
    known = equals and (label_of(name) is not None or name.upper() in {"PN", "DD", "DDA"})
    if known or domain_defined_type(name) is not None:
        raise AddressSyntaxError(
            f"an attribute of the X.400 address before it: {_HOW[form]}", value, (0, len(label + equals))
        )


def _unquote(cell: Piece) -> Piece:
    """Return a cell without the outer quotes of CSV, which double those inside (RFC 4180 2)."""
    inner = cell.cut(1, len(cell.text) - 1)
    if len(cell.text) > 1 and cell.text[0] == '"' == cell.text[-1] and '"' not in inner.text.replace('""', ""):
        return inner.without_first(_PROTECTION["migration"])
    return cell


def duplicate_primaries(proxies: Iterable[ProxyAddress]) -> tuple[str, ...]:
    """Return the types of which more than one address claims to be the primary one; Exchange allows one a type.

    >>> duplicate_primaries([ProxyAddress.parse(one) for one in ("SMTP:a@x", "SMTP:b@x", "smtp:c@x")])
    ('SMTP',)
    """
    counted = Counter(one.type for one in proxies if one.primary)
    return tuple([kind for kind, count in counted.items() if count > 1])
