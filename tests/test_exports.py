"""The tables for mail servers: whole outputs, what is left out of them, and the command that writes them.

That the servers read them as we say is shown by tests/mta/test_exports.py.
"""

from __future__ import annotations

import json
import lzma
import pickle
import re
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpaths import names
from mailpaths.errors import AddressSyntaxError, MapError, UnknownNameError
from mailpaths.routing import Found, Obstacle, PathTable, Row, UUCPMap
from mailpaths.routing.exports import FORMATS, Entry, LeftOut, coerce, entries, write
from tests.support import VECTORS, Run

# unc has another name and is the gateway of .unc.edu; .edu is duke's; relay is no UUCP neighbour; nobody knows the way
# to leaf but leaf itself, the link to gone is dead, and so is the one to ghost, by its cost.
SMALL = """\
unc\tduke(HOURLY), Phs(HOURLY*4), .unc.edu(0), @relay(DEMAND), gone(DAILY), ghost(DEAD)
unc = unc-vax
duke\tresearch(DAILY/2), .edu(DEMAND), att.(DEMAND)
.edu\tgatech(0)
Phs\tleaf-2.phs.com(LOCAL)
leaf\tduke(POLLED)
dead {unc!gone}
"""


# A host of 1988 that a map also names with a dot at the end: one name to us, two to pathalias.
NAMED_TWICE = "\tgs.gs.co.\t"


@pytest.fixture(scope="module")
def small() -> UUCPMap:
    return UUCPMap.from_text(SMALL, home="unc", mode="best", fold_case=False)


def table(source: UUCPMap | PathTable, name: str, *, reliable: bool = False) -> str:
    """Return a table less its comments; nothing may be left out of it."""
    left_out: list[LeftOut] = []
    found = "".join(line for line in write(source, name, reliable=reliable, tell=left_out.append) if line[0] != "#")
    assert left_out == []
    return found


def test_postfix(small: UUCPMap) -> None:
    assert "".join(write(small, "postfix")) == (
        "# Postfix transport(5) table by mailpaths, for postmap and transport_maps.\n"
        "# It needs a pipe(8) service 'uucp' in master.cf. The home itself serves a name with ':' alone.\n"
        ".edu uucp:duke\n"
        ".unc.edu :\n"
        "att uucp:duke\n"
        "att.uucp uucp:duke\n"
        "duke uucp:duke\n"
        "duke.uucp uucp:duke\n"
        "gatech uucp:duke\n"
        "gatech.uucp uucp:duke\n"
        "ghost uucp:ghost\n"
        "ghost.uucp uucp:ghost\n"
        "gone uucp:gone\n"
        "gone.uucp uucp:gone\n"
        "leaf uucp:duke\n"
        "leaf-2.phs.com uucp:Phs\n"
        "leaf.uucp uucp:duke\n"
        "phs uucp:Phs\n"
        "phs.uucp uucp:Phs\n"
        "relay smtp:relay\n"
        "relay.uucp smtp:relay\n"
        "research uucp:duke\n"
        "research.uucp uucp:duke\n"
        "unc :\n"
        "unc-vax :\n"
        "unc-vax.uucp :\n"
        "unc.uucp :\n"
    )


def test_exim(small: UUCPMap) -> None:
    chosen = FORMATS["exim"].replace(zones=())
    assert "".join(write(small, chosen)) == (
        "# Exim lsearch table by mailpaths, for a manualroute router with a transport that runs uux:\n"
        "#   route_data = ${lookup{$domain}partial1-lsearch{FILE}}\n"
        "# The home itself serves a name without a host: there the router declines.\n"
        "*.edu: duke\n"
        "*.unc.edu:\n"
        "att: duke\n"
        "duke: duke\n"
        "gatech: duke\n"
        "ghost: ghost\n"
        "gone: gone\n"
        "leaf: duke\n"
        "leaf-2.phs.com: Phs\n"
        "phs: Phs\n"
        "relay: relay remote_smtp\n"
        "research: duke\n"
        "unc:\n"
        "unc-vax:\n"
    )


