"""What ``import mailpaths`` costs beside ``import pyparsing``: ``python -m benchmarks.import_time [PROCESSES]``.

Each import is timed in a fresh process, the statements in turn, and the median of all is printed. Byte code is compiled
beforehand, as it is after an installation.
"""

import statistics
import subprocess
import sys

STATEMENTS = ("pass", "import pyparsing", "import mailpaths", "import mailpaths, mailpaths.cli")
TIMED = "import time; start = time.perf_counter(); {}; print(time.perf_counter() - start)"


def once(statement: str) -> float:
    """Return the seconds of one statement in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-c", TIMED.format(statement)], check=True, stdout=subprocess.PIPE, text=True, encoding="ascii"
    )
    return float(done.stdout)


def main() -> int:
    """Measure and print."""
    processes = int(sys.argv[1]) if len(sys.argv) > 1 else 31
    taken: dict[str, list[float]] = {statement: [] for statement in STATEMENTS}
    for statement in STATEMENTS:
        once(statement)  # writes the byte code
    for _ in range(processes):
        for statement in STATEMENTS:
            taken[statement].append(once(statement))
    medians = {statement: statistics.median(each) for statement, each in taken.items()}
    sys.stdout.write("| statement | median | against `import pyparsing` |\n| --- | --- | --- |\n")
    for statement in STATEMENTS[1:]:
        ratio = medians[statement] / medians["import pyparsing"]
        sys.stdout.write(f"| `{statement}` | {medians[statement] * 1e3:.1f} ms | {ratio:.2f}× |\n")
    sys.stdout.write(f"\nMedians of {processes} fresh processes each, taken in turn.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
