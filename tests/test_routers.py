"""Routers: the protocol, the four answers, templates of roads, smart hosts, chains, caches, URLs and plug-ins."""

from __future__ import annotations

import asyncio
import dataclasses
import pickle
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import assert_never

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpaths import (
    AddressSyntaxError,
    MailPathsError,
    MapError,
    Route,
    UnknownHostError,
    UnknownNameError,
    parse,
    policy,
    read,
)
from mailpaths.routing import (
    Ambiguous,
    Answer,
    AsyncCached,
    AsyncChain,
    AsyncRouter,
    Cached,
    Chain,
    Found,
    GatewayDomains,
    InThread,
    NotFound,
    Obstacle,
    PathTable,
    Router,
    RouteTemplate,
    SmartHost,
    TemporaryFailure,
    UUCPMap,
    open_router,
)
from mailpaths.routing.template import HERE
from mailpaths.routing.urls import schemes
from mailpaths.testing import hostile_texts

ROAD = RouteTemplate.parse("seismo!mcvax!%s")


class Told:
    """A router that answers what it was told, and keeps what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str | None]] = []

    def resolve(self, host: str, *, origin: str | None = None) -> Answer:
        self.asked.append((host, origin))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class AsyncTold:
    """The async twin of `Told`."""

    def __init__(self, *answers: Answer) -> None:
        self.told = Told(*answers)

    async def resolve(self, host: str, *, origin: str | None = None) -> Answer:
        await asyncio.sleep(0)
        return self.told.resolve(host, origin=origin)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def found(text: str = "a!%s") -> Found:
    return Found(RouteTemplate.parse(text), source="told")


def every_router() -> list[Router]:
    """Return a router of each kind; each of them knows .edu or everything."""
    table = PathTable.from_text(".edu\trutgers!%s\n.gov\t%s@seismo.css.gov\n.com\tihnp4!%s@seismo\n")
    world = UUCPMap.from_text("h rutgers(10), @relay(10)\nrutgers .edu(5)\nrelay .com(5)", home="h")
    best = UUCPMap(world.world, home="h", mode="best")
    return [table, world, best, GatewayDomains(), SmartHost("relay"), SmartHost("gw!relay")]


# --- answers ------------------------------------------------------------------------------------------------------


def said(answer: Answer) -> str:
    match answer:
        case Found(template):
            return template.text
        case NotFound(near_misses):
            return f"no, but {near_misses}"
        case Ambiguous(candidates):
            return f"which of {candidates}"
        case TemporaryFailure(reason):
            return f"later: {reason}"
        case _:
            assert_never(answer)


def test_an_answer_is_one_of_four() -> None:
    answers: list[Answer] = [
        Found(ROAD),
        NotFound(("mcvac",)),
        Ambiguous(("bilbo in u.usa.nj.1", "bilbo in u.usa.ca.3")),
        TemporaryFailure("no connection"),
    ]
    assert [said(answer) for answer in answers] == [
        "seismo!mcvax!%s",
        "no, but ('mcvac',)",
        "which of ('bilbo in u.usa.nj.1', 'bilbo in u.usa.ca.3')",
        "later: no connection",
    ]


def test_the_parts_of_found() -> None:
    answer = Found(ROAD, 395, "a map", "mcvax", (Obstacle.DEAD_LINK,))
    assert (answer.hosts, answer.next_hop) == (("seismo", "mcvax"), "seismo")
    assert (Found(ROAD).cost, Found(ROAD).source, Found(ROAD).matched, Found(ROAD).obstacles) == (None, "", "", ())
    assert (Found(HERE).hosts, Found(HERE).next_hop) == ((), None)


@pytest.mark.parametrize(
    "answer",
    [Found(ROAD, 1, "x", "y", (Obstacle.ONE_WAY,)), NotFound(("a",)), Ambiguous(("a", "b")), TemporaryFailure("x")],
    ids=lambda answer: type(answer).__name__,
)
def test_answers_are_values(answer: Answer) -> None:
    assert pickle.loads(pickle.dumps(answer)) == answer  # noqa: S301 - our own
    assert hash(answer) == hash(dataclasses.replace(answer))
    assert repr(answer).startswith(f"{type(answer).__name__}(")
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(answer, dataclasses.fields(answer)[0].name, None)


def test_obstacles_say_what_they_are() -> None:
    assert [str(one) for one in Obstacle] == [
        "only the other way is declared",
        "a dead link",
        "a host that passes nothing on",
        "into a domain or net elsewhere than at its gateways",
        "host!user and user@host on the same road",
        "on from a host that only takes its own mail",
    ]


def test_whatever_has_the_method_is_a_router() -> None:
    assert isinstance(Told(NotFound()), Router)
    assert isinstance(AsyncTold(NotFound()), AsyncRouter)
    assert not isinstance(object(), Router)
    for router in [*every_router(), Chain([]), Cached(SmartHost("a"))]:
        assert isinstance(router, Router)
    for twin in (InThread(SmartHost("a")), AsyncChain([]), AsyncCached(InThread(SmartHost("a")))):
        assert isinstance(twin, AsyncRouter)


# --- templates ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "hosts", "filled"),
    [
        ("%s", (), "piet"),
        ("a!%s", ("a",), "a!piet"),
        ("seismo!mcvax!%s", ("seismo", "mcvax"), "seismo!mcvax!piet"),
        ("seismo.!%s", ("seismo",), "seismo.!piet"),
        ("%s@a", ("a",), "piet@a"),
        ("%s%%b@a", ("a", "b"), "piet%b@a"),
        ("%s%%b%%c@a", ("a", "c", "b"), "piet%b%c@a"),
        ("a!%s@b", ("a", "b"), "a!piet@b"),
        ("a!b!%s@c%%d", ("a", "b", "c%d"), "a!b!piet@c%d"),
        ("a%%b!%s", ("a%b",), "a%b!piet"),
        ("%%!%s", ("%",), "%!piet"),
        ("@a,@b:%s@c", ("a", "b", "c"), "@a,@b:piet@c"),
        ("<@a,@b:%s@c>", ("a", "b", "c"), "<@a,@b:piet@c>"),
        ("%s@[192.0.2.1]", ("[192.0.2.1]",), "piet@[192.0.2.1]"),
        ("%s@bücher.example", ("bücher.example",), "piet@bücher.example"),
        ("a-user-of-no-host!%s", ("a-user-of-no-host",), "a-user-of-no-host!piet"),
    ],
)
def test_templates(text: str, hosts: tuple[str, ...], filled: str) -> None:
    road = RouteTemplate.parse(text)
    assert road == RouteTemplate(text, hosts)
    assert (str(road), road.fill("piet"), road.route("piet")) == (text, filled, Route(hosts, "piet"))
    assert road.next_hop == (hosts[0] if hosts else None)


def test_a_policy_decides_how_a_template_is_read() -> None:
    assert RouteTemplate.parse("a!%s@b", policy.INTERNET).hosts == ("b", "a")
    assert RouteTemplate.parse("a!%s@b", policy.UUCP).hosts == ("a", "b")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected one %s in a route, for the user\n  \n  ^"),
        ("mcvax", "expected one %s in a route, for the user\n  mcvax\n  ^~~~~"),
        ("%", "expected %s or %% in a route\n  %\n  ^"),
        ("%d", "expected %s or %% in a route\n  %d\n  ^~"),
        ("a!%", "expected %s or %% in a route\n  a!%\n    ^"),
        ("%s%b@a", "expected %s or %% in a route\n  %s%b@a\n    ^~"),
        ("a!%%s", "expected one %s in a route, for the user\n  a!%%s\n  ^~~~~"),
        ("%s!%s", "expected one %s in a route, for the user\n  %s!%s\n  ^~~~~"),
        ("a!%s!b", "expected %s to be the user\n  a!%s!b\n  ^~~~~~"),
        ("a!b%s", "expected %s to be the user\n  a!b%s\n  ^~~~~"),
        ("a!x%s@y", "expected %s to be the user\n  a!x%s@y\n  ^~~~~~~"),
        ("a@%s", "expected %s to be the user\n  a@%s\n  ^~~~"),
        ("a:%s", "expected %s to be the user\n  a:%s\n  ^~~~"),
        (".!%s", "no route: expected a host name, found '.'\n  .!%s\n  ^~~~"),
        ("a!!%s", "no route: expected a host name between '!' and '!'\n  a!!%s\n  ^~~~~"),
        ("!%s", "no route: expected a host name before '!'\n  !%s\n  ^~~"),
        ("%s@", "no route: expected a domain after '@'\n  %s@\n  ^~~"),
        ("a !%s", "no route: white space may not stand in a bang path\n  a !%s\n  ^~~~~"),
        ("a!%s\n", "no route: a line feed may not stand in an address\n  a!%s␊\n  ^~~~~"),
        (
            "a!%s\r\nBcc: x@y",
            "no route: a carriage return may not stand in an address\n  a!%s␍␊Bcc: x@y\n  ^~~~~~~~~~~~~~",
        ),
        ("a\r\nBcc: x!%s", "no route: a carriage return may not stand in an address\n  a␍␊Bcc: x!%s\n  ^~~~~~~~~~~~"),
        ("a\x00!%s", "no route: a NUL may not stand in an address\n  a␀!%s\n  ^~~~~"),
        ("a\udcfc!%s", "no route: byte 0xFC is not UTF-8 text\n  a?!%s\n  ^~~~~"),
        ("a\u2028!%s", "no route: U+2028 is not a text character\n  a\ufffd!%s\n  ^~~~~"),
        ("%s, b@c", "no route: expected one address, found ','; this is a list of several\n  %s, b@c\n  ^~~~~~~"),
        ("G: %s@a;", "no route: expected one address, found a group\n  G: %s@a;\n  ^~~~~~~~"),
        (
            "/S=%s/C=US/",
            (
                "no route: an O/R address names no hosts: a gateway must make an RFC 822 address of it first\n"
                "  /S=%s/C=US/\n  ^~~~~~~~~~~"
            ),
        ),
    ],
)
def test_what_is_no_template(text: str, message: str) -> None:
    with pytest.raises(AddressSyntaxError) as caught:
        RouteTemplate.parse(text)
    assert str(caught.value) == message


@pytest.mark.parametrize("user", ["x\nBcc: y@z", "x\r\nDATA", "x\0"])
def test_a_user_cannot_bring_a_line(user: str) -> None:
    for call in (ROAD.fill, ROAD.route):
        with pytest.raises(AddressSyntaxError):
            call(user)


def test_a_user_is_put_in_as_it_is() -> None:
    assert RouteTemplate.parse("%s%%b@a").fill("100%s") == "100%s%b@a"


@given(
    st.sampled_from(["a!{}", "{}", "{}@a", "a!%s@{}", "%s%%{}@a", "{}!%s", "a!{}!%s"]),
    hostile_texts() | st.text("%sd!@:,.ab ", max_size=12),
)
def test_a_template_says_what_its_address_says(frame: str, text: str) -> None:
    try:
        road = RouteTemplate.parse(frame.format(text))
    except AddressSyntaxError:
        return
    address = road.fill("piet")
    # What stands there for one user stands there for no other host and for nobody else.
    expected = Route(road.hosts, "piet")
    assert (read(parse(address), policy.UUCP) if road.hosts else Route((), address)) == expected


@pytest.mark.parametrize(
    ("text", "host", "expected"),
    [
        ("rutgers!%s", "gatech.edu", RouteTemplate("rutgers!gatech.edu!%s", ("rutgers", "gatech.edu"))),
        ("%s@relay", "ubc.csnet", RouteTemplate("%s%%ubc.csnet@relay", ("relay", "ubc.csnet"))),
        ("%s%%b@a", "x.y", RouteTemplate("%s%%x.y%%b@a", ("a", "b", "x.y"))),
        ("a!%s@b", "x.y", RouteTemplate("a!%s%%x.y@b", ("a", "b", "x.y"))),
        ("%s", "x.y", RouteTemplate("x.y!%s", ("x.y",))),
        ("a!%%b!%s", "x.y", RouteTemplate("a!%%b!x.y!%s", ("a", "%b", "x.y"))),
    ],
)
def test_a_road_goes_on_to_one_more_host(text: str, host: str, expected: RouteTemplate) -> None:
    longer = RouteTemplate.parse(text).on_to(host)
    assert longer == expected
    assert RouteTemplate.parse(longer.text) == expected


# --- every router -------------------------------------------------------------------------------------------------

EVERY = {f"{number} {type(router).__name__}": router for number, router in enumerate(every_router())}
NO_HOSTS = [
    "",
    ".",
    "a b",
    "x\ny.edu",
    "x\r\nBcc: y.edu",
    "x@y.edu",
    "a!b.edu",
    "a,b.edu",
    "<a.edu",
    'a"b.edu',
    "\0.edu",
]


@pytest.mark.parametrize("router", EVERY.values(), ids=EVERY)
@pytest.mark.parametrize("host", [*NO_HOSTS, *[host.replace("edu", "bitnet") for host in NO_HOSTS]])
def test_what_is_no_host_is_not_found(router: Router, host: str) -> None:
    assert isinstance(router.resolve(host), NotFound)


@pytest.mark.parametrize("router", EVERY.values(), ids=EVERY)
@given(
    host=hostile_texts() | st.text("ab.!%@:-,\r\n\udcfcé", max_size=9),
    domain=st.sampled_from(["", ".edu", ".com", ".bitnet"]),
)
def test_no_text_makes_a_router_fail_or_lie(router: Router, host: str, domain: str) -> None:
    answer = router.resolve(host + domain)
    if isinstance(answer, Found):
        # A road that its own text reads otherwise would lead to somebody else.
        again = RouteTemplate.parse(answer.template.text)
        assert Route(again.hosts, "") == Route(answer.hosts, "")
    else:
        assert isinstance(answer, NotFound)
    router.resolve("a.edu", origin=host)


BOMBS: dict[str, str] = {
    "letters": "a" * 1_000_000,
    "dots": "." * 1_000_000,
    "labels": "a." * 500_000 + "bitnet",
    "labels beyond ASCII": "é." * 500_000 + "bitnet",
    "letters beyond ASCII": "é" * 1_000_000,
    "bangs": "a!" * 500_000 + "b.edu",
}


@pytest.mark.parametrize("router", EVERY.values(), ids=EVERY)
@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_megabyte_is_answered_at_once(router: Router, bomb: str) -> None:
    start = time.process_time()
    router.resolve(bomb)
    router.resolve("a.edu", origin=bomb)
    assert time.process_time() - start < 2


# --- smart host ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("relay", "host", "text", "hosts"),
    [
        ("relay", "mcvax", "relay!mcvax!%s", ("relay", "mcvax")),
        ("gw!relay", "mcvax", "gw!relay!mcvax!%s", ("gw", "relay", "mcvax")),
        ("gw!relay", "gw", "gw!relay!gw!%s", ("gw", "relay", "gw")),
        # To itself the relay has no way to find.
        ("relay", "relay", "relay!%s", ("relay",)),
        ("relay", "RELAY.", "relay!%s", ("relay",)),
        ("gw!relay", "relay", "gw!relay!%s", ("gw", "relay")),
        ("relay.", "mcvax.", "relay!mcvax!%s", ("relay", "mcvax")),
        ("relay", "[192.0.2.1]", "relay![192.0.2.1]!%s", ("relay", "[192.0.2.1]")),
        ("odd%name", "mcvax", "odd%%name!mcvax!%s", ("odd%name", "mcvax")),
    ],
)
def test_smart_host(relay: str, host: str, text: str, hosts: tuple[str, ...]) -> None:
    answer = SmartHost(relay).resolve(host, origin="anywhere")
    assert answer == Found(RouteTemplate(text, hosts), None, f"smart host {relay}")


@pytest.mark.parametrize(
    ("relay", "message"),
    [
        ("", "expected a host, or a path to one\n  \n  ^"),
        ("a b", "not a host name\n  a b\n  ^~~"),
        ("a!!b", "not a host name\n  \n  ^"),
        ("a!", "not a host name\n  \n  ^"),
        ("u@a", "not a host name\n  u@a\n  ^~~"),
        ("a\nb", "a line feed may not stand in an address\n  a␊b\n   ^"),
    ],
)
def test_what_is_no_smart_host(relay: str, message: str) -> None:
    with pytest.raises(AddressSyntaxError) as caught:
        SmartHost(relay)
    assert str(caught.value) == message


# --- chains -------------------------------------------------------------------------------------------------------

CHAINS: list[tuple[str, list[Answer], Answer, int]] = [
    ("nobody", [], NotFound(), 0),
    ("the first that knows", [NotFound(), found("a!%s"), found("b!%s")], found("a!%s"), 2),
    ("a failure ends it", [NotFound(), TemporaryFailure("x"), found()], TemporaryFailure("x"), 2),
    ("an ambiguity ends it", [Ambiguous(("a", "b")), found()], Ambiguous(("a", "b")), 1),
    ("near misses add up", [NotFound(("a", "b")), NotFound(), NotFound(("b", "c"))], NotFound(("a", "b", "c")), 3),
]


@pytest.mark.parametrize(("answers", "expected", "asked"), [row[1:] for row in CHAINS], ids=[row[0] for row in CHAINS])
def test_chain(answers: list[Answer], expected: Answer, asked: int) -> None:
    routers = [Told(answer) for answer in answers]
    assert Chain(routers).resolve("mcvax", origin="here") == expected
    assert [router.asked for router in routers] == [[("mcvax", "here")]] * asked + [[]] * (len(routers) - asked)


@pytest.mark.parametrize(("answers", "expected", "asked"), [row[1:] for row in CHAINS], ids=[row[0] for row in CHAINS])
def test_async_chain(answers: list[Answer], expected: Answer, asked: int) -> None:
    routers = [AsyncTold(answer) for answer in answers]
    assert asyncio.run(AsyncChain(routers).resolve("mcvax", origin="here")) == expected
    calls = [router.told.asked for router in routers]
    assert calls == [[("mcvax", "here")]] * asked + [[]] * (len(routers) - asked)


def test_chains_may_be_made_of_iterators_and_of_chains() -> None:
    one = Chain(Told(answer) for answer in (NotFound(), found()))
    assert Chain([Chain([]), one]).resolve("x") == one.resolve("x") == found()
    assert repr(Chain([SmartHost("a")])) == "Chain([SmartHost(relay='a')])"
    assert repr(AsyncChain([InThread(SmartHost("a"))])) == "AsyncChain([InThread(router=SmartHost(relay='a'))])"


# --- caches -------------------------------------------------------------------------------------------------------


class Memory:
    """A `Cached` or its async twin, to be asked in the same way."""

    def __init__(self, *answers: Answer, twin: bool, ttl: float = 60, size: int = 2) -> None:
        self.clock = Clock()
        self.told = Told(*answers)
        router = AsyncTold(*answers)
        router.told = self.told
        self.cache = (
            AsyncCached(router, ttl=ttl, size=size, clock=self.clock)
            if twin
            else Cached(self.told, ttl=ttl, size=size, clock=self.clock)
        )

    def ask(self, host: str, origin: str | None = None) -> Answer:
        answer = self.cache.resolve(host, origin=origin)
        return asyncio.run(answer) if asyncio.iscoroutine(answer) else answer


@pytest.fixture(params=[False, True], ids=["Cached", "AsyncCached"])
def twin(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_a_cache_asks_once_until_the_time_is_over(twin: bool) -> None:  # noqa: FBT001 - a parameter of the test
    memory = Memory(found("a!%s"), found("b!%s"), twin=twin)
    assert [memory.ask("x"), memory.ask("x")] == [found("a!%s")] * 2
    memory.clock.now = 59.9
    assert memory.ask("x") == found("a!%s")
    assert (len(memory.told.asked), len(memory.cache)) == (1, 1)
    memory.clock.now = 60
    assert memory.ask("x") == found("b!%s")
    # The time begins with the answer that was asked for, not with the one that was remembered.
    memory.clock.now = 119.9
    assert memory.ask("x") == found("b!%s")
    assert memory.told.asked == [("x", None)] * 2


@pytest.mark.parametrize("answer", [NotFound(("y",)), Ambiguous(("a", "b"))], ids=["NotFound", "Ambiguous"])
def test_a_cache_remembers_that_there_is_no_road(answer: Answer, twin: bool) -> None:  # noqa: FBT001 - as above
    memory = Memory(answer, twin=twin)
    assert [memory.ask("x"), memory.ask("x")] == [answer] * 2
    assert len(memory.told.asked) == 1


def test_a_cache_does_not_remember_a_failure(twin: bool) -> None:  # noqa: FBT001 - as above
    memory = Memory(TemporaryFailure("x"), found(), twin=twin)
    assert memory.ask("x") == TemporaryFailure("x")
    assert len(memory.cache) == 0
    assert [memory.ask("x"), memory.ask("x")] == [found()] * 2
    assert len(memory.told.asked) == 2


def test_a_cache_forgets_what_was_longest_not_asked_for(twin: bool) -> None:  # noqa: FBT001 - as above
    memory = Memory(found(), twin=twin, size=2)
    for host in ("a", "b", "a", "c", "a", "b"):
        memory.ask(host)
        assert len(memory.cache) <= 2
    assert [host for host, _ in memory.told.asked] == ["a", "b", "c", "b"]


def test_a_cache_keeps_questions_apart(twin: bool) -> None:  # noqa: FBT001 - as above
    memory = Memory(found(), twin=twin, size=9)
    for host, origin in (("x", None), ("X", None), ("x", "h"), ("x", "H"), ("x", "other")):
        memory.ask(host, origin)
    # A road spells the host as the question did; the origin is only compared.
    assert memory.told.asked == [("x", None), ("X", None), ("x", "h"), ("x", "other")]


@pytest.mark.parametrize(("ttl", "size"), [(0, 1), (-1.0, 1), (1, 0)])
def test_a_cache_of_nothing(ttl: float, size: int, twin: bool) -> None:  # noqa: FBT001 - as above
    with pytest.raises(ValueError, match="a cache keeps at least one answer, for more than no time") as caught:
        Memory(found(), twin=twin, ttl=ttl, size=size)
    assert not isinstance(caught.value, MailPathsError)  # a fault of the program and not of an address


def test_threads_share_a_cache() -> None:
    cache = Cached(SmartHost("relay"), size=5)
    wrong: list[str] = []

    def ask() -> None:
        for number in range(400):
            host = f"h{number % 11}"
            if cache.resolve(host) != SmartHost("relay").resolve(host):
                wrong.append(host)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (wrong, len(cache)) == ([], 5)


def test_in_thread_asks_in_a_thread() -> None:
    seen: list[int] = []

    class Slow:
        def resolve(self, host: str, *, origin: str | None = None) -> Answer:
            seen.append(threading.get_ident())
            return Found(RouteTemplate.parse(f"{origin}!{host}!%s"))

    async def ask() -> list[Answer]:
        router = InThread(Slow())
        return list(await asyncio.gather(*[router.resolve(f"h{number}", origin="o") for number in range(3)]))

    answers = asyncio.run(ask())
    assert [said(answer) for answer in answers] == ["o!h0!%s", "o!h1!%s", "o!h2!%s"]
    assert threading.get_ident() not in seen


# --- URLs ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "one.map").write_text("unc duke(10)\nduke research(5)\n", encoding="ascii")
    (tmp_path / "two.map").write_text("research ucbvax(7)\n", encoding="ascii")
    (tmp_path / "odd ?%,.paths").write_text("mcvax\tseismo!mcvax!%s\n", encoding="ascii")
    return tmp_path


def test_url_of_the_bundled_map() -> None:
    router = open_router("map:")
    assert isinstance(router, UUCPMap)
    assert (router.home, router.mode, router.name) == ("rutgers", "pathalias", "the UUCP map of December 1988")
    assert said(router.resolve("mcvax.uucp")) == "mimsy!uunet!mcvax!%s"
    other = open_router("map:?from=ihnp4&mode=best")
    assert isinstance(other, UUCPMap)
    assert (other.home, other.mode) == ("ihnp4", "best")


def test_url_of_maps(files: Path) -> None:
    router = open_router(f"map:{files / 'one.map'},{files / 'two.map'}?from=unc")
    assert said(router.resolve("ucbvax")) == "duke!research!ucbvax!%s"
    pattern = open_router(f"map:{files}/*.map?from=duke&mode=best")
    assert said(pattern.resolve("ucbvax")) == "research!ucbvax!%s"
    assert repr(pattern) == f"<UUCPMap {files}/one.map and 1 more: 4 names, home duke, best>"


def test_a_map_begins_at_this_host(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "DUKE.cs.duke.edu")
    assert said(open_router(f"map:{files / 'one.map'}").resolve("research")) == "research!%s"


def test_url_of_a_table_with_every_odd_letter_escaped(files: Path) -> None:
    router = open_router(f"paths:{files}/odd%20%3F%25,.paths")
    assert isinstance(router, PathTable)
    assert said(router.resolve("mcvax")) == "seismo!mcvax!%s"


def test_urls_of_smart_hosts_and_gateways() -> None:
    assert open_router("smarthost:relay.example") == SmartHost("relay.example")
    assert open_router("smarthost:gw!relay") == open_router("smarthost:gw%21relay") == SmartHost("gw!relay")
    gateways = open_router("gateways:")
    assert said(gateways.resolve("pucc.BITNET")) == "%s%%pucc.BITNET@cunyvm.cuny.edu"
    own = open_router("gateways:?.BITNET=gw.example&.mynet=a!b")
    assert said(own.resolve("pucc.bitnet")) == "%s%%pucc.bitnet@gw.example"
    assert said(own.resolve("x.mynet")) == "%s%%x.mynet%%b@a"
    assert said(own.resolve("mss.csnet")) == "%s%%mss.csnet@relay.cs.net"


def test_several_urls_are_a_chain() -> None:
    chain = open_router(["gateways:", "smarthost:relay"])
    assert isinstance(chain, Chain)
    assert [type(router) for router in chain.routers] == [GatewayDomains, SmartHost]
    assert open_router(["smarthost:relay"]) == open_router(iter(["smarthost:relay"])) == SmartHost("relay")
    assert open_router([]).resolve("mcvax") == NotFound()


OWN = "there are map:, paths:, smarthost:, gateways:"
THERE_ARE = f"{OWN}, path:"


@pytest.mark.parametrize(
    ("url", "kind", "message"),
    [
        ("", UnknownNameError, f"unknown router ''; {THERE_ARE}"),
        ("map", UnknownNameError, f"unknown router 'map'; {THERE_ARE}"),
        ("MAP:", UnknownNameError, f"unknown router 'MAP:'; {THERE_ARE}"),
        ("ftp://x", UnknownNameError, f"unknown router 'ftp://x'; {THERE_ARE}"),
        (":x", UnknownNameError, f"unknown router ':x'; {THERE_ARE}"),
        (
            "map:?from=nowhere",
            UnknownHostError,
            "no host 'nowhere' is in the UUCP map of December 1988, so no road begins there",
        ),
        ("map:?mode=worst", UnknownNameError, "unknown mode of a map; there are pathalias and best"),
        ("map:?form=ihnp4", UnknownNameError, "unknown option 'form' of map:; there are from and mode"),
        ("map:?from=", MapError, "expected a host behind from="),
        ("map:/no/such/file?from=h", MapError, "/no/such/file: No such file or directory"),
        (
            "map:/no/such/*,/no/dir?from=h",
            MapError,
            "/no/such/*: No such file or directory; /no/dir: No such file or directory",
        ),
        ("map:,", MapError, "expected a file between two commas, or map: alone: map:FILE,FILE"),
        ("map:%00", MapError, "\0: embedded null byte"),
        ("paths:", MapError, "expected a file: paths:FILE"),
        ("paths:/no/such/file", MapError, "/no/such/file: No such file or directory"),
        ("paths:/", MapError, "/: Is a directory"),
        ("paths:%00", MapError, r"'\x00': embedded null byte"),
        ("paths:x?y", UnknownNameError, "unknown option 'y' of paths:"),
        ("smarthost:", AddressSyntaxError, "expected a host, or a path to one\n  \n  ^"),
        ("smarthost:a%0Ab", AddressSyntaxError, "a line feed may not stand in an address\n  a␊b\n   ^"),
        ("smarthost:a?b=c", UnknownNameError, "unknown option 'b' of smarthost:"),
        (
            "gateways:x",
            MapError,
            "expected nothing behind gateways: but options, such as gateways:?.bitnet=gw.example",
        ),
        ("gateways:?bitnet=gw", AddressSyntaxError, "expected a domain that begins with a dot\n  bitnet\n  ^~~~~~"),
        ("gateways:?.bitnet=", AddressSyntaxError, "not a host name\n  \n  ^"),
        ("gateways:?.bitnet=a%20b", AddressSyntaxError, "not a host name\n  a b\n  ^~~"),
    ],
)
def test_urls_that_cannot_be_opened(url: str, kind: type[MailPathsError], message: str) -> None:
    with pytest.raises(MailPathsError) as caught:
        open_router(url)
    assert (type(caught.value), str(caught.value)) == (kind, message)
    with pytest.raises(kind):
        open_router(["smarthost:relay", url])


# --- plug-ins -----------------------------------------------------------------------------------------------------

PLUG_IN = """
    from mailpaths.routing import Found, RouteTemplate

    class Fixed:
        def __init__(self, body, options):
            self.body, self.options = body, options

        def resolve(self, host, *, origin=None):
            return Found(RouteTemplate.parse(f"{self.body}!{host}!%s"), source=repr(sorted(self.options.items())))

    class Never:
        def __init__(self, body, options):
            raise AssertionError("our own routers come first")
