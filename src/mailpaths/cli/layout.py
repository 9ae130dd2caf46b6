"""How blocks of text are laid out: plain for files and pipes, with colours where a person looks."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mailpaths.cli import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mailpaths.cli.sections import Section
    from mailpaths.cli.streams import Output

__all__ = ["block"]


def block(output: Output) -> Callable[[str, Sequence[Section]], str]:
    """Return what lays out a text and the sections about it, for where the output goes."""
    if not output.is_terminal and not os.environ.get("FORCE_COLOR"):
        return plain.block
    from mailpaths.cli.terminal import Screen  # rich loads where somebody looks

    return Screen().block
