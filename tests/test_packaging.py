"""What a stranger installs: pinned packages, commands that exist, nothing of one machine."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from conftest import missing
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]

# In two halves, so that this file does not name what it looks for.
HOSTS = [
    f"{name}.{domain}"
    for name, domain in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("crates", "io"),
        ("download.pytorch", "org"),
        ("deb.debian", "org"),
        ("conda.anaconda", "org"),
    )
]
FOLDERS = [f"/{first}/" for first in ("work", "root", "tmp/w", "opt/pypi", "opt/wheels")]
# A folder is one of a machine when the path starts there: docs/work/x is not.
OF_ONE_MACHINE = re.compile(
    "|".join([*map(re.escape, HOSTS), *(r"(?<![\w.})~-])" + re.escape(path) for path in FOLDERS)])
)


def declared() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    return [Requirement(line) for group in groups for line in group]


def lock_lines() -> list[str]:
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def pins() -> dict[str, Requirement]:
    found = [Requirement(line) for line in lock_lines()]
    return {canonicalize_name(pin.name): pin for pin in found}


def needed() -> set[str]:
    """Names of all that the project needs here, read off what is installed."""
    names: set[str] = set()
    todo = [(requirement, {""}) for requirement in declared()]
    seen: set[tuple[str, frozenset[str]]] = set()
    while todo:
        requirement, extras = todo.pop()
        marker = requirement.marker
        if marker and not any(marker.evaluate({"extra": extra}) for extra in extras):
            continue
        name = canonicalize_name(requirement.name)
        key = (name, frozenset(requirement.extras))
        if key not in seen:
            seen.add(key)
            names.add(name)
            below = metadata.requires(name) or []
            todo += [(Requirement(line), {"", *requirement.extras}) for line in below]
    return names


def published_files() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listing.returncode:
        missing(f"git cannot list the files of {ROOT}: {listing.stderr.strip()}")
    files = [ROOT / name for name in listing.stdout.split("\0") if name]
    return [file for file in files if file.is_file()]


def targets() -> dict[str, str]:
    """Each target that a person may call, with its line in the Makefile."""
    lines = (ROOT / "Makefile").read_text("utf-8").splitlines()
    return {match[1]: line for line in lines if (match := re.match(r"([a-z][a-z-]*):(?!=)", line))}


def make_commands(markdown: str) -> set[str]:
    """Targets of the ``make`` commands in code; prose may make do with the word."""
    code = re.findall(r"```.*?```|`[^`\n]+`", markdown, flags=re.DOTALL)
    return {name for block in code for name in re.findall(r"\bmake ([a-z][a-z-]*)", block)}


@pytest.mark.parametrize("requirement", declared(), ids=lambda requirement: requirement.name)
def test_a_dependency_is_pinned_within_its_range(requirement):
    (pin,) = pins()[canonicalize_name(requirement.name)].specifier
    assert requirement.specifier.contains(pin.version, prereleases=True)


@pytest.mark.parametrize("line", lock_lines())
def test_a_pin_is_a_name_and_one_public_version(line):
    (pin,) = Requirement(line).specifier
    assert pin.operator == "=="
    assert Requirement(line).url is None
    assert Version(pin.version).local is None


def test_torch_comes_first_so_that_its_pin_cannot_be_missed():
    assert lock_lines()[0].startswith("torch==")


def test_everything_needed_is_pinned():
    assert sorted(needed() - set(pins())) == []


def test_nothing_that_is_not_needed_is_pinned():
    here = {name for name, pin in pins().items() if not pin.marker or pin.marker.evaluate()}
    assert sorted(here - needed()) == []


def test_every_make_command_of_the_readme_exists():
    commands = make_commands((ROOT / "README.md").read_text("utf-8"))
    assert commands, "README.md shows no make command"
    assert sorted(commands - set(targets())) == []


def test_make_commands_are_read_from_code_and_not_from_prose():
    text = "We make do.\n```\n$ make chat PORT=1\n```\nThen `make test-all`."
    assert make_commands(text) == {"chat", "test-all"}


@pytest.mark.parametrize("name", ["install", "chat", "test", "check", "lock", "clean", "help"])
def test_a_make_target_exists_and_says_what_it_does(name):
    assert "## " in targets()[name]


def test_no_published_file_names_a_folder_or_registry_of_one_machine():
    offences = []
    for file in published_files():
        for number, line in enumerate(file.read_bytes().decode("utf-8", "replace").split("\n"), 1):
            if found := OF_ONE_MACHINE.search(line):
                offences.append(f"{file.relative_to(ROOT)}:{number}: {found[0]}")
    assert not offences, "\n".join(["", *offences])


@pytest.mark.parametrize("place", [*HOSTS, *FOLDERS])
def test_the_search_for_such_names_bites(place):
    assert OF_ONE_MACHINE.search(f"see '{place}x'")


@pytest.mark.parametrize(
    "text", ["docs/work/plan.md", "$HOME/root/x", "the network/root", "~/work/a"]
)
def test_the_search_for_such_names_spares_paths_of_the_project(text):
    assert not OF_ONE_MACHINE.search(text)


def test_the_gate_can_be_run_and_parses():
    gate = ROOT / ".ci" / "run"
    assert os.access(gate, os.X_OK)
    assert subprocess.run(["bash", "-n", str(gate)], check=False).returncode == 0