def test_sendmail(small: UUCPMap) -> None:
    chosen = FORMATS["sendmail"].replace(uucp="uucp-new", zones=["uucp.example"])
    assert "".join(write(small, chosen, reliable=True)) == (
        "# Sendmail mailertable by mailpaths, for makemap and FEATURE(`mailertable').\n"
        "# It needs MAILER(`smtp') and then MAILER(`uucp'). A name with 'local:' is the home itself.\n"
        ".edu\tuucp-new:duke\n"
        ".unc.edu\tesmtp:%1.unc.edu\n"
        "att\tuucp-new:duke\n"
        "att.uucp.example\tuucp-new:duke\n"
        "duke\tuucp-new:duke\n"
        "duke.uucp.example\tuucp-new:duke\n"
        "gatech\tuucp-new:duke\n"
        "gatech.uucp.example\tuucp-new:duke\n"
        "leaf-2.phs.com\tuucp-new:Phs\n"
        "phs\tuucp-new:Phs\n"
        "phs.uucp.example\tuucp-new:Phs\n"
        "relay\tesmtp:relay\n"
        "relay.uucp.example\tesmtp:relay\n"
        "research\tuucp-new:duke\n"
        "research.uucp.example\tuucp-new:duke\n"
        "unc\tlocal:\n"
        "unc-vax\tlocal:\n"
        "unc-vax.uucp.example\tlocal:\n"
        "unc.uucp.example\tlocal:\n"
    )


def test_a_domain_of_the_home_has_no_row_in_sendmail_where_no_other_row_would_catch_it() -> None:
    source = PathTable.from_text("unc\t%s\n.unc.edu\t%s\nduke\tduke!%s\n")
    chosen = FORMATS["sendmail"].replace(zones=())
    assert [line for line in write(source, chosen) if line[0] != "#"] == ["duke\tuucp-dom:duke\n", "unc\tlocal:\n"]


def test_smail(small: UUCPMap) -> None:
    assert table(small, "smail") == (
        ".edu\tduke!%s\t500\n"
        ".unc.edu\t%s\t0\n"
        "att\tduke!att.!%s\t500\n"
        "duke\tduke!%s\t500\n"
        "gatech\tduke!gatech.edu!%s\t500\n"
        "ghost\tghost!%s\t1000000\n"
        "gone\tgone!%s\t5000\n"
        "leaf\tduke!leaf!%s\t500\n"
        "leaf-2.phs.com\tPhs!leaf-2.phs.com!%s\t2000\n"
        "phs\tPhs!%s\t2000\n"
        "relay\t%s@relay\t300\n"
        "research\tduke!research!%s\t500\n"
        "unc\t%s\t0\n"
        "unc-vax\t%s\t0\n"
    )


def test_pathalias(small: UUCPMap) -> None:
    assert table(small, "pathalias", reliable=True) == (
        "800\t.edu\tduke!%s\n"
        "0\t.unc.edu\t%s\n"
        "800\tatt\tduke!att.!%s\n"
        "500\tduke\tduke!%s\n"
        "800\tgatech\tduke!gatech.edu!%s\n"
        "2025\tleaf-2.phs.com\tPhs!leaf-2.phs.com!%s\n"
        "2000\tPhs\tPhs!%s\n"
        "300\trelay\t%s@relay\n"
        "3000\tresearch\tduke!research!%s\n"
        "0\tunc\t%s\n"
        "0\tunc-vax\t%s\n"
    )


