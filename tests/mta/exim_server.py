"""A private Exim: its daemon, and its test modes."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.mta import programs
from tests.mta.daemons import Daemon, is_listening
from tests.mta.places import PATIENCE, call, free_port, installed, private_folder

__all__ = ["Exim", "private_exim"]

# What a postmaster has without the hook; {main}, {acl} and {routers} are what the tests prove.
EXIM_CONF = """\
primary_hostname = {name}
spool_directory = {run}/spool
log_file_path = {run}/log/%slog
pid_file_path = {run}/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
deliver_drop_privilege = true
keep_environment =
tls_advertise_hosts =
host_lookup =
rfc1413_query_timeout = 0s
never_users =
log_selector = +all_parents +received_recipients
smtp_accept_max = 100
smtp_accept_queue = 0
smtp_accept_queue_per_connection = 0
queue_run_max = 10
domainlist local_domains = {name} : localhost
hostlist relay_from_hosts = 127.0.0.1
qualify_domain = {name}
acl_smtp_rcpt = acl_check_rcpt
{main}
begin acl
acl_check_rcpt:
{acl}
  accept  hosts = +relay_from_hosts
          control = submission
  require domains = +local_domains
          message = relay not permitted
  accept  verify = recipient
begin routers
{routers}
outward:
  driver = manualroute
  domains = ! +local_domains
  transport = outward
  route_list = * 127.0.0.1 byname
  self = send
people:
  driver = manualroute
  domains = +local_domains
  local_parts = postmaster
  transport = outward
  route_list = * 127.0.0.1 byname
  self = send
begin transports
outward:
  driver = smtp
  port = {relay}
  hosts_try_fastopen =
begin retry
* * F,2h,15m
begin rewrite
{rewrite}
"""


class Exim:
    """What `private_exim` gives: an Exim that runs. ``port`` is its SMTP port on 127.0.0.1, ``run`` its folder."""

    def __init__(self, run: Path, port: int, inside: Sequence[str]) -> None:
        self.run = run
        self.port = port
        self._command = [*inside, "/usr/sbin/exim4", "-C", f"{run}/exim.conf"]
        self._daemon = Daemon([*self._command, "-bdf"], run / "output")

    def call(self, *options: str, text: str | bytes = b"", expected: int = 0) -> str:
        """Return what Exim prints that is called with these options."""
        return call([*self._command, *options], text, expected=expected)

    def ask(self, mode: str, address: str) -> list[str]:
        """Return the lines that ``exim -bt`` or another test mode prints of an address, which may be undeliverable."""
        done = subprocess.run(
            [*self._command, mode, address],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            env=programs.environment(),
        )
        return [line.strip() for line in done.stdout.splitlines() if line.strip()]

    def flush(self) -> None:
        """Try everything that waits again, now, and wait until it has been tried."""
        self.call("-qff")

    def queue(self) -> list[str]:
        """Return the names of what waits, sorted."""
        return sorted(file.name[:-2] for file in (self.run / "spool/input").glob("*-H"))

    @property
    def log(self) -> str:
        return "".join(file.read_text(errors="surrogateescape") for file in sorted((self.run / "log").iterdir()))

    def start(self) -> None:
        """Start it, and wait until it takes mail."""
        self._daemon.start(lambda: is_listening(self.port))

    def stop(self) -> None:
        """End it and its children."""
        self._daemon.stop()


@contextmanager
def private_exim(  # noqa: PLR0913 - what a test may choose, all by keyword
    home: Path,
    *,
    relay: int,
    main: str = "",
    acl: str = "",
    routers: str = "",
    rewrite: str = "",
    name: str = "gw.example",
) -> Iterator[Exim]:
    """An Exim of this host's ``name`` for as long as the block runs; whatever leaves it goes to the port ``relay``.

    ``main``, ``acl``, ``routers`` and ``rewrite`` come into their sections of the configuration, above what is there.
    The host knows its postmaster, and no other user.
    """
    with private_folder(home, "exim") as run:
        for folder in ("spool", "log"):
            (run / folder).mkdir()
            shutil.chown(run / folder, "Debian-exim", "Debian-exim")
        port = free_port()
        lines = {"main": main, "acl": acl, "routers": routers, "rewrite": rewrite}
        text = EXIM_CONF.format(run=run, name=name, port=port, relay=relay, **lines)
        (run / "exim.conf").write_text(text)
        exim = Exim(run, port, installed(home, ["exim4-daemon-light"], hostname=name))
        try:
            exim.start()
            yield exim
        finally:
            exim.stop()
