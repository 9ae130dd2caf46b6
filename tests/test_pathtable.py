"""Tables of roads: every form of a line, every fault with its file and line, and how a name is looked up."""

from __future__ import annotations

import lzma
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpaths import MapError, policy
from mailpaths.routing import Answer, Found, NotFound, PathTable, RouteTemplate, Row, TableFault
from mailpaths.routing.lookup import Key, keys
from mailpaths.testing import hostile_texts
from tests.support import VECTORS


def found(route: str, cost: int | None = None, matched: str = "a", name: str = "[text]") -> Found:
    return Found(RouteTemplate.parse(route), cost, name, matched)


def faults(text: str) -> list[str]:
    table = PathTable.from_text(text)
    assert len(table) == 0
    return [str(fault) for fault in table.faults]


# --- lines --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "row"),
    [
        # pathalias, with -c, and smail: an unnamed cost is none.
        ("a\tb!%s", Row("a", "b!%s")),
        ("10\ta\tb!%s", Row("a", "b!%s", 10)),
        ("a\tb!%s\t10", Row("a", "b!%s", 10)),
        ("a\tb!%s\t", Row("a", "b!%s")),
        # Blanks instead of tabs, and beside them.
        ("a b!%s", Row("a", "b!%s")),
        ("  a   b!%s  ", Row("a", "b!%s")),
        ("10 a b!%s", Row("a", "b!%s", 10)),
        ("a b!%s 10", Row("a", "b!%s", 10)),
        (" a \t b!%s \t 10 ", Row("a", "b!%s", 10)),
        # Ends of lines.
        ("a\tb!%s\r", Row("a", "b!%s")),
        ("a\tb!%s\r\r", Row("a", "b!%s")),
        # Costs of any kind.
        ("a\tb!%s\t0", Row("a", "b!%s", 0)),
        ("a\tb!%s\t-5", Row("a", "b!%s", -5)),
        ("700008007\ta\tb!%s", Row("a", "b!%s", 700_008_007)),
        ("999999999999999999\ta\tb!%s", Row("a", "b!%s", 999_999_999_999_999_999)),
        # A name may be a number: what has the %s is the route.
        ("10 20 b!%s", Row("20", "b!%s", 10)),
        ("20 b!%s 10", Row("20", "b!%s", 10)),
        ("20\tb!%s", Row("20", "b!%s")),
        ("3com 3com!%s 10", Row("3com", "3com!%s", 10)),
        # Names: their case is kept, a final dot is no part.
        ("A.B\tb!%s", Row("A.B", "b!%s")),
        ("a.\tb!%s", Row("a", "b!%s")),
        (".edu\tb!%s", Row(".edu", "b!%s")),
        ("b\u00fccher\tb!%s", Row("b\u00fccher", "b!%s")),
        # Routes of every kind.
        ("a\t%s", Row("a", "%s")),
        ("a\tb!%s@c", Row("a", "b!%s@c")),
        ("a\t%s%%b@c", Row("a", "%s%%b@c")),
        ("a\tb%%c!%s", Row("a", "b%%c!%s")),
        ("a\t<@b,@c:%s@d>", Row("a", "<@b,@c:%s@d>")),
        ("a\t%s@[192.0.2.1]", Row("a", "%s@[192.0.2.1]")),
        ("a\tX <%s@b>", Row("a", "X <%s@b>")),
    ],
)
def test_a_line(line: str, row: Row) -> None:
    for text in (line, f"{line}\n", f"# comment\n\n{line}\n   \n", f"\t# comment\r\n\r\n{line}\n"):
        table = PathTable.from_text(text)
        assert list(table) == [row]
        assert table.faults == ()


@pytest.mark.parametrize("text", ["", "\n", " ", "\n\n\t\n", "#", "# a\tb!%s", "   # a b!%s\n\t#", "\r\n\r\n"])
def test_lines_without_a_row(text: str) -> None:
    assert faults(text) == []


