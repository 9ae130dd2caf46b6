"""Servers for the benchmark of the hook, each in a process of its own: ``mailpaths serve socketmap``, and its peer.

``python -m benchmarks.hook_server`` is the least that asyncio can do for a netstring: it finds the end of each by its
length, and writes it back; with the argument ``notfound`` it answers each so, which is the least that a socketmap can
do. It says where it listens and serves until it is ended.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOST = "127.0.0.1"
ECHO = (sys.executable, "-m", "benchmarks.hook_server")
NOTHING = (*ECHO, "notfound")
#: What a gateway between UUCP and the rest has: two names, neighbours, pseudo-domains, and a map of the world.
CONFIG = """\
names = ["relay.example", "relay"]
[allow]
next_hops = ["host", "gamma", "mimsy"]
domains = ["host.csnet", ".bitnet"]
mapped = {mapped}
[roads]
routers = [{routers}]
[transport]
".uucp" = "uucp:{{next_hop}}"
[limits]
connections = 0
idle = 3600
[[listen]]
address = "inet:127.0.0.1:0"
[log]
addresses = "hidden"
"""
_LIFE = 3600.0


@contextmanager
def command(*, mapped: bool = False) -> Iterator[tuple[str, ...]]:
    """Yield the command that serves a configuration, which goes with the block; ``mapped`` has the map of 1988."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mailpaths.toml"
        path.write_text(
            CONFIG.format(mapped=str(mapped).lower(), routers='"map:?from=rutgers"' if mapped else ""), encoding="utf-8"
        )
        yield (sys.executable, "-m", "mailpaths", "serve", "socketmap", "--config", str(path))


class _Echo(asyncio.Protocol):
    """Writes back each netstring, or always the same."""

    _transport: asyncio.Transport

    def __init__(self, answer: bytes | None) -> None:
        self._data = b""
        self._answer = answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        data = self._data + data
        place = 0
        while (colon := data.find(b":", place)) >= 0:
            end = colon + int(data[place:colon]) + 2
            if end > len(data):
                break
            self._transport.write(self._answer or data[place:end])
            place = end
        self._data = data[place:]


async def _serve(answer: bytes | None) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: _Echo(answer), HOST, 0)
    sys.stdout.write(f"{HOST}:{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.sleep(_LIFE)


if __name__ == "__main__":
    asyncio.run(_serve(b"9:NOTFOUND ," if "notfound" in sys.argv[1:] else None))
