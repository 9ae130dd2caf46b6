"""The bridge between RFC 822 and X.400 (RFC 2156 4.3.4, 4.3.5, 4.4, 4.7): every step, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mailpaths import (
    AddressSyntaxError,
    BangPath,
    ConversionError,
    Mailbox,
    MailPathsError,
    Route,
    UnknownNameError,
    parse,
    read,
    spell,
)
from mailpaths.x400 import Crossing, Gateway, ORAddress, TableError, Tables, Teletex, ps
from tests.support import Row, x400_rows

TABLES = Tables.parse(
    table1=r"""
PRMD$UK\.AC.ADMD$GOLD 400.C$GB#AC.UK#
O$Widget.PRMD$@.ADMD$BTT.C$TC#Widget.COM#
C$se#se#
ADMD$Master400.C$it#Master400.it#
ADMD$A.C$NN#a.nn#
""",
    table2=r"""
AC.UK#PRMD$UK\.AC.ADMD$GOLD 400.C$GB#
Widget.COM#O$Widget.PRMD$@.ADMD$BTT.C$TC#
se#C$se#
""",
    gate1="ADMD$ATT.C$US#attmail.com#",
    gate2="alter.net#PRMD$relay.ADMD$BTglobal.C$gb#",
)
OWN = "C=GB; A= ; P=mailer"
GATEWAY = Gateway(TABLES, domain="gw.example", or_address=OWN)
UK = "/PRMD=UK.AC/ADMD=GOLD 400/C=GB/"
MAILER = "/PRMD=mailer/ADMD= /C=GB/"

ONE, TWO, A, B = (
    "RFC 2156 4.3.4 stage I, step {}",
    "RFC 2156 4.3.4 stage II, step {}",
    "RFC 2156 4.3.5 mapping A",
    "RFC 2156 4.3.5 mapping B, step {}",
)


def by_id(name: str) -> Row:
    (found,) = [row for row in x400_rows("rfc2or", "or2rfc") if row["id"] == name]
    return found


def gateway_of(row: Row) -> Gateway:
    context = row["context"]
    tables = {kind: "\n".join(context[kind]) for kind in ("table1", "table2", "gate1", "gate2") if kind in context}
    return Gateway(Tables.parse(**tables), domain=context.get("gateway_domain"), or_address=context.get("gateway_or"))


def address_of(value: str | list[list[str]]) -> ORAddress:
    if isinstance(value, str):
        return ORAddress.parse(value)
    return ORAddress([(key, each) for key, each in value])


def same_mailbox(one: str, other: str) -> bool:
    """Compare as RFC 2156 does: domains and keys blind to case, O/R attributes as such."""
    mine, theirs = Mailbox.parse(one), Mailbox.parse(other)
    if (mine.domain or "").lower() != (theirs.domain or "").lower():
        return False
    if not mine.local_part.startswith("/"):
        return mine.local_part == theirs.local_part
    return ORAddress.parse(mine.local_part, "mixer") == ORAddress.parse(theirs.local_part, "mixer")


def trace(crossing: Crossing[ORAddress] | Crossing[Mailbox | BangPath]) -> list[tuple[str, str]]:
    return [(step.action, step.rule) for step in crossing.steps]


# --- vectors ------------------------------------------------------------------------------------------------------

#: Vectors that the gateway does not meet as printed, and why. Each has a test below that shows what it does.
EXCEPTIONS = {
    "x400-065": "the RFC names no domain for its row",
    "x400-216": "RFC 2162 7.4.2 contradicts RFC 2156 4.3.4 step 3: '%' is no PrintableString, so stage II",
    "x400-231": "Exchange's algorithm without a table; RFC 2156 4.3.5 B.3 asks for a table or the gateway's own domain",
    "x400-233": "printed as Exchange's window shows it, decoded: RFC 2156 4.3.2 has the attribute encoded",
    "x400-278": "no O/R address of the gateway is given, and without one nothing is a whole address",
}


@pytest.mark.parametrize(
    "row", [row for row in x400_rows("rfc2or") if row["id"] not in EXCEPTIONS], ids=lambda row: row["id"]
)
def test_rfc_to_or_vectors(row: Row) -> None:
    found = gateway_of(row).to_x400(row["input"]).address
    expected = address_of(row["expected"])
    assert found == expected
    assert found.organizational_units == expected.organizational_units
    # Some documents print the type in small letters; what it holds is compared letter for letter.
    assert [(kind.lower(), value) for kind, value in found.domain_defined] == [
        (kind.lower(), value) for kind, value in expected.domain_defined
    ]


@pytest.mark.parametrize(
    "row", [row for row in x400_rows("or2rfc") if row["id"] not in EXCEPTIONS], ids=lambda row: row["id"]
)
def test_or_to_rfc_vectors(row: Row) -> None:
    found = str(gateway_of(row).to_rfc822(address_of(row["input"])))
    assert same_mailbox(found, row["expected"])


def test_every_exception_differs() -> None:
    assert set(EXCEPTIONS) <= {row["id"] for row in x400_rows("rfc2or", "or2rfc")}

    row = by_id("x400-065")
    assert len(gateway_of(row).tables.faults) == 1
    named = Gateway(Tables.parse(table1="ADMD$A.C$NN#a.nn#"))
    assert str(named.to_rfc822(row["input"])) == f"{row['expected']['local_part']}@a.nn"

    row = by_id("x400-216")
    gateway = Gateway(
        Tables.parse(table2="dnet.gw1.it#O$gw1.PRMD$dom1.ADMD$garr.C$it#"), or_address="C=it; A=garr; P=dom1"
    )
    assert gateway.to_x400(row["input"]).address.to_text() == (
        "/RFC-822=BETTY(p)MYNODE(a)RELAY.dnet.gw1.it/OU=RELAY/O=gw1/PRMD=dom1/ADMD=garr/C=it/"
    )
    assert gateway.to_x400(row["input"]).address != address_of(row["expected"])

    row = by_id("x400-231")
    with pytest.raises(ConversionError, match="no table has a domain"):
        gateway_of(row).to_rfc822(row["input"])

    row = by_id("x400-233")
    ((kind, printed),) = address_of(row["expected"]).domain_defined
    ((_, encoded),) = gateway_of(row).to_x400(row["input"]).address.domain_defined
    assert (kind, encoded) == ("RFC-822", "exchange.user(a)microsoft.com")
    assert ps.decode(encoded) == printed != encoded

    row = by_id("x400-278")
    with pytest.raises(ConversionError, match="own O/R address is not given"):
        gateway_of(row).to_x400(row["input"])
    pmdf = Gateway(domain="x400.acme.com", or_address="C=us; A=acme")
    assert pmdf.to_x400(row["input"]).address == ORAddress([*row["expected"], ("C", "us"), ("ADMD", "acme")])


@pytest.mark.parametrize("row", x400_rows("or2domain"), ids=lambda row: row["id"])
def test_or_to_domain_vectors(row: Row) -> None:
    """A node has a domain; an address of it has that domain too, behind a user."""
    found = gateway_of(row).to_rfc822(ORAddress([*row["input"], ("S", "x")])).address
    assert (found.domain if isinstance(found, Mailbox) else None) == row["expected"]


@pytest.mark.parametrize("row", x400_rows("domain2or"), ids=lambda row: row["id"])
def test_domain_to_or_vectors(row: Row) -> None:
    assert gateway_of(row).to_x400(f"x@{row['input']}").address == ORAddress([*row["expected"], ("S", "x")])


@pytest.mark.parametrize("row", x400_rows("quoting"), ids=lambda row: row["id"])
def test_quoting_vectors(row: Row) -> None:
    """Both spellings name one user (stage I, step 2); the one that is strongly recommended is written (B.5)."""
    gateway = Gateway(Tables.parse(table1="ADMD$x.C$zz#x.zz#", table2="x.zz#ADMD$x.C$zz#"), or_address=OWN)
    one, other = (gateway.to_x400(f"{row[side]}.zz").address for side in ("input", "expected"))
    assert one == other == ORAddress([("C", "zz"), ("ADMD", "x"), ("G", "a b"), ("S", "c")])
    assert str(gateway.to_rfc822(one)) == f"{row['expected']}.zz"


@pytest.mark.parametrize("row", x400_rows("uucp-x400"), ids=lambda row: row["id"])
def test_uucp_vectors(row: Row) -> None:
    """RFC 1327 appendix C: the first hops are the sender's, the last is what the table has for the address."""
    country, organization, (_, name) = row["input"]
    given, surname = name.split(".")
    gateway = Gateway(Tables.parse(table1="O$Xerox.PRMD$@.ADMD$@.C$US#Xerox.COM#"))
    address = ORAddress([country, organization, ("G", given), ("S", surname)])
    route = read(str(gateway.to_rfc822(address)))
    assert str(spell(Route(("inthop", "gate", *route.hosts), route.user), "bang")) == row["expected"]


@pytest.mark.parametrize("row", x400_rows("uucp2or"), ids=lambda row: row["id"])
def test_uucp_to_or_vectors(row: Row) -> None:
    """RFC 1327 prints the attribute before it is encoded; with a pair of gateways the second one's domain is added."""
    *rest, (kind, value) = row["expected"]
    gateway = Gateway(or_address=ORAddress([(key, each) for key, each in rest]))
    host = row["context"].get("gateway")
    found = gateway.to_x400(row["input"] if host is None else f"{row['input']}@{host}").address
    assert found == ORAddress([*((key, each) for key, each in rest), (kind, ps.encode(value))])
    assert str(gateway.to_rfc822(found)) == value


