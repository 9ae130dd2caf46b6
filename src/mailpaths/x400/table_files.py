r"""The files of mapping tables (RFC 2156 appendix F), and what is wrong with them.

A file has a row a line, ``key#value#``; rows as EAN and PP wrote them are understood too (RFC 1506 3.6).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from mailpaths.addresses import conformance
from mailpaths.addresses.dialects import DMN_OR
from mailpaths.addresses.dialects import parse as parse_dialect
from mailpaths.addresses.oraddress import ORAddress, Value, from_attributes
from mailpaths.errors import AddressSyntaxError, MailPathsError
from mailpaths.grammar import lexical
from mailpaths.x400.levels import DOMAIN, KEYS, Level, format_node, levels_of, present_end, read_node
from mailpaths.x400.table_rows import DomainRows, NodeRows

__all__ = ["RowFault", "TableError", "TableRows", "load", "read"]

# RFC 2156 appendix F.5 and F.6; the other programs' files of RFC 1506 3.6.
_ROW = re.compile(r"([^#]++)#([^#]++)#[ \t]*+\Z")
_EAN_ROW = re.compile(r"([^#]++)#([^#]++)\Z")
_PP_ROW = re.compile(r"([^:#]++):([^:#]++)\Z")
#: The names by which a directory's files are known: RFC 2163's, RFC 1465's, PP's.
_FILES = {
    "table1": "table1",
    "mapping1": "table1",
    "or2rfc": "table1",
    "table2": "table2",
    "mapping2": "table2",
    "rfc2or": "table2",
    "gate1": "gate1",
    "gate2": "gate2",
    "gate": "gate2",
}


class TableError(MailPathsError):
    """A mapping table cannot be read: ``message``, ``file`` and ``line`` (0 for the whole file)."""

    def __init__(self, message: str, file: str, line: int) -> None:
        super().__init__(message, file, line)
        self.message = message
        self.file = file
        self.line = line

    def __str__(self) -> str:
        """Return the message behind file and line."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}"


@dataclass(frozen=True, slots=True)
class RowFault:
    """A row of a table that breaks a rule: read all the same where ``kept``, else left out.

    ``line`` is 0 where the fault lies between two files.
    """

    message: str
    file: str
    line: int
    kept: bool

    def __str__(self) -> str:
        """Return the fault as programs print one: file, line, message."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {'warning' if self.kept else 'error'}: {self.message}"


class TableRows(NamedTuple):
    """The four tables as they were read, and the rows that break a rule."""

    table1: DomainRows
    table2: NodeRows
    gate1: DomainRows
    gate2: NodeRows
    faults: tuple[RowFault, ...]


def load(path: Path | str) -> TableRows:
    """Return the tables of a directory: see `mailpaths.x400.Tables.load`."""
    directory = Path(path)
    texts: dict[str, str] = {}
    files: dict[str, str] = {}
    for file in _table_files(directory):
        kind = _FILES[_kind_name(file)]
        if kind in files:
            raise TableError(f"a second {kind}, beside {Path(files[kind]).name}", str(file), 0)
        files[kind] = str(file)
        try:
            # A byte that is no UTF-8 is the fault of its row, and in a comment none.
            texts[kind] = file.read_text(encoding="utf-8-sig", errors="surrogateescape")
        except OSError as error:
            raise TableError(f"cannot be read: {error.strerror}", str(file), 0) from error
    if not texts:
        raise TableError("no file named table1, table2, gate1 or gate2 is here", str(directory), 0)
    return read(texts.items(), files)


def _table_files(directory: Path) -> list[Path]:
    try:
        return sorted(one for one in directory.iterdir() if _kind_name(one) in _FILES and one.is_file())
    except OSError as error:
        raise TableError(f"cannot be read: {error.strerror}", str(directory), 0) from error


def _kind_name(file: Path) -> str:
    return file.name.partition(".")[0].lower()


def read(texts: Iterable[tuple[str, str]], files: dict[str, str] | None = None) -> TableRows:
    """Return the tables of several texts, each behind the name of its table; ``files`` are the names in faults."""
    domains = {"table1": DomainRows(), "gate1": DomainRows(source="gate1")}
    nodes = {"table2": NodeRows(), "gate2": NodeRows(source="gate2")}
    found: list[RowFault] = []
    for kind, text in texts:
        file = (files or {}).get(kind, kind)
        for number, line in enumerate(text.split("\n"), 1):
            row = line.removesuffix("\r")
            if not row.strip(" \t") or row[0] == "#":
                continue
            try:
                lexical.check_characters(row)
                if kind in domains:
                    bent = _add_domain(domains[kind], row)
                else:
                    bent = _add_node(nodes[kind], row, whole=kind == "gate2")
            except MailPathsError as error:
                message = error.message if isinstance(error, AddressSyntaxError) else str(error)
                found.append(RowFault(message, file, number, kept=False))
            else:
                found += [RowFault(message, file, number, kept=True) for message in bent]
    found += _twice("table1", domains["table1"], domains["gate1"], files)
    found += _twice("table2", nodes["table2"], nodes["gate2"], files)
    return TableRows(domains["table1"], nodes["table2"], domains["gate1"], nodes["gate2"], tuple(found))


def _split(row: str, *, domain_first: bool) -> tuple[str, str]:
    """Return key and value of a row: ``key#value#``, or the formats of EAN and PP (RFC 1506 3.6)."""
    found = _ROW.match(row)
    if found is not None:
        return found[1], found[2]
    found = _EAN_ROW.match(row)
    if found is not None and "$" not in row and "=" in row:
        return found[1].strip(" \t"), found[2].strip(" \t")
    found = _PP_ROW.match(row)
    if found is not None and "$" in row:
        return found[1], found[2]
    what = "domain#O/R address#" if domain_first else "O/R address#domain#"
    raise AddressSyntaxError(f"expected {what} (RFC 2156 appendix F)", row, (0, len(row)))


