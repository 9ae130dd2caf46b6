"""No vector without a reader: every kind of x400.jsonl, every row of it, and der.jsonl and aftn.jsonl as a whole."""

from __future__ import annotations

import ast
import importlib
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from mailpaths import AddressSyntaxError, ORAddress, parse
from tests.support import VECTORS, Row, rows, x400_rows

#: Which modules assert the rows of a kind.
READERS: dict[str, set[str]] = {
    "dmn-or-format": {"test_x400_vectors"},
    "dmn-or-parse": {"test_tables", "test_x400_vectors"},
    "domain2or": {"test_gateway"},
    "downgrade": {"test_x400_legacy"},
    "f401-delimiter": {"test_x400_vectors"},
    "f401-parse": {"test_x400_vectors"},
    "f401-table-parse": {"test_x400_vectors"},
    "gstn-parse": {"test_telephone"},
    "imcea-decode": {"test_exchange"},
    "imcea-encode": {"test_exchange"},
    "mail11-quote": {"test_mail11"},
    "mail11-to-or": {"test_mail11"},
    "mail11-to-rfc": {"test_mail11"},
    "ms-double-encode-bug": {"test_gateway"},
    "ms-proxy-list": {"test_exchange"},
    "ms-proxy-parse": {"test_exchange", "test_x400_vectors"},
    "msgid-parse": {"test_message_id"},
    "or-to-mail11": {"test_mail11"},
    "or2dn": {"test_x400_legacy"},
    "or2domain": {"test_gateway"},
    "or2rfc": {"test_gateway"},
    "ortext-convert": {"test_x400_vectors"},
    "ortext-parse": {"test_x400_vectors"},
    "ortext-validate": {"test_x400_vectors"},
    "percent-to-route": {"test_gateway"},
    "pn-decode": {"test_x400_vectors"},
    "pn-encode": {"test_x400_vectors"},
    "ps-decode": {"test_ps"},
    "ps-decode-987": {"test_x400_legacy"},
    "ps-encode": {"test_ps"},
    "ps-encode-987": {"test_x400_legacy"},
    "px-decode": {"test_px", "test_x400_vectors"},
    "px-encode": {"test_px", "test_x400_vectors"},
    "px-owner-name": {"test_px"},
    "px-record": {"test_px"},
    "quoting": {"test_gateway"},
    "restricted822-decode": {"test_x400_legacy"},
    "restricted822-encode": {"test_x400_legacy"},
    "rfc2or": {"test_gateway"},
    "std-or-parse": {"test_x400_vectors"},
    "table-lookup": {"test_tables"},
    "table-parse": {"test_tables"},
    "table-parse-ean": {"test_tables"},
    "table2-parse": {"test_tables"},
    "teletex-and-or-ps": {"test_x400_vectors"},
    "teletex-encode": {"test_x400_vectors"},
    "uucp-x400": {"test_gateway"},
    "uucp2or": {"test_gateway"},
}
#: Kinds that nothing of ours reads, and why.
NOT_OURS = {"oid-parse": "an object identifier is no address; RFC 2156 3.3.7 itself keeps it out of structured fields"}
#: The files that one module asserts whole.
WHOLE = {"der.jsonl": "test_der", "aftn.jsonl": "test_aftn"}

MODULES = sorted(path.stem for path in Path(__file__).parent.glob("test_*.py") if path != Path(__file__))
# Three digits: DD.X400-88 is an attribute.
_ID = re.compile(r"\b(?:x400-[0-9]{3}|aftn-[0-9]{2})\b")


@cache
def source_of(module: str) -> str:
    return (Path(__file__).parent / f"{module}.py").read_text(encoding="utf-8")


