"""`AddressList`: the value of a header field, every address with its place in it."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailpaths.addresses import defects
from mailpaths.addresses import mailbox as mailbox_values
from mailpaths.addresses.bang import BangPath
from mailpaths.addresses.mailbox import Mailbox
from mailpaths.addresses.oraddress import ORAddress
from mailpaths.errors import AddressSyntaxError, ConversionError
from mailpaths.grammar import bang, faults, lexical, rfc822

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


__all__ = ["AddressList", "Comment", "Group", "Member"]

# What may stand before the next separator: a comma in quotes, in a literal or in the route of an angle address is none.
# A quote that does not end takes the rest with it, so that no quote is looked at twice.
_ITEM = re.compile(
    rf'(?>(?:[^",;<\[\\]++|\\(?s:.)?|{lexical.QUOTED_STRING}|{lexical.DOMAIN_LITERAL}|<(?>(?:[^<>"]++|{lexical.QUOTED_STRING})*)>|[<\[]|"(?s:.*))*)'
)
_LINE_BREAK = re.compile(r"\r\n|[\r\n]")
_ROUTE = re.compile(rfc822.ROUTE)
# group = display-name ":" [group-list] ";" (RFC 5322 3.4). "::" is DECnet's and opens no group.
_GROUP = re.compile(rf"((?>(?:{lexical.ATEXT}++|[ \t.]++|{lexical.QUOTED_STRING})+)):(?!:)")
_SEPARATORS = re.compile(r"[ \t,]*+")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of a header field: what it says, and the span of the whole with its parentheses."""

    text: str
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Member:
    """One mailbox of a header field.

    ``span`` is all of it in the source, display name and comments included; ``address_span`` only the address: the
    addr-spec, or the route-addr without its brackets; ``bracketed`` says whether it stands in angle brackets.
    """

    mailbox: Mailbox
    span: tuple[int, int]
    address_span: tuple[int, int]
    bracketed: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A named group of a header field (RFC 5322 3.4; RFC 6854 allows it in ``From`` too), possibly empty."""

    name: str
    members: tuple[Member, ...]
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class AddressList:
    r"""What a ``From``, ``To`` or ``Cc`` field holds, in the order in which it stands there.

    ``source`` is the field's value as it was, folding included; `str` gives it back. ``items`` are `Member` and
    `Group` values, ``comments`` all comments, wherever they stand. Made by `mailpaths.parse_list`. Source: RFC 5322
    3.4 and 4.4.

    >>> from mailpaths import parse_list
    >>> header = parse_list("Piet <mcvax!piet>, (off) ern@UT-SALLY.ARPA (Ern)")
    >>> [header.source[slice(*member.address_span)] for member in header.members]
    ['mcvax!piet', 'ern@UT-SALLY.ARPA']
    >>> [comment.text for comment in header.comments]
    ['off', 'Ern']
    """

    source: str
    items: tuple[Member | Group, ...]
    comments: tuple[Comment, ...]

    @classmethod
    def parse(cls, text: str) -> AddressList:
        """Return the list that the text is: see `mailpaths.parse_list`."""
        try:
            return _Reader(text).read()
        except AddressSyntaxError as error:
            if error.text == text:
                raise
            raise AddressSyntaxError(error.message, text, error.span) from None

    @property
    def members(self) -> tuple[Member, ...]:
        """Every mailbox with its place, those of groups included."""
        found: list[Member] = []
        for item in self.items:
            found.extend(item.members if isinstance(item, Group) else (item,))
        return tuple(found)

    @property
    def mailboxes(self) -> tuple[Mailbox, ...]:
        """Every mailbox, those of groups included."""
        return tuple([member.mailbox for member in self.members])

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups alone."""
        return tuple([item for item in self.items if isinstance(item, Group)])

    @property
    def defects(self) -> tuple[defects.Defect, ...]:
        """What is doubtful about the members as they stand here, folding included; of each member the worst first."""
        found: list[defects.Defect] = []
        members = self.members
        for member in members:
            # A sole member owns all there is, so that folding before and behind it is seen.
            start, end = member.span if len(members) > 1 or self.groups else (0, len(self.source))
            found.extend(
                [
                    defects.Defect(defect.kind, (defect.span[0] + start, defect.span[1] + start))
                    for defect in defects.find(self.source[start:end])
                ]
            )
        return tuple(found)

    def rewrite(self, function: Callable[[Mailbox], Mailbox | BangPath | ORAddress | str | None]) -> str:
        r"""Return the field with other addresses in it and every other byte as it was.

        ``function`` is asked about each mailbox and answers with the address to stand there, or with ``None`` or the
        mailbox itself to leave it alone. Of its answer only the address is used, a route included; names, comments and
        folding stay those of the field, and comments that stood inside of an address follow it. Raises
        `AddressSyntaxError` when an answer is text that is no address, `ConversionError` when it is one that no header
        field can hold, an O/R address for one: that needs a gateway's mailbox about it.

        >>> from mailpaths import parse_list, translate
        >>> header = parse_list('"Piet" <seismo!mcvax!piet> (at CWI),\r\n sam@host')
        >>> header.rewrite(lambda box: translate(box, to="percent").address if "!" in box.local_part else None)
        '"Piet" <piet%mcvax@seismo> (at CWI),\r\n sam@host'
        """
        pieces: list[str] = []
        done = 0
        starts = [note.span[0] for note in self.comments]
        for member in self.members:
            answer = function(member.mailbox)
            if answer is None or answer is member.mailbox:
                continue
            start, end = member.address_span
            pieces.append(self.source[done:start])
            pieces.append(_respell(answer, member))
            inside = self.comments[bisect_left(starts, start) : bisect_left(starts, end)]
            pieces.extend([f" {self.source[slice(*note.span)]}" for note in inside])
            done = end
        pieces.append(self.source[done:])
        return "".join(pieces)

    def __str__(self) -> str:
        """Return the field's value as it was written."""
        return self.source

    def __iter__(self) -> Iterator[Mailbox]:
        """Yield every mailbox."""
        return iter(self.mailboxes)

    def __len__(self) -> int:
        """Return the number of mailboxes."""
        return len(self.members)


