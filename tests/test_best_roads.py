"""The best roads: never dearer than pathalias's, as cheap as any road that there is, and every obstacle by its name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailpaths.routing import Found, Obstacle, Roads, UUCPMap
from mailpaths.routing.uucp import flags
from mailpaths.routing.uucp.best import Labels, find_labels
from mailpaths.routing.uucp.mapping import map_world
from mailpaths.routing.uucp.roads import MODES, Mode
from mailpaths.routing.uucp.tree import Tree
from mailpaths.routing.uucp.world import Step, World

INFINITY = 100_000_000
ORIGINS = ("rutgers", "ihnp4", "uunet", "mcvax", "munnari")

# --- the rules, from reference/pathalias.md, part 2.4, and nothing of ours but the world ---------------------------


@dataclass(frozen=True)
class End:
    """Where a road ends, and what the rules ask of the road so far."""

    host: int
    cost: int = 0
    left: bool = False
    right: bool = False
    terminal: bool = False


class Rules:
    """What it costs to go on over one link."""

    def __init__(self, world: World) -> None:
        self.world = world

    def is_net(self, host: int) -> bool:
        return bool(self.world.kinds[host] & (flags.NET | flags.DOMAIN))

    def is_gated(self, host: int) -> bool:
        kind = self.world.kinds[host]
        return bool(kind & flags.DOMAIN) or bool(kind & flags.NET and kind & flags.DEAD_HOST)

    def penalties(self, end: End, link: int) -> list[Obstacle]:
        """Return why the link is not to be used; any one of the reasons costs the whole penalty."""
        world = self.world
        mark, to = world.marks[link], world.targets[link]
        if mark & flags.ALIAS:
            return []
        found = []
        if mark & flags.DEAD:
            found.append(Obstacle.DEAD_LINK)
        if not self.is_net(end.host):
            if world.kinds[end.host] & flags.DEAD_HOST:
                found.append(Obstacle.DEAD_HOST)
            if end.terminal:
                found.append(Obstacle.PAST_TERMINAL)
            if end.right if mark & flags.LEFT else end.left:
                found.append(Obstacle.MIXED_SYNTAX)
        if self.is_gated(to) and not mark & flags.GATEWAY:
            found.append(Obstacle.NO_GATEWAY)
        return found

    def onward(self, end: End, link: int) -> End:
        """Return where a road ends that goes on over a link."""
        world = self.world
        mark = world.marks[link]
        cost = end.cost
        # The copy of a net that a terminal link leads to has only terminal links (lcopy of mapit.c).
        terminal = bool(mark & flags.TERMINAL) or (end.terminal and self.is_net(end.host))
        if mark & flags.ALIAS:
            terminal = end.terminal
        else:
            cost += world.costs[link]
            if cost >= INFINITY:
                cost += 1
            elif self.penalties(end, link):
                cost += INFINITY
        left = end.left or bool(mark & flags.LEFT)
        right = end.right or not mark & flags.LEFT
        return End(world.targets[link], cost, left, right, terminal)

    def charge(self, home: int, steps: Iterable[Step]) -> End:
        """Return where the links of a road lead, and what pathalias charges for them."""
        end = End(home)
        for step in steps:
            assert step.start == end.host
            if step.turned:
                # A link back is made of what its host costs, and costs that host once more.
                end = End(step.number, 2 * end.cost + INFINITY + 1, left=True, right=end.right)
            else:
                assert step.declared in self.world.links[step.start]
                end = self.onward(end, step.declared)
            assert end.host == step.number
        return end

    def every_end(self, home: int, most_links: int) -> set[End]:
        """Return how every road of so many links ends, one that goes in circles too."""
        found = {End(home)}
        fresh = set(found)
        for _ in range(most_links):
            fresh = {self.onward(end, link) for end in fresh for link in self.world.links[end.host]} - found
            found |= fresh
        return found


def plain_sum(world: World, steps: Iterable[Step]) -> int:
    """Return the sum of the costs of the links themselves."""
    return sum(0 if world.marks[step.declared] & flags.ALIAS else world.costs[step.declared] for step in steps)


def turned_least(world: World, labels: Labels, home: int) -> dict[int, int]:
    """Return how often a road to each host must go against the direction of a link, as few times as can be."""
    rounds = {home: 0}
    level = 0
    while True:
        todo = [host for host, turned in rounds.items() if turned == level]
        for host in todo:
            for link in world.links[host]:
                if world.targets[link] not in rounds:
                    rounds[world.targets[link]] = level
                    todo.append(world.targets[link])
        # Never back out of a domain.
        back = {
            host
            for host in range(len(world.names))
            if host not in rounds
            for link in world.links[host]
            if world.targets[link] in rounds and not world.kinds[world.targets[link]] & flags.DOMAIN
        }
        if not back:
            assert set(labels.unreachable) == set(world.entries) - set(rounds)
            return rounds
        level += 1
        rounds |= dict.fromkeys(back, level)


# --- tiny maps ----------------------------------------------------------------------------------------------------

HOSTS = ["h", "a", "b", "c", "d"]
NETS = ["NET", ".x", ".y"]


@st.composite
def statements(draw: st.DrawFn) -> str:
    """Return a statement of any kind about a handful of names."""
    host = draw(st.sampled_from(HOSTS))
    other = draw(st.sampled_from(HOSTS))
    cost = draw(st.integers(0, 9))
    mark = draw(st.sampled_from("!!!!@@%:"))
    kind = draw(
        st.sampled_from(
            ["link", "link", "link", "right", "terminal", "alias", "net", "gateway", "dead", "from", "domain"]
        )
    )
    match kind:
        case "link":
            return f"{host} {other}{mark}({cost})"
        case "right":
            return f"{host} {mark}{other}({cost})"
        case "terminal":
            target = draw(st.sampled_from(HOSTS + NETS))
            return f"{host} <{target}>({cost})"
        case "alias":
            return f"{host} = {other}"
        case "net":
            members = draw(st.lists(st.sampled_from([*HOSTS, *NETS]), min_size=1, max_size=3))
            side = draw(st.sampled_from(["", "", "@"]))
            return f"{draw(st.sampled_from(NETS))} = {side}{{{', '.join(members)}}}({cost})"
        case "gateway":
            return f"{host} {draw(st.sampled_from(NETS))}({cost})"
        case "from":
            target = draw(st.sampled_from([other, f"<{other}>", *NETS, "<.x>", "<.y>"]))
            return f"{draw(st.sampled_from(NETS))} {target}({cost})"
        case "domain":
            return draw(st.sampled_from([f"{host} = .x", f"{host} = .y", ".x = .y", "private {.x}", "dead {.y!a}"]))
        case _:
            return draw(st.sampled_from([f"dead {{{host}}}", f"dead {{{host}!{other}}}", "dead {NET}"]))


def tiny_maps(most: int = 9) -> st.SearchStrategy[str]:
    return st.lists(statements(), min_size=1, max_size=most).map(lambda lines: "\n".join(["h a(1)", *lines, ""]))


@given(tiny_maps())
# What chance seldom finds: a road that only pays for its syntax, past a terminal net, one penalty early or late.
@example("h @a(1)\na b(1)\nh c(2)\nc b(5)\n")
@example("h <NET>(1)\nNET = {a}(0)\na b(1)\nh b(5)\n")
@example("h <NET>(1), @.x(1), a(50), b(50), c(50)\nNET = {a}(0)\n.x = {b}(0)\ndead {N2}\nN2 = {c}(0)\nh N2(1)\n")
@example("h <a>(1)\na b(1)\nb c(1)\nc d(1)\nh d(5)\ndead {h!d}\n")
@example("h a(0)\ndead {h!a}\nh b(9)\nb a(9)\na c(1)\ndead {a!c}\n")
@example("h <a>(1)\na = b\nb c(1)\nh d(2)\nd c(9)\n")
def test_no_road_at_all_is_cheaper(text: str) -> None:
    """Every road that there is, one by one, against the one that is said to be the best of them."""
    world = UUCPMap.from_text(text).world
    rules = Rules(world)
    home = world.numbers["h"]
    labels = find_labels(world, home)
    cheapest: dict[int, int] = {}
    for end in rules.every_end(home, 9):
        cheapest[end.host] = min(cheapest.get(end.host, end.cost), end.cost)
    for host, cost in cheapest.items():
        label = labels.of_host[host]
        steps = labels.steps(label)
        assert not any(step.turned for step in steps)
        end = rules.charge(home, steps)
        assert (end.host, end.cost) == (host, cost)
        # What is told is what the links cost, without any penalty.
        assert labels.costs[label] == plain_sum(world, steps)


@given(tiny_maps(14))
def test_roads_against_the_direction_of_links_are_the_last_resort(text: str) -> None:
    world = UUCPMap.from_text(text).world
    home = world.numbers["h"]
    labels = find_labels(world, home)
    rounds = turned_least(world, labels, home)
    assert set(labels.of_host) == set(rounds)
    totals: dict[int, int] = {}
    for host, label in labels.of_host.items():
        steps = labels.steps(label)
        assert sum(step.turned for step in steps) == rounds[host]
        assert labels.costs[label] == plain_sum(world, steps)
        for step in steps:
            start, number = (step.number, step.start) if step.turned else (step.start, step.number)
            assert step.declared in world.links[start]
            assert world.targets[step.declared] == number
        # One for each link after the last that was turned, as past any penalty.
        last = max((place for place, step in enumerate(steps) if step.turned), default=-1)
        after = [step for step in steps[last + 1 :] if not world.marks[step.declared] & flags.ALIAS]
        totals[host] = labels.costs[label] + len(after)
    for host, level in rounds.items():
        if not level:
            continue
        # No neighbour offers less, neither one that has a link to the host nor one that the host has a link to.
        offers = [
            labels.costs[labels.of_host[world.targets[link]]] + plain_cost(world, link)
            for link in world.links[host]
            if rounds.get(world.targets[link]) == level - 1 and not world.kinds[world.targets[link]] & flags.DOMAIN
        ]
        offers += [
            totals[start] + plain_cost(world, link) + (not world.marks[link] & flags.ALIAS)
            for start in rounds
            if rounds[start] == level
            for link in world.links[start]
            if world.targets[link] == host and start != host
        ]
        assert totals[host] == min(offers)


def plain_cost(world: World, link: int) -> int:
    return 0 if world.marks[link] & flags.ALIAS else world.costs[link]


def both(world: World, home: int) -> tuple[Roads, Roads]:
    return Roads(world, home, "pathalias"), Roads(world, home, "best")


def check_never_dearer(world: World, home: int) -> int:
    """Check the best roads against pathalias's; return how many are cheaper."""
    greedy, best = both(world, home)
    hosts, others = ({line.name.removesuffix(".") for line in roads if line.name[0] != "."} for roads in (greedy, best))
    # Whom pathalias reaches, we do. It loses hosts that are only behind two terminal links: copies lack the second.
    assert hosts <= others
    cheaper = 0
    for line in greedy:
        mine = best.line(line.name.removesuffix("."))
        if mine is None:
            # A domain that pathalias only reaches against a link, and we over another domain, whose line will do.
            assert line.name.startswith(".")
            assert Obstacle.ONE_WAY in greedy.obstacles(line)
            assert best_reaches(world, home, line.name)
            continue
        if line.cost < INFINITY:
            assert mine.cost <= line.cost, line.name
            cheaper += mine.cost < line.cost
        else:
            assert best.obstacles(mine) or mine.cost < line.cost, line.name
    assert set(greedy.unreachable) >= set(best.unreachable)
    for name in {*others - hosts, *set(greedy.unreachable) - set(best.unreachable)}:
        found = best.line(name)
        assert found is None or best.obstacles(found), name
    return cheaper


