"""mailpaths.toml: every key read, every fault told at its line, and what may be meant otherwise."""

# ruff: noqa: PT017 - an error is one of two good outcomes here, and is checked where it comes up

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpaths import policy
from mailpaths.daemon import Endpoint, UnixSocket
from mailpaths.hooks import (
    ConfigError,
    Fault,
    Listener,
    Rules,
    Settings,
    UnreadableError,
    X400Settings,
    doubts,
    load,
    parse,
)
from mailpaths.hooks.places import Key, Places

EXAMPLES = Path(__file__).parent.parent / "docs" / "examples"
PLAIN = Settings(names=("relay.example",))

EVERYTHING = """\
names = ["relay.example", "relay"]
policy = "postfix:swap_bangpath=no"
style = "hybrid"
zone = "uu.example"
bare_paths = true

[allow]
next_hops = ["host", "mx.gamma.example"]
domains = [".bitnet", "host.csnet"]
mapped = true

[roads]
routers = ["map:?from=rutgers", "gateways:"]
in_address = false

[transport]
".uu.example" = "uucp:{next_hop}"
"x400.example" = "smtp:[192.0.2.1]:2525"

[sender]
through_us = [".uu.example", "old.example"]

[x400]
tables = "tables"
domain = "relay.example"
or_address = "/PRMD=Relay/ADMD= /C=US/"
next_hop = "x400.example"
management_domains = ["/PRMD=Acme/ADMD=X/C=US/", "C=GB; A= "]

[limits]
hops = 5
local_part = 200
deadline = 2
connections = 10
idle = 3.5

[[listen]]
address = "unix:/run/mailpaths/hook.sock"
mode = "0666"
group = "postfix"
name = "maps"

[[listen]]
protocol = "tcp_table"
address = "inet:[::1]:9003"
map = "sender"

[[listen]]
protocol = "milter"
address = "inet:192.0.2.7"
public = true

[[listen]]
protocol = "milter"
address = "inet::9004"

[log]
addresses = "hashed"

[metrics]
listen = "127.0.0.1:9999"
"""


def test_every_key() -> None:
    assert parse(EVERYTHING) == Settings(
        names=("relay.example", "relay"),
        policy=policy.named("postfix:swap_bangpath=no"),
        style="hybrid",
        zone="uu.example",
        bare_paths=True,
        next_hops=("host", "mx.gamma.example"),
        domains=(".bitnet", "host.csnet"),
        mapped=True,
        routers=("map:?from=rutgers", "gateways:"),
        in_address=False,
        transports=((".uu.example", "uucp:{next_hop}"), ("x400.example", "smtp:[192.0.2.1]:2525")),
        through_us=(".uu.example", "old.example"),
        x400=X400Settings(
            tables="tables",
            domain="relay.example",
            or_address="/PRMD=Relay/ADMD= /C=US/",
            next_hop="x400.example",
            management_domains=("/PRMD=Acme/ADMD=X/C=US/", "C=GB; A= "),
        ),
        hops=5,
        local_part=200,
        deadline=2.0,
        connections=10,
        idle=3.5,
        listeners=(
            Listener(address=UnixSocket("/run/mailpaths/hook.sock", mode=0o666, group="postfix"), name="maps"),
            Listener(protocol="tcp_table", address=Endpoint("::1", 9003), map="sender", name="tcp_table"),
            Listener(protocol="milter", address=Endpoint("192.0.2.7", 9001), public=True, name="milter"),
            Listener(protocol="milter", address=Endpoint("127.0.0.1", 9004), name="milter-2"),
        ),
        addresses="hashed",
        metrics=Endpoint("127.0.0.1", 9999),
    )


def test_what_is_left_out_denies() -> None:
    assert parse('names = ["relay.example"]') == PLAIN
    assert parse('names = ["relay.example"]\r\n[allow]\r\n') == PLAIN
    assert parse('names = ["relay.example"]\n[metrics]') == replace(PLAIN, metrics=Endpoint("127.0.0.1", 9117))
    assert parse('names = ["relay.example"]\n[x400]') == replace(PLAIN, x400=X400Settings())
    assert PLAIN.listeners == (Listener(address=Endpoint("127.0.0.1", 9001)),)


