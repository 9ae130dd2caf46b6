"""The links of one host under dead, delete and adjust: held to a list kept as in the C program, and their pace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailpaths.routing.uucp.flags import DEAD, INFINITY, LEFT, WRITING, link_marks
from mailpaths.routing.uucp.reading import read
from mailpaths.routing.uucp.sources import of_text
from mailpaths.routing.uucp.world import World
from tests.test_hostile import check_growth

DEFAULT = 4000


def world_of(text: str) -> World:
    """Return the world that a map says."""
    return read([of_text(text, "[text]")], home="hub").world


# The model: a list, walked along each time, as in addlink.c and parse.y.


@dataclass(eq=False)
class ALink:
    """struct link: its target is a name, and which of the hosts of that name."""

    to: tuple[str, int]
    cost: int
    writing: int
    dead: bool = False


@dataclass
class AHost:
    """struct node: the list, first link first, and what is said while it changes."""

    links: list[ALink] = field(default_factory=list)
    cost: int = 0
    said: list[str] = field(default_factory=list)

    def addlink(self, to: tuple[str, int], cost: int, writing: int) -> ALink:
        place = 0
        for link in self.links:
            if not link.dead:
                break
            if link.to == to:
                if cost < link.cost:
                    link.cost, link.writing = cost, writing
                return link
            place += 1
        link = ALink(to, cost + self.cost, writing)
        self.links.insert(place, link)
        if link.cost < 0:
            link.dead = True
            self.said.append(f"link to {to[0]} ignored with negative cost")
        return link

    def deadlink(self, to: tuple[str, int]) -> None:
        hold: list[ALink] = []
        while self.links and self.links[0].to == to:
            hold.insert(0, self.links.pop(0))
        at = 0
        while at + 1 < len(self.links):
            if self.links[at + 1].to == to:
                hold.insert(0, self.links.pop(at + 1))
            at += 1
        if not hold:
            self.addlink(to, INFINITY // 2, LEFT).dead = True
        for link in hold:
            self.addlink(to, link.cost, link.writing).dead = True

    def deletelink(self, name: str) -> None:
        self.links = [link for link in self.links if link.to[0] != name]

    def adjust(self, cost: int) -> None:
        self.cost += cost
        for link in self.links:
            link.cost += cost
            if link.cost < 0:
                link.dead = True
                self.said.append(f"link to {link.to[0]} deleted with negative cost")


# Each kind of statement: its text, and that of one thing in its list.
FORMS = {
    "plain": ("hub {}", "{name}({cost})"),
    "right": ("hub {}", "@{name}({cost})"),
    "dead": ("dead {{{}}}", "hub!{name}"),
    "delete": ("delete {{{}}}", "hub!{name}"),
    "adjust": ("adjust {{{}}}", "hub({cost})"),
    # The next host of this name is another one.
    "renew": ("delete {{{}}}", "{name}"),
}


def text_of(statements: list[tuple[str, list[tuple[str, int]]]]) -> str:
    """Return the map of these statements."""
    lines = []
    for kind, items in statements:
        line, item = FORMS[kind]
        lines.append(line.format(", ".join(item.format(name=name, cost=cost) for name, cost in items)) + "\n")
    return "".join(lines)


def model_of(statements: list[tuple[str, list[tuple[str, int]]]]) -> AHost:
    """Return what the model makes of them."""
    hub = AHost()
    ages = dict.fromkeys(NAMES, 0)
    for kind, items in statements:
        for name, cost in items:
            to = (name, ages[name])
            match kind:
                case "plain":
                    hub.addlink(to, cost, LEFT)
                case "right":
                    hub.addlink(to, cost, link_marks("@", right=True))
                case "dead":
                    hub.deadlink(to)
                case "delete":
                    hub.deletelink(name)
                case "adjust":
                    hub.adjust(cost)
                case _:
                    ages[name] += 1
    return hub


NAMES = "abcde"
ITEMS = st.tuples(st.sampled_from(NAMES), st.sampled_from([0, 1, 2, 3, 5, -1, -4]))
STATEMENT = st.tuples(
    st.sampled_from(list(FORMS)),
    st.lists(ITEMS, min_size=1, max_size=4),
)
# Long lists too: few links are put back after each command, many are not.
MANY = ("plain", [("e", 5)] * 20)
LONG = st.tuples(st.just("plain"), st.lists(ITEMS, min_size=15, max_size=25))


@given(st.lists(STATEMENT | LONG, max_size=14))
@example([("plain", [("a", 1), ("a", 2), ("a", 3), ("b", 1)]), ("dead", [("a", 0)]), ("dead", [("a", 0)])])
@example([("plain", [("b", 1), ("a", 2), ("a", 3)]), ("dead", [("a", 0)])])
@example([("plain", [("a", 0), ("b", 5), ("c", 0), ("d", 5)] * 5), ("adjust", [("a", -1)]), ("delete", [("d", 0)])])
@example([MANY, ("dead", [("a", 0)]), ("adjust", [("a", 3)]), ("plain", [("a", 1)])])
@example([MANY, ("delete", [("a", 0)]), ("plain", [("a", 1)]), ("adjust", [("a", -2)])])
@example([MANY, ("plain", [("a", 1)]), ("renew", [("a", 0)]), ("plain", [("a", 2)]), ("delete", [("a", 0)])])
def test_a_host_is_the_list_of_the_c_program(statements: list[tuple[str, list[tuple[str, int]]]]) -> None:
    hub = model_of(statements)
    world = world_of(text_of(statements))
    assert world.home is not None
    links = world.links[world.home]
    assert [(world.names[world.targets[link]], world.costs[link]) for link in links] == [
        (link.to[0], link.cost) for link in hub.links
    ]
    assert [world.marks[link] & (WRITING | DEAD) for link in links] == [
        link.writing | (DEAD if link.dead else 0) for link in hub.links
    ]
    assert [message.text for message in world.messages] == hub.said
    # Hosts of one name are told apart.
    pairs = {(world.targets[link], model.to) for link, model in zip(links, hub.links, strict=True)}
    assert len(pairs) == len({number for number, _ in pairs}) == len({to for _, to in pairs})


def test_a_link_taken_for_dead_lies_before_the_others() -> None:
    world = world_of("hub a(1), b(2), a(3), c(4)\ndead {hub!a}\n")
    assert world.home is not None
    links = [(world.names[world.targets[link]], world.costs[link]) for link in world.links[world.home]]
    assert links == [("a", 1), ("c", 4), ("b", 2)]


def test_a_cost_is_added_to_links_that_are_there_and_to_those_to_come() -> None:
    many = ", ".join(f"x{number}" for number in range(40))
    world = world_of(f"hub {many}\nadjust {{hub(1), hub(2)}}\nhub y(5)\nadjust {{hub(4)}}\n")
    assert world.home is not None
    first, *others = world.links[world.home]
    assert world.costs[first] == 5 + 3 + 4
    assert {world.costs[link] for link in others} == {DEFAULT + 7}


# Pace


def listed(size: int, form: str) -> str:
    """Return a list of as many items, each with its number in it."""
    return ", ".join(form.format(number) for number in range(size))


MAPS: dict[str, Callable[[int], str]] = {
    "links, then dead": lambda size: f"hub {listed(size, 'x{}')}\ndead {{{listed(size, 'hub!x{}')}}}\n",
    "dead from the start": lambda size: f"dead {{{listed(size, 'hub!x{}')}}}\n",
    "adjusted over and over": lambda size: f"hub {listed(size, 'x{}')}\nadjust {{{listed(size, 'hub(1)')}}}\n",
    "links, then delete": lambda size: f"hub {listed(size, 'x{}')}\ndelete {{{listed(size, 'hub!x{}')}}}\n",
    "all below zero, then again": lambda size: (
        f"hub {listed(size, 'x{}(5)')}\nadjust {{hub(-10)}}\nhub {listed(size, 'x{}(5)')}\n"
    ),
    "a dead link after each statement": lambda size: "".join(
        f"hub x{number}\ndead {{hub!x{number}}}\n" for number in range(size // 4)
    ),
    "one link, dead over and over": lambda size: f"hub {listed(size, 'x')}\ndead {{{listed(size, 'hub!x')}}}\n",
}


@pytest.mark.parametrize("name", MAPS)
def test_ten_times_the_commands_take_ten_times_as_long(name: str) -> None:
    check_growth(lambda size: world_of(MAPS[name](size)), 2_000)
