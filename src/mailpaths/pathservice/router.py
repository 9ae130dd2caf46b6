"""`PathServiceRouter` and its async twin: routers that ask a path server, and believe no more of it than they must."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from mailpaths import names
from mailpaths.addresses import Mailbox, parse
from mailpaths.errors import AddressSyntaxError, ConversionError, MailPathsError, MapError, UnknownNameError
from mailpaths.pathservice.client import AsyncPathClient, PathClient
from mailpaths.pathservice.codes import Code
from mailpaths.pathservice.dialog import DEFAULT_TIMEOUT, OriginError, PathServiceError
from mailpaths.pathservice.reply import Reply, WireError
from mailpaths.policy import INTERNET
from mailpaths.reading import read
from mailpaths.routing.answer import Ambiguous, Answer, Found, NotFound, TemporaryFailure
from mailpaths.routing.lookup import is_name
from mailpaths.routing.template import RouteTemplate

if TYPE_CHECKING:
    from types import TracebackType

    from mailpaths.daemon.endpoint import Endpoint

__all__ = ["AsyncPathServiceRouter", "PathServiceRouter", "answer_of", "mailbox_of", "named", "open_path_service"]

# Who is asked for: RFC 822 6.3 has every host know this one, and a server that logs it has learned nothing.
_USER = "postmaster"


class PathServiceRouter:
    """A router that asks a path server (RFC 915), such as ``mailpaths serve path``.

    ``url`` is ``path://HOST:PORT``, or without the scheme; port 117 unless it says another. One connection is kept. An
    answer may take ``timeout`` seconds, ten unless told otherwise.

    Whatever goes wrong is an `Answer`: a server that cannot be reached, is busy, or talks nonsense is a
    `TemporaryFailure`. The address in a reply must be one address, read as RFC 822 and RFC 1123 say, and must be for
    the user that was asked for; else it is nonsense, too.

    >>> from mailpaths.pathservice import PathServiceRouter, running
    >>> from mailpaths.routing import UUCPMap
    >>> with running(UUCPMap.bundled()) as server, PathServiceRouter(f"path://{server}") as router:
    ...     router.resolve("mcvax.uucp").hosts
    ('mimsy', 'uunet', 'mcvax')
    """

    def __init__(self, url: Endpoint | str, *, timeout: float = DEFAULT_TIMEOUT) -> None:
        self._client = PathClient(url, timeout=timeout)

    @property
    def server(self) -> Endpoint:
        """The server that is asked."""
        return self._client.server

    def resolve(self, host: str, *, origin: str | None = None) -> Answer:
        """Return the road to a host: see `mailpaths.routing.Router.resolve`.

        A server that knows no roads from elsewhere is asked for those from itself, whatever the ``origin``.
        """
        name, begin = _asked(host), None if origin is None else _asked(origin)
        if name is None or (origin is not None and begin is None):
            return NotFound()
        try:
            try:
                reply = self._client.path(f"{_USER}@{name}", origin=begin)
            except OriginError as error:
                if error.reply.code != Code.NOT_IMPLEMENTED:
                    return _from_nowhere(error)
                reply = self._client.path(f"{_USER}@{name}")
        except (PathServiceError, WireError) as error:
            return TemporaryFailure(str(error))
        return answer_of(reply, self.server)

    def close(self) -> None:
        """End the connection; the router can be used again."""
        self._client.close()

    def __enter__(self) -> Self:
        """Return the router."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def __repr__(self) -> str:
        """Return the call that makes it."""
        return f"PathServiceRouter('path://{self.server}', timeout={self._client.timeout!r})"