def test_the_first_file_of_the_docs() -> None:
    assert load(EXAMPLES / "mailpaths.toml") == Settings(
        names=("relay.example", "relay"),
        next_hops=("host", "gamma"),
        domains=("host.csnet", ".bitnet"),
        transports=((".uucp", "uucp:{next_hop}"),),
    )


@pytest.mark.parametrize("name", ["mailpaths.toml", "x400.toml"])
def test_the_files_of_the_docs_open_and_leave_no_doubt(name: str) -> None:
    settings = load(EXAMPLES / name)
    assert doubts(settings) == ()
    Rules.open(settings)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        # What is no TOML.
        ("names = [", ["1: no TOML: invalid value"]),
        ("names = 1\nnames = 2", ["2: no TOML: cannot overwrite a value"]),
        ('names = ["a"]\n[allow]\nx', ["3: no TOML: expected '=' after a key in a key/value pair"]),
        ("a = " + "[" * 20_000, ["no TOML: nested too deeply"]),
        ("a = " + "1" * 5000, ["no TOML: a whole number of thousands of digits"]),
        ('names = ["a"]\n# \ud800', ["2: not UTF-8, as TOML is"]),
        ('\ufeffnames = ["a"]', ["1: no TOML: it begins with a byte order mark"]),
        # Names.
        ("", ['names: expected our own names, such as names = ["relay.example"]']),
        ("names = []", ['1: names: expected our own names, such as names = ["relay.example"]']),
        ('names = "relay"', ["1: names: expected an array of strings, found a string ('relay')"]),
        (
            'names = [\n  "relay",\n  "[192.0.2.1]", "192.0.2.1",\n  7,\n  "a b",\n]',
            [
                "3: names[2]: '[192.0.2.1]' is no name of a host",
                "3: names[3]: '192.0.2.1' is no name of a host",
                "4: names[4]: expected a string, found a whole number (7)",
                "5: names[5]: 'a b' is no name of a host",
            ],
        ),
        # The first table.
        ('names = ["a"]\npolicy = "qmail"', ["2: policy: {policies}"]),
        ('names = ["a"]\nstyle = "bang"', ["2: style: expected percent or hybrid, found 'bang'"]),
        ('names = ["a"]\nzone = "u u"', ["2: zone: 'u u' is no domain"]),
        ('names = ["a"]\nbare_paths = 1', ["2: bare_paths: expected true or false, found a whole number (1)"]),
        ('names = ["a"]\nbare_paths = 1979-05-27', ["2: bare_paths: expected true or false, found a date or time"]),
        ('names = ["a"]\nstlye = "percent"', ["2: stlye: there is no such key; did you mean style?"]),
        ('names = ["a"]\n"x y" = {}', ['2: "x y": there is no such table']),
        ('names = ["a"]\n"kä\\"se" = 1', ['2: "kä\\"se": there is no such key']),
        ('names = ["a"]\n"x\\n\\u001b[1m" = 1', [r'2: "x\n\u001b[1m": there is no such key']),
        ('names = ["a"]\nallow = 1', ["2: allow: expected a table, found a whole number (1)"]),
        # In [allow].
        (
            'names = ["a", "b.example"]\n[allow]\nnext_hops = ["A.UUCP"]\ndomains = ["b.example", "*.c", ".", "x..y"]',
            [
                "3: allow.next_hops[1]: it is one of our own names",
                "4: allow.domains[1]: it is one of our own names",
                "4: allow.domains[2]: '*.c' is no domain; {dot}",
                "4: allow.domains[3]: '' is no name of a host",
                "4: allow.domains[4]: 'x..y' is no name of a host",
            ],
        ),
        ('names = ["a"]\n[allow]\nmapped = "yes"', ["3: allow.mapped: expected true or false, found a string ('yes')"]),
        # In [roads].
        (
            'names = ["a"]\n[roads]\nrouters = ["map", "mpa:", "map:"]\nin_addres = true',
            [
                "3: roads.routers[1]: 'map' is no router; there are {schemes}",
                "3: roads.routers[2]: 'mpa:' is no router; there are {schemes}",
                "4: roads.in_addres: there is no such key; did you mean in_address?",
            ],
        ),
        # In [transport].
        (
            'names = ["a"]\n[transport]\n".uucp" = "uucp {next_hop}"\n"*" = "smtp:x"\n".b" = 7\n".c" = "{next_hop}"',
            [
                (
                    '3: transport.".uucp": expected transport:nexthop, such as "uucp:{next_hop}", '
                    "found 'uucp {next_hop}'"
                ),
                "4: transport.\"*\": '*' is no domain; {dot}",
                '5: transport.".b": expected a string, found a whole number (7)',
                '6: transport.".c": expected transport:nexthop, such as "uucp:{next_hop}", found \'{next_hop}\'',
            ],
        ),
        (
            'names = ["a"]\n[transport]\nhost.csnet = "uucp:x"',
            ['3: transport.host: a domain with dots stands in quotes: "host.example"'],
        ),
        # In [x400].
        (
            (
                'names = ["a"]\n[x400]\nor_address = "S=x"\nnext_hop = "a"\nmanagement_domains = ["C=US", "x", '
                '"/O=y/ADMD=X/C=US/", "/ADMD=X/"]\ndomain = "a b"\ntables = ""'
            ),
            [
                "3: x400.or_address: an O/R address needs a country",
                "4: x400.next_hop: it is one of our own names",
                "5: x400.management_domains[1]: {admd}",
                "5: x400.management_domains[2]: no O/R address: {or_address}",
                "5: x400.management_domains[3]: a management domain is country, ADMD and maybe PRMD",
                "5: x400.management_domains[4]: an O/R address needs a country",
                "6: x400.domain: 'a b' is no domain",
                "7: x400.tables: expected a directory",
            ],
        ),
        # In [limits].
        (
            'names = ["a"]\n[limits]\nhops = 0\nlocal_part = 255\ndeadline = nan\nconnections = -1\nidle = inf',
            [
                "3: limits.hops: expected 1 to 100, found 0",
                "4: limits.local_part: expected 1 to 254, found 255",
                "5: limits.deadline: expected 0.01 to 60, found nan",
                "6: limits.connections: expected 0 to 100,000, found -1",
                "7: limits.idle: expected 1 to 86,400, found inf",
            ],
        ),
        ('names = ["a"]\n[limits]\nhops = 5.0', ["3: limits.hops: expected a whole number, found a number (5.0)"]),
        (
            f"names = [1{'0' * 400}]\n[limits]\nhops = 0x{'f' * 6000}\nidle = -9223372036854775809",
            [
                "1: names[1]: expected a string, found a whole number of more than 64 bits",
                "3: limits.hops: expected a whole number, found a whole number of more than 64 bits",
                "4: limits.idle: expected a number, found a whole number of more than 64 bits",
            ],
        ),
        (
            'names = ["a"]\n[limits]\nidle = -9223372036854775808',
            ["3: limits.idle: expected 1 to 86,400, found -9.22337e+18"],
        ),
        # In [[listen]].
        ('names = ["a"]\n[listen]\n', ["2: listen: expected tables, each begun by [[listen]]"]),
        (
            (
                'names = ["a"]\n[[listen]]\naddress = "inet:0.0.0.0"\n[[listen]]\naddress = "9001"\nmode = "0x"\n'
                'group = "g"\n[[listen]]\nprotocol = "tcp_table"\naddress = "unix:/a"\n[[listen]]\n'
                'address = "unix:/a"\nmap = "rcpt"\nname = "socketmap"\n[[listen]]\naddress = "inet:localhost:99999"\n'
                'name = "a b"'
            ),
            [
                "3: listen[1].address: 0.0.0.0 {public}",
                '5: listen[2].address: expected "inet:HOST:PORT" or "unix:/PATH", found \'9001\'',
                '6: listen[2].mode: expected permissions such as "0660"',
                "6: listen[2].mode: only a unix: address has one",
                "7: listen[2].group: only a unix: address has one",
                '9: listen[3].protocol: tcp_table names no map: add one, such as map = "rcpt"',
                "13: listen[4].map: socketmap names the map in each request",
                "16: listen[5].address: expected HOST:PORT with a port up to 65535, found 'localhost:99999'",
                "17: listen[5].name: expected letters, digits, . _ and -",
            ],
        ),
        (
            'names = ["a"]\n[[listen]]\naddress = "inet:mail.example:1"',
            ["3: listen[1].address: mail.example {public}"],
        ),
        (
            'names = ["a"]\n[[listen]]\n[[listen]]\naddress = "inet:127.0.0.1:9001"\nname = "socketmap"\n',
            [
                "4: listen[2].address: another [[listen]] has this address",
                "5: listen[2].name: another [[listen]] has the name 'socketmap'; give each its own",
            ],
        ),
        (
            (
                'names = ["a"]\n[[listen]]\naddress = "unix:/a"\nmode = "0600"\n'
                '[[listen]]\naddress = "unix:/a"\nname = "b"\ngroup = "post fix"\n'
                '[[listen]]\naddress = "unix:/a\\nb"\nname = "c"\n'
                '[[listen]]\naddress = "unix:/a"\nname = "d"'
            ),
            [
                "8: listen[2].group: expected the name of a group",
                "10: listen[3].address: control characters are in 'unix:/a\\nb'",
                "13: listen[4].address: another [[listen]] has this address",
            ],
        ),
        (
            'names = ["a"]\n[[listen]]\naddress = "inet:127.0.0.1:9117"\n\n[metrics]',
            ["5: metrics.listen: a [[listen]] has the address 127.0.0.1:9117"],
        ),
        # In [log] and [metrics].
        (
            'names = ["a"]\n[log]\naddresses = "none"\n[metrics]\nlisten = "[::]:1"\nfile = "x"',
            [
                "3: log.addresses: expected shown, hashed or hidden, found 'none'",
                "5: metrics.listen: :: may be asked from other machines; public = true, if that is meant",
                "6: metrics.file: there is no such key",
            ],
        ),
    ],
)
def test_every_fault_at_its_line(text: str, faults: list[str]) -> None:
    from mailpaths import MailPathsError, ORAddress
    from mailpaths.hooks.tomltable import either
    from mailpaths.routing.urls import schemes

    with pytest.raises(MailPathsError) as unknown:
        policy.named("qmail")
    with pytest.raises(MailPathsError) as no_address:
        ORAddress.parse("x")
    words = {
        "{admd}": "a management domain needs an ADMD; one of a single blank is written ADMD= ",
        "{public}": (
            "may be asked from other machines, and no protocol here asks who asks; public = true, if that is meant"
        ),
        "{dot}": "a leading dot stands for every host below one: '.example.net'",
        "{policies}": str(unknown.value),
        "{schemes}": either(tuple(schemes())),
        "{or_address}": str(no_address.value).partition("\n")[0],
    }
    with pytest.raises(ConfigError) as caught:
        parse(text, name="x")
    told = []
    for fault in faults:
        for word, meant in words.items():
            fault = fault.replace(word, meant)  # noqa: PLW2901 - filled in
        told.append(f"x:{fault}" if fault[0].isdigit() else f"x: {fault}")
    assert str(caught.value).split("\n") == told


