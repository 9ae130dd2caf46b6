"""The X.500 name of an O/R address: where it stands in the tree of the directory (RFC 2294).

Names are written as RFC 1779 says, the country on the right: ``MHS-S=Kille, MHS-O=UCL, PRMD=UK.AC, ADMD=" ", C=GB``.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from mailpaths.addresses.oraddress import ORAddress, Teletex, Value
from mailpaths.errors import AddressSyntaxError, ConversionError
from mailpaths.grammar import lexical

__all__ = ["from_dn", "to_dn"]

# RFC 2294 table 3. A country of digits has a keyword of its own; DDAs are apart.
_KEYWORDS = {
    "C": "C",
    "ADMD": "ADMD",
    "PRMD": "PRMD",
    "X121": "MHS-X121",
    "UA-ID": "MHS-UA-ID",
    "O": "MHS-O",
    "OU": "MHS-OU",
    "G": "MHS-G",
    "I": "MHS-I",
    "S": "MHS-S",
    "GQ": "MHS-GQ",
    "CN": "MHS-CN",
    "T-ID": "MHS-T-ID",
}
_NUMERIC_COUNTRY = "MHS-Numeric-Country"
_TYPE, _VALUE = "MHS-DDA-Type", "MHS-DDA-Value"
_PERSON = ("G", "I", "S", "GQ")
# RFC 2294 table 1: which stands above which. A personal name is one node, and so is each DDA (RFC 2294 1, 10 and 12).
_RANKS = {
    "C": 0,
    "ADMD": 1,
    "PRMD": 2,
    "X121": 3,
    "UA-ID": 4,
    "O": 5,
    "OU": 6,
    **dict.fromkeys(_PERSON, 7),
    "CN": 8,
    "T-ID": 9,
    "DD": 10,
}
_KEYS = {keyword.upper(): key for key, keyword in _KEYWORDS.items()} | {
    _NUMERIC_COUNTRY.upper(): "C",
    _TYPE.upper(): "type",
    _VALUE.upper(): "value",
}
_REPEATED = {"OU", "DD"}

# RFC 1779 2.3: a string is bare, or in quotes, or has pairs; the separators are "," and ";".
_PLAIN = re.compile(r'[^\x00-\x20,=+<>#;"\\](?:[^,=+<>#;"\\\r\n]*[^\x00-\x20,=+<>#;"\\])?\Z')
_NEEDS_PAIR = re.compile(r'(["\\])')
_PART = re.compile(
    r"[ ]*+(?P<keyword>[A-Za-z][A-Za-z0-9.-]*+)[ ]*+=[ ]*+"
    r'(?:"(?P<quoted>(?>(?:[^"\\]++|\\.)*))"[ ]*+|(?P<bare>(?>(?:[^,=+<>#;"\\]++|\\.)*)))(?P<mark>[,;+]|\Z)'
)
_PAIR = re.compile(r"\\(.)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_BLANKS = re.compile(r" {2,}")
_SPACED_MARK = re.compile(r" ?([,;+=]) ?")


def to_dn(address: ORAddress, base: str | None = None) -> str:
    """Return the directory name of an O/R address, below ``base`` where its tree does not begin at the root.

    An ADMD is always in it, a space where the address has none. Of a value in two forms the printable one is taken; a
    control character stands by its code (RFC 2156 3.3.4: ``{013}``). Raises `ConversionError` for an address without a
    country, and for postal and network attributes, which the tree has no place for (RFC 2294 1 and 4).

    >>> to_dn(ORAddress.parse("I=S; S=Kille; OU1=CS; O=UCL; P=UK.AC; A=Gold 400; C=GB"))
    'MHS-I=S + MHS-S=Kille, MHS-OU=CS, MHS-O=UCL, PRMD=UK.AC, ADMD=Gold 400, C=GB'
    """
    if address.country is None:
        raise ConversionError("an O/R address without a country has no place in the directory", part="attribute")
    nodes: list[tuple[int, list[str]]] = []
    if address.admd is None:
        nodes.append((_RANKS["ADMD"], [_written("ADMD", " ")]))
    for key, value in address.attributes:
        if key[:3] == "DD.":
            nodes.append((_RANKS["DD"], [_written(_TYPE, key[3:]), _written(_VALUE, _text(value))]))
            continue
        keyword = _KEYWORDS.get(key)
        if keyword is None:
            raise ConversionError(f"the directory has no place for {key}", part="attribute")
        if key == "C" and address.country.isdigit():
            keyword = _NUMERIC_COUNTRY
        if key not in _PERSON:
            text = _text(value)
            nodes.append((_RANKS[key], [_written(keyword, text if text or key != "ADMD" else " ")]))
    names = dict(address.attributes)
    person = [_written(_KEYWORDS[key], _text(names[key])) for key in _PERSON if key in names]
    if person:
        nodes.append((_RANKS["S"], person))
    nodes.sort(key=lambda node: node[0])
    written = [" + ".join(parts) for _rank, parts in reversed(nodes)]
    return ", ".join(written if base is None else [*written, base])


def _text(value: Value) -> str:
    """Return a value as the name has it: one in teletex alone by its characters, where `from_dn` can tell them.

    ASCII is read as RFC 2156 writes values, codes and all; so control characters, which a name may not have, and what
    is no PrintableString but ASCII are written by their codes.
    """
    if isinstance(value, str) or value.printable is not None:
        return value if isinstance(value, str) else value.text
    text = value.octets.decode("latin-1")
    return value.encoded if text.isascii() or _CONTROL.search(text) else text


def _written(keyword: str, text: str) -> str:
    if _PLAIN.match(text) and "  " not in text:
        return f"{keyword}={text}"
    return f'{keyword}="' + _NEEDS_PAIR.sub(r"\\\1", text) + '"'


class _Part(NamedTuple):
    key: str
    text: str
    start: int
    end: int
    joined: bool


def from_dn(text: str, base: str | None = None) -> ORAddress:
    """Return the O/R address of a directory name (RFC 2294 5); what stands behind the country must be the ``base``.

    Raises `AddressSyntaxError`, with the place, for a text that is no such name.

    >>> from_dn("PRMD=Isode, ADMD=Mailnet, C=FI, O=Zydeco Plc, C=GB", base="O=Zydeco Plc, C=GB")
    ORAddress([('C', 'FI'), ('ADMD', 'Mailnet'), ('PRMD', 'Isode')])
    """
    lexical.check_characters(text)
    parts, rest = _parts(text)
    if _folded(text[rest:]) != _folded(base or ""):
        raise AddressSyntaxError(
            "nothing stands above the country" if base is None else f"expected {base!r} above the country",
            text,
            (rest, len(text)),
        )
    pairs: list[tuple[str, Value]] = []
    above = _RANKS["DD"]
    place = 0
    while place < len(parts):
        node = [parts[place]]
        while node[-1].joined:
            place += 1
            node.append(parts[place])
        place += 1
        rank, found = _node(node, text)
        if rank > above or (rank == above and pairs and not _repeats(rank)):
            raise AddressSyntaxError(
                "not in the order of the tree (RFC 2294 table 1)", text, (node[0].start, node[-1].end)
            )
        above = rank
        pairs += found
    try:
        return ORAddress(reversed(pairs))
    except AddressSyntaxError as error:
        raise AddressSyntaxError(f"no O/R address: {error.message}", text, (0, len(text))) from None


def _folded(name: str) -> str:
    """Return a directory name as names are compared: blind to case and to blanks about the marks."""
    return _SPACED_MARK.sub(r"\1", _BLANKS.sub(" ", name.strip(" "))).casefold()


def _repeats(rank: int) -> bool:
    return rank in {_RANKS[key] for key in _REPEATED}


def _parts(text: str) -> tuple[list[_Part], int]:
    """Return the attributes up to the country, and where what stands above it begins."""
    found: list[_Part] = []
    place = 0
    while True:
        one = _PART.match(text, place)
        if one is None:
            raise AddressSyntaxError("expected keyword=value of a directory name", text, (place, len(text)))
        key = _KEYS.get(one["keyword"].upper())
        if key is None:
            raise AddressSyntaxError(
                f"{one['keyword']!r} is no keyword of an O/R address (RFC 2294 table 3)", text, one.span("keyword")
            )
        value = _trimmed(one["bare"]) if one["quoted"] is None else one["quoted"]
        joined = one["mark"] == "+"
        found.append(_Part(key, _PAIR.sub(r"\1", value), one.start("keyword"), one.start("mark"), joined))
        place = one.end()
        if key == "C" and not joined:
            return found, place
        if not one["mark"]:
            raise AddressSyntaxError("expected a country to end the name", text, (len(text), len(text)))


def _trimmed(bare: str) -> str:
    """Return a bare value without the blanks behind it; a blank behind a backslash belongs to it."""
    text = bare.rstrip(" ")
    backslashes = len(text) - len(text.rstrip("\\"))
    return text + " " if backslashes % 2 and len(text) < len(bare) else text


def _node(node: list[_Part], text: str) -> tuple[int, list[tuple[str, Value]]]:
    """Return the rank of one node of the tree, and the attributes that name it."""
    keys = [part.key for part in node]
    if sorted(keys) == ["type", "value"]:
        by_key = {part.key: part.text for part in node}
        return _RANKS["DD"], [("DD." + by_key["type"], _value("DD", by_key["value"], node[0], text))]
    if "type" in keys or "value" in keys or (len(keys) > 1 and not set(keys) <= set(_PERSON)):
        raise AddressSyntaxError(
            "these do not make one node of the tree (RFC 2294 1)", text, (node[0].start, node[-1].end)
        )
    return _RANKS[keys[0]], [(part.key, _value(part.key, part.text, part, text)) for part in node]


def _value(key: str, value: str, part: _Part, text: str) -> Value:
    """Return a value as printable, or in teletex where it is not and its attribute has that."""
    if value.isascii() or key not in _TELETEX:
        return value
    try:
        return Teletex(value.encode("latin-1"))
    except UnicodeEncodeError:
        raise AddressSyntaxError("no teletex value (ISO 8859-1)", text, (part.start, part.end)) from None


_TELETEX = {"O", "OU", "CN", "DD", *_PERSON}
