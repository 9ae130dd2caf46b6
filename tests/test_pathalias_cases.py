"""What pathalias prints, byte for byte: its cases and the whole world of 1988, through the functions of the library."""

from __future__ import annotations

import getopt
import lzma
from collections import Counter
from importlib.resources import files
from typing import NamedTuple

import pytest

from mailpaths.routing.uucp import sources
from mailpaths.routing.uucp.flags import PRIVATE
from mailpaths.routing.uucp.mapping import map_world
from mailpaths.routing.uucp.printing import lines
from mailpaths.routing.uucp.reading import read
from mailpaths.routing.uucp.tree import IS_TERMINAL
from tests.support import VECTORS

HOME = VECTORS / "pathalias"
ENDINGS = ("args", "err", "map", "out", "rc")
BUNDLED = "uucp-map-1988-12-31.map.xz"
#: The outputs of the whole world: pathalias's letters for each.
WORLDS = {letters: f"uucp-map-1988-12-31.rutgers.{letters}.txt.xz" for letters in ("c", "ic", "if", "icD")}


class Case(NamedTuple):
    """A line of INDEX.tsv."""

    name: str
    arguments: str
    about: str

    def octets(self, ending: str) -> bytes:
        return (HOME / f"{self.name}.{ending}").read_bytes()


CASES = [Case(*line.split("\t")) for line in (HOME / "INDEX.tsv").read_text(encoding="utf-8").splitlines()]


class Printed(NamedTuple):
    """What a run gives."""

    out: bytes
    err: bytes
    status: int


def octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def pathalias(arguments: list[str], text: bytes) -> Printed:
    """Do with the library what the program pathalias does."""
    options, rest = getopt.getopt(arguments, "cDd:fil:")
    assert not rest
    letters = {letter for letter, _ in options}
    found = read(
        [sources.of_octets(text, sources.STANDARD_INPUT)],
        home=dict(options)["-l"],
        fold_case="-i" in letters,
        terminal_domains="-D" in letters,
        dead=[value for letter, value in options if letter == "-d"],
    )
    assert found.world.home is not None
    assert not found.troubles
    tree = map_world(found.world, found.world.home)
    with_costs = bool(letters & {"-c", "-f"})
    out = "".join(
        [
            f"{line.cost}\t{line.name}\t{line.route}\n" if with_costs else f"{line.name}\t{line.route}\n"
            for line in lines(tree, first_hops="-f" in letters, only_interesting="-D" in letters)
        ]
    )
    err = "".join([f"{message}\n" for message in found.world.messages])
    lost = [
        f"\t<{tree.names[number]}>\n" if tree.states[number] & IS_TERMINAL else f"\t{tree.names[number]}\n"
        for number in tree.unreachable
        if not tree.kinds[number] & PRIVATE
    ]
    if lost:
        err += "".join(["You can't get there from here:\n", *lost])
    return Printed(octets(out), octets(err), 0)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case(case: Case) -> None:
    found = pathalias(case.arguments.split(), case.octets("map"))
    assert found == Printed(case.octets("out"), case.octets("err"), int(case.octets("rc")))


@pytest.fixture(scope="module")
def world_of_1988() -> bytes:
    return lzma.decompress(files("mailpaths.routing").joinpath("data", BUNDLED).read_bytes())


@pytest.mark.parametrize("letters", WORLDS)
def test_the_whole_world(letters: str, world_of_1988: bytes) -> None:
    found = pathalias([f"-{letters}", "-l", "rutgers"], world_of_1988)
    assert found.out == lzma.decompress((HOME / WORLDS[letters]).read_bytes())
    # The quirk of -D: hosts of nested domains are lost, 104 lines of them with the first (reference, part 2.6).
    assert found.err.count(b"\n") == (104 if "D" in letters else 0)
    assert found.status == 0


def test_every_file_belongs_to_a_case_and_every_case_has_its_files() -> None:
    expected = Counter([f"{case.name}.{ending}" for case in CASES for ending in ENDINGS])
    expected.update(["INDEX.tsv", "README.md", *WORLDS.values()])
    assert Counter([path.name for path in HOME.iterdir()]) == expected
    assert len(CASES) == 67


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_index_says_the_arguments(case: Case) -> None:
    assert case.octets("args").decode("ascii").split() == case.arguments.split()