THREE = "expected a host, its route and maybe a cost"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("a", THREE),
        ("a\tb!%s\t10\tx", THREE),
        ("a\tb!%s\tx", THREE),
        ("a\tb!%s\t1.5", THREE),
        ("a\t\tb!%s", THREE),
        ("10\ta", "expected one %s in a route, for the user"),
        ("a\tb!%s\t1234567890123456789", THREE),
        ("a b!%s # comment", THREE),
        ("\tb!%s", "expected a host before the route"),
        ("a\tb", "expected one %s in a route, for the user"),
        ("a\tb!%%s", "expected one %s in a route, for the user"),
        ("a\t%s!%s", "expected one %s in a route, for the user"),
        ("a\tb!%d", "expected %s or %% in a route"),
        ("a\tb%s", "expected %s to be the user"),
        ("a\tx%%y@%s", "expected %s to be the user"),
        ("a\t!%s", "no route: expected a host name before '!'"),
        ("a\tb!!%s", "no route: expected a host name between '!' and '!'"),
        ("a\tb !%s", "no route: white space may not stand in a bang path"),
        ("a\t%s@b c", "no route: expected the end of the address, found 'c'"),
        ("a\t%s@b, c@d", "no route: expected one address, found ','; this is a list of several"),
        ("a\tb!%s\rc!d", "no route: a carriage return may not stand in an address"),
        ("a\tb\0!%s", "no route: a NUL may not stand in an address"),
        ("a\tb\udcfc!%s", "no route: byte 0xFC is not UTF-8 text"),
        ("a\t" + "b!" * 40_000 + "%s", "a line too long for any road"),
        ("a" * 70_000, "a line too long for any road"),
    ],
)
def test_a_fault(line: str, message: str) -> None:
    assert faults(f"\n# comment\n{line}\n") == [f"[text]:3: {message}"]


def test_faults_leave_the_other_lines() -> None:
    table = PathTable.from_text("a\tb!%s\nbroken\nc\td!%s\ne\t!%s\n", name="paths")
    assert [row.name for row in table] == ["a", "c"]
    assert table.faults == (
        TableFault("paths", 2, THREE),
        TableFault("paths", 4, "no route: expected a host name before '!'"),
    )


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "paths"
    # Latin 1: a name that nobody can ask for, and a route that nobody can write.
    path.write_bytes(b"a\tb!%s\r\n\r\nm\xfcnchen\tb!%s\r\nc\tm\xfcnchen!%s\r\nd\te!%s")
    table = PathTable.load(path)
    assert [row.name for row in table] == ["a", "m\udcfcnchen", "d"]
    assert [str(fault) for fault in table.faults] == [f"{path}:4: no route: byte 0xFC is not UTF-8 text"]
    assert table.resolve("a") == found("b!%s", name=str(path))
    assert table.resolve("m\udcfcnchen") == NotFound()
    assert (table.name, repr(table)) == (str(path), f"<PathTable {path}: 3 names>")
    assert list(PathTable.load(str(path))) == list(table)


@pytest.mark.parametrize(
    ("name", "reason"),
    [("missing", "No such file or directory"), (".", "Is a directory"), ("x" * 300, "File name too long")],
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str, reason: str) -> None:
    path = tmp_path / name
    with pytest.raises(MapError) as caught:
        PathTable.load(path)
    assert str(caught.value) == f"{path}: {reason}"


@pytest.mark.parametrize(("name", "shown"), [("a\0b", r"'a\x00b'"), ("a\ud800b", r"'a\ud800b'")])
def test_names_that_no_file_can_have(name: str, shown: str) -> None:
    with pytest.raises(MapError) as caught:
        PathTable.load(name)
    assert str(caught.value).startswith(f"{shown}: ")


def test_a_binary_file_is_faults_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "paths.xz"
    path.write_bytes(lzma.compress(b"a\tb!%s\n" * 50))
    table = PathTable.load(path)
    assert len(table) == 0
    assert table.faults


@given(hostile_texts() | st.text("a%s!@\t \n10#.", max_size=30))
def test_no_text_is_too_bad(text: str) -> None:
    table = PathTable.from_text(text)
    for row in table:
        # What has no fault has a road.
        RouteTemplate.parse(row.route)
    assert len(table) + len(table.faults) <= text.count("\n") + 1


