"""O/R addresses out of X.509 certificates: what is found, in which forms, and what is refused."""

from __future__ import annotations

import base64
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpaths.x400 import ORAddress
from mailpaths.x400.certificate import Names, from_certificate, x400_names
from mailpaths.x400.der import DERError, read_der, to_der, to_general_name
from tests import asn1

AMHS = ORAddress(
    [("C", "XX"), ("ADMD", "ICAO"), ("PRMD", "URUGUAY"), ("O", "SUMU"), ("OU", "SUMU"), ("CN", "SUMUYEYE")]
)
OTHER = ORAddress([("C", "GB"), ("ADMD", "GOLD 400"), ("S", "x" * 40), ("RFC-822", "y" * 128)])
DNS = b"\x82\x0agw.example"
MAIL = b"\x81\x0cu@gw.example"
# otherName, directoryName: constructed, with elements inside.
NAMED = b"\xa0\x09\x06\x02\x2a\x03\xa0\x03\x0c\x01x"
ISSUER = b"\xa4\x02\x30\x00"


def pem(octets: bytes, *, before: str = "") -> str:
    text = base64.encodebytes(octets).decode()
    return f"{before}-----BEGIN CERTIFICATE-----\n{text}-----END CERTIFICATE-----\n"


def fault(certificate: bytes | str) -> str:
    with pytest.raises(DERError) as found:
        from_certificate(certificate)
    return found.value.message


def test_one_name() -> None:
    assert from_certificate(asn1.certificate([to_general_name(AMHS)])) == (AMHS,)


def test_names_among_others() -> None:
    names = [DNS, to_general_name(AMHS), NAMED, MAIL, to_general_name(OTHER), ISSUER]
    assert from_certificate(asn1.certificate(names)) == (AMHS, OTHER)


def test_no_alternative_name_and_none_of_x400() -> None:
    assert from_certificate(asn1.certificate()) == ()
    assert from_certificate(asn1.certificate([DNS])) == ()


def test_names_of_subject_and_issuer() -> None:
    octets = asn1.certificate([to_general_name(AMHS)], [to_general_name(OTHER), DNS])
    assert from_certificate(octets) == (AMHS, OTHER)
    assert x400_names(octets) == Names(subject=(to_der(AMHS),), issuer=(to_der(OTHER),))
    assert from_certificate(asn1.certificate(issuer=[to_general_name(OTHER)])) == (OTHER,)


def test_pem_as_text_and_as_octets() -> None:
    octets = asn1.certificate([to_general_name(AMHS), to_general_name(OTHER)])
    for text in (pem(octets), pem(octets, before="Subject: x\n0\n"), pem(octets).replace("\n", "\r\n")):
        assert from_certificate(text) == (AMHS, OTHER)
        assert from_certificate(text.encode()) == (AMHS, OTHER)


def test_a_name_that_from_der_refuses_is_at_hand() -> None:
    """The universal form of a common name (X.411 of 1999): `x400_names` and `read_der` keep it."""
    name = bytes.fromhex("a31e300b610413024e4e6203130141310f300d800118a10831060201001e0141")
    octets = asn1.certificate([name])
    assert fault(octets) == (
        "extension attribute 24, the universal form of the common name, has no place in an ORAddress "
        "(read_der puts it aside)"
    )
    (raw,) = x400_names(octets).subject
    address, foreign = read_der(raw)
    assert address.attributes == (("C", "NN"), ("ADMD", "A"))
    assert to_general_name(address, foreign) == name


def test_bounds_are_the_callers_choice() -> None:
    long = ORAddress([("C", "GB"), ("O", "x" * 65)])
    octets = asn1.certificate([to_general_name(long, bounds=False)])
    assert fault(octets) == "organization: 65 characters; the bound is 64"
    assert from_certificate(octets, bounds=False) == (long,)


CERTIFICATE = asn1.certificate([to_general_name(AMHS)])