@pytest.mark.parametrize("row", x400_rows("ms-double-encode-bug"), ids=lambda row: row["id"])
def test_double_encoding_vectors(row: Row) -> None:
    """What Exchange 5.5 made of it, and what it made it of, are the same address."""
    before, after = (str(Gateway().to_rfc822(text)) for text in (row["input"], row["expected"]))
    assert before == after == ps.decode(row["input"].rpartition("RFC-822=")[2], lenient=True)


@pytest.mark.parametrize("row", x400_rows("percent-to-route"), ids=lambda row: row["id"])
def test_percent_to_route_vectors(row: Row) -> None:
    """RFC 2162 6.3.3 is Mail-11's business; RFC 2156 4.3.4 step 1: "local%part@domain is not a source route"."""
    gateway = Gateway(or_address=OWN)
    found = gateway.to_x400(row["input"]).address
    assert found.to_text() == f"/RFC-822=(q)LISTSERV(p)IBMB.BITnet(q)(a)bitgate.anu.edu{MAILER}"
    assert str(gateway.to_rfc822(found)) == row["input"]
    assert str(gateway.to_rfc822(gateway.to_x400(row["expected"]).address)) == row["expected"]


# --- RFC 822 to X.400 ---------------------------------------------------------------------------------------------


def stage_two(
    text: str, place: str = "C=GB; ADMD= ; PRMD=mailer", what: str = "this gateway,"
) -> list[tuple[str, str]]:
    return [
        (f"encoded {text} as the domain-defined attribute RFC-822", TWO.format("1 to 2")),
        (f"put it at {what} {place}".replace("at  ", "at "), TWO.format("3")),
    ]


AT_UK = ("C=GB; ADMD=GOLD 400; PRMD=UK.AC (table2: AC.UK)", "")
LEFT_NOT = "not of the form local-part@domain: no O/R address on the left"
ADDED_UK = "added what the domain stands for, C=GB; ADMD=GOLD 400; PRMD=UK.AC (table2: AC.UK)"
LONG = "x" * 41

STAGE_I: list[tuple[str, str, list[tuple[str, str]]]] = [
    # Step 1.
    (
        "@relay.co.uk:userb@host2",
        f"/RFC-822=(a)relay.co.uk:userb(a)host2{MAILER}",
        [(LEFT_NOT, ONE.format(1)), *stage_two("@relay.co.uk:userb@host2")],
    ),
    (
        "<@x.AC.UK,@b.example:u@c.example>",
        "/RFC-822=(a)x.AC.UK,(a)b.example:u(a)c.example/O=x/PRMD=UK.AC/ADMD=GOLD 400/C=GB/",
        [
            (LEFT_NOT, ONE.format(1)),
            *stage_two("@x.AC.UK,@b.example:u@c.example", "C=GB; ADMD=GOLD 400; PRMD=UK.AC; O=x (table2: AC.UK)", ""),
        ],
    ),
    (
        "seismo!mcvax!piet",
        f"/RFC-822=seismo(b)mcvax(b)piet{MAILER}",
        [(LEFT_NOT, ONE.format(1)), *stage_two("seismo!mcvax!piet")],
    ),
    # Step 2.
    (
        '"John Q Doe"@AC.UK',
        f"/S=John Q Doe{UK}",
        [
            ("read the local part as the personal name S=John Q Doe", ONE.format(4)),
            (ADDED_UK, ONE.format(8)),
        ],
    ),
    *[
        (
            f"{local}@AC.UK",
            f"/RFC-822={ps.encode(local)}(a)AC.UK{UK}",
            [
                ("spaces at an end, or two together, in the local part", ONE.format(2)),
                *stage_two(f"{local}@AC.UK", *AT_UK),
            ],
        )
        for local in ('"John  Doe"', '" x"', '"x "')
    ],
    # Step 3.
    (
        "Tom_Harris@cs.widget.com",
        "/RFC-822=Tom(u)Harris(a)cs.widget.com/OU=cs/O=Widget/ADMD=BTT/C=TC/",
        [
            ("the local part holds what is not in PrintableString", ONE.format(3)),
            *stage_two("Tom_Harris@cs.widget.com", "C=TC; ADMD=BTT; O=Widget; OU=cs (table2: Widget.COM)", ""),
        ],
    ),
    # Step 4: attributes, else a name, else neither.
    (
        "/I=J/S=Linnimouth/GQ=5/@Marketing.Widget.COM",
        "/I=J/S=Linnimouth/GQ=5/OU=Marketing/O=Widget/ADMD=BTT/C=TC/",
        [
            ("read the local part as O/R attributes, S=Linnimouth; I=J; GQ=5", ONE.format(4)),
            (
                "added what the domain stands for, C=TC; ADMD=BTT; O=Widget; OU=Marketing (table2: Widget.COM)",
                ONE.format(8),
            ),
        ],
    ),
    (
        "/S=x//OU=y/@AC.UK",
        f"/S=$/S$=x$/$/OU$=y${UK.replace('/', '//', 1)}",
        [
            ("read the local part as the personal name S=/S=x//OU=y/", ONE.format(4)),
            (ADDED_UK, ONE.format(8)),
        ],
    ),
    (
        "$@AC.UK",
        f"/RFC-822=(036)(a)AC.UK{UK}",
        [
            ("the local part is neither O/R attributes nor a name", ONE.format(4)),
            *stage_two("$@AC.UK", *AT_UK),
        ],
    ),
    # Step 5.
    (
        "/UA-ID=x/@AC.UK",
        f"/RFC-822=$/UA-ID$=x$/(a)AC.UK{UK}",
        [
            ("O/R attributes, but one of them cannot have its value", ONE.format(5)),
            *stage_two("/UA-ID=x/@AC.UK", *AT_UK),
        ],
    ),
    # Step 6.
    (
        "/S=x/O=o/ADMD=a/C=zz/@AC.UK",
        "/S=x/O=o/ADMD=a/C=zz/",
        [
            ("read the local part as O/R attributes, C=zz; ADMD=a; O=o; S=x", ONE.format(4)),
            ("it is a whole O/R address; the domain adds nothing", ONE.format(6)),
        ],
    ),
    (
        "/UA-ID=12/C=zz/@nowhere.example",
        "/UA-ID=12/ADMD= /C=zz/",
        [
            ("read the local part as O/R attributes, C=zz; UA-ID=12", ONE.format(4)),
            ("took the absent ADMD for a single space", "RFC 2156 4.1.3"),
            ("it is a whole O/R address; the domain adds nothing", ONE.format(6)),
        ],
    ),
    # Step 7.
    *[
        (
            f"{local}@AC.UK",
            f"/RFC-822={local.replace('/', '$/').replace('=', '$=')}(a)AC.UK{UK}",
            [
                (f"read the local part as O/R attributes, {listed}", ONE.format(4)),
                ("no domain can make it a mnemonic O/R address", ONE.format(7)),
                *stage_two(f"{local}@AC.UK", *AT_UK),
            ],
        )
        for local, listed in (("/UA-ID=12/", "UA-ID=12"), ("/G=x/", "G=x"), ("/GQ=Jr/O=o/", "O=o; GQ=Jr"))
    ],
    # Step 8: what the domain stands for, the labels that do not fit, and merging.
    (
        "J.Linnimouth@R-D.Salford.AC.UK",
        f"/I=J/S=Linnimouth/OU=R-D/O=Salford{UK}",
        [
            ("read the local part as the personal name S=Linnimouth; I=J", ONE.format(4)),
            (
                "added what the domain stands for, C=GB; ADMD=GOLD 400; PRMD=UK.AC; O=Salford; OU=R-D (table2: AC.UK)",
                ONE.format(8),
            ),
        ],
    ),
    (
        "a@-x.AC.UK",
        f"/RFC-822=a(a)-x.AC.UK{MAILER}",
        [
            ("read the local part as the personal name S=a", ONE.format(4)),
            ("no table knows the domain", ONE.format(8)),
            *stage_two("a@-x.AC.UK"),
        ],
    ),
    (
        "a@1.2.3.4.5.6.AC.UK",
        "/RFC-822=a(a)1.2.3.4.5.6.AC.UK/OU=2/OU=3/OU=4/OU=5/O=6/PRMD=UK.AC/ADMD=GOLD 400/C=GB/",
        [
            ("read the local part as the personal name S=a", ONE.format(4)),
            ("the domain has more labels than attributes fit", ONE.format(8)),
            *stage_two(
                "a@1.2.3.4.5.6.AC.UK",
                "C=GB; ADMD=GOLD 400; PRMD=UK.AC; O=6; OU=5; OU=4; OU=3; OU=2 (table2: AC.UK)",
                "",
            ),
        ],
    ),
    (
        f"a@{'u' * 33}.o.AC.UK",
        f"/RFC-822=a(a){'u' * 33}.o.AC.UK/O=o/PRMD=UK.AC/ADMD=GOLD 400/C=GB/",
        [
            ("read the local part as the personal name S=a", ONE.format(4)),
            ("the domain has more labels than attributes fit", ONE.format(8)),
            *stage_two(f"a@{'u' * 33}.o.AC.UK", "C=GB; ADMD=GOLD 400; PRMD=UK.AC; O=o (table2: AC.UK)", ""),
        ],
    ),
    *[
        (
            f"/S=a/{left}/@x.y.AC.UK",
            made,
            [
                (f"read the local part as O/R attributes, {left}; S=a", ONE.format(4)),
                (f"added what the domain stands for, {added} (table2: AC.UK)", ONE.format(8)),
            ],
        )
        for left, made, added in [
            ("ADMD=n", "/S=a/ADMD=n/C=GB/", "C=GB"),
            ("PRMD=n", "/S=a/PRMD=n/ADMD=GOLD 400/C=GB/", "C=GB; ADMD=GOLD 400"),
            ("O=n", f"/S=a/O=n{UK}", "C=GB; ADMD=GOLD 400; PRMD=UK.AC"),
            ("OU=n", f"/S=a/OU=n/OU=x/O=y{UK}", "C=GB; ADMD=GOLD 400; PRMD=UK.AC; O=y; OU=x"),
        ]
    ],
    # Step 9.
    (
        f"/S={LONG}/@AC.UK",
        f"/RFC-822=$/S$={LONG}$/(a)AC.UK{UK}",
        [
            (f"read the local part as O/R attributes, S={LONG}", ONE.format(4)),
            (ADDED_UK, ONE.format(8)),
            ("what comes out is no O/R address of X.402", ONE.format(9)),
            *stage_two(f"/S={LONG}/@AC.UK", *AT_UK),
        ],
    ),
    (
        f"/S={LONG}/ADMD=a/C=zz/@AC.UK",
        f"/RFC-822=$/S$={LONG}$/ADMD$=a$/C$=zz$/(a)AC.UK{UK}",
        [
            (f"read the local part as O/R attributes, C=zz; ADMD=a; S={LONG}", ONE.format(4)),
            ("a value is longer than X.411 allows", ONE.format(9)),
            *stage_two(f"/S={LONG}/ADMD=a/C=zz/@AC.UK", *AT_UK),
        ],
    ),
    (
        "/OU=a/OU=b/OU=c/S=x/@x.y.z.AC.UK",
        "/RFC-822=$/OU$=a$/OU$=b$/OU$=c$/S$=x$/(a)x.y.z.AC.UK/OU=x/OU=y/O=z/PRMD=UK.AC/ADMD=GOLD 400/C=GB/",
        [
            ("read the local part as O/R attributes, OU=c; OU=b; OU=a; S=x", ONE.format(4)),
            (
                "added what the domain stands for, C=GB; ADMD=GOLD 400; PRMD=UK.AC; O=z; OU=y; OU=x (table2: AC.UK)",
                ONE.format(8),
            ),
            ("what comes out is no O/R address of X.402", ONE.format(9)),
            *stage_two(
                "/OU=a/OU=b/OU=c/S=x/@x.y.z.AC.UK",
                "C=GB; ADMD=GOLD 400; PRMD=UK.AC; O=z; OU=y; OU=x (table2: AC.UK)",
                "",
            ),
        ],
    ),
    # Stage II, step 3: a country alone does not route; a preferred gateway; this gateway.
    (
        "a_b@kth.alter.net",
        "/RFC-822=a(u)b(a)kth.alter.net/PRMD=relay/ADMD=BTglobal/C=gb/",
        [
            ("the local part holds what is not in PrintableString", ONE.format(3)),
            *stage_two("a_b@kth.alter.net", "C=gb; ADMD=BTglobal; PRMD=relay (gate2: alter.net)", "the gateway"),
        ],
    ),
    (
        "a_b@se",
        f"/RFC-822=a(u)b(a)se{MAILER}",
        [("the local part holds what is not in PrintableString", ONE.format(3)), *stage_two("a_b@se")],
    ),
    (
        "a@[192.0.2.1]",
        f"/RFC-822=a(a)(091)192.0.2.1(093){MAILER}",
        [
            ("read the local part as the personal name S=a", ONE.format(4)),
            ("no table knows the domain", ONE.format(8)),
            *stage_two("a@[192.0.2.1]"),
        ],
    ),
]


