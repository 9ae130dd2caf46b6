"""The models of Postfix, Exim and Sendmail, held to the table of the programs' own answers, and to hostile input."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mailpaths
from mailpaths.nexthop import Local, Outcome, Relay, Unroutable, exim, postfix, sendmail

Model = Callable[[str, tuple[str, ...]], Outcome]

TABLE = Path(__file__).parent / "vectors" / "mta_next_hop.jsonl"

CONFIGS: dict[str, Model] = {
    "postfix": postfix.next_hop,
    "postfix:swap_bangpath=no": lambda text, here: postfix.next_hop(text, here, swap_bangpath=False),
    "postfix:allow_percent_hack=no": lambda text, here: postfix.next_hop(text, here, allow_percent_hack=False),
    "postfix:swap_bangpath=no,allow_percent_hack=no": lambda text, here: postfix.next_hop(
        text, here, swap_bangpath=False, allow_percent_hack=False
    ),
    "postfix:resolve_dequoted_address=no": lambda text, here: postfix.next_hop(
        text, here, resolve_dequoted_address=False
    ),
    "exim": exim.next_hop,
    "exim:percent_hack": lambda text, here: exim.next_hop(text, here, percent_hack=True),
    "sendmail": sendmail.next_hop,
    "sendmail:nouucp": lambda text, here: sendmail.next_hop(text, here, nouucp=True),
    "sendmail:decnet": lambda text, here: sendmail.next_hop(text, here, decnet=True),
}
# Variants that the table does not have, for the tests of hostile input.
MORE: dict[str, Model] = {
    "postfix:append_dot_mydomain=yes": lambda text, here: postfix.next_hop(text, here, append_dot_mydomain=True),
    "postfix:resolve_null_domain=yes": lambda text, here: postfix.next_hop(text, here, resolve_null_domain=True),
    "exim:literals": lambda text, here: exim.next_hop(text, here, percent_hack=True, allow_domain_literals=True),
    "exim:dots": lambda text, here: exim.next_hop(text, here, percent_hack=True, strip_trailing_dot=True),
}
MODELS = CONFIGS | MORE
HERE = ("gw.example", "localhost")

# (config, input) -> why the model says something else. Each must really differ: see test_known_disagreements_are_real.
KNOWN: dict[tuple[str, str], str] = {}


def rows(config: str) -> Iterator[tuple[str, str, tuple[str, ...], dict[str, str]]]:
    """(id, input, here, answer) for each row of one configuration."""
    for line in TABLE.read_text(encoding="utf-8").splitlines()[1:]:
        row = json.loads(line)
        if row["config"] == config:
            yield row["id"], row["input"], tuple(row["here"]), row["answer"]


def expected(answer: dict[str, str]) -> Outcome:
    """A row's answer as an outcome."""
    if "local" in answer:
        return Local(answer["local"])
    if "relay" in answer:
        return Relay(answer["relay"], answer["rest"])
    return Unroutable(answer["unroutable"])


def agrees(answer: dict[str, str], outcome: Outcome) -> bool:
    """Whether the outcomes are equal. The reason for a refusal is in our own words, so there only the class counts."""
    wanted = expected(answer)
    return wanted == outcome or (isinstance(wanted, Unroutable) and isinstance(outcome, Unroutable))


def test_the_table_has_every_configuration() -> None:
    lines = [json.loads(line) for line in TABLE.read_text(encoding="utf-8").splitlines()]
    assert "_meta" in lines[0]
    assert {row["config"] for row in lines[1:]} == set(CONFIGS)
    assert len({row["id"] for row in lines[1:]}) == len(lines) - 1


@pytest.mark.parametrize("config", CONFIGS)
def test_model_answers_as_the_program_did(config: str) -> None:
    wrong = [
        f"{identity} {text!r}: the program says {expected(answer)}, the model {outcome}"
        for identity, text, here, answer in rows(config)
        if (config, text) not in KNOWN and not agrees(answer, outcome := CONFIGS[config](text, here))
    ]
    assert wrong == []