# --- lookup -------------------------------------------------------------------------------------------------------

TABLE = PathTable.from_text(
    "mcvax\tseismo!mcvax!%s\t395\n"
    ".edu\trutgers!%s\n"
    ".rutgers.edu\t%s\n"
    "topaz.rutgers.edu\ttopaz!%s\n"
    ".csnet\t%s@relay.cs.net\n"
    ".uucp\tcatchall!%s\n"
    "both\tby-name!%s\n"
    "both.uucp\tby-zone!%s\n"
    "here\t%s\n"
    "Mixed.Case\tMixed!%s\n"
    "b\u00fccher.example\tgw!%s\n"
)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("mcvax", found("seismo!mcvax!%s", 395, "mcvax")),
        ("MCVAX", found("seismo!mcvax!%s", 395, "mcvax")),
        ("mcvax.", found("seismo!mcvax!%s", 395, "mcvax")),
        # RFC 976 1.2: mcvax.UUCP is the host that UUCP knows as mcvax; the name with its zone comes first.
        ("mcvax.UUCP", found("seismo!mcvax!%s", 395, "mcvax")),
        ("mcvax.uucp.", found("seismo!mcvax!%s", 395, "mcvax")),
        ("both", found("by-name!%s", None, "both")),
        ("both.uucp", found("by-zone!%s", None, "both.uucp")),
        ("other.UUCP", found("catchall!other.UUCP!%s", None, ".uucp")),
        # RFC 976 3 (b): from specific to general, and the whole name goes on to the domain's gateway.
        ("topaz.rutgers.edu", found("topaz!%s", None, "topaz.rutgers.edu")),
        ("aramis.Rutgers.EDU", found("aramis.Rutgers.EDU!%s", None, ".rutgers.edu")),
        ("gatech.edu.", found("rutgers!gatech.edu!%s", None, ".edu")),
        ("rutgers.edu", found("rutgers!rutgers.edu!%s", None, ".edu")),
        ("a.b.c.edu", found("rutgers!a.b.c.edu!%s", None, ".edu")),
        ("ubc.csnet", found("%s%%ubc.csnet@relay.cs.net", None, ".csnet")),
        ("here", found("%s", None, "here")),
        ("mixed.case", found("Mixed!%s", None, "Mixed.Case")),
        # A domain itself has its own row or none.
        (".edu", found("rutgers!%s", None, ".edu")),
        (".mit.edu", NotFound()),
        # U-label and A-label are the same name.
        ("B\u00dcCHER.example", found("gw!%s", None, "b\u00fccher.example")),
        ("xn--bcher-kva.example", found("gw!%s", None, "b\u00fccher.example")),
        # No name of a host or domain.
        ("edu", NotFound((".edu",))),
        ("uucp", NotFound((".uucp",))),
        ("", NotFound()),
        (".", NotFound()),
        ("a..edu", NotFound()),
        ("a b.edu", NotFound()),
        ("x!y.edu", NotFound()),
        ("x%y.csnet", NotFound()),
        ("-oQ.edu", NotFound()),
        ("[192.0.2.1]", NotFound()),
        ("x" * 250 + ".edu", NotFound()),
    ],
)
def test_lookup(host: str, expected: Answer) -> None:
    assert TABLE.resolve(host) == expected
    assert TABLE.resolve(host, origin="anywhere") == expected


@pytest.mark.parametrize(
    ("host", "names"),
    [
        ("mcvac", ("mcvax",)),
        ("mvcax", ("mcvax",)),
        ("mcva", ("mcvax",)),
        ("mcvaxx.uucp", ("mcvax",)),
        ("bot", ("both",)),
        ("nothing-like-it", ()),
    ],
)
def test_near_misses(host: str, names: tuple[str, ...]) -> None:
    table = PathTable([row for row in TABLE if row.name != ".uucp"])
    assert table.resolve(host) == NotFound(names)


