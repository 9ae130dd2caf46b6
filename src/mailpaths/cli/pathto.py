"""``mailpaths pathto``: addresses asked of a path server; the program of 1984 had that name (RFC 915, page 10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from mailpaths.addresses import BangPath, Mailbox, parse
from mailpaths.cli import layout, options, rows, streams
from mailpaths.cli.sections import Section
from mailpaths.errors import (
    AddressSyntaxError,
    AmbiguousHostError,
    MailPathsError,
    TemporaryRoutingError,
    UnknownHostError,
)
from mailpaths.names import to_ascii
from mailpaths.pathservice.client import PathClient
from mailpaths.pathservice.codes import Code
from mailpaths.pathservice.dialog import DEFAULT_TIMEOUT, OriginError, PathServiceError
from mailpaths.pathservice.reply import Reply
from mailpaths.pathservice.router import mailbox_of, named
from mailpaths.policy import INTERNET
from mailpaths.reading import read
from mailpaths.spelling import HYBRID, spell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailpaths.daemon import Endpoint
    from mailpaths.route import Route

__all__ = ["pathto"]

_EPILOG = f"""\b
Examples:
  $ mailpaths pathto root@inria.uucp --server 127.0.0.1:1117
  uunet!mcvax!inria!root@mimsy

\b
  $ mailpaths pathto --from ihnp4 piet@mcvax --server 127.0.0.1:1117
  pbi!uunet!mcvax!piet@upba

The server says which address a mailbox has, as seen from its own host, or with --from from another (for which it must
know the command FROM, as mailpaths serve path does). A bang path is asked as the mailbox that means the same:
seismo!mcvax!piet as mcvax!piet@seismo. Line N of the output is line N of the input: where there is no address the line
is empty, and standard error says why.

With --all an address is a paragraph: the hosts that it goes over, what the server said and, of a name that means
several hosts, the address for each of them.

With --json a row has the keys of mailpaths translate --json, and "code" and "reply", which are the server's.

{options.ADDRESSES_HELP}

