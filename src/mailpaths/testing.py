r"""Hypothesis strategies for programs that handle mail addresses: hosts, routes, O/R addresses, headers, hostile text.

Needs Hypothesis, which `mailpaths` itself does not: ``pip install hypothesis``. Every strategy gives plain values and
shrinks towards the short and the ordinary.

>>> from hypothesis import given
>>> from mailpaths import read, spell
>>> from mailpaths.testing import routes
>>> @given(routes(min_hops=1))
... def test_the_percent_hack_loses_nothing(route):
...     assert read(str(spell(route, "percent"))) == route
>>> test_the_percent_hack_loses_nothing()
"""

from __future__ import annotations

from mailpaths.addresses import BangPath, Mailbox, ORAddress
from mailpaths.addresses import attributes as table
from mailpaths.addresses.attributes import Attribute, Syntax
from mailpaths.addresses.dialects import DIALECTS
from mailpaths.addresses.values import Teletex, Value
from mailpaths.errors import AddressSyntaxError, ConversionError
from mailpaths.grammar import lexical
from mailpaths.route import Route

try:
    from hypothesis import strategies as st
    from hypothesis.strategies import SearchStrategy
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "mailpaths.testing needs Hypothesis, which is not installed: pip install hypothesis", name="hypothesis"
    ) from error

__all__ = [
    "address_texts",
    "bang_paths",
    "header_values",
    "hostile_texts",
    "hosts",
    "mailboxes",
    "or_address_texts",
    "or_addresses",
    "routes",
    "users",
]

# Names that were on the wire, so that an example that fails looks like an address.
_HOSTS = ("seismo", "mcvax", "ihnp4", "UT-SALLY.ARPA", "cbosgd.ATT.COM", "pucc.BITNET", "gw.example", "mcvax.uucp")
_USERS = ("piet", "Mark.Horton", "ern", "root", "john+lists", "-x", "o'brien", "{ops}", "a=b")
_PHRASES = ("Piet", "Joe Q. Public", "Beertema", "O. [Ops]", "a@x", "Pýetr", "Mary  Smith")
_HOST_LETTERS = "abcxyzABCXYZ0189-"
_USER_LETTERS = "abcxyzABCXYZ0189-#$&'*+/=?^_`{|}~"
_WIDE_LETTERS = "äßÅλ中\u0301😀"
# What has a meaning in some notation, and what comes near it.
_MARKS = "@!%:;,.<>()[]\"\\ \t-at'\x07\x7f"
_NEVER = "\r\n\0\x85\u2028\udc80"


def hosts(*, literals: bool = False, international: bool = False) -> SearchStrategy[str]:
    """Return a strategy for host and domain names, which every notation can carry.

    ``literals`` adds domain literals, which only a domain may be (no hop of a bang path or percent address can);
    ``international`` adds names beyond ASCII (RFC 6531).
    """
    label = _names(_HOST_LETTERS).map(lambda text: text.strip("-") or "a")
    if international:
        label = label | st.text(_HOST_LETTERS.replace("-", "") + _WIDE_LETTERS[:5], min_size=1, max_size=6)
    found = st.sampled_from(_HOSTS) | st.lists(label, min_size=1, max_size=4).map(".".join)
    return found | st.sampled_from(["[192.0.2.1]", "[IPv6:2001:db8::1]", "[x.25:31161]"]) if literals else found


def users(*, plain: bool = True) -> SearchStrategy[str]:
    """Return a strategy for users, unquoted.

    ``plain`` ones need no quotes and hold no routing operator, so that every notation carries them; others hold any
    character that an address can.
    """
    found = st.sampled_from(_USERS) | st.lists(_names(_USER_LETTERS), min_size=1, max_size=3).map(".".join)
    return found if plain else found | _text(min_size=1)


def routes(*, min_hops: int = 0, max_hops: int = 6, plain: bool = True) -> SearchStrategy[Route]:
    """Return a strategy for `Route`: ``plain`` ones every notation with room for the hops carries (see `users`)."""
    some_hosts = st.lists(hosts(literals=not plain, international=not plain), min_size=min_hops, max_size=max_hops)
    return st.builds(Route, some_hosts.map(tuple), users(plain=plain))


