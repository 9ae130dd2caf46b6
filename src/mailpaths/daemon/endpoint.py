"""Where a server listens: `Endpoint`, a host and a port as a command line or a URL names them, or `UnixSocket`."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from mailpaths.errors import MailPathsError

__all__ = ["Endpoint", "EndpointError", "UnixSocket"]

_MAX_PORT = 65_535
# An IPv6 address with a port stands in brackets (RFC 3986 3.2.2); one without needs none.
_FORM = re.compile(
    r"(?:\[(?P<literal>[0-9A-Fa-f:.%\w]+)\]|(?P<name>[^\s:/\[\]@]*))(?::(?P<port>[0-9]{1,5}))?\Z", re.ASCII
)
_BARE_IPV6 = re.compile(r"[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\Z")


class EndpointError(MailPathsError):
    """A text is no host and port."""


@dataclass(frozen=True, slots=True, order=True)
class Endpoint:
    """A host, by name or address, and a TCP port.

    >>> Endpoint.parse("[::1]:1117", port=117)
    Endpoint(host='::1', port=1117)
    >>> print(Endpoint.parse("::1", port=117))
    [::1]:117
    """

    host: str
    port: int

    @classmethod
    def parse(cls, text: str, *, port: int, host: str = "127.0.0.1") -> Endpoint:
        """Return the endpoint that a text names: ``HOST:PORT``, ``HOST``, ``:PORT``, an IPv6 address in brackets.

        ``host`` and ``port`` are what it does not say. Raises `EndpointError` for anything else.
        """
        if _BARE_IPV6.match(text):
            return cls(text, port)
        found = _FORM.match(text)
        number = port if found is None or found["port"] is None else int(found["port"])
        if found is None or not text or number > _MAX_PORT:
            raise EndpointError(f"expected HOST:PORT with a port up to {_MAX_PORT}, found {text!r}")
        return cls(found["literal"] or found["name"] or host, number)

    def __str__(self) -> str:
        """Return it as `parse` takes it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it; a name is one only as ``localhost``."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host.lower() == "localhost"


# What the kernel takes for the name of a socket (unix(7): sun_path, with a NUL behind it).
_MOST_PATH = 107


@dataclass(frozen=True, slots=True, order=True)
class UnixSocket:
    """A socket in the file system: its path, the permissions of the file, and the group that it belongs to.

    Raises `EndpointError` for a path that no socket can have.

    >>> print(UnixSocket("/run/mailpaths/hook.sock", group="postfix"))
    unix:/run/mailpaths/hook.sock
    """

    path: str
    mode: int = 0o660
    group: str | None = None

    def __post_init__(self) -> None:
        """Check the path."""
        try:
            octets = self.path.encode(errors="surrogateescape")
        except UnicodeEncodeError:
            octets = b""
        if not octets or b"\0" in octets or len(octets) > _MOST_PATH:
            raise EndpointError(f"expected a path of 1 to {_MOST_PATH} octets for a socket, found {self.path!r}")

    def __str__(self) -> str:
        """Return it as mail servers write it."""
        return f"unix:{self.path}"
