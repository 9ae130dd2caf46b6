"""DER's tags and lengths (X.690): the few rules that an O/R address needs, read strictly, with the place of each fault.

Reading never recurses and looks at each octet a bounded number of times, so no input is deep or long enough to hurt.
"""

from __future__ import annotations

from mailpaths.errors import MailPathsError

__all__ = [
    "CONSTRUCTED",
    "INTEGER",
    "NUMERIC_STRING",
    "OCTET_STRING",
    "PRINTABLE_STRING",
    "SEQUENCE",
    "SET",
    "TELETEX_STRING",
    "DERError",
    "check_end",
    "check_value",
    "count",
    "element",
    "expect",
    "header",
    "natural",
    "natural_octets",
    "tag_fault",
]

INTEGER, OCTET_STRING, NUMERIC_STRING, PRINTABLE_STRING, TELETEX_STRING = 0x02, 0x04, 0x12, 0x13, 0x14
SEQUENCE, SET = 0x30, 0x31
#: The bit of a tag that says: elements are inside.
CONSTRUCTED = 0x20

_NUMBER = 0x1F
_LONG = 0x80
# A length in more octets than this is longer than any input could be.
_MAX_LENGTH_OCTETS = 8
# Our integers go to 256 (ub-extension-attributes, ub-integer-options).
_MAX_INTEGER_OCTETS = 4
_NAMES = {
    INTEGER: "INTEGER",
    OCTET_STRING: "OCTET STRING",
    NUMERIC_STRING: "NumericString",
    PRINTABLE_STRING: "PrintableString",
    TELETEX_STRING: "TeletexString",
    SEQUENCE: "SEQUENCE",
    SET: "SET",
}
_CLASSES = {0x00: "UNIVERSAL ", 0x40: "APPLICATION ", 0x80: "", 0xC0: "PRIVATE "}
#: How many octets are shown on each side of the fault.
_WINDOW = 8


class DERError(MailPathsError):
    """Octets are not the DER of what was asked for.

    ``message`` says what was expected, ``octets`` is the whole source and ``offset`` the place in it of the first octet
    at fault. Printed, it shows the octets about the place, with a caret under it:

    >>> from mailpaths.x400 import der
    >>> try:
    ...     der.from_der(bytes.fromhex("3008 3006 6105 1302 4742"))
    ... except der.DERError as error:
    ...     print(error)
    the country is longer than what holds it
      30 08 30 06 61 05 13 02 47 42
                  ^~
    """

    def __init__(self, message: str, octets: bytes, offset: int) -> None:
        super().__init__(message, octets, offset)
        self.message = message
        self.octets = octets
        self.offset = offset

    def __str__(self) -> str:
        """Return the message, the octets about the place, and a caret line."""
        left = max(0, self.offset - _WINDOW)
        shown = self.octets[left : self.offset + _WINDOW].hex(" ")
        head = "… " if left else ""
        tail = " …" if self.offset + _WINDOW < len(self.octets) else ""
        indent = len(head) + 3 * (self.offset - left)
        return f"{self.message}\n  {head}{shown}{tail}\n  {' ' * indent}^~"


