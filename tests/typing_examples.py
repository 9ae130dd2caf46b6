"""User code that must type-check strictly: mypy reads it with the tests, and test_public_face.py runs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import assert_never, assert_type

import mailpaths
from mailpaths import (
    Address,
    AddressList,
    BangPath,
    Group,
    Local,
    Mailbox,
    Member,
    ORAddress,
    Outcome,
    Policy,
    Reading,
    Relay,
    Route,
    Style,
    Translation,
    Unroutable,
    hooks,
)
from mailpaths.daemon import Endpoint
from mailpaths.pathservice import (
    AsyncPathServiceRouter,
    Code,
    PathClient,
    PathService,
    PathServiceRouter,
    Reply,
    running,
)
from mailpaths.routing import (
    Ambiguous,
    Answer,
    AsyncChain,
    AsyncRouter,
    Cached,
    Chain,
    Found,
    InThread,
    NotFound,
    Obstacle,
    Road,
    Router,
    RouteTemplate,
    SmartHost,
    TemporaryFailure,
    UUCPMap,
    open_router,
)
from mailpaths.x400 import DIALECTS, Form, Teletex, Violation


def notations_give_their_values() -> None:
    assert_type(mailpaths.parse("a@b"), BangPath | Mailbox | ORAddress)
    assert_type(mailpaths.parse("a!b", "bang"), BangPath)
    assert_type(mailpaths.parse("a@b", notation="rfc822"), Mailbox)
    assert_type(mailpaths.parse("/S=Doe/C=US/", notation="x400"), ORAddress)


def an_address_is_one_of_three(address: Address) -> str | None:
    if isinstance(address, BangPath):
        return address.user
    if isinstance(address, ORAddress):
        return address.surname
    assert_type(address, Mailbox)
    return address.local_part


def the_tag_narrows(address: Address) -> tuple[str, ...]:
    match address.notation:
        case "bang":
            return ()
        case "rfc822":
            return ()
        case "x400":
            return ()


def an_outcome_is_one_of_three(outcome: Outcome) -> str:
    match outcome:
        case Local(user):
            return assert_type(user, str)
        case Relay(host, rest):
            return f"{rest}@{host}"
        case Unroutable(reason):
            return reason
        case _:
            assert_never(outcome)


def values_are_typed() -> None:
    route = assert_type(mailpaths.read("a!b", policy="uucp"), Route)
    assert_type(route.hosts, tuple[str, ...])
    assert_type(mailpaths.readings("a!b", [mailpaths.INTERNET, "uucp"]), tuple[Reading, ...])
    assert_type(mailpaths.spell(route), BangPath | Mailbox)
    assert_type(mailpaths.translate("a!b", to=mailpaths.STYLES["percent"]), Translation)
    assert_type(mailpaths.policy.named("postfix:swap_bangpath=no"), Policy)
    assert_type(mailpaths.STYLES, dict[str, Style])
    assert_type(mailpaths.next_hop("a!b", here=("gw",)), Local | Relay | Unroutable)


def o_r_addresses_are_typed() -> None:
    address = assert_type(ORAddress.parse("/O=yen*{165}/C=US/", DIALECTS["mixer"]), ORAddress)
    assert_type(address.attributes, tuple[tuple[str, str | Teletex], ...])
    assert_type(address.value("O"), str | Teletex | None)
    assert_type(address.get("O"), str | None)
    assert_type(address.organizational_units, tuple[str, ...])
    assert_type(address.domain_defined, tuple[tuple[str, str], ...])
    assert_type(address.forms(), tuple[Form, ...])
    assert_type(address.validate("deployed"), tuple[Violation, ...])
    assert_type(address.to_text("exchange"), str)


def lists_are_typed(header: AddressList) -> None:
    assert_type(header.items, tuple[Member | Group, ...])
    for box in header:
        assert_type(box, Mailbox)
    rule: Callable[[Mailbox], str | None] = lambda box: "x@y" if box.domain is None else None  # noqa: E731
    assert_type(header.rewrite(rule), str)


class Neighbours:
    """A router of one's own: no class to inherit from, one method."""

    def __init__(self, *hosts: str) -> None:
        self.hosts = hosts

    def resolve(self, host: str, *, origin: str | None = None) -> Answer:
        if host in self.hosts and host != origin:
            return Found(RouteTemplate.parse(f"{host}!%s"), source="neighbours")
        return NotFound()


