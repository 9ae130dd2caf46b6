"""Verdicts apart from syntax: what is doubtful about an address that parses.

An address may be read without a doubt and still be one that SMTP cannot carry, that RFC 5322 lets nobody write any
more, or that is older than RFC 822. Each such remark is a `Defect` with its place. The kinds and their order follow
Dominic Sayers' is_email diagnoses, whose test suite mailpaths passes, with the historic forms added.
"""

from __future__ import annotations

import enum
import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from mailpaths import names
from mailpaths.grammar import lexical, rfc822

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailpaths.grammar.rfc822 import MailboxRecord

__all__ = ["Category", "Defect", "DefectKind", "find", "find_in_path"]


class Category(enum.IntEnum):
    """How far an address with this defect gets, from least to most doubtful."""

    def __repr__(self) -> str:
        """Return an expression that names the category."""
        return f"Category.{self.name}"

    #: Needs SMTPUTF8 (RFC 6531).
    RFC6531 = 1
    #: Fit for SMTP (RFC 5321), in an unusual form.
    RFC5321 = 2
    #: Fit for a message, with comments or folding that an envelope cannot hold.
    CFWS = 3
    #: RFC 5322 section 4: to be understood, no longer to be written.
    DEPRECATED = 4
    #: RFC 5322 syntax that RFC 5321 does not carry: too long, a strange domain or literal.
    RFC5322 = 5
    #: No RFC 822 address; read because people wrote such (RFC 733, UUCP, VMS). ``parse(text, "rfc822")`` refuses it.
    ERROR = 6


