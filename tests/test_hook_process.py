"""The hook as a process, without one: what a reload takes, what it keeps, and what it tells."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from mailpaths.daemon import Endpoint
from mailpaths.errors import MapError
from mailpaths.hooks import Deferred, Listener, Question, Rewritten, Settings, Unchanged
from mailpaths.hooks.process import HookProcess
from mailpaths.routing import Answer, TemporaryFailure
from tests.hookservers import ANY_PORT, ASKED, SETTINGS, calling
from tests.pathservers import Log, go

PLAIN = replace(SETTINGS, listeners=(Listener(address=ANY_PORT),))
FOUND = Rewritten("user@host.uucp", "user at host")


class Site:
    """A process, the settings that it reads next, and its log."""

    def __init__(self, settings: Settings) -> None:
        self.next = settings
        self.log = Log()
        self.process = HookProcess(settings, lambda: self.next, self.log.journal(names_peers=True))

    async def reload(self, settings: Settings) -> None:
        self.next = settings
        self.log.lines.clear()
        await self.process.reload()


@asynccontextmanager
async def started(settings: Settings = PLAIN) -> AsyncIterator[Site]:
    site = Site(settings)
    await site.process.start()
    try:
        yield site
    finally:
        await site.process.stop()


@pytest.mark.parametrize(
    "old",
    [
        replace(PLAIN, domains=()),
        replace(PLAIN, next_hops=()),
        replace(PLAIN, next_hops=(), domains=(), mapped=True),
    ],
    ids=["next hops", "domains", "mapped"],
)
def test_a_file_that_allows_nothing_after_one_that_did_is_taken_for_one_that_was_cut_off(old: Settings) -> None:
    async def test() -> None:
        async with started(old) as site:
            asked = Question("rcpt", b"user%host.csnet@relay" if not old.next_hops else ASKED)
            before = site.process.service.decide(asked)
            with pytest.raises(MapError) as caught:
                await site.reload(replace(PLAIN, next_hops=(), domains=()))
            assert (
                str(caught.value) == "it allows nothing, after next hops or domains; taken for a file that was cut off"
            )
            assert site.process.service.decide(asked) == before
            assert site.process.service.statistics.reloads == {"ok": 1, "failed": 1}

    go(test)


def test_what_allowed_nothing_from_the_start_may_go_on_so() -> None:
    async def test() -> list[object]:
        async with started(replace(PLAIN, next_hops=(), domains=())) as site:
            await site.reload(replace(PLAIN, next_hops=(), domains=(), hops=3))
            found: list[object] = [site.process.service.decide(Question("rcpt", ASKED))]
            await site.reload(PLAIN)
            return [*found, site.process.service.decide(Question("rcpt", ASKED))]

    assert go(test) == [Unchanged("host is not on the allow-list", refused=True), FOUND]


def test_a_map_that_was_cut_off_keeps_the_old_rules(tmp_path: Path) -> None:
    table = tmp_path / "paths"
    table.write_text("a\thost!a!%s\nb\thost!b!%s\nc\thost!c!%s\n", encoding="ascii")
    settings = replace(PLAIN, mapped=True, routers=(f"paths:{table}",))
    asked = Question("rcpt", b"user%c@relay.example")

    async def test() -> list[object]:
        async with started(settings) as site:
            found: list[object] = [site.process.service.decide(asked)]
            table.write_text("a\thost!a!%s\n", encoding="ascii")
            with pytest.raises(MapError) as caught:
                await site.reload(settings)
            message = "it lists 1, after 3 hosts; taken for a file that was cut off; a restart takes it as it is"
            assert str(caught.value) == message
            found.append(site.process.service.decide(asked))
            # Another router may know fewer.
            other = tmp_path / "other"
            other.write_text("a\thost!a!%s\n", encoding="ascii")
            await site.reload(replace(settings, routers=(f"paths:{other}",)))
            return [*found, site.process.service.decide(asked)]

    road = Rewritten("user%c@host.uucp", "user at c, by the road host → c")
    assert go(test) == [road, road, Unchanged("c is not on the allow-list", refused=True)]


def test_the_deadline_and_the_names_in_the_log_follow_the_file() -> None:
    async def test() -> tuple[float, list[str]]:
        async with started() as site:
            await site.reload(replace(PLAIN, deadline=0.25, addresses="hidden"))
            service, question = site.process.service, Question("rcpt", ASKED)
            service.note(question, service.decide(question))
            return site.process.server.deadline, site.log.lines

    assert go(test) == (0.25, ["event=rewrite map=rcpt"])


def test_what_needs_a_start_is_told_at_each_reload_until_there_is_one() -> None:
    changed = replace(
        PLAIN,
        listeners=(Listener(address=Endpoint("127.0.0.2", 0)),),
        metrics=ANY_PORT,
        connections=7,
        idle=8.0,
        hops=1,
    )

    async def test() -> list[list[str]]:
        async with started() as site:
            told = []
            for settings in (changed, changed, replace(PLAIN, hops=2)):
                await site.reload(settings)
                told.append(list(site.log.lines))
            assert site.process.server.places[0].startswith("inet:127.0.0.1:")
            assert (site.process.server.limits.connections, site.process.server.limits.idle) == (500, 300.0)
            return told

    line = "event=needs-restart settings=listeners,metrics,connections,idle"
    assert go(test) == [[line], [line], []]


def test_the_rules_of_a_reload_forget_what_the_old_ones_said() -> None:
    async def test() -> list[object]:
        question = Question("rcpt", ASKED)
        async with started() as site:
            found: list[object] = [site.process.service.decide(question)]
            await site.reload(replace(PLAIN, next_hops=("gamma",)))
            return [*found, site.process.service.decide(question)]

    assert go(test) == [FOUND, Unchanged("host is not on the allow-list", refused=True)]


def test_the_router_of_the_old_rules_is_closed_and_that_of_the_new_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closing:
        """A router that says whether it was closed."""

        def __init__(self) -> None:
            self.is_closed = False

        def resolve(self, host: str, *, origin: str | None = None) -> Answer:  # noqa: ARG002 - a router's signature
            return TemporaryFailure("it is closed" if self.is_closed else "it is open")

        def close(self) -> None:
            self.is_closed = True

    made: list[Closing] = []

    def opened(_: object) -> Closing:
        made.append(Closing())
        return made[-1]

    monkeypatch.setattr("mailpaths.hooks.rules.open_router", opened)
    settings = replace(PLAIN, routers=("path://one",))

    async def test() -> object:
        async with started(settings) as site:
            with contextlib.suppress(MapError):
                await site.reload(replace(settings, next_hops=(), domains=()))
            assert [one.is_closed for one in made] == [False]
            await site.reload(settings)
            return site.process.service.decide(Question("rcpt", b"user%host.csnet@relay"))

    assert go(test) == Deferred("no answer now about the road to host.csnet: it is open")
    assert [one.is_closed for one in made] == [True, False]


def test_mail_servers_are_answered_while_the_rules_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """It listens before it loads: who asks meanwhile is told to come again, and is not refused."""

    async def test() -> list[bytes | None]:
        site = Site(PLAIN)
        opened = site.process._opened
        loop, may_go_on = asyncio.get_running_loop(), asyncio.Event()

        def slowly(read: object) -> object:
            asyncio.run_coroutine_threadsafe(may_go_on.wait(), loop).result()
            return opened(read)  # type: ignore[arg-type]  # what it is given

        monkeypatch.setattr(site.process, "_opened", slowly)
        starting = asyncio.create_task(site.process.start())
        while not site.process.server.places:  # noqa: ASYNC110 - it listens in a turn of this loop
            await asyncio.sleep(0)
        async with calling(site.process.server) as talk:
            found = [await talk.ask("rcpt", ASKED)]
            may_go_on.set()
            await starting
            found.append(await talk.ask("rcpt", ASKED))
        await site.process.stop()
        return found

    assert go(test) == [b"TEMP the rules are being read", b"OK user@host.uucp"]


@pytest.mark.parametrize(("allowed", "connections"), [(100_000, 500), (464, 200), (10, 1)])
def test_connections_are_as_many_as_the_system_has_files_for(
    monkeypatch: pytest.MonkeyPatch, allowed: int, connections: int
) -> None:
    wanted: list[int] = []

    def allow(count: int) -> int:
        wanted.append(count)
        return min(allowed, count)

    monkeypatch.setattr("mailpaths.daemon.lifecycle.allow_files", allow)

    async def test() -> tuple[int, list[str]]:
        async with started() as site:
            return site.process.server.limits.connections, [one for one in site.log.lines if "few-files" in one]

    lines = [] if connections == 500 else [f"event=few-files wanted=1064 allowed={allowed}"]
    assert go(test) == (connections, lines)
    assert wanted == [1064]
