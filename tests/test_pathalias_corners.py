"""Corners of pathalias that a search with random maps found: each map, and what the C program answered, byte for byte.

The cases of ``tests/vectors/pathalias`` were made on purpose; these were not. The program is pathalias 10 as there.
"""

from __future__ import annotations

import pytest

from tests.test_pathalias_cases import pathalias

CASES = [
    pytest.param(
        "de\ndelete {a, h:\n",
        ["-c", "-l", "a"],
        "0\ta\t%s\n",
        '"[stdin]", line 2: syntax error\n"[stdin]", line 3: syntax error\n'
        "You can't get there from here:\n\tde\n\th\n",
        id="a home that was deleted came into the table when it was made anew",
    ),
    pytest.param(
        "NET = x1, x1, .EDU\n0\nNET = {x_1, NET, .EDU}\n",
        ["-c", "-D", "-l", "x_1"],
        "0\tx_1\t%s\n4000\t.EDU\t%s\n4000\tx1\t%s\n",
        '"[stdin]", line 3: syntax error\nYou can\'t get there from here:\n\t0\n',
        id="more copies that nobody reaches than the table has places before its first host",
    ),
    pytest.param(
        "dead {seismo mcvax}\nhome seismo, mcvax\nseismo a\nmcvax b\n",
        ["-c", "-l", "home"],
        "0\thome\t%s\n4000\tmcvax\tmcvax!%s\n100008000\tb\tmcvax!b!%s\n4000\tseismo\tseismo!%s\n8000\ta\tseismo!a!%s\n",
        '"[stdin]", line 1: syntax error\n',
        id="one buffer for names: the second is dead, and not the first",
    ),
    pytest.param(
        "a b(1/0 X)\n",
        ["-c", "-l", "a"],
        "0\ta\t%s\n",
        '"[stdin]", line 1: zero divisor\n\n"[stdin]", line 1: unknown cost (X), using default\n'
        '"[stdin]", line 1: syntax error\nYou can\'t get there from here:\n\tb\n',
        id="a quotient is taken before the next token is read",
    ),
    pytest.param(
        "a b\nc",
        ["-c", "-l", "a"],
        "0\ta\t%s\n4000\tb\tb!%s\n",
        '"[stdin]", line 1: syntax error\nYou can\'t get there from here:\n\tc\n',
        id="a text that ends in a word ends in line 1",
    ),
    pytest.param(
        "a b\n\x0c\n",
        ["-c", "-l", "a"],
        "0\ta\t%s\n4000\tb\tb!%s\n",
        '"[stdin]", line 2: syntax error\n',
        id="a form feed is no white space",
    ),
    pytest.param(
        'file {}\n<\n"ÉA" b\nc "#"d',
        ["-ci", "-d", "x", "-d", "B", "-l", "a"],
        "0\ta\t%s\n",
        '"", line 1: syntax error\n"", line 3: syntax error\n'
        "You can't get there from here:\n\tÉa\n\t#\n\tb\n\tx\n\tc\n",
        id="a file without a name; capitals beyond ASCII; the dead before home",
    ),
]


@pytest.mark.parametrize(("text", "arguments", "out", "err"), CASES)
def test_corners(text: str, arguments: list[str], out: str, err: str) -> None:
    printed = pathalias(arguments, text.encode())
    assert printed.out.decode() == out
    assert printed.err.decode() == err


def test_a_way_back_from_a_cost_below_zero() -> None:
    """The link back is dead itself then; and of that pathalias tells, which nothing here does."""
    printed = pathalias(["-c", "-l", "home"], b"t hh\nhome hh(-300000000)\n")
    assert printed.out == b"0\thome\t%s\n-200000000\thh\thh!%s\n-200000000\tt\thh!t!%s\n"


@pytest.mark.parametrize(
    "text",
    [
        "c <d>\nN = {N}\nb = f, e\nN = f\nN e\nc d\n",
        "c <d>\n.edu .c, .edu\na = .c, d\n.edu = a\n",
        "c e(5), <K>\nb = u, d\nM = d\nd = K\nM = {K, b}\n",
        "c <b>\nN = {N}\nb = f, e\nN = f\nN e\n",
    ],
)
def test_copies_without_an_end(text: str) -> None:
    """Pathalias dies of these maps, "too many terminal links", or never ends: here other hosts still have roads."""
    for letters in (["-c"], ["-c", "-D"]):
        printed = pathalias([*letters, "-l", "c"], f"{text}c other(1)\nother far(1)\n".encode())
        assert b"\n1\tother\tother!%s\n2\tfar\tother!far!%s\n" in printed.out
