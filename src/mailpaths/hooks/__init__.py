"""The rewrite hook of mail servers: rules that decide, the protocols in which servers ask, and the daemon that answers.

What stands in ``__all__`` here is the public face: documented, typed and stable. Each name loads its room when it is
first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailpaths.late import loader

if TYPE_CHECKING:
    from mailpaths.hooks.decision import Decision, Deferred, Rewritten, Unchanged
    from mailpaths.hooks.maps import MAPS
    from mailpaths.hooks.rules import Rules
    from mailpaths.hooks.settings import Listener, Settings, X400Settings
    from mailpaths.hooks.wire import Conversation, Question, WireError

__all__ = [
    "MAPS",
    "Conversation",
    "Decision",
    "Deferred",
    "Listener",
    "Question",
    "Rewritten",
    "Rules",
    "Settings",
    "Unchanged",
    "WireError",
    "X400Settings",
]

_ROOMS = {
    "decision": ("Decision", "Deferred", "Rewritten", "Unchanged"),
    "maps": ("MAPS",),
    "rules": ("Rules",),
    "settings": ("Listener", "Settings", "X400Settings"),
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
