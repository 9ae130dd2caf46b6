"""Servers for the benchmarks, each in a process of its own: ``mailpaths serve path``, and its peer.

``python -m benchmarks.path_server`` is the least that asyncio can do for a line: a protocol that writes back what it
reads. It says where it listens and serves until it is ended. `Serving` runs a server and waits until it serves. Linux:
what a process takes is read from the kernel.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

HOST = "127.0.0.1"
#: The commands of the two servers.
PATH = (
    *(sys.executable, "-m", "mailpaths", "serve", "path", "--listen", f"{HOST}:0", "--router", "map:"),
    *("--max-connections", "0", "--max-per-address", "0", "--max-rate", "0", "--idle", "3600"),
)
ECHO = (sys.executable, "-m", "benchmarks.path_server")
# What says that a server serves: ours listens first, and reads its map then.
_PLACE = re.compile(rb"(?:^| hosts on | on inet:)127\.0\.0\.1:([1-9][0-9]*)\b", re.MULTILINE)
# Seconds to read the map in; seconds to end.
_START = 30.0
_END = 10.0
# One whose parent was killed ends by itself.
_LIFE = 3600.0
# Files that one may have open: its callers.
_FILES = 10_000


class Serving:
    """A server process: ``port`` is where it listens."""

    def __init__(self, command: Sequence[str]) -> None:
        self.port = 0
        # A file, not a pipe: nobody has to read on what the server says.
        with tempfile.TemporaryFile() as said:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd=Path(__file__).parent.parent
            )
            end = time.monotonic() + _START
            while not self.port:
                said.seek(0)
                text = said.read()
                found = _PLACE.search(text)
                if found is not None:
                    self.port = int(found[1])
                elif self._process.poll() is not None or time.monotonic() > end:
                    self.stop()
                    raise OSError(f"no server: {text.decode(errors='replace')}")
                else:
                    time.sleep(0.02)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self.stop()

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        try:
            self._process.wait(_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def cpu(self) -> float:
        """Return the seconds that it has computed so far, the system's work for it included."""
        # The name, in parentheses, may hold spaces; utime and stime are fields 14 and 15 (proc(5)).
        fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident(self) -> int:
        """Return its resident size in kB (1,024 octets, as the kernel counts)."""
        # Not VmRSS of status, of which proc(5) says that it is inaccurate: every thread keeps a part of it to itself.
        for line in Path(f"/proc/{self._process.pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Rss:"):
                return int(line.split()[1])
        raise OSError("no Rss in smaps_rollup")


class _Echo(asyncio.Protocol):
    """Writes back what it reads."""

    _transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._transport.write(data)


async def _serve_echo() -> None:
    server = await asyncio.get_running_loop().create_server(_Echo, HOST, 0)
    _say(server.sockets[0].getsockname()[1])
    await asyncio.sleep(_LIFE)


def _say(port: int) -> None:
    sys.stdout.write(f"{HOST}:{port}\n")
    sys.stdout.flush()


def main() -> int:
    """Serve."""
    from mailpaths.daemon.lifecycle import allow_files

    allow_files(_FILES)
    asyncio.run(_serve_echo())
    return 0


if __name__ == "__main__":
    sys.exit(main())
