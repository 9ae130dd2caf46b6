"""`PathServiceRouter`, its async twin, and what a reply means: a hostile server gets nothing in."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpaths import MailPathsError, MapError, UnknownNameError, read, translate
from mailpaths.daemon import Endpoint, EndpointError
from mailpaths.pathservice import AsyncPathServiceRouter, PathService, PathServiceRouter, Reply, WireError, running
from mailpaths.pathservice.router import answer_of, mailbox_of
from mailpaths.policy import INTERNET
from mailpaths.routing import (
    Ambiguous,
    Answer,
    AsyncCached,
    AsyncChain,
    AsyncRouter,
    Cached,
    Chain,
    Found,
    InThread,
    NotFound,
    PathTable,
    Router,
    RouteTemplate,
    SmartHost,
    TemporaryFailure,
    UUCPMap,
    open_router,
)
from mailpaths.routing.lookup import is_name
from mailpaths.testing import hosts, mailboxes

SERVER = Endpoint("gw.example", 117)
SOURCE = "path server gw.example:117"
MAP = "a b(5)\nb c(5), a(5)\nc b(5)\n"

Asked = Callable[..., Answer]


@pytest.fixture(params=["plain", "async"])
def ask(request: pytest.FixtureRequest) -> Asked:
    """Return what asks a server once, by either router."""

    def plain(server: Endpoint, host: str, origin: str | None = None) -> Answer:
        with PathServiceRouter(server) as router:
            return router.resolve(host, origin=origin)

    def twin(server: Endpoint, host: str, origin: str | None = None) -> Answer:
        async def run() -> Answer:
            async with AsyncPathServiceRouter(server) as router:
                return await router.resolve(host, origin=origin)

        return asyncio.run(run())

    return plain if request.param == "plain" else twin


def test_both_are_routers() -> None:
    assert isinstance(PathServiceRouter("gw.example"), Router)
    assert isinstance(AsyncPathServiceRouter("gw.example"), AsyncRouter)
    assert repr(PathServiceRouter("path://gw.example")) == "PathServiceRouter('path://gw.example:117', timeout=10.0)"
    assert repr(AsyncPathServiceRouter("[::1]:1117")) == "AsyncPathServiceRouter('path://[::1]:1117', timeout=10.0)"


def test_all_answers(ask: Asked) -> None:
    table = PathTable.from_text("mcvax seismo!mcvax!%s\nvax1.x x!%s\nvax1.y y!%s\nnet %s%%net@gw.example\n")
    with running(table) as server:
        source = f"path server {server}"
        assert ask(server, "mcvax.UUCP") == Found(RouteTemplate("mcvax!%s@seismo", ("seismo", "mcvax")), source=source)
        assert ask(server, "net") == Found(RouteTemplate("%s%%net@gw.example", ("gw.example", "net")), source=source)
        assert ask(server, "mcvxa") == NotFound(("mcvax",))
        assert ask(server, "nowhere") == NotFound()
        assert ask(server, "vax1") == Ambiguous(("vax1.x", "vax1.y"))


def test_roads_from_elsewhere(ask: Asked) -> None:
    with running(UUCPMap.from_text(MAP, home="a")) as server:
        assert ask(server, "a", "c") == Found(RouteTemplate("a!%s@b", ("b", "a")), source=f"path server {server}")
        assert ask(server, "a", "z") == NotFound()
        assert ask(server, "a", "no\r\nname") == NotFound()
        # The road from a host to itself: the server says so in the only way that it can.
        assert ask(server, "a", "a") == Found(RouteTemplate("%s@a", ("a",)), source=f"path server {server}")


def test_a_server_that_knows_no_roads_from_elsewhere_is_asked_for_its_own(ask: Asked) -> None:
    for service in (
        PathService(PathTable.from_text("c b!c!%s")),
        PathService(UUCPMap.from_text(MAP, home="a"), extensions=False),
    ):
        with running(service) as server:
            assert ask(server, "c", "z") == Found(RouteTemplate("c!%s@b", ("b", "c")), source=f"path server {server}")


def test_no_server_is_a_temporary_failure(ask: Asked) -> None:
    with running(SmartHost("relay.example")) as server:
        pass
    answer = ask(server, "mcvax")
    assert isinstance(answer, TemporaryFailure)
    assert answer.reason.startswith(f"path server {server}: ")


def test_a_server_without_a_database_is_a_temporary_failure(ask: Asked) -> None:
    with running(PathService()) as server:
        assert ask(server, "mcvax") == TemporaryFailure(
            f"path server {server} says 420 Database problems. Try again later."
        )


@pytest.mark.parametrize(
    "host", ["", " ", "a b", "a@b", "a!b", "a%b", "a\r\nQUIT", "a\0", "-a", "a..b", "x" * 300, "ä\udc80"]
)
def test_what_is_no_name_is_not_asked(host: str) -> None:
    # Nobody is there to be asked, which would be a temporary failure.
    assert PathServiceRouter("127.0.0.1:1", timeout=0.5).resolve(host) == NotFound()
    assert asyncio.run(AsyncPathServiceRouter("127.0.0.1:1", timeout=0.5).resolve(host)) == NotFound()


def test_a_name_beyond_ascii_is_asked_by_its_a_label(ask: Asked) -> None:
    with running(PathTable.from_text("xn--bcher-kva.example gw!xn--bcher-kva.example!%s")) as server:
        answer = ask(server, "bücher.example")
        assert isinstance(answer, Found)
        assert answer.hosts == ("gw", "xn--bcher-kva.example")


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("philabs!mcvax!inria!postmaster@SEISMO.ARPA", ("SEISMO.ARPA", "philabs", "mcvax", "inria")),
        ("postmaster%dartmouth@CSNET-RELAY.ARPA", ("CSNET-RELAY.ARPA", "dartmouth")),
        ("postmaster@host.example", ("host.example",)),
        # RFC 976 2.1: (a!b)@c.
        ("a!postmaster@c", ("c", "a")),
        ('"postmaster"@a', ("a",)),
        # A host with the user's name.
        ("postmaster!postmaster@gw", ("gw", "postmaster")),
    ],
)
def test_addresses_that_are_roads(text: str, hosts: tuple[str, ...]) -> None:
    answer = answer_of(Reply(220, text), SERVER)
    assert isinstance(answer, Found)
    assert (answer.hosts, answer.source) == (hosts, SOURCE)
    assert read(answer.template.fill("piet"), INTERNET).hosts == hosts
    assert answer_of(Reply(230, text), SERVER) == answer


@pytest.mark.parametrize(
    "text",
    [
        "",
        "postmaster",
        "@a",
        "root@host",  # another user's address
        "POSTMASTER@host",
        "a!b!postmaster",
        "postmaster@a, evil@b",
        "postmaster@a evil@b",
        "Postmaster <postmaster@a>",
        "<postmaster@a>",
        "<@b:postmaster@a>",
        "@b:postmaster@a",
        "postmaster@a (hello)",
        "postmaster@[127.0.0.1]",
        '"a!postmaster"@b',
        "postmaster%-froot@a",
        "-v!postmaster@a",
        "postmaster@a@b@",
        "postmaster|x@a!",
        "postmaster@",
        "postmaster%a%@b",
        "postmaster@a;",
        "/S=postmaster/C=US/",
    ],
)
def test_addresses_that_are_none(text: str) -> None:
    assert answer_of(Reply(220, text), SERVER) == TemporaryFailure(
        f"{SOURCE}: not one address, or not of the user asked for: {text!r}"
    )


def test_a_reply_of_two_lines_is_no_address() -> None:
    with pytest.raises(MailPathsError):
        mailbox_of(Reply(220, ("a@b", "c@d")))
    assert isinstance(answer_of(Reply(220, ("postmaster@b", "c@d")), SERVER), TemporaryFailure)


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        (Reply(520, "No."), NotFound()),
        (
            Reply(520, ("No.", "root@mcvax.UUCP", "x@ y", "mcvax2", "a b", "", "root@mcvax.UUCP")),
            NotFound(("mcvax.UUCP", "y", "mcvax2")),
        ),
        (Reply(521, ("Which?", "brad@pitt.UUCP", "brad@pitt.CSNET")), Ambiguous(("pitt.UUCP", "pitt.CSNET"))),
        (Reply(521, "Which?"), Ambiguous(())),
        (Reply(420, "Later."), TemporaryFailure(f"{SOURCE} says 420 Later.")),
        (Reply(421, ""), TemporaryFailure(f"{SOURCE} says 421")),
        (Reply(501, "What?"), TemporaryFailure(f"{SOURCE} says 501 What?")),
        (Reply(399, "What?"), TemporaryFailure(f"{SOURCE} says 399 What?")),
        (Reply(250, "postmaster@a"), TemporaryFailure(f"{SOURCE} says 250 postmaster@a")),
        (Reply(554, "No."), TemporaryFailure(f"{SOURCE} says 554 No.")),
    ],
)
def test_replies_that_are_no_road(reply: Reply, answer: Answer) -> None:
    assert answer_of(reply, SERVER) == answer


@given(
    st.integers(200, 599),
    st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60), min_size=1, max_size=5),
)
def test_no_reply_makes_it_raise(code: int, lines: list[str]) -> None:
    answer = answer_of(Reply(code, tuple(lines)), SERVER)
    assert not isinstance(answer, Found) or read(answer.template.fill("piet"), INTERNET).hosts == answer.hosts


@given(mailboxes())
def test_no_address_says_more_than_one_road(box: object) -> None:
    try:
        reply = Reply(220, str(box).replace("piet", "postmaster"))
    except WireError:
        return
    answer = answer_of(reply, SERVER)
    if isinstance(answer, Found):
        assert read(answer.template.fill("piet"), INTERNET).hosts == answer.hosts
        assert all(map(is_name, answer.hosts))
    else:
        assert isinstance(answer, TemporaryFailure)


@given(st.lists(hosts(), min_size=1, max_size=5))
def test_what_a_server_says_of_a_table_is_what_the_table_says(names: list[str]) -> None:
    table = PathTable.from_text(f"goal {'!'.join(names)}!%s\n")
    found = table.resolve("goal")
    if not isinstance(found, Found):
        return
    said = answer_of(_asked(table), SERVER)
    assert isinstance(said, Found)
    assert said.hosts == found.hosts


def _asked(table: PathTable) -> Reply:
    from mailpaths.pathservice import Caller, Command

    reply = PathService(table).answer(Command("PATH", "postmaster@goal"), Caller())
    assert isinstance(reply, Reply)
    return reply


def test_a_chain_keeps_a_message_that_nobody_can_route_now() -> None:
    table = PathTable.from_text("mcvax seismo!mcvax!%s\n")
    nobody = PathServiceRouter("127.0.0.1:1", timeout=0.5)
    with running(table) as server, PathServiceRouter(server) as router:
        roads = Chain([Cached(router), SmartHost("relay.example")])
        assert (
            translate("piet@mcvax.uucp", "hybrid", router=roads).address
            == translate("seismo!mcvax!piet", "hybrid").address
        )
        assert str(translate("nowhere!piet", "bang", router=roads)) == "relay.example!nowhere!piet"
    assert isinstance(Chain([nobody, SmartHost("relay.example")]).resolve("mcvax"), TemporaryFailure)


def test_what_is_remembered_needs_no_server() -> None:
    service = PathService(PathTable.from_text("mcvax seismo!mcvax!%s\n"))
    with running(service) as server, PathServiceRouter(server) as router:
        cached = Cached(router)
        assert cached.resolve("mcvax") == cached.resolve("mcvax")
        assert service.statistics.requests[("PATH", 220)] == 1
    # A failure is not remembered, so the next question is asked again.
    assert isinstance(cached.resolve("nowhere"), TemporaryFailure)
    assert len(cached) == 1


def test_the_twins_of_the_others() -> None:
    async def run(server: Endpoint) -> tuple[Answer, Answer]:
        async with AsyncPathServiceRouter(server) as router:
            roads = AsyncCached(AsyncChain([router, InThread(SmartHost("relay.example"))]))
            return await roads.resolve("mcvax"), await roads.resolve("nowhere")

    with running(PathTable.from_text("mcvax seismo!mcvax!%s\n")) as server:
        one, other = asyncio.run(run(server))
    assert isinstance(one, Found)
    assert isinstance(other, Found)
    assert (one.hosts, other.hosts) == (("seismo", "mcvax"), ("relay.example", "nowhere"))


def test_by_url(tmp_path: Path) -> None:
    router = open_router("path://gw.example:1117?timeout=2.5")
    assert isinstance(router, PathServiceRouter)
    assert router.server == Endpoint("gw.example", 1117)
    chain = open_router(["path://gw.example/", "smarthost:relay.example"])
    assert isinstance(chain, Chain)
    assert isinstance(chain.routers[0], PathServiceRouter)
    assert chain.routers[0].server == Endpoint("gw.example", 117)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("url", "kind", "message"),
    [
        ("path:", EndpointError, "expected HOST:PORT with a port up to 65535, found ''"),
        ("path://", EndpointError, "expected HOST:PORT with a port up to 65535, found ''"),
        ("path://a:b", EndpointError, "expected HOST:PORT with a port up to 65535, found 'a:b'"),
        ("path://a:70000", EndpointError, "expected HOST:PORT with a port up to 65535, found 'a:70000'"),
        ("path://a/b", EndpointError, "expected HOST:PORT with a port up to 65535, found 'a/b'"),
        ("path://a@b", EndpointError, "expected HOST:PORT with a port up to 65535, found 'a@b'"),
        ("path://a?timeout=soon", MapError, "expected seconds behind timeout=, found 'soon'"),
        ("path://a?timeout=0", MapError, "expected seconds behind timeout=, found '0'"),
        ("path://a?timeout=nan", MapError, "expected seconds behind timeout=, found 'nan'"),
        ("path://a?timeout=inf", MapError, "expected seconds behind timeout=, found 'inf'"),
        ("path://a?from=b", UnknownNameError, "unknown option 'from' of path:; there is timeout"),
    ],
)
def test_urls_that_name_no_server(url: str, kind: type[MailPathsError], message: str) -> None:
    with pytest.raises(kind) as caught:
        open_router(url)
    assert str(caught.value) == message


def test_a_router_that_nobody_closes_is_closed_by_python() -> None:
    with running(PathTable.from_text("y y!%s")) as server:
        router = PathServiceRouter(server)
        router.resolve("y")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            del router
            gc.collect()
