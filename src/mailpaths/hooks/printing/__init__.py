"""The lines that a mail server needs for the hook, and the units that systemd does: `printed`.

What is printed is what the project's own tests with the real programs are configured by.
"""

from __future__ import annotations

from typing import assert_never, get_args

from mailpaths.errors import UnknownNameError
from mailpaths.hooks.printing import exim, postfix, sendmail, systemd
from mailpaths.hooks.printing.asked import PrintingError, Server
from mailpaths.hooks.settings import Settings

__all__ = ["SERVERS", "PrintingError", "Server", "printed"]

#: Everybody who needs lines.
SERVERS: tuple[Server, ...] = get_args(Server)


def printed(server: str, settings: Settings) -> str:
    """Return the lines that ``postfix``, ``exim``, ``sendmail`` or ``systemd`` needs, each line whole.

    Raises `UnknownNameError` for anybody else, and `PrintingError` where the settings have no listener that the server
    can ask, or a value that its configuration would take for something else.

    >>> print(printed("postfix", Settings(names=("relay.example",))).splitlines()[0])
    # main.cf of Postfix 3.7 or newer: the rewrite hook for relay.example.
    """
    known = next((one for one in SERVERS if one == server), None)
    match known:
        case "postfix":
            return postfix.printed(settings)
        case "exim":
            return exim.printed(settings)
        case "sendmail":
            return sendmail.printed(settings)
        case "systemd":
            return systemd.printed(settings)
        case None:
            raise UnknownNameError(f"unknown server {server!r}; there are {', '.join(SERVERS)}")
        case _:
            assert_never(known)
