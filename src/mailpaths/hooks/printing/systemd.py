"""Units for systemd: a socket for each listener, and the service that is handed them."""

from __future__ import annotations

from mailpaths.daemon.endpoint import Endpoint
from mailpaths.hooks.printing.asked import plain
from mailpaths.hooks.settings import Listener, Settings

__all__ = ["printed"]

_UNIT = "mailpaths-hook"
# Routers that ask nobody; those of other packages may.
_QUIET = frozenset({"map", "paths", "smarthost", "gateways"})
_ALONE = """\
# It calls nobody: it has only the connections that come.
PrivateNetwork=true
RestrictAddressFamilies=AF_UNIX
"""
_NETWORKED = """\
# Somebody asks for metrics, or it asks a path server.
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
"""


def printed(settings: Settings) -> str:
    """Return the units, each behind a line with its file's name. Raises `PrintingError` where the settings fit none."""
    units = {}
    for place, listener in enumerate(settings.listeners):
        suffix = f"-{plain(listener.name, 'the name')}" if place else ""
        units[f"{_UNIT}{suffix}.socket"] = _socket(listener)
    sockets = " ".join(units)
    units[f"{_UNIT}.service"] = _service(settings, sockets)
    return "\n".join([f"# --- /etc/systemd/system/{name} ---\n{text}" for name, text in units.items()])


def _socket(listener: Listener) -> str:
    place = listener.address
    if isinstance(place, Endpoint):
        lines = [f"ListenStream={plain(str(place), 'the address')}"]
    else:
        lines = [f"ListenStream={plain(place.path, 'the path')}", f"SocketMode={place.mode:04o}"]
        if place.group is not None:
            lines.append(f"SocketGroup={plain(place.group, 'the group')}")
        lines.append("RemoveOnStop=true")
    return "\n".join(
        [
            "[Unit]",
            f"Description=Rewrite hook of mail servers, {listener.protocol}",
            "Before=postfix.service exim4.service sendmail.service",
            "",
            "[Socket]",
            *lines,
            "# Which listener of mailpaths.toml it is: the name there.",
            f"FileDescriptorName={plain(listener.name, 'the name')}",
            f"Service={_UNIT}.service",
            "Backlog=1024",
            "",
            "[Install]",
            "WantedBy=sockets.target",
            "",
        ]
    )


def _service(settings: Settings, sockets: str) -> str:
    is_alone = settings.metrics is None and all(url.partition(":")[0] in _QUIET for url in settings.routers)
    network = _ALONE if is_alone else _NETWORKED
    return f"""\
[Unit]
Description=Rewrite hook of mail servers
Requires={sockets}
After=network.target {sockets}

[Service]
# systemd 253 and newer may have Type=notify-reload, and no ExecReload.
Type=notify
ExecReload=kill -HUP $MAINPID
ExecStart=/opt/mailpaths/bin/mailpaths serve socketmap \\
    --config /etc/mailpaths/mailpaths.toml
WatchdogSec=30
# Not for a wrong call, a file that is not there, a fault in it.
Restart=on-failure
RestartPreventExitStatus=64 66 68 78
TasksMax=64

# A user that exists while the service runs, and may write nowhere.
DynamicUser=true
UMask=0077
ProtectSystem=strict
ProtectHome=true
PrivateTmp=true
PrivateDevices=true
PrivateUsers=true
ProtectProc=invisible
ProcSubset=pid
RemoveIPC=true

# No privilege, and no way to one. The sockets were opened by their units.
NoNewPrivileges=true
CapabilityBoundingSet=
AmbientCapabilities=
RestrictSUIDSGID=true
LockPersonality=true
MemoryDenyWriteExecute=true
RestrictRealtime=true
RestrictNamespaces=true
ProtectClock=true
ProtectControlGroups=true
ProtectHostname=true
ProtectKernelLogs=true
ProtectKernelModules=true
ProtectKernelTunables=true
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
{network}
[Install]
WantedBy=multi-user.target
Also={sockets}
"""
