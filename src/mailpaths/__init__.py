"""Mail addresses of every age: who one means, by which road, and the same mailbox in another notation.

    text ──parse──▶ value ──read(policy)──▶ Route ──spell(style)──▶ value ──str──▶ text

What stands in ``__all__`` here is the public face: documented, typed and stable.

>>> import mailpaths
>>> print(mailpaths.translate("seismo!mcvax!piet", to="percent"))
piet%mcvax@seismo
"""

from __future__ import annotations

from mailpaths import policy
from mailpaths.addresses import (
    Address,
    AddressList,
    BangPath,
    Category,
    Comment,
    Defect,
    DefectKind,
    Group,
    Mailbox,
    Member,
    ORAddress,
    alternatives,
    parse,
    parse_list,
)
from mailpaths.errors import (
    AddressSyntaxError,
    AmbiguousHostError,
    ConversionError,
    MailPathsError,
    MapError,
    ReadingError,
    RoutingError,
    TemporaryRoutingError,
    UnknownHostError,
    UnknownNameError,
)
from mailpaths.nexthop import Local, Outcome, Relay, Unroutable, next_hop
from mailpaths.policy import ALL, INTERNET, Operator, Policy
from mailpaths.reading import Hop, Reading, hops, read, readings
from mailpaths.route import Route
from mailpaths.spelling import STYLES, Style, spell
from mailpaths.step import Step
from mailpaths.translate import Translation, translate

__all__ = [
    "ALL",
    "INTERNET",
    "STYLES",
    "Address",
    "AddressList",
    "AddressSyntaxError",
    "AmbiguousHostError",
    "BangPath",
    "Category",
    "Comment",
    "ConversionError",
    "Defect",
    "DefectKind",
    "Group",
    "Hop",
    "Local",
    "MailPathsError",
    "Mailbox",
    "MapError",
    "Member",
    "ORAddress",
    "Operator",
    "Outcome",
    "Policy",
    "Reading",
    "ReadingError",
    "Relay",
    "Route",
    "RoutingError",
    "Step",
    "Style",
    "TemporaryRoutingError",
    "Translation",
    "UnknownHostError",
    "UnknownNameError",
    "Unroutable",
    "alternatives",
    "hops",
    "next_hop",
    "parse",
    "parse_list",
    "policy",
    "read",
    "readings",
    "spell",
    "translate",
]


def __getattr__(name: str) -> str:
    """Return ``__version__`` from the installed metadata, the one place that says it."""
    if name == "__version__":
        from importlib.metadata import version

        return version("mailpaths")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
