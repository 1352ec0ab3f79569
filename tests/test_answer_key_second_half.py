"""The answer key of the later lessons."""

from solved_lessons import LESSONS, AnswerKeyChecks, key_fixture

key = key_fixture(LESSONS[6:])


class TestAnswerKey(AnswerKeyChecks):
    pass
