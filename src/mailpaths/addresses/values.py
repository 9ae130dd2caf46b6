"""The value of one attribute: PrintableString, or one that has a teletex form; and how each is written as text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailpaths.addresses import attributes as table
from mailpaths.addresses.attributes import Attribute, Syntax
from mailpaths.errors import AddressSyntaxError
from mailpaths.grammar.oraddress import PS_CHAR

__all__ = ["Teletex", "Value", "check_type", "check_value", "decode_teletex", "fold", "join", "shorten"]

_PRINTABLE = re.compile(rf"{PS_CHAR}++\Z")
_NUMERIC = re.compile(r"[0-9 ]++\Z")
_LINES = re.compile(rf"{PS_CHAR}++(?>(?:\|{PS_CHAR}++)*)\Z")
_EMPTY_LINE = re.compile(r"\A\||\|\||\|\Z")
# RFC 2156 3.3.4: teletex-string = *( ps-char / t61-encoded ), t61-encoded = "{" 1*( 3DIGIT ) "}"
_T61 = re.compile(rf"({PS_CHAR}++)|\{{((?>(?:[0-9]{{3}})+))\}}")
_LABELLED_INTEGER = re.compile(r"(?:([A-Za-z][A-Za-z0-9-]*+)(?:\(([0-9]{1,3})\))?|([0-9]{1,3}))\Z")
_NOT_PRINTABLE = re.compile(rf"(?!{PS_CHAR}).", re.DOTALL)
_NOT_LINES = re.compile(rf"(?!{PS_CHAR}|\|).", re.DOTALL)
_NOT_NUMERIC = re.compile(r"[^0-9 ]")
# What people put into an E.164 number, and NumericString cannot hold.
_TELEPHONE_MARKS = re.compile(r"[-+ ]")
# What may stand in a domain-defined attribute beside PrintableString: users and Exchange write the address there
# without encoding it (RFC 2156 3.4). Braces and "*" are the marks of teletex.
_VISIBLE = re.compile(r"[\x20-\x7e]++\Z")
_SPACES = re.compile(r" {2,}")
_PS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 '()+,-./:=?")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]++")  # C0, DEL and C1
_ESCAPE = 0x1B
_OCTET = 0xFF
# How much of what somebody wrote a message repeats.
_SHOWN = 24


@dataclass(frozen=True, slots=True)
class Teletex:
    r"""A value that has a teletex (T.61) form: its ``octets``, and the ``printable`` form where it has both.

    A value that is PrintableString alone is a plain `str`. `str` writes both forms as RFC 2156 3.3.4 says.

    >>> print(Teletex(b"\xa5", printable="yen"))
    yen*{165}
    """

    octets: bytes
    printable: str | None = None

    @property
    def text(self) -> str:
        r"""What a person reads: the printable form, else the octets as ISO 8859-1 (RFC 2156 3.3.4: the G1 set).

        A control character stands there by its code, so that no value ends a line or a string where it is shown:

        >>> Teletex(b"\r\nZo\xeb").text
        '{013010}Zoë'
        """
        text = self.printable if self.printable is not None else self.octets.decode("latin-1")
        return _CONTROLS.sub(_controls_by_code, text)

    @property
    def encoded(self) -> str:
        """The octets alone, in the text form of RFC 2156 3.3.4: what is no PrintableString in braces, ``a{165}b``.

        From an escape sequence on, all stands in one pair of braces: its effect ends with them.
        """
        octets = self.octets
        place = octets.find(_ESCAPE)
        cut = len(octets) if place < 0 else place
        pieces: list[str] = []
        run: list[str] = []
        for octet in octets[:cut]:
            if octet not in _PS:
                run.append(f"{octet:03}")
                continue
            if run:
                pieces.append(f"{{{''.join(run)}}}")
                run.clear()
            pieces.append(chr(octet))
        run += [f"{octet:03}" for octet in octets[cut:]]
        if run:
            pieces.append(f"{{{''.join(run)}}}")
        return "".join(pieces)

    def __str__(self) -> str:
        """Return both forms: ``printable*teletex``."""
        return f"{self.printable or ''}*{self.encoded}"


def _controls_by_code(found: re.Match[str]) -> str:
    return f"{{{''.join([f'{ord(one):03}' for one in found[0]])}}}"


#: The value of an attribute: PrintableString (or NumericString) as `str`, or one that has a teletex form.
Value = str | Teletex


def fold(value: str) -> str:
    """Return a value as it is compared (RFC 2156 4.3.5 B.1): no outer spaces, no doubled ones, lower case."""
    return _SPACES.sub(" ", value.strip(" ")).lower()


def shorten(text: str) -> str:
    """Return enough of a text to recognise it in a message."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def check_value(attribute: Attribute, value: Value, text: str, span: tuple[int, int]) -> Value:
    """Return the value that is meant; a `str` may be its text form (RFC 2156 4.1.1).

    Raises `AddressSyntaxError` for one that the attribute cannot have; it stands at ``span`` of ``text``.
    """
    if isinstance(value, Teletex):
        return _check_teletex(attribute, value, text, span)
    syntax = attribute.syntax
    if syntax is Syntax.TELETEX and _PRINTABLE.match(value):
        return value
    if not value:
        if attribute.key == "ADMD":  # RFC 2156 4.3.5 B.1: the one that may be of no length
            return ""
        raise AddressSyntaxError(f"expected a value for the {attribute.name} ({attribute.key})", text, span)
    if syntax is Syntax.TELETEX or syntax is Syntax.POSTAL:
        return _teletex_or_printable(attribute, value, text, span)
    if syntax is Syntax.INTEGER:
        return _integer(value, text, span)
    if syntax is Syntax.NUMERIC:
        digits = _TELEPHONE_MARKS.sub("", value) if attribute.key == "NET-NUM" else value
        if _NUMERIC.match(digits):
            return digits
        raise _character_fault(f"the {attribute.name}", digits or value, _NOT_NUMERIC, text, span)
    if _PRINTABLE.match(value) or (syntax is Syntax.PRESENTATION and _VISIBLE.match(value)):
        return value
    raise _character_fault(f"the {attribute.name}", value, _NOT_PRINTABLE, text, span)


