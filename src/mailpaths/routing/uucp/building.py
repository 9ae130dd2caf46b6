"""Build a UUCP world from the records of a map, one after the other, as the actions of pathalias's parser do.

The source is addlink.c 9.7, addnode.c 9.7 and parse.y 9.11 of pathalias 10 (1991 to 1993).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailpaths.grammar.uucpmap import (
    Adjust,
    Aliases,
    Dead,
    Delete,
    EndPrivate,
    Fault,
    File,
    Links,
    Names,
    Net,
    OpenNet,
    PlainLinks,
    Private,
)
from mailpaths.routing.uucp.flags import (
    ALIAS,
    DEAD,
    DEAD_HOST,
    DOMAIN,
    GATEWAY,
    INFINITY,
    LEFT,
    NET,
    PRIVATE,
    TERMINAL,
    WRITING,
    link_marks,
)
from mailpaths.routing.uucp.shelf import Shelf
from mailpaths.routing.uucp.world import Message, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mailpaths.grammar.uucpmap import Record

__all__ = ["Builder"]

# What a link costs that is declared only by its death (deadlink() of addlink.c).
_NOWHERE_ELSE = INFINITY // 2

# Up to so many links of a host are put back after each command: a shelf takes more room than they do.
_FEW = 16

_SMALL = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def _lower(name: str) -> str:
    """Return a name in lower case, its ASCII letters alone (lowercase() of addnode.c)."""
    return name.lower() if name.isascii() else name.translate(_SMALL)


class _Numbers(dict[str, int]):
    """The number of each name; an unknown one becomes a new host."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[str], int]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, name: str) -> int:
        return self._make(name)


