"""The dialects: how the one `ORAddress` is written by different hands, and how to tell which hand wrote a text.

A dialect is a choice of labels, marks and order; what a label means is the attribute table's business, and every label
of every dialect is understood in all of them. What differs for the reader is the marks, and which end of a list is the
most significant: that, and nothing else, is what a guess can get wrong.
"""

from __future__ import annotations

import re
from typing import TypeAlias

from mailpaths.addresses import conformance, writing
from mailpaths.addresses.dialect import (
    DIALECTS,
    DMN_OR,
    EXCHANGE,
    F401,
    F401_SLASH,
    F401_TABLE,
    MIXER,
    PAIRED,
    PX,
    Dialect,
    coerce,
)
from mailpaths.addresses.evidence import evidence_against, family
from mailpaths.addresses.gathering import Gathered, Place, domain_defined_type
from mailpaths.addresses.oraddress import ORAddress, from_attributes
from mailpaths.addresses.plain import read_plain
from mailpaths.addresses.values import Value
from mailpaths.addresses.writing import find_hidden_label, is_known, px_label
from mailpaths.errors import AddressSyntaxError
from mailpaths.grammar import faults, lexical
from mailpaths.grammar import oraddress as grammar
from mailpaths.grammar.oraddress import Field

__all__ = [
    "DIALECTS",
    "DMN_OR",
    "MIXER",
    "Dialect",
    "coerce",
    "guess",
    "looks_like",
    "parse",
    "parse_local_part",
    "px_label",
    "respell",
    "write",
]

_Attributes: TypeAlias = tuple[tuple[str, Value], ...]


def write(address: ORAddress, dialect: Dialect | str) -> str:
    """Return the address in a dialect: see `ORAddress.to_text`."""
    return writing.write(address, coerce(dialect))


def respell(address: ORAddress, dialect: Dialect | str) -> ORAddress:
    """Return the same address, whose `str` is its text in the dialect. Raises as `write` does."""
    return from_attributes(address.attributes, write(address, dialect))


def parse(text: str, dialect: Dialect | str | None = None, *, bounds: bool = True) -> ORAddress:
    """Return the O/R address of a text: see `ORAddress.parse`."""
    which = None if dialect is None else coerce(dialect)
    if len(text) > lexical.MAX_ADDRESS:
        raise faults.oraddress_fault(text, "semicolons", 0)
    attributes = read_plain(text, which)
    return from_attributes(attributes, text) if attributes is not None else _long_way(text, which, bounds=bounds)


# --- the long way -------------------------------------------------------------------------------------------------

_PREFIX = re.compile(r"[ \t]*+(?:(\[)?X400:|X\.400(?::[ \t]*+|[ \t]++))", re.ASCII | re.IGNORECASE)
_LINE_END = re.compile(r"\r?\n")
_SLASHES = re.compile(r"//?")
# "dda.type=T; dda.value=V" (MS Mail), "dt=T/dv=V" (GroupWise): two pairs that are one attribute.
_BEHIND_TYPE = {"DDA.TYPE": "DDA.VALUE", "DDA-TYPE": "DDA-VALUE", "DT": "DV"}
_BEFORE_VALUE = {value: label for label, value in _BEHIND_TYPE.items()}


def _long_way(text: str, which: Dialect | None, *, bounds: bool) -> ORAddress:
    """Return the address of a text that may hold anything at all."""
    _check_characters(text, which)
    start, end, exchange = 0, len(text), False
    prefix = _PREFIX.match(text) if which is None or which.shape in PAIRED else None
    if prefix is not None:
        start, exchange = prefix.end(), text[prefix.end() - 1] == ":" and "." not in prefix[0]
        if prefix[1] is not None:
            if text[-1:] != "]":
                raise AddressSyntaxError("expected ']' to end the one-off address", text, (prefix.start(1), end))
            end -= 1
    try:
        if which is not None:
            address = _assemble(text[:end], which, start, bounds=bounds)
        else:
            address = _guess(text[:end], start, exchange=exchange, bounds=bounds)[1]
    except AddressSyntaxError as error:
        if end == len(text):
            raise
        raise AddressSyntaxError(error.message, text, error.span) from None
    return from_attributes(address.attributes, text)


