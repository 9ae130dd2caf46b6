"""Values of the routing rooms are checked when they are made, and what routers say stays on one line."""

from __future__ import annotations

import threading
import time

import pytest

from mailpaths import (
    AddressSyntaxError,
    AmbiguousHostError,
    MapError,
    TemporaryRoutingError,
    UnknownHostError,
    translate,
)
from mailpaths.routing import (
    Ambiguous,
    Answer,
    Cached,
    Found,
    GatewayDomain,
    GatewayDomains,
    NotFound,
    RouteTemplate,
    TemporaryFailure,
    UUCPMap,
    open_router,
)
from mailpaths.routing.uucp.roads import Roads


@pytest.mark.parametrize(
    ("text", "hosts"),
    [("a!%s\r\nX", ("a",)), ("a!b", ("a",)), ("%s%s", ("a",)), ("%d%s", ("a",)), ("a!%s", ("a b",)), ("a!%s", ("",))],
)
def test_a_template_is_checked_when_it_is_made(text: str, hosts: tuple[str, ...]) -> None:
    with pytest.raises(AddressSyntaxError):
        RouteTemplate(text, hosts)


@pytest.mark.parametrize("host", ["x\r\ny", "a!b", "a@b", "", "-x", "a b", "x" * 300])
def test_a_road_goes_on_to_names_alone(host: str) -> None:
    with pytest.raises(AddressSyntaxError, match=r"^not a host name"):
        RouteTemplate.parse("a!%s").on_to(host)


@pytest.mark.parametrize("becomes", [" e\r\n", "!h", "x", ".a!b", "."])
def test_what_a_name_becomes_is_a_domain(becomes: str) -> None:
    with pytest.raises(AddressSyntaxError):
        GatewayDomain(".x", via=("g",), becomes=becomes)
    assert GatewayDomain(".x", via=("g",), becomes=".y").hosts("q.x") == ("g", "q.y")


class Says:
    """A router that answers the same whatever it is asked."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def resolve(self, host: str, *, origin: str | None = None) -> Answer:  # noqa: ARG002 - the protocol's signature
        return self.answer


@pytest.mark.parametrize(
    ("answer", "kind", "message"),
    [
        (NotFound(("a\r\nb", "c")), UnknownHostError, "no road to m is known; there is a\ufffd\ufffdb, c"),
        (Ambiguous(("a\nb",)), AmbiguousHostError, "m is several hosts: a\ufffdb"),
        (TemporaryFailure("x\r\ny"), TemporaryRoutingError, "no answer now about the road to m: x\ufffd\ufffdy"),
    ],
)
def test_what_a_router_says_is_one_line(answer: Answer, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind) as caught:
        translate("m!u", "bang", router=Says(answer))
    assert str(caught.value) == message


def test_texts_longer_than_names_are_not_remembered() -> None:
    cached = Cached(GatewayDomains())
    for number in range(20):
        cached.resolve("x" * 10_000 + str(number))
    cached.resolve("pucc.BITNET")
    assert len(cached) == 1


def test_a_known_origin_waits_for_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    router = UUCPMap.from_text("a b(5)\nb a(5)\n", home="a")
    assert isinstance(router.resolve("b"), Found)
    begun, go_on = threading.Event(), threading.Event()
    make = Roads.__init__

    def slow(self: Roads, *arguments: object) -> None:
        begun.set()
        assert go_on.wait(30)
        make(self, *arguments)  # type: ignore[arg-type]  # the same that came

    monkeypatch.setattr(Roads, "__init__", slow)
    other = threading.Thread(target=router.resolve, args=("a",), kwargs={"origin": "b"})
    other.start()
    try:
        assert begun.wait(30)
        start = time.perf_counter()
        assert isinstance(router.resolve("b"), Found)
        assert time.perf_counter() - start < 5
    finally:
        go_on.set()
        other.join(30)
    assert isinstance(router.resolve("a", origin="b"), Found)


def test_a_name_that_is_private_in_every_file_costs_no_square() -> None:
    def seconds(files: int) -> float:
        text = "private {p}\np q(5)\nq h(5)\nprivate {}\n" * files
        best = 1e9
        for _ in range(3):
            router = UUCPMap.from_text(f"h q(5)\n{text}", home="h")
            start = time.perf_counter()
            router.roads()
            best = min(best, time.perf_counter() - start)
        return best

    ratios = []
    for _ in range(4):
        ratios.append(seconds(10_000) / seconds(1_000))
        if ratios[-1] <= 15:
            return
    pytest.fail(f"ten times the text takes {min(ratios):.0f} times the time")


def test_a_comma_in_the_name_of_a_map_is_escaped() -> None:
    with pytest.raises(MapError, match=r"^/no/a,b: No such file or directory; /no/c: No such file or directory$"):
        open_router("map:/no/a%2Cb,/no/c?from=h")
