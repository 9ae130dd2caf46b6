"""How Sendmail 8.17 reads an address: its rule sets canonify and parse, told as steps over the same tokens.

Sources: "Sendmail Installation and Operation Guide" (tokens, OperatorChars, the dequote map), cf/README
(FEATURE(`nouucp'), pseudo-domains, class w), and the answers of Sendmail 8.17.1.9 in address test mode, on record in
the project's tests (mta_next_hop.jsonl).

The order is ``@``, then ``!``, then (with DECnet syntax) ``::``, then ``%``: so ``a!u%h`` goes to ``a``, under the name
``a.UUCP``. Own names are taken off again and again; only the parts *inside* an own name are looked at, and there
quotes do not protect when the quoted string is the whole local part.
"""

from __future__ import annotations

import re
from itertools import pairwise

from mailpaths.nexthop.outcome import Local, Outcome, Relay, Unroutable
from mailpaths.nexthop.tokens import external, folded, unquoted

__all__ = ["next_hop"]

# Limits, all measured on 8.17.1.9. They also bound the work: a longer address is refused unread.
_MAX_LENGTH = 253
_MAX_PERCENTS = 99  # the rule that turns each % into @ gives up after a hundred turns
_MAX_RECURSION = 50

_TOKEN = re.compile(
    r"""
      (?P<blank>[ \t\r\n\f\v]++)
    | (?P<quoted>"(?>(?:[^"\\]|\\.)*)")
    | (?P<operator>\\?!|[.:%@^/\[\]+<>,;()])
    | (?P<atom>(?>(?:[^\s".:%@!^/\[\]+<>,;()\\]|\\(?!!).?)+))
    """,
    re.VERBOSE | re.DOTALL,
)
_NO_ATOM = frozenset('.:%@!^/[]+<>,;()"')


class _RefusedError(Exception):
    """An error mailer; the text is sendmail's own."""


def next_hop(text: str, here: tuple[str, ...], *, nouucp: bool = False, decnet: bool = False) -> Outcome:
    """What Sendmail on the host ``here`` (class w, ``$j`` first) does with ``RCPT TO:<text>``.

    ``nouucp``: FEATURE(`nouucp',`nospecial'). ``decnet``: ``_USE_DECNET_SYNTAX_`` is defined in the .mc file.
    """
    if len(text) > _MAX_LENGTH:
        return Unroutable("553 Address too long")
    try:
        return _Reader(here, nouucp=nouucp, decnet=decnet).read(_tokens(text))
    except _RefusedError as problem:
        return Unroutable(str(problem))


# --- tokens -----------------------------------------------------------------------------------------------------------


def _tokens(text: str) -> list[str]:
    """The address as sendmail's prescan cuts it.

    Operators stand alone, quoted strings whole, comments and blanks are gone.
    """
    tokens: list[str] = []
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _RefusedError("553 Unbalanced '\"'")
        at = found.end()
        word, kind = found[0], found.lastgroup
        if word == "(":
            at = _after_comment(text, at)
        elif word in {")", "<", ">"}:
            raise _RefusedError(f"553 Unbalanced '{word}'")
        elif kind == "atom" and (len(word) - len(word.rstrip("\\"))) % 2:
            raise _RefusedError("553 Unbalanced '<'")  # the backslash takes the closing bracket's meaning away
        elif kind != "blank":
            tokens.append("!" if word == "\\!" else word)  # a shell's escape, not quoting (measured)
    return tokens


def _after_comment(text: str, at: int) -> int:
    depth = 1
    while depth:
        if at >= len(text):
            raise _RefusedError("553 Unbalanced '('")
        if text[at] == "\\":
            at += 1
        elif text[at] in "()":
            depth += 1 if text[at] == "(" else -1
        at += 1
    return at


def _joined(tokens: list[str]) -> str:
    """One string again.

    Two words in a row get a dot between them (option BlankSub, a dot in every stock sendmail.cf).
    """
    out: list[str] = []
    was_atom = False
    for word in tokens:
        atom = word[0] not in _NO_ATOM
        out.append(f".{word}" if atom and was_atom else word)
        was_atom = atom
    return "".join(out)


def _index(tokens: list[str], wanted: str, start: int = 0) -> int:
    """Where ``wanted`` stands at or after ``start``, or -1."""
    try:
        return tokens.index(wanted, start)
    except ValueError:
        return -1


# --- rule sets --------------------------------------------------------------------------------------------------------

# An address in focus: the local part's tokens, and the host's, or None when there is no host. An empty list for a
# host is an address that ends in "@".
_Focus = tuple[list[str], list[str] | None]


