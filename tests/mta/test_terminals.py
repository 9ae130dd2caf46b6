"""A person types at the path server: with the real telnet, and with nc, as RFC 915 (Design Goals) wants it to work."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailpaths.daemon import Endpoint
from mailpaths.pathservice import PathService, running
from mailpaths.routing import UUCPMap

pytestmark = pytest.mark.mta

PATIENCE = 60.0
GREETING = "210-Welcome to the CMU network mail path service.\r\n210 Type 'HELP' for help.\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Endpoint]:
    with running(PathService(UUCPMap.bundled(), name="CMU", extensions=False)) as found:
        yield found


class Terminal:
    """A terminal with a program in it, and what stands on the screen."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._seen = 0
        self.screen = ""

    def until(self, text: str) -> None:
        """Wait until this is the last thing on the screen, and new; carriage returns are not seen there."""
        end = time.monotonic() + PATIENCE
        while not self.screen[self._seen :].replace("\r", "").endswith(text.replace("\r", "")):
            left = end - time.monotonic()
            assert left > 0, repr(self.screen)
            if select.select([self._file], [], [], left)[0]:
                self.screen += os.read(self._file, 4096).decode()
        self._seen = len(self.screen)

    def type(self, line: str) -> None:
        """Type a line and press return."""
        os.write(self._file, f"{line}\r".encode())


@contextmanager
def terminal(*command: str) -> Iterator[Terminal]:
    outer, inner = pty.openpty()
    environment = {**os.environ, "TERM": "dumb", "LC_ALL": "C"}
    process = subprocess.Popen(
        command, stdin=inner, stdout=inner, stderr=inner, env=environment, start_new_session=True
    )
    os.close(inner)
    try:
        yield Terminal(outer)
        assert process.wait(PATIENCE) is not None
    finally:
        process.kill()
        process.wait(PATIENCE)
        os.close(outer)


def telnet(terminals: Path, server: Endpoint) -> tuple[str, ...]:
    (program,) = (terminals / "inetutils-telnet").rglob("bin/*telnet")
    return str(program), server.host, str(server.port)


def test_telnet(terminals: Path, server: Endpoint) -> None:
    with terminal(*telnet(terminals, server)) as screen:
        screen.until(GREETING)
        screen.type("help")
        screen.until("200 ARPA-Internet mail address.\r\n")
        screen.type("path root@inria.uucp")
        screen.until("@mimsy\r\n")
        screen.type("quit")
        screen.until("Connection closed by foreign host.\r\n")
    assert screen.screen == (
        "Trying 127.0.0.1...\r\n"
        "Connected to 127.0.0.1.\r\n"
        "Escape character is '^]'.\r\n"
        f"{GREETING}"
        "help\r\n"
        "200-The server currently knows about the following mail worlds:\r\n"
        "200-    UUCP\r\n"
        '200-Use the PATH command with "user@host.world" to get the\r\n'
        "200 ARPA-Internet mail address.\r\n"
        "path root@inria.uucp\r\n"
        "220 uunet!mcvax!inria!root@mimsy\r\n"
        "quit\r\n"
        "211 Bye bye.\r\n"
        "Connection closed by foreign host.\r\n"
    )


def test_telnet_that_negotiates(terminals: Path, server: Endpoint) -> None:
    """Before a port with a minus telnet says all the options that it has; the session goes on as if it had not."""
    program, host, port = telnet(terminals, server)
    with terminal(program, "-8", "--", host, f"-{port}") as screen:
        screen.until(GREETING)
        screen.type("path root@inria.uucp")
        screen.until("220 uunet!mcvax!inria!root@mimsy\r\n")
        screen.type("quit")
        screen.until("211 Bye bye.\r\nConnection closed by foreign host.\r\n")


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_nc(terminals: Path, server: Endpoint, end: str) -> None:
    (program,) = (terminals / "netcat-openbsd").rglob("bin/nc.openbsd")
    typed = f"path root@inria.uucp{end}path nobody@mcvxa{end}noop{end}"
    # -N: nc closes its side when the input ends, and is still told everything.
    done = subprocess.run(
        [program, "-N", server.host, str(server.port)],
        input=typed.encode(),
        capture_output=True,
        timeout=PATIENCE,
        check=True,
    )
    assert done.stdout.decode() == (
        f"{GREETING}"
        "220 uunet!mcvax!inria!root@mimsy\r\n"
        "520-No host found under the name of 'mcvxa', did you mean:\r\n"
        "520 nobody@mcvax\r\n"
        "501 Command 'NOOP' not implemented. Try HELP.\r\n"
    )
