"""Every shell example of README and the docs, run by the real command; README's Python examples too.

A ``console`` fence holds commands, each behind ``$ ``, and below each what a terminal shows: standard output and error,
whole. A command is one line and may be a pipe; ``echo $?`` shows the status of the command before it. One fence is one
shell, in a directory that holds what docs/examples does and no more. (Sphinx runs the Python examples of the docs.)

A command that ends in `` &`` is a server: the next command waits until it answers, and it ends with the fence. Fences
that serve at the same port run one after the other. Below ``telnet HOST PORT`` stand what a person types and what the
server says; a small program of ours is that telnet, and types what is no reply.
"""

from __future__ import annotations

import doctest
import fcntl
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
EXAMPLES = ROOT / "docs" / "examples"

#: Commands that are shown and not run, with the reason.
EXEMPT = {
    "pip install mailpaths          # the library": "needs a package index",
    "pip install 'mailpaths[cli]'   # and the command": "needs a package index",
    "./dev test": "installs tox and runs this test",
}

_FENCE = re.compile(r"^(?P<fence>```+)(?P<language>console|pycon)\n(?P<body>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL)
#: Between the outputs of two commands; no example prints it.
_MARK = "\x1e"
_COMMAND = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m mailpaths "$@"\n'
#: What ``./dev run`` does, but for the installing.
_DEV = f'#!/bin/sh\n[ "$1" = run ] || exit 64\nshift\nexec {shlex.quote(sys.executable)} -m mailpaths "$@"\n'
#: Waits until the path server at HOST:PORT says anything but 420, which it says while it loads.
_READY = f"""#!{sys.executable}
import socket, sys, time

host, _, port = sys.argv[1].rpartition(":")
end = time.monotonic() + 60
while time.monotonic() < end:
    try:
        with socket.create_connection((host, int(port)), timeout=10) as link:
            link.sendall(b"PATH postmaster@localhost\\r\\nQUIT\\r\\n")
            said = link.makefile("rb").read()
    except OSError:
        said = b""
    if said and b"\\n420 " not in said:
        sys.exit()
    time.sleep(0.05)
sys.exit(f"no path server at {{host}}:{{port}}")
"""
#: Waits until the hook at HOST:PORT says anything but that it reads the rules.
_READY_HOOK = f"""#!{sys.executable}
import sys, time
from mailpaths.daemon import Endpoint
from mailpaths.hooks import SocketmapClient, SocketmapError

end = time.monotonic() + 60
while time.monotonic() < end:
    try:
        with SocketmapClient(Endpoint.parse(sys.argv[1], port=0)) as client:
            if client.ask("rcpt", "*").status == "NOTFOUND":
                sys.exit()
    except SocketmapError:
        pass
    time.sleep(0.05)
sys.exit("no hook")
"""
#: What telnet(1) shows on a terminal: each line of standard input is typed once the reply to the one before is here.
_TELNET = f"""#!{sys.executable}
import socket, sys

host, port = sys.argv[1:]
print(f"Trying {{host}}...\\nConnected to {{host}}.\\nEscape character is '^]'.")
with socket.create_connection((host, int(port)), timeout=30) as link:
    said = link.makefile("r", encoding="ascii", newline="\\n")
    for typed in ("", *sys.stdin.read().splitlines()):
        if typed:
            print(typed)
            link.sendall(f"{{typed}}\\r\\n".encode())
        while line := said.readline():
            print(line.removesuffix("\\r\\n"))
            if line[3:4] != "-":
                break
    print("the connection is still open" if said.readline() else "Connection closed by foreign host.")
"""
#: In such a session: what the server says, and what telnet itself does.
_NOT_TYPED = re.compile(r"[2-5][0-9][0-9][ -]|Trying |Connected to |Escape character is |Connection closed by ")
_LISTENS = re.compile(r"(?:--listen (?P<path>127\.0\.0\.1:[0-9]+)\b|(?P<hook>serve socketmap)\b).* &\Z")
#: Where the hook listens, in all examples.
_HOOK = "127.0.0.1:9001"


class Fence(NamedTuple):
    """A fenced block: where it stands and what is in it."""

    page: Path
    line: int
    body: str

    @property
    def name(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


class Command(NamedTuple):
    """One command, and what a terminal shows below it."""

    text: str
    output: str


def fences(language: str) -> list[Fence]:
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        found += [
            Fence(page, text.count("\n", 0, fence.start()) + 2, fence["body"])
            for fence in _FENCE.finditer(text)
            if fence["language"] == language
        ]
    return found


def commands(fence: Fence) -> list[Command]:
    found: list[Command] = []
    for line in fence.body.splitlines(keepends=True):
        if line.startswith("$ "):
            found.append(Command(line[2:].removesuffix("\n"), ""))
            continue
        assert found, f"{fence.name} begins with output"
        last = found.pop()
        found.append(Command(last.text, last.output + line))
    return found


def step(command: Command) -> str:
    """Return the command as the shell is to run it."""
    served = _LISTENS.search(command.text)
    if served is not None:
        ready = f"ready {served['path']}" if served["path"] else f"ready-hook {_HOOK}"
        return f'{command.text}\nservers="$servers $!"\n{ready}'
    if command.text.startswith("telnet "):
        typed = [line for line in command.output.splitlines() if not _NOT_TYPED.match(line)]
        return f"printf '%s\\n' {shlex.join(typed)} | {command.text}"
    return command.text


@contextmanager
def alone(port: str) -> Iterator[None]:
    """Keep the other workers' servers from a port."""
    with (Path(tempfile.gettempdir()) / f"mailpaths-docs-{port}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def run(shown: list[Command], folder: Path) -> list[str]:
    """Run the commands in one shell and return what each of them shows."""
    programs = folder / "bin"
    work = folder / "work"
    programs.mkdir()
    shutil.copytree(EXAMPLES, work)
    for program, text in (
        (programs / "mailpaths", _COMMAND),
        (programs / "ready", _READY),
        (programs / "ready-hook", _READY_HOOK),
        (programs / "telnet", _TELNET),
        (work / "dev", _DEV),
    ):
        program.write_text(text, encoding="utf-8")
        program.chmod(0o755)
    # "(exit $status)" hands the status on to the next command's "$?".
    steps = [f"(exit $status)\n{step(one)}\nstatus=$?\nprintf '%s' {shlex.quote(_MARK)}" for one in shown]
    # A port is free again only when its server is gone.
    end = "trap 'kill $servers; wait' EXIT" if any(_LISTENS.search(one.text) for one in shown) else ""
    environment = {name: value for name, value in os.environ.items() if name not in {"FORCE_COLOR", "COLUMNS"}}
    with subprocess.Popen(
        ["bash", "--norc", "-c", "\n".join(["exec 2>&1", "status=0", "servers=", end, *steps])],
        cwd=work,
        env={**environment, "PATH": f"{programs}:{environment['PATH']}", "LC_ALL": "C.UTF-8", "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as shell:
        try:
            output, _ = shell.communicate(timeout=120)
        except BaseException:
            os.killpg(shell.pid, signal.SIGKILL)  # its servers too: they hold the pipe open
            raise
    assert shell.returncode == 0, output
    return output.decode("utf-8").split(_MARK)[:-1]


@pytest.mark.parametrize("fence", [pytest.param(fence, id=fence.name) for fence in fences("console")])
def test_console(fence: Fence, tmp_path: Path) -> None:
    shown = [command for command in commands(fence) if command.text not in EXEMPT]
    served = [found["path"] or _HOOK for one in shown if (found := _LISTENS.search(one.text)) is not None]
    with ExitStack() as stack:
        for endpoint in sorted({*served}):
            stack.enter_context(alone(endpoint.rpartition(":")[2]))
        assert run(shown, tmp_path) == [command.output for command in shown]


def test_every_exemption_is_needed() -> None:
    shown = {command.text for fence in fences("console") for command in commands(fence)}
    assert set(EXEMPT) <= shown


def test_readme_in_python() -> None:
    names: dict[str, object] = {}
    parser = doctest.DocTestParser()
    runner = doctest.DocTestRunner(verbose=False)
    examples = [fence for fence in fences("pycon") if fence.page.name == "README.md"]
    assert examples
    for fence in examples:
        test = parser.get_doctest(fence.body, names, fence.name, str(fence.page), fence.line)
        # A doctest runs on a copy of its names: hand on what the example before it made.
        runner.run(test, clear_globs=False)
        names.update(test.globs)
    assert runner.summarize(verbose=False).failed == 0
