"""The last look at what leaves the hook, and how hosts are compared: each rule of both by itself."""

from __future__ import annotations

import pytest

from mailpaths.hooks.allowing import AllowList, HostNames
from mailpaths.hooks.checking import fault_of, fault_of_transport

NOT_PRINTABLE = "it is no printable ASCII"
TOO_LONG = "its domain is longer than a domain may be (RFC 1035 2.3.4)"
LABEL = "l" * 63


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("user@host.uucp", None),
        ("o'brien+tag=x@host.uucp", None),
        ('"a b"@host.uucp', None),
        # No text of one line, or one that a mail server would cut.
        ("", NOT_PRINTABLE),
        (" a@host.uucp", NOT_PRINTABLE),
        ("a@host.uucp ", NOT_PRINTABLE),
        ("a\n@host.uucp", NOT_PRINTABLE),
        ("a@host.uucp\n", NOT_PRINTABLE),
        ("a@hóst.uucp", NOT_PRINTABLE),
        # No one address.
        ("user", "no '@' and domain"),
        ("host!user", "no '@' and domain"),
        ("a b@host.uucp", "words with spaces between for a local part: RFC 733's form"),
        ("a@b@host.uucp", "more than one '@': RFC 733's form, which RFC 822 dropped"),
        ('"a@b"@host.uucp', "a second '@' is in it"),
        ('""@host.uucp', "nobody is named in it"),
        ("@host.uucp", "expected a local part before '@'"),
        ("a..b@host.uucp", "expected a word between two dots"),
        ("a@host..uucp", "expected a word between two dots"),
        ("a@host.uucp.", "a domain may not end with a dot"),
        ("a@-host.uucp", "a label may not begin or end with a hyphen"),
        # A file, a program, an option, a home directory, quoted or not; '|' and '&' are refused wherever they stand.
        ("-a@host.uucp", "it begins with '-'"),
        ('"-a"@host.uucp', "it begins with '-'"),
        ("~a@host.uucp", "it begins with '~'"),
        ('"~a"@host.uucp', "it begins with '~'"),
        ("/a@host.uucp", "it begins with '/'"),
        ('"/a"@host.uucp', "it begins with '/'"),
        ('":a"@host.uucp', "it begins with ':'"),
        # Too long for SMTP: 254 octets are the most (RFC 5321 4.5.3.1.3), and 255 of a domain.
        (f"a@{LABEL}.{LABEL}.{LABEL}.{'l' * 60}", None),
        (
            f"a@{LABEL}.{LABEL}.{LABEL}.{'l' * 61}",
            "it has 255 octets, and SMTP carries 254 (RFC 5321 4.5.3.1.3)",
        ),
        (f"a@{LABEL}.{LABEL}.{LABEL}.{LABEL}.l", TOO_LONG),
        (f"a@l{LABEL}", TOO_LONG),
    ],
)
def test_what_may_not_leave(text: str, fault: str | None) -> None:
    assert fault_of(text) == fault


@pytest.mark.parametrize("letter", r",;()<>[]\`|&$")
def test_letters_that_some_program_obeys(letter: str) -> None:
    written = letter * 2 if letter == "\\" else letter
    assert fault_of(f'"a{written}b"@host.uucp') == f"{letter!r} means more than itself to some mail server"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('"/S=a b/C=US/"@x400.example', None),
        ('"-S=a b/C=US/"@x400.example', "it begins with '-'"),
        ('"/S=a;b/C=US/"@x400.example', "';' means more than itself to some mail server"),
    ],
)
def test_an_or_address_is_let_off_its_slash_and_nothing_else(text: str, fault: str | None) -> None:
    assert fault_of(text, or_address=True) == fault
    assert fault_of(text) is not None


@pytest.mark.parametrize("text", ["uucp:gamma", "uucp:", ":gamma", "smtp:[192.0.2.1]:2525", "smtp:[2001:db8::1]"])
def test_a_transport(text: str) -> None:
    assert fault_of_transport(text) is None


@pytest.mark.parametrize("text", ["", ":", "uucp", "uucp:a b", "uucp:/a", "uucp:a\n", "uu cp:a", "uucp:a,b", "uucp:$x"])
def test_what_is_no_transport(text: str) -> None:
    assert fault_of_transport(text) == "expected transport:nexthop"


# How hosts are compared.


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("Gamma.UUCP.", "gamma"),
        ("uucp", "uucp"),
        ("x.uucp.uucp", "x.uucp"),
        # Capitals, full-width letters and other scripts fold as IDNA has it.
        ("\uff48ost", "host"),
        ("Bücher", "xn--bcher-kva"),
        ("1a", "1a"),
        # No host's name, whatever stands before or behind it: literals, and what a resolver takes for a number.
        *((text, "") for text in ("", ".", ".uucp", ".host", "host..", "a b", "-x", "[192.0.2.1]")),
        *((text, "") for text in ("10.1", "127.1.", "2130706433", "0x7f.1", "0x", "a.0X1f", "a.1", "10.uucp")),
    ],
)
def test_what_names_of_a_host_have_in_common(host: str, key: str) -> None:
    assert HostNames("uucp").key(host) == key


def test_a_list_is_no_wider_than_it_is_written() -> None:
    """What is no host is on no list, though it stands there; a name is no end of a name."""
    allowed = AllowList(
        HostNames("uucp"),
        next_hops=["Gamma", "[192.0.2.1]", ""],
        domains=[".CSNET", "Host.Example.", ".", "", "[192.0.2.2]", ".10"],
    )
    asked = ["gamma", "GAMMA.uucp", "xgamma", "gamma.example", "[192.0.2.1]", "192.0.2.1", ""]
    assert [host for host in asked if allowed.is_next_hop(host)] == ["gamma", "GAMMA.uucp"]
    assert [host for host in asked if allowed.is_destination(host)] == ["gamma", "GAMMA.uucp"]
    domains = ["a.csnet", "a.b.CSNET.", "HOST.example", "host.example.uucp"]
    others = ["csnet", "xcsnet", "a.csnet.uucp", "a.csnet.evil", "[a].csnet", "xhost.example", "a.host.example", "a.10"]
    assert [host for host in [*domains, *others, "[192.0.2.2]", "x."] if allowed.is_destination(host)] == domains
    assert [host for host in domains if allowed.is_next_hop(host)] == []
