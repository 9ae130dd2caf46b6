"""Lines for Exim's configuration, section by section."""

from __future__ import annotations

from mailpaths.daemon.endpoint import Endpoint
from mailpaths.hooks.printing.asked import domains, host_names, listener, reached
from mailpaths.hooks.settings import Listener, Settings

__all__ = ["printed"]


def printed(settings: Settings) -> str:
    """Return the lines for each section of the configuration. Raises `PrintingError` where the settings fit none."""
    names = host_names(settings)
    where = _place(listener(settings, "Exim"))
    ours = "|".join([name.replace(".", r"\.") for name in names])
    theirs = "|".join([_pattern(domain) for domain in domains(settings.through_us)])
    parts = [
        f"""\
# Exim 4.94 or newer: the rewrite hook for {names[0]}. Each part goes into
# the section of the configuration that it names.

# --- main section: above "begin acl" ---
domainlist mailpaths_names = {" : ".join(names)}
# Paths without a domain (relay!host!user) are refused, but for these hosts;
# they get the domain behind them, which must be one of the names.
#recipient_unqualified_hosts = +relay_from_hosts
#qualify_recipient = {names[0]}

# --- ACL for RCPT: above all that accepts, or refuses relaying ---
# Strangers reach users at the hosts that mailpaths.toml lists, but nobody
# behind these: a neighbour would take it for mail of ours. The router finds out
# who is listed. Debian's rules below refuse every % and ! in a local part.
  deny    domains = +mailpaths_names
          ! hosts = +relay_from_hosts
          ! authenticated = *
          ! condition = ${{if match{{$local_part}}{{\\N^[^@%!]+(%[^@%!]+)?$\\N}}}}
          message = relay not permitted
  deny    domains = +mailpaths_names
          ! verify = recipient
  accept  domains = +mailpaths_names

# --- routers: the first ---
# Nobody has a mailbox at these names but the postmaster (RFC 5321 4.5.1).
mailpaths_postmaster:
  driver = redirect
  domains = +mailpaths_names
  local_parts = postmaster
  data = postmaster@localhost

# It asks as socketmap does. An answer that is neither OK nor NOTFOUND, or none
# in 3 s, is a reason to wait: Exim would bounce. What is not rewritten is
# refused (no_more): nobody has a mailbox at these names.
mailpaths_hook:
  driver = redirect
  domains = +mailpaths_names
  caseful_local_part
  set = r_mailpaths_key = rcpt ${{quote_local_part:$local_part}}@$domain
  set = r_mailpaths_answer = ${{readsocket{{{where}}}\\
    {{${{strlen:$r_mailpaths_key}}:$r_mailpaths_key,}}{{3s}}{{}}{{}}}}
  data = ${{if match{{$r_mailpaths_answer}}{{\\N^\\d+:OK (.+),$\\N}}{{$1}}\\
    {{${{if match{{$r_mailpaths_answer}}{{\\N^\\d+:NOTFOUND\\N}}{{}}\\
    {{:defer: the rewrite hook does not answer}}}}}}}}
  allow_defer
  forbid_file
  forbid_pipe
  forbid_include
  forbid_filter_run
  forbid_blackhole
  no_more

# --- rewrite ---
# Headers, and senders that outside hosts could not reply to. Without an answer
# they stay as they are.
\\N^(?i).+@({ours})$\\N  "{_asked(where, "rcpt")}"  tcb
"""
    ]
    if theirs:
        parts.append(f'\\N^(?i).+({theirs})$\\N  "{_asked(where, "sender")}"  Ffrs\n')
    return "".join(parts)


def _pattern(domain: str) -> str:
    """Return what an address ends in whose domain is this one, or below it."""
    return ("" if domain.startswith(".") else "@") + domain.replace(".", r"\.")


def _asked(where: str, name: str) -> str:
    """Return the expansion that asks for a rewritten address, inside quotes; ``fail`` leaves it alone."""
    question = f"${{readsocket{{{where}}}{{${{strlen:{name} $0}}:{name} $0,}}{{3s}}{{}}{{}}}}"
    return f"${{if match{{{question}}}{{\\\\N^\\\\d+:OK (.+),$\\\\N}}{{$1}}fail}}"


def _place(found: Listener) -> str:
    place = found.address
    return f"inet:{reached(place)}" if isinstance(place, Endpoint) else place.path