def test_json(small: UUCPMap) -> None:
    rows = [json.loads(line) for line in table(small, "json").splitlines()]
    assert [row["name"] for row in rows][:4] == [".edu", ".unc.edu", "att.", "duke"]
    by_name = {row["name"]: row for row in rows}
    assert by_name["research"] == {
        "name": "research",
        "cost": 3000,
        "first_hop": "duke",
        "first_hop_cost": 500,
        "hosts": ["duke", "research"],
        "route": "duke!research!%s",
        "obstacles": [],
    }
    assert by_name["gone"]["obstacles"] == ["dead-link"]
    assert by_name["leaf"]["obstacles"] == ["one-way"]
    assert by_name["unc-vax"] == {
        "name": "unc-vax",
        "cost": 0,
        "first_hop": None,
        "first_hop_cost": 0,
        "hosts": [],
        "route": "%s",
        "obstacles": [],
    }


def test_reliable_leaves_out_what_something_may_stop(small: UUCPMap) -> None:
    every = {entry.name for entry in entries(small)}
    assert every - {entry.name for entry in entries(small) if entry.is_reliable} == {"leaf", "gone", "ghost"}
    printed = PathTable.from_text("200004000\tleaf\tleaf!%s\n1000500\tghost\tduke!ghost!%s\n500\tduke\tduke!%s\n")
    assert table(printed, "pathalias", reliable=True) == "500\tduke\tduke!%s\n"


def test_an_entry_of_a_map(small: UUCPMap) -> None:
    (leaf,) = [entry for entry in entries(small.roads()) if entry.name == "leaf"]
    assert leaf == Entry("leaf", "duke!leaf!%s", ("duke", "leaf"), 5500, 500, (Obstacle.ONE_WAY,))
    assert (leaf.first_hop, leaf.is_domain) == ("duke", False)


def test_the_whole_world_is_what_pathalias_prints_sorted() -> None:
    world = UUCPMap.bundled()
    with lzma.open(VECTORS / "pathalias" / "uucp-map-1988-12-31.rutgers.ic.txt.xz", "rt") as lines:
        printed = [line.split("\t") for line in lines if NAMED_TWICE not in line]
    assert list(write(world, "pathalias")) == ["\t".join(row) for row in sorted(printed, key=lambda row: row[1])]
    with lzma.open(VECTORS / "pathalias" / "uucp-map-1988-12-31.rutgers.if.txt.xz", "rt") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines if NAMED_TWICE not in line]
    # pathproc, with which smail came: the cost to the end, lower case, sorted.
    assert list(write(world, "smail")) == sorted(f"{name.lower()}\t{route}\t{cost}\n" for cost, name, route in rows)


@pytest.mark.parametrize("mode", ["best", "pathalias"])
def test_a_server_is_told_the_first_hop_that_the_router_answers(mode: str) -> None:
    world = UUCPMap.bundled(mode=mode)  # type: ignore[arg-type]  # one of the two
    rows = dict(line.rstrip("\n").split(" ", 1) for line in write(world, "postfix") if line[0] != "#")
    assert len(rows) == 25442
    assert rows[".uucp"] == ":"  # and nothing to the router: see `UUCPMap.resolve`
    for line in world.roads():
        if line.name == ".uucp":
            continue
        answer = world.resolve(f"{line.name}.uucp" if "." not in line.name else line.name)
        assert isinstance(answer, Found)
        name = names.without_dot(line.name)
        hop = None if line.name.startswith(".") and not line.before else answer.next_hop
        assert rows[name] == rows.get(f"{name}.uucp", rows[name]) == (":" if hop is None else f"uucp:{hop}")


@pytest.mark.parametrize("name", ["smail", "pathalias"])
def test_a_table_read_back_gives_the_same_table(name: str) -> None:
    world = UUCPMap.bundled(mode="best")
    written = "".join(write(world, name))
    again = PathTable.from_text(written)
    assert again.faults == ()
    assert len(again) == len(world.roads())
    if name == "pathalias":
        assert "".join(write(again, name)) == written
        return
    # What the first hop costs is known of a table where that hop has a row of its own, over that one hop.
    found = dict(line.rsplit("\t", 1) for line in write(again, name))
    assert len(found) == len(again)
    assert sum(f"{road}\t{toll}" in written for road, toll in found.items()) > 0.999 * len(found)


