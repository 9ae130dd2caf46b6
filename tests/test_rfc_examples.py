"""Every address that RFC 733, 822, 976 and 5322 print: each field that vectors/rfc_examples.jsonl asserts."""

from __future__ import annotations

import pytest

from mailpaths import AddressList, AddressSyntaxError, BangPath, Category, Mailbox, parse, parse_list, read
from tests.support import Row, rows

ROWS = rows("rfc_examples.jsonl")
VALID = [row for row in ROWS if row.get("valid", True)]
LISTED = ("mailbox-list", "address-list", "group")


def header(row: Row) -> AddressList:
    return parse_list(row["input"])


def single(row: Row) -> BangPath | Mailbox | None:
    """Return the one address that the row is; ``None`` for lists, groups and folded ones, which no `parse` takes."""
    text = row["input"]
    if row.get("kind") in LISTED or "addresses" in row or "group" in row or "\r" in text or ", JJV" in text:
        return None
    found = parse(text)
    assert isinstance(found, BangPath | Mailbox)
    return found


def mailbox(row: Row) -> Mailbox:
    """Return the only mailbox of the row."""
    (found,) = header(row).mailboxes
    return found


@pytest.mark.parametrize("row", VALID, ids=lambda row: row["input"])
def test_it_is_read_and_printed(row: Row) -> None:
    assert str(header(row)) == row["input"]
    found = single(row)
    if found is None:
        assert "\r" in row["input"] or "," in row["input"] or ":" in row["input"]
    else:
        assert str(found) == row["input"]


@pytest.mark.parametrize("row", [row for row in ROWS if not row.get("valid", True)], ids=lambda row: row["input"])
def test_what_the_rfc_misprinted_is_refused_or_has_an_error(row: Row) -> None:
    try:
        found = header(row)
    except AddressSyntaxError:
        return
    assert max(defect.category for defect in found.defects) is Category.ERROR
    with pytest.raises(AddressSyntaxError):
        parse(row["input"], notation="rfc822")


@pytest.mark.parametrize("row", [row for row in ROWS if "display" in row], ids=lambda row: row["input"])
def test_display_name(row: Row) -> None:
    if row.get("kind") == "group":
        (group,) = header(row).groups
        assert group.name == row["display"]
    else:
        assert mailbox(row).display_name == row["display"]


@pytest.mark.parametrize("row", [row for row in ROWS if "display_2" in row], ids=lambda row: row["input"])
def test_second_display_name(row: Row) -> None:
    assert header(row).mailboxes[1].display_name == row["display_2"]


@pytest.mark.parametrize("row", [row for row in ROWS if "local" in row], ids=lambda row: row["input"])
def test_local_part_and_domain(row: Row) -> None:
    found = mailbox(row)
    assert (found.local_part, found.domain) == (row["local"], row["domain"])


@pytest.mark.parametrize("row", [row for row in ROWS if "comments" in row], ids=lambda row: row["input"])
def test_comments(row: Row) -> None:
    assert [comment.text for comment in header(row).comments] == row["comments"]


@pytest.mark.parametrize("row", [row for row in ROWS if "addresses" in row], ids=lambda row: row["input"])
def test_addresses(row: Row) -> None:
    found = header(row).mailboxes
    wanted = [Mailbox.parse(text) for text in row["addresses"]]
    assert [box.addr_spec for box in found] == [box.addr_spec for box in wanted]
    # RFC 822 A.1.5 prints a space in a local part; a quoted string is what it means.
    assert [box.addr_spec for box in found] == [
        '"Galloping Gourmet"@ANT.Down-Under' if text.startswith("Galloping") else text for text in row["addresses"]
    ]


@pytest.mark.parametrize("row", [row for row in ROWS if "route" in row], ids=lambda row: row["input"])
def test_source_route(row: Row) -> None:
    assert [node for box in header(row).mailboxes for node in box.route] == row["route"]


@pytest.mark.parametrize("row", [row for row in ROWS if "group" in row], ids=lambda row: row["input"])
def test_group(row: Row) -> None:
    (group,) = header(row).groups
    assert group.name == row["group"]
    assert tuple(member.mailbox for member in group.members) == header(row).mailboxes


@pytest.mark.parametrize("row", [row for row in ROWS if row.get("obsolete")], ids=lambda row: row["input"])
def test_obsolete_forms_have_a_defect(row: Row) -> None:
    assert max(defect.category for defect in header(row).defects) >= Category.DEPRECATED


@pytest.mark.parametrize("row", [row for row in ROWS if "hops" in row], ids=lambda row: row["input"])
def test_hops(row: Row) -> None:
    assert read(row["input"], "rfc733").hosts == tuple(row["hops"])


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row["source"].startswith("RFC 733")], ids=lambda row: row["input"]
)
def test_rfc_733_at_is_an_error_of_rfc_822(row: Row) -> None:
    assert max(defect.category for defect in header(row).defects) is Category.ERROR
