"""The real mail programs as witnesses: how do Postfix, Exim and Sendmail read this address?

``python -m tests.mta.witness ask ADDRESS…`` asks all of them, ``regenerate`` writes
``tests/vectors/mta_next_hop.jsonl`` anew and ``verify`` asks every row of it again (from the project's folder). As
root on Debian 12; nothing is installed but shared libraries and m4, because the three packages conflict: each is
unpacked with ``dpkg -x`` below ``MAILPATHS_MTA_DIR`` (``/var/cache/mailpaths-mta``). The system users whose names are
compiled into the programs are made if they are missing. No packet leaves the machine, no message is ever accepted.

How each is asked, always for ``<address>`` in an envelope, with every foreign host handed to one smart transport:

* Postfix: a private master with one smtpd and one trivial-rewrite for each variant, all on unix sockets. ``RCPT TO``
is put to
  smtpd, and a milter (also here) reads what was resolved from the macros ``{rcpt_mailer} {rcpt_host} {rcpt_addr}``,
  then refuses. smtpd folds {rcpt_addr} to lower case, so an address with capitals is put to trivial-rewrite itself,
  too, for the spelling.
* Exim: ``exim4 -bt`` and ``<address>``: the router that takes it and the address that would be written on the wire.
* Sendmail: ``sendmail -bt`` and ``/parse <address>``: the triple (mailer, host, user) that ruleset ``parse`` returns.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Self, TypedDict

from tests.mta.addresses import questions as todays_questions
from tests.mta.ask_exim import ask_exim
from tests.mta.ask_postfix import ask_postfix, running_postfix
from tests.mta.ask_sendmail import ask_sendmail
from tests.mta.programs import CONFIGS, HERE, MORE_CONFIGS, Answer, NoWitnessError, unpack, versions

__all__ = [
    "CONFIGS",
    "HERE",
    "MORE_CONFIGS",
    "TABLE",
    "Mta",
    "NoWitnessError",
    "Row",
    "differences",
    "rows",
    "unpack",
    "versions",
]

TABLE = Path(__file__).parent.parent / "vectors" / "mta_next_hop.jsonl"
_META_ROW = {
    "what": "What Postfix, Exim and Sendmail do with an envelope address, in each variant that changes the reading.",
    "obtained": "Asked of the real programs by tests/mta/witness.py, which also says how. Nothing is edited by hand: "
    "`python -m tests.mta.witness regenerate` writes this file, `verify` asks every row again.",
    "packages": "Debian 12, unpacked and not installed: postfix, exim4-daemon-light, sendmail-bin, sendmail-cf",
    "host": "gw.example, without DNS; every foreign host is handed to one smart transport",
    "postfix": "compatibility_level=3.6 myhostname=gw.example mydestination=$myhostname,localhost "
    "inet_interfaces=127.0.0.1, else defaults. RCPT TO in a real smtpd; raw: what a milter is told of the resolved "
    "recipient (mailer, host, addr), or smtpd's refusal",
    "exim": "primary_hostname=qualify_domain=gw.example; percent_hack: percent_hack_domains=gw.example. raw: the lines "
    "of `exim4 -bt`, joined by ;",
    "sendmail": "OSTYPE(linux) FEATURE(nocanonify) SMART_HOST(esmtp:smart.invalid) MAILER(local) MAILER(smtp); nouucp: "
    "FEATURE(nouucp,nospecial); decnet: define(_USE_DECNET_SYNTAX_) before OSTYPE. raw: what `/parse <address>` says "
    "in test mode: complaint, the triple of rule set parse, the mailer",
    "answer": "local: unquoted user. relay: next host without the root's dot; rest: quoted local part handed on. "
    "unroutable: why, in short",
}


class Row(TypedDict):
    """One line of the table."""

    id: str
    program: str
    version: str
    config: str
    here: list[str]
    input: str
    answer: Answer
    raw: str


class Mta:
    """The three programs, running for as long as the ``with`` block does."""

    def __init__(self, home: Path | None = None) -> None:
        self.home = unpack(home)
        self.versions = versions(self.home)
        self._postfix = running_postfix(self.home)

    def __enter__(self) -> Self:
        self._sockets = self._postfix.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._postfix.__exit__(None, None, None)

    def ask(self, name: str, addresses: Sequence[str]) -> list[tuple[Answer, str]]:
        """(answer, raw) for each address, in order. No address may contain a line end or a NUL."""
        config = (CONFIGS | MORE_CONFIGS)[name]
        if config.program == "postfix":
            return list(ask_postfix(*self._sockets[name], addresses))
        if config.program == "exim":
            return list(ask_exim(self.home, config.options, addresses))
        return list(ask_sendmail(self.home, config.options, addresses))


def rows() -> list[Row]:
    """The rows of the committed table."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines[1:]]


def regenerate(questions: Sequence[str]) -> list[Row]:
    """Ask every question of every variant."""
    made: list[Row] = []
    with Mta() as mta:
        for name, config in CONFIGS.items():
            for number, (question, (answer, raw)) in enumerate(zip(questions, mta.ask(name, questions), strict=True)):
                made.append(
                    Row(
                        id=f"{name}/{number:03}",
                        program=config.program,
                        version=mta.versions[config.program],
                        config=name,
                        here=list(HERE[config.program]),
                        input=question,
                        answer=answer,
                        raw=raw,
                    )
                )
    return made


def differences(table: Iterable[Row]) -> list[str]:
    """What the programs answer today otherwise than the table says, one line each."""
    by_config: dict[str, list[Row]] = {}
    for row in table:
        by_config.setdefault(row["config"], []).append(row)
    found: list[str] = []
    with Mta() as mta:
        for name, group in by_config.items():
            answers = mta.ask(name, [row["input"] for row in group])
            found.extend(
                f"{row['id']} {row['input']!r}: the table says {row['answer']}, the program {answer} ({raw})"
                for row, (answer, raw) in zip(group, answers, strict=True)
                if answer != row["answer"]
            )
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    ask = commands.add_parser("ask", help="ask every variant about some addresses")
    ask.add_argument("address", nargs="+")
    commands.add_parser("regenerate", help=f"write {TABLE.name} anew")
    commands.add_parser("verify", help=f"ask every row of {TABLE.name} again; exit status 1 if an answer differs")
    chosen = parser.parse_args(arguments)
    if chosen.command == "ask":
        with Mta() as mta:
            for name in CONFIGS | MORE_CONFIGS:
                for address, (answer, raw) in zip(chosen.address, mta.ask(name, chosen.address), strict=True):
                    said = {"config": name, "input": address, "answer": answer, "raw": raw}
                    sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
        return 0
    if chosen.command == "regenerate":
        lines = [{"_meta": _META_ROW}, *regenerate(todays_questions())]
        TABLE.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
        return 0
    found = differences(rows())
    sys.stdout.write(("\n".join(found) or f"all {len(rows())} rows of {TABLE.name} hold") + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