def test_near_misses_are_five_at_most() -> None:
    table = PathTable([Row(f"host{letter}", "a!%s") for letter in "hgfedcba"])
    assert table.resolve("host") == NotFound(("hosta", "hostb", "hostc", "hostd", "hoste"))


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("1\ta\tb!%s\n2\ta\tc!%s", Row("a", "b!%s", 1)),
        ("2\ta\tb!%s\n1\tA\tc!%s", Row("A", "c!%s", 1)),
        ("1\ta\tb!%s\n1\ta\tc!%s", Row("a", "b!%s", 1)),
        ("a\tb!%s\n1\ta\tc!%s", Row("a", "b!%s")),
        ("1\ta\tb!%s\na\tc!%s", Row("a", "b!%s", 1)),
        ("a\tb!%s\na.\tc!%s", Row("a", "b!%s")),
    ],
)
def test_duplicates(text: str, row: Row) -> None:
    table = PathTable.from_text(text)
    assert list(table) == [row]
    assert table.resolve("a") == found(row.route, row.cost, row.name)


def test_a_policy_reads_the_roads() -> None:
    text = "a\tb!%s@c\n"
    assert [
        answer.hosts
        for how in (policy.UUCP, policy.INTERNET)
        if isinstance(answer := PathTable.from_text(text, policy=how).resolve("a"), Found)
    ] == [("b", "c"), ("c", "b")]


def test_rows_that_somebody_made() -> None:
    table = PathTable([Row("a", "no route"), Row("b", "c!%s", 7)], name="made")
    assert table.resolve("a") == NotFound(("b",))
    assert table.resolve("b") == found("c!%s", 7, "b", "made")
    assert (len(table), table.faults, repr(table)) == (2, (), "<PathTable made: 2 names>")


def test_keys() -> None:
    assert list(keys("Osgd.cb.ATT.UUCP.")) == [
        Key("osgd.cb.att.uucp", is_parent=False),
        Key("osgd.cb.att", is_parent=False),
        Key(".cb.att.uucp", is_parent=True),
        Key(".att.uucp", is_parent=True),
        Key(".uucp", is_parent=True),
    ]
    assert list(keys(".uucp")) == [Key(".uucp", is_parent=False)]
    assert list(keys("two words")) == []


# --- a whole world ------------------------------------------------------------------------------------------------


def test_what_pathalias_printed_for_the_whole_world() -> None:
    """The table of rutgers: each of its 14,213 lines is read, and found again under its name."""
    packed = (VECTORS / "pathalias" / "uucp-map-1988-12-31.rutgers.ic.txt.xz").read_bytes()
    text = lzma.decompress(packed).decode("ascii")
    table = PathTable.from_text(text)
    assert table.faults == ()
    expected = {name: (int(cost), route) for cost, name, route in [line.split("\t") for line in text.splitlines()]}
    assert len(expected) == 14_213
    # One host stands there twice, once with a dot at its end.
    assert expected.pop("gs.gs.co.")[0] >= expected["gs.gs.co"][0]
    assert {row.name: (row.cost, row.route) for row in table} == expected
    for name, (cost, route) in expected.items():
        hosts = tuple(route.removesuffix("%s").split("!")[:-1])
        assert table.resolve(name) == Found(RouteTemplate(route, hosts), cost, "[text]", name)


def test_35_000_rows() -> None:
    rows = [f"{number}\thost{number}\trelay{number % 97}!host{number}!%s\n" for number in range(35_000)]
    start = time.process_time()
    table = PathTable.from_text("".join(rows))
    assert (len(table), table.faults) == (35_000, ())
    assert time.process_time() - start < 4
    for _ in range(2):
        start = time.process_time()
        hosts = {answer.hosts for row in table if isinstance(answer := table.resolve(row.name), Found)}
        assert len(hosts) == 35_000
        # A lookup is to take 5 microseconds (benchmarks/): here a bound that no busy machine misses.
        assert time.process_time() - start < 35_000 * 100e-6
    assert table.resolve("host34999.uucp") == found("relay79!host34999!%s", 34_999, "host34999")
