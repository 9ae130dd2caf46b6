"""What HELP says: of the service, of each command, of each mail world."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping

from mailpaths.pathservice.codes import Code
from mailpaths.pathservice.reply import MAX_REPLY_LINES, Reply, printable
from mailpaths.pathservice.worlds import World

__all__ = ["BASIC", "EXTENSIONS", "general", "topic"]

# Columns of a terminal, less the code and the mark before each line.
_COLUMNS = 74
_MOST_WORLDS = 200
_MOST_ROWS = 80

#: The commands of RFC 915, and what HELP says of each.
BASIC = {
    "HELP": ("HELP", "HELP command", "HELP world", "Tells about the server, a command or a mail world."),
    "PATH": (
        "PATH user@host",
        "Tells the address that a mailbox has on the Internet: 220 and the address.",
        "The host may have its whole name, the beginning of it, or another name.",
        "230: the same, and the domain name system knows the host itself.",
        "420: no answer now. 520: no such host. 521: several hosts; they are listed.",
    ),
    "QUIT": ("QUIT", "Ends the connection."),
}
#: The commands of our own (RFC 915 allows them), likewise.
EXTENSIONS = {
    "FROM": (
        "FROM host",
        "FROM",
        "Makes later paths start at this host; without a host, at the server's again.",
        "520: no such host.",
        "Of this server's own: RFC 915 does not have it.",
    ),
    "STAT": ("STAT", "Tells what the server has counted.", "Of this server's own: RFC 915 does not have it."),
}

_USE = ('Use the PATH command with "user@host.world" to get the', "ARPA-Internet mail address.")


def general(worlds: Iterable[World], *, extensions: bool) -> Reply:
    """Return the reply to HELP: the words of RFC 915's example and, with ``extensions``, which commands there are.

    >>> print(general([World("UUCP", ())], extensions=False))
    200 The server currently knows about the following mail worlds:
    200     UUCP
    200 Use the PATH command with "user@host.world" to get the
    200 ARPA-Internet mail address.
    """
    names = [world.name for world in worlds]
    head = f"The server currently knows about {'the following mail worlds:' if names else 'no mail worlds.'}"
    shown = ",".join(names[:_MOST_WORLDS]).replace(",", ", ") + (", ..." if len(names) > _MOST_WORLDS else "")
    wrapped = textwrap.wrap(shown, _COLUMNS, break_on_hyphens=False, break_long_words=False)
    rows = [f"    {row.replace(', ', ',')}" for row in wrapped[:_MOST_ROWS]]
    more = (
        f"Commands: {', '.join(BASIC)}; of this server's own: {', '.join(EXTENSIONS)}.",
        "Type HELP and a command or a world for more about it.",
    )
    return _reply(Code.HELP, [head, *rows, *_USE, *(more if extensions else ())])


def topic(name: str, worlds: Mapping[str, World], *, extensions: bool) -> Reply:
    """Return the reply to HELP with a topic: 200 of a command, 220 (from the database) of a world, else 501.

    ``worlds`` are by their names, without the dot of a domain.
    """
    wanted = name.upper()
    commands = BASIC | EXTENSIONS if extensions else BASIC
    if wanted in commands:
        return _reply(Code.HELP, commands[wanted])
    world = worlds.get(wanted.removeprefix("."))
    if world is not None:
        return _reply(Code.ROUTE, [f"{world.name} is a mail world.", *world.facts])
    known = "HELP alone lists the topics that there are."
    return Reply(Code.NOT_IMPLEMENTED, (printable(f"No help about '{name}'."), known))


def _reply(code: Code, lines: Iterable[str]) -> Reply:
    return Reply(code, tuple([printable(line) for line in lines][:MAX_REPLY_LINES]))