def test_faults_as_values() -> None:
    with pytest.raises(ConfigError) as caught:
        parse('names = ["a"]\nzone = 1')
    assert caught.value.faults == (Fault(2, "zone", "expected a string, found a whole number (1)"),)
    assert caught.value.name == "mailpaths.toml"


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "mailpaths.toml"
    for expected in ("No such file or directory", "Is a directory"):
        with pytest.raises(UnreadableError) as caught:
            load(path)
        assert str(caught.value) == f"cannot read {path}: {expected}"
        path.mkdir(exist_ok=True)
    path.rmdir()
    path.write_bytes(b'names = ["a"]\n# \xff')
    with pytest.raises(ConfigError) as fault:
        load(path)
    assert str(fault.value) == f"{path}:2: not UTF-8, as TOML is"
    path.write_bytes(b"#" * ((1 << 20) + 1))
    with pytest.raises(ConfigError) as fault:
        load(path)
    assert str(fault.value) == f"{path}: more than 1,048,576 octets"
    path.write_bytes(b'names = ["relay.example"]')
    assert load(path) == PLAIN
    with pytest.raises(UnreadableError, match=r"cannot read .*: embedded null byte$"):
        load(Path("a\0b"))


def test_a_pipe_is_read_too() -> None:
    outer, inner = os.pipe()
    os.write(inner, b'names = ["relay.example"]')
    os.close(inner)
    assert load(Path(f"/dev/fd/{outer}")) == PLAIN
    os.close(outer)