def best_reaches(world: World, home: int, name: str) -> bool:
    """Tell whether a domain is reached in the direction of all links, by whatever name."""
    labels = find_labels(world, home)
    return not any(step.turned for step in labels.steps(labels.of_host[world.names.index(name)]))


@given(tiny_maps(14))
# The cheapest road of .e is over .d, whose line stands for it there; but it has a name of its own over h2 and h1.
@example("h a(1), h2(5)\n.d <.e>(0)\nh <.d>(1)\nh2 = .e\n")
@example("h h2(0), h1(DEAD), a(1)\n.d .e(0)\n.d h1(1)\ndead {.e!h1}\n")
# As dear whatever comes next, but for the name.
@example("h h2(0), g(9), a(1)\nh2 = .d\n.d = .e\ng .e(1)\n")
# pathalias loses b and .x.
@example("h a(1)\nh <c>(0)\nc <b>(0)\n")
@example("h a(1), <NET>(0)\nNET <.x>(0)\nNET = {a}\n")
# A private domain is part of the name of another, and there are two of them.
@example("private {.x, .z}\nh a(1), .x(1), .z(3)\n.x .y(0)\n.z .y(0)\nh .y(9)\n.y b(0)\n")
def test_never_dearer_than_pathalias_on_tiny_maps(text: str) -> None:
    world = UUCPMap.from_text(text).world
    check_never_dearer(world, world.numbers["h"])