def test_what_is_no_certificate() -> None:
    text = pem(CERTIFICATE)
    assert fault(b"") == "expected a certificate: DER, or PEM with a line -----BEGIN CERTIFICATE-----"
    assert fault("-----BEGIN X509 CRL-----") == (
        "expected a certificate: DER, or PEM with a line -----BEGIN CERTIFICATE-----"
    )
    assert fault(text[:-10]) == "expected -----END CERTIFICATE-----"
    assert fault(text + text) == "expected one certificate, found a second one"
    assert fault(text.replace("\n", "\né", 1)) == "the certificate is not base64: Only base64 data is allowed"
    assert fault(CERTIFICATE + b"\0") == "1 octet behind the certificate"
    assert fault(CERTIFICATE[:-1]) == ("not an X.509 certificate (RFC 5280 4.1)")
    assert fault(b"\x30\x81" + b"\x80" + b"\x05\0" * 64) == ("not an X.509 certificate (RFC 5280 4.1)")


def test_faults_in_the_extension() -> None:
    name = to_general_name(AMHS)
    good = asn1.general_names([name])
    for names, message in [
        ([], "no name in the subjectAltName (RFC 5280 4.2.1.6: at least one)"),
        ([name[:-1]], "a name in the subjectAltName is longer than what holds it"),
        ([b"\x83" + name[1:]], "an x400Address is primitive, and DER has it constructed"),
        ([name.replace(b"\x62", b"\x61", 1)], "the country is there twice"),
    ]:
        assert fault(asn1.certificate(names)) == message
    tail = asn1.certificate([name, b"\x82\x00"])
    assert (
        fault(
            tail.replace(good[:2], bytes([0x30, good[1]]), 1).replace(
                bytes([0x30, good[1] + 2]) + name, bytes([0x30, good[1]]) + name
            )
        )
        == "2 octets behind the subjectAltName"
    )
    assert fault(tail.replace(bytes([0x30, good[1] + 2]) + name, bytes([0x31, good[1] + 2]) + name)) == (
        "expected the subjectAltName (SEQUENCE), found SET"
    )


def test_a_second_extension_is_refused() -> None:
    octets = asn1.certificate([to_general_name(AMHS)], [to_general_name(OTHER)])
    doubled = octets.replace(b"\x06\x03\x55\x1d\x12", b"\x06\x03\x55\x1d\x11")
    assert fault(doubled) == "a second subjectAltName (RFC 5280 4.2: one of each extension)"


@given(st.integers(0, len(CERTIFICATE) - 1), st.integers(0, 255))
def test_hurt_certificates_raise_a_fault_of_ours(place: int, octet: int) -> None:
    hurt = bytearray(CERTIFICATE)
    hurt[place] = octet
    try:
        from_certificate(bytes(hurt))
    except DERError as error:
        assert str(error)  # noqa: PT017 - one of two good outcomes


@given(st.integers(0, len(CERTIFICATE) - 1))
def test_cut_certificates_raise_a_fault_of_ours(length: int) -> None:
    with pytest.raises(DERError):
        from_certificate(CERTIFICATE[:length])


def test_nested_octets_raise_a_fault_of_ours() -> None:
    """Constructed octets a thousand deep: what pyasn1 makes of them is no RecursionError for the caller."""
    nested = b""
    for _ in range(3000):
        size = len(nested)
        head = bytes([size]) if size < 128 else bytes([0x81, size]) if size < 256 else b"\x82" + size.to_bytes(2, "big")
        nested = b"\x30" + head + nested
    assert fault(nested) == "not an X.509 certificate (RFC 5280 4.1)"


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyasn1_modules", None)
    with pytest.raises(ModuleNotFoundError) as found:
        from_certificate(CERTIFICATE)
    assert str(found.value) == ("reading certificates needs pyasn1 and pyasn1-modules: pip install 'mailpaths[x509]'")


def test_pyasn1_is_loaded_when_first_used() -> None:
    program = "import sys, mailpaths.x400.certificate; print([name for name in sys.modules if 'pyasn1' in name])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