# Where a key stands.


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("a = 1\nb = 2", ("b",), 2),
        ("\n\n[t]\n\nx = 1", ("t",), 3),
        ("\n\n[t]\n\nx = 1", ("t", "x"), 5),
        ("[a.b]\nc.d = 1", ("a", "b", "c", "d"), 2),
        ('a = """\nb = 1\n"""\nb = 2', ("b",), 4),
        ("a = [\n 1,\n\n 2 ]\nb = 1", ("a", 0), 2),
        ("a = [\n 1,\n\n 2 ]\nb = 1", ("a", 1), 4),
        ("a = [\n 1,\n\n 2 ]\nb = 1", ("b",), 5),
        ("a = [1, 2]", ("a", 1), 1),
        ("# c\n[[x]]\ny = 1\n[[x]]\n\ny = 2", ("x", 1, "y"), 6),
        ("# c\n[[x]]\ny = 1\n[[x]]\n\ny = 2", ("x", 1), 4),
        ("x = {a = 1, b = 2}", ("x", "b"), 1),
        ("a = 1", ("b",), None),
        ("a = 1", ("a", "b"), None),
        ("a = 'x'", ("a", 0), None),
    ],
)
def test_the_line_of_a_key(text: str, key: Key, line: int | None) -> None:
    assert Places(text).line_of(key) == line


