"""PX records and the DNS as mapping tables (RFC 2163), with the wildcards of a real zone and over a socket."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset
import dns.zone
import pytest

from mailpaths import AddressSyntaxError, ConversionError, MailPathsError
from mailpaths.x400 import Gateway, ORAddress, Tables
from mailpaths.x400.px import DNSResolver, LookupFailedError, PXRecord, PXTables, owner_name, records, rows
from mailpaths.x400.tables import DomainMatch, Level, NodeMatch, parse_node
from tests.support import Row, x400_rows

# RFC 2163 4.3, the tables of its example; "O.PRMD$ninp" and "C$t" there are slips for "O$@" and "C$it".
EXAMPLE = Tables.parse(
    table1="ADMD$acme.C$it#it#\nPRMD$accred.ADMD$tx400.C$it#accred.it#\nO$u-newcity.PRMD$x4net.ADMD$ .C$it#cs.ncty.it#",
    table2="nrc.it#PRMD$nrc.ADMD$acme.C$it#\nninp.it#O$@.PRMD$ninp.ADMD$acme.C$it#\nbd.it#PRMD$uk\\.bd.ADMD$ .C$it#",
    gate1="ADMD$XKW-Mail.C$it#XKW-gateway.it#\nPRMD$Super Inc.ADMD$ .C$it#GlobalGw.it#",
    gate2="my.it#OU$int-gw.O$@.PRMD$ninp.ADMD$acme.C$it#\nco.it#O$mhs-relay.PRMD$x4net.ADMD$ .C$it#",
)
# RFC 2163 4.3, the zone file of its example, one record a line.
EXAMPLE_ZONE = """\
*.ADMD-acme.X42D.it.               IN  PX  50  it. ADMD-acme.C-it.
*.PRMD-accred.ADMD-tx400.X42D.it.  IN  PX  50  accred.it. PRMD-accred.ADMD-tx400.C-it.
*.O-u-h-newcity.PRMD-x4net.ADMDb.X42D.it.  IN  PX  50  cs.ncty.it. O-u-h-newcity.PRMD-x4net.ADMDb.C-it.
*.nrc.it.    IN  PX  50   nrc.it. PRMD-nrc.ADMD-acme.C-it.
*.ninp.it.   IN  PX  50   ninp.it. O.PRMD-ninp.ADMD-acme.C-it.
*.bd.it.     IN  PX  50   bd.it. PRMD-uk-d-bd.ADMDb.C-it.
*.ADMD-XKW-h-Mail.X42D.it.         IN  PX  50  XKW-gateway.it. ADMD-XKW-h-Mail.C-it.G.
*.PRMD-Super-b-Inc.ADMDb.X42D.it.  IN  PX  50  GlobalGw.it. PRMD-Super-b-Inc.ADMDb.C-it.G.
my.it.  IN PX 50  my.it. OU-int-h-gw.O.PRMD-ninp.ADMD-acme.C-it.G.
co.it.  IN PX 50  co.it. O-mhs-h-relay.PRMD-x4net.ADMDb.C-it.G.
"""


class Zone:
    """A zone that answers as the DNS does (RFC 1034 4.3.2, RFC 4592 2.2.2 and 3.3.1), and counts what it is asked."""

    def __init__(self, *lines: str) -> None:
        self.data: dict[str, list[tuple[int, str, str]]] = {}
        self.asked: list[str] = []
        for line in lines:
            record = PXRecord.parse(line)
            at = self.data.setdefault(record.owner.lower(), [])
            at.append((record.preference, record.map822, record.mapx400))
        # A node exists where it has data, or where anything below it has.
        self.nodes = {"."}
        for owner in self.data:
            name = owner
            while name:
                self.nodes.add(name)
                name = name.partition(".")[2]

    def px(self, name: str) -> Sequence[tuple[int, str, str]]:
        self.asked.append(name)
        name = name.lower()
        if name in self.nodes:
            return self.data.get(name, [])
        encloser = name
        while encloser and encloser not in self.nodes:
            encloser = encloser.partition(".")[2]
        return self.data.get(f"*.{encloser}", []) if encloser else []


class Liar:
    """A server that answers any question with the same."""

    def __init__(self, *answer: tuple[int, str, str]) -> None:
        self.answer = answer

    def px(self, name: str) -> Sequence[tuple[int, str, str]]:
        assert name.endswith(".")
        return self.answer


def published(tables: Tables) -> tuple[Tables, Zone]:
    zone = Zone(*map(str, records(tables)))
    return PXTables(zone).tables(), zone


# --- names and records --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", x400_rows("px-owner-name"), ids=lambda row: row["id"])
def test_owner_name_vectors(row: Row) -> None:
    node = parse_node(row["input"]) if "$" in row["input"] else ORAddress.parse(row["input"])
    assert owner_name(node) == row["expected"]


@pytest.mark.parametrize(
    ("node", "name"),
    [
        (("fr", "acme"), "ADMD-acme.X42D.fr."),
        (("se",), "X42D.se."),
        (("de", "Dat 400", "ppb"), "PRMD-ppb.ADMD-Dat-b-400.X42D.de."),
        (("US", None, "DEC"), "PRMD-DEC.ADMD.X42D.US."),
        (("DE", "DBP", "GMD", None), "O.PRMD-GMD.ADMD-DBP.X42D.DE."),
        (("us", "a", "p", "o", "1", "2", "3", "4"), "OU-4.OU-3.OU-2.OU-1.O-o.PRMD-p.ADMD-a.X42D.us."),
        (ORAddress.parse("/S=x/OU=b/OU=a/ADMD=y/C=GB/"), "OU-b.OU-a.O.PRMD.ADMD-y.X42D.GB."),
        (ORAddress.parse("/S=x/PRMD=p/C=GB/"), "PRMD-p.ADMD.X42D.GB."),
    ],
)
def test_owner_name(node: ORAddress | tuple[Level, ...], name: str) -> None:
    assert owner_name(node) == name


@pytest.mark.parametrize("node", [(), (None, "a"), ORAddress.parse("/S=x/O=y/")])
def test_a_node_without_a_country_has_no_name(node: ORAddress | tuple[Level, ...]) -> None:
    with pytest.raises(ConversionError) as caught:
        owner_name(node)
    assert str(caught.value) == "a name in the DNS needs a country (RFC 2163 4.2.3)"


@pytest.mark.parametrize("row", x400_rows("px-record"), ids=lambda row: row["id"])
def test_record_vectors(row: Row) -> None:
    table = row["note"].partition(";")[0].partition(" ")[0]
    # x400-151: the RFC's own row lacks "$@".
    text = row["input"].replace("#O.PRMD", "#O$@.PRMD")
    expected = PXRecord.parse(row["expected"])
    made = records(Tables.parse(**{table: text}))
    if table == "gate2":
        # RFC 2163 4.3 prints these without a wildcard; 4.1 and 5.1 have one.
        wildcard = PXRecord(f"*.{expected.owner}", expected.preference, expected.map822, expected.mapx400)
        assert made == (expected, wildcard)
    else:
        assert made == (expected,)
    assert rows(made)[table] == (text,)


@pytest.mark.parametrize("row", x400_rows("px-encode", "px-decode"), ids=lambda row: row["id"])
def test_label_vectors(row: Row) -> None:
    """One label at a time: each stands below a country, and above what RFC 2156 appendix F wants between them."""
    x400, label = (row["input"], row["expected"]) if row["kind"] == "px-encode" else (row["expected"], row["input"])
    whole = {
        "ADMD": "{}.C${}",
        "PRMD": "{}.ADMD$a.C${}",
        "O": "{}.PRMD$p.ADMD$a.C${}",
        "OU": "{}.O$o.PRMD$p.ADMD$a.C${}",
    }
    if ".C$" not in x400:
        form = whole[x400.partition("$")[0]]
        x400, label = form.format(x400, "zz"), form.format(label, "zz").replace("$", "-")
    (record,) = records(Tables.parse(table2=f"x.zz#{x400}#"))
    assert record.mapx400 == f"{label}."
    assert rows([record])["table2"] == (f"x.zz#{x400}#",)


def test_the_example_of_the_rfc() -> None:
    assert not EXAMPLE.faults
    listed = [PXRecord.parse(line) for line in EXAMPLE_ZONE.splitlines()]
    made = records(EXAMPLE)
    assert set(listed) < set(made)
    # What the listing lacks and 4.1, 5.1 ask for: gate2's wildcards.
    assert [str(record) for record in made if record not in listed] == [
        "*.my.it. IN PX 50 my.it. OU-int-h-gw.O.PRMD-ninp.ADMD-acme.C-it.G.",
        "*.co.it. IN PX 50 co.it. O-mhs-h-relay.PRMD-x4net.ADMDb.C-it.G.",
    ]
    assert rows(listed) == rows(made)
    again = Tables.parse(**{kind: "\n".join(lines) for kind, lines in rows(made).items()})
    assert [list(getattr(again, kind)) for kind in rows(made)] == [list(getattr(EXAMPLE, kind)) for kind in rows(made)]


@pytest.mark.parametrize(
    "line",
    [
        "*.ab.fr. IN PX 50 ab.fr. PRMD-ab.ADMD-ac.C-fr.",
        "  *.ab.fr.\t3600 IN\tPX   50  ab.fr.\tPRMD-ab.ADMD-ac.C-fr.  ; a comment",
        "*.ab.fr. IN 86400 px 50 ab.fr. PRMD-ab.ADMD-ac.C-fr.\n",
        "*.ab.fr. 60 PX 50 ab.fr. PRMD-ab.ADMD-ac.C-fr.",
        "*.ab.fr. PX 50 ab.fr. PRMD-ab.ADMD-ac.C-fr.",
    ],
)
def test_a_record_is_read_from_a_zone_file(line: str) -> None:
    record = PXRecord.parse(line)
    assert record == PXRecord("*.ab.fr.", 50, "ab.fr.", "PRMD-ab.ADMD-ac.C-fr.")
    assert str(record) == "*.ab.fr. IN PX 50 ab.fr. PRMD-ab.ADMD-ac.C-fr."
    assert PXRecord.parse(str(record)) == record


@pytest.mark.parametrize(
    ("line", "message", "text"),
    [
        ("", "expected <name> IN PX <preference> <map822> <mapx400>", None),
        ("ab.fr. IN MX 50 ab.fr.", "expected <name> IN PX <preference> <map822> <mapx400>", None),
        ("ab.fr. IN PX 50 ab.fr.", "expected <name> IN PX <preference> <map822> <mapx400>", None),
        ("ab.fr. IN PX -1 ab.fr. C-fr.", "expected <name> IN PX <preference> <map822> <mapx400>", None),
        ("ab.fr. IN IN IN PX 1 ab.fr. C-fr.", "expected <name> IN PX <preference> <map822> <mapx400>", None),
        ("ab.fr. IN PX 65536 ab.fr. C-fr.", "the preference of a record goes from 0 to 65535", "65536"),
        ("ab IN PX 50 ab.fr. C-fr.", "expected a domain name with a final dot", "ab"),
        ("ab.fr. IN PX 50 ab.fr C-fr.", "expected a domain name with a final dot", "ab.fr"),
        ("ab.fr. IN PX 50 ab.fr. C-f$r.", "expected a domain name with a final dot", "C-f$r."),
        (f"{'a' * 64}. IN PX 50 ab.fr. C-fr.", "expected a domain name with a final dot", f"{'a' * 64}."),
    ],
)
def test_what_is_no_record(line: str, message: str, text: str | None) -> None:
    with pytest.raises(AddressSyntaxError) as caught:
        PXRecord.parse(line)
    shown = line if text is None else text
    assert (caught.value.message, caught.value.text, caught.value.span) == (message, shown, (0, len(shown)))


@pytest.mark.parametrize(
    "line",
    [
        "x.it. IN PX 50 x.it. nonsense.",
        "x.it. IN PX 50 x.it. O-a.C-it.X-b.",
        "x.it. IN PX 50 x_y.it. ADMD-a.C-it.",
        "x.it. IN PX 50 x.it. ADMD-a-064-b.C-it.",
        "x.it. IN PX 50 x.it. ADMD--064.C-it.",
        "x.it. IN PX 50 x.it. ADMD-a-b-c.C-it.G.G.",
    ],
)
def test_a_record_that_is_no_row(line: str) -> None:
    record = PXRecord.parse(line)
    with pytest.raises(AddressSyntaxError) as caught:
        rows([record])
    assert caught.value.message == "not a row of a mapping table (RFC 2163 4)"
    assert caught.value.text == str(record)
    # The DNS may hold such a thing; nothing comes of it.
    assert PXTables(Zone(line)).tables().table2.find(("x", "it")) is None


@pytest.mark.parametrize("node", ["~ROLE$gw.ADMD$ATT.C$US", "UA-ID$1.ADMD$ATT.C$US"])
def test_a_gateway_that_a_record_cannot_name(node: str) -> None:
    with pytest.raises(ConversionError) as caught:
        records(Tables.parse(gate2=f"bitnet.example#{node}#"))
    assert str(caught.value) == (
        f"a PX record cannot name the gateway of bitnet.example, {node}: it has more than C, ADMD, PRMD, O and OU "
        "(RFC 2163 4.2)"
    )


def test_only_rows_are_published() -> None:
    with pytest.raises(ConversionError) as caught:
        records(PXTables(Zone()).tables())
    assert str(caught.value) == "only tables of rows can be published, not what is looked up elsewhere"


def test_a_table_wins_over_its_gate_table() -> None:
    """RFC 2163 4.4: a name has the one or the other."""
    both = Tables.parse(table1="ADMD$a.C$it#a.it#", gate1="ADMD$A.C$IT#gw.it#", table2="b.it#C$it#", gate2="B.it#C$it#")
    assert [str(record) for record in records(both)] == [
        "*.ADMD-a.X42D.it. IN PX 50 a.it. ADMD-a.C-it.",
        "*.b.it. IN PX 50 b.it. C-it.",
    ]


# --- looking up ---------------------------------------------------------------------------------------------------


def test_the_examples_of_section_5() -> None:
    zone = Zone(
        "*.cce.nrc.it.  IN PX 50   cce.nrc.it.  O-cce.PRMD-nrc.ADMD-acme.C-it.",
        "*.mw.   IN  PX  50  mw.  O-cce.PRMD-nrc.ADMD-acme.C-it.G.",
        "*.ADMD-pkz.X42D.de.  IN  PX  50  pkz.de.  ADMD-pkz.C-de.",
        "*.ADMD-PWT400.X42D.us.  IN  PX  50  intGw.com. ADMD-PWT400.C-us.G.",
    )
    tables = PXTables(zone).tables()
    cce = ORAddress([("C", "it"), ("ADMD", "acme"), ("PRMD", "nrc"), ("O", "cce")])
    levels = ("it", "acme", "nrc", "cce")
    assert tables.table2.find(("SUN", "CCE", "NRC", "IT")) == NodeMatch(
        levels, 3, "PX record: cce.nrc.it. O-cce.PRMD-nrc.ADMD-acme.C-it.", cce
    )
    assert tables.gate2.find(("SUN", "CCE", "NRC", "IT")) is None
    assert tables.table2.find(("blantyre", "mw")) is None
    assert tables.gate2.find(("blantyre", "mw")) == NodeMatch(
        levels, 1, "PX record: mw. O-cce.PRMD-nrc.ADMD-acme.C-it.G.", cce
    )
    assert tables.table1.find(("de", "pkz", "nfc", "top")) == DomainMatch("pkz.de", 2, "PX record: ADMD-pkz.C-de.")
    assert tables.gate1.find(("de", "pkz", "nfc", "top")) is None
    assert tables.table1.find(("us", "PWT400", "p")) is None
    assert tables.gate1.find(("us", "PWT400", "p")) == DomainMatch("intGw.com", 2, "PX record: ADMD-PWT400.C-us.G.")
    # One question for table and gate table together, under the name that the RFC spells.
    assert zone.asked == [
        "sun.cce.nrc.it.",
        "blantyre.mw.",
        "o-top.prmd-nfc.admd-pkz.x42d.de.",
        "prmd-p.admd-pwt400.x42d.us.",
    ]


def test_a_wildcard_does_not_cover_its_own_node() -> None:
    tables, zone = published(Tables.parse(table1="ADMD$acme.C$it#acme.it#", table2="nrc.it#PRMD$nrc.ADMD$acme.C$it#"))
    assert tables.table2.find(("nrc", "it")) is not None
    assert tables.table1.find(("it", "acme")) == DomainMatch("acme.it", 2, "PX record: ADMD-acme.C-it.")
    assert zone.asked == ["nrc.it.", "*.nrc.it.", "admd-acme.x42d.it.", "*.admd-acme.x42d.it."]


def test_a_row_for_an_omitted_level() -> None:
    """``O$@`` is a name of its own, below the one that an address without O has."""
    tables, zone = published(Tables.parse(table1="O$@.PRMD$GMD.ADMD$DBP.C$DE#GMD.DE#\nADMD$DBP.C$DE#dbp.de#"))
    levels: tuple[Level, ...] = ("de", "dbp", "gmd", None, "F3", None, None, None)
    assert tables.table1.find(levels) == DomainMatch("GMD.DE", 4, "PX record: O.PRMD-GMD.ADMD-DBP.C-DE.")
    assert zone.asked == ["ou-f3.o.prmd-gmd.admd-dbp.x42d.de."]
    without = ("de", "dbp", "gmd", None, None, None, None, None)
    assert tables.table1.find(without) == DomainMatch("GMD.DE", 4, "PX record: O.PRMD-GMD.ADMD-DBP.C-DE.")
    # With an organization, it is no match: the row above it is.
    other = tables.table1.find(("de", "dbp", "gmd", "Bonn"))
    assert other == DomainMatch("dbp.de", 2, "PX record: ADMD-DBP.C-DE.")


def test_both_rows_with_and_without_the_omission() -> None:
    rows_ = Tables.parse(table1="O$@.PRMD$G.ADMD$D.C$DE#at.de#\nPRMD$G.ADMD$D.C$DE#plain.de#")
    tables, _ = published(rows_)
    for levels in [("de", "d", "g", None), ("de", "d", "g"), ("de", "d", "g", "o"), ("de", "d", "g", None, "ou")]:
        expected, found = rows_.table1.find(levels), tables.table1.find(levels)
        assert expected is not None
        assert found is not None
        assert (found.domain, found.levels) == (expected.domain, expected.levels)


def test_an_absent_admd_is_omitted_or_blank() -> None:
    tables, _ = published(
        Tables.parse(table1="PRMD$blank.ADMD$ .C$GB#blank.uk#\nPRMD$at.ADMD$@.C$GB#at.uk#\nADMD$ .C$GB#any.uk#")
    )
    found = [tables.table1.find(("GB", admd, prmd)) for prmd in ("blank", "at", "x") for admd in (None, " ")]
    assert [None if one is None else (one.domain, one.levels) for one in found] == [
        ("blank.uk", 3),
        ("blank.uk", 3),
        ("at.uk", 3),
        ("any.uk", 2),
        ("any.uk", 2),
        ("any.uk", 2),
    ]


def test_rows_between_which_nothing_stands_are_filled_in() -> None:
    """Without the further record the closest encloser, PRMD-UK-d-AC, would hide the row of the ADMD."""
    uk = Tables.parse(
        table1="ADMD$GOLD 400.C$GB#gold-400.gb#\nO$UCL.PRMD$UK\\.AC.ADMD$GOLD 400.C$GB#ucl.ac.uk#",
        table2="uk#C$GB#\ncs.ucl.ac.uk#O$CS.PRMD$UK\\.AC.ADMD$GOLD 400.C$GB#",
    )
    made = records(uk)
    assert [str(record) for record in (made[2], *made[5:])] == [
        "*.PRMD-UK-d-AC.ADMD-GOLD-b-400.X42D.GB. IN PX 50 gold-400.gb. ADMD-GOLD-b-400.C-GB.",
        "*.ucl.ac.uk. IN PX 50 uk. C-GB.",
        "*.ac.uk. IN PX 50 uk. C-GB.",
    ]
    tables, zone = published(uk)
    assert tables.table1.find(("gb", "gold 400", "uk.ac", "Salford")) == DomainMatch(
        "gold-400.gb", 2, "PX record: ADMD-GOLD-b-400.C-GB."
    )
    found = tables.table2.find(("salford", "ac", "uk"))
    assert found is not None
    assert (found.levels, found.labels) == (("GB",), 1)
    assert len(zone.asked) == 2
    assert rows(made)["table1"] == (
        "ADMD$GOLD 400.C$GB#gold-400.gb#",
        "O$UCL.PRMD$UK\\.AC.ADMD$GOLD 400.C$GB#ucl.ac.uk#",
    )


def test_an_exact_record_is_for_its_name_alone() -> None:
    """RFC 2163 4.1, ``ab.net2.it``."""
    zone = Zone(
        "*.net2.it. IN PX 10 net2.it. PRMD-net2.ADMD-p400.C-it.",
        "ab.net2.it. IN PX 10 ab.net2.it. O-ab.PRMD-net2.ADMDb.C-it.",
    )
    tables = PXTables(zone).tables()
    exact, other = tables.table2.find(("ab", "net2", "it")), tables.table2.find(("cd", "net2", "it"))
    assert exact is not None
    assert other is not None
    assert (exact.levels, other.levels) == (("it", " ", "net2", "ab"), ("it", "p400", "net2"))


def test_the_lowest_preference_comes_first() -> None:
    zone = Zone(
        "*.net.it. IN PX 20 net.it. PRMD-two.ADMD-x.C-it.",
        "*.net.it. IN PX 10 net.it. PRMD-one.ADMDb.C-it.",
        "*.net.it. IN PX 5 net.it. PRMD-gate.ADMDb.C-it.G.",
    )
    tables = PXTables(zone).tables()
    table, gate = tables.table2.find(("a", "net", "it")), tables.gate2.find(("a", "net", "it"))
    assert table is not None
    assert gate is not None
    assert (table.levels, gate.levels) == (("it", " ", "one"), ("it", " ", "gate"))


@pytest.mark.parametrize(
    ("map822", "mapx400"),
    [
        ("other.it.", "ADMD-acme.C-it."),  # a domain that was not asked for
        ("rc.it.", "ADMD-acme.C-it."),  # an ending, but not of whole labels
        ("sub.a.nrc.it.", "ADMD-acme.C-it."),  # more than was asked for
        (".", "ADMD-acme.C-it."),
        ("nrc.it.", "ADMD-acme.G."),
        ("nrc.it.", "S-x.C-it."),
        ("nrc.it.", "ADMD-a-200-b.C-it."),
    ],
)
def test_an_answer_to_another_question_is_refused(map822: str, mapx400: str) -> None:
    assert PXTables(Liar((0, map822, mapx400))).tables().table2.find(("a", "nrc", "it")) is None


@pytest.mark.parametrize(
    ("map822", "mapx400"),
    [
        ("evil.example.", "ADMD-other.C-it."),
        ("evil.example.", "PRMD-p.ADMD-acme.C-fr."),
        ("evil.example.", "O-x.PRMD-p.ADMD-acme.C-it."),
        ("evil.example.", "PRMD.ADMD-acme.C-it."),
        ("e vil.example.", "ADMD-acme.C-it."),
        ("evil\r\n.example.", "ADMD-acme.C-it."),
    ],
)
def test_a_domain_for_another_node_is_refused(map822: str, mapx400: str) -> None:
    liar = Liar((0, map822, mapx400), (50, "acme.it.", "ADMD-acme.C-it."))
    found = PXTables(liar).tables().table1.find(("it", "acme", "p"))
    assert found == DomainMatch("acme.it", 2, "PX record: ADMD-acme.C-it.")


def test_names_that_do_not_fit_the_dns_are_asked_for_above() -> None:
    zone = Zone("*.ADMD-acme.X42D.it. IN PX 50 acme.it. ADMD-acme.C-it.")
    tables = PXTables(zone).tables()
    long = "o" * 64
    assert tables.table1.find(("it", "acme", "p", long)) == DomainMatch("acme.it", 2, "PX record: ADMD-acme.C-it.")
    assert tables.table1.find(("it", "acme", ".....................", "x")) is not None  # each dot is three
    units: tuple[Level, ...] = ("it", "acme", "p" * 16, "o" * 60, *["u" * 32] * 4)
    many = ("it", "acme", "....", "a.b.c.d" * 3, *["u.u.u.u.u.u.u" for _ in range(4)])
    for levels in (units, many):
        assert tables.table1.find(levels) is not None
    assert tables.table2.find(["a" * 64, "x", "it"]) is None
    assert tables.table2.find(["a" * 60] * 6) is None
    assert tables.table2.find(["it", "a" * 64]) is None
    assert all(len(name.removesuffix(".")) <= 253 for name in zone.asked)
    assert all(len(label) <= 63 for name in zone.asked for label in name.split("."))


@pytest.mark.parametrize("levels", [(), (None, "a"), ("a b", "c"), (" ",)])
def test_levels_that_are_no_name_are_not_asked_for(levels: tuple[Level, ...]) -> None:
    zone = Zone()
    assert PXTables(zone).tables().table1.find(levels) is None
    assert zone.asked == []


@pytest.mark.parametrize("labels", [[], [""], ["a_b", "it"], ["-a", "it"], ["a", "", "it"]])
def test_labels_that_are_no_name_are_not_asked_for(labels: list[str]) -> None:
    zone = Zone()
    assert PXTables(zone).tables().table2.find(labels) is None
    assert zone.asked == []


def test_a_failure_is_not_a_no() -> None:
    class Down:
        tries = 0

        def px(self, name: str) -> list[tuple[int, str, str]]:
            self.tries += 1
            if self.tries == 1:
                raise LookupFailedError(name, "the servers did not answer")
            return [(50, "tlec.nl.", "PRMD-tlec.ADMD-ade.C-nl.")]

    gateway = Gateway(PXTables(Down()).tables(), or_address="C=GB; A= ; P=gw")
    with pytest.raises(LookupFailedError) as caught:
        gateway.to_x400("plork@owe.tlec.nl")
    assert isinstance(caught.value, MailPathsError)
    assert (caught.value.name, caught.value.reason) == ("owe.tlec.nl.", "the servers did not answer")
    assert str(caught.value) == (
        "no answer about owe.tlec.nl.: the servers did not answer; try again later (RFC 2163 5)"
    )
    # A failure is not remembered.
    assert str(gateway.to_x400("plork@owe.tlec.nl")) == "/S=plork/O=owe/PRMD=tlec/ADMD=ade/C=nl/"


def test_a_gateway_on_the_dns_answers_as_one_on_the_rows() -> None:
    on_rows = Gateway(EXAMPLE, domain="gw.example", or_address="C=GB; A= ; P=gw")
    tables, zone = published(EXAMPLE)
    on_dns = Gateway(tables, domain="gw.example", or_address="C=GB; A= ; P=gw")
    for text in (
        "a.b@nrc.it",
        "ann@x.y.nrc.it",
        "u_v@my.it",
        "u_v@sub.my.it",
        "x@ninp.it",
        "x@ou.ninp.it",
        "a@z.example",
    ):
        assert on_dns.to_x400(text).address == on_rows.to_x400(text).address
    for text in (
        "/S=x/O=o/PRMD=p/ADMD=acme/C=it/",
        "/S=x/PRMD=accred/ADMD=tx400/C=it/",
        "/S=x/OU=u/O=u-newcity/PRMD=x4net/ADMD= /C=it/",
        "/S=x/PRMD=p/ADMD=XKW-Mail/C=it/",
        "/S=x/PRMD=Super Inc/ADMD= /C=it/",
        "/S=x/O=o/PRMD=unknown/ADMD= /C=it/",
        "/S=x/ADMD=a/C=zz/",
    ):
        assert on_dns.to_rfc822(text).address == on_rows.to_rfc822(text).address
    assert len(zone.asked) < 40


def test_answers_are_kept_and_bounded() -> None:
    zone = Zone("*.it. IN PX 50 it. ADMD-acme.C-it.")
    dns = PXTables(zone)
    tables = dns.tables()
    for _ in range(3):
        assert tables.table2.find(("A", "it")) is not None
        assert tables.gate2.find(("a", "it")) is None
    assert zone.asked == ["a.it."]
    for number in range(2000):
        tables.table2.find((f"h{number}", "it"))
    assert dns._kept.cache_info().currsize == 1024


def test_answers_are_forgotten_after_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    zone = Zone("*.it. IN PX 50 it. ADMD-acme.C-it.")
    tables = PXTables(zone).tables()
    now = 120.0
    monkeypatch.setattr("mailpaths.x400.px.time.monotonic", lambda: now)
    tables.table2.find(("a", "it"))
    now = 179.9
    tables.table2.find(("a", "it"))
    assert len(zone.asked) == 1
    now = 180.0
    tables.table2.find(("a", "it"))
    assert len(zone.asked) == 2


# --- over a socket ------------------------------------------------------------------------------------------------

ZONE_FILE = (
    """\
