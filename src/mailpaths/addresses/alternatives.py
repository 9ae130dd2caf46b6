"""Braces as people wrote them in signatures: ``{ihnp4,hplabs}!gw!sam`` is two addresses."""

from __future__ import annotations

import re
from contextlib import suppress

from mailpaths.errors import AddressSyntaxError
from mailpaths.grammar import lexical
from mailpaths.grammar.rfc822 import outside_quotes

__all__ = ["MAX_ALTERNATIVES", "alternatives"]

#: More than this from one text is refused: braces multiply.
MAX_ALTERNATIVES = 256

_BRACES = re.compile(r"\{([^{}]*+)\}")
_SEPARATOR = re.compile(r"[,|]")


def _bare(text: str) -> str:
    """Return the text with comments, quoted strings and literals blanked: braces in them are theirs (RFC 822 3.3)."""
    with suppress(AddressSyntaxError):  # an open parenthesis makes no address anyway, and parse will say so
        text = lexical.mask(text).text
    return outside_quotes(text)


def alternatives(text: str) -> tuple[str, ...]:
    """Return every address that the text offers, in order; a text without a choice in braces is the only one.

    Usenet signatures gave several neighbours to start from, ``{ihnp4,hplabs}!gw!sam`` or ``{ihnp4 | hplabs}!gw!sam``.
    That is no address of any RFC, so `mailpaths.parse` leaves braces alone (RFC 822 3.3 has them in atoms) and this is
    a step of its own. What comes back is text, not yet parsed. Raises `AddressSyntaxError` for more than 256.

    >>> alternatives("{ihnp4,hplabs}!gw!sam")
    ('ihnp4!gw!sam', 'hplabs!gw!sam')
    >>> alternatives("piet@mcvax.example")
    ('piet@mcvax.example',)
    """
    pieces: list[list[str]] = []
    done = 0
    count = 1
    for found in _BRACES.finditer(_bare(text)):
        choices = [choice.strip() for choice in _SEPARATOR.split(text[found.start(1) : found.end(1)])]
        if len(choices) == 1 or not all(choices):
            continue  # no choice: braces are plain characters, and "{|}" stands in an atom of its own right
        count *= len(choices)
        if count > MAX_ALTERNATIVES:
            raise AddressSyntaxError(
                f"braces that stand for more than {MAX_ALTERNATIVES} addresses", text, found.span()
            )
        pieces += [[text[done : found.start()]], choices]
        done = found.end()
    pieces.append([text[done:]])
    made = [""]
    for choices in pieces:
        made = [start + choice for start in made for choice in choices]
    return tuple(made)