def bang_paths() -> SearchStrategy[BangPath]:
    """Return a strategy for `BangPath`: RFC 976's final dot, literals and users in need of quotes among them."""
    host = hosts(literals=True, international=True) | hosts().map(lambda name: f"{name}.") | _names(_USER_LETTERS)
    return st.builds(BangPath, st.lists(host, min_size=1, max_size=6).map(tuple), users(plain=False))


def mailboxes() -> SearchStrategy[Mailbox]:
    """Return a strategy for `Mailbox`: quoted local parts, source routes, display names and comments among them."""
    name = hosts(literals=True, international=True)
    local = users(plain=False) | st.sampled_from(["seismo!mcvax!piet", "piet%mcvax", "a!b%c"])
    return st.builds(
        Mailbox,
        local,
        name,
        route=st.just(()) | st.lists(name, max_size=3).map(tuple),
        display_name=st.none() | st.sampled_from(_PHRASES) | _text(min_size=1),
        comments=st.just(()) | st.lists(_text(), max_size=2).map(tuple),
    )


def address_texts() -> SearchStrategy[str]:
    """Return a strategy for texts that `mailpaths.parse` takes, in every form it knows.

    Bare, with comments and white space about every word, quoted, with a display name, with a source route in brackets
    and without, bang paths, percent and hybrid forms, RFC 733's ``Jones at Registry`` and its several ``@``. No
    folding: see `header_values`.
    """
    return _addresses()


def header_values() -> SearchStrategy[str]:
    """Return a strategy for header values that `mailpaths.parse_list` takes: lists, groups, comments, folding."""
    return _headers()


def or_addresses(*, raw: bool = False) -> SearchStrategy[ORAddress]:
    """Return a strategy for `ORAddress`: addresses of every form, and others that are of none.

    Every attribute comes up, with values in PrintableString and in teletex, up to four units and up to four
    domain-defined attributes, all within the bounds of X.411. With ``raw``, domain-defined values may hold what is not
    in PrintableString, as Exchange writes them; few dialects carry that.

    >>> from hypothesis import given
    >>> from mailpaths import ORAddress
    >>> @given(or_addresses())
    ... def test_mixer_carries_it_all(address):
    ...     assert ORAddress.parse(address.to_text("mixer"), "mixer") == address
    >>> test_mixer_carries_it_all()
    """
    return _or_addresses(raw=raw)


def or_address_texts() -> SearchStrategy[str]:
    """Return a strategy for texts that ``ORAddress.parse`` takes, in every dialect that tells itself.

    Every dialect's own print, and what people make of it: other separators, keys and case, a prefix, blanks, the last
    separator left out, a personal name in one piece. Where a text would be read in two ways, its dialect's name must
    go with it, so that it does not come up here.
    """
    return _or_address_texts().filter(_tells_itself)


def hostile_texts() -> SearchStrategy[str]:
    """Return a strategy for texts that nobody should send.

    Any characters at all, surrogates and CR, LF and NUL among them; heaps of punctuation; one piece many times over;
    addresses, O/R addresses and header values with a few characters lost, doubled or put in.
    """
    marks = st.text(st.sampled_from(_MARKS + _NEVER), max_size=24)
    bombs = st.builds(lambda piece, count: piece * count, st.text(_MARKS, min_size=1, max_size=4), st.integers(2, 200))
    return st.text(st.characters()) | marks | bombs | _mutated()


def _names(letters: str) -> SearchStrategy[str]:
    return st.text(letters, min_size=1, max_size=8)


def _text(*, min_size: int = 0) -> SearchStrategy[str]:
    """Return a strategy for text that may stand in quotes: anything but what no address may hold."""
    never = ["\r", "\n", "\0", "\u2028", "\u2029", *map(chr, range(0x80, 0xA0))]
    letters = st.characters(exclude_categories=["Cs"], exclude_characters=never)
    return st.text(st.sampled_from(_MARKS + "abc ") | letters, min_size=min_size, max_size=12)


