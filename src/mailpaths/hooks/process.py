"""`HookProcess`: the hook as a process of its own - what it listens on, what it loads, what it does at a signal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from mailpaths.daemon import systemd
from mailpaths.daemon.crew import Crew
from mailpaths.daemon.lifecycle import allow_connections
from mailpaths.daemon.limits import Limits
from mailpaths.daemon.listening import ListenError, explained
from mailpaths.daemon.logs import Journal
from mailpaths.errors import MapError
from mailpaths.hooks.metrics import MetricsServer
from mailpaths.hooks.naming import AddressNames
from mailpaths.hooks.rules import Rules
from mailpaths.hooks.server import HookServer
from mailpaths.hooks.service import HookService
from mailpaths.hooks.settings import Settings
from mailpaths.pathservice.directory import Directory, check_successor
from mailpaths.routing.chain import Chain

__all__ = ["HookProcess"]


class _Loaded(NamedTuple):
    """Settings, the rules that they are, and what the rules' router lists, where there is one."""

    settings: Settings
    rules: Rules
    directory: Directory | None


class HookProcess:
    """What `mailpaths.daemon.lifecycle.live` makes live.

    ``settings`` are those that it starts with, ``read`` reads them again at each reload. It listens first and opens
    routers and tables then, so that whoever asks meanwhile is told to try again and is not refused. Sockets that
    systemd opened come in place of the addresses of the listeners, by the listeners' names.
    """

    def __init__(self, settings: Settings, read: Callable[[], Settings], journal: Journal) -> None:
        """Make one. Raises `ModuleNotFoundError` where metrics are asked for without ``mailpaths[server]``."""
        self._settings = settings
        self._read = read
        self._loaded: _Loaded | None = None
        self.service = HookService(journal, AddressNames(settings.addresses))
        limits = Limits(connections=settings.connections, per_address=0, requests=0, idle=settings.idle)
        self.server = HookServer(self.service, limits=limits, deadline=settings.deadline)
        self._metrics = None if settings.metrics is None else MetricsServer(self.service.statistics)
        self._loader = Crew(1, "hook-loader")

    async def start(self) -> str:
        """Listen, then load. Raises `ListenError`, or what opening a router or a table raises."""
        self._allow_files()
        await self._listen()
        if self._metrics is not None and self._settings.metrics is not None:
            self._metrics.start(self._settings.metrics)
        self.service.journal.info("listening", endpoints=",".join(self.server.places))
        await self._load(lambda: self._settings)
        return self._status()

    async def reload(self) -> str:
        """Read the settings anew, open what they name, and decide by them from then on.

        Raises what `start` raises, and `MapError` where the new maps look like files that were cut off; then the old
        rules stay. What only a start can change is told to the journal, and stays too.
        """
        try:
            await self._load(self._read)
        except BaseException:
            self.service.statistics.reloads["failed"] += 1
            raise
        return self._status()

    async def stop(self) -> None:
        """End: see `HookServer.stop`."""
        await self.server.stop()
        if self._metrics is not None:
            self._metrics.stop()
        self._loader.shutdown(wait=False, cancel_futures=True)

    async def _listen(self) -> None:
        with explained("the sockets of LISTEN_FDS"):
            inherited = systemd.inherited_sockets()
        if not inherited:
            for listener in self._settings.listeners:
                with explained(listener.address):
                    await self.server.listen(listener)
            return
        by_name = {listener.name: listener for listener in self._settings.listeners}
        for name, socket in inherited:
            if name not in by_name:
                known = ", ".join(by_name)
                raise ListenError(0, f"systemd gives a socket named {name!r}, and the listeners are {known}")
            with explained(f"the socket {name} of systemd"):
                await self.server.listen(by_name[name], socket)
        given = {one.name for one in inherited}
        left_out = [name for name in by_name if name not in given]
        if left_out:
            self.service.journal.warning("no-socket", listeners=",".join(left_out))

    async def _load(self, read: Callable[[], Settings]) -> None:
        loaded = await asyncio.get_running_loop().run_in_executor(self._loader, self._opened, read)
        old, self._loaded = self._loaded, loaded
        self.service.load(loaded.rules)
        self._follow(loaded.settings)
        if loaded.directory is not None and loaded.directory.faults:
            faults = loaded.directory.faults
            self.service.journal.warning("faults", count=len(faults), first=faults[0])
        if old is not None and old.rules.router is not None:
            Chain([old.rules.router]).close()

    def _opened(self, read: Callable[[], Settings]) -> _Loaded:
        settings = read()
        old = self._loaded
        if old is not None and _listed(old.settings) and not _listed(settings):
            raise MapError("it allows nothing, after next hops or domains; taken for a file that was cut off")
        rules = Rules.open(settings)
        for text in _RARE:
            rules.rewrite(f"{text}@{settings.names[0]}")
        directory = None if rules.router is None else Directory(rules.router)
        if directory is not None:
            directory.prepare()
            if old is not None and old.directory is not None and old.settings.routers == settings.routers:
                check_successor(directory, old.directory)
        return _Loaded(settings, rules, directory)

    def _follow(self, settings: Settings) -> None:
        """Take of new settings what needs no start; tell of what does."""
        old, self._settings = self._settings, settings
        if settings.addresses != old.addresses:
            self.service.names = AddressNames(settings.addresses)
            self.service.journal.names_peers = settings.addresses == "shown"
        self.server.deadline = settings.deadline
        kept = {name: getattr(old, name) for name in _AT_START}
        if replace(settings, **kept) != settings:
            changed = [name for name in _AT_START if getattr(old, name) != getattr(settings, name)]
            self.service.journal.warning("needs-restart", settings=",".join(changed))
            self._settings = replace(settings, **kept)

    def _allow_files(self) -> None:
        wanted = self.server.limits.connections
        allowed = allow_connections(wanted, self.service.journal)
        if allowed != wanted:
            self.server.restrict(allowed)

    def _status(self) -> str:
        settings = self._settings
        names = ", ".join(settings.names)
        return f"rewriting for {names} on {', '.join(self.server.places)}"


def _listed(settings: Settings) -> bool:
    return bool(settings.next_hops or settings.domains or settings.mapped or settings.x400)


# Addresses whose grammar is made when the first of them comes, which takes a while: here nobody waits for it.
_RARE = ("a@b, c", "::", '"a b" ', "(a) b")
# What a reload does not change.
_AT_START = ("listeners", "metrics", "connections", "idle")
