"""What holds for every address: found by Hypothesis, quick by default, long with MAILPATHS_FUZZ=long."""

# ruff: noqa: PT017 - an error is one of two good outcomes here, and is checked where it comes up

from __future__ import annotations

import contextlib
import copy
import dataclasses
import pickle

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mailpaths import (
    ALL,
    STYLES,
    Address,
    AddressList,
    AddressSyntaxError,
    BangPath,
    ConversionError,
    Mailbox,
    MailPathsError,
    ORAddress,
    Policy,
    ReadingError,
    Route,
    Style,
    hops,
    next_hop,
    parse,
    parse_list,
    policy,
    read,
    readings,
    spell,
    translate,
)
from mailpaths.testing import (
    address_texts,
    bang_paths,
    header_values,
    hostile_texts,
    hosts,
    mailboxes,
    routes,
    users,
)
from tests.support import any_texts

GENERIC = tuple(one for one in ALL if one.program is None)
VALUES = bang_paths() | mailboxes() | routes(plain=False) | address_texts().map(parse)
styles = st.sampled_from(list(STYLES.values()))
policies = st.sampled_from(ALL)


def again(value: BangPath | Mailbox) -> BangPath | Mailbox:
    """Return the value that its own text parses to in its own notation."""
    return BangPath.parse(str(value)) if isinstance(value, BangPath) else Mailbox.parse(str(value))


# --- Values


@given(address_texts())
def test_every_address_text_parses_and_prints_as_it_was_written(text: str) -> None:
    assert str(parse(text)) == text


@given(header_values())
def test_every_header_value_parses_and_prints_as_it_was_written(text: str) -> None:
    assert str(parse_list(text)) == text


@given(address_texts())
def test_a_printed_address_parses_to_an_equal_one(text: str) -> None:
    value = parse(text)
    assert parse(str(value)) == value


@given(bang_paths() | mailboxes())
def test_a_made_value_prints_as_text_that_its_own_notation_reads_back(value: BangPath | Mailbox) -> None:
    assert again(value) == value


@given(mailboxes())
def test_a_made_mailbox_prints_as_text_that_parse_reads_back(value: Mailbox) -> None:
    assert parse(str(value)) == value


@given(VALUES)
def test_a_repr_is_an_expression_for_an_equal_value(value: BangPath | Mailbox | Route) -> None:
    names = {"BangPath": BangPath, "Mailbox": Mailbox, "Route": Route}
    assert eval(repr(value), {"__builtins__": {}}, names) == value  # noqa: S307 - the property itself


@given(VALUES, VALUES)
def test_equal_values_have_equal_hashes(one: BangPath | Mailbox | Route, other: BangPath | Mailbox | Route) -> None:
    assert one != other or hash(one) == hash(other)


@given(routes(min_hops=1), st.booleans())
def test_case_of_hosts_makes_no_difference_and_case_of_users_does(route: Route, upper: bool) -> None:  # noqa: FBT001
    other = Route(tuple(host.upper() if upper else host.lower() for host in route.hosts), route.user)
    assert (other, hash(other), other.key) == (route, hash(route), route.key)
    assert (Route(route.hosts, route.user + "X")) != route


@given(VALUES)
def test_values_pickle_and_copy(value: BangPath | Mailbox | Route) -> None:
    for made in (pickle.loads(pickle.dumps(value)), copy.copy(value), copy.deepcopy(value)):  # noqa: S301 - our own
        assert (made, hash(made), str(made), repr(made)) == (value, hash(value), str(value), repr(value))


@given(header_values())
def test_lists_pickle_and_compare(text: str) -> None:
    header = parse_list(text)
    assert pickle.loads(pickle.dumps(header)) == header == parse_list(text)  # noqa: S301 - our own
    assert hash(header) == hash(parse_list(text))


@given(VALUES)
def test_values_are_frozen(value: BangPath | Mailbox | Route) -> None:
    for field in dataclasses.fields(value):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, field.name, "x")
    assert not hasattr(value, "__dict__")


# --- Faults


def check_fault(error: MailPathsError, text: str) -> None:
    """Check that the error can be shown and lies within what it is about."""
    assert str(error)
    assert repr(error)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 - our own
    if isinstance(error, AddressSyntaxError):
        start, end = error.span
        assert 0 <= start <= end <= len(error.text)
        lines = str(error).split("\n")
        assert len(lines) == 3, "a message, a source line and a caret line"
        assert lines[2].lstrip(" ").rstrip("~") == "^"
        # With no character left, the caret may stand one behind the last.
        assert len(lines[2]) <= len(lines[1]) + 1
        assert error.text in text or text in error.text or not error.text


