"""The command line: ``mailpaths``, or ``python -m mailpaths``.

Only this room knows click and rich (the extra ``cli``), and both load when the command runs. A subcommand has a file of
its own (`translate`, `explain`, `x400`), `program` puts them together, `streams` is what they share.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

_EXTRA = ("click", "rich")
_UNAVAILABLE = 69  # sysexits EX_UNAVAILABLE
_INTERRUPTED = 130  # as shells say it: 128 and SIGINT


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command with these arguments, or with those of the process, and return its exit status (sysexits).

    0; 64 for a wrong call; 65 when some input was bad; 66 when what the call names cannot be read; 69 without the extra
    that is needed; 70 for a fault of its own; 74 when reading or writing fails; 130 when interrupted; 141 when nobody
    reads the output any more.

    >>> main(["translate", "seismo!mcvax!piet"])
    piet%mcvax@seismo
    0
    """
    try:
        missing = [name for name in _EXTRA if find_spec(name) is None]
        if missing:
            needs = " and ".join(missing)
            sys.stderr.write(f"mailpaths: the command line needs {needs}; type: pip install 'mailpaths[cli]'\n")
            return _UNAVAILABLE
        from mailpaths.cli import program

        return program.run(_process_arguments() if argv is None else argv)
    except KeyboardInterrupt:
        return _INTERRUPTED


def _process_arguments() -> list[str]:
    """Return the arguments of the process as UTF-8 in every locale: equal bytes are equal addresses everywhere."""
    return [os.fsencode(argument).decode("utf-8", "surrogateescape") for argument in sys.argv[1:]]
