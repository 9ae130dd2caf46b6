"""The maps that a mail server may ask: each name is a question of its own about an address."""

from __future__ import annotations

__all__ = ["EXISTS", "MAPS", "RCPT", "SENDER", "TRANSPORT"]

#: Where does mail for this recipient go? (Postfix: recipient_canonical_maps, virtual_alias_maps; Sendmail, Exim.)
RCPT = "rcpt"
#: Under which address does this sender get replies from outside? (Postfix: sender_canonical_maps.)
SENDER = "sender"
#: What carries mail for this address to its next hop? (Postfix: transport_maps.)
TRANSPORT = "transport"
#: Would mail for this recipient be passed on? (Postfix: relay_recipient_maps, where only an answer counts.)
EXISTS = "exists"
#: Every map, in the order in which people are shown them.
MAPS = (RCPT, SENDER, TRANSPORT, EXISTS)
