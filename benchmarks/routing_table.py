"""The lines about roads for README: ``python -m benchmarks.routing_table [--runs N] [--pathalias PROGRAM]``.

Whole processes are timed by the system's own account of them (user time, peak resident size), in turn, the median of
all runs; a pathalias of your own, if you name one, stands beside them in the same run, and must print the same octets.
Calls within one process are the best of several. Linux: peak size is read from the kernel.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.uucp_world import HOME, bundled, synthetic
from mailpaths.routing import Found, PathTable, UUCPMap

LARGE = (100_000, 500_000)
SMALL = (10_000, 50_000)


class Process:
    """What runs of one command took."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        self.command = command
        self.user: list[float] = []
        self.peak: list[float] = []
        self.out = b""

    def run(self) -> None:
        """Run once more."""
        with tempfile.TemporaryFile() as out:
            process = subprocess.Popen(self.command, stdout=out, stderr=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            self.out = out.read()
        self.user.append(usage.ru_utime)
        self.peak.append(usage.ru_maxrss / 1024)

    def row(self, other: Process | None) -> str:
        """Return the row of the table."""
        user = statistics.median(self.user)
        ratio = f"{user / statistics.median(other.user):.1f}×" if other is not None else ""
        return f"| {self.name} | {user:.3f} s | {statistics.median(self.peak):.0f} MiB | {ratio} |"


def in_turn(processes: list[Process], runs: int) -> None:
    """Run them one after the other, so that a slow minute is a slow minute for all."""
    for _ in range(runs):
        for process in processes:
            process.run()


def best(do: Callable[[], object], times: int) -> float:
    """Return the seconds that the fastest of several calls took."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        do()
        found.append(time.perf_counter() - start)
    return min(found)


def compiled(map_file: Path, home: str, label: str, pathalias: str | None, runs: int) -> list[str]:
    """Return the rows about one map."""
    arguments = ["-ic", "-l", home, str(map_file)]
    ours = Process(f"`map compile`, {label}", [sys.executable, "-m", "mailpaths", "map", "compile", *arguments])
    processes = [ours]
    theirs = None
    if pathalias is not None:
        theirs = Process(f"pathalias, {label}", [pathalias, *arguments])
        processes.append(theirs)
    in_turn(processes, runs)
    if theirs is not None and theirs.out and theirs.out != ours.out:
        sys.stderr.write(f"{label}: the outputs differ\n")
        raise SystemExit(1)
    return [ours.row(theirs)] + ([] if theirs is None else [theirs.row(None)])


def calls() -> list[str]:
    """Return the rows about calls within one process, over the bundled map."""
    roads = UUCPMap.bundled()
    every = [name for name in roads.hosts() if "." not in name]
    others = iter(["ihnp4", "harvard", "uunet", "mcvax", "decvax", "seismo", "ukc", "enea", "munnari", "watmath"])
    rows = [
        ("all roads from a new origin, 1988", best(lambda: roads.roads(next(others)), 5)),
        (
            "a road from a known origin, 1988, over all hosts",
            best(lambda: list(map(roads.resolve, every)), 3) / len(every),
        ),
    ]
    text = "".join([f"h{number}\thub{number % 50}!h{number}!%s\n" for number in range(35_000)])
    names = [f"h{number}" for number in range(35_000)]
    tables = [PathTable.from_text(text) for _ in range(5)]
    asked = iter(tables)
    first = best(lambda: list(map(next(asked).resolve, names)), len(tables)) / len(names)
    table = tables[0]
    again = best(lambda: list(map(table.resolve, names)), 5) / len(names)
    if not isinstance(table.resolve("h7"), Found):
        raise SystemExit("the table does not know its own hosts")
    rows += [("a look-up among 35,000 routes, the first of its host", first), ("the same, asked again", again)]
    return [f"| {name} | {_shown(seconds)} |" for name, seconds in rows]


def _shown(seconds: float) -> str:
    return f"{seconds:.3f} s" if seconds > 0.01 else f"{seconds * 1e6:.1f} µs"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.routing_table", description=__doc__)
    parser.add_argument("--runs", type=int, default=11, help="how often each process is run (default: 11)")
    parser.add_argument("--pathalias", default=None, help="a pathalias to run beside ours")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        rows = compiled(bundled(place / "1988.map"), "rutgers", "the map of 1988", chosen.pathalias, chosen.runs)
        for hosts, links in (SMALL, LARGE):
            # A public pathalias holds 44,486 hosts, so the large map has no peer.
            peer = chosen.pathalias if hosts < 40_000 else None
            label = f"{hosts:,} hosts, {links:,} links"
            rows += compiled(synthetic(place / "large.map", hosts, links), HOME, label, peer, max(3, chosen.runs // 3))
    out = ["| process | user time | peak size | against pathalias |", "| --- | --- | --- | --- |", *rows, ""]
    out += ["| call | time |", "| --- | --- |", *calls(), ""]
    out += [
        f"Python {platform.python_version()} on {platform.machine()}; processes: median of {chosen.runs} runs in turn."
    ]
    sys.stdout.write("\n".join(out) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
