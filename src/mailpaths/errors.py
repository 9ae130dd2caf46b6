"""Every fault that mailpaths reports, one class a fault, all under `MailPathsError`.

Whatever text is handed to a public function, nothing but a `MailPathsError` comes out; any other exception is a bug.
"""

from __future__ import annotations

__all__ = [
    "AddressSyntaxError",
    "AmbiguousHostError",
    "ConversionError",
    "MailPathsError",
    "MapError",
    "ReadingError",
    "RoutingError",
    "TemporaryRoutingError",
    "UnknownHostError",
    "UnknownNameError",
]

#: How much of a long source is shown on each side of the fault.
_WINDOW = 60

#: One visible character for each control character, so that the caret stays under its place
#: (Unicode's control pictures, U+2400 and on).
_VISIBLE = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
_VISIBLE |= dict.fromkeys([*range(0x80, 0xA0), 0x2028, 0x2029], 0xFFFD)


class MailPathsError(ValueError):
    """What every fault found by mailpaths has in common: it is a `ValueError` about an address, a name or a table."""


class AddressSyntaxError(MailPathsError):
    """A text is not an address of the notation asked for.

    ``message`` says what was expected, ``text`` is the whole source and ``span`` the half-open range of characters at
    fault: ``text[span[0]:span[1]]``. Printed, it shows the source with a caret under the place:

    >>> import mailpaths
    >>> try:
    ...     mailpaths.parse("seismo!!piet")
    ... except mailpaths.AddressSyntaxError as error:
    ...     print(error)
    expected a host name between '!' and '!'
      seismo!!piet
             ^
    """

    def __init__(self, message: str, text: str, span: tuple[int, int]) -> None:
        super().__init__(message, text, span)
        self.message = message
        self.text = text
        self.span = span

    def __str__(self) -> str:
        """Return the message, the source and a caret line."""
        return f"{self.message}\n{self.excerpt()}"

    def excerpt(self) -> str:
        """Return two lines: the source (cut to a window about the fault when it is long) and the caret."""
        start, end = self.span
        left = max(0, start - _WINDOW)
        right = min(len(self.text), max(start, min(end, start + _WINDOW)) + _WINDOW)
        head = "…" if left else ""
        tail = "…" if right < len(self.text) else ""
        shown = self.text[left:right].translate(_VISIBLE).encode("utf-8", "replace").decode("utf-8")
        width = max(1, min(end, right) - start)
        caret = "^" + "~" * (width - 1)
        return f"  {head}{shown}{tail}\n  {' ' * (len(head) + start - left)}{caret}"


class ReadingError(MailPathsError):
    """An address that parses has no route under the policy asked for (Sendmail and Exim, say, refuse ``u@a@b``)."""


class ConversionError(MailPathsError):
    """A route or an address cannot be written in the notation asked for.

    ``character`` is the one that is in the way, or ``None`` where the whole is at fault; ``part`` says where it stands:
    ``"user"``, ``"host"`` or ``"route"``.
    """

    def __init__(self, message: str, *, character: str | None = None, part: str = "route") -> None:
        super().__init__(message)
        self.message = message
        self.character = character
        self.part = part

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by state, since the constructor takes keywords."""
        return (_conversion_error, (self.message, self.character, self.part))


def _conversion_error(message: str, character: str | None, part: str) -> ConversionError:
    return ConversionError(message, character=character, part=part)


class UnknownNameError(MailPathsError):
    """There is no policy, style or notation of that name; the message lists those that exist."""


class MapError(MailPathsError):
    """A map, a table or another source of roads cannot be used: it cannot be read, or lacks the host to start from."""


class RoutingError(MailPathsError):
    """A router gives no road to a host: one class for each kind of answer that is none."""

    def __init__(self, message: str, host: str) -> None:
        super().__init__(message, host)
        self.message = message
        self.host = host

    def __str__(self) -> str:
        """Return the message."""
        return self.message


class UnknownHostError(RoutingError):
    """No router knows the host; ``near_misses`` are known names that look like it."""

    def __init__(self, message: str, host: str, near_misses: tuple[str, ...] = ()) -> None:
        super().__init__(message, host)
        self.near_misses = near_misses
        self.args = (message, host, near_misses)


class AmbiguousHostError(RoutingError):
    """The name means several hosts; ``candidates`` tells them apart."""

    def __init__(self, message: str, host: str, candidates: tuple[str, ...] = ()) -> None:
        super().__init__(message, host)
        self.candidates = candidates
        self.args = (message, host, candidates)


class TemporaryRoutingError(RoutingError):
    """A router has no answer now; the same question may be answered later."""