@pytest.mark.parametrize(("text", "made", "steps"), STAGE_I, ids=[text for text, _, _ in STAGE_I])
def test_stages_one_and_two(text: str, made: str, steps: list[tuple[str, str]]) -> None:
    found = GATEWAY.to_x400(text)
    assert found.address.to_text() == made
    assert trace(found) == steps
    assert found.losses == ()
    assert found.free_form_name is None
    assert str(found.source) == text
    assert str(found) == made


def test_a_domain_of_a_single_country_takes_a_user() -> None:
    found = GATEWAY.to_x400("x@kth.se")
    assert found.address.to_text() == "/S=x/ADMD=kth/C=se/"


def test_a_final_dot_is_the_roots() -> None:
    assert GATEWAY.to_x400("x@o.AC.UK.").address == GATEWAY.to_x400("x@o.AC.UK").address


def test_a_row_may_be_longer_than_x_411_allows() -> None:
    """RFC 2156 4.4.2 maps to a PRMD of 21 characters; what stands below the row is held to the bounds."""
    gateway = Gateway(Tables.parse(table2="ptt.xy#PRMD$Griddle MHS Providers.ADMD$PTT.C$XY#"), or_address=OWN)
    assert gateway.to_x400("x@widget.ptt.xy").address.to_text() == (
        "/S=x/O=widget/PRMD=Griddle MHS Providers/ADMD=PTT/C=XY/"
    )
    assert gateway.to_x400(f"{LONG}@widget.ptt.xy").address.domain_defined != ()


@pytest.mark.parametrize(
    ("text", "made", "strict"),
    [
        ('"S=Bloggs;O=Widget"@AC.UK', f"/S=Bloggs/O=Widget{UK}", f"/RFC-822=(q)S$=Bloggs(059)O$=Widget(q)(a)AC.UK{UK}"),
        (
            '"/PD-ADDRESS=The Dome|The Square/PD-C=GB/PD-CODE=M1/ADMD=a/C=GB/"@AC.UK',
            "/PD-ADDRESS=The Dome|The Square/PD-CODE=M1/PD-C=GB/ADMD=a/C=GB/",
            "/RFC-822=(q)$/PD-ADDRESS$=The Dome(124)The Square$/PD-C$=GB$/PD-CODE$=M1$/ADMD$=a$/C$=GB$/(q)(a)AC.UK"
            + UK,
        ),
        ('"a;b"@AC.UK', f"/RFC-822=(q)a(059)b(q)(a)AC.UK{UK}", f"/RFC-822=(q)a(059)b(q)(a)AC.UK{UK}"),
        ("/S=yen*{165}/@AC.UK", f"/S=yen*{{165}}{UK}", f"/S=yen*{{165}}{UK}"),
        ("/S=x/@gw.example", f"/S=x{MAILER}", f"/RFC-822=$/S$=x$/(a)gw.example{MAILER}"),
    ],
)
def test_strict_is_step_3_to_the_letter(text: str, made: str, strict: str) -> None:
    """4.3.4 step 3 lets neither ";" nor "|" pass, which the grammar of step 4 needs; and knows no domain of our own."""
    assert GATEWAY.to_x400(text).address.to_text() == made
    assert Gateway(TABLES, domain="gw.example", or_address=OWN, strict=True).to_x400(text).address.to_text() == strict


def test_roles() -> None:
    """4.3.4 stage II: a return path names the local gateway, for errors come back through it."""
    found = GATEWAY.to_x400("a_b@x.alter.net", "return-path")
    assert found.address.to_text() == f"/RFC-822=a(u)b(a)x.alter.net{MAILER}"
    assert trace(found)[1:] == stage_two("a_b@x.alter.net")
    assert GATEWAY.to_x400("a_b@x.alter.net", "recipient").address.prmd == "relay"
    # A table is "never appropriate to ignore".
    assert GATEWAY.to_x400("a_b@AC.UK", "return-path").address.prmd == "UK.AC"


def test_a_source_route_is_stripped_where_that_is_asked_for() -> None:
    gateway = Gateway(TABLES, domain="gw.example", or_address=OWN, source_routes="strip")
    found = gateway.to_x400("<@a.example,@b.example:u@AC.UK>")
    assert found.address.to_text() == f"/S=u{UK}"
    assert trace(found) == [
        ("stripped the source route by a.example, b.example", ONE.format(1)),
        ("read the local part as the personal name S=u", ONE.format(4)),
        (ADDED_UK, ONE.format(8)),
    ]
    assert found.losses == ("the source route by a.example, b.example",)


def test_domain_defined_attributes_of_the_gateway_stand_behind() -> None:
    gateway = Gateway(or_address=ORAddress([("C", "us"), ("DD.b", "2"), ("DD.a", "1")]))
    assert gateway.to_x400("a_b@c").address.attributes == (
        ("C", "us"),
        ("DD.RFC-822", "a(u)b(a)c"),
        ("DD.b", "2"),
        ("DD.a", "1"),
    )


