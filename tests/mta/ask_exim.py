"""Ask Exim in address test mode."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.mta.local_parts import external, unquoted
from tests.mta.programs import Answer, NoWitnessError, environment

__all__ = ["ask_exim"]

EXIM_CONF = """\
primary_hostname = gw.example
spool_directory = {run}/spool
log_file_path = {run}/log/%slog
pid_file_path = {run}/exim.pid
keep_environment =
host_lookup =
rfc1413_query_timeout = 0s
tls_advertise_hosts =
never_users =
domainlist local_domains = @
qualify_domain = gw.example
.ifdef PERCENT
percent_hack_domains = gw.example
.endif
.ifdef LITERALS
allow_domain_literals
.endif
.ifdef STRIPDOT
strip_trailing_dot
.endif
begin routers
here:
  driver = accept
  domains = +local_domains
  caseful_local_part
  transport = smart
smart:
  driver = manualroute
  caseful_local_part
  route_list = * 127.0.0.1 byname
  self = send
  transport = smart
begin transports
smart:
  driver = smtp
begin rewrite
"""


def _exim_command(home: Path, options: Sequence[str], mode: str) -> list[str]:
    run = home / "exim-run"
    if not run.exists():
        (run / "spool").mkdir(parents=True)
        (run / "log").mkdir()
        for path in (run / "spool", run / "log"):
            shutil.chown(path, "Debian-exim")
    (run / "conf").write_text(EXIM_CONF.format(run=run))
    return [str(home / "exim4-daemon-light/usr/sbin/exim4"), "-C", str(run / "conf"), *options, mode]


def ask_exim(home: Path, options: Sequence[str], addresses: Sequence[str]) -> Iterator[tuple[Answer, str]]:
    asked = "".join(f"<{address}>\n" for address in addresses).encode("utf-8", "surrogateescape")
    done = subprocess.run(
        _exim_command(home, options, "-bt"),
        input=asked,
        capture_output=True,
        timeout=600,
        check=False,
        env=environment(),
    )
    blocks = done.stdout.decode("utf-8", "surrogateescape").removeprefix("> ").split("\n> ")[: len(addresses)]
    if len(blocks) != len(addresses):
        raise NoWitnessError(f"exim answered {len(blocks)} of {len(addresses)} questions: {done.stderr[-300:]!r}")
    for block in blocks:
        yield _read_exim(block)


def _read_exim(block: str) -> tuple[Answer, str]:
    address, *more = block.split("\n")
    address = address.removesuffix("   [duplicate, would not be delivered]")
    lines = [address, *(line.strip() for line in more)]
    raw = "; ".join(line for line in lines if line and not line.startswith("host "))
    local_part, _, domain = address.rpartition("@")
    router = next((line.split()[2].rstrip(",") for line in lines if line.startswith("router = ")), "")
    # Only the percent hack makes a child address here, and what it prints is not quoted any more.
    meant = local_part if any(line.startswith("<--") for line in lines) else unquoted(local_part)
    if router == "here":
        return {"local": meant}, raw
    if router == "smart" and not domain:
        return {"unroutable": "relayed to an empty host name"}, raw
    if router == "smart":
        return {"relay": domain.removesuffix("."), "rest": external(local_part, meant)}, raw
    return {"unroutable": address}, raw
