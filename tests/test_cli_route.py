"""``mailpaths route``, and ``translate --router``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import Result, Run

MAP = "a b(5), .edu(10)\nb c(6)\nc b(7)\n.edu = {d}\nz a(5)\n"


@pytest.fixture
def world(tmp_path: Path) -> str:
    path = tmp_path / "world.map"
    path.write_text(MAP, encoding="ascii")
    return str(path)


@pytest.fixture(autouse=True)
def no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)


def test_a_road_over_the_bundled_map(run: Run) -> None:
    found = run("route", "--from", "rutgers", "mcvax!piet")
    assert found == Result(
        0,
        "mimsy!uunet!mcvax!piet\n\n"
        "From rutgers to mcvax: 3 hops, cost 415\n"
        "  mimsy  95   d.usa.nj.1:68\n"
        "  uunet  100  u.usa.md.1:144\n"
        "  mcvax  220  d.usa.va.1:195\n",
        "",
    )


def test_roads_over_a_map_of_your_own(run: Run, world: str) -> None:
    found = run("route", "--from", "a", "--map", world, "c!user", "user@x.edu", "z!user", "user")
    assert found == Result(
        0,
        f"b!c!user\n\nFrom a to c: 2 hops, cost 11\n  b  5  {world}:1\n  c  6  {world}:2\n\n"
        f"x.edu!user\n\nFrom a to x.edu: 1 hop, cost 10\n  x.edu    in .edu: a is a gateway of it itself\n\n"
        f"z!user\n\nFrom a to z: 1 hop, cost 100,000,001\n  z  5  only the other way is declared; {world}:5\n\n"
        "user\n\nIt stays where it is: user is a user here, and as a host would be user!user\n",
        "mailpaths: z!user: warning: the road may not work: only the other way is declared\n",
    )


def test_the_best_roads_have_costs_to_read(run: Run, world: str) -> None:
    found = run("route", "--mode", "best", "--from", "a", "--map", world, "--json", "z!user")
    (row,) = found.rows
    assert row == {
        "input": "z!user",
        "status": "doubtful",
        "notation": "bang",
        "output": "z!user",
        "route": {"hosts": ["z"], "user": "user"},
        "warnings": ["the road may not work: only the other way is declared"],
        "error": None,
        "cost": 5,
        "source": f"{world}, from a",
        "hops": [{"host": "z", "cost": 5, "file": world, "line": 5, "over": [], "obstacles": ["one-way"]}],
    }


def test_a_batch_never_stops_and_the_status_tells_the_worst(run: Run, world: str) -> None:
    lines = b"c!user\nnowhere!user\n@@@\nC=US; A=X; S=Doe\nb!user\n"
    found = run("route", "--from", "a", "--map", world, "--json", stdin=lines)
    assert found.status == 68
    assert [(row["status"], row["output"]) for row in found.rows] == [
        ("ok", "b!c!user"),
        ("error", None),
        ("error", None),
        ("error", None),
        ("ok", "b!user"),
    ]
    assert [row["error"] and row["error"]["kind"] for row in found.rows] == [
        None,
        "unknown-host",
        "syntax",
        "reading",
        None,
    ]
    assert found.rows[1]["route"] == {"hosts": ["nowhere"], "user": "user"}
    assert len({tuple(row) for row in found.rows}) == 1, "every row has all keys"


def test_an_unknown_host_is_told_with_those_that_look_like_it(run: Run) -> None:
    found = run("route", "mcvac!piet")
    assert found == Result(
        68,
        "",
        "mailpaths: no road to mcvac is known; there is mcvax\n  mcvac!piet\n",
    )


def test_a_home_that_is_not_in_the_map(run: Run, world: str) -> None:
    found = run("route", "--from", "nowhere", "--map", world, "c!user")
    assert found == Result(68, "", f"mailpaths: no host 'nowhere' is in {world}, so no road begins there\n")
    found = run("route", "--router", "map:?from=rutgrs", "c!user")
    why = "no host 'rutgrs' is in the UUCP map of December 1988, so no road begins there; there is rutgers"
    assert found == Result(68, "", f"mailpaths: {why}\n")
    found = run("route", "--map", world, "c!user")
    assert found.status == 64
    assert "this map has no home; --from names it" in found.err


def test_another_router_instead_of_a_map(run: Run) -> None:
    found = run("route", "--router", "smarthost:gw!relay", "mcvax!piet")
    assert found == Result(
        0,
        "gw!relay!mcvax!piet\n\nTo mcvax: 3 hops\n  by  smart host gw!relay\n",
        "",
    )
    for more in (["--from", "rutgers"], ["--map", "x"], ["--mode", "best"]):
        assert run("route", "--router", "map:", *more, "mcvax!piet").status == 64
    assert "  uunet  100  u.usa.md.1:144\n" in run("route", "--router", "map:", "mcvax!piet").out


def test_what_others_read_otherwise_is_told(run: Run) -> None:
    found = run("route", "--router", "smarthost:relay", "ihnp4!cmucsg!ern@UT-SALLY.ARPA")
    assert found.status == 0
    assert found.err == (
        "mailpaths: ihnp4!cmucsg!ern@UT-SALLY.ARPA: warning: "
        "other policies read this as ihnp4 → cmucsg → UT-SALLY.ARPA: ern (uucp)\n"
    )


def test_faults_of_a_map_or_table_behind_a_url_are_told(run: Run, tmp_path: Path) -> None:
    world, table = tmp_path / "bad.map", tmp_path / "bad.paths"
    world.write_text("a b(5) x\n", encoding="ascii")
    table.write_text("b\ta!b!%s\nc\n", encoding="ascii")
    routers = ["--router", f"paths:{table}", "--router", f"map:{world}?from=a"]
    for command in (["translate", "--to", "bang"], ["route"]):
        found = run(*command, *routers, "b!user")
        assert found.status == 0
        assert found.err == (
            f'{table}:2: expected a host, its route and maybe a cost\n"{world}", line 1: syntax error\n'
        )
    missing = run("translate", "--router", f"map:{world},{tmp_path}/missing?from=a", "b!user")
    assert missing == Result(66, "", f"mailpaths: {tmp_path}/missing: No such file or directory\n")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--to", "bang", "--router", "map:", "piet@mcvax.uucp"], "mimsy!uunet!mcvax!piet\n"),
        (["--to", "percent", "--router", "gateways:", "user@pucc.BITNET"], "user%pucc.BITNET@cunyvm.cuny.edu\n"),
        (
            ["--to", "bang", "--router", "gateways:", "--router", "map:?from=ihnp4", "piet@mcvax.uucp"],
            "uunet.uu.net!mcvax.uucp!piet\n",
        ),
        (["--to", "hybrid", "--router", "map:?mode=best", "piet@mcvax"], "uunet!mcvax!piet@mimsy\n"),
    ],
)
def test_translate_asks_routers(run: Run, arguments: list[str], expected: str) -> None:
    found = run("translate", "-q", *arguments)
    assert (found.status, found.out) == (0, expected)


def test_translate_of_a_host_that_no_router_knows(run: Run) -> None:
    found = run("translate", "--to", "bang", "--router", "map:", "--json", stdin=b"piet@mcvac.uucp\npiet@mcvax.uucp\n")
    assert found.status == 68
    bad, good = found.rows
    assert bad["error"] == {
        "message": "no road to mcvac.uucp is known; there is mcvax",
        "span": None,
        "kind": "unknown-host",
    }
    assert good["output"] == "mimsy!uunet!mcvax!piet"


def test_a_router_that_there_is_not(run: Run, tmp_path: Path) -> None:
    found = run("translate", "--router", "pigeon:", "a!b")
    assert found.status == 64
    assert found.err.startswith(
        "mailpaths: invalid value for '--router': unknown router 'pigeon:'; "
        "there are map:, paths:, smarthost:, gateways:"
    )
    missing = tmp_path / "paths"
    found = run("translate", "--router", f"paths:{missing}", "a!b")
    assert found == Result(66, "", f"mailpaths: {missing}: No such file or directory\n")