def _check_characters(text: str, which: Dialect | None) -> None:
    """Refuse what may stand in no address; only a table has several lines."""
    lines = "\n" in text.strip("\r\n") if which is None else which.shape == "columns"
    try:
        lexical.check_characters(_LINE_END.sub(lambda end: " " * len(end[0]), text) if lines else text)
    except AddressSyntaxError as error:
        raise AddressSyntaxError(error.message, text, error.span) from None


def parse_local_part(text: str) -> ORAddress | None:
    """Return what a local part means as std-or-address-input (RFC 2156 4.1.3); ``None`` where it is none.

    A leading ``/`` must be there: without it ``FAX=+1202/T33S=6377`` of RFC 3191 would pass.
    """
    if text[:1] == "/":
        attributes = read_plain(text, MIXER)
        if attributes is not None:
            return from_attributes(attributes, None)
    elif ";" not in text:
        return None
    found = _divide(text, MIXER, 0)
    try:
        return None if found is None else _gather(text, MIXER, found, bounds=False)
    except AddressSyntaxError:
        return None


def _assemble(text: str, dialect: Dialect, start: int, *, bounds: bool) -> ORAddress:
    """Return what a text is in a dialect, from ``start`` on."""
    found = _divide(text, dialect, start)
    if found is None:
        raise _division_fault(text, dialect, start)
    return _gather(text, dialect, found, bounds=bounds)


def _divide(text: str, dialect: Dialect, start: int) -> list[Field] | None:
    """Return labels and values as the dialect's marks divide them, or ``None`` where they do not."""
    if dialect.shape == "columns":
        return grammar.line_fields(text)
    if dialect.shape == "domain":
        return grammar.domain_fields(text, start)
    if dialect.shape == "px":
        return grammar.px_fields(text)
    return grammar.fields(text, dialect.shape, start)


def _division_fault(text: str, dialect: Dialect, start: int) -> AddressSyntaxError:
    """Return why the dialect's marks do not divide a text: far slower than to find that they do not."""
    if dialect.shape == "columns":
        return faults.table_fault(text)
    if dialect.shape == "domain":
        return faults.domain_form_fault(text, start)
    if dialect.shape == "px":
        return AddressSyntaxError("not a name of a PX record (RFC 2163 4.2.1)", text, (start, len(text)))
    return faults.oraddress_fault(text, dialect.shape, start)


def _gather(text: str, dialect: Dialect, found: list[Field], *, bounds: bool) -> ORAddress:
    """Return the address of labels and values."""
    gathered = Gathered()
    place = 0
    while place < len(found):
        place += _take(gathered, found, place, text, dialect)
    if dialect.ascending:
        gathered.turn_round()
    address = from_attributes(gathered.finish(text, (0, len(text))), None)
    if bounds:
        _check_bounds(address, gathered.places, text)
    return address


def _take(gathered: Gathered, found: list[Field], place: int, text: str, dialect: Dialect) -> int:
    """Take one field, or the two that are one attribute, and return how many they were."""
    label, value, start, middle, end = found[place]
    label_span = (start, start + len(label) if dialect.shape in {"columns", "px"} else middle - 1)
    upper = label.upper()
    if upper in _BEHIND_TYPE or upper in _BEFORE_VALUE:
        _take_two(gathered, found[place : place + 2], text)
        return 2
    if upper == "DDA":  # dda=SMTP:u@d, Microsoft KB Q262116
        name, colon, rest = value.partition(":")
        if not colon:
            raise AddressSyntaxError("expected DDA=type:value", text, (middle, end))
        gathered.add_defined(name, rest, text, (middle + len(name) + 1, end), name_span=(middle, middle + len(name)))
    elif dialect.shape in {"domain", "px"} and value == "@" and end - middle <= 1 and upper in _OMISSIBLE:
        pass  # a level left out on purpose: RFC 2156 appendix F.3
    elif dialect.shape == "domain" and label[:1] == "~":
        gathered.add_defined(label[1:], value, text, (middle, end), name_span=label_span)
    else:
        if "=" in value and dialect.shape in {"semicolons", "slashes"} and domain_defined_type(label) is None:
            _check_separator(value, text, (middle, end))
        if dialect is EXCHANGE:  # Exchange 5.5 doubles every "/": KB Q224565
            label, value = _SLASHES.sub("/", label), _SLASHES.sub("/", value)
        gathered.add(label, value, text, (middle, end), label_span=label_span)
    return 1


