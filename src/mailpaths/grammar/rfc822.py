r"""The grammar of RFC 822 and RFC 5322 mailboxes, the obsolete forms and RFC 733's included.

    mailbox    =  name-addr / route-addr / addr-spec            ; RFC 5322 3.4, RFC 822 6.1
    name-addr  =  [phrase] "<" [route] addr-spec ">"
    route      =  1#("@" domain) ":"                            ; RFC 822 6.1; RFC 5322 4.4 obs-route
    addr-spec  =  local-part *("@" domain)                      ; RFC 822 6.1 has one "@", RFC 733 several, rmail none
    local-part =  word *("." word)                              ; RFC 822 6.1; RFC 5322 4.4 obs-local-part

Comments are blanks by the time a rule looks (see `lexical.mask`), so "white space" below is RFC 5322's CFWS.

Wider than RFC 5322, each noted as a defect on the value: no ``@ domain`` at all, several of them (RFC 733 IV.A.1.f),
words with blanks between them for a local part and ``at`` for ``@`` (RFC 733), a route without its angle brackets, a
final dot, colons and quoted strings that a routing operator joins to a word (``node::user``, ``IN%"user@domain"``),
specials in a display name that an angle address follows.

The patterns here are the fast driver; `tree` composes the same strings in pyparsing, explains what they refuse, and a
test holds the two equal.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from mailpaths.grammar import lexical
from mailpaths.grammar.lexical import Comment, Masked

__all__ = [
    "ADDR_SPEC",
    "ANGLE",
    "BARE",
    "DOMAINS",
    "LOCAL_PART",
    "PHRASE",
    "ROUTE",
    "SPACE",
    "MailboxRecord",
    "angle_place",
    "assemble",
    "display_name",
    "is_no_address",
    "is_words",
    "match",
    "match_at",
    "opens_angle",
    "outside_quotes",
    "spell_at",
]

SPACE = rf"{lexical.WSP}*+"

# The common address: dot-atom "@" dot-atom (RFC 5322 3.4.1), which is also every percent and hybrid form.
ADDR_SPEC = re.compile(rf"({lexical.DOT_ATOM})@({lexical.DOT_ATOM})\Z")

# A word of a local part. Beside RFC 5322's word: colons inside an atom (DECnet, Berknet), and quoted strings that
# "%", "!" or ":" joins to an atom, as VMS and Berknet gateways wrote them: IN%"user@domain", a!"b c".
_PIECE = rf"{lexical.ATOM}(?>(?:::?+{lexical.ATOM})*)"
_NOT_JOINED = r"(?![^\x00-\x20(),.;<>@\[\\\]\x7f%!])"
_JOINED = rf"(?:(?<=[%!])|::?+){lexical.QUOTED_STRING}{_NOT_JOINED}"
_LOCAL_WORD = (
    rf"(?>(?:{lexical.QUOTED_STRING}(?=[%!]))?)(?>(?:{_PIECE}(?>(?:{_JOINED})?))+)"
    rf"|{lexical.QUOTED_STRING}"
)

# local-part = word *("." word); blanks between words are RFC 733's phrase.
LOCAL_PART = (
    rf"(?:{_LOCAL_WORD})(?>(?:{lexical.WSP}*+\.{lexical.WSP}*+(?:{_LOCAL_WORD})|{lexical.WSP}++(?:{_LOCAL_WORD}))*)"
)

# *("@" domain): one in RFC 822, several in RFC 733.
DOMAINS = rf"(?>(?:{SPACE}@{SPACE}{lexical.DOMAIN})*)"

# obs-route = obs-domain-list ":", obs-domain-list = *(CFWS / ",") "@" domain *("," [CFWS] ["@" domain])
ROUTE = rf"(?:[ \t,]*+@{SPACE}{lexical.DOMAIN}{SPACE})(?>(?:,{SPACE}(?>(?:@{SPACE}{lexical.DOMAIN}{SPACE})?))*):"

# phrase = 1*word / obs-phrase (RFC 5322 3.2.5, 4.1), and any special that cannot end it before "<": the real headers
# `a@x <a@x>` and `O. [Ops] <a@x>`.
PHRASE = rf'(?>(?:[^\x00-\x08\x0a-\x1f"(),:;<>\\\x7f]++|{lexical.QUOTED_STRING})*)'

_TARGET = rf"(?>(?:({ROUTE}){SPACE})?)({LOCAL_PART})({DOMAINS}){SPACE}"
BARE = re.compile(rf"{SPACE}{_TARGET}\Z")
ANGLE = re.compile(rf"{SPACE}({PHRASE})<{SPACE}{_TARGET}>{SPACE}\Z")

_DOMAIN = re.compile(lexical.DOMAIN)
_AROUND_DOT = re.compile(rf"{lexical.QUOTED_STRING}|{lexical.DOMAIN_LITERAL}|[ \t]++\.?[ \t]*+|\.[ \t]*+")
_OPAQUE = re.compile(rf"(?s:\\.)|{lexical.QUOTED_STRING}|{lexical.DOMAIN_LITERAL}")
_BLANK = re.compile(rf"{lexical.QUOTED_STRING}|{lexical.DOMAIN_LITERAL}|[ \t]++")
_EMPTY_PLACE = re.compile(r"\A!|!!|!\Z")
# A quoted string that does not end hides the rest, so that no quote is looked at twice.
_AT_WORD = re.compile(rf'{lexical.QUOTED_STRING}|"(?s:.*)|(?<=[ \t])[Aa][Tt](?=[ \t])')


# A backslash takes what it quotes with it, so that no opening mark behind one is looked at twice.
_LEFT_OF_ANGLE = re.compile(rf"(?>(?:[^<\"\[\\]++|\\(?s:.)|{lexical.QUOTED_STRING}|{lexical.DOMAIN_LITERAL}|\[)*)")


# RFC 5322 3.2.2: WSP is space and tab; a space of another script is a letter of the name.
_RUN_OF_BLANKS = re.compile(r"[ \t]++")
_AT_WORD_QUICK = re.compile(r"[ \t][Aa][Tt][ \t]")


class MailboxRecord(NamedTuple):
    """What stands in a mailbox, cleared of comments and folding; spans are offsets in the source.

    ``quoted_local_part`` is the local part in quoted form, ``address`` the span from the route (or the local part) to
    the end of the domain, ``local`` that of the local part alone.
    """

    quoted_local_part: str
    domain: str | None
    route: tuple[str, ...]
    display_name: str | None
    comments: tuple[Comment, ...]
    address: tuple[int, int]
    local: tuple[int, int]
    angle: bool


def match(masked: Masked) -> MailboxRecord | None:
    """Return the record of a masked text that is one mailbox from end to end, or ``None``."""
    text = spell_at(masked.text)
    return _record((ANGLE if opens_angle(text) else BARE).match(text), masked.comments)


def match_at(text: str, start: int, end: int, comments: tuple[Comment, ...]) -> MailboxRecord | None:
    """Return the record of the one mailbox that stands between two places of a masked text, or ``None``."""
    part = spell_at(text[start:end])
    return _record((ANGLE if opens_angle(part) else BARE).match(part), comments, start)


def _record(found: re.Match[str] | None, comments: tuple[Comment, ...], shift: int = 0) -> MailboxRecord | None:
    if found is None or is_no_address(found[found.re.groups - 1], found[found.re.groups]):
        return None
    *phrase, route, local, domains = found.groups()
    group = len(phrase) + 1
    return assemble(
        phrase[0] if phrase else None,
        (route, found.start(group) + shift),
        (local, found.start(group + 1) + shift),
        domains,
        comments,
    )


def is_words(local: str, domains: str) -> bool:
    """Tell whether this is words without a domain, which no RFC takes for an address: ``none known``."""
    return not domains and (" " in local or "\t" in local) and _has_blanks(_join_dots(local))


def is_no_address(local: str, domains: str) -> bool:
    """Tell whether this is no address by itself: words without a domain, or a path with an empty place."""
    return not domains and (
        is_words(local, domains) or ("!" in local and _EMPTY_PLACE.search(outside_quotes(local)) is not None)
    )


def opens_angle(text: str) -> bool:
    """Tell whether a ``<`` stands outside of quoted strings and literals: the mark of a name-addr."""
    return "<" in text and angle_place(text) >= 0


def angle_place(text: str) -> int:
    """Return where the ``<`` of a name-addr stands, or -1."""
    place = text.find("<")
    if place < 0 or ('"' not in text and "[" not in text):
        return place
    found = _LEFT_OF_ANGLE.match(text)
    return found.end() if found is not None and text.startswith("<", found.end()) else -1


def spell_at(text: str) -> str:
    """Return the text with RFC 733's word ``at`` written as ``@``, offsets kept (RFC 733 III: node = "at" / "@").

    Only in the address itself, and only where no ``@`` stands in it: a display name may say what it likes.
    """
    if ("@" in text and '"' not in text and "<" not in text) or not _AT_WORD_QUICK.search(text):
        return text
    start = angle_place(text) + 1
    address = text[start:]
    if "@" in outside_quotes(address):
        return text
    return text[:start] + _AT_WORD.sub(lambda found: found[0] if found[0].startswith('"') else "@ ", address)


def assemble(
    phrase: str | None,
    route: tuple[str | None, int],
    local: tuple[str, int],
    domains: str,
    comments: tuple[Comment, ...],
) -> MailboxRecord:
    """Return the record of a mailbox whose parts stand as given, ``route`` and ``local`` with their offsets.

    ``phrase`` is ``None`` where no angle brackets stand, and ``domains`` the text from the first ``@`` on.
    """
    start = local[1]
    address_start = start
    nodes: list[str] = []
    if route[0] is not None:
        nodes = [_clean_domain(name) for name in _DOMAIN.findall(route[0])]
        address_start = route[1] + len(route[0]) - len(route[0].lstrip(" \t"))
    quoted = _clean_local(local[0])
    domain: str | None = None
    if domains:
        *relays, domain = [_clean_domain(name) for name in _DOMAIN.findall(domains)]
        quoted = "@".join([quoted, *relays])
    return MailboxRecord(
        quoted,
        domain,
        tuple(nodes),
        None if phrase is None else display_name(phrase),
        comments,
        (address_start, start + len(local[0]) + len(domains)),
        (start, start + len(local[0])),
        phrase is not None,
    )


def _clean_local(text: str) -> str:
    """Return a local part without its white space: none about dots, RFC 733's words as one quoted string."""
    if " " not in text and "\t" not in text:
        return text
    text = _join_dots(text)
    if not _has_blanks(text):
        return text
    return lexical.quote(_BLANK.sub(lambda found: " " if found[0][0] in " \t" else lexical.unquote(found[0]), text))