class AsyncPathServiceRouter:
    """The async twin of `PathServiceRouter`."""

    def __init__(self, url: Endpoint | str, *, timeout: float = DEFAULT_TIMEOUT) -> None:
        self._client = AsyncPathClient(url, timeout=timeout)

    @property
    def server(self) -> Endpoint:
        """The server that is asked."""
        return self._client.server

    async def resolve(self, host: str, *, origin: str | None = None) -> Answer:
        """Return the road to a host: see `PathServiceRouter.resolve`."""
        name, begin = _asked(host), None if origin is None else _asked(origin)
        if name is None or (origin is not None and begin is None):
            return NotFound()
        try:
            try:
                reply = await self._client.path(f"{_USER}@{name}", origin=begin)
            except OriginError as error:
                if error.reply.code != Code.NOT_IMPLEMENTED:
                    return _from_nowhere(error)
                reply = await self._client.path(f"{_USER}@{name}")
        except (PathServiceError, WireError) as error:
            return TemporaryFailure(str(error))
        return answer_of(reply, self.server)

    async def close(self) -> None:
        """End the connection; the router can be used again."""
        await self._client.close()

    async def __aenter__(self) -> Self:
        """Return the router."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        await self.close()

    def __repr__(self) -> str:
        """Return the call that makes it."""
        return f"AsyncPathServiceRouter('path://{self.server}', timeout={self._client.timeout!r})"


def _asked(host: str) -> str | None:
    """Return a name as a question may have it, ``None`` for what is no name."""
    if not is_name(names.without_dot(host)):
        return None
    try:
        return names.to_ascii(host)
    except ConversionError:
        return None


def _from_nowhere(error: OriginError) -> Answer:
    """Return the answer about a road from a host that the server does not know."""
    return NotFound() if error.reply.code == Code.NOT_FOUND else TemporaryFailure(str(error))


def answer_of(reply: Reply, server: Endpoint) -> Answer:
    """Return what a reply to PATH means; nothing in it can make this raise.

    >>> from mailpaths.daemon.endpoint import Endpoint
    >>> answer_of(Reply(520, "No such host."), Endpoint("gw.example", 117))
    NotFound(near_misses=())
    """
    source = f"path server {server}"
    match reply.code:
        case Code.ROUTE | Code.ROUTE_AND_DOMAIN:
            try:
                return Found(_template(reply), source=source)
            except MailPathsError:
                return TemporaryFailure(f"{source}: not one address, or not of the user asked for: {reply.text!r}")
        case Code.NOT_FOUND:
            return NotFound(named(reply))
        case Code.AMBIGUOUS:
            return Ambiguous(named(reply))
        case _:
            return TemporaryFailure(f"{source} says {reply.code} {reply.text}".rstrip())


def named(reply: Reply) -> tuple[str, ...]:
    """Return the hosts that the lines behind the first name: ``user@host``, or the host alone."""
    hosts = [line.rpartition("@")[2].strip() for line in reply.lines[1:]]
    return tuple(dict.fromkeys([host for host in hosts if is_name(host)]))


def mailbox_of(reply: Reply) -> Mailbox:
    """Return the address in a reply of code 220 or 230. Raises `MailPathsError` where it is not one, and alone.

    >>> mailbox_of(Reply(220, "philabs!mcvax!inria!root@SEISMO.ARPA")).domain
    'SEISMO.ARPA'
    """
    text = reply.text
    box = parse(text, "rfc822")
    if len(reply.lines) > 1 or box.domain is None or box.addr_spec != text:
        raise AddressSyntaxError("expected one address and nothing else", text, (0, len(text)))
    return box


def _template(reply: Reply) -> RouteTemplate:
    """Return the road to the user that was asked for. Raises `MailPathsError` where the reply has no such thing."""
    route = read(mailbox_of(reply), INTERNET)
    text = reply.text
    if route.user != _USER or not all(map(is_name, route.hosts)):
        raise AddressSyntaxError(f"expected an address of {_USER}", text, (0, len(text)))
    if text.count(_USER) == 1 and '"' not in text:
        found = RouteTemplate.parse(text.replace("%", "%%").replace(_USER, "%s"), INTERNET)
        if found.hosts == route.hosts:
            return found
    # A host has the name of the user, or the user stands in quotes that another may not need: in a spelling of ours.
    first, *rest = [host.replace("%", "%%") for host in route.hosts]
    return RouteTemplate(f"{'!'.join([*rest, '%s'])}@{first}", route.hosts)


def open_path_service(body: str, options: dict[str, str]) -> PathServiceRouter:
    """Return the router of a URL ``path://HOST:PORT``, what ``mailpaths.routing.open_router`` calls for the scheme.

    ``?timeout=SECONDS`` is how long an answer may take. Raises `UnknownNameError` for another option, `MapError` for
    what is no time, `mailpaths.daemon.endpoint.EndpointError` for what is no host and port.
    """
    timeout = options.pop("timeout", str(DEFAULT_TIMEOUT))
    if options:
        raise UnknownNameError(f"unknown option {next(iter(options))!r} of path:; there is timeout")
    try:
        return PathServiceRouter(body.removeprefix("//"), timeout=float(timeout))
    except MailPathsError:
        raise
    except ValueError as error:
        raise MapError(f"expected seconds behind timeout=, found {timeout!r}") from error