class _Reader:
    def __init__(self, here: tuple[str, ...], *, nouucp: bool, decnet: bool) -> None:
        self._here = here[0] if here else ""
        self._own = folded(here)
        self._uucp = not nouucp
        self._decnet = decnet
        self._operators = {"@", "%"} if nouucp else {"@", "%", "!"}

    def read(self, tokens: list[str]) -> Outcome:
        """The whole way of one address, own names peeled off until none is left or nothing stands inside."""
        focus = self._canonify(_without_semicolons(tokens))
        for _ in range(_MAX_RECURSION):
            local, host = focus
            local = self._checked(local, host)
            inner = host is not None and self._is_own(host)
            if len(local) == 1 and (inner or host is None):
                local = _dequoted(local[0])
                if not local:
                    raise _RefusedError("553 User address required")
                inner = True
            if inner and not self._operators.isdisjoint(local):
                focus = self._canonify(_without_label(local))
                continue
            if inner or host is None:
                return _delivered(_joined(local))
            return Relay(_joined(host).removesuffix("."), external(_joined(local)))
        raise _RefusedError("554 5.3.0 rewrite: excessive recursion (max 50)")

    # canonify (rule set 3): put the host in focus

    def _canonify(self, tokens: list[str]) -> _Focus:
        if not tokens:
            raise _RefusedError("553 User address required")
        tokens = _without_route(tokens)
        at = _last_at(tokens)
        if at > 0:
            return self._finished(tokens[:at], tokens[at + 1 :])
        if self._uucp and (found := _bang(tokens)):
            return self._finished(*found)
        if self._decnet and (found := _colons(tokens)):
            return self._finished(*found)
        # The last % or @ is the one that counts; every other becomes a %. (An @ is left here only at either end.)
        marks = [position for position, word in enumerate(tokens) if word in {"@", "%"}]
        if sum(tokens[mark] == "%" for mark in marks) > _MAX_PERCENTS:
            raise _RefusedError("554 5.3.5 Infinite loop in ruleset canonify")
        if marks:
            local = ["%" if word == "@" else word for word in tokens[: marks[-1]]]
            return self._finished(local, tokens[marks[-1] + 1 :])
        return tokens, None

    def _finished(self, local: list[str], host: list[str]) -> _Focus:
        """Canonify2 with FEATURE(`nocanonify').

        A final dot marks a name that is the host's own or has a dot; literals stay as they are.
        """
        if not host:
            return local, host
        name = _joined(host).casefold()
        domain = self._here.partition(".")[2].casefold()
        if name in {"localhost", f"localhost.{domain}"} or (self._uucp and name == "localhost.uucp"):
            return local, [*_tokens(self._here), "."]
        if host[0] == "@" and len(host) > 1:  # the rules' own mark for a literal, so a second @ gets lost (measured)
            return local, ([*_tokens(self._here), "."] if _joined(host[1:]).casefold() in self._own else host[1:])
        if host[0] == "[" and host[-1] == "]" and host[1:-1]:
            return local, ([*_tokens(self._here), "."] if name in self._own else host)
        if "." in host[1:] or name in self._own or host[-1] == ".":
            while host and host[-1] == ".":
                host = host[:-1]
            host = [*host, "."]
        return local, host

    # parse (rule set 0): refuse what cannot be meant, then find the mailer

    def _checked(self, local: list[str], host: list[str] | None) -> list[str]:
        while host is not None and local == ["@"]:
            local = []
        if host is not None and not local:
            raise _RefusedError("553 User address required")
        if host is not None and not host:
            raise _RefusedError("553 Hostname required")
        if host is not None:
            _check_host(host)
        if host is not None and "@" in local:
            raise _RefusedError("553 Invalid route address")
        everything = local if host is None else [*local, "<", "@", *host, ">"]
        for word, after in pairwise(everything):
            if word == "," and after not in self._operators:
                raise _RefusedError("553 Invalid route address")
        return local

    def _is_own(self, host: list[str]) -> bool:
        return host[-1] == "." and _joined(host[:-1]).casefold() in self._own


def _without_semicolons(tokens: list[str]) -> list[str]:
    """The address in brackets without the semicolons of an unfinished group; an empty group cannot be sent to."""
    if tokens[-2:] == [":", ";"] and tokens[:-2]:
        raise _RefusedError("553 List:; syntax illegal for recipient addresses")
    end = len(tokens)
    while end and tokens[end - 1] == ";":
        end -= 1
    return tokens[:end]


