"""Mailboxes: every form that is read, its parts, how it prints and what it equals."""

from __future__ import annotations

import pytest

from mailpaths import AddressSyntaxError, BangPath, ConversionError, DefectKind, Mailbox, parse


@pytest.mark.parametrize(
    ("text", "quoted", "domain"),
    [
        ("piet@mcvax", "piet", "mcvax"),
        ("piet", "piet", None),
        ("user%host", "user%host", None),
        ("a!b@c.d", "a!b", "c.d"),
        ("a!b%c@d", "a!b%c", "d"),
        (" piet\t@ mcvax ", "piet", "mcvax"),
        ("piet(he)@(at)mcvax(CWI)", "piet", "mcvax"),
        ("Wilt . (the Stilt) Chamberlain@NBA.US", "Wilt.Chamberlain", "NBA.US"),
        ("a . b@c . d", "a.b", "c.d"),
        ('"john doe"@example.com', '"john doe"', "example.com"),
        ('a."b c".d@e', 'a."b c".d', "e"),
        ("u@a@b", "u@a", "b"),
        ("Jones at Registry", "Jones", "Registry"),
        ("Al Neuman AT Mad-Host", '"Al Neuman"', "Mad-Host"),
        ('Al "the Man" Neuman@Mad-Host', '"Al the Man Neuman"', "Mad-Host"),
        ("piet@[192.0.2.1]", "piet", "[192.0.2.1]"),
        ("piet@[a b]", "piet", "[a b]"),
        ("piet@mcvax.", "piet", "mcvax."),
        ("node::user@relay", "node::user", "relay"),
        ('IN%"user@domain"@vax', 'IN%"user@domain"', "vax"),
        ('"a"!b', '"a"!b', None),
        ("пит@пример.example", "пит", "пример.example"),
        ("<piet@mcvax>", "piet", "mcvax"),
        ("Piet <mcvax!piet>", "mcvax!piet", None),
        ("Piet <Jones at Registry>", "Jones", "Registry"),
    ],
)
def test_local_part_and_domain(text: str, quoted: str, domain: str | None) -> None:
    box = parse(text)
    assert isinstance(box, Mailbox)
    assert (box.quoted_local_part, box.domain) == (quoted, domain)
    assert str(box) == text
    assert Mailbox.parse(text) == box
    assert Mailbox.parse(box.addr_spec).addr_spec == box.addr_spec


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Piet <a@b>", "Piet"),
        ("  Piet   Beertema<a@b>", "Piet Beertema"),
        ('"Piet  B."<a@b>', "Piet  B."),
        ('Piet "the  B" <a@b>', "Piet the  B"),
        ("Joe Q. Public <a@b>", "Joe Q. Public"),
        ("O. [Ops] <a@b>", "O. [Ops]"),
        ("x@y <a@b>", "x@y"),
        ('"" <a@b>', ""),
        ("<a@b>", None),
        ("(c) <a@b>", None),
        ("a@b", None),
        (r'"say \"hi\"" <a@b>', 'say "hi"'),
    ],
)
def test_display_name(text: str, name: str | None) -> None:
    box = parse(text)
    assert isinstance(box, Mailbox)
    assert (box.display_name, box.addr_spec) == (name, "a@b")


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("<@a:u@d>", ("a",)),
        ("<@a,@b.c:u@d>", ("a", "b.c")),
        ("@a,@b:u@d", ("a", "b")),
        ("<@a , , @b : u@d>", ("a", "b")),
        ("<,@a:u@d>", ("a",)),
        ("<@[192.0.2.1]:u@d>", ("[192.0.2.1]",)),
    ],
)
def test_source_routes(text: str, route: tuple[str, ...]) -> None:
    box = parse(text)
    assert isinstance(box, Mailbox)
    assert (box.route, box.addr_spec) == (route, "u@d")
    assert box.path == ",".join(f"@{node}" for node in route) + ":u@d"


def test_comments_come_in_order_and_unescaped() -> None:
    box = parse(r"(one) Piet (t\)wo) <a(th(r)ee)@b> (four)")
    assert isinstance(box, Mailbox)
    assert box.comments == ("one", "t)wo", "th(r)ee", "four")
    assert (box.display_name, box.addr_spec) == ("Piet", "a@b")


def test_a_parenthesis_in_quotes_or_a_literal_opens_no_comment() -> None:
    assert parse('"a(b"@c') == Mailbox("a(b", "c")
    assert parse("a@[(]") == Mailbox("a", "[(]")


def test_at_as_a_word_of_the_display_name_does_not_matter() -> None:
    assert parse("Piet at CWI <piet@mcvax>") == Mailbox("piet", "mcvax", display_name="Piet at CWI")


def test_an_at_sign_in_a_quoted_display_name_does_not_hide_the_word_at() -> None:
    assert parse('"piet@mcvax" <Jones at Registry>') == Mailbox("Jones", "Registry", display_name="piet@mcvax")


def test_an_at_sign_in_a_quoted_word_does_not_hide_the_word_at() -> None:
    assert parse('"a@b" at Registry') == Mailbox("a@b", "Registry")