def test_the_gateways_own_domain() -> None:
    """PMDF 6.1 User's Guide: attributes that are spelled out are completed by the gateway; a mere name is not."""
    found = GATEWAY.to_x400('"/g=George/s=Jetson/o=Spacely Sprockets/"@GW.example.')
    assert found.address.to_text() == f"/G=George/S=Jetson/O=Spacely Sprockets{MAILER}"
    assert trace(found)[-1] == (
        "added what the domain stands for, C=GB; ADMD= ; PRMD=mailer (this gateway's own O/R address)",
        "PMDF 6.1 User's Guide; no RFC",
    )
    assert GATEWAY.to_x400("jetson@gw.example").address.to_text() == f"/RFC-822=jetson(a)gw.example{MAILER}"
    with pytest.raises(ConversionError):
        Gateway(domain="gw.example").to_x400("/S=x/@gw.example")


def test_recursion() -> None:
    """RFC 2156 4.4.1: an attribute whose address the same gateway maps back."""
    gateway = Gateway(Tables.parse(table2="ZZ.YY.XX#O$ZZ.PRMD$@.ADMD$YY.C$XX#"))
    inner = gateway.to_rfc822(ORAddress([("C", "XX"), ("ADMD", "YY"), ("O", "ZZ"), ("DD.RFC-822", "Smith(a)ZZ.YY.XX")]))
    assert str(inner) == "Smith@ZZ.YY.XX"
    assert gateway.to_x400(inner.address).address == ORAddress(
        [("C", "XX"), ("ADMD", "YY"), ("O", "ZZ"), ("S", "Smith")]
    )


@pytest.mark.parametrize("length", [127, 128, 129, 255, 256, 257, 384, 385, 511, 512])
def test_continuation(length: int) -> None:
    """RFC 2156 4.3.2: each attribute is filled completely, a code may be cut in two."""
    text = f"{'a' * (length - 13)}_@x.example"
    encoded = ps.encode(text)
    assert len(encoded) == length + 2
    text = text[2:]
    encoded = ps.encode(text)
    assert len(encoded) == length
    found = GATEWAY.to_x400(text)
    kinds = ["RFC-822", "RFC822C1", "RFC822C2", "RFC822C3"]
    assert found.address.domain_defined == tuple(
        (kind, encoded[start : start + 128]) for kind, start in zip(kinds, range(0, length, 128), strict=False)
    )
    assert str(GATEWAY.to_rfc822(found.address)) == text
    # Whatever order they come in.
    turned = ORAddress(reversed(found.address.attributes))
    assert str(GATEWAY.to_rfc822(turned)) == text


def test_a_code_that_is_cut_in_two() -> None:
    text = f"{'a' * 127}_@x.example"
    found = GATEWAY.to_x400(text).address.domain_defined
    assert [value[-1] for _, value in found] == ["(", "e"]
    assert found[1] == ("RFC822C1", "u)(a)x.example")
    assert str(GATEWAY.to_rfc822(GATEWAY.to_x400(text).address)) == text


@pytest.mark.parametrize(
    ("gateway", "text", "message"),
    [
        (
            GATEWAY,
            f"{'a' * 501}@x.example",
            "513 characters in PrintableString, and domain-defined attributes carry 512 (RFC 2156 4.3.2)",
        ),
        (
            GATEWAY,
            f"{'_' * 512}@x.example",
            "1,548 characters in PrintableString, and domain-defined attributes carry 512 (RFC 2156 4.3.2)",
        ),
        (
            Gateway(or_address="/DD.a=1/DD.b=2/DD.c=3/DD.d=4/C=us/"),
            "a_b@c",
            "more than 4 domain-defined attributes, with those of the gateway (RFC 2156 4.3.2)",
        ),
        (
            Gateway(),
            "a_b@c",
            "no table knows a gateway for a_b@c, and this gateway's own O/R address is not given",
        ),
        (
            GATEWAY,
            "b\u00fccher@x.example",
            "'\u00fc' has no code in PrintableString (RFC 2156 3.4 knows ASCII)",
        ),
        (GATEWAY, "/S=x/C=us/", "this is an O/R address already"),
    ],
)
def test_what_cannot_cross_to_x400(gateway: Gateway, text: str, message: str) -> None:
    with pytest.raises(ConversionError) as caught:
        gateway.to_x400(text)
    assert str(caught.value) == message


def test_what_is_no_address() -> None:
    with pytest.raises(AddressSyntaxError) as caught:
        GATEWAY.to_x400("a@@b")
    assert str(caught.value) == "expected a domain between '@' and '@'\n  a@@b\n    ^"


def test_a_domain_beyond_ascii_goes_as_its_a_labels() -> None:
    found = GATEWAY.to_x400("x@b\u00fccher.example").address
    assert found.domain_defined == (("RFC-822", "x(a)xn--bcher-kva.example"),)
    routed = GATEWAY.to_x400("<@b\u00fccher.example:x@AC.UK>").address
    assert routed.domain_defined == (("RFC-822", "(a)xn--bcher-kva.example:x(a)AC.UK"),)


# --- the heuristic of 4.3.4.1 -------------------------------------------------------------------------------------


def knows(*units: str) -> Callable[[ORAddress], bool]:
    return lambda address: address.organizational_units == units


@pytest.mark.parametrize(
    ("text", "units", "made"),
    [
        # O to the left of a unit, and the address as it stands does not exist: turned round.
        ("/S=x/O=o/OU=one/OU=two/ADMD=a/C=zz/@gw", ("one", "two"), "/S=x/OU=two/OU=one/O=o/ADMD=a/C=zz/"),
        ("/S=x/O=o/OU=one/OU=two/@AC.UK", ("one", "two"), f"/S=x/OU=two/OU=one/O=o{UK}"),
        # It exists as it stands.
        ("/S=x/O=o/OU=one/OU=two/ADMD=a/C=zz/@gw", ("two", "one"), "/S=x/OU=one/OU=two/O=o/ADMD=a/C=zz/"),
        # It exists in neither order.
        ("/S=x/O=o/OU=one/OU=two/ADMD=a/C=zz/@gw", ("three",), "/S=x/OU=one/OU=two/O=o/ADMD=a/C=zz/"),
        # O stands where it should.
        ("/S=x/OU=one/OU=two/O=o/ADMD=a/C=zz/@gw", ("one", "two"), "/S=x/OU=one/OU=two/O=o/ADMD=a/C=zz/"),
        # No units, no O.
        ("/S=x/O=o/ADMD=a/C=zz/@gw", ("one",), "/S=x/O=o/ADMD=a/C=zz/"),
        ("/S=x/OU=one/OU=two/ADMD=a/C=zz/@gw", ("one", "two"), "/S=x/OU=one/OU=two/ADMD=a/C=zz/"),
    ],
)
def test_verification(text: str, units: tuple[str, ...], made: str) -> None:
    gateway = Gateway(TABLES, or_address=OWN, verify=knows(*units))
    found = gateway.to_x400(text)
    assert found.address.to_text() == made
    turned = ("turned the order of the units round", "RFC 2156 4.3.4.1") in trace(found)
    assert turned is (found.address.organizational_units == units == ("one", "two"))
    # Nobody is asked about a personal name.
    assert gateway.to_x400("x@AC.UK").address.to_text() == f"/S=x{UK}"


# --- X.400 to RFC 822 ---------------------------------------------------------------------------------------------


def crossed(
    decoded: str, dropped: str | None, *between: tuple[str, str]
) -> tuple[list[tuple[str, str]], tuple[str, ...]]:
    steps = [(f"decoded the attribute RFC-822 to {decoded}", A), *between]
    if dropped is None:
        return steps, ()
    place, *others = dropped.split(" ")
    losses = [f"{place}: the attributes that named the gateway"]
    losses += [f"{other}: dropped beside the RFC-822 attribute" for other in others]
    return [*steps, (f"dropped {'/'.join([place, *others])}", A)], tuple(losses)


MAPPING_A: list[tuple[str | ORAddress, str, tuple[list[tuple[str, str]], tuple[str, ...]]]] = [
    (
        "C=us; A=Internet; P=Internet; DDA:RFC-822=user(a)some.place.edu",
        "user@some.place.edu",
        crossed("user@some.place.edu", "C/ADMD/PRMD"),
    ),
    # The key in any case, beside attributes of other types (4.3.5: "a single RFC-822").
    (
        "/DD.Title=Boss/DD.rfc-822=u(A)h.example/S=x/C=us/",
        "u@h.example",
        crossed("u@h.example", "C S DD.Title"),
    ),
    ("/RFC-822=decvax(b)user/C=us/", "decvax!user", crossed("decvax!user", "C")),
    ("/RFC-822=(a)a.example,(a)b:u(a)c/C=us/", "@a.example,@b:u@c", crossed("@a.example,@b:u@c", "C")),
    ("/RFC-822=(q)a b(q)(a)c/C=us/", '"a b"@c', crossed('"a b"@c', "C")),
    ("/RFC-822=(q)a(092)(q)b(q)(a)c/C=us/", '"a\\"b"@c', crossed('"a\\"b"@c', "C")),
    ("/DD.RFC822C1=b(a)c.example/RFC-822=a/C=us/", "ab@c.example", crossed("ab@c.example", "C")),
    (
        "/RFC-822=user/C=us/",
        "user@gw.example",
        crossed(
            "user", "C", ("added this gateway's domain, gw.example: domains are fully qualified", "RFC 2156 4.3.2")
        ),
    ),
    # Raw, as Exchange and users write it; and encoded twice (Microsoft KB Q254725).
    (ORAddress([("C", "us"), ("DD.RFC-822", "a_b@c.example")]), "a_b@c.example", crossed("a_b@c.example", "C")),
    (
        "/RFC-822=a(u)b(040)a(041)c.example/C=us/",
        "a_b@c.example",
        crossed(
            "a_b(a)c.example",
            "C",
            ("decoded once more, for it was encoded twice, to a_b@c.example", "Microsoft KB Q254725"),
        ),
    ),
    # White space about the address is none of it.
    ("/RFC-822= u(a)h.example /C=us/", "u@h.example", crossed(" u@h.example ", "C")),
    ("/RFC-822=(060)(a)a(058)u(a)h(062)/C=us/", "@a:u@h", crossed("<@a:u@h>", "C")),
    (ORAddress([("DD.RFC-822", "u(a)h.example")]), "u@h.example", crossed("u@h.example", None)),
]