def keys_of(value: object, key: Key = ()) -> Iterator[Key]:
    """Every key and element in a value."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in steps:
        yield (*key, step)
        yield from keys_of(one, (*key, step))


def lines_by_reading(text: str) -> dict[Key, int]:
    """The line of each key, by the reading of every beginning: a key that a longer one adds began behind the last."""
    lines = text.split("\n")
    found: dict[Key, int] = {}
    begin = 1
    for count in range(1, len(lines) + 1):
        for end in ("", "\n]"):
            try:
                value = tomllib.loads("\n".join(lines[:count]) + end)
            except tomllib.TOMLDecodeError:
                continue
            for key in keys_of(value):
                found.setdefault(key, begin)
            begin = count + 1
            break
    return found


WRITTEN = (
    st.sampled_from(["1", '"x"', "{a = 1, b = [1]}", "[]", '["a", "b"]'])
    | st.lists(st.sampled_from(["", "  1,", "  # ]", "  2, 3,", '  "]",', '  """', "  [4,", "  ],"]), max_size=6).map(
        lambda rows: "\n".join(["[", *rows, "]"])
    )
    | st.lists(st.sampled_from(["", "[x]", "a = 1", "]"]), max_size=4).map(
        lambda rows: "\n".join(["'''", *rows, "'''"])
    )
)
STATEMENTS = st.one_of(
    st.sampled_from(["", "# a = 1", "[x]", "[x.y]", "[[z]]", "[[z.w]]"]),
    st.builds("{} = {}".format, st.sampled_from(["a", "b", "c.d", '"e f"', "g"]), WRITTEN),
)


@given(st.lists(STATEMENTS, max_size=12).map("\n".join))
def test_lines_are_those_of_a_reading_of_every_beginning(text: str) -> None:
    try:
        whole = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    places = Places(text)
    assert {key: places.line_of(key) for key in keys_of(whole)} == lines_by_reading(text)


def test_a_fault_far_down_is_found_by_a_few_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\n".join(
        ['names = ["a"]', "[allow]", "next_hops = [", *[f'  "host{n}",' for n in range(4000)], '  "b b",', "]"]
    )
    read: list[int] = []
    loads = tomllib.loads

    def counted(one: str) -> dict[str, object]:
        read.append(len(one))
        return loads(one)

    monkeypatch.setattr(tomllib, "loads", counted)
    with pytest.raises(ConfigError) as caught:
        parse(text)
    assert caught.value.faults == (Fault(4004, "allow.next_hops[4001]", "'b b' is no name of a host"),)
    assert len(read) <= 2 * 12 + 2


