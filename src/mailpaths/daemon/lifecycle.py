"""The life of a server process: started, reloaded by SIGHUP, ended by SIGTERM, and systemd told of each."""

from __future__ import annotations

import asyncio
import resource
import signal
from contextlib import suppress
from typing import Protocol

from mailpaths.daemon import systemd
from mailpaths.daemon.logs import Journal

__all__ = ["Served", "allow_connections", "allow_files", "live"]


class Served(Protocol):
    """What lives so: a server with what it serves."""

    async def start(self) -> str:
        """Begin to serve, and return in a few words what; raises where that cannot be."""
        ...

    async def reload(self) -> str:
        """Take what it serves anew, and return in a few words what; raises where that cannot be, and keeps the old."""
        ...

    async def stop(self) -> None:
        """End: answer what was asked, and let everybody go. Is called whether or not `start` came to its end."""
        ...


async def live(served: Served, journal: Journal) -> None:
    """Serve until SIGTERM or SIGINT comes; SIGHUP reloads, one at a time. Raises what `Served.start` raises.

    A reload that fails is logged and changes nothing. Only for POSIX, in the main thread.
    """
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    asked = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    loop.add_signal_handler(signal.SIGHUP, asked.set)
    tasks = [asyncio.create_task(_served(served, asked, journal)), asyncio.create_task(ended.wait())]
    beat = asyncio.create_task(_beat())
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()  # a start that failed is raised
        journal.info("stopping")
    finally:
        systemd.stopping()
        for task in (*tasks, beat):
            task.cancel()
        await served.stop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.remove_signal_handler(number)
        # The end is under way: told a second time, the process must not end as one that was killed.
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)


async def _served(served: Served, asked: asyncio.Event, journal: Journal) -> None:
    status = await served.start()
    journal.info("ready", status=status)
    systemd.ready(status)
    while True:
        await asked.wait()
        asked.clear()
        systemd.reloading()
        try:
            status = await served.reload()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the new, the old serves on
            journal.error("reload-failed", error=f"{type(error).__name__}: {error}")
            systemd.ready(f"{status} (a reload failed: {error})".replace("\n", " "))
        else:
            journal.info("reloaded", status=status)
            systemd.ready(status)


async def _beat() -> None:
    """Tell systemd's watchdog, if there is one, that the loop goes round."""
    seconds = systemd.watchdog_seconds()
    while seconds is not None:
        systemd.notify("WATCHDOG=1")
        await asyncio.sleep(seconds)


# Files that are open beside connections: listeners, the log, a map that is read, the loop's own.
_OTHER_FILES = 64
_MOST_FILES = 1 << 20


def allow_connections(count: int, journal: Journal) -> int:
    """Let this process have so many connections, 0 for no limit, and return how many it may have.

    Those that are refused are connections, too, as long as it takes to say so. Where there may not be so many files the
    journal is told.
    """
    files = 2 * count + _OTHER_FILES if count else _MOST_FILES
    allowed = allow_files(files)
    if not count or allowed >= files:
        return count
    journal.warning("few-files", wanted=files, allowed=allowed)
    return max((allowed - _OTHER_FILES) // 2, 1)


def allow_files(count: int) -> int:
    """Let this process have so many files open, if it may, and return how many it may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    return count if soft == resource.RLIM_INFINITY else soft