def world_steps(roads: Tree | Labels, number: int) -> list[Step] | None:
    """Return the links of a road, from host to host of the world: what a terminal link leads to is a copy of one.

    ``None`` for a road with a way back out of a copy: it may be copied itself, and its cost that of another road.
    """
    steps = roads.steps(number)
    if isinstance(roads, Tree):
        origin = roads.originals
        if any(step.turned and origin[step.start] != step.start for step in steps):
            return None
        steps = [step._replace(start=origin[step.start], number=origin[step.number]) for step in steps]
    targets = roads.world.targets if isinstance(roads, Tree) else roads._targets
    return steps if all(step.turned or targets[step.declared] == step.number for step in steps) else None


def check_charges(world: World, home: int) -> None:
    """Check that what pathalias charges is the sum of the links and the penalties of the rules."""
    rules = Rules(world)
    tree = map_world(world, home)
    for number in range(len(tree.names)):
        steps = world_steps(tree, number) if tree.mapped[number] else None
        if steps is not None:
            assert tree.costs[number] == rules.charge(home, steps).cost


@given(tiny_maps(14))
def test_what_pathalias_charges_is_the_links_and_the_penalties(text: str) -> None:
    world = UUCPMap.from_text(text).world
    check_charges(world, world.numbers["h"])


