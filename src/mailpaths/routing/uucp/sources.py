"""Where the text of maps comes from: files, compressed ones, directories, patterns, standard input.

Text comes in pieces that end where a statement ends, so that a map of any size needs the memory of its links and not
of its text. Nothing here can make a program fail: what cannot be read is told as a `Trouble`.
"""

from __future__ import annotations

import errno
import io
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple, cast

__all__ = ["STANDARD_INPUT", "Skipped", "Source", "Trouble", "find", "of_octets", "of_text"]

#: What standard input is called in messages, as pathalias calls it.
STANDARD_INPUT = "[stdin]"

_BLOCK = 1 << 20
#: Octets of one statement: a hundred times what the largest hub ever declared. More is left out with a message.
MAX_STATEMENT = 8 << 20
_BINARY_SIGN = b"\0"
_PACKED = (".gz", ".xz", ".bz2")


class Skipped(NamedTuple):
    """Lines that are left out, because they are one statement longer than any that makes sense."""

    lines: int


class Trouble(NamedTuple):
    """A file that cannot be read, or not to its end, and why."""

    name: str
    reason: str

    def __str__(self) -> str:
        """Return the trouble as pathalias prints it."""
        return f"{self.name}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a map: its ``name`` in messages, and where its octets come from."""

    name: str
    open: Callable[[], AbstractContextManager[IO[bytes]]]

    def pieces(self) -> Iterator[str | Skipped | Trouble]:
        """Yield the text in pieces of whole statements, what is left out of it, and at most one trouble, at the end."""
        try:
            with self.open() as stream:
                yield from _pieces(stream, self.name)
        except _broken() as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error) or "broken off"
            yield Trouble(self.name, reason)


def find(names: Iterable[str | Path | IO[bytes]]) -> list[Source]:
    """Return the sources that names stand for, in their order.

    A name is a file (``.gz``, ``.xz`` and ``.bz2`` are unpacked), a directory for all files in it in the order of
    their names, a pattern such as ``u.*`` where there is no such file, or ``-`` for standard input. A stream of octets
    is a source itself. What does not exist is a source too, and its trouble when it is read.
    """
    found: list[Source] = []
    for name in names:
        if not isinstance(name, str | Path):
            found.append(_of_stream(name))
        elif name == "-":
            found.append(Source(STANDARD_INPUT, _standard_input))
        else:
            found += [_of_file(path, str(path)) for path in _files(name)]
    return found


def of_octets(octets: bytes, name: str) -> Source:
    """Return octets as a source."""
    return Source(name, lambda: io.BytesIO(octets))


def of_text(text: str, name: str) -> Source:
    """Return a text as a source."""
    try:
        return of_octets(text.encode("utf-8", "surrogateescape"), name)
    except UnicodeEncodeError:  # halves of characters that stand for no octets
        return of_octets(text.encode("utf-8", "surrogatepass"), name)


def _files(name: str | Path) -> list[Path]:
    path = Path(name)
    try:
        if path.is_dir():
            return sorted(one for one in path.iterdir() if not one.name.startswith(".") and not one.is_dir())
        if not path.exists() and any(mark in str(name) for mark in "*?["):
            import glob

            return [Path(one) for one in sorted(glob.glob(str(name)))] or [path]  # noqa: PTH207 - absolute patterns too
    except (OSError, ValueError):
        pass  # told when the file is opened
    return [path]


def _of_file(path: Path, name: str) -> Source:
    return Source(name, lambda: _unpacked(path) if path.suffix in _PACKED else path.open("rb"))


def _unpacked(path: Path) -> IO[bytes]:
    """Return a packed file, opened. What unpacks it loads with the first such file."""
    if path.suffix == ".gz":
        import gzip

        return cast("IO[bytes]", gzip.open(path))
    if path.suffix == ".xz":
        import lzma

        return lzma.open(path)
    import bz2

    return bz2.open(path)


def _broken() -> tuple[type[Exception], ...]:
    """Return what reading raises: of the libraries that unpack, only those can that are loaded."""
    unpackers = [("zlib", "error"), ("lzma", "LZMAError")]
    errors = [getattr(sys.modules[module], name) for module, name in unpackers if module in sys.modules]
    # ValueError: a NUL in the name, or what no file system can hold.
    return (OSError, EOFError, ValueError, *errors)


def _of_stream(stream: IO[bytes]) -> Source:
    name = getattr(stream, "name", None)
    return Source(name if isinstance(name, str) else STANDARD_INPUT, lambda: nullcontext(stream))


def _standard_input() -> AbstractContextManager[IO[bytes]]:
    if sys.stdin is None or sys.stdin.closed:
        raise OSError(errno.EBADF, "standard input is closed")
    return nullcontext(sys.stdin.buffer)


def _pieces(stream: IO[bytes], name: str) -> Iterator[str | Skipped | Trouble]:  # noqa: C901 - one loop over blocks
    rest = b""
    skipping = False
    first = True
    trouble: Exception | None = None
    while True:
        try:
            block = stream.read(_BLOCK)
        except _broken() as error:
            trouble = error
            break
        if not block:
            break
        if first and _BINARY_SIGN in block:
            yield Trouble(name, "not a text: it holds NUL octets")
            return
        first = False
        rest += block
        if skipping:
            border = _first_border(rest)
            # The last octet waits for the next block: only that says whether a line end is a border.
            end = border or len(rest) - 1
            yield Skipped(rest.count(b"\n", 0, end))
            rest = rest[end:]
            skipping = not border
        end = _last_border(rest)
        if end:
            yield _text(rest[:end])
            rest = rest[end:]
        if len(rest) > MAX_STATEMENT:
            yield Skipped(rest.count(b"\n", 0, len(rest) - 1))
            rest = rest[-1:]
            skipping = True
    if skipping:
        yield Skipped(rest.count(b"\n"))
    elif rest:
        yield _text(rest)
    if trouble is not None:
        raise trouble


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "surrogateescape")


def _last_border(octets: bytes) -> int:
    """Return the offset behind the last statement that is known to be whole, 0 where none is."""
    place = octets.rfind(b"\n", 0, len(octets) - 1)
    while place >= 0:
        if octets[place + 1] not in b" \t":
            return place + 1
        place = octets.rfind(b"\n", 0, place)
    return 0


def _first_border(octets: bytes) -> int:
    place = octets.find(b"\n", 0, len(octets) - 1)
    while place >= 0:
        if octets[place + 1] not in b" \t":
            return place + 1
        place = octets.find(b"\n", place + 1, len(octets) - 1)
    return 0
