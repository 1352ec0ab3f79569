"""The concept quiz: one right option, an idea behind each wrong one, answers in a line, and what has changed."""

import html
import json
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

import pytest
from stored_lessons import headings

from course_utils.exercises.quiz import LETTERS, QUESTIONS, Answers, answers_in, compare, questions, tally

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
LESSON_00 = NOTEBOOKS / "00_start_here.ipynb"
RIGHT = "".join(question.right for question in QUESTIONS)
WRONG = "".join(next(iter(question.mistaken)) for question in QUESTIONS)
OPEN = "-" * len(QUESTIONS)


def line(**letters):
    """A line with these answers, such as ``line(q3="a")``, and no others."""
    return "".join(letters.get(f"q{number}", "-") for number in range(1, len(QUESTIONS) + 1))


# The questions


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.text[:30])
def test_one_option_is_right_and_each_other_has_an_idea_of_its_own(question):
    assert set(question.mistaken) == set(LETTERS) - {question.right}
    assert len(set(question.options)) == len(LETTERS) == 4
    said = [text for belief in question.mistaken.values() for text in (belief.idea, belief.instead)]
    assert len(set(said)) == 6 and all(len(text.split()) >= 3 for text in (*said, question.because))
    assert all(belief.instead.endswith((".", ".)")) for belief in question.mistaken.values())
    assert all(re.match(r"https://[\w.-]+/\S+$|$", belief.seen) for belief in question.mistaken.values())


def test_every_lesson_with_a_claim_is_asked_about():
    assert len(QUESTIONS) >= 16
    assert {question.lesson for question in QUESTIONS} == {f"{number:02}" for number in range(1, 11)}


def test_neither_letter_nor_length_gives_an_answer_away():
    assert all(4 <= count <= 5 for count in Counter(RIGHT).values())
    assert not re.search(r"(.)\1\1|(..)\2\2|(....)\3", RIGHT)
    for extreme in (max, min):
        lengths = [[len(option) for option in question.options] for question in QUESTIONS]
        hits = sum(extreme(these) == these[LETTERS.index(letter)] for these, letter in zip(lengths, RIGHT))
        assert hits <= len(QUESTIONS) / 3
    assert all(max(these) <= 1.6 * min(these) for these in lengths)


def cells(lesson, kind=("markdown", "code")):
    (path,) = NOTEBOOKS.glob(f"{lesson}_*.ipynb")
    return [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] in kind]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.text[:30])
def test_the_section_to_look_at_again_is_there(question):
    (path,) = NOTEBOOKS.glob(f"{question.lesson}_*.ipynb")
    assert question.section in headings(path)
    assert question.lesson in question.where and question.section in question.where


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.text[:30])
def test_every_measured_number_stands_in_the_lesson_that_is_named(question):
    for text in (question.because, *(belief.instead for belief in question.mistaken.values())):
        lessons = {question.lesson, *re.findall(r"lesson (\d\d)", text)}
        there = json.dumps([cells(lesson) for lesson in lessons])
        for number in re.findall(r"\d+\.\d+|\b[1-9]\d{2,}\b", text):
            assert re.search(rf"(?<![\d.]){re.escape(number)}(?!\d)", there), (number, lessons)


def test_the_sheet_shows_every_question_and_option_as_text_and_as_html():
    shown = "".join(ElementTree.fromstring(questions()._repr_html_()).itertext())
    for question in QUESTIONS:
        for part in (question.text, *question.options):
            assert part in repr(questions()) and part in shown


# Answers as a line


def test_the_tally_counts_and_tells_nothing_about_right_and_wrong():
    assert repr(tally(RIGHT)) == repr(tally(WRONG)) and tally(RIGHT).answered == len(QUESTIONS)
    assert tally(OPEN).answered == 0 and tally(OPEN).problem == ""
    assert "lesson 10" in repr(tally(RIGHT)) and "lesson 10" not in repr(tally(OPEN))


def test_blanks_capitals_and_the_sign_for_no_answer_do_not_matter():
    assert compare(" A b\n" + "-.?_–—" + "-" * 10, OPEN).before == Answers({1: "a", 2: "b"})
    assert compare("abcd " * 4 + "ab", OPEN).before == compare("ABCDABCDABCDABCDAB", OPEN).before


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("abcd", "has 4 signs without the blanks, too few"),
        (OPEN + "a", "has 19 signs without the blanks, too many"),
        ("a" * 10**6, "too many"),
        ("", "is empty"),
        ("  ", "is empty"),
        (None, "there is none yet"),
        (..., "there is none yet"),
        ({1: "a"}, "this is a dictionary"),
        (["a"], "of the type list"),
        (5, "of the type int"),
        (b"abcd", "of the type bytes"),
    ],
)
def test_what_is_no_line_is_told_in_words(given, said):
    assert tally(given).answered == 0 and said in repr(tally(given))


