"""Routers by URL: ``map:FILE``, ``paths:FILE``, ``smarthost:relay``, ``gateways:``, and those of other rooms."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from mailpaths.errors import MapError, UnknownHostError, UnknownNameError
from mailpaths.routing.chain import Chain
from mailpaths.routing.gateways import GatewayDomains
from mailpaths.routing.pathtable import PathTable
from mailpaths.routing.router import Router
from mailpaths.routing.smarthost import SmartHost

if TYPE_CHECKING:
    from mailpaths.routing.uucp.uucpmap import UUCPMap

__all__ = ["GROUP", "Opener", "open_router", "schemes"]

#: The entry-point group under which other packages register an `Opener`, by the scheme of its URLs.
GROUP = "mailpaths.routers"

#: What makes a router of the part of a URL behind the scheme, and of the options behind its question mark.
Opener = Callable[[str, dict[str, str]], Router]


def open_router(urls: str | Iterable[str]) -> Router:
    """Return the router of a URL; of several URLs, the `Chain` of their routers.

    ``map:`` is the bundled UUCP map, ``map:FILE`` (several with commas between) a map of your own; ``?from=HOST`` says
    where roads begin, ``&mode=best`` asks for the cheapest. ``paths:FILE`` is a table of roads, ``smarthost:relay`` a
    host that knows better, ``gateways:`` the pseudo-domains of old networks, ``path://HOST:PORT`` a path server
    (RFC 915). Percent signs in URLs escape as usual.

    Raises `UnknownNameError` for a scheme that nobody registered and for an option that there is not, `MapError` where
    what the URL names cannot be read whole, `UnknownHostError` for a home that is not in the map. Faults in the text of
    a map or table raise nothing: they stand in the router's ``messages`` and ``faults``.

    >>> from mailpaths.routing import open_router
    >>> open_router("smarthost:relay.example").resolve("mcvax").hosts
    ('relay.example', 'mcvax')
    >>> open_router("map:?from=ihnp4").resolve("mcvax").hosts
    ('upba', 'pbi', 'uunet', 'mcvax')
    """
    if not isinstance(urls, str):
        found = [open_router(url) for url in urls]
        return found[0] if len(found) == 1 else Chain(found)
    scheme, colon, rest = urls.partition(":")
    from urllib.parse import parse_qsl

    body, _, query = rest.partition("?")
    choices = dict(parse_qsl(query, keep_blank_values=True, errors="surrogateescape"))
    opener = _OWN.get(scheme) if colon else None
    if opener is not None:
        return opener(body, choices)
    opener = _registered(scheme) if colon else None
    if opener is None:
        known = ", ".join([f"{name}:" for name in schemes()])
        raise UnknownNameError(f"unknown router {urls!r}; there are {known}")
    return opener(_plain(body), choices)


def schemes() -> list[str]:
    """Return the schemes of all URLs that `open_router` takes: our own, then those of other packages."""
    from importlib.metadata import entry_points  # loads where other packages are asked for

    others = {entry.name for entry in entry_points(group=GROUP)} - set(_OWN)
    return [*_OWN, *sorted(others)]


def _registered(scheme: str) -> Opener | None:
    from importlib.metadata import entry_points

    # The path service is a room above this one and registers itself; nobody else takes its name.
    found = entry_points(group=GROUP, name=scheme)
    for entry in sorted(found, key=lambda entry: entry.dist is None or entry.dist.name != "mailpaths"):
        try:
            opener: Opener = entry.load()
        except Exception as error:  # whatever another package does when it loads
            raise MapError(f"the router {scheme}: of {entry.value} cannot be loaded: {error}") from error
        return opener
    return None


def _open_map(body: str, options: dict[str, str]) -> Router:
    from mailpaths.routing.uucp.roads import MODES
    from mailpaths.routing.uucp.uucpmap import BUNDLED_HOME, UUCPMap  # loads where a map is asked for

    mode = MODES.get(options.pop("mode", "pathalias"))
    if mode is None:
        raise UnknownNameError("unknown mode of a map; there are pathalias and best")
    home = options.pop("from", None)
    _refuse("map", options, "from", "mode")
    if home == "":
        raise MapError("expected a host behind from=")
    # Split before it is unescaped: a comma in a name is written %2C.
    paths = [_plain(path) for path in body.split(",")] if body else []
    if not all(paths):
        raise MapError("expected a file between two commas, or map: alone: map:FILE,FILE")
    if not paths:
        found = UUCPMap.bundled(home=home or BUNDLED_HOME, mode=mode)
    else:
        found = UUCPMap.load(*paths, mode=mode)
        if found.troubles:
            raise MapError("; ".join([str(one) for one in found.troubles]))
        found = _at_home(found) if home is None else found.at(home)
    return found


def _at_home(found: UUCPMap) -> UUCPMap:
    """Return a map as seen from this host, by its whole name or the first label of it."""
    from mailpaths.routing.uucp.uucpmap import this_host

    name = this_host()
    try:
        return found.at(name)
    except UnknownHostError:
        return found.at(name.partition(".")[0])


def _open_paths(body: str, options: dict[str, str]) -> Router:
    _refuse("paths", options)
    if not body:
        raise MapError("expected a file: paths:FILE")
    return PathTable.load(_plain(body))


def _open_smart_host(body: str, options: dict[str, str]) -> Router:
    _refuse("smarthost", options)
    return SmartHost(_plain(body))


def _open_gateways(body: str, options: dict[str, str]) -> Router:
    if body:
        raise MapError("expected nothing behind gateways: but options, such as gateways:?.bitnet=gw.example")
    return GatewayDomains(options)


def _plain(text: str) -> str:
    """Return a part of a URL with its percent escapes undone; octets that are no UTF-8 stay those of a file name."""
    from urllib.parse import unquote

    return unquote(text, errors="surrogateescape")


def _refuse(scheme: str, options: dict[str, str], *known: str) -> None:
    if options:
        there = f"; there are {' and '.join(known)}" if known else ""
        raise UnknownNameError(f"unknown option {next(iter(options))!r} of {scheme}:{there}")


_OWN: dict[str, Opener] = {
    "map": _open_map,
    "paths": _open_paths,
    "smarthost": _open_smart_host,
    "gateways": _open_gateways,
}
