"""Policies: their names, their switches, and what each operator order makes of one address."""

from __future__ import annotations

import dataclasses

import pytest

from mailpaths import ALL, INTERNET, Operator, Policy, Route, UnknownNameError, policy, read


@pytest.mark.parametrize("one", ALL, ids=str)
def test_every_policy_is_named_and_pickled_by_its_name(one: Policy) -> None:
    assert policy.named(str(one)) == one
    assert policy.named(one.name) is policy.named(one.name)
    assert one.rule
    assert one.operators


def test_names_are_unique() -> None:
    assert len({one.name for one in ALL}) == len(ALL)
    assert set(policy.NAMED) == {one.name for one in ALL if ":" not in one.name}


def marks(one: Policy) -> str:
    return " ".join(operator.value for operator in one.operators)


@pytest.mark.parametrize(
    ("name", "operators"),
    [
        ("internet", "@ % !"),
        ("uucp", "! @ %"),
        ("rfc733", "@"),
        ("sendmail", "@ ! %"),
        ("sendmail:nouucp", "@ %"),
        ("sendmail:decnet", "@ ! :: %"),
        ("sendmail:nouucp=no,decnet=yes", "@ ! :: %"),
        ("postfix", "@ ! %"),
        ("postfix:swap_bangpath=no", "@ %"),
        ("postfix:allow_percent_hack=no", "@ !"),
        ("postfix:swap_bangpath=no,allow_percent_hack=no", "@"),
        ("postfix:swap_bangpath=yes", "@ ! %"),
        ("exim", "@"),
        ("exim:percent_hack", "@ %"),
        ("exim:percent_hack=false", "@"),
        ("smail", "@ ! :: : %"),
        ("smail:USE_DECNET=no", "@ ! : %"),
        ("smail:USE_BERKENET=no,USE_DECNET=no", "@ ! %"),
        ("mmdf", "@ % !"),
        ("pmdf", "@ % !"),
        ("pmdf:bangoverpercent", "@ ! %"),
    ],
)
def test_operators(name: str, operators: str) -> None:
    assert marks(policy.named(name)) == operators


def test_switches_are_read_as_the_program_writes_them() -> None:
    spaced = policy.named(" postfix : swap_bangpath = NO ")
    assert spaced.operators == policy.named("postfix:swap_bangpath=no").operators
    assert str(spaced) == "postfix:swap_bangpath=no"
    assert spaced.setting("swap_bangpath", default=True) is False
    assert spaced.setting("allow_percent_hack", default=True) is True
    assert str(policy.named("sendmail:nouucp=yes")) == "sendmail:nouucp"
    assert str(policy.named("postfix:resolve_null_domain")) == "postfix:resolve_null_domain=yes"


def test_one_policy_has_one_name() -> None:
    """Switches have an order of their own, and one that stands where it stands anyway is none."""
    both = policy.named("postfix:allow_percent_hack=no,swap_bangpath=no")
    assert both == policy.named("postfix:swap_bangpath=no,allow_percent_hack=no")
    assert str(both) == "postfix:swap_bangpath=no,allow_percent_hack=no"
    assert policy.named("sendmail:nouucp=no") is policy.SENDMAIL
    assert policy.named("postfix:swap_bangpath") is policy.POSTFIX
    assert eval(repr(both), {**vars(policy)}) == both  # noqa: S307 - our own repr


def test_a_switch_stands_once() -> None:
    with pytest.raises(UnknownNameError) as caught:
        policy.named("pmdf:bangoverpercent,bangoverpercent=no")
    assert str(caught.value) == "switch 'bangoverpercent' of policy 'pmdf' stands twice"


def test_dequoting_is_a_switch_of_postfix() -> None:
    assert not policy.named("postfix").quotes_protect
    assert policy.named("postfix:resolve_dequoted_address=no").quotes_protect


def test_switch_percent_and_bang_works_behind_an_at() -> None:
    how = policy.named("smail:switch_percent_and_bang")
    assert how.operators == policy.SMAIL.operators
    assert how.after_at is not None
    assert read("a!b%c@d", how) == Route(("d", "c", "a"), "b")
    assert read("a!b%c", how) == Route(("a", "c"), "b")
    assert read("a!b%c@d", "smail") == Route(("d", "a", "c"), "b")


@pytest.mark.parametrize(
    "name", ["", "x", "internet:", "internet:x", "postfix:", "postfix:x", "postfix:swap_bangpath=2", ":"]
)
def test_unknown_names(name: str) -> None:
    with pytest.raises(UnknownNameError):
        policy.named(name)


def test_coerce() -> None:
    assert policy.coerce("internet") is INTERNET
    assert policy.coerce(INTERNET) is INTERNET


def test_operators_know_their_side() -> None:
    assert [one.value for one in Operator if one.from_left] == ["!", "::", ":"]


def test_a_policy_of_ones_own() -> None:
    mine = Policy("mine", (Operator.AT, Operator.DECNET), "our rules")
    assert read("a::b::c@d", mine) == Route(("d", "a", "b"), "c")
    assert str(mine) == "mine"
    assert dataclasses.replace(mine, name="other") != mine
