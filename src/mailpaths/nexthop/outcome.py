"""What a mail host does with an address that it is handed: keep it, pass it on, or refuse it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Local", "Outcome", "Relay", "Unroutable"]


@dataclass(frozen=True, slots=True)
class Local:
    """The host delivers to a mailbox of its own.

    ``user`` is the *unquoted* local part: ``a b``, not ``"a b"``.
    """

    user: str


@dataclass(frozen=True, slots=True)
class Relay:
    """The host passes the message on.

    ``host`` is the name that it asks next, spelled as the program spells it (without the root's final dot), and
    ``rest`` is the local part that it hands over, in *quoted* form: ``rest@host`` is a valid address again.
    """

    host: str
    rest: str


@dataclass(frozen=True, slots=True)
class Unroutable:
    """The host refuses the address; ``reason`` says why, in words for a person."""

    reason: str


Outcome = Local | Relay | Unroutable
