"""Ask a private Postfix: one smtpd and one trivial-rewrite for each variant, and a milter that reads their minds."""

from __future__ import annotations

import shutil
import signal
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Protocol

from tests.mta.local_parts import external, unquoted
from tests.mta.programs import CONFIGS, MORE_CONFIGS, Answer, NoWitnessError, environment

__all__ = ["Milter", "ask_postfix", "running_postfix"]

MAIN_CF = """\
compatibility_level = 3.6
command_directory = {postfix}/usr/sbin
daemon_directory = {postfix}/usr/lib/postfix/sbin
shlib_directory = {postfix}/usr/lib/postfix
meta_directory = {postfix}/etc/postfix
data_directory = {run}/data
queue_directory = {run}/spool
import_environment = MAIL_CONFIG LD_LIBRARY_PATH
maillog_file = {run}/log
maillog_file_prefixes = {run}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
disable_dns_lookups = yes
smtp_host_lookup = native
myhostname = gw.example
mydomain = example
myorigin = $myhostname
mydestination = $myhostname, localhost
mynetworks = 127.0.0.0/8
alias_maps =
local_recipient_maps =
smtpd_reject_unlisted_recipient = no
smtpd_relay_restrictions =
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_recipient_limit = 10000000
smtpd_hard_error_limit = 10000000
smtpd_soft_error_limit = 10000000
smtpd_junk_command_limit = 10000000
smtpd_error_sleep_time = 0
smtpd_peername_lookup = no
smtpd_milters = unix:{run}/milter
milter_default_action = tempfail
"""


class _Stream(Protocol):
    """The methods of a socket's file that are used."""

    def read(self, size: int, /) -> bytes: ...
    def readline(self) -> bytes: ...
    def write(self, data: bytes, /) -> object: ...
    def flush(self) -> object: ...