@pytest.mark.parametrize(("source", "made", "told"), MAPPING_A, ids=[str(source) for source, _, _ in MAPPING_A])
def test_mapping_a(source: str | ORAddress, made: str, told: tuple[list[tuple[str, str]], tuple[str, ...]]) -> None:
    found = GATEWAY.to_rfc822(source)
    assert str(found) == made
    assert (trace(found), found.losses) == told
    assert found.free_form_name is None


def test_names_within_the_attribute_are_lost() -> None:
    found = GATEWAY.to_rfc822("/RFC-822=Joe (l)x(r) (060)u(a)x.example(062)/C=us/")
    assert found.address == Mailbox("u", "x.example")
    assert found.losses == (
        "the display name and comments that stood in the attribute",
        "C: the attributes that named the gateway",
    )


TELETEX = "the printable and teletex forms of the RFC-822 attribute differ (RFC 2156 4.3.2)"


@pytest.mark.parametrize(
    ("parts", "made"),
    [
        # 4.3.2: all printable, so encoded like a printable attribute: `ORAddress` keeps such a one as `str`.
        ([Teletex(b"u(a)h.example")], "u@h.example"),
        # Not all printable: not encoded at all.
        ([Teletex(b"u_v@h.example")], "u_v@h.example"),
        ([Teletex(b'"a b"@h.example')], '"a b"@h.example'),
        # Both forms: the same address.
        ([Teletex(b"u_v@h.example", "u(u)v(a)h.example")], "u_v@h.example"),
        # In several attributes.
        ([Teletex(b"u_v@"), Teletex(b"h.example")], "u_v@h.example"),
        ([Teletex(b"u_v@", "u(u)v(a)"), Teletex(b"h_x.example", "h(u)x.example")], "u_v@h_x.example"),
        ([Teletex(b"u_v@", "u(u)v(a)"), "h.example"], "u_v@h.example"),
    ],
)
def test_teletex_attributes(parts: list[Teletex | str], made: str) -> None:
    kinds = ["DD.RFC-822", "DD.RFC822C1"]
    address = ORAddress([("C", "us"), *zip(kinds, parts, strict=False)])
    assert str(GATEWAY.to_rfc822(address)) == made


@pytest.mark.parametrize(
    "parts",
    [
        [Teletex(b"u_v@h.example", "x(a)h.example")],
        [Teletex(b"u_v@h.example", "u(u)v(a)other.example")],
        [Teletex(b"u_v@", "u(u)v(a)"), Teletex(b"h_")],  # one of two has no printable form
    ],
)
def test_two_forms_that_differ(parts: list[Teletex]) -> None:
    kinds = ["DD.RFC-822", "DD.RFC822C1"]
    with pytest.raises(ConversionError) as caught:
        GATEWAY.to_rfc822(ORAddress([("C", "us"), *zip(kinds, parts, strict=False)]))
    assert str(caught.value) == TELETEX


HOLDS = "the RFC-822 attribute holds "


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("/RFC-822=x(010)y(a)z/C=us/", "(010) is a control character that no address holds"),
        ("/RFC-822=x(a)z(013)(010)Bcc: all(a)y/C=us/", "(013) is a control character that no address holds"),
        ("/RFC-822=(q)x(000)(q)(a)z/C=us/", "(000) is a control character that no address holds"),
        (
            "/RFC-822=x(040)010(041)y/C=us/",
            f"{HOLDS}no address, 'x(010)y': expected '@' and a domain, found nothing more",
        ),
        (
            "/RFC-822=a(a)b/DD.RFC822C1=c/DD.RFC822C1=d/C=us/",
            "DD.RFC822C1 stands there twice (RFC 2156 4.3.2)",
        ),
        ("/RFC-822=a(a)b/DD.RFC822C2=c/C=us/", "a later part of the address is there, but no RFC822C1"),
        ("/RFC-822=a(n)b(a)c/C=us/", "'a(n)b(a)c' in the RFC-822 attribute is not encoded as RFC 2156 3.4 says"),
        ("/RFC-822=a(1)b(a)c/C=us/", "'a(1)b(a)c' in the RFC-822 attribute is not encoded as RFC 2156 3.4 says"),
        ("/RFC-822=a)b(a)c/C=us/", "'a)b(a)c' in the RFC-822 attribute is not encoded as RFC 2156 3.4 says"),
        ("/RFC-822=(a)(a)/C=us/", f"{HOLDS}no address, '@@': expected a domain between '@' and '@'"),
        ("/RFC-822=jj seismo/C=us/", f"{HOLDS}no address, 'jj seismo': expected '@' and a domain, found nothing more"),
        (
            "/RFC-822=a(a)b, c(a)d/C=us/",
            f"{HOLDS}no address, 'a@b, c@d': expected one address, found ','; this is a list of several",
        ),
        ("/RFC-822=x(l)y(r)(a)z/C=us/", f"{HOLDS}more than an address, 'x(y)@z'"),
        ("/RFC-822=x (a) z/C=us/", f"{HOLDS}more than an address, 'x @ z'"),
        ("/RFC-822=$/S$=x$/O$=o$/C$=zz$//C=us/", f"{HOLDS}an O/R address, '/S=x/O=o/C=zz/'"),
    ],
)
def test_what_is_no_address_in_the_attribute(source: str, message: str) -> None:
    with pytest.raises(ConversionError) as caught:
        GATEWAY.to_rfc822(source)
    assert str(caught.value) == message


def found_domain(domain: str, node: str, *, on: str | None = None) -> list[tuple[str, str]]:
    steps = [(f"found the domain {domain} (table1: {node})", B.format(3))]
    if on is not None:
        steps.append((f"went on to {on}", B.format(4)))
    return steps


UK_NODE = r"PRMD$UK\.AC.ADMD$GOLD 400.C$GB"
OWN_DOMAIN = ("took this gateway's domain, gw.example", B.format(3))


def named(text: str) -> tuple[str, str]:
    return f"wrote the personal name as {text}", B.format("5; 4.1.2")


def spelled(text: str) -> tuple[str, str]:
    return f"wrote what is left as {text}", B.format("5; 4.1.3")


