"""The grammar of record, in pyparsing: the same terminals as the fast patterns, put together rule by rule.

It reads every address that the fast patterns read (a test holds the two equal) and says of any other text *where* it
stops being an address and what was expected there. It is built when first needed, under a lock and streamlined, since
a cold pyparsing grammar is not thread-safe; `import mailpaths` does not pay for it.

House rules for pyparsing: leaves come from `_leaf`, which turns white-space skipping off; the top keeps tabs; the end
is written out, because ``parse_all=True`` builds a new grammar on every call and skips a trailing newline; lists are
loops, never recursion; parse actions only note a token and its place.
"""

from __future__ import annotations

import re
import threading
from functools import lru_cache
from typing import NamedTuple

import pyparsing as pp

from mailpaths.grammar import bang, lexical, oraddress, rfc822
from mailpaths.grammar.bang import BangRecord
from mailpaths.grammar.lexical import Masked
from mailpaths.grammar.oraddress import Field, Marks
from mailpaths.grammar.rfc822 import MailboxRecord

__all__ = ["StopError", "read_bang", "read_mailbox", "read_oraddress"]

_LOCK = threading.Lock()


class StopError(Exception):
    """Where the grammar stopped: the offset, and the name of the rule that should have matched there."""

    def __init__(self, place: int, expected: str) -> None:
        super().__init__(place, expected)
        self.place = place
        self.expected = expected


class _Token(NamedTuple):
    kind: str
    text: str
    place: int


def _leaf(kind: str, name: str, pattern: str | re.Pattern[str]) -> pp.ParserElement:
    """Return a terminal that skips nothing and yields one `_Token`."""

    def note(_source: str, place: int, found: pp.ParseResults) -> _Token:
        return _Token(kind, "".join(found), place)

    element = pp.Regex(pattern).leave_whitespace().set_name(name)
    return element.set_parse_action(note)


def _mark(text: str, name: str) -> pp.ParserElement:
    return pp.Suppress(pp.Literal(text).leave_whitespace()).leave_whitespace().set_name(name)


def _finish(element: pp.ParserElement) -> pp.ParserElement:
    top = (element + pp.StringEnd().leave_whitespace().set_name("the end")).leave_whitespace().parse_with_tabs()
    top.streamline()
    return top


@lru_cache(maxsize=1)
def _mailbox_grammar() -> tuple[pp.ParserElement, pp.ParserElement]:
    space = pp.Suppress(pp.Regex(rfc822.SPACE).leave_whitespace()).leave_whitespace()
    # RFC 822 6.1: domain; RFC 5322 4.4: obs-domain, domain-literal
    domain = _leaf("domain", "a domain", lexical.DOMAIN)
    # RFC 822 6.1: addr-spec = local-part "@" domain. What stands behind "@" must be a domain: no other rule begins
    # there.
    at_domain = _leaf("at", "'@'", rf"{rfc822.SPACE}@{rfc822.SPACE}") - domain
    # RFC 822 6.1: local-part = word *("." word)
    local_part = _leaf("local", "a local part", rfc822.LOCAL_PART)
    # RFC 822 6.1: route = 1#("@" domain) ":"
    route = _leaf("route", "a route", rfc822.ROUTE)
    # RFC 822 3.3: phrase = 1*word
    phrase = _leaf("phrase", "a display name", rfc822.PHRASE)
    target = pp.Opt(route + space) + local_part + pp.ZeroOrMore(at_domain) + space
    # RFC 822 6.1: mailbox = addr-spec / [phrase] route-addr; route-addr = "<" [route] addr-spec ">"
    name_addr = space + phrase + _mark("<", "'<'") - space - target - _mark(">", "'>'") - space
    return _finish(name_addr), _finish(space + target)