def _clean_domain(text: str) -> str:
    """Return a domain without the white space about its dots; a literal keeps what it holds."""
    return text if " " not in text and "\t" not in text else _join_dots(text)


def _join_dots(text: str) -> str:
    """Return the text with no white space about its dots, outside of quoted strings and literals."""
    return _AROUND_DOT.sub(lambda found: found[0] if found[0][0] in '"[' or "." not in found[0] else ".", text)


def _has_blanks(text: str) -> bool:
    """Tell whether white space stands outside of quoted strings and literals."""
    return any(found[0][0] in " \t" for found in _BLANK.finditer(text))


def display_name(phrase: str) -> str | None:
    """Return the display name a phrase means: unquoted, each run of blanks one space, or ``None`` where none stands."""
    phrase = phrase.strip(" \t")
    if not phrase:
        return None
    if '"' not in phrase:
        return _RUN_OF_BLANKS.sub(" ", phrase)
    return _BLANK.sub(lambda found: " " if found[0][0] in " \t" else lexical.unquote(found[0]), phrase)


def outside_quotes(text: str) -> str:
    """Return the text with each quoted string and literal made NULs, so that only operators that count are left."""
    if '"' not in text and "[" not in text:
        return text
    return _OPAQUE.sub(lambda found: found[0] if found[0][0] == "\\" else "\0" * len(found[0]), text)
