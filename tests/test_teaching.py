"""The teacher's plans: minutes that add up; sections, exercises, numbers, commands and files that are there."""

import re
from pathlib import Path

import pytest
from stored_lessons import FILLER, NOTEBOOKS, decimals_not_in_outputs, headings, prose

from course_utils.__main__ import main
from course_utils.exercises.catalogue import EXERCISES
from course_utils.exercises.quiz import QUESTIONS

TEACHING = NOTEBOOKS[0].with_name("TEACHING.md")
TEXT = TEACHING.read_text(encoding="utf-8")
GENERAL, *_ = re.split(r"^## \d\d · ", TEXT, maxsplit=1, flags=re.M)
PLANS = {plan[:2]: plan for plan in re.split(r"^## (?=\d\d · )", TEXT, flags=re.M)[1:]}
LESSONS = {path.stem[:2]: path for path in NOTEBOOKS}
MINUTES = 45
HALF = 22
EXERCISE = r"\*\*(\d+\.\d)\*\*"
SECTIONS = re.compile(
    r"(?:lesson (?P<lesson>\d\d), )?\b[Ss]ections? (?P<numbers>\d+(?: \(\d+\))?(?:(?:, | and | to )\d+(?: \(\d+\))?)*)"
    r"(?:, \*(?P<title>[^*|]+)\*)?"
)


@pytest.fixture(params=LESSONS)
def lesson(request):
    """Each lesson's number in turn."""
    return request.param


def rows(plan):
    """The minutes table: from, to, what happens, what is asked."""
    found = re.findall(r"^\| (\d+)[–-](\d+) \| (.+) \| (.+) \|$", plan, re.M)
    return [(int(start), int(end), happens, asked) for start, end, happens, asked in found]


def paragraph(plan, title):
    """The paragraph that begins with ``title`` in bold."""
    (found,) = re.findall(rf"^\*\*{title}[.:]?\*\*.*$", plan, re.M)
    return found


def titles(path):
    """Titles of the numbered sections by number."""
    numbered = (re.fullmatch(r"(\d+)\. (.+)", heading) for heading in headings(path))
    return {int(found[1]): found[2] for found in numbered if found}


def test_each_lesson_has_a_plan_under_its_own_title_and_in_order():
    assert list(PLANS) == list(LESSONS)
    for number, plan in PLANS.items():
        assert prose(LESSONS[number]).startswith(f"# {plan.splitlines()[0]}"), plan[:60]


def test_the_minutes_are_contiguous(lesson):
    times = [time for start, end, *_ in rows(PLANS[lesson]) for time in (start, end)]
    assert times[0] == 0 and times[-1] == MINUTES
    assert times[1:-1:2] == times[2::2], "a gap, or two things at once"
    assert all(start < end for start, end, *_ in rows(PLANS[lesson]))
    assert len(re.findall(r"^\| *\d", PLANS[lesson], re.M)) == len(rows(PLANS[lesson])), "a row that is not read"


def test_half_the_time_adds_up(lesson):
    said = paragraph(PLANS[lesson], "With half the time")
    assert f"({HALF} minutes)" in said
    assert sum(int(minutes) for minutes in re.findall(r"\((\d+)\)", said)) == HALF


def test_says_what_to_drop_when_late(lesson):
    assert len(re.findall(r"^\*\*Behind by five minutes\?\*\* \S", PLANS[lesson], re.M)) == 1


def test_something_is_asked_in_class_and_wrong_answers_are_expected(lesson):
    assert sum("?" in asked for *_, asked in rows(PLANS[lesson])) >= 5
    _, table = PLANS[lesson].split("**Wrong answers to expect.**")
    assert len(re.findall(r"^\| .+ \| .+ \| .+ \|$", table.split("**With half")[0], re.M)) >= 5


def test_all_exercises_of_the_lesson_are_named_and_no_other(lesson):
    expected = {exercise.id for exercise in EXERCISES.values() if exercise.lesson == lesson}
    assert set(re.findall(EXERCISE, PLANS[lesson])) == expected
    assert not re.search(r"[Ee]xercises? \d", PLANS[lesson]), "in bold, so that it is not taken for a measured number"


