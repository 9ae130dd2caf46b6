"""``mailpaths.toml``: read into `Settings`, with all its faults at once, each with its line and key."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from itertools import count, islice
from pathlib import Path
from typing import NamedTuple, cast, get_args

from mailpaths import names, policy
from mailpaths.addresses import ORAddress
from mailpaths.daemon.endpoint import Endpoint, EndpointError, UnixSocket
from mailpaths.errors import MailPathsError
from mailpaths.hooks.allowing import HostNames
from mailpaths.hooks.checking import fault_of_transport
from mailpaths.hooks.maps import MAPS
from mailpaths.hooks.places import Key, Places
from mailpaths.hooks.settings import Listener, Naming, Protocol, Settings, Spelling, X400Settings
from mailpaths.hooks.tomltable import Check, Faults, TomlTable, either
from mailpaths.policy import INTERNET
from mailpaths.routing.lookup import is_name
from mailpaths.routing.urls import schemes
from mailpaths.x400.levels import levels_of

__all__ = ["ConfigError", "Fault", "UnreadableError", "load", "parse", "place"]

#: Octets of a file: a postmaster's has some hundreds.
_MOST = 1 << 20
# Faults that are told: to find the line of one takes longer the longer the text is.
_MOST_FAULTS = 50
_PORT = 9001
_METRICS_PORT = 9117
_MODE = re.compile(r"0?[0-7]{3}\Z")
_HOST = re.compile(r"[\w.-]+\Z")
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,255}\Z")
_BYTE_ORDER_MARK = "\ufeff"
_SYNTAX_PLACE = re.compile(r" \(at (?:line (?P<line>[0-9]+), column [0-9]+|end of document)\)\Z")


class Fault(NamedTuple):
    """What is wrong at a place of a file: the line, ``None`` where it is what is missing, the key, and what it is."""

    line: int | None
    key: str
    message: str


class UnreadableError(MailPathsError):
    """A file cannot be read at all."""


class ConfigError(MailPathsError):
    r"""A file has ``faults``; printed, it is a line for each.

    >>> try:
    ...     parse('names = ["relay"]\n[alow]\n')
    ... except ConfigError as error:
    ...     print(error)
    mailpaths.toml:2: alow: there is no such table; did you mean allow?
    """

    def __init__(self, name: str, faults: tuple[Fault, ...]) -> None:
        super().__init__(name, faults)
        self.name = name
        self.faults = faults

    def __str__(self) -> str:
        """Return a line for each fault: the file, the line, the key, and what is wrong."""
        return "\n".join(
            [
                ": ".join([self.name if line is None else f"{self.name}:{line}", *([key] if key else []), message])
                for line, key, message in self.faults
            ]
        )


def load(path: Path) -> Settings:
    """Return the settings that a file holds.

    Raises `UnreadableError` where it cannot be read, and `ConfigError` for its faults.
    """
    try:
        with path.open("rb") as file:
            octets = file.read(_MOST + 1)
    except OSError as error:
        raise UnreadableError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:  # a NUL in the name
        raise UnreadableError(f"cannot read {path!r}: {error}") from error
    if len(octets) > _MOST:
        raise ConfigError(str(path), (Fault(None, "", f"more than {_MOST:,} octets"),))
    return parse(octets.decode(errors="surrogateescape"), name=str(path))


def parse(text: str, *, name: str = "mailpaths.toml") -> Settings:
    """Return the settings that a text of TOML holds; ``name`` is what faults are told of. Raises `ConfigError`.

    >>> parse('names = ["relay"]').names
    ('relay',)
    """
    text = text.replace("\r\n", "\n")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        before = text.count("\n", 0, error.start)
        raise ConfigError(name, (Fault(before + 1, "", "not UTF-8, as TOML is"),)) from error
    if text.startswith(_BYTE_ORDER_MARK):
        raise ConfigError(name, (Fault(1, "", "no TOML: it begins with a byte order mark"),))
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        place = _SYNTAX_PLACE.search(message)
        line = None if place is None else int(place["line"] or text.count("\n") + 1)
        message = message if place is None else message[: place.start()]
        raise ConfigError(name, (Fault(line, "", f"no TOML: {message[:1].lower()}{message[1:]}"),)) from error
    except RecursionError as error:
        raise ConfigError(name, (Fault(None, "", "no TOML: nested too deeply"),)) from error
    except ValueError as error:  # what Python says of digits that it does not count any more
        raise ConfigError(name, (Fault(None, "", "no TOML: a whole number of thousands of digits"),)) from error
    noted: Faults = []
    settings = _settings(TomlTable(found, noted))
    if noted:
        places = Places(text)
        faults = [Fault(_line(places, key), _shown(key), message) for key, message in noted[:_MOST_FAULTS]]
        faults.sort(key=lambda fault: fault.line or 0)
        if more := len(noted) - len(faults):
            faults.append(Fault(None, "", f"{more} more fault{'' if more == 1 else 's'}"))
        raise ConfigError(name, tuple(faults))
    return settings


def _line(places: Places, key: Key) -> int | None:
    """Return the line of a key; of its table, where what it stands for unless given is what is wrong."""
    return places.line_of(key) or (places.line_of(key[:-1]) if key[:-1] else None)


def _shown(key: Key) -> str:
    """Return a key as people write it, on one line, elements counted from one."""
    found = ""
    for step in key:
        if isinstance(step, int):
            found += f"[{step + 1}]"
        else:
            is_plain = _NAME.match(step) and "." not in step
            plain = step if is_plain else json.dumps(step, ensure_ascii=not step.isprintable())
            found += f".{plain}" if found else plain
    return found


# What stands in the tables.


def _settings(table: TomlTable) -> Settings:
    """Return the settings that the whole text is."""
    zone = table.take("zone", "uucp", _zone_fault)
    hosts = HostNames(zone)
    own = table.texts("names", lambda text: _host_fault(text, hosts))
    if not own and not table.has_faults:
        table.fault("names", 'expected our own names, such as names = ["relay.example"]')
    keys = {hosts.key(name) for name in own}

    def host(text: str) -> str | None:
        return _host_fault(text, hosts) or ("it is one of our own names" if hosts.key(text) in keys else None)

    def pattern(text: str) -> str | None:
        return _pattern_fault(text, hosts) or (None if text.startswith(".") else host(text))

    allow, roads, limits = table.table("allow"), table.table("roads"), table.table("limits")
    log, sender, x400, metrics = table.table("log"), table.table("sender"), table.table("x400"), table.table("metrics")
    found = Settings(
        names=own,
        policy=policy.named(table.take("policy", str(INTERNET), _policy_fault)),
        style=cast("Spelling", table.word("style", get_args(Spelling), "percent")),
        zone=zone,
        bare_paths=table.take("bare_paths", default=False),
        next_hops=allow.texts("next_hops", host),
        domains=allow.texts("domains", pattern),
        mapped=allow.take("mapped", default=False),
        routers=roads.texts("routers", _router_fault),
        in_address=roads.take("in_address", default=True),
        transports=_transports(table.table("transport"), hosts),
        through_us=sender.texts("through_us", lambda text: _pattern_fault(text, hosts), (".uucp",)),
        x400=_x400(x400, host) if "x400" in table else None,
        hops=limits.take("hops", 20, _between(1, 100)),
        local_part=limits.take("local_part", names.MAX_LOCAL_PART, _between(1, names.MAX_PATH)),
        deadline=limits.take("deadline", 1.0, _between(0.01, 60)),
        connections=limits.take("connections", 500, _between(0, 100_000)),
        idle=limits.take("idle", 300.0, _between(1, 86_400)),
        listeners=_listeners(table.tables("listen")),
        addresses=cast("Naming", log.word("addresses", get_args(Naming), "shown")),
        metrics=_metrics(metrics) if "metrics" in table else None,
    )
    if found.metrics is not None and any(found.metrics == listener.address for listener in found.listeners):
        metrics.fault("listen", f"a [[listen]] has the address {found.metrics}")
    for one in (table, allow, roads, limits, log, sender, x400, metrics):
        one.end()
    return found


def _x400(table: TomlTable, host: Check[str]) -> X400Settings:
    def text(name: str, check: Check[str]) -> str | None:
        return table.take(name, "", check) or None

    return X400Settings(
        tables=text("tables", lambda path: None if path and "\0" not in path else "expected a directory"),
        domain=text("domain", lambda name: None if is_name(name) else f"{name!r} is no domain"),
        or_address=text("or_address", _or_address_fault),
        next_hop=text("next_hop", host),
        management_domains=table.texts("management_domains", _management_domain_fault),
    )


def _transports(table: TomlTable, hosts: HostNames) -> tuple[tuple[str, str], ...]:
    found = []
    for domain in table.names():
        message = _pattern_fault(domain, hosts)
        if table.is_table(domain):  # host.example = "…", which TOML takes for a table with the key example
            message = 'a domain with dots stands in quotes: "host.example"'
        if message is not None:
            table.refuse(domain, message)
        elif value := table.take(domain, "", _transport_fault):
            found.append((domain, value))
    table.end()
    return tuple(found)


def _listeners(tables: list[TomlTable]) -> tuple[Listener, ...]:
    found: list[Listener] = []
    for table in tables:
        listener = _listener(table, {other.name for other in found})
        table.end()
        if table.is_faulty:
            continue
        if any(str(listener.address) == str(other.address) for other in found):  # whatever their permissions
            table.fault("address", "another [[listen]] has this address")
        if any(listener.name == other.name for other in found):
            table.fault("name", f"another [[listen]] has the name {listener.name!r}; give each its own")
        found.append(listener)
    return tuple(found) or (Listener(),)


def _free_name(protocol: str, taken: set[str]) -> str:
    """Return the name of a listener that is given none: its protocol, with a number behind the second and on."""
    numbered = (f"{protocol}-{number}" for number in count(2))
    return next(name for name in (protocol, *islice(numbered, len(taken) + 1)) if name not in taken)


def _listener(table: TomlTable, taken: set[str]) -> Listener:
    protocol = cast("Protocol", table.word("protocol", get_args(Protocol), "socketmap"))
    text = table.take("address", f"inet:127.0.0.1:{_PORT}", _address_fault)
    mode = table.take("mode", "0660", lambda one: None if _MODE.match(one) else 'expected permissions such as "0660"')
    group = table.take("group", "", lambda one: None if _NAME.match(one) else "expected the name of a group") or None
    public = table.take("public", default=False)
    map_name = table.word("map", MAPS, "") or None
    free = _free_name(protocol, taken)
    name = table.take("name", free, lambda one: None if _NAME.match(one) else "expected letters, digits, . _ and -")
    address = place(text, int(mode, 8), group)
    if isinstance(address, Endpoint):
        for key in ("mode", "group"):
            if key in table:
                table.fault(key, "only a unix: address has one")
        if not public and not address.is_loopback:
            table.fault(
                "address",
                f"{address.host} may be asked from other machines, and no protocol here asks who asks; "
                "public = true, if that is meant",
            )
    if protocol == "tcp_table" and map_name is None and "map" not in table:
        table.fault("protocol", f'tcp_table names no map: add one, such as map = "{MAPS[0]}"')
    if protocol != "tcp_table" and "map" in table:
        table.fault("map", f"{protocol} names the map in each request")
    return Listener(protocol=protocol, address=address, map=map_name, public=public, name=name)


def _metrics(table: TomlTable) -> Endpoint:
    public = table.take("public", default=False)
    text = table.take("listen", f"127.0.0.1:{_METRICS_PORT}", _endpoint_fault)
    found = Endpoint.parse(text, port=_METRICS_PORT)
    if not public and not found.is_loopback:
        table.fault("listen", f"{found.host} may be asked from other machines; public = true, if that is meant")
    return found


# What is wrong with a value.


def _between(least: float, most: float) -> Callable[[float], str | None]:
    return lambda value: None if least <= value <= most else f"expected {least:g} to {most:,g}, found {value:g}"


def _host_fault(text: str, hosts: HostNames) -> str | None:
    return None if hosts.key(text) and _HOST.match(text) else f"{text!r} is no name of a host"


def _pattern_fault(text: str, hosts: HostNames) -> str | None:
    if "*" in text:
        return f"{text!r} is no domain; a leading dot stands for every host below one: '.example.net'"
    return _host_fault(text.removeprefix("."), hosts)


def _zone_fault(text: str) -> str | None:
    return None if not text or HostNames("").key(text) else f"{text!r} is no domain"


def _policy_fault(text: str) -> str | None:
    try:
        policy.named(text)
    except MailPathsError as error:
        return str(error)
    return None


def _router_fault(text: str) -> str | None:
    scheme, colon, _ = text.partition(":")
    known = schemes()
    return None if colon and scheme in known else f"{text!r} is no router; there are {either(tuple(known))}"


def _transport_fault(text: str) -> str | None:
    fault = fault_of_transport(text.replace("{next_hop}", "host"))
    return fault and f'{fault}, such as "uucp:{{next_hop}}", found {text!r}'


def place(text: str, mode: int = 0o660, group: str | None = None) -> Endpoint | UnixSocket:
    """Return the place that ``inet:HOST:PORT`` or ``unix:/PATH`` names. Raises `EndpointError` for anything else.

    >>> place("inet:127.0.0.1")
    Endpoint(host='127.0.0.1', port=9001)
    """
    if not text.startswith(("inet:", "unix:/")):
        raise EndpointError(f'expected "inet:HOST:PORT" or "unix:/PATH", found {text!r}')
    if text.startswith("unix:"):
        return UnixSocket(text.removeprefix("unix:"), mode=mode, group=group)
    return Endpoint.parse(text.removeprefix("inet:"), port=_PORT)


def _address_fault(text: str) -> str | None:
    if not text.isprintable():
        return f"control characters are in {text!r}"
    try:
        place(text)
    except MailPathsError as error:
        return str(error)
    return None


def _endpoint_fault(text: str) -> str | None:
    try:
        Endpoint.parse(text, port=_METRICS_PORT)
    except MailPathsError as error:
        return str(error)
    return None


def _or_address_fault(text: str) -> str | None:
    try:
        country = ORAddress.parse(text).country
    except MailPathsError as error:
        return f"no O/R address: {str(error).partition(chr(10))[0]}"
    return "an O/R address needs a country" if country is None else None


def _management_domain_fault(text: str) -> str | None:
    fault = _or_address_fault(text)
    if fault is not None:
        return fault
    address = ORAddress.parse(text)
    if levels_of(address)[1] is None:
        return "a management domain needs an ADMD; one of a single blank is written ADMD= "
    if any(key not in {"C", "ADMD", "PRMD"} for key, _ in address.attributes):
        return "a management domain is country, ADMD and maybe PRMD"
    return None
