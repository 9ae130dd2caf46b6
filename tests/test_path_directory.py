"""What the path service finds for people who know a part of a name, and what it says of it: the reply to PATH."""

from __future__ import annotations

import io
import string
import time
from collections.abc import Callable, Iterable
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpaths import Mailbox, MailPathsError, Route, policy, read
from mailpaths.pathservice.answering import Question, reply_to
from mailpaths.pathservice.codes import Code
from mailpaths.pathservice.directory import MOST_CANDIDATES, Directory
from mailpaths.pathservice.protocol import BadLine, Command
from mailpaths.pathservice.reply import MAX_TEXT, Reply
from mailpaths.pathservice.service import Caller, PathService
from mailpaths.pathservice.worlds import World, worlds
from mailpaths.routing import (
    Ambiguous,
    Answer,
    Cached,
    Chain,
    Found,
    GatewayDomain,
    GatewayDomains,
    NotFound,
    PathTable,
    Router,
    RouteTemplate,
    SmartHost,
    TemporaryFailure,
    UUCPMap,
)
from mailpaths.routing.leaves import leaves
from mailpaths.routing.lookup import near_misses
from mailpaths.testing import hostile_texts
from tests.pathservers import answer, path


def table(*lines: str, name: str = "[text]") -> PathTable:
    """Return a table of lines with a blank between host and road."""
    made = PathTable.from_text("".join([f"{line}\n" for line in lines]), name=name)
    assert made.faults == ()
    return made


def road(text: str, matched: str, name: str = "[text]", cost: int | None = None) -> Found:
    return Found(RouteTemplate.parse(text), cost, name, matched)


class Told:
    """A router that gives one answer to every question, and keeps the questions."""

    def __init__(self, found: Answer) -> None:
        self.found = found
        self.asked: list[tuple[str, str | None]] = []

    def resolve(self, host: str, *, origin: str | None = None) -> Answer:
        self.asked.append((host, origin))
        return self.found


LANC = table(
    "vax1.cent.lanc.ac.uk %s%%vax1.cent.lanc@UCL-CS.ARPA", "vax2.cent.lanc.ac.uk %s%%vax2.cent.lanc@UCL-CS.ARPA"
)


# --- names, complete and not ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["vax1.cent.lanc.ac.uk", "VAX1.CENT.LANC.AC.UK", "vax1.cent.lanc.ac", "vax1.cent", "vax1", "Vax1"]
)
def test_a_name_and_each_beginning_of_it_that_ends_at_a_dot(host: str) -> None:
    assert Directory(LANC).resolve(host) == road("%s%%vax1.cent.lanc@UCL-CS.ARPA", "vax1.cent.lanc.ac.uk")


@pytest.mark.parametrize(
    "host",
    ["vax", "vax1.c", "vax3", "cent.lanc.ac.uk", "lanc", "ac.uk", "uk", "", ".", "..", "vax1.", "vax1..cent", ".cent"],
)
def test_what_is_no_beginning(host: str) -> None:
    found = Directory(LANC).resolve(host)
    if host == "vax1.":
        # The final dot of RFC 976 2.2 is no part of the name.
        assert found == road("%s%%vax1.cent.lanc@UCL-CS.ARPA", "vax1.cent.lanc.ac.uk")
    else:
        assert isinstance(found, NotFound)


def test_a_name_in_the_uucp_zone_may_be_the_beginning_of_one() -> None:
    assert Directory(LANC).resolve("vax1.UUCP") == Directory(LANC).resolve("vax1")


def test_a_name_that_stands_in_a_table_is_whole() -> None:
    found = Directory(table("a gw!a!%s", "a.cc.umich.edu other!%s"))
    assert found.resolve("a") == road("gw!a!%s", "a")
    assert found.resolve("a.cc") == road("other!%s", "a.cc.umich.edu")


def test_the_beginning_of_several_hosts_is_all_of_them() -> None:
    found = Directory(table("a.x gw1!%s", "a.y.z gw2!%s", "a.y gw3!%s", "ab.x gw4!%s", "b.a.x gw5!%s", "a-b.x gw6!%s"))
    assert found.resolve("a") == Ambiguous(("a.x", "a.y", "a.y.z"))
    # Here is a whole name, too.
    assert found.resolve("a.y") == road("gw3!%s", "a.y")


def test_several_names_of_one_road_are_one_host() -> None:
    found = Directory(table("a.x gw!%s", "A.Y gw!%s", "b.x gw!%s", "b.y %s@gw"))
    assert found.resolve("a") == road("gw!%s", "a.x")
    # The same host, but not the same words: who asks is told of both.
    assert found.resolve("b") == Ambiguous(("b.x", "b.y"))


