"""X.400 encoded in RFC 822: an O/R address as a local part, beside a domain that says the rest (RFC 2156 4.3.1).

`decode` is stage I of 4.3.4; `lookup_levels`, `usable`, `without_levels` and `encode` are mapping B of 4.3.5. What the
printed text gets wrong, and what is done instead:

* Stage I, step 3 refuses ``;`` and ``|``, which the grammar of step 4 and upa-string need; they are taken, unless the
  gateway is ``strict``.
* A telephone address such as ``FAX=+12027653000/T33S=1387`` passes for a surname. Its labels are kept apart from those
  of X.400 on purpose (RFC 2846 3.2), and it is never read as an O/R address.
* The table rows are an operator's word: a value that a row gives is not held to X.411's bounds (RFC 2156 4.4.2 maps
  to a PRMD of 21 characters).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from mailpaths.addresses import conformance, dialects, personal_name, writing
from mailpaths.addresses.attributes import label_of
from mailpaths.addresses.oraddress import (
    MAX_REPEATED,
    ORAddress,
    Teletex,
    Value,
    domain_defined_type,
    from_attributes,
)
from mailpaths.grammar import oraddress as grammar
from mailpaths.grammar.oraddress import PS_CHAR
from mailpaths.step import Step
from mailpaths.x400 import telephone
from mailpaths.x400.domain_levels import MAPPING_B, DomainLevels, listed, pairs, shown
from mailpaths.x400.levels import KEYS, Level, levels_of, present_end

__all__ = [
    "STAGE_1",
    "decode",
    "encode",
    "is_mnemonic",
    "lookup_levels",
    "loss_on_the_way_back",
    "unknown_labels",
    "usable",
    "without_levels",
]

#: How the steps of 4.3.4 stage I are called.
STAGE_1 = "RFC 2156 4.3.4 stage I"

# RFC 2156 4.3.4 step 3, as printed and as step 4 needs it.
_STRICT = re.compile(rf"(?>(?:{PS_CHAR}|[{{}}*$])+)\Z")
_USUAL = re.compile(rf"(?>(?:{PS_CHAR}|[{{}}*$;|])+)\Z")
# What looks like an attribute in a local part that begins with "/".
_PAIR = re.compile(r"/([^/;=]++)=")
_SPACED = re.compile(r"\A | \Z|  ")
_MNEMONIC = frozenset({"C", "ADMD", "PRMD", "O", "OU", "CN", "S", "G", "I", "GQ"})
_PERSON = frozenset({"S", "G", "I"})
_HIERARCHY = frozenset(KEYS)


# --- from RFC 822 ---------------------------------------------------------------------------------------------------


def decode(
    local: str,
    known: DomainLevels | None,
    steps: list[Step],
    *,
    strict: bool = False,
    verify: Callable[[ORAddress], bool] | None = None,
) -> ORAddress | None:
    """Return the O/R address that an unquoted local part is beside what its domain stands for; ``None`` if it is none.

    ``strict`` and ``verify`` are those of `mailpaths.x400.Gateway`. Source: RFC 2156 4.3.4 stage I, steps 2 to 9.
    """
    if _SPACED.search(local):
        steps.append(Step("spaces at an end, or two together, in the local part", f"{STAGE_1}, step 2"))
        return None
    if not (_STRICT if strict else _USUAL).match(local):
        steps.append(Step("the local part holds what is not in PrintableString", f"{STAGE_1}, step 3"))
        return None
    if _is_telephone(local):
        steps.append(Step("a telephone address, whose labels are not those of X.400", "RFC 2846 3.2"))
        return None
    encoded = dialects.parse_local_part(local)
    if encoded is None and _is_spelled_out(local):
        steps.append(Step("O/R attributes, but one of them cannot have its value", f"{STAGE_1}, step 5"))
        return None
    if encoded is not None:
        left = encoded
        steps.append(Step(f"read the local part as O/R attributes, {listed(left.attributes)}", f"{STAGE_1}, step 4"))
    else:
        parts = personal_name.decode(local)
        if parts is None:
            steps.append(Step("the local part is neither O/R attributes nor a name", f"{STAGE_1}, step 4"))
            return None
        found = dict(parts)
        left = from_attributes(tuple([(key, found[key]) for key in ("S", "G", "I") if key in found]), None)
        steps.append(Step(f"read the local part as the personal name {listed(left.attributes)}", f"{STAGE_1}, step 4"))
    made = _complete(left, known, steps, spelled=encoded is not None)
    if made is None:
        return None
    if verify is not None and encoded is not None and _organization_first(local) and not verify(made):
        turned = _turn_round(left)
        other = _complete(turned, known, [], spelled=True)
        if other is not None and verify(other):
            steps.append(Step("turned the order of the units round", "RFC 2156 4.3.4.1"))
            return other
    return made


def _complete(left: ORAddress, known: DomainLevels | None, steps: list[Step], *, spelled: bool) -> ORAddress | None:
    """Return the address with what the domain adds: steps 6 to 9."""
    keys = {"DD" if key.startswith("DD.") else key for key, _ in left.attributes}
    left = _with_admd(left, steps)
    if conformance.forms(left):
        if conformance.first_bound_fault(left) is None:
            steps.append(Step("it is a whole O/R address; the domain adds nothing", f"{STAGE_1}, step 6"))
            return left
        steps.append(Step("a value is longer than X.411 allows", f"{STAGE_1}, step 9"))
        return None
    if "C" in keys or not keys <= _MNEMONIC | {"DD"} or (keys & {"G", "I", "GQ"} and "S" not in keys):
        steps.append(Step("no domain can make it a mnemonic O/R address", f"{STAGE_1}, step 7"))
        return None
    if known is not None and known.spelled and not spelled:
        known = None
    if known is None or not known.whole:
        what = "no table knows the domain" if known is None else "the domain has more labels than attributes fit"
        steps.append(Step(what, f"{STAGE_1}, step 8"))
        return None
    kept = known.kept(keys)
    given = tuple(pairs(kept[: known.given]))
    own = (*pairs(kept)[len(given) :], *left.attributes)
    # In the order that an address has: what the left side has, and all below it, is not in `kept`.
    rule = "PMDF 6.1 User's Guide; no RFC" if known.spelled else f"{STAGE_1}, step 8"
    steps.append(Step(f"added what the domain stands for, {shown(kept)} ({known.source})", rule))
    made = _with_admd(from_attributes((*given, *own), None), steps)
    if (
        not conformance.forms(made)
        or _too_many(made)
        # A row's value may be longer than X.411 allows: see the module.
        or (conformance.first_bound_fault(made) and conformance.first_bound_fault(from_attributes(own, None)))
    ):
        steps.append(Step("what comes out is no O/R address of X.402", f"{STAGE_1}, step 9"))
        return None
    return made


def _with_admd(address: ORAddress, steps: list[Step]) -> ORAddress:
    """Return the address with the ADMD that a country without one means: the single space (RFC 2156 4.1.3)."""
    keys = [key for key, _ in address.attributes[:2]]
    if keys[:1] != ["C"] or "ADMD" in keys:
        return address
    steps.append(Step("took the absent ADMD for a single space", "RFC 2156 4.1.3"))
    return from_attributes((address.attributes[0], ("ADMD", " "), *address.attributes[1:]), None)


def _too_many(address: ORAddress) -> bool:
    keys = [key for key, _ in address.attributes]
    return keys.count("OU") > MAX_REPEATED or sum(key.startswith("DD.") for key in keys) > MAX_REPEATED


def _is_spelled_out(local: str) -> bool:
    """Tell whether a local part is std-or-address-input by its grammar, whatever its values are: step 4."""
    if local[:1] != "/" and ";" not in local:
        return False
    fields = grammar.fields(local, "dollar")
    return fields is not None and all(
        label_of(one.label) is not None or one.label.upper() == "PN" or domain_defined_type(one.label) is not None
        for one in fields
    )


def _is_telephone(local: str) -> bool:
    return "=" in local and "@" not in local and telephone.recognise(local)


def unknown_labels(local: str) -> list[str]:
    """Return the labels that no dialect knows in a local part that begins like O/R attributes."""
    if local[:1] != "/" or "=" not in local:
        return []
    return [found[1] for found in _PAIR.finditer(local) if not writing.is_known(found[1].strip(" "))]


def _organization_first(local: str) -> bool:
    labels = [pair.partition("=")[0].strip().upper() for pair in re.split(r"[/;]", local)]
    units = [place for place, label in enumerate(labels) if label[:2] == "OU"]
    return "O" in labels and bool(units) and labels.index("O") < max(units)


def _turn_round(address: ORAddress) -> ORAddress:
    units = iter(address.values("OU")[::-1])
    return from_attributes(
        tuple([(key, next(units) if key == "OU" else value) for key, value in address.attributes]), None
    )


# --- to RFC 822 -----------------------------------------------------------------------------------------------------


def lookup_levels(source: ORAddress, countries: Mapping[str, str], steps: list[Step]) -> tuple[Level, ...]:
    """Return the levels of an address as tables are asked for them: mapping B, steps 1 and 2.

    A blank ADMD is an absent one: equal addresses have one domain.
    """
    levels = tuple([None if level is None else _collapse(level) for level in levels_of(source)[: len(KEYS)]])
    if levels[1:2] == (" ",):
        levels = (levels[0], None, *levels[2:])
    country = countries.get(levels[0] or "") if levels else None
    if country is not None:
        steps.append(Step(f"took the country {levels[0]} for {country}", f"{MAPPING_B}, step 2"))
        levels = (country, *levels[1:])
    return levels


def is_mnemonic(source: ORAddress) -> bool:
    """Tell whether an address has attributes of the mnemonic form alone; of any other, no level becomes a label."""
    return all(key in _MNEMONIC or key.startswith("DD.") for key, _ in source.attributes)


def usable(source: ORAddress, levels: Sequence[Level]) -> Sequence[Level]:
    """Return the levels of a mnemonic address that a domain may stand for: one attribute at least is left (step 4)."""
    # A level with a teletex form is left too: see `mailpaths.x400.levels.levels_of`.
    others = any(key not in _HIERARCHY or isinstance(value, Teletex) for key, value in source.attributes)
    return levels if others else levels[: present_end(levels) - 1]


def without_levels(source: ORAddress, count: int) -> ORAddress:
    """Return the address without its first ``count`` levels; a blank ADMD goes with the country (RFC 2156 4.1.3)."""
    if not count:
        return source
    gone = set(KEYS[: min(count, 4)])
    units = max(0, count - 4)
    kept: list[tuple[str, Value]] = []
    for key, value in source.attributes:
        if key in gone or (key == "ADMD" and not str(value).strip(" ")):
            continue
        if key == "OU" and units:
            units -= 1
            continue
        kept.append((key, value))
    return from_attributes(tuple(kept), None)


def encode(rest: ORAddress, steps: list[Step], losses: list[str]) -> str:
    """Return the local part, unquoted, of what is left of an address beside its domain: mapping B, step 5."""
    local = _as_name(rest)
    if local is not None:
        if any(isinstance(value, str) and value != _collapse(value) for _, value in rest.attributes):
            losses.append("outer or doubled spaces in the personal name")
        steps.append(Step(f"wrote the personal name as {local}", f"{MAPPING_B}, step 5; 4.1.2"))
    else:
        local = rest.to_text()
        steps.append(Step(f"wrote what is left as {local}", f"{MAPPING_B}, step 5; 4.1.3"))
    return local


def _as_name(rest: ORAddress) -> str | None:
    """Return the local part of what is only a personal name, or ``None`` where it must be spelled out.

    Outer and doubled spaces go: they stay only where every attribute is spelled out (step 1).
    """
    parts: dict[str, str] = {}
    for key, value in rest.attributes:
        if key not in _PERSON or not isinstance(value, str):
            return None
        parts[key] = _collapse(value)
    name = personal_name.encode(parts)
    # A name that would come back as attributes is spelled out too, or not at all, and one that is all spaces.
    if name is None or _is_spelled_out(name) or _is_telephone(name) or _SPACED.search(name):
        return None
    return name


def loss_on_the_way_back(source: ORAddress, local: str, known: DomainLevels | None, *, strict: bool) -> str | None:
    """Return what stage I makes of a local part that is not the address it was made of; ``None`` where it is that."""
    if "=" not in local and known is not None and known.whole and conformance.first_bound_fault(source) is None:
        return None  # a mere name below a domain, by far the most of them: `encode` writes none that does not come back
    steps: list[Step] = []
    back = decode(local, known, steps, strict=strict)
    if back is None:
        reason = steps[-1].action if conformance.forms(source) else "it is of no form of X.402"
        return f"{reason}: the way back makes an RFC-822 attribute of it ({steps[-1].rule})"
    return None if back == source else f"the way back makes {listed(back.attributes)} of it"


def _collapse(value: str) -> str:
    if value and "  " not in value and value[0] != " " and value[-1] != " ":
        return value
    return re.sub(r" {2,}", " ", value.strip(" ")) or " "