def test_a_table_without_costs_gives_none() -> None:
    source = PathTable.from_text("mcvax\tseismo!mcvax!%s\nseismo\tseismo!%s\n")
    assert table(source, "smail") == "mcvax\tseismo!mcvax!%s\nseismo\tseismo!%s\n"
    assert table(source, "pathalias") == "mcvax\tseismo!mcvax!%s\nseismo\tseismo!%s\n"
    assert [entry.first_hop_cost for entry in entries(source)] == [None, None]


def test_the_cost_of_a_first_hop_comes_from_its_own_row() -> None:
    source = PathTable.from_text("900\tmcvax\tseismo!mcvax!%s\n300\tSeismo\tseismo!%s\n700\tx\ty!x!%s\n")
    assert table(source, "smail") == "mcvax\tseismo!mcvax!%s\t300\nseismo\tseismo!%s\t300\nx\ty!x!%s\n"


def test_a_road_over_the_home_itself_goes_on_from_there() -> None:
    source = PathTable.from_text("unc\t%s\nUNC-vax\t%s\nphs\tunc!unc-VAX!duke!phs!%s\nself\tunc!%s\n")
    chosen = FORMATS["postfix"].replace(zones=())
    assert [line for line in write(source, chosen) if line[0] != "#"] == [
        "phs uucp:duke\n",
        "self :\n",
        "unc :\n",
        "unc-vax :\n",
    ]


def test_a_hop_that_is_not_written_with_a_bang_is_no_uucp() -> None:
    source = PathTable.from_text("a\t%s@relay\nb\t%s%%b@relay\nc\thub!c!%s\nd\thub!%s@d\n")
    assert table(source, "exim").splitlines() == [
        "a: relay remote_smtp",
        "a.uucp: relay remote_smtp",
        "b: relay remote_smtp",
        "b.uucp: relay remote_smtp",
        "c: hub",
        "c.uucp: hub",
        "d: hub",
        "d.uucp: hub",
    ]


def test_a_name_in_a_zone_that_a_source_says_itself_goes_before() -> None:
    source = PathTable.from_text("a\tx!a!%s\na.uucp\ty!a!%s\natt.\tz!%s\n")
    assert table(source, "postfix") == "a uucp:x\na.uucp uucp:y\natt uucp:z\natt.uucp uucp:z\n"
    dotted = PathTable([Row("att.", "x!%s"), Row("att", "y!%s")])
    assert table(dotted, "postfix") == "att uucp:y\natt.uucp uucp:y\n"


# What no format for people or servers may hold, be it a name or a host on the way.
HOSTILE = [
    "a b",
    "a\tb",
    "a\nevil uucp:mallory",
    "a\r",
    "a\0",
    "a:b",
    "#a",
    "a#b",
    '"a"',
    "-a",
    "|a",
    "/a",
    "a\\b",
    "a,b",
    "a\x85b",
    "a\u2028b",
    "\udcff",
    "bücher",
]


# A row of a server, as strictly as can be said: one name, one transport and host.
SERVER_ROWS = {
    "postfix": re.compile(r"\.?[a-z0-9_][a-z0-9_.-]* (?:(?:uucp|smtp):[A-Za-z0-9_][A-Za-z0-9_.-]*|:)\Z"),
    "exim": re.compile(r"(?:\*\.)?[a-z0-9_][a-z0-9_.-]*:(?: [A-Za-z0-9_][A-Za-z0-9_.-]*(?: remote_smtp)?)?\Z"),
    "sendmail": re.compile(
        r"\.?[a-z0-9_][a-z0-9_.-]*\t(?:(?:uucp-dom|esmtp):(?:%1\.)?[A-Za-z0-9_][A-Za-z0-9_.-]*|local:)\Z"
    ),
}