def test_a_domain_is_no_host_and_begins_nothing() -> None:
    found = Directory(table(".edu rutgers!%s", ".a.edu gw!%s", "a.edu.x other!%s"))
    assert found.resolve("a") == road("other!%s", "a.edu.x")
    assert found.resolve("b.edu") == road("rutgers!b.edu!%s", ".edu")
    assert found.resolve("edu") == NotFound()


def test_an_alias_in_a_map_is_a_host_of_its_own_name() -> None:
    aliases = UUCPMap.from_text(
        "here relay(1)\nrelay dartmouth(1), b(1)\ndartmouth = dartvax, dartvax.csnet\n", home="here"
    )
    service = PathService(aliases)
    for host in ("dartmouth", "dartvax", "dartvax.UUCP", "DARTVAX", "dartvax.csnet"):
        assert path(service, f"mss@{host}") == Reply(220, "dartmouth!mss@relay")


@pytest.mark.parametrize(
    ("host", "known"),
    [("pucc.BITNET", True), ("pucc.bitnet", True), ("PUCC.BitNet", True), ("pucc", False), ("bitnet", False)],
)
def test_colloquial_domains(host: str, *, known: bool) -> None:
    found = Directory(GatewayDomains({".bitnet": "WISCVM.ARPA"}, known=())).resolve(host)
    assert isinstance(found, Found if known else NotFound)


# --- several databases ---------------------------------------------------------------------------------------------

UUCP = table("pitt SEISMO.ARPA!pitt!%s", "mcvax SEISMO.ARPA!philabs!mcvax!%s", name="UUCP")
CSNET = table("pitt.CSNET %s%%pitt@CSNET-RELAY.ARPA", "udel.CSNET %s%%udel@CSNET-RELAY.ARPA", name="CSNET")


@pytest.mark.parametrize("order", [(UUCP, CSNET), (CSNET, UUCP)])
def test_a_nickname_is_sought_in_all_databases_whatever_their_order(order: Iterable[Router]) -> None:
    found = Directory(Chain(order)).resolve("pitt")
    assert isinstance(found, Ambiguous)
    assert set(found.candidates) == {"pitt.UUCP", "pitt.CSNET"}


def test_each_candidate_can_be_asked_for() -> None:
    service = PathService(Chain([UUCP, CSNET]))
    assert path(service, "brad@pitt") == Reply(
        521, ("Several hosts found under the name of 'pitt', try one of:", "brad@pitt.UUCP", "brad@pitt.CSNET")
    )
    assert path(service, "brad@pitt.UUCP") == Reply(220, "pitt!brad@SEISMO.ARPA")
    assert path(service, "brad@pitt.CSNET") == Reply(220, "brad%pitt@CSNET-RELAY.ARPA")


def test_a_nickname_of_one_database_is_not_ambiguous() -> None:
    found = Directory(Chain([UUCP, CSNET]))
    assert found.resolve("mcvax") == road("SEISMO.ARPA!philabs!mcvax!%s", "mcvax", "UUCP")
    assert found.resolve("udel") == road("%s%%udel@CSNET-RELAY.ARPA", "udel.CSNET", "CSNET")


def test_the_same_road_in_two_databases_is_not_ambiguous() -> None:
    found = Directory(Chain([table("a gw!a!%s", name="one"), table("a gw!a!%s", "a.x gw!a!%s", name="two")]))
    assert found.resolve("a") == road("gw!a!%s", "a", "one")


def test_a_name_of_two_databases_that_no_other_name_tells_apart_is_the_first_ones() -> None:
    """Rows of one's own before a map: nobody could choose between two hosts that are both called mcvax.UUCP."""
    found = Directory(Chain([table("mcvax mine!mcvax!%s", name="own"), UUCP]))
    assert found.resolve("mcvax") == found.resolve("mcvax.uucp") == road("mine!mcvax!%s", "mcvax", "own")


def test_an_ambiguous_name_has_more_candidates_than_one() -> None:
    own = table("pitt mine!pitt!%s", name="own")
    found = Directory(Chain([own, UUCP, CSNET])).resolve("pitt")
    assert found == Ambiguous(("pitt.UUCP", "pitt.CSNET"))


def test_names_with_a_dot_are_answered_by_the_first_that_knows_them() -> None:
    one, two = table("a.b one!%s", name="one"), table("a.b two!%s", "c.d two!%s", name="two")
    found = Directory(Chain([one, two]))
    assert found.resolve("a.b") == road("one!%s", "a.b", "one")
    assert found.resolve("c.d") == road("two!%s", "c.d", "two")


