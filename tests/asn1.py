"""The second opinion on DER: pyasn1-modules builds an ORAddress, or a certificate about one, from plain values."""

from __future__ import annotations

from typing import Any

from pyasn1.codec.der import decoder, encoder
from pyasn1.type import univ, useful
from pyasn1_modules import rfc5280

from mailpaths.addresses import attributes as table
from mailpaths.x400 import ORAddress, Teletex, psap

# pyasn1's values have no types: any is what they are.
Asn1 = Any

_STANDARD = {
    "X121": "network-address",
    "T-ID": "terminal-identifier",
    "O": "organization-name",
    "UA-ID": "numeric-user-identifier",
}
_NAMES = {"S": "surname", "G": "given-name", "I": "initials", "GQ": "generation-qualifier"}


def _digits(text: str) -> bool:
    return text != "" and all("0" <= one <= "9" for one in text)


def _country(value: Asn1, text: str) -> None:
    value["x121-dcc-code" if _digits(text) else "iso-3166-alpha2-code"] = text


def _domain(value: Asn1, text: str) -> None:
    value["numeric" if _digits(text) else "printable"] = text


def build(address: ORAddress) -> bytes:  # noqa: C901, PLR0912 - one case for each kind of attribute
    """Return the address as pyasn1 encodes it; teletex values of names and units must be in all of them or none."""
    found = rfc5280.ORAddress()
    standard = found["built-in-standard-attributes"]
    standard.clear()
    extensions: dict[int, Asn1] = {}
    for key, value in address.attributes:
        text = value if isinstance(value, str) else value.printable
        octets = value.octets if isinstance(value, Teletex) else None
        if key == "C":
            _country(standard["country-name"], str(text))
        elif key in {"ADMD", "PRMD"}:
            _domain(standard["administration-domain-name" if key == "ADMD" else "private-domain-name"], str(text))
        elif key in _STANDARD:
            if text is not None:
                standard[_STANDARD[key]] = text
            if octets is not None:
                extensions[3] = rfc5280.TeletexOrganizationName(octets)
        elif key in _NAMES:
            if text is not None:
                standard["personal-name"][_NAMES[key]] = text
            if octets is not None:
                extensions.setdefault(4, rfc5280.TeletexPersonalName())[_NAMES[key]] = octets
        elif key == "OU":
            if text is not None:
                standard["organizational-unit-names"].append(text)
            if octets is not None:
                extensions.setdefault(5, rfc5280.TeletexOrganizationalUnitNames()).append(octets)
        elif key.startswith("DD."):
            if text is not None:
                one = rfc5280.BuiltInDomainDefinedAttribute()
                one["type"], one["value"] = key[3:], text
                found["built-in-domain-defined-attributes"].append(one)
            if octets is not None:
                other = rfc5280.TeletexDomainDefinedAttribute()
                other["type"], other["value"] = key[3:], octets
                extensions.setdefault(6, rfc5280.TeletexDomainDefinedAttributes()).append(other)
        else:
            _extension(key, text, octets, extensions)
    for number, asn1 in extensions.items():
        extension = rfc5280.ExtensionAttribute()
        extension["extension-attribute-type"] = number
        extension["extension-attribute-value"] = encoder.encode(asn1)
        found["extension-attributes"].append(extension)
    coded: bytes = encoder.encode(found)
    return coded


def _extension(  # noqa: C901, PLR0912 - one case for each kind of attribute
    key: str, text: str | None, octets: bytes | None, extensions: dict[int, Asn1]
) -> None:
    number = table.BY_KEY[key].extension
    assert number is not None
    kind = rfc5280.oraddressExtensionAttributeMap[univ.Integer(number)]
    if key == "CN":
        if text is not None:
            extensions[1] = rfc5280.CommonName(text)
        if octets is not None:
            extensions[2] = rfc5280.TeletexCommonName(octets)
    elif key == "PD-C":
        extensions[number] = rfc5280.PhysicalDeliveryCountryName()
        _country(extensions[number], str(text))
    elif key == "PD-CODE":
        extensions[number] = rfc5280.PostalCode()
        extensions[number]["numeric-code" if _digits(str(text)) else "printable-code"] = text
    elif key in {"PD-SERVICE", "T-TY"}:
        extensions[number] = kind.clone(int(str(text)) if key == "T-TY" else text)
    elif key == "PD-ADDRESS":
        extensions[number] = kind.clone()
        if text is not None:
            extensions[number]["printable-address"].extend(text.split("|"))
        if octets is not None:
            extensions[number]["teletex-string"] = octets
    elif key in {"NET-NUM", "NET-SUB"}:
        extensions.setdefault(number, rfc5280.ExtendedNetworkAddress())
        extensions[number]["e163-4-address"]["number" if key == "NET-NUM" else "sub-address"] = text
    elif key == "NET-PSAP":
        extensions[number] = rfc5280.ExtendedNetworkAddress()
        parts = psap.read(str(text))
        for name, selector in zip(("pSelector", "sSelector", "tSelector"), parts[:3], strict=True):
            if selector is not None:
                extensions[number]["psap-address"][name] = selector
        extensions[number]["psap-address"]["nAddresses"].extend(parts.networks)
    else:
        extensions[number] = kind.clone()
        if text is not None:
            extensions[number]["printable-string"] = text
        if octets is not None:
            extensions[number]["teletex-string"] = octets


def read_again(octets: bytes) -> bytes:
    """Return the octets as pyasn1 encodes what it read of them, the values of the extensions included."""
    found, rest = decoder.decode(octets, asn1Spec=rfc5280.ORAddress(), decodeOpenTypes=True)
    assert rest == b""
    again: bytes = encoder.encode(found)
    return again


def certificate(subject: list[bytes] | None = None, issuer: list[bytes] | None = None) -> bytes:
    """Return a certificate with these GeneralNames, its key and signature of no worth; ``None`` leaves them out."""
    found = rfc5280.Certificate()
    algorithm = rfc5280.AlgorithmIdentifier()
    algorithm["algorithm"] = univ.ObjectIdentifier("1.2.840.113549.1.1.11")
    body = found["tbsCertificate"]
    body["version"] = "v3"
    body["serialNumber"] = 1
    body["signature"] = algorithm
    for name in ("issuer", "subject"):
        body[name]["rdnSequence"] = rfc5280.RDNSequence()
        body[name]["rdnSequence"].clear()
    for end in ("notBefore", "notAfter"):
        body["validity"][end]["utcTime"] = useful.UTCTime("260101000000Z")
    body["subjectPublicKeyInfo"]["algorithm"] = algorithm
    body["subjectPublicKeyInfo"]["subjectPublicKey"] = univ.BitString.fromOctetString(b"\0")
    for identifier, names in ((rfc5280.id_ce_subjectAltName, subject), (rfc5280.id_ce_issuerAltName, issuer)):
        if names is not None:
            extension = rfc5280.Extension()
            extension["extnID"] = identifier
            extension["extnValue"] = general_names(names)
            body["extensions"].append(extension)
    found["signatureAlgorithm"] = algorithm
    found["signature"] = univ.BitString.fromOctetString(b"\0")
    octets: bytes = encoder.encode(found)
    return octets


def general_names(names: list[bytes]) -> bytes:
    """Return GeneralNames of names that are encoded already: a SEQUENCE of them."""
    octets: bytes = encoder.encode(univ.OctetString(b"".join(names)))
    return b"\x30" + octets[1:]
