"""A client of SMTP that sends paths as they are written: smtplib would read them first."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from typing import NamedTuple, Self

from tests.mta.places import PATIENCE

__all__ = ["Reply", "Session"]


class Reply(NamedTuple):
    """What the server said: its code and its text."""

    code: int
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class Session:
    """One connection to a mail server, to be used in a ``with`` statement.

    ``client`` is the address that it comes from: 127.0.0.1 is a host that mail servers here trust, 127.0.0.9 is not.
    """

    def __init__(self, port: int, *, client: str = "127.0.0.1", helo: str = "client.example") -> None:
        self._smtp = smtplib.SMTP("127.0.0.1", port, helo, PATIENCE, source_address=(client, 0))
        self._smtp.command_encoding = "utf-8"  # what is no ASCII is for the server to refuse
        self._smtp.ehlo()

    def hang_up(self) -> None:
        """End without a word: Exim waits a fifth of a second behind QUIT."""
        self._smtp.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._smtp.quit()
        except (OSError, smtplib.SMTPException):
            self._smtp.close()

    def say(self, line: str) -> Reply:
        """Return the reply to a line."""
        code, text = self._smtp.docmd(line)
        return Reply(code, text.decode("utf-8", "surrogateescape"))

    def mail(self, sender: str) -> Reply:
        return self.say(f"MAIL FROM:<{sender}>")

    def rcpt(self, recipient: str) -> Reply:
        return self.say(f"RCPT TO:<{recipient}>")

    def send(self, sender: str, recipients: Sequence[str], text: str) -> list[Reply]:
        """Send a message to those recipients that the server takes; return the replies, up to the first refusal of
        anything else. Raises what smtplib does where the connection breaks."""
        replies = [self.mail(sender)]
        if replies[0].code != 250:
            self.say("RSET")
            return replies
        replies += [self.rcpt(recipient) for recipient in recipients]
        if all(reply.code != 250 for reply in replies[1:]):
            self.say("RSET")
            return replies
        code, said = self._smtp.data(text.replace("\n", "\r\n").encode("utf-8", "surrogateescape"))
        return [*replies, Reply(code, said.decode("utf-8", "surrogateescape"))]