def check_type(name: str, text: str, span: tuple[int, int]) -> str:
    """Return the type of a domain-defined attribute. Raises `AddressSyntaxError` for what none can be."""
    if not name:
        raise AddressSyntaxError("a domain-defined attribute without a type", text, span)
    if _PRINTABLE.match(name) or (_VISIBLE.match(name) and decode_teletex(name) is not None):
        return name
    raise _character_fault("the type of a domain-defined attribute", name, _NOT_PRINTABLE, text, span)


def _teletex_or_printable(attribute: Attribute, written: str, text: str, span: tuple[int, int]) -> Value:
    """Return the value of teletex-and-or-ps or upa-string (RFC 2156 3.3.4 and 4.1.1)."""
    printable, star, coded = written.partition("*")
    good = _LINES if attribute.syntax is Syntax.POSTAL else _PRINTABLE
    if not star and good.match(written):
        return written
    octets = decode_teletex(coded if star else written)
    if octets and (not printable or not star or good.match(printable)):
        return join(printable or None if star else None, octets, postal=attribute.syntax is Syntax.POSTAL)
    if attribute.key == "DD" and _VISIBLE.match(written):
        return written
    bad = _NOT_PRINTABLE
    if attribute.syntax is Syntax.POSTAL:
        if _EMPTY_LINE.search(printable):
            raise AddressSyntaxError(f"an empty line in the {attribute.name}", text, span)
        bad = _NOT_LINES
    raise _character_fault(f"the {attribute.name}", written, bad, text, span, teletex=True)


def join(printable: str | None, octets: bytes, *, postal: bool = False) -> Value:
    """Return a value of two forms; where they say the same, or the octets alone are printable, it is a `str`.

    RFC 2156 4.1.1: a single printable string then stands for both. The octets of a ``postal`` address stay teletex:
    they are 180 without lines (X.411: UnformattedPostalAddress), and a printable line has 30 characters.
    """
    if _PS.issuperset(octets):
        same = octets.decode("ascii")
        if printable == same or (printable is None and not postal):
            return same
    return Teletex(octets, printable)


def decode_teletex(coded: str) -> bytes | None:
    """Return the octets of a teletex-string (RFC 2156 3.3.4), or ``None`` for a text that is none."""
    octets = bytearray()
    place = 0
    while place < len(coded):
        piece = _T61.match(coded, place)
        if piece is None:
            return None
        plain, codes = piece.groups()
        if plain is not None:
            octets += plain.encode("ascii")
        else:
            numbers = [int(codes[start : start + 3]) for start in range(0, len(codes), 3)]
            if max(numbers) > _OCTET:
                return None
            octets += bytes(numbers)
        place = piece.end()
    return bytes(octets)


def _check_teletex(attribute: Attribute, value: Teletex, text: str, span: tuple[int, int]) -> Value:
    if attribute.syntax not in {Syntax.TELETEX, Syntax.POSTAL}:
        raise AddressSyntaxError(f"the {attribute.name} has no teletex form", text, span)
    if not value.octets:
        raise AddressSyntaxError(f"expected a value for the {attribute.name} ({attribute.key})", text, span)
    good = _LINES if attribute.syntax is Syntax.POSTAL else _PRINTABLE
    if value.printable is not None and not good.match(value.printable):
        bad = _NOT_LINES if attribute.syntax is Syntax.POSTAL else _NOT_PRINTABLE
        raise _character_fault(f"the {attribute.name}", value.printable, bad, text, span)
    return join(value.printable, value.octets, postal=attribute.syntax is Syntax.POSTAL)


def _integer(written: str, text: str, span: tuple[int, int]) -> str:
    """Return a terminal type as its number: ``g3fax(5)``, ``g3fax`` and ``5`` are the same."""
    found = _LABELLED_INTEGER.match(written)
    if found is not None:
        name, labelled, bare = found.groups()
        number = labelled or bare
        if number is None:
            known = table.TERMINAL_TYPES.get(name.lower())
            number = None if known is None else str(known)
        if number is not None:
            return str(int(number))
    raise AddressSyntaxError("expected a terminal type: tlx, ttx, g3fax, g4fax, ia5, vtx or a number", text, span)


def _character_fault(  # noqa: PLR0913 - what is wrong with what, and where it stands
    what: str, written: str, bad: re.Pattern[str], text: str, span: tuple[int, int], *, teletex: bool = False
) -> AddressSyntaxError:
    """Return the error for the first character that may not be there, at its own place."""
    found = bad.search(written)
    if found is None:
        return AddressSyntaxError(f"not a value of {what}: {shorten(written)!r}", text, span)
    # An escape never changes a character that needs none, so the source has it where the value has it.
    place = text.find(found[0], *span)
    if place >= 0:
        span = (place, place + 1)
    if teletex and found[0] in "*{}":
        return AddressSyntaxError(f"{found[0]!r} in {what} is no well-formed teletex (RFC 2156 3.3.4)", text, span)
    kind = "NumericString (RFC 2156 3.3.2)" if bad is _NOT_NUMERIC else "PrintableString (RFC 2156 3.3.3)"
    return AddressSyntaxError(f"{found[0]!r} in {what} is not in {kind}", text, span)