def expected_obstacles(world: World, home: int, steps: Sequence[Step]) -> list[set[Obstacle]]:
    """Return for each link of a road what it may be called for."""
    rules = Rules(world)
    end = End(home)
    found: list[set[Obstacle]] = []
    for step in steps:
        if step.turned:
            found.append({Obstacle.ONE_WAY})
            end = End(step.number, INFINITY, left=True, right=end.right)
        else:
            found.append(set(rules.penalties(end, step.declared)))
            end = rules.onward(end, step.declared)
    return found


@pytest.mark.parametrize("mode", MODES)
@given(text=tiny_maps(14))
def test_an_obstacle_is_named_wherever_there_is_one_and_nowhere_else(mode: Mode, text: str) -> None:
    world = UUCPMap.from_text(text).world
    home = world.numbers["h"]
    roads = Roads(world, home, mode)
    for line in roads:
        steps = world_steps(roads._ways, line.number)
        if steps is None:
            continue
        expected = expected_obstacles(world, home, steps)
        found = roads.obstacles(line)
        assert len(set(found)) == len(found)
        assert set(found) <= set().union(*expected)
        assert bool(found) == any(expected)
        road = roads.road(line)
        assert set(road.obstacles) == set(found)
        # Each hop has those of its own links; what is behind the last hop has no hop.
        assert {one for hop in road.hops for one in hop.obstacles} <= set(found)
        if not road.over:
            assert {one for hop in road.hops for one in hop.obstacles} == set(found)
            assert sum(hop.cost for hop in road.hops) == plain_sum(world, steps)


# --- maps made by hand --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("text", "host", "route", "cost", "obstacles"),
    [
        ("h a(10)\na b(5)\n", "b", "a!b!%s", 15, ()),
        ("h a(10)\nb a(5)\n", "b", "a!b!%s", 15, (Obstacle.ONE_WAY,)),
        ("h a(10)\nb a(5)\nc b(3)\n", "c", "a!b!c!%s", 18, (Obstacle.ONE_WAY,)),
        ("h a(10)\na b(5)\ndead {a!b}\n", "b", "a!b!%s", 15, (Obstacle.DEAD_LINK,)),
        ("h a(10)\na b(5)\ndead {a}\n", "b", "a!b!%s", 15, (Obstacle.DEAD_HOST,)),
        ("h a(10)\na b(5)\ndead {b}\n", "b", "a!b!%s", 15, ()),
        ("h a(10)\na @b(5)\n", "b", "a!%s@b", 15, (Obstacle.MIXED_SYNTAX,)),
        ("h @a(10)\na b(5)\n", "b", "b!%s@a", 15, (Obstacle.MIXED_SYNTAX,)),
        ("h @a(10)\na @b(5)\n", "b", "%s%%b@a", 15, ()),
        ("h <a>(10)\na b(5)\n", "b", "a!b!%s", 15, (Obstacle.PAST_TERMINAL,)),
        ("h <a>(10)\na = aa\naa b(5)\n", "b", "a!b!%s", 15, (Obstacle.PAST_TERMINAL,)),
        ("h <a>(10)\na b(5)\n", "a", "a!%s", 10, ()),
        ("h <N>(10)\nN = {a}(0)\na b(5)\n", "a", "a!%s", 10, ()),
        ("h <N>(10)\nN = {a}(0)\na b(5)\n", "b", "a!b!%s", 15, (Obstacle.PAST_TERMINAL,)),
        ("h a(10)\n.x = {a, b}(5)\n", "a", "a!%s", 10, ()),
        ("dead {N}\nN = {a, b}(5)\nh a(10)\n", "b", "a!b!%s", 15, (Obstacle.NO_GATEWAY,)),
        ("N = {a, b}(5)\ndead {N}\nh a(10)\n", "b", "a!b!%s", 15, (Obstacle.NO_GATEWAY,)),
        (
            "h <a>(10)\na b(5)\ndead {a!b}\ndead {b}\nb c(1)\n",
            "c",
            "a!b!c!%s",
            16,
            (Obstacle.DEAD_LINK, Obstacle.PAST_TERMINAL, Obstacle.DEAD_HOST),
        ),
    ],
)
def test_obstacles_by_name(  # noqa: PLR0913, PLR0917 - one parameter a column
    text: str, host: str, route: str, cost: int, obstacles: tuple[Obstacle, ...], mode: Mode
) -> None:
    answer = UUCPMap.from_text(text, home="h", mode=mode).resolve(host)
    assert isinstance(answer, Found)
    assert (answer.template.text, answer.obstacles) == (route, obstacles)
    assert answer.cost is not None
    # The best mode tells the cost apart from the obstacles; pathalias adds to it for them.
    assert (answer.cost == cost) if mode == "best" or not obstacles else (answer.cost > INFINITY)


