"""Maps for the benchmarks: the bundled one as a file, and synthetic ones of any size."""

from __future__ import annotations

import lzma
import random
from importlib.resources import files
from pathlib import Path

__all__ = ["HOME", "bundled", "synthetic"]

#: The home of a synthetic map.
HOME = "h0"

_COSTS = ("LOCAL", "DEDICATED", "DIRECT", "DEMAND", "HOURLY", "HOURLY*4", "EVENING", "DAILY", "DAILY/2", "POLLED+LOW")
_DOMAINS = ("edu", "com", "gov", "uucp", "nl", "uk", "se", "de", "fr", "jp")


def bundled(path: Path) -> Path:
    """Write the bundled map to a file and return it."""
    with files("mailpaths.routing").joinpath("data", "uucp-map-1988-12-31.map.xz").open("rb") as packed:
        path.write_bytes(lzma.decompress(packed.read()))
    return path


def synthetic(path: Path, hosts: int, links: int, seed: int = 1988) -> Path:
    """Write a map of so many hosts and links, shaped as the real one is, and return it.

    A few hubs with very many links, most hosts with two or three; domains with gateways, aliases, nets and dead links
    in the proportions of the map of 1988. The same numbers give the same map.
    """
    dice = random.Random(seed)
    names = [f"h{number}" for number in range(hosts)]
    hubs = names[: max(4, hosts // 200)]
    out: list[str] = [f"{name}\t.{domain}\n" for name in hubs[:20] for domain in _DOMAINS]
    wanted = {name: [hubs[dice.randrange(len(hubs))]] for name in names}
    for _ in range(links - hosts):
        one = dice.choice(hubs) if dice.random() < 0.3 else dice.choice(names)
        wanted[one].append(dice.choice(hubs) if dice.random() < 0.4 else dice.choice(names))
    for number, (name, found) in enumerate(wanted.items()):
        items = [f"{to}({dice.choice(_COSTS)})" for to in found]
        lines = [", ".join(items[start : start + 5]) for start in range(0, len(items), 5)]
        out.append(f"{name}\t" + ",\n\t".join(lines) + "\n")
        if number % 7 == 0:
            out.append(f"{name}\t= {name}.{dice.choice(_DOMAINS)}\n")
        if number % 60 == 0:
            members = ", ".join(dice.sample(names, 6))
            out.append(f"NET{number} = {{{members}}}(LOCAL)\n")
        if number % 500 == 0:
            out.append(f"dead {{{name}!{found[0]}}}\n")
    path.write_text("".join(out), encoding="ascii")
    return path