class DefectKind(enum.Enum):
    """Every kind of defect: its category, its message and its source."""

    category: Category
    message: str
    source: str

    def __repr__(self) -> str:
        """Return an expression that names the kind."""
        return f"DefectKind.{self.name}"

    def __new__(cls, slug: str, category: Category, message: str, source: str) -> Self:
        """Make a kind whose value is its slug."""
        kind = object.__new__(cls)
        kind._value_ = slug
        kind.category = category
        kind.message = message
        kind.source = source
        return kind

    NON_ASCII = ("non-ascii", Category.RFC6531, "characters beyond ASCII need SMTPUTF8", "RFC 6531 3.3")
    TLD = ("tld", Category.RFC5321, "a domain of one label", "RFC 5321 2.3.5")
    TLD_NUMERIC = ("tld-numeric", Category.RFC5321, "the top label is a number", "RFC 3696 2")
    QUOTED_STRING = ("quoted-string", Category.RFC5321, "a quoted local part", "RFC 5321 4.1.2")
    ADDRESS_LITERAL = ("address-literal", Category.RFC5321, "an address literal for a domain", "RFC 5321 4.1.3")
    COMMENT = ("comment", Category.CFWS, "a comment", "RFC 5322 3.2.2")
    FOLDING = ("folding", Category.CFWS, "white space about the address", "RFC 5322 3.2.2")
    IPV6_DEPRECATED = ("ipv6-deprecated", Category.DEPRECATED, "'::' for a single group", "RFC 5952 4.2.2")
    OBSOLETE_LOCAL_PART = (
        "obs-local-part",
        Category.DEPRECATED,
        "words and quoted strings joined by dots",
        "RFC 5322 4.4",
    )
    OBSOLETE_FOLDING = (
        "obs-fws",
        Category.DEPRECATED,
        "white space about a dot, or a line of nothing else",
        "RFC 5322 4.2",
    )
    CONTROL_IN_QUOTES = ("obs-qtext", Category.DEPRECATED, "a control character in a quoted string", "RFC 5322 4.1")
    QUOTED_CONTROL = ("obs-qp", Category.DEPRECATED, "a control character behind a backslash", "RFC 5322 4.1")
    COMMENT_AT_DOT = ("obs-comment", Category.DEPRECATED, "a comment about a dot", "RFC 5322 4.4")
    CONTROL_IN_COMMENT = ("obs-ctext", Category.DEPRECATED, "a control character in a comment", "RFC 5322 4.1")
    SPACE_AT_AT = ("cfws-near-at", Category.DEPRECATED, "white space or a comment about '@'", "RFC 5322 3.4.1")
    OBSOLETE_PHRASE = ("obs-phrase", Category.DEPRECATED, "a bare dot in a display name", "RFC 5322 4.1")
    SOURCE_ROUTE = ("obs-route", Category.DEPRECATED, "a source route", "RFC 5322 4.4, RFC 5321 C")
    DOMAIN = (
        "domain",
        Category.RFC5322,
        "a domain of other characters than letters, digits and hyphens",
        "RFC 5321 2.3.5",
    )
    IDNA = ("idna", Category.RFC5322, "a domain beyond ASCII that has no IDNA form", "RFC 5891 4")
    TOO_LONG = ("too-long", Category.RFC5322, "longer than a path may be: 254 octets", "RFC 5321 4.5.3.1.3")
    LOCAL_PART_TOO_LONG = ("local-part-too-long", Category.RFC5322, "a local part over 64 octets", "RFC 5321 4.5.3.1.1")
    DOMAIN_TOO_LONG = ("domain-too-long", Category.RFC5322, "a domain over 253 characters", "RFC 1035 2.3.4")
    LABEL_TOO_LONG = ("label-too-long", Category.RFC5322, "a label over 63 octets", "RFC 1035 2.3.4")
    DOMAIN_LITERAL = ("domain-literal", Category.RFC5322, "a domain literal that is no IP address", "RFC 5322 3.4.1")
    OBSOLETE_LITERAL = ("obs-dtext", Category.RFC5322, "a backslash or control in a domain literal", "RFC 5322 4.4")
    IPV6_GROUPS = ("ipv6-groups", Category.RFC5322, "an IPv6 address has eight groups", "RFC 4291 2.2")
    IPV6_TWO_GAPS = ("ipv6-two-gaps", Category.RFC5322, "'::' may stand once", "RFC 4291 2.2")
    IPV6_CHARACTER = ("ipv6-character", Category.RFC5322, "no hexadecimal digit in an IPv6 address", "RFC 4291 2.2")
    IPV6_TOO_MANY = ("ipv6-too-many", Category.RFC5322, "too many groups beside '::'", "RFC 4291 2.2")
    IPV6_COLON_START = ("ipv6-colon-start", Category.RFC5322, "an IPv6 address begins with one colon", "RFC 4291 2.2")
    IPV6_COLON_END = ("ipv6-colon-end", Category.RFC5322, "an IPv6 address ends with one colon", "RFC 4291 2.2")
    PATH_USER = (
        "path-user",
        Category.DEPRECATED,
        "'%', '@' or ':' in the user of a bang path: hosts read it in different ways",
        "RFC 976 2.2 and 5",
    )
    ELLIPSIS = (
        "ellipsis",
        Category.ERROR,
        "'...' for hosts that were left out: no path to follow",
        "custom of Usenet signatures",
    )
    HYPHEN = ("hyphen", Category.ERROR, "a label may not begin or end with a hyphen", "RFC 952, RFC 1123 2.1")
    FINAL_DOT = ("final-dot", Category.ERROR, "a domain may not end with a dot", "RFC 5321 2.3.5")
    NO_DOMAIN = ("no-domain", Category.ERROR, "no '@' and domain", "RFC 822 6.1")
    SEVERAL_AT = (
        "several-at",
        Category.ERROR,
        "more than one '@': RFC 733's form, which RFC 822 dropped",
        "RFC 822 C.5.4",
    )
    AT_WORD = (
        "at-word",
        Category.ERROR,
        "the word 'at' for '@': RFC 733's form, which RFC 822 dropped",
        "RFC 822 C.5.5",
    )
    WORDS = ("words", Category.ERROR, "words with spaces between for a local part: RFC 733's form", "RFC 822 6.2.4")
    JOINED = ("joined", Category.ERROR, "a colon or a quoted string joined to a word", "RFC 822 6.1")
    PHRASE = ("phrase", Category.ERROR, "specials in a display name need quotes", "RFC 5322 3.2.3")


