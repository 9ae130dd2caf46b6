"""A group of subcommands that load when they are called: the others' rooms are not paid for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LazyGroup"]


class LazyGroup(click.Group):
    """A group whose ``subcommands`` are named as ``package.module:attribute``."""

    def __init__(
        self,
        name: str | None = None,
        *,
        subcommands: Mapping[str, str],
        callback: Callable[..., object] | None = None,
        **attributes: object,
    ) -> None:
        super().__init__(name, callback=callback, **attributes)  # type: ignore[arg-type]  # click's own names, as they come
        self._subcommands = subcommands

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own signature
        """Return the names in the order in which they stand, that of somebody who learns them."""
        return list(self._subcommands)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - likewise
        """Return the command of that name, loaded now."""
        place = self._subcommands.get(cmd_name)
        if place is None:
            return None
        module, _, attribute = place.partition(":")
        found = getattr(import_module(module), attribute)
        assert isinstance(found, click.Command)  # noqa: S101 - for the type checker
        return found
