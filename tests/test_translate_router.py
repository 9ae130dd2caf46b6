"""Translation with a router: the road to the first host, every step and warning of it, and nobody else's mail."""

from __future__ import annotations

import io
import pickle
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpaths import (
    INTERNET,
    STYLES,
    AddressSyntaxError,
    AmbiguousHostError,
    BangPath,
    ConversionError,
    Mailbox,
    MailPathsError,
    Route,
    RoutingError,
    Step,
    TemporaryRoutingError,
    UnknownHostError,
    parse_list,
    read,
    translate,
)
from mailpaths.routing import (
    Ambiguous,
    Answer,
    Chain,
    Expansion,
    Found,
    GatewayDomains,
    NotFound,
    Obstacle,
    PathTable,
    Router,
    RouteTemplate,
    SmartHost,
    TemporaryFailure,
    UUCPMap,
    expand,
)
from mailpaths.routing.uucp.roads import Mode
from mailpaths.testing import hostile_texts
from mailpaths.x400 import Gateway

MAP = UUCPMap.from_text(
    'h seismo(10), b(5)\nseismo mcvax(20)\nx h(5)\nseismo .edu(5), @c(5)\ndead {b}\nb far(1)\nh "odd..one"(1)\n',
    home="h",
)


@dataclass
class Says:
    """A router that answers the same whatever it is asked, and notes what that was."""

    answer: Answer
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def resolve(self, host: str, *, origin: str | None = None) -> Answer:
        self.asked.append((host, origin))
        return self.answer


def over(*hosts: str, text: str = "%s") -> Says:
    """Return a router that leads over these hosts, whatever the text of its template says."""
    return Says(Found(RouteTemplate(text, hosts)))


# --- addresses ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "to", "expected", "route"),
    [
        ("piet@mcvax.uucp", "bang", "seismo!mcvax!piet", Route(("seismo", "mcvax"), "piet")),
        ("piet@mcvax.uucp", "bang-dotted", "seismo!mcvax.!piet", Route(("seismo", "mcvax"), "piet")),
        ("piet@mcvax.uucp", "percent", "piet%mcvax@seismo", Route(("seismo", "mcvax"), "piet")),
        ("piet@mcvax.uucp", "route-addr", "<@seismo:piet@mcvax>", Route(("seismo", "mcvax"), "piet")),
        ("piet@mcvax.uucp", "hybrid", "mcvax!piet@seismo", Route(("seismo", "mcvax"), "piet")),
        ("piet@seismo", "domain", "piet@seismo", Route(("seismo",), "piet")),
        ("piet@mcvax.uucp", "rfc822", "piet%mcvax@seismo", Route(("seismo", "mcvax"), "piet")),
        # Several hops: the first is asked for, the others are the affair of the hosts on the way.
        (
            "mcvax!x!nowhere!piet",
            "bang",
            "seismo!mcvax!x!nowhere!piet",
            Route(("seismo", "mcvax", "x", "nowhere"), "piet"),
        ),
        ("piet%x@mcvax", "bang", "seismo!mcvax!x!piet", Route(("seismo", "mcvax", "x"), "piet")),
        ("<@mcvax,@x:piet@y>", "percent", "piet%y%x%mcvax@seismo", Route(("seismo", "mcvax", "x", "y"), "piet")),
        ("a!piet@mcvax", "bang", "seismo!mcvax!a!piet", Route(("seismo", "mcvax", "a"), "piet")),
        # A domain's gateway is handed the whole name.
        ("piet@Gatech.EDU", "bang", "seismo!Gatech.EDU!piet", Route(("seismo", "Gatech.EDU"), "piet")),
        # Nowhere to go.
        ("piet", "bang", "piet", Route((), "piet")),
        ("piet@h", "bang", "piet", Route((), "piet")),
        # The user is kept, whatever his name.
        ("Piet.Beertema@mcvax", "bang", "seismo!mcvax!Piet.Beertema", Route(("seismo", "mcvax"), "Piet.Beertema")),
        ('"john doe"@seismo', "percent", '"john doe"@seismo', Route(("seismo",), "john doe")),
        ('"john doe"@mcvax', "route-addr", '<@seismo:"john doe"@mcvax>', Route(("seismo", "mcvax"), "john doe")),
        # A mailbox with words about it.
        ("Piet <piet@mcvax> (CWI)", "bang", "seismo!mcvax!piet", Route(("seismo", "mcvax"), "piet")),
    ],
)
def test_translate(text: str, to: str, expected: str, route: Route) -> None:
    found = translate(text, to, router=MAP)
    assert (str(found), found.route) == (expected, route)


