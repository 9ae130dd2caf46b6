"""Hybrid addresses, as Postfix, Sendmail and Exim answered: the other rows of vectors/hybrid.jsonl."""

from __future__ import annotations

import pytest

from tests.support import Row
from tests.test_hybrid import DOCUMENTED, ROWS, check_first_hop, check_outcome, label

ASKED = [row for row in ROWS if row not in DOCUMENTED]


def test_all_three_programs_are_asked() -> None:
    assert {row["policy"].partition(":")[0] for row in ASKED} == {"postfix", "sendmail", "exim"}


@pytest.mark.parametrize("row", ASKED, ids=label)
def test_next_hop(row: Row) -> None:
    check_outcome(row)


@pytest.mark.parametrize("row", [row for row in ASKED if "relay" in row["outcome"]], ids=label)
def test_first_hop_of_the_reading(row: Row) -> None:
    """The reading names the host as the address does; Sendmail's next hop is ``a.UUCP`` for ``a``."""
    check_first_hop(row)
