"""The three mail programs on this machine: their variants, and how they are unpacked without being installed."""

from __future__ import annotations

import fcntl
import grp
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

__all__ = [
    "CONFIGS",
    "HERE",
    "MORE_CONFIGS",
    "Answer",
    "Config",
    "NoWitnessError",
    "Program",
    "environment",
    "folder",
    "run",
    "unpack",
    "unpack_terminals",
    "versions",
]

Program = Literal["postfix", "exim", "sendmail"]
Answer = dict[str, str]

HERE: dict[Program, tuple[str, ...]] = {
    "postfix": ("gw.example", "localhost", "[127.0.0.1]"),  # mydestination, and inet_interfaces as a literal
    "exim": ("gw.example",),
    "sendmail": ("gw.example", "localhost"),  # what "$=w" answers in test mode, for a host whose name is gw.example
}
# rmail is Debian's, of sendmail's sources; uucp is Taylor's.
PACKAGES = ("postfix", "exim4-daemon-light", "sendmail-bin", "sendmail-cf", "rmail", "uucp")
# What the unpacked programs are linked with, and m4 to build sendmail.cf. None of these conflicts with a mail program.
LIBRARIES = [
    "m4",
    "libdb5.3",
    "libicu72",
    "libnsl2",
    "libsasl2-2",
    "libssl3",
    "libpcre2-8-0",
    "libgnutls-dane0",
    "libgnutls30",
    "libidn12",
    "libidn2-0",
    "libldap-2.5-0",
    "liblockfile1",
    "libwrap0",
    "libpam0g",
    "libspf2-2",
]
# What people type at, and what those are linked with.
TERMINALS = ("inetutils-telnet", "netcat-openbsd")
TERMINAL_LIBRARIES = ["libbsd0", "libtinfo6"]
# Names that the programs look up at start, before they read a configuration (Debian compiles them in, or mail_owner's
# default).
USERS = ("postfix", "Debian-exim", "smmta", "smmsp")
GROUPS = ("postdrop",)
# Postfix's programs that hand mail in for users of every sort: set-group-ID, which the package does when installed.
HANDED_IN_BY = ("postdrop", "postqueue")


@dataclass(frozen=True, slots=True)
class Config:
    """One program in one variant; ``options`` are in the program's own words."""

    program: Program
    options: tuple[str, ...] = ()


# The key is the policy's name in mailpaths. Postfix: -o of master.cf. Exim: -D macros. Sendmail: lines of the .mc,
# before OSTYPE ("define") or among the features.
CONFIGS: dict[str, Config] = {
    "postfix": Config("postfix"),
    "postfix:swap_bangpath=no": Config("postfix", ("swap_bangpath=no",)),
    "postfix:allow_percent_hack=no": Config("postfix", ("allow_percent_hack=no",)),
    "postfix:swap_bangpath=no,allow_percent_hack=no": Config("postfix", ("swap_bangpath=no", "allow_percent_hack=no")),
    "postfix:resolve_dequoted_address=no": Config("postfix", ("resolve_dequoted_address=no",)),
    "exim": Config("exim"),
    "exim:percent_hack": Config("exim", ("-DPERCENT",)),
    "sendmail": Config("sendmail"),
    "sendmail:nouucp": Config("sendmail", ("FEATURE(`nouucp',`nospecial')dnl",)),
    "sendmail:decnet": Config("sendmail", ("define(`_USE_DECNET_SYNTAX_')dnl",)),
}
# Asked by hand and by the fuzzer, not part of the table.
MORE_CONFIGS: dict[str, Config] = {
    "postfix:resolve_null_domain=yes": Config("postfix", ("resolve_null_domain=yes",)),
    "postfix:append_dot_mydomain=yes": Config("postfix", ("append_dot_mydomain=yes",)),
    "exim:allow_domain_literals": Config("exim", ("-DLITERALS",)),
    "exim:strip_trailing_dot": Config("exim", ("-DSTRIPDOT",)),
    "sendmail:nouucp_reject": Config("sendmail", ("FEATURE(`nouucp',`reject')dnl",)),
}


class NoWitnessError(RuntimeError):
    """The programs cannot be had on this machine; the text says why."""


def folder() -> Path:
    """Where the programs live: ``MAILPATHS_MTA_DIR``, else a cache folder (sendmail distrusts world-writable parents:
    no /tmp)."""
    return Path(os.environ.get("MAILPATHS_MTA_DIR") or "/var/cache/mailpaths-mta")


