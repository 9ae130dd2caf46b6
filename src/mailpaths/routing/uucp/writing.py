"""How a road is written, hop by hop: which side a host stands on, which operator, when an "@" must be a "%".

The source is setpath() and hostpath() of printit.c 9.4 of pathalias 10 (1991).
"""

from __future__ import annotations

from typing import NamedTuple

from mailpaths.routing.uucp.flags import ALIAS, DOMAIN, LEFT, NET, WRITING, operator

__all__ = ["START", "Written", "adds_host", "onward"]


class Written(NamedTuple):
    """A road as far as it is written: the text before and behind the ``%s``, and whether an "@" stands in it.

    After an "@" every further one is a "%": a second "@" in an address is none to most programs.
    """

    before: str
    behind: str
    has_at: bool

    @property
    def text(self) -> str:
        """The road with its ``%s``."""
        return f"{self.before}%s{self.behind}"


#: The road from a host to itself.
START = Written("", "", has_at=False)


def adds_host(kind: int, mark: int) -> bool:
    """Tell whether a link to such a host makes a hop: nets and domains do not, and an alias is the host we have."""
    return not (kind & (NET | DOMAIN) or mark & ALIAS)


def onward(road: Written, name: str, mark: int) -> Written:
    """Return the road with one host more. ``name`` has the domains on it through which the host was reached."""
    before, behind, has_at = road
    if "%" in name:
        name = name.replace("%", "%%")
    if mark & WRITING == LEFT:
        return Written(f"{before}{name}!", behind, has_at)
    sign = operator(mark)
    if sign == "@":
        sign = "%" if has_at else "@"
        has_at = True
    if sign == "%":
        sign = "%%"
    return (
        Written(f"{before}{name}{sign}", behind, has_at)
        if mark & LEFT
        else Written(before, f"{sign}{name}{behind}", has_at)
    )
