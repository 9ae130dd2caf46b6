"""What several test modules share: vectors and strategies that are no user's business."""

# ruff: noqa: PT017 - an error is one of two good outcomes here, and is checked where it comes up

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from hypothesis import strategies as st

from mailpaths import AddressSyntaxError, MailPathsError, parse
from mailpaths.testing import address_texts, header_values, hostile_texts

VECTORS = Path(__file__).parent / "vectors"

Row = dict[str, Any]  # one line of a vector file: JSON of many shapes


def rows(name: str) -> list[Row]:
    """Return the rows of a vector file, less the first, which says where they come from."""
    with (VECTORS / name).open(encoding="utf-8") as lines:
        meta, *found = [json.loads(line) for line in lines]
    assert set(meta["_meta"]) >= {"source", "licence"}
    return found


def x400_rows(*kinds: str) -> list[Row]:
    """Return the rows of some kinds of x400.jsonl, or of all; where they come from, each of them says.

    Ask for kinds by their names, letter by letter: test_vector_census.py looks for them in the source.
    """
    with (VECTORS / "x400.jsonl").open(encoding="utf-8") as lines:
        found: list[Row] = [json.loads(line) for line in lines]
    assert set(kinds) <= {row["kind"] for row in found}
    return [row for row in found if not kinds or row["kind"] in kinds]


def vector_texts() -> list[str]:
    """Return every input of every vector file: the addresses that people argued about."""
    return [row["input"] for name in ("is_email.jsonl", "hybrid.jsonl", "rfc_examples.jsonl") for row in rows(name)]


def any_texts() -> st.SearchStrategy[str]:
    """Return a strategy for good texts and bad ones alike."""
    return address_texts() | header_values() | hostile_texts() | st.sampled_from(vector_texts())


def why(text: str, notation: str | None = None) -> str:
    """Return what the error about a text prints, its span checked."""
    try:
        parse(text, notation)  # type: ignore[arg-type]  # a test may ask for a notation that there is not
    except AddressSyntaxError as error:
        start, end = error.span
        assert 0 <= start <= end <= len(error.text)
        assert error.text == text
        return str(error)
    except MailPathsError as error:
        return str(error)
    raise AssertionError(f"{text!r} is an address")


@dataclass(frozen=True)
class Result:
    """What a call of the command gave."""

    status: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.split("\n")[:-1]]


class Run(Protocol):
    """The fixture `run`: the command line, called as a function."""

    def __call__(self, *arguments: str, stdin: bytes | None = None) -> Result: ...