def rows_and_left_out(source: PathTable, name: str) -> tuple[list[str], list[LeftOut]]:
    told: list[LeftOut] = []
    text = "".join(write(source, FORMATS[name].replace(zones=()), tell=told.append))
    rows = [line for line in text.split("\n")[:-1] if line[0] != "#"]
    assert all(str(one).isprintable() for one in told)
    for row in rows:
        assert row.isascii()
        assert row.replace("\t", " ").isprintable()
        assert name not in SERVER_ROWS or SERVER_ROWS[name].match(row)
    return rows, told


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "json"])
@pytest.mark.parametrize("bad", HOSTILE)
def test_what_is_hostile_is_left_out_and_told(name: str, bad: str) -> None:
    good = Row("good", "hub!good!%s", 5)
    for source in (PathTable([Row(bad, "hub!%s", 1), good]), PathTable([Row("victim", f"{bad}!%s", 1), good])):
        rows, told = rows_and_left_out(source, name)
        assert (len(rows), len(told)) == (1, 1)
        assert "good" in rows[0]


@pytest.mark.parametrize("name", SERVER_ROWS)
@pytest.mark.parametrize("bad", ["$a", "a'b", "*", "..", "a..b", "a+b", "a/b", "a=b", "[10.0.0.3]", "."])
def test_a_server_takes_nothing_but_names_of_hosts(name: str, bad: str) -> None:
    for row in (Row(bad, "hub!%s"), Row("victim", f"{bad}!%s")):
        rows, told = rows_and_left_out(PathTable([row]), name)
        assert (rows, len(told)) == ([], 1)


def test_what_is_told_of_what_is_left_out() -> None:
    source = PathTable([Row("a b", "hub!%s"), Row("x", "-oProxy!%s"), Row("y", "no road"), Row("z" * 300, "hub!%s")])
    told: list[LeftOut] = []
    assert [line for line in write(source, "postfix", tell=told.append) if line[0] != "#"] == []
    assert [str(one) for one in told] == [
        "left out 'y': expected one %s in a route, for the user",
        "left out 'a b': not a host name of letters, digits, '-', '_' and '.'",
        "left out 'x': its first hop '-oProxy' is not a host name of letters, digits, '-', '_' and '.'",
        f"left out '{'z' * 60}…': longer than any host name",
    ]
    told.clear()
    assert list(write(source, "smail", tell=told.append)) == []
    assert [str(one) for one in told][1:3] == [
        "left out 'a b': not a name that stands in a table of roads",
        "left out 'x': its road '-oProxy!%s' holds what could be read as more than hosts",
    ]


def test_names_in_quotes_of_a_map_are_told_too() -> None:
    source = UUCPMap.from_text(
        'unc "a b"(5), "-x"(5), duke(5), ".a b"(5), "|p"(5)\n"a b" behind(5)\nprivate {secret}\nunc secret(5)\n',
        home="unc",
    )
    told: list[LeftOut] = []
    rows = [line for line in write(source, FORMATS["exim"].replace(zones=()), tell=told.append) if line[0] != "#"]
    assert rows == ["duke: duke\n", "unc:\n"]
    assert sorted(one.name for one in told) == ["-x", ".a b", "a b", "behind", "|p"]


@given(
    st.lists(
        st.tuples(
            st.text(max_size=8) | st.from_regex(r"[a-c.]{1,3}", fullmatch=True),
            st.sampled_from(["{}!%s", "%s@{}", "a!{}!%s", "%s%%b@{}", "%s", "{}"]),
            st.text(max_size=8) | st.from_regex(r"[a-c.]{1,3}", fullmatch=True),
            st.none() | st.integers(0, 10**9),
        ),
        max_size=6,
    ),
    st.sampled_from(list(FORMATS)),
)
def test_no_row_makes_two(found: list[tuple[str, str, str, int | None]], name: str) -> None:
    source = PathTable([Row(host, road.replace("{}", hop), cost) for host, road, hop, cost in found])
    if name == "json":
        told: list[LeftOut] = []
        rows = [json.loads(line)["name"] for line in write(source, name, tell=told.append)]
        assert len(rows) + len(told) == len(source)
        return
    lines, left_out = rows_and_left_out(source, name)
    assert len(lines) + len(left_out) <= len(source)
    if name in {"smail", "pathalias"}:
        again = PathTable.from_text("\n".join(lines))
        assert again.faults == ()
        assert len(again) <= len(lines)
        assert sorted({names.without_dot(line.split("\t")[0]) for line in write(again, "smail")}) == sorted(
            {names.fold(row.name) for row in again}
        )


