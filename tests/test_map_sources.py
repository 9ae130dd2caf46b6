"""Maps in pieces: however a file is cut into blocks, what is read of it is the same."""

from __future__ import annotations

import io
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpaths.routing.uucp import sources
from mailpaths.routing.uucp.reading import read
from mailpaths.routing.uucp.sources import Skipped

_LINES = st.sampled_from(
    [
        "a b(5), c(6)",
        " d(7),",
        "\te",
        "",
        " ",
        "# remark",
        "  # indented",
        "private {x}",
        "file {y}",
        "n = {a, b}",
        "(",
        "é",
    ]
)
TEXTS = st.tuples(st.lists(_LINES, max_size=12).map("\n".join), st.sampled_from(["", "\n", "\n "])).map("".join)


@given(TEXTS, st.integers(1, 9))
def test_pieces_end_where_statements_end(text: str, block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "_BLOCK", block)
        pieces = list(sources.of_text(text, "x").pieces())
    assert "".join([piece for piece in pieces if isinstance(piece, str)]) == text
    for before, behind in pairwise(pieces):
        assert isinstance(before, str)
        assert isinstance(behind, str)
        assert before.endswith("\n")
        assert not behind.startswith((" ", "\t"))


@given(TEXTS, st.integers(1, 9))
def test_a_world_does_not_hang_on_the_blocks(text: str, block: int) -> None:
    whole = read([sources.of_text(text, "x")]).world
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "_BLOCK", block)
        cut = read([sources.of_text(text, "x")]).world
    assert (cut.names, cut.links, cut.targets, cut.costs, cut.marks, cut.messages) == (
        whole.names,
        whole.links,
        whole.targets,
        whole.costs,
        whole.marks,
        whole.messages,
    )


@given(st.integers(1, 9), st.integers(0, 40))
def test_a_statement_that_is_too_long_is_left_out_and_its_lines_are_counted(block: int, more: int) -> None:
    long = "a b,\n" + " c,\n" * (12 + more)
    text = f"x y(5)\n{long}y z(6)\n<\n"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "_BLOCK", block)
        patch.setattr(sources, "MAX_STATEMENT", 40)
        world = read([sources.of_text(text, "m")]).world
    assert world.names == ["x", "y", "z"]
    assert [str(message) for message in world.messages] == [
        '"m", line 2: a statement too long for any map is left out',
        f'"m", line {long.count(chr(10)) + 3}: syntax error',
    ]


def test_a_statement_too_long_at_the_end_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_BLOCK", 8)
    monkeypatch.setattr(sources, "MAX_STATEMENT", 20)
    pieces = list(sources.of_text("a b(5)\na " + "b(5),\n " * 9, "m").pieces())
    assert pieces[0] == "a b(5)\n"
    assert all(isinstance(piece, Skipped) for piece in pieces[1:])
    assert sum(piece.lines for piece in pieces if isinstance(piece, Skipped)) == 9


class _Breaking(io.BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        found = super().read(size)
        if not found:
            raise OSError(5, "Input/output error")
        return found


def test_what_was_read_before_a_file_breaks_off_is_kept() -> None:
    (source,) = sources.find([_Breaking(b"a b(5)\nb c(6)\n")])
    found = read([source])
    assert found.world.names == ["a", "b", "c"]
    assert [str(one) for one in found.troubles] == ["[stdin]: Input/output error"]
    assert [str(one) for one in found.world.messages] == ["pathalias: [stdin]: Input/output error"]