def count(number: int, what: str) -> str:
    """Return how many of a thing there are, in words."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _tag_name(tag: int) -> str:
    """Return what a tag is called: SEQUENCE, [3], [APPLICATION 1]."""
    return _NAMES.get(tag) or f"[{_CLASSES[tag & 0xC0]}{tag & _NUMBER}]"


def tag_fault(octets: bytes, place: int, tag: int, what: str) -> DERError:
    """Return the fault that ``what``, whose tag is ``tag``, does not begin at this place."""
    found = octets[place]
    if found ^ tag == CONSTRUCTED:
        form, other = ("constructed", "primitive") if found & CONSTRUCTED else ("primitive", "constructed")
        return DERError(f"{what} is {form}, and DER has it {other}", octets, place)
    return DERError(f"expected {what} ({_tag_name(tag)}), found {_tag_name(found)}", octets, place)


def expect(octets: bytes, place: int, end: int, tag: int, what: str) -> tuple[int, int]:
    """Return where the contents of the element at ``place`` start and stop.

    Raises `DERError` where it has another tag, a length that is not DER's, or ends behind ``end``; ``what`` is its name
    there.
    """
    # Nearly all lengths are below 128: this is that case, `header` every other one.
    if place + 1 < end and octets[place] == tag:
        length = octets[place + 1]
        if length < _LONG and place + 2 + length <= end:
            return place + 2, place + 2 + length
    if place >= end:
        raise DERError(f"expected {what} ({_tag_name(tag)}), found nothing more", octets, place)
    if octets[place] != tag:
        raise tag_fault(octets, place, tag, what)
    return header(octets, place, end, what)


def header(octets: bytes, place: int, end: int, what: str) -> tuple[int, int]:
    """Return where the contents of an element of any tag start and stop: see `expect`."""
    start = _behind_tag(octets, place, end, what)
    if start >= end:
        raise _too_long(octets, place, what)
    length = octets[start]
    start += 1
    if length >= _LONG:
        start, length = _long_length(octets, place, start, end, what)
    if start + length > end:
        raise _too_long(octets, place, what)
    return start, start + length


def _behind_tag(octets: bytes, place: int, end: int, what: str) -> int:
    """Return the place behind a tag (X.690 8.1.2): one octet for numbers to 30, else as many as the number needs."""
    if octets[place] & _NUMBER != _NUMBER:
        return place + 1
    behind = place + 1
    while behind < end and octets[behind] & _LONG:
        behind += 1
    if behind >= end:
        raise _too_long(octets, place, what)
    if octets[place + 1] == _LONG or (behind == place + 1 and octets[behind] < _NUMBER):
        raise DERError("a tag in more octets than it needs, which is not DER (X.690 8.1.2.4)", octets, place)
    return behind + 1


def _long_length(octets: bytes, place: int, start: int, end: int, what: str) -> tuple[int, int]:
    """Return the place behind a length in the long form, and the length (X.690 8.1.3.5, 10.1)."""
    count = octets[start - 1] - _LONG
    if count == 0:
        raise DERError("an indefinite length, which is not DER (X.690 10.1)", octets, start - 1)
    if count > _MAX_LENGTH_OCTETS:
        raise DERError(f"a length of {count} octets", octets, start - 1)
    if start + count > end:
        raise _too_long(octets, place, what)
    length = int.from_bytes(octets[start : start + count], "big")
    if length < _LONG or octets[start] == 0:
        raise DERError("a length in more octets than it needs, which is not DER (X.690 10.1)", octets, start - 1)
    return start + count, length


def _too_long(octets: bytes, place: int, what: str) -> DERError:
    if place == 0:  # the outermost; within it, what is too long cannot be for want of octets
        return DERError(f"the octets end within {what}", octets, place)
    return DERError(f"{what} is longer than what holds it", octets, place)


def check_end(octets: bytes, place: int, end: int, what: str) -> None:
    """Check that nothing stands behind ``what``. Raises `DERError`."""
    if place != end:
        raise DERError(f"{count(end - place, 'octet')} behind {what}", octets, place)


def natural(octets: bytes, start: int, stop: int, what: str) -> int:
    """Return the INTEGER whose contents these are. Raises `DERError` for one below 0 or in too many octets."""
    if start == stop:
        raise DERError(f"expected a number for {what}", octets, start)
    if octets[start] >= _LONG:
        raise DERError(f"{what} is below 0", octets, start)
    if stop - start > 1 and octets[start] == 0 and octets[start + 1] < _LONG:
        raise DERError(f"{what} is in more octets than it needs, which is not DER (X.690 8.3.2)", octets, start)
    if stop - start > _MAX_INTEGER_OCTETS:
        raise DERError(f"{what} is a number of {stop - start} octets", octets, start)
    return int.from_bytes(octets[start:stop], "big")


def natural_octets(number: int) -> bytes:
    """Return the contents of an INTEGER that is 0 or more."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def element(tag: int, contents: bytes) -> bytes:
    """Return an element: tag, length, contents."""
    length = len(contents)
    if length < _LONG:
        return bytes((tag, length)) + contents
    coded = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, _LONG + len(coded))) + coded + contents


def check_value(octets: bytes, start: int, stop: int, what: str) -> None:
    """Check that these octets are one element, and all within it are elements, with DER's tags and lengths.

    What the elements mean is not looked at. Raises `DERError`.
    """
    if start == stop:
        raise DERError(f"expected {what}, found nothing more", octets, start)
    _, behind = header(octets, start, stop, what)
    check_end(octets, behind, stop, what)
    ends = [stop]
    place = start
    while ends:
        if place == ends[-1]:
            ends.pop()
            continue
        inside, behind = header(octets, place, ends[-1], f"a part of {what}")
        if octets[place] & CONSTRUCTED:
            ends.append(behind)
            place = inside
        else:
            place = behind