_BLANKS = (" ", "\t", "  ")
_FOLDS = ("\r\n ", "\r\n\t", " \r\n ")
_ATOMS = _names(_USER_LETTERS).filter(lambda text: text.lower() != "at")
_INSIDE_COMMENTS = st.lists(st.sampled_from([*'abc ,;:<>@!%.\x07é"[', "\\)", "\\(", "\\\\"]), max_size=5).map("".join)


@st.composite
def _space(draw: st.DrawFn, *, folds: bool) -> str:
    """Draw RFC 5322's [CFWS]: mostly nothing, else blanks and comments, nested ones among them."""
    kind = draw(st.sampled_from("------- bcn"))
    if kind == "-":
        return ""
    blank: str = draw(st.sampled_from(_BLANKS + _FOLDS if folds else _BLANKS))
    if kind in " b":
        return blank
    comment = f"({draw(_INSIDE_COMMENTS)})"
    if kind == "n":
        comment = f"({draw(_INSIDE_COMMENTS)}{comment}{blank}{comment})"
    return f"{blank}{comment}" if draw(st.booleans()) else comment


@st.composite
def _addresses(draw: st.DrawFn, *, folds: bool = False) -> str:
    """Draw one address, with white space, comments and folds wherever the grammar allows them."""
    kind = draw(st.sampled_from(("addr-spec", "bang", "name-addr", "route-addr", "at", "several", "bare", "operators")))
    if kind == "bang":
        path = draw(st.lists(hosts(international=True), min_size=1, max_size=4))
        return "!".join([*path, draw(users())])
    space = _space(folds=folds)
    if kind == "name-addr":
        inner = draw(_addr_specs(folds=folds) | st.sampled_from(["seismo!mcvax!piet", "Jones at Registry", "root"]))
        phrase = draw(st.sampled_from(["", *_PHRASES]) | _text().map(lexical.quote))
        if "@" in phrase and " at " in inner:
            phrase = "Jones"
        text = f"{phrase}{draw(space)}<{draw(space)}{inner}{draw(space)}>"
    elif kind == "route-addr":
        nodes = ",".join([f"@{node}" for node in draw(st.lists(_DOMAINS, min_size=1, max_size=3))])
        text = f"{nodes}{draw(space)}:{draw(_addr_specs(folds=folds))}"
        text = f"<{text}>" if draw(st.booleans()) else text
    elif kind == "at":
        words = " ".join(draw(st.lists(_ATOMS, min_size=1, max_size=3)))
        text = f"{words}{draw(st.sampled_from([' at ', ' @ ', chr(9) + 'AT ']))}{draw(_DOMAINS)}"
    elif kind == "several":
        text = f"{draw(_addr_specs(folds=folds))}{draw(space)}@{draw(_DOMAINS)}"
    elif kind == "bare":
        text = draw(users())
    elif kind == "operators":
        # Berknet's single colon would open a group in a header.
        marks = st.sampled_from(["!", "%", "%", "::"] if folds else ["!", "%", "%", "::", ":"])
        text = draw(_ATOMS) + "".join(draw(st.lists(st.tuples(marks, _ATOMS).map("".join), max_size=3)))
    else:
        text = draw(_addr_specs(folds=folds))
    return f"{draw(space)}{text}{draw(space)}"


_DOMAINS = hosts(literals=True, international=True)


@st.composite
def _addr_specs(draw: st.DrawFn, *, folds: bool) -> str:
    """Draw local-part "@" domain: words and quoted strings joined by dots, hybrids, white space about each mark."""
    space = _space(folds=folds)
    word = _ATOMS | _text().map(lexical.quote)
    local = draw(users() | word | st.sampled_from(["seismo!mcvax!piet", "piet%mcvax", "a!b%c"]))
    for more in draw(st.lists(word, max_size=2)):
        local = f"{local}{draw(space)}.{draw(space)}{more}"
    domain = draw(_DOMAINS)
    if draw(st.booleans()):
        domain = f"{domain}{draw(space)}.{draw(space)}{draw(hosts())}"
    return f"{local}{draw(space)}@{draw(space)}{domain}"


