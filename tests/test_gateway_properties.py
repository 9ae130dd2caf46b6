"""What holds for every address that crosses the bridge: nothing is lost, nothing smuggled in, nothing else raised."""

from __future__ import annotations

import re

from hypothesis import assume, example, given
from hypothesis import strategies as st

from mailpaths import BangPath, ConversionError, Mailbox, MailPathsError, parse
from mailpaths.testing import bang_paths, hosts, mailboxes, users
from mailpaths.testing import or_addresses as or_addresses_of_every_form
from mailpaths.x400 import Gateway, ORAddress, Tables, Teletex, ps
from mailpaths.x400.tables import format_node
from tests.support import any_texts

# No table: every mailbox goes through stage II, for nothing can be a whole O/R address by its domain.
BARE = Gateway(or_address="C=GB; A= ; P=mailer")

# The pairs: each row of table1 has its twin in table2. One for every depth, omissions, and values that are no label.
NODES: list[tuple[tuple[str | None, ...], str]] = [
    (("GB", "GOLD 400"), "gold-400.gb"),
    (("GB", "GOLD 400", "UK.AC"), "ac.uk"),
    (("GB", "GOLD 400", "UK.AC", "UCL", "Computer Science"), "cs.ucl.ac.uk"),
    (("DE", "DBP"), "dbp.de"),
    (("DE", "DBP", "GMD", None), "gmd.de"),
    (("TC", "BTT", None, "Widget"), "widget.com"),
    (("se", "x"), "x.se"),
    (("no", "d e", "a.b.c"), "abc.no"),
]
ROWS_1 = "\n".join([f"{format_node(levels)}#{domain}#" for levels, domain in NODES])
ROWS_2 = "\n".join([f"{domain}#{format_node(levels)}#" for levels, domain in NODES])
PAIRED = Gateway(Tables.parse(table1=ROWS_1, table2=ROWS_2), domain="gw.example", or_address="C=GB; A= ; P=mailer")
RICH = Gateway(
    Tables.parse(table1=ROWS_1, table2=ROWS_2, gate1="C$us#relay.us#", gate2="edu#PRMD$relay.ADMD$MCI.C$us#"),
    domain="gw.example",
    or_address="C=GB; A= ; P=mailer",
    verify=lambda address: len(address.attributes) % 2 == 0,
    countries={"826": "GB", "276": "DE"},
)
COUNTRIES = Gateway(
    Tables.parse(table1=ROWS_1, table2=ROWS_2), domain="gw.example", countries={"826": "GB", "276": "DE"}
)
TEXTS = re.compile(r"[\r\n\0]")

# --- (i) there and back, for RFC 822 ------------------------------------------------------------------------------


def ascii_addresses() -> st.SearchStrategy[Mailbox | BangPath]:
    """Mailboxes and paths in ASCII: routes, quoted local parts, percent and bang forms, literals."""
    forms = st.builds(
        Mailbox,
        users(plain=False) | st.builds("{}%{}".format, users(), hosts()) | st.builds("{}!{}".format, hosts(), users()),
        hosts(literals=True),
        route=st.just(()) | st.lists(hosts(literals=True), max_size=3).map(tuple),
    )
    return (mailboxes() | bang_paths() | forms).filter(lambda address: str(address).isascii())


