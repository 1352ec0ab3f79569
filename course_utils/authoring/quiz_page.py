"""The concept quiz as one page without a network: to fill in on screen, and to print with the teacher's key."""

from __future__ import annotations

import html
from pathlib import Path

from course_utils.authoring.lessons import LessonError, write_all
from course_utils.authoring.pages import COURSE, PAGE, POLICY, STYLE
from course_utils.exercises.quiz import LETTERS, QUESTIONS, Question
from course_utils.widgets.quiz_form import fragment

TITLE = "Concept quiz"
LEARNERS, RIGHT_BEFORE, RIGHT_AFTER = 20, 126, 243  # an example whose gain comes out


def write_quiz(file: Path) -> None:
    """Write the page, also over an older one.

    Raises LessonError where ``file`` is a folder, stands in a folder that is not there, or holds anything else.
    """
    if file.is_dir():
        raise LessonError(f"{file} is a folder; give the name of a file, such as {file / 'quiz.html'}.")
    if not file.parent.is_dir():
        raise LessonError(f"there is no folder {file.parent}; make it first, or choose another.")
    if file.exists() and f"<title>{TITLE} |".encode() not in file.read_bytes():
        raise LessonError(f"{file} is there already and is no concept quiz; choose another name.")
    write_all({file: quiz_page()})


def quiz_page() -> str:
    """The page as HTML: the form, and for print alone a line for the name, and the key on pages of its own."""
    style, script = (Path(__file__).with_suffix(f".{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    return PAGE.substitute(
        policy=POLICY,
        title=f"{TITLE} | {COURSE}",
        style=f"{STYLE.read_text(encoding='utf-8')}\n{style}",
        top="",
        main=f"{_opening()}\n{fragment(QUESTIONS, below=_told)}\n{_closing()}\n{_key()}",
        scripts=f"<script>{script}</script>",
    )


def _opening() -> str:
    return f"""<h1>{TITLE}</h1>
<p class="on-paper">Name: <span class="blank"></span> Date: <span class="blank"></span></p>
<p>{len(QUESTIONS)} questions on ideas behind attention. Before the course nobody is expected to know the answers:
choose what you <em>believe</em>, one answer to each, and leave open what you cannot even guess; some words will be
new. After the course you are asked the same again.</p>
<p class="on-screen">On screen: Tab leads to the next question, the arrow keys choose. Below the last question stand
your answers as a line to keep; for lesson 00, paste it over the line in section 6. For teachers: when this page is
printed, the questions come first, and the key with the ideas behind the wrong answers on pages of its own.</p>"""


def _told(number: int) -> str:
    """What is shown under a question once it is asked for, one paragraph a letter; all hidden at first."""
    question = QUESTIONS[number - 1]
    return "".join(f'<p class="told" data-letter="{letter}" hidden>{_said(question, letter)}</p>' for letter in LETTERS)


def _said(question: Question, letter: str) -> str:
    where = f"Look again: {question.where}."
    if letter == question.right:
        return f"<strong>✔ right.</strong> {html.escape(f'{question.because} {where}')}"
    belief = question.mistaken[letter]
    said = f"Behind {letter} stands the idea that {belief.idea}. {belief.instead} Right is {question.right}. {where}"
    return f"<strong>✘ not so.</strong> {html.escape(said)}"


def _closing() -> str:
    return """<p class="on-screen">Before the course, stop here. Whoever has seen the answers cannot find out later
what the course has changed.</p>
<p class="on-screen"><button type="button" id="show">Show what is right</button></p>
<p class="on-screen" id="right" role="status"></p>"""


def _key() -> str:
    """The teacher's pages, for print alone."""
    items = "".join(f"<li>{_key_item(question)}</li>" for question in QUESTIONS)
    rows = "".join(
        f'<tr><th scope="row">{number}</th>'
        + "".join(f"<td>{'■' if letter == question.right else ''}</td>" for letter in LETTERS)
        + "<td></td></tr>"
        for number, question in enumerate(QUESTIONS, 1)
    )
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("question", *LETTERS, "open"))
    return f"""<section class="on-paper key">
<h2>Key, for the teacher</h2>
<p>Take these pages off before you hand out the others.</p>
<ol>{items}</ol>
</section>
<section class="on-paper key">
<h2>What the class believes</h2>
<p>Count the papers for each answer, before the course and after it; ■ marks the right one. A wrong answer that many
chose is the idea to talk about.</p>
<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>
<h2>What the class has gained</h2>
{_gain_by_hand()}
</section>"""


def _key_item(question: Question) -> str:
    beliefs = "".join(
        f"<li><strong>{letter}</strong> {html.escape(question.options[LETTERS.index(letter)])}. "
        f"<em>The idea:</em> {html.escape(belief.idea)}. <em>Instead:</em> {html.escape(belief.instead)}</li>"
        for letter, belief in question.mistaken.items()
    )
    right = question.options[LETTERS.index(question.right)]
    return (
        f"{html.escape(question.text)}<ul><li><strong>{question.right} is right:</strong> {html.escape(right)}. "
        f"{html.escape(question.because)}</li>{beliefs}</ul><p>Shown in {html.escape(question.where)}.</p>"
    )


def _gain_by_hand() -> str:
    asked = LEARNERS * len(QUESTIONS)
    gained, room = RIGHT_AFTER - RIGHT_BEFORE, asked - RIGHT_BEFORE
    return f"""<ol>
<li>Take the papers of those who were there both times, before the course and after it.</li>
<li>Learners times questions: how many answers could be right. {LEARNERS} learners: {LEARNERS} × {len(QUESTIONS)}
= {asked}.</li>
<li>Count the right answers before and after; what was left open is not right. (Lesson 10 leaves such questions out:
its gain may be another one.) Say {RIGHT_BEFORE} and {RIGHT_AFTER}.</li>
<li>Gained: {RIGHT_AFTER} − {RIGHT_BEFORE} = {gained}. There was to gain: {asked} − {RIGHT_BEFORE} = {room}.</li>
<li>The normalised gain is {gained} / {room} = {gained / room:.2f}: of what the class did not know, it has gained that
share (Hake 1998, <cite>American Journal of Physics</cite> 66, 64).</li>
</ol>
<p>It is 0 where nothing was gained and 1 where all was; negative where fewer are right after than before. Where all
was right before, it is not defined. With one learner a single answer may change it by a tenth: compare classes, not
people.</p>"""
