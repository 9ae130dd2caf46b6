"""Lines for the .mc file from which Sendmail's configuration is made."""

from __future__ import annotations

from mailpaths.daemon.endpoint import Endpoint
from mailpaths.hooks.printing.asked import PrintingError, domains, host_names, listener, listeners
from mailpaths.hooks.settings import Listener, Settings

__all__ = ["printed"]


def printed(settings: Settings) -> str:
    """Return the lines of the .mc file. Raises `PrintingError` where the settings fit none."""
    names = " ".join(host_names(settings))
    where = _place(listener(settings, "Sendmail"))
    senders = [
        f"R$+ < @ $+ {' '.join(domain.replace('.', ' . ').split())} $* >\t$: <?> $1 @ $2{domain}"
        for domain in domains(settings.through_us)
        if domain.startswith(".")
    ]
    parts = [
        f"""\
dnl sendmail.mc of Sendmail 8.13 or newer: the rewrite hook for {settings.names[0]}.
dnl The names must not be in class w, the host's own: Sendmail would read % in a
dnl local part itself, and ask nobody. The host needs a full name of its own.

dnl --- above the MAILER lines ---
dnl Paths come to the hook as they were written, without .UUCP behind them.
FEATURE(`nouucp', `nospecial')dnl
"""
    ]
    parts += [_milter(one) for one in listeners(settings, "milter")[:1]]
    parts.append(
        f"""\

dnl --- below the MAILER lines; between the columns of a rule stand tabs ---
LOCAL_CONFIG
# The names of the hook, also as hosts that strangers may send to (class R):
# what it does not rewrite is refused below.
C{{MailpathsNames}} {names}
CR {names}
# No -T: without an answer the mail is queued. Sendmail distrusts a socket in
# the file system if everybody may write to a directory above it.
Krcpt socket {where}
Ksender socket {where}

LOCAL_RULE_0
# Where mail goes. What is not rewritten is refused: nobody has a mailbox here.
R$={{MailpathsNames}} ! $+\t$: <?> $1 ! $2
R$+ < @ $={{MailpathsNames}} $* >\t$: <?> $1 @ $2
R<?> $+\t$: < $(rcpt $1 $: NF $) >
R< NF >\t$#error $@ 5.1.1 $: "550 User unknown"
R< $+ >\t$@ $>Parse0 $>canonify $1

LOCAL_RULE_2
# Recipients in headers and envelopes.
R$={{MailpathsNames}} ! $+\t$: <?> $1 ! $2
R$+ < @ $={{MailpathsNames}} $* >\t$: <?> $1 @ $2
R<?> $+\t$: $>canonify $(rcpt $1 $)
"""
    )
    if senders:
        parts.append(
            "\nLOCAL_RULE_1\n# Senders that outside hosts could not reply to are written through us.\n"
            + "\n".join([*senders, "R<?> $+\t$: $>canonify $(sender $1 $)", ""])
        )
    return "".join(parts)


def _milter(found: Listener) -> str:
    return f"""\
dnl Instead of the maps below: the milter rewrites at the end of a message,
dnl behind all checks.
dnl INPUT_MAIL_FILTER(`mailpaths', `S={_place(found)}, F=T, T=S:10s;R:10s;E:30s')dnl
"""


def _place(found: Listener) -> str:
    place = found.address
    if isinstance(place, Endpoint):
        if ":" in place.host:
            return f"inet6:{place.port}@{place.host}"
        return f"inet:{place.port}@{place.host}"
    if "@" in place.path:
        raise PrintingError(f"Sendmail takes {place.path!r} for a port and a host")
    return f"unix:{place.path}"