def test_a_strange_sign_is_named_with_its_question_and_the_others_count():
    assert tally(line(q1="a", q3="e", q7="7")) == tally("a-e---7-----------")
    told = repr(tally(line(q1="a", q3="E", q7="7")))
    assert "question 3 (“e”), 7 (“7”)" in told and "1 of 18 answered" in told


class HostileText(str):
    def split(self, *signs):
        raise RuntimeError("no split")

    __str__ = __repr__ = __len__ = __iter__ = lower = __getitem__ = split


class Hostile:
    def __getattribute__(self, name):
        raise RuntimeError("nothing to see")


def test_text_of_a_class_of_its_own_is_text():
    assert tally(HostileText(RIGHT)).answered == len(QUESTIONS)


@pytest.mark.parametrize("kind", [Hostile, lambda: HostileText("x"), dict, lambda: tally, lambda: "\ud800" * 18])
def test_whatever_is_handed_in_something_readable_comes_back(kind):
    given = kind()
    assert repr(tally(given))
    for shown in (compare(given, RIGHT), compare(RIGHT, given), compare(given, given)):
        assert repr(shown) and shown._repr_html_()


# Answers in a saved notebook


def saved(folder, *sources, name="00_start_here.ipynb"):
    """A saved notebook of code cells, some with their source as a list of lines."""
    code = [
        {"cell_type": "code", "source": source.splitlines(True) if i % 2 else source}
        for i, source in enumerate(sources)
    ]
    path = folder / name
    path.write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": "my_answers"}, *code]}), encoding="utf-8")
    return path


def test_answers_are_read_from_the_saved_notebook(tmp_path):
    path = saved(tmp_path, "questions()", f'my_answers = "{RIGHT}"\n\ntally(my_answers)')
    assert answers_in(path).letters == dict(enumerate(RIGHT, 1))
    assert answers_in(str(path)).problem == ""


def test_answers_are_read_from_lesson_00_itself(tmp_path):
    assert "No question is answered" in answers_in(LESSON_00).problem
    text = LESSON_00.read_text(encoding="utf-8")
    assert text.count("---- ---- ---- ---- --") == 1
    (tmp_path / "00.ipynb").write_text(
        text.replace("---- ---- ---- ---- --", "dc-- ---- ---- ---- -a"), encoding="utf-8"
    )
    assert answers_in(tmp_path / "00.ipynb") == Answers({1: "d", 2: "c", 18: "a"})


def test_of_two_cells_the_last_one_counts(tmp_path):
    path = saved(tmp_path, f'my_answers = "{RIGHT}"', f'my_answers: str = "{WRONG}"\nmy_answers')
    assert answers_in(path).letters == dict(enumerate(WRONG, 1))


def test_nothing_in_the_notebook_is_run(tmp_path):
    harm = f"__import__('pathlib').Path({str(tmp_path / 'harm')!r}).touch()"
    for source in (f"{harm}\nmy_answers = 'a'", f"my_answers = [{harm}]", f"my_answers = {harm}"):
        answers_in(saved(tmp_path, source))
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (f"my_answers = '{OPEN}'", "No question is answered"),
        ("my_answers = 'ab'", "has 2 signs"),
        ("my_answers = {1: None}", "this is a dictionary"),
        ("my_answers = None", "there is none yet"),
        ("my_answers = open('x')", "one line in quotation marks"),
        ("my_answers = other", "one line in quotation marks"),
        ("my_answers += 1\nmy_answers[1] = 'a'", "one line in quotation marks"),
        ("my_answers: str", "one line in quotation marks"),
        ("my_answers = 'abc", "quotation mark missing"),
        ("my_answers = " + "[" * 5000, "not complete Python"),
        ("answers = 'abc'", "deleted or renamed"),
    ],
)
def test_an_unreadable_cell_is_told_in_words(tmp_path, source, said):
    answers = answers_in(saved(tmp_path, source))
    assert answers.letters == {} and said in answers.problem, answers.problem


def test_an_unreadable_file_is_told_in_words(tmp_path):
    missing = answers_in(tmp_path / "00.ipynb").problem
    assert "There is no 00.ipynb beside this notebook" in missing and "copy the line my_answers" in missing
    assert "cannot be opened" in answers_in(tmp_path).problem
    for text in (b"", b"{", b"[]", b"{}", b'{"cells": [1]}', b'{"cells": null}', b"\xff\xfe", b"[" * 10**5):
        (tmp_path / "00.ipynb").write_bytes(text)
        assert "damaged" in answers_in(tmp_path / "00.ipynb").problem, text[:10]
    for path in (None, 5, "\0", ["00.ipynb"]):
        assert answers_in(path).letters == {} and answers_in(path).problem


