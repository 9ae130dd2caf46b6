"""``mailpaths map compile`` and ``map check``: as a function where that is enough, and as a process elsewhere."""

from __future__ import annotations

import gzip
import lzma
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import VECTORS, Result, Run

HOME = VECTORS / "pathalias"
CASES = [line.split("\t")[:2] for line in (HOME / "INDEX.tsv").read_text(encoding="utf-8").splitlines()]
UNC = "unc duke(HOURLY), phs(HOURLY*4)\nduke research(DAILY/2), phs(DEMAND)\n"
UNC_TABLE = "0\tunc\t%s\n500\tduke\tduke!%s\n800\tphs\tduke!phs!%s\n3000\tresearch\tduke!research!%s\n"


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_compile_gives_what_pathalias_gives(run: Run, name: str, arguments: str) -> None:
    found = run("map", "compile", *arguments.split(), stdin=(HOME / f"{name}.map").read_bytes())
    assert found.out == (HOME / f"{name}.out").read_text(encoding="utf-8")
    assert found.err == (HOME / f"{name}.err").read_text(encoding="utf-8")
    assert found.status == int((HOME / f"{name}.rc").read_text(encoding="ascii"))


def test_compile_as_a_process_gives_the_octets_of_pathalias(tmp_path: Path) -> None:
    world = tmp_path / "world.map"
    packed = Path(__file__).parents[1] / "src/mailpaths/routing/data/uucp-map-1988-12-31.map.xz"
    world.write_bytes(lzma.decompress(packed.read_bytes()))
    done = subprocess.run(
        [sys.executable, "-m", "mailpaths", "map", "compile", "-i", "-c", "-l", "rutgers", str(world)],
        capture_output=True,
        check=True,
    )
    expected = lzma.decompress((HOME / "uucp-map-1988-12-31.rutgers.ic.txt.xz").read_bytes())
    assert done.stdout == expected
    assert done.stderr == b""


def test_compile_takes_files_patterns_directories_and_packed_files_alike(run: Run, tmp_path: Path) -> None:
    one, two = UNC.splitlines(keepends=True)
    (tmp_path / "u.a").write_text(one, encoding="ascii")
    (tmp_path / "u.b").write_text(two, encoding="ascii")
    (tmp_path / "packed").mkdir()
    (tmp_path / "packed" / "a.gz").write_bytes(gzip.compress(one.encode()))
    (tmp_path / "packed" / "b.xz").write_bytes(lzma.compress(two.encode()))
    for files in (
        [str(tmp_path / "u.a"), str(tmp_path / "u.b")],
        [str(tmp_path / "u.*")],
        [str(tmp_path / "packed")],
    ):
        assert run("map", "compile", "-c", "-l", "unc", *files) == Result(0, UNC_TABLE, ""), files


def test_compile_starts_at_this_host_where_no_home_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "duke")
    assert run("map", "compile", stdin=UNC.encode()).out == (
        "duke\t%s\nunc\tunc!%s\nphs\tphs!%s\nresearch\tresearch!%s\n"
    )


def test_compile_names_a_file_that_cannot_be_read_and_uses_the_others(run: Run, tmp_path: Path) -> None:
    good, missing = tmp_path / "good", tmp_path / "missing"
    good.write_text(UNC, encoding="ascii")
    found = run("map", "compile", "-c", "-l", "unc", str(missing), str(good))
    assert found == Result(66, UNC_TABLE, f"pathalias: {missing}: No such file or directory\n")


def test_compile_leaves_the_old_table_where_a_file_cannot_be_read(run: Run, tmp_path: Path) -> None:
    good, table = tmp_path / "good", tmp_path / "paths"
    good.write_text(UNC, encoding="ascii")
    table.write_text("old\n", encoding="ascii")
    found = run("map", "compile", "-c", "-l", "unc", "-o", str(table), str(good), str(tmp_path / "missing"))
    assert (found.status, found.out) == (66, "")
    assert table.read_text(encoding="ascii") == "old\n"
    found = run("map", "compile", "-c", "-l", "unc", "-o", str(table), str(good))
    assert found == Result(0, "", "")
    assert table.read_text(encoding="ascii") == UNC_TABLE
    assert sorted(path.name for path in tmp_path.iterdir()) == ["good", "paths"]


def test_a_table_keeps_the_permissions_of_the_old_one_and_a_link_stays_a_link(run: Run, tmp_path: Path) -> None:
    table, link = tmp_path / "paths", tmp_path / "link"
    table.write_text("old\n", encoding="ascii")
    table.chmod(0o640)
    link.symlink_to(table)
    assert run("map", "compile", "-c", "-l", "unc", "-o", str(link), "-", stdin=UNC.encode()).status == 0
    assert link.is_symlink()
    assert table.read_text(encoding="ascii") == UNC_TABLE
    assert stat.S_IMODE(table.stat().st_mode) == 0o640
    new = tmp_path / "new"
    old_mask = os.umask(0o027)
    try:
        assert run("map", "compile", "-c", "-l", "unc", "-o", str(new), "-", stdin=UNC.encode()).status == 0
    finally:
        os.umask(old_mask)
    assert stat.S_IMODE(new.stat().st_mode) == 0o640


