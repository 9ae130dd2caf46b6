"""Writing an O/R address in a dialect: what it carries, in its order, with its marks; or the reason why it cannot."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from mailpaths.addresses import attributes as table
from mailpaths.addresses.dialect import Dialect
from mailpaths.addresses.gathering import domain_defined_type
from mailpaths.addresses.oraddress import ORAddress
from mailpaths.addresses.values import Teletex, Value, shorten
from mailpaths.errors import ConversionError
from mailpaths.grammar.oraddress import PS_CHAR

__all__ = ["find_hidden_label", "is_known", "px_label", "write"]

Pairs: TypeAlias = tuple[tuple[str, Value], ...]


class Labelled(NamedTuple):
    """An attribute with the label and the text that a dialect gives it."""

    key: str
    label: str
    text: str


# --- what would be read otherwise ---------------------------------------------------------------------------------

# A label where a value should be: the word before "=", or all between "DDA:" and "=".
_HIDDEN_LABEL = re.compile(
    r"(?<![A-Za-z0-9.-])(?:([A-Za-z][A-Za-z0-9.-]*+(?:[ ]NUMBER)?)[ \t]*+|(DDA?[1-4]?:[^=/;]{1,128}+))=", re.IGNORECASE
)
_ALONE = {"PN", "DDA", "DDA.TYPE", "DDA-TYPE", "DT"}


def is_known(label: str) -> bool:
    """Tell whether some dialect has the label."""
    return (
        label in table.LABELS
        or table.label_of(label) is not None
        or label.upper() in _ALONE
        or domain_defined_type(label) not in {None, ""}
    )


def find_hidden_label(value: str) -> re.Match[str] | None:
    """Return where in a value another attribute begins, as in ``O=UCL, P=UK.AC``, or ``None``."""
    if "=" not in value:
        return None
    return next((found for found in _HIDDEN_LABEL.finditer(value) if is_known(found[1] or found[2])), None)


# --- order --------------------------------------------------------------------------------------------------------

_HIERARCHY = dict(zip(table.HIERARCHY, range(len(table.HIERARCHY)), strict=True))
_NAME = ("G", "I", "S", "GQ")
_REST = tuple([one.key for one in table.TABLE[table.TABLE.index(table.BY_KEY["UA-ID"]) : -1]])
_DD = "DD"


def _ranks(*keys: str) -> dict[str, int]:
    return {key: rank for rank, key in enumerate(keys)}


# RFC 2156 4.3.3: the most significant on the right; RFC 1685 table F.1: the order of the standard attributes.
_ASCENDING = _ranks(_DD, *_REST[::-1], *_NAME, "CN", "OU", "O", "PRMD", "ADMD", "C")
_TABLE_F1 = _ranks(_DD, *_REST, *_NAME, "CN", "O", "OU", "PRMD", "ADMD", "C")
_DESCENDING = _ranks("C", "ADMD", "PRMD", "O", "OU", "CN", "S", "G", "I", "GQ", *_REST, _DD)
_RARE = _ranks("C", "ADMD", "PRMD", "O", "OU", "S", "G", "I", "GQ", "CN", *_REST, _DD)


def _ordered(pairs: Pairs, ranks: dict[str, int]) -> list[tuple[str, Value]]:
    """Return the attributes in the order of the ranks; those of one kind stay in theirs."""
    defined = ranks[_DD]
    return sorted(pairs, key=lambda one: ranks.get(one[0], defined))


# --- values -------------------------------------------------------------------------------------------------------

_PRINTABLE = re.compile(rf"{PS_CHAR}*+\Z")
_NOT_PRINTABLE = re.compile(rf"(?!{PS_CHAR}).")
# RFC 2156 3.4, for what Exchange writes raw into the attributes of RFC 2156 4.3.2.
_PS_CODES = {"@": "(a)", "%": "(p)", "!": "(b)", '"': "(q)", "_": "(u)"}
_RFC_822_TYPES = {"RFC-822", "RFC822C1", "RFC822C2", "RFC822C3"}
_TERMINAL_NAMES = {str(number): name for name, number in table.TERMINAL_TYPES.items()}
# RFC 1685 tables F.1 and F.2: OU1 to OU4, PD-A1 to PD-A6.
_MAX_UNITS = 4
_MAX_LINES = 6


def _refuse(message: str, character: str | None = None) -> ConversionError:
    return ConversionError(message, character=character, part="attribute")


def _defined_value(key: str, value: Value, dialect: Dialect) -> str:
    """Return the value of a domain-defined attribute; what was not encoded in an RFC-822 one is encoded now."""
    if isinstance(value, Teletex):
        return str(value)
    raw = _NOT_PRINTABLE.search(value)
    if raw is None:
        return value
    if key[3:].upper() in _RFC_822_TYPES:
        return _NOT_PRINTABLE.sub(lambda found: _PS_CODES.get(found[0]) or f"({ord(found[0]):03})", value)
    raise _refuse(f"{raw[0]!r} in {shorten(key)} is no PrintableString, and {dialect} carries nothing else", raw[0])


def _check_equals(text: str, dialect: Dialect, *, defined: bool) -> None:
    """Refuse a value that labels between semicolons (or slashes) would make something else of."""
    if text[:1] == "=":
        raise _refuse(f"in {dialect} a value cannot begin with '=': {shorten(text)!r}", "=")
    if not defined and find_hidden_label(text) is not None:
        raise _refuse(f"{shorten(text)!r} would be read as two attributes in {dialect}", "=")


def _labelled(pairs: Pairs, dialect: Dialect, ranks: dict[str, int]) -> list[Labelled]:
    """Return key, F.401 label and text of every attribute."""
    found: list[Labelled] = []
    unit = 0
    for key, value in _ordered(pairs, ranks):
        if key[:3] == "DD.":
            found.append(_labelled_defined(key, value, dialect))
            continue
        attribute = table.BY_KEY[key]
        label = attribute.label
        text = value if isinstance(value, str) else str(value)
        if key == "OU":
            unit += 1
            label = f"OU{unit}"
        elif key == "T-TY":
            text = _TERMINAL_NAMES.get(text, text)
        elif key == "PD-ADDRESS":
            found += [Labelled(key, f"PD-A{number}", line) for number, line in _numbered_lines(value, dialect)]
            continue
        if label is None:
            raise _refuse(f"{dialect} has no label for the {attribute.name}")
        if "=" in text and dialect.shape != "columns":
            _check_equals(text, dialect, defined=False)
        found.append(Labelled(key, label, text))
    if unit > _MAX_UNITS:
        raise _refuse(f"{dialect} has labels for four organizational units, and here are {unit}")
    return found


def _labelled_defined(key: str, value: Value, dialect: Dialect) -> Labelled:
    """Return a domain-defined attribute with its F.401 label; Exchange writes the value as it is."""
    exchange = dialect.name == "exchange"
    text = (value if isinstance(value, str) else str(value)) if exchange else _defined_value(key, value, dialect)
    if "=" in text and dialect.shape != "columns":
        _check_equals(text, dialect, defined=True)
    return Labelled(key, f"{'dda' if exchange else 'DDA'}:{key[3:].replace('=', '==')}", text)


def _numbered_lines(value: Value, dialect: Dialect) -> list[tuple[int, str]]:
    if isinstance(value, Teletex):
        raise _refuse(f"{dialect} has no teletex form of a postal address")
    lines = value.split("|")
    if len(lines) > _MAX_LINES:
        raise _refuse(f"{dialect} has labels for six lines of a postal address, and here are {len(lines)}")
    if dialect.shape != "columns":
        for line in lines:
            _check_equals(line, dialect, defined=False)
    return list(enumerate(lines, 1))


# --- dialects -----------------------------------------------------------------------------------------------------

_NEEDS_DOLLAR = re.compile(r"([/=])")
_NOT_FOR_DOLLAR = re.compile(r"[;$]")


def _dollar(text: str) -> str:
    return _NEEDS_DOLLAR.sub(r"$\1", text) if "/" in text or "=" in text else text


def _mixer(address: ORAddress, dialect: Dialect) -> str:
    pieces = [""]
    for key, value in _ordered(address.attributes[::-1], _ASCENDING):
        text = value if isinstance(value, str) else str(value)
        label = key
        if key[:3] == "DD.":
            text = _defined_value(key, value, dialect)
            label = "RFC-822" if key == "DD.RFC-822" else "DD." + _dollar(key[3:])
        elif key == "T-TY" and text in _TERMINAL_NAMES:
            text = f"{_TERMINAL_NAMES[text]}({text})"
        elif key == "NET-PSAP":
            mark = _NOT_FOR_DOLLAR.search(text)
            if mark is not None:
                raise _refuse(f"{dialect} has no way to write {mark[0]!r} in the PSAP address", mark[0])
        pieces.append(f"{label}={_dollar(text)}")
    return "/".join(pieces) + "/"


def _f401(address: ORAddress, dialect: Dialect) -> str:
    pairs = _labelled(address.attributes, dialect, _TABLE_F1)
    return "; ".join([f"{label}={text.replace(';', ';;')}" for _key, label, text in pairs])


def _f401_slash(address: ORAddress, dialect: Dialect) -> str:
    pairs = _labelled(address.attributes, dialect, _TABLE_F1)
    return "".join([f"/{label.replace('/', '//')}={text.replace('/', '//')}" for _key, label, text in pairs])


def _exchange(address: ORAddress, dialect: Dialect) -> str:
    pairs = address.attributes
    keys = [key for key, _value in pairs[:2]]
    if keys[0] == "C" and "ADMD" not in keys:
        pairs = (pairs[0], ("ADMD", " "), *pairs[1:])  # Exchange writes "a= " always
    plain = _plain_exchange(pairs)
    if plain is not None:
        return plain
    pieces: list[str] = []
    for key, label, text in _labelled(pairs, dialect, _DESCENDING):
        shown = label if key[:3] == "DD." else label.lower()
        pieces.append(f"{_double_slashes(shown)}={_double_slashes(text).replace(';', ';;')};")
    return "X400:" + "".join(pieces)


# The attributes that a plain text of Exchange holds: the table's own order is Exchange's.
_PLAIN_EXCHANGE = {key: f"{table.BY_KEY[key].label}=".lower() for key in (*_NAME, "C", "ADMD", "PRMD", "O", "CN")}
_PLAIN_UNITS = ("ou1=", "ou2=", "ou3=", "ou4=")


def _plain_exchange(pairs: Pairs) -> str | None:
    """Return the text of plain attributes, the short way; ``None`` where one needs a closer look."""
    pieces = ["X400:"]
    unit = 0
    for key, value in pairs:
        if key == "OU" and unit < _MAX_UNITS:
            label: str | None = _PLAIN_UNITS[unit]
            unit += 1
        else:
            label = _PLAIN_EXCHANGE.get(key)
        if label is None or not isinstance(value, str) or _NEEDS_CARE.search(value) is not None:
            return None
        pieces.append(f"{label}{value};")
    return "".join(pieces)


_NEEDS_CARE = re.compile(r"[=;]|//")


def _double_slashes(text: str) -> str:
    """Return a text in which two slashes are not read as one: Exchange 5.5 takes ``//`` for ``/`` (KB Q224565)."""
    return text.replace("/", "//") if "//" in text else text