@given(ascii_addresses())
@example(Mailbox("a" * 500, "x.example"))
@example(Mailbox("a", "b", route=("c",)))
@example(Mailbox("(", "x.example"))
@example(Mailbox("(040)", "x.example"))
@example(Mailbox("/S=x/ADMD=y", "x.example"))
def test_stage_two_and_mapping_a_are_the_identity(address: Mailbox | BangPath) -> None:
    """RFC 2156 4.3.2: every ASCII address of up to 512 encoded characters.

    Beside it go only display name and comments, which are no part of an address (4.7.1). An address that spells a
    whole O/R address on its left is one (stage I, step 6), and never comes to stage II.
    """
    if isinstance(address, Mailbox):
        address = Mailbox(
            address.local_part, address.domain, route=address.route, quoted_local_part=address.quoted_local_part
        )
    assume(len(ps.encode(str(address))) <= 512)
    crossed = BARE.to_x400(address).address
    if not any(kind == "RFC-822" for kind, _ in crossed.domain_defined):
        assert isinstance(address, Mailbox)
        assert address.local_part.startswith("/")
        return
    assert BARE.to_rfc822(crossed).address == address
    # On the wire of X.400 there is no spelling to remember: the attributes alone do it.
    again = ORAddress(crossed.attributes)
    assert again.domain_defined == crossed.domain_defined
    assert all(len(value) <= 128 for _, value in again.domain_defined)
    assert not [one for one in again.validate() if one.key.startswith("DD")]


# --- (ii) there and back, for X.400 -------------------------------------------------------------------------------

PRINTABLE = "ABCxyz019'()+,-./:=?"


def values(most: int) -> st.SearchStrategy[str]:
    """PrintableString without outer or doubled spaces."""
    words = st.text(PRINTABLE, min_size=1, max_size=6)
    return st.lists(words, min_size=1, max_size=3).map(" ".join).map(lambda text: text[:most].strip(" ") or "x")


def labels(most: int) -> st.SearchStrategy[str]:
    return st.sampled_from(["sales", "R-D", "Salford", "x1", "UCL", "GMD", "Widget", "a"]).map(lambda text: text[:most])


def below(node: tuple[str | None, ...]) -> st.SearchStrategy[list[tuple[str, str | None]]]:
    """Fill in the levels below a node: some given, some left out."""
    keys = ["C", "ADMD", "PRMD", "O", "OU", "OU", "OU", "OU"]
    bounds = {"C": 2, "ADMD": 16, "PRMD": 16, "O": 64, "OU": 32}
    rest = [
        st.tuples(
            st.just(key),
            (values(bounds[key]) | labels(bounds[key]))
            if key == "OU"
            else st.none() | values(bounds[key]) | labels(bounds[key]),
        )
        for key in keys[len(node) :]
    ]
    cut = st.integers(0, len(rest)).flatmap(lambda count: st.tuples(*rest[:count]))
    return cut.map(lambda more: [*zip(keys, node, strict=False), *more])


def mnemonic() -> st.SearchStrategy[ORAddress]:
    """Valid mnemonic addresses: some node, something below it, and a user by any mnemonic attribute."""
    tops = st.sampled_from([levels for levels, _ in NODES] + [("zz", "none"), ("GB", " "), ("se", "x", "p")])
    name = st.fixed_dictionaries(
        {"S": values(40) | st.sampled_from(["Doe", "St. John", "a.b", "/S=x/", "x/y", "A"])},
        optional={
            "G": values(16) | st.sampled_from(["John", "J.R", "J", "/OU=x"]),
            "I": st.text("ABcd", min_size=1, max_size=5) | values(5),
            "GQ": values(3),
        },
    )
    person = name.map(lambda found: list(found.items()))
    other = st.lists(
        st.sampled_from([("CN", "Print Room"), ("DD.Title", "Boss"), ("DD.a=b", "c/d"), ("DD.UUCP", "x(b)y")]),
        max_size=2,
        unique=True,
    )

    def put(
        parts: tuple[list[tuple[str, str | None]], list[tuple[str, str]], list[tuple[str, str]], bool],
    ) -> ORAddress:
        levels, who, more, named = parts
        return ORAddress(
            [*[(key, value) for key, value in levels if value is not None], *(who if named or not more else []), *more]
        )

    return st.tuples(tops.flatmap(below), person, other, st.booleans()).map(put)


