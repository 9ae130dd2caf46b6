"""Header fields: members, groups, comments, spans, and rewriting that leaves every other byte alone."""

from __future__ import annotations

import pytest

from mailpaths import (
    AddressSyntaxError,
    BangPath,
    Comment,
    ConversionError,
    DefectKind,
    Group,
    Mailbox,
    Member,
    ORAddress,
    parse,
    parse_list,
    translate,
)


def texts(header: str) -> list[str]:
    """Return what stands at each address span."""
    found = parse_list(header)
    return [found.source[slice(*member.address_span)] for member in found.members]


def test_a_list_whole() -> None:
    source = 'Piet <piet@mcvax> (at CWI),\r\n "A, B": c@d, <@r:e@f>;, mcvax!piet'
    header = parse_list(source)
    piet = Member(Mailbox("piet", "mcvax", display_name="Piet", comments=("at CWI",)), (0, 26), (6, 16), bracketed=True)
    c = Member(Mailbox("c", "d"), (38, 41), (38, 41), bracketed=False)
    e = Member(Mailbox("e", "f", route=("r",)), (43, 51), (44, 50), bracketed=True)
    path = Member(Mailbox("mcvax!piet"), (54, 64), (54, 64), bracketed=False)
    assert header.items == (piet, Group("A, B", (c, e), (30, 52)), path)
    assert header.members == (piet, c, e, path)
    assert header.mailboxes == tuple(header) == (piet.mailbox, c.mailbox, e.mailbox, path.mailbox)
    assert header.groups == (Group("A, B", (c, e), (30, 52)),)
    assert header.comments == (Comment("at CWI", (18, 26)),)
    assert (str(header), len(header)) == (source, 4)


@pytest.mark.parametrize(
    ("source", "addresses"),
    [
        ("a@b", ["a@b"]),
        ("a@b, c@d", ["a@b", "c@d"]),
        (",, a@b,, ,c@d,", ["a@b", "c@d"]),
        ("A B <a@b>,c@d", ["a@b", "c@d"]),
        ('"x, y" <a@b>, "c,d"@e', ["a@b", '"c,d"@e']),
        ("<@a,@b:c@d>, e@f", ["@a,@b:c@d", "e@f"]),
        ("@a,@b:c@d, e@f", ["@a,@b:c@d", "e@f"]),
        ("a@[x,y], b@c", ["a@[x,y]", "b@c"]),
        ("(one, two) a@b, c@d (e, f)", ["a@b", "c@d"]),
        ("G:;, a@b", ["a@b"]),
        ("G: a@b, c@d; (x), e@f", ["a@b", "c@d", "e@f"]),
        ("node::user, a@b", ["node::user", "a@b"]),
        ("a!b, c%d", ["a!b", "c%d"]),
        ("Jones at Host, x@y", ["Jones at Host", "x@y"]),
        ("u@a@b, x@y", ["u@a@b", "x@y"]),
        ("a @ b . c, d@e", ["a @ b . c", "d@e"]),
        ("x@y <a@b>, c@d", ["a@b", "c@d"]),
        ("a (b)@(c) d", ["a (b)@(c) d"]),
    ],
)
def test_members(source: str, addresses: list[str]) -> None:
    assert texts(source) == addresses


@pytest.mark.parametrize(
    ("source", "groups"),
    [
        ("Undisclosed recipients:;", [("Undisclosed recipients", 0)]),
        ("(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;", [("Hidden recipients", 0)]),
        ('"The: Group": a@b;', [("The: Group", 1)]),
        ("A: a@b;, B: c@d, e@f;", [("A", 1), ("B", 2)]),
        ("O.S. Group: a@b;", [("O.S. Group", 1)]),
        ("A: ,,a@b,,;", [("A", 1)]),
    ],
)
def test_groups(source: str, groups: list[tuple[str, int]]) -> None:
    assert [(group.name, len(group.members)) for group in parse_list(source).groups] == groups