def _respell(answer: Mailbox | BangPath | ORAddress | str, member: Member) -> str:
    """Return the text of an answer as it can stand in the member's place."""
    if isinstance(answer, ORAddress):
        raise ConversionError(f"a header field cannot hold the O/R address {answer}")
    if isinstance(answer, str):
        lexical.check_characters(answer)
        path = bang.match(answer)
        answer = Mailbox.parse(answer) if path is None else BangPath.parse(answer)
    if isinstance(answer, BangPath):
        text = str(answer)
        # In a header a path is a local part: what that cannot be, or what would be read as another address, is refused.
        found = rfc822.match(lexical.Masked(text, ()))
        if found is None or found.domain is not None:
            raise ConversionError(f"a header field cannot hold the bang path {text}")
    else:
        text = answer.path
    # A route needs brackets (RFC 5322 4.4), and a bare colon would open a group: where none stand they come with it.
    if member.bracketed or not (":" in rfc822.outside_quotes(text) or text.startswith("@")):
        return text
    return f"<{text}>"


class _Reader:
    """Reads one header value from left to right, each character a bounded number of times."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.text = lexical.unfold(source)
        self._check_lines()
        lexical.check_characters(self.text)
        self.masked = lexical.mask(self.text)
        self.place = 0
        self.next_comment = 0

    def read(self) -> AddressList:
        items: list[Member | Group] = []
        end = len(self.text)
        while self._skip() < end:
            start = self.place
            found = None if self.masked.text[start] == "@" else _GROUP.match(self.masked.text, start)
            items.append(self._member() if found is None else self._group(found))
            if self.place < end and self.masked.text[self.place] != ",":
                raise self._error("expected ',' between addresses", self.place)
        if not items:
            raise self._error("expected an address, found nothing", 0, 0)
        notes = [
            Comment(lexical.mask(self._unfolded(note.start, note.end)).comments[0].text, (note.start, note.end))
            for note in self.masked.comments
        ]
        return AddressList(self.source, tuple(items), tuple(notes))

    def _check_lines(self) -> None:
        """Refuse a line break that is no fold: behind it another header field would begin."""
        found = _LINE_BREAK.search(self.text)
        if found is not None:
            raise self._error("a line break in a header field is CRLF with white space behind it", *found.span())

    def _skip(self) -> int:
        """Step over blanks and empty places (RFC 5322 4.4 obs-addr-list) and return where that leads."""
        found = _SEPARATORS.match(self.masked.text, self.place)
        self.place = found.end() if found is not None else self.place
        return self.place

    def _group(self, opening: re.Match[str]) -> Group:
        start = opening.start()
        name = rfc822.display_name(lexical.mask(self._unfolded(start, opening.end(1))).text) or ""
        self.place = opening.end()
        self._comments(self.place)  # those about the group's name are no member's
        members: list[Member] = []
        while self._skip() < len(self.text) and self.masked.text[self.place] != ";":
            members.append(self._member())
        if self.place >= len(self.text):
            raise self._error("expected ';' to end this group", start, opening.end())
        self.place += 1
        span = (start, self.place)
        found = _SEPARATORS.match(self.masked.text, self.place)
        blanks = self.masked.text[self.place : found.end() if found is not None else self.place]
        self.place += len(blanks) - len(blanks.lstrip(" \t"))
        self._comments(self.place)
        return Group(name, tuple(members), span)

    def _member(self) -> Member:
        text = self.masked.text
        start = self.place
        route = _ROUTE.match(text, start) if text[start] == "@" else None
        item = _ITEM.match(text, start if route is None else route.end())
        end = item.end() if item is not None else start
        self.place = end
        # The comments before the item's own start were blanks to the list, and yet are written about this mailbox.
        comments = self._comments(end)
        found = rfc822.match_at(text, start, end, comments)
        if found is None:
            fault = faults.mailbox_fault(self.text[start:end], listed=True)
            raise self._error(fault.message, fault.span[0] + start, fault.span[1] + start)
        first = min([start, *[note.start for note in comments]])
        last = first + len(self.text[first:end].rstrip(" \t"))
        written = self._unfolded(first, last)
        # Where a fold stood its CRLF made two blanks too many: the parts are those of the text without it.
        parts = found if len(written) == last - first else rfc822.match(lexical.mask(written)) or found
        return Member(mailbox_values.from_record(parts, written), (first, last), found.address, found.angle)

    def _unfolded(self, start: int, end: int) -> str:
        """Return what stands there without its folds: the CRLF goes, the white space stays (RFC 5322 2.2.3)."""
        return self.source[start:end].replace("\r\n", "")

    def _comments(self, end: int) -> tuple[lexical.Comment, ...]:
        """Return the comments up to ``end`` that no member has had."""
        notes = self.masked.comments
        first = self.next_comment
        while self.next_comment < len(notes) and notes[self.next_comment].start < end:
            self.next_comment += 1
        return notes[first : self.next_comment]

    def _error(self, message: str, start: int, end: int | None = None) -> AddressSyntaxError:
        return AddressSyntaxError(message, self.source, (start, start + 1 if end is None else end))
