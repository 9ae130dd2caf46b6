"""The table for README: ``python -m benchmarks.table [--rounds N]``.

All parsers are measured in one process and in turn, round after round, so that a busy machine slows them alike; each
figure is the best of all rounds. Every cell says the time for one address and the ratio to ``email.utils`` (below 1 is
faster), and, unless all of the form's addresses came back right, how many did.
"""

import argparse
import gc
import platform
import sys
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import mailpaths
from benchmarks.corpus import FORMS, Sample, build
from benchmarks.subjects import BASELINE, SUBJECTS, Subject, flanker_absent

#: Addresses of each form that a round reads: enough for the clock, and more than a small cache would hold.
BATCH = 250


class Measure(NamedTuple):
    """One cell: what is called on which texts."""

    row: str
    column: str
    do: Callable[[str], object]
    texts: Sequence[str]
    refusals: tuple[type[Exception], ...]


def once(measure: Measure) -> float:
    """Return the seconds that one address takes, over one pass through the texts."""
    do, refusals = measure.do, measure.refusals
    start = time.perf_counter_ns()
    for text in measure.texts:
        try:  # noqa: SIM105 - suppress() would be timed too
            do(text)
        except refusals:
            pass
    return (time.perf_counter_ns() - start) / len(measure.texts) / 1e9


def best(measures: Sequence[Measure], rounds: int) -> dict[tuple[str, str], float]:
    """Run all measures in turn, ``rounds`` times; return the best seconds of each."""
    result = {(measure.row, measure.column): float("inf") for measure in measures}
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for measure in measures:
                key = measure.row, measure.column
                result[key] = min(result[key], once(measure))
    finally:
        gc.enable()
    return result


def share_right(subject: Subject, form: str, samples: Sequence[Sample]) -> float | None:
    """Return how many of the samples came back right, from 0 to 1; None when every one is refused."""
    answers = [subject.answer(form, sample.text) for sample in samples]
    if all(answer is None for answer in answers):
        return None
    return sum(answer == sample.mailboxes for answer, sample in zip(answers, samples, strict=True)) / len(samples)


def cell(seconds: float, baseline: float, right: float) -> str:
    """Return the words of one cell."""
    words = f"{seconds * 1e6:.1f} µs ({seconds / baseline:.2f}×)"
    # Rounded down: only all of them is 100 %.
    return words if right == 1 else f"{words}, {int(right * 100)} % right"


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.table", description=__doc__)
    parser.add_argument("--rounds", type=int, default=40, help="how often each measure is taken (default: 40)")
    rounds = parser.parse_args(argv).rounds

    corpus = build()
    right: dict[tuple[str, str], float] = {}
    measures: list[Measure] = []
    for form, samples in corpus.items():
        texts = [sample.text for sample in samples[:BATCH]]
        for subject in SUBJECTS:
            parse = subject.doing(form)
            share = share_right(subject, form, samples) if parse else None
            if parse and share is not None:
                right[form, subject.name] = share
                measures.append(Measure(form, subject.name, parse, texts, subject.refusals))
    for form in ("plain", "route", "percent", "bang"):
        texts = [sample.text for sample in corpus[form][:BATCH]]
        measures.append(Measure(form, "translate", lambda text: mailpaths.translate(text, to="percent"), texts, ()))
    seconds = best(measures, rounds)

    names = [subject.name for subject in SUBJECTS]
    lines = [["one address of the form", *names], ["---"] * (len(names) + 1)]
    for form in FORMS:
        baseline = seconds[form, BASELINE]
        lines.append(
            [form]
            + [
                cell(seconds[form, name], baseline, right[form, name]) if (form, name) in seconds else "refused"
                for name in names
            ]
        )
    out = ["| " + " | ".join(line) + " |" for line in lines]
    spelled = ", ".join(
        f"{form} {seconds[form, 'translate'] * 1e6:.1f} µs" for form in FORMS if (form, "translate") in seconds
    )
    total = sum(map(len, corpus.values()))
    out += [
        "",
        f'`mailpaths.translate(text, to="percent")`: {spelled}.',
        "",
        (
            f"Python {platform.python_version()} on {platform.machine()}; {total:,} distinct addresses "
            f"({total // len(FORMS):,} of each form) checked for the right answer, {BATCH} of each form timed, "
            f"best of {rounds} rounds taken in turn."
        ),
    ]
    if flanker_absent:
        out.append(f"flanker is absent: {flanker_absent}.")
    sys.stdout.write("\n".join(out) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
