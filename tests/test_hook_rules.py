"""The rules of the rewrite hook: what becomes of an address, under each map, and what never comes out."""

from __future__ import annotations

import pickle
import re
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailpaths import Mailbox, MailPathsError, parse, policy, read
from mailpaths.hooks import MAPS, Decision, Deferred, Rewritten, Rules, Settings, Unchanged, X400Settings, checking
from mailpaths.hooks.checking import fault_of
from mailpaths.hooks.rules import MAX_KEY
from mailpaths.routing import (
    Ambiguous,
    Answer,
    Found,
    NotFound,
    PathTable,
    RouteTemplate,
    SmartHost,
    TemporaryFailure,
)
from mailpaths.x400 import Gateway, Tables
from tests.support import any_texts, vector_texts

PLAIN = Settings(
    names=("relay.example", "relay"),
    next_hops=("host", "gamma", "uunet.example"),
    domains=("host.csnet", ".bitnet"),
    transports=((".uucp", "uucp:{next_hop}"), ("uunet.example", "smtp:[192.0.2.1]")),
)
RULES = Rules(PLAIN)
TABLE = PathTable.from_text(
    "seismo\tgamma!seismo!%s\n"
    "mcvax\tgamma!seismo!mcvax!%s\n"
    ".edu\tgamma!%s\n"
    "far\tstranger!far!%s\n"
    "loop\tgamma!relay!loop!%s\n"
    "relay2\t%s\n"
    "direct\tdirect!%s\n"
)
MAPPED = Rules(replace(PLAIN, mapped=True), router=TABLE)
X400 = replace(
    PLAIN,
    names=("relay.example", "acme.example"),
    domains=("some.place.example",),
    x400=X400Settings(
        domain="relay.example",
        or_address="/PRMD=Gate/ADMD=X/C=US/",
        next_hop="x400.example",
        management_domains=("/PRMD=Acme/ADMD=X/C=US/", "/ADMD=Open/C=GB/"),
    ),
)
GATEWAY = Gateway(
    Tables.parse(
        table1="PRMD$Acme.ADMD$X.C$US#acme.example#\nPRMD$Place.ADMD$X.C$US#some.place.example#\n"
        "PRMD$Evil.ADMD$X.C$US#evil.example#\n",
        table2="acme.example#PRMD$Acme.ADMD$X.C$US#\n",
    ),
    domain="relay.example",
    or_address="/PRMD=Gate/ADMD=X/C=US/",
)
CROSSING = Rules(X400, gateway=GATEWAY)


def refused(reason: str) -> Unchanged:
    return Unchanged(reason, refused=True)


def value_of(decision: Decision) -> str | None:
    return decision.value if isinstance(decision, Rewritten) else None


# What arrives from which server for the mailbox ``user`` at ``host``: mta-hooks, the forms that Postfix 3.7 (with
# swap_bangpath=no), Sendmail 8.17 and Exim 4.96 hand over.
@pytest.mark.parametrize(
    ("address", "value"),
    [
        ("relay!host!user@relay.example", "user@host.uucp"),
        ("relay!host!user", "user@host.uucp"),
        ("host!user@relay.example", "user@host.uucp"),
        ("host!user@relay", "user@host.uucp"),
        ("host!user@RELAY.Example", "user@host.uucp"),
        ("host!user@relay.uucp", "user@host.uucp"),
        ("host!user@relay.example.", "user@host.uucp"),
        ("user%host@relay.example", "user@host.uucp"),
        ("user%host.uucp@relay.example", "user@host.uucp"),
        ("user%HOST.UUCP@relay.example", "user@HOST.UUCP"),
        ("User%host@relay.example", "User@host.uucp"),
        ("user%host%relay@relay.example", "user@host.uucp"),
        ("@relay.example:user%host@relay.example", "user@host.uucp"),
        ("<host!user@relay.example>", "user@host.uucp"),
        # Behind a next hop anything may lie, the first hop last.
        ("host!a!b!user@relay.example", "user%b%a@host.uucp"),
        ("user%deep.net%host@relay.example", "user%deep.net@host.uucp"),
        ("gamma!stranger!user@relay.example", "user%stranger@gamma.uucp"),
        ("uunet.example!a!user@relay.example", "user%a@uunet.example"),
        # A destination ends the road.
        ("user%host.csnet@relay.example", "user@host.csnet"),
        ("user%any.bitnet@relay.example", "user@any.bitnet"),
        ("user%a.b.BITNET@relay.example", "user@a.b.BITNET"),
        # Our name in other letters, which are the same to IDNA.
        ("host!user@\uff32elay.example", "user@host.uucp"),
        ("host!user@relay\u3002example", "user@host.uucp"),
        # Users of every sort.
        ("o'brien%host@relay.example", "o'brien@host.uucp"),
        ("user+tag%host@relay.example", "user+tag@host.uucp"),
        ("user=elsewhere.example%host@relay.example", "user=elsewhere.example@host.uucp"),
        ('"john doe"%host@relay.example', '"john doe"@host.uucp'),
        ('host!"john doe"@relay.example', '"john doe"@host.uucp'),
    ],
)
def test_recipients_that_go_on(address: str, value: str) -> None:
    assert value_of(RULES.rewrite(address, "rcpt")) == value
    assert RULES.rewrite(address, "exists") == Rewritten("OK", f"mail for it goes to {value}")


