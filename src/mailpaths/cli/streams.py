"""What the subcommands share: where addresses come from, and where rows and complaints go.

Standard input and output are UTF-8 in every locale, since that is what an address beyond ASCII is made of (RFC 6531);
bytes that are none pass through as they are. Nothing is kept: a batch of a million lines needs the memory of one, and a
line without end no more than the longest address.
"""

from __future__ import annotations

import errno
import os
import re
import sys
from json import JSONEncoder
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, TextIO

import click

from mailpaths.errors import (
    AddressSyntaxError,
    AmbiguousHostError,
    ConversionError,
    MailPathsError,
    ReadingError,
    RoutingError,
    TemporaryRoutingError,
    UnknownHostError,
)
from mailpaths.grammar.lexical import MAX_ADDRESS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = [
    "BAD_INPUT",
    "BROKEN_PIPE",
    "BUG",
    "NO_HOST",
    "NO_INPUT",
    "OK",
    "TRY_AGAIN",
    "BrokenPipe",
    "Input",
    "InputOutputError",
    "NoHostError",
    "NoInputError",
    "Output",
    "UnavailableError",
    "complaint",
    "excerpt",
    "fault",
    "inputs",
    "message",
    "remark",
    "status",
    "visible",
    "warning",
]

OK = 0
BAD_INPUT = 65  # sysexits EX_DATAERR
NO_INPUT = 66  # sysexits EX_NOINPUT
NO_HOST = 68  # sysexits EX_NOHOST
BUG = 70  # sysexits EX_SOFTWARE
TRY_AGAIN = 75  # sysexits EX_TEMPFAIL
BROKEN_PIPE = 141  # as shells say it: 128 and SIGPIPE

_encode = JSONEncoder(ensure_ascii=False).encode
_encode_ascii = JSONEncoder(ensure_ascii=True).encode
# What would not stand in a line of UTF-8 text: C1 controls and line separators, at which some readers split, and bytes
# that were not UTF-8, which have no other spelling than JSON's \udcXX.
_NO_TEXT = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# Terminals obey control characters; people are shown a picture of each (U+2400 and on) instead.
_VISIBLE = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
_VISIBLE |= dict.fromkeys([*range(0x80, 0xA0), 0x2028, 0x2029, *range(0xD800, 0xE000)], 0xFFFD)
_BOM = b"\xef\xbb\xbf"
# Bytes that are read of one line: more than an address, a byte order mark and a line's end can have.
_MOST_BYTES = 4 * MAX_ADDRESS + 8
_BRACES = re.compile(r"\{[^{}]*[,|]")


class BrokenPipe(Exception):  # noqa: N818 - no error: the reader has seen enough
    """Nobody reads the output any more."""


class InputOutputError(click.ClickException):
    """Reading or writing failed: sysexits EX_IOERR."""

    exit_code = 74


class NoInputError(click.ClickException):
    """A file or directory that the call names cannot be read: sysexits EX_NOINPUT."""

    exit_code = NO_INPUT


class NoHostError(click.ClickException):
    """A host that the call names is unknown: sysexits EX_NOHOST."""

    exit_code = NO_HOST


class UnavailableError(click.ClickException):
    """What the call asks for needs what is not installed: sysexits EX_UNAVAILABLE."""

    exit_code = 69


class Input(NamedTuple):
    """One text to read: the number of its line (``None`` for an argument), and what is wrong before anyone reads it."""

    number: int | None
    text: str
    fault: MailPathsError | None = None

    def sound(self) -> str:
        """Return the text, or raise what is wrong with it."""
        if self.fault is not None:
            raise self.fault
        return self.text


def inputs(addresses: Sequence[str], *, braces: bool = False) -> Iterator[Input]:
    """Yield the addresses given, or else the lines of standard input with their numbers.

    A line ends at LF or CRLF, and at nothing else; a byte order mark before the first is dropped. Of a text that is
    longer than any address only the beginning is kept, with a fault that says so. With ``braces`` a text that offers
    several addresses in braces is as many inputs. Raises `click.UsageError` when there is nothing to read,
    `InputOutputError` when reading fails.
    """
    found = _given(addresses)
    return (one for whole in found for one in _written_out(whole)) if braces else found


