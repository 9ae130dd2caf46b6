"""What is wrong with a text that is no address, in words for the person who wrote it.

The usual slips are named first, by what stands there; for the rest the grammar of record says where it stopped and
what it expected. Every fault has a span in the *whole* source.
"""

from __future__ import annotations

import re

from mailpaths.errors import AddressSyntaxError
from mailpaths.grammar import lexical, oraddress
from mailpaths.grammar.oraddress import Marks

__all__ = ["bang_fault", "domain_form_fault", "mailbox_fault", "oraddress_fault", "table_fault"]

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_STRING_OR_LITERAL = re.compile(rf'{lexical.QUOTED_STRING}|{lexical.DOMAIN_LITERAL}|(["\[](?s:.*))')
_SLIPS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"@[ \t]*@"), "expected a domain between '@' and '@'"),
    (re.compile(r"\.[ \t]*\."), "expected a word between two dots"),
    (re.compile(r"@[ \t]*\."), "a domain may not begin with a dot"),
    (re.compile(r"\.[ \t]*@"), "a local part may not end with a dot"),
    (re.compile(r"(?:\A|<)[ \t]*\."), "a local part may not begin with a dot"),
    (re.compile(r"(?:\A|<)[ \t]*@(?![^:<>]*+:)"), "expected a local part before '@'"),
    (re.compile(r"@[ \t]*(?:\Z|>)"), "expected a domain after '@'"),
    (re.compile(r"<[ \t]*>"), "expected an address between '<' and '>'"),
)
_WHITE_SPACE = "white space may not stand in a bang path"
_BRACKET = "a bracket or a comment may not stand in a bang path"
_PATH_SLIPS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?:\A|<)[ \t]*!"), "expected a host name before '!'"),
    (re.compile(r"!!"), "expected a host name between '!' and '!'"),
    (re.compile(r"!(?=[ \t]*(?:\Z|>))"), "expected a user after '!'"),
    (re.compile(r"[()]"), _BRACKET),
    (re.compile(r"(?<=[^ \t<>])[ \t](?=[ \t]*[^ \t<>])"), _WHITE_SPACE),
)
_EXPECTED = {
    "the end": "expected the end of the address",
    "a local part": "expected a local part",
    "a domain": "expected a domain",
    "'@'": "expected '@' and a domain",
    "'>'": "expected '>' to end the angle address",
    "a user": "expected a user",
    "a host name": "expected a host name",
}


def mailbox_fault(text: str, *, listed: bool = False) -> AddressSyntaxError:
    """Return the error for a text that is no RFC 822 mailbox; ``listed`` where it is one of a list."""
    from mailpaths.grammar import tree  # pyparsing loads with the first fault: good addresses never need it

    common = _common_fault(text)
    if common is not None:
        return common
    open_mark = next((found for found in _STRING_OR_LITERAL.finditer(text) if found[1]), None)
    masked = lexical.mask(text)
    try:
        tree.read_mailbox(masked)
    except tree.StopError as stop:
        place, expected = stop.place, stop.expected
    else:
        raise AssertionError(f"the drivers disagree about {text!r}")  # pragma: no cover - a test holds them equal
    if open_mark is not None and open_mark.start() >= place:
        return _open_fault(text, open_mark.start())
    hidden = _hide_quoted(masked.text)
    slips = (*_SLIPS, *_PATH_SLIPS) if "!" in hidden and "@" not in hidden else _SLIPS
    return _slip_fault(text, hidden, slips) or _stop_fault(text, place, expected, listed=listed)


def bang_fault(text: str, *, at: bool) -> AddressSyntaxError:
    """Return the error for a text that is no bang path."""
    from mailpaths.grammar import tree  # pyparsing loads with the first fault: good addresses never need it

    common = _common_fault(text)
    if common is not None:
        return common
    slip = _slip_fault(text, _hide_quoted(text), _PATH_SLIPS)
    if slip is not None:
        return slip
    try:
        tree.read_bang(text, at=at)
    except tree.StopError as stop:
        return _stop_fault(text, stop.place, stop.expected, listed=True)
    raise AssertionError(f"the drivers disagree about {text!r}")  # pragma: no cover - a test holds them equal


_SEPARATORS: dict[Marks, str] = {"dollar": "'/' or ';'", "semicolons": "';'", "slashes": "'/'"}


