"""A section of an answer: a heading and tables below it, for plain text and terminal alike."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Section", "Table"]

#: Rows whose columns stand under each other; the last column may be long.
Table = tuple[tuple[str, ...], ...]


class Section(NamedTuple):
    """A heading - its ``head``, which tells sections apart, and its ``title`` - and ``tables`` below it.

    ``excerpt`` is a text with a caret below it, where the section is about a fault.
    """

    head: str
    title: str
    tables: tuple[Table, ...] = ()
    excerpt: str = ""