@given(any_texts(), st.sampled_from([None, "bang", "rfc822"]))
def test_parse_raises_nothing_but_our_errors(text: str, notation: str | None) -> None:
    try:
        value = parse(text, notation)  # type: ignore[arg-type] # a plain str on purpose
    except MailPathsError as error:
        check_fault(error, text)
        assert isinstance(error, AddressSyntaxError)
        assert error.text == text
    else:
        assert str(value) == text
        assert not set("\r\n\0") & set(text)


@given(any_texts())
def test_parse_list_raises_nothing_but_our_errors(text: str) -> None:
    try:
        header = parse_list(text)
    except MailPathsError as error:
        check_fault(error, text)
        assert isinstance(error, AddressSyntaxError)
        assert error.text == text
    else:
        assert len(header.mailboxes) == len(header)
        for defect in header.defects:
            assert 0 <= defect.span[0] <= defect.span[1] <= len(text)


@given(any_texts(), policies, styles)
def test_reading_and_spelling_raise_nothing_but_our_errors(text: str, how: Policy, style: Style) -> None:
    for call in (read, hops):
        with contextlib.suppress(MailPathsError):
            call(text, how)
    with contextlib.suppress(MailPathsError):
        readings(text)
    try:
        translation = translate(text, style, policy=how)
    except MailPathsError as error:
        assert str(error)
    else:
        assert translation.steps
        assert all(isinstance(warning, str) for warning in translation.warnings)


@given(any_texts(), st.sampled_from(GENERIC))
def test_next_hop_never_raises_for_text(text: str, how: Policy) -> None:
    assert next_hop(text, how) is not None


@given(any_texts())
def test_defects_lie_within_the_text_and_come_worst_first(text: str) -> None:
    try:
        value = parse(text)
    except MailPathsError:
        return
    if isinstance(value, Mailbox):
        found = value.defects
        assert all(0 <= one.span[0] <= one.span[1] <= len(text) for one in found)
        assert [one.category for one in found] == sorted([one.category for one in found], reverse=True)


@given(any_texts())
def test_unknown_names_raise_nothing_but_our_errors(text: str) -> None:
    for call in (policy.named, lambda name: spell(Route(("a",), "b"), name), lambda name: parse("a@b", name)):
        try:
            call(text)
        except MailPathsError as error:
            assert str(error)


@given(routes(plain=False), styles)
def test_spell_raises_nothing_but_conversion_errors_and_prints_no_line_break(route: Route, style: Style) -> None:
    try:
        text = str(spell(route, style))
    except ConversionError as error:
        assert error.part in {"user", "host", "route"}
        assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 - our own
        if error.character:
            assert error.character in "".join([*route.hosts, route.user])
    else:
        assert not set("\r\n\0") & set(text)


# --- Meaning


@given(routes(), styles)
def test_route_to_text_and_back_under_every_safe_policy(route: Route, style: Style) -> None:
    try:
        address = spell(route, style)
    except ConversionError:
        # What the style documents: one host for "domain"; a host for "route-addr"; no user that is an option to rmail.
        assert (
            (style.form == "domain" and len(route.hosts) != 1)
            or (style.form == "route-addr" and not route.hosts)
            or (style.form in {"bang", "hybrid"} and route.user.startswith("-"))
        )
        return
    for how in style.safe:
        assert read(str(address), how) == route, how
        assert read(address, how) == route, how


@given(routes(plain=False, max_hops=3), styles)
def test_odd_routes_are_refused_or_come_back(route: Route, style: Style) -> None:
    try:
        address = spell(route, style)
    except ConversionError:
        return
    assert parse(str(address)) == address
    for how in style.safe:
        assert read(str(address), how) == route, how


@given(routes(), styles)
def test_spelled_addresses_are_what_their_text_parses_to(route: Route, style: Style) -> None:
    try:
        address = spell(route, style)
    except ConversionError:
        return
    parsed = parse(str(address))
    assert parsed == address
    assert repr(parsed) == repr(address)


@given(st.lists(hosts(), min_size=1, max_size=5), users())
def test_read_of_a_bang_path_is_its_hosts_and_user(names: list[str], user: str) -> None:
    assert read("!".join([*names, user])) == Route(tuple(names), user)