def _given(addresses: Sequence[str]) -> Iterator[Input]:
    if addresses:
        return (_input(None, address) for address in addresses)
    if sys.stdin is None or sys.stdin.closed or sys.stdin.isatty():
        raise click.UsageError("no address: give some as arguments, or one a line on standard input")
    from mailpaths.cli import progress

    return _lines(progress.shown(_bytes(sys.stdin)))


def _bytes(stream: TextIO) -> Iterable[bytes]:
    """Return the lines of a stream as bytes; one of a test may hold text and nothing else."""
    if hasattr(stream, "buffer"):
        return _bounded(stream.buffer)
    return (line.encode("utf-8", "surrogateescape") for line in stream)


def _bounded(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the lines; what a line has beyond the bound is read and forgotten."""
    while line := stream.readline(_MOST_BYTES):
        yield line
        while len(line) == _MOST_BYTES and not line.endswith(b"\n"):
            line = stream.readline(_MOST_BYTES)


def _lines(raw: Iterable[bytes]) -> Iterator[Input]:
    number = 0
    try:
        for number, line in enumerate(raw, 1):
            end = len(line)
            if line.endswith(b"\n"):
                end -= 2 if line.endswith(b"\r\n") else 1
            start = len(_BOM) if number == 1 and line.startswith(_BOM) else 0
            yield _input(number, line[start:end].decode("utf-8", "surrogateescape"))
    except OSError as error:
        raise InputOutputError(f"cannot read standard input after line {number}: {error.strerror}") from error


def _input(number: int | None, text: str) -> Input:
    if len(text) <= MAX_ADDRESS:
        return Input(number, text)
    begin = text[:MAX_ADDRESS]
    message = f"more than {MAX_ADDRESS:,} characters, the limit of an address; the rest is left out here"
    return Input(number, begin, AddressSyntaxError(message, begin, (MAX_ADDRESS, MAX_ADDRESS)))


def _written_out(whole: Input) -> Iterable[Input]:
    """Return one input for each address that the braces of a text stand for."""
    from mailpaths.addresses import alternatives  # loads where braces are asked for

    try:
        return [whole._replace(text=text) for text in alternatives(whole.sound())]
    except MailPathsError as error:
        return [whole._replace(fault=error)]


class Output:
    """Standard output for rows and standard error for complaints, in step with each other where both are one place."""

    def __init__(self) -> None:
        if sys.stdout is None or sys.stdout.closed:
            raise InputOutputError("standard output is closed")
        sys.stdout.flush()
        self._rows: BinaryIO | None = getattr(sys.stdout, "buffer", None)
        self.is_terminal: bool = sys.stdout.isatty()
        self._in_step = self.is_terminal or _one_file(sys.stdout, sys.stderr)

    def line(self, text: str) -> None:
        """Write one line."""
        if self.is_terminal:
            text = text.translate(_VISIBLE)
        self.block(f"{text}\n")

    def paragraph(self, text: str) -> None:
        """Write an address of several lines and an empty line behind it."""
        for line in text.split("\n"):
            self.line(line)
        if text:
            self.line("")

    def json(self, row: dict[str, object]) -> None:
        """Write one line of JSON (RFC 8259)."""
        text = _encode(row)
        if not text.isascii() and _NO_TEXT.search(text):
            text = _encode_ascii(row)
        self.block(f"{text}\n")

    def block(self, text: str) -> None:
        """Write text that is laid out already."""
        try:
            if self._rows is None:  # a stream of a test, which holds text and nothing else
                sys.stdout.write(text)
                return
            rest = text.encode("utf-8", "surrogateescape")
            while rest:  # more than once only where PYTHONUNBUFFERED leaves no buffer between us and a full pipe
                rest = rest[self._rows.write(rest) :]
            if self.is_terminal:
                self._rows.flush()
        except OSError as error:
            raise _output_fault(error) from error

    def complain(self, text: str) -> None:
        """Write lines for a person to standard error."""
        if sys.stderr is None:
            return
        if self._in_step:
            self.flush()
        try:
            # Looked up each time: a progress bar puts itself before it, and scrolls what is written above itself.
            sys.stderr.write(f"{text}\n")
        except OSError as error:
            raise _output_fault(error) from error

    def flush(self) -> None:
        """Write what is still held back."""
        try:
            (self._rows or sys.stdout).flush()
        except OSError as error:
            raise _output_fault(error) from error


def _one_file(one: TextIO, other: TextIO | None) -> bool:
    try:
        return other is not None and os.path.sameopenfile(one.fileno(), other.fileno())
    except (OSError, ValueError):  # io.UnsupportedOperation is both: a stream of a test, without a file behind it
        return False


def _output_fault(error: OSError) -> Exception:
    if error.errno == errno.EPIPE or (os.name == "nt" and error.errno == errno.EINVAL):
        return BrokenPipe()
    return InputOutputError(f"cannot write: {error.strerror}")


def visible(text: str) -> str:
    """Return the text with a picture for each control character, so that no terminal obeys it."""
    return text.translate(_VISIBLE)


def fault(error: Exception, text: str) -> dict[str, object]:
    """Return what a row says of an error: message, span in characters of the input (or ``None``) and kind."""
    span = error.span if isinstance(error, AddressSyntaxError) and error.text == text else None
    return {"message": message(error, text), "span": span and list(span), "kind": _kind(error)}


def complaint(error: Exception, text: str, number: int | None) -> str:
    """Return what standard error says of an error: the place, the message, and a caret under the fault if known."""
    head = visible(f"mailpaths: {'' if number is None else f'line {number}: '}{message(error, text)}")
    return f"{head}\n{shown}" if (shown := excerpt(error, text)) else head


def warning(doubt: str, text: str, number: int | None) -> str:
    """Return what standard error says of a doubt: the place and the message."""
    return remark(f"warning: {doubt}", text, number)


def remark(finding: str, text: str, number: int | None) -> str:
    """Return what standard error says of a finding that has no place within the text."""
    return visible(f"mailpaths: {text if number is None else f'line {number}'}: {finding}")


def excerpt(error: Exception, text: str) -> str:
    """Return the address with a caret under the fault, or just the address where the error knows no place."""
    if not text:
        return ""
    if isinstance(error, AddressSyntaxError) and error.text == text:
        return error.excerpt()
    if isinstance(error, ConversionError) and error.character and text.count(error.character) == 1:
        place = text.index(error.character)
        return AddressSyntaxError("", text, (place, place + 1)).excerpt()
    return AddressSyntaxError("", text, (0, 0)).excerpt().partition("\n")[0]


def status(error: Exception) -> int:
    """Return the exit status of a batch with this error in it."""
    if isinstance(error, TemporaryRoutingError):
        return TRY_AGAIN
    if isinstance(error, RoutingError):
        return NO_HOST
    return BAD_INPUT if isinstance(error, MailPathsError) else BUG


_KINDS: tuple[tuple[type[Exception], str], ...] = (
    (AddressSyntaxError, "syntax"),
    (ReadingError, "reading"),
    (ConversionError, "conversion"),
    (UnknownHostError, "unknown-host"),
    (AmbiguousHostError, "ambiguous-host"),
    (TemporaryRoutingError, "later"),
)


def _kind(error: Exception) -> str:
    return next((kind for known, kind in _KINDS if isinstance(error, known)), "internal")


def message(error: Exception, text: str) -> str:
    """Return what is wrong with a text, and what to do where it offers several addresses in braces."""
    if not isinstance(error, MailPathsError):
        return f"a fault of mailpaths itself, please report it: {error!r}"
    found = error.message if isinstance(error, AddressSyntaxError | ConversionError) else str(error)
    return f"{found}; {_BRACES_HINT}" if _offers_several(text) else found


_BRACES_HINT = "braces stand for several addresses: write each on a line of its own, or give --alternatives"


def _offers_several(text: str) -> bool:
    if not _BRACES.search(text):
        return False
    from mailpaths.addresses import alternatives

    try:
        return len(alternatives(text)) > 1
    except AddressSyntaxError:  # more than anybody writes out
        return False