_OMISSIBLE = {"C", "ADMD", "A", "PRMD", "P", "O", "OU", "OU1", "OU2", "OU3", "OU4"}


def _take_two(gathered: Gathered, pair: list[Field], text: str) -> None:
    """Take a type and a value that stand in two fields."""
    first = pair[0]
    upper = first.label.upper()
    wanted = _BEHIND_TYPE.get(upper)
    if wanted is None:
        raise AddressSyntaxError(f"expected {_BEFORE_VALUE[upper]} before {upper}", text, (first.start, first.end))
    if pair[-1].label.upper() != wanted:
        raise AddressSyntaxError(f"expected {wanted} behind {upper}", text, (first.start, first.end))
    second = pair[1]
    gathered.add_defined(
        first.value, second.value, text, (second.middle, second.end), name_span=(first.middle, first.end)
    )


def _check_separator(value: str, text: str, span: tuple[int, int]) -> None:
    """Refuse a value in which another attribute stands, for want of a separator: ``O=UCL, P=UK.AC``."""
    found = find_hidden_label(value)
    if found is not None:
        place = max(text.find(found[0], *span), span[0])
        raise AddressSyntaxError(f"expected a separator before '{found[1] or found[2]}='", text, (place, span[1]))


def _check_bounds(address: ORAddress, places: tuple[Place, ...], text: str) -> None:
    """Refuse a value out of its bounds, at the very line or type that is too long."""
    fault = conformance.first_bound_fault(address)
    if fault is None:
        return
    start, middle, end = places[fault.place]
    span = (start if not fault.value else middle, end)
    if fault.value:
        place = max(text.find(fault.value, middle, end), text.find(fault.value, start, middle))
        span = (place, place + len(fault.value)) if place >= 0 else span
    raise AddressSyntaxError(f"{fault.name}: {fault.message}", text, span)


# --- telling dialects apart ---------------------------------------------------------------------------------------

_PX_NAME = re.compile(r"(?>(?:(?:OU|O|PRMD|ADMD)(?:-[a-z0-9-]++|b)?\.)*)C-[a-z0-9]{2,3}\.?\Z", re.ASCII | re.IGNORECASE)
_LABEL = r"([A-Za-z][A-Za-z0-9.-]*+(?:[ ]NUMBER)?(?::[^=/;]++)?)[ \t]*+="
_FIRST_LABEL = re.compile(rf"[ \t]*+(/?)[ \t]*+{_LABEL}", re.IGNORECASE)
_NEXT_LABEL = re.compile(rf"[/;][ \t]*+{_LABEL}", re.IGNORECASE)
_INNER_LABEL = re.compile(r"/[ \t]*+([A-Za-z][A-Za-z0-9.-]*+)[=:]")
# What one dialect takes for a mark, or the half of one, and another for a character.
_SLASH_MARK = re.compile(r"\$|//|;")
_OTHER_MARK = re.compile(r"\$|//?|[ \t]{2,}+")


def looks_like(text: str) -> bool:
    """Tell whether a text that is no RFC 822 address and no path can only be meant as an O/R address.

    A single ``a=b`` may be somebody's name: what begins with neither a prefix nor ``/`` needs two labels that X.400
    knows. ``/o=Example/cn=ada`` is none: that is how Exchange writes the name of an object in its directory.
    """
    if _PREFIX.match(text) is not None:
        return True
    first = _FIRST_LABEL.match(text)
    if first is None:
        return False
    labels = [first[2], *[found[1] for found in _NEXT_LABEL.finditer(text, first.end())]]
    if first[1]:
        return is_known(labels[0]) and not (len(labels) > 1 and {label.upper() for label in labels} <= _LEGACY_DN)
    return sum(map(is_known, labels)) > 1


# What a legacy distinguished name of Exchange is made of: no O/R address does with these alone.
_LEGACY_DN = {"O", "OU", "CN"}


