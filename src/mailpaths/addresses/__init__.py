"""What was written, one frozen value a notation, and the way from text to it.

`BangPath`, `Mailbox` and `ORAddress` keep the spelling and compare by meaning; `AddressList` is the value of a header
field; `parse` and `parse_list` make them, `Defect` says what is doubtful about one that parsed.
"""

from __future__ import annotations

from mailpaths.addresses.alternatives import alternatives
from mailpaths.addresses.bang import BangPath
from mailpaths.addresses.defects import Category, Defect, DefectKind
from mailpaths.addresses.lists import AddressList, Comment, Group, Member
from mailpaths.addresses.mailbox import Mailbox
from mailpaths.addresses.oraddress import ORAddress
from mailpaths.addresses.parsing import Address, coerce, parse, parse_list

__all__ = [
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
    "alternatives",
    "coerce",
    "parse",
    "parse_list",
]
