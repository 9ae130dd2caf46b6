"""The other world: X.400 O/R addresses, their dialects, and the one bridge to RFC 822 (RFC 2156)."""

from __future__ import annotations

from mailpaths.addresses.conformance import Form, Level, Violation
from mailpaths.addresses.dialects import DIALECTS, Dialect
from mailpaths.addresses.oraddress import ORAddress, Teletex
from mailpaths.x400.gateway import Crossing, Gateway, Role
from mailpaths.x400.tables import DomainRows, NodeRows, RowFault, TableError, Tables

__all__ = [
    "DIALECTS",
    "Crossing",
    "Dialect",
    "DomainRows",
    "Form",
    "Gateway",
    "Level",
    "NodeRows",
    "ORAddress",
    "Role",
    "RowFault",
    "TableError",
    "Tables",
    "Teletex",
    "Violation",
]
