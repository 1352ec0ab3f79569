"""The first lessons in JupyterLab, as a learner has them."""

from lesson_checks import LESSONS, LessonChecks, lesson_fixture

lesson = lesson_fixture(LESSONS[:6])


class TestLesson(LessonChecks):
    pass