def test_who_knows_a_host_comes_before_who_knows_its_domain() -> None:
    domains = table(".edu rutgers!%s", name="domains")
    hosts = table("mit.edu gw!mit.edu!%s", name="hosts")
    for order in ([domains, hosts], [hosts, domains]):
        found = Directory(Chain(order))
        assert found.resolve("mit.edu") == road("gw!mit.edu!%s", "mit.edu", "hosts")
        assert found.resolve("yale.edu") == road("rutgers!yale.edu!%s", ".edu", "domains")
    # Who could not answer now might have known it; the domain is known for sure.
    failing = Told(TemporaryFailure("no connection"))
    assert Directory(Chain([domains, failing])).resolve("mit.edu") == road("rutgers!mit.edu!%s", ".edu", "domains")
    assert Directory(Chain([failing, domains])).resolve("mit.edu") == failing.found


def test_databases_are_found_in_chains_of_chains_and_behind_caches() -> None:
    cached = Cached(CSNET)
    chain = Chain([Chain([UUCP]), Chain([Chain([cached]), SmartHost("relay")])])
    assert leaves(chain) == (UUCP, CSNET, SmartHost("relay"))
    assert Directory(chain).resolve("pitt") == Ambiguous(("pitt.UUCP", "pitt.CSNET"))
    assert Directory(chain).size == 4


@pytest.mark.parametrize("found", [TemporaryFailure("the disk is on fire"), Ambiguous(("x.a", "x.b"))])
@pytest.mark.parametrize("host", ["pitt", "unknown.example"])
def test_an_answer_that_is_none_ends_the_search(found: Answer, host: str) -> None:
    some: list[list[Router]] = [[Told(found), UUCP, CSNET], [Told(found), SmartHost("relay")], [Told(found)]]
    for routers in some:
        assert Directory(Chain(routers)).resolve(host) == found


def test_a_smart_host_is_asked_last_wherever_it_stands() -> None:
    found = Directory(Chain([SmartHost("relay"), LANC, UUCP]))
    assert found.resolve("vax1.cent") == road("%s%%vax1.cent.lanc@UCL-CS.ARPA", "vax1.cent.lanc.ac.uk")
    assert found.resolve("pitt") == road("SEISMO.ARPA!pitt!%s", "pitt", "UUCP")
    assert found.resolve("elsewhere.example") == SmartHost("relay").resolve("elsewhere.example")
    assert found.resolve("vax3") == SmartHost("relay").resolve("vax3")
    # Not even a smart host takes what is no name.
    assert found.resolve("two words") == NotFound()


def test_every_part_is_told_where_the_road_begins() -> None:
    one, two = Told(NotFound()), Told(NotFound())
    Directory(Chain([one, two])).resolve("a.b", origin="mcvax")
    assert set(one.asked) == {("a.b", "mcvax"), ("a", "mcvax")}
    assert set(two.asked) == {("a.b", "mcvax"), ("a", "mcvax")}


# --- near misses -----------------------------------------------------------------------------------------------------


def test_near_misses_of_all_databases() -> None:
    found = Directory(Chain([UUCP, table("mcvay gw!%s", "other gw!%s"), CSNET]))
    assert found.resolve("mcvaz") == NotFound(("mcvax", "mcvay"))
    service = PathService(found)
    assert path(service, "piet@mcvaz") == Reply(
        520, ("No host found under the name of 'mcvaz', did you mean:", "piet@mcvax", "piet@mcvay")
    )
    assert path(service, "piet@nothing-like-it") == Reply(520, "No host found under the name of 'nothing-like-it'.")


def test_a_host_in_another_domain_than_the_one_asked_for() -> None:
    found = Directory(Chain([UUCP, CSNET, LANC]))
    assert found.resolve("pitt.edu") == NotFound(("pitt.UUCP", "pitt.CSNET"))
    assert found.resolve("mcvax.nowhere.example") == NotFound(("mcvax.UUCP",))
    assert found.resolve("vax1.lanc") == NotFound(("vax1.cent.lanc.ac.uk",))


def test_near_misses_are_five_at_most_and_never_the_name_itself() -> None:
    found = Directory(table(*[f"host{letter} gw!%s" for letter in "hgfedcba"])).resolve("host")
    assert found == NotFound(("hosta", "hostb", "hostc", "hostd", "hoste"))


def test_what_a_person_is_told_to_try_can_be_tried() -> None:
    """A domain is a near miss of its own name; but nobody has a mailbox there, and PATH does not take it for a host."""
    service = PathService(table(".edu rutgers!%s", "ecu gw!%s"))
    reply = path(service, "piet@edu")
    assert reply.code == Code.NOT_FOUND
    tried = [path(service, line) for line in reply.lines[1:] if "@" in line]
    assert [one.code for one in tried] == [Code.ROUTE]


