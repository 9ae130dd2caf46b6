"""What may leave the hook: `fault_of` looks at an address as text, and knows nothing of how it was made.

It is the last look. A mail server that is handed two addresses for one sends to both, and one that is handed a file or
a program writes to it: Postfix takes ``a@x, b@y`` of an alias for two recipients, Exim reads ``:include:/etc/passwd``,
and both split at a line's end.
"""

from __future__ import annotations

import re

from mailpaths import names
from mailpaths.addresses import parse
from mailpaths.errors import AddressSyntaxError
from mailpaths.routing.lookup import is_name

__all__ = ["fault_of", "fault_of_transport"]

# Printable, and no blank at either end, which a mail server may cut off.
_TEXT = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?\Z")
# Separators of lists, comments, brackets, escapes, and what a shell behind UUCP obeys: some program on the way gives
# each a meaning, quoted or not. An apostrophe stands in names of people, and no program here hands it to a shell.
_SPECIAL = re.compile(r"[,;()<>\[\]\\`|&$]")
# What needs no second look, but for its lengths: dot-atoms of letters, digits and harmless marks, and a plain domain.
_WORD = r"[A-Za-z0-9!#%*+=?^_{}'-]+"
_PLAIN = re.compile(
    rf"(?P<local>(?![-#]|[^@]*[!%][-#]){_WORD}(?>(?:\.{_WORD})*))@(?P<domain>[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
    r"(?>(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*))\Z"
)
# A domain that no shell and no file system takes for more than a name, also behind UUCP.
_DOMAIN = re.compile(r"[A-Za-z0-9_-]+(?>(?:\.[A-Za-z0-9_-]+)*)\Z")
_HOPS = re.compile("[!%]")
#: What begins an option, a file, a program, a comment, and a special item of Exim's or Sendmail's.
_BEGINNINGS = ("-", "/", "|", ":", "&", "~", "#")
_TRANSPORT = re.compile(r"(?P<transport>[A-Za-z0-9_-]*):(?P<next_hop>[A-Za-z0-9._:\[\]-]*)\Z")


def fault_of(text: str, *, local_part: int = names.MAX_LOCAL_PART, or_address: bool = False) -> str | None:
    """Return why a text must not be handed to a mail server as one address, ``None`` where it may.

    It must be one mailbox with a domain, in printable ASCII, that begins with nothing that a mail server takes for an
    option, a file or a program, quoted or not; and as long as RFC 5321 4.5.3.1 has it, but for the local part, whose
    octets are ``local_part``. ``or_address`` is set for O/R addresses, which begin with ``/`` (RFC 2156 4.1).

    >>> fault_of("user@host.uucp")
    >>> fault_of("-oQ/tmp@host.uucp")
    "it begins with '-'"
    """
    plain = _PLAIN.match(text)
    if plain is not None:
        return _too_long(plain["local"], plain["domain"], local_part)
    return _fault_of_any(text, local_part, or_address=or_address)


def _fault_of_any(text: str, local_part: int, *, or_address: bool) -> str | None:
    """Return what `fault_of` does, the long way: a test holds the short one equal to it."""
    if not _TEXT.match(text):
        return "it is no printable ASCII"
    special = _SPECIAL.search(text)
    if special is not None:
        return f"{special[0]!r} means more than itself to some mail server"
    try:
        box = parse(text, "rfc822")
    except AddressSyntaxError as error:
        return error.message
    if box.domain is None or box.addr_spec != text:
        return "it is no bare mailbox with a domain"
    if not is_name(box.domain):
        return _too_long(box.quoted_local_part, box.domain, local_part) or "it is no bare mailbox with a domain"
    if not _DOMAIN.match(box.domain):
        return f"the domain {box.domain} is no name of a host"
    # The last hop of a path hands its piece to a program, too.
    for form in (box.quoted_local_part, box.local_part, *_HOPS.split(box.local_part)):
        if form.startswith(_BEGINNINGS) and not (or_address and form.startswith("/")):
            return (
                f"it begins with {form[0]!r}"
                if form in {box.quoted_local_part, box.local_part}
                else f"{form[0]!r} begins a hop"
            )
    if not box.local_part or "@" in box.local_part:
        return "nobody is named in it" if not box.local_part else "a second '@' is in it"
    return _too_long(box.quoted_local_part, box.domain, local_part)


def _too_long(local: str, domain: str, most: int) -> str | None:
    if len(local) > most:
        return f"its local part has {len(local)} octets, and the limit is {most}"
    if len(domain) > names.MAX_DOMAIN or max(map(len, domain.split("."))) > names.MAX_LABEL:
        return "its domain is longer than a domain may be (RFC 1035 2.3.4)"
    octets = len(local) + len(domain) + 1
    if octets > names.MAX_PATH:
        return f"it has {octets} octets, and SMTP carries {names.MAX_PATH} (RFC 5321 4.5.3.1.3)"
    return None


def fault_of_transport(text: str) -> str | None:
    """Return why a text is no ``transport:nexthop`` of Postfix (transport(5)), ``None`` where it is one.

    >>> fault_of_transport("uucp:gamma")
    """
    found = _TRANSPORT.match(text)
    return None if found is not None and text != ":" else "expected transport:nexthop"