$ORIGIN .
$TTL 3600
it. IN SOA ns.it. hostmaster.it. 1 3600 600 86400 3600
it. IN NS ns.it.
fails.it. IN TXT "the server answers SERVFAIL here"
slow.it. IN TXT "the server does not answer here"
plain.it. IN TXT "no PX record here"
"""
    + EXAMPLE_ZONE
)


class Server:
    """Answers for the zone on an ephemeral port of the loopback; dnspython reads the zone and makes the answers."""

    def __init__(self) -> None:
        self.zone = dns.zone.from_text(ZONE_FILE, origin="it.", relativize=False)
        self.nodes = {dns.name.root}
        for name in self.zone.nodes:
            self.nodes |= {name.split(depth)[1] for depth in range(1, len(name.labels) + 1)}
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0.1)
        self.port: int = self.socket.getsockname()[1]
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.serve)

    def serve(self) -> None:
        while not self.stop.is_set():
            try:
                wire, peer = self.socket.recvfrom(4096)
            except TimeoutError:
                continue
            answer = self.reply(dns.message.from_wire(wire))
            if answer is not None:
                self.socket.sendto(answer.to_wire(), peer)

    def reply(self, question: dns.message.Message) -> dns.message.Message | None:
        name = question.question[0].name
        lower = dns.name.from_text(name.to_text().lower())
        if lower.to_text() == "slow.it.":
            return None
        made = dns.message.make_response(question)
        made.flags |= dns.flags.AA
        if lower.to_text() == "fails.it.":
            made.set_rcode(dns.rcode.SERVFAIL)
            return made
        source = lower
        if lower not in self.nodes:
            while source not in self.nodes:
                source = source.parent()
            source = dns.name.from_text("*", source)
        found = self.zone.get_rdataset(source, dns.rdatatype.PX)
        if found is not None:
            made.answer.append(dns.rrset.from_rdata_list(name, 60, list(found)))
        elif lower not in self.nodes and source not in self.zone.nodes:
            made.set_rcode(dns.rcode.NXDOMAIN)
        return made


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = Server()
    server.thread.start()
    yield server.port
    server.stop.set()
    server.thread.join()
    server.socket.close()


@pytest.fixture
def resolver(port: int) -> DNSResolver:
    asking = dns.resolver.Resolver(configure=False)
    asking.nameservers = ["127.0.0.1"]
    asking.port = port
    asking.timeout = 0.3
    return DNSResolver(asking, lifetime=0.6)


def test_the_resolver_asks_the_dns(resolver: DNSResolver) -> None:
    assert resolver.px("sun.nrc.it.") == [(50, "nrc.it.", "PRMD-nrc.ADMD-acme.C-it.")]
    assert resolver.px("my.it.") == [(50, "my.it.", "OU-int-h-gw.O.PRMD-ninp.ADMD-acme.C-it.G.")]
    assert resolver.px("*.nrc.it.") == [(50, "nrc.it.", "PRMD-nrc.ADMD-acme.C-it.")]
    assert resolver.px("nrc.it.") == []
    assert resolver.px("plain.it.") == []
    assert resolver.px("nothing.it.") == []


def test_a_gateway_over_the_dns(resolver: DNSResolver) -> None:
    gateway = Gateway(PXTables(resolver).tables(), domain="gw.example", or_address="C=GB; A= ; P=gw")
    assert str(gateway.to_x400("J.Bloggs@sun.cce.nrc.it")) == "/I=J/S=Bloggs/OU=sun/O=cce/PRMD=nrc/ADMD=acme/C=it/"
    assert str(gateway.to_x400("tom_harris@my.it")) == (
        "/RFC-822=tom(u)harris(a)my.it/OU=int-gw/PRMD=ninp/ADMD=acme/C=it/"
    )
    assert str(gateway.to_rfc822("/S=x/O=rome/PRMD=accred/ADMD=tx400/C=it/")) == "x@rome.accred.it"
    assert str(gateway.to_rfc822("/S=x/PRMD=Super Inc/ADMD= /C=it/")) == "x@GlobalGw.it"
    assert str(gateway.to_x400("a@elsewhere.it")) == "/RFC-822=a(a)elsewhere.it/PRMD=gw/ADMD= /C=GB/"


@pytest.mark.parametrize("name", ["fails.it.", "slow.it."])
def test_servfail_and_time_out(resolver: DNSResolver, name: str) -> None:
    with pytest.raises(LookupFailedError) as caught:
        resolver.px(name)
    assert caught.value.name == name
    assert str(caught.value) == f"no answer about {name}: {caught.value.reason}; try again later (RFC 2163 5)"
    assert caught.value.reason


def test_the_default_resolver_is_this_machines(monkeypatch: pytest.MonkeyPatch, resolver: DNSResolver) -> None:
    monkeypatch.setattr(dns.resolver, "get_default_resolver", lambda: resolver._resolver)
    found = PXTables().tables().table2.find(("sun", "nrc", "it"))
    assert found is not None
    assert found.levels == ("it", "acme", "nrc")


def test_a_machine_without_a_resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> object:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.resolver, "get_default_resolver", none)
    with pytest.raises(LookupFailedError) as caught:
        PXTables().tables().table2.find(("sun", "nrc", "it"))
    assert str(caught.value) == (
        "no answer about the DNS: this machine's resolver is not configured (Resolver configuration could not be read "
        "or specified no nameservers.); try again later (RFC 2163 5)"
    )


def test_without_dnspython(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [name for name in sys.modules if name.partition(".")[0] == "dns"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "dns", None)
    tables = PXTables().tables()
    with pytest.raises(ModuleNotFoundError) as caught:
        tables.table2.find(("nrc", "it"))
    assert str(caught.value) == "asking the DNS needs dnspython, which is not installed: pip install 'mailpaths[dns]'"


def test_nothing_of_dnspython_is_loaded_before_it_is_needed() -> None:
    code = "import sys, mailpaths.x400.px as px; px.PXTables(); print([one for one in sys.modules if one == 'dns'])"
    source = Path(__file__).parent.parent / "src"
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": str(source)}
    )
    assert shown.stdout == "[]\n"
