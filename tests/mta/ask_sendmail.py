"""Ask Sendmail in address test mode."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.mta.local_parts import external, unquoted
from tests.mta.programs import Answer, NoWitnessError, environment, run

__all__ = ["ask_sendmail"]

SENDMAIL_MC = """\
divert(0)dnl
{defines}
OSTYPE(`linux')dnl
define(`confDOMAIN_NAME',`gw.example')dnl
define(`confSERVICE_SWITCH_FILE',`{run}/switch')dnl
define(`confDONT_PROBE_INTERFACES',`True')dnl
define(`confTO_IDENT',`0')dnl
define(`QUEUE_DIR',`{run}/queue')dnl
define(`ALIAS_FILE',`')dnl
define(`HELP_FILE',`')dnl
define(`STATUS_FILE',`')dnl
FEATURE(`no_default_msa')dnl
FEATURE(`nocanonify')dnl
FEATURE(`accept_unqualified_senders')dnl
FEATURE(`accept_unresolvable_domains')dnl
{features}
define(`SMART_HOST',`esmtp:smart.invalid')dnl
MAILER(`local')dnl
MAILER(`smtp')dnl
"""


def _sendmail_command(home: Path, options: Sequence[str], mode: str) -> list[str]:
    place = home / "sendmail-run"
    (place / "queue").mkdir(parents=True, exist_ok=True)
    (place / "switch").write_text("hosts files\naliases files\npasswd files\n")
    name = re.sub(r"\W+", "_", "".join(options)) or "plain"
    cf = place / f"{name}.cf"
    macros = home / "sendmail-cf/usr/share/sendmail/cf"
    mc = SENDMAIL_MC.format(
        run=place,
        defines="\n".join(line for line in options if line.startswith("define")) or "dnl",
        features="\n".join(line for line in options if line.startswith("FEATURE")) or "dnl",
    )
    (place / f"{name}.mc").write_text(mc)
    cf.write_text(run(["m4", f"-D_CF_DIR_={macros}/", f"{macros}/m4/cf.m4", str(place / f"{name}.mc")]))
    binary = home / "sendmail-bin/usr/libexec/sendmail/sendmail"
    # A name space of its own for the host name: sendmail sleeps a minute when the host has no full name, and puts it
    # in class w.
    return ["unshare", "--uts", "sh", "-c", 'hostname gw.example; exec "$@"', "sh", str(binary), mode, "-C", str(cf)]


def ask_sendmail(home: Path, options: Sequence[str], addresses: Sequence[str]) -> Iterator[tuple[Answer, str]]:
    asked = "".join(f"/parse <{address}>\n" for address in addresses).encode("utf-8", "surrogateescape")
    done = subprocess.run(
        _sendmail_command(home, options, "-bt"),
        input=asked,
        capture_output=True,
        timeout=600,
        check=False,
        env=environment(),
    )
    printed = done.stdout if asked.isascii() else _eight_bit(done.stdout)
    blocks = re.split(r"^> (?=Cracked address = )", printed.decode("utf-8", "surrogateescape"), flags=re.MULTILINE)[1:]
    if len(blocks) != len(addresses):
        raise NoWitnessError(f"sendmail answered {len(blocks)} of {len(addresses)} questions: {blocks[-1:]}")
    for block in blocks:
        yield _read_sendmail(block)


_COMPLAINT = re.compile(r"^.*\.\.\. (.+)$|^(?:[45]\d\d )?(?:\d\.\d\.\d )?(Infinite loop in ruleset.*|Address \".*)$")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|(?:\\.|\S)+', re.DOTALL)
_META = re.compile(rb"M-(\^?)(.)", re.DOTALL)  # how test mode prints a byte above 127


def _eight_bit(printed: bytes) -> bytes:
    return _META.sub(lambda found: bytes([(found[2][0] ^ (64 if found[1] else 0)) | 128]), printed)


def _read_sendmail(block: str) -> tuple[Answer, str]:
    triple = ""
    complaints: list[str] = []
    for line in block.split("\n"):
        words = line.split(None, 2)
        if words[:2] == ["parse", "returns:"]:
            triple = words[2] if len(words) > 2 else ""
        elif "returns:" not in line and " input:" not in line and (found := _COMPLAINT.match(line)):
            complaints.append(found[1] or found[2])
    last = next((line for line in reversed(block.split("\n")) if line.startswith("mailer ")), "")
    raw = "; ".join([*complaints, triple, last])
    if complaints:
        return {"unroutable": complaints[0]}, raw
    for special, what in (("*file*", "files"), ("prog", "programs"), ("*include*", ":include:s")):
        if last.startswith(f"mailer {special}"):
            return {"unroutable": f"Cannot mail directly to {what}"}, raw
    mailer, _, rest = triple.removeprefix("$# ").partition(" ")
    user = rest.partition("$: ")[2]
    if mailer == "error" or not triple.startswith("$# ") or not last.startswith(f"mailer {mailer}"):
        return {"unroutable": user.strip('"') or last or "no answer"}, raw
    if mailer == "local":
        if last == "mailer local, user ":  # what RCPT TO calls "User address required"
            return {"unroutable": "User address required"}, raw
        return {"local": unquoted(_joined(user))}, raw
    local_part, _, host = user.removesuffix(" >").rpartition("< @ ")
    return {"relay": _joined(host).removesuffix("."), "rest": external(_joined(local_part))}, raw


def _joined(traced: str) -> str:
    """The tokens of a trace line as one string; two atoms in a row are joined by BlankSub, which the stock cf sets to
    a dot."""
    out: list[str] = []
    was_atom = False
    for token in _TOKEN.findall(traced):
        atom = token[0] not in '.:%@!^/[]+()<>,;"'
        out.append("." + token if atom and was_atom else token)
        was_atom = atom
    return "".join(out)
