"""Translation: the new address, every step with its rule, every warning; over the bridge to X.400 and back."""

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
from mailpaths.translation import RFC822, targets
from mailpaths.x400 import DIALECTS, Gateway, ORAddress, Tables


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
        translate("a@b", "x400:nope")
    with pytest.raises(UnknownNameError):
        translate("a@b", policy="vms")


# --- over the bridge

GATEWAY = Gateway(
    Tables.parse(
        table1=r"PRMD$UK\.AC.ADMD$GOLD 400.C$GB#AC.UK#",
        table2=r"AC.UK#PRMD$UK\.AC.ADMD$GOLD 400.C$GB#",
    ),
    domain="gw.example",
    or_address="C=GB; A= ; P=mailer",
)
LINNIMOUTH = "/S=Linnimouth/OU=R-D/O=Salford/PRMD=UK.AC/ADMD=GOLD 400/C=GB/"
WRAPPED = "C=US; A=I; P=I; DDA:RFC-822=ihnp4(b)ern(a)UT.ARPA"
NAMED = "C/ADMD/PRMD: the attributes that named the gateway"


@pytest.mark.parametrize(
    ("text", "to", "expected", "route"),
    [
        ("decvax!user", "x400", "/RFC-822=decvax(b)user/PRMD=mailer/ADMD= /C=GB/", Route(("decvax",), "user")),
        ("Linnimouth@R-D.Salford.AC.UK", "x400", LINNIMOUTH, Route(("R-D.Salford.AC.UK",), "Linnimouth")),
        (LINNIMOUTH, "rfc822", "Linnimouth@R-D.Salford.AC.UK", Route(("R-D.Salford.AC.UK",), "Linnimouth")),
        (LINNIMOUTH, "bang", "R-D.Salford.AC.UK!Linnimouth", Route(("R-D.Salford.AC.UK",), "Linnimouth")),
        (WRAPPED, "rfc822", "ihnp4!ern@UT.ARPA", Route(("UT.ARPA", "ihnp4"), "ern")),
        (WRAPPED, "percent", "ern%ihnp4@UT.ARPA", Route(("UT.ARPA", "ihnp4"), "ern")),
        ("C=US; P=x; DDA:RFC-822=a(b)b", "rfc822", "b@a", Route(("a",), "b")),
        ("C=US; S=Doe", "x400:ean", "S=Doe; C=US", None),
        ("X <u%h@g> (c)", "rfc822", "u%h@g", Route(("g", "h"), "u")),
        ("a!b!c", "rfc822", "c%b@a", Route(("a", "b"), "c")),
    ],
)
def test_over_the_bridge(text: str, to: str, expected: str, route: Route | None) -> None:
    found = translate(text, to, gateway=GATEWAY)
    assert (str(found), found.route, found.style) == (expected, route, targets()[to])
    assert found.source == parse(text)
    # What was written parses to what was made.
    assert parse(str(found.address)) == found.address
    assert translate(text, found.style, gateway=GATEWAY) == found


def test_every_target_has_a_name() -> None:
    named = {f"x400:{name}": dialect for name, dialect in DIALECTS.items()}
    assert targets() == {**spelling.STYLES, "rfc822": RFC822, "x400": DIALECTS["mixer"], **named}
    for name, target in targets().items():
        assert name.removeprefix("x400:") == target.name or name == "x400"


def test_every_step_to_x400() -> None:
    assert [str(step) for step in translate("decvax!user", "x400", gateway=GATEWAY).steps] == [
        "parsed decvax!user as a bang path  [RFC 976 2.2]",
        "not of the form local-part@domain: no O/R address on the left  [RFC 2156 4.3.4 stage I, step 1]",
        "encoded decvax!user as the domain-defined attribute RFC-822  [RFC 2156 4.3.4 stage II, step 1 to 2]",
        "put it at this gateway, C=GB; ADMD= ; PRMD=mailer  [RFC 2156 4.3.4 stage II, step 3]",
        ("spelled /RFC-822=decvax(b)user/PRMD=mailer/ADMD= /C=GB/  [dialect mixer: RFC 2156 4.1.3: std-or-address]"),
    ]