def test_a_comment_is_written_about_the_nearest_mailbox() -> None:
    header = parse_list("(zero) a@b (one), (two) c@d, G(three): e@f (four); (five)")
    assert [box.comments for box in header] == [("zero", "one"), ("two",), ("four",)]
    assert [comment.text for comment in header.comments] == ["zero", "one", "two", "three", "four", "five"]
    assert [header.source[slice(*comment.span)] for comment in header.comments][:2] == ["(zero)", "(one)"]


def test_folding_is_white_space_and_keeps_its_place() -> None:
    header = parse_list("Piet\r\n Beertema <piet\r\n @mcvax>,\r\n\tb@c")
    assert [box.addr_spec for box in header] == ["piet@mcvax", "b@c"]
    assert header.mailboxes[0].display_name == "Piet Beertema"
    assert header.source[slice(*header.members[0].address_span)] == "piet\r\n @mcvax"


@pytest.mark.parametrize("source", ["a@b,\r\nc@d", "a@b\r\n", "a@b\n c", "a@b\rc", "a@b\r\n\r\n c@d", "a\0@b", "a@b\n"])
def test_any_other_line_break_is_refused(source: str) -> None:
    with pytest.raises(AddressSyntaxError):
        parse_list(source)


@pytest.mark.parametrize("source", ["", " ", ",", "(c)", "a@b c@d", "G: a@b", "G: G: a@b;;", "a@b;", "<a@b", "a@b, <>"])
def test_what_is_no_list(source: str) -> None:
    with pytest.raises(AddressSyntaxError) as caught:
        parse_list(source)
    assert caught.value.text == source


def test_defects_of_members_stand_where_they_are_in_the_header() -> None:
    header = parse_list("a@b.example, Joe Q. Public <c@d.example>, u@a@b")
    assert [(defect.kind, header.source[slice(*defect.span)]) for defect in header.defects] == [
        (DefectKind.OBSOLETE_PHRASE, "."),
        (DefectKind.SEVERAL_AT, "@a@b"),
        (DefectKind.TLD, "@a@b"),
    ]


# --- Rewriting


def test_rewrite_asks_about_every_mailbox_in_order() -> None:
    seen: list[str] = []
    parse_list("G: a@b, c@d;, e@f").rewrite(lambda box: seen.append(box.addr_spec))
    assert seen == ["a@b", "c@d", "e@f"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a@b", "x@y"),
        ("  a@b  ,c@d ", "  x@y  ,x@y "),
        ("Piet <a@b>", "Piet <x@y>"),
        ("Piet < a@b >", "Piet < x@y >"),
        ('"A, B"  <a@b> (c),\r\n\tc@d', '"A, B"  <x@y> (c),\r\n\tx@y'),
        ("(c)a@b(d)", "(c)x@y(d)"),
        ("a(c)@b", "x@y (c)"),
        ("a(c)@(d)b(e)", "x@y (c) (d)(e)"),
        ("<a(c)@b>", "<x@y (c)>"),
        ("a\r\n @b", "x@y"),
        ("<@r,@s:a@b>", "<x@y>"),
        ("G : a@b , c@d ;, e@f", "G : x@y , x@y ;, x@y"),
        (", ,a@b,, ", ", ,x@y,, "),
        ("Jones at Host", "x@y"),
        ("a!b", "x@y"),
        ("\r\n a@b\r\n ", "\r\n x@y\r\n "),
    ],
)
def test_rewrite_leaves_every_other_byte_alone(source: str, expected: str) -> None:
    assert parse_list(source).rewrite(lambda _box: "x@y") == expected
    assert parse_list(source).rewrite(lambda _box: Mailbox("x", "y")) == expected
    assert parse_list(source).rewrite(lambda box: box) == source
    assert parse_list(source).rewrite(lambda _box: None) == source


