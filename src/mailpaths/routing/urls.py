"""Routers by URL: ``map:FILE``, ``paths:FILE``, ``smarthost:relay``, ``gateways:``, and what other packages add."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mailpaths.errors import MapError, UnknownNameError
from mailpaths.routing.chain import Chain
from mailpaths.routing.gateways import GatewayDomains
from mailpaths.routing.pathtable import PathTable
from mailpaths.routing.router import Router
from mailpaths.routing.smarthost import SmartHost

__all__ = ["GROUP", "Opener", "open_router", "schemes"]

#: The entry-point group under which other packages register an `Opener`, by the scheme of its URLs.
GROUP = "mailpaths.routers"

#: What makes a router of the part of a URL behind the scheme, and of the options behind its question mark.
Opener = Callable[[str, dict[str, str]], Router]


def open_router(urls: str | Iterable[str]) -> Router:
    """Return the router of a URL; of several URLs, the `Chain` of their routers.

    ``map:`` is the bundled UUCP map, ``map:FILE`` (several with commas between) a map of your own; ``?from=HOST`` says
    where roads begin, ``&mode=best`` asks for the cheapest. ``paths:FILE`` is a table of roads, ``smarthost:relay`` a
    host that knows better, ``gateways:`` the pseudo-domains of old networks. Percent signs in URLs escape as usual.

    Raises `UnknownNameError` for a scheme that nobody registered, `MapError` where what the URL names is not to be had.

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
    opener = _OWN.get(scheme) if colon else None
    if opener is None and colon:
        opener = _registered(scheme)
    if opener is None:
        known = ", ".join([f"{name}:" for name in schemes()])
        raise UnknownNameError(f"unknown router {urls!r}; there are {known}")
    from urllib.parse import parse_qsl, unquote

    body, _, query = rest.partition("?")
    return opener(unquote(body), dict(parse_qsl(query, keep_blank_values=True)))


def schemes() -> list[str]:
    """Return the schemes of all URLs that `open_router` takes: our own, then those of other packages."""
    from importlib.metadata import entry_points  # loads where other packages are asked for

    others = {entry.name for entry in entry_points(group=GROUP)} - set(_OWN)
    return [*_OWN, *sorted(others)]


def _registered(scheme: str) -> Opener | None:
    from importlib.metadata import entry_points

    for entry in entry_points(group=GROUP, name=scheme):
        try:
            opener: Opener = entry.load()
        except (ImportError, AttributeError) as error:
            raise MapError(f"the router {scheme}: of {entry.value} cannot be loaded: {error}") from error
        return opener
    return None


def _open_map(body: str, options: dict[str, str]) -> Router:
    from mailpaths.routing.uucp.roads import MODES
    from mailpaths.routing.uucp.uucpmap import BUNDLED_HOME, UUCPMap  # loads where a map is asked for

    mode = MODES.get(options.pop("mode", "pathalias"))
    if mode is None:
        raise MapError("unknown mode of a map; there are pathalias and best")
    home = options.pop("from", None)
    _refuse("map", options)
    paths = body.split(",") if body else []
    if not all(paths):
        raise MapError("expected a file between two commas, or map: alone: map:FILE,FILE")
    if not paths:
        found = UUCPMap.bundled(home=home or BUNDLED_HOME, mode=mode)
    else:
        found = UUCPMap.load(*paths, home=home or _this_host(), mode=mode)
    found.roads()
    return found


def _open_paths(body: str, options: dict[str, str]) -> Router:
    _refuse("paths", options)
    if not body:
        raise MapError("expected a file: paths:FILE")
    return PathTable.load(body)


def _open_smart_host(body: str, options: dict[str, str]) -> Router:
    _refuse("smarthost", options)
    return SmartHost(body)


def _open_gateways(body: str, options: dict[str, str]) -> Router:
    if body:
        raise MapError("expected nothing behind gateways: but options, such as gateways:?.bitnet=gw.example")
    return GatewayDomains(options)


def _refuse(scheme: str, options: dict[str, str]) -> None:
    if options:
        raise MapError(f"unknown option {next(iter(options))!r} of {scheme}:")


def _this_host() -> str:
    """Return the name of this host, as pathalias takes it for the home of a map that names none."""
    import socket  # loads where nothing else is said

    return socket.gethostname().partition(".")[0]


_OWN: dict[str, Opener] = {
    "map": _open_map,
    "paths": _open_paths,
    "smarthost": _open_smart_host,
    "gateways": _open_gateways,
}
