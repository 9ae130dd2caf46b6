"""A server of the command line in a process of its own, as the tests of both servers run it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["PATIENCE", "Daemon", "daemon"]

PATIENCE = 60


class Daemon:
    """A server in a process of its own, and what it wrote so far."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self.log = log

    @property
    def text(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def until(self, pattern: str, count: int = 1) -> re.Match[str]:
        """Wait until this stands in the log so many times, and return where."""
        end = time.monotonic() + PATIENCE
        while True:
            found = list(re.finditer(pattern, self.text))
            if len(found) >= count:
                return found[count - 1]
            assert time.monotonic() < end, f"never {pattern!r} in:\n{self.text}"
            assert self.process.poll() is None, self.text
            time.sleep(0.02)

    @property
    def endpoint(self) -> str:
        """Where it listens, once it is ready: the first place that its status names."""
        return self.until(r'event=ready status="[^"]* on (?:inet:|unix:)?([^",]+)')[1]

    def end(self) -> int:
        """Tell it to end, and return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@contextmanager
def daemon(
    tmp_path: Path, name: str, *arguments: str, environment: dict[str, str] | None = None, **more: object
) -> Iterator[Daemon]:
    """Run ``mailpaths serve`` and the name; it is ended, if it has not ended."""
    log = tmp_path / f"log-{time.monotonic_ns()}"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "mailpaths", "serve", name, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            env={**os.environ, **(environment or {})},
            **more,  # type: ignore[call-overload]  # whatever Popen takes
        )
    try:
        yield Daemon(process, log)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(PATIENCE)
