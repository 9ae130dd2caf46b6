"""The X.400 lines for README: ``python -m benchmarks.x400_table [--rounds N]``.

As in `benchmarks.table`, everything is measured in one process and in turn, each figure is the best of all rounds, and
each stands beside `email.utils` reading one plain address in the same run. No Python package for O/R addresses or for
RFC 2156 was found to stand as a peer.
"""

import argparse
import platform
import sys
from collections.abc import Callable
from email.utils import parseaddr

from benchmarks.table import BATCH, Measure, best
from benchmarks.test_gateway import GATEWAY, TO_RFC822, TO_X400
from benchmarks.test_oraddress import ATTRIBUTES, TEXTS
from mailpaths.x400 import ORAddress

_BASELINE = "email.utils"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.x400_table", description=__doc__)
    parser.add_argument("--rounds", type=int, default=40, help="how often each measure is taken (default: 40)")
    rounds = parser.parse_args().rounds
    address = ORAddress(ATTRIBUTES)
    work: dict[str, tuple[Callable[[str], object], str]] = {
        "read nine attributes, std-or": (ORAddress.parse, TEXTS["mixer"]),
        "read nine attributes, Exchange": (ORAddress.parse, TEXTS["exchange"]),
        "write nine attributes, std-or": (address.to_text, "mixer"),
        "write nine attributes, Exchange": (address.to_text, "exchange"),
        **{f"RFC 822 to X.400, {name}": (GATEWAY.to_x400, text) for name, (text, _) in TO_X400.items()},
        **{f"X.400 to RFC 822, {name}": (GATEWAY.to_rfc822, text) for name, (text, _) in TO_RFC822.items()},
    }
    measures = [Measure(_BASELINE, "", parseaddr, ["J.Linnimouth@networks.cs.ucl.ac.uk"] * BATCH, ())]
    measures += [Measure(name, "", do, [text] * BATCH, ()) for name, (do, text) in work.items()]
    seconds = best(measures, rounds)
    baseline = seconds[_BASELINE, ""]
    out = ["| work | time | against `email.utils` |", "| --- | --- | --- |"]
    out += [f"| {name} | {seconds[name, ''] * 1e6:.1f} µs | {seconds[name, ''] / baseline:.2f}× |" for name in work]
    out += ["", f"Python {platform.python_version()} on {platform.machine()}, best of {rounds} rounds taken in turn."]
    sys.stdout.write("\n".join(out) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
