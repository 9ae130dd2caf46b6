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

__all__ = ["logger", "serve"]

_SWITCH = 0.0005  # seconds


def logger(name: str, *, quiet: bool) -> logging.Logger:
    """Return the logger of that name, which writes to standard error; ``quiet`` leaves out what is as it should be."""
    found = logging.getLogger(name)
    found.addHandler(_handler())
    found.setLevel(logging.WARNING if quiet else logging.INFO)
    return found


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


class _Log(logging.Handler):
    """Writes each line to standard error at once, or not at all.

    What a full disk does not take is not kept: Python would try once more at the end, and end with an error for it.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        line = f"{self.format(record)}\n".encode("utf-8", "backslashreplace")
        with suppress(OSError, ValueError):
            os.write(sys.stderr.fileno(), line)


def _handler() -> logging.Handler:
    """Return what writes the log: standard error, with the time unless systemd's journal adds its own."""
    found = _Log()
    if not _goes_to_the_journal():
        form = logging.Formatter("%(asctime)s.%(msecs)03dZ %(message)s", "%Y-%m-%dT%H:%M:%S")
        form.converter = time.gmtime
        found.setFormatter(form)
    return found


def _goes_to_the_journal() -> bool:
    """Tell whether standard error is the journal's own: JOURNAL_STREAM has its device and inode (systemd.exec(5))."""
    try:
        state = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError, AttributeError):
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{state.st_dev}:{state.st_ino}"
