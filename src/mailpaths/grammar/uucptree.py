"""The grammar of record of UUCP maps, in pyparsing: one statement, rule by rule, and why a text is none.

It reads every statement that the quick patterns and the token-by-token reader take without a syntax error (tests hold
the three equal), and says of any other text *where* it stops being a statement and what was expected there. The rules
are those at the head of `mailpaths.grammar.uucpmap`, under the same names, and come from parse.y 9.11 of pathalias 10.

The house rules of `mailpaths.grammar.tree` hold here too. Two things are this language's own. White space and comments
may stand behind any token, so each leaf takes them with it: where a leaf fails is where the missing token should be.
And a cost is one leaf with all that can stand in one, since nothing that may follow a cost can; a loop over its tokens
then counts parentheses, which may be nested as deep as anybody likes.
"""

from __future__ import annotations

import re
import threading
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import pyparsing as pp

from mailpaths.grammar.tree import StopError
from mailpaths.grammar.uucpcost import DEFAULT, SYMBOLS, Sum, number
from mailpaths.grammar.uucpmap import (
    ANY_NAME,
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
    Net,
    Private,
    Record,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["explain", "read_statement"]

_LOCK = threading.Lock()

# Blanks, comments, and the line ends that the next line's blank makes white space.
_SPACE = r"(?>(?:[ \t]++|#[^\n]*+|\n(?=[ \t]))*)"
_END = r"\n?\Z"
# What stands in a cost (yylex in its state COSTING): a name has no hyphen there, and digits are a number.
_QUOTED = r'"[^"\n]*+"'
_COST_TOKEN = rf"(?:[0-9]++|[A-Za-z.][0-9A-Za-z._]*+|{_QUOTED}|[-+*/()])"
_COST = rf"\((?>(?:{_SPACE}{_COST_TOKEN})*)"
_COST_TOKENS = re.compile(rf"{_SPACE}({_COST_TOKEN})")
# isprint() in the C locale, less blanks and the brace that ends the name.
_FILE_NAME = r"[!-|~]*+"

# Any token of the language, or one character that is none: for messages only.
_ANY_TOKEN = re.compile(rf"{_SPACE}((?s:{ANY_NAME.pattern}|.))")
# What stands before a comment, with quotes that hide a "#".
_CODE = re.compile(rf"(?>(?:[^\"#\n]++|{_QUOTED})*)")
_ARITHMETIC = frozenset("+-*/")
_AFTER_OPERAND = frozenset("+*/)")
_MARKS = frozenset("=,{<" + OPERATORS)
# So many characters of a token are shown in a message.
_SHOWN = 20

# What a rule is called where it was expected.
_NAME = "a host name"
_BEGINNING = f"{_NAME} or '='"
_EQUATED = f"{_NAME} or '{{'"
_PRIVATE = f"{_NAME} or '}}'"
_MEMBERS = "'{'"
_END_OF_STATEMENT = "the end of the statement"
_MORE = f"',' or {_END_OF_STATEMENT}"
_CLOSE = "',' or '}'"
_NET_END = f"a cost such as (DAILY/2) or {_END_OF_STATEMENT}"
_OPERAND = "a number or a symbol such as DAILY"
_SUM_MARK = "'+', '-', '*', '/' or ')'"
_BEHIND_MARKS = frozenset({_NAME, _EQUATED, _PRIVATE, _MEMBERS, _OPERAND})


class _Token(NamedTuple):
    kind: str
    text: str
    place: int


def _leaf(kind: str, name: str, pattern: str) -> pp.ParserElement:
    """Return a terminal that yields one `_Token`, and takes the white space behind with it."""

    def note(_source: str, place: int, found: pp.ParseResults) -> _Token:
        return _Token(kind, _text(found), place)

    element = pp.Regex(rf"({pattern}){_SPACE}", as_match=True).leave_whitespace().set_name(name)
    return element.set_parse_action(note)


def _text(found: pp.ParseResults) -> str:
    match: re.Match[str] = found[0]
    return match[1]


def _choice(name: str, *elements: pp.ParserElement) -> pp.ParserElement:
    """Return the first of some elements that matches; where none begins here, ``name`` was expected."""
    return pp.MatchFirst(elements).set_name(name)


def _listed(element: pp.ParserElement, closing: str) -> pp.ParserElement:
    """Return elements with commas between, doubled ones too, and maybe at the end ("benign error" in parse.y)."""
    commas = rf",(?>(?:{_SPACE},)*){_SPACE}"
    # A comma that does not stand before what ends the list has an element behind it.
    between = _leaf("comma", "','", rf"{commas}(?!{closing})")
    return element + pp.ZeroOrMore(between - element) + pp.Opt(_leaf("comma", "','", commas))


def _cost(behind: str) -> pp.ParserElement:
    """Return the leaf of a cost; ``behind`` is what was expected where one stands behind it."""

    # The one action that refuses: parentheses must be counted here, for a later rule may fail too, and it is the first
    # fault of a statement that a person wants to know.
    def check(source: str, place: int, found: pp.ParseResults) -> _Token:
        text = _text(found)
        stop = _cost_stop(text, behind)
        if stop is not None:
            raise pp.ParseFatalException(source, place + stop.place, f"Expected {stop.expected}")
        return _Token("cost", text, place)

    element = pp.Regex(rf"({_COST}){_SPACE}", as_match=True).leave_whitespace().set_name("a cost")
    return pp.Opt(element.set_parse_action(check))


@lru_cache(maxsize=1)
def _grammar() -> pp.ParserElement:
    name = _leaf("name", _NAME, ANY_NAME.pattern)
    operator = rf"[{OPERATORS}]"
    before = _leaf("before", "an operator", operator)
    behind = pp.Opt(_leaf("behind", "an operator", operator))
    equals = _leaf("equals", "'='", "=")
    opens = _leaf("brace", "'{'", r"\{")
    closes = _leaf("brace", _CLOSE, r"\}")

    # links = host link *( "," [ link ] );  link = ( [ op ] site / site [ op ] ) [ cost ]
    # site = name / "<" name ">"
    site = _choice(_NAME, name, _leaf("terminal", "'<'", "<") - name - _leaf("angle", "'>'", ">"))
    link = _choice(_NAME, site + behind, before - site) + _cost(_MORE)
    links = _listed(link, _END) - _leaf("end", _MORE, _END)
    # aliases = host "=" name *( "," [ name ] )
    aliases = _listed(name, _END) - _leaf("end", _MORE, _END)
    # net = [ host ] "=" ( [ op ] members / members [ op ] ) [ cost ];  members = "{" name *( "," [ name ] ) "}"
    members = opens - _listed(name, r"\}") - closes
    net = _choice(_MEMBERS, members + behind, before - members) + _cost(_END_OF_STATEMENT)
    net = net - _leaf("end", _NET_END, _END)
    # host = name; which of the three it begins, the next token says
    equated = equals - _choice(_EQUATED, aliases, net)
    host = _leaf("host", _NAME, ANY_NAME.pattern) - _choice(_BEGINNING, equated, links)

    def command(word: str, inside: pp.ParserElement) -> pp.ParserElement:
        # A keyword is a name unless a "{" follows.
        keyword = _leaf("keyword", word, rf"{word}(?={_SPACE}\{{)")
        return keyword - opens - inside - _leaf("end", _END_OF_STATEMENT, _END)

    # private = "private" "{" [ name *( "," [ name ] ) ] "}"
    private = _choice(_PRIVATE, _leaf("brace", "'}'", r"\}"), _listed(name, r"\}") - closes)
    # pairs = "{" pair *( "," [ pair ] ) "}";  pair = name [ op name ]
    pairs = _listed(name + pp.Opt(_leaf("operator", "an operator", operator) - name), r"\}") - closes
    # adjust = "adjust" "{" name [ cost ] *( "," [ name [ cost ] ] ) "}"
    adjust = _listed(name + _cost(_CLOSE), r"\}") - closes
    # file = "file" "{" text "}"
    file = _leaf("text", "the name of a file", _FILE_NAME) - _leaf("brace", "'}'", r"\}")

    statement = _choice(
        _BEGINNING,
        _leaf("end", _END_OF_STATEMENT, _END),
        equals - net,
        command("private", private),
        command("dead", pairs),
        command("delete", pairs),
        command("adjust", adjust),
        command("file", file),
        host,
    )
    space = pp.Suppress(pp.Regex(_SPACE)).leave_whitespace()
    top = (space + statement).leave_whitespace().parse_with_tabs()
    top.streamline()
    return top


def read_statement(text: str, symbols: Mapping[str, int] = SYMBOLS) -> tuple[Record, ...]:
    """Return what one statement says, a record for each link and name, as `mailpaths.grammar.uucpreplay` does.

    A statement may have its line end, and goes on over lines that begin with a blank. The records have no lines (they
    are 0); an empty statement has no records. A fault of a cost's value, such as an unknown symbol, is a `Fault` among
    the records. Raises `StopError` where the text is no statement: a syntax error in the words of pathalias.

    >>> read_statement("seismo mcvax(DAILY/2)")
    (Links(line=0, host='seismo', links=(Link(name='mcvax', cost=2500, operator='!', right=False, terminal=False),), \
statement=''),)
    """
    return tuple(_records(_parse(text), symbols))


def explain(text: str) -> tuple[str, tuple[int, int]] | None:
    """Return why a text is no statement, and the span of characters at fault; ``None`` where it is one.

    It takes time in proportion to the text, a second for a statement of a hundred thousand characters.

    >>> explain("seismo = ")
    ("expected a host name or '{' after '='", (8, 8))
    >>> explain("seismo mcvax(DAILY/2)") is None
    True
    """
    try:
        _parse(text)
    except StopError as stop:
        return _told(text, stop.place, stop.expected)
    return None


def _parse(text: str) -> list[_Token]:
    with _LOCK:
        grammar = _grammar()
    try:
        found = grammar.parse_string(text)
    except pp.ParseBaseException as error:
        # The message and not the element: a choice puts itself in the element's place.
        raise StopError(error.loc, error.msg.removeprefix("Expected ")) from None
    tokens: list[_Token] = []
    for token in found:
        assert isinstance(token, _Token)  # noqa: S101 - for the type checker: every leaf's action returns one
        tokens.append(token)
    return tokens


# Costs


def _cost_stop(text: str, behind: str) -> StopError | None:
    """Return where a text that begins with "(" stops being a cost and nothing else, ``None`` where it does not."""
    depth = 0
    wants_operand = True
    for token in _COST_TOKENS.finditer(text):
        place, mark = token.start(1), token[1]
        if place and not depth:
            return StopError(place, behind)
        if wants_operand and mark == "(":
            depth += 1
        elif wants_operand and mark in _AFTER_OPERAND:
            return StopError(place, _OPERAND)
        elif wants_operand:
            wants_operand = mark == "-"
        elif mark == ")":
            depth -= 1
        elif mark in _ARITHMETIC:
            wants_operand = True
        else:
            return StopError(place, _SUM_MARK)
    if wants_operand:
        return StopError(len(text), _OPERAND)
    return StopError(len(text), _SUM_MARK) if depth else None


def _cost_of(element: Mapping[str, _Token], symbols: Mapping[str, int]) -> tuple[int, list[Record]]:
    """Return the value of a cost, 4000 where none stands, and the faults of its value."""
    if "cost" not in element:
        return DEFAULT, []
    faults: list[Record] = []
    total = Sum()
    told = 0
    wants_operand = True
    for token in _COST_TOKENS.finditer(element["cost"].text):
        mark = token[1]
        if wants_operand and mark in {"(", "-"}:
            total.prefix(mark)
        elif wants_operand:
            total.operand(_operand(mark, symbols, faults))
            wants_operand = False
        elif mark == ")":
            total.close()
        else:
            total.infix(mark)
            wants_operand = True
        faults += [Fault(0, "zero divisor\n")] * (total.zero_divisors - told)
        told = total.zero_divisors
    return total.value(), faults


def _operand(text: str, symbols: Mapping[str, int], faults: list[Record]) -> int:
    if text.isdecimal():
        return number(text)
    word = text.strip('"')
    if word not in symbols:
        faults.append(Fault(0, f"unknown cost ({word}), using default"))
    return symbols.get(word, DEFAULT)


# Records


def _records(tokens: Sequence[_Token], symbols: Mapping[str, int]) -> Iterator[Record]:
    first = tokens[0]
    if first.kind == "keyword":
        # Behind the keyword and its "{", before the "}" and the end.
        yield from _command(first.text, tokens[2:], symbols)
    elif first.kind == "equals":
        yield from _net(None, tokens[1:], symbols)
    elif first.kind == "host":
        host = _unquoted(first)
        if tokens[1].kind != "equals":
            yield from _links(host, tokens[1:], symbols)
        elif tokens[2].kind == "name":
            yield from [Aliases(0, host, (_unquoted(token),)) for token in tokens[2:] if token.kind == "name"]
        else:
            yield from _net(host, tokens[2:], symbols)


def _elements(tokens: Sequence[_Token]) -> Iterator[dict[str, _Token]]:
    """Yield the tokens between commas, by kind; a kind that stands twice is in a pair, and its second is ``to``."""
    element: dict[str, _Token] = {}
    for token in tokens:
        if token.kind in {"comma", "brace", "end"}:
            if element:
                yield element
            element = {}
        else:
            element["to" if token.kind in element else token.kind] = token


def _links(host: str, tokens: Sequence[_Token], symbols: Mapping[str, int]) -> Iterator[Record]:
    for element in _elements(tokens):
        cost, faults = _cost_of(element, symbols)
        yield from faults
        operator, right = _operator(element)
        yield Links(0, host, (Link(_unquoted(element["name"]), cost, operator, right, "terminal" in element),))


def _net(name: str | None, tokens: Sequence[_Token], symbols: Mapping[str, int]) -> Iterator[Record]:
    element = {token.kind: token for token in tokens}
    cost, faults = _cost_of(element, symbols)
    yield from faults
    members = tuple([_unquoted(token) for token in tokens if token.kind == "name"])
    yield Net(0, name, members, cost, *_operator(element))


def _operator(element: Mapping[str, _Token]) -> tuple[str, bool]:
    """Return how a link is written: its operator, and whether the host stands on the right of it."""
    if "before" in element:
        return element["before"].text, True
    return element["behind"].text if "behind" in element else "!", False


def _command(word: str, tokens: Sequence[_Token], symbols: Mapping[str, int]) -> Iterator[Record]:
    if word == "file":
        yield File(0, tokens[0].text)
        return
    elements = list(_elements(tokens))
    if word == "private" and not elements:
        yield EndPrivate(0)
    for element in elements:
        host = _unquoted(element["name"])
        if word == "private":
            yield Private(0, (host,))
        elif word == "adjust":
            cost, faults = _cost_of(element, symbols)
            yield from faults
            yield Adjust(0, host, cost)
        else:
            to = _unquoted(element["to"]) if "to" in element else None
            yield Dead(0, host, to) if word == "dead" else Delete(0, host, to)


def _unquoted(token: _Token) -> str:
    return token.text.strip('"')


# Words for people


def _told(text: str, place: int, expected: str) -> tuple[str, tuple[int, int]]:
    """Return what is to be told about a place where something was expected, and the span of what stands there."""
    before = _end_of_token(text, place)
    found = _ANY_TOKEN.match(text, place)
    if found is None or (found[1] == "\n" and found.end() == len(text)):
        return _expected(text, before, expected) or f"expected {expected}, found nothing more", (before, before)
    here, span = found[1], found.span(1)
    if here == '"':
        end = text.find("\n", span[0])
        return "expected '\"' to end this quoted name", (span[0], end if end >= 0 else len(text))
    return _slip(here, expected) or _expected(text, before, expected) or _found(here, expected), span


def _expected(text: str, before: int, expected: str) -> str | None:
    """Return the message for what must stand behind a mark, ``None`` where no mark is before the place."""
    mark = text[before - 1 : before]
    if mark == "(" and expected == _OPERAND:
        return "expected a cost such as DAILY/2 after '('"
    marks = _ARITHMETIC if expected == _OPERAND else _MARKS
    return f"expected {expected} after {mark!r}" if mark and mark in marks and expected in _BEHIND_MARKS else None


def _slip(here: str, expected: str) -> str | None:
    """Return what the token that stands here says already about a usual slip."""
    if here == "\r":
        return "a carriage return may not stand in a map: its lines end with a line feed alone"
    if here == "\n":
        return f"expected {expected}, found the end of a line; the next must begin with a blank to go on with it"
    if here < " " or here == "\x7f":
        return f"control character 0x{ord(here):02X} may not stand outside of quotes"
    if _NAME not in expected:
        return None
    if here in "-_":
        return f"a host name begins with a letter, a digit or a dot, not with {here!r}"
    if here == "{" and expected == _BEGINNING:
        return "expected a host name or '=', found '{'; only private, dead, delete, adjust and file stand before one"
    return None


def _found(here: str, expected: str) -> str:
    shown = here if len(here) <= _SHOWN else f"{here[:_SHOWN]}…"
    message = f"expected {expected}, found {shown!r}"
    if expected == _MORE and here in OPERATORS:
        return f"{message}; the one operator of a link stands next to its host"
    if expected in {_MORE, _CLOSE} and (here in SYMBOLS or here.isdecimal()):
        return f"{message}; a cost stands between '(' and ')'"
    return message


def _end_of_token(text: str, place: int) -> int:
    """Return where the last token before a place ends: the white space and the comments between are passed over."""
    while True:
        while place and text[place - 1] in " \t\n":
            place -= 1
        line = text.rfind("\n", 0, place) + 1
        found = _CODE.match(text, line, place)
        assert found is not None  # noqa: S101 - for the type checker: the pattern matches any text
        if found.end() == place:
            return place
        place = found.end()