@pytest.mark.parametrize("config", CONFIGS)
def test_the_public_function_says_the_same(config: str) -> None:
    """What `mailpaths.next_hop` does with a text before a model sees it must not change the answer."""
    wrong = [
        f"{identity} {text!r}: the program says {expected(answer)}, the library {outcome}"
        for identity, text, here, answer in rows(config)
        if (config, text) not in KNOWN and not agrees(answer, outcome := mailpaths.next_hop(text, config, here))
    ]
    assert wrong == []


def test_known_disagreements_are_real() -> None:
    stale = dict(KNOWN)
    for config, model in CONFIGS.items():
        for _, text, here, answer in rows(config):
            if (config, text) in stale and not agrees(answer, model(text, here)):
                del stale[config, text]
    assert stale == {}


# Hostile input

PIECES = st.sampled_from(
    [
        "a",
        "b",
        "gw.example",
        "localhost",
        "!",
        "%",
        "@",
        ".",
        ":",
        "::",
        '"',
        "\\",
        "(",
        ")",
        "[",
        "]",
        ",",
        ";",
        "<",
        "é",
        "[192.0.2.1]",
        "UUCP",
        "-",
        "_",
        " ",
        "\x00",
        "\r\n",
        "�",
    ]
)
ANY_TEXT = st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join))
ANY_HERE = st.sampled_from([HERE, ("gw.example",), ("gw",), (), ("",), ("!",), ("a.", "[192.0.2.1]")])


@pytest.mark.parametrize("config", MODELS)
@given(text=ANY_TEXT, here=ANY_HERE)
def test_any_text_has_an_outcome(config: str, text: str, here: tuple[str, ...]) -> None:
    outcome = MODELS[config](text, here)
    assert isinstance(outcome, Local | Relay | Unroutable)
    if isinstance(outcome, Relay):
        assert outcome.host


HOSTILE = [
    "!",
    "%",
    "@",
    '"\\',
    "(",
    "a!",
    "%a",
    "%gw.example",
    "gw.example!",
    "@a,",
    "@a:",
    "a:;",
    "((",
    "\\",
    " ",
    "::",
    ".",
    "[",
    '""',
    ";",
]


def cost(model: Model, text: str) -> float:
    """The cheapest of three runs, in seconds of this process."""
    runs: list[float] = []
    for _ in range(3):
        started = time.process_time()
        assert isinstance(model(text, HERE), Local | Relay | Unroutable)
        runs.append(time.process_time() - started)
    return min(runs)


@pytest.mark.parametrize("config", MODELS)
@pytest.mark.parametrize("piece", HOSTILE)
def test_a_long_address_costs_little(config: str, piece: str) -> None:
    """A megabyte is refused unread, and the longest text that a program still takes apart stays far from a second."""
    model = MODELS[config]
    assert cost(model, piece * 1_000_000) < 0.05
    assert cost(model, "u" + piece * 1_000_000) < 0.05
    for length in (250, 256, 2047, 2048):
        assert cost(model, (piece * 2048)[:length]) < 0.5


@pytest.mark.parametrize("config", MODELS)
@pytest.mark.parametrize("piece", ["!", "%", "@", '"\\', "(", "a:;", "@a:"])
def test_cost_is_bounded_by_length_times_peels(config: str, piece: str) -> None:
    """Sixteen times the text and sixteen times the peels, each of which reads what is left once; nothing worse."""
    model = MODELS[config]
    short, long = (piece * 2048)[:128], (piece * 2048)[:2048]
    assert cost(model, long) < 16 * 16 * max(cost(model, short), 0.0002)


@pytest.mark.parametrize("config", MODELS)
@pytest.mark.parametrize("text", ["a" * 300 + "@c.example", "a@" + "b" * 300 + ".example"])
def test_the_models_know_the_programs_limits(config: str, text: str) -> None:
    if config.startswith("postfix") and "@b" not in text:
        assert MODELS[config](text, HERE) == Relay("c.example", "a" * 300)
    else:
        assert isinstance(MODELS[config](text, HERE), Unroutable)