def test_the_parts_of_a_translation() -> None:
    found = translate("piet@mcvax.uucp", "bang", router=MAP)
    assert found.address == BangPath(("seismo", "mcvax"), "piet")
    assert found.source == Mailbox("piet", "mcvax.uucp")
    assert found.road == MAP.resolve("mcvax")
    assert (found.policy, found.crossing, found.losses) == (INTERNET, None, ())
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - our own
    assert translate("piet", "bang", router=MAP).road is None
    assert translate("piet@mcvax", "bang").road is None


def test_the_router_is_asked_for_the_first_host_as_it_is_written() -> None:
    router = over("gw")
    translate("piet%b@McVax.UUCP", "bang", router=router)
    translate("a!b!piet", "percent", router=router)
    translate("piet", "bang", router=router)
    assert router.asked == [("McVax.UUCP", None), ("a", None)]


def test_the_policy_decides_which_host_is_the_first() -> None:
    for policy, expected in (("internet", "mcvax"), ("uucp", "seismo")):
        router = over("gw")
        translate("seismo!piet@mcvax", "bang", policy=policy, router=router)
        assert router.asked == [(expected, None)]


def test_routers_of_other_kinds() -> None:
    table = PathTable.from_text("mcvax\tseismo!%s@mcvax\n.edu\t%s@relay\n")
    assert str(translate("piet@mcvax", "bang", router=table)) == "seismo!mcvax!piet"
    assert str(translate("piet@x.edu", "percent", router=table)) == "piet%x.edu@relay"
    chain = Chain([table, GatewayDomains(), SmartHost("gw!relay")])
    assert str(translate("piet@pucc.BITNET", "percent", router=chain)) == "piet%pucc.BITNET@cunyvm.cuny.edu"
    assert str(translate("pucc.bitnet!piet", "bang", router=chain)) == "cunyvm.cuny.edu!pucc.bitnet!piet"
    assert str(translate("piet@nowhere", "bang", router=chain)) == "gw!relay!nowhere!piet"
    assert str(translate("piet@relay", "bang", router=chain)) == "gw!relay!piet"
    assert str(translate("piet@mcvax", "bang", router=UUCPMap(MAP.world, home="h", mode="best"))) == "seismo!mcvax!piet"


# --- steps and warnings -------------------------------------------------------------------------------------------


def test_every_step() -> None:
    assert translate("Piet <piet%x@mcvax.uucp>", "bang", router=MAP).steps == (
        Step("parsed Piet <piet%x@mcvax.uucp> as an RFC 822 mailbox", "RFC 822 6.1, RFC 5322 3.4"),
        Step("@ asks mcvax.uucp, which gets piet%x", "RFC 822 6.2.4: the domain reads the local part"),
        Step("% asks x, which gets piet", "RFC 1123 5.2.16: user%domain@relay"),
        Step("read as mcvax.uucp → x: piet", f"policy internet: {INTERNET.rule}"),
        Step("left out the display name and comments: they are no part of a route", "RFC 822 3.4.3, 6.1"),
        Step("took the road seismo → mcvax to mcvax.uucp, cost 30", "[text], from h"),
        Step("spelled seismo!mcvax!x!piet", "style bang: RFC 976 5: hosta!hostb!user"),
    )


