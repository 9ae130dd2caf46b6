"""`Gateway`: the one bridge between RFC 822 and X.400, in both directions (RFC 2156 4.3.4 and 4.3.5).

The steps are the RFC's, under its own numbers. Each side has the other encoded in it, in a room of its own:
`mailpaths.x400.x400_in_rfc822` (4.3.1) and `mailpaths.x400.rfc822_in_x400` (4.3.2).

Of the descriptors of message headers (4.7) there is what concerns one address: the free-form name (4.7.1 step 2, and
back 4.7.2 step 2a), the telephone number (4.7.2 step 3), and with it the phrase that a route needs (step 2b): without
either, nothing tells a descriptor from an envelope. A source route goes where ``source_routes="strip"`` asks for it, as
4.7.1 step 1 does. Groups (4.7.1), the directory name and what a recipient is asked for (4.7.2 steps 4 to 6) are a
message's business.

What the printed text gets wrong: stage I, step 1 says "step 2 of stage 1" and means step 8 (in RFC 1327 the domain was
step 2).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, Literal, TypeVar, get_args

from mailpaths import names
from mailpaths.addresses import BangPath, Mailbox, parse
from mailpaths.addresses.oraddress import MAX_REPEATED, ORAddress, Value, from_attributes
from mailpaths.errors import AddressSyntaxError, ConversionError, UnknownNameError
from mailpaths.step import Step
from mailpaths.x400 import domain_levels, rfc822_in_x400, x400_in_rfc822
from mailpaths.x400.domain_levels import MAPPING_B, DomainLevels, listed, shown
from mailpaths.x400.levels import KEYS, Level, levels_of
from mailpaths.x400.rfc822_in_x400 import TYPES
from mailpaths.x400.tables import Tables
from mailpaths.x400.x400_in_rfc822 import STAGE_1

__all__ = ["Crossing", "Gateway", "Role"]

A_co = TypeVar("A_co", bound="BangPath | Mailbox | ORAddress", covariant=True)

#: Where an address stands that goes to X.400 (RFC 2156 4.3.4 stage II): a return path names the local gateway, any
#: other address the preferred one of its domain.
Role = Literal["recipient", "return-path"]

_STAGE_2 = "RFC 2156 4.3.4 stage II"
_STEP_3 = f"{_STAGE_2}, step 3"
_MAPPING_A = "RFC 2156 4.3.5 mapping A"
_SourceRoutes = Literal["keep", "strip"]


@dataclass(frozen=True, slots=True)
class Crossing(Generic[A_co]):
    """What a `Gateway` made of an address: the ``address`` on the other side, and how it came about.

    ``free_form_name`` is what goes beside an O/R address in its descriptor (RFC 2156 4.7.1): the display name and the
    comments. ``steps`` say what was done, each with its rule; ``losses`` what the other side no longer knows.
    """

    source: BangPath | Mailbox | ORAddress
    address: A_co
    free_form_name: str | None = None
    steps: tuple[Step, ...] = ()
    losses: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the new address."""
        return str(self.address)