class Milter(threading.Thread):
    """The little of the milter protocol (version 6) that reads the macros of RCPT: no connect, no helo, no data;
    refuse all."""

    def __init__(self, path: Path) -> None:
        super().__init__(daemon=True)
        self.seen: SimpleQueue[dict[str, str]] = SimpleQueue()
        path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        path.chmod(0o666)
        self._listener.listen(16)

    def run(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rwb") as stream:
            macros: dict[str, str] = {}
            while len(header := stream.read(4)) == 4:
                packet = stream.read(struct.unpack(">I", header)[0])
                command, data = packet[:1], packet[1:]
                if command == b"O":  # negotiate: version 6, no actions, skip every event but RCPT
                    _milter_send(stream, b"O" + struct.pack(">III", 6, 0, 0x377))
                elif command == b"D" and data[:1] == b"R":
                    words = data[1:].decode("utf-8", "surrogateescape").split("\0")
                    macros = dict(zip(words[0::2], words[1::2], strict=False))
                elif command == b"R":
                    self.seen.put(macros)
                    _milter_send(stream, b"y550 5.7.1 seen\0")
                elif command == b"Q":
                    return
                elif command not in (b"D", b"A", b"K"):
                    _milter_send(stream, b"c")


def _milter_send(stream: _Stream, packet: bytes) -> None:
    stream.write(struct.pack(">I", len(packet)) + packet)
    stream.flush()


class _Smtp:
    """One SMTP dialogue over a byte stream, in lock step."""

    def __init__(self, stream: _Stream) -> None:
        self._stream = stream
        self.answer()

    def answer(self) -> str:
        lines: list[str] = []
        while not lines or lines[-1][3:4] == "-":
            line = self._stream.readline().decode("utf-8", "surrogateescape").rstrip("\r\n")
            if not line:
                raise NoWitnessError("the mail program hung up")
            lines.append(line)
        return lines[0][:4] + " ".join(line[4:] for line in lines)

    def say(self, command: str) -> str:
        self._stream.write(command.encode("utf-8", "surrogateescape") + b"\r\n")
        self._stream.flush()
        return self.answer()


@contextmanager
def running_postfix(home: Path) -> Iterator[dict[str, tuple[Path, Milter]]]:
    """A private Postfix for as long as the block runs: the socket of an smtpd for each variant."""
    postfix, run = home / "postfix", home / "postfix-run"
    shutil.rmtree(run, ignore_errors=True)
    variants = [name for name, config in (CONFIGS | MORE_CONFIGS).items() if config.program == "postfix"]
    services = ["postlog unix-dgram n - n - 1 postlogd", "anvil unix - - n - 1 anvil", "cleanup unix n - n - 0 cleanup"]
    for number, name in enumerate(variants):
        options = "".join(f" -o {option}" for option in (CONFIGS | MORE_CONFIGS)[name].options)
        services.append(f"rewrite{number} unix - - n - - trivial-rewrite{options}")
        services.append(f"smtpd{number} unix n - n - - smtpd -o rewrite_service_name=rewrite{number}{options}")
    (run / "etc").mkdir(parents=True)
    (run / "etc" / "main.cf").write_text(MAIN_CF.format(postfix=postfix, run=run))
    (run / "etc" / "master.cf").write_text("\n".join(services) + "\n")
    for name in (
        "data",
        "spool/private",
        "spool/public",
        "spool/incoming",
        "spool/active",
        "spool/deferred",
        "spool/maildrop",
    ):
        (run / name).mkdir(parents=True)
        shutil.chown(run / name, "postfix")
    (run / "spool" / "pid").mkdir()
    milter = Milter(run / "milter")
    milter.start()
    master = subprocess.Popen(
        [postfix / "usr/lib/postfix/sbin/master", "-c", run / "etc", "-d"],
        env={**environment(), "MAIL_CONFIG": str(run / "etc"), "LD_LIBRARY_PATH": str(postfix / "usr/lib/postfix")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    sockets = {name: (run / "spool" / "public" / f"smtpd{number}", milter) for number, name in enumerate(variants)}
    try:
        deadline = time.monotonic() + 20
        while not all(path.exists() for path, _ in sockets.values()):
            if time.monotonic() > deadline or master.poll() is not None:
                log = (run / "log").read_text() if (run / "log").exists() else "no log"
                raise NoWitnessError(f"Postfix did not start: {log[-500:]}")
            time.sleep(0.1)
        yield sockets
    finally:
        master.send_signal(signal.SIGTERM)
        master.wait(20)
        milter.close()


def _resolve(path: Path, *request: str) -> dict[str, str]:
    """One question to trivial-rewrite: attributes as name, NUL, value, NUL; an empty name ends request and reply."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(30)
        connection.connect(str(path))
        with connection.makefile("rwb") as stream:
            stream.write("\0".join((*request, "", "")).encode("utf-8", "surrogateescape"))
            stream.flush()
            found: dict[str, str] = {}
            while name := _until_nul(stream):
                found[name] = _until_nul(stream)
                if name == "protocol":  # the server's greeting is a message of its own
                    _until_nul(stream)
            return found


def _until_nul(stream: _Stream) -> str:
    out = bytearray()
    while (byte := stream.read(1)) not in (b"", b"\0"):
        out += byte
    return out.decode("utf-8", "surrogateescape")


def _spelled(path: Path, address: str) -> str:
    """The recipient with its capitals, in unquoted form."""
    rewritten = _resolve(path, "request", "rewrite", "rule", "local", "address", address)["address"]
    resolved = _resolve(path, "request", "resolve", "sender", "", "address", _unquoted_address(rewritten))
    return resolved["recipient"]


def _unquoted_address(address: str) -> str:
    local_part, at, domain = address.rpartition("@")
    return unquoted(local_part) + at + domain


def ask_postfix(path: Path, milter: Milter, addresses: Iterable[str]) -> Iterator[tuple[Answer, str]]:
    rewriter = path.parent.parent / "private" / path.name.replace("smtpd", "rewrite")
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(30)
        connection.connect(str(path))
        with connection.makefile("rwb") as stream:
            smtp = _Smtp(stream)
            smtp.say("EHLO gw.example")
            smtp.say("MAIL FROM:<>")
            for address in addresses:
                reply = smtp.say(f"RCPT TO:<{address}>")
                macros = {} if milter.seen.empty() else milter.seen.get()
                if reply.startswith("550 5.7.1 seen") and macros:
                    folded = address != address.lower() or "mailer-daemon" in macros.get("{rcpt_addr}", "")
                    spelled = _spelled(rewriter, address) if folded else ""
                    yield _read_postfix(macros, spelled, address)
                else:
                    yield {"unroutable": reply[4:]}, reply


def _read_postfix(macros: dict[str, str], spelled: str, asked: str) -> tuple[Answer, str]:
    mailer, host, address = (macros.get(f"{{rcpt_{name}}}", "") for name in ("mailer", "host", "addr"))
    raw = f"mailer {mailer}, host {host}, addr {address}"
    local_part = unquoted(address.rpartition("@")[0])
    if spelled:
        raw += f"; resolve: recipient {spelled}"
        if spelled.rpartition("@")[0].lower() == local_part:
            local_part = spelled.rpartition("@")[0]
        elif local_part == "mailer-daemon" and local_part not in asked.lower():
            local_part = local_part.upper()
        else:  # trivial-rewrite was not asked what smtpd had made of the text; take the capitals from the text itself
            local_part = _capitals(local_part, asked)
    if mailer == "error":
        return {"unroutable": host or "error"}, raw
    if mailer == "local":
        return {"local": local_part}, raw
    return {"relay": host, "rest": external(local_part, local_part)}, raw


def _capitals(folded: str, asked: str) -> str:
    """``folded`` with the capitals of ``asked``, if its letters stand there in the same order."""
    out: list[str] = []
    at = 0
    for letter in folded:
        found = asked.lower().find(letter, at)
        if found < 0:
            return folded
        out.append(asked[found])
        at = found + 1
    return "".join(out)
