"""The form of the quiz: answered by hand, the answers as a line; and the page for screen and paper."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from types import SimpleNamespace

import ipywidgets
import pytest

from course_utils.__main__ import main
from course_utils.authoring.quiz_page import LEARNERS, RIGHT_AFTER, RIGHT_BEFORE, quiz_page
from course_utils.exercises.quiz import LETTERS, QUESTIONS, compare, tally
from course_utils.widgets import shown
from course_utils.widgets.accessibility import COURSE_WIDGET
from course_utils.widgets.quiz_form import QuizForm, fragment

HOSTILE = SimpleNamespace(text='<script>alert(1)</script> & "x"?', options=("<b>", "</label>", "&amp;", "'d'"))


@pytest.fixture
def form():
    """The form of the course."""
    return QuizForm(QUESTIONS)


def test_nothing_is_chosen_at_first_and_the_line_says_so(form):
    assert form.line == 'my_answers = "---- ---- ---- ---- --"' and form.words == "0 of 18 answered."
    assert all(choice.index is None for choice in form._choices)


def test_choosing_by_hand_changes_the_line_and_the_count(form):
    form._choices[0].index = 1  # as the page does
    form._choices[17].index = 3
    assert form.line == 'my_answers = "b--- ---- ---- ---- -d"' and form.words == "2 of 18 answered."
    assert form._line.value == form.line and "2 of 18 answered." in form._status.value


def test_an_answer_can_be_taken_back(form):
    form.set(3, "c")
    assert form._choices[2].options[-1] == "no answer"
    form._choices[2].index = 4
    assert form.line == QuizForm(QUESTIONS).line and form.words == "0 of 18 answered."


def test_the_line_is_read_by_what_reads_lines(form):
    for number, question in enumerate(QUESTIONS, 1):
        form.set(number, question.right)
    namespace = {}
    exec(form.line, namespace)
    assert tally(namespace["my_answers"]).answered == len(QUESTIONS)
    assert compare(namespace["my_answers"], namespace["my_answers"]).gain is None  # all right


def test_the_line_has_the_name_that_is_asked_for_and_groups_of_four():
    form = QuizForm(QUESTIONS[:5], line_name="my_answers_now")
    assert form.set(5, "a") == "1 of 5 answered." and form.line == 'my_answers_now = "---- a"'


@pytest.mark.parametrize(("question", "letter"), [(0, "a"), (19, "a"), ("1", "a"), (1, "e"), (1, ""), (1, None)])
def test_an_answer_that_cannot_be_is_refused_by_name(form, question, letter):
    with pytest.raises(ValueError, match=re.escape(repr(question if letter == "a" else letter))):
        form.set(question, letter)


def test_the_form_tells_nothing_about_right_and_wrong(form):
    before = form._repr_mimebundle_()
    for number, question in enumerate(QUESTIONS, 1):
        form.set(number, question.right)
    assert form._repr_mimebundle_() == before
    text = "".join(widget.value for widget in leaves(form._box) if isinstance(widget, ipywidgets.HTML)) + form.page()
    for question in QUESTIONS:
        for belief in question.mistaken.values():
            assert belief.idea not in text and belief.instead not in text


def leaves(box):
    for child in getattr(box, "children", ()):
        yield from leaves(child)
    if not hasattr(box, "children"):
        yield box


def test_it_is_marked_for_what_keeps_its_keys_and_names_its_groups(form):
    assert COURSE_WIDGET in form._box._dom_classes
    groups = [child for child in form._box.children if "quiz-group" in getattr(child, "_dom_classes", ())]
    for number, (question, group) in enumerate(zip(QUESTIONS, groups, strict=True), 1):
        asked, choice = group.children
        assert 'class="quiz-question"' in asked.value and f"{number}. " in asked.value
        assert [words[3:] for words in choice.options[:4]] == list(question.options)


def test_what_is_stored_is_the_same_every_time(form):
    stored = form._repr_mimebundle_()["text/plain"]
    assert stored == QuizForm(QUESTIONS)._repr_mimebundle_()["text/plain"]
    assert stored == "[Concept quiz. Run this cell to answer 18 questions by hand.]"


def test_a_page_without_a_kernel_gets_the_form(form):
    form.set(1, "a")
    view = form._repr_mimebundle_()["application/vnd.jupyter.widget-view+json"]["model_id"]
    assert shown.fragments()[view] == form.page() == fragment(QUESTIONS)  # what one reader chose is not exported


class Elements(HTMLParser):
    """Every element of a page by its name, with its attributes and the text directly inside."""

    def __init__(self, page):
        super().__init__()
        self.found, self._open = [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes), []))
        self._open.append(self.found[-1])

    def handle_data(self, data):
        if self._open:
            self._open[-1][2].append(data)

    def named(self, tag):
        return [(attributes, "".join(text)) for name, attributes, text in self.found if name == tag]


def test_text_of_a_question_is_text_in_the_widget_and_in_the_page():
    group = QuizForm([HOSTILE])._box.children[1]
    assert "&lt;script&gt;" in group.children[0].value and "<script>" not in group.children[0].value
    body = fragment([HOSTILE]).split("<form")[1].split("</form>")[0]
    assert "<b>" not in body and "<script>" not in body
    assert [text for _, text in Elements(body).named("span")] == [
        *(f"{letter}: {option}" for letter, option in zip(LETTERS, HOSTILE.options)),
        "no answer",
    ]


def test_the_page_has_native_groups_of_native_choices():
    page = Elements(fragment(QUESTIONS))
    assert [text for _, text in page.named("legend")] == [f"{n}. {q.text}" for n, q in enumerate(QUESTIONS, 1)]
    choices = [attributes for attributes, _ in page.named("input") if attributes["type"] == "radio"]
    assert len(choices) == 5 * len(QUESTIONS) and not any("checked" in attributes for attributes in choices)
    assert len({attributes["name"] for attributes in choices}) == len(QUESTIONS)


# The page for screen and paper


def test_the_page_has_every_question_and_every_belief_in_the_key():
    key = ElementTree.fromstring(
        f"<div>{quiz_page().split('<section', 1)[1].partition('>')[2].split('</section>')[0]}</div>"
    )
    items = ["".join(item.itertext()) for item in key.find("ol")]
    for question, item in zip(QUESTIONS, items, strict=True):
        assert f"{question.right} is right: {question.options[LETTERS.index(question.right)]}" in item
        for letter, belief in question.mistaken.items():
            option = question.options[LETTERS.index(letter)]
            assert f"{letter} {option}. The idea: {belief.idea}. Instead: {belief.instead}" in item
        assert question.because in item and question.where in item


def test_the_example_of_the_gain_comes_out():
    asked = LEARNERS * len(QUESTIONS)
    share = (RIGHT_AFTER / asked - RIGHT_BEFORE / asked) / (1 - RIGHT_BEFORE / asked)  # Hake's own form
    assert share == pytest.approx(0.5, abs=1e-12)
    page = quiz_page()
    for shown_there in (f"× {len(QUESTIONS)}", f"= {asked}", "117 / 234 = 0.50"):
        assert shown_there in page, shown_there


def test_the_page_asks_for_nothing_from_elsewhere():
    page = quiz_page()
    assert "default-src 'none'" in page and "form-action 'none'" in page
    assert not re.search(r"""(?:src|href|action)=["'](?!data:|#)""", page) and "@import" not in page


