"""What X.402 and X.411 ask of an O/R address: its forms, its bounds, and the whole list of what is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given

from mailpaths import ORAddress, UnknownNameError
from mailpaths.addresses import conformance
from mailpaths.addresses.values import Value
from mailpaths.testing import or_addresses
from mailpaths.x400 import Form, Level, Teletex, Violation

Pairs = list[tuple[str, Value]]

DOMAIN: Pairs = [("C", "US"), ("ADMD", " ")]
POSTAL: Pairs = [*DOMAIN, ("PD-C", "US"), ("PD-CODE", "12345")]


@pytest.mark.parametrize(
    ("pairs", "forms"),
    [
        ([*DOMAIN, ("O", "x"), ("S", "Doe")], (Form.MNEMONIC,)),
        ([*DOMAIN, ("PRMD", "x")], (Form.MNEMONIC,)),
        ([*DOMAIN, ("OU", "x")], (Form.MNEMONIC,)),
        ([*DOMAIN, ("CN", "x"), ("DD.a", "b")], (Form.MNEMONIC,)),
        ([("C", "US"), ("ADMD", ""), ("CN", "x")], (Form.MNEMONIC,)),
        ([("C", "US"), ("CN", "x")], (Form.MNEMONIC,)),
        ([*DOMAIN, ("O", "x"), ("G", "Jo")], ()),
        ([*DOMAIN], ()),
        ([*DOMAIN, ("DD.a", "b")], ()),
        ([("O", "x")], ()),
        ([("ADMD", "x"), ("O", "x")], ()),
        ([*DOMAIN, ("UA-ID", "1")], (Form.NUMERIC,)),
        ([*DOMAIN, ("UA-ID", "1"), ("PRMD", "x"), ("DD.a", "b")], (Form.NUMERIC,)),
        ([*DOMAIN, ("UA-ID", "1"), ("O", "x")], ()),
        (POSTAL, (Form.POSTAL_FORMATTED,)),
        ([*POSTAL, ("PRMD", "x"), ("PD-SERVICE", "y"), ("PD-STREET", "z")], (Form.POSTAL_FORMATTED,)),
        ([*POSTAL, ("PD-ADDRESS", "a|b"), ("PD-SERVICE", "y")], (Form.POSTAL_UNFORMATTED,)),
        ([*POSTAL, ("PD-ADDRESS", "a|b"), ("PD-STREET", "z")], ()),
        ([*DOMAIN, ("PD-C", "US")], ()),
        ([("X121", "1")], (Form.TERMINAL,)),
        ([*DOMAIN, ("X121", "1"), ("T-ID", "a"), ("T-TY", "3"), ("DD.a", "b")], (Form.TERMINAL,)),
        ([("NET-NUM", "1"), ("NET-SUB", "2")], (Form.TERMINAL,)),
        ([("NET-PSAP", "x")], (Form.TERMINAL,)),
        ([("NET-SUB", "2")], ()),
        ([("T-ID", "a")], ()),
        ([("X121", "1"), ("S", "Doe")], ()),
    ],
)
def test_forms(pairs: Pairs, forms: tuple[Form, ...]) -> None:
    assert ORAddress(pairs).forms() == forms


def test_forms_may_ask_for_the_admd() -> None:
    address = ORAddress([("C", "US"), ("CN", "x")])
    assert conformance.forms(address, admd=True) == ()
    assert conformance.forms(ORAddress([*DOMAIN, ("CN", "x")]), admd=True) == (Form.MNEMONIC,)
    assert repr(Form.MNEMONIC) == "Form.MNEMONIC"


C_MISSING = "C: missing, and every form needs it [X.402 18.5]"
ADMD_MISSING = "ADMD: missing, and every form needs it [X.402 18.5]"
NOBODY = "none of PRMD, O, OU, a personal name or CN is there [X.402 18.5]"


@pytest.mark.parametrize(
    ("pairs", "wrong"),
    [
        ([*DOMAIN, ("O", "x"), ("S", "Doe")], []),
        ([*DOMAIN, ("UA-ID", "1")], []),
        (POSTAL, []),
        ([("X121", "1")], []),
        ([("C", "505"), ("ADMD", " "), ("CN", "x")], []),
        ([*DOMAIN, ("O", "x"), ("T-TY", "99"), ("X121", "1")], ["O: has no place in a terminal address [X.402 18.5]"]),
        ([("O", "x")], [C_MISSING, ADMD_MISSING]),
        (DOMAIN, [NOBODY]),
        ([("DD.x", "y")], [C_MISSING, ADMD_MISSING, NOBODY]),
        ([*DOMAIN, ("G", "Jo")], ["S: missing, and a personal name needs it [X.411: PersonalName]"]),
        (
            [*DOMAIN, ("UA-ID", "1"), ("S", "Doe"), ("G", "Jo")],
            [
                "S: has no place in a numeric address [X.402 18.5]",
                "G: has no place in a numeric address [X.402 18.5]",
            ],
        ),
        ([("UA-ID", "1")], [C_MISSING, ADMD_MISSING]),
        ([*DOMAIN, ("PD-C", "US")], ["PD-CODE: missing, and a postal address needs it [X.402 18.5]"]),
        (
            [*DOMAIN, ("PD-ADDRESS", "x"), ("PD-STREET", "y")],
            [
                "PD-STREET: has no place in a postal address [X.402 18.5]",
                "PD-C: missing, and a postal address needs it [X.402 18.5]",
                "PD-CODE: missing, and a postal address needs it [X.402 18.5]",
            ],
        ),
        ([("T-ID", "a")], ["none of X121, NET-NUM and NET-PSAP is there [X.402 18.5]"]),
        (
            [("NET-SUB", "1")],
            [
                "NET-SUB: the sub-address of no number [X.411: ExtendedNetworkAddress]",
                "none of X121, NET-NUM and NET-PSAP is there [X.402 18.5]",
            ],
        ),
        (
            [("NET-NUM", "1"), ("NET-PSAP", "x")],
            ["NET-PSAP: there is room for one, a number or a PSAP [X.411: ExtendedNetworkAddress]"],
        ),
        (
            [("C", "USA"), ("ADMD", "x" * 17), ("PRMD", "x" * 17), ("O", "x" * 65), ("S", "x" * 41)],
            [
                "C: a country is two letters (ISO 3166) or three digits (X.121) [X.411: CountryName]",
                "ADMD: 17 characters; the bound is 16 [X.411 ub-domain-name-length]",
                "PRMD: 17 characters; the bound is 16 [X.411 ub-domain-name-length]",
                "O: 65 characters; the bound is 64 [X.411 ub-organization-name-length]",
                "S: 41 characters; the bound is 40 [X.411 ub-surname-length]",
            ],
        ),
        (
            [*DOMAIN, ("OU", "x" * 33), ("CN", "x" * 65), ("S", "x"), ("G", "x" * 17), ("I", "x" * 6), ("GQ", "x" * 4)],
            [
                "OU: 33 characters; the bound is 32 [X.411 ub-organizational-unit-name-length]",
                "CN: 65 characters; the bound is 64 [X.411 ub-common-name-length]",
                "G: 17 characters; the bound is 16 [X.411 ub-given-name-length]",
                "I: 6 characters; the bound is 5 [X.411 ub-initials-length]",
                "GQ: 4 characters; the bound is 3 [X.411 ub-generation-qualifier-length]",
            ],
        ),
        (
            [*DOMAIN, ("UA-ID", "1" * 33), ("DD.ninechars", "x" * 129)],
            [
                "UA-ID: 33 characters; the bound is 32 [X.411 ub-numeric-user-id-length]",
                "DD.ninechars: 9 characters of type; the bound is 8 [X.411 ub-domain-defined-attribute-type-length]",
                "DD.ninechars: 129 characters; the bound is 128 [X.411 ub-domain-defined-attribute-value-length]",
            ],
        ),
        (
            [("X121", "1" * 17), ("T-ID", "x" * 25), ("T-TY", "257"), ("NET-NUM", "1" * 16), ("NET-SUB", "1" * 41)],
            [
                "X121: 17 characters; the bound is 16 [X.411 ub-x121-address-length]",
                "T-ID: 25 characters; the bound is 24 [X.411 ub-terminal-id-length]",
                "T-TY: 257; the bound is 256 [X.411 ub-integer-options]",
                "NET-NUM: 16 characters; the bound is 15 [X.411 ub-e163-4-number-length]",
                "NET-SUB: 41 characters; the bound is 40 [X.411 ub-e163-4-sub-address-length]",
            ],
        ),
        (
            [*DOMAIN, ("PD-SERVICE", "x" * 17), ("PD-C", "U"), ("PD-CODE", "1" * 17), ("PD-BOX", "x" * 31)],
            [
                "PD-SERVICE: 17 characters; the bound is 16 [X.411 ub-pds-name-length]",
                "PD-C: a country is two letters (ISO 3166) or three digits (X.121) [X.411: CountryName]",
                "PD-CODE: 17 characters; the bound is 16 [X.411 ub-postal-code-length]",
                "PD-BOX: 31 characters; the bound is 30 [X.411 ub-pds-parameter-length]",
            ],
        ),
        (
            [*POSTAL, ("PD-ADDRESS", "|".join(["x" * 31, *"123456"]))],
            [
                "PD-ADDRESS: 31 characters; the bound is 30 [X.411 ub-pds-parameter-length]",
                "PD-ADDRESS: 7 lines; the bound is 6 [X.411 ub-pds-physical-address-lines]",
            ],
        ),
        (
            [*POSTAL, ("PD-ADDRESS", Teletex(b"\xa5" * 181))],
            ["PD-ADDRESS: 181 octets; the bound is 180 [X.411 ub-unformatted-address-length]"],
        ),
        (
            [*DOMAIN, ("O", Teletex(b"\xa5" * 65, "x" * 65))],
            [
                "O: 65 characters; the bound is 64 [X.411 ub-organization-name-length]",
                "O: 65 octets; the bound is 64 [X.411 ub-organization-name-length]",
            ],
        ),
        (
            [*DOMAIN, *[("OU", unit) for unit in "abcde"], *[("DD.x", value) for value in "12345"]],
            [
                "OU: 5 of them; the bound is 4 [X.411 ub-organizational-units]",
                "DD: 5 of them; the bound is 4 [X.411 ub-domain-defined-attributes]",
            ],
        ),
    ],
)
def test_the_whole_list_of_violations(pairs: Pairs, wrong: list[str]) -> None:
    address = ORAddress(pairs)
    assert [str(one) for one in address.validate("rfc")] == wrong
    assert address.validate() == address.validate("rfc")
    # Nothing here is a matter of the level but the teletex that no proxy address holds.
    assert [str(one) for one in address.validate("deployed")] == wrong
    exchange = [str(one) for one in address.validate("exchange") if "proxy" not in one.message]
    assert [one.replace("bound is 15 [X.411 ub-x121", "bound is 16 [X.411 ub-x121") for one in exchange] == wrong


@pytest.mark.parametrize(
    ("pairs", "rfc", "deployed", "exchange"),
    [
        ([("C", "US"), ("O", "x")], [ADMD_MISSING], [], []),
        ([("C", "US")], [ADMD_MISSING, NOBODY], [NOBODY], [NOBODY]),
        (
            [*DOMAIN, ("O", "x"), ("DD.SMTP", "a@b")],
            ["DD.SMTP: '@' is not in PrintableString [RFC 2156 3.3.3]"],
            [],
            [],
        ),
        (
            [*DOMAIN, ("O", Teletex(b"\xa5"))],
            [],
            [],
            ["O: a teletex value, which a proxy address cannot hold [MS KB Q182798]"],
        ),
        ([("X121", "1" * 16)], [], [], ["X121: 16 characters; the bound is 15 [X.411 ub-x121-address-length]"]),
        # RFC 2156 4.1.1: other terminal types than the recommended ones are allowed.
        ([("X121", "1"), ("T-TY", "99")], [], [], []),
    ],
)
def test_levels(pairs: Pairs, rfc: list[str], deployed: list[str], exchange: list[str]) -> None:
    address = ORAddress(pairs)
    levels: tuple[Level, ...] = ("rfc", "deployed", "exchange")
    assert [[str(one) for one in address.validate(level)] for level in levels] == [rfc, deployed, exchange]


def test_a_violation_is_a_value() -> None:
    assert ORAddress([("C", "USA"), ("O", "x"), ("ADMD", " ")]).validate() == (
        Violation("C", "a country is two letters (ISO 3166) or three digits (X.121)", "X.411: CountryName"),
    )
    assert str(Violation("", "nobody", "X.402")) == "nobody [X.402]"
    assert str(Violation("C", "gone", "X.402")) == "C: gone [X.402]"


def test_unknown_levels() -> None:
    with pytest.raises(UnknownNameError) as caught:
        ORAddress([("C", "US")]).validate("strict")  # type: ignore[arg-type]
    assert str(caught.value) == "unknown level 'strict'; there are rfc, deployed, exchange"


@pytest.mark.parametrize(
    ("pairs", "key", "place"),
    [
        ([("C", "US"), ("O", "x" * 64)], None, None),
        ([("C", "US"), ("O", "x" * 65)], "O", 1),
        ([("C", "USA"), ("O", "x" * 65)], "C", 0),
        ([("C", "US"), *[("OU", "x")] * 5], "OU", 5),
        ([("C", "US"), *[("DD.x", "y")] * 5], "DD", 5),
        ([("DD.x", Teletex(b"\xa5" * 129))], "DD.x", 0),
        ([("DD.x", "y"), ("DD.ninechars", "y")], "DD.ninechars", 1),
        ([("T-TY", "256")], None, None),
        ([("T-TY", "257")], "T-TY", 0),
        ([("PD-C", "US"), ("PD-ADDRESS", "x" * 31)], "PD-ADDRESS", 1),
    ],
)
def test_the_first_bound_that_is_broken(pairs: Pairs, key: str | None, place: int | None) -> None:
    fault = conformance.first_bound_fault(ORAddress(pairs))
    assert (fault and fault.key, fault and fault.place) == (key, place)


@given(or_addresses())
def test_no_form_means_a_violation_and_no_violation_means_a_form(address: ORAddress) -> None:
    assert conformance.first_bound_fault(address) is None
    for level in conformance.LEVELS:
        found = address.validate(level)
        rules = {one.rule for one in found}
        has_form = bool(conformance.forms(address, admd=level == "rfc"))
        assert has_form != bool(rules & {"X.402 18.5", "X.411: PersonalName"})
