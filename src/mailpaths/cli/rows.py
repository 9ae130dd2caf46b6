"""What the rows of several subcommands have in common: a translation's status, and its route."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailpaths.route import Route
    from mailpaths.translation import Translation

__all__ = ["route", "status"]


def status(found: Translation, warnings: tuple[str, ...]) -> str:
    """Return ``ambiguous`` where others read the address otherwise; else ``doubtful``, of the road, or ``lossy``."""
    if not warnings:
        return "ok"
    obstacles = () if found.road is None else found.road.obstacles
    if len(warnings) > len(found.losses) + len(obstacles):
        return "ambiguous"
    return "doubtful" if obstacles else "lossy"


def route(found: Route | None) -> dict[str, object] | None:
    """Return a route as an object of JSON."""
    return None if found is None else {"hosts": found.hosts, "user": found.user}
