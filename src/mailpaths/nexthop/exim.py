"""How Exim 4 reads an address: RFC 822 grammar, nothing inside the local part, unless its domain has the percent hack.

Sources: the Exim specification ("Exim's acceptance of addresses", options ``percent_hack_domains``,
``allow_domain_literals``, ``strip_trailing_dot``, ``allow_utf8_domains``, ``qualify_recipient``) and the answers of
Exim 4.96, on record in the project's tests (mta_next_hop.jsonl). Exim never looks for ``!``: a bang path is a local
part like any other, so ``a!b`` stays here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailpaths.nexthop.outcome import Local, Outcome, Relay, Unroutable
from mailpaths.nexthop.tokens import external, folded, unquoted

__all__ = ["next_hop"]

_MAX_LENGTH = 256  # measured, and it keeps the work small

# White space and comments may stand between any two tokens. Comments nest in RFC 822; see _skip_blanks.
_ATOM = re.compile(r"(?>(?:[^\x00-\x20\x7f()<>@,;:\\\".\[\]]|\\.)+)", re.DOTALL)
_QUOTED = re.compile(r'"(?>(?:[^"\\]|\\.)*)"', re.DOTALL)
# A label begins with a letter or digit; no underscore, and UTF-8 only with allow_utf8_domains (off, as in the stock
# Exim).
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*+")
_LITERAL = re.compile(r"\[(?:IPv6:|IPv4:)?[0-9A-Fa-f.:]*+\]", re.IGNORECASE)


class _SyntaxFaultError(Exception):
    """The address does not follow the grammar; the text is Exim's own message."""


@dataclass(frozen=True, slots=True)
class _Options:
    """The main options that change the grammar of a domain."""

    literals: bool
    strip_dot: bool


@dataclass(slots=True)
class _Cursor:
    text: str
    at: int = 0

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def skip_blanks(self) -> None:
        """Step over white space and nested comments; one that does not end swallows the closing ``>``: an error."""
        depth = 0
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == "\\" and depth:
                self.at += 1
            elif char == "(":
                depth += 1
            elif char == ")" and depth:
                depth -= 1
            elif not depth and not char.isspace():
                return
            self.at += 1
        if depth:
            raise _SyntaxFaultError("'>' missing at end of address")


def next_hop(
    text: str,
    here: tuple[str, ...],
    *,
    percent_hack: bool = False,
    allow_domain_literals: bool = False,
    strip_trailing_dot: bool = False,
) -> Outcome:
    """What Exim on the host ``here`` does with ``RCPT TO:<text>``.

    ``percent_hack``: ``percent_hack_domains`` holds the host's own names. The other settings are main options of the
    same name.
    """
    if len(text) > _MAX_LENGTH:
        return Unroutable(f"address is ridiculously long: {text[:_MAX_LENGTH]}...")
    try:
        local_part, domain = _parse(text, _Options(literals=allow_domain_literals, strip_dot=strip_trailing_dot))
    except _SyntaxFaultError as problem:
        return Unroutable(str(problem))
    own = folded(here)
    meant = unquoted(local_part)
    domain = domain or (here[0] if here else "")  # qualify_recipient
    if percent_hack:
        # The last % of the *unquoted* local part: quotes do not protect (measured: "u%h"@here goes to h). What stands
        # behind the % is not checked against the grammar any more, so it may be empty or end in a dot. Each turn eats
        # one name, so a cursor that only moves left keeps this linear.
        end = len(meant)
        while domain.casefold() in own and (percent := meant.rfind("%", 0, end)) >= 0:
            domain = meant[percent + 1 : end]
            end = percent
        if end < len(meant):
            local_part = meant = meant[:end]
    if (
        not domain.removesuffix(".") or "@" in domain
    ):  # Exim would ask a host without a name, or write an address with two @ on the wire
        return Unroutable("what stands behind the last % is no host name")
    if domain.casefold() in own:
        return Local(meant)
    return Relay(domain.removesuffix("."), external(local_part, meant))


def _parse(text: str, options: _Options) -> tuple[str, str]:
    """(local part as spelled, domain or nothing)."""
    cursor = _Cursor(text)
    cursor.skip_blanks()
    routed = _source_route(cursor, options)
    local_part = _local_part(cursor)
    cursor.skip_blanks()
    domain = ""
    if cursor.peek() == "@":
        cursor.at += 1
        domain = _domain(cursor, options)
        cursor.skip_blanks()
        if cursor.at < len(text):
            raise _SyntaxFaultError(f"malformed address: {text[cursor.at :]} may not follow {text[: cursor.at]}")
    elif cursor.at < len(text):
        raise _SyntaxFaultError(f'"@" or "." expected after "{local_part}"')
    elif routed:
        raise _SyntaxFaultError("domain missing in source-routed address")
    return local_part, domain


def _source_route(cursor: _Cursor, options: _Options) -> bool:
    """Read and forget ``@a,@b:`` (specification: "source routed addresses are reduced to the final address")."""
    if cursor.peek() != "@":
        return False
    while cursor.peek() == "@":
        cursor.at += 1
        _domain(cursor, options)
        cursor.skip_blanks()
        if cursor.peek() == ",":
            cursor.at += 1
            cursor.skip_blanks()
    if cursor.at == len(cursor.text):
        raise _SyntaxFaultError("no local part")
    if cursor.peek() != ":":
        raise _SyntaxFaultError("colon expected after route list")
    cursor.at += 1
    cursor.skip_blanks()
    return True


def _local_part(cursor: _Cursor) -> str:
    pieces: list[str] = []
    while True:
        cursor.skip_blanks()
        if cursor.peek() == '"':
            found = _QUOTED.match(cursor.text, cursor.at)
            if not found:
                raise _SyntaxFaultError("unmatched doublequote in local part")
        else:
            found = _ATOM.match(cursor.text, cursor.at)
        if found:
            pieces.append(found[0])
            cursor.at = found.end()
        cursor.skip_blanks()
        if cursor.peek() != ".":
            break
        pieces.append(".")
        cursor.at += 1
    if not pieces:
        raise _SyntaxFaultError("missing or malformed local part")
    return "".join(pieces)


def _domain(cursor: _Cursor, options: _Options) -> str:
    cursor.skip_blanks()
    if cursor.peek() == "[":
        if not options.literals:
            raise _SyntaxFaultError("domain literals not allowed")
        found = _LITERAL.match(cursor.text, cursor.at)
        if not found:
            raise _SyntaxFaultError("malformed domain literal")
        cursor.at = found.end()
        return found[0]
    labels: list[str] = []
    while True:
        cursor.skip_blanks()
        found = _LABEL.match(cursor.text, cursor.at)
        if not found:
            break
        labels.append(found[0])
        cursor.at = found.end()
        cursor.skip_blanks()
        if cursor.peek() != ".":
            return ".".join(labels)
        cursor.at += 1
    if labels and options.strip_dot:
        return ".".join(labels)
    raise _SyntaxFaultError("domain missing or malformed")
