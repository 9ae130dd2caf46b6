r"""The language of UUCP maps, which pathalias reads: its tokens, its statements as records, and the fast pattern.

    map        =  *( [ statement ] EOL )
    statement  =  links / aliases / net / private / dead / delete / adjust / file
    links      =  host link *( "," [ link ] )
    link       =  ( [ op ] site / site [ op ] ) [ cost ]
    site       =  name / "<" name ">"               ; the second is a terminal link
    aliases    =  host "=" name *( "," [ name ] )
    net        =  [ host ] "=" ( [ op ] members / members [ op ] ) [ cost ]
    members    =  "{" name *( "," [ name ] ) "}"
    private    =  "private" "{" [ name *( "," [ name ] ) ] "}"
    dead       =  "dead" pairs
    delete     =  "delete" pairs
    pairs      =  "{" pair *( "," [ pair ] ) "}"
    pair       =  name [ op name ]
    adjust     =  "adjust" "{" name [ cost ] *( "," [ name [ cost ] ] ) "}"
    file       =  "file" "{" text "}"
    op         =  "!" / "@" / ":" / "%"
    cost       =  "(" expression ")"                ; see `mailpaths.grammar.uucpcost`

The source is parse.y 9.11 of pathalias 10 (1991). A statement goes on while the next line begins with a blank, so a
line of blanks and an indented comment continue one, and an empty line ends it. Keywords are names unless a "{" follows.

Three readers know this language, and tests hold them equal: `PLAIN` here, which reads the usual statement in one match;
`mailpaths.grammar.uucpreplay`, which acts token by token exactly as the C program does, faults and all; and the grammar
of record in `mailpaths.grammar.uucptree`, in pyparsing, which says where a text stops being a statement, and why.
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = [
    "ALIASES",
    "ANY_NAME",
    "COMMENT",
    "END_PRIVATE",
    "FILE",
    "ITEM",
    "MARKED",
    "MARKED_ITEM",
    "NAME",
    "NET",
    "ONE_STATEMENT",
    "OPERATORS",
    "PLAIN",
    "STATEMENT",
    "Adjust",
    "Aliases",
    "Dead",
    "Delete",
    "EndPrivate",
    "Fault",
    "File",
    "Link",
    "Links",
    "Names",
    "Net",
    "OpenNet",
    "PlainLinks",
    "Private",
    "Record",
]

#: What may stand between a host and the rest of the path, before the name (``@host``) or behind it (``host!``).
OPERATORS = "!:@%"

# getword() of parse.y: a letter, a digit or a dot, then these and hyphens and underlines.
_NAME = r"[0-9A-Za-z.][-0-9A-Za-z._]*+"
NAME = re.compile(_NAME)

# Inside of a statement every line end has a blank behind it, and so is white space.
_SPACE = r"[ \t\n]*+"
# A name in quotes, or without.
_ANY_NAME = rf'(?:{_NAME}|"[^"\n]*+")'
ANY_NAME = re.compile(_ANY_NAME)
# What a plain cost is made of; anything else (quotes, comments, two parentheses deep) is read token by token.
_SUM = r"[-+*/ \t\n0-9A-Za-z.]*+"
_COST = rf"(?:\({_SUM}(?>(?:\({_SUM}\){_SUM})*)\))"
_COMMA = rf"(?:,{_SPACE})"

#: A statement with its line end: a line and those that continue it; empty and comment lines before it are passed over.
STATEMENT = re.compile(r"(?>(?:(?:#[^\n]*+)?\n(?![ \t]))*)([^\n]*+(?>(?:\n[ \t][^\n]*+)*)\n?)")

#: The same with nothing passed over: where an empty line counts.
ONE_STATEMENT = re.compile(r"[^\n]*+(?>(?:\n[ \t][^\n]*+)*)\n?")

#: ``host link, link`` without operators and comments: nearly every statement of a real map.
PLAIN = re.compile(
    rf"{_ANY_NAME}[ \t\n]++{_ANY_NAME}{_SPACE}{_COST}?{_SPACE}"
    rf"(?>(?:{_COMMA}+{_ANY_NAME}{_SPACE}{_COST}?{_SPACE})*){_COMMA}*\Z"
)
#: Each name of such a statement (in its quotes) with its cost; the first is the host.
ITEM = re.compile(rf"({_ANY_NAME}){_SPACE}({_COST}?)")

_OPERATOR = r"[!:@%]?+"
_SITE = rf"{_OPERATOR}{_SPACE}(?:{_ANY_NAME}|<{_SPACE}{_ANY_NAME}{_SPACE}>){_SPACE}{_OPERATOR}{_SPACE}{_COST}?{_SPACE}"
#: The same with operators and terminal links in it; the two pieces are the host and its links.
MARKED = re.compile(rf"({_ANY_NAME}){_SPACE}({_SITE}(?>(?:{_COMMA}+{_SITE})*)){_COMMA}*\Z")
#: Each link of such a statement: operator, "<", name, operator, cost.
MARKED_ITEM = re.compile(rf"([!:@%]?){_SPACE}(<?){_SPACE}({_ANY_NAME}){_SPACE}>?{_SPACE}([!:@%]?){_SPACE}({_COST}?)")

#: ``host = name, name``, likewise.
ALIASES = re.compile(
    rf"({_ANY_NAME}){_SPACE}={_SPACE}({_ANY_NAME}{_SPACE}(?>(?:{_COMMA}+{_ANY_NAME}{_SPACE})*)){_COMMA}*\Z"
)

#: ``file {name}`` and ``private {}``, of which there is one at the border of every file.
FILE = re.compile(r"file[ \t]*+\{[ \t]*+([!-|~]*+)[ \t]*+\}([ \t\n]*+)\Z")
END_PRIVATE = re.compile(r"private[ \t]*+\{[ \t]*+\}[ \t\n]*+\Z")

#: A net without comments, in its pieces: name, operator, members, operator, cost.
NET = re.compile(
    rf"({_ANY_NAME})?{_SPACE}={_SPACE}([!:@%])?{_SPACE}"
    rf"\{{{_SPACE}({_ANY_NAME}{_SPACE}(?>(?:{_COMMA}+{_ANY_NAME}{_SPACE})*){_COMMA}*)\}}"
    rf"{_SPACE}([!:@%])?{_SPACE}({_COST})?{_SPACE}\Z"
)

#: A comment, for statements without quotes.
COMMENT = re.compile(r"#[^\n]*+")


class Link(NamedTuple):
    """The end of one link: the host it leads to, and how it is written in a path."""

    name: str
    cost: int
    operator: str = "!"
    right: bool = False
    terminal: bool = False


class PlainLinks(NamedTuple):
    """``host link, link`` as the fast pattern reads it: host and targets with the text of their costs, then the costs.

    The host stands first in both, with a cost that means nothing. ``line`` is where the statement begins.
    """

    line: int
    items: list[tuple[str, str]]
    costs: list[int]
    statement: str


class Links(NamedTuple):
    """``host link, link``: links that lead from a host to others.

    ``line`` is where they are complete. From the quick reader ``statement`` is the text, and ``line`` where it begins;
    so it is for other records with a ``statement``.
    """

    line: int
    host: str
    links: tuple[Link, ...]
    statement: str = ""


class Aliases(NamedTuple):
    """``host = name, name``: other names of a host."""

    line: int
    host: str
    names: tuple[str, ...]
    statement: str = ""


class Net(NamedTuple):
    """``net = {member, member}(cost)``: hosts that all reach each other; a net without a name has ``None``."""

    line: int
    name: str | None
    members: tuple[str, ...]
    cost: int
    operator: str = "!"
    right: bool = False
    statement: str = ""


class OpenNet(NamedTuple):
    """A net that a syntax error cut off: it has no links, but its members were read."""

    line: int
    name: str | None
    members: tuple[str, ...]


class Private(NamedTuple):
    """``private {host}``: these names mean other hosts than elsewhere, until the file ends."""

    line: int
    names: tuple[str, ...]


class EndPrivate(NamedTuple):
    """``private {}``: private names end here."""

    line: int


class Dead(NamedTuple):
    """``dead {host}`` or ``dead {host!to}``: a host that passes nothing on, or a link that works badly."""

    line: int
    host: str
    to: str | None


class Delete(NamedTuple):
    """``delete {host}`` or ``delete {host!to}``: a host or a link that is not there."""

    line: int
    host: str
    to: str | None


class Adjust(NamedTuple):
    """``adjust {host(cost)}``: a cost to be added to each link of a host."""

    line: int
    host: str
    cost: int


class File(NamedTuple):
    """``file {name}``: what the text from here on is called in messages; its lines are counted anew."""

    line: int
    name: str


class Names(NamedTuple):
    """Names in a statement that a syntax error cut off: these hosts are known, and nothing about them."""

    line: int
    names: tuple[str, ...]


class Fault(NamedTuple):
    """A fault of the text, in pathalias's own words. ``statement`` is the text at fault, and ``start`` its first line.

    ``line`` is the line that pathalias names: where it noticed, which for a missing token is the line behind.
    """

    line: int
    text: str
    statement: str = ""
    start: int = 0


Record = (
    PlainLinks | Links | Aliases | Net | OpenNet | Private | EndPrivate | Dead | Delete | Adjust | File | Names | Fault
)
