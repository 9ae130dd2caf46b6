"""UUCP maps token by token, as the parser of pathalias acts on them: what is read before a fault stays.

That parser is yacc's, and acts while it reads: a link counts as soon as it is complete, though the rest of the
statement makes no sense. What can be seen of yacc is followed here, and each point was tried on the C program:

* an action that needs no look-ahead happens before the next token is read, and so before that token's own faults;
* where only one action is possible at all, it happens even before a token that cannot follow ("default reductions");
* after a fault everything up to the end of the statement is passed over, and three tokens must be taken in peace before
  the next fault is told;
* the scanner has states (the start of a statement, a cost, a file's name), and a fault may leave it in the wrong one: a
  cost that the end of a line cuts off costs the next statement as well.

One thing is better than there: a CR before the line's end is told as the syntax error that it is to pathalias, but the
statement is read all the same.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from mailpaths.grammar.uucpcost import DEFAULT, Sum, number
from mailpaths.grammar.uucpmap import (
    NAME,
    OPERATORS,
    Adjust,
    Aliases,
    Dead,
    Delete,
    EndPrivate,
    Fault,
    File,
    Link,
    Links,
    Names,
    Net,
    OpenNet,
    Private,
    Record,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Replay"]

_BLANKS = re.compile(r"[ \t]*+")
_DIGITS = re.compile(r"[0-9]++")
# getword() in a cost takes no hyphen: it is a minus sign there.
_COST_WORD = re.compile(r"[0-9A-Za-z.][0-9A-Za-z._]*+")
# isprint() in the C locale, less blanks and the brace that ends the name.
_FILE_NAME = re.compile(r"[!-|~]*+")
#: How many tokens must be taken after a fault before the next one is told (yacc's yyerrflag).
_PEACE = 3
_SYNTAX_ERROR = "syntax error"
_ARITHMETIC = frozenset("+-*/")


class _Kind(Enum):
    END = "the end of the statement"
    WORD = "a name where the statement starts"
    SITE = "a name"
    NUMBER = "a number or a symbol in a cost"
    OPERATOR = "one of ! : @ %"
    TEXT = "the name of a file"
    MARK = "any other character"


class _State(Enum):
    START = "a statement starts"
    INSIDE = "inside of a statement"
    COST = "inside of a cost"
    FILE = "before the name of a file"


class _Token(NamedTuple):
    kind: _Kind
    text: str
    value: int = 0
    bare: bool = True


class _CannotFollowError(Exception):
    """The next token cannot stand where it does."""


class Replay:
    """The parser with all that it carries from one statement to the next: use one for a whole map.

    ``line`` is the number of the line that is read next.
    """

    def __init__(self, symbols: Mapping[str, int]) -> None:
        self.line = 1
        self._symbols = symbols
        self._state: _State = _State.START
        self._unrest = 0
        self._text = ""
        self._start = 1
        self._place = 0
        self._ahead: _Token | None = None
        self._carriage = False
        # Whether a word ran into the end of the text, and whether the parser has come there since.
        self._ran_out = self._is_over = False
        self._found: list[Record] = []
        self._pending: tuple[str, ...] = ()
        self._commands: Mapping[str, Callable[[], None]] = {
            "private": self._private,
            "dead": self._dead,
            "delete": self._delete,
            "adjust": self._adjust,
            "file": self._file,
        }

    @property
    def at_rest(self) -> bool:
        """Whether the next statement will be read as if nothing had been before it."""
        return self._state is _State.START and not self._unrest

    def statement(self, text: str) -> list[Record]:
        """Return what a text says that is one statement with its line end, in the order in which it takes effect."""
        self._text, self._place, self._ahead, self._carriage = text, 0, None, False
        self._ran_out = self._is_over = False
        self._start = self.line
        found: list[Record] = []
        self._found = found
        self._pending = ()
        try:
            self._statement()
        except _CannotFollowError:
            self._tell_names()
            self._tell_fault()
            while self._peek().kind is not _Kind.END:
                self._ahead = None
        self._carriage = False
        self._take()
        return found

    def end_of_input(self, *, cut: bool) -> list[Record]:
        """Return the fault that a map without its last line end is to pathalias, where ``cut`` says it has none."""
        self.line = 1
        return [Fault(1, _SYNTAX_ERROR)] if cut and not self._unrest else []

    # Faults

    def _tell_names(self) -> None:
        if self._pending:
            self._found.append(Names(self.line, self._pending))

    def _tell_fault(self) -> None:
        if not self._unrest:
            self._found.append(Fault(self._fault_line, _SYNTAX_ERROR, self._text, self._start))
        self._unrest = _PEACE

    def _tell(self, text: str) -> None:
        self._found.append(Fault(self._fault_line, text, self._text, self._start))

    @property
    def _fault_line(self) -> int:
        # Where the input ends in a word, the parser gets no end of the statement: yywrap() has counted anew by then.
        return 1 if self._is_over else self.line

    # Tokens

    def _peek(self) -> _Token:
        if self._ahead is None:
            self._ahead = self._scan()
        return self._ahead

    def _take(self) -> _Token:
        token = self._peek()
        self._ahead = None
        if self._unrest and not self._carriage:
            self._unrest -= 1
        return token

    def _is(self, mark: str) -> bool:
        token = self._peek()
        return token.kind is _Kind.MARK and token.text == mark

    def _expect(self, mark: str) -> None:
        if not self._is(mark):
            raise _CannotFollowError
        self._take()

    def _site(self) -> str:
        if self._peek().kind is not _Kind.SITE:
            raise _CannotFollowError
        return self._take().text

    def _scan(self) -> _Token:
        """Return the next token (yylex of parse.y)."""
        text = self._text
        while True:
            match = _BLANKS.match(text, self._place)
            self._place = place = match.end() if match is not None else self._place
            here = text[place : place + 1]
            if here == "#":
                place = text.find("\n", place)
                here = text[place : place + 1] if place >= 0 else ""
            elif here == "\r" and text.startswith("\n", place + 1):
                if not self._carriage:
                    self._tell_fault()
                    self._carriage = True
                here = "\n"
                place += 1
            if not here:
                self._is_over = self._ran_out
                return self._end(len(text))
            if here != "\n":
                break
            self.line += 1
            self._place = place + 1
            if not text.startswith((" ", "\t"), self._place):
                return self._end(self._place)
        return self._token(here)

    def _end(self, place: int) -> _Token:
        self._place = place
        self._state = _State.START
        return _Token(_Kind.END, "")

    def _token(self, here: str) -> _Token:
        if self._state is _State.FILE:
            name = self._match(_FILE_NAME) or ""
            return _Token(_Kind.TEXT, name)
        if self._state is _State.COST and here in "0123456789":
            digits = self._match(_DIGITS) or ""
            return _Token(_Kind.NUMBER, digits, number(digits))
        starts = self._state is _State.START
        if starts:
            self._state = _State.INSIDE
        word = self._word(here)
        if word is None:
            self._place += 1
            operator = here in OPERATORS and self._state is _State.INSIDE and not starts
            return _Token(_Kind.OPERATOR if operator else _Kind.MARK, here)
        if self._state is not _State.COST:
            return _Token(_Kind.WORD if starts else _Kind.SITE, word, bare=here != '"')
        value = self._symbols.get(word)
        if value is None:
            self._tell(f"unknown cost ({word}), using default")
            value = DEFAULT
        return _Token(_Kind.NUMBER, word, value)

    def _word(self, here: str) -> str | None:
        """Return the word that stands here (getword of parse.y), ``None`` where none does."""
        if here != '"':
            return self._match(_COST_WORD if self._state is _State.COST else NAME)
        place = self._place + 1
        end = self._text.find('"', place)
        line_end = self._text.find("\n", place)
        if end >= 0 and (line_end < 0 or end < line_end):
            self._place = end + 1
            return self._text[place:end]
        self._tell("newline in quoted string\n" if line_end >= 0 else "EOF in quoted string\n")
        # The rest of the line is lost with it.
        self._place = (line_end if line_end >= 0 else len(self._text)) - 1
        return None

    def _match(self, pattern: re.Pattern[str]) -> str | None:
        found = pattern.match(self._text, self._place)
        if found is None:
            return None
        self._place = found.end()
        self._ran_out = self._place == len(self._text)
        return found[0]

    # Statements

    def _statement(self) -> None:
        first = self._peek()
        if first.kind is _Kind.END:
            return
        if first.kind is _Kind.MARK and first.text == "=":
            self._take()
            self._net(None)
        elif first.kind is _Kind.WORD:
            self._take()
            keyword = first.bare and first.text in self._commands and self._is("{")
            if keyword:
                self._take()
                self._commands[first.text]()
            else:
                self._pending = (first.text,)
                self._about(first.text)
        else:
            raise _CannotFollowError
        if self._peek().kind is not _Kind.END:
            raise _CannotFollowError

    def _about(self, host: str) -> None:
        if not self._is("="):
            self._links(host)
            return
        self._take()
        if self._peek().kind is _Kind.SITE:
            self._aliases(host)
        else:
            self._net(host)

    def _list(self, element: Callable[[], None], first: Callable[[], None] | None = None) -> None:
        """Read elements with commas between; doubled and final commas are allowed ("benign error" in parse.y)."""
        (first or element)()
        while self._is(","):
            self._take()
            if self._starts_element():
                element()

    def _starts_element(self) -> bool:
        token = self._peek()
        return token.kind in {_Kind.SITE, _Kind.OPERATOR} or (token.kind is _Kind.MARK and token.text == "<")

    def _links(self, host: str) -> None:
        def link() -> None:
            operator = self._take().text if self._peek().kind is _Kind.OPERATOR else None
            terminal = self._is("<")
            if terminal:
                self._take()
            name = self._site()
            if terminal:
                self._expect(">")
            self._pending = (*self._pending, name)
            right = operator is not None
            if operator is None and self._peek().kind is _Kind.OPERATOR:
                operator = self._take().text
            cost = self._cost()
            self._pending = ()
            self._found.append(Links(self.line, host, (Link(name, cost, operator or "!", right, terminal),)))

        self._list(link)

    def _aliases(self, host: str) -> None:
        def alias() -> None:
            name = self._site()
            self._pending = ()
            self._found.append(Aliases(self.line, host, (name,)))

        self._list(alias)

    def _net(self, name: str | None) -> None:
        operator = self._take().text if self._peek().kind is _Kind.OPERATOR else None
        right = operator is not None
        self._expect("{")
        self._pending = () if name is None else (name,)
        members: list[str] = []
        try:
            self._list(lambda: members.append(self._site()))
            self._expect("}")
            if operator is None and self._peek().kind is _Kind.OPERATOR:
                operator = self._take().text
            cost = self._cost()
        except _CannotFollowError:
            self._pending = ()
            self._found.append(OpenNet(self.line, name, tuple(members)))
            raise
        self._pending = ()
        self._found.append(Net(self.line, name, tuple(members), cost, operator or "!", right))

    def _private(self) -> None:
        if self._is("}"):
            self._take()
            self._found.append(EndPrivate(self.line))
            return
        self._list(lambda: self._found.append(Private(self.line, (self._site(),))))
        self._expect("}")

    def _dead(self) -> None:
        self._list(lambda: self._pair(Dead))
        self._expect("}")

    def _delete(self) -> None:
        self._list(lambda: self._pair(Delete))
        self._expect("}")

    def _pair(self, record: type[Dead | Delete]) -> None:
        host = self._site()
        behind = self._peek()
        if behind.kind is not _Kind.OPERATOR:
            # yylex has one buffer for all names: a name that cannot follow is there already when this one is acted on.
            host = behind.text if behind.kind is _Kind.SITE else host
            self._found.append(record(self.line, host, None))
            return
        self._pending = (host,)
        self._take()
        to = self._site()
        self._pending = ()
        self._found.append(record(self.line, host, to))

    def _adjust(self) -> None:
        def adjustment() -> None:
            host = self._site()
            self._pending = (host,)
            cost = self._cost()
            self._pending = ()
            self._found.append(Adjust(self.line, host, cost))

        self._list(adjustment)
        self._expect("}")

    def _file(self) -> None:
        self._state = _State.FILE
        if self._peek().kind is not _Kind.TEXT:
            raise _CannotFollowError
        name = self._take().text
        self._state = _State.INSIDE
        self._expect("}")
        self.line = 0
        self._found.append(File(0, name))

    # Costs

    def _cost(self) -> int:
        """Return the cost that stands here, 4000 where none does."""
        if not self._is("("):
            return DEFAULT
        self._take()
        self._state = _State.COST
        value = self._expression()
        # yacc's default reduction: also before what cannot follow, the end of the line included.
        self._state = _State.INSIDE
        self._expect(")")
        return value

    def _expression(self) -> int:
        total = Sum()
        told = 0
        while True:
            while self._peek().kind is not _Kind.NUMBER:
                if not (self._is("-") or self._is("(")):
                    raise _CannotFollowError
                total.prefix(self._take().text)
            total.operand(self._take().value)
            told = self._tell_zero_divisors(total, told)
            while True:
                token = self._peek()
                mark = token.text if token.kind is _Kind.MARK else ""
                closes = mark == ")"
                if mark in _ARITHMETIC and mark:
                    total.infix(mark)
                elif not closes or not total.close():
                    value = total.value()
                    told = self._tell_zero_divisors(total, told)
                    if not closes and total.is_open:
                        raise _CannotFollowError
                    return value
                told = self._tell_zero_divisors(total, told)
                self._take()
                if not closes:
                    break

    def _tell_zero_divisors(self, total: Sum, told: int) -> int:
        for _ in range(told, total.zero_divisors):
            self._tell("zero divisor\n")
        return total.zero_divisors