def test_rewrite_takes_only_the_address_of_an_answer() -> None:
    assert parse_list("Piet <a@b> (c)").rewrite(lambda _box: "Other <x@y> (z)") == "Piet <x@y> (c)"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a@b", "<@r:x@y>"),
        ("Piet <a@b>", "Piet <@r:x@y>"),
        ("Piet <\r\n a@b>", "Piet <\r\n @r:x@y>"),
        ("(c) a@b, d@e", "(c) <@r:x@y>, <@r:x@y>"),
        ("@q:a@b", "<@r:x@y>"),
        ("a(c)@b", "<@r:x@y> (c)"),
        ("G: a@b;", "G: <@r:x@y>;"),
    ],
)
def test_a_route_brings_its_brackets(source: str, expected: str) -> None:
    assert parse_list(source).rewrite(lambda _box: "<@r:x@y>") == expected
    assert len(parse_list(expected)) == len(parse_list(source))


def test_a_comment_before_the_address_is_no_bracket() -> None:
    assert parse_list("<(c) a@b>").rewrite(lambda _box: "<@r:x@y>") == "<(c) @r:x@y>"
    assert parse_list("(<) a@b").rewrite(lambda _box: "<@r:x@y>") == "(<) <@r:x@y>"


def test_rewrite_with_a_bang_path() -> None:
    header = parse_list("Piet <piet@mcvax>, sam@host")
    assert header.rewrite(lambda box: translate(box, to="bang").address) == "Piet <mcvax!piet>, host!sam"
    assert header.rewrite(lambda _box: "a!b!c") == "Piet <a!b!c>, a!b!c"
    assert parse_list("a@b").rewrite(lambda _box: BangPath(("x",), "j d")) == 'x!"j d"'


def test_rewrite_with_an_or_address() -> None:
    with pytest.raises(ConversionError) as caught:
        parse_list("a@b").rewrite(lambda _box: ORAddress([("S", "Doe"), ("C", "US")]))
    assert str(caught.value) == "a header field cannot hold the O/R address /S=Doe/C=US/"


@pytest.mark.parametrize("answer", ["", "x@@y", "x@y, z@w", "x@y\r\nBcc: z@w", "x\0@y", "G: x@y;", "x@y\n"])
def test_an_answer_that_is_no_address_is_refused(answer: str) -> None:
    with pytest.raises(AddressSyntaxError):
        parse_list("a@b").rewrite(lambda _box: answer)


@pytest.mark.parametrize(
    "answer",
    [
        "node:user",
        "x!node:user",
        BangPath(("x:y",), "z"),
        BangPath(("x",), "y:z"),
        BangPath(("[192.0.2.1]",), "u"),
        BangPath(("x",), "y@z"),
        Mailbox("node:user"),
    ],
    ids=str,
)
@pytest.mark.parametrize("source", ["a@b", "a@b, c@d", "Piet <a@b>"])
def test_what_is_written_is_a_list_again_or_refused(answer: str | BangPath | Mailbox, source: str) -> None:
    """A bare colon would open a group, a bare literal host is no local part: brackets or an error, no garbage."""
    header = parse_list(source)
    try:
        written = header.rewrite(lambda _box: answer)
    except ValueError:
        return
    again = parse_list(written)
    assert len(again) == len(header)
    assert not again.groups


def test_the_commas_of_an_obsolete_route_go_with_the_route() -> None:
    """RFC 5322 4.4: obs-domain-list may begin with commas; without the route they would be garbage."""
    header = parse_list("<,@r:u@c>")
    assert header.rewrite(lambda _box: "x@y") == "<x@y>"
    assert header.rewrite(lambda _box: "<@q:x@y>") in {"<@q:x@y>", "<,@q:x@y>"}


def test_a_fold_is_the_white_space_behind_it() -> None:
    """RFC 5322 2.2.3: unfolding takes the CRLF away and nothing else."""
    header = parse_list('"a\r\n b"@c (x\r\n y),\r\n Piet\r\n\tB. <p@h>, The\r\n Group: q@h;')
    assert [box.local_part for box in header] == ["a b", "p", "q"]
    assert header.mailboxes[0] == parse('"a b"@c (x y)')
    assert header.mailboxes[1].display_name == "Piet B."
    assert header.groups[0].name == "The Group"
    assert header.comments[0].text == "x y"
    assert [header.source[slice(*member.address_span)] for member in header.members] == ['"a\r\n b"@c', "p@h", "q@h"]
    assert not any({"\r", "\n"} & set(str(box)) for box in header)
