"""The marks of hosts and links in a UUCP world, one bit each, and how they hang together."""

from __future__ import annotations

__all__ = [
    "ALIAS",
    "DEAD",
    "DEAD_HOST",
    "DOMAIN",
    "GATEWAY",
    "INFINITY",
    "LEFT",
    "NET",
    "OPERATOR_OF",
    "PRIVATE",
    "TERMINAL",
    "TREE",
    "WRITING",
    "link_marks",
    "operator",
]

#: What a link costs that should not be used (INF of def.h): more than any sum of sensible ones.
INFINITY = 100_000_000

# Hosts, nets and domains.
#: Known by its name in one file only, or deleted: no line of output is about it.
PRIVATE = 1
#: ``dead {…}``: a host that passes nothing on, a net that one enters by gateways only.
DEAD_HOST = 2
#: A net: all its members reach each other over it.
NET = 4
#: A domain, which is a net whose name begins with a dot; one enters it by gateways only.
DOMAIN = 8

# Links.
#: The host stands on the left, ``host!user``; else on the right, ``user@host``.
LEFT = 1
#: ``dead {a!b}``, or a negative cost.
DEAD = 8
#: The two ends are names of the same host.
ALIAS = 16
#: Taken into the tree of shortest paths.
TREE = 32
#: Leads into a net that has gateways, at one of them.
GATEWAY = 64
#: The target passes nothing on to where it is not.
TERMINAL = 128
#: The bits that say how a link is written: its operator and its side.
WRITING = 7

#: The operator by its two bits in a link's marks.
OPERATOR_OF = "!:@%"
_OPERATOR_BITS = {mark: index << 1 for index, mark in enumerate(OPERATOR_OF)}


def link_marks(mark: str, *, right: bool) -> int:
    """Return the marks that say how a link is written in a path."""
    return _OPERATOR_BITS[mark] | (0 if right else LEFT)


def operator(marks: int) -> str:
    """Return the operator of a link."""
    return OPERATOR_OF[(marks >> 1) & 3]