class Builder:
    """What takes the records of a map and makes a `World` of them.

    ``fold_case`` is pathalias's option -i, ``terminal_domains`` its option -D. ``again`` reads a statement once more,
    link by link, that was read quickly.
    """

    def __init__(
        self,
        again: Callable[[PlainLinks | Links | Aliases | Net], list[Record]],
        *,
        fold_case: bool = False,
        terminal_domains: bool = False,
    ) -> None:
        self.world = world = World()
        self._again = again
        self._fold = fold_case
        self._terminal_domains = terminal_domains
        self._numbers = world.numbers = _Numbers(self._make)
        # The marks that a plain link gets from its target: GATEWAY for a domain and for a dead net.
        self._entry_marks: list[int] = []
        # The links of the hosts that commands are about; the world has none for these until they are put back.
        self._shelves: dict[int, Shelf] = {}
        # What `adjust` adds to every link of a host.
        self._extra: dict[int, int] = {}
        # Whether it takes away: then each link may give rise to a message, with a line of its own.
        self._cautious = False
        # The member before each member of the nets that are being read.
        self._chain: dict[int, int] = {}
        self._private: list[int] = []
        self._covered: dict[str, int | None] = {}
        self._unnamed = 0
        self._file = "[deadlinks]"
        self._line = 1
        # How many names were looked up, and how many when the last host was made; the last plain statement.
        self._looked_up = self._made_after = 0
        self._last: list[tuple[str, str]] = []
        self._actions: Mapping[type, Callable[..., None]] = {
            Links: self._take_links,
            Aliases: self._take_aliases,
            Net: self._take_net,
            OpenNet: self._take_open_net,
            Private: self._take_private,
            EndPrivate: self._take_end_private,
            Dead: self._take_dead,
            Delete: self._take_delete,
            Adjust: self._take_adjust,
            File: self._take_file,
            Names: self._take_names,
            Fault: self._take_fault,
        }

    def settle(self, home: str) -> None:
        """Make a host the home, before the map is read: that it comes first decides some ties."""
        self.world.home = self.number(home)

    def begin_file(self, name: str) -> None:
        """Say what the text from here on is called; private names end here."""
        self._end_private()
        self._begin(name)

    def kill(self, host: str, to: str | None = None) -> None:
        """Take a host or a link for dead: pathalias's option -d."""
        self._take_dead(Dead(1, host, to))

    def take(self, records: Iterable[Record]) -> None:
        """Take in records, in their order."""
        plain, actions = self._take_plain, self._actions
        for record in records:
            if type(record) is PlainLinks:
                plain(record)
            elif self._cautious and isinstance(record, Links | Aliases | Net) and record.statement:
                self.take(self._again(record))
            else:
                self._line = record.line
                actions[type(record)](record)

    def complain(self, line: int, text: str, statement: str = "", start: int = 0) -> None:
        """Keep a message about a line of this file."""
        self.world.messages.append(Message(self._file, line, text, statement, start))

    def tell(self, text: str) -> None:
        """Keep a message that is about no line."""
        self.world.messages.append(Message(None, 0, text))

    def finish(self) -> World:
        """Return the world, whole: nothing more can be taken in."""
        self._end_private()
        world = self.world
        for host in list(self._shelves):
            self._put_back(host)
        for links in world.links:
            links.reverse()
        last = world.names[-1] if world.names else ""
        names = [self._key(name) for name, _ in self._last]
        in_last_statement = self._looked_up - self._made_after == len(names) and last in names
        world.settled = names.index(last) < len(names) - 1 if in_last_statement else self._looked_up > self._made_after
        # The table makes no more hosts: an unknown name is unknown from here on.
        world.numbers = dict(self._numbers)
        return world

    # Hosts

    def number(self, name: str) -> int:
        """Return the number of a name as it is understood here; an unknown name becomes a new host."""
        found = self._numbers[self._key(name)]
        self._looked_up += 1
        return found

    def _key(self, name: str) -> str:
        return _lower(name) if self._fold else name

    def _make(self, name: str) -> int:
        number = self._add_host(name, 0)
        self._numbers[name] = number
        self.world.entries.append(number)
        self._made_after = self._looked_up
        return number

    def _add_host(self, name: str, kind: int) -> int:
        world = self.world
        number = len(world.names)
        is_domain = name.startswith(".")
        world.names.append(name)
        world.kinds.append(kind | DOMAIN if is_domain else kind)
        world.links.append([])
        self._entry_marks.append(LEFT | GATEWAY if is_domain else LEFT)
        return number

    def _has_gateways(self, number: int) -> bool:
        """Tell whether one enters this host's number by gateways: a domain, or a net that is dead (GATEWAYED)."""
        return bool(self._entry_marks[number] & GATEWAY)

    def _mark(self, number: int, kind: int) -> None:
        kinds = self.world.kinds
        kinds[number] |= kind
        if kinds[number] & DOMAIN or kinds[number] & (NET | DEAD_HOST) == NET | DEAD_HOST:
            self._entry_marks[number] |= GATEWAY

    # Links

    def _add(self, host: int, to: int, cost: int, marks: int) -> int:
        """Add a link, before all others but the dead ones; return its number (addlink() of addlink.c)."""
        world = self.world
        links = world.links[host]
        shelf = self._shelves.get(host)
        if shelf is None and links and world.marks[links[-1]] & DEAD:
            shelf = self._shelf(host)
        if shelf is not None and (known := shelf.dead_link(to)) is not None:
            if shelf.cheapen(known, cost):
                world.marks[known] = world.marks[known] & ~WRITING | marks & WRITING
            self._put_back_few(host)
            return known
        total = cost + self._extra.get(host, 0)
        number = len(world.targets)
        world.mark_statement(self._line)
        if total < 0:
            marks |= DEAD
            self.complain(self._line, f"link to {world.names[to]} ignored with negative cost")
        if self._terminal_domains and world.kinds[host] & DOMAIN:
            marks |= TERMINAL
        world.targets.append(to)
        world.costs.append(total)
        world.marks.append(marks)
        if shelf is None:
            links.append(number)
        else:
            shelf.put((number,))
            self._put_back_few(host)
        return number

    def _shelf(self, host: int) -> Shelf:
        """Return a host's links as commands work on them."""
        shelf = self._shelves.get(host)
        if shelf is None:
            shelf = self._shelves[host] = Shelf(self.world, self.world.links[host])
            self.world.links[host] = []
        return shelf

    def _put_back(self, host: int) -> None:
        """Give a host's links back to the world."""
        shelf = self._shelves.pop(host, None)
        if shelf is not None:
            self.world.links[host] = shelf.settle()

    def _put_back_few(self, host: int) -> None:
        """Give them back if they are few."""
        shelf = self._shelves.get(host)
        if shelf is not None and len(shelf) <= _FEW:
            self._put_back(host)

    def _take_plain(self, record: PlainLinks) -> None:
        """Take the usual statement, all of its links at once."""
        world = self.world
        items = self._last = record.items
        numbers = self._numbers
        if self._fold:
            # pathalias folds ASCII alone; beyond it there are names in quotes, if at all.
            fold = str.lower if record.statement.isascii() else _lower
            found = [numbers[fold(name)] for name, _ in items]
        else:
            found = [numbers[name] for name, _ in items]
        self._looked_up += len(found)
        host = found[0]
        links = world.links[host]
        shelf = self._shelves.get(host)
        if (
            (links and world.marks[links[-1]] & DEAD)
            or (shelf is not None and shelf.begins_dead)
            or host in self._extra
            or (self._terminal_domains and world.kinds[host] & DOMAIN)
        ):
            self.take(self._again(record))
            return
        first = len(world.targets)
        world.mark_statement(record.line)
        del found[0]
        costs = record.costs
        del costs[0]
        world.targets += found
        world.costs += costs
        entry_marks = self._entry_marks
        world.marks += bytes([entry_marks[number] for number in found])
        added = range(first, first + len(found))
        if shelf is None:
            links += added
        else:
            shelf.put(added)

    def _take_links(self, record: Links) -> None:
        host = self.number(record.host)
        for link in record.links:
            to = self.number(link.name)
            number = self._add(host, to, link.cost, link_marks(link.operator, right=link.right))
            more = (GATEWAY if self._has_gateways(to) else 0) | (TERMINAL if link.terminal else 0)
            self.world.marks[number] |= more

    def _take_aliases(self, record: Aliases) -> None:
        host = self.number(record.host)
        world = self.world
        for name in record.names:
            other = self.number(name)
            if world.kinds[host] & world.kinds[other] & DOMAIN:
                self.tell(f"domain alias {world.names[host]} = {world.names[other]} is illegal")
                continue
            for one, to in ((host, other), (other, host)):
                world.marks[self._add(one, to, 0, LEFT)] |= ALIAS

    # Nets

    def _members(self, names: Iterable[str]) -> int | None:
        """Chain the members, each to the one before; return the last (the rules for nlist of parse.y)."""
        last: int | None = None
        for name in names:
            number = self.number(name)
            if last is None:
                last = number
            elif number not in self._chain:
                self._chain[number] = last
                last = number
        return last

    def _take_open_net(self, record: OpenNet) -> None:
        if record.name is not None:
            self.number(record.name)
        self._members(record.members)

    def _take_net(self, record: Net) -> None:
        """Link a net and its members, the last of them first (fixnet() of parse.y)."""
        net = None if record.name is None else self.number(record.name)
        member = self._members(record.members)
        if net is None:
            net = self.number(f"[unnamed net {self._unnamed}]")
            self._unnamed += 1
        self._mark(net, NET)
        marks = link_marks(record.operator, right=record.right)
        while member is not None:
            number = self._add(net, member, 0, marks)
            if self._has_gateways(net) and self._has_gateways(member):
                self.world.marks[number] |= GATEWAY
            if not self.world.kinds[net] & DOMAIN:
                self._add(member, net, record.cost, marks)
            member = self._chain.pop(member, None)

    # Commands

    def _take_private(self, record: Private) -> None:
        for name in record.names:
            key = self._key(name)
            if key in self._covered:
                continue
            self._covered[key] = self._numbers.get(key)
            self._numbers[key] = number = self._add_host(key, PRIVATE)
            self._private.append(number)

    def _take_end_private(self, _record: EndPrivate) -> None:
        self._end_private()

    def _end_private(self) -> None:
        world = self.world
        for number in reversed(self._private):
            world.entries.append(number)
            world.late[number] = len(world.names)
            self._looked_up += 1
        self._private.clear()
        for name, covered in self._covered.items():
            if covered is None:
                del self._numbers[name]
            else:
                self._numbers[name] = covered
        self._covered.clear()

    def _take_dead(self, record: Dead) -> None:
        host = self.number(record.host)
        if record.to is None:
            self._mark(host, DEAD_HOST)
            return
        world = self.world
        to = self.number(record.to)
        held = self._shelf(host).disconnect(to)
        if not held:
            self._add(host, to, _NOWHERE_ELSE, LEFT | DEAD)
        for link in reversed(held):
            self._add(host, to, world.costs[link], world.marks[link] & WRITING | DEAD)

    def _take_delete(self, record: Delete) -> None:
        host = self.number(record.host)
        world = self.world
        if record.to is not None:
            name = world.names[self.number(record.to)]
            self._shelf(host).delete(name)
            self._put_back_few(host)
            return
        self._put_back(host)
        world.links[host] = []
        self._mark(host, PRIVATE)
        name = world.names[host]
        if name not in self._covered:
            del self._numbers[name]
        if host == world.home:
            world.home = self.number(name)

    def _take_adjust(self, record: Adjust) -> None:
        host = self.number(record.host)
        self._extra[host] = extra = self._extra.get(host, 0) + record.cost
        self._cautious = self._cautious or extra < 0
        world = self.world
        for link in self._shelf(host).adjust(record.cost):
            self.complain(record.line, f"link to {world.names[world.targets[link]]} deleted with negative cost")
        self._put_back_few(host)

    def _take_file(self, record: File) -> None:
        self._begin(record.name)

    def _begin(self, name: str) -> None:
        self._file = name
        self.world.mark_file(name)

    def _take_names(self, record: Names) -> None:
        for name in record.names:
            self.number(name)

    def _take_fault(self, record: Fault) -> None:
        self.complain(record.line, record.text, record.statement, record.start)
