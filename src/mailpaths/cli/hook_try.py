"""``mailpaths hook test``: what each map would answer about an address, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mailpaths.cli import hookconfig, layout, options, streams
from mailpaths.cli.sections import Section
from mailpaths.hooks.decision import Deferred, Rewritten
from mailpaths.hooks.maps import MAPS
from mailpaths.hooks.socketmap import reply_to
from mailpaths.hooks.statistics import result_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailpaths.hooks import Decision, Rules

__all__ = ["try_hook"]

_EPILOG = f"""\b
Example:
  $ mailpaths hook test --map rcpt 'relay!host!user'
  relay!host!user

\b
  What the maps answer
    rcpt  OK user@host.uucp  user at host

Nothing is asked of a running hook: the file is read here, and the routers in it are opened. Text is what a mail server
hands over as its key. A text that is no address is NOTFOUND, as it would be for a mail server.

With --json a row has "input", "status" - "ok" where some map rewrites, "refused", "unchanged" or "later" - and "maps":
of each map its "result", "value", "reason", and the "reply" as socketmap sends it.

{options.ADDRESSES_HELP}

Exit status: 0; 75 when an answer would be to try again; 64 for a wrong call; 66, 68 and 78 for the file, as
mailpaths hook check-config says."""


@click.command("test", epilog=_EPILOG, short_help="Show what each map would answer about an address, and why.")
@options.addresses
@hookconfig.option
@click.option(
    "--map", "names", type=click.Choice(MAPS), multiple=True, help="Ask this map only; may be given several times."
)
@options.as_json
def try_hook(*, addresses: Sequence[str], config: str, names: Sequence[str], as_json: bool) -> int:
    """Show what each map would answer about an address, and why."""
    rules = hookconfig.rules(hookconfig.read(config))
    output = streams.Output()
    lay_out = layout.block(output)
    status = streams.OK
    for place, one in enumerate(streams.inputs(addresses)):
        found = {name: _decided(rules, one.text, name) for name in names or MAPS}
        if any(isinstance(decision, Deferred) for decision in found.values()):
            status = streams.TRY_AGAIN
        if as_json:
            output.json(_row(one.text, found))
        else:
            block = lay_out(one.text, [Section("", "What the maps answer", (_table(found),))])
            output.block(f"\n{block}" if place else block)
    output.flush()
    return status


def _decided(rules: Rules, text: str, name: str) -> Decision:
    try:
        return rules.rewrite(text, name)
    except Exception as error:  # noqa: BLE001 - a batch never stops, and the hook would answer so
        return Deferred(streams.message(error, text))


def _table(found: dict[str, Decision]) -> tuple[tuple[str, ...], ...]:
    return tuple([(name, _words(decision), decision.reason) for name, decision in found.items()])


def _words(decision: Decision) -> str:
    """Return the reply as words: its status, and the value where it has one."""
    if isinstance(decision, Rewritten):
        return f"OK {decision.value}"
    return "TEMP" if isinstance(decision, Deferred) else "NOTFOUND"


def _row(text: str, found: dict[str, Decision]) -> dict[str, object]:
    results = {name: result_of(decision) for name, decision in found.items()}
    return {
        "input": text,
        "status": next((word for result, word in _STATUS if result in results.values()), "unchanged"),
        "maps": {
            name: {
                "result": results[name],
                "value": decision.value if isinstance(decision, Rewritten) else None,
                "reason": decision.reason,
                "reply": reply_to(decision).decode("ascii"),
            }
            for name, decision in found.items()
        },
    }


# The most telling first.
_STATUS = (("temp", "later"), ("ok", "ok"), ("refused", "refused"))
