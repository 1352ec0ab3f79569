"""What is checked in every lesson of the answer key, made and run once. Two files share the lessons."""

import re
from types import SimpleNamespace

import nbformat
import pytest

from course_utils.__main__ import main
from course_utils.authoring.lessons import NOTEBOOKS
from course_utils.exercises.catalogue import EXERCISES

LESSONS = sorted(NOTEBOOKS.glob("*.ipynb"))
SOLUTIONS = NOTEBOOKS.parent / "course_utils" / "exercises" / "solutions"
PROGRESS = re.compile(r'^progress\("\d\d"\)$', re.M)
CHECK = re.compile(r'^check\("([\d.]+)", \w+\)$', re.M)


def key_fixture(lessons):
    """A fixture that makes the answer key of each of these lessons once, as a teacher does."""

    @pytest.fixture(scope="module", params=lessons, ids=lambda path: path.stem)
    def key(request, tmp_path_factory):
        lesson, folder = request.param, tmp_path_factory.mktemp("key")
        before = lesson.read_bytes()
        assert main(["answer-key", "--out", str(folder), str(lesson)]) == 0
        assert [path.name for path in folder.iterdir()] == [lesson.name]
        return SimpleNamespace(
            lesson=lesson,
            before=before,
            unsolved=nbformat.read(lesson, as_version=4).cells,
            note=nbformat.read(folder / lesson.name, as_version=4).cells[0],
            solved=nbformat.read(folder / lesson.name, as_version=4).cells[1:],
        )

    return key


class AnswerKeyChecks:
    def test_every_exercise_of_the_lesson_says_passed(self, key):
        said = [
            (exercise, "".join(output.get("data", {}).get("text/plain", "") for output in cell.get("outputs", [])))
            for cell in key.solved
            for exercise in CHECK.findall(cell.source)
        ]
        asked = {exercise.id for exercise in EXERCISES.values() if exercise.lesson == key.lesson.name[:2]}
        assert {exercise for exercise, _ in said} == asked
        for exercise, words in said:
            assert words.startswith(f"✔ Exercise {exercise}: passed."), words
        (table,) = [cell.outputs[0].data["text/plain"] for cell in key.solved if PROGRESS.search(cell.source)]
        assert table.startswith(f"{len(asked)} of {len(asked)} exercises passed")

    def test_the_solutions_stand_in_it_and_nothing_else_has_changed(self, key):
        assert [cell.cell_type for cell in key.solved] == [cell.cell_type for cell in key.unsolved]
        for solved, unsolved in zip(key.solved, key.unsolved):
            exercises = CHECK.findall(unsolved.source)
            assert solved.source == unsolved.source or exercises
            for exercise in exercises:
                code = (SOLUTIONS / f"{exercise}.py").read_text(encoding="utf-8").partition("\n")[2].strip()
                assert code in solved.source and solved.source.endswith(CHECK.search(unsolved.source)[0])
                assert not re.search(r"^ *\.\.\.|\bNone,?$", solved.source, re.M)

    def test_it_has_been_run_and_says_what_it_is(self, key):
        counts = [cell.execution_count for cell in key.solved if cell.cell_type == "code"]
        assert counts == list(range(1, len(counts) + 1))
        assert "Answer key" in key.note.source and f"lesson {key.lesson.name[:2]}" in key.note.source

    def test_the_lesson_is_as_it_was_with_every_check_not_attempted(self, key):
        assert key.lesson.read_bytes() == key.before
        for cell in key.unsolved:
            for exercise in CHECK.findall(cell.source):
                said = cell.outputs[-1].data["text/plain"]
                assert said.startswith(f"○ Exercise {exercise}: not attempted."), said
