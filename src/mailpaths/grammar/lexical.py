r"""The terminals that every notation shares: characters, words, comments, folding.

Each rule stands under its RFC's own name with the RFC's text above it, and is a *string*; the grammars compose those
strings, compile them once and hand the same compiled pattern to pyparsing and to the fast path.

Two departures, both on purpose:

* Comments are not part of the patterns. RFC 822 3.1.4 lets a comment stand wherever white space may and mean no more
than
  one space, so `mask` blanks every comment (keeping all offsets) before any other rule looks at the text. Nesting
  needs a counter then, not recursion, and costs linear time at any depth.
* CR, LF and NUL are never accepted, not even behind a backslash where RFC 5322 4.1 (obs-qp) lets them stand: they are
how
  one address becomes two header lines. Only `unfold` knows CRLF, and only before white space.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from mailpaths.errors import AddressSyntaxError

__all__ = [
    "ATEXT",
    "ATOM",
    "DOMAIN",
    "DOMAIN_LITERAL",
    "DOT_ATOM",
    "MAX_ADDRESS",
    "QUOTED_STRING",
    "WSP",
    "Comment",
    "Masked",
    "check_characters",
    "escape_comment",
    "mask",
    "quote",
    "unfold",
    "unquote",
]

#: Characters in one address. Ten times what any protocol carries, room for a path of 5,000 hops, and a bound on what
#: the slower driver may be asked to explain.
MAX_ADDRESS = 65_536

# RFC 5322 3.2.3, extended by RFC 6532 3.2 with UTF8-non-ascii:
# atext is ALPHA, DIGIT and any of !#$%&'*+-/=?^_`{|}~ -
# written as "no control, no space, no special (RFC 5322 3.2.3 specials)"; `check_characters` has refused what is beyond
# ASCII and still no text.
ATEXT = r'[^\x00-\x20"(),.:;<>@\[\\\]\x7f]'

# RFC 5322 3.2.3: atom = [CFWS] 1*atext [CFWS]; the CFWS stands in the rules that use it.
ATOM = rf"{ATEXT}++"

# RFC 5322 3.2.3: dot-atom-text = 1*atext *("." 1*atext)
DOT_ATOM = rf"{ATOM}(?>(?:\.{ATOM})*)"

# RFC 5322 3.2.2: FWS = ([*WSP CRLF] 1*WSP) / obs-FWS; after `unfold` only the blanks are left.
WSP = r"[ \t]"

# RFC 5322 3.2.4 and 4.1: quoted-string = DQUOTE *([FWS] qcontent) [FWS] DQUOTE, qcontent = qtext / quoted-pair,
# obs-qtext = obs-NO-WS-CTL; a quoted-pair holds any character but CR, LF and NUL (see above).
QUOTED_STRING = r'"(?>(?:[^"\\\r\n\0]++|\\[^\r\n\0])*)"'

# RFC 5322 3.4.1 and 4.4: domain-literal = "[" *([FWS] dtext) [FWS] "]", obs-dtext adds quoted-pair and controls.
DOMAIN_LITERAL = r"\[(?>(?:[^\[\]\\\r\n\0]++|\\[^\r\n\0])*)\]"

# RFC 5322 4.4: obs-domain = atom *("." atom), each atom with CFWS about it; RFC 822 6.2.3: a literal may be a
# sub-domain. A final dot is the root's (RFC 1034 3.1) or RFC 976's: read, and noted as a defect.
_SUB_DOMAIN = rf"(?:{ATOM}|{DOMAIN_LITERAL})"
DOMAIN = rf"{_SUB_DOMAIN}(?>(?:{WSP}*+\.{WSP}*+{_SUB_DOMAIN})*)(?>(?:\.(?!{WSP}*+[.]))?)"

# What surrogateescape makes of a byte that is not UTF-8 (PEP 383).
_ESCAPED_BYTES = range(0xDC80, 0xDD00)
_FORBIDDEN = re.compile("[\0\r\n]")
_NO_TEXT = re.compile("[\x80-\x9f\u2028\u2029\ud800-\udfff]")
# A fold: CRLF with white space behind it (RFC 5322 3.2.2). A CRLF that is the last thing, or that stands before another
# CRLF, is the end of a header and no fold.
_FOLD = re.compile(r"\r\n(?=[ \t])")
# What hides a parenthesis, and the parenthesis itself.
_COMMENT_START = re.compile(rf"{QUOTED_STRING}|{DOMAIN_LITERAL}|\(|\"|\[")
# The usual comment, at most one deep, in one match; deeper ones are counted, parenthesis by parenthesis.
_COMMENT = re.compile(r"\((?>(?:[^()\\]++|\\.|\((?>(?:[^()\\]++|\\.)*)\))*)\)", re.DOTALL)
_PARENTHESIS = re.compile(r"\\.|[()]", re.DOTALL)
_COMMENT_ESCAPE = re.compile(r"([()\\])")
_NEEDS_ESCAPE = re.compile(r'(["\\])')
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)
_QUOTED_PART = re.compile(QUOTED_STRING)


class Comment(NamedTuple):
    """A comment with its place: ``text`` without the outer parentheses and the quoting backslashes."""

    text: str
    start: int
    end: int


class Masked(NamedTuple):
    """A text whose comments are blanks, with the comments that stood there. Offsets are those of the source."""

    text: str
    comments: tuple[Comment, ...]


def check_characters(text: str) -> None:
    """Refuse what may stand in no address: CR, LF, NUL, C1 controls, line separators, undecodable bytes.

    Raises `AddressSyntaxError` at the first of them.
    """
    found = _FORBIDDEN.search(text)
    if found is not None:
        name = {"\0": "a NUL", "\r": "a carriage return", "\n": "a line feed"}[found[0]]
        raise AddressSyntaxError(f"{name} may not stand in an address", text, found.span())
    if not text.isascii():
        found = _NO_TEXT.search(text)
        if found is not None:
            code = ord(found[0])
            if code in _ESCAPED_BYTES:
                raise AddressSyntaxError(f"byte 0x{code - 0xDC00:02X} is not UTF-8 text", text, found.span())
            raise AddressSyntaxError(f"U+{code:04X} is not a text character", text, found.span())


def unfold(text: str) -> str:
    """Return a header value with each CRLF of a fold made two blanks, so that every offset stays true.

    RFC 5322 3.2.2: a fold is CRLF before white space. Any other CR or LF is refused with `AddressSyntaxError`.
    """
    if "\n" not in text and "\r" not in text:
        return text
    return _FOLD.sub("  ", text)


def mask(text: str) -> Masked:
    """Blank the comments of a text, outside of quoted strings and domain literals, keeping every offset.

    RFC 5322 3.2.2: comment = "(" *([FWS] ccontent) [FWS] ")", ccontent = ctext / quoted-pair / comment.
    Raises `AddressSyntaxError` for a comment that does not end.
    """
    if "(" not in text:
        return Masked(text, ())
    pieces: list[str] = []
    comments: list[Comment] = []
    done = 0
    found = _COMMENT_START.search(text)
    while found is not None:
        start = found.start()
        if found[0] in {'"', "["}:
            # An unterminated string or literal: everything behind it belongs to it, and the grammar will say so.
            break
        if found[0] != "(":
            found = _COMMENT_START.search(text, found.end())
            continue
        end = _comment_end(text, start)
        pieces.append(text[done:start])
        pieces.append(" " * (end - start))
        comments.append(Comment(_strip_escapes(text[start + 1 : end - 1]), start, end))
        done = end
        found = _COMMENT_START.search(text, end)
    pieces.append(text[done:])
    return Masked("".join(pieces), tuple(comments))


def _comment_end(text: str, start: int) -> int:
    """Return the offset behind the comment that starts at ``start``."""
    found = _COMMENT.match(text, start)
    if found is not None:
        return found.end()
    depth = 0
    for mark in _PARENTHESIS.finditer(text, start):
        if mark[0] == "(":
            depth += 1
        elif mark[0] == ")":
            depth -= 1
            if not depth:
                return mark.end()
    raise AddressSyntaxError("expected ')' to end this comment", text, (start, len(text)))


def quote(text: str) -> str:
    r"""Return the text as a quoted-string, ``"`` and ``\`` escaped (RFC 5322 3.2.4).

    >>> print(quote('say "hi"'))
    "say \"hi\""
    """
    return '"' + _NEEDS_ESCAPE.sub(r"\\\1", text) + '"'


def unquote(text: str) -> str:
    r"""Return the text with every quoted-string in it replaced by what it means.

    >>> unquote('a."b c".d')
    'a.b c.d'
    """
    if '"' not in text:
        return text
    if text[0] == '"' and text.find('"', 1) == len(text) - 1 and "\\" not in text:
        return text[1:-1]
    return _QUOTED_PART.sub(lambda found: _strip_escapes(found[0][1:-1]), text)


def _strip_escapes(text: str) -> str:
    return text if "\\" not in text else _QUOTED_PAIR.sub(r"\1", text)


def escape_comment(text: str) -> str:
    r"""Return the text as it stands in a comment, ``(``, ``)`` and ``\`` behind backslashes (RFC 5322 3.2.2)."""
    return _COMMENT_ESCAPE.sub(r"\\\1", text)
