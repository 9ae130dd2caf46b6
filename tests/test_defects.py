"""Defects: each kind with an address that has it and the place of the fault."""

from __future__ import annotations

import pytest

from mailpaths import AddressSyntaxError, BangPath, Category, Defect, DefectKind, Mailbox, parse, parse_list
from mailpaths.addresses import defects

D = DefectKind

EXAMPLES = [
    ("пит@a.example", D.NON_ASCII, "пит@a.example"),
    ("a@b", D.TLD, "@b"),
    ("a@b.1", D.TLD_NUMERIC, "@b.1"),
    ('"a b"@c.example', D.QUOTED_STRING, '"a b"'),
    ("a@[192.0.2.1]", D.ADDRESS_LITERAL, "@[192.0.2.1]"),
    ("a@[IPv6:2001:db8::1]", D.ADDRESS_LITERAL, "@[IPv6:2001:db8::1]"),
    ("a@b.example (c)", D.COMMENT, "(c)"),
    (" a@b.example", D.FOLDING, " "),
    ("a@[IPv6:1:2:3:4:5:6::8]", D.IPV6_DEPRECATED, "@[IPv6:1:2:3:4:5:6::8]"),
    ('a."b".c@d.example', D.OBSOLETE_LOCAL_PART, '"b"'),
    ("a . b@c.example", D.OBSOLETE_FOLDING, " "),
    ('"a\x07"@c.example', D.CONTROL_IN_QUOTES, '"a\x07"'),
    ('"a\\\x07"@c.example', D.QUOTED_CONTROL, '"a\\\x07"'),
    ("a(c).b@c.example", D.COMMENT_AT_DOT, "(c)"),
    ("(\x07)a@c.example", D.CONTROL_IN_COMMENT, "(\x07)"),
    ("a @b.example", D.SPACE_AT_AT, " "),
    ("a@(c)b.example", D.SPACE_AT_AT, "(c)"),
    ("Joe Q. Public <a@b.example>", D.OBSOLETE_PHRASE, "."),
    ("<@r,@s:a@b.example>", D.SOURCE_ROUTE, "@r,@s:"),
    ("a@b_c.example", D.DOMAIN, "@b_c.example"),
    ("a@" + "b." * 150 + "c", D.TOO_LONG, "a@" + "b." * 150 + "c"),
    ("a" * 65 + "@b.example", D.LOCAL_PART_TOO_LONG, "a" * 65),
    ("a@" + "b." * 127 + "c", D.DOMAIN_TOO_LONG, "@" + "b." * 127 + "c"),
    ("a@" + "b" * 64 + ".example", D.LABEL_TOO_LONG, "@" + "b" * 64 + ".example"),
    ("a@[x]", D.DOMAIN_LITERAL, "@[x]"),
    ("a@[\\x]", D.OBSOLETE_LITERAL, "@[\\x]"),
    ("a@[IPv6:1:2]", D.IPV6_GROUPS, "@[IPv6:1:2]"),
    ("a@[IPv6:1::2::3]", D.IPV6_TWO_GAPS, "@[IPv6:1::2::3]"),
    ("a@[IPv6:1::g]", D.IPV6_CHARACTER, "@[IPv6:1::g]"),
    ("a@[IPv6:1:2:3:4:5:6:7::8]", D.IPV6_TOO_MANY, "@[IPv6:1:2:3:4:5:6:7::8]"),
    ("a@[IPv6::2:3:4:5:6:7:8]", D.IPV6_COLON_START, "@[IPv6::2:3:4:5:6:7:8]"),
    ("a@[IPv6:1::2:]", D.IPV6_COLON_END, "@[IPv6:1::2:]"),
    ("a@ü_ß☃.example", D.IDNA, "@ü_ß☃.example"),
    ("a@-b.example", D.HYPHEN, "@-b.example"),
    ("a@b-.example", D.HYPHEN, "@b-.example"),
    ("a@b.example.", D.FINAL_DOT, "@b.example."),
    ("piet", D.NO_DOMAIN, ""),
    ("u@a@b.example", D.SEVERAL_AT, "@a@b.example"),
    ("Jones at Reg.example", D.AT_WORD, "at"),
    ("Al Neuman@Mad.example", D.WORDS, "Al Neuman"),
    ("node::u@b.example", D.JOINED, ":"),
    ('IN%"u@d"@b.example', D.JOINED, '"u@d"'),
    ("O. [Ops] <a@b.example>", D.PHRASE, "["),
    ("a@x <a@b.example>", D.PHRASE, "@"),
]


