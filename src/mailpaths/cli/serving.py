"""What the servers of the command line share: a log on standard error, and a life until SIGTERM."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from mailpaths.cli import options, streams
from mailpaths.errors import MailPathsError

if TYPE_CHECKING:
    from mailpaths.daemon import Journal
    from mailpaths.daemon.lifecycle import Served

__all__ = ["LineLog", "serve"]

_SWITCH = 0.0005  # seconds


class LineLog:
    """Writes each line to standard error at once, or not at all; with the time, unless systemd's journal adds its own.

    What a full disk does not take is not kept: Python would try once more at the end, and end with an error for it. And
    a line costs a fifth of what the standard library's loggers take for one, which the hook feels. ``quiet`` leaves out
    what is as it should be.
    """

    def __init__(self, *, quiet: bool) -> None:
        self._level = logging.WARNING if quiet else logging.INFO
        self._has_time = not _goes_to_the_journal()
        self._second = 0
        self._stamp = ""

    def isEnabledFor(self, level: int, /) -> bool:  # noqa: N802 - as loggers of the standard library have it
        """Tell whether lines of a level are written."""
        return level >= self._level

    def log(self, level: int, line: str, /) -> None:
        """Write a line."""
        if level < self._level:
            return
        if self._has_time:
            now = time.time()
            second = int(now)
            if second != self._second:
                self._second = second
                self._stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
            line = f"{self._stamp}.{int(now * 1000) % 1000:03d}Z {line}"
        with suppress(OSError, ValueError):
            os.write(sys.stderr.fileno(), f"{line}\n".encode("utf-8", "backslashreplace"))


def serve(served: Served, journal: Journal) -> int:
    """Serve until told to end, and return the exit status. Raises what click shows of what kept it from serving."""
    from mailpaths.daemon.lifecycle import live
    from mailpaths.daemon.listening import ListenError

    # While a thread computes roads or reads a map, each turn of the loop waits for it so long: 5 ms unless told.
    sys.setswitchinterval(_SWITCH)
    try:
        asyncio.run(live(served, journal))
    except ListenError as error:
        raise streams.UnavailableError(str(error.strerror)) from error
    except MailPathsError as error:
        raise options.router_fault(error) from error
    return streams.OK


def _goes_to_the_journal() -> bool:
    """Tell whether standard error is the journal's own: JOURNAL_STREAM has its device and inode (systemd.exec(5))."""
    try:
        state = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError, AttributeError):
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{state.st_dev}:{state.st_ino}"