@pytest.mark.parametrize(
    ("box", "text"),
    [
        (Mailbox("piet", "mcvax"), "piet@mcvax"),
        (Mailbox("john doe", "x"), '"john doe"@x'),
        (Mailbox("", "x"), '""@x'),
        (Mailbox("a.", "x"), '"a."@x'),
        (Mailbox('a"b\\c', "x"), r'"a\"b\\c"@x'),
        (Mailbox("piet"), "piet"),
        (Mailbox("u", "c", route=("a", "b")), "<@a,@b:u@c>"),
        (Mailbox("u", "c", display_name="Piet B"), "Piet B <u@c>"),
        (Mailbox("u", "c", display_name="Piet B."), '"Piet B." <u@c>'),
        (Mailbox("u", "c", display_name=""), '"" <u@c>'),
        (Mailbox("u", "c", display_name="a", route=("r",), comments=("x", "(")), r"a <@r:u@c> (x) (\()"),
        (Mailbox("u", "c", comments=("a(b",)), r"u@c (a\(b)"),
        (Mailbox("u@a", "b", quoted_local_part="u@a"), "u@a@b"),
        (Mailbox("a!b", "c", quoted_local_part='"a!b"'), '"a!b"@c'),
    ],
)
def test_a_made_mailbox_prints_as_text_that_means_it(box: Mailbox, text: str) -> None:
    assert str(box) == text
    assert parse(text) == box


def test_equality() -> None:
    assert parse("piet@MCVAX") == parse("piet@mcvax")
    assert parse("Piet@mcvax") != parse("piet@mcvax")
    assert parse('"piet"@mcvax') == parse("piet@mcvax")
    assert hash(parse('"piet"@mcvax')) == hash(parse("piet@mcvax"))
    assert parse('"a!b"@c') != parse("a!b@c"), "quotes that hide an operator tell two addresses apart"
    assert parse("a@b (c)") != parse("a@b")
    assert parse("X <a@b>") != parse("a@b")
    assert parse("<a@b>") == parse("a@b")
    assert parse("<@R:a@b>") == parse("<@r:a@b>")
    assert Mailbox("a", "b") != "a@b"
    assert parse("a") != BangPath(("a",), "a")


def test_repr_names_only_what_is_there() -> None:
    assert repr(parse("piet")) == "Mailbox(local_part='piet')"
    assert repr(parse('X <@r:"a!b"@c> (d)')) == (
        "Mailbox(local_part='a!b', domain='c', route=('r',), display_name='X', comments=('d',), "
        "quoted_local_part='\"a!b\"')"
    )


def test_ascii_domain() -> None:
    assert Mailbox("a", "bücher.example").ascii_domain == "xn--bcher-kva.example"
    assert Mailbox("a", "Host").ascii_domain == "Host"
    assert Mailbox("a").ascii_domain is None
    with pytest.raises(ConversionError):
        _ = Mailbox("a", "ü" * 64).ascii_domain


@pytest.mark.parametrize(
    "make",
    [
        lambda: Mailbox("a", "b c"),
        lambda: Mailbox("a", ""),
        lambda: Mailbox("a", "b", route=("x y",)),
        lambda: Mailbox("a\n", "b"),
        lambda: Mailbox("a", "b\r"),
        lambda: Mailbox("a", "b", display_name="x\n"),
        lambda: Mailbox("a", "b", comments=("\0",)),
        lambda: Mailbox("a", "b", quoted_local_part="x"),
        lambda: Mailbox("a@", "b", quoted_local_part="a@"),
        lambda: Mailbox("a b", "c", quoted_local_part="a b"),
    ],
)
def test_what_no_mailbox_can_hold(make: object) -> None:
    assert callable(make)
    with pytest.raises(AddressSyntaxError):
        make()


@pytest.mark.parametrize("text", ["a!b", "seismo!mcvax!piet"])
def test_parse_of_the_class_reads_a_path_as_a_local_part(text: str) -> None:
    assert Mailbox.parse(text) == Mailbox(text)


def test_strict_parsing_takes_the_obsolete_forms() -> None:
    for text in ("<@a:u@b>", "a . b@c", 'a."b"@c', "Joe Q. Public <a@b>", "a @ b", "(c) a@b"):
        assert str(parse(text, "rfc822")) == text


@pytest.mark.parametrize("text", ["Piet at CWI <mcvax!piet>", "Piet at CWI <piet>", "Piet AT CWI <node::piet>"])
def test_at_as_a_word_of_the_display_name_stays_where_the_address_has_no_at_sign(text: str) -> None:
    box = Mailbox.parse(text)
    assert box.display_name == text[: text.index(" <")]
    assert DefectKind.PHRASE not in {defect.kind for defect in box.defects}


@pytest.mark.parametrize("name", ["\xa0", "山田\u3000太郎", "a\xa0b", "\u2003x"])
def test_only_blanks_and_tabs_are_white_space_in_a_display_name(name: str) -> None:
    """RFC 5322 3.2.2 knows SP and HTAB; a no-break or ideographic space is a letter of the name (RFC 6532)."""
    assert parse(f"{name} <a@b>") == Mailbox("a", "b", display_name=name)
    assert parse(str(Mailbox("a", "b", display_name=name))) == Mailbox("a", "b", display_name=name)