def _columns(address: ORAddress, dialect: Dialect) -> str:
    rows: list[tuple[str, str]] = []
    for key, label, text in _labelled(address.attributes, dialect, _TABLE_F1):
        if key[:3] == "DD." and any(mark in label for mark in "= ()"):
            raise _refuse(f"{dialect} cannot carry the type {shorten(key[3:])!r}")
        if text != text.strip(" ") and not (key == "ADMD" and not text.strip(" ")):
            raise _refuse(f"{dialect} cannot carry outer spaces: {shorten(text)!r}", " ")
        rows.append((f"{_name_of(key)} ({label})" if dialect.name == "self-explanatory" else label, text))
    width = max([len(label) for label, _text in rows])
    return "\n".join([f"{label:<{width}}  {text}" if text.strip(" ") else f"{label} " for label, text in rows])


_NAMES = {
    "G": "Given name",
    "I": "Initials",
    "S": "Surname",
    "GQ": "Generation",
    "CN": "Common Name",
    "O": "Organization",
    "OU": "Org. Unit",
    "PRMD": "PRMD",
    "ADMD": "ADMD",
    "C": "Country",
}


def _name_of(key: str) -> str:
    """Return what the self-explanatory format calls an attribute (RFC 1685 F.3.3)."""
    name = _NAMES.get(key) or table.BY_KEY[key if key in table.BY_KEY else "DD"].name
    return name[0].upper() + name[1:]


