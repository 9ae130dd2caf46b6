"""What the real rmail is handed, and which message stays or goes back; then ``mailpaths rmail`` itself."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import syslog
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpaths.hooks import Rules
from mailpaths.hooks.rmail import NotHandedOverError, recipients
from mailpaths.routing import Answer, TemporaryFailure
from tests.hookservers import SETTINGS
from tests.support import Result, Run, any_texts

RULES = Rules(replace(SETTINGS, bare_paths=True))
PATIENCE = 60


@pytest.mark.parametrize(
    ("arguments", "handed"),
    [
        # A path begins here (RFC 976 2.5).
        (["host!user"], ("user@host.uucp",)),
        (["host!a!user"], ("user%a@host.uucp",)),
        (["relay!host!user"], ("user@host.uucp",)),
        (["(host!user)"], ("user@host.uucp",)),
        (["user%host@relay.example"], ("user@host.uucp",)),
        (["user%host"], ("user@host.uucp",)),
        # What the rules leave alone goes on as it came.
        (["user"], ("user",)),
        (["user@elsewhere.example"], ("user@elsewhere.example",)),
        (["stranger!user"], ("stranger!user",)),
        (["host!user@elsewhere.example"], ("host!user@elsewhere.example",)),
        (["!"], ("!",)),
        (["host!o'brien", "o'brien"], ("o'brien@host.uucp", "o'brien")),
        # Each once, in their order.
        (["b", "host!user", "user%host@relay", "b", "a"], ("b", "user@host.uucp", "a")),
    ],
)
def test_what_is_handed_over(arguments: list[str], handed: tuple[str, ...]) -> None:
    assert recipients(RULES, arguments) == handed


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        ([], 64, "no recipient"),
        (["-oQ/tmp", "host!user"], 64, "an option among the recipients: '-oQ/tmp'"),
        (["host!user", "--"], 64, "an option among the recipients: '--'"),
        (["(-bs)"], 64, "an option among the recipients: '-bs'"),
        (["-"], 64, "an option among the recipients: '-'"),
        ([""], 65, "no recipient that a command may be handed: ''"),
        (["()"], 65, "no recipient that a command may be handed: ''"),
        (["a;b"], 65, "no recipient that a command may be handed: 'a;b'"),
        (["host!user\nx"], 65, "no recipient that a command may be handed: 'host!user\\nx'"),
        (["$(id)!user"], 65, "no recipient that a command may be handed: '$(id)!user'"),
        (["/etc/passwd"], 65, "no recipient that a command may be handed: '/etc/passwd'"),
        ([":include:/etc/passwd"], 65, "no recipient that a command may be handed: ':include:/etc/passwd'"),
        (["~root"], 65, "no recipient that a command may be handed: '~root'"),
        (["*"], 65, "no recipient that a command may be handed: '*'"),
        (["|id"], 65, "no recipient that a command may be handed: '|id'"),
        (["host!us\xe9r"], 65, "no recipient that a command may be handed: 'host!usér'"),
        # Harmless as it came, and quoted where it would go.
        (["host!.user"], 65, "no recipient that a command may be handed: '\".user\"@host.uucp', from 'host!.user'"),
        (["\udcff"], 65, "no recipient that a command may be handed: '\\udcff'"),
    ],
)
def test_what_goes_back(arguments: list[str], status: int, message: str) -> None:
    with pytest.raises(NotHandedOverError) as caught:
        recipients(RULES, arguments)
    assert (caught.value.status, str(caught.value)) == (status, message)


class Down:
    """A router that is down."""

    def resolve(self, host: str, *, origin: str | None = None) -> Answer:  # noqa: ARG002 - a router's signature
        return TemporaryFailure("it is down")


def test_one_that_must_wait_keeps_the_others() -> None:
    rules = Rules(replace(SETTINGS, domains=("host.csnet",)), router=Down())
    with pytest.raises(NotHandedOverError) as caught:
        recipients(rules, ["user", "user%host.csnet@relay", "host!user"])
    assert caught.value.status == 75
    assert str(caught.value) == (
        "no answer now about 'user%host.csnet@relay': no answer now about the road to host.csnet: it is down"
    )


@given(st.lists(any_texts() | st.text(max_size=20), min_size=1, max_size=3))
def test_no_option_and_no_shell_word_is_ever_handed_over(arguments: list[str]) -> None:
    with contextlib.suppress(NotHandedOverError):
        for one in recipients(RULES, arguments):
            assert re.fullmatch(r"[!-~]+", one)
            assert one[0] != "-"
            assert not set(one) & set('"`()<>|&;$\\')


# The command, which becomes another program.

CONFIG = 'names = ["relay.example", "relay"]\n[allow]\nnext_hops = ["host"]\n'
PROGRAM = """\
#!/bin/sh
printf '%s\\n' "$@" > "$OUT/arguments"
cat > "$OUT/message"
exit 3
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "mailpaths.toml").write_text(CONFIG, encoding="utf-8")
    program = tmp_path / "rmail"
    program.write_text(PROGRAM, encoding="utf-8")
    program.chmod(0o755)
    return tmp_path


