"""Lines for the .mc file from which Sendmail's configuration is made."""

from __future__ import annotations

from mailpaths.daemon.endpoint import Endpoint
from mailpaths.hooks.printing.asked import PrintingError, domains, host_names, listener, listeners, reached
from mailpaths.hooks.settings import Listener, Settings

__all__ = ["printed"]

# ``{path}`` is a path without a domain that is the hook's: at bare_paths any, else one that begins with our name.
_RULESETS = """
LOCAL_RULESETS
SMailpathsRcpt
R$+ < @ $={MailpathsNames} >\t$@ $>MailpathsAsk $1 @ $2 $| $1 < @ $2 >
R$+ < @ $={MailpathsNames} . >\t$@ $>MailpathsAsk $1 @ $2 $| $1 < @ $2 . >
R$* < $* > $*\t$@ $1 < $2 > $3
R{path}\t$@ $>MailpathsAsk $1 ! $2 $| $1 ! $2

SMailpathsAsk
R$+ $| $+\t$: $(rcpt $1 $: <> $) $| $2
R<> $| $+\t$@ $1
R$+ $| $+\t$@ $>canonify $1

SLocal_check_rcpt
# Strangers reach users at the hosts that mailpaths.toml lists, but nobody
# behind these: a neighbour would take it for mail of ours. They reach X.400.
R< $* > $*\t$: $1 $| $1
R$* ! $* $| $*\t$: NO $| $3
R$* @ $* @ $* $| $*\t$: NO $| $4
R$* % $* % $* $| $*\t$: NO $| $4
R$+ % $+ @ $={MailpathsNames} $| $*\t$: $(exists $1%$2@$3 $: NO $) $| $4
R/ $+ / @ $={MailpathsNames} $| $*\t$: $(exists /$1/@$2 $: NO $) $| $3
ROK $| $*\t$# OK
R$* <TMPF> $| $*\t$#error $@ 4.3.0 $: "451 The rewrite hook does not answer"
R$* $| $*\t$: $>canonify $2
# What is not rewritten is refused, to everybody, before Sendmail reads it: for
# good, if the hook says so.
R$- < @ $={MailpathsNames} . >\t$: $(dequote $1 $) < @ $2 . >
R$*\t$: $>MailpathsLeft $1
R- $| $*\t$@ $1
R? $| $+\t$: $(exists $1 $: NO $) $|
RNO $|\t$#error $@ 5.1.1 $: "550 User unknown"
R$* $|\t$#error $@ 4.3.0 $: "451 The rewrite hook does not answer"

SMailpathsLeft
R$* ! $* < @ $={MailpathsNames} . >\t$@ ? $| $1 ! $2 @ $3
R$* % $* < @ $={MailpathsNames} . >\t$@ ? $| $1 % $2 @ $3
R$* @ $* < @ $={MailpathsNames} . >\t$@ ? $| $1 @ $2 @ $3
R$* < $* > $*\t$@ - $| $1 < $2 > $3
R{path}\t$@ ? $| $1 ! $2
R$*\t$@ - $| $1
"""


def printed(settings: Settings) -> str:
    """Return the lines of the .mc file. Raises `PrintingError` where the settings fit none."""
    names = " ".join(host_names(settings))
    where = _place(listener(settings, "Sendmail"))
    parts = [
        f"""\
dnl sendmail.mc of Sendmail 8.13 or newer: the rewrite hook for {settings.names[0]}.
dnl The host needs a full name (FQDN), in /etc/hosts or the DNS: without one
dnl Sendmail sleeps a minute at each start.

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
# The names of the hook; mail for users at them stays here (class w).
C{{MailpathsNames}} {names}
Cw {names}
# The maps, by the names that the hook knows. -f: capitals stay. Without an
# answer the first two have the mail queued, and exists (-T) has it put off.
# Sendmail trusts no socket in the file system below a directory that everybody
# may write to: that is no answer, either.
Krcpt socket -f {where}
Ksender socket -f {where}
Kexists socket -f -T<TMPF> {where}

LOCAL_RULE_3
# Addresses at our names, and paths, before Sendmail reads % and ! in them.
R$+\t$: $>MailpathsRcpt $1
"""
    )
    if senders := "".join(_sender(domain) for domain in domains(settings.through_us)):
        parts.append(
            f"""
LOCAL_RULE_1
# Senders that outside hosts could not reply to are written through us.
{senders}R<> $+ @ $+\t$1 < @ $2 . >
"""
        )
    path = "$+ ! $+" if settings.bare_paths else "$={MailpathsNames} ! $+"
    parts.append(_RULESETS.replace("{path}", path))
    return "".join(parts)


def _sender(domain: str) -> str:
    """Return the rules that ask about senders in a domain, or below it."""
    host = "$1 @ $2" if domain.startswith(".") else "$1 @ "
    pattern = ("$+ " if domain.startswith(".") else "") + " ".join(domain.replace(".", " . ").split())
    ask = f"$: <> $(sender {host}{domain} $)"
    return f"R$+ < @ {pattern} >\t{ask}\nR$+ < @ {pattern} . >\t{ask}\n"


def _milter(found: Listener) -> str:
    return f"""\
dnl Beside the rules below, which say where mail goes: the milter rewrites
dnl headers. Nobody checks recipients that it changes, so list it last.
dnl INPUT_MAIL_FILTER(`mailpaths', `S={_place(found)}, F=T, T=S:10s;R:10s;E:5m')dnl
"""


def _place(found: Listener) -> str:
    place = found.address
    if isinstance(place, Endpoint):
        place = reached(place)
        if ":" in place.host:
            return f"inet6:{place.port}@{place.host}"
        return f"inet:{place.port}@{place.host}"
    if "@" in place.path:
        raise PrintingError(f"Sendmail takes {place.path!r} for a port and a host")
    return f"unix:{place.path}"
