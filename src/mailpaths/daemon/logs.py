"""A log that programs can read: one line an event, ``key=value`` each, quoted where it must be."""

from __future__ import annotations

import json
import logging
import re
from typing import Protocol

__all__ = ["Journal", "Lines"]

_PERSONAL = frozenset({"peer", "address", "detail"})
_PLAIN = re.compile(r"[A-Za-z0-9_.,:/+@%!-]+\Z")


class Lines(Protocol):
    """Where lines go: any logger of the standard library is one."""

    def isEnabledFor(self, level: int, /) -> bool:  # noqa: N802 - as loggers of the standard library have it
        """Tell whether lines of a level are written."""
        ...

    def log(self, level: int, line: str, /) -> None:
        """Write a line, as it is."""
        ...


class Journal:
    """Writes events to a logger of the standard library, or whatever takes lines, as ``event=… key=value``.

    What peers send is quoted as JSON does, in ASCII, so that a line stays a line. Who asked, and for whom, is personal:
    with ``names_peers`` unset, what stands under ``peer``, ``address`` and ``detail`` is left out.

    >>> import sys
    >>> logger = logging.Logger("example")
    >>> logger.addHandler(logging.StreamHandler(sys.stdout))
    >>> Journal(logger).info("closed", peer="192.0.2.1", requests=3, reason="idle")
    event=closed requests=3 reason=idle
    """

    def __init__(self, logger: Lines, *, names_peers: bool = False) -> None:
        self._logger = logger
        #: Whether who asked, and for whom, is written.
        self.names_peers = names_peers

    def info(self, event: str, **facts: object) -> None:
        """Write of something that is as it should be."""
        self._write(logging.INFO, event, facts)

    def warning(self, event: str, **facts: object) -> None:
        """Write of something that somebody may want to look at."""
        self._write(logging.WARNING, event, facts)

    def error(self, event: str, **facts: object) -> None:
        """Write of something that failed."""
        self._write(logging.ERROR, event, facts)

    def _write(self, level: int, event: str, facts: dict[str, object]) -> None:
        if not self._logger.isEnabledFor(level):
            return
        shown = [
            f"{key}={_value(value)}"
            for key, value in facts.items()
            if value is not None and (self.names_peers or key not in _PERSONAL)
        ]
        # A logger of the standard library takes a line without arguments as it is, percent signs and all.
        self._logger.log(level, " ".join([f"event={event}", *shown]))


def _value(value: object) -> str:
    text = f"{value:.3f}" if isinstance(value, float) else str(value)
    return text if _PLAIN.match(text) else json.dumps(text)
