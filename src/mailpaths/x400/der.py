"""O/R addresses in DER: the ORAddress of X.411, as RFC 5280 appendix A.1 prints it.

What is read is DER and nothing else: a length or a tag in another form than X.690's shortest, a SET out of order, an
attribute that is there twice, a character that its string type does not have, each is a `DERError` with its place.

An `ORAddress` says what the attributes mean. Three things of the octets do not outlive it, for they mean nothing
(RFC 2156 4.1.1): whether digits stood in NumericString or PrintableString, a teletex form that says the same as the
printable one, and blanks in an E.163 or E.164 number. What does mean something and has no place in an `ORAddress` is
never dropped: `from_der` refuses it, `read_der` hands it out apart, and `to_der` puts it back.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from mailpaths.addresses.oraddress import ORAddress
from mailpaths.x400 import der_reader, der_writer, tlv
from mailpaths.x400.der_extensions import ForeignExtension
from mailpaths.x400.tlv import DERError

__all__ = [
    "GENERAL_NAMES",
    "X400_ADDRESS",
    "DERError",
    "Decoded",
    "ForeignExtension",
    "from_der",
    "from_general_name",
    "read_der",
    "to_der",
    "to_general_name",
]

#: The tag of x400Address in GeneralName: [3] IMPLICIT ORAddress (RFC 5280 4.2.1.6), constructed.
X400_ADDRESS = 0xA3
#: RFC 5280 4.2.1.6: GeneralName, [0] to [8].
GENERAL_NAMES = (
    "otherName",
    "rfc822Name",
    "dNSName",
    "x400Address",
    "directoryName",
    "ediPartyName",
    "uniformResourceIdentifier",
    "iPAddress",
    "registeredID",
)
_ADDRESS = "the O/R address"


class Decoded(NamedTuple):
    """What the octets held: the ``address``, and the ``foreign`` extensions that have no place in it."""

    address: ORAddress
    foreign: tuple[ForeignExtension, ...]


def from_der(octets: bytes, *, bounds: bool = True) -> ORAddress:
    """Return the O/R address of an ORAddress in DER.

    ``bounds=False`` takes values that are longer than X.411 allows. Raises `DERError` for what is no DER, no ORAddress,
    or holds an extension that an `ORAddress` cannot (see `read_der`). Source: RFC 5280 appendix A.1, X.690.

    >>> from mailpaths.x400 import der
    >>> print(der.from_der(bytes.fromhex("3019300b610413024e4e6203130141310a3008800102a1031401a5")))
    /CN=*{165}/ADMD=A/C=NN/
    """
    return der_reader.read(octets, tlv.SEQUENCE, _ADDRESS, bounds=bounds)


def read_der(octets: bytes, *, bounds: bool = True) -> Decoded:
    """Return the O/R address of an ORAddress in DER, and apart from it the extensions that it cannot hold.

    Where such an extension is the universal form of an attribute, the address has the printable or teletex form, if
    there is one. Raises `DERError` for what is no DER or no ORAddress.

    >>> from mailpaths.x400 import der
    >>> found = der.read_der(bytes.fromhex("301e300b610413024e4e6203130141310f300d800118a10831060201001e0141"))
    >>> [(one.number, one.name) for one in found.foreign]
    [(24, 'the universal form of the common name')]
    >>> der.to_der(*found).hex()
    '301e300b610413024e4e6203130141310f300d800118a10831060201001e0141'
    """
    foreign: list[ForeignExtension] = []
    address = der_reader.read(octets, tlv.SEQUENCE, _ADDRESS, bounds=bounds, foreign=foreign)
    return Decoded(address, tuple(foreign))


def to_der(address: ORAddress, foreign: Iterable[ForeignExtension] = (), *, bounds: bool = True) -> bytes:
    """Return the ORAddress in DER; ``foreign`` are extensions that `read_der` put aside, to be put back.

    Digits stand in NumericString (RFC 2156 4.1.1), and what was not ps-encoded of an RFC-822 attribute is encoded
    (RFC 2156 3.4). ``bounds=False`` writes values that are longer than X.411 allows. Raises `ConversionError` for what
    X.411 has no place for: a personal name without a surname, a sub-address without a number, a raw ``@`` in a
    domain-defined attribute, a PSAP address other than ``NS+`` and octets; and `DERError` for a foreign extension whose
    octets are not DER. Source: RFC 5280 appendix A.1, X.690.

    >>> from mailpaths import ORAddress
    >>> from mailpaths.x400 import der
    >>> der.to_der(ORAddress.parse("/N-ID=12345678/ADMD=BT/C=234/")).hex()
    '301930176105120332333462041302425484083132333435363738'
    """
    return tlv.element(tlv.SEQUENCE, der_writer.contents(address, foreign, bounds=bounds))


def from_general_name(octets: bytes, *, bounds: bool = True) -> ORAddress:
    """Return the O/R address of a GeneralName in DER that is an x400Address: see `from_der`.

    >>> from mailpaths.x400 import der
    >>> der.from_general_name(bytes.fromhex("a31930176105120332333462041302425484083132333435363738")).get("N-ID")
    '12345678'
    """
    tag = octets[0] if octets else X400_ADDRESS
    # Primitive or constructed, another name is told by its number.
    if tag & 0xC0 == 0x80 and tag & 0x1F != 3 and tag & 0x1F < len(GENERAL_NAMES):  # noqa: PLR2004 - tags in bits
        raise DERError(f"expected an x400Address, found {GENERAL_NAMES[tag & 0x1F]}", octets, 0)
    return der_reader.read(octets, X400_ADDRESS, "the x400Address", bounds=bounds)


def to_general_name(address: ORAddress, foreign: Iterable[ForeignExtension] = (), *, bounds: bool = True) -> bytes:
    """Return the address in DER as a GeneralName, an x400Address: see `to_der`.

    >>> from mailpaths import ORAddress
    >>> from mailpaths.x400 import der
    >>> der.to_general_name(ORAddress.parse("/N-ID=12345678/ADMD=BT/C=234/")).hex()[:8]
    'a3193017'
    """
    return tlv.element(X400_ADDRESS, der_writer.contents(address, foreign, bounds=bounds))