@pytest.mark.parametrize(
    ("text", "host", "greedy", "best"),
    [
        # The cheapest road to c is written with "!", and the link onward with "@": pathalias has dropped the other.
        (
            "h c(2), @b(3)\nb @c(2)\nc @d(1)\n",
            "d",
            ("c!%s@d", INFINITY + 3, (Obstacle.MIXED_SYNTAX,)),
            ("%s%%d%%c@b", 6, ()),
        ),
        # A gateway that was found first beats an alias that is cheaper (du.edu in the maps of 1987).
        (
            "h gw(10), du(20)\ngw .du(400)\ndu = .du\n.du = {x}\n",
            "x",
            ("gw!x.du!%s", 410, ()),
            ("du!x.du!%s", 20, ()),
        ),
    ],
)
def test_where_pathalias_is_greedy(
    text: str,
    host: str,
    greedy: tuple[str, int, tuple[Obstacle, ...]],
    best: tuple[str, int, tuple[Obstacle, ...]],
) -> None:
    for mode, expected in (("pathalias", greedy), ("best", best)):
        answer = UUCPMap.from_text(text, home="h", mode=MODES[mode]).resolve(host)
        assert isinstance(answer, Found)
        assert (answer.template.text, answer.cost, answer.obstacles) == expected


def test_a_line_for_every_name_of_a_domain() -> None:
    text = "private {.x, .z}\nh .x(1), .z(3), .y(9)\n.x .y(0)\n.z .y(0)\n.y = {b}(0)\n"
    roads = UUCPMap.from_text(text, home="h", mode="best").roads()
    assert [(line.name, line.cost) for line in roads] == [
        ("h", 0),
        (".y.x", 1),
        ("b", 1),
        (".y.z", 3),
        (".y", 9),
    ]


def test_of_two_spellings_of_one_name_the_better_road_is_kept() -> None:
    text = "h a.(10), b(1)\nb a(1)\ndead {b!a}\n"
    line = UUCPMap.from_text(text, home="h", mode="best").roads().line("a")
    assert line is not None
    assert (line.route, line.cost) == ("a.!%s", 10)  # and not over the dead link, though that costs 2


# --- the world of 1988 --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world_of_1988() -> World:
    return UUCPMap.bundled().world


@pytest.mark.parametrize("origin", ORIGINS)
def test_never_dearer_than_pathalias_in_the_world_of_1988(world_of_1988: World, origin: str) -> None:
    # Measured for this map in the reference, part 5: pathalias is dearer for 4 or 5 hosts.
    assert check_never_dearer(world_of_1988, world_of_1988.numbers[origin]) in {4, 5}


def test_what_pathalias_charges_in_the_world_of_1988(world_of_1988: World) -> None:
    home = world_of_1988.numbers["rutgers"]
    check_charges(world_of_1988, home)
    # The reference, part 3: 970 routes of rutgers cost more than any number that makes sense.
    assert sum(line.cost >= INFINITY for line in Roads(world_of_1988, home)) == 970


def test_every_cost_in_the_world_of_1988_is_readable(world_of_1988: World) -> None:
    roads = Roads(world_of_1988, world_of_1988.numbers["rutgers"], "best")
    for line in roads:
        road = roads.road(line)
        assert road.cost == line.cost < INFINITY
        assert road.cost >= sum(hop.cost for hop in road.hops)
        # Behind the last hop there may be a net or a domain, which may have a cost of its own.
        if not road.over:
            assert road.cost == sum(hop.cost for hop in road.hops)
            assert road.obstacles == tuple(dict.fromkeys([one for hop in road.hops for one in hop.obstacles]))
        assert road.template.hosts == tuple(hop.host for hop in road.hops)
