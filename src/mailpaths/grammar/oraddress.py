r"""O/R addresses as text: label and value, the marks between, and the ways to write a mark inside a value.

What a label means is not this room's business. Four notations share the idea and differ in the marks:

* MIXER's (RFC 2156 4.1.3, std-or-address-input): pairs between ``/`` or ``;``, ``$`` before a mark that is meant.
* F.401's (RFC 1685 F.3.2): one of ``;`` or ``/`` throughout, a mark that is meant is doubled.
* F.401's table (RFC 1685 F.3.2.1, F.3.3): a line an attribute, label and value in two columns.
* The mapping tables' (RFC 2156 appendix F.3, dmn-or-address): ``KEY$value`` between dots, ``\.`` for a dot; and the
  same as a domain name (RFC 2163 4.2.1): ``KEY-value``, where ``-`` opens and closes the code of another character.

Departures from the printed std-or-address-input, whose EBNF demands a leading separator and garbles the rest (its
optional parts are misplaced): the first and the last separator may be missing, and blanks may follow ``;``.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

__all__ = [
    "DOLLAR_LABEL",
    "DOLLAR_VALUE",
    "PATTERNS",
    "PS_CHAR",
    "Field",
    "Marks",
    "Patterns",
    "domain_fields",
    "fields",
    "line_fields",
    "px_fields",
    "unescape",
]

#: How a text marks its pairs: see the module.
Marks = Literal["dollar", "semicolons", "slashes"]

# RFC 2156 3.3.3: ps-char
PS_CHAR = r"[A-Za-z0-9 '()+,\-./:=?]"

# RFC 2156 4.1.3: std-printablestring = *( std-char / std-pair ), std-pair = "$" ps-char; what is no ps-char, "=" apart,
# is left for the attribute's own syntax to refuse, with its name.
DOLLAR_VALUE = rf"(?>(?:[^/;=$]++|\${PS_CHAR})*)"
DOLLAR_LABEL = rf"(?>(?:[^/;=$]++|\${PS_CHAR})+)"

# RFC 1685 F.3.2: a delimiter in a value is a pair of them; F.3.2.3: "=" in a DDA's type is "==".
_DOUBLED = {mark: rf"(?>(?:[^{mark}]++|{mark}{mark})*)" for mark in ";/"}
_DOUBLED_LABEL = {mark: rf"(?>(?:[^={mark}]++|==|{mark}{mark})+)" for mark in ";/"}


class Patterns(NamedTuple):
    """What a text of some marks is made of, as patterns: the same strings serve both drivers."""

    label: str
    value: str
    separator: str
    first: str


PATTERNS: dict[Marks, Patterns] = {
    "dollar": Patterns(DOLLAR_LABEL, DOLLAR_VALUE, r"(?:/|;[ \t]*+)", r"[ \t]*+(?:[/;][ \t]*+)?"),
    "semicolons": Patterns(_DOUBLED_LABEL[";"], _DOUBLED[";"], r";[ \t]*+", r"[ \t]*+"),
    "slashes": Patterns(_DOUBLED_LABEL["/"], _DOUBLED["/"], r"/[ \t]*+", r"[ \t]*+/[ \t]*+"),
}

_PAIRS = {
    marks: re.compile(rf"({parts.label})=({parts.value})(?:{parts.separator}|\Z)") for marks, parts in PATTERNS.items()
}
_FIRST = {marks: re.compile(parts.first) for marks, parts in PATTERNS.items()}
_DOLLAR_PAIR = re.compile(r"\$(.)")
_DOUBLED_MARK = re.compile(r";;|//|==")
# RFC 1685 F.3.3: a name in any language (no two blanks in it: those end the column), the label in brackets behind it;
# F.3.2.1: label and value in two columns.
_LINE = re.compile(
    r"[ \t]*+(?:(?>(?:[^ ()\t]++| (?! ))*)\([ \t]*+(?P<bracketed>[^() \t]++)[ \t]*+\)|(?P<label>[^ \t()=]++))"
    r"[ \t]++(?P<value>.*)\Z"
)
# RFC 2156 appendix F.3: dmn-part = dmn-attribute "$" value, dmn-pair = "\."
_PART = re.compile(r"((?>(?:[^.$\\]++|\\\.)+))\$((?>(?:[^.\\]++|\\\.)*))(?:\.|\Z)")


class Field(NamedTuple):
    """A label and its value, escapes undone, with the places of both in the source."""

    label: str
    value: str
    start: int
    middle: int
    end: int


def fields(text: str, marks: Marks, start: int = 0) -> list[Field] | None:
    """Return the pairs of a text from ``start`` on, or ``None`` where it is not made of pairs alone."""
    match = _PAIRS[marks].match
    first = _FIRST[marks].match(text, start)
    if first is None:
        return None
    place, end = first.end(), len(text)
    found: list[Field] = []
    plain = "$" not in text if marks == "dollar" else not _DOUBLED_MARK.search(text)
    while place < end:
        pair = match(text, place)
        if pair is None:
            return None
        label, value = pair.group(1, 2)
        if plain:
            found.append(Field(label, value, place, pair.start(2), pair.end(2)))
        else:
            found.append(Field(*unescape(label, value, marks), place, pair.start(2), pair.end(2)))
        place = pair.end()
    return found or None


def unescape(label: str, value: str, marks: Marks) -> tuple[str, str]:
    """Return a label and a value as they are meant."""
    if marks == "dollar":
        return _DOLLAR_PAIR.sub(r"\1", label), _DOLLAR_PAIR.sub(r"\1", value)
    mark = ";" if marks == "semicolons" else "/"
    return label.replace(mark + mark, mark).replace("==", "="), value.replace(mark + mark, mark)


def line_fields(text: str) -> list[Field] | None:
    """Return the pairs of a table, one a line, or ``None`` where a line is none."""
    found: list[Field] = []
    place = 0
    for line in text.split("\n"):
        shown = line.removesuffix("\r")
        if shown.strip(" \t"):
            pair = _LINE.match(shown)
            if pair is None:
                return None
            which = "label" if pair["label"] is not None else "bracketed"
            value = pair["value"].rstrip(" \t") or pair["value"][:1]
            middle = place + pair.start("value")
            found.append(Field(pair[which], value, place + pair.start(which), middle, middle + len(value)))
        place += len(line) + 1
    return found or None


def domain_fields(text: str, start: int = 0) -> list[Field] | None:
    """Return the parts of a dmn-or-address, least significant first, or ``None`` where it is none."""
    place, end = start, len(text)
    found: list[Field] = []
    while place < end:
        part = _PART.match(text, place)
        if part is None or part.end(2) == end - 1:  # nothing stands behind the last dot
            return None
        label, value = part.group(1, 2)
        if "\\" in part[0]:
            label, value = label.replace("\\.", "."), value.replace("\\.", ".")
        found.append(Field(label, value, place, part.start(2), part.end(2)))
        place = part.end()
    return found or None


# RFC 2163 4.2.1: an attribute as a label; the last hyphen is dropped, so the end closes a code as well.
_PX_PIECE = re.compile(r"([A-Za-z0-9]++)|-([HDBhdb]|[0-9]{3})(?:-|\Z)")
_LAST_ASCII = 127
_PX_CODES = {"h": "-", "d": ".", "b": " "}
_PX_BLANK = re.compile(r"(C|ADMD|PRMD|O|OU)b\Z", re.ASCII | re.IGNORECASE)


def px_fields(text: str) -> list[Field] | None:
    """Return the parts of an O/R address that stands as a domain name in a PX record, or ``None`` where it is none.

    An omitted attribute has the value ``@``, as in a mapping table, and no place of its own. Codes are undone in one
    pass from left to right, never rescanning (RFC 2163 4.2.2): ``PRMD-main-h-400-h-a`` is ``main-400-a``.
    """
    found: list[Field] = []
    place = 0
    for part in text.removesuffix(".").split("."):
        key, hyphen, coded = part.partition("-")
        end = place + len(part)
        if hyphen:
            value = _px_value(coded)
            if value is None:
                return None
            found.append(Field(key, value, place, place + len(key) + 1, end))
        elif _PX_BLANK.match(key):
            found.append(Field(key[:-1], " ", place, end - 1, end))
        else:
            found.append(Field(key, "@", place, end, end))
        place = end + 1
    return found


def _px_value(coded: str) -> str | None:
    """Return what the codes mean, or ``None`` where they are none."""
    pieces: list[str] = []
    place = 0
    while place < len(coded):
        piece = _PX_PIECE.match(coded, place)
        if piece is None:
            return None
        plain, code = piece.groups()
        if plain is not None:
            pieces.append(plain)
        elif code.isdigit():
            if int(code) > _LAST_ASCII:
                return None
            pieces.append(chr(int(code)))
        else:
            pieces.append(_PX_CODES[code.lower()])
        place = piece.end()
    return "".join(pieces)
