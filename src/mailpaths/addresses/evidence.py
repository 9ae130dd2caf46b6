"""Evidence: what the labels of an O/R address, and their order, tell about the dialect where the marks tell nothing."""

from __future__ import annotations

import re

from mailpaths.addresses import attributes as table
from mailpaths.addresses.dialect import DMN_OR, EAN, F401, F401_SLASH, MIXER, PAIRED, RARE, Dialect
from mailpaths.addresses.gathering import domain_defined_type

__all__ = ["evidence_against", "family"]

_NUMBERED = re.compile(r"(?:OU|PD-A)[1-6]\Z")
_F401_LABELS = {attribute.label for attribute in table.TABLE if attribute.label is not None} - {"OU"} | {
    label for label in table.LABELS if _NUMBERED.match(label)
}
_RANKS = {key: rank for rank, key in enumerate(table.HIERARCHY)}


def family(labels: list[str], *, slashes: bool) -> Dialect:
    """Return the dialect that labels tell, where the marks are all the same."""
    if labels and all(label in _F401_LABELS or label.startswith("DDA:") or label == "DDA" for label in labels):
        return F401_SLASH if slashes else F401
    if slashes:
        return MIXER
    return EAN if _ascends(labels) else RARE


def evidence_against(labels: list[str], dialect: Dialect) -> str | None:
    """Return what in the labels and their order speaks against a dialect; ``None`` where nothing does."""
    if dialect is DMN_OR and any(domain_defined_type(label) is not None for label in labels):
        return "dmn-or marks the type of a domain-defined attribute with '~'"
    if not _repeats(labels):
        return None
    ascends = _ascends(labels)
    if dialect is MIXER:
        if ascends is False and _leads(labels):
            return (
                "the greater stands before the less, but the last of several units (or domain-defined attributes) is "
                "the most significant in MIXER"
            )
    elif dialect is EAN or dialect is RARE:
        if ascends is None:
            return "nothing tells which of several units (or domain-defined attributes) is the most significant"
    elif (
        (dialect.shape in PAIRED or dialect.shape == "columns")
        and ascends is not False
        and family(labels, slashes=False) is not F401
    ):
        return f"{dialect} numbers its units, and these have no numbers"
    return None


def _repeats(labels: list[str]) -> bool:
    """Tell whether there are several units without numbers, or several domain-defined attributes without."""
    defined = [label for label in labels if domain_defined_type(label) is not None and label != "DDA.VALUE"]
    return labels.count("OU") > 1 or sum(1 for label in defined if not label[2:3].isdigit()) > 1


def _leads(labels: list[str]) -> bool:
    """Tell whether something greater than a unit stands before the first unit or domain-defined attribute."""
    for label in labels:
        found = table.LABELS.get(label)
        if found is None or found.attribute.key == "OU":
            return False
        if found.attribute.key in _RANKS:
            return True
    return False


def _ascends(labels: list[str]) -> bool | None:
    """Tell whether the labels go from the least significant to the most; ``None`` where they do neither."""
    ranks: list[int] = []
    for label in labels:
        found = table.LABELS.get(label)
        if found is not None and found.attribute.key in _RANKS:
            rank = _RANKS[found.attribute.key]
            if not ranks or ranks[-1] != rank:
                ranks.append(rank)
    if len(ranks) <= 1:
        return None
    ordered = sorted(ranks)
    return True if ranks == ordered[::-1] else False if ranks == ordered else None
