"""`Transaction`: a mail transaction as a milter is told of it (RFC 5321 3.3), and what it wants changed in the end."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mailpaths.hooks.decision import Decision, Deferred, Rewritten
from mailpaths.hooks.headers import FIELDS, AddressField
from mailpaths.hooks.maps import RCPT, SENDER
from mailpaths.hooks.packets import Action, Reply, packet
from mailpaths.hooks.wire import Question

__all__ = ["MAX_ASKED", "MAX_FIELDS", "MAX_RECIPIENTS", "Transaction"]

#: Recipients of one message. Postfix takes 1,000 (smtpd_recipient_limit), Sendmail as many as it is told to. Whoever
#: comes later is asked to come again, as RFC 5321 4.5.3.1.10 has it, and the sender sends the message once more: nobody
#: is lost.
MAX_RECIPIENTS = 10_000
#: Octets of all fields that are looked into, and different addresses in them. Fields beyond stay as they are: a message
#: put off for its headers comes again with the same headers until it is given up, and who gets it is not theirs to say.
MAX_FIELDS = 65_536
MAX_ASKED = 2_000

# Nothing else goes out: not a second line, not a second string. That it is one address is what the rules have checked.
_PRINTABLE = re.compile(r"[ -~]+")
# What RFC 3461 4.1 and 4.2 say of a recipient holds for its other address. Further parameters do not: RRVS (RFC 7293)
# asks about the owner of the old one.
_DELIVERY_STATUS = re.compile(rb"(?:NOTIFY|ORCPT)=[!-~]+", re.IGNORECASE)
_INDEX = 4


@dataclass(frozen=True, slots=True)
class _Recipient:
    """A recipient that is somebody else now: the argument of RCPT, what came with it, and the new address."""

    argument: bytes
    parameters: tuple[bytes, ...]
    address: str


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
        self._fields: list[_Field] = []
        self._counts: dict[bytes, int] = {}
        self._kept = 0
        self._decided: dict[Question, Decision] = {}

    def sender(self, arguments: list[bytes]) -> tuple[Question, ...]:
        """Return the question about the argument of MAIL: none about ``<>``, which is nobody (RFC 5321 4.5.5)."""
        return _questions(SENDER, arguments) if Action.CHANGE_FROM in self._may else ()

    def decide_sender(self, arguments: list[bytes], decision: Decision) -> bool:
        """Take what was decided about the sender, and return whether the message may go on."""
        self._decided[_questions(SENDER, arguments)[0]] = decision
        if isinstance(decision, Rewritten):
            self._sender = decision.value
        return _is_usable(decision)

    def recipient(self, arguments: list[bytes]) -> tuple[Question, ...]:
        """Return the question about the argument of RCPT, and count it."""
        self._seen += 1
        needs = Action.ADD_RCPT | Action.DELETE_RCPT
        return _questions(RCPT, arguments) if needs & self._may == needs and self.has_room else ()

    @property
    def has_room(self) -> bool:
        """Whether the last recipient is one that we can keep."""
        return self._seen <= MAX_RECIPIENTS

    def decide_recipient(self, arguments: list[bytes], decision: Decision) -> bool:
        """Take what was decided about a recipient, and return whether the mail server may take it."""
        if not _is_usable(decision):
            return False
        self._decided[_questions(RCPT, arguments)[0]] = decision
        if isinstance(decision, Rewritten):
            kept = tuple([word for word in arguments[1:] if _DELIVERY_STATUS.fullmatch(word)])
            self._recipients.append(_Recipient(arguments[0], kept, decision.value))
        return True

    def header(self, name: bytes, value: bytes) -> None:
        """Take a header field: a server names it by its name, and by how many of that name stood before it."""
        folded = name.lower()
        which = FIELDS.get(folded)
        if which is None or Action.CHANGE_HEADERS not in self._may:
            return
        index = self._counts[folded] = self._counts.get(folded, 0) + 1
        if self._kept + len(value) > MAX_FIELDS:
            return
        self._kept += len(value)
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

    def decide(self, questions: Iterable[Question], decisions: Iterable[Decision]) -> bool:
        """Take what was decided about them, and return whether the message may go on.

        One address that cannot be told now puts the whole message off, as it does in Postfix's canonical maps: a
        message of which half the headers are rewritten would be so for ever.
        """
        found = list(decisions)
        self._decided.update(zip(questions, found, strict=True))
        return all(map(_is_usable, found))

    def changes(self) -> bytes:
        """Return what the mail server is to change, as the packets before the last reply.

        Old recipients go before new ones come, lest one that is both goes.
        """
        out: list[bytes] = []
        if self._sender is not None:
            # Without arguments of its own, so that RET, ENVID and BODY stay as they are with either server.
            out.append(packet(Reply.CHANGE_FROM, b"<%b>\0" % self._sender.encode()))
        out.extend(
            [
                packet(Reply.DELETE_RCPT, argument + b"\0")
                for argument in dict.fromkeys([old.argument for old in self._recipients])
            ]
        )
        new: dict[tuple[str, str], _Recipient] = {}
        for recipient in self._recipients:
            new.setdefault(_identity(recipient.address), recipient)
        out.extend([self._addition(recipient) for recipient in new.values()])
        for field in self._fields:
            value = field.content.rewritten(self._answers(field))
            if value != field.content.value:
                head = field.index.to_bytes(_INDEX) + field.name + b"\0"
                out.append(packet(Reply.CHANGE_HEADER, head + value + b"\0"))
        return b"".join(out)

    def _addition(self, recipient: _Recipient) -> bytes:
        address = b"<%b>\0" % recipient.address.encode()
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


def _is_usable(decision: Decision) -> bool:
    """Whether there is something to go by; an answer that would be two lines is no answer."""
    if isinstance(decision, Rewritten):
        return _PRINTABLE.fullmatch(decision.value) is not None
    return not isinstance(decision, Deferred)


def _identity(address: str) -> tuple[str, str]:
    """Return what two ways to write one address have in common: domains are blind to case (RFC 5321 2.4)."""
    local_part, _, domain = address.rpartition("@")
    return local_part, domain.lower()
