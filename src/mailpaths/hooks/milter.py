"""The milter protocol, versions 2 to 6: the mail server tells of each message, and at its end hears what to change.

It is the one protocol in which the hook sees recipients as an SMTP client wrote them (Postfix may have turned
``relay!host!user`` around before it asks a map), and can tell envelope from headers. It never refuses and never throws
away: the mail server goes on as it would without us, with changes, or tries again later.

When to ask: about each address when it comes, about headers at the end. An answer that is not to be had then puts off
that one recipient, while the client is there to be told, and the others get their mail; at the end of the message it
would be all of them or none. Nothing is *changed* before the end (the protocol has it so), and until then a message
that the client gives up has left no trace. At the end each address is a request of its own, and the mail server hears
between them that it goes on: what has a second for an answer would else have one for a hundred, and a message that
takes longer would be put off each time that it comes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mailpaths.hooks.decision import Decision
from mailpaths.hooks.packets import Action, Command, PacketReader, Reply, Step, packet, strings
from mailpaths.hooks.transaction import Transaction
from mailpaths.hooks.wire import Question, WireError

__all__ = ["MilterConversation", "Terms"]

_VERSIONS = range(2, 7)
_NUMBER = 4
# All that we would do, and all that we would be spared; a server that knows less is spared less.
_WANTED = (
    Action.ADD_RCPT | Action.DELETE_RCPT | Action.CHANGE_HEADERS | Action.CHANGE_FROM | Action.ADD_RCPT_WITH_PARAMETERS
)
_SPARED = (
    Step.NO_CONNECT
    | Step.NO_HELO
    | Step.NO_BODY
    | Step.NO_END_OF_HEADERS
    | Step.NO_REPLY_TO_HEADER
    | Step.NO_UNKNOWN
    | Step.NO_DATA
    | Step.LEADING_SPACE
)
_NEEDS = {
    "recipients": Action.ADD_RCPT | Action.DELETE_RCPT,
    "the sender": Action.CHANGE_FROM,
    "headers": Action.CHANGE_HEADERS,
}
# What every reply but one is: go on.
_CONTINUE = packet(Reply.CONTINUE)
_TEMPFAIL = packet(Reply.TEMPFAIL)
_PROGRESS = packet(Reply.PROGRESS)
# What is told and wants a reply, and has nothing for us.
_PASSED = frozenset(
    {
        Command.CONNECT,
        Command.HELO,
        Command.DATA,
        Command.END_OF_HEADERS,
        Command.BODY,
        Command.UNKNOWN,
    }
)


@dataclass(frozen=True, slots=True)
class Terms:
    r"""What a mail server and the hook have agreed on: the version, what may be changed, which steps there are.

    >>> Terms.agreed(bytes.fromhex("00000002 0000001f 0000007f")).cannot
    ('the sender',)
    """

    version: int
    actions: Action
    steps: Step

    @classmethod
    def agreed(cls, offer: bytes) -> Terms:
        """Return the terms for an offer: as much of it as we want. Raises `WireError` where it is none.

        Numbers that come behind the three are for milters that choose their macros.
        """
        if len(offer) < 3 * _NUMBER:
            raise WireError("a milter's option negotiation has a version, actions and steps")
        version, actions, steps = (
            int.from_bytes(offer[start : start + _NUMBER]) for start in range(0, 3 * _NUMBER, _NUMBER)
        )
        if version < _VERSIONS[0]:
            raise WireError(f"the milter protocol is spoken from version {_VERSIONS[0]} on, not in {version}")
        return cls(min(version, _VERSIONS[-1]), Action(actions & _WANTED), Step(steps & _SPARED))

    @property
    def cannot(self) -> tuple[str, ...]:
        """What this mail server does not let a milter rewrite; it stays as it is."""
        return tuple([what for what, needs in _NEEDS.items() if needs & self.actions != needs])

    def __bytes__(self) -> bytes:
        """Return them as a packet's data."""
        return b"".join([number.to_bytes(_NUMBER) for number in (self.version, self.actions, self.steps)])


