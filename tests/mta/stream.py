"""Many messages at once, as real clients send them: what is put off is sent again, and nothing else is."""

from __future__ import annotations

import smtplib
import threading
import time
from collections import deque
from typing import NamedTuple

from tests.mta.places import PATIENCE, wait_until
from tests.mta.smtp import Session

__all__ = ["Letter", "Stream"]

_CLIENTS = 6
# Messages on one connection: Exim and Sendmail have limits, and a real client goes, too.
_ON_ONE_CONNECTION = 10
# How long a client waits that was put off. A real one waits minutes.
_PAUSE = 0.1


class Letter(NamedTuple):
    """A message to one recipient; ``number`` is in its text."""

    number: int
    recipient: str


class Stream:
    """Clients that send ``letters`` to the port of a mail server, as long as the ``with`` statement runs and beyond,
    until all are accepted.

    ``accepted`` counts those that the server has taken, ``put_off`` the replies that said "later", ``refused`` holds
    every other reply: there should be none.
    """

    def __init__(self, port: int, sender: str, letters: list[Letter]) -> None:
        self._port = port
        self._sender = sender
        self._all = len(letters)
        self._left = deque(letters)
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._send, daemon=True) for _ in range(_CLIENTS)]
        self.accepted = 0
        self.put_off = 0
        self.refused: list[str] = []

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wait_for(self, accepted: int) -> None:
        """Wait until so many are accepted."""
        wait_until(lambda: self.accepted >= accepted or self.refused, f"{accepted} letters are accepted")

    def wait_until_put_off(self, more: int = 3) -> None:
        """Wait until so many more replies have said "later"."""
        before = self.put_off
        wait_until(lambda: self.put_off >= before + more or self.refused, "letters are put off")

    def finish(self) -> None:
        """Wait until all are accepted."""
        self.wait_for(self._all)
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()

    def _send(self) -> None:
        while self.accepted < self._all and not self.refused:
            if not self._left:
                time.sleep(_PAUSE)  # another client may be put off yet
                continue
            try:
                with Session(self._port) as session:
                    is_put_off = not all(self._one(session) for _ in range(_ON_ONE_CONNECTION))
            except (OSError, smtplib.SMTPException) as error:
                # No letter was under way: nobody here stops a mail server.
                self.refused.append(f"the connection broke: {error!r}")
                return
            if is_put_off:
                time.sleep(_PAUSE)

    def _one(self, session: Session) -> bool:
        """Send the next letter; tell whether the connection is good for more."""
        try:
            letter = self._left.popleft()
        except IndexError:
            return False
        number, recipient = letter
        text = f"From: <{self._sender}>\nTo: <{recipient}>\nSubject: {number}\nX-Number: {number}\n\nLetter {number}.\n"
        last = session.send(self._sender, [recipient], text)[-1]
        with self._lock:
            if last.code == 250:
                self.accepted += 1
                return True
            self._left.append(letter)
            if 400 <= last.code < 500:
                self.put_off += 1
            else:
                self.refused.append(f"{recipient}: {last}")
            return False
