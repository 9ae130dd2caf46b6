"""What a long batch holds: ``python -m benchmarks.memory [LINES]`` (Linux: it reads /proc).

A million distinct lines go through `mailpaths.translate`, one by one, in a fresh process; printed is that process's
peak resident size above the bare interpreter's. A batch that keeps nothing ends where it began.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

LINES = 1_000_000


def lines(count: int) -> Iterator[str]:
    """Yield distinct lines, a bad one in each hundred."""
    for number in range(count):
        match number % 100:
            case 99:
                yield f"user{number}@@@("
            case rest if rest % 4 == 0:
                yield f"host{number}!mcvax!user{number}"
            case rest if rest % 4 == 1:
                yield f"user{number}%host{number}.example@gw.example"
            case rest if rest % 4 == 2:
                yield f"<@gw.example,@host{number}.example:user{number}@example.com>"
            case _:
                yield f'"User {number}" <user{number}@host{number}.example>'


def peak() -> int:
    """Return this process's peak resident size in KiB."""
    # Not ru_maxrss: that one remembers the parent's.
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    message = "no VmHWM in /proc/self/status"
    raise OSError(message)


def batch(count: int) -> None:
    """Translate the lines, keeping nothing; print the peaks after the import and at the end, and the refused lines."""
    import mailpaths

    imported = peak()
    refused = 0
    for line in lines(count):
        try:
            mailpaths.translate(line, to="percent")
        except mailpaths.MailPathsError:
            refused += 1
    sys.stdout.write(f"{imported} {peak()} {refused}\n")


def fresh(code: str) -> list[int]:
    """Run code of this module in a fresh process; return the numbers that it prints."""
    program = f"from benchmarks import memory; {code}"
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, stdout=subprocess.PIPE, text=True, encoding="ascii"
    )
    return [int(number) for number in done.stdout.split()]


def main() -> int:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else LINES
    (bare,) = fresh("print(memory.peak())")
    start = time.perf_counter()
    imported, full, refused = fresh(f"memory.batch({count})")
    took = time.perf_counter() - start
    sys.stdout.write(
        "| process | peak resident size | above the bare interpreter |\n| --- | --- | --- |\n"
        f"| bare interpreter | {bare / 1024:.1f} MiB | |\n"
        f"| `import mailpaths` | {imported / 1024:.1f} MiB | {(imported - bare) / 1024:.1f} MiB |\n"
        f"| after {count:,} lines | {full / 1024:.1f} MiB | {(full - bare) / 1024:.1f} MiB |\n"
        f"\n{count:,} distinct lines ({refused:,} refused) in {took:.1f} s.\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
