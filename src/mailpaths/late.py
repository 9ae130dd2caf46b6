"""Names of a package that load their room when they are first used: `import mailpaths` pays for nothing else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module

__all__ = ["loader"]


def loader(package: str, rooms: Mapping[str, Iterable[str]]) -> Callable[[str], object]:
    """Return what a package's ``__getattr__`` does (PEP 562): the name from its room, which is loaded now.

    ``rooms`` says which names each room of the package gives; type checkers are told the same by imports of their own.
    Raises `AttributeError` for any other name, as a module does.
    """
    room_of = {name: room for room, names in rooms.items() for name in names}

    def attribute(name: str) -> object:
        room = room_of.get(name)
        if room is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found: object = getattr(import_module(f"{package}.{room}"), name)
        setattr(sys.modules[package], name, found)
        return found

    return attribute