def test_formats() -> None:
    assert list(FORMATS) == ["postfix", "exim", "sendmail", "smail", "pathalias", "json"]
    assert coerce("exim") is coerce(FORMATS["exim"]) is FORMATS["exim"]
    assert str(FORMATS["exim"]) == "exim"
    assert pickle.loads(pickle.dumps(FORMATS["smail"])) == FORMATS["smail"]  # noqa: S301 - our own
    with pytest.raises(
        UnknownNameError,
        match="unknown format 'qmail'; there are postfix, exim, sendmail, smail, pathalias, json",
    ):
        write(PathTable(()), "qmail")


@pytest.mark.parametrize("bad", ["a b", "uucp\nx", "-x", ".x", "a:b"])
def test_a_transport_or_a_zone_is_a_name(bad: str) -> None:
    with pytest.raises(AddressSyntaxError, match="expected the name of a transport"):
        FORMATS["postfix"].replace(uucp=bad)
    with pytest.raises(AddressSyntaxError, match="expected the name of a transport"):
        FORMATS["exim"].replace(smtp=bad)
    with pytest.raises(AddressSyntaxError, match="expected a domain without its dot"):
        FORMATS["smail"].replace(zones=[bad])


def test_a_map_needs_a_home() -> None:
    with pytest.raises(MapError, match="this map has no home"):
        write(UUCPMap.from_text(SMALL), "smail")


# The command


def test_the_example_of_the_help(run: Run) -> None:
    text = run("map", "export", "--help").out
    example = text[text.index("    # Postfix") : text.index("  From cron")]
    shown = "".join(f"{line.removeprefix('    ')}\n" for line in example.rstrip().splitlines())
    stdin = b"unc duke(HOURLY), phs(HOURLY*4)\nduke research(DAILY/2), .edu(DEMAND)\n"
    result = run("map", "export", "--format", "postfix", "--from", "unc", "-", stdin=stdin)
    assert (result.status, result.out, result.err) == (0, shown, "")


