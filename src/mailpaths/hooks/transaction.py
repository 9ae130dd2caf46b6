"""`Transaction`: a mail transaction as a milter is told of it (RFC 5321 3.3), and what it wants changed in the end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailpaths.hooks.decision import Decision, Deferred, Rewritten
from mailpaths.hooks.headers import FIELDS, AddressField
from mailpaths.hooks.maps import RCPT, SENDER
from mailpaths.hooks.packets import Action, Reply, packet
from mailpaths.hooks.wire import Question

__all__ = ["MAX_ASKED", "MAX_FIELDS", "MAX_OCTETS", "MAX_RECIPIENTS", "Transaction"]

#: Recipients of one message, and octets of what was said of them. Postfix takes 1,000 (smtpd_recipient_limit), Sendmail
#: as many as it is told to. Whoever comes later is told to come again, as RFC 5321 4.5.3.1.10 has it: the client sends
#: the message once more, to these, and nobody is lost.
MAX_RECIPIENTS = 10_000
MAX_OCTETS = 1 << 20
#: Octets of all fields that are looked into, and different addresses in them. Fields beyond stay as they are: a message
#: put off for its headers comes again with the same headers until it is given up, and who gets it is not theirs to say.
MAX_FIELDS = 32_768
MAX_ASKED = 1_000

# Nothing else goes out: not a second line, not a second string. That it is one address is what the rules have checked.
_PRINTABLE = re.compile(r"[ -~]+")
# What RFC 3461 4.1 and 4.2 say of a recipient holds for its other address. Further parameters do not: RRVS (RFC 7293)
# asks about the owner of the old one.
_DELIVERY_STATUS = re.compile(rb"(?:NOTIFY|ORCPT)=[!-~]+", re.IGNORECASE)
_INDEX = 4


@dataclass(frozen=True, slots=True)
class _Recipient:
    """A recipient: the argument of RCPT, the parameters to keep, its new address if it has one, and who it is then."""

    argument: bytes
    parameters: tuple[bytes, ...]
    address: str | None
    identity: tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class _Field:
    """A field that holds addresses: its name, which one of that name it is, its map, its value."""

    name: bytes
    index: int
    map: str
    content: AddressField


class Transaction:
    r"""What the mail server has said of a message, and what was decided.

    ``may`` is what it lets us do; of the rest nothing is asked.

    >>> message = Transaction(Action.ADD_RCPT | Action.DELETE_RCPT)
    >>> message.recipient([b"<relay!host!user>"])
    (Question(map='rcpt', key=b'relay!host!user'),)
    >>> message.decide_recipient([b"<relay!host!user>"], Rewritten("user@host.uucp"))
    True
    >>> message.changes()
    b'\x00\x00\x00\x13-<relay!host!user>\x00\x00\x00\x00\x12+<user@host.uucp>\x00'
    """

    def __init__(self, may: Action) -> None:
        self._may = may
        self._sender: str | None = None
        self._recipients: list[_Recipient] = []
        self._seen = 0
        self._octets = 0
        self._fields: list[_Field] = []
        self._counts: dict[bytes, int] = {}
        self._looked_into = 0
        self._decided: dict[Question, Decision] = {}

    def sender(self, arguments: list[bytes]) -> tuple[Question, ...]:
        """Return the question about the argument of MAIL: none about ``<>``, which is nobody (RFC 5321 4.5.5)."""
        return _questions(SENDER, arguments) if Action.CHANGE_FROM in self._may else ()

    def decide_sender(self, arguments: list[bytes], decision: Decision) -> bool:
        """Take what was decided about the sender, and return whether the message may go on."""
        if not _is_usable(decision):
            return False
        (question,) = _questions(SENDER, arguments)
        self._decided[question] = decision
        if isinstance(decision, Rewritten):
            self._sender = decision.value
        return True

    def recipient(self, arguments: list[bytes]) -> tuple[Question, ...]:
        """Return the question about the argument of RCPT, and count it."""
        if Action.ADD_RCPT | Action.DELETE_RCPT not in self._may:
            return ()
        self._seen += 1
        self._octets += sum(map(len, arguments))
        return _questions(RCPT, arguments) if self.has_room else ()

    @property
    def has_room(self) -> bool:
        """Whether the last recipient is one that we can keep."""
        return self._seen <= MAX_RECIPIENTS and self._octets <= MAX_OCTETS

    def decide_recipient(self, arguments: list[bytes], decision: Decision) -> bool:
        """Take what was decided about a recipient, and return whether the mail server may take it."""
        if not _is_usable(decision):
            return False
        (question,) = _questions(RCPT, arguments)
        self._decided[question] = decision
        address = decision.value if isinstance(decision, Rewritten) else None
        identity = _identity(question.key if address is None else address.encode())
        kept = tuple([word for word in arguments[1:] if _DELIVERY_STATUS.fullmatch(word)])
        self._recipients.append(_Recipient(arguments[0], kept, address, identity))
        return True

    def header(self, name: bytes, value: bytes) -> None:
        """Take a header field: a server names it by its name, and by how many of that name stood before it."""
        folded = name.lower()
        which = FIELDS.get(folded)
        if which is None or Action.CHANGE_HEADERS not in self._may:
            return
        index = self._counts[folded] = self._counts.get(folded, 0) + 1
        if self._looked_into + len(value) > MAX_FIELDS:
            return
        self._looked_into += len(value)
        content = AddressField(value)
        if content.addresses:
            self._fields.append(_Field(name, index, which, content))

    def questions(self) -> tuple[Question, ...]:
        """Return what is to be asked at the end: every address of the header fields that was not asked before."""
        found: dict[Question, None] = {}
        kept: list[_Field] = []
        for field in self._fields:
            new = [question for question in _asked(field) if question not in self._decided and question not in found]
            if len(found) + len(new) <= MAX_ASKED:
                found.update(dict.fromkeys(new))
                kept.append(field)
        self._fields = kept
        return tuple(found)

    def decide(self, question: Question, decision: Decision) -> bool:
        """Take what was decided about one of them, and return whether the message may go on.

        One address that cannot be told now puts the whole message off, as it does in Postfix's canonical maps: a
        message of which half the headers are rewritten would be so for ever.
        """
        self._decided[question] = decision
        return _is_usable(decision)

    def changes(self) -> bytes:
        """Return what the mail server is to change, as the packets before the last reply."""
        out: list[bytes] = []
        if self._sender is not None:
            # Without arguments of its own, so that RET, ENVID and BODY stay as they are with either server.
            out.append(packet(Reply.CHANGE_FROM, b"<%b>\0" % self._sender.encode()))
        out.extend(self._recipient_changes())
        for field in self._fields:
            answers = self._answers(field)
            value = field.content.rewritten(answers) if answers else field.content.value
            if value != field.content.value:
                head = field.index.to_bytes(_INDEX) + field.name + b"\0"
                out.append(packet(Reply.CHANGE_HEADER, head + value + b"\0"))
        return b"".join(out)

    def _recipient_changes(self) -> Iterator[bytes]:
        """Yield the recipients to delete, then those to add: one that is both would be gone the other way round.

        Whoever has the address already that another is rewritten to goes and comes again with it. Sendmail takes two
        ways to write one address for one recipient, so that it may be gone with the other; Postfix does not, and would
        deliver twice; and where a filter behind us refused it, nobody else has the address.
        """
        new: dict[tuple[bytes, bytes], _Recipient] = {}
        for recipient in self._recipients:
            if recipient.address is not None:
                new.setdefault(recipient.identity, recipient)
        gone = [way for old in self._recipients if old.identity in new for way in _given(old.argument)]
        for way in dict.fromkeys(gone):
            yield packet(Reply.DELETE_RCPT, way + b"\0")
        for recipient in new.values():
            yield self._addition(recipient)

    def _addition(self, recipient: _Recipient) -> bytes:
        address = b"<%b>\0" % (recipient.address or "").encode()
        if recipient.parameters and Action.ADD_RCPT_WITH_PARAMETERS in self._may:
            return packet(Reply.ADD_RCPT_WITH_PARAMETERS, address + b" ".join(recipient.parameters) + b"\0")
        return packet(Reply.ADD_RCPT, address)

    def _answers(self, field: _Field) -> dict[bytes, str]:
        """Return the new addresses for a field."""
        found: dict[bytes, str] = {}
        for question in _asked(field):
            decision = self._decided.get(question)
            if isinstance(decision, Rewritten):
                found[question.key] = decision.value
        return found


def _asked(field: _Field) -> list[Question]:
    return [Question(field.map, address) for address in field.content.addresses]


def _questions(which: str, arguments: list[bytes]) -> tuple[Question, ...]:
    """Return the question about the address in the arguments of MAIL or RCPT."""
    address = arguments[0].strip() if arguments else b""
    if address.startswith(b"<") and address.endswith(b">"):
        address = address[1:-1]
    return (Question(which, address),) if address else ()


def _given(argument: bytes) -> list[bytes]:
    """Return the argument of RCPT, and what it may have been when it was given, since that is what has to go.

    Of mail that comes by its sendmail command Postfix tells a milter (non_smtpd_milters) what it has made of a
    recipient, and without brackets: ``relay!host!user@relay.example`` or ``host!user@relay`` for ``relay!host!user``.
    Told to delete that, it finds nobody, and would deliver to the old address and to the new. A way that nobody was
    given does no harm, and whoever was given another names the same mailbox.
    """
    local_part, at, domain = argument.rpartition(b"@")
    if not at or b"!" not in local_part or argument.startswith(b"<"):
        return [argument]
    return [argument, local_part, b"%b!%b" % (domain, local_part), b"%b!%b" % (domain.partition(b".")[0], local_part)]


def _is_usable(decision: Decision) -> bool:
    """Whether there is something to go by; an answer that would be two lines is no answer."""
    if isinstance(decision, Rewritten):
        return _PRINTABLE.fullmatch(decision.value) is not None
    return not isinstance(decision, Deferred)


def _identity(address: bytes) -> tuple[bytes, bytes]:
    """Return what two ways to write one address have in common: domains are blind to case (RFC 5321 2.4)."""
    local_part, _, domain = address.rpartition(b"@")
    return local_part, domain.lower()
