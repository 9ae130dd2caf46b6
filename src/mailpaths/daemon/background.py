"""`in_thread`: a server in a thread of this process, for tests, notebooks and examples."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import TypeVar

__all__ = ["in_thread"]

_T = TypeVar("_T")


@contextmanager
def in_thread(name: str, serving: Callable[[], AbstractAsyncContextManager[_T]]) -> Iterator[_T]:
    """Serve in an event loop of its own, and yield what the async context yields; it ends with the block.

    Raises here what beginning to serve raises.
    """
    begun: list[_T] = []
    failed: list[BaseException] = []
    is_up = threading.Event()
    loop_and_end: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        end = asyncio.Event()
        async with serving() as found:
            loop_and_end.append((asyncio.get_running_loop(), end))
            begun.append(found)
            is_up.set()
            await end.wait()

    def live() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:  # noqa: BLE001 - it is raised where somebody waits for it
            failed.append(error)
        finally:
            is_up.set()

    thread = threading.Thread(target=live, name=name, daemon=True)
    thread.start()
    is_up.wait()
    if not begun:
        raise failed[0]
    try:
        yield begun[0]
    finally:
        loop, end = loop_and_end[0]
        loop.call_soon_threadsafe(end.set)
        thread.join()