@pytest.mark.parametrize(
    ("address", "decision"),
    [
        # Not ours.
        ("user@elsewhere.example", Unchanged("not at one of our names")),
        ("user@notrelay.example", Unchanged("not at one of our names")),
        ("host!user", Unchanged("not at one of our names")),
        ("host!user@elsewhere.example", Unchanged("not at one of our names")),
        ("relay.example!host!user@elsewhere.example", Unchanged("not at one of our names")),
        ("user%relay.example@elsewhere.example", Unchanged("not at one of our names")),
        ("user", Unchanged("not at one of our names")),
        ("", Unchanged("not at one of our names")),
        ("*", Unchanged("not at one of our names")),
        # Ours, and a mailbox here.
        ("user@relay.example", Unchanged("a mailbox at one of our names")),
        ("relay!user@relay.example", Unchanged("a mailbox at one of our names")),
        ("user=elsewhere.example@relay.example", Unchanged("a mailbox at one of our names")),
        ('"user%host"@relay.example', Unchanged("a mailbox at one of our names")),
        # To nobody that is listed.
        ("user%elsewhere.example@relay.example", refused("elsewhere.example is not on the allow-list")),
        ("elsewhere.example!user@relay.example", refused("elsewhere.example is not on the allow-list")),
        ("user%csnet@relay.example", refused("csnet is not on the allow-list")),
        ("user%bitnet@relay.example", refused("bitnet is not on the allow-list")),
        ("user%host.csnet.evil.example@relay.example", refused("host.csnet.evil.example is not on the allow-list")),
        ("user%hosts@relay.example", refused("hosts is not on the allow-list")),
        ("user%xhost@relay.example", refused("xhost is not on the allow-list")),
        ("user@elsewhere.example@relay.example", refused("a second '@' is in it")),
        ("user@host@relay.example", refused("a second '@' is in it")),
        ('"user@host"@relay.example', refused("a second '@' is in it")),
        ("user%192.0.2.1@relay.example", refused("192.0.2.1 is not on the allow-list")),
        ("user%2130706433@relay.example", refused("2130706433 is not on the allow-list")),
        # Behind a destination nothing may lie, but another destination behind somebody who passes it on.
        ("user%elsewhere.example%host.csnet@relay.example", refused("elsewhere.example is not on the allow-list")),
        (
            "user%a.bitnet%host.csnet@relay.example",
            refused("host.csnet is no next hop on the allow-list, and a.bitnet lies behind it"),
        ),
        # Once round is enough.
        ("gamma!relay!host!user@relay.example", refused("it would come through relay again")),
        ("user%relay.example%gamma@relay.example", refused("it would come through relay.example again")),
        ("relay!gamma!RELAY.UUCP!user@relay.example", refused("it would come through RELAY.UUCP again")),
        ("@elsewhere.example,@relay.example:user%host@relay.example", Unchanged("not at one of our names")),
        (
            "@relay.example,@elsewhere.example:user%host@relay.example",
            refused("it would come through relay.example again"),
        ),
        # What a mail server, a shell or rmail would take for something else.
        ("-oQ/tmp%host@relay.example", refused("-oQ/tmp@host.uucp: it begins with '-'")),
        ('"-oQ/tmp"%host@relay.example', refused("-oQ/tmp@host.uucp: it begins with '-'")),
        ("/etc/passwd%host@relay.example", refused("/etc/passwd@host.uucp: it begins with '/'")),
        (
            "|id%host@relay.example",
            refused("|id@host.uucp: '|' means more than itself to some mail server"),
        ),
        ("~user%host@relay.example", refused("~user@host.uucp: it begins with '~'")),
        (
            '":include:/etc/passwd"%host@relay.example',
            refused("\":include:/etc/passwd\"@host.uucp: it begins with ':'"),
        ),
        (
            '"a,b"%host@relay.example',
            refused("\"a,b\"@host.uucp: ',' means more than itself to some mail server"),
        ),
        ("$user%host@relay.example", refused("$user@host.uucp: '$' means more than itself to some mail server")),
        ('""%host@relay.example', refused('""@host.uucp: nobody is named in it')),
        ("jo(e)%host@relay.example", Unchanged("more than a bare address")),
        ("Jo <host!user@relay.example>", Unchanged("more than a bare address")),
        ("user%hóst@relay.example", refused("hóst is not on the allow-list")),
        ("ü%host@relay.example", refused("ü@host.uucp: it is no printable ASCII")),
        # No addresses.
        (
            "host!user@relay.example, x@y",
            Unchanged("no address: expected one address, found ','; this is a list of several"),
        ),
        ("host!!user@relay.example", refused("'!' in the user '!user' would be read as another hop")),
        ("host!user@relay.example\r\nRCPT TO:<x@y>", Unchanged("a control character is in it")),
        ("host!user@relay.example\0", Unchanged("a control character is in it")),
        ("host!user@relay.example\u2028", Unchanged("a control character is in it")),
        # O/R addresses, where no gateway is.
        (
            "/S=user/PRMD=evil/C=us/@relay.example",
            refused("an O/R address, and no [x400] is configured"),
        ),
        (
            '"/RFC-822=user(a)evil.example/PRMD=x/ADMD=y/C=us/"@relay.example',
            refused("an O/R address, and no [x400] is configured"),
        ),
        # Without its last slash, too.
        ("/S=user/PRMD=evil/C=us@relay.example", refused("an O/R address, and no [x400] is configured")),
        ("/S=user/PRMD=evil/ADMD=x/C=us/", Unchanged("not at one of our names")),
    ],
)
def test_recipients_that_stay_as_they_are(address: str, decision: Decision) -> None:
    assert RULES.rewrite(address, "rcpt") == decision


# The other maps.


