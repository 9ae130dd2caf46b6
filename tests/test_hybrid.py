"""Hybrid addresses, as the documents read them: every row of vectors/hybrid.jsonl, the whole outcome of each.

Rows that ask a simulated program (Postfix, Sendmail, Exim) are in test_hybrid_programs.py.
"""

from __future__ import annotations

import pytest

from mailpaths import (
    BangPath,
    Local,
    Relay,
    Unroutable,
    hops,
    next_hop,
    parse,
    policy,
    read,
    readings,
    spell,
    translate,
)
from tests.support import Row, rows

ROWS = rows("hybrid.jsonl")
PROGRAMS = {"postfix", "sendmail", "exim"}
DOCUMENTED = [row for row in ROWS if row["policy"].partition(":")[0] not in PROGRAMS]


def label(row: Row) -> str:
    return f"{row['id']}-{row['policy']}-{row['input']}"


def check_outcome(row: Row) -> None:
    """Check what `next_hop` says, all of it."""
    found = next_hop(row["input"], row["policy"], tuple(row.get("here", ["gw.example"])))
    (kind, parts), *_ = row["outcome"].items()
    if kind == "relay":
        assert found == Relay(*parts)
    elif kind == "local":
        assert found == Local(parts)
    else:
        assert isinstance(found, Unroutable)
        assert found.reason


def check_first_hop(row: Row) -> None:
    """Check the first host of the reading that is not the reader itself."""
    here = row.get("here", ["gw.example"])
    first = next(hop for hop in hops(row["input"], row["policy"]) if hop.host not in here)
    assert first.host == row["next_hop"]
    if "rest" in row:
        assert first.rest == row["rest"]


def test_every_row_says_what_it_asserts() -> None:
    assert len(ROWS) == 70
    assert [row["id"] for row in ROWS] == list(range(1, 71))
    assert all("outcome" in row or "readings" in row for row in ROWS)
    assert [row["id"] for row in ROWS if "adapted" in row] == [7, 9, 31, 46, 47]
    for row in ROWS:
        policy.named(row["policy"])


@pytest.mark.parametrize("row", [row for row in DOCUMENTED if "outcome" in row], ids=label)
def test_next_hop(row: Row) -> None:
    check_outcome(row)


@pytest.mark.parametrize("row", [row for row in DOCUMENTED if "next_hop" in row], ids=label)
def test_first_hop(row: Row) -> None:
    check_first_hop(row)


@pytest.mark.parametrize("row", [row for row in ROWS if "hops" in row], ids=label)
def test_hops_and_user(row: Row) -> None:
    route = read(row["input"], row["policy"])
    assert route.hosts == tuple(row["hops"])
    assert route.user == row["user"]


@pytest.mark.parametrize("row", [row for row in ROWS if "bang" in row], ids=label)
def test_bang_form(row: Row) -> None:
    style = "bang-dotted" if ".!" in row["bang"] else "bang"
    written = spell(read(row["input"], row["policy"]), style)
    assert isinstance(written, BangPath)
    assert str(written) == row["bang"]


@pytest.mark.parametrize("row", [row for row in ROWS if "passed_on" in row], ids=label)
def test_what_is_passed_on(row: Row) -> None:
    assert parse(hops(row["input"], row["policy"])[0].rest) == parse(row["passed_on"])


@pytest.mark.parametrize("row", [row for row in ROWS if "readings" in row], ids=label)
def test_an_illegal_rewrite_has_two_readings_and_a_warning(row: Row) -> None:
    found = {str(how): reading.route for reading in readings(row["input"]) for how in reading.policies}
    for name, (hosts, user) in row["readings"].items():
        assert (found[name].hosts, found[name].user) == (tuple(hosts), user)
    assert translate(row["input"]).warnings


def test_bang_over_percent_changes_nothing_behind_an_at() -> None:
    """PMDF channel keyword bangoverpercent: A!B@C is (A!B)@C, whatever the keyword."""
    assert read("A!B@C", "pmdf:bangoverpercent") == read("A!B@C", "pmdf")
    assert read("A!B%C", "pmdf:bangoverpercent") != read("A!B%C", "pmdf")


def test_percent_and_bang_are_switched_only_behind_an_at() -> None:
    """smail3 addr.c: switch_percent_and_bang works on what an "@" left behind."""
    how = "smail:switch_percent_and_bang"
    assert next_hop("a!b%c@d", how, ("d",)) == Relay("c", "a!b")
    assert next_hop("a!b%c", how, ("d",)) == Relay("a", "b%c")