def _long_keys(address: ORAddress, dialect: Dialect) -> str:
    ordered = (
        _ordered(address.attributes[::-1], _ASCENDING) if dialect.ascending else _ordered(address.attributes, _RARE)
    )
    pieces: list[str] = []
    for key, value in ordered:
        defined = key[:3] == "DD."
        label = "DD." + key[3:].replace("=", "==") if defined else key
        text = _defined_value(key, value, dialect) if defined else value if isinstance(value, str) else str(value)
        if "=" in text:
            _check_equals(text, dialect, defined=defined)
        pieces.append(f"{label}={text.replace(';', ';;')}")
    return "; ".join(pieces)


def _dmn_or(address: ORAddress, dialect: Dialect) -> str:
    pieces: list[str] = []
    for key, value in _with_omissions(address):
        if value is None:
            pieces.append(f"{key}$@")
            continue
        defined = key[:3] == "DD."
        label = "~" + key[3:].replace(".", r"\.") if defined else key
        text = _defined_value(key, value, dialect) if defined else value if isinstance(value, str) else str(value)
        if "\\" in text:
            raise _refuse(f"{dialect} has no way to write a backslash in the {table.BY_KEY[key].name}", "\\")
        pieces.append(f"{label}${text.replace('.', chr(92) + '.')}")
    return ".".join(pieces)


