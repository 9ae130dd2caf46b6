"""`Links`: the connections that a server has, and how all of them end."""

from __future__ import annotations

import asyncio
from typing import TypeVar

from mailpaths.daemon.link import Link

__all__ = ["Links"]

_L = TypeVar("_L", bound=Link)

#: Seconds for what is in flight when a server ends.
_GRACE = 5.0
# Seconds for the last words to those whose answer did not come in that time.
_LAST_WORDS = 0.5


class Links(set[_L]):
    """The connections of a server, each from when it comes until it is closed."""

    def __init__(self) -> None:
        super().__init__()
        self._empty = asyncio.Event()

    def discard(self, link: object, /) -> None:
        """Forget a connection that is closed."""
        super().discard(link)
        if not self:
            self._empty.set()

    async def end(self) -> None:
        """Have every connection answer what was read, and end; who has no answer in time is told so, and let go."""
        for one in tuple(self):
            one.stop()
        if not self:
            return
        self._empty.clear()
        try:
            await asyncio.wait_for(self._empty.wait(), _GRACE)
        except TimeoutError:
            for one in tuple(self):
                one.give_notice()
            await asyncio.sleep(_LAST_WORDS)
            for one in tuple(self):
                one.abort()
            await asyncio.sleep(0)