def _node_of(text: str) -> tuple[tuple[Level, ...], list[str]]:
    """Return the levels of a row, and which rules they bend."""
    levels, skipped = _levels_of(text)
    pairs: list[tuple[str, Value]] = [(key, one) for key, one in zip(KEYS, levels, strict=False) if one is not None]
    bent = _check_values(from_attributes(tuple(pairs), None), text)
    return levels, bent if skipped is None else [skipped, *bent]


def _levels_of(text: str) -> tuple[tuple[Level, ...], str | None]:
    if "$" not in text and "=" in text:  # EAN: P=tlec; A=ade; C=nl;
        address = parse_dialect(text, bounds=False)
        levels = levels_of(address)
        if levels[0] is None:
            raise AddressSyntaxError("expected a country", text, (0, len(text)))
        if any(key not in KEYS for key, _ in address.attributes):
            raise AddressSyntaxError(
                "a mapping table knows C, ADMD, PRMD, O and OU alone (RFC 2156 appendix F.3)", text, (0, len(text))
            )
        return levels[: present_end(levels)], None
    return read_node(text)


def _check_values(address: ORAddress, text: str) -> list[str]:
    """Return which rules the values of a row bend. Raises `AddressSyntaxError` for a country that is none."""
    bent: list[str] = []
    if conformance.first_bound_fault(address) is not None:
        for fault in conformance.bound_faults(address):
            if fault.key == "C":
                raise AddressSyntaxError(fault.message, text, (0, len(text)))
            bent.append(f"{fault.key}: {fault.message} ({fault.rule})")
    for key, value in address.attributes:
        if isinstance(value, str) and value != value.strip(" ") and (key != "ADMD" or value.strip(" ")):
            bent.append(f"{key}: blanks about the value, {value!r}, count for nothing (RFC 2156 4.3.5 mapping B)")
    return bent


def _domain_of(text: str) -> str:
    domain = text.strip(" \t")
    if not DOMAIN.match(domain):
        raise AddressSyntaxError(f"{domain!r} is no domain (RFC 2156 4.2)", text, (0, len(text)))
    return domain


def _add_domain(rows: DomainRows, row: str) -> list[str]:
    """Add a row from O/R address to domain; return which rules it bends."""
    left, right = _split(row, domain_first=False)
    levels, bent = _node_of(left)
    if not rows.add(levels, _domain_of(right)):
        raise AddressSyntaxError("a second row for this O/R address; the first stands", row, (0, len(row)))
    return bent


def _add_node(rows: NodeRows, row: str, *, whole: bool) -> list[str]:
    """Add a row from domain to O/R address; return which rules it bends."""
    left, right = _split(row, domain_first=True)
    domain = _domain_of(left)
    node: tuple[Level, ...] | ORAddress
    if whole:
        # RFC 2156 appendix F.7: a gateway's address may have any attribute.
        node = parse_dialect(right, DMN_OR if "$" in right else None, bounds=False)
        if node.country is None:
            raise AddressSyntaxError("expected a country", right, (0, len(right)))
        bent = _check_values(node, right)
    else:
        node, bent = _node_of(right)
    if not rows.add(domain, node):
        raise AddressSyntaxError("a second row for this domain; the first stands", row, (0, len(row)))
    return bent


def _twice(
    kind: str, table: DomainRows | NodeRows, gate: DomainRows | NodeRows, files: dict[str, str] | None
) -> list[RowFault]:
    """Return a fault for every key that stands in a table and in its gate table (RFC 2156 appendix F.7 and F.8)."""
    file = (files or {}).get(kind.replace("table", "gate"), kind.replace("table", "gate"))
    return [
        RowFault(
            f"{key if isinstance(key, str) else format_node(key)} stands in {kind} too, which wins", file, 0, kept=True
        )
        for key, _ in gate
        if key in table
    ]
