"""A server as a process that tests start and end: `Daemon`, which the mail servers and the hook are run by."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from tests.mta import programs
from tests.mta.places import PATIENCE, wait_until

__all__ = ["Daemon", "is_listening"]


def is_listening(port: int) -> bool:
    """Tell whether somebody takes connections on a port of 127.0.0.1."""
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


class Daemon:
    """A command that runs until it is told to end, in a process group of its own; what it prints goes to ``output``."""

    def __init__(self, command: Sequence[str | Path], output: Path) -> None:
        self._command = command
        self._output = output
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def output(self) -> str:
        return self._output.read_text(errors="surrogateescape") if self._output.exists() else ""

    def start(self, is_up: Callable[[], bool]) -> None:
        """Start it, and wait until it is up. Raises `NoWitnessError` where it ends before."""
        with self._output.open("ab") as file:
            process = subprocess.Popen(
                self._command,
                env=programs.environment(),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        self._process = process

        def is_up_or_ended() -> bool:
            if process.poll() is not None:
                raise programs.NoWitnessError(f"{self._command} ended: {self.output[-1000:]}")
            return is_up()

        wait_until(is_up_or_ended, f"{self._command} is up")

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self._process is not None, "it does not run"
        self._process.send_signal(number)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it and its children, and wait until it has ended."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        process.send_signal(signal.SIGCONT)  # one that is stalled would not hear of its end
        try:
            process.wait(PATIENCE)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(PATIENCE)
