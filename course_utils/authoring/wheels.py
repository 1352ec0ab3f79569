"""Which wheels a computer needs that is not this one, and getting them.

pip chooses wheels for another platform when it is told the tags, but reads the conditions of a requirement
(``; sys_platform == "win32"``) as if for the Python that runs it (github.com/pypa/pip/issues/6117 and 10050). So pip
is asked for one wheel at a time, without what that wheel requires, and the conditions are read here, for the target.
What pip would choose is in its report (https://pip.pypa.io/en/stable/reference/installation-report/), which has been
stable since pip 23.0. It takes only wheels that accept the Python that runs it, too, so that some are a little older
than the newest for another Python.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from course_utils.authoring.lessons import LessonError
from course_utils.environment import PYTHON

CPU_INDEX = "https://download.pytorch.org/whl/cpu"  # holds torch without GPU libraries, for Linux
GPU = ("nvidia-", "cuda-", "triton")  # how the names begin of what torch's GPU build brings
PART = ".part-"  # how the name begins of a folder with what has not yet arrived whole
ROUNDS = 40  # each follows the requirements one wheel further

Pip = Callable[[Sequence[str]], subprocess.CompletedProcess]


@dataclass(frozen=True)
class Platform:
    """A kind of computer: its name in a sentence, the tags of its wheels, the values of a requirement's conditions.

    torch 2.13.0 has these wheels: win_amd64, macosx_14_0_arm64 (macOS 14, Apple silicon), manylinux_2_28_x86_64.
    """

    words: str
    tags: tuple[str, ...]
    conditions: dict[str, str]


PLATFORMS = {
    "windows": Platform(
        "Windows, 64 bit",
        ("win_amd64",),
        {"os_name": "nt", "sys_platform": "win32", "platform_system": "Windows", "platform_machine": "AMD64"},
    ),
    "macos": Platform(
        "macOS 14 or newer, Apple silicon",
        ("macosx_14_0_arm64",),
        {"os_name": "posix", "sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "arm64"},
    ),
    "linux": Platform(
        "Linux, 64 bit x86",
        (*(f"manylinux_2_{minor}_x86_64" for minor in range(28, 4, -1)), "manylinux2014_x86_64", "linux_x86_64"),
        {"os_name": "posix", "sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64"},
    ),
}


@dataclass(frozen=True)
class Target:
    """A platform and a Python, such as ``windows`` and ``3.12``."""

    platform: str
    python: str

    def __str__(self) -> str:
        return f"{PLATFORMS[self.platform].words}, Python {self.python}"

    def options(self) -> list[str]:
        """What tells pip to choose wheels for this target."""
        tags = [part for tag in PLATFORMS[self.platform].tags for part in ("--platform", tag)]
        return ["--python-version", self.python, "--implementation", "cp", *tags]

    def environment(self) -> dict[str, str]:
        """The values that the conditions of a requirement are compared with (PEP 508), for this target."""
        version = {"python_version": self.python, "python_full_version": f"{self.python}.0"}
        python = {"implementation_name": "cpython", "platform_python_implementation": "CPython"}
        python |= {"implementation_version": f"{self.python}.0", "platform_release": "", "platform_version": ""}
        return {**default_environment(), **python, **version, **PLATFORMS[self.platform].conditions}


@dataclass(frozen=True)
class Wheel:
    """What pip chose: package, version, file, the file's SHA-256 if the index tells it, and what the wheel requires."""

    name: str
    version: str
    file: str
    digest: str | None
    requires: tuple[str, ...]


def targets(platforms: Sequence[str] = (), pythons: Sequence[str] = ()) -> tuple[Target, ...]:
    """Each platform with each Python; this computer's where none is named.

    Raises LessonError for a platform without wheels of torch, and for a Python that the course does not support.
    """
    here = {"win32": "windows", "darwin": "macos", "linux": "linux"}.get(sys.platform, sys.platform)
    for name in platforms or [here]:
        if name not in PLATFORMS:
            raise LessonError(f"there is no platform {name!r}; there are {', '.join(PLATFORMS)}.")
    machine = PLATFORMS[here].conditions["platform_machine"] if here in PLATFORMS else ""
    if not platforms and platform.machine() != machine:
        raise LessonError(
            f"the folder cannot be made for a computer like this ({platform.machine()}); name a --platform."
        )
    for python in pythons:
        if not re.fullmatch(r"[1-9]\.(?:0|[1-9][0-9]?)", python):
            raise LessonError(f"{python!r} is no Python version; write it like 3.12.")
        if tuple(map(int, python.split("."))) < PYTHON:
            raise LessonError(f"the course needs Python {'.'.join(map(str, PYTHON))} or newer, not {python}.")
    chosen = pythons or [f"{sys.version_info.major}.{sys.version_info.minor}"]
    return tuple(dict.fromkeys(Target(name, python) for name in platforms or [here] for python in chosen))


def resolve(target: Target, top: Sequence[Requirement], alone: set[str], pip: Pip) -> list[Wheel]:
    """The newest wheels for the target that satisfy the requirements, and all that those require.

    pip is asked again for a package whenever what is required of it has changed, until nothing changes.
    """
    environment = target.environment()
    found: dict[str, Wheel] = {}
    asked: dict[str, str] = {}
    for _ in range(ROUNDS):
        wanted = _wanted(top, found, alone, environment)
        if target.platform == "linux" and any(name.startswith(GPU) for name in wanted):
            raise LessonError(
                f"for {target} only torch's GPU build was found, which brings gigabytes that the course does not need; "
                f"run this where {CPU_INDEX} can be reached."
            )
        changed = {name: line for name, line in wanted.items() if asked.get(name) != line}
        if not changed:
            return [found[name] for name in sorted(wanted)]
        found.update(_choose(target, changed, pip))
        asked.update(changed)
    raise LessonError(f"the wheels for {target} could not be settled in {ROUNDS} rounds.")