def _with_omissions(address: ORAddress) -> list[tuple[str, Value | None]]:
    """Return the attributes, least significant first, with the levels that are left out below the country."""
    found: list[tuple[str, Value | None]] = [*_ordered(address.attributes[::-1], _ASCENDING)]
    present = {key for key, _value in found}
    lowest = max((rank for key, rank in _HIERARCHY.items() if key in present), default=0)
    for key in table.HIERARCHY[1:lowest]:
        if key not in present:
            # Behind everything less significant, before everything more.
            rank = _HIERARCHY[key]
            place = [_HIERARCHY.get(other, len(_HIERARCHY)) < rank for other, _value in found]
            found.insert(place.index(True) if True in place else len(found), (key, None))
    return found


def _px(address: ORAddress, dialect: Dialect) -> str:
    pieces: list[str] = []
    for key, value in _with_omissions(address):
        if key not in _HIERARCHY or isinstance(value, Teletex):
            raise _refuse(f"{dialect} names C, ADMD, PRMD, O and OU in printable form, not {shorten(key)}")
        pieces.append(px_label(key, value))
    return ".".join(pieces)


_PX_NAMES = {"-": "h", ".": "d", " ": "b"}


def px_label(key: str, value: str | None) -> str:
    """Return one attribute as a label of a domain name (RFC 2163 4.2.1); ``None`` is one left out."""
    if value is None:
        return key
    if not value.strip(" "):
        return f"{key}b"
    coded = "".join([one if one.isalnum() else f"-{_PX_NAMES.get(one) or f'{ord(one):03}'}-" for one in value])
    return f"{key}-{coded.removesuffix('-')}"


_WRITERS: dict[str, Callable[[ORAddress, Dialect], str]] = {
    "mixer": _mixer,
    "f401": _f401,
    "f401-slash": _f401_slash,
    "f401-table": _columns,
    "self-explanatory": _columns,
    "exchange": _exchange,
    "ean": _long_keys,
    "rare": _long_keys,
    "dmn-or": _dmn_or,
    "px": _px,
}


def write(address: ORAddress, dialect: Dialect) -> str:
    """Return the address in a dialect. Raises `ConversionError` for what the dialect cannot carry."""
    return _WRITERS[dialect.name](address, dialect)
