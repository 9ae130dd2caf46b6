"""Two UUCP sites on one machine, by the real Taylor UUCP: `uucp_sites`. They call each other over a pipe."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.mta.places import call, private_folder

__all__ = ["UucpSite", "uucp_sites"]

# uuxqt is started by the tests, and not by uucico: mail is to be seen in between.
CONFIG = """\
nodename {name}
spool {site}/spool
pubdir {site}/public
lockdir {site}/lock
logfile {site}/log/Log
statfile {site}/log/Stats
debugfile {site}/log/Debug
sysfile {site}/sys
portfile {site}/port
callfile {site}/call
passwdfile {site}/passwd
run-uuxqt never
"""
# The neighbour, who may send mail and nothing else. Its commands are looked for among ours first.
SYS = """\
system {neighbour}
time any
port pipe
chat ""
protocol t
commands rmail
command-path {site}/commands /usr/sbin
"""
PORT = """\
port pipe
type pipe
command {site}/programs/uucico -I {neighbour}/config
reliable true
"""
# As in Debian's master.cf, but for the path and the configuration.
MASTER_CF = """\
uucp unix - n n - - pipe
  flags=Fqhu user=uucp argv={site}/programs/uux -I {site}/config -r -n -z -a$sender - $nexthop!rmail ($recipient)
"""
# The set-user-ID programs of the package take no other configuration than /etc/uucp; copies that are not do.
PROGRAMS = ("usr/bin/uux", "usr/sbin/uuxqt", "usr/lib/uucp/uucico")


class UucpSite:
    """A site of this ``name`` in a ``folder`` of its own, and the other one that it knows."""

    def __init__(self, folder: Path, name: str, neighbour: str) -> None:
        self.folder = folder
        self.name = name
        self._neighbour = neighbour
        self._read = 0

    @property
    def master_cf(self) -> str:
        """The transport ``uucp`` of Postfix, with which mail is queued for the neighbour."""
        return MASTER_CF.format(site=self.folder)

    def has_rmail(self, script: str | None) -> None:
        """Have uuxqt run this script as ``rmail``, or the one of the machine."""
        file = self.folder / "commands/rmail"
        file.unlink(missing_ok=True)
        if script is not None:
            file.write_text(script)
            file.chmod(0o755)

    def uux(self, *recipients: str, text: str, options: Sequence[str] = ()) -> None:
        """Queue a message for ``rmail`` at the neighbour, whose own these recipients are."""
        quoted = [f"({recipient})" for recipient in recipients]
        self._call((), "uux", "-r", *options, "-", f"{self._neighbour}!rmail", *quoted, text=text)

    def call(self) -> None:
        """Call the neighbour: what waits on either side is on the other then."""
        self._call((), "uucico", "-r1", "-s", self._neighbour)

    def uuxqt(self, inside: Sequence[str]) -> None:
        """Run what has come, on the machine that these words before a command are."""
        self._call(inside, "uuxqt")

    def waiting(self) -> list[str]:
        """Return the names of what has come and is still to be run, sorted."""
        return sorted(file.name for file in (self.folder / "spool" / self._neighbour).rglob("X.*") if file.is_file())

    def failed(self) -> list[str]:
        """Return what is kept of commands that failed: the texts of their files."""
        return sorted(file.read_text() for file in (self.folder / "spool/.Failed").rglob("*") if file.is_file())

    def forget(self) -> None:
        """Begin anew, with an empty log, and nothing that waits or failed."""
        self._read = len(self._lines())
        for one in (self.folder / "spool").iterdir():
            if one.is_dir():
                shutil.rmtree(one)

    @property
    def log(self) -> list[str]:
        """What the site's log says, but for times and processes, and with one name for all files."""
        lines = [re.sub(r" \(\d{4}-[^)]*\)", "", line) for line in self._lines()[self._read :]]
        return [re.sub(r"\b([DX])\.\w+", r"\1.ID", line) for line in lines]

    def executed(self) -> list[str]:
        """Return the commands that were run, one by one."""
        return [found[1] for line in self.log if (found := re.search(r" Executing \S+ \((.*)\)\Z", line))]

    def _lines(self) -> list[str]:
        file = self.folder / "log/Log"
        return file.read_text().splitlines() if file.exists() else []

    def _call(self, inside: Sequence[str], program: str, *arguments: str, text: str = "") -> None:
        # Python may lie in a home directory, into which uucp cannot look without being let.
        be_uucp = ["setpriv", "--reuid=uucp", "--regid=uucp", "--clear-groups"]
        be_uucp += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
        command = [f"{self.folder}/programs/{program}", "-I", f"{self.folder}/config", *arguments]
        call([*inside, *be_uucp, *command], text)


@contextmanager
def uucp_sites(home: Path, one: str, other: str) -> Iterator[tuple[UucpSite, UucpSite]]:
    """Two sites that know each other for as long as the block runs."""
    with private_folder(home, "uucp") as run:
        for name, neighbour in ((one, other), (other, one)):
            site = run / name
            for folder in ("spool", "public", "lock", "log", "commands", "programs"):
                (site / folder).mkdir(parents=True)
            for program in PROGRAMS:
                copy = shutil.copyfile(home / "uucp" / program, site / "programs" / Path(program).name)
                copy.chmod(0o755)
            words = {"name": name, "site": site, "neighbour": neighbour}
            (site / "config").write_text(CONFIG.format(**words))
            (site / "sys").write_text(SYS.format(**words))
            (site / "port").write_text(PORT.format(site=run / neighbour, neighbour=run / neighbour))
            for empty in ("call", "passwd"):
                (site / empty).touch()
            for folder in ("spool", "public", "lock", "log"):
                shutil.chown(site / folder, "uucp", "uucp")
        yield UucpSite(run / one, one, other), UucpSite(run / other, other, one)
