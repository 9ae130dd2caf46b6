"""What all servers of mailpaths share: where they listen, what a peer may do, what systemd is told, how they log.

What stands in ``__all__`` here is the public face: documented, typed and stable. Each name loads its room when it is
first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailpaths.late import loader

if TYPE_CHECKING:
    from mailpaths.daemon.endpoint import Endpoint, EndpointError, UnixSocket
    from mailpaths.daemon.limits import Limits
    from mailpaths.daemon.logs import Journal, Lines

__all__ = ["Endpoint", "EndpointError", "Journal", "Limits", "Lines", "UnixSocket"]

_ROOMS = {
    "endpoint": ("Endpoint", "EndpointError", "UnixSocket"),
    "limits": ("Limits",),
    "logs": ("Journal", "Lines"),
}
_load = loader(__name__, _ROOMS)


if not TYPE_CHECKING:  # to a type checker any name would be there

    def __getattr__(name: str) -> object:
        """Return a public name, loaded now."""
        return _load(name)


def __dir__() -> list[str]:
    """Return the public names, loaded or not."""
    return sorted({*globals(), *__all__})
