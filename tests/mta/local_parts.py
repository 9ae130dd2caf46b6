"""Local parts, quoted and not. Written a second time on purpose: a witness must not lean on what it is to judge."""

from __future__ import annotations

import re

__all__ = ["external", "unquoted"]

_WORD = r'(?:[^\x00-\x20\x7f()<>@,;:\\".\[\]]+|"(?:[^"\\\r\n]|\\.)*")'
_LOCAL_PART = re.compile(rf"{_WORD}(?:\.{_WORD})*", re.DOTALL)


def unquoted(local_part: str) -> str:
    return re.sub(r'\\(.)|"', lambda found: found[1] or "", local_part, flags=re.DOTALL)


def external(spelled: str, meant: str | None = None) -> str:
    """``spelled`` when it is a valid local part, else its meaning in quotes."""
    meant = unquoted(spelled) if meant is None else meant
    if _LOCAL_PART.fullmatch(spelled) and unquoted(spelled) == meant:
        return spelled
    if _LOCAL_PART.fullmatch(meant) and '"' not in meant:
        return meant
    return '"' + re.sub(r'([\\"\r\n])', r"\\\1", meant) + '"'
