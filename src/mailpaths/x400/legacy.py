"""Two codes that MIXER left behind: RFC 987's ps-encoding of 1986, and the restricted RFC 822 of RFC 1137.

Both were on the wire for years, and stand in archives. `mailpaths.x400.ps` has the code of today.
"""

from __future__ import annotations

import re

from mailpaths.errors import ConversionError
from mailpaths.grammar.oraddress import PS_CHAR

__all__ = ["decode_987", "decode_restricted", "encode_987", "encode_restricted"]

_ASCII = 0x80
# What no address may hold, not even in code: see grammar/lexical.py.
_FORBIDDEN = {0, 10, 13}
_NEVER = re.compile(r"[^\x01-\x09\x0b\x0c\x0e-\x7f]")

# RFC 987 3.3.3: ps-encoded-char; brackets are ps-char and ps-delim, and have no code of their own.
_LETTERS = {"@": "(a)", "%": "(p)", "!": "(b)", '"': "(q)", "_": "(u)"}
_CHARACTERS = {code[1]: character for character, code in _LETTERS.items()}
_NOT_PRINTABLE = re.compile(rf"(?!{PS_CHAR}).", re.DOTALL)
_PS_CHAR_987 = PS_CHAR.replace("(", "")
_PS_CODE = r"\((?:[apbqu]|0[0-9]{2}|1(?:[01][0-9]|2[0-7]))\)"
_PS_ENCODED = re.compile(rf"(?>(?:{_PS_CHAR_987}++|{_PS_CODE})*)\Z", re.IGNORECASE)
_PS_CODES = re.compile(_PS_CODE, re.IGNORECASE)

# RFC 1137 2: a-encoded-char
_HASHES = {
    " ": "_",
    "_": "#u#",
    "(": "#l#",
    ")": "#r#",
    ",": "#m#",
    ":": "#c#",
    "\\": "#b#",
    "#": "#h#",
    "=": "#e#",
    "/": "#s#",
}
_PLAIN = {code: character for character, code in _HASHES.items()}
# RFC 1137 2: a-char = any CHAR except specials (other than "@" and "."), SPACE, CTL, "_" and "#". By that, "~" is
# one; the example of section 3 encodes it, and so do we: it is read back either way.
_ENCODED = re.compile(r'[\x00-\x20"#(),:;<>\[\\\]_~\x7f]')
_HASH_CODE = r"#(?:[ulrmcbhes]|0[0-9]{2}|1(?:[01][0-9]|2[0-7]))#"
_ATOM_ENCODED = re.compile(rf'(?>(?:[^\x00-\x20"#(),:;<>\[\\\]\x7f]++|{_HASH_CODE})*)\Z', re.IGNORECASE)
_HASH_CODES = re.compile(rf"_|{_HASH_CODE}", re.IGNORECASE)


def encode_987(text: str) -> str:
    """Return ASCII text as RFC 987 3.3.3 puts it into PrintableString: brackets as they are, so not for good.

    ``(a)`` is written ``(a)``, which is read as ``@``. Raises `ConversionError` for text beyond ASCII.

    >>> encode_987('"_%"')
    '(q)(u)(p)(q)'
    """
    return _NOT_PRINTABLE.sub(lambda found: _LETTERS.get(found[0]) or f"({_code(found[0]):03})", text)


def decode_987(text: str) -> str:
    """Return the ASCII text that PrintableString means under RFC 987 3.3.3; one with another bracket means itself.

    Raises `ConversionError` for a code of CR, LF or NUL, and for text beyond ASCII.

    >>> decode_987("(040)a(041)"), decode_987("((a)")
    ('(a)', '((a)')
    """
    _check(text)
    if not _PS_ENCODED.match(text):
        return text
    return _PS_CODES.sub(lambda found: _CHARACTERS.get(found[0][1].lower()) or _character(found[0]), text)


def encode_restricted(local_part: str) -> str:
    """Return an unquoted local part as networks without quoted strings carry it (RFC 1137 2).

    Raises `ConversionError` for text beyond ASCII.

    >>> encode_restricted("Steve Kille"), encode_restricted("argle#~")
    ('Steve_Kille', 'argle#h##126#')
    """
    _check(local_part)
    return _ENCODED.sub(lambda found: _HASHES.get(found[0]) or f"#{_code(found[0]):03}#", local_part)


def decode_restricted(text: str) -> str:
    """Return the unquoted local part that a restricted one means; one that is not so encoded means itself.

    Only for what is known to come from such a network: to it ``john_smith`` is ``john smith``. RFC 2156 forbids this
    code towards SMTP (appendix G). Raises `ConversionError` for a code of CR, LF or NUL, and for text beyond ASCII.

    >>> decode_restricted("jj#l#a#r#seismo.css.gov")
    'jj(a)seismo.css.gov'
    """
    _check(text)
    if not _ATOM_ENCODED.match(text):
        return text
    return _HASH_CODES.sub(lambda found: _PLAIN.get(found[0].lower()) or _character(found[0]), text)


def _check(text: str) -> None:
    found = _NEVER.search(text)
    if found is not None:
        _code(found[0])


def _code(character: str) -> int:
    """Return the number of a character that may have a code."""
    number = ord(character)
    if number >= _ASCII:
        raise ConversionError(f"{character!r} has no code: it is beyond ASCII", character=character, part="user")
    if number in _FORBIDDEN:
        raise ConversionError(
            f"{character!r} is a control character that no address holds", character=character, part="user"
        )
    return number


def _character(code: str) -> str:
    """Return the character of a numeric code, its marks about it."""
    number = int(code[1:-1])
    if number in _FORBIDDEN:
        raise ConversionError(f"{code} is a control character that no address holds", part="user")
    return chr(number)
