"""A progress bar on standard error, for a person who waits for a long batch."""

from __future__ import annotations

import os
import stat
import sys
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["shown"]

#: Seconds of work before a bar appears: nobody needs one for less.
PATIENCE = 1.5
#: Seconds between two looks of the bar.
PACE = 0.2


def shown(lines: Iterable[bytes]) -> Iterable[bytes]:
    """Return the lines of standard input; a bar shows how far they are read.

    Only where a person sees it: standard error is a terminal, and standard output goes elsewhere, so that rows and bar
    do not mix.
    """
    if sys.stderr is None or not sys.stderr.isatty() or sys.stdout.isatty() or os.environ.get("TERM") == "dumb":
        return lines
    return _counted(lines)


def _counted(lines: Iterable[bytes]) -> Iterator[bytes]:
    begin = perf_counter()
    done = size = 0
    rest = iter(lines)
    for line in rest:
        yield line
        done += 1
        size += len(line)
        if perf_counter() - begin > PATIENCE:
            break
    else:
        return
    yield from _with_bar(rest, done, size, _size())


def _with_bar(lines: Iterator[bytes], done: int, size: int, total: int | None) -> Iterator[bytes]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.fields[lines]:,} lines"),
        *(() if total is None else (BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeRemainingColumn())),
        TimeElapsedColumn(),
    )
    # No thread that redraws: the work is all Python, and would wait for it.
    with Progress(
        *columns, console=Console(stderr=True), transient=True, auto_refresh=False, redirect_stdout=False
    ) as bar:
        task = bar.add_task("", total=total, completed=size, lines=done)
        due = 0.0
        for line in lines:
            now = perf_counter()
            if now > due:
                due = now + PACE
                bar.update(task, completed=size, lines=done, refresh=True)
            yield line
            done += 1
            size += len(line)


def _size() -> int | None:
    """Return the bytes that a regular file holds; nobody knows how much a pipe will bring."""
    try:
        found = os.fstat(sys.stdin.fileno())
    except (OSError, ValueError):
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else None