@pytest.mark.parametrize(
    ("router", "step"),
    [
        (SmartHost("gw!relay"), Step("took the road gw → relay → mcvax to mcvax", "smart host gw!relay")),
        (
            PathTable.from_text("1234567\tmcvax\t%s%%mcvax@seismo\n", name="/etc/paths"),
            Step("took the road seismo → mcvax to mcvax, cost 1,234,567", "/etc/paths"),
        ),
        (over("gw", text="gw!%s"), Step("took the road gw to mcvax", "")),
    ],
    ids=["SmartHost", "PathTable", "told"],
)
def test_the_step_of_a_road(router: Router, step: Step) -> None:
    assert translate("mcvax!piet", "bang", router=router).steps[3] == step


def test_no_road_no_step() -> None:
    assert [step.action for step in translate("piet", "bang", router=MAP).steps] == [
        "parsed piet as an RFC 822 mailbox",
        "read as here: piet",
        "spelled piet",
    ]


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        ("piet@mcvax", ()),
        ("piet@x", ("the road may not work: only the other way is declared",)),
        ("piet@far", ("the road may not work: a host that passes nothing on",)),
        ("piet@c", ("the road may not work: host!user and user@host on the same road",)),
        ("a!piet@mcvax", ("other policies read this as a → mcvax: piet (uucp)",)),
        (
            "a!piet@x",
            (
                "the road may not work: only the other way is declared",
                "other policies read this as a → x: piet (uucp)",
            ),
        ),
    ],
)
def test_warnings(text: str, warnings: tuple[str, ...]) -> None:
    assert translate(text, "bang", router=MAP).warnings == warnings


def test_a_warning_for_each_obstacle() -> None:
    router = Says(Found(RouteTemplate("gw!%s", ("gw",)), None, "", "", tuple(Obstacle)))
    assert translate("piet@mcvax", "bang", router=router).warnings == tuple(
        [f"the road may not work: {obstacle}" for obstacle in Obstacle]
    )


# --- answers that are no road -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "kind", "message", "more"),
    [
        (NotFound(), UnknownHostError, "no road to McVac is known", {"near_misses": ()}),
        (
            NotFound(("mcvax", "mcvay")),
            UnknownHostError,
            "no road to McVac is known; there is mcvax, mcvay",
            {"near_misses": ("mcvax", "mcvay")},
        ),
        (
            Ambiguous(("mcvac in one", "mcvac in two")),
            AmbiguousHostError,
            "McVac is several hosts: mcvac in one, mcvac in two",
            {"candidates": ("mcvac in one", "mcvac in two")},
        ),
        (
            TemporaryFailure("connection refused"),
            TemporaryRoutingError,
            "no answer now about the road to McVac: connection refused",
            {},
        ),
    ],
    ids=["NotFound", "near misses", "Ambiguous", "TemporaryFailure"],
)
@pytest.mark.parametrize("to", ["bang", "percent", "rfc822"])
def test_routing_errors(
    answer: Answer, kind: type[RoutingError], message: str, more: dict[str, object], to: str
) -> None:
    with pytest.raises(RoutingError) as caught:
        translate("piet@McVac", to, router=Says(answer))
    assert type(caught.value) is kind
    assert (str(caught.value), caught.value.message, caught.value.host) == (message, message, "McVac")
    assert {name: getattr(caught.value, name) for name in more} == more


def test_the_words_of_a_map() -> None:
    with pytest.raises(UnknownHostError) as unknown:
        translate("piet@mcvac.uucp", "bang", router=MAP)
    assert str(unknown.value) == "no road to mcvac.uucp is known; there is mcvax"
    worlds = (io.BytesIO(b"file {%d}\nprivate {bilbo}\nh bilbo\nbilbo c\n" % number) for number in (1, 2))
    with pytest.raises(AmbiguousHostError) as several:
        translate("piet@bilbo", "bang", router=UUCPMap.load(*worlds, home="h"))
    assert str(several.value) == "bilbo is several hosts: bilbo in 1, bilbo in 2"


def test_no_router_is_asked_where_no_route_is_spelled() -> None:
    router = Says(TemporaryFailure("nobody is to ask"))
    gateway = Gateway(or_address="C=GB; A= ; P=mailer")
    assert str(translate("piet@mcvax", "x400", router=router, gateway=gateway)) == (
        "/RFC-822=piet(a)mcvax/PRMD=mailer/ADMD= /C=GB/"
    )
    assert str(translate("C=US; S=Doe", "x400:ean", router=router)) == "S=Doe; C=US"
    assert router.asked == []


