"""Mail addresses of every age: who one means, by which road, and the same mailbox in another notation.

    text ──parse──▶ value ──read(policy)──▶ Route ──resolve(router)──▶ Route ──spell(style)──▶ value ──str──▶ text

What stands in ``__all__`` here is the public face: documented, typed and stable. Each name loads its room when it is
first used, so that a program pays for what it takes and for nothing else.

>>> import mailpaths
>>> print(mailpaths.translate("seismo!mcvax!piet", to="percent"))
piet%mcvax@seismo
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailpaths.late import loader

if TYPE_CHECKING:
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
        parse,
        parse_list,
    )
    from mailpaths.addresses.alternatives import alternatives
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
    from mailpaths.translation import Translation, translate

    __version__: str

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


# Which room each name comes from. The imports above say the same to type checkers, and a test holds the two together.
_ROOMS = {
    "addresses": (
        "Address",
        "AddressList",
        "BangPath",
        "Category",
        "Comment",
        "Defect",
        "DefectKind",
        "Group",
        "Mailbox",
        "Member",
        "ORAddress",
        "parse",
        "parse_list",
    ),
    "addresses.alternatives": ("alternatives",),
    "errors": (
        "AddressSyntaxError",
        "AmbiguousHostError",
        "ConversionError",
        "MailPathsError",
        "MapError",
        "ReadingError",
        "RoutingError",
        "TemporaryRoutingError",
        "UnknownHostError",
        "UnknownNameError",
    ),
    "nexthop": ("Local", "Outcome", "Relay", "Unroutable", "next_hop"),
    "policy": ("ALL", "INTERNET", "Operator", "Policy"),
    "reading": ("Hop", "Reading", "hops", "read", "readings"),
    "route": ("Route",),
    "spelling": ("STYLES", "Style", "spell"),
    "step": ("Step",),
    "translation": ("Translation", "translate"),
}
_load = loader(__name__, _ROOMS)


if not TYPE_CHECKING:  # to a type checker any name would be there

    def __getattr__(name: str) -> object:
        """Return a public name, loaded now; or ``__version__`` from the installed metadata, which alone says it."""
        if name == "__version__":
            from importlib.metadata import version

            return version("mailpaths")
        if name == "policy":
            from importlib import import_module

            return import_module("mailpaths.policy")
        return _load(name)


def __dir__() -> list[str]:
    """Return the public names, loaded or not."""
    return sorted({*globals(), *__all__, "__version__"})