@pytest.mark.parametrize(
    ("address", "decision"),
    [
        ("user@host.uucp", Rewritten("user%host.uucp@relay.example", "mail for it goes to user@host.uucp")),
        ("user@host", Rewritten("user%host@relay.example", "mail for it goes to user@host.uucp")),
        ("host!user", Rewritten("user%host@relay.example", "mail for it goes to user@host.uucp")),
        ("host!a!user", Rewritten("user%a%host@relay.example", "mail for it goes to user%a@host.uucp")),
        ("user%a@GAMMA.UUCP", Rewritten("user%a%GAMMA.UUCP@relay.example", "mail for it goes to user%a@GAMMA.UUCP")),
        # Replies find these by themselves, or come to us already.
        ("user@elsewhere.example", Unchanged("outside hosts reply to elsewhere.example themselves")),
        ("user@uunet.example", Unchanged("outside hosts reply to uunet.example themselves")),
        ("user%host@relay.example", Unchanged("replies come to us already")),
        ("user@relay", Unchanged("replies come to us already")),
        ("user", Unchanged("no host in it")),
        ('""', Unchanged("the null sender")),
        ("<>", Unchanged("the null sender")),
        ("", Unchanged("the null sender")),
        # Mail for these would not be passed on.
        ("user@stranger.uucp", refused("stranger.uucp is not on the allow-list")),
        ("stranger!user", refused("stranger is not on the allow-list")),
        ("host!relay!user", refused("it would come through relay again")),
        ("-f@host.uucp", refused("-f@host.uucp: it begins with '-'")),
        # It would be too long for the way back.
        (
            f"{'u' * 60}@host.uucp",
            refused(f"{'u' * 60}%host.uucp@relay.example: its local part has 70 octets, and the limit is 64"),
        ),
        ("/S=Doe/PRMD=Acme/ADMD=X/C=US/", Unchanged("an O/R address, and none of our names behind it")),
        ("user@", Unchanged("no address: expected a domain after '@'")),
    ],
)
def test_senders(address: str, decision: Decision) -> None:
    assert RULES.rewrite(address, "sender") == decision


def test_senders_of_every_domain_that_is_written_through_us() -> None:
    rules = Rules(replace(PLAIN, domains=(".old.example", ".new.example"), through_us=(".uucp", ".Old.Example.")))
    asked = [f"user@{host}" for host in ("host.uucp", "x.old.example", "old.example", "x.new.example")]
    assert [value_of(rules.rewrite(one, "sender")) for one in asked] == [
        "user%host.uucp@relay.example",
        "user%x.old.example@relay.example",
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("address", "decision"),
    [
        ("user@host.uucp", Rewritten("uucp:host", "host.uucp by host.uucp")),
        ("user%a@HOST.UUCP", Rewritten("uucp:host", "host.uucp by HOST.UUCP")),
        ("user@host", Rewritten("uucp:host", "host.uucp by host")),
        ("user@uunet.example", Rewritten("smtp:[192.0.2.1]", "uunet.example by uunet.example")),
        ("user@stranger.uucp", refused("stranger.uucp is not on the allow-list")),
        ("user@host.csnet", Unchanged("no transport for host.csnet")),
        ("user@elsewhere.example", Unchanged("no transport for elsewhere.example")),
        ("user%host@relay.example", Unchanged("it stays here")),
        ("user", Unchanged("it stays here")),
        ("*", Unchanged("it stays here")),
        ("user@host.uucp\n", Unchanged("a control character is in it")),
        ("user@host@host.uucp", refused("a second '@' is in it")),
    ],
)
def test_transports(address: str, decision: Decision) -> None:
    assert RULES.rewrite(address, "transport") == decision


def test_no_transports_where_none_are_configured() -> None:
    rules = Rules(replace(PLAIN, transports=()))
    assert rules.rewrite("user@host.uucp", "transport") == Unchanged("no [transport] is configured")


def test_the_longest_pattern_says_the_transport() -> None:
    transports = ((".uucp", "uucp:{next_hop}"), (".a.uucp", "smtp:a"), ("b.a.uucp", "smtp:b"), (".b.a.uucp", "smtp:c"))
    rules = Rules(replace(PLAIN, next_hops=("x", "y.a", "b.a", "z.b.a"), transports=transports))
    found = [rules.rewrite(f"user@{host}.uucp", "transport") for host in ("x", "y.a", "b.a", "z.b.a")]
    assert [value_of(one) for one in found] == ["uucp:x", "smtp:a", "smtp:b", "smtp:c"]


def test_patterns_of_transports_are_blind_to_case() -> None:
    rules = Rules(replace(PLAIN, transports=((".UUCP.", "uucp:{next_hop}"), ("UUNET.Example", "smtp:x"))))
    found = [rules.rewrite(f"user@{host}", "transport") for host in ("host.uucp", "uunet.example")]
    assert [value_of(one) for one in found] == ["uucp:host", "smtp:x"]


@pytest.mark.parametrize("value", ["uucp: {next_hop}", "uucp:x\ny", ":", "", "{next_hop}", "smtp:x,y"])
def test_a_transport_that_is_none_is_not_handed_out(value: str) -> None:
    rules = Rules(replace(PLAIN, transports=((".uucp", value),)))
    assert rules.rewrite("user@host.uucp", "transport") == refused("expected transport:nexthop")


