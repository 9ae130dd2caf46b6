"""Host and domain names: kept as spelled, compared blind to case and to the alphabet of IDNA."""

from __future__ import annotations

import pytest

from mailpaths import ConversionError, names


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Seismo.CSS.GOV", "seismo.css.gov"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.Example", "xn--bcher-kva.example"),
        ("XN--BCHER-KVA.example", "xn--bcher-kva.example"),
        ("[IPv6:2001:DB8::1]", "[ipv6:2001:db8::1]"),
        ("", ""),
    ],
)
def test_fold(name: str, folded: str) -> None:
    assert names.fold(name) == folded
    assert names.fold(folded) == folded


def test_a_name_without_an_ascii_form_is_folded_letter_by_letter() -> None:
    assert names.fold("Ü" * 64) == "ü" * 64
    assert names.fold("☃_Ä") == "☃_ä"


def test_same() -> None:
    assert names.same("UT-SALLY.ARPA", "ut-sally.arpa")
    assert names.same("bücher.example", "xn--bcher-kva.EXAMPLE")
    assert not names.same("a.example", "b.example")


def test_to_ascii_leaves_ascii_alone() -> None:
    assert names.to_ascii("Host_1.-x") == "Host_1.-x"


@pytest.mark.parametrize("name", ["ü" * 64, "a..ü", "ü_x\u200b-.", "\u0301ü"])
def test_to_ascii_says_that_there_is_none(name: str) -> None:
    with pytest.raises(ConversionError) as caught:
        names.to_ascii(name)
    assert str(caught.value).startswith(f"the domain {name!r} has no ASCII form: ")
    assert caught.value.part == "host"


def test_literals() -> None:
    assert names.is_literal("[192.0.2.1]")
    assert not names.is_literal("host")


@pytest.mark.parametrize(("name", "bare"), [("att.", "att"), ("a.b.", "a.b"), ("a", "a"), ("a..", "a.."), ("", "")])
def test_without_dot(name: str, bare: str) -> None:
    assert names.without_dot(name) == bare


def test_limits_are_those_of_the_rfcs() -> None:
    assert (names.MAX_LABEL, names.MAX_DOMAIN, names.MAX_LOCAL_PART, names.MAX_PATH) == (63, 253, 64, 254)