@pytest.mark.parametrize(("out", "said"), [("", "is a folder"), ("missing/quiz.html", "there is no folder")])
def test_the_command_refuses_in_one_sentence(tmp_path, capsys, out, said):
    assert main(["quiz", "--out", str(tmp_path / out)]) == 1
    told = capsys.readouterr()
    assert said in told.err and told.err.count("\n") == 1 and told.out == ""
    assert list(tmp_path.iterdir()) == []


def test_the_page_replaces_an_older_one_and_nothing_else(tmp_path, capsys):
    (tmp_path / "quiz.html").write_text(quiz_page().replace("Concept quiz</h1>", "Old</h1>"), encoding="utf-8")
    (tmp_path / "lesson.ipynb").write_bytes(b"mine \xff")
    assert main(["quiz", "--out", str(tmp_path / "quiz.html")]) == 0
    assert (tmp_path / "quiz.html").read_text(encoding="utf-8") == quiz_page()
    assert main(["quiz", "--out", str(tmp_path / "lesson.ipynb")]) == 1
    assert "is no concept quiz" in capsys.readouterr().err
    assert (tmp_path / "lesson.ipynb").read_bytes() == b"mine \xff"


def test_the_command_writes_the_page(tmp_path):
    command = [sys.executable, "-m", "course_utils", "quiz", "--out", "quiz.html"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "wrote quiz.html\n", "")
    assert [path.name for path in tmp_path.iterdir()] == ["quiz.html"]
    assert (tmp_path / "quiz.html").read_text(encoding="utf-8") == quiz_page()
