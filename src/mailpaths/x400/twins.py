"""The twins of an attribute: its printable and its teletex form, which X.411 keeps in two places and in two ways.

An `ORAddress` has them in one value. Here they are joined when octets are read, and split when they are written, so
that what was split joins to the same value again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from mailpaths.addresses import attributes as table
from mailpaths.addresses.values import Teletex, Value, decode_teletex, join
from mailpaths.errors import ConversionError
from mailpaths.grammar.oraddress import PS_CHAR

__all__ = ["PERSON", "forms", "merge_defined", "merge_units", "split_defined", "split_names", "split_units", "t61_form"]

#: X.411: PersonalName, its parts [0] to [3], and TeletexPersonalName likewise.
PERSON = ("S", "G", "I", "GQ")

_PRINTABLE = re.compile(rf"{PS_CHAR}++\Z")

Pair = tuple[bytes, bytes]
# The parts of a name, each with the number of its tag.
Parts = list[tuple[int, bytes]]


def forms(value: Value) -> tuple[str | None, bytes | None]:
    """Return the printable form and the teletex form of a value."""
    return (value, None) if isinstance(value, str) else (value.printable, value.octets)


def t61_form(value: Value) -> bytes:
    """Return a value in T.61, whose codes for the characters of PrintableString are ASCII's."""
    return value.encode("ascii") if isinstance(value, str) else value.octets


# --- joining ------------------------------------------------------------------------------------------------------


def merge_units(printable: list[str], t61: list[bytes]) -> list[Value] | None:
    """Return the organizational units of both sequences as one; ``None`` where they are not equally many.

    They are twins by their place (X.411: OrganizationalUnitNames); either sequence may be absent.
    """
    if not t61:
        return list(printable)
    if not printable:
        return [join(None, octets) for octets in t61]
    if len(printable) != len(t61):
        return None
    return [join(text, octets) for text, octets in zip(printable, t61, strict=True)]


def merge_defined(printable: list[tuple[str, str]], t61: list[Pair]) -> list[tuple[str, Value]]:
    """Return the domain-defined attributes of both sequences as one.

    The first teletex one of a type is the twin of the first printable one of it, the second of the second. The order is
    the printable ones', and a teletex one that has no twin stands behind the one that it stood behind.
    """
    if not t61:
        return list(printable)
    places: dict[str, list[int]] = {}
    for place in range(len(printable) - 1, -1, -1):
        places.setdefault(printable[place][0], []).append(place)
    twins: dict[int, bytes] = {}
    order: list[int | tuple[str, Value]] = []
    for kind, octets in t61:
        name = Teletex(kind).encoded
        left = places.get(name)
        if left:
            twins[left[-1]] = octets
            order.append(left.pop())
        else:
            order.append((name, join(None, octets)))
    order.append(len(printable) - 1)
    found: list[tuple[str, Value]] = []
    done = 0
    for one in order:
        if isinstance(one, tuple):
            found.append(one)
            continue
        while done <= one:
            name, text = printable[done]
            twin = twins.get(done)
            found.append((name, text if twin is None else join(text, twin)))
            done += 1
    return found


# --- splitting ----------------------------------------------------------------------------------------------------


def split_names(single: Mapping[str, Value]) -> tuple[Parts, Parts]:
    """Return the parts of PersonalName and TeletexPersonalName; neither may be without a surname.

    Raises `ConversionError` where one would be.
    """
    parts = [(number, key, single[key]) for number, key in enumerate(PERSON) if key in single]
    if not parts:
        return [], []
    if "S" not in single:
        key = parts[0][1]
        what = table.BY_KEY[key].name
        article = "" if what.endswith("s") else "a "
        raise ConversionError(f"{key}: {article}{what} without a surname, which X.411 demands", part="attribute")
    if forms(single["S"])[0] is None:
        _refuse_printable([(key, value) for _, key, value in parts], "the surname")
        return [], [(number, t61_form(value)) for number, _, value in parts]
    printable = [(number, forms(value)[0]) for number, _, value in parts]
    t61: Parts = []
    if any(isinstance(value, Teletex) for _, _, value in parts):
        t61 = [(number, t61_form(value)) for number, key, value in parts if key == "S" or isinstance(value, Teletex)]
    return [(number, text.encode("ascii")) for number, text in printable if text is not None], t61


def split_units(units: list[Value]) -> tuple[list[bytes], list[bytes]]:
    """Return the organizational units of both sequences, the same ones in the same order, or the teletex ones alone."""
    octets = [t61_form(unit) for unit in units]
    if not any(isinstance(unit, Teletex) for unit in units):
        return octets, []
    texts = [text.encode("ascii") for text, _ in map(forms, units) if text is not None]
    if len(texts) < len(units):
        _refuse_printable([("OU", unit) for unit in units], "another unit")
        return [], octets
    return texts, octets


def _refuse_printable(values: list[tuple[str, Value]], other: str) -> None:
    """Refuse a printable form that would be lost, as all of them stand in teletex for want of one elsewhere."""
    for key, value in values:
        if isinstance(value, Teletex) and value.printable is not None:
            raise ConversionError(
                f"{key}: a value with a printable form while {other} has none, which X.411 has no place for",
                part="attribute",
            )


def split_defined(defined: list[tuple[str, Value]]) -> tuple[list[Pair], list[Pair]]:
    """Return the domain-defined attributes of both sequences: as few teletex ones as keep order and twins."""
    printable: list[tuple[str, str]] = []
    every: list[Pair] = []
    needed: list[Pair] = []
    for name, value in defined:
        text = forms(value)[0]
        kind = name.encode("ascii") if _PRINTABLE.match(name) else None
        if kind is None and isinstance(value, Teletex) and text is not None:
            raise ConversionError(
                f"DD.{name}: a value with a printable form while its type has none, which X.411 has no place for",
                part="attribute",
            )
        if kind is not None and text is not None:
            printable.append((name, text))
        both = (decode_teletex(name) or b"" if kind is None else kind, t61_form(value))
        every.append(both)
        if kind is None or isinstance(value, Teletex):
            needed.append(both)
    for chosen in (needed, every):
        if merge_defined(printable, chosen) == defined:
            return [(name.encode("ascii"), text.encode("ascii")) for name, text in printable], chosen
    raise ConversionError(
        "DD: several attributes of one type, some in teletex alone, and nothing in DER that tells which is which",
        part="attribute",
    )