Exit status: 0; 65 when some input was bad; 68 when a host is unknown, or ambiguous; 69 when the server cannot be
reached or does not speak RFC 915; 75 when it has no answer now; 64 for a wrong call."""

# Questions in a row without a reply, after which the rest is not asked any more: each may take the whole time-out.
_MOST_SILENT = 3


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a server said, and the route that its address means, if it gave one."""

    asked: str
    reply: Reply
    route: Route | None

    @property
    def address(self) -> str:
        """The address, empty where there is none."""
        return "" if self.route is None else self.reply.text

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is odd about the address: it may be of somebody else."""
        if self.route is None or self.route.user == read(parse(self.asked), INTERNET).user:
            return ()
        return (f"the server gave an address of the user {self.route.user!r}",)


def _question(text: str) -> str:
    """Return the bare ``user@host`` that a text means. Raises `MailPathsError` where it is no address."""
    value = parse(text)
    if isinstance(value, BangPath) or (isinstance(value, Mailbox) and value.route):
        value = spell(read(value, INTERNET), HYBRID)
    if not isinstance(value, Mailbox) or value.domain is None:
        return text  # the server says what is wrong with it
    return f"{value.quoted_local_part}@{to_ascii(value.domain)}"


class _UnreachableError(PathServiceError):
    """The server gave no reply several times in a row."""


class _Job:
    """What is asked, and of whom."""

    def __init__(self, client: PathClient, origin: str | None) -> None:
        self._client = client
        self._origin = origin
        self._silent = 0

    def answer(self, text: str) -> _Answer:
        """Return what the server says of an address. Raises `MailPathsError` where that is not to be had."""
        asked = _question(text)
        if self._silent >= _MOST_SILENT:
            raise _UnreachableError(self._client.server, "not asked, after no reply to those before")
        try:
            reply = self._client.path(asked, origin=self._origin)
        except OriginError as error:
            self._silent = 0
            raise _origin_fault(error) from error
        except PathServiceError:
            self._silent += 1
            raise
        self._silent = 0
        if reply.code not in {Code.ROUTE, Code.ROUTE_AND_DOMAIN}:
            return _Answer(asked, reply, None)
        try:
            return _Answer(asked, reply, read(mailbox_of(reply), INTERNET))
        except MailPathsError as error:
            raise PathServiceError(self._client.server, f"no address of one mailbox: {reply.text!r}") from error

    def every(self, found: _Answer) -> list[_Answer | MailPathsError]:
        """Return what the server says of each host that an ambiguous name may mean."""
        user = found.asked.rpartition("@")[0]
        every: list[_Answer | MailPathsError] = []
        for host in named(found.reply):
            try:
                every.append(self.answer(f"{user}@{host}"))
            except MailPathsError as error:
                every.append(error)
        return every


def _server(_context: click.Context, _parameter: click.Parameter, value: str) -> Endpoint:
    from mailpaths.pathservice.client import endpoint

    try:
        return endpoint(value)
    except MailPathsError as error:
        raise click.BadParameter(f"{error}.") from error


@click.command(epilog=_EPILOG, short_help="Ask a path server for the address of each mailbox (RFC 915).")
@options.addresses
@click.option(
    "--server",
    callback=_server,
    default="127.0.0.1",
    show_default=True,
    metavar="HOST:PORT",
    help="The path server; port 117 unless it says another.",
)
@click.option("--from", "origin", metavar="HOST", help="The host where the roads begin, in place of the server's own.")
@click.option("--all", "every", is_flag=True, help="Show the hops, what the server said, and every host of the name.")
@click.option(
    "--timeout",
    type=options.Number(0, 86_400, min_open=True),
    default=DEFAULT_TIMEOUT,
    show_default=True,
    metavar="SECONDS",
    help="How long an answer may take.",
)
@options.as_json
@options.quiet
def pathto(  # noqa: PLR0913 - one parameter an option
    *,
    addresses: Sequence[str],
    server: Endpoint,
    origin: str | None,
    every: bool,
    timeout: float,
    as_json: bool,
    quiet: bool,
) -> int:
    """Print the address that each mailbox, user@host, has for a path server."""
    if every and as_json:
        raise click.UsageError("--all is for people, and --json has all of it: not both")
    inputs = streams.inputs(addresses)
    output = streams.Output()
    lay_out = layout.block(output)
    status = streams.OK
    with PathClient(server, timeout=timeout) as client:
        job = _Job(client, origin)
        for place, one in enumerate(inputs):
            found: _Answer | None = None
            fault: Exception | None = None
            try:
                found = job.answer(one.sound())
                fault = _fault(found)
            except Exception as error:  # noqa: BLE001 - a batch never stops, not even at a fault of mailpaths
                fault = error
            if fault is not None:
                status = max(status, _status(fault))
            if as_json:
                output.json(_row(one.text, found, fault))
            elif every and found is not None:
                block = lay_out(found.address or found.asked, _sections(found, job))
                output.block(f"\n{block}" if place else block)
            else:
                output.line("" if found is None else found.address)
                if found is not None and not quiet:
                    for doubt in found.warnings:
                        output.complain(streams.warning(doubt, one.text, one.number))
                if fault is not None and not quiet:
                    output.complain(streams.complaint(fault, one.text, one.number))
    output.flush()
    return status


def _fault(found: _Answer) -> MailPathsError | None:
    """Return what a reply without an address amounts to."""
    reply, host = found.reply, found.asked.rpartition("@")[2]
    head, *rest = [line.strip() for line in reply.lines]
    text = f"{head} {', '.join(rest)}".rstrip()
    match reply.code:
        case Code.ROUTE | Code.ROUTE_AND_DOMAIN:
            return None
        case Code.NOT_FOUND:
            return UnknownHostError(f"{reply.code} {text}", host, named(reply))
        case Code.AMBIGUOUS:
            return AmbiguousHostError(f"{reply.code} {text}", host, named(reply))
        case _ if reply.is_temporary:
            return TemporaryRoutingError(f"{reply.code} {text}", host)
        case _:
            return AddressSyntaxError(f"the server refuses it: {reply.code} {text}", found.asked, (0, len(found.asked)))


def _origin_fault(error: OriginError) -> MailPathsError:
    """Return what it amounts to that roads cannot begin at a host."""
    if error.reply.code == Code.NOT_FOUND:
        return UnknownHostError(str(error), error.origin, named(error.reply))
    if error.reply.is_temporary:
        return TemporaryRoutingError(str(error), error.origin)
    return error


def _status(error: Exception) -> int:
    """Return the exit status of an error: 69 where the server is not to be reached, 75 where it is only busy."""
    if isinstance(error, PathServiceError):
        busy = error.reply is not None and error.reply.is_temporary
        return streams.TRY_AGAIN if busy else streams.UnavailableError.exit_code
    return streams.status(error)


def _row(text: str, found: _Answer | None, fault: Exception | None) -> dict[str, object]:
    """Return an answer as the row of a batch."""
    reply = None if found is None else found.reply
    error = None if fault is None else streams.fault(fault, text)
    if error is not None and isinstance(fault, PathServiceError):
        error["kind"] = "unreachable"
    warnings = () if found is None else found.warnings
    return {
        "input": text,
        "status": "error" if fault is not None else "doubtful" if warnings else "ok",
        "notation": "rfc822" if found is not None else None,
        "output": None if found is None or found.route is None else found.address,
        "route": None if found is None else rows.route(found.route),
        "warnings": warnings,
        "error": error,
        "code": None if reply is None else reply.code,
        "reply": None if reply is None else reply.lines,
    }


def _sections(found: _Answer, job: _Job) -> list[Section]:
    """Return what is shown below the address."""
    reply = found.reply
    if found.route is not None:
        hops = f"{len(found.route.hosts)} hop{'' if len(found.route.hosts) == 1 else 's'}"
        road = (
            ("road", f"{' → '.join(found.route.hosts)}: {found.route.user}"),
            *[("doubt", doubt) for doubt in found.warnings],
        )
        return [Section("", f"{_meaning(reply.code)} {hops}", (road,))]
    if reply.code != Code.AMBIGUOUS:
        lines = tuple([(line,) for line in reply.lines[1:]])
        return [Section("", f"{reply.code} {reply.text}", (lines,) if lines else ())]
    table = []
    for one in job.every(found):
        if isinstance(one, _Answer):
            table.append((one.asked, one.address or f"{one.reply.code} {one.reply.text}"))
        else:
            table.append(("", str(one)))
    return [Section("", f"{reply.code} {reply.text}", (tuple(table),) if table else ())]


def _meaning(code: int) -> str:
    return next((f"{code} {known.meaning}" for known in Code if known == code), str(code))