@dataclass(frozen=True, slots=True)
class Defect:
    """One remark about an address: its ``kind``, and the ``span`` of the text at fault.

    >>> from mailpaths import Mailbox
    >>> [str(defect) for defect in Mailbox.parse("piet @[192.0.2.1]").defects]
    ["white space or a comment about '@' (RFC 5322 3.4.1)", 'an address literal for a domain (RFC 5321 4.1.3)']
    """

    kind: DefectKind
    span: tuple[int, int]

    @property
    def category(self) -> Category:
        """How doubtful an address with this defect is."""
        return self.kind.category

    @property
    def message(self) -> str:
        """What is doubtful, in words."""
        return self.kind.message

    def __str__(self) -> str:
        """Return the message and its source."""
        return f"{self.kind.message} ({self.kind.source})"


_ORDER = {kind: place for place, kind in enumerate(DefectKind)}
_QUOTED = re.compile(lexical.QUOTED_STRING)
_QUOTED_CONTROL = re.compile(r"\\[\x01-\x1f\x7f]")
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BLANKS = re.compile(rf"{lexical.QUOTED_STRING}|{lexical.DOMAIN_LITERAL}|[ \t]++")
_EMPTY_LINE = re.compile(r"\r\n[ \t]++\r\n[ \t]")
_BAD_PHRASE = re.compile(rf"{lexical.QUOTED_STRING}|([@\[\]\x00-\x08\x0a-\x1f\x7f])")
_PHRASE_DOT = re.compile(rf"{lexical.QUOTED_STRING}|(\.)")
_COLON = re.compile(rf"{lexical.QUOTED_STRING}|(:)")
_IPV4 = re.compile(r"(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(?:\.|\Z)){4}(?<!\.)\Z")
_IPV4_TAIL = re.compile(r"(?<=:)(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(?:\.|\Z)){4}(?<!\.)\Z")
_GROUP = re.compile(r"[0-9A-Fa-f]{0,4}\Z")
_DOTS_ALONE = re.compile(r"(?:\A|!)(\.\.+)(?=!)")
_PATH_MARK = re.compile(r"[%@:]")
_AT_WORD = re.compile(r"(?<=[ \t])[Aa][Tt](?=[ \t])")
_LABEL = re.compile(r"[A-Za-z0-9-]++\Z")


def find(text: str) -> tuple[Defect, ...]:
    """Return every defect of one mailbox as written, worst first; nothing for a text that is no mailbox.

    Folding is understood as in a header field, so that a list can ask about its members.
    """
    folded = text
    text = lexical.unfold(text)
    masked = lexical.mask(text)
    found = rfc822.match(masked)
    if found is None:
        return ()
    defects = [
        *_spaces(masked, found),
        *_words(masked, found),
        *_phrase(masked, found),
        *_domains(found),
        *_folding(folded),
    ]
    if not text.isascii():
        defects.append(Defect(DefectKind.NON_ASCII, found.address))
    unique = {defect.kind: defect for defect in reversed(defects)}
    return tuple(sorted(unique.values(), key=lambda defect: -_ORDER[defect.kind]))


def find_in_path(text: str) -> tuple[Defect, ...]:
    """Return every defect of one bang path as written, worst first."""
    defects = []
    found = _DOTS_ALONE.search(text)
    if found is not None:
        defects.append(Defect(DefectKind.ELLIPSIS, found.span(1)))
    user = text.rindex("!") + 1 if not text.endswith('"') else text.index('!"') + 1
    found = _PATH_MARK.search(text, user)
    if found is not None:
        defects.append(Defect(DefectKind.PATH_USER, found.span()))
    if not text.isascii():
        defects.append(Defect(DefectKind.NON_ASCII, (0, len(text))))
    return tuple(defects)