@given(address_texts())
def test_readings_say_what_read_says(text: str) -> None:
    address = parse(text)
    found = {how: reading.route for reading in readings(address) for how in reading.policies}
    for how in ALL:
        try:
            route = read(address, how)
        except ReadingError:
            assert how not in found
        else:
            assert found[how] == route
            assert (found[how].hosts, found[how].user) == (route.hosts, route.user)
    spelled = [(reading.route.hosts, reading.route.user) for reading in readings(address)]
    assert len(set(spelled)) == len(spelled)


@given(address_texts(), policies)
def test_equal_addresses_mean_the_same(text: str, how: Policy) -> None:
    address = parse(text)
    made: Address
    if isinstance(address, BangPath):
        made = BangPath(address.hosts, address.user)
    elif isinstance(address, Mailbox):
        made = Mailbox(
            address.local_part, address.domain, route=address.route, quoted_local_part=address.quoted_local_part
        )
    else:
        made = ORAddress(address.attributes)
    try:
        assert read(made, how) == read(address, how)
    except ReadingError:
        with pytest.raises(ReadingError):
            read(address, how)


@given(any_texts(), policies)
def test_hops_are_the_hosts_of_the_route(text: str, how: Policy) -> None:
    try:
        address = parse(text)
        route = read(address, how)
    except MailPathsError:
        return
    assert tuple(hop.host for hop in hops(address, how)) == route.hosts


@given(address_texts(), policies)
def test_a_read_route_can_be_made_anew(text: str, how: Policy) -> None:
    try:
        route = read(text, how)
    except ReadingError:
        return
    assert Route(route.hosts, route.user) == route


@given(address_texts(), policies, styles)
def test_a_translation_means_what_its_source_means(text: str, how: Policy, style: Style) -> None:
    try:
        translation = translate(text, style, policy=how)
    except (ReadingError, ConversionError):
        return
    assert translation.route == read(text, how)
    for safe in style.safe:
        assert read(str(translation), safe) == translation.route, safe


# --- Lists


@given(header_values())
def test_member_spans_are_true(text: str) -> None:
    header = parse_list(text)
    before = 0
    for member in header.members:
        start, end = member.span
        assert before <= start <= member.address_span[0] <= member.address_span[1] <= end
        before = end
        written = text[slice(*member.address_span)]
        assume("\r" not in written)  # an address that is folded inside is the header's own
        alone = Mailbox.parse(written)
        assert (alone.addr_spec, alone.route) == (member.mailbox.addr_spec, member.mailbox.route)
    for comment in header.comments:
        assert (text[comment.span[0]], text[comment.span[1] - 1]) == ("(", ")")
    for group in header.groups:
        assert text[group.span[1] - 1] == ";"


@given(any_texts(), st.booleans())
def test_rewriting_nothing_gives_the_same_bytes(text: str, itself: bool) -> None:  # noqa: FBT001 - drawn
    try:
        header = parse_list(text)
    except AddressSyntaxError:
        return
    assert header.rewrite(lambda box: box if itself else None) == text


@given(header_values(), st.sampled_from(["x@y.example", "a!b!c", "<@r:x@y>", "<x@y>", '"a b"@c']))
def test_rewrite_changes_only_addresses(text: str, new: str) -> None:
    header = parse_list(text)
    written = header.rewrite(lambda _box: new)
    after = parse_list(written)
    wanted = parse(new)
    assert len(after) == len(header)
    for was, now in zip(header.mailboxes, after.mailboxes, strict=True):
        assert now.display_name == was.display_name
        assert now.addr_spec == (wanted.addr_spec if isinstance(wanted, Mailbox) else str(wanted))
        assert now.route == (wanted.route if isinstance(wanted, Mailbox) else ())
        assert sorted(now.comments) == sorted(was.comments)
    assert sorted(note.text for note in after.comments) == sorted(note.text for note in header.comments)
    assert [group.name for group in after.groups] == [group.name for group in header.groups]
    # What stands between the addresses is there again, in order, byte for byte.
    ends = [0, *[place for member in header.members for place in member.address_span], len(text)]
    place = 0
    for start, end in zip(ends[::2], ends[1::2], strict=True):
        place = written.index(text[start:end], place) + end - start


@given(header_values(), hostile_texts())
def test_rewrite_lets_no_line_break_in(text: str, new: str) -> None:
    header = parse_list(text)
    try:
        written = header.rewrite(lambda _box: new)
    except AddressSyntaxError:
        return
    assert written.count("\n") <= text.count("\n")
    assert written.count("\r") <= text.count("\r")
    assert isinstance(parse_list(written), AddressList)