@given(mnemonic())
@example(ORAddress([("C", "GB"), ("ADMD", "GOLD 400"), ("PRMD", "UK.AC"), ("S", "/S=x/")]))
@example(ORAddress([("C", "DE"), ("ADMD", "DBP"), ("PRMD", "GMD"), ("OU", "F3"), ("S", "x")]))
@example(ORAddress([("C", "GB"), ("ADMD", "GOLD 400"), ("S", "x"), ("O", "no prmd")]))
@example(ORAddress([("C", "zz"), ("ADMD", "none"), ("S", "(a)")]))
def test_mapping_b_and_stage_one_are_the_identity(address: ORAddress) -> None:
    """RFC 2156 4.3.5: "a reversible mapping", on these conditions.

    The tables hold both rows of every pair; the values are PrintableString without outer or doubled spaces, which
    count for no lookup (B.1); the address is valid, and of mnemonic form; it holds no RFC-822 attribute. What the
    tables do not know comes back from the left side, whole.
    """
    assume(not address.validate())
    crossed = PAIRED.to_rfc822(address).address
    assert isinstance(crossed, Mailbox)
    # Not the value alone: what the text of it says.
    back = PAIRED.to_x400(Mailbox.parse(str(crossed))).address
    assert back == address
    assert back.organizational_units == address.organizational_units or {
        unit.lower() for unit in back.organizational_units
    } == {unit.lower() for unit in address.organizational_units}
    assert back.domain_defined == address.domain_defined


@st.composite
def placed(draw: st.DrawFn) -> ORAddress:
    """An address of any form, sometimes at a node that the tables know, in any case, with any blanks about it."""
    address = draw(or_addresses_of_every_form())
    if draw(st.booleans()):
        return address
    levels = draw(st.sampled_from([levels for levels, _ in NODES]))
    top = [
        (key, draw(st.sampled_from([value, value.lower(), f" {value}", value.replace(" ", "  ")])))
        for key, value in zip(("C", "ADMD", "PRMD", "O", "OU"), levels, strict=False)
        if value is not None
    ]
    top[0] = (top[0][0], top[0][1].strip(" "))
    keys = {key for key, _ in top} - {"OU"} | ({"ADMD", "PRMD"} if levels[2:3] == (None,) else {"C"})
    kept = [(key, value) for key, value in address.attributes if key not in keys]
    return ORAddress([*top, *kept])


@given(placed())
@example(ORAddress([("C", "DE"), ("ADMD", "DBP"), ("PRMD", "p"), ("O", Teletex(b"\xa5")), ("OU", "x"), ("S", "s")]))
@example(ORAddress([("C", "DE"), ("ADMD", "DBP"), ("O", Teletex(b"\xa5", "zz")), ("OU", "b"), ("S", "x")]))
@example(ORAddress([("C", "us"), ("ADMD", " "), ("S", "FAX=+390402/T33S=1387")]))
@example(ORAddress([("C", "826"), ("ADMD", "GOLD 400"), ("S", "x")]))
@example(ORAddress([("C", "GB"), ("ADMD", "GOLD 400"), ("CN", "a  b"), ("S", "x")]))
@example(ORAddress([("C", "GB"), ("ADMD", ""), ("PRMD", "p"), ("S", " x ")]))
def test_a_valid_address_comes_back_or_something_is_said_to_be_lost(address: ORAddress) -> None:
    """RFC 2156 4.3.5: reversible, whatever form the address has; what is not is told."""
    assume(not address.validate())
    for gateway in (PAIRED, COUNTRIES):
        try:
            crossed = gateway.to_rfc822(address)
        except ConversionError:
            # An RFC-822 attribute that holds no address.
            assert any(key.casefold() == "dd.rfc-822" for key, _ in address.attributes)
            continue
        if not crossed.losses:
            assert gateway.to_x400(str(crossed)).address == address


# --- (iii), (iv) whatever is thrown at it -------------------------------------------------------------------------


