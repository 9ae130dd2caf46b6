"""From one notation to another in one call: parse, read, spell."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailpaths import policy as policies_room
from mailpaths import spelling
from mailpaths.addresses import Address, BangPath, Mailbox, coerce
from mailpaths.policy import INTERNET, Policy
from mailpaths.reading import hops, read, readings
from mailpaths.route import Route
from mailpaths.spelling import PERCENT, Style, spell

__all__ = ["Step", "Translation", "translate"]

_PLAIN = re.compile(r'[^!%:"@]*+@[^!%:"@]*+\Z')
_NOTATION_RULES = {
    "bang": ("a bang path", "RFC 976 2.2"),
    "rfc822": ("an RFC 822 mailbox", "RFC 822 6.1, RFC 5322 3.4"),
}
# Of a path of thousands of hops each step would show nearly all: what a person reads is the beginning.
_SHOWN = 120


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a translation: what was done, and the rule behind it (RFC and section, or a program's document)."""

    action: str
    rule: str

    def __str__(self) -> str:
        """Return the step as a line."""
        return f"{self.action}  [{self.rule}]"


def _named(policies: tuple[Policy, ...]) -> str:
    """Return the names in one line; a variant that agrees with its program is not worth a word."""
    every = [str(policy) for policy in policies]
    return ", ".join([name for name in every if ":" not in name or name.partition(":")[0] not in every])


@dataclass(frozen=True, slots=True)
class Translation:
    """What `translate` found: the new ``address`` and how it came about.

    ``source`` is what was parsed, ``route`` what it means under ``policy``, ``style`` how the new address is written.
    `str` is the new address.
    """

    source: Address
    route: Route
    address: BangPath | Mailbox
    policy: Policy
    style: Style

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step from the text to the new address, each with its rule."""
        what, rule = _NOTATION_RULES[self.source.notation]
        steps = [Step(f"parsed {self.source} as {what}", rule)]
        steps += [
            Step(f"{hop.operator.rstrip(',')} asks {hop.host}, which gets {_cut(hop.rest)}", hop.rule)
            for hop in hops(self.source, self.policy)
        ]
        steps.append(Step(f"read as {self.route}", f"policy {self.policy}: {self.policy.rule}"))
        if isinstance(self.source, Mailbox) and (self.source.display_name is not None or self.source.comments):
            steps.append(
                Step("left out the display name and comments: they are no part of a route", "RFC 822 3.4.3, 6.1")
            )
        steps.append(Step(f"spelled {self.address}", f"style {self.style}: {self.style.rule}"))
        return tuple(steps)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What may go wrong with the new address or the old: one line for each way in which other hosts read it.

        A host that only knows fewer operators, and so hands the whole rest to the same next host, is no cause for one.
        """
        source = self.source
        if isinstance(source, Mailbox) and not source.route and _PLAIN.match(source.addr_spec):
            return ()
        return tuple(
            [
                f"other policies read this as {reading.route} ({_named(reading.policies)})"
                for reading in readings(source)
                if reading.route != self.route and reading.route.hosts != self.route.hosts[: len(reading.route.hosts)]
            ]
        )

    def __str__(self) -> str:
        """Return the new address."""
        return str(self.address)


# See addresses/bang.py for why the slots' own descriptors.
_set_source = Translation.__dict__["source"].__set__
_set_route = Translation.__dict__["route"].__set__
_set_address = Translation.__dict__["address"].__set__
_set_policy = Translation.__dict__["policy"].__set__
_set_style = Translation.__dict__["style"].__set__


def translate(text: Address | str, to: Style | str = PERCENT, *, policy: Policy | str = INTERNET) -> Translation:
    """Return the address in another notation: ``to`` is a style's name (see `mailpaths.spell`) or a `Style`.

    The address is read under ``policy`` (a `Policy` or its name). Raises `AddressSyntaxError`, `ReadingError`,
    `ConversionError` or `UnknownNameError`, all of them `MailPathsError`; never returns an address of somebody else.

    >>> print(translate("seismo!mcvax!piet"))
    piet%mcvax@seismo
    >>> print(translate("ihnp4!cmucsg!ern@UT-SALLY.ARPA", to="bang"))
    UT-SALLY.ARPA!ihnp4!cmucsg!ern
    >>> translate("ihnp4!cmucsg!ern@UT-SALLY.ARPA", to="bang").warnings
    ('other policies read this as ihnp4 → cmucsg → UT-SALLY.ARPA: ern (uucp)',)
    """
    if isinstance(policy, str):
        policy = policies_room.named(policy)
    style = spelling.coerce(to)
    source = coerce(text)
    route = read(source, policy)
    made = object.__new__(Translation)
    _set_source(made, source)
    _set_route(made, route)
    _set_address(made, spell(route, style))
    _set_policy(made, policy)
    _set_style(made, style)
    return made
