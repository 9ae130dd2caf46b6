"""`TomlTable`: a table of a TOML text whose keys are taken one after the other, each of its type.

What is wrong with one is noted, and the rest is read on, so that a postmaster hears of all faults at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import TypeVar

from mailpaths.hooks.places import Key

__all__ = ["Check", "Faults", "TomlTable", "either"]

_T = TypeVar("_T", str, bool, int, float)
#: What says what is wrong with a value, ``None`` where nothing is.
Check = Callable[[_T], str | None]
#: What is wrong, by its key.
Faults = list[tuple[Key, str]]

# Whole numbers of TOML have 64 bits; Python's do not end, and cannot all be printed, or be made other numbers.
_LEAST, _MOST = -(1 << 63), (1 << 63) - 1
# What a value of TOML is called, by its type in Python.
_KINDS: dict[type, str] = {str: "a string", bool: "true or false", int: "a whole number", float: "a number"}


class TomlTable:
    """A table of a text, ``values``, which stands at a ``key``; ``faults`` is where what is wrong is noted.

    >>> faults = []
    >>> table = TomlTable({"hops": "many", "idel": 1}, faults)
    >>> table.take("hops", 20), table.take("idle", 300.0)
    (20, 300.0)
    >>> table.end()
    >>> for key, message in faults:
    ...     print(*key, message)
    hops expected a whole number, found a string ('many')
    idel there is no such key; did you mean idle?
    """

    def __init__(self, values: Mapping[str, object], faults: Faults, key: Key = ()) -> None:
        self._values = values
        self._faults = faults
        self.key = key
        self._known: list[str] = []

    def __contains__(self, name: str) -> bool:
        """Tell whether a key is there."""
        return name in self._values

    def fault(self, name: str | tuple[str, int], message: str) -> None:
        """Note what is wrong with a key, or with an element of an array."""
        self._faults.append(((*self.key, *((name,) if isinstance(name, str) else name)), message))

    def take(self, name: str, default: _T, check: Check[_T] | None = None) -> _T:
        """Return the value of a key, which must be of the type of the default; that, where it is not there or wrong."""
        value = self._value(name)
        if value is None:
            return default
        kind = type(default)
        if type(value) is int and not _LEAST <= value <= _MOST:
            self.fault(name, f"expected {_KINDS[kind]}, found {_found(value)}")
            return default
        if kind is float and type(value) is int:
            value = float(value)
        if type(value) is not kind:
            self.fault(name, f"expected {_KINDS[kind]}, found {_found(value)}")
            return default
        found: _T = value
        message = None if check is None else check(found)
        if message is not None:
            self.fault(name, message)
            return default
        return found

    def word(self, name: str, words: tuple[str, ...], default: str) -> str:
        """Return the value of a key that is one of some words."""

        def check(value: str) -> str | None:
            return None if value in words else f"expected {either(words)}, found {value!r}{_hint(value, words)}"

        return self.take(name, default, check)

    def texts(self, name: str, check: Check[str], default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return the value of a key that is an array of strings, less those that are wrong."""
        value = self._value(name)
        if value is None:
            return default
        if not isinstance(value, list):
            self.fault(name, f"expected an array of strings, found {_found(value)}")
            return default
        found = []
        for place, one in enumerate(value):
            if not isinstance(one, str):
                self.fault((name, place), f"expected a string, found {_found(one)}")
            elif message := check(one):
                self.fault((name, place), message)
            else:
                found.append(one)
        return tuple(found)

    def table(self, name: str) -> TomlTable:
        """Return a table within this one, an empty one where it is not there."""
        value = self._value(name)
        if value is not None and not isinstance(value, dict):
            self.fault(name, f"expected a table, found {_found(value)}")
            value = None
        return TomlTable(value or {}, self._faults, (*self.key, name))

    def tables(self, name: str) -> list[TomlTable]:
        """Return the tables of an array of tables."""
        value = self._value(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.fault(name, f"expected tables, each begun by [[{name}]]")
            return []
        return [TomlTable(one, self._faults, (*self.key, name, place)) for place, one in enumerate(value)]

    def is_table(self, name: str) -> bool:
        """Tell whether a key is that of a table."""
        return isinstance(self._values.get(name), dict)

    def refuse(self, name: str, message: str) -> None:
        """Take a key that must not be there, and note what is wrong with it."""
        self._value(name)
        self.fault(name, message)

    @property
    def has_faults(self) -> bool:
        """Whether anything was wrong so far, here or elsewhere in the text."""
        return bool(self._faults)

    @property
    def is_faulty(self) -> bool:
        """Whether anything was wrong so far in this table."""
        return any(key[: len(self.key)] == self.key for key, _ in self._faults)

    def names(self) -> list[str]:
        """Return every key that is there: of a table whose keys are a postmaster's own."""
        return list(self._values)

    def end(self) -> None:
        """Note as faults the keys that nobody took."""
        for name, value in self._values.items():
            if name not in self._known:
                what = "table" if isinstance(value, dict) else "key"
                self.fault(name, f"there is no such {what}{_hint(name, tuple(self._known))}")

    def _value(self, name: str) -> object:
        self._known.append(name)
        return self._values.get(name)


def either(words: tuple[str, ...]) -> str:
    """Return words as a person lists them: ``a, b or c``."""
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def _found(value: object) -> str:
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "an array"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and not _LEAST <= value <= _MOST:
        return "a whole number of more than 64 bits"
    kind = _KINDS.get(type(value))
    return "a date or time" if kind is None else f"{kind} ({value!r})"


def _hint(word: str, words: tuple[str, ...]) -> str:
    near = get_close_matches(word, words, n=1)
    return f"; did you mean {near[0]}?" if near else ""