PATHS = [
    ("...!seismo!piet", D.ELLIPSIS, "..."),
    ("a!b%c", D.PATH_USER, "%"),
    ("a!node:u", D.PATH_USER, ":"),
    ("a!пит", D.NON_ASCII, "a!пит"),
]


def path_defects(text: str) -> tuple[Defect, ...]:
    """Return the defects of what is a path without being asked to be one."""
    path = parse(text)
    assert isinstance(path, BangPath)
    return path.defects


@pytest.mark.parametrize(("text", "kind", "place"), PATHS, ids=lambda value: str(value)[:30])
def test_kind_and_place_in_a_bang_path(text: str, kind: DefectKind, place: str) -> None:
    found = {defect.kind: defect for defect in BangPath.parse(text).defects}
    assert kind in found
    start, end = found[kind].span
    assert text[start:end] == place
    assert parse(text) == BangPath.parse(text)
    assert path_defects(text) == BangPath.parse(text).defects


def test_a_plain_bang_path_has_no_defects() -> None:
    assert path_defects("seismo!mcvax!piet") == ()
    assert path_defects('a!"john doe"') == ()


@pytest.mark.parametrize(("text", "kind", "place"), EXAMPLES, ids=lambda value: str(value)[:30])
def test_kind_and_place(text: str, kind: DefectKind, place: str) -> None:
    box = Mailbox.parse(text)
    found = {defect.kind: defect for defect in box.defects}
    assert kind in found
    start, end = found[kind].span
    assert text[start:end].strip(" ") == place.strip(" ")
    assert defects.find(text) == box.defects


def test_every_kind_has_an_example() -> None:
    assert {kind for _, kind, _ in [*EXAMPLES, *PATHS]} == set(DefectKind)


@pytest.mark.parametrize("text", ["a@b.example", "<a@b.example>", "Piet B <a@b.example>", "user%host@relay.example"])
def test_a_plain_address_has_none(text: str) -> None:
    assert Mailbox.parse(text).defects == ()


def test_quotes_in_a_display_name_cover_its_specials() -> None:
    assert Mailbox.parse('"O. [Ops] @ <x>" <a@b.example>').defects == ()


def test_worst_first_and_each_kind_once() -> None:
    found = Mailbox.parse("(a) x @ b . (c) 1 (d)").defects
    assert [defect.kind for defect in found] == [
        D.SPACE_AT_AT,
        D.COMMENT_AT_DOT,
        D.OBSOLETE_FOLDING,
        D.COMMENT,
        D.TLD_NUMERIC,
    ]
    assert found[3].span == (0, 3)


@pytest.mark.parametrize("kind", list(DefectKind), ids=lambda kind: kind.value)
def test_every_kind_says_what_and_where_from(kind: DefectKind) -> None:
    defect = Defect(kind, (0, 1))
    assert (defect.category, defect.message) == (kind.category, kind.message)
    assert str(defect) == f"{kind.message} ({kind.source})"
    assert kind.source
    assert [one.value for one in DefectKind].count(kind.value) == 1


@pytest.mark.parametrize(
    ("text", "kind", "place"),
    [one for one in EXAMPLES if one[1].category is Category.ERROR],
    ids=lambda one: str(one)[:30],
)
def test_strict_parsing_refuses_errors_at_their_place(text: str, kind: DefectKind, place: str) -> None:
    with pytest.raises(AddressSyntaxError) as caught:
        parse(text, "rfc822")
    worst = Mailbox.parse(text).defects[0]
    assert (caught.value.message, caught.value.span) == (worst.message, worst.span)
    assert worst.category is Category.ERROR
    assert place in text
    assert kind.category is Category.ERROR


@pytest.mark.parametrize(("text", "kind", "_place"), EXAMPLES, ids=lambda one: str(one)[:30])
def test_a_list_finds_the_same(text: str, kind: DefectKind, _place: str) -> None:
    header = parse_list(text)
    assert kind in {defect.kind for defect in header.defects}
    if text.strip() == text:
        assert header.mailboxes[0].defects == header.defects


def test_text_that_is_no_mailbox_has_no_defects() -> None:
    assert defects.find("a@@b") == ()


def test_the_limits_are_counted_in_octets() -> None:
    assert D.LOCAL_PART_TOO_LONG in {defect.kind for defect in Mailbox.parse("é" * 33 + "@b.example").defects}
    assert D.LOCAL_PART_TOO_LONG not in {defect.kind for defect in Mailbox.parse("é" * 32 + "@b.example").defects}


def test_a_comment_in_a_display_name_is_one_defect_of_many() -> None:
    kinds = [defect.kind for defect in Mailbox.parse("Pete(A nice \\) chap) <pete(his account)@silly.test>").defects]
    assert kinds == [D.SPACE_AT_AT, D.COMMENT]