# --- many candidates -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "more"), [(2, False), (50, False), (51, True), (5_000, True)])
def test_candidates_are_fifty_at_most_and_the_reply_says_that_there_are_more(count: int, *, more: bool) -> None:
    service = PathService(table(*[f"a.x{number:04} gw{number}!%s" for number in range(count)]))
    reply = path(service, "u@a")
    head, *told = reply.lines
    assert (reply.code, head) == (521, "Several hosts found under the name of 'a', try one of:")
    expected = [f"u@a.x{number:04}" for number in range(min(count, MOST_CANDIDATES))]
    assert told == expected + (["and more than these 50"] if more else [])


def test_many_candidates_of_many_databases_fit_into_a_reply() -> None:
    tables = [table(*[f"a.x{number:02}.t{which} gw{number}!{which}!%s" for number in range(60)]) for which in range(5)]
    reply = path(PathService(Chain(tables)), "u@a")
    assert (reply.code, len(reply.lines), reply.lines[-1]) == (521, 52, "and more than these 50")


def test_fifty_candidates_with_the_longest_names_and_the_longest_user_fit_into_a_reply() -> None:
    label = "x" * 60
    rest = ".".join([label] * 3)
    service = PathService(table(*[f"a.x{number:02}.{rest} gw{number}!%s" for number in range(60)]))
    reply = path(service, f"{'u' * 490}@a")
    assert (reply.code, len(reply.lines)) == (521, 52)
    assert {len(line) for line in reply.lines[1:51]} == {MAX_TEXT}


# --- worlds ----------------------------------------------------------------------------------------------------------


def test_the_worlds_of_each_kind_of_router() -> None:
    the_map = UUCPMap.from_text("here there(1)\n", home="here")
    rows = table("a gw!%s", "b.c gw!%s", ".edu rutgers!%s", ".ac.uk ukc!%s")
    chain = Chain(
        [the_map, Cached(rows), GatewayDomains({".bitnet": "gw!gw2"}, known=()), SmartHost("relay"), Told(NotFound())]
    )
    assert worlds(chain) == (
        World("UUCP", ("2 hosts of [text], roads from here.", "1 hosts of a table.")),
        World("EDU", ("Over rutgers!%s",)),
        World(".AC.UK", ("Over ukc!%s",)),
        World("BITNET", ("Over gw, then gw2.",)),
        World("OTHERS", ("Whatever nobody knows goes to relay.",)),
    )


def test_no_worlds() -> None:
    service = PathService(Told(NotFound()), extensions=False)
    assert answer(service, Command("HELP")).lines[0] == "The server currently knows about no mail worlds."


def test_a_list_of_worlds_is_cut_between_names_alone() -> None:
    names = [f".net-of-{one}{other}" for one in "abcdef" for other in "abcdef"]
    gateways = GatewayDomains([GatewayDomain(name, ("gw",)) for name in names], known=())
    reply = answer(PathService(gateways, extensions=False), Command("HELP"))
    _, *rows, _, _ = reply.lines
    assert [name for row in rows for name in row.strip().removesuffix(",").split(",")] == [
        name[1:].upper() for name in names
    ]
    assert max(len(row) for row in rows) < 80


def test_help_of_thousands_of_worlds_is_a_reply() -> None:
    gateways = GatewayDomains([GatewayDomain(f".n{number}", ("gw",)) for number in range(5_000)], known=())
    service = PathService(gateways)
    reply = answer(service, Command("HELP"))
    assert reply.code == Code.HELP
    assert "N199, ..." in " ".join(reply.lines).replace(",...", ", ...")
    assert answer(service, Command("HELP", "n4999")) == Reply(220, ("N4999 is a mail world.", "Over gw."))


def test_help_of_a_world_with_a_long_story_is_a_reply() -> None:
    hosts = [f"gw{number}" for number in range(300)]
    gateways = GatewayDomains([GatewayDomain(".far", tuple(hosts))], known=())
    reply = answer(PathService(gateways), Command("HELP", "FAR"))
    assert (reply.code, len(reply.lines), len(reply.lines[1])) == (220, 2, MAX_TEXT)


# --- the reply -------------------------------------------------------------------------------------------------------

ROADS = table(
    "mcvax seismo!mcvax!%s",
    "next next!%s",
    "here %s",
    "brackets <@a,@b:%s@c>",
    "percent %s%%c%%b@a",
    "both b!%s@a",
    "b\u00fccher.example gw!%s",
    "beyond.example gw!b\u00fccher!%s",
    "far " + "".join([f"host{number:02}!" for number in range(80)]) + "%s",
    "literal %s@[192.0.2.1]",
    name="roads",
)
CANNOT = "There is a road to '{}', but no address of SMTP says it for this user."