@pytest.mark.parametrize(
    ("address", "decision"),
    [
        ("user@host.uucp", Rewritten("OK", "mail for it goes to user@host.uucp")),
        ("user%a@host.uucp", Rewritten("OK", "mail for it goes to user%a@host.uucp")),
        ("user@any.bitnet", Rewritten("OK", "mail for it goes to user@any.bitnet")),
        ("user%host@relay.example", Rewritten("OK", "mail for it goes to user@host.uucp")),
        ("user@relay.example", Unchanged("a mailbox at one of our names")),
        ("user@elsewhere.example", refused("elsewhere.example is not on the allow-list")),
        ("user%stranger@relay.example", refused("stranger is not on the allow-list")),
        ("user", Unchanged("not at one of our names")),
        ("host!user", Unchanged("not at one of our names")),
        ("@", Unchanged("no address: expected a local part before '@'")),
    ],
)
def test_what_exists(address: str, decision: Decision) -> None:
    assert RULES.rewrite(address, "exists") == decision


@pytest.mark.parametrize("name", ["", "RCPT", "hook", "rcpt ", "x" * 10_000])
def test_a_map_that_there_is_not_loses_no_mail(name: str) -> None:
    expected = Deferred("there is no map of this name; there are rcpt, sender, transport, exists")
    assert RULES.rewrite("host!user@relay.example", name) == expected


@pytest.mark.parametrize("name", MAPS)
def test_what_is_longer_than_smtp_carries_is_not_looked_at(name: str) -> None:
    long = f"{'u' * MAX_KEY}%host@relay.example"
    expected = Unchanged("longer than 2048 octets, which is more than SMTP carries")
    assert RULES.rewrite(long, name) == expected
    assert RULES.rewrite(long * 100, name) == expected


# Limits.


def test_the_lengths_of_rfc_5321() -> None:
    fits = f"{'u' * 64}%host@relay.example"
    assert value_of(RULES.rewrite(fits)) == f"{'u' * 64}@host.uucp"
    assert RULES.rewrite(f"u{fits}") == refused(
        f"{'u' * 65}@host.uucp: its local part has 65 octets, and the limit is 64"
    )
    wide = Rules(replace(PLAIN, local_part=300))
    assert value_of(wide.rewrite(f"u{fits}")) == f"{'u' * 65}@host.uucp"
    local = "u" * 245
    assert value_of(wide.rewrite(f"{local[1:]}%host@relay.example")) == f"{local[1:]}@host.uucp"
    assert wide.rewrite(f"{local}%host@relay.example") == refused(
        f"{local}@host.uucp: it has 255 octets, and SMTP carries 254 (RFC 5321 4.5.3.1.3)"
    )
    label = "l" * 64
    deep = f"{label}.bitnet"
    assert RULES.rewrite(f"user%{deep}@relay.example") == refused(
        f"user@{deep}: its domain is longer than a domain may be (RFC 1035 2.3.4)"
    )


def test_the_limit_of_hops() -> None:
    rules = Rules(replace(PLAIN, hops=3))
    assert value_of(rules.rewrite("host!a!b!user@relay.example")) == "user%b%a@host.uucp"
    assert rules.rewrite("host!a!b!c!user@relay.example") == refused("4 hops, and the limit is 3")
    # The road that a router knows counts as well.
    mapped = Rules(replace(PLAIN, mapped=True, hops=2), router=TABLE)
    assert value_of(mapped.rewrite("user%seismo@relay.example")) == "user%seismo@gamma.uucp"
    assert mapped.rewrite("user%mcvax@relay.example") == refused("a road of 3 hops, and the limit is 2")


# How it is written.


def test_the_hybrid_style() -> None:
    rules = Rules(replace(PLAIN, style="hybrid"))
    assert value_of(rules.rewrite("host!a!b!user@relay.example")) == "a!b!user@host.uucp"
    assert value_of(rules.rewrite("user%host@relay.example")) == "user@host.uucp"
    # Senders are written with percent signs in either style: every server takes them for one thing.
    assert value_of(rules.rewrite("a!user@host.uucp", "sender")) == "user%a%host.uucp@relay.example"


def test_a_style_that_the_policy_reads_otherwise_is_refused() -> None:
    rules = Rules(replace(PLAIN, style="hybrid", policy=policy.named("uucp")))
    assert rules.rewrite("relay!host!a!user") == refused("uucp would read it as a → host.uucp: user")


@pytest.mark.parametrize(("zone", "value"), [("", "user@host"), ("uu.example", "user@host.uu.example")])
def test_another_zone(zone: str, value: str) -> None:
    rules = Rules(replace(PLAIN, zone=zone))
    assert value_of(rules.rewrite("host!user@relay.example")) == value


def test_bare_paths_begin_here_where_that_is_so() -> None:
    rules = Rules(replace(PLAIN, bare_paths=True))
    assert value_of(rules.rewrite("host!user")) == "user@host.uucp"
    assert value_of(rules.rewrite("host!a!user")) == "user%a@host.uucp"
    assert value_of(rules.rewrite("user%host")) == "user@host.uucp"
    assert rules.rewrite("stranger!user") == refused("stranger is not on the allow-list")
    assert rules.rewrite("user") == Unchanged("not at one of our names")
    assert rules.rewrite("host!user@elsewhere.example") == Unchanged("not at one of our names")
    # Only where there is no domain, though our name be in it.
    assert rules.rewrite("relay@host.uucp") == Unchanged("not at one of our names")


@pytest.mark.parametrize(
    ("name", "address", "value"),
    [
        # The two documented readings of one address: RFC 1123 5.2.16 and the programs' own.
        ("internet", "host!user%gamma@relay.example", "user%host@gamma.uucp"),
        ("postfix", "host!user%gamma@relay.example", "user%gamma@host.uucp"),
        ("uucp", "relay!host!user@gamma", "user%gamma@host.uucp"),
    ],
)
def test_the_policy_says_how_an_address_is_read(name: str, address: str, value: str) -> None:
    assert value_of(Rules(replace(PLAIN, policy=policy.named(name))).rewrite(address)) == value