MAPPING_B: list[tuple[str, str, list[tuple[str, str]]]] = [
    # Step 1: for lookup only.
    (
        "/G=John /S=Doe/O=a  b/PRMD=uk.ac/ADMD= gold  400 /C=gb/",
        '"/G=John /S=Doe/O=a  b/"@AC.UK',
        [*found_domain("AC.UK", UK_NODE), spelled("/G=John /S=Doe/O=a  b/")],
    ),
    # Step 2.
    (
        "/S=x/PRMD=UK.AC/ADMD=GOLD 400/C=826/",
        "x@AC.UK",
        [("took the country 826 for GB", B.format(2)), *found_domain("AC.UK", UK_NODE), named("x")],
    ),
    # Step 3: a row, none, the preferred gateway, a domain of one label.
    ("/S=x/PRMD=UK.AC/ADMD=GOLD 400/C=GB/", "x@AC.UK", [*found_domain("AC.UK", UK_NODE), named("x")]),
    (
        "/S=x/O=o/ADMD=none/C=zz/",
        "/S=x/O=o/ADMD=none/C=zz/@gw.example",
        [OWN_DOMAIN, spelled("/S=x/O=o/ADMD=none/C=zz/")],
    ),
    ("/S=x/O=y/", "/S=x/O=y/@gw.example", [OWN_DOMAIN, spelled("/S=x/O=y/")]),
    (
        "/G=Andy/S=Wharol/O=MMNY/ADMD=ATT/C=us/",
        "/G=Andy/S=Wharol/O=MMNY/@attmail.com",
        [
            ("chose the gateway attmail.com (gate1: ADMD$ATT.C$US)", B.format(3)),
            spelled("/G=Andy/S=Wharol/O=MMNY/"),
        ],
    ),
    (
        "/S=x/C=se/",
        "/S=x/C=se/@gw.example",
        [
            ("a domain of one label, se, would not route", B.format(3)),
            OWN_DOMAIN,
            spelled("/S=x/C=se/"),
        ],
    ),
    (
        "/S=x/ADMD=kth/C=se/",
        "x@kth.se",
        [*found_domain("se", "C$se", on="kth.se"), named("x")],
    ),
    # Step 4: further labels, a value that is no label, an omission, and one attribute for the left.
    (
        "/I=J/S=Linnimouth/OU=R-D/O=Salford/PRMD=UK.AC/ADMD=GOLD 400/C=GB/",
        "J.Linnimouth@R-D.Salford.AC.UK",
        [*found_domain("AC.UK", UK_NODE, on="R-D.Salford.AC.UK"), named("J.Linnimouth")],
    ),
    (
        "/S=x/OU=b/OU=a b/O=o/PRMD=UK.AC/ADMD=GOLD 400/C=GB/",
        '"/S=x/OU=b/OU=a b/"@o.AC.UK',
        [*found_domain("AC.UK", UK_NODE, on="o.AC.UK"), spelled("/S=x/OU=b/OU=a b/")],
    ),
    (
        "/S=x/O=-a/PRMD=UK.AC/ADMD=GOLD 400/C=GB/",
        "/S=x/O=-a/@AC.UK",
        [*found_domain("AC.UK", UK_NODE), spelled("/S=x/O=-a/")],
    ),
    (
        f"/S=x/O={'o' * 64}/PRMD=UK.AC/ADMD=GOLD 400/C=GB/",
        f"/S=x/O={'o' * 64}/@AC.UK",
        [*found_domain("AC.UK", UK_NODE), spelled(f"/S=x/O={'o' * 64}/")],
    ),
    ("/S=XX/O=YY/ADMD=A/C=NN/", "/S=XX/O=YY/@a.nn", [*found_domain("a.nn", "ADMD$A.C$NN"), spelled("/S=XX/O=YY/")]),
    (
        "/S=x/OU=u/O=Widget/ADMD=BTT/C=TC/",
        "x@u.Widget.COM",
        [*found_domain("Widget.COM", "O$Widget.PRMD$@.ADMD$BTT.C$TC", on="u.Widget.COM"), named("x")],
    ),
    (
        "/O=Salford/PRMD=UK.AC/ADMD=GOLD 400/C=GB/",
        "/O=Salford/@AC.UK",
        [*found_domain("AC.UK", UK_NODE), spelled("/O=Salford/")],
    ),
    (
        "/PRMD=UK.AC/ADMD=GOLD 400/C=GB/",
        '"/PRMD=UK.AC/ADMD=GOLD 400/C=GB/"@gw.example',
        [OWN_DOMAIN, spelled("/PRMD=UK.AC/ADMD=GOLD 400/C=GB/")],
    ),
    # Step 5.
    (
        "/UA-ID=12/PRMD=UK.AC/ADMD=GOLD 400/C=GB/",
        '"/UA-ID=12/PRMD=UK.AC/ADMD=GOLD 400/C=GB/"@AC.UK',
        [
            *found_domain("AC.UK", UK_NODE),
            ("not of mnemonic form: every attribute stands on the left", B.format(5)),
            spelled("/UA-ID=12/PRMD=UK.AC/ADMD=GOLD 400/C=GB/"),
        ],
    ),
    (
        "/X121=1/ADMD=ATT/C=US/",
        "/X121=1/ADMD=ATT/C=US/@attmail.com",
        [
            ("chose the gateway attmail.com (gate1: ADMD$ATT.C$US)", B.format(3)),
            ("not of mnemonic form: every attribute stands on the left", B.format(5)),
            spelled("/X121=1/ADMD=ATT/C=US/"),
        ],
    ),
    ("/CN=x/PRMD=UK.AC/ADMD=GOLD 400/C=GB/", "/CN=x/@AC.UK", [*found_domain("AC.UK", UK_NODE), spelled("/CN=x/")]),
    ("/S=a.b/PRMD=UK.AC/ADMD=GOLD 400/C=GB/", "/S=a.b/@AC.UK", [*found_domain("AC.UK", UK_NODE), spelled("/S=a.b/")]),
    (
        "/S=yen*{165}/PRMD=UK.AC/ADMD=GOLD 400/C=GB/",
        "/S=yen*{165}/@AC.UK",
        [*found_domain("AC.UK", UK_NODE), spelled("/S=yen*{165}/")],
    ),
    (
        "/G=Joe/S=St. John/PRMD=UK.AC/ADMD=GOLD 400/C=GB/",
        '"Joe.St. John"@AC.UK',
        [*found_domain("AC.UK", UK_NODE), named("Joe.St. John")],
    ),
    # A name that would come back as attributes is spelled out.
    (
        "/S=$/S$=x$//PRMD=UK.AC/ADMD=GOLD 400/C=GB/",
        "/S=$/S$=x$//@AC.UK",
        [*found_domain("AC.UK", UK_NODE), spelled("/S=$/S$=x$//")],
    ),
    # More than one RFC-822 attribute, and a part without the first: not mapping A.
    (
        "/RFC-822=a(a)b/RFC-822=c(a)d/C=us/",
        '"/RFC-822=a(a)b/RFC-822=c(a)d/C=us/"@gw.example',
        [OWN_DOMAIN, spelled("/RFC-822=a(a)b/RFC-822=c(a)d/C=us/")],
    ),
    (
        "/DD.RFC822C1=c(a)d/C=us/",
        '"/DD.RFC822C1=c(a)d/C=us/"@gw.example',
        [OWN_DOMAIN, spelled("/DD.RFC822C1=c(a)d/C=us/")],
    ),
]


SPACED = "spaces at an end, or two together, in the local part"
NO_FORM = ("it is of no form of X.402: the way back makes an RFC-822 attribute of it (RFC 2156 4.3.4 stage I, step 7)",)
MAPPING_B_LOSSES = {
    # A gate table's row takes something away (4.3.5, the fourth example).
    "/G=Andy/S=Wharol/O=MMNY/ADMD=ATT/C=us/": ("C=us; ADMD=ATT: left for the gateway attmail.com to add",),
    "/G=John /S=Doe/O=a  b/PRMD=uk.ac/ADMD= gold  400 /C=gb/": (
        f"{SPACED}: the way back makes an RFC-822 attribute of it ({ONE.format(2)})",
    ),
    "/S=x/PRMD=UK.AC/ADMD=GOLD 400/C=826/": ("the numeric country 826, read as GB",),
    "/S=x/O=y/": ("the way back makes C=GB; ADMD= ; PRMD=mailer; O=y; S=x of it",),
    "/RFC-822=a(a)b/RFC-822=c(a)d/C=us/": NO_FORM,
    "/DD.RFC822C1=c(a)d/C=us/": NO_FORM,
}


@pytest.mark.parametrize(("text", "made", "steps"), MAPPING_B, ids=[text for text, _, _ in MAPPING_B])
def test_mapping_b(text: str, made: str, steps: list[tuple[str, str]]) -> None:
    gateway = Gateway(TABLES, domain="gw.example", or_address=OWN, countries={"826": "GB"})
    found = gateway.to_rfc822(text)
    assert str(found) == made
    assert trace(found) == steps
    assert found.losses == MAPPING_B_LOSSES.get(text, ())
    # What was written is an address, and the same one.
    assert Mailbox.parse(made) == found.address


def test_spaces_in_a_name_are_lost() -> None:
    found = GATEWAY.to_rfc822(f"/G=John /S=de  la Mare{UK}")
    assert str(found) == '"John.de la Mare"@AC.UK'
    assert found.losses == ("outer or doubled spaces in the personal name",)


def test_a_fifth_unit_stays_on_the_left() -> None:
    """X.411 has four; an address that breaks it is carried over all the same."""
    address = ORAddress.parse(f"/S=x/OU=e/OU=d/OU=c/OU=b/OU=a/O=o{UK}", "mixer", bounds=False)
    assert str(GATEWAY.to_rfc822(address)) == "/S=x/OU=e/@d.c.b.a.o.AC.UK"


def test_a_domain_grows_no_longer_than_a_domain_can_be() -> None:
    """RFC 1035 2.3.4: the units that would not fit stay on the left."""
    row = ".".join(["d" * 61] * 3)
    gateway = Gateway(Tables.parse(table1=f"ADMD$a.C$zz#{row}#"))
    found = gateway.to_rfc822(f"/S=x/OU={'v' * 32}/OU={'u' * 32}/O=o/PRMD=p/ADMD=a/C=zz/").address
    assert isinstance(found, Mailbox)
    assert (found.local_part, found.domain) == (f"/S=x/OU={'v' * 32}/", f"{'u' * 32}.o.p.{row}")
    assert len(f"{'v' * 32}.{found.domain}") > 253


def test_without_numeric_countries_the_code_is_what_it_is() -> None:
    assert str(GATEWAY.to_rfc822("/S=x/PRMD=UK.AC/ADMD=GOLD 400/C=826/")) == (
        '"/S=x/PRMD=UK.AC/ADMD=GOLD 400/C=826/"@gw.example'
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("/S=x/O=o/C=us/", "no table has a domain for this O/R address, and this gateway's own domain is not given"),
        ("/RFC-822=user/C=us/", "'user' in the attribute names no domain"),
    ],
)
def test_what_cannot_cross_to_rfc822(text: str, message: str) -> None:
    with pytest.raises(ConversionError) as caught:
        Gateway().to_rfc822(text)
    assert str(caught.value) == message