@pytest.mark.parametrize(
    ("asked", "reply"),
    [
        ("piet@mcvax", (220, "mcvax!piet@seismo")),
        ("piet@MCVAX.UUCP", (220, "mcvax!piet@seismo")),
        ("piet@next", (220, "piet@next")),
        # The host that answers is its own domain.
        ("piet@here", (220, "piet@here")),
        ("piet@Here.UUCP", (220, "piet@Here.UUCP")),
        # A road that is an address stays as it is; any other becomes path!user@relay (RFC 976 2.1).
        ("piet@percent", (220, "piet%c%b@a")),
        ("piet@both", (220, "a!piet@b")),
        ("piet@brackets", (220, "b!c!piet@a")),
        ("piet@literal", (220, "piet@[192.0.2.1]")),
        # A user in quotes is one word; a road of one host carries any.
        ('"Piet B"@next', (220, '"Piet B"@next')),
        ('"piet"@next', (220, "piet@next")),
        ('"Piet.B"@mcvax', (220, "mcvax!Piet.B@seismo")),
        (r'"a\"b"@here', (220, r'"a\"b"@here')),
        ('""@here', (220, '""@here')),
        ('""@next', (220, '""@next')),
        ('"Piet B"@mcvax', (501, CANNOT.format("mcvax"))),
        ('""@mcvax', (501, CANNOT.format("mcvax"))),
        # A quoted operator is none, and this road would make one of it.
        ('"a!b"@mcvax', (501, CANNOT.format("mcvax"))),
        ('"a%b"@mcvax', (501, CANNOT.format("mcvax"))),
        ('"a@b"@mcvax', (501, CANNOT.format("mcvax"))),
        # To rmail, which is run with it, this is an option.
        ("-f@mcvax", (501, CANNOT.format("mcvax"))),
        # A user with operators names hosts behind the one that is asked for.
        ("a!piet@mcvax", (220, "mcvax!a!piet@seismo")),
        ("piet%a@mcvax", (220, "mcvax!a!piet@seismo")),
        ("piet%b%a@mcvax", (220, "mcvax!a!b!piet@seismo")),
        ("b!piet%a@mcvax", (220, "mcvax!a!b!piet@seismo")),
        ("a!piet@here", (220, "a!piet@here")),
        ("a!piet@next", (220, "a!piet@next")),
        ("a!piet@percent", (220, "b!c!a!piet@a")),
        # A user may have any sign that an atom has.
        ("o'brien+x=y/z@mcvax", (220, "mcvax!o'brien+x=y/z@seismo")),
        ("{ops}@percent", (220, "{ops}%c%b@a")),
        ("<piet@mcvax>", (220, "mcvax!piet@seismo")),
        ("piet @ mcvax", (220, "mcvax!piet@seismo")),
        ("piet\t@mcvax", (220, "mcvax!piet@seismo")),
        # IDN: asked for as ASCII can, and a road that ASCII cannot say.
        ("piet@xn--bcher-kva.example", (220, "piet@gw")),
        ("piet@beyond.example", (520, CANNOT.format("beyond.example"))),
        # 80 hosts: longer than a line.
        ("piet@far", (520, CANNOT.format("far"))),
    ],
)
def test_the_address(asked: str, reply: tuple[int, str]) -> None:
    assert path(PathService(ROADS), asked) == Reply(*reply)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a\t<%s@b>", (220, "piet@b")),
        ("a\tX <%s@b>", (220, "piet@b")),
        ("a\t%s@b (x)", (220, "piet@b")),
        ("a\t<@c,@d:%s@b>", (220, "d!b!piet@c")),
        ("a\t%s at b", (220, "piet@b")),
        ("a\t%s @ b", (220, "piet@b")),
        ("a\t%s@b.", (220, "piet@b")),
        ("a\t%s%%b", (220, "piet@b")),
        ("a\tb.!%s", (220, "piet@b")),
        # Nobody could ask the DNS or a host table for "b%c".
        ("a\t%s@b%%c", (520, CANNOT.format("a"))),
        ("a\tb!-f!%s", (520, CANNOT.format("a"))),
    ],
)
def test_a_road_is_told_as_local_part_and_domain_and_nothing_else(line: str, expected: tuple[int, str]) -> None:
    """RFC 915, page 6: "It has a fixed format", and a table may spell its roads otherwise."""
    made = PathTable.from_text(line)
    assert made.faults == ()
    assert path(PathService(made), "piet@a") == Reply(*expected)


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("", "expected user@host: PATH user@host"),
        ("mcvax", "expected user@host"),
        ("mcvax!piet", "expected user@host"),
        ("@mcvax", "expected a local part before '@'"),
        ("@", "expected a local part before '@'"),
        ("piet@", "expected a domain after '@'"),
        ("piet@a@mcvax", "more than one '@': RFC 733's form, which RFC 822 dropped"),
        ("Piet <piet@mcvax>", "expected user@host and nothing else"),
        ("piet@mcvax (Piet)", "expected user@host and nothing else"),
        ("<@a:piet@mcvax>", "expected user@host and nothing else"),
        ("piet@mcvax, piet@next", "expected one address, found ','; this is a list of several"),
        ("all: piet@mcvax;", "expected one address, found a group"),
        ("piet@mcvax next", "expected the end of the address, found 'n'"),
        ("piet@.mcvax", "a domain may not begin with a dot"),
        ("piet@a..b", "expected a word between two dots"),
        ('"piet@mcvax', "expected '\"' to end this quoted string"),
        ("a..b@mcvax", "expected a word between two dots"),
        # What no line carries, for whoever asks the service itself.
        ("piet@mc\r\nvax", "a carriage return may not stand in an address"),
        ("piet\n@mcvax", "a line feed may not stand in an address"),
        ("piet\0@mcvax", "a NUL may not stand in an address"),
        ("piet@mc\0vax", "a NUL may not stand in an address"),
    ],
)
def test_no_question(asked: str, reason: str) -> None:
    assert path(PathService(ROADS), asked) == Reply(501, reason)


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("unknown", "unknown"),
        ("[192.0.2.7]", "[192.0.2.7]"),
        ("stra\u00dfe.org", "stra?e.org"),
        ("x" * 300, "x" * 300),
        ("mcvax%x", "mcvax%x"),
    ],
)
def test_a_host_that_nobody_knows(host: str, shown: str) -> None:
    assert path(PathService(ROADS), f"piet@{host}") == Reply(520, f"No host found under the name of '{shown}'.")


