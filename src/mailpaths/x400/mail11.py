"""Mail-11, the mail of DECnet, and its bridge to X.400 and RFC 822: MaXIM-11 (RFC 2162).

A Mail-11 address is a path like UUCP's, written with ``::``, and its user may be an address of another world in quotes:
``MVAX93::smtp%"user@host"``. In X.400 the whole path is one domain-defined attribute beside the name of its network.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from mailpaths.addresses import dialects
from mailpaths.addresses.mailbox import Mailbox
from mailpaths.addresses.oraddress import ORAddress, Teletex
from mailpaths.errors import AddressSyntaxError, ConversionError
from mailpaths.grammar import lexical
from mailpaths.x400 import ps

__all__ = [
    "InMailbox",
    "Mail11Address",
    "Mail11Gateway",
    "from_mailbox",
    "from_or",
    "to_mailbox",
    "to_or",
    "unwrap",
    "wrap",
]

# RFC 2162 4.3: node, node-clns, net. The letters beside ALPHA and DIGIT are those of its own examples (UNI-BN) and of
# VMS ("$", "_").
_WORD = r"[A-Za-z0-9$_-]++"
_NODE = re.compile(rf"((?>(?:\.{_WORD})+)|[0-9]++\.[0-9]++|{_WORD})::")
_NET = re.compile(rf"({_WORD}):(?=\.)")
# RFC 2162 4.3: for-protocol = f-pref f-sep <"> f-address <">
_FOREIGN = re.compile(rf'({_WORD})(?:%|::)"([ !#-~]++)"\Z')
# RFC 2162 4.3: nickname, no blank in it
_NICKNAME = re.compile(r"[!#-~]++\Z")
# RFC 2162 3: "a subset of the MIXER encoding", for what would end the quotes, and for its own brackets.
_WRAPPED = re.compile(r'["()]')
_WRAP_CODES = {'"': "(q)", "(": "(l)", ")": "(r)"}
_UNWRAPPED = re.compile(r"\(([qlr])\)", re.IGNORECASE)
_UNWRAP_CODES = {"q": '"', "l": "(", "r": ")"}
# What may stand in a mailbox's attribute as it is: no code of RFC 2156 3.4, no mark of a pair, none of teletex.
_RAW = re.compile(r'[^()$"\\;*{}]++\Z')
# What is a Mail-11 address in quotes at a glance, and can be no list of attributes.
_PLAIN = re.compile(r'(?!/)(?=.*::)[^%";]++\Z')
_MARKS = re.compile(r"([/=])")
_MAX_VALUE = 128  # X.411 ub-domain-defined-attribute-value-length


@dataclass(frozen=True, slots=True)
class Mail11Address:
    """An address of Mail-11: the ``nodes`` to cross, the ``local_part``, and the ``net`` where one is named.

    Nodes are Phase IV names (``BOSTON``) or those of DECnet/OSI, which begin with a dot (``.US.GOV.LB.GOOFY1``); a net
    stands only before the latter. `str` gives back what was parsed. Raises `AddressSyntaxError` for parts that make
    none. Source: RFC 2162 4.3.

    >>> address = Mail11Address.parse('OMNI:.US.VA.CENTRL::In%"Jim.Clay@cs.UCL.AC.UK"')
    >>> address.net, address.nodes, address.foreign
    ('OMNI', ('.US.VA.CENTRL',), ('In', 'Jim.Clay@cs.UCL.AC.UK'))
    """

    nodes: tuple[str, ...]
    local_part: str
    net: str | None = None

    def __post_init__(self) -> None:
        """Check that the parts, written and read again, are the same parts."""
        text = str(self)
        if _read(text) != (self.nodes, self.local_part, self.net):
            raise AddressSyntaxError("not the parts of a Mail-11 address", text, (0, len(text)))

    @classmethod
    def parse(cls, text: str) -> Mail11Address:
        """Return the address that the text is. Raises `AddressSyntaxError`, with the place, where it is none."""
        return cls(*_read(text))

    @property
    def foreign(self) -> tuple[str, str] | None:
        """The name of another mail protocol and the address for it, where the local part is such; else ``None``."""
        found = _FOREIGN.match(self.local_part)
        return None if found is None else (found[1], found[2])

    @property
    def path(self) -> str:
        """The address without its net."""
        return "".join([*[f"{node}::" for node in self.nodes], self.local_part])

    def __str__(self) -> str:
        """Return the address as it was written."""
        return self.path if self.net is None else f"{self.net}:{self.path}"


def _read(text: str) -> tuple[tuple[str, ...], str, str | None]:
    lexical.check_characters(text)
    if len(text) > lexical.MAX_ADDRESS:
        raise AddressSyntaxError("too long for an address", text, (lexical.MAX_ADDRESS, len(text)))
    net = _NET.match(text)
    place = 0 if net is None else net.end()
    nodes: list[str] = []
    node = _NODE.match(text, place)
    while node is not None and text[node.end() : node.end() + 1] != '"':
        nodes.append(node[1])
        place = node.end()
        node = _NODE.match(text, place)
    if not _NICKNAME.match(text, place) and not _FOREIGN.match(text, place):
        what = 'user, or protocol%"address"' if place < len(text) else "user"
        raise AddressSyntaxError(f"expected a {what}", text, (place, len(text)))
    return tuple(nodes), text[place:], None if net is None else net[1]


@dataclass(frozen=True, slots=True)
class Mail11Gateway:
    """A gateway between Mail-11 and X.400, as RFC 2162 5 asks one to know itself.

    ``node`` is the name under which it writes itself, Phase IV or DECnet/OSI, and ``alias`` its other one.
    ``or_address`` leads to it from X.400. ``nets`` are the DECnet networks it is on, the first choice first, and
    ``net_aliases`` other names of networks. ``countries`` are those whose O/R addresses the X.400 world knows;
    ``None`` believes all. ``prefixes`` are the names of the mail protocol in front of an O/R address in quotes, the
    first of them the one to write.

    >>> gateway = Mail11Gateway("X4TDEC", ORAddress.parse("C=it; ADMD=garr"), nets=("OMNI",))
    >>> print(to_or("MYNODE::BETTY", gateway).to_text("rare"))
    C=it; ADMD=garr; DD.Dnet=OMNI; DD.Mail-11=MYNODE::BETTY
    """

    node: str
    or_address: ORAddress
    nets: tuple[str, ...]
    alias: str | None = None
    countries: frozenset[str] | None = None
    net_aliases: tuple[tuple[str, str], ...] = (("HEPnet", "OMNI"), ("SPAN", "OMNI"))
    prefixes: tuple[str, ...] = ("gw", "x400")

    def __post_init__(self) -> None:
        """Check that the names can stand in an address."""
        for name in (self.node, *(() if self.alias is None else (self.alias,))):
            if not _NODE.fullmatch(f"{name}::"):
                raise AddressSyntaxError("not the name of a node", name, (0, len(name)))
        for what, words in (("a network", self.nets), ("a mail protocol", self.prefixes)):
            for word in words:
                if not re.fullmatch(_WORD, word):
                    raise AddressSyntaxError(f"not the name of {what}", word, (0, len(word)))
        if not self.nets or not self.prefixes:
            raise AddressSyntaxError("a gateway is on a network, and has a name for X.400", self.node, (0, 0))

    def official(self, net: str) -> str:
        """Return the official name of a network (RFC 2162 5.1: aliases are for reading only)."""
        folded = net.casefold()
        known = next((name for alias, name in self.net_aliases if alias.casefold() == folded), net)
        return next((name for name in self.nets if name.casefold() == known.casefold()), known)

    def is_here(self, node: str) -> bool:
        """Tell whether a node is the gateway itself, under either name."""
        return node.casefold() in {self.node.casefold(), (self.alias or self.node).casefold()}

    def knows(self, address: ORAddress) -> bool:
        """Tell whether the X.400 world knows the country of an O/R address."""
        country = address.country
        if country is None:
            return False
        return self.countries is None or country.upper() in {one.upper() for one in self.countries}


def to_or(address: Mail11Address | str, gateway: Mail11Gateway, *, node: str | None = None) -> ORAddress:
    """Return the O/R address of a Mail-11 address (RFC 2162 5.2), or the one that stands in it in quotes (5.5).

    An address without a node is on ``node``: for a recipient that of the sender, else the gateway's own. Nodes before
    an O/R address in quotes belong to the trace of the message, and are not in the result. Raises
    `AddressSyntaxError` for a text that is no address, and `ConversionError` for one too long for its attribute.
    """
    if isinstance(address, str):
        address = Mail11Address.parse(address)
    foreign = address.foreign
    if foreign is not None and foreign[0].casefold() in {one.casefold() for one in gateway.prefixes}:
        inner = _embedded(foreign[1])
        if inner is not None and gateway.knows(inner):
            return inner
    if not address.nodes:
        address = Mail11Address((node or gateway.node,), address.local_part, address.net)
    value = ps.encode(address.path)
    if len(value) > _MAX_VALUE:
        raise ConversionError(
            f"{len(value)} characters; the bound of a domain-defined attribute is {_MAX_VALUE}", part="user"
        )
    net = gateway.nets[0] if address.net is None else gateway.official(address.net)
    return ORAddress([*gateway.or_address.attributes, ("DD.Dnet", net), ("DD.Mail-11", value)])


def _embedded(text: str) -> ORAddress | None:
    """Return the O/R address in quotes; where nothing tells the order, the country comes first, as in the RFC."""
    for dialect in (None, "f401-slash" if text[:1] == "/" else "rare"):
        try:
            return ORAddress.parse(text, dialect, bounds=False)
        except AddressSyntaxError:
            continue
    return None


def from_or(address: ORAddress, gateway: Mail11Gateway) -> Mail11Address:
    """Return the Mail-11 address of an O/R address: the one it holds (RFC 2162 5.3), else itself in quotes (5.4).

    An address on a network that the gateway is not on is written in quotes as well. Raises `ConversionError` for a
    Mail-11 attribute that holds no such address, for one of the two attributes that is there twice or in teletex, and
    for a Phase IV address on another network than the gateway's first, which it has no way to name.
    """
    net, value = _only(address, "DD.Dnet"), _only(address, "DD.Mail-11")
    if net is not None and value is not None:
        official = gateway.official(net)
        if official.casefold() in {one.casefold() for one in gateway.nets}:
            return _held(value, official, gateway)
    text = "".join([f"{pair};" for pair in address.to_text("rare").split("; ")])
    if '"' in text:
        raise ConversionError("a quote would end the quotes of a Mail-11 address", character='"', part="attribute")
    own_net = gateway.nets[0] if gateway.node[:1] == "." else None
    return Mail11Address((gateway.node,), f'{gateway.prefixes[0]}%"{text}"', own_net)


def _only(address: ORAddress, key: str) -> str | None:
    """Return an attribute that is there once at most: of two, none says which is meant."""
    values = address.values(key)
    if len(values) > 1:
        raise ConversionError(f"{key} stands there {len(values)} times (RFC 2162 5.3)", part="attribute")
    if values and isinstance(values[0], Teletex):
        raise ConversionError(f"a Mail-11 address has no teletex form: {key}={values[0]}", part="attribute")
    return str(values[0]) if values else None


def _held(value: str, net: str, gateway: Mail11Gateway) -> Mail11Address:
    # RFC 2162 5.5.1 itself prints a ";" that is not encoded.
    text = ps.decode(value, lenient=True)
    try:
        found = Mail11Address.parse(text)
    except AddressSyntaxError as error:
        raise ConversionError(f"no Mail-11 address: {text!r}: {error.message}", part="attribute") from None
    if found.net is not None:
        raise ConversionError(f"a second network stands in {text!r}", part="attribute")
    first = net.casefold() == gateway.nets[0].casefold()
    nodes = found.nodes
    if first and nodes and gateway.is_here(nodes[0]):
        nodes = nodes[1:]
    if nodes and nodes[0][:1] == ".":
        return Mail11Address(nodes, found.local_part, net)
    if not first:
        raise ConversionError(f"a Phase IV address cannot name its network, {net}: {text!r}", part="attribute")
    return Mail11Address(nodes, found.local_part)


# --- RFC 822 ------------------------------------------------------------------------------------------------------


def wrap(mailbox: Mailbox, prefix: str = "smtp", nodes: tuple[str, ...] = ()) -> Mail11Address:
    """Return a mailbox as the user of a foreign mail protocol (RFC 2162 3 and 6.3.1); its name is not in it.

    Raises `ConversionError` for a mailbox beyond printable ASCII.

    >>> print(wrap(Mailbox.parse('"John Poe"@Mixergw.local.ca.us')))
    smtp%"(q)John Poe(q)@Mixergw.local.ca.us"
    """
    text = _WRAPPED.sub(lambda found: _WRAP_CODES[found[0]], mailbox.path)
    try:
        return Mail11Address(nodes, f'{prefix}%"{text}"')
    except AddressSyntaxError as error:
        raise ConversionError(f"Mail-11 cannot carry {mailbox.path!r}: {error.message}", part="user") from None


def unwrap(address: Mail11Address) -> Mailbox | None:
    """Return the mailbox in the quotes of a foreign mail protocol, ``None`` where there is none.

    >>> unwrap(Mail11Address.parse('MIAMI2::smtp%"(q)John Poe(q)@Mixergw.local.ca.us"'))
    Mailbox(local_part='John Poe', domain='Mixergw.local.ca.us')
    """
    if address.foreign is None:
        return None
    text = _UNWRAPPED.sub(lambda found: _UNWRAP_CODES[found[1].lower()], address.foreign[1])
    try:
        return Mailbox.parse(f"<{text}>" if text[:1] == "@" else text)
    except AddressSyntaxError:
        return None


def to_mailbox(address: Mail11Address | str, domain: str, net: str | None = None) -> Mailbox:
    """Return a Mail-11 address as a mailbox at its gateway (RFC 2162 6.3.2 and 6.3.3).

    One of a foreign mail protocol, or with a ``net`` to name, is written in attributes, so that its ``%`` is not
    taken for the percent hack; any other stands in quotes as it is. Raises `AddressSyntaxError` for a text that is no
    address, or a domain that is none.

    >>> print(to_mailbox("myprot%root.owner", "lohost.mydom.edu", "OMNI"))
    "/DD.Mail-11=myprot%root.owner/DD.dnet=OMNI"@lohost.mydom.edu
    >>> print(to_mailbox("MYNODE::BETTY", "gw.example"))
    "MYNODE::BETTY"@gw.example
    """
    if isinstance(address, str):
        address = Mail11Address.parse(address)
    if net is None and _PLAIN.match(address.path):
        local = str(address)
    else:
        path = address.path
        value = path if _RAW.match(path) else ps.encode(path)
        local = "/DD.Mail-11=" + _MARKS.sub(r"$\1", value)
        named = address.net or net
        if named is not None:
            local += "/DD.dnet=" + _MARKS.sub(r"$\1", named)
    return Mailbox(local, domain, quoted_local_part=lexical.quote(local))


class InMailbox(NamedTuple):
    """A Mail-11 address that stood in a mailbox, and the network named beside it."""

    address: Mail11Address
    net: str | None


def from_mailbox(mailbox: Mailbox) -> InMailbox:
    """Return the Mail-11 address in a mailbox's local part: attributes, or ``node::user`` in quotes.

    The percent forms of RFC 2162 6.2 look like any percent hack, and are refused. Raises `ConversionError` for a
    local part that holds no Mail-11 address.
    """
    local = mailbox.local_part
    held = dialects.parse_local_part(local)
    value = None if held is None else _only(held, "DD.Mail-11")
    try:
        if held is not None and value is not None:
            net = _only(held, "DD.Dnet")
            found = Mail11Address.parse(ps.decode(value) if "(" in value else value)
            if net is not None and found.nodes and found.nodes[0][:1] == ".":
                found = Mail11Address(found.nodes, found.local_part, net)
            return InMailbox(found, net)
        if "::" in local:
            found = Mail11Address.parse(local)
            return InMailbox(found, found.net)
    except AddressSyntaxError as error:
        raise ConversionError(f"no Mail-11 address: {error.text!r}: {error.message}", part="user") from None
    raise ConversionError(f"no Mail-11 address in the local part {local!r}", part="user")
