"""Every shell example of README and the docs, run by the real command; README's Python examples too.

A ``console`` fence holds commands, each behind ``$ ``, and below each what a terminal shows: standard output and error,
whole. A command is one line and may be a pipe; ``echo $?`` shows the status of the command before it. One fence is one
shell, in a directory that holds what docs/examples does and no more. (Sphinx runs the Python examples of the docs.)
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
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


def run(texts: list[str], folder: Path) -> list[str]:
    """Run the commands in one shell and return what each of them shows."""
    programs = folder / "bin"
    work = folder / "work"
    programs.mkdir()
    shutil.copytree(EXAMPLES, work)
    for program, text in ((programs / "mailpaths", _COMMAND), (work / "dev", _DEV)):
        program.write_text(text, encoding="utf-8")
        program.chmod(0o755)
    # "(exit $status)" hands the status on to the next command's "$?".
    steps = [f"(exit $status)\n{text}\nstatus=$?\nprintf '%s' {shlex.quote(_MARK)}" for text in texts]
    environment = {name: value for name, value in os.environ.items() if name not in {"FORCE_COLOR", "COLUMNS"}}
    done = subprocess.run(
        ["bash", "--norc", "-c", "\n".join(["exec 2>&1", "status=0", *steps])],
        cwd=work,
        env={**environment, "PATH": f"{programs}:{environment['PATH']}", "LC_ALL": "C.UTF-8", "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        timeout=120,
        check=True,
    )
    return done.stdout.decode("utf-8").split(_MARK)[:-1]


@pytest.mark.parametrize("fence", [pytest.param(fence, id=fence.name) for fence in fences("console")])
def test_console(fence: Fence, tmp_path: Path) -> None:
    shown = [command for command in commands(fence) if command.text not in EXEMPT]
    assert run([command.text for command in shown], tmp_path) == [command.output for command in shown]


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
