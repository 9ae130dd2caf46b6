"""``mailpaths hook query``: a running socketmap asked, our own or another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from mailpaths.cli import options, streams
from mailpaths.errors import MailPathsError
from mailpaths.hooks.client import SocketmapClient, SocketmapReply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailpaths.daemon import Endpoint, UnixSocket

__all__ = ["query"]

_NOT_FOUND = 1  # as postmap -q has it
_PREFIX = "socketmap:"
# A place with the name of a map behind its last colon; the last word of a bare inet: place is its port.
_WITH_MAP = re.compile(r"(?:unix:.+|inet:.*:[0-9]+):[^:]+\Z")

_EPILOG = """\b
Examples:
  $ mailpaths hook query inet:127.0.0.1:9001 rcpt 'relay!host!user@relay.example'
  user@host.uucp
  $ mailpaths hook query unix:/run/mailpaths/hook.sock rcpt user@elsewhere.example
  $ mailpaths hook query socketmap:inet:127.0.0.1:9001:rcpt user@elsewhere.example

SERVER is inet:HOST:PORT or unix:/PATH, and MAP the name of a map there. Both may come in one word, as Postfix writes
them: socketmap:inet:HOST:PORT:MAP. Keys are the arguments behind them, or one a line on standard input. Line N of the
output is line N of the input: what the map says of the key, empty where it says nothing; standard error says why.

With --json a row has "input", "status" - "ok", "notfound", "later" or "error" -, "output", "error", and "reply", which
is what the server said.

Exit status: 0; 1 when a key was not found; 75 when a server says to try again; 69 when it cannot be reached, or says
what no socketmap says; 64 for a wrong call."""


def _server(
    _context: click.Context, _parameter: click.Parameter, value: str
) -> tuple[Endpoint | UnixSocket, str | None]:
    """Return the place of a server and, where Postfix's spelling names one, the map."""
    from mailpaths.hooks.configfile import place

    text, name = value.removeprefix(_PREFIX), None
    if text != value and _WITH_MAP.match(text):
        text, _, name = text.rpartition(":")
    try:
        return place(text), name
    except MailPathsError as error:
        raise click.BadParameter(f"{error}.") from error


@click.command(epilog=_EPILOG, short_help="Ask a running socketmap, our own or another.")
@click.argument("server", callback=_server)
@click.argument("words", nargs=-1, metavar="MAP [KEY]...")
@click.option(
    "--timeout",
    type=options.Number(0, 86_400, min_open=True),
    default=10,
    show_default=True,
    metavar="SECONDS",
    help="How long an answer may take.",
)
@options.as_json
@options.quiet
def query(
    *,
    server: tuple[Endpoint | UnixSocket, str | None],
    words: Sequence[str],
    timeout: float,
    as_json: bool,
    quiet: bool,
) -> int:
    """Print what a socketmap server says of each key in a map."""
    place, map_name = server
    keys = list(words)
    if map_name is None:
        if not keys:
            raise click.UsageError("Missing argument 'MAP'.")
        map_name = keys.pop(0)
    output = streams.Output()
    status = streams.OK
    with SocketmapClient(place, timeout=timeout) as client:
        for one in streams.inputs(keys):
            reply: SocketmapReply | None = None
            fault: MailPathsError | None = None
            try:
                reply = client.ask(map_name, one.sound())
            except MailPathsError as error:
                fault = error
            word, trouble = _meaning(reply, fault)
            status = max(status, _STATUS[word])
            value = reply.data if reply is not None and word == "ok" else None
            if as_json:
                row = {"input": one.text, "status": word, "output": value, "error": trouble}
                output.json({**row, "reply": None if reply is None else str(reply)})
            else:
                output.line(value or "")
                if trouble is not None and not quiet:
                    output.complain(streams.remark(trouble, one.text, one.number))
    output.flush()
    return status


_STATUS = {
    "ok": streams.OK,
    "notfound": _NOT_FOUND,
    "error": streams.UnavailableError.exit_code,
    "later": streams.TRY_AGAIN,
}


def _meaning(reply: SocketmapReply | None, fault: MailPathsError | None) -> tuple[str, str | None]:
    """Return what an answer amounts to, and what a person is told of it where it is no value."""
    if reply is None:
        return "error", str(fault)
    match reply.status:
        case "OK" if reply.data:
            return "ok", None
        case "OK":
            return "error", "the server says OK and nothing behind it, which ends Sendmail by a fault"
        case "NOTFOUND":
            return "notfound", f"not found{f': {reply.data}' if reply.data else ''}"
        case "TEMP" | "TIMEOUT":
            return "later", f"try again later: {reply}"
        case _:
            return "error", f"the server says {reply}"
