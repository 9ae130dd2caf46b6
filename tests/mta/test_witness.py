"""The table of answers, asked again of the real programs. As root on Debian: see witness.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mta import witness
from tests.mta.addresses import questions

pytestmark = pytest.mark.mta


def test_the_programs_still_answer_as_the_table_says(home: Path) -> None:
    table = witness.rows()
    found = witness.versions(home)
    known = {row["program"]: row["version"] for row in table}
    assert known == dict(found), "another version: regenerate the table, read the difference, then commit"
    assert witness.differences(table) == []


def test_the_table_asks_the_questions_of_today() -> None:
    assert list(dict.fromkeys(row["input"] for row in witness.rows())) == questions()