def test_out_of_x400_and_on() -> None:
    wrapped = "C=US; A=I; P=I; DDA:RFC-822=piet(a)mcvax.uucp"
    for to, expected in (("bang", "seismo!mcvax!piet"), ("rfc822", "piet%mcvax@seismo")):
        found = translate(wrapped, to, router=MAP)
        assert (str(found), found.route) == (expected, Route(("seismo", "mcvax"), "piet"))
        assert found.road == MAP.resolve("mcvax")
        assert [step.action for step in found.steps][1:] == [
            "decoded the attribute RFC-822 to piet@mcvax.uucp",
            "dropped C/ADMD/PRMD",
            "@ asks mcvax.uucp, which gets piet",
            "read as mcvax.uucp: piet",
            "took the road seismo → mcvax to mcvax.uucp, cost 30",
            f"spelled {expected}",
        ]
        assert found.warnings == ("lost: C/ADMD/PRMD: the attributes that named the gateway",)
    with pytest.raises(UnknownHostError):
        translate(wrapped.replace("mcvax", "nowhere"), "bang", router=MAP)


# --- expand -------------------------------------------------------------------------------------------------------


def test_expand() -> None:
    route = Route(("mcvax.uucp", "x"), "piet")
    road = MAP.resolve("mcvax")
    assert isinstance(road, Found)
    assert expand(route, MAP) == Expansion(Route(("seismo", "mcvax", "x"), "piet"), road, "mcvax.uucp")
    assert expand(Route((), "piet"), MAP) == Expansion(Route((), "piet"), None, None)
    here = expand(Route(("h", "b"), "piet"), MAP)
    assert here.route == Route(("b",), "piet")
    other = expand(route, MAP, origin="seismo")
    assert other.route == Route(("mcvax", "x"), "piet")
    router = over("gw")
    expand(route, router, origin="seismo")
    assert router.asked == [("mcvax.uucp", "seismo")]


# --- nobody else's mail -------------------------------------------------------------------------------------------

EVIL_HOSTS = [
    "gw\r\nRCPT TO:<all@example.com>",
    "gw\nBcc: all@example.com",
    "gw\r",
    "gw\0",
    "gw\x85x",
    "gw\u2028x",
    "gw\udc80",
    "gw,all@example.com",
    "gw all@example.com",
    "gw>,<all@example.com",
    "gw;all",
    "gw@evil",
    "evil!gw",
    "evil%gw",
    "evil::gw",
    "gw:all",
    '"gw',
    "gw\\",
    "(gw)",
    "<gw>",
    "-oQ/tmp",
    "-gw",
    "",
    ".",
    "..",
    ".gw",
    "g..w",
    "[gw",
    "gw]",
]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("evil", EVIL_HOSTS)
def test_a_hostile_router_is_refused(evil: str, place: int, style: str) -> None:
    hosts = (*("one", "two")[:place], evil, *("one", "two")[place:])
    for text in ("piet@mcvax", "mcvax!piet"):
        with pytest.raises((AddressSyntaxError, ConversionError)):
            translate(text, style, router=over(*hosts, text="innocent!%s"))


def check_one_mailbox(text: str, style: str, router: Router, expected: Route | None = None) -> None:
    """Check that a translation is refused, or is one address which means what was asked for."""
    try:
        found = translate(text, style, router=router)
    except MailPathsError:
        return
    assert found.route is not None
    written = str(found)
    assert not set("\r\n\0") & set(written)
    assert isinstance(found.address, BangPath | Mailbox)
    if found.route.hosts:
        assert len(parse_list(written).mailboxes) == 1
        for policy in STYLES[style].safe:
            assert read(written, policy) == found.route
    else:
        assert written == found.route.user
    before = read(text)
    # Whoever is on the road: what comes behind the host that was asked for, and the user, are as they were.
    assert found.route.user == before.user
    road = () if found.road is None else found.road.hosts
    behind = found.route.hosts[len(road) :]
    assert behind == (before.hosts[1:] if road else ())
    if expected is not None:
        assert found.route == expected


