"""One group a form, one line a parser: ``tox -e bench``. For the table in README see ``benchmarks.table``."""

from collections.abc import Callable

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import mailpaths
from benchmarks.corpus import FORMS, Sample
from benchmarks.subjects import SUBJECTS, Subject

#: One round reads this many addresses, so that the clock's own step does not count.
BATCH = 100


def _each(do: Callable[[str], object], texts: list[str], refusals: tuple[type[Exception], ...]) -> None:
    for text in texts:
        try:  # noqa: SIM105 - suppress() would be timed too
            do(text)
        except refusals:
            pass


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
@pytest.mark.parametrize("form", FORMS)
def test_parse(benchmark: BenchmarkFixture, corpus: dict[str, tuple[Sample, ...]], form: str, subject: Subject) -> None:
    """Read a batch of one form with one parser."""
    benchmark.group = f"parse {BATCH}: {form}"
    samples = corpus[form][:BATCH]
    parse = subject.doing(form)
    if parse is None or all(subject.answer(form, sample.text) is None for sample in samples):
        pytest.skip(f"{subject.name} reads no {form} address")
    benchmark.extra_info["right"] = sum(
        subject.answer(form, sample.text) == sample.mailboxes for sample in samples
    ) / len(samples)
    benchmark(_each, parse, [sample.text for sample in samples], subject.refusals)


@pytest.mark.parametrize("form", ["plain", "route", "percent", "bang"])
def test_translate(benchmark: BenchmarkFixture, corpus: dict[str, tuple[Sample, ...]], form: str) -> None:
    """Spell a batch of one form with percent signs: ours alone, no peer does it."""
    benchmark.group = f"translate {BATCH} to percent"
    texts = [sample.text for sample in corpus[form][:BATCH]]
    benchmark(_each, lambda text: mailpaths.translate(text, to="percent"), texts, ())
