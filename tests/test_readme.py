"""What the README and CONTRIBUTING promise is there: files, pictures, commands, lessons and their times."""

import hashlib
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from course_utils.exercises.catalogue import EXERCISES

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PAGES = ("README.md", "CONTRIBUTING.md", "notebooks/TEACHING.md", "data/README.md")


@pytest.mark.parametrize("page", PAGES)
def test_every_link_to_a_file_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", (ROOT / page).read_text(encoding="utf-8")):
        if not re.match(r"https?:|#", target):
            assert (ROOT / page).parent.joinpath(target.partition("#")[0]).exists(), target


@pytest.mark.parametrize("page", PAGES)
def test_every_command_named_exists(page):
    """``python -m course_utils NAME``; what stands in the text is asked of the command line itself."""
    helped = subprocess.run([sys.executable, "-m", "course_utils", "--help"], cwd=ROOT, capture_output=True, text=True)
    known = re.search(r"\{([\w,-]+)\}", helped.stdout)[1].split(",")
    named = re.findall(r"python -m course_utils\s+([a-z-]+)", (ROOT / page).read_text(encoding="utf-8"))
    assert set(named) <= set(known)


def test_every_picture_says_what_it_shows():
    pictures = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", README)
    assert len(pictures) >= 3
    assert all(len(words.split()) >= 12 for words, _ in pictures)


def test_the_first_picture_is_a_figure_of_lesson_03():
    """tests/browser/readme_pictures.py takes it out again when the lesson has changed."""
    sys.path.insert(0, str(ROOT / "tests" / "browser"))
    readme_pictures = pytest.importorskip("readme_pictures", exc_type=ImportError)
    stored = readme_pictures.stored_figure(*readme_pictures.CROSSING)
    kept = (ROOT / "notebooks" / "pictures" / "crossing.png").read_bytes()
    assert hashlib.sha256(kept).digest() == hashlib.sha256(stored).digest()


def test_every_lesson_is_listed_with_the_times_that_it_gives_itself():
    rows = re.findall(r"\((notebooks/\d\d\w+\.ipynb)\) \| [^|]+ \| (\d+) min \| (\d+) min \|", README)
    assert [ROOT / name for name, _, _ in rows] == LESSONS
    for name, in_class, whole in rows:
        cells = nbformat.read(ROOT / name, as_version=4).cells
        begins = "\n".join(cell.source for cell in cells[:5])
        given = set(map(int, re.findall(r"(\d+)(?= (?:minutes|more at home|in class|at home|min\b))", begins)))
        assert int(in_class) in given, name
        assert int(whole) in given or int(whole) - int(in_class) in given, name


def test_counts_of_exercises_and_named_mistakes():
    assert f"all {len(EXERCISES)} exercises" in README.replace("\n", " ")
    names = {(exercise.id, m.name) for exercise in EXERCISES.values() for m in exercise.misconceptions}
    addresses = {m.seen for exercise in EXERCISES.values() for m in exercise.misconceptions} - {""}
    assert f"know {len(names):,} mistakes by name, and {len(addresses)} public places" in README