@dataclass(frozen=True, slots=True)
class Gateway:
    r"""A gateway between RFC 822 and X.400: its mapping tables, its own ``domain`` and its own ``or_address``.

    ``tables`` are `Tables`, or the directory to load them from. ``domain`` is where X.400 addresses live that no table
    knows; ``or_address`` is where RFC 822 addresses live that no table knows. ``strict`` holds to the letter of RFC
    2156 4.3.4 step 3, and decodes an attribute once, whatever Exchange did. ``source_routes`` are kept whole in the
    attribute, or stripped to their last domain.
    ``countries`` are numeric country codes to take for letters (4.3.5 B.2). ``verify`` tells whether an O/R address is
    known to exist; one that is not, and has its organization before its units, is tried in the other order (4.3.4.1).
    Raises `AddressSyntaxError` for a domain or O/R address that is none, `TableError` for tables that cannot be read,
    `UnknownNameError` for any other ``source_routes``.

    >>> gateway = Gateway(
    ...     Tables.parse(
    ...         table1=r"PRMD$UK\.AC.ADMD$GOLD 400.C$GB#AC.UK#", table2=r"AC.UK#PRMD$UK\.AC.ADMD$GOLD 400.C$GB#"
    ...     ),
    ...     or_address="C=GB; A= ; P=mailer",
    ... )
    >>> print(gateway.to_x400("J.Linnimouth@R-D.Salford.AC.UK").address)
    /I=J/S=Linnimouth/OU=R-D/O=Salford/PRMD=UK.AC/ADMD=GOLD 400/C=GB/
    >>> print(gateway.to_rfc822("/S=Linnimouth/OU=R-D/O=Salford/PRMD=UK.AC/ADMD=GOLD 400/C=GB/"))
    Linnimouth@R-D.Salford.AC.UK
    >>> print(gateway.to_x400("decvax!user").address.to_text("f401"))
    DDA:RFC-822=decvax(b)user; P=mailer; A= ; C=GB
    """

    tables: Tables = field(default_factory=Tables)
    domain: str | None = None
    or_address: ORAddress | None = None
    strict: bool = False
    source_routes: _SourceRoutes = "keep"
    countries: Mapping[str, str] = field(default_factory=dict, hash=False)
    verify: Callable[[ORAddress], bool] | None = None

    def __init__(  # noqa: PLR0913 - what a gateway is, all but the tables by keyword
        self,
        tables: Tables | Path | str | None = None,
        *,
        domain: str | None = None,
        or_address: ORAddress | str | None = None,
        strict: bool = False,
        source_routes: _SourceRoutes = "keep",
        countries: Mapping[str, str] | None = None,
        verify: Callable[[ORAddress], bool] | None = None,
    ) -> None:
        """Make a gateway: see the class."""
        if tables is None:
            tables = Tables()
        elif not isinstance(tables, Tables):
            tables = Tables.load(tables)
        if domain is not None:
            Mailbox("postmaster", domain)  # refuses what is no domain
        _check_word("source_routes", source_routes, get_args(_SourceRoutes))
        if or_address is not None:
            written = or_address if isinstance(or_address, str) else listed(or_address.attributes)
            or_address = ORAddress.parse(or_address) if isinstance(or_address, str) else or_address
            if or_address.country is None:
                raise AddressSyntaxError("a gateway's O/R address needs a country", written, (0, len(written)))
        for name, value in (
            ("tables", tables),
            ("domain", domain),
            ("or_address", or_address),
            ("strict", strict),
            ("source_routes", source_routes),
            ("countries", dict(countries or {})),
            ("verify", verify),
        ):
            object.__setattr__(self, name, value)

    # --- RFC 822 to X.400 -----------------------------------------------------------------------------------------

    def to_x400(self, address: BangPath | Mailbox | str, role: Role = "recipient") -> Crossing[ORAddress]:
        """Return the O/R address of an RFC 822 address or bang path.

        One that was an O/R address before, encoded on its left side or known to the tables, becomes it again (stage
        I); any other stands in a domain-defined attribute at a gateway (stage II). Raises `AddressSyntaxError` for a
        text that is no address, and for one that is none of RFC 822 - two ``@``, words with blanks between, no domain -
        as ``parse(text, "rfc822")`` does; `ConversionError` for one that does not fit: beyond ASCII, longer than 512
        encoded characters, or without any gateway's O/R address to stand at; `UnknownNameError` for any other role;
        `LookupFailedError` where the tables are the DNS's and it gives no answer. Source: RFC 2156 4.3.4, 4.7.1.
        """
        _check_word("role", role, get_args(Role))
        source = parse(address) if isinstance(address, str) else address
        if isinstance(source, ORAddress):
            raise ConversionError("this is an O/R address already")
        path = _path_of(source)
        if path is None:
            rfc822_in_x400.check(source)
        steps: list[Step] = []
        losses: list[str] = []
        free_form_name = None
        local: str | None
        domain: str | None
        if isinstance(source, Mailbox):
            free_form_name = _free_form_name(source)
            if free_form_name is not None:
                steps.append(Step(f"put {free_form_name!r} into the free-form name", "RFC 2156 4.7.1"))
                losses.append("the envelope has no room for the display name and comments; a header's descriptor has")
        if path is not None:
            text, local, domain = str(path), None, path.hosts[0]
        else:
            assert isinstance(source, Mailbox)  # noqa: S101 - for the type checker: any other is a path
            text, local, domain = self._parts(source, steps, losses)
        known = domain_levels.levels_for(domain, self.tables.table2)
        made = self._stage_1(local, domain, known, steps)
        if made is not None and local is not None:
            losses += [
                f"{label!r} is the label of no attribute: the local part was read as a name"
                for label in x400_in_rfc822.unknown_labels(local)
            ]
        if made is None:
            made = self._stage_2(text, domain, known, role, steps)
        return Crossing(source, made, free_form_name, tuple(steps), tuple(losses))

    def _parts(self, source: Mailbox, steps: list[Step], losses: list[str]) -> tuple[str, str | None, str | None]:
        """Return what there is to map of a mailbox: the address, its local part, and the domain it is routed on.

        There is no local part where it has a source route (step 1).
        """
        route = source.route
        if route and self.source_routes == "strip":
            steps.append(Step(f"stripped the source route by {', '.join(route)}", f"{STAGE_1}, step 1"))
            losses.append(f"the source route by {', '.join(route)}")
            route = ()
        nodes = [_a_label(node) for node in route]
        domain = None if source.domain is None else _a_label(source.domain)
        addr_spec = source.quoted_local_part if domain is None else f"{source.quoted_local_part}@{domain}"
        if not nodes:
            return addr_spec, None if domain is None else source.local_part, domain
        return f"{','.join(['@' + node for node in nodes])}:{addr_spec}", None, nodes[0]

    def _stage_1(
        self, local: str | None, domain: str | None, known: DomainLevels | None, steps: list[Step]
    ) -> ORAddress | None:
        """Return the O/R address that is encoded in the address, or ``None``."""
        if local is None or domain is None:
            steps.append(Step("not of the form local-part@domain: no O/R address on the left", f"{STAGE_1}, step 1"))
            return None
        if known is None and "=" in local:  # perhaps attributes that are spelled out
            known = self._own(domain)
        return x400_in_rfc822.decode(local, known, steps, strict=self.strict, verify=self.verify)

    def _own(self, domain: str) -> DomainLevels | None:
        """Return what a domain that no table knows stands for, if it is this gateway's own."""
        if self.domain is None or self.or_address is None or self.strict:
            return None
        if not names.same(names.without_dot(domain), names.without_dot(self.domain)):
            return None
        return domain_levels.levels_of_gateway(self.or_address)

    def _stage_2(
        self, text: str, domain: str | None, known: DomainLevels | None, role: Role, steps: list[Step]
    ) -> ORAddress:
        """Return the O/R address that carries an RFC 822 address in domain-defined attributes."""
        defined = rfc822_in_x400.encode(text)
        steps.append(Step(f"encoded {text} as the domain-defined attribute {TYPES[0]}", f"{_STAGE_2}, step 1 to 2"))
        rest = self._place(domain, known, role, steps)
        if rest is None:
            raise ConversionError(
                f"no table knows a gateway for {text}, and this gateway's own O/R address is not given"
            )
        defined += [pair for pair in rest if pair[0][:3] == "DD."]
        made = from_attributes((*[pair for pair in rest if pair[0][:3] != "DD."], *defined), None)
        if len(defined) > MAX_REPEATED:
            raise ConversionError(
                f"more than {MAX_REPEATED} domain-defined attributes, with those of the gateway (RFC 2156 4.3.2)"
            )
        return made

    def _place(
        self, domain: str | None, known: DomainLevels | None, role: Role, steps: list[Step]
    ) -> tuple[tuple[str, Value], ...] | None:
        """Return the attributes of the gateway at which an RFC 822 address is to stand: step 3."""
        if known is not None and len(known.levels) > 1 and known.levels[1] is not None:
            steps.append(Step(f"put it at {shown(known.levels)} ({known.source})", _STEP_3))
            return tuple(domain_levels.pairs(known.levels))
        if role == "recipient" and domain is not None and not names.is_literal(domain):
            match = self.tables.gate2.find(names.without_dot(domain).split("."))
            if match is not None:
                steps.append(
                    Step(f"put it at the gateway {listed(match.address.attributes)} ({match.source})", _STEP_3)
                )
                return match.address.attributes
        if self.or_address is None:
            return None
        steps.append(Step(f"put it at this gateway, {listed(self.or_address.attributes)}", _STEP_3))
        return self.or_address.attributes

    # --- X.400 to RFC 822 -----------------------------------------------------------------------------------------

    def to_rfc822(
        self, address: ORAddress | str, *, free_form_name: str | None = None, telephone: str | None = None
    ) -> Crossing[Mailbox | BangPath]:
        """Return the RFC 822 address of an O/R address; a bang path where the attribute holds one.

        An RFC-822 attribute is the address, and all beside it is dropped (mapping A); any other address is spelled by
        its domain and what is left of it (mapping B). ``free_form_name`` and ``telephone`` of the descriptor become
        display name and comment (4.7.2). Raises `AddressSyntaxError` for a text that is no O/R address,
        `ConversionError` where the attribute holds no address or no domain is known, `LookupFailedError` as `to_x400`
        does. Source: RFC 2156 4.3.5, 4.7.2.

        >>> print(Gateway().to_rfc822("C=us; A=Internet; P=Internet; DDA:RFC-822=user(a)some.place.edu"))
        user@some.place.edu
        >>> print(Gateway(domain="gw.example").to_rfc822("/G=Jo/S=Doe/O=A Bank/ADMD=X/C=ZZ/"))
        "/G=Jo/S=Doe/O=A Bank/ADMD=X/C=ZZ/"@gw.example
        """
        source = ORAddress.parse(address) if isinstance(address, str) else address
        steps: list[Step] = []
        losses: list[str] = []
        made: Mailbox | BangPath
        name = free_form_name
        if rfc822_in_x400.is_carrier(source):
            made = self._mapping_a(source, steps, losses)
        else:
            made = self._mapping_b(source, steps, losses)
        comments = () if telephone is None else (f"Tel {telephone}",)
        if name is not None or comments:
            if isinstance(made, BangPath):
                losses.append("a bang path has no room for the free-form name and the telephone number")
            else:
                if name is None and made.route:
                    name = made.local_part
                    steps.append(Step(f"took the local part, {name}, for a display name", "RFC 2156 4.7.2 step 2b"))
                made = Mailbox(
                    made.local_part,
                    made.domain,
                    route=made.route,
                    display_name=name,
                    comments=comments,
                    quoted_local_part=made.quoted_local_part,
                )
                steps.append(Step("took display name and comments from the descriptor", "RFC 2156 4.7.2"))
        return Crossing(source, made, None, tuple(steps), tuple(losses))

    def _mapping_a(self, source: ORAddress, steps: list[Step], losses: list[str]) -> Mailbox | BangPath:
        """Return the address that stands in the RFC-822 attribute."""
        parts, others = rfc822_in_x400.carried(source)
        text = rfc822_in_x400.text_of(parts)
        steps.append(Step(f"decoded the attribute {TYPES[0]} to {text}", _MAPPING_A))
        again = None if self.strict else rfc822_in_x400.decode_again(parts, text)
        if again is not None:
            text = again
            steps.append(Step(f"decoded once more, for it was encoded twice, to {text}", "Microsoft KB Q254725"))
        made = rfc822_in_x400.parse_text(text)
        if isinstance(made, Mailbox):
            if made.display_name is not None or made.comments:
                losses.append("the display name and comments that stood in the attribute")
            if str(made) != made.path:
                made = Mailbox.parse(made.path)
            if made.domain is None and not made.route:
                if self.domain is None:
                    raise ConversionError(f"{text!r} in the attribute names no domain", part="attribute")
                made = Mailbox(made.local_part, self.domain, quoted_local_part=made.quoted_local_part)
                steps.append(
                    Step(f"added this gateway's domain, {self.domain}: domains are fully qualified", "RFC 2156 4.3.2")
                )
        keys = list(dict.fromkeys(others))
        if keys:
            steps.append(Step(f"dropped {'/'.join(keys)}", _MAPPING_A))
        place = [key for key in keys if key in KEYS]
        if place:
            losses.append(f"{'/'.join(place)}: the attributes that named the gateway")
        losses += [f"{key}: dropped beside the {TYPES[0]} attribute" for key in keys if key not in KEYS]
        path = made.path if isinstance(made, Mailbox) else str(made)
        if not path.isascii():
            losses.append(f"{path} needs SMTPUTF8 (RFC 6531) and cannot go back")
        return made

    def _mapping_b(self, source: ORAddress, steps: list[Step], losses: list[str]) -> Mailbox:
        """Return the mailbox that spells an O/R address by its domain and what is left of it."""
        levels: Sequence[Level] = x400_in_rfc822.lookup_levels(source, self.countries, steps)
        mnemonic = x400_in_rfc822.is_mnemonic(source)
        if mnemonic:
            levels = x400_in_rfc822.usable(source, levels)
        found = domain_levels.domain_of(levels, self.tables, steps, losses, walk=mnemonic)
        if found is not None:
            domain, consumed = found.domain, found.levels
            written = levels_of(source)
            if consumed and written[0] in self.countries:
                losses.append(f"the numeric country {written[0]}, read as {levels[0]}")
            known: DomainLevels | None = domain_levels.assumed((written[0], *levels[1:]), found)
        elif self.domain is not None:
            domain, consumed = self.domain, 0
            known = self._own(domain)
            steps.append(Step(f"took this gateway's domain, {domain}", f"{MAPPING_B}, step 3"))
        else:
            raise ConversionError(
                "no table has a domain for this O/R address, and this gateway's own domain is not given"
            )
        if not mnemonic:
            steps.append(Step("not of mnemonic form: every attribute stands on the left", f"{MAPPING_B}, step 5"))
        rest = x400_in_rfc822.without_levels(source, consumed)
        local = x400_in_rfc822.encode(rest, steps, losses)
        lost = x400_in_rfc822.loss_on_the_way_back(source, local, known, strict=self.strict)
        if lost is not None:
            losses.append(lost)
        return Mailbox(local, domain)


def _check_word(what: str, word: str, known: tuple[str, ...]) -> None:
    if word not in known:
        raise UnknownNameError(f"unknown {what} {word!r}; there are {' and '.join([repr(one) for one in known])}")


def _a_label(domain: str) -> str:
    return domain if domain.isascii() else names.to_ascii(domain)


def _path_of(source: BangPath | Mailbox) -> BangPath | None:
    """Return the bang path that an address is, also one that stands in angle brackets behind a display name."""
    if isinstance(source, BangPath):
        rfc822_in_x400.check(source)
        return source
    if source.domain is None and not source.route and "!" in source.quoted_local_part:
        return BangPath.parse(source.quoted_local_part)
    return None


def _free_form_name(box: Mailbox) -> str | None:
    """Return the display name and the comments with their parentheses (RFC 2156 4.7.1)."""
    pieces = [] if box.display_name is None else [box.display_name]
    pieces += [f"({comment})" for comment in box.comments]
    return " ".join(pieces) or None