# Roads.


@pytest.mark.parametrize(
    ("address", "decision"),
    [
        (
            "user%seismo@relay.example",
            Rewritten("user%seismo@gamma.uucp", "user at seismo, by the road gamma → seismo"),
        ),
        (
            "mcvax!user@relay.example",
            Rewritten("user%mcvax%seismo@gamma.uucp", "user at mcvax, by the road gamma → seismo → mcvax"),
        ),
        (
            "seismo!mcvax!user@relay.example",
            Rewritten(
                "user%mcvax%seismo@gamma.uucp", "user at mcvax behind seismo, by the road gamma → seismo → mcvax"
            ),
        ),
        ("host!any!user@relay.example", Rewritten("user%any@host.uucp", "user at any behind host")),
        # Known by name, and by nobody's domain.
        ("user%x.edu@relay.example", refused("x.edu is not on the allow-list")),
        ("user%nowhere@relay.example", refused("nowhere is not on the allow-list")),
        ("seismo!elsewhere.example!user@relay.example", refused("elsewhere.example is not on the allow-list")),
        ("elsewhere.example!seismo!user@relay.example", refused("elsewhere.example is not on the allow-list")),
        ("seismo!elsewhere.example!mcvax!user@relay.example", refused("elsewhere.example is not on the allow-list")),
        # Over nobody who is no next hop.
        (
            "user%far@relay.example",
            refused("the road to far: stranger is not on the allow-list"),
        ),
        ("user%loop@relay.example", refused("the road to loop comes through relay again")),
        ("user%relay2@relay.example", refused("the road to relay2 ends here")),
        ("user%direct@relay.example", Rewritten("user@direct.uucp", "user at direct")),
        (
            "direct!seismo!user@relay.example",
            refused("direct is no next hop on the allow-list, and seismo lies behind it"),
        ),
    ],
)
def test_hosts_that_a_router_knows_by_name(address: str, decision: Decision) -> None:
    assert MAPPED.rewrite(address) == decision


def test_a_listed_domain_takes_the_road_that_a_router_knows() -> None:
    rules = Rules(replace(PLAIN, domains=(".edu", ".csnet")), router=TABLE)
    assert value_of(rules.rewrite("user%x.edu@relay.example")) == "user%x.edu@gamma.uucp"
    assert value_of(rules.rewrite("user%x.csnet@relay.example")) == "user@x.csnet"
    assert rules.rewrite("user%seismo@relay.example") == refused("seismo is not on the allow-list")


def test_a_road_may_be_left_to_the_transport() -> None:
    rules = Rules(replace(PLAIN, mapped=True, in_address=False), router=TABLE)
    assert value_of(rules.rewrite("user%mcvax@relay.example")) == "user@mcvax.uucp"
    assert value_of(rules.rewrite("user@mcvax.uucp", "transport")) == "uucp:gamma"
    assert value_of(rules.rewrite("user@mcvax.uucp", "exists")) == "OK"
    assert value_of(rules.rewrite("user@mcvax.uucp", "sender")) == "user%mcvax.uucp@relay.example"


@pytest.mark.parametrize("mapped", [False, True])
@pytest.mark.parametrize(
    ("road", "first"),
    [("%s@evil.example", "evil.example"), ("evil.example!%s", "evil.example"), ("%s@[192.0.2.1]", "[192.0.2.1]")],
)
def test_a_router_that_sends_mail_elsewhere_is_not_followed(road: str, first: str, *, mapped: bool) -> None:
    """Nothing comes out but what is listed, whoever says so: a path server is somebody else's."""
    router = PathTable.from_text(f"foo.example\t{road}\n")
    settings = replace(PLAIN, domains=("foo.example",), mapped=mapped, transports=((".example", "uucp:{next_hop}"),))
    rules = Rules(settings, router=router)
    expected = refused(f"the road to foo.example: {first} is not on the allow-list")
    assert rules.rewrite("u%foo.example@relay.example") == expected
    assert rules.rewrite("u@foo.example", "transport") == expected


def test_a_router_may_send_mail_to_another_that_is_listed() -> None:
    router = PathTable.from_text("foo.example\t%s@bar.example\n")
    rules = Rules(replace(PLAIN, domains=("foo.example", "bar.example")), router=router)
    assert value_of(rules.rewrite("u%foo.example@relay.example")) == "u@bar.example"


@pytest.mark.parametrize(
    ("domain", "host", "fits"),
    [
        (".ü.example", "a.ü.example", True),
        (".ü.example", "a.xn--tda.example", True),
        ("ü.example", "XN--TDA.example", True),
        (".xn--tda.example.", "a.ü.example", True),
        (".uucp", "far", True),
        (".uucp", "far.uucp", True),
        ("far", "far.uucp", True),
        ("host.example.net", "evilhost.example.net", False),
        (".example.net", "example.net", False),
        (".example.net", "xexample.net", False),
    ],
)
def test_patterns_of_domains_fit_the_same_everywhere(domain: str, host: str, *, fits: bool) -> None:
    settings = replace(PLAIN, domains=(domain,), transports=((domain, "smtp:{next_hop}"),), through_us=(domain,))
    rules = Rules(settings)
    assert isinstance(rules.rewrite(f"u%{host}@relay.example"), Rewritten) is fits
    assert isinstance(rules.rewrite(f"u@{host}", "transport"), Rewritten) is fits
    wide = Rules(replace(settings, domains=(domain, ".net")))
    assert isinstance(wide.rewrite(f"u@{host}", "sender"), Rewritten) is fits


