"""The hook on sockets: every question has its answer, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import grp
import os
import re
import socket
import stat
import threading
from collections import Counter
from pathlib import Path

import pytest

from mailpaths.daemon import Limits, UnixSocket
from mailpaths.daemon.listening import ListenError, bind, explained, remove
from mailpaths.hooks import Decision, Deferred, Listener, Question, Rewritten, Rules, Unchanged
from mailpaths.hooks.connection import _Work
from mailpaths.hooks.naming import AddressNames
from mailpaths.hooks.netstring import netstring
from mailpaths.hooks.service import HookService
from mailpaths.hooks.socketmap import SocketmapConversation
from mailpaths.routing import Answer, NotFound, TemporaryFailure
from tests.hookservers import ANY_PORT, ASKED, FOUND, SETTINGS, calling, port_of, serving
from tests.pathservers import NEVER_IDLE, PATIENCE, Log, go, until

RULES = Rules(SETTINGS)
QUESTION = netstring(b"rcpt " + ASKED)


class Gate:
    """A router that answers when it is let, and counts who waits; without a road for anybody."""

    def __init__(self) -> None:
        self.is_open = threading.Event()
        self.waiting = 0

    def resolve(self, host: str, *, origin: str | None = None) -> Answer:  # noqa: ARG002 - a router's signature
        self.waiting += 1
        assert self.is_open.wait(PATIENCE)
        self.waiting -= 1
        return NotFound()


class Broken:
    """A router with a fault."""

    def resolve(self, host: str, *, origin: str | None = None) -> Answer:  # noqa: ARG002 - a router's signature
        raise RuntimeError(f"a fault about {host}")


SLOW_KEY = b"user%host.csnet@relay.example"


def test_answers_keep_the_order_of_questions() -> None:
    questions = b"".join([QUESTION, netstring(b"rcpt user@elsewhere.example"), netstring(b"nomap x"), QUESTION])

    async def test() -> list[bytes | None]:
        async with serving(RULES) as server, calling(server) as talk:
            talk.send(questions)
            return [await talk.reply() for _ in range(4)]

    no_map = b"TEMP there is no map of this name; there are rcpt, sender, transport, exists"
    assert go(test) == [b"OK user@host.uucp", b"NOTFOUND ", no_map, b"OK user@host.uucp"]


def test_a_peer_that_closes_its_side_is_answered_and_then_let_go() -> None:
    """As Exim does."""

    async def test() -> tuple[bytes, Counter[str]]:
        async with serving(RULES) as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", port_of(server))
            writer.write(QUESTION)
            writer.write_eof()
            said = await reader.read()
            writer.close()
            await until(lambda: not server._connections)
            return said, server.service.statistics.closed

    assert go(test) == (FOUND, Counter({"eof": 1}))


@pytest.mark.parametrize("key", [b"", b"*", b"\xff\xfe@relay.example", b"host!\x9b@relay.example", b"x" * 90_000])
def test_any_octets_are_a_key(key: bytes) -> None:
    async def test() -> bytes | None:
        async with serving(RULES) as server, calling(server) as talk:
            return await talk.ask("rcpt", key)

    assert go(test) == b"NOTFOUND "


def test_until_there_are_rules_mail_waits() -> None:
    async def test() -> list[bytes | None]:
        log = Log()
        async with serving(log=log) as server, calling(server) as talk:
            found = [await talk.ask("rcpt", ASKED)]
            server.service.load(RULES)
            found.append(await talk.ask("rcpt", ASKED))
            assert log.lines == ["event=rewrite map=rcpt asked=host!user@relay.example answered=user@host.uucp"]
            return found

    assert go(test) == [b"TEMP the rules are being read", b"OK user@host.uucp"]


@pytest.mark.parametrize(
    "octets", [b"GET /metrics HTTP/1.1\r\n\r\n", b"4:rcpt,", b"999999:", b"20:rcpt relay!host!user;"]
)
def test_what_is_no_request_ends_the_connection_with_a_word(octets: bytes) -> None:
    async def test() -> tuple[bytes | None, bytes | None, list[str]]:
        log = Log()
        async with serving(RULES, log=log) as server, calling(server) as talk:
            talk.send(QUESTION + octets)
            assert await talk.reply() == b"OK user@host.uucp"
            found = await talk.reply(), await talk.reply()
        return *found, [line for line in log.lines if "event=rewrite" not in line]

    said, end, lines = go(test)
    assert said is not None
    assert re.fullmatch(rb"TEMP no request: .+", said)
    assert end is None
    malformed, closed = lines
    assert re.fullmatch(r"event=malformed detail=.+", malformed)
    assert re.fullmatch(r"event=connection reason=malformed seconds=[0-9.]+ requests=1 octets=[0-9]+", closed)


def test_a_slow_router_keeps_nobody_waiting_but_its_own_asker_and_him_not_long() -> None:
    gate = Gate()

    async def test() -> list[bytes | None]:
        async with serving(Rules(SETTINGS, router=gate), deadline=0.2) as server:
            async with calling(server) as slow, calling(server) as other:
                slow.send(netstring(b"rcpt " + SLOW_KEY) + QUESTION)
                await until(lambda: gate.waiting == 1)
                found = [await other.ask("rcpt", b"user@elsewhere.example")]
                found += [await slow.reply(), await slow.reply()]
                gate.is_open.set()
                found.append(await slow.ask("rcpt", SLOW_KEY))
            return found

    assert go(test) == [b"NOTFOUND ", b"TEMP no answer in time", b"OK user@host.uucp", b"OK user@host.csnet"]


def test_more_slow_questions_than_threads_are_all_answered() -> None:
    gate = Gate()

    async def test() -> Counter[bytes | None]:
        async with (
            serving(Rules(SETTINGS, router=gate), deadline=0.3) as server,
            contextlib.AsyncExitStack() as stack,
        ):
            talks = [await stack.enter_async_context(calling(server)) for _ in range(40)]
            for talk in talks:
                talk.send(netstring(b"rcpt " + SLOW_KEY))
            found = Counter([await talk.reply() for talk in talks])
            gate.is_open.set()
            return found

    assert go(test) == Counter({b"TEMP no answer in time": 40})


def test_what_is_nothing_to_us_waits_for_no_router_though_every_thread_does() -> None:
    gate = Gate()

    async def test() -> tuple[bytes | None, Counter[bytes | None]]:
        async with (
            serving(Rules(SETTINGS, router=gate), deadline=PATIENCE) as server,
            contextlib.AsyncExitStack() as stack,
        ):
            talks = [await stack.enter_async_context(calling(server)) for _ in range(20)]
            for talk in talks:
                talk.send(netstring(b"rcpt " + SLOW_KEY))
            await until(lambda: gate.waiting == 16)
            async with calling(server) as other:
                found = await other.ask("rcpt", b"user@elsewhere.example")
            gate.is_open.set()
            return found, Counter([await talk.reply() for talk in talks])

    assert go(test) == (b"NOTFOUND ", Counter({b"OK user@host.csnet": 20}))


def test_nothing_is_read_behind_a_question_that_waits() -> None:
    gate = Gate()
    replies = netstring(b"OK user@host.csnet") + FOUND * 4_000

    async def test() -> bytes:
        async with (
            serving(Rules(SETTINGS, router=gate), deadline=PATIENCE) as server,
            calling(server) as slow,
            calling(server) as other,
        ):
            slow.send(netstring(b"rcpt " + SLOW_KEY) + QUESTION * 4_000)
            await until(lambda: gate.waiting == 1)
            for _ in range(100):  # turns of the loop, in which it might read
                await other.ask("rcpt", ASKED)
            octets = sum(one._octets for one in server._connections) - 100 * len(QUESTION)
            assert octets <= 2 * 16 * 1024
            gate.is_open.set()
            return await slow.reader.readexactly(len(replies))

    assert go(test) == replies


def test_what_a_router_said_is_its_own_to_remember() -> None:
    class Recovering:
        """A router that was down."""

        def __init__(self) -> None:
            self.answers: list[Answer] = [TemporaryFailure("it is down"), NotFound()]

        def resolve(self, host: str, *, origin: str | None = None) -> Answer:  # noqa: ARG002 - a router's signature
            return self.answers.pop(0)

    service = HookService(Log().journal(), AddressNames("shown"))
    service.load(Rules(SETTINGS, router=Recovering()))
    question = Question("rcpt", SLOW_KEY)
    assert [service.decide(question) for _ in range(2)] == [
        Deferred("no answer now about the road to host.csnet: it is down"),
        Rewritten("user@host.csnet", "user at host.csnet"),
    ]


def test_a_thread_goes_on_no_longer_than_somebody_waits() -> None:
    questions = [Question("rcpt", b"a"), Question("rcpt", b"b")]
    work = _Work(questions, 0.0)
    asked: list[Question] = []

    def decide(question: Question) -> Decision:
        asked.append(question)
        work.forget()
        return Unchanged()

    work.run(decide)
    assert asked == questions[:1]
    assert work.decisions == [Unchanged()]


def test_a_fault_costs_a_delay_and_nobody_else_anything() -> None:
    log = Log()

    async def test() -> list[bytes | None]:
        async with serving(Rules(SETTINGS, router=Broken()), log=log) as server, calling(server) as talk:
            found = [await talk.ask("rcpt", SLOW_KEY), await talk.ask("rcpt", ASKED)]
            assert server.service.statistics.faults == 1
            return found

    assert go(test) == [b"TEMP a fault of the hook", b"OK user@host.uucp"]
    fault = 'detail="a fault about host.csnet"'
    assert log.lines == [
        f"event=fault map=rcpt asked={SLOW_KEY.decode()} error=RuntimeError {fault}",
        f'event=deferred count=1 map=rcpt asked={SLOW_KEY.decode()} detail="a fault of the hook"',
        "event=rewrite map=rcpt asked=host!user@relay.example answered=user@host.uucp",
    ]


def test_one_too_many_is_answered_too() -> None:
    limits = Limits(connections=2, per_address=0, requests=0, idle=NEVER_IDLE)

    async def test() -> list[bytes | None]:
        async with serving(RULES, limits=limits) as server:
            async with calling(server) as one, calling(server) as two:
                found = [await one.ask("rcpt", ASKED), await two.ask("rcpt", ASKED)]
                async with calling(server) as three:
                    found += [await three.ask("rcpt", ASKED), await three.reply()]
                await until(lambda: server.service.statistics.closed["one-too-many"] == 1)
                # It was not counted, and is not counted off.
                assert (server.service.statistics.refused, server.service.statistics.open) == (1, 2)
            await until(lambda: server.service.statistics.open == 0)
            async with calling(server) as four:
                found.append(await four.ask("rcpt", ASKED))
            return found

    ok, many = b"OK user@host.uucp", b"TEMP too many connections"
    assert go(test) == [ok, ok, many, None, ok]


def test_one_too_many_that_asks_nothing_does_not_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    from mailpaths.hooks import connection as room

    monkeypatch.setattr(room, "_SHORT", 0.1)
    limits = Limits(connections=2, per_address=0, requests=0, idle=NEVER_IDLE)

    async def test() -> tuple[Counter[str], bytes | None]:
        async with serving(RULES, limits=limits) as server, contextlib.AsyncExitStack() as stack:
            talks = [await stack.enter_async_context(calling(server)) for _ in range(6)]
            # Two are let in, two would be told when they ask, and of more there is no place to wait.
            await until(lambda: server.service.statistics.closed.total() == 4)
            return server.service.statistics.closed.copy(), await talks[0].ask("rcpt", ASKED)

    assert go(test) == (Counter({"idle": 2, "crowded": 2}), b"OK user@host.uucp")


def test_a_slow_router_does_not_keep_waiting_who_needs_none() -> None:
    gate = Gate()

    async def test() -> list[bytes | None]:
        async with (
            serving(Rules(SETTINGS, router=gate), deadline=PATIENCE) as server,
            contextlib.AsyncExitStack() as stack,
        ):
            talks = [await stack.enter_async_context(calling(server)) for _ in range(20)]
            for talk in talks:
                talk.send(netstring(b"rcpt " + SLOW_KEY))
            await until(lambda: gate.waiting == 16)
            other = await stack.enter_async_context(calling(server))
            found = [await other.ask("rcpt", key) for key in (ASKED, b"nobody@relay.example", b"u%evil@relay.example")]
            gate.is_open.set()
            return [*found, *[await talk.reply() for talk in talks]]

    assert go(test) == [b"OK user@host.uucp", b"NOTFOUND ", b"NOTFOUND ", *[b"OK user@host.csnet"] * 20]


def test_names_of_maps_that_there_are_not_are_not_kept() -> None:
    service = HookService(Log().journal(), AddressNames("hidden"))
    service.load(RULES)
    for number in range(2000):
        service.decide(Question(f"map{number}", b"a@b"))
    assert service._rewrite.cache_info().currsize == 0  # type: ignore[attr-defined]  # of lru_cache


def test_a_question_puts_off_the_end_of_a_silent_connection() -> None:
    async def test() -> list[float]:
        async with serving(RULES) as server, calling(server) as talk:
            await until(lambda: len(server._connections) == 1)
            (one,) = server._connections
            found = []
            for _ in range(2):
                await talk.ask("rcpt", ASKED)
                found.append(one._deadline - one._loop.time())
                one._deadline = 0.0
            return found

    assert all(NEVER_IDLE - PATIENCE < left <= NEVER_IDLE for left in go(test))


def test_whoever_waits_for_an_answer_is_not_idle() -> None:
    gate = Gate()

    async def test() -> bytes | None:
        async with serving(Rules(SETTINGS, router=gate), deadline=PATIENCE) as server, calling(server) as talk:
            talk.send(netstring(b"rcpt " + SLOW_KEY))
            await until(lambda: gate.waiting == 1)
            (one,) = server._connections
            one._deadline = 0.0
            one._look_at_the_clock()  # as its timer would
            gate.is_open.set()
            return await talk.reply()

    assert go(test) == b"OK user@host.csnet"


def test_whoever_asks_nothing_is_let_go_without_a_word() -> None:
    limits = Limits(connections=0, per_address=0, requests=0, idle=0.1)

    async def test() -> tuple[bytes | None, Counter[str]]:
        async with serving(RULES, limits=limits) as server:
            async with calling(server) as talk:
                assert await talk.ask("rcpt", ASKED) == b"OK user@host.uucp"
                said = await talk.reply()
            await until(lambda: not server._connections)
            return said, server.service.statistics.closed

    assert go(test) == (None, Counter({"idle": 1}))


def test_a_flood_on_one_connection_lets_others_have_their_turn_and_is_answered_whole() -> None:
    count = 20_000

    async def test() -> tuple[int, bytes | None]:
        async with serving(RULES) as server, calling(server) as flood, calling(server) as other:
            flood.send(QUESTION * count)
            reading = asyncio.create_task(flood.reader.readexactly(len(FOUND) * count))
            answer = await other.ask("rcpt", ASKED)
            assert not reading.done()
            # What waits of it is a buffer's worth and not the flood.
            waiting = [
                len(one._conversation._strings._data)
                for one in server._connections
                if isinstance(one._conversation, SocketmapConversation)
            ]
            assert len(waiting) == 2
            assert max(waiting) <= 2 * 16 * 1024 + len(QUESTION)
            return (await reading).count(FOUND), answer

    assert go(test) == (count, b"OK user@host.uucp")


def test_a_peer_that_takes_no_replies_is_not_waited_for(tmp_path: Path) -> None:
    limits = Limits(connections=0, per_address=0, requests=0, idle=NEVER_IDLE, drain=0.2)
    # The system holds less for a socket in the file system than for one of TCP, which grows.
    place = Listener(address=UnixSocket(str(tmp_path / "hook.sock")))

    async def test() -> Counter[str]:
        async with serving(RULES, limits=limits, listeners=[place]) as server:
            _, writer = await asyncio.open_unix_connection(str(tmp_path / "hook.sock"), limit=1024)
            writer.transport.pause_reading()  # type: ignore[attr-defined]  # of a socket's transport
            writer.write(QUESTION * 40_000)
            await until(lambda: bool(server.service.statistics.closed))
            writer.transport.abort()
            return server.service.statistics.closed

    assert go(test) == Counter({"slow": 1})


# The end.


def test_what_was_asked_is_answered_before_the_end() -> None:
    gate = Gate()

    async def test() -> list[bytes | None]:
        async with serving(Rules(SETTINGS, router=gate), deadline=PATIENCE) as server:
            async with calling(server) as slow, calling(server) as idle:
                assert await idle.ask("rcpt", ASKED) == b"OK user@host.uucp"
                slow.send(netstring(b"rcpt " + SLOW_KEY))
                await until(lambda: gate.waiting == 1)
                ending = asyncio.create_task(server.stop())
                # Who waits for nothing is let go at once, without a word that would be taken for an answer.
                found = [await idle.reply()]
                gate.is_open.set()
                found += [await slow.reply(), await slow.reply()]
                await ending
            return found

    assert go(test) == [None, b"OK user@host.csnet", None]


def test_what_cannot_be_answered_before_the_end_is_deferred(monkeypatch: pytest.MonkeyPatch) -> None:
    from mailpaths.daemon import links as room

    monkeypatch.setattr(room, "_GRACE", 0.1)
    gate = Gate()

    async def test() -> list[bytes | None]:
        async with serving(Rules(SETTINGS, router=gate), deadline=PATIENCE) as server, calling(server) as talk:
            talk.send(netstring(b"rcpt " + SLOW_KEY))
            await until(lambda: gate.waiting == 1)
            ending = asyncio.create_task(server.stop())
            found = [await talk.reply(), await talk.reply()]
            await ending
            gate.is_open.set()
            return found

    assert go(test) == [b"TEMP the hook is going down", None]


# Where it listens.


def test_unix_sockets_have_their_permissions_and_go_with_the_server(tmp_path: Path) -> None:
    path = tmp_path / "hook.sock"
    group = grp.getgrgid(os.getgid()).gr_name
    place = Listener(address=UnixSocket(str(path), mode=0o620, group=group))

    async def test() -> tuple[bytes | None, int, int]:
        async with serving(RULES, listeners=[place]) as server:
            assert server.places == (f"unix:{path}",)
            state = path.stat()
            async with calling(server) as talk:
                return await talk.ask("rcpt", ASKED), stat.S_IMODE(state.st_mode), state.st_gid

    assert go(test) == (b"OK user@host.uucp", 0o620, os.getgid())
    assert list(tmp_path.iterdir()) == []


def test_nobody_may_connect_before_a_socket_has_its_group_and_permissions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = UnixSocket(str(tmp_path / "hook.sock"), mode=0o666)
    before: list[int] = []
    chmod = os.chmod

    def watched(path: str, mode: int) -> None:
        before.append(stat.S_IMODE(os.lstat(path).st_mode))
        chmod(path, mode)

    monkeypatch.setattr(os, "chmod", watched)
    mask = os.umask(0o022)
    os.umask(mask)
    bind(place).close()
    assert (before, stat.S_IMODE(os.lstat(place.path).st_mode)) == ([0], 0o666)
    # The mask of the process is as it was.
    assert os.umask(mask) == mask


def test_a_socket_that_a_dead_server_left_is_replaced(tmp_path: Path) -> None:
    place = UnixSocket(str(tmp_path / "hook.sock"))
    bind(place).close()
    made = bind(place)
    with made:
        with (
            pytest.raises(ListenError, match=r"^.*cannot listen on unix:.*: Address already in use$"),
            explained(place),
        ):
            bind(place)
        state = os.lstat(place.path)
        Path(place.path).rename(tmp_path / "elsewhere")
        second = bind(place)
        # The first server goes; the file that stands there now is the second one's.
        remove(place, state)
        assert Path(place.path).exists()
        second.close()


@pytest.mark.parametrize(
    ("path", "group", "message"),
    [
        ("file", None, "File exists"),
        ("no/such/directory", None, "No such file or directory"),
        ("hook.sock", "no-such-group", "no such group: 'no-such-group'"),
    ],
)
def test_a_socket_that_cannot_be_had(tmp_path: Path, path: str, group: str | None, message: str) -> None:
    (tmp_path / "file").write_text("a file")
    place = UnixSocket(str(tmp_path / path), group=group)
    with pytest.raises(ListenError) as caught, explained(place):
        bind(place)
    assert caught.value.strerror == f"cannot listen on {place}: {message}"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file"]


@pytest.mark.parametrize(
    ("protocol", "said"),
    [("socketmap", FOUND), ("tcp_table", b"200 user@host.uucp\n")],
)
def test_several_listeners_each_in_its_protocol(protocol: str, said: bytes) -> None:
    listeners = [
        Listener(address=ANY_PORT),
        Listener(address=ANY_PORT, protocol="tcp_table", map="rcpt", name="table"),
    ]

    async def test() -> bytes:
        async with serving(RULES, listeners=listeners) as server:
            place = 0 if protocol == "socketmap" else 1
            async with calling(server, place) as talk:
                talk.send(QUESTION if place == 0 else b"get host!user@relay.example\n")
                return await talk.reader.readexactly(len(said))

    assert go(test) == said


# The journal and the counts.


@pytest.mark.parametrize(
    ("naming", "lines"),
    [
        (
            "shown",
            [
                "event=rewrite map=rcpt asked=host!user@relay.example answered=user@host.uucp",
                'event=refused map=rcpt asked=user%evil@relay.example detail="evil is not on the allow-list"',
            ],
        ),
        ("hidden", ["event=rewrite map=rcpt", "event=refused map=rcpt"]),
        (
            "hashed",
            ["event=rewrite map=rcpt asked=HASH answered=HASH", "event=refused map=rcpt asked=HASH"],
        ),
    ],
)
def test_a_line_of_each_rewrite_and_each_refusal(naming: str, lines: list[str]) -> None:
    log = Log()
    names = AddressNames(naming)  # type: ignore[arg-type]  # one of the three
    service = HookService(log.journal(names_peers=naming == "shown"), names)
    service.load(RULES)
    for key in (ASKED, b"user@elsewhere.example", b"user%evil@relay.example"):
        question = Question("rcpt", key)
        service.note(question, service.decide(question))
    assert [re.sub(r"=[0-9a-f]{16}(?= |\Z)", "=HASH", line) for line in log.lines] == lines
    assert service.statistics.lookups == {("rcpt", "ok"): 1, ("rcpt", "notfound"): 1, ("rcpt", "refused"): 1}


def test_a_hash_is_of_one_address_and_one_process() -> None:
    one, other = AddressNames("hashed"), AddressNames("hashed")
    assert one.of("a@b") == one.of("a@b")
    assert one.of("a@b") != one.of("A@b")
    assert one.of("a@b") != other.of("a@b")
    assert re.fullmatch("[0-9a-f]{16}", one.of("\udcff@b") or "")


def test_delays_are_told_once_a_second() -> None:
    log, now = Log(), [100.0]
    service = HookService(log.journal(names_peers=True), AddressNames("shown"), clock=lambda: now[0])
    service.load(RULES)
    question = Question("nomap", b"a@b")
    for seconds in (0.0, 0.5, 0.4, 0.2, 5.0):
        now[0] += seconds
        service.note(question, service.decide(question))
    detail = 'detail="there is no map of this name; there are rcpt, sender, transport, exists"'
    assert log.lines == [f"event=deferred count={count} map=nomap asked=a@b {detail}" for count in (1, 3, 1)]
    assert service.statistics.lookups == {("other", "temp"): 5}


def test_metrics_of_a_server() -> None:
    from prometheus_client.parser import text_string_to_metric_families

    from mailpaths.hooks.metrics import MetricsServer

    async def test() -> dict[str, float]:
        async with serving(RULES) as server, calling(server) as talk:
            for key in (ASKED, ASKED, b"user@elsewhere.example", b"user%x@relay"):
                await talk.ask("rcpt", key)
            metrics = MetricsServer(server.service.statistics)
            metrics.start(ANY_PORT)
            place = metrics.place
            assert place is not None
            reader, writer = await asyncio.open_connection("127.0.0.1", place.port)
            writer.write(b"GET /metrics HTTP/1.0\r\n\r\n")
            text = (await reader.read()).decode()
            writer.close()
            metrics.stop()
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", place.port))
        return {
            f"{sample.name.removeprefix('mailpaths_hook_')}{sorted(sample.labels.values())}": sample.value
            for family in text_string_to_metric_families(text.partition("\r\n\r\n")[2])
            for sample in family.samples
            if not sample.name.endswith(("_bucket", "_sum", "_seconds"))
        }

    assert go(test) == {
        "connections_open[]": 1.0,
        "connections_total[]": 1.0,
        "connections_refused_total[]": 0.0,
        "faults_total[]": 0.0,
        "reloads_total['ok']": 1.0,
        "lookups_total['ok', 'rcpt']": 2.0,
        "lookups_total['notfound', 'rcpt']": 1.0,
        "lookups_total['rcpt', 'refused']": 1.0,
        "latency_seconds_count[]": 4.0,
    }