def _spaces(masked: lexical.Masked, found: MailboxRecord) -> Iterator[Defect]:
    """Yield what stands where a blank or a comment is: about "@", about a dot, about the whole."""
    text = masked.text
    for comment in found.comments:
        yield Defect(DefectKind.COMMENT, (comment.start, comment.end))
        if _CONTROL.search(comment.text):
            yield Defect(DefectKind.CONTROL_IN_COMMENT, (comment.start, comment.end))
    start, end = found.address
    starts = [comment.start for comment in found.comments]
    for blank in _BLANKS.finditer(text):
        if blank[0][0] not in " \t":
            continue
        before, after = text[blank.start() - 1 : blank.start()], text[blank.end() : blank.end() + 1]
        commented = bisect_left(starts, blank.start()) < bisect_left(starts, blank.end())
        if not (start <= blank.start() and blank.end() <= end):
            # In a display name white space separates the words. A single "addr-spec" may touch only its outside.
            if "@" in before + after:
                yield Defect(DefectKind.SPACE_AT_AT, blank.span())
            elif not found.angle and not commented:
                yield Defect(DefectKind.FOLDING, blank.span())
        elif "@" in before + after:
            yield Defect(DefectKind.SPACE_AT_AT, blank.span())
        elif "." in before + after:
            yield Defect(DefectKind.COMMENT_AT_DOT if commented else DefectKind.OBSOLETE_FOLDING, blank.span())


def _words(masked: lexical.Masked, found: MailboxRecord) -> Iterator[Defect]:
    """Yield what is unusual about the local part as a whole, and about the route before it."""
    start, end = found.local
    local = masked.text[start:end]
    yield from _quoted(local, start)
    colon = next((mark for mark in _COLON.finditer(local) if mark[1]), None)
    if colon is not None:
        yield Defect(DefectKind.JOINED, (start + colon.start(), start + colon.end()))
    if found.quoted_local_part.startswith('"') and rfc822.is_words(local, ""):
        yield Defect(DefectKind.WORDS, found.local)
    if _octets(found.quoted_local_part) > names.MAX_LOCAL_PART:
        yield Defect(DefectKind.LOCAL_PART_TOO_LONG, found.local)
    if found.route:
        yield Defect(DefectKind.SOURCE_ROUTE, (found.address[0], start))
    if found.domain is not None and "@" not in rfc822.outside_quotes(masked.text[end : found.address[1]]):
        word = _AT_WORD.search(masked.text, end)
        yield Defect(DefectKind.AT_WORD, word.span() if word is not None else (end, found.address[1]))


def _quoted(local: str, start: int) -> Iterator[Defect]:
    """Yield what is unusual about the quoted strings of a local part that begins at ``start``."""
    for quoted in _QUOTED.finditer(local):
        span = (start + quoted.start(), start + quoted.end())
        whole = len(quoted[0]) == len(local)
        yield Defect(DefectKind.QUOTED_STRING if whole else DefectKind.OBSOLETE_LOCAL_PART, span)
        if _QUOTED_CONTROL.search(quoted[0]):
            yield Defect(DefectKind.QUOTED_CONTROL, span)
        elif _CONTROL.search(quoted[0]):
            yield Defect(DefectKind.CONTROL_IN_QUOTES, span)
        around = local[quoted.start() - 1 : quoted.start()] + local[quoted.end() : quoted.end() + 1]
        if around.strip(" \t."):
            yield Defect(DefectKind.JOINED, span)


def _phrase(masked: lexical.Masked, found: MailboxRecord) -> Iterator[Defect]:
    """Yield what is unusual about a display name."""
    if not found.angle:
        return
    phrase = masked.text[: masked.text.rindex("<", 0, found.address[0])]
    for pattern, kind in ((_BAD_PHRASE, DefectKind.PHRASE), (_PHRASE_DOT, DefectKind.OBSOLETE_PHRASE)):
        mark = next((mark for mark in pattern.finditer(phrase) if mark[1]), None)
        if mark is not None:
            yield Defect(kind, mark.span(1))