def test_a_zone_with_the_dot_of_the_root() -> None:
    assert value_of(Rules(replace(PLAIN, zone="uucp.")).rewrite("u%host.uucp@relay.example")) == "u@host.uucp"


@pytest.mark.parametrize("host", ["a/b", "{x}", "#", "a=b", "*", "a'b", "a+b"])
def test_a_domain_that_is_no_name_of_a_host_does_not_come_out(host: str) -> None:
    rules = Rules(replace(PLAIN, domains=(".dom.example",)))
    assert rules.rewrite(f"u%{host}.dom.example@relay.example") == refused(
        f"u@{host}.dom.example: the domain {host}.dom.example is no name of a host"
    )


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("host!a!~u@relay.example", "a!~u@host.uucp: '~' begins a hop"),
        ("host!a!/S=u/@relay.example", "a!/S=u/@host.uucp: '/' begins a hop"),
        ("host!a!#u@relay.example", "a!#u@host.uucp: '#' begins a hop"),
        ("host!#u@relay.example", "#u@host.uucp: it begins with '#'"),
    ],
)
def test_the_last_hop_of_a_path_is_handed_nothing_odd(address: str, reason: str) -> None:
    assert Rules(replace(PLAIN, style="hybrid")).rewrite(address) == refused(reason)


def test_a_smart_host_makes_no_destination_of_anybody() -> None:
    rules = Rules(replace(PLAIN, mapped=True), router=SmartHost("gamma"))
    assert rules.rewrite("user%elsewhere.example@relay.example") == refused(
        "elsewhere.example is not on the allow-list"
    )
    assert value_of(rules.rewrite("user%any.bitnet@relay.example")) == "user%any.bitnet@gamma.uucp"


