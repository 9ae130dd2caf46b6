"""What the hook costs a real Postfix: ``python -m benchmarks.hook_postfix [--messages N]``, as root on Debian.

Private Postfixes that differ in nothing but the lines of ``mailpaths hook print-config``, and in whom these ask, take
messages from Postfix's own ``smtp-source`` in turn, round after round. One asks nobody. One asks the least that a
socketmap can be, a loop that says "not found" to all: what that costs is the price of asking at all. What is printed
are the messages accepted a second, and the ratio to Postfix alone in each round. Delivery is put off meanwhile: what is
measured is how fast mail comes in.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from contextlib import ExitStack

from benchmarks.hook_server import NOTHING
from benchmarks.path_server import Serving
from mailpaths.hooks import printed
from tests.mta import programs
from tests.mta.hook import running_hook
from tests.mta.postfix_server import Postfix, private_postfix

CONFIG = """\
names = ["relay.example", "relay"]
[allow]
next_hops = ["host", "gamma"]
[log]
addresses = "hidden"
"""
#: What both have. Nothing is delivered, and no client is slowed down.
COMMON = """\
defer_transports = smtp relay
smtpd_client_connection_rate_limit = 0
smtpd_client_message_rate_limit = 0
in_flow_delay = 0
"""
HOST = "gw.example"
FOREIGN = "user@host.example"
_SESSIONS = 8


class Row:
    """A Postfix, what it is sent, and how fast it took that."""

    def __init__(self, name: str, postfix: Postfix, recipient: str) -> None:
        self.name = name
        self.rates: list[float] = []
        self._postfix = postfix
        self._recipient = recipient

    def run(self, messages: int) -> None:
        """Send so many messages; smtp-source ends with any that is refused."""
        start = time.perf_counter()
        self._postfix.call(
            *("smtp-source", "-s", str(_SESSIONS), "-m", str(messages), "-l", "2048", "-f", "me@elsewhere.example"),
            *("-t", self._recipient, f"inet:127.0.0.1:{self._postfix.port}"),
        )
        self.rates.append(messages / (time.perf_counter() - start))
        self._postfix.call("postsuper", "-d", "ALL")

    def shown(self, alone: Row) -> str:
        """Return the row of the table."""
        ratios = [one / other for one, other in zip(self.rates, alone.rates, strict=True)]
        ratio = "" if self is alone else f"{statistics.median(ratios):.2f}× ({min(ratios):.2f} to {max(ratios):.2f})"
        return f"| {self.name} | {statistics.median(self.rates):,.0f} | {ratio} |"


def main() -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hook_postfix", description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000, help="in each round (default: 1,000)")
    parser.add_argument("--rounds", type=int, default=7, help="how many (default: 7)")
    chosen = parser.parse_args()
    try:
        home = programs.unpack()
    except programs.NoWitnessError as problem:
        print(f"no Postfix here: {problem}", file=sys.stderr)
        return 69
    with ExitStack() as stack:

        def postfix(lines: str = "") -> Postfix:
            return stack.enter_context(private_postfix(home, relay=1, main_cf=COMMON + lines, name=HOST))

        hook = stack.enter_context(running_hook(home, CONFIG))
        least = stack.enter_context(Serving(NOTHING))
        lines = printed("postfix", hook.settings)
        asking = postfix(lines)
        alone = Row("asks nobody", postfix(), FOREIGN)
        rows = [
            alone,
            Row("asks what says no to all", postfix(lines.replace(f":{hook.port}:", f":{least.port}:")), FOREIGN),
            Row("asks the hook, which leaves it alone", asking, FOREIGN),
            Row("asks the hook, which rewrites it", asking, "user%host@relay.example"),
        ]
        for _ in range(chosen.rounds + 1):
            for row in rows:
                row.run(chosen.messages)
        for row in rows:
            del row.rates[0]  # the first round warms them all
    print(f"{chosen.rounds} rounds of {chosen.messages:,} messages, {_SESSIONS} sessions")
    print("| Postfix | messages a second | of Postfix alone |")
    print("|---|---|---|")
    for row in rows:
        print(row.shown(alone))
    return 0


if __name__ == "__main__":
    sys.exit(main())
