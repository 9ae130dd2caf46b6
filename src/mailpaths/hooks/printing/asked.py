"""What the printed lines have in common: the listener that a server asks, our names, and texts that stay texts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from mailpaths.daemon.endpoint import Endpoint
from mailpaths.errors import MailPathsError
from mailpaths.hooks.settings import Listener, Protocol, Settings

__all__ = ["PrintingError", "Server", "domains", "host_names", "listener", "listeners", "plain", "reached"]

#: Who needs lines.
Server = Literal["postfix", "exim", "sendmail", "systemd"]

# Nothing here means more than itself in any of the configurations.
_PLAIN = re.compile(r"[A-Za-z0-9._:\[\]/+@-]+\Z")
# Every address of a machine, in IPv4 and IPv6.
_EVERY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - nothing listens here
_HOST_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?\Z")


class PrintingError(MailPathsError):
    """There is nothing to print: no listener that a server can ask, or a text that would be taken for more."""


def plain(text: str, what: str) -> str:
    """Return a text that means nothing but itself in a configuration. Raises `PrintingError` for any other."""
    if not _PLAIN.match(text):
        raise PrintingError(f"{what} {text!r} would mean more than itself in a mail server's configuration")
    return text


def host_names(settings: Settings) -> tuple[str, ...]:
    """Return our own names. Raises `PrintingError` for one that is beyond ASCII, or no host's."""
    for name in settings.names:
        if not _HOST_NAME.match(name):
            raise PrintingError(f"the name {name!r} would mean more than itself in a mail server's configuration")
    return settings.names


def domains(patterns: Iterable[str]) -> tuple[str, ...]:
    """Return patterns of domains. Raises `PrintingError` for one that is beyond ASCII, or no domain."""
    found = tuple(patterns)
    for one in found:
        if not _HOST_NAME.match(one.removeprefix(".")):
            raise PrintingError(f"the domain {one!r} would mean more than itself in a mail server's configuration")
    return found


def listeners(settings: Settings, protocol: Protocol) -> tuple[Listener, ...]:
    """Return the listeners of a protocol."""
    return tuple([one for one in settings.listeners if one.protocol == protocol])


def listener(settings: Settings, server: str) -> Listener:
    """Return the first listener that speaks socketmap. Raises `PrintingError` where there is none."""
    found = listeners(settings, "socketmap")
    if not found:
        raise PrintingError(f"{server} asks by socketmap, and no [[listen]] has that protocol")
    if isinstance(found[0].address, Endpoint):
        plain(str(found[0].address), "the address")
    else:
        plain(found[0].address.path, "the path")
    return found[0]


def reached(place: Endpoint) -> Endpoint:
    """Return where a mail server of this machine reaches who listens there: every address includes the loopback's.

    Raises `PrintingError` for port 0, which is another one at each start.
    """
    if place.port == 0:
        raise PrintingError(f"a mail server cannot know the port behind {place}")
    if place.host in _EVERY:
        return Endpoint(_EVERY[place.host], place.port)
    return place
