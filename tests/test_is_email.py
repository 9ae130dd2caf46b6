"""Dominic Sayers' is_email suite: 164 addresses with a category and a diagnosis each.

Rows with CR or LF go through `parse_list`, since `parse` takes neither. Where mailpaths differs the row says so, and
why, in ``here_category`` or ``here_diagnosis`` (see vectors/is_email.jsonl).
"""

from __future__ import annotations

import pytest

from mailpaths import AddressSyntaxError, Category, Defect, DefectKind, Mailbox, parse, parse_list
from tests.support import Row, rows

ROWS = rows("is_email.jsonl")

CATEGORIES = {
    Category.RFC5321: "ISEMAIL_RFC5321",
    Category.CFWS: "ISEMAIL_CFWS",
    Category.DEPRECATED: "ISEMAIL_DEPREC",
    Category.RFC5322: "ISEMAIL_RFC5322",
    Category.ERROR: "ISEMAIL_ERR",
}
DIAGNOSES = {
    DefectKind.TLD: "ISEMAIL_RFC5321_TLD",
    DefectKind.TLD_NUMERIC: "ISEMAIL_RFC5321_TLDNUMERIC",
    DefectKind.QUOTED_STRING: "ISEMAIL_RFC5321_QUOTEDSTRING",
    DefectKind.ADDRESS_LITERAL: "ISEMAIL_RFC5321_ADDRESSLITERAL",
    DefectKind.IPV6_DEPRECATED: "ISEMAIL_RFC5321_IPV6DEPRECATED",
    DefectKind.COMMENT: "ISEMAIL_CFWS_COMMENT",
    DefectKind.FOLDING: "ISEMAIL_CFWS_FWS",
    DefectKind.OBSOLETE_LOCAL_PART: "ISEMAIL_DEPREC_LOCALPART",
    DefectKind.OBSOLETE_FOLDING: "ISEMAIL_DEPREC_FWS",
    DefectKind.CONTROL_IN_QUOTES: "ISEMAIL_DEPREC_QTEXT",
    DefectKind.QUOTED_CONTROL: "ISEMAIL_DEPREC_QP",
    DefectKind.COMMENT_AT_DOT: "ISEMAIL_DEPREC_COMMENT",
    DefectKind.CONTROL_IN_COMMENT: "ISEMAIL_DEPREC_CTEXT",
    DefectKind.SPACE_AT_AT: "ISEMAIL_DEPREC_CFWS_NEAR_AT",
    DefectKind.DOMAIN: "ISEMAIL_RFC5322_DOMAIN",
    DefectKind.TOO_LONG: "ISEMAIL_RFC5322_TOOLONG",
    DefectKind.LOCAL_PART_TOO_LONG: "ISEMAIL_RFC5322_LOCAL_TOOLONG",
    DefectKind.DOMAIN_TOO_LONG: "ISEMAIL_RFC5322_DOMAIN_TOOLONG",
    DefectKind.LABEL_TOO_LONG: "ISEMAIL_RFC5322_LABEL_TOOLONG",
    DefectKind.DOMAIN_LITERAL: "ISEMAIL_RFC5322_DOMAINLITERAL",
    DefectKind.OBSOLETE_LITERAL: "ISEMAIL_RFC5322_DOMLIT_OBSDTEXT",
    DefectKind.IPV6_GROUPS: "ISEMAIL_RFC5322_IPV6_GRPCOUNT",
    DefectKind.IPV6_TWO_GAPS: "ISEMAIL_RFC5322_IPV6_2X2XCOLON",
    DefectKind.IPV6_CHARACTER: "ISEMAIL_RFC5322_IPV6_BADCHAR",
    DefectKind.IPV6_TOO_MANY: "ISEMAIL_RFC5322_IPV6_MAXGRPS",
    DefectKind.IPV6_COLON_START: "ISEMAIL_RFC5322_IPV6_COLONSTRT",
    DefectKind.IPV6_COLON_END: "ISEMAIL_RFC5322_IPV6_COLONEND",
}


def defects(text: str) -> tuple[Defect, ...] | None:
    """Return the defects of the one address that the text is, or ``None`` where it is none."""
    try:
        if set(text) & set("\r\n"):
            header = parse_list(text)
            assert len(header) == 1
            return header.defects
        address = parse(text)
    except AddressSyntaxError:
        return None
    assert isinstance(address, Mailbox)
    return address.defects


def category(found: tuple[Defect, ...] | None) -> str:
    if found is None:
        return "ISEMAIL_ERR"
    return CATEGORIES[found[0].category] if found else "ISEMAIL_VALID_CATEGORY"


def diagnosis(found: tuple[Defect, ...] | None) -> str:
    if found is None or (found and found[0].category is Category.ERROR):
        return "ISEMAIL_ERR"
    return DIAGNOSES[found[0].kind] if found else "ISEMAIL_VALID"


def test_the_suite_is_whole() -> None:
    assert len(ROWS) == 164
    differing = [row["id"] for row in ROWS if "reason" in row]
    assert differing == [5, 12, 13, 27, 33, 37, 38, 40, 58, 134, 160, 167, 168]
    for row in ROWS:
        assert ("reason" in row) == ("here_category" in row or "here_diagnosis" in row)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['id']}")
def test_category(row: Row) -> None:
    expected = row.get("here_category", row["category"])
    if "here_category" in row:
        assert expected != row["category"], "an exception that is none any more"
    assert category(defects(row["input"])) == expected


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if "here_category" not in row and row["category"] != "ISEMAIL_ERR"],
    ids=lambda row: row["id"],
)
def test_diagnosis(row: Row) -> None:
    expected = row.get("here_diagnosis", row["diagnosis"])
    if "here_diagnosis" in row:
        assert expected != row["diagnosis"], "an exception that is none any more"
    assert diagnosis(defects(row["input"])) == expected


@pytest.mark.parametrize("row", [row for row in ROWS if row["category"] == "ISEMAIL_ERR"], ids=lambda row: row["id"])
def test_strict_parsing_refuses_every_error(row: Row) -> None:
    if "here_category" in row:
        parse(row["input"], notation="rfc822")  # row 160: RFC 6532 came later
    else:
        with pytest.raises(AddressSyntaxError):
            parse(row["input"], notation="rfc822")


@pytest.mark.parametrize("row", [row for row in ROWS if row["category"] != "ISEMAIL_ERR"], ids=lambda row: row["id"])
def test_strict_parsing_takes_all_else(row: Row) -> None:
    text = row["input"]
    if set(text) & set("\r\n\0"):
        with pytest.raises(AddressSyntaxError):
            parse(text, notation="rfc822")
    else:
        assert str(parse(text, notation="rfc822")) == text