def _domains(found: MailboxRecord) -> Iterator[Defect]:
    """Yield what is unusual about the domain: its labels, its length, its literal."""
    place = (found.local[1], found.address[1])
    if found.domain is None:
        yield Defect(DefectKind.NO_DOMAIN, (found.address[1], found.address[1]))
        return
    if "@" in rfc822.outside_quotes(found.quoted_local_part):
        yield Defect(DefectKind.SEVERAL_AT, place)
    domain = found.domain
    if _octets(f"{found.quoted_local_part}@{domain}") > names.MAX_PATH:
        yield Defect(DefectKind.TOO_LONG, found.address)
    for kind in _literal(domain) if names.is_literal(domain) else _labels(domain):
        yield Defect(kind, place)


def _labels(domain: str) -> Iterator[DefectKind]:
    if domain.endswith("."):
        yield DefectKind.FINAL_DOT
        domain = domain[:-1]
    labels = domain.split(".")
    if _octets(domain) > names.MAX_DOMAIN:
        yield DefectKind.DOMAIN_TOO_LONG
    if any(_octets(label) > names.MAX_LABEL for label in labels):
        yield DefectKind.LABEL_TOO_LONG
    if any(label.startswith("-") or label.endswith("-") for label in labels):
        yield DefectKind.HYPHEN
    if not all(_LABEL.match(label) or not label.isascii() for label in labels):
        yield DefectKind.DOMAIN
    if not domain.isascii() and not names.fold(domain).isascii():
        yield DefectKind.IDNA
    if labels[-1].isascii() and labels[-1].isdigit():
        yield DefectKind.TLD_NUMERIC
    elif len(labels) == 1:
        yield DefectKind.TLD


def _literal(domain: str) -> Iterator[DefectKind]:
    """Yield the kinds for a domain literal: RFC 5321 4.1.3 has IPv4, ``IPv6:`` and tagged ones."""
    content = domain[1:-1]
    if "\\" in content or _CONTROL.search(content):
        yield DefectKind.OBSOLETE_LITERAL
    elif _IPV4.match(content):
        yield DefectKind.ADDRESS_LITERAL
    elif content[:5].lower() == "ipv6:":
        yield from _ipv6(content[5:])
    else:
        yield DefectKind.DOMAIN_LITERAL


def _ipv6(text: str) -> Iterator[DefectKind]:
    """Yield what is wrong with an IPv6 address, or that it is an address literal (RFC 4291 2.2, RFC 5321 4.1.3)."""
    text = _IPV4_TAIL.sub("0:0", text)
    groups = text.split(":")
    gap = text.find("::")
    faults: list[DefectKind] = []
    if gap < 0:
        if len(groups) != 8:  # noqa: PLR2004 - RFC 4291 2.2: eight groups of sixteen bits
            faults.append(DefectKind.IPV6_GROUPS)
    elif gap != text.rfind("::"):
        faults.append(DefectKind.IPV6_TWO_GAPS)
    else:
        # "::" splits into an empty group, and at an end of the text into two.
        most = 9 if gap == 0 or gap == len(text) - 2 else 8
        if len(groups) > most:
            faults.append(DefectKind.IPV6_TOO_MANY)
        elif len(groups) == most:
            yield DefectKind.IPV6_DEPRECATED
    if text.startswith(":") and not text.startswith("::"):
        faults.append(DefectKind.IPV6_COLON_START)
    if text.endswith(":") and not text.endswith("::"):
        faults.append(DefectKind.IPV6_COLON_END)
    if not all(_GROUP.match(group) for group in groups):
        faults.append(DefectKind.IPV6_CHARACTER)
    yield from faults or [DefectKind.ADDRESS_LITERAL]


def _folding(text: str) -> Iterator[Defect]:
    """Yield what RFC 5322 4.2 allows no more: a line of white space alone."""
    found = _EMPTY_LINE.search(text)
    if found is not None:
        yield Defect(DefectKind.OBSOLETE_FOLDING, found.span())


def _octets(text: str) -> int:
    """Return the length that the limits of SMTP count."""
    return len(text.encode())
