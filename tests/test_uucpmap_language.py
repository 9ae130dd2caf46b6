"""Three readers of one language: the quick patterns of UUCP maps, token by token, and the grammar of record."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpaths.grammar.tree import StopError
from mailpaths.grammar.uucpcost import SYMBOLS, number
from mailpaths.grammar.uucpmap import (
    ONE_STATEMENT,
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
    PlainLinks,
    Private,
    Record,
)
from mailpaths.grammar.uucpreader import Reader
from mailpaths.grammar.uucpreplay import Replay
from mailpaths.grammar.uucptree import explain, read_statement
from tests.support import VECTORS
from tests.test_hostile import check_growth

# What the records of two readers are compared by: the kind and what it says, but no lines and no texts.
Said = tuple[object, ...]


def said(records: Iterator[Record] | list[Record] | tuple[Record, ...]) -> list[Said]:
    """Return what records say, one entry for each link and each name, in the order in which they take effect."""
    found: list[Said] = []
    for record in records:
        match record:
            case PlainLinks(items=items, costs=costs):
                # The first is the host, and its cost is none.
                found += [
                    (Links, items[0][0], Link(name, cost)) for (name, _), cost in zip(items[1:], costs[1:], strict=True)
                ]
            case Links(host=host, links=links):
                found += [(Links, host, link) for link in links]
            case Aliases(host=host, names=names):
                found += [(Aliases, host, name) for name in names]
            case Private(names=names):
                found += [(Private, name) for name in names]
            case Net():
                found.append((Net, *record[1:6]))
            case Fault(text=text):
                found.append((Fault, text))
            case _:
                found.append((type(record), *record[1:]))
    return found


def faults(records: list[Record]) -> list[tuple[int, str]]:
    return [(record.line, record.text) for record in records if isinstance(record, Fault)]


def statements(text: str) -> Iterator[str]:
    place = 0
    while place < len(text):
        found = ONE_STATEMENT.match(text, place)
        assert found is not None
        place = found.end()
        yield found[0]


def quickly(text: str) -> list[Record]:
    return list(Reader(SYMBOLS).records(text))


def token_by_token(text: str) -> list[Record]:
    replay = Replay(SYMBOLS)
    return [record for statement in statements(text) for record in replay.statement(statement)]


def is_syntax(record: Record) -> bool:
    return isinstance(record, Fault) and (record.text == "syntax error" or "in quoted string" in record.text)


def check_map(text: str) -> None:
    """Check that the two readers of whole maps say the same about any text, and of faults the same lines."""
    quick, slow = quickly(text), token_by_token(text)
    assert said(quick) == said(slow)
    assert faults(quick) == faults(slow)


def check_statement(text: str) -> None:
    """Check that the grammar of record refuses what the others tell as a syntax error, and reads all else as they do.

    What it says of a refused text stands in the text.
    """
    alone = token_by_token(text)
    reason = explain(text)
    if any(is_syntax(record) for record in alone):
        assert reason is not None
        message, (start, end) = reason
        assert message
        assert "\n" not in message
        assert 0 <= start <= end <= len(text)
        with pytest.raises(StopError) as caught:
            read_statement(text)
        assert 0 <= caught.value.place <= len(text)
        return
    assert reason is None
    assert said(read_statement(text)) == said(alone) == said(quickly(text))


# Statements, each as its tokens, and then with white space between them

FAMILIAR_NAMES = st.sampled_from(["seismo", "mcvax", "a", ".edu", "3b2", "private", "dead", "file", "x-1_y."])
BARE_NAMES = FAMILIAR_NAMES | st.from_regex(r"[0-9A-Za-z.][-0-9A-Za-z._]{0,6}", fullmatch=True)
QUOTED_NAMES = st.text(st.characters(exclude_characters='"\n', codec="utf-8"), max_size=5).map('"{}"'.format)
NAMES = BARE_NAMES | BARE_NAMES | QUOTED_NAMES
OPERATORS = st.sampled_from("!:@%")
NUMBERS = st.integers(0, 10**25).map(str) | st.sampled_from(["0", "007", "25", "4000"])
WORDS = st.sampled_from([*SYMBOLS, *SYMBOLS, "direct", "X.1", "a_b", '"DAILY"', '"x-y"', '""'])
SPACES = st.sampled_from(["", "", "", " ", "\t", "  ", "\n ", "\n\t", " # c, (\n ", ' #"\n\t', "\n  \n #\n "])

Tokens = list[str]


def joined(*parts: Tokens) -> Tokens:
    return [token for part in parts for token in part]


def wrapped(inner: Tokens) -> Tokens:
    return ["(", *inner, ")"]


SUMS: st.SearchStrategy[Tokens] = st.recursive(
    (NUMBERS | WORDS).map(lambda word: [word]),
    lambda sums: (
        sums.map(wrapped)
        | sums.map(lambda inner: ["-", *inner])
        | st.builds(lambda one, mark, two: [*one, mark, *two], sums, st.sampled_from("+-*/"), sums)
    ),
    max_leaves=8,
)
COSTS: st.SearchStrategy[Tokens] = st.just([]) | SUMS.map(wrapped)
SITES: st.SearchStrategy[Tokens] = NAMES.map(lambda name: [name]) | NAMES.map(lambda name: ["<", name, ">"])


def marked(core: st.SearchStrategy[Tokens]) -> st.SearchStrategy[Tokens]:
    """Return a strategy for tokens with an operator before them, or behind, or none."""
    before = st.builds(lambda mark, tokens: [mark, *tokens], OPERATORS, core)
    behind = st.builds(lambda mark, tokens: [*tokens, mark], OPERATORS, core)
    return core | core | before | behind


def listed(element: st.SearchStrategy[Tokens]) -> st.SearchStrategy[Tokens]:
    """Return a strategy for lists with commas between, sometimes doubled, and sometimes at the end."""
    commas = st.sampled_from([[","], [","], [",", ","]])
    more = st.lists(st.builds(joined, commas, element), max_size=4).map(lambda found: joined(*found))
    return st.builds(joined, element, more, st.sampled_from([[], [], [","]]))


def braced(inside: st.SearchStrategy[Tokens]) -> st.SearchStrategy[Tokens]:
    return inside.map(lambda tokens: ["{", *tokens, "}"])


def command(*words: str, inside: st.SearchStrategy[Tokens]) -> st.SearchStrategy[Tokens]:
    return st.builds(lambda word, tokens: [word, *tokens], st.sampled_from(words), braced(inside))


HOSTS = NAMES.map(lambda name: [name])
PAIRS = HOSTS | st.builds(lambda host, mark, to: [host, mark, to], NAMES, OPERATORS, NAMES)
LINKS = st.builds(joined, HOSTS, listed(st.builds(joined, marked(SITES), COSTS)))
PLAIN_COSTS = st.sampled_from([[], ["(", "DAILY", "/", "2", ")"], ["(", "HOURLY", "+", "(", "LOW", ")", ")"]])
PLAIN_LINKS = st.builds(joined, HOSTS, listed(st.builds(joined, HOSTS, PLAIN_COSTS)))
ALIASES = st.builds(lambda host, names: [host, "=", *names], NAMES, listed(HOSTS))
NETS = st.builds(
    lambda host, members, cost: [*host, "=", *members, *cost],
    st.just([]) | HOSTS,
    marked(braced(listed(HOSTS))),
    COSTS,
)
FILE_NAMES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="}"), max_size=6)
COMMANDS = (
    command("private", inside=st.just([]) | listed(HOSTS))
    | command("dead", "delete", inside=listed(PAIRS))
    | command("adjust", inside=listed(st.builds(joined, HOSTS, COSTS)))
    | command("file", inside=FILE_NAMES.filter(lambda name: not name.startswith("#")).map(lambda name: [name]))
)
STATEMENTS: st.SearchStrategy[Tokens] = st.just([]) | PLAIN_LINKS | LINKS | ALIASES | NETS | COMMANDS


@st.composite
def spaced(draw: st.DrawFn, tokens: st.SearchStrategy[Tokens] = STATEMENTS) -> str:
    """Return the text of a statement, its tokens apart where they would run together."""
    text = draw(SPACES)
    is_text_of_file = False
    for token in draw(tokens):
        touches = text[-1:].isalnum() or text[-1:] in {"-", "_", "."}
        if touches and token[:1] not in set(",(){}=<>!:@%+-*/"):
            text += " "
        if is_text_of_file:
            text += " "
        text += token + draw(SPACES)
        is_text_of_file = text.lstrip().startswith("file") and token not in {"file", "{"}
    # What begins with a blank would only go on with the statement before.
    return text.lstrip(" \t\n") + draw(st.sampled_from(["\n", "\n", " \n", " # c\n"]))


@st.composite
def maps(draw: st.DrawFn) -> str:
    return "".join(draw(st.lists(spaced(), max_size=5)))


PIECES = st.sampled_from(["a", "b.c", "-", "_", "5", "DAILY", "private", "dead", "file{", "é"]) | st.sampled_from(
    [*' \t\n,(){}<>=!@:%+*/;#"', "\n ", '"q"', "\r\n"]
)
HOSTILE = (
    st.lists(PIECES, max_size=25).map("".join)
    | st.text('ab.-_5 \t\n"#(){}<>=,!@:%+*/;\r\x0b\x00é', max_size=40)
    | st.text(max_size=20)
)


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    """Return a good map with some of it cut out, doubled or written over."""
    text = draw(maps())
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 4)))
        text = text[:start] + draw(PIECES | st.just("") | st.just(text[start:end] * 2)) + text[end:]
    return text


@given(spaced())
def test_readers_agree_on_good_statements(text: str) -> None:
    check_statement(text)
    assert explain(text) is None


@given(spaced(PLAIN_LINKS))
def test_readers_agree_on_plain_links(text: str) -> None:
    check_statement(text)


@given(maps())
def test_readers_agree_on_good_maps(text: str) -> None:
    check_map(text)
    assert not any(is_syntax(record) for record in quickly(text))


@given(spoilt() | HOSTILE)
def test_readers_agree_on_any_text(text: str) -> None:
    check_map(text)
    for statement in statements(text):
        check_statement(statement)


@pytest.mark.parametrize("path", sorted((VECTORS / "pathalias").glob("*.map")), ids=lambda path: path.stem)
def test_readers_agree_on_the_cases_of_pathalias(path: object) -> None:
    text = (VECTORS / "pathalias" / str(path)).read_bytes().decode("utf-8", "surrogateescape")
    check_map(text)
    for statement in statements(text):
        check_statement(statement)


def test_a_text_of_two_statements_is_no_statement() -> None:
    reason = explain("a b\nc d")
    assert reason is not None
    expected, found = reason[0].split(", found ")
    assert expected == "expected ',' or the end of the statement"
    assert found == "the end of a line; the next must begin with a blank to go on with it"
    assert reason[1] == (3, 4)


# What a statement says


@pytest.mark.parametrize(
    ("text", "records"),
    [
        ("", []),
        ("# a comment\n", []),
        ("a b", [Links(0, "a", (Link("b", 4000),))]),
        (
            "a @b(5),, <c>:\n\t(DAILY/2) # c\n , ",
            [
                Links(0, "a", (Link("b", 5, "@", right=True),)),
                Links(0, "a", (Link("c", 2500, ":", terminal=True),)),
            ],
        ),
        ('"a b" = "",c', [Aliases(0, "a b", ("",)), Aliases(0, "a b", ("c",))]),
        (
            "N = %{a,b,}(X)",
            [Fault(0, "unknown cost (X), using default"), Net(0, "N", ("a", "b"), 4000, "%", right=True)],
        ),
        ("={a}(7/0)", [Fault(0, "zero divisor\n"), Net(0, None, ("a",), 7)]),
        ("private {}", [EndPrivate(0)]),
        ("private{a,b}", [Private(0, ("a",)), Private(0, ("b",))]),
        ("private a", [Links(0, "private", (Link("a", 4000),))]),
        ('"dead" = {a}', [Net(0, "dead", ("a",), 4000)]),
        ("dead {a, b!c}", [Dead(0, "a", None), Dead(0, "b", "c")]),
        ("delete {a@a}", [Delete(0, "a", "a")]),
        ("adjust {a(-5), b}", [Adjust(0, "a", -5), Adjust(0, "b", 4000)]),
        ("file {u.usa.#1}\n", [File(0, "u.usa.#1")]),
        ("file {}", [File(0, "")]),
    ],
)
def test_read_statement(text: str, records: list[Record]) -> None:
    assert list(read_statement(text)) == records


def test_symbols_are_the_callers() -> None:
    assert read_statement("a b(DAILY)", {"DAILY": 1}) == (Links(0, "a", (Link("b", 1),)),)


# Costs

Tree = int | tuple[str, "Tree"] | tuple["Tree", str, "Tree"]
TREES: st.SearchStrategy[Tree] = st.recursive(
    st.integers(0, 10_000),
    lambda trees: st.tuples(st.just("-"), trees) | st.tuples(trees, st.sampled_from("+-*/"), trees),
    max_leaves=6,
)


def written(tree: Tree) -> str:
    match tree:
        case int():
            return str(tree)
        case (sign, inner):
            return f"({sign}{written(inner)})"
        case (left, mark, right):
            return f"({written(left)}{mark}{written(right)})"
    raise AssertionError(tree)


def value(tree: Tree) -> int:
    match tree:
        case int():
            return tree
        case (_, inner):
            return -value(inner)
        case (one, mark, two):
            left, right = value(one), value(two)
            if mark == "/" and right:
                quotient = abs(left) // abs(right)
                left = quotient if (left < 0) == (right < 0) else -quotient
            return {"+": left + right, "-": left - right, "*": left * right, "/": left}[mark]
    raise AssertionError(tree)


@given(TREES)
def test_costs(tree: Tree) -> None:
    *_, record = read_statement(f"adjust {{a({written(tree)})}}")
    assert isinstance(record, Adjust)
    assert record.cost == value(tree)  # six numbers of five digits are far from 64 bits


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("7-2-1", 4),
        ("7-2*3", 1),
        ("60/7*2", 16),
        ("-7/2", -3),
        ("-2*3+1", -5),
        ("--5", 5),
        ("2- -5", 7),
        ("6/-0*2", 6),
        ("1/0/0", 1),
        ("DAILY-HIGH", 5005),
        ("18446744073709551617", 1),
        ("9223372036854775807+1", -(2**63)),
    ],
)
def test_precedence_is_that_of_c(text: str, cost: int) -> None:
    *_, record = read_statement(f"adjust {{a({text})}}")
    assert record == Adjust(0, "a", cost)
    assert said(token_by_token(f"adjust {{a({text})}}\n"))[-1] == (Adjust, "a", cost)


@given(st.integers(0, 10**60))
def test_numbers_wrap_round(whole: int) -> None:
    assert (number(str(whole)) - whole) % 2**64 == 0
    assert -(2**63) <= number(str(whole)) < 2**63


@pytest.mark.parametrize(
    ("text", "told"),
    [
        # A quotient is taken before the next token is read, and a sum is not.
        ("a b(1/0 X)\n", [(1, "zero divisor\n"), (1, "unknown cost (X), using default"), (1, "syntax error")]),
        ("a b(1/0\n +1)\n", [(1, "zero divisor\n")]),
        ("a b(1/(0)\n )\n", [(1, "zero divisor\n")]),
        ("a b(1/-0\n +1)\n", [(2, "zero divisor\n")]),
        # Where the text ends in a word, yywrap() has counted the lines anew.
        ("\na b(1/0", [(2, "zero divisor\n"), (1, "syntax error")]),
        ("\na", [(1, "syntax error")]),
        ("\na b(", [(2, "syntax error")]),
        # White space is blanks, tabs and line ends, and nothing else.
        ("\x0c\n", [(1, "syntax error")]),
        ("\x1f\n", [(1, "syntax error")]),
    ],
)
def test_faults_are_told_when_pathalias_tells_them(text: str, told: list[tuple[int, str]]) -> None:
    assert faults(quickly(text)) == faults(token_by_token(text)) == told


@pytest.mark.parametrize(("word", "record"), [("dead", Dead), ("delete", Delete)])
def test_a_name_without_its_comma_takes_the_place_of_the_one_before(word: str, record: type[Dead | Delete]) -> None:
    """The scanner of pathalias has one buffer, and it is read late: ``dead {a b}`` kills b (delem of parse.y)."""
    assert said(quickly(f"{word} {{a b}}\n")) == [(record, "b", None), (Fault, "syntax error")]


# Why a text is no statement


@pytest.mark.parametrize(
    ("text", "message", "span"),
    [
        ("seismo", "expected a host name or '=', found nothing more", (6, 6)),
        ("seismo # a comment\n", "expected a host name or '=', found nothing more", (6, 6)),
        ("(5)", "expected a host name or '=', found '('", (0, 1)),
        ("seismo =\n", "expected a host name or '{' after '='", (8, 8)),
        ("seismo = 'x'", "expected a host name or '{' after '='", (9, 10)),
        ("a = b c", "expected ',' or the end of the statement, found 'c'", (6, 7)),
        ("a @", "expected a host name after '@'", (3, 3)),
        ("a b, @(5)", "expected a host name after '@'", (6, 7)),
        ("a b,\n # c\n ;", "expected a host name after ','", (11, 12)),
        ("a <>", "expected a host name after '<'", (3, 4)),
        ("a <b", "expected '>', found nothing more", (4, 4)),
        ("a <b(5)>", "expected '>', found '('", (4, 5)),
        ("a b mcvax", "expected ',' or the end of the statement, found 'mcvax'", (4, 9)),
        (
            "a b " + "x" * 41,
            "expected ',' or the end of the statement, found 'xxxxxxxxxxxxxxxxxxxx…'",
            (4, 45),
        ),
        (
            "a b DAILY",
            "expected ',' or the end of the statement, found 'DAILY'; a cost stands between '(' and ')'",
            (4, 9),
        ),
        ("a b 300", "expected ',' or the end of the statement, found '300'; a cost stands between '(' and ')'", (4, 7)),
        (
            "a @b!",
            "expected ',' or the end of the statement, found '!'; the one operator of a link stands next to its host",
            (4, 5),
        ),
        (
            "a b(5)!",
            "expected ',' or the end of the statement, found '!'; the one operator of a link stands next to its host",
            (6, 7),
        ),
        ("a b()", "expected a cost such as DAILY/2 after '('", (4, 5)),
        ("a b(\n", "expected a cost such as DAILY/2 after '('", (4, 4)),
        ("a b(5+)", "expected a number or a symbol such as DAILY after '+'", (6, 7)),
        ("a b(*5)", "expected a cost such as DAILY/2 after '('", (4, 5)),
        ("a b(5-", "expected a number or a symbol such as DAILY after '-'", (6, 6)),
        ("a b(5", "expected '+', '-', '*', '/' or ')', found nothing more", (5, 5)),
        ("a b((5)", "expected '+', '-', '*', '/' or ')', found nothing more", (7, 7)),
        ("a b(5 5)", "expected '+', '-', '*', '/' or ')', found '5'", (6, 7)),
        ("a b(5, c", "expected '+', '-', '*', '/' or ')', found ','", (5, 6)),
        ("a b(5))", "expected ',' or the end of the statement, found ')'", (6, 7)),
        ("a b(5)-1", "expected ',' or the end of the statement, found '-'", (6, 7)),
        ("a b[5]", "expected ',' or the end of the statement, found '['", (3, 4)),
        ("= a", "expected '{' after '='", (2, 3)),
        ("N = !", "expected '{' after '!'", (5, 5)),
        ("N = {", "expected a host name after '{'", (5, 5)),
        ("N = {}", "expected a host name after '{'", (5, 6)),
        ("N = {a b}", "expected ',' or '}', found 'b'", (7, 8)),
        ("N = {a, b\n", "expected ',' or '}', found nothing more", (9, 9)),
        ("N = {a} b", "expected a cost such as (DAILY/2) or the end of the statement, found 'b'", (8, 9)),
        ("N = @{a}!", "expected a cost such as (DAILY/2) or the end of the statement, found '!'", (8, 9)),
        ("N = {a} 300", "expected a cost such as (DAILY/2) or the end of the statement, found '300'", (8, 11)),
        ("N = {a}(5)(6)", "expected the end of the statement, found '('", (10, 11)),
        ("private {,}", "expected a host name or '}' after '{'", (9, 10)),
        ("private {a", "expected ',' or '}', found nothing more", (10, 10)),
        ("private {a}, b", "expected the end of the statement, found ','", (11, 12)),
        ("dead {}", "expected a host name after '{'", (6, 7)),
        ("dead {a!}", "expected a host name after '!'", (8, 9)),
        ("dead {a!b!c}", "expected ',' or '}', found '!'", (9, 10)),
        ("delete {a(5)}", "expected ',' or '}', found '('", (9, 10)),
        ("adjust {a(5)5}", "expected ',' or '}', found '5'; a cost stands between '(' and ')'", (12, 13)),
        ("file {a b}", "expected '}', found 'b'", (8, 9)),
        ("file {", "expected '}', found nothing more", (6, 6)),
        (
            "gatewayed {a}",
            "expected a host name or '=', found '{'; only private, dead, delete, adjust and file stand before one",
            (10, 11),
        ),
        ("a _b", "a host name begins with a letter, a digit or a dot, not with '_'", (2, 3)),
        ("-a b", "a host name begins with a letter, a digit or a dot, not with '-'", (0, 1)),
        ('a "b, c\n', "expected '\"' to end this quoted name", (2, 7)),
        ('a b("x', "expected '\"' to end this quoted name", (4, 6)),
        ('a b "c d"', "expected ',' or the end of the statement, found '\"c d\"'", (4, 9)),
        ("a b\r\n", "a carriage return may not stand in a map: its lines end with a line feed alone", (3, 4)),
        ("a b\x0b", "control character 0x0B may not stand outside of quotes", (3, 4)),
        ("a b\x7f", "control character 0x7F may not stand outside of quotes", (3, 4)),
        ("é b", "expected a host name or '=', found 'é'", (0, 1)),
    ],
)
def test_why_a_text_is_no_statement(text: str, message: str, span: tuple[int, int]) -> None:
    assert explain(text) == (message, span)
    check_statement(text)


def test_a_comment_before_the_fault_may_hold_anything() -> None:
    text = 'a "#",# "(\n # ;,\n\t'
    assert explain(text) is None
    assert explain(f"{text};") == ("expected a host name after ','", (len(text), len(text) + 1))


# Text that means harm

# Each makes a hostile text of about ``size`` characters.
BOMBS: dict[str, Callable[[int], str]] = {
    "nested costs": lambda size: "a b(" + "(" * (size // 2) + "5" + ")" * (size // 2) + ")\n",
    "open parentheses": lambda size: "a b" + "(" * size + "\n",
    "open parentheses and blanks": lambda size: "a b" + "( " * (size // 2) + "\n",
    "empty parentheses": lambda size: "a b(" + "()" * (size // 2) + ")\n",
    "costs in a row": lambda size: "a b" + "(5)" * (size // 3) + "\n",
    "minus signs": lambda size: "a b(" + "-" * size + "5)\n",
    "a long sum": lambda size: "a b(" + "5+" * (size // 2) + "5)\n",
    "a long product": lambda size: "a b(" + "5*" * (size // 2) + "5)\n",
    "divisions by zero": lambda size: "a b(" + "5/0/" * (size // 4) + "5)\n",
    "a long number": lambda size: "a b(" + "9" * size + ")\n",
    "unknown symbols": lambda size: "a b(" + "X+" * (size // 2) + "5)\n",
    "commas": lambda size: "a b" + "," * size + "\n",
    "commas and blanks": lambda size: "a b" + ", " * (size // 2) + "\n",
    "commas alone": lambda size: "," * size,
    "quotes": lambda size: '"' * size,
    "quotes in lines": lambda size: 'a "\n' * (size // 4),
    "an open quote": lambda size: 'a "' + "x" * size,
    "open quotes in lines that go on": lambda size: "a b," + '\n "' * (size // 3),
    "quoted names": lambda size: "a " + '"#",' * (size // 4) + "\n",
    "blanks": lambda size: " " * size,
    "blanks before a fault": lambda size: "a b" + " " * size + ";",
    "lines that go on": lambda size: "a b" + "\n " * (size // 2) + ";",
    "comments that go on": lambda size: "a b" + "\n #" * (size // 3) + "\n ;",
    "hashes": lambda size: "#" * size,
    "hashes in lines": lambda size: "#\n" * (size // 2),
    "empty lines": lambda size: "\n" * size,
    "letters": lambda size: "a" * size,
    "dots": lambda size: "." * size,
    "links": lambda size: "a " + "b(5)," * (size // 5) + "\n",
    "links and a fault": lambda size: "a " + "b(5)," * (size // 5) + ";\n",
    "links without a host": lambda size: "a" + ",b" * (size // 2) + "\n",
    "links with comments": lambda size: "a " + " b(5),\n #" * (size // 9) + "\n",
    "marked links": lambda size: "a " + "@<b>(5)," * (size // 8) + "\n",
    "members": lambda size: "n = {" + "a," * (size // 2) + "}\n",
    "members without an end": lambda size: "n = {" + "a," * (size // 2) + "\n",
    "aliases and a fault": lambda size: "n = " + "a," * (size // 2) + ";\n",
    "dead links": lambda size: "dead {" + "a!b," * (size // 4) + "}\n",
    "keywords": lambda size: "private " * (size // 8) + "\n",
    "a keyword far from its brace": lambda size: "private" + "\n #" * (size // 3) + "\n {\n",
    "commands": lambda size: "private{a}\n" * (size // 11),
    "the name of a file": lambda size: "file {" + "#" * size + "}\n",
    "open braces": lambda size: "{" * size,
    "equals": lambda size: "a =" * (size // 3),
    "angles": lambda size: "a " + "<" * size,
    "operators": lambda size: "a " + "!" * size,
    "carriage returns": lambda size: "\r" * size,
    "CRLF": lambda size: "a b\r\n" * (size // 5),
    "lines in the state of a cost": lambda size: "a b(\n" * (size // 5),
    "semicolons in lines": lambda size: ";\n" * (size // 2),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_growth_of_reading(bomb: Callable[[int], str]) -> None:
    check_growth(lambda size: quickly(bomb(size)), 2_000)
    check_growth(lambda size: token_by_token(bomb(size)), 2_000)


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_growth_of_explaining(bomb: Callable[[int], str]) -> None:
    check_growth(lambda size: explain(bomb(size)), 1_000)


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_readers_agree_on_hostile_texts(bomb: Callable[[int], str]) -> None:
    text = bomb(500)
    check_map(text)
    for statement in statements(text):
        check_statement(statement)


def test_a_hundred_thousand_nested_parentheses() -> None:
    cost = "(" * 100_000 + "5" + ")" * 100_000
    assert said(read_statement(f"a b{cost}")) == said(quickly(f"a b{cost}\n")) == [(Links, "a", Link("b", 5))]
    assert explain(f"a b({cost}") == ("expected '+', '-', '*', '/' or ')', found nothing more", (200_005, 200_005))


def test_two_hundred_thousand_links_in_one_line() -> None:
    text = "hub " + ", ".join([f"h{place}(DEMAND)" for place in range(200_000)]) + "\n"
    (record,) = quickly(text)
    assert isinstance(record, PlainLinks)
    assert len(record.items) == 200_001
    assert set(record.costs[1:]) == {300}


@pytest.mark.parametrize("mark", [",", '"', " ", "#", "("])
def test_a_megabyte_of_one_mark(mark: str) -> None:
    text = mark * (1 << 20)
    quickly(text)
    explain(text)
    explain(f"a b{text}")


RACE = """
import threading
from mailpaths.grammar.uucptree import explain
gate = threading.Barrier(8)
said = []
def ask():
    gate.wait()
    for text in ("a", "a b(5", "N = {a"):
        try:
            said.append(explain(text))
        except BaseException as error:
            said.append(repr(error))
threads = [threading.Thread(target=ask) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert len(said) == 24, len(said)
assert len(set(said)) == 3, set(said)
"""


def test_eight_threads_meet_the_first_fault_together() -> None:
    """The grammar is built when first needed: a cold one is not thread-safe, so the race is run anew."""
    for _ in range(3):
        subprocess.run([sys.executable, "-W", "error", "-c", RACE], check=True, timeout=60)
