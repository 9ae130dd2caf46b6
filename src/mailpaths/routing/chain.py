"""Routers made of routers: `Chain` asks one after the other, `Cached` remembers answers; each has an async twin."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable

from mailpaths import names
from mailpaths.routing.answer import Answer, NotFound, TemporaryFailure
from mailpaths.routing.router import AsyncRouter, Router

__all__ = ["AsyncCached", "AsyncChain", "Cached", "Chain"]

#: Seconds for which an answer is believed, and how many answers are kept.
DEFAULT_TTL = 300.0
DEFAULT_SIZE = 4096


def _closed(routers: Iterable[object]) -> list[object]:
    """Close the routers that hold a connection, and return what is to be awaited of it."""
    closes = [getattr(one, "close", None) for one in routers]
    return [close() for close in closes if callable(close)]


async def _closed_in_turn(routers: Iterable[object]) -> None:
    for one in _closed(routers):
        if isinstance(one, Awaitable):
            await one


def _summed_up(misses: Iterable[NotFound]) -> NotFound:
    return NotFound(tuple(dict.fromkeys([name for miss in misses for name in miss.near_misses])))


class Chain:
    """A router that asks routers in their order until one knows the host.

    Any answer but `NotFound` ends it: a `TemporaryFailure` too, since the router that could not answer might know the
    one right road, and the next a wrong one. Where nobody knows the host, all the near misses are handed on.

    >>> from mailpaths.routing import Chain, GatewayDomains, SmartHost
    >>> roads = Chain([GatewayDomains(), SmartHost("relay.example")])
    >>> roads.resolve("pucc.BITNET").hosts
    ('cunyvm.cuny.edu', 'pucc.BITNET')
    >>> roads.resolve("mcvax").hosts
    ('relay.example', 'mcvax')
    """

    def __init__(self, routers: Iterable[Router]) -> None:
        self.routers = tuple(routers)

    def resolve(self, host: str, *, origin: str | None = None) -> Answer:
        """Return the first answer that is one."""
        misses: list[NotFound] = []
        for router in self.routers:
            answer = router.resolve(host, origin=origin)
            if not isinstance(answer, NotFound):
                return answer
            misses.append(answer)
        return _summed_up(misses)

    def close(self) -> None:
        """End the connections of the routers that hold one; they can be used again."""
        _closed(self.routers)

    def __repr__(self) -> str:
        """Return the call that makes it."""
        return f"Chain({list(self.routers)!r})"


class AsyncChain:
    """The async twin of `Chain`, over async routers (a plain one goes in as `InThread`)."""

    def __init__(self, routers: Iterable[AsyncRouter]) -> None:
        self.routers = tuple(routers)

    async def resolve(self, host: str, *, origin: str | None = None) -> Answer:
        """Return the first answer that is one."""
        misses: list[NotFound] = []
        for router in self.routers:
            answer = await router.resolve(host, origin=origin)
            if not isinstance(answer, NotFound):
                return answer
            misses.append(answer)
        return _summed_up(misses)

    async def close(self) -> None:
        """End the connections of the routers that hold one; they can be used again."""
        await _closed_in_turn(self.routers)

    def __repr__(self) -> str:
        """Return the call that makes it."""
        return f"AsyncChain({list(self.routers)!r})"


class _Memory:
    """The answers, the one asked for longest ago first; safe to share between threads."""

    def __init__(self, ttl: float, size: int, clock: Callable[[], float]) -> None:
        if ttl <= 0 or size < 1:
            raise ValueError("a cache keeps at least one answer, for more than no time")
        self.ttl = ttl
        self.size = size
        self._clock = clock
        self._answers: OrderedDict[tuple[str, str | None], tuple[float, Answer]] = OrderedDict()
        self._lock = threading.Lock()

    @staticmethod
    def key(host: str, origin: str | None) -> tuple[str, str | None]:
        # A template spells the host as the question did, so only questions to the letter are the same.
        return host, None if origin is None else names.fold(origin)

    def get(self, key: tuple[str, str | None]) -> Answer | None:
        with self._lock:
            kept = self._answers.get(key)
            if kept is None:
                return None
            end, answer = kept
            if end <= self._clock():
                del self._answers[key]
                return None
            self._answers.move_to_end(key)
            return answer

    def put(self, key: tuple[str, str | None], answer: Answer) -> None:
        if isinstance(answer, TemporaryFailure) or len(key[0]) > names.MAX_DOMAIN:
            return
        with self._lock:
            self._answers[key] = (self._clock() + self.ttl, answer)
            self._answers.move_to_end(key)
            while len(self._answers) > self.size:
                self._answers.popitem(last=False)

    def __len__(self) -> int:
        return len(self._answers)


class Cached:
    """A router that remembers another's answers for ``ttl`` seconds, at most ``size`` of them.

    A `TemporaryFailure` is never remembered, and neither is the answer about a text longer than any name. Raises
    `ValueError` for a time or size of nothing.

    >>> from mailpaths.routing import SmartHost
    >>> Cached(SmartHost("relay.example"), ttl=60).resolve("mcvax").hosts
    ('relay.example', 'mcvax')
    """

    def __init__(
        self,
        router: Router,
        *,
        ttl: float = DEFAULT_TTL,
        size: int = DEFAULT_SIZE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.router = router
        self._memory = _Memory(ttl, size, clock)

    def resolve(self, host: str, *, origin: str | None = None) -> Answer:
        """Return the answer that is remembered, or the router's."""
        key = self._memory.key(host, origin)
        answer = self._memory.get(key)
        if answer is None:
            answer = self.router.resolve(host, origin=origin)
            self._memory.put(key, answer)
        return answer

    def close(self) -> None:
        """End the router's connection, if it holds one; what is remembered stays."""
        _closed([self.router])

    def __len__(self) -> int:
        """Return how many answers are kept now."""
        return len(self._memory)


class AsyncCached:
    """The async twin of `Cached`."""

    def __init__(
        self,
        router: AsyncRouter,
        *,
        ttl: float = DEFAULT_TTL,
        size: int = DEFAULT_SIZE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.router = router
        self._memory = _Memory(ttl, size, clock)

    async def resolve(self, host: str, *, origin: str | None = None) -> Answer:
        """Return the answer that is remembered, or the router's."""
        key = self._memory.key(host, origin)
        answer = self._memory.get(key)
        if answer is None:
            answer = await self.router.resolve(host, origin=origin)
            self._memory.put(key, answer)
        return answer

    async def close(self) -> None:
        """End the router's connection, if it holds one; what is remembered stays."""
        await _closed_in_turn([self.router])

    def __len__(self) -> int:
        """Return how many answers are kept now."""
        return len(self._memory)
