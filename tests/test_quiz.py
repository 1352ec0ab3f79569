"""The concept quiz: one right option, a reason for each wrong one, and a tally that gives nothing away."""

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from course_utils.exercises.quiz import LETTERS, QUESTIONS, answers_in, compare, questions, tally


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.text[:30])
def test_every_wrong_option_has_its_own_reason(question):
    assert question.right in LETTERS
    assert set(question.mistaken) == set(LETTERS) - {question.right}
    assert len(set(question.options)) == len(LETTERS)
    assert all(reason.strip() for reason in question.mistaken.values())


def test_no_letter_can_be_guessed():
    rights = [question.right for question in QUESTIONS]
    assert len(QUESTIONS) == 10
    assert all(2 <= rights.count(letter) <= 3 for letter in LETTERS)


def test_the_sheet_shows_every_question_and_option_as_text_and_as_html():
    html = "".join(ElementTree.fromstring(questions()._repr_html_()).itertext())
    for question in QUESTIONS:
        for part in (question.text, *question.options):
            assert part in repr(questions()) and part in html


def test_the_tally_counts_and_tells_nothing_about_right_and_wrong():
    right = {number: question.right for number, question in enumerate(QUESTIONS, 1)}
    wrong = {number: next(iter(question.mistaken)) for number, question in enumerate(QUESTIONS, 1)}
    assert repr(tally(right)) == repr(tally(wrong))
    assert tally(right).answered == 10
    assert tally({1: " B ", 2: None}).answered == 1


def test_an_unreadable_answer_is_named():
    assert tally({1: "a", 3: "e", 7: 2, 9: "ab"}).unreadable == (3, 7, 9)
    assert "question 3, 7, 9" in repr(tally({1: "a", 3: "e", 7: 2, 9: "ab"}))


class Hostile:
    def __str__(self):
        raise RuntimeError("no text")


class HostileText(str):
    def strip(self, *signs):
        raise RuntimeError("no strip")

    __str__ = lower = strip


def test_a_letter_of_a_class_of_its_own_is_a_letter():
    assert tally({1: HostileText(" A "), 2: HostileText("x")}) == tally({1: "a", 2: "x"})


@pytest.mark.parametrize("answers", [None, "abcd", [], {1: Hostile()}, {"1": "a"}, 5])
def test_whatever_is_handed_in_a_tally_comes_back(answers):
    assert tally(answers).answered == 0


RIGHT = {number: question.right for number, question in enumerate(QUESTIONS, 1)}
LESSON_00 = Path(__file__).parents[1] / "notebooks" / "00_start_here.ipynb"


def saved(folder, *sources, name="00_start_here.ipynb"):
    """A saved notebook of code cells, some with their source as a list of lines."""
    cells = [
        {"cell_type": "code", "source": source.splitlines(True) if i % 2 else source}
        for i, source in enumerate(sources)
    ]
    path = folder / name
    path.write_text(
        json.dumps({"cells": [{"cell_type": "markdown", "source": "my_answers"}, *cells]}), encoding="utf-8"
    )
    return path


def test_answers_are_read_from_the_saved_notebook(tmp_path):
    path = saved(
        tmp_path, "questions()", 'my_answers = {1: "a", 2: " B ",\n 3: None}  # "a", "b", "c" or "d"\ntally(my_answers)'
    )
    assert answers_in(path) == {1: "a", 2: " B ", 3: None} and answers_in(str(path)).problem == ""


def test_answers_are_read_from_lesson_00_itself(tmp_path):
    assert "No question is answered" in answers_in(LESSON_00).problem
    text = LESSON_00.read_text(encoding="utf-8").replace("1: None, 2: None", '1: \\"d\\", 2: \\"c\\"')
    (tmp_path / "00.ipynb").write_text(text, encoding="utf-8")
    answers = answers_in(tmp_path / "00.ipynb")
    assert (answers[1], answers[2], answers[3], answers.problem) == ("d", "c", None, "")


def test_of_two_cells_the_last_one_counts(tmp_path):
    assert answers_in(saved(tmp_path, 'my_answers = {1: "a"}', 'my_answers = {1: "b"}\nmy_answers'))[1] == "b"


def test_nothing_in_the_notebook_is_run(tmp_path):
    harm = f"__import__('pathlib').Path({str(tmp_path / 'harm')!r}).touch()"
    for source in (f"{harm}\nmy_answers = {{1: 'a'}}", f"my_answers = {{1: {harm}}}", f"my_answers = {harm}"):
        answers_in(saved(tmp_path, source))
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("my_answers = {1: None, 2: None}", "No question is answered"),
        ("my_answers = {}", "No question is answered"),
        ("my_answers = {1: a, 2: b}", "quotation marks"),
        ("my_answers = open('x')", "quotation marks"),
        ("my_answers = ['a', 'b']", "quotation marks"),
        ("my_answers = {[]: 'a'}", "quotation marks"),
        ("my_answers += 1\nmy_answers[1] = 'a'", "quotation marks"),
        ("my_answers: dict", "quotation marks"),
        ("my_answers = {1: 'a', 2: ", "a comma or a bracket"),
        ("my_answers = " + "[" * 5000, "a comma or a bracket"),
        ("answers = {1: 'a'}", "deleted or renamed"),
    ],
)
def test_an_unreadable_cell_is_told_in_words(tmp_path, source, said):
    answers = answers_in(saved(tmp_path, source))
    assert answers == {} and said in answers.problem, answers.problem


