"""The lines about the rewrite hook for README: ``python -m benchmarks.hook_table [--lookups N] [--quick]``.

The hook, a bare netstring echo and the generator are three processes on the same cores, and share them. The rows are
measured in turn, again and again; what is printed is the median of all rounds, the ratio that of each round. Every
reply is compared with what the rules say without a socket. Linux: sizes are read from /proc.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path

from benchmarks.hook_server import ECHO, command
from benchmarks.path_load import Exchange, Script, echoed, load, round_and_round
from benchmarks.path_server import Serving
from benchmarks.path_table import Row
from mailpaths.daemon.lifecycle import allow_files
from mailpaths.hooks import Rules
from mailpaths.hooks.configfile import load as load_settings
from mailpaths.hooks.netstring import netstring
from mailpaths.hooks.socketmap import reply_to
from mailpaths.routing import UUCPMap

CONNECTIONS = 16
_MOST = 20_000
_USERS = ("user", "jo.doe", "piet", "mark.horton", "ern", "root", "postmaster", "news+tag")


def exchanges(rules: Rules, asked: Sequence[tuple[str, str]]) -> list[Exchange]:
    """Return lookups with the replies that they must have."""
    return [Exchange(netstring(f"{name} {key}".encode()), reply_to(rules.rewrite(key, name))) for name, key in asked]


def rewritten(number: int) -> tuple[str, str]:
    """Return a lookup whose address is rewritten: each number has one of its own."""
    user = f"{_USERS[number % len(_USERS)]}{number}"
    forms = (
        f"relay!host!{user}@relay.example",
        f"{user}%host@relay.example",
        f"gamma!deep{number % 977}!{user}@relay.example",
        f"{user}%node{number % 977}.bitnet@relay.example",
    )
    return "rcpt", forms[number // len(_USERS) % len(forms)]


def foreign(number: int) -> tuple[str, str]:
    """Return a lookup of an address that is nothing to us."""
    return "rcpt", f"{_USERS[number % len(_USERS)]}{number}@mx{number % 9973}.example.net"


def refused(number: int) -> tuple[str, str]:
    """Return a lookup of an address that somebody would have us relay."""
    return "rcpt", f"{_USERS[number % len(_USERS)]}{number}%victim{number % 977}.example@relay.example"


def mixed(number: int) -> tuple[str, str]:
    """Return what Postfix asks for one message over the hook: recipient, the result again, sender, transport."""
    name, key = rewritten(number // 4)
    match number % 4:
        case 0:
            return name, key
        case 1:
            return "rcpt", f"{_USERS[number % 8]}{number}@host.uucp"
        case 2:
            return "sender", f"{_USERS[number % 8]}{number}@host.uucp"
        case _:
            return "transport", f"{_USERS[number % 8]}{number}@host.uucp"


def mapped(hosts: Sequence[str]) -> Callable[[int], tuple[str, str]]:
    """Return what makes lookups of addresses at hosts of the map."""
    return lambda number: ("rcpt", f"{_USERS[number % 8]}{number}%{hosts[number % len(hosts)]}@relay.example")


class Measured:
    """The servers, and the rules that say what they must answer."""

    def __init__(self, stack: ExitStack) -> None:
        plain, world = (stack.enter_context(command(mapped=one)) for one in (False, True))
        self.plain, self.world = (Rules.open(load_settings(Path(one[-1]))) for one in (plain, world))
        self.hook, self.mapped = (stack.enter_context(Serving(one)) for one in (plain, world))
        self.echo = stack.enter_context(Serving(ECHO))


def hosts() -> list[str]:
    """Return the hosts of the map, in an order that is the same every time."""
    found = [host for host in UUCPMap.bundled().hosts() if host.isalnum()]
    random.Random(976).shuffle(found)
    return found


def _row(name: str, script: list[Exchange]) -> Row:
    # Neither of the servers greets, as the echo of the path service does not.
    return Row(name, lambda: round_and_round(script, CONNECTIONS), is_echo=True)


def rows(measured: Measured, most: int) -> list[tuple[Row, Serving]]:
    """Return the rows, and the server that answers each."""

    def asked(make: Callable[[int], tuple[str, str]], rules: Rules) -> list[Exchange]:
        return exchanges(rules, [make(number) for number in range(most)])

    plain, world = measured.plain, measured.world
    return [
        (_row("rewritten", asked(rewritten, plain)), measured.hook),
        (_row("as Postfix asks for a message", asked(mixed, plain)), measured.hook),
        (_row("nothing to us", asked(foreign, plain)), measured.hook),
        (_row("refused", asked(refused, plain)), measured.hook),
        (_row("over the map of 1988", asked(mapped(hosts()), world)), measured.mapped),
        (_row("netstring echo", echoed(asked(rewritten, plain))), measured.echo),
    ]


def sample(lookups: int) -> int:
    """Ask so many lookups on a few connections, and return how many were answered; wrong replies raise."""
    with ExitStack() as stack:
        measured = Measured(stack)
        made = exchanges(measured.plain, [mixed(number) for number in range(1000)])
        return load(measured.hook.port, round_and_round(made, 4), requests=lookups, greets=False).requests


def growth(measured: Measured, lookups: int) -> tuple[int, int, int]:
    """Return how many kB the hook grew in the first half of so many lookups, no two alike, and in the second."""

    def run(first: int) -> None:
        scripts = [endless(measured.plain, first + place * lookups) for place in range(CONNECTIONS)]
        load(measured.hook.port, scripts, requests=lookups // 2, greets=False)

    sizes = [measured.hook.resident()]
    for half in range(2):
        run(half * lookups // 2)
        sizes.append(measured.hook.resident())
    return sizes[0], sizes[1] - sizes[0], sizes[2] - sizes[1]


def endless(rules: Rules, start: int) -> Script:
    """Yield lookups from a number on, no two alike, with their replies."""
    for number in count(start):
        yield from exchanges(rules, [rewritten(number)])


def main() -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hook_table", description=__doc__)
    parser.add_argument("--lookups", type=int, default=1_000_000, help="for the memory (default: 1,000,000)")
    parser.add_argument("--quick", action="store_true", help="a look: one short round, little memory")
    chosen = parser.parse_args()
    rounds, seconds, most = (1, 0.5, 2_000) if chosen.quick else (5, 2.0, _MOST)
    lookups = 20_000 if chosen.quick else chosen.lookups
    allow_files(1024)
    with ExitStack() as stack:
        measured = Measured(stack)
        table = rows(measured, most)
        for _ in range(rounds):
            for row, server in table:
                row.run(server, seconds)
        echo = table[-1][0]
        print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {CONNECTIONS} connections, {rounds} rounds")
        print("| lookups | a second | half within | 99 % within | slowest | CPU each | netstring echo |")
        print("|---|---|---|---|---|---|---|")
        for row, _ in table:
            print(row.shown(echo))
        start, first, second = growth(measured, lookups)
        print(
            f"memory: {start / 1024:.1f} MiB, {first / 1024:+.2f} MiB in the first half of {lookups:,} lookups, "
            f"no two alike, {second / 1024:+.2f} MiB in the second"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
