"""Host and domain names: the spelling is kept, the comparison is blind to case.

A name is a plain `str` everywhere in mailpaths. This room knows when two of them mean the same host, and how long one
may be; it looks nothing up.
"""

from __future__ import annotations

from functools import lru_cache

from mailpaths.errors import ConversionError

__all__ = [
    "MAX_DOMAIN",
    "MAX_LABEL",
    "MAX_LOCAL_PART",
    "MAX_PATH",
    "fold",
    "is_literal",
    "same",
    "to_ascii",
    "without_dot",
]

#: Octets in one label of a domain name (RFC 1035 2.3.4).
MAX_LABEL = 63
#: Octets in a domain name as SMTP carries it: RFC 1035 2.3.4 counts 255 in wire form, which leaves 253 in text;
#: RFC 5321 4.5.3.1.2 says 255.
MAX_DOMAIN = 253
#: Octets in a local part, quotes included (RFC 5321 4.5.3.1.1).
MAX_LOCAL_PART = 64
#: Octets in an address between its angle brackets: RFC 5321 4.5.3.1.3 allows a path 256 with them.
MAX_PATH = 254


def fold(name: str) -> str:
    """Return the form by which names are compared: lower case, and a U-label as its A-label where IDNA 2008 has one.

    >>> fold("Seismo.CSS.GOV")
    'seismo.css.gov'
    >>> fold("bücher.example")
    'xn--bcher-kva.example'
    """
    return name.lower() if name.isascii() else _fold_unicode(name)


@lru_cache(maxsize=1024)
def _fold_unicode(name: str) -> str:
    try:
        return to_ascii(name).lower()
    except ConversionError:
        return name.casefold()


def same(one: str, other: str) -> bool:
    """Tell whether two names mean the same host or domain.

    >>> same("UT-SALLY.ARPA", "ut-sally.arpa")
    True
    """
    return one == other or fold(one) == fold(other)


def to_ascii(name: str) -> str:
    """Return the A-label form of a domain name (RFC 5891).

    Letters are mapped as UTS 46 says and browsers do, so that capitals are no fault. Raises `ConversionError` when the
    name has no such form.

    >>> to_ascii("bücher.example")
    'xn--bcher-kva.example'
    """
    if name.isascii():
        return name
    import idna  # loaded when first needed: most names are ASCII and the tables are large

    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except UnicodeError as error:  # idna.IDNAError is one
        raise ConversionError(f"the domain {name!r} has no ASCII form: {error}", part="host") from error


def is_literal(name: str) -> bool:
    """Tell whether the name is a domain literal such as ``[192.0.2.1]`` (RFC 5321 4.1.3)."""
    return name.startswith("[")


def without_dot(name: str) -> str:
    """Return the name without the final dot that RFC 976 2.2 puts after a single-label domain, or the root's own.

    >>> without_dot("att.")
    'att'
    """
    return name[:-1] if name.endswith(".") and not name.endswith("..") and name != "." else name
