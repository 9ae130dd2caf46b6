"""Lines for Postfix's main.cf."""

from __future__ import annotations

from mailpaths.daemon.endpoint import Endpoint, UnixSocket
from mailpaths.hooks.printing.asked import host_names, listener, listeners, plain, reached
from mailpaths.hooks.settings import Listener, Settings

__all__ = ["printed"]

_QUEUE = "/var/spool/postfix/"


def printed(settings: Settings) -> str:
    """Return the lines of main.cf. Raises `PrintingError` where the settings fit none."""
    names = host_names(settings)
    first = names[0]
    table = _table(listener(settings, "Postfix"))
    masters = ", ".join([f"{{ postmaster@{name} = postmaster@localhost }}" for name in names])
    parts = [
        f"""\
# main.cf of Postfix 3.7 or newer: the rewrite hook for {first}.

# The names are the hook's: what it does not rewrite is refused at RCPT TO
# (550 5.1.1). They must not stand in mydestination or relay_domains; if other
# domains are virtual here, list them, too.
virtual_alias_domains = {", ".join(names)}
smtpd_reject_unlisted_recipient = yes
# Nobody has a mailbox at these names but the postmaster (RFC 5321 4.5.1).
virtual_alias_maps = inline:{{
    {masters} }}
# Paths without a domain (relay!host!user) get this one, which must be one of
# the names. Then users of this machine need their place in the map above.
#myorigin = {first}

# Addresses come to the hook as they were written.
swap_bangpath = no
allow_percent_hack = no

# Recipients, in envelopes and, for mail from this machine, in headers.
recipient_canonical_maps = {table}:rcpt
# Senders that outside hosts could not reply to are written through us.
sender_canonical_maps = {table}:sender

# Strangers reach users at the hosts that mailpaths.toml lists, but nobody
# behind these: a neighbour would take it for mail of ours. Untrusted routing
# is nothing but user%host at our names, since the first check refuses any
# other; without it Postfix refuses replies to the senders above, too.
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated,
    check_recipient_access regexp:{{
        {{ /^[^@%!]+@[^@]+$$/ DUNNO }},
        {{ /^[^@%!]+%[^@%!]+@({_either(names)})$$/ DUNNO }},
        {{ /^/ REJECT Relay access denied }} }},
    check_recipient_access {table}:exists,
    reject_unauth_destination
allow_untrusted_routing = yes
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


def _either(names: tuple[str, ...]) -> str:
    """Return names as a regular expression; main.cf takes a dollar sign for a parameter, and nothing else here."""
    return "|".join([name.replace(".", r"\.") for name in names])


def _milter(found: Listener) -> str:
    where = _place(found)
    return f"""\
# Beside the maps, which leave headers of mail from elsewhere alone: the milter
# rewrites all. List it last, since nobody checks recipients that it changes.
#smtpd_milters = {where}
#non_smtpd_milters = {where}
#milter_default_action = tempfail
"""


def _table(found: Listener) -> str:
    """Return the name of the table, but for the map's.

    Debian's smtpd and cleanup live in the queue directory and see nothing outside; proxymap, whom they may ask, does
    not.
    """
    is_outside = isinstance(found.address, UnixSocket) and not found.address.path.startswith(_QUEUE)
    return f"{'proxy:' if is_outside else ''}socketmap:{_place(found)}"


def _place(found: Listener) -> str:
    place = found.address
    if isinstance(place, Endpoint):
        return f"inet:{reached(place)}"
    # Within the queue directory a path that begins there is right for daemons that live in it, and those that do not.
    return f"unix:{plain(place.path, 'the path').removeprefix(_QUEUE)}"