def calls(module: str, function: str) -> Iterator[ast.Call]:
    """Yield the calls of a function by its bare name."""
    for node in ast.walk(ast.parse(source_of(module))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function:
            yield node


@cache
def kinds_of(module: str) -> frozenset[str]:
    """Return the kinds that a module asks ``x400_rows`` for: texts, or the keys of a table of the module's own."""
    tables = {
        node.targets[0].id: node.value
        for node in ast.parse(source_of(module)).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    found: set[str] = set()
    for call in calls(module, "x400_rows"):
        for each in call.args:
            if isinstance(each, ast.Starred) and isinstance(each.value, ast.Name):
                found.update(ast.literal_eval(tables[each.value.id]))
            else:
                found.add(ast.literal_eval(each))
    return frozenset(found)


@cache
def ids_of(module: str) -> frozenset[str]:
    """Return the ids of the rows that a module's tests are given, and of those that its source names."""
    found = set(_ID.findall(source_of(module)))
    for test in vars(importlib.import_module(f"tests.{module}")).values():
        for mark in getattr(test, "pytestmark", ()):
            if mark.name == "parametrize":
                found.update(str(row["id"]) for row in mark.args[1] if isinstance(row, dict) and "id" in row)
    return frozenset(found)


def gaps(found: list[Row]) -> list[str]:
    """Return what nobody asserts of some rows of x400.jsonl."""
    told = []
    for row in found:
        if row["kind"] in NOT_OURS:
            continue
        if row["kind"] not in READERS:
            told.append(f"{row['id']}: no module asks for rows of the kind {row['kind']!r}")
        elif not any(row["id"] in ids_of(module) for module in READERS[row["kind"]]):
            told.append(f"{row['id']}: no test is given this row of the kind {row['kind']!r}")
    return told


def test_every_row_is_asserted() -> None:
    assert gaps(x400_rows()) == []


def test_a_row_that_is_added_comes_up() -> None:
    assert gaps([{"id": "x400-new", "kind": "a new kind"}, {"id": "x400-new", "kind": "px-record"}]) == [
        "x400-new: no module asks for rows of the kind 'a new kind'",
        "x400-new: no test is given this row of the kind 'px-record'",
    ]


def test_the_table_of_kinds_is_that_of_the_file() -> None:
    assert {row["kind"] for row in x400_rows()} == READERS.keys() | NOT_OURS.keys()
    assert not READERS.keys() & NOT_OURS.keys()


@pytest.mark.parametrize("module", MODULES)
def test_a_module_asks_for_its_kinds(module: str) -> None:
    assert kinds_of(module) == {kind for kind, readers in READERS.items() if module in readers}


@pytest.mark.parametrize("module", MODULES)
def test_no_module_has_a_loader_of_its_own(module: str) -> None:
    named = [node.value for node in ast.walk(ast.parse(source_of(module))) if isinstance(node, ast.Constant)]
    assert "x400.jsonl" not in named


@pytest.mark.parametrize("module", MODULES)
def test_every_id_that_is_named_exists(module: str) -> None:
    known = {row["id"] for row in [*x400_rows(), *rows("aftn.jsonl")]}
    assert set(_ID.findall(source_of(module))) <= known


@pytest.mark.parametrize(("name", "module"), WHOLE.items())
def test_a_whole_file_is_asserted(name: str, module: str) -> None:
    assert {row["id"] for row in rows(name)} <= ids_of(module)
    assert {other for other in MODULES for call in calls(other, "rows") if ast.unparse(call.args[0]) == repr(name)} == {
        module
    }


@pytest.mark.parametrize("name", ["x400.jsonl", *WHOLE])
def test_every_row_has_an_id_of_its_own_and_a_source(name: str) -> None:
    lines = [json.loads(line) for line in (VECTORS / name).read_text(encoding="utf-8").splitlines()]
    found = [row for row in lines if "_meta" not in row]
    assert len({row["id"] for row in found}) == len(found)
    assert all(row["source"] for row in found)


@pytest.mark.parametrize("row", x400_rows("oid-parse"), ids=lambda row: row["id"])
def test_an_object_identifier_is_no_address(row: Row) -> None:
    for reader in (parse, ORAddress.parse):
        with pytest.raises(AddressSyntaxError):
            reader(row["input"])