def test_the_bundled_map(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mailertable"
    result = run("map", "export", "--format", "sendmail", "--from", "ihnp4", "-o", str(file))
    assert (result.status, result.out, result.err) == (0, "", "")
    assert "rutgers\tuucp-dom:" in file.read_text()
    assert "\nihnp4\tlocal:\n" in file.read_text()


def test_json_is_a_format(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "small.map"
    file.write_text(SMALL)
    result = run("map", "export", "--json", "--from", "unc", "--mode", "best", "--reliable", str(file))
    assert result.status == 0
    assert [row["name"] for row in result.rows][:2] == [".edu", ".unc.edu"]
    assert "leaf" not in [row["name"] for row in result.rows]


def test_a_table_instead_of_a_map(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "paths"
    file.write_text("unc\t%s\nduke\tduke!%s\n")
    arguments = ("--format", "postfix", "--zone", ".retro.example", "--transport", "uux")
    expected = [
        "duke uux:duke",
        "duke.retro.example uux:duke",
        "unc :",
        "unc.retro.example :",
    ]
    result = run("map", "export", *arguments, "--paths", str(file))
    assert (result.status, result.out.splitlines()[2:], result.err) == (0, expected, "")
    result = run("map", "export", *arguments, "--paths", "-", stdin=file.read_bytes())
    assert (result.status, result.out.splitlines()[2:], result.err) == (0, expected, "")


def test_faults_are_told_and_the_rest_is_written(run: Run, tmp_path: Path) -> None:
    map_file, paths, out = tmp_path / "a.map", tmp_path / "paths", tmp_path / "out"
    map_file.write_text('unc duke(5), "a:b"(5)\nunc phs(\n')
    result = run("map", "export", "--format", "smail", "--from", "unc", "-o", str(out), str(map_file))
    assert result.status == 65
    assert f'"{map_file}", line 3: syntax error\n' in result.err
    assert "mailpaths: left out 'a:b': its name, or one on its road, is no name of a host\n" in result.err
    assert "duke\tduke!%s\t5\n" in out.read_text()
    paths.write_text("duke duke!%s\nphs no-road\n")
    result = run("map", "export", "--format", "smail", "--paths", str(paths))
    assert (result.status, result.out) == (65, "duke\tduke!%s\n")
    assert result.err == f"{paths}:2: expected one %s in a route, for the user\n"
    result = run("map", "export", "--format", "exim", "--no-zone", "--paths", "-", stdin=b"a+b duke!%s\nduke duke!%s\n")
    assert (result.status, result.out.splitlines()[-1]) == (65, "duke: duke")
    assert result.err == "mailpaths: left out 'a+b': not a host name of letters, digits, '-', '_' and '.'\n"


def test_what_cannot_be_read_leaves_the_file_as_it_was(run: Run, tmp_path: Path) -> None:
    out, good, missing = tmp_path / "out", tmp_path / "good.map", tmp_path / "missing"
    out.write_text("old\n")
    out.chmod(0o640)
    good.write_text("unc duke(5)\n")
    for arguments in (
        ("--from", "unc", str(missing)),
        ("--from", "unc", str(good), str(missing)),
        ("--paths", str(missing)),
        ("--paths", str(tmp_path)),
    ):
        result = run("map", "export", "--format", "smail", "-o", str(out), *arguments)
        assert (result.status, result.out) == (66, "")
        assert "No such file" in result.err or "Is a directory" in result.err
        assert out.read_text() == "old\n"
    result = run("map", "export", "--format", "smail", "-o", str(out), "--from", "unc", str(good))
    assert (result.status, result.err) == (0, "")
    assert out.read_text() == "duke\tduke!%s\t5\nunc\t%s\t0\n"
    assert stat.S_IMODE(out.stat().st_mode) == 0o640
    assert sorted(one.name for one in tmp_path.iterdir()) == ["good.map", "out"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            (),
            "no format: give --format with one of postfix, exim, sendmail, smail, pathalias, json",
        ),
        (("--format", "smail", "--paths", "x", "y"), "--paths is a table of the roads from one host"),
        (("--format", "smail", "--paths", "x", "--from", "y"), "--paths is a table of the roads from one host"),
        (("--format", "smail", "--paths", "x", "--mode", "best"), "--paths is a table of the roads from one host"),
        (("--format", "exim", "--zone", "x", "--no-zone"), "--zone and --no-zone: one of the two"),
        (("--format", "smail", "--transport", "uux"), "--transport: a table of smail names none"),
        (("--format", "exim", "--transport", ""), "--transport: expected the name of a transport"),
        (("--format", "exim", "--transport", "a b"), "expected the name of a transport: 'a b'"),
        (("--format", "exim", "--zone", "a b"), "expected a domain without its dot: 'a b'"),
        (("--format", "qmail"), "'qmail' is not one of"),
    ],
)
def test_a_wrong_call(run: Run, arguments: tuple[str, ...], message: str) -> None:
    result = run("map", "export", *arguments)
    assert (result.status, result.out) == (64, "")
    assert message in result.err


def test_a_home_that_is_not_in_the_map(run: Run) -> None:
    result = run("map", "export", "--format", "exim", "--from", "no-such-host")
    assert (result.status, result.out) == (68, "")
    assert result.err.startswith("mailpaths: no host 'no-such-host' is in the UUCP map of December 1988")
