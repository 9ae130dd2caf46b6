"""How Postfix 3.7 reads an address: rewrite to user@domain, then peel its own names off until a foreign one is left.

Sources: ADDRESS_REWRITING_README ("Rewrite addresses to standard form"), trivial-rewrite(8), postconf(5) for each
setting, and the answers of Postfix 3.7.11's smtpd, on record in the project's tests (mta_next_hop.jsonl).

The one thing to know: smtpd takes the quotes off before anything else happens, and every later step works on the
*unquoted* address. So ``"a!b"@here`` is the bang path ``a!b``, and ``"a@b"%c`` has the domain ``b%c``. postconf(5)
calls it resolving "safely instead of correctly" (resolve_dequoted_address).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from mailpaths.nexthop.outcome import Local, Outcome, Relay, Unroutable
from mailpaths.nexthop.tokens import external, folded

__all__ = ["next_hop"]

# smtpd reads no longer line (line_length_limit, postconf(5)); this also bounds the work below.
_LINE_LENGTH_LIMIT = 2048

_BAD_SYNTAX = "501 5.1.3 Bad recipient address syntax"

_TOKEN = re.compile(
    r"""
      (?P<blank>[\x00-\x20]++)
    | (?P<whole>"(?>(?:[^"\\]|\\.)*)"|\[(?>(?:[^\]\\]|\\.)*)\])
    | (?P<open>"(?>(?:[^"\\]|\\.)*)\\?|\[(?>(?:[^\]\\]|\\.)*)\\?)
    | (?P<special>[(<>@,;:.!%])
    | (?P<atom>(?>(?:[^\x00-\x20"(<>@,;:.!%\[\\]|\\.?)+))
    """,
    re.VERBOSE | re.DOTALL,
)
# What makes an address more than its characters. Without any of it the operators can be found by looking.
_TANGLED = re.compile(r'[\x00-\x20"\\(\[]')
_QUOTED_PAIR = re.compile(r"\\(.?)", re.DOTALL)
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?")
_IPV4 = re.compile(r"\[(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!\])|(?=\]))){4}\]", re.ASCII)
_MAX_NAME, _MAX_LABEL = 255, 63  # RFC 1035 section 2.3.4
_IPV6 = re.compile(r"\[IPv6:(?=[0-9A-F:.]*:)[0-9A-F:.]+\]", re.IGNORECASE)


class _RefusedError(Exception):
    """smtpd's 501; the text says which part of the syntax was bad."""


def next_hop(  # noqa: PLR0913  # one keyword for each of Postfix's own switches
    text: str,
    here: tuple[str, ...],
    *,
    swap_bangpath: bool = True,
    allow_percent_hack: bool = True,
    resolve_dequoted_address: bool = True,
    append_dot_mydomain: bool = False,
    resolve_null_domain: bool = False,
) -> Outcome:
    """What Postfix on the host ``here`` does with ``RCPT TO:<text>``.

    ``here`` is myhostname, then the rest of mydestination (and ``[addresses]`` of inet_interfaces). The settings are
    main.cf parameters of the same name, with Postfix's defaults.
    """
    if len(text) > _LINE_LENGTH_LIMIT:
        return Unroutable("500 5.5.2 Error: line too long")
    origin = here[0] if here else ""
    rules = _Rules(
        own=folded(here),
        origin=origin,
        mydomain=origin.partition(".")[2] if append_dot_mydomain else "",
        bang=swap_bangpath,
        percent=allow_percent_hack,
        dequoted=resolve_dequoted_address,
        null_domain=resolve_null_domain,
    )
    try:
        return _resolved(_standard(_envelope(text), rules), rules)
    except _RefusedError as problem:
        return Unroutable(f"{_BAD_SYNTAX}: {problem}")


@dataclass(frozen=True, slots=True)
class _Rules:
    """What trivial-rewrite(8) is configured with."""

    own: frozenset[str]
    origin: str
    mydomain: str
    bang: bool
    percent: bool
    dequoted: bool
    null_domain: bool


def _resolved(address: str, rules: _Rules) -> Outcome:
    """Take own names off, one a turn, so that the address only gets shorter; then keep it, pass it on or refuse it."""
    while True:
        local_part, _, domain = address.rpartition("@")
        foreign = bool(domain) and domain.casefold() not in rules.own
        if foreign or not (inner := _hidden(local_part, rules)):
            break
        address = inner
    if not domain and not rules.null_domain:
        raise _RefusedError("no host name")
    if local_part.startswith("-"):  # allow_min_user = no
        raise _RefusedError("the recipient begins with -")
    if not foreign:
        return Local(local_part or "MAILER-DAEMON")  # nobody at an own name is the mail system itself (measured)
    _check_host(domain)
    return Relay(domain, _quoted(local_part))


def _envelope(text: str) -> str:
    """The unquoted address, as smtpd takes it from between ``<>``.

    Comments, blanks, group syntax and the source route are gone.
    """
    words = _words(text, strict=True)
    words = _without_groups(words)
    words = _without_separators(words)
    words = _without_routes(words)
    if (",", True) in words or (";", True) in words:
        raise _RefusedError("more than one address")
    if any(not before[1] and not after[1] for before, after in pairwise(words)):
        raise _RefusedError("two words with nothing between them")
    if not words or not (address := _without_route(_joined(words))):
        raise _RefusedError("empty address")
    return address


_Word = tuple[str, bool]  # (text without quoting, is an operator)


def _words(text: str, *, strict: bool = False) -> list[_Word]:
    """The address as words and operators.

    ``strict`` is smtpd with the client's text; trivial-rewrite, which sees what smtpd made of it, forgives everything.
    """
    words: list[_Word] = []
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:  # every sign begins some piece
            break
        at = found.end()
        piece, kind = found[0], found.lastgroup
        if piece == "(":
            at = _after_comment(text, at)
        elif kind == "special":
            if strict and piece in "<>":
                raise _RefusedError(f"{piece} has no partner")
            words.append((piece, True))
        elif kind != "blank":
            lone_backslash = (len(piece) - len(piece.rstrip("\\"))) % 2
            closed = kind == "whole" or (kind == "atom" and not lone_backslash)
            if strict and not closed:
                raise _RefusedError("a quote, bracket or backslash without its partner")
            words.append((_word(piece, closed=closed), False))
    return words


def _word(piece: str, *, closed: bool) -> str:
    """An atom, quoted string or domain literal without its quoting."""
    if piece[0] == '"':
        piece = piece[1:-1] if closed else piece[1:]
    return _QUOTED_PAIR.sub(r"\1", piece)


def _joined(words: list[_Word]) -> str:
    """The words in unquoted form; two in a row keep the blank that parted them."""
    out: list[str] = []
    for at, (word, operator) in enumerate(words):
        if at and ((not operator and not words[at - 1][1]) or words[at - 1] == (",", True)):
            out.append(" ")
        out.append(word)
    return "".join(out)


def _without_groups(words: list[_Word]) -> list[_Word]:
    """``name: member;`` as ``member,``. The name is all between the last comma and the last colon before the end."""
    kept: list[_Word] = []
    name_begins, colon = 0, -1  # in kept
    for word in words:
        if word == (";", True) and colon >= 0:
            del kept[name_begins : colon + 1]
            kept.append((",", True))
        elif word == (":", True):
            colon = len(kept)
            kept.append(word)
            continue
        else:
            kept.append(word)
        if kept[-1] == (",", True):
            name_begins, colon = len(kept), -1
    return kept


def _without_routes(words: list[_Word]) -> list[_Word]:
    """Without the source route, which is what begins with ``@``, up to a colon: quotes do not matter any more."""
    while words and words[0][0].startswith("@"):
        colon = next((at for at, (word, _) in enumerate(words) if ":" in word), None)
        if colon is None:
            break
        word, operator = words[colon]
        after = word.partition(":")[2]
        words = [*([(after, operator)] if after else []), *words[colon + 1 :]]
    return words


def _without_separators(words: list[_Word]) -> list[_Word]:
    """Without the commas and semicolons around the address: smtpd reads a list that happens to have one member."""
    separators = {(",", True), (";", True)}
    start, end = 0, len(words)
    while start < end and words[start] in separators:
        start += 1
    while end > start and words[end - 1] in separators:
        end -= 1
    return words[start:end]


def _after_comment(text: str, at: int) -> int:
    """Where the comment ends that was opened before ``at``; one that is left open reaches to the end."""
    depth = 1
    while at < len(text) and depth:
        if text[at] == "\\":
            at += 1
        elif text[at] in "()":
            depth += 1 if text[at] == "(" else -1
        at += 1
    return at


def _standard(address: str, rules: _Rules) -> str:
    """The address as user@domain, by ADDRESS_REWRITING_README, "Rewrite addresses to standard form", in its order.

    A local part that needs quotes has them while this is done, so it is not looked into.
    """
    if "@" not in address:
        address = ("" if _needs_quotes(address) else _swapped(address, rules)) or f"{address}@{rules.origin}"
    local_part, _, domain = address.rpartition("@")
    domain = _joined(_words(domain))
    if rules.mydomain and domain and "." not in domain and not domain.startswith("["):
        domain = f"{domain}.{rules.mydomain}"
    # One dot of the root goes, if it is not all there is.
    return f"{local_part}@{domain.removesuffix('.') if len(domain) > 1 else domain}"


def _without_route(address: str) -> str:
    """``@a:user`` without the route.

    With a second ``@`` behind it the local part, ``@a:user``, has quotes by now and is left alone.
    """
    while address.startswith("@") and address.rfind("@") == 0 and ":" in address:
        address = address.partition(":")[2]
    return address


def _hidden(local_part: str, rules: _Rules) -> str:
    """The address inside the local part of an own address in standard form, or nothing.

    Measured: ``!`` goes before ``%`` as usual, unless quotes had to come off first.
    """
    if not rules.dequoted and _needs_quotes(local_part):
        return ""
    if "@" in local_part:
        return _standard(_without_route(local_part), rules)
    if rules.percent and "%" in local_part and _needs_quotes(local_part):
        return _standard(_without_route("@".join(local_part.rsplit("%", 1))), rules)
    swapped = _swapped(local_part, rules)
    return swapped and _standard(swapped, rules)


def _swapped(address: str, rules: _Rules) -> str:
    """A bang path or percent address as user@site, or nothing.

    swap_bangpath takes the *first* ``!``; only without one does allow_percent_hack take the *last* ``%``.
    """
    if _TANGLED.search(address):
        words = _words(address)
        bang, percent = ("!", True), ("%", True)
        if rules.bang and bang in words:
            at = words.index(bang)
            return f"{_joined(words[at + 1 :])}@{_joined(words[:at])}"
        if rules.percent and percent in words:
            at = len(words) - 1 - words[::-1].index(percent)
            return f"{_joined(words[:at])}@{_joined(words[at + 1 :])}"
        return ""
    address = address.replace(",", ", ")  # so does Postfix when it writes an address anew (measured)
    if rules.bang and "!" in address:
        site, _, rest = address.partition("!")
        return f"{rest}@{site}"
    if rules.percent and "%" in address:
        return "@".join(address.rsplit("%", 1))
    return ""


def _needs_quotes(local_part: str) -> bool:
    return _quoted(local_part) != local_part


def _quoted(local_part: str) -> str:
    """The quoted form of an unquoted local part: with quotes only where they are needed."""
    return external("", local_part)


def _check_host(domain: str) -> None:
    """A host name that smtpd accepts (measured; postconf(5) resolve_numeric_domain = no)."""
    if domain.startswith("["):
        if not (_IPV4.fullmatch(domain) or _IPV6.fullmatch(domain)):
            raise _RefusedError("bad domain literal")
        return
    if not domain:
        raise _RefusedError("no host name")
    labels = domain.split(".")
    if len(domain) > _MAX_NAME or not all(len(label) <= _MAX_LABEL and _LABEL.fullmatch(label) for label in labels):
        raise _RefusedError(f"bad host name {domain[:80]!r}")
    if all(label.isdigit() for label in labels):
        raise _RefusedError("a host name of digits only")