class MilterConversation:
    r"""A mail server's side of a connection over which it tells of its messages: see `mailpaths.hooks.wire`.

    ``terms`` are ``None`` until they are agreed on; what they do not let us rewrite stays, and ``tell`` is told so, for
    a postmaster to read. ``patience`` is libmilter's own: a connection lasts as long as that of the mail server's
    client, and nothing is said on it while a long message comes over a slow line. To close it then puts off the
    message, and again each time that it is sent.

    >>> from mailpaths.hooks.decision import Rewritten
    >>> talk = MilterConversation()
    >>> talk.receive_data(bytes.fromhex("0000000d 4f 00000006 000001ff 001fffff"))
    >>> talk.next_request()
    ()
    >>> talk.reply([]).hex(" ")
    '00 00 00 0d 4f 00 00 00 06 00 00 00 dc 00 10 03 d3'
    >>> talk.receive_data(b"\0\0\0\x13R<relay!host!user>\0")
    >>> talk.next_request()
    (Question(map='rcpt', key=b'relay!host!user'),)
    >>> talk.reply([Rewritten("user@host.uucp")])
    b'\x00\x00\x00\x01c'
    >>> talk.receive_data(b"\0\0\0\x01E")
    >>> talk.next_request()
    ()
    >>> talk.reply([])
    b'\x00\x00\x00\x13-<relay!host!user>\x00\x00\x00\x00\x12+<user@host.uucp>\x00\x00\x00\x00\x01c'
    """

    #: libmilter's default: smfi_settimeout.
    patience = 7210.0

    def __init__(self, tell: Callable[[str], None] | None = None) -> None:
        self._tell = tell
        self.terms: Terms | None = None
        self._reader = PacketReader()
        self._transaction = Transaction(Action(0))
        self._is_over = False
        # What waits for a reply: the command, its strings, and what was asked about it.
        self._command: bytes | None = None
        self._arguments: list[bytes] = []
        self._asked: tuple[Question, ...] = ()
        # What is still to be asked before that reply.
        self._left: deque[Question] = deque()

    def receive_data(self, data: bytes) -> None:
        """Take octets that came."""
        if not self._is_over:
            self._reader.feed(data)

    def next_request(self) -> Sequence[Question] | None:
        """Return the questions of the next packet that wants a reply; ``None`` where more must come first.

        Raises `WireError` at what no mail server says.
        """
        if self._left:
            self._asked = (self._left.popleft(),)
            return self._asked
        while not self._is_over and (found := self._reader.next_packet()) is not None:
            command, data = found
            if (command == Command.NEGOTIATE) is (self.terms is not None):
                raise WireError("a milter connection begins with the option negotiation, and has it once")
            questions = self._take(command, data)
            if questions is not None:
                self._command, self._asked = command, questions
                return questions
        return None

    def _take(self, command: bytes, data: bytes) -> tuple[Question, ...] | None:
        """Take in a packet, and return the questions about it; ``None`` where it wants no reply."""
        match command:
            case Command.NEGOTIATE:
                self._agree(Terms.agreed(data))
            case Command.MAIL:
                self._begin()
                self._arguments = strings(data)
                return self._transaction.sender(self._arguments)
            case Command.RCPT:
                self._arguments = strings(data)
                return self._transaction.recipient(self._arguments)
            case Command.HEADER:
                name, _, value = data.partition(b"\0")
                self._transaction.header(name, value.partition(b"\0")[0])
                return None if self._has(Step.NO_REPLY_TO_HEADER) else ()
            case Command.END_OF_MESSAGE:
                self._left.extend(self._transaction.questions())
                return (self._left.popleft(),) if self._left else ()
            case Command.ABORT | Command.QUIT_NEW_CONNECTION:
                self._begin()
                return None
            case Command.QUIT:
                self._begin()
                self._is_over = True
                return None
            case Command.MACROS:  # nothing that the rules ask for
                return None
            case _ if command not in _PASSED:
                raise WireError(f"a milter knows no command {command!r}")
        return ()

    def reply(self, decisions: Sequence[Decision]) -> bytes:
        """Return the reply to that packet, with a decision for each of its questions."""
        command, questions, self._asked = self._command, self._asked, ()
        if command == Command.END_OF_MESSAGE:
            return self._end_of_message(questions, decisions)
        self._command = None
        message = self._transaction
        match command:
            case Command.NEGOTIATE:
                return packet(Command.NEGOTIATE, bytes(self.terms or b""))
            case Command.MAIL if questions:
                return _going_on(message.decide_sender(self._arguments, decisions[0]))
            case Command.RCPT if questions:
                return _going_on(message.decide_recipient(self._arguments, decisions[0]))
            case Command.RCPT:
                return _going_on(message.has_room)
        return _CONTINUE

    def _end_of_message(self, questions: Sequence[Question], decisions: Sequence[Decision]) -> bytes:
        """Return what is to change and that the message goes on, or that it is to come again, or that more is asked."""
        message = self._transaction
        may_go_on = all(map(message.decide, questions, decisions))
        if may_go_on and self._left:
            return _PROGRESS
        self._left.clear()
        self._command = None
        self._begin()
        return message.changes() + _CONTINUE if may_go_on else _TEMPFAIL

    def last_words(self, reason: str) -> bytes:  # noqa: ARG002 - the protocol has no word for it without a status code
        """Return the reply that puts it off, if one is due; else nothing, for a server that awaits none."""
        return b"" if self._command in {None, Command.NEGOTIATE} else _TEMPFAIL

    @property
    def is_over(self) -> bool:
        """Whether the mail server has said that it wants no more."""
        return self._is_over

    def _agree(self, terms: Terms) -> None:
        self.terms = terms
        if self._tell is not None and terms.cannot:
            self._tell(f"the mail server does not let a milter rewrite {', '.join(terms.cannot)}")
        self._begin()

    def _has(self, step: Step) -> bool:
        return self.terms is not None and step in self.terms.steps

    def _begin(self) -> None:
        """Forget the message: another begins, or none."""
        self._transaction = Transaction(Action(0) if self.terms is None else self.terms.actions)


def _going_on(may_go_on: bool) -> bytes:  # noqa: FBT001 - the one thing that it is about
    return _CONTINUE if may_go_on else _TEMPFAIL
