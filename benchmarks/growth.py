"""Linear time, shown: ``python -m benchmarks.growth``. Ten times the text may take at most twelve times the time.

Ordinary and hostile texts, each read by `parse`, `parse_list` and `translate`, in two lengths. Whether a text is
refused does not matter, only how long the answer takes; any exception but `MailPathsError` is a failure (a
RecursionError, say), and printing the error counts too. Exit status 1 when anything fails.
"""

import sys
import time
from collections.abc import Callable

import mailpaths

SHORT = 2_000
FACTOR = 10
LIMIT = 12.0
#: Rounds of one measure; the best counts. A ratio over the limit is measured anew this often before it is believed.
ROUNDS = 5
TRIES = 4

#: Name to a text of about n characters.
TEXTS: dict[str, Callable[[int], str]] = {
    "ordinary: a!…!user": lambda n: "mcvax!" * (n // 6) + "piet",
    "ordinary: u%h%…@h": lambda n: "piet" + "%mcvax" * (n // 6) + "@seismo",
    "ordinary: <@a,@b,…:u@h>": lambda n: "<" + ",".join(["@gw.example"] * (n // 12)) + ":piet@mcvax.example>",
    "ordinary: list of mailboxes": lambda n: ", ".join(["Piet <piet@mcvax.example>"] * (n // 27)),
    "ordinary: long group": lambda n: "all: " + ", ".join(["piet@mcvax.example"] * (n // 20)) + ";",
    "ordinary: long local part": lambda n: "a" * n + "@example.com",
    "ordinary: long domain": lambda n: "a@" + "b." * (n // 2) + "example",
    "!": lambda n: "!" * n,
    "a!…b": lambda n: "a!" * (n // 2) + "b",
    "a!": lambda n: "a!" * (n // 2),
    "(": lambda n: "(" * n,
    "(…)": lambda n: "(" * (n // 2) + ")" * (n // 2),
    "(…) a@b": lambda n: "(" * (n // 2) + ")" * (n // 2) + "a@b",
    "()": lambda n: "()" * (n // 2),
    '"\\': lambda n: '"\\' * (n // 2),
    '"\\\\': lambda n: '"\\\\' * (n // 3),
    '"': lambda n: '"' * n,
    '"\\\\… (open)': lambda n: '"' + "\\\\" * (n // 2),
    "a@": lambda n: "a@" * (n // 2),
    "@": lambda n: "@" * n,
    "@a,": lambda n: "@a," * (n // 3),
    "<@a,…": lambda n: "<" + "@a," * (n // 3),
    "a.": lambda n: "a." * (n // 2),
    ".": lambda n: "." * n,
    "a%…b@c": lambda n: "a%" * (n // 2) + "b@c",
    "%": lambda n: "%" * n,
    "a::": lambda n: "a::" * (n // 3) + "b",
    "[": lambda n: "a@" + "[" * n,
    "a@[1.…": lambda n: "a@[" + "1." * (n // 2),
    "spaces": lambda n: " " * n,
    "tabs and spaces": lambda n: " \t" * (n // 2),
    "spaces, then a@b": lambda n: " " * n + "a@b",
    "a@b, then spaces": lambda n: "a@b" + " " * n,
    "a spaces @b": lambda n: "a" + " " * n + "@b",
    "folded lines": lambda n: "\r\n " * (n // 3) + "a@b",
    "CRs": lambda n: "a@b" + "\r" * n,
    "CFWS: (a) … x": lambda n: "(a) " * (n // 4) + "x",
    "CFWS: (a) … a@b": lambda n: "(a) " * (n // 4) + "a@b",
    "CFWS: a (c) . a (c) .": lambda n: "a (c) . " * (n // 8) + "a@b",
    "CFWS: a@b (c) . b (c)": lambda n: "a@b" + " (c) . b" * (n // 8),
    "CFWS: ( (a) ( …": lambda n: "( (a) " * (n // 6),
    "CFWS: (\\(": lambda n: "(" + "\\(" * (n // 2),
    "display name: words": lambda n: "a " * (n // 2),
    "display name: words <": lambda n: "a " * (n // 2) + "<",
    "display name: words <b@c>": lambda n: "a " * (n // 2) + "<b@c>",
    'display name: "a" "a" …': lambda n: '"a" ' * (n // 4) + "<b@c>",
    "display name: a. a. …": lambda n: "a. " * (n // 3) + "<b@c>",
    "display name: a (c) …": lambda n: "a (c) " * (n // 6) + "<b@c>",
    "display name: a <": lambda n: "a <" * (n // 3),
    "<": lambda n: "<" * n,
    "<>": lambda n: "<>" * (n // 2),
    ",": lambda n: "," * n,
    "a,": lambda n: "a," * (n // 2),
    "g:": lambda n: "g:" * (n // 2),
    "g:;": lambda n: "g:;," * (n // 4),
    "/C=": lambda n: "/C=a" * (n // 4),
    ";": lambda n: "C=a;" * (n // 4),
    "NUL": lambda n: "\0" * n,
    "é": lambda n: "é" * n + "@example.com",
}

CALLS: dict[str, Callable[[str], object]] = {
    "parse": mailpaths.parse,
    "parse_list": mailpaths.parse_list,
    "translate": lambda text: mailpaths.translate(text, to="percent"),
}


def seconds(do: Callable[[str], object], text: str) -> float:
    """Return how long one answer takes, a refusal's printed words included."""
    start = time.perf_counter()
    try:
        do(text)
    except mailpaths.MailPathsError as refusal:
        str(refusal)
    return time.perf_counter() - start


def ratio(do: Callable[[str], object], make: Callable[[int], str]) -> tuple[float, float]:
    """Return the seconds that the long text takes, and how many times the short one that is; the best of all tries."""
    short, long = make(SHORT), make(SHORT * FACTOR)
    least = float("inf")
    took = float("inf")
    for _ in range(TRIES):
        # The two lengths in turn: a busy moment hits both. The short one more often: it is the one a hiccup spoils.
        quick = float("inf")
        slow = float("inf")
        for _ in range(ROUNDS):
            quick = min(quick, *(seconds(do, short) for _ in range(4)))
            slow = min(slow, seconds(do, long))
        least = min(least, slow / quick)
        took = min(took, slow)
        if least <= LIMIT:
            break
    return took, least


def main() -> int:
    """Measure and print."""
    sys.stdout.write(f"| text, {SHORT:,} and {SHORT * FACTOR:,} characters | " + " | ".join(CALLS) + " |\n")
    sys.stdout.write("| --- |" + " --- |" * len(CALLS) + "\n")
    failures = []
    for name, make in TEXTS.items():
        cells = []
        for call, do in CALLS.items():
            try:
                took, times = ratio(do, make)
            except Exception as fault:  # noqa: BLE001 - whatever escapes is the finding
                cells.append(f"**{type(fault).__name__}**")
                failures.append(f"{call} of {name!r}: {type(fault).__name__} escaped")
                continue
            cells.append(f"{times:.1f}× ({took * 1e3:.2f} ms)")
            if times > LIMIT:
                cells[-1] = f"**{cells[-1]}**"
                failures.append(f"{call} of {name!r}: {times:.1f} times the time for {FACTOR} times the text")
        shown = name.replace("|", "\\|")
        sys.stdout.write(f"| `{shown}` | " + " | ".join(cells) + " |\n")
        sys.stdout.flush()
    for failure in failures:
        sys.stderr.write(f"FAILED {failure}\n")
    sys.stdout.write(f"\n{len(TEXTS) * len(CALLS) - len(failures)} passed, {len(failures)} failed\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
