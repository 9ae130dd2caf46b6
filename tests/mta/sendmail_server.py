"""A private Sendmail: its daemon, and its test mode."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.mta import programs
from tests.mta.daemons import Daemon, is_listening
from tests.mta.places import call, free_port, installed, private_folder

__all__ = ["Sendmail", "private_sendmail"]

# What a postmaster without DNS has without the hook. What the tests prove comes behind it, as the last lines of the
# file: LOCAL_CONFIG and the like must.
SENDMAIL_MC = """\
divert(0)dnl
OSTYPE(`linux')dnl
define(`confSERVICE_SWITCH_FILE',`{run}/switch')dnl
define(`confDOMAIN_NAME',`{name}')dnl
define(`confDONT_PROBE_INTERFACES',`True')dnl
define(`confDEF_USER_ID',``smmta:smmta'')dnl
define(`confRUN_AS_USER',`smmta:smmta')dnl
define(`confPID_FILE',`{run}/sendmail.pid')dnl
define(`confTO_IDENT',`0')dnl
define(`confLOG_LEVEL',`14')dnl
define(`confMAX_DAEMON_CHILDREN',`200')dnl
define(`confQUEUE_LA',`1000')dnl
define(`confREFUSE_LA',`1000')dnl
define(`QUEUE_DIR',`{run}/queue')dnl
define(`ALIAS_FILE',`{run}/etc/aliases')dnl
define(`HELP_FILE',`')dnl
define(`STATUS_FILE',`')dnl
DAEMON_OPTIONS(`Name=MTA,Addr=127.0.0.1,Port={port}')dnl
FEATURE(`no_default_msa')dnl
FEATURE(`nocanonify')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`accept_unqualified_senders')dnl
define(`SMART_HOST',`esmtp:[127.0.0.1]')dnl
define(`RELAY_MAILER_ARGS',`TCP $h {relay}')dnl
define(`ESMTP_MAILER_ARGS',`TCP $h {relay}')dnl
define(`SMTP_MAILER_ARGS',`TCP $h {relay}')dnl
"""
MAILERS = """\
MAILER(`local')dnl
MAILER(`smtp')dnl
"""
_SECTION = re.compile(r"^LOCAL_(?:CONFIG|RULE_\d|RULESETS)", re.MULTILINE)


class Sendmail:
    """What `private_sendmail` gives: a Sendmail that runs. ``port`` is its SMTP port on 127.0.0.1."""

    def __init__(self, run: Path, port: int, inside: Sequence[str]) -> None:
        self.run = run
        self.port = port
        self._command = [*inside, "/usr/libexec/sendmail/sendmail", f"-C{run}/sendmail.cf"]
        talk = ["-L", "private", "-X", f"{run}/log"]  # the whole of each conversation
        self._daemon = Daemon([*self._command, *talk, "-bD"], run / "output")

    def call(self, *options: str, text: str | bytes = b"", expected: int = 0) -> str:
        """Return what Sendmail prints that is called with these options."""
        return call([*self._command, *options], text, expected=expected)

    def flush(self) -> None:
        """Try everything that waits again, now, and wait until it has been tried."""
        self.call("-q")

    def queue(self) -> list[str]:
        """Return the names of what waits, sorted."""
        return sorted(file.name[2:] for file in (self.run / "queue").iterdir() if file.name.startswith("qf"))

    @property
    def log(self) -> str:
        file = self.run / "log"
        return file.read_text(errors="surrogateescape") if file.exists() else ""

    def start(self) -> None:
        """Start it, and wait until it takes mail."""
        self._daemon.start(lambda: is_listening(self.port))

    def stop(self) -> None:
        """End it and its children."""
        self._daemon.stop()


@contextmanager
def private_sendmail(home: Path, *, relay: int, mc: str = "", name: str = "gw.example") -> Iterator[Sendmail]:
    """A Sendmail of this host's ``name`` for as long as the block runs; whatever leaves it goes to the port ``relay``.

    ``mc`` are lines of m4: features come before the mailers, and what begins with LOCAL_CONFIG behind them.
    """
    with private_folder(home, "sendmail") as run:
        for folder in ("queue", "etc"):
            (run / folder).mkdir()
            shutil.chown(run / folder, "smmta", "smmta")
        (run / "switch").write_text("hosts files\naliases files\npasswd files\n")
        (run / "etc/aliases").write_text("postmaster: postmaster@people.example\n")
        port = free_port()
        found = _SECTION.search(mc)
        features, local = (mc, "") if found is None else (mc[: found.start()], mc[found.start() :])
        text = SENDMAIL_MC.format(run=run, name=name, port=port, relay=relay) + features + MAILERS + local
        (run / "sendmail.mc").write_text(text)
        macros = home / "sendmail-cf/usr/share/sendmail/cf"
        made = programs.run(["m4", f"-D_CF_DIR_={macros}/", f"{macros}/m4/cf.m4", str(run / "sendmail.mc")])
        (run / "sendmail.cf").write_text(made)
        sendmail = Sendmail(run, port, installed(home, ["sendmail-bin"], hostname=name))
        try:
            sendmail.call("-bi")
            sendmail.start()
            yield sendmail
        finally:
            sendmail.stop()