def oraddress_fault(text: str, marks: Marks, start: int) -> AddressSyntaxError:
    """Return the error for a text that is no O/R address of these marks, from ``start`` on."""
    from mailpaths.grammar import tree  # pyparsing loads with the first fault: good addresses never need it

    common = _common_fault(text)
    if common is not None:
        return common
    try:
        tree.read_oraddress(text, marks, start)
    except tree.StopError as stop:
        place, expected = stop.place, stop.expected
    else:
        raise AssertionError(f"the drivers disagree about {text!r}")  # pragma: no cover - a test holds them equal
    found = text[place : place + 1]
    separator = _SEPARATORS[marks]
    if found == "$":
        message = "expected '/', '=' or another PrintableString character after '$'"
    elif expected == "the first separator":
        message = "expected '/' before the first label"
    elif expected == "the end":
        message = f"expected {separator}" + ("; a value holds '=' as '$='" if found == "=" else "")
    elif expected == "'='":
        message = "expected '=' and a value"
    else:
        message = "expected a label"
    if expected != "the end" and found and found in "/;":
        message = f"{message} before {found!r}"
    elif not found:
        message = f"{message}, found nothing more"
    return AddressSyntaxError(message, text, (place, min(place + 1, len(text))))


def table_fault(text: str) -> AddressSyntaxError:
    """Return the error for a text that is no O/R address in two columns."""
    place = 0
    for line in text.split("\n"):
        shown = line.removesuffix("\r")
        if shown.strip(" \t") and oraddress.line_fields(shown) is None:
            return AddressSyntaxError("expected a label and a value in two columns", text, (place, place + len(shown)))
        place += len(line) + 1
    return AddressSyntaxError("expected an O/R address, found nothing", text, (0, len(text)))


def domain_form_fault(text: str, start: int) -> AddressSyntaxError:
    """Return the error for a text that is no dmn-or-address (RFC 2156 appendix F.3)."""
    for part in _PARTS.finditer(text, start):
        if "$" not in part[0]:
            return AddressSyntaxError("expected KEY$value (RFC 2156 appendix F.3)", text, part.span())
    return AddressSyntaxError("expected KEY$value between dots (RFC 2156 appendix F.3)", text, (start, len(text)))


# What stands between the dots of a dmn-or-address.
_PARTS = re.compile(r"(?>(?:[^.\\]++|\\.)+)")


def _common_fault(text: str) -> AddressSyntaxError | None:
    """Return the fault that any notation has: nothing there, too long, a control character."""
    if not text:
        return AddressSyntaxError("expected an address, found nothing", text, (0, 0))
    if len(text) > lexical.MAX_ADDRESS:
        return AddressSyntaxError(
            f"an address of {len(text):,} characters; the limit is {lexical.MAX_ADDRESS:,}",
            text,
            (lexical.MAX_ADDRESS, len(text)),
        )
    if not text.strip(" \t"):
        return AddressSyntaxError("expected an address, found only white space", text, (0, len(text)))
    found = _CONTROL.search(_hide_quoted(text))
    if found is not None:
        return AddressSyntaxError(
            f"control character 0x{ord(found[0]):02X} may not stand outside of quotes", text, found.span()
        )
    return None


def _open_fault(text: str, place: int) -> AddressSyntaxError:
    what = "'\"' to end this quoted string" if text[place] == '"' else "']' to end this domain literal"
    return AddressSyntaxError(f"expected {what}", text, (place, len(text)))


def _stop_fault(text: str, place: int, expected: str, *, listed: bool) -> AddressSyntaxError:
    message = _EXPECTED.get(expected, f"expected {expected}")
    rest = text[place:].lstrip(" \t")
    if not rest:
        return AddressSyntaxError(f"{message}, found nothing more", text, (len(text), len(text)))
    place = len(text) - len(rest)
    if listed:
        message = f"{message}, found {rest[0]!r}"
    elif rest[0] == ",":
        message = "expected one address, found ','; this is a list of several"
    elif rest[0] == ":" and text.rstrip(" \t").endswith(";"):
        message = "expected one address, found a group"
    elif rest[0] in ":;":
        message = f"expected one address, found {rest[0]!r}"
    else:
        message = f"{message}, found {rest[0]!r}"
    return AddressSyntaxError(message, text, (place, place + 1))


def _slip_fault(text: str, hidden: str, slips: tuple[tuple[re.Pattern[str], str], ...]) -> AddressSyntaxError | None:
    """Return the first slip that stands in the text; the place is the last character of what was found."""
    for slip, message in slips:
        found = slip.search(hidden)
        if found is not None:
            hidden_comment = message is _WHITE_SPACE and text[found.end() - 1] == "("
            return AddressSyntaxError(
                _BRACKET if hidden_comment else message, text, (found.end() - 1, max(found.end(), 1))
            )
    return None


def _hide_quoted(text: str) -> str:
    """Return the text with what stands in quoted strings and literals made ``x``, offsets kept."""
    return _STRING_OR_LITERAL.sub(lambda found: "x" * len(found[0]), text)
