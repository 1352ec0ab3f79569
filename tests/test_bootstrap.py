"""The first cell of each lesson, run by Pythons that have no course, with a repository in a folder as GitHub."""

import ast
import os
import shutil
import subprocess
import sys

import nbformat
import pytest
from stored_lessons import NOTEBOOKS

from course_utils import __version__
from course_utils.authoring.address import GITHUB, TAG, WIDTH, bootstrap

NAME = "somebody/attention"
CELL = bootstrap(NAME)
TELL = "import course_utils\nprint(course_utils.told)"
LONGEST = f"{'o' * 20}/{'n' * 30}"
needs_git = pytest.mark.skipif(
    os.name == "nt" or not shutil.which("git"), reason="the cell needs git and a POSIX shell"
)


class Place:
    """A folder with a lesson in it and nothing of the course, and a repository that answers as GitHub would."""

    def __init__(self, folder):
        self.lesson, self.repository, self.calls = folder / "lesson", folder / "github.git", folder / "calls"
        for made in (self.lesson, folder / "work", folder / "bin"):
            made.mkdir()
        config = (
            f'[url "{self.repository.as_uri()}"]\n\tinsteadOf = {GITHUB}{NAME}\n[user]\n\tname = a\n\temail = a@b\n'
        )
        (folder / "config").write_text(config, encoding="utf-8")
        path = os.pathsep.join([str(folder / "bin"), os.environ["PATH"]])
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "GIT_"))}
        self.environment = clean | {
            "GIT_CONFIG_GLOBAL": str(folder / "config"),
            "GIT_CONFIG_SYSTEM": os.devnull,
            "LC_ALL": "C",
            "PATH": path,
        }
        self._git, self._work = folder / "bin" / "git", folder / "work"
        self.shim()
        self._publish()

    def shim(self, instead=""):
        """Every call of git is written down; ``instead`` is what git does then in place of its work."""
        work = instead or f'exec {shutil.which("git")} "$@"'
        self._git.write_text(f'#!/bin/sh\necho "$@" >> "{self.calls}"\n{work}\n', encoding="utf-8")
        self._git.chmod(0o755)

    def python(self, *codes):
        """What a fresh Python prints that runs these cells; it knows its own library alone, not even its folder."""
        run = "import sys\nfor code in sys.argv[1:]: exec(code)"
        command = [sys.executable, "-I", "-S", "-c", run, *codes]
        return subprocess.run(
            command, cwd=self.lesson, env=self.environment, capture_output=True, text=True, timeout=60
        )

    def git(self, *words, where=None):
        command = [shutil.which("git"), *words]
        done = subprocess.run(
            command, cwd=where or self._work, env=self.environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def clones(self):
        return self.calls.read_text().count("clone") if self.calls.exists() else 0

    def _publish(self):
        """Two versions below the tag and one above it."""
        self.git("init", "-q")
        package = self._work / "course_utils"
        package.mkdir()
        for told in ("before", "at the tag", "after"):
            (package / "__init__.py").write_text(f"told = {told!r}\n", encoding="utf-8")
            self.git("add", ".")
            self.git("commit", "-q", "-m", told)
            if told == "at the tag":
                self.git("tag", TAG)
        self.git("clone", "-q", "--bare", ".", str(self.repository))


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


@pytest.mark.parametrize("name", [None, NAME, LONGEST])
def test_it_is_python_in_three_lines(name):
    lines = bootstrap(name).split("\n")
    assert len(lines) == 3 and max(map(len, lines)) <= WIDTH
    ast.parse(bootstrap(name))


def test_the_tag_is_that_of_the_version():
    assert f"v{__version__}" == TAG and f"-qb {TAG} " in CELL


def test_every_lesson_has_it_before_the_set_up_cell():
    for path in NOTEBOOKS:
        first, second = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"][:2]
        assert first.metadata.tags == ["bootstrap"] and first.outputs == []
        assert "import" in second.source and "bootstrap" not in second.metadata.get("tags", [])


@needs_git
class TestWhereTheCourseIsNot:
    def test_it_comes_once_at_the_tag_and_is_importable_at_once(self, place):
        first = place.python(CELL, TELL, CELL, TELL)
        assert (first.stdout.strip().split("\n"), first.stderr) == (["at the tag"] * 2, "")
        folder = (place.lesson / "course_utils").resolve().parent
        assert place.git("rev-list", "--count", "HEAD", where=folder) == "1"
        assert place.git("describe", "--tags", where=folder) == TAG
        assert place.clones() == 1

    def test_a_restarted_kernel_finds_it_without_git(self, place):
        place.python(CELL)
        there = sorted(place.lesson.iterdir())
        place.calls.unlink()
        again = place.python(CELL, TELL)
        assert (again.stdout, again.stderr) == ("at the tag\n", "")
        assert not place.calls.exists() and sorted(place.lesson.iterdir()) == there

    def test_a_clone_that_was_killed_is_not_taken_for_the_course(self, place):
        place.shim(
            'for last; do :; done; mkdir -p "$last/course_utils" && touch "$last/course_utils/__init__.py"; kill -9 $$'
        )
        killed = place.python(CELL, TELL)
        assert "ModuleNotFoundError" in killed.stderr and len(list(place.lesson.glob("c*/course_utils"))) == 1
        place.shim()
        assert place.python(CELL, TELL).stdout.strip() == "at the tag"

    def test_when_the_folder_was_deleted_it_comes_again(self, place):
        place.python(CELL)
        shutil.rmtree((place.lesson / "course_utils").resolve().parent)
        assert place.python(CELL, TELL).stdout.strip() == "at the tag"

    def test_two_lessons_at_once_both_get_it(self, place):
        command = [sys.executable, "-I", "-S", "-c", f"{CELL}\n{TELL}"]
        started = [
            subprocess.Popen(command, cwd=place.lesson, env=place.environment, stdout=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        assert all("at the tag" in each.communicate(timeout=60)[0] for each in started)

    def test_what_git_says_of_a_missing_tag_is_shown(self, place):
        place.git("tag", "-d", TAG, where=place.repository)
        failed = place.python(CELL)
        assert f"Remote branch {TAG} not found" in failed.stdout and failed.returncode == 0
        assert list(place.lesson.iterdir()) == []

    def test_without_a_network_git_says_so_and_the_same_kernel_can_try_again(self, place):
        away = place.repository.with_name("away")
        place.repository.rename(away)
        back = f"import os; os.rename({str(away)!r}, {str(place.repository)!r})"
        lines = place.python(CELL, back, CELL, TELL).stdout.strip().split("\n")
        assert lines[0].startswith("fatal: ") and lines[-1] == "at the tag"

    def test_without_git_the_shell_says_so(self, place):
        place.environment["PATH"] = str(place.lesson)
        assert "git: not found" in place.python(CELL).stdout.replace("git: command not found", "git: not found")

    def test_without_an_address_one_sentence_says_what_to_do(self, place):
        told = place.python(bootstrap(None))
        assert told.stdout.startswith("The course is not here: open this notebook in the course's folder, with")
        assert told.stdout.count(".\n") == 1 and told.stderr == "" and not place.calls.exists()


@needs_git
class TestWhereTheCourseIs:
    @pytest.fixture(params=[NAME, None], ids=["address", "no address"])
    def cell(self, request):
        return bootstrap(request.param)

    def test_in_the_folder_above_nothing_is_printed_and_no_git_runs(self, place, cell):
        (place.lesson.parent / "course_utils").mkdir()
        (place.lesson.parent / "course_utils" / "__init__.py").write_text("told = 'above'")
        place.shim("exit 1")
        assert place.python(cell, cell, TELL).stdout == "above\n"
        assert not place.calls.exists() and list(place.lesson.iterdir()) == []

    def test_installed_it_goes_before_what_lies_around(self, place, cell):
        for where in ("installed", "lesson"):
            (place.lesson.parent / where / "course_utils").mkdir(parents=True)
            (place.lesson.parent / where / "course_utils" / "__init__.py").write_text(f"told = {where!r}")
        place.shim("exit 1")
        installed = f"import sys; sys.path.append({str(place.lesson.parent / 'installed')!r})"
        assert place.python(installed, cell, cell, TELL).stdout == "installed\n"
        assert not place.calls.exists()
