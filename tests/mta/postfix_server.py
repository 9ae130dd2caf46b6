"""A private Postfix, with all its daemons, as if it were the one that is installed on this machine."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.mta.daemons import Daemon, is_listening
from tests.mta.places import call, free_port, installed, private_folder

__all__ = ["Postfix", "private_postfix"]

# What Debian's postinst and a postmaster who has no network write. What the tests prove stands in the lines that come
# behind these. What comes for users of the host goes where all mail goes.
MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {run}/spool
data_directory = {run}/data
maillog_file = {run}/log/mail.log
maillog_file_prefixes = {run}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = {name}
mydestination = localhost
local_transport = relay:{relay}
mynetworks = 127.0.0.1/32
alias_maps =
smtpd_peername_lookup = no
smtpd_tls_security_level = none
smtp_tls_security_level = none
smtp_host_lookup = native
disable_dns_lookups = yes
relayhost = {relay}
"""
# Debian's master.cf; {chroot} is y there.
MASTER_CF = """\
{port} inet n - {chroot} - - smtpd
pickup unix n - {chroot} 60 1 pickup
cleanup unix n - {chroot} - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - {chroot} - - trivial-rewrite
bounce unix - - {chroot} - 0 bounce
defer unix - - {chroot} - 0 bounce
trace unix - - {chroot} - 0 bounce
verify unix - - {chroot} - 1 verify
flush unix n - {chroot} 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - {chroot} - - smtp
relay unix - - {chroot} - - smtp
showq unix n - {chroot} - - showq
error unix - - {chroot} - - error
retry unix - - {chroot} - - error
discard unix - - {chroot} - - discard
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - {chroot} - 1 anvil
scache unix - - {chroot} - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
_PRIVATE = (
    "active",
    "bounce",
    "corrupt",
    "defer",
    "deferred",
    "flush",
    "hold",
    "incoming",
    "private",
    "saved",
    "trace",
)


class Postfix:
    """What `private_postfix` gives: a Postfix that runs.

    ``port`` is its SMTP port on 127.0.0.1, ``run`` its folder with ``etc``, ``spool`` and ``log``. `inside` is what
    comes before a command that is to see Postfix as installed: ``/usr/sbin/sendmail`` is this one's there.
    """

    def __init__(self, run: Path, port: int, inside: Sequence[str]) -> None:
        self.run = run
        self.port = port
        self.inside = list(inside)
        master = [*inside, "/usr/lib/postfix/sbin/master", "-c", "/etc/postfix", "-d"]
        self._master = Daemon(master, run / "log" / "master")

    def call(self, *command: str | Path, text: str | bytes = b"", expected: int = 0) -> str:
        """Return what a command prints, with this Postfix installed."""
        return call([*self.inside, *command], text, expected=expected)

    def flush(self) -> None:
        """Have everything that waits tried again, now."""
        self.call("postqueue", "-f")

    def queue(self) -> list[str]:
        """Return the names of what waits, sorted."""
        return sorted(json.loads(line)["queue_id"] for line in self.call("postqueue", "-j").splitlines())

    @property
    def log(self) -> str:
        file = self.run / "log" / "mail.log"
        return file.read_text(errors="surrogateescape") if file.exists() else ""

    def start(self) -> None:
        """Start it, and wait until it takes mail."""
        self._master.start(lambda: is_listening(self.port))

    def stop(self) -> None:
        """End it, and wait until it has."""
        self._master.stop()


@contextmanager
def private_postfix(  # noqa: PLR0913 - what a test may choose, all by keyword
    home: Path,
    *,
    relay: int | None = None,
    main_cf: str = "",
    master_cf: str = "",
    name: str = "relay.example",
    chroot: bool = False,
    packages: Sequence[str] = ("postfix",),
    binds: Mapping[str, Path] | None = None,
) -> Iterator[Postfix]:
    """A Postfix of this host's ``name`` for as long as the block runs.

    Whatever leaves it goes to the port ``relay`` of this machine: a sink, or another Postfix. ``main_cf`` and
    ``master_cf`` come behind the lines that every test has. ``packages`` are installed along with it; the first
    stand on top.
    """
    with private_folder(home, "postfix") as run:
        for folder in ("etc", "spool", "spool/pid", "data", "log"):
            (run / folder).mkdir()
        for folder in _PRIVATE:
            (run / "spool" / folder).mkdir(mode=0o700)
        (run / "spool/public").mkdir()
        (run / "spool/maildrop").mkdir()
        for folder in ("data", *(f"spool/{one}" for one in (*_PRIVATE, "public", "maildrop"))):
            shutil.chown(run / folder, "postfix")
        for folder, mode in (("public", 0o2710), ("maildrop", 0o1730)):  # who hands mail in is of this group
            shutil.chown(run / "spool" / folder, group="postdrop")
            (run / "spool" / folder).chmod(mode)
        port = free_port()
        mark = "y" if chroot else "n"
        next_hop = "" if relay is None else f"[127.0.0.1]:{relay}"
        (run / "etc/main.cf").write_text(MAIN_CF.format(run=run, name=name, relay=next_hop) + main_cf)
        (run / "etc/master.cf").write_text(MASTER_CF.format(port=port, chroot=mark) + master_cf)
        # Postfix waits until a file that it reads is seconds old: somebody may still be writing it.
        os.utime(run / "etc/main.cf", (0, 0))
        inside = installed(home, packages, hostname=name, binds={"/etc/postfix": run / "etc", **(binds or {})})
        postfix = Postfix(run, port, inside)
        try:
            postfix.start()
            yield postfix
        finally:
            postfix.stop()
