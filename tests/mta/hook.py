"""The hook as a postmaster runs it: ``mailpaths serve socketmap``, a process that is stopped, killed and stalled."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailpaths.hooks.configfile import load
from mailpaths.hooks.settings import Settings
from tests.mta.daemons import Daemon
from tests.mta.places import PATIENCE, free_port, private_folder, wait_until

__all__ = ["Hook", "running_hook"]


class Hook:
    """What `running_hook` gives: the hook that runs by ``file``, on ``port`` of 127.0.0.1."""

    def __init__(self, file: Path, port: int) -> None:
        self.file = file
        self.port = port
        command = [sys.executable, "-m", "mailpaths", "serve", "socketmap", "--config", str(file)]
        self._daemon = Daemon(command, file.with_suffix(".log"))

    @property
    def settings(self) -> Settings:
        """What the file says."""
        return load(self.file)

    @property
    def log(self) -> str:
        return self._daemon.output

    def start(self) -> None:
        """Start it, and wait until it answers."""

        def is_up() -> bool:
            return self.ask("rcpt nobody@nowhere.example") == b"9:NOTFOUND ,"

        self._daemon.start(is_up)

    def ask(self, request: str) -> bytes:
        """Return the octets that come in reply to a request, none where nobody answers."""
        octets = request.encode()
        with socket.socket() as one:
            one.settimeout(PATIENCE)
            if one.connect_ex(("127.0.0.1", self.port)) != 0:
                return b""
            one.sendall(b"%d:%b," % (len(octets), octets))
            one.shutdown(socket.SHUT_WR)
            with one.makefile("rb") as stream:
                return stream.read()

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._daemon.send(number)

    def reload(self, said: str = "reloaded") -> None:
        """Have it read its file anew, and wait until it says so."""
        before = self.log.count(said)
        self.send(signal.SIGHUP)
        wait_until(lambda: self.log.count(said) > before, f"the log says {said!r} once more")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it, and wait until it has."""
        self._daemon.stop(how)


@contextmanager
def running_hook(home: Path, text: str, *, listen: str = "") -> Iterator[Hook]:
    """The hook with this ``mailpaths.toml`` for as long as the block runs.

    It listens on a port of its own, in socketmap; ``listen`` are further ``[[listen]]`` tables.
    """
    with private_folder(home, "hook") as run:
        port = free_port()
        file = run / "mailpaths.toml"
        file.write_text(f'{text}\n[[listen]]\nprotocol = "socketmap"\naddress = "inet:127.0.0.1:{port}"\n{listen}')
        hook = Hook(file, port)
        try:
            hook.start()
            yield hook
        finally:
            hook.stop()