def test_a_host_longer_than_a_line_is_cut_in_the_reply() -> None:
    reply = path(PathService(ROADS), f"piet@{'x' * 60_000}")
    assert reply == Reply(520, f"No host found under the name of '{'x' * 470}...")
    assert len(reply.text) == MAX_TEXT
    assert path(PathService(ROADS), f"piet@{'x' * 100_000}").code == 501


@pytest.mark.parametrize("user", ['"a\tb"', '"a\\\tb"', '"a\x0bb"', '"a\x7fb"', '"\x1b[2J"'])
@pytest.mark.parametrize("host", ["here", "next", "mcvax"])
def test_a_user_that_no_reply_can_carry(user: str, host: str) -> None:
    """A TAB is white space and comes through in a line; in quotes it is part of a user, and no reply has it."""
    assert path(PathService(ROADS), f"{user}@{host}") == Reply(501, CANNOT.format(host))


@pytest.mark.parametrize("user", ['"a\tb"', "b\u00fccher"])
def test_a_user_that_no_reply_can_carry_is_not_another_ones_name(user: str) -> None:
    """With "?" for the letter it would be the address of somebody else, which a program would take."""
    service = PathService(ROADS, domains=Known("known.example"))
    assert path(service, f"{user}@known.example").code == Code.NOT_FOUND


def test_candidates_beyond_ascii_are_told_as_they_can_be_asked_for() -> None:
    service = PathService(table("a.b\u00fccher gw!%s", "a.c other!%s"))
    reply = path(service, "u@a")
    assert reply.code == Code.AMBIGUOUS
    assert [path(service, line).code for line in reply.lines[1:]] == [Code.ROUTE, Code.ROUTE]


def test_temporary_failure() -> None:
    reply = path(PathService(Told(TemporaryFailure("the disk\r\n220 is on fire"))), "piet@mcvax")
    assert reply == Reply(420, "Database problems. Try again later. (the disk??220 is on fire)")


def test_candidates_of_a_router_of_somebodys_own() -> None:
    found = Ambiguous(("a.b", "x in file1", "evil\r\n220 a@b"))
    assert path(PathService(Told(found)), "u@a") == Reply(
        521, ("Several hosts found under the name of 'a', try one of:", "u@a.b", "x in file1", "evil??220 a@b")
    )


def test_private_hosts_of_a_map() -> None:
    files = [
        io.BytesIO(f"file {{{name}}}\nprivate {{x}}\nhere x(1)\nx {name}(1)\n".encode()) for name in ("one", "two")
    ]
    service = PathService(UUCPMap.load(*files, home="here"))
    # No name tells them apart, so that none can be asked for.
    assert path(service, "u@x") == Reply(
        521, ("Several hosts found under the name of 'x', try one of:", "x in one", "x in two")
    )


class Known:
    """A domain name system of some hosts."""

    def __init__(self, *hosts: str) -> None:
        self.hosts = hosts

    def knows(self, host: str) -> bool:
        return host in self.hosts