def rmail(
    site: Path, *arguments: str, config: str = "mailpaths.toml", program: str = "{}/rmail", **more: str
) -> tuple[int, str, str]:
    """Run the command with a message, and return its status and what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "mailpaths", "rmail", config, program.format(site), "--", *arguments],
        input="From joe Mon Jan  4 00:00:00 1988 remote from gamma\n\n--\n.\n",
        capture_output=True,
        text=True,
        cwd=site,
        env={**os.environ, "OUT": str(site), **more},
        timeout=PATIENCE,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_the_real_rmail_takes_its_place(site: Path) -> None:
    assert rmail(site, "host!user", "user@elsewhere.example") == (3, "", "")
    assert (site / "arguments").read_text() == "user@host.uucp\nuser@elsewhere.example\n"
    assert (site / "message").read_text() == "From joe Mon Jan  4 00:00:00 1988 remote from gamma\n\n--\n.\n"


def test_a_program_with_arguments_of_its_own(site: Path) -> None:
    assert rmail(site, "user", program="{}/rmail -G 'a b'") == (3, "", "")
    assert (site / "arguments").read_text() == "-G\na b\nuser\n"


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        # What looks like an option of ours, from a neighbour, is none.
        (["--config", "/etc/passwd", "user"], 64, "an option among the recipients: '--config'"),
        (["--help"], 64, "an option among the recipients: '--help'"),
        (["-h"], 64, "an option among the recipients: '-h'"),
        (["--", "user"], 64, "an option among the recipients: '--'"),
        (["a;b"], 65, "no recipient that a command may be handed: 'a;b'"),
        ([], 64, "no recipient"),
    ],
)
def test_a_message_that_goes_back(site: Path, arguments: list[str], status: int, said: str) -> None:
    assert rmail(site, *arguments) == (status, "", f"mailpaths: {said}\n")
    assert not (site / "arguments").exists()


def test_a_message_that_stays(site: Path) -> None:
    assert rmail(site, "user", program="/no/such/rmail") == (
        75,
        "",
        "mailpaths: cannot run /no/such/rmail: No such file or directory\n",
    )
    assert rmail(site, "user", program="'") == (75, "", "mailpaths: PROGRAM is no command: No closing quotation\n")
    for program in (" ", "rmail", "./rmail"):
        said = f"mailpaths: expected the absolute path of a program, found {program!r}\n"
        assert rmail(site, "user", program=program) == (75, "", said)
    assert rmail(site, "user", config="none") == (75, "", "mailpaths: cannot read none: No such file or directory\n")
    (site / "mailpaths.toml").write_text("names = []", encoding="utf-8")
    message = 'names: expected our own names, such as names = ["relay.example"]'
    assert rmail(site, "user") == (75, "", f"mailpaths: mailpaths.toml:1: {message}\n")
    (site / "mailpaths.toml").write_text(CONFIG + '[roads]\nrouters = ["map:none"]\n', encoding="utf-8")
    assert rmail(site, "user") == (75, "", "mailpaths: none: No such file or directory\n")
    assert not (site / "arguments").exists()


@pytest.mark.parametrize("arguments", [["/bin/sh", "host!user"], ["/bin/sh"], ["--", "/bin/sh", "--", "user"], []])
def test_a_script_that_forgets_the_program_runs_nothing(site: Path, arguments: list[str]) -> None:
    """What a neighbour writes does not take the place of what is missing."""
    done = subprocess.run(
        [sys.executable, "-m", "mailpaths", "rmail", "mailpaths.toml", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=site,
        timeout=PATIENCE,
        check=False,
    )
    assert done.stdout == ""
    assert done.returncode in {64, 75}


def test_what_is_said_stands_in_the_log_of_mail_and_a_fault_of_ours_keeps_the_message(
    run: Run, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """uuxqt shows nobody what a program says that ends by 75."""
    logged: list[tuple[int, str]] = []
    monkeypatch.setattr(syslog, "syslog", lambda priority, line: logged.append((priority, line)))
    config, program = str(site / "mailpaths.toml"), str(site / "rmail")
    said = "an option among the recipients: '-x'"
    assert run("rmail", config, program, "--", "-x") == Result(64, "", f"mailpaths: {said}\n")
    assert run("rmail", config, "rmail", "--", "user").status == 75

    def broken(*_: object) -> tuple[str, ...]:
        raise RuntimeError("a fault\nof two lines")

    monkeypatch.setattr("mailpaths.hooks.rmail.recipients", broken)
    fault = "a fault of mailpaths itself, please report it: RuntimeError('a fault\\nof two lines')"
    assert run("rmail", config, program, "--", "user") == Result(75, "", f"mailpaths: {fault}\n")
    absolute = "expected the absolute path of a program, found 'rmail'"
    assert logged == [(syslog.LOG_ERR, one) for one in (said, absolute, fault)]


def test_a_program_that_is_this_one_again_does_not_go_round(site: Path) -> None:
    again = f"{sys.executable} -m mailpaths rmail mailpaths.toml {site}/rmail --"
    said = f"mailpaths: {site}/rmail called mailpaths rmail again; PROGRAM names the real one\n"
    assert rmail(site, "user", program=again) == (75, "", said)


def test_the_program_has_the_signals_that_a_program_has(site: Path) -> None:
    """Python ignores SIGPIPE, and what is ignored stays so through exec."""
    (site / "rmail").write_text("#!/bin/sh\ngrep SigIgn /proc/self/status\n", encoding="utf-8")
    status, said, _ = rmail(site, "user")
    assert status == 0
    ignored = int(said.split()[1], 16)
    assert not ignored & (1 << (signal.SIGPIPE - 1) | 1 << (signal.SIGXFSZ - 1))
