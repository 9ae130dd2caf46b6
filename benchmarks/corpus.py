"""The addresses that are measured: 20,000 distinct ones, made anew from one seed, the same on every machine.

Names are random letters under the names that RFC 2606 keeps for examples, so that nobody's mail is in here. Each sample
knows the mailbox it means, so that a benchmark can also say how often a parser came back with the right answer.
"""

import random
import string
from collections.abc import Callable
from typing import NamedTuple

__all__ = ["FORMS", "Sample", "build"]

SEED = 822
PER_FORM = 2_500
ZONES = ("example", "example.com", "example.net", "example.org")


class Sample(NamedTuple):
    """One address as written, and the addr-specs of the mailboxes in it (a group has several, all others one)."""

    text: str
    mailboxes: tuple[str, ...]


def _letters(rng: random.Random, shortest: int, longest: int) -> str:
    return "".join(rng.choices(string.ascii_lowercase, k=rng.randint(shortest, longest)))


def _domain(rng: random.Random) -> str:
    labels = [_letters(rng, 2, 9) for _ in range(rng.randint(1, 2))]
    return ".".join([*labels, rng.choice(ZONES)])


def _user(rng: random.Random) -> str:
    return ".".join(_letters(rng, 2, 8) for _ in range(rng.randint(1, 3)))


def _addr_spec(rng: random.Random) -> str:
    return f"{_user(rng)}@{_domain(rng)}"


def _words(rng: random.Random) -> str:
    return " ".join(_letters(rng, 2, 8).capitalize() for _ in range(rng.randint(2, 3)))


def _plain(rng: random.Random) -> Sample:
    spec = _addr_spec(rng)
    return Sample(spec, (spec,))


def _display_name(rng: random.Random) -> Sample:
    spec = _addr_spec(rng)
    name = _words(rng)
    if rng.random() < 0.5:
        name = f'"{_letters(rng, 3, 8).capitalize()}, {name}"'
    return Sample(f"{name} <{spec}>", (spec,))


def _quoted(rng: random.Random) -> Sample:
    # Each needs its quotes: a space or a special inside, sometimes a quoted pair.
    joint = rng.choice((" ", ",", ":", "(", ";", '\\"', "\\\\"))
    spec = f'"{_letters(rng, 2, 8)}{joint}{_letters(rng, 2, 8)}"@{_domain(rng)}'
    return Sample(spec, (spec,))


def _comment(rng: random.Random) -> Sample:
    user, domain = _user(rng), _domain(rng)
    comment = f"({_words(rng)})"
    if rng.random() < 0.5:
        comment = f"({_letters(rng, 2, 8)} {comment} {_letters(rng, 2, 8)})"
    text = rng.choice(("{c} {u}@{d}", "{u}@{d} {c}", "{u} {c} @{d}", "{u}@ {c} {d}")).format(
        c=comment, u=user, d=domain
    )
    return Sample(text, (f"{user}@{domain}",))


def _route(rng: random.Random) -> Sample:
    spec = _addr_spec(rng)
    hops = ",".join(f"@{_domain(rng)}" for _ in range(rng.randint(1, 3)))
    return Sample(f"<{hops}:{spec}>", (spec,))


def _group(rng: random.Random) -> Sample:
    specs = tuple(_addr_spec(rng) for _ in range(rng.randint(1, 4)))
    return Sample(f"{_words(rng)}: {', '.join(specs)};", specs)


def _percent(rng: random.Random) -> Sample:
    hops = "%".join(_domain(rng) for _ in range(rng.randint(1, 3)))
    spec = f"{_user(rng)}%{hops}@{_domain(rng)}"
    return Sample(spec, (spec,))


def _bang(rng: random.Random) -> Sample:
    # UUCP hosts have short names without dots; one in four paths starts at a domain (RFC 976 2.1).
    hops = [_letters(rng, 3, 8) for _ in range(rng.randint(1, 5))]
    if rng.random() < 0.25:
        hops[0] = _domain(rng)
    path = "!".join([*hops, _letters(rng, 2, 8)])
    return Sample(path, (path,))


_MAKERS: dict[str, Callable[[random.Random], Sample]] = {
    "plain": _plain,
    "display name": _display_name,
    "quoted": _quoted,
    "comment": _comment,
    "route": _route,
    "group": _group,
    "percent": _percent,
    "bang": _bang,
}

#: The forms, in the order of the table.
FORMS = tuple(_MAKERS)


def build(per_form: int = PER_FORM, seed: int = SEED) -> dict[str, tuple[Sample, ...]]:
    """Return ``per_form`` distinct samples of each form; the same for the same seed."""
    rng = random.Random(seed)
    corpus = {}
    for form, make in _MAKERS.items():
        samples: dict[str, Sample] = {}
        while len(samples) < per_form:
            sample = make(rng)
            samples[sample.text] = sample
        corpus[form] = tuple(samples.values())
    return corpus