def test_homework_gives_the_minutes_of_the_catalogue(lesson):
    at_home = re.findall(rf"{EXERCISE} \((\d+)\b", paragraph(PLANS[lesson], "For home"))
    assert at_home
    assert [(exercise, EXERCISES[exercise].minutes) for exercise, _ in at_home] == [(e, int(m)) for e, m in at_home]


def test_every_section_is_there_under_this_number_and_title(lesson):
    for found in SECTIONS.finditer(PLANS[lesson]):
        there = titles(LESSONS[found["lesson"] or lesson])
        numbers = [int(number) for number in re.findall(r"\d+", re.sub(r"\(\d+\)", "", found["numbers"]))]
        assert all(number in there for number in numbers), found[0]
        if found["title"]:
            assert there[numbers[-1]].startswith(found["title"]), (found[0], there[numbers[-1]])


def test_the_minutes_table_names_sections_by_title(lesson):
    named = [found for *_, happens, _ in rows(PLANS[lesson]) for found in SECTIONS.finditer(happens)]
    assert len({found["title"] for found in named} - {None}) >= 4
    first = {}
    for found in named:
        first.setdefault(found["numbers"], found["title"])
    assert all(first.values()), first
    for title in re.findall(r"\*([^*|]+)\*, in the same section", PLANS[lesson]):
        assert title in headings(LESSONS[lesson]), title


def test_every_decimal_stands_in_an_output_of_the_lesson(lesson):
    words = re.sub(rf"{EXERCISE}|\]\([^)]*\)|`[^`]*`", " ", PLANS[lesson])
    assert decimals_not_in_outputs(words, LESSONS[lesson]) == []


def test_every_large_whole_number_stands_in_the_lesson(lesson):
    words = re.sub(r"\]\([^)]*\)|`[^`]*`", " ", PLANS[lesson]).replace(",", "")
    there = LESSONS[lesson].read_text(encoding="utf-8").replace(",", "")
    missing = [
        n for n in set(re.findall(r"(?<![\d.])\d{3,}(?![\d.]\d|\d)", words)) if not re.search(rf"\b{n}\b", there)
    ]
    assert missing == []


def test_quiz_questions_are_those_of_the_lesson(lesson):
    for number in map(int, re.findall(r"quiz question (\d+)", PLANS[lesson])):
        assert QUESTIONS[number - 1].lesson == lesson, number


def test_addresses_of_wrong_answers_are_known_to_the_checks_or_the_quiz(lesson):
    known = {idea.seen for exercise in EXERCISES.values() for idea in exercise.misconceptions}
    known |= {belief.seen for question in QUESTIONS for belief in question.mistaken.values()}
    assert set(re.findall(r"\]\((https?://[^)]*)\)", PLANS[lesson])) <= known


def test_commands_are_there(capsys):
    table = GENERAL.split("| `python -m course_utils …` |")[1].split("\n\n")[0]
    called = set(re.findall(r"python -m course_utils ([a-z][\w-]*)([^`\n]*)", TEXT))
    called |= set(re.findall(r"^\| `([a-z][\w-]*)([^`\n]*)` \|", table, re.M))
    assert {"doctor", "handout", "answer-key", "quiz", "html"} <= {command for command, _ in called}
    for command, rest in called:
        with pytest.raises(SystemExit) as stop:
            main([command, "--help"])
        assert stop.value.code == 0, command
        helped = capsys.readouterr().out
        for option in re.findall(r"(?<!\S)--?\w[\w-]*", rest):
            assert option in helped, (command, option)


def slug(heading):
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def test_links_lead_somewhere():
    anchors = {slug(heading) for heading in re.findall(r"^#+ (.+)$", TEXT, re.M)}
    for target in re.findall(r"\]\(([^)]+)\)", TEXT):
        if target.startswith("#"):
            assert target[1:] in anchors, target
        elif not re.match(r"https?://[\w.-]+/", target):
            assert (TEACHING.parent / Path(target)).exists(), target


def test_the_table_of_contents_leads_to_every_lesson():
    linked = set(re.findall(r"\]\(#([^)]+)\)", GENERAL))
    assert {slug(plan.splitlines()[0]) for plan in PLANS.values()} <= linked


def test_no_filler():
    assert FILLER.findall(TEXT) == []
