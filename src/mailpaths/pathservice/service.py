"""`PathService`: what a server knows and what it says, without a socket."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mailpaths.errors import AddressSyntaxError, MailPathsError, UnknownHostError
from mailpaths.pathservice import helping
from mailpaths.pathservice.answering import Question, reply_to
from mailpaths.pathservice.codes import Code
from mailpaths.pathservice.directory import Directory
from mailpaths.pathservice.domains import DomainCheck
from mailpaths.pathservice.protocol import BadLine, Command
from mailpaths.pathservice.reply import Reply, printable
from mailpaths.pathservice.statistics import Statistics
from mailpaths.pathservice.worlds import World, worlds
from mailpaths.routing.answer import Found, NotFound
from mailpaths.routing.router import Router

__all__ = ["Caller", "Later", "PathService"]


@dataclass(frozen=True, slots=True)
class Later:
    """A reply that takes its time: to be called in a thread. ``computes`` where it keeps a processor busy meanwhile."""

    find: Callable[[], Reply]
    computes: bool

    def __call__(self) -> Reply:
        """Find the reply."""
        return self.find()


_NO_DATABASE = Reply(Code.DATABASE_TROUBLE, Code.DATABASE_TROUBLE.meaning)
_NO_HELP_NOW = Reply(Code.UNAVAILABLE_NOW, Code.UNAVAILABLE_NOW.meaning)
_NULL_PATH = Reply(Code.NOT_IMPLEMENTED, "expected user@host: PATH user@host")
_SERVICE = "network mail path service"
_BYE = Reply(Code.CLOSING, "Bye bye.")


class Caller:
    """What the service remembers of one connection: the host where its roads begin, ``None`` for the server's own."""

    __slots__ = ("origin",)

    def __init__(self) -> None:
        self.origin: str | None = None


class PathService:
    """Answers the commands of RFC 915 over a router, any router.

    ``name`` is the service's own, for the greeting. ``extensions`` are the commands FROM and STAT, which RFC 915
    does not have. ``domains`` asks the DNS whether it knows a host. Without a router, what needs one is answered 420 or
    421; `load` brings one, at any time. Safe to share between threads.

    >>> from mailpaths.pathservice.protocol import Command
    >>> from mailpaths.routing import PathTable
    >>> service = PathService(PathTable.from_text("inria  philabs!mcvax!inria!%s"))
    >>> service.answer(Command("PATH", "root@inria.uucp"), Caller())
    Reply(code=220, lines=('mcvax!inria!root@philabs',))
    """

    def __init__(
        self,
        router: Router | None = None,
        *,
        name: str = "mailpaths",
        extensions: bool = True,
        domains: DomainCheck | None = None,
        statistics: Statistics | None = None,
    ) -> None:
        self.name = name
        self.extensions = extensions
        self.domains = domains
        self.statistics = Statistics() if statistics is None else statistics
        self._directory: Directory | None = None
        self._worlds: dict[str, World] = {}
        if router is not None:
            self.load(router)

    def load(self, router: Router) -> None:
        """Take this router from now on, in one step: a question is answered by the old one or by the new.

        Raises what the router raises when it is first asked; then the old one stays.
        """
        directory = router if isinstance(router, Directory) else Directory(router)
        found = {world.name.removeprefix("."): world for world in worlds(directory.router)}
        directory.prepare()  # better now than while somebody waits
        self._directory, self._worlds = directory, found
        self.statistics.loaded(directory.size)

    @property
    def directory(self) -> Directory | None:
        """What answers now."""
        return self._directory

    def greeting(self) -> Reply:
        """Return what the server says first."""
        return Reply(Code.READY, (printable(f"Welcome to the {self.name} {_SERVICE}."), "Type 'HELP' for help."))

    def answer(self, event: Command | BadLine, caller: Caller) -> Reply | Later:
        """Return the one reply to a command line, or what to call in a thread to have it.

        Raises nothing for any line. What is called may raise whatever the router raises, which no router should.
        """
        if isinstance(event, BadLine):
            return Reply(Code.NOT_IMPLEMENTED, printable(event.reason))
        match event.verb:
            case "PATH":
                return self._path(event.argument, caller)
            case "HELP":
                return self._help(event.argument)
            case "QUIT":
                return _BYE
            case "FROM" if self.extensions:
                return self._from(event.argument, caller)
            case "STAT" if self.extensions:
                return Reply(Code.HELP, tuple([printable(line) for line in self.statistics.lines()]))
            case verb:
                return Reply(Code.NOT_IMPLEMENTED, printable(f"Command '{verb[:40]}' not implemented. Try HELP."))

    def _help(self, name: str) -> Reply:
        if self._directory is None and name.upper() not in helping.BASIC:
            return _NO_HELP_NOW
        if name:
            return helping.topic(name, self._worlds, extensions=self.extensions)
        return helping.general(self._worlds.values(), extensions=self.extensions)

    def _path(self, argument: str, caller: Caller) -> Reply | Later:
        if not argument:
            return _NULL_PATH
        directory = self._directory
        if directory is None:
            return _NO_DATABASE
        try:
            question = Question.parse(argument)
        except MailPathsError as error:
            return Reply(Code.NOT_IMPLEMENTED, printable(_message(error)))
        origin = caller.origin
        if origin is not None and not directory.has_origin(origin):  # a map that was loaded since has it no more
            text = f"No host found under the name of '{origin}', where paths should start. FROM starts them elsewhere."
            return Reply(Code.NOT_FOUND, printable(text))
        if self.domains is None and directory.answers_now(origin):
            return reply_to(question, directory.resolve(question.host, origin=origin))
        computes = origin is not None and not directory.has_roads(origin)
        return Later(lambda: self._looked_up(question, directory, origin), computes=computes)

    def _looked_up(self, question: Question, directory: Directory, origin: str | None) -> Reply:
        answer = directory.resolve(question.host, origin=origin)
        domains = self.domains
        in_domains = domains is not None and isinstance(answer, Found | NotFound) and domains.knows(question.host)
        return reply_to(question, answer, in_domains=in_domains)

    def _from(self, host: str, caller: Caller) -> Reply | Later:
        directory = self._directory
        if directory is None:
            return _NO_DATABASE
        if not host:
            caller.origin = None
            return Reply(Code.HELP, "Paths start at the server's own host.")
        if not directory.maps:
            return Reply(Code.NOT_IMPLEMENTED, "No map is here, and nothing else knows roads from another host.")
        if directory.has_origin(host) and directory.has_roads(host):
            return self._begun(host, directory, caller)
        return Later(lambda: self._begun(host, directory, caller), computes=True)

    @staticmethod
    def _begun(host: str, directory: Directory, caller: Caller) -> Reply:
        near: tuple[str, ...] = ()
        for one in directory.maps:
            try:
                one.roads(host)
            except UnknownHostError as error:
                near += error.near_misses
                continue
            caller.origin = host
            return Reply(Code.HELP, printable(f"Paths start at {host}."))
        head = f"No host found under the name of '{host}'" + (", did you mean:" if near else ".")
        return Reply(Code.NOT_FOUND, tuple([printable(line) for line in (head, *near)]))


def _message(error: MailPathsError) -> str:
    return error.message if isinstance(error, AddressSyntaxError) else str(error)
