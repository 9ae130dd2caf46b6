"""The O/R addresses in an X.509 certificate: each x400Address of its alternative names (RFC 5280 4.2.1.6, 4.2.1.7).

The certificate is parsed by pyasn1 and pyasn1-modules (``pip install 'mailpaths[x509]'``), imported when first used;
the names in it are read by our own reader, as strictly as any other octets.
"""

from __future__ import annotations

import base64
import binascii
from typing import NamedTuple

from mailpaths.addresses.oraddress import ORAddress
from mailpaths.x400 import der, tlv
from mailpaths.x400.tlv import DERError, expect

__all__ = ["Names", "from_certificate", "x400_names"]

_SUBJECT, _ISSUER = "2.5.29.17", "2.5.29.18"
_WHAT = {_SUBJECT: "subjectAltName", _ISSUER: "issuerAltName"}
# RFC 7468 3: the lines about a certificate.
_BEGIN, _END = b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----"
_LONG = 0x80


class Names(NamedTuple):
    """The x400Address names of a certificate, each an ORAddress in DER: whose they are tells the field."""

    subject: tuple[bytes, ...]
    issuer: tuple[bytes, ...]


def from_certificate(certificate: bytes | str, *, bounds: bool = True) -> tuple[ORAddress, ...]:
    """Return every O/R address of a certificate in DER or PEM, the subject's first, then the issuer's.

    ``bounds=False`` takes values that are longer than X.411 allows. Raises `DERError` for what is no certificate, and
    for a name that `mailpaths.x400.der.from_der` refuses; `x400_names` hands the names out unread. Raises
    `ModuleNotFoundError` where the extra ``x509`` is not installed. Source: RFC 5280 4.2.1.6 and 4.2.1.7, RFC 7468 5.

    >>> from mailpaths.x400.certificate import from_certificate
    >>> from_certificate('''-----BEGIN CERTIFICATE-----
    ... MIGJMHagAwIBAgIBATALBgkqhkiG9w0BAQswADAeFw0yNjAxMDEwMDAwMDBaFw0y
    ... NjAxMDEwMDAwMDBaMAAwETALBgkqhkiG9w0BAQsDAgAAoygwJjAkBgNVHREEHTAb
    ... oxkwF2EFEgMyMzRiBBMCQlSECDEyMzQ1Njc4MAsGCSqGSIb3DQEBCwMCAAA=
    ... -----END CERTIFICATE-----''')
    (ORAddress([('C', '234'), ('ADMD', 'BT'), ('UA-ID', '12345678')]),)
    """
    subject, issuer = x400_names(certificate)
    return tuple([der.from_der(name, bounds=bounds) for name in (*subject, *issuer)])


def x400_names(certificate: bytes | str) -> Names:
    """Return the x400Address names of a certificate in DER or PEM, for `mailpaths.x400.der.read_der` and the like.

    Raises what `from_certificate` raises, but for faults within the names.

    >>> from mailpaths.x400.certificate import x400_names
    >>> octets = bytes.fromhex(
    ...     "3081893076a003020102020101300b06092a864886f70d01010b3000301e170d3236303130313030303030305a170d323630"
    ...     "3130313030303030305a30003011300b06092a864886f70d01010b03020000a328302630240603551d11041d301ba3193017"
    ...     "6105120332333462041302425484083132333435363738300b06092a864886f70d01010b03020000"
    ... )
    >>> [name.hex() for name in x400_names(octets).subject]
    ['301930176105120332333462041302425484083132333435363738']
    """
    octets = certificate.encode("ascii", "replace") if isinstance(certificate, str) else certificate
    if not _is_der(octets):
        octets = _from_pem(octets)
    found: dict[str, tuple[bytes, ...]] = {}
    for name, value in _extensions(octets):
        what = _WHAT.get(name)
        if what is None:
            continue
        if name in found:
            raise DERError(f"a second {what} (RFC 5280 4.2: one of each extension)", octets, 0)
        found[name] = _general_names(value, what)
    return Names(found.get(_SUBJECT, ()), found.get(_ISSUER, ()))


def _is_der(octets: bytes) -> bool:
    """Tell DER from text: a SEQUENCE, whose tag is the letter ``0``, with a length that no text has in its place.

    What is DER is never searched for PEM, so a certificate cannot hide another one in a name.
    """
    return octets[:1] == b"0" and len(octets) > 1 and (octets[1] >= _LONG or octets[1] + 2 == len(octets))


def _from_pem(text: bytes) -> bytes:
    """Return the octets of the one certificate in a text. Raises `DERError` where there is none, or another one."""
    start = text.find(_BEGIN)
    if start < 0:
        raise DERError(f"expected a certificate: DER, or PEM with a line {_BEGIN.decode()}", text, 0)
    end = text.find(_END, start)
    if end < 0:
        raise DERError(f"expected {_END.decode()}", text, len(text))
    other = text.find(_BEGIN, end)
    if other >= 0:
        raise DERError("expected one certificate, found a second one", text, other)
    body = b"".join(text[start + len(_BEGIN) : end].split())
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as fault:
        raise DERError(f"the certificate is not base64: {fault}", text, start) from fault


def _extensions(octets: bytes) -> list[tuple[str, bytes]]:
    """Return the extensions of a certificate: the identifier and the value of each."""
    try:
        from pyasn1.codec.der import decoder
        from pyasn1_modules import rfc5280
    except ModuleNotFoundError as fault:
        raise ModuleNotFoundError(
            "reading certificates needs pyasn1 and pyasn1-modules: pip install 'mailpaths[x509]'", name=fault.name
        ) from fault
    try:
        certificate, rest = decoder.decode(octets, asn1Spec=rfc5280.Certificate())
        extensions = certificate["tbsCertificate"]["extensions"]
        found = [(str(one["extnID"]), bytes(one["extnValue"])) for one in extensions] if extensions.isValue else []
    except Exception as fault:  # what pyasn1 raises for hostile octets is not its own errors alone
        raise DERError("not an X.509 certificate (RFC 5280 4.1)", octets, 0) from fault
    tlv.check_end(octets, len(octets) - len(rest), len(octets), "the certificate")
    return found


def _general_names(octets: bytes, what: str) -> tuple[bytes, ...]:
    """Return each x400Address of GeneralNames ::= SEQUENCE SIZE (1..) OF GeneralName, as ORAddress has it."""
    place, end = expect(octets, 0, len(octets), tlv.SEQUENCE, f"the {what}")
    tlv.check_end(octets, end, len(octets), f"the {what}")
    if place == end:
        raise DERError(f"no name in the {what} (RFC 5280 4.2.1.6: at least one)", octets, place)
    found: list[bytes] = []
    while place < end:
        tag = octets[place]
        _, behind = tlv.header(octets, place, end, f"a name in the {what}")
        if tag == der.X400_ADDRESS:
            # Its tag is implicit: but for it, the octets are those of the SEQUENCE.
            found.append(bytes((tlv.SEQUENCE,)) + octets[place + 1 : behind])
        elif tag ^ der.X400_ADDRESS == tlv.CONSTRUCTED:
            raise tlv.tag_fault(octets, place, der.X400_ADDRESS, "an x400Address")
        place = behind
    return tuple(found)
