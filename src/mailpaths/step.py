"""`Step`: one step of the way from one address to another."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Step"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a translation: what was done, and the rule behind it (RFC and section, or a program's document)."""

    action: str
    rule: str

    def __str__(self) -> str:
        """Return the step as a line."""
        return f"{self.action}  [{self.rule}]"