def test_what_is_no_or_address() -> None:
    with pytest.raises(AddressSyntaxError) as caught:
        GATEWAY.to_rfc822("hello")
    assert str(caught.value) == "expected an O/R address: label=value and so on\n  hello\n  ^~~~~"


# --- what is no address, and what only looks like one --------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message", "span"),
    [
        ("j k@AC.UK", "words with spaces between for a local part: RFC 733's form", (0, 3)),
        ("j(evil)k@AC.UK", "words with spaces between for a local part: RFC 733's form", (0, 8)),
        (
            "/RFC-822=jj(a)seismo.css.gov/PRMD=x/@monet.berkeley.edu",
            "words with spaces between for a local part: RFC 733's form",
            (0, 36),
        ),
        ("a@b@AC.UK", "more than one '@': RFC 733's form, which RFC 822 dropped", (1, 9)),
        ("u", "no '@' and domain", (1, 1)),
        ("j at AC.UK", "the word 'at' for '@': RFC 733's form, which RFC 822 dropped", (2, 4)),
        ("a:b@AC.UK", "a colon or a quoted string joined to a word", (1, 2)),
        ("J@x <u@AC.UK>", "specials in a display name need quotes", (1, 2)),
        ("...!seismo!piet", "'...' for hosts that were left out: no path to follow", (0, 3)),
    ],
)
def test_what_is_no_address_of_rfc_822_does_not_cross(text: str, message: str, span: tuple[int, int]) -> None:
    """Mapped, each would be the address of somebody whom nobody wrote to. A value is no better than its text."""
    for source in (text, parse(text)):
        assert not isinstance(source, ORAddress)
        with pytest.raises(AddressSyntaxError) as caught:
            GATEWAY.to_x400(source)
        assert (caught.value.message, caught.value.text, caught.value.span) == (message, text, span)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("@relay.co.uk:userb@host2", f"/RFC-822=(a)relay.co.uk:userb(a)host2{MAILER}"),  # 4.3.4, example 1
        ('@gw.example:"u@v"', f"/RFC-822=(a)gw.example:(q)u(a)v(q){MAILER}"),  # RFC 2162 6.3.3
        ("a@-x.AC.UK", f"/RFC-822=a(a)-x.AC.UK{MAILER}"),
        ("Joe <a@-x.AC.UK>", f"/RFC-822=a(a)-x.AC.UK{MAILER}"),
        ("Joe <x@AC.UK.>", f"/S=x{UK}"),
        ("x @ AC.UK (Joe)", f"/S=x{UK}"),
    ],
)
def test_what_is_an_address_crosses_however_old(text: str, made: str) -> None:
    assert GATEWAY.to_x400(text).address.to_text() == made


@pytest.mark.parametrize(
    ("local", "attribute"),
    [
        ("FAX=+390402/T33S=1387", "FAX$=+390402$/T33S$=1387"),
        ("/FAX=+390402/T33S=1387/", "$/FAX$=+390402$/T33S$=1387$/"),
        ("VOICE=+1-202", "VOICE$=+1-202"),
    ],
)
def test_a_telephone_address_is_no_or_address(local: str, attribute: str) -> None:
    found = GATEWAY.to_x400(f"{local}@AC.UK")
    assert found.address.to_text() == f"/RFC-822={attribute}(a)AC.UK{UK}"
    assert trace(found) == [
        ("a telephone address, whose labels are not those of X.400", "RFC 2846 3.2"),
        *stage_two(f"{local}@AC.UK", *AT_UK),
    ]
    # A surname of that look is spelled out, so that it stays one.
    named = ORAddress([("C", "GB"), ("ADMD", "GOLD 400"), ("PRMD", "UK.AC"), ("S", local)])
    crossed_name = GATEWAY.to_rfc822(named)
    assert str(crossed_name) == f"/S={attribute}/@AC.UK"
    assert crossed_name.losses == ()
    assert GATEWAY.to_x400(str(crossed_name)).address == named


def test_a_mistyped_label_is_told() -> None:
    """4.3.4 step 4, to the letter: what is not O/R attributes is a name, and here hardly meant as one."""
    found = GATEWAY.to_x400("/S=x/ORG=y/OX=z/@AC.UK")
    assert found.address.to_text() == f"/S=$/S$=x$/ORG$=y$/OX$=z${UK.replace('/', '//', 1)}"
    assert found.losses == (
        "'ORG' is the label of no attribute: the local part was read as a name",
        "'OX' is the label of no attribute: the local part was read as a name",
    )
    assert GATEWAY.to_x400("ORG=y@AC.UK").losses == ()


def test_a_country_without_admd_gets_the_single_space() -> None:
    """RFC 2156 4.1.3, for a row that names the country alone and for one that leaves the ADMD out."""
    gateway = Gateway(Tables.parse(table2="c.de#C$DE#\no.de#O$o.PRMD$@.ADMD$@.C$DE#"))
    for text, made, added in (
        ("x@c.de", "/S=x/ADMD= /C=DE/", "C=DE (table2: c.de)"),
        ("/S=x/PRMD=p/@c.de", "/S=x/PRMD=p/ADMD= /C=DE/", "C=DE (table2: c.de)"),
        ("/S=x/OU=u/@o.de", "/S=x/OU=u/O=o/ADMD= /C=DE/", "C=DE; O=o (table2: o.de)"),
    ):
        found = gateway.to_x400(text)
        assert found.address.to_text() == made
        assert trace(found)[1:] == [
            (f"added what the domain stands for, {added}", ONE.format(8)),
            ("took the absent ADMD for a single space", "RFC 2156 4.1.3"),
        ]


# --- levels that no domain can stand for, and what does not come back ------------------------------------------------


@pytest.mark.parametrize(
    ("text", "made"),
    [
        # Skipping the organization would name somebody else at foo.de.
        ("/S=s/OU=x/O=*{165}/PRMD=p/ADMD=dbp/C=DE/", "/S=s/OU=x/O=*{165}/@p.dbp.de"),
        ("/S=x/OU=b/O=zz*{165}/PRMD=p/ADMD=dbp/C=DE/", "/S=x/OU=b/O=zz*{165}/@p.dbp.de"),
        ("/S=x/OU=b/OU=a*{165}/O=o/PRMD=p/ADMD=dbp/C=DE/", "/S=x/OU=b/OU=a*{165}/@o.p.dbp.de"),
        ("/OU=a*{165}/O=o/PRMD=p/ADMD=dbp/C=DE/", "/OU=a*{165}/@o.p.dbp.de"),
        ("/S=s/OU=x/PRMD=p/ADMD=dbp/C=DE/", "s@x.foo.de"),
    ],
)
def test_a_teletex_level_stays_on_the_left(text: str, made: str) -> None:
    gateway = Gateway(
        Tables.parse(
            table1="OU$x.O$@.PRMD$p.ADMD$dbp.C$DE#x.foo.de#\nO$zz.PRMD$p.ADMD$dbp.C$DE#zz.de#\nADMD$dbp.C$DE#dbp.de#",
            table2="x.foo.de#OU$x.O$@.PRMD$p.ADMD$dbp.C$DE#\nzz.de#O$zz.PRMD$p.ADMD$dbp.C$DE#\ndbp.de#ADMD$dbp.C$DE#",
        )
    )
    found = gateway.to_rfc822(text)
    assert str(found) == made
    assert found.losses == ()
    assert gateway.to_x400(made).address == ORAddress.parse(text, "mixer")


@pytest.mark.parametrize("row", ["ADMD$ ", "ADMD$@"])
def test_equal_addresses_have_one_domain(row: str) -> None:
    """RFC 2156 4.1.3: an ADMD that is absent, empty or blank is one and the same, whatever the row says."""
    gateway = Gateway(Tables.parse(table1=f"PRMD$p.{row}.C$GB#p.uk#\nC$GB#c.uk#"))
    for admd in ("", "/ADMD=", "/ADMD= ", "/ADMD=  "):
        assert str(gateway.to_rfc822(f"/S=x/O=o/PRMD=p{admd}/C=GB/")) == "x@o.p.uk"
        # It is no label, and ends the walk; and it is not spelled out, for a country has it anyway.
        assert str(gateway.to_rfc822(f"/S=x/O=o/PRMD=q{admd}/C=GB/")) == "/S=x/O=o/PRMD=q/@c.uk"


def test_a_level_that_is_too_long_does_not_come_back() -> None:
    """Stage I, step 8: a label may not be longer than the attribute that it stands for."""
    address = ORAddress([("C", "DE"), ("ADMD", "a"), ("PRMD", "p" * 17), ("S", "x")])
    found = Gateway(Tables.parse(table1="ADMD$a.C$DE#a.de#")).to_rfc822(address)
    assert str(found) == f"x@{'p' * 17}.a.de"
    reason = "the domain has more labels than attributes fit"
    assert found.losses == (f"{reason}: the way back makes an RFC-822 attribute of it ({ONE.format(8)})",)


def test_beyond_ascii_nothing_goes_back() -> None:
    found = GATEWAY.to_rfc822(ORAddress([("C", "us"), ("DD.RFC-822", Teletex(b"m\xfcller@h.example"))]))
    assert str(found) == "m\u00fcller@h.example"
    assert found.losses == (
        "C: the attributes that named the gateway",
        "m\u00fcller@h.example needs SMTPUTF8 (RFC 6531) and cannot go back",
    )
    with pytest.raises(ConversionError):
        GATEWAY.to_x400(str(found))