@st.composite
def _headers(draw: st.DrawFn) -> str:
    """Draw a header value: members and groups, commas and folds between."""
    space, member = _space(folds=True), _addresses(folds=True)

    def joined(pieces: list[str]) -> str:
        return draw(st.sampled_from([",", ", ", ",\r\n ", ", ,"])).join(pieces)

    items: list[str] = []
    for kind in draw(st.lists(st.sampled_from("mmmg"), min_size=1, max_size=3)):
        if kind == "m":
            items.append(draw(member))
        else:
            name = draw(st.sampled_from(["Group", '"The: Group"', "A B"]))
            members = joined(draw(st.lists(member, max_size=3)))
            items.append(f"{draw(space)}{name}{draw(space)}:{members}{draw(space)};{draw(space)}")
    return joined(items)


# --- O/R addresses

_OR_MARKS = ("/", ";", "=", "$", "{165}", "*", "|", "OU=", "/S=x", "//", ";;", "\\.")
_WORDS = (
    "Acme",
    "First Organizati",
    "a bank",
    "O'Brien",
    "x",
    "UK.AC",
    "A/B",
    "a=b",
    "P.O. 1",
    "+1 (2)",
    "a-b",
    "C=US",
)
_TYPES = ("RFC-822", "SMTP", "x", "a=b", "a/b", "A.B", "ROLE")
_ENCODED = ("u(a)example.com", "path(b)user", "'quoted'", "a/b=c", "2", "x.y")
_RAW = ("user@example.com", "a!b%c", "a;b", "a$b", "<x>", "*", "under_score", "{x}")
_LETTERS = "abcXYZ019 '()+,-./:=?"
_POSTAL = tuple([one.key for one in table.TABLE if one.key.startswith("PD-")])
_FORMS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("C", "O"), ("ADMD", "PRMD", "OU", "S", "G", "I", "GQ", "CN", "DD")),
    (("C", "S"), ("ADMD", "PRMD", "O", "OU", "G", "I", "GQ", "CN", "DD")),
    (("C", "ADMD", "UA-ID"), ("PRMD", "DD")),
    (("C", "ADMD", "PD-C", "PD-CODE"), ("PRMD", *_POSTAL)),
    (("C", "ADMD", "PD-C", "PD-CODE", "PD-ADDRESS"), ("PRMD", "PD-SERVICE")),
    (("X121",), ("C", "ADMD", "PRMD", "T-ID", "T-TY", "DD")),
    (("C", "NET-NUM"), ("ADMD", "NET-PSAP", "T-TY", "DD")),
    ((), tuple([one.key for one in table.TABLE])),
)


def _printable(bound: int) -> SearchStrategy[str]:
    """Return a strategy for PrintableString of at most so many characters."""
    return st.sampled_from(_WORDS).map(lambda word: word[:bound]) | st.text(
        _LETTERS, min_size=1, max_size=min(bound, 8)
    )


def _teletex(bound: int) -> SearchStrategy[Value]:
    """Return a strategy for values that have a teletex form, escape sequences among them, and perhaps another."""
    octets = st.binary(min_size=1, max_size=min(bound, 6)) | st.sampled_from([b"\xa5", b"a\x1b(", b"x=/y"])
    return st.builds(Teletex, octets.filter(lambda some: len(some) <= bound), st.none() | _printable(bound))


_DIGITS = st.text("0123456789", min_size=1, max_size=8)
_COUNTRIES = st.sampled_from(["US", "gb", "XX", "505"])
_LINES = st.lists(_printable(30), min_size=1, max_size=6).map("|".join)