def test_a_host_that_the_domain_name_system_knows() -> None:
    service = PathService(ROADS, domains=Known("mcvax", "known.example", "a"))
    assert path(service, "piet@mcvax") == Reply(230, "mcvax!piet@seismo")
    assert path(service, "piet@next") == Reply(220, "piet@next")
    assert path(service, "piet@known.example") == Reply(230, "piet@known.example")
    assert path(service, "a!piet@known.example") == Reply(230, "a!piet@known.example")
    assert path(service, "piet@unknown.example").code == 520


def test_a_question_says_who_and_where_and_what_is_behind() -> None:
    assert Question.parse('b!"x y"%a@mcvax'.replace('"x y"', "x")) == Question("b!x%a", "x", "mcvax", ("a", "b"))
    assert Question.parse('"x y"@mcvax') == Question('"x y"', "x y", "mcvax")


def test_a_road_of_no_host_for_a_user_behind_others() -> None:
    """The host asked for is this one, and then the hosts behind it come next."""
    assert reply_to(Question.parse("piet%a@here"), road("%s", "here")) == Reply(220, "a!piet@here")


# --- FROM, STAT and no database ----------------------------------------------------------------------------------

MAP = UUCPMap.from_text("here a(1)\na b(1), here(1)\nb a(1)\n", home="here")


def test_paths_from_elsewhere() -> None:
    service, caller = PathService(MAP), Caller()

    def ask(verb: str, argument: str = "") -> Reply:
        return answer(service, Command(verb, argument), caller)

    assert ask("PATH", "u@b") == Reply(220, "b!u@a")
    assert ask("FROM", "a") == Reply(200, "Paths start at a.")
    assert ask("PATH", "u@b") == Reply(220, "u@b")
    # A host that is not there changes nothing.
    assert ask("FROM", "c") == Reply(520, ("No host found under the name of 'c', did you mean:", "a", "b"))
    assert ask("PATH", "u@b") == Reply(220, "u@b")
    assert ask("FROM") == Reply(200, "Paths start at the server's own host.")
    assert ask("PATH", "u@b") == Reply(220, "b!u@a")
    # Each caller has its own.
    assert answer(service, Command("PATH", "u@here"), Caller()) == Reply(220, "u@here")


@pytest.mark.parametrize("host", ["two words", "a\r\nb", "\0", "-x", "x" * 100_000, "b\u00fccher", "..", "[1.2.3.4]"])
def test_no_host_to_begin_at(host: str) -> None:
    reply = answer(PathService(MAP), Command("FROM", host))
    assert reply.code == Code.NOT_FOUND


def test_from_needs_a_map() -> None:
    reply = answer(PathService(ROADS), Command("FROM", "mcvax"))
    assert reply == Reply(501, "No map is here, and nothing else knows roads from another host.")


def test_without_a_database_what_needs_none_is_answered() -> None:
    service = PathService()
    told = {
        command: answer(service, Command(*command)).code
        for command in [
            ("PATH", "a@b"),
            ("PATH", ""),
            ("HELP", ""),
            ("HELP", "path"),
            ("HELP", "UUCP"),
            ("FROM", "a"),
            ("STAT", ""),
            ("QUIT", ""),
        ]
    }
    assert list(told.values()) == [420, 501, 421, 200, 421, 420, 200, 211]


def test_a_map_without_a_home_is_no_database() -> None:
    service = PathService(ROADS)
    with pytest.raises(Exception, match="no home"):
        service.load(UUCPMap.from_text("a b(1)\n"))
    assert path(service, "piet@next") == Reply(220, "piet@next")


def test_statistics_before_and_after_requests() -> None:
    service = PathService(ROADS)
    lines = answer(service, Command("STAT")).lines
    assert [line.partition(":")[0] for line in lines] == [
        "uptime", "database", "connections", "closed", "requests", "latency", "reloads", "faults",
    ]  # fmt: skip
    assert lines[2:5] == ("connections: 0 open, 0 accepted, 0 refused", "closed: none", "requests: none")
    service.statistics.request("PATH", 220, 0.0004)
    service.statistics.request("HELP", 200, 99.0)
    assert answer(service, Command("STAT")).lines[4:6] == (
        "requests: 200 1, 220 1",
        "latency: 99 % within more than 10 s",
    )
    assert service.statistics.latency.quantile(0.5) == 0.0005


# --- any question ----------------------------------------------------------------------------------------------------

_LINES = st.text(string.printable[:95] + "\t", max_size=60) | st.sampled_from(['"', "@", "!", "%", "\t"]).map(
    lambda mark: f"{mark}a{mark}@here"
)
ANY = Chain([ROADS, UUCP, CSNET, GatewayDomains()])


