"""Names of messages (RFC 2156 4.7.3): which side made one, both directions, and what is no name."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpaths import AddressSyntaxError, ConversionError, MailPathsError
from mailpaths.testing import address_texts, hostile_texts, or_addresses
from mailpaths.x400 import ORAddress
from mailpaths.x400.message_id import MessageIdentifier
from tests.support import Row, x400_rows

DIETRICH = ORAddress([("C", "DE"), ("ADMD", "DBP"), ("O", "Siemens"), ("S", "Dietrich")])


@pytest.mark.parametrize("row", x400_rows("msgid-parse"), ids=lambda row: row["id"])
def test_vectors(row: Row) -> None:
    found = MessageIdentifier.parse(row["input"])
    user = ORAddress([(key, value) for key, value in row["expected"]["user"]])
    assert found == MessageIdentifier(row["expected"]["user_relative"], user)
    assert str(found) == row["input"]


# --- RFC 2156 4.7.3.3: 822.msg-id to IPMIdentifier ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "relative", "user"),
    [
        # The example of 4.7.3.2, quoted there, and as it need not be.
        ('<"147*/S=Dietrich/O=Siemens/ADMD=DBP/C=DE/"@MHS>', "147", DIETRICH),
        ("<147*/S=Dietrich/O=Siemens/ADMD=DBP/C=DE/@MHS>", "147", DIETRICH),
        ("<147*/s=dietrich/o=SIEMENS/admd=dbp/c=de/@mhs>", "147", DIETRICH),
        # Either part may be left out.
        ("<147*@MHS>", "147", None),
        ("<*/S=Dietrich/O=Siemens/ADMD=DBP/C=DE/@MHS>", "", DIETRICH),
        ("<*@MHS>", "", None),
        # What is in PrintableString needs no code here, brackets least of all.
        ('<"a (b)*"@MHS>', "a (b)", None),
        # Blanks around.
        (" \t<147*@MHS>\t ", "147", None),
    ],
)
def test_an_identifier_that_x400_made(text: str, relative: str, user: ORAddress | None) -> None:
    assert MessageIdentifier.parse(text) == MessageIdentifier(relative, user)


@pytest.mark.parametrize(
    ("text", "relative"),
    [
        ("<a@b.example>", "a(a)b.example"),
        ("<a_b%c@example.com>", "a(u)b(p)c(a)example.com"),
        ('<"a  b"@c.example>', "(q)a  b(q)(a)c.example"),
        ("<a@[1.2.3.4]>", "a(a)(091)1.2.3.4(093)"),
        # The domain MHS alone does not make it X.400's: no star, no O/R address behind it, no PrintableString before.
        ("<147@MHS>", "147(a)MHS"),
        ("<1*nonsense@MHS>", "1(042)nonsense(a)MHS"),
        ("<1*/X=1/@MHS>", "1(042)/X=1/(a)MHS"),
        ("<1**/C=DE/@MHS>", "1(042)(042)/C=DE/(a)MHS"),
        ("<a_b*/C=DE/@MHS>", "a(u)b(042)/C=DE/(a)MHS"),
        # And without it nothing does: RFC 987 had other domains, which 4.7.3.6 recommends not to look for.
        ("<147*/S=Dietrich/ADMD=DBP/C=DE/@gw.example>", "147(042)/S=Dietrich/ADMD=DBP/C=DE/(a)gw.example"),
        ("<147*@MHS.example>", "147(042)(a)MHS.example"),
        ("<147*@[MHS]>", "147(042)(a)(091)MHS(093)"),
    ],
)
def test_an_identifier_that_rfc_822_made(text: str, relative: str) -> None:
    found = MessageIdentifier.parse(text)
    assert found == MessageIdentifier(relative)
    assert str(found) == text


EXPECTED = "expected a message identifier, <local-part@domain>"


@pytest.mark.parametrize(
    ("text", "shown", "span"),
    [
        ("", f"{EXPECTED}\n  \n  ^", (0, 0)),
        ("a@b", f"{EXPECTED}\n  a@b\n  ^~~", (0, 3)),
        ("<a@b", f"{EXPECTED}\n  <a@b\n  ^~~~", (0, 4)),
        ("<a@b> x", f"{EXPECTED}\n  <a@b> x\n  ^~~~~~~", (0, 7)),
        ("<a@b>\n", f"{EXPECTED}\n  <a@b>␊\n  ^~~~~~", (0, 6)),
        ('<"a\nb"@c>', f'{EXPECTED}\n  <"a␊b"@c>\n  ^~~~~~~~~', (0, 9)),
        ("<a>", f"{EXPECTED}\n  <a>\n  ^~~", (0, 3)),
        ("<a!b>", f"{EXPECTED}\n  <a!b>\n  ^~~~~", (0, 5)),
        ("<@r.example:a@b>", f"{EXPECTED}\n  <@r.example:a@b>\n  ^~~~~~~~~~~~~~~~", (0, 16)),
        ("<A <a@b>>", f"{EXPECTED}\n  <A <a@b>>\n  ^~~~~~~~~", (0, 9)),
        # What is wrong inside has its place in the whole text.
        ("<>", "expected an address, found nothing\n  <>\n   ^", (1, 1)),
        ("<a@>", "expected a domain after '@'\n  <a@>\n    ^", (2, 3)),
        ("  <a@>", "expected a domain after '@'\n    <a@>\n      ^", (4, 5)),
        ("<a@b,c@d>", "expected one address, found ','; this is a list of several\n  <a@b,c@d>\n      ^", (4, 5)),
    ],
)
def test_what_is_no_identifier(text: str, shown: str, span: tuple[int, int]) -> None:
    with pytest.raises(AddressSyntaxError) as caught:
        MessageIdentifier.parse(text)
    assert str(caught.value) == shown
    assert (caught.value.text, caught.value.span) == (text, span)


@pytest.mark.parametrize("text", ["<é@b.example>", '<"é"@b>', "<a@é.example>", "<é*@MHS>"])
def test_an_identifier_beyond_ascii(text: str) -> None:
    with pytest.raises(ConversionError) as caught:
        MessageIdentifier.parse(text)
    assert str(caught.value) == "'é' has no code in PrintableString (RFC 2156 3.4 knows ASCII)"
    assert (caught.value.character, caught.value.part) == ("é", "user")


# --- RFC 2156 4.7.3.4: IPMIdentifier to 822.msg-id ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("relative", "user", "text"),
    [
        # With a user it is X.400's, whatever the name looks like; quoted where that is necessary.
        ("147", DIETRICH, "<147*/S=Dietrich/O=Siemens/ADMD=DBP/C=DE/@MHS>"),
        ("", DIETRICH, "<*/S=Dietrich/O=Siemens/ADMD=DBP/C=DE/@MHS>"),
        ("1 47", DIETRICH, '<"1 47*/S=Dietrich/O=Siemens/ADMD=DBP/C=DE/"@MHS>'),
        ("a(a)b.example", DIETRICH, '<"a(a)b.example*/S=Dietrich/O=Siemens/ADMD=DBP/C=DE/"@MHS>'),
        # Without one it is RFC 822's if it decodes to a msg-id.
        ("a(u)b(a)example.com", None, "<a_b@example.com>"),
        ("147(A)MHS", None, '<"147(A)MHS*"@MHS>'),  # not as it is generated: decoded, it would come back as (a)
        ("147(a)MHS", None, "<147@MHS>"),
        # Else it is X.400's.
        ("147", None, "<147*@MHS>"),
        ("", None, "<*@MHS>"),
        ("a b", None, '<"a b*"@MHS>'),
        ("(999)", None, '<"(999)*"@MHS>'),
        # Decoded, these would be other identifiers, or lines of a header.
        ("1(042)(a)MHS", None, '<"1(042)(a)MHS*"@MHS>'),
        ("a(a)b(013)(010)c", None, '<"a(a)b(013)(010)c*"@MHS>'),
    ],
)
def test_an_identifier_of_x400_is_written(relative: str, user: ORAddress | None, text: str) -> None:
    found = MessageIdentifier(relative, user)
    assert str(found) == text
    assert MessageIdentifier.parse(text) == found


@pytest.mark.parametrize("relative", ["a@b", "é", "a_b", "1*2", "a\n"])
def test_a_name_is_printable_string(relative: str) -> None:
    with pytest.raises(ConversionError) as caught:
        MessageIdentifier(relative)
    assert str(caught.value) == f"{relative!r} is not PrintableString (RFC 2156 3.3.3)"
    assert caught.value.part == "user"


def test_the_repr_makes_it_again() -> None:
    found = MessageIdentifier("147", DIETRICH)
    assert eval(repr(found)) == found  # noqa: S307 - our own text


# --- there and back -----------------------------------------------------------------------------------------------

NAMES = st.text("abcXYZ019 '()+,-./:=?", max_size=12)
ENCODED = st.sampled_from(["a(a)b.example", "a(u)b(a)c", "(q)a b(q)(a)c", "1(042)(a)MHS", "x(042)/C=DE/(a)MHS"])


@given(NAMES | ENCODED, or_addresses() | st.none())
def test_an_identifier_comes_back(relative: str, user: ORAddress | None) -> None:
    found = MessageIdentifier(relative, user)
    text = str(found)
    assert text.startswith("<")
    assert "\n" not in text
    assert MessageIdentifier.parse(text) == found


@given(address_texts() | hostile_texts())
def test_only_our_own_errors_escape(text: str) -> None:
    for each in (text, f"<{text}>", f"<{text}*{text}@MHS>", f'<"1*{text}"@MHS>'):
        try:
            found = MessageIdentifier.parse(each)
        except AddressSyntaxError as error:
            start, end = error.span
            assert 0 <= start <= end <= len(each)
            assert error.text == each  # noqa: PT017
            continue
        except MailPathsError:
            continue
        assert MessageIdentifier.parse(str(found)) == found
    with contextlib.suppress(MailPathsError):
        MessageIdentifier(text)
