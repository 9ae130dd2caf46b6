"""What strangers try in order to be relayed: ``tests/vectors/hooks/open_relay.jsonl``, filled in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tests.support import rows

__all__ = ["LISTED", "OUR_ADDRESS", "VICTIMS", "Attempt", "attempts"]

#: Where mail must not go: a host of the Internet, a neighbour of somebody's, and the same with its zone.
VICTIMS = ("evil.example", "evil", "evil.uucp")
#: A destination that is on the allow-list of whoever is tried.
LISTED = "host.csnet"
OUR_ADDRESS = "192.0.2.25"
_SENDER = "anybody@elsewhere.example"


class Attempt(NamedTuple):
    """One row for one victim: who is said to send, and to whom."""

    id: str
    sender: str
    recipient: str


def attempts(victim: str, *, relay: str = "relay.example", address: str = OUR_ADDRESS) -> Iterator[Attempt]:
    """Yield every form of a mailbox at the victim that would go through the host ``relay`` at this IP address."""
    words = {"user": "user", "domain": victim, "relay": relay, "ip": address, "listed": LISTED, "from": "anybody"}
    words |= {name.upper(): word.upper() for name, word in words.items()}
    for row in rows("hooks/open_relay.jsonl"):
        yield Attempt(row["id"], row.get("sender", _SENDER).format(**words), row["template"].format(**words))