def test_an_unreadable_file_is_told_in_words(tmp_path):
    assert "There is no 00.ipynb here" in answers_in(tmp_path / "00.ipynb").problem
    assert "cannot be opened" in answers_in(tmp_path).problem
    for text in (b"", b"{", b"[]", b"{}", b'{"cells": [1]}', b'{"cells": null}', b"\xff\xfe", b"[" * 10**5):
        (tmp_path / "00.ipynb").write_bytes(text)
        assert "damaged" in answers_in(tmp_path / "00.ipynb").problem, text[:10]
    for path in (None, 5, "\0", ["00.ipynb"]):
        assert answers_in(path) == {} and answers_in(path).problem


def test_the_comparison_counts_what_was_right_and_what_is():
    before, now = {1: "b", 2: "c", 3: "a"}, {1: "a", 2: "c", 3: "a", 9: "A"}
    said = compare(before, now).summary
    assert said == "Before: 1 right of 3 answered. Now: 3 right of 4 answered. 1 that went wrong then is right now."
    assert compare(RIGHT, RIGHT).summary == "Before: 10 right of 10 answered. Now: 10 right of 10 answered."


def test_each_question_is_shown_with_both_answers_and_the_idea_behind_a_wrong_one():
    before, now = {1: "b", 2: "c", 3: "a"}, {1: "a", 2: "a", 3: "a"}
    (_, then_1, now_1), (_, then_2, now_2), (_, then_3, now_3), (_, then_4, now_4) = compare(before, now).rows()[:4]
    assert then_1.startswith("✘ b, to the number of keys") and QUESTIONS[0].mistaken["b"] in then_1
    assert now_1 == "✔ a, to 1" and then_2 == "✔ c, nothing"
    assert QUESTIONS[1].mistaken["a"] in now_2 and now_2.endswith("Right: c, nothing.")
    assert QUESTIONS[2].mistaken["a"] in now_3 and QUESTIONS[2].mistaken["a"] not in then_3
    assert then_4 == now_4 == "not answered"


def test_nothing_is_given_away_before_there_is_an_answer():
    unanswered = compare(RIGHT, dict.fromkeys(RIGHT))
    assert unanswered.rows() == [] and "10 of 10 answered" in repr(unanswered) and "right" not in repr(unanswered)
    some = compare(RIGHT, {1: "a"}).rows()
    assert all(
        then == f"{RIGHT[n]}, {QUESTIONS[n - 1].options[LETTERS.index(RIGHT[n])]}"
        for n, (_, then, _) in enumerate(some[1:], 2)
    )
    assert all("Right" not in now and "✔" not in now for _, _, now in some[1:])


def test_the_comparison_says_why_there_are_no_answers_from_before(tmp_path):
    shown = compare(answers_in(tmp_path / "00.ipynb"), RIGHT)
    assert "Before: no answers." in repr(shown) and "There is no 00.ipynb here" in repr(shown)
    assert "in lesson 00: question 3" in repr(compare({3: "e"}, RIGHT)) and "here: question 4" in repr(
        compare({}, {4: 1})
    )


def test_the_comparison_as_html_holds_the_same_and_is_escaped(tmp_path):
    shown = compare({1: "b", 2: "c"}, {1: "a", 2: "a"})
    text = "".join(ElementTree.fromstring(shown._repr_html_()).itertext())
    assert all(cell in text for row in shown.rows() for cell in row) and shown.summary in text
    odd = compare(answers_in(tmp_path / "<b>.ipynb"), {})
    assert "<b>" in repr(odd) and "<b>" not in odd._repr_html_() and "&lt;b&gt;" in odd._repr_html_()


class HostileKey(int):
    def __hash__(self):
        return hash(1)

    def __eq__(self, other):
        raise RuntimeError("no equality")


@pytest.mark.parametrize(
    "answers", [None, "abcd", [], {1: Hostile()}, {"1": "a"}, 5, {HostileKey(7): "a"}, compare, {1: ["a"]}]
)
def test_whatever_is_handed_in_a_comparison_comes_back(answers):
    for shown in (compare(answers, RIGHT), compare(RIGHT, answers), compare(answers, answers)):
        assert repr(shown) and shown._repr_html_()
