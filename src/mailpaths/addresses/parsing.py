"""The way from text to a value: `parse` for one address, `parse_list` for a header field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, overload

from mailpaths.addresses import bang as bang_values
from mailpaths.addresses import mailbox as mailbox_values
from mailpaths.addresses.bang import BangPath
from mailpaths.addresses.defects import Category
from mailpaths.addresses.lists import AddressList
from mailpaths.addresses.mailbox import Mailbox
from mailpaths.addresses.oraddress import ORAddress
from mailpaths.errors import AddressSyntaxError, UnknownNameError
from mailpaths.grammar import bang, faults, lexical, rfc822

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Address", "Notation", "coerce", "parse", "parse_list"]

#: What `parse` returns: one value class a notation.
Address: TypeAlias = BangPath | Mailbox | ORAddress
#: The names of the notations.
Notation: TypeAlias = Literal["bang", "rfc822", "x400"]

_MAX = lexical.MAX_ADDRESS
_match_addr_spec = rfc822.ADDR_SPEC.match
_match_plain_path = bang.PLAIN_PATH.match
_from_plain = bang_values.from_plain
_from_addr_spec = mailbox_values.from_addr_spec


@overload
def parse(text: str, notation: None = None) -> Address: ...
@overload
def parse(text: str, notation: Literal["bang"]) -> BangPath: ...
@overload
def parse(text: str, notation: Literal["rfc822"]) -> Mailbox: ...
@overload
def parse(text: str, notation: Literal["x400"]) -> ORAddress: ...
def parse(text: str, notation: Notation | None = None) -> Address:
    """Return what was written - `BangPath`, `Mailbox` or `ORAddress` - with nothing decided about its meaning.

    Without a ``notation`` the text may be any address that people wrote, RFC 733's ``Jones at Registry`` and a bare
    ``user%host`` among them; what is doubtful about it stands in ``Mailbox.defects``. A text with ``@`` is a mailbox,
    for RFC 976 2.1 asks to read ``a!b@c`` as ``(a!b)@c``; one with ``!`` and no ``@`` is a bang path. An O/R address
    begins with ``X400:`` or with a label that X.400 knows and ``=``, and is none of the other two: so
    ``/S=Doe/O=Acme/@gw.example`` is a mailbox, whose domain may take its local part for X.400's.

    ``notation="bang"`` reads ``a!b@c`` as old rmail did. ``notation="rfc822"`` takes what RFC 822 and RFC 5322 take,
    their obsolete forms included, and refuses what has a defect of the category `Category.ERROR`.

    Raises `AddressSyntaxError`, with the place of the fault, for a text that is no address; CR, LF and NUL are never
    part of one, so that no address turns into two header lines. At most 65,536 characters are looked at, in linear
    time.

    >>> from mailpaths import parse
    >>> parse("seismo!mcvax!piet")
    BangPath(hosts=('seismo', 'mcvax'), user='piet')
    >>> parse("piet%mcvax@seismo")
    Mailbox(local_part='piet%mcvax', domain='seismo')
    >>> parse("<@seismo.css.gov:piet@mcvax.uucp>").route
    ('seismo.css.gov',)
    >>> parse("/G=John/S=Doe/O=Acme/PRMD=X/C=US/").surname
    'Doe'
    """
    if notation is None:
        if len(text) <= _MAX:
            if "@" in text:
                found = _match_addr_spec(text)
                if found is not None:
                    if not text.isascii():
                        lexical.check_characters(text)
                    local, domain = found.groups()
                    return _from_addr_spec(local, domain, text)
            elif _match_plain_path(text) is not None:
                if not text.isascii():
                    lexical.check_characters(text)
                return _from_plain(text)
        return _parse_other(text)
    parser = _PARSERS.get(notation)
    if parser is None:
        raise UnknownNameError(f"unknown notation {notation!r}; there are 'bang', 'rfc822' and 'x400'")
    return parser(text)


def _parse_other(text: str) -> Address:
    """Return what a text is that is no plain addr-spec."""
    lexical.check_characters(text)
    if len(text) <= _MAX:
        if "!" in text:
            path = bang.match(text)
            if path is not None:
                return bang_values.from_record(path, text)
        labelled = ("=" in text or text[:5].upper() == "X400:") and _looks_like_x400(text)
        if labelled and "@" not in text:
            return ORAddress.parse(text)
        found = rfc822.match(lexical.mask(text))
        if found is not None:
            return mailbox_values.from_record(found, text)
        if labelled:
            return ORAddress.parse(text)
    if "!" in text and not any(mark in text for mark in '@"(<,; \t'):
        raise faults.bang_fault(text, at=False)
    raise faults.mailbox_fault(text)


def _looks_like_x400(text: str) -> bool:
    from mailpaths.addresses import dialects  # loads with the first text that may be an O/R address

    return dialects.looks_like(text)


def _parse_strict(text: str) -> Mailbox:
    box = Mailbox.parse(text)
    for defect in box.defects:
        if defect.category is Category.ERROR:
            raise AddressSyntaxError(defect.message, text, defect.span)
    return box


_PARSERS: dict[str, Callable[[str], Address]] = {
    "bang": BangPath.parse,
    "rfc822": _parse_strict,
    "x400": ORAddress.parse,
}


def coerce(address: Address | str) -> Address:
    """Return the address itself, or what the string parses to."""
    return parse(address) if isinstance(address, str) else address


def parse_list(text: str) -> AddressList:
    r"""Return the value of a header field such as ``To:`` - mailboxes, groups, comments, each with its span.

    Folding is understood: CRLF with white space behind it (RFC 5322 2.2.3). Empty places between commas are skipped
    (RFC 5322 4.4), and groups may stand in any field (RFC 6854). Raises `AddressSyntaxError` for anything else.

    >>> from mailpaths import parse_list
    >>> header = parse_list("Sam Irving <sam@host>,\r\n Committee: jones@host.net, mark@cbosgd;")
    >>> [box.addr_spec for box in header.mailboxes]
    ['sam@host', 'jones@host.net', 'mark@cbosgd']
    """
    return AddressList.parse(text)
