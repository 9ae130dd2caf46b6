"""The public face: what stands in ``__all__`` is documented, typed, frozen, and cheap to import."""

from __future__ import annotations

import dataclasses
import doctest
import enum
import importlib
import inspect
import pkgutil
import re
import runpy
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import mailpaths
import mailpaths.routing
from mailpaths import daemon, hooks, pathservice, policy, testing

HERE = Path(__file__).parent
VALUES = [
    one
    for name in mailpaths.__all__
    if inspect.isclass(one := getattr(mailpaths, name)) and dataclasses.is_dataclass(one)
]
MODULES = [
    found.name
    for found in pkgutil.walk_packages(mailpaths.__path__, "mailpaths.")
    if ".cli" not in found.name and not found.name.endswith("__main__")
]


_PUBLIC = [(package, name) for package in (mailpaths, daemon, hooks, pathservice) for name in package.__all__]


@pytest.mark.parametrize(("package", "name"), _PUBLIC, ids=[name for _, name in _PUBLIC])
def test_every_name_is_there_and_documented(package: ModuleType, name: str) -> None:
    one = getattr(package, name)
    if inspect.isclass(one) or inspect.isfunction(one) or isinstance(one, ModuleType):
        assert one.__doc__
        assert not one.__doc__.startswith(f"{name}("), "a docstring that dataclasses made"


def test_all_is_sorted_and_without_doubles() -> None:
    assert len(set(mailpaths.__all__)) == len(mailpaths.__all__)
    assert set(mailpaths.__all__) <= set(dir(mailpaths))


@pytest.mark.parametrize("package", [mailpaths, daemon, hooks, pathservice, mailpaths.routing])
def test_names_that_load_late_are_the_public_ones_and_come_from_their_own_rooms(package: ModuleType) -> None:
    late = {name for names in package._ROOMS.values() for name in names}
    assert late | {"policy"} == set(package.__all__) | {"policy"}
    assert set(package.__all__) <= set(dir(package))
    # What type checkers read says the same.
    source = Path(str(package.__file__)).read_text(encoding="utf-8")
    (block,) = re.findall(r"^if TYPE_CHECKING:\n(.*?)^__all__", source, re.MULTILINE | re.DOTALL)
    told = re.findall(r"from mailpaths\.?([\w.]*) import \(?([^()]*?)\)?\n    (?=from|\n|__|$)", f"{block}    ")
    rooms = {
        (f"mailpaths.{room}".removeprefix(f"{package.__name__}."), name)
        for room, names in told
        for name in re.findall(r"\w+", names)
        if room
    }
    assert rooms == {(room, name) for room, names in package._ROOMS.items() for name in names}
    for name in package.__all__:
        assert getattr(package, name) is vars(package)[name]


@pytest.mark.parametrize("name", MODULES)
def test_every_module_says_what_it_is_for_and_what_it_gives(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__
    for public in getattr(module, "__all__", ()):
        assert hasattr(module, public)
    if not hasattr(module, "__path__"):
        assert hasattr(module, "__all__")


@pytest.mark.parametrize("one", VALUES, ids=lambda one: one.__name__)
def test_values_are_frozen_and_slotted(one: type) -> None:
    assert one.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert "__slots__" in one.__dict__
    assert "__dict__" not in dir(one)


@pytest.mark.parametrize("one", VALUES, ids=lambda one: one.__name__)
def test_every_public_method_is_documented(one: type) -> None:
    for name, member in vars(one).items():
        if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, property | classmethod)):
            assert inspect.getdoc(member), name


def test_enumerations_are_enumerations() -> None:
    for one in (mailpaths.Category, mailpaths.DefectKind, mailpaths.Operator):
        assert issubclass(one, enum.Enum)


def test_the_version_is_the_installed_one() -> None:
    from importlib.metadata import PackageNotFoundError

    try:
        assert mailpaths.__version__.count(".") >= 1
    except PackageNotFoundError:
        pytest.skip("run from a source tree that is not installed")