def test_more_faults_than_anybody_reads() -> None:
    text = "\n".join(['names = ["a"]', "[allow]", "next_hops = [", *['  "b b",'] * 300, "]"])
    with pytest.raises(ConfigError) as caught:
        parse(text)
    assert caught.value.faults == (
        *[Fault(n + 3, f"allow.next_hops[{n}]", "'b b' is no name of a host") for n in range(1, 51)],
        Fault(None, "", "250 more faults"),
    )
    with pytest.raises(ConfigError) as caught:
        parse("\n".join(['names = ["a"]', *[f"x{n} = 1" for n in range(51)]]))
    assert caught.value.faults[-1] == Fault(None, "", "1 more fault")


@given(st.text(max_size=200) | st.sampled_from(EVERYTHING.split("\n\n")).map(lambda part: f'names = ["a"]\n{part}'))
def test_any_text_is_settings_or_told_faults(text: str) -> None:
    try:
        found = parse(text)
    except ConfigError as error:
        assert error.faults
    else:
        assert found.names


@given(st.data())
def test_any_value_of_any_key_is_settings_or_told_faults(data: st.DataObject) -> None:
    """With a line out of the text, or another value in it."""
    lines = EVERYTHING.split("\n")
    place = data.draw(st.integers(0, len(lines) - 1))
    value = data.draw(st.sampled_from(["", "1", "-1.5", "true", '""', "[]", "[1]", '["x"]', "{}", "1979-05-27", "nan"]))
    key = lines[place].partition(" = ")[0]
    lines[place] = f"{key} = {value}" if value else ""
    text = "\n".join(lines)
    try:
        tomllib.loads(text)
        parse(text)
    except tomllib.TOMLDecodeError:
        return
    except ConfigError as error:
        assert all(fault.line is not None or "expected our own names" in fault.message for fault in error.faults)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (PLAIN, ["nothing is allowed: no next hop, no domain, no mapped host, so no address is rewritten"]),
        (replace(PLAIN, next_hops=("host", "gamma.uucp"), domains=(".bitnet", ".acme.example", "com")), []),
        (
            replace(PLAIN, next_hops=("mx.example",), domains=(".com", ".EDU.")),
            [
                "allow.next_hops: whoever mails to relay.example can reach anybody behind mx.example",
                "allow.domains: .com is every host of a whole top-level domain",
                "allow.domains: .EDU. is every host of a whole top-level domain",
            ],
        ),
        (
            replace(PLAIN, mapped=True),
            ["allow.mapped: there is no router in [roads] that knows hosts by name, as map: and paths: do"],
        ),
        (
            replace(PLAIN, mapped=True, next_hops=("host",), routers=("smarthost:host", "gateways:", "path:127.0.0.1")),
            ["allow.mapped: there is no router in [roads] that knows hosts by name, as map: and paths: do"],
        ),
        (replace(PLAIN, mapped=True, next_hops=("host",), routers=("smarthost:host", "paths:file")), []),
        (
            replace(PLAIN, x400=X400Settings(next_hop="x400.example")),
            ["x400.next_hop: without x400.management_domains no O/R address goes to X.400"],
        ),
        (
            replace(PLAIN, x400=X400Settings(management_domains=("/ADMD=X/C=US/",))),
            ["x400.management_domains: without x400.next_hop no O/R address goes to X.400"],
        ),
        (replace(PLAIN, x400=X400Settings(tables="tables")), []),
        (
            replace(PLAIN, mapped=True, routers=("map:",), in_address=False, deadline=3.0),
            [
                "roads.routers: roads begin at next hops, and allow.next_hops lists none",
                "roads.in_address: the road is left to the transport, and [transport] says nothing",
                "limits.deadline: Exim waits 3 s for an answer, and 3 s may pass",
            ],
        ),
        (
            replace(PLAIN, next_hops=("host",), listeners=(Listener(address=Endpoint("192.0.2.1", 1), public=True),)),
            ["listen: whoever reaches 192.0.2.1:1 may ask, and learns who is listed"],
        ),
    ],
)
def test_doubts(settings: Settings, told: list[str]) -> None:
    assert list(doubts(settings)) == told


def test_a_socket_in_the_file_system_is_not_everybodys_unless_told() -> None:
    settings = parse('names = ["relay"]\n[[listen]]\naddress = "unix:/run/hook.sock"\n')
    assert settings.listeners == (Listener(address=UnixSocket("/run/hook.sock", mode=0o660, group=None)),)
