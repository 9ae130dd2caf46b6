"""Mapping tables (RFC 2156 4.2 and appendix F): rows of every format, faults with their place, the longest match."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from mailpaths import AddressSyntaxError, MailPathsError
from mailpaths.x400 import DomainRows, NodeRows, ORAddress, RowFault, TableError, Tables
from mailpaths.x400.tables import DomainMatch, Level, NodeMatch, format_node, levels_of, node_address, parse_node
from tests.support import Row, x400_rows

UK = ("GB", "GOLD 400", "UK.AC")


def listed(table: object) -> list[object]:
    """Return the rows of a table of rows."""
    assert isinstance(table, DomainRows | NodeRows)
    return list(table)


def shown(tables: Tables) -> list[str]:
    return [str(fault) for fault in tables.faults]


# --- nodes --------------------------------------------------------------------------------------------------------

NODES: list[tuple[str, tuple[Level, ...]]] = [
    (r"PRMD$UK\.AC.ADMD$GOLD 400.C$GB", UK),
    ("C$se", ("se",)),
    ("PRMD$DEC.ADMD$@.C$US", ("US", None, "DEC")),
    ("O$@.PRMD$GMD.ADMD$DBP.C$DE", ("DE", "DBP", "GMD", None)),
    ("ADMD$ .C$GB", ("GB", " ")),
    ("OU$4.OU$3.OU$2.OU$1.O$o.PRMD$p.ADMD$a.C$zz", ("zz", "a", "p", "o", "1", "2", "3", "4")),
    (r"O$ACME Inc\..PRMD$@.ADMD$@.C$us", ("us", None, None, "ACME Inc.")),
    ("O$-'()+,/:=?.PRMD$p.ADMD$a.C$us", ("us", "a", "p", "-'()+,/:=?")),
]


@pytest.mark.parametrize(("text", "levels"), NODES)
def test_nodes_both_ways(text: str, levels: tuple[Level, ...]) -> None:
    assert parse_node(text) == levels
    assert format_node(levels) == text


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("P$UK.A$GOLD 400.C$GB", ("GB", "GOLD 400", "UK")),
        ("prmd$UK.Admd$GOLD 400.c$GB", ("GB", "GOLD 400", "UK")),
        ("ADMD$.C$GB", ("GB", " ")),
        ("O$Xerox.ADMD$ATT.C$US", ("US", "ATT", None, "Xerox")),
        ("OU$x.C$US", ("US", None, None, None, "x")),
    ],
)
def test_nodes_that_are_spelled_otherwise(text: str, levels: tuple[Level, ...]) -> None:
    assert parse_node(text) == levels


@pytest.mark.parametrize("row", x400_rows("dmn-or-parse"), ids=lambda row: row["id"])
def test_node_vectors(row: Row) -> None:
    assert parse_node(row["input"]) == tuple(value for _, value in row["expected"])


LEVELS_ONLY = "a mapping table knows C, ADMD, PRMD, O and OU alone (RFC 2156 appendix F.3)"
UPWARDS = "the attributes must go up to the country on the right, each once"


@pytest.mark.parametrize(
    ("text", "message", "span"),
    [
        ("S$x.C$US", LEVELS_ONLY, (0, 3)),
        ("~ROLE$Big.ADMD$ATT.C$US", LEVELS_ONLY, (0, 9)),
        ("XX$x.C$US", LEVELS_ONLY, (0, 4)),
        ("C$US.ADMD$ATT", UPWARDS, (0, 4)),
        ("ADMD$a.ADMD$b.C$US", UPWARDS, (0, 6)),
        ("OU$5.OU$4.OU$3.OU$2.OU$1.O$o.PRMD$p.ADMD$a.C$zz", UPWARDS, (0, 4)),
        ("ADMD$a", "expected a country on the right", (0, 6)),
        ("ADMD$a.C$@", "expected a country on the right", (0, 10)),
        ("PRMD$a_b.C$US", "a value of a mapping table is PrintableString, not 'a_b'", (5, 8)),
        ("O$a*{165}.C$US", "a value of a mapping table is PrintableString, not 'a*{165}'", (2, 9)),
        ("C$US\n", "a line feed may not stand in an address", (4, 5)),
    ],
)
def test_what_is_no_node(text: str, message: str, span: tuple[int, int]) -> None:
    with pytest.raises(AddressSyntaxError) as caught:
        parse_node(text)
    assert (caught.value.message, caught.value.text, caught.value.span) == (message, text, span)


@pytest.mark.parametrize("text", ["", "C", "PRMD$a..C$US", "PRMD.ADMD$a.C$US", "C$US.", "$x.C$US", "C$U$S", "C$US\\"])
def test_what_has_not_the_form_of_a_node(text: str) -> None:
    with pytest.raises(AddressSyntaxError) as caught:
        parse_node(text)
    start, end = caught.value.span
    assert 0 <= start <= end <= len(text)


def test_levels_of_an_address() -> None:
    address = ORAddress.parse("/G=x/S=y/OU=two/OU=one/O=o/ADMD=a/C=gb/")
    assert levels_of(address) == ("gb", "a", None, "o", "one", "two", None, None)
    # A level with a teletex form ends them: below it nothing is omitted.
    for value in ("yen*{165}", "*{165}"):
        assert levels_of(ORAddress.parse(f"/S=y/OU=u/O={value}/C=gb/")) == ("gb", None, None)
        assert levels_of(ORAddress.parse(f"/OU=c/OU={value}/OU=a/O=o/C=gb/")) == ("gb", None, None, "o", "a")
    assert node_address(("gb", None, "p")) == ORAddress([("C", "gb"), ("PRMD", "p")])


# --- rows ---------------------------------------------------------------------------------------------------------

# Vectors whose row leaves a level out, and is kept with a warning.
BENT = {"x400-102": "table2:1: warning: PRMD is left out without '@' (RFC 2156 appendix F.3)"}


@pytest.mark.parametrize("row", x400_rows("table2-parse"), ids=lambda row: row["id"])
def test_table2_vectors(row: Row) -> None:
    tables = Tables.parse(table2=row["input"])
    if row["expected"] == "error":
        assert listed(tables.table2) == []
        assert shown(tables) == [
            "table2:1: error: expected KEY$value (RFC 2156 appendix F.3)",
        ]
        return
    assert shown(tables) == ([BENT[row["id"]]] if row["id"] in BENT else [])
    assert isinstance(tables.table2, NodeRows)
    ((domain, levels),) = tables.table2
    assert isinstance(levels, tuple)
    if row["expected"] == "valid":
        assert f"{domain}#{format_node(levels)}#" == row["input"]
        return
    given = dict(zip(("C", "ADMD", "PRMD", "O"), levels, strict=False))
    assert (domain, {key: value for key, value in given.items() if value is not None}) == (
        row["expected"][0],
        {key: value for key, value in row["expected"][1] if value is not None},
    )
    assert (len(levels) == 4) is (row["expected"][1][-1][0] == "O")


@pytest.mark.parametrize("row", x400_rows("table-parse"), ids=lambda row: row["id"])
def test_table_vectors(row: Row) -> None:
    kind = "table1" if row["input"].index("$") < row["input"].index("#") else "table2"
    tables = Tables.parse(**{kind: row["input"]})
    assert tables.faults == ()
    assert len(getattr(tables, kind)) == 1


@pytest.mark.parametrize("row", x400_rows("table-parse-ean"), ids=lambda row: row["id"])
def test_ean_vectors(row: Row) -> None:
    assert listed(Tables.parse(table2=row["input"]).table2) == listed(Tables.parse(table2=row["expected"]).table2)


@pytest.mark.parametrize("row", x400_rows("table-lookup"), ids=lambda row: row["id"])
def test_lookup_vectors(row: Row) -> None:
    table = NodeRows([(key, ("zz",)) for key in row["context"]["keys"]])
    found = table.find(row["input"].split("."))
    assert found is not None
    assert found.source == f"table2: {row['expected']}"
    assert table.find(["A", "B", "C"]) is None


@pytest.mark.parametrize(
    "text",
    [
        r"PRMD$UK\.AC.ADMD$GOLD 400.C$GB#AC.UK#",  # RFC 2156 appendix F
        "PRMD$UK\\.AC.ADMD$GOLD 400.C$GB#AC.UK# \t",
        r"PRMD$UK\.AC.ADMD$GOLD 400.C$GB:AC.UK",  # PP: RFC 1506 3.6
        "P=UK.AC; A=GOLD 400; C=GB;\t# AC.UK",  # EAN: RFC 1506 3.6
        "PRMD$UK\\.AC.ADMD$GOLD 400.C$GB#AC.UK#\r",
    ],
)
def test_table1_in_every_format(text: str) -> None:
    tables = Tables.parse(table1=text, gate1=text.replace("GOLD 400", "BT"))
    assert tables.faults == ()
    assert listed(tables.table1) == [(UK, "AC.UK")]
    assert tables.gate1.find(("gb", "bt", "uk.ac", "x")) == DomainMatch("AC.UK", 3, r"gate1: PRMD$UK\.AC.ADMD$BT.C$GB")


@pytest.mark.parametrize(
    "text",
    [
        r"AC.UK#PRMD$UK\.AC.ADMD$GOLD 400.C$GB#",
        r"AC.UK:PRMD$UK\.AC.ADMD$GOLD 400.C$GB",
        "AC.UK   # P=UK.AC; A=GOLD 400; C=GB;",
    ],
)
def test_table2_in_every_format(text: str) -> None:
    tables = Tables.parse(table2=text)
    assert tables.faults == ()
    assert listed(tables.table2) == [("AC.UK", UK)]


def test_comments_blank_lines_and_endings() -> None:
    tables = Tables.parse(
        table2="# a comment#with#marks#\r\n\r\n  \t\r\nse#C$se#\r\n#dk#C$dk#\r\nde#ADMD$ .C$de#", table1="\n\n"
    )
    assert tables.faults == ()
    assert listed(tables.table2) == [("se", ("se",)), ("de", ("de", " "))]


def test_a_gateway_may_have_any_attribute() -> None:
    """RFC 2156 appendix F.7: gate2 names an O/R address, not a node."""
    tables = Tables.parse(
        gate2="bitnet.example#~ROLE$gw.ADMD$ATT.C$US#\nmil#CN$gw.O$DDN.ADMD$ .C$us#\nnet # S=gw; A=BT; C=gb;"
    )
    assert tables.faults == ()
    role = ORAddress([("C", "US"), ("ADMD", "ATT"), ("DD.ROLE", "gw")])
    assert tables.gate2.find(("vax", "bitnet", "example")) == NodeMatch(
        ("US", "ATT", *[None] * 6), 2, "gate2: bitnet.example", role
    )
    found = [tables.gate2.find((name,)) for name in ("mil", "net")]
    assert [None if one is None else one.address.to_text() for one in found] == [
        "/CN=gw/O=DDN/ADMD= /C=us/",
        "/S=gw/ADMD=BT/C=gb/",
    ]


EXPECTED_2 = "expected domain#O/R address# (RFC 2156 appendix F)"
EXPECTED_1 = "expected O/R address#domain# (RFC 2156 appendix F)"


@pytest.mark.parametrize(
    ("kind", "text", "fault"),
    [
        ("table2", "AC.UK#PRMD$x.ADMD$y.C$GB", f"table2:1: error: {EXPECTED_2}"),  # the trailing "#" is mandatory
        ("table2", "AC.UK#O$a=b.PRMD$x.ADMD$y.C$GB", f"table2:1: error: {EXPECTED_2}"),
        ("table2", "\nAC.UK", f"table2:2: error: {EXPECTED_2}"),
        ("table2", "AC.UK##", f"table2:1: error: {EXPECTED_2}"),
        ("table2", "#\n\nAC.UK#C$GB#x#", f"table2:3: error: {EXPECTED_2}"),
        ("table1", "ADMD$x.C$GB#", f"table1:1: error: {EXPECTED_1}"),
        ("table1", "ADMD$x.C$GB#-x.uk#", "table1:1: error: '-x.uk' is no domain (RFC 2156 4.2)"),
        ("table1", "ADMD$x.C$GB#x..uk#", "table1:1: error: 'x..uk' is no domain (RFC 2156 4.2)"),
        ("table1", "ADMD$x.C$GB#[192.0.2.1]#", "table1:1: error: '[192.0.2.1]' is no domain (RFC 2156 4.2)"),
        ("table1", "ADMD$x.C$GB#b\u00fccher.de#", "table1:1: error: 'b\u00fccher.de' is no domain (RFC 2156 4.2)"),
        ("gate1", "S$x.C$GB#a.uk#", f"gate1:1: error: {LEVELS_ONLY}"),
        ("table2", "a.uk#ADMD$x#", "table2:1: error: expected a country on the right"),
        ("table2", "a.uk#C$G\x00B#", "table2:1: error: a NUL may not stand in an address"),
        ("table2", "a.uk#PRMD$x_y.C$GB#", "table2:1: error: a value of a mapping table is PrintableString, not 'x_y'"),
        ("table2", "a.uk # Q1=x; C=gb;", "table2:1: error: 'Q1' is the label of no attribute"),
        ("table2", "a.uk # S=x;", "table2:1: error: expected a country"),
        ("gate1", "A=x; P=y; # a.uk", "gate1:1: error: expected a country"),
        (
            "gate2",
            "a.uk#XX$x.C$GB#",
            "gate2:1: error: 'XX' is the label of no attribute",
        ),
    ],
)
def test_a_row_that_cannot_be_read_is_left_out(kind: str, text: str, fault: str) -> None:
    tables = Tables.parse(**{kind: f"{text}\n"})
    assert shown(tables) == [fault]
    assert [found.kept for found in tables.faults] == [False]
    assert len(getattr(tables, kind)) == 0


def test_a_row_that_bends_a_rule_is_kept() -> None:
    tables = Tables.parse(table1="O$Xerox.ADMD$ATT.C$US#XEROX.COM#")
    assert tables.faults == (RowFault("PRMD is left out without '@' (RFC 2156 appendix F.3)", "table1", 1, kept=True),)
    assert listed(tables.table1) == [(("US", "ATT", None, "Xerox"), "XEROX.COM")]


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("table1", "OU$u.C$US#u.us#", "ADMD, PRMD and O are left out without '@' (RFC 2156 appendix F.3)"),
        ("table2", "u.us#O$o.C$US#", "ADMD and PRMD are left out without '@' (RFC 2156 appendix F.3)"),
        (
            "table2",
            "p.us#PRMD$Griddle MHS Providers.ADMD$a.C$US#",
            "PRMD: 21 characters; the bound is 16 (X.411 ub-domain-name-length)",
        ),
        (
            "gate2",
            f"p.us#CN${'c' * 65}.ADMD$a.C$US#",
            "CN: 65 characters; the bound is 64 (X.411 ub-common-name-length)",
        ),
        (
            "table1",
            "PRMD$p .ADMD$a.C$US#p.us#",
            "PRMD: blanks about the value, 'p ', count for nothing (RFC 2156 4.3.5 mapping B)",
        ),
        (
            "gate1",
            "PRMD$p.ADMD$ a.C$US#p.us#",
            "ADMD: blanks about the value, ' a', count for nothing (RFC 2156 4.3.5 mapping B)",
        ),
        (
            "table1",
            "O$ .PRMD$p.ADMD$a.C$US#p.us#",
            "O: blanks about the value, ' ', count for nothing (RFC 2156 4.3.5 mapping B)",
        ),
    ],
)
def test_a_doubtful_row_is_kept_with_a_warning(kind: str, text: str, message: str) -> None:
    tables = Tables.parse(**{kind: text})
    assert tables.faults == (RowFault(message, kind, 1, kept=True),)
    assert len(getattr(tables, kind)) == 1


def test_a_row_may_bend_several_rules() -> None:
    tables = Tables.parse(table1=f"OU$ {'u' * 33}.O$o.C$US#u.us#")
    assert shown(tables) == [
        "table1:1: warning: ADMD and PRMD are left out without '@' (RFC 2156 appendix F.3)",
        "table1:1: warning: OU: 34 characters; the bound is 32 (X.411 ub-organizational-unit-name-length)",
        f"table1:1: warning: OU: blanks about the value, ' {'u' * 33}', count for nothing (RFC 2156 4.3.5 mapping B)",
    ]
    assert len(listed(tables.table1)) == 1


@pytest.mark.parametrize("kind", ["table1", "table2", "gate1", "gate2"])
@pytest.mark.parametrize("country", ["GBR", "G", "G1", "82", "8260", " GB", " "])
def test_a_country_is_two_letters_or_three_digits(kind: str, country: str) -> None:
    node = f"ADMD$a.C${country}"
    tables = Tables.parse(**{kind: f"{node}#a.example#" if kind[-1] == "1" else f"a.example#{node}#"})
    message = "a country is two letters (ISO 3166) or three digits (X.121)"
    assert tables.faults == (RowFault(message, kind, 1, kept=False),)
    assert len(getattr(tables, kind)) == 0
    good = Tables.parse(table1="ADMD$a.C$826#a.example#\nA=a; C=gb; # b.example", gate2="c.example#ADMD$a.C$826#")
    assert good.faults == ()


def test_the_first_of_two_rows_stands() -> None:
    tables = Tables.parse(table1="C$se#se#\nc$SE#other.se#", table2="SE#C$se#\n\nse#C$dk#")
    assert shown(tables) == [
        "table1:2: error: a second row for this O/R address; the first stands",
        "table2:3: error: a second row for this domain; the first stands",
    ]
    assert listed(tables.table1) == [(("se",), "se")]
    assert listed(tables.table2) == [("SE", ("se",))]


def test_a_key_in_a_table_and_its_gate_table() -> None:
    """RFC 2156 appendix F.7 and F.8."""
    tables = Tables.parse(
        table1="ADMD$a.C$se#se#", gate1="ADMD$b.C$se#b.se#\nADMD$A.C$SE#gw.se#", table2="se#C$se#", gate2="SE#C$se#"
    )
    assert tables.faults == (
        RowFault("ADMD$A.C$SE stands in table1 too, which wins", "gate1", 0, kept=True),
        RowFault("SE stands in table2 too, which wins", "gate2", 0, kept=True),
    )
    assert shown(tables) == [
        "gate1: warning: ADMD$A.C$SE stands in table1 too, which wins",
        "gate2: warning: SE stands in table2 too, which wins",
    ]


# --- files --------------------------------------------------------------------------------------------------------


def write(directory: Path, **files: str) -> None:
    for name, text in files.items():
        (directory / name.replace("__", ".")).write_bytes(text.encode())


@pytest.mark.parametrize(
    "names",
    [
        ("table1", "table2", "gate1", "gate2"),
        ("mapping1", "mapping2", "gate1", "gate"),
        ("or2rfc", "rfc2or", "gate1.txt", "gate2.in.txt"),
        ("TABLE1.TXT", "Table2.txt", "Gate1", "GATE.tbl"),
    ],
)
def test_the_names_of_files(tmp_path: Path, names: tuple[str, ...]) -> None:
    texts = ("ADMD$a.C$se#a.se#", "b.se#ADMD$b.C$se#\r\n", "ADMD$c.C$se#c.se#", "\ufeffd.se#ADMD$d.C$se#")
    for name, text in zip(names, texts, strict=True):
        (tmp_path / name).write_bytes(text.encode())
    (tmp_path / "README").write_bytes(b"\xff not a table")
    (tmp_path / "table3").write_bytes(b"nonsense")
    (tmp_path / "gate1.d").mkdir()
    tables = Tables.load(tmp_path)
    assert tables.faults == ()
    assert [listed(table) for table in (tables.table1, tables.table2, tables.gate1)] == [
        [(("se", "a"), "a.se")],
        [("b.se", ("se", "b"))],
        [(("se", "c"), "c.se")],
    ]
    assert tables.gate2.find(("d", "se")) is not None
    assert Tables.load(str(tmp_path)).faults == ()


def test_faults_of_a_file_name_it(tmp_path: Path) -> None:
    write(tmp_path, table1__txt="C$se#se#\nx\n", gate1="c$SE#gw.se#\n")
    assert shown(Tables.load(tmp_path)) == [
        f"{tmp_path}/table1.txt:2: error: {EXPECTED_1}",
        f"{tmp_path}/gate1: warning: C$SE stands in table1 too, which wins",
    ]


def failure(path: Path) -> TableError:
    with pytest.raises(TableError) as caught:
        Tables.load(path)
    assert isinstance(caught.value, MailPathsError)
    return caught.value


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    error = failure(tmp_path / "none")
    assert (error.message, error.file, error.line) == (
        "cannot be read: No such file or directory",
        f"{tmp_path}/none",
        0,
    )
    assert str(error) == f"{tmp_path}/none: cannot be read: No such file or directory"


def test_a_file_for_a_directory(tmp_path: Path) -> None:
    write(tmp_path, table1="")
    assert str(failure(tmp_path / "table1")) == f"{tmp_path}/table1: cannot be read: Not a directory"


def test_a_directory_without_tables(tmp_path: Path) -> None:
    write(tmp_path, other="x")
    assert str(failure(tmp_path)) == f"{tmp_path}: no file named table1, table2, gate1 or gate2 is here"


def test_two_files_of_one_table(tmp_path: Path) -> None:
    write(tmp_path, table1="", or2rfc="")
    assert str(failure(tmp_path)) == f"{tmp_path}/table1: a second table1, beside or2rfc"


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    write(tmp_path, table1="C$se#se#")
    (tmp_path / "table2").write_bytes("# für\nbüro.se#C$se#\ndk#C$dk#\nfr#O$é.C$fr#\n".encode("latin-1"))
    tables = Tables.load(tmp_path)
    assert shown(tables) == [
        f"{tmp_path}/table2:2: error: byte 0xFC is not UTF-8 text",
        f"{tmp_path}/table2:4: error: byte 0xE9 is not UTF-8 text",
    ]
    assert listed(tables.table2) == [("dk", ("dk",))]
    assert listed(tables.table1) == [(("se",), "se")]


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, table2="se#C$se#")

    def refuse(self: Path, **_how: object) -> str:
        raise PermissionError(13, os.strerror(13), str(self))

    monkeypatch.setattr(Path, "read_text", refuse)  # root may read anything
    assert str(failure(tmp_path)) == f"{tmp_path}/table2: cannot be read: Permission denied"


def test_a_table_error_with_a_line() -> None:
    assert str(TableError("no good", "table1", 3)) == "table1:3: no good"


# --- looking up ---------------------------------------------------------------------------------------------------


def test_the_longest_match_of_levels() -> None:
    table = Tables.parse(
        table1="C$GB#gb#\nADMD$GOLD 400.C$GB#gold-400.gb#\nO$UCL.PRMD$UK\\.AC.ADMD$GOLD 400.C$GB#ucl.ac.uk#"
    ).table1
    asked: list[tuple[tuple[Level, ...], tuple[str, int] | None]] = [
        (("GB", "GOLD 400", "UK.AC", "UCL", "CS"), ("ucl.ac.uk", 4)),
        (("gb", " gold  400 ", "uk.ac", "ucl"), ("ucl.ac.uk", 4)),  # RFC 2156 4.3.5 B.1
        (("GB", "GOLD 400", "UK.AC", "Salford"), ("gold-400.gb", 2)),
        (("GB", "GOLD 400", "UK.AC"), ("gold-400.gb", 2)),
        (("GB", "GOLD 40", "UK.AC"), ("gb", 1)),
        (("GB",), ("gb", 1)),
        (("FR", "GOLD 400"), None),
        ((None, "GOLD 400"), None),
        ((), None),
    ]
    for levels, expected in asked:
        found = table.find(levels)
        assert (None if found is None else (found.domain, found.levels)) == expected


def test_the_longest_match_of_labels() -> None:
    table = Tables.parse(table2="K.L#C$zz#\nJ.K.L#ADMD$a.C$zz#").table2
    asked = [
        ("I.J.K.L", (("zz", "a"), 3)),
        ("i.j.k.l", (("zz", "a"), 3)),
        ("J.K.L", (("zz", "a"), 3)),
        ("XJ.K.L", (("zz",), 2)),
        ("K.L", (("zz",), 2)),
        ("L", None),
        ("XK.L", None),
        ("A.B.C", None),
    ]
    for domain, expected in asked:
        found = table.find(domain.split("."))
        assert (None if found is None else (found.levels, found.labels)) == expected
    assert table.find([]) is None
    assert Tables().table2.find(("a", "b")) is None
    assert Tables().table1.find(("a", "b")) is None


def test_omitted_and_blank_are_two_rows_and_one_address() -> None:
    """RFC 2156 4.2 and appendix F.3 know both rows; the address is the same (4.1.3): the blank comes first."""
    blank = Tables.parse(table1="ADMD$ .C$GB#blank.uk#").table1
    omitted = Tables.parse(table1="ADMD$@.C$GB#at.uk#").table1
    both = Tables.parse(table1="ADMD$ .C$GB#blank.uk#\nADMD$@.C$GB#at.uk#").table1
    found = [
        [None if match is None else match.domain for match in (table.find(("GB", " ")), table.find(("GB", None)))]
        for table in (blank, omitted, both)
    ]
    assert found == [["blank.uk", "blank.uk"], ["at.uk", "at.uk"], ["blank.uk", "blank.uk"]]
    longer = Tables.parse(table1="PRMD$p.ADMD$ .C$GB#p.uk#\nADMD$@.C$GB#at.uk#").table1
    for admd in (None, " ", "  ", ""):
        match = longer.find(("GB", admd, "P", "o"))
        assert match == DomainMatch("p.uk", 3, "table1: PRMD$p.ADMD$ .C$GB")


def test_tables_of_rows_that_a_program_makes() -> None:
    one = DomainRows([(("GB", "BT"), "bt.gb")], source="mine")
    assert one.find(("gb", "bt", "p")) == DomainMatch("bt.gb", 2, "mine: ADMD$BT.C$GB")
    assert one.add(("gb", "bt"), "x.y") is False
    assert (("GB", "bt") in one, ("GB", "x") in one, "GB" in one, len(one)) == (True, False, False, 1)
    other = NodeRows([("bt.gb.", ("GB", "BT"))], source="mine")
    assert other.find(("a", "BT", "gb")) == NodeMatch(
        ("GB", "BT"), 2, "mine: bt.gb", ORAddress([("C", "GB"), ("ADMD", "BT")])
    )
    assert other.add("BT.GB", ("zz",)) is False
    assert ("Bt.gb" in other, "gb" in other, 3 in other, len(other)) == (True, False, False, 1)


def text_of(count: int) -> str:
    return "\n".join(
        [
            rf"OU$U{number}.O$Org {number % 97}.PRMD$P\.{number}.ADMD$A{number % 7}.C$zz#u{number}.p.zz#"
            for number in range(count)
        ]
    )


def test_loading_grows_with_the_rows() -> None:
    """Ten times the rows may take fifteen times the time; the best of some tries, for the machine may be busy."""
    short, long = text_of(1_000), text_of(10_000)
    ratios = []
    for _ in range(4):
        times = []
        for text in (short, long):
            start = time.perf_counter()
            tables = Tables.parse(table1=text)
            times.append(time.perf_counter() - start)
        assert tables.faults == ()
        ratios.append(times[1] / times[0])
        if ratios[-1] < 15:
            break
    assert min(ratios) < 15


def test_a_long_row_is_no_burden() -> None:
    """Hostile rows in linear time: all of these are refused, or read, at once."""
    start = time.perf_counter()
    for text in ("a." * 50_000, "a#" * 50_000, "\\." * 50_000, "O$x." * 25_000 + "C$zz#a.b#", "=;" * 50_000 + "#x"):
        Tables.parse(table1=text, table2=text, gate2=text)
    assert time.perf_counter() - start < 5


def test_what_a_row_cannot_say_is_refused() -> None:
    """A row that named less than was written would map other people's addresses."""
    tables = Tables.parse(table1="C=GB;A=x;S=Doe; # a.example", gate2="b.example#PRMD$x#")
    assert [str(fault) for fault in tables.faults] == [
        "table1:1: error: a mapping table knows C, ADMD, PRMD, O and OU alone (RFC 2156 appendix F.3)",
        "gate2:1: error: expected a country",
    ]
    assert repr(tables.table1) == "<DomainRows table1: 0 rows>"