def _wanted(
    top: Sequence[Requirement], found: dict[str, Wheel], alone: set[str], environment: dict[str, str]
) -> dict[str, str]:
    """Each package that is needed, reached from the top through what was found, with all that is required of it."""
    required: dict[str, list[Requirement]] = {}
    queue = [line for line in top if line.marker is None or line.marker.evaluate({**environment, "extra": ""})]
    seen = set()
    while queue:
        line = queue.pop()
        name = canonicalize_name(line.name)
        required.setdefault(name, []).append(line)
        if name not in found or name in alone:
            continue
        for extra in ["", *line.extras]:
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            for inner in map(Requirement, found[name].requires):
                if inner.marker is None or inner.marker.evaluate({**environment, "extra": extra}):
                    queue.append(inner)
    return {name: _together(name, lines) for name, lines in required.items()}


def _together(name: str, lines: Iterable[Requirement]) -> str:
    """One requirement that is all of them, without extras: pip is not to follow them."""
    bounds = sorted({str(bound) for line in lines for bound in line.specifier})
    return name + ",".join(bounds)


def _choose(target: Target, wanted: dict[str, str], pip: Pip) -> dict[str, Wheel]:
    """The wheel that pip takes for each, by name."""
    wheels = {}
    with tempfile.TemporaryDirectory() as place:
        for group, index in _by_index(target, wanted):
            file = Path(place, f"report{len(index)}.json")
            options = ["--dry-run", "--ignore-installed", "--report", str(file), "--target", str(Path(place, "none"))]
            options += ["--no-deps", "--only-binary=:all:", *target.options(), *index]
            _run(pip, ["install", *options, *(wanted[name] for name in group)], target)
            for item in json.loads(file.read_text("utf-8"))["install"]:
                wheel = _wheel(item)
                wheels[wheel.name] = wheel
    lost = sorted(set(wanted) - set(wheels))
    if lost:
        raise LessonError(f"pip's report for {target} does not name {', '.join(lost)}; a newer pip may.")
    return wheels


def _wheel(item: dict) -> Wheel:
    """One entry of pip's report."""
    metadata, source = item["metadata"], item["download_info"]
    return Wheel(
        name=canonicalize_name(metadata["name"]),
        version=metadata["version"],
        file=unquote(urlsplit(source["url"]).path.rsplit("/", 1)[1]),
        digest=source.get("archive_info", {}).get("hashes", {}).get("sha256"),
        requires=tuple(metadata.get("requires_dist", ())),
    )


def _by_index(target: Target, names: Iterable[str]) -> list[tuple[list[str], list[str]]]:
    """Names in groups, each with pip's options for where to look: for Linux, torch at the CPU builds, too.

    Only torch, and without trying again, so that it costs a second where that address cannot be reached.
    """
    groups = [([name for name in names if name != "torch"], []), ([name for name in names if name == "torch"], [])]
    if target.platform == "linux":
        groups[1] = (groups[1][0], ["--extra-index-url", CPU_INDEX, "--retries", "0"])
    return [group for group in groups if group[0]]


def download(target: Target, wheels: Sequence[Wheel], store: Path, pip: Pip) -> None:
    """Into a folder inside, then each whole file to its place. Raises LessonError when one does not arrive whole."""
    chosen = {wheel.name: wheel for wheel in wheels}
    with tempfile.TemporaryDirectory(dir=store, prefix=PART) as part:  # on the same disk
        for group, index in _by_index(target, chosen):
            options = ["--dest", part, "--no-deps", "--only-binary=:all:", *target.options(), *index]
            _run(pip, ["download", *options, *(f"{name}=={chosen[name].version}" for name in group)], target)
            for name in group:
                file = chosen[name].file
                if not is_whole(Path(part, file), chosen[name].digest):
                    raise LessonError(f"{file} did not arrive whole; run this again, what has arrived is kept.")
                os.replace(Path(part, file), store / file)


def is_whole(file: Path, digest: str | None) -> bool:
    """Whether the file is there and is the one that the index names; if it tells no hash, whether it is an archive."""
    if not file.is_file():
        return False
    if digest is None:
        return zipfile.is_zipfile(file)
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest() == digest


def _run(pip: Pip, arguments: Sequence[str], target: Target) -> None:
    """Run pip; raise LessonError with the last thing it says when it fails."""
    done = pip(arguments)
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip() and "[notice]" not in line]
        errors = [line for line in lines if line.startswith("ERROR:")] or lines or ["pip said nothing"]
        reason = errors[-1].removeprefix("ERROR:").strip().rstrip(".")
        raise LessonError(f"pip has no wheels for {target}: {reason}. Is there a network, and torch for that Python?")


def run_pip(arguments: Sequence[str]) -> subprocess.CompletedProcess:
    """Run the pip of this Python."""
    return subprocess.run([sys.executable, "-m", "pip", *arguments, "--quiet"], capture_output=True, text=True)