@given(verb=st.sampled_from(["PATH", "HELP", "FROM", "STAT", "QUIT", "X"]), argument=_LINES | hostile_texts())
def test_any_command_has_a_reply(verb: str, argument: str) -> None:
    for service in (PathService(ANY), PathService(MAP), PathService(), PathService(ANY, domains=Known("here"))):
        reply = answer(service, Command(verb, argument))
        assert bytes(reply).count(b"\n") == len(reply.lines)


@given(hostile_texts())
def test_any_fault_of_a_line_has_a_reply(reason: str) -> None:
    assert answer(PathService(), BadLine(reason)).code == Code.NOT_IMPLEMENTED


@cache
def bundled() -> UUCPMap:
    return UUCPMap.bundled()


def means(reply: Reply) -> Route:
    """Return the route of a reply's one address, read as mail programs of the Internet do."""
    assert len(reply.lines) == 1
    box = Mailbox.parse(reply.text)
    assert (box.display_name, box.comments, box.route) == (None, (), ())
    assert str(box) == reply.text
    return read(box, policy.INTERNET)


_USERS = st.sampled_from(
    ["piet", "Mark.Horton", "a!b", "a%b", "a!b%c", '"x y"', "o'brien", '"a@b"', "-x", "{x}", '""', "=", "~", "b!a%d%c"]
)
_KNOWN = st.sampled_from(
    ["mcvax", "rutgers", "mimsy", "uunet", "cwi.nl", "x.edu", "a.b.ac.uk", "ukc", "inria.uucp", "vax1.x"]
)


@given(data=st.data())
def test_every_address_means_the_road_of_the_router(data: st.DataObject) -> None:
    host = data.draw(_KNOWN | st.sampled_from(bundled().hosts()) | st.text("abcxyz.-", min_size=1, max_size=6))
    asked = f"{data.draw(_USERS)}@{host}"
    service = PathService(bundled())
    reply = path(service, asked)
    if reply.code != Code.ROUTE:
        assert reply.code in {501, 520, 521}
        return
    question = Question.parse(asked)
    found = Directory(bundled()).resolve(question.host)
    assert isinstance(found, Found)
    hosts = found.hosts or (question.host,)
    assert means(reply) == Route((*hosts, *question.behind), question.user)


@pytest.mark.slow
def test_every_host_of_1988_has_the_address_of_its_road() -> None:
    service = PathService(bundled())
    roads = 0
    for host in bundled().hosts():
        reply = path(service, f"piet@{host}")
        found = bundled().resolve(host)
        assert isinstance(found, Found)
        assert reply.code == Code.ROUTE
        assert means(reply) == Route(found.hosts or (host,), "piet")
        roads += 1
    # With two that have names which no address of today may have: mcgill- and gs.gs.co. with its dot.
    assert roads == 13_504


_PLAIN_LETTERS = "abAB01-_+.@!%"


@given(st.text(_PLAIN_LETTERS, max_size=14) | st.from_regex(r"[ab.+-]{1,3}@[ab.-]{1,8}", fullmatch=True))
def test_the_short_way_to_a_question_is_the_long_way(argument: str) -> None:
    def asked(read: Callable[[str], Question]) -> Question | str:
        try:
            return read(argument)
        except MailPathsError as error:
            return str(error)

    assert asked(Question.parse) == asked(Question._parse_any)


@given(st.lists(st.text("abc.-", min_size=1, max_size=5), max_size=20), st.text("abcd.-", min_size=1, max_size=7))
def test_near_misses_are_the_same_in_any_order(known: list[str], name: str) -> None:
    assert near_misses(name, set(known), sorted(known)) == near_misses(name, set(known))


def test_a_name_that_is_long_and_unknown_takes_no_longer_than_it_must() -> None:
    table = PathTable.from_text("".join([f"h{number} h{number}!%s\n" for number in range(10_000)]))
    start = time.perf_counter()
    for number in range(100):
        assert table.resolve(f"{'x' * 240}{number}") == NotFound()
    # Every neighbour of such a name would take 8 ms: 0.8 s.
    assert time.perf_counter() - start < 0.3


def test_roads_that_are_known_are_told_in_the_loop_and_others_in_a_thread() -> None:
    world = UUCPMap.from_text("a b(5)\nb c(5), a(5)\nc b(5)", home="a")
    service, caller = PathService(world), Caller()
    assert not world.has_roads("c")
    assert answer(service, Command("FROM", "c"), caller) == Reply(200, "Paths start at c.")
    assert world.has_roads("c")
    assert service.answer(Command("PATH", "x@a"), caller) == Reply(220, "a!x@b")
    # A new map without that host: nobody is told a road that begins elsewhere.
    service.load(UUCPMap.from_text("a b(5)\nb a(5)\nd a(5)", home="a"))
    assert service.answer(Command("PATH", "x@b"), caller) == Reply(
        520, "No host found under the name of 'c', where paths should start. FROM starts them elsewhere."
    )