def test_there_is_no_other_attribute() -> None:
    with pytest.raises(AttributeError, match="module 'mailpaths' has no attribute 'prase'"):
        _ = mailpaths.prase  # type: ignore[attr-defined]  # the point of this test


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], check=True, capture_output=True, text=True, timeout=60
    )
    return done.stdout


def test_import_is_cheap() -> None:
    heavy = run(
        "import sys, mailpaths; mailpaths.parse('a@b'); mailpaths.parse('a!b'); mailpaths.parse_list('X <a@b>, c@d');"
        "mailpaths.translate('a!b');"
        "print(*sorted({'pyparsing', 'idna', 'hypothesis', 'click', 'rich', 'asyncio'} & set(sys.modules)))"
    )
    assert heavy.strip() == ""


def test_import_loads_no_room_that_nobody_asked_for() -> None:
    rooms = run("import sys, mailpaths; print(*sorted(name for name in sys.modules if name.startswith('mailpaths')))")
    assert rooms.split() == ["mailpaths", "mailpaths.late"]


def test_testing_says_what_it_needs() -> None:
    said = run(
        "import sys; sys.modules['hypothesis'] = None\n"
        "try:\n    import mailpaths.testing\nexcept ModuleNotFoundError as error:\n    print(error.name, error)"
    )
    assert said == ("hypothesis mailpaths.testing needs Hypothesis, which is not installed: pip install hypothesis\n")


def test_every_strategy_is_public_and_documented() -> None:
    for name in testing.__all__:
        assert inspect.getdoc(getattr(testing, name))


@pytest.mark.parametrize("name", ["mailpaths", *MODULES])
def test_every_example_in_a_docstring_is_true(name: str) -> None:
    module = importlib.import_module(name)
    assert doctest.testmod(module).failed == 0


def test_the_typing_examples_run() -> None:
    runpy.run_path(str(HERE / "typing_examples.py"))


def test_the_package_is_typed() -> None:
    assert (Path(mailpaths.__path__[0]) / "py.typed").is_file()


def test_the_policies_of_all_are_public() -> None:
    assert mailpaths.ALL is policy.ALL
    assert mailpaths.INTERNET in mailpaths.ALL


def test_no_possessive_group_stands_in_a_pattern() -> None:
    """Debian 12's Python 3.11.2 matches them wrongly (python/cpython gh-106052); atomic groups do the same rightly."""
    source = Path(mailpaths.__file__).parent
    found = [str(path) for path in source.rglob("*.py") if re.search(r"\)[*+?]\+", path.read_text(encoding="utf-8"))]
    assert found == []


@pytest.mark.parametrize(
    "value",
    [
        mailpaths.INTERNET,
        mailpaths.STYLES["percent"],
        mailpaths.readings("a!b%c")[0],
        mailpaths.hops("a!b@c")[0],
        mailpaths.translate("a!b@c"),
        mailpaths.Mailbox.parse("u @[192.0.2.1]").defects[0],
        mailpaths.parse_list("G: a@b (c);"),
        mailpaths.next_hop("a!b"),
        mailpaths.Operator.AT,
        mailpaths.Category.ERROR,
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_repr_makes_its_value_again(value: object) -> None:
    assert eval(repr(value), {name: getattr(mailpaths, name) for name in mailpaths.__all__}) == value  # noqa: S307 - ours


@pytest.mark.parametrize("package", [mailpaths, daemon, hooks, pathservice, mailpaths.routing])
def test_no_room_has_the_name_of_what_is_in_one(package: ModuleType) -> None:
    """Once it is imported, a room stands in its package under its name, in the place of what loads late."""
    late = {name for names in package._ROOMS.values() for name in names}
    rooms = {found.name for found in pkgutil.iter_modules(package.__path__)}
    assert late & rooms == set()