def test_every_step_from_x400() -> None:
    assert [str(step) for step in translate(WRAPPED, "bang", gateway=GATEWAY).steps] == [
        f"parsed {WRAPPED} as an X.400 O/R address  [X.402 18, RFC 2156 4.1]",
        "decoded the attribute RFC-822 to ihnp4!ern@UT.ARPA  [RFC 2156 4.3.5 mapping A]",
        "dropped C/ADMD/PRMD  [RFC 2156 4.3.5 mapping A]",
        "@ asks UT.ARPA, which gets ihnp4!ern  [RFC 822 6.2.4: the domain reads the local part]",
        "! asks ihnp4, which gets ern  [RFC 976 2.2: host!host!user]",
        f"read as UT.ARPA → ihnp4: ern  [policy internet: {INTERNET.rule}]",
        "spelled UT.ARPA!ihnp4!ern  [style bang: RFC 976 5: hosta!hostb!user]",
    ]


def test_every_step_within_x400_and_of_a_mailbox_as_it_is() -> None:
    assert [str(step) for step in translate("C=US; S=Doe", "x400:ean").steps] == [
        "parsed C=US; S=Doe as an X.400 O/R address  [X.402 18, RFC 2156 4.1]",
        "spelled S=Doe; C=US  [dialect ean: RFC 1506 3.1.3: DFN-EAN, the country last]",
    ]
    # Sendmail reads no route out of it, and none is needed.
    found = translate("u@a@b", "rfc822", policy="sendmail")
    assert (str(found), found.route) == ("u@a@b", None)
    assert [str(step) for step in found.steps] == [
        "parsed u@a@b as an RFC 822 mailbox  [RFC 822 6.1, RFC 5322 3.4]",
        "spelled u@a@b  [style rfc822: RFC 822 6.1: a mailbox as it is, a path as user%host@relay]",
    ]


def test_losses_are_warnings() -> None:
    found = translate(WRAPPED, "bang")
    assert found.losses == (NAMED,)
    assert found.warnings == (f"lost: {NAMED}", "other policies read this as ihnp4 → UT.ARPA: ern (uucp)")
    lost = "the envelope has no room for the display name and comments; a header's descriptor has"
    inward = translate("Jo <jo@x.org>", "x400", gateway=GATEWAY)
    assert (inward.losses, inward.warnings) == ((lost,), (f"lost: {lost}",))
    assert inward.crossing is not None
    assert inward.crossing.free_form_name == "Jo"
    assert translate("a!b").losses == ()


def test_values_cross_as_texts_do() -> None:
    address = ORAddress.parse(LINNIMOUTH)
    assert translate(address, "rfc822", gateway=GATEWAY) == translate(LINNIMOUTH, "rfc822", gateway=GATEWAY)
    assert str(translate(address, DIALECTS["f401"])) == address.to_text("f401")
    assert translate(Mailbox("u", "h"), RFC822).address == Mailbox("u", "h")


def test_without_a_gateway_only_what_brings_all_it_needs_crosses() -> None:
    assert str(translate(WRAPPED)) == "ern%ihnp4@UT.ARPA"
    assert str(translate('"/S=Doe/O=Acme/ADMD= /C=US/"@gw.example', "x400")) == "/S=Doe/O=Acme/ADMD= /C=US/"
    for text, to in (("a!b", "x400"), ("C=US; S=Doe", "rfc822"), ("C=US; S=Doe", "bang")):
        with pytest.raises(ConversionError, match=" is not given"):
            translate(text, to)
    with pytest.raises(ConversionError, match="px"):
        translate("C=US; S=Doe", "x400:px")


IMCEA = "IMCEAX400-c=US+3Ba=+20+3Bp=MS+3Bo=PARIS+3Bs=user+3B@host.example.com"


def test_an_envelope_of_exchange_is_opened_on_the_way_to_x400() -> None:
    found = translate(IMCEA, to="x400:exchange")
    assert str(found) == "X400:c=US;a= ;p=MS;o=PARIS;s=user;"
    assert [str(step) for step in found.steps][1:] == [
        "took the O/R address out of the envelope X400  [[MS-OXCMAIL] 2.1.3.1.8]",
        "spelled X400:c=US;a= ;p=MS;o=PARIS;s=user;  [dialect exchange: Microsoft: the X400 proxy address]",
    ]
    assert found.losses == ("host.example.com: the Exchange host that made the envelope",)
    assert str(translate(IMCEA, to="percent")) == IMCEA


def test_an_envelope_around_no_address_is_refused_by_name() -> None:
    with pytest.raises(ConversionError) as caught:
        translate("IMCEAINVALID-Ooi@h.example", to="x400")
    assert str(caught.value) == "IMCEAINVALID marks a text that Exchange could not read as an address: 'Ooi'"
