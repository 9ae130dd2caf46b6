"""The mail servers configured by nothing but the lines that ``mailpaths hook print-config`` prints for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, TypedDict

from mailpaths.hooks import Settings, printed
from tests.mta.exim_server import Exim, private_exim
from tests.mta.postfix_server import Postfix, private_postfix
from tests.mta.sendmail_server import Sendmail, private_sendmail

__all__ = [
    "HOST",
    "SERVERS",
    "EximSections",
    "MailServer",
    "Server",
    "configured",
    "configured_exim",
    "configured_sendmail",
    "sections_of_exim",
]

Server = Literal["postfix", "exim", "sendmail"]
MailServer = Postfix | Exim | Sendmail

SERVERS: tuple[Server, ...] = ("postfix", "exim", "sendmail")
#: The host's own name, which is none of those of the hook.
HOST = "gw.example"

_PART = re.compile(r"^# --- (?P<section>[^:\n]+).* ---\n", re.MULTILINE)


@contextmanager
def configured(home: Path, server: Server, settings: Settings, *, relay: int) -> Iterator[MailServer]:
    """A mail server that asks the hook as the printed lines have it; all that leaves it goes to the port ``relay``."""
    if server == "postfix":
        with private_postfix(home, relay=relay, main_cf=printed("postfix", settings), name=HOST) as postfix:
            yield postfix
    elif server == "exim":
        with configured_exim(home, settings, relay=relay) as exim:
            yield exim
    else:
        with configured_sendmail(home, settings, relay=relay) as sendmail:
            yield sendmail


@contextmanager
def configured_exim(home: Path, settings: Settings, *, relay: int) -> Iterator[Exim]:
    """An Exim with each part of the printed lines in its section."""
    with private_exim(home, relay=relay, **sections_of_exim(printed("exim", settings)), name=HOST) as exim:
        yield exim


class EximSections(TypedDict):
    """Lines for each section, by the names of `private_exim`."""

    main: str
    acl: str
    routers: str
    rewrite: str


def sections_of_exim(lines: str) -> EximSections:
    """Return printed lines by the sections that they name."""
    _, *parts = _PART.split(lines)
    found = dict(zip(parts[::2], parts[1::2], strict=True))
    sections = EximSections(
        main=found.pop("main section"),
        acl=found.pop("ACL for RCPT"),
        routers=found.pop("routers"),
        rewrite=found.pop("rewrite"),
    )
    assert found == {}
    return sections


@contextmanager
def configured_sendmail(home: Path, settings: Settings, *, relay: int) -> Iterator[Sendmail]:
    """A Sendmail with the printed lines in its ``.mc`` file."""
    with private_sendmail(home, relay=relay, mc=printed("sendmail", settings), name=HOST) as sendmail:
        yield sendmail