@lru_cache(maxsize=2)
def _bang_grammar(at: bool) -> pp.ParserElement:  # noqa: FBT001 - private, and the key of the cache
    # RFC 976 2.2: host!host!user; the user is what no "!" follows.
    host = _leaf("host", "a host name", bang.HOST)
    user = _leaf("user", "a user", bang.USER_AT if at else bang.USER)
    return _finish(pp.OneOrMore(host + _mark("!", "'!'")) + user)


@lru_cache(maxsize=3)
def _oraddress_grammar(marks: Marks) -> pp.ParserElement:
    parts = oraddress.PATTERNS[marks]
    # RFC 2156 4.1.3: pair = input-attribute "=" value; RFC 1685 F.3.2: label, "=", value
    pair = _leaf("label", "a label", parts.label) + _mark("=", "'='") - _leaf("value", "a value", parts.value)
    first = pp.Suppress(pp.Regex(parts.first).set_name("the first separator").leave_whitespace()).leave_whitespace()
    # A separator that is not the last thing has a pair behind it.
    between = pp.Suppress(pp.Regex(rf"{parts.separator}(?!\Z)").leave_whitespace()).leave_whitespace()
    last = pp.Suppress(pp.Regex(parts.separator).leave_whitespace()).leave_whitespace()
    return _finish(first - pair + pp.ZeroOrMore(between - pair) + pp.Opt(last))


def read_mailbox(masked: Masked) -> MailboxRecord:
    """Return the record of a masked text that is one mailbox. Raises `StopError` where it is none."""
    text = rfc822.spell_at(masked.text)
    with _LOCK:
        name_addr, bare = _mailbox_grammar()
    angle = rfc822.opens_angle(text)
    tokens = _parse(name_addr if angle else bare, text)
    pieces: dict[str, _Token] = {token.kind: token for token in tokens if token.kind in {"phrase", "route", "local"}}
    local = pieces["local"]
    end = local.place + len(local.text)
    domains = [token for token in tokens if token.kind == "domain"]
    domain_text = text[end : domains[-1].place + len(domains[-1].text)] if domains else ""
    if rfc822.is_no_address(local.text, domain_text):
        raise StopError(end if rfc822.is_words(local.text, "") else local.place, "'@'")
    route = pieces.get("route")
    phrase = pieces.get("phrase")
    return rfc822.assemble(
        (phrase.text if phrase is not None else "") if angle else None,
        (None, 0) if route is None else (route.text, route.place),
        (local.text, local.place),
        domain_text,
        masked.comments,
    )


def read_bang(text: str, *, at: bool = False) -> BangRecord:
    """Return the record of a text that is one bang path. Raises `StopError` where it is none."""
    with _LOCK:
        grammar = _bang_grammar(at)
    tokens = _parse(grammar, text)
    return BangRecord(tuple([token.text for token in tokens if token.kind == "host"]), tokens[-1].text)


def read_oraddress(text: str, marks: Marks, start: int = 0) -> list[Field]:
    """Return the pairs of an O/R address from ``start`` on. Raises `StopError` where it is not made of pairs alone."""
    with _LOCK:
        grammar = _oraddress_grammar(marks)
    try:
        tokens = _parse(grammar, text[start:])
    except StopError as stop:
        raise StopError(start + stop.place, stop.expected) from None
    found: list[Field] = []
    for label, value in zip(tokens[::2], tokens[1::2], strict=True):
        middle = start + value.place
        meant = oraddress.unescape(label.text, value.text, marks)
        found.append(Field(*meant, start + label.place, middle, middle + len(value.text)))
    return found


def _parse(grammar: pp.ParserElement, text: str) -> list[_Token]:
    try:
        found = grammar.parse_string(text)
    except pp.ParseBaseException as error:
        raise StopError(
            error.loc, str(error.parser_element) if error.parser_element is not None else error.msg
        ) from None
    tokens: list[_Token] = []
    for token in found:
        assert isinstance(token, _Token)  # noqa: S101 - for the type checker: every leaf's action returns one
        tokens.append(token)
    return tokens