@pytest.mark.parametrize(
    ("text", "once"),
    [
        ('h!g!"u(a)b"', BangPath(("h", "g"), "u(a)b")),
        ('"u(a)b"@c.example', Mailbox("u(a)b", "c.example")),
        ('"u(a)b(q)"@c.example', Mailbox("u(a)b(q)", "c.example")),
    ],
)
def test_brackets_that_were_written_are_not_decoded(text: str, once: BangPath | Mailbox) -> None:
    assert GATEWAY.to_rfc822(GATEWAY.to_x400(text).address).address == once


@pytest.mark.parametrize(
    ("value", "decoded"),
    [
        ("x(l)a(r)b(l)a(r)c", "x(a)b(a)c"),
        ("x(l)a(r)b(l)u(r)c", "x(a)b(u)c"),
        ("x(l)A(r)b(l)c", "x(A)b(c"),
        ("x(l)b(r)c", "x(b)c"),
    ],
)
def test_only_one_code_for_at_is_decoded_again(value: str, decoded: str) -> None:
    with pytest.raises(ConversionError) as caught:
        GATEWAY.to_rfc822(ORAddress([("C", "us"), ("DD.RFC-822", value)]))
    assert caught.value.message.startswith(f"the RFC-822 attribute holds no address, '{decoded}': expected ")


def test_strict_decodes_once() -> None:
    text = "/RFC-822=u(l)a(r)h.example/C=us/"
    assert str(GATEWAY.to_rfc822(text)) == "u@h.example"
    with pytest.raises(ConversionError) as caught:
        Gateway(domain="gw.example", strict=True).to_rfc822(text)
    assert str(caught.value) == (
        "the RFC-822 attribute holds no address, 'u(a)h.example': expected '@' and a domain, found nothing more"
    )


def test_unknown_words_and_what_no_text_can_say() -> None:
    with pytest.raises(UnknownNameError) as caught:
        GATEWAY.to_x400("x@AC.UK", "sender")  # type: ignore[arg-type]  # what is tested
    assert str(caught.value) == "unknown role 'sender'; there are 'recipient' and 'return-path'"
    with pytest.raises(UnknownNameError) as caught:
        Gateway(source_routes="drop")  # type: ignore[arg-type]  # what is tested
    assert str(caught.value) == "unknown source_routes 'drop'; there are 'keep' and 'strip'"
    with pytest.raises(AddressSyntaxError) as refused:
        Gateway(or_address=ORAddress([("PRMD", "x")]))
    assert str(refused.value) == "a gateway's O/R address needs a country\n  PRMD=x\n  ^~~~~~"
    # A key that MIXER cannot write is listed all the same.
    raw = ORAddress([("C", "us"), ("ADMD", "a"), ("DD.x", "a{b}")])
    assert trace(Gateway(or_address=raw).to_x400("a_b@c"))[-1] == (
        "put it at this gateway, C=us; ADMD=a; DD.x=a{b}",
        TWO.format(3),
    )


def test_a_route_in_a_descriptor_needs_a_phrase() -> None:
    """RFC 2156 4.7.2, step 2b."""
    text = "/RFC-822=(a)a.example:u(a)h/C=us/"
    found = GATEWAY.to_rfc822(text, telephone="+44")
    assert str(found) == "u <@a.example:u@h> (Tel +44)"
    assert trace(found)[-2:] == [
        ("took the local part, u, for a display name", "RFC 2156 4.7.2 step 2b"),
        ("took display name and comments from the descriptor", "RFC 2156 4.7.2"),
    ]
    assert str(GATEWAY.to_rfc822(text)) == "@a.example:u@h"
    assert str(GATEWAY.to_rfc822(text, free_form_name="Joe")) == "Joe <@a.example:u@h>"


# --- names, comments, telephone (4.7) -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Joe Bloggs <x@AC.UK>", "Joe Bloggs"),
        ("x@AC.UK (Joe)", "(Joe)"),
        ('"Bloggs, Joe" (work) <x@AC.UK> (home)', "Bloggs, Joe (work) (home)"),
    ],
)
def test_display_name_and_comments(text: str, name: str) -> None:
    found = GATEWAY.to_x400(text)
    assert found.address.to_text() == f"/S=x{UK}"
    assert found.free_form_name == name
    assert trace(found)[0] == (f"put {name!r} into the free-form name", "RFC 2156 4.7.1")
    assert found.losses == ("the envelope has no room for the display name and comments; a header's descriptor has",)


def test_free_form_name_and_telephone() -> None:
    found = GATEWAY.to_rfc822(f"/S=x{UK}", free_form_name="Joe Bloggs (x)", telephone="+44-181-333-7777")
    assert str(found) == '"Joe Bloggs (x)" <x@AC.UK> (Tel +44-181-333-7777)'
    assert trace(found)[-1] == ("took display name and comments from the descriptor", "RFC 2156 4.7.2")
    assert str(GATEWAY.to_rfc822(f"/S=x{UK}", telephone="+44")) == "x@AC.UK (Tel +44)"
    assert str(GATEWAY.to_rfc822(f"/S=x{UK}", free_form_name="Joe")) == "Joe <x@AC.UK>"
    assert str(GATEWAY.to_rfc822("/RFC-822=u(a)h/C=us/", free_form_name="Joe")) == "Joe <u@h>"


def test_a_bang_path_has_no_room_for_them() -> None:
    found = GATEWAY.to_rfc822("/RFC-822=a(b)b/C=us/", free_form_name="Joe", telephone="+44")
    assert found.address == BangPath(("a",), "b")
    assert found.losses == (
        "C: the attributes that named the gateway",
        "a bang path has no room for the free-form name and the telephone number",
    )


@pytest.mark.parametrize(("name", "telephone"), [("Joe\r\nBcc: all@x", None), ("x\0", None), (None, "+44\n1")])
def test_no_line_is_smuggled_in_beside_the_address(name: str | None, telephone: str | None) -> None:
    with pytest.raises(MailPathsError):
        GATEWAY.to_rfc822(f"/S=x{UK}", free_form_name=name, telephone=telephone)


# --- the gateway itself -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Gateway(domain="a b"), "not a domain\n  a b\n  ^~~"),
        (lambda: Gateway(domain="x@y"), "not a domain\n  x@y\n  ^~~"),
        (lambda: Gateway(domain="a\nb"), "a line feed may not stand in an address\n  a\u240ab\n   ^"),
        (lambda: Gateway(or_address="P=x"), "a gateway's O/R address needs a country\n  P=x\n  ^~~"),
        (
            lambda: Gateway(or_address="nonsense"),
            "expected an O/R address: label=value and so on\n  nonsense\n  ^~~~~~~~",
        ),
    ],
)
def test_what_no_gateway_is_made_of(make: Callable[[], Gateway], message: str) -> None:
    with pytest.raises(AddressSyntaxError) as caught:
        make()
    assert str(caught.value) == message


def test_tables_from_a_directory(tmp_path: Path) -> None:
    (tmp_path / "table2").write_text("ac.uk#PRMD$UK\\.AC.ADMD$GOLD 400.C$GB#\n", encoding="utf-8")
    for place in (tmp_path, str(tmp_path)):
        assert Gateway(place).to_x400("x@o.ac.uk").address.to_text() == f"/S=x/O=o{UK}"
    with pytest.raises(TableError) as caught:
        Gateway(tmp_path / "none")
    assert str(caught.value) == f"{tmp_path}/none: cannot be read: No such file or directory"


def test_a_gateway_says_what_it_is() -> None:
    gateway = Gateway(domain="gw.example", or_address=OWN, countries={"826": "GB"})
    assert (gateway.domain, gateway.or_address, gateway.strict) == ("gw.example", ORAddress.parse(OWN), False)
    assert (gateway.source_routes, gateway.countries, gateway.verify) == ("keep", {"826": "GB"}, None)
    tables = gateway.tables
    same = Gateway(tables, domain="gw.example", or_address=OWN, countries={"826": "GB"})
    assert (same == gateway, hash(same) == hash(gateway), same == Gateway(tables)) == (True, True, False)
    with pytest.raises(AttributeError):
        gateway.domain = "other"  # type: ignore[misc]  # frozen


def test_values_are_taken_as_well_as_texts() -> None:
    box, path = Mailbox("x", "AC.UK"), BangPath(("a", "b"), "c")
    assert GATEWAY.to_x400(box).address == GATEWAY.to_x400("x@AC.UK").address
    assert GATEWAY.to_x400(path).address == GATEWAY.to_x400("a!b!c").address
    address = ORAddress.parse(f"/S=x{UK}")
    assert GATEWAY.to_rfc822(address).source is address


def test_a_path_behind_a_display_name() -> None:
    found = Gateway(or_address=OWN).to_x400("Piet <seismo!mcvax!piet>")
    assert str(found.address) == "/RFC-822=seismo(b)mcvax(b)piet/PRMD=mailer/ADMD= /C=GB/"
    assert found.free_form_name == "Piet"
    assert str(Gateway().to_rfc822(found.address)) == "seismo!mcvax!piet"