"""
ENTRY_POINTS = """
    [mailpaths.routers]
    fixed = mailpaths_test_router:Fixed
    map = mailpaths_test_router:Never
    lost = mailpaths_test_router:Lost
    gone = mailpaths_no_such_module:open
    [other.group]
    stranger = mailpaths_test_router:Fixed
"""


@pytest.fixture
def plug_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Install a package that registers routers, as pip would."""
    (tmp_path / "mailpaths_test_router.py").write_text(dedent(PLUG_IN), encoding="utf-8")
    metadata = tmp_path / "mailpaths_test_router-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: mailpaths-test-router\nVersion: 1.0\n", "utf-8")
    (metadata / "entry_points.txt").write_text(dedent(ENTRY_POINTS), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield
    monkeypatch.delitem(sys.modules, "mailpaths_test_router", raising=False)


@pytest.mark.usefixtures("plug_in")
def test_a_package_adds_a_router() -> None:
    assert schemes() == ["map", "paths", "smarthost", "gateways", "fixed", "gone", "lost", "path"]
    answer = open_router("fixed:gw%2Egw?x=1&y=%26&z").resolve("mcvax")
    assert answer == Found(
        RouteTemplate("gw.gw!mcvax!%s", ("gw.gw", "mcvax")), source="[('x', '1'), ('y', '&'), ('z', '')]"
    )


@pytest.mark.usefixtures("plug_in")
def test_a_package_cannot_take_our_names() -> None:
    assert isinstance(open_router("map:"), UUCPMap)


@pytest.mark.usefixtures("plug_in")
@pytest.mark.parametrize(
    ("url", "message"),
    [
        (
            "gone:",
            (
                "the router gone: of mailpaths_no_such_module:open cannot be loaded: "
                "No module named 'mailpaths_no_such_module'"
            ),
        ),
        (
            "lost:",
            (
                "the router lost: of mailpaths_test_router:Lost cannot be loaded: "
                "module 'mailpaths_test_router' has no attribute 'Lost'"
            ),
        ),
        ("stranger:", f"unknown router 'stranger:'; {OWN}, fixed:, gone:, lost:, path:"),
    ],
)
def test_packages_that_are_broken(url: str, message: str) -> None:
    with pytest.raises(MailPathsError) as caught:
        open_router(url)
    assert str(caught.value) == message