def _or_values(attribute: Attribute) -> SearchStrategy[Value]:
    """Return a strategy for values that the attribute may have."""
    bound = attribute.bound
    if attribute.key in {"C", "PD-C"}:
        return _COUNTRIES
    if attribute.key == "ADMD":
        return st.sampled_from([" ", "", "0"]) | _printable(bound)
    if attribute.syntax is Syntax.NUMERIC:
        return _DIGITS
    if attribute.syntax is Syntax.INTEGER:
        return st.sampled_from(["3", "5", "8", "0", "256"])
    if attribute.syntax is Syntax.PRESENTATION:
        return st.sampled_from(['"256"/NS+a433bb93c1', "'0001'H/X121+234219200300", "x"])
    if attribute.syntax is Syntax.POSTAL:
        teletex = st.builds(Teletex, st.binary(min_size=1, max_size=6), st.none() | _LINES)
        return _LINES | _LINES | _LINES | teletex
    some = _printable(bound)
    return some | some | some | _teletex(bound) if attribute.syntax is Syntax.TELETEX else some


@st.composite
def _or_addresses(draw: st.DrawFn, *, raw: bool) -> ORAddress:
    """Draw an O/R address of one of the forms, or of none."""
    needed, allowed = draw(st.sampled_from(_FORMS))
    keys = {*needed, *draw(st.lists(st.sampled_from(allowed), min_size=0 if needed else 1, max_size=6))}
    pairs: list[tuple[str, Value]] = []
    for attribute in [one for one in table.TABLE if one.key in keys]:
        if attribute.key == "OU":
            units = draw(st.lists(_or_values(attribute), min_size=1, max_size=4))
            pairs += [("OU", unit) for unit in units]
        elif attribute.key == "DD":
            pairs += draw(st.lists(_domain_defined(raw=raw), min_size=1, max_size=4))
        else:
            pairs.append((attribute.key, draw(_or_values(attribute))))
    return ORAddress(pairs)


def _domain_defined(*, raw: bool) -> SearchStrategy[tuple[str, Value]]:
    """Return a strategy for a domain-defined attribute, key and value."""
    name = st.sampled_from(_TYPES) | st.text(_LETTERS, min_size=1, max_size=8)
    printable = st.sampled_from(_ENCODED) | _printable(30)
    value: SearchStrategy[Value] = printable | printable | _teletex(30)
    return st.tuples(name.map(lambda text: f"DD.{text}"), value | st.sampled_from(_RAW) if raw else value)


@st.composite
def _or_address_texts(draw: st.DrawFn) -> str:
    """Draw an O/R address as a dialect prints it, or as people change that without changing what it says."""
    address = draw(_or_addresses(raw=False))
    name = draw(st.sampled_from([*DIALECTS]))
    try:
        text = address.to_text(name)
    except ConversionError:
        name, text = "mixer", address.to_text()
    kind = draw(st.sampled_from(("as it is", "as it is", "last", "case", "prefix", "blank", "separator", "name")))
    if kind == "last":
        return text.rstrip("/;") if name in {"mixer", "exchange"} else text
    if kind == "case":
        return text.swapcase()
    if kind == "prefix" and name in {"mixer", "f401", "f401-slash"}:
        return draw(st.sampled_from(["X400:", "x.400: ", "X.400 "])) + text
    if kind == "blank" and DIALECTS[name].shape != "px":
        return f" {text}"
    if kind == "separator" and name == "mixer":
        return text.replace("/", ";")
    if kind == "name":
        return f"/PN=Marshall.M.T.Rose{text}" if name == "mixer" else text
    return text


def _tells_itself(text: str) -> bool:
    """Tell whether a text needs no dialect's name beside it."""
    try:
        ORAddress.parse(text)
    except AddressSyntaxError:
        return False
    return True


@st.composite
def _mutated(draw: st.DrawFn) -> str:
    """Draw a good text with one to three characters put in, taken out, replaced or said twice."""
    text = draw(_addresses() | _headers() | _or_address_texts())
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 4)))
        piece = draw(st.sampled_from(["", *_MARKS, *_OR_MARKS, *_NEVER, text[start:end] * 2]))
        text = text[:start] + piece + text[end:]
    return text
