"""The bridge between RFC 822 and X.400, with tables of 10,000 rows: ``tox -e bench``.

No program found in public maps these addresses today, so there is no peer beside ours. What stands there instead is a
naive scan: the same rows in a list, each compared with the question, which is what a table without an index costs.
"""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from mailpaths.x400 import Gateway, Tables
from mailpaths.x400.tables import Level, parse_node

#: Rows in a large table, and in a small one.
LARGE, SMALL = 10_000, 10


def _rows(count: int) -> tuple[list[tuple[str, str]], str, str]:
    """Return pairs of node and domain, and the two texts that they are in RFC 2156 appendix F."""
    pairs = [
        (
            rf"O$Org {number % 97}.PRMD$P\.{number}.ADMD$A{number % 7}.C$zz",
            f"org{number % 97}.p{number}.a{number % 7}.zz",
        )
        for number in range(count)
    ]
    return (
        pairs,
        "\n".join([f"{node}#{domain}#" for node, domain in pairs]),
        "\n".join([f"{domain}#{node}#" for node, domain in pairs]),
    )


PAIRS, TABLE1, TABLE2 = _rows(LARGE)
TABLES = {LARGE: Tables.parse(table1=TABLE1, table2=TABLE2)}
_, _small1, _small2 = _rows(SMALL)
TABLES[SMALL] = Tables.parse(table1=_small1, table2=_small2)
GATEWAY = Gateway(TABLES[LARGE], domain="gw.example", or_address="C=GB; A= ; P=mailer")

TO_X400 = {
    "a name": ("J.Linnimouth@sales.org3.p3.a3.zz", "/I=J/S=Linnimouth/OU=sales/O=Org 3/PRMD=P.3/ADMD=A3/C=zz/"),
    "attributes": (
        "/I=J/S=Linnimouth/GQ=5/@sales.org3.p3.a3.zz",
        "/I=J/S=Linnimouth/GQ=5/OU=sales/O=Org 3/PRMD=P.3/ADMD=A3/C=zz/",
    ),
    "no table knows it": (
        "Tom_Harris@cs.widget.com",
        "/RFC-822=Tom(u)Harris(a)cs.widget.com/PRMD=mailer/ADMD= /C=GB/",
    ),
    "a bang path": ("seismo!mcvax!piet", "/RFC-822=seismo(b)mcvax(b)piet/PRMD=mailer/ADMD= /C=GB/"),
}
TO_RFC822 = {
    "a name": ("/I=J/S=Linnimouth/OU=sales/O=Org 3/PRMD=P.3/ADMD=A3/C=zz/", "J.Linnimouth@sales.org3.p3.a3.zz"),
    "no table knows it": ("/S=x/O=o/PRMD=p/ADMD=a/C=fr/", "/S=x/O=o/PRMD=p/ADMD=a/C=fr/@gw.example"),
    "an attribute": (
        "/RFC-822=Tom(u)Harris(a)cs.widget.com/PRMD=mailer/ADMD= /C=GB/",
        "Tom_Harris@cs.widget.com",
    ),
}


@pytest.mark.parametrize("form", TO_X400)
def test_to_x400(benchmark: BenchmarkFixture, form: str) -> None:
    """One address from RFC 822 to X.400."""
    benchmark.group = "gateway: RFC 822 to X.400, 10,000 rows"
    text, expected = TO_X400[form]
    assert benchmark(GATEWAY.to_x400, text).address.to_text() == expected


@pytest.mark.parametrize("form", TO_RFC822)
def test_to_rfc822(benchmark: BenchmarkFixture, form: str) -> None:
    """One address from X.400 to RFC 822."""
    benchmark.group = "gateway: X.400 to RFC 822, 10,000 rows"
    text, expected = TO_RFC822[form]
    assert str(benchmark(GATEWAY.to_rfc822, text)) == expected


@pytest.mark.parametrize("kind", ["table1", "table2"])
def test_load(benchmark: BenchmarkFixture, kind: str) -> None:
    """Read a table of 10,000 rows."""
    benchmark.group = "gateway: loading 10,000 rows"
    texts = {"table1": TABLE1, "table2": TABLE2}
    tables = benchmark(lambda: Tables.parse(**{kind: texts[kind]}))
    assert len(getattr(tables, kind)) == LARGE


LEVELS: tuple[Level, ...] = ("zz", "a3", "p.3", "org 3", "sales")
LABELS = ("sales", "org3", "p3", "a3", "zz")


@pytest.mark.parametrize("rows", [SMALL, LARGE])
def test_look_up_levels(benchmark: BenchmarkFixture, rows: int) -> None:
    """Find the domain of a node, among 10 rows and among 10,000: no scan, so both take the same."""
    benchmark.group = "gateway: look up a node"
    found = benchmark(TABLES[rows].table1.find, LEVELS)
    assert (found.domain, found.levels) == ("org3.p3.a3.zz", 4)


@pytest.mark.parametrize("rows", [SMALL, LARGE])
def test_look_up_labels(benchmark: BenchmarkFixture, rows: int) -> None:
    """Find the node of a domain, among 10 rows and among 10,000."""
    benchmark.group = "gateway: look up a domain"
    found = benchmark(TABLES[rows].table2.find, LABELS)
    assert (found.levels, found.labels) == (("zz", "A3", "P.3", "Org 3"), 4)


@pytest.mark.parametrize("rows", [SMALL, LARGE])
def test_look_up_labels_by_a_scan(benchmark: BenchmarkFixture, rows: int) -> None:
    """The naive way, for comparison: every row is compared with the question, and the longest kept."""
    benchmark.group = "gateway: look up a domain"
    table = [(domain, parse_node(node)) for node, domain in PAIRS[:rows]]
    asked = f".{'.'.join(LABELS)}"

    def scan() -> tuple[str, tuple[Level, ...]]:
        return max((row for row in table if asked.endswith(f".{row[0]}")), key=lambda row: len(row[0]))

    assert benchmark(scan)[1] == ("zz", "A3", "P.3", "Org 3")
