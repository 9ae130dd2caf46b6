"""Where a private mail server lives: a folder and a port of its own, and a machine that seems to have it installed."""

from __future__ import annotations

import random
import shlex
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.mta import programs

__all__ = ["PATIENCE", "call", "free_port", "installed", "private_folder", "wait_until"]

#: Seconds after which a test has failed, and is not slow: shared machines stall.
PATIENCE = 60.0
# Below those that the kernel gives to outgoing connections (ip_local_port_range), which would come in between.
_PORTS = range(20_000, 32_000)


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens."""
    for port in random.sample(_PORTS, len(_PORTS)):
        with socket.socket() as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise programs.NoWitnessError("every port is taken")


@contextmanager
def private_folder(home: Path, name: str) -> Iterator[Path]:
    """A folder that lives as long as the block runs, below no folder that everybody may write to: sendmail and
    Postfix distrust those of pytest."""
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-run-", dir=home))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def installed(
    home: Path, packages: Sequence[str], *, hostname: str, binds: Mapping[str, Path] | None = None
) -> list[str]:
    """Return what comes before a command that is to run where these packages are installed, as nobody else sees.

    Their ``/usr`` lies over that of the machine, the first of them on top, in a mount namespace of the command's own;
    ``binds`` are folders that stand there in the place of others, such as ``/etc/postfix``. The host has a name of its
    own there, too: sendmail sleeps a minute where it has no full one.
    """
    layers = ":".join([*(f"{home}/{package}/usr" for package in packages), "/usr"])
    script = [f"mount -t overlay overlay -o lowerdir={shlex.quote(layers)} /usr", f"hostname {shlex.quote(hostname)}"]
    for place, folder in (binds or {}).items():
        Path(place).mkdir(parents=True, exist_ok=True)  # a mount needs a folder to lie on
        script.append(f"mount --bind {shlex.quote(str(folder))} {shlex.quote(place)}")
    return ["unshare", "--mount", "--uts", "sh", "-c", f'{" && ".join(script)} && exec "$@"', "sh"]


def call(
    command: Sequence[str | Path], text: str | bytes = b"", *, expected: int = 0, seconds: float = PATIENCE
) -> str:
    """Return what a command prints, which must end with this status."""
    octets = text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
    done = subprocess.run(
        command, input=octets, capture_output=True, timeout=seconds, check=False, env=programs.environment()
    )
    out, err = (found.decode("utf-8", "surrogateescape") for found in (done.stdout, done.stderr))
    assert done.returncode == expected, f"{command}: exit {done.returncode}: {err[-2000:]}{out[-2000:]}"
    return out


def wait_until(condition: Callable[[], object], what: str, *, seconds: float = PATIENCE) -> None:
    """Wait until something is so elsewhere."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"it never came true: {what}"
        time.sleep(0.02)