def run(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment(), check=False)
    if done.returncode != 0:
        raise NoWitnessError(
            f"{' '.join(command)}: exit {done.returncode}: {(done.stderr or done.stdout).strip()[-500:]}"
        )
    return done.stdout


def environment() -> dict[str, str]:
    return {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}


def unpack(home: Path | None = None) -> Path:
    """Make sure that the three programs lie unpacked below ``home``; return it. ``NoWitnessError`` says why they
    cannot be had."""
    home = home or folder()
    if os.geteuid() != 0:
        raise NoWitnessError("only root can run the private mail programs (Postfix and Exim change their user)")
    for tool in ("apt-get", "dpkg-deb", "unshare", "useradd"):
        if not shutil.which(tool):
            raise NoWitnessError(f"{tool} is missing: the witness needs a Debian system")
    home.mkdir(parents=True, exist_ok=True, mode=0o755)
    with _alone(home):
        _make_accounts()
        _fetch(home, "unpacked", PACKAGES, LIBRARIES)
        for name in HANDED_IN_BY:
            path = home / "postfix/usr/sbin" / name
            shutil.chown(path, group="postdrop")
            path.chmod(0o2755)
    return home


def unpack_terminals(home: Path | None = None) -> Path:
    """Make sure that telnet and nc lie unpacked below ``home``; return it. ``NoWitnessError`` says why they cannot be
    had."""
    home = home or folder()
    for tool in ("apt-get", "dpkg-deb"):
        if os.geteuid() != 0 or not shutil.which(tool):
            raise NoWitnessError(f"{tool}, as root, is what brings telnet and nc")
    home.mkdir(parents=True, exist_ok=True, mode=0o755)
    with _alone(home):
        _fetch(home, "unpacked-terminals", TERMINALS, TERMINAL_LIBRARIES)
    return home


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Wait until nobody else unpacks there."""
    with (home / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _fetch(home: Path, stamp: str, packages: Sequence[str], libraries: Sequence[str]) -> None:
    """Download and unpack packages and install the libraries that they need, but for what was done before.

    The stamp names what was. One of an older day names less, or nothing, and the rest is fetched now.
    """
    file = home / stamp
    done = set(file.read_text().split()) if file.exists() else set[str]()
    missing = [package for package in packages if package not in done]
    lacking = [library for library in libraries if library not in done]
    if not missing and not lacking:
        return
    debs = home / "deb"
    debs.mkdir(exist_ok=True)
    try:
        _download(debs, missing)
    except NoWitnessError:  # the package lists may be missing (a fresh container) or stale
        run(["apt-get", "-o", "DPkg::Lock::Timeout=120", "-qq", "update"])
        _download(debs, missing)
    if lacking:
        run(["apt-get", "-o", "DPkg::Lock::Timeout=120", "-qq", "-y", "--no-install-recommends", "install", *lacking])
    for package in missing:
        (deb,) = debs.glob(f"{package}_*.deb")
        run(["dpkg-deb", "-x", str(deb), str(home / package)])
    file.write_text("".join(f"{name}\n" for name in sorted(done.union(packages, libraries))))


def _download(debs: Path, packages: Sequence[str]) -> None:
    if not packages:
        return
    for package in packages:
        for old in debs.glob(f"{package}_*.deb"):
            old.unlink()
    done = subprocess.run(
        ["apt-get", "-qq", "download", *packages],
        cwd=debs,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env=environment(),
    )
    if done.returncode != 0:
        raise NoWitnessError(f"apt-get download: {done.stderr.strip()[-300:]}")


def _make_accounts() -> None:
    for group in GROUPS:
        if group not in {entry.gr_name for entry in grp.getgrall()}:
            run(["groupadd", "--system", group])
    for user in USERS:
        if user not in {entry.pw_name for entry in pwd.getpwall()}:
            run(
                [
                    "useradd",
                    "--system",
                    "--no-create-home",
                    "--home-dir",
                    "/nonexistent",
                    "--shell",
                    "/usr/sbin/nologin",
                    user,
                ]
            )


def versions(home: Path) -> dict[Program, str]:
    """The upstream version of each program, from the package file."""
    found: dict[Program, str] = {}
    names: tuple[tuple[Program, str], ...] = (
        ("postfix", "postfix"),
        ("exim", "exim4-daemon-light"),
        ("sendmail", "sendmail-bin"),
    )
    for program, package in names:
        (deb,) = (home / "deb").glob(f"{package}_*.deb")
        found[program] = run(["dpkg-deb", "-f", str(deb), "Version"]).strip().split("-")[0]
    return found
