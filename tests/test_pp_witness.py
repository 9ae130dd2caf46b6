"""The mail system PP (1991) as a witness: its answers, ours, and the section of RFC 2156 where the two part.

A row without ``differs`` must agree. A row with it says why the answer of PP is not that of RFC 2156 (it is six years
and two RFCs older), and holds ours, letter for letter. What is compared is meaning: PP prints attributes in an order of
its own, keeps the case of a value in a domain, and writes seven types of domain-defined attribute without ``DD.``.
"""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from mailpaths import BangPath, Mailbox, MailPathsError, parse
from mailpaths.x400 import Gateway, ORAddress, Tables
from tests.support import VECTORS, Row, rows

ROWS = rows("pp.jsonl")
_PP_TYPES = re.compile(r"(?<=/)(LIST|ROLE|FAX|UUCP|ATTN|JNT-MAIL|X400-88)(?==)")
_WRAPPED = {"DD.RFC-822", "DD.RFC822C1", "DD.RFC822C2", "DD.RFC822C3"}


def _tables() -> Tables:
    """Return the tables that PP and we both had: they stand in the file's first line."""
    with (VECTORS / "pp.jsonl").open(encoding="utf-8") as lines:
        found = json.loads(next(lines))["_meta"]["tables"]
    return Tables.parse(**{kind: "\n".join(lines) for kind, lines in found.items()})


GATEWAY = Gateway(_tables(), domain="gw.example", or_address="/PRMD=mailer/ADMD= /C=GB/")


def ours(row: Row) -> str:
    """Return our answer, or the first line of our refusal."""
    try:
        return str(answer(row))
    except MailPathsError as error:
        return f"error: {str(error).partition(chr(10))[0]}"


def answer(row: Row) -> BangPath | Mailbox | ORAddress:
    if row["direction"] == "or2rfc":
        return GATEWAY.to_rfc822(ORAddress.parse(row["input"], "mixer", bounds=False)).address
    return GATEWAY.to_x400(row["input"], "return-path" if row.get("role") == "originator" else "recipient").address


def agrees(row: Row) -> bool:
    """Tell whether our answer means what PP's does; a refusal is only as good as another."""
    try:
        found = answer(row)
    except MailPathsError:
        return row["pp"] is None
    if row["pp"] is None:
        return False
    try:
        if isinstance(found, ORAddress):
            return _parts(found) == _parts(ORAddress.parse(_PP_TYPES.sub(r"DD.\1", row["pp"]), "mixer", bounds=False))
        other = parse(row["pp"])
    except MailPathsError:
        return False
    if not isinstance(found, Mailbox) or not isinstance(other, Mailbox):
        return found == other
    same_domain = (found.domain or "").lower() == (other.domain or "").lower() and found.route == other.route
    return same_domain and _local(found.local_part) == _local(other.local_part)


def _parts(address: ORAddress) -> tuple[ORAddress, dict[str, str]]:
    """Return an address without the parts of a wrapped one, and those: what order they have says nothing."""
    wrapped = {key.upper(): str(value) for key, value in address.attributes if key.upper() in _WRAPPED}
    rest = [(key, value) for key, value in address.attributes if key.upper() not in _WRAPPED]
    return ORAddress(rest), wrapped


def _local(text: str) -> object:
    if text[:1] != "/":
        return text
    try:
        return ORAddress.parse(_PP_TYPES.sub(r"DD.\1", text), "mixer", bounds=False)
    except MailPathsError:
        return text


def label(row: Row) -> str:
    return f"{row['direction']}-{row['input'][:70]}"


def test_the_selection_is_what_it_says() -> None:
    found = Counter((row["direction"], "differs" in row) for row in ROWS)
    assert found == {("rfc2or", False): 176, ("rfc2or", True): 119, ("or2rfc", False): 308, ("or2rfc", True): 103}
    assert len({(row["direction"], row["input"], row.get("role")) for row in ROWS}) == len(ROWS)
    # Every reason names the place that decides between us.
    assert all(re.search(r"RFC \d+|X\.4\d\d|X\.411", row["differs"]) for row in ROWS if "differs" in row)
    assert not GATEWAY.tables.faults


@pytest.mark.parametrize("row", [row for row in ROWS if "differs" not in row], ids=label)
def test_agrees_with_pp(row: Row) -> None:
    assert agrees(row), f"ours {ours(row)}, PP's {row['pp']}"


@pytest.mark.parametrize("row", [row for row in ROWS if "differs" in row], ids=label)
def test_differs_from_pp_where_it_says_so(row: Row) -> None:
    assert not agrees(row)
    assert ours(row) == row["ours"]
