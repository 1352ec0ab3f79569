"""The concept quiz: one right option, a reason for each wrong one, and a tally that gives nothing away."""

import xml.etree.ElementTree as ElementTree

import pytest

from course_utils.exercises.quiz import LETTERS, QUESTIONS, questions, tally


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


@pytest.mark.parametrize("answers", [None, "abcd", [], {1: Hostile()}, {"1": "a"}, 5])
def test_whatever_is_handed_in_a_tally_comes_back(answers):
    assert tally(answers).answered == 0
