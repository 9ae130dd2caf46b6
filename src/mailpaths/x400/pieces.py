"""A piece of a text that was given, with marks taken out, which still knows where each character stood."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailpaths.errors import AddressSyntaxError

__all__ = ["Piece"]


@dataclass(frozen=True, slots=True)
class Piece:
    r"""A ``text``, and the ``places`` in what was given of each of its characters, and of its end.

    >>> piece = Piece.whole(r"a\;b").without_first(re.compile(r"\\;"))
    >>> piece
    Piece(text='a;b', places=(0, 2, 3, 4))
    """

    text: str
    places: Sequence[int]

    @classmethod
    def whole(cls, text: str) -> Piece:
        """Return what was given as a piece of itself."""
        return cls(text, range(len(text) + 1))

    def cut(self, start: int, end: int) -> Piece:
        """Return the piece from one place of this one to another."""
        return Piece(self.text[start:end], self.places[start : end + 1])

    def stripped(self) -> Piece:
        """Return the piece without the blanks about it."""
        start = len(self.text) - len(self.text.lstrip(" \t"))
        return self.cut(start, max(start, len(self.text.rstrip(" \t"))))

    def without_first(self, pair: re.Pattern[str]) -> Piece:
        """Return the piece without the first character of each pair, which only protects the second."""
        marks = {found.start() for found in pair.finditer(self.text)}
        if not marks:
            return self
        kept = [place for place in range(len(self.text)) if place not in marks]
        return Piece("".join([self.text[place] for place in kept]), tuple([self.places[one] for one in [*kept, -1]]))

    def joined(self, other: Piece) -> Piece:
        """Return this piece and one that stood behind it as one."""
        return Piece(self.text + other.text, (*self.places[:-1], *other.places))

    def moved(self, error: AddressSyntaxError, given: str) -> AddressSyntaxError:
        """Return an error about the piece as one about what was given."""
        start, end = error.span
        first = self.places[start]
        return AddressSyntaxError(error.message, given, (first, self.places[end - 1] + 1 if end > start else first))