def _without_label(tokens: list[str]) -> list[str]:
    """An address *inside* another has no brackets, and there ``word:`` in front is taken for a list's name and dropped.

    Not so before a route, around ``::`` or in ``[IPv6:…]`` (measured: ``a:b!user@here`` goes to b, ``a::b!user@here``
    does not); but always before a literal.
    """
    bracket = len(tokens) - 1 - tokens[::-1].index("[") if "[" in tokens and tokens[-1] == "]" else -1
    in_ipv6 = bracket >= 0 and _joined(tokens[bracket:]).casefold().startswith("[ipv6:")
    double = any(pair == (":", ":") for pair in pairwise(tokens))
    included = [word.casefold() for word in tokens[:3]] == [":", "include", ":"]
    labelled = not (tokens[:1] == ["@"] or in_ipv6 or double or included) or ":" in tokens[: max(bracket, 0)]
    if labelled and ":" in tokens:
        tokens = tokens[tokens.index(":") + 1 :]
    while tokens[-1:] == [";"]:
        tokens = tokens[:-1]
    if not tokens:
        raise _RefusedError("553 List:; syntax illegal for recipient addresses")
    return tokens


def _without_route(tokens: list[str]) -> list[str]:
    """``@a,@b:user@c`` without the route (option DontPruneRoutes is off)."""
    while tokens[0] == "@" and (comma := _index(tokens, ",", 2)) > 0 and comma + 1 < len(tokens):
        tokens = tokens[comma + 1 :]
    while tokens[0] == "@" and (colon := _end_of_route(tokens)) > 0 and colon + 1 < len(tokens):
        tokens = tokens[colon + 1 :]
    return tokens


def _end_of_route(tokens: list[str]) -> int:
    """The colon that ends ``@host:``; those inside a literal do not."""
    if tokens[1:2] == ["["]:
        for position in range(2, len(tokens) - 1):
            if tokens[position] == "]" and tokens[position + 1] == ":":
                return position + 1
    return _index(tokens, ":", 2)


def _last_at(tokens: list[str]) -> int:
    """The last ``@`` with something on both sides, or -1."""
    for position in range(len(tokens) - 2, 0, -1):
        if tokens[position] == "@":
            return position
    return -1


def _bang(tokens: list[str]) -> tuple[list[str], list[str]] | None:
    """``host!rest``. A host with a dot is a domain; any other is in the pseudo-domain UUCP."""
    if tokens[1:2] == ["!"] and tokens[2:]:
        return tokens[2:], [tokens[0], ".", "UUCP"]
    for position in range(1, len(tokens) - 3):
        if tokens[position] == "." and tokens[position + 2] == "!":
            return tokens[position + 3 :], tokens[: position + 2]
    at = _index(tokens, "!", 1)
    if at > 0 and at + 1 < len(tokens):
        return tokens[at + 1 :], [*tokens[:at], ".", "UUCP"]
    return None


def _colons(tokens: list[str]) -> tuple[list[str], list[str]] | None:
    """``node::rest``, or ``area.node::rest``, in the pseudo-domain DECNET."""
    if tokens[1:3] == [":", ":"] and tokens[3:]:
        return tokens[3:], [tokens[0], ".", "DECNET"]
    if tokens[1:2] == ["."] and tokens[3:5] == [":", ":"] and tokens[5:]:
        return tokens[5:], [*tokens[:3], ".", "DECNET"]
    return None


def _check_host(host: list[str]) -> None:
    literal = False
    if host[0] == "[" and "]" in host:
        after = host[host.index("]") + 1 :]
        if after and (after[0] not in {":", ","} or len(after) == 1):
            raise _RefusedError("553 Invalid address")
        literal = host[:2] != ["[", "]"] or bool(after)
    if ":" in host and not literal:
        raise _RefusedError("553 Colon illegal in host name part")
    if host[0] == "." or any(pair == (".", ".") for pair in pairwise(host)):
        raise _RefusedError("553 Invalid host name")
    if host[-1] == "@":
        raise _RefusedError("553 Invalid route address")


def _delivered(spelled: str) -> Outcome:
    """The local mailer's answer.

    What would name a file, a program or a list is refused; a backslash in front prevents that.
    """
    shown = spelled.replace('"', "").casefold()
    for start, what in (("/", "files"), ("|", "programs"), (":include:", ":include:s")):
        if shown.startswith(start):
            return Unroutable(f"550 5.7.1 Cannot mail directly to {what}")
    return Local(unquoted(spelled))


def _dequoted(word: str) -> list[str]:
    """The dequote map: a quoted string's inside as tokens, unless it could not be scanned or has a blank in it."""
    if word[0] != '"':
        return [word]
    inside = word[1:-1]
    if " " in inside or "\t" in inside:
        return [word]
    try:
        return _tokens(inside)
    except _RefusedError:
        return [word]
