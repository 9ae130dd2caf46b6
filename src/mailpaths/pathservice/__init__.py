"""The network mail path service of RFC 915, on TCP port 117: a server, a client, and a router that asks a server.

What stands in ``__all__`` here is the public face: documented, typed and stable. Each name loads its room when it is
first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailpaths.late import loader

if TYPE_CHECKING:
    from mailpaths.pathservice.background import running
    from mailpaths.pathservice.client import PORT, AsyncPathClient, PathClient
    from mailpaths.pathservice.codes import Code
    from mailpaths.pathservice.dialog import OriginError, PathServiceError
    from mailpaths.pathservice.directory import Directory, Listed
    from mailpaths.pathservice.domains import DNSDomains, DomainCheck
    from mailpaths.pathservice.protocol import BadLine, ClientProtocol, Command, ServerProtocol, command_line
    from mailpaths.pathservice.reply import Reply, WireError
    from mailpaths.pathservice.router import AsyncPathServiceRouter, PathServiceRouter
    from mailpaths.pathservice.server import PathServer
    from mailpaths.pathservice.service import Caller, Later, PathService
    from mailpaths.pathservice.statistics import Statistics
    from mailpaths.pathservice.worlds import World

__all__ = [
    "PORT",
    "AsyncPathClient",
    "AsyncPathServiceRouter",
    "BadLine",
    "Caller",
    "ClientProtocol",
    "Code",
    "Command",
    "DNSDomains",
    "Directory",
    "DomainCheck",
    "Later",
    "Listed",
    "OriginError",
    "PathClient",
    "PathServer",
    "PathService",
    "PathServiceError",
    "PathServiceRouter",
    "Reply",
    "ServerProtocol",
    "Statistics",
    "WireError",
    "World",
    "command_line",
    "running",
]

_ROOMS = {
    "background": ("running",),
    "client": ("PORT", "AsyncPathClient", "PathClient"),
    "codes": ("Code",),
    "dialog": ("OriginError", "PathServiceError"),
    "directory": ("Directory", "Listed"),
    "domains": ("DNSDomains", "DomainCheck"),
    "protocol": ("BadLine", "ClientProtocol", "Command", "ServerProtocol", "command_line"),
    "reply": ("Reply", "WireError"),
    "router": ("AsyncPathServiceRouter", "PathServiceRouter"),
    "server": ("PathServer",),
    "service": ("Caller", "Later", "PathService"),
    "statistics": ("Statistics",),
    "worlds": ("World",),
}
_load = loader(__name__, _ROOMS)


if not TYPE_CHECKING:  # to a type checker any name would be there

    def __getattr__(name: str) -> object:
        """Return a public name, loaded now."""
        return _load(name)


def __dir__() -> list[str]:
    """Return the public names, loaded or not."""
    return sorted({*globals(), *__all__})
