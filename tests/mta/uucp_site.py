"""Two sites of Taylor UUCP on one machine: one calls the other over a pipe, without a modem, a login or a daemon."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.mta.places import private_folder

__all__ = ["AS_UUCP", "Site", "calling", "transport", "two_sites"]

#: What comes before a command that the user uucp runs.
AS_UUCP = ("setpriv", "--reuid", "uucp", "--regid", "uucp", "--clear-groups")

# Everything private; uuxqt runs when a test says so, where the site's own mail server is the one installed.
CONFIG = """\
nodename {name}
spool {folder}/spool
pubdir {folder}/public
lockdir {folder}/lock
logfile {folder}/log/Log
statfile {folder}/log/Stats
debugfile {folder}/log/Debug
sysfile {folder}/sys
portfile {folder}/port
callfile {folder}/call
passwdfile {folder}/passwd
run-uuxqt never
"""
SYS = """\
system {neighbour}
time {time}
port pipe
chat ""
protocol t
commands rmail
command-path {folder}/bin
"""
PORT = """\
port pipe
type pipe
command /usr/sbin/uucico -I {other}/config
reliable true
half-duplex false
"""


class Site:
    """A site: ``config`` is what its programs are told with ``-I``, and ``bin`` what it lets its neighbour run."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self.config = folder / "config"
        self.bin = folder / "bin"
        self.roots_shell = folder / "roots-shell"

    @property
    def log(self) -> str:
        file = self.folder / "log/Log"
        return file.read_text() if file.exists() else ""

    @property
    def waiting(self) -> list[str]:
        """The names of the files that wait to be executed, sorted."""
        return sorted(file.name for file in self.folder.rglob("X.*") if file.is_file())

    def command(self, program: str, *arguments: str) -> list[str]:
        """Return a program of UUCP, run for this site."""
        return [*AS_UUCP, program, "-I", str(self.config), *arguments]

    def offer(self, text: str) -> None:
        """Let the neighbour run this script as rmail."""
        (self.bin / "rmail").write_text(text)
        (self.bin / "rmail").chmod(0o755)


@contextmanager
def two_sites(home: Path, caller: str, called: str) -> Iterator[tuple[Site, Site]]:
    """Two sites that know each other; the first calls."""
    with private_folder(home, "uucp") as run:
        folders = {name: run / name for name in (caller, called)}
        for name, folder in folders.items():
            (neighbour,) = set(folders) - {name}
            for part in ("spool", "public", "lock", "log", "bin"):
                (folder / part).mkdir(parents=True)
                shutil.chown(folder / part, "uucp", "uucp")
            time = "any" if name == caller else "never"
            (folder / "config").write_text(CONFIG.format(name=name, folder=folder))
            (folder / "sys").write_text(SYS.format(neighbour=neighbour, time=time, folder=folder))
            (folder / "port").write_text(PORT.format(other=folders[neighbour]))
            for part in ("call", "passwd"):
                (folder / part).write_text("")
            shutil.copyfile("/bin/bash", folder / "roots-shell")
            (folder / "roots-shell").chmod(0o4755)
        yield Site(caller, folders[caller]), Site(called, folders[called])


def transport(site: Site) -> str:
    """Return the transport of Debian's master.cf that hands mail to UUCP, for this site."""
    return f"""\
uucp unix - n n - - pipe
  flags=Fqhu user=uucp argv=/usr/bin/uux -I {site.config} -r -n -z -a$sender - $nexthop!rmail ($recipient)
"""


def calling(site: Site, neighbour: Site) -> Sequence[str]:
    """Return the command by which a site calls its neighbour, now."""
    return site.command("/usr/sbin/uucico", "-r1", "-s", neighbour.name)
