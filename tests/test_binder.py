"""What Binder builds from ``.binder``: the lessons' requirements, the small torch, a Python that the course supports.

Which files count: https://repo2docker.readthedocs.io/en/latest/use/repository/ and, for runtime.txt,
https://repo2docker.readthedocs.io/en/latest/configuration/system/. Where repo2docker is installed (it is not among the
requirements), it is asked itself; that needs no Docker.
"""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from course_utils.authoring.wheels import CPU_INDEX, GPU
from course_utils.environment import PYTHON

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".binder"


def lines(file):
    """The lines that pip acts on, without comments."""
    texts = [re.sub(r"(^|\s)#.*", "", text).strip() for text in file.read_text("utf-8").splitlines()]
    return [text for text in texts if text]


def requirements(file):
    return [Requirement(text) for text in lines(file) if not text.startswith("-")]


def test_there_is_one_folder_with_only_what_takes_effect():
    assert not (ROOT / "binder").exists()  # both are an error
    assert sorted(path.name for path in FOLDER.iterdir()) == ["requirements.txt", "runtime.txt"]


def python():
    (text,) = lines(FOLDER / "runtime.txt")
    return re.fullmatch(r"python-(3\.\d+)", text)[1]


def test_the_python_is_one_that_the_course_supports():
    version = python()
    with (ROOT / "pyproject.toml").open("rb") as file:
        assert version in SpecifierSet(tomllib.load(file)["project"]["requires-python"])
    assert tuple(map(int, version.split("."))) >= PYTHON


def test_the_packages_are_those_of_the_course_and_the_course_itself():
    options = [text for text in lines(FOLDER / "requirements.txt") if text.startswith("-")]
    assert sorted(options) == [f"--extra-index-url {CPU_INDEX}", "-r ../requirements.txt"]
    assert (FOLDER / "../requirements.txt").samefile(ROOT / "requirements.txt")
    assert lines(ROOT / "requirements.txt")[-1] == "-e ."  # pip reads it from where it runs: the root


def test_torch_is_the_course_s_version_in_its_small_build():
    (torch,) = requirements(FOLDER / "requirements.txt")
    (pinned,) = [line for line in requirements(ROOT / "requirements.txt") if line.name == "torch"]
    assert torch.name == "torch" and str(torch.specifier) == f"{pinned.specifier}+cpu"
    assert not [line for line in requirements(ROOT / "requirements.txt") if line.name.startswith(GPU)]


@pytest.mark.skipif(shutil.which("jupyter-repo2docker") is None, reason="repo2docker is not installed")
def test_repo2docker_takes_it_so(tmp_path):
    """A copy of what it looks at, since it writes nothing but asks about every file."""
    shutil.copytree(FOLDER, tmp_path / ".binder")
    for file in ("requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / file, tmp_path)
    done = subprocess.run(["jupyter-repo2docker", "--no-build", "--debug", tmp_path], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    said = done.stdout + done.stderr
    its_own = f"environment.py-{python()}-".replace(".", "-2e").replace("py-3", "py-2d3")  # as it writes a file's name
    assert its_own in said
    assert '/pip install --no-cache-dir -r ".binder/requirements.txt"' in said
    assert "pip install --no-cache-dir ." not in said  # the root's pyproject.toml is not looked at
