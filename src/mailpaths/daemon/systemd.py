"""What a service and systemd say to each other: ready, reloading, stopping; and sockets that systemd opened before.

Two small protocols of environment variables (sd_notify(3), sd_listen_fds(3)). The Python packages for them need
libsystemd and a compiler, or are not kept; this is all that there is to it.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import MutableMapping
from typing import NamedTuple

__all__ = ["Inherited", "inherited_sockets", "notify", "ready", "reloading", "stopping", "watchdog_seconds"]

_FIRST_FD = 3  # SD_LISTEN_FDS_START


def notify(*lines: str, environment: MutableMapping[str, str] = os.environ) -> bool:
    """Tell systemd these assignments, such as ``READY=1``; tell whether it was there to listen.

    Nothing is raised: a service goes on whether or not somebody watches.
    """
    path = environment.get("NOTIFY_SOCKET", "")
    if not path or path[0] not in "/@":
        return False
    if path[0] == "@":
        path = f"\0{path[1:]}"
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
            out.sendto("\n".join(lines).encode(errors="surrogateescape"), path)
    except OSError:
        return False
    return True


def ready(status: str) -> bool:
    """Say that the service is ready, also after a reload."""
    return notify("READY=1", f"STATUS={status}")


def reloading() -> bool:
    """Say that a reload has begun (Type=notify-reload wants the time, too)."""
    return notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")


def stopping() -> bool:
    """Say that the service is about to end."""
    return notify("STOPPING=1")


def watchdog_seconds(environment: MutableMapping[str, str] = os.environ) -> float | None:
    """Return how often to say ``WATCHDOG=1``: half of what systemd waits for; ``None`` where it waits for nothing."""
    if environment.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    try:
        microseconds = int(environment["WATCHDOG_USEC"])
    except (KeyError, ValueError):
        return None
    return microseconds / 2e6 if microseconds > 0 else None


class Inherited(NamedTuple):
    """A listening socket that systemd opened, and the name that its unit gives it (FileDescriptorName=)."""

    name: str
    socket: socket.socket


def inherited_sockets(environment: MutableMapping[str, str] = os.environ) -> list[Inherited]:
    """Return the listening sockets that systemd opened for this process (socket activation), none without it.

    The variables are taken out of the environment, so that no child process takes the sockets for its own.
    """
    pid = environment.pop("LISTEN_PID", "")
    count = environment.pop("LISTEN_FDS", "")
    called = environment.pop("LISTEN_FDNAMES", "").split(":")
    if pid != str(os.getpid()) or not count.isdecimal():
        return []
    found = []
    for place in range(int(count)):
        number = _FIRST_FD + place
        os.set_inheritable(number, False)
        one = socket.socket(fileno=number)
        one.setblocking(False)
        found.append(Inherited(called[place] if place < len(called) else "", one))
    return found
