"""`next_hop` under the policies that stand for a document: own names peeled, the first other host asked."""

from __future__ import annotations

import pytest

from mailpaths import BangPath, Local, Mailbox, Outcome, Relay, UnknownNameError, Unroutable, next_hop, policy


@pytest.mark.parametrize(
    ("address", "how", "outcome"),
    [
        ("piet", "internet", Local("piet")),
        ("piet@gw.example", "internet", Local("piet")),
        ("piet@GW.Example.", "internet", Local("piet")),
        ("piet@other", "internet", Relay("other", "piet")),
        ("a!b!u%c@gw.example", "internet", Relay("c", "a!b!u")),
        ("a!b!u%c@gw.example", "uucp", Relay("a", "b!u%c@gw.example")),
        ("gw.example!piet", "internet", Local("piet")),
        ("gw.example!gw.example!a!piet", "internet", Relay("a", "piet")),
        ("piet%gw.example@gw.example", "internet", Local("piet")),
        ("<@gw.example,@a:u@b>", "internet", Relay("a", "u@b")),
        ("<@a,@b:u@c>", "internet", Relay("a", "@b:u@c")),
        ('"john doe"@gw.example', "internet", Local("john doe")),
        ('"john doe"@other', "internet", Relay("other", '"john doe"')),
        ("u@a@gw.example", "rfc733", Relay("a", "u")),
        ("node::u", "smail", Relay("node", "u")),
        ("-x!u", "internet", Unroutable("the host '-x' begins with '-'")),
        ("u@-x", "internet", Unroutable("the host '-x' begins with '-'")),
        ("gw.example!-x!u", "internet", Unroutable("the host '-x' begins with '-'")),
        ("a!-x!u", "internet", Relay("a", "-x!u")),
        ("a@@b", "internet", Unroutable("expected a domain between '@' and '@'")),
        ("", "internet", Unroutable("expected an address, found nothing")),
        ("a@b\nc", "internet", Unroutable("a line feed may not stand in an address")),
        ("Piet <seismo!piet> (c)", "internet", Relay("seismo", "piet")),
    ],
)
def test_outcome(address: str, how: str, outcome: Outcome) -> None:
    assert next_hop(address, how) == outcome
    assert next_hop(address, policy.named(how)) == outcome


def test_values_are_taken_as_texts_are() -> None:
    assert next_hop(BangPath(("a",), "b")) == Relay("a", "b")
    assert next_hop(Mailbox("a!b", "gw.example", quoted_local_part='"a!b"')) == Local("a!b")


def test_several_own_names() -> None:
    here = ("gw.example", "gw", "bücher.example")
    assert next_hop("gw!xn--bcher-kva.example!gw.example!u", here=here) == Local("u")
    assert next_hop("gw!other!u", here=here) == Relay("other", "u")
    assert next_hop("u@a", here=()) == Relay("a", "u")


def test_an_own_name_with_its_final_dot_is_the_same_name() -> None:
    assert next_hop("u@gw.example", here=("gw.example.",)) == Local("u")


def test_a_refusal_of_the_policy_is_unroutable() -> None:
    odd = policy.Policy("one at", (policy.Operator.AT,), "a test", several_at=False)
    assert next_hop("u@a@b", odd) == Unroutable("one at takes no address with several '@': u@a@b")


def test_only_an_unknown_policy_is_an_error() -> None:
    with pytest.raises(UnknownNameError):
        next_hop("a@b", "vms")


@pytest.mark.parametrize("text", [".!u", "a@b@c", "!", "%@a", "@:", "::", '"', "a!b@c!d", "u@[x]", "[x]!u"])
def test_a_relay_names_a_host_and_a_rest(text: str) -> None:
    for how in policy.ALL:
        if how.program is None:
            outcome = next_hop(text, how)
            if isinstance(outcome, Relay):
                assert outcome.host
                assert outcome.rest


def test_one_name_may_stand_alone() -> None:
    assert next_hop("a@gw", here="gw") == Local("a")