class Says:
    """A router with one answer."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def resolve(self, host: str, *, origin: str | None = None) -> Answer:  # noqa: ARG002 - a router's signature
        return self.answer


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize(
    ("answer", "decision"),
    [
        (TemporaryFailure("it is down"), Deferred("no answer now about the road to any.bitnet: it is down")),
        (Ambiguous(("a", "b")), refused("any.bitnet is several hosts: a, b")),
        (Found(RouteTemplate.parse("%s")), refused("the road to any.bitnet ends here")),
    ],
)
def test_other_answers_of_a_router(name: str, answer: Answer, decision: Decision) -> None:
    settings = replace(PLAIN, transports=((".bitnet", "uucp:{next_hop}"),), through_us=(".bitnet",))
    rules = Rules(settings, router=Says(answer))
    address = "user%any.bitnet@relay.example" if name == "rcpt" else "user@any.bitnet"
    assert rules.rewrite(address, name) == decision


def test_mapped_hosts_wait_for_their_router() -> None:
    rules = Rules(replace(PLAIN, mapped=True), router=Says(TemporaryFailure("it is down")))
    assert rules.rewrite("user%any@relay.example") == Deferred("no answer now about the road to any: it is down")
    # Neighbours need no router.
    assert value_of(rules.rewrite("user%host@relay.example")) == "user@host.uucp"
    unmapped = Rules(PLAIN, router=Says(NotFound()))
    assert value_of(unmapped.rewrite("user%any.bitnet@relay.example")) == "user@any.bitnet"


def test_a_router_that_forgets_a_host_meanwhile_makes_it_no_destination() -> None:
    class Forgetful:
        """A router that knows a host once, as one whose map is reloaded."""

        def __init__(self) -> None:
            self.answers: list[Answer] = [Found(RouteTemplate.parse("gamma!any!%s"), matched="any"), NotFound()]

        def resolve(self, host: str, *, origin: str | None = None) -> Answer:  # noqa: ARG002 - a router's signature
            return self.answers.pop(0)

    rules = Rules(replace(PLAIN, mapped=True), router=Forgetful())
    assert rules.rewrite("user%any@relay.example") == refused("no road to any")


def test_what_asks_no_router_is_told_at_once() -> None:
    rules = Rules(replace(PLAIN, mapped=True), router=Says(NotFound()))
    asked = ["user@elsewhere.example", "user%x@relay", "user%host@relay", "user@relay", "user@host.uucp", "no address"]
    at_once = {name: [rules.answers_at_once(one, name) for one in asked] for name in MAPS}
    assert at_once == {
        "rcpt": [True, False, True, True, True, True],
        "sender": [False, False, True, True, True, True],
        "transport": [False, False, True, True, True, True],
        "exists": [False, False, True, True, True, True],
    }
    assert rules.answers_at_once("a@b", "no such map")
    assert rules.answers_at_once(f"{'u' * MAX_KEY}%x@relay", "rcpt")
    assert Rules(replace(PLAIN, transports=())).answers_at_once("a@b", "transport")
    # Without mapped only the listed ones are asked about.
    listed = Rules(PLAIN, router=Says(NotFound()))
    assert [listed.answers_at_once(one, "rcpt") for one in ("u%x@relay", "u%x.bitnet@relay")] == [True, False]
    # What X.400 makes of a mailbox of ours may be anywhere.
    crossing = Rules(X400, router=Says(NotFound()), gateway=GATEWAY)
    assert not crossing.answers_at_once("user@relay.example", "rcpt")
    assert not rules.is_quick
    assert MAPPED.is_quick
    assert RULES.is_quick


def test_open_opens_what_the_settings_name() -> None:
    rules = Rules.open(replace(PLAIN, names=("rutgers",), mapped=True, next_hops=("mimsy",), routers=("map:",)))
    assert rules.rewrite("piet%mcvax@rutgers") == Rewritten(
        "piet%mcvax%uunet@mimsy.uucp", "piet at mcvax, by the road mimsy → uunet → mcvax"
    )
    assert rules.is_quick
    assert not Rules.open(replace(PLAIN, routers=("path://localhost:1",))).is_quick
    with pytest.raises(MailPathsError, match=re.escape("unknown router 'nonsense'")):
        Rules.open(replace(PLAIN, routers=("nonsense",)))


@pytest.mark.parametrize("names", [(), ("",), ("[192.0.2.1]",), ("192.0.2.1",)])
def test_rules_need_a_name(names: tuple[str, ...]) -> None:
    with pytest.raises(MailPathsError, match=r"^the rules need a name of our own that is a host name$"):
        Rules(replace(PLAIN, names=names))


# X.400.


@pytest.mark.parametrize(
    ("address", "decision"),
    [
        # To X.400: an O/R address of a listed management domain, however it is written here.
        (
            "/S=Doe/O=Sales/PRMD=Acme/ADMD=Open/C=GB/@relay.example",
            Rewritten("/S=Doe/O=Sales/PRMD=Acme/ADMD=Open/C=GB/@x400.example", "an O/R address for x400.example"),
        ),
        (
            '"/S=Doe/O=Big Sales/ADMD=open/C=gb/"@relay.example',
            Rewritten('"/S=Doe/O=Big Sales/ADMD=open/C=gb/"@x400.example', "an O/R address for x400.example"),
        ),
        (
            "Jo.Doe@acme.example",
            Rewritten("/G=Jo/S=Doe/PRMD=Acme/ADMD=X/C=US/@x400.example", "an O/R address for x400.example"),
        ),
        # Out of X.400: where a table has a domain for it, and the domain is on the list.
        (
            "/S=Doe/PRMD=Place/ADMD=X/C=US/@relay.example",
            Rewritten("Doe@some.place.example", "Doe at some.place.example"),
        ),
        (
            '"/RFC-822=user(a)some.place.example/PRMD=Gate/ADMD=X/C=US/"@relay.example',
            Rewritten("user@some.place.example", "user at some.place.example"),
        ),
        # The open relays: an O/R address, or an address in one, that leads elsewhere.
        (
            "/S=user/PRMD=evil/C=us/@relay.example",
            refused("its management domain is not among x400.management_domains"),
        ),
        (
            "/S=user/PRMD=Acme/ADMD=Y/C=US/@relay.example",
            refused("its management domain is not among x400.management_domains"),
        ),
        # A PRMD that is listed opens no other of its ADMD.
        (
            "/S=user/PRMD=Other/ADMD=X/C=US/@relay.example",
            refused("its management domain is not among x400.management_domains"),
        ),
        # What goes to X.400 is looked at as text, too.
        (
            f"/S=Doe/O={'o' * 60}/ADMD=Open/C=GB/@relay.example",
            refused(
                f"/S=Doe/O={'o' * 60}/ADMD=Open/C=GB/@x400.example: its local part has 85 octets, and the limit is 64"
            ),
        ),
        (
            '"/S=D,e/ADMD=Open/C=GB/"@relay.example',
            refused("\"/S=D,e/ADMD=Open/C=GB/\"@x400.example: ',' means more than itself to some mail server"),
        ),
        # A path through us is no mailbox of a domain that lives in X.400.
        ("Jo.Doe%relay.example@acme.example", Unchanged("a mailbox at one of our names")),
        ("/S=user/PRMD=Evil/ADMD=X/C=US/@relay.example", refused("evil.example is not on the allow-list")),
        (
            '"/RFC-822=user(a)evil.example/PRMD=Acme/ADMD=X/C=US/"@relay.example',
            refused("evil.example is not on the allow-list"),
        ),
        (
            '"/RFC-822=user(p)evil.example(a)host/PRMD=Acme/ADMD=X/C=US/"@acme.example',
            Rewritten("user%evil.example@host.uucp", "user at evil.example behind host"),
        ),
        (
            '"/RFC-822=user(p)evil.example(a)relay.example/PRMD=Acme/ADMD=X/C=US/"@relay.example',
            refused("it would come through relay.example again"),
        ),
        (
            '"/RFC-822=evil.example(b)user/PRMD=Acme/ADMD=X/C=US/"@relay.example',
            refused("evil.example is not on the allow-list"),
        ),
        ("Jo.Doe@acme.example.evil.example", Unchanged("not at one of our names")),
        ("user=evil.example@relay.example", Unchanged("a mailbox at one of our names")),
    ],
)
def test_over_the_bridge(address: str, decision: Decision) -> None:
    assert CROSSING.rewrite(address) == decision


@pytest.mark.parametrize("name", ["internet", "postfix", "uucp", "sendmail"])
def test_an_address_in_an_or_address_is_read_as_rfc_2156_means_it(name: str) -> None:
    """Whatever our own names are read by: first the host behind the @."""
    rules = Rules(replace(X400, policy=policy.named(name)), gateway=GATEWAY)
    address = '"/RFC-822=evil.example(b)user(a)host/PRMD=Acme/ADMD=X/C=US/"@relay.example'
    assert rules.rewrite(address) == Rewritten("user%evil.example@host.uucp", "user at evil.example behind host")


@pytest.mark.parametrize("next_hop", ["relay.example", "acme.example"])
def test_a_way_to_x400_that_is_a_name_of_our_own_goes_round_once_and_no_more(next_hop: str) -> None:
    """The reader of the file refuses it; settings that are made by hand are not read."""
    settings = replace(X400, x400=replace(X400.x400 or X400Settings(), next_hop=next_hop))
    rules = Rules(settings, gateway=GATEWAY)
    address = "/S=Doe/ADMD=Open/C=GB/"
    assert rules.rewrite(f"{address}@relay.example") == refused(f"{address}@{next_hop} would be rewritten again")


def test_what_came_over_the_bridge_exists() -> None:
    address = "/S=Doe/O=Sales/ADMD=Open/C=GB/@x400.example"
    assert CROSSING.rewrite(address, "exists") == Rewritten("OK", "an O/R address for X.400")
    assert CROSSING.rewrite(address) == Unchanged("not at one of our names")
    evil = "/S=Doe/O=Sales/ADMD=Evil/C=GB/@x400.example"
    assert CROSSING.rewrite(evil, "exists") == refused("x400.example is not on the allow-list")


def test_no_next_hop_for_x400() -> None:
    settings = replace(X400, x400=replace(X400.x400 or X400Settings(), next_hop=None))
    rules = Rules(settings, gateway=GATEWAY)
    assert rules.rewrite("/S=Doe/ADMD=Open/C=GB/@relay.example") == refused(
        "an O/R address for X.400, and no x400.next_hop is configured"
    )
    assert rules.rewrite("Jo.Doe@acme.example") == Unchanged("a mailbox at one of our names")


# What holds for every address.

_EVERY = {
    "plain": RULES,
    "mapped": MAPPED,
    "x400": CROSSING,
    "hybrid": Rules(replace(PLAIN, style="hybrid")),
    "bare": Rules(replace(PLAIN, bare_paths=True)),
    "smart": Rules(replace(PLAIN, mapped=True, domains=(".example",)), router=SmartHost("gamma")),
    **{
        f"policy {name}": Rules(replace(PLAIN, policy=policy.named(name), local_part=200))
        for name in ("uucp", "postfix", "sendmail", "exim", "smail", "mmdf", "pmdf", "rfc733")
    },
}
_ONE_ADDRESS = re.compile(r"[!-~]+(?: [!-~]+)*\Z")


def _ours() -> st.SearchStrategy[str]:
    """Return addresses that have to do with us, of nearly every shape."""
    words = st.sampled_from(
        [
            "relay",
            "relay.example",
            "host",
            "gamma",
            "x.bitnet",
            "evil.example",
            "user",
            "-f",
            "/S=x/C=us/",
            '"a b"',
            "u=v",
        ]
    )
    marks = st.sampled_from(["!", "%", "@", "::", ":", ",", "", "@relay.example", "relay!", "%relay@"])
    return st.lists(st.tuples(words, marks), max_size=6).map(lambda parts: "".join(map("".join, parts)))


@pytest.mark.parametrize("name", _EVERY)
@given(any_texts() | _ours() | _ours().map(lambda text: f"{text}@relay.example"))
def test_whatever_is_asked_what_comes_out_is_one_address_that_is_allowed(name: str, text: str) -> None:
    rules = _EVERY[name]
    settings = rules.settings
    for map_name in MAPS:
        decision = rules.rewrite(text, map_name)
        if not isinstance(decision, Rewritten):
            continue
        value = decision.value
        if map_name == "exists":
            assert value == "OK"
            continue
        if map_name == "transport":
            assert re.fullmatch(r"[a-z]+:[\[\]a-z0-9.-]+", value)
            continue
        assert _ONE_ADDRESS.match(value)
        box = parse(value, "rfc822")
        assert isinstance(box, Mailbox)
        assert box.addr_spec == value
        assert value[0] not in "-|:"
        assert len(value) <= 254
        if map_name == "rcpt":
            hosts = read(value, settings.policy).hosts
            own = {"relay", "relay.example", "relay.uucp", "acme.example"}
            assert not own & {host.lower() for host in hosts}
            assert rules.rewrite(value, "rcpt") == Unchanged("not at one of our names")
            assert isinstance(rules.rewrite(value, "exists"), Rewritten)
        if map_name == "sender":
            assert rules.rewrite(value, "sender") == Unchanged("replies come to us already")
            assert isinstance(rules.rewrite(value, "rcpt"), Rewritten)


@pytest.mark.parametrize("text", vector_texts())
def test_no_address_that_people_argued_about_comes_out_of_our_name(text: str) -> None:
    """None of them is at our names, so none is touched; behind our name, none is to anybody listed."""
    assert not isinstance(RULES.rewrite(text), Rewritten)


@given(
    st.from_regex(r"[a-z0-9!%+=._{}'-]{1,70}@[a-z0-9.-]{1,70}", fullmatch=True)
    | _ours().map(lambda text: f"{text}@host.uucp")
    | any_texts()
)
@example(f"a@{'.'.join(['abcdefghi' * 7] * 4)}")
@example(f"{'a' * 65}@{'.'.join(['abcdefghi' * 7] * 4)}")
@example(f"a@{'b' * 64}.example")
def test_the_short_look_at_what_comes_out_is_as_sharp_as_the_long_one(text: str) -> None:
    assert fault_of(text) == checking._fault_of_any(text, 64, or_address=False)


def test_values_pickle() -> None:
    for one in (Rewritten("a@b", "why"), refused("why"), Deferred("why"), PLAIN, X400):
        assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301 - our own