def or_texts() -> st.SearchStrategy[str]:
    """O/R addresses in several spellings, and what comes near one."""
    known = "/S=x|/O=o|/C=GB/|/C=us|/ADMD=GOLD 400|/ADMD=|/PRMD=UK.AC|/OU=|/RFC-822=|/DD.RFC822C1=|/G=a  b|/X121=1"
    marks = "a(a)b.c|(010)|(q)|(l)|*{165}|{013010}|$/|; A=x; C=zz|\r\n|\0|é|(a)|@|826| |/T-TY=g3fax"
    pieces = st.sampled_from([*known.split("|"), *marks.split("|"), "/PD-ADDRESS=a|b"])
    spelled = mnemonic().map(ORAddress.to_text)
    return st.lists(pieces, max_size=8).map("".join) | spelled


def or_addresses() -> st.SearchStrategy[ORAddress]:
    """Addresses that no text need spell: teletex, raw and doubled attributes."""
    octets = st.binary(min_size=1, max_size=12)
    value = st.sampled_from(["a(a)b.c", "u_v@h", "(010)", "x", "(q)a b(q)(a)c"]) | st.builds(
        Teletex, octets, st.none() | st.just("a(a)b.c")
    )
    kinds = st.sampled_from(["DD.RFC-822", "DD.rfc-822", "DD.RFC822C1", "DD.RFC822C2", "S", "O", "OU", "CN", "DD.x"])
    pairs = st.lists(st.tuples(kinds, value), min_size=1, max_size=5)

    def put(found: list[tuple[str, str | Teletex]]) -> ORAddress | None:
        try:
            return ORAddress([("C", "GB"), *found])
        except MailPathsError:
            return None

    return pairs.map(put).filter(lambda one: one is not None).map(lambda one: one or ORAddress([("C", "GB")]))


def check_text(text: str) -> None:
    assert not TEXTS.search(text)


def check_mailbox(made: Mailbox | BangPath) -> None:
    """One address, which its text gives back. An attribute may hold RFC 733's ``a@b@c``, which plain `parse` takes."""
    check_text(str(made))
    again = Mailbox.parse(str(made)) if isinstance(made, Mailbox) else parse(str(made), "bang")
    assert again == made


@given(any_texts() | or_texts(), st.sampled_from([RICH, BARE, Gateway(strict=True)]))
def test_any_text_to_x400(text: str, gateway: Gateway) -> None:
    for role in ("recipient", "return-path"):
        try:
            made = gateway.to_x400(text, role).address
        except MailPathsError:
            continue
        check_text(made.to_text())
        assert ORAddress.parse(made.to_text(), "mixer", bounds=False) == made


@given(any_texts() | or_texts(), st.sampled_from([RICH, BARE]))
def test_any_text_to_rfc822(text: str, gateway: Gateway) -> None:
    try:
        made = gateway.to_rfc822(text).address
    except MailPathsError:
        return
    check_mailbox(made)


@given(or_addresses(), st.none() | any_texts(), st.none() | any_texts())
def test_any_address_to_rfc822(address: ORAddress, name: str | None, telephone: str | None) -> None:
    try:
        made = RICH.to_rfc822(address, free_form_name=name, telephone=telephone).address
    except MailPathsError:
        return
    check_mailbox(made)


@given(any_texts() | or_texts())
def test_ps_encoding_of_any_text(text: str) -> None:
    try:
        coded = ps.encode(text)
    except MailPathsError:
        assert not text.isascii()
        return
    assert re.fullmatch(r"[A-Za-z0-9 '()+,\-./:=?]*", coded)
    if TEXTS.search(text):
        return
    assert ps.decode(coded) == text
    assert ps.decode(re.sub(r"\([a-z]\)", lambda code: code[0].upper(), coded)) == text
    for lenient in (False, True):
        try:
            check_text(ps.decode(text.replace("\r", "").replace("\n", "").replace("\0", ""), lenient=lenient))
        except MailPathsError:
            continue