def guess(text: str, *, bounds: bool = True) -> Dialect:
    """Return the dialect of a text without a prefix; ``bounds`` as in `ORAddress.parse`.

    Every dialect that the marks allow reads the text; where all that can do so find the same, the first of them is
    returned. The order of several units tells the dialects apart whose marks are the same: RFC 2156 4.3.3 puts the
    most significant last, RFC 1685 numbers them; and labels that F.401 alone generates are taken for F.401's.

    Raises `AddressSyntaxError` for a text that is no O/R address, and for one that two dialects read differently.
    """
    return _guess(text, 0, exchange=False, bounds=bounds)[0]


def _guess(text: str, start: int, *, exchange: bool, bounds: bool) -> tuple[Dialect, ORAddress]:
    """Return the dialect of a text, from ``start`` on, and the address; ``exchange`` tells whose prefix was there."""
    readings: dict[_Attributes, tuple[Dialect, ORAddress]] = {}
    fault: AddressSyntaxError | Dialect | None = None  # of the likeliest: a dialect that does not divide the text
    for dialect in _candidates(text, start, exchange=exchange):
        found = _divide(text, dialect, start)
        if found is None:
            fault = fault or dialect
            continue
        try:
            message = evidence_against([one.label.upper() for one in found], dialect)
            if message is not None:
                raise AddressSyntaxError(f"{message}: name the dialect", text, (start, len(text)))  # noqa: TRY301 - one fault more
            address = _gather(text, dialect, found, bounds=bounds)
        except AddressSyntaxError as error:
            fault = fault or error
        else:
            readings.setdefault(address.attributes, (dialect, address))
    if len(readings) > 1:
        *others, last = [str(dialect) for dialect, _address in readings.values()]
        names = f"{', '.join(others)} and {last}"
        mark = (_SLASH_MARK if text[start : start + 1] == "/" else _OTHER_MARK).search(text, start)
        span = (start, len(text)) if mark is None else mark.span()
        raise AddressSyntaxError(f"{names} read this differently: name the dialect", text, span)
    mixed = ";" in text and text[start:].lstrip(" \t")[:1] != "/" and "$" not in text
    if readings and not (
        mixed and isinstance(fault, AddressSyntaxError) and MIXER in [one for one, _ in readings.values()]
    ):
        return next(iter(readings.values()))
    # Only MIXER mixes the separators, and its hand begins with "/": what it alone can read was meant otherwise.
    if isinstance(fault, AddressSyntaxError):
        raise fault
    assert fault is not None  # noqa: S101 - there is one candidate at least
    raise _division_fault(text, fault, start)


def _candidates(text: str, start: int, *, exchange: bool) -> list[Dialect]:
    """Return the dialects whose marks a text may have, from ``start`` on, the likeliest first."""
    body = text[start:].strip(" \t")
    if "\n" in body.strip("\r\n"):
        return [F401_TABLE]
    if not body:
        raise AddressSyntaxError("expected an O/R address, found nothing", text, (0, len(text)))
    if "=" not in body:
        if "$" in body:
            return [DMN_OR]
        if _PX_NAME.match(body):
            return [PX]
        raise AddressSyntaxError("expected an O/R address: label=value and so on", text, (0, len(text)))
    slashes = body[0] == "/"
    if exchange and not slashes:
        return [EXCHANGE]
    labels = [one.label.upper() for one in grammar.fields(text, "slashes" if slashes else "semicolons", start) or ()]
    likeliest = family(labels, slashes=slashes)
    if slashes:
        return [MIXER, F401_SLASH] if "$" in body or "//" in body or ";" in body else [likeliest]
    return _around(body, likeliest)


def _around(body: str, likeliest: Dialect) -> list[Dialect]:
    """Return the dialects that could have written a text without a first slash, beside the one that labels tell."""
    found = [likeliest]
    if "//" in body and likeliest is F401:
        found.append(EXCHANGE)
    if "  " in body or "\t" in body:
        found.append(F401_TABLE)
    if "$" in body:
        return [MIXER, *found, DMN_OR]
    if "/" in body:
        return [MIXER, *found] if ";" not in body and _INNER_LABEL.search(body) else [*found, MIXER]
    return found
