"""Read the files of a map into a `World`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from mailpaths.grammar.uucpcost import SYMBOLS
from mailpaths.grammar.uucpreader import Reader
from mailpaths.routing.uucp.building import Builder
from mailpaths.routing.uucp.sources import Skipped, Source, Trouble
from mailpaths.routing.uucp.world import World

__all__ = ["MapText", "read"]


# A name or number at the very end: pathalias, which looks one character ahead, misses the end of the line then.
_CUT = re.compile(r'(?:\A|\n)(?>(?:[^\n#"]|"[^"\n]*+")*)(?<=[-0-9A-Za-z._])\Z')


class MapText(NamedTuple):
    """What was read: the world, and the files that were not read."""

    world: World
    troubles: tuple[Trouble, ...]


def read(  # noqa: PLR0913 - one parameter an option of pathalias
    sources: Iterable[Source],
    *,
    home: str | None = None,
    fold_case: bool = False,
    terminal_domains: bool = False,
    dead: Iterable[str] = (),
    symbols: Mapping[str, int] = SYMBOLS,
) -> MapText:
    """Read sources into one world, as pathalias reads its files.

    ``dead`` are hosts and links (``host!host``) to be taken for dead, ``symbols`` what the words for costs mean.
    """
    reader = Reader(symbols)
    builder = Builder(reader.again, fold_case=fold_case, terminal_domains=terminal_domains)
    for one in dead:
        host, bang, to = one.partition("!")
        builder.kill(host, to if bang else None)
    if home is not None:
        builder.settle(home)
    troubles: list[Trouble] = []
    last = ""
    for source in sources:
        builder.begin_file(source.name)
        reader.begin_file()
        skipping = False
        for piece in source.pieces():
            skipped, skipping = skipping, isinstance(piece, Skipped)
            if isinstance(piece, str):
                builder.take(reader.records(piece))
                last = piece
            elif isinstance(piece, Skipped):
                if not skipped:
                    builder.complain(reader.line, "a statement too long for any map is left out")
                reader.skip(piece.lines)
            else:
                builder.tell(str(piece))
                troubles.append(piece)
    builder.take(reader.end_of_input(cut=bool(_CUT.search(last))))
    return MapText(builder.finish(), tuple(troubles))
