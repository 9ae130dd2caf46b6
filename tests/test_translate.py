"""Translation: the new address, every step with its rule, every warning."""

from __future__ import annotations

import pytest

from mailpaths import (
    INTERNET,
    AddressSyntaxError,
    ConversionError,
    Mailbox,
    ReadingError,
    Route,
    Step,
    Style,
    UnknownNameError,
    parse,
    policy,
    spelling,
    translate,
)


@pytest.mark.parametrize(
    ("text", "style", "how", "expected"),
    [
        ("seismo!mcvax!piet", "percent", "internet", "piet%mcvax@seismo"),
        ("piet%mcvax@seismo", "bang", "internet", "seismo!mcvax!piet"),
        ("<@seismo:piet@mcvax>", "bang", "internet", "seismo!mcvax!piet"),
        ("seismo!mcvax!piet", "route-addr", "internet", "<@seismo:piet@mcvax>"),
        ("ihnp4!cmucsg!ern@UT-SALLY.ARPA", "bang", "internet", "UT-SALLY.ARPA!ihnp4!cmucsg!ern"),
        ("ihnp4!cmucsg!ern@UT-SALLY.ARPA", "bang", "uucp", "ihnp4!cmucsg!UT-SALLY.ARPA!ern"),
        ("a!b%c", "bang", "internet", "c!a!b"),
        ("a!b%c", "bang", "sendmail", "a!c!b"),
        ("u@d@c@b@a", "percent", "internet", "u%d%c%b@a"),
        ("kcl-cs.uucp!hwcs.uucp!jim", "percent", "internet", "jim%hwcs.uucp@kcl-cs.uucp"),
        (
            "jim%hwcs.uucp%kcl-cs.uucp@ucl-cs.arpa",
            "route-addr",
            "internet",
            "<@ucl-cs.arpa,@kcl-cs.uucp:jim@hwcs.uucp>",
        ),
        ("Mark.Horton@att", "bang-dotted", "internet", "att.!Mark.Horton"),
        ("piet", "percent", "internet", "piet"),
    ],
)
def test_translate(text: str, style: str, how: str, expected: str) -> None:
    found = translate(text, style, policy=how)
    assert str(found) == str(found.address) == expected
    assert found.source == parse(text)
    assert (found.policy, found.style.name) == (policy.named(how), style)
    assert translate(parse(text), found.style, policy=found.policy) == found


def test_the_parts_of_a_translation() -> None:
    found = translate("seismo!mcvax!piet")
    assert found.route == Route(("seismo", "mcvax"), "piet")
    assert found.address == Mailbox("piet%mcvax", "seismo")
    assert (found.policy, found.style) == (INTERNET, spelling.PERCENT)
    assert isinstance(found.style, Style)


def test_every_step_of_a_hybrid() -> None:
    assert translate("X <ihnp4!ern%cmu@UT-SALLY.ARPA> (c)", "bang").steps == (
        Step("parsed X <ihnp4!ern%cmu@UT-SALLY.ARPA> (c) as an RFC 822 mailbox", "RFC 822 6.1, RFC 5322 3.4"),
        Step("@ asks UT-SALLY.ARPA, which gets ihnp4!ern%cmu", "RFC 822 6.2.4: the domain reads the local part"),
        Step("% asks cmu, which gets ihnp4!ern", "RFC 1123 5.2.16: user%domain@relay"),
        Step("! asks ihnp4, which gets ern", "RFC 976 2.2: host!host!user"),
        Step("read as UT-SALLY.ARPA → cmu → ihnp4: ern", f"policy internet: {INTERNET.rule}"),
        Step("left out the display name and comments: they are no part of a route", "RFC 822 3.4.3, 6.1"),
        Step("spelled UT-SALLY.ARPA!cmu!ihnp4!ern", "style bang: RFC 976 5: hosta!hostb!user"),
    )


def test_every_step_of_a_route() -> None:
    assert [str(step) for step in translate("<@a,@b:u@c>").steps] == [
        "parsed <@a,@b:u@c> as an RFC 822 mailbox  [RFC 822 6.1, RFC 5322 3.4]",
        "@ asks a, which gets @b:u@c  [RFC 822 6.2.7: a source route is visited from left to right]",
        "@ asks b, which gets u@c  [RFC 822 6.2.7: a source route is visited from left to right]",
        "@ asks c, which gets u  [RFC 822 6.2.4: the domain reads the local part]",
        f"read as a → b → c: u  [policy internet: {INTERNET.rule}]",
        "spelled u%c%b@a  [style percent: RFC 1123 5.2.16: user%domain@relay]",
    ]


def test_every_step_of_a_bang_path_and_of_decnet() -> None:
    first = translate("a!b", "percent").steps[0]
    assert first == Step("parsed a!b as a bang path", "RFC 976 2.2")
    steps = translate("node::host:u", "bang", policy="smail").steps
    assert [step.rule for step in steps[1:3]] == ["RFC 2162 4.3: node::user", "4.2BSD mailaddr(7): host:user"]


@pytest.mark.parametrize(
    ("text", "how", "warnings"),
    [
        ("piet@mcvax", "internet", ()),
        ("seismo!mcvax!piet", "internet", ()),
        ("piet%mcvax@seismo", "internet", ()),
        ("piet", "internet", ()),
        ("a!b@c", "internet", ("other policies read this as a → c: b (uucp)",)),
        (
            "a!b@c",
            "uucp",
            (
                "other policies read this as c → a: b (internet, sendmail, postfix, smail, mmdf, pmdf)",
                (
                    "other policies read this as c: a!b (rfc733, exim, postfix:swap_bangpath=no, "
                    "postfix:swap_bangpath=no,allow_percent_hack=no, sendmail:nouucp)"
                ),
            ),
        ),
    ],
)
def test_warnings(text: str, how: str, warnings: tuple[str, ...]) -> None:
    assert translate(text, policy=how).warnings == warnings


def test_quotes_that_a_policy_does_not_heed() -> None:
    assert str(translate('"a%b"@c', policy="postfix")) == "a%b@c"
    assert not translate('"john doe"@c').warnings
    with pytest.raises(ConversionError):
        translate('"a%b"@c')


def test_a_classic_warns() -> None:
    assert any("a → c: b" in warning for warning in translate("a!b%c").warnings)


def test_errors_pass_through() -> None:
    with pytest.raises(AddressSyntaxError):
        translate("a@@b")
    with pytest.raises(ReadingError):
        translate("u@a@b", policy="sendmail")
    with pytest.raises(ConversionError):
        translate("a!b!c", "domain")
    with pytest.raises(ConversionError):
        translate('"a%b"@c', "bang")
    with pytest.raises(UnknownNameError):
        translate("a@b", "x400")
    with pytest.raises(UnknownNameError):
        translate("a@b", policy="vms")
