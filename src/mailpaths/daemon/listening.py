"""Sockets to listen on: files with their permissions, and why one cannot be had, in the words of the system."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from mailpaths.daemon.endpoint import UnixSocket

__all__ = ["AT_ONCE", "ListenError", "bind", "deepen", "explained", "remove"]


#: Connections that are accepted in one turn of the loop: asyncio takes as many as its backlog, and each takes a third
#: of a millisecond, for which all others wait. (With no files left it would also log as many tracebacks at once.)
AT_ONCE = 8
# Connections that wait to be accepted; the system has a limit of its own.
_BACKLOG = 1024


class ListenError(OSError):
    """A server cannot listen where it should."""


@contextmanager
def explained(place: object) -> Iterator[None]:
    """Raise what goes wrong in the block as `ListenError` that names the place."""
    try:
        yield
    except ListenError:
        raise
    except OSError as error:
        # What asyncio says of it is not the same in every Python. A name that is none has a negative number.
        number = error.errno or 0
        reason = os.strerror(number) if number > 0 else error.strerror or str(error)
        raise ListenError(number, f"cannot listen on {place}: {reason}") from error
    except LookupError as error:  # a group that there is not; its text is that of a key
        raise ListenError(errno.EINVAL, f"cannot listen on {place}: {error.args[0]}") from error
    except ValueError as error:  # a name that IDNA refuses, a socket of datagrams
        raise ListenError(errno.EINVAL, f"cannot listen on {place}: {error}") from error


def bind(place: UnixSocket) -> socket.socket:
    """Return a socket bound to its file, which nobody else may connect to before it has its group and permissions.

    A file that a server left there which is no more is replaced; that of a living one is not. Raises `OSError` where
    the file cannot be made, and `LookupError` for a group that there is not.
    """
    _clear(place.path)
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        old = os.umask(0o777)
        try:
            made.bind(place.path)
        finally:
            os.umask(old)
        try:
            if place.group is not None:
                shutil.chown(place.path, group=place.group)
            os.chmod(place.path, place.mode)  # noqa: PTH101 - beside the calls that have no twin in pathlib
        except BaseException:
            os.unlink(place.path)  # noqa: PTH108 - the same
            raise
        # From here on whoever looks finds a living server.
        made.listen()
        made.setblocking(False)
    except BaseException:
        made.close()
        raise
    return made


def deepen(listener: asyncio.Server) -> None:
    """Have the system keep more connections for a listener than the loop accepts `AT_ONCE`."""
    for one in listener.sockets:
        with socket.socket(fileno=os.dup(one.fileno())) as same:
            same.listen(_BACKLOG)


def remove(place: UnixSocket, made: os.stat_result) -> None:
    """Remove the file of a socket, unless another server has put its own there since."""
    with suppress(OSError):
        found = os.lstat(place.path)
        if (found.st_dev, found.st_ino) == (made.st_dev, made.st_ino):
            os.unlink(place.path)  # noqa: PTH108 - see above


def _clear(path: str) -> None:
    """Remove the socket of a server that is gone."""
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        caller.settimeout(1.0)
        try:
            caller.connect(path)
        except ConnectionRefusedError:
            os.unlink(path)  # noqa: PTH108 - see above
            return
    raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