@given(
    st.sampled_from(["piet@mcvax", "mcvax!a!piet", "piet%a@mcvax", '"p t"@mcvax', "<@mcvax:piet@a>"]),
    st.sampled_from(sorted(STYLES)),
    st.lists(st.sampled_from(["gw", "relay.example", *EVIL_HOSTS]) | hostile_texts(), max_size=3),
    hostile_texts(),
)
def test_no_answer_of_a_router_makes_it_two_mailboxes(
    text: str, style: str, hosts: Sequence[str], template: str
) -> None:
    before = read(text)
    try:
        router = over(*hosts, text=template)
    except AddressSyntaxError:  # no such answer can be made
        return
    road = Route(tuple(hosts), "")
    # A router that takes every host for the one that asks leaves none.
    expected = Route((*road.hosts, *before.hosts[1:]) if road.hosts else (), before.user)
    check_one_mailbox(text, style, router, expected)


@given(
    st.sampled_from(sorted(STYLES)),
    st.text('ab!%@:,;<>()"\\ .-\r\n\0é\udcfc\u2028[]', max_size=8) | hostile_texts(),
    st.sampled_from(["{}", "gw!{}", "{}!%s", "gw!{}!%s", "%s@{}", "%s%%{}@gw", "gw!%s@{}", "{}!%s@gw"]),
)
def test_no_table_or_smart_host_makes_it_two_mailboxes(style: str, evil: str, frame: str) -> None:
    route = frame.format(evil)
    for row in (f"mcvax\t{route}\n", f"{evil}\tgw!%s\n.edu\t{route}\n"):
        table = PathTable.from_text(row)
        check_one_mailbox("piet@mcvax", style, table)
        check_one_mailbox("piet@x.edu", style, table)
    try:
        smart = SmartHost(route)
    except AddressSyntaxError:
        return
    check_one_mailbox("piet%a@mcvax", style, smart)


@given(
    st.sampled_from(sorted(STYLES)),
    st.text("ab!%@:,;<>()\\ .-\r\0é\udcfc\u2028[]", max_size=8) | hostile_texts(),
    st.sampled_from("!@%:"),
)
def test_no_map_makes_it_two_mailboxes(style: str, evil: str, mark: str) -> None:
    name = evil.replace('"', "").replace("\n", "")
    text = f'h "{name}"{mark}(5), gw(9)\n"{name}" mcvax(1), .edu(1)\ngw mcvax(500)\nmcvax = "{name}{name}"\n'
    modes: tuple[Mode, ...] = ("pathalias", "best")
    for mode in modes:
        try:
            router = UUCPMap.from_text(text, home="h", mode=mode)
        except UnknownHostError:  # a text with a NUL is no map, and so has no h
            assert "\0" in text
            continue
        check_one_mailbox("piet@mcvax", style, router)
        check_one_mailbox("x.edu!a!piet", style, router)


@pytest.mark.parametrize("text", ["piet@mcvax\r\nBcc: x@y", "piet\n@mcvax", '"a\nb"@mcvax', "a\0!mcvax!piet"])
def test_a_hostile_address_does_not_reach_the_router(text: str) -> None:
    router = over("gw")
    with pytest.raises(AddressSyntaxError):
        translate(text, "bang", router=router)
    assert router.asked == []


@pytest.mark.parametrize("policy", ["exim", "rfc733", "sendmail:nouucp"])
def test_a_user_that_hides_a_hop_stays_refused_at_his_own_host(policy: str) -> None:
    """To these programs ``evil!piet`` is a user of h; at h, without his host, he would be another's."""
    for text in ("evil!piet@h", "evil!piet@mcvax"):
        for style in ("bang", "percent", "route-addr", "hybrid"):
            with pytest.raises(ConversionError) as caught:
                translate(text, style, policy=policy, router=MAP)
            assert (caught.value.character, caught.value.part) == ("!", "user")