# What has changed


@pytest.mark.parametrize(
    ("before", "now", "gain"),
    [
        (WRONG[:12] + RIGHT[12:], WRONG[:4] + RIGHT[4:], "0.67"),  # 6 of 18 before, 14 now: 8 of 12
        (WRONG, RIGHT, "1.00"),
        (WRONG, WRONG, "0.00"),
        (RIGHT[:9] + WRONG[9:], RIGHT[:6] + WRONG[6:], "-0.33"),  # 3 of 9 lost
        (RIGHT[:2] + WRONG[2:6] + "-" * 12, "--" + RIGHT[2:], "1.00"),  # of the 4 answered both times
        (RIGHT[:2] + WRONG[2:6] + "-" * 12, RIGHT[:3] + WRONG[3:], "0.25"),  # of the 6 answered both times
    ],
)
def test_the_gain_is_the_share_of_what_was_to_gain(before, now, gain):
    shown = compare(before, now)
    assert f"{shown.gain:.2f}" == gain and gain in shown.summary


def test_the_gain_is_told_in_plain_words_where_it_is_odd():
    assert compare(RIGHT, RIGHT).gain is None and "not defined" in compare(RIGHT, RIGHT).summary
    assert compare(line(q1="a"), line(q2="a")).gain is None
    assert "No question was answered both times" in compare(line(q1="a"), line(q2="a")).summary
    negative = compare(RIGHT[:9] + WRONG[9:], WRONG).summary
    assert "Fewer are right now than before" in negative and "negative, -1.00" in negative
    assert "one answer more or less changes it by 0.06" in compare(WRONG, RIGHT).summary
    assert "Of 18 answered both times, 0 were right before and 18 are now." in compare(WRONG, RIGHT).summary


def test_each_question_is_shown_with_both_answers_and_the_ideas_behind_the_wrong_ones():
    first, second, third, fourth = QUESTIONS[:4]
    before = WRONG[0] + second.right + "-" + WRONG[3] + OPEN[4:]
    now = first.right + WRONG[1] + WRONG[2] + WRONG[3] + OPEN[4:]
    rows = compare(before, now).rows()
    assert rows[0].before.startswith(f"✘ wrong: {WRONG[0]}, ") and rows[0].now.startswith(f"✔ right: {first.right}, ")
    assert first.mistaken[WRONG[0]].instead in " ".join(rows[0].told) and first.because in rows[0].told[-1]
    assert rows[1].before.startswith("✔") and second.mistaken[WRONG[1]].idea in rows[1].told[0]
    assert rows[2].before == "not answered" and third.mistaken[WRONG[2]].idea in rows[2].told[0]
    assert sum(fourth.mistaken[WRONG[3]].idea in told for told in rows[3].told) == 1  # the same twice, told once
    assert all(f"lesson {question.lesson}" in row.told[-1] for question, row in zip(QUESTIONS, rows[:4]))


def test_nothing_is_given_away_before_there_is_an_answer():
    unanswered = compare(RIGHT, OPEN)
    assert unanswered.rows() == [] and "18 of 18 answered" in repr(unanswered) and "right" not in repr(unanswered)
    some = compare(RIGHT, line(q1="a"))
    assert "Of 1 answered both times" in some.summary
    for question, row in zip(QUESTIONS[1:], some.rows()[1:]):
        assert row.before == f"{question.right}, {question.options[LETTERS.index(question.right)]}"
        assert row.now == "not answered" and row.told == ()


def test_the_comparison_says_what_could_not_be_read(tmp_path):
    shown = repr(compare(answers_in(tmp_path / "00.ipynb"), RIGHT))
    assert "Before: There is no 00.ipynb" in shown and "Now: 18 right of 18 answered" in shown
    assert "Now: There are 18 questions, and the line has 2 signs" in repr(compare(RIGHT, "ab"))


def test_the_comparison_as_html_holds_the_same_and_is_escaped(tmp_path):
    shown = compare(WRONG, RIGHT[:9] + WRONG[9:])
    text = "".join(ElementTree.fromstring(shown._repr_html_()).itertext())
    for row in shown.rows():
        assert all(part in text for part in (row.question.partition(" ")[2], row.before, row.now, *row.told))
    assert shown.summary in text
    odd = compare(answers_in(tmp_path / "<b>.ipynb"), "<b>" + OPEN[3:])
    assert "<b>" in repr(odd) and "<b>" not in odd._repr_html_() and html.escape("<b>") in odd._repr_html_()
