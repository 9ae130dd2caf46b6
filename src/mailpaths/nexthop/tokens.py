r"""Local parts in their two forms, *quoted* and *unquoted*, as the models of the mail programs need them.

RFC 822 section 3.3: a local part is words between dots, and a word is an atom or a quoted string. Quotes and
backslashes are spelling, not meaning (RFC 822 section 6.2.4): ``"a b"``, ``"a"" b"`` in parts and ``a\ b`` all mean
``a b``.
"""

from __future__ import annotations

import re

__all__ = ["external", "folded", "is_valid_spelling", "unquoted"]

_WORD = r'(?:[^\x00-\x20\x7f()<>@,;:\\".\[\]]++|"(?>(?:[^"\\\r\n]|\\.)*)")'
_LOCAL_PART = re.compile(rf"{_WORD}(?>(?:\.{_WORD})*)", re.DOTALL)
_QUOTING = re.compile(r'\\(.)|["\\]', re.DOTALL)
_NEEDS_BACKSLASH = re.compile(r'([\\"\r\n])')


def is_valid_spelling(text: str) -> bool:
    """Whether ``text`` is a local part in quoted form (RFC 822 section 6.1; non-ASCII letters as in RFC 6531)."""
    return _LOCAL_PART.fullmatch(text) is not None


def unquoted(local_part: str) -> str:
    r"""What a quoted spelling means: quotes gone, ``\x`` is ``x``. A lone backslash at the end goes too."""
    return _QUOTING.sub(lambda found: found[1] or "", local_part)


def external(spelled: str, meant: str | None = None) -> str:
    """The quoted form of a local part, as it is handed on.

    A valid spelling stays as it is: ``"ab"`` keeps its needless quotes, because the programs keep them too. Anything
    else is spelled anew from what it means, ``meant`` if that is known better than by removing quotes.
    """
    if meant is None:
        meant = unquoted(spelled)
        if is_valid_spelling(spelled):
            return spelled
    elif spelled and is_valid_spelling(spelled) and unquoted(spelled) == meant:
        return spelled
    if is_valid_spelling(meant) and '"' not in meant:
        return meant
    return '"' + _NEEDS_BACKSLASH.sub(r"\\\1", meant) + '"'


def folded(here: tuple[str, ...]) -> frozenset[str]:
    """The host's own names, ready to compare: domain names have no case (RFC 1035 section 2.3.3)."""
    return frozenset(name.casefold().removesuffix(".") for name in here)