def an_answer_is_one_of_four(answer: Answer) -> str:
    match answer:
        case Found(template, cost):
            assert_type(cost, int | None)
            return assert_type(template.fill("piet"), str)
        case NotFound(near_misses):
            return ", ".join(assert_type(near_misses, tuple[str, ...]))
        case Ambiguous(candidates):
            return ", ".join(assert_type(candidates, tuple[str, ...]))
        case TemporaryFailure(reason):
            return assert_type(reason, str)
        case _:
            assert_never(answer)


def routers_are_typed(own: Router) -> None:
    chain: Router = Chain([own, Cached(SmartHost("relay"), ttl=60), open_router("gateways:")])
    assert_type(chain.resolve("seismo", origin="here"), Found | NotFound | Ambiguous | TemporaryFailure)
    twin: AsyncRouter = AsyncChain([InThread(chain)])
    assert_type(twin, AsyncRouter)
    translation = mailpaths.translate("piet@seismo", to="bang", router=own)
    assert_type(translation.road, Found | None)
    roads = UUCPMap.from_text("h a(10)\n", home="h", mode="best")
    road = assert_type(roads.road("a"), Road | None)
    if road is not None:
        assert_type(road.hops[0].cost, int)
        assert_type(road.obstacles, tuple[Obstacle, ...])


def the_path_service_is_typed(own: Router) -> None:
    service = PathService(own)
    with running(service) as server, PathClient(assert_type(server, Endpoint)) as client:
        reply = assert_type(client.path("piet@seismo"), Reply)
        assert_type(reply.lines, tuple[str, ...])
        if reply.code == Code.ROUTE:
            assert_type(reply.text, str)
        routers: list[Router] = [PathServiceRouter(server), own]
        assert_type(Chain(routers), Chain)
        twin: AsyncRouter = AsyncPathServiceRouter(f"path://{server}", timeout=2)
        assert_type(twin, AsyncRouter)
    assert_type(service.statistics.requests[("PATH", 220)], int)


def a_decision_is_one_of_three(decision: hooks.Decision) -> str:
    match decision:
        case hooks.Rewritten(value):
            return assert_type(value, str)
        case hooks.Unchanged(reason) | hooks.Deferred(reason):
            return assert_type(reason, str)
        case _:
            assert_never(decision)


def the_rewrite_hook_is_typed() -> None:
    settings = assert_type(hooks.parse('names = ["relay"]\n[allow]\nnext_hops = ["host"]'), hooks.Settings)
    rules = hooks.Rules.open(settings)
    assert_type(rules.rewrite("relay!host!user", "rcpt"), hooks.Rewritten | hooks.Unchanged | hooks.Deferred)
    with hooks.running(rules) as server, hooks.SocketmapClient(assert_type(server, Endpoint)) as client:
        assert_type(client.ask("rcpt", b"relay!host!user").data, str | None)
    conversation: hooks.Conversation = hooks.SocketmapConversation()
    questions = conversation.next_request()
    assert_type(questions, Sequence[hooks.Question] | None)
    assert_type(hooks.doubts(settings), tuple[str, ...])


notations_give_their_values()
an_address_is_one_of_three(mailpaths.parse("a@b"))
the_tag_narrows(mailpaths.parse("a!b"))
an_outcome_is_one_of_three(mailpaths.next_hop("a@b"))
values_are_typed()
o_r_addresses_are_typed()
lists_are_typed(mailpaths.parse_list("a@b"))
an_answer_is_one_of_four(Neighbours("seismo").resolve("seismo"))
routers_are_typed(Neighbours("seismo"))
the_path_service_is_typed(Neighbours("seismo"))
a_decision_is_one_of_three(hooks.Deferred("try later"))
the_rewrite_hook_is_typed()
