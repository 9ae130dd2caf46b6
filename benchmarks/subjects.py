"""What is measured: mailpaths and its peers, each as one function from a text to the mailboxes it found."""

import logging
import warnings
from collections.abc import Callable
from email.headerregistry import Address, HeaderRegistry
from email.utils import getaddresses, parseaddr
from typing import Any, NamedTuple

import mailpaths

__all__ = ["BASELINE", "SUBJECTS", "Subject", "flanker_absent"]

#: Ratios are against this one: it is what Python programs use today.
BASELINE = "email.utils"


class Subject(NamedTuple):
    """A parser under measurement.

    ``parse`` is what is timed, with one address as its argument; ``parse_group`` the same for a group. ``found`` turns
    what they return into addr-specs and is never timed. A parser refuses a text by raising one of ``refusals``.
    """

    name: str
    parse: Callable[[str], object]
    parse_group: Callable[[str], object] | None
    found: Callable[[object], tuple[str, ...]]
    refusals: tuple[type[Exception], ...]

    def doing(self, form: str) -> Callable[[str], object] | None:
        """Return the function that reads this form, or None when the parser has none for it."""
        return self.parse_group if form == "group" else self.parse

    def answer(self, form: str, text: str) -> tuple[str, ...] | None:
        """Return the addr-specs found in the text, or None when it is refused."""
        parse = self.doing(form)
        if parse is None:
            return None
        try:
            return self.found(parse(text))
        except self.refusals:
            return None


def _ours(value: object) -> tuple[str, ...]:
    match value:
        case mailpaths.AddressList():
            return tuple(spec for mailbox in value.mailboxes for spec in _ours(mailbox))
        case mailpaths.Mailbox():
            return (f"{value.quoted_local_part}@{value.domain}",)
        case _:
            return (str(value),)


def _theirs(value: object) -> tuple[str, ...]:
    """Name, addr-spec pairs, as email.utils gives them."""
    match value:
        case (str(), str(spec)):
            return (spec,)
        case [*pairs]:
            return tuple(spec for pair in pairs for spec in _theirs(pair))
    raise TypeError(value)


_header = HeaderRegistry()


def _mailpaths() -> Subject:
    return Subject("mailpaths", mailpaths.parse, mailpaths.parse_list, _ours, (mailpaths.MailPathsError,))


def _utils() -> Subject:
    return Subject(BASELINE, parseaddr, lambda text: getaddresses([text]), _theirs, ())


def _registry() -> Subject:
    def read(text: str) -> object:
        return _header("To", text).addresses  # type: ignore[attr-defined]  # only address headers have it

    def found(value: object) -> tuple[str, ...]:
        assert isinstance(value, tuple)
        return tuple(address.addr_spec for address in value)

    # IndexError, AttributeError: how some malformed texts leave it.
    return Subject("email.headerregistry", read, read, found, (ValueError, IndexError, AttributeError))


def _address() -> Subject:
    def found(value: object) -> tuple[str, ...]:
        assert isinstance(value, Address)
        return (value.addr_spec,)

    # It reads an addr-spec only; email.errors.HeaderParseError is not a ValueError.
    from email.errors import HeaderParseError

    def read(text: str) -> object:
        return Address(addr_spec=text)

    return Subject("headerregistry.Address", read, None, found, (ValueError, HeaderParseError, IndexError))


def _email_validator() -> Subject:
    from email_validator import EmailNotValidError, ValidatedEmail, validate_email

    def read(text: str) -> object:
        return validate_email(
            text,
            check_deliverability=False,
            allow_quoted_local=True,
            allow_display_name=True,
            allow_smtputf8=True,
        )

    def found(value: object) -> tuple[str, ...]:
        assert isinstance(value, ValidatedEmail)
        return (value.normalized,)

    return Subject("email-validator", read, None, found, (EmailNotValidError,))


def _flanker() -> Subject:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it imports cgi, deprecated since 3.11
        from flanker.addresslib import address

    # Its lexer logs each refused text, and sets its own level: silence it by name, so that no printing is timed.
    for name in ("address", "_parser.lexer", "_parser.parser"):
        logging.getLogger(f"flanker.addresslib.{name}").setLevel(logging.CRITICAL)

    class RefusedError(Exception):
        """Flanker says no by returning None."""

    def found(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - flanker has no types
        if not value:
            raise RefusedError
        values = value if isinstance(value, address.AddressList) else [value]
        return tuple(each.address for each in values)

    return Subject("flanker", address.parse, address.parse_list, found, (RefusedError,))


def _collect() -> tuple[tuple[Subject, ...], str | None]:
    subjects = [_mailpaths(), _utils(), _registry(), _address(), _email_validator()]
    try:
        subjects.append(_flanker())
    except Exception as fault:  # noqa: BLE001 - an old package: it may fail to import in any way
        return tuple(subjects), f"{type(fault).__name__}: {fault}"
    return tuple(subjects), None


#: All that can be measured here, ours first; and why flanker is absent, or None.
SUBJECTS, flanker_absent = _collect()