def test_compile_says_where_it_cannot_write(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "nowhere" / "paths"
    found = run("map", "compile", "-l", "unc", "-o", str(place), "-", stdin=UNC.encode())
    assert found == Result(74, "", f"mailpaths: cannot write {place}: No such file or directory\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_is_told() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "mailpaths", "map", "compile", "-l", "unc", "-"],
            input=UNC.encode() * 10_000,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (done.returncode, done.stderr) == (74, b"mailpaths: cannot write: No space left on device\n")


def test_carriage_returns_lose_nothing(run: Run) -> None:
    text = UNC.replace(", phs(HOURLY*4)", ",\n phs(HOURLY*4)").replace("\n", "\r\n")
    found = run("map", "compile", "-c", "-l", "unc", stdin=text.encode())
    assert found == Result(
        0,
        UNC_TABLE,
        '"[stdin]", line 1: syntax error\n"[stdin]", line 3: syntax error\n',
    )


def test_a_binary_file_is_no_map(run: Run, tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\x7fELF\x02\x01\x01\0\0")
    found = run("map", "compile", "-l", "unc", str(binary))
    assert found == Result(66, "unc\t%s\n", f"pathalias: {binary}: not a text: it holds NUL octets\n")


def test_a_line_without_end_takes_no_memory(tmp_path: Path) -> None:
    # A gibibyte of one line, packed to a megabyte: unpacked it is never in memory as a whole.
    packed = tmp_path / "endless.xz"
    with lzma.open(packed, "wb", preset=0) as stream:
        stream.write(b"a b(5)\na ")
        for _ in range(64):
            stream.write(b"b(5),c(6)" * (1 << 20))
        stream.write(b"\nb d(7)\n")
    # Not ru_maxrss: that one remembers the parent's.
    program = (
        "import sys; from pathlib import Path; from mailpaths.cli import main;"
        f"status = main(['map', 'compile', '-c', '-l', 'a', {str(packed)!r}]);"
        "(peak,) = [one.split()[1] for one in Path('/proc/self/status').read_text().splitlines() if 'VmHWM' in one];"
        "print(peak, file=sys.stderr); sys.exit(status)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "0\ta\t%s\n5\tb\tb!%s\n12\td\tb!d!%s\n"
    *messages, peak = done.stderr.splitlines()
    assert messages == [f'"{packed}", line 2: a statement too long for any map is left out']
    assert int(peak) < 150_000  # KiB


KEYWORDS = "only private, dead, delete, adjust and file stand before one"
CHECKED = """\
a b(5), c(5), lost(5), .edu
b a(5), c(5)
c d(DEAD)
d a(5)
file {other}
b e(5)
e b(5)
f a(5)
{oops
n = {x, y, z}(5)
x a(5)
"""


def test_check_tells_each_finding_with_its_place(run: Run) -> None:
    found = run("map", "check", "--from", "a", "-", stdin=CHECKED.encode())
    assert found.err == ""
    assert found.out.splitlines() == [
        f"other:4: message: syntax error: expected a host name or '=', found '{{'; {KEYWORDS}",
        "  {oops",
        "  ^",
        "[stdin]:1: unknown: lost has no statement of its own",
        "[stdin]:1: one-way: a has a link to c, which has none back",
        "[stdin]:2: one-way: b has a link to c, which has none back",
        "[stdin]:3: one-way: c has a link to d, which has none back",
        "[stdin]:4: one-way: d has a link to a, which has none back",
        "other:3: one-way: f has a link to a, which has none back",
        "other:6: one-way: x has a link to a, which has none back",
        "other:1: duplicate: b is declared at [stdin]:2 already",
        "[stdin]:3: dead-end: every link of c is dead",
        "other:3: backwards: f is only reached from a, which has no link to it",
        "other:6: backwards: x is only reached from a, which has no link to it",
        "1 message, 1 unknown, 6 one-way, 1 duplicate, 2 backwards, 1 dead-end",
    ]
    assert found.status == 65


def test_check_as_json_and_of_one_kind(run: Run) -> None:
    found = run("map", "check", "--json", "--kind", "duplicate", "-", stdin=CHECKED.encode())
    assert found.rows == [
        {
            "file": "other",
            "line": 1,
            "kind": "duplicate",
            "host": "b",
            "text": "b is declared at [stdin]:2 already",
        }
    ]


def test_check_has_nothing_to_say_of_a_sound_map(run: Run) -> None:
    found = run("map", "check", "--from", "a", "-", stdin=b"a b(5)\nb a(5)\n")
    assert found == Result(0, "nothing to complain about\n", "")


def test_check_of_a_home_that_is_not_in_the_map(run: Run) -> None:
    found = run("map", "check", "--from", "nowhere", "-", stdin=b"a b(5)\nb a(5)\n")
    assert found == Result(68, "", "mailpaths: no host 'nowhere' is in [stdin], so no road begins there\n")


def test_check_of_what_is_not_there(run: Run, tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    found = run("map", "check", str(missing))
    assert found == Result(66, "", f"mailpaths: {missing}: No such file or directory\n")
    empty = run("map", "check", "-", stdin=b"")
    assert empty == Result(0, "nothing to complain about\n", "")
