"""Lines for Postfix's main.cf."""

from __future__ import annotations

from mailpaths.daemon.endpoint import Endpoint
from mailpaths.hooks.printing.asked import host_names, listener, listeners, plain
from mailpaths.hooks.settings import Listener, Settings

__all__ = ["printed"]

_QUEUE = "/var/spool/postfix/"


def printed(settings: Settings) -> str:
    """Return the lines of main.cf. Raises `PrintingError` where the settings fit none."""
    names = ", ".join(host_names(settings))
    first = settings.names[0]
    table = f"socketmap:{_place(listener(settings, 'Postfix'))}"
    parts = [
        f"""\
# main.cf of Postfix 2.10 or newer: the rewrite hook for {first}.

# The names are the hook's: nobody has a mailbox there, and what it does not
# rewrite is refused at RCPT TO (550 5.1.1). They must not stand in
# mydestination, where Postfix would read % and ! in a local part itself.
virtual_alias_domains = {names}

# Addresses come to the hook as they were written.
swap_bangpath = no
allow_percent_hack = no

# Recipients, in envelopes and, for mail from this machine, in headers.
recipient_canonical_maps = {table}:rcpt
# Senders that outside hosts could not reply to are written through us.
sender_canonical_maps = {table}:sender

# Strangers reach whoever mailpaths.toml lists, and nobody else. Without the
# check Postfix refuses strangers every % and ! (reject_unauth_destination);
# allow_untrusted_routing would let them all in.
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated,
    check_recipient_access {table}:exists,
    reject_unauth_destination
"""
    ]
    if settings.transports:
        parts.append(
            f"""\
# What carries mail on. Every recipient is asked about: while the hook is down
# all mail waits, also mail that has nothing to do with it.
transport_maps = {table}:transport
"""
        )
    parts += [_milter(one) for one in listeners(settings, "milter")[:1]]
    return "\n".join(parts)


def _milter(found: Listener) -> str:
    where = _place(found)
    return f"""\
# Instead of the maps for rcpt and sender: the milter sees recipients as they
# were typed, and rewrites at the end of a message, behind all checks.
#smtpd_milters = {where}
#non_smtpd_milters = {where}
#milter_default_action = tempfail
"""


def _place(found: Listener) -> str:
    place = found.address
    if isinstance(place, Endpoint):
        return f"inet:{place}"
    # Debian's Postfix lives in its queue directory and sees nothing outside; from there both kinds of daemons find it.
    return f"unix:{plain(place.path, 'the path').removeprefix(_QUEUE)}"
