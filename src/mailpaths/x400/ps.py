"""ASCII inside PrintableString: ``foo(a)bar`` for ``foo@bar`` (RFC 2156 3.4, ps-encoded).

Only for what came from ASCII: the RFC-822 attributes of RFC 2156 4.3.2 and message identifiers. Any other value keeps
its brackets.
"""

from __future__ import annotations

import re

from mailpaths.errors import ConversionError
from mailpaths.grammar.oraddress import PS_CHAR

__all__ = ["decode", "encode"]

_LETTERS = {"@": "(a)", "%": "(p)", "!": "(b)", '"': "(q)", "_": "(u)", "(": "(l)", ")": "(r)"}
_CHARACTERS = {code[1]: character for character, code in _LETTERS.items()}
# RFC 2156 3.4: ps-restricted-char, that is ps-char without the brackets.
_RESTRICTED = PS_CHAR.replace("()", "")
_ENCODE = re.compile(rf"(?!{_RESTRICTED}).", re.DOTALL)
_CODE = re.compile(r"\(([apbqulrAPBQULR]|[0-9]{3})\)|([()])")
_ENCODED = re.compile(rf"(?>(?:{_RESTRICTED}++|\((?:[apbqulrAPBQULR]|[0-9]{{3}})\))*)\Z")
# What no address may hold, not even in code: see grammar/lexical.py.
_FORBIDDEN = {0, 10, 13}
_LINE_END = re.compile(r"[\0\r\n]")
# As much of a value as is encoded.
_PREFIX = re.compile(_ENCODED.pattern.removesuffix(r"\Z"))
_ASCII = 0x80


def encode(text: str) -> str:
    """Return ASCII text in PrintableString's characters. Raises `ConversionError` for text beyond ASCII.

    >>> encode('"_%"@b')
    '(q)(u)(p)(q)(a)b'
    """
    return _ENCODE.sub(_code, text)


def _code(found: re.Match[str]) -> str:
    character = found[0]
    code = _LETTERS.get(character)
    if code is None:
        if ord(character) >= _ASCII:
            raise ConversionError(
                f"{character!r} has no code in PrintableString (RFC 2156 3.4 knows ASCII)",
                character=character,
                part="user",
            )
        code = f"({ord(character):03})"
    return code


def decode(text: str, *, lenient: bool = False) -> str:
    """Return the ASCII text that a ps-encoded value means; codes are taken in either case.

    Raises `ConversionError` for a value that is none: a bracket outside of a code, a code above 127, a character that
    is not PrintableString. A ``lenient`` reader passes those through as they stand (RFC 2156 3.4 allows both). CR, LF
    and NUL are refused by both: they are how one address becomes two lines.

    >>> decode("Tom(u)Harris(A)cs.widget.com")
    'Tom_Harris@cs.widget.com'
    >>> decode("first_last(a)domain.com", lenient=True)
    'first_last@domain.com'
    """
    if not lenient and not _ENCODED.match(text):
        prefix = _PREFIX.match(text)
        bad = text[0 if prefix is None else prefix.end() :][:1]
        raise ConversionError(f"not encoded as RFC 2156 3.4 says: {text!r}", character=bad, part="user")
    found = _LINE_END.search(text)
    if found is not None:
        raise ConversionError(
            f"{found[0]!r} is a control character that no address holds", character=found[0], part="user"
        )

    def character(found: re.Match[str]) -> str:
        code = found[1]
        if code is None:
            return found[0]
        if not code.isdigit():
            return _CHARACTERS[code.lower()]
        number = int(code)
        if number in _FORBIDDEN:
            raise ConversionError(f"({code}) is a control character that no address holds", part="user")
        if number >= _ASCII:
            if lenient:
                return found[0]
            raise ConversionError(f"({code}) is beyond ASCII (RFC 2156 3.4)", part="user")
        return chr(number)

    return _CODE.sub(character, text)
