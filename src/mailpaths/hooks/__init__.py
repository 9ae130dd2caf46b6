"""The rewrite hook of mail servers: rules that decide, the protocols in which servers ask, and the daemon that answers.

What stands in ``__all__`` here is the public face: documented, typed and stable. Each name loads its room when it is
first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailpaths.late import loader

if TYPE_CHECKING:
    from mailpaths.hooks.background import running
    from mailpaths.hooks.client import SocketmapClient, SocketmapError, SocketmapReply
    from mailpaths.hooks.configfile import ConfigError, Fault, UnreadableError, load, parse
    from mailpaths.hooks.decision import Decision, Deferred, Rewritten, Unchanged
    from mailpaths.hooks.doubting import doubts
    from mailpaths.hooks.maps import MAPS
    from mailpaths.hooks.milter import MilterConversation
    from mailpaths.hooks.printing import SERVERS, PrintingError, printed
    from mailpaths.hooks.rules import Rules
    from mailpaths.hooks.settings import Listener, Settings, X400Settings
    from mailpaths.hooks.socketmap import SocketmapConversation
    from mailpaths.hooks.tcptable import TcpTableConversation
    from mailpaths.hooks.wire import Conversation, Question, WireError

__all__ = [
    "MAPS",
    "SERVERS",
    "ConfigError",
    "Conversation",
    "Decision",
    "Deferred",
    "Fault",
    "Listener",
    "MilterConversation",
    "PrintingError",
    "Question",
    "Rewritten",
    "Rules",
    "Settings",
    "SocketmapClient",
    "SocketmapConversation",
    "SocketmapError",
    "SocketmapReply",
    "TcpTableConversation",
    "Unchanged",
    "UnreadableError",
    "WireError",
    "X400Settings",
    "doubts",
    "load",
    "parse",
    "printed",
    "running",
]

_ROOMS = {
    "background": ("running",),
    "client": ("SocketmapClient", "SocketmapError", "SocketmapReply"),
    "configfile": ("ConfigError", "Fault", "UnreadableError", "load", "parse"),
    "decision": ("Decision", "Deferred", "Rewritten", "Unchanged"),
    "doubting": ("doubts",),
    "maps": ("MAPS",),
    "milter": ("MilterConversation",),
    "printing": ("SERVERS", "PrintingError", "printed"),
    "rules": ("Rules",),
    "settings": ("Listener", "Settings", "X400Settings"),
    "socketmap": ("SocketmapConversation",),
    "tcptable": ("TcpTableConversation",),
    "wire": ("Conversation", "Question", "WireError"),
}
_load = loader(__name__, _ROOMS)


if not TYPE_CHECKING:  # to a type checker any name would be there

    def __getattr__(name: str) -> object:
        """Return a public name, loaded now."""
        return _load(name)


def __dir__() -> list[str]:
    """Return the public names, loaded or not."""
    return sorted({*globals(), *__all__})
